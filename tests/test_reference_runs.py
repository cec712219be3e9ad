"""Reference results are what the code still gives: sampled runs done again, commits that hold the studies.

If a run no longer comes out after the model was changed on purpose: ``make evidence``.
"""

from __future__ import annotations

import csv
import subprocess
from typing import Any

import pytest

from sim.evidence.stored import REFERENCE, ROOT, stored
from sim.outcomes import OUTCOMES
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.simulation import simulate_arms
from sim.study.plan import compared_policies
from sim.study.setup import look_up
from sim.study.variants import vary

SAMPLES = sorted(file.parent.name for file in REFERENCE.glob("*/sample.csv"))
STUDIES = sorted(file.parent.name for file in REFERENCE.glob("*/manifest.json"))
LONG = ("evidence_findings", "evidence_sieve", "evidence_whole")
"""Studies whose sampled runs are of more people or weeks, left to ``make test-long``."""


def of_kind(text: str, like: Any) -> Any:
    """A cell of a CSV table as the kind of value that a scenario holds there."""
    if isinstance(like, bool):
        return text == "True"
    if isinstance(like, str):
        return text
    value = float(text)
    return int(value) if isinstance(like, int) and value.is_integer() else value


def sampled(study: str, line: int) -> dict[str, str]:
    """One sampled run of a study, with the values of its factors."""
    with (REFERENCE / study / "sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[line]


def same_again(study: str, line: int) -> None:
    """Do one run again, from scenario, factors and seed alone, and compare every bit of its outcomes."""
    row = sampled(study, line)
    scenario: Scenario = load(REFERENCE / study / "scenario.yaml")
    outcomes = [name for name in row if name in OUTCOMES]
    factors = [name for name in row if name not in ("point", "arm", "seed", *outcomes)]
    arm, tree = scenario.arm(row["arm"]), scenario.arm(row["arm"]).tree()
    values = [of_kind(row[name], look_up(tree, name)) for name in factors]
    made = vary({row["arm"]: arm}, factors, values)
    compared = compared_policies([scenario.arm(name) for name in scenario.arms])
    result = simulate_arms(made, int(row["seed"]), compared)[row["arm"]]
    assert {name: result.value(name) for name in outcomes} == {name: float(row[name]) for name in outcomes}


@pytest.mark.parametrize("study", [name for name in SAMPLES if name not in LONG])
def test_a_sampled_run_comes_out_again(study: str) -> None:
    same_again(study, 0)


@pytest.mark.long
@pytest.mark.parametrize("line", range(3))
@pytest.mark.parametrize("study", SAMPLES)
def test_every_sampled_run_comes_out_again(study: str, line: int) -> None:
    same_again(study, line)


def test_the_commit_that_a_study_names_holds_its_file() -> None:
    """And nothing was uncommitted. Not looked at in a copy without its history."""
    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    if git("rev-parse", "--is-shallow-repository").stdout.strip() != "false":
        pytest.skip("no history here")
    for study in STUDIES:
        manifest = stored(study).manifest
        assert not manifest["git_dirty"], study
        folder = "experiments/evidence" if study.startswith("evidence_") else "experiments"
        held = f"{manifest['git_commit']}:{folder}/{study.removeprefix('evidence_')}.yaml"
        assert git("cat-file", "-e", held).returncode == 0, held
