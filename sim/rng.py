"""Keyed randomness: every draw is a pure function of (seed, stream, week, entity), never of call order.

Two runs of one seed that differ in a policy therefore share people, frictions and luck, and adding a
resident, tie or case changes nobody else's draws. The generator is the SplitMix64 finaliser (Steele, Lea and
Flood 2014) applied once for each part of the key; NumPy and compiled kernels give equal bits.

``key(seed, stream)`` is computed once; ``week_key(key, week)`` once a week; then one finaliser a draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import uint64

from sim.jit import kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / (1 << 53)
_ALL = (1 << 64) - 1
_GOLDEN, _FIRST, _SECOND = int(GOLDEN), int(_M1), int(_M2)

UInt64Array = npt.NDArray[np.uint64]
FloatArray = npt.NDArray[np.float64]
_AHEAD = 26
"""Weeks of which a stream's keys are made at once: nearly all streams are asked every week."""
Whole = int | np.integer[Any]
"""A whole number in a kernel: a key, an id or part of a key, Python's or NumPy's own."""


@kernel
def mix(z: Whole) -> Whole:
    """SplitMix64 finaliser: 64 bits in, 64 well-mixed bits out."""
    z = uint64(z)
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@kernel
def combine(key: Whole, part: Whole) -> Whole:
    """Key with one more part: order matters."""
    return mix(uint64(key) + GOLDEN * (uint64(part) + uint64(1)))


@kernel
def uniform(key: Whole, entity: Whole) -> float:
    """One draw in the open interval (0, 1) for an entity under a week's key."""
    return (float(combine(key, entity) >> _S11) + 0.5) * _UNIT


@kernel
def pair(i: Whole, j: Whole) -> Whole:
    """Stable id of an unordered pair of stable ids."""
    i, j = uint64(i), uint64(j)
    lo = i if i < j else j
    hi = j if i < j else i
    return combine(combine(uint64(0), lo), hi)


@kernel
def uniform_array(key: Whole, entity: UInt64Array) -> FloatArray:
    """:func:`uniform` for whole arrays, with equal bits."""
    out = np.empty(entity.shape)
    flat, ids = out.reshape(-1), entity.reshape(-1)
    for i in range(ids.size):
        flat[i] = uniform(key, ids[i])
    return out


@kernel
def _combine_each(key: UInt64Array, part: UInt64Array) -> UInt64Array:
    """:func:`combine` pair by pair; an array of one goes with every entry of the other."""
    n = max(key.size, part.size)
    out = np.empty(n, np.uint64)
    for i in range(n):
        out[i] = combine(key[i if key.size > 1 else 0], part[i if part.size > 1 else 0])
    return out


@kernel
def uniform_each(key: UInt64Array, of: npt.NDArray[np.int32], entity: UInt64Array) -> FloatArray:
    """:func:`uniform` of each entity ``i`` under ``key[of[i]]``."""
    out = np.empty(entity.size)
    for i in range(entity.size):
        out[i] = uniform(key[of[i]], entity[i])
    return out


def combine_array(key: int | np.uint64 | UInt64Array, part: npt.ArrayLike) -> UInt64Array:
    """:func:`combine` for whole arrays, with equal bits.

    Parameters
    ----------
    key : uint64, scalar or array
    part : array of integers

    Returns
    -------
    ndarray of uint64
    """
    keys, parts = np.asarray(key, np.uint64), np.asarray(part).astype(np.uint64, copy=False)
    if keys.ndim > 1 or parts.ndim > 1:
        keys, parts = np.broadcast_arrays(keys, parts)
    shape = np.broadcast_shapes(keys.shape, parts.shape)
    if 0 in shape:
        return np.zeros(shape, np.uint64)
    flat = np.ascontiguousarray(keys).reshape(-1), np.ascontiguousarray(parts).reshape(-1)
    return _combine_each(*flat).reshape(shape)


def combine_whole(key: int, part: int) -> int:
    """:func:`combine` for two of Python's own numbers, with equal bits: quicker than a call into a kernel."""
    z = (key + _GOLDEN * (part + 1)) & _ALL
    z = ((z ^ (z >> 30)) * _FIRST) & _ALL
    z = ((z ^ (z >> 27)) * _SECOND) & _ALL
    return z ^ (z >> 31)


