"""Draws, functions and clocks in plain Python numbers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

MASK = 2**64 - 1


def mix(z: int) -> int:
    """SplitMix64 finaliser on Python integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def combine(key: int, part: int) -> int:
    """A key with one more part."""
    return mix((int(key) + 0x9E3779B97F4A7C15 * ((int(part) & MASK) + 1)) & MASK)


def uniform(key: int, entity: int) -> float:
    """53 bits, moved to the middle of their interval."""
    return ((combine(key, entity) >> 11) + 0.5) / 2**53


def pair(i: int, j: int) -> int:
    """Id of an unordered pair."""
    return combine(combine(0, min(i, j)), max(i, j))


def week_key(seed: int, stream: str, week: int) -> int:
    """Key of a stream in one week, from nothing but the seed and the name."""
    name = int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")
    return combine(combine(combine(0, seed), name), week + 1)


def logistic(x: float) -> float:
    """σ, by the library, flat beyond ±16 as the kernels' table is."""
    return 1.0 / (1.0 + math.exp(-min(16.0, max(-16.0, x))))


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
