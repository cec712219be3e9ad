"""What people make of it: reputations, efficacy, autonomy, talk, and leaving.

Bad experience weighs more than good, hearsay less than experience; talk is Friedkin–Johnsen averaging
anchored in each person's own experience.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.cases import NOBODY, Heap, Table
from sim.ledger.opportunities import Rows
from sim.network.ties import EVENT_SLOTS, Ties
from sim.numerics import logistic
from sim.population.columns import Float32, Float64, Int32, Int64, Residents, UInt64
from sim.processes.categories import TASK
from sim.processes.queues import ARRIVE, GONE, NO_EVENT, push
from sim.rng import Whole, combine, uniform
from sim.vocabulary import CLOCK_HOURS, WEEK_HOURS, Channel, Kind, Status, Tenure

_SILENT, _RESOLVED = int(Status.SILENT), int(Status.RESOLVED)
_COMMITTEE, _CORE, _STREET = int(Kind.RESIDENTS_COMMITTEE), int(Kind.CORE), int(Kind.STREET)
_RENTER = int(Tenure.RENTER)
BY_NEIGHBOURS = int(Channel.NEIGHBOUR)
"""Channel of a case that a forum brought into the open."""
OPEN = int(Status.OPEN)


class Lessons(NamedTuple):
    """Numbers of :class:`sim.processes.parameters.ExperienceParameters` that kernels read."""

    good_step: float
    bad_step: float
    hearsay_step: float
    efficacy_step: float
    witness_step: float
    wait_half: float
    autonomy_step: float
    leave_intercept: float
    leave_trust: float
    leave_renter: float
    outcome_weight: float
    content: float
    silent_blame: float
    silent_efficacy: float
    file_voice: float
    gathering_step: float
    feedback_witness: float
    fruit_intercept: float
    fruit_skill: float
    fruit_size: float
    fruit_full: float


@kernel
def _toward(value: float, goal: float, step: float) -> float:
    return value + step * (goal - value)


@lean_kernel
def _judge(column: Float32, ties: Ties, i: int, kind: int, step: float, hearsay: float) -> None:
    """Add an experience of one kind of institution to a reputation, own and by hearsay to contacts.

    ``column`` is α for a good experience and β for a bad one.
    """
    column[i, kind] += step
    heard = step * hearsay
    if heard <= 0.0:
        return
    for e in range(ties.first[i], ties.first[i + 1]):
        column[ties.neighbour[e], kind] += heard
    for k in range(EVENT_SLOTS):
        if ties.event_strength[i, k] > 0:
            column[ties.event_neighbour[i, k], kind] += heard


@kernel
def satisfaction(
    solved: bool, waited: float, fairness: float, wait_half: float, outcome_weight: float
) -> float:
    """Satisfaction of a complainant, 0 to 1.

    Parameters
    ----------
    solved : bool
    waited : float
        Working hours from being found to the end.
    fairness : float
        Felt fairness, 0 to 1.
    wait_half : float
        Wait that halves it.
    outcome_weight : float
        Weight of the outcome; the rest is that of fairness.
    """
    outcome = outcome_weight if solved else 0.0
    return (outcome + (1.0 - outcome_weight) * fairness) * wait_half / (wait_half + waited)


@lean_kernel
def hear_outcomes(
    c: Table, order: Int32, r: Residents, ties: Ties, desks: Table, x: Lessons, feedback: Float64,
    leave_key: UInt64, left: Float64,
) -> None:
    """Parties of cases that ended draw their conclusions; witnesses draw weaker ones.

    Parameters
    ----------
    c : array of :data:`sim.ledger.cases.CASE`
        ``satisfaction`` and ``told`` are written.
    order : array of int32
        Slots of these cases, as :func:`ended` gives them; of some communities only, if no tie crosses from
        these to others.
    r : Residents
        Written.
    ties : Ties
    desks : array of :data:`sim.ledger.cases.DESK`
    x : Lessons
    feedback : array, shape (C,)
        Share of outcomes told back.
    leave_key : array of uint64, shape (C,)
        Keys of this week's draws of leaving.
    left : array, shape (C,)
        Written: residents who left.
    """
    for at in range(len(order)):
        i = order[at]
        a = c[i].party_a
        c[i].told = 1
        if a < 0 or c[i].category == TASK:
            continue
        solved = c[i].status == _RESOLVED
        heard = c[i].found >= 0.0
        waited = max(0.0, c[i].closed - c[i].opened) if heard else 0.0
        if heard:
            s = satisfaction(solved, waited, c[i].fairness, x.wait_half, x.outcome_weight)
            c[i].satisfaction = s
        else:
            s = 0.0
        goal = 1.0 if solved else 0.0
        speed = x.efficacy_step * (x.wait_half / (x.wait_half + waited) if solved else 1.0)
        if not heard:
            speed *= x.silent_efficacy  # lumped in silence: nobody refused, but nothing was solved
        for party in (a, c[i].party_b):
            if party < 0:
                continue
            r.efficacy_own[party] = _toward(r.efficacy_own[party], goal, speed)
            if heard:
                voice = 0.0 if c[i].by_core else c[i].fairness if c[i].meetings > 0 else x.file_voice
                r.autonomy[party] = _toward(r.autonomy[party], voice, x.autonomy_step)
        if heard:
            if s > x.content:
                _judge_all(c, r.trust_good, desks, ties, i, a, x.good_step, x.hearsay_step)
            else:
                _judge_all(c, r.trust_bad, desks, ties, i, a, x.bad_step, x.hearsay_step)
            told = x.witness_step * (1.0 + x.feedback_witness * feedback[c[i].community])
            _tell(r.efficacy_own, ties, a, goal, min(1.0, told))
        else:
            _judge(r.trust_bad, ties, a, _COMMITTEE, x.silent_blame * x.bad_step, x.hearsay_step)
        if not solved and r.daytime[a] == 0:
            _maybe_leave(r, c, i, a, leave_key[c[i].community], x, left)


@kernel
def ended(c: Table) -> Int32:
    """Slots of cases that ended and are not told yet, by (time, key).

    Parameters
    ----------
    c : array of :data:`sim.ledger.cases.CASE`
    """
    order, n = np.empty(len(c), np.int32), 0
    for i in range(len(c)):
        if c[i].used and not c[i].told and c[i].ended_week >= 0:
            order[n] = i
            n += 1
    # Shell's sort: no two cases share a key, so that every way of sorting gives the same order.
    gap = n // 2
    while gap > 0:
        for k in range(gap, n):
            i, at = order[k], k
            while at >= gap and _later(c, order[at - gap], i):
                order[at] = order[at - gap]
                at -= gap
            order[at] = i
        gap = gap // 2 if gap < 5 else gap * 5 // 11
    return order[:n].copy()


@lean_kernel
def _later(c: Table, i: int, j: int) -> bool:
    return c[i].born > c[j].born or (c[i].born == c[j].born and c[i].key > c[j].key)


@lean_kernel
def _judge_all(
    c: Table, column: Float32, desks: Table, ties: Ties, i: int, a: int, step: float, hearsay: float,
) -> None:
    """Judge who handled it: fully who convened, did it all or took it over; the others by equal parts.

    Where nobody has worked on it yet, the desk that it came to last is judged.
    """
    kinds = column.shape[1]
    whole = np.int64(0)
    if c[i].convenor >= 0:
        whole |= np.int64(1) << desks[c[i].convenor].kind
    if c[i].by_core:
        whole |= np.int64(1) << _CORE
    if c[i].up:
        whole |= np.int64(1) << _STREET
    parts = np.int64(c[i].acted) & ~whole
    if whole == 0 and parts == 0:
        parts = np.int64(1) << np.int64(c[i].last_kind)
    n = np.int64(0)
    for k in range(kinds):
        n += (parts >> k) & 1
    for k in range(kinds):
        if (whole >> k) & 1:
            _judge(column, ties, a, k, step, hearsay)
        elif (parts >> k) & 1:
            _judge(column, ties, a, k, step / n, hearsay)


@lean_kernel
def _tell(anchor: Float32, ties: Ties, i: int, goal: float, step: float) -> None:
    for e in range(ties.first[i], ties.first[i + 1]):
        j = ties.neighbour[e]
        anchor[j] = _toward(anchor[j], goal, step)
    for k in range(EVENT_SLOTS):
        if ties.event_strength[i, k] > 0:
            j = ties.event_neighbour[i, k]
            anchor[j] = _toward(anchor[j], goal, step)


@lean_kernel
def _maybe_leave(r: Residents, c: Table, i: int, a: int, key: Whole, x: Lessons, left: Float64) -> None:
    trust = r.trust_good[a, _COMMITTEE] / (r.trust_good[a, _COMMITTEE] + r.trust_bad[a, _COMMITTEE])
    v = x.leave_intercept + x.leave_trust * (0.5 - trust) - r.attachment[a]
    if r.tenure[a] == _RENTER:
        v += x.leave_renter
    if uniform(key, combine(r.key[a], c[i].key)) < logistic(v):
        home = r.dwelling[a]
        lo = a
        while lo > 0 and r.dwelling[lo - 1] == home:
            lo -= 1
        while lo < len(r.age) and r.dwelling[lo] == home:
            if r.present[lo]:
                left[r.community[lo]] += 1
            r.present[lo] = 0
            r.active[lo] = 0
            lo += 1


@lean_kernel
def reap(
    skill_of: Float32, efficacy_own: Float32, autonomy: Float32, offers: Rows, first: Int64, resident: Int32,
    norm: Float32, building_of: Int32, building_size: Float64, key: UInt64, facilitation: Float64,
    feedback: Float64, x: Lessons,
) -> None:
    """What came of each opportunity, and what its participants learn from it.

    A gathering bears fruit with a chance that rises with participants' skill, facilitation and its own
    substance; without substance it never does. Agreed rules of conduct take root in the buildings of those
    who took part, by the share of the building that was there and had a say.

    Parameters
    ----------
    skill_of, efficacy_own, autonomy : arrays, shape (N,)
        Residents'; the last two are written.
    offers : records
        ``attended``, ``skill_sum`` and ``fruitful`` are written.
    first, resident : arrays
        Columns of :class:`sim.processes.participation.Attendance`.
    norm : array, shape (B,)
        Written.
    building_of : array, shape (N,)
    building_size : array, shape (B,)
        Adults in each building.
    key : array of uint64, shape (C,)
        Keys of this week's draws.
    facilitation, feedback : arrays, shape (C,)
        Skill added by policies, and share of outcomes told back.
    x : Lessons
    """
    for j in range(len(offers)):
        n = first[j + 1] - first[j]
        offers[j].attended = n
        if n == 0:
            continue
        skill = 0.0
        for at in range(first[j], first[j + 1]):
            skill += skill_of[resident[at]]
        offers[j].skill_sum = skill
        able = min(1.0, skill / n + facilitation[offers[j].community])
        v = x.fruit_intercept + x.fruit_skill * able + x.fruit_size * min(1.0, n / x.fruit_full)
        fruitful = uniform(key[offers[j].community], offers[j].key) < logistic(v) * offers[j].substance
        offers[j].fruitful = fruitful
        goal = 1.0 if fruitful else 0.0
        # Someone who hears what became of it learns from it as from a case of one's own.
        told = min(max(feedback[offers[j].community], 0.0), 1.0)
        step = x.efficacy_step * (x.gathering_step + (1.0 - x.gathering_step) * told)
        for at in range(first[j], first[j + 1]):
            i = resident[at]
            efficacy_own[i] = _toward(efficacy_own[i], goal, step)
            autonomy[i] = _toward(autonomy[i], offers[j].voice, x.autonomy_step * x.gathering_step)
            if fruitful and offers[j].norm > 0.0:
                b = building_of[i]
                gain = offers[j].norm * offers[j].voice / max(1.0, building_size[b])
                norm[b] = min(1.0, norm[b] + gain * (1.0 - norm[b]))


@kernel
def raise_silent(c: Table, heap: Heap, offers: Rows, key: UInt64, until: int, week: int) -> int:
    """Fruitful forums bring silent cases of their scope into the open; returns how many.

    They arrive at their first desk next Monday morning.

    Parameters
    ----------
    c, heap : array of :data:`sim.ledger.cases.CASE`, Heap
        Written.
    offers : records
    key : array of uint64, shape (C,)
        Keys of this week's draws.
    until : int
        Only cases silent since this week or later can be raised.
    week : int
    """
    first, following, found = np.full(len(key), -1, np.int32), np.empty(len(offers), np.int32), False
    for j in range(len(offers) - 1, -1, -1):
        if offers[j].forum > 0.0 and offers[j].fruitful > 0:
            following[j] = first[offers[j].community]
            first[offers[j].community] = j
            found = True
    return _raise(c, heap, offers, first, following, key, until, week) if found else 0


@lean_kernel
def _raise(
    c: Table, heap: Heap, offers: Rows, first: Int32, following: Int32, key: UInt64, until: int, week: int
) -> int:
    """:func:`raise_silent` by the forums of each community: its ``first``, and the one that follows each."""
    n, monday = 0, (week + 1) * WEEK_HOURS
    for i in range(len(c)):
        if not c[i].used or c[i].status != _SILENT or c[i].found >= 0.0:
            continue
        if c[i].party_a < 0 or c[i].next_event != NO_EVENT:
            continue
        if c[i].ended_week < until or c[i].holder != NOBODY or c[i].phase != GONE:
            continue
        at = first[c[i].community]
        while at >= 0:
            o = offers[at]
            at = following[at]
            if not o.lo <= c[i].party_a < o.hi:
                continue
            if uniform(combine(key[o.community], o.key), c[i].key) < o.forum:
                # clock_time would give the end of Friday, before what came about at the weekend
                c[i].found, c[i].found_clock = monday, (week + 1) * CLOCK_HOURS + 9.0
                c[i].channel, c[i].status, c[i].ended_week = BY_NEIGHBOURS, OPEN, -1
                push(c, heap, monday, i, ARRIVE)
                n += 1
                break
    return n
