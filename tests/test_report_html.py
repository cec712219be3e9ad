"""``report.html``: whole in one file, the same bytes again, hostile names harmless, legible without fonts."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import report_engine as engines
from fontTools.ttLib import TTFont
from study_lab import ESTATE, shifted, study, write
from test_study_figures_data import OF, PARTICIPATION, contrasts, material

from sim.report.html import benefit, figures, look, page
from sim.report.html.marks import Node, element, markup, parsed, sections
from sim.report.html.reports import comparison_page, study_page
from sim.report.html.tables import MOST_ROWS, data_of, table
from sim.report.material import Material, material_of
from sim.report.studies.assembly import Made, write_report
from sim.scenario.reading import loads
from sim.study import manifest
from sim.study.compare import Comparison, compare
from sim.study.setup import prepare
from sim.study.sweep import How, sweep

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CSS = Path(look.__file__).parent.parent.parent / "web" / "static" / "css" / "base.css"
NAN = float("nan")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72" height="36"><path d="M 0 0 L 9 9"/></svg>'
SMALL: dict[str, Any] = {
    "design": {"method": "grid", "factors": {"ties.atomisation": [0.0, 0.6]}}, "replicates": 6,
    "report": {"outcomes": ["satisfaction"]}}
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style></script>", "a | b\n\n## c",
    "`<b>`", "**<i>**", "&lt;", "![x](http://example.org/x.png)")


class Read(HTMLParser):
    """What a browser finds: elements with their attributes, and text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.inside = "", dict[str, str]()
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag if tag in ("style", "script", "title") else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open] = self.inside.get(self._open, "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(loads(engines.SCENARIO), replicates=4, workers=1, engine=engines.engine)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two figures as they lie on disk."""
    folder, found = tmp_path_factory.mktemp("figures"), list[Path]()
    for name in ("spread", "participation"):
        for ending, content in (
                ("svg", SVG), ("png", "png"), ("csv", "arm,value,status\na,-0.123456789,x\n")):
            file = folder / f"{name}.{ending}"
            file.write_text(content, encoding="utf-8")
            found.append(file)
    return found


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, str, str]:
    """A small study reported in English, then in Chinese: what was made, and both pages."""
    folder = tmp_path_factory.mktemp("study")
    setup = study(folder, SMALL)
    sweep(setup, folder / "out", How(workers=1, engine=shifted))
    english = write_report(folder / "out", "en").page.read_text(encoding="utf-8")
    made = write_report(folder / "out", "zh")
    return made, made.page.read_text(encoding="utf-8"), english


# Text into HTML.


@pytest.mark.parametrize(("text", "found"), [
    ("a **b** `c` <d>", "a <strong>b</strong> <code>c</code> &lt;d&gt;"),
    ("`**a**`", "<code>**a**</code>"),
    ("** a", "** a"),
    ("'\"&", "&#x27;&quot;&amp;"),
])
def test_of_markdown_only_strong_words_and_code_are_read(text: str, found: str) -> None:
    assert markup(text) == found


def test_attributes_are_escaped() -> None:
    assert element("a", markup("x"), href='"<', aria_label="y") == '<a href="&quot;&lt;" aria-label="y">x</a>'


def test_blocks_of_a_report_are_told_apart() -> None:
    nodes = parsed(
        "# t\n\n> q\n\n## one\n\n- a\n- b\n  c\n\n| h | i |\n|---|---|\n| 1 | a\\|b |\n\n## two\n\np\nq")
    assert nodes[:2] == [Node("h1", (("t",),)), Node("quote", (("q",),))]
    one, two = sections(nodes)
    assert (one.heading, two.heading) == ("one", "two")
    assert one.nodes == (
        Node("ul", (("a",), ("b   c",))), Node("table", (("h", "i"), ("1", "a|b"))))
    assert two.nodes == (Node("p", (("p q",),)),)


def test_columns_of_numbers_stand_to_the_right() -> None:
    found = Read(table(["name", "n", "mixed"], [("a", "−3.2 [−4, −2] ↓", "1"), ("b", "—", "x")]))
    assert [a.get("class") for a in found.all("th")] == [None, "n", None]


# What can be said of help and harm.


