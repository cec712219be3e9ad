// The panel of settings: for A and B an arm, a way of coordinating and policies; what both share; what differs.
import { changesPart } from "./changes.js";
import { conditions } from "./conditions.js";
import { fold, pick, refill, told, undo } from "./controls.js";
import { policyChanged, policyForm, policyUndo } from "./policyform.js";
import { addTexts, h, name, t } from "./words.js";

addTexts({ arm_own: ["本方案另改 {0} 项", "This arm also changes {0}"] });

/** @param {any} app */
export function drawSetup(app) {
  refill(/** @type {HTMLElement} */ (document.getElementById("pane-setup")), [
    app.canCompute ? null : h("p", { class: "muted small" }, t("offline_fixed")), changesPart(app),
    sidePart(app, "a"), sidePart(app, "b"), app.canCompute && app.start?.sliders ? conditions(app) : null,
    h("p", { class: "muted small" }, t("uncalibrated")), h("p", { class: "muted small" }, t("one_run")),
  ]);
}

/** @param {any} app @param {"a"|"b"} side */
function sidePart(app, side) {
  const off = !app.canCompute, own = app.state[side], arms = app.scenario()?.arms ?? [];
  const arm = h("select", { id: `arm-${side}`, disabled: off, onchange: (/** @type {any} */ e) => app.setArm(side, e.target.value) },
    ...arms.map((/** @type {any} */ x) => h("option", { value: x.key }, name(x))));
  if (off || !arms.length) arm.replaceChildren(h("option", { value: "" }, name(app.runs?.[side].header.arm)));
  else arm.value = own.arm ?? arms[0].key;
  const regime = h("select", { id: `regime-${side}`, disabled: off, onchange: (/** @type {any} */ e) => app.setRegime(side, e.target.value) },
    ...app.regimes().map((/** @type {any} */ x) => h("option", { value: x.key }, name(x))));
  regime.value = app.regime(side);
  const list = app.policies(side);
  const add = h("select", { id: `add-${side}`, "aria-label": `${t(`side_${side}`)} ${t("add_policy")}`, class: "add", onchange: (/** @type {any} */ e) => e.target.value && app.addPolicy(side, e.target.value) },
    h("option", { value: "" }, t("add_policy")), ...(app.start?.policies ?? []).map((/** @type {any} */ p) => h("option", { value: p.kind }, name(p))));
  return h("fieldset", { class: `side ${side}` },
    h("legend", null, h("b", { class: `tag ${side}` }, t(`side_${side}`)), " ", own.regime !== null || own.policies !== null ? h("span", { class: "chip warn" }, t("own_arm")) : null),
    h("label", { for: `arm-${side}` }, t("arm")), pick(arm), h("div", { class: "labelled" }, h("label", { for: `regime-${side}` }, t("regime")), own.regime !== null && !off ? undo(t("regime"), () => app.setRegime(side, app.usualRegime(side))) : null),
    h("div", { class: own.regime !== null ? "changed" : "" }, pick(regime)),
    armOwn(app, side), h("p", { class: "label" }, t("policies")), list.length ? h("ul", { class: "policies" }, ...list.map((/** @type {any} */ p, /** @type {number} */ i) => policyRow(app, side, p, i))) : h("p", { class: "muted" }, t("no_policy")),
    off ? null : pick(add));
}

/** What an arm of the file sets otherwise than the case, beside regime and policies. @param {any} app @param {"a"|"b"} side */
function armOwn(app, side) {
  const values = Object.entries(app.details?.arms?.find((/** @type {any} */ x) => x.key === app.state[side].arm)?.values ?? {});
  if (!values.length || !app.canCompute) return null;
  const specs = [...(app.start?.sliders ?? []), ...(app.start?.switches ?? [])];
  return fold(app.unfolded, `arm-own-${side}`, t("arm_own", values.length), () => values.map(([path, value]) => {
    const spec = specs.find((/** @type {any} */ s) => s.path === path);
    return h("p", { class: "meta" }, `${spec ? name(spec) : path}${t("colon")}${spec ? told(spec, value) : value}`);
  }));
}

/** @param {any} app @param {"a"|"b"} side @param {any} p @param {number} i */
function policyRow(app, side, p, i) {
  const off = !app.canCompute, label = name(app.policyName(p.kind)), key = `policy-${side}-${i}`, open = app.unfolded.has(key), changed = !off && policyChanged(app, side, p);
  const toggle = () => {
    if (open) app.unfolded.delete(key);
    else app.unfolded.add(key);
    drawSetup(app);
  };
  return h("li", { class: changed ? "changed" : "" },
    h("div", { class: "partline" }, h("button", { class: "link", id: `${key}-card`, onclick: () => app.showCard(p.kind) }, label),
      h("button", { class: "tune", id: key, "aria-expanded": String(open), "aria-label": `${t("adjust")}${t("colon")}${label}`, onclick: toggle }, t("adjust")),
      changed ? policyUndo(app, side, i, label) : null,
      off ? null : h("button", { class: "remove", "aria-label": `${t("remove")} ${label}`, title: t("remove"), onclick: () => app.removePolicy(side, i) }, "×")),
    idle(app, side, p) ? h("p", { class: "meta" }, h("span", { class: "chip warn" }, t("idles")), ` ${t("idles_why")}`) : null,
    open ? policyForm(app, side, i) : null);
}

/** Whether the runs shown say that a policy found no convenor. */
function idle(/** @type {any} */ app, /** @type {"a"|"b"} */ side, /** @type {any} */ p) {
  return app.runs?.[side].header.policies.some((/** @type {any} */ x) => x.kind === p.kind && x.convened === false);
}
