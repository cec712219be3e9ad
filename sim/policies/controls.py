"""Controls: nothing at all, and activity without substance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray, Policy
from sim.policies.common import PlacePolicy, hosts, led
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class NoOp(Policy):
    """Control: changes nothing and costs nothing."""

    kind: Literal["no_op"] = "no_op"
    card: ClassVar[Card] = Card(
        name=Label(zh="空白对照", en="no policy (control)"),
        mechanism=Label(zh="不改变任何机制。", en="Changes no mechanism."),
        cost=Label(zh="无。", en="None."),
        claim=Label(
            zh="无主张；结果须与不列政策逐位相同。",
            en="None; a run with it equals one without any policy, bit by bit.",
        ),
        source="control; no source",
        harm=Label(
            zh="无；若出现差异，即为程序错误。", en="None; any difference is an error of the program."
        ),
    )

    def request(self, view: ModelView) -> Request:
        """Nothing."""
        return Request(units=0)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Nothing."""


class Sham(PlacePolicy):
    """只留痕: activities are held, photographed and filed; nothing comes of them."""

    kind: Literal["sham"] = "sham"
    place: ClassVar[str] = "grid"
    card: ClassVar[Card] = Card(
        name=Label(zh="只留痕（形式主义对照）", en="paper only (sham)"),
        mechanism=Label(
            zh="按网格定期办没有实质内容的活动，占用时间、注意力和经费，并做台账；不解决任何问题。",
            en="Holds gatherings without content grid by grid; they take time, attention and money and are "
            "filed. Nothing is dealt with.",
        ),
        cost=Label(
            zh="经费、牵头者和居委会工时、台账工时、参加者的时间。",
            en="Money, hours of whoever leads and of the residents' committee, paperwork, participants' "
            "time.",
        ),
        claim=Label(
            zh="两张皮、走形式：活动与治理脱节，缺乏实效。",
            en="Activity detached from governance, held for form's sake, has little effect.",
        ),
        source="S1 challenge 1 (形式主义与两张皮); S2 challenges",
        harm=Label(
            zh="处处有害：挤占一线工时和经费，参加者见不到结果，效能感与自主感下降。",
            en="Everywhere: it takes line hours and money, and participants, seeing no result and having no "
            "say, lose efficacy and felt autonomy.",
        ),
    )

    weeks: int = Param(
        4, unit="weeks between gatherings", ge=1, le=52, label=("活动间隔", "weeks between gatherings")
    )
    money: float = Param(
        1200.0,
        unit="yuan a gathering per 1,000 residents",
        ge=0,
        le=100000,
        label=("活动经费", "money a gathering"),
    )
    lead_hours: float = Param(
        4.0,
        unit="h a gathering per 1,000 residents",
        ge=0,
        le=80,
        label=("牵头工时", "hours of whoever leads"),
    )
    committee_hours: float = Param(
        4.0,
        unit="h a gathering per 1,000 residents",
        ge=0,
        le=80,
        label=("居委会工时", "hours of the residents' committee"),
    )
    paper_hours: float = Param(
        4.0, unit="h a gathering", ge=0, le=80, label=("台账工时", "hours of paperwork")
    )
    hours: float = Param(1.5, unit="h", ge=0.25, le=8, label=("活动时长", "hours of a gathering"))
    relevance: float = Param(0.1, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.1, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    notice: float = Param(0.5, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))

    def turn(self, view: ModelView) -> BoolArray:
        """Grids whose gathering falls in this week."""
        return view.turn(self.id, self.place, self.weeks)

    def request(self, view: ModelView) -> Request:
        """Means for each grid's gathering."""
        scale = self.thousands(view)
        attention, staff = led(
            view, self.lead_hours * scale, {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale}
        )
        return Request(self.money * scale, attention, staff, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Gatherings without substance, and their files."""
        held = self.served(view, level)
        for host, where in hosts(view):
            self.offer(
                view,
                self.of_communities(view, held, where),
                host,
                Activity.MEETING,
                Stage.SELF_HELP,
                self.hours,
                self.notice,
                relevance=self.relevance,
                substance=0.0,
                voice=self.voice,
                contacts=0,
            )
        if held.any():
            view.levers.add(
                "paper_hours", self.paper_hours * self.rounds(view, held), kind=Kind.RESIDENTS_COMMITTEE
            )
