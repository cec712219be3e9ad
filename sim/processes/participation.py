"""Who takes part: hearing, willingness (:mod:`sim.processes.willingness`), and a hard time budget.

One pass over residents. A resident hears of an opportunity through notices, the app, active ties or visits;
is willing if ``u(resident, opportunity) < σ(V)``; and fills the week's free hours by falling V, then key.
Nothing here knows age, sex or position.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel
from sim.ledger.opportunities import Rows
from sim.network.ties import Ties, UInt32
from sim.numerics import logistic
from sim.population.columns import Float32, Float64, Int32, Int64, Residents, UInt8, UInt64
from sim.processes.screening import BLOCK, LAST_BIT, Exposure, block_of, offers_near, screen, touch
from sim.processes.willingness import (
    Person,
    Weights,
    active_share,
    hearing,
    inclination,
    norm_term,
    word_of_mouth,
)
from sim.rng import Whole, combine, uniform
from sim.threads import Span, in_spans
from sim.vocabulary import MEMBERS_ONLY, OWNERS_ONLY, Activity, Stage, Tenure

MOST = 6
"""Opportunities a resident can take in one week."""
_HEARD = 16
"""Opportunities a resident can weigh in one week."""

_OWNER = int(Tenure.OWNER)
_PUBLIC = int(Stage.PUBLIC_AFFAIRS)
_VOTE = int(Activity.VOTE)


class Keys(NamedTuple):
    """Keys of this week's draws."""

    hear: np.uint64
    will: np.uint64
    hours: np.uint64
    seats: np.uint64


@kernel
def _person(
    i: int, r: Residents, share: float, word: float, hours: float, e: Exposure, distance: float
) -> Person:
    return Person(
        r.interest[i], r.attachment[i], r.efficacy[i], r.autonomy[i],
        norm_term(r.motive[i], r.norm_intercept[i], r.norm_slope[i], share), e.visible_members[r.building[i]],
        r.skill[i], r.health[i], r.digital[i], r.habit[i], r.fatigue[i], r.crowding[i], np.int64(r.stage[i]),
        hours, word, e.notice[i], e.app_access[i], e.visits[i] + e.core_visits[r.community[i]],
        max(0.0, distance - e.distance[i]))


def decide(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, weights: Weights, exposure: Exposure,
    keys: Keys, hours_factor: float, active: UInt8, audiences: UInt32, chosen: Int32,
) -> None:
    """Let every adult decide.

    Parameters
    ----------
    r : Residents
        ``hours`` is written.
    ties : Ties
    offers : records
        Sorted by (community, key).
    community_first : array, shape (C+1,)
        Range of offers of each community.
    weights : Weights
    exposure : Exposure
    keys : Keys
    hours_factor : float
        Factor of a shock on free hours.
    active : array of uint8, shape (N,)
        Who was active last week.
    audiences : array of uint32, shape (N,)
        Bit k − 1 is set for those whom this week's audience k holds.
    chosen : array of int32, shape (N, MOST)
        Written: offers each resident takes; −1 in the rest.
    """
    touched = touch(ties, active)
    in_spans(len(r.key), lambda span: _decide(
        r, ties, offers, community_first, weights, exposure, keys, hours_factor, active, touched, audiences,
        chosen, span))


