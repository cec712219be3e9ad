"""Who takes part: hearing, willingness (:mod:`sim.processes.willingness`), and a hard time budget.

A resident hears of an opportunity through notices, the app, active ties or visits; is willing if
``u(resident, opportunity) < σ(V)``; and fills the week's free hours by falling V, then key. Nothing here
knows age, sex or position.

Few take part. Each question is put only to those whom the one before has left: who might be willing at all
(:mod:`sim.processes.screening`), who of them hears of it, who of these wants to come and has the time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.opportunities import Rows
from sim.network.ties import Ties, UInt32
from sim.numerics import logistic
from sim.population.columns import Float32, Float64, Int32, Int64, Residents, UInt64
from sim.processes.contacts import Contacts, share_of
from sim.processes.screening import BLOCK, LAST_BIT, Exposure, block_end, offers_near, screen
from sim.processes.willingness import (
    Ears,
    Person,
    Weights,
    addressed,
    hearing,
    inclination,
    norm_term,
    word_of_mouth,
)
from sim.rng import Whole, combine, uniform
from sim.threads import Span, in_spans

MOST = 6
"""Opportunities a resident can take in one week."""
_HEARD = 16
"""Opportunities a resident can weigh in one week."""
_TOGETHER = 16 * BLOCK
"""Residents who are asked while their columns are still near from the screening."""


class Keys(NamedTuple):
    """Keys of this week's draws in each community, (C,) each."""

    hear: UInt64
    will: UInt64
    hours: UInt64
    seats: UInt64


class Heard(NamedTuple):
    """Who in a block hears of which offer, one row a pair, by resident and offer."""

    resident: Int32
    offer: Int32


class Wanted(NamedTuple):
    """What one resident wants to come to, by falling inclination; room for so many as one can weigh."""

    offer: Int32
    inclination: Float64


