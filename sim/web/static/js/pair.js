// The answer to a comparison (sim/web/pair.py): frames of eight bytes of head and a recording, or a refusal.
import { readRecording } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{a: Recording, b: Recording}} Both */

const FIRST = 0, REFUSED = 2;
const HEAD = 8, SIDES = /** @type {const} */ (["a", "b"]);

/**
 * Each frame as soon as it is there.
 * @param {() => Promise<Uint8Array|null>} next the next piece of the answer, null at its end
 * @returns {AsyncGenerator<{side: "a"|"b", kind: number, content: Uint8Array}>}
 */
async function* frames(next) {
  /** @type {Uint8Array} */
  let rest = new Uint8Array(0);
  /** @param {number} n */
  const take = async (n) => {
    const out = new Uint8Array(n);
    let at = 0;
    while (at < n) {
      if (!rest.length) {
        const piece = await next();
        if (!piece) return at ? out.subarray(0, at) : null;
        rest = piece;
        continue;
      }
      const some = rest.subarray(0, n - at);
      out.set(some, at);
      at += some.length;
      rest = rest.subarray(some.length);
    }
    return out;
  };
  for (let head = await take(HEAD); head; head = await take(HEAD)) {
    const length = new DataView(head.buffer).getUint32(0, true), content = head.length === HEAD ? await take(length) : null;
    if (content?.length !== length) throw new Error("answer cut short");
    yield { side: SIDES[head[4]], kind: head[5], content };
  }
}

/** Gathers the recordings of both sides. One that has not changed is the one that was there. */
class Pair {
  /** @param {Both|null} before @param {(both: Both) => void} early gets what there is once both sides have something, unless that is all */
  constructor(before, early) {
    this.before = before;
    this.early = early;
    /** @type {Partial<Both>} */
    this.whole = {};
    /** @type {Partial<Both>} */
    this.first = {};
    this.told = false;
  }

  /** @param {"a"|"b"} side @param {number} kind @param {Uint8Array} content */
  async add(side, kind, content) {
    const known = this.before?.[side];
    if (kind === FIRST) this.first[side] = await readRecording(content);
    else this.whole[side] = known && same(content, known.bytes) ? known : await readRecording(content);
    const a = this.whole.a ?? this.first.a, b = this.whole.b ?? this.first.b;
    if (this.told || !a || !b || this.all()) return;
    this.told = true;
    this.early({ a, b });
  }

  /** Both whole recordings, or null while one is missing. @returns {Both|null} */
  all() {
    const { a, b } = this.whole;
    return a && b ? { a, b } : null;
  }
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function same(one, other) {
  let i = one.length === other.length ? 0 : one.length;
  while (i < one.length && one[i] === other[i]) i++;
  return one.length === other.length && i === one.length;
}

export { frames, Pair, REFUSED };
