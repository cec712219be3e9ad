// Stories in words: a resident with the terms of each decision, an institution, a case, a building.
import { h, language, name, t } from "./words.js";
import { inHand, OPEN, SILENT } from "./cases.js";
import { ADULT, LIVES, MOVED_IN, SCHOOL, TOOK } from "./flags.js";
import { CONVENES, DOES } from "./mapparts.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./map.js").Thing} Thing */

const zh = () => language() === "zh";
const join = (/** @type {(string|false|null|undefined)[]} */ parts) => parts.filter(Boolean).join(zh() ? "，" : ", ");
/** A reason is named from this many logits on, so many for coming and so many against; as docs/recording.md has it. */
const LEAST = 0.1, FOR = 3, AGAINST = 2;
/** Decisions of a resident before the last that are told. */
const EARLIER = 30;
const percent = (/** @type {number} */ v) => `${Math.round((v / 255) * 100)}%`;

/** Who a resident is, in one line. @param {Run} run @param {number} i */
export function resident(run, i) {
  const r = run.rec, w = run.words, b = r.get("resident_building")[i], d = r.get("resident_dwelling")[i] - r.get("building_first_dwelling")[b];
  const per = Math.max(1, r.get("building_per_floor")[b]), age = r.get("resident_age")[i], tenure = name(w.tenures[r.get("resident_tenure")[i]]);
  return join([
    run.building(b) + (r.get("building_units")[b] ? "" : " " + t("room", Math.floor(d / per) + 1, (d % per) + 1)), name(w.sexes?.[r.get("resident_sex")[i]]),
    t("age_n", age), age < SCHOOL ? t("preschool") : name(w.positions[r.get("resident_position")[i]]), age < ADULT ? t("of_household", tenure) : tenure,
    r.get("resident_membership")[i] > 0 && name(w.memberships[r.get("resident_membership")[i]]),
  ]);
}

/** One short line for the pointer. @param {Run} run @param {Thing} thing @param {number} week */
export function tip(run, thing, week) {
  const r = run.rec;
  if (thing.kind === "resident") {
    const said = noStory(run, thing.id, week) ?? name(run.words.stages[r.at("resident_stage", week, thing.id)]);
    return `${resident(run, thing.id)} · ${said}`;
  }
  if (thing.kind === "institution") {
    return `${run.institution(thing.id)} · ${t("in_hand", r.at("institution_serving", week, thing.id), r.at("institution_waiting", week, thing.id))}`;
  }
  if (thing.kind === "case") {
    const s = run.cases.state(thing.id, week);
    return `${name(run.words.categories[run.cases.category[thing.id]])} · ${s ? name(run.words.statuses[s.status]) : ""} · ${s ? run.institution(s.holder) : ""}`;
  }
  return `${run.building(thing.id)} · ${t("case_silent")} ${run.cases.weeks[week].silent[thing.id]}`;
}

/** The story of what is chosen, up to a week. @param {any} app @param {"a"|"b"} side @param {Thing} thing @param {number} week @returns {Node[]} */
export function story(app, side, thing, week) {
  const run = app.shown(side);
  const tag = h("b", { class: `tag ${side}` }, t(`side_${side}`));
  if (thing.kind === "resident") return residentStory(app, run, tag, thing.id, week);
  if (thing.kind === "institution") return institutionStory(app, run, tag, thing.id, week);
  if (thing.kind === "case") return caseStory(app, run, tag, thing.id, week);
  return buildingStory(app, run, tag, thing.id, week);
}

/** Why there is nothing to tell of ladder, trust and decisions: nobody lives there, or a child. @param {Run} run @param {number} i @param {number} week */
function noStory(run, i, week) {
  if (!(run.rec.at("resident_flags", week, i) & LIVES)) return t("lives_not");
  return run.rec.get("resident_age")[i] < ADULT ? t("minor") : null;
}

