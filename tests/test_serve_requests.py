"""What may be asked of the server: sentences as for files, limits, and nothing outside its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from serve_lab import asking, serving, settings, told, write_folder
from starlette.testclient import TestClient

from sim.errors import YiheError
from sim.processes.parameters import SHOCKS, Shock
from sim.scenario.conditions import CONDITIONS
from sim.scenario.reading import load, set_path
from sim.web.asked import read_asked, read_json
from sim.web.keeping import folder_stamp
from sim.web.library import LONGEST_CHAIN, Library
from sim.web.limits import Limits, RefusalError

SECRET = "only-for-the-owner"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of scenarios with every way out of it that a file or link can try."""
    top = tmp_path_factory.mktemp("top")
    folder = write_folder(top / "scenarios")
    (top / "secret.yaml").write_text(f"yihe: 1\nname: {SECRET}\n", encoding="utf-8")
    (top / "people.csv").write_text(f"id,age\n{SECRET},30\n", encoding="utf-8")
    (folder / "linked.yaml").symlink_to(top / "secret.yaml")
    (folder / "circle.yaml").symlink_to(folder / "circle.yaml")
    (folder / "up").symlink_to(top)
    for name, line in {
        "climbs": "extends: ../secret.yaml", "jumps": f"extends: {top / 'secret.yaml'}",
        "leans": "extends: up/secret.yaml", "reads": "extends: small.yaml\npopulation_file: ../people.csv",
        "round": "extends: round.yaml",
        "arm_reads": "extends: small.yaml\narms: {x: {population_file: up/people.csv}}",
    }.items():
        (folder / f"{name}.yaml").write_text(f"{line}\nname: {name}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with serving(settings(folder)) as client:
        yield client


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return Library(folder)


def refused(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/compare", json=asking(**changes))
    assert answer.status_code in (400, 403, 404, 413), answer.text
    found = answer.json()
    assert set(found) == {"zh", "en", "key"}
    assert SECRET not in answer.text
    return {"status": answer.status_code, **found}


def test_start_names_everything_the_page_shows(client: TestClient) -> None:
    found = client.get("/api/start").json()
    assert found["uncalibrated"] is True
    by_file = {one["file"]: one for one in found["scenarios"]}
    assert {"small.yaml", "above.yaml", "wrong.yaml"} <= by_file.keys()
    assert not {"linked.yaml", "circle.yaml", "secret.yaml"} & by_file.keys()
    arms = by_file["small.yaml"]["arms"]
    assert [arm["key"] for arm in arms] == ["none", "festival", "poor"]
    assert arms[1]["policies"] == [{"kind": "neighbour_festival", "start": 1}]
    assert by_file["above.yaml"]["arms"] == arms  # those of the file it extends
    assert "problem" in by_file["climbs.yaml"]
    assert len(found["regimes"]) == 4
    assert [one["path"] for one in found["sliders"] if one["main"]]
    for one in (*found["sliders"], *(number for card in found["policies"] for number in card["numbers"])):
        assert one["min"] <= one["default"] <= one["max"], one["path"]
        assert one["zh"], one["path"]
        assert one["grade"] in "ABCD", one["path"]
    for card in found["policies"]:
        assert set(card["card"]) == {"mechanism", "cost", "claim", "harm"}
        assert all(text["zh"] and text["en"] for text in card["card"].values()), card["kind"]
    assert SECRET not in json.dumps(found)


def test_start_says_what_can_be_set_beside_the_sliders(client: TestClient) -> None:
    """Shocks as files may have them, lengths, what all policies have, a name for every block and grade."""
    found = client.get("/api/start").json()
    kinds = {one["key"]: one["sets"] for one in found["shocks"]["kinds"]}
    assert kinds == SHOCKS
    assert {one["path"] for one in found["shocks"]["numbers"]} == Shock.model_fields.keys() - {"kind"}
    assert [one["path"] for one in found["lengths"]] == ["weeks", "warmup"]
    assert {one["path"] for one in found["general"]} == {"intensity", "target.share", "start", "end"}
    numbers = [*found["shocks"]["numbers"], *found["lengths"], *found["general"]]
    assert all(one["zh"] and one["unit_zh"] and one["min"] < one["max"] for one in numbers)
    blocks = {one["key"] for one in found["groups"]}
    for one in (*found["sliders"], *found["switches"]):
        assert one["path"].rpartition(".")[0] in blocks, one["path"]
    assert found["grades"].keys() == set("ABCD")
    paths = {one["path"] for one in (*found["sliders"], *found["switches"])}
    for condition in found["conditions"]:
        assert condition["sets"], condition["key"]
        assert condition["sets"].keys() <= paths, condition["key"]


def test_shocks_and_warm_up_are_those_of_the_request(library: Library, folder: Path) -> None:
    """The same on both sides; the arms keep their names; what a shock leaves out is its kind's."""
    asked = read_asked(
        asking(shocks=[{"kind": "burst_main", "week": 3}], warmup=1, conditions={"ties.atomisation": 0.2}),
        library, Limits())
    for scenario in asked.arms.values():
        assert scenario.warmup == 1
        shocks = [(one.kind, one.week, one.friction_factor) for one in scenario.shocks]
        assert shocks == [("burst_main", 3, 3.0)]
    loaded = load(folder / "small.yaml")
    assert asked.labels == {"a": loaded.arm_label("festival"), "b": loaded.arm_label("none")}


def test_wrong_shocks_are_refused(client: TestClient) -> None:
    key = refused(client, shocks=[{"kind": "burst_main", "week": -1}])["key"]
    assert key == "shocks[0].week"
    assert refused(client, shocks=[{"kind": "flood", "week": 1}])["key"].startswith("shocks[0]")
    assert refused(client, shocks=[{"week": 1}] * 61)["status"] == 413
    assert refused(client, conditions={"shocks": []})["key"] == "conditions.shocks"


def test_a_scenario_in_full_is_the_one_of_the_file(client: TestClient, folder: Path) -> None:
    found = client.get("/api/scenario", params={"file": "above.yaml"}).json()
    loaded = load(folder / "above.yaml")
    assert found["values"]["ties.atomisation"] == 0.5
    assert found["values"]["population.residents"] == 150
    assert found["weeks"] == loaded.weeks == 8
    for arm in found["arms"]:
        assert arm["policies"] == loaded.arm(arm["key"]).tree()["policies"]
    assert [arm["plain"] for arm in found["arms"]] == [True, True, False]
    poor = found["arms"][2]["values"]
    assert poor["budget.weekly"] == CONDITIONS["scarce_money"].changes["budget"]["weekly"]
    assert poor["actors.social_organization.present"] is False
    assert "population.residents" not in poor  # the scenario's own, no difference of the arm


def test_an_arm_is_exactly_that_of_the_file(library: Library, folder: Path) -> None:
    """What the page runs is what the command line runs."""
    loaded = load(folder / "small.yaml")
    for a, b in (("festival", "none"), ("poor", "festival")):
        asked = read_asked(asking(a={"arm": a}, b={"arm": b}), library, Limits())
        assert asked.arms == {"a": loaded.arm(a), "b": loaded.arm(b)}
        assert asked.labels == {"a": loaded.arm_label(a), "b": loaded.arm_label(b)}
        assert asked.seed == loaded.seed
    assert read_asked(asking(a={"arm": "festival"}), library, Limits()).compared == {"neighbour_festival"}


def test_changes_are_those_of_set_path(library: Library, folder: Path) -> None:
    conditions = {"ties.atomisation": 0.25, "budget": {"weekly": 10.0}}
    asked = read_asked(asking(seed=7, weeks=5, conditions=conditions), library, Limits())
    expected = load(folder / "small.yaml").arm("festival")
    for path, value in (("seed", 7), ("weeks", 5), ("ties.atomisation", 0.25), ("budget.weekly", 10.0)):
        expected = set_path(expected, path, value)
    assert asked.arms["a"] == expected
    assert asked.seed == 7


def test_named_conditions_change_both_sides_and_numbers_come_before_them(library: Library) -> None:
    asked = read_asked(
        asking(conditions={"conditions": ["scarce_money"], "budget.carry_weeks": 9}), library, Limits())
    for arm in asked.arms.values():
        assert arm.conditions == ("scarce_money",)
        assert (arm.budget.weekly, arm.budget.carry_weeks) == (400.0, 9)


def test_policies_and_regime_replace_those_of_the_arm(client: TestClient) -> None:
    policies = [{"kind": "building_council", "start": 2, "end": 5, "intensity": 0.5}]
    a, b = told(client.post("/api/compare", json=asking(
        a={"arm": "festival", "regime": "fragmented", "policies": policies}, b={"policies": []})).content)
    assert a["tree"]["regime"] == "fragmented"
    assert [(p["kind"], p["start"], p["end"]) for p in a["tree"]["policies"]] == [("building_council", 2, 5)]
    assert b["tree"]["policies"] == []
    assert b["zh"] == "小区"
    assert a["zh"] == "甲：多头无核"
    assert a["compared"] == ["building_council"]


@pytest.mark.parametrize(("policy", "key"), [
    ({"kind": "neighbour_festival", "intensity": 2}, "a.policies[0].intensity"),
    ({"kind": "neighbour_festival", "weekends": 99}, "a.policies[0].weekends"),
    ({"kind": "neighbour_festival", "weekends": "4"}, "a.policies[0].weekends"),
    ({"kind": "neighbor_festival"}, "a.policies[0].kind"),
    ({"kind": "neighbour_festival", "sweetness": 1}, "a.policies[0].sweetness"),
    ({"kind": "neighbour_festival", "start": 9, "end": 3}, "a.policies[0].end"),
])
def test_a_wrong_policy_gets_the_sentence_of_a_file(
    client: TestClient, tmp_path: Path, policy: dict[str, Any], key: str,
) -> None:
    found = refused(client, a={"arm": "none", "policies": [policy]})
    file = tmp_path / "same.yaml"
    file.write_text(json.dumps({"yihe": 1, "name": "same", "policies": [policy]}), encoding="utf-8")
    with pytest.raises(YiheError) as told_of_file:
        load(file)
    assert (found["zh"], found["en"]) == (told_of_file.value.zh, told_of_file.value.en)
    assert (found["status"], found["key"]) == (400, key)
    assert told_of_file.value.key == key.removeprefix("a.")


@pytest.mark.parametrize(("conditions", "key", "part"), [
    ({"ties.atomisation": 3}, "ties.atomisation", "3 is out of range"),
    ({"ties.atomisaton": 0.3}, "ties.atomisaton", "did you mean atomisation"),
    ({"ties.atomisation": None}, "ties.atomisation", "must be a number"),
    ({"conditions": ["scarce_mony"]}, "conditions[0]", "did you mean scarce_money"),
    ({"world.tasks_rate": "many"}, "world.tasks_rate", "must be a number"),
    ({"": 1}, "", ""), ({"..": 1}, "", ""), ({"ties": 3}, "ties", "must be"),
])
def test_a_wrong_number_gets_the_sentence_of_a_file(
    client: TestClient, conditions: dict[str, Any], key: str, part: str,
) -> None:
    found = refused(client, conditions=conditions)
    assert found["status"] == 400
    assert found["key"] == (key or found["key"])
    assert part in found["en"]
    assert "yihe validate" not in found["en"] + found["zh"]


@pytest.mark.parametrize("conditions", [
    {"population_file": "../people.csv"}, {"population_file": "/etc/passwd"}, {"ties.file": "/etc/passwd"},
    {"ties": {"file": "../people.csv"}}, {"extends": "../secret.yaml"}, {"arms": {}}, {"targets": []},
    {"yihe": 1}, {"name": "x"}, {"policies": []}, {"regime": "fragmented"}, {"weeks": 9},
    {"warmup": 9}, {"seed": 9},
])
def test_conditions_name_no_files_and_nothing_that_has_its_own_place(
    client: TestClient, conditions: dict[str, Any],
) -> None:
    assert refused(client, conditions=conditions)["key"].startswith("conditions.")


@pytest.mark.parametrize("name", [
    "../secret.yaml", "linked.yaml", "circle.yaml", "up/secret.yaml", "/etc/passwd", "secret.yaml", "",
    ".", "..",
    "small.yaml\x00", "small", "SMALL.YAML", None, 3, ["small.yaml"], {"x": 1}, "x" * 5000,
])
def test_only_files_of_the_folder_can_be_named(client: TestClient, name: Any) -> None:
    assert refused(client, scenario=name)["status"] == 404
    if isinstance(name, str):
        assert client.get("/api/scenario", params={"file": name}).status_code == 404


@pytest.mark.parametrize("name", ["climbs", "jumps", "leans", "reads", "arm_reads"])
def test_what_a_file_names_must_lie_in_the_folder_too(client: TestClient, name: str) -> None:
    found = refused(client, scenario=f"{name}.yaml")
    assert found["status"] == 403
    assert "folder of scenarios" in found["en"]


def test_a_wrong_file_is_told_with_file_and_line_but_without_folders(
    client: TestClient, folder: Path,
) -> None:
    found = refused(client, scenario="wrong.yaml")
    assert "wrong.yaml" in found["key"]
    assert "population.residents" in found["key"]
    assert str(folder) not in json.dumps(found)
    assert refused(client, scenario="round.yaml")["status"] == 400


def test_a_long_chain_of_files_does_not_lead_out_either(tmp_path: Path) -> None:
    """However deep the one that would climb out stands, no file is read that was not looked at."""
    folder = write_folder(tmp_path / "scenarios")
    (tmp_path / "secret.yaml").write_text(f"yihe: 1\nname: {SECRET}\n", encoding="utf-8")
    for depth in (2, LONGEST_CHAIN - 1, LONGEST_CHAIN, LONGEST_CHAIN + 5):
        for i in range(depth):
            above = f"link{i + 1}.yaml" if i + 1 < depth else "../secret.yaml"
            (folder / f"link{i}.yaml").write_text(f"extends: {above}\nname: link\n", encoding="utf-8")
        with pytest.raises(RefusalError) as refusal:
            Library(folder).scenario("link0.yaml")
        assert refusal.value.key == "extends"
        assert refusal.value.status == (403 if depth <= LONGEST_CHAIN else 400)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    library = Library(folder)
    before, stamp = library.scenario("above.yaml"), folder_stamp(folder)
    assert library.scenario("above.yaml") is before
    text = (folder / "small.yaml").read_text(encoding="utf-8")
    (folder / "small.yaml").write_text(text.replace("weeks: 8", "weeks: 19"), encoding="utf-8")
    assert library.scenario("above.yaml").weeks == 19
    assert folder_stamp(folder) != stamp


@pytest.mark.parametrize(("changes", "key", "status"), [
    ({"conditions": {"population.residents": 50_000}}, "population.residents", 413),
    ({"conditions": {"places.communities": 1000}}, "population.residents", 413),
    ({"conditions": {"places.buildings": 200, "places.grids": 20}}, "places.buildings", 413),
    ({"weeks": 5200}, "weeks", 413), ({"weeks": 0}, "weeks", 400), ({"weeks": 5.5}, "weeks", 400),
    ({"weeks": True}, "weeks", 400), ({"seed": -1}, "seed", 400), ({"seed": 2**63}, "seed", 400),
    ({"seed": "1"}, "seed", 400), ({"seeds": 0}, "seeds", 400), ({"first": -1}, "first", 400),
    ({"seeds": 1000}, "seeds", 413), ({"first": True}, "first", 400), ({"first": 10**6}, "first", 400),
    ({"a": {"policies": [{"kind": "no_op", "id": f"p{i}"} for i in range(100)]}}, "a.policies", 413),
    ({"a": {"arm": "nobody"}}, "a.arm", 400), ({"a": {"arm": 3}}, "a.arm", 400), ({"a": []}, "a", 400),
    ({"a": {"regime": "kingdom"}}, "a.regime", 400), ({"b": {"policies": "all"}}, "b.policies", 400),
    ({"b": {"polices": []}}, "b.polices", 400), ({"speed": 1}, "speed", 400),
    ({"outcomes": ["x"]}, "outcomes", 400), ({"outcomes": [["backlog"]]}, "outcomes", 400),
    ({"conditions": []}, "conditions", 400),
    ({"conditions": {"a." * 150 + "a": 1}}, "conditions", 400),
])
def test_what_is_too_much_or_wrong_is_said_in_one_sentence(
    client: TestClient, changes: dict[str, Any], key: str, status: int,
) -> None:
    found = refused(client, **changes)
    assert (found["key"], found["status"]) == (key, status)
    assert "\n" not in found["zh"] + found["en"]


def test_residents_of_a_table_are_counted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    rows = "".join(f"p{i},30,b1,d1\n" for i in range(40))
    (folder / "people.csv").write_text("id,age,building,dwelling\n" + rows, encoding="utf-8")
    (folder / "named.yaml").write_text(
        "extends: small.yaml\nname: named\npopulation_file: people.csv\n", encoding="utf-8")
    asked = asking(scenario="named.yaml")
    assert read_asked(asked, Library(folder), Limits()).arms["a"].population_path == folder / "people.csv"
    with pytest.raises(RefusalError) as refusal:
        read_asked(asked, Library(folder), Limits(residents=30))
    assert refusal.value.status == 413


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"3", b"null", b'"x"', b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b"[" * 100_000,
    b'{"a":' * 50 + b"1" + b"}" * 50, b'{"seed": ' + b"9" * 5000 + b"}", b'{"scenario": "\\ud800"}',
    b'{"\\ud800": 1}',
])
def test_broken_bodies_are_told_as_such(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/compare", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 404), answer.text
    assert set(answer.json()) == {"zh", "en", "key"}


def test_unknown_policies_have_no_card(client: TestClient) -> None:
    known = client.get("/api/policy", params={"kind": "neighbour_festival"})
    assert known.json()["key"] == "neighbour_festival"
    for kind in ("../x", "", "sim.policies"):
        assert client.get("/api/policy", params={"kind": kind}).status_code == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12)
