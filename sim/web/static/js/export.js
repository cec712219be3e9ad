// What can be taken home: pictures, a film, tables and one file with everything inside.
import { page, sources } from "./bundle.js";
import { toBase64 } from "./recording.js";
import { SvgContext } from "./svg.js";
import { addTexts, h, language, name, t } from "./words.js";
import { toHash } from "./state.js";

addTexts({
  png: ["图片 PNG", "Picture, PNG"], svg: ["矢量图 SVG", "Picture, SVG"], webm: ["动图 WebM", "Film, WebM"], csv: ["数据 CSV", "Data, CSV"], html: ["一个网页文件 HTML", "One HTML file"],
  png_note: ["当前这一周：两幅图和曲线", "This week: both maps and the curves"], svg_note: ["同上，可在排版软件里放大修改", "The same, to be scaled and edited"],
  webm_note: ["按当前速度录下第{0}–{1}周；在时间轴上按住 Shift 拖动可选一段", "Weeks {0}–{1} at the present speed; Shift-drag on the timeline chooses a stretch"],
  csv_note: ["甲、乙每周的全部指标", "All outcomes of A and B by week"], html_note: ["播放器和两份记录都在里面，断网、拷在U盘上也能打开", "Player and both recordings inside; opens without any network"],
  recording: ["正在录制……{0}%", "Recording… {0}%"], saved_as: ["已存为 {0}", "Saved as {0}"], no_film: ["这个浏览器不能录制动图。", "This browser cannot record films."],
  which: ["图的内容", "Show"], view_all: ["两图与曲线", "maps and curves"], view_maps: ["两图", "both maps"], view_a: ["只要甲", "A only"], view_b: ["只要乙", "B only"], view_curves: ["只要曲线", "curves only"],
});

const FONT = '"Yihe SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif';

/** Body of the dialog. @param {any} app @returns {Node[]} */
export function exportPanel(app) {
  const view = h("select", { id: "export-view" }, ...["all", "maps", "a", "b", "curves"].map((k) => h("option", { value: k }, t(`view_${k}`))));
  const said = h("p", { role: "status", class: "muted" });
  const [first, last] = app.player.ends();
  const row = (/** @type {string} */ key, /** @type {string} */ note, /** @type {() => any} */ act) => {
    const button = h("button", { id: `export-${key}`, onclick: async () => {
      button.disabled = true;
      try {
        const file = await act();
        if (file) said.textContent = t("saved_as", file);
      } catch (error) {
        said.textContent = String(/** @type {any} */ (error)?.message ?? error);
      }
      button.disabled = false;
    } }, t(key));
    return h("div", { class: "export" }, button, h("span", { class: "muted" }, note));
  };
  return [
    h("p", null, h("label", { for: "export-view" }, t("which")), " ", view),
    row("png", t("png_note"), () => png(app, view.value)), row("svg", t("svg_note"), () => svg(app, view.value)),
    row("webm", t("webm_note", first + 1, last + 1), () => film(app, (/** @type {number} */ share) => (said.textContent = t("recording", Math.round(share * 100))))),
    row("csv", t("csv_note"), () => csv(app)), row("html", t("html_note"), () => html(app)), said,
  ];
}

const fileName = (/** @type {any} */ app, /** @type {string} */ end) => `yihe-${app.runs.a.header.scenario.name}-${app.state.seed}-w${app.player.week + 1}.${end}`;

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

/** Size of a picture and a way to draw it on any context. @param {any} app @param {string} view */
function picture(app, view) {
  const sides = /** @type {("a"|"b")[]} */ (view === "a" || view === "b" ? [view] : view === "curves" ? [] : ["a", "b"]);
  const lay = app.maps.a.layout, gap = 12, head = 60, foot = 24;
  const charts = view === "all" || view === "curves" ? app.curves.charts.slice(0, view === "all" ? 3 : 4) : [];
  const w = Math.max(640, sides.length * lay.w + (sides.length - 1) * gap) + 2 * gap;
  const chartH = 170, mapsH = sides.length ? lay.h + 24 : 0;
  const total = head + mapsH + (charts.length ? chartH + gap + 20 : 0) + foot;
  const draw = (/** @type {any} */ c, /** @type {any} */ frame) => {
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, w, total);
    const text = (/** @type {string} */ s, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ size, /** @type {string} */ colour = "#1c232e", /** @type {string} */ weight = "400") => {
      c.font = `${weight} ${size}px ${FONT}`;
      c.textAlign = "left";
      c.textBaseline = "alphabetic";
      c.fillStyle = colour;
      c.fillText(s, x, y);
    };
    text(`${name(app.runs.a.header.scenario)} · ${t("week_n", app.player.week + 1, app.weeks)} · ${t("seed")} ${app.state.seed}`, gap, 26, 18, "#1c232e", "600");
    text(t("uncalibrated"), gap, 46, 12, "#545d6a");
    sides.forEach((s, i) => {
      const x = gap + i * (lay.w + gap);
      text(`${t(`side_${s}`)}  ${app.armName(s)}`, x, head + 12, 14, s === "a" ? "#0a62a3" : "#ad4a08", "600");
      frame(x, head + 20, lay.w, lay.h, (/** @type {number} */ scale) => app.maps[s].picture(c, app.player.week, app.player.part, scale));
    });
    charts.forEach((/** @type {any} */ chart, /** @type {number} */ i) => {
      const cw = (w - 2 * gap - (charts.length - 1) * gap) / charts.length, x = gap + i * (cw + gap), y = head + mapsH + gap + 14;
      text(name(chart.outcome).slice(0, Math.floor(cw / (language() === "zh" ? 12 : 6.5))), x, y - 2, 12, "#1c232e", "600");
      frame(x, y + 4, cw, chartH, () => chart.paint(c, cw, chartH));
    });
    text(`${t("side_a")} ━  ${t("side_b")} ┅   ${t("one_run")}`, gap, total - 8, 11, "#545d6a");
  };
  return { w, h: total, draw };
}

