"""Paired contrasts by seed, relative change, Holm's adjustment, and bands over weeks.

Runs of one seed share people, frictions and luck, so arms are compared within seeds: the unit is the
difference ``arm − control`` of one seed, and seeds are independent. Nothing here is random in the ordinary
sense: resamples are keyed, so the same numbers always give the same interval.

Rules
-----
* 95 % t-interval of the mean difference.
* Bootstrap-t (studentised, 9,999 resamples) instead when the differences are skewed, |skew| > 1, and
  10 ≤ n ≤ 500. Percentile and BCa intervals cover too little at small n. Above 500 the skew of the *mean*,
  skew ÷ √n, is small enough for t; below 10 there is too little to resample. Should more than 1 % of the
  resamples have no spread (nearly all differences equal), t is kept.
* Relative change is the ratio of means minus one with Fieller's interval for paired data. It has no interval
  (NaN) where the control's mean cannot be told from 0.
* Differences that are all exactly 0 (a placebo) give exactly ``[0, 0]`` and p = 1.
* Differences that are all the same but not 0 (up to rounding), as few seeds of an outcome in whole steps
  often give, do not tell how much the next seed would differ: below 10 pairs they have neither interval nor p
  (NaN). From 10 on they stand for what is fixed, such as a price, and are exact.
* Ends never pass what is possible (:mod:`sim.study.ranges`): they are moved to the bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.rng import Streams, combine_array, unit_interval
from sim.study.ranges import ANYTHING, Range, within

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95
SKEWED = 1.0
BOOTSTRAP_FROM, BOOTSTRAP_TO = 10, 500
RESAMPLES = 9_999
DEGENERATE_SHARE = 0.01
FEWEST_BLOCKS = 5
"""Seeds below which the spread over seed blocks says too little for an interval of indices."""
FEWEST_SEEDS = 2
"""Seeds below which indices cannot be told from luck at all."""

_ROUNDING = 1e-12
"""Spread of differences, relative to the values they come from, that may be left by rounding alone."""

_BLOCK = 1_000_000  # resampled values held at once: 8 MB

Method = Literal["t", "bootstrap-t", "exact", "none"]


class Contrast(NamedTuple):
    """Mean difference between two arms, paired by seed."""

    difference: float
    low: float
    high: float
    p: float
    """Two-sided, against no difference."""
    n: int
    """Pairs in which both values exist."""
    effect: float
    """Paired Cohen's d_z: mean ÷ standard deviation of the differences; NaN for a mean without spread."""
    method: Method


class Ratio(NamedTuple):
    """Relative change: ratio of means − 1, with Fieller's interval."""

    relative: float
    low: float
    high: float


def paired(
    arm: npt.ArrayLike, control: npt.ArrayLike, level: float = LEVEL, bounds: Range = ANYTHING,
) -> Contrast:
    """Mean of ``arm − control`` with its interval.

    Parameters
    ----------
    arm, control : array, shape (seeds,)
        One value a seed, in the same order; pairs with a NaN are left out.
    level : float
        Coverage of the interval.
    bounds : (float, float)
        Least and greatest possible difference; ends beyond are moved there.

    Returns
    -------
    Contrast
        NaN for what too few pairs (fewer than 2, or none), or few equal differences other than 0, cannot
        give.
    """
    a, b, difference = _pairs(arm, control)
    n = len(difference)
    if n == 0:
        return Contrast(math.nan, math.nan, math.nan, math.nan, 0, math.nan, "none")
    mean = float(np.mean(difference))
    if n > 1 and not difference.any():
        return Contrast(0.0, 0.0, 0.0, 1.0, n, 0.0, "exact")
    if float(np.ptp(difference)) <= _ROUNDING * float(max(np.abs(a).max(), np.abs(b).max())):
        if n < BOOTSTRAP_FROM:
            return Contrast(mean, math.nan, math.nan, math.nan, n, math.nan, "none")
        return Contrast(mean, mean, mean, 0.0, n, math.nan, "exact")
    effect = mean / float(np.std(difference, ddof=1))
    if abs(skewness(difference)) > SKEWED and BOOTSTRAP_FROM <= n <= BOOTSTRAP_TO:
        boot = bootstrap_t(difference, level)
        if boot is not None:
            ends = within(boot.low, bounds), within(boot.high, bounds)
            return Contrast(mean, *ends, boot.p, n, effect, "bootstrap-t")
    low, high, p = _t_interval(difference, level)
    return Contrast(mean, within(low, bounds), within(high, bounds), p, n, effect, "t")


