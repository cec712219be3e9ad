// A drawing context that writes SVG, as far as the maps and charts need one.

import { FONT } from "./fonts.js";

const n = (/** @type {number} */ v) => String(Math.round(v * 100) / 100);
const esc = (/** @type {string} */ s) => s.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

export class SvgContext {
  constructor() {
    /** @type {string[]} */
    this.out = [];
    /** @type {any} */
    this.base = [1, 0, 0, 1, 0, 0];
    this.m = [1, 0, 0, 1, 0, 0];
    /** @type {any[]} */
    this.stack = [];
    this.path = "";
    this.fillStyle = this.strokeStyle = "#000000";
    this.lineWidth = this.globalAlpha = 1;
    this.font = "10px sans-serif";
    this.textAlign = "left";
    this.textBaseline = "alphabetic";
    this.lineJoin = "miter";
    /** @type {number[]} */
    this.dash = [];
    this.measure = document.createElement("canvas").getContext("2d");
  }

  /** Everything after it stands within a frame of the picture. @param {number} x @param {number} y @param {number} w @param {number} h @param {() => void} draw */
  frame(x, y, w, h, draw) {
    const id = `f${this.out.length}`;
    this.out.push(`<clipPath id="${id}"><rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"/></clipPath><g clip-path="url(#${id})">`);
    this.base = [1, 0, 0, 1, x, y];
    this.setTransform(1, 0, 0, 1, 0, 0);
    draw();
    this.base = [1, 0, 0, 1, 0, 0];
    this.setTransform(1, 0, 0, 1, 0, 0);
    this.out.push("</g>");
  }

  save() {
    this.stack.push({ m: [...this.m], dash: [...this.dash], font: this.font, textAlign: this.textAlign, textBaseline: this.textBaseline, fillStyle: this.fillStyle, strokeStyle: this.strokeStyle, lineWidth: this.lineWidth, globalAlpha: this.globalAlpha });
  }

  restore() {
    Object.assign(this, this.stack.pop());
  }

  /** Uniform scales only. */
  setTransform(/** @type {number} */ a, /** @type {number} */ _b, /** @type {number} */ _c, /** @type {number} */ d, /** @type {number} */ e, /** @type {number} */ f) {
    this.m = [a, 0, 0, d, e + this.base[4], f + this.base[5]];
  }

  translate(/** @type {number} */ x, /** @type {number} */ y) {
    this.m[4] += this.m[0] * x;
    this.m[5] += this.m[3] * y;
  }

  /** Uniform only. */
  scale(/** @type {number} */ k) {
    this.m[0] *= k;
    this.m[3] *= k;
  }

  setLineDash(/** @type {number[]} */ dash) {
    this.dash = dash;
  }

  point(/** @type {number} */ x, /** @type {number} */ y) {
    return `${n(this.m[0] * x + this.m[4])} ${n(this.m[3] * y + this.m[5])}`;
  }

  beginPath() {
    this.path = "";
  }

  moveTo(/** @type {number} */ x, /** @type {number} */ y) {
    this.path += `M${this.point(x, y)}`;
  }

  lineTo(/** @type {number} */ x, /** @type {number} */ y) {
    this.path += `${this.path ? "L" : "M"}${this.point(x, y)}`;
  }

  closePath() {
    this.path += "Z";
  }

  arc(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r, /** @type {number} */ from, /** @type {number} */ to) {
    const at = (/** @type {number} */ a) => this.point(x + r * Math.cos(a), y + r * Math.sin(a));
    const radius = n(r * this.m[0]), middle = (from + to) / 2;
    this.path += `${this.path.endsWith("Z") || !this.path ? "M" : "L"}${at(from)}`;
    for (const [a, b] of [[from, middle], [middle, to]]) this.path += `A${radius} ${radius} 0 ${b - a > Math.PI ? 1 : 0} 1 ${at(b)}`;
  }

  fill() {
    if (this.path) this.out.push(`<path d="${this.path}" fill="${esc(this.fillStyle)}"${this.alpha()}/>`);
  }

  stroke() {
    if (this.path) this.out.push(`<path d="${this.path}" fill="none" ${this.pen()}/>`);
  }

  fillRect(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h) {
    this.out.push(`<rect ${this.box(x, y, w, h)} fill="${esc(this.fillStyle)}"${this.alpha()}/>`);
  }

  strokeRect(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h) {
    this.out.push(`<rect ${this.box(x, y, w, h)} fill="none" ${this.pen()}/>`);
  }

  box(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h) {
    return `x="${n(this.m[0] * x + this.m[4])}" y="${n(this.m[3] * y + this.m[5])}" width="${n(w * this.m[0])}" height="${n(h * this.m[3])}"`;
  }

  pen() {
    return `stroke="${esc(this.strokeStyle)}" stroke-width="${n(this.lineWidth * this.m[0])}"${this.dash.length ? ` stroke-dasharray="${this.dash.map((d) => n(d * this.m[0])).join(" ")}"` : ""}${this.lineJoin === "round" ? ' stroke-linejoin="round"' : ""}${this.alpha()}`;
  }

  alpha() {
    return this.globalAlpha < 1 ? ` opacity="${n(this.globalAlpha)}"` : "";
  }

  measureText(/** @type {string} */ text) {
    if (!this.measure) return { width: 0 };
    this.measure.font = this.font;
    return this.measure.measureText(text);
  }

  fillText(/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) {
    const [, weight = "", size = "10"] = /^(?:(\d+) )?([\d.]+)px /.exec(this.font) ?? [];
    const anchor = { left: "start", center: "middle", right: "end" }[/** @type {"left"} */ (this.textAlign)] ?? "start";
    // Baselines are worked out here, since programs disagree on dominant-baseline.
    const drop = { middle: 0.36, top: 0.86, alphabetic: 0 }[/** @type {"top"} */ (this.textBaseline)] ?? 0;
    const [px, py] = this.point(x, y + drop * +size).split(" ");
    this.out.push(`<text x="${px}" y="${py}" font-size="${n(+size * this.m[0])}" font-family="${FONT.replace(/"/g, "'")}"${weight && ` font-weight="${weight}"`} text-anchor="${anchor}" fill="${esc(this.fillStyle)}"${this.alpha()}>${esc(text)}</text>`);
  }

  /** The whole picture. @param {number} w @param {number} h */
  text(w, h) {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(w)}" height="${n(h)}" viewBox="0 0 ${n(w)} ${n(h)}">${this.out.join("\n")}</svg>\n`;
  }
}
