// One map: a still layer (buildings, lights, institutions) redrawn when something about it changes, and a moving
// layer (cases on their way, selection) redrawn every frame.
import { layOut } from "./layout.js";
import { caseMark, caseKind, light } from "./looks.js";
import { backdrop, institutionsOn, silentOn, tiesOn, selectionOn } from "./mapparts.js";
import { OPEN } from "./cases.js";
import { HEARD, LIVES, TOOK } from "./flags.js";
import { blend, Stamps } from "./stamps.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{kind: "resident"|"institution"|"case"|"building", id: number}} Thing */
/** @typedef {{attribute: string, ties: boolean, selected: Thing|null}} View */


const LARGE = 1.25;

export class CommunityMap {
  /** @param {HTMLCanvasElement} canvas the moving layer; the still one is put below it */
  constructor(canvas) {
    this.top = canvas;
    this.still = document.createElement("canvas");
    this.still.setAttribute("aria-hidden", "true");
    canvas.before(this.still);
    this.zoom = 1;
    this.dx = this.dy = 0;
    /** @type {Run|null} */
    this.run = null;
    /** @type {View} */
    this.view = { attribute: "stage", ties: false, selected: null };
    this.drawn = "";
    this.stamps = new Stamps();
    this.groundKey = "";
    /** @type {ImageData|null} */
    this.ground = null;
    /** @type {ImageData|null} */
    this.image = null;
    /** @type {Map<number, Map<number, {x: number, y: number, kind: string}>>} */
    this.places = new Map();
    this.large = false;
  }

  /** @param {Run} run */
  setRun(run) {
    this.run = run;
    this.drawn = this.groundKey = "";
    this.places.clear();
    this.layout = undefined;
  }

  /** Fits both layers to their frame. Returns whether anything changed. */
  fit() {
    const box = this.top.parentElement?.getBoundingClientRect();
    if (!box || box.width < 10 || box.height < 10) return false;
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    const w = Math.round(box.width * dpr), h = Math.round(box.height * dpr);
    if (this.layout && this.top.width === w && this.top.height === h) return false;
    for (const c of [this.top, this.still]) {
      c.width = w;
      c.height = h;
    }
    this.dpr = dpr;
    if (this.run) this.layout = layOut(this.run.rec, w / dpr, h / dpr, this.large ? LARGE : 1);
    this.places.clear();
    this.drawn = this.groundKey = "";
    return true;
  }

  /** Draws the week, `part` (0 to 1) of the way from the week before. @param {number} week @param {number} part */
  draw(week, part) {
    if (!this.run) return;
    if (!this.layout) this.fit();
    if (!this.layout) return;
    const v = this.view, s = v.selected;
    const key = [week, v.attribute, v.ties, s && `${s.kind}${s.id}`, this.zoom, this.dx, this.dy, this.top.width, this.top.height, document.documentElement.lang, this.large].join();
    if (key !== this.drawn) {
      this.drawn = key;
      const c = this.still.getContext("2d", { willReadFrequently: true });
      if (c) this.drawStill(c, week);
    }
    const c = this.top.getContext("2d");
    if (c) this.drawMoving(c, week, part);
  }

  /** Both layers on any context, for pictures. @param {any} c @param {number} week @param {number} part @param {number} scale */
  picture(c, week, part, scale) {
    this.drawStill(c, week, scale, true);
    this.drawMoving(c, week, part, scale, true);
  }

  begin(/** @type {any} */ c, /** @type {number} */ scale) {
    c.setTransform(scale * this.zoom, 0, 0, scale * this.zoom, scale * this.dx, scale * this.dy);
  }

  /** @param {any} c @param {number} week */
  drawStill(c, week, scale = this.dpr ?? 1, direct = false) {
    const run = /** @type {Run} */ (this.run), lay = /** @type {Layout} */ (this.layout);
    const type = this.large ? LARGE : 1;
    if (direct) {
      this.drawGround(c, week, scale);
      this.eachLight(week, scale, 0, (x, y, look, _code, r, state) => {
        c.save();
        c.translate((x / scale - this.dx) / this.zoom, (y / scale - this.dy) / this.zoom);
        light(c, look, r, state);
        c.restore();
      });
    } else this.stampLights(c, week, scale);
    this.begin(c, scale);
    silentOn(c, run, lay, week);
    institutionsOn(c, run, lay, week, this.zoom, type, this.view.selected);
  }

