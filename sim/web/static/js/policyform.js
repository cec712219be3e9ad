// One policy's settings: first and last week by number, intensity, and on demand all its own numbers and switches.
import { fold, numberRow, row, undo } from "./controls.js";
import { addTexts, h, t } from "./words.js";

addTexts({
  adjust: ["调整", "Adjust"], first_week: ["从第几周起", "First week"], last_week: ["到第几周止", "Last week"], stop_now: ["从这一周停止", "Stop from this week"], start_now: ["从这一周开始", "Start in this week"],
  own_numbers: ["它自己的数字与开关（{0}）", "Its own numbers and switches ({0})"],
});

/** @param {any} app @param {"a"|"b"} side @param {number} i */
export function policyForm(app, side, i) {
  const policy = app.policies(side)[i], usual = app.usualPolicy(side, policy), specs = app.policySpecs(policy.kind), id = `p-${side}-${i}`;
  const find = (/** @type {string} */ path) => specs.find((/** @type {any} */ s) => s.path === path);
  const control = (/** @type {any} */ spec) => row({
    id: `${id}-${spec.path.replaceAll(".", "-")}`, spec, value: app.policyValue(policy, spec), usual: app.policyValue(usual, spec), facts: app.start, off: !app.canCompute,
    set: (v) => app.setPolicyValue(side, i, spec, v),
  });
  const intensity = find("intensity"), others = specs.filter((/** @type {any} */ s) => !["intensity", "start", "end"].includes(s.path));
  return h("div", { class: "policyform", role: "group" }, weeks(app, side, i, policy, usual, id), intensity ? control(intensity) : null,
    others.length ? fold(app.unfolded, `${id}-own`, t("own_numbers", others.length), () => others.map(control)) : null);
}

/** Start and end count from 1 here, as everywhere on the page. */
function weeks(/** @type {any} */ app, /** @type {"a"|"b"} */ side, /** @type {number} */ i, /** @type {any} */ policy, /** @type {any} */ usual, /** @type {string} */ id) {
  const now = app.player?.week ?? 0, start = policy.start ?? 0, end = policy.end ?? null, off = !app.canCompute;
  const set = (/** @type {any} */ change) => app.setPolicy(side, i, { ...policy, ...change });
  const spec = (/** @type {string} */ zh, /** @type {string} */ en, /** @type {number} */ min, /** @type {number} */ max) => ({ path: "", zh, en, min, max, integer: true, default: 0 });
  const first = numberRow({ id: `${id}-start`, spec: spec("", "", 0, Math.max(start, (end ?? app.weeks) - 1)), label: t("first_week"), shift: 1, value: start, usual: usual ? usual.start ?? 0 : start, set: (v) => set({ start: v }), facts: app.start, off });
  const last = numberRow({
    id: `${id}-end`, spec: spec("", "", start + 1, app.weeks), label: t("last_week"), value: end ?? app.weeks, usual: usual ? usual.end ?? app.weeks : end ?? app.weeks,
    set: (v) => set({ end: v >= app.weeks ? null : v }), facts: app.start, off,
  });
  const running = now > start && now < (end ?? app.weeks);
  return h("div", null, first, last, off ? null : h("div", { class: "row tight" },
    h("button", { id: `${id}-now`, disabled: now >= (end ?? app.weeks) || now === start, onclick: () => set({ start: now }) }, t("start_now")),
    h("button", { id: `${id}-stop`, disabled: !running, onclick: () => set({ end: now }) }, t("stop_now"))));
}

/** How a policy differs from the arm's own. @param {any} app @param {"a"|"b"} side @param {any} policy */
export function policyChanged(app, side, policy) {
  const usual = app.usualPolicy(side, policy);
  return !usual || JSON.stringify(app.bare(policy)) !== JSON.stringify(app.bare(usual));
}

/** Puts a policy back as the arm has it; one that was added goes. @param {any} app @param {"a"|"b"} side @param {number} i @param {string} label */
export function policyUndo(app, side, i, label) {
  const policy = app.policies(side)[i], usual = app.usualPolicy(side, policy);
  return undo(label, () => (usual ? app.setPolicy(side, i, usual) : app.removePolicy(side, i)));
}
