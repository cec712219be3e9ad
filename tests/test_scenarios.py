"""The shipped scenarios: each is valid, says where it comes from, and has a counter-scenario."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.population.synthesis import synthesize
from sim.rng import Streams
from sim.scenario import yamlfile
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.vocabulary import Regime

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
BASELINES = {"commercial_estate", "old_estate"}
"""Places without policies, which other scenarios build on."""

CASES = [f.stem for f in FILES if f.stem not in BASELINES and not f.stem.endswith("_counter")]
COUNTERS = [f.stem for f in FILES if f.stem.endswith("_counter")]
COUNTERED_BY = {"district_573_grids": "district_12_grids_counter"}
"""Cases whose counter stands on another file; all others have one of their own."""


@cache
def scenario(name: str) -> Scenario:
    """A shipped scenario, read once."""
    return load(FOLDER / f"{name}.yaml")


def said(name: str) -> dict[str, Any]:
    """What a file itself says, without what it extends."""
    file = FOLDER / f"{name}.yaml"
    return yamlfile.parse(file.read_text(encoding="utf-8"), str(file))[0]


@pytest.mark.parametrize("name", [f.stem for f in FILES])
def test_every_file_is_valid_and_says_what_it_is_in_both_languages(name: str) -> None:
    own = said(name)
    assert own["name"] == name
    for text in (scenario(name).title, scenario(name).description):
        assert text.zh.strip()
        assert text.en.strip()
    assert own["title"]  # its own words, not those of the file it extends
    assert own["description"]


@pytest.mark.parametrize("name", CASES + COUNTERS)
def test_every_case_names_its_source_and_every_claim_two_of_its_arms(name: str) -> None:
    case = scenario(name)
    assert case.source.startswith(("S0", "S1", "S2", "S3", "S4"))
    assert case.targets
    for claim in case.targets:
        assert {claim.treatment, claim.control} <= case.arms.keys(), claim.id
        assert claim.source.strip()
        assert claim.label.zh.strip()
        assert claim.label.en.strip()


@pytest.mark.parametrize("name", CASES + COUNTERS)
def test_every_arm_is_named_in_both_languages_and_no_two_alike(name: str) -> None:
    case = scenario(name)
    labels = [case.arm_label(arm) for arm in case.arms]
    assert len({label.zh for label in labels}) == len({label.en for label in labels}) == len(labels)
    trees = [case.arm(arm).model_dump_json() for arm in case.arms]
    assert len(set(trees)) == len(trees)


@pytest.mark.parametrize("name", CASES)
def test_every_case_compares_its_package_with_the_same_place_without_it(name: str) -> None:
    case = scenario(name)
    assert case.arms["none"].overrides.keys() >= {"policies"}
    kinds = {arm: {policy.id for policy in case.arm(arm).policies} for arm in case.arms}
    assert any(kinds["none"] < ids for ids in kinds.values())
    assert case.regime == Regime.ONE_CORE


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_a_counter_scenario(name: str) -> None:
    assert COUNTERED_BY.get(name, f"{name}_counter") in COUNTERS


@pytest.mark.parametrize("name", COUNTERS)
def test_a_counter_extends_its_case_and_keeps_its_policies(name: str) -> None:
    case = name.removesuffix("_counter")
    assert said(name)["extends"] == f"{case}.yaml"
    ours, theirs = scenario(name), scenario(case)
    assert ours.arms.keys() == theirs.arms.keys()
    for arm in ours.arms:
        kinds = [policy.kind for policy in ours.arm(arm).policies]
        assert sorted(kinds) == sorted(policy.kind for policy in theirs.arm(arm).policies), arm


@pytest.mark.parametrize("name", COUNTERS)
def test_a_counter_states_the_failure_it_expects_as_a_sign_of_our_own(name: str) -> None:
    for claim in scenario(name).targets:
        assert claim.reading == "sign"
        assert claim.source.startswith("D"), claim.id
        assert "推理" in claim.source
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert "推理（D）" in text
    assert "Reasoning (D)" in text


@pytest.mark.parametrize("name", [f.stem for f in FILES])
def test_every_case_and_counter_is_in_the_index(name: str) -> None:
    assert f"{name}.yaml" in (FOLDER / "README.md").read_text(encoding="utf-8")


# --- structure the sources give ---


def grids_of(name: str, policy: str) -> set[int]:
    """Grids in which one policy of the red network stands."""
    found = {p.id: p for p in scenario(name).arm("red_network").policies}[policy].target.grids
    assert found is not None
    assert len(set(found)) == len(found)
    return set(found)


def test_the_district_has_573_grids_and_573_workers_in_136_communities() -> None:
    district = scenario("district_573_grids")
    places = district.places
    assert places.grids_total == 573
    assert places.grids_total * district.actors.grid_worker.per_grid == 573
    assert places.communities == 136
    assert 950 <= places.communities * district.population.residents / places.grids_total <= 1050


def test_the_districts_grids_are_really_laid_out() -> None:
    # A handful of residents a community: grids, not people, are what is counted here.
    few = {"population.residents": 60, "places.floors": 1, "places.dwellings_per_floor": 2}
    small = load(FOLDER / "district_573_grids.yaml", few)
    made = synthesize(small.places, small.population, Streams(small.seed)).places
    assert made.grids == 573
    assert made.communities == 136


def test_the_district_has_364_branches_and_239_groups_in_573_grids() -> None:
    branches, groups = grids_of("district_573_grids", "branches"), grids_of("district_573_grids", "groups")
    assert (len(branches), len(groups)) == (364, 239)
    assert branches | groups == set(range(573))
    assert len(branches & groups) == 30


def test_the_cut_out_keeps_the_districts_proportions() -> None:
    cut = scenario("district_12_grids")
    assert cut.places.grids_total == 12
    assert cut.places.grids_total * cut.actors.grid_worker.per_grid == 12
    assert len(grids_of("district_12_grids", "branches")) == round(12 * 364 / 573)
    assert len(grids_of("district_12_grids", "groups")) == round(12 * 239 / 573)


def test_lujiazui_has_more_than_fifty_units_in_buildings_without_households() -> None:
    case = scenario("lujiazui_golden_ring")
    made = synthesize(case.places, case.population, Streams(case.seed)).places
    units = made.building_units[made.dwelling_building] == 1
    assert int(units.sum()) == case.actors.partner_unit.number == 52


def test_everything_at_once_holds_every_policy_but_the_controls() -> None:
    from sim.policies import registry

    held = {policy.kind for policy in scenario("everything_at_once").arm("everything").policies}
    assert held == set(registry.BUILT_IN) - {"no_op", "sham", "party_brand"}
