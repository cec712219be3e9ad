"""Conditions: the sources' challenges and dilemmas as switches of a scenario."""

from __future__ import annotations

from typing import Any

import pytest

from sim import YiheError, load, loads
from sim.params import declared
from sim.policies.registry import BUILT_IN
from sim.scenario.conditions import CONDITIONS
from sim.scenario.reading import dump
from sim.scenario.schema import Scenario

every_condition = pytest.mark.parametrize("name", list(CONDITIONS))


def scenario(**more: Any) -> Scenario:
    return load({"yihe": 1, "name": "conditions", **more})


def leaves(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{above}.{key}" if above else key
        found.update(leaves(value, path) if isinstance(value, dict) else {path: value})
    return found


def at(block: Any, path: str) -> Any:
    for step in path.split("."):
        block = getattr(block, step)
    return block


@every_condition
def test_each_condition_changes_what_it_says_and_nothing_else(name: str) -> None:
    plain, under = scenario(), scenario(conditions=[name])
    changed = leaves(CONDITIONS[name].changes)
    for path, value in changed.items():
        assert at(under, path) == value != at(plain, path), path
    differ = {
        path for path, value in leaves(under.tree()).items()
        if value != leaves(plain.tree())[path]} - {"conditions"}
    assert differ == set(changed)


@every_condition
def test_each_condition_stays_within_declared_ranges_and_has_both_languages(name: str) -> None:
    ranges = {number.path: number for number in declared(Scenario)}
    for path, value in leaves(CONDITIONS[name].changes).items():
        if not isinstance(value, bool):
            assert ranges[path].ge <= value <= ranges[path].le, path
    condition = CONDITIONS[name]
    assert condition.label.zh
    assert condition.meaning.en.endswith(".")
    assert condition.source.startswith("S")
    assert set(condition.answers) <= set(BUILT_IN)


def test_a_block_given_in_part_keeps_the_defaults_of_its_place() -> None:
    own = scenario(actors={"residents_committee": {"meeting": {"notice": 0.9}}}).actors.residents_committee
    usual = scenario().actors.residents_committee
    assert own.meeting == usual.meeting.model_copy(update={"notice": 0.9})
    assert own.meeting.weeks == 6


def test_what_a_file_says_itself_comes_first_and_a_later_condition_before_an_earlier_one() -> None:
    both = scenario(conditions=["scattered_authority", "barred_cooperation"])
    assert both.actors.core.authority == 0.3
    assert both.actors.core.manner == 0.35
    own = scenario(conditions=["scarce_money"], budget={"weekly": 900.0})
    assert own.budget.weekly == 900.0
    assert own.budget.carry_weeks == 4


def test_an_arm_can_stand_under_conditions_of_its_own() -> None:
    s = scenario(budget={"weekly": 900.0}, arms={
        "usual": {}, "barred": {"conditions": ["barred_cooperation"], "actors.core.manner": 0.9}})
    assert s.arm("usual").actors.trust_between == 0.5
    assert s.arm("barred").actors.trust_between == 0.3
    assert s.arm("barred").actors.core.manner == 0.9
    assert s.arm("barred").budget.weekly == 900.0


@every_condition
def test_a_scenario_under_conditions_survives_yaml(name: str) -> None:
    back_to_default = scenario(conditions=[name, "scarce_money"], budget={"weekly": 2000.0})
    for full in (True, False):
        assert loads(dump(back_to_default, full=full)) == back_to_default


def test_an_unknown_condition_is_one_clear_sentence() -> None:
    with pytest.raises(YiheError) as caught:
        scenario(conditions=["scarse_money"])
    assert caught.value.key == "conditions[0]"
    assert "scarce_money" in caught.value.en
