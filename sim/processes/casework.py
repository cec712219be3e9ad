"""Parts five and six of the week: frictions become cases, and desks handle them."""

from __future__ import annotations

import numpy as np

from sim.ledger.caselog import harvestable, log_rows
from sim.ledger.cases import Table
from sim.population.columns import Float64
from sim.processes import handling, office
from sim.processes.categories import TASK
from sim.processes.rules import Rules
from sim.processes.running import RunningModel
from sim.processes.staffing import staff
from sim.processes.voices import Voices
from sim.processes.world import COUNTS, WorldWeek, frictions
from sim.vocabulary import WEEK_HOURS, Kind

CLEAR_WEEKS = 8
"""Weeks from one clearing of the case table to the next."""


def man_desks(model: RunningModel) -> None:
    """Set every desk's staff and free time of this week from what institutions decided."""
    staff(model.cases.desks, model.levers.get("desk_skill"))


def world_week(model: RunningModel, friction_factor: float) -> WorldWeek:
    """What this week's frictions meet."""
    firm = model.state(Kind.PROPERTY)
    levers = model.levers
    patrol = model.state(Kind.GRID_WORKER).patrol_hours + levers.get("patrol_hours") + model.patrol_given()
    expected = model.actors.property.expected_quality
    return WorldWeek(
        rate=min(1.0, model.scenario.world.potential_rate / 100.0 * friction_factor),
        quality_missing=np.maximum(expected - firm.quality, 0.0), property_here=firm.present.copy(),
        patrol=patrol / model.buildings_a_grid, sensor=np.minimum(levers.get("sensor_coverage"), 1.0),
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
        model.week_key("frictions"), counts)
    return counts


def settings(model: RunningModel) -> Table:
    """What holds in each community this week."""
    core, levers = model.state(Kind.CORE), model.levers
    owners, volunteers = model.state(Kind.OWNERS_COMMITTEE), model.state(Kind.VOLUNTEERS)
    lost = 1.0 - model.actors.owners_committee.captured_legitimacy
    week = np.zeros(len(core.manner), office.SETTINGS)
    week["regime"], week["record"] = int(model.regime), model.record_weight
    week["legitimacy"] = owners.legitimacy * (1.0 - lost * owners.captured)
    week["standing"] = volunteers.skill
    for name in office.LEVERS:
        if levers.touched(name):
            week[name] = levers.get(name)
    for name, own in (("manner", core.manner), ("authority", core.authority + core.handed_authority),
                      ("delegation", core.style)):
        week[name] = np.minimum(np.maximum(own + week[name], 0.0), 1.0)
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
    handling.work_week(room, model.week * WEEK_HOURS, (model.week + 1) * WEEK_HOURS)
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
