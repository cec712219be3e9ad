"""Who could come at all: a quick upper bound of everyone's inclination, before anybody is asked.

Few are willing. A resident whose draw lies above the willingness that the most free hours would give stays at
home whatever they hear, so :mod:`sim.processes.participation` weighs only the others. Draws are keyed, hence
the screening changes no result. It runs in plain loops over a block of neighbours, which the compiler turns
into vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.opportunities import Rows
from sim.network.ties import Ties, UInt32
from sim.numerics import logistic
from sim.population.columns import Float32, Float64, Int32, Int64, Residents, UInt8, UInt64
from sim.processes.contacts import Contacts, share_of
from sim.processes.willingness import Weights, norm_term
from sim.rng import Whole, combine, uniform
from sim.vocabulary import Stage

BLOCK = 256
"""Residents, neighbours of each other, who are screened together."""

LAST_BIT = 63
"""Bit that stands for all offers near a block from the 64th on: these are not screened."""

_PUBLIC = int(Stage.PUBLIC_AFFAIRS)
_REST = np.uint64(1 << LAST_BIT)
_NEVER = -1000.0
"""Inclination of children and of those who have left."""
_SLACK = 1e-9
"""Logits; far more than rounding can move a sum of a dozen terms."""


class Exposure(NamedTuple):
    """This week's levers on exposure and control."""

    free_hours: Float64
    """(N,) h"""
    notice: Float64
    """(N,)"""
    app_access: Float64
    """(N,)"""
    visits: Float64
    """(N,) visits that policies add"""
    core_visits: Float64
    """(C,) the core's own visits a resident"""
    distance: Float64
    """(N,) h saved"""
    visible_members: Float64
    """(B,)"""


class Traits(NamedTuple):
    """Residents' columns that the screening reads; few, because every call hands them over. Each (N,)."""

    key: UInt64
    present: UInt8
    age: UInt8
    building: Int32
    interest: Float32
    skill: Float32
    health: Float32
    habit: Float32
    fatigue: Float32
    crowding: Float32
    free_hours: Float32


class Bents(NamedTuple):
    """Columns that meet what an offer asks for. Each (N,)."""

    key: UInt64
    attachment: Float32
    efficacy: Float32
    autonomy: Float32
    digital: Float32
    stage: UInt8


class Block(NamedTuple):
    """What is known of a block's residents before any offer; each (BLOCK,)."""

    norm: Float64
    """Own response to the share of active contacts, in logits."""
    base: Float64
    """Highest inclination before what the offer adds, in logits."""
    pace: Float64
    """Inverse of the most hours they can be free."""
    way: Float64
    """Hours there and back."""
    bound: Float64
    """Written offer by offer: highest inclination."""


@kernel
def make_block() -> Block:
    """Room for one block."""
    return Block(
        np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK))


@lean_kernel
def offers_near(offers: Rows, first: int, last: int, lo: int, hi: int, found: Int32) -> int:
    """List in ``found`` the offers ``first`` to ``last`` whose scope meets residents ``lo`` to ``hi``."""
    n = 0
    for j in range(first, last):
        if offers[j].lo < hi and offers[j].hi > lo:
            found[n] = j
            n += 1
    return n


@lean_kernel
def _prepare(r: Traits, e: Exposure, w: Weights, hours_factor: float, lo: int, hi: int, b: Block) -> None:
    """What a block's residents bring to any offer.

    Parameters
    ----------
    r : Traits
    e : Exposure
    w : Weights
    hours_factor : float
        Factor of a shock on free hours.
    lo, hi : int
        First resident and one past the last.
    b : Block
        ``norm`` is read; ``base``, ``pace`` and ``way`` are written.
    """
    spread = 1.0 + abs(w.hours_spread)
    norm, base, pace, way = b.norm, b.base, b.pace, b.way
    here = slice(lo, hi)  # counting from 0 within a slice spares the check for negative rows
    interest, skill, health, habit = r.interest[here], r.skill[here], r.health[here], r.habit[here]
    fatigue, crowding, building = r.fatigue[here], r.crowding[here], r.building[here]
    present, age = r.present[here], r.age[here]
    for k in range(hi - lo):
        v = w.intercept + interest[k] + w.norm_weight * norm[k]
        v += w.visible_member_weight * e.visible_members[building[k]]
        v += w.skill_weight * (skill[k] - 0.3) + w.health_weight * (health[k] - 0.8)
        v += w.habit_weight * habit[k] - w.fatigue_weight * fatigue[k] - crowding[k]
        base[k] = v if present[k] != 0 and age[k] >= 18 else _NEVER
    free_hours, more_hours, distance = r.free_hours[here], e.free_hours[here], e.distance[here]
    for k in range(hi - lo):
        most = spread * free_hours[k] * hours_factor + more_hours[k]
        pace[k] = 1.0 / max(most, 0.25) if w.time_weight >= 0.0 else 4.0
        way[k] = max(0.0, w.distance_hours - distance[k])


