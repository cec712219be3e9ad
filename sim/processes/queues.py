"""Queues in continuous working time: the event heap, service, and what a week opens and closes with.

Service is non-preemptive. A service goes on at the pace that its desk's staff have free that week; what is
unfinished on Friday goes on next week at that week's pace, and rests while nobody is free. Queues are first
come, first served within each priority class.
"""

from __future__ import annotations

import numpy as np

from sim.jit import lean_kernel
from sim.ledger.cases import CLASSES, NOBODY, Heap, Table
from sim.numerics import logistic
from sim.processes.categories import TASK
from sim.processes.office import T_GAVE_UP, Office, actors_present, draw, exponential, trust_between
from sim.rng import Whole
from sim.vocabulary import WEEK_HOURS as WEEK
from sim.vocabulary import Status

ARRIVE, SERVED, MEET, GO, RELAPSE, AGAIN, NO_EVENT = 1, 2, 3, 4, 5, 6, 0
"""Events."""
ACT, BOUNCE, PREPARE, DELIVER, ALONE, AT_STREET, ON_TASK, GONE, APPROVE = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Phases of a case."""
# Purposes of draws: each gets its own part of the key. NumPy integers, because a kernel would be compiled
# anew for every plain integer that it is called with.
(
    U_HOURS, U_ACCEPT, U_ATTEND, U_AGREE, U_DELIVER, U_PAPER, U_ESCALATE, U_RELAPSE, U_RELAPSE_AT, U_GAP,
    U_AGAIN, U_APPROVE, U_DELEGATE, U_LAST_RESORT, U_CUT,
) = (np.int64(n) for n in range(1, 16))
ONCE = np.int64(0)
"""Number of a draw that is made only once."""

RESTING = 1e-9
"""Pace of a service while nobody is free: it stays in the hands of its desk and practically stands still."""

_SILENT = int(Status.SILENT)


@lean_kernel
def _before(cases: Table, time_a: float, a: int, time_b: float, b: int) -> bool:
    return time_a < time_b or (time_a == time_b and cases[a].key < cases[b].key)


@lean_kernel
def push(cases: Table, heap: Heap, time: float, i: int, event: int) -> None:
    """Schedule one event of case ``i``; it must have none pending."""
    cases[i].next_event = event
    n = heap.size[0]
    heap.size[0] = n + 1
    while n > 0:
        parent = (n - 1) >> 1
        if not _before(cases, time, i, heap.time[parent], heap.case[parent]):
            break
        heap.time[n], heap.case[n] = heap.time[parent], heap.case[parent]
        n = parent
    heap.time[n], heap.case[n] = time, i


@lean_kernel
def pop(cases: Table, heap: Heap) -> int:
    """Take the first pending event off the heap; returns its case."""
    top = heap.case[0]
    n = heap.size[0] - 1
    heap.size[0] = n
    time, i = heap.time[n], heap.case[n]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= n:
            break
        if child + 1 < n and _before(
                cases, heap.time[child + 1], heap.case[child + 1], heap.time[child], heap.case[child]):
            child += 1
        if not _before(cases, heap.time[child], heap.case[child], time, i):
            break
        heap.time[at], heap.case[at] = heap.time[child], heap.case[child]
        at = child
    heap.time[at], heap.case[at] = time, i
    return top


@lean_kernel
def count_busy(desks: Table, desk: Whole, now: float) -> None:
    """Add the time since the last change to a desk's week."""
    gone = now - desks[desk].busy_since
    desks[desk].busy_time += desks[desk].busy * gone
    desks[desk].work_done += desks[desk].pace * gone
    desks[desk].busy_since = now


