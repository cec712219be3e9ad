// Pointer, wheel, pinch and keys on the two maps; both show the same part of the community.
import { tip } from "./stories.js";
import { wireViews } from "./views.js";

/** @param {any} app */
export function wireMaps(app) {
  const maps = () => [app.maps.a, app.maps.b];
  const share = (/** @type {any} */ from) => {
    for (const m of maps()) {
      m.zoom = from.zoom;
      m.dx = from.dx;
      m.dy = from.dy;
      m.keepInside();
      m.hurry(() => (app.player.dirty = true));
    }
    app.player.dirty = true;
  };
  for (const side of /** @type {("a"|"b")[]} */ (["a", "b"])) wireOne(app, side, app.maps[side], share);
  const button = (/** @type {string} */ id, /** @type {(m: any) => void} */ act) => {
    /** @type {any} */ (document.getElementById(id)).onclick = () => {
      act(app.maps.a);
      share(app.maps.a);
    };
  };
  button("zoom-in", (m) => m.zoomAt(1.5, (m.layout?.w ?? 0) / 2, (m.layout?.h ?? 0) / 2));
  button("zoom-out", (m) => m.zoomAt(1 / 1.5, (m.layout?.w ?? 0) / 2, (m.layout?.h ?? 0) / 2));
  button("zoom-fit", (m) => m.reset());
  const ties = /** @type {any} */ (document.getElementById("ties"));
  ties.onclick = () => {
    app.state.ties = !app.state.ties;
    ties.setAttribute("aria-pressed", String(app.state.ties));
    app.redrawSelection();
    app.saved();
  };
  wireViews(app);
  new ResizeObserver(() => app.fitMaps()).observe(app.maps.a.top.parentElement);
  new ResizeObserver(() => app.fitMaps()).observe(app.maps.b.top.parentElement);
}

/** @param {any} app @param {"a"|"b"} side @param {any} map @param {(m: any) => void} share */
function wireOne(app, side, map, share) {
  const canvas = map.top, bubble = canvas.parentElement.querySelector(".tip");
  const fingers = new Map();
  let moved = 0;
  const at = (/** @type {PointerEvent|WheelEvent} */ e) => {
    const box = canvas.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    canvas.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, at(e));
    moved = 0;
    bubble.hidden = true;
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    const p = at(e), before = fingers.get(e.pointerId);
    if (!before) return hover(app, side, map, bubble, p);
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== e.pointerId)?.[1];
      const was = Math.hypot(before.x - other.x, before.y - other.y), is = Math.hypot(p.x - other.x, p.y - other.y);
      if (was > 4) map.zoomAt(is / was, (p.x + other.x) / 2, (p.y + other.y) / 2);
    } else map.pan(p.x - before.x, p.y - before.y);
    moved += Math.hypot(p.x - before.x, p.y - before.y);
    fingers.set(e.pointerId, p);
    share(map);
  });
  const up = (/** @type {PointerEvent} */ e) => {
    const alone = fingers.size === 1 && fingers.has(e.pointerId);
    fingers.delete(e.pointerId);
    if (!alone || moved > 6 || e.type !== "pointerup") return;
    const found = map.pick(at(e).x, at(e).y, app.player.week);
    app.select(found ? { side, ...found } : null);
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => (bubble.hidden = true));
  canvas.addEventListener("wheel", (/** @type {WheelEvent} */ e) => {
    // Where the page or its middle scrolls, the wheel zooms only with Ctrl held or once zoomed in.
    const centre = canvas.closest(".centre"), scrolls = document.documentElement.scrollHeight > innerHeight + 40 || (centre && centre.scrollHeight > centre.clientHeight + 40);
    if (scrolls && !e.ctrlKey && map.zoom === 1) return;
    e.preventDefault();
    const p = at(e);
    map.zoomAt(Math.exp(-e.deltaY * 0.0016), p.x, p.y);
    share(map);
  }, { passive: false });
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => keyed(app, side, map, e, share));
}

function hover(/** @type {any} */ app, /** @type {"a"|"b"} */ side, /** @type {any} */ map, /** @type {any} */ bubble, /** @type {{x: number, y: number}} */ p) {
  const found = app.runs && map.pick(p.x, p.y, app.player.week);
  map.top.classList.toggle("over", Boolean(found));
  bubble.hidden = !found;
  if (!found) return;
  bubble.textContent = tip(app.shown(side), found, app.player.week);
  const w = map.top.clientWidth, h = map.top.clientHeight;
  bubble.style.left = `${Math.max(4, Math.min(w - bubble.offsetWidth - 4, p.x + 12))}px`;
  bubble.style.top = `${p.y + 18 + bubble.offsetHeight > h ? Math.max(4, p.y - bubble.offsetHeight - 10) : p.y + 16}px`;
}

/** Without a pointer: i walks through institutions, r through followed residents, c through open cases; Shift+arrows pan. */
function keyed(/** @type {any} */ app, /** @type {"a"|"b"} */ side, /** @type {any} */ map, /** @type {KeyboardEvent} */ e, /** @type {(m: any) => void} */ share) {
  if (!app.runs || e.ctrlKey || e.metaKey || e.altKey) return;
  const pan = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] })[e.key];
  if (pan && e.shiftKey) {
    map.pan(pan[0], pan[1]);
    share(map);
    e.preventDefault();
    e.stopPropagation();
    return;
  }
  const run = app.shown(side), r = run.rec, now = app.state.selected;
  const lists = /** @type {Record<string, () => any[]>} */ ({
    i: () => Array.from({ length: r.K }, (_, k) => k).filter((k) => r.get("institution_present")[k]).map((id) => ({ kind: "institution", id })),
    r: () => [...run.followed].map((id) => ({ kind: "resident", id })),
    c: () => run.cases.weeks[app.player.week].shown.map((/** @type {any} */ c) => ({ kind: "case", id: c.id })),
  });
  const list = lists[e.key]?.();
  if (!list?.length) return;
  const where = list.findIndex((x) => now && x.kind === now.kind && x.id === now.id);
  app.select({ side, ...list[(where + 1) % list.length] });
  e.preventDefault();
}
