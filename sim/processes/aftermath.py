"""Part seven of the week: what came of it, and what people make of it."""

from __future__ import annotations

import numpy as np

from sim.population.columns import Float32, Float64, Int32
from sim.processes import acquaintance, experience, talk
from sim.processes.contacts import communities_apart
from sim.processes.participation import Attendance
from sim.processes.running import RunningModel
from sim.threads import Span, in_spans, large, side_by_side

_MONTH = 4


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
    week, x, levers, r = model.week, model.lessons, model.levers, model.residents
    offers, commons, book = model.opportunities.rows, model.commons, model.cases
    norm: Float32 = commons.norm
    norm *= np.float32(model.norm_kept)
    feedback = levers.get("feedback")
    experience.reap(
        r.skill, r.efficacy_own, r.autonomy, offers, attendance.first, attendance.resident, norm, r.building,
        model.building_adults, model.week_key("fruit"), levers.get("facilitation"), feedback, x)
    since, key = week - model.scenario.experience.silent_weeks, model.week_key("raise")
    side_by_side(
        len(r.key), lambda: _meet(model, attendance),
        lambda: experience.raise_silent(book.cases, book.heap, offers, key, since, week))
    left = np.zeros(model.places.communities)
    _hear_outcomes(model, feedback, left)
    talked = np.empty_like(r.efficacy)
    talk.friedkin_johnsen(model.ties, model.susceptibility, r.efficacy_own, r.efficacy, talked)
    in_spans(len(talked), lambda span: np.copyto(r.efficacy[slice(*span)], talked[slice(*span)]))
    if week % _MONTH == 0:
        _forget(model)
    return left


def _meet(model: RunningModel, came: Attendance) -> None:
    """Acquaintances made at gatherings, community by community; once in some weeks all fade a little."""
    ties, p, r = model.ties, model.scenario.participation, model.residents
    offers, key = model.opportunities.rows, model.week_key("mingle")
    start = model.scope("community").lo[offers["community"]]  # rises with the rows

    def mingle(span: Span) -> None:
        first, last = np.searchsorted(start, span).tolist()
        acquaintance.mingle(
            ties.event_neighbour, ties.event_strength, r.key, offers, came.first, came.resident, key,
            int(p.event_tie_strength), (first, last))

    def fade(span: Span) -> None:
        some = slice(*span)
        acquaintance.fade(ties.event_neighbour[some], ties.event_strength[some])

    in_spans(len(r.key), mingle)
    if model.week % max(1, round(p.event_tie_decay_weeks)) == 0:
        in_spans(len(r.key), fade)


def _hear_outcomes(model: RunningModel, feedback: Float64, left: Float64) -> None:
    """What cases that ended teach: community by community, if no tie crosses from one to another."""
    r, ties, book, key = model.residents, model.ties, model.cases, model.week_key("leave")
    order = experience.ended(book.cases)

    def hear(some: Int32) -> None:
        experience.hear_outcomes(book.cases, some, r, ties, book.desks, model.lessons, feedback, key, left)

    if not large(len(r.key)) or not communities_apart(model):
        hear(order)
        return
    # Those of a community that nobody lives in go with the last
    start = np.minimum(model.scope("community").lo[book.cases["community"][order]], len(r.key) - 1)
    in_spans(len(r.key), lambda span: hear(order[(start >= span[0]) & (start < span[1])]))


def _forget(model: RunningModel) -> None:
    good, bad = model.trust_prior
    kept = 1.0 - min(1.0, _MONTH * model.scenario.experience.forgetting)
    talk.forget(model.residents.trust_good, model.residents.trust_bad, good, bad, kept)
    between, actors = model.commons, model.actors
    trust = np.float32(actors.trust_between * actors.reputation_weight)
    rest = np.float32((1.0 - actors.trust_between) * actors.reputation_weight)
    between.between_good[:] = trust + np.float32(kept) * (between.between_good - trust)
    between.between_bad[:] = rest + np.float32(kept) * (between.between_bad - rest)