@pytest.mark.parametrize(("outcome", "low", "high", "p", "said"), [
    ("satisfaction", 0.1, 0.2, NAN, "better"), ("satisfaction", -0.2, -0.1, NAN, "worse"),
    ("latent_disputes", 0.1, 0.2, NAN, "worse"), ("latent_disputes", -0.2, -0.1, 0.01, "better"),
    ("satisfaction", -0.1, 0.2, NAN, "untold"), ("satisfaction", 0.1, 0.2, 0.05, "untold"),
    ("satisfaction", 0.0, 0.0, NAN, "untold"), ("satisfaction", NAN, NAN, NAN, "untold"),
    ("age_gap", 0.1, 0.2, NAN, "changed"), ("unheard_of", 0.1, 0.2, NAN, "changed"),
])
def test_help_and_harm_follow_the_interval_and_the_better_direction(
    outcome: str, low: float, high: float, p: float, said: str,
) -> None:
    assert benefit.side(outcome, low, high, p) == said


def test_design_points_are_counted_by_help_and_harm_and_the_harmful_come_first() -> None:
    row = contrasts().iloc[0]
    ends = [(-1, 0.01, 0.05), (0, 0.01, 0.05), (1, -0.01, 0.05), (2, -0.05, -0.01), (3, 0.01, 0.05)]
    made = pd.DataFrame([
        {**row, "of": OF, "outcome": PARTICIPATION, "point": point, "difference": (low + high) / 2,
         "low": low, "high": high, "p": 0.001, "p_holm": 0.001} for point, low, high in ends])
    found = Read("".join(benefit.of_study(material({"contrasts": made}), "en")))
    assert "3 [1, 5] points" in found.text
    text = "".join(benefit.of_study(material({"contrasts": made}), "en"))
    assert re.findall(r'<td class="n">(\d)</td>', text.partition("</table>")[0]) == ["2", "1", "1", "0"]
    points = re.findall(r'<tr><td class="n">(\d)</td>', text.partition("<details>")[2])
    assert points == ["2", "0", "3", "1"]


def test_exactly_equal_arms_are_said_to_be_so(comparison: Comparison) -> None:
    assert "（完全相同）" in "".join(benefit.of_comparison(material_of(comparison), "zh"))


# The page.


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_comparisons_page_says_what_its_summary_says_in_order(
    comparison: Comparison, files: list[Path], lang: str,
) -> None:
    text = comparison_page(comparison, files, lang)
    found = Read(text)
    assert found.all("html") == [{"lang": {"zh": "zh-CN", "en": "en"}[lang]}]
    assert [a["id"] for a in found.all("section")] == [
        "asked", "found", "benefit", "claims", "figures", "more-0", "limits", "repeat"]
    for words in {
        "zh": ("示意性，未经校准", "按种子配对", "何时有益", "有害（变差）", "提高", "判定", "研究键",
               "数据（1 行）", "只有 4 次重复"),
        "en": ("illustrative, uncalibrated", "paired by seed", "When it helps", "harms (worse)", "higher",
               "verdict", "study key", "data (1 rows)", "4 replicates only"),
    }[lang]:
        assert words in found.text
    for row in comparison.claims.to_dict("records"):
        assert str(row[f"label_{lang}"]) in found.text
        assert str(row[f"verdict_{lang}"]) in found.text
    assert len(found.all("img")) == 2
    assert "−0.12346" in found.text
    assert comparison.plan.key in found.text


@pytest.mark.parametrize("which", [1, 2])
def test_a_studys_page_holds_its_figures_data_and_manifest(
    swept: tuple[Made, str, str], which: int,
) -> None:
    made, found = swept[0], Read(swept[which])
    assert made.page.name == "report.html"
    svgs = [file for file in made.figures if file.suffix == ".svg"]
    assert len(found.all("img")) == len(svgs) > 2
    assert {"asked", "found", "benefit", "figures", "limits", "repeat"} <= {
        a["id"] for a in found.all("section")}
    for words in (str(made.material.key), "36" if len(made.material.table("runs")) == 36 else "24",
                  *{1: ("示意性，未经校准", "看不出", "种子 1–6"),
                    2: ("illustrative, uncalibrated", "told", "seeds 1–6")}[which]):
        assert words in found.text
    if which == 1:  # these files were written last
        for image, file in zip(found.all("img"), svgs, strict=True):
            assert base64.b64decode(str(image["src"]).partition(",")[2]) == file.read_bytes()


