// What the page shows, and its place in the address, so that a lesson is a link.
import { SPEEDS } from "./playback.js";

/**
 * @typedef {{arm: string|null, regime: string|null, policies: any[]|null}} Side
 * @typedef {object} State
 * @property {string} scenario @property {number|null} seed @property {number|null} usualSeed @property {number|null} weeks
 * @property {number|null} warmup @property {string[]} named @property {any[]|null} shocks
 * @property {Side} a @property {Side} b @property {Record<string, any>} conditions
 * @property {string} attribute @property {boolean} ties @property {"map"|"network"} view @property {string} layer @property {string[]} charts @property {string} judged @property {[number, number]|null} stretch
 * @property {boolean} present @property {string} lang @property {any} selected @property {any} lesson
 */

/** @returns {State} */
export function fresh() {
  return {
    scenario: "", seed: null, usualSeed: null, weeks: null, warmup: null, named: [], shocks: null, a: { arm: null, regime: null, policies: null }, b: { arm: null, regime: null, policies: null },
    conditions: {}, attribute: "stage", ties: false, view: "map", layer: "all", charts: [], judged: "", stretch: null, present: false, lang: "", selected: null,
    lesson: { step: 0, guesses: {}, on: false },
  };
}

/** The state as an address; short where things are as they come. @param {State} s @param {any} player */
export function toHash(s, player) {
  const q = new URLSearchParams();
  q.set("s", s.scenario.replace(/\.ya?ml$/, ""));
  if (s.seed !== null && s.seed !== s.usualSeed) q.set("seed", String(s.seed));
  if (s.weeks !== null) q.set("weeks", String(s.weeks));
  if (s.warmup !== null) q.set("warmup", String(s.warmup));
  if (s.named.length) q.set("with", s.named.join(","));
  if (s.shocks) q.set("shocks", JSON.stringify(s.shocks));
  for (const side of /** @type {("a"|"b")[]} */ (["a", "b"])) {
    const own = s[side];
    if (own.arm) q.set(side, own.arm);
    if (own.regime) q.set(`${side}r`, own.regime);
    if (own.policies) q.set(`${side}p`, JSON.stringify(own.policies));
  }
  if (Object.keys(s.conditions).length) q.set("c", JSON.stringify(s.conditions));
  if (s.attribute !== "stage") q.set("by", s.attribute);
  if (s.ties) q.set("ties", "1");
  if (s.view === "network") q.set("view", s.view);
  if (s.layer !== "all") q.set("layer", s.layer);
  if (s.charts.length) q.set("curves", s.charts.join(","));
  if (s.judged && s.judged !== s.charts[0]) q.set("judge", s.judged);
  if (s.stretch) q.set("stretch", s.stretch.join("-"));
  if (s.present) q.set("present", "1");
  if (s.lang) q.set("lang", s.lang);
  if (s.selected) q.set("at", `${s.selected.side}.${s.selected.kind}.${s.selected.id}`);
  if (s.lesson.on) q.set("lesson", String(s.lesson.step));
  if (player.speed !== 4) q.set("speed", String(player.speed));
  q.set("w", String(player.week + 1));
  return `#${q}`;
}

/** Reads an address; what it cannot read it leaves as it comes. @param {string} hash @param {State} s @param {any} player */
export function fromHash(hash, s, player) {
  const q = new URLSearchParams(hash.replace(/^#/, ""));
  const whole = (/** @type {string} */ key) => (/^\d{1,10}$/.test(q.get(key) ?? "") ? Number(q.get(key)) : null);
  const json = (/** @type {string} */ key) => {
    try {
      return JSON.parse(q.get(key) ?? "null");
    } catch {
      return null;
    }
  };
  s.scenario = q.get("s") ?? s.scenario;
  s.seed = whole("seed") ?? s.seed;
  s.weeks = whole("weeks") ?? s.weeks;
  s.warmup = whole("warmup") ?? s.warmup;
  s.named = q.get("with")?.split(",").filter((key) => /^\w{1,80}$/.test(key)) ?? s.named;
  const shocks = json("shocks");
  if (Array.isArray(shocks)) s.shocks = shocks.filter((x) => x && typeof x === "object");
  for (const side of /** @type {("a"|"b")[]} */ (["a", "b"])) {
    const policies = json(`${side}p`);
    s[side] = { arm: q.get(side) ?? s[side].arm, regime: q.get(`${side}r`) ?? s[side].regime, policies: Array.isArray(policies) ? policies.filter((p) => p && typeof p.kind === "string") : s[side].policies };
  }
  const conditions = json("c");
  if (conditions && typeof conditions === "object" && !Array.isArray(conditions)) s.conditions = conditions;
  s.attribute = q.get("by") ?? s.attribute;
  s.ties = q.has("ties") || s.ties;
  if (q.get("view") === "network") s.view = "network";
  s.layer = q.get("layer") ?? s.layer;
  s.charts = q.get("curves")?.split(",").slice(0, 4) ?? s.charts;
  s.judged = q.get("judge") ?? s.judged;
  const stretch = /^(\d+)-(\d+)$/.exec(q.get("stretch") ?? "");
  if (stretch && +stretch[1] < +stretch[2]) s.stretch = [+stretch[1], +stretch[2]];
  s.present = q.has("present") || s.present;
  s.lang = q.get("lang") ?? s.lang;
  const at = /^(a|b)\.(resident|institution|case|building)\.(\d+)$/.exec(q.get("at") ?? "");
  if (at) s.selected = { side: at[1], kind: at[2], id: +at[3] };
  const lesson = whole("lesson");
  if (lesson !== null) s.lesson = { ...s.lesson, step: Math.min(4, lesson), on: true };
  const speed = Number(q.get("speed"));
  if (SPEEDS.includes(speed)) player.speed = speed;
  player.week = Math.max(0, (whole("w") ?? 1) - 1);
}
