"""A run that goes on from an earlier one is, to the bit, the run from the start."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model import CommunityModel
from sim.policies.registry import policy_kinds
from sim.recording import Recording, record, record_in_parts
from sim.recording import courses as rooms
from sim.recording.courses import EVERY, Course, Courses
from sim.scenario.reading import load
from sim.scenario.schema import Scenario

WEEKS = 30
USUAL: list[dict[str, Any]] = [{"kind": "neighbour_festival"}, {"kind": "member_model_posts"}]
COUNCIL = {"kind": "building_council", "weeks": 2}
BUDGET = {"weekly": 30_000.0}


def community(policies: list[dict[str, Any]], **more: Any) -> Scenario:
    return load({
        "yihe": 1, "name": "course", "weeks": WEEKS, "warmup": 6, "policies": policies, "budget": BUDGET,
        "places": {"grids": 2, "floors": 3, "dwellings_per_floor": 3}, "population": {"residents": 120},
        **more})


def last(
    courses: Courses, scenario: Scenario, compared: frozenset[str] | None = None, first: int = 0,
    seed: int = 1,
) -> tuple[Recording, int]:
    """A recording that goes on where it can, and the weeks that were not run again."""
    *_, whole = record_in_parts(scenario, seed, compared=compared, first=first, courses=courses)
    return whole, courses.kept[-1].begun


def follows(before: Scenario, after: Scenario, compared: tuple[Any, Any] = (None, None)) -> int:
    """Weeks spared; what came of it is the same as from the start, first weeks too."""
    courses = Courses()
    last(courses, before, compared[0])
    found, spared = last(courses, after, compared[1])
    assert found.to_bytes() == record(after, 1, compared=compared[1]).to_bytes()
    again, all_but_few = last(courses, after, compared[1], first=20)
    assert again.to_bytes() == found.to_bytes()
    assert all_but_few == (WEEKS - 1) // EVERY * EVERY
    return spared


def test_every_policy_may_end_earlier_or_later() -> None:
    """All kinds at once, so that each finds the memories, queues and offers that the others left."""
    every = [{"kind": kind, "start": 2, "end": 20} for kind in policy_kinds()]
    ends = [{**policy, "end": 17 + number % 12} for number, policy in enumerate(every)]
    for regime in ("one_core", "administrative"):
        assert follows(community(every, regime=regime), community(ends, regime=regime)) == 16


@pytest.mark.parametrize(("before", "after", "spared"), [
    (USUAL, [*USUAL, {**COUNCIL, "start": 17}], 16),  # building_council goes before the others
    ([*USUAL, {**COUNCIL, "start": 17}], USUAL, 16),
    ([*USUAL, {**COUNCIL, "start": 26}], [*USUAL, {**COUNCIL, "start": 9}], 8),
    ([*USUAL, {**COUNCIL, "start": 3}], [*USUAL, {**COUNCIL, "start": 9}], 0),
    (USUAL, [USUAL[0], {**USUAL[1], "intensity": 0.5}], 0),
    (USUAL, [USUAL[0], {**USUAL[1], "start": 24}], 0),
    (USUAL, USUAL, 24),
])
def test_policies_may_come_go_and_move(before: list[Any], after: list[Any], spared: int) -> None:
    assert follows(community(before), community(after)) == spared


def test_a_shock_may_come_later() -> None:
    shock = {"week": 18, "weeks": 4, "friction_factor": 2.0}
    assert follows(community(USUAL), community(USUAL, shocks=[shock])) == 16


def test_another_seed_regime_or_community_begins_anew() -> None:
    courses, usual = Courses(), community(USUAL)
    last(courses, usual)
    assert last(courses, usual, seed=2)[1] == 0
    for other in ({"regime": "self_governing"}, {"weeks": WEEKS + 1}, {"budget": {"weekly": 10_000.0}}):
        assert last(courses, community(USUAL, **other))[1] == 0


def test_what_counts_as_the_policys_own_event_must_be_the_same_while_it_runs() -> None:
    """The festival's events are left out of an outcome as soon as the other side has none."""
    none, festival = frozenset[str](), frozenset({"neighbour_festival"})
    early, late = (
        community([{**USUAL[0], "start": start}, USUAL[1]]) for start in (0, 20))
    assert follows(early, early, (none, festival)) == 0
    assert follows(late, late, (none, festival)) == 16


def test_a_plugged_policy_may_look_at_its_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours do not; whether a user's own does is not known, so it must be the same to the last key."""
    one, other = (community([{**USUAL[0], "end": end}]) for end in (20, 26))
    assert Course(one, 1, frozenset()).shared(Course(other, 1, frozenset())) == 20
    monkeypatch.setattr(type(one.policies[0]), "__module__", "mine")
    assert Course(one, 1, frozenset()).shared(Course(other, 1, frozenset())) == 0


def test_a_run_that_was_broken_off_leaves_its_marks() -> None:
    courses, scenario = Courses(), community(USUAL)
    begun = record_in_parts(scenario, 1, first=17, courses=courses)
    next(begun)
    begun.close()
    found, spared = last(courses, scenario)
    assert spared == 16
    assert found.to_bytes() == record(scenario, 1).to_bytes()


def test_few_runs_are_kept_and_few_residents(monkeypatch: pytest.MonkeyPatch) -> None:
    courses, scenario = Courses(), community(USUAL)
    for seed in range(rooms.MOST_COURSES + 3):
        last(courses, scenario, seed=seed)
    assert len(courses.kept) == rooms.MOST_COURSES
    people = len(CommunityModel(scenario).residents.key)
    monkeypatch.setattr(rooms, "MOST_PEOPLE", 7 * people)
    last(courses, scenario, seed=100)
    assert len(courses.kept) == 3  # the last one's marks are still to come
