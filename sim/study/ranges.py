"""What values an outcome can take, so that no interval says more: no negative counts, no shares above 1.

With two or three seeds a symmetric interval easily reaches past what is possible. Its ends are then moved to
the bound: whatever lay beyond could not have been true. Verdicts see the same ends as tables and figures.
"""

from __future__ import annotations

import math

from sim.outcomes import OUTCOMES

Range = tuple[float, float]
"""Least and greatest value."""

ANYTHING: Range = (-math.inf, math.inf)

_TIME = ("share of time",)
"""Loads: hours asked over hours there are, which overtime may carry beyond 1."""


def of_level(outcome: str) -> Range:
    """Of a mean of the outcome itself: shares within 0 and 1, gaps within ±1, everything else from 0."""
    unit = OUTCOMES[outcome].unit if outcome in OUTCOMES else ""
    if not unit:
        return ANYTHING
    if outcome.endswith("_gap"):
        return -1.0, 1.0
    if unit == "0 to 1" or (unit.startswith("share") and unit not in _TIME):
        return 0.0, 1.0
    return 0.0, math.inf


def of_difference(outcome: str) -> Range:
    """Of a difference of two means of the outcome."""
    low, high = of_level(outcome)
    return low - high, high - low


def of_relative(outcome: str) -> Range:
    """Of a relative change: what cannot fall below 0 cannot fall by more than 100 %."""
    return (-1.0, math.inf) if of_level(outcome)[0] == 0.0 else ANYTHING


def within(value: float, bounds: Range) -> float:
    """The nearest possible value; NaN stays NaN."""
    return value if math.isnan(value) else min(max(value, bounds[0]), bounds[1])
