// A case as a lesson: background, prediction, run, explanation, discussion; things to try; a tour on the first visit.
import { addTexts, figure, h, language, name, t } from "./words.js";
import { setPane } from "./tabs.js";
import { ALIKE, lastYear, YEAR } from "./lastyear.js";
import { makeTour } from "./tour.js";
import { answer, keepVotes } from "./votes.js";

addTexts({
  step_0: ["背景", "Background"], step_1: ["预测", "Prediction"], step_2: ["运行", "Run"], step_3: ["解释", "Explanation"], step_4: ["讨论", "Discussion"],
  step_n: ["第{0}步 / 5", "Step {0} of 5"], claim_tested: ["来源的主张（待检验，没有写进模型）", "Claims of the source (under test, not built in)"],
  compare_two: ["比较的两边", "What is compared"], guess_intro: ["先猜一猜：最后一年（最后{0}周），哪边更高？举手表决，填上票数，或由一人代选。", "Place your bets: which is higher over the last year ({0} weeks)? Vote by hands and fill in the numbers, or choose one."],
  a_more: ["甲更高", "A higher"], equal: ["差不多", "about equal"], b_more: ["乙更高", "B higher"], votes: ["票数", "votes"],
  equal_note: ["“差不多”指相差不到 {0}%。", "“About equal” means less than {0} % apart."], tie: ["票数相同，全班没有一致的答案", "a tie: the class has no one answer"], no_number: ["没有数", "no figure"],
  start_run: ["从头播放", "Play from the start"], watch: ["看什么", "What to watch"],
  watch_1: ["灯的形状和颜色：谁从自助走到互助、公共事务、骨干？", "Shapes and colours of the lights: who climbs the ladder?"],
  watch_2: ["白晕是本周参加的人，白边是听说了没来的人。", "A halo took part this week; a white rim heard and stayed."],
  watch_3: ["橙色三角是未决的事：它在谁手里？转了几手？", "Orange triangles are open cases: in whose hands, how often handed on?"],
  watch_4: ["机构外圈是负荷；变橙变红时，谁在等谁？", "The ring round an institution is its load; when it reddens, who waits for whom?"],
  not_yet: ["先放到最后一周，再来对照。现在看到第{0}周。", "Play to the last week first; seen so far: week {0}."], skip_to_end: ["直接看到底", "Show the end"],
  your_guess: ["预测", "guess"], right: ["这一次猜对了", "right this time"], wrong: ["这一次没猜中", "not this time"], no_guess: ["没有预测", "no guess"],
  seeds_say: ["{0}个种子中甲更好的占 {1}", "A better in {1} of {0} seeds"], seeds_higher: ["{0}个种子中甲更高的占 {1}", "A higher in {1} of {0} seeds"], ask_hundred: ["再看百个社区", "Now look at 100 runs"],
  why_so: ["为什么会这样？看政策的机制、代价和何时有害：", "Why? Mechanism, cost and harm of each policy:"],
  discuss_1: ["哪些人没有被政策触及？为什么？（按年龄、居住性质换色看看）", "Whom did the policies not reach, and why? (Colour residents by age or tenure.)"],
  discuss_2: ["社区党委在“召集”还是在“包办”？没有它，事情卡在谁那里？", "Was the committee convening or doing it all? Without it, where would things be stuck?"],
  discuss_3: ["参与多了，纠纷就少了吗？纸面办结和实际化解差多少？", "Did more participation mean fewer disputes? How far apart are paper and real resolution?"],
  discuss_4: ["政策停下以后，什么留下来了，什么消退了？", "Once a policy ends, what stays and what fades?"],
  discuss_5: ["这个模型漏掉了本地的什么？哪一条你会改？", "What about your own place does the model leave out? Which rule would you change?"],
  try: ["试一试", "Things to try"], try_admin: ["把乙改成行政包办", "Make B administrative"], try_late: ["把甲的政策推迟26周", "Start A's policies 26 weeks later"],
  try_stop: ["让甲的政策第{0}周停止", "End A's policies at week {0}"], try_seed: ["换一批人（下一个种子）", "Other people (next seed)"],
  try_bounced: ["找出流转最多的一件事", "Find the case handed on most"], try_age: ["按年龄看谁来了", "See who comes, by age"], try_ties: ["看活动中结识的关系", "See ties made at events"],
  copied: ["链接已复制：打开就是现在这一步。", "Link copied: it opens at this very step."], copy_link: ["复制本课链接", "Copy link to this lesson"],
});

const STEPS = 5, CHOICES = ["a", "equal", "b"];

