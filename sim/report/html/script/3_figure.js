// A figure that answers: hover or arrow keys for numbers and single seeds, a legend that hides, zoom, CSV.

class Figure extends Plot {
  constructor(place, chart, mark) {
    super();
    Object.assign(this, { place, chart, mark, view: chart.views[0], hidden: new Set(), range: null, at: null });
    this.spread = false;
    this.build();
    new ResizeObserver(() => {
      if (Math.abs(this.plot.clientWidth - (this.width ?? 0)) > 1 && this.plot.clientWidth) this.draw();
    }).observe(this.plot);
  }

  build() {
    const { chart } = this;
    this.select = make("select");
    this.label = make("label", {}, make("span"), this.select);
    this.buttons = {
      nearer: make("button", { type: "button" }, "+"), farther: make("button", { type: "button" }, "\u2212"),
      all: make("button", { type: "button" }), spread: make("button", { type: "button", "aria-pressed": "false" }),
      csv: make("button", { type: "button" }),
    };
    this.tools = make("div", { class: "tools" }, this.label, ...Object.values(this.buttons));
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.tip = make("div", { class: "tip", hidden: "" });
    this.plot = make("div", { class: "plot", tabindex: "0", role: "group" }, this.svg, this.tip);
    this.said = make("p", { class: "unseen", role: "status" });
    this.legend = make("ul", { class: "legend" });
    this.keys = chart.series.map((series, i) => {
      const sample = document.createElementNS(SVG, "svg");
      sample.setAttribute("viewBox", "0 0 30 12");
      sample.setAttribute("aria-hidden", "true");
      this.put("path", { d: "M1 6H29", stroke: series.color, "stroke-width": 2, "stroke-dasharray": series.dash }, sample);
      this.put("path", { d: shape[series.marker] ?? shape.o, fill: series.color, transform: "translate(15 6)" }, sample);
      const button = make("button", { type: "button", "aria-pressed": "true" }, sample, make("span"));
      button.addEventListener("click", () => {
        this.hidden.has(i) ? this.hidden.delete(i) : this.hidden.add(i);
        this.draw();
      });
      this.legend.append(make("li", {}, button));
      return button;
    });
    this.note = make("p", { class: "muted" });
    this.place.append(this.tools, this.plot, this.said, this.legend, this.note);
    this.select.addEventListener("change", () => {
      this.view = chart.views[Number(this.select.value)];
      this.range = this.at = null;
      this.draw();
    });
    const { nearer, farther, all, spread, csv } = this.buttons;
    nearer.addEventListener("click", () => this.zoom(0.5));
    farther.addEventListener("click", () => this.zoom(2));
    all.addEventListener("click", () => { this.range = null; this.draw(); });
    spread.addEventListener("click", () => { this.spread = !this.spread; this.draw(); });
    csv.addEventListener("click", () => this.download());
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.plot.addEventListener("pointermove", (event) => this.move(event));
    this.plot.addEventListener("pointerleave", () => { if (!this.drag) this.point(null); });
    this.plot.addEventListener("blur", () => this.point(null));
    this.plot.addEventListener("pointerdown", (event) => this.press(event));
    this.plot.addEventListener("dblclick", () => { this.range = null; this.draw(); });
    this.words();
  }

  /** Every text, in the language of the page. */
  words() {
    const { chart, view } = this, { nearer, farther, all, spread, csv } = this.buttons;
    this.label.firstChild.textContent = say("显示", "show") + " ";
    const heads = new Map();
    chart.views.forEach((one, i) => {
      const head = one.group ? told(one.group) : "";
      if (!heads.has(head)) heads.set(head, head ? make("optgroup", { label: head }) : new DocumentFragment());
      heads.get(head).append(make("option", one === view ? { value: i, selected: "" } : { value: i }, told(one.name)));
    });
    this.select.replaceChildren(...heads.values());
    this.label.hidden = chart.views.length < 2;
    nearer.setAttribute("aria-label", say("放大横轴", "zoom in"));
    farther.setAttribute("aria-label", say("缩小横轴", "zoom out"));
    all.textContent = say("全部", "all");
    spread.textContent = chart.seeds.length && chart.dots.en === "seed" ? say("各个种子", "every seed") : told(chart.dots);
    csv.textContent = say("下载数据 CSV", "data as CSV");
    this.said.textContent = "";
    this.note.textContent = told(chart.note);
    this.keys.forEach((button, i) => { button.lastChild.textContent = told(chart.series[i].name); });
    this.plot.setAttribute("aria-label", told(chart.title) + say(
      "。方向键移动光标，加减号缩放，0 看全部", ". Arrow keys move the cursor, plus and minus zoom, 0 shows all"));
    this.draw();
  }

