// The timeline: a ruler to scrub on and one bar a policy, to be dragged; letting go asks for both runs anew.
import { SIDES } from "./settings.js";
import { addTexts, h, name, t } from "./words.js";

addTexts({ whose: ["时间轴上看谁的政策", "Whose policies the timeline shows"], bars_of: ["看{0}的政策（{1}项）", "Policies of {0} ({1})"] });

/** @typedef {{kind: string, start?: number, end?: number|null, intensity?: number, [more: string]: any}} Policy */
const SNAP = 1;
/** Heights in pixels: of the ruler, of the letter beside a lane, between lanes. */
const RULER = 20, LETTER = 18, GAP = 2;
const DENSE = matchMedia("(max-width: 820px), (max-height: 560px)");

/** @param {any} app */
export function makeTimeline(app) {
  const root = /** @type {HTMLElement} */ (document.getElementById("timeline"));
  const head = h("div", { class: "head", "aria-hidden": "true" });
  const stretch = h("div", { class: "stretch" });
  const ruler = h("div", { class: "ruler", role: "slider", tabindex: "0" }, stretch);
  const lanes = h("div", { class: "lanes" });
  root.replaceChildren(ruler, lanes, head);
  wireRuler(app, ruler, root);
  // Measured once a layout: to ask in every frame would lay the page out in every frame.
  let inner = 0, left = 0, told = -1;
  let shown = /** @type {"a"|"b"} */ ("a");

  const x = (/** @type {number} */ week) => `${(100 * week) / Math.max(1, app.weeks)}%`;

  return {
    /** Redraws ruler and bars. */
    reload() {
      told = -1;
      ruler.querySelectorAll(".tick").forEach((/** @type {Element} */ e) => e.remove());
      const narrow = root.clientWidth < 560;
      const step = app.weeks > 160 || narrow ? 52 : app.weeks > 60 ? 13 : 4;
      for (let k = 0; k < app.weeks; k += step) {
        const tick = h("span", { class: "tick" }, String(k + 1));
        tick.style.left = x(k + 0.5);
        ruler.append(tick);
      }
      ruler.setAttribute("aria-label", t("scrub"));
      ruler.setAttribute("aria-valuemin", "1");
      ruler.setAttribute("aria-valuemax", String(app.weeks));
      ruler.querySelectorAll(".shock").forEach((/** @type {Element} */ e) => e.remove());
      for (const s of app.runs?.a.header.shocks ?? []) ruler.prepend(shockMark(s, x));
      const counts = SIDES.map((side) => Math.max(1, app.policies(side).length)), fit = heights(counts, app.state.present);
      root.style.setProperty("--bar", `${fit.bar}px`);
      root.style.maxHeight = `${fit.most}px`;
      const letter = (/** @type {"a"|"b"} */ side) => h("b", { class: `tag ${side}` }, t(`side_${side}`));
      const choose = (/** @type {"a"|"b"} */ side) => {
        shown = side;
        this.reload();
        document.getElementById(`lane-${side}`)?.focus();
      };
      lanes.replaceChildren(...(fit.both ? SIDES.map((side) => lane(app, side, x, letter(side))) : [lane(app, shown, x, whose(app, shown, choose))]));
      head.style.height = `${RULER + lanes.offsetHeight}px`;
      for (const el of lanes.querySelectorAll(".bar")) fitName(el);
      const s = app.state.stretch;
      stretch.hidden = !s;
      if (s) {
        stretch.style.left = x(s[0]);
        stretch.style.width = x(s[1] - s[0] + 1);
      }
      inner = ruler.clientWidth;
      left = ruler.offsetLeft;
      this.move(app.player.week, app.player.part);
    },
    /** @param {number} week @param {number} part */
    move(week, part) {
      head.style.transform = `translateX(${left + (inner * Math.max(0, week - 0.5 + part)) / Math.max(1, app.weeks)}px)`;
      if (week === told) return;
      told = week;
      ruler.setAttribute("aria-valuenow", String(week + 1));
      ruler.setAttribute("aria-valuetext", t("week_n", week + 1, app.weeks));
    },
  };
}

