"""What the page asks for: a request's JSON, checked by the very rules of scenario files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from sim.errors import YiheError
from sim.params import Label
from sim.scenario.conditions import under
from sim.scenario.merge import expand, merge
from sim.scenario.reading import load
from sim.scenario.schema import FIXED_IN_ARMS, Scenario
from sim.study.plan import compared_policies
from sim.web.library import Library
from sim.web.limits import Limits, RefusalError, too_large

ARMS = ("a", "b")
_OF_BOTH = ("seed", "weeks", "warmup", "shocks")
_KEYS = {"scenario", *_OF_BOTH, "conditions", "seeds", "outcomes", "first", *ARMS}
_ARM_KEYS = {"arm", "regime", "policies"}
_FILES = ("population_file", ("ties", "file"))
_CLOSED = {*FIXED_IN_ARMS, "label", "regime", "policies", "shocks", "population_file"}
"""Keys that ``conditions`` may not set: they have a place of their own, or name files."""

DEFAULT_SEEDS = 100
LONGEST_PATH = 200
"""Characters of a key path."""


class Asked(NamedTuple):
    """A comparison that can be run."""

    arms: dict[str, Scenario]
    """``a`` and ``b``, resolved."""
    labels: dict[str, Label]
    """What each is called: as in the file if nothing was changed, else by its regime."""
    seed: int
    compared: frozenset[str]
    seeds: int
    outcomes: tuple[str, ...] | None
    """Those whose bands are wanted; None for all."""
    first: int
    """Weeks of which recordings are wanted before those of all; 0 for none."""


def read_json(body: bytes, limits: Limits) -> dict[str, Any]:
    """A request's body as a mapping.

    Raises
    ------
    RefusalError
        If it is no JSON object, or nested too deeply: 400.
    """
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise RefusalError(400, "请求不是有效的 JSON", "the request is no valid JSON") from None
    if not isinstance(found, dict):
        raise RefusalError(400, "请求应是一个 JSON 对象", "the request must be a JSON object")
    if _depth(found, limits.depth) > limits.depth:
        raise RefusalError(
            400, f"请求嵌套过深，最多 {limits.depth} 层",
            f"the request is nested too deeply; at most {limits.depth} levels")
    return found


def read_asked(request: Mapping[str, Any], library: Library, limits: Limits) -> Asked:
    """What a request asks for.

    Parameters
    ----------
    request : mapping
        ``scenario``, ``a`` and ``b``, and if wanted ``seed``, ``weeks``, ``warmup``, ``shocks``,
        ``conditions``, ``seeds``, ``outcomes`` and ``first``.
    library : Library
    limits : Limits

    Raises
    ------
    YiheError
        If anything is wrong with it, as for a scenario file; a :class:`RefusalError` if it is too much.
    """
    _only(request, _KEYS, "")
    base = library.scenario(request.get("scenario"))
    arms, labels = dict[str, Scenario](), dict[str, Label]()
    for side in ARMS:
        wanted = request.get(side, {})
        if not isinstance(wanted, dict):
            raise RefusalError(
                400, "应是 {regime, policies} 的映射", "must be a mapping of regime and policies", key=side)
        _only(wanted, _ARM_KEYS, side)
        start, label = _start(base, wanted.get("arm"), side)
        arms[side] = _resolved(start, request, wanted, side, limits)
        labels[side] = label if _same_arm(start, arms[side]) else _by_regime(side, arms[side])
        _within(arms[side], limits, side)
    return Asked(
        arms, labels, arms["a"].seed, compared_policies(list(arms.values())), _seeds(request, limits),
        _outcomes(request), _first(request, limits))


def _start(base: Scenario, arm: object, side: str) -> tuple[Scenario, Label]:
    """The scenario, or the arm of it that was named."""
    if arm is None:
        return base.model_copy(update={"arms": {}, "targets": ()}), base.title
    if not isinstance(arm, str) or arm not in base.arms:
        known = "、".join(base.arms)
        raise RefusalError(
            400, f"没有这个方案，可用的有：{known or '（无）'}",
            f"there is no such arm; there are: {', '.join(base.arms) or '(none)'}", key=f"{side}.arm")
    return base.arm(arm), base.arm_label(arm)


def _same_arm(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios differ in nothing but what both sides share."""
    return (one.regime, one.policies) == (other.regime, other.policies)


def _by_regime(side: str, scenario: Scenario) -> Label:
    sides = {"a": ("甲", "A"), "b": ("乙", "B")}
    regime, (zh, en) = scenario.regime, sides[side]
    return Label(zh=f"{zh}：{regime.zh}", en=f"{en}: {regime.en}")


