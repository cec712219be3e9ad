"""``yihe diff`` finds every difference that was put into two results, is silent where they agree, and tells
what may be the cause. Results are made by a stand-in for the model, and known exactly.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from study_engine import fake
from typer.testing import CliRunner

from sim import cli
from sim.comparing.baseline import Form, Record, between_records, read, record, write
from sim.comparing.folders import unlike
from sim.comparing.results import compare_results
from sim.comparing.words import markdown, verdict
from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.study.commands import compare_command, run_command
from sim.study.setup import prepare
from sim.study.sweep import How, sweep

TEXT = """
yihe: 1
name: small
weeks: 60
warmup: 0
population: {residents: 200}
arms:
  core: {regime: one_core}
  apart: {regime: fragmented}
"""

STUDY = """
study: two_points
base: small.yaml
design: {method: grid, factors: {ties.atomisation: [0.1, 0.3]}}
replicates: 2
keep: {weekly: all}
"""


def changed(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """As ``fake``, but efficacy of the core arm is 0.25 more from week 7 on."""
    results = fake(arms, seed, compared)
    if "core" in results:
        old = results["core"]
        now = old.series["efficacy"] + 0.25 * (np.arange(old.weeks) >= 7)
        results["core"] = replace(old, series={**old.series, "efficacy": now})
    return results


def changed_early(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """As ``fake``, but one outcome differs in week 2 alone, by its last bit, for seed 2."""
    results = fake(arms, seed, compared)
    for old in results.values() if seed == 2 else ():
        old.series["backlog"][2] = np.nextafter(old.series["backlog"][2], 1.0)
    return results


def by_atomisation(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """As ``fake``, but efficacy follows atomisation."""
    results = fake(arms, seed, compared)
    for name, old in results.items():
        old.series["efficacy"][:] += arms[name].ties.atomisation
    return results


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders: ``same`` and ``again`` by the stand-in, ``other`` and ``early`` by changed ones."""
    place = tmp_path_factory.mktemp("diff")
    scenario = place / "small.yaml"
    scenario.write_text(TEXT, encoding="utf-8")
    for name, engine in (("same", fake), ("again", fake), ("other", changed), ("early", changed_early)):
        compare_command([scenario], replicates=3, out=place / name, quiet=True, workers=1, engine=engine)
    return place


def test_the_same_is_the_same(place: Path) -> None:
    found = compare_results(place / "same", place / "again")
    assert found.identical
    assert (found.matched, found.equal, found.outcomes, found.changed) == (6, 6, len(OUTCOMES), 0)
    assert found.settings == ()
    assert found.changes == ()
    assert verdict(found, "zh").startswith("两份结果逐位相同：6 次运行")
    assert verdict(found, "en").startswith("The two are the same bit for bit")


def test_one_change_is_told_with_size_spread_and_first_week(place: Path) -> None:
    found = compare_results(place / "same", place / "other")
    assert not found.identical
    assert (found.matched, found.equal, found.changed) == (6, 3, 1)
    change, = found.changes
    assert (change.arm, change.outcome, change.runs, change.first_week) == ("core", "efficacy", 3, 7)
    assert change.difference == pytest.approx(0.25)
    assert change.relative == pytest.approx(0.25 / change.before)
    seeds = [fake_value("core", seed) for seed in (1, 2, 3)]
    assert change.before == pytest.approx(np.mean(seeds))
    assert change.spread == pytest.approx(np.std(seeds, ddof=1))
    assert change.spreads == pytest.approx(0.25 / np.std(seeds, ddof=1))
    page = markdown(found, "zh")
    assert "6 次运行中有 3 次不同" in page
    assert f"{len(OUTCOMES)} 项指标中有 1 项不同" in page
    assert "最早在第 7 周开始不同" in page
    assert f"逐位相同的指标: {len(OUTCOMES) - 1} 项" in page
    assert "不应发生" in page, "nothing but the results differs"


