"""Switches: choices by name and yes-or-no fields of scenarios, shocks and policies, and what they are called.

Where sources disagree, both are available and a switch says which one runs. What may be chosen and the
default are read off the fields; only the names stand here, in one table.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from sim.params import Label
from sim.policies.registry import policy_kinds
from sim.processes.parameters import Shock
from sim.scenario.schema import Scenario
from sim.vocabulary import Regime

Value = str | bool


class Names(NamedTuple):
    """What a switch and its values are called."""

    label: Label
    values: dict[Value, Label]
    note: Label | None = None
    """Which sources stand on which side."""


class Switch(NamedTuple):
    """One switch, as found by :func:`switches`."""

    path: str
    default: Value
    names: Names
    """The keys of its ``values`` are all that may be chosen, in the order in which the field allows them."""


YES_NO: dict[Value, Label] = {True: Label(zh="是", en="yes"), False: Label(zh="否", en="no")}


def _s(zh: str, en: str, note: tuple[str, str] | None = None, **values: tuple[str, str]) -> Names:
    named: dict[Value, Label] = {value: Label(zh=z, en=e) for value, (z, e) in values.items()}
    said = None if note is None else Label(zh=note[0], en=note[1])
    return Names(Label(zh=zh, en=en), named or YES_NO, said)


_FOUND = {
    "appointed": ("任命", "appointed"), "discovered": ("在共同行动中发现", "discovered in common action")}
_LEADERS_NOTE = ("来源相左：S0 2.1 任命楼长；S4 骨干不能直接任命；两种都可用",
                 "sources disagree: S0 2.1 appoints leaders, S4 says backbones cannot be appointed; both can "
                 "be had")

NAMES: dict[str, Names] = {
    "regime": Names(
        Label(zh="协调方式", en="regime of coordination"),
        {regime.key: Label(zh=regime.zh, en=regime.en) for regime in Regime}),
    "ties.builder": _s(
        "关系网生成方式", "how ties are built",
        community=("邻里分层关系", "the layers of a neighbourhood"),
        erdos_renyi=("随机图（教科书）", "random graph, from textbooks"),
        watts_strogatz=("小世界图（教科书）", "small-world graph, from textbooks"),
        none=("没有关系", "no ties")),
    "world.categories": _s(
        "各类纠纷比例的来历", "where the mix of disputes comes from",
        salience_shanghai_2014=("2014年上海调查的显著程度", "salience in a Shanghai survey of 2014"),
        wide_prior=("宽先验", "a wide prior")),
    "shocks.kind": _s(
        "冲击种类", "kind of shock", burst_main=("爆管", "burst water main"),
        epidemic_week=("疫情周", "week of an epidemic"), extreme_weather=("极端天气", "extreme weather"),
        custom=("自定", "of one's own")),
    "actors.property.present": _s("有无物业公司", "whether there is a property company"),
    "actors.owners_committee.present": _s("有无业委会", "whether there is an owners' committee"),
    "actors.social_organization.present": _s("有无社会组织", "whether there is a social organisation"),
    "actors.mediation.present": _s("有无调解队伍", "whether there is a mediation team"),
    "policies.building_leaders.mode": _s(
        "楼长由来", "how building leaders come about", _LEADERS_NOTE, **_FOUND),
    "policies.red_microcirculation.choice": _s(
        "骨干由来", "how backbones come about", _LEADERS_NOTE, **_FOUND),
    "policies.red_microcirculation.broken": _s(
        "只走过场的一环", "stage gone through on paper only", none=("没有", "none"),
        backbones=("骨干", "backbones"), projects=("项目", "projects"), covenant=("公约", "covenant"),
        resources=("资源", "resources"), teams=("团队", "teams"), incentives=("激励", "incentives")),
    "policies.points_incentive.incentive": _s(
        "激励方式", "kind of incentive",
        ("来源相左：S0 物质激励，S4 荣誉激励；两种都可用",
         "sources disagree: material in S0, honorary in S4; both can be had"),
        material=("物质", "material"), honorary=("荣誉", "honorary"), both=("两者并用", "both")),
    "policies.community_funding.source": _s(
        "筹资渠道", "where the money is sought", mixed=("三者均分", "effort divided among the three"),
        venture=("公益创投", "venture grants"), sponsorship=("企业赞助", "sponsors"),
        self_funding=("自我造血", "own earnings")),
    "policies.deliberation_techniques.technique": _s(
        "议事技术", "technique of deliberation", rotate=("轮流使用", "in turn"),
        open_space=("开放空间", "open space"), round_table=("圆桌会议", "round table"),
        needs_survey=("参与式需求调查", "participatory survey of needs"),
        evaluation=("参与式绩效评估", "evaluation by residents")),
    "policies.micro_projects.online_only": _s("只在线上征集心愿", "wishes gathered online only"),
    "policies.mutual_help_teams.teams": _s(
        "互助队", "teams", both=("两队都有", "both"), silver=("银发队（探访）", "silver team: visits"),
        youth=("青年队（代办）", "youth team: errands")),
    "policies.project_operation.theme": _s(
        "项目主题", "theme of projects", rotate=("轮流", "in turn"),
        waste_sorting=("垃圾分类", "waste sorting"),
        civility=("文明创建", "civility drives"), mediation=("矛盾调解", "mediation")),
    "policies.secretary_studio.practices": _s(
        "传播的做法", "practices that travel", both=("两种都传", "both"),
        leaders=("楼栋长制", "building leaders"), projects=("民生微实事", "micro-projects")),
    "policies.targeted_services.for_old": _s("为老服务", "services for the old"),
    "policies.targeted_services.for_young": _s("托幼课后服务", "services for families with children"),
    "policies.targeted_services.for_new_employment": _s("暖心驿站", "stops for people in new employment"),
    "policies.targeted_services.for_middle_class": _s(
        "适合中产的线上短时周末参与", "short weekend offers online for the middle class"),
}
"""Names of every switch of scenarios, shocks and our own policies, by key path."""


def switches() -> dict[str, Switch]:
    """Every switch by key path; those of plug-ins go by the keys they have themselves.

    Returns
    -------
    dict of str to Switch
    """
    found = {"regime": Switch("regime", Regime.ONE_CORE.key, NAMES["regime"])}
    places: list[tuple[str, type[BaseModel]]] = [("", Scenario), ("shocks", Shock)]
    places += [(f"policies.{kind}", cls) for kind, cls in policy_kinds().items()]
    for prefix, block in places:
        found.update((one.path, one) for one in _of(block, prefix))
    return found


def of_policy(kind: str, cls: type[BaseModel]) -> list[Switch]:
    """Switches of one policy."""
    return [*_of(cls, f"policies.{kind}")]


def _of(block: type[BaseModel], prefix: str) -> Iterator[Switch]:
    for name, field in block.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _of(inner, path)
            continue
        values = choices(inner)
        if len(values) > 1:  # a single value is no choice: the kind of a policy, the version of the format
            yield Switch(path, field.default, _named(path, name, values))


def choices(annotation: Any) -> tuple[Value, ...]:
    """What a field typed as ``Literal`` or ``bool`` may hold, optional or listed ones too; else nothing."""
    if annotation is bool:
        return (True, False)
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return inside
    if origin in (typing.Union, types.UnionType, typing.Annotated, tuple, list, set, frozenset):
        return tuple(dict.fromkeys(value for part in inside for value in choices(part)))
    return ()


def _named(path: str, name: str, values: tuple[Value, ...]) -> Names:
    known = NAMES.get(path)
    if known is not None:
        return known._replace(values={value: known.values[value] for value in values})
    own = {value: YES_NO.get(value, Label(zh=str(value), en=str(value))) for value in values}
    return Names(Label(zh=name, en=name), own)
