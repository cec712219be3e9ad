"""Runs to go on from: those recorded lately, with marks from which a run that parts from them can start.

On the page a policy is switched or moved in some week, and up to that week the run is the one there was. A
course keeps copies of a run, some weeks apart; the next run begins from the last copy before the first week
in which anything acts otherwise. What comes of it is what a run from the start gives, to the bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.ledger.opportunities import NO_POLICY, renumbered
from sim.observed import Week
from sim.policies.base import Policy
from sim.population.columns import Float64
from sim.recorder import Recorder
from sim.recording.watching import Notes, WatchedModel
from sim.scenario.schema import Scenario
from sim.state import State

EVERY = 8
"""Weeks from one mark to the next."""
MOST_COURSES = 6
MOST_PEOPLE = 400_000
"""Residents of all marks together; each takes about a kilobyte."""


class Mark(NamedTuple):
    """A run as it stood at the end of a week; never written to."""

    week: int
    """Weeks that were over since the warm-up."""
    state: State
    recorder: Recorder[Week]
    notes: Notes
    record_weight: Float64
    """(C,) weight of records that week."""
    policies: tuple[str, ...]
    """Ids of its policies, in the order in which offers number them."""

    @classmethod
    def of(cls, model: WatchedModel) -> Mark:
        """A copy of a run as it stands."""
        assert model.notes is not None
        return cls(
            model.policy_week, model.state_.fork(), model.recorder.fork(), model.notes.fork(model.cases),
            model.record_weight, tuple(policy.id for policy in model.policies))

    def resumed(self, scenario: Scenario, seed: int, compared: frozenset[str] | None) -> WatchedModel:
        """A model of another scenario, of which so many weeks are over; see :meth:`Course.shared`."""
        model = WatchedModel(scenario, seed, compared=compared, state=self.state)
        model.recorder, model.notes = self.recorder.fork(), self.notes.fork(model.cases)
        model.record_weight = self.record_weight
        now = [policy.id for policy in model.policies]
        number = np.array([now.index(id) if id in now else NO_POLICY for id in self.policies] + [NO_POLICY])
        if number[:-1].tolist() != list(range(len(self.policies))):
            model.state_.last_offers = renumbered(model.last_opportunities, number)
            model.notes.renumber(number)
        return model


class Course:
    """One run and its marks.

    Parameters
    ----------
    scenario : Scenario
        Resolved, without files of its own: these may change.
    seed : int
    compared : frozenset of str
        As in :class:`sim.model.CommunityModel`.
    """

    def __init__(self, scenario: Scenario, seed: int, compared: frozenset[str]) -> None:
        self.scenario, self.compared = scenario, compared
        self.marks: list[Mark] = []
        self.begun = 0
        """Weeks of earlier runs that it goes on from."""
        self.root = scenario.model_copy(update={"policies": (), "shocks": ()}).model_dump_json(), seed
        """What two runs must have in common to be the same up to some week."""

    def acting(self, week: int) -> list[Any]:
        """Policies that run and shocks that strike in a week, and which policies' events are left out."""
        policies = [
            (_without_window(policy), policy.id in self.compared)
            for policy in self.scenario.policies if policy.active(week)]
        shocks = [shock for shock in self.scenario.shocks if shock.week <= week < shock.week + shock.weeks]
        return [sorted(policies, key=lambda pair: (pair[0].kind, pair[0].id)), shocks]

    def shared(self, other: Course) -> int:
        """Weeks in which another run does just what this one does; −1 if they have nothing in common."""
        if self.root != other.root:
            return -1
        weeks = range(self.scenario.weeks)
        return next((week for week in weeks if self.acting(week) != other.acting(week)), len(weeks))

    def note(self, model: WatchedModel) -> None:
        """Keep a copy of the run as it stands, if one is due."""
        week = model.policy_week
        if week % EVERY == 0 and 0 < week < self.scenario.weeks:
            self.marks.append(Mark.of(model))


def _without_window(policy: Policy) -> Policy:
    """A policy without its weeks, of which ours know nothing; a user's own may look at them."""
    if not type(policy).__module__.startswith("sim.policies."):
        return policy
    return policy.model_copy(update={"start": 0, "end": None})


class Courses:
    """Runs of late, the latest last."""

    def __init__(self) -> None:
        self.kept: list[Course] = []

    def begin(self, scenario: Scenario, seed: int, compared: frozenset[str]) -> Course:
        """Keep a run that is about to begin; it can go on from its last mark, if it has any."""
        course = Course(scenario, seed, compared)
        for other in self.kept:
            shared = other.shared(course)
            marks = [mark for mark in other.marks if mark.week <= shared]
            course.marks = max(course.marks, marks, key=len)
        course.begun = course.marks[-1].week if course.marks else 0
        self.kept = [*self.kept, course][-MOST_COURSES:]
        while len(self.kept) > 1 and self._people() > MOST_PEOPLE:
            del self.kept[0]
        return course

    def _people(self) -> int:
        marks = {id(mark): mark for course in self.kept for mark in course.marks}
        return sum(len(mark.state.residents.key) for mark in marks.values())
