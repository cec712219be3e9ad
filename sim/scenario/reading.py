"""Scenario files in and out: ``extends:``, overrides, and every mistake in one sentence with its place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from sim.errors import YiheError
from sim.scenario import yamlfile
from sim.scenario.conditions import under
from sim.scenario.merge import Path, expand, merge, parse_path, put, show_path, tuples, twice
from sim.scenario.messages import describe, one_line
from sim.scenario.schema import Scenario, with_file
from sim.scenario.yamlfile import Origins, Place

Overrides = Mapping[str, Any] | Iterable[tuple[str, Any]]
"""Key path → value, applied in order on top of the file."""

NOWHERE = Place(None, None)


def load(
    source: str | os.PathLike[str] | Mapping[str, Any],
    overrides: Overrides = (),
    *,
    folder: str | os.PathLike[str] | None = None,
) -> Scenario:
    """A scenario from a YAML file or from a mapping.

    Parameters
    ----------
    source : path or mapping
        A file, or what a file would say.
    overrides : mapping or pairs, optional
        Key path → value, such as ``{"ties.atomisation": 0.4, "policies[0].intensity": 1}``.
    folder : path, optional
        For a mapping: folder against which the files it names are found; the working folder if left out.

    Returns
    -------
    Scenario

    Raises
    ------
    YiheError
        If anything is wrong with it: file, key path, line and the mend.
    """
    if isinstance(source, Mapping):
        here = FilePath(folder) / "scenario" if folder is not None else None
        return _build(dict(source), {}, here, overrides)
    file = FilePath(source)
    tree, origins = yamlfile.parse(yamlfile.read_text(file), str(file))
    return _build(tree, origins, file, overrides)


def loads(text: str, overrides: Overrides = (), *, file: str | os.PathLike[str] | None = None) -> Scenario:
    """A scenario from YAML text, as if read from ``file``; see :func:`load`."""
    tree, origins = yamlfile.parse(text, "YAML" if file is None else str(file))
    return _build(tree, origins, None if file is None else FilePath(file), overrides)


def dump(scenario: Scenario, *, full: bool = False) -> str:
    """A scenario as YAML: ``loads(dump(scenario)) == scenario``.

    Parameters
    ----------
    scenario : Scenario
    full : bool
        Write every number, defaults included; otherwise only what differs from the defaults. A scenario
        under conditions is always written in full: a number put back to its default would else be lost.
    """
    if full or scenario.conditions:
        return yamlfile.write(scenario.tree())
    tree = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yamlfile.write(tree)


def set_path(scenario: Scenario, path: str, value: Any) -> Scenario:
    """A copy of a scenario with one value changed.

    Parameters
    ----------
    scenario : Scenario
    path : str
        Key path, such as ``ties.atomisation``, ``policies[0].intensity`` or, by id or kind,
        ``policies.neighbour_festival.start``.
    value : object
        As it would stand in a file.

    Raises
    ------
    YiheError
        If there is no such path, or the value doesn't fit it.
    """
    return set_paths(scenario, [(path, value)])


def set_paths(scenario: Scenario, overrides: Overrides) -> Scenario:
    """A copy of a scenario with several values changed; see :func:`set_path`."""
    return _build(scenario.tree(), {}, scenario.file, overrides)


def _build(tree: dict[str, Any], origins: Origins, file: FilePath | None, overrides: Overrides) -> Scenario:
    tree, origins = _extended(*_arms_expanded(tree, origins, file), file, ())
    pairs = overrides.items() if isinstance(overrides, Mapping) else overrides
    for path, value in pairs:
        tree, where = _overridden(tree, path, value)
        origins = {p: o for p, o in origins.items() if p[: len(where)] != where} | {where: NOWHERE}
    try:
        scenario = Scenario.model_validate(tuples(tree), strict=True)
    except ValidationError as error:
        raise _mistake(error, tree, origins, file) from error
    return _files_found(with_file(scenario, file), origins)


def _overridden(tree: dict[str, Any], text: str, value: Any) -> tuple[dict[str, Any], Path]:
    path = parse_path(text)
    if not path:
        raise YiheError(
            "不是键路径，应写成 ties.atomisation 或 policies[0].intensity",
            "this is no key path; write it like ties.atomisation or policies[0].intensity",
            key=text or "''",
        )
    if hasattr(value, "item"):
        value = value.item()  # a NumPy scalar out of a design table
    try:
        return put(tree, path, value)
    except LookupError as error:
        failed = show_path(error.args[0])
        raise YiheError(
            f"没有 {failed} 这一处，请检查路径", f"there is no {failed}; check the path", key=text
        ) from None


# --- extends ---


def _extended(
    tree: dict[str, Any],
    origins: Origins,
    file: FilePath | None,
    below: tuple[FilePath, ...],
) -> tuple[dict[str, Any], Origins]:
    """The tree on top of what it extends, all the way up."""
    if "extends" not in tree:
        return tree, origins
    place = origins.get(("extends",), Place(None if file is None else str(file), None))
    reference = tree["extends"]
    if not isinstance(reference, str) or not reference:
        raise _at(place, "应写一个文件的相对路径", "this must be the relative path of a file")
    base_file = (file.parent if file is not None else FilePath()) / reference
    chain = (*below, *(() if file is None else (file.resolve(),)))
    if base_file.resolve() in chain:
        raise _at(
            place,
            f"{reference} 又继承回本文件，形成循环，请去掉其中一处",
            f"{reference} extends this file in turn; take one of them out",
        )
    if not base_file.is_file():
        raise _at(
            place,
            f"找不到 {reference}，路径应相对于本文件",
            f"there is no {reference}; the path must be relative to this file",
        )
    base, base_origins = yamlfile.parse(yamlfile.read_text(base_file), str(base_file))
    base, base_origins = _extended(*_arms_expanded(base, base_origins, base_file), base_file, chain)
    base = _moved(base, base_file.parent, file.parent if file is not None else FilePath())
    own = {key: value for key, value in tree.items() if key != "extends"}
    kept = {p: o for p, o in base_origins.items() if not _replaced(p, own)}
    return merge(base, own), {**kept, **origins}


def _at(place: Place, zh: str, en: str) -> YiheError:
    return YiheError(zh, en, file=place.file, key="extends", line=place.line)


def _replaced(path: Path, over: Any) -> bool:
    """Whether the value at ``path`` is hidden by a list or scalar further up in ``over``."""
    for step in path:
        if not isinstance(over, Mapping):
            return True
        if step not in over:
            return False
        over = over[step]
    return not isinstance(over, Mapping)


def _moved(tree: dict[str, Any], old: FilePath, new: FilePath) -> dict[str, Any]:
    """The tree with the files it names written relative to another folder."""
    if old.resolve() == new.resolve():
        return tree
    moved = dict(tree)
    if isinstance(moved.get("population_file"), str):
        moved["population_file"] = _relative(old / moved["population_file"], new)
    ties = moved.get("ties")
    if isinstance(ties, Mapping) and isinstance(ties.get("file"), str):
        moved["ties"] = {**ties, "file": _relative(old / ties["file"], new)}
    if isinstance(moved.get("arms"), Mapping):
        moved["arms"] = {
            name: _moved(dict(arm), old, new) if isinstance(arm, Mapping) else arm
            for name, arm in moved["arms"].items()
        }
    return moved


def _relative(file: FilePath, folder: FilePath) -> str:
    return FilePath(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


# --- arms ---


def _arms_expanded(
    tree: dict[str, Any], origins: Origins, file: FilePath | None,
) -> tuple[dict[str, Any], Origins]:
    """Dotted keys of one file's arms written out, and their places with them."""
    arms = tree.get("arms")
    if not isinstance(arms, Mapping):
        return tree, origins
    for name, arm in arms.items():
        both = twice(arm) if isinstance(arm, Mapping) else None
        if both is not None:
            one, other = both
            place = _place(("arms", name, other), origins, file)
            raise YiheError(
                f"与同一方案里的 {one} 说的是同一处，请只留一个",
                f"it says the same place as {one} in the same arm: keep one of them",
                file=place.file, key=f"arms.{name}.{other}", line=place.line)
    expanded = {name: expand(arm) if isinstance(arm, Mapping) else arm for name, arm in arms.items()}
    moved: Origins = {}
    for path, place in origins.items():
        if len(path) > 2 and path[0] == "arms" and isinstance(path[2], str):
            path = (*path[:2], *path[2].split("."), *path[3:])
        moved[path] = place
    return {**tree, "arms": expanded}, moved


