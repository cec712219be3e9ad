"""Ties that are made at events and lost again, as differences from week to week."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.network.ties import NO_ONE, UInt32
from sim.recording.noting import changed_ties

Array = npt.NDArray[Any]


class TieWatch:
    """Follows the event slots of all residents.

    Parameters
    ----------
    neighbour : array of uint32, shape (N, EVENT_SLOTS)
        As it stands when recording begins; read only.
    """

    def __init__(self, neighbour: UInt32) -> None:
        self._seen = np.full_like(neighbour, NO_ONE)
        most = 2 * neighbour.size
        self._room = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int8)
        self._weeks: list[int] = []
        self._rows: list[tuple[Array, ...]] = []
        self.week(neighbour, -1)

    def fork(self) -> TieWatch:
        """A copy; what either writes from now on, the other does not see."""
        twin = copy.copy(self)
        twin._seen = self._seen.copy()
        twin._weeks, twin._rows = list(self._weeks), list(self._rows)
        return twin

    def week(self, neighbour: UInt32, week: int) -> None:
        """Note who has met whom, and who has lost sight of whom."""
        n = changed_ties(self._seen, neighbour, *self._room)
        self._weeks += [week] * n
        self._rows.append(tuple(column[:n].copy() for column in self._room))

    def arrays(self) -> dict[str, Array]:
        """All ``tie_week``, ``tie_a``, ``tie_b`` and ``tie_change`` columns; rows ascend by week, then by
        ``tie_a``."""
        one, other, change = (np.concatenate(column) for column in zip(*self._rows, strict=True))
        weeks = np.array(self._weeks, np.int64)
        return {"tie_week": weeks, "tie_a": one, "tie_b": other, "tie_change": change}
