// A stretch of weeks as moving pictures: GIF and MP4 frame by frame where the browser can, else recorded as it plays.
import { CASE_LOOKS } from "./looks.js";
import { mp4 } from "./mp4.js";
import { TIE_LOOKS } from "./network.js";
import { captionOn, CAPTION, GAP, headOn, legendOn, weekOn } from "./picture.js";
import { GIFEncoder, applyPalette, quantize } from "./vendor/gifenc.js";
import { addTexts, t, Told } from "./words.js";

addTexts({ no_film: ["这个浏览器不能录制影片。", "This browser cannot record films."], film_empty: ["浏览器没有录下任何画面，请换一种格式再试。", "The browser recorded nothing; please try the other format."] });

/** @typedef {{from: number, to: number, speed: number}} Stretch first and last week, and weeks a second */
/** @typedef {{tell: (share: number) => void, stop: AbortSignal}} Watch */

const FILM = { w: 1280, h: 720 }, GIF = { w: 960, h: 540 };
const MP4 = ["video/mp4;codecs=avc1.64001F", "video/mp4;codecs=avc1.4D401F", "video/mp4;codecs=avc1.42E01F", "video/mp4;codecs=avc1.42E01E"];
const WEBM = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
/** Frames a second of a film. Baseline, so that frames are kept in the order in which they are shown. */
const RATE = 24;
const H264 = { codec: "avc1.42E01F", width: FILM.w, height: FILM.h, bitrate: 5e6, framerate: RATE, avc: { format: /** @type {const} */ ("avc") } };

/** Both maps side by side in a picture of its own size, whatever the window's is. @param {any} app @param {{w: number, h: number}} size */
function stage(app, { w, h }) {
  const canvas = document.createElement("canvas"), still = document.createElement("canvas");
  canvas.width = still.width = w;
  canvas.height = still.height = h;
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false, willReadFrequently: true }));
  const ground = /** @type {CanvasRenderingContext2D} */ (still.getContext("2d"));
  const type = w / 64, head = type * 3, top = head + CAPTION, legend = legendOn(ground, app, 0, w, false);
  const mapW = Math.floor((w - 3 * GAP) / 2), mapH = Math.floor(h - top - legend - 2 * GAP);
  const sides = /** @type {("a"|"b")[]} */ (["a", "b"]), maps = sides.map((s) => app.maps[s].copy(mapW, mapH, 1));
  ground.fillStyle = "#ffffff";
  ground.fillRect(0, 0, w, h);
  headOn(ground, app, type);
  sides.forEach((s, i) => captionOn(ground, app, s, GAP + i * (mapW + GAP), head + 15, 14));
  legendOn(ground, app, top + mapH + GAP, w, true);
  return { canvas, c, draw(/** @type {number} */ week, /** @type {number} */ part) {
    c.drawImage(still, 0, 0);
    weekOn(c, app, week, w, type);
    maps.forEach((map, i) => {
      map.draw(week, part);
      c.drawImage(map.top, GAP + i * (mapW + GAP), top);
    });
  } };
}

const breath = (ms = 0) => new Promise((done) => setTimeout(done, ms));

/** How many frames a week has in a GIF, and how long each stands, in milliseconds. @param {any} app @param {number} speed */
export function gifPace(app, speed) {
  const each = app.state.view === "network" ? 1 : Math.max(1, Math.min(4, Math.round(10 / speed)));
  return { each, delay: Math.max(20, Math.round(100 / (speed * each)) * 10) };
}

/** @param {any} app @param {Stretch} stretch @param {Watch} watch @returns {Promise<Blob>} */
export async function gif(app, stretch, watch) {
  const on = stage(app, GIF), { w, h } = GIF, { from, to } = stretch, { each, delay } = gifPace(app, stretch.speed);
  const frames = /** @type {{week: number, part: number}[]} */ ([]);
  for (let week = from; week <= to; week++) for (let k = 1; k <= each; k++) frames.push({ week, part: k / each });
  const pixels = ({ week = from, part = 1 }) => {
    on.draw(week, part);
    return on.c.getImageData(0, 0, w, h).data;
  };
  const palette = colours(app, [0, 0.5, 1].map((share) => pixels(frames[Math.round(share * (frames.length - 1))])));
  // The last place of the palette stands for “as before”, so that a frame holds only what has changed.
  const table = [...palette, [0, 0, 0]], same = palette.length;
  const out = GIFEncoder();
  let before = new Uint8Array(0);
  for (let i = 0; i < frames.length; i++) {
    const index = applyPalette(pixels(frames[i]), palette), first = i === 0;
    const shown = first ? index : index.map((/** @type {number} */ v, /** @type {number} */ p) => (v === before[p] ? same : v));
    const hold = first ? 600 : i === frames.length - 1 ? 1500 : 0;
    out.writeFrame(shown, w, h, { ...(first ? { palette: table } : { transparent: true, transparentIndex: same, dispose: 1 }), delay: delay + hold });
    before = index;
    watch.tell((i + 1) / frames.length);
    await breath();
    watch.stop.throwIfAborted();
  }
  out.finish();
  return new Blob([out.bytes()], { type: "image/gif" });
}

