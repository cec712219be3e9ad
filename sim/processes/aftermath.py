"""Part seven of the week: what came of it, and what people make of it."""

from __future__ import annotations

import numpy as np

from sim.population.columns import Float64
from sim.processes import acquaintance, experience, queues
from sim.processes.participation import Attendance
from sim.processes.running import RunningModel
from sim.vocabulary import CLOCK_HOURS, WEEK_HOURS

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
    r, ties, week, streams = model.residents, model.ties, model.week, model.streams
    p, offers = model.scenario.experience, model.opportunities.rows
    model.commons.norm[:] *= np.float32(model.norm_kept)
    experience.reap(
        r, offers, attendance.first, attendance.resident, model.commons.norm, r.building,
        model.building_adults, streams.week_key("fruit", week), p.fruit_intercept, p.fruit_skill,
        p.fruit_size, model.levers.get("facilitation"), model.lessons)
    acquaintance.mingle(
        ties.event_neighbour, ties.event_strength, r.key, offers, attendance.first, attendance.resident,
        streams.week_key("mingle", week), int(model.scenario.participation.event_tie_strength))
    if week % max(1, round(model.scenario.participation.event_tie_decay_weeks)) == 0:
        acquaintance.fade(ties.event_neighbour, ties.event_strength)
    _raise_silent(model)
    left = np.zeros(model.places.communities)
    book = model.cases
    experience.hear_outcomes(
        book.cases, r, ties, model.rules.actors, model.rules.category["n_actors"], week, model.lessons,
        streams.week_key("leave", week), left)
    talked = np.empty_like(r.efficacy)
    experience.friedkin_johnsen(
        ties.first, ties.neighbour, ties.weight, ties.event_neighbour, ties.event_strength,
        model.susceptibility, r.efficacy_own, r.efficacy, talked)
    r.efficacy[:] = talked
    if week % _MONTH == 0:
        _forget(model)
    return left


def _raise_silent(model: RunningModel) -> None:
    """Forums bring silent cases into the open: they arrive at their first desk next Monday morning."""
    cases, heap = model.cases.cases, model.cases.heap
    slots = np.empty(model.cases.capacity, np.int32)
    week = model.week
    n = experience.raise_silent(
        cases, model.opportunities.rows, model.streams.week_key("raise", week),
        week - model.scenario.experience.silent_weeks, slots)
    for i in slots[:n].tolist():
        monday = (week + 1) * WEEK_HOURS
        row = cases[i]
        # clock_time would give the end of Friday, before what came about at the weekend
        row["found"], row["found_clock"] = monday, (week + 1) * CLOCK_HOURS + 9.0
        row["channel"] = experience.BY_NEIGHBOURS
        row["status"], row["ended_week"] = experience.OPEN, -1
        queues.push(cases, heap, monday, i, queues.ARRIVE)


def _forget(model: RunningModel) -> None:
    good, bad = model.trust_prior
    kept = 1.0 - min(1.0, _MONTH * model.scenario.experience.forgetting)
    experience.forget(model.residents.trust_good, model.residents.trust_bad, good, bad, kept)
    between = model.commons
    trust = np.float32(model.actors.trust_between * 4.0)
    rest = np.float32((1.0 - model.actors.trust_between) * 4.0)
    between.between_good[:] = trust + np.float32(kept) * (between.between_good - trust)
    between.between_bad[:] = rest + np.float32(kept) * (between.between_bad - rest)
