"""Contacts who were active last week, told by them: they are few, and everybody's ties are many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.network.kernels import stay_within
from sim.network.slots import words
from sim.network.ties import EVENT_SLOTS, Ties, UInt32
from sim.population.columns import Int32, Int64, UInt8, UInt64
from sim.processes.running import RunningModel
from sim.processes.willingness import FIXED_SCALE
from sim.threads import Span, in_spans

_TOGETHER = 64
"""Active residents whose ties are looked up together."""


class Contacts(NamedTuple):
    """Each resident's ties to people who were active; whole numbers, so that any order of adding is exact."""

    strength: UInt32
    """(N,) summed strength, in units of event ties."""
    number: UInt32
    """(N,)"""


def communities_apart(model: RunningModel) -> bool:
    """Whether no tie leads from one community to another."""
    ties, community = model.ties, model.residents.community
    return model.lasting("communities apart", lambda: stay_within(ties.first, ties.neighbour, community))


def active_contacts(ties: Ties, active: UInt8, community: Int32 | None = None) -> Contacts:
    """Who has how many ties to somebody active; ties go both ways and are as strong on either side.

    Parameters
    ----------
    ties : Ties
    active : array of uint8, shape (N,)
    community : array of int32, shape (N,), optional
        If no tie leads from one to another: communities are then told side by side.

    Returns
    -------
    Contacts
    """
    n = len(active)
    found = Contacts(np.empty(n, np.uint32), np.empty(n, np.uint32))
    met = words(ties.event_strength)
    if community is None:
        _tell(ties, met, active, found, (0, n))
        return found

    def edge(at: int) -> int:
        """Where the first community begins that begins at ``at`` or later."""
        return int(np.searchsorted(community, community[at - 1], "right")) if 0 < at < n else at

    in_spans(n, lambda span: _tell(ties, met, active, found, (edge(span[0]), edge(span[1]))))
    return found


class _Active(NamedTuple):
    """Some active residents and where to find their ties, (_TOGETHER,) each."""

    who: Int32
    first: Int64
    last: Int64
    met: UInt64
    """Their eight strengths of ties from events, in one word."""
    near: UInt32
    """First of their contacts."""


@kernel
def _tell(ties: Ties, met: UInt64, active: UInt8, found: Contacts, span: Span) -> None:
    """Everyone active in a span tells all contacts; ``met`` holds a resident's strengths in one word."""
    some = _Active(
        np.empty(_TOGETHER, np.int32), np.empty(_TOGETHER, np.int64), np.empty(_TOGETHER, np.int64),
        np.empty(_TOGETHER, np.uint64), np.empty(_TOGETHER, np.uint32))
    found.strength[span[0] : span[1]] = 0
    found.number[span[0] : span[1]] = 0
    n = 0
    for i in range(span[0], span[1]):
        some.who[n] = i
        n += active[i] > 0
        if n == _TOGETHER:
            _tell_some(ties, met, some, n, found)
            n = 0
    _tell_some(ties, met, some, n, found)


@lean_kernel
def _tell_some(ties: Ties, met: UInt64, some: _Active, n: int, found: Contacts) -> None:
    """Look up where the ties of all ``n`` are before following any: one by one, each would be waited for."""
    strength, number = found.strength, found.number
    first, neighbour, weight = ties.first, ties.neighbour, ties.weight
    for k in range(n):
        i = some.who[k]
        some.first[k], some.last[k], some.met[k] = first[i], first[i + 1], met[i]
    for k in range(n):
        if some.first[k] < some.last[k]:
            some.near[k] = neighbour[some.first[k]] + np.uint32(weight[some.first[k]])
    for k in range(n):
        for e in range(some.first[k], some.last[k]):
            j = neighbour[e]
            strength[j] += FIXED_SCALE * np.uint32(weight[e])
            number[j] += np.uint32(1)
    for k in range(n):
        if some.met[k] == 0:
            continue
        i = some.who[k]
        for slot in range(EVENT_SLOTS):
            w = np.uint32(ties.event_strength[i, slot])
            if w > 0:
                j = ties.event_neighbour[i, slot]
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