def decide(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, weights: Weights, exposure: Exposure,
    keys: Keys, hours_factor: float, contacts: Contacts, audiences: UInt32, chosen: Int32,
) -> Int32:
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
    contacts : Contacts
        Those who were active last week.
    audiences : array of uint32, shape (N,)
        Bit k − 1 is set for those whom this week's audience k holds.
    chosen : array of int32, shape (N, MOST)
        Written: offers each resident takes; −1 in the rest.

    Returns
    -------
    array of int32
        Residents who take any, ascending.
    """
    found: dict[Span, Int32] = {}

    def work(span: Span) -> None:
        found[span] = _decide(
            r, ties, offers, community_first, weights, exposure, keys, hours_factor, contacts, audiences,
            chosen, span)

    in_spans(len(r.key), work)
    return np.concatenate([found[span] for span in sorted(found)]) if len(found) > 1 else found.popitem()[1]


@lean_kernel
def _list_pairs(could: UInt64, near: Int32, n_near: int, lo: int, listed: Heard) -> int:
    """List who in the block from resident ``lo`` on might take which offer near it; returns how many.

    A row is written for every offer and kept if its bit is set: cheaper than to guess which are.
    """
    n = 0
    for k in range(len(could)):
        bits = could[k]
        if bits == 0:
            continue
        for q in range(n_near):
            listed.resident[n], listed.offer[n] = lo + k, near[q]
            n += int((bits >> np.uint64(min(q, LAST_BIT))) & np.uint64(1))
    return n


@lean_kernel
def _hear(
    r: Residents, offers: Rows, weights: Weights, e: Exposure, met: UInt32, audiences: UInt32, hear: Whole,
    n_listed: int, heard: Heard,
) -> int:
    """Keep of those listed who hear of the offer, if it is open to them.

    Parameters
    ----------
    r : Residents
    offers : records
    weights, e : Weights, Exposure
    met : array, shape (N,)
        Contacts who were active.
    audiences : array of uint32, shape (N,)
    hear : uint64
        Key of the block's draws of hearing this week.
    n_listed : int
        Rows of ``heard`` that :func:`_list_pairs` wrote.
    heard : Heard
        Read and written over.

    Returns
    -------
    int
        Rows kept.
    """
    n = 0
    for at in range(n_listed):
        i, j = heard.resident[at], heard.offer[at]
        o = offers[j]
        if not addressed(o, i, audiences[i], r.membership[i], r.tenure[i]):
            continue
        ears = Ears(
            word_of_mouth(weights.hear_by_tie, met[i]), e.notice[i], e.app_access[i], r.digital[i],
            e.visits[i] + e.core_visits[r.community[i]])
        if uniform(hear, combine(r.key[i], o.key)) < hearing(weights, ears, o):
            heard.resident[n], heard.offer[n] = i, j
            n += 1
    return n


@lean_kernel
def _weigh(
    r: Residents, ties: Ties, offers: Rows, weights: Weights, e: Exposure, will: Whole, spare: Whole,
    hours_factor: float, active: UInt32, heard: Heard, n_heard: int, wanted: Wanted, chosen: Int32,
    takers: Int32, n_takers: int,
) -> int:
    """Let those who heard of something weigh it, and fill their free hours with what they want most.

    Parameters
    ----------
    r : Residents
        ``hours`` is written.
    ties, offers, weights, e, hours_factor
        As in :func:`decide`.
    will, spare : uint64
        Keys of the block's draws of will and of free hours this week.
    active : array, shape (N,)
        Strength of ties to people who were active.
    heard, n_heard
        From :func:`_hear`.
    wanted : Wanted
        Written over.
    chosen : array of int32, shape (N, MOST)
        Written.
    takers : array of int32
        Written from ``n_takers`` on.
    n_takers : int

    Returns
    -------
    int
        Residents in ``takers`` now.
    """
    willing, value = wanted.offer, wanted.inclination
    at = 0
    while at < n_heard:
        i = heard.resident[at]
        key = r.key[i]
        hours = max(
            0.0, (1.0 + weights.hours_spread * (2.0 * uniform(spare, key) - 1.0)) * r.free_hours[i]
            * hours_factor + e.free_hours[i])
        share = share_of(i, ties.strength, ties.event_strength, active)
        person = Person(
            r.interest[i], r.attachment[i], r.efficacy[i], r.autonomy[i],
            norm_term(r.motive[i], r.norm_intercept[i], r.norm_slope[i], share),
            e.visible_members[r.building[i]], r.skill[i], r.health[i], r.digital[i], r.habit[i],
            r.fatigue[i], r.crowding[i], np.int64(r.stage[i]), hours,
            max(0.0, weights.distance_hours - e.distance[i]))
        n = 0
        while at < n_heard and heard.resident[at] == i:
            j = heard.offer[at]
            at += 1
            o = offers[j]
            needed = o.hours if o.online else o.hours + person.way
            if needed > hours or n == _HEARD:
                continue
            v = inclination(weights, person, o, needed)
            if uniform(will, combine(key, o.key)) < logistic(v):
                # Insertion by falling V; offers come by key, so equals stay in the order of their keys.
                k = n
                while k > 0 and value[k - 1] < v:
                    value[k], willing[k] = value[k - 1], willing[k - 1]
                    k -= 1
                value[k], willing[k] = v, j
                n += 1
        taken = 0
        for k in range(n):
            o = offers[willing[k]]
            needed = o.hours if o.online else o.hours + person.way
            if taken < MOST and needed <= hours:
                hours -= needed
                r.hours[i] += needed
                chosen[i, taken] = willing[k]
                taken += 1
        if taken > 0:
            takers[n_takers] = i
            n_takers += 1
    return n_takers


@kernel
def _decide(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, weights: Weights, exposure: Exposure,
    keys: Keys, hours_factor: float, contacts: Contacts, audiences: UInt32, chosen: Int32, span: Span,
) -> Int32:
    """:func:`decide` for the residents of one span, block by block."""
    start, end = span
    could = np.empty(_TOGETHER, np.uint64)
    r.hours[start:end] = 0.0
    chosen[start:end] = -1
    most = BLOCK * max(1, np.max(np.diff(community_first)))
    near, heard = np.empty(len(offers), np.int32), Heard(np.empty(most, np.int32), np.empty(most, np.int32))
    wanted = Wanted(np.empty(_HEARD, np.int32), np.empty(_HEARD))
    takers, n_takers = np.empty(end - start, np.int32), 0
    while start < end:
        lo, until = start, min(end, start + _TOGETHER)
        screen(
            r, ties, offers, community_first, weights, exposure, hours_factor, keys.will, contacts, start,
            until, could)
        while lo < until:
            c, hi = r.community[lo], block_end(r.community, lo, until)
            n_near = offers_near(offers, community_first[c], community_first[c + 1], lo, lo + BLOCK, near)
            if n_near > 0:
                n_listed = _list_pairs(could[lo - start : hi - start], near, n_near, lo, heard)
                n_heard = _hear(
                    r, offers, weights, exposure, contacts.number, audiences, keys.hear[c], n_listed, heard)
                n_takers = _weigh(
                    r, ties, offers, weights, exposure, keys.will[c], keys.hours[c], hours_factor,
                    contacts.strength, heard, n_heard, wanted, chosen, takers, n_takers)
            lo = hi
        start = until
    return takers[:n_takers].copy()


class Attendance(NamedTuple):
    """Who came: residents of offer ``j`` are ``resident[first[j]:first[j + 1]]``, ascending."""

    first: Int64
    resident: Int32


@kernel
def _attendance(chosen: Int32, takers: Int32, n_offers: int) -> tuple[Int64, Int32]:
    count = np.zeros(n_offers + 1, np.int64)
    for i in takers:
        for k in range(MOST):
            j = chosen[i, k]
            if j < 0:
                break
            count[j + 1] += 1
    for j in range(n_offers):
        count[j + 1] += count[j]
    resident = np.empty(count[n_offers], np.int32)
    at = count[:-1].copy()
    for i in takers:
        for k in range(MOST):
            j = chosen[i, k]
            if j < 0:
                break
            resident[at[j]] = i
            at[j] += 1
    return count, resident


@kernel
def _turn_away(
    person: UInt64, hours: Float32, offers: Rows, first: Int64, resident: Int32, chosen: Int32, key: UInt64,
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
            draws[at] = uniform(key[offers[j].community], combine(person[came[at]], offers[j].key))
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
    r: Residents, offers: Rows, chosen: Int32, takers: Int32, weights: Weights, exposure: Exposure,
    key: UInt64,
) -> Attendance:
    """Seat those who chose to come, and list them by opportunity.

    Parameters
    ----------
    r : Residents
    offers : records
    chosen : array of int32, shape (N, MOST)
        As written by :func:`decide`; those turned away are taken out.
    takers : array of int32
        As given by :func:`decide`.
    weights : Weights
    exposure : Exposure
    key : array of uint64, shape (C,)
        Keys of this week's draws for seats.

    Returns
    -------
    Attendance
    """
    first, resident = _attendance(chosen, takers, len(offers))
    distance = weights.distance_hours
    if _turn_away(r.key, r.hours, offers, first, resident, chosen, key, distance, exposure.distance):
        first, resident = _attendance(chosen, takers, len(offers))
    return Attendance(first, resident)
