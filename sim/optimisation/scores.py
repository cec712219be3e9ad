"""From runs to what packages are judged by: a value for each package, seed, objective and budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.optimisation.spec import Optimise, Read

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEWEST_SHARE = 0.5
"""A package of whose runs fewer than this share gave a value is not judged."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Values of packages, seed by seed.

    Parameters
    ----------
    spec : Optimise
    seeds : array, shape (S,)
        Ascending.
    goals : array, shape (packages, S, objectives)
        Outcomes in their own units; NaN where a run failed or has no value.
    costs : array, shape (packages, S, budgets)
    """

    spec: Optimise
    seeds: IntArray
    goals: FloatArray
    costs: FloatArray

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Whether a package has all its values at a seed, shape (packages, S)."""
        return ~np.isnan(np.concatenate([self.goals, self.costs], axis=2)).any(axis=2)

    @property
    def utility(self) -> FloatArray:
        """What is to be raised, shape (packages, S): the signed objective, or the weighted sum of all.

        A sum takes its terms in the order of the objectives.
        """
        total = np.zeros(self.goals.shape[:2])
        for j, goal in enumerate(self.spec.goals):
            total = total + goal.sign * (1.0 if goal.weight is None else goal.weight) * self.goals[:, :, j]
        return total

    @property
    def excess(self) -> FloatArray:
        """By how much the mean of each budget's outcome exceeds it, shape (packages, budgets)."""
        return means(self.costs) - np.array([budget.at_most for budget in self.spec.limits])

    @property
    def affordable(self) -> npt.NDArray[np.bool_]:
        """Whether every budget is kept, shape (packages,)."""
        return np.asarray((self.excess <= 0).all(axis=1))

    @property
    def judged(self) -> npt.NDArray[np.bool_]:
        """Whether enough runs gave values, shape (packages,)."""
        return np.asarray(self.there.sum(axis=1) >= max(1.0, FEWEST_SHARE * len(self.seeds)))

    def of_seeds(self, chosen: npt.NDArray[np.bool_]) -> Scores:
        """The same at some seeds only."""
        return Scores(self.spec, self.seeds[chosen], self.goals[:, chosen], self.costs[:, chosen])


def means(values: FloatArray) -> FloatArray:
    """Means over seeds, shape (packages, S, …) → (packages, …); NaN are left out, and nothing gives NaN."""
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    total = np.zeros(count.shape)
    for s in range(values.shape[1]):  # seed by seed: a sum in fixed order has the same bits everywhere
        total = total + np.where(there[:, s], values[:, s], 0.0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def score(spec: Optimise, runs: pd.DataFrame, packages: int) -> Scores:
    """Values of every package.

    Parameters
    ----------
    spec : Optimise
    runs : DataFrame
        Columns ``point``, ``arm``, ``seed`` and outcomes; a failed run has no row.
    packages : int
        Number of points that were asked for.

    Raises
    ------
    YiheError
        If an outcome or arm is not there.
    ValueError
        If a run stands twice.
    """
    if runs.empty:
        shape = packages, 0
        return Scores(
            spec,
            np.zeros(0, np.int64),
            np.zeros((*shape, len(spec.goals))),
            np.zeros((*shape, len(spec.limits))),
        )
    known = [str(name) for name in runs.columns if name not in ("key", "point", "arm", "seed", "digest")]
    spec.check(known, list(dict.fromkeys(runs["arm"])))
    if runs.duplicated(["point", "arm", "seed"]).any():
        raise ValueError("a run stands twice in the table of runs")
    seeds = np.sort(runs["seed"].unique().astype(np.int64))
    goals = [_values(runs, read, packages, seeds) for read in spec.goals]
    costs = [_values(runs, read, packages, seeds) for read in spec.limits]
    none = np.zeros((packages, len(seeds), 0))
    return Scores(spec, seeds, np.stack(goals, axis=2), np.stack(costs, axis=2) if costs else none)


def _values(runs: pd.DataFrame, read: Read, packages: int, seeds: IntArray) -> FloatArray:
    """An outcome by package and seed, or its difference between two arms."""
    arms = read.arms or (str(runs["arm"].iloc[0]),)
    tables = []
    for arm in arms:
        of_arm = runs[runs["arm"] == arm]
        table = np.full((packages, len(seeds)), np.nan)
        table[of_arm["point"].to_numpy(), np.searchsorted(seeds, of_arm["seed"].to_numpy())] = of_arm[
            read.outcome
        ]
        tables.append(table)
    return tables[0] - tables[1] if len(tables) == 2 else tables[0]
