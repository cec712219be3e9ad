"""Draw the figures of a study and write their files; importing this loads matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sim.report.embed import save
from sim.report.studies import (
    bands,
    checks,
    claims,
    factorial,
    forest,
    heat,
    lines,
    matching,
    morris,
    optimisation,
    pareto,
    pawn,
    posterior,
    prim,
    replicates,
    sobol,
    tornado,
)
from sim.report.studies.material import StudyMaterial
from sim.report.studies.sheet import Drawing, study_look
from sim.study.store import writing

FIGURES: dict[str, Callable[[StudyMaterial, str], Iterator[Drawing]]] = {
    "contrasts": forest.draw,
    "bands": bands.draw,
    "heat": heat.draw,
    "lines": lines.draw,
    "tornado": tornado.draw,
    "morris": morris.draw,
    "sobol": sobol.draw,
    "pawn": pawn.draw,
    "effects": factorial.draw,
    "prim": prim.draw,
    "pareto": pareto.draw,
    "matching": matching.draw,
    "posterior": posterior.draw,
    "checks": checks.draw,
    "claims": claims.draw,
    "optimisation": optimisation.draw,
    "replicates": replicates.draw,
}
"""Figures by kind, in the order of the report. A kind whose tables were not made draws nothing."""


class Written(NamedTuple):
    """One figure on disk."""

    kind: str
    name: str
    title: str
    files: tuple[Path, ...]
    """PNG, SVG, CSV."""


def write_study_figures(
    m: StudyMaterial, folder: Path, lang: str, kinds: Iterable[str] | None = None
) -> list[Written]:
    """Draw every figure for which there are tables, and write PNG, SVG and CSV of each.

    Parameters
    ----------
    m : StudyMaterial
    folder : Path
        Made if it does not exist.
    lang : {"zh", "en"}
    kinds : iterable of str, optional
        Keys of :data:`FIGURES`; all if left out.

    Returns
    -------
    list of Written
        In the order of :data:`FIGURES`.

    Raises
    ------
    YiheError
        If the folder cannot be written or the font is missing.
    """
    written = []
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for kind in FIGURES if kinds is None else kinds:
            with study_look():
                for drawing in FIGURES[kind](m, lang):
                    files = save(drawing.figure, folder, drawing.name, drawing.data, m.manifest)
                    written.append(Written(kind, drawing.name, drawing.title, tuple(files)))
    return written
