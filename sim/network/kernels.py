"""Compiled loops that find pairs: each returns the rows of both ends, in either order, some pairs twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64

from sim.jit import kernel, lean_kernel
from sim.network.ties import Int64, UInt32
from sim.numerics import log
from sim.population.columns import Bool, Float64, Int32, UInt64
from sim.rng import combine, pair, uniform

EdgeList = tuple[Int64, Int64]
"""Rows of the two ends of each pair."""

Word = Any
"""A 64-bit key: ``np.uint64`` outside, an unsigned integer in compiled code."""

AgeClasses = Float64
"""(K, K) probability factor by class, mean 1 under the margins for everyone."""


@kernel
def _grown(array: Int64, used: int) -> Int64:
    """The array, with twice the room once it is full."""
    if used < len(array):
        return array
    larger = np.empty(2 * len(array) + 16, np.int64)
    for k in range(used):  # a loop, because slices take seconds to compile
        larger[k] = array[k]
    return larger


@kernel
def household_pairs(first: Int32, home: Bool) -> EdgeList:
    """Everyone with everyone in each dwelling that is a home, not an office; ``home`` has one entry each."""
    count = 0
    for d in range(len(first) - 1):
        if not home[d]:
            continue
        size = int(first[d + 1]) - int(first[d])
        count += size * (size - 1) // 2
    a = np.empty(count, np.int64)
    b = np.empty(count, np.int64)
    m = 0
    for d in range(len(first) - 1):
        if not home[d]:
            continue
        for i in range(first[d], first[d + 1]):
            for j in range(i + 1, first[d + 1]):
                a[m] = i
                b[m] = j
                m += 1
    return a, b


@kernel
def building_pairs(
    first: Int64,
    last: Int64,
    community: Int32,
    dwelling: Int32,
    floor: Int64,
    familiar: Float64,
    decay: Float64,
    scale: Float64,
    person: UInt64,
    keys: UInt64,
    thin_keys: UInt64,
    atomisation: float,
) -> EdgeList:
    """Pairs of neighbours in different dwellings, accepted by familiarity and storeys apart.

    ``community`` has one entry a building; ``keys`` and ``thin_keys`` have one a community.
    """
    a = np.empty(4096, np.int64)
    b = np.empty(4096, np.int64)
    m = 0
    none: Word = uint64(0)
    room = 0
    for building in range(len(first)):
        room = max(room, last[building] - first[building])
    who = np.empty(room, np.int64)
    half = np.empty(room, np.uint64)  # first half of rng.pair, shared by all pairs with this lower key
    for building in range(len(first)):
        key, thin_key = keys[community[building]], thin_keys[community[building]]
        size = 0
        for i in range(first[building], last[building]):
            if familiar[i] > 0.0:
                who[size] = i
                half[size] = combine(none, person[i])
                size += 1
        for x in range(size):
            i = who[x]
            reach = scale[building] * familiar[i]
            for y in range(x + 1, size):
                j = who[y]
                if dwelling[i] == dwelling[j]:
                    continue
                lower = person[i] < person[j]
                both = combine(half[x] if lower else half[y], person[j] if lower else person[i])
                if uniform(key, both) >= reach * familiar[j] * decay[abs(floor[i] - floor[j])]:
                    continue
                if uniform(thin_key, both) >= atomisation:
                    a = _grown(a, m)
                    b = _grown(b, m)
                    a[m] = i
                    b[m] = j
                    m += 1
    return a[:m].copy(), b[:m].copy()


@kernel
def jump(key: Word, buckets: int) -> int:
    """A bucket for a key; one more bucket moves only one key in ``buckets + 1`` (jump consistent hash)."""
    at = -1
    following = 0
    state: Word = uint64(key)
    while following < buckets:
        at = following
        state = state * uint64(2862933555777941757) + uint64(1)
        following = int((at + 1) * (2147483648.0 / (float(state >> uint64(33)) + 1.0)))
    return at


@kernel
def friend_pairs(
    seeks: Bool,
    own: Int64,
    person: UInt64,
    grid: Int32,
    community: Int32,
    dwelling: Int32,
    first: Int32,
    grid_dwelling: Int64,
    community_dwelling: Int64,
    accept: AgeClasses,
    searches: float,
    rewiring: float,
    keys: UInt64,
    thin_keys: UInt64,
    atomisation: float,
) -> EdgeList:
    """Friends found by visiting random dwellings of the grid, or with ``rewiring`` of the whole community.

    ``searches`` visits suffice if everyone met at acceptance 1 became a friend; as many more are made as the
    largest acceptance asks for. ``keys`` and ``thin_keys`` have one entry a community.
    """
    top = max(accept.max(), 1.0)
    visits = searches * top
    a = np.empty(4096, np.int64)
    b = np.empty(4096, np.int64)
    m = 0
    for i in range(len(person)):
        if not seeks[i]:
            continue
        mine, thin_key = combine(keys[community[i]], person[i]), thin_keys[community[i]]
        count = int(visits) + (1 if uniform(mine, 0) < visits - int(visits) else 0)
        for s in range(count):
            visit = combine(mine, s + 1)
            if uniform(visit, 0) < rewiring:
                low, high = community_dwelling[community[i]], community_dwelling[community[i] + 1]
            else:
                low, high = grid_dwelling[grid[i]], grid_dwelling[grid[i] + 1]
            home = low + jump(combine(visit, 1), high - low)
            if home == dwelling[i]:
                continue
            for j in range(first[home], first[home + 1]):
                if seeks[j] and uniform(visit, person[j]) * top < accept[own[i], own[j]]:
                    if uniform(thin_key, pair(person[i], person[j])) < atomisation:
                        continue
                    a = _grown(a, m)
                    b = _grown(b, m)
                    a[m] = i
                    b[m] = j
                    m += 1
    return a[:m].copy(), b[:m].copy()


@lean_kernel
def stay_within(first: Int64, neighbour: UInt32, community: Int32) -> bool:
    """Whether no tie leads from one community to another.

    Parameters
    ----------
    first, neighbour : arrays
        Columns of :class:`sim.network.ties.Ties`.
    community : array, shape (N,)
    """
    for i in range(len(community)):
        for e in range(first[i], first[i + 1]):
            if community[neighbour[e]] != community[i]:
                return False
    return True


@kernel
def balance(shares: Float64, homophily: float, step: float, positions: int) -> AgeClasses:
    """Similarity of classes, rescaled symmetrically until each class's mean under ``shares`` is 1."""
    classes = len(shares)
    similar = np.empty((classes, classes))
    for i in range(classes):
        for j in range(classes):
            apart = min(abs(i // positions - j // positions) * step, 1.0)
            other = 0.0 if i % positions == j % positions else 1.0
            similar[i, j] = 1.0 - homophily * 0.5 * (apart + other)
    factor = np.ones(classes)
    for _ in range(50):
        for i in range(classes):
            mean = 0.0
            for j in range(classes):
                mean += shares[j] * similar[i, j] * factor[j]
            # halfway in ratio: Newton's square root keeps the two-sided scaling from swinging
            ratio = 1.0 / (factor[i] * mean)
            root = 1.0
            for _step in range(12):
                root = 0.5 * (root + ratio / root)
            factor[i] *= root
    for i in range(classes):
        for j in range(classes):
            similar[i, j] *= factor[i] * factor[j]
    return similar


@kernel
def group_pairs(
    who: Int64, group: Int32, chance: float, person: UInt64, community: Int32, keys: UInt64
) -> EdgeList:
    """Pairs of people next to each other in ``who`` with equal ``group``, each accepted with one chance.

    ``keys`` has one entry a community.
    """
    a = np.empty(1024, np.int64)
    b = np.empty(1024, np.int64)
    m = 0
    for x in range(len(who)):
        i = who[x]
        key = keys[community[i]]
        for y in range(x + 1, len(who)):
            j = who[y]
            if group[j] != group[i]:
                break
            if uniform(key, pair(person[i], person[j])) < chance:
                a = _grown(a, m)
                b = _grown(b, m)
                a[m] = i
                b[m] = j
                m += 1
    return a[:m].copy(), b[:m].copy()


@kernel
def random_pairs(n: int, probability: float, key: Word) -> EdgeList:
    """Each pair with one probability, by leaping over the pairs left out."""
    a = np.empty(int(n * n * probability * 0.55) + 1024, np.int64)
    b = np.empty(len(a), np.int64)
    m = 0
    if probability <= 0.0:
        return a[:0].copy(), b[:0].copy()
    scale = 0.0 if probability >= 1.0 else 1.0 / log(1.0 - probability)
    for i in range(n - 1):
        mine = combine(key, i)
        j = i
        s = 0
        while True:
            leap = log(uniform(mine, s)) * scale
            if leap > float(n):
                break
            j += 1 + int(leap)
            if j >= n:
                break
            a = _grown(a, m)
            b = _grown(b, m)
            a[m] = i
            b[m] = j
            m += 1
            s += 1
    return a[:m].copy(), b[:m].copy()


@kernel
def ring_pairs(n: int, reach: int, rewiring: float, key: Word) -> EdgeList:
    """Ties to the ``reach`` next rows of a ring, a share of them led to anyone."""
    a = np.empty(n * reach, np.int64)
    b = np.empty(n * reach, np.int64)
    for i in range(n):
        mine = combine(key, i)
        for s in range(reach):
            to = (i + s + 1) % n
            if uniform(mine, 2 * s) < rewiring:
                to = (i + 1 + int(uniform(mine, 2 * s + 1) * (n - 1))) % n
            a[i * reach + s] = i
            b[i * reach + s] = to
    return a, b