KEYS = st.sampled_from([
    "ties.atomisation", "ties.file", "population_file", "extends", "conditions", "shocks", "places", "arms",
    "x",
    "budget.weekly", "policies[0]", "places.communities", "weeks", "population.residents"])
POLICY = st.dictionaries(
    st.sampled_from(["kind", "id", "start", "end", "intensity", "target", "weekends", "x"]),
    JSON | st.sampled_from(["neighbour_festival", "building_council"]), max_size=5)
ARM = st.dictionaries(
    st.sampled_from(["arm", "regime", "policies", "x"]),
    JSON | st.lists(POLICY, max_size=3) | st.sampled_from(["festival", "none", "one_core", "fragmented"]),
    max_size=3)
SHOCK = st.dictionaries(
    st.sampled_from(["kind", "week", "weeks", "friction_factor", "x"]),
    JSON | st.sampled_from(["burst_main", "custom"]) | st.integers(0, 9), max_size=4)
FILES = st.sampled_from(["small.yaml", "above.yaml", "../secret.yaml", "linked.yaml", "reads.yaml"])
REQUEST = JSON | st.fixed_dictionaries(
    {"scenario": FILES | JSON},
    optional={
        "a": ARM | JSON, "b": ARM | JSON, "shocks": st.lists(SHOCK, max_size=3) | JSON,
        "warmup": st.integers(0, 9) | JSON, "seed": st.integers(0, 50) | JSON,
        "weeks": st.integers(1, 20) | JSON,
        "conditions": st.dictionaries(KEYS | st.text(max_size=10), JSON | st.floats(0, 1), max_size=4) | JSON,
        "seeds": JSON, "outcomes": JSON, "first": JSON})


