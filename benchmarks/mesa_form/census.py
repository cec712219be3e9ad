"""The census: everyone counted once a week, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .person import Person

_BINS = 50


def take(
    people: Iterable[Person], week: int, bands: Sequence[int], grid_offset: int, n_groups: int,
    communities: int,
) -> tuple[tuple[Any, Any, Any, Any, int], Any]:
    """Counts, sums, habits, groups and event ties as of :func:`sim.census.take_census`; sums of trust.

    Parameters
    ----------
    people : iterable of Person
    week : int
    bands : sequence of int
        Lower bounds of age; the first band holds children and is left out.
    grid_offset : int
        Number of the first grid's group.
    n_groups : int
    communities : int
    """
    count = [0] * 10
    sums, trust = ([[0.0] * k for _ in range(communities)] for k in (4, 10))
    habit, size, took_part, ties = [0] * _BINS, [0] * n_groups, [0] * n_groups, 0
    n_bands = len(bands) - 1
    for p in people:
        if not p.present or p.age < 18:
            continue
        other = week - p.last_other < 52
        answers = (
            1, p.active, week - p.last_any < 52, other, week - p.last_public < 52, week - p.last_any < 4,
            week - p.last_other < 4, p.stage >= 1, p.stage >= 2, p.stage >= 3)
        for k, answer in enumerate(answers):
            count[k] += answer
        for k, value in enumerate((p.hours, p.efficacy, p.autonomy, p.attachment)):
            sums[p.community][k] += value
        for kind in range(10):
            trust[p.community][kind] += p.trust(kind)
        habit[min(_BINS - 1, int(p.habit * _BINS))] += 1
        band = n_bands - 1
        while band > 0 and p.age < bands[band + 1]:
            band -= 1
        member = 0 if p.membership > 0 else 1
        for group in (band, n_bands + p.position, n_bands + 7 + p.tenure, n_bands + 9 + member,
                      grid_offset + p.grid):
            size[group] += 1
            took_part[group] += other
        ties += sum(tie is not None for tie in p.slots)
    counts = (np.array(count), np.array(sums), np.array(habit), np.array([size, took_part]), ties)
    return counts, np.array(trust)