/** @param {any} app @param {string} view */
async function png(app, view) {
  const p = picture(app, view), scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = p.w * scale;
  canvas.height = p.h * scale;
  paintOn(canvas, p, scale);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return save(/** @type {Blob} */ (blob), fileName(app, "png"));
}

/** Draws a picture on a canvas; maps are drawn apart, because they set the transform themselves. */
function paintOn(/** @type {HTMLCanvasElement} */ canvas, /** @type {any} */ p, /** @type {number} */ scale) {
  const c = canvas.getContext("2d");
  if (!c) return;
  c.setTransform(scale, 0, 0, scale, 0, 0);
  p.draw(c, (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ hh, /** @type {(scale: number) => void} */ inner) => {
    c.save();
    c.beginPath();
    c.rect(x, y, w, hh);
    c.clip();
    // Whoever draws sets transforms as if alone; they are moved to this frame.
    const set = c.setTransform;
    /** @type {any} */ (c).setTransform = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ cc, /** @type {number} */ d, /** @type {number} */ e, /** @type {number} */ f) => /** @type {any} */ (set).call(c, a, b, cc, d, e + x * scale, f + y * scale);
    c.setTransform(scale, 0, 0, scale, 0, 0);
    inner(scale);
    /** @type {any} */ (c).setTransform = set;
    c.restore();
  });
}

async function svg(/** @type {any} */ app, /** @type {string} */ view) {
  const p = picture(app, view);
  const c = new SvgContext(p.w, p.h);
  p.draw(c, (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ hh, /** @type {(scale: number) => void} */ inner) => c.frame(x, y, w, hh, () => inner(1)));
  return save(new Blob([c.text()], { type: "image/svg+xml" }), fileName(app, "svg"));
}

/** Records the maps over the chosen stretch, as they play. @param {any} app @param {(share: number) => void} tell */
async function film(app, tell) {
  const type = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm"].find((x) => window.MediaRecorder?.isTypeSupported(x));
  if (!type) throw new Error(t("no_film"));
  const p = picture(app, "maps"), scale = Math.min(1.5, 1280 / p.w);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((p.w * scale) / 2) * 2;
  canvas.height = Math.round((p.h * scale) / 2) * 2;
  paintOn(canvas, p, scale);
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: type, videoBitsPerSecond: 4e6 });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = (e) => e.data.size && parts.push(e.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  const player = app.player, loop = player.loop, [first, last] = player.ends();
  player.loop = false;
  player.toggle(false);
  player.seek(first);
  // A still moment before and after, so that a viewer sees where it starts and ends.
  const until = (/** @type {() => boolean} */ over) => new Promise((done) => {
    const tick = () => {
      paintOn(canvas, picture(app, "maps"), scale);
      tell((player.week - first + player.part) / Math.max(1, last - first + 1));
      if (over()) done(null);
      else setTimeout(tick, 40);
    };
    tick();
  });
  const still = (/** @type {number} */ ms) => {
    const start = performance.now();
    return until(() => performance.now() - start > ms);
  };
  recorder.start();
  await still(500);
  player.toggle(true);
  await until(() => !player.playing);
  await still(700);
  recorder.stop();
  await ended;
  player.loop = loop;
  if (!parts.length) throw new Error(t("no_film"));
  return save(new Blob(parts, { type: "video/webm" }), fileName(app, "webm"));
}

/** Every number as it was recorded; a byte-order mark lets spreadsheets read the Chinese. @param {any} app */
function csv(app) {
  const outcomes = app.runs.a.header.outcomes;
  const quoted = (/** @type {string} */ s) => (/[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s);
  const rows = [["side", "arm", "seed", "week", ...outcomes.map((/** @type {any} */ o) => o.key)], ["", "", "", "", ...outcomes.map((/** @type {any} */ o) => name(o))]];
  for (const side of ["a", "b"]) {
    const run = app.runs[side], series = outcomes.map((/** @type {any} */ o) => run.rec.outcome(o.key));
    for (let w = 0; w < app.weeks; w++) rows.push([side.toUpperCase(), app.armName(side), String(run.header.seed), String(w + 1), ...series.map((/** @type {Float64Array} */ v) => (Number.isFinite(v[w]) ? String(v[w]) : ""))]);
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
  const text = page(await sources(), settings, toBase64(app.runs.a.rec.bytes), toBase64(app.runs.b.rec.bytes));
  return save(new Blob([text], { type: "text/html;charset=utf-8" }), fileName(app, "html"));
}
