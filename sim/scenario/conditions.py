"""Conditions: the four challenges of S1 and the three dilemmas of S3, as switches of a scenario.

A condition is a handful of numbers changed together. What a file says itself comes first; a later condition
comes before an earlier one. Only the direction is the source's: every number is grade D.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sim.params import Label
from sim.scenario.merge import merge


class Condition(NamedTuple):
    """One switch."""

    label: Label
    meaning: Label
    source: str
    answers: tuple[str, ...]
    """Policies with which the source, or our reading of it, meets the condition."""
    changes: dict[str, Any]
    """Keys of a scenario and their values."""


def _c(
    zh: str, en: str, meaning_zh: str, meaning_en: str, source: str, answers: tuple[str, ...], **changes: Any
) -> Condition:
    return Condition(Label(zh=zh, en=en), Label(zh=meaning_zh, en=meaning_en), source, answers, changes)


CONDITIONS: dict[str, Condition] = {
    "record_weighted_appraisal": _c(
        "考核看台账", "appraisal by records",
        "办不成的以台账办结，上级任务优先，各机构在材料上花更多工时。",
        "Failures are closed on paper, tasks from above come first, and everybody spends more hours on "
        "records.",
        "S1 part 3, challenge 1 (形式主义与“两张皮”); S2", ("appraisal_reform", "burden_reduction"),
        cases={"appraisal_record": 0.8, "appraisal_tasks_first": 0.95},
        actors={
            "core": {"report_share": 0.45}, "residents_committee": {"record_share": 0.45},
            "social_organization": {"dependence": 0.8}, "street": {"pressure_gain": 1.0}}),
    "scarce_money": _c(
        "资源短缺", "scarce means",
        "经费、人员、场地都少：预算约为五分之一，没有社会组织和驻区单位，活动场地更远。",
        "Little money, staff and room: a fifth of the budget, no social organisation or partner unit, a "
        "longer way to every event.",
        "S1 part 3, challenge 2", ("community_funding", "party_alliance", "space_for_service"),
        budget={"weekly": 400.0, "carry_weeks": 4},
        actors={
            "core": {"staff_per_1000": 0.7}, "residents_committee": {"staff_per_1000": 1.4},
            "social_organization": {"present": False}, "partner_unit": {"number": 0}},
        participation={"distance_hours": 0.8}),
    "scarce_skill": _c(
        "人才短缺", "scarce skill",
        "各方能力偏低，人员流动快。", "Everybody's skill is low, and staff leave sooner.",
        "S1 part 3, challenge 3", ("cadre_team", "professional_mediation", "grid_staffing"),
        actors={
            "core": {"skill": 0.3}, "residents_committee": {"skill": 0.3, "turnover": 0.25},
            "grid_worker": {"skill": 0.3, "turnover": 0.35}, "property": {"skill": 0.4},
            "owners_committee": {"skill": 0.25}, "social_organization": {"skill": 0.4},
            "mediation": {"skill": 0.3}}),
    "costly_participation": _c(
        "参与门槛高", "costly participation",
        "参加一次更费时、更远、门槛更高，通知到不了，会上说了不算。",
        "Taking part costs more time, a longer way and a bigger step; notices reach few, and meetings give "
        "little say.",
        "S1 part 3, challenge 4", ("feedback_loop", "micro_projects", "digital_platform"),
        participation={"time_weight": 1.4, "distance_hours": 0.8, "rung_weight": 1.1, "hear_by_tie": 0.2},
        actors={
            "residents_committee": {
                "meeting": {"notice": 0.15, "relevance": 0.25, "voice": 0.2},
                "activity": {"notice": 0.15, "relevance": 0.25, "voice": 0.2}},
            "grid_worker": {"patrol": {"notice": 0.08}}}),
    "barred_cooperation": _c(
        "协同受阻", "barred cooperation",
        "机构间信任低、利益冲突大、干部作风生硬，社会组织依附；社会原子化，搭便车者多。",
        "Actors trust each other little and their interests clash, cadres are curt, the social organisation "
        "is dependent; ties are thin and free riders many.",
        "S3 part 2(1)", ("party_alliance", "cadre_manner", "neighbour_covenant"),
        actors={"trust_between": 0.3, "core": {"manner": 0.35}, "social_organization": {"dependence": 0.9}},
        ties={"atomisation": 0.5},
        population={"motives": {"free_rider": 0.45, "conditional": 0.38}},
        cases={"agree_conflict": 3.0}),
    "scattered_authority": _c(
        "权责离散", "scattered authority",
        "社区有责无权，职责不清，先完成考核内的上级任务。",
        "The community answers for much and can order little; duties are unclear; what is appraised comes "
        "first.",
        "S3 part 2(2)", ("devolution", "gatekeeping_list", "oversight_accountability"),
        actors={"core": {"authority": 0.3}},
        cases={
            "actor_authority": 0.2, "appraisal_tasks_first": 0.95, "accept_clarity": 3.0,
            "bounce_hours": 1.25},
        world={"tasks_rate": 8.0}),
    "time_poor_middle_class": _c(
        "中产缺时间", "time-poor middle class",
        "中产和单位职工更多、时间更少，活动不合其偏好。",
        "More people of the middle class with less time, and offers that miss what they care about.",
        "S3 part 2(1) and (2)", ("targeted_services", "digital_platform", "micro_projects"),
        population={
            "position": {"private_middle": 0.4, "state_middle": 0.25, "worker": 0.2},
            "free_hours": {"private_middle": 0.75, "state_middle": 1.5, "daytime": 0.5}},
        actors={
            "residents_committee": {"meeting": {"relevance": 0.25}, "activity": {"relevance": 0.25}}}),
}
"""Every condition there is."""


def changes(names: Iterable[str]) -> dict[str, Any]:
    """What some conditions change together, a later one before an earlier one."""
    together: dict[str, Any] = {}
    for name in names:
        if name in CONDITIONS:
            together = merge(together, CONDITIONS[name].changes)
    return together


def under(conditions: object, tree: Mapping[str, Any]) -> dict[str, Any]:
    """A tree of a scenario on top of what its conditions change; unknown names are left to validation."""
    names = conditions if isinstance(conditions, (list, tuple)) else ()
    return merge(changes(name for name in names if isinstance(name, str)), tree)