/** @param {any} app */
export function makeLesson(app) {
  const pane = /** @type {HTMLElement} */ (document.getElementById("pane-lesson"));
  const tour = makeTour();
  const lesson = {
    tour,
    draw() {
      const step = app.state.lesson.step;
      pane.replaceChildren(
        h("ol", { class: "steps" }, ...Array.from({ length: STEPS }, (_, i) => h("li", null, h("button", { "aria-current": i === step ? "step" : null, onclick: () => go(app, lesson, i) }, t(`step_${i}`))))),
        h("h2", null, `${t("step_n", step + 1)} · ${t(`step_${step}`)}`),
        ...(app.runs ? PARTS[step](app, lesson) : []),
        h("div", { class: "row" }, step > 0 && h("button", { onclick: () => go(app, lesson, step - 1) }, t("previous")), step < STEPS - 1 && h("button", { class: "primary", onclick: () => go(app, lesson, step + 1) }, t("next"))),
        tries(app), h("div", { class: "row" }, h("button", { onclick: () => copyLink(app) }, t("copy_link"))),
      );
      if (app.state.lesson.on && !lesson.shown) {
        lesson.shown = true;
        setPane("tab-lesson");
      }
    },
    shown: false,
    lastSeen: false,
    /** @param {number} week */
    weekChanged(week) {
      const over = week >= app.weeks - 1;
      if (over && !lesson.lastSeen) {
        lesson.lastSeen = true;
        if (app.state.lesson.on && app.state.lesson.step === 2) go(app, lesson, 3);
        else if (app.state.lesson.step === 3) lesson.draw();
      }
      if (!over) lesson.lastSeen = false;
    },
    greet() {
      tour.greet();
    },
  };
  return lesson;
}

function go(/** @type {any} */ app, /** @type {any} */ lesson, /** @type {number} */ step) {
  app.state.lesson.step = step;
  app.state.lesson.on = true;
  lesson.draw();
  /** @type {any} */ (document.querySelector("#pane-lesson [aria-current]"))?.focus();
  app.saved();
}

/** Outcomes a class bets on: those of the source's claims first, then those of the curves. @param {any} app */
function bets(app) {
  const known = app.runs.a.header.outcomes.map((/** @type {any} */ o) => o.key);
  const claims = (app.details?.claims ?? []).map((/** @type {any} */ c) => c.outcome);
  return [...new Set([...claims, "participation_4", "backlog", "real_resolution_rate"])].filter((k) => known.includes(k)).slice(0, 3);
}

const WORD = { a: "a_more", equal: "equal", b: "b_more", tie: "tie", none: "no_number" };
const outcomeOf = (/** @type {any} */ app, /** @type {string} */ key) => app.runs.a.header.outcomes.find((/** @type {any} */ o) => o.key === key);

/** @type {((app: any, lesson: any) => Node[])[]} */
const PARTS = [
  (app) => {
    const s = app.scenario();
    const regime = (/** @type {"a"|"b"} */ side) => name(app.regimes().find((/** @type {any} */ r) => r.key === app.regime(side)));
    const line = (/** @type {"a"|"b"} */ side) => h("li", null, h("b", { class: `tag ${side}` }, t(`side_${side}`)), ` ${regime(side)} · ${app.policies(side).map((/** @type {any} */ p) => name(app.policyName(p.kind))).join(language() === "zh" ? "、" : ", ") || t("no_policy")}`);
    const claims = app.details?.claims ?? [];
    return [
      h("p", null, h("strong", null, name(app.runs.a.header.scenario))), h("p", null, name(s?.about)), name(s?.source) ? h("p", { class: "muted small" }, name(s.source)) : h("span", null),
      h("p", { class: "label" }, t("compare_two")), h("ul", { class: "plain" }, line("a"), line("b")),
      ...(claims.length ? [h("p", { class: "label" }, t("claim_tested")), h("ul", null, ...claims.map((/** @type {any} */ c) => h("li", null, name(c))))] : []),
    ];
  },
  (app) => [h("p", null, t("guess_intro", YEAR)), ...bets(app).map((key) => betOn(app, key)), h("p", { class: "muted small" }, t("equal_note", Math.round(ALIKE * 100)))],
  (app) => [
    h("p", null, h("button", { class: "primary", onclick: () => {
      app.player.seek(0);
      app.player.seen = 0;
      app.player.toggle(true);
    } }, t("start_run"))),
    h("p", { class: "label" }, t("watch")), h("ul", null, ...[1, 2, 3, 4].map((i) => h("li", null, t(`watch_${i}`)))),
  ],
  (app) => explanation(app),
  () => [h("ol", null, ...[1, 2, 3, 4, 5].map((i) => h("li", null, t(`discuss_${i}`))))],
];

