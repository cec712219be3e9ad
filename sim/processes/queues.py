"""Queues in continuous working time: the event heap, service, and what a week opens and closes with.

Service is non-preemptive; the hours of a service begun are spent at the desk's rate of this week and carried over into
the next if unfinished. Queues are first come, first served within each priority class.
"""

from __future__ import annotations

import numpy as np
from sim.jit import lean_kernel

from sim.ledger.cases import CLASSES, NOBODY
from sim.numerics import logistic
from sim.processes.categories import TASK
from sim.processes.office import T_GAVE_UP, actors_present, draw, exponential, trust_between
from sim.vocabulary import WEEK_HOURS as WEEK
from sim.vocabulary import Status

ARRIVE, SERVED, MEET, GO, RELAPSE, AGAIN, NO_EVENT = 1, 2, 3, 4, 5, 6, 0
"""Events."""
ACT, BOUNCE, PREPARE, DELIVER, ALONE, AT_STREET, ON_TASK, GONE = 0, 1, 2, 3, 4, 5, 6, 7
"""Phases of a case."""
# Purposes of draws: each gets its own part of the key. NumPy integers, because a kernel would be compiled anew for
# every plain integer that it is called with.
(U_HOURS, U_ACCEPT, U_ATTEND, U_AGREE, U_DELIVER, U_PAPER, U_ESCALATE, U_RELAPSE, U_RELAPSE_AT, U_GAP, U_AGAIN) = (
    np.int64(n) for n in range(1, 12))
ONCE = np.int64(0)
"""Number of a draw that is made only once."""

_SILENT = int(Status.SILENT)


@lean_kernel
def _before(cases, time_a, a, time_b, b):
    return time_a < time_b or (time_a == time_b and cases[a].key < cases[b].key)


@lean_kernel
def push(cases, heap, time, i, event):
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
def pop(cases, heap):
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
def count_busy(desks, desk, now):
    desks[desk].busy_time += desks[desk].busy * (now - desks[desk].busy_since)
    desks[desk].busy_since = now


@lean_kernel
def _accepts(o, i, desk):
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
def _service_hours(o, i, desk):
    c, r = o.cases, o.rules.numbers[0]
    phase, category = c[i].phase, c[i].category
    if phase == BOUNCE:
        return r.bounce_hours
    if phase == ON_TASK:
        return exponential(o, i, U_HOURS, ONCE, r.tasks_hours)
    if phase == PREPARE:
        return exponential(o, i, U_HOURS, 32 + c[i].meetings, r.prepare_hours)
    mean = o.rules.category[category].hours
    if phase == ALONE or phase == AT_STREET:
        total = 0.0
        for a in range(actors_present(o, i)):
            total += exponential(o, i, U_HOURS, a, mean)
        return total * (1.0 + r.overhead) if phase == ALONE else total
    return exponential(o, i, U_HOURS, np.int64(c[i].actor), mean)


@lean_kernel
def _start(o, i, desk, now):
    c, d, r = o.cases, o.desks, o.rules.numbers[0]
    c[i].waited += now - c[i].queued_at
    if c[i].first_service < 0.0:
        c[i].first_service = now
    if c[i].phase == ACT and not _accepts(o, i, desk):
        c[i].phase = BOUNCE
        if c[i].helper >= 0:
            d[c[i].helper].committed += r.bounce_hours
            c[i].effort += r.bounce_hours
    if c[i].phase != BOUNCE and c[i].phase != PREPARE and c[i].assigned < 0.0:
        c[i].assigned = now
    hours = _service_hours(o, i, desk)
    c[i].effort += hours
    d[desk].work_done += hours
    count_busy(d, desk, now)
    d[desk].busy += 1
    push(c, o.heap, now + hours / d[desk].rate, i, SERVED)


@lean_kernel
def join(o, i, desk, now):
    """Case ``i`` arrives at a desk: served at once if staff are free, else queued in its class."""
    c, d = o.cases, o.desks
    c[i].holder = desk
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
def serve_next(o, desk, now):
    """Put free staff of a desk to work on those who wait, class by class, first come first served."""
    c, d = o.cases, o.desks
    while d[desk].waiting > 0 and d[desk].busy < d[desk].servers and d[desk].rate > 0.0:
        line = 0
        while o.head[desk, line] < 0:
            line += 1
        i = o.head[desk, line]
        o.head[desk, line] = c[i].queue_next
        if o.head[desk, line] < 0:
            o.tail[desk, line] = NOBODY
        c[i].queue_next = NOBODY
        d[desk].waiting -= 1
        if c[i].phase == GONE:
            c[i].holder = NOBODY
        else:
            _start(o, i, desk, now)


@lean_kernel
def end(o, i, now, status):
    c = o.cases
    c[i].status = status
    c[i].closed = now
    c[i].holder = NOBODY
    c[i].told = 0
    c[i].ended_week = int(now / WEEK)


@lean_kernel
def open_week(o, now):
    """Monday morning: with the week's new rates and staff, put free staff to work on those who wait."""
    d = o.desks
    for desk in range(len(d)):
        count_busy(d, desk, now)
        d[desk].busy_time = 0.0
        d[desk].work_done = 0.0
        serve_next(o, desk, now)


@lean_kernel
def close_week(o, now, smoothing):
    """Friday evening: count staff time, let the impatient go, and smooth each desk's load."""
    c, d, r = o.cases, o.desks, o.rules.numbers[0]
    for desk in range(len(d)):
        count_busy(d, desk, now)
        for line in range(CLASSES):
            i = o.head[desk, line]
            while i >= 0:
                if c[i].phase != GONE and c[i].category != TASK and now - c[i].queued_at > r.patience * WEEK:
                    c[i].phase = GONE
                    c[i].waited += now - c[i].queued_at
                    o.tally[c[i].community, T_GAVE_UP] += 1
                    holder = c[i].holder
                    end(o, i, now - 1e-9, _SILENT)
                    c[i].holder = holder
                i = c[i].queue_next
        staff = d[desk].servers * WEEK
        if staff > 0.0:
            full = min(1.0, (d[desk].busy_time + 2.0 * d[desk].waiting) / staff)
            d[desk].load += smoothing * (full - d[desk].load)
