"""What was not the same before two results were computed: scenario, set-up, code, versions, machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.comparing.difference import ABSENT, Group, Setting
from sim.scenario import yamlfile

_GROUPS: dict[str, Group] = {
    "code_hash": "code", "git_commit": "code", "python": "versions", "packages": "versions",
    "platform": "machine", "cpu": "machine",
}
_SETUP = ("kind", "seed", "replicates", "weeks", "control", "compared_policies", "points", "factors", "keep")
_FILES = "scenario*.yaml", "study.yaml"

_UNSAID = frozenset({"name", "title", "description", "source", "label"})
"""Words for people: they change no run."""


def settings_between(a: Path, b: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Setting]:
    """Everything but results in which two folders differ.

    Parameters
    ----------
    a, b : Path
        Results folders.
    before, after : mapping
        Their manifests.
    """
    names = sorted({file.name for folder in (a, b) for pattern in _FILES for file in folder.glob(pattern)})
    found = []
    for name in names:
        one, other = _flat_file(a / name), _flat_file(b / name)
        prefix = "" if name == "scenario.yaml" else f"{name}: "
        found += [Setting("scenario", f"{prefix}{key}", *pair) for key, pair in _unlike(one, other)]
    for key in _SETUP:
        found += [Setting("setup", *line) for line in _said(key, before.get(key), after.get(key))]
    return [*found, *made_by(before, after)]


def made_by(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Setting]:
    """Code, versions and machine in which two manifests differ."""
    found = []
    for key, group in _GROUPS.items():
        found += [Setting(group, *line) for line in _said(key, before.get(key), after.get(key))]
    return found


def _said(key: str, one: object, other: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from ((name, *pair) for name, pair in _unlike(_flat(one), _flat(other)))
    elif one != other:
        yield key, _text(one), _text(other)


def _unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Key paths whose values are not the same, in the order of the first, then the second."""
    for key in dict.fromkeys([*one, *other]):
        pair = _text(one.get(key, ABSENT)), _text(other.get(key, ABSENT))
        if pair[0] != pair[1]:
            yield key, pair


def _flat_file(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    tree, _ = yamlfile.parse(yamlfile.read_text(file), str(file))
    return _flat(tree)


def _flat(tree: object, above: str = "") -> dict[str, Any]:
    """Every value under its key path; members of a list that have an id of their own go by it."""
    if isinstance(tree, Mapping) and tree:
        inside = {str(key): value for key, value in tree.items() if str(key) not in _UNSAID}
    elif isinstance(tree, list) and tree and all(isinstance(one, Mapping) for one in tree):
        names = [str(one.get("id") or one.get("kind") or i) for i, one in enumerate(tree)]
        if len(set(names)) < len(names):
            names = [str(i) for i in range(len(tree))]
        inside = dict(zip(names, tree, strict=True))
    else:
        return {above: tree} if above else {}
    flat: dict[str, Any] = {}
    for key, value in inside.items():
        flat |= _flat(value, f"{above}.{key}" if above else key)
    return flat


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
