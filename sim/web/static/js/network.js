// 关系网: the same residents placed by their ties; lasting ties by layer, and those made and lost at events.
import { FONT } from "./fonts.js";
import { caseKind, caseMark } from "./looks.js";
import { drawLines } from "./lines.js";
import { pairs, springs } from "./springs.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{colour: string, alpha: number, width: number, dash: number[]}} TieLook */
/** @typedef {{a: ArrayLike<number>, b: ArrayLike<number>, layer: ArrayLike<number>}} Ties */

/** Looks of ties: a colour and a pattern for each, so that neither is needed alone. @type {Record<string, TieLook>} */
export const TIE_LOOKS = {
  household: { colour: "#ffffff", alpha: 0.75, width: 1.5, dash: [] },
  building: { colour: "#9db3c8", alpha: 0.4, width: 0.8, dash: [] },
  friendship: { colour: "#6cb6f0", alpha: 0.3, width: 0.9, dash: [6, 4] },
  work: { colour: "#c9a6ff", alpha: 0.55, width: 0.9, dash: [1.6, 2.6] },
  event: { colour: "#f0a31e", alpha: 0.55, width: 1, dash: [9, 3, 2, 3] },
  made: { colour: "#ffe27a", alpha: 0.85, width: 1.8, dash: [] },
  lost: { colour: "#ff6f91", alpha: 0.8, width: 1.2, dash: [3, 3] },
};

const MARGIN = 16;
/** Lasting ties drawn while the view is being moved. */
const HURRIED = 3000;

/** Lines are thinner where residents stand closer. @param {Layout} lay @param {number} zoom */
const thickness = (lay, zoom) => Math.max(0.5, Math.min(1.2, lay.r / 3.5)) * Math.sqrt(zoom);

/** @type {WeakMap<object, Ties>} */
const lastingOf = new WeakMap();
/** @type {WeakMap<object, {a: number[], b: number[], from: number[], to: number[]}>} */
const spansOf = new WeakMap();

/** @param {Run} run @param {number} w @param {number} h @returns {Layout} */
export function layNetwork(run, w, h) {
  const rec = run.rec, points = springs(rec), spacing = Math.sqrt(((w - 2 * MARGIN) * (h - 2 * MARGIN)) / rec.N);
  return {
    w, h, x: points.x.map((v) => MARGIN + v * (w - 2 * MARGIN)), y: points.y.map((v) => MARGIN + v * (h - 2 * MARGIN)),
    r: Math.max(0.9, Math.min(7, spacing * 0.27)), grids: [], buildings: [], institutions: [], mark: 5, roof: 0, many: false,
  };
}

function lastingTies(/** @type {Run} */ run) {
  let found = lastingOf.get(run.rec);
  if (!found) lastingOf.set(run.rec, (found = pairs(run.rec)));
  return found;
}

/** How many lasting ties there are of each layer that has any. @param {Run} run @returns {Record<string, number>} */
export function lastingCounts(run) {
  const { layer } = lastingTies(run), out = /** @type {Record<string, number>} */ ({});
  for (let k = 0; k < layer.length; k++) {
    const key = run.words.layers[layer[k]].key;
    out[key] = (out[key] ?? 0) + 1;
  }
  return out;
}

/** Ties met at events, with the week each was made and the week it was lost. @param {Run} run */
function tieSpans(run) {
  const known = spansOf.get(run.rec);
  if (known) return known;
  const rec = run.rec, a = rec.get("tie_a"), b = rec.get("tie_b"), change = rec.get("tie_change"), when = rec.get("tie_week");
  const out = { a: /** @type {number[]} */ ([]), b: /** @type {number[]} */ ([]), from: /** @type {number[]} */ ([]), to: /** @type {number[]} */ ([]) };
  const open = new Map();
  for (let i = 0; i < a.length; i++) {
    const pair = a[i] * rec.N + b[i];
    if (change[i] > 0) {
      open.set(pair, out.a.length);
      out.a.push(a[i]);
      out.b.push(b[i]);
      out.from.push(when[i]);
      out.to.push(Infinity);
    } else if (open.has(pair)) {
      out.to[open.get(pair)] = when[i];
      open.delete(pair);
    }
  }
  spansOf.set(rec, out);
  return out;
}

