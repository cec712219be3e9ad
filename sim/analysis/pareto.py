"""The front between outcomes that pull apart: points and arms of which no other is better in everything.

One candidate is better in everything than another if it is at least as good in all outcomes and better in
one. The front of the means is shown with its uncertainty: seeds are resampled (the same for all candidates,
as they share them), and ``front_share`` is the share of resamples in which a candidate is on the front. A
candidate off the front with a large share cannot be told from one on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from sim.analysis.responses import arms_of, response
from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.rng import Streams, combine_array, unit_interval
from sim.study import ranges
from sim.study.statistics import band

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

Better = Literal["more", "less"]

RESAMPLES = 1_000


def pareto(
    runs: pd.DataFrame,
    outcomes: Sequence[str],
    *,
    better: Mapping[str, Better] | None = None,
    arms: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
) -> pd.DataFrame:
    """Means of every point and arm, and which are on the front.

    Parameters
    ----------
    runs : DataFrame
        ``point, arm, seed`` and outcomes; one row a run.
    outcomes : sequence of str
        Two or more.
    better : mapping of str to {"more", "less"}, optional
        Direction of an outcome, instead of the declared one.
    arms : sequence of str, optional
        All if left out.
    resamples : int
        Resamples of seeds.

    Returns
    -------
    DataFrame
        ``point, arm``; ``<outcome>, <outcome>_low, <outcome>_high`` of each (mean over seeds and 95 %
        t-interval); ``front``, ``front_share``; sorted by point and arm's order. A candidate without a value
        in some outcome is never on the front.

    Raises
    ------
    YiheError
        If there are fewer than two outcomes, or one has no direction.
    """
    import pandas as pd

    if len(set(outcomes)) < 2:
        raise YiheError("帕累托前沿至少需要两个不同的指标：请再写一个",
                        "a Pareto front needs at least two different outcomes: name another", key="outcomes")
    signs = np.array([_sign(outcome, better or {}) for outcome in outcomes])
    arms = arms_of(runs) if arms is None else list(arms)
    tables = [[response(runs, outcome, arm) for arm in arms] for outcome in outcomes]
    points, seeds = tables[0][0].points, tables[0][0].seeds
    # candidates × seeds of each outcome, by point and then arm
    values = [np.stack([one.values for one in by_arm], axis=1).reshape(-1, len(seeds)) for by_arm in tables]
    columns: dict[str, npt.NDArray[np.generic] | list[str]] = {
        "point": np.repeat(points, len(arms)), "arm": list(arms) * len(points)}
    for outcome, table in zip(outcomes, values, strict=True):
        found = band(table.T, bounds=ranges.of_level(outcome))
        columns |= {outcome: found.mean, f"{outcome}_low": found.low, f"{outcome}_high": found.high}
    columns["front"] = front(np.column_stack([columns[outcome] for outcome in outcomes]) * signs)
    columns["front_share"] = _share(values, signs, resamples)
    kept = pd.DataFrame(columns)
    return kept[~kept[list(outcomes)].isna().all(axis=1)].reset_index(drop=True)


def front(goods: FloatArray) -> BoolArray:
    """Which candidates no other is better than in everything.

    Parameters
    ----------
    goods : array, shape (candidates, outcomes)
        Larger is better; a candidate with a NaN is not on the front and keeps no other off it.

    Returns
    -------
    array of bool, shape (candidates,)
        Equal candidates are on the front together.
    """
    on = np.zeros(len(goods), bool)
    left = np.flatnonzero(~np.isnan(goods).any(axis=1))
    # Best in the first outcome, ties by the next: the first of those left is never beaten
    left = left[np.lexsort(-goods[left].T[::-1])]
    while len(left):
        first = goods[left[0]]
        on[left[0]] = True
        equal = np.all(goods[left] == first, axis=1)
        on[left[equal]] = True
        left = left[~np.all(goods[left] <= first, axis=1)]
    return on


def _sign(outcome: str, better: Mapping[str, Better]) -> float:
    direction = better.get(outcome) or (OUTCOMES[outcome].better if outcome in OUTCOMES else "neither")
    if direction == "neither":
        raise YiheError(
            f"指标 {outcome} 没有好坏方向：请注明 more（越多越好）或 less（越少越好）",
            f"outcome {outcome} has no better direction: say more or less for it", key=outcome)
    return 1.0 if direction == "more" else -1.0


def _share(values: Sequence[FloatArray], signs: FloatArray, resamples: int) -> FloatArray:
    """Share of resamples of seeds in which each candidate is on the front."""
    candidates, seeds = values[0].shape
    key = combine_array(Streams(0).key("pareto"), np.arange(resamples))
    draws = unit_interval(combine_array(key[:, None], np.arange(seeds)[None, :]))
    picked = np.minimum((draws * seeds).astype(np.intp), seeds - 1)
    there = [~np.isnan(table) for table in values]
    filled = [np.where(known, table, 0.0) for known, table in zip(there, values, strict=True)]
    on = np.zeros(candidates, np.int64)
    for sample in picked:
        counts = [known[:, sample].sum(axis=1) for known in there]
        means = [
            np.where(count > 0, table[:, sample].sum(axis=1) / np.maximum(count, 1), np.nan)
            for table, count in zip(filled, counts, strict=True)]
        on += front(np.column_stack(means) * signs)
    return on / resamples
