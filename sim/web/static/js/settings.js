// What is chosen for A, for B and for both, and what of it differs from the case as its file has it.
import { fresh } from "./state.js";
import { name, t } from "./words.js";

/** @typedef {"a"|"b"} Side */
/** @typedef {{path: string, zh: string, en: string, default: any, min?: number, max?: number, integer?: boolean, [more: string]: any}} Spec */

export const SIDES = /** @type {Side[]} */ (["a", "b"]);
const clone = (/** @type {any} */ v) => JSON.parse(JSON.stringify(v));
const same = (/** @type {any} */ p, /** @type {any} */ q) => JSON.stringify(p) === JSON.stringify(q);

/** A value inside nested blocks, by key path. @param {any} tree @param {string} path */
export function at(tree, path) {
  return path in tree ? tree[path] : path.split(".").reduce((inner, key) => inner?.[key], tree);
}

/** The same tree with one value set, or taken out where it is undefined. @param {any} tree @param {string} path @param {any} value */
export function put(tree, path, value) {
  const out = clone(tree), keys = path.split("."), last = /** @type {string} */ (keys.pop());
  let inner = out;
  for (const key of keys) inner = inner[key] = { ...inner[key] };
  if (value === undefined) delete inner[last];
  else inner[last] = value;
  return out;
}

export class Settings {
  constructor() {
    this.state = fresh();
    /** @type {any} */
    this.start = null;
    /** @type {any} */
    this.details = null;
    /** @type {any} */
    this.runs = null;
    this.canCompute = false;
    /** @type {any} */
    this.player = null;
    /** Parts of the panel that stand open. @type {Set<string>} */
    this.unfolded = new Set();
  }

  /** Called after every change. */
  changed() {}

  scenario() {
    const all = this.start?.scenarios ?? [];
    return this.canCompute ? all.find((/** @type {any} */ x) => x.file === this.state.scenario) : all[0];
  }

  arm(/** @type {Side} */ side) {
    return this.scenario()?.arms.find((/** @type {any} */ x) => x.key === this.state[side].arm);
  }

  regimes() {
    return this.start?.regimes?.length ? this.start.regimes : this.runs?.a.words.regimes ?? [];
  }

  usualRegime(/** @type {Side} */ side) {
    return (this.canCompute ? this.arm(side)?.regime : null) ?? this.runs?.[side].regime ?? "one_core";
  }

  regime(/** @type {Side} */ side) {
    return this.state[side].regime ?? this.usualRegime(side);
  }

  /** @returns {any[]} */
  usualPolicies(/** @type {Side} */ side) {
    const own = this.arm(side)?.policies, run = this.runs?.[side].header.policies ?? [];
    if (this.canCompute || !own) return own ?? run;
    // A recording has them by name; an exported file shows them in the order of the arm, as the page did.
    const place = (/** @type {any} */ p) => own.findIndex((/** @type {any} */ q) => nameOf(q) === nameOf(p)) >>> 0;
    return [...run].sort((p, q) => place(p) - place(q));
  }

  /** @returns {any[]} */
  policies(/** @type {Side} */ side) {
    return this.state[side].policies ?? this.usualPolicies(side);
  }

  /** The card of a kind of policy, with its numbers and switches. @param {string} kind */
  policyKind(kind) {
    return this.start?.policies?.find((/** @type {any} */ p) => p.kind === kind);
  }

  policyName(/** @type {string} */ kind) {
    return this.policyKind(kind)
      ?? SIDES.flatMap((s) => this.runs?.[s].header.policies ?? []).find((/** @type {any} */ p) => p.kind === kind) ?? { zh: kind, en: kind };
  }

  /** Numbers and switches of a policy, those all policies have first. @param {string} kind @returns {Spec[]} */
  policySpecs(kind) {
    const found = this.policyKind(kind);
    return [...(this.start?.general ?? []), ...(found?.numbers ?? []), ...(found?.switches ?? [])];
  }

  /** The policy of the arm as its file has it, of which this is a changed one. @param {Side} side @param {any} policy */
  usualPolicy(side, policy) {
    return this.usualPolicies(side).find((p) => nameOf(p) === nameOf(policy));
  }

  /** @param {any} policy @param {Spec} spec */
  policyValue(policy, spec) {
    return (policy && at(policy, spec.path)) ?? spec.default;
  }

  setPolicyValue(/** @type {Side} */ side, /** @type {number} */ i, /** @type {Spec} */ spec, /** @type {any} */ value) {
    this.setPolicy(side, i, put(this.policies(side)[i], spec.path, same(value, spec.default) ? undefined : value));
  }

  setArm(/** @type {Side} */ side, /** @type {string} */ key) {
    this.state[side] = { arm: key, regime: null, policies: null };
    this.changed();
  }

  setRegime(/** @type {Side} */ side, /** @type {string} */ key) {
    this.state[side].regime = key === this.usualRegime(side) ? null : key;
    this.changed();
  }

  /** A list that comes to the arm's own is no difference. @param {Side} side @param {any[]} list */
  setPolicies(side, list) {
    const bare = (/** @type {any[]} */ all) => all.map((p) => this.bare(p));
    this.state[side].policies = same(bare(list), bare(this.usualPolicies(side))) ? null : clone(list);
    this.changed();
  }

