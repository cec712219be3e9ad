"""Cases as a recording shows them: one row for each, and one for each week in which something changed."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import clock_time
from sim.ledger.cases import CASE, NOBODY, CaseBook, Table
from sim.recording.noting import TRACED, changed_cases
from sim.vocabulary import Kind, Status

Array = npt.NDArray[Any]

_FIXED = ("category", "building", "dwelling_a", "party_a", "party_b", "born_week", "born_clock")
_LAST = ("found_clock", "closed", "satisfaction", "channel")
_GRID = int(Kind.GRID_WORKER)


class CaseWatch:
    """Follows cases by their keys: slots of the case table are used again.

    Parameters
    ----------
    book : CaseBook
        As it stands when recording begins; read only.
    clock : float
        Clock hours at which recording begins.
    """

    def __init__(self, book: CaseBook, clock: float) -> None:
        self._clock = clock
        self._desk_of, self._desk_of_grid = book.desk_of, book.desk_of_grid
        self._key = np.zeros(0, np.uint64)
        self._row: Array = np.zeros(0, np.int64)
        self._seen = np.zeros((0, len(TRACED)), np.int32)
        self._fixed: list[dict[str, Array]] = []
        self._changes: list[tuple[Array, ...]] = []
        self._count = 0
        slots, *_ = self._look(book.cases)
        status = book.cases["status"][slots]
        standing = slots[(book.cases["used"][slots] > 0) & _in_hand(status)]
        self._write(book.cases, standing, -1)

    def fork(self, book: CaseBook) -> CaseWatch:
        """A copy that follows a copy of the case book; what either writes, the other does not see."""
        twin = copy.copy(self)
        twin._desk_of, twin._desk_of_grid = book.desk_of, book.desk_of_grid
        for name in ("_key", "_row", "_seen"):
            setattr(twin, name, getattr(self, name).copy())
        twin._fixed, twin._changes = list(self._fixed), list(self._changes)
        return twin

    def _look(self, c: Table) -> tuple[Array, Array]:
        """Slots in which something changed, and which of these cases ended."""
        more = len(c) - len(self._key)
        if more > 0:
            self._key = np.concatenate([self._key, np.zeros(more, np.uint64)])
            self._row = np.concatenate([self._row, np.full(more, -1)])
            self._seen = np.concatenate([self._seen, np.zeros((more, len(TRACED)), np.int32)])
            self._slots = np.empty(len(c), np.int32)
            self._fresh, self._over = np.empty(len(c), np.uint8), np.empty(len(c), np.uint8)
        n = changed_cases(c, self._key, self._seen, self._slots, self._fresh, self._over)
        slots = self._slots[:n].astype(np.int64)
        self._row[slots[self._fresh[:n] > 0]] = -1
        return slots, slots[self._over[:n] > 0]

    def week(self, book: CaseBook, week: int) -> Array:
        """Look through the case table at the end of a week.

        Parameters
        ----------
        book : CaseBook
            Read only. A slot that was cleared this week still holds its case.
        week : int
            Counted after the warm-up.

        Returns
        -------
        array of int64, shape (desks,)
            Cases that ended in each desk's hands this week.
        """
        slots, ended = self._look(book.cases)
        self._write(book.cases, slots, week)
        desk = self._last_desk(book.cases, ended)
        return np.bincount(desk[desk >= 0], minlength=len(book.desks))

    def _write(self, c: Table, slots: Array, week: int) -> None:
        if not len(slots):
            return
        fresh = slots[self._row[slots] < 0]
        if len(fresh):
            self._row[fresh] = self._count + np.arange(len(fresh))
            self._count += len(fresh)
            self._fixed.append({name: c[name][fresh] for name in _FIXED})
        self._changes.append((
            np.full(len(slots), week), self._row[slots], self._last_desk(c, slots), *self._seen[slots].T,
            *(c[name][slots] for name in _LAST)))

    def _last_desk(self, c: Table, slots: Array) -> Array:
        """Desk that each case came to last; NOBODY for those that have not come to any."""
        kind = c["last_kind"][slots].astype(np.int64)
        desk = np.where(
            kind == _GRID, self._desk_of_grid[c["grid"][slots]], self._desk_of[kind, c["community"][slots]])
        return np.where(c["recorded"][slots] > 0, desk, NOBODY).astype(np.int64)

    def arrays(self, warmup: int) -> dict[str, Array]:
        """All ``case_*`` and ``change_*`` columns, as whole numbers of no particular kind.

        Parameters
        ----------
        warmup : int
            Weeks before the recording began.
        """
        fixed = {
            name: np.concatenate([np.zeros(0, CASE[name]), *(some[name] for some in self._fixed)])
            for name in _FIXED}
        names = (
            "week", "case", "last", "status", "holder", "stage", "handoffs", "meetings", "relapses", *_LAST)
        columns = list(zip(*self._changes, strict=True)) or [(np.zeros(0, np.int64),)] * len(names)
        change = {name: np.concatenate(column) for name, column in zip(names, columns, strict=True)}
        last = np.zeros(self._count, np.int64)
        last[change["case"]] = np.arange(len(change["case"]))  # the last of equal ones stands
        found, closed, satisfaction, channel = (change.pop(name)[last] for name in _LAST)
        status = change["status"][last]
        over = ~_in_hand(status) & (closed >= 0) & (found >= 0)
        clock = np.array([clock_time(t) for t in np.where(over, closed, 0.0).tolist()]).reshape(-1)
        out: dict[str, Array] = {
            "case_category": fixed["category"], "case_building": fixed["building"],
            "case_dwelling": fixed["dwelling_a"], "case_party": fixed["party_a"],
            "case_other": fixed["party_b"], "case_channel": channel,
            "case_born_week": fixed["born_week"].astype(np.int64) - warmup,
            "case_born_clock": fixed["born_clock"] - self._clock,
            "case_found_clock": np.where(found >= 0, found - self._clock, np.nan),
            "case_closed_clock": np.where(over, clock - self._clock, np.nan),
            "case_satisfaction": satisfaction}
        return out | {f"change_{name}": column for name, column in change.items()}


def _in_hand(status: Array) -> Array:
    return (status == int(Status.OPEN)) | (status == int(Status.ESCALATED))
