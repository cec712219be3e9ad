"""The part of the unit cube that is not ruled out, and places drawn evenly from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.rng import Streams

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Test = Callable[[FloatArray], BoolArray]
"""Whether places, shape (n, d), are left; shape (n,)."""

BLOCK = 4096
MOST_PLACES = 1 << 20
"""Places tried before a region counts as too thin to find more of."""

MARGIN = 0.1
"""Share of its width by which the box around the places found is widened on each side."""


@dataclass(frozen=True)
class Region:
    """Places within a box that pass every test.

    Parameters
    ----------
    low, high : array, shape (d,)
        The box.
    tests : tuple of Test
    share : float
        Of the unit cube that it is thought to fill.
    """

    low: FloatArray
    high: FloatArray
    tests: tuple[Test, ...] = ()
    share: float = 1.0

    @property
    def dimensions(self) -> int:
        """Number of parameters."""
        return len(self.low)

    def contains(self, unit: FloatArray) -> BoolArray:
        """Whether places lie in it; shape (n,)."""
        inside = np.all((unit >= self.low) & (unit <= self.high), axis=1)
        for test in self.tests:
            rows = np.flatnonzero(inside)
            if not len(rows):
                break
            inside[rows] = test(unit[rows])
        return inside

    def spread(self, n: int, key: int) -> FloatArray:
        """Up to ``n`` places that fill it evenly: a shifted Sobol sequence in the box, thinned by the tests.

        Parameters
        ----------
        n : int
        key : int
            Of the random shift (Cranley and Patterson 1976).

        Returns
        -------
        array, shape (≤ n, d)
            Fewer only if :data:`MOST_PLACES` places of the box do not hold as many.
        """
        return self._first(n, _sobol_blocks(self.dimensions, key, n))

    def draw(self, n: int, streams: Streams, stream: str) -> FloatArray:
        """Up to ``n`` independent places, uniform in it; shape (≤ n, d)."""
        d = self.dimensions
        blocks = (
            streams.uniform(stream, -1, first * d + np.arange(size * d)).reshape(size, d)
            for first, size in _sizes(n)
        )
        return self._first(n, blocks)

    def narrowed(self, test: Test, found: FloatArray, share: float) -> Region:
        """The region under one more test.

        Parameters
        ----------
        test : Test
        found : array, shape (n, d), n ≥ 1
            Places left; the box is drawn around them.
        share : float
            Of this region that is left.
        """
        low, high = found.min(axis=0), found.max(axis=0)
        # A single place has no width: leave it as much room as chance would
        room = np.maximum(MARGIN * (high - low), (self.high - self.low) / (len(found) + 1))
        return Region(
            np.maximum(low - room, self.low),
            np.minimum(high + room, self.high),
            (*self.tests, test),
            self.share * share,
        )

    def _first(self, n: int, blocks: Iterator[FloatArray]) -> FloatArray:
        kept: list[FloatArray] = []
        count = 0
        for block in blocks:
            places = self.low + block * (self.high - self.low)
            inside = places[self.contains(places)]
            kept.append(inside)
            count += len(inside)
            if count >= n:
                break
        return np.concatenate(kept)[:n]


def whole(dimensions: int) -> Region:
    """The unit cube."""
    return Region(np.zeros(dimensions), np.ones(dimensions))


def _sizes(n: int) -> Iterator[tuple[int, int]]:
    """Begin and size of blocks of places: first about as many as are wanted, then ever more."""
    first, size = 0, 1 << max(6, (n - 1).bit_length())
    while first < MOST_PLACES:
        size = min(size, BLOCK)
        yield first, size
        first, size = first + size, 2 * size


def _sobol_blocks(d: int, key: int, n: int) -> Iterator[FloatArray]:
    from scipy.stats import qmc

    shift = Streams(key).uniform("calibration.shift", -1, np.arange(d))
    engine = qmc.Sobol(d, scramble=False)
    for _, size in _sizes(n):
        yield (engine.random(size) + shift) % 1.0
