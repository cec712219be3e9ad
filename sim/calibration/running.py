"""A calibration on the study runner: every run stored, a kill at any moment loses nothing finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.calibration.bench import SEED, Evaluate
from sim.calibration.casefigures import case_summaries, figure
from sim.calibration.result import CalibrationResult, calibrate
from sim.calibration.spec import Calibration, Wanted, read_calibration
from sim.calibration.targets import column
from sim.errors import YiheError
from sim.results import summarise
from sim.study.bench import Bench
from sim.study.plan import ClaimUnderTest
from sim.study.setup import Setup
from sim.study.sweep import How, Swept
from sim.study.tables import LONG, Keep
from sim.study.verdicts import judge

if TYPE_CHECKING:
    import pandas as pd


def claims_of(setup: Setup) -> list[ClaimUnderTest]:
    """Claims of the base scenario both of whose arms are in the study."""
    return [
        ClaimUnderTest(claim, claim.treatment, claim.control, setup.base.window(claim))
        for claim in setup.base.targets
        if claim.treatment in setup.arms and claim.control in setup.arms
    ]


def calibration_of(setup: Setup) -> Calibration:
    """The calibration that a study file asks for.

    Raises
    ------
    YiheError
        The first mistake in its ``calibrate:`` section.
    """
    if setup.file.calibrate is None:
        raise YiheError(
            "没有 calibrate 一节：请写明参数和目标，或用 yihe sweep",
            "there is no calibrate section: name parameters and targets, or use yihe sweep",
            file=setup.path,
            key="calibrate",
        )
    found = read_calibration(
        setup.file.calibrate,
        setup.base,
        setup.arms,
        setup.control,
        claims=claims_of(setup),
        file=setup.path,
        origins=setup.origins,
    )
    return replace(found, seed=setup.table.first_seed)


def with_needs(setup: Setup, calibration: Calibration) -> Setup:
    """The study, keeping of each run what the targets are read from."""
    keep = setup.rules.keep
    own = [want.outcome for want in _columns(setup, calibration) if want.window]
    weekly = None if keep.weekly is None else tuple(dict.fromkeys([*keep.weekly, *own]))
    needed = {"series": bool(own), "groups": False, "cases": bool(calibration.case_figures)}
    tables = tuple(name for name in LONG if name in keep.tables or needed[name])
    return replace(setup, kept=Keep(tables, weekly))


def run_calibration(setup: Setup, folder: Path, how: How | None = None) -> tuple[Swept, CalibrationResult]:
    """Calibrate, from the start or from where it stopped.

    Parameters
    ----------
    setup : Setup
    folder : Path
    how : How, optional

    Raises
    ------
    YiheError
        For a mistake in the study, or a folder that cannot be used.
    """
    calibration = calibration_of(setup)
    setup, claims = with_needs(setup, calibration), claims_of(setup)
    with Bench.at_work(setup, folder, how) as bench:
        result = calibrate(
            calibration,
            _evaluator(bench, setup, calibration, calibration.arms_to_fit),
            check=_evaluator(bench, setup, calibration, tuple(setup.arms)),
            judge=None if not claims else lambda values: judge(claims, values),
            weeks=setup.base.weeks,
        )
        done = bench.finish(
            result.tables(), factors=[parameter.path for parameter in calibration.parameters],
            told=[sentence.model_dump() for sentence in result.sentences])
    return done, result


def _columns(setup: Setup, calibration: Calibration) -> tuple[Wanted, ...]:
    """Columns that targets and claims are read from."""
    default = (max(0, setup.base.weeks - 52), setup.base.weeks)
    windows = [
        (outcome, None if tested.window == default else tested.window)
        for tested in claims_of(setup)
        for outcome in (tested.claim.outcome, *tested.claim.beside)
    ]
    more = [Wanted(column(outcome, window), outcome, window) for outcome, window in windows]
    return tuple(dict.fromkeys([*calibration.wanted, *more]))


def _evaluator(bench: Bench, setup: Setup, calibration: Calibration, arms: Sequence[str]) -> Evaluate:
    wanted = _columns(setup, calibration)

    def evaluate(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
        starts = points[SEED].tolist()
        asked = bench.run(points.drop(columns=SEED), replicates, starts=starts, arms=arms)
        runs = bench.table("runs", asked)
        first = {at: int(start) for at, start in enumerate(starts)}
        here = runs["seed"] - runs["point"].map(first)
        runs = runs[runs["arm"].isin(arms) & (here >= 0) & (here < replicates)].reset_index(drop=True)
        whole = _with_windows(runs, bench, asked, wanted)
        return _with_figures(whole, bench, asked, calibration, setup, _content(points, setup))

    return evaluate


_RUN = ["point", "arm", "seed"]
_CONTENT = "experience.content"


def _with_windows(
    runs: pd.DataFrame,
    bench: Bench,
    asked: Sequence[int],
    wanted: Sequence[Wanted],
) -> pd.DataFrame:
    """Outcomes over windows of their own, from the weekly series."""
    own = [want for want in wanted if want.window is not None]
    if not own:
        return runs
    series = bench.table("series", asked)
    found: dict[str, Any] = {}
    for want in own:
        assert want.window is not None
        mine = series[series["week"].between(want.window[0], want.window[1] - 1)]
        groups = mine.groupby(_RUN, sort=False)[want.outcome]
        found[want.column] = groups.agg(partial(summarise, want.outcome))
    return runs.join(_frame(found), on=_RUN)


def _content(points: pd.DataFrame, setup: Setup) -> dict[int, float]:
    """Satisfaction above which a party counts as satisfied, at each point."""
    column = points.get(_CONTENT, [setup.base.experience.content] * len(points))
    return {at: float(value) for at, value in enumerate(column)}


def _with_figures(
    runs: pd.DataFrame, bench: Bench, asked: Sequence[int], calibration: Calibration, setup: Setup,
    content: Mapping[int, float],
) -> pd.DataFrame:
    """Figures of recorded cases, from the log of cases."""
    names = [name for name in calibration.case_figures if figure(name) is not None]
    if not names:
        return runs
    end = setup.base.warmup + setup.base.weeks
    figures = case_summaries(bench.table("cases", asked), names, content=content, last_week=end)
    return runs.join(figures.set_index(_RUN), on=_RUN)


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)
