"""Every table of a study's analysis: what follows from its design, its arms and its report section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.contrasts import contrasts
from sim.analysis.factorial import effects
from sim.analysis.morris import morris
from sim.analysis.pareto import pareto
from sim.analysis.pawn import pawn
from sim.analysis.prim import cases, prim
from sim.analysis.responses import Response, response
from sim.analysis.sobol import sobol
from sim.analysis.tornado import tornado
from sim.designs.names import ARM
from sim.designs.points import Points
from sim.errors import YiheError
from sim.params import Label
from sim.study.file import Discovery
from sim.study.setup import Setup

if TYPE_CHECKING:
    import pandas as pd

EACH_POINT = 400
"""Points up to which arms are contrasted at each of them too."""

RESAMPLES = 20
"""Resamples of seeds that say how often a box is found again."""

SAMPLES = ("latin_hypercube", "sobol_sequence", "sobol")
"""Designs that fill the space, as PAWN wants it."""


class Analysis(NamedTuple):
    """Tables by name, and why some could not be made."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Label, ...]


def analyse(setup: Setup, runs: pd.DataFrame, design: pd.DataFrame) -> Analysis:
    """Tables of a study's analysis.

    Parameters
    ----------
    setup : Setup
    runs, design : DataFrame
        As :func:`sim.study.opened.open_study` gives them.

    Returns
    -------
    Analysis
        ``contrasts``; by method ``tornado``, ``morris``, ``sobol`` and ``sobol_pairs``, ``pawn``,
        ``effects``; where the file asks for them ``prim_boxes``, ``prim_peeling``, ``prim_cases``,
        ``pareto``.
    """
    report, bench = setup.file.report, _Bench()
    outcomes = [name for name in report.outcomes if name in runs]
    if len(setup.arms) > 1 and ARM not in setup.table.factors and setup.file.calibrate is None:
        points = outcomes if len(design) <= EACH_POINT else []
        bench.make(lambda: {"contrasts": contrasts(
            runs, setup.control, outcomes, by_point=points, adjust=report.contrasts.adjust)})
    if setup.points is not None and len(setup.points) > 1:
        responses = [response(runs, outcome, of) for of in setup.contrasts for outcome in outcomes]
        for made in _by_method(setup.points, responses, design):
            bench.make(made)
    if report.discovery is not None:
        wanted = report.discovery
        bench.make(lambda: _discover(wanted, runs, design))
    if report.pareto:
        bench.make(lambda: {"pareto": pareto(runs, report.pareto)})
    return Analysis(bench.tables, tuple(bench.notes))


Tables = dict[str, "pd.DataFrame"]


class _Bench:
    """Tables as they are made; one that these runs cannot give leaves a note in its place."""

    def __init__(self) -> None:
        self.tables: Tables = {}
        self.notes: list[Label] = []

    def make(self, what: Callable[[], Tables]) -> None:
        try:
            self.tables |= what()
        except YiheError as error:
            self.notes.append(Label(zh=error.zh, en=error.en))


def _by_method(
    points: Points, responses: list[Response], design: pd.DataFrame,
) -> Iterator[Callable[[], Tables]]:
    """What follows from the design's method, one maker for each kind of table."""
    method, problem, unit = str(points.design.method), points.problem, points.unit
    if method == "one_at_a_time":
        yield lambda: {"tornado": _stacked(tornado(one, design) for one in responses)}
    if method == "morris":
        yield lambda: {"morris": _stacked(morris(one, problem, unit) for one in responses)}
    if method == "factorial":
        yield lambda: {"effects": _stacked(effects(one, problem, unit) for one in responses)}
    if method == "sobol":
        yield lambda: _indices(points, responses)
    if method in SAMPLES:
        yield lambda: {"pawn": _stacked(pawn(one, problem, unit) for one in responses)}


def _indices(points: Points, responses: list[Response]) -> Tables:
    indices = [sobol(one, points.problem, points.unit) for one in responses]
    pairs = _stacked(one.pairs for one in indices)
    more = {"sobol_pairs": pairs} if len(pairs) else {}
    return {"sobol": _stacked(one.factors for one in indices), **more}


def _discover(wanted: Discovery, runs: pd.DataFrame, design: pd.DataFrame) -> dict[str, pd.DataFrame]:
    import pandas as pd

    one = response(runs, wanted.outcome, wanted.of)
    interest = partial(cases, below=wanted.below, above=wanted.above)
    found = prim(one, design, interest, boxes=wanted.boxes, resamples=RESAMPLES)
    here = interest(one)
    listed = pd.DataFrame(
        {"of": wanted.of, "outcome": wanted.outcome, "point": here.points, "interest": here.hit})
    return {"prim_boxes": found.boxes, "prim_peeling": found.peeling, "prim_cases": listed}


def _stacked(tables: Iterator[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(list(tables), ignore_index=True)
