"""The day before the first week: people and their ties, then the institutions of their communities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ledger.budget import Budget
from sim.ledger.opportunities import OPPORTUNITY
from sim.network.builders import build_ties
from sim.network.ties import Ties
from sim.plugins import own_institutions
from sim.population.columns import Population
from sim.population.csv_import import read_csv
from sim.population.section import Section
from sim.population.synthesis import synthesize
from sim.processes.running import RunningModel
from sim.processes.staffing import make_case_book
from sim.rng import Streams
from sim.scenario.schema import Scenario
from sim.state import State, make_institutions
from sim.vocabulary import Kind


def settle(scenario: Scenario, seeds: Sequence[int], section: Section | None) -> tuple[Population, Ties]:
    """People and their ties in a district or one section of it.

    Parameters
    ----------
    scenario : Scenario
    seeds : sequence of int
        Of several, a district for each, one after the other.
    section : Section, optional
    """
    s = scenario
    streams = Streams(seeds[0]) if len(seeds) == 1 else [Streams(seed) for seed in seeds]
    if s.population_path is not None:
        population = read_csv(s.population_path, s.places, s.population, streams)
    else:
        population = synthesize(s.places, s.population, streams, section)
    arrived = population.residents
    arrived.skill_home[:], arrived.autonomy_home[:] = arrived.skill, arrived.autonomy
    return population, build_ties(population, s.located_ties(), streams, s.population)


def furnish(model: RunningModel, state: State, scenario: Scenario) -> None:
    """Institutions, budget, desks and empty ledgers, into a state that has people and ties.

    Parameters
    ----------
    model : RunningModel
        Whose ``state_`` this is.
    state : State
        Written.
    scenario : Scenario
    """
    make_institutions(model, state)
    n = model.places.communities
    lo, hi = model.places.resident_range("community")
    state.budget = Budget(n, scenario.budget.weekly * (hi - lo) / 1000.0, scenario.budget.carry_weeks)
    present = {kind: np.ones(n, bool) for kind in Kind}
    for kind in (Kind.PROPERTY, Kind.OWNERS_COMMITTEE, Kind.SOCIAL_ORGANIZATION, Kind.MEDIATION):
        present[kind] = model.state(kind).present > 0
    present[Kind.PARTNER_UNIT] = model.state(Kind.PARTNER_UNIT).number > 0
    workers = model.state(Kind.GRID_WORKER).workers
    state.cases = make_case_book(model.places, present, workers)
    state.last_offers = np.zeros(0, OPPORTUNITY)
    for own in own_institutions():
        state.parts[own.part] = own.found(model)
