// Every sentence of the page in Chinese and English, and small helpers that put them in place.

/** @type {Record<string, [string, string]>} */
const TEXTS = {
  title: ["一核多元 社区治理实验台", "One core, many actors"],
  skip: ["跳到地图", "Skip to the map"],
  case: ["案例", "Case"], seed: ["种子", "Seed"], tools: ["工具", "Tools"],
  cards: ["政策卡", "Policy cards"], hundred: ["百个社区", "100 runs"], glossary: ["名词", "Glossary"],
  export: ["导出", "Export"], present: ["投影", "Projector"], help: ["帮助", "Help"], panel: ["设置与课堂", "Settings and lesson"],
  setup: ["设置", "Settings"], lesson: ["课堂", "Lesson"], maps: ["两幅社区图", "Two maps of the community"],
  legend: ["图例", "Legend"], colour_by: ["居民按", "Residents by"], ties: ["关系", "Ties"],
  zoom_in: ["放大", "Zoom in"], zoom_out: ["缩小", "Zoom out"], zoom_fit: ["看全貌", "Fit"],
  curves: ["曲线", "Curves"], events: ["大事记", "Chronicle"], summary: ["文字摘要", "In words"], why: ["为什么？", "Why?"],
  to_start: ["回到开头", "To the start"], step_back: ["后退一周", "One week back"], play: ["播放", "Play"],
  pause: ["暂停", "Pause"], step_on: ["前进一周", "One week on"], loop: ["循环", "Loop"], speed: ["速度", "Speed"],
  close: ["关闭", "Close"], week_n: ["第{0}周 / {1}", "Week {0} / {1}"], weeks_a_second: ["{0} 周/秒", "{0} wk/s"],
  side_a: ["甲", "A"], side_b: ["乙", "B"], regime: ["协调方式", "Way of coordinating"], policies: ["政策", "Policies"],
  colon: ["：", ": "],
  arm: ["方案", "Arm"], add_policy: ["＋ 加一项政策…", "+ Add a policy…"], remove: ["去掉", "Remove"],
  conditions: ["共同条件", "Conditions of both"], own_arm: ["自定", "own"],
  computing: ["正在重算……", "Computing…"], first_weeks: ["前{0}周已在放映，其余正在重算……", "The first {0} weeks are playing; the rest is being computed…"],
  first_start: ["首次启动要先编译，约一分钟……", "The first start compiles: about a minute…"],
  same_before: ["前{0}周与刚才相同", "Weeks 1–{0} as before"],
  offline_fixed: ["这是导出的文件：可以看、放、比、导出，不能重算。", "This is an exported file: everything works but recomputing."],
  no_server: ["连不上本机的服务程序，请确认 yihe serve 仍在运行。", "The local server does not answer: is yihe serve still running?"],
  went_wrong: ["这一步没有做成，请刷新页面再试。", "That did not work: please reload the page and try again."], cut_short: ["回答没有说完就断了，请再试一次。", "The answer broke off before its end: please try again."],
  no_recording: ["没有可放的记录。", "There is no recording to play."],
  mark: ["示意性，未经校准", "illustrative, uncalibrated"],
  uncalibrated: ["示意性模型，未经校准：看方向和机制，不作预测。", "Illustrative and uncalibrated: read directions and mechanisms, not forecasts."],
  each_alone: ["指标可以逐个翻看；每个指标单独判断，未作多重比较校正。", "Many outcomes can be looked through; each is judged alone, uncorrected for multiple comparisons."],
  one_run: ["这只是一个种子的一次运行；下结论前请看“百个社区”。", "This is one run of one seed; see “100 runs” before concluding."],
  attr_stage: ["参与阶梯", "ladder stage"], attr_trust: ["对社区党委信任", "trust in the committee"], attr_efficacy: ["效能感", "efficacy"],
  attr_tenure: ["居住性质", "tenure"], attr_position: ["社会位置", "position"], attr_membership: ["党员身份", "membership"], attr_age: ["年龄", "age"],
  low: ["低", "low"], middle: ["中", "middle"], high: ["高", "high"], young: ["不满35岁", "under 35"], midage: ["35–59岁", "35–59"], old: ["60岁及以上", "60 and over"],
  took_part: ["本周参与", "took part"], case_open: ["未决", "open"], case_street: ["上交街道", "sent up"],
  case_done: ["化解", "resolved"], case_paper: ["纸面办结", "on paper"], case_silent: ["沉默的问题", "silent"],
  convening: ["在召集", "convening"], doing: ["在包办", "doing it all"], idle: ["未作为核心", "not a core"],
  fig_open: ["未决{0}件", "{0} open"], fig_part: ["月参与 {0}", "monthly {0}"],
  nothing_chosen: ["点一盏灯（居民）、一个机构或一件纠纷，看它的来龙去脉。", "Tap a light (a resident), an institution or a dispute to read its story."],
  building_n: ["{0}号楼", "Building {0}"], room: ["{0}层{1}室", "floor {0}, door {1}"], age_n: ["{0}岁", "aged {0}"],
  ties_n: ["固定关系{0}条，活动中结识{1}条", "{0} lasting ties, {1} made at events"],
  why_came: ["第{0}周 {1}：来了。", "Week {0}, {1}: came."], why_stayed: ["第{0}周 {1}：没来。", "Week {0}, {1}: did not come."],
  pulls_he: ["推动参加的", "For coming"], holds_he: ["阻拦参加的", "Against coming"],
  nothing_much: ["没有哪一项明显", "nothing much"], earlier: ["更早", "Earlier"], no_decision: ["到这一周，没有记录到这位居民面对邀请时的决定。被记录的是参加者和{0}位跟踪居民。", "No decision recorded up to this week. Recorded are those who took part and {0} followed residents."],
  about_decisions: ["各项是决定公式中的对数几率：正的推动，负的阻拦。", "The terms are log-odds of the decision: positive pull, negative hold back."],
  lives_not: ["这一周已搬走或尚未入住。", "Not living here this week."], preschool: ["学龄前", "under school age"], of_household: ["{0}家庭成员", "of the {0}'s household"], minor: ["未成年人，不作参与的决定。", "A minor, who takes no such decisions."],
  willing: ["若听说，愿意来的可能性{0}", "chance of being willing if heard {0}"], below_1: ["不到1%", "below 1%"], above_99: ["超过99%", "above 99%"],
  followed: ["跟踪居民", "followed"], trust_now: ["对社区党委信任", "trust in the committee"], efficacy_now: ["效能感", "efficacy"],
  in_hand: ["手头 {0} 件，等候 {1} 件", "{0} in hand, {1} waiting"], done_now: ["本周办结 {0} 件", "{0} closed this week"],
  load: ["负荷", "load"], waiting_list: ["正在这里的事", "What is here now"],
  more_n: ["……另有 {0} 件", "…and {0} more"], none_here: ["这一周手头没有事。", "Nothing here this week."], tasks_here: ["手头没有纠纷，都是上级任务。", "No disputes here: all of it is tasks from above."], last_n: ["只列最近{0}次。", "The last {0} are shown."], export_waits: ["重算完再导出。", "Exports wait until the runs are computed."],
  absent: ["在这种安排下没有这个机构。", "Absent under this arrangement."],
  nobody: ["无人负责", "nobody"], unassigned: ["已提出，还没有人接手", "raised, in nobody's hands yet"], born: ["第{0}周发生", "arose in week {0}"],
  weeks_here: ["{0}周", "{0} wk"], handoffs_n: ["共流转 {0} 次", "{0} hand-offs in all"], path: ["经过", "Path"],
  diff: ["甲−乙", "A−B"], same_now: ["甲乙相同", "the same"], a_higher: ["甲高 {0}", "A higher by {0}"], b_higher: ["乙高 {0}", "B higher by {0}"],
  chart_of: ["曲线{0}的指标", "Outcome of curve {0}"],
  timeline: ["时间轴", "Timeline"], bar_help: ["左右键移动，Shift+左右键改结束，Delete 去掉", "Arrows move, Shift+arrows change the end, Delete removes"],
  idles: ["空转", "idles"], idles_why: ["这种协调方式里没有它的召集者：花费照付，办不成事。", "This way of coordinating lacks its convenor: it pays and achieves nothing."],
  no_policy: ["无政策", "no policy"], scrub: ["当前周", "Current week"],
  no_events: ["到这一周还没有大事。", "No events up to this week."],
  next: ["下一步", "Next"], previous: ["上一步", "Back"], finish: ["完成", "Done"],
};

