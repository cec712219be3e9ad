"""Learning by doing: habit, skill, fatigue, crowding-out, attachment, the ladder, the marks of having come.

Everyone forgets and recovers in plain loops over a block of neighbours, which the compiler turns into vector
instructions; what people learn is written only to those who came.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.opportunities import Rows
from sim.population.columns import Float32, Int32, Residents, UInt8
from sim.processes.participation import MOST
from sim.threads import Span, in_spans
from sim.vocabulary import Activity, Stage

_PUBLIC = int(Stage.PUBLIC_AFFAIRS)
_LAST_RUNG = int(Stage.VOLUNTEER)
_VOTE = int(Activity.VOTE)
_WEEK = 1.0 / 52.0
_BLOCK = 1024


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


@lean_kernel
def _fade(column: Float32, kept: float) -> None:
    for k in range(len(column)):
        column[k] *= kept


@lean_kernel
def _settle(attachment: Float32, home: Float32, autonomy: Float32, x: Learning) -> None:
    """Attachment returns to its own level, which felt autonomy moves."""
    rate, gain = x.attachment_rate, x.attachment_autonomy
    for k in range(len(attachment)):
        goal = min(1.0, max(0.0, home[k] + gain * (autonomy[k] - 0.5)))
        attachment[k] += rate * (goal - attachment[k])


@lean_kernel
def _climb(stage: UInt8, practice: Float32, x: Learning) -> None:
    """A rung up with enough practice, a rung down with too little; practice then begins anew."""
    enough, least, after = x.practice_to_climb, x.practice_to_keep, x.practice_after * x.practice_to_climb
    for k in range(len(stage)):
        up = practice[k] >= enough and stage[k] < _LAST_RUNG
        down = not up and practice[k] < least and stage[k] > 0
        stage[k] += np.uint8(up) - np.uint8(down)
        practice[k] = after if up or down else practice[k]


@lean_kernel
def _take_in(
    r: Residents, offers: Rows, chosen: Int32, takers: Int32, at: int, hi: int, week: int, x: Learning,
) -> int:
    """What those of ``takers`` below resident ``hi`` take home; returns where the rest begin."""
    while at < len(takers) and takers[at] < hi:
        i = takers[at]
        at += 1
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
    return at


@kernel
def _learn(
    r: Residents, offers: Rows, chosen: Int32, takers: Int32, week: int, x: Learning, span: Span
) -> None:
    """:func:`learn` for the residents of one span."""
    lo, end = span
    at = int(np.searchsorted(takers, lo))
    while lo < end:
        hi = min(end, lo + _BLOCK)
        here = slice(lo, hi)
        _fade(r.habit[here], x.habit_kept)
        _fade(r.skill[here], x.skill_kept)
        _fade(r.crowding[here], x.crowding_kept)
        _fade(r.practice[here], x.practice_kept)
        _fade(r.fatigue[here], x.fatigue_kept)
        _settle(r.attachment[here], r.attachment_home[here], r.autonomy[here], x)
        stay = r.stay[here]
        for k in range(len(stay)):
            stay[k] += _WEEK
        r.active[here] = 0
        at = _take_in(r, offers, chosen, takers, at, hi, week, x)
        _climb(r.stage[here], r.practice[here], x)
        lo = hi


def learn(
    r: Residents, offers: Rows, chosen: Int32, takers: Int32, week: int, x: Learning
) -> None:
    """Update all after the week.

    Parameters
    ----------
    r : Residents
        Written.
    offers : records
    chosen : array of int32, shape (N, MOST)
    takers : array of int32
        Residents who chose any, ascending; others' rows are not looked at.
    week : int
    x : Learning
    """
    in_spans(len(r.age), lambda span: _learn(r, offers, chosen, takers, week, x, span))
