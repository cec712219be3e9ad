"""Ties between residents: fixed layers as one CSR, ties made at events in a slot table.

Weights are small integers, so that sums over neighbours are exact in any order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.population.columns import UInt8

UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]

EVENT_SLOTS = 8
"""Ties a resident can keep up that were made at events."""

NO_ONE = np.uint32(0xFFFFFFFF)
"""Marks an empty event slot."""


class Ties(NamedTuple):
    """Symmetric ties of N residents.

    The fixed layers (household, building, friendship, work) are one CSR: neighbours of ``i`` are
    ``neighbour[first[i]:first[i + 1]]`` in ascending order, each pair once. Event ties sit in
    ``EVENT_SLOTS`` slots a resident; the reverse tie is always there too.
    """

    first: Int64
    """(N+1,)"""
    neighbour: UInt32
    """(E,) each tie twice."""
    weight: UInt8
    """(E,) strength 1 to 255."""
    strength: UInt32
    """(N,) summed weight of each resident's fixed ties."""
    layer: UInt8
    """(E,) code of :class:`sim.vocabulary.Layer`; a pair in two layers keeps the stronger one."""
    event_neighbour: UInt32
    """(N, EVENT_SLOTS) ``NO_ONE`` where empty."""
    event_strength: UInt8
    """(N, EVENT_SLOTS) 0 where empty."""


def empty_event_slots(n: int) -> tuple[UInt32, UInt8]:
    """Event slots of ``n`` residents, all empty."""
    return np.full((n, EVENT_SLOTS), NO_ONE, np.uint32), np.zeros((n, EVENT_SLOTS), np.uint8)


def strengths(first: Int64, weight: UInt8) -> UInt32:
    """Summed weight of each row of a CSR, (N,); parameters as in :class:`Ties`."""
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(weight, dtype=np.int64)])
    return (total[first[1:]] - total[first[:-1]]).astype(np.uint32)
