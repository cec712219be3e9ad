// How residents and cases look: a colour and a shape for every class, so that neither is needed alone.
import { t, name } from "./words.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{label: string, colour: string, shape: string, scale: number}} Look */
/** @typedef {{key: string, weekly: boolean, looks: Look[], of: (week: number, i: number) => number}} Attribute */

const NIGHT = "#0e1620";
/** Okabe and Ito's colours, light enough for a dark ground. */
const COLOURS = ["#6d7f92", "#56b4e9", "#f0a31e", "#fff3b8", "#e58cc0", "#2fc79a", "#ff8a5c"];
const SHAPES = ["dot", "diamond", "square", "star", "down", "plus", "ring"];
const RAMP = ["#51739e", "#9fb2c4", "#ffd75e"];

export const CASE_LOOKS = {
  open: { colour: "#ff7a59", shape: "up" }, street: { colour: "#ff7a59", shape: "upbar" }, done: { colour: "#35d0a0", shape: "check" },
  paper: { colour: "#c9ccd1", shape: "sheet" }, silent: { colour: "#94a2b3", shape: "hollow" },
};

/** What residents can be shown by. @param {Recording} rec @returns {Attribute[]} */
export function attributes(rec) {
  const words = rec.header.words, n = rec.N;
  const classes = (/** @type {any[]} */ list, ramp = false) => list.map((word, i) => ({
    label: typeof word === "string" ? word : name(word), colour: ramp ? RAMP[i % 3] : COLOURS[i % 7],
    shape: SHAPES[i % 7], scale: i === 0 ? 0.72 : 1,
  }));
  const thirds = classes([t("low"), t("middle"), t("high")], true);
  const third = (/** @type {string} */ array) => {
    const a = rec.get(array);
    return (/** @type {number} */ w, /** @type {number} */ i) => (a[w * n + i] < 85 ? 0 : a[w * n + i] < 170 ? 1 : 2);
  };
  const stage = rec.get("resident_stage"), age = rec.get("resident_age"), tenure = rec.get("resident_tenure"), position = rec.get("resident_position");
  const membership = rec.get("resident_membership");
  return [
    { key: "stage", weekly: true, looks: classes(words.stages), of: (w, i) => stage[w * n + i] },
    { key: "trust", weekly: true, looks: thirds, of: third("resident_trust_core") },
    { key: "efficacy", weekly: true, looks: thirds, of: third("resident_efficacy") },
    { key: "tenure", weekly: false, looks: classes(words.tenures), of: (_, i) => tenure[i] },
    { key: "position", weekly: false, looks: classes(words.positions), of: (_, i) => position[i] },
    { key: "membership", weekly: false, looks: classes(words.memberships), of: (_, i) => membership[i] },
    { key: "age", weekly: false, looks: classes([t("young"), t("midage"), t("old")]), of: (_, i) => (age[i] < 35 ? 0 : age[i] < 60 ? 1 : 2) },
  ];
}

/** Outline of a shape round (0, 0). @param {CanvasRenderingContext2D|import("./svg.js").SvgContext} c @param {string} shape @param {number} r */
export function outline(c, shape, r) {
  c.beginPath();
  if (shape === "diamond") polygon(c, [[0, -1.25], [1.05, 0], [0, 1.25], [-1.05, 0]], r);
  else if (shape === "square") polygon(c, [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], r);
  else if (shape === "star") polygon(c, starPoints(), r * 1.4);
  else if (shape === "down") polygon(c, [[-1.1, -0.8], [1.1, -0.8], [0, 1.2]], r);
  else if (shape === "plus") {
    const q = 0.36;
    polygon(c, [[-q, -1.1], [q, -1.1], [q, -q], [1.1, -q], [1.1, q], [q, q], [q, 1.1], [-q, 1.1], [-q, q], [-1.1, q], [-1.1, -q], [-q, -q]], r);
  } else if (["up", "upbar", "hollow"].includes(shape)) polygon(c, [[0, -1.1], [1.1, 0.85], [-1.1, 0.85]], r);
  else if (shape === "sheet") polygon(c, [[-0.75, -1], [0.75, -1], [0.75, 1], [-0.75, 1]], r);
  else if (shape === "check") {
    c.moveTo(-r, 0.1 * r);
    c.lineTo(-0.25 * r, 0.85 * r);
    c.lineTo(1.05 * r, -0.85 * r);
  } else {
    c.moveTo(r, 0);
    c.arc(0, 0, r, 0, Math.PI * 2);
    c.closePath();
  }
}