def test_a_study_that_is_not_finished_says_so_above_everything(swept: tuple[Made, str, str]) -> None:
    text = study_page(swept[0].material, [], "zh", ["缺 3 次"], "## 没有做的分析\n\n- 因为 <b>")
    assert text.index("缺 3 次") < text.index("<main>")
    assert "没有做的分析" in text
    assert "因为 &lt;b&gt;" in text


def test_the_hour_the_folder_and_the_workers_leave_no_trace(
    comparison: Comparison, files: list[Path], swept: tuple[Made, str, str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, zh, _ = swept
    assert write_report(made.page.parent, "zh").page.read_text(encoding="utf-8") == zh
    monkeypatch.setattr(page, "face", lambda text: "")  # it takes a second
    m = material_of(comparison)
    other = replace(m, manifest={**m.manifest, "started": "1999-01-01", "finished": "1999", "workers": 99,
                                 "cores": 99, "runs_reused": 99})
    assert comparison_page(m, files, "zh") == comparison_page(other, files, "zh")
    again = compare(loads(engines.SCENARIO), replicates=4, workers=1, engine=engines.engine)
    assert comparison_page(again, files, "zh") == comparison_page(m, files, "zh")


def test_the_hour_is_in_the_manifest_that_this_test_relies_on(comparison: Comparison) -> None:
    assert {"started", "finished", "workers", "cores"} <= set(manifest.read(comparison.folder))


# Safety.


def outside(found: Read) -> Iterator[str]:
    """Whatever would leave the file, or run that is not the page's own."""
    for tag, attributes in found.elements:
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "srcset", "action", "ping"):
                yield f"{tag} {name}"
            if name in ("src", "href") and not str(value).startswith(("#", "data:image/")):
                yield f"{tag} {name}={value}"
    yield from re.findall(r"@import|url\((?!\"data:)", found.inside["style"])
    yield from re.findall(r"import |fetch|https?:", found.inside["script"])


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "nav", "ul", "li", "a",
    "main", "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img",
    "details", "summary", "dl", "dt", "dd", "code", "strong", "br", "script"}