def _resolved(
    start: Scenario, request: Mapping[str, Any], wanted: Mapping[str, Any], side: str, limits: Limits,
) -> Scenario:
    """An arm with what the request changes, read like a file."""
    own = {key: request[key] for key in _OF_BOTH if key in request}
    own |= {key: wanted[key] for key in ("regime", "policies") if key in wanted}
    shocks = own.get("shocks")
    if isinstance(shocks, list) and len(shocks) > limits.shocks:
        raise too_large("冲击数", "shocks", len(shocks), limits.shocks, "shocks")
    policies = own.get("policies")
    if isinstance(policies, list) and len(policies) > limits.policies:
        raise too_large("政策数", "policies", len(policies), limits.policies, f"{side}.policies")
    base = start.tree()
    tree = merge(base, own | _changes(request.get("conditions", {})))
    for key in ("extends", "arms", "targets"):
        tree.pop(key, None)
    if _files(tree) != _files(base):
        _closed("ties.file")
    try:
        return load(tree, folder=start.folder)
    except YiheError as error:
        key = error.key or ""
        if key.partition(".")[0].partition("[")[0] in own.keys() - {*_OF_BOTH}:
            key = f"{side}.{key}"
        raise YiheError(_few(error.zh), _few(error.en), key=key or None) from error


def _changes(conditions: object) -> dict[str, Any]:
    """Key paths as a tree, with what named conditions bring."""
    if not isinstance(conditions, dict):
        raise RefusalError(
            400, "应是“键路径: 值”的映射", "must be a mapping of key paths to values", key="conditions")
    if any(len(key) > LONGEST_PATH for key in conditions):
        raise RefusalError(400, "键路径过长", "a key path is too long", key="conditions")
    changes = expand(conditions)
    for key in changes:
        if key in _CLOSED:
            _closed(key)
    return under(changes.get("conditions"), changes)


def _closed(key: str) -> NoReturn:
    raise RefusalError(
        400, f"{key} 不能在 conditions 里改：请改情景文件",
        f"{key} cannot be changed among the conditions: change the scenario file", key=f"conditions.{key}")


def _files(tree: Mapping[str, Any]) -> tuple[Any, Any]:
    ties = tree.get("ties")
    return tree.get("population_file"), ties.get("file") if isinstance(ties, Mapping) else None


def _few(sentence: str) -> str:
    """A sentence without the hint that more stands in a file."""
    for hint in ("（另有", " ("):
        head, found, tail = sentence.partition(hint)
        if found and "yihe validate" in tail:
            return head
    return sentence


def _within(scenario: Scenario, limits: Limits, side: str) -> None:
    """Refuse what is too large to be run while a page waits."""
    people = scenario.people()
    places = scenario.places
    grids = places.grids_total or places.grids * places.communities
    dwellings = grids * places.buildings * places.floors * places.dwellings_per_floor
    duration = scenario.weeks + scenario.warmup
    for what, value, most, key in (
        (("居民数", "residents"), people, limits.residents, "population.residents"),
        (("住房数", "dwellings"), dwellings, limits.dwellings, "places.buildings"),
        (("周数", "weeks"), scenario.weeks, limits.weeks, "weeks"),
        (("预热周数", "weeks of warm-up"), scenario.warmup, limits.warmup, "warmup"),
        (("居民数×周数", "residents × weeks"), people * duration, limits.resident_weeks, "weeks"),
        (("政策数", "policies"), len(scenario.policies), limits.policies, f"{side}.policies"),
    ):
        if value > most:
            raise too_large(*what, value, most, key)


def _seeds(request: Mapping[str, Any], limits: Limits) -> int:
    seeds = request.get("seeds", DEFAULT_SEEDS)
    if type(seeds) is not int or seeds < 1:
        raise RefusalError(400, "应写 1 以上的整数", "must be a whole number of 1 or more", key="seeds")
    if seeds > limits.seeds:
        raise too_large("种子数", "seeds", seeds, limits.seeds, "seeds")
    return seeds


def _first(request: Mapping[str, Any], limits: Limits) -> int:
    first = request.get("first", 0)
    if type(first) is not int or not 0 <= first <= limits.weeks:
        raise RefusalError(
            400, f"应写 0 到 {limits.weeks} 的整数", f"must be a whole number from 0 to {limits.weeks}",
            key="first")
    return first


def _outcomes(request: Mapping[str, Any]) -> tuple[str, ...] | None:
    from sim.outcomes import OUTCOMES

    names = request.get("outcomes")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and name in OUTCOMES for name in names):
        raise RefusalError(
            400, "应是指标名称的列表，名称见 yihe list outcomes",
            "must be a list of outcomes; yihe list outcomes shows their names", key="outcomes")
    return tuple(dict.fromkeys(names))


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in given:
        if key not in known:
            listed = sorted(known)
            raise RefusalError(
                400, f"没有这一项，可写的有：{'、'.join(listed)}",
                f"there is no such key; there are: {', '.join(listed)}",
                key=f"{where}.{key[:80]}" if where else key[:80])


def _depth(value: Any, most: int) -> int:
    """Levels of nesting; stops counting above ``most``."""
    level, depth = [value], 0
    while level and depth <= most:
        depth += 1
        level = [
            inner for outer in level if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)]
        if not level:
            return depth
    return depth


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
