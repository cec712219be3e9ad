// What in two recordings goes with a difference: who was reached, what moved people, where cases wait, what idles.
import { inHand } from "./cases.js";
import { ADULT, LIVES } from "./flags.js";
import { addTexts, language, name, t } from "./words.js";

addTexts({
  reached: ["到这周为止，平均住在这里的每位成年人听到邀请甲 {0} 次、乙 {1} 次，来了甲 {2} 次、乙 {3} 次", "up to now an adult who lives here heard of {0} events in A, {1} in B, and came to {2} in A, {3} in B"],
  moved_by: ["决定来不来时，甲乙差得最多的是{0}", "in deciding to come, A and B differ most in {0}"],
  raised_more: ["“{0}”（甲 {1}{2}）", "'{0}' ({1}{2} in A)"], silent_n: ["没人提出的事甲 {0} 件、乙 {1} 件", "{0} problems silent in A, {1} in B"], open_n: ["未决的甲 {0} 件、乙 {1} 件", "{0} cases open in A, {1} in B"],
  handed_n: ["未决的每件平均已流转甲 {0} 次、乙 {1} 次", "{0} hand-offs an open case in A, {1} in B"], waits_at: ["等候最多：甲 {0}，乙 {1}", "most wait at {0} in A, at {1} in B"], no_queue: ["没有积压", "nobody"],
  idle_ways: ["{0}空转：没有召集者，花费照付", "{0} idles for want of a convenor, and is paid for all the same"],
  closed_ways: ["到这周为止真正化解甲 {0} 件、乙 {1} 件，只在纸面办结甲 {2} 件、乙 {3} 件", "up to now really resolved {0} in A, {1} in B; closed on paper only {2} in A, {3} in B"],
});

const LEAST = 30;

/** Reasons in words, for an outcome's group, up to a week. @param {any} app @param {any} o @param {number} week @returns {string[]} */
export function reasons(app, o, week) {
  const { a, b } = app.runs, out = /** @type {string[]} */ ([]);
  const idle = ["a", "b"].flatMap((side) => app.runs[side].header.policies.filter((/** @type {any} */ p) => p.convened === false).map((/** @type {any} */ p) => `${t(`side_${side}`)} ${name(p)}`));
  if (idle.length) out.push(t("idle_ways", idle.join(language() === "zh" ? "、" : ", ")));
  if (o.group === "disputes") out.push(...ofCases(a, b, week), ...ofReach(a, b, week).slice(0, 1));
  else out.push(...ofReach(a, b, week), ...ofCases(a, b, week).slice(0, 1));
  return out;
}

/** @param {any} a @param {any} b @param {number} week @returns {string[]} */
function ofReach(a, b, week) {
  const [x, y] = [a, b].map((run) => reach(run, week));
  const out = [t("reached", x.heard, y.heard, x.came, y.came)], terms = apart(a, b, week);
  if (terms.length) out.push(t("moved_by", terms.join(language() === "zh" ? "、" : ", ")));
  return out;
}

/** Invitations heard and taken up, for each adult who lives here in the week. @param {any} run @param {number} week */
function reach(run, week) {
  const r = run.rec, weeks = r.get("offer_week"), heard = r.get("offer_heard"), came = r.get("offer_attended"), out = { heard: 0, came: 0 };
  for (let i = 0; i < weeks.length; i++) {
    if (weeks[i] > week) continue;
    out.heard += heard[i];
    out.came += came[i];
  }
  const ages = r.get("resident_age");
  let adults = 0;
  for (let i = 0; i < r.N; i++) if (ages[i] >= ADULT && r.at("resident_flags", week, i) & LIVES) adults++;
  const each = (/** @type {number} */ v) => (v / Math.max(1, adults)).toFixed(1);
  return { heard: each(out.heard), came: each(out.came) };
}

/** Mean terms of the decisions of followed residents, who are recorded whether they come or not. @param {any} run @param {number} week */
function means(run, week) {
  const r = run.rec, weeks = r.get("decision_week"), who = r.get("decision_resident"), n = weeks.length, terms = r.get("decision_terms"), scale = run.header.scales?.decision_terms ?? 1;
  const sums = /** @type {number[]} */ (run.words.terms.map(() => 0));
  let count = 0;
  for (let d = 0; d < n; d++) {
    if (weeks[d] > week || !run.followed.has(who[d])) continue;
    count++;
    for (let j = 0; j < sums.length; j++) sums[j] += terms[j * n + d];
  }
  return { count, means: sums.map((v) => (count ? (v * scale) / count : 0)) };
}

/** The terms in which the two sides differ most, by name: of a difference alone it cannot be said that anybody believes or lacks something. @param {any} a @param {any} b @param {number} week @returns {string[]} */
function apart(a, b, week) {
  const p = means(a, week), q = means(b, week);
  if (p.count < LEAST || q.count < LEAST) return [];
  return a.words.terms.map((/** @type {any} */ word, /** @type {number} */ j) => ({ word, v: p.means[j] - q.means[j] }))
    .filter((/** @type {any} */ e) => Math.abs(e.v) >= 0.1).sort((/** @type {any} */ u, /** @type {any} */ v) => Math.abs(v.v) - Math.abs(u.v)).slice(0, 2)
    .map((/** @type {any} */ e) => t("raised_more", name(e.word), e.v > 0 ? "+" : "−", Math.abs(e.v).toFixed(1)));
}

/** @param {any} a @param {any} b @param {number} week @returns {string[]} */
function ofCases(a, b, week) {
  const [x, y] = [a, b].map((run) => caseload(run, week));
  return [
    t("closed_ways", x.done, y.done, x.paper, y.paper), t("silent_n", x.silent, y.silent), t("open_n", x.open, y.open), t("handed_n", x.handed.toFixed(1), y.handed.toFixed(1)), t("waits_at", x.busiest, y.busiest),
  ];
}

/** Where cases stand in a week. @param {any} run @param {number} week */
function caseload(run, week) {
  const now = run.cases.weeks[week], r = run.rec;
  let done = 0, paper = 0;
  for (let w = 0; w <= week; w++) {
    done += run.cases.weeks[w].done;
    paper += run.cases.weeks[w].paper;
  }
  const open = now.shown.filter((/** @type {any} */ c) => inHand(c.status));
  const handed = open.reduce((/** @type {number} */ sum, /** @type {any} */ c) => sum + (run.cases.state(c.id, week)?.handoffs ?? 0), 0) / Math.max(1, open.length);
  let most = -1;
  for (let k = 0; k < r.K; k++) if (r.get("institution_present")[k] && (most < 0 || r.at("institution_waiting", week, k) > r.at("institution_waiting", week, most))) most = k;
  const waiting = most >= 0 ? r.at("institution_waiting", week, most) : 0;
  return {
    done, paper, open: now.open, silent: now.silent.reduce((/** @type {number} */ p, /** @type {number} */ q) => p + q, 0), handed,
    busiest: waiting ? `${run.institution(most)} (${waiting})` : t("no_queue"),
  };
}
