"""What can be chosen beside a scenario's numbers: shocks, lengths, what policies share; names of groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.explain.switches import switches
from sim.explain.text import GRADES
from sim.params import Declared, declared
from sim.policies.base import Policy
from sim.processes.parameters import SHOCKS, Shock
from sim.scenario.merge import expand
from sim.scenario.notes import noted
from sim.scenario.schema import Scenario
from sim.scenario.sources import sourced
from sim.scenario.units import unit_in
from sim.vocabulary import Kind
from sim.web.limits import Limits

LENGTHS = ("weeks", "warmup")
"""Numbers of a scenario that have a place of their own on the page."""

Json = dict[str, Any]

_GROUPS = {
    "places": ("地点", "places"), "population": ("人口", "population"), "population.age": ("年龄", "ages"),
    "population.households": ("家庭", "households"), "population.position": ("社会位置", "positions"),
    "population.free_hours": ("可用时间", "free hours"), "population.membership": ("党员", "members"),
    "population.body": ("体力与照料", "bodies and care"),
    "population.stay": ("居住与搬迁", "staying and moving"),
    "population.motives": ("动机", "motives"), "population.attitudes": ("态度", "attitudes"),
    "population.trust": ("初始信任", "initial trust"), "ties": ("关系", "ties"),
    "world": ("外部世界", "world outside"), "participation": ("参与", "participation"),
    "cases": ("案件办理", "handling of cases"), "experience": ("经验", "experience"),
    "actors": ("机构之间", "among institutions"), "budget": ("经费", "budget"),
    **{f"actors.{kind.key}": (kind.zh, kind.en) for kind in Kind},
    "actors.core.party_day": ("主题党日", "party day"),
    "actors.residents_committee.meeting": ("居民会议", "residents' meeting"),
    "actors.residents_committee.activity": ("文体活动", "activities"),
    "actors.grid_worker.patrol": ("巡查", "patrols"),
    "actors.owners_committee.vote": ("业主表决", "owners' vote"),
    "actors.social_organization.project": ("服务项目", "service projects"),
    "actors.volunteers.shift": ("志愿值班", "volunteer shifts"),
}
"""Blocks of a scenario's numbers, by key path."""


def slider(number: Declared) -> Json:
    """A number as a slider."""
    return {
        "path": number.path, "zh": number.zh, "en": number.en, "unit_zh": unit_in(number.unit, "zh"),
        "unit_en": number.unit, "min": number.ge, "max": number.le, "default": number.default,
        "integer": isinstance(number.default, int), "grade": number.evidence,
        "source": sourced(number.source), "note": noted(number.note)}


def grades() -> Json:
    """What each grade of evidence means."""
    return {grade: {"zh": zh, "en": en} for grade, (zh, en) in GRADES.items()}


def groups() -> list[Json]:
    """Blocks of numbers and what they are called, a block inside another by both names."""
    return [{"key": key, **dict(zip(("zh", "en"), _full(key), strict=True))} for key in _GROUPS]


def _full(key: str) -> tuple[str, str]:
    above = key.rpartition(".")[0]
    zh, en = _GROUPS[key]
    if not above or above == "actors":
        return zh, en
    outer = _full(above)
    return f"{outer[0]}·{zh}", f"{outer[1]}: {en}"


def lengths(limits: Limits) -> list[Json]:
    """Weeks and warm-up, with the most a page may ask for."""
    most = {"weeks": limits.weeks, "warmup": limits.warmup}
    return [
        {**slider(number), "max": min(number.le, most[number.path])} for number in declared(Scenario)
        if number.path in LENGTHS]


def general() -> list[Json]:
    """Numbers that every policy has, and its first and last week."""
    return [*map(slider, declared(Policy)), *_fields(Policy, ("start", "end"))]


def shocks() -> Json:
    """Kinds of shock with what each brings, and the numbers of one."""
    kind = switches()["shocks.kind"]
    return {
        "kinds": [
            {"key": key, "zh": label.zh, "en": label.en, "sets": SHOCKS.get(str(key), {})}
            for key, label in kind.names.values.items()],
        "numbers": [*_fields(Shock, ("week", "weeks")), *map(slider, declared(Shock))]}


def brought(changes: Mapping[str, Any]) -> Json:
    """What a named condition sets, by key path."""
    return dict(_flat(expand(changes), ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _fields(model: type[Policy] | type[Shock], names: tuple[str, ...]) -> Iterator[Json]:
    """Whole numbers that are plain fields: range and wording are read off them."""
    for name in names:
        field = model.model_fields[name]
        bounds = {type(one).__name__: one for one in _metadata(field)}
        zh, _, en = (field.description or name).partition(" · ")
        yield {
            "path": name, "zh": zh, "en": en or zh, "unit_zh": unit_in("weeks", "zh"), "unit_en": "weeks",
            "min": bounds["Ge"].ge, "max": bounds["Le"].le,
            "default": None if field.is_required() else field.default, "integer": True, "grade": "",
            "source": None, "note": None}


def _metadata(field: Any) -> list[Any]:
    return list(field.metadata)
