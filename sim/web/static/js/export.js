// Everything that can be taken home: pictures, moving pictures, tables and one file with everything inside.
import { page, sources } from "./bundle.js";
import { film, filmWay, gif, gifPace } from "./film.js";
import { picture } from "./picture.js";
import { SPEEDS } from "./playback.js";
import { squeezed, toBase64 } from "./recording.js";
import { SvgContext } from "./svg.js";
import { addTexts, h, inWords, language, name, t } from "./words.js";
import { toHash } from "./state.js";

addTexts({
  png: ["图片 PNG", "Picture, PNG"], svg: ["矢量图 SVG", "Picture, SVG"], gif: ["动图 GIF", "Moving picture, GIF"], mp4: ["影片 MP4", "Film, MP4"], webm: ["影片 WebM", "Film, WebM"], csv: ["数据 CSV", "Data, CSV"], html: ["一个网页文件 HTML", "One HTML file"],
  png_note: ["当前这一周：图和曲线", "This week: maps and curves"], svg_note: ["同上，可在排版软件里放大修改；中文用那台电脑的字体", "The same, to be scaled and edited; Chinese uses that computer's fonts"],
  gif_note: ["演示文稿、聊天里直接会动；{0}帧", "Moves by itself in slides and chats; {0} frames"], mp4_note: ["各种播放器、演示文稿都能放；片长{0}秒", "For any player and slides; {0} s long"],
  webm_note: ["网页和自由软件播放器用；片长{0}秒", "For web pages and free players; {0} s long"], recorded_note: ["{0}，边放边录", "{0}, recorded as it plays"], no_mp4: ["这个浏览器录不了 MP4，请改存 WebM", "This browser cannot record MP4; please take WebM"], no_webm: ["这个浏览器录不了 WebM", "This browser cannot record WebM"],
  csv_note: ["甲、乙每周的全部指标", "All outcomes of A and B by week"], html_note: ["播放器和两份记录都在里面，断网、拷在U盘上也能打开", "Player and both recordings inside; opens without any network"],
  saving: ["正在生成……{0}%（关闭本窗口即停止）", "Making it… {0}% (closing this window stops it)"], saved_as: ["已存为 {0}", "Saved as {0}"],
  which: ["图的内容", "Show"], view_all: ["两图与曲线", "maps and curves"], view_maps: ["两图", "both maps"], view_a: ["只要甲", "A only"], view_b: ["只要乙", "B only"], view_curves: ["只要曲线", "curves only"],
  this_week: ["这一周", "This week"], stretch_of: ["一段：甲乙并排地动", "A stretch: A and B side by side, moving"], from_week: ["从第", "From week"], to_week: ["周到第", "to"], weeks_at: ["周，每秒", "at"], weeks_each: ["周", "weeks a second"], whole: ["全部", "All of it"],
});

/** Body of the dialog. @param {any} app @returns {Node[]} */
export function exportPanel(app) {
  const view = h("select", { id: "export-view" }, ...["all", "maps", "a", "b", "curves"].map((k) => h("option", { value: k }, t(`view_${k}`))));
  const said = h("p", { role: "status", class: "muted" }), stop = new AbortController();
  document.getElementById("dialog")?.addEventListener("close", () => stop.abort(), { once: true });
  const row = (/** @type {string} */ key, /** @type {any} */ note, /** @type {() => any} */ act) => {
    const button = h("button", { id: `export-${key}`, onclick: async () => {
      button.disabled = true;
      try {
        said.textContent = t("saved_as", await act());
      } catch (error) {
        if (!stop.signal.aborted) said.textContent = inWords(error);
      }
      button.disabled = false;
    } }, t(key));
    return h("div", { class: "export" }, button, h("span", { class: "muted" }, note));
  };
  return [
    h("h3", null, t("this_week")), h("p", null, h("label", { for: "export-view" }, t("which")), " ", view),
    row("png", t("png_note"), () => png(app, view.value)), row("svg", t("svg_note"), () => svg(app, view.value)),
    ...moving(app, row, { tell: (/** @type {number} */ share) => (said.textContent = t("saving", Math.round(share * 100))), stop: stop.signal }),
    h("h3", null, t("whole")), row("csv", t("csv_note"), () => csv(app)), row("html", t("html_note"), () => html(app)), said,
  ];
}

