"""Queues in continuous working time: the event heap, service, and what a week opens and closes with.

Service is non-preemptive; the hours of a service begun are spent at the desk's rate of this week and carried over into
the next if unfinished. Queues are first come, first served within each priority class.
"""

from __future__ import annotations

from numba import njit

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
# Purposes of draws: each gets its own part of the key.
U_HOURS, U_ACCEPT, U_ATTEND, U_AGREE, U_DELIVER, U_PAPER, U_ESCALATE, U_RELAPSE, U_RELAPSE_AT, U_GAP, U_AGAIN = range(1, 12)

_SILENT = int(Status.SILENT)


@njit(cache=True, error_model="numpy")
def _before(cases, time_a, a, time_b, b):
    return time_a < time_b or (time_a == time_b and cases.key[a] < cases.key[b])


@njit(cache=True, error_model="numpy")
def push(cases, heap, time, i, event):
    """Schedule one event of case ``i``; it must have none pending."""
    cases.next_event[i] = event
    n = heap.size[0]
    heap.size[0] = n + 1
    while n > 0:
        parent = (n - 1) >> 1
        if not _before(cases, time, i, heap.time[parent], heap.case[parent]):
            break
        heap.time[n], heap.case[n] = heap.time[parent], heap.case[parent]
        n = parent
    heap.time[n], heap.case[n] = time, i


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
def count_busy(desks, desk, now):
    desks.busy_time[desk] += desks.busy[desk] * (now - desks.busy_since[desk])
    desks.busy_since[desk] = now


@njit(cache=True, error_model="numpy")
def _accepts(o, i, desk):
    """Bilateral acceptance: σ(a₀ + a₁·trust + a₂·clarity − a₃·load)."""
    c, r, s = o.cases, o.rules, o.settings
    place = c.community[i]
    trust = 0.5
    if c.helper[i] >= 0:
        trust = trust_between(o, place, o.desks.kind[desk], o.desks.kind[c.helper[i]])
    clarity = min(1.0, r.clarity[c.category[i]] + s.clarity[place])
    x = r.accept_intercept + r.accept_trust * (trust - 0.5) + r.accept_clarity * (clarity - 0.5) \
        - r.accept_load * (o.desks.load[desk] - 0.5)
    return draw(o, i, U_ACCEPT, c.bounces[i] + 16 * c.actor[i]) < logistic(x)


@njit(cache=True, error_model="numpy")
def _service_hours(o, i, desk):
    c, r = o.cases, o.rules
    phase, category = c.phase[i], c.category[i]
    if phase == BOUNCE:
        return r.bounce_hours
    if phase == ON_TASK:
        return exponential(o, i, U_HOURS, 0, r.tasks_hours)
    if phase == PREPARE:
        return exponential(o, i, U_HOURS, 32 + c.meetings[i], r.prepare_hours)
    mean = r.hours[category]
    if phase == ALONE or phase == AT_STREET:
        total = 0.0
        for a in range(actors_present(o, i)):
            total += exponential(o, i, U_HOURS, a, mean)
        return total * (1.0 + r.overhead) if phase == ALONE else total
    return exponential(o, i, U_HOURS, c.actor[i], mean)


@njit(cache=True, error_model="numpy")
def _start(o, i, desk, now):
    c, d, r = o.cases, o.desks, o.rules
    c.waited[i] += now - c.queued_at[i]
    if c.first_service[i] < 0.0:
        c.first_service[i] = now
    if c.phase[i] == ACT and not _accepts(o, i, desk):
        c.phase[i] = BOUNCE
        if c.helper[i] >= 0:
            d.committed[c.helper[i]] += r.bounce_hours
            c.effort[i] += r.bounce_hours
    if c.phase[i] != BOUNCE and c.phase[i] != PREPARE and c.assigned[i] < 0.0:
        c.assigned[i] = now
    hours = _service_hours(o, i, desk)
    c.effort[i] += hours
    d.work_done[desk] += hours
    count_busy(d, desk, now)
    d.busy[desk] += 1
    push(c, o.heap, now + hours / d.rate[desk], i, SERVED)


@njit(cache=True, error_model="numpy")
def join(o, i, desk, now):
    """Case ``i`` arrives at a desk: served at once if staff are free, else queued in its class."""
    c, d = o.cases, o.desks
    c.holder[i] = desk
    c.queued_at[i] = now
    if d.busy[desk] < d.servers[desk] and d.rate[desk] > 0.0 and d.waiting[desk] == 0:
        _start(o, i, desk, now)
        return
    line = c.priority[i]
    c.queue_next[i] = NOBODY
    if d.tail[desk, line] >= 0:
        c.queue_next[d.tail[desk, line]] = i
    else:
        d.head[desk, line] = i
    d.tail[desk, line] = i
    d.waiting[desk] += 1


@njit(cache=True, error_model="numpy")
def serve_next(o, desk, now):
    """Put free staff of a desk to work on those who wait, class by class, first come first served."""
    c, d = o.cases, o.desks
    while d.waiting[desk] > 0 and d.busy[desk] < d.servers[desk] and d.rate[desk] > 0.0:
        line = 0
        while d.head[desk, line] < 0:
            line += 1
        i = d.head[desk, line]
        d.head[desk, line] = c.queue_next[i]
        if d.head[desk, line] < 0:
            d.tail[desk, line] = NOBODY
        c.queue_next[i] = NOBODY
        d.waiting[desk] -= 1
        if c.phase[i] == GONE:
            c.holder[i] = NOBODY
        else:
            _start(o, i, desk, now)


@njit(cache=True, error_model="numpy")
def end(o, i, now, status):
    c = o.cases
    c.status[i] = status
    c.closed[i] = now
    c.holder[i] = NOBODY
    c.told[i] = 0
    c.ended_week[i] = int(now / WEEK)


@njit(cache=True, error_model="numpy")
def open_week(o, now):
    """Monday morning: with the week's new rates and staff, put free staff to work on those who wait."""
    d = o.desks
    for desk in range(len(d.kind)):
        count_busy(d, desk, now)
        d.busy_time[desk] = 0.0
        d.work_done[desk] = 0.0
        serve_next(o, desk, now)


@njit(cache=True, error_model="numpy")
def close_week(o, now, smoothing):
    """Friday evening: count staff time, let the impatient go, and smooth each desk's load."""
    c, d, r = o.cases, o.desks, o.rules
    for desk in range(len(d.kind)):
        count_busy(d, desk, now)
        for line in range(CLASSES):
            i = d.head[desk, line]
            while i >= 0:
                if c.phase[i] != GONE and c.category[i] != TASK and now - c.queued_at[i] > r.patience * WEEK:
                    c.phase[i] = GONE
                    c.waited[i] += now - c.queued_at[i]
                    o.tally[c.community[i], T_GAVE_UP] += 1
                    holder = c.holder[i]
                    end(o, i, now - 1e-9, _SILENT)
                    c.holder[i] = holder
                i = c.queue_next[i]
        staff = d.servers[desk] * WEEK
        if staff > 0.0:
            full = min(1.0, (d.busy_time[desk] + 2.0 * d.waiting[desk]) / staff)
            d.load[desk] += smoothing * (full - d.load[desk])
