// Histories of the cases of one recording: where each is in each week.

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{week: number, status: number, holder: number, stage: number, handoffs: number}} Change */
/** @typedef {{id: number, status: number, holder: number, fresh: boolean}} Shown */

export const SILENT = 0;
export const OPEN = 1;
export const RESOLVED = 2;
export const PAPER = 3;
export const ESCALATED = 4;

/** Whether a case is still to be ended: in the community's hands or the street's, as the outcome `backlog` counts. @param {number} status */
export const inHand = (status) => status === OPEN || status === ESCALATED;

export class Cases {
  /** @param {Recording} rec */
  constructor(rec) {
    this.rec = rec;
    this.category = rec.get("case_category");
    this.building = rec.get("case_building");
    this.n = this.category.length;
    const week = rec.get("change_week"), id = rec.get("change_case"), status = rec.get("change_status");
    const holder = rec.get("change_holder"), stage = rec.get("change_stage"), handoffs = rec.get("change_handoffs");
    /** @type {Change[][]} */
    this.changes = Array.from({ length: this.n }, () => []);
    const order = Array.from(week.keys()).sort((p, q) => week[p] - week[q] || p - q);
    for (const i of order) {
      this.changes[id[i]].push({ week: week[i], status: status[i], holder: holder[i], stage: stage[i], handoffs: handoffs[i] });
    }
    this.weeks = this.byWeek();
  }

  /** What is drawn in each week, and counts. */
  byWeek() {
    /** @type {{shown: Shown[], open: number, silent: Int32Array, done: number, paper: number, up: number}[]} */
    const out = [];
    const at = new Int32Array(this.n).fill(-1);
    let live = new Set();
    const silent = new Int32Array(this.rec.B);
    /** @type {number[][]} */
    const due = Array.from({ length: this.rec.W + 1 }, () => []);
    this.changes.forEach((list, id) => list.forEach((c) => due[Math.min(this.rec.W, Math.max(0, c.week))].push(id)));
    for (let week = 0; week < this.rec.W; week++) {
      const fresh = new Set(due[week]);
      const counts = { done: 0, paper: 0, up: 0 };
      for (const id of fresh) {
        const before = at[id] < 0 ? null : this.changes[id][at[id]];
        while (at[id] + 1 < this.changes[id].length && this.changes[id][at[id] + 1].week <= week) at[id]++;
        const now = this.changes[id][at[id]];
        if (before?.status === SILENT) silent[this.building[id]]--;
        if (now.status === SILENT) silent[this.building[id]]++;
        if (now.status !== before?.status) {
          if (now.status === RESOLVED) counts.done++;
          if (now.status === PAPER) counts.paper++;
          if (now.status === ESCALATED) counts.up++;
        }
        if (inHand(now.status) || now.status !== before?.status) live.add(id);
        if (now.status === SILENT) live.delete(id);
      }
      /** @type {Shown[]} */
      const shown = [];
      let open = 0;
      const next = new Set();
      for (const id of live) {
        const now = this.changes[id][at[id]];
        shown.push({ id, status: now.status, holder: now.holder, fresh: fresh.has(id) });
        if (inHand(now.status)) {
          open++;
          next.add(id);
        }
      }
      live = next;
      shown.sort((p, q) => p.id - q.id);
      out.push({ shown, open, silent: silent.slice(), ...counts });
    }
    return out;
  }

  /** State of a case in a week, or null before it arose. @param {number} id @param {number} week */
  state(id, week) {
    let found = null;
    for (const c of this.changes[id]) {
      if (c.week > week) break;
      found = c;
    }
    return found;
  }

  /** Open cases an institution holds. @param {number} k @param {number} week */
  heldBy(k, week) {
    return this.weeks[week].shown.filter((c) => c.holder === k && inHand(c.status));
  }
}
