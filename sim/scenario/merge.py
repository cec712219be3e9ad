"""Trees of mappings and lists: merging, dotted keys, and setting one place.

Mappings merge, everything else replaces: the one rule of ``extends:``, arms and overrides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Path = tuple[str | int, ...]
"""Place in a tree: keys and list positions."""

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` on top: mappings merge, lists and scalars replace."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def expand(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The same tree with dotted keys at its top written out: ``{"ties.atomisation": 1}`` nests."""
    nested: dict[str, Any] = {}
    for key, value in tree.items():
        *parents, last = key.split(".") if isinstance(key, str) else [key]
        branch: dict[str, Any] = {last: value}
        for parent in reversed(parents):
            branch = {parent: branch}
        nested = merge(nested, branch)
    return nested


def twice(tree: Mapping[str, Any]) -> tuple[str, str] | None:
    """Two keys at the top of a tree that say the same place, as one with dots may; None if there are none."""
    said: dict[Path, str] = {}
    for key, value in tree.items():
        for path in _leaves(tuple(key.split(".")) if isinstance(key, str) else (key,), value):
            for known, other in said.items():
                n = min(len(path), len(known))
                if other != key and path[:n] == known[:n]:
                    return other, key
            said[path] = key
    return None


def _leaves(path: Path, value: Any) -> list[Path]:
    """Places of everything that is no mapping, or an empty one."""
    if not isinstance(value, Mapping) or not value:
        return [path]
    return [leaf for key, inner in value.items() for leaf in _leaves((*path, key), inner)]


def tuples(tree: Any) -> Any:
    """The same tree with every list as a tuple, as frozen models want it."""
    if isinstance(tree, Mapping):
        return {key: tuples(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return tuple(tuples(value) for value in tree)
    return tree


def parse_path(text: str) -> Path:
    """``policies[0].intensity`` as keys and positions; an empty tuple if it is no key path."""
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(text):
        between = text[end : match.start()]
        if between != ("" if match[2] is not None or not steps else "."):
            return ()
        steps.append(int(match[2]) if match[2] is not None else match[1])
        end = match.end()
    return tuple(steps) if end == len(text) else ()


def show_path(path: Path) -> str:
    """A key path as people write it: ``policies[0].intensity``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def put(tree: Any, path: Path, value: Any) -> tuple[Any, Path]:
    """A copy of ``tree`` with ``value`` at ``path``.

    A list takes positions, or the ``id`` or ``kind`` of one of its entries, so that
    ``policies.neighbour_festival.intensity`` works. Missing mappings are made on the way.

    Parameters
    ----------
    tree : mapping or list
    path : tuple
    value : object

    Returns
    -------
    tree, path
        The new tree, and the path with list positions resolved.

    Raises
    ------
    LookupError
        If a list has no such entry, or the path leads through something that is neither mapping nor list; its
        argument is the part of the path that fails.
    """
    if not path:
        return value, ()
    step, rest = path[0], path[1:]
    if isinstance(tree, (list, tuple)):
        position = _position(tree, step)
        if position is None:
            raise LookupError((step,))
        inner, resolved = _descend(tree[position], rest, value, position)
        return [*tree[:position], inner, *tree[position + 1 :]], (position, *resolved)
    if (tree is not None and not isinstance(tree, Mapping)) or isinstance(step, int):
        raise LookupError((step,))
    branch = dict(tree or {})
    inner, resolved = _descend(branch.get(step), rest, value, step)
    branch[step] = inner
    return branch, (step, *resolved)


def _descend(tree: Any, rest: Path, value: Any, step: str | int) -> tuple[Any, Path]:
    try:
        return put(tree, rest, value)
    except LookupError as error:
        raise LookupError((step, *error.args[0])) from None


def _position(entries: list[Any] | tuple[Any, ...], step: str | int) -> int | None:
    if isinstance(step, int):
        return step if step < len(entries) else None
    for name in ("id", "kind"):
        for i, entry in enumerate(entries):
            if isinstance(entry, Mapping) and entry.get(name) == step:
                return i
    return None
