"""History matching: waves of runs rule out what cannot be, until nothing more goes.

Craig, Goldstein, Seheult and Smith 1997; Vernon, Goldstein and Bower 2010; for stochastic models Andrianakis
and others 2015. In each wave points are spread over what is left, an emulator is fitted to each summary, and
a place is ruled out if its implausibility

    I = distance of the emulated summary from the target's range
        ÷ √(emulator variance + luck of one run, where it counts + error² + discrepancy²)

exceeds the cut-off for some target (``max``), or for two (``second_max``). At cut-off 3 any unimodal doubt
leaves the truth in with at least 95 % for one target and wave (Pukelsheim 1994), normal doubt with 99.7 %.
What earlier waves ruled out stays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calibration.bench import Bench, Simulated
from sim.calibration.parameters import Parameter, points
from sim.calibration.region import Region, whole
from sim.calibration.sieve import Sieve, chosen, fit_sieve, joined, nothing
from sim.calibration.spec import HistoryMatching
from sim.calibration.targets import Target
from sim.params import Label
from sim.rng import Streams

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

WAVES = ("wave", "points", "runs", "share_left", "share_of_previous", "rules_out_most", "stop")
EMULATORS = (
    "wave",
    "target",
    "points",
    "missing",
    "q2",
    "rms",
    "outside_2",
    "outside_3",
    "inflation",
    "doubt_emulator",
    "doubt_luck",
    "doubt_target",
    "rules_out",
    "least_implausibility",
)

STOPS: dict[str, Label] = {
    "": Label(zh="继续", en="goes on"),
    "waves": Label(zh="轮数用完", en="all waves done"),
    "stalled": Label(zh="剩余空间不再明显缩小", en="the space left shrinks no more"),
    "thin": Label(zh="剩余空间太薄，已难以取样", en="what is left is too thin to find places in"),
    "nothing_left": Label(zh="没有剩余", en="nothing is left"),
}

FEWEST = 3
"""Places that a wave must find to go on."""


@dataclass(frozen=True)
class Matched:
    """What history matching found.

    Parameters
    ----------
    region : Region
        What is left; where nothing is, what was left before.
    sieves : tuple of Sieve
        One a wave.
    waves : DataFrame
        A row a wave: ``wave, points, runs, share_left`` (of the prior), ``share_of_previous,
        rules_out_most`` (id of the target that rules out most) and ``stop``, a key of :data:`STOPS`, empty
        while it goes on.
    emulators : DataFrame
        A row a wave and target: points it was fitted to and those ``missing`` their summary; leave-one-out
        ``q2``, ``rms`` and shares ``outside_2, outside_3`` of standardised errors; ``inflation`` of its
        variance; the median standard deviations ``doubt_emulator, doubt_luck, doubt_target``; the share of
        the space it ``rules_out`` by itself, and its ``least_implausibility`` anywhere in it.
    nothing_left : bool
    culprits : tuple of str
        Ids of the targets that leave nothing, worst first; empty if something is left.
    sentence : Label
        How it ended.
    """

    region: Region
    sieves: tuple[Sieve, ...]
    waves: pd.DataFrame
    emulators: pd.DataFrame
    nothing_left: bool
    culprits: tuple[str, ...]
    sentence: Label

    def implausibility(self, parameters: Sequence[Parameter], n: int, seed: int) -> pd.DataFrame:
        """Implausibility over the whole prior.

        Parameters
        ----------
        parameters : sequence of Parameter
        n : int
            Places, spread evenly.
        seed : int

        Returns
        -------
        DataFrame
            One column a parameter; ``implausibility``: that of the first wave that rules the place out, or
            the greatest of all waves; ``cutoff``; and ``wave``, that first wave, 0 if the place is left.
        """
        unit = whole(len(parameters)).spread(n, seed)
        found, wave = np.zeros(len(unit)), np.zeros(len(unit), np.int64)
        for number, sieve in enumerate(self.sieves, 1):
            rows = np.flatnonzero(wave == 0)
            its = sieve.decisive(sieve.implausibility(unit[rows]))
            found[rows] = np.maximum(found[rows], its)
            wave[rows[its > sieve.cutoff]] = number
        cutoff = self.sieves[0].cutoff if self.sieves else np.nan
        return points(parameters, unit).assign(implausibility=found, cutoff=cutoff, wave=wave)


@dataclass(frozen=True)
class _Tried:
    """Places tried under a sieve, and how implausible each is."""

    unit: FloatArray
    each: FloatArray
    left: BoolArray


def match(bench: Bench, settings: HistoryMatching, seed: int) -> Matched:
    """Rule out what cannot be.

    Parameters
    ----------
    bench : Bench
        Its targets are those to fit.
    settings : HistoryMatching
    seed : int
        Keys designs, emulators' starts and the places tried.

    Returns
    -------
    Matched
    """
    import pandas as pd

    streams = Streams(seed)
    region = whole(len(bench.parameters))
    unit, results = np.zeros((0, region.dimensions)), nothing(len(bench.targets))
    waves: list[dict[str, Any]] = []
    emulators: list[dict[str, Any]] = []
    end = Label(zh="", en="")
    culprits: tuple[str, ...] = ()
    sieves: list[Sieve] = []
    for wave in range(1, settings.waves + 1):
        design = region.spread(settings.points, _key(streams, "design", wave))
        if len(design) <= FEWEST:
            waves[-1]["stop"], end = "thin", _left(region.share, "thin")
            break
        found = bench.simulate(design, settings.replicates, "history_matching", wave)
        # Earlier points still inside help; those ruled out would bend the emulators to a surface that is gone
        kept = region.contains(unit)
        unit = np.concatenate([unit[kept], design])
        results = joined(chosen(results, kept), found)
        sieve = fit_sieve(bench.targets, unit, results, settings, _key(streams, "emulators", wave))
        tried = _try(region, sieve, settings, _key(streams, "candidates", wave))
        strictest = np.argsort(-(tried.each > settings.cutoff).mean(axis=0), kind="stable")
        sieve = replace(sieve, order=tuple(strictest.tolist()))
        sieves.append(sieve)
        emulators += _emulator_rows(wave, sieve, unit, results, tried, region, settings)
        share = float(np.mean(tried.left))
        stop = _stop(wave, share, settings)
        waves.append(
            {
                "wave": wave,
                "points": len(design),
                "runs": len(design) * settings.replicates,
                "share_left": region.share * share,
                "share_of_previous": share,
                "rules_out_most": bench.targets[sieve.order[0]].id if share < 1.0 else "",
                "stop": stop,
            }
        )
        if stop == "nothing_left":
            culprits, end = _blame(bench.targets, sieve, tried, wave)
            break
        region = region.narrowed(sieve, tried.unit[tried.left], share)
        if stop:
            end = _left(region.share, stop)
            break
    return Matched(
        region,
        tuple(sieves),
        pd.DataFrame(waves, columns=list(WAVES)),
        pd.DataFrame(emulators, columns=list(EMULATORS)),
        bool(culprits),
        culprits,
        end,
    )


def _key(streams: Streams, what: str, wave: int) -> int:
    return int(streams.week_key(f"calibration.{what}", wave)) >> 1


def _try(region: Region, sieve: Sieve, settings: HistoryMatching, key: int) -> _Tried:
    """Places of the region under a new sieve: more of them while hardly any is left."""
    unit = region.spread(settings.candidates, key)
    each = sieve.implausibility(unit)
    left = sieve.decisive(each) <= settings.cutoff
    for more in range(1, 4):
        if left.sum() >= 20:
            break
        extra = region.spread(4 * settings.candidates, key + more)
        its = sieve.implausibility(extra)
        unit, each = np.concatenate([unit, extra]), np.concatenate([each, its])
        left = sieve.decisive(each) <= settings.cutoff
    return _Tried(unit, each, left)


def _stop(wave: int, share: float, settings: HistoryMatching) -> str:
    if share == 0.0:
        return "nothing_left"
    if share > settings.stall:
        return "stalled"
    return "waves" if wave == settings.waves else ""


def _left(share: float, stop: str) -> Label:
    why = STOPS[stop]
    return Label(
        zh=f"参数空间还剩 {share:.3g}（占先验）：{why.zh}",
        en=f"{share:.3g} of the prior space is left: {why.en}",
    )


def _blame(
    targets: Sequence[Target], sieve: Sieve, tried: _Tried, wave: int
) -> tuple[tuple[str, ...], Label]:
    """Who leaves nothing: targets that nothing comes near, or else those that clash at the best place."""
    least = tried.each.min(axis=0)
    alone = [j for j in np.argsort(-least, kind="stable").tolist() if least[j] > sieve.cutoff]
    where = ("", "") if wave == 1 else ("在前几轮剩余的空间里，", "within what earlier waves left, ")
    if alone:
        ids = tuple(targets[j].id for j in alone)
        told = ", ".join(f"{targets[j].id} ({least[j]:.1f})" for j in alone)
        return ids, Label(
            zh=f"没有剩余：{where[0]}任何参数都达不到 {told}，括号内是最小的不可信度，"
            f"阈值为 {sieve.cutoff:g}；请核对这些目标及其误差，或放宽先验，或承认模型做不到",
            en=f"nothing is left: {where[1]}no parameters come near {told}, in brackets the least "
            f"implausibility, with cut-off {sieve.cutoff:g}; check these targets and their errors, widen the "
            "priors, or grant that the model cannot do it",
        )
    best = int(np.argmin(sieve.decisive(tried.each)))
    clash = [j for j in np.argsort(-tried.each[best], kind="stable").tolist() if tried.each[best, j] > 1.0]
    ids = tuple(targets[j].id for j in clash)
    told = ", ".join(f"{targets[j].id} ({tried.each[best, j]:.1f})" for j in clash)
    return ids, Label(
        zh=f"没有剩余：{where[0]}每个目标单独都能达到，但不能同时达到；"
        f"最接近之处仍差 {told}（不可信度，阈值 {sieve.cutoff:g}）",
        en=f"nothing is left: {where[1]}each target can be met, but not all at once; the nearest place still "
        f"misses {told} (implausibility, cut-off {sieve.cutoff:g})",
    )


def _emulator_rows(
    wave: int,
    sieve: Sieve,
    unit: FloatArray,
    results: Simulated,
    tried: _Tried,
    region: Region,
    settings: HistoryMatching,
) -> list[dict[str, Any]]:
    rows = []
    for j, (target, emulator) in enumerate(zip(sieve.targets, sieve.emulators, strict=True)):
        row: dict[str, Any] = {
            "wave": wave,
            "target": target.id,
            "points": int((results.count[:, j] > 0).sum()),
            "missing": int((results.count[:, j] == 0).sum()),
            "doubt_luck": float(np.sqrt(sieve.luck[j])),
            "doubt_target": target.doubt,
            "rules_out": float(np.mean(tried.each[:, j] > settings.cutoff)),
            "least_implausibility": float(tried.each[:, j].min()),
        }
        if emulator is not None:
            told = emulator.diagnosis
            row |= {
                "q2": told.q2,
                "rms": told.rms,
                "outside_2": told.outside_2,
                "outside_3": told.outside_3,
                "inflation": emulator.inflation,
                "doubt_emulator": float(np.sqrt(np.median(emulator.variance(tried.unit[:256])))),
            }
        rows.append(row)
    return rows
