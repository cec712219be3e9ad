// Controls of the panel: a number, a choice by name, a select whose text is never cut; what differs is marked.
import { addTexts, h, language, name, t } from "./words.js";

addTexts({
  differs: ["已改", "changed"], put_back: ["还原", "Put back"], was: ["原为 {0}", "was {0}"], grade_n: ["依据 {0} 级（{1}）", "evidence {0} ({1})"], source_is: ["出处：{0}", "source: {0}"],
  out_of_range: ["只能在 {0} 到 {1} 之间：{2} 已改为 {3}。", "Must lie from {0} to {1}: {2} was set to {3}."], whole_only: ["只能是整数：{2} 已改为 {3}。", "Whole numbers only: {2} was set to {3}."],
  not_a_number: ["请填 {0} 到 {1} 之间的数；仍为 {3}。", "Please give a number from {0} to {1}; it is still {3}."],
});

/** @typedef {import("./settings.js").Spec} Spec */
/** @typedef {{id: string, spec: Spec, value: any, usual: any, set: (value: any) => void, facts: any, off?: boolean, label?: string, shift?: number, plain?: boolean}} Control plain: only typed, never slid */

/** A number as people write it: no more digits than it has. @param {any} v */
export function short(v) {
  if (typeof v !== "number") return v === null || v === undefined ? "–" : String(v);
  return Number.isInteger(v) ? String(v) : String(+v.toPrecision(6));
}

