// Time: play, pause, step, speed, loop, scrub both ways, keyboard.
import { t } from "./words.js";

export const SPEEDS = [0.5, 1, 2, 4, 8, 16, 32];
const WAITING_MS = 120;

export class Player {
  /** @param {any} app */
  constructor(app) {
    this.app = app;
    this.week = 0;
    this.part = 1;
    this.seen = 0;
    this.playing = false;
    this.speed = 4;
    this.loop = false;
    this.stepping = 0;
    this.last = this.headMoved = this.drawn = 0;
    this.headWeek = -1;
    this.frames = 0;
    this.dirty = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  /** First and last week of the stretch being played. */
  ends() {
    const last = this.app.weeks - 1, s = this.app.state.stretch;
    return s ? [Math.max(0, s[0]), Math.min(last, s[1])] : [0, last];
  }

  /** Last week there is something to draw of. */
  known() {
    const { a, b } = this.app.ahead ?? this.app.runs;
    return Math.min(a.rec.W, b.rec.W) - 1;
  }

  /** @param {number} now */
  frame(now) {
    requestAnimationFrame((next) => this.frame(next));
    const dt = Math.min(0.25, (now - this.last) / 1000);
    this.last = now;
    if (!this.app.runs) return;
    if (this.playing) this.advance(dt);
    else if (this.stepping) {
      this.part = Math.min(1, this.part + dt / 0.4);
      if (this.part >= 1) this.stepping = 0;
      this.dirty = true;
    }
    // While runs are computed on this same machine, drawing in every frame would take from them what they need
    if (this.app.waiting && now - this.drawn < WAITING_MS) return;
    if (this.dirty || this.playing) {
      this.drawn = now;
      this.dirty = false;
      this.frames++;
      this.app.drawMaps(this.week, this.part);
      this.moveHead(now);
    }
  }

  /** The head creeps on in steps: moved in every frame it would have all that lies between it and the maps drawn anew. */
  moveHead(/** @type {number} */ now) {
    if (this.playing && now - this.headMoved < 80 && this.headWeek === this.week) return;
    this.headMoved = now;
    this.headWeek = this.week;
    this.app.timeline?.move(this.week, this.part);
  }

  advance(/** @type {number} */ dt) {
    const [first, end] = this.ends(), known = this.known(), last = Math.min(end, known);
    this.part += dt * this.speed;
    let week = this.week;
    while (this.part >= 1 && week < last) {
      this.part -= 1;
      week++;
    }
    if (this.part >= 1) {
      if (known < end) this.part = 1; // waits for the rest of its run
      else if (this.loop) {
        week = first;
        this.part = 0;
      } else {
        this.part = 1;
        this.toggle(false);
      }
    }
    if (week !== this.week) this.enter(week);
  }

  enter(/** @type {number} */ week) {
    this.week = week;
    this.seen = Math.max(this.seen, week);
    this.app.weekChanged();
  }

  /** @param {number} week @param {boolean} [animate] */
  seek(week, animate = false) {
    const to = Math.max(0, Math.min(this.app.weeks - 1, week));
    if (this.app.ahead && to > this.known()) this.app.forget();
    this.part = animate && to === this.week + 1 ? 0 : 1;
    this.stepping = this.part < 1 ? 1 : 0;
    this.dirty = true;
    if (to !== this.week) this.enter(to);
  }

  /** @param {boolean} [on] */
  toggle(on = !this.playing) {
    const [first, last] = this.ends();
    if (on && (this.week >= last || this.week < first)) {
      if (this.app.ahead && first > this.known()) this.app.forget();
      this.week = first;
      this.part = 0;
    }
    this.playing = on;
    this.app.playingChanged();
  }
}

/** Buttons, slider and keys. @param {any} app */
export function wireTransport(app) {
  const player = app.player;
  const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  by("play").onclick = () => player.toggle();
  by("step-on").onclick = () => (player.toggle(false), player.seek(player.week + 1, true));
  by("step-back").onclick = () => (player.toggle(false), player.seek(player.week - 1));
  by("to-start").onclick = () => player.seek(player.ends()[0]);
  by("loop").onclick = () => {
    player.loop = !player.loop;
    by("loop").setAttribute("aria-pressed", String(player.loop));
  };
  by("speed").oninput = () => {
    player.speed = SPEEDS[+by("speed").value];
    showSpeed(player);
    app.saved();
  };
  document.addEventListener("keydown", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || by("dialog").open) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName) || el.closest(".bar, [role=slider], [role=tablist]")) return;
    const onButton = el.tagName === "BUTTON" || el.tagName === "SUMMARY";
    const act = KEYS[e.key];
    if (!act || (onButton && (e.key === " " || e.key === "Enter"))) return;
    e.preventDefault();
    act(app);
  });
}

/** @type {Record<string, (app: any) => void>} */
const KEYS = {
  " ": (app) => app.player.toggle(),
  ArrowRight: (app) => (app.player.toggle(false), app.player.seek(app.player.week + 1, true)),
  ArrowLeft: (app) => (app.player.toggle(false), app.player.seek(app.player.week - 1)),
  PageDown: (app) => app.player.seek(app.player.week + 13),
  PageUp: (app) => app.player.seek(app.player.week - 13),
  Home: (app) => app.player.seek(0),
  End: (app) => app.player.seek(app.weeks - 1),
  l: () => document.getElementById("loop")?.click(),
  t: () => document.getElementById("ties")?.click(),
  n: () => /** @type {HTMLElement|null} */ (document.querySelector(".segments [aria-pressed=false]"))?.click(),
  p: () => document.getElementById("present")?.click(),
  "+": () => document.getElementById("zoom-in")?.click(),
  "-": () => document.getElementById("zoom-out")?.click(),
  0: () => document.getElementById("zoom-fit")?.click(),
  "?": () => document.getElementById("open-help")?.click(),
  Escape: (app) => app.select(null),
};

/** @param {Player} player */
export function showSpeed(player) {
  const slider = /** @type {HTMLInputElement} */ (document.getElementById("speed"));
  const word = /** @type {HTMLElement} */ (document.getElementById("speed-word"));
  slider.value = String(SPEEDS.indexOf(player.speed));
  word.textContent = t("weeks_a_second", player.speed);
  slider.setAttribute("aria-label", t("speed"));
  slider.setAttribute("aria-valuetext", word.textContent);
}

/** The play button as it stands. @param {Player} player */
export function showPlaying(player) {
  const button = /** @type {HTMLElement} */ (document.getElementById("play"));
  button.querySelector("use")?.setAttribute("href", player.playing ? "#i-pause" : "#i-play");
  const label = t(player.playing ? "pause" : "play");
  button.setAttribute("aria-label", label);
  button.setAttribute("title", label);
}

