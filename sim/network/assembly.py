"""Pairs made into CSR: symmetric, sorted, each pair once in its stronger layer; and ties thinned by pair."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numba import uint64

from sim.jit import kernel
from sim.network.kernels import EdgeList
from sim.network.ties import NO_ONE, Int64, Ties, UInt32, empty_event_slots, strengths
from sim.population.columns import Bool, Int32, UInt8, UInt64
from sim.rng import CommunityStreams, pair, uniform
from sim.vocabulary import Layer

SETUP_WEEK = -1
_GAPS = (57, 23, 10, 4, 1)  # of the shell sort: rows are short, and it compiles in no time


def assemble(n: int, edges: Sequence[tuple[EdgeList, int, int]]) -> Ties:
    """Ties of ``n`` residents from pairs with a layer and a strength.

    Parameters
    ----------
    n : int
    edges : sequence of ((a, b), layer, weight)
        Rows of both ends; repeated pairs keep the stronger, then the earlier layer.

    Returns
    -------
    Ties
    """
    a = np.concatenate([np.zeros(0, np.int64), *(e[0][0] for e in edges)])
    b = np.concatenate([np.zeros(0, np.int64), *(e[0][1] for e in edges)])
    sizes = [len(e[0][0]) for e in edges]
    layer = np.repeat(np.array([int(e[1]) for e in edges], np.uint8), sizes)
    weight = np.repeat(np.array([int(e[2]) for e in edges], np.uint8), sizes)
    return from_pairs(n, a, b, weight, layer)


def from_pairs(n: int, a: Int64, b: Int64, weight: UInt8, layer: UInt8) -> Ties:
    """Ties from pairs with a weight and a layer each."""
    first, neighbour, weight, layer = _to_csr(n, a, b, weight, layer)
    return Ties(first, neighbour, weight, strengths(first, weight), layer, *empty_event_slots(n))


@kernel
def _to_csr(n: int, a: Int64, b: Int64, weight: UInt8, layer: UInt8) -> tuple[Int64, UInt32, UInt8, UInt8]:
    start = np.zeros(n + 1, np.int64)
    for e in range(len(a)):
        start[a[e] + 1] += 1
        start[b[e] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    at = np.empty(n, np.int64)
    for i in range(n):
        at[i] = start[i]
    packed = np.empty(2 * len(a), np.uint64)  # neighbour, weight reversed, layer: sorts stronger first
    for e in range(len(a)):
        mark = (uint64(255 - weight[e]) << uint64(8)) | uint64(layer[e])
        packed[at[a[e]]] = (uint64(b[e]) << uint64(16)) | mark
        at[a[e]] += 1
        packed[at[b[e]]] = (uint64(a[e]) << uint64(16)) | mark
        at[b[e]] += 1
    first = np.zeros(n + 1, np.int64)
    m = 0
    for i in range(n):
        low, high = start[i], start[i + 1]
        for gap in _GAPS:
            for x in range(low + gap, high):
                value = packed[x]
                y = x
                while y >= low + gap and packed[y - gap] > value:
                    packed[y] = packed[y - gap]
                    y -= gap
                packed[y] = value
        row = m
        for x in range(low, high):
            if m > row and packed[m - 1] >> uint64(16) == packed[x] >> uint64(16):
                continue
            packed[m] = packed[x]
            m += 1
        first[i + 1] = m
    neighbour = np.empty(m, np.uint32)
    weights = np.empty(m, np.uint8)
    layers = np.empty(m, np.uint8)
    for x in range(m):
        neighbour[x] = packed[x] >> uint64(16)
        weights[x] = uint64(255) - ((packed[x] >> uint64(8)) & uint64(255))
        layers[x] = packed[x] & uint64(255)
    return first, neighbour, weights, layers


def thin(
    ties: Ties, person: UInt64, community: Int32, atomisation: float, streams: CommunityStreams
) -> Ties:
    """Ties without the share ``atomisation`` of building and friendship ties, chosen by pair.

    Parameters
    ----------
    ties : Ties
    person : (N,) stable ids
    community : (N,)
    atomisation : float
        0 returns the argument; a greater value removes what a smaller one does, and more.
    streams : CommunityStreams
    """
    if atomisation <= 0.0:
        return ties
    keep = _kept(
        ties.first,
        ties.neighbour,
        ties.layer,
        person,
        community,
        streams.week_key("ties.atomisation", SETUP_WEEK),
        atomisation,
    )
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep)])
    first, weight = kept[ties.first], ties.weight[keep]
    return ties._replace(
        first=first, neighbour=ties.neighbour[keep], weight=weight, strength=strengths(first, weight),
        layer=ties.layer[keep])


@kernel
def _kept(
    first: Int64, neighbour: UInt32, layer: UInt8, person: UInt64, community: Int32, keys: UInt64,
    atomisation: float,
) -> Bool:
    keep = np.ones(len(neighbour), np.bool_)
    for i in range(len(first) - 1):
        key = keys[community[i]]
        for x in range(first[i], first[i + 1]):
            if layer[x] == Layer.BUILDING or layer[x] == Layer.FRIENDSHIP:
                keep[x] = uniform(key, pair(person[i], person[neighbour[x]])) >= atomisation
    return keep


def one_after_the_other(ties: Sequence[Ties]) -> Ties:
    """Ties of several districts in one, each among its own residents.

    Parameters
    ----------
    ties : sequence of Ties
        Of each district, in the order of their residents.
    """
    if len(ties) == 1:
        return ties[0]
    edges = [0, *accumulate(len(each.neighbour) for each in ties)]
    people = [np.uint32(n) for n in (0, *accumulate(len(each.strength) for each in ties))][:-1]
    first = [*(each.first[:-1] + n for each, n in zip(ties, edges[:-1], strict=True)), np.array(edges[-1:])]
    neighbour = [each.neighbour + before for each, before in zip(ties, people, strict=True)]
    met = [
        np.where(each.event_neighbour == NO_ONE, NO_ONE, each.event_neighbour + before)
        for each, before in zip(ties, people, strict=True)]
    rest = {
        name: np.concatenate([getattr(each, name) for each in ties])
        for name in ("weight", "strength", "layer", "event_strength")}
    return Ties(
        first=np.concatenate(first), neighbour=np.concatenate(neighbour), event_neighbour=np.concatenate(met),
        **rest)
