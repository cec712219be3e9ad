// Lights drawn once and blended by hand into a picture: twenty times quicker than drawing thousands of images.

/** @typedef {{w: number, data: Uint8ClampedArray, words: Uint32Array, from: Int16Array, to: Int16Array}} Stamp `from` and `to`: inked stretch of each row */
/** @typedef {{width: number, height: number, data: Uint8ClampedArray, words: Uint32Array}} Sheet a picture, pixel by pixel too */

export class Stamps {
  constructor() {
    /** @type {Map<number, Stamp>} */
    this.known = new Map();
    this.key = "";
  }

  /** Forgets all when anything about their look changes. @param {string} key */
  of(key) {
    if (key === this.key) return;
    this.key = key;
    this.known.clear();
  }

  /** The stamp of a code, drawn if need be. @param {number} code @param {number} r largest radius @param {(c: CanvasRenderingContext2D) => void} draw */
  get(code, r, draw) {
    const found = this.known.get(code);
    if (found) return found;
    const w = Math.ceil(r * 4.4) + 2;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = w;
    const c = canvas.getContext("2d", { willReadFrequently: true });
    let data = new Uint8ClampedArray(w * w * 4);
    if (c) {
      c.translate(w / 2, w / 2);
      draw(c);
      data = new Uint8ClampedArray(c.getImageData(0, 0, w, w).data);
    }
    const made = { w, data, words: new Uint32Array(data.buffer), from: new Int16Array(w).fill(w), to: new Int16Array(w) };
    for (let p = 0; p < w * w; p++) {
      if (!data[p * 4 + 3]) continue;
      const row = Math.floor(p / w);
      made.from[row] = Math.min(made.from[row], p % w);
      made.to[row] = (p % w) + 1;
    }
    this.known.set(code, made);
    return made;
  }
}

/** @param {ImageData} image @returns {Sheet} */
export function sheet(image) {
  return { width: image.width, height: image.height, data: /** @type {any} */ (image.data), words: new Uint32Array(image.data.buffer) };
}

/** Blends a stamp into a picture, its middle at (x, y) in whole pixels. @param {Sheet} on @param {Stamp} stamp @param {number} x @param {number} y */
export function blend(on, stamp, x, y) {
  const { width, height, data, words } = on, { w, data: from, words: own } = stamp;
  const left = Math.round(x - w / 2), top = Math.round(y - w / 2), bottom = Math.min(w, height - top);
  for (let j = Math.max(0, -top); j < bottom; j++) {
    const end = Math.min(stamp.to[j], width - left), row = (top + j) * width + left;
    for (let i = Math.max(stamp.from[j], -left); i < end; i++) {
      const s = j * w + i, alpha = from[s * 4 + 3];
      if (alpha === 255) words[row + i] = own[s];
      else if (alpha) {
        const d = (row + i) * 4, share = alpha / 255;
        data[d] += (from[s * 4] - data[d]) * share;
        data[d + 1] += (from[s * 4 + 1] - data[d + 1]) * share;
        data[d + 2] += (from[s * 4 + 2] - data[d + 2]) * share;
      }
    }
  }
}
