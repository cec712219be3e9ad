"""Every table of a study's analysis: what follows from its design, its arms and its report section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

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

POOLED = ARM
"""Stands for the arm of each point, where the arm is a factor: there is one response, and no contrast."""

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
    pooled = ARM in setup.table.factors
    rows = pooled_runs(runs) if pooled else runs
    arms, wanted = ((POOLED,), (POOLED,)) if pooled else (tuple(setup.arms), setup.contrasts)
    outcomes = [name for name in report.outcomes if name in runs]
    if outcomes and len(arms) > 1 and setup.file.calibrate is None:
        bench.make(lambda: _contrasted(setup, runs, outcomes, outcomes if len(design) <= EACH_POINT else []))
        for arm in arms if setup.file.design is not None else ():  # those without runs are left out, and said
            bench.attempt(partial(response, runs, outcomes[0], arm, arms))
    if setup.points is not None and len(setup.points) > 1:
        made = [
            bench.attempt(partial(response, rows, outcome, of, arms))
            for of in wanted for outcome in outcomes]
        responses = [one for one in made if one is not None]
        for table in _by_method(setup.points, responses, design) if responses else ():
            bench.make(table)
    discovery = report.discovery
    if discovery is not None:
        bench.make(lambda: _discover(discovery, runs, tuple(setup.arms), design))
    if report.pareto:
        bench.make(lambda: {"pareto": pareto(rows, report.pareto)})
    return Analysis(bench.tables, tuple(bench.notes))


def pooled_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs of a study whose arms are a factor: each is of its point's arm, so all are one response."""
    return runs.assign(arm=POOLED)


Tables = dict[str, "pd.DataFrame"]


Made = TypeVar("Made")


class _Bench:
    """Tables as they are made; one that these runs cannot give leaves a note in its place."""

    def __init__(self) -> None:
        self.tables: Tables = {}
        self.notes: list[Label] = []

    def make(self, what: Callable[[], Tables]) -> None:
        self.tables |= self.attempt(what) or {}

    def attempt(self, what: Callable[[], Made]) -> Made | None:
        try:
            return what()
        except YiheError as error:
            note = Label(zh=error.zh, en=error.en)
            if note not in self.notes:
                self.notes.append(note)
            return None


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


def _contrasted(setup: Setup, runs: pd.DataFrame, outcomes: list[str], by_point: list[str]) -> Tables:
    response(runs, outcomes[0], setup.control, tuple(setup.arms))  # the control has runs, or it is said
    adjust = setup.file.report.contrasts.adjust
    return {"contrasts": contrasts(runs, setup.control, outcomes, by_point=by_point, adjust=adjust)}


def _discover(
    wanted: Discovery, runs: pd.DataFrame, arms: tuple[str, ...], design: pd.DataFrame,
) -> Tables:
    import pandas as pd

    one = response(runs, wanted.outcome, wanted.of, arms)
    interest = partial(cases, below=wanted.below, above=wanted.above)
    found = prim(one, design, interest, boxes=wanted.boxes, resamples=RESAMPLES)
    here = interest(one)
    listed = pd.DataFrame(
        {"of": wanted.of, "outcome": wanted.outcome, "point": here.points, "interest": here.hit})
    return {"prim_boxes": found.boxes, "prim_peeling": found.peeling, "prim_cases": listed}


def _stacked(tables: Iterator[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(list(tables), ignore_index=True)
