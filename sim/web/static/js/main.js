// The page: one object that holds the state, asks for runs, and tells every part what has changed.
import { CommunityMap } from "./map.js";
import { wireMaps } from "./gestures.js";
import { brief, makeCurves, DEFAULTS } from "./curves.js";
import { Player, showPlaying, showSpeed, wireTransport } from "./playback.js";
import { makeTimeline } from "./timeline.js";
import { makeFeed, mapSentence } from "./feed.js";
import { pick } from "./controls.js";
import { Settings, SIDES } from "./settings.js";
import { makeVerdict } from "./verdict.js";
import { drawSetup } from "./setup.js";
import { drawLegend } from "./legend.js";
import { story } from "./stories.js";
import { makeLesson } from "./lesson.js";
import { wireDialogs } from "./dialogs.js";
import { exists, Run, sameWeeks } from "./run.js";
import { compare, embedded, patiently, Refused, scenarioDetails, start } from "./server.js";
import { drawHead, wireHead } from "./head.js";
import { placeStory, setPane } from "./tabs.js";
import { fromHash, toHash } from "./state.js";
import { viewOf } from "./views.js";
import { keptVotes } from "./votes.js";
import { figure, h, inWords, language, name, setLanguage, t, translate } from "./words.js";

/** Share of the weeks up to which the first ones are worth asking for apart. */
const FIRST_SHARE = 0.6;
const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

class App extends Settings {
  constructor() {
    super();
    this.weeks = 1;
    /** @type {any} */
    this.refocus = null;
    /** @type {any} */
    this.hundredResult = null;
    this.asking = 0;
    this.waiting = false;
    /** First weeks of runs that are still being computed. @type {{a: Run, b: Run}|null} */
    this.ahead = null;
    this.presented = false;
    /** @type {((kind: string) => void)|null} */
    this.openCards = null;
  }

  async open() {
    this.player = new Player(this);
    fromHash(location.hash, this.state, this.player);
    this.maps = Object.fromEntries(SIDES.map((s) => [s, new CommunityMap(/** @type {any} */ (document.querySelector(`.map[data-side="${s}"] canvas`)))]));
    this.curves = makeCurves(this);
    this.verdict = makeVerdict(this);
    this.timeline = makeTimeline(this);
    this.feed = makeFeed(this);
    this.lesson = makeLesson(this);
    wireTransport(this);
    wireMaps(this);
    wireDialogs(this);
    wireHead(this);
    setLanguage(this.state.lang || "zh");
    translate();
    await this.load();
  }

  async load() {
    try {
      const own = await embedded();
      if (own) {
        this.start = own.settings.start ?? { scenarios: [], policies: [], regimes: [] };
        const lang = this.state.lang;
        if (location.hash.length < 2) fromHash(own.settings.hash ?? "", this.state, this.player);
        this.state.lang = lang || this.state.lang;
        this.hundredResult = own.settings.hundred ?? null;
        this.details = own.settings.details ?? null;
        this.state.lesson.guesses = keptVotes(this.state.scenario) ?? own.settings.guesses ?? {};
        setLanguage(this.state.lang || "zh");
        this.received(own);
        by("notice").hidden = true;
      } else {
        this.start = await patiently(start(), (ready) => !ready && this.say(t("first_start")));
        this.canCompute = true;
        this.chooseScenario();
        this.lookUp();
        await this.compute();
      }
    } catch (error) {
      this.failed(error);
    }
    this.redraw();
    by("maps").dataset.ready = "yes";
    if (!this.state.lesson.on) this.lesson?.greet();
  }

  /** Values and claims of the scenario come beside its runs. */
  async lookUp() {
    const file = this.state.scenario, found = await scenarioDetails(file);
    if (file !== this.state.scenario) return;
    this.details = found;
    this.state.usualSeed = found?.seed ?? this.state.usualSeed;
    drawSetup(this);
    this.saved();
    this.lesson?.draw();
  }