function residentStory(/** @type {any} */ app, /** @type {Run} */ run, /** @type {Node} */ tag, /** @type {number} */ i, /** @type {number} */ week) {
  const r = run.rec, nothing = noStory(run, i, week);
  const fixed = r.get("resident_degree")[i] ?? 0;
  const who = h("p", null, tag, " ", h("strong", null, resident(run, i)), run.followed.has(i) ? h("span", { class: "chip" }, t("followed")) : null);
  if (nothing) return [who, h("p", null, nothing)];
  const out = [
    who,
    h("p", { class: "muted" }, join([
      name(run.words.stages[r.at("resident_stage", week, i)]), `${t("trust_now")} ${percent(r.at("resident_trust_core", week, i))}`,
      `${t("efficacy_now")} ${percent(r.at("resident_efficacy", week, i))}`, t("ties_n", fixed, run.eventTies(i, week).size),
    ])),
  ];
  // Whoever moved in has no part in what those who lived here before decided.
  let since = week;
  while (since > 0 && !(r.at("resident_flags", since, i) & MOVED_IN)) since--;
  const list = (run.decisionsOf?.get(i) ?? []).filter((d) => r.get("decision_week")[d] >= since && r.get("decision_week")[d] <= week);
  if (!list.length) {
    out.push(h("p", null, t("no_decision", run.followed.size)));
    return out;
  }
  const last = list[list.length - 1];
  out.push(...decision(run, last));
  const earlier = list.slice(0, -1).reverse();
  if (earlier.length) {
    const more = h("details", null, h("summary", null, `${t("earlier")} (${earlier.length})`));
    more.addEventListener("toggle", () => {
      if (more.childElementCount > 1) return;
      if (earlier.length > EARLIER) more.append(h("p", { class: "muted small" }, t("last_n", EARLIER)));
      for (const d of earlier.slice(0, EARLIER)) more.append(...decision(run, d, (/** @type {number} */ k) => app.player.seek(k)));
    }, { once: true });
    out.push(more);
  }
  out.push(h("p", { class: "muted small" }, t("about_decisions")));
  return out;
}

/** Chance of being willing, from the inclination in logits; never 0 or 100 %, which would be certain. @param {number} logits */
function chance(logits) {
  const p = 1 / (1 + Math.exp(-logits));
  return p < 0.005 ? t("below_1") : p >= 0.995 ? t("above_99") : `${Math.round(100 * p)}%`;
}

/** A decision with its chance and its reasons, the weightiest first; the baseline is none. @returns {Node[]} */
function decision(/** @type {Run} */ run, /** @type {number} */ d, /** @type {((week: number) => void)|null} */ go = null) {
  const r = run.rec, terms = run.words.terms, scale = run.header.scales?.decision_terms ?? 1;
  const offer = r.get("decision_offer")[d], week = r.get("decision_week")[d], taken = r.get("decision_taken")[d];
  const policy = r.get("offer_policy")[offer] ?? -1;
  const what = name(run.words.activities[r.get("offer_activity")[offer]]);
  const from = policy >= 0 ? name(run.header.policies[policy]) : "";
  const decisions = r.shape("decision_terms")[1];
  const all = terms.map((/** @type {any} */ word, /** @type {number} */ j) => ({ word, v: r.get("decision_terms")[j * decisions + d] * scale }))
    .filter((/** @type {any} */ e) => e.word.key !== "intercept" && Math.abs(e.v) >= LEAST).sort((/** @type {any} */ p, /** @type {any} */ q) => Math.abs(q.v) - Math.abs(p.v));
  const route = run.words.routes?.[r.get("decision_route")[d]];
  const answer = name(run.words.answers?.[taken]) || t(taken === 1 ? "why_came" : "why_stayed", "", "");
  const willing = t("willing", chance(r.get("decision_total")[d] * (run.header.scales?.decision_total ?? 1)));
  const title = zh() ? `第${week + 1}周「${what}」${from && from !== what ? `（${from}）` : ""}：${answer}。` : `Week ${week + 1}, ${what}${from && from !== what ? ` (${from})` : ""}: ${answer}.`;
  const line = (/** @type {string} */ label, /** @type {any[]} */ list, /** @type {string} */ cls) => h("li", { class: cls }, h("b", null, `${label}${zh() ? "：" : ": "}`),
    list.length ? list.map((e) => `${side(e)} (${e.v > 0 ? "+" : "−"}${Math.abs(e.v).toFixed(1)})`).join(zh() ? "；" : "; ") : t("nothing_much"));
  return [
    h("p", { class: "decision" }, go ? h("button", { class: "link", onclick: () => go(week) }, title) : h("strong", null, title), h("span", { class: "muted" }, ` ${route ? `${zh() ? "得知：" : "Heard through: "}${name(route)}${zh() ? "；" : "; "}` : ""}${willing}${zh() ? "。" : "."}`)),
    h("ul", { class: "terms" }, line(t("pulls_he"), all.filter((/** @type {any} */ e) => e.v > 0).slice(0, FOR), "for"), line(t("holds_he"), all.filter((/** @type {any} */ e) => e.v < 0).slice(0, AGAINST), "against")),
  ];
}

