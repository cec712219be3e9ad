"""Which of very many factors matter, from one sample that moves all of them at once.

Forward selection on ranks: the factor that correlates most with what the earlier ones leave is taken in, as
long as its p-value, Bonferroni-adjusted for all candidates, stays below 0.05. So pure noise lets a first
factor in in no more than one response of twenty. Effects that go up and down again, or only together with
another factor, are missed: what the sieve leaves out is not shown to be without influence.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.05
MOST = 15
"""Factors taken in at most."""


class Candidates(NamedTuple):
    """Columns that a response is held against."""

    factors: tuple[str, ...]
    """Factor of each column."""
    values: tuple[str, ...]
    """Value that a column of a named factor stands for; empty for numbers."""
    ranks: FloatArray
    """Standardised ranks, shape (points, columns)."""


def candidates(design: pd.DataFrame) -> Candidates:
    """Columns of a design: one a number, one a value of every other factor.

    Parameters
    ----------
    design : DataFrame
        One column a factor, and ``point``.
    """
    names, values, columns = [], [], []
    for factor in design.columns.drop("point"):
        column = design[factor]
        if column.dtype.kind in "if":
            found: list[tuple[str, Any]] = [("", column.to_numpy(float))]
        else:
            kinds = sorted(column.unique(), key=str)
            kinds = kinds[1:] if len(kinds) == 2 else kinds
            found = [(str(kind), (column == kind).to_numpy(float)) for kind in kinds]
        for value, x in found:
            names.append(str(factor))
            values.append(value)
            columns.append(_standard(x))
    return Candidates(tuple(names), tuple(values), np.array(columns).T)


def sieve(y: npt.ArrayLike, found: Candidates, level: float = LEVEL, most: int = MOST) -> pd.DataFrame:
    """Factors that matter, in the order in which they are taken in.

    Parameters
    ----------
    y : array, shape (points,)
        Mean response of each point.
    found : Candidates
    level : float
        Greatest adjusted p-value.
    most : int
        Factors taken in at most.

    Returns
    -------
    DataFrame
        ``factor, value, rho`` (rank correlation of the column by itself), ``gain`` (share of the variance of
        ranks that it adds), ``p`` (adjusted).
    """
    import pandas as pd
    from scipy.special import stdtr

    response = _standard(np.asarray(y, float))
    left, x = response.copy(), found.ranks.copy()
    total = float(response @ response)
    rows: list[tuple[str, str, float, float, float]] = []
    alone = found.ranks.T @ response / max(len(response), 1)
    while len(rows) < most:
        norm = np.sqrt((x * x).sum(axis=0))
        usable = norm > 1e-6 * math.sqrt(len(left))
        r = np.zeros(len(norm))
        r[usable] = (x.T @ left)[usable] / (norm[usable] * max(math.sqrt(float(left @ left)), 1e-12))
        best, freedom = int(np.argmax(np.abs(r))), len(left) - len(rows) - 2
        strong = min(abs(float(r[best])), 1.0 - 1e-12)
        if freedom < 3 or strong == 0.0:
            break
        t = strong * math.sqrt(freedom / (1.0 - strong * strong))
        p = min(1.0, 2.0 * float(stdtr(freedom, -t)) * len(norm))
        if p > level:
            break
        direction = x[:, best] / norm[best]
        gain = float(left @ direction) ** 2 / total
        rows.append((found.factors[best], found.values[best], float(alone[best]), gain, p))
        left = left - direction * float(left @ direction)
        x = x - np.outer(direction, direction @ x)
        x[:, best] = 0.0
    return pd.DataFrame(rows, columns=["factor", "value", "rho", "gain", "p"])


def _standard(values: FloatArray) -> FloatArray:
    """Mean ranks with mean 0 and variance 1; zeros where all are equal."""
    from scipy.stats import rankdata

    ranks = rankdata(values) - (len(values) + 1) / 2.0
    spread = float(ranks.std())
    return np.asarray(ranks / spread if spread > 0 else ranks * 0.0, float)
