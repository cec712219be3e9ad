"""Part seven of the week: what came of it, and what people make of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel
from sim.ledger.cases import Heap, Table
from sim.ledger.opportunities import Rows
from sim.network.ties import Ties
from sim.population.columns import Float32, Float64, Residents, UInt64
from sim.processes import acquaintance, experience, talk
from sim.processes.experience import Lessons
from sim.processes.participation import Attendance
from sim.processes.running import RunningModel

_MONTH = 4


class Keys(NamedTuple):
    """Keys of this week's draws in each community, (C,) each."""

    fruit: UInt64
    mingle: UInt64
    voices: UInt64
    leave: UInt64


class Means(NamedTuple):
    """Numbers and levers of this week."""

    lessons: Lessons
    norm_kept: float
    """Share of agreed rules of conduct kept a week."""
    building_adults: Float64
    """(B,)"""
    facilitation: Float64
    """(C,)"""
    feedback: Float64
    """(C,)"""
    tie_strength: int
    fades: bool
    """Whether ties met at events lose a unit of strength this week."""
    raised_since: int
    """Only cases silent since this week or later can be raised."""


@kernel
def _learn(
    r: Residents, ties: Ties, offers: Rows, came: Attendance, norm: Float32, cases: Table, desks: Table,
    heap: Heap, week: int, m: Means, keys: Keys, left: Float64,
) -> None:
    """The steps below in one compiled call: handing over residents' columns is most of the cost of each."""
    for b in range(len(norm)):
        norm[b] *= np.float32(m.norm_kept)
    experience.reap(
        r, offers, came.first, came.resident, norm, r.building, m.building_adults, keys.fruit,
        m.facilitation, m.feedback, m.lessons)
    acquaintance.mingle(
        ties.event_neighbour, ties.event_strength, r.key, offers, came.first, came.resident, keys.mingle,
        m.tie_strength)
    if m.fades:
        acquaintance.fade(ties.event_neighbour, ties.event_strength)
    experience.raise_silent(cases, heap, offers, keys.voices, m.raised_since, week)
    experience.hear_outcomes(
        cases, r, ties, desks, week, m.lessons, m.feedback, keys.leave, left)


def learn_from_week(model: RunningModel, attendance: Attendance) -> Float64:
    """Outcomes of gatherings and cases, new acquaintances, talk, forgetting.

    Parameters
    ----------
    model : RunningModel
    attendance : Attendance

    Returns
    -------
    array, shape (C,)
        Residents who left after bad experience.
    """
    week, s, levers = model.week, model.scenario, model.levers
    fading = max(1, round(s.participation.event_tie_decay_weeks))
    means = Means(
        model.lessons, model.norm_kept, model.building_adults, levers.get("facilitation"),
        levers.get("feedback"), int(s.participation.event_tie_strength),
        week % fading == 0, week - s.experience.silent_weeks)
    keys = Keys(*(model.week_key(name) for name in ("fruit", "mingle", "raise", "leave")))
    left = np.zeros(model.places.communities)
    _learn(
        model.residents, model.ties, model.opportunities.rows, attendance, model.commons.norm,
        model.cases.cases, model.cases.desks, model.cases.heap, week, means, keys, left)
    r = model.residents
    talked = np.empty_like(r.efficacy)
    talk.friedkin_johnsen(model.ties, model.susceptibility, r.efficacy_own, r.efficacy, talked)
    r.efficacy[:] = talked
    if week % _MONTH == 0:
        _forget(model)
    return left


def _forget(model: RunningModel) -> None:
    good, bad = model.trust_prior
    kept = 1.0 - min(1.0, _MONTH * model.scenario.experience.forgetting)
    talk.forget(model.residents.trust_good, model.residents.trust_bad, good, bad, kept)
    between, actors = model.commons, model.actors
    trust = np.float32(actors.trust_between * actors.reputation_weight)
    rest = np.float32((1.0 - actors.trust_between) * actors.reputation_weight)
    between.between_good[:] = trust + np.float32(kept) * (between.between_good - trust)
    between.between_bad[:] = rest + np.float32(kept) * (between.between_bad - rest)