@lean_kernel
def _accepts(o: Office, i: int, desk: Whole) -> bool:
    """Bilateral acceptance: σ(a₀ + a₁·trust + a₂·clarity − a₃·load)."""
    c, r, s = o.cases, o.rules.numbers[0], o.settings
    place = c[i].community
    trust = 0.5
    if c[i].helper >= 0:
        trust = trust_between(o, place, o.desks[desk].kind, o.desks[c[i].helper].kind)
    clarity = min(1.0, o.rules.category[c[i].category].clarity + s[place].clarity)
    x = r.accept_intercept + r.accept_trust * (trust - 0.5) + r.accept_clarity * (clarity - 0.5) \
        - r.accept_load * (o.desks[desk].load - 0.5)
    return draw(o, i, U_ACCEPT, c[i].bounces + 16 * c[i].actor) < logistic(x)


@lean_kernel
def _service_hours(o: Office, i: int, desk: Whole) -> float:
    c, r = o.cases, o.rules.numbers[0]
    phase, category = c[i].phase, c[i].category
    if phase == BOUNCE:
        return r.bounce_hours
    if phase == ON_TASK:
        return exponential(o, i, U_HOURS, ONCE, r.tasks_hours)
    if phase == PREPARE:
        mean = r.prepare_hours * (r.prepare_unskilled - o.desks[desk].skill)  # skilled convenors are faster
        return exponential(o, i, U_HOURS, 32 + c[i].meetings, mean)
    if phase == APPROVE:
        return exponential(o, i, U_HOURS, np.int64(16), r.approve_hours)
    mean = o.rules.category[category].hours
    if phase in (ALONE, AT_STREET):
        total = 0.0
        for a in range(actors_present(o, i)):
            total += exponential(o, i, U_HOURS, a, mean)
        return total * (1.0 + r.overhead) if phase == ALONE else total
    return exponential(o, i, U_HOURS, np.int64(c[i].actor), mean)


@lean_kernel
def _start(o: Office, i: int, desk: Whole, now: float) -> None:
    c, d, r = o.cases, o.desks, o.rules.numbers[0]
    c[i].waited += now - c[i].queued_at
    if c[i].first_service < 0.0:
        c[i].first_service = now
    if c[i].phase == ACT and not _accepts(o, i, desk):
        c[i].phase = BOUNCE
        if c[i].helper >= 0:
            d[c[i].helper].committed += r.bounce_hours
            c[i].effort += r.bounce_hours
    if c[i].phase not in (BOUNCE, PREPARE, APPROVE) and c[i].assigned < 0.0:
        c[i].assigned = now
    if c[i].phase not in (BOUNCE, PREPARE, APPROVE):
        c[i].acted |= np.uint16(1 << d[desk].kind)
    hours = _service_hours(o, i, desk)
    c[i].effort += hours
    count_busy(d, desk, now)
    d[desk].busy += 1
    c[i].pace = d[desk].rate
    d[desk].pace += c[i].pace
    push(c, o.heap, now + hours / c[i].pace, i, SERVED)


@lean_kernel
def join(o: Office, i: int, desk: Whole, now: float) -> None:
    """Case ``i`` arrives at a desk: served at once if staff are free, else queued in its class."""
    c, d = o.cases, o.desks
    c[i].holder = desk
    c[i].last_kind = d[desk].kind
    c[i].queued_at = now
    if d[desk].busy < d[desk].servers and d[desk].rate > 0.0 and d[desk].waiting == 0:
        _start(o, i, desk, now)
        return
    line = c[i].priority
    c[i].queue_next = NOBODY
    if o.tail[desk, line] >= 0:
        c[o.tail[desk, line]].queue_next = i
    else:
        o.head[desk, line] = i
    o.tail[desk, line] = i
    d[desk].waiting += 1


@lean_kernel
def serve_next(o: Office, desk: Whole, now: float) -> None:
    """Put free staff of a desk to work on those who wait, class by class, first come first served."""
    c, d = o.cases, o.desks
    line = 0
    while line < CLASSES:
        i = o.head[desk, line]
        if i < 0:
            line += 1
            continue
        gone = c[i].phase == GONE
        if not gone and (d[desk].busy >= d[desk].servers or d[desk].rate <= 0.0):
            return
        o.head[desk, line] = c[i].queue_next
        if o.head[desk, line] < 0:
            o.tail[desk, line] = NOBODY
        c[i].queue_next = NOBODY
        if gone:
            c[i].holder = NOBODY
        else:
            d[desk].waiting -= 1
            _start(o, i, desk, now)


