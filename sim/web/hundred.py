"""The same comparison over many seeds: bands week by week, and the share of seeds in which A does better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outcomes import OUTCOMES

DIGITS = 6
"""Significant digits of the numbers of a band."""


class Series(NamedTuple):
    """One run's outcomes."""

    values: dict[str, float]
    """Each outcome over the default window, by its own summary."""
    weekly: npt.NDArray[np.float64]
    """(outcomes, weeks)."""
    names: tuple[str, ...]


def verdicts(
    pairs: Sequence[Mapping[str, Series]], wanted: tuple[str, ...] | None,
) -> dict[str, dict[str, Any]]:
    """What many seeds say about each outcome.

    Parameters
    ----------
    pairs : sequence of mappings of ``a`` and ``b`` to Series
        One a seed.
    wanted : tuple of str, optional
        Outcomes whose bands are wanted; all if left out.

    Returns
    -------
    dict
        For each outcome: ``better`` as declared; in how many seeds A does better, B does better, and neither
        (``a_better``, ``b_better``, ``equal``; with no better direction: is higher) and ``share_a`` of them
        all; mean ``difference`` A − B with its 95 % interval, paired by seed; ``bands`` of A, B and A − B by
        week. None where there is no number.
    """
    from sim.study.ranges import of_difference, of_level
    from sim.study.statistics import band, paired

    found: dict[str, dict[str, Any]] = {}
    names = pairs[0]["a"].names if pairs else ()
    for row, name in enumerate(names):
        a, b = (np.array([pair[side].values[name] for pair in pairs]) for side in ("a", "b"))
        contrast = paired(a, b, bounds=of_difference(name))
        found[name] = {
            **shares(a, b, OUTCOMES[name].better),
            "difference": {
                "mean": number(contrast.difference), "low": number(contrast.low),
                "high": number(contrast.high), "p": number(contrast.p), "n": contrast.n}}
        if wanted is None or name in wanted:
            wide_a, wide_b = (np.array([pair[side].weekly[row] for pair in pairs]) for side in ("a", "b"))
            found[name]["bands"] = {
                "a": _band(band(wide_a, bounds=of_level(name))),
                "b": _band(band(wide_b, bounds=of_level(name))),
                "difference": _band(band(wide_a - wide_b, bounds=of_difference(name)))}
    return found


def shares(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], better: str) -> dict[str, Any]:
    """In how many seeds A does better, B does better, and neither; pairs with a NaN are left out.

    Parameters
    ----------
    a, b : array, shape (seeds,)
    better : {"more", "less", "neither"}
        ``neither`` counts the higher one.
    """
    difference = (b - a) if better == "less" else (a - b)
    known = difference[~np.isnan(difference)]
    up, down = int(np.sum(known > 0)), int(np.sum(known < 0))
    n = len(known)
    return {
        "better": better, "n": n, "a_better": up, "b_better": down, "equal": n - up - down,
        "share_a": up / n if n else None}


def number(value: float) -> float | None:
    """A number for JSON: six significant digits, None for one that does not exist."""
    value = float(value)
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def exact(values: Mapping[str, float]) -> dict[str, float | None]:
    """Values for JSON, to the last bit; None for those that do not exist."""
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}


def _band(three: Any) -> dict[str, list[float | None]]:
    return {end: [number(value) for value in getattr(three, end).tolist()] for end in ("mean", "low", "high")}
