// Under the curves: whether A's way helps, does nothing or harms by the outcome in view, and what in the runs goes with it.
import { reasons } from "./reasons.js";
import { pick, repick } from "./controls.js";
import { lastYear } from "./lastyear.js";
import { addTexts, bare, difference, figure, h, language, name, t, withUnit } from "./words.js";

addTexts({
  useful: ["有用吗？", "Does it help?"], which_outcome: ["看哪个指标", "Outcome judged"],
  more_of: ["更高", "higher"], less_of: ["更低", "lower"],
  many_helps: ["就这个指标，甲的做法有帮助：{0}个社区里有{1}个是甲更好，平均{2}（95% 区间 {3} 到 {4}）。", "A's way helps by this measure: A does better in {1} of {0} neighbourhoods, on average {2} (95 % interval {3} to {4})."],
  many_harms: ["就这个指标，甲的做法有害：{0}个社区里有{1}个是乙更好，平均{2}（95% 区间 {3} 到 {4}）。", "A's way does harm by this measure: B does better in {1} of {0} neighbourhoods, on average {2} (95 % interval {3} to {4})."],
  many_nothing: ["就这个指标，看不出作用：{0}个社区里甲更好的{1}个、乙更好的{5}个，平均差{2}，95% 区间 {3} 到 {4} 含零。", "No effect told: A better in {1}, B in {5} of {0} neighbourhoods; mean difference {2}, the 95 % interval {3} to {4} holds zero."],
  many_neither: ["甲{6}：{0}个社区平均{2}（95% 区间 {3} 到 {4}）；这个指标高低没有好坏之分。", "A is {6}: on average {2} over {0} neighbourhoods (95 % interval {3} to {4}); neither way is better here."],
  many_same: ["甲乙相同：{0}个社区里每一个都没有差别。", "A and B are the same in each of {0} neighbourhoods."],
  told_from: ["从第{0}周起一直看得出差别。", "The difference is told from week {0} on."], told_not_last: ["到最后几周差别又看不出了。", "In the last weeks it can no longer be told."],
  few_seeds: ["只重复了{0}次，最好看100个。", "Only {0} repetitions; 100 tell more."],
  once: ["这一次，到第{0}周为止的{1}周里{5}：甲 {2}，乙 {3}，{4}。", "This one time, over the {1} weeks up to week {0}{5}: A {2}, B {3}, {4}."],
  by_mean: ["平均", ", on average"], by_last: ["最后的值", ", the last value"], by_sum_per_year: ["合计折算为一年", ", in all, scaled to a year"],
  once_only: ["只看一次，分不清是做法还是运气，不能下结论。", "One run cannot tell the way from luck: no conclusion yet."],
  a_is_more: ["甲高 {0}", "A higher by {0}"], b_is_more: ["乙高 {0}", "B higher by {0}"], about_same: ["差不多", "about equal"],
  see_hundred: ["看百个社区", "See 100 runs"], not_there: ["这段时间里没有数", "no figure in these weeks"], why_short: ["这次运行里看得到的：", "Seen in this run: "], when_harm: ["何时无用、何时有害，看政策卡：", "When it does nothing or harm: see the cards: "],

});

/** @param {any} app */
export function makeVerdict(app) {
  const root = /** @type {HTMLElement} */ (document.getElementById("verdict"));
  const select = h("select", { id: "judged", onchange: () => view.choose(select.value) });
  root.previousElementSibling?.append(pick(select, (text) => app.briefOutcome(text)));
  let told = "";
  const view = {
    /** @param {string} key */
    choose(key) {
      app.state.judged = key;
      view.reload();
      app.saved();
    },
    reload() {
      if (!app.runs) return;
      told = "";
      const all = app.runs.a.header.outcomes, charts = app.curves.charts.map((/** @type {any} */ c) => c.key);
      if (!all.some((/** @type {any} */ o) => o.key === app.state.judged)) app.state.judged = charts[0];
      const keys = [...new Set([...charts, app.state.judged])];
      select.replaceChildren(...keys.map((key) => h("option", { value: key }, name(all.find((/** @type {any} */ o) => o.key === key)))));
      select.value = app.state.judged;
      select.setAttribute("aria-label", t("which_outcome"));
      repick(select);
      for (const c of app.curves.charts) c.root.classList.toggle("judged", c.key === app.state.judged);
      view.move(app.player.week);
    },
    /** @param {number} week */
    move(week) {
      const playing = app.player.playing, key = `${week} ${playing} ${language()}`;
      if (key === told || (playing && week % 4)) return;
      const o = app.runs.a.header.outcomes.find((/** @type {any} */ x) => x.key === app.state.judged);
      if (!o) return;
      told = key;
      const many = app.hundredResult?.outcomes?.[o.key];
      const cards = differing(app);
      root.replaceChildren(h("p", { class: "says" }, h("strong", { class: "what" }, `${name(o)}${t("colon")}`), ...(many?.difference && many.n ? sure(many, o, app.hundredResult) : unsure(app, o, week))),
        ...(playing ? [] : [why(app, o, week), cards.length ? h("p", { class: "small" }, t("when_harm"), ...cards.flatMap((kind, i) => [i ? (language() === "zh" ? "、" : ", ") : "", h("button", { class: "link", onclick: () => app.showCard(kind) }, name(app.policyName(kind)))])) : null].filter((x) => x !== null)));
    },
  };
  return view;
}

