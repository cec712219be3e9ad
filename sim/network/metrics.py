"""Figures that describe ties."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.jit import kernel
from sim.network.ties import NO_ONE, Int64, Ties, UInt32
from sim.population.columns import Bool
from sim.rng import Streams, combine
from sim.vocabulary import Layer


class DegreeSummary(NamedTuple):
    """Ties a resident."""

    mean: float
    variance: float
    largest: int
    isolated: float
    """Share without any tie."""


def degrees(ties: Ties, layer: int | None = None) -> Int64:
    """Ties of each resident, (N,): in all layers with event ties, or in one layer.

    Parameters
    ----------
    ties : Ties
    layer : int, optional
        Code of :class:`sim.vocabulary.Layer`.
    """
    event = np.count_nonzero(ties.event_neighbour != NO_ONE, axis=1)
    if layer == Layer.EVENT:
        return event
    if layer is None:
        return np.diff(ties.first) + event
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(ties.layer == layer)])
    return np.diff(kept[ties.first])


def degree_summary(ties: Ties, layer: int | None = None) -> DegreeSummary:
    """Mean, variance, maximum and isolated share of the degrees."""
    degree = degrees(ties, layer)
    n = len(degree)
    if n == 0:
        return DegreeSummary(0.0, 0.0, 0, 0.0)
    total, squares = int(degree.sum()), int((degree * degree).sum())
    mean = total / n
    return DegreeSummary(mean, squares / n - mean * mean, int(degree.max()), int((degree == 0).sum()) / n)


def tie_density(ties: Ties, who: Bool | None = None, *, beyond_household: bool = True) -> float:
    """Mean number of ties a resident: the outcome "tie density".

    Parameters
    ----------
    ties : Ties
    who : (N,) bool, optional
        Residents counted; everyone by default.
    beyond_household : bool
        Leave household ties out.
    """
    degree = degrees(ties)
    if beyond_household:
        degree = degree - degrees(ties, Layer.HOUSEHOLD)
    if who is not None:
        degree = degree[who]
    return int(degree.sum()) / len(degree) if len(degree) else 0.0


def clustering(ties: Ties, sample: int = 1000, streams: Streams | None = None) -> float:
    """Mean local clustering of up to ``sample`` residents with two or more fixed ties.

    Parameters
    ----------
    ties : Ties
    sample : int
    streams : Streams, optional
        Chooses the sample; seed 0 by default.
    """
    key = (streams or Streams(0)).week_key("ties.clustering", -1)
    eligible = np.flatnonzero(np.diff(ties.first) >= 2)
    if len(eligible) > sample:
        eligible = eligible[np.argsort(_marks(eligible, key), kind="stable")[:sample]]
    return _clustering(ties.first, ties.neighbour, np.sort(eligible, kind="stable"))


@kernel
def _marks(rows: Int64, key: Any) -> Int64:
    marks = np.empty(len(rows), np.int64)
    for x in range(len(rows)):
        marks[x] = combine(key, rows[x]) >> np.uint64(1)
    return marks


@kernel
def _clustering(first: Int64, neighbour: UInt32, rows: Int64) -> float:
    total = 0.0
    for i in rows:
        friends = neighbour[first[i] : first[i + 1]]
        closed = 0
        for x in range(len(friends)):
            j = friends[x]
            theirs = neighbour[first[j] : first[j + 1]]
            at = 0
            for y in range(x + 1, len(friends)):
                while at < len(theirs) and theirs[at] < friends[y]:
                    at += 1
                if at < len(theirs) and theirs[at] == friends[y]:
                    closed += 1
        total += 2.0 * closed / (len(friends) * (len(friends) - 1))
    return total / len(rows) if len(rows) else 0.0
