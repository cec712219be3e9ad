"""Handling of cases in continuous working time: queues, hand-offs, meetings, escalation.

One loop over pending events, ordered by (time, case key). Service is non-preemptive; the hours of a service begun are
spent at the desk's rate of this week and carried over into the next if unfinished. The four regimes share every queue,
actor and hour; they differ in who convenes, who decides and who does the work:

fragmented
    One actor after another; each may bounce the file, at a cost in hours to both sides and a delay.
one_core
    The core prepares (its attention is a queue), waits for the slowest actor, holds one meeting that costs every actor
    hours; once agreed, the actors deliver.
administrative
    The core does all actors' work itself, with an overhead.
self_governing
    Owners' committee or volunteers convene; their authority is legitimacy × skill, and outsiders may still bounce.
"""

from __future__ import annotations

from numba import njit

from sim.ledger.cases import NOBODY
from sim.numerics import logistic
from sim.processes.categories import TASK
from sim.processes.office import (
    T_BOUNCES, T_ESCALATED, T_MEETINGS, T_PAPER, T_PAPER_HOURS, T_GAVE_UP, T_RECORDED, T_RECORDED_NEIGHBOUR, T_RELAPSED,
    T_RESOLVED, T_TASKS, actor_desk, actors_present, draw, exponential, lead_desk, trust_between,
)
from sim.processes.queues import (
    ACT, AGAIN, ALONE, ARRIVE, AT_STREET, BOUNCE, DELIVER, GO, MEET, NO_EVENT, ON_TASK, PREPARE, RELAPSE, SERVED,
    U_AGAIN, U_AGREE, U_ATTEND, U_DELIVER, U_ESCALATE, U_GAP, U_PAPER, U_RELAPSE, U_RELAPSE_AT, count_busy, end, join,
    pop, push, serve_next,
)
from sim.vocabulary import Kind, Regime, Status

_RC, _CORE, _STREET = int(Kind.RESIDENTS_COMMITTEE), int(Kind.CORE), int(Kind.STREET)
_PROPERTY, _PARTNER = int(Kind.PROPERTY), int(Kind.PARTNER_UNIT)
_ADMINISTRATIVE, _ONE_CORE, _SELF = int(Regime.ADMINISTRATIVE), int(Regime.ONE_CORE), int(Regime.SELF_GOVERNING)
_SILENT, _OPEN, _RESOLVED, _PAPER, _ESCALATED = (
    int(Status.SILENT), int(Status.OPEN), int(Status.RESOLVED), int(Status.PAPER), int(Status.ESCALATED))


@njit(cache=True, error_model="numpy")
def _fail(o, i, now):
    """Returned, escalated, closed on paper, or given up."""
    c, r = o.cases, o.rules
    place = c.community[i]
    if draw(o, i, U_PAPER, c.escalated[i]) < o.settings.record[place]:
        o.desks.committed[o.desk_of[_RC, place]] += r.record_hours
        o.tally[place, T_PAPER_HOURS] += r.record_hours
        o.tally[place, T_PAPER] += 1
        end(o, i, now, _PAPER)
    elif c.escalated[i] == 0 and draw(o, i, U_ESCALATE, 0) < r.escalate and o.desk_of[_STREET, place] >= 0:
        c.escalated[i] = 1
        c.status[i] = _ESCALATED
        c.phase[i] = AT_STREET
        c.handoffs[i] += 1
        o.tally[place, T_ESCALATED] += 1
        join(o, i, o.desk_of[_STREET, place], now)
    elif c.returns[i] < r.max_returns and c.escalated[i] == 0:
        wait = exponential(o, i, U_AGAIN, 0, r.return_delay)
        c.returns[i] += 1
        c.bounces[i] = 0
        c.meetings[i] = 0
        c.actor[i] = 0
        c.holder[i] = NOBODY
        push(c, o.heap, now + wait, i, AGAIN)
    else:
        o.tally[place, T_GAVE_UP] += 1
        end(o, i, now, _SILENT)


@njit(cache=True, error_model="numpy")
def _authority(o, i):
    """Authority behind whoever decided."""
    c, r, s = o.cases, o.rules, o.settings
    place = c.community[i]
    if c.phase[i] == AT_STREET:
        return r.street_authority
    if c.phase[i] == ALONE:
        return s.authority[place]
    if c.meetings[i] > 0:
        if s.regime[place] == _SELF:
            lead = max(lead_desk(o, place), 0)
            return r.self_authority * s.legitimacy[place] * (0.5 + o.desks.skill[lead])
        return s.authority[place]
    return r.actor_authority


