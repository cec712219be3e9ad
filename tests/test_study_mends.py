"""Studies whose factors depend on each other, whose arms are a factor or fail, or that are unfinished."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from study_engine import fake
from study_lab import shifted, study

from sim.analysis.study import POOLED, analyse
from sim.report.studies import assembly
from sim.report.studies.replicates import half_widths
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.study import pool
from sim.study.file import Replicates
from sim.study.opened import open_study
from sim.study.pool import Here
from sim.study.probe import BASES, unread
from sim.study.replicates import half_width, wanted
from sim.study.sweep import How, Swept, resumable, sweep
from sim.study.work import Rules
from sim.vocabulary import Regime

FESTIVAL = {"kind": "neighbour_festival"}
ON, INTENSITY, START = (f"policies.neighbour_festival.{name}" for name in ("on", "intensity", "start"))
ARMS: dict[str, Any] = {"none": {}, "party": {"policies": [FESTIVAL]}}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOMENT_SECONDS", 0.0)


def gated(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """Start and intensity of a policy are read where it is there; the start, where it has any intensity."""
    found = shifted(arms, seed, compared)
    for arm, result in found.items():
        for policy in arms[arm].policies:
            for values in result.series.values():
                values += policy.intensity * (1.0 + policy.start) / 100.0
    return found


def factors(**named: list[Any]) -> dict[str, Any]:
    return {"method": "grid", "factors": {name: {"values": values} for name, values in named.items()}}


def unread_of(folder: Path, engine: Any, design: dict[str, Any], arms: dict[str, Any] = ARMS) -> list[str]:
    return unread(study(folder, {"arms": arms, "design": design}).table, Here(), engine, Rules())


@pytest.mark.parametrize("on", [[False, True], [True, False]])
@pytest.mark.parametrize("intensity", [[0.0, 1.0], [1.0, 0.0]])
@pytest.mark.parametrize("arm", [None, ["none", "party"], ["party", "none"]])
def test_factors_that_only_some_points_read_are_read(
    tmp_path: Path, on: list[bool], intensity: list[float], arm: list[str] | None
) -> None:
    """Whatever the order of the values, so that the first and the last point need not read them."""
    design = factors(**({"arm": arm} if arm else {}), **{ON: on, INTENSITY: intensity, START: [0, 3]})
    assert unread_of(tmp_path, gated, design) == []


def test_a_factor_that_nothing_reads_is_still_found_among_switches(tmp_path: Path) -> None:
    calls = [0]

    def counted(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
        calls[0] += 1
        return gated(arms, seed, compared)

    design = factors(**{ON: [False, True], INTENSITY: [0.0, 1.0], "ties.rewiring": [0.01, 0.02]})
    assert unread_of(tmp_path, counted, design) == ["ties.rewiring"]
    # One seed and two values from every point, three seeds and all values from a few; the others read at once
    assert calls[0] <= 2 * (2 * BASES[0]) + 3 * 5 * BASES[1]


def test_a_switch_that_changes_nothing_is_found(tmp_path: Path) -> None:
    arms = {"none": {}, "idle": {"policies": [{"kind": "no_op"}]}}
    design = factors(**{"policies.no_op.on": [False, True], "ties.atomisation": [0.0, 0.5]})
    assert unread_of(tmp_path, shifted, design, arms) == ["policies.no_op.on"]


def swept(folder: Path, changes: dict[str, Any], engine: Any = shifted, **how: Any) -> Swept:
    return sweep(study(folder, changes), folder / "out", How(workers=1, engine=engine, **how))


def analysed(folder: Path) -> tuple[dict[str, pd.DataFrame], tuple[Any, ...]]:
    out = open_study(folder / "out")
    return analyse(resumable(folder / "out"), out.runs, out.design)


@pytest.mark.parametrize(("method", "table"), [
    ({"method": "one_at_a_time"}, "tornado"),
    ({"method": "factorial"}, "effects"),
])
def test_the_arm_as_a_factor_is_analysed_like_any_other(
    tmp_path: Path, method: dict[str, Any], table: str
) -> None:
    """The regime's effect, 0.1, is what the stand-in adds; nothing is compared arm by arm."""
    default = {"default": "loose"} if table == "tornado" else {}
    named = {"arm": {"values": ["loose", "core"], **default}, "budget.weekly": {"values": [100.0, 900.0]}}
    swept(tmp_path, {"design": {**method, "factors": named}}, uneven)
    tables, notes = analysed(tmp_path)
    assert "contrasts" not in tables
    assert notes == ()
    found = tables[table]
    assert set(found["of"]) == {POOLED}
    name, size = ("factor", "change") if table == "tornado" else ("term", "effect")
    of_arm = found[(found[name] == "arm") & (found["outcome"] == "satisfaction")]
    assert abs(of_arm[size].iloc[0]) == pytest.approx(0.1, abs=0.01)
    assert of_arm["low"].notna().all()


