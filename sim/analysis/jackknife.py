"""Statistics of the mean over seeds: freed of the bias that luck brings, with the error that seeds leave.

Luck differs between points, so a statistic of the seeds' mean response that is no plain average (a variance,
a mean of absolute values) is pushed up by what luck remains in the mean. Leaving out one seed at a time shows
how much; for quadratic forms the correction is exact. The same leave-one-out values give a standard error
over seeds, and a t-interval with n − 1 degrees of freedom.

Points are themselves a sample of all that could have been asked, shared by all seeds. Their error is added to
that of seeds as independent (half-widths as the sides of a right angle). Luck of single runs is in both, so
the interval is wide rather than narrow: its coverage is at least the nominal one.

References: Efron and Stein 1981, Annals of Statistics 9:586, doi:10.1214/aos/1176345462; Owen 2007, Annals of
Applied Statistics 1:386, doi:10.1214/07-AOAS122 (crossed units).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.study.statistics import LEVEL

FloatArray = npt.NDArray[np.float64]


def left_out(values: FloatArray) -> FloatArray:
    """Means over all seeds but one; seeds are the last axis of both."""
    n = values.shape[-1]
    return (values.sum(axis=-1, keepdims=True) - values) / (n - 1)


def unbiased(whole: FloatArray, without: FloatArray) -> FloatArray:
    """Jackknife estimate.

    Parameters
    ----------
    whole : array, shape (...)
        Statistic of the mean over all n seeds.
    without : array, shape (..., n)
        Statistic of the mean over all seeds but one.
    """
    n = without.shape[-1]
    return n * whole - (n - 1) * without.mean(axis=-1)


def quadratic(whole: FloatArray, each: FloatArray) -> FloatArray:
    """A quadratic form of the mean response, free of the bias of luck that is independent between seeds.

    Parameters
    ----------
    whole : array, shape (...)
        Form of the mean over n seeds.
    each : array, shape (..., n)
        Form of every seed alone.
    """
    n = each.shape[-1]
    return (n * whole - each.mean(axis=-1)) / (n - 1)


def half_width(without: FloatArray, level: float = LEVEL) -> FloatArray:
    """Half of the t-interval over seeds.

    Parameters
    ----------
    without : array, shape (..., n)
        Estimates without one seed each, n ≥ 2.
    level : float
        Coverage.
    """
    n = without.shape[-1]
    spread = without - without.mean(axis=-1, keepdims=True)
    return t_quantile(n - 1, level) * np.sqrt((n - 1) / n * (spread**2).sum(axis=-1))


def t_quantile(freedom: int, level: float = LEVEL) -> float:
    """Of Student's distribution, two-sided; NaN without a degree of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2.0)) if freedom > 0 else math.nan
