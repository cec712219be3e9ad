"""What case handling works on: desks, rules and this week's settings, and who sits where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import lean_kernel
from sim.ledger.cases import NOBODY, Heap, Table
from sim.numerics import log
from sim.population.columns import Float32, Float64, Int32
from sim.processes.rules import Rules
from sim.rng import Whole, combine, uniform
from sim.vocabulary import Kind

TALLY = (
    "recorded", "recorded_neighbour", "resolved", "paper", "escalated", "relapsed", "gave_up", "bounces",
    "meetings", "tasks_done", "paper_hours", "approved", "delegated", "taken_up", "tasks_cut")
"""What the loop counts, in this order."""
(
    T_RECORDED, T_RECORDED_NEIGHBOUR, T_RESOLVED, T_PAPER, T_ESCALATED, T_RELAPSED, T_GAVE_UP, T_BOUNCES,
    T_MEETINGS, T_TASKS, T_PAPER_HOURS, T_APPROVED, T_DELEGATED, T_TAKEN_UP, T_CUT,
) = range(len(TALLY))

_RC, _GRID = int(Kind.RESIDENTS_COMMITTEE), int(Kind.GRID_WORKER)
_OC, _VOLUNTEERS = int(Kind.OWNERS_COMMITTEE), int(Kind.VOLUNTEERS)


SETTINGS = np.dtype([
    ("regime", "u1"),
    ("authority", "f8"),     # of the core over the others
    ("clarity", "f8"),       # added to each category's clarity of duty
    ("dispatch", "f8"),      # share of cases routed at once to the right desk
    ("attendance_delay", "f8"),  # h added to the wait for an actor's attendance
    ("manner", "f8"),        # of cadres, 0 to 1
    ("facilitation", "f8"),  # skill in running meetings, added to voice
    ("record", "f8"),        # weight of records in appraisal
    ("legitimacy", "f8"),    # of the owners' committee
    ("standing", "f8"),      # of volunteers who lead
    ("approval", "f8"),      # share of weighty cases that need the core's approval first
    ("delegation", "f8"),    # share of cases of several actors that the core hands to residents' lead
    ("last_resort", "f8"),   # share of cases nobody is in charge of that the core takes up
    ("tasks_cut", "f8"),     # share of tasks from above turned away
], align=True)
"""What holds in one community this week."""
LEVERS = (
    "authority", "clarity", "dispatch", "attendance_delay", "manner", "facilitation", "approval",
    "delegation", "last_resort", "tasks_cut")
"""Settings that are levers of policies, or are moved by the lever of their name."""


class Office(NamedTuple):
    """Everything the loop works on."""

    cases: Table
    """Slots of :data:`sim.ledger.cases.CASE`."""
    desks: Table
    """Rows of :data:`sim.ledger.cases.DESK`."""
    head: Int32
    """(desks, CLASSES) first case of each queue."""
    tail: Int32
    """(desks, CLASSES) last case of each queue."""
    heap: Heap
    desk_of: Int32
    desk_of_grid: Int32
    between_good: Float32
    between_bad: Float32
    rules: Rules
    settings: Table
    """(C,) of :data:`SETTINGS`."""
    tally: Float64
    """(C, len(TALLY)) counts of this week."""


@lean_kernel
def keyed_draw(
    stream: Whole, key: Whole, purpose: Whole, number: Whole, returns: int, relapses: int
) -> float:
    """One draw of a case under the handling stream."""
    turn = np.uint64(purpose) * np.uint64(1 << 20) + np.uint64(number + 64 * returns + 1024 * relapses)
    return uniform(combine(stream, key), turn)


@lean_kernel
def draw(o: Office, i: int, purpose: Whole, number: Whole) -> float:
    """Draw of one purpose for case ``i``; ``number``, returns and relapses tell repeated ones apart."""
    c = o.cases
    return keyed_draw(
        o.rules.key[c[i].community], c[i].key, purpose, np.int64(number), c[i].returns, c[i].relapses)


@lean_kernel
def exponential(o: Office, i: int, purpose: Whole, number: Whole, mean: float) -> float:
    """Exponential draw of one purpose for case ``i``, with the given mean."""
    return -mean * log(draw(o, i, purpose, number))


@lean_kernel
def desk_for(o: Office, kind: int, community: int, grid: int) -> int:
    """Desk of one kind for a place; NOBODY where there is none."""
    if kind == _GRID:
        return o.desk_of_grid[grid]
    return o.desk_of[kind, community]


@lean_kernel
def _or_volunteers(o: Office, desk: int, category: int, community: int) -> int:
    """Volunteers in the place of line staff, where they are less loaded and no authority is needed."""
    kind = o.desks[desk].kind
    team = o.desk_of[_VOLUNTEERS, community]
    if team < 0 or kind not in (_RC, _GRID):
        return desk
    if o.rules.category[category].authority > o.rules.numbers[0].volunteer_authority:
        return desk
    able = o.desks[team].servers > 0 and o.desks[team].rate > 0.0
    return team if able and o.desks[team].load < o.desks[desk].load else desk


@lean_kernel
def actor_desk(o: Office, i: int, number: Whole) -> int:
    """Desk of the ``number``-th actor that exists; the residents' committee where none of the list does."""
    c = o.cases
    category = c[i].category
    seen = 0
    for a in range(o.rules.category[category].n_actors):
        desk = desk_for(o, o.rules.actors[category, a], c[i].community, c[i].grid)
        if desk >= 0 and o.desks[desk].servers > 0:
            if seen == number:
                return _or_volunteers(o, desk, category, c[i].community)
            seen += 1
    return o.desk_of[_RC, c[i].community]


@lean_kernel
def actors_present(o: Office, i: int) -> int:
    """How many of the actors that case ``i`` calls for exist; at least 1."""
    c = o.cases
    category = c[i].category
    seen = 0
    for a in range(o.rules.category[category].n_actors):
        desk = desk_for(o, o.rules.actors[category, a], c[i].community, c[i].grid)
        if desk >= 0 and o.desks[desk].servers > 0:
            seen += 1
    return max(seen, 1)


@lean_kernel
def lead_desk(o: Office, community: int) -> int:
    """Who leads under self-government: the less loaded of owners' committee and volunteers, or NOBODY."""
    owners, volunteers = o.desk_of[_OC, community], o.desk_of[_VOLUNTEERS, community]
    if owners >= 0 and o.desks[owners].servers == 0:
        owners = np.int32(NOBODY)
    if volunteers >= 0 and o.desks[volunteers].servers == 0:
        volunteers = np.int32(NOBODY)
    if owners < 0:
        return volunteers
    if volunteers < 0 or o.desks[owners].load <= o.desks[volunteers].load:
        return owners
    return volunteers


@lean_kernel
def trust_between(o: Office, community: int, giver: int, taker: int) -> float:
    """Trust between two kinds of institution, 0 to 1: of both experiences, whoever handed on to whom."""
    good = o.between_good[community, giver, taker] + o.between_good[community, taker, giver]
    bad = o.between_bad[community, giver, taker] + o.between_bad[community, taker, giver]
    return good / (good + bad)
