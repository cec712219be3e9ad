"""The model with its residents as mesa agents: the same week, the residents' part of it one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np

from sim import measures, observed, vocabulary
from sim.ledger.opportunities import Opportunities
from sim.model import CommunityModel
from sim.processes import casework, environment, experience

from . import bridge, census
from .draws import KEYED, Luck
from .gathering import Gathering, Place, admit
from .residents import Resident

MONTH = 4


class MesaModel(CommunityModel):
    """A community whose residents hold their own state and ask each other.

    Hearing, deciding, seats, learning by doing, what gatherings bear, acquaintance, conclusions from cases,
    talk, forgetting and the census are done agent by agent. The world, policies, institutions, frictions and
    the handling of cases are :class:`sim.model.CommunityModel`'s; they read columns, which are written from
    the agents at the end of each week. Moves change columns; those who moved read theirs anew.

    Parameters
    ----------
    *args, **kwargs
        As of :class:`sim.model.CommunityModel`.
    luck : Luck, optional
        Where residents' draws come from.
    """

    kind: ClassVar[type[Resident]] = Resident

    def __init__(self, *args: Any, luck: Luck = KEYED, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.luck = luck
        self.between = 0.0
        """Seconds spent between columns and objects: no part of the model."""
        self.between_work = 0.0
        """The same in seconds of the processor."""
        self.people = [self.kind(self) for _ in range(len(self.residents.key))]
        bridge.settle(self.people, self.residents, self.ties, self.susceptibility)
        bridge.introduce(self.people, self.ties)
        self.neighbourhood = self.agents_by_type[self.kind]

    def _materialise(self) -> None:
        """Residents are agents already, and no views of columns are wanted."""

    @contextmanager
    def _apart(self) -> Iterator[None]:
        wall, work = time.perf_counter(), time.process_time()
        yield
        self.between += time.perf_counter() - wall
        self.between_work += time.process_time() - work

    def step(self) -> None:
        """One week, in the order of :meth:`sim.model.CommunityModel.step`."""
        self.budget.spent[:] = 0.0
        self.opportunities.clear()
        self.shocks = self._shocks()
        keys = self.residents.key.copy()
        environment.world(self, self.shocks)
        self._newcomers(keys)
        self._policies()
        self._institutions()
        gatherings = self._gather()
        counts, tally = self._cases()
        left = self._conclude(gatherings)
        self._remember()
        if self.policy_week >= 0:
            self._record(counts, tally, left)
        casework.clear(self)
        with self._apart():
            bridge.write(self.people, self.residents, self.ties)
        self.state_.last_offers = self.opportunities.rows.copy()
        self.levers.reset()
        self.state_.week += 1

    def _newcomers(self, keys: np.ndarray) -> None:
        """Those who moved in this week know nobody from events."""
        with self._apart():
            rows = np.flatnonzero(keys != self.residents.key).tolist()
            for row in rows:
                self.people[row].forget_everyone()
            bridge.read(self.people, self.residents, rows)

    def _gather(self) -> list[Gathering]:
        """Residents hear, decide, find seats and learn by doing."""
        with self._apart():
            gatherings = offered(self.opportunities)
            week = bridge.week_of(
                self, gatherings, environment.factor(self.shocks, "free_hours_factor"), self.luck)
        self.neighbourhood.do("decide", week)
        admit(self.neighbourhood)
        for gathering in gatherings:
            gathering.seat(week.keys.seats, self.luck)
        self.neighbourhood.do("learn", week)
        return gatherings

    def _conclude(self, gatherings: list[Gathering]) -> np.ndarray:
        """What came of gatherings and cases; returns residents who left, by community."""
        fruit, mingle, _, leave = (
            int(self.week_key(name)[0]) for name in ("fruit", "mingle", "raise", "leave"))
        s, levers, x = self.scenario, self.levers, self.lessons
        self.commons.norm[:] *= np.float32(self.norm_kept)
        place = Place(
            self.commons.norm, self.building_adults.tolist(), levers.get("facilitation").tolist(),
            levers.get("feedback").tolist())
        for gathering in gatherings:
            gathering.bear_fruit(place, fruit, x, self.luck)
        for gathering in gatherings:
            gathering.mingle(mingle, int(s.participation.event_tie_strength), self.luck)
        if self.week % max(1, round(s.participation.event_tie_decay_weeks)) == 0:
            self.neighbourhood.do("fade")
        book = self.cases
        with self._apart():
            write_back(gatherings, self.opportunities.rows)
        experience.raise_silent(
            book.cases, book.heap, self.opportunities.rows, self.week_key("raise"),
            self.week - s.experience.silent_weeks, self.week)
        with self._apart():
            cases = bridge.ended(book.cases, book.desks, self.people)
        left: dict[int, int] = {}
        for slot, case in cases:
            case.conclude(place.feedback[case.community], leave, x, self.luck, left)
            if case.satisfaction is not None:
                book.cases["satisfaction"][slot] = case.satisfaction
        return np.array([float(left.get(c, 0)) for c in range(self.places.communities)])

    def _remember(self) -> None:
        """Talk, and once a month forgetting."""
        self.neighbourhood.do("listen")
        self.neighbourhood.do("speak")
        if self.week % MONTH:
            return
        kept = 1.0 - min(1.0, MONTH * self.scenario.experience.forgetting)
        good, bad = (prior.tolist() for prior in self.trust_prior)
        self.neighbourhood.do("forget", good, bad, kept)
        forget_between(self, kept)

    def _record(self, counts: np.ndarray, tally: np.ndarray, left: np.ndarray) -> None:
        """The week's outcomes, with the agents' own census in the place of the kernels'."""
        (people, sums, habit, groups, filled), trust = census.take(
            self.neighbourhood, self.week, [low for low, _ in vocabulary.AGE_BANDS], observed.GRID_OFFSET,
            observed.group_count(self.places), self.places.communities)
        fixed, grids = np.split(groups, [observed.GRID_OFFSET], axis=1)
        found = people[None], sums, habit[None], fixed[None], grids, np.array([filled])  # of one run
        with (
            patch.object(observed, "take_census", lambda *_: found),
            patch.object(observed, "sum_trust", lambda *_: trust),
        ):
            measures.record(self, counts, tally, left)


def offered(opportunities: Opportunities) -> list[Gathering]:
    """This week's offers as objects, sorted by (community, key) as :mod:`sim.processes.engagement` does."""
    rows = opportunities.rows
    rows[:] = rows[np.lexsort((rows["key"], rows["community"]))]
    return [Gathering(row) for row in rows]


def write_back(gatherings: list[Gathering], rows: np.ndarray) -> None:
    """Into the table what institutions and policies read of it."""
    for gathering, row in zip(gatherings, rows, strict=True):
        row["attended"], row["skill_sum"] = len(gathering.guests), gathering.skill_sum
        row["fruitful"] = gathering.fruitful


def forget_between(model: CommunityModel, kept: float) -> None:
    """Institutions' trust in each other slides back as in :mod:`sim.processes.aftermath`."""
    between, actors = model.commons, model.actors
    trust = np.float32(actors.trust_between * actors.reputation_weight)
    rest = np.float32((1.0 - actors.trust_between) * actors.reputation_weight)
    between.between_good[:] = trust + np.float32(kept) * (between.between_good - trust)
    between.between_bad[:] = rest + np.float32(kept) * (between.between_bad - rest)
