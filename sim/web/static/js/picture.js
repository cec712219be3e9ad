// What a picture shows: title, week, the chosen maps and curves, legend, and the note that all of it is illustrative.
import { FONT } from "./fonts.js";
import { legendItems } from "./legend.js";
import { addTexts, language, name, t } from "./words.js";

addTexts({
  picture_note: ["示意性模型，居民为合成人口，未经校准：看方向和机制，不作预测。", "Illustrative model, synthetic population, uncalibrated: read directions and mechanisms, not forecasts."],
});

export const GAP = 12;
export const CAPTION = 24;
const COLOURS = { a: "#0a62a3", b: "#ad4a08" }, INK = "#1c232e", MUTED = "#545d6a";

/** @param {any} c @param {string} text @param {number} x @param {number} y @param {number} size */
export function write(c, text, x, y, size, colour = INK, weight = "400", align = "left") {
  c.font = `${weight} ${size}px ${FONT}`;
  c.textAlign = align;
  c.textBaseline = "alphabetic";
  c.fillStyle = colour;
  c.fillText(text, x, y);
}

/** Title and note. @param {any} c @param {any} app @param {number} size */
export function headOn(c, app, size) {
  write(c, `${name(app.runs.a.header.scenario)} · ${t("seed")} ${app.state.seed}`, GAP, size * 1.45, size, INK, "600");
  write(c, t("picture_note"), GAP, size * 2.6, size * 0.67, MUTED);
}

/** Which week it is, at the right of the head. @param {any} c @param {any} app @param {number} week @param {number} w @param {number} size */
export function weekOn(c, app, week, w, size) {
  write(c, t("week_n", week + 1, app.weeks), w - GAP, size * 1.45, size, INK, "600", "right");
}

/** Name of an arm above its map. @param {any} c @param {any} app @param {"a"|"b"} side @param {number} x @param {number} y @param {number} size */
export function captionOn(c, app, side, x, y, size) {
  write(c, `${t(`side_${side}`)}  ${app.armName(side)}`, x, y, size, COLOURS[side], "600");
}

/** The legend in as many rows as it needs; gives its height, and only measures where nothing is to be drawn. @param {any} c @param {any} app @param {number} y @param {number} w @param {boolean} draw */
export function legendOn(c, app, y, w, draw) {
  let x = GAP, row = 0;
  c.font = `400 12px ${FONT}`;
  for (const item of legendItems(app)) {
    const wide = 24 + c.measureText(item.text).width + 14;
    if (x + wide > w - GAP && x > GAP) {
      x = GAP;
      row++;
    }
    if (draw) {
      const top = y + row * 23;
      c.fillStyle = "#0e1620";
      c.fillRect(x, top, 19, 19);
      c.save();
      c.translate(x + 9.5, top + 9.5);
      c.scale(0.5, 0.5);
      item.draw(c);
      c.restore();
      c.globalAlpha = 1;
      write(c, item.text, x + 24, top + 14, 12);
      c.font = `400 12px ${FONT}`;
    }
    x += wide;
  }
  return (row + 1) * 23;
}

/**
 * Size of a picture of the page as it stands, and a way to draw it. `inner` draws one part of it: a map or a chart.
 * @param {any} app @param {string} view @param {any} measure any context
 * @returns {{w: number, h: number, draw: (c: any, inner: (what: {side?: "a"|"b", chart?: any}, x: number, y: number, w: number, h: number) => void) => void}}
 */
export function picture(app, view, measure) {
  const sides = /** @type {("a"|"b")[]} */ (view === "a" || view === "b" ? [view] : view === "curves" ? [] : ["a", "b"]);
  const lay = app.maps.a.layout, head = 58, foot = 24, chartH = 170;
  const charts = view === "all" || view === "curves" ? app.curves.charts.slice(0, view === "all" ? 3 : 4) : [];
  const w = Math.max(640, sides.length * lay.w + (sides.length - 1) * GAP + 2 * GAP);
  const legend = sides.length ? legendOn(measure, app, 0, w, false) + 8 : 0, maps = sides.length ? lay.h + CAPTION + legend : 0;
  const h = head + maps + (charts.length ? chartH + GAP + 20 : 0) + foot;
  return { w, h, draw(c, inner) {
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, w, h);
    headOn(c, app, 18);
    weekOn(c, app, app.player.week, w, 18);
    sides.forEach((side, i) => {
      const x = GAP + i * (lay.w + GAP);
      captionOn(c, app, side, x, head + 14, 14);
      inner({ side }, x, head + CAPTION, lay.w, lay.h);
    });
    if (sides.length) legendOn(c, app, head + CAPTION + lay.h + 8, w, true);
    charts.forEach((/** @type {any} */ chart, /** @type {number} */ i) => {
      const cw = (w - 2 * GAP - (charts.length - 1) * GAP) / charts.length, x = GAP + i * (cw + GAP), y = head + maps + GAP + 14;
      write(c, name(chart.outcome).slice(0, Math.floor(cw / (language() === "zh" ? 12 : 6.5))), x, y - 2, 12, INK, "600");
      inner({ chart }, x, y + 4, cw, chartH);
    });
    write(c, `${charts.length ? `${t("side_a")} ━  ${t("side_b")} ┅   ` : ""}${t("one_run")}`, GAP, h - 8, 11, MUTED);
  } };
}
