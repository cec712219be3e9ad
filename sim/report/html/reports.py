"""``report.html`` of a study and of a comparison: what stands where, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.params import Label
from sim.report.html import benefit, comparison_charts, study_charts
from sim.report.html.charts import LANGS, Chart
from sim.report.html.figures import FOR_PAPERS, Picture, figure, figures, of_comparison, pictures, place
from sim.report.html.marks import Html, Node, both, element, parsed, sections
from sim.report.html.page import Part, blocks, manifest, page, twice
from sim.report.html.tables import folded, table
from sim.report.material import Material, material_of
from sim.report.studies.report import SECTIONS, report_markdown
from sim.report.studies.tables import records
from sim.report.summary import summary_markdown
from sim.report.words import ILLUSTRATIVE, say
from sim.scenario.targets import VERDICTS

if TYPE_CHECKING:
    from sim.report.html.marks import Section
    from sim.report.studies.drawing import Written
    from sim.report.studies.material import StudyMaterial
    from sim.study.compare import Comparison

FILE = "report.html"


def comparison_page(comparison: Comparison | Material, files: Sequence[Path], lang: str) -> str:
    """The page of a comparison, or of one arm alone.

    Parameters
    ----------
    comparison : Comparison or Material
    files : sequence of Path
        Of its figures, as :func:`sim.report.figures.write_figures` returns them.
    lang : {"zh", "en"}
        Language that is shown first.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    m = material_of(comparison)
    nodes = {one: parsed(summary_markdown(m, one)) for one in LANGS}
    said = {one: sections(nodes[one]) for one in LANGS}
    drawn = list(comparison_charts.charts(m, files))
    between = range(3, len(said["zh"]) - 2)
    return page(m.name, _notices(nodes), [
        _part("asked", said, 0),
        _part("found", said, 1),
        Part("benefit", _WHEN, twice({one: benefit.of_comparison(m, one) for one in LANGS})),
        _part("claims", said, 2),
        Part("figures", _FIGURES, figures(of_comparison(files), drawn)),
        *(_part(f"more-{n}", said, at) for n, at in enumerate(between)),
        _part("limits", said, -2),
        _part("repeat", said, -1, manifest(m.manifest)),
    ], lang, drawn)


def study_page(
    m: StudyMaterial, written: Sequence[Written], lang: str, notices: Sequence[Label] = (),
    more: Mapping[str, str] | None = None, others: Sequence[Written] = (),
) -> str:
    """The page of a study.

    Parameters
    ----------
    m : StudyMaterial
    written : sequence of Written
        Figures, as :func:`sim.report.studies.drawing.write_study_figures` returns them.
    lang : {"zh", "en"}
        Language that is shown first.
    notices : sequence of Label
        Said above everything.
    more : mapping of language to str, optional
        Further sections in Markdown, put before how to repeat the study.
    others : sequence of Written
        Figures of the kinds in :data:`PICTURES`, in the other language.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    said = {one: sections(parsed(report_markdown(m, [], one))) for one in LANGS}
    further = {one: sections(parsed((more or {}).get(one, ""))) for one in LANGS}
    drawn = list(study_charts.charts(m))
    told = {} if m.searched else {one: benefit.of_study(m, one) for one in LANGS}
    return page(m.title, notices, [
        _part("asked", said, 0),
        _part("found", said, 1),
        Part("benefit", _WHEN, twice(told) if told else []),
        Part("claims", Label(zh="主张与判定", en="Claims and verdicts"),
             twice({one: _claims(m, one) for one in LANGS})),
        Part("figures", _FIGURES, list(_drawn(written, others, lang, drawn))),
        _part("limits", said, 2),
        *(_part(f"more-{n}", further, n) for n in range(len(further["zh"]))),
        _part("repeat", said, 3, manifest(m.manifest)),
    ], lang, drawn)


def _part(anchor: str, said: Mapping[str, Sequence[Section]], at: int, *after: Html) -> Part:
    """One section of a report as a box."""
    here = {lang: said[lang][at] for lang in LANGS}
    heading = Label(**{lang: section.heading for lang, section in here.items()})
    return Part(anchor, heading, [*twice({lang: blocks(one.nodes) for lang, one in here.items()}), *after])


_WHEN = Label(
    zh="何时有益，何时看不出，何时有害", en="When it helps, does nothing that can be told, or harms")
_FIGURES = Label(zh="图", en="Figures")


def _notices(nodes: Mapping[str, Sequence[Node]]) -> list[Label]:
    """Warnings at the head of a summary; the mark has a place of its own."""
    said = {
        lang: [line[0] for node in nodes[lang] if node.kind == "quote" for line in node.lines
               if ILLUSTRATIVE.text(lang) not in line[0]] for lang in LANGS}
    return [Label(zh=zh, en=en) for zh, en in zip(said["zh"], said["en"], strict=True)]


PICTURES = (
    "heat", "prim", "pareto", "matching", "posterior", "checks", "claims", "optimisation", "replicates")
"""Kinds of figures that stand in the page as they were drawn, in both languages."""


def _drawn(
    written: Sequence[Written], others: Sequence[Written], lang: str, charts: Sequence[Chart],
) -> Iterator[Html]:
    """Figures by kind, each under its heading: the one that answers, then the pictures of that kind."""
    answering = {chart.key: chart for chart in charts}
    turned = {one.name: {lang: _picture(mine), _OTHER[lang]: _picture(one)}
              for mine in written for one in others if one.name == mine.name}
    for kind, zh, en, _ in SECTIONS:
        some = [figure(_picture(one), turned.get(one.name)) for one in written if one.kind == kind]
        if kind in answering:
            yield place(answering[kind])
            if some:
                yield folded(FOR_PAPERS, *some)
        elif some:
            yield element("h3", both(Label(zh=zh, en=en)))
            yield from some


_OTHER = {"zh": "en", "en": "zh"}


def _picture(one: Written) -> Picture:
    return pictures(one.files, one.name, Label(zh=one.title, en=one.title))


def _claims(m: StudyMaterial, lang: str) -> list[Html]:
    """In what share of the calibrated space each claim has which verdict."""
    claims = m.table("claims")
    if claims is None or not len(claims):
        return []
    named = {str(key): label.text(lang) for key, label in VERDICTS.items()}
    rows = [
        (str(row["claim"]), named.get(str(row["verdict"]), str(row["verdict"])),
         *(_percent(float(row[column])) for column in ("share", "low", "high")))
        for row in records(claims)]
    heads = (say(lang, "主张", "claim"), say(lang, "判定", "verdict"),
             say(lang, "占校准后参数的比例", "share of the calibrated space"),
             say(lang, "95% 下限", "95 % low"), say(lang, "95% 上限", "95 % high"))
    return [table(heads, rows)]


def _percent(value: float) -> str:
    return "—" if value != value else f"{100 * value:.1f}%"
