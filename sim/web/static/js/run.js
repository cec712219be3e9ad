// One recording made ready for the page: cases, ties and names.
import { Cases } from "./cases.js";
import { attributes } from "./looks.js";
import { language, name, t } from "./words.js";

/** @typedef {import("./recording.js").Recording} Recording */

const SHORT = {
  core: ["党", "PC"], residents_committee: ["居", "RC"], grid_worker: ["格", "GW"], property: ["物", "PM"],
  owners_committee: ["业", "OC"], social_organization: ["社", "SO"], partner_unit: ["驻", "PU"], mediation: ["调", "ME"],
  volunteers: ["志", "VT"], street: ["街", "ST"],
};

const BRIEF = {
  core: "committee", residents_committee: "residents", grid_worker: "grid", property: "property", owners_committee: "owners",
  social_organization: "social org.", partner_unit: "partners", mediation: "mediation", volunteers: "volunteers", street: "street",
};

export class Run {
  /** @param {Recording} rec @param {"a"|"b"} side */
  constructor(rec, side) {
    this.rec = rec;
    this.side = side;
    this.header = rec.header;
    this.words = rec.header.words;
    this.regime = typeof rec.header.regime === "string" ? rec.header.regime : rec.header.regime.key;
    this.cases = new Cases(rec);
    this.followed = new Set(rec.header.followed ?? []);
    this.indexDecisions();
    this.indexTies();
  }

  attributes() {
    if (this.attributesIn !== language()) {
      this.attributesIn = language();
      this.attributeList = attributes(this.rec);
    }
    return this.attributeList ?? [];
  }

  /** Kind of an institution, as a word. @param {number} k */
  kind(k) {
    return this.words.kinds[this.rec.get("institution_kind")[k]] ?? this.words.institutions?.[k];
  }

  glyph(/** @type {number} */ k) {
    const pair = /** @type {Record<string, string[]>} */ (SHORT)[this.kind(k)?.key];
    return pair ? pair[language() === "zh" ? 0 : 1] : name(this.kind(k)).slice(0, language() === "zh" ? 1 : 2);
  }

  /** Name of an institution; grid workers with their grid. @param {number} k */
  institution(k) {
    if (k < 0) return t("nobody");
    const kind = this.kind(k), grid = this.rec.get("institution_grid")[k];
    const several = this.rec.get("grid_community").length > 1;
    const communities = new Set(this.rec.get("building_community")).size;
    const own = this.rec.get("institution_community")[k];
    let text = name(kind);
    if (kind?.key === "grid_worker" && grid >= 0 && several) text += ` ${grid + 1}`;
    else if (communities > 1 && own >= 0) text += ` ${own + 1}`;
    return text;
  }

  /** Short name, for where the full one has no room. @param {number} k */
  short(k) {
    const kind = this.kind(k)?.key, grid = this.rec.get("institution_grid")[k];
    const text = /** @type {Record<string, string>} */ (BRIEF)[kind] ?? this.glyph(k);
    return language() === "zh" ? this.glyph(k) : kind === "grid_worker" ? `${text} ${grid + 1}` : text;
  }

  building(/** @type {number} */ b) {
    const number = this.rec.get("building_number")[b] ?? b + 1;
    const communities = this.rec.get("building_community");
    const several = communities[communities.length - 1] > 0;
    return (several ? `${communities[b] + 1}-` : "") + t("building_n", number);
  }

  indexDecisions() {
    /** @type {Map<number, number[]>} */
    this.decisionsOf = new Map();
    this.rec.get("decision_resident").forEach((/** @type {number} */ r, /** @type {number} */ i) => {
      const list = this.decisionsOf?.get(r);
      if (list) list.push(i);
      else this.decisionsOf?.set(r, [i]);
    });
  }

  indexTies() {
    /** @type {Map<number, number[]>} */
    this.tieChangesOf = new Map();
    const a = this.rec.get("tie_a"), b = this.rec.get("tie_b");
    for (let i = 0; i < a.length; i++) {
      for (const end of [a[i], b[i]]) {
        const list = this.tieChangesOf.get(end);
        if (list) list.push(i);
        else this.tieChangesOf.set(end, [i]);
      }
    }
  }

  /** Ends of the ties made at events that stand in a week. @param {number} resident @param {number} week */
  eventTies(resident, week) {
    const a = this.rec.get("tie_a"), b = this.rec.get("tie_b"), change = this.rec.get("tie_change"), when = this.rec.get("tie_week");
    const out = new Set();
    for (const i of this.tieChangesOf?.get(resident) ?? []) {
      if (when[i] > week) break;
      const other = a[i] === resident ? b[i] : a[i];
      if (change[i] > 0) out.add(other);
      else out.delete(other);
    }
    return out;
  }

  /** All ties made at events that stand in a week, as pairs. @param {number} week */
  allEventTies(week) {
    const a = this.rec.get("tie_a"), b = this.rec.get("tie_b"), change = this.rec.get("tie_change"), when = this.rec.get("tie_week");
    const n = this.rec.N;
    const out = new Set();
    for (let i = 0; i < a.length && when[i] <= week; i++) {
      if (change[i] > 0) out.add(a[i] * n + b[i]);
      else out.delete(a[i] * n + b[i]);
    }
    return out;
  }

  /** Hours of the core's attention by use in a week, and a scale-free total. @param {number} week @param {number} community */
  attention(week, community) {
    const shape = this.rec.header.arrays.core_attention?.shape;
    if (!shape) return [];
    const [, c, n] = shape, scale = this.header.scales?.core_attention ?? 1, a = this.rec.get("core_attention");
    const from = (week * c + Math.min(community, c - 1)) * n;
    return Array.from(a.subarray(from, from + n), (v) => v * scale);
  }
}

/** Weeks in which two pairs of runs have the same outcomes. @param {any} before @param {any} now */
export function sameWeeks(before, now) {
  let same = Math.min(before.a.rec.W, now.a.rec.W, before.b.rec.W, now.b.rec.W);
  for (const side of ["a", "b"]) {
    const p = before[side].rec.get("outcomes"), q = now[side].rec.get("outcomes");
    const wp = before[side].rec.shape("outcomes")[1], wq = now[side].rec.shape("outcomes")[1], rows = now[side].rec.shape("outcomes")[0];
    for (let w = 0; w < same; w++) {
      for (let o = 0; o < rows; o++) if (!Object.is(p[o * wp + w], q[o * wq + w])) same = w;
    }
  }
  return same;
}

/** @param {Run} run @param {any} thing */
export function exists(run, thing) {
  const r = run.rec;
  return thing.id < { resident: r.N, institution: r.K, building: r.B, case: run.cases.n }[/** @type {"resident"} */ (thing.kind)];
}