@lru_cache(maxsize=4096)
def text_id(text: str) -> int:
    """Stable 64-bit id of a name: the first eight bytes of its BLAKE2b digest."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


class Streams:
    """The draws of one seed.

    Parameters
    ----------
    seed : int
        Non-negative; two seeds share nothing.
    """

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)
        self._root = combine_whole(0, self.seed)
        self._keys: dict[str, np.uint64] = {}

    def key(self, stream: str) -> np.uint64:
        """Key of a named stream."""
        key = self._keys.get(stream)
        if key is None:
            key = self._keys[stream] = np.uint64(combine_whole(self._root, text_id(stream)))
        return key

    def week_key(self, stream: str, week: int) -> np.uint64:
        """Key of a stream in one week; set-up draws use week −1."""
        return np.uint64(combine_whole(int(self.key(stream)), week + 1))

    def uniform(self, stream: str, week: int, entity: npt.ArrayLike) -> FloatArray:
        """Uniform draws in (0, 1), one for each entity id.

        Parameters
        ----------
        stream : str
        week : int
            Model week; −1 for set-up.
        entity : array of non-negative integers
            Stable ids.

        Returns
        -------
        ndarray of float64, shape of ``entity``
        """
        return uniform_array(self.week_key(stream, week), np.asarray(entity).astype(np.uint64, copy=False))


def of_communities(streams: Streams | Sequence[Streams], communities: int) -> CommunityStreams:
    """Draws of so many communities: of one seed, or of several whose runs lie side by side in equal parts."""
    every = [streams] if isinstance(streams, Streams) else streams
    run = np.repeat(np.arange(len(every), dtype=np.int32), communities // len(every))
    return CommunityStreams([each.seed for each in every], run)


class CommunityStreams:
    """The draws of communities: all of one seed, or each of the seed of the run that it belongs to.

    Parameters
    ----------
    seeds : sequence of int
        One a run.
    run : array of int, shape (C,)
        Which of them each community belongs to.
    """

    def __init__(self, seeds: Sequence[int], run: npt.NDArray[np.integer[Any]]) -> None:
        self._streams = [Streams(seed) for seed in seeds]
        self.run, self.runs = run, len(self._streams)
        self._weeks: dict[str, tuple[int, UInt64Array]] = {}
        """Keys of some weeks in a row, (weeks, C), and the first of these weeks, by stream."""

    def key(self, stream: str) -> UInt64Array:
        """Key of a named stream in each community, (C,)."""
        return np.array([streams.key(stream) for streams in self._streams], np.uint64)[self.run]

    def week_key(self, stream: str, week: int) -> UInt64Array:
        """Key of a stream in one week in each community, (C,); set-up draws use week −1."""
        first, keys = self._weeks.get(stream, (0, None))
        if keys is None or not first <= week < first + len(keys):
            first, parts = week, np.arange(week + 1, week + 1 + _AHEAD).astype(np.uint64)
            keys = combine_array(self.key(stream), parts[:, None])
            self._weeks[stream] = first, keys
        row: UInt64Array = keys[week - first]
        return row

    def uniform(
        self, stream: str, week: int, entity: UInt64Array, community: npt.NDArray[np.int32]
    ) -> FloatArray:
        """Uniform draws in (0, 1), one for each entity id in the community that it belongs to.

        Parameters
        ----------
        stream : str
        week : int
            Model week; −1 for set-up.
        entity : array of uint64, shape (n,)
            Stable ids.
        community : array of int32, shape (n,)
        """
        keys = self.week_key(stream, week)
        if len(self._streams) == 1:
            return uniform_array(keys[0], entity)
        return uniform_each(keys, community, entity)

    def bits(
        self, stream: str, week: int, entity: UInt64Array, community: npt.NDArray[np.int32]
    ) -> UInt64Array:
        """64 random bits for each entity id; parameters as of :meth:`uniform`."""
        keys = self.week_key(stream, week)
        return combine_array(keys[0] if len(self._streams) == 1 else keys[community], entity)


def unit_interval(bits: UInt64Array) -> FloatArray:
    """64 random bits as a number in the open interval (0, 1)."""
    return ((bits >> _S11).astype(np.float64) + 0.5) * _UNIT
