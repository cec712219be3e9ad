"""Sets production kernels up on a bare bench: desks and cases without a community around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.ledger.caselog import harvestable
from sim.ledger.cases import NOBODY, CaseBook, make_desks
from sim.processes import handling, queues, world
from sim.processes.office import SETTINGS, TALLY, Office
from sim.processes.parameters import CaseParameters, WorldParameters
from sim.processes.rules import Rules, make_rules
from sim.rng import Streams
from sim.vocabulary import WEEK_HOURS, Kind

SEED = 5


def draws(stream: str, n: int) -> np.ndarray:
    """Numbers to build test cases from, shape (n,)."""
    return Streams(SEED).uniform(stream, -1, np.arange(n))


class Counter:
    """Desks of some kinds in each of C communities, worked week by week by the production kernels.

    Parameters
    ----------
    streams : Streams
    desks : mapping of Kind to int
        Servers of each kind that exists.
    communities : int
    world, cases : dict
        Numbers of the scenario to change.
    setting : dict
        Columns of :data:`sim.processes.office.SETTINGS` to change.
    """

    def __init__(
        self, streams: Streams, desks: Mapping[Kind, int], communities: int = 1, *,
        world: Mapping[str, Any] | None = None, cases: Mapping[str, Any] | None = None,
        setting: Mapping[str, float] | None = None,
    ) -> None:
        n = communities
        kinds = np.repeat([int(kind) for kind in desks], n)
        desk_of = np.full((len(Kind), n), NOBODY, np.int32)
        for rank, kind in enumerate(desks):
            desk_of[kind] = rank * n + np.arange(n)
        self.book = CaseBook(
            make_desks(kinds, np.tile(np.arange(n), len(desks))), desk_of, np.full(1, NOBODY, np.int32))
        self.book.desks["servers"] = np.repeat(list(desks.values()), n)
        self.streams, self.communities = streams, n
        self.world = WorldParameters.model_validate(dict(world or {}))
        self.rules: Rules = make_rules(CaseParameters.model_validate(dict(cases or {})), self.world,
            np.full(n, streams.key("handling")))
        self.settings = np.zeros(n, SETTINGS)
        for name, value in (setting or {}).items():
            self.settings[name] = value
        shape = (n, len(Kind), len(Kind))
        self.good, self.bad = np.full(shape, 2.0, np.float32), np.full(shape, 2.0, np.float32)
        self.week = 0
        self.tally = np.zeros((n, len(TALLY)))

    def office(self) -> Office:
        """Everything as handling sees it."""
        book = self.book
        return Office(
            book.cases, book.desks, book.head, book.tail, book.heap, book.desk_of, book.desk_of_grid,
            self.good, self.bad, self.rules, self.settings, self.tally)

    def work(self) -> None:
        """One week of events."""
        handling.work_week(self.office(), self.week * WEEK_HOURS, (self.week + 1) * WEEK_HOURS)
        self.week += 1

    def case(self, key: int, category: int, found: float, priority: int) -> int:
        """One dispute that is found at a working time; returns its slot."""
        book = self.book
        book.reserve(1)
        book.free_count[0] -= 1
        slot = int(book.free[book.free_count[0]])
        row = book.cases[slot]
        world._blank(book.cases, slot)
        row["used"], row["key"], row["category"], row["priority"] = 1, key, category, priority
        row["status"], row["born"], row["found"] = 1, found, found
        queues.push(book.cases, book.heap, found, slot, queues.ARRIVE)
        return slot

    def finished(self) -> np.ndarray:
        """Cases that are over for good, taken off the table as the model does."""
        book = self.book
        slots = harvestable(book.cases, self.week, False)
        rows = book.cases[slots].copy()
        book.cases["used"][slots] = 0
        count = int(book.free_count[0])
        book.free[count : count + len(slots)] = slots
        book.free_count[0] = count + len(slots)
        return rows
