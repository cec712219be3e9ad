"""Names of factors: key paths of a scenario, the arm of the study, and policies switched on and off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sim.designs.factors import Kind
from sim.designs.section import wrong
from sim.scenario.merge import parse_path

ARM = "arm"
"""Factor whose values are names of the study's arms."""

RESERVED = ("point", "seed", "key", "digest")
"""Columns of result tables that a factor would hide."""

_SWITCH = re.compile(r"policies\.([^.\[\]]+)\.on")
_BY_POSITION = re.compile(r"policies\[\d+\]\.on")
_OF_POLICY = re.compile(r"policies\.([^.\[\]]+)\..+")


def switched(name: str) -> str | None:
    """Id of the policy that a factor lists or leaves out; None for any other factor."""
    match = _SWITCH.fullmatch(name)
    return match[1] if match else None


def of_policy(name: str) -> str | None:
    """Id of the policy that a factor belongs to, if it names one by id."""
    match = _OF_POLICY.fullmatch(name)
    return match[1] if match else None


def check(kinds: Mapping[str, Kind], *loc: str | int) -> None:
    """Refuse names that cannot be factors, values that do not suit them, and factors that overlap.

    Raises
    ------
    ValidationError
        With the key path of the factor under ``loc``.
    """
    for name, kind in kinds.items():
        _one(name, kind, (*loc, name))
    apart(kinds, *loc)


def _one(name: str, kind: Kind, loc: tuple[str | int, ...]) -> None:
    if not parse_path(name) or name != name.strip():
        raise wrong(
            f"“{name}”不是键路径，应写成 ties.atomisation 或 policies[0].intensity",
            f"“{name}” is no key path; write it like ties.atomisation or policies[0].intensity",
            *loc,
        )
    if name in RESERVED:
        hint = (
            ("重复次数写在 replicates 中", "seeds are set under replicates")
            if name == "seed"
            else ("请改变情景中的其他项", "vary something else of the scenario")
        )
        raise wrong(f"{name} 不能作因子：{hint[0]}", f"{name} cannot be a factor: {hint[1]}", *loc)
    if _BY_POSITION.fullmatch(name):
        raise wrong(
            "开关按政策标识写，如 policies.neighbour_festival.on，不按位置",
            "a switch names its policy by id, such as policies.neighbour_festival.on, not by position",
            *loc,
        )
    if switched(name) is not None and kind != "switch":
        raise wrong(
            "政策开关只取 true 与 false，请写 values: [false, true]",
            "a policy is on or off: write values: [false, true]",
            *loc,
        )
    if name == ARM and kind != "text":
        raise wrong(
            "arm 的取值是方案名称，请写 values: [名称, …]",
            "the values of arm are names of arms: write values: [name, …]",
            *loc,
        )


def apart(names: Iterable[str], *loc: str | int) -> None:
    """Refuse two factors that are one, or of which one holds the other."""
    paths: dict[tuple[str | int, ...], str] = {}
    for name in names:
        path = parse_path(name)
        twin = next(
            (other for p, other in paths.items() if p[: len(path)] == path or path[: len(p)] == p), None
        )
        if twin == name:
            raise wrong(f"{name} 写了两次，请去掉一个", f"{name} is there twice; leave one out", *loc)
        if twin is not None:
            raise wrong(
                f"{name} 与 {twin} 互相包含，请只留一个", f"{name} and {twin} overlap; keep one", *loc, name
            )
        paths[path] = name