/** A term in the words that fit its sign. */
function side(/** @type {any} */ e) {
  const key = `${e.v > 0 ? "for" : "against"}_${language()}`;
  return e.word[key] ?? name(e.word);
}

function caseLink(/** @type {any} */ app, /** @type {Run} */ run, /** @type {number} */ id, /** @type {number} */ week) {
  const born = run.rec.get("case_born_week")[id];
  return h("li", null, h("button", { class: "link", onclick: () => app.select({ side: run.side, kind: "case", id }) }, `${run.building(run.cases.building[id])} ${name(run.words.categories[run.cases.category[id]])}`), ` · ${t("weeks_here", Math.max(0, week - born))}`);
}

function institutionStory(/** @type {any} */ app, /** @type {Run} */ run, /** @type {Node} */ tag, /** @type {number} */ k, /** @type {number} */ week) {
  const r = run.rec;
  if (!r.get("institution_present")[k]) return [h("p", null, tag, " ", run.institution(k)), h("p", null, t("absent"))];
  const held = run.cases.heldBy(k, week);
  const out = [
    h("p", null, tag, " ", h("strong", null, run.institution(k)), run.kind(k)?.key === "core" ? ` · ${coreWord(run)}` : ""),
    h("p", null, join([
      t("in_hand", r.at("institution_serving", week, k), r.at("institution_waiting", week, k)), t("done_now", r.at("institution_done", week, k)),
      `${t("load")} ${percent(r.at("institution_load", week, k))}`,
    ])),
  ];
  if (run.kind(k)?.key === "core") {
    const hours = run.attention(week, Math.max(0, r.get("institution_community")[k]));
    const words = run.words.attention ?? [];
    out.push(h("p", null, `${zh() ? "注意力（工时）：" : "Attention (hours): "}${hours.map((v, j) => ({ v, j })).filter((e) => e.v > 0.05).map((e) => `${name(words[e.j])} ${e.v.toFixed(1)}`).join(zh() ? "、" : ", ") || "–"}`));
  }
  out.push(sparkline(run, k, week));
  if (held.length) out.push(h("p", null, t("waiting_list")), h("ul", null, ...held.slice(0, 6).map((c) => caseLink(app, run, c.id, week)), held.length > 6 ? h("li", null, t("more_n", held.length - 6)) : null));
  else out.push(h("p", { class: "muted" }, t(r.at("institution_serving", week, k) + r.at("institution_waiting", week, k) > 0 ? "tasks_here" : "none_here")));
  return out;
}

/** What the core is doing under this regime. @param {Run} run */
export function coreWord(run) {
  return t(CONVENES.has(run.regime) ? "convening" : DOES.has(run.regime) ? "doing" : "idle");
}

