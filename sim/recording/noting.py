"""Compiled passes that note a week down: residents, ties, cases.

They read the model's columns and write only to arrays of the recording's own. As in
:mod:`sim.recording.deciding` they are compiled by a call and not by a decorator; therefore all they take from
other files of this room comes to them as arguments.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.jit import kernel
from sim.ledger.cases import NOBODY, Table
from sim.ledger.opportunities import Rows
from sim.network.ties import EVENT_SLOTS, NO_ONE, UInt32
from sim.population.columns import Int32, Residents, UInt8, UInt64
from sim.processes.categories import TASK
from sim.processes.participation import MOST
from sim.processes.queues import GONE
from sim.vocabulary import Activity, Kind, Stage, Status

Array = npt.NDArray[Any]

_CORE, _VOTE, _LAST_RUNG = int(Kind.CORE), int(Activity.VOTE), int(Stage.VOLUNTEER)
_OPEN, _ESCALATED = int(Status.OPEN), int(Status.ESCALATED)
TRACED = ("status", "holder", "phase", "handoffs", "meetings", "relapses")
"""What is followed of a case, in the order of the columns that :func:`changed_cases` writes."""


class Marks(NamedTuple):
    """Bits of the residents' flags."""

    took_part: int
    heard: int
    lives_here: int
    volunteer: int
    moved_in: int
    voted: int


def _note_residents(
    r: Residents, offers: Rows, chosen: Int32, heard: UInt8, seen: UInt64, stage: UInt8, flags: UInt8,
    trust: UInt8, efficacy: UInt8, marks: Marks,
) -> None:
    """One week of everyone; ``seen`` holds their keys of the week before, and is brought up to date."""
    for i in range(len(r.age)):
        bits = r.active[i] * marks.took_part + heard[i] * marks.heard + r.present[i] * marks.lives_here
        if r.stage[i] == _LAST_RUNG:
            bits += marks.volunteer
        if r.key[i] != seen[i]:
            bits += marks.moved_in
            seen[i] = r.key[i]
        for k in range(MOST):
            if chosen[i, k] >= 0 and offers[chosen[i, k]].activity == _VOTE:
                bits += marks.voted
                break
        flags[i] = bits
        stage[i] = r.stage[i]
        good = r.trust_good[i, _CORE]
        trust[i] = np.uint8(255.0 * good / (good + r.trust_bad[i, _CORE]) + 0.5)
        efficacy[i] = np.uint8(255.0 * min(max(r.efficacy[i], 0.0), 1.0) + 0.5)


def _holds(neighbour: UInt32, i: int, other: Any) -> bool:
    found = False
    for k in range(EVENT_SLOTS):
        found = found or neighbour[i, k] == other
    return found


_holds_it = kernel(_holds)


def _changed_ties(seen: UInt32, neighbour: UInt32, one: Int32, other: Int32, change: Array) -> int:
    """Ties made and lost since ``seen``, which is brought up to date; returns how many there are.

    A tie that only went to another slot is neither. Each is told from the side of the smaller row.
    """
    n = 0
    for i in range(len(seen)):
        same = True
        for k in range(EVENT_SLOTS):
            same = same and seen[i, k] == neighbour[i, k]
        if same:
            continue
        for k in range(EVENT_SLOTS):
            lost = seen[i, k]
            if lost != NO_ONE and i < lost and not _holds_it(neighbour, i, lost):
                one[n], other[n], change[n] = i, lost, -1
                n += 1
        for k in range(EVENT_SLOTS):
            made = neighbour[i, k]
            if made != NO_ONE and i < made and not _holds_it(seen, i, made):
                one[n], other[n], change[n] = i, made, 1
                n += 1
        for k in range(EVENT_SLOTS):
            seen[i, k] = neighbour[i, k]
    return n


def _changed_cases(c: Table, key: UInt64, seen: Int32, slots: Int32, fresh: UInt8, ended: UInt8) -> int:
    """Slots whose case is new or differs from ``seen``, which is brought up to date; returns how many.

    A case that is over has no holder and stands nowhere. Tasks from above are left out.
    """
    n = 0
    for i in range(len(c)):
        if c[i].key == 0:
            continue
        status = np.int32(c[i].status)
        in_hand = status in (_OPEN, _ESCALATED)
        holder = c[i].holder if in_hand else np.int32(NOBODY)
        phase = np.int32(c[i].phase) if in_hand else np.int32(GONE)
        handoffs, meetings = np.int32(c[i].handoffs), np.int32(c[i].meetings)
        relapses = np.int32(c[i].relapses)
        new = c[i].key != key[i]
        if not new and (
            status == seen[i, 0] and holder == seen[i, 1] and phase == seen[i, 2]
            and handoffs == seen[i, 3] and meetings == seen[i, 4] and relapses == seen[i, 5]
        ):
            continue
        was_in_hand = new or seen[i, 0] in (_OPEN, _ESCALATED)
        key[i] = c[i].key
        seen[i, 0], seen[i, 1], seen[i, 2] = status, holder, phase
        seen[i, 3], seen[i, 4], seen[i, 5] = handoffs, meetings, relapses
        if c[i].category == TASK:
            continue
        slots[n], fresh[n] = i, new
        ended[n] = was_in_hand and not in_hand and c[i].found >= 0.0
        n += 1
    return n


note_residents = kernel(_note_residents)
changed_ties, changed_cases = kernel(_changed_ties), kernel(_changed_cases)