@njit(cache=True, error_model="numpy")
def _fairness(o, i):
    """Felt fairness: half voice, half manner of those who handle it."""
    c, r, s = o.cases, o.rules, o.settings
    place = c.community[i]
    if c.phase[i] == ALONE:
        voice = r.voice_alone
    elif c.meetings[i] > 0:
        voice = min(1.0, r.voice_meeting + s.facilitation[place])
    else:
        voice = r.voice_file
    return 0.5 * voice + 0.5 * s.manner[place]


@njit(cache=True, error_model="numpy")
def _conclude(o, i, now):
    """Did the work hold? σ of skill, missing authority, missing actors and working past each other."""
    c, r = o.cases, o.rules
    place, category = c.community[i], c.category[i]
    present = actors_present(o, i)
    skill = 0.0
    if c.phase[i] == ALONE or c.phase[i] == AT_STREET:
        skill = o.desks.skill[c.holder[i]]
    else:
        for a in range(present):
            skill += o.desks.skill[actor_desk(o, i, a)] / present
    x = r.deliver_intercept + r.deliver_skill * (skill - 0.5)
    x -= r.deliver_authority * max(0.0, r.authority[category] - _authority(o, i))
    x -= r.missing_actor * (r.n_actors[category] - present)
    if c.phase[i] == ACT and c.meetings[i] == 0:
        x -= r.uncoordinated * (present - 1)
    c.fairness[i] = _fairness(o, i)
    street = c.phase[i] == AT_STREET
    if draw(o, i, U_DELIVER, street) < logistic(x):
        o.tally[place, T_RESOLVED] += 1
        end(o, i, now, _RESOLVED)
        if draw(o, i, U_RELAPSE, 0) < r.relapse * (1.0 - r.fairness_holds * c.fairness[i]):
            push(c, o.heap, now + exponential(o, i, U_RELAPSE_AT, 0, r.relapse_delay), i, RELAPSE)
    else:
        _fail(o, i, now)


@njit(cache=True, error_model="numpy")
def route(o, i, now):
    """Send a case that was found, pressed again or relapsed on its way, as the regime has it."""
    c, r, s = o.cases, o.rules, o.settings
    place, category = c.community[i], c.category[i]
    c.actor[i] = 0
    c.helper[i] = NOBODY
    c.regime[i] = s.regime[place]
    if category == TASK:
        c.phase[i] = ON_TASK
        join(o, i, o.desk_of[_RC, place], now)
        return
    u = draw(o, i, U_GAP, 0)
    lost = 1.0 - s.dispatch[place]
    vacuum = u < r.gap[category] * lost
    overlap = not vacuum and u < (r.gap[category] + r.overlap[category]) * lost
    several = actors_present(o, i) > 1 or vacuum
    regime = s.regime[place]
    core = o.desk_of[_CORE, place]
    if regime == _ONE_CORE and several:
        c.phase[i] = PREPARE
        c.helper[i] = core
        join(o, i, core, now)
        return
    if regime == _ADMINISTRATIVE and several:
        c.phase[i] = ALONE
        c.by_core[i] = 1
        join(o, i, core, now)
        return
    if regime == _SELF and several:
        lead = lead_desk(o, place)
        if lead >= 0:
            c.phase[i] = PREPARE
            c.helper[i] = lead
            join(o, i, lead, now)
            return
    first = actor_desk(o, i, 0)
    committee = o.desk_of[_RC, place]
    if overlap and actors_present(o, i) > 1:
        # Several in charge: a second desk opens a file of its own before one of them goes on.
        o.desks.committed[actor_desk(o, i, 1)] += r.bounce_hours
        c.effort[i] += r.bounce_hours
    if vacuum and first != committee:
        # Nobody in charge: it lands with the residents' committee, which can only pass it on.
        c.phase[i] = BOUNCE
        join(o, i, committee, now)
        return
    c.phase[i] = ACT
    c.helper[i] = committee if first != committee else NOBODY
    join(o, i, first, now)


@njit(cache=True, error_model="numpy")
def _bounced(o, i, desk, now):
    c, r = o.cases, o.rules
    place = c.community[i]
    c.bounces[i] += 1
    c.handoffs[i] += 1
    o.tally[place, T_BOUNCES] += 1
    if c.helper[i] >= 0:
        o.between_bad[place, o.desks.kind[c.helper[i]], o.desks.kind[desk]] += 1.0
    core = o.desk_of[_CORE, place]
    if c.bounces[i] >= r.max_bounces:
        _fail(o, i, now)
    elif o.settings.regime[place] == _ONE_CORE and c.meetings[i] == 0 and c.helper[i] >= 0:
        c.phase[i] = PREPARE
        c.helper[i] = core
        join(o, i, core, now)
    else:
        if c.helper[i] < 0:
            c.helper[i] = desk
        c.phase[i] = ACT
        c.holder[i] = NOBODY
        push(c, o.heap, now + r.bounce_delay, i, GO)


