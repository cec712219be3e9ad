"""党建联盟 and 联席会议: the core's standing table with the other organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CONVENED, Card, FloatArray
from sim.policies.common import CommunityPolicy, staffed
from sim.policies.partners import further_hours, units_reached
from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.view import ModelView

MEMBERS = (Kind.PROPERTY, Kind.OWNERS_COMMITTEE, Kind.SOCIAL_ORGANIZATION, Kind.PARTNER_UNIT)
"""Who sits at the table beside the core."""


class PartyAlliance(CommunityPolicy):
    """党建联盟／联席会议: a standing table with a rotating chair; resources are shared in exchange."""

    kind: Literal["party_alliance"] = "party_alliance"
    convenors: ClassVar[frozenset[Regime]] = CONVENED
    card: ClassVar[Card] = Card(
        name=Label(
            zh="党建联盟／联席会议（轮值主席）", en="party alliance with joint meetings and a rotating chair"
        ),
        mechanism=Label(
            zh="按月开联席会：职责更清、约齐各方更快；驻区单位按满意度多出工时，以资源换资源维持其满意度；"
            "轮值主席分担党委的筹备。单位自身满意度随所得而升是模型的设定，不是发现。",
            en="A monthly joint meeting makes duties clearer and gets everyone to the table sooner; partner "
            "units lend more hours by their satisfaction, which is kept up by exchange; a rotating chair "
            "shares the core's preparation. "
            "That units are more content for what they are given is built in, not found.",
        ),
        cost=Label(
            zh="党委注意力、各成员单位到会工时、场地经费；互换资源按单位数和力度付费；"
            "驻区单位多出的工时出自其自身人员，不计入社区成本，但对社会并非无偿。",
            en="The core's attention, every member's hours at the meeting, money for rooms, and for exchange "
            "by the number of units and how much each gets. Hours that units lend come from their own staff: "
            "no cost to the community, but not free to society.",
        ),
        claim=Label(
            zh="50 余家单位、轮值主席、共享停车，解决停车难、就餐难、招工难，企业满意度大幅提升。",
            en="50 and more units, a rotating chair and shared parking solved parking, meals and hiring, "
            "and pleased the firms.",
        ),
        source="S1 path 1, Lujiazui case (金色中环); S3 part 3(3) (联席会议)",
        harm=Label(
            zh="成员少、案件少时，会议耗时多于所得；驻区单位得不偿失时出工减少、联盟落空；"
            "注意力紧张时挤占办案。",
            en="With few members and few cases the meetings eat more hours than they save; partners who get "
            "little back lend less and the alliance is hollow; where attention is short it crowds out cases.",
        ),
    )

    weeks: int = Param(
        4, unit="weeks between meetings", ge=1, le=52, label=("联席会间隔", "weeks between joint meetings")
    )
    attention: float = Param(
        2.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=60,
        label=("日常联络注意力", "the core's attention, weekly"),
    )
    meeting_attention: float = Param(
        4.0,
        unit="h a meeting per 1,000 residents",
        ge=0,
        le=60,
        label=("筹备会议注意力", "the core's attention, each meeting"),
    )
    rotation: float = Param(
        0.5,
        unit="share of preparation",
        ge=0,
        le=1,
        label=("轮值主席分担", "preparation shared by the rotating chair"),
        note="its existence is C (S1, Lujiazui case), the share an assumption; members chair in turn, so "
        "each bears its part of those hours",
    )
    member_hours: float = Param(
        1.0,
        unit="h a meeting a member",
        ge=0,
        le=20,
        label=("成员到会工时", "hours of each member at a meeting"),
    )
    money: float = Param(
        140.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("场地经费", "money for rooms")
    )
    clarity: float = Param(0.15, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    sooner: float = Param(
        4.0, unit="working h, mean an actor", ge=0, le=40, label=("约齐提前", "attendance sooner by")
    )
    exchange: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("资源互换", "resources given in exchange"))
    exchange_price: float = Param(
        30.0, unit="yuan a week a unit at full exchange", ge=0, le=5000,
        label=("给予单位的资源价格", "price of what a unit is given"))
    partner_hours: float = Param(
        3.0,
        unit="h a week a unit at full satisfaction",
        ge=0,
        le=40,
        label=("驻区单位增出工时", "further hours of partner units"),
        note="out of their own staff, from outside the community; never more than they can spare",
    )
    spared: float = Param(
        0.75, unit="share of their usual hours", ge=0, le=2,
        label=("单位最多增出", "most that a unit lends beyond its usual hours"))

    def request(self, view: ModelView) -> Request:
        """Money, attention and members' hours of the joint meetings, spread over the weeks between them.

        Without its members' hours there is no meeting, and then no week's effect either.
        """
        scale = self.thousands(view)
        prepare = self.meeting_attention * scale
        attention = self.attention * scale + prepare * (1.0 - self.rotation) / self.weeks
        seats = {kind: staffed(view, kind).astype(float) for kind in MEMBERS}
        seats[Kind.PARTNER_UNIT] = view.state(Kind.PARTNER_UNIT).number
        turn = prepare * self.rotation / np.maximum(sum(seats.values()), 1.0)
        each = self.member_hours * self.intensity + turn
        staff = {kind: n * each / self.weeks for kind, n in seats.items()}
        money = self.money * scale + self.exchange_price * self.exchange * units_reached(self, view)
        return self.ask(view, money, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Clear duties, quick attendance, exchange and partners' hours."""
        strength = self.strength(view, level)
        partners = view.state(Kind.PARTNER_UNIT)
        view.levers.add("clarity", self.clarity * strength)
        view.levers.add("attendance_delay", -self.sooner * strength)
        view.levers.add("exchange", self.exchange * strength)
        view.levers.add(
            "staff_hours",
            further_hours(view, self.partner_hours, self.spared) * partners.number * strength,
            kind=Kind.PARTNER_UNIT,
        )