  /** Makes the state name a scenario there is, and arms it has. */
  chooseScenario() {
    const s = this.state, all = this.start.scenarios.filter((/** @type {any} */ x) => !x.problem);
    const known = all.find((/** @type {any} */ x) => [x.file, x.name].includes(s.scenario) || x.file.replace(/\.ya?ml$/, "") === s.scenario);
    const found = known ?? all.find((/** @type {any} */ x) => /chaoyang_neighbour_festival\.ya?ml$/.test(x.file)) ?? all[0];
    if (!found) throw new Refused({ zh: t("no_recording"), en: t("no_recording") });
    if (!known && s.scenario) for (const side of SIDES) s[side] = { arm: null, regime: null, policies: null };
    s.scenario = found.file;
    s.lesson.guesses = keptVotes(s.scenario) ?? {};
    const arms = found.arms, has = (/** @type {string|null} */ key) => arms.some((/** @type {any} */ x) => x.key === key);
    if (!arms.length) return;
    const bare = arms.find((/** @type {any} */ x) => !(x.policies ?? []).length) ?? arms[0];
    const full = arms.find((/** @type {any} */ x) => (x.policies ?? []).length) ?? arms[arms.length - 1];
    if (!has(s.a.arm)) s.a.arm = full.key;
    if (!has(s.b.arm)) s.b.arm = bare.key;
  }

  armName(/** @type {"a"|"b"} */ side) {
    const own = this.state[side], regime = this.regimes().find((/** @type {any} */ r) => r.key === this.regime(side));
    return own.regime || own.policies ? `${name(regime)} · ${t("own_arm")}` : name(this.shown(side)?.header.arm) || name(this.arm(side));
  }

  setStretch(/** @type {[number, number]|null} */ stretch) {
    this.state.stretch = stretch;
    this.timeline?.reload();
    this.saved();
  }

  /** An outcome's name, short where that leaves no doubt. @param {string} text */
  briefOutcome(text) {
    return brief((this.runs?.a.header.outcomes ?? []).map(name), text);
  }

  showCard(/** @type {string} */ kind) {
    this.openCards?.(kind);
  }

  changed() {
    this.hundredResult = null;
    this.compute();
    this.timeline?.reload();
    drawSetup(this);
  }

  /** Asks for both runs anew; an answer to an older question is dropped. */
  async compute() {
    if (!this.canCompute) return;
    this.stop?.abort();
    if (this.ahead) this.forget(); // first weeks of a question that is no longer asked
    this.stop = new AbortController();
    const mine = ++this.asking;
    this.waiting = true;
    document.body.setAttribute("aria-busy", "true");
    this.say(t("computing"));
    try {
      const before = this.runs && { a: this.runs.a.rec, b: this.runs.b.rec };
      const asked = compare({ ...this.request(), first: this.firstWeeks() }, this.stop.signal, before, (both) => mine === this.asking && this.foreseen(both));
      const both = await patiently(asked, (ready) => mine === this.asking && !this.ahead && this.say(t(ready ? "computing" : "first_start")));
      if (mine === this.asking) this.received(both);
    } catch (error) {
      if (mine === this.asking) this.failed(error);
    } finally {
      if (mine === this.asking) {
        this.waiting = false;
        if (this.ahead) this.forget();
        document.body.removeAttribute("aria-busy");
      }
    }
  }

  /** Weeks that are wanted before all of them are there: enough to play on while the rest is computed; 0 where that is most of them. */
  firstWeeks() {
    if (!this.runs || !this.player) return 0;
    const first = this.player.week + 8 + Math.ceil(this.player.speed);
    return first <= FIRST_SHARE * this.weeks ? first : 0;
  }

  /** Run of a side as the map shows it. @param {"a"|"b"} side */
  shown(side) {
    return this.ahead?.[side] ?? this.runs?.[side];
  }

  /** The first weeks are there: the maps play them while all else still shows the runs before. @param {{a: any, b: any}} both */
  foreseen(both) {
    const weeks = Math.min(both.a.W, both.b.W);
    if ((this.player?.week ?? 0) >= weeks) return; // who looks at a later week waits for it
    const run = (/** @type {"a"|"b"} */ side) => (this.runs?.[side].rec === both[side] ? this.runs[side] : new Run(both[side], side));
    this.ahead = { a: run("a"), b: run("b") };
    this.say(t("first_weeks", weeks));
    this.showRuns(this.ahead, this.runs);
  }

