// One dialog for everything that is opened and closed again: cards, many seeds, glossary, export, help.
import { addTexts, figure, h, language, name, t } from "./words.js";
import { exportPanel } from "./export.js";
import { glossary } from "./glossary.js";
import { hundredPanel } from "./hundred.js";
import { lastYear, YEAR } from "./lastyear.js";
import { policyFacts } from "./server.js";
import { wireTabs } from "./tabs.js";

addTexts({
  all_cards: ["其他政策", "Other policies"], in_use: ["甲、乙在用的政策", "Policies in use"], mechanism: ["机制", "Mechanism"], cost: ["代价", "Cost"],
  claim: ["来源所称", "The source claims"], simulated: ["模型所示", "The model shows"], harm: ["何时有害", "When it harms"], source: ["出处", "Source"], convenors: ["能办成的协调方式", "Ways of coordinating in which it works"],
  trial: ["{0}种设定中，{1}种“{2}”{3}（95% 区间，每种{4}个种子），{5}种方向相反，其余分不出差别。", "In {1} of {0} settings “{2}” {3} (95 % interval, {4} seeds each), in {5} the other way; no difference told in the rest."],
  rises: ["上升", "rises"], falls: ["下降", "falls"], harmed: ["{0}种设定中有害。", "Harmful in {0} settings."], declared_harm: ["事先声明的最坏设定“{0}”：“{1}”{2}（{3}）。", "Declared worst setting “{0}”: “{1}” {2} ({3})."],
  here: ["这次比较（一个种子，最后{0}周）", "This comparison (one seed, last {0} weeks)"], does_harm: ["有害", "harm"],
  shortcuts: ["快捷键", "Keys"], take_tour: ["再看一遍导览", "Take the tour again"], key_space: ["播放 / 暂停", "play / pause"], key_arrows: ["前后一周", "a week on or back"], key_page: ["前后一季", "a quarter on or back"],
  key_ends: ["开头 / 末尾", "first / last week"], key_l: ["循环", "loop"], key_t: ["显示活动中结识的关系", "show ties made at events"], key_n: ["楼栋 / 关系网", "homes / network"], key_p: ["投影", "projector"], key_zoom: ["放大、缩小、看全貌", "zoom in, out, fit"],
  key_map: ["在图上：下一个机构、跟踪居民、案件；Shift+方向键平移", "on a map: next institution, followed resident, case; Shift+arrows pan"], key_bar: ["在政策条上：移动；加 Shift 改结束；Delete 去掉", "on a bar: move; with Shift its end; Delete removes"], key_esc: ["放下所选", "drop what is chosen"],
  about_page: ["本页不连外网，不收集任何信息；数据都在这台机器上算。", "This page never leaves this machine and collects nothing."],
});

/** @param {any} app */
export function wireDialogs(app) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));
  const title = /** @type {HTMLElement} */ (document.getElementById("dialog-title"));
  const body = /** @type {HTMLElement} */ (document.getElementById("dialog-body"));
  const open = (/** @type {string} */ heading, /** @type {any[]} */ nodes) => {
    app.player.toggle(false);
    title.textContent = heading;
    body.replaceChildren(...nodes.filter(Boolean));
    if (!dialog.open) dialog.showModal();
    body.scrollTop = 0;
  };
  const on = (/** @type {string} */ id, /** @type {() => void} */ act) => /** @type {HTMLElement} */ (document.getElementById(id)).addEventListener("click", act);
  on("dialog-close", () => dialog.close());
  dialog.addEventListener("click", (e) => e.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.open || app.stopHundred?.()); // the event comes late: it may be open again
  on("open-cards", () => open(t("cards"), cardList(app)));
  on("open-hundred", () => app.runs && (app.stopHundred?.(), open(t("hundred"), hundredPanel(app))));
  on("open-glossary", () => open(t("glossary"), glossary()));
  on("open-export", () => {
    if (app.waiting) app.say(t("export_waits"));
    else if (app.runs) open(t("export"), exportPanel(app));
  });
  on("open-help", () => open(t("help"), help(app, dialog)));
  app.openCards = (/** @type {string} */ kind) => open(name(app.policyName(kind)), card(app, kind, () => open(t("cards"), cardList(app))));
  app.openDialog = open;
  wireTabs(app);
}

function cardList(/** @type {any} */ app) {
  const used = new Set([...app.policies("a"), ...app.policies("b")].map((/** @type {any} */ p) => p.kind));
  const link = (/** @type {any} */ p) => h("li", null, h("button", { class: "link", onclick: () => app.openCards(p.kind) }, name(p)));
  const all = app.start?.policies ?? [], own = [...used].map((kind) => ({ kind, ...app.policyName(kind) })), others = all.filter((/** @type {any} */ p) => !used.has(p.kind) && !p.control);
  return [
    h("h3", null, t("in_use")), own.length ? h("ul", { class: "columns" }, ...own.map(link)) : h("p", { class: "muted" }, t("no_policy")),
    ...(others.length ? [h("h3", null, t("all_cards")), h("ul", { class: "columns" }, ...others.map(link))] : []),
  ];
}

