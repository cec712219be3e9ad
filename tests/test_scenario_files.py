"""Scenario files: what they mean, and that nothing is lost on the way in and out."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.params import Declared, declared
from sim.policies import registry
from sim.processes.parameters import Shock
from sim.scenario.jsonschema import json_schema
from sim.scenario.merge import parse_path, show_path
from sim.scenario.naming import run_key, scenario_key
from sim.scenario.reading import dump, load, loads, set_path
from sim.scenario.schema import Scenario
from sim.scenario.starter import starter
from sim.scenario.targets import READINGS, Claim
from sim.scenario.units import UNITS_ZH, unit_in
from sim.vocabulary import Regime

SCENARIOS = Path(__file__).parent.parent / "scenarios"
HEAD = "yihe: 1\nname: a\n"
PLUGIN = '''
from typing import Literal
from sim.params import Param
from sim.policies.base import Policy

class Tea(Policy):
    """A test policy."""
    kind: Literal["test_tea"] = "test_tea"
    cups: float = Param(2.0, unit="cups a week", ge=0, le=9, label=("杯数", "cups"))

class Walk(Policy):
    """Another test policy."""
    kind: Literal["test_walk"] = "test_walk"
'''


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two test policies, known for one test only."""
    monkeypatch.setattr(registry, "_plugged", {})
    monkeypatch.setattr(registry, "_plugins", {})
    file = tmp_path / "own_policy.py"
    file.write_text(PLUGIN, encoding="utf-8")
    registry.load_plugin(file)
    return file


def write(folder: Path, **files: str) -> Path:
    """Files ``name.yaml`` in a folder; the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.yaml"


# --- shipped scenarios ---


@pytest.mark.parametrize("name", ["commercial_estate", "old_estate"])
def test_baselines_load_and_survive_a_round_trip(name: str) -> None:
    scenario = load(SCENARIOS / f"{name}.yaml")
    assert loads(dump(scenario)) == scenario
    assert not scenario.policies


def test_old_estate_begins_without_property_company_and_owners_committee() -> None:
    old, new = load(SCENARIOS / "old_estate.yaml"), load(SCENARIOS / "commercial_estate.yaml")
    assert not old.actors.property.present
    assert not old.actors.owners_committee.present
    assert new.actors.property.present
    assert new.actors.owners_committee.present
    assert old.population.residents == new.population.residents


FESTIVAL_KINDS = {"neighbour_festival", "neighbour_covenant", "mutual_help_teams", "building_council"}


@pytest.fixture
def festival_policies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand-ins for those of the festival's policies that do not exist yet."""
    monkeypatch.setattr(registry, "_plugged", {})
    monkeypatch.setattr(registry, "_plugins", {})
    missing = sorted(FESTIVAL_KINDS - set(registry.BUILT_IN))
    if missing:
        classes = "".join(
            f"class P{i}(Policy):\n    kind: Literal['{kind}'] = '{kind}'\n" for i, kind in enumerate(missing)
        )
        file = tmp_path / "stand_ins.py"
        file.write_text(
            "from typing import Literal\nfrom sim.policies.base import Policy\n" + classes, "utf-8"
        )
        registry.load_plugin(file)


@pytest.mark.usefixtures("festival_policies")
def test_festival_compares_four_regimes_with_and_without_the_package() -> None:
    scenario = load(SCENARIOS / "chaoyang_neighbour_festival.yaml")
    arms = {name: scenario.arm(name) for name in scenario.arms}
    with_package = {arm.regime for arm in arms.values() if {p.kind for p in arm.policies} == FESTIVAL_KINDS}
    without = {arm.regime for arm in arms.values() if not arm.policies}
    assert with_package == without == set(Regime)
    participation, disputes = scenario.targets
    assert (participation.outcome, participation.beside) == ("participation_52_other", ("participation_52",))
    assert (disputes.outcome, disputes.beside) == (
        "latent_neighbour_disputes",
        ("recorded_neighbour_disputes",),
    )
    assert scenario.window(disputes) == (52, 104)
    assert loads(dump(scenario)) == scenario


