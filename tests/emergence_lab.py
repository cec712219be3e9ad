"""Small communities in which patterns are looked for, and the tests that decide whether they are there.

Every decision is a t test on runs paired by seed, or an equivalence test by two one-sided t tests. Seeds are
fixed, so a verdict never changes from one day to the next; the error rate is that of the choice of seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim import model as model_module
from sim.model import CommunityModel
from sim.network.ties import Ties
from sim.population.columns import Population
from sim.population.synthesis import permute_inputs, synthesize
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.simulation import simulate

ALPHA = 0.001
"""Chance that one directional test passes although the effect is nil or has the other sign."""
EQUIVALENCE = 0.01
"""Chance that an equivalence test passes although the true value lies on or beyond the margin."""

Floats = npt.NDArray[np.float64]


def community(
    weeks: int = 52, warmup: int = 26, residents: int = 800, regime: str = "one_core", **changes: Any
) -> Scenario:
    """One community at default parameters but for what ``changes`` names.

    Parameters
    ----------
    weeks, warmup, residents : int
    regime : str
    **changes
        Further keys of the scenario, as in its file.
    """
    population = {"residents": residents, **changes.pop("population", {})}
    return Scenario.model_validate({
        "yihe": 1, "name": "emergence", "weeks": weeks, "warmup": warmup, "regime": regime,
        "population": population, **changes})


def runs(scenario: Scenario, seeds: Iterable[int]) -> list[RunResult]:
    """One run a seed."""
    return [simulate(scenario, seed) for seed in seeds]


def values(results: Iterable[RunResult], outcome: str, first: int | None = None) -> Floats:
    """One number a run: an outcome over the weeks from ``first``, the last 52 if left out."""
    return np.array([r.value(outcome, first) for r in results])


def group_gap(result: RunResult, breakdown: str, group: str) -> float:
    """Participation within 52 weeks of one group minus that of everybody, in the last week."""
    share, size = result.groups[breakdown][-1], result.group_sizes[breakdown]
    known = size > 0
    everybody = float((share[known] * size[known]).sum() / size[known].sum())
    return float(share[result.group_names[breakdown].index(group)]) - everybody


def permuted(scenario: Scenario, seeds: Iterable[int]) -> list[RunResult]:
    """Runs of communities whose adults swapped hours, health, stay, digital ability and membership at random.

    The swap comes before ties are made, so that building and party ties follow whoever holds those columns.
    """

    def shuffled(places: Any, margins: Any, streams: Any) -> Population:
        return permute_inputs(synthesize(places, margins, streams), streams)

    with patch.object(model_module, "synthesize", shuffled):
        return runs(scenario, seeds)


def started(scenario: Scenario, seed: int, start: Callable[[CommunityModel], None]) -> RunResult:
    """A run whose community is put into some state before its first week."""
    model = CommunityModel(scenario, seed)
    try:
        start(model)
        return model.run()
    finally:
        model.free()


def everybody_inactive(model: CommunityModel) -> None:
    """Nobody was active, nobody has a habit: how every run begins."""
    r = model.residents
    r.active[:], r.habit[:], r.stage[:] = 0, 0.0, 0


def share_active(share: float) -> Callable[[CommunityModel], None]:
    """A start with a share of adults, drawn at random, active in the week before the first."""

    def start(model: CommunityModel) -> None:
        everybody_inactive(model)
        r = model.residents
        r.active[:] = (r.age >= 18) & (model.draw("seed activity", "resident", -1) < share)

    return start


def degrees(ties: Ties) -> npt.NDArray[np.int64]:
    """Ties of each resident in the fixed layers."""
    return np.diff(ties.first).astype(np.int64)


def p_above(sample: npt.ArrayLike, bound: float = 0.0) -> float:
    """One-sided t test: chance of a mean this far above ``bound`` if the true mean were ``bound``."""
    x = np.asarray(sample, float)
    assert np.isfinite(x).all(), f"a run gave no value: {x}"
    return float(stats.ttest_1samp(x, bound, alternative="greater").pvalue)


def _described(x: Floats) -> str:
    return f"mean {x.mean():.4f} (sd {x.std(ddof=1):.4f}, n {len(x)})"


def is_above(sample: npt.ArrayLike, bound: float = 0.0, alpha: float = ALPHA) -> None:
    """Assert that a mean lies above ``bound``, with error rate ``alpha``."""
    x = np.asarray(sample, float)
    p = p_above(x, bound)
    assert p < alpha, f"{_described(x)} is not above {bound}: p = {p:.4f}"


def is_below(sample: npt.ArrayLike, bound: float = 0.0, alpha: float = ALPHA) -> None:
    """Assert that a mean lies below ``bound``, with error rate ``alpha``."""
    is_above(-np.asarray(sample, float), -bound, alpha)


def is_within(sample: npt.ArrayLike, margin: float, alpha: float = EQUIVALENCE) -> None:
    """Assert by two one-sided t tests that a mean lies within ±``margin``, with error rate ``alpha``."""
    x = np.asarray(sample, float)
    p = max(p_above(x, -margin), p_above(-x, -margin))
    assert p < alpha, f"{_described(x)} is not within ±{margin}: p = {p:.4f}"


def yearly(result: RunResult, outcome: str) -> float:
    """Sum over the last 52 weeks."""
    return float(np.nansum(result.series[outcome][-52:]))


def paper_gap(result: RunResult) -> float:
    """Share settled as recorded minus share of latent disputes really resolved."""
    settled = yearly(result, "resolved") + yearly(result, "closed_on_paper")
    real = (yearly(result, "resolved") - yearly(result, "relapsed")) / yearly(result, "latent_disputes")
    return settled / yearly(result, "recorded_disputes") - real
