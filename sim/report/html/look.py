"""How the page looks and what it can do: the colours of the classroom page, and sorting of tables."""

from __future__ import annotations

STYLE = """
:root {
  --ink: #1c232e; --muted: #545d6a; --paper: #ffffff; --ground: #f2f0eb; --line: #d5d1c6; --soft: #faf9f6;
  --accent: #8f1d1d; --a: #0a62a3; --b: #ad4a08; --good: #17694b; --bad: #8f1d1d; --focus: #c77700;
  color-scheme: light;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 "Yihe SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "微软雅黑", "PingFang SC",
    "苹方-简", system-ui, sans-serif;
}
header, main { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .4rem; }
h1::before {
  content: ""; display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin: 0 .5em 0 3px;
  background: var(--accent); box-shadow: 0 0 0 3px #fff, 0 0 0 4px var(--accent);
}
h2 { font-size: 1.2rem; margin: 0 0 .6rem; }
h3 { font-size: 1rem; margin: 1.1rem 0 .3rem; }
p { margin: 0 0 .6rem; }
ul { margin: 0 0 .6rem; padding-left: 1.3em; }
a { color: var(--a); }
code { font-size: .9em; overflow-wrap: anywhere; }
section {
  background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 1rem 1.2rem;
  margin: 1rem 0;
}
.mark {
  display: inline-block; font-weight: 600; border: 1px solid #d9b95c; background: #fff4d6; color: #4a3500;
  border-radius: 4px; padding: .1em .7em; margin: 0 0 .6rem;
}
.notice { border-left: 4px solid #d9b95c; background: #fff4d6; color: #4a3500; padding: .3em .8em; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: 0; }
figure { margin: 0 0 1.4rem; }
figure img { display: block; width: 100%; height: auto; background: #fff; }
details { margin: .3rem 0 .8rem; }
summary { cursor: pointer; color: var(--a); }
.scroll { overflow: auto; max-height: 34rem; margin: .3rem 0 .8rem; }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.45; }
caption { text-align: left; color: var(--muted); }
th, td { text-align: left; vertical-align: top; padding: .2em .9em .2em 0; font-weight: normal; }
thead th { color: var(--muted); border-bottom: 1px solid var(--line); background: var(--paper); }
thead th { position: sticky; top: 0; }
td:not(.n) { min-width: 6.5em; }
tbody tr + tr td { border-top: 1px solid #ece9e1; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th button { font: inherit; color: inherit; border: 0; background: none; padding: 0; cursor: pointer; }
th button { text-align: inherit; text-decoration: underline dotted; text-underline-offset: 3px; }
th[aria-sort="ascending"] button::after { content: " ↑"; }
th[aria-sort="descending"] button::after { content: " ↓"; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.muted { color: var(--muted); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.2rem; margin: 0 0 .8rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
@media (max-width: 40rem) { section { padding: .8rem; } dl { display: block; } }
@media print {
  body { background: #fff; }
  section { border: 0; padding: 0; }
  figure { break-inside: avoid; }
  nav, details { display: none; }
  .scroll { overflow: visible; max-height: none; }
}
"""

SCRIPT = """
const value = (row, column) => (row.cells[column]?.textContent ?? "").trim();
const number = (text) => {
  const plain = text.replace(/\\u2212/g, "-").replace(/,(?=\\d{3})/g, "");
  const found = plain.match(/^[+]?(-?(?:\\d|\\.\\d)[\\d.]*(?:e[+-]?\\d+)?)/i);
  return found ? Number(found[1]) : NaN;
};
const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
// What has no number goes last in both orders
const compare = (a, b, sign) => {
  const x = number(a), y = number(b);
  if (Number.isNaN(x) && Number.isNaN(y)) return sign * words.compare(a, b);
  if (Number.isNaN(x)) return 1;
  return Number.isNaN(y) ? -1 : sign * (x - y);
};
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...[...body.rows].sort((a, b) =>
        compare(value(a, column), value(b, column), down ? -1 : 1)));
    });
  });
}
"""
"""Sorts a table by the column whose head is pressed; without it the page lacks nothing but that."""