@kernel
def _decide(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, weights: Weights, exposure: Exposure,
    keys: Keys, hours_factor: float, active: UInt8, touched: UInt8, audiences: UInt32, chosen: Int32,
    span: Span,
) -> None:
    """:func:`decide` for the residents of one span.

    Only those weigh an offer whom the screening has found to be willing enough if they hear of it.
    """
    lo, end = span
    could = np.empty(end - lo, np.uint64)
    screen(
        r, ties, offers, community_first, weights, exposure, hours_factor, keys.will, active, touched, lo,
        end, could)
    heard_offer = np.empty(_HEARD, np.int32)
    heard_value = np.empty(_HEARD, np.float64)
    near = np.empty(len(offers), np.int32)
    listed, n_near = -1, 0
    for i in range(lo, end):
        r.hours[i] = 0.0
        for k in range(MOST):
            chosen[i, k] = -1
        if could[i - lo] == 0:
            continue
        first = block_of(r.community, lo, i)
        if first != listed:
            listed, c = first, r.community[i]
            n_near = offers_near(
                offers, community_first[c], community_first[c + 1], first, first + BLOCK, near)
        key = r.key[i]
        hours = max(
            0.0, (1.0 + weights.hours_spread * (2.0 * uniform(keys.hours, key) - 1.0)) * r.free_hours[i]
            * hours_factor + exposure.free_hours[i])
        share, met = active_share(
            i, ties.first, ties.neighbour, ties.weight, ties.event_neighbour, ties.event_strength, active)
        word = word_of_mouth(weights.hear_by_tie, met)
        person = _person(i, r, share, word, hours, exposure, weights.distance_hours)
        n = 0
        for q in range(n_near):
            if (could[i - lo] >> np.uint64(min(q, LAST_BIT))) & np.uint64(1) == 0:
                continue
            j = near[q]
            o = offers[j]
            if i < o.lo or i >= o.hi or n == _HEARD:
                continue
            if o.audience > 0 and (audiences[i] >> np.uint32(o.audience - 1)) & np.uint32(1) == 0:
                continue
            if o.open_to == MEMBERS_ONLY and r.membership[i] == 0:
                continue
            if o.open_to == OWNERS_ONLY and r.tenure[i] != _OWNER:
                continue
            needed = o.hours if o.online else o.hours + person.way
            if needed > hours:
                continue
            entity = combine(key, o.key)
            if uniform(keys.hear, entity) >= hearing(weights, person, o):
                continue
            v = inclination(weights, person, o, needed)
            if uniform(keys.will, entity) < logistic(v):
                # Insertion by falling V; offers come by key, so equals stay in the order of their keys.
                at = n
                while at > 0 and heard_value[at - 1] < v:
                    heard_value[at], heard_offer[at] = heard_value[at - 1], heard_offer[at - 1]
                    at -= 1
                heard_value[at], heard_offer[at] = v, j
                n += 1
        taken = 0
        for k in range(n):
            o = offers[heard_offer[k]]
            needed = o.hours if o.online else o.hours + person.way
            if taken < MOST and needed <= hours:
                hours -= needed
                r.hours[i] += needed
                chosen[i, taken] = heard_offer[k]
                taken += 1


class Attendance(NamedTuple):
    """Who came: residents of offer ``j`` are ``resident[first[j]:first[j + 1]]``, ascending."""

    first: Int64
    resident: Int32


@kernel
def _attendance(chosen: Int32, n_offers: int) -> tuple[Int64, Int32]:
    count = np.zeros(n_offers + 1, np.int64)
    for i in range(chosen.shape[0]):
        for k in range(MOST):
            j = chosen[i, k]
            if j < 0:
                break
            count[j + 1] += 1
    for j in range(n_offers):
        count[j + 1] += count[j]
    resident = np.empty(count[n_offers], np.int32)
    at = count[:-1].copy()
    for i in range(chosen.shape[0]):
        for k in range(MOST):
            j = chosen[i, k]
            if j < 0:
                break
            resident[at[j]] = i
            at[j] += 1
    return count, resident


@kernel
def _turn_away(
    person: UInt64, hours: Float32, offers: Rows, first: Int64, resident: Int32, chosen: Int32, key: Whole,
    distance: float, saved: Float64,
) -> bool:
    """Where more come than there are seats, those with the larger draw go home and keep their hours."""
    full = False
    for j in range(len(offers)):
        n = first[j + 1] - first[j]
        if n <= offers[j].seats:
            continue
        full = True
        came = resident[first[j] : first[j + 1]]
        draws = np.empty(n)
        for at in range(n):
            draws[at] = uniform(key, combine(person[came[at]], offers[j].key))
        for at in range(n):
            before = 0
            for other in range(n):
                before += draws[other] < draws[at] or (draws[other] == draws[at] and other < at)
            if before < offers[j].seats:
                continue
            i = came[at]
            way = 0.0 if offers[j].online else max(0.0, distance - saved[i])
            hours[i] -= offers[j].hours + way
            kept = 0
            for k in range(MOST):
                if chosen[i, k] != j:
                    chosen[i, kept] = chosen[i, k]
                    kept += 1
            while kept < MOST:
                chosen[i, kept] = -1
                kept += 1
    return full


