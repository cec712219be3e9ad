"""Common random numbers: a run is a function of scenario and seed, and nobody's luck depends on anyone else.

Every comparison here is of bits; nothing is statistical.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.bench import Counter
from typer.testing import CliRunner

from sim import cli
from sim.model import CommunityModel
from sim.population.columns import Residents
from sim.processes.categories import TASK
from sim.results import RunResult
from sim.rng import Streams
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.simulation import simulate, simulate_arms
from sim.study import compare as study
from sim.study.plan import source
from sim.vocabulary import Kind, Regime

BASE: dict[str, Any] = {
    "yihe": 1, "name": "luck", "weeks": 10, "warmup": 6,
    "places": {"communities": 2, "grids": 2, "floors": 3, "dwellings_per_floor": 3},
    "population": {"residents": 100}, "budget": {"weekly": 20000.0}, "world": {"potential_rate": 12.0},
}
FESTIVAL = {"kind": "neighbour_festival"}
COVENANT = {"kind": "neighbour_covenant"}
ARMS: dict[str, dict[str, Any]] = {
    "none": {}, "festival": {"policies": [FESTIVAL]}, "both": {"policies": [COVENANT, FESTIVAL]},
    "fragmented": {"regime": "fragmented", "policies": [FESTIVAL]}, "plain": {"regime": "fragmented"},
}


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate({**BASE, **changes})


def same(a: RunResult, b: RunResult) -> None:
    assert a.digest == b.digest
    assert a.cases.tobytes() == b.cases.tobytes()
    for name, series in a.series.items():
        np.testing.assert_array_equal(series, b.series[name], err_msg=name)
    for name, table in a.groups.items():
        np.testing.assert_array_equal(table, b.groups[name], err_msg=name)


def test_the_same_seed_gives_the_same_bytes_twice() -> None:
    say = scenario(policies=[FESTIVAL, COVENANT])
    same(simulate(say, 3), simulate(say, 3))


def test_two_seeds_differ() -> None:
    one, two = simulate(scenario(), 3), simulate(scenario(), 4)
    assert one.digest != two.digest
    assert one.series["potential_frictions"].tolist() != two.series["potential_frictions"].tolist()


def test_arms_that_share_a_warm_up_are_what_each_would_be_alone() -> None:
    arms = {name: scenario(**arm) for name, arm in ARMS.items()}
    compared = frozenset({"neighbour_festival", "neighbour_covenant"})
    together = simulate_arms(arms, 5, compared)
    backwards = simulate_arms(dict(reversed(arms.items())), 5, compared)
    for name, arm in arms.items():
        alone = simulate(arm, 5, compared=compared)
        same(together[name], alone)
        same(backwards[name], alone)
    assert len({result.digest for result in together.values()}) == len(arms)


def test_frictions_are_the_same_under_every_policy_and_regime() -> None:
    """Also where many leave after bad experience: the home they leave keeps its frictions."""
    harsh = {"experience": {"leave_intercept": 2.0}, "world": {"potential_rate": 30.0}, "weeks": 20}
    arms = {name: scenario(**harsh, **arm) for name, arm in ARMS.items()}
    arms |= {r.key: scenario(**harsh, regime=r.key, policies=[FESTIVAL]) for r in Regime}
    results = simulate_arms(arms, 7)
    assert results["none"].value("people_left") > 0.0
    for name, result in results.items():
        assert result.series["potential_frictions"].tolist() == \
            results["none"].series["potential_frictions"].tolist(), name


# Workers, API and command line.


def tables(folder: Path) -> dict[str, bytes]:
    found = {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.parquet"))}
    return {name: content for name, content in found.items() if name != "timings.parquet"}


@pytest.mark.long
def test_one_and_two_workers_write_the_same_bytes(tmp_path: Path) -> None:
    arms = {name: ARMS[name] for name in ("none", "both", "plain")}
    say = load({**BASE, "name": "workers", "weeks": 4, "warmup": 2, "arms": arms})
    for workers in (1, 2):
        done = study.compare(say, replicates=3, workers=workers, out=tmp_path / str(workers))
        assert (done.report.done, done.failed) == (9, ())
    one, two = tables(tmp_path / "1"), tables(tmp_path / "2")
    assert "runs.parquet" in one
    assert one == two


def test_command_line_and_api_write_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "luck.yaml"
    file.write_text(
        "yihe: 1\nname: luck\nweeks: 6\nwarmup: 2\npopulation: {residents: 100}\n"
        "places: {grids: 1, floors: 3, dwellings_per_floor: 3}\npolicies: [{kind: neighbour_festival}]\n",
        encoding="utf-8")
    study.do(study.single(source(file), None, seed=8, replicates=2), tmp_path / "api", workers=1)
    told = CliRunner().invoke(cli.app, [
        "run", str(file), "--seed", "8", "--replicates", "2", "--workers", "1", "--quiet",
        "--out", str(tmp_path / "cli")])
    assert told.exit_code == 0, told.output
    assert tables(tmp_path / "cli") == tables(tmp_path / "api")
    both = tmp_path / "both.yaml"
    both.write_text("extends: luck.yaml\nname: both\narms: {on: {}, off: {policies: []}}\n", encoding="utf-8")
    runs = study.compare(both, seed=8, replicates=2, workers=1).runs
    alone = [study.run(file, seed=seed).digest for seed in (8, 9)]
    assert runs.loc[runs["arm"] == "on", "digest"].tolist() == alone


# One more of something changes nobody else's luck.

PEOPLE = 40
SETUP = tuple(name for name in Residents._fields if name not in ("dwelling", "building", "grid", "community"))


def village(folder: Path, *, newcomer: bool = False, tie: bool = False) -> Scenario:
    """Forty people of a table, tied in a ring; a newcomer's row stands in the middle."""
    folder.mkdir()
    rows = [(f"p{i:02}", 8 + (37 * i) % 80, f"b{i // 20}", f"d{i // 2}") for i in range(PEOPLE)]
    if newcomer:
        rows.insert(21, ("p21a", 44, "b1", "d10"))
    lines = [f"{who},{age},{building},{dwelling}" for who, age, building, dwelling in rows]
    (folder / "people.csv").write_text("\n".join(["id,age,building,dwelling", *lines, ""]), encoding="utf-8")
    ring = [f"p{i:02},p{(i + 1) % PEOPLE:02}" for i in range(PEOPLE)]
    ring += ["p03,p30"] if tie else []
    (folder / "ties.csv").write_text("\n".join(["source,target", *ring, ""]), encoding="utf-8")
    (folder / "village.yaml").write_text(
        "yihe: 1\nname: village\nweeks: 4\nwarmup: 0\npopulation_file: people.csv\nties: {file: ties.csv}\n"
        "world: {potential_rate: 40, renter_moves: 0, owner_moves: 0}\n", encoding="utf-8")
    return load(folder / "village.yaml")


