// Curves of A and B with their difference; each drawn once, a cursor and a cover of what is still to come move over it.
import { pick, repick } from "./controls.js";
import { ALIKE } from "./lastyear.js";
import { difference, figure, h, language, measure, name, t, withUnit } from "./words.js";

/** @typedef {import("./run.js").Run} Run */
const A = "#0a62a3", B = "#ad4a08", LINE = "#d5d1c6", MUTED = "#545d6a";
const LEFT = 40, RIGHT = 6, BOTTOM = 15;
export const DEFAULTS = ["participation_4", "backlog", "real_resolution_rate", "trust_core"];

/** @param {any} app */
export function makeCurves(app) {
  const root = /** @type {HTMLElement} */ (document.getElementById("curves"));
  const charts = DEFAULTS.map((key, i) => new Chart(app, i, key));
  root.replaceChildren(...charts.map((c) => c.root));
  new ResizeObserver(() => charts.forEach((c) => c.draw())).observe(root);
  return {
    charts,
    reload() {
      charts.forEach((c, i) => c.reload(app.state.charts[i]));
    },
    move(/** @type {number} */ week) {
      charts.forEach((c) => c.move(week));
    },
    summary(/** @type {number} */ week) {
      return charts.map((c) => c.sentence(week));
    },
  };
}

