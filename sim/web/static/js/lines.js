// Lines drawn by hand: tens of thousands of ties in the time a canvas takes for hundreds. The lines of one look are
// first gathered as a film of how much each pixel is covered, then laid over the picture in their colour at once.

/** @typedef {{alpha: number, width: number, dash: number[]}} Pen widths and dashes in pixels of the picture */

/** How much each pixel is covered; kept between pictures, and empty between uses. */
let film = new Float32Array(0);

/** Draws lines of one colour. @param {ImageData} image @param {string} colour as #rrggbb @param {Pen} pen @param {(line: (x0: number, y0: number, x1: number, y1: number) => void) => void} each */
export function drawLines(image, colour, pen, each) {
  const { width, height, data } = image, size = width * height;
  if (film.length < size) film = new Float32Array(size);
  const cover = film;
  each((x0, y0, x1, y1) => line(cover, width, height, x0, y0, x1, y1, pen));
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  for (let p = 0; p < size; p++) {
    const share = cover[p];
    if (!share) continue;
    cover[p] = 0;
    const d = p * 4;
    data[d] += (red - data[d]) * share;
    data[d + 1] += (green - data[d + 1]) * share;
    data[d + 2] += (blue - data[d + 2]) * share;
  }
}

/** One straight line with soft edges, `u` along its longer side a pixel at a time, `v` across. */
function line(/** @type {Float32Array} */ cover, /** @type {number} */ width, /** @type {number} */ height, /** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ x1, /** @type {number} */ y1, /** @type {Pen} */ pen) {
  const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
  let u0 = steep ? y0 : x0, v0 = steep ? x0 : y0, u1 = steep ? y1 : x1, v1 = steep ? x1 : y1;
  if (u0 > u1) [u0, v0, u1, v1] = [u1, v1, u0, v0];
  const uMost = steep ? height : width, vMost = steep ? width : height, uStep = steep ? width : 1, vStep = steep ? 1 : width;
  if (u1 < 0 || u0 >= uMost || Math.max(v0, v1) < 0 || Math.min(v0, v1) >= vMost) return;
  const slope = u1 - u0 < 1e-6 ? 0 : (v1 - v0) / (u1 - u0), along = Math.sqrt(1 + slope * slope), half = (pen.width * along) / 2;
  // Only the stretch that crosses the picture.
  let from = Math.max(0, Math.ceil(u0 - 0.5)), to = Math.min(uMost - 1, Math.floor(u1));
  if (slope) {
    const enters = u0 + ((slope > 0 ? -half : vMost + half) - v0) / slope, leaves = u0 + ((slope > 0 ? vMost + half : -half) - v0) / slope;
    from = Math.max(from, Math.floor(enters));
    to = Math.min(to, Math.ceil(leaves));
  }
  if (to < from) return;
  const dash = pen.dash, alpha = pen.alpha;
  // Where a dash or gap ends, in steps along `u`; without a pattern, never.
  let k = 0, next = dash.length ? u0 + dash[0] / along : Infinity;
  for (let u = from; u <= to; u++) {
    while (u >= next) next += dash[++k % dash.length] / along;
    if (k & 1) continue;
    const middle = v0 + (u - u0) * slope + 0.5, first = middle - half, last = middle + half;
    for (let p = first > 0 ? Math.floor(first) : 0; p < last && p < vMost; p++) {
      const share = ((last < p + 1 ? last : p + 1) - (first > p ? first : p)) * alpha, at = u * uStep + p * vStep;
      cover[at] += (1 - cover[at]) * share;
    }
  }
}
