"""A run is named by its content, so that the same run is never done twice and a stale one never reused.

Left out on purpose: names, titles, descriptions, sources, arms and claims, which change no run; the
scenario's own seed, because each run has one; and the order in which policies are listed, because it
never matters.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import sim
from sim.errors import YiheError
from sim.policies import registry
from sim.scenario.reasons import reason
from sim.scenario.schema import Scenario

LENGTH = 20
"""Hexadecimal digits of a key."""

SILENT = ("name", "title", "description", "source", "seed", "arms", "targets")
"""Keys that change no run."""

FORMAT = 1
"""Version of what a run leaves."""


def scenario_key(scenario: Scenario) -> str:
    """Hash of what a scenario says and of the bytes of every file it names.

    Parameters
    ----------
    scenario : Scenario
        One arm, resolved.

    Returns
    -------
    str
        Hexadecimal; the same wherever the files lie.
    """
    tree = {key: value for key, value in scenario.tree().items() if key not in SILENT}
    tree["policies"] = sorted(tree["policies"], key=lambda policy: (policy["kind"], policy["id"]))
    if scenario.population_path is not None:
        tree["population_file"] = _file_hash(scenario.population_path, "population_file")
    if scenario.ties_path is not None:
        tree["ties"]["file"] = _file_hash(scenario.ties_path, "ties.file")
    return _hash(json.dumps(tree, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def sources_hash() -> str:
    """Hash of every Python file of the package and of the plug-ins loaded."""
    return _hash("".join([package_hash(), *(_file_hash(file, None) for file in registry.plugins())]))


def run_key(scenario: Scenario, seed: int, engine: str = "numba", format: int = FORMAT) -> str:
    """Name of one run: scenario, sources, seed, engine and format.

    Parameters
    ----------
    scenario : Scenario
        One arm, resolved.
    seed : int
    engine : str
    format : int
        Version of what a run leaves.
    """
    return _hash(json.dumps([scenario_key(scenario), sources_hash(), seed, engine, format]))


@cache
def package_hash() -> str:
    """Hash of every Python file of the package."""
    root = Path(sim.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py"), key=lambda f: f.relative_to(root).as_posix()):
        # Line ends differ between checkouts of one commit.
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def _file_hash(file: Path, key: str | None) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        zh, en = reason(error)
        raise YiheError(
            f"无法读取（{zh}），请检查路径和权限",
            f"cannot be read ({en}); check path and permissions",
            file=file,
            key=key,
        ) from error


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
