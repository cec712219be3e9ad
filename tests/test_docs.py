"""The documentation: it builds without a warning, loads nothing from elsewhere, shows what happens, takes its
figures from the pages it names, and what it calls a button is one.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docs_lab import DOCS, ROOT, blocks

from sim.explain.filepages import scenario_page, study_page
from sim.explain.find import parameters
from sim.explain.keys import blocks as file_blocks
from sim.explain.keys import keys
from sim.outcomes import OUTCOMES
from sim.scenario import yamlfile
from sim.scenario.schema import Scenario
from sim.study.file import StudyFile

READMES = ("README.md", "README.zh-CN.md")
LESSONS = sorted((DOCS / "lessons").glob("*.md"))
TEACHER = [DOCS / "teacher.zh.md", *LESSONS]
PARTS = ("目标", "时间表", "步骤", "投票题", "许多种子显示了什么", "没有显示什么", "讨论题", "局限")
GENERATED = (
    "policies.md", "validation.md", "emergence.md", "findings.md", "sensitivity.md", "calibration.md")
"""Pages made by code, from which lessons may take figures."""

LOADS = "script|link|img|iframe|source|video|audio|object|embed|use|form|base"
TAG = re.compile(rf"<({LOADS})\b([^>]*)>", re.IGNORECASE)
PLACE = re.compile(r'\b(?:src|href|data|srcset|action|xlink:href)="([^"]*)"', re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built strictly: a broken link, a lost anchor or a page without its place ends it."""
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """No script, style, font or picture by http(s) or //, in pages or styles; links are no loads."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    foreign = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'class="mermaid"' not in text, "diagrams of that kind fetch their library"
        for tag, attributes in TAG.findall(text):
            if tag.lower() == "link" and re.search(r'rel="(canonical|prev|next|alternate)"', attributes):
                continue
            places = [place for place in PLACE.findall(attributes) if re.match(r"(?:https?:)?//", place)]
            foreign += [(page.name, tag, place) for place in places]
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        found = re.findall(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')]+)", text)
        foreign += [(style.name, "css", place) for place in found]
    assert not foreign


def test_lists_tables_and_code_are_shown_as_such(site: Path) -> None:
    """Markdown as it is written for the repository is not left lying in paragraphs."""
    raw = []
    for page in site.rglob("*.html"):
        text = re.sub(r"<(pre|code)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        body = text.partition("<article")[2].partition("</article>")[0]
        for paragraph in re.findall(r"<p>(.*?)</p>", body, re.DOTALL):
            if re.search(r"^\s*(?:[-*] |1\. |\|.*\||```)", html.unescape(paragraph), re.MULTILINE):
                raw.append((page.name, paragraph[:80]))
    assert not raw
    for lesson in LESSONS:
        page = (site / "lessons" / f"{lesson.stem}.html").read_text(encoding="utf-8")
        assert re.findall(r"<h2[^>]*>([^<]+)<", page)[:len(PARTS)] == list(PARTS)


def test_search_finds_chinese_words(site: Path) -> None:
    """Words are told apart (by zero-width spaces), or a word within a sentence could not be found."""
    pytest.importorskip("jieba")
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "\u200b" in index or "\\u200b" in index


def test_limits_stand_on_the_first_page_before_anything_else() -> None:
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[0].endswith("What it cannot say")
    for page in [*DOCS.glob("*.md"), *LESSONS]:
        if page.name in ("index.md", "teacher.zh.md", "tutorial.md") or page.parent.name == "lessons":
            top = page.read_text(encoding="utf-8")[:1200]
            assert "未经校准" in top, f"{page.name} does not say so at its head"


def test_verdict_counts_on_the_first_pages_are_those_of_the_generated_ones() -> None:
    validation = (DOCS / "validation.md").read_text(encoding="utf-8")
    found = re.search(r"all 15 tested: (\d+) hold, (\d+) fail", validation)
    assert found
    numbers = "零一二三四五六七八九十"
    holds, fails = numbers[int(found[1])], numbers[int(found[2])]
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert f"十五个应有的规律，{holds}个成立，{fails}个不成立" in index
    assert f"只有{holds}个成立" in (DOCS / "teacher.zh.md").read_text(encoding="utf-8")
    assert f"十五个特征中{fails}个不成立" in (DOCS / "faq.md").read_text(encoding="utf-8")
    said = re.search(
        r"(\d+) rows, (\d+) agree; theory is published in (\d+)",
        (DOCS / "verification.md").read_text(encoding="utf-8"))
    assert said
    assert said[1] == said[2]
    assert f"九项检验的 {said[1]} 行都相符，其中 {said[3]} 行的理论来自文献" in index


def test_every_command_stands_in_the_tables_of_both_readmes() -> None:
    from typer.main import get_command

    from sim.cli import app

    commands = set(vars(get_command(app))["commands"])
    assert len(commands) > 10
    for readme in ("README.md", "README.zh-CN.md"):
        table = "\n".join(
            line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines()
            if line.startswith("| `yihe "))
        assert {name for name in commands if not re.search(rf"[`、 ]{name}[` ]", table)} == set(), readme


# What is shown is what happens.


def test_pages_that_are_run_show_what_comes(tmp_path: Path) -> None:
    """Tutorial and policy page, in a process of their own: they load a plug-in, which stays."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "docs_lab.py"), "--check"], cwd=tmp_path, capture_output=True,
        text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\npython tests/docs_lab.py renews them"


