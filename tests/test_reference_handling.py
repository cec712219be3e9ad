"""Desks and the handling of cases agree with a slow discrete-event simulation, week by week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import queueing
from reference.bench import SEED, Counter, draws

from sim.processes.categories import CATEGORIES, TASK
from sim.processes.office import TALLY
from sim.rng import Streams
from sim.vocabulary import Kind, Regime, Status


def as_bureau(counter: Counter, setting: dict[str, float]) -> queueing.Bureau:
    """The slow office with the same desks, numbers and draws."""
    rules = counter.rules
    numbers = {name: rules.numbers[0][name].item() for name in rules.numbers.dtype.names}
    categories: list[dict[str, Any]] = [
        {"actors": [int(k) for k in c.actors], "hours": c.hours, "authority": c.authority,
         "clarity": c.clarity, "gap": c.gap, "overlap": c.overlap} for c in CATEGORIES]
    categories.append({"actors": [], "hours": numbers["tasks_hours"]})
    desks = {}
    for row in counter.book.desks:
        desks[int(row["kind"])] = queueing.Desk(
            int(row["kind"]), int(row["servers"]), float(row["rate"]), float(row["skill"]),
            float(row["load"]))
    return queueing.Bureau(desks, numbers, categories, int(counter.streams.key("handling")), setting)


def agree(counter: Counter, slots: list[int], files: list[queueing.Case], bureau: queueing.Bureau) -> None:
    for slot, file in zip(slots, files, strict=True):
        row = counter.book.cases[slot]
        if file.found > counter.week * 40.0:
            continue
        assert Status(row["status"]).key == file.status
        for name in ("handoffs", "bounces", "returns", "relapses", "escalated"):
            assert int(row[name]) == int(getattr(file, name)), (file.key, name)
        if file.gone and file.category == TASK:
            assert row["told"] == 1  # nobody asks for it any more
        if file.status not in ("open", "escalated"):
            assert int(row["ended_week"]) == int(file.closed / 40.0), file.key
            news = file.category != TASK and row["ended_week"] == counter.week - 1
            assert not news or row["told"] == 0, file.key
        elif file.category != TASK:
            assert row["told"] == 0, file.key  # how it ends this time is still to be learned
        assert int(row["acted"]) == sum(1 << kind for kind in file.worked), file.key
        for name in ("waited", "effort", "closed", "assigned", "fairness"):
            assert row[name] == pytest.approx(getattr(file, name), abs=1e-6), (file.key, name)
    for row in counter.book.desks:
        desk = bureau.desks[int(row["kind"])]
        assert (row["waiting"], row["busy"]) == (desk.waiting, desk.busy)
        assert row["work_done"] == pytest.approx(desk.work_done(counter.week * 40.0), abs=1e-6)
        assert row["load"] == pytest.approx(desk.load)
        assert row["committed"] == pytest.approx(desk.committed)
    tally = dict(zip(TALLY, counter.tally.sum(axis=0).tolist(), strict=True))
    assert {name: tally[name] for name in bureau.count} == bureau.count


@pytest.mark.parametrize("servers", [1, 3])
def test_a_desk_with_classes_serves_as_the_slow_one(servers: int) -> None:
    """Non-preemptive, urgent first, first come first served, carried over while pace and staff change."""
    counter = Counter(Streams(SEED), {Kind.RESIDENTS_COMMITTEE: servers}, world={"tasks_hours": 5.0})
    u = draws("arrivals", 240).reshape(3, 80)
    found = [0.0, *(8 * 40.0 * np.sort(u[0]) / servers).tolist()[1:]]
    lines = (3 * u[1]).astype(int).tolist()
    slots = [counter.case(k + 1, TASK, t, c) for k, (t, c) in enumerate(zip(found, lines, strict=True))]
    bureau = as_bureau(counter, {})
    files = [queueing.Case(k + 1, TASK, c, t) for k, (t, c) in enumerate(zip(found, lines, strict=True))]
    for file in files:
        bureau.at(file.found, bureau.arrive, file)
    for week in range(24):
        rate, staff = (1.0, 0.6, 0.0, 0.8)[week % 4], servers + week % 2
        counter.book.desks["rate"], counter.book.desks["servers"] = rate, staff
        bureau.desks[1].rate, bureau.desks[1].servers = rate, staff
        counter.work()
        bureau.week(week)
        agree(counter, slots, files, bureau)
        busy = bureau.desks[1].busy_time(week * 40.0, week * 40.0 + 40.0)
        assert counter.book.desks["busy_time"][0] == pytest.approx(busy)
    assert all(file.status == "resolved" for file in files)
    ended = [(a, b) for file in files for a, b in [(file.assigned, file.closed)]]
    assert any(int(a / 40.0) < int(b / 40.0) for a, b in ended)
    assert sum(file.waited > 0.0 for file in files) > 40


def test_tasks_that_wait_too_long_lapse_and_nobody_asks_for_them_any_more() -> None:
    counter = Counter(
        Streams(SEED), {Kind.RESIDENTS_COMMITTEE: 1}, world={"tasks_hours": 5.0}, cases={"patience": 1.5})
    found = (60.0 * np.sort(draws("at once", 50))).tolist()
    slots = [counter.case(k + 1, TASK, t, k % 3) for k, t in enumerate(found)]
    bureau = as_bureau(counter, {})
    files = [queueing.Case(k + 1, TASK, k % 3, t) for k, t in enumerate(found)]
    for file in files:
        bureau.at(file.found, bureau.arrive, file)
    for week in range(6):
        counter.work()
        bureau.week(week)
        agree(counter, slots, files, bureau)
    assert min(sum(file.gone for file in files), sum(not file.gone for file in files)) > 10
    assert bureau.count["gave_up"] == 0


@pytest.mark.parametrize("record", [0.0, 0.5])
def test_files_travel_bounce_and_come_back_as_in_the_slow_office(record: float) -> None:
    """One actor after another, with gaps, overlaps, bounces, returns, the street, relapses and impatience."""
    staffed = {Kind.RESIDENTS_COMMITTEE: 1, Kind.PROPERTY: 2, Kind.OWNERS_COMMITTEE: 1, Kind.MEDIATION: 1,
               Kind.SOCIAL_ORGANIZATION: 0, Kind.STREET: 1}
    setting = {"record": record, "dispatch": 0.1, "clarity": -0.1, "manner": 0.6}
    counter = Counter(
        Streams(SEED), staffed, world={"tasks_hours": 4.0},
        cases={"max_returns": 2, "patience": 1.5, "relapse": 0.5, "relapse_delay": 60.0, "max_bounces": 3},
        setting={"regime": int(Regime.FRAGMENTED), **setting})
    counter.book.desks["skill"] = 0.3 + 0.1 * np.arange(len(staffed))
    n = 160
    u = draws("files", 4 * n).reshape(4, n)
    found, lines = (10 * 40.0 * u[0]).tolist(), (3 * u[1]).astype(int).tolist()
    kinds = (13 * u[2]).astype(int).tolist()
    new = list(zip(range(1, n + 1), kinds, lines, found, strict=True))
    slots = [counter.case(key, kind, t, line) for key, kind, line, t in new]
    bureau = as_bureau(counter, setting)
    files = [queueing.Case(key, kind, line, t) for key, kind, line, t in new]
    for file in files:
        bureau.at(file.found, bureau.arrive, file)
    for week in range(30):
        for row in counter.book.desks:
            if row["servers"] > 0:
                row["rate"] = (0.5, 0.8, 1.0, 0.0)[(week + int(row["kind"])) % 4]
                bureau.desks[int(row["kind"])].rate = float(row["rate"])
        counter.work()
        bureau.week(week)
        agree(counter, slots, files, bureau)
        for slot in slots:
            counter.book.cases["told"][slot] |= counter.book.cases["ended_week"][slot] >= 0
    assert min(bureau.count[name] for name in bureau.count if name != "paper") > 0, bureau.count
    assert (bureau.count["paper"] > 0) == (record > 0.0)
    assert sum(file.gone for file in files) > 0
    assert sum(file.returns > 0 for file in files) > 0
