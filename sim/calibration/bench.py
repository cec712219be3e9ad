"""The bench: points of the unit cube go in, summaries of their runs come out. The only place that runs
anything.

**Own luck.** Each point has seeds of its own. Were all points to share theirs, ABC would find the parameters
that suit one particular luck, with an uncertainty that shrinks to nothing; so a point carries the seed at
which its replicates begin, in the column :data:`SEED`. Arms of one seed still share their luck, so contrasts
are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from sim.calibration.parameters import Parameter, points
from sim.calibration.targets import Target

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

Evaluate = Callable[["pd.DataFrame", int], "pd.DataFrame"]
"""``evaluate(points, replicates)``: runs of some points.

``points`` has one column a parameter, and :data:`SEED`: the first of the point's seeds. The answer has a row
for each run that ended well: ``point`` (position of the point's row), ``arm``, ``seed`` (from the point's
first seed, ``replicates`` of them), and the columns of :attr:`sim.calibration.spec.Calibration.wanted`.
Equal questions must get equal answers. One call is one wave.
"""

SEED = "seed"
Stage = Literal["history_matching", "abc", "predictive"]
STAGES: tuple[Stage, ...] = ("history_matching", "abc", "predictive")
STAGE_SEEDS = 100_000_000
"""Seeds of one stage: those of the next begin so much later, however many it uses."""


@dataclass(frozen=True)
class Simulated:
    """Summaries of some points, by target.

    Parameters
    ----------
    mean : array, shape (points, targets)
        Over replicates; NaN where no run tells.
    variance : array, shape (points, targets)
        Of the summary of one run, over replicates; NaN for fewer than two.
    count : array of int, shape (points, targets)
        Replicates that tell.
    single : array, shape (points, targets)
        Of the first replicate that tells: one draw of what a single run gives.
    """

    mean: FloatArray
    variance: FloatArray
    count: npt.NDArray[np.int64]
    single: FloatArray

    def summary(self, targets: Sequence[Target]) -> FloatArray:
        """What is held against each target: one run's summary where its luck counts, else the mean."""
        one_run = np.array([target.one_run for target in targets], bool)
        return np.where(one_run, self.single, self.mean)


class Bench:
    """Runs points and keeps what they were.

    Parameters
    ----------
    evaluate : Evaluate
    parameters : sequence of Parameter
    targets : sequence of Target
        Whose summaries are made.
    seed : int
        First seed of the first stage.
    """

    def __init__(
        self, evaluate: Evaluate, parameters: Sequence[Parameter], targets: Sequence[Target], seed: int
    ) -> None:
        self.parameters, self.targets = tuple(parameters), tuple(targets)
        self._evaluate, self._seed = evaluate, seed
        self._used = dict.fromkeys(STAGES, 0)
        self._log: list[tuple[Stage, int, pd.DataFrame, FloatArray]] = []

    def simulate(self, unit: FloatArray, replicates: int, stage: Stage, wave: int) -> Simulated:
        """Summaries of points: one wave.

        Parameters
        ----------
        unit : array, shape (points, parameters)
            Places in the unit cube.
        replicates : int
        stage : {"history_matching", "abc", "predictive"}
        wave : int
            Wave or generation; noted beside the points.

        Raises
        ------
        ValueError
            If the evaluator's answer is not what was asked for.
        """
        return self.simulate_runs(unit, replicates, stage, wave)[0]

    def simulate_runs(
        self, unit: FloatArray, replicates: int, stage: Stage, wave: int
    ) -> tuple[Simulated, pd.DataFrame]:
        """:meth:`simulate` with the runs themselves."""
        asked = points(self.parameters, unit)
        first = self._seed + STAGES.index(stage) * STAGE_SEEDS + self._used[stage]
        asked[SEED] = first + replicates * np.arange(len(unit), dtype=np.int64)
        self._used[stage] += replicates * len(unit)
        runs = self._evaluate(asked.copy(), replicates)
        found = self._reduce(runs, asked[SEED].to_numpy(np.int64), replicates)
        self._log.append((stage, wave, asked, found.mean))
        return found, runs

    def evaluations(self) -> pd.DataFrame:
        """Every point so far: ``stage, wave``, parameters, ``seed``, and ``target:<id>``, the mean."""
        import pandas as pd

        names = [f"target:{target.id}" for target in self.targets]
        waves = []
        for stage, wave, asked, mean in self._log:
            who = pd.DataFrame({"stage": stage, "wave": wave}, index=asked.index)
            waves.append(pd.concat([who, asked, pd.DataFrame(mean, asked.index, names)], axis=1))
        return pd.concat(waves, ignore_index=True) if waves else pd.DataFrame()

    def _reduce(self, runs: pd.DataFrame, first: npt.NDArray[np.int64], replicates: int) -> Simulated:
        shape = len(first), len(self.targets)
        mean, variance, single = (np.full(shape, np.nan) for _ in range(3))
        count = np.zeros(shape, np.int64)
        table = _Table(runs, first, replicates)
        for j, target in enumerate(self.targets):
            arm = table.values(target.arm, target.column)
            against = None if target.against is None else table.values(target.against, target.column)
            each = per_run(arm, against, target.statistic == "relative")
            there = ~np.isnan(each)
            count[:, j] = there.sum(axis=1)
            some = count[:, j] > 0
            total = np.where(there, each, 0.0).sum(axis=1)
            mean[some, j] = total[some] / count[some, j]
            two = count[:, j] > 1
            squares = np.where(there, (each - mean[:, [j]]) ** 2, 0.0).sum(axis=1)
            variance[two, j] = squares[two] / (count[two, j] - 1)
            single[some, j] = each[some, np.argmax(there[some], axis=1)]
        return Simulated(mean, variance, count, single)