/** The stretch to be shown moving, and what it can be saved as. */
function moving(/** @type {any} */ app, /** @type {(key: string, note: any, act: () => any) => Node} */ row, /** @type {import("./film.js").Watch} */ watch) {
  const [first, last] = app.player.ends();
  const number = (/** @type {string} */ id, /** @type {number} */ value, /** @type {string} */ label) => h("input", { id, type: "number", min: 1, max: app.weeks, step: 1, value, "aria-label": label, oninput: () => tell() });
  const from = number("export-from", first + 1, t("from_week")), to = number("export-to", last + 1, t("to_week"));
  const speed = h("select", { id: "export-speed", "aria-label": t("speed"), onchange: () => tell() }, ...SPEEDS.map((v) => h("option", { value: v }, String(v))));
  speed.value = String(app.player.speed);
  const stretch = () => {
    const week = (/** @type {any} */ field, /** @type {number} */ otherwise) => Math.max(0, Math.min(app.weeks - 1, (Number.isFinite(field.valueAsNumber) ? Math.round(field.valueAsNumber) : otherwise + 1) - 1));
    const ends = [week(from, first), week(to, last)].sort((p, q) => p - q);
    return { from: ends[0], to: ends[1], speed: Number(speed.value) };
  };
  /** @type {Record<string, string|null|undefined>} */
  const ways = {};
  const notes = { gif: h("span", null), mp4: h("span", null), webm: h("span", null) };
  const tell = () => {
    const s = stretch(), weeks = s.to - s.from + 1, seconds = Math.ceil(weeks / s.speed + 1.25);
    notes.gif.textContent = t("gif_note", weeks * gifPace(app, s.speed).each);
    for (const family of /** @type {("mp4"|"webm")[]} */ (["mp4", "webm"])) {
      const note = t(`${family}_note`, seconds);
      notes[family].textContent = ways[family] === null ? t(`no_${family}`) : ways[family] === "recorded" ? t("recorded_note", note) : note;
    }
  };
  const kept = async (/** @type {string} */ end, /** @type {(s: import("./film.js").Stretch) => Promise<Blob>} */ make) => {
    const s = stretch();
    return save(await make(s), fileName(app, end, `w${s.from + 1}-${s.to + 1}`));
  };
  const families = /** @type {("mp4"|"webm")[]} */ (["mp4", "webm"]);
  const films = families.map((family) => /** @type {HTMLElement} */ (row(family, notes[family], () => kept(family, (s) => film(app, family, s, watch)))));
  families.forEach(async (family, i) => {
    ways[family] = await filmWay(family);
    if (!ways[family]) /** @type {HTMLButtonElement} */ (films[i].querySelector("button")).disabled = true;
    tell();
  });
  tell();
  return [
    h("h3", null, t("stretch_of")), h("p", { class: "stretch-of" }, t("from_week"), " ", from, " ", t("to_week"), " ", to, " ", t("weeks_at"), " ", speed, " ", t("weeks_each")),
    row("gif", notes.gif, () => kept("gif", (s) => gif(app, s, watch))), ...films,
  ];
}

const fileName = (/** @type {any} */ app, /** @type {string} */ end, when = `w${app.player.week + 1}`) => `yihe-${app.runs.a.header.scenario.name}-${app.state.seed}-${when}.${end}`;

/** @param {Blob} blob @param {string} file */
function save(blob, file) {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: file });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 30000);
  return file;
}

/** @param {any} app @param {string} view */
async function png(app, view) {
  const canvas = document.createElement("canvas"), c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), scale = 2;
  const p = picture(app, view, c);
  canvas.width = p.w * scale;
  canvas.height = p.h * scale;
  c.scale(scale, scale);
  p.draw(c, ({ side, chart }, x, y, w, hh) => {
    if (side) {
      const map = app.maps[side].copy(w, hh, scale);
      map.draw(app.player.week, app.player.part);
      return c.drawImage(map.top, x, y, w, hh);
    }
    c.save();
    c.translate(x, y);
    chart.paint(c, w, hh);
    c.restore();
  });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return save(/** @type {Blob} */ (blob), fileName(app, "png"));
}

/** @param {any} app @param {string} view */
async function svg(app, view) {
  const c = new SvgContext(), p = picture(app, view, c);
  p.draw(c, ({ side, chart }, x, y, w, hh) => c.frame(x, y, w, hh, () => (side ? app.maps[side].picture(c, app.player.week, app.player.part) : chart.paint(c, w, hh))));
  return save(new Blob([c.text(p.w, p.h)], { type: "image/svg+xml" }), fileName(app, "svg"));
}

/** What every row of numbers says of itself, whatever is cut out of the table. */
const STATUS = "示意性，未经校准 / illustrative, uncalibrated";

/** Every number as it was recorded, under its key, and its name with the unit; a byte-order mark lets spreadsheets read the Chinese. @param {any} app */
function csv(app) {
  const outcomes = app.runs.a.header.outcomes;
  const quoted = (/** @type {string} */ s) => (/[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s);
  const named = (/** @type {any} */ o) => (language() === "zh" ? `${name(o)}（${o.unit_zh ?? o.unit_en}）` : `${name(o)} [${o.unit_en}]`);
  const rows = [["status", "side", "arm", "seed", "week", ...outcomes.map((/** @type {any} */ o) => o.key)], [STATUS, "", "", "", "", ...outcomes.map(named)]];
  for (const side of ["a", "b"]) {
    const run = app.runs[side], series = outcomes.map((/** @type {any} */ o) => run.rec.outcome(o.key));
    for (let w = 0; w < app.weeks; w++) rows.push([STATUS, side.toUpperCase(), app.armName(side), String(run.header.seed), String(w + 1), ...series.map((/** @type {Float64Array} */ v) => (Number.isFinite(v[w]) ? String(v[w]) : ""))]);
  }
  const text = `\uFEFF${rows.map((r) => r.map(quoted).join(",")).join("\r\n")}\r\n`;
  return save(new Blob([text], { type: "text/csv;charset=utf-8" }), fileName(app, "csv"));
}

/** @param {any} app */
async function html(app) {
  const kinds = new Set(["a", "b"].flatMap((s) => app.runs[s].header.policies.map((/** @type {any} */ p) => p.kind)));
  const s = app.scenario();
  const settings = {
    hash: toHash(app.state, app.player), hundred: app.hundredResult, guesses: app.state.lesson.guesses, details: app.details ?? null,
    start: { scenarios: s ? [s] : [], regimes: app.regimes(), policies: (app.start?.policies ?? []).filter((/** @type {any} */ p) => kinds.has(p.kind)), facts: app.facts ?? {} },
  };
  const [a, b] = await Promise.all(["a", "b"].map(async (side) => toBase64(await squeezed(app.runs[side].rec.bytes))));
  const text = page(await sources(), settings, a, b);
  return save(new Blob([text], { type: "text/html;charset=utf-8" }), fileName(app, "html"));
}
