"""Handling of cases in continuous working time: queues, hand-offs, meetings, escalation.

One loop over pending events, ordered by (time, case key). Service is non-preemptive; the hours of a service
begun are spent at the desk's rate of this week and carried over into the next if unfinished. The four regimes
share every queue, actor and hour; they differ in who convenes, who decides and who does the work:

fragmented
    One actor after another; each may bounce the file, at a cost in hours to both sides and a delay.
one_core
    The core prepares (its attention is a queue), waits for the slowest actor, holds one meeting that costs
    every actor hours; once agreed, the actors deliver.
administrative
    The core does all actors' work itself, with an overhead.
self_governing
    Owners' committee or volunteers convene; their authority is legitimacy × skill, and outsiders may still
    bounce.
"""

from __future__ import annotations

import numpy as np

from sim.clock import clock_time
from sim.jit import lean_kernel
from sim.ledger.cases import NOBODY
from sim.numerics import logistic
from sim.processes.categories import TASK
from sim.processes.office import (
    T_APPROVED,
    T_BOUNCES,
    T_ESCALATED,
    T_GAVE_UP,
    T_MEETINGS,
    T_PAPER,
    T_PAPER_HOURS,
    T_RECORDED,
    T_RECORDED_NEIGHBOUR,
    T_RELAPSED,
    T_RESOLVED,
    T_TASKS,
    Office,
    actor_desk,
    actors_present,
    draw,
    exponential,
    trust_between,
)
from sim.processes.queues import (
    ACT,
    AGAIN,
    ALONE,
    APPROVE,
    ARRIVE,
    AT_STREET,
    BOUNCE,
    DELIVER,
    GO,
    MEET,
    NO_EVENT,
    ON_TASK,
    ONCE,
    PREPARE,
    RELAPSE,
    SERVED,
    U_AGAIN,
    U_AGREE,
    U_ATTEND,
    U_DELIVER,
    U_ESCALATE,
    U_PAPER,
    U_RELAPSE,
    U_RELAPSE_AT,
    close_week,
    end,
    end_service,
    join,
    open_week,
    pop,
    push,
    serve_next,
)
from sim.processes.routing import route
from sim.vocabulary import Kind, Regime, Status

_RC = int(Kind.RESIDENTS_COMMITTEE)
_CORE = int(Kind.CORE)
_STREET = int(Kind.STREET)
_PROPERTY = int(Kind.PROPERTY)
_PARTNER = int(Kind.PARTNER_UNIT)
_ONE_CORE = int(Regime.ONE_CORE)
_SELF = int(Regime.SELF_GOVERNING)
_OWNERS = int(Kind.OWNERS_COMMITTEE)
_SILENT = int(Status.SILENT)
_OPEN = int(Status.OPEN)
_RESOLVED = int(Status.RESOLVED)
_PAPER = int(Status.PAPER)
_ESCALATED = int(Status.ESCALATED)


@lean_kernel
def _fail(o: Office, i: int, now: float) -> None:
    """Returned, escalated, closed on paper, or given up."""
    c, r = o.cases, o.rules.numbers[0]
    place = c[i].community
    if draw(o, i, U_PAPER, np.int64(c[i].up)) < o.settings[place].record:
        o.desks[o.desk_of[_RC, place]].committed += r.record_hours
        o.tally[place, T_PAPER_HOURS] += r.record_hours
        o.tally[place, T_PAPER] += 1
        end(o, i, now, _PAPER)
    elif c[i].up == 0 and draw(o, i, U_ESCALATE, ONCE) < r.escalate and o.desk_of[_STREET, place] >= 0:
        c[i].escalated += 1
        c[i].up = 1
        c[i].status = _ESCALATED
        c[i].phase = AT_STREET
        c[i].handoffs += 1
        o.tally[place, T_ESCALATED] += 1
        join(o, i, o.desk_of[_STREET, place], now)
    elif c[i].returns < r.max_returns and c[i].up == 0:
        wait = exponential(o, i, U_AGAIN, ONCE, r.return_delay)
        c[i].returns += 1
        c[i].bounces = 0
        c[i].meetings = 0
        c[i].actor = 0
        c[i].holder = NOBODY
        push(c, o.heap, now + wait, i, AGAIN)
    else:
        o.tally[place, T_GAVE_UP] += 1
        end(o, i, now, _SILENT)


