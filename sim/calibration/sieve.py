"""The test of one wave of history matching: emulators of every target, and how implausible a place is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calibration.bench import Simulated
from sim.calibration.emulator import Emulator, smoothed
from sim.calibration.spec import HistoryMatching
from sim.calibration.targets import Target

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sieve:
    """One wave's emulators with the rule: the test a place must pass.

    Parameters
    ----------
    targets : tuple of Target
    emulators : tuple of Emulator or None
        None where too few points gave the summary; such a target rules nothing out.
    luck : array, shape (targets,)
        Variance of a single run's summary where that counts, else 0.
    cutoff : float
    second : bool
        The second-largest implausibility decides.
    order : tuple of int
        In which targets are asked; those that rule out most first save time. As they come if empty.
    """

    targets: tuple[Target, ...]
    emulators: tuple[Emulator | None, ...]
    luck: FloatArray
    cutoff: float
    second: bool
    order: tuple[int, ...] = ()

    def implausibility(self, unit: FloatArray) -> FloatArray:
        """Of each place for each target; shape (n, targets)."""
        found = np.zeros((len(unit), len(self.targets)))
        for j, (target, emulator) in enumerate(zip(self.targets, self.emulators, strict=True)):
            if emulator is None:
                continue
            off = np.abs(target.deviation(emulator.mean(unit)))
            doubt = np.sqrt(emulator.variance(unit) + self.luck[j] + target.doubt**2)
            found[:, j] = np.divide(off, doubt, out=np.where(off > 0, np.inf, 0.0), where=doubt > 0)
        return found

    def decisive(self, implausibility: FloatArray) -> FloatArray:
        """The implausibility that decides; shape (n,)."""
        if not self.second:
            return implausibility.max(axis=1)
        return np.sort(implausibility, axis=1)[:, -2]

    def __call__(self, unit: FloatArray) -> BoolArray:
        """Whether places are left; what one target rules out is not asked of the next."""
        against = np.zeros(len(unit), np.int64)
        rows = np.arange(len(unit))
        for j in self.order or range(len(self.targets)):
            against[rows] += self._beyond(j, unit[rows])
            rows = rows[against[rows] <= self.second]
        left: BoolArray = against <= self.second
        return left

    def _beyond(self, j: int, unit: FloatArray) -> BoolArray:
        """Whether a target's implausibility exceeds the cut-off.

        It does if the emulator's variance is below a bound; since that lies between 0 and its greatest
        value, it is worked out, which is what takes time, only where the bound does too.
        """
        emulator = self.emulators[j]
        if emulator is None or not len(unit):
            return np.zeros(len(unit), bool)
        off = np.abs(self.targets[j].deviation(emulator.mean(unit)))
        bound = (off / self.cutoff) ** 2 - self.luck[j] - self.targets[j].doubt ** 2
        beyond: BoolArray = bound > emulator.most
        open_ = np.flatnonzero((bound > 0) & ~beyond)
        beyond[open_] = emulator.variance(unit[open_]) < bound[open_]
        return beyond


def fit_sieve(
    targets: Sequence[Target], unit: FloatArray, results: Simulated, settings: HistoryMatching, key: int
) -> Sieve:
    """Emulators of every target.

    Parameters
    ----------
    targets : sequence of Target
    unit : array, shape (points, d)
    results : Simulated
        At those points.
    settings : HistoryMatching
    key : int
        Of the emulators' random starts.
    """
    emulators: list[Emulator | None] = []
    luck = np.zeros(len(targets))
    for j, target in enumerate(targets):
        there = results.count[:, j] > 0
        if there.sum() < unit.shape[1] + 3:
            emulators.append(None)
            continue
        variance, count = results.variance[there, j], results.count[there, j]
        single = smoothed(variance, count)
        luck[j] = float(single.mean()) if target.one_run else 0.0
        emulators.append(
            Emulator(unit[there], results.mean[there, j], single / count, settings.kernel, key + j)
        )
    return Sieve(tuple(targets), tuple(emulators), luck, settings.cutoff, settings.rule == "second_max")


def nothing(targets: int) -> Simulated:
    """Summaries of no points."""
    empty = np.zeros((0, targets))
    return Simulated(empty, empty, np.zeros((0, targets), np.int64), empty)


def chosen(results: Simulated, rows: BoolArray) -> Simulated:
    """Summaries of some of the points."""
    return Simulated(results.mean[rows], results.variance[rows], results.count[rows], results.single[rows])


def joined(one: Simulated, other: Simulated) -> Simulated:
    """Summaries of all points of two tables."""
    return Simulated(
        np.concatenate([one.mean, other.mean]),
        np.concatenate([one.variance, other.variance]),
        np.concatenate([one.count, other.count]),
        np.concatenate([one.single, other.single]),
    )
