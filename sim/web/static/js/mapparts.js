// The parts of a map: ground and buildings, institutions with the core among them, ties, selection.
import { FONT } from "./fonts.js";
import { caseMark } from "./looks.js";
import { TIE_LOOKS } from "./network.js";
import { language } from "./words.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./layout.js").Layout} Layout */

export const CONVENES = new Set(["one_core"]);
export const DOES = new Set(["administrative"]);

/** Grids, and buildings with their floors. */
export function backdrop(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ zoom, /** @type {number} */ type) {
  const rec = run.rec;
  c.lineWidth = 1 / zoom;
  for (const g of lay.grids) {
    if (!g) continue;
    c.fillStyle = "#131e2b";
    c.fillRect(g.x, g.y, g.w, g.h);
    c.strokeStyle = "#26364a";
    c.strokeRect(g.x, g.y, g.w, g.h);
  }
  const floors = rec.get("building_floors"), numbers = rec.get("building_number");
  const size = Math.max(7, Math.min(9, lay.buildings[0].w / 4.2)) * type / Math.sqrt(zoom);
  lay.buildings.forEach((b, i) => {
    c.fillStyle = "#1c2a3b";
    c.fillRect(b.x - 1.5, b.y - 1.5, b.w + 3, b.h + 3);
    c.strokeStyle = "#2a3c52";
    c.lineWidth = 0.6 / zoom;
    c.beginPath();
    for (let f = 1; f < floors[i]; f++) {
      const y = b.y + (b.h * f) / floors[i];
      c.moveTo(b.x, y);
      c.lineTo(b.x + b.w, y);
    }
    c.stroke();
    if (size >= 6.5 && b.w > 14) {
      c.fillStyle = "#8fa3b8";
      c.font = `${size}px ${FONT}`;
      c.textBaseline = "alphabetic";
      c.textAlign = "right";
      c.fillText(String(numbers[i] ?? i + 1), b.x + b.w + 1, b.y - 3);
    }
  });
}

/** The more problems lie silent, the longer the grey line at the foot of the house. */
export function silentOn(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ week) {
  const silent = run.cases.weeks[week].silent;
  c.fillStyle = "#8a97a6";
  lay.buildings.forEach((b, i) => silent[i] > 0 && c.fillRect(b.x - 1.5, b.y + b.h + 2, (b.w + 3) * Math.min(1, silent[i] / 40), 1.6));
}

/** Institutions on the rim, and the core in the middle as it works. */
export function institutionsOn(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ week, /** @type {number} */ zoom, /** @type {number} */ type, /** @type {any} */ selected) {
  const rec = run.rec, present = rec.get("institution_present"), kinds = rec.get("institution_kind");
  for (let k = 0; k < rec.K; k++) if (kinds[k] === 0 && present[k]) drawCore(c, run, lay, week, k, zoom, type);
  for (let k = 0; k < rec.K; k++) {
    if (kinds[k] === 0 || !present[k]) continue;
    const at = lay.institutions[k], r = 11 * (lay.mark / 5) * (type > 1 ? 1.1 : 1);
    disc(c, at.x, at.y, r, "#25384e", "#a9bccf", run.glyph(k), zoom);
    gauge(c, at.x, at.y, r + 2.5, rec.at("institution_load", week, k) / 255, zoom);
    if (!lay.many || zoom > 1.7) label(c, [run.institution(k), run.short(k)], at.x, at.y + r + 3.5, at.space, zoom, type, "center");
  }
  if (selected?.kind === "institution") {
    const at = lay.institutions[selected.id];
    c.strokeStyle = "#ffffff";
    c.lineWidth = 2 / zoom;
    c.beginPath();
    c.arc(at.x, at.y, 19 * (lay.mark / 5), 0, Math.PI * 2);
    c.stroke();
  }
}

