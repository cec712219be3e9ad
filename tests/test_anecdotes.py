"""Anecdotes among the claims: where one quick case that a source tells of falls, and never a verdict."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from study_engine import fake

from sim.errors import YiheError
from sim.explain import verdicts as page
from sim.explain.facts import facts
from sim.explain.find import find
from sim.report import claims as panels
from sim.report.findings import claim_rows
from sim.report.material import material_of
from sim.scenario.reading import loads
from sim.scenario.targets import AnecdoteClaim
from sim.simulation import simulate
from sim.study import claims as study
from sim.study.compare import Comparison, compare
from sim.study.verdicts import ANECDOTE, as_quick, judge, shares_of
from sim.vocabulary import Status

TEXT = """
yihe: 1
name: lane
weeks: 26
warmup: 2
population: {residents: 400}
arms:
  none: {}
  brain: {policies: [{kind: digital_platform, app: 1.0, dispatch: 1.0, sensors: 1.0}]}
targets:
  - id: lane
    label: {zh: 消防通道5分钟到场, en: fire lane reached in five minutes}
    source: S1
    outcome: time_to_find
    treatment: brain
    control: none
    reading: anecdote
    category: fire_lane
    minutes: 5
"""
CASES = pd.DataFrame({
    "arm": "brain", "seed": [1, 1, 1, 1, 2, 2, 3],
    "born_week": [2, 3, 4, 30, 2, 2, 2],
    "category": ["fire_lane", "fire_lane", "noise", "fire_lane", "fire_lane", "fire_lane", "noise"],
    "status": ["resolved", "silent", "paper", "resolved", "paper", "silent", "resolved"],
    "find_clock": [0.05, math.nan, 0.05, 1.0, 5 / 60, 0.05, 0.2],
    "close_clock": [0.2, math.nan, 0.1, 9.0, 0.25, 0.1, 0.1]})


def anecdote(**more: object) -> AnecdoteClaim:
    claim = loads(TEXT).targets[0]
    assert isinstance(claim, AnecdoteClaim)
    return claim.model_copy(update=more)


def test_the_share_as_quick_counts_those_never_found_and_no_other_category() -> None:
    assert as_quick(anecdote(), CASES, [1, 2, 3]).tolist()[:2] == [pytest.approx(1 / 3), 1.0]
    assert math.isnan(as_quick(anecdote(), CASES, [1, 2, 3])[2])  # no such case at all
    assert as_quick(anecdote(category=None), CASES, [3, 1]).tolist() == [0.0, 0.5]


def test_of_closing_only_found_cases_count_and_giving_up_is_no_closing() -> None:
    closing = anecdote(outcome="time_to_close", minutes=15.0)
    assert as_quick(closing, CASES, [1, 2]).tolist() == [0.5, 0.5]
    assert as_quick(closing.model_copy(update={"category": None}), CASES, [3]).tolist() == [1.0]


def test_only_cases_born_in_the_window_count() -> None:
    shares = shares_of(lambda: CASES, [1, 2], warmup=2)
    assert shares(anecdote(), "brain", (0, 2)).tolist() == [0.5, 1.0]
    assert np.isnan(shares(anecdote(), "none", (0, 2))).all()


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compare(loads(TEXT), replicates=3, workers=1, engine=fake, out=tmp_path_factory.mktemp("lane"))


def judged(comparison: Comparison) -> pd.DataFrame:
    cases = pd.concat([CASES, CASES.assign(arm="none", find_clock=9.0)])
    return pd.DataFrame(judge(
        comparison.plan.claims(), comparison.values, shares_of(lambda: cases, comparison.seeds, 2)))


def test_an_anecdote_is_shown_with_both_shares_and_decides_nothing(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = judged(comparison)
    row = table.iloc[0]
    assert (row["statistic"], row["verdict"], bool(row["judged"])) == ("within", "", False)
    assert (row["verdict_zh"], row["control"]) == (ANECDOTE.zh, 0.0)
    assert 0.0 <= row["low"] <= row["simulated"] <= row["high"] <= 1.0
    monkeypatch.setattr(Comparison, "claims", table)
    material = material_of(comparison)
    assert panels.judged(material) == []  # no panel, no star
    shown = claim_rows(material, "en")[0]
    assert shown.claim == "fire lane reached in five minutes"
    assert shown.claimed == "one case, within 5 min"
    assert shown.simulated.startswith("0.0% → 7")
    assert shown.verdict == ANECDOTE.en
    scenario = comparison.plan.sources[0].scenario
    tested = study.Tested(
        "lane", scenario.title, "", "lane.yaml", table, 3, comparison.seeds, 0, "", comparison.labels)
    said = "\n".join(page.text(tested, "zh"))
    assert "判定 轶事，不作判定" in said
    assert "模拟 0.0% → 7" in said
    assert tested.summary()["claims"][0]["unit"] == "share of cases"
    assert [*page.tally([tested], "zh")] == ["没有待检验的主张。"]


def test_without_the_cases_an_anecdote_has_no_value_and_no_verdict(comparison: Comparison) -> None:
    row = judge(comparison.plan.claims(), comparison.values)[0]
    assert math.isnan(row["simulated"])
    assert (row["n"], row["verdict"]) == (0, "")


def test_sensors_find_most_fire_lanes_within_minutes_and_nobody_does_otherwise() -> None:
    """In the model itself: the case log carries what an anecdote asks for."""
    scenario, share = loads(TEXT.replace("residents: 400", "residents: 1500")), {}
    for arm in scenario.arms:
        result = simulate(scenario.arm(arm), 1)
        log = result.cases
        table = pd.DataFrame({
            "arm": arm, "seed": 1, "born_week": log["born_week"], "find_clock": log["find_clock"],
            "close_clock": log["close_clock"],
            "category": [result.categories[code] for code in log["category"]],
            "status": [Status(code).key for code in log["status"]]})
        shares = shares_of(lambda table=table: table, [1], scenario.warmup)  # type: ignore[misc]
        share[arm] = float(shares(anecdote(), arm, (0, scenario.weeks))[0])
    assert share["none"] < 0.1
    assert share["brain"] > 0.6


@pytest.mark.parametrize(("change", "said"), [
    (("outcome: time_to_find", "outcome: satisfaction"), ("time_to_find 或 time_to_close",
        "must be time_to_find")),
    (("category: fire_lane", "category: fire_lanes"), ("是否想写 fire_lane", "did you mean fire_lane")),
    (("minutes: 5", "minutes: 0"), ("minutes", "minutes")),
    (("    minutes: 5\n", ""), ("minutes", "minutes")),
])
def test_what_an_anecdote_lacks_is_one_sentence(change: tuple[str, str], said: tuple[str, str]) -> None:
    with pytest.raises(YiheError) as caught:
        loads(TEXT.replace(*change))
    for lang, words in zip(("zh", "en"), said, strict=True):
        assert words in caught.value.sentence(lang)
    assert caught.value.key is not None
    assert caught.value.key.startswith("targets[0]")


def test_an_anecdote_is_explained_with_its_scenario(tmp_path: Path) -> None:
    file = tmp_path / "lane.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert facts(find(str(file)))["claims"][0]["claimed"] == {
        "zh": "一件，5 分钟内", "en": "one case, within 5 min"}
