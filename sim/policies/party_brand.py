"""党建品牌 without substance: the second sham, a show for visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import MEMBERS_ONLY, Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class PartyBrand(CommunityPolicy):
    """党建品牌（无实质内容）: naming, slogans, model rooms and visits; its only lever is paper."""

    kind: Literal["party_brand"] = "party_brand"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="党建品牌（无实质内容，形式主义对照）",
                   en="party brand without substance (second sham)"),
        mechanism=Label(
            zh="打造名称、标识、展板和示范点，接待观摩，定期办展示活动并动员党员到场，汇编材料；"
            "活动几乎没有实质内容，不改变任何办件条件。",
            en="A name, a logo, boards and a model room; visitors are received, showcases are held to which "
            "members are called, and brochures are compiled. Almost nothing happens at them, and nothing "
            "about handling changes.",
        ),
        cost=Label(
            zh="布置经费、党委接待注意力、居委会和网格员汇编材料工时、党员和居民的时间。",
            en="Money for boards and rooms, the core's attention for visitors, hours of residents' "
            "committee and grid workers on brochures, members' and residents' time.",
        ),
        claim=Label(
            zh="为创新而创新、走形式、党建与业务“两张皮”，缺乏实效；"
            "有实质的品牌（如社区物业党建联建）另有政策。",
            en="Innovation for its own sake, form without effect, party work apart from the work itself; "
            "brands with substance, such as joint property work, are policies of their own.",
        ),
        source="S1 challenge 1 (形式主义与两张皮); S2 challenges (走形式); "
        "S3 part 3(2) (品牌), as its empty form",
        harm=Label(
            zh="处处有害：接待和材料挤占办案与一线工时，到场者见不到结果，党员疲于应付。",
            en="Everywhere: visitors and brochures take hours from cases and the line, those who come see "
            "no result, and members are worn out by attending.",
        ),
    )

    weeks: int = Param(
        4, unit="weeks between showcases", ge=1, le=52, label=("展示活动间隔", "weeks between showcases"))
    hours: float = Param(1.5, unit="h", ge=0.25, le=8, label=("活动时长", "hours of a showcase"))
    notice: float = Param(0.5, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    duty: float = Param(1.5, unit="logit", ge=-2, le=4, label=("动员党员到场", "call to members"))
    ease: float = Param(
        0.3, unit="logit", ge=-2, le=4, label=("居民到场便捷", "ease of joining for residents"))
    honour: float = Param(0.1, unit="0 to 1", ge=0, le=1, label=("居民荣誉", "honour of residents who come"))
    member_honour: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("党员荣誉", "honour of members who come"))
    relevance: float = Param(0.1, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.1, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    substance: float = Param(
        0.05, unit="share of real content", ge=0, le=0.2, label=("实质内容", "substance"))
    attention: float = Param(
        3.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("接待观摩注意力", "attention for visitors"))
    paper_hours: float = Param(
        4.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("居委会材料工时", "the committee's hours on brochures"))
    grid_paper: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("网格员材料工时", "grid workers' hours on brochures"))
    money: float = Param(
        300.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("布置与宣传经费", "money for boards and rooms"))

    def request(self, view: ModelView) -> Request:
        """Money and attention every week."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.attention * scale)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Files every week, and showcases now and then."""
        strength, size = self.strength(view, level), self.residents(view)
        view.levers.add("paper_hours", self.paper_hours * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
        view.levers.add("paper_hours", self.grid_paper * strength * size, kind=Kind.GRID_WORKER)
        shown = view.turn(self.id, "community", self.weeks) & (strength > 0)
        if not shown.any():
            return
        guests: dict[str, float] = {"ease": self.ease, "honour": self.honour}
        members: dict[str, float] = {
            "open_to": MEMBERS_ONLY, "ease": self.duty, "honour": self.member_honour}
        for number, whom in enumerate((guests, members)):
            view.opportunities.offer(
                view.week, Kind.CORE, Activity.MEETING, Stage.SELF_HELP,
                view.scope("community").where(shown), hours=self.hours, policy_id=self.id, number=number,
                notice=np.minimum(1.0, self.notice * strength[shown]), policy=view.policy_index(self.id),
                relevance=self.relevance, substance=self.substance, voice=self.voice, contacts=0, **whom)
