"""Parts five and six of the week: frictions become cases, and desks handle them."""

from __future__ import annotations

import numpy as np

from sim.ledger.caselog import harvestable, log_rows
from sim.ledger.cases import Table
from sim.population.columns import Float64
from sim.processes import handling, office, queues
from sim.processes.categories import TASK
from sim.processes.rules import Rules
from sim.processes.running import RunningModel
from sim.processes.staffing import BY_COMMUNITY, staff
from sim.processes.voices import Voices
from sim.processes.world import COUNTS, WorldWeek, frictions
from sim.vocabulary import WEEK_HOURS, Kind

CLEAR_WEEKS = 8
"""Weeks from one clearing of the case table to the next."""
LOAD_SMOOTHING = 0.25
"""Share of the way a desk's load moves towards this week's."""


def heads(model: RunningModel) -> dict[Kind, Float64]:
    """People at the desks whose number never changes in a run, (C,) each."""
    a, n = model.actors, model.places.communities
    lo, hi = model.places.resident_range("community")
    thousands = (hi - lo) / 1000.0
    return {
        Kind.CORE: a.core.staff_per_1000 * thousands,
        Kind.RESIDENTS_COMMITTEE: a.residents_committee.staff_per_1000 * thousands,
        Kind.PROPERTY: a.property.staff_per_1000 * thousands,
        Kind.OWNERS_COMMITTEE: np.full(n, float(a.owners_committee.staff)),
        Kind.SOCIAL_ORGANIZATION: np.full(n, float(a.social_organization.staff)),
        Kind.MEDIATION: np.full(n, float(a.mediation.staff)),
    }


def man_desks(model: RunningModel) -> None:
    """Set every desk's staff and free time of this week from what institutions decided."""
    column = {Kind.CORE: "case_hours", Kind.RESIDENTS_COMMITTEE: "line_hours"}
    of = {kind: model.state(kind) for kind in BY_COMMUNITY}
    hours: dict[Kind, Float64] = {k: getattr(of[k], column.get(k, "desk_hours")) for k in BY_COMMUNITY}
    nobody = np.zeros(model.places.communities)
    fixed = {**model.heads, Kind.PARTNER_UNIT: of[Kind.PARTNER_UNIT].number}
    # Hours lent from elsewhere come with the people who lend them.
    people = {k: np.maximum(fixed.get(k, nobody), np.ceil(hours[k] / WEEK_HOURS)) for k in BY_COMMUNITY}
    grid, street = model.state(Kind.GRID_WORKER), model.state(Kind.STREET)
    lift = model.levers.get("desk_skill")
    staff(
        model.cases.desks,
        np.concatenate([*(hours[k] for k in BY_COMMUNITY), grid.desk_hours,
                        street.staff_hours * model.staff_factor]),
        np.concatenate([*(of[k].skill + lift[:, k] for k in BY_COMMUNITY),
                        grid.skill + lift[model.places.grid_community, Kind.GRID_WORKER], street.skill]),
        np.concatenate([*(people[k] for k in BY_COMMUNITY), grid.workers, street.staff_hours / WEEK_HOURS]))


def world_week(model: RunningModel, friction_factor: float) -> WorldWeek:
    """What this week's frictions meet."""
    firm = model.state(Kind.PROPERTY)
    places, levers = model.places, model.levers
    buildings = np.maximum(np.diff(places.grid_first_building), 1)
    patrol = model.state(Kind.GRID_WORKER).patrol_hours + levers.get("patrol_hours") + model.patrol_given()
    expected = model.actors.property.expected_quality
    return WorldWeek(
        rate=min(1.0, model.scenario.world.potential_rate / 100.0 * friction_factor),
        quality_missing=np.maximum(expected - firm.quality, 0.0), property_here=firm.present.copy(),
        patrol=patrol / buildings, sensor=np.minimum(levers.get("sensor_coverage"), 1.0),
        app=np.minimum(levers.get("app_reporting"), 1.0),
        induced=levers.get("induced_demand"), leader=levers.get("building_leader"))


def find(model: RunningModel, friction_factor: float) -> Float64:
    """This week's frictions: latent disputes into the case table, found or silent.

    Returns
    -------
    array, shape (C, 4)
        :data:`sim.processes.world.COUNTS` of each community.
    """
    book = model.cases
    week = world_week(model, friction_factor)
    dwellings = model.places.dwellings
    book.reserve(int(week.rate * dwellings + 6.0 * np.sqrt(week.rate * dwellings)) + 32)
    counts = np.zeros((model.places.communities, len(COUNTS)))
    regime = np.full(model.places.communities, int(model.regime), np.uint8)
    r = model.residents
    voices = Voices(r.age, r.present, r.efficacy, r.digital, r.trust_good, r.trust_bad)
    frictions(
        model.places, voices, model.ties, model.commons.norm, book.cases, book.heap, book.free,
        book.free_count, model.rules, week, regime, model.week,
        model.streams.week_key("frictions", model.week), counts)
    return counts


def settings(model: RunningModel) -> Table:
    """What holds in each community this week."""
    core, levers = model.state(Kind.CORE), model.levers
    owners, volunteers = model.state(Kind.OWNERS_COMMITTEE), model.state(Kind.VOLUNTEERS)
    legitimacy = np.where(
        owners.present > 0, owners.legitimacy * (1.0 - 0.8 * owners.captured), volunteers.skill)
    week = np.empty(len(core.manner), office.SETTINGS)
    week["regime"], week["manner"], week["record"] = int(model.regime), core.manner, model.record_weight
    week["authority"] = np.clip(core.authority + levers.get("authority"), 0.0, 1.0)
    week["clarity"], week["attendance"] = levers.get("clarity"), levers.get("attendance_delay")
    week["dispatch"] = np.minimum(levers.get("dispatch"), 1.0)
    week["facilitation"], week["legitimacy"] = levers.get("facilitation"), legitimacy
    return week


def handle(model: RunningModel) -> Float64:
    """Work off this week's events.

    Returns
    -------
    array, shape (C, len(TALLY))
        :data:`sim.processes.office.TALLY` of each community.
    """
    book = model.cases
    tally = np.zeros((model.places.communities, len(office.TALLY)))
    rules: Rules = model.rules
    room = office.Office(
        book.cases, book.desks, book.head, book.tail, book.heap, book.desk_of, book.desk_of_grid,
        model.commons.between_good, model.commons.between_bad, rules, settings(model), tally)
    queues.open_week(room, model.week * WEEK_HOURS)
    handling.advance(room, (model.week + 1) * WEEK_HOURS)
    queues.close_week(room, (model.week + 1) * WEEK_HOURS, LOAD_SMOOTHING)
    return tally


def clear(model: RunningModel) -> None:
    """Every few weeks, log cases that are over for good and free their slots."""
    if (model.week + 1) % CLEAR_WEEKS:
        return
    book = model.cases
    slots = harvestable(book.cases, model.week - model.scenario.experience.silent_weeks, False)
    if len(slots) == 0:
        return
    if model.policy_week >= 0:
        model.recorder.rows.append(log_rows(book.cases, slots, model.scenario.warmup, TASK))
    book.cases["used"][slots] = 0
    count = int(book.free_count[0])
    book.free[count : count + len(slots)] = slots
    book.free_count[0] = count + len(slots)