  /** Everything below the lights. */
  drawGround(/** @type {any} */ c, /** @type {number} */ week, /** @type {number} */ scale) {
    const run = /** @type {Run} */ (this.run), lay = /** @type {Layout} */ (this.layout);
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.globalAlpha = 1;
    c.fillStyle = "#0e1620";
    c.fillRect(0, 0, lay.w, lay.h);
    this.begin(c, scale);
    backdrop(c, run, lay, this.zoom, this.large ? LARGE : 1);
    if (this.hasTies()) tiesOn(c, run, lay, week, this.view, this.zoom);
  }

  hasTies() {
    return this.view.ties || this.view.selected?.kind === "resident";
  }

  /** The ground is kept as a picture for as long as it stays the same; lights are blended into a copy of it. */
  stampLights(/** @type {CanvasRenderingContext2D} */ c, /** @type {number} */ week, /** @type {number} */ scale) {
    const { width, height } = this.still, s = this.view.selected;
    const key = [width, height, this.zoom, this.dx, this.dy, this.large, this.hasTies() && [week, this.view.ties, s?.kind, s?.id]].join();
    if (key !== this.groundKey || !this.ground || !this.image) {
      this.groundKey = key;
      this.drawGround(c, week, scale);
      this.ground = c.getImageData(0, 0, width, height);
      this.image = new ImageData(width, height);
    }
    const image = this.image;
    image.data.set(this.ground.data);
    const own = scale * this.zoom, lay = /** @type {Layout} */ (this.layout);
    this.stamps.of(`${this.view.attribute},${lay.r.toFixed(2)},${own.toFixed(3)}`);
    this.eachLight(week, scale, lay.r * 3 * own, (x, y, look, code, r, state) => {
      blend(image, this.stamps.get(code, r * own, (on) => light(on, look, r * own, state)), x, y);
    });
    c.putImageData(image, 0, 0);
  }

  /** Every light in sight, in pixels of the canvas. */
  eachLight(/** @type {number} */ week, /** @type {number} */ scale, /** @type {number} */ margin, /** @type {(x: number, y: number, look: import("./looks.js").Look, code: number, r: number, state: number) => void} */ act) {
    const run = /** @type {Run} */ (this.run), lay = /** @type {Layout} */ (this.layout), rec = run.rec;
    const flags = rec.get("resident_flags"), age = rec.get("resident_age"), building = rec.get("resident_building"), dense = rec.get("building_units");
    const attribute = run.attributes().find((a) => a.key === this.view.attribute) ?? run.attributes()[0];
    const w = lay.w * scale + margin, h = lay.h * scale + margin;
    for (let i = 0; i < rec.N; i++) {
      const f = flags[week * rec.N + i];
      if (!(f & LIVES)) continue;
      const x = (lay.x[i] * this.zoom + this.dx) * scale, y = (lay.y[i] * this.zoom + this.dy) * scale;
      if (x < -margin || x > w || y < -margin || y > h) continue;
      const look = attribute.of(week, i), state = f & TOOK ? 2 : f & HEARD ? 1 : 0, small = dense[building[i]] ? 2 : age[i] < 18 ? 1 : 0;
      act(x, y, attribute.looks[look], look * 9 + state * 3 + small, lay.r * (small === 2 ? 0.6 : small ? 0.62 : 1), state);
    }
  }

  /** Where each shown case stands at the end of a week. @param {number} week */
  casePlaces(week) {
    const known = this.places.get(week);
    if (known) return known;
    const run = /** @type {Run} */ (this.run), lay = /** @type {Layout} */ (this.layout);
    const out = new Map(), used = new Map(), size = lay.mark;
    for (const c of run.cases.weeks[week]?.shown ?? []) {
      const home = lay.buildings[run.cases.building[c.id]];
      const held = c.holder >= 0 && c.status === OPEN;
      const place = held ? `k${c.holder}` : `b${run.cases.building[c.id]}`;
      const j = used.get(place) ?? 0;
      used.set(place, j + 1);
      if (held) {
        out.set(c.id, { ...besideDesk(lay, c.holder, j, this.large), kind: caseKind(c.status) });
      } else {
        const most = Math.max(1, Math.floor((home.w - 12) / (size * 1.9)) - 1);
        out.set(c.id, { x: home.x + size + Math.min(j, most) * size * 1.9, y: home.y - size * 1.1, kind: caseKind(c.status), hidden: j > most });
      }
    }
    if (this.places.size > 6) this.places.clear();
    this.places.set(week, out);
    return out;
  }

