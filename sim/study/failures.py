"""Runs that did not end well: one file each, which replays the run with one command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import YiheError
from sim.results import RunResult
from sim.scenario import yamlfile
from sim.scenario.merge import tuples
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.study.runtable import RunTable
from sim.study.store import write_text
from sim.study.variants import vary
from sim.study.work import Failed

FOLDER = "failures"


class Replay(NamedTuple):
    """A failed run, ready to be done again."""

    scenario: Scenario
    seed: int
    compared: frozenset[str]
    arm: str
    error: str


def keep(folder: Path, table: RunTable, run: Failed) -> None:
    """Write the file of a failed run; files of earlier failures stay."""
    arm = table.arms[run.arm]
    try:
        scenario = vary({run.arm: arm}, table.factors, run.values)[run.arm]
    except YiheError:  # it failed because there is no such scenario: its arm and values tell why
        scenario = arm
    content = {
        "run": {"key": run.key, "point": run.point, "arm": run.arm, "seed": run.seed},
        "values": dict(zip(table.factors, run.values, strict=True)),
        "compared": sorted(table.compared), "error": run.error, "traceback": run.traceback,
        "folder": str(scenario.folder.resolve()), "scenario": scenario.tree(),
    }
    write_text(_file(folder, run.key), yamlfile.write(content))


def put_aside(folder: Path) -> frozenset[str]:
    """Keys of runs that failed and are not tried again unless asked for."""
    return frozenset(file.stem for file in (folder / FOLDER).glob("*.yaml"))


def forget(folder: Path, keys: Sequence[str] | frozenset[str]) -> None:
    """Take files of failures away: their runs are to be tried again, or ended well."""
    for key in keys:
        _file(folder, key).unlink(missing_ok=True)
    if (folder / FOLDER).is_dir() and not any((folder / FOLDER).iterdir()):
        (folder / FOLDER).rmdir()


def read_failure(file: Path) -> Replay:
    """A failed run from its file.

    Raises
    ------
    YiheError
        If the file is none of a failed run.
    """
    tree, _ = yamlfile.parse(yamlfile.read_text(file), str(file))
    try:
        run: dict[str, Any] = tree["run"]
        return Replay(
            load(tuples(tree["scenario"]), folder=tree["folder"]), int(run["seed"]),
            frozenset(tree["compared"]), str(run["arm"]), str(tree["error"]))
    except (KeyError, TypeError) as error:
        raise YiheError(
            "不是失败运行的文件：请给结果文件夹 failures/ 里的一个 .yaml",
            "this is no file of a failed run: give one of the .yaml files in failures/ of a results folder",
            file=file) from error


def replay(file: Path) -> RunResult:
    """Do a failed run again in this process; what goes wrong is raised as it is."""
    from sim.simulation import simulate_arms

    run = read_failure(file)
    return simulate_arms({run.arm: run.scenario}, run.seed, run.compared)[run.arm]


def described(failed: Failed) -> dict[str, Any]:
    """For JSON: everything but the traceback."""
    return json.loads(json.dumps({**failed._asdict(), "traceback": None}, default=str))


def _file(folder: Path, key: str) -> Path:
    return folder / FOLDER / f"{key}.yaml"