/** One of the page's own drawings. @param {string} key */
export function icon(key) {
  const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), use = document.createElementNS(ns, "use");
  use.setAttribute("href", `#i-${key}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

const zh = () => language() === "zh";
const unitOf = (/** @type {Spec} */ spec) => (zh() ? spec.unit_zh : spec.unit_en) ?? "";

/** A value of a number or switch in words. @param {Spec} spec @param {any} value */
export function told(spec, value) {
  return spec.values ? name(spec.values.find((/** @type {any} */ x) => x.key === value)) || String(value) : short(value);
}

/** Unit, range, grade of evidence and source, as the server says them. @param {Spec} spec @param {any} facts answer to /api/start @param {number} [shift] */
export function meta(spec, facts, shift = 0) {
  const parts = spec.values ? [] : [unitOf(spec), `${short(Number(spec.min) + shift)} – ${short(Number(spec.max) + shift)}`];
  if (spec.grade) parts.push(t("grade_n", spec.grade, name(facts?.grades?.[spec.grade])));
  if (spec.source && spec.source.en !== facts?.assumption?.en) parts.push(t("source_is", name(spec.source)));
  if (spec.note) parts.push(name(spec.note));
  return parts.filter(Boolean).join(" · ");
}

/** The button that puts one thing back, where it differs. @param {string} label @param {() => void} act @param {string} [before] */
export function undo(label, act, before = "") {
  const text = `${t("put_back")}${zh() ? "：" : ": "}${label}`;
  return h("button", { class: "undo", "aria-label": text, title: before ? `${text} (${t("was", before)})` : text, onclick: act }, icon("undo"));
}

/** The last number typed that could not be taken as it was, and what was done; it is forgotten when another is set. @type {{id: string, kept: any, why: string, parts: string[]}|null} */
let mended = null;

/** A typed number brought into its range; keeps in mind whether that changed it. @param {Control} c @param {string} text @param {number} low @param {number} high @returns {number|null} */
function fitted(c, text, low, high) {
  const shift = c.shift ?? 0, asked = text.trim() === "" ? NaN : +text, ok = Number.isFinite(asked), within = Math.min(high, Math.max(low, asked));
  const v = c.spec.integer ? Math.round(within) : +within.toPrecision(6), why = !ok ? "not_a_number" : within !== asked ? "out_of_range" : c.spec.integer && v !== asked ? "whole_only" : "";
  const kept = ok ? v - shift : c.value;
  mended = why ? { id: c.id, kept, why, parts: [short(low), short(high), short(asked), kept === null ? "–" : short(kept + shift)] } : null;
  return ok ? kept : null;
}

/** Says beside a field what was done to its number; whoever hears the page hears it from a line that no redraw replaces. @param {Control} c @param {HTMLElement} line */
function tellMended(c, line) {
  const text = mended?.id === c.id && mended.kept === c.value ? t(mended.why, ...mended.parts) : "", spoken = document.getElementById("spoken");
  line.textContent = text;
  if (spoken && (text || !mended)) spoken.textContent = text;
}

/** A number: typed or slid. @param {Control} c */
export function numberRow(c) {
  const { spec, shift = 0 } = c, low = Number(spec.min) + shift, high = Number(spec.max) + shift, label = c.label ?? name(spec), changed = c.value !== c.usual;
  const step = spec.integer ? 1 : "any", shown = c.value === null ? "" : short(c.value + shift), note = h("p", { id: `${c.id}-note`, class: "mended" });
  const take = () => {
    const v = fitted(c, typed.value, low, high);
    if (v !== null) return c.set(v);
    typed.value = shown;
    tellMended(c, note);
  };
  const tidy = () => short(spec.integer ? Math.round(+slid.value) : +(+slid.value).toPrecision(4));
  const typed = h("input", { id: c.plain ? c.id : `${c.id}-n`, class: "typed", type: "number", min: low, max: high, step, value: shown, disabled: c.off, "aria-label": label, "aria-describedby": note.id, onchange: take, oninput: () => note.replaceChildren() });
  const slid = h("input", {
    id: c.id, type: "range", min: low, max: high, step, disabled: c.off, "aria-valuetext": `${shown} ${unitOf(spec)}`,
    oninput: () => (typed.value = tidy()), onchange: () => {
      typed.value = tidy();
      take();
    },
  });
  slid.value = shown;
  tellMended(c, note);
  return h("div", { class: `knob${changed ? " changed" : ""}` }, h("label", { for: c.id }, label), typed,
    changed && !c.off ? undo(label, () => c.set(c.usual), c.usual === null ? "" : short(c.usual + shift)) : null, note,
    ...(c.plain ? [] : [slid, h("p", { class: "meta" }, meta(spec, c.facts, shift))]));
}

/** A choice by name. @param {Control} c */
export function choiceRow(c) {
  const { spec } = c, values = /** @type {any[]} */ (spec.values), label = c.label ?? name(spec), changed = c.value !== c.usual;
  const select = h("select", { id: c.id, disabled: c.off, onchange: () => c.set(values[+select.value].key) }, ...values.map((x, i) => h("option", { value: i }, name(x))));
  select.value = String(values.findIndex((x) => x.key === c.value));
  const said = meta(spec, c.facts);
  return h("div", { class: `knob${changed ? " changed" : ""}` }, h("label", { for: c.id }, label), h("span", null), changed && !c.off ? undo(label, () => c.set(c.usual), told(spec, c.usual)) : null,
    h("div", { class: "wide" }, pick(select)), said ? h("p", { class: "meta" }, said) : null);
}

/** @param {Control} c */
export const row = (c) => (c.spec.values ? choiceRow(c) : numberRow(c));

/** A select under its own text, which may take several lines and is never cut. @param {any} select @param {(text: string) => string} [brief] */
export function pick(select, brief = (text) => text) {
  if (select.parentElement?.classList.contains("pick")) {
    repick(select);
    return select.parentElement;
  }
  const text = h("span", { class: "picked", "aria-hidden": "true" }), box = h("span", { class: "pick" });
  select.replaceWith(box);
  box.append(text, select);
  select.brief = brief;
  select.addEventListener("change", () => repick(select));
  repick(select);
  return box;
}

/** Shows what a select holds now. @param {any} select */
export function repick(select) {
  const text = select.selectedOptions[0]?.textContent ?? "";
  if (!select.previousElementSibling) return;
  select.previousElementSibling.textContent = select.brief?.(text) ?? text;
  select.title = text;
}

/** Puts new content in, the pointer of the keyboard and the place of scrolling kept. @param {HTMLElement} pane @param {any[]} nodes */
export function refill(pane, nodes) {
  const kept = pane.scrollTop, focus = pane.contains(document.activeElement) ? document.activeElement?.id : "";
  pane.replaceChildren(...nodes.filter(Boolean));
  pane.scrollTop = kept;
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

/** A part that folds out; filled when it is open, and open again after a redraw. @param {Set<string>} open @param {string} key @param {any} summary @param {() => any[]} fill */
export function fold(open, key, summary, fill) {
  const box = h("details", { class: "fold", open: open.has(key) });
  const show = () => box.childElementCount === 1 && box.append(...fill().filter(Boolean));
  // On the click itself: a redraw may come before the event that tells of the folding.
  box.append(h("summary", { id: `fold-${key}`, onclick: () => {
    if (box.open) open.delete(key);
    else {
      open.add(key);
      show();
    }
  } }, summary));
  if (open.has(key)) show();
  return box;
}
