// The panel of settings: for A and B an arm, a way of coordinating and policies; conditions for both.
import { h, language, name, t } from "./words.js";

/** @param {any} app */
export function drawSetup(app) {
  const pane = /** @type {HTMLElement} */ (document.getElementById("pane-setup"));
  const kept = pane.scrollTop;
  pane.replaceChildren(
    ...(app.canCompute ? [] : [h("p", { class: "muted small" }, t("offline_fixed"))]),
    sidePart(app, "a"), sidePart(app, "b"), ...(app.canCompute ? [conditions(app)] : []),
    h("p", { class: "muted small" }, t("uncalibrated")), h("p", { class: "muted small" }, t("one_run")),
  );
  pane.scrollTop = kept;
}

/** @param {any} app @param {"a"|"b"} side */
function sidePart(app, side) {
  const off = !app.canCompute, own = app.state[side], arms = app.scenario()?.arms ?? [];
  const edited = own.regime !== null || own.policies !== null;
  const arm = h("select", { id: `arm-${side}`, disabled: off, onchange: (/** @type {any} */ e) => app.setArm(side, e.target.value) },
    ...arms.map((/** @type {any} */ x) => h("option", { value: x.key }, name(x))));
  if (off || !arms.length) arm.replaceChildren(h("option", { value: "" }, name(app.runs?.[side].header.arm)));
  else arm.value = own.arm ?? arms[0].key;
  const regime = h("select", { id: `regime-${side}`, disabled: off, onchange: (/** @type {any} */ e) => app.setRegime(side, e.target.value) },
    ...app.regimes().map((/** @type {any} */ x) => h("option", { value: x.key }, name(x))));
  regime.value = app.regime(side);
  const list = app.policies(side);
  const rows = list.map((/** @type {any} */ p, /** @type {number} */ i) => h("li", null,
    h("button", { class: "link", onclick: () => app.showCard(p.kind) }, name(app.policyName(p.kind))),
    idle(app, side, p) && h("span", { class: "chip warn", title: t("idles_why") }, t("idles")),
    !off && h("button", { class: "remove", "aria-label": `${t("remove")} ${name(app.policyName(p.kind))}`, title: t("remove"), onclick: () => app.removePolicy(side, i) }, "×")));
  const add = h("select", { "aria-label": `${t(`side_${side}`)} ${t("add_policy")}`, class: "add", onchange: (/** @type {any} */ e) => e.target.value && app.addPolicy(side, e.target.value) },
    h("option", { value: "" }, t("add_policy")),
    ...(app.start?.policies ?? []).map((/** @type {any} */ p) => h("option", { value: p.kind }, name(p))));
  return h("fieldset", { class: `side ${side}` },
    h("legend", null, h("b", { class: `tag ${side}` }, t(`side_${side}`)), " ", edited ? h("span", { class: "chip" }, t("own_arm")) : null),
    h("label", { for: `arm-${side}` }, t("arm")), arm, h("label", { for: `regime-${side}` }, t("regime")), regime,
    h("p", { class: "label" }, t("policies")), list.length ? h("ul", { class: "policies" }, ...rows) : h("p", { class: "muted" }, t("no_policy")), off ? null : add);
}

/** @param {any} app */
function conditions(app) {
  const sliders = (app.start?.sliders ?? []).filter((/** @type {any} */ s) => s.main && Number.isFinite(s.min) && Number.isFinite(s.max));
  const values = app.details?.values ?? {};
  const seed = h("input", { id: "seed", type: "number", min: 0, max: 4294967295, value: app.state.seed ?? "", onchange: () => app.setSeed(+seed.value) });
  return h("fieldset", { class: "conditions" }, h("legend", null, t("conditions")), h("div", { class: "seed" }, h("label", { for: "seed" }, t("seed")), seed), ...sliders.map((/** @type {any} */ s, /** @type {number} */ i) => {
    const now = app.state.conditions[s.path] ?? values[s.path] ?? s.default;
    const unit = language() === "zh" ? s.unit_zh : s.unit_en;
    const shown = h("span", { class: "value", "aria-hidden": "true" }, short(now));
    const input = h("input", {
      id: `cond-${i}`, type: "range", min: s.min, max: s.max, step: s.integer ? 1 : (s.max - s.min) / 100, "aria-valuetext": `${short(now)} ${unit ?? ""}`,
      oninput: () => {
        shown.textContent = short(+input.value);
        input.setAttribute("aria-valuetext", `${short(+input.value)} ${unit ?? ""}`);
      },
      onchange: () => app.setCondition(s.path, s.integer ? Math.round(+input.value) : +(+input.value).toPrecision(6)),
    });
    input.value = String(now);
    return h("div", { class: "slider", title: `${s.source ?? ""} ${s.grade ?? ""}`.trim() || null }, h("label", { for: `cond-${i}` }, name(s)), shown, input, h("span", { class: "muted small" }, unit));
  }));
}

const short = (/** @type {number} */ v) => (Math.abs(v) >= 1000 ? Math.round(v).toLocaleString("en") : String(+(+v).toPrecision(3)));

/** Whether the runs shown say that a policy found no convenor. */
function idle(/** @type {any} */ app, /** @type {"a"|"b"} */ side, /** @type {any} */ p) {
  return app.runs?.[side].header.policies.some((/** @type {any} */ x) => x.kind === p.kind && x.convened === false);
}