@njit(cache=True, error_model="numpy")
def _acted(o, i, desk, now):
    """An actor has done its part."""
    c = o.cases
    place = c.community[i]
    if c.helper[i] >= 0:
        o.between_good[place, o.desks.kind[c.helper[i]], o.desks.kind[desk]] += 1.0
    c.actor[i] += 1
    if c.actor[i] >= actors_present(o, i):
        _conclude(o, i, now)
        return
    c.handoffs[i] += 1
    following = actor_desk(o, i, c.actor[i])
    if c.phase[i] == ACT:
        c.helper[i] = desk
    elif o.settings.regime[place] == _SELF:
        # Outsiders are not bound by what residents agreed among themselves.
        kind = o.desks.kind[following]
        c.phase[i] = ACT if kind == _PROPERTY or kind == _STREET or kind == _PARTNER else DELIVER
    join(o, i, following, now)


@njit(cache=True, error_model="numpy")
def _await_attendance(o, i, now):
    c, r = o.cases, o.rules
    place = c.community[i]
    slowest = 0.0
    for a in range(actors_present(o, i)):
        mean = max(0.0, r.attendance_delay + o.settings.attendance[place]) * (0.5 + o.desks.load[actor_desk(o, i, a)])
        slowest = max(slowest, exponential(o, i, U_ATTEND, a + 8 * c.meetings[i], mean))
    c.holder[i] = NOBODY
    push(c, o.heap, now + slowest, i, MEET)


@njit(cache=True, error_model="numpy")
def _meet(o, i, now):
    """One meeting: hours of every actor, then agreement by authority, trust, fairness and conflict of interest."""
    c, r, s = o.cases, o.rules, o.settings
    place, category = c.community[i], c.category[i]
    convenor = c.helper[i]
    present = actors_present(o, i)
    c.meetings[i] += 1
    o.tally[place, T_MEETINGS] += 1
    trust = 0.0
    for a in range(present):
        desk = actor_desk(o, i, a)
        o.desks.committed[desk] += r.meeting_hours
        trust += trust_between(o, place, o.desks.kind[desk], o.desks.kind[convenor]) / present
    o.desks.committed[convenor] += r.meeting_hours
    c.effort[i] += (present + 1) * r.meeting_hours
    x = r.agree_intercept + r.agree_authority * _authority(o, i) + r.agree_trust * trust \
        + r.agree_fairness * _fairness(o, i) - r.agree_conflict * r.conflict[category] + s.facilitation[place]
    if draw(o, i, U_AGREE, c.meetings[i]) < logistic(x):
        c.phase[i] = DELIVER
        first = actor_desk(o, i, 0)
        if s.regime[place] == _SELF:
            kind = o.desks.kind[first]
            if kind == _PROPERTY or kind == _STREET or kind == _PARTNER:
                c.phase[i] = ACT
        join(o, i, first, now)
    elif c.meetings[i] < r.max_meetings:
        c.phase[i] = PREPARE
        join(o, i, convenor, now)
    else:
        _fail(o, i, now)


@njit(cache=True, error_model="numpy")
def _served(o, i, now):
    c, d = o.cases, o.desks
    desk = c.holder[i]
    count_busy(d, desk, now)
    d.busy[desk] -= 1
    phase = c.phase[i]
    if phase == BOUNCE:
        _bounced(o, i, desk, now)
    elif phase == ACT or phase == DELIVER:
        _acted(o, i, desk, now)
    elif phase == PREPARE:
        _await_attendance(o, i, now)
    elif phase == ON_TASK:
        o.tally[c.community[i], T_TASKS] += 1
        end(o, i, now, _RESOLVED)
        c.told[i] = 1
    else:
        _conclude(o, i, now)
    serve_next(o, desk, now)


@njit(cache=True, error_model="numpy")
def advance(o, until):
    """Work off every event before ``until``, in working hours since the start of the model."""
    c, heap = o.cases, o.heap
    while heap.size[0] > 0 and heap.time[0] < until:
        now = heap.time[0]
        i = pop(c, heap)
        event = c.next_event[i]
        c.next_event[i] = NO_EVENT
        if event == SERVED:
            _served(o, i, now)
        elif event == MEET:
            _meet(o, i, now)
        elif event == GO:
            join(o, i, actor_desk(o, i, c.actor[i]), now)
        else:
            if event == ARRIVE:
                if c.category[i] != TASK:
                    o.tally[c.community[i], T_RECORDED] += 1
                    if o.rules.between_neighbours[c.category[i]]:
                        o.tally[c.community[i], T_RECORDED_NEIGHBOUR] += 1
                    c.recorded[i] = 1
            elif event == RELAPSE:
                c.relapses[i] += 1
                c.bounces[i] = 0
                c.meetings[i] = 0
                o.tally[c.community[i], T_RELAPSED] += 1
            c.status[i] = _OPEN
            c.ended_week[i] = -1
            c.told[i] = 0
            route(o, i, now)
