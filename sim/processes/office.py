"""What case handling works on: desks, rules and this week's settings, and who sits where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.ledger.cases import NOBODY, Cases, Desks, Heap
from sim.population.columns import Float32, Float64, Int32, UInt8
from sim.processes.rules import Rules
from sim.rng import combine, uniform
from sim.numerics import log
from sim.vocabulary import Kind

TALLY = ("recorded", "recorded_neighbour", "resolved", "paper", "escalated", "relapsed", "gave_up", "bounces", "meetings",
         "tasks_done", "paper_hours")
"""What the loop counts, in this order."""
(T_RECORDED, T_RECORDED_NEIGHBOUR, T_RESOLVED, T_PAPER, T_ESCALATED, T_RELAPSED, T_GAVE_UP, T_BOUNCES, T_MEETINGS,
 T_TASKS, T_PAPER_HOURS) = range(len(TALLY))

_RC, _GRID = int(Kind.RESIDENTS_COMMITTEE), int(Kind.GRID_WORKER)
_OC, _VOLUNTEERS = int(Kind.OWNERS_COMMITTEE), int(Kind.VOLUNTEERS)


class Settings(NamedTuple):
    """What holds in each community this week."""

    regime: UInt8
    """(C,)"""
    authority: Float64
    """(C,) of the core over the others."""
    clarity: Float64
    """(C,) added to each category's clarity of duty."""
    dispatch: Float64
    """(C,) share of cases routed at once to the right desk."""
    attendance: Float64
    """(C,) h added to the wait for an actor's attendance."""
    manner: Float64
    """(C,) of cadres, 0 to 1."""
    facilitation: Float64
    """(C,) skill in running meetings, added to voice."""
    record: Float64
    """(C,) weight of records in appraisal."""
    legitimacy: Float64
    """(C,) of whoever leads under self-government."""


class Office(NamedTuple):
    """Everything the loop works on."""

    cases: Cases
    desks: Desks
    heap: Heap
    desk_of: Int32
    desk_of_grid: Int32
    between_good: Float32
    between_bad: Float32
    rules: Rules
    settings: Settings
    tally: Float64
    """(C, len(TALLY)) counts of this week."""


@njit(cache=True, error_model="numpy")
def draw(o, i, purpose, number):
    """Draw of one purpose; ``number`` tells repeated ones apart, as do returns and relapses."""
    c = o.cases
    turn = np.uint64(purpose) * np.uint64(1 << 20) + np.uint64(
        number + 64 * c.returns[i] + 1024 * c.relapses[i])
    return uniform(combine(o.rules.key, c.key[i]), turn)


@njit(cache=True, error_model="numpy")
def exponential(o, i, purpose, number, mean):
    return -mean * log(draw(o, i, purpose, number))


@njit(cache=True, error_model="numpy")
def desk_for(o, kind, community, grid):
    """Desk of one kind for a place; NOBODY where there is none."""
    if kind == _GRID:
        return o.desk_of_grid[grid]
    return o.desk_of[kind, community]


@njit(cache=True, error_model="numpy")
def actor_desk(o, i, number):
    """Desk of the ``number``-th actor that exists; the residents' committee where none of the list does."""
    c = o.cases
    category = c.category[i]
    seen = 0
    for a in range(o.rules.n_actors[category]):
        desk = desk_for(o, o.rules.actors[category, a], c.community[i], c.grid[i])
        if desk >= 0 and o.desks.servers[desk] > 0:
            if seen == number:
                return desk
            seen += 1
    return o.desk_of[_RC, c.community[i]]


@njit(cache=True, error_model="numpy")
def actors_present(o, i):
    c = o.cases
    category = c.category[i]
    seen = 0
    for a in range(o.rules.n_actors[category]):
        desk = desk_for(o, o.rules.actors[category, a], c.community[i], c.grid[i])
        if desk >= 0 and o.desks.servers[desk] > 0:
            seen += 1
    return max(seen, 1)


@njit(cache=True, error_model="numpy")
def lead_desk(o, community):
    """Who leads under self-government: the owners' committee, else the volunteers; NOBODY if neither is there."""
    for kind in (_OC, _VOLUNTEERS):
        desk = o.desk_of[kind, community]
        if desk >= 0 and o.desks.servers[desk] > 0:
            return desk
    return NOBODY


@njit(cache=True, error_model="numpy")
def trust_between(o, community, giver, taker):
    good = o.between_good[community, giver, taker]
    return good / (good + o.between_bad[community, giver, taker])
