"""``report.html``: whole in one file, the same bytes again, hostile names harmless, legible without fonts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import report_engine as engines
from fontTools.ttLib import TTFont
from study_lab import ESTATE, shifted, study, write

from sim.params import Label
from sim.report.html import benefit, figures, look, page
from sim.report.html.reports import PICTURES, comparison_page, study_page
from sim.report.html.tables import MOST_ROWS, data_of
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
        packed = dict(attrs).get("type") == "text/plain"
        self._open = "packed" if packed else tag if tag in ("style", "script", "title") else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open] = self.inside.get(self._open, "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def charts_of(found: Read) -> dict[str, Any]:
    """What the page's figures are drawn from, by chart."""
    content = json.loads(gzip.decompress(base64.b64decode(found.inside["packed"])))
    return {chart["key"]: chart for chart in content["charts"]}


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


def test_exactly_equal_arms_are_said_to_be_so(comparison: Comparison) -> None:
    assert "（完全相同）" in "".join(benefit.of_comparison(material_of(comparison), "zh"))


# The page.


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_comparisons_page_says_what_its_summary_says_in_order(
    comparison: Comparison, files: list[Path], lang: str,
) -> None:
    """In both languages, whichever is shown first."""
    text = comparison_page(comparison, files, lang)
    found = Read(text)
    assert found.all("html") == [{"lang": {"zh": "zh-CN", "en": "en"}[lang]}]
    twice = [attributes for _, attributes in found.elements if "data-lang" in attributes]
    assert {str(a["lang"])[:2] for a in twice if a["data-lang"] == "zh"} == {"zh"}
    assert sum(a["data-lang"] == "zh" for a in twice) == sum(a["data-lang"] == "en" for a in twice) > 20
    assert [a["id"] for a in found.all("section")] == [
        "asked", "found", "benefit", "claims", "figures", "more-0", "limits", "repeat"]
    for words in (
            "示意性，未经校准", "按种子配对", "何时有益", "有害（变差）", "提高", "判定", "研究键",
            "数据（1 行）", "只有 4 次重复", "illustrative, uncalibrated", "paired by seed",
            "When it helps", "harms (worse)", "higher", "verdict", "study key", "data (1 rows)",
            "4 replicates only"):
        assert words in found.text
    for row in comparison.claims.to_dict("records"):
        for one in ("zh", "en"):
            assert str(row[f"label_{one}"]) in found.text
            assert str(row[f"verdict_{one}"]) in found.text
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
    turned = [file for file in svgs if file.stem.startswith(PICTURES)]
    assert len(found.all("img")) == len(svgs) + len(turned) > 2
    assert {"asked", "found", "benefit", "figures", "limits", "repeat"} <= {
        a["id"] for a in found.all("section")}
    for words in (str(made.material.key), "36" if len(made.material.table("runs")) == 36 else "24",
                  "示意性，未经校准", "看不出", "种子 1–6", "illustrative, uncalibrated", "told",
                  "seeds 1–6"):
        assert words in found.text
    if which == 1:  # these files were written last
        held = [gzip.decompress(base64.b64decode(str(image["data-packed"]))) for image in found.all("img")]
        assert all(file.read_bytes() in held for file in svgs)


def test_a_study_that_is_not_finished_says_so_above_everything(swept: tuple[Made, str, str]) -> None:
    text = study_page(swept[0].material, [], "zh", [Label(zh="缺 3 次", en="3 missing")], {
        "zh": "## 没有做的分析\n\n- 因为 <b>", "en": "## Not made\n\n- because of <b>"})
    assert text.index("缺 3 次") < text.index("3 missing") < text.index("<main>")
    for words in ("没有做的分析", "因为 &lt;b&gt;", "Not made", "because of &lt;b&gt;"):
        assert words in text


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
    script = found.inside["script"].replace("http://www.w3.org/2000/svg", "")
    yield from re.findall(r"import |fetch|https?:|innerHTML|eval\(", script)


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "nav", "ul", "li", "a",
    "main", "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img",
    "details", "summary", "dl", "dt", "dd", "code", "strong", "br", "script", "span", "button", "noscript"}


