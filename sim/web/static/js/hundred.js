// The same comparison over many seeds: bands of A and B by week, and the share in which A does better.
import { addTexts, bare, difference, figure, h, inWords, language, measure, name, t, withUnit } from "./words.js";
import { bounds } from "./curves.js";
import { hundred as ask } from "./server.js";

addTexts({
  hundred_why: ["一次运行是一个偶然的社区。这里用许多个种子（许多个同类社区）重复同一比较：看大多数时候谁更好，差多少。", "One run is one neighbourhood by chance. Here the same comparison is repeated for many: see who does better most of the time, and by how much."],
  how_many: ["重复次数", "Repetitions"], run_hundred: ["开始", "Run"], stop: ["停止", "Stop"], done_n: ["{0} / {1}", "{0} of {1}"],
  outcome: ["指标", "Outcome"], equal_in: ["相同", "equal"], mean_diff: ["平均差 甲−乙（95% 区间）", "Mean difference A − B (95 % interval)"],
  share_text: ["{0}：{1}个社区中，甲更好的有{2}个（{3}），乙更好的有{4}个。", "{0}: of {1} neighbourhoods A does better in {2} ({3}), B in {4}."],
  higher_text: ["{0}（没有好坏方向）：{1}个社区中，甲更高的有{2}个（{3}），乙更高的有{4}个。", "{0} (neither way is better): of {1} neighbourhoods A is higher in {2} ({3}), B in {4}."],
  band_note: ["线：各社区的平均；带：这个平均值的 95% 区间（逐周），单个社区可以在带外。甲实线，乙虚线。", "Lines: means over neighbourhoods; bands: pointwise 95 % interval of the mean, outside of which single neighbourhoods may well lie. A solid, B dashed."],
  not_exported: ["导出时没有算过百个社区。", "Many seeds had not been run when this file was made."], failed_n: ["{0}个种子没有算成", "{0} seeds failed"],
});

/** Outcomes shown: those of the curves first. @param {any} app */
function wanted(app) {
  return [...new Set([...app.state.charts, app.state.judged, "participation_52_other", "latent_neighbour_disputes"])].filter((k) => app.runs.a.header.outcomes.some((/** @type {any} */ o) => o.key === k)).slice(0, 7);
}

/** @param {any} app @returns {any[]} */
export function hundredPanel(app) {
  const view = h("div", { class: "hundred", "aria-live": "polite" });
  if (!app.canCompute) {
    if (app.hundredResult) show(app, view, app.hundredResult);
    return [h("p", null, t("hundred_why")), app.hundredResult ? view : h("p", { class: "muted" }, t("not_exported"))];
  }
  const most = app.start?.limits?.seeds ?? 100;
  const number = h("select", { id: "hundred-n" }, ...[10, 30, 100].filter((x) => x <= most).map((x) => h("option", { value: x }, String(x))));
  number.value = "30";
  const button = h("button", { class: "primary", id: "hundred-run" }, t("run_hundred"));
  const bar = h("progress", { max: 100, value: 0, "aria-label": t("hundred"), hidden: true });
  const said = h("span", { role: "status" });
  let stop = /** @type {AbortController|null} */ (null);
  app.stopHundred = () => stop?.abort();
  button.onclick = async () => {
    if (stop) return stop.abort();
    stop = new AbortController();
    button.textContent = t("stop");
    bar.hidden = false;
    let failures = 0;
    const dots = /** @type {any[]} */ ([]);
    const seeds = Number(number.value);
    try {
      await ask({ ...app.request(), seeds, outcomes: wanted(app) }, stop.signal, (line) => {
        if (line.type === "seed" || line.type === "failed") {
          bar.value = (100 * line.done) / seeds;
          said.textContent = t("done_n", line.done, seeds);
          if (line.type === "failed") failures++;
          else dots.push(line);
        } else if (line.type === "end") {
          app.hundredResult = line;
          app.verdict?.reload();
          show(app, view, line);
          if (failures) said.textContent += ` · ${t("failed_n", failures)}`;
        } else if (line.type === "problem") said.textContent = name(line);
      });
    } catch (error) {
      if (/** @type {any} */ (error).name !== "AbortError") said.textContent = inWords(error);
    }
    stop = null;
    button.textContent = t("run_hundred");
    bar.hidden = true;
  };
  if (app.hundredResult) show(app, view, app.hundredResult);
  return [h("p", null, t("hundred_why")), h("div", { class: "row" }, h("label", { for: "hundred-n" }, t("how_many")), number, button, bar, said), view];
}

