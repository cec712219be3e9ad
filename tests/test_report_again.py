"""``yihe report FOLDER``: from a comparison's or a run's folder back to what was compared, and its page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import report_engine as engines
import yaml
from typer import Typer
from typer.testing import CliRunner, Result

from sim import cli_sweep
from sim.errors import YiheError
from sim.report import figures
from sim.report.html import page
from sim.scenario.reading import load
from sim.study import failures
from sim.study.compare import Comparison, do, single
from sim.study.plan import Source, make_plan
from sim.study.reopened import open_comparison

OTHER = """
yihe: 1
name: other
title: {zh: 另一处, en: another place}
weeks: 60
warmup: 4
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "festival.yaml"
    file.write_text(engines.SCENARIO, encoding="utf-8")
    return file


def sources(file: Path, which: str) -> list[Source]:
    other = file.parent / "other.yaml"
    other.write_text(OTHER, encoding="utf-8")
    return {
        "one file": [Source(load(file))],
        "two files": [Source(load(file), "festival"), Source(load(other))],
        "two arms": [Source(load(file), "festival"), Source(load(file), "none_fragmented")],
    }[which]


@pytest.mark.parametrize("which", ["one file", "two files", "two arms"])
def test_a_comparison_is_found_again_as_it_was(file: Path, tmp_path: Path, which: str) -> None:
    """Arms, control, seeds, names and claims: the same words and numbers follow from them."""
    plan = make_plan(sources(file, which), replicates=3, seed=5)
    made = do(plan, tmp_path / "out", workers=1, engine=engines.engine)
    found = open_comparison(tmp_path / "out")
    assert found.plan.arms == made.plan.arms
    assert (found.control, found.seeds, found.labels) == (made.control, made.seeds, made.labels)
    assert found.plan.title == made.plan.title
    assert found.plan.key == made.plan.key
    assert found.contrasts.equals(made.contrasts)
    assert found.claims.equals(made.claims)


@pytest.mark.parametrize("arm", [None, "festival"])
def test_a_run_is_found_again_as_it_was(file: Path, tmp_path: Path, arm: str | None) -> None:
    made = do(single(Source(load(file)), arm), tmp_path / "out", workers=1, engine=engines.engine)
    found = open_comparison(tmp_path / "out")
    assert found.plan.arms == made.plan.arms
    assert found.labels == made.labels
    assert found.runs.equals(made.runs)


def test_runs_that_failed_are_counted(file: Path, tmp_path: Path) -> None:
    def breaks(arms: Any, seed: int, compared: Any) -> Any:
        if seed == 2 and "festival" in arms:
            raise ValueError("a fault")
        return engines.engine(arms, seed, compared)

    plan = make_plan([Source(load(file))], replicates=3, seed=1)
    made = do(plan, tmp_path / "out", workers=1, engine=breaks)
    found = open_comparison(tmp_path / "out")
    assert {(one.arm, one.seed, one.key) for one in found.failed} == {
        (one.arm, one.seed, one.key) for one in made.failed} != set()
    assert len(list((tmp_path / "out" / failures.FOLDER).iterdir())) == len(found.failed)


def report(*arguments: str) -> Result:
    app = Typer()
    app.callback()(lambda: None)
    cli_sweep.register(app)
    return CliRunner().invoke(app, ["report", *arguments])


@pytest.fixture
def undrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures as they lie on disk, and no type: drawing and cutting take seconds."""
    monkeypatch.setattr(page, "face", lambda text: "")
    drawn = []
    for ending in ("svg", "png", "csv"):
        drawn.append(tmp_path / f"participation.{ending}")
        drawn[-1].write_text("<svg/>" if ending == "svg" else "a\n1\n", encoding="utf-8")
    monkeypatch.setattr(figures, "write_figures", lambda *_, **__: drawn)


def test_the_report_of_a_comparison_and_of_a_run_is_written_anew(
    file: Path, tmp_path: Path, undrawn: None,
) -> None:
    """Words, figures, manifest and the key under which it was done, though the code may have changed."""
    made: dict[str, Comparison] = {
        "all": do(make_plan([Source(load(file))], replicates=3), tmp_path / "all", workers=1,
                  engine=engines.engine),
        "run": do(single(Source(load(file)), "festival"), tmp_path / "run", workers=1, engine=engines.engine)}
    for name, comparison in made.items():
        manifest = tmp_path / name / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8")) | {"study_key": "0123456789abcdef"}
        manifest.write_text(json.dumps(content), encoding="utf-8")  # as by earlier code
        done = report(str(tmp_path / name), "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert told["study_key"] == "0123456789abcdef"
        text = Path(told["page"]).read_text(encoding="utf-8")
        assert text.count("0123456789abcdef") >= 2
        for label in comparison.labels.values():
            assert label.zh in text
            assert label.en in text
        assert (tmp_path / name / "summary.md").read_text(encoding="utf-8").startswith("# ")
    assert "report.html" in report(str(tmp_path / "run")).stdout
    assert re.search(r"按种子配对.{0,30}预热 4 周", text)


def refused(folder: Path) -> YiheError:
    mistake = report(str(folder)).exception
    assert isinstance(mistake, YiheError)
    return mistake


def test_what_is_no_results_folder_is_said_in_one_sentence(file: Path, tmp_path: Path) -> None:
    assert "no such folder" in refused(tmp_path / "nowhere").en
    assert "no results" in refused(tmp_path).en
    out = tmp_path / "out"
    do(make_plan([Source(load(file))], replicates=2), out, workers=1, engine=engines.engine)
    tree = yaml.safe_load((out / "scenario.yaml").read_text(encoding="utf-8"))
    tree["arms"] = dict(list(tree["arms"].items())[:2])
    tree["targets"] = []
    (out / "scenario.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    assert "not the arms" in refused(out).en
    (out / "runs.parquet").unlink()
    (out / "scenario.yaml").write_text(engines.SCENARIO, encoding="utf-8")
    assert "interrupted" in refused(out).en
    (out / "manifest.json").unlink()
    assert "no results" in refused(out).en
