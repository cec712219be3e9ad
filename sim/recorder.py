"""The recorder: every declared outcome, week by week, and the log of cases."""

from __future__ import annotations

import numpy as np

from sim.ledger.caselog import CASE
from sim.outcomes import OUTCOMES
from sim.population.columns import Float64, Int64
from sim.vocabulary import AGE_BANDS, Position, Tenure

AGE_GROUPS = tuple(name for _, name in AGE_BANDS[1:])
POSITION_GROUPS = tuple(p.key for p in Position)
TENURE_GROUPS = tuple(t.key for t in Tenure)
MEMBER_GROUPS = ("member", "other")


class Recorder:
    """Weekly series of every outcome, kept in preallocated columns.

    Parameters
    ----------
    weeks : int
        Weeks to record.
    groups : int
        Number of groups.
    """

    def __init__(self, weeks: int, groups: int) -> None:
        self._names = tuple(OUTCOMES)  # a plug-in loaded later may add some
        self._table = np.full((weeks, len(self._names)), np.nan)
        self.series = {name: self._table[:, k] for k, name in enumerate(self._names)}
        self.group_sizes = np.zeros(groups, np.int64)
        self.groups = np.full((weeks, groups), np.nan)
        self.rows: list[np.ndarray] = []
        self.at = 0

    def put(self, values: dict[str, float], took_part: Float64, sizes: Int64) -> None:
        """Write one week."""
        self._table[self.at] = [values.get(name, np.nan) for name in self._names]
        self.groups[self.at] = took_part
        self.group_sizes = sizes
        self.at += 1

    def fork(self) -> Recorder:
        """A copy; what either writes from now on, the other does not see."""
        twin = Recorder(len(self._table), self.groups.shape[1])
        twin._table[:], twin.groups[:] = self._table, self.groups
        twin.group_sizes, twin.rows, twin.at = self.group_sizes, list(self.rows), self.at
        return twin

    def cases(self) -> np.ndarray:
        """The case log, by time and key."""
        rows = np.concatenate(self.rows) if self.rows else np.zeros(0, CASE)
        return rows[np.lexsort((rows["key"], rows["born"]))]