@lean_kernel
def _authority(o: Office, i: int) -> float:
    """Authority behind whoever decided."""
    c, r, s = o.cases, o.rules.numbers[0], o.settings
    place = c[i].community
    if c[i].phase == AT_STREET:
        return r.street_authority
    if c[i].phase == ALONE:
        return s[place].authority
    own = r.actor_authority
    if c[i].meetings > 0 and c[i].regime == _SELF and c[i].convenor >= 0:
        lead = o.desks[c[i].convenor]
        behind = s[place].legitimacy if lead.kind == _OWNERS else s[place].standing
        own = r.self_authority * behind * (0.5 + lead.skill)
    elif c[i].meetings > 0:
        own = s[place].authority
    return max(own, s[place].authority) if c[i].approved else own


@lean_kernel
def _fairness(o: Office, i: int) -> float:
    """Felt fairness: voice, and the manner of those who handle it."""
    c, r, s = o.cases, o.rules.numbers[0], o.settings
    place = c[i].community
    if c[i].phase == ALONE:
        voice = r.voice_alone
    elif c[i].meetings > 0:
        voice = min(1.0, r.voice_meeting + s[place].facilitation)
    else:
        voice = r.voice_file
    return r.fairness_voice * voice + (1.0 - r.fairness_voice) * s[place].manner


@lean_kernel
def _conclude(o: Office, i: int, now: float) -> None:
    """Did the work hold? σ of skill, missing authority, missing actors and working past each other."""
    c, r = o.cases, o.rules.numbers[0]
    place, category = c[i].community, c[i].category
    present = actors_present(o, i)
    skill = 0.0
    if c[i].phase == ALONE or c[i].phase == AT_STREET:
        skill = o.desks[c[i].holder].skill
    else:
        for a in range(present):
            skill += o.desks[actor_desk(o, i, a)].skill / present
    x = r.deliver_intercept + r.deliver_skill * (skill - 0.5)
    x -= r.deliver_authority * max(0.0, o.rules.category[category].authority - _authority(o, i))
    x -= r.missing_actor * (o.rules.category[category].n_actors - present)
    if c[i].phase == ACT and c[i].meetings == 0:
        x -= r.uncoordinated * (present - 1)
    c[i].fairness = _fairness(o, i)
    street = c[i].phase == AT_STREET
    if draw(o, i, U_DELIVER, np.int64(street)) < logistic(x):
        o.tally[place, T_RESOLVED] += 1
        end(o, i, now, _RESOLVED)
        if draw(o, i, U_RELAPSE, ONCE) < r.relapse * (1.0 - r.fairness_holds * c[i].fairness):
            push(c, o.heap, now + exponential(o, i, U_RELAPSE_AT, ONCE, r.relapse_delay), i, RELAPSE)
    else:
        _fail(o, i, now)


@lean_kernel
def _bounced(o: Office, i: int, desk: int, now: float) -> None:
    c, r = o.cases, o.rules.numbers[0]
    place = c[i].community
    c[i].bounces += 1
    c[i].handoffs += 1
    o.tally[place, T_BOUNCES] += 1
    if c[i].helper >= 0 and c[i].helper != desk:
        o.between_bad[place, o.desks[c[i].helper].kind, o.desks[desk].kind] += 1.0
    core = o.desk_of[_CORE, place]
    if c[i].bounces >= r.max_bounces:
        _fail(o, i, now)
    elif c[i].regime == _ONE_CORE and c[i].meetings == 0 and c[i].helper >= 0:
        c[i].phase = PREPARE
        c[i].helper = core
        join(o, i, core, now)
    else:
        if c[i].helper < 0:
            c[i].helper = desk
        c[i].phase = ACT
        c[i].holder = NOBODY
        push(c, o.heap, now + r.bounce_delay, i, GO)


@lean_kernel
def _acted(o: Office, i: int, desk: int, now: float) -> None:
    """An actor has done its part."""
    c = o.cases
    place = c[i].community
    if c[i].helper >= 0 and c[i].helper != desk:
        o.between_good[place, o.desks[c[i].helper].kind, o.desks[desk].kind] += 1.0
    c[i].actor += 1
    if c[i].actor >= actors_present(o, i):
        _conclude(o, i, now)
        return
    c[i].handoffs += 1
    following = actor_desk(o, i, c[i].actor)
    if c[i].phase == ACT:
        c[i].helper = desk
    elif c[i].regime == _SELF:
        # Outsiders are not bound by what residents agreed among themselves.
        kind = o.desks[following].kind
        c[i].phase = ACT if kind in (_PROPERTY, _STREET, _PARTNER) else DELIVER
    join(o, i, following, now)


