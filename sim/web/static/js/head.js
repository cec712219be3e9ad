// The head of the page: the scenario, language, projector, panel; and what a changed address does.
import { fresh } from "./state.js";
import { drawSetup } from "./setup.js";
import { pick } from "./controls.js";
import { placeStory } from "./tabs.js";
import { h, language, name, setLanguage } from "./words.js";

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @param {any} app */
export function drawHead(app) {
  const all = app.start?.scenarios ?? [];
  const select = by("scenario");
  select.replaceChildren(...(all.length ? all : [{ file: "", ...app.runs?.a.header.scenario }]).map((/** @type {any} */ x) => h("option", { value: x.file, disabled: Boolean(x.problem) }, name(x))));
  select.value = app.canCompute ? app.state.scenario : select.options[0]?.value ?? "";
  select.disabled = !app.canCompute;
  pick(select);
}

/** @param {any} app */
export function wireHead(app) {
  by("scenario").onchange = () => {
    const kept = app.state;
    app.state = { ...fresh(), scenario: by("scenario").value, lang: kept.lang, present: kept.present, attribute: kept.attribute, charts: kept.charts };
    app.chooseScenario();
    app.ahead = app.runs = app.hundredResult = app.details = null; // before anything is drawn: they are of another case
    app.player?.seek(0);
    app.lookUp();
    app.compute();
    drawSetup(app);
  };
  by("lang").onclick = () => {
    app.state.lang = language() === "zh" ? "en" : "zh";
    setLanguage(app.state.lang);
    app.redraw();
    app.saved();
  };
  by("present").onclick = () => {
    app.state.present = !app.state.present;
    app.redraw();
    app.saved();
  };
  by("panel-toggle").onclick = () => {
    const wide = document.querySelector(".stage")?.classList.toggle("wide");
    by("panel-toggle").setAttribute("aria-expanded", String(!wide));
    placeStory(app);
  };
  window.addEventListener("resize", () => placeStory(app));
  window.addEventListener("hashchange", () => {
    if (location.hash === app.hash) return;
    location.reload();
  });
  document.fonts?.ready.then(() => app.redraw());
}