@lean_kernel
def _screen(
    r: Bents, offers: Rows, j: int, q: int, w: Weights, will: Whole, lo: int, hi: int, b: Block,
    could: UInt64,
) -> None:
    """Mark in a block who might take one offer.

    Parameters
    ----------
    r : Bents
    offers : records
    j : int
        Row of the offer.
    q : int
        Its bit, below 64.
    w : Weights
    will : uint64
        Key of the block's draws of will this week.
    lo, hi : int
        First resident of the block and one past the last.
    b : Block
        After :func:`_prepare`.
    could : array of uint64, shape (hi - lo,)
        Written: the bit of those who might.
    """
    o = offers[j]
    begin, end = max(int(o.lo), lo) - lo, min(int(o.hi), hi) - lo
    attachment, efficacy = w.attachment_weight * o.relevance, w.efficacy_weight * o.substance
    more = o.ease + w.reward_weight * o.reward + w.honour_weight * o.honour + _SLACK
    level, hours, way, key = np.int64(o.level), float(o.hours), 0.0 if o.online else 1.0, o.key
    here, inside = slice(lo + begin, lo + end), slice(begin, end)
    n = end - begin
    base, pace, ways, bound = b.base[inside], b.pace[inside], b.way[inside], b.bound[inside]
    mine = could[inside]
    attached, believed, stage, keys = r.attachment[here], r.efficacy[here], r.stage[here], r.key[here]
    time_weight, rung_weight = w.time_weight, w.rung_weight
    for k in range(n):
        v = base[k] + more + attachment * attached[k] + efficacy * (believed[k] - 0.5)
        v -= time_weight * (hours + way * ways[k]) * pace[k]
        bound[k] = v - rung_weight * max(np.int64(0), level - np.int64(stage[k]))
    if o.level >= _PUBLIC:
        free, say = r.autonomy[here], w.voice_weight * (o.voice - 0.5)
        for k in range(n):
            bound[k] += w.autonomy_weight * (free[k] - 0.5) + say
    if o.online:
        able = r.digital[here]
        for k in range(n):
            bound[k] += w.digital_weight * (able[k] - 0.5)
    bit = np.uint64(1) << np.uint64(q)
    for k in range(n):
        willing = uniform(will, combine(keys[k], key)) < logistic(bound[k]) + 1e-12
        mine[k] |= bit if willing else np.uint64(0)


@lean_kernel
def block_end(community: Int32, lo: int, end: int) -> int:
    """One past the last of the block that begins with resident ``lo``: at most BLOCK of one community."""
    hi = lo + 1
    while hi < end and hi % BLOCK != 0 and community[hi] == community[lo]:
        hi += 1
    return hi


@lean_kernel
def _respond(
    motive: UInt8, intercept: Float32, slope: Float32, fixed: UInt32, event_strength: UInt8, active: UInt32,
    lo: int, hi: int, norm: Float64,
) -> None:
    """Write a block's responses to the share of their contacts who were active; columns of (N,) each."""
    alone, much, touched = intercept[lo:hi], slope[lo:hi], active[lo:hi]
    for k in range(hi - lo):
        norm[k] = alone[k] + much[k] * 0.0  # as for everyone whose contacts all stayed at home
    for k in range(hi - lo):
        if touched[k] != 0:
            share = share_of(lo + k, fixed, event_strength, active)
            norm[k] = norm_term(motive[lo + k], alone[k], much[k], share)


@kernel
def screen(
    r: Residents, ties: Ties, offers: Rows, community_first: Int64, w: Weights, e: Exposure,
    hours_factor: float, will: UInt64, contacts: Contacts, start: int, end: int, could: UInt64,
) -> None:
    """Who of the residents ``start`` to ``end`` might take which of the offers near their block.

    Parameters
    ----------
    r : Residents
    ties, offers, community_first, w, e, hours_factor
        As in :func:`sim.processes.participation.decide`.
    will : array of uint64, shape (C,)
        Keys of this week's draws of will.
    contacts : Contacts
    start, end : int
    could : array of uint64, shape (end - start,)
        Written: bit q is set for the q-th offer near the resident's block, the last for all from the 64th.
    """
    traits = Traits(
        r.key, r.present, r.age, r.building, r.interest, r.skill, r.health, r.habit, r.fatigue, r.crowding,
        r.free_hours)
    bents = Bents(r.key, r.attachment, r.efficacy, r.autonomy, r.digital, r.stage)
    community = r.community
    found, block = np.empty(len(offers), np.int32), make_block()
    lo = start
    while lo < end:
        c, hi = community[lo], block_end(community, lo, end)
        mine = could[lo - start : hi - start]
        n = offers_near(offers, community_first[c], community_first[c + 1], lo, lo + BLOCK, found)
        if n > LAST_BIT:
            for k in range(hi - lo):
                adult = r.present[lo + k] != 0 and r.age[lo + k] >= 18
                mine[k] = np.uint64(1) << np.uint64(LAST_BIT) if adult else np.uint64(0)
        else:
            mine[:] = 0
        if n > 0:
            _respond(
                r.motive, r.norm_intercept, r.norm_slope, ties.strength, ties.event_strength,
                contacts.strength, lo, hi, block.norm)
            _prepare(traits, e, w, hours_factor, lo, hi, block)
        for q in range(min(n, LAST_BIT)):
            _screen(bents, offers, found[q], q, w, will[c], lo, hi, block, mine)
        lo = hi