def test_quotations_are_the_examples_own_text() -> None:
    garden = (DOCS / "examples" / "garden.py").read_text(encoding="utf-8")
    quoted = [block for block in blocks((DOCS / "write_a_policy.md").read_text(encoding="utf-8"))
              if block.language == "py"]
    assert len(quoted) >= 4
    for block in quoted:
        assert block.text in garden, block.text


def test_the_start_has_the_commands_of_the_readmes() -> None:
    def lines(text: str) -> list[str]:
        fenced = re.findall(r"^```(?:sh|bat)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        return [re.sub(r"\s*#.*", "", line) for block in fenced for line in block.splitlines()]

    known = {line for name in READMES for line in lines((ROOT / name).read_text(encoding="utf-8"))}
    in_text = " ".join((ROOT / name).read_text(encoding="utf-8") for name in READMES)
    for line in lines((DOCS / "start.md").read_text(encoding="utf-8")):
        assert line in known or f"`{line}`" in in_text, line
    for line in lines((DOCS / "teacher.zh.md").read_text(encoding="utf-8")):
        assert f"`{line}`" in in_text, line


# References made from the schema.


def test_the_references_hold_every_key() -> None:
    """Freshness is checked with the other made pages, in ``tests/test_explain.py``."""
    scenario, study = scenario_page(), study_page()
    for path, number in parameters(own=False).items():
        if path.partition(".")[0] in ("shocks", "categories", "policies"):
            continue
        row = next(line for line in scenario.splitlines() if line.startswith(f"| `{path}` |"))
        assert number.zh in row
        assert row.endswith(f"| {number.evidence} |")
    for model, page in ((Scenario, scenario), (StudyFile, study)):
        for path, rows in file_blocks(model):
            if path != "design":
                assert all(f"| `{key.path}` |" in page for key in rows)


def test_a_key_without_wording_cannot_slip_in() -> None:
    from pydantic import BaseModel

    class Mute(BaseModel):
        unheard_of: int = 1

    with pytest.raises(KeyError, match="unheard_of"):
        list(keys(Mute))


# Lessons.


def plain(text: str) -> str:
    """With one kind of minus."""
    return text.replace("−", "-").replace("–", "-")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.stem)
def test_figures_of_a_lesson_stand_in_the_page_it_names(lesson: Path) -> None:
    """Every decimal and quotation 「…」 is in the made page that its line names, and none is without one."""
    text = lesson.read_text(encoding="utf-8")
    section = text.partition("## 许多种子显示了什么")[2].partition("\n## ")[0]
    assert section.strip()
    checked = 0
    for line in section.splitlines():
        figures = re.findall(r"\d+\.\d+", line)
        quotations = re.findall(r"「(.+?)」", line)
        sources = re.findall(r"\]\(\.\./(\w+\.md)", line)
        assert sources or not (figures or quotations), f"no source: {line}"
        pages = [DOCS / name for name in sources if name in GENERATED]
        made = "\n".join(plain(page.read_text(encoding="utf-8")) for page in pages)
        for figure in figures:
            whole = rf"(?<![\d.]){re.escape(figure)}(?!\d)"
            assert re.search(whole, made), f"{figure} is not in {sources}: {line}"
            checked += 1
        for quotation in quotations:
            assert plain(quotation) in made, quotation
            checked += 1
    assert checked >= 3


def test_what_the_handbook_calls_a_button_is_one() -> None:
    """Every 【…】 is a text of the page, or the name of a case, an arm or an outcome."""
    page = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "sim/web/static").rglob("*") if file.suffix in (
            ".js", ".html") and "vendor" not in file.parts)
    named = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "scenarios").glob("*.yaml"))
    outcomes = {outcome.label.zh for outcome in OUTCOMES.values()}
    for file in TEACHER:
        for name in re.findall(r"【(.+?)】", file.read_text(encoding="utf-8")):
            written = re.sub(r"\d+", "{0}", name)  # a number that the page fills in
            on_page = name in page or written in page
            assert on_page or f"zh: {name}" in named or name in outcomes, f"{file.name}: {name}"


def test_each_lesson_is_whole_and_its_counter_ships() -> None:
    assert len(LESSONS) == 5
    shipped = {file.stem for file in (ROOT / "scenarios").glob("*.yaml")}
    titles = {
        yamlfile.parse(file.read_text(encoding="utf-8"), str(file))[0].get("title", {}).get("zh")
        for file in (ROOT / "scenarios").glob("*.yaml")}
    for lesson in LESSONS:
        text = lesson.read_text(encoding="utf-8")
        assert tuple(re.findall(r"^## (.*)$", text, re.MULTILINE)) == PARTS, lesson.name
        case = re.search(r"\*\*案例\*\*：顶部【案例】选【(.+?)】", text)
        assert case
        assert case[1] in titles
        assert set(re.findall(r"`(\w+_counter)`", text)) <= shipped


def test_citation_names_the_software_and_no_invented_doi() -> None:
    from ruamel.yaml import YAML

    found = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert found["cff-version"] == "1.2.0"
    assert found["type"] == "software"
    assert {"title", "authors", "version", "license", "message"} <= set(found)
    assert "doi" not in found
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)
    assert version
    assert found["version"] == version[1]


def test_links_of_the_contributing_page_lead_somewhere() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s#]+)", text)
    assert links
    assert all((ROOT / link).exists() for link in links)
