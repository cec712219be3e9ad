// What both sides share: seed and length, conditions by name, shocks, every number and switch, with search.
import { fold, numberRow, pick, row, undo } from "./controls.js";
import { addTexts, h, name, t } from "./words.js";

/** @typedef {import("./settings.js").Spec} Spec */

addTexts({
  named: ["困境与挑战", "Conditions by name"], named_own: ["本案例自带", "part of this case"], shocks: ["冲击", "Shocks"], add_shock: ["＋ 加一次冲击…", "+ Add a shock…"], no_shock: ["没有冲击", "no shock"],
  factors: ["倍数", "Factors"], more_numbers: ["更多数字与开关（{0}）", "More numbers and switches ({0})"],
  find_number: ["查找：名称、机构、键…", "Find by name, actor, key…"], found_n: ["找到 {0} 项", "{0} found"], found_first: ["找到 {0} 项，先列 {1} 项", "{0} found, the first {1} shown"],
});

const MOST = 40;
const SEED = /** @type {any} */ ({ integer: true, min: 0, max: 4294967295 });

/** @param {any} app */
export function conditions(app) {
  return h("fieldset", { class: "conditions" }, h("legend", null, t("conditions")),
    ...app.start.sliders.filter((/** @type {Spec} */ s) => s.main).map((/** @type {Spec} */ s) => control(app, s)),
    seed(app), ...(app.start.lengths ?? []).slice(0, 1).map((/** @type {any} */ s) => length(app, s)),
    fold(app.unfolded, "named", counted(t("named"), app.state.named.length + app.ownConditions().length), () => named(app)),
    fold(app.unfolded, "shocks", counted(t("shocks"), app.shocks().length), () => shocks(app)),
    fold(app.unfolded, "more", t("more_numbers", all(app).length), () => more(app)));
}

const counted = (/** @type {string} */ text, /** @type {number} */ n) => (n ? `${text} (${n})` : text);

/** @param {any} app @returns {Spec[]} */
const all = (app) => [...app.start.sliders.filter((/** @type {Spec} */ s) => !s.main), ...(app.start.switches ?? [])];

/** @param {any} app @param {Spec} spec */
function control(app, spec) {
  return row({ id: `c-${spec.path.replaceAll(".", "-")}`, spec, value: app.value(spec), usual: app.usual(spec), set: (v) => app.setValue(spec, v), facts: app.start });
}

function seed(/** @type {any} */ app) {
  const value = app.state.seed ?? app.state.usualSeed, usual = app.state.usualSeed ?? value;
  return numberRow({ id: "seed", spec: SEED, label: t("seed"), value, usual, set: (v) => app.setSeed(v), facts: app.start, plain: true });
}

function length(/** @type {any} */ app, /** @type {any} */ spec) {
  const usual = app.usualLength(spec.path);
  return numberRow({ id: `length-${spec.path}`, spec, value: app.state[spec.path] ?? usual, usual, set: (v) => app.setLength(spec.path, v), facts: app.start });
}

function named(/** @type {any} */ app) {
  const own = app.ownConditions();
  return (app.start.conditions ?? []).map((/** @type {any} */ c) => {
    const fixed = own.includes(c.key), on = fixed || app.state.named.includes(c.key), id = `named-${c.key}`;
    const box = h("input", { type: "checkbox", id, checked: on, disabled: fixed, onchange: () => app.setNamed(c.key, box.checked) });
    return h("div", { class: `named${on && !fixed ? " changed" : ""}` }, h("div", { class: "tick" }, box, h("label", { for: id }, name(c)), fixed ? h("span", { class: "chip" }, t("named_own")) : null),
      on ? h("p", { class: "meta" }, `${name(c.meaning)} ${t("source_is", name(c.source))}`) : null);
  });
}

