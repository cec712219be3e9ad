// How a figure is drawn: lines with bands along an axis, or points with intervals beside names.

class Plot {
  put(name, attributes, into = this.svg) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes))
      if (value !== null && value !== "") element.setAttribute(key, value);
    into.append(element);
    return element;
  }

  text(x, y, words, attributes = {}) {
    const element = this.put("text", { x, y, ...attributes });
    element.textContent = words;
    return element;
  }

  get lines() { return this.view.lines.filter((line) => !this.hidden.has(line.series)); }

  format(value) { return (this.view.signed ? signed : plain)(value === null ? NaN : value * this.view.scale); }

  /** One mean with its interval in words. */
  told(line, i) {
    const low = line.low[i] ?? null, high = line.high[i] ?? null, unit = told(this.view.unit);
    const ends = low === null || high === null ? "" : ` [${this.format(low)}, ${this.format(high)}]`;
    return `${this.format(line.mean[i])}${ends} ${unit}`.trim();
  }

  draw() {
    const { view, chart } = this, of = new Set(view.lines.map((line) => line.series));
    const seeds = view.lines.some((line) => line.seeds.length), along = view.kind === "lines";
    for (const name of ["nearer", "farther", "all"]) this.buttons[name].hidden = !along;
    this.buttons.spread.hidden = !seeds || !along;
    this.buttons.spread.setAttribute("aria-pressed", String(this.spread));
    this.keys.forEach((button, i) => {
      button.parentElement.hidden = !of.has(i) || (of.size === 1 && chart.series.length === 1);
      button.setAttribute("aria-pressed", String(!this.hidden.has(i)));
    });
    this.width = this.plot.clientWidth || 700;
    this.svg.replaceChildren();
    this.tip.hidden = true;
    along ? this.drawLines() : this.drawRows();
    if (this.empty && this.lines.length)
      this.text((this.left + this.right) / 2, 30, say("没有数值", "no values"), { "text-anchor": "middle", class: "unit" });
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.over = this.put("g", {});
    if (this.at !== null) this.show();
  }

  /** The part of the axis that is shown, and how places on it become pixels. */
  axis(low, high, left, right, log) {
    const f = log ? Math.log10 : (value) => value, a = f(low), b = f(high) > a ? f(high) : a + 1;
    this.left = left;
    this.right = right;
    this.x = (value) => left + (right - left) * (f(value) - a) / (b - a);
    this.back = (pixel) => { const part = a + (b - a) * (pixel - left) / (right - left); return log ? 10 ** part : part; };
  }

  get extent() {
    const all = this.view.lines.flatMap((line) => [line.x[0], line.x[line.x.length - 1]]);
    const found = [Math.min(...all), Math.max(...all)];
    if (this.view.log) found[0] = Math.max(found[0], found[1] / 1e5, 0.1);
    return found;
  }

  drawLines() {
    const { view, chart } = this, lines = this.lines, height = this.height = 330, [low, high] = this.range ?? this.extent;
    const top = 26, bottom = height - 44;
    let least = Infinity, most = -Infinity;
    for (const line of lines)
      line.x.forEach((x, i) => {
        if (x < low || x > high) return;
        const all = [line.mean[i], line.low[i], line.high[i]];
        if (this.spread) for (const seed of line.seeds) all.push(seed[i]);
        for (const value of all)
          if (value !== null && value !== undefined) { least = Math.min(least, value); most = Math.max(most, value); }
      });
    this.empty = !(most > -Infinity);
    if (this.empty) { least = 0; most = 1; }
    if (least >= 0 && least < 0.6 * most) least = 0;
    const room = (most - least || Math.abs(most) || 1) * 0.05;
    if (least !== 0) least -= room;
    most += room;
    const marks = ticks(least * view.scale, most * view.scale, 6);
    const wide = Math.max(...marks.map((value) => plain(value, 6).length)) * 7.5 + 16;
    this.axis(low, high, wide, this.width - 16, view.log);
    this.y = (value) => bottom - (bottom - top) * (value - least) / (most - least);
    this.text(4, 14, told(view.unit), { class: "unit" });
    for (const value of marks) {
      const y = this.y(value / view.scale);
      this.put("path", { d: `M${wide} ${y}H${this.right}`, class: "hair" });
      this.text(wide - 6, y + 4, plain(value, 6), { "text-anchor": "end" });
    }
    const along = view.log ? this.powers(low, high) : ticks(low, high, Math.min(8, this.width / 80));
    for (const value of along) {
      const x = this.x(value);
      this.put("path", { d: `M${x} ${bottom}v5`, class: "rule" });
      this.text(x, bottom + 18, plain(value, 4), { "text-anchor": "middle" });
    }
    this.put("path", { d: `M${wide} ${bottom}H${this.right}`, class: "rule" });
    if (view.x) this.text((wide + this.right) / 2, height - 6, told(view.x), { "text-anchor": "middle", class: "unit" });
    for (const [x] of chart.marks)
      if (x >= low && x <= high) this.put("path", { d: `M${this.x(x)} ${top - 6}V${bottom}`, class: "start" });
    const id = `clip-${chart.key}`;
    this.put("rect", { x: wide - 6, y: top - 8, width: this.right - wide + 12, height: bottom - top + 14 },
      this.put("clipPath", { id }));
    const inside = this.put("g", { "clip-path": `url(#${id})` });
    for (const line of lines) this.drawLine(line, inside);
  }

  powers(low, high) {
    const found = [];
    for (let p = Math.ceil(Math.log10(low) - 1e-9); 10 ** p <= high * 1.000001; p++) found.push(10 ** p);
    return found.length > 1 ? found : [low, high];
  }

  path(x, values) {
    let d = "", open = false, last = 0;
    values.forEach((value, i) => {
      if (value === null || value === undefined) { open = false; return; }
      const at = `${this.x(Math.max(x[i], this.view.log ? 1e-9 : -Infinity)).toFixed(1)} `, y = this.y(value).toFixed(1);
      d += open ? (this.view.step ? `H${at}V${y}` : `L${at}${y}`) : `M${at}${y}`;
      open = true;
      last = i;
    });
    return last || d ? d : "";
  }

  drawLine(line, into) {
    const { color, dash, marker } = this.chart.series[line.series];
    const there = line.x.map((_, i) => i).filter((i) => (line.low[i] ?? null) !== null && (line.high[i] ?? null) !== null);
    if (there.length > 1) {
      const edge = (ends, order) => order.map((i) => `${this.x(line.x[i]).toFixed(1)} ${this.y(ends[i]).toFixed(1)}`);
      this.put("path", {
        d: `M${[...edge(line.low, there), ...edge(line.high, there.reverse())].join("L")}z`,
        fill: color, opacity: 0.16 }, into);
    }
    if (this.spread)
      for (const seed of line.seeds)
        this.put("path", { d: this.path(line.x, seed), stroke: color, fill: "none", opacity: 0.45, "stroke-width": 0.7 }, into);
    this.put("path", { d: this.path(line.x, line.mean), stroke: color, fill: "none", "stroke-width": 2, "stroke-dasharray": dash }, into);
    const few = line.x.length <= 12, step = Math.max(1, Math.floor(line.x.length / 4));
    line.x.forEach((x, i) => {
      if ((few || i % step === Math.floor(step / 2)) && line.mean[i] !== null && line.mean[i] !== undefined)
        this.put("path", { d: shape[marker] ?? shape.o, fill: color,
          transform: `translate(${this.x(x).toFixed(1)} ${this.y(line.mean[i]).toFixed(1)}) scale(.8)` }, into);
    });
  }

  drawRows() {
    const { view } = this, lines = this.lines;
    const beside = this.width > 620, room = beside ? Math.min(300, this.width * 0.36) : 12;
    const many = view.rows.map((_, row) => lines.filter((line) => line.x.includes(row)).length);
    let top = beside ? 8 : 4, low = Infinity, high = -Infinity;
    this.bands = many.map((n) => {
      const from = top + (beside ? 0 : 17), tall = Math.max(26, 15 * n + 6);
      top = from + tall;
      return [from, tall];
    });
    for (const line of lines)
      for (const value of [line.mean, line.low, line.high, ...line.seeds].flat())
        if (value !== null && value !== undefined) { low = Math.min(low, value); high = Math.max(high, value); }
    this.empty = !(high > -Infinity);
    if (this.empty) { low = 0; high = 1; }
    if (view.signed || (low >= 0 && low < 0.6 * high)) { low = Math.min(low, 0); high = Math.max(high, 0); }
    const pad = (high - low || 1) * 0.04;
    this.height = top + 40;
    this.axis(low - pad, high + pad, room + 8, this.width - 16, false);
    for (const value of ticks((low - pad) * view.scale, (high + pad) * view.scale, Math.min(7, this.width / 90))) {
      const x = this.x(value / view.scale);
      this.put("path", { d: `M${x} 2V${top}`, class: value === 0 && view.signed ? "zero" : "hair" });
      this.text(x, top + 16, (view.signed ? signed : plain)(value, 6), { "text-anchor": "middle" });
    }
    this.put("path", { d: `M${this.left} ${top}H${this.right}`, class: "rule" });
    this.text((this.left + this.right) / 2, top + 34, told(view.unit), { "text-anchor": "middle", class: "unit" });
    this.spots = [];
    view.rows.forEach(([, name], row) => {
      const [from, tall] = this.bands[row];
      if (beside) this.fold(told(name), room, from + tall / 2);
      else this.text(12, from - 4, told(name));
      if (row) this.put("path", { d: `M${beside ? 4 : 12} ${from - (beside ? 0 : 15)}H${this.right}`, class: "hair" });
      const own = lines.filter((line) => line.x.includes(row));
      own.forEach((line, k) => this.drawPoint(line, line.x.indexOf(row), row, from + tall * (k + 1) / (own.length + 1)));
    });
  }

  /** A row's name, on two lines if it must be. */
  fold(words, room, y) {
    const wide = (text) => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 12.5 : 6.6), 0);
    let first = words;
    while (wide(first) > room) first = first.slice(0, -1);
    const space = first.lastIndexOf(" ");
    if (first !== words && space > first.length / 2) first = first.slice(0, space);
    const rest = words.slice(first.length).trim();
    this.text(room, rest ? y - 3 : y + 4, first, { "text-anchor": "end" });
    if (rest) this.text(room, y + 11, wide(rest) > room ? `${rest.slice(0, Math.floor(room / 7))}…` : rest, { "text-anchor": "end" });
  }

  drawPoint(line, i, row, y) {
    const { color, marker } = this.chart.series[line.series];
    line.seeds.forEach((seed, place) => {
      if (seed[i] === null || seed[i] === undefined) return;
      const x = this.x(seed[i]), lift = ((place * 7) % 5 - 2) * 1.3;
      this.put("circle", { cx: x, cy: y + lift, r: 2.2, fill: color, opacity: 0.4 });
      this.spots.push({ x, y: y + lift, line, i, row, seed: place, value: seed[i] });
    });
    if ((line.low[i] ?? null) !== null && (line.high[i] ?? null) !== null)
      this.put("path", { d: `M${this.x(line.low[i])} ${y}H${this.x(line.high[i])}`, stroke: color, "stroke-width": 2.4 });
    if ((line.mean[i] ?? null) === null) return;
    const x = this.x(line.mean[i]);
    this.put("path", { d: shape[marker] ?? shape.o, fill: color, stroke: "#fff", "stroke-width": 0.7, transform: `translate(${x} ${y})` });
    this.spots.push({ x, y, line, i, row, seed: null });
  }
}