/** What happened to ties made at events by the end of a week: they stand, are new, or were lost in it. @param {Run} run @param {number} week */
export function eventTies(run, week) {
  const spans = tieSpans(run), out = { event: /** @type {number[]} */ ([]), made: /** @type {number[]} */ ([]), lost: /** @type {number[]} */ ([]) };
  for (let k = 0; k < spans.a.length; k++) {
    if (spans.from[k] > week || spans.to[k] < week) continue;
    out[spans.to[k] === week ? "lost" : spans.from[k] === week ? "made" : "event"].push(k);
  }
  return { ...out, a: spans.a, b: spans.b };
}

/** Ties to be drawn, look by look: those of a chosen resident stand out; of the lasting ones `most`, more or less. */
function eachTie(/** @type {Run} */ run, /** @type {import("./map.js").View} */ view, /** @type {number|null} */ week, /** @type {number} */ most, /** @type {(look: TieLook, each: (line: (i: number, j: number) => void) => void) => void} */ draw) {
  const who = view.selected?.kind === "resident" ? view.selected.id : -1, only = view.layer ?? "all", words = run.words.layers ?? [];
  const shown = (/** @type {string} */ key) => only === "all" || only === key;
  const faint = (/** @type {TieLook} */ look, /** @type {number} */ count) => ({ ...look, alpha: look.alpha * (who >= 0 ? 0.22 : 1) * Math.min(1, Math.max(0.3, Math.sqrt(2500 / Math.max(1, count)))) });
  if (week === null) {
    const ties = lastingTies(run), step = Math.max(1, Math.ceil(ties.a.length / most)), keys = words.map((/** @type {any} */ l) => l.key);
    for (const own of who >= 0 ? [false, true] : [false]) {
      keys.forEach((/** @type {string} */ key, /** @type {number} */ l) => {
        const look = TIE_LOOKS[key];
        if (!look || (!shown(key) && !own)) return;
        draw(own ? { ...look, alpha: 0.95, width: Math.max(1.3, look.width) } : faint(look, ties.a.length), (each) => {
          for (let k = 0; k < ties.a.length; k += own ? 1 : step) {
            if (ties.layer[k] === l && (!own || ties.a[k] === who || ties.b[k] === who)) each(ties.a[k], ties.b[k]);
          }
        });
      });
    }
    return;
  }
  const now = eventTies(run, week);
  for (const key of /** @type {("event"|"made"|"lost")[]} */ (["event", "lost", "made"])) {
    const look = TIE_LOOKS[key];
    const each = (/** @type {boolean} */ own) => (/** @type {(i: number, j: number) => void} */ act) => {
      for (const k of now[key]) if ((now.a[k] === who || now.b[k] === who) === own) act(now.a[k], now.b[k]);
    };
    if (shown("event")) draw(faint(look, now[key].length), each(false));
    if (who >= 0) draw({ ...look, alpha: 1, width: Math.max(1.4, look.width) }, each(true));
  }
}

/** Ties blended into pictures: lasting ones into the ground, those of a week over a copy of it. */
export class NetworkGround {
  /** @param {ImageData} image @param {import("./map.js").CommunityMap} map @param {number} scale */
  lasting(image, map, scale) {
    this.blend(image, map, null, scale);
  }

  /** @param {ImageData} image @param {import("./map.js").CommunityMap} map @param {number} week @param {number} scale */
  events(image, map, week, scale) {
    this.blend(image, map, week, scale);
  }

  /** @param {ImageData} image @param {import("./map.js").CommunityMap} map @param {number|null} week @param {number} scale */
  blend(image, map, week, scale) {
    const lay = map.places(), own = scale * map.zoom, dx = map.dx * scale, dy = map.dy * scale, thick = scale * thickness(lay, map.zoom);
    eachTie(/** @type {Run} */ (map.run), map.view, week, map.rough ? HURRIED : Infinity, (look, each) => {
      drawLines(image, look.colour, { alpha: look.alpha, width: look.width * thick, dash: look.dash.map((v) => v * thick) }, (draw) => {
        each((i, j) => draw(lay.x[i] * own + dx, lay.y[i] * own + dy, lay.x[j] * own + dx, lay.y[j] * own + dy));
      });
    });
  }
}

