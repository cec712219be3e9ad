// The page: tables that sort, pictures, figures, language.

// Tables are sorted by the column whose head is pressed.

const cell = (row, column) => (row.cells[column]?.textContent ?? "").trim();
const number = (text) => {
  const plain = text.replace(/\u2212/g, "-").replace(/,(?=\d{3})/g, "");
  const found = plain.match(/^[+]?(-?(?:\d|\.\d)[\d.]*(?:e[+-]?\d+)?)/i);
  return found ? Number(found[1]) : NaN;
};
// What has no number goes last in both orders
const compare = (a, b, sign) => {
  const x = number(a), y = number(b);
  if (Number.isNaN(x) && Number.isNaN(y)) return sign * a.localeCompare(b, root.lang, { numeric: true });
  if (Number.isNaN(x)) return 1;
  return Number.isNaN(y) ? -1 : sign * (x - y);
};
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  heads.forEach((head, column) => {
    const button = make("button", { type: "button" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...[...body.rows].sort((a, b) =>
        compare(cell(a, column), cell(b, column), down ? -1 : 1)));
    });
  });
}

// Pictures lie compressed in the page.

for (const image of document.querySelectorAll("img[data-packed]"))
  inflated(image.dataset.packed).blob().then((blob) => {
    image.src = URL.createObjectURL(new Blob([blob], { type: "image/svg+xml" }));
    image.removeAttribute("data-packed");
  });

const figures = [];
const pack = document.getElementById("charts");
if (pack)
  inflated(pack.textContent).json().then(({ charts, mark }) => {
    for (const chart of charts) {
      const place = document.getElementById(`chart-${chart.key}`);
      if (place) figures.push(new Figure(place, chart, mark));
    }
    root.dataset.ready = "yes";
  });

// Language: the page says everything twice and shows one.

const turn = document.getElementById("lang");
const speak = (code) => {
  root.lang = code === "en" ? "en" : "zh-CN";
  document.title = document.body.dataset[lang()] ?? document.title;
  turn.setAttribute("lang", code === "en" ? "zh-CN" : "en");
  turn.textContent = code === "en" ? "中文" : "English";
  for (const figure of figures) figure.words();
};
turn.addEventListener("click", () => speak(lang() === "en" ? "zh" : "en"));
speak(new URLSearchParams(location.search).get("lang") ?? (root.lang === "en" ? "en" : "zh"));
