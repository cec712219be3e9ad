// Where residents stand when their ties place them: homes first, then springs along ties, everyone keeping a distance.
import { layOut } from "./layout.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{x: Float32Array, y: Float32Array}} Points from 0 to 1 across and down */

/** Pull and length (in mean distances between neighbours) of a tie, by its layer: household, building, friendship, work. */
const PULL = [0.3, 0.16, 0.004, 0.03];
const LENGTH = [0.7, 1, 3, 1.5];
const STEPS = 50, REACH = 2.2, PUSH = 0.5, WIDE = 1.5;

/** The last networks laid out: both sides of a comparison have the same people and ties. @type {{rec: Recording, points: Points}[]} */
const known = [];

/** The same points for the same people and ties, whatever happens to them later. @param {Recording} rec @returns {Points} */
export function springs(rec) {
  const found = known.find((k) => k.rec === rec || same(k.rec, rec));
  if (found) return found.points;
  const points = relaxed(rec);
  known.unshift({ rec, points });
  known.length = Math.min(2, known.length);
  return points;
}

function same(/** @type {Recording} */ p, /** @type {Recording} */ q) {
  return ["tie_first", "tie_neighbour", "tie_layer", "resident_dwelling"].every((key) => {
    const a = p.get(key), b = q.get(key);
    return a.length === b.length && a.every((/** @type {number} */ v, /** @type {number} */ i) => v === b[i]);
  });
}

/** Springs and elbows, a fixed number of ever smaller steps from the homes' places on the map. @param {Recording} rec @returns {Points} */
function relaxed(rec) {
  const n = rec.N, start = layOut(rec, 1500, 1000, 1), high = Math.sqrt(n / WIDE), wide = high * WIDE;
  const x = spread(start.x, wide), y = spread(start.y, high), fx = new Float64Array(n), fy = new Float64Array(n);
  const ties = pairs(rec);
  for (let step = 0; step < STEPS; step++) {
    fx.fill(0);
    fy.fill(0);
    pull(ties, x, y, fx, fy);
    push(x, y, fx, fy, wide, high);
    const most = 1.2 * (1 - step / STEPS) + 0.04;
    for (let i = 0; i < n; i++) {
      const size = Math.hypot(fx[i], fy[i]), share = size > most ? most / size : 1;
      x[i] += fx[i] * share;
      y[i] += fy[i] * share;
    }
  }
  return { x: Float32Array.from(spread(x, 1)), y: Float32Array.from(spread(y, 1)) };
}

/** Values stretched over 0 to `size`, half by what they are and half by their rank, so that no place stays empty. */
function spread(/** @type {Float32Array|Float64Array} */ values, /** @type {number} */ size) {
  const n = values.length, order = Array.from(values.keys()).sort((p, q) => values[p] - values[q] || p - q), out = new Float64Array(n);
  const low = values[order[0]], range = Math.max(1e-9, values[order[n - 1]] - low);
  order.forEach((i, rank) => (out[i] = size * (0.5 * (values[i] - low) / range + (0.5 * rank) / Math.max(1, n - 1))));
  return out;
}

/** Each lasting tie once: its ends and its layer. @param {Recording} rec */
export function pairs(rec) {
  const first = rec.get("tie_first"), to = rec.get("tie_neighbour"), layers = rec.get("tie_layer"), n = to.length >> 1;
  const a = new Int32Array(n), b = new Int32Array(n), layer = new Uint8Array(n);
  let k = 0;
  for (let i = 0; i < rec.N; i++) {
    for (let e = first[i]; e < first[i + 1]; e++) {
      if (to[e] <= i || k >= n) continue;
      a[k] = i;
      b[k] = to[e];
      layer[k++] = layers[e];
    }
  }
  return { a: a.subarray(0, k), b: b.subarray(0, k), layer: layer.subarray(0, k) };
}

/** @typedef {ReturnType<typeof pairs>} Ties */

function pull(/** @type {Ties} */ ties, /** @type {Float64Array} */ x, /** @type {Float64Array} */ y, /** @type {Float64Array} */ fx, /** @type {Float64Array} */ fy) {
  const { a, b, layer } = ties;
  for (let k = 0; k < a.length; k++) {
    const i = a[k], j = b[k], dx = x[j] - x[i], dy = y[j] - y[i], d = Math.hypot(dx, dy) + 1e-6;
    const force = ((d - LENGTH[layer[k]]) / d) * PULL[layer[k]];
    fx[i] += dx * force;
    fy[i] += dy * force;
    fx[j] -= dx * force;
    fy[j] -= dy * force;
  }
}

/** Everyone keeps off those within reach, found by the squares they stand in. */
function push(/** @type {Float64Array} */ x, /** @type {Float64Array} */ y, /** @type {Float64Array} */ fx, /** @type {Float64Array} */ fy, /** @type {number} */ wide, /** @type {number} */ high) {
  const n = x.length, columns = Math.max(1, Math.ceil(wide / REACH)), rows = Math.max(1, Math.ceil(high / REACH));
  const cell = new Int32Array(n), first = new Int32Array(columns * rows + 1), order = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const cx = Math.max(0, Math.min(columns - 1, Math.floor(x[i] / REACH))), cy = Math.max(0, Math.min(rows - 1, Math.floor(y[i] / REACH)));
    cell[i] = cy * columns + cx;
    first[cell[i] + 1]++;
  }
  for (let k = 0; k < columns * rows; k++) first[k + 1] += first[k];
  const next = first.slice();
  for (let i = 0; i < n; i++) order[next[cell[i]]++] = i;
  const put = (/** @type {number} */ i, /** @type {number} */ from, /** @type {number} */ to) => {
    for (let k = from; k < to; k++) {
      const j = order[k], dx = x[i] - x[j], dy = y[i] - y[j], d = dx * dx + dy * dy;
      if (d > REACH * REACH) continue;
      const force = PUSH / (d + 0.15);
      fx[i] += dx * force;
      fy[i] += dy * force;
      fx[j] -= dx * force;
      fy[j] -= dy * force;
    }
  };
  // Each pair once: those after it in its own square, and all of the squares to its right and below.
  for (let at = 0; at < n; at++) {
    const i = order[at], own = cell[i], cx = own % columns, below = own + columns < first.length - 1;
    put(i, at + 1, first[own + 1]);
    if (cx + 1 < columns) put(i, first[own + 1], first[own + 2]);
    if (below) put(i, first[own + columns - (cx > 0 ? 1 : 0)], first[own + columns + (cx + 1 < columns ? 2 : 1)]);
  }
}
