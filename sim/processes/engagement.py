"""Part four of the week: opportunities meet residents."""

from __future__ import annotations

import numpy as np

from sim.numerics import LN2, exp
from sim.population.columns import Float32
from sim.processes import learning as lessons
from sim.processes import participation as kernels
from sim.processes.contacts import active_contacts, communities_apart
from sim.processes.parameters import ExperienceParameters, ParticipationParameters
from sim.processes.running import RunningModel
from sim.processes.screening import Exposure
from sim.processes.willingness import Weights


def weights(parameters: ParticipationParameters) -> Weights:
    """The numbers of the decision as kernels read them."""
    return Weights(*(getattr(parameters, name) for name in Weights._fields))


def exposure(model: RunningModel) -> Exposure:
    """This week's levers on hearing and control, and the core's own visits."""
    levers = model.levers
    return Exposure(
        levers.get("free_hours"), levers.get("notice"), levers.get("app_access"), levers.get("visits"),
        model.visits_a_resident(), levers.get("distance"), levers.get("visible_members"))


def half_life(weeks: float) -> float:
    """Share kept a week by something that halves in so many weeks."""
    return float(exp(-LN2 / weeks))


def learning(
    parameters: ParticipationParameters, experience: ExperienceParameters, compared: Float32
) -> lessons.Learning:
    """The numbers of learning by doing as kernels read them."""
    p = parameters
    return lessons.Learning(
        p.habit_step, half_life(p.habit_half_life), p.skill_step, half_life(p.skill_half_life),
        p.fatigue_step, 1.0 - p.fatigue_recovery, p.practice_to_climb, half_life(p.practice_half_life),
        p.practice_to_keep * p.practice_to_climb, p.practice_after, p.crowding_step,
        half_life(p.crowding_half_life),
        experience.attachment_gain, experience.attachment_rate, experience.attachment_autonomy, compared)


def participate(model: RunningModel, hours_factor: float) -> kernels.Attendance:
    """Let everyone hear, decide and come; the offers are put in the order of (community, key).

    Parameters
    ----------
    model : RunningModel
    hours_factor : float
        Factor of a shock on free hours.

    Returns
    -------
    Attendance
    """
    r, week = model.residents, model.week
    offers = model.opportunities.rows
    if len(offers) > 1:
        model.opportunities.reorder(np.lexsort((offers["key"], offers["community"])))
    first = np.searchsorted(offers["community"], np.arange(model.places.communities + 1))
    keys = kernels.Keys(*(model.week_key(name) for name in ("hear", "will", "hours", "seats")))
    chosen = model.chosen
    shown = exposure(model)
    contacts = active_contacts(model.ties, r.active, r.community if communities_apart(model) else None)
    takers = kernels.decide(
        r, model.ties, offers, first, model.weights, shown, keys, hours_factor, contacts,
        model.opportunities.audiences, chosen)
    attendance = kernels.attend(r, offers, chosen, takers, model.weights, shown, keys.seats)
    lessons.learn(r, offers, chosen, takers, week, model.learning)
    return attendance