function polygon(/** @type {any} */ c, /** @type {number[][]} */ points, /** @type {number} */ r) {
  points.forEach(([x, y], i) => (i ? c.lineTo(x * r, y * r) : c.moveTo(x * r, y * r)));
  c.closePath();
}

function starPoints() {
  return Array.from({ length: 10 }, (_, i) => {
    const a = -Math.PI / 2 + (i * Math.PI) / 5, s = i % 2 ? 0.45 : 1;
    return [Math.cos(a) * s, Math.sin(a) * s];
  });
}

/** A resident's light at the origin. `state` 0 quiet, 1 heard of an offer, 2 took part. */
export function light(/** @type {any} */ c, /** @type {Look} */ look, /** @type {number} */ r, /** @type {number} */ state) {
  const size = r * look.scale * (state === 2 ? 1.1 : 1);
  if (state === 2) {
    c.globalAlpha = 0.36;
    c.fillStyle = "#ffe9b0";
    c.beginPath();
    c.moveTo(size * 1.9, 0);
    c.arc(0, 0, size * 1.9, 0, Math.PI * 2);
    c.fill();
  }
  c.globalAlpha = 1;
  outline(c, look.shape, size);
  if (look.shape === "ring") {
    c.lineWidth = Math.max(0.8, size * 0.45);
    c.strokeStyle = look.colour;
    c.stroke();
  } else {
    c.fillStyle = look.colour;
    c.fill();
  }
  if (state === 1) {
    c.lineWidth = Math.max(0.6, r * 0.22);
    c.strokeStyle = "rgba(255,255,255,0.75)";
    c.stroke();
  }
}

/** A case's mark at the origin. @param {any} c @param {keyof typeof CASE_LOOKS} kind @param {number} r */
export function caseMark(c, kind, r) {
  const { colour, shape } = CASE_LOOKS[kind];
  outline(c, shape, r);
  c.lineJoin = "round";
  if (shape === "check") {
    c.lineWidth = r * 0.55;
    c.strokeStyle = colour;
    c.stroke();
    return;
  }
  if (shape === "hollow" || shape === "sheet") {
    c.fillStyle = NIGHT;
    c.fill();
    c.lineWidth = Math.max(1, r * 0.28);
    c.strokeStyle = colour;
    c.stroke();
    return;
  }
  c.fillStyle = colour;
  c.fill();
  c.lineWidth = 0.8;
  c.strokeStyle = NIGHT;
  c.stroke();
  if (shape === "upbar") {
    c.beginPath();
    c.moveTo(-r, -1.35 * r);
    c.lineTo(r, -1.35 * r);
    c.lineWidth = r * 0.4;
    c.strokeStyle = colour;
    c.stroke();
  }
}

/** Which mark a case's status wears. @param {number} status */
export function caseKind(status) {
  return /** @type {keyof typeof CASE_LOOKS} */ (["silent", "open", "done", "paper", "street"][status] ?? "open");
}

/** A small picture of one look, for the legend. Not a canvas: each of those would be put together anew in every frame. @param {(c: CanvasRenderingContext2D) => void} draw */
export function swatch(draw) {
  const canvas = document.createElement("canvas"), picture = document.createElement("img");
  canvas.width = canvas.height = 36;
  const c = canvas.getContext("2d");
  if (c) {
    c.translate(18, 18);
    draw(c);
  }
  picture.src = canvas.toDataURL();
  picture.alt = "";
  return picture;
}
