"""Sets production kernels up on a bare bench: desks and cases without a community, crowds without a week."""

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
        self.rules: Rules = make_rules(CaseParameters.model_validate(dict(cases or {})), self.world, streams)
        self.settings = np.zeros(n, SETTINGS)
        for name, value in (setting or {}).items():
            self.settings[name] = value
        shape = (n, len(Kind), len(Kind))
        self.good, self.bad = np.full(shape, 2.0, np.float32), np.full(shape, 2.0, np.float32)
        self.week = 0
        self.tally = np.zeros((n, len(TALLY)))
        self._keys = np.arange(1, n + 1, dtype=np.uint64)

    def work(self) -> None:
        """One week of events."""
        book = self.book
        room = Office(
            book.cases, book.desks, book.head, book.tail, book.heap, book.desk_of, book.desk_of_grid,
            self.good, self.bad, self.rules, self.settings, self.tally)
        handling.work_week(room, self.week * WEEK_HOURS, (self.week + 1) * WEEK_HOURS)
        self.week += 1

    def tasks(self, mean: float, first: float = 0.0) -> None:
        """This week's tasks from above: a Poisson number in each community, some of them served first."""
        book, n = self.book, self.communities
        book.reserve(int(mean * n + 10.0 * np.sqrt(mean * n)) + 40)
        world.tasks(
            book.cases, book.heap, book.free, book.free_count, self._keys, self.week, np.full(n, mean),
            np.full(n, first), self.streams.week_key("tasks", self.week))

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


def queue_of_tasks(
    servers: int, load: float, *, first: float = 0.0, seed: int, communities: int, warmup: int, weeks: int,
) -> np.ndarray:
    """Tasks of many separate offices, each a queue of its own with mean service of one hour.

    Parameters
    ----------
    servers : int
    load : float
        Share of the servers' time that arrivals need.
    first : float
        Share of tasks that goes first.
    communities : int
        Offices; their waits are independent.
    warmup, weeks : int
        Tasks of the first weeks, and of those after ``warmup + weeks``, are left out.

    Returns
    -------
    array of :data:`sim.ledger.cases.CASE`
        Tasks born in the weeks that count; every one of them is over.
    """
    desks = {Kind.RESIDENTS_COMMITTEE: servers}
    counter = Counter(Streams(seed), desks, communities, world={"tasks_hours": 1.0})
    rows = []
    open_still = True
    while counter.week < warmup + weeks or open_still:
        counter.tasks(load * servers * WEEK_HOURS, first)
        counter.work()
        rows.append(counter.finished())
        used = counter.book.cases[counter.book.live()]
        open_still = bool((used["born_week"] < warmup + weeks).any())
    done = np.concatenate(rows)
    return done[(done["born_week"] >= warmup) & (done["born_week"] < warmup + weeks)]


def over_offices(values: np.ndarray, office: np.ndarray) -> tuple[float, float]:
    """Mean over offices of each office's mean, and its standard error."""
    mean = np.bincount(office, values) / np.bincount(office)
    return float(mean.mean()), float(mean.std(ddof=1) / np.sqrt(len(mean)))
