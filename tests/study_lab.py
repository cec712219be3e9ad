"""Small studies for tests: files to be written, and what stands in for the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from study_engine import one

from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.study.setup import Setup, prepare

ESTATE: dict[str, Any] = {
    "yihe": 1,
    "name": "estate",
    "weeks": 6,
    "warmup": 2,
    "population": {"residents": 60},
    "arms": {"core": {"regime": "one_core"}, "loose": {"regime": "fragmented"}},
}
STUDY: dict[str, Any] = {
    "study": "small",
    "base": "estate.yaml",
    "design": {
        "method": "grid",
        "factors": {"ties.atomisation": [0.0, 0.3, 0.6], "budget.weekly": [100.0, 900.0]},
    },
    "replicates": 3,
    "report": {"outcomes": ["participation_52", "satisfaction"]},
}


def write(
    folder: Path, study: Mapping[str, Any] | None = None, estate: Mapping[str, Any] | None = None
) -> Path:
    """A study file and its base in a folder; keys given are put on top, and those that are None left out."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**STUDY, **(study or {})}
    text = yaml.safe_dump(
        {key: value for key, value in whole.items() if value is not None}, allow_unicode=True, sort_keys=False
    )
    (folder / "estate.yaml").write_text(yaml.safe_dump({**ESTATE, **(estate or {})}), encoding="utf-8")
    file = folder / "study.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def study(folder: Path, changes: Mapping[str, Any] | None = None) -> Setup:
    """The same, prepared."""
    return prepare(write(folder / "files", changes))


def shifted(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """Luck of the seed, plus what the regime and both factors of :data:`STUDY` add: every factor is read."""
    return {arm: _moved(scenario, seed) for arm, scenario in arms.items()}


def _moved(scenario: Scenario, seed: int) -> RunResult:
    plain, add = one(scenario, seed), scenario.ties.atomisation / 10.0 + scenario.budget.weekly / 1e5
    series = {name: values + add for name, values in plain.series.items()}
    return RunResult(
        seed,
        series,
        plain.groups,
        plain.group_names,
        plain.group_sizes,
        plain.cases,
        plain.categories,
        digest=f"{plain.digest}-{add}",
    )