  /** @param {any} c @param {number} week @param {number} part */
  drawMoving(c, week, part, scale = this.dpr ?? 1, direct = false) {
    const run = /** @type {Run} */ (this.run), lay = /** @type {Layout} */ (this.layout);
    if (!direct) {
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, this.top.width, this.top.height);
    }
    this.begin(c, scale);
    const now = this.casePlaces(week), before = week > 0 ? this.casePlaces(week - 1) : now;
    const eased = part >= 1 ? 1 : part * part * (3 - 2 * part);
    const size = lay.mark / Math.max(1, Math.sqrt(this.zoom));
    for (const [id, to] of now) {
      const home = lay.buildings[run.cases.building[id]];
      const from = before.get(id) ?? { x: home.x + home.w / 2, y: home.y + home.h / 2 };
      const moving = from.x !== to.x || from.y !== to.y;
      if (to.hidden && (!moving || eased >= 1)) continue;
      const lift = moving ? Math.sin(Math.PI * eased) * Math.min(26, Math.hypot(to.x - from.x, to.y - from.y) * 0.12) : 0;
      c.save();
      c.translate(from.x + (to.x - from.x) * eased, from.y + (to.y - from.y) * eased - lift);
      caseMark(c, /** @type {any} */ (to.kind), moving && eased < 1 ? size * 1.15 : size);
      c.restore();
    }
    selectionOn(c, run, lay, this.view.selected, now, this.zoom, week);
  }

  /** What is at a point of the canvas, in CSS pixels. @param {number} px @param {number} py @param {number} week @returns {Thing|null} */
  pick(px, py, week) {
    const run = this.run, lay = this.layout;
    if (!run || !lay) return null;
    const x = (px - this.dx) / this.zoom, y = (py - this.dy) / this.zoom;
    for (const [id, at] of this.casePlaces(week)) {
      if (!at.hidden && Math.hypot(at.x - x, at.y - y) < lay.mark * 1.25) return { kind: "case", id };
    }
    const present = run.rec.get("institution_present");
    for (let k = 0; k < run.rec.K; k++) {
      const at = lay.institutions[k];
      if (present[k] && Math.abs(at.x - x) < Math.min(34, at.space / 2) && Math.abs(at.y - y) < 16) return { kind: "institution", id: k };
    }
    const flags = run.rec.get("resident_flags");
    let best = -1, near = Math.max(lay.r * 2.2, 7 / this.zoom);
    for (let i = 0; i < run.rec.N; i++) {
      const d = Math.hypot(lay.x[i] - x, lay.y[i] - y);
      if (d < near && flags[week * run.rec.N + i] & 4) {
        near = d;
        best = i;
      }
    }
    if (best >= 0) return { kind: "resident", id: best };
    const b = lay.buildings.findIndex((box) => x > box.x && x < box.x + box.w && y > box.y - lay.roof && y < box.y + box.h);
    return b >= 0 ? { kind: "building", id: b } : null;
  }

  /** Zooms about a point, in CSS pixels. @param {number} factor @param {number} px @param {number} py */
  zoomAt(factor, px, py) {
    const to = Math.min(12, Math.max(1, this.zoom * factor));
    this.dx = px - ((px - this.dx) * to) / this.zoom;
    this.dy = py - ((py - this.dy) * to) / this.zoom;
    this.zoom = to;
    this.keepInside();
  }

  pan(/** @type {number} */ dx, /** @type {number} */ dy) {
    this.dx += dx;
    this.dy += dy;
    this.keepInside();
  }

  reset() {
    this.zoom = 1;
    this.dx = this.dy = 0;
  }

  keepInside() {
    if (!this.layout) return;
    this.dx = Math.min(0, Math.max(this.layout.w * (1 - this.zoom), this.dx));
    this.dy = Math.min(0, Math.max(this.layout.h * (1 - this.zoom), this.dy));
  }
}


/** The j-th case in an institution's hands: two rows at each side of its disc, as many as there is room for. */
function besideDesk(/** @type {import("./layout.js").Layout} */ lay, /** @type {number} */ k, /** @type {number} */ j, /** @type {boolean} */ large) {
  const at = lay.institutions[k], step = lay.mark * 1.95, r = (at.core ? 22 : 15) * (lay.mark / 5) * (large ? 1.1 : 1);
  const sides = at.core ? 1 : 2;
  const columns = Math.max(1, Math.min(6, Math.floor(((at.core ? at.space / 2 : at.space / 2) - r) / step)));
  const column = Math.floor(j / (2 * sides)), left = at.core || j % 2 === 1, row = Math.floor(j / sides) % 2;
  return {
    x: at.x + (left ? -1 : 1) * (r + step * (Math.min(column, columns - 1) + 0.35)), y: at.y + (row ? 0.55 : -0.55) * step, hidden: column >= columns,
  };
}