def safe(text: str) -> Read:
    found = Read(text)
    assert list(outside(found)) == []
    assert {tag for tag, _ in found.elements} <= ALLOWED
    assert len(found.all("script")) == len(found.all("style")) == 1
    policy = str(found.all("meta")[1]["content"])
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(found.inside[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    return found


def test_nothing_leaves_the_file(swept: tuple[Made, str, str]) -> None:
    for text in swept[1:]:
        safe(text)
    for file in swept[0].figures:
        if file.suffix == ".svg":
            drawn = file.read_text(encoding="utf-8")
            assert "<text" not in drawn  # outlines, that need no font
            assert not re.findall(r'href="(?!#)|<script|<image|@import|url\((?!#)', drawn)


@pytest.mark.parametrize(("name", "lang"), list(zip(HOSTILE, ("zh", "en") * 4, strict=True)))
def test_hostile_names_are_shown_and_do_nothing(
    comparison: Comparison, files: list[Path], lang: str, name: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "face", lambda text: "")  # it takes a second
    m = material_of(comparison)
    label = m.name.model_copy(update={"zh": name, "en": name})
    claims = m.claims.assign(label_zh=name, label_en=name, source=name)
    hostile: Material = replace(
        m, name=label, claims=claims, manifest={**m.manifest, "command": name, "name": name},
        arms=tuple(replace(arm, label=label, regime=label, policies=(label,)) for arm in m.arms))
    found = safe(comparison_page(hostile, files, lang))
    shown = name.partition("\n")[0].strip("`*")
    assert shown in found.text
    assert found.inside["title"].startswith(name.partition("\n")[0][:4])


def test_hostile_names_in_a_study_do_nothing(tmp_path: Path) -> None:
    """Through the whole way: study file, figures, CSV, page."""
    arms = {arm: {**ESTATE["arms"][arm], "label": {"zh": name, "en": name}}
            for arm, name in zip(ESTATE["arms"], HOSTILE, strict=False)}
    file = write(tmp_path / "files", SMALL | {
        "title": {"zh": HOSTILE[0], "en": HOSTILE[0]}, "replicates": 2}, {"arms": arms})
    sweep(prepare(file), tmp_path / "out", How(workers=1, engine=shifted))
    found = safe(write_report(tmp_path / "out", "zh").page.read_text(encoding="utf-8"))
    assert HOSTILE[0] in found.text
    assert HOSTILE[1] in found.text


# Data, look and type.


def test_long_data_are_cut_and_say_where_the_rest_is(tmp_path: Path) -> None:
    rows = "".join(f"{i},{'<x>' if i == 3 else 'y'},mark\n" for i in range(MOST_ROWS + 5))
    (tmp_path / "long.csv").write_text("n,who,status\n" + rows, encoding="utf-8")
    found = Read(data_of(tmp_path / "long.csv", "en"))
    assert len(found.all("tr")) == MOST_ROWS + 1
    assert f"{MOST_ROWS + 5} rows, the first {MOST_ROWS} here; all are in figures/long.csv" in found.text
    assert "<x>" in found.text
    assert "mark" not in found.text


def test_a_very_large_picture_is_shown_by_its_png(
    files: list[Path], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "MOST_BYTES", 10)
    picture = figures.of_comparison(files, "zh")[0]
    assert picture.svg.stem == "participation"
    assert "data:image/png;base64,cG5n" in figures.figure(picture, "zh")


def test_colours_are_those_of_the_classroom_page() -> None:
    declared = dict(re.findall(r"(--[\w-]+): (#\w+)", CSS.read_text(encoding="utf-8").partition(":root.")[0]))
    used = dict(re.findall(r"(--[\w-]+): (#\w+)", look.STYLE))
    assert len(used) > 10
    assert used == {name: declared[name] for name in used}


def test_every_character_is_in_the_font_the_page_carries(swept: tuple[Made, str, str]) -> None:
    found = Read(swept[1])
    packed = re.search(r'font/woff;base64,([^"]+)"', found.inside["style"])
    assert packed is not None
    font = TTFont(io.BytesIO(base64.b64decode(packed[1])))
    missing = {c for c in found.text if c.isprintable()} - {chr(code) for code in font.getBestCmap()}
    assert not missing


def test_a_page_without_chinese_carries_no_font(swept: tuple[Made, str, str]) -> None:
    assert "@font-face" not in swept[2]


# In a browser.


@pytest.fixture(scope="module")
def opened(swept: tuple[Made, str, str]) -> Iterator[Callable[[str], Any]]:
    engine = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    with engine.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1024, "height": 768})
        said, asked = list[str](), list[str]()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(swept[0].page.as_uri())
        tab.wait_for_load_state("load")
        yield lambda script: tab.evaluate(script)
        assert said == []
        assert [url for url in asked if not url.startswith("data:")] == [swept[0].page.as_uri()]
        browser.close()


def test_pictures_are_drawn_and_nothing_is_wider_than_the_window(opened: Callable[[str], Any]) -> None:
    assert opened("[...document.images].every((image) => image.naturalWidth > 100)")
    assert opened("document.documentElement.scrollWidth") <= 1024
    assert opened("document.fonts.ready.then((all) => [...all].map((one) => one.status))") == ["loaded"]


def test_tables_are_sorted_by_number_both_ways(opened: Callable[[str], Any]) -> None:
    """The data of the first figure by its column of differences, as numbers and not as words."""
    column = """(() => {
      const table = [...document.querySelectorAll("figure table")].find(
        (one) => [...one.tHead.rows[0].cells].some((cell) => cell.textContent === "difference"));
      const place = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === "difference");
      const head = table.tHead.rows[0].cells[place];
      head.querySelector("button").click();
      const rows = [...table.tBodies[0].rows].map((row) => row.cells[place].textContent.replace("−", "-"));
      return [head.getAttribute("aria-sort"), rows.map(Number)];
    })()"""
    up, down = opened(column), opened(column)
    assert (up[0], down[0]) == ("ascending", "descending")
    assert up[1] == sorted(up[1])
    assert down[1] == sorted(up[1], reverse=True)
