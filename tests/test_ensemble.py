"""Runs side by side in one model give what each gives alone: every outcome, case and array, to the bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sharding import equal

from sim import ensemble
from sim.ensemble import MOST, RESIDENTS, Ensemble, held_apart, runs_together, simulate_seeds
from sim.errors import YiheError
from sim.model import CommunityModel
from sim.policies.registry import policy_class, policy_kinds
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.simulation import simulate_arms
from sim.study.pool import Here
from sim.study.runtable import Block, RunTable
from sim.study.tables import Finished
from sim.study.work import Common, Rules, default_engine, do_blocks
from sim.vocabulary import Regime

SCENARIOS = Path(__file__).parent.parent / "scenarios"
KINDS = sorted(policy_kinds())
WIDE = {"district_support", "secretary_studio"}
ALL_OR_NONE = {"cadre_team", "neighbour_festival", "no_op", "service_centres"}
"""Granted to all of the runs below in the same weeks, or to none."""
LOCAL = [kind for kind in KINDS if kind not in WIDE]


def estate(policies: Sequence[Any] = (), **more: Any) -> Scenario:
    return load({
        "yihe": 1, "name": "estate", "weeks": 20, "warmup": 6, "policies": list(policies),
        "places": {"grids": 1, "floors": 3, "dwellings_per_floor": 3, "unit_buildings": 1},
        "population": {"residents": 120}, **more})


def same(arms: Mapping[str, Scenario], seeds: Sequence[int]) -> None:
    """Side by side as alone."""
    compared = frozenset({"festival", "neighbour_festival"})
    together = simulate_seeds(arms, seeds, compared)
    assert list(together) == list(seeds)
    for seed, results in together.items():
        alone = simulate_arms(arms, seed, compared)
        assert list(results) == list(alone)
        for name, result in results.items():
            equal(alone[name], result)
            assert result.seed == seed


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_policies_they_have(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(LOCAL), max_size=len(LOCAL), unique=True))
    policies = [
        {"kind": kind, "start": data.draw(st.integers(0, 4)), "end": data.draw(st.integers(8, 20)),
         "intensity": data.draw(st.sampled_from([0.5, 1.0])),
         "target": data.draw(st.sampled_from([{}, {"share": 0.5}]))} for kind in kinds]
    communities = data.draw(st.integers(1, 3))
    scenario = estate(
        policies, regime=data.draw(st.sampled_from([r.key for r in Regime])),
        budget={"weekly": data.draw(st.sampled_from([20.0, 300.0, 3_000.0, 20_000.0]))},
        shocks=data.draw(st.sampled_from([[], [{"week": 5, "weeks": 4, "staff_factor": 0.3}]])),
        places={"communities": communities, "streets": data.draw(st.integers(1, communities)),
                "grids": data.draw(st.integers(1, 2)), "floors": 3, "dwellings_per_floor": 3,
                "unit_buildings": 1},
        ties={"builder": data.draw(st.sampled_from(["community", "erdos_renyi", "none"]))})
    seeds = data.draw(st.lists(st.integers(0, 2**40), min_size=2, max_size=4, unique=True))
    same({"only": scenario}, seeds)


@pytest.mark.parametrize("ties", [
    {}, {"atomisation": 0.4}, {"builder": "erdos_renyi", "atomisation": 0.2}, {"builder": "watts_strogatz"},
    {"builder": "none"}], ids=str)
def test_whoever_knows_whom(ties: dict[str, Any]) -> None:
    places = {"communities": 2, "streets": 2, "grids": 1, "floors": 3, "dwellings_per_floor": 3}
    same({"only": estate([{"kind": "neighbour_festival"}], places=places, ties=ties)}, [3, 1, 2])


def test_a_run_in_which_nobody_lives_is_refused_in_company_too() -> None:
    few = estate(
        places={"grids": 1, "buildings": 4, "floors": 6, "dwellings_per_floor": 3},
        population={"residents": 10, "household_size": 3.2})
    empty = []
    for seed in range(60):
        try:
            CommunityModel(few, seed).free()
        except YiheError:
            empty.append(seed)
    assert empty
    assert len(empty) < 60
    peopled = next(seed for seed in range(60) if seed not in empty)
    with pytest.raises(YiheError, match="人口为空"):
        simulate_seeds({"only": few}, [peopled, empty[0]])


def test_people_and_ties_of_a_table(tmp_path: Path) -> None:
    people = [
        f"p{i},{20 + i % 60},c{i // 60},b{i // 20},d{i // 4},{'' if i % 3 else 0.5}" for i in range(120)]
    (tmp_path / "people.csv").write_text(
        "\n".join(["id,age,community,building,dwelling,skill", *people]), encoding="utf-8")
    ties = [f"p{i},p{(7 * i + 1) % 60 + 60 * (i // 60)}" for i in range(120) if i % 60]
    (tmp_path / "ties.csv").write_text("\n".join(["source,target", *ties]), encoding="utf-8")
    scenario = load({
        "yihe": 1, "name": "table", "weeks": 20, "warmup": 6, "policies": [{"kind": "neighbour_festival"}],
        "population_file": "people.csv", "ties": {"file": "ties.csv", "atomisation": 0.3}}, folder=tmp_path)
    assert runs_together([scenario]) > 1
    same({"only": scenario}, [5, 9, 6])


def test_the_size_of_a_table_says_how_many_runs_go_together(tmp_path: Path) -> None:
    def table(people: int) -> Scenario:
        rows = "\n".join(f"p{i},40" for i in range(people))
        (tmp_path / "people.csv").write_text(f"id,age\n{rows}\n", encoding="utf-8")
        return load({"yihe": 1, "name": "table", "population_file": "people.csv"}, folder=tmp_path)

    assert runs_together([table(30)]) == MOST
    assert runs_together([table(RESIDENTS // 3 - 1)]) == 3
    assert runs_together([table(RESIDENTS + 1)]) == 1


@pytest.mark.parametrize("kind", ["neighbour_festival", "building_council", "sham", "guiding_core"])
@pytest.mark.parametrize("streets", [1, 2])
def test_volunteers_who_lead_in_some_runs_or_communities_lead_nobody_elses(kind: str, streets: int) -> None:
    """Under self-government without an owners' committee, they lead once they have formed."""
    scenario = estate(
        [{"kind": kind}], regime="self_governing", weeks=30, population={"residents": 150},
        places={
            "communities": streets, "streets": streets, "grids": 1, "floors": 3, "dwellings_per_floor": 3},
        actors={"owners_committee": {"present": False}, "volunteers": {"form_at": 1}},
        participation={"practice_to_climb": 1.5})
    same({"only": scenario}, [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize("kind", ["none", "micro_projects"])
def test_a_grid_that_nobody_lives_in_is_no_trouble(kind: str) -> None:
    """The patrol and wishes are offered there too, and begin where the next grid's residents do, if any."""
    scenario = estate(
        [] if kind == "none" else [{"kind": kind}],
        places={"grids": 4, "floors": 1, "dwellings_per_floor": 2}, population={"residents": 12})
    seeds = range(12)
    empty = 0
    for seed in seeds:
        model = CommunityModel(scenario, seed)
        scope = model.scope("grid")
        empty += bool(scope.lo[-1] == scope.hi[-1] == len(model.residents.key))
        model.run()
    assert empty
    same({"only": scenario}, list(seeds))


@pytest.mark.parametrize("kind", LOCAL)
def test_a_policy_that_some_runs_can_pay_and_others_cannot(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing was granted nothing may change: alone, the policy would not have acted."""
    mixed = 0
    act = Ensemble._act

    def watch(self: Ensemble, policy: Any, level: np.ndarray) -> None:
        nonlocal mixed
        mixed += not level.reshape(self.runs, -1).any(axis=1).all()
        act(self, policy, level)

    monkeypatch.setattr(Ensemble, "_act", watch)
    for weekly in (10.0, 40.0, 300.0, 1_000.0):
        same({"only": estate([{"kind": kind}], budget={"weekly": weekly}, weeks=30)}, [1, 2, 3, 4, 5, 6])
    assert (mixed > 0) != (kind in ALL_OR_NONE)


def test_arms_share_their_warm_up_and_keep_their_order() -> None:
    festival = {"kind": "neighbour_festival"}
    arms = {
        "none": estate(), "festival": estate([festival]), "studio": estate([{"kind": "secretary_studio"}]),
        "shaken": estate([festival], shocks=[{"week": 3, "weeks": 2, "friction_factor": 4.0}]),
        "longer": estate([festival], warmup=9)}
    assert [held_apart(scenario) for scenario in arms.values()] == [True, True, False, True, True]
    same(arms, [7, 3, 12])


@pytest.mark.parametrize("file", ["chaoyang_neighbour_festival", "old_estate", "red_microcirculation"])
def test_our_own_scenarios(file: str) -> None:
    whole = load(SCENARIOS / f"{file}.yaml", [("weeks", 10), ("warmup", 6), ("targets", [])])
    same({name: whole.arm(name) for name in list(whole.arms)[:3]}, [1, 2])


def test_who_looks_at_all_of_a_district_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(CommunityModel, "_granted_anywhere", Ensemble._granted_anywhere)
    for kind in KINDS:
        def watch(_: CommunityModel, own: np.ndarray, kind: str = kind) -> np.ndarray:
            asked.append(kind)
            return own

        monkeypatch.setattr(CommunityModel, "everywhere", watch)
        CommunityModel(estate([{"kind": kind}], budget={"weekly": 1e5}), 1).run()
    assert set(asked) == WIDE
    assert {kind for kind in KINDS if policy_class(kind).district_wide} == WIDE  # type: ignore[union-attr]
    with pytest.raises(NotImplementedError, match="district_wide"):
        Ensemble(estate([{"kind": kind} for kind in WIDE], budget={"weekly": 1e5}), [1, 2]).finish()


def test_which_runs_can_be_held_apart() -> None:
    def points(**target: Any) -> Scenario:
        return estate([{"kind": "points_incentive", "target": target}])

    assert held_apart(points())
    assert held_apart(points(share=0.5))
    assert not held_apart(points(grids=[0]))
    assert not held_apart(points(communities=[0]))
    assert runs_together([points(grids=[0])]) == 1
    assert runs_together([points(grids=[0]), points()]) == MOST
    big = estate(population={"residents": RESIDENTS // 3})
    assert runs_together([big]) == 3
    assert runs_together([big, estate()]) == 3
    assert runs_together([estate(population={"residents": RESIDENTS + 1}, places={"grids": 1})]) == 1


def blocks(arms: Mapping[str, Scenario], replicates: int) -> tuple[Common, list[Block]]:
    table = RunTable(dict(arms), frozenset(), 5, (replicates,))
    return Common.of(table), list(table.blocks())


ARMS = {"none": estate(weeks=4), "points": estate([{"kind": "points_incentive"}], weeks=4)}


def results(done: Iterator[list[Any]]) -> list[Finished]:
    return [one for some in done for one in some]


def test_a_study_has_blocks_done_side_by_side_in_even_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    whole = simulate_seeds

    def noting(arms: Mapping[str, Scenario], seeds: Sequence[int], compared: frozenset[str]) -> Any:
        sizes.append(len(seeds))
        return whole(arms, seeds, compared)

    monkeypatch.setattr(ensemble, "simulate_seeds", noting)
    common, todo = blocks(ARMS, MOST + 5)
    done = results(do_blocks(common, todo, default_engine(), Rules()))
    assert sizes == [(MOST + 5) // 2, MOST + 5 - (MOST + 5) // 2]
    assert [(one.arm, one.seed, one.key) for one in done] == [
        (arm, block.seed, key) for block in todo for arm, key in zip(block.arms, block.keys, strict=True)]
    for one in (done[0], done[-1]):
        equal(simulate_arms(ARMS, one.seed, frozenset())[one.arm], one.result)


def test_what_fails_side_by_side_is_done_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> Any:
        raise RuntimeError("a fault of ours")

    common, todo = blocks(ARMS, 3)
    before = results(do_blocks(common, todo, default_engine(), Rules()))
    monkeypatch.setattr(ensemble, "simulate_seeds", breaks)
    with pytest.warns(RuntimeWarning, match="a fault of ours"):
        alone = results(do_blocks(common, todo, default_engine(), Rules()))
    assert len(alone) == 6
    assert [one.key for one in alone] == [one.key for one in before]
    for one, other in zip(before, alone, strict=True):
        equal(one.result, other.result)


def test_another_engine_does_every_block_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def engine(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> Any:
        seen.append(seed)
        return simulate_arms(arms, seed, compared)

    monkeypatch.delattr(ensemble, "simulate_seeds")
    common, todo = blocks(ARMS, 3)
    batches = list(Here().do(common, iter(todo), 3, engine, Rules()))
    assert seen == [5, 6, 7]
    assert sum(batch.runs for some in batches for batch in some) == 6  # type: ignore[union-attr]
