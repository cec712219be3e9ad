"""Who hears of what this week, and why who is inclined to come: the model's own rule, term by term.

Everything is worked out anew from the state at the moment of deciding, by the functions and with the draws of
:mod:`sim.processes.participation`; nothing is written to the model.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.jit import kernel
from sim.ledger.opportunities import Rows
from sim.ledger.records import picked
from sim.network.ties import Ties
from sim.numerics import logistic
from sim.population.columns import Float64, Int32, Int64, Residents, UInt8
from sim.processes import engagement
from sim.processes.environment import factor
from sim.processes.participation import MOST, Keys
from sim.processes.running import RunningModel
from sim.processes.screening import Exposure
from sim.processes.willingness import (
    Ears,
    Person,
    Weights,
    active_share,
    addressed,
    hearing,
    inclination,
    norm_term,
    word_of_mouth,
)
from sim.rng import combine, uniform
from sim.vocabulary import Stage

Int8 = npt.NDArray[np.int8]
Int16 = npt.NDArray[np.int16]

TERMS = (
    "intercept", "interest", "attachment", "efficacy", "norm", "members", "skill", "health", "habit",
    "fatigue", "time", "rung", "ease", "reward", "honour", "crowding", "autonomy", "voice", "digital")
"""What adds up to the inclination of :func:`sim.processes.willingness.inclination`, in this order."""
_N_TERMS = len(TERMS)

ROUTES = ("tie", "visit", "notice", "app")
"""Ways in which word comes round, in this order."""

_WEIGHED = 16
"""Offers a resident can weigh in one week, as in :mod:`sim.processes.participation`."""
_PUBLIC = int(Stage.PUBLIC_AFFAIRS)


class Room(NamedTuple):
    """Room for what the pass finds."""

    heard: UInt8
    """(N,) 1 for those who heard of anything."""
    offer_heard: Int64
    """(offers,) how many heard of each."""
    resident: Int32
    offer: Int32
    willing: UInt8
    route: UInt8
    """Likeliest way in which word came, of :data:`ROUTES`."""
    draw: Float64
    total: Float64
    """Inclination, in logits."""
    terms: Float64
    """(n, terms) what it is made of."""


def _terms(w: Weights, p: Person, o: Any, needed: float, out: Float64) -> None:
    """The summands of the inclination; those that an opportunity does not touch are 0."""
    out[0], out[1] = w.intercept, p.interest
    out[2] = w.attachment_weight * p.attachment * o.relevance
    out[3] = w.efficacy_weight * (p.efficacy - 0.5) * o.substance
    out[4], out[5] = w.norm_weight * p.norm, w.visible_member_weight * p.members
    out[6], out[7] = w.skill_weight * (p.skill - 0.3), w.health_weight * (p.health - 0.8)
    out[8], out[9] = w.habit_weight * p.habit, -w.fatigue_weight * p.fatigue
    out[10] = -w.time_weight * needed / max(p.hours, 0.25)
    out[11] = -w.rung_weight * max(np.int64(0), np.int64(o.level) - p.stage)
    out[12], out[13], out[14] = o.ease, w.reward_weight * o.reward, w.honour_weight * o.honour
    out[15] = -p.crowding
    public = o.level >= _PUBLIC
    out[16] = w.autonomy_weight * (p.autonomy - 0.5) if public else 0.0
    out[17] = w.voice_weight * (o.voice - 0.5) if public else 0.0
    out[18] = w.digital_weight * (p.digital - 0.5) if o.online else 0.0


def _route(w: Weights, p: Ears, o: Any) -> int:
    """Likeliest way in which word of an opportunity came."""
    chances = (
        p.word, w.hear_by_visit * p.visits,
        0.0 if o.online else o.notice + p.notice,
        (o.notice + p.app_access) * p.digital if o.online else p.app_access * p.digital * w.hear_app_offline)
    best = 0
    for k in range(1, 4):
        if chances[k] > chances[best]:
            best = k
    return best


# Compiled by a call and not by a decorator: the cache of the model's kernels (sim.jit) is named by the files
# that decorated functions stand in, and watching a run must not have the model compiled anew. Numba itself
# sees when this file changes, and only this one: nothing may be compiled in that stands in another file of
# this room.
_terms_of, _route_of = kernel(_terms), kernel(_route)


def _overhear(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, weights: Weights, exposure: Exposure,
    keys: Keys, hours_factor: float, audiences: Any, followed: UInt8, room: Room,
) -> int:
    """Pass over everyone as :func:`sim.processes.participation.decide` does; returns rows needed in ``room``.

    Rows are kept of those who are willing, and of the followed for everything they heard of.
    """
    near = np.empty(len(offers), np.int64)
    n, n_near, building = 0, 0, -1
    for i in range(len(r.age)):
        if r.building[i] != building:
            # Scopes and buildings are ranges of residents: only few offers reach into any one building
            building, stop, n_near = r.building[i], i, 0
            while stop < len(r.age) and r.building[stop] == building:
                stop += 1
            for j in range(community_first[r.community[i]], community_first[r.community[i] + 1]):
                if offers[j].lo < stop and offers[j].hi > i:
                    near[n_near] = j
                    n_near += 1
        if r.present[i] == 0 or r.age[i] < 18 or n_near == 0:
            continue
        key, c = r.key[i], r.community[i]
        hours = max(
            0.0, (1.0 + weights.hours_spread * (2.0 * uniform(keys.hours[c], key) - 1.0)) * r.free_hours[i]
            * hours_factor + exposure.free_hours[i])
        share, met = active_share(
            i, ties.first, ties.neighbour, ties.weight, ties.event_neighbour, ties.event_strength, r.active)
        p = Person(
            r.interest[i], r.attachment[i], r.efficacy[i], r.autonomy[i],
            norm_term(r.motive[i], r.norm_intercept[i], r.norm_slope[i], share),
            exposure.visible_members[r.building[i]], r.skill[i], r.health[i], r.digital[i], r.habit[i],
            r.fatigue[i], r.crowding[i], np.int64(r.stage[i]), hours,
            max(0.0, weights.distance_hours - exposure.distance[i]))
        ears = Ears(
            word_of_mouth(weights.hear_by_tie, met), exposure.notice[i], exposure.app_access[i],
            r.digital[i], exposure.visits[i] + exposure.core_visits[r.community[i]])
        weighed = 0
        for at in range(n_near):
            j = near[at]
            o = offers[j]
            if weighed == _WEIGHED or not addressed(o, i, audiences[i], r.membership[i], r.tenure[i]):
                continue
            needed = o.hours if o.online else o.hours + p.way
            if needed > hours:
                continue
            entity = combine(key, o.key)
            if uniform(keys.hear[c], entity) >= hearing(weights, ears, o):
                continue
            room.heard[i] = 1
            room.offer_heard[j] += 1
            v, u = inclination(weights, p, o, needed), uniform(keys.will[c], entity)
            willing = u < logistic(v)
            weighed += willing
            if not (willing or followed[i]):
                continue
            if n < len(room.resident):
                room.resident[n], room.offer[n] = i, j
                room.willing[n], room.route[n] = willing, _route_of(weights, ears, o)
                room.draw[n], room.total[n] = u, v
                _terms_of(weights, p, o, needed, room.terms[n])
            n += 1
    return n


_overheard = kernel(_overhear)


def make_room(residents: int, offers: int, rows: int) -> Room:
    """Empty room for so many residents, offers and rows."""
    return Room(
        np.zeros(residents, np.uint8), np.zeros(offers, np.int64), np.empty(rows, np.int32),
        np.empty(rows, np.int32), np.empty(rows, np.uint8), np.empty(rows, np.uint8), np.empty(rows),
        np.empty(rows), np.empty((rows, _N_TERMS)))


def overhear(model: RunningModel, followed: UInt8, rows: int = 256) -> Room:
    """What everyone hears of this week, and how the willing and the followed weigh it.

    To be called when institutions have decided and nobody has taken part yet. Offers are numbered in the
    order in which :func:`sim.processes.engagement.participate` is about to put them.

    Parameters
    ----------
    model : RunningModel
        Read only.
    followed : array of uint8, shape (N,)
        1 for residents of whom everything they heard is kept.
    rows : int
        Rows to make room for; more are made if needed.

    Returns
    -------
    Room
        Exactly as many rows as were found.
    """
    r, offers = model.residents, model.opportunities.rows
    offers = picked(offers, np.lexsort((offers["key"], offers["community"])))
    first = np.searchsorted(offers["community"], np.arange(model.places.communities + 1))
    keys = Keys(*(model.week_key(name) for name in ("hear", "will", "hours", "seats")))
    shown, hours_factor = engagement.exposure(model), factor(model.shocks, "free_hours_factor")
    while True:
        room = make_room(len(r.key), len(offers), rows)
        found = _overheard(
            r, model.ties, offers, first, model.weights, shown, keys, hours_factor,
            model.opportunities.audiences, followed, room)
        if found <= rows:
            return room._replace(**{name: getattr(room, name)[:found] for name in room._fields[2:]})
        rows = 2 * found


class Rounding(NamedTuple):
    """How decisions are written down."""

    total: float
    """Logits in a unit of the total."""
    term: float
    """Logits in a unit of a term."""
    kept_away: int
    """Bit of the flags of those who wanted to come and could not."""


def _whole(value: float, most: float) -> float:
    """The nearest whole number within ±``most``."""
    return min(max(np.floor(value + 0.5), -most), most)


_whole_of = kernel(_whole)


def _keep(
    room: Room, chosen: Int32, followed: UInt8, flags: UInt8, row: Int32, answer: UInt8, total: Int16,
    terms: Int8, rounding: Rounding,
) -> int:
    """Keep what the followed heard of, and what others came for; returns how many rows were kept.

    ``row`` is written with rows of ``room``; ``answer`` with 0 declined, 1 came, 2 could not come: these are
    also marked in ``flags``.
    """
    n = 0
    for d in range(len(room.resident)):
        i, came = room.resident[d], False
        for k in range(MOST):
            came = came or chosen[i, k] == room.offer[d]
        if room.willing[d] and not came:
            flags[i] |= np.uint8(rounding.kept_away)
        if not (came or followed[i]):
            continue
        row[n] = d
        answer[n] = 1 if came else 2 * room.willing[d]
        total[n] = _whole_of(room.total[d] / rounding.total, 32767.0)
        for k in range(terms.shape[1]):
            terms[n, k] = _whole_of(room.terms[d, k] / rounding.term, 127.0)
        n += 1
    return n


keep = kernel(_keep)
