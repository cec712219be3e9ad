"""Runs side by side in which a policy was granted nothing this week: there its act leaves everything as it
was.

Alone, such a run would not have had the policy act. Policies write through levers, offers, hours and their
own memory; what they write in rows of these runs is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.ledger.budget import Budget
from sim.ledger.levers import LEVERS, Levers
from sim.ledger.opportunities import Opportunities
from sim.ledger.records import whole
from sim.population.columns import Int32, Int64
from sim.vocabulary import Kind

Array = npt.NDArray[Any]
Kept = list[tuple[Array, Array]]
"""Rows of columns, and what they held."""


class SparingLevers(Levers):
    """Levers of several runs, some of which may not be touched for the time being.

    Parameters
    ----------
    sizes : dict
        As of :class:`sim.ledger.levers.Levers`.
    edges : mapping of str to array of int, shape (R + 1,)
        First entity of each run at each level, and one past the last.
    """

    def __init__(self, sizes: dict[str, int], edges: Mapping[str, Int64]) -> None:
        super().__init__(sizes)
        self._edges = edges
        self._rows: dict[str, list[slice]] = {}
        """Rows that are not to be touched, by level."""

    def spare(self, runs: Sequence[int]) -> None:
        """Leave these runs alone from now on; none if empty."""
        self._rows = {
            level: [slice(int(edge[k]), int(edge[k + 1])) for k in runs]
            for level, edge in self._edges.items()} if runs else {}

    def add(
        self, name: str, value: npt.ArrayLike, where: npt.ArrayLike | None = None, kind: Kind | None = None
    ) -> None:
        """As of :class:`sim.ledger.levers.Levers`, but for rows that are spared."""
        kept = self._kept(name)
        super().add(name, value, where, kind)
        give_back(kept)

    def add_to_each(self, name: str, value: npt.NDArray[np.float64], place: Int32) -> None:
        """As of :class:`sim.ledger.levers.Levers`, but for rows that are spared."""
        kept = self._kept(name)
        super().add_to_each(name, value, place)
        give_back(kept)

    def rows(self, column: Array, level: str) -> Kept:
        """The rows of a column that are spared, and what they hold."""
        return [(column[rows], column[rows].copy()) for rows in self._rows.get(level, ())]

    def _kept(self, name: str) -> Kept:
        if not self._rows:
            return []
        axis = LEVERS[name].axis
        return self.rows(self.get(name), "community" if axis == "community_kind" else axis)


def give_back(kept: Kept) -> None:
    """Let rows hold again what they held."""
    for rows, before in kept:
        rows[:] = before


class Sparing:
    """What policies write to, with runs that may not be touched for the time being.

    Parameters
    ----------
    levers : SparingLevers
    opportunities : Opportunities
    budget : Budget
    run_of : array of int, shape (C,)
        Which run each community belongs to.
    """

    def __init__(
        self, levers: SparingLevers, opportunities: Opportunities, budget: Budget, run_of: Int32
    ) -> None:
        self._levers, self._opportunities, self._budget = levers, opportunities, budget
        self._run_of = run_of
        self._memories: Kept | None = None

    @contextmanager
    def spared(self, runs: Sequence[int]) -> Iterator[None]:
        """Leave these runs as they are, whatever is written inside."""
        levers, offers, budget = self._levers, self._opportunities, self._budget
        levers.spare(runs)
        hours = levers.rows(budget.staff, "community") + levers.rows(budget.staff_used, "community")
        first, self._memories = offers.count, []
        try:
            yield
            give_back(hours + self._memories)
            new = offers.rows[first:]
            stays = ~np.isin(self._run_of[new["community"]], runs)
            if not stays.all():
                left = whole(new)[stays]
                offers.count = first + len(left)
                whole(offers.rows)[first:] = left
        finally:
            self._memories = None
            levers.spare(())

    def remember(self, memory: Mapping[str, Array], levels: Mapping[str, str]) -> None:
        """Note what a policy is about to write its memory to; levels by column."""
        if self._memories is not None:
            for name, column in memory.items():
                self._memories += self._levers.rows(column, levels[name])
