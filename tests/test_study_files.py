"""Study files: what they may say, and one clear sentence for each thing they may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from study_lab import STUDY, study, write

from sim.errors import YiheError
from sim.scenario.reading import load
from sim.study.portable import write_scenario
from sim.study.reading import read_study
from sim.study.setup import prepare
from sim.study.tables import EVERYTHING

GRID = STUDY["design"]["factors"]


def test_a_study_is_points_times_arms_times_seeds(tmp_path: Path) -> None:
    setup = study(tmp_path)
    table = setup.table
    assert (len(table.points), list(table.arms), list(table.replicates)) == (6, ["core", "loose"], [3] * 6)
    assert table.total == 36 == len({run.key for run in table.runs()})
    assert table.factors == ("ties.atomisation", "budget.weekly")


@pytest.mark.parametrize(
    ("changes", "key", "zh", "en"),
    [
        (
            {"design": {"method": "grid", "factors": {"ties.atomisatoin": [0.0, 0.5]}}},
            "design.factors.ties.atomisatoin",
            "没有 atomisatoin 这一项",
            "did you mean",
        ),
        (
            {"design": {"method": "grid", "factors": {"ties.atomisation": [0.0, 3.0]}}},
            "design.factors.ties.atomisation",
            "超出范围",
            "out of range",
        ),
        (
            {"design": {"method": "latin_hypercube", "n": 9, "factors": {"ties.atomisation": [0.5, 0.5]}}},
            "design.factors.ties.atomisation",
            "",
            "",
        ),
        ({"design": {"method": "gird", "factors": GRID}}, "design.method", "grid", "did you mean grid"),
        (
            {"design": {"method": "grid", "factors": GRID, "constraints": ["ties.atomisation > 2"]}},
            "design.constraints",
            "没有一个满足",
            "none of the 6 points",
        ),
        (
            {"design": {"method": "grid", "factors": {"policies.neighbour_festival.intensity": [0.1, 1.0]}}},
            "design.factors.policies.neighbour_festival.intensity",
            "没有任何方案列出政策",
            "no arm lists a policy",
        ),
        (
            {"design": {"method": "grid", "factors": {"arm": ["core", "lose"]}}},
            "design.factors.arm",
            "loose",
            "loose",
        ),
        ({"replicates": {"min": 30, "max": 10}}, "replicates", "小于 min", "less than min"),
        ({"replicates": {"min": 3, "max": 10}}, "replicates", "没有 stop", "there is no stop"),
        (
            {
                "replicates": {
                    "min": 3,
                    "max": 3,
                    "stop": {"outcome": "satisfaction", "contrast": "core - loose", "half_width": 0.1},
                }
            },
            "replicates",
            "永远不起作用",
            "never acts",
        ),
        (
            {
                "replicates": {
                    "min": 3,
                    "max": 9,
                    "stop": {"outcome": "satisfactoin", "contrast": "core - loose", "half_width": 0.1},
                }
            },
            "replicates.stop.outcome",
            "是否想写 satisfaction",
            "did you mean satisfaction",
        ),
        (
            {
                "replicates": {
                    "min": 3,
                    "max": 9,
                    "stop": {"outcome": "satisfaction", "contrast": "core - lose", "half_width": 0.1},
                }
            },
            "replicates.stop.contrast",
            "是否想写 loose",
            "did you mean loose",
        ),
        (
            {
                "replicates": {
                    "min": 3,
                    "max": 9,
                    "stop": {"outcome": "satisfaction", "contrast": "core", "half_width": 0.1},
                }
            },
            "replicates.stop.contrast",
            "不是两个方案之差",
            "no difference of two arms",
        ),
        (
            {
                "replicates": {
                    "min": 3,
                    "max": 9,
                    "stop": {"outcome": "satisfaction", "contrast": "core - loose", "half_width": 0},
                }
            },
            "replicates.stop.half_width",
            "大于 0",
            "above 0",
        ),
        ({"replicates": 100_000}, "design", "--yes", "--yes"),
        (
            {"report": {"outcomes": ["nothing"]}},
            "report.outcomes[0]",
            "没有名为 nothing 的指标",
            "no outcome nothing",
        ),
        (
            {"report": {"contrasts": {"against": "lose"}}},
            "report.contrasts.against",
            "loose",
            "did you mean loose",
        ),
        (
            {"report": {"discovery": {"of": "core - loose", "outcome": "satisfaction"}}},
            "report.discovery",
            "恰好写一个",
            "either below or above",
        ),
        ({"report": {"pareto": ["satisfaction"]}}, "report", "两个不同的指标", "two different outcomes"),
        ({"run": {"timeout": "soon"}}, "run.timeout", "不是时长", "no duration"),
        ({"base": "nowhere.yaml"}, "base", "找不到", "there is no"),
        ({"arms": ["core", "lose"]}, "arms", "loose", "did you mean loose"),
        ({"arms": {"a": {"regime": "two_cores"}}}, "arms.a.regime", "two_cores", "two_cores"),
        ({"studdy": 1}, "studdy", "是否想写 study", "did you mean study"),
        ({"study": None}, "study", "缺少 study", "study is missing"),
        (
            {
                "replicates": 1,
                "design": {
                    "method": "sobol",
                    "n": 8,
                    "factors": {"ties.atomisation": [0, 0.5], "budget.weekly": [1, 9]},
                },
            },
            "replicates",
            "至少需要 2 个种子",
            "need at least 2 seeds",
        ),
    ],
)
def test_each_mistake_has_its_own_sentence(
    tmp_path: Path, changes: dict[str, Any], key: str, zh: str, en: str
) -> None:
    with pytest.raises(YiheError) as caught:
        prepare(write(tmp_path, changes))
    assert caught.value.key == key
    assert zh in caught.value.zh
    assert en in caught.value.en
    assert caught.value.file is not None
    assert not re.search("[一-鿿]", caught.value.en.replace("一核", ""))


def test_the_quick_form_lies_on_top(tmp_path: Path) -> None:
    file = write(
        tmp_path, {"quick": {"replicates": 1, "design": {"factors": {"ties.atomisation": [0.0, 0.6]}}}}
    )
    assert prepare(file).table.total == 36
    assert prepare(file, quick=True).table.total == 8
    with pytest.raises(YiheError, match="quick"):
        prepare(write(tmp_path), quick=True)


def test_a_mistake_in_the_quick_form_is_placed_there(tmp_path: Path) -> None:
    file = write(tmp_path, {"quick": {"replicates": 0}})
    with pytest.raises(YiheError) as caught:
        read_study(file, quick=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[(caught.value.line or 0) - 1].strip().startswith("replicates: 0")


def test_large_studies_are_agreed_to(tmp_path: Path) -> None:
    assert prepare(write(tmp_path, {"replicates": 4000}), yes=True).table.total == 48_000


def test_arms_may_be_written_anew_or_left_to_the_base(tmp_path: Path) -> None:
    own = study(tmp_path / "a", {"arms": {"x": {"policies": []}, "y": {"regime": "administrative"}}})
    assert [arm.regime.key for arm in own.arms.values()] == ["one_core", "administrative"]
    assert list(own.base.arms) == list(own.arms)  # a results folder holds the base: it must know them too
    write_scenario(own.base, tmp_path)
    again = load(tmp_path / "scenario.yaml")
    assert {name: again.arm(name).tree() for name in again.arms} == {
        name: arm.tree() for name, arm in own.arms.items()}
    some = study(tmp_path / "b", {"arms": ["loose"]})
    assert list(some.arms) == ["loose"]


def test_a_factor_of_arms_runs_each_point_with_one(tmp_path: Path) -> None:
    setup = study(
        tmp_path,
        {
            "design": {
                "method": "points",
                "points": [
                    {"arm": "core", "ties.atomisation": 0.1},
                    {"arm": "loose", "ties.atomisation": 0.2},
                ],
            }
        },
    )
    assert [(run.point, run.arm) for run in setup.table.runs() if run.seed == 1] == [
        (0, "core"),
        (1, "loose"),
    ]
    assert setup.table.total == 6


def test_what_is_kept_follows_the_file(tmp_path: Path) -> None:
    assert study(tmp_path / "a").rules.keep.kinds == ("runs", "series", "timings")
    whole = study(tmp_path / "b", {"keep": {"weekly": "all", "groups": True, "cases": True}})
    assert whole.rules.keep == EVERYTHING
    none = study(tmp_path / "c", {"keep": {"weekly": "none"}})
    assert none.rules.keep.kinds == ("runs", "timings")


def test_a_run_is_named_by_content_whatever_its_place_in_the_design(tmp_path: Path) -> None:
    here = study(
        tmp_path / "a",
        {
            "design": {
                "method": "points",
                "points": [
                    {"ties.atomisation": 0.1, "budget.weekly": 9.0},
                    {"ties.atomisation": 0.2, "budget.weekly": 9.0},
                ],
            }
        },
    )
    there = study(
        tmp_path / "b",
        {"design": {"method": "points", "points": [{"budget.weekly": 9.0, "ties.atomisation": 0.2}]}},
    )
    assert {run.key for run in there.table.runs()} < {run.key for run in here.table.runs()}


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parent.parent / "experiments").glob("*.yaml")), ids=lambda file: file.stem
)
def test_shipped_studies_are_sound_in_both_forms(file: Path) -> None:
    assert prepare(file).table.arms
    assert prepare(file, quick=True).table.total <= 1000