  setPolicy(/** @type {Side} */ side, /** @type {number} */ i, /** @type {any} */ policy) {
    this.setPolicies(side, this.policies(side).map((p, j) => (j === i ? policy : p)));
  }

  removePolicy(/** @type {Side} */ side, /** @type {number} */ i) {
    this.setPolicies(side, this.policies(side).filter((_, j) => j !== i));
  }

  /** Switched on mid-run: it starts in the week that is shown. */
  addPolicy(/** @type {Side} */ side, /** @type {string} */ kind) {
    const start = this.player?.week ?? 0, others = this.policies(side).filter((p) => p.kind === kind).length;
    this.setPolicies(side, [...this.policies(side), { kind, ...(others ? { id: `${kind}_${others + 1}` } : {}), start }]);
  }

  /** A policy with nothing said that is so anyway, in one order. @param {any} policy */
  bare(policy) {
    let out = clone(policy);
    for (const spec of this.policySpecs(policy.kind)) if (same(at(out, spec.path), spec.default)) out = put(out, spec.path, undefined);
    if (out.id === out.kind) delete out.id;
    return Object.fromEntries(Object.entries(out).filter(([, v]) => v !== null && !same(v, {})).sort(([p], [q]) => (p < q ? -1 : 1)));
  }

  /** What a number or switch of both sides is without the page's own change. @param {Spec} spec */
  usual(spec) {
    const brought = this.state.named.map((key) => this.start?.conditions?.find((/** @type {any} */ c) => c.key === key)?.sets?.[spec.path]);
    return brought.filter((v) => v !== undefined).pop() ?? this.details?.values?.[spec.path] ?? spec.default;
  }

  value(/** @type {Spec} */ spec) {
    return this.state.conditions[spec.path] ?? this.usual(spec);
  }

  setValue(/** @type {Spec} */ spec, /** @type {any} */ value) {
    if (same(value, this.usual(spec))) delete this.state.conditions[spec.path];
    else this.state.conditions[spec.path] = value;
    this.changed();
  }

  /** Conditions by name that the case's own file sets. @returns {string[]} */
  ownConditions() {
    return this.details?.conditions ?? [];
  }

  setNamed(/** @type {string} */ key, /** @type {boolean} */ on) {
    this.state.named = on ? [...this.state.named, key] : this.state.named.filter((x) => x !== key);
    this.changed();
  }

  /** Weeks or warm-up as the file has it. @param {"weeks"|"warmup"} key */
  usualLength(key) {
    return this.details?.[key] ?? this.scenario()?.[key] ?? this.start?.lengths?.find((/** @type {any} */ x) => x.path === key)?.default ?? null;
  }

  setLength(/** @type {"weeks"|"warmup"} */ key, /** @type {number} */ value) {
    this.state[key] = value === this.usualLength(key) ? null : value;
    this.changed();
  }

  setSeed(/** @type {number} */ seed) {
    this.state.seed = seed;
    this.changed();
  }

  seedDiffers() {
    return this.state.usualSeed !== null && this.state.seed !== null && this.state.seed !== this.state.usualSeed;
  }

  /** @returns {any[]} */
  usualShocks() {
    return this.details?.shocks ?? [];
  }

  /** @returns {any[]} */
  shocks() {
    return this.state.shocks ?? this.usualShocks();
  }

  setShocks(/** @type {any[]} */ list) {
    this.state.shocks = same(list, this.usualShocks()) ? null : clone(list);
    this.changed();
  }

  /** Everything but the two arms as the case's file has it. */
  restore() {
    const s = this.state;
    for (const side of SIDES) s[side] = { arm: s[side].arm, regime: null, policies: null };
    Object.assign(s, { conditions: {}, named: [], shocks: null, weeks: null, warmup: null, seed: s.usualSeed });
    this.changed();
  }

  /** What a key path of a request is called on the page. @param {string} key */
  keyName(key) {
    const spec = [...(this.start?.sliders ?? []), ...(this.start?.switches ?? []), ...(this.start?.lengths ?? [])].find((/** @type {any} */ s) => s.path === key);
    if (spec) return name(spec);
    const found = /^([ab])\.policies\[(\d+)\]\.?(.*)$/.exec(key), side = /** @type {Side} */ (found?.[1]), policy = found && this.policies(side)[+found[2]];
    if (!policy) return key;
    const own = this.policySpecs(policy.kind).find((s) => s.path === found[3]);
    return [t(`side_${side}`), name(this.policyName(policy.kind)), own ? name(own) : found[3]].filter(Boolean).join(" ");
  }

  /** What is asked of the server. */
  request() {
    const s = this.state;
    const given = (/** @type {Record<string, any>} */ all) => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== null));
    const side = (/** @type {Side} */ x) => given({ arm: s[x].arm, regime: s[x].regime, policies: s[x].policies });
    return {
      scenario: s.scenario, ...given({ seed: s.seed, weeks: s.weeks, warmup: s.warmup, shocks: s.shocks }),
      conditions: { ...s.conditions, ...(s.named.length ? { conditions: s.named } : {}) }, a: side("a"), b: side("b"),
    };
  }
}

/** What tells two policies of one arm apart. @param {any} policy */
export function nameOf(policy) {
  return policy.id || policy.kind;
}