  /** Back to the runs before: those that had begun do not come. */
  forget() {
    const ahead = this.ahead;
    this.ahead = null;
    this.showRuns(this.runs, ahead);
  }

  /** Draws anew what is drawn of runs themselves: maps, story, what stands under the maps. */
  showRuns(/** @type {any} */ runs, /** @type {any} */ before) {
    if (!runs) return;
    this.setMaps(runs, before);
    this.redrawSelection();
    this.drawArms();
    this.drawFigures(this.player?.week ?? 0);
  }

  /** Gives each map its run. Numbers of cases name other cases in another run, so none stays chosen. */
  setMaps(/** @type {any} */ runs, /** @type {any} */ before, longer = false) {
    const changed = SIDES.filter((s) => runs[s] !== before?.[s]), chosen = this.state.selected;
    for (const s of changed) this.maps?.[s].setRun(runs[s]);
    document.body.classList.toggle("ahead", Boolean(this.ahead));
    if (before && !longer && chosen?.kind === "case" && changed.includes(chosen.side)) this.state.selected = null;
  }

  /** @param {{a: any, b: any}} both */
  received(both) {
    const before = this.runs, ahead = this.ahead;
    const run = (/** @type {"a"|"b"} */ side) => (before?.[side].rec === both[side] ? before[side] : new Run(both[side], side));
    this.ahead = null;
    this.runs = { a: run("a"), b: run("b") };
    this.weeks = Math.min(both.a.W, both.b.W);
    if (this.state.seed === null) this.state.seed = this.state.usualSeed = both.a.header.seed;
    const player = /** @type {Player} */ (this.player);
    player.week = Math.min(player.week, this.weeks - 1);
    if (this.state.stretch && this.state.stretch[1] >= this.weeks) this.state.stretch = null;
    this.setMaps(this.runs, ahead ?? before, Boolean(ahead));
    const same = before ? sameWeeks(before, this.runs) : 0;
    player.seen = before ? Math.max(player.week, Math.min(player.seen, same)) : player.week;
    this.say(before && same > 0 && same < this.weeks ? t("same_before", same) : "", 6000);
    this.feed?.reload();
    this.redraw();
    if (this.refocus) {
      const { side, i } = this.refocus;
      this.refocus = null;
      /** @type {HTMLElement|null} */ (document.querySelectorAll(`.lane.${side} .bar`)[i] ?? null)?.focus();
    }
  }

  failed(/** @type {any} */ error) {
    if (error?.name === "AbortError") return;
    this.say(error instanceof Refused ? `${error.said.key ? `${this.keyName(error.said.key)}${t("colon")}` : ""}${error.message}` : `${t("no_recording")}${language() === "zh" ? "" : " "}${inWords(error)}`, 0, true);
  }

  /** A hint beside the buttons, a mistake in a line of its own under the head: neither lies on anything. */
  say(/** @type {string} */ text, /** @type {number} */ ms = 0, /** @type {boolean} */ error = false) {
    clearTimeout(this.saying);
    by("notice").hidden = !error;
    by("notice").textContent = error ? text : "";
    by("hint").textContent = error ? "" : text;
    if (text && ms) this.saying = window.setTimeout(() => this.say(""), ms);
  }

  select(/** @type {any} */ thing) {
    this.state.selected = thing;
    this.redrawSelection();
    if (thing && !by("tab-why").hidden) setPane("tab-why");
    this.saved();
  }

  redrawSelection() {
    const s = this.state.selected;
    for (const side of SIDES) {
      if (!this.maps) continue;
      // The same people live on both sides, so a resident, building or institution is shown on both.
      const shared = s && s.kind !== "case" ? s : s?.side === side ? s : null, run = this.shown(side);
      this.maps[side].view = { attribute: this.state.attribute, ties: this.state.ties, selected: shared && run && exists(run, shared) ? shared : null, ...viewOf(this.state) };
      if (this.maps[side].large !== this.state.present) {
        this.maps[side].large = this.state.present;
        this.maps[side].layout = undefined;
      }
    }
    if (this.player) this.player.dirty = true;
    this.drawStory();
  }

