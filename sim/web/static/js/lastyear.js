// What an outcome comes to over the last year shown, by its own summary as the server has it, and which side is higher.

/** Weeks of a year: the window of every judgement. */
export const YEAR = 52;
/** Two figures less than this share apart are called about equal. */
export const ALIKE = 0.05;

/** One side's figure over the year that ends with a week; NaN where there is none. @param {any} run @param {any} outcome @param {number} week */
function level(run, outcome, week) {
  const v = /** @type {number[]} */ (Array.from(run.rec.outcome(outcome.key).slice(Math.max(0, week + 1 - YEAR), week + 1))).filter(Number.isFinite);
  if (!v.length) return NaN;
  if (outcome.summary === "last") return v[v.length - 1];
  const mean = v.reduce((p, q) => p + q, 0) / v.length;
  return outcome.summary === "sum_per_year" ? mean * YEAR : mean;
}

/** Both figures, and which side is higher: `none` where one of them does not exist. @param {any} app @param {string} key @param {number} week */
export function lastYear(app, key, week) {
  const outcome = app.runs.a.header.outcomes.find((/** @type {any} */ o) => o.key === key);
  const a = level(app.runs.a, outcome, week), b = level(app.runs.b, outcome, week), apart = Math.abs(a - b);
  const higher = Number.isNaN(apart) ? "none" : apart <= ALIKE * Math.max(Math.abs(a), Math.abs(b)) ? "equal" : a > b ? "a" : "b";
  return { a, b, higher: /** @type {"a"|"b"|"equal"|"none"} */ (higher), weeks: Math.min(week + 1, YEAR) };
}
