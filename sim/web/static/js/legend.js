// The legend: every colour with its shape and word, and what residents are coloured by.
import { CASE_LOOKS, caseMark, light, swatch } from "./looks.js";
import { TIE_LOOKS } from "./network.js";
import { drawViews, tieName } from "./views.js";
import { h, t } from "./words.js";

/** What can be seen, with its word: residents first, then cases among homes, or ties in the network. @param {any} app @returns {{draw: (c: any) => void, text: string}[]} */
export function legendItems(app) {
  const attributes = app.runs.a.attributes();
  const now = attributes.find((/** @type {any} */ a) => a.key === app.state.attribute) ?? attributes[0];
  const residents = now.looks.map((/** @type {any} */ look) => ({ draw: (/** @type {any} */ c) => light(c, look, 9, 0), text: look.label }));
  residents.push({ draw: (/** @type {any} */ c) => light(c, now.looks[0], 10, 2), text: t("took_part") });
  if (app.state.view === "network") {
    const keys = Object.keys(TIE_LOOKS).filter((key) => app.state.layer === "all" || key === app.state.layer || (app.state.layer === "event" && /made|lost/.test(key)));
    return [...residents, ...keys.map((key) => ({ draw: (/** @type {any} */ c) => tieMark(c, TIE_LOOKS[key]), text: tieName(key) }))];
  }
  const silent = (/** @type {any} */ c) => {
    c.fillStyle = CASE_LOOKS.silent.colour;
    c.fillRect(-13, 6, 20, 5);
  };
  return [
    ...residents,
    ...Object.keys(CASE_LOOKS).filter((key) => key !== "silent").map((key) => ({ draw: (/** @type {any} */ c) => caseMark(c, /** @type {any} */ (key), 10), text: t(`case_${key}`) })),
    { draw: silent, text: t("case_silent") },
  ];
}

/** A piece of a tie, from corner to corner. @param {any} c @param {import("./network.js").TieLook} look */
function tieMark(c, look) {
  c.beginPath();
  c.moveTo(-16, 9);
  c.lineTo(16, -9);
  c.strokeStyle = look.colour;
  c.lineWidth = look.width * 3;
  c.setLineDash?.(look.dash.map((v) => v * 1.8));
  c.stroke();
  c.setLineDash?.([]);
}

/** @param {any} app */
export function drawLegend(app) {
  const attributes = app.runs.a.attributes();
  const select = /** @type {HTMLSelectElement} */ (document.getElementById("attribute"));
  select.replaceChildren(...attributes.map((/** @type {any} */ a) => h("option", { value: a.key }, t(`attr_${a.key}`))));
  if (!attributes.some((/** @type {any} */ a) => a.key === app.state.attribute)) app.state.attribute = "stage";
  select.value = app.state.attribute;
  select.onchange = () => {
    app.state.attribute = select.value;
    drawLegend(app);
    app.redrawSelection();
    app.saved();
  };
  drawViews(app);
  /** @type {HTMLElement} */ (document.getElementById("legend")).replaceChildren(...legendItems(app).map(({ draw, text }) => h("li", null, swatch(draw), text)));
}
