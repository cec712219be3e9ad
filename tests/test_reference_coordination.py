"""Handling under every regime agrees with the slow office, case by case and week by week.

Approval, taking up what nobody is in charge of, delegation to residents' lead and cut tasks are on in turn;
volunteers step in for line staff, owners' committee and volunteers change places as the lead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference.bench import SEED, Counter, draws
from reference.coordination import ADMINISTRATIVE, FRAGMENTED, ONE_CORE, SELF, Council, File
from reference.queueing import Desk

from sim.processes.categories import CATEGORIES, TASK
from sim.processes.office import SETTINGS, TALLY
from sim.rng import Streams
from sim.vocabulary import Kind, Status

STAFF = {
    Kind.CORE: 2, Kind.RESIDENTS_COMMITTEE: 2, Kind.GRID_WORKER: 1, Kind.PROPERTY: 2,
    Kind.OWNERS_COMMITTEE: 1, Kind.MEDIATION: 1, Kind.SOCIAL_ORGANIZATION: 0, Kind.VOLUNTEERS: 1,
    Kind.STREET: 1}
"""Partner units do not exist, social organisations have nobody: actors can be missing."""
USUAL = {
    "authority": 0.5, "clarity": 0.05, "dispatch": 0.1, "attendance_delay": -1.0, "manner": 0.6,
    "facilitation": 0.1, "record": 0.3, "legitimacy": 0.6, "standing": 0.4, "approval": 0.0,
    "delegation": 0.0, "last_resort": 0.0, "tasks_cut": 0.0}
HOOKS = {"approval": 0.5, "delegation": 0.3, "last_resort": 0.5, "tasks_cut": 0.3}
WEEKS = 30


class Both:
    """The same community handled by the kernels and by the slow office."""

    def __init__(self, setting: dict[str, float], staff: dict[Kind, int]) -> None:
        assert {"regime", *USUAL} == set(SETTINGS.names or ())
        self.fast = Counter(
            Streams(SEED), staff, world={"tasks_hours": 4.0},
            cases={"max_returns": 2, "patience": 1.5, "relapse": 0.6, "relapse_delay": 60.0,
                   "max_bounces": 3},
            setting=setting)
        book = self.fast.book
        kinds = book.desks["kind"].tolist()
        book.desks["skill"] = 0.3 + 0.05 * np.arange(len(kinds))
        if Kind.GRID_WORKER in staff:
            book.desk_of_grid[0] = kinds.index(int(Kind.GRID_WORKER))
        numbers = self.fast.rules.numbers
        rules = {name: numbers[0][name].item() for name in numbers.dtype.names or ()}
        categories: list[dict[str, Any]] = [
            {"actors": [int(k) for k in c.actors], **{
                name: getattr(c, name)
                for name in ("hours", "authority", "clarity", "gap", "overlap", "severity", "conflict")}}
            for c in CATEGORIES]
        categories.append({"actors": [], "hours": rules["tasks_hours"]})
        desks = {int(d["kind"]): Desk(int(d["kind"]), int(d["servers"]), 1.0, float(d["skill"]))
                 for d in book.desks}
        self.slow = Council(desks, rules, categories, int(self.fast.streams.key("handling")), setting)

    def bring(self, n: int) -> None:
        """The same cases and tasks to both, in ten weeks."""
        u = draws("files", 3 * n).reshape(3, n)
        found = (10 * 40.0 * u[0]).tolist()
        kinds, lines = ((TASK + 1) * u[1]).astype(int).tolist(), (3 * u[2]).astype(int).tolist()
        new = list(zip(range(1, n + 1), kinds, lines, found, strict=True))
        self.slots = [self.fast.case(key, kind, t, line) for key, kind, line, t in new]
        self.files = [File(key, kind, line, t) for key, kind, line, t in new]
        for file in self.files:
            self.slow.at(file.found, self.slow.arrive, file)

    def week(self, number: int) -> None:
        """One week of both, at paces that come and go."""
        for row in self.fast.book.desks:
            if row["servers"] > 0:
                row["rate"] = (0.5, 0.8, 1.0, 0.0)[(number + int(row["kind"])) % 4]
                self.slow.desks[int(row["kind"])].rate = float(row["rate"])
        self.fast.work()
        self.slow.week(number)

    def agree(self) -> None:
        """Every case, desk, count and reputation is the same."""
        book = self.fast.book
        for slot, file in zip(self.slots, self.files, strict=True):
            row = book.cases[slot]
            if file.found > self.fast.week * 40.0:
                continue
            assert Status(row["status"]).key == file.status, file.key
            for name in ("handoffs", "bounces", "meetings", "returns", "relapses", "escalated", "approved",
                         "by_core", "recorded", "regime"):
                assert int(row[name]) == int(getattr(file, name)), (file.key, name)
            for name in ("waited", "effort", "closed", "assigned", "fairness"):
                assert row[name] == pytest.approx(getattr(file, name), abs=1e-6), (file.key, name)
        for row in book.desks:
            desk = self.slow.desks[int(row["kind"])]
            assert (row["waiting"], row["busy"]) == (desk.waiting, desk.busy)
            assert row["work_done"] == pytest.approx(desk.work_done(self.fast.week * 40.0), abs=1e-6)
            assert row["load"] == pytest.approx(desk.load)
            assert row["committed"] == pytest.approx(desk.committed)
        tally = dict(zip(TALLY, self.fast.tally.sum(axis=0).tolist(), strict=True))
        assert {name: tally[name] for name in self.slow.count} == self.slow.count
        for known, column in ((self.slow.good, self.fast.good), (self.slow.bad, self.fast.bad)):
            expected = np.full(column.shape[1:], 2.0)
            for pair, value in known.items():
                expected[pair] = value
            np.testing.assert_allclose(column[0], expected)


def handled(setting: dict[str, float], staff: dict[Kind, int] | None = None, n: int = 200) -> Both:
    """Both offices after thirty weeks, compared every week."""
    both = Both({**USUAL, **setting}, staff or STAFF)
    both.bring(n)
    for week in range(WEEKS):
        both.week(week)
        both.agree()
    return both


ALWAYS = ("recorded", "resolved", "escalated", "relapsed", "gave_up", "tasks_done", "paper")


@pytest.mark.parametrize(("regime", "busy", "idle"), [
    (FRAGMENTED, ("bounces",), ("meetings", "approved", "delegated", "taken_up", "tasks_cut")),
    (ONE_CORE, ("bounces", "meetings"), ("approved", "delegated", "taken_up", "tasks_cut")),
    (ADMINISTRATIVE, ("bounces",), ("meetings", "approved", "delegated", "taken_up", "tasks_cut")),
    (SELF, ("bounces", "meetings"), ("approved", "delegated", "taken_up", "tasks_cut")),
], ids=["fragmented", "one_core", "administrative", "self_governing"])
def test_each_regime_handles_as_the_slow_office(
    regime: int, busy: tuple[str, ...], idle: tuple[str, ...]
) -> None:
    both = handled({"regime": regime})
    count = both.slow.count
    assert min(count[name] for name in (*ALWAYS, *busy)) > 0, count
    assert max(count[name] for name in idle) == 0, count
    alone = sum(file.by_core for file in both.files)
    assert (alone > 0) == (regime == ADMINISTRATIVE)
    assert (max(file.meetings for file in both.files) > 0) == ("meetings" in busy)


@pytest.mark.parametrize("regime", [FRAGMENTED, ADMINISTRATIVE, ONE_CORE, SELF])
def test_approval_last_resort_delegation_and_cut_tasks(regime: int) -> None:
    both = handled({"regime": regime, **HOOKS})
    count = both.slow.count
    assert min(count[name] for name in ("approved", "taken_up", "tasks_cut", "resolved")) > 0, count
    assert (count["delegated"] > 0) == (regime in (ADMINISTRATIVE, ONE_CORE))
    assert any(file.approved and file.meetings for file in both.files) == (regime != FRAGMENTED)


@pytest.mark.parametrize("regime", [ONE_CORE, SELF])
def test_where_residents_have_no_lead_nothing_is_handed_to_them(regime: int) -> None:
    staff = {kind: n for kind, n in STAFF.items() if kind not in (Kind.OWNERS_COMMITTEE, Kind.VOLUNTEERS)}
    both = handled({"regime": regime, "delegation": 1.0}, staff, 120)
    assert both.slow.count["delegated"] == 0
    assert (both.slow.count["meetings"] > 0) == (regime == ONE_CORE)


def test_volunteers_take_the_place_of_busier_line_staff() -> None:
    """Light cases land with the team, and its work is not there without it."""
    both = handled({"regime": FRAGMENTED})
    assert both.slow.desks[int(Kind.VOLUNTEERS)].at_work