# --- in and out ---

NUMBERS = [
    d
    for d in declared(Scenario)
    if d.path.split(".")[0] in ("world", "cases", "experience", "ties", "budget")
]


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, float]:
    """Some numbers anywhere in their range."""
    chosen: list[Declared] = draw(st.lists(st.sampled_from(NUMBERS), max_size=6, unique_by=lambda d: d.path))
    return {d.path: draw(_value(d)) for d in chosen}


def _value(number: Declared) -> st.SearchStrategy[Any]:
    if isinstance(number.default, int) and _is_int(number.path):
        return st.integers(int(number.ge), int(number.le))
    return st.floats(number.ge, number.le, allow_nan=False)


def _is_int(path: str) -> bool:
    model: Any = Scenario
    *blocks, last = path.split(".")
    for block in blocks:
        model = model.model_fields[block].annotation
    return model.model_fields[last].annotation is int


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=overrides(), regime=st.sampled_from(list(Regime)), full=st.booleans())
def test_what_is_dumped_loads_again_as_the_same(
    changes: dict[str, float], regime: Regime, full: bool
) -> None:
    scenario = load({"yihe": 1, "name": "a"}, {**changes, "regime": regime.key})
    again = loads(dump(scenario, full=full))
    assert again == scenario
    assert scenario_key(again) == scenario_key(scenario)


def test_policies_arms_shocks_and_claims_survive_a_round_trip(plugged: Path) -> None:
    scenario = loads(
        HEAD
        + """
shocks: [{kind: burst_main, week: 3, weeks: 2, friction_factor: 2}]
policies: [{kind: test_tea, cups: 3, end: 9}, {kind: test_tea, id: second, target: {grids: [1]}}]
arms:
  x: {label: {zh: 甲, en: A}, policies: []}
  y: {ties.atomisation: 0.5, regime: 多头无核}
targets:
  - {id: t, label: {zh: 主张, en: claim}, source: S1, outcome: efficacy, treatment: y, control: x,
     reading: level_change, from: {high: 0.3}, to: {low: 0.7}, window: {from: 10, to: 20}}
"""
    )
    for full in (False, True):
        assert loads(dump(scenario, full=full)) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert scenario.arm("y").ties.atomisation == 0.5
    assert scenario.arm("y").regime is Regime.FRAGMENTED
    assert [p.id for p in scenario.arm("y").policies] == ["test_tea", "second"]
    assert scenario.arm("x").policies == ()
    assert not scenario.arm("x").arms


def test_numbers_keep_their_type_and_yaml_1_2_words_stay_words() -> None:
    scenario = loads("yihe: 1\nname: a\nsource: on\nties: {atomisation: 1}\n")
    assert scenario.source == "on"
    assert isinstance(scenario.ties.atomisation, float)


def test_anchors_and_merge_keys_work() -> None:
    scenario = loads(
        HEAD
        + """
arms:
  x: &x {budget: {weekly: 7}, regime: fragmented}
  y: {<<: *x, regime: administrative}
"""
    )
    assert scenario.arm("y").budget.weekly == 7
    assert scenario.arm("y").regime is Regime.ADMINISTRATIVE
    assert scenario.arm("x").regime is Regime.FRAGMENTED


# --- arms ---


@pytest.mark.parametrize(("arm", "key", "other"), [
    ("{ties: {atomisation: abc}, ties.atomisation: 0.5}", "ties.atomisation", "ties"),
    ("{ties.atomisation: 0.5, ties: {atomisation: 0.6}}", "ties", "ties.atomisation"),
    ("{ties: 7, ties.atomisation: 0.5}", "ties.atomisation", "ties"),
    ("{actors.core.skill: 0.5, actors.core: {skill: .nan}}", "actors.core", "actors.core.skill")])
def test_an_arm_says_nothing_twice(tmp_path: Path, arm: str, key: str, other: str) -> None:
    with pytest.raises(YiheError) as refused:
        load(write(tmp_path, twice=HEAD + f"arms:\n  a: {arm}\n"))
    assert (refused.value.key, refused.value.line) == (f"arms.a.{key}", HEAD.count("\n") + 2)
    assert f"same place as {other} in the same arm" in refused.value.en


