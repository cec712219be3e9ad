"""PAWN: how far a factor shifts the whole distribution of the outcome; for any design that fills the space.

The range of a factor is cut into slices that hold equally many points. In each, the outcome's distribution is
held against the distribution over all points by the greatest distance between the two (Kolmogorov–Smirnov);
the index is the median distance over slices. It is computed within each seed and averaged over seeds.

The index of a factor without any influence is not 0, for a slice holds few points. ``dummy`` is what such a
factor stays below in 95 of 100 cases (99 keyed permutations of slices): a factor above it matters, with that
error rate for each factor. The interval adds the errors of seeds (t) and of points (jackknife over ten keyed
groups) as independent. It holds the index to be expected at this number of points.

SALib's implementation is the model; here the greatest value of each factor belongs to the last slice. Of a
Saltelli sample only the two independent points of each base row count: the others repeat their values, and
taken for independent points they would make factors without influence pass the dummy.

References: Pianosi and Wagener 2015, doi:10.1016/j.envsoft.2015.01.004; 2018,
doi:10.1016/j.envsoft.2018.07.019; Khorashadi Zadeh et al. 2017, doi:10.1016/j.envsoft.2017.02.001 (dummy).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.jackknife import half_width, t_quantile
from sim.analysis.responses import Response, complete
from sim.analysis.saltelli import points_of_a_row
from sim.errors import YiheError
from sim.rng import Streams
from sim.study.statistics import LEVEL

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SLICES = 10
DUMMIES = 99
DUMMY_QUANTILE = 0.95
GROUPS = 10
FEWEST_IN_A_SLICE = 5
_CELLS = 1_000_000  # points × slices × factors held at once: 8 MB


def pawn(
    response: Response, problem: Mapping[str, Any], unit: FloatArray, slices: int = SLICES,
    level: float = LEVEL,
) -> pd.DataFrame:
    """PAWN indices of every factor.

    Parameters
    ----------
    response : Response
    problem : mapping
        SALib's: ``names`` of the factors in the order of the columns of ``unit``.
    unit : array, shape (points, factors)
        The design in the unit cube, points from 0.
    slices : int
        Slices of each factor's range at most: each holds at least five points, and a factor with fewer values
        has one for each.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        ``of, outcome, factor, pawn, pawn_low, pawn_high, dummy, seeds, points, dropped``; indices lie between
        0 and 1. The ends are NaN with a single seed. ``dropped`` counts points that lack a run; ``points``
        and ``dropped`` are of independent points.

    Raises
    ------
    YiheError
        If there are too few points for two slices.
    """
    import pandas as pd

    names = [str(name) for name in problem["names"]]
    step = points_of_a_row(unit, problem.get("groups"))
    independent = np.arange(len(unit))
    if step is not None:
        independent = independent[(independent % step == 0) | (independent % step == step - 1)]
    values = response.rows(len(unit))[independent]
    kept = complete(~np.isnan(values))
    slices = min(slices, len(kept.blocks) // FEWEST_IN_A_SLICE)
    if slices < 2:
        raise YiheError(
            f"{response.of} 的 {response.outcome} 只有 {len(kept.blocks)} 个独立的点是完整的，"
            f"PAWN 至少需要 {2 * FEWEST_IN_A_SLICE} 个：请增大 design.n",
            f"{response.outcome} of {response.of} has {len(kept.blocks)} complete independent points; PAWN "
            f"needs at least {2 * FEWEST_IN_A_SLICE}: make design.n larger", key="design.n")
    points = independent[kept.blocks]
    y, x = values[np.ix_(kept.blocks, kept.seeds)], unit[points]
    labels = np.column_stack([_slices(column, slices) for column in x.T])
    by_seed = _index(labels, y)
    index = by_seed.mean(axis=1)
    half = np.hypot(_over_seeds(by_seed, level), _over_points(labels, y, points, level))
    return pd.DataFrame({
        "of": response.of, "outcome": response.outcome, "factor": names, "pawn": index,
        "pawn_low": np.clip(index - half, 0.0, 1.0), "pawn_high": np.clip(index + half, 0.0, 1.0),
        "dummy": _dummy(y, slices), "seeds": len(kept.seeds), "points": len(y),
        "dropped": len(values) - len(y)})


def _slices(x: FloatArray, slices: int) -> IntArray:
    """Number of the slice of each point; equal values share a slice."""
    edges = np.unique(np.quantile(x, np.linspace(0.0, 1.0, slices + 1)))
    return np.searchsorted(edges[1:-1], x, side="right").astype(np.int64)


def _index(labels: IntArray, y: FloatArray) -> FloatArray:
    """Median over slices of the distance between distributions.

    Parameters
    ----------
    labels : array of int, shape (points, factors)
        Number of each point's slice.
    y : array, shape (points, seeds)

    Returns
    -------
    array, shape (factors, seeds)
    """
    n, factors = labels.shape
    slices = int(labels.max()) + 1
    if n * slices * factors > _CELLS and factors > 1:
        half = factors // 2
        return np.concatenate([_index(labels[:, :half], y), _index(labels[:, half:], y)])
    member = (labels[:, :, None] == np.arange(slices)).reshape(n, -1)
    there = member.sum(axis=0)
    weight = member / np.maximum(there, 1)
    everybody = np.arange(1, n + 1)[:, None] / n
    distance = np.full((y.shape[1], factors * slices), np.nan)
    for seed, own in enumerate(y.T):
        order = np.argsort(own, kind="stable")
        last_of_equals = np.append(np.diff(own[order]) != 0.0, True)
        apart = np.abs(np.cumsum(weight[order], axis=0) - everybody)[last_of_equals].max(axis=0)
        distance[seed, there > 0] = apart[there > 0]
    return np.nanmedian(distance.reshape(-1, factors, slices), axis=2).T


def _over_seeds(by_seed: FloatArray, level: float) -> FloatArray:
    seeds = by_seed.shape[1]
    if seeds < 2:
        return np.full(len(by_seed), np.nan)
    return t_quantile(seeds - 1, level) * by_seed.std(axis=1, ddof=1) / math.sqrt(seeds)


def _over_points(labels: IntArray, y: FloatArray, points: IntArray, level: float) -> FloatArray:
    """Half-widths from leaving out one group of points at a time."""
    order = np.argsort(Streams(0).uniform("pawn groups", 0, points), kind="stable")
    group = np.empty(len(points), np.int64)
    group[order] = np.arange(len(points)) % GROUPS
    without = [_index(labels[group != g], y[group != g]).mean(axis=1) for g in range(GROUPS)]
    return half_width(np.array(without).T, level)


def _dummy(y: FloatArray, slices: int) -> float:
    """What the index of a factor without influence stays below in 95 of 100 cases."""
    n = len(y)
    equal = np.arange(n) * slices // n
    draws = np.array([Streams(0).uniform("pawn dummy", dummy, np.arange(n)) for dummy in range(DUMMIES)])
    found = _index(equal[np.argsort(draws, axis=1, kind="stable").T], y).mean(axis=1)
    return float(np.quantile(found, DUMMY_QUANTILE, method="higher"))