/** @param {any} app @param {HTMLElement} ruler @param {HTMLElement} root */
function wireRuler(app, ruler, root) {
  const weekAt = (/** @type {PointerEvent} */ e) => {
    const box = ruler.getBoundingClientRect();
    return Math.max(0, Math.min(app.weeks - 1, Math.floor(((e.clientX - box.left) / box.width) * app.weeks)));
  };
  let from = -1;
  ruler.addEventListener("pointerdown", (e) => {
    ruler.setPointerCapture(e.pointerId);
    from = e.shiftKey ? weekAt(e) : -1;
    if (from < 0) app.player.seek(weekAt(e));
  });
  ruler.addEventListener("pointermove", (e) => {
    if (!e.buttons) return;
    if (from < 0) return app.player.seek(weekAt(e));
    const to = weekAt(e);
    app.setStretch(Math.abs(to - from) < 2 ? null : [Math.min(from, to), Math.max(from, to)]);
  });
  ruler.addEventListener("pointerup", (e) => {
    if (from >= 0 && Math.abs(weekAt(e) - from) < 2) app.setStretch(null);
    from = -1;
  });
  ruler.addEventListener("keydown", (e) => {
    const by = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1, PageUp: 13, PageDown: -13 })[e.key];
    const to = e.key === "Home" ? 0 : e.key === "End" ? app.weeks - 1 : by ? app.player.week + by : null;
    if (to === null) return;
    e.preventDefault();
    e.stopPropagation();
    app.player.toggle(false);
    app.player.seek(to, by === 1);
  });
  new ResizeObserver(() => app.runs && app.timeline?.reload()).observe(root);
}

/** How high bars and timeline are, and whether both lanes have room at once. @param {number[]} counts rows of A and of B @param {boolean} present */
function heights(counts, present) {
  const [room, most, least, largest] = DENSE.matches ? (innerHeight > 560 ? [76, 102, 18, 24] : [46, 72, 18, 24]) : innerHeight < 850 ? [84, 150, 13, present ? 22 : 19] : [150, 240, 13, present ? 22 : 19];
  const both = RULER + counts.reduce((sum, n) => sum + GAP + Math.max(LETTER, n * least), 0) <= most;
  const rows = both ? counts[0] + counts[1] : Math.max(...counts);
  return { both, most, bar: clamp(Math.floor(room / rows), least, largest) };
}

/** Bars of one side, each in the row of its place in the list: it stays there wherever it is dragged. @param {any} app @param {"a"|"b"} side @param {(w: number) => string} x @param {Node} letter */
function lane(app, side, x, letter) {
  const policies = app.policies(side), box = h("div", { class: "bars" });
  policies.forEach((/** @type {Policy} */ p, /** @type {number} */ i) => box.append(bar(app, side, p, i, x)));
  if (!policies.length) box.append(h("span", { class: "empty" }, t("no_policy")));
  box.style.height = `calc(${Math.max(1, policies.length)} * var(--bar))`;
  return h("div", { class: `lane ${side}` }, letter, box);
}

/** Two buttons, where only one lane has room. @param {any} app @param {"a"|"b"} shown @param {(side: "a"|"b") => void} choose */
function whose(app, shown, choose) {
  return h("div", { class: "whose", role: "group", "aria-label": t("whose") }, ...SIDES.map((side) => {
    const label = t("bars_of", t(`side_${side}`), app.policies(side).length);
    return h("button", { id: `lane-${side}`, class: `tag ${side}`, "aria-pressed": String(side === shown), "aria-label": label, title: label, onclick: () => choose(side) }, t(`side_${side}`));
  }));
}