def per_run(arm: FloatArray, against: FloatArray | None, relative: bool) -> FloatArray:
    """What each run tells of a summary; its mean over replicates is the summary.

    Parameters
    ----------
    arm, against : array, shape (points, replicates)
        NaN where there is no run. With ``against``, the difference is taken within seeds.
    relative : bool
        Relative change of means: each run then tells the change, linearised about the point's own means.

    Returns
    -------
    array, shape (points, replicates)
    """
    if against is None:
        return arm
    difference = arm - against
    if not relative:
        return difference
    both = ~np.isnan(difference)
    n = both.sum(axis=1, keepdims=True)
    base = np.divide(
        np.where(both, against, 0.0).sum(axis=1, keepdims=True), n, where=n > 0, out=np.full(n.shape, np.nan)
    )
    gain = np.divide(
        np.where(both, difference, 0.0).sum(axis=1, keepdims=True),
        n,
        where=n > 0,
        out=np.full(n.shape, np.nan),
    )
    known = base != 0.0
    ratio = np.divide(gain, base, where=known, out=np.full(n.shape, np.nan))
    linear = np.divide(arm - (1.0 + ratio) * against, base, where=known, out=np.full(arm.shape, np.nan))
    return ratio + linear


class _Table:
    """Runs by point and replicate."""

    def __init__(self, runs: pd.DataFrame, first: npt.NDArray[np.int64], replicates: int) -> None:
        lacking = [name for name in ("point", "arm", "seed") if name not in runs.columns]
        if lacking:
            raise ValueError(f"the runs lack the columns {', '.join(lacking)}")
        self._runs, self._shape = runs, (len(first), replicates)
        self._arm = runs["arm"].to_numpy(object)
        self._point = runs["point"].to_numpy(np.int64)
        if len(runs) and not (self._point.min() >= 0 and self._point.max() < len(first)):
            raise ValueError(f"the runs hold points outside 0 to {len(first) - 1}")
        seed = runs["seed"].to_numpy(np.int64)
        self._replicate = seed - first[self._point]
        strange = (self._replicate < 0) | (self._replicate >= replicates)
        if strange.any():
            row = int(np.argmax(strange))
            begin = int(first[self._point[row]])
            raise ValueError(
                f"the runs hold seed {seed[row]} of point {self._point[row]}, for which seeds {begin} to "
                f"{begin + replicates - 1} were asked (column {SEED!r} of the points)"
            )

    def values(self, arm: str, column: str) -> FloatArray:
        if column not in self._runs.columns:
            raise ValueError(f"the runs lack the column {column}")
        table = np.full(self._shape, np.nan)
        mine = self._arm == arm
        table[self._point[mine], self._replicate[mine]] = self._runs[column].to_numpy(float)[mine]
        return table
