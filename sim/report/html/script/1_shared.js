// What the other parts share: words, elements, packed data, numbers, shapes.

const root = document.documentElement;
const lang = () => (root.lang === "en" ? "en" : "zh");
const say = (zh, en) => (lang() === "en" ? en : zh);
const told = (label) => label[lang()];
const make = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
const inflated = (base64) => new Response(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))])
  .stream().pipeThrough(new DecompressionStream("gzip")));

// Numbers.

const ticks = (low, high, about) => {
  const raw = (high - low) / Math.max(about, 1), power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((part) => part * power >= raw) ?? 10);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
};
const plain = (value, digits = 3) => {
  if (value === null || !Number.isFinite(value)) return "—";
  const short = Number(value.toPrecision(digits));
  return short.toLocaleString("en", { maximumSignificantDigits: digits }).replace("-", "\u2212");
};
const signed = (value, digits = 3) => (value > 0 ? "+" : "") + plain(value, digits);

// Shapes.

const SVG = "http://www.w3.org/2000/svg";
const shape = {
  s: "M-4-4h8v8h-8z", o: "M4 0a4 4 0 1 1-8 0a4 4 0 1 1 8 0z", "^": "M0-5L5 4H-5z", v: "M0 5L5-4H-5z",
  "<": "M-5 0L4-5V5z", ">": "M5 0L-4-5V5z", D: "M0-5L5 0L0 5L-5 0z", d: "M0-5L3.4 0L0 5L-3.4 0z",
  P: "M-1.7-5h3.4v3.3H5v3.4H1.7V5h-3.4V1.7H-5v-3.4h3.3z", h: "M-2.5-4.4h5L5 0L2.5 4.4h-5L-5 0z",
  p: "M0-5L4.8-1.5L2.9 4H-2.9L-4.8-1.5z", 8: "M-2-5h4l3 3v4l-3 3h-4l-3-3v-4z",
  X: "M-5-3L-3-5L0-2L3-5L5-3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0z",
  "*": "M0-5.5L1.4-1.8L5.2-1.7L2.2.8L3.3 4.6L0 2.4L-3.3 4.6L-2.2.8L-5.2-1.7L-1.4-1.8z",
};