/** One policy. @param {any} app @param {string} side @param {Policy} p @param {number} i @param {(w: number) => string} x */
function bar(app, side, p, i, x) {
  const label = name(app.policyName(p.kind));
  const fixed = !app.canCompute;
  const el = h("button", { class: `bar ${side}`, "aria-label": "" },
    !fixed && h("i", { class: "grip from" }), h("span", { class: "name" }, label.split(/[（(／]/)[0].trim()), h("span", { class: "span" }), !fixed && h("i", { class: "grip to" }));
  const off = p.active === false || p.enabled === false;
  if (off) el.classList.add("off");
  const place = (/** @type {number} */ start, /** @type {number|null} */ end) => {
    el.style.left = x(start);
    el.style.width = x((end ?? app.weeks) - start);
    el.style.top = `calc(${i} * var(--bar))`;
    const text = `${start + 1}–${end ?? app.weeks}`;
    el.querySelector(".span").textContent = text;
    el.setAttribute("aria-label", `${t(`side_${side}`)} ${label}: ${text}${fixed ? "" : `. ${t("bar_help")}`}`);
    el.setAttribute("title", `${label} ${text}`);
    fitName(el);
  };
  place(p.start ?? 0, p.end ?? null);
  el.addEventListener("click", () => app.showCard(p.kind));
  if (fixed) return el;
  wireBar(app, side, p, i, el, place);
  return el;
}

/** A name or span that has no room is left to the bar's tip rather than cut. @param {any} el */
function fitName(el) {
  const parts = [el.querySelector(".span"), el.querySelector(".name")];
  for (const part of parts) part.hidden = false;
  const cut = () => el.scrollWidth > el.clientWidth || parts[1].scrollWidth > parts[1].clientWidth;
  for (const part of parts) if (el.isConnected && cut()) part.hidden = true;
}

/** Weeks of a shock, on the ruler. @param {any} s @param {(w: number) => string} x */
function shockMark(s, x) {
  const el = h("i", { class: "shock", title: `${name(s)} ${s.week + 1}–${s.end}` });
  el.style.left = x(s.week);
  el.style.width = x(s.end - s.week);
  return el;
}

function wireBar(/** @type {any} */ app, /** @type {string} */ side, /** @type {Policy} */ p, /** @type {number} */ i, /** @type {any} */ el, /** @type {(s: number, e: number|null) => void} */ place) {
  let drag = /** @type {any} */ (null);
  let start = p.start ?? 0, end = p.end ?? null;
  const commit = () => {
    if (start !== (p.start ?? 0) || end !== (p.end ?? null)) app.setPolicy(side, i, { ...p, start, end });
  };
  el.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    const grip = /** @type {HTMLElement} */ (e.target).className;
    el.setPointerCapture(e.pointerId);
    drag = { x: e.clientX, part: grip.includes?.("from") ? "from" : grip.includes?.("to") ? "to" : "all", start, end: end ?? app.weeks, moved: false, open: end === null };
  });
  el.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    if (!drag) return;
    const weeks = Math.round((((e.clientX - drag.x) / el.parentElement.clientWidth) * app.weeks) / SNAP) * SNAP;
    if (weeks) drag.moved = true;
    const length = drag.end - drag.start;
    if (drag.part === "from") start = clamp(drag.start + weeks, 0, drag.end - 1);
    else if (drag.part === "to") end = clamp(drag.end + weeks, drag.start + 1, app.weeks);
    else {
      start = clamp(drag.start + weeks, 0, app.weeks - (drag.open ? 1 : length));
      end = drag.open ? null : start + length;
    }
    if (end === app.weeks) end = null;
    if (drag.moved) place(start, end);
  });
  el.addEventListener("pointerup", () => {
    const moved = drag?.moved;
    drag = null;
    if (!moved) return;
    // The click that follows a drag must not open the card.
    el.addEventListener("click", (/** @type {Event} */ e) => e.stopImmediatePropagation(), { capture: true, once: true });
    setTimeout(commit, 0);
  });
  el.addEventListener("pointercancel", () => {
    drag = null;
    place(p.start ?? 0, p.end ?? null);
  });
  let waiting = 0;
  el.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const step = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
    if (e.key === "Delete" || e.key === "Backspace") {
      e.preventDefault();
      app.removePolicy(side, i);
      return;
    }
    if (!step) return;
    e.preventDefault();
    if (e.shiftKey) {
      const to = clamp((end ?? app.weeks) + step, start + 1, app.weeks);
      end = to === app.weeks ? null : to;
    } else {
      const length = (end ?? app.weeks) - start;
      start = clamp(start + step, 0, app.weeks - (end === null ? 1 : length));
      if (end !== null) end = start + length;
    }
    place(start, end);
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      app.refocus = { side, i };
      commit();
    }, 500);
  });
}

const clamp = (/** @type {number} */ v, /** @type {number} */ low, /** @type {number} */ high) => Math.max(low, Math.min(high, v));