def fake_value(arm: str, seed: int) -> float:
    """Efficacy of the stand-in over the last 52 weeks of 60."""
    from sim.scenario.reading import loads

    result = fake({arm: loads(TEXT).arm(arm)}, seed, frozenset())[arm]
    return float(result.series["efficacy"][8:].mean())


def test_a_bit_in_one_early_week_is_found(place: Path) -> None:
    """No number over the last 52 weeks shows it."""
    found = compare_results(place / "same", place / "early")
    assert {(c.arm, c.outcome, c.runs, c.first_week) for c in found.changes} == {
        ("core", "backlog", 1, 2), ("apart", "backlog", 1, 2)}
    assert all(change.difference == 0.0 for change in found.changes)
    assert (found.matched, found.equal) == (6, 4)


def test_other_scenarios_seeds_and_arms_are_told(place: Path) -> None:
    text = TEXT.replace("residents: 200", "residents: 300").replace("  apart", "  far")
    (place / "larger.yaml").write_text(text, encoding="utf-8")
    compare_command(
        [place / "larger.yaml"], replicates=2, seed=2, out=place / "larger", quiet=True, workers=1,
        engine=fake)
    found = compare_results(place / "same", place / "larger")
    assert not found.identical
    assert found.beside == ("apart", "far")
    assert (found.matched, found.only_before, found.only_after) == (2, 4, 2)
    told = {(setting.group, setting.key): (setting.before, setting.after) for setting in found.settings}
    assert told["scenario", "population.residents"] == ("200", "300")
    assert told["setup", "seed"] == ("1", "2")
    assert told["setup", "replicates"] == ("3", "2")
    assert "arms.far.regime" in {key for _, key in told}


def test_versions_and_code_are_told_apart_from_results(place: Path) -> None:
    folder = place / "again"
    file = folder / "manifest.json"
    kept = file.read_text(encoding="utf-8")
    about = json.loads(kept)
    file.write_text(json.dumps({**about, "code_hash": "other", "started": "later",
                                "packages": {**about["packages"], "numpy": "1.0"}}), encoding="utf-8")
    try:
        found = compare_results(place / "same", folder)
    finally:
        file.write_text(kept, encoding="utf-8")
    assert found.identical
    assert {(setting.group, setting.key) for setting in found.settings} == {
        ("code", "code_hash"), ("versions", "numpy")}
    assert "代码、软件版本有所不同，但结果不受影响" in verdict(found, "zh")


def test_points_of_a_design_are_matched_by_their_values(place: Path) -> None:
    """The second study has the first one's points in another order, and one more."""
    for name, levels in (("two", "[0.1, 0.3]"), ("three", "[0.3, 0.2, 0.1]")):
        file = place / f"{name}.yaml"
        file.write_text(STUDY.replace("[0.1, 0.3]", levels), encoding="utf-8")
        sweep(prepare(file), place / name, How(workers=1, engine=by_atomisation))
    found = compare_results(place / "two", place / "three")
    assert (found.matched, found.only_before, found.only_after) == (8, 0, 4)
    assert found.equal == 8
    assert not found.changes
    assert not found.identical
    assert verdict(found, "zh") == "两边都有的 8 次运行逐位相同，但有一方另有运行、方案或指标。"
    assert "(8 runs), but one has" in verdict(found, "en")


def test_a_single_run_has_no_spread(place: Path) -> None:
    for name, engine in (("one", fake), ("one-other", changed)):
        run_command(place / "small.yaml", arm="core", out=place / name, quiet=True, workers=1, engine=engine)
    change, = compare_results(place / "one", place / "one-other").changes
    assert math.isnan(change.spreads)
    assert change.first_week == 7
    page = markdown(compare_results(place / "one", place / "one-other"), "en")
    assert "in 1 of 1 run that both have, and in 1 of" in page
    assert "a difference may be luck" in page


def test_values_that_do_not_exist_are_all_the_same() -> None:
    one = np.array([np.nan, -np.nan, 0.0, 1.0])
    assert unlike(one, np.array([-np.nan, np.nan, -0.0, 1.0])).tolist() == [False, False, True, False]


