// What a class has voted, kept over a reload, and what its votes come to.

const CHOICES = ["a", "equal", "b"];
// In the tab's own storage, not in the address: a lesson's link is handed on, and must not carry one class's answers to the next.
const place = (/** @type {string} */ scenario) => `yihe-votes ${location.pathname} ${scenario.replace(/\.ya?ml$/, "")}`;

/** @param {string} scenario @param {Record<string, any>} guesses by outcome */
export function keepVotes(scenario, guesses) {
  try {
    sessionStorage.setItem(place(scenario), JSON.stringify(guesses));
  } catch { /* a browser that forbids it forgets them on reloading */ }
}

/** Votes kept for a scenario, or null. @param {string} scenario @returns {Record<string, any>|null} */
export function keptVotes(scenario) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(scenario)) ?? "null");
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** The class's answer: most votes, `tie` if two have as many, the one chosen if nobody voted. @param {any} guess @returns {"a"|"equal"|"b"|"tie"|null} */
export function answer(guess) {
  if (!guess) return null;
  const votes = CHOICES.map((c) => guess.votes?.[c] ?? 0), most = Math.max(...votes);
  if (most <= 0) return guess.choice ?? null;
  return votes.filter((v) => v === most).length > 1 ? "tie" : /** @type {"a"} */ (CHOICES[votes.indexOf(most)]);
}
