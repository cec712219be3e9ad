"""Willingness: how one resident comes to hear of an opportunity and is inclined to take it.

The theory of planned behaviour in logits: attitude, norms and felt control, with habit, fatigue and rewards.
Nothing here knows age, sex or position.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.cases import Record
from sim.network.ties import EVENT_SLOTS, UInt32
from sim.population.columns import Int64, UInt8
from sim.vocabulary import MEMBERS_ONLY, OWNERS_ONLY, Motive, Stage, Tenure

FIXED_SCALE = 4
"""Weight of fixed ties in units of event-tie strength."""

_HUMP = int(Motive.HUMP_SHAPED)
_PUBLIC = int(Stage.PUBLIC_AFFAIRS)
_OWNER = int(Tenure.OWNER)


class Weights(NamedTuple):
    """Numbers of :class:`sim.processes.parameters.ParticipationParameters` that the decision reads."""

    intercept: float
    attachment_weight: float
    efficacy_weight: float
    autonomy_weight: float
    voice_weight: float
    norm_weight: float
    visible_member_weight: float
    skill_weight: float
    health_weight: float
    digital_weight: float
    time_weight: float
    distance_hours: float
    rung_weight: float
    reward_weight: float
    honour_weight: float
    habit_weight: float
    fatigue_weight: float
    hear_by_tie: float
    hear_by_visit: float
    hear_app_offline: float
    hours_spread: float


@lean_kernel
def active_share(
    i: int, first: Int64, neighbour: UInt32, weight: UInt8, event_neighbour: UInt32, event_strength: UInt8,
    active: UInt8,
) -> tuple[float, int]:
    """Weighted share and number of a resident's ties to people who were active; integer sums are exact.

    Parameters
    ----------
    i : int
    first, neighbour, weight, event_neighbour, event_strength : arrays
        Columns of :class:`sim.network.ties.Ties`.
    active : array of uint8, shape (N,)

    Returns
    -------
    tuple of float and int
        0 and 0 for someone without contacts.
    """
    total, on, count = np.int64(0), np.int64(0), np.int64(0)
    for e in range(first[i], first[i + 1]):
        w = FIXED_SCALE * np.int64(weight[e])
        total += w
        if active[neighbour[e]]:
            on += w
            count += 1
    for k in range(EVENT_SLOTS):
        w = np.int64(event_strength[i, k])
        if w > 0:
            total += w
            if active[event_neighbour[i, k]]:
                on += w
                count += 1
    return (on / total if total > 0 else 0.0), int(count)


@kernel
def word_of_mouth(chance: float, contacts: int) -> float:
    """Probability that at least one of so many active contacts passes the word."""
    miss = 1.0
    for _ in range(contacts):
        miss *= 1.0 - chance
    return 1.0 - miss


@kernel
def norm_term(motive: int, intercept: float, slope: float, share: float) -> float:
    """Own response to the share of active contacts, in logits; hump-shaped people withdraw beyond half."""
    if motive == _HUMP and share > 0.5:
        share = 1.0 - share
    return intercept + slope * share


class Ears(NamedTuple):
    """By what one resident hears of things this week."""

    word: float
    """Probability of hearing from someone who was active last week."""
    notice: float
    app_access: float
    digital: float
    visits: float


class Person(NamedTuple):
    """What one resident brings to this week's decisions."""

    interest: float
    attachment: float
    efficacy: float
    autonomy: float
    norm: float
    """Own response to the share of active contacts, in logits."""
    members: float
    """Visible party members a household in the building."""
    skill: float
    health: float
    digital: float
    habit: float
    fatigue: float
    crowding: float
    stage: np.int64
    hours: float
    """Free hours this week."""
    way: float
    """Hours there and back."""


@kernel
def inclination(w: Weights, p: Person, o: Record, needed: float) -> float:
    """V of a resident for an opportunity, in logits.

    Parameters
    ----------
    w : Weights
    p : Person
    o : record of :data:`sim.ledger.opportunities.OPPORTUNITY`
    needed : float
        Hours asked, way included.
    """
    v = w.intercept + p.interest + w.attachment_weight * p.attachment * o.relevance
    v += w.efficacy_weight * (p.efficacy - 0.5) * o.substance
    v += w.norm_weight * p.norm + w.visible_member_weight * p.members
    v += w.skill_weight * (p.skill - 0.3) + w.health_weight * (p.health - 0.8)
    v += w.habit_weight * p.habit - w.fatigue_weight * p.fatigue
    v -= w.time_weight * needed / max(p.hours, 0.25)
    v -= w.rung_weight * max(np.int64(0), np.int64(o.level) - p.stage)
    v += o.ease + w.reward_weight * o.reward + w.honour_weight * o.honour - p.crowding
    if o.level >= _PUBLIC:
        v += w.autonomy_weight * (p.autonomy - 0.5) + w.voice_weight * (o.voice - 0.5)
    if o.online:
        v += w.digital_weight * (p.digital - 0.5)
    return v


@kernel
def addressed(o: Record, i: int, audiences: int, membership: int, tenure: int) -> bool:
    """Whether an offer is meant for a resident at all: of its place, its audience, and whom it is open to.

    Parameters
    ----------
    o : record of :data:`sim.ledger.opportunities.OPPORTUNITY`
    i : int
        Row of the resident.
    audiences : uint32
        Bit k − 1 is set for this week's audience k.
    membership, tenure : int
        The resident's.
    """
    if i < o.lo or i >= o.hi:
        return False
    if o.audience > 0 and (audiences >> np.uint32(o.audience - 1)) & np.uint32(1) == 0:
        return False
    if o.open_to == MEMBERS_ONLY and membership == 0:
        return False
    return not (o.open_to == OWNERS_ONLY and tenure != _OWNER)


@kernel
def hearing(w: Weights, p: Ears, o: Record) -> float:
    """Probability that a resident hears of an opportunity in at least one way."""
    miss = 1.0 - p.word
    miss *= 1.0 - min(1.0, w.hear_by_visit * p.visits)
    if o.online:
        miss *= 1.0 - min(1.0, (o.notice + p.app_access) * p.digital)
    else:
        miss *= 1.0 - min(1.0, o.notice + p.notice)
        miss *= 1.0 - min(1.0, p.app_access * p.digital * w.hear_app_offline)
    return 1.0 - miss