def relative_change(
    arm: npt.ArrayLike, control: npt.ArrayLike, level: float = LEVEL, bounds: Range = ANYTHING,
) -> Ratio:
    """``mean(arm) ÷ mean(control) − 1`` with Fieller's interval for paired data.

    The interval holds every ratio r for which the mean of ``arm − r × control`` cannot be told from 0 by a
    paired t-test. It is bounded only if the control's mean itself can be told from 0; else the ends are NaN.
    """
    a, b, _ = _pairs(arm, control)
    n = len(a)
    if n == 0 or float(np.mean(b)) == 0.0:
        return Ratio(math.nan, math.nan, math.nan)
    if bool(np.all(a == b)):
        return Ratio(0.0, 0.0, 0.0) if n > 1 else Ratio(0.0, math.nan, math.nan)
    mean_a, mean_b = float(np.mean(a)), float(np.mean(b))
    change = mean_a / mean_b - 1.0
    if n < 2:
        return Ratio(change, math.nan, math.nan)
    if n < BOOTSTRAP_FROM and not (np.ptp(a) or np.ptp(b)):  # two constants: as with equal differences
        return Ratio(change, math.nan, math.nan)
    covariance = np.cov(a, b, ddof=1)
    t2n = _t_quantile(n, level) ** 2 / n
    # (mean_a − r mean_b)² ≤ t²/n × (s_aa − 2 r s_ab + r² s_bb), a quadratic in r
    square = mean_b**2 - t2n * float(covariance[1, 1])
    half_linear = mean_a * mean_b - t2n * float(covariance[0, 1])
    constant = mean_a**2 - t2n * float(covariance[0, 0])
    if square <= 0.0:
        return Ratio(change, math.nan, math.nan)
    root = math.sqrt(max(0.0, half_linear**2 - square * constant))
    low, high = ((half_linear + sign * root) / square - 1.0 for sign in (-1.0, 1.0))
    return Ratio(change, within(low, bounds), within(high, bounds))


class Mean(NamedTuple):
    """Mean of independent values with its interval."""

    mean: float
    low: float
    high: float


def interval(values: npt.ArrayLike, level: float = LEVEL, bounds: Range = ANYTHING) -> Mean:
    """Mean of independent values with its interval, by the rules of :func:`paired`; NaN are left out.

    Unlike differences, levels may well be fixed by the scenario, such as what a policy costs: values that are
    all the same describe themselves, with an interval without width, as in :func:`band`.
    """
    array = np.asarray(values, float)
    known = array[~np.isnan(array)]
    if len(known) > 1 and bool(np.all(known == known[0])):
        return Mean(*(float(known[0]),) * 3)
    contrast = paired(array, np.zeros(len(array)), level, bounds)
    return Mean(contrast.difference, contrast.low, contrast.high)


class Bootstrap(NamedTuple):
    """Ends and p-value of a bootstrap-t interval."""

    low: float
    high: float
    p: float


def bootstrap_t(values: npt.ArrayLike, level: float = LEVEL) -> Bootstrap | None:
    """Studentised bootstrap interval of the mean (Efron's bootstrap-t).

    Parameters
    ----------
    values : array, shape (n,)
        Independent values, n ≥ 2, not all equal.

    Returns
    -------
    Bootstrap or None
        None if too many resamples have no spread to be studentised.
    """
    x = np.asarray(values, float)
    n = len(x)
    mean, error = float(np.mean(x)), float(np.std(x, ddof=1)) / math.sqrt(n)
    scores = []
    for rows in _resample_blocks(n):
        sample = x[rows]
        spread = np.std(sample, axis=1, ddof=1) / math.sqrt(n)
        # Rounding leaves a whisker of spread in a resample of equal values
        usable = spread > 1e-9 * error
        scores.append((np.mean(sample, axis=1)[usable] - mean) / spread[usable])
    t = np.sort(np.concatenate(scores), kind="stable")
    if len(t) < (1.0 - DEGENERATE_SHARE) * RESAMPLES:
        return None
    tail = (1.0 - level) / 2.0
    low_t, high_t = np.quantile(t, [tail, 1.0 - tail])
    # p by inverting the interval: how far out on its own side of the distribution of t the value 0 lies
    observed = mean / error
    beyond = min(int(np.sum(t >= observed)), int(np.sum(t <= observed)))
    p = min(1.0, 2.0 * (beyond + 1) / (len(t) + 1))
    return Bootstrap(mean - float(high_t) * error, mean - float(low_t) * error, p)


