// 大事记 and the pictures in words, up to the present week.
import { h, language, name, t } from "./words.js";
import { coreWord } from "./stories.js";
import { HEARD, LIVES, TOOK } from "./flags.js";
import { networkSentence } from "./views.js";

const MOST = 60;

/** @param {any} app */
export function makeFeed(app) {
  const feed = /** @type {HTMLElement} */ (document.getElementById("feed"));
  const summary = /** @type {HTMLElement} */ (document.getElementById("summary"));
  /** @type {{week: number, side: string, event: any}[]} */
  let all = [];
  let shown = "";
  return {
    reload() {
      all = merge(app.runs.a.header.events ?? [], app.runs.b.header.events ?? []);
      shown = "";
    },
    /** @param {number} week */
    move(week) {
      if (!summary.hidden) drawSummary(app, summary, week);
      if (feed.hidden) return;
      const upTo = all.filter((e) => e.week <= week);
      const key = `${upTo.length} ${all.length} ${language()} ${app.player.playing}`;
      if (key === shown) return;
      shown = key;
      feed.replaceChildren(...(upTo.length ? upTo.slice(app.player.playing ? -12 : -MOST).reverse().map((e) => entry(app, e)) : [h("p", { class: "muted" }, t("no_events"))]));
    },
    lines: (/** @type {number} */ week) => sentences(app, week),
  };
}

/** What both had in the same words is told once. @param {any[]} a @param {any[]} b */
function merge(a, b) {
  const key = (/** @type {any} */ e) => `${e.week} ${e.kind} ${e.zh}`;
  const inB = new Set(b.map(key)), inA = new Set(a.map(key));
  return [
    ...a.map((event) => ({ week: event.week, side: inB.has(key(event)) ? "ab" : "a", event })),
    ...b.filter((e) => !inA.has(key(e))).map((event) => ({ week: event.week, side: "b", event })),
  ].sort((p, q) => p.week - q.week);
}

function entry(/** @type {any} */ app, /** @type {any} */ e) {
  const tags = [...e.side].map((s) => h("b", { class: `tag ${s}` }, t(`side_${s}`)));
  const thing = thingOf(app, e);
  return h("p", { class: `event ${e.side}` },
    h("button", { class: "link when", onclick: () => {
      app.player.seek(e.week);
      if (thing) app.select(thing);
    } }, language() === "zh" ? `第${e.week + 1}周` : `wk ${e.week + 1}`), ...tags, h("span", null, name(e.event)));
}

/** What an event is about, where it says so. */
function thingOf(/** @type {any} */ _app, /** @type {any} */ e) {
  const side = e.side[0];
  if (Number.isInteger(e.event.case)) return { side, kind: "case", id: e.event.case };
  if (Number.isInteger(e.event.institution) && e.event.institution >= 0) return { side, kind: "institution", id: e.event.institution };
  if (Number.isInteger(e.event.building)) return { side, kind: "building", id: e.event.building };
  return null;
}

/** The maps and curves in sentences. @param {any} app @param {number} week @returns {string[]} */
function sentences(app, week) {
  return [...(/** @type {("a"|"b")[]} */ (["a", "b"])).map((side) => mapSentence(app, side, week)), ...app.curves.summary(week)];
}

/** One map in words. @param {any} app @param {"a"|"b"} side @param {number} week */
export function mapSentence(app, side, week) {
  const run = app.shown(side), r = run.rec, zh = language() === "zh", n = count(run, week), now = run.cases.weeks[week];
  const stages = run.words.stages.map((/** @type {any} */ s, /** @type {number} */ j) => `${name(s)} ${n.stages[j]}`).join(zh ? "、" : ", ");
  let busiest = -1;
  for (let k = 0; k < r.K; k++) if (r.get("institution_present")[k] && (busiest < 0 || r.at("institution_waiting", week, k) > r.at("institution_waiting", week, busiest))) busiest = k;
  const waiting = busiest >= 0 ? r.at("institution_waiting", week, busiest) : 0;
  const ties = app.state.view === "network" ? (zh ? "" : " ") + networkSentence(run, week) : "";
  const silent = now.silent.reduce((/** @type {number} */ p, /** @type {number} */ q) => p + q, 0);
  return zh
    ? `${t(`side_${side}`)}（${app.armName(side)}）第${week + 1}周：住${n.live}人，${n.heard}人听说活动，${n.took}人参与；阶梯：${stages}。未决${now.open}件，沉默${silent}件，本周化解${now.done}件、纸面办结${now.paper}件、上交${now.up}件。社区党委${coreWord(run)}；${waiting ? `等候最多的是${run.institution(busiest)}（${waiting}件）` : "没有机构积压"}。${ties}`
    : `${t(`side_${side}`)} (${app.armName(side)}), week ${week + 1}: ${n.live} live here, ${n.heard} heard of something, ${n.took} took part; ladder: ${stages}. ${now.open} cases open, ${silent} silent; this week ${now.done} resolved, ${now.paper} closed on paper, ${now.up} sent up. The party committee: ${coreWord(run)}; ${waiting ? `most wait at ${run.institution(busiest)} (${waiting})` : "nobody has a backlog"}.${ties}`;
}

/** People of a week by what they did and where they stand. @param {any} run @param {number} week */
export function count(run, week) {
  const r = run.rec, flags = r.get("resident_flags"), stage = r.get("resident_stage"), from = week * r.N;
  const out = { live: 0, heard: 0, took: 0, stages: /** @type {number[]} */ (run.words.stages.map(() => 0)) };
  for (let i = 0; i < r.N; i++) {
    const f = flags[from + i];
    if (!(f & LIVES)) continue;
    out.live++;
    if (f & HEARD) out.heard++;
    if (f & TOOK) out.took++;
    out.stages[stage[from + i]]++;
  }
  return out;
}

function drawSummary(/** @type {any} */ app, /** @type {HTMLElement} */ box, /** @type {number} */ week) {
  box.replaceChildren(...sentences(app, week).map((line) => h("p", null, line)));
}