class Chart {
  /** @param {any} app @param {number} i @param {string} key */
  constructor(app, i, key) {
    this.app = app;
    this.key = key;
    this.index = i;
    this.width = 0;
    this.select = h("select", { onchange: () => {
      app.state.charts[i] = this.select.value;
      this.reload(this.select.value);
      app.verdict?.choose(this.select.value);
    } });
    this.now = h("span", { class: "now" });
    this.canvas = h("canvas", { role: "img" });
    this.cover = h("div", { class: "cover" });
    this.cursor = h("div", { class: "cursor" });
    this.plot = h("div", { class: "plot" }, this.canvas, this.cover, this.cursor);
    this.root = h("article", { class: "chart" }, h("header", null, pick(this.select, (text) => app.briefOutcome(text)), this.now), this.plot);
    const seek = (/** @type {PointerEvent} */ e) => {
      const box = this.plot.getBoundingClientRect();
      const share = (e.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT);
      app.player.seek(Math.round(share * (app.weeks - 1)));
    };
    this.plot.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
      this.plot.setPointerCapture(e.pointerId);
      if (app.state.judged !== this.key) app.verdict?.choose(this.key);
      seek(e);
    });
    this.plot.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => e.buttons && seek(e));
  }

  /** @param {string|undefined} key */
  reload(key) {
    const runs = this.app.runs;
    if (!runs) return;
    const outcomes = runs.a.header.outcomes;
    this.key = outcomes.some((/** @type {any} */ o) => o.key === key) ? /** @type {string} */ (key) : outcomes.some((/** @type {any} */ o) => o.key === DEFAULTS[this.index]) ? DEFAULTS[this.index] : outcomes[Math.min(this.index, outcomes.length - 1)].key;
    const groups = new Map();
    for (const o of outcomes) {
      const label = GROUPS[o.group]?.[language() === "zh" ? 0 : 1] ?? o.group ?? "";
      if (!groups.has(label)) groups.set(label, h("optgroup", { label }));
      groups.get(label).append(h("option", { value: o.key }, name(o)));
    }
    this.select.replaceChildren(...groups.values());
    this.select.value = this.key;
    this.select.setAttribute("aria-label", t("chart_of", this.index + 1));
    repick(this.select);
    this.a = runs.a.rec.outcome(this.key);
    this.b = runs.b.rec.outcome(this.key);
    this.outcome = outcomes.find((/** @type {any} */ o) => o.key === this.key);
    this.draw();
    this.move(this.app.player.week);
  }

  unit() {
    return this.outcome?.unit_en ?? this.outcome?.unit ?? "";
  }

  x(/** @type {number} */ week, /** @type {number} */ w) {
    return LEFT + ((w - LEFT - RIGHT) * week) / Math.max(1, this.app.weeks - 1);
  }

  draw() {
    if (!this.a || !this.b) return;
    const box = this.plot.getBoundingClientRect();
    if (box.width < 40 || box.height < 20) return;
    this.width = box.width;
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(box.width * dpr);
    this.canvas.height = Math.round(box.height * dpr);
    const c = this.canvas.getContext("2d");
    if (!c) return;
    c.scale(dpr, dpr);
    this.paint(c, box.width, box.height);
  }

  /** The whole chart on any context. @param {any} c @param {number} w @param {number} h */
  paint(c, w, h) {
    const a = this.a, b = this.b, weeks = this.app.weeks;
    if (!a || !b) return;
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, w, h);
    const low = h - BOTTOM, split = Math.round(low * 0.7);
    const [bottom, top] = bounds([...a.slice(0, weeks), ...b.slice(0, weeks)], this.unit());
    const y = (/** @type {number} */ v) => split - 4 - ((split - 10) * (v - bottom)) / (top - bottom || 1);
    c.font = `${this.app.state.present ? 13 : 10.5}px "Yihe SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif`;
    c.textBaseline = "middle";
    c.lineWidth = 1;
    for (const v of [bottom, top]) {
      c.strokeStyle = LINE;
      c.beginPath();
      c.moveTo(LEFT, y(v));
      c.lineTo(w - RIGHT, y(v));
      c.stroke();
      c.fillStyle = MUTED;
      c.textAlign = "right";
      c.fillText(figure(v, this.unit()), LEFT - 4, y(v));
    }
    c.textAlign = "center";
    const step = weeks > 160 ? 52 : weeks > 60 ? 26 : 13;
    for (let k = 0; k < weeks; k += step) {
      c.fillStyle = MUTED;
      c.fillText(String(k + 1), Math.max(LEFT + 4, this.x(k, w)), h - 6);
    }
    this.paintStarts(c, w, low);
    this.paintDifference(c, w, split, low);
    this.paintLine(c, w, b, y, B, [5, 3]);
    this.paintLine(c, w, a, y, A, []);
  }

  paintStarts(/** @type {any} */ c, /** @type {number} */ w, /** @type {number} */ low) {
    for (const [side, colour] of /** @type {[string, string][]} */ ([["b", B], ["a", A]])) {
      for (const start of new Set(this.app.runs[side].header.policies.map((/** @type {any} */ p) => p.start))) {
        const x = this.x(Number(start), w) + (side === "b" ? 2 : 0);
        c.strokeStyle = colour;
        c.globalAlpha = 0.55;
        c.setLineDash?.([2, 2]);
        c.beginPath();
        c.moveTo(x, 6);
        c.lineTo(x, low);
        c.stroke();
        c.setLineDash?.([]);
        c.globalAlpha = 1;
        c.fillStyle = colour;
        c.beginPath();
        c.moveTo(x - 3.5, 0);
        c.lineTo(x + 3.5, 0);
        c.lineTo(x, 6);
        c.closePath();
        c.fill();
      }
    }
  }

  paintDifference(/** @type {any} */ c, /** @type {number} */ w, /** @type {number} */ split, /** @type {number} */ low) {
    const a = this.a, b = this.b, weeks = this.app.weeks;
    if (!a || !b) return;
    const middle = (split + low) / 2 + 1, half = (low - split) / 2 - 3;
    const most = reach(a.slice(0, weeks), b.slice(0, weeks), this.unit());
    for (let k = 0; k < weeks; k++) {
      const d = a[k] - b[k];
      if (!Number.isFinite(d) || !d) continue;
      c.fillStyle = d > 0 ? A : B;
      c.globalAlpha = 0.45;
      const x0 = this.x(Math.max(0, k - 0.5), w), x1 = this.x(Math.min(weeks - 1, k + 0.5), w), size = (half * Math.abs(d)) / most;
      c.fillRect(x0, d > 0 ? middle - size : middle, x1 - x0 + 0.3, size);
    }
    c.globalAlpha = 1;
    c.strokeStyle = MUTED;
    c.lineWidth = 0.8;
    c.beginPath();
    c.moveTo(LEFT, middle);
    c.lineTo(w - RIGHT, middle);
    c.stroke();
    c.fillStyle = MUTED;
    c.textAlign = "right";
    c.fillText(t("diff"), LEFT - 4, middle);
    this.paintScale(c, w, most, split);
  }

  /** What the full height of the strip of differences stands for, at its upper edge. */
  paintScale(/** @type {any} */ c, /** @type {number} */ w, /** @type {number} */ most, /** @type {number} */ split) {
    const bare = `±${difference(most, this.unit()).replace(/^[\d.]+/, (figures) => String(Number(figures)))}`, full = withUnit(bare, this.outcome);
    const text = c.measureText(full).width < (w - LEFT - RIGHT) * 0.6 ? full : bare, wide = c.measureText(text).width;
    c.fillStyle = "#ffffff";
    c.globalAlpha = 0.75;
    c.fillRect(LEFT + 1, split - 3, wide + 4, 11);
    c.globalAlpha = 1;
    c.fillStyle = MUTED;
    c.textAlign = "left";
    c.fillText(text, LEFT + 3, split + 3);
  }

  paintLine(/** @type {any} */ c, /** @type {number} */ w, /** @type {Float64Array} */ v, /** @type {(v: number) => number} */ y, /** @type {string} */ colour, /** @type {number[]} */ dash) {
    c.strokeStyle = colour;
    c.lineWidth = 1.9;
    c.lineJoin = "round";
    c.setLineDash?.(dash);
    c.beginPath();
    let pen = false;
    for (let k = 0; k < this.app.weeks; k++) {
      if (!Number.isFinite(v[k])) {
        pen = false;
        continue;
      }
      if (pen) c.lineTo(this.x(k, w), y(v[k]));
      else c.moveTo(this.x(k, w), y(v[k]));
      pen = true;
    }
    c.stroke();
    c.setLineDash?.([]);
  }

  /** @param {number} week */
  move(week) {
    if (!this.a || !this.b) return;
    const w = this.width;
    this.cursor.style.transform = `translateX(${this.x(week, w)}px)`;
    const seen = this.x(Math.max(week, this.app.player.seen), w);
    this.cover.style.width = `${Math.max(0, w - seen - 1)}px`;
    this.now.replaceChildren(
      mark("a", figure(this.a[week], this.unit())), " ", mark("b", figure(this.b[week], this.unit())),
    );
    if (!this.app.player.playing) this.canvas.setAttribute("aria-label", this.sentence(week));
  }

  /** This chart in words. @param {number} week */
  sentence(week) {
    if (!this.a || !this.b) return "";
    const d = this.a[week] - this.b[week], unit = this.unit();
    const compared = !Number.isFinite(d) ? "" : Math.abs(d) < 1e-9 ? t("same_now") : t(d > 0 ? "a_higher" : "b_higher", difference(Math.abs(d), unit));
    const zh = language() === "zh", sep = zh ? "，" : ", ";
    return `${measure(this.outcome)}${zh ? "：" : ": "}${t("side_a")} ${figure(this.a[week], unit)}${sep}${t("side_b")} ${figure(this.b[week], unit)}${compared ? sep + compared : ""}${zh ? "。" : "."}`;
  }
}

