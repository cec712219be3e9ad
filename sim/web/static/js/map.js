// One map: a still picture (ground, lights, institutions, marks that stay where they are), made anew when something
// about it changes, and the marks on their way, drawn over it in every frame.
import { layOut } from "./layout.js";
import { light } from "./looks.js";
import { backdrop, institutionsOn, selectionOn, silentOn, tiesOn } from "./mapparts.js";
import { between, drawMarks, Marks } from "./marks.js";
import { chosenOn, housesOn, layNetwork, NetworkGround, networkOn } from "./network.js";
import { HEARD, LIVES, TOOK } from "./flags.js";
import { blend, sheet, Stamps } from "./stamps.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {{kind: "resident"|"institution"|"case"|"building", id: number}} Thing */
/** @typedef {{attribute: string, ties: boolean, selected: Thing|null, network?: boolean, layer?: string}} View */

const LARGE = 1.25;
const NIGHT = "#0e1620";

export class CommunityMap {
  /** @param {HTMLCanvasElement} canvas what is seen; the still picture is kept beside it */
  constructor(canvas) {
    this.top = canvas;
    this.still = document.createElement("canvas");
    this.zoom = 1;
    this.dx = this.dy = 0;
    /** @type {Run|null} */
    this.run = null;
    /** @type {View} */
    this.view = { attribute: "stage", ties: false, selected: null };
    this.drawn = "";
    this.stamps = new Stamps();
    this.marks = new Marks();
    this.groundKey = "";
    /** @type {ImageData|null} */
    this.ground = null;
    /** @type {ImageData|null} */
    this.image = null;
    this.large = this.rough = false;
    this.moved = "";
    /** @type {number[][]} */
    this.dirty = [];
    /** @type {Layout|undefined} */
    this.net = undefined;
    /** @type {{w: number, h: number, dpr: number}|null} */
    this.fixed = null;
    this.netGround = new NetworkGround();
  }

  /** The same view of the same run in a picture of its own size. @param {number} w @param {number} h @param {number} scale */
  copy(w, h, scale) {
    const out = new CommunityMap(document.createElement("canvas")), lay = this.layout;
    out.fixed = { w, h, dpr: scale };
    Object.assign(out, { zoom: this.zoom, view: this.view, large: this.large });
    if (this.run) out.setRun(this.run);
    out.fit();
    out.dx = lay ? (this.dx * w) / lay.w : 0;
    out.dy = lay ? (this.dy * h) / lay.h : 0;
    out.keepInside();
    return out;
  }

  /** @param {Run} run */
  setRun(run) {
    this.run = run;
    this.drawn = this.groundKey = "";
    this.layout = undefined;
  }

  /** Fits the picture to its frame. Returns whether anything changed. */
  fit() {
    const box = this.top.parentElement?.getBoundingClientRect();
    const { w, h, dpr } = this.fixed ?? { w: box?.width ?? 0, h: box?.height ?? 0, dpr: Math.min(2, window.devicePixelRatio || 1) };
    if (w < 10 || h < 10) return false;
    const width = Math.round(w * dpr), height = Math.round(h * dpr);
    if (this.layout && this.top.width === width && this.top.height === height) return false;
    for (const c of [this.top, this.still]) {
      c.width = width;
      c.height = height;
    }
    this.dpr = dpr;
    this.layout = this.net = undefined;
    if (this.run) this.layout = layOut(this.run.rec, width / dpr, height / dpr, this.large ? LARGE : 1);
    this.drawn = this.groundKey = "";
    return true;
  }

  /** Where residents stand in the present view. @returns {Layout} */
  places() {
    const lay = /** @type {Layout} */ (this.layout);
    if (!this.view.network) return lay;
    this.net ??= layNetwork(/** @type {Run} */ (this.run), lay.w, lay.h);
    return this.net;
  }

  /** Draws the week, `part` (0 to 1) of the way from the week before. @param {number} week @param {number} part */
  draw(week, part) {
    if (!this.run) return;
    if (!this.layout) this.fit();
    const top = this.layout && this.top.getContext("2d", { alpha: false });
    if (!top) return;
    const v = this.view, s = v.selected;
    const key = [week, v.attribute, v.ties, v.network, v.layer, s && `${s.kind}${s.id}`, this.zoom, this.dx, this.dy, this.top.width, this.top.height, document.documentElement.lang, this.large].join();
    const fresh = key !== this.drawn;
    if (fresh) {
      this.drawn = key;
      const c = this.still.getContext("2d", { willReadFrequently: true, alpha: false });
      if (c) this.drawStill(c, week, this.dpr ?? 1, false);
    }
    this.drawMoving(top, week, part, fresh);
  }