def attend(
    r: Residents, offers: Rows, chosen: Int32, weights: Weights, exposure: Exposure, key: np.uint64
) -> Attendance:
    """Seat those who chose to come, and list them by opportunity.

    Parameters
    ----------
    r : Residents
    offers : records
    chosen : array of int32, shape (N, MOST)
        As written by :func:`decide`; those turned away are taken out.
    weights : Weights
    exposure : Exposure
    key : uint64
        Key of this week's draws for seats.

    Returns
    -------
    Attendance
    """
    first, resident = _attendance(chosen, len(offers))
    distance = weights.distance_hours
    if _turn_away(r.key, r.hours, offers, first, resident, chosen, key, distance, exposure.distance):
        first, resident = _attendance(chosen, len(offers))
    return Attendance(first, resident)


class Learning(NamedTuple):
    """What a week does to habit, skill, fatigue, practice and motive; decays are shares kept a week."""

    habit_step: float
    habit_kept: float
    skill_step: float
    skill_kept: float
    fatigue_step: float
    fatigue_kept: float
    practice_to_climb: float
    practice_kept: float
    practice_to_keep: float
    practice_after: float
    crowding_step: float
    crowding_kept: float
    attachment_gain: float
    attachment_rate: float
    attachment_autonomy: float
    compared: Float32
    """(policies,) 1 for a policy whose own events the verdicts leave out."""


@kernel
def learn(r: Residents, offers: Rows, chosen: Int32, week: int, x: Learning) -> None:
    """Update all after the week: habit, skill, fatigue, crowding-out, the ladder, attachment, the marks.

    Parameters
    ----------
    r : Residents
        Written.
    offers : records
    chosen : array of int32, shape (N, MOST)
    week : int
    x : Learning
    """
    for i in range(len(r.age)):
        r.habit[i] *= x.habit_kept
        r.skill[i] *= x.skill_kept
        r.crowding[i] *= x.crowding_kept
        r.practice[i] *= x.practice_kept
        r.fatigue[i] *= x.fatigue_kept
        r.stay[i] += 1.0 / 52.0
        goal = min(1.0, max(0.0, r.attachment_home[i] + x.attachment_autonomy * (r.autonomy[i] - 0.5)))
        r.attachment[i] += x.attachment_rate * (goal - r.attachment[i])
        r.active[i] = 0
        for k in range(MOST):
            j = chosen[i, k]
            if j < 0:
                break
            o = offers[j]
            if o.activity == _VOTE:
                continue  # a ballot brought to the door is counted as turnout, not as taking part
            r.active[i] = 1
            r.last_any[i] = week
            if o.policy < 0 or x.compared[o.policy] == 0.0:
                r.last_other[i] = week
                if o.level >= _PUBLIC:
                    r.last_public[i] = week
            r.habit[i] += x.habit_step * (1.0 - r.habit[i])
            r.skill[i] += min(1.0, x.skill_step * o.hours) * (1.0 - r.skill[i])
            r.fatigue[i] = min(1.0, r.fatigue[i] + x.fatigue_step * o.hours)
            r.crowding[i] += x.crowding_step * o.reward
            r.attachment[i] += x.attachment_gain * (1.0 - r.attachment[i])
            if o.level >= r.stage[i]:
                r.practice[i] += 1.0
        if r.practice[i] >= x.practice_to_climb and r.stage[i] < 3:
            r.stage[i] += 1
            r.practice[i] = x.practice_after * x.practice_to_climb
        elif r.practice[i] < x.practice_to_keep and r.stage[i] > 0:
            r.stage[i] -= 1
            r.practice[i] = x.practice_after * x.practice_to_climb
