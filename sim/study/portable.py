"""A scenario that travels with its results: the data files it names are copied beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.scenario import yamlfile
from sim.scenario.schema import Scenario
from sim.study.store import write_text, writing

SCENARIO = "scenario.yaml"
DATA = "data"


def write_scenario(scenario: Scenario, folder: Path, number: int = 0) -> None:
    """Write a scenario and every data file that it or one of its arms names.

    Parameters
    ----------
    scenario : Scenario
    folder : Path
        Gets ``scenario.yaml`` and, where there are data files, ``data/``.
    number : int
        Which of several it is; the second one becomes ``scenario-2.yaml``.

    Raises
    ------
    YiheError
        If the folder cannot be written.
    """
    tree = _carried(scenario.tree(), scenario.folder, folder)
    name = SCENARIO if number == 0 else f"scenario-{number + 1}.yaml"
    write_text(folder / name, yamlfile.write(tree))


def carry(file: Path, folder: Path) -> str:
    """Copy a data file into a study's folder; its path there, relative to the folder.

    Its name carries a hash of its content, so that two files of one name do not meet.
    """
    content = file.read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:8]
    stem = file.stem.removesuffix(f"-{mark}")
    target = folder / DATA / f"{stem}-{mark}{file.suffix}"
    with writing(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.tmp")
        aside.write_bytes(content)
        aside.replace(target)
    return f"{DATA}/{target.name}"


def without_files(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A section with the names of its data files left out: they change as the files travel."""
    records = tree.get("records")
    if isinstance(records, Mapping):
        return {**tree, "records": {key: value for key, value in records.items() if key != "file"}}
    return {key: value for key, value in tree.items() if key != "records"}


def _carried(tree: Mapping[str, Any], old: Path, folder: Path) -> dict[str, Any]:
    moved = dict(tree)
    if isinstance(moved.get("population_file"), str):
        moved["population_file"] = carry(old / moved["population_file"], folder)
    ties = moved.get("ties")
    if isinstance(ties, Mapping) and isinstance(ties.get("file"), str):
        moved["ties"] = {**ties, "file": carry(old / ties["file"], folder)}
    if isinstance(moved.get("arms"), Mapping):
        moved["arms"] = {name: _carried(arm, old, folder) for name, arm in moved["arms"].items()}
    return moved