  /** Both layers on any context, for pictures. @param {any} c @param {number} week @param {number} part */
  picture(c, week, part) {
    this.drawStill(c, week, 1, true);
    if (!this.view.network) drawMarks(c, this.moves(week).moving, part, this.markSize());
  }

  /** While a hand moves the view, ties are drawn thinned out; when it rests, all of them. @param {() => void} rested */
  hurry(rested) {
    if (!this.view.network) return;
    this.rough = true;
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => {
      this.rough = false;
      this.drawn = "";
      rested();
    }, 160);
  }

  begin(/** @type {any} */ c, /** @type {number} */ scale) {
    c.setTransform(scale * this.zoom, 0, 0, scale * this.zoom, scale * this.dx, scale * this.dy);
  }

  markSize() {
    return this.places().mark / Math.max(1, Math.sqrt(this.zoom));
  }

  /** Marks that stay and marks that move in a week. @param {number} week */
  moves(week) {
    return this.marks.of(/** @type {Run} */ (this.run), /** @type {Layout} */ (this.layout), week, this.large);
  }

  /** @param {any} c @param {number} week @param {number} scale @param {boolean} direct drawn shape by shape, not by stamps */
  drawStill(c, week, scale, direct) {
    const run = /** @type {Run} */ (this.run), lay = this.places(), network = this.view.network;
    if (direct) {
      this.drawGround(c, week, scale);
      if (network) networkOn(c, run, lay, week, this.view, this.zoom);
      this.eachLight(week, scale, 0, (x, y, look, _code, r, state) => {
        c.save();
        c.translate((x / scale - this.dx) / this.zoom, (y / scale - this.dy) / this.zoom);
        light(c, look, r, state);
        c.restore();
      });
    } else this.stampLights(c, week, scale);
    this.begin(c, scale);
    if (!network) {
      silentOn(c, run, lay, week);
      institutionsOn(c, run, lay, week, this.zoom, this.large ? LARGE : 1, this.view.selected);
      drawMarks(c, this.moves(week).still, 1, this.markSize());
      selectionOn(c, run, lay, this.view.selected, this.marks.places(run, lay, week, this.large), this.zoom, week);
    } else chosenOn(c, run, lay, this.view.selected, this.zoom, week);
  }

  /** Everything below the lights. */
  drawGround(/** @type {any} */ c, /** @type {number} */ week, /** @type {number} */ scale) {
    const run = /** @type {Run} */ (this.run), lay = this.places();
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.globalAlpha = 1;
    c.fillStyle = NIGHT;
    c.fillRect(0, 0, lay.w, lay.h);
    this.begin(c, scale);
    if (this.view.network) return housesOn(c, run, lay, this.zoom);
    backdrop(c, run, lay, this.zoom, this.large ? LARGE : 1);
    if (this.hasTies()) tiesOn(c, run, lay, week, this.view, this.zoom);
  }

  hasTies() {
    return this.view.ties || this.view.selected?.kind === "resident";
  }

  /** The ground is kept as a picture for as long as it stays the same; lights are blended into a copy of it. */
  stampLights(/** @type {CanvasRenderingContext2D} */ c, /** @type {number} */ week, /** @type {number} */ scale) {
    const { width, height } = this.still, s = this.view.selected, network = this.view.network;
    const key = [width, height, this.zoom, this.dx, this.dy, this.large, network ? [this.view.layer, s?.kind, s?.id, this.rough] : this.hasTies() && [week, this.view.ties, s?.kind, s?.id]].join();
    if (key !== this.groundKey || !this.ground || !this.image) {
      this.groundKey = key;
      this.drawGround(c, week, scale);
      this.ground = c.getImageData(0, 0, width, height);
      this.image = new ImageData(width, height);
      if (network) this.netGround.lasting(this.ground, this, scale);
    }
    const image = this.image, on = sheet(image);
    image.data.set(this.ground.data);
    if (network) this.netGround.events(image, this, week, scale);
    const own = scale * this.zoom, lay = this.places();
    this.stamps.of(`${this.view.attribute},${lay.r.toFixed(2)},${own.toFixed(3)}`);
    this.eachLight(week, scale, lay.r * 3 * own, (x, y, look, code, r, state) => {
      blend(on, this.stamps.get(code, r * own, (on) => light(on, look, r * own, state)), x, y);
    });
    c.putImageData(image, 0, 0);
  }

  /** Every light in sight, in pixels of the canvas. */
  eachLight(/** @type {number} */ week, /** @type {number} */ scale, /** @type {number} */ margin, /** @type {(x: number, y: number, look: import("./looks.js").Look, code: number, r: number, state: number) => void} */ act) {
    const run = /** @type {Run} */ (this.run), lay = this.places(), rec = run.rec;
    const flags = rec.get("resident_flags"), age = rec.get("resident_age"), building = rec.get("resident_building"), dense = rec.get("building_units");
    const attribute = run.attributes().find((a) => a.key === this.view.attribute) ?? run.attributes()[0];
    const w = lay.w * scale + margin, h = lay.h * scale + margin;
    for (let i = 0; i < rec.N; i++) {
      const f = flags[week * rec.N + i];
      if (!(f & LIVES)) continue;
      const x = (lay.x[i] * this.zoom + this.dx) * scale, y = (lay.y[i] * this.zoom + this.dy) * scale;
      if (x < -margin || x > w || y < -margin || y > h) continue;
      const look = attribute.of(week, i), state = f & TOOK ? 2 : f & HEARD ? 1 : 0, small = dense[building[i]] && !this.view.network ? 2 : age[i] < 18 ? 1 : 0;
      act(x, y, attribute.looks[look], look * 9 + state * 3 + small, lay.r * (small === 2 ? 0.6 : small ? 0.62 : 1), state);
    }
  }

  /** Only what moves is drawn over the still picture, and only where something was is the picture put back. */
  drawMoving(/** @type {CanvasRenderingContext2D} */ c, /** @type {number} */ week, /** @type {number} */ part, /** @type {boolean} */ fresh) {
    const moving = this.view.network ? [] : this.moves(week).moving, scale = this.dpr ?? 1;
    if (!fresh && !moving.length) return;
    const now = `${week} ${part}`;
    if (!fresh && now === this.moved) return;
    this.moved = now;
    c.setTransform(1, 0, 0, 1, 0, 0);
    if (fresh) c.drawImage(this.still, 0, 0);
    else for (const [x, y, w, h] of this.dirty) c.drawImage(this.still, x, y, w, h, x, y, w, h);
    this.dirty = this.boxes(moving, part, scale);
    this.begin(c, scale);
    drawMarks(c, moving, part, this.markSize());
  }

  /** Whole pixels that marks on their way cover. */
  boxes(/** @type {import("./marks.js").Move[]} */ moving, /** @type {number} */ part, /** @type {number} */ scale) {
    const own = scale * this.zoom, half = Math.ceil(this.markSize() * 2 * own) + 2, { width, height } = this.still;
    return moving.map((move) => {
      const at = between(move, part), left = Math.max(0, Math.round(at.x * own + this.dx * scale) - half), top = Math.max(0, Math.round(at.y * own + this.dy * scale) - half);
      return [left, top, Math.min(width - left, 2 * half), Math.min(height - top, 2 * half)];
    }).filter(([, , w, h]) => w > 0 && h > 0);
  }

  /** What is at a point of the canvas, in CSS pixels. @param {number} px @param {number} py @param {number} week @returns {Thing|null} */
  pick(px, py, week) {
    const run = this.run;
    if (!run || !this.layout) return null;
    const lay = this.places(), x = (px - this.dx) / this.zoom, y = (py - this.dy) / this.zoom;
    if (!this.view.network) {
      for (const [id, at] of this.marks.places(run, lay, week, this.large)) {
        if (!at.hidden && Math.hypot(at.x - x, at.y - y) < lay.mark * 1.25) return { kind: "case", id };
      }
      const present = run.rec.get("institution_present");
      for (let k = 0; k < run.rec.K; k++) {
        const at = lay.institutions[k];
        if (present[k] && Math.abs(at.x - x) < Math.min(34, at.space / 2) && Math.abs(at.y - y) < 16) return { kind: "institution", id: k };
      }
    }
    const flags = run.rec.get("resident_flags");
    let best = -1, near = Math.max(lay.r * 2.2, 7 / this.zoom);
    for (let i = 0; i < run.rec.N; i++) {
      const d = Math.hypot(lay.x[i] - x, lay.y[i] - y);
      if (d < near && flags[week * run.rec.N + i] & LIVES) {
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
