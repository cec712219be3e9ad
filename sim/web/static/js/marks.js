// Marks of the cases: where each stands at the end of a week, which stay there and which move.
import { caseKind, caseMark } from "./looks.js";
import { inHand } from "./cases.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{x: number, y: number, kind: string, hidden?: boolean}} Place */
/** @typedef {{from: {x: number, y: number}, to: Place, lift: number}} Move */

/** Places of some weeks of one run in one layout. */
export class Marks {
  constructor() {
    /** @type {any} */
    this.lay = null;
    /** @type {Map<number, Map<number, Place>>} */
    this.known = new Map();
    /** @type {Map<number, {still: Move[], moving: Move[]}>} */
    this.split = new Map();
  }

  /** Where each shown case stands at the end of a week. @param {Run} run @param {Layout} lay @param {number} week @param {boolean} large */
  places(run, lay, week, large) {
    if (this.lay !== lay) {
      this.lay = lay;
      this.known.clear();
      this.split.clear();
    }
    let found = this.known.get(week);
    if (found) return found;
    if (this.known.size > 6) this.known.clear();
    this.known.set(week, (found = placed(run, lay, week, large)));
    return found;
  }

  /** Marks that stay where they are in a week, and those that move. @param {Run} run @param {Layout} lay @param {number} week @param {boolean} large */
  of(run, lay, week, large) {
    const now = this.places(run, lay, week, large), known = this.split.get(week);
    if (known) return known;
    const before = week > 0 ? this.places(run, lay, week - 1, large) : now;
    const out = { still: /** @type {Move[]} */ ([]), moving: /** @type {Move[]} */ ([]) };
    for (const [id, to] of now) {
      const home = lay.buildings[run.cases.building[id]];
      const from = before.get(id) ?? { x: home.x + home.w / 2, y: home.y + home.h / 2 };
      const moves = from.x !== to.x || from.y !== to.y;
      if (to.hidden && !moves) continue;
      out[moves ? "moving" : "still"].push({ from, to, lift: moves ? Math.min(26, Math.hypot(to.x - from.x, to.y - from.y) * 0.12) : 0 });
    }
    if (this.split.size > 6) this.split.clear();
    this.split.set(week, out);
    return out;
  }
}

/** Where a mark is `part` (0 to 1) of its way. @param {Move} move @param {number} part */
export function between({ from, to, lift }, part) {
  const eased = part >= 1 ? 1 : part * part * (3 - 2 * part);
  return { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased - lift * Math.sin(Math.PI * eased) };
}

/** Draws marks on their way. @param {any} c @param {Move[]} moves @param {number} part @param {number} size */
export function drawMarks(c, moves, part, size) {
  for (const move of moves) {
    if (move.to.hidden && part >= 1) continue;
    const at = between(move, part);
    c.save();
    c.translate(at.x, at.y);
    caseMark(c, /** @type {any} */ (move.to.kind), move.lift && part < 1 ? size * 1.15 : size);
    c.restore();
  }
}

function placed(/** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ week, /** @type {boolean} */ large) {
  /** @type {Map<number, Place>} */
  const out = new Map();
  const used = new Map(), size = lay.mark;
  for (const c of run.cases.weeks[week]?.shown ?? []) {
    const home = lay.buildings[run.cases.building[c.id]];
    const held = c.holder >= 0 && inHand(c.status);
    const place = held ? `k${c.holder}` : `b${run.cases.building[c.id]}`;
    const j = used.get(place) ?? 0;
    used.set(place, j + 1);
    if (held) {
      out.set(c.id, { ...besideDesk(lay, c.holder, j, large), kind: caseKind(c.status) });
    } else {
      const most = Math.max(1, Math.floor((home.w - 12) / (size * 1.9)) - 1);
      out.set(c.id, { x: home.x + size + Math.min(j, most) * size * 1.9, y: home.y - size * 1.1, kind: caseKind(c.status), hidden: j > most });
    }
  }
  return out;
}

/** The j-th case in an institution's hands: two rows at each side of its disc, as many as there is room for. */
function besideDesk(/** @type {Layout} */ lay, /** @type {number} */ k, /** @type {number} */ j, /** @type {boolean} */ large) {
  const at = lay.institutions[k], step = lay.mark * 1.95, r = (at.core ? 22 : 15) * (lay.mark / 5) * (large ? 1.1 : 1);
  const sides = at.core ? 1 : 2;
  const columns = Math.max(1, Math.min(6, Math.floor((at.space / 2 - r) / step)));
  const column = Math.floor(j / (2 * sides)), left = at.core || j % 2 === 1, row = Math.floor(j / sides) % 2;
  return {
    x: at.x + (left ? -1 : 1) * (r + step * (Math.min(column, columns - 1) + 0.35)), y: at.y + (row ? 0.55 : -0.55) * step, hidden: column >= columns,
  };
}