  drawStory() {
    const box = by("story"), s = this.state.selected;
    document.querySelector(".stage")?.classList.toggle("chosen", Boolean(s));
    const run = s && this.shown(s.side);
    if (!run || !exists(run, s)) {
      const text = t("nothing_chosen");
      if (box.textContent !== text) box.replaceChildren(h("p", { class: "muted" }, text));
      return;
    }
    const open = [...box.querySelectorAll("details")].some((d) => d.open);
    box.replaceChildren(...story(this, s.side, s, this.player?.week ?? 0));
    if (open) for (const d of box.querySelectorAll("details")) d.open = true;
  }

  drawMaps(/** @type {number} */ week, /** @type {number} */ part) {
    for (const s of SIDES) this.maps?.[s].draw(week, part);
  }

  weekChanged() {
    if (!this.runs) return;
    const week = this.player?.week ?? 0;
    by("week").textContent = t("week_n", week + 1, this.weeks);
    this.curves?.move(week);
    this.verdict?.move(week);
    this.feed?.move(week);
    this.drawFigures(week);
    for (const s of SIDES) if (!this.player?.playing) by("maps").querySelector(`[data-side="${s}"] canvas[role]`).setAttribute("aria-label", mapSentence(this, s, week));
    if (!this.player?.playing || week % 4 === 0) this.drawStory();
    this.lesson?.weekChanged(week);
    if (!this.player?.playing) this.saved();
  }

  /** What each map is of. */
  drawArms() {
    for (const s of SIDES) {
      const arm = /** @type {any} */ (document.querySelector(`.map[data-side="${s}"] .arm`));
      arm.textContent = arm.title = this.armName(s);
    }
  }

  /** The two figures under each map. @param {number} week */
  drawFigures(week) {
    for (const s of SIDES) {
      const run = this.shown(s), part = run.rec.outcome("participation_4")[week];
      /** @type {any} */ (document.querySelector(`.map[data-side="${s}"] .figures`)).textContent = `${t("fig_part", figure(part, "share"))} · ${t("fig_open", run.cases.weeks[week].open)}`;
    }
  }

  playingChanged() {
    if (this.player) showPlaying(this.player);
    if (!this.player?.playing) this.weekChanged();
  }

  /** Everything anew: after new runs, another language or size. */
  redraw() {
    document.documentElement.classList.toggle("present", this.state.present);
    by("present").setAttribute("aria-pressed", String(this.state.present));
    if (this.state.present !== this.presented) {
      this.presented = this.state.present;
      by("panel-toggle").setAttribute("aria-expanded", String(!this.presented));
      document.querySelector(".stage")?.classList.toggle("wide", this.presented);
    }
    by("lang").textContent = language() === "zh" ? "EN" : "中文";
    by("lang").setAttribute("lang", language() === "zh" ? "en" : "zh-CN");
    document.title = t("title");
    placeStory(this);
    translate();
    drawHead(this);
    drawSetup(this);
    this.lesson?.draw();
    by("attribute").setAttribute("aria-label", t("colour_by"));
    by("scenario").setAttribute("aria-label", t("case"));
    if (this.player) {
      showPlaying(this.player);
      showSpeed(this.player);
    }
    if (!this.runs) return;
    this.drawArms();
    for (const s of SIDES) /** @type {any} */ (document.querySelector(`.map[data-side="${s}"] .tag`)).textContent = t(`side_${s}`);
    if (!this.state.charts.length) this.state.charts = [...DEFAULTS];
    drawLegend(this);
    pick(by("attribute"));
    this.curves?.reload();
    this.verdict?.reload();
    this.timeline?.reload();
    this.redrawSelection();
    this.weekChanged();
    this.fitMaps();
  }

  fitMaps() {
    for (const s of SIDES) this.maps?.[s].fit();
    if (this.player) this.player.dirty = true;
  }

  /** Puts the state into the address, not more often than a browser allows. */
  saved() {
    clearTimeout(this.saving);
    this.saving = window.setTimeout(() => {
      if (!this.player || !this.runs) return;
      this.hash = toHash(this.state, this.player);
      try {
        history.replaceState(null, "", this.hash);
      } catch { /* an exported file in a browser that forbids it */ }
    }, 250);
  }
}

const app = new App();
Object.assign(window, { yihe: app });
app.open();
