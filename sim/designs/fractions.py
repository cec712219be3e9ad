"""Regular two-level fractions: which columns to add, what they confound, and how strongly.

A fraction of ``k`` factors in ``2**q`` points gives each factor a non-zero vector of ``q`` bits; its level at
a point is the product of the ±1 levels of the base factors whose bits are set. Effects whose vectors have the
same sum (exclusive or) cannot be told apart. The resolution is the length of the shortest word, a set of
factors whose vectors sum to zero: III confounds main effects with two-way interactions, IV these with each
other, V neither.

The smallest fraction of the wanted resolution is searched for, and among those of one size the one with the
least aberration that an exchange search from keyed starts finds [1]_: fewest words of the shortest length,
then of the next. For up to 15 factors the sizes are those of the catalogue [2]_; above, a smaller fraction of
resolution V may exist (23 factors fit in 512 points; 1,024 are found).

References
----------
.. [1] Fries, A. and Hunter, W. G. (1980). Minimum aberration 2^(k−p) designs. Technometrics 22, 601–608.
.. [2] Chen, J., Sun, D. X. and Wu, C. F. J. (1993). A catalogue of two-level and three-level fractional
   factorial designs with small runs. International Statistical Review 61, 131–145.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.rng import Streams, combine_array

MOST_BASE = 14
"""Bits of the largest fraction: 16,384 points."""

_WORDS = 6  # aberration is judged on words of up to this length
_STARTS = 12
_LARGE_STARTS = 3  # above 128 points, where a start takes a tenth of a second and more

IntArray = npt.NDArray[np.int64]


class Fraction(NamedTuple):
    """A regular fraction."""

    base: int
    """Base factors: there are ``2**base`` points."""
    columns: tuple[int, ...]
    """One vector of bits a factor; the first ``base`` are the single bits."""

    @property
    def size(self) -> int:
        """Number of points."""
        return 1 << self.base

    def coded(self) -> npt.NDArray[np.int8]:
        """Levels −1 and +1, shape (points, factors); the first base factor changes slowest."""
        point = np.arange(self.size)
        bits = (point[:, None] >> np.arange(self.base - 1, -1, -1)) & 1
        masks = (np.asarray(self.columns)[:, None] >> np.arange(self.base)) & 1
        low = (1 - bits) @ masks.T  # how many of a column's base factors are low
        return np.where(low % 2 == 1, -1, 1).astype(np.int8)

    def resolution(self) -> int | None:
        """Length of the shortest word; None if no factors sum to zero, or only more than 6 of them."""
        words = _words(self.columns, self.base)
        return next((m for m in range(1, _WORDS + 1) if words[m, 0]), None)

    def generators(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Each added factor, by position, with the base factors whose product it is."""
        return tuple(
            (i, tuple(b for b in range(self.base) if self.columns[i] >> b & 1))
            for i in range(self.base, len(self.columns))
        )

    def aliases(self, order: int = 2) -> dict[tuple[int, ...], tuple[tuple[int, ...], ...]]:
        """What each effect is confounded with, always with a positive sign.

        Parameters
        ----------
        order : int
            Highest order of effects: 2 for main effects and two-way interactions.

        Returns
        -------
        dict
            Effect → the other effects up to that order that share its contrast; effects are positions of
            factors.
        """
        effects = [
            e for size in range(1, order + 1) for e in itertools.combinations(range(len(self.columns)), size)
        ]
        shared: dict[int, list[tuple[int, ...]]] = {}
        for effect in effects:
            shared.setdefault(self._sum(effect), []).append(effect)
        return {e: tuple(other for other in shared[self._sum(e)] if other != e) for e in effects}

    def _sum(self, effect: tuple[int, ...]) -> int:
        total = 0
        for i in effect:
            total ^= self.columns[i]
        return total


@lru_cache(maxsize=64)
def fraction(factors: int, resolution: int | None) -> Fraction | None:
    """The smallest fraction found of a resolution.

    Parameters
    ----------
    factors : int
    resolution : {3, 4, 5} or None
        None: the full factorial.

    Returns
    -------
    Fraction or None
        None if it would need more than ``2**MOST_BASE`` points.
    """
    if resolution is None:
        return Fraction(factors, _singles(factors)) if factors <= MOST_BASE else None
    for base in range(1, MOST_BASE + 1):
        if factors <= base:
            return Fraction(base, _singles(factors))
        # No more distinct columns than that; at resolution IV, of odd weight at best
        if factors > (1 << base) - 1 or (resolution >= 4 and factors > 1 << (base - 1)):
            continue
        found = [
            _improved(columns, base, resolution)
            for order in _orders(base)
            if (columns := _first_fit(factors, base, resolution, order))
        ]
        if found:
            return Fraction(base, tuple(min(found)[1]))
    return None


def _singles(base: int) -> tuple[int, ...]:
    return tuple(1 << i for i in range(base))


def _orders(base: int) -> list[IntArray]:
    """Orders in which to try columns: counting, odd weights first, and keyed shuffles."""
    columns = np.arange(1, 1 << base)
    odd = np.bitwise_count(columns) % 2 == 1
    orders = [columns, columns[::-1], np.concatenate([columns[odd], columns[~odd]])]
    for start in range(_STARTS if base <= 7 else _LARGE_STARTS):
        key = combine_array(Streams(start).key("fraction"), columns)
        orders.append(columns[np.argsort(key, kind="stable")])
    return orders


def _words(columns: tuple[int, ...] | list[int], base: int) -> IntArray:
    """How many sets of m columns sum to x, at [m, x], for m up to 6."""
    x = np.arange(1 << base)
    words = np.zeros((_WORDS + 1, 1 << base), np.int64)
    words[0, 0] = 1
    for column in columns:
        _add(words, column, x)
    return words


def _add(words: IntArray, column: int, x: IntArray) -> None:
    for m in range(_WORDS, 0, -1):
        words[m] += words[m - 1][x ^ column]


def _first_fit(factors: int, base: int, resolution: int, order: IntArray) -> list[int] | None:
    """Base columns, and then every column in an order that keeps the resolution."""
    columns = list(_singles(base))
    x = np.arange(1 << base)
    words = _words(columns, base)
    for column in order.tolist():
        if len(columns) == factors:
            break
        if not words[1 : resolution - 1, column].any():
            _add(words, column, x)
            columns.append(column)
    return columns if len(columns) == factors else None


def _improved(columns: list[int], base: int, resolution: int) -> tuple[tuple[int, ...], list[int]]:
    """Exchange one added column at a time while that lessens aberration.

    Returns
    -------
    aberration, columns
        Aberration is the number of words of length 3, 4, 5 and 6.
    """
    columns, x = list(columns), np.arange(1 << base)
    words = _words(columns, base)
    best = tuple(words[3:, 0].tolist())
    better = True
    while better:
        better = False
        for place in range(base, len(columns)):
            rest = words.copy()
            for m in range(1, _WORDS + 1):
                rest[m] -= rest[m - 1][x ^ columns[place]]
            free = np.flatnonzero(~rest[1 : resolution - 1].any(axis=0))
            free = free[free > 0]
            with_it = np.stack([rest[m, 0] + rest[m - 1][free] for m in range(3, _WORDS + 1)])
            first = np.lexsort(with_it[::-1])[0]
            if tuple(with_it[:, first].tolist()) < best:
                best = tuple(with_it[:, first].tolist())
                columns[place] = int(free[first])
                words, better = rest, True
                _add(words, columns[place], x)
    return best, columns
