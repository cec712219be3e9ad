"""Sobol's variance-based indices of the mean response, on SALib, with seeds as blocks.

``s1`` is the share of the variance over the factors' ranges that a factor explains alone, ``st`` with all its
interactions, ``s2`` what a pair explains together beyond each alone. All are of the response's mean over
seeds, not of single runs: luck of single runs would lower every ``s1`` and lift every ``st``, and a factor
without any influence would show the share of luck as its ``st``. SALib's estimators times the variance are
quadratic forms of the outputs, so the bias that luck leaves in the seeds' mean is taken away exactly
(:mod:`sim.analysis.jackknife`). That takes two seeds; one is refused.

The interval is normal around the estimate. Base rows: standard error by bootstrap of whole rows, of the same
estimate freed of luck, so the luck of each row is in it. Seeds, from five on: leave-one-out, t with n − 1
degrees of freedom, added as independent. With two to four seeds that part is left out: what a seed does to
all points alike, beyond moving them all, is then in no interval. Nothing is cut off at 0 and 1: an estimate
or an end beyond them is error, and shows how large it is. Coverage is near the nominal one from a hundred
base rows on, and lower with few rows or outcomes that a few points dominate.

Factors of one group (``groups`` of the problem) have one index together.

References: Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018 (first order, total); Saltelli 2002,
doi:10.1016/S0010-4655(02)00280-1 (pairs).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.analysis.jackknife import half_width, left_out, quadratic
from sim.analysis.responses import Response, complete
from sim.analysis.saltelli import points_of_a_row
from sim.errors import YiheError
from sim.study.statistics import FEWEST_BLOCKS, FEWEST_SEEDS, LEVEL

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

RESAMPLES = 200
_SEED = 1  # of the bootstrap


class Indices(NamedTuple):
    """Tables of indices; columns as :func:`sobol` says."""

    factors: pd.DataFrame
    pairs: pd.DataFrame


class _Found(NamedTuple):
    """Estimates of one kind of index with their half-widths, shape (terms,)."""

    value: FloatArray
    half: FloatArray


def sobol(response: Response, problem: Mapping[str, Any], unit: FloatArray, level: float = LEVEL) -> Indices:
    """Sobol indices from runs of a Saltelli design.

    Parameters
    ----------
    response : Response
        At least two seeds; from five on their error is in the interval.
    problem : mapping
        SALib's: ``names`` of the factors in the order of the columns of ``unit``; ``groups``, the group of
        each, if they move in groups.
    unit : array, shape (points, factors)
        The design in the unit cube as ``SALib.sample.sobol`` orders it, points from 0.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Indices
        ``factors``: ``of, outcome, factor, s1, s1_low, s1_high, st, st_low, st_high, seeds, rows, dropped``;
        ``pairs``: ``of, outcome, factor, other, s2, s2_low, s2_high``, empty if the design has no points for
        them. Where factors are grouped, ``factor`` is the group. ``rows`` counts the base rows used,
        ``dropped`` those in which a run is missing. NaN where no variance can be told from luck.

    Raises
    ------
    YiheError
        If the points are no Saltelli design, or too few seeds or base rows are complete.
    """
    import pandas as pd

    columns = [str(name) for name in problem["names"]]
    groups = [str(name) for name in problem.get("groups", columns)]
    names = list(dict.fromkeys(groups))
    pairs = list(combinations(range(len(names)), 2))
    step = _points_of_a_row(unit, groups)
    second = step == 2 * len(names) + 2
    values = response.rows(len(unit)).reshape(-1, step, len(response.seeds))
    kept = complete(np.all(~np.isnan(values), axis=1))
    _enough(response, len(kept.seeds), len(kept.blocks))
    outputs = values[kept.blocks][:, :, kept.seeds]
    found = _indices(outputs, len(names), second, level)
    said = {"of": response.of, "outcome": response.outcome}
    counts = {"seeds": len(kept.seeds), "rows": len(kept.blocks), "dropped": len(values) - len(kept.blocks)}
    factors = pd.DataFrame({
        **said, "factor": names, **_columns("s1", found["s1"]), **_columns("st", found["st"]), **counts})
    other = pd.DataFrame({
        **said, "factor": [names[i] for i, _ in pairs if second],
        "other": [names[j] for _, j in pairs if second], **_columns("s2", found["s2"])})
    return Indices(factors, other)


def _columns(name: str, found: _Found) -> dict[str, FloatArray]:
    return {name: found.value, f"{name}_low": found.value - found.half,
            f"{name}_high": found.value + found.half}


def _points_of_a_row(unit: FloatArray, groups: list[str]) -> int:
    if unit.ndim == 2 and unit.shape[1] == len(groups):
        step = points_of_a_row(unit, groups)
        if step is not None:
            return step
    raise YiheError(
        "这些设计点不是 Saltelli 方案（每个基准行须有“因素数+2”或“2×因素数+2”个点，且不能被约束条件删去），"
        "无法计算 Sobol 指数：请换用 Saltelli 方案，或改用 PAWN",
        "these points are no Saltelli design (each base row needs factors + 2 or 2 × factors + 2 points, "
        "none taken out by a constraint), so Sobol indices cannot be computed: use a Saltelli design, or "
        "PAWN", key="design.method")


def _enough(response: Response, seeds: int, rows: int) -> None:
    if seeds < FEWEST_SEEDS:
        raise YiheError(
            f"{response.of} 的 {response.outcome} 只有 {seeds} 个种子是完整的，Sobol 指数至少需要 "
            f"{FEWEST_SEEDS} 个，否则分不清因素与运气：请把 replicates 设为 {FEWEST_SEEDS} 以上",
            f"{response.outcome} of {response.of} has {seeds} complete seeds; Sobol indices need at least "
            f"{FEWEST_SEEDS} to tell factors from luck: set replicates to {FEWEST_SEEDS} or more",
            key="replicates")
    if rows < 2:
        raise YiheError(
            f"{response.of} 的 {response.outcome} 只有 {rows} 个基准行是完整的："
            "请用 yihe resume 补跑失败的运行，或增大 design.n",
            f"{response.outcome} of {response.of} has {rows} complete base rows: run what failed again with "
            "yihe resume, or make design.n larger", key="design.n")


def _indices(outputs: FloatArray, d: int, second: bool, level: float) -> dict[str, _Found]:
    """Indices of outputs of shape (base rows, points of a row, seeds)."""
    centred = outputs - outputs.mean(axis=(0, 1))  # what a seed adds to all points is no one's influence
    scale = float(np.std(centred))
    terms = {"s1": d, "st": d, "s2": d * (d - 1) // 2 if second else 0}
    if scale <= 1e-12 * float(np.abs(outputs).max()):
        return {name: _Found(np.full(k, np.nan), np.full(k, np.nan)) for name, k in terms.items()}
    columns = np.concatenate([centred.mean(axis=2, keepdims=True), centred], axis=2) / scale
    parts = _parts(columns, d, second)
    value = _freed(parts.mean(axis=0), d)
    half = np.hypot(_by_row(parts, d, level), _by_seed(centred / scale, d, second, level))
    cuts = np.cumsum([terms["s1"], terms["st"]])
    return {name: _Found(*both) for name, both in
            zip(terms, zip(np.split(value, cuts), np.split(half, cuts), strict=True), strict=True)}


def _freed(means: FloatArray, d: int) -> FloatArray:
    """Indices freed of luck, shape (terms,), of mean parts; columns: the seeds' mean, then each seed."""
    forms = _forms(means)
    return _shares(quadratic(forms[:, 0], forms[:, 1:]), d)


