"""Cases and the desks that handle them: a slot table of cases, queues as linked lists, one event heap.

A case is a latent dispute or demand, or a task from above. Each waits in at most one queue and has at most
one pending event, so three integer links a case carry all queues and the heap. Slots are reused after a case
has ended and been logged; every draw is keyed on the case's own key, never on its slot.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.population.columns import Float64, Int32, Int64

CLASSES = 3
"""Priority classes of every queue: urgent, tasks served first, all others."""
URGENT, FIRST, NORMAL = 0, 1, 2

NOBODY = -1
"""No desk, no case, no party."""


DESK = np.dtype([
    ("kind", "u1"),
    ("community", "i4"),  # −1 for desks that serve several
    ("hours", "f8"),   # staff hours its institution gives to cases this week
    ("people", "f8"),  # heads among whom they are shared
    ("servers", "i4"),
    # share of each server's time free for cases this week; scales the speed of service begun this week
    ("rate", "f8"),
    ("skill", "f8"),
    ("load", "f8"),  # smoothed share of staff time in use, backlog included, 0 to 1
    ("busy", "i4"),  # servers at work now
    ("waiting", "i4"),
    ("pace", "f8"),  # summed pace of the services under way
    ("busy_time", "f8"),  # server-hours spent at work this week, in working time
    ("busy_since", "f8"),  # working time up to which ``busy_time`` has been counted
    ("work_done", "f8"),  # staff hours worked this week
    ("committed", "f8"),  # hours promised to meetings, bounces and records; taken from next week's time
], align=True)
"""One desk: an institution that handles cases, with finite staff."""

CASE = np.dtype([
    ("used", "u1"),
    ("key", "u8"),
    ("category", "u1"),
    ("community", "i4"),
    ("grid", "i4"),
    ("building", "i4"),
    ("dwelling_a", "i4"),
    ("dwelling_b", "i4"),
    ("party_a", "i4"),  # resident who suffers or needs; NOBODY for tasks
    ("party_b", "i4"),  # the other side; NOBODY if there is none
    ("born_week", "i4"),
    ("born", "f8"),  # working hours since the start of the model
    ("born_clock", "f8"),  # clock hours since the start of the model
    ("found", "f8"),
    ("found_clock", "f8"),
    ("opened", "f8"),  # working hours at which its present round began: found, or relapsed
    ("opened_clock", "f8"),
    ("assigned", "f8"),
    ("first_service", "f8"),
    ("closed", "f8"),
    ("waited", "f8"),  # working hours in queues so far
    ("queued_at", "f8"),
    ("pace", "f8"),  # staff hours worked an hour of working time while in service
    ("effort", "f8"),  # staff hours spent so far
    ("fairness", "f8"),  # felt fairness of the handling, 0 to 1
    ("status", "u1"),
    ("channel", "u1"),
    ("priority", "u1"),
    ("phase", "u1"),  # where it stands in its handling; see :mod:`sim.processes.handling`
    ("actor", "u1"),  # position of the acting institution in the category's list
    ("holder", "i4"),  # desk that has it
    ("helper", "i4"),  # desk that handed it on, or that convenes
    ("convenor", "i4"),  # desk that convened its actors in this round
    ("acted", "u2"),  # bit k is set if a desk of kind k has worked on it in this round
    ("last_kind", "u1"),  # kind of the desk that it came to last
    ("next_event", "u1"),
    ("queue_next", "i4"),
    ("handoffs", "u1"),
    ("bounces", "u1"),
    ("meetings", "u1"),
    ("returns", "u1"),
    ("relapses", "u1"),
    ("escalated", "u1"),  # times it went up to the street
    ("up", "u1"),  # 1 if it went up in this round
    ("recorded", "u1"),
    ("regime", "u1"),
    ("approved", "u1"),  # 1 once the core has approved it
    ("by_core", "u1"),  # 1 where the core did the work itself (包办)
    ("ended_week", "i4"),  # week of its last change to resolved, paper or silent; −1 while open
    ("satisfaction", "f8"),  # of the complainant; NaN until heard
    ("told", "u1"),  # 1 once its parties have drawn their conclusions
], align=True)
"""One case slot."""

Table = npt.NDArray[np.void]
Record = Any
"""One row of a :data:`Table`: compiled code reads its columns as attributes, of which mypy knows nothing."""


class Heap(NamedTuple):
    """Pending events, a binary heap ordered by (time, case key)."""

    time: Float64
    case: Int32
    size: Int64
    """(1,)"""


def make_desks(kind: npt.ArrayLike, community: npt.ArrayLike) -> Table:
    """Desks without cases and with one server each.

    Parameters
    ----------
    kind, community : arrays of int, shape (n,)
    """
    desks = np.zeros(len(np.asarray(kind)), DESK)
    desks["kind"], desks["community"] = kind, community
    desks["servers"], desks["rate"], desks["skill"] = 1, 1.0, 0.5
    return desks


class CaseBook:
    """Case table, event heap, desks and the map of who sits where.

    Parameters
    ----------
    desks : array of :data:`DESK`
    desk_of : array of int32, shape (10, C)
        Desk of each kind in each community; NOBODY where there is none. Grid workers have one a grid instead.
    desk_of_grid : array of int32, shape (G,)
        Desk of each grid's workers; NOBODY where there are none.
    capacity : int
        Case slots to begin with.
    """

    def __init__(self, desks: Table, desk_of: Int32, desk_of_grid: Int32, capacity: int = 256) -> None:
        self.desks = desks
        self.desk_of = desk_of
        self.desk_of_grid = desk_of_grid
        self.head = np.full((len(desks), CLASSES), NOBODY, np.int32)
        self.tail = np.full((len(desks), CLASSES), NOBODY, np.int32)
        self.cases: Table = np.zeros(capacity, CASE)
        self.heap = Heap(np.zeros(capacity), np.zeros(capacity, np.int32), np.zeros(1, np.int64))
        self.free: Int32 = np.arange(capacity - 1, -1, -1, dtype=np.int32)
        self.free_count = np.array([capacity], np.int64)

    @property
    def capacity(self) -> int:
        """Case slots there are."""
        return len(self.cases)

    def reserve(self, needed: int) -> None:
        """Make sure that ``needed`` slots are free."""
        if self.free_count[0] >= needed:
            return
        old = self.capacity
        new = max(2 * old, old + needed)
        grown = np.zeros(new, CASE)
        grown[:old] = self.cases
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
        return np.flatnonzero(self.cases["used"])