def safe(text: str) -> Read:
    found = Read(text)
    assert list(outside(found)) == []
    assert {tag for tag, _ in found.elements} <= ALLOWED
    assert [a.get("type") for a in found.all("script")] in (["module"], ["text/plain", "module"])
    assert len(found.all("style")) == 1
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
    found = Read(data_of(tmp_path / "long.csv"))
    assert len(found.all("tr")) == MOST_ROWS + 1
    assert f"{MOST_ROWS + 5} rows, the first {MOST_ROWS} here; all are in figures/long.csv" in found.text
    assert "<x>" in found.text
    assert "mark" not in found.text


def test_a_very_large_picture_is_shown_by_its_png(
    files: list[Path], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "MOST_BYTES", 10)
    picture = figures.of_comparison(files)[0]
    assert picture.svg.stem == "participation"
    assert "data:image/png;base64,cG5n" in figures.figure(picture)


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
    shown = found.text + json.dumps(charts_of(found), ensure_ascii=False) + found.inside["script"]
    missing = {c for c in shown if c.isprintable()} - {chr(code) for code in font.getBestCmap()}
    assert not missing


# In a browser.


@pytest.fixture(scope="module")
def tabs(
    swept: tuple[Made, str, str], comparison: Comparison, files: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Any]]:
    """A study's page and a comparison's, opened from files: nothing is said and nothing asked for."""
    engine = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    other = tmp_path_factory.mktemp("page") / "report.html"
    other.write_text(comparison_page(comparison, files, "zh"), encoding="utf-8")
    pages = {"study": swept[0].page, "comparison": other}
    with engine.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        said, asked, found = list[str](), list[str](), dict[str, Any]()
        for name, file in pages.items():
            tab = found[name] = browser.new_page(viewport={"width": 1024, "height": 768})
            tab.on("console", lambda message: said.append(message.text))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.on("request", lambda request: asked.append(request.url))
            tab.goto(file.as_uri())
            tab.wait_for_selector("html[data-ready=yes]")
        yield found
        assert said == []
        assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [
            file.as_uri() for file in pages.values()]
        browser.close()


def test_pictures_are_drawn_and_nothing_is_wider_than_the_window(tabs: dict[str, Any]) -> None:
    tab = tabs["study"]
    for width in (1024, 390):
        tab.set_viewport_size({"width": width, "height": 768})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.set_viewport_size({"width": 1024, "height": 768})
    drawn = """Promise.all([...document.images].map((image) => image.dataset.packed
        ? new Promise((done) => image.addEventListener("load", done)) : image.decode()))
        .then(() => [...document.images].map((image) => image.naturalWidth))"""
    assert min(tab.evaluate(drawn)) > 100
    assert tab.evaluate("document.fonts.ready.then((all) => [...all].map((one) => one.status))") == ["loaded"]


def test_tables_are_sorted_by_number_both_ways(tabs: dict[str, Any]) -> None:
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
    up, down = tabs["study"].evaluate(column), tabs["study"].evaluate(column)
    assert (up[0], down[0]) == ("ascending", "descending")
    assert up[1] == sorted(up[1])
    assert down[1] == sorted(up[1], reverse=True)


def downloaded(tab: Any, chart: str) -> pd.DataFrame:
    with tab.expect_download() as waiting:
        tab.click(f"#chart-{chart} .tools button:text-matches('CSV')")
    return pd.read_csv(waiting.value.path())


