// The legend: every colour with its shape and word, and what residents are coloured by.
import { CASE_LOOKS, caseMark, light, swatch } from "./looks.js";
import { h, t } from "./words.js";

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
  const now = attributes.find((/** @type {any} */ a) => a.key === app.state.attribute);
  const item = (/** @type {(c: any) => void} */ draw, /** @type {string} */ text) => h("li", null, swatch(draw), text);
  /** @type {HTMLElement} */ (document.getElementById("legend")).replaceChildren(
    ...now.looks.map((/** @type {any} */ look) => item((c) => light(c, look, 9, 0), look.label)),
    item((c) => light(c, now.looks[0], 10, 2), t("took_part")),
    ...Object.keys(CASE_LOOKS).filter((key) => key !== "silent").map((key) => item((c) => caseMark(c, /** @type {any} */ (key), 10), t(`case_${key}`))),
    item((c) => {
      c.fillStyle = CASE_LOOKS.silent.colour;
      c.fillRect(-13, 6, 20, 5);
    }, t("case_silent")),
  );
}