def test_an_arm_may_say_two_keys_of_one_block_and_another_file_either_again(tmp_path: Path) -> None:
    base = HEAD + "arms:\n  a: {ties.atomisation: 0.1, ties: {homophily: 0.2}}\n"
    middle = "extends: base.yaml\narms:\n  a: {ties: {atomisation: 0.3}}\n"
    top = "extends: middle.yaml\narms:\n  a: {ties.atomisation: 0.4}\n"
    child = write(tmp_path, child=top, middle=middle, base=base)
    found = load(child).arm("a").ties
    assert (found.atomisation, found.homophily) == (0.4, 0.2)


# --- extends ---


def test_extends_merges_mappings_and_replaces_lists(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        child="extends: base.yaml\nname: child\nties: {homophily: 0.1}\nshocks: [{week: 7}]\n",
        base=HEAD + "ties: {atomisation: 0.4, homophily: 0.9}\nshocks: [{week: 1}, {week: 2}]\nweeks: 60\n",
    )
    scenario = load(file)
    assert (scenario.name, scenario.weeks) == ("child", 60)
    assert (scenario.ties.atomisation, scenario.ties.homophily) == (0.4, 0.1)
    assert [shock.week for shock in scenario.shocks] == [7]


def test_extends_reaches_through_folders_and_moves_files_along(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "people.csv").write_text("id\n1\n", encoding="utf-8")
    write(tmp_path / "base", b=HEAD + "population_file: people.csv\n")
    child = write(tmp_path, child="extends: base/b.yaml\nweeks: 9\n")
    scenario = load(child)
    assert scenario.population_path is not None
    assert scenario.population_path.resolve() == (tmp_path / "base" / "people.csv").resolve()


def test_a_mistake_in_an_extended_file_names_that_file(tmp_path: Path) -> None:
    child = write(tmp_path, child="extends: base.yaml\nweeks: 9\n", base=HEAD + "ties:\n  atomisation: 2\n")
    with pytest.raises(YiheError) as caught:
        load(child)
    assert (caught.value.file, caught.value.key, caught.value.line) == (
        str(tmp_path / "base.yaml"),
        "ties.atomisation",
        4,
    )


# --- overrides ---


def test_overrides_reach_numbers_policies_by_id_and_policies_by_position(plugged: Path) -> None:
    scenario = loads(
        HEAD + "policies: [{kind: test_tea}, {kind: test_walk, id: w}]\n",
        [("world.tasks_rate", 9), ("policies.w.intensity", 0.25), ("policies[0].cups", 5), ("seed", 4)],
    )
    assert scenario.world.tasks_rate == 9
    assert scenario.policies[1].intensity == 0.25
    assert scenario.policies[0].model_dump()["cups"] == 5
    assert set_path(scenario, "policies.test_tea.cups", 1).policies[0].model_dump()["cups"] == 1
    assert scenario.policies[0].model_dump()["cups"] == 5


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("ties.atomisaton", 0.1, "atomisation"),
        ("atomisation", 0.1, "ties.atomisation"),
        ("policies[3].start", 1, "policies[3]"),
        ("a..b", 1, "ties.atomisation"),
        ("ties.atomisation.x", 1, "ties.atomisation"),
        ("weeks", 0, "5200"),
    ],
)
def test_a_wrong_override_says_what_was_meant(path: str, value: float, said: str) -> None:
    with pytest.raises(YiheError) as caught:
        set_path(loads(HEAD), path, value)
    assert caught.value.key == path
    assert said in caught.value.zh
    assert said in caught.value.en


@pytest.mark.parametrize("text", ["a", "a.b", "a[0].b", "a[0][1]", "policies.x-y.start"])
def test_key_paths_read_as_they_are_written(text: str) -> None:
    assert show_path(parse_path(text)) == text


# --- names of runs ---