@pytest.fixture
def recorded(place: Path) -> Record:
    return record(place / "small.yaml", form=Form(1, 0, 20), engine=fake)


def test_a_baseline_comes_back_from_its_file(recorded: Record, tmp_path: Path) -> None:
    write(recorded, tmp_path / "b.json")
    assert read(tmp_path / "b.json") == recorded


def test_a_baseline_tells_what_changed(place: Path, recorded: Record, tmp_path: Path) -> None:
    now = record(place / "small.yaml", form=Form(1, 0, 20), engine=changed)
    found = between_records(recorded, now, ("a", "b"))
    change, = found.changes
    assert (change.arm, change.outcome, change.first_week) == ("core", "efficacy", 7)
    assert change.difference == pytest.approx(0.25, abs=1e-4)
    assert (found.equal, found.matched, found.settings) == (1, 2, ())
    write(recorded, tmp_path / "b.json")
    assert compare_results(tmp_path / "b.json", place / "small.yaml", engine=fake).identical
    assert not compare_results(tmp_path / "b.json", place / "small.yaml", engine=changed).identical


def test_a_baseline_sees_one_bit(place: Path, recorded: Record) -> None:
    def one_bit(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
        return changed_early(arms, 2, compared) if seed == 1 else {}

    same = record(place / "small.yaml", form=Form(2, 0, 20), engine=fake)
    now = record(place / "small.yaml", form=Form(1, 0, 20), engine=one_bit)
    found = between_records(same, replace(now, seed=2), ("a", "b"))
    assert {(change.outcome, change.first_week) for change in found.changes} == {("backlog", 2)}


def test_a_change_of_state_groups_or_cases_alone_is_a_difference(recorded: Record) -> None:
    for name in ("state", "groups", "cases"):
        core = replace(recorded.arms["core"], **{name: "other"})
        found = between_records(recorded, replace(recorded, arms={**recorded.arms, "core": core}), ("a", "b"))
        assert not found.identical
        assert found.tables == {name: 1}


def test_the_command_says_it_in_words_and_by_its_exit_code(
    place: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YIHE_LANG", "zh")
    runner, page = CliRunner(), place / "page.md"
    same = runner.invoke(cli.app, ["diff", str(place / "same"), str(place / "again")])
    assert (same.exit_code, "逐位相同" in same.output) == (0, True)
    other = runner.invoke(cli.app, ["diff", str(place / "same"), str(place / "other"), "--out", str(page)])
    assert other.exit_code == 1
    assert "效能感" in other.output
    assert page.read_text(encoding="utf-8").startswith("两份结果不同")
    plain = runner.invoke(cli.app, ["diff", str(place / "same"), str(place / "other"), "--json"])
    found = json.loads(plain.output)
    assert (plain.exit_code, found["identical"], found["changes"][0]["first_week"]) == (1, False, 7)
    monkeypatch.setenv("YIHE_LANG", "en")
    english = runner.invoke(cli.app, ["diff", str(place / "same"), str(place / "other")]).output
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize(("a", "b", "said"), [
    ("nowhere", "same", "no such file or folder"),
    ("same", "small.yaml", "cannot be compared"),
    ("small.yaml", "small.yaml", "a scenario file cannot be compared with a scenario file"),
    ("empty", "same", "no results of a study"),
    ("broken.json", "small.yaml", "no recorded baseline"),
])
def test_what_cannot_be_compared_is_refused(place: Path, a: str, b: str, said: str) -> None:
    (place / "empty").mkdir(exist_ok=True)
    (place / "broken.json").write_text("[]", encoding="utf-8")
    with pytest.raises(YiheError) as refused:
        compare_results(place / a, place / b)
    assert said in refused.value.en


def test_baselines_over_other_weeks_are_refused(place: Path, recorded: Record) -> None:
    longer = record(place / "small.yaml", form=Form(1, 0, 30), engine=fake)
    with pytest.raises(YiheError, match="周数不同"):
        between_records(recorded, longer, ("a", "b"))
