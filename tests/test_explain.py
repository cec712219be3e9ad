"""``yihe explain``, ``list`` and ``claims``, and the pages in docs/: they say what the code declares."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from policy_lab import WEEKS, kinds, watched
from pydantic import BaseModel
from study_engine import fake

from sim import cli
from sim.errors import YiheError
from sim.explain import verdicts
from sim.explain.definitions import DEFINITIONS, definition
from sim.explain.facts import facts, number_facts
from sim.explain.find import Named, everything, find, parameters
from sim.explain.mechanism import STEPS, mechanism
from sim.explain.switches import NAMES, switches
from sim.explain.text import LEVER_UNITS_ZH, explained
from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import ASSUMPTION
from sim.policies.registry import BUILT_IN, policy_class, policy_kinds
from sim.processes.parameters import Shock
from sim.reference import outcomes_page, pages, stale
from sim.scenario.conditions import CONDITIONS
from sim.scenario.notes import note_in
from sim.scenario.schema import Scenario
from sim.scenario.sources import source_in
from sim.scenario.units import UNITS_ZH
from sim.study import claims as study
from sim.study.compare import compare
from sim.study.contract import class_of, home
from sim.study.plan import make_plan, source
from sim.vocabulary import Activity, Regime

ROOT = Path(__file__).parent.parent
FESTIVAL = ROOT / "scenarios" / "chaoyang_neighbour_festival.yaml"

Yihe = Callable[..., tuple[int, str, str]]


@pytest.fixture
def yihe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Yihe:
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yihe", *map(str, arguments)])
        monkeypatch.setenv("YIHE_LANG", "zh")
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return run


# The paths from levers to outcomes.


def test_every_lever_has_its_step_and_every_step_its_outcomes() -> None:
    assert set(STEPS) == set(LEVERS)
    for name, step in STEPS.items():
        assert step.outcomes, name
        assert set(step.outcomes) <= set(OUTCOMES), name
        assert 2 <= step.part <= 7, name


@pytest.mark.parametrize("name", LEVERS)
def test_the_step_named_is_the_one_that_reads_the_lever(name: str) -> None:
    text = (ROOT / "sim" / STEPS[name].file).read_text(encoding="utf-8")
    assert re.search(rf"[\"']{name}[\"']", text)


@pytest.mark.parametrize("kind", kinds())
def test_what_a_policy_does_is_what_its_source_was_read_to_name(kind: str) -> None:
    """Levers set and offers made in a run are among those found in the source."""
    found = mechanism(class_of(kind))
    model = watched({"kind": kind}, regime=home(kind).key).until(WEEKS)
    assert {name for note in model.notes for name in note.levers} <= set(found.levers)
    assert {Activity(a) for note in model.notes for a in note.offers["activity"]} <= set(found.activities)


# Finding and saying.


@pytest.mark.parametrize(("name", "what", "key"), [
    ("neighbour_festival", "policy", "neighbour_festival"),
    ("邻里节", "policy", "neighbour_festival"),
    ("party brand without substance", "policy", "party_brand"),
    ("年参与率", "outcome", "participation_52"),
    ("silent_disputes", "outcome", "silent_disputes"),
    ("ties.atomisation", "parameter", "ties.atomisation"),
    ("atomisation", "parameter", "ties.atomisation"),
    ("policies.sham.notice", "parameter", "policies.sham.notice"),
    ("categories.noise.severity", "parameter", "categories.noise.severity"),
    ("building_leaders.mode", "switch", "policies.building_leaders.mode"),
    ("policies.points_incentive.incentive", "switch", "policies.points_incentive.incentive"),
    ("actors.property.present", "switch", "actors.property.present"),
    ("协调方式", "switch", "regime"),
    ("regime", "switch", "regime"),
    ("one_core", "regime", "one_core"),
    ("一核多元", "regime", "one_core"),
    ("多头无核", "regime", "fragmented"),
    ("self-governing", "regime", "self_governing"),
    ("资源短缺", "condition", "scarce_money"),
    ("notice", "lever", "notice"),
    ("chaoyang_neighbour_festival", "scenario", "chaoyang_neighbour_festival"),
    (str(FESTIVAL), "scenario", "chaoyang_neighbour_festival"),
])
def test_things_are_found_by_key_and_by_name(
    name: str, what: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    thing = find(name)
    assert (thing.what, thing.key) == (what, key)


@pytest.mark.parametrize(("name", "words"), [
    ("nieghbour_festival", "neighbour_festival"), ("邻里结", "neighbour"), ("xyzzy", "yihe list"),
    ("share", "give the whole name"), ("present", "actors.mediation.present"),
])
def test_what_is_not_found_is_one_sentence_with_the_nearest(name: str, words: str) -> None:
    with pytest.raises(YiheError) as caught:
        find(name)
    assert words in caught.value.en
    assert "\n" not in caught.value.zh


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_explained_in_both_languages(lang: str) -> None:
    for sort in ("policy", "regime", "outcome", "condition", "lever", "switch"):
        for thing in everything(sort):  # type: ignore[arg-type]
            told = facts(thing)
            assert json.loads(json.dumps(told)) == told
            text = explained(told, lang)
            assert {"zh": "未经校准", "en": "uncalibrated"}[lang] in text, thing.key
            if lang == "en" and sort != "condition":
                body = text.replace(told.get("source", {}).get("en") or "\0", "")
                assert not re.search("[，。；：、]", body.split("\n")[3]), thing.key


def test_a_parameter_says_everything_it_holds() -> None:
    for path, number in [*parameters().items()][::80]:
        told = explained(facts(find(path)), "en")
        for said in (path, number.unit, number.evidence, number.source, number.note, number.en):
            assert said in told, path


def test_a_parameter_is_told_in_chinese_with_its_source_and_note() -> None:
    for path, number in parameters().items():
        head = {"what": "parameter", "key": path, "name": {"zh": number.zh, "en": number.en}}
        told = explained(head | number_facts(number), "zh")
        assert ASSUMPTION not in told, path
        assert source_in(number.source, "zh") in told, path
        assert not number.note or (note_in(number.note, "zh") in told and number.note not in told), path
    assert "建模假设" in explained(facts(find("ties.atomisation")), "zh")


def test_every_lever_has_a_unit_in_chinese() -> None:
    assert {lever.unit for lever in LEVERS.values()} <= {*UNITS_ZH, *LEVER_UNITS_ZH}


# Outcomes.


def test_every_outcome_says_over_whom_and_how_it_is_counted() -> None:
    assert set(DEFINITIONS) == set(OUTCOMES)
    page = outcomes_page()
    for name, counted in DEFINITIONS.items():
        for label in counted:
            assert re.search("[\u4e00-\u9fff]", label.zh), name
            assert not re.search("[\u4e00-\u9fff，。；：、（）]", label.en), name
        told = facts(Named("outcome", name, OUTCOMES[name].label))
        for lang in ("zh", "en"):
            text = explained(told, lang)
            assert counted.over.text(lang) in text
            assert counted.rule.text(lang) in text
        assert f"`{name}`" in page
    rules = [counted.rule.zh for counted in DEFINITIONS.values()]
    assert len(set(rules)) == len(rules)


def test_an_outcome_of_a_plugin_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim import plugins

    def reading(model: object) -> float:
        """Benches per resident."""
        return 0.0

    monkeypatch.setattr(plugins, "own_outcomes", lambda: [("benches", reading)])
    counted = definition("benches")
    assert counted is not None
    assert counted.rule.text("en") == "Benches per resident."
    assert definition("nothing_like_it") is None


# Switches.


def choice_fields(block: type[BaseModel], prefix: str) -> Iterator[str]:
    """Key paths of fields whose type, as written, is a ``Literal`` of several values or a ``bool``."""
    for name, field in block.model_fields.items():
        path = f"{prefix}{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from choice_fields(field.annotation, f"{path}.")
        elif re.search(r"Literal\[[^\]]*,|\bbool\b", repr(field.annotation)):
            yield path


def test_every_choice_and_yes_or_no_field_is_in_the_table_of_names() -> None:
    declared = {"regime", *choice_fields(Scenario, ""), *choice_fields(Shock, "shocks.")}
    for kind in BUILT_IN:
        cls = policy_class(kind)
        assert cls is not None
        declared |= set(choice_fields(cls, f"policies.{kind}."))
    assert len(declared) > 20
    assert declared == set(NAMES)
    for path in declared:
        switch = switches()[path]
        assert switch.default in switch.names.values, path
        assert set(switch.names.values) == set(NAMES[path].values), path
        for label in (switch.names.label, *switch.names.values.values()):
            assert re.search("[\u4e00-\u9fff]", label.zh), path
            assert not re.search("[\u4e00-\u9fff]", label.en), path


def test_switches_stand_on_cards_in_the_list_and_in_the_reference() -> None:
    listed = {thing.key for thing in everything("parameter")}
    made = pages()
    for path, switch in switches().items():
        assert path in listed
        _, _, rest = path.partition("policies.")
        kind, _, name = rest.partition(".")
        if rest and kind in BUILT_IN:
            card = explained(facts(find(kind)), "zh")
            assert {name, switch.names.label.zh} <= set(card.split()), path
        page = made["policies.md" if rest else "parameters.md"]
        assert f"| `{name or path}` | {switch.names.label.zh} · {switch.names.label.en} |" in page, path


def test_a_switch_is_told_with_its_values_and_the_sources_on_both_sides() -> None:
    told = facts(find("building_leaders.mode"))
    assert told["default"] == "appointed"
    assert [value["key"] for value in told["values"]] == ["appointed", "discovered"]
    assert "任命" in explained(told, "zh")
    assert "sources disagree" in explained(told, "en")


def test_a_policy_is_told_with_card_numbers_convenors_and_paths() -> None:
    cls = policy_class("digital_platform")
    assert cls is not None
    told = facts(find("digital_platform"))
    text = explained(told, "zh")
    for name in ("mechanism", "cost", "claim", "harm"):
        assert getattr(cls.card, name).zh in text
    assert "→ [第6步] 办理：派单到位" in text
    assert "induced" in text
    assert [lever["key"] for lever in told["levers"]] == [
        "app_access", "sensor_coverage", "app_reporting", "dispatch", "induced_demand", "paper_hours"]
    text = explained(facts(find("big_party_committee")), "en")
    assert "pays and idles" in text


def test_a_scenario_is_told_with_arms_and_claims() -> None:
    told = facts(find(str(FESTIVAL)))
    assert [arm["key"] for arm in told["arms"]][:2] == ["none", "festival"]
    assert told["arms"][1]["policies"][0]["kind"] == "neighbour_festival"
    text = explained(told, "zh")
    assert "所称 −40%" in text
    assert "邻里公约" in text


def test_a_condition_is_told_with_what_it_changes() -> None:
    told = facts(find("scarce_money"))
    weekly = next(change for change in told["changes"] if change["path"] == "budget.weekly")
    assert (weekly["default"], weekly["value"]) == (2000.0, 400.0)
    for name, condition in CONDITIONS.items():
        assert set(condition.answers) <= set(policy_kinds()), name


# The commands.


def test_the_command_explains_and_lists(yihe: Yihe) -> None:
    code, out, err = yihe("explain", "邻里节", "--lang", "en")
    assert (code, err) == (0, "")
    assert "neighbours' festival" in out
    code, out, _ = yihe("explain", "efficacy", "--json")
    assert json.loads(out)["better"] == "more"
    code, out, _ = yihe("list", "outcomes", "--json")
    assert {row["key"] for row in json.loads(out)} == set(OUTCOMES)
    code, out, _ = yihe("list", "regimes")
    assert [line.split()[0] for line in out.splitlines()[::2]] == [regime.key for regime in Regime]
    assert out.count("召集：") == out.count("推诿：") == 4
    code, out, _ = yihe("list", "协调方式", "--json")
    assert {row["zh"] for row in json.loads(out)} == {regime.zh for regime in Regime}
    code, out, _ = yihe("list", "政策")
    assert len(out.splitlines()) == len(policy_kinds())
    code, out, _ = yihe("explain", "building_leaders.mode")
    assert code == 0
    assert "discovered（在共同行动中发现）" in out
    code, out, _ = yihe("list", "parameters")
    assert "policies.building_leaders.mode" in out
    code, out, _ = yihe("list", "开关", "--json")
    assert {row["key"] for row in json.loads(out)} == set(switches())
    code, out, err = yihe("list", "polices")
    assert (code, out) == (2, "")
    assert "policies" in err
    code, out, err = yihe("explain", "nothing_like_it_xyzzy")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def small(folder: Path) -> Path:
    file = folder / "two.yaml"
    file.write_text(
        f"extends: {FESTIVAL.as_posix()}\nname: two\nweeks: 4\nwarmup: 1\npopulation: {{residents: 100}}\n",
        encoding="utf-8")
    return file


def test_claims_give_the_verdicts_of_a_comparison_and_run_only_their_arms(tmp_path: Path) -> None:
    file = small(tmp_path)
    whole = compare(file, replicates=4, engine=fake, workers=1)
    tested = next(study.put_to_test(
        [file], replicates=4, engine=fake, workers=1, results=tmp_path / "results"))
    assert tested.claims is not None
    assert tested.claims.equals(whole.claims)
    plan = make_plan([source(file)], replicates=4)
    only = study.only_claims(plan)
    assert set(only.arms) == {"none", "festival"}
    assert only.compared == plan.compared


def test_claims_reuse_what_is_finished(tmp_path: Path) -> None:
    file, results = small(tmp_path), tmp_path / "results"
    seen: list[int] = []

    def counting(arms, seed, compared):  # type: ignore[no-untyped-def]
        seen.append(seed)
        return fake(arms, seed, compared)

    for count, fresh in ((3, 3), (3, 0), (5, 2)):
        seen.clear()
        [*study.put_to_test([file], replicates=count, engine=counting, workers=1, results=results)]
        assert len(seen) == fresh
    compare(file, replicates=8, engine=fake, workers=1, out=results / "two")
    seen.clear()
    tested = next(study.put_to_test([file], replicates=8, engine=counting, workers=1, results=results))
    assert not seen
    assert tested.folder == str(results / "two")


def test_the_page_of_claims_holds_every_scenario(tmp_path: Path) -> None:
    found = [*study.put_to_test(
        [small(tmp_path), ROOT / "scenarios" / "commercial_estate.yaml"], replicates=3, engine=fake,
        workers=1, results=tmp_path / "results")]
    page = verdicts.markdown(found, "en")
    assert "| participation from below 30 % to above 70 % |" in page
    assert "commercial housing estate (`commercial_estate`)" in page
    assert "illustrative, uncalibrated" in page
    assert "3 replicates only: intervals are unsteady" in page
    assert "只有 3 次重复，区间不稳" in verdicts.markdown(found, "zh")
    assert "没有待检验的主张" in "\n".join(verdicts.text(found[1], "zh"))
    assert found[1].summary()["has_claims"] is False
    counts = [int(line.split()[-1]) for line in [*verdicts.tally(found, "zh")][1:]]
    assert sum(counts) == 2
    assert [*verdicts.tally(found[1:], "zh")] == ["没有待检验的主张。"]
    said = "\n".join(verdicts.text(found[0], "zh"))
    assert said.count("3 次重复") == 2  # once as a fact, once as a warning
    assert "区间不稳" in said
    assert "邻里节·一核多元 对 无政策·一核多元" in said
    assert "出处 S1" in said
    assert {row["unit"] for row in found[0].summary()["claims"]} == {"relative", "share of adults"}
    assert found[0].summary()["few_replicates"] is True


# The pages in docs/.


def test_the_reference_pages_are_fresh() -> None:
    assert stale() == [], "python -m sim.reference writes them anew"