function drawCore(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ week, /** @type {number} */ k, /** @type {number} */ zoom, /** @type {number} */ type) {
  const rec = run.rec, at = lay.institutions[k], r = 13 * (lay.mark / 5) * (type > 1 ? 1.1 : 1);
  const own = rec.get("institution_community"), present = rec.get("institution_present");
  const load = rec.at("institution_load", week, k) / 255;
  if (CONVENES.has(run.regime)) {
    // Convening: a line to everyone at the table, bright to those who have something in hand.
    const busy = new Set(run.cases.weeks[week].shown.map((x) => x.holder));
    for (let j = 0; j < rec.K; j++) {
      if (j === k || !present[j] || (own[j] !== own[k] && own[j] >= 0)) continue;
      const to = lay.institutions[j];
      c.strokeStyle = busy.has(j) ? "rgba(255,210,74,0.5)" : "rgba(255,210,74,0.16)";
      c.lineWidth = (busy.has(j) ? 1.4 : 0.9) / Math.sqrt(zoom);
      c.beginPath();
      c.moveTo(at.x, at.y);
      c.lineTo(to.x, to.y);
      c.stroke();
    }
    c.strokeStyle = "rgba(255,210,74,0.85)";
    c.lineWidth = 1.5 / Math.sqrt(zoom);
    c.setLineDash?.([4 / zoom, 3 / zoom]);
    c.beginPath();
    c.arc(at.x, at.y, r + 7, 0, Math.PI * 2);
    c.stroke();
    c.setLineDash?.([]);
    disc(c, at.x, at.y, r, "#a32222", "#ffd24a", run.glyph(k), zoom);
  } else if (DOES.has(run.regime)) {
    // Doing it all: a solid block, filled to its load.
    c.fillStyle = "#5d1616";
    c.fillRect(at.x - r * 1.5, at.y - r, r * 3, r * 2);
    c.fillStyle = "#c22f2f";
    c.fillRect(at.x - r * 1.5, at.y - r, r * 3 * Math.min(1, load), r * 2);
    c.strokeStyle = "#ffb3a3";
    c.lineWidth = 2.2 / Math.sqrt(zoom);
    c.strokeRect(at.x - r * 1.5, at.y - r, r * 3, r * 2);
    glyph(c, run.glyph(k), at.x, at.y, r, "#ffffff");
  } else {
    disc(c, at.x, at.y, r * 0.85, "#2a2230", "#8d7f90", run.glyph(k), zoom);
  }
  if (!DOES.has(run.regime)) gauge(c, at.x, at.y, r + 2.8, load, zoom);
  label(c, [run.institution(k)], at.x + r * 1.5 + 8, at.y - 6 * type, at.space, zoom, type, "left");
}

function disc(/** @type {any} */ c, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r, /** @type {string} */ fill, /** @type {string} */ edge, /** @type {string} */ text, /** @type {number} */ zoom) {
  c.beginPath();
  c.arc(x, y, r, 0, Math.PI * 2);
  c.fillStyle = fill;
  c.fill();
  c.strokeStyle = edge;
  c.lineWidth = 1.1 / Math.sqrt(zoom);
  c.stroke();
  glyph(c, text, x, y, r, "#ffffff");
}

