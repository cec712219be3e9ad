"""ABC-SMC: from places not ruled out to a weighted sample of the posterior, by ever smaller tolerances.

Beaumont, Cornuet, Marin and Robert 2009 (population Monte Carlo with corrected weights); tolerance by
quantile as in Del Moral, Doucet and Jasra 2012; multivariate normal kernel with the covariance of Filippi,
Barnes, Cornebise and Stumpf 2013: that of moves from the last generation to those of it which the next
tolerance accepts.

The prior is uniform on what history matching left. A proposal outside is drawn anew, so weights need the
kernel only up to a constant.

**Error is simulated.** Each simulated summary gets a keyed draw of its target's error and discrepancy added,
so at tolerance 0 the sample would follow the posterior under exactly that error (Wilkinson 2013). A tolerance
above 0 widens it further; so does the luck left in a mean of few replicates. The distance is the root mean
square over targets of deviations, each in units of what parameters leave unexplained in the first generation
(:func:`sim.calibration.particles.scale`), so the tolerance is in standard deviations of the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calibration import particles
from sim.calibration.bench import Bench
from sim.calibration.parameters import points
from sim.calibration.particles import Population
from sim.calibration.region import Region
from sim.calibration.spec import Abc
from sim.errors import YiheError
from sim.params import Label
from sim.rng import Streams

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

GENERATIONS = ("generation", "tolerance", "proposed", "accepted", "acceptance", "ess", "runs", "stop")
STOPS: dict[str, Label] = {
    "": Label(zh="继续", en="goes on"),
    "generations": Label(zh="代数用完", en="all generations done"),
    "acceptance": Label(
        zh="接受率过低，保留上一代", en="too few proposals accepted; the generation before stands"
    ),
    "tolerance": Label(zh="容差已足够小", en="the tolerance is small enough"),
    "stalled": Label(zh="容差不再减小", en="the tolerance shrinks no more"),
    "degenerate": Label(zh="粒子几乎相同，无法继续", en="particles are all but the same"),
}
MOST_ROUNDS = 1_000
"""Times that a batch of proposals is drawn anew where hardly any falls inside the region."""


@dataclass(frozen=True)
class Sample:
    """What ABC-SMC found.

    Parameters
    ----------
    population : Population
        The last generation that was finished; regression-adjusted if asked for.
    tolerance : float
        That it was accepted at; infinite for the first.
    generations : DataFrame
        A row a generation: ``generation, tolerance, proposed, accepted, acceptance, ess, runs, stop``.
    scale : array, shape (targets,)
        Unit of each target's deviation in the distance.
    sentence : Label
        How it ended.
    """

    population: Population
    tolerance: float
    generations: pd.DataFrame
    scale: FloatArray
    sentence: Label

    def table(self, bench: Bench) -> pd.DataFrame:
        """One row a particle: a column a parameter, then ``weight, generation, distance``."""
        p = self.population
        return points(bench.parameters, p.unit).assign(
            weight=p.weight, generation=p.generation, distance=p.distance
        )


def sample(bench: Bench, region: Region, settings: Abc, seed: int) -> Sample:
    """Draw from the posterior.

    Parameters
    ----------
    bench : Bench
        Its targets are those to fit.
    region : Region
        Where the prior is not zero.
    settings : Abc
    seed : int
        Keys proposals and errors.

    Raises
    ------
    YiheError
        If no run of the first generation gives every target's summary.
    """
    import pandas as pd

    work = _Work(bench, region, settings, Streams(seed))
    rows: list[dict[str, Any]] = []
    population, tolerance, stop = work.first(), math.inf, ""
    n = settings.particles
    rows.append(_row(0, math.inf, n, len(population.unit), population.ess, n * settings.replicates, ""))
    for generation in range(1, settings.generations + 1):
        target = particles.tolerance(population, settings.quantile)
        if tolerance <= settings.tolerance or target >= tolerance:
            stop = "tolerance" if tolerance <= settings.tolerance else "stalled"
            break
        target = max(target, settings.tolerance)
        step = work.next(population, target, generation)
        if step.population is None:
            stop = step.why
            rows.append(_row(generation, target, step.proposed, step.accepted, math.nan, step.runs, stop))
            break
        population, tolerance = step.population, target
        rows.append(_row(generation, target, step.proposed, step.accepted, population.ess, step.runs, ""))
    else:
        stop = "tolerance" if tolerance <= settings.tolerance else "generations"
    if not rows[-1]["stop"]:
        rows[-1]["stop"] = stop
    final = particles.adjusted(population, tolerance) if settings.adjustment == "linear" else population
    return Sample(
        final,
        tolerance,
        pd.DataFrame(rows, columns=list(GENERATIONS)),
        work.scale,
        _sentence(population, tolerance, len(bench.targets), settings, STOPS[stop]),
    )


def _sentence(last: Population, tolerance: float, targets: int, settings: Abc, why: Label) -> Label:
    zh = f"{last.generation} 代后容差为 {tolerance:.3g}，有效粒子 {last.ess:.0f}：{why.zh}"
    en = (
        f"tolerance {tolerance:.3g} after {last.generation} generations, effective sample size "
        f"{last.ess:.0f}: {why.en}"
    )
    wide = particles.widening(tolerance, targets)
    if settings.adjustment == "none" and 1.1 < wide < math.inf:
        zh += f"；后验约比精确的宽 {wide - 1:.0%}，可增加代数或用 adjustment: linear"
        en += (
            f"; the posterior is some {wide - 1:.0%} too wide: allow more generations, or adjustment: linear"
        )
    return Label(zh=zh, en=en)


def _row(
    generation: int, tolerance: float, proposed: int, accepted: int, ess: float, runs: int, stop: str
) -> dict[str, Any]:
    rate = accepted / proposed if proposed else math.nan
    return dict(
        zip(GENERATIONS, (generation, tolerance, proposed, accepted, rate, ess, runs, stop), strict=True)
    )


@dataclass(frozen=True)
class _Step:
    population: Population | None
    why: str
    proposed: int
    accepted: int
    runs: int


class _Work:
    """Everything a generation needs that does not change between generations."""

    def __init__(self, bench: Bench, region: Region, settings: Abc, streams: Streams) -> None:
        self.bench, self.region, self.settings, self.streams = bench, region, settings, streams
        self.doubt = np.array([target.doubt for target in bench.targets])
        self.scale = np.ones(len(bench.targets))

    def first(self) -> Population:
        """The prior's own generation; it also sets the scale of each target."""
        unit = self.region.draw(self.settings.particles, self.streams, "calibration.prior")
        if not len(unit):
            raise YiheError(
                "历史匹配剩下的空间太薄，无法取样：请放宽目标的 error 或 discrepancy，或去掉匹配",
                "history matching left too thin a space to draw from: widen error or discrepancy of the "
                "targets, or leave history_matching out",
                key="calibrate.history_matching",
            )
        noisy = self._summaries(unit, 0, 0)
        self._check(noisy)
        self.scale = np.array(
            [particles.scale(unit, noisy[:, j], doubt) for j, doubt in enumerate(self.doubt.tolist())]
        )
        deviation = self._deviation(noisy)
        told = np.all(np.isfinite(deviation), axis=1)
        n = int(told.sum())
        return Population(
            unit[told], np.full(n, 1.0 / n), deviation[told], particles.distance(deviation[told]), 0
        )

    def next(self, last: Population, tolerance: float, generation: int) -> _Step:
        """The generation accepted at a tolerance, proposed from the last one, a wave at a time."""
        n, s = self.settings.particles, self.settings
        root = particles.root(particles.covariance(last, tolerance))
        if root is None:
            return _Step(None, "degenerate", 0, 0, 0)
        kept_unit, kept_deviation = [], []
        proposed = accepted = drawn = 0
        batch = n
        while accepted < n:
            unit, drawn = self._propose(last, root, generation, drawn, batch)
            if not len(unit):
                return _Step(None, "degenerate", proposed, accepted, proposed * s.replicates)
            deviation = self._deviation(self._summaries(unit, generation, proposed))
            proposed += len(unit)
            near = particles.distance(deviation) <= tolerance
            kept_unit.append(unit[near])
            kept_deviation.append(deviation[near])
            accepted += int(near.sum())
            rate = accepted / proposed
            if accepted < n and (rate < s.min_acceptance or accepted == 0):
                return _Step(None, "acceptance", proposed, accepted, proposed * s.replicates)
            # A tenth more than needed, so that seldom a whole wave is run for a last few
            batch = int(min(max(1.1 * (n - accepted) / rate, n / 4), 4 * n)) + 1
        unit, deviation = np.concatenate(kept_unit)[:n], np.concatenate(kept_deviation)[:n]
        weight = particles.weights(unit, last, root)
        population = Population(unit, weight, deviation, particles.distance(deviation), generation)
        return _Step(population, "", proposed, accepted, proposed * s.replicates)

    def _propose(
        self, last: Population, root: FloatArray, generation: int, drawn: int, wanted: int
    ) -> tuple[FloatArray, int]:
        """Places near particles of the last generation, within the region; and how many were drawn in all."""
        from scipy.special import ndtri

        d = self.region.dimensions
        edges = np.cumsum(last.weight)
        kept: list[FloatArray] = []
        count = 0
        for _ in range(MOST_ROUNDS):
            if count >= wanted:
                break
            entity = drawn * (d + 1) + np.arange(wanted * (d + 1))
            u = self.streams.uniform("calibration.proposal", generation, entity).reshape(wanted, d + 1)
            parent = np.minimum(np.searchsorted(edges, u[:, 0] * edges[-1], side="right"), len(edges) - 1)
            unit = last.unit[parent] + ndtri(u[:, 1:]) @ root.T
            inside = np.flatnonzero(self.region.contains(unit))[: wanted - count]
            # The next proposal follows the last one used, so batches of any size give the same sequence
            drawn += wanted if count + len(inside) < wanted else int(inside[-1]) + 1
            kept.append(unit[inside])
            count += len(inside)
        return np.concatenate(kept), drawn

    def _summaries(self, unit: FloatArray, generation: int, first: int) -> FloatArray:
        """Simulated summaries with drawn errors, shape (n, targets)."""
        from scipy.special import ndtri

        found = self.bench.simulate(unit, self.settings.replicates, "abc", generation)
        shape = len(unit), len(self.doubt)
        entity = first * shape[1] + np.arange(shape[0] * shape[1])
        luck = ndtri(self.streams.uniform("calibration.error", generation, entity)).reshape(shape)
        noisy: FloatArray = found.summary(self.bench.targets) + self.doubt * luck
        return noisy

    def _deviation(self, noisy: FloatArray) -> FloatArray:
        """How far summaries lie outside the targets' ranges, in units of the scale; shape (n, targets)."""
        off = [target.deviation(noisy[:, j]) for j, target in enumerate(self.bench.targets)]
        deviation: FloatArray = np.column_stack(off) / self.scale
        return deviation

    def _check(self, deviation: FloatArray) -> None:
        if np.any(np.all(np.isfinite(deviation), axis=1)):
            return
        silent = [
            t.id
            for t, column in zip(self.bench.targets, deviation.T, strict=True)
            if not np.any(np.isfinite(column))
        ]
        told = ", ".join(silent) or ", ".join(t.id for t in self.bench.targets)
        raise YiheError(
            f"没有一次运行给出这些目标的数值：{told}；请核对指标、窗口与方案，或查看 failures/",
            f"no run gives a value for these targets: {told}; check outcome, window and arm, or failures/",
            key="calibrate.targets",
        )