def rows_of(model: CommunityModel, names: tuple[str, ...]) -> np.ndarray:
    return np.array([model.names.index(name) for name in names])


@pytest.mark.parametrize("more", ["newcomer", "tie"])
def test_one_more_resident_or_tie_changes_nobody_elses_draws(tmp_path: Path, more: str) -> None:
    before = CommunityModel(village(tmp_path / "before"), 6)
    after = CommunityModel(village(tmp_path / "after", **{more: True}), 6)
    at, there = rows_of(before, before.names), rows_of(after, before.names)
    assert len(after.residents.key) - len(before.residents.key) == (more == "newcomer")
    for name in SETUP:
        np.testing.assert_array_equal(
            getattr(before.residents, name)[at], getattr(after.residents, name)[there], err_msg=name)
    for level in ("resident", "dwelling", "building", "grid", "community"):
        first, second = before.draw("anything", level, 1), after.draw("anything", level, 1)
        if level == "resident":
            first, second = first[at], second[there]
        np.testing.assert_array_equal(first, second, err_msg=level)
    for model in (before, after):
        model.step()
        model.free()
    # The draws of the first week are keyed by residents, offers and dwellings: all of them are the same.
    np.testing.assert_array_equal(before.residents.key[at], after.residents.key[there])
    assert set(before.last_opportunities["key"]) == set(after.last_opportunities["key"])
    keys = [set(m.cases.cases["key"][m.cases.live()].tolist()) for m in (before, after)]
    if more == "newcomer":  # lives in a home that was there, so no friction is added
        assert len(keys[0] & keys[1]) >= 0.8 * len(keys[0] | keys[1])
    assert before.recorder.series["potential_frictions"][0] * PEOPLE == pytest.approx(
        after.recorder.series["potential_frictions"][0] * len(after.residents.key))


def busy_office(extra: bool) -> dict[int, np.void]:
    """Two communities' desks with thirty tasks each; perhaps one more task in the first."""
    counter = Counter(Streams(2), {Kind.RESIDENTS_COMMITTEE: 1}, 2, world={"tasks_hours": 4.0})
    u = Streams(2).uniform("times", -1, np.arange(60))
    if extra:
        counter.case(99, TASK, 10.0, 2)
    for k in range(60):
        slot = counter.case(100 + k, TASK, float(150.0 * u[k]), 2)
        counter.book.cases[slot]["community"] = k % 2
    done: list[np.ndarray] = []
    for _ in range(12):
        counter.work()
        done.append(counter.finished())
    return {int(row["key"]): row for row in np.concatenate(done)}


def test_one_more_case_changes_no_other_cases_draws() -> None:
    """Others may wait longer behind it, but take the same hours; elsewhere nothing changes at all."""
    before, after = busy_office(extra=False), busy_office(extra=True)
    assert set(after) - set(before) == {99}
    for key, row in before.items():
        assert row["effort"] == after[key]["effort"]
        if row["community"] == 1:
            assert (row["waited"], row["closed"]) == (after[key]["waited"], after[key]["closed"])
    assert any(row["waited"] != after[key]["waited"] for key, row in before.items())
