"""Who could come at all: a quick upper bound of everyone's inclination, before anybody is asked.

Few are willing. A resident whose draw lies above the willingness that the most free hours would give stays at
home whatever they hear, so :mod:`sim.processes.participation` weighs only the others. Draws are keyed, hence
the screening changes no result. It runs in plain loops over a block of neighbours, which the compiler turns
into vector instructions; a bound may be a little loose, so single precision is enough.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.opportunities import Rows
from sim.network.slots import add_up, words
from sim.network.ties import Ties, UInt32
from sim.numerics import LN2
from sim.population.columns import Float32, Float64, Int32, Int64, Residents, UInt8, UInt64
from sim.processes.contacts import Contacts
from sim.processes.willingness import FIXED_SCALE, Weights
from sim.rng import Whole, combine
from sim.vocabulary import Motive, Stage

BLOCK = 256
"""Residents, neighbours of each other, who are screened together."""

LAST_BIT = 63
"""Bit that stands for all offers near a block from the 64th on: these are not screened."""

_PUBLIC = int(Stage.PUBLIC_AFFAIRS)
_HUMP = int(Motive.HUMP_SHAPED)
_REST = np.uint64(1 << LAST_BIT)
_SLACK = 1e-3
"""Logits; what the bits of the odds lose, many times over."""
_ROUNDING = 2e-6
"""Share of a term; more than single precision loses in a sum of a dozen."""
_SLACK_OF_DRAW = np.float32(1e-5)
"""More than the table of :func:`sim.numerics.logistic` and single precision are off by."""
_FURTHEST = np.float32(16.0)
"""Logits beyond which that table is flat."""
_ONE_POWER, _POWER_0 = np.float32((1 << 23) / LN2), np.float32(127 << 23)
"""Bits of single precision that a logit moves, and the bits of 1."""
_HALF, _ONE, _UNIT = np.float32(0.5), np.float32(1.0), np.float32(1.0 / (1 << 24))


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

    norm: Float32
    """Own response to the share of active contacts, in logits."""
    base: Float32
    """Highest inclination before what the offer adds, in logits."""
    pace: Float32
    """Inverse of the most hours they can be free."""
    way: Float32
    """Hours there and back."""
    bound: Float32
    """Written offer by offer: highest inclination."""
    odds: Float32
    """Written offer by offer: highest odds of being willing."""
    odds_bits: Int32
    """The same memory as whole numbers."""


@kernel
def make_block() -> Block:
    """Room for one block."""
    column = np.empty((6, BLOCK), np.float32)
    return Block(
        column[0], column[1], column[2], column[3], column[4], column[5], column[5].view(np.int32))


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
    for k in range(hi - lo):
        v = w.intercept + interest[k] + w.norm_weight * norm[k]
        v += w.visible_member_weight * e.visible_members[building[k]]
        v += w.skill_weight * (skill[k] - 0.3) + w.health_weight * (health[k] - 0.8)
        v += w.habit_weight * habit[k] - w.fatigue_weight * fatigue[k] - crowding[k]
        base[k] = v + _SLACK + _ROUNDING * abs(v)
    free_hours, more_hours, distance = r.free_hours[here], e.free_hours[here], e.distance[here]
    for k in range(hi - lo):
        most = spread * free_hours[k] * hours_factor + more_hours[k]
        pace[k] = 1.0 / max(most, 0.25) if w.time_weight >= 0.0 else 4.0
        way[k] = max(0.0, w.distance_hours - distance[k])


@lean_kernel
def raise_odds(logits: Float32, odds_bits: Int32) -> None:
    """Write at least e^x, at most a sixteenth more: bits of 2^n·(1 + f), which 2^(n + f) never exceeds.

    Parameters
    ----------
    logits : array of float32
        x; beyond ±16 as ±16.
    odds_bits : array of int32
        Written: bits of single precision, true to two parts in 100,000.
    """
    for k in range(len(logits)):
        odds_bits[k] = np.int32(min(max(logits[k], -_FURTHEST), _FURTHEST) * _ONE_POWER + _POWER_0)


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
    attachment = np.float32(w.attachment_weight * o.relevance)
    efficacy = np.float32(w.efficacy_weight * o.substance)
    autonomy, digital, rung = (
        np.float32(w.autonomy_weight), np.float32(w.digital_weight), np.float32(w.rung_weight))
    time = np.float32(w.time_weight - _ROUNDING * abs(w.time_weight))
    more = o.ease + w.reward_weight * o.reward + w.honour_weight * o.honour
    if o.level >= _PUBLIC:
        more += w.voice_weight * (o.voice - 0.5)
    size = abs(more) + abs(attachment) + abs(efficacy) + abs(autonomy) + abs(digital) + 4.0 * abs(rung)
    added = np.float32(more + _ROUNDING * size)
    level, hours, way = np.int32(o.level), np.float32(o.hours), np.float32(0.0 if o.online else 1.0)
    here, inside = slice(lo + begin, lo + end), slice(begin, end)
    n = end - begin
    base, pace, ways, bound = b.base[inside], b.pace[inside], b.way[inside], b.bound[inside]
    attached, believed, stage = r.attachment[here], r.efficacy[here], r.stage[here]
    for k in range(n):
        v = base[k] + added + attachment * attached[k] + efficacy * (believed[k] - _HALF)
        v -= time * (hours + way * ways[k]) * pace[k]
        bound[k] = v - rung * np.float32(max(np.int32(0), level - np.int32(stage[k])))
    if o.level >= _PUBLIC:
        free = r.autonomy[here]
        for k in range(n):
            bound[k] += autonomy * (free[k] - _HALF)
    if o.online:
        able = r.digital[here]
        for k in range(n):
            bound[k] += digital * (able[k] - _HALF)
    raise_odds(bound, b.odds_bits[inside])
    odds, keys, mine = b.odds[inside], r.key[here], could[inside]
    key, bit = o.key, np.uint64(1) << np.uint64(q)
    for k in range(n):
        draw = np.float32(np.int32(combine(will, combine(keys[k], key)) >> np.uint64(40))) * _UNIT
        willing = (draw - _SLACK_OF_DRAW) * (_ONE + odds[k]) <= odds[k]
        mine[k] |= bit if willing else np.uint64(0)


@lean_kernel
def _keep_adults(present: UInt8, age: UInt8, could: UInt64) -> None:
    """Take out children and those who have left."""
    for k in range(len(could)):
        could[k] = could[k] if present[k] != 0 and age[k] >= 18 else np.uint64(0)


@lean_kernel
def block_end(community: Int32, lo: int, end: int) -> int:
    """One past the last of the block that begins with resident ``lo``: at most BLOCK of one community."""
    hi = lo + 1
    while hi < end and hi % BLOCK != 0 and community[hi] == community[lo]:
        hi += 1
    return hi


@lean_kernel
def _respond(
    motive: UInt8, intercept: Float32, slope: Float32, fixed: UInt32, met: UInt64, active: UInt32,
    norm: Float32,
) -> None:
    """Write a block's responses to the share of their contacts who were active, one entry a resident.

    As :func:`sim.processes.willingness.norm_term` and :func:`sim.processes.contacts.share_of` for everyone
    at once; ``met`` holds a resident's strengths of ties from events in one word.
    """
    for k in range(len(norm)):
        ties = FIXED_SCALE * np.int64(fixed[k]) + np.int64(add_up(met[k]))
        share = np.float32(np.int32(active[k])) / np.float32(max(np.int32(ties), np.int32(1)))
        turned = _ONE - share if share > _HALF and motive[k] == _HUMP else share
        norm[k] = intercept[k] + slope[k] * turned


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
        r.building, r.interest, r.skill, r.health, r.habit, r.fatigue, r.crowding, r.free_hours)
    bents = Bents(r.key, r.attachment, r.efficacy, r.autonomy, r.digital, r.stage)
    community, met = r.community, words(ties.event_strength)
    found, block = np.empty(len(offers), np.int32), make_block()
    lo = start
    while lo < end:
        c, hi = community[lo], block_end(community, lo, end)
        mine = could[lo - start : hi - start]
        n = offers_near(offers, community_first[c], community_first[c + 1], lo, lo + BLOCK, found)
        mine[:] = _REST if n > LAST_BIT else np.uint64(0)
        if n > 0:
            _respond(
                r.motive[lo:hi], r.norm_intercept[lo:hi], r.norm_slope[lo:hi], ties.strength[lo:hi],
                met[lo:hi], contacts.strength[lo:hi], block.norm[: hi - lo])
            _prepare(traits, e, w, hours_factor, lo, hi, block)
        for q in range(min(n, LAST_BIT)):
            _screen(bents, offers, found[q], q, w, will[c], lo, hi, block, mine)
        _keep_adults(r.present[lo:hi], r.age[lo:hi], mine)
        lo = hi