# --- mistakes ---


class ScenarioError(YiheError):
    """The first mistake in a file as one sentence; all of them, in the order of lines, in ``each``."""

    def __init__(self, each: tuple[YiheError, ...]) -> None:
        first, more = each[0], len(each) - 1
        zh = f"{first.zh}（另有 {more} 处问题，yihe validate 逐条列出）" if more else first.zh
        en = f"{first.en} ({more} more after this: yihe validate lists them)" if more else first.en
        super().__init__(zh, en, file=first.file, key=first.key, line=first.line)
        self.each = each


def _mistake(
    error: ValidationError, tree: dict[str, Any], origins: Origins, file: FilePath | None
) -> YiheError:
    """Every mistake, in the order of lines; one that several arms share is said once."""
    last = 10**9
    found: dict[tuple[object, ...], tuple[int, YiheError]] = {}
    lines = [*error.errors(), *_in_arms(error, tree)]
    wrong = {tuple(line["loc"]) for line in lines}
    for line in lines:
        path = tuple(line["loc"])
        if path == ("title",) and line["type"] == "missing" and ("name",) in wrong:
            continue  # a title left out is the name
        place = _place(path, origins, file)
        zh, en = one_line(describe(line, tree))
        one = YiheError(zh, en, file=place.file, key=show_path(path) or None, line=place.line)
        at = last if place.line is None else place.line
        found.setdefault((place, zh, path[-1:] if place.line is not None else path), (at, one))
    return ScenarioError(tuple(one for _, one in sorted(found.values(), key=lambda entry: entry[0])))