def test_a_run_is_named_by_what_changes_it(plugged: Path) -> None:
    base = HEAD + "policies: [{kind: test_tea}, {kind: test_walk}]\n"
    scenario = loads(base)
    same = loads(
        "yihe: 1\nname: b\nseed: 9\ntitle: {zh: 甲, en: A}\npolicies: [{kind: test_walk}, {kind: test_tea}]\n"
    )
    assert scenario_key(same) == scenario_key(scenario)
    assert scenario_key(set_path(scenario, "ties.atomisation", 0.3)) != scenario_key(scenario)
    assert scenario_key(set_path(scenario, "policies[0].cups", 3)) != scenario_key(scenario)
    assert run_key(scenario, 1) == run_key(same, 1) != run_key(scenario, 2)
    assert run_key(scenario, 1) != run_key(scenario, 1, engine="numpy")


def test_a_run_is_named_by_the_bytes_of_its_files_wherever_they_lie(tmp_path: Path) -> None:
    keys = []
    for folder, text in (("a", "id\n1\n"), ("b", "id\n1\n"), ("c", "id\n2\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}.csv").write_text(text, encoding="utf-8")
        keys.append(scenario_key(load(write(tmp_path / folder, s=HEAD + f"population_file: {folder}.csv\n"))))
    assert keys[0] == keys[1] != keys[2]


# --- starter and JSON Schema ---


def test_every_unit_has_a_chinese_form() -> None:
    blocks: list[Any] = [Scenario, Shock, *(registry.policy_class(kind) for kind in registry.BUILT_IN)]
    units = {number.unit: number.path for block in blocks for number in declared(block)}
    assert not {unit: path for unit, path in units.items() if unit not in UNITS_ZH}
    assert unit_in("cups a week", "zh") == "cups a week"  # a plug-in's own
    assert (unit_in("h/week", "zh"), unit_in("h/week", "en")) == ("小时/周", "h/week")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_starter_is_valid_as_written_and_with_every_section_switched_on(lang: str) -> None:
    text = starter("mine", lang)
    assert loads(text).name == "mine"
    head, _, rest = text.partition("\nplaces:")
    middle, _, tail = rest.partition("\nshocks:")
    is_setting = re.compile(r"#( {2,})?\w")
    switched = "\n".join(line[1:] if is_setting.match(line) else line for line in middle.split("\n"))
    everything = loads(f"{head}\nplaces:{switched}\nshocks:{tail}")
    assert everything == loads(text)
    assert all(number.path.rpartition(".")[2] in text for number in declared(Scenario))


def test_the_json_schema_tells_title_unit_range_and_source_of_every_number(plugged: Path) -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    for number in declared(Scenario):
        field = _at(schema, number.path)
        assert field["title"] == f"{number.zh} · {number.en}"
        assert (field["minimum"], field["maximum"]) == (number.ge, number.le)
        assert number.unit in field["description"]
        assert number.source in field["description"]


def test_the_json_schema_offers_policies_and_claims_by_kind(plugged: Path) -> None:
    schema = json_schema()
    policies = [_resolve(schema, option) for option in schema["properties"]["policies"]["items"]["oneOf"]]
    assert {p["properties"]["kind"]["const"] for p in policies} == set(registry.kinds())
    claims = [_resolve(schema, option) for option in schema["properties"]["targets"]["items"]["oneOf"]]
    assert {c["properties"]["reading"]["const"] for c in claims} == set(READINGS)
    assert all("outcome" in c["required"] for c in claims)
    arm = schema["$defs"]["Arm"]["properties"]
    assert "ties" in arm
    assert "weeks" not in arm
    assert set(schema["properties"]) == {f.alias or n for n, f in Scenario.model_fields.items()} | {"extends"}


def _at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    node = schema
    for key in path.split("."):
        node = _resolve(schema, node)["properties"][key]
    return node


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return {**node, **schema["$defs"][node["$ref"].rpartition("/")[2]]}
    return node


# --- claims ---


def claim(reading: str, **more: Any) -> Claim:
    return READINGS[reading](
        id="t",
        label={"zh": "主张", "en": "claim"},
        source="S1",
        outcome=next(iter(OUTCOMES)),
        treatment="x",
        control="y",
        **more,
    )


CHANGE = {"from": {"high": 0.3}, "to": {"low": 0.7}}


@pytest.mark.parametrize(
    ("made", "intervals", "verdict"),
    [
        (
            claim("relative_change", value=-0.4),
            {"relative": (-0.6, -0.45), "difference": (-6, -4.5)},
            "reached",
        ),
        (claim("relative_change", value=-0.4), {"relative": (-0.3, -0.1), "difference": (-3, -1)}, "weaker"),
        (
            claim("relative_change", value=-0.4),
            {"relative": (-0.5, -0.3), "difference": (-5, -3)},
            "undetermined",
        ),
        (
            claim("relative_change", value=-0.4),
            {"relative": (-0.2, 0.1), "difference": (-2, 1)},
            "undetermined",
        ),
        (claim("relative_change", value=-0.4), {"relative": (0.1, 0.2), "difference": (1, 2)}, "opposite"),
        (
            claim("level_change", **CHANGE),
            {"control": (0.2, 0.25), "treatment": (0.7, 0.8), "difference": (0.5, 0.6)},
            "reached",
        ),
        (
            claim("level_change", **CHANGE),
            {"control": (0.2, 0.25), "treatment": (0.4, 0.5), "difference": (0.2, 0.3)},
            "weaker",
        ),
        (
            claim("level_change", **CHANGE),
            {"control": (0.2, 0.25), "treatment": (0.6, 0.75), "difference": (0.4, 0.5)},
            "undetermined",
        ),
        (
            claim("level_change", **CHANGE),
            {"control": (0.2, 0.25), "treatment": (0.1, 0.15), "difference": (-0.1, -0.05)},
            "opposite",
        ),
        (
            claim("level", level={"low": 0.7}),
            {"treatment": (0.71, 0.72), "difference": (0.1, 0.2)},
            "reached",
        ),
        (
            claim("level", level={"high": 0.1}),
            {"treatment": (0.2, 0.3), "difference": (-0.2, -0.1)},
            "weaker",
        ),
        (claim("difference", value=0.1), {"difference": (0.02, 0.09)}, "weaker"),
        (claim("sign", toward="more"), {"difference": (0.01, 0.02)}, "reached"),
        (claim("sign", toward="more"), {"difference": (0.0, 0.02)}, "undetermined"),
        (claim("sign", toward="less"), {"difference": (0.01, 0.02)}, "opposite"),
    ],
)
def test_the_verdict_rule(made: Claim, intervals: dict[Any, tuple[float, float]], verdict: str) -> None:
    assert made.verdict(intervals) == verdict


# --- plug-ins ---


def test_a_plugin_is_loaded_once_and_its_policies_are_known(plugged: Path) -> None:
    assert registry.load_plugin(plugged) == ("test_tea", "test_walk")
    assert registry.plugins() == (plugged.resolve(),)
    assert registry.policy_kinds()["test_tea"].__name__ == "Tea"
    assert registry.policy_class("nobody") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "--plugin"),
        ("x = 1\n", "Policy"),
        ("x = \n", "SyntaxError"),
        ("\n1 / 0\n", "ZeroDivisionError"),
        (PLUGIN.replace("test_walk", "test_tea"), "test_tea"),
        (PLUGIN + "\n# another file\n", "test_tea"),
    ],
)
def test_a_bad_plugin_is_one_sentence(plugged: Path, tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "other.py"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(YiheError, match=said) as caught:
        registry.load_plugin(file)
    assert caught.value.file in (str(file), str(file.resolve()))
    assert registry.kinds() == tuple(sorted({*registry.BUILT_IN, "test_tea", "test_walk"}))


def test_every_built_in_policy_exists() -> None:
    for kind in registry.BUILT_IN:
        cls = registry.policy_class(kind)
        assert cls is not None
        assert registry.kind_of(cls) == kind