  // Pointer and keys.

  local(event) {
    const box = this.svg.getBoundingClientRect();
    return [(event.clientX - box.left) * this.width / box.width, (event.clientY - box.top) * this.height / box.height];
  }

  get places() {
    const all = new Set(this.lines.flatMap((line) => line.x)), [low, high] = this.range ?? this.extent;
    return [...all].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
  }

  move(event) {
    const [x, y] = this.local(event);
    if (this.drag) {
      this.drag.to = Math.min(Math.max(x, this.left), this.right);
      this.over.replaceChildren();
      const [from, to] = [this.drag.from, this.drag.to].sort((a, b) => a - b);
      this.put("rect", { x: from, y: 18, width: to - from, height: this.height - 62, class: "chosen" }, this.over);
      return;
    }
    if (this.view.kind === "lines") {
      const want = this.back(x), places = this.places;
      if (!places.length) return;
      this.point(places.reduce((best, one) => (Math.abs(this.x(one) - x) < Math.abs(this.x(best) - x) ? one : best), places[0]), want);
      return;
    }
    let best = null, least = 400;
    this.spots.forEach((spot, i) => {
      const far = (spot.x - x) ** 2 + (spot.y - y) ** 2 - (spot.seed === null ? 30 : 0);
      if (far < least) { least = far; best = i; }
    });
    this.point(best);
  }

  press(event) {
    if (this.view.kind !== "lines" || event.button !== 0 || event.pointerType === "touch") return;
    const [x] = this.local(event);
    if (x < this.left || x > this.right) return;
    this.drag = { from: x, to: x };
    const end = () => {
      window.removeEventListener("pointerup", end);
      const [from, to] = [this.drag.from, this.drag.to].sort((a, b) => a - b);
      this.drag = null;
      if (to - from > 8) this.range = [this.back(from), this.back(to)];
      this.draw();
    };
    window.addEventListener("pointerup", end);
  }