/** What waited at a desk up to now, as a small picture with words. */
function sparkline(/** @type {Run} */ run, /** @type {number} */ k, /** @type {number} */ week) {
  const values = Array.from({ length: week + 1 }, (_, w) => run.rec.at("institution_waiting", w, k));
  const most = Math.max(1, ...values), ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 200 30");
  svg.setAttribute("class", "spark");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", zh() ? `等候件数，最多 ${most}，现在 ${values[week]}` : `waiting: at most ${most}, now ${values[week]}`);
  const line = document.createElementNS(ns, "polyline");
  line.setAttribute("points", values.map((v, w) => `${((200 * w) / Math.max(1, run.rec.W - 1)).toFixed(1)},${(28 - (26 * v) / most).toFixed(1)}`).join(" "));
  svg.append(line);
  return h("p", { class: "small muted sparkline" }, `${zh() ? "等候（至今最多" : "Waiting (at most"} ${most}${zh() ? "）" : ")"} `, svg);
}

function caseStory(/** @type {any} */ app, /** @type {Run} */ run, /** @type {Node} */ tag, /** @type {number} */ id, /** @type {number} */ week) {
  const r = run.rec, born = r.get("case_born_week")[id], changes = run.cases.changes[id].filter((c) => c.week <= week);
  const rows = changes.map((c, j) => {
    const until = j + 1 < changes.length ? changes[j + 1].week : week;
    const status = c.status === OPEN && c.holder < 0 ? t("unassigned") : c.status === OPEN ? `${run.institution(c.holder)} · ${name(run.words.case_stages?.[c.stage])}` : name(run.words.statuses[c.status]);
    return h("li", null, h("button", { class: "link", onclick: () => app.player.seek(Math.max(0, c.week)) }, zh() ? `第${Math.max(0, c.week) + 1}周` : `week ${Math.max(0, c.week) + 1}`),
      ` ${status}`, c.status === OPEN || c.status === SILENT ? ` (${t("weeks_here", Math.max(0, until - Math.max(0, c.week)))})` : "");
  });
  const party = r.get("case_party")[id] ?? -1, other = r.get("case_other")[id] ?? -1;
  const link = (/** @type {number} */ i) => h("button", { class: "link", onclick: () => app.select({ side: run.side, kind: "resident", id: i }) }, resident(run, i));
  const who = (/** @type {string} */ label, /** @type {number} */ i) => h("p", { class: "party" }, h("span", null, label), link(i));
  const found = r.get("case_found_clock")[id] / 168 <= week + 1 ? name(run.words.channels[r.get("case_channel")[id]]) : name(run.words.channels[0]);
  return [
    h("p", null, tag, " ", h("strong", null, `${run.building(run.cases.building[id])} ${name(run.words.categories[run.cases.category[id]])}`), ` · ${born < 0 ? (zh() ? "记录开始前发生" : "arose before the recording") : t("born", born + 1)}`),
    h("p", null, `${zh() ? "由谁发现：" : "Found by: "}${found}${changes.length ? ` · ${t("handoffs_n", changes[changes.length - 1].handoffs)}` : ""}`),
    party >= 0 ? who(zh() ? "当事人：" : "Complainant:", party) : null, party >= 0 && other >= 0 ? who(zh() ? "对方：" : "Other side:", other) : null,
    h("ol", { class: "path" }, ...rows),
  ].filter((n) => n !== null);
}

function buildingStory(/** @type {any} */ app, /** @type {Run} */ run, /** @type {Node} */ tag, /** @type {number} */ b, /** @type {number} */ week) {
  const r = run.rec, homes = r.get("resident_building");
  let live = 0, part = 0;
  for (let i = 0; i < r.N; i++) {
    if (homes[i] !== b) continue;
    const f = r.at("resident_flags", week, i);
    live += f & LIVES ? 1 : 0;
    part += f & TOOK ? 1 : 0;
  }
  const open = run.cases.weeks[week].shown.filter((c) => run.cases.building[c.id] === b && inHand(c.status));
  return [
    h("p", null, tag, " ", h("strong", null, run.building(b))),
    h("p", null, zh() ? `住 ${live} 人，本周 ${part} 人参与；未决 ${open.length} 件，沉默 ${run.cases.weeks[week].silent[b]} 件。` : `${live} live here, ${part} took part this week; ${open.length} cases open, ${run.cases.weeks[week].silent[b]} silent.`),
    h("ul", null, ...open.slice(0, 8).map((c) => caseLink(app, run, c.id, week))),
  ];
}