@lean_kernel
def end(o: Office, i: int, now: float, status: int) -> None:
    """Close case ``i``, resolved, on paper or silent; nobody has been told yet."""
    c = o.cases
    c[i].status = status
    c[i].closed = now
    c[i].holder = NOBODY
    c[i].told = 0
    c[i].ended_week = int(now / WEEK)


@lean_kernel
def end_service(o: Office, i: int, desk: Whole, now: float) -> None:
    """Free the server that worked on case ``i``."""
    d = o.desks
    count_busy(d, desk, now)
    d[desk].busy -= 1
    d[desk].pace = max(0.0, d[desk].pace - o.cases[i].pace) if d[desk].busy > 0 else 0.0


@lean_kernel
def _carry_over(o: Office, now: float) -> None:
    """Let services under way go on at this week's pace; where staff were cut, the rest share the work."""
    c, d, heap = o.cases, o.desks, o.heap
    for desk in range(len(d)):
        d[desk].pace = 0.0
    moved = False
    for k in range(heap.size[0]):
        i = heap.case[k]
        if c[i].next_event != SERVED:
            continue
        desk = c[i].holder
        pace = d[desk].rate
        if d[desk].busy > d[desk].servers:
            pace *= d[desk].servers / d[desk].busy
        d[desk].pace += pace
        pace = max(pace, RESTING)
        if pace != c[i].pace:
            heap.time[k] = now + (heap.time[k] - now) * c[i].pace / pace
            c[i].pace = pace
            moved = True
    if moved:
        _restore(c, heap)


@lean_kernel
def _restore(cases: Table, heap: Heap) -> None:
    """Make a heap of entries whose times have changed."""
    n = heap.size[0]
    for k in range(1, n):
        time, i, at = heap.time[k], heap.case[k], k
        while at > 0:
            parent = (at - 1) >> 1
            if not _before(cases, time, i, heap.time[parent], heap.case[parent]):
                break
            heap.time[at], heap.case[at] = heap.time[parent], heap.case[parent]
            at = parent
        heap.time[at], heap.case[at] = time, i


@lean_kernel
def open_week(o: Office, now: float) -> None:
    """Monday morning: go on with what is under way, then put free staff to work on those who wait."""
    d = o.desks
    _carry_over(o, now)
    for desk in range(len(d)):
        d[desk].busy_time = 0.0
        d[desk].work_done = 0.0
        d[desk].busy_since = now
        serve_next(o, np.int32(desk), now)


@lean_kernel
def close_week(o: Office, now: float) -> None:
    """Friday evening: count staff time, let the impatient go and overdue tasks lapse, smooth the loads."""
    c, d, r = o.cases, o.desks, o.rules.numbers[0]
    for desk in range(len(d)):
        count_busy(d, desk, now)
        for line in range(CLASSES):
            i = o.head[desk, line]
            while i >= 0:
                if c[i].phase != GONE and now - c[i].queued_at > r.patience * WEEK:
                    c[i].phase = GONE
                    d[desk].waiting -= 1
                    c[i].waited += now - c[i].queued_at
                    holder = c[i].holder
                    end(o, i, now - 1e-9, _SILENT)
                    c[i].holder = holder
                    if c[i].category == TASK:
                        c[i].told = 1  # overdue: nobody asks for it any more
                    else:
                        o.tally[c[i].community, T_GAVE_UP] += 1
                i = c[i].queue_next
        staff = d[desk].servers * WEEK
        if staff > 0.0:
            full = min(1.0, (d[desk].busy_time + r.load_waiting * d[desk].waiting) / staff)
            d[desk].load += r.load_smoothing * (full - d[desk].load)
