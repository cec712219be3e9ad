"""How far a simulation may lie from theory: bars with a stated rate of false alarms, and what they find.

A statistical row fails for right code with a chance of about :data:`ALPHA` a seed. For means the rate is that
of Student's t, exact for normal values and nominal otherwise; for counts it is at most that, by the binomial
itself. What is found with probability :data:`POWER` says what a pass is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sim.params import Label
from sim.verify.base import Floats, Row

ALPHA = 1e-6
"""Chance, over seeds, that right code fails one statistical row."""

POWER = 0.9
"""Probability with which a row finds the deviation it names."""


def exact(
    key: str, label: Label, theory: float, simulated: float, tolerance: float, alpha: float = 0.0
) -> Row:
    """A row that leaves (next to) nothing to chance.

    Parameters
    ----------
    key, label, theory, simulated
    tolerance : float
        What rounding, or the finite number of people, may cost.
    alpha : float
        Bound on the chance that a draw goes astray all the same.
    """
    return Row(key, label, theory, simulated, theory - tolerance, theory + tolerance, alpha, tolerance)


def mean(key: str, label: Label, theory: float, sums: Floats, counts: Floats | None = None) -> Row:
    """A mean over independent groups, which may differ in size: Student's t for theory minus what is seen.

    Parameters
    ----------
    key, label, theory
    sums : array, shape (n,)
        Sum of the values of each group.
    counts : array, shape (n,), optional
        How many values each group has; 1 if left out.
    """
    from scipy import stats

    n = len(sums)
    size = np.ones(n) if counts is None else counts
    seen = float(np.sum(sums) / np.sum(size))
    # Under theory these have mean 0 exactly, whatever the sizes: no bias of a mean of ratios
    error = float(np.std(sums - theory * size, ddof=1) / math.sqrt(n) / np.mean(size))
    bar = float(stats.t.isf(ALPHA / 2.0, n - 1)) * error
    found = bar + float(stats.t.isf(1.0 - POWER, n - 1)) * error
    return Row(key, label, theory, seen, theory - bar, theory + bar, ALPHA, found)


def share(key: str, label: Label, theory: float, hits: int, trials: int) -> Row:
    """A share of independent trials: counts that the binomial of theory leaves out are failures.

    Parameters
    ----------
    key, label, theory
    hits, trials : int
    """
    from scipy import stats

    least = int(stats.binom.ppf(ALPHA / 2.0, trials, theory))
    most = int(stats.binom.isf(ALPHA / 2.0, trials, theory))

    def fails(p: float) -> float:
        return float(stats.binom.cdf(least - 1, trials, p) + stats.binom.sf(most, trials, p))

    sides = [_reach(fails, theory, end) for end in (0.0, 1.0) if fails(end) >= POWER]
    return Row(
        key, label, theory, hits / trials, least / trials, most / trials, ALPHA, max(sides, default=1.0))


def never(key: str, label: Label, hits: int, trials: int, tolerance: float) -> Row:
    """What an infinite system never does: it may happen with a chance of ``tolerance`` in a finite one.

    Parameters
    ----------
    key, label
    hits, trials : int
    tolerance : float
        Chance a trial that finite size is allowed.
    """
    from scipy import stats

    most = int(stats.binom.isf(ALPHA, trials, tolerance))
    found = _reach(lambda p: float(stats.binom.sf(most, trials, p)), 0.0, 1.0)
    return Row(key, label, 0.0, hits / trials, 0.0, most / trials, ALPHA, found)


def _reach(fails: Callable[[float], float], theory: float, end: float) -> float:
    """Distance from theory, towards ``end``, from which a row fails with :data:`POWER`."""
    from scipy.optimize import brentq

    return abs(float(brentq(lambda p: fails(p) - POWER, theory, end, xtol=1e-9)) - theory)