/** What many seeds say. @param {any} r @param {any} o @param {any} all @returns {any[]} */
function sure(r, o, all) {
  const word = verdict(r), d = r.difference, signed = (/** @type {number} */ v) => `${v > 0 ? "+" : v < 0 ? "−" : ""}${difference(Math.abs(v), o.unit_en)}`;
  const better = word === "harms" ? r.b_better : r.a_better;
  const out = [h("strong", { class: word }, t(`many_${word}`, r.n, better, withUnit(signed(d.mean), o), bare(signed(d.low)), signed(d.high), r.b_better, t(d.mean > 0 ? "more_of" : "less_of"))), " "];
  const from = since(r.bands?.difference);
  if (word !== "nothing" && word !== "same" && from !== null) out.push(from < 0 ? t("told_not_last") : t("told_from", from + 1), " ");
  if (all.n < 50) out.push(h("span", { class: "muted" }, t("few_seeds", all.n)), " ");
  out.push(h("span", { class: "muted" }, t("each_alone")));
  return out;
}

/** Whether an interval leaves out zero, and on which side that is. @param {any} r @returns {"helps"|"harms"|"nothing"|"neither"|"same"} */
export function verdict(r) {
  const d = r.difference;
  if (r.equal === r.n) return "same";
  if (d.low === null || d.high === null || (d.low <= 0 && d.high >= 0)) return "nothing";
  if (r.better === "neither") return "neither";
  return (d.low > 0) === (r.better === "more") ? "helps" : "harms";
}

/** First week from which the band of differences leaves out zero to the end; −1 if it no longer does; null without a band. @param {any} band */
export function since(band) {
  if (!band) return null;
  const apart = (/** @type {number} */ k) => band.low[k] !== null && (band.low[k] > 0 || band.high[k] < 0);
  let week = band.low.length;
  while (week > 0 && apart(week - 1)) week--;
  return week === band.low.length ? -1 : week;
}

/** What one run shows, which is no verdict. @param {any} app @param {any} o @param {number} week @returns {any[]} */
function unsure(app, o, week) {
  const r = lastYear(app, o.key, week), how = t(`by_${o.summary ?? "mean"}`);
  const said = r.higher === "none" ? t("not_there") : r.higher === "equal" ? t("about_same") : t(`${r.higher}_is_more`, withUnit(difference(Math.abs(r.a - r.b), o.unit_en), o));
  const open = app.canCompute || app.hundredResult ? h("button", { class: "link", onclick: () => document.getElementById("open-hundred")?.click() }, t("see_hundred")) : null;
  return [t("once", week + 1, r.weeks, figure(r.a, o.unit_en), figure(r.b, o.unit_en), said, how), " ", h("span", { class: "muted" }, t("once_only")), " ", open].filter((x) => x !== null);
}

function why(/** @type {any} */ app, /** @type {any} */ o, /** @type {number} */ week) {
  const list = reasons(app, o, week);
  return h("p", null, h("b", null, t("why_short")), list.join(language() === "zh" ? "；" : "; "), language() === "zh" ? "。" : ".");
}

/** Kinds of policies that only one side has. @param {any} app @returns {string[]} */
function differing(app) {
  const [a, b] = ["a", "b"].map((side) => app.policies(side).map((/** @type {any} */ p) => p.kind));
  return [...new Set([...a.filter((/** @type {string} */ k) => !b.includes(k)), ...b.filter((/** @type {string} */ k) => !a.includes(k))])];
}