def holm(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Holm's step-down adjustment: the error rate of the whole family is held.

    Parameters
    ----------
    p_values : sequence of float
        NaN where there is no test; those stay NaN and are not counted.

    Returns
    -------
    ndarray of float64, in the given order
    """
    p = np.asarray(p_values, float)
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    running = 0.0
    for rank, index in enumerate(order.tolist()):
        running = max(running, min(1.0, (len(order) - rank) * float(p[index])))
        adjusted[index] = running
    return adjusted


class Band(NamedTuple):
    """Mean and pointwise interval, each of shape (weeks,)."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


def band(values: npt.ArrayLike, level: float = LEVEL, bounds: Range = ANYTHING) -> Band:
    """Mean over runs and pointwise t-interval, week by week.

    Parameters
    ----------
    values : array, shape (runs, weeks)
        NaN where a run has no value in a week; the others of that week are used.

    Returns
    -------
    Band
        Ends are NaN in weeks with fewer than two values.
    """
    from scipy.special import stdtrit

    x = np.asarray(values, float)
    there = ~np.isnan(x)
    n = there.sum(axis=0)
    held = np.where(there, x, 0.0)
    enough = np.maximum(n, 1)
    mean = np.where(n > 0, held.sum(axis=0) / enough, np.nan)
    squares = np.where(there, (x - mean) ** 2, 0.0).sum(axis=0)
    freedom = np.maximum(n - 1, 1)
    half = stdtrit(freedom, 0.5 + level / 2.0) * np.sqrt(squares / freedom / enough)
    half = np.where(n > 1, half, np.nan)
    return Band(mean, np.clip(mean - half, *bounds), np.clip(mean + half, *bounds))


def skewness(values: npt.ArrayLike) -> float:
    """Third standardised moment (the population formula); 0 without spread."""
    x = np.asarray(values, float)
    centred = x - np.mean(x)
    variance = float(np.mean(centred**2))
    return 0.0 if variance == 0.0 else float(np.mean(centred**3)) / variance**1.5


def _pairs(arm: npt.ArrayLike, control: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    a, b = np.asarray(arm, float), np.asarray(control, float)
    if a.shape != b.shape:
        raise ValueError(f"paired by seed: {a.shape} values against {b.shape}")
    there = ~(np.isnan(a) | np.isnan(b))
    return a[there], b[there], a[there] - b[there]


@lru_cache(maxsize=64)
def _t_quantile(n: int, level: float) -> float:
    from scipy.special import stdtrit  # a tenth of the time that importing scipy.stats takes

    return float(stdtrit(n - 1, 0.5 + level / 2.0))


def _t_interval(difference: FloatArray, level: float) -> tuple[float, float, float]:
    from scipy.special import stdtr

    n = len(difference)
    mean = float(np.mean(difference))
    error = float(np.std(difference, ddof=1)) / math.sqrt(n)
    half = _t_quantile(n, level) * error
    return mean - half, mean + half, float(2.0 * stdtr(n - 1, -abs(mean) / error))


def _resample_blocks(n: int) -> list[npt.NDArray[np.intp]]:
    """Row numbers of every resample of ``n`` values, in blocks of bounded size."""
    size = max(1, _BLOCK // n)
    return [_resample_rows(n, first, min(RESAMPLES, first + size)) for first in range(0, RESAMPLES, size)]


@lru_cache(maxsize=6)
def _resample_rows(n: int, first: int, last: int) -> npt.NDArray[np.intp]:
    # Keyed by (n, resample, place): one set of numbers has one interval, whoever asks and in whatever order
    resamples = combine_array(Streams(n).key("bootstrap"), np.arange(first, last))
    draws = unit_interval(combine_array(resamples[:, None], np.arange(n)[None, :]))
    return np.minimum((draws * n).astype(np.intp), n - 1)
