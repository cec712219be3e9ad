"""Contacts who were active last week, told by them: they are few, and everybody's ties are many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import lean_kernel
from sim.network.ties import EVENT_SLOTS, Ties, UInt32
from sim.population.columns import UInt8
from sim.processes.willingness import FIXED_SCALE


class Contacts(NamedTuple):
    """Each resident's ties to people who were active; whole numbers, so that any order of adding is exact."""

    strength: UInt32
    """(N,) summed strength, in units of event ties."""
    number: UInt32
    """(N,)"""


def active_contacts(ties: Ties, active: UInt8) -> Contacts:
    """Who has how many ties to somebody active; ties go both ways and are as strong on either side.

    Parameters
    ----------
    ties : Ties
    active : array of uint8, shape (N,)

    Returns
    -------
    Contacts
    """
    found = Contacts(np.zeros(len(active), np.uint32), np.zeros(len(active), np.uint32))
    _tell(ties, active, found)
    return found


@lean_kernel
def _tell(ties: Ties, active: UInt8, found: Contacts) -> None:
    """Everyone active tells all their contacts."""
    strength, number = found.strength, found.number
    first, neighbour, weight = ties.first, ties.neighbour, ties.weight
    for i in range(len(active)):
        if active[i] == 0:
            continue
        for e in range(first[i], first[i + 1]):
            j = neighbour[e]
            strength[j] += FIXED_SCALE * np.uint32(weight[e])
            number[j] += np.uint32(1)
        for k in range(EVENT_SLOTS):
            w = np.uint32(ties.event_strength[i, k])
            if w > 0:
                j = ties.event_neighbour[i, k]
                strength[j] += w
                number[j] += np.uint32(1)


@lean_kernel
def share_of(i: int, fixed: UInt32, event_strength: UInt8, active: UInt32) -> float:
    """Share of a resident's ties, by strength, that go to people who were active.

    The same bits as :func:`sim.processes.willingness.active_share`, without a look at anyone else.

    Parameters
    ----------
    i : int
    fixed, event_strength : arrays, shape (N,) and (N, EVENT_SLOTS)
        ``strength`` and ``event_strength`` of :class:`sim.network.ties.Ties`.
    active : array, shape (N,)
        ``strength`` of :class:`Contacts`.
    """
    if active[i] == 0:
        return 0.0
    total = FIXED_SCALE * np.int64(fixed[i])
    for k in range(EVENT_SLOTS):
        total += np.int64(event_strength[i, k])
    return np.int64(active[i]) / total