def _in_arms(error: ValidationError, tree: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
    """ScenarioError of the arms, which are looked at only once everything else is right."""
    known = {(tuple(line["loc"]), repr(line["input"])) for line in error.errors()}
    arms = tree.get("arms")
    if not isinstance(arms, Mapping) or any(loc[:1] == ("arms",) for loc, _ in known):
        return
    base = {key: value for key, value in tree.items() if key not in ("arms", "targets")}
    for name, arm in arms.items():
        own = {key: value for key, value in arm.items() if key != "label"} if isinstance(arm, Mapping) else {}
        try:
            Scenario.model_validate(tuples(merge(base, under(own.get("conditions"), own))), strict=True)
        except ValidationError as found:
            for line in found.errors():
                loc = tuple(line["loc"])
                if loc[:1] and loc[0] in own and (loc, repr(line["input"])) not in known:
                    yield {**line, "loc": ("arms", name, *loc)}


def _place(path: Path, origins: Origins, file: FilePath | None) -> Place:
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return origins[path[:length]]
    return Place(None if file is None else str(file), None)


def _files_found(scenario: Scenario, origins: Origins) -> Scenario:
    """The scenario, once every file it names is known to exist."""
    places: list[tuple[Path, Scenario]] = [((), scenario)]
    places += [
        (("arms", name), scenario.arm(name))
        for name, arm in scenario.arms.items()
        if {"population_file", "ties"} & arm.overrides.keys()
    ]
    for prefix, variant in places:
        for path, key in (
            (variant.population_path, ("population_file",)),
            (variant.ties_path, ("ties", "file")),
        ):
            if path is not None and not path.is_file():
                place = _place((*prefix, *key), origins, scenario.file)
                raise YiheError(
                    f"找不到 {path}，路径应相对于情景文件",
                    f"there is no {path}; the path must be relative to the scenario file",
                    file=place.file,
                    key=show_path((*prefix, *key)),
                    line=place.line,
                )
    return scenario