/** Ties as strokes, for pictures that are drawn shape by shape. @param {any} c @param {Run} run @param {Layout} lay @param {number} week @param {import("./map.js").View} view @param {number} zoom */
export function networkOn(c, run, lay, week, view, zoom) {
  for (const when of [null, week]) {
    eachTie(run, view, when, Infinity, (look, each) => {
      c.beginPath();
      each((i, j) => {
        c.moveTo(lay.x[i], lay.y[i]);
        c.lineTo(lay.x[j], lay.y[j]);
      });
      c.strokeStyle = look.colour;
      c.globalAlpha = look.alpha;
      const thick = thickness(lay, zoom) / zoom;
      c.lineWidth = look.width * thick;
      c.setLineDash?.(look.dash.map((v) => v * thick));
      c.stroke();
    });
  }
  c.setLineDash?.([]);
  c.globalAlpha = 1;
}

/** Numbers of the houses where most of their residents stand. @param {any} c @param {Run} run @param {Layout} lay @param {number} zoom */
export function housesOn(c, run, lay, zoom) {
  const building = run.rec.get("resident_building"), numbers = run.rec.get("building_number"), n = run.rec.B;
  const x = new Float64Array(n), y = new Float64Array(n), count = new Float64Array(n);
  for (let i = 0; i < run.rec.N; i++) {
    x[building[i]] += lay.x[i];
    y[building[i]] += lay.y[i];
    count[building[i]]++;
  }
  c.font = `600 ${Math.max(9, Math.min(26, Math.sqrt((lay.w * lay.h) / n) / 3)) / Math.sqrt(zoom)}px ${FONT}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillStyle = "#3d5570";
  for (let b = 0; b < n; b++) if (count[b]) c.fillText(String(numbers[b] ?? b + 1), x[b] / count[b], y[b] / count[b]);
}

/** What is chosen, where it can be seen among ties: a resident, those of a house, both sides of a case. @param {any} c @param {Run} run @param {Layout} lay @param {any} chosen @param {number} zoom @param {number} week */
export function chosenOn(c, run, lay, chosen, zoom, week) {
  if (!chosen) return;
  const rec = run.rec, ring = (/** @type {number} */ i, /** @type {number} */ r) => {
    c.moveTo(lay.x[i] + r, lay.y[i]);
    c.arc(lay.x[i], lay.y[i], r, 0, Math.PI * 2);
  };
  c.strokeStyle = "#ffffff";
  c.lineWidth = 1.8 / Math.sqrt(zoom);
  c.beginPath();
  if (chosen.kind === "resident") ring(chosen.id, Math.max(5, lay.r * 2.2));
  else if (chosen.kind === "building") {
    c.lineWidth = 0.9 / Math.sqrt(zoom);
    rec.get("resident_building").forEach((/** @type {number} */ b, /** @type {number} */ i) => b === chosen.id && ring(i, lay.r * 1.6));
  } else if (chosen.kind === "case") {
    const party = rec.get("case_party")[chosen.id], other = rec.get("case_other")[chosen.id];
    if (other >= 0) {
      c.moveTo(lay.x[party], lay.y[party]);
      c.lineTo(lay.x[other], lay.y[other]);
      c.strokeStyle = "#ff7a59";
      c.stroke();
      c.beginPath();
      ring(other, Math.max(5, lay.r * 2.2));
    }
    ring(party, Math.max(5, lay.r * 2.2));
    c.strokeStyle = "#ffffff";
    c.stroke();
    c.save();
    c.translate(lay.x[party], lay.y[party] - Math.max(9, lay.r * 3));
    caseMark(c, caseKind(run.cases.state(chosen.id, week)?.status ?? 0), lay.mark);
    c.restore();
    return;
  }
  c.stroke();
}