def test_a_charts_data_are_those_of_the_comparison(tabs: dict[str, Any], comparison: Comparison) -> None:
    """Means, ends of intervals and single seeds, of every arm and week, as the file says them."""
    table = downloaded(tabs["comparison"], "participation")
    outcome = str(table["view"].iloc[0])
    assert {*table["status"]} == {"illustrative, uncalibrated"}
    for arm in comparison.arms:
        own, band = table[table["series"] == arm], comparison.band(outcome, arm)
        for end in ("mean", "low", "high"):
            np.testing.assert_allclose(own[end].dropna(), getattr(band, end), rtol=1e-6, atol=1e-9)
        each = own.dropna(subset="seed").pivot(index="seed", columns="x", values="value")
        assert [*each.index] == [*comparison.seeds]
        np.testing.assert_allclose(each, comparison.weekly(outcome, arm), rtol=1e-4, atol=1e-9)
    pairs = downloaded(tabs["comparison"], "effects")
    row = pairs[(pairs["row"] == "festival - none") & pairs["mean"].notna()].iloc[0]
    known = comparison.contrasts.set_index(["outcome", "arm"]).loc[(outcome, "festival")]
    assert [row["mean"], row["low"], row["high"]] == pytest.approx(
        [known["difference"], known["low"], known["high"]], rel=1e-6)


def test_a_chart_answers_to_pointer_keys_legend_and_zoom(tabs: dict[str, Any]) -> None:
    tab, chart = tabs["comparison"], "#chart-participation"
    tab.locator(f"{chart} .plot").scroll_into_view_if_needed()
    box = tab.locator(f"{chart} .plot svg").bounding_box()
    tab.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 100)
    tip = tab.locator(f"{chart} .tip")
    assert "4 个种子" in tip.inner_text()
    assert tip.locator("div").count() == 1 + 4  # the week, and each arm
    assert tab.locator(f"{chart} circle.seed").count() == 4 * 4
    tab.mouse.move(5, 5)
    tab.locator(f"{chart} .legend button").first.click()
    assert tab.locator(f"{chart} .legend button").first.get_attribute("aria-pressed") == "false"
    tab.locator(f"{chart} .plot").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    said = tab.locator(f"{chart} [role=status]").inner_text()
    assert said.startswith("周（预热后起算）：1")
    assert tip.locator("div").count() == 1 + 3
    shown = f"""[...document.querySelectorAll("{chart} .plot text")].map((one) => one.textContent)"""
    whole = tab.evaluate(shown)
    tab.keyboard.press("+")
    assert tab.evaluate(shown) != whole
    tab.keyboard.press("0")
    assert tab.evaluate(shown) == whole
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 100)
    tab.mouse.up()
    assert tab.evaluate(shown) != whole
    tab.click(f"{chart} .tools button:text-is('全部')")
    tab.locator(f"{chart} .legend button").first.click()
    assert tab.evaluate(shown) == whole


def test_one_switch_turns_the_whole_page_to_the_other_language(tabs: dict[str, Any]) -> None:
    chinese = """[...document.querySelectorAll(
            "h1, h2, h3, p, li, th, td, button, option, label, .plot text")]
        .filter((one) => one.checkVisibility() && /[\u4e00-\u9fff]/.test(one.innerText ?? one.textContent))
        .map((one) => one.textContent)"""
    for tab in tabs.values():
        assert len(tab.evaluate(chinese)) > 20
        tab.click("#lang")
        assert tab.evaluate("document.documentElement.lang") == "en"
        assert "uncalibrated" in tab.title()
        assert tab.evaluate(chinese) == ["中文"]
        tab.click("#lang")
        assert len(tab.evaluate(chinese)) > 20


def test_axe_finds_nothing_and_print_leaves_the_tools_out(tabs: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for tab in tabs.values():
        found = axe.Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()
    tab = tabs["comparison"]
    tab.emulate_media(media="print")
    seen = "(one) => document.querySelector(one).checkVisibility()"
    assert not any(tab.evaluate(seen, one) for one in (".tools", "#lang", "nav"))
    assert tab.evaluate(seen, ".plot svg")
    tab.emulate_media(media="screen")