def uneven(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """What regime and factors add differs a little by seed, so that differences have a spread."""
    found = shifted(arms, seed, compared)
    for arm, result in found.items():
        scenario = arms[arm]
        own = (scenario.regime == Regime.ONE_CORE) + scenario.ties.atomisation + scenario.budget.weekly / 1e3
        for values in result.series.values():
            values += 1e-4 * seed * own
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_on_arms_as_a_factor_is_about_one_response(tmp_path: Path, lang: str) -> None:
    swept(tmp_path, {"design": factors(**{"arm": ["core", "loose"], "ties.atomisation": [0.0, 0.6]})}, uneven)
    made = assembly.write_report(tmp_path / "out", lang)
    text = made.report.read_text(encoding="utf-8")
    assert assembly.POOLED_LABEL.text(lang) in made.material.of(POOLED, lang)
    assert "nan" not in text
    assert {"zh": "没有做的分析", "en": "could not be made"}[lang] not in text
    lines = next(file for file in made.figures if file.name.startswith("lines") and file.suffix == ".csv")
    assert pd.read_csv(lines, comment="#")["value"].notna().all()
    assert list(made.material.factor("arm").values) == ["core", "loose"]


def core_fails(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    if any(scenario.regime == Regime.ONE_CORE for scenario in arms.values()):
        raise ZeroDivisionError("made to fail")
    return shifted(arms, seed, compared)


@pytest.mark.parametrize("control", ["core", "loose"])
def test_an_arm_of_which_every_run_failed_leaves_a_note_and_the_rest(tmp_path: Path, control: str) -> None:
    report = {"outcomes": ["satisfaction"], "of": ["core", "loose"], "contrasts": {"against": control}}
    design = {"method": "one_at_a_time", "factors": {"ties.atomisation": [0.1, 0.6]}}
    swept(tmp_path, {"report": report, "design": design}, core_fails)
    tables, notes = analysed(tmp_path)
    assert [note.en.split(" has")[0] for note in notes] == ["no run of arm core"]
    assert set(tables["tornado"]["of"]) == {"loose"}
    made = assembly.write_report(tmp_path / "out", "en")
    assert "no run of arm core has finished" in made.report.read_text(encoding="utf-8")


def test_an_unfinished_study_says_so_first(tmp_path: Path) -> None:
    def stop(done: int, total: int, failed: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    design = factors(**{"ties.atomisation": [0.0, 0.3, 0.6]})
    one = {"design": design, "report": {"outcomes": ["satisfaction"]}}
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path, one, progress=stop)
    made = assembly.write_report(tmp_path / "out", "zh")
    said = "研究尚未完成：18 次运行中缺 8 次"
    assert made.report.read_text(encoding="utf-8").split("\n\n")[1].startswith(f"**{said}")
    assert list(assembly.findings(made.material, "zh"))[1].startswith(said)
    english = assembly.unfinished(made.material)
    assert english is not None
    assert english.en.startswith("This study is not finished: of 18 runs 8 are missing")
    setup = resumable(tmp_path / "out")
    sweep(setup, tmp_path / "out", How(workers=1, engine=shifted))
    whole = assembly.material_of(setup, open_study(tmp_path / "out"), {})
    assert assembly.unfinished(whole) is None
    assert not any("尚未完成" in line for line in assembly.findings(whole, "zh"))


def rule(**said: Any) -> Replicates:
    stop = {"outcome": "satisfaction", "contrast": "core - loose", "half_width": 0.02}
    return Replicates.model_validate({"min": 5, "batch": 5, "max": 40, "stop": stop, **said})


def test_differences_that_are_all_the_same_stop_replicates_only_from_twenty() -> None:
    for same in (0.0, 0.5):
        assert [half_width("satisfaction", np.full(n, same)) for n in (2, 9, 10, 19)] == [math.inf] * 4
        assert half_width("satisfaction", np.full(20, same)) == 0.0
    assert wanted(rule(), 15, np.full(15, 0.5)) == 20
    assert wanted(rule(), 10, np.zeros(10)) == 15
    assert wanted(rule(), 20, np.zeros(20)) == 20
    assert wanted(rule(max=10), 10, np.zeros(10)) == 10
    assert wanted(rule(), 5, np.array([0.1, 0.11, 0.1, 0.11, 0.1])) == 5


def test_the_figure_of_replicates_reaches_their_greatest_number(tmp_path: Path) -> None:
    """With 4, then 3 more at a time, up to 9: 4, 7 and 9 seeds."""
    stop = {"outcome": "satisfaction", "contrast": "core - loose", "half_width": 1e-9}
    done = swept(tmp_path, {"replicates": {"min": 4, "batch": 3, "max": 9, "stop": stop}}, uneven)
    out = open_study(tmp_path / "out")
    assert set(done.setup.table.replicates) == {9}
    material = assembly.material_of(done.setup, out, {})
    found = material.table("replicates")
    assert found is not None
    assert found["n"].tolist() == [4, 7, 9]
    last = half_widths(out.runs, "core - loose", "satisfaction", [9])["half_width"].iloc[0]
    assert found["half_width"].iloc[-1] == last


def test_the_stand_in_that_reads_nothing_is_told_for_every_factor(tmp_path: Path) -> None:
    design = factors(**{ON: [True, False], INTENSITY: [0.0, 1.0]})
    same = {"none": {}, "party": {"policies": [FESTIVAL]}}
    assert unread_of(tmp_path, fake, design, same) == [ON, INTENSITY]
