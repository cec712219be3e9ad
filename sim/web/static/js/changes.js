// What differs from the case as its file has it, in one list: each thing put back by itself, or all of them.
import { icon, told } from "./controls.js";
import { nameOf, SIDES } from "./settings.js";
import { addTexts, h, language, name, t } from "./words.js";

addTexts({
  changes_n: ["与案例不同：{0} 项", "Differs from the case: {0}"], all_back: ["全部还原", "Put all back"], from_to: ["{0}：{1}（原为 {2}）", "{0}: {1} (was {2})"],
  added: ["加上了 {0}", "{0} added"], taken_out: ["去掉了 {0}", "{0} taken out"], as_usual: ["共 {0} 次冲击", "{0} shocks"],
});

/** @typedef {{text: string, label: string, back: () => void}} Change */

/** @param {any} app @returns {Change[]} */
export function changes(app) {
  if (!app.start?.scenarios?.length || !app.canCompute) return [];
  return [...SIDES.flatMap((side) => ofSide(app, side)), ...ofBoth(app)];
}

/** @param {any} app @param {"a"|"b"} side @returns {Change[]} */
function ofSide(app, side) {
  const out = /** @type {Change[]} */ ([]), tag = t(`side_${side}`), list = app.policies(side), usual = app.usualPolicies(side), own = app.state[side];
  const regime = (/** @type {string} */ key) => name(app.regimes().find((/** @type {any} */ r) => r.key === key)) || key;
  if (own.regime !== null) out.push({ label: `${tag} ${t("regime")}`, text: t("from_to", `${tag} ${t("regime")}`, regime(own.regime), regime(app.usualRegime(side))), back: () => app.setRegime(side, app.usualRegime(side)) });
  if (own.policies === null) return out;
  list.forEach((/** @type {any} */ p, /** @type {number} */ i) => {
    const label = `${tag} ${name(app.policyName(p.kind))}`, before = app.usualPolicy(side, p);
    if (!before) {
      out.push({ label, text: t("added", label), back: () => app.removePolicy(side, i) });
      return;
    }
    const weeks = (/** @type {any} */ q) => [(q.start ?? 0) + 1, q.end ?? app.weeks];
    if (String(weeks(p)) !== String(weeks(before))) out.push({ label, text: t("from_to", label, weeks(p).join("–"), weeks(before).join("–")), back: () => app.setPolicy(side, i, { ...p, start: before.start ?? 0, end: before.end ?? null }) });
    for (const spec of app.policySpecs(p.kind)) {
      const now = app.policyValue(p, spec), was = app.policyValue(before, spec);
      if (["start", "end"].includes(spec.path) || now === was) continue;
      const full = `${label} · ${name(spec)}`;
      out.push({ label: full, text: t("from_to", full, told(spec, now), told(spec, was)), back: () => app.setPolicyValue(side, i, spec, was) });
    }
  });
  usual.forEach((/** @type {any} */ p, /** @type {number} */ i) => {
    if (list.some((/** @type {any} */ q) => nameOf(q) === nameOf(p))) return;
    const label = `${tag} ${name(app.policyName(p.kind))}`;
    out.push({ label, text: t("taken_out", label), back: () => app.setPolicies(side, [...list.slice(0, i), p, ...list.slice(i)]) });
  });
  return out;
}

/** @param {any} app @returns {Change[]} */
function ofBoth(app) {
  const out = /** @type {Change[]} */ ([]), s = app.state;
  for (const key of s.named) {
    const found = app.start.conditions?.find((/** @type {any} */ c) => c.key === key);
    out.push({ label: name(found) || key, text: t("added", name(found) || key), back: () => app.setNamed(key, false) });
  }
  for (const spec of [...app.start.sliders, ...(app.start.switches ?? [])]) {
    if (s.conditions[spec.path] === undefined || app.value(spec) === app.usual(spec)) continue;
    out.push({ label: name(spec), text: t("from_to", name(spec), told(spec, app.value(spec)), told(spec, app.usual(spec))), back: () => app.setValue(spec, app.usual(spec)) });
  }
  for (const spec of app.start.lengths ?? []) {
    const usual = app.usualLength(spec.path);
    if (s[spec.path] !== null) out.push({ label: name(spec), text: t("from_to", name(spec), String(s[spec.path]), String(usual)), back: () => app.setLength(spec.path, usual) });
  }
  if (s.shocks !== null) out.push({ label: t("shocks"), text: t("from_to", t("shocks"), t("as_usual", s.shocks.length), t("as_usual", app.usualShocks().length)), back: () => app.setShocks(app.usualShocks()) });
  if (app.seedDiffers()) out.push({ label: t("seed"), text: t("from_to", t("seed"), String(s.seed), String(s.usualSeed)), back: () => app.setSeed(s.usualSeed) });
  return out;
}

/** The list on the page; nothing where nothing differs. @param {any} app */
export function changesPart(app) {
  const list = changes(app), zh = language() === "zh";
  if (!list.length) return null;
  return h("fieldset", { class: "changes" }, h("legend", null, t("changes_n", list.length)),
    h("ul", { class: "plain" }, ...list.map((c, i) => h("li", null, h("span", null, c.text), h("button", { class: "undo", id: `back-${i}`, "aria-label": `${t("put_back")}${zh ? "：" : ": "}${c.label}`, title: t("put_back"), onclick: c.back }, icon("undo"))))),
    h("button", { id: "all-back", onclick: () => app.restore() }, t("all_back")));
}
