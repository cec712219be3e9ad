"""Routing: where a case goes first, by the owner map with its gaps and overlaps and by the regime."""

from __future__ import annotations

from sim.jit import lean_kernel
from sim.ledger.cases import NOBODY
from sim.processes.categories import TASK
from sim.processes.office import (
    T_CUT,
    T_DELEGATED,
    T_TAKEN_UP,
    Office,
    actor_desk,
    actors_present,
    draw,
    lead_desk,
)
from sim.processes.queues import (
    ACT,
    ALONE,
    APPROVE,
    BOUNCE,
    ON_TASK,
    ONCE,
    PREPARE,
    U_APPROVE,
    U_CUT,
    U_DELEGATE,
    U_GAP,
    U_LAST_RESORT,
    end,
    join,
)
from sim.vocabulary import Kind, Regime, Status

_RC = int(Kind.RESIDENTS_COMMITTEE)
_CORE = int(Kind.CORE)
_ADMINISTRATIVE = int(Regime.ADMINISTRATIVE)
_ONE_CORE = int(Regime.ONE_CORE)
_SELF = int(Regime.SELF_GOVERNING)
_SILENT = int(Status.SILENT)


@lean_kernel
def route(o: Office, i: int, now: float) -> None:
    """Send a case that was found, pressed again or relapsed on its way, as the regime has it."""
    c, r, s = o.cases, o.rules.numbers[0], o.settings
    place, category = c[i].community, c[i].category
    c[i].actor = 0
    c[i].helper = NOBODY
    c[i].by_core = 0
    c[i].regime = s[place].regime
    if category == TASK:
        if draw(o, i, U_CUT, ONCE) < s[place].tasks_cut:
            o.tally[place, T_CUT] += 1
            end(o, i, now, _SILENT)
            c[i].told = 1
            return
        c[i].phase = ON_TASK
        join(o, i, o.desk_of[_RC, place], now)
        return
    weighty = o.rules.category[category].severity >= r.weighty_severity
    if weighty and c[i].approved == 0 and draw(o, i, U_APPROVE, ONCE) < s[place].approval:
        c[i].phase = APPROVE
        join(o, i, o.desk_of[_CORE, place], now)
        return
    u = draw(o, i, U_GAP, ONCE)
    lost = 1.0 - s[place].dispatch
    vacuum = u < o.rules.category[category].gap * lost
    overlap = not vacuum and u < (o.rules.category[category].gap + o.rules.category[category].overlap) * lost
    several = actors_present(o, i) > 1 or vacuum
    core = o.desk_of[_CORE, place]
    if vacuum and draw(o, i, U_LAST_RESORT, ONCE) < s[place].last_resort:
        o.tally[place, T_TAKEN_UP] += 1
        c[i].phase = ALONE
        c[i].by_core = 1
        join(o, i, core, now)
        return
    handed = several and c[i].regime in (_ONE_CORE, _ADMINISTRATIVE) and lead_desk(o, place) >= 0
    if handed and draw(o, i, U_DELEGATE, ONCE) < s[place].delegation:
        o.tally[place, T_DELEGATED] += 1
        c[i].regime = _SELF
    regime = c[i].regime
    if regime == _ONE_CORE and several:
        c[i].phase = PREPARE
        c[i].helper = core
        join(o, i, core, now)
        return
    if regime == _ADMINISTRATIVE and several:
        c[i].phase = ALONE
        c[i].by_core = 1
        join(o, i, core, now)
        return
    if regime == _SELF and several:
        lead = lead_desk(o, place)
        if lead >= 0:
            c[i].phase = PREPARE
            c[i].helper = lead
            join(o, i, lead, now)
            return
    first = actor_desk(o, i, 0)
    committee = o.desk_of[_RC, place]
    if overlap and actors_present(o, i) > 1:
        # Several in charge: a second desk opens a file of its own before one of them goes on.
        o.desks[actor_desk(o, i, 1)].committed += r.bounce_hours
        c[i].effort += r.bounce_hours
    if vacuum and first != committee:
        # Nobody in charge: it lands with the residents' committee, which can only pass it on.
        c[i].phase = BOUNCE
        join(o, i, committee, now)
        return
    c[i].phase = ACT
    c[i].helper = committee if first != committee else NOBODY
    join(o, i, first, now)