  zoom(factor) {
    const [least, most] = this.extent, [low, high] = this.range ?? [least, most];
    const f = this.view.log ? Math.log10 : (value) => value, g = this.view.log ? (value) => 10 ** value : (value) => value;
    const middle = this.at !== null && this.at >= low && this.at <= high ? f(this.at) : (f(low) + f(high)) / 2;
    const half = (f(high) - f(low)) * factor / 2;
    const next = [Math.max(f(least), middle - half), Math.min(f(most), middle + half)].map(g);
    this.range = next[0] <= least && next[1] >= most ? null : next;
    this.draw();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "0") { this.range = null; this.draw(); }
    else if (event.key === "Escape") this.point(null);
    else if (step) {
      const all = this.view.kind === "lines" ? this.places : this.spots.map((_, i) => i).filter((i) => this.spots[i].seed === null);
      const here = all.indexOf(this.at);
      if (all.length) this.point(all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1)]);
      this.said.textContent = [...this.tip.children].map((part) => part.textContent).join("；");
    } else return;
    event.preventDefault();
  }

  point(at) {
    if (at === this.at && at !== null) return;
    this.at = at;
    this.over.replaceChildren();
    this.tip.hidden = true;
    if (at !== null) this.show();
  }

  /** The cursor: single seeds beside the means, and the numbers in words. */
  show() {
    const told_ = this.view.kind === "lines" ? this.showPlace() : this.showSpot();
    if (!told_) return;
    const [x, y, parts] = told_;
    this.tip.replaceChildren(...parts);
    this.tip.hidden = false;
    const wide = this.tip.offsetWidth, left = x + 14 + wide > this.width ? Math.max(0, x - wide - 14) : x + 14;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${Math.max(0, Math.min(y, this.height - this.tip.offsetHeight))}px`;
  }

  part(line, words) {
    const sample = this.keys[line.series].firstChild.cloneNode(true);
    return make("div", {}, sample, ` ${told(this.chart.series[line.series].name)}${say("：", ": ")}`, make("b", {}, words));
  }

  showPlace() {
    const at = this.at, lines = this.lines, x = this.x(at), parts = [];
    this.put("path", { d: `M${x} 18V${this.height - 44}`, class: "cursor" }, this.over);
    lines.forEach((line, k) => {
      let i = line.x.indexOf(at);
      if (i < 0 && this.view.step) i = line.x.findLastIndex((one) => one <= at);
      if (i < 0 || (line.mean[i] ?? null) === null) return;
      const { color, marker } = this.chart.series[line.series], aside = x + (k - (lines.length - 1) / 2) * 4;
      const known = line.seeds.map((seed) => seed[i]).filter((value) => value !== null && value !== undefined);
      for (const value of known)
        this.put("circle", { cx: aside, cy: this.y(value), r: 2.4, fill: color, opacity: 0.6, class: "seed" }, this.over);
      this.put("path", { d: shape[marker] ?? shape.o, fill: color, stroke: "#fff", transform: `translate(${x} ${this.y(line.mean[i])})` }, this.over);
      const part = this.part(line, this.told(line, i));
      if (known.length > 1) {
        const ends = `${this.format(Math.min(...known))} … ${this.format(Math.max(...known))}`;
        part.append(make("small", {}, say(`（${known.length} 个种子 ${ends}）`, ` (${known.length} seeds, ${ends})`)));
      }
      parts.push(part);
    });
    const head = this.view.x ? told(this.view.x) : "", row = this.view.rows[at];
    parts.unshift(make("div", { class: "muted" }, `${head}${say("：", ": ")}${row ? told(row[1]) : plain(at, 4)}`));
    return [x, 20, parts];
  }

  showSpot() {
    const spot = this.spots[this.at];
    if (!spot) return null;
    const { line, i } = spot, name = told(this.view.rows[spot.row][1]), parts = [];
    this.put("circle", { cx: spot.x, cy: spot.y, r: spot.seed === null ? 9 : 5, class: "ring" }, this.over);
    parts.push(make("div", { class: "muted" }, name), this.part(line, this.told(line, i)));
    if (spot.seed !== null)
      parts.push(make("div", {}, `${told(this.chart.dots)} ${this.chart.seeds[spot.seed]}: `, make("b", {}, this.format(spot.value))));
    return [spot.x, spot.y + 12, parts];
  }

  /** The data of this view, whatever is hidden or zoomed: means and intervals, then single seeds. */
  download() {
    const { view, chart } = this, word = chart.dots.en.replace(" ", "_"), field = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const x = (value) => (view.kind === "rows" ? view.rows[value][0] : value);
    const rows = [["view", "series", view.kind === "rows" ? "row" : "x", "mean", "low", "high", word, "value", "status"]];
    const add = (...cells) => rows.push([view.key, ...cells, this.mark.en]);
    for (const line of view.lines) {
      const key = chart.series[line.series].key;
      line.x.forEach((at, i) => add(key, x(at), line.mean[i], line.low[i], line.high[i], null, null));
      line.seeds.forEach((seed, place) => seed.forEach(
        (value, i) => add(key, x(line.x[i]), null, null, null, chart.seeds[place], value)));
    }
    const blob = new Blob([rows.map((row) => row.map(field).join(",")).join("\n") + "\n"], { type: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${chart.key}-${view.key}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