/** An outcome's name without what follows a bracket or comma, where no other is called the same. @param {string[]} all @param {string} text */
export function brief(all, text) {
  const cut = (/** @type {string} */ full) => full.split(/[（(]|, /)[0].trim();
  return all.filter((other) => cut(other) === cut(text)).length === 1 ? cut(text) : text;
}

/** @type {Record<string, [string, string]>} */
const GROUPS = { participation: ["参与", "Participation"], disputes: ["纠纷与诉求", "Disputes and demands"], state: ["状态", "State"], cost: ["代价", "Cost"] };

function mark(/** @type {string} */ side, /** @type {string} */ text) {
  return h("span", { class: `val ${side}` }, `${t(`side_${side}`)} ${text}`);
}

/**
 * What the strip of differences reaches up and down to: a round number over the largest, and so much at least that what is called
 * about equal does not fill it. @param {Float64Array} a @param {Float64Array} b @param {string} unit
 */
export function reach(a, b, unit) {
  let apart = 0, size = 0;
  a.forEach((v, k) => {
    if (Number.isFinite(v - b[k])) [apart, size] = [Math.max(apart, Math.abs(v - b[k])), Math.max(size, Math.abs(v), Math.abs(b[k]))];
  });
  const least = Math.max(apart, ALIKE * size, /^share/.test(unit) ? 0.01 : 0.001), ten = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((k) => k * ten >= least * (1 - 1e-9)) ?? 10) * ten;
}

/** Round bounds of values; shares and counts stand on zero. @param {number[]} values @param {string} unit @returns {[number, number]} */
export function bounds(values, unit) {
  const real = values.filter(Number.isFinite);
  if (!real.length) return [0, 1];
  let low = Math.min(...real), high = Math.max(...real);
  if (low >= 0 && (low < high * 0.6 || /^share/.test(unit))) low = 0;
  if (high === low) high = low + (Math.abs(low) || 1) * 0.1;
  const step = 10 ** Math.floor(Math.log10(high - low)) / 2;
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}
