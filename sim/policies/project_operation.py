"""项目化运作: tasks made into projects with a team, a target, an owner, a timetable and an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import IndexArray, hours_given, offer, own_rows
from sim.vocabulary import EVERYONE, MEMBERS_ONLY, Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

THEMES: dict[str, Kind] = {
    "waste_sorting": Kind.PROPERTY,
    "civility": Kind.RESIDENTS_COMMITTEE,
    "mediation": Kind.MEDIATION,
}
"""垃圾分类, 文明创建, 矛盾调解: the desk that each project relieves."""


class ProjectOperation(CommunityPolicy):
    """项目化运作: one project at a time in each community; hours count at a desk if it is on target."""

    kind: Literal["project_operation"] = "project_operation"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="项目化运作", en="tasks run as projects"),
        mechanism=Label(
            zh="把重点任务（垃圾分类、文明创建、矛盾调解）打包成有期限的项目，党员、居民组成小组，社会组织"
            "出专业人员；当周有进展时，组员工时按折算比例于次周充实相应机构，专业人员提高该机构办理能力；责"
            "任人明确，职责更清。日常和结项评估都要做材料。",
            en="Main tasks (waste sorting, civility, mediation) become projects with an end date: members "
            "and residents form a team, the social organisation sends professionals. In a week with progress "
            "the team's hours count, at a discount, at the desk concerned a week later, and professionals "
            "lift its skill; a named owner makes duties clearer. Evaluation needs records, weekly and at the "
            "end.",
        ),
        cost=Label(
            zh="党委牵头注意力、居委会和社会组织工时、经费、组员时间、评估材料工时。",
            en="The core's attention, hours of the residents' committee and the social organisation, money, "
            "the team's time, hours of records for evaluation.",
        ),
        claim=Label(
            zh="针对“文山会海”效率低、难以对接需求，提升治理精准度和效率（来源未给出数字）。",
            en="Against inefficient paperwork and meetings: more precise and efficient governance (no "
            "figure given).",
        ),
        source="S1 path 2 (项目化运作)",
        harm=Label(
            zh="应者寥寥或组员能力低时，项目没有进展，而牵头、评估材料照样占用党委和居委会工时；同一批人连"
            "续承担项目会疲劳。",
            en="Where few come or the team lacks skill, projects make no progress while leading and records "
            "still take the core's and the committee's hours; the same people tire of project after project.",
        ),
    )

    theme: Literal["rotate", "waste_sorting", "civility", "mediation"] = "rotate"
    weeks: int = Param(8, unit="weeks a project", ge=2, le=52, label=("项目周期", "length of a project"))
    team: float = Param(
        15.0, unit="people per 1,000 residents", ge=1, le=200, label=("小组人数", "size of the team"))
    member_share: float = Param(
        0.4, unit="share of the team", ge=0, le=1, label=("党员名额", "seats kept for members"))
    hours: float = Param(1.5, unit="h a week", ge=0.25, le=8, label=("组员工时", "hours of a team member"))
    member_notice: float = Param(
        0.7, unit="probability of hearing", ge=0, le=1, label=("党员告知", "notice to members"))
    notice: float = Param(
        0.25, unit="probability of hearing", ge=0, le=1, label=("居民告知", "notice to residents"))
    ease: float = Param(0.3, unit="logit", ge=-2, le=4, label=("加入难易", "ease of joining"))
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    useful: float = Param(
        0.6, unit="h at the desk per hour given", ge=0, le=1, label=("工时折算", "hours that count"),
        note="only in a week in which the project bears fruit")
    attention: float = Param(
        2.5, unit="h a week per 1,000 residents", ge=0, le=60, label=("党委牵头", "the core's attention"))
    committee_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("居委会工时", "hours of the residents' committee"))
    professional_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("专业人员工时", "hours of professionals"), note="from the social organisation")
    skill: float = Param(
        0.06, unit="0 to 1", ge=0, le=0.5, label=("专业支持", "skill that professionals add at the desk"))
    clarity: float = Param(
        0.08, unit="0 to 1", ge=0, le=0.5, label=("责任人明确", "clarity by a named owner"))
    money: float = Param(
        150.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("经费", "money"))
    paper_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=40, label=("过程材料", "hours of weekly records"))
    evaluation_hours: float = Param(
        6.0, unit="h at the end per 1,000 residents", ge=0, le=80,
        label=("结项评估材料", "hours of records at the end"))

    def request(self, view: ModelView) -> Request:
        """Attention to lead, staff and money every week."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.attention * scale, {
            Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale,
            Kind.SOCIAL_ORGANIZATION: self.professional_hours * scale,
        })

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Call the team, pass on last week's hours, clear duties, write records."""
        strength, size = self.strength(view, level), self.residents(view)
        on = strength > 0
        turn = view.week + view.phase(f"project/{self.id}", "community", self.weeks)
        desk = self._desks(turn // self.weeks)
        seats = np.maximum(2.0, np.round(self.team * strength * size))[on]
        common = {
            "ease": self.ease, "relevance": self.relevance, "voice": self.voice, "mixing": self.mixing,
            "contacts": self.contacts, "work": desk[on],
        }
        for number, (notice, open_to, share) in enumerate(
            ((self.member_notice, MEMBERS_ONLY, self.member_share),
             (self.notice, EVERYONE, 1.0 - self.member_share))
        ):
            offer(view, self.id, "community", on, Kind.CORE, Activity.PROJECT, Stage.MUTUAL_HELP,
                  self.hours, notice * np.minimum(1.0, strength[on]), number,
                  open_to=open_to, seats=np.maximum(1, seats * share).astype(np.int64), **common)
        self._relieve(view, strength, desk)
        ending = turn % self.weeks == self.weeks - 1
        paper = (self.paper_hours + self.evaluation_hours * ending) * strength * size
        view.levers.add("paper_hours", paper, kind=Kind.RESIDENTS_COMMITTEE)
        view.levers.add("clarity", self.clarity * strength)

    def _relieve(self, view: ModelView, strength: FloatArray, desk: IndexArray) -> None:
        rows = own_rows(view, self.id)
        done = rows[rows["fruitful"] > 0]
        expert = view.state(Kind.SOCIAL_ORGANIZATION).present > 0
        for kind in THEMES.values():
            given = self.useful * hours_given(view, done[done["work"] == kind]) * (strength > 0)
            if given.any():
                view.levers.add("staff_hours", given, kind=kind)
            here = (desk == kind) & expert
            if here.any():
                view.levers.add("desk_skill", self.skill * strength * here, kind=kind)

    def _desks(self, number: IndexArray) -> IndexArray:
        """Desk that each community's project relieves, (C,)."""
        kinds = np.array([int(kind) for kind in THEMES.values()])
        if self.theme == "rotate":
            return kinds[number % len(kinds)]
        return np.full(len(number), int(THEMES[self.theme]))