@lean_kernel
def _await_attendance(o: Office, i: int, now: float) -> None:
    c, r = o.cases, o.rules.numbers[0]
    place = c[i].community
    slowest = 0.0
    for a in range(actors_present(o, i)):
        mean = max(0.0, r.attendance_delay + o.settings[place].attendance_delay)
        mean *= r.attendance_idle + 2.0 * (1.0 - r.attendance_idle) * o.desks[actor_desk(o, i, a)].load
        slowest = max(slowest, exponential(o, i, U_ATTEND, a + 8 * c[i].meetings, mean))
    c[i].holder = NOBODY
    push(c, o.heap, now + slowest, i, MEET)


@lean_kernel
def _meet(o: Office, i: int, now: float) -> None:
    """One meeting: hours of every actor, then agreement by authority, trust, fairness and interests."""
    c, r = o.cases, o.rules.numbers[0]
    place, category = c[i].community, c[i].category
    convenor = c[i].helper
    c[i].convenor = convenor
    present = actors_present(o, i)
    c[i].meetings += 1
    o.tally[place, T_MEETINGS] += 1
    trust, seats = 0.0, present
    outside = True
    for a in range(present):
        desk = actor_desk(o, i, a)
        outside = outside and desk != convenor
        o.desks[desk].committed += r.meeting_hours
        trust += trust_between(o, place, o.desks[desk].kind, o.desks[convenor].kind) / present
    if outside:
        o.desks[convenor].committed += r.meeting_hours
        seats += 1
    c[i].effort += seats * r.meeting_hours
    x = r.agree_intercept + r.agree_authority * _authority(o, i) + r.agree_trust * trust
    x += r.agree_fairness * _fairness(o, i)
    x -= r.agree_conflict * o.rules.category[category].conflict
    if draw(o, i, U_AGREE, np.int64(c[i].meetings)) < logistic(x):
        c[i].phase = DELIVER
        first = actor_desk(o, i, 0)
        if c[i].regime == _SELF:
            kind = o.desks[first].kind
            if kind in (_PROPERTY, _STREET, _PARTNER):
                c[i].phase = ACT
        join(o, i, first, now)
    elif c[i].meetings < r.max_meetings:
        c[i].phase = PREPARE
        join(o, i, convenor, now)
    else:
        _fail(o, i, now)


@lean_kernel
def _served(o: Office, i: int, now: float) -> None:
    c = o.cases
    desk = c[i].holder
    end_service(o, i, desk, now)
    phase = c[i].phase
    if phase == BOUNCE:
        _bounced(o, i, desk, now)
    elif phase in (ACT, DELIVER):
        _acted(o, i, desk, now)
    elif phase == PREPARE:
        _await_attendance(o, i, now)
    elif phase == APPROVE:
        c[i].approved = 1
        c[i].handoffs += 1
        o.tally[c[i].community, T_APPROVED] += 1
        route(o, i, now)
    elif phase == ON_TASK:
        o.tally[c[i].community, T_TASKS] += 1
        end(o, i, now, _RESOLVED)
        c[i].told = 1
    else:
        _conclude(o, i, now)
    serve_next(o, desk, now)


@lean_kernel
def advance(o: Office, until: float) -> None:
    """Work off every event before ``until``, in working hours since the start of the model."""
    c, heap = o.cases, o.heap
    while heap.size[0] > 0 and heap.time[0] < until:
        now = heap.time[0]
        i = pop(c, heap)
        event = c[i].next_event
        c[i].next_event = NO_EVENT
        if event == SERVED:
            _served(o, i, now)
        elif event == MEET:
            _meet(o, i, now)
        elif event == GO:
            join(o, i, actor_desk(o, i, c[i].actor), now)
        else:
            if event == ARRIVE:
                if c[i].category != TASK and c[i].recorded == 0:
                    o.tally[c[i].community, T_RECORDED] += 1
                    if o.rules.category[c[i].category].between_neighbours:
                        o.tally[c[i].community, T_RECORDED_NEIGHBOUR] += 1
                    c[i].recorded = 1
            elif event == RELAPSE:
                c[i].relapses += 1
                c[i].bounces = 0
                c[i].meetings = 0
                c[i].returns = 0
                c[i].up = 0
                o.tally[c[i].community, T_RELAPSED] += 1
            if event != AGAIN:  # who presses again has been waiting all along
                c[i].opened, c[i].opened_clock = now, clock_time(now)
                c[i].acted = 0
                c[i].convenor = NOBODY
                c[i].assigned = -1.0
            c[i].status = _OPEN
            c[i].ended_week = -1
            c[i].told = 0
            route(o, i, now)


@lean_kernel
def work_week(o: Office, start: float, until: float) -> None:
    """One week of handling, in working hours since the start of the model."""
    open_week(o, start)
    advance(o, until)
    close_week(o, until)
