"""The recorder: every declared outcome, week by week, and the log of cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from sim.ledger.caselog import CASE
from sim.outcomes import OUTCOMES
from sim.population.columns import Float64, Int64
from sim.vocabulary import AGE_BANDS, Position, Tenure

W = TypeVar("W")
"""What is measured in a week."""

AGE_GROUPS = tuple(name for _, name in AGE_BANDS[1:])
POSITION_GROUPS = tuple(p.key for p in Position)
TENURE_GROUPS = tuple(t.key for t in Tenure)
MEMBER_GROUPS = ("member", "other")


class Recorder(Generic[W]):
    """Weekly series of every outcome, kept in preallocated columns.

    What was measured is kept as it comes, and outcomes are made of it when somebody asks: of many weeks at
    once that costs a fraction.

    Parameters
    ----------
    weeks : int
        Weeks to record.
    groups : int
        Number of groups.
    make : callable
        ``make(recorder, measured)``: of n weeks after those that were settled, outcomes by name, (n,) each,
        shares of groups, (n, groups), and the groups' sizes in the last week, (groups,).
    """

    def __init__(
        self, weeks: int, groups: int,
        make: Callable[[Recorder[W], Sequence[W]], tuple[Mapping[str, Float64], Float64, Int64]],
    ) -> None:
        self._names = tuple(OUTCOMES)  # a plug-in loaded later may add some
        self._table = np.full((weeks, len(self._names)), np.nan)
        self._group_sizes = np.zeros(groups, np.int64)
        self._groups = np.full((weeks, groups), np.nan)
        self._make = make
        self._waiting: list[W] = []
        self.settled = 0
        """Weeks of which outcomes have been made."""
        self.rows: list[np.ndarray] = []

    @property
    def at(self) -> int:
        """Weeks recorded."""
        return self.settled + len(self._waiting)

    @property
    def series(self) -> dict[str, Float64]:
        """Outcomes of all weeks, NaN in those to come, by name."""
        self._settle()
        return {name: self._table[:, k] for k, name in enumerate(self._names)}

    @property
    def groups(self) -> Float64:
        """Share of each group that took part, (weeks, groups)."""
        self._settle()
        return self._groups

    @property
    def group_sizes(self) -> Int64:
        """Adults in each group in the last week, (groups,)."""
        self._settle()
        return self._group_sizes

    def put(self, measured: W, own: Mapping[str, float] | None = None) -> None:
        """Keep what was measured in one week, and outcomes that somebody else has read.

        Parameters
        ----------
        measured : object
            What ``make`` understands; never written to from now on.
        own : mapping of str to float, optional
        """
        for name, value in (own or {}).items():
            self._table[self.at, self._names.index(name)] = value
        self._waiting.append(measured)

    def last(self, name: str, weeks: int) -> Float64:
        """The last so many settled weeks of an outcome, fewer if there are fewer."""
        return self._table[max(0, self.settled - weeks) : self.settled, self._names.index(name)]

    def _settle(self) -> None:
        """Make outcomes of what is waiting."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        self.fill(*self._make(self, waiting))

    def fill(self, found: Mapping[str, Float64], shares: Float64, sizes: Int64) -> None:
        """Write outcomes of the weeks after those that were settled, as ``make`` gives them."""
        weeks = slice(self.settled, self.settled + len(shares))
        for k, name in enumerate(self._names):
            if name in found:
                self._table[weeks, k] = found[name]
        self._groups[weeks], self._group_sizes = shares, sizes
        self.settled = weeks.stop

    def fork(self) -> Recorder[W]:
        """A copy; what either writes from now on, the other does not see."""
        self._settle()
        twin = Recorder(len(self._table), self._groups.shape[1], self._make)
        twin._table[:], twin._groups[:] = self._table, self._groups
        twin._group_sizes, twin.rows, twin.settled = self._group_sizes, list(self.rows), self.settled
        return twin

    def cases(self) -> np.ndarray:
        """The case log, by time and key."""
        rows = np.concatenate(self.rows) if self.rows else np.zeros(0, CASE)
        return rows[np.lexsort((rows["key"], rows["born"]))]
