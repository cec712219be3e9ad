"""From a list of work orders to targets: what it tells, and how surely.

Standard errors come from a moving-block bootstrap over weeks (Künsch 1989), because work orders come in
bursts: keyed resamples of four-week blocks of the weeks in which cases were opened. They are never put below
what independent cases would give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sim.calibration.casefigures import figure, figure_label, figures
from sim.calibration.records import CATEGORY_KEYS, VOLUME, Records, RecordsSection
from sim.calibration.targets import Target, Use
from sim.outcomes import OUTCOMES
from sim.rng import Streams

FloatArray = npt.NDArray[np.float64]

RESAMPLES, BLOCK_WEEKS = 400, 4
DAY_ROUNDING = 24.0 / math.sqrt(6.0)
"""Standard deviation that whole dates add to the time between two of them, in hours: that of the difference
between two times of day, each uniform."""

_CHUNK = 2_000_000  # weights held at once: 16 MB


def record_targets(records: Records, section: RecordsSection, arm: str, seed: int) -> list[Target]:
    """Targets that the records give, each with its standard error.

    Parameters
    ----------
    records : Records
    section : RecordsSection
    arm : str
    seed : int
        Keys the bootstrap.

    Returns
    -------
    list of Target
        Figures to fit, then those held out. A figure that the records do not tell (volume without population,
        satisfaction never asked, a quantile that is never reached) is left out.
    """
    there = [key for key in CATEGORY_KEYS if np.any(records.cases.category == key)]
    held_out = ("case_hours_q90", *(f"case_share_{key}" for key in there))
    wanted: dict[str, Use] = dict.fromkeys(section.fit, "fit")
    wanted |= dict.fromkeys(
        section.held_out if section.held_out is not None else [n for n in held_out if n not in wanted],
        "held_out",
    )
    found = estimates(records, tuple(wanted), seed)
    return [
        Target(
            id=f"records-{name}",
            label=OUTCOMES[name].label if name == VOLUME else figure_label(name),
            outcome=name,
            arm=arm,
            low=value,
            high=value,
            error=error,
            source=section.file,
            evidence="A",
            use=wanted[name],
        )
        for name, (value, error) in found.items()
        if math.isfinite(value)
    ]


def estimates(records: Records, names: Sequence[str], seed: int) -> dict[str, tuple[float, float]]:
    """Value and standard error of each figure; NaN where the records do not tell."""
    own = _figures(records, names, None)
    copies = [_figures(records, names, weights) for weights in _resamples(records, seed)]
    found = {}
    for name in names:
        values = np.concatenate([copy[name] for copy in copies])
        values = values[np.isfinite(values)]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
        value = float(own[name][0])
        found[name] = value, _at_least(records, name, value, spread)
    return found


def _figures(records: Records, names: Sequence[str], weights: FloatArray | None) -> dict[str, FloatArray]:
    found = figures(records.cases, [name for name in names if name != VOLUME], weights)
    if VOLUME in names:
        count = np.array([float(len(records.week))]) if weights is None else weights.sum(axis=1)
        per = math.nan if records.population is None else 1000.0 / records.population * 52.0 / records.weeks
        found[VOLUME] = count * per
    return found


def _resamples(records: Records, seed: int) -> Iterator[FloatArray]:
    """Weights of cases in moving-block resamples of weeks, a chunk of resamples at a time."""
    weeks = max(math.ceil(records.weeks), int(records.week.max()) + 1)
    blocks = math.ceil(weeks / BLOCK_WEEKS)
    draws = (
        Streams(seed)
        .uniform("calibration.records", -1, np.arange(RESAMPLES * blocks))
        .reshape(RESAMPLES, blocks)
    )
    starts = np.floor(draws * weeks).astype(np.int64)
    chosen = (starts[:, :, None] + np.arange(BLOCK_WEEKS)).reshape(RESAMPLES, -1)[:, :weeks] % weeks
    counts = np.zeros((RESAMPLES, weeks))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None], chosen), 1.0)
    step = max(1, _CHUNK // len(records.week))
    for first in range(0, RESAMPLES, step):
        yield counts[first : first + step][:, records.week]


def _at_least(records: Records, name: str, value: float, spread: float) -> float:
    """The standard error, no smaller than if cases were independent, and with what whole dates hide."""
    if name == VOLUME:
        return max(spread, value / math.sqrt(len(records.week)))
    asked = figure(name)
    assert asked is not None
    if asked.kind == "hours":
        return math.hypot(max(spread, 0.5), DAY_ROUNDING if records.dates_only else 0.0)
    cases = records.cases
    n = (
        int(np.sum(cases.closed & ~np.isnan(cases.satisfied)))
        if asked.kind == "satisfied"
        else len(cases.hours)
    )
    p = (value * n + 2.0) / (n + 4.0)  # Agresti and Coull 1998: never 0, even if all are alike
    return max(spread, math.sqrt(p * (1.0 - p) / (n + 4.0)))
