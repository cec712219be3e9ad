"""The scenario files of one folder, and nothing outside it.

A name in a request is looked up in the folder's listing, never joined to a path. Links that lead out of the
folder are not listed, and what a file extends or names must lie inside it as well.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from sim.errors import YiheError
from sim.scenario import yamlfile
from sim.scenario.merge import expand, merge
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.web.limits import RefusalError

MOST_FILES = 500
"""Files of a folder that are listed."""

MOST_BYTES = 1_000_000
"""Size of a scenario file."""

LONGEST_CHAIN = 16
"""Files that extend each other."""

Stamp = tuple[tuple[str, int, int], ...]


class _Loaded(NamedTuple):
    """A scenario, the files it was made of, and how they stood."""

    chain: list[Path]
    stamp: Stamp
    scenario: Scenario


class Library:
    """Scenario files in one folder, read again when they change.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = folder.resolve()
        self._loaded: dict[str, _Loaded] = {}
        self._lock = Lock()

    def files(self) -> dict[str, Path]:
        """Name and place of each scenario file, in ascending order."""
        return {file.name: file for file in self._listed() if self._ours(file)}

    def _listed(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("*.yaml"))[:MOST_FILES]
        except OSError:
            return []

    def file(self, name: object) -> Path:
        """The file of that name.

        Raises
        ------
        RefusalError
            If the folder has no such file: 404.
        """
        for file in self._listed() if isinstance(name, str) else ():
            if file.name == name and self._ours(file):
                return file
        raise _no_such_file()

    def tree(self, name: str) -> dict[str, Any]:
        """What a file and those it extends say, unchecked, dotted keys of arms written out."""
        tree, _ = self._chain(self.file(name))
        arms = tree.get("arms")
        if isinstance(arms, Mapping):
            tree["arms"] = {key: expand(arm) if isinstance(arm, Mapping) else {} for key, arm in arms.items()}
        return tree

    def scenario(self, name: object) -> Scenario:
        """The scenario of a file, checked.

        Raises
        ------
        YiheError
            If anything is wrong with it, or it names a file outside the folder.
        """
        file = self.file(name)
        try:
            with self._lock:
                known = self._loaded.get(file.name)
            if known is not None and _stamp(known.chain) == known.stamp:
                return known.scenario
            _, chain = self._chain(file)
            stamp = _stamp(chain)
            scenario = load(file)
        except RefusalError:
            raise
        except YiheError as error:
            raise self._shown(error) from error
        self._confined(scenario)
        with self._lock:
            self._loaded[file.name] = _Loaded(chain, stamp, scenario)
        return scenario

    def _chain(self, file: Path) -> tuple[dict[str, Any], list[Path]]:
        """The merged tree of a file and the files it is made of."""
        tree, chain = self._parsed(file), [file]
        below = tree
        while isinstance(base := below.get("extends"), str) and base:
            file = file.parent / base
            if not self._ours(file):
                raise _outside(base, "extends")
            if file in chain:
                break  # a circle, which loading says in its own words
            if len(chain) == LONGEST_CHAIN:
                raise RefusalError(
                    400, f"extends 一层套一层，最多 {LONGEST_CHAIN} 层：请合并几个文件",
                    f"files extend each other more than {LONGEST_CHAIN} deep: join some of them",
                    key="extends")
            below = self._parsed(file)
            tree, chain = merge(below, tree), [*chain, file]
        return tree, chain

    def _parsed(self, file: Path) -> dict[str, Any]:
        try:
            size = file.stat().st_size
        except OSError:  # gone since it was listed
            raise _no_such_file() from None
        if size > MOST_BYTES:
            raise RefusalError(
                413, f"{file.name} 太大，情景文件最多 {MOST_BYTES // 1000} kB",
                f"{file.name} is too large; a scenario file has at most {MOST_BYTES // 1000} kB",
                key="scenario")
        return yamlfile.parse(yamlfile.read_text(file), file.name)[0]

    def _ours(self, file: Path) -> bool:
        """Whether it is a file whose true place is inside the folder."""
        try:
            return file.resolve().is_relative_to(self._root) and file.is_file()
        except (OSError, ValueError, RuntimeError):  # a circle of links, a name no system has
            return False

    def _confined(self, scenario: Scenario) -> None:
        variants = [scenario, *(
            scenario.arm(name) for name, arm in scenario.arms.items()
            if {"population_file", "ties"} & arm.overrides.keys())]
        for variant in variants:
            for key, named, path in (
                ("population_file", variant.population_file, variant.population_path),
                ("ties.file", variant.ties.file, variant.ties_path),
            ):
                if path is not None and not self._ours(path):
                    raise _outside(str(named), key)

    def _shown(self, error: YiheError) -> YiheError:
        """The same mistake without this machine's folders."""
        file = None if error.file is None else Path(error.file).name
        zh, en = error.zh, error.en
        for separator in {"/", os.sep}:
            zh, en = (text.replace(f"{self.folder}{separator}", "") for text in (zh, en))
        return YiheError(zh, en, file=file, key=error.key, line=error.line)


def _stamp(files: list[Path]) -> Stamp:
    """What changes whenever one of some files does."""
    marks = []
    for file in files:
        try:
            seen = file.stat()
        except OSError:
            continue
        marks.append((str(file), seen.st_mtime_ns, seen.st_size))
    return tuple(marks)


def _no_such_file() -> RefusalError:
    return RefusalError(
        404, "没有这个情景文件：请从列表中选一个", "there is no such scenario file: choose one of the list",
        key="scenario")


def _outside(named: str, key: str) -> RefusalError:
    return RefusalError(
        403, f"{named} 不在情景文件夹内：页面只用该文件夹里的文件，请把它放进去",
        f"{named} is not in the folder of scenarios: the page uses only files of that folder; put it there",
        key=key)