/** Colours of all frames: those that things are drawn in, exactly, however rare, and the rest as some frames have them. @param {any} app @param {Uint8ClampedArray[]} samples @returns {number[][]} */
function colours(app, samples) {
  const looks = app.runs.a.attributes().flatMap((/** @type {any} */ a) => a.looks);
  const drawn = [...new Set(["#ffffff", "#0e1620", ...[...looks, ...Object.values(CASE_LOOKS), ...Object.values(TIE_LOOKS)].map((look) => look.colour)])];
  const all = new Uint8Array(samples.reduce((n, s) => n + s.length, 0));
  samples.reduce((at, s) => (all.set(s, at), at + s.length), 0);
  return [...drawn.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))), ...quantize(all, 255 - drawn.length)];
}

/** Weeks and parts of them as frames of a film, with a still moment before and after. @param {Stretch} stretch */
function moments({ from, to, speed }) {
  const weeks = to - from + 1, played = Math.ceil((weeks / speed) * RATE), out = [];
  for (let i = -RATE / 2; i < played + RATE * 0.75; i++) {
    const at = Math.max(0, Math.min(weeks, (i / RATE) * speed)), week = Math.min(weeks - 1, Math.floor(at));
    out.push({ week: from + week, part: at - week });
  }
  return out;
}

/** How a film of a family can be made here: drawn and packed frame by frame, or recorded while it plays. @param {"mp4"|"webm"} family @returns {Promise<"frames"|"recorded"|null>} */
export async function filmWay(family) {
  if (family === "mp4" && (await window.VideoEncoder?.isConfigSupported(H264).catch(() => null))?.supported) return "frames";
  return recorded(family) ? "recorded" : null;
}

const recorded = (/** @type {"mp4"|"webm"} */ family) => (family === "mp4" ? MP4 : WEBM).find((type) => window.MediaRecorder?.isTypeSupported(type));

/** @param {any} app @param {"mp4"|"webm"} family @param {Stretch} stretch @param {Watch} watch @returns {Promise<Blob>} */
export async function film(app, family, stretch, watch) {
  const way = await filmWay(family);
  if (!way) throw new Told(t("no_film"));
  const on = stage(app, FILM), frames = moments(stretch);
  return way === "frames" ? packed(on, frames, watch) : record(on, frames, String(recorded(family)), watch);
}

/** @param {ReturnType<typeof stage>} on @param {{week: number, part: number}[]} frames @param {Watch} watch */
async function packed(on, frames, watch) {
  /** @type {{data: Uint8Array, key: boolean}[]} */
  const done = [];
  /** @type {Uint8Array|null} */
  let config = null;
  /** @type {any} */
  let failed = null;
  const encoder = new VideoEncoder({ error: (e) => (failed = e), output: (chunk, about) => {
    const data = new Uint8Array(chunk.byteLength), given = about?.decoderConfig?.description;
    chunk.copyTo(data);
    done.push({ data, key: chunk.type === "key" });
    if (given) config = given instanceof ArrayBuffer ? new Uint8Array(given.slice(0)) : new Uint8Array(/** @type {any} */ (given).buffer.slice(0));
  } });
  try {
    encoder.configure(H264);
    for (let i = 0; i < frames.length; i++) {
      on.draw(frames[i].week, frames[i].part);
      const frame = new VideoFrame(on.canvas, { timestamp: (i * 1e6) / RATE, duration: 1e6 / RATE });
      encoder.encode(frame, { keyFrame: i % (2 * RATE) === 0 });
      frame.close();
      while (encoder.encodeQueueSize > 3 && !failed) await breath(1);
      if (failed) throw failed;
      watch.tell((i + 1) / frames.length);
      if (i % 4 === 0) await breath();
      watch.stop.throwIfAborted();
    }
    await encoder.flush();
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  if (failed || !config) throw failed ?? new Told(t("film_empty"));
  return new Blob(/** @type {any} */ (mp4({ ...FILM, rate: RATE, config }, done)), { type: "video/mp4" });
}

/** Takes as long as the film plays: the browser records what is drawn. @param {ReturnType<typeof stage>} on @param {{week: number, part: number}[]} frames @param {string} type @param {Watch} watch */
async function record(on, frames, type, watch) {
  on.draw(frames[0].week, frames[0].part);
  const recorder = new MediaRecorder(on.canvas.captureStream(RATE), { mimeType: type, videoBitsPerSecond: H264.bitrate });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = (e) => e.data.size && parts.push(e.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  try {
    const start = performance.now();
    for (let i = 0; i < frames.length; i = Math.floor(((performance.now() - start) / 1000) * RATE)) {
      on.draw(frames[i].week, frames[i].part);
      watch.tell((i + 1) / frames.length);
      await breath(1000 / RATE);
      watch.stop.throwIfAborted();
    }
  } finally {
    recorder.stop();
  }
  await ended;
  if (!parts.length) throw new Told(t("film_empty"));
  return new Blob(parts, { type: type.split(";")[0] });
}
