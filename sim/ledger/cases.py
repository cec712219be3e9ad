"""Cases and the desks that handle them: a slot table of cases, queues as linked lists, one event heap.

A case is a latent dispute or demand, or a task from above. Each waits in at most one queue and has at most one pending
event, so three integer links a case carry all queues and the heap. Slots are reused after a case has ended and been
logged; every draw is keyed on the case's own key, never on its slot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.population.columns import Float64, Int32, Int64, UInt8, UInt64

CLASSES = 3
"""Priority classes of every queue: urgent, tasks served first, all others."""
URGENT, FIRST, NORMAL = 0, 1, 2

NOBODY = -1
"""No desk, no case, no party."""


class Desks(NamedTuple):
    """Queues with finite staff: one row an institution that handles cases."""

    kind: UInt8
    community: Int32
    """−1 for desks that serve several."""
    servers: Int32
    rate: Float64
    """Share of each server's time free for cases this week; scales the speed of service begun this week."""
    skill: Float64
    load: Float64
    """Smoothed share of staff time in use, backlog included, 0 to 1."""
    busy: Int32
    """Servers at work now."""
    waiting: Int32
    head: Int32
    """(n, CLASSES) first case of each queue."""
    tail: Int32
    """(n, CLASSES) last case of each queue."""
    busy_time: Float64
    """Server-hours spent at work this week, in working time."""
    busy_since: Float64
    """Working time up to which ``busy_time`` has been counted."""
    work_done: Float64
    """Staff hours of cases begun this week."""
    committed: Float64
    """Hours promised to meetings, bounces and records; taken from next week's time."""


class Cases(NamedTuple):
    """One row a case slot."""

    used: UInt8
    key: UInt64
    category: UInt8
    community: Int32
    grid: Int32
    building: Int32
    dwelling_a: Int32
    dwelling_b: Int32
    party_a: Int32
    """Resident who suffers or needs; NOBODY for tasks."""
    party_b: Int32
    """The other side; NOBODY if there is none."""
    born_week: Int32
    born: Float64
    """Working hours since the start of the model."""
    born_clock: Float64
    """Clock hours since the start of the model."""
    found: Float64
    found_clock: Float64
    assigned: Float64
    first_service: Float64
    closed: Float64
    waited: Float64
    """Working hours in queues so far."""
    queued_at: Float64
    effort: Float64
    """Staff hours spent so far."""
    fairness: Float64
    """Felt fairness of the handling, 0 to 1."""
    status: UInt8
    channel: UInt8
    priority: UInt8
    phase: UInt8
    """Where it stands in its handling; see :mod:`sim.processes.handling`."""
    actor: UInt8
    """Position of the acting institution in the category's list."""
    holder: Int32
    """Desk that has it."""
    helper: Int32
    """Desk that handed it on, or that convenes."""
    next_event: UInt8
    queue_next: Int32
    handoffs: UInt8
    bounces: UInt8
    meetings: UInt8
    returns: UInt8
    relapses: UInt8
    escalated: UInt8
    recorded: UInt8
    regime: UInt8
    by_core: UInt8
    """1 where the core did the work itself (包办)."""
    ended_week: Int32
    """Week of its last change to resolved, paper or silent; −1 while open."""
    satisfaction: Float64
    """Of the complainant; NaN until heard."""
    duty: UInt8
    """1 where someone on duty took it up at once, off-hours included."""
    told: UInt8
    """1 once its parties have drawn their conclusions."""


class Heap(NamedTuple):
    """Pending events, a binary heap ordered by (time, case key)."""

    time: Float64
    case: Int32
    size: Int64
    """(1,)"""


_CASE_TYPES = {"key": np.uint64, **{name: np.int32 for name in (
    "community", "grid", "building", "dwelling_a", "dwelling_b", "party_a", "party_b", "born_week", "holder", "helper",
    "queue_next", "ended_week")}, **{name: np.float64 for name in (
        "born", "born_clock", "found", "found_clock", "assigned", "first_service", "closed", "waited", "queued_at",
        "effort", "fairness", "satisfaction")}}


def make_cases(capacity: int) -> Cases:
    """An empty case table."""
    return Cases(*(np.zeros(capacity, _CASE_TYPES.get(name, np.uint8)) for name in Cases._fields))


def make_desks(kind: UInt8, community: Int32, servers: Int32, skill: Float64) -> Desks:
    """Desks without cases.

    Parameters
    ----------
    kind, community, servers, skill : arrays, shape (n,)
    """
    n = len(kind)
    return Desks(
        kind=kind, community=community, servers=servers, rate=np.ones(n), skill=skill, load=np.zeros(n),
        busy=np.zeros(n, np.int32), waiting=np.zeros(n, np.int32),
        head=np.full((n, CLASSES), NOBODY, np.int32), tail=np.full((n, CLASSES), NOBODY, np.int32),
        busy_time=np.zeros(n), busy_since=np.zeros(n), work_done=np.zeros(n), committed=np.zeros(n),
    )


class CaseBook:
    """Case table, event heap, desks and the map of who sits where.

    Parameters
    ----------
    desks : Desks
    desk_of : array of int32, shape (10, C)
        Desk of each kind in each community; NOBODY where there is none. Grid workers have one a grid instead.
    desk_of_grid : array of int32, shape (G,)
        Desk of each grid's workers; NOBODY where there are none.
    capacity : int
        Case slots to begin with.
    """

    def __init__(self, desks: Desks, desk_of: Int32, desk_of_grid: Int32, capacity: int = 256) -> None:
        self.desks = desks
        self.desk_of = desk_of
        self.desk_of_grid = desk_of_grid
        self.cases = make_cases(capacity)
        self.heap = Heap(np.zeros(capacity), np.zeros(capacity, np.int32), np.zeros(1, np.int64))
        self.free: Int32 = np.arange(capacity - 1, -1, -1, dtype=np.int32)
        self.free_count = np.array([capacity], np.int64)

    @property
    def capacity(self) -> int:
        """Case slots there are."""
        return len(self.cases.used)

    def reserve(self, needed: int) -> None:
        """Make sure that ``needed`` slots are free."""
        if self.free_count[0] >= needed:
            return
        old = self.capacity
        new = max(2 * old, old + needed)
        grown = make_cases(new)
        for source, target in zip(self.cases, grown, strict=True):
            target[:old] = source
        self.cases = grown
        time, case = np.zeros(new), np.zeros(new, np.int32)
        time[:old], case[:old] = self.heap.time, self.heap.case
        self.heap = Heap(time, case, self.heap.size)
        count = int(self.free_count[0])
        free = np.empty(new, np.int32)
        free[: new - old] = np.arange(new - 1, old - 1, -1)
        free[new - old : new - old + count] = self.free[:count]
        self.free = free
        self.free_count[0] = count + new - old

    def live(self) -> Int64:
        """Slots in use, ascending."""
        return np.flatnonzero(self.cases.used)