function betOn(/** @type {any} */ app, /** @type {string} */ key) {
  const guess = (app.state.lesson.guesses[key] ??= { choice: null, votes: {} });
  const set = (/** @type {() => void} */ act) => {
    act();
    keepVotes(app.state.scenario, app.state.lesson.guesses);
  };
  return h("fieldset", { class: "bet" }, h("legend", null, name(outcomeOf(app, key))), ...CHOICES.map((c) => {
    const id = `bet-${key}-${c}`;
    const radio = h("input", { type: "radio", name: `bet-${key}`, id, checked: guess.choice === c, onchange: () => set(() => (guess.choice = c)) });
    const votes = h("input", { type: "number", min: 0, max: 9999, value: guess.votes[c] ?? "", "aria-label": `${t(WORD[/** @type {"a"} */ (c)])} ${t("votes")}`, placeholder: t("votes"), oninput: () => set(() => (guess.votes[c] = Math.max(0, Math.round(+votes.value || 0)))) });
    return h("div", { class: "choice" }, radio, h("label", { for: id }, t(WORD[/** @type {"a"} */ (c)])), votes);
  }));
}

function explanation(/** @type {any} */ app) {
  if (app.player.seen < app.weeks - 1) {
    return [h("p", null, t("not_yet", app.player.seen + 1)), h("p", null, h("button", { onclick: () => {
      app.player.seek(app.weeks - 1);
      app.lesson.draw();
    } }, t("skip_to_end")))];
  }
  const rows = bets(app).map((key) => {
    const r = lastYear(app, key, app.weeks - 1), guessed = answer(app.state.lesson.guesses[key]), o = outcomeOf(app, key);
    const many = app.hundredResult?.outcomes?.[key];
    const verdict = guessed === null ? t("no_guess") : guessed === r.higher ? t("right") : guessed === "tie" || r.higher === "none" ? "" : t("wrong");
    return h("li", { class: "verdict" }, h("strong", null, name(o)), h("br", null),
      `${t("side_a")} ${figure(r.a, o.unit_en)} · ${t("side_b")} ${figure(r.b, o.unit_en)} → ${t(WORD[r.higher])}`, h("br", null),
      h("span", { class: guessed === r.higher ? "good" : "" }, guessed === null ? verdict : `${t("your_guess")}${language() === "zh" ? "：" : ": "}${t(WORD[guessed])}${verdict && ` · ${verdict}`}`),
      many?.share_a !== null && many?.share_a !== undefined ? h("span", { class: "muted" }, ` · ${t(many.better === "neither" ? "seeds_higher" : "seeds_say", many.n, `${Math.round(many.share_a * 100)}%`)}`) : null);
  });
  const kinds = [...new Set([...app.policies("a"), ...app.policies("b")].map((/** @type {any} */ p) => p.kind))];
  return [
    h("ul", { class: "plain" }, ...rows),
    h("p", { class: "muted small" }, t("one_run")), h("p", null, h("button", { onclick: () => document.getElementById("open-hundred")?.click() }, t("ask_hundred"))),
    ...(kinds.length ? [h("p", null, t("why_so")), h("ul", null, ...kinds.map((k) => h("li", null, h("button", { class: "link", onclick: () => app.showCard(k) }, name(app.policyName(k))))))] : []),
  ];
}

/** One idea at a time, each a button that does it. */
function tries(/** @type {any} */ app) {
  const change = (/** @type {(p: any) => any} */ act) => () => {
    app.setPolicies("a", app.policies("a").map((/** @type {any} */ p) => act({ ...p })));
  };
  const list = /** @type {[string, boolean, () => void][]} */ ([
    ["try_admin", true, () => app.setRegime("b", "administrative")],
    ["try_late", true, change((p) => ({ ...p, start: Math.min(app.weeks - 2, (p.start ?? 0) + 26) }))],
    ["try_stop", true, change((p) => ({ ...p, end: Math.max((p.start ?? 0) + 1, YEAR) }))],
    ["try_seed", true, () => app.setSeed(((app.state.seed ?? 0) + 1) % 4294967296)],
    ["try_bounced", false, () => mostHanded(app)],
    ["try_age", false, () => {
      app.state.attribute = "age";
      app.redraw();
    }],
    ["try_ties", false, () => document.getElementById("ties")?.click()],
  ]);
  return h("details", { class: "tries", open: true }, h("summary", null, t("try")), h("ul", { class: "plain" }, ...list.map(([key, server, act]) => h("li", null, h("button", { class: "link", disabled: server && !app.canCompute, onclick: act }, t(key, YEAR))))));
}

/** Chooses the case with most hand-offs up to now. */
function mostHanded(/** @type {any} */ app) {
  const run = app.runs.a;
  let best = -1, most = -1;
  run.cases.changes.forEach((/** @type {any[]} */ list, /** @type {number} */ id) => {
    for (const c of list) if (c.week <= app.player.week && c.handoffs > most) [best, most] = [id, c.handoffs];
  });
  if (best >= 0) app.select({ side: "a", kind: "case", id: best });
}

async function copyLink(/** @type {any} */ app) {
  app.state.lesson.on = true;
  app.saved();
  await new Promise((done) => setTimeout(done, 300));
  try {
    await navigator.clipboard.writeText(location.href);
    app.say(t("copied"), 3000);
  } catch {
    app.say(location.href, 8000);
  }
}