function glyph(/** @type {any} */ c, /** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r, /** @type {string} */ colour) {
  c.fillStyle = colour;
  c.font = `600 ${r * (language() === "zh" ? 1.12 : 0.88)}px ${FONT}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(text, x, y + r * 0.06);
}

/** Load as an arc: white up to half, amber, and red when overloaded. */
function gauge(/** @type {any} */ c, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r, /** @type {number} */ load, /** @type {number} */ zoom) {
  if (load < 0.02) return;
  c.beginPath();
  c.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + Math.PI * 2 * Math.min(1, load));
  c.strokeStyle = load > 0.85 ? "#ff6b4a" : load > 0.55 ? "#f0a31e" : "#d8e3ee";
  c.lineWidth = 2.6 / Math.sqrt(zoom);
  c.stroke();
}

/** A name where it has room; where not, the pointer tells it. */
function label(/** @type {any} */ c, /** @type {string[]} */ names, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ space, /** @type {number} */ zoom, /** @type {number} */ type, /** @type {string} */ align) {
  const size = (11 * type) / Math.max(1, zoom * 0.7);
  c.font = `${size}px ${FONT}`;
  const text = names.find((one) => c.measureText(one).width <= space - 4);
  if (!text) return;
  c.textAlign = align;
  c.textBaseline = "top";
  c.fillStyle = "#d5e0ea";
  c.fillText(text, x, y);
}

/** Ties of the one chosen, or all those made at events. */
export function tiesOn(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {number} */ week, /** @type {import("./map.js").View} */ view, /** @type {number} */ zoom) {
  const rec = run.rec;
  const line = (/** @type {number} */ i, /** @type {number} */ j) => {
    c.moveTo(lay.x[i], lay.y[i]);
    c.lineTo(lay.x[j], lay.y[j]);
  };
  if (view.selected?.kind === "resident") {
    const i = view.selected.id, first = rec.get("tie_first"), to = rec.get("tie_neighbour"), layer = rec.get("tie_layer");
    const keys = (run.words.layers ?? []).map((/** @type {any} */ l) => l.key);
    const pen = (/** @type {string} */ key, /** @type {number} */ width) => {
      const look = TIE_LOOKS[key] ?? TIE_LOOKS.building;
      c.strokeStyle = look.colour;
      c.lineWidth = width / Math.sqrt(zoom);
      c.setLineDash?.(look.dash.map((v) => v / Math.sqrt(zoom)));
      c.stroke();
    };
    c.globalAlpha = 0.8;
    keys.forEach((/** @type {string} */ key, /** @type {number} */ l) => {
      c.beginPath();
      for (let e = first[i]; e < first[i + 1]; e++) if (layer[e] === l) line(i, to[e]);
      pen(key, 1);
    });
    c.beginPath();
    for (const j of run.eventTies(i, week)) line(i, j);
    pen("event", 1.6);
    c.setLineDash?.([]);
    c.globalAlpha = 1;
    return;
  }
  const all = run.allEventTies(week), step = Math.max(1, Math.ceil(all.size / 5000));
  c.beginPath();
  let j = 0;
  for (const pair of all) if (j++ % step === 0) line(Math.floor(pair / rec.N), pair % rec.N);
  c.strokeStyle = TIE_LOOKS.event.colour;
  c.globalAlpha = Math.max(0.08, Math.min(0.5, 120 / Math.max(1, all.size / step)));
  c.lineWidth = 0.8 / Math.sqrt(zoom);
  c.stroke();
  c.globalAlpha = 1;
}

/** A ring round what is chosen, and the road a chosen case has come. */
export function selectionOn(/** @type {any} */ c, /** @type {Run} */ run, /** @type {Layout} */ lay, /** @type {any} */ selected, /** @type {Map<number, any>} */ places, /** @type {number} */ zoom, /** @type {number} */ week) {
  if (!selected) return;
  let at = null, r = 0;
  if (selected.kind === "resident") {
    at = { x: lay.x[selected.id], y: lay.y[selected.id] };
    r = Math.max(5, lay.r * 2.2);
  } else if (selected.kind === "building") {
    const b = lay.buildings[selected.id];
    c.strokeStyle = "#ffffff";
    c.lineWidth = 1.5 / zoom;
    c.strokeRect(b.x - 3, b.y - 3, b.w + 6, b.h + 6);
    return;
  } else if (selected.kind === "case") {
    at = places.get(selected.id) ?? null;
    r = lay.mark * 1.8;
    const home = lay.buildings[run.cases.building[selected.id]];
    const road = [{ x: home.x + home.w / 2, y: home.y + home.h / 2 }];
    for (const change of run.cases.changes[selected.id]) if (change.week <= week && change.holder >= 0) road.push(lay.institutions[change.holder]);
    c.beginPath();
    road.forEach((p, i) => (i ? c.lineTo(p.x, p.y) : c.moveTo(p.x, p.y)));
    c.strokeStyle = "rgba(255,160,130,0.85)";
    c.lineWidth = 1.6 / Math.sqrt(zoom);
    c.stroke();
    if (!at) {
      c.save();
      c.translate(road[0].x, road[0].y);
      caseMark(c, "silent", lay.mark);
      c.restore();
    }
  }
  if (!at) return;
  c.beginPath();
  c.arc(at.x, at.y, r, 0, Math.PI * 2);
  c.strokeStyle = "#ffffff";
  c.lineWidth = 1.8 / Math.sqrt(zoom);
  c.stroke();
}