@given(asked=REQUEST)
@example(asked={"scenario": "small.yaml", "conditions": {"places": {"grids_total": 10**30}}})
@hypothesis(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fuzzed_requests_are_answered_or_refused_and_reach_no_file_outside(
    client: TestClient, asked: Any,
) -> None:
    """Never a fault of ours (500), never a word of a file outside the folder."""
    body = json.dumps(asked).encode("utf-8", "surrogatepass")
    answer = client.post("/api/compare", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 403, 404, 413), answer.text
    assert SECRET.encode() not in answer.content
    if answer.status_code != 200:
        assert set(answer.json()) == {"zh", "en", "key"}


@given(st.binary(max_size=300))
@hypothesis(max_examples=60, deadline=None)
def test_fuzzed_bytes_are_a_request_or_a_sentence(body: bytes) -> None:
    status = 400
    try:
        found = read_json(body, Limits())
    except RefusalError as refusal:
        found, status = {}, refusal.status
    assert isinstance(found, dict)
    assert status == 400


@given(path=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
@hypothesis(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fuzzed_paths_reach_nothing(client: TestClient, path: str) -> None:
    for start in ("/static/", "/api/", "/"):
        answer = client.get(start + path.replace("#", "%23"))
        assert answer.status_code in (200, 403, 404, 405)
        assert SECRET.encode() not in answer.content