function show(/** @type {any} */ app, /** @type {HTMLElement} */ view, /** @type {any} */ end) {
  const all = app.runs.a.header.outcomes, keys = wanted(app).filter((k) => end.outcomes[k]);
  view.replaceChildren(h("p", { class: "muted small" }, t("band_note"), language() === "zh" ? "" : " ", t("each_alone")), ...keys.map((key) => one(all.find((/** @type {any} */ o) => o.key === key), end.outcomes[key])));
  for (const canvas of view.querySelectorAll("canvas")) /** @type {any} */ (canvas).paint?.();
}

/** One outcome: the shares as a bar and a sentence, the bands as a picture. */
function one(/** @type {any} */ o, /** @type {any} */ r) {
  const n = r.n || 1, part = (/** @type {string} */ cls, /** @type {number} */ v, /** @type {string} */ label) => {
    const el = h("i", { class: cls }, v / n > 0.12 ? `${label} ${v}` : "");
    el.style.width = `${(100 * v) / n}%`;
    return el;
  };
  const d = r.difference, unit = o.unit_en;
  const signed = (/** @type {number} */ v) => `${v > 0 ? "+" : ""}${difference(v, unit)}`;
  const canvas = h("canvas", { role: "img", class: "bands", "aria-label": measure(o) });
  canvas.paint = () => r.bands && bands(canvas, r.bands, unit);
  const say = t(r.better === "neither" ? "higher_text" : "share_text", name(o), r.n, r.a_better, `${Math.round((r.share_a ?? 0) * 100)}%`, r.b_better);
  queueMicrotask(canvas.paint);
  requestAnimationFrame(canvas.paint);
  return h("section", { class: "one" }, h("h3", null, measure(o)), h("p", null, say),
    h("div", { class: "shares", "aria-hidden": "true" }, part("a", r.a_better, t("side_a")), part("equal", r.equal, t("equal_in")), part("b", r.b_better, t("side_b"))),
    d?.mean !== null && d ? h("p", { class: "small" }, `${t("mean_diff")}${language() === "zh" ? "：" : ": "}${withUnit(`${signed(d.mean)} [${bare(signed(d.low))}, ${bare(signed(d.high))}]`, o)}`) : null, r.bands ? canvas : null);
}

function bands(/** @type {any} */ canvas, /** @type {any} */ b, /** @type {string} */ unit) {
  const box = canvas.getBoundingClientRect(), dpr = Math.min(2, devicePixelRatio || 1);
  if (box.width < 40) return;
  canvas.width = box.width * dpr;
  canvas.height = box.height * dpr;
  const c = canvas.getContext("2d"), w = box.width, h1 = box.height, left = 44;
  c.scale(dpr, dpr);
  const values = [...b.a.low, ...b.a.high, ...b.b.low, ...b.b.high].filter((v) => v !== null);
  const [low, high] = bounds(values, unit), weeks = b.a.mean.length;
  const x = (/** @type {number} */ k) => left + ((w - left - 6) * k) / Math.max(1, weeks - 1), y = (/** @type {number} */ v) => h1 - 16 - ((h1 - 24) * (v - low)) / (high - low || 1);
  c.font = '10.5px "Yihe SC","Noto Sans SC","Microsoft YaHei",sans-serif';
  c.fillStyle = "#545d6a";
  c.textAlign = "right";
  for (const v of [low, high]) c.fillText(figure(v, unit), left - 5, y(v) + 4);
  c.textAlign = "center";
  for (let k = 0; k < weeks; k += weeks > 60 ? 26 : 13) c.fillText(String(k + 1), Math.max(left + 4, x(k)), h1 - 4);
  for (const [side, colour, dash] of /** @type {[string, string, number[]][]} */ ([["b", "#ad4a08", [5, 3]], ["a", "#0a62a3", []]])) {
    const s = b[side], known = s.mean.map((/** @type {any} */ v, /** @type {number} */ k) => (v === null ? -1 : k)).filter((/** @type {number} */ k) => k >= 0);
    c.beginPath();
    known.forEach((/** @type {number} */ k, /** @type {number} */ i) => c[i ? "lineTo" : "moveTo"](x(k), y(s.high[k] ?? s.mean[k])));
    for (const k of [...known].reverse()) c.lineTo(x(k), y(s.low[k] ?? s.mean[k]));
    c.fillStyle = colour;
    c.globalAlpha = 0.2;
    c.fill();
    c.globalAlpha = 1;
    c.beginPath();
    known.forEach((/** @type {number} */ k, /** @type {number} */ i) => c[i ? "lineTo" : "moveTo"](x(k), y(s.mean[k])));
    c.strokeStyle = colour;
    c.lineWidth = 2;
    c.setLineDash(dash);
    c.stroke();
    c.setLineDash([]);
  }
}
