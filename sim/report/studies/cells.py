"""Means with intervals over the seeds, at chosen values of some factors; other points are averaged first.

Seeds are common to all points and arms, so points of one seed are not independent of each other: whatever is
averaged over points is averaged within each seed, and the interval comes from the seeds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.studies.material import BETWEEN, is_contrast
from sim.report.studies.tables import NO_FACTORS
from sim.study.ranges import of_difference, of_level
from sim.study.statistics import band

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LEVELS = 25
"""Most values a factor may have to be shown value by value; above it values are put into bins."""
BINS = 10


class Cube(NamedTuple):
    """One outcome of one arm or contrast."""

    values: FloatArray
    """Shape (points, seeds); NaN where there is no run."""
    points: npt.NDArray[np.int64]
    seeds: npt.NDArray[np.int64]


def cube(runs: pd.DataFrame, of: str, outcome: str) -> Cube:
    """One outcome of one arm, or of a contrast paired by point and seed.

    Parameters
    ----------
    runs : DataFrame
        ``point, arm, seed`` and the outcome.
    of : str
        An arm, or ``"a - b"``.
    outcome : str
    """
    arms = of.split(BETWEEN)
    chosen = runs[runs["arm"].isin(arms)]
    points, p = np.unique(chosen["point"].to_numpy(np.int64), return_inverse=True)
    seeds, s = np.unique(chosen["seed"].to_numpy(np.int64), return_inverse=True)
    values = np.full((len(arms), len(points), len(seeds)), np.nan)
    for i, arm in enumerate(arms):
        own = (chosen["arm"] == arm).to_numpy()
        values[i, p[own], s[own]] = chosen[outcome].to_numpy(float)[own]
    return Cube(values[0] - values[1] if len(arms) == 2 else values[0], points, seeds)


def complete(there: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Points and seeds over which may be averaged: every such point has a run of every such seed.

    With adaptive replicates only some points have the later seeds; a mean over whichever points have one
    would change with the seed. Points with a single run, beside others with more, are left out.

    Parameters
    ----------
    there : array of bool, shape (points, seeds)

    Returns
    -------
    (array of bool, shape (points,)), (array of bool, shape (seeds,))
    """
    count = there.sum(axis=1)
    most = int(count.max(initial=0))
    points = count >= min(2, max(most, 1))
    return points, there[points].all(axis=0) & bool(points.any())


def means(runs: pd.DataFrame, design: pd.DataFrame, of: str, outcome: str, by: list[str]) -> pd.DataFrame:
    """Mean and 95 % t-interval over seeds, at each combination of the values of some factors.

    Parameters
    ----------
    runs, design : DataFrame
    of : str
        An arm, or a contrast ``"a - b"``.
    outcome : str
    by : list of str
        Columns of the design; the other factors are averaged over within each seed.

    Returns
    -------
    DataFrame
        ``by``, then ``value, low, high, seeds, points``.
    """
    data = cube(runs, of, outcome)
    where = design.set_index("point").reindex(data.points)
    combinations, columns = [], []
    for key, rows in where.assign(_row=np.arange(len(where))).groupby(by, sort=True):
        block = data.values[rows["_row"].to_numpy()]
        points, seeds = complete(~np.isnan(block))
        column = np.full(len(data.seeds), np.nan)
        if seeds.any():
            column[seeds] = block[np.ix_(points, seeds)].mean(axis=0)
        columns.append(column)
        combinations.append((*key, int(points.sum())))
    held = band(
        np.stack(columns, axis=1) if columns else np.empty((0, 0)),
        bounds=(of_difference if is_contrast(of) else of_level)(outcome))
    table = pd.DataFrame(combinations, columns=[*by, "points"])
    count = [int((~np.isnan(column)).sum()) for column in columns]
    table = table.assign(value=held.mean, low=held.low, high=held.high, seeds=count)
    return table[[*by, "value", "low", "high", "seeds", "points"]]


def binned(values: pd.Series) -> pd.Series:
    """Values of a factor as they are, or, if there are too many, each replaced by the mean of its bin.

    Bins hold about equally many points.
    """
    if not pd.api.types.is_numeric_dtype(values) or values.nunique() <= LEVELS:
        return values
    bins = pd.qcut(values.rank(method="first"), BINS, labels=False)
    return values.groupby(bins).transform("mean")


def varied(design: pd.DataFrame) -> list[str]:
    """Factors that have more than one value."""
    return [str(name) for name in design.columns if name not in NO_FACTORS and design[name].nunique() > 1]
