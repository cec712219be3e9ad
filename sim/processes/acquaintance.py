"""Ties made at events: who meets whom, and how acquaintance fades unless renewed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.opportunities import Rows
from sim.network.slots import in_use, words
from sim.network.ties import EVENT_SLOTS, UInt32
from sim.population.columns import Int32, Int64, UInt8, UInt64
from sim.rng import Whole, combine, uniform
from sim.threads import Span

STRONGEST = 8
"""Greatest strength of an event tie."""
_EMPTY = np.uint32(0xFFFFFFFF)
_TOGETHER = 64
"""Participants whose rows are looked up together."""


@lean_kernel
def _slot(neighbour: UInt32, i: Whole, j: Whole) -> int:
    for k in range(EVENT_SLOTS):
        if neighbour[i, k] == j:
            return k
    return -1


@lean_kernel
def _weakest(strength: UInt8, i: Whole) -> int:
    best = 0
    for k in range(1, EVENT_SLOTS):
        if strength[i, k] < strength[i, best]:
            best = k
    return best


@lean_kernel
def _drop(neighbour: UInt32, strength: UInt8, i: Whole, k: int) -> None:
    """Forget the tie in slot ``k`` of ``i`` on both sides."""
    j = neighbour[i, k]
    if j != _EMPTY:
        back = _slot(neighbour, np.int64(j), np.uint32(i))
        neighbour[j, back] = _EMPTY
        strength[j, back] = 0
    neighbour[i, k] = _EMPTY
    strength[i, k] = 0


@lean_kernel
def meet(neighbour: UInt32, strength: UInt8, i: Whole, j: Whole, gain: int) -> None:
    """Make or renew the tie between two residents; a new one takes the place of the weakest on either side.

    Parameters
    ----------
    neighbour, strength : arrays, shape (N, EVENT_SLOTS)
        Written.
    i, j : int
        Two different residents.
    gain : int
        Strength of a new acquaintance; a renewed one grows by it.
    """
    k = _slot(neighbour, i, np.uint32(j))
    if k >= 0:
        grown: Any = min(STRONGEST, np.int64(strength[i, k]) + gain)
        strength[i, k] = grown
        strength[j, _slot(neighbour, j, np.uint32(i))] = grown
        return
    a, b = _weakest(strength, i), _weakest(strength, j)
    if strength[i, a] > gain or strength[j, b] > gain:
        return  # no room: both would have to give up something stronger
    _drop(neighbour, strength, i, a)
    b = _weakest(strength, j)
    _drop(neighbour, strength, j, b)
    neighbour[i, a], strength[i, a] = j, gain
    neighbour[j, b], strength[j, b] = i, gain


class _Table(NamedTuple):
    """Some participants of one gathering, (_TOGETHER,) each."""

    base: UInt64
    """Keys of their draws at this gathering."""
    row: UInt32
    """What their first slots hold."""


@lean_kernel
def _sit_down(
    neighbour: UInt32, strength: UInt8, keys: UInt64, resident: Int32, key: Whole, gathering: Whole,
    table: _Table,
) -> None:
    """Look up all before any meets another: one by one, each would be waited for."""
    for k in range(len(resident)):
        i = resident[k]
        table.base[k] = combine(combine(key, keys[i]), gathering)
        table.row[k] = neighbour[i, 0] + np.uint32(strength[i, 0])


@kernel
def mingle(
    neighbour: UInt32, strength: UInt8, keys: UInt64, offers: Rows, first: Int64, resident: Int32,
    key: UInt64, gain: int, rows: Span,
) -> int:
    """Let participants meet: next to each other at the table, or anyone where people mix.

    Parameters
    ----------
    neighbour, strength : arrays, shape (N, EVENT_SLOTS)
        Written.
    keys : array of uint64, shape (N,)
        Residents' stable ids.
    offers : records
    first, resident : arrays
        Columns of :class:`sim.processes.participation.Attendance`.
    key : array of uint64, shape (C,)
        Keys of this week's draws.
    gain : int
        Strength of a new acquaintance.
    rows : tuple of int
        First of these offers and one past the last.

    Returns
    -------
    int
        Ties made or renewed.
    """
    table, met = _Table(np.empty(_TOGETHER, np.uint64), np.empty(_TOGETHER, np.uint32)), 0
    for j in range(rows[0], rows[1]):
        n = first[j + 1] - first[j]
        if n < 2 or offers[j].online:
            continue
        reach = max(1, int(offers[j].mixing * (n - 1)))
        came = resident[first[j] : first[j + 1]]
        for at in range(n):
            if at % _TOGETHER == 0:
                _sit_down(
                    neighbour, strength, keys, came[at : at + _TOGETHER], key[offers[j].community],
                    offers[j].key, table)
            i = came[at]
            for c in range(offers[j].contacts):
                step = 1 + int(uniform(table.base[at % _TOGETHER], c) * reach)
                other = came[(at + step) % n]
                if other != i:
                    meet(neighbour, strength, np.int64(i), np.int64(other), gain)
                    met += 1
    return met


@kernel
def fade(neighbour: UInt32, strength: UInt8) -> None:
    """Weaken every event tie by one unit; those at zero are forgotten. All slots of a resident at once."""
    slots = words(strength)
    for i in range(len(slots)):
        weaker = slots[i] - in_use(slots[i])
        if in_use(weaker) != in_use(slots[i]):
            for k in range(EVENT_SLOTS):
                if strength[i, k] == 1:
                    neighbour[i, k] = _EMPTY
        slots[i] = weaker


@lean_kernel
def forget_all(neighbour: UInt32, strength: UInt8, i: int) -> None:
    """Drop all event ties of someone who moved away."""
    for k in range(EVENT_SLOTS):
        if strength[i, k] > 0:
            _drop(neighbour, strength, i, k)