let lang = "zh";
export const language = () => lang;
/** @param {string} to "zh" or "en" */
export function setLanguage(to) {
  lang = to === "en" ? "en" : "zh";
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

/** An error whose message is a sentence for the reader, in the present language. */
export class Told extends Error {}

/** An error in the reader's language; what only a programmer reads goes to the console. @param {any} error */
export function inWords(error) {
  if (error instanceof Told) return error.message;
  console.error(error);
  return t("went_wrong");
}

/** @param {Record<string, [string, string]>} more texts of another module */
export function addTexts(more) {
  for (const key of Object.keys(more)) if (TEXTS[key]) throw new Error(`two texts ${key}`);
  Object.assign(TEXTS, more);
}

/** Sentence in the present language, `{0}` … filled in. @param {string} key @param {...(string|number)} values */
export function t(key, ...values) {
  const pair = TEXTS[key];
  if (!pair) throw new Error(`no text ${key}`);
  return pair[lang === "zh" ? 0 : 1].replace(/\{(\d)\}/g, (_, i) => String(values[+i] ?? ""));
}

/** Name of something declared with zh and en. @param {{zh?: string, en?: string, key?: string}|undefined|null} word */
export function name(word) {
  if (!word) return "";
  return (lang === "zh" ? word.zh : word.en) ?? word.zh ?? word.en ?? word.key ?? "";
}

/** Puts texts into every element that names one. @param {ParentNode} root */
export function translate(root = document) {
  for (const el of root.querySelectorAll("[data-t]")) el.textContent = t(/** @type {HTMLElement} */ (el).dataset.t ?? "");
  for (const el of root.querySelectorAll("[data-t-label]")) {
    const text = t(/** @type {HTMLElement} */ (el).dataset.tLabel ?? "");
    el.setAttribute("aria-label", text);
    if (el.tagName === "BUTTON") el.setAttribute("title", text);
  }
}

/**
 * Makes an element. Texts go in as text, never as markup.
 * @param {string} tag @param {Record<string, any>|null} props @param {...(Node|string|null|undefined|false)} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const el = /** @type {any} */ (document.createElement(tag));
  for (const [k, v] of Object.entries(props ?? {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k === "class") el.className = v;
    else if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "value" || k === "checked" || k === "disabled" || k === "selected" || k === "htmlFor") el[k] = v;
    else el.setAttribute(k, v === true ? "" : String(v));
  }
  el.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

/** Unit of an outcome in the reader's language, as the server names it; none where the figure carries it itself. @param {any} outcome */
function unit(outcome) {
  return /^share/.test(outcome?.unit_en ?? "") ? "" : name({ zh: outcome?.unit_zh, en: outcome?.unit_en });
}

/** A figure with its unit behind it, where that is more than a range. @param {string} text @param {any} outcome */
export const withUnit = (text, outcome) => (unit(outcome) && outcome.unit_en !== "0 to 1" ? `${text} ${unit(outcome)}` : text);

/** An outcome's name with its unit. @param {any} outcome */
export function measure(outcome) {
  const own = unit(outcome);
  return !own ? name(outcome) : lang === "zh" ? `${name(outcome)}（${own}）` : `${name(outcome)} (${own})`;
}

/** A difference as people read it: of shares in points. @param {number} v @param {string} unit */
export function difference(v, unit = "") {
  if (!Number.isFinite(v)) return "–";
  return /^share/.test(unit) ? `${(v * 100).toFixed(1)}${lang === "zh" ? "个百分点" : " points"}` : figure(v, unit);
}

/** The same without its points, beside another that has them. @param {string} text */
export const bare = (text) => text.replace(/(个百分点| points)$/, "");

/** A figure as people read it. @param {number} v @param {string} unit as declared */
export function figure(v, unit = "") {
  if (!Number.isFinite(v)) return "–";
  if (v === 0) return /^share/.test(unit) ? "0%" : "0";
  if (/^share/.test(unit)) return `${(v * 100).toFixed(Math.abs(v) < 0.1 ? 1 : 0)}%`;
  const size = Math.abs(v);
  return size >= 100 ? v.toFixed(0) : size >= 10 ? v.toFixed(1) : size >= 1 ? v.toFixed(2) : v.toFixed(3);
}
