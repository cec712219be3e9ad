// All that is ever asked of the server: start, comparison, many seeds, a scenario, a policy, and whether it is ready; or what an
// exported file carries in place of the first two.
import { frames, Pair, REFUSED } from "./pair.js";
import { fromBase64, readRecording } from "./recording.js";
import { language, t, Told } from "./words.js";

/** A refusal with a sentence in both languages. */
export class Refused extends Told {
  /** @param {{zh?: string, en?: string, key?: string}} said */
  constructor(said) {
    super((language() === "zh" ? said.zh : said.en) ?? said.zh ?? said.en ?? "");
    this.said = said;
  }
}

/** What an exported file carries: settings and two recordings; null on a page of the server. */
export async function embedded() {
  const text = (/** @type {string} */ id) => document.getElementById(id)?.textContent ?? null;
  const a = text("recording-a"), b = text("recording-b");
  if (!a || !b) return null;
  const [runA, runB] = await Promise.all([readRecording(fromBase64(a)), readRecording(fromBase64(b))]);
  return { settings: JSON.parse(text("settings") ?? "{}"), a: runA, b: runB };
}

export async function start() {
  return (await asked("api/start")).json();
}

/**
 * Both runs of a comparison.
 * @param {any} body @param {AbortSignal} signal @param {any} before runs that may not have changed
 * @param {(both: any) => void} early gets the first weeks, if they are asked for and come before the rest
 */
export async function compare(body, signal, before, early) {
  const reader = (await asked("api/compare", body, signal)).body?.getReader(), pair = new Pair(before, early);
  const next = async () => (await reader?.read())?.value ?? null;
  try {
    for (const each = frames(next); ;) {
      const { done, value } = await whole(() => each.next());
      if (done) break;
      if (value.kind === REFUSED) throw new Refused(JSON.parse(new TextDecoder().decode(value.content)));
      await pair.add(value.side, value.kind, value.content);
    }
  } finally {
    reader?.cancel().catch(() => {}); // what nobody reads need not be computed
  }
  const both = pair.all();
  if (!both) throw brokenOff();
  return both;
}

/**
 * The same comparison over many seeds; each line of the answer as it comes.
 * @param {any} body @param {AbortSignal} signal @param {(line: any) => void} each
 */
export async function hundred(body, signal, each) {
  const reader = (await asked("api/hundred", body, signal)).body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", ended = false;
  while (reader) {
    const { done, value } = await whole(() => reader.read());
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (lines.pop() ?? "");
    for (const text of lines.filter((each) => each.trim())) {
      const line = await whole(() => JSON.parse(text));
      ended ||= line.type === "end" || line.type === "problem";
      each(line);
    }
    if (done) break;
  }
  if (!ended) throw brokenOff();
}

const brokenOff = () => new Refused({ zh: t("cut_short"), en: t("cut_short") });

/** A part of an answer, of which half is as good as none. @param {() => any} part */
async function whole(part) {
  try {
    return await part();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw brokenOff();
  }
}

/**
 * An answer that may keep the page waiting: what takes long is asked about until it is there.
 * @template T @param {Promise<T>} answer @param {(ready: boolean) => void} tell whether the server's kernels are compiled @returns {Promise<T>}
 */
export async function patiently(answer, tell) {
  let timer = 0, over = false;
  const ask = async () => {
    const ready = await asked("api/ready").then((found) => found.json()).catch(() => null);
    if (over || !ready) return;
    tell(ready.ready);
    if (!ready.ready) timer = window.setTimeout(ask, 2000);
  };
  timer = window.setTimeout(ask, 1000);
  try {
    return await answer;
  } finally {
    over = true;
    clearTimeout(timer);
  }
}

/** @param {string} where @param {any} [body] @param {AbortSignal} [signal] */
async function asked(where, body, signal) {
  let answer;
  try {
    answer = await fetch(where, body === undefined ? { signal } : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused({ zh: t("no_server"), en: t("no_server") });
  }
  if (answer.ok) return answer;
  let said = { zh: `${t("no_server")} (${answer.status})`, en: `${t("no_server")} (${answer.status})` };
  try {
    said = { ...said, ...(await answer.json()) };
  } catch { /* an answer without a sentence keeps ours */ }
  throw new Refused(said);
}

/** Everything there is to say about a policy, trials included; null where the server does not say. @param {string} kind */
export async function policyFacts(kind) {
  try {
    return await (await asked(`api/policy?kind=${encodeURIComponent(kind)}`)).json();
  } catch {
    return null;
  }
}

/** One scenario with its values and claims; null where the server does not say. @param {string} file */
export async function scenarioDetails(file) {
  try {
    return await (await asked(`api/scenario?file=${encodeURIComponent(file)}`)).json();
  } catch {
    return null;
  }
}
