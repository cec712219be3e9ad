"""How many seeds a point needs: until the interval of one contrast is narrow enough, within min and max."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.study.file import Replicates, Stop, contrast_arms
from sim.study.ranges import of_difference
from sim.study.runtable import RunTable
from sim.study.statistics import paired
from sim.study.store import Store

FloatArray = npt.NDArray[np.float64]

ALIKE = 20
"""Pairs without any difference from which on none is to be expected: fewer may be chance."""


def grown(rule: Replicates, table: RunTable, store: Store) -> RunTable:
    """The table with more seeds where the interval is still too wide; the same table if all are done.

    Replicates are read in the order of seeds, never in the order in which runs ended, so that a study stops
    at the same number whoever did the runs and whenever.
    """
    if rule.stop is None:
        return table
    arm, against = contrast_arms(rule.stop.contrast)
    differences = _differences(table, store, arm, str(against), rule.stop.outcome)
    counts = [
        wanted(rule, count, differences[point, :count]) for point, count in enumerate(table.replicates)]
    return table if counts == list(table.replicates) else table.with_replicates(counts)


def wanted(rule: Replicates, count: int, differences: FloatArray) -> int:
    """Seeds wanted once ``count`` are there.

    Parameters
    ----------
    rule : Replicates
    count : int
    differences : array, shape (count,)
        One a seed, in order; NaN for a run that failed.
    """
    if rule.stop is None or count >= rule.max or narrow(rule.stop, differences):
        return count
    return min(count + rule.batch, rule.max)


def narrow(stop: Stop, differences: FloatArray) -> bool:
    """Whether the 95 % interval of the mean is narrow enough."""
    return half_width(stop.outcome, differences) <= stop.half_width


def half_width(outcome: str, differences: FloatArray) -> float:
    """Half the length of the 95 % interval of the mean difference.

    Infinite where it cannot be told: with fewer than two pairs, or with fewer than :data:`ALIKE` if they are
    all the same.
    """
    found = paired(differences, np.zeros(len(differences)), bounds=of_difference(outcome))
    if math.isnan(found.low) or (found.method == "exact" and found.n < ALIKE):
        return math.inf
    return (found.high - found.low) / 2.0


def _differences(table: RunTable, store: Store, arm: str, against: str, outcome: str) -> FloatArray:
    most = max(table.replicates)
    values = {name: np.full((len(table.points), most), np.nan) for name in (arm, against)}
    runs = store.runs(["point", "arm", "seed", outcome])
    names = np.array(runs["arm"].to_pylist())
    points, seeds = runs["point"].to_numpy(), runs["seed"].to_numpy() - table.first_seed
    found = runs[outcome].to_numpy()
    here = (points < len(table.points)) & (seeds >= 0) & (seeds < most)
    for name, column in values.items():
        rows = here & (names == name)
        column[points[rows], seeds[rows]] = found[rows]
    differences: FloatArray = values[arm] - values[against]
    return differences
