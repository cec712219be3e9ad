"""Functions and clocks in plain Python numbers; draws and the logistic are those of the Mesa form."""

from __future__ import annotations

from collections.abc import Sequence

from mesa_form.draws import combine, logistic, mix, uniform, week_key

__all__ = ["clock_time", "combine", "gini", "logistic", "mix", "pair", "uniform", "week_key", "work_time"]


def pair(i: int, j: int) -> int:
    """Id of an unordered pair."""
    return combine(combine(0, min(i, j)), max(i, j))


def work_time(clock: float) -> float:
    """Working hours gone by, adding up one working day after the other."""
    hours, day = 0.0, 0
    while day * 24.0 < clock:
        if day % 7 < 5:
            hours += min(max(clock - (day * 24.0 + 9.0), 0.0), 8.0)
        day += 1
    return hours


def clock_time(work: float) -> float:
    """Clock time at which so many working hours are over, using up one working day after the other."""
    if work == 0.0:
        return 9.0
    day = 0
    while True:
        if day % 7 < 5:
            if work <= 8.0:
                return day * 24.0 + 9.0 + work
            work -= 8.0
        day += 1


def gini(values: Sequence[float]) -> float:
    """Mean absolute difference of all pairs over twice the mean."""
    n, total = len(values), sum(values)
    return sum(abs(a - b) for a in values for b in values) / (2 * n * total)
