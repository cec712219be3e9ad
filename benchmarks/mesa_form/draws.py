"""Draws and the logistic in plain Python numbers: what the compiled kernels do, written apart from them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

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


def week_key(seed: int, stream: str, week: int) -> int:
    """Key of a stream in one week, from nothing but the seed and the name."""
    name = int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")
    return combine(combine(combine(0, seed), name), week + 1)


def logistic(x: float) -> float:
    """σ, by the library, flat beyond ±16 as the kernels' table is."""
    return 1.0 / (1.0 + math.exp(-min(16.0, max(-16.0, x))))


class Luck(NamedTuple):
    """Where draws come from."""

    uniform: Callable[[int, int], float]
    """A draw in (0, 1) of an entity under a week's key."""
    combine: Callable[[int, int], int]
    """A key, or an entity, with one more part."""


KEYED = Luck(uniform, combine)
"""The same draws as the kernels', whatever the order they are asked for in."""


def in_turn(random: Random) -> Luck:
    """A model's own generator, as most Mesa models draw: quicker, but one draw more shifts the rest."""
    return Luck(lambda key, entity: random.random(), lambda key, part: 0)