function shocks(/** @type {any} */ app) {
  const kinds = app.start.shocks?.kinds ?? [], numbers = /** @type {any[]} */ (app.start.shocks?.numbers ?? []), list = app.shocks();
  const change = (/** @type {number} */ i, /** @type {any} */ shock) => app.setShocks(list.map((/** @type {any} */ x, /** @type {number} */ j) => (j === i ? shock : x)));
  const rows = list.map((/** @type {any} */ shock, /** @type {number} */ i) => {
    const one = name(kinds.find((/** @type {any} */ k) => k.key === shock.kind));
    const usualShock = app.usualShocks()[i], usual = (/** @type {any} */ n) => (usualShock?.kind === shock.kind ? usualShock[n.path] : undefined) ?? fill(kinds, numbers, shock.kind, 0)[n.path];
    const number = (/** @type {any} */ n) => numberRow({
      id: `shock-${i}-${n.path}`, spec: n.path === "week" ? { ...n, max: Math.max(app.weeks - 1, shock.week) } : n, shift: n.path === "week" ? 1 : 0, value: shock[n.path] ?? n.default, facts: app.start,
      usual: n.path === "week" && !usualShock ? shock.week : usual(n), set: (v) => change(i, { ...shock, [n.path]: v }),
    });
    return h("div", { class: `part${usualShock ? "" : " changed"}` },
      h("div", { class: "partline" }, h("strong", null, one), h("button", { class: "remove", "aria-label": `${t("remove")} ${one}`, title: t("remove"), onclick: () => app.setShocks(list.filter((/** @type {any} */ _, /** @type {number} */ j) => j !== i)) }, "×")),
      ...numbers.slice(0, 2).map(number), fold(app.unfolded, `factors-${i}`, t("factors"), () => numbers.slice(2).map(number)));
  });
  const add = h("select", { id: "add-shock", "aria-label": t("add_shock"), onchange: () => add.value && app.setShocks([...list, fill(kinds, numbers, add.value, app.player?.week ?? 0)]) },
    h("option", { value: "" }, t("add_shock")), ...kinds.map((/** @type {any} */ k) => h("option", { value: k.key }, name(k))));
  const off = app.state.shocks !== null;
  return [off ? h("p", null, undo(t("shocks"), () => app.setShocks(app.usualShocks())), ` ${t("differs")}`) : null, ...(rows.length ? rows : [h("p", { class: "muted" }, t("no_shock"))]), pick(add)];
}

/** A whole shock of a kind: what the kind sets, and the usual for the rest. @param {any[]} kinds @param {any[]} numbers @param {string} kind @param {number} week */
function fill(kinds, numbers, kind, week) {
  const sets = kinds.find((k) => k.key === kind)?.sets ?? {};
  return { kind, ...Object.fromEntries(numbers.map((n) => [n.path, n.path === "week" ? week : sets[n.path] ?? n.default])) };
}

/** The rest, by block, or whatever a search finds. */
function more(/** @type {any} */ app) {
  const results = h("div", { class: "results" });
  const search = h("input", { id: "find", type: "search", value: app.query ?? "", placeholder: t("find_number"), "aria-label": t("find_number"), oninput: () => {
    app.query = search.value;
    results.replaceChildren(...listed(app, search.value.trim().toLowerCase()));
  } });
  results.replaceChildren(...listed(app, (app.query ?? "").trim().toLowerCase()));
  return [h("div", { class: "wide" }, search), ...(app.start.lengths ?? []).slice(1).map((/** @type {any} */ s) => length(app, s)), results];
}

/** @param {any} app @param {string} query */
function listed(app, query) {
  const groups = new Map((app.start.groups ?? []).map((/** @type {any} */ g) => [g.key, g]));
  const groupOf = (/** @type {Spec} */ s) => s.path.split(".").slice(0, -1).join(".");
  if (query) {
    const words = query.split(/\s+/);
    const hits = all(app).filter((s) => {
      const g = groups.get(groupOf(s)), text = `${s.zh} ${s.en} ${s.path} ${g?.zh ?? ""} ${g?.en ?? ""}`.toLowerCase();
      return words.every((w) => text.includes(w));
    });
    return [h("p", { class: "meta", role: "status" }, hits.length > MOST ? t("found_first", hits.length, MOST) : t("found_n", hits.length)), ...hits.slice(0, MOST).map((s) => control(app, s))];
  }
  const parts = new Map();
  for (const s of all(app)) parts.set(groupOf(s), [...(parts.get(groupOf(s)) ?? []), s]);
  return [...parts].map(([key, specs]) => {
    const changed = specs.filter((/** @type {Spec} */ s) => app.value(s) !== app.usual(s)).length;
    const title = `${name(groups.get(key)) || key} (${specs.length})`;
    return fold(app.unfolded, `g-${key.replaceAll(".", "-")}`, changed ? h("span", null, title, " ", h("span", { class: "chip warn" }, `${t("differs")} ${changed}`)) : title, () => specs.map((/** @type {Spec} */ s) => control(app, s)));
  });
}
