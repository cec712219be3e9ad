// The server's three answers, or what an exported file carries in their place. Nothing else is ever asked for.
import { fromBase64, readPair, readRecording } from "./recording.js";
import { language, t } from "./words.js";

/** A refusal with a sentence in both languages. */
export class Refused extends Error {
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

/** Both runs of a comparison. @param {any} body @param {AbortSignal} signal */
export async function compare(body, signal) {
  return readPair(await (await asked("api/compare", body, signal)).arrayBuffer());
}

/**
 * The same comparison over many seeds; each line of the answer as it comes.
 * @param {any} body @param {AbortSignal} signal @param {(line: any) => void} each
 */
export async function hundred(body, signal, each) {
  const reader = (await asked("api/hundred", body, signal)).body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (reader) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (lines.pop() ?? "");
    for (const line of lines) if (line.trim()) each(JSON.parse(line));
    if (done) return;
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
