"""The world: frictions and tasks, the same under every policy for one seed.

Potential frictions are keyed by dwelling and week on fixed geometry. Whether one becomes a latent dispute,
and whether anyone hears of it, depends on the state of the community.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.clock import clock_time, work_time
from sim.jit import lean_kernel
from sim.ledger.cases import FIRST, NOBODY, NORMAL, URGENT, Heap, Table
from sim.network.ties import EVENT_SLOTS, Ties
from sim.numerics import exp, log, logistic
from sim.population.columns import Float32, Float64, Int32, Int64, Places, UInt8, UInt64
from sim.processes.categories import TASK
from sim.processes.queues import ARRIVE, GONE, NO_EVENT, push
from sim.processes.rules import Rules
from sim.processes.voices import Voices, speaker, trusts, volunteer_probability
from sim.processes.willingness import FIXED_SCALE
from sim.rng import Whole, combine, uniform
from sim.vocabulary import CLOCK_HOURS, WEEK_HOURS, Channel, Kind, Status

_NONE, _LEADER, _GRID, _PROPERTY, _COMMITTEE, _APP, _PATROL, _SENSOR = (
    int(Channel.NONE), int(Channel.BUILDING_LEADER), int(Channel.GRID_WORKER), int(Channel.PROPERTY),
    int(Channel.RESIDENTS_COMMITTEE), int(Channel.APP), int(Channel.PATROL), int(Channel.SENSOR))
_SILENT, _OPEN = int(Status.SILENT), int(Status.OPEN)
_NEIGHBOURS, _BUILDING, _COMMUNITY = 0, 1, 2
_MOST_MEAN = 200.0
"""Greatest mean of a Poisson number that is drawn in one go."""
_K_COMMITTEE, _K_GRID, _K_PROPERTY = int(Kind.RESIDENTS_COMMITTEE), int(Kind.GRID_WORKER), int(Kind.PROPERTY)

# Purposes of the draws of one friction.
(
    _U_HAPPENS, _U_PARTNER, _U_LATENT, _U_TIME, _U_SPEAK, _U_CHANNEL, _U_DELAY, _U_PATROL, _U_SENSOR,
) = (np.int64(n) for n in range(9))


class WorldWeek(NamedTuple):
    """What frictions meet this week."""

    rate: float
    """Potential frictions a dwelling."""
    quality_missing: Float64
    """(C,) expected minus actual quality of property service, at least 0."""
    property_here: Float64
    """(C,) 1 where there is a property company."""
    patrol: Float64
    """(G,) patrol hours a building."""
    sensor: Float64
    """(C,) coverage."""
    app: Float64
    """(C,) share of residents offered reporting by app."""
    induced: Float64
    """(C,) share more reports."""
    leader: Float64
    """(B,) building leaders."""


COUNTS = ("potential", "latent", "latent_neighbour", "silent")


@lean_kernel
def _partner(p: Places, u: float, dwelling: int, geometry: int) -> int:
    """The other dwelling: next door, above or below; in the building; in the community; NOBODY for a
    household's own."""
    b = p.dwelling_building[dwelling]
    lo, hi = p.building_first_dwelling[b], p.building_first_dwelling[b + 1]
    if geometry == _NEIGHBOURS:
        per_floor = max(1, (hi - lo) // max(1, p.building_floors[b]))
        steps = (1, -1, per_floor, -per_floor)
        start = int(u * 4.0)
        for k in range(4):
            other = dwelling + steps[(start + k) % 4]
            if lo <= other < hi:
                return other
        return NOBODY
    if geometry == _COMMUNITY:
        c = p.building_community[b]
        b0 = p.grid_first_building[p.community_first_grid[c]]
        b1 = p.grid_first_building[p.community_first_grid[c + 1]]
        lo, hi = p.building_first_dwelling[b0], p.building_first_dwelling[b1]
    elif geometry != _BUILDING:
        return NOBODY
    if hi - lo < 2:
        return NOBODY
    other = lo + int(u * (hi - lo - 1))
    return other + 1 if other >= dwelling else other


@lean_kernel
def familiarity(first_resident: Int32, ties: Ties, a: int, b: int, full: float) -> float:
    """How well two dwellings know each other, 0 to 1: the strongest tie between their members.

    ``full`` is the strength, in units of event ties, at which they know each other fully.
    """
    best: Any = 0
    lo, hi = first_resident[b], first_resident[b + 1]
    for i in range(first_resident[a], first_resident[a + 1]):
        for e in range(ties.first[i], ties.first[i + 1]):
            if lo <= ties.neighbour[e] < hi:
                best = max(best, FIXED_SCALE * np.int64(ties.weight[e]))
        for k in range(EVENT_SLOTS):
            if ties.event_strength[i, k] > 0 and lo <= ties.event_neighbour[i, k] < hi:
                best = max(best, np.int64(ties.event_strength[i, k]))
    return min(1.0, best / full)


@lean_kernel
def _speaks(
    p: Places, v: Voices, rules: Rules, w: WorldWeek, key: Whole, i: int, dwelling: int, category: int,
    community: int, building: int,
) -> int:
    """Who speaks up, if anyone: alone by own judgement, or one of many by the volunteer's dilemma."""
    lift = 1.0 + w.induced[community]
    if rules.category[category].shared:
        lo, hi = p.building_first_dwelling[building], p.building_first_dwelling[building + 1]
        n = min(rules.numbers[0].shared_households, hi - lo)
        chance = min(1.0, volunteer_probability(rules.numbers[0].shared_cost, n) * lift)
        start = dwelling - lo
        for k in range(n):
            other = lo + (start + k) % (hi - lo)
            who = speaker(v, p.dwelling_first_resident, other)
            if who >= 0 and uniform(combine(key, 64 + k), _U_SPEAK) < chance:
                return who
        return NOBODY
    committee = trusts(v, i, _K_COMMITTEE)
    r = rules.numbers[0]
    x = r.report_intercept + r.report_efficacy * (v.efficacy[i] - 0.5)
    x += r.report_severity * (rules.category[category].severity - 0.5)
    x += r.report_trust * (committee - 0.5)
    x += r.report_app * w.app[community] * v.digital[i]
    x += r.report_leader * min(1.0, w.leader[building])
    return i if uniform(key, _U_SPEAK) < min(1.0, logistic(x) * lift) else NOBODY


@lean_kernel
def _channel(v: Voices, rules: Rules, w: WorldWeek, u: float, who: int, community: int, building: int) -> int:
    """By which way someone speaks up: in proportion to access and trust."""
    x = rules.numbers[0]
    app = x.channel_app * w.app[community] * v.digital[who]
    leader = x.channel_leader * min(1.0, w.leader[building])
    grid = x.channel_grid * trusts(v, who, _K_GRID)
    prop = x.channel_property * w.property_here[community] * trusts(v, who, _K_PROPERTY)
    committee = x.channel_committee * trusts(v, who, _K_COMMITTEE)
    u *= app + leader + grid + prop + committee
    if u < app:
        return _APP
    if u < app + leader:
        return _LEADER
    if u < app + leader + grid:
        return _GRID
    if u < app + leader + grid + prop:
        return _PROPERTY
    return _COMMITTEE


@lean_kernel
def _found(
    p: Places, v: Voices, rules: Rules, w: WorldWeek, key: Whole, i: int, dwelling: int, category: int,
    born: float,
) -> tuple[float, int, int]:
    """Clock time of being found, the channel and who spoke; the earliest of voice, patrol and sensor."""
    building = p.dwelling_building[dwelling]
    community = p.building_community[building]
    found, channel = np.inf, _NONE
    who = _speaks(p, v, rules, w, key, i, dwelling, category, community, building)
    if who >= 0:
        channel = _channel(v, rules, w, uniform(key, _U_CHANNEL), who, community, building)
        mean = rules.numbers[0].report_delay_app if channel == _APP else rules.numbers[0].report_delay
        if channel == _LEADER:
            mean *= rules.numbers[0].report_leader_sooner
        found = born - mean * log(uniform(key, _U_DELAY))
    pace = rules.numbers[0].patrol_find * rules.category[category].visibility
    pace *= w.patrol[p.building_grid[building]]
    if pace > 0.0:
        seen = born - CLOCK_HOURS / pace * log(uniform(key, _U_PATROL))
        if seen < found and seen < born + rules.numbers[0].nuisance_weeks * CLOCK_HOURS:
            found, channel = seen, _PATROL
    if uniform(key, _U_SENSOR) < w.sensor[community] * rules.category[category].sensor:
        seen = born + rules.numbers[0].sensor_delay
        if seen < found:
            found, channel = seen, _SENSOR
    return found, channel, who


@lean_kernel
def _open_case(
    c: Table, i: int, p: Places, dwelling: int, other: int, category: int, week: int, born: float, key: Whole,
    regime: int,
) -> None:
    c[i].used = 1
    c[i].key = key
    c[i].category = category
    c[i].building = p.dwelling_building[dwelling]
    c[i].grid = p.building_grid[c[i].building]
    c[i].community = p.building_community[c[i].building]
    c[i].dwelling_a, c[i].dwelling_b = dwelling, other
    c[i].born_week = week
    c[i].born_clock, c[i].born = born, work_time(born)
    _blank(c, i)
    c[i].regime = regime


@lean_kernel
def _blank(c: Table, i: int) -> None:
    c[i].party_a = NOBODY
    c[i].party_b = NOBODY
    c[i].holder = NOBODY
    c[i].helper = NOBODY
    c[i].convenor = NOBODY
    c[i].acted = 0
    c[i].last_kind = 0
    c[i].opened = -1.0
    c[i].opened_clock = -1.0
    c[i].queue_next = NOBODY
    c[i].found = -1.0
    c[i].found_clock = -1.0
    c[i].assigned = -1.0
    c[i].first_service = -1.0
    c[i].closed = -1.0
    c[i].waited = 0.0
    c[i].effort = 0.0
    c[i].queued_at = 0.0
    c[i].fairness = 0.5
    c[i].satisfaction = np.nan
    c[i].channel = 0
    c[i].phase = 0
    c[i].actor = 0
    c[i].handoffs = 0
    c[i].bounces = 0
    c[i].meetings = 0
    c[i].returns = 0
    c[i].relapses = 0
    c[i].escalated = 0
    c[i].up = 0
    c[i].recorded = 0
    c[i].approved = 0
    c[i].by_core = 0
    c[i].told = 0
    c[i].next_event = NO_EVENT
    c[i].ended_week = -1
    c[i].priority = NORMAL


@lean_kernel
def frictions(
    p: Places, v: Voices, ties: Ties, norm: Float32, cases: Table, heap: Heap, free: Int32, free_count: Int64,
    rules: Rules, w: WorldWeek, regime: UInt8, week: int, stream: UInt64, counts: Float64,
) -> None:
    """This week's potential frictions, the latent disputes they become, and how those are found.

    Parameters
    ----------
    p, v, ties : Places, Voices, Ties
    norm : array, shape (B,)
        Strength of each building's agreed rules.
    cases, heap, free, free_count
        Columns of :class:`sim.ledger.cases.CaseBook`; written.
    rules : Rules
    w : WorldWeek
    regime : array, shape (C,)
    week : int
    stream : array of uint64, shape (C,)
        Keys of this week's frictions.
    counts : array, shape (C, 4)
        Written: :data:`COUNTS` of each community.
    """
    for building in range(len(p.building_key)):
        community = p.building_community[building]
        for dwelling in range(p.building_first_dwelling[building], p.building_first_dwelling[building + 1]):
            key = combine(stream[community], p.dwelling_key[dwelling])
            u = uniform(key, _U_HAPPENS)
            if u >= w.rate:
                continue
            u /= w.rate
            category = 0
            while u >= rules.category[category].share:
                category += 1
            if p.dwelling_first_resident[dwelling] == p.dwelling_first_resident[dwelling + 1]:
                continue  # nobody has ever lived here
            geometry = rules.category[category].geometry
            if p.building_units[building] and geometry not in (_BUILDING, _COMMUNITY):
                continue  # offices share lanes and stairs with everybody, but have no household's needs
            counts[community, 0] += 1
            i = speaker(v, p.dwelling_first_resident, dwelling)
            if i < 0:
                continue  # those who lived here have left
            other = _partner(p, uniform(key, _U_PARTNER), dwelling, geometry)
            known = 0.0
            if other >= 0:
                full = rules.numbers[0].familiar_strength
                known = familiarity(p.dwelling_first_resident, ties, dwelling, other, full)
            x = rules.category[category].latent - rules.numbers[0].latent_familiarity * known
            if other >= 0:  # rules of conduct bear on what people do to each other, not on needs
                x -= rules.numbers[0].latent_norm * norm[building]
            service = rules.numbers[0].latent_service * rules.category[category].service
            x += service * w.quality_missing[community]
            if uniform(key, _U_LATENT) >= logistic(x):
                continue
            born = (week + uniform(key, _U_TIME)) * CLOCK_HOURS
            found, channel, who = _found(p, v, rules, w, key, i, dwelling, category, born)
            free_count[0] -= 1
            slot = free[free_count[0]]
            _open_case(cases, slot, p, dwelling, other, category, week, born, key, regime[community])
            cases[slot].party_a = who if who >= 0 else i
            if other >= 0:
                cases[slot].party_b = speaker(v, p.dwelling_first_resident, other)
            if rules.category[category].severity >= rules.numbers[0].urgent_severity:
                cases[slot].priority = URGENT
            counts[community, 1] += 1
            if rules.category[category].between_neighbours:
                counts[community, 2] += 1
            cases[slot].channel = channel
            if channel == _NONE:
                counts[community, 3] += 1
                cases[slot].status = _SILENT
                cases[slot].ended_week = week
                cases[slot].phase = GONE
            else:
                cases[slot].status = _OPEN
                cases[slot].found_clock, cases[slot].found = found, work_time(found)
                push(cases, heap, cases[slot].found, slot, ARRIVE)


@lean_kernel
def tasks(
    cases: Table, heap: Heap, free: Int32, free_count: Int64, community_key: UInt64, week: int, mean: Float64,
    first_share: Float64, stream: UInt64,
) -> int:
    """Tasks from above: a Poisson number a community by inverse CDF of one draw, at even random times.

    Parameters
    ----------
    cases, heap, free, free_count
        Written.
    community_key : array of uint64, shape (C,)
    week : int
    mean : array, shape (C,)
        Tasks expected this week.
    first_share : array, shape (C,)
        Share of tasks that appraisal puts first.
    stream : array of uint64, shape (C,)
        Keys of this week's tasks.

    Returns
    -------
    int
        Tasks that came.
    """
    came = 0
    for community in range(len(community_key)):
        key = combine(stream[community], community_key[community])
        # e^−mean must stay far from the smallest number: a large mean is the sum of several small ones.
        parts = int(mean[community] / _MOST_MEAN) + 1
        each = mean[community] / parts
        n = 0
        for part in range(parts):
            u = uniform(key, part << 32)
            more, p = 0, exp(-each)
            total = p
            while u >= total and more < 10 * int(_MOST_MEAN):
                more += 1
                p *= each / more
                total += p
            n += more
        for k in range(n):
            own = combine(key, k + 1)
            free_count[0] -= 1
            i = free[free_count[0]]
            _blank(cases, i)
            cases[i].used = 1
            cases[i].key = own
            cases[i].category = TASK
            cases[i].community = community
            cases[i].grid = NOBODY
            cases[i].building = NOBODY
            cases[i].dwelling_a = NOBODY
            cases[i].dwelling_b = NOBODY
            cases[i].born_week = week
            cases[i].status = _OPEN
            cases[i].born = (week + uniform(own, 0)) * WEEK_HOURS
            cases[i].found = cases[i].born
            cases[i].born_clock = clock_time(cases[i].born)
            cases[i].found_clock = cases[i].born_clock
            cases[i].priority = FIRST if uniform(own, 1) < first_share[community] else NORMAL
            push(cases, heap, cases[i].born, i, ARRIVE)
            came += 1
    return came