function card(/** @type {any} */ app, /** @type {string} */ kind, /** @type {() => void} */ back) {
  const found = (app.start?.policies ?? []).find((/** @type {any} */ p) => p.kind === kind);
  const part = (/** @type {string} */ key, /** @type {any} */ content) => content && h("div", { class: `fact ${key}` }, h("h3", null, t(key, YEAR)), typeof content === "string" ? h("p", null, content) : content);
  const says = h("div", null);
  const regimes = app.regimes().filter((/** @type {any} */ r) => found?.convenors?.includes(r.key));
  const trial = part("simulated", says);
  fillTrial(app, kind, says, trial);
  return [
    part("mechanism", name(found?.card?.mechanism)), part("cost", name(found?.card?.cost)),
    h("div", { class: "versus" }, part("claim", name(found?.card?.claim)), trial),
    part("harm", name(found?.card?.harm)), part("convenors", regimes.map((/** @type {any} */ r) => name(r)).join(language() === "zh" ? "、" : ", ")),
    part("source", name(found?.source)), part("here", here(app)), h("p", { class: "muted small" }, t("uncalibrated")),
    h("div", { class: "row" }, h("button", { onclick: back }, t("cards"))),
  ];
}

/** The claim stands beside what trials of the model showed. */
async function fillTrial(/** @type {any} */ app, /** @type {string} */ kind, /** @type {HTMLElement} */ box, /** @type {HTMLElement} */ whole) {
  const facts = app.start?.facts?.[kind] ?? app.facts?.[kind] ?? (app.canCompute ? await policyFacts(kind) : null);
  const trial = facts?.trial;
  if (facts) (app.facts ??= {})[kind] = { trial };
  whole.hidden = !trial;
  if (!trial) return;
  const lines = [t("trial", trial.settings, trial.agrees, name(trial.outcome), t(trial.sign > 0 ? "rises" : "falls"), trial.seeds, trial.against)];
  if (trial.harmed) lines.push(t("harmed", trial.harmed));
  const d = trial.declared;
  if (d?.verdict === "harm") lines.push(t("declared_harm", name(d.setting), name(d.outcome), figure(d.difference), t("does_harm")));
  box.replaceChildren(...lines.map((line) => h("p", null, line)));
}

function here(/** @type {any} */ app) {
  if (!app.runs) return null;
  const zh = language() === "zh";
  const rows = ["participation_52_other", "backlog", "real_resolution_rate", "trust_core"].map((key) => {
    const o = app.runs.a.header.outcomes.find((/** @type {any} */ x) => x.key === key);
    if (!o) return null;
    const r = lastYear(app, key, app.weeks - 1);
    return h("tr", null, h("td", null, name(o)), h("td", { class: "n" }, figure(r.a, o.unit_en)), h("td", { class: "n" }, figure(r.b, o.unit_en)));
  });
  return h("table", null, h("thead", null, h("tr", null, h("th", null, zh ? "指标" : "outcome"), h("th", { class: "n" }, t("side_a")), h("th", { class: "n" }, t("side_b")))), h("tbody", null, ...rows.filter(Boolean)));
}

function help(/** @type {any} */ app, /** @type {HTMLDialogElement} */ dialog) {
  const keys = /** @type {[string, string][]} */ ([
    ["␣", "key_space"], ["← →", "key_arrows"], ["PgUp PgDn", "key_page"], ["Home End", "key_ends"], ["L", "key_l"], ["T", "key_t"], ["N", "key_n"], ["P", "key_p"], ["+ − 0", "key_zoom"], ["I R C", "key_map"], ["← → Delete", "key_bar"], ["Esc", "key_esc"],
  ]);
  keys[0][0] = language() === "zh" ? "空格" : "Space";
  return [
    h("p", null, h("button", { class: "primary", onclick: () => {
      dialog.close();
      app.lesson.tour.start();
    } }, t("take_tour"))),
    h("h3", null, t("shortcuts")), h("table", { class: "keys" }, h("tbody", null, ...keys.map(([k, what]) => h("tr", null, h("th", { scope: "row" }, ...k.split(" ").map((x) => h("kbd", null, x))), h("td", null, t(what)))))),
    h("p", { class: "muted" }, t("about_page")), h("p", { class: "muted" }, t("uncalibrated")),
  ];
}