def _by_row(parts: FloatArray, d: int, level: float) -> FloatArray:
    """Half-widths that base rows leave: whole rows drawn anew, with replacement."""
    from scipy.special import ndtri

    rows = len(parts)
    counts = np.random.default_rng(_SEED).multinomial(rows, np.full(rows, 1.0 / rows), RESAMPLES)
    means = (counts @ parts.reshape(rows, -1) / rows).reshape(RESAMPLES, *parts.shape[1:])
    drawn = np.array([_freed(one, d) for one in means])
    told = ~np.isnan(drawn).any(axis=1)  # a resample may hold no variance beside luck
    if told.sum() < RESAMPLES / 2:
        return np.full(drawn.shape[1], np.nan)
    return np.asarray(ndtri(0.5 + level / 2.0) * drawn[told].std(axis=0, ddof=1))


def _by_seed(centred: FloatArray, d: int, second: bool, level: float) -> FloatArray | float:
    """Half-widths that seeds leave; 0 with fewer than five, which say too little of it."""
    n = centred.shape[2]
    if n < FEWEST_BLOCKS:
        return 0.0
    forms = _forms(_parts(np.concatenate([centred, left_out(centred)], axis=2), d, second).mean(axis=0))
    each, rest = forms[:, :n], forms[:, n:]
    each_rest = (each.sum(axis=1, keepdims=True) - each) / (n - 1)
    return half_width(_shares(((n - 1) * rest - each_rest) / (n - 2), d), level)


def _parts(outputs: FloatArray, d: int, second: bool) -> FloatArray:
    """What each base row adds to the estimators, which are SALib's.

    Parameters
    ----------
    outputs : array, shape (base rows, points of a row, columns)

    Returns
    -------
    array, shape (base rows, 2 + terms, columns)
        Output and squared output; then every first-order, total and, if wanted, pair's product.
    """
    a, b = outputs[:, :1], outputs[:, -1:]
    ab, ba = outputs[:, 1:d + 1], outputs[:, d + 1:2 * d + 1]
    first = b * (ab - a)
    found = [(a + b) / 2.0, (a * a + b * b) / 2.0, first, 0.5 * (a - ab) ** 2]
    if second:
        j, k = np.triu_indices(d, 1)
        found.append(ba[:, j] * ab[:, k] - a * b - first[:, j] - first[:, k])
    return np.concatenate(found, axis=1)


def _forms(means: FloatArray) -> FloatArray:
    """Variance, then estimators times the variance, from parts averaged over rows; (1 + terms, columns)."""
    return np.concatenate([means[1:2] - means[:1] ** 2, means[2:]])


def _shares(forms: FloatArray, d: int) -> FloatArray:
    """Forms as shares of the variance; NaN where no variance is left beside luck."""
    variance = forms[0]
    return np.where(variance > 0.0, forms[1:] / np.where(variance > 0.0, variance, 1.0), np.nan)
