"""``report.html`` of a study and of a comparison: what stands where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.html import benefit
from sim.report.html.figures import figure, of_comparison, pictures
from sim.report.html.marks import Html, Node, element, markup, parsed, sections
from sim.report.html.page import Part, blocks, manifest, page
from sim.report.html.tables import table
from sim.report.material import Material, material_of
from sim.report.studies.report import SECTIONS, report_markdown
from sim.report.studies.tables import records
from sim.report.summary import summary_markdown
from sim.report.words import ILLUSTRATIVE, say
from sim.scenario.targets import VERDICTS

if TYPE_CHECKING:
    from sim.report.studies.drawing import Written
    from sim.report.studies.material import StudyMaterial
    from sim.study.compare import Comparison

FILE = "report.html"


def comparison_page(comparison: Comparison | Material, files: Sequence[Path], lang: str) -> str:
    """The page of a comparison.

    Parameters
    ----------
    comparison : Comparison or Material
    files : sequence of Path
        Of its figures, as :func:`sim.report.figures.write_figures` returns them.
    lang : {"zh", "en"}

    Returns
    -------
    str
        HTML, complete in itself.
    """
    m = material_of(comparison)
    nodes = parsed(summary_markdown(m, lang))
    compared, plain, claims, *between, limits, repeat = sections(nodes)
    drawn = [figure(picture, lang) for picture in of_comparison(files, lang)]
    return page(m.name.text(lang), _notices(nodes, lang), [
        Part("asked", compared.heading, blocks(compared.nodes)),
        Part("found", plain.heading, blocks(plain.nodes)),
        Part("benefit", _WHEN[lang], benefit.of_comparison(m, lang)),
        Part("claims", claims.heading, blocks(claims.nodes)),
        Part("figures", _FIGURES[lang], drawn),
        *(Part(f"more-{n}", section.heading, blocks(section.nodes)) for n, section in enumerate(between)),
        Part("limits", limits.heading, blocks(limits.nodes)),
        Part("repeat", repeat.heading, [*blocks(repeat.nodes), manifest(m.manifest, lang)]),
    ], lang)


def study_page(
    m: StudyMaterial, written: Sequence[Written], lang: str, notices: Sequence[str] = (), more: str = "",
) -> str:
    """The page of a study.

    Parameters
    ----------
    m : StudyMaterial
    written : sequence of Written
        Figures, as :func:`sim.report.studies.drawing.write_study_figures` returns them.
    lang : {"zh", "en"}
    notices : sequence of str
        Said above everything.
    more : str
        Further sections in Markdown, put before how to repeat the study.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    done, found, limits, repeat = sections(parsed(report_markdown(m, [], lang)))
    return page(m.title.text(lang), notices, [
        Part("asked", done.heading, blocks(done.nodes)),
        Part("found", found.heading, blocks(found.nodes)),
        Part("benefit", _WHEN[lang], [] if m.searched else benefit.of_study(m, lang)),
        Part("claims", say(lang, "主张与判定", "Claims and verdicts"), _claims(m, lang)),
        Part("figures", _FIGURES[lang], _drawn(written, lang)),
        Part("limits", limits.heading, blocks(limits.nodes)),
        *(Part(f"more-{n}", section.heading, blocks(section.nodes))
          for n, section in enumerate(sections(parsed(more)))),
        Part("repeat", repeat.heading, [*blocks(repeat.nodes), manifest(m.manifest, lang)]),
    ], lang)


_WHEN = {
    "zh": "何时有益，何时看不出，何时有害", "en": "When it helps, does nothing that can be told, or harms"}
_FIGURES = {"zh": "图", "en": "Figures"}


def _notices(nodes: Sequence[Node], lang: str) -> list[str]:
    """Warnings at the head of a summary; the mark has a place of its own."""
    mark = ILLUSTRATIVE.text(lang)
    said = [line[0] for node in nodes if node.kind == "quote" for line in node.lines]
    return [text for text in said if mark not in text]


def _drawn(written: Sequence[Written], lang: str) -> list[Html]:
    """Figures by kind, each under its heading."""
    found: list[Html] = []
    for kind, zh, en, _ in SECTIONS:
        some = [figure(pictures(one.files, one.title), lang) for one in written if one.kind == kind]
        if some:
            found += [element("h3", markup(say(lang, zh, en))), *some]
    return found


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
