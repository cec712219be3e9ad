"""The numbers of case handling in the form compiled kernels read: one tuple of floats and category arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.population.columns import Bool, Float64, Int32
from sim.processes.categories import CATEGORIES, shares
from sim.processes.parameters import CaseParameters, WorldParameters
from sim.rng import Streams


class Rules(NamedTuple):
    """Numbers of :class:`CaseParameters` under their own names, and the category table by column.

    Category arrays have one entry more than there are categories: the last is a task from above.
    """

    key: np.uint64
    """Key of the stream of handling draws."""
    hours: Float64
    authority: Float64
    conflict: Float64
    clarity: Float64
    gap: Float64
    overlap: Float64
    severity: Float64
    visibility: Float64
    sensor: Float64
    latent: Float64
    service: Float64
    shared: Bool
    between_neighbours: Bool
    geometry: Int32
    """0 neighbours, 1 building, 2 community, 3 household."""
    share: Float64
    """Cumulative share among potential frictions."""
    n_actors: Int32
    actors: Int32
    """(categories, most actors)"""
    tasks_hours: float
    latent_familiarity: float
    latent_norm: float
    latent_service: float
    report_intercept: float
    report_efficacy: float
    report_severity: float
    report_trust: float
    report_app: float
    report_leader: float
    report_delay: float
    report_delay_app: float
    nuisance_weeks: float
    shared_cost: float
    shared_households: int
    patrol_find: float
    sensor_delay: float
    accept_intercept: float
    accept_trust: float
    accept_clarity: float
    accept_load: float
    bounce_hours: float
    bounce_delay: float
    max_bounces: int
    prepare_hours: float
    meeting_hours: float
    attendance_delay: float
    max_meetings: int
    agree_intercept: float
    agree_authority: float
    agree_trust: float
    agree_fairness: float
    agree_conflict: float
    overhead: float
    deliver_intercept: float
    deliver_skill: float
    deliver_authority: float
    uncoordinated: float
    actor_authority: float
    self_authority: float
    missing_actor: float
    voice_meeting: float
    voice_file: float
    voice_alone: float
    fairness_holds: float
    record_hours: float
    return_delay: float
    max_returns: int
    escalate: float
    street_authority: float
    relapse: float
    relapse_delay: float
    patience: float


GEOMETRIES = ("neighbours", "building", "community", "household")


def make_rules(parameters: CaseParameters, world: WorldParameters, streams: Streams) -> Rules:
    """Gather the numbers of case handling.

    Parameters
    ----------
    parameters : CaseParameters
    world : WorldParameters
    streams : Streams

    Returns
    -------
    Rules
    """
    n = len(CATEGORIES)
    most = max(len(c.actors) for c in CATEGORIES)
    actors = np.full((n + 1, most), -1, np.int32)
    for i, category in enumerate(CATEGORIES):
        actors[i, : len(category.actors)] = [int(a) for a in category.actors]

    def column(name: str) -> Float64:
        return np.array([getattr(c, name) for c in CATEGORIES] + [0.0], float)

    cumulative, total = [], 0.0
    for share in shares(world.categories):
        total += share
        cumulative.append(total)
    columns = {name: column(name) for name in (
        "hours", "authority", "conflict", "clarity", "gap", "overlap", "severity", "visibility", "sensor", "latent",
        "service")}
    numbers = {name: getattr(parameters, name) for name in Rules._fields if name in CaseParameters.model_fields}
    return Rules(
        key=streams.key("handling"), **columns, **numbers,
        shared=np.array([c.shared for c in CATEGORIES] + [False]),
        between_neighbours=np.array([c.geometry == "neighbours" for c in CATEGORIES] + [False]),
        geometry=np.array([GEOMETRIES.index(c.geometry) for c in CATEGORIES] + [3], np.int32),
        share=np.array([*cumulative[:-1], 1.0]),
        n_actors=np.array([len(c.actors) for c in CATEGORIES] + [1], np.int32), actors=actors,
        tasks_hours=world.tasks_hours,
    )
