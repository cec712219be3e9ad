"""大党委 (1+X) and co-building with partner units: seats on the core's own committee for X units."""

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

OTHERS = (Kind.PROPERTY, Kind.OWNERS_COMMITTEE, Kind.SOCIAL_ORGANIZATION)
"""Who may take a seat beside the partner units."""


class BigPartyCommittee(CommunityPolicy):
    """大党委: X units sit as part-time members and sign lists of what each brings and needs."""

    kind: Literal["big_party_committee"] = "big_party_committee"
    convenors: ClassVar[frozenset[Regime]] = CONVENED
    card: ClassVar[Card] = Card(
        name=Label(zh="“1+X”大党委与驻区单位共建", en="big party committee (1+X) with partner units"),
        mechanism=Label(
            zh="驻区单位等派人任大党委兼职委员，签订需求、资源、项目清单：单位按满意度多出工时，"
            "同时得到服务与互换；兼职委员所在单位更听统筹，职责更清。席位越多，越难约齐。"
            "单位自身满意度随所得而升是模型的设定，不是发现。",
            en="Units send part-time members to the committee and sign lists of needs, resources and "
            "projects: they lend more hours by their satisfaction, get services and exchange in return, heed "
            "the core more and know their duties. The more seats, the harder to get everyone to the table. "
            "That units are more content for what they are given is built in, not found.",
        ),
        cost=Label(
            zh="党委筹备与联络注意力（随席位增加）、各兼职委员到会工时、共建经费；给单位的服务和互换按入席单位数"
            "和力度付费。单位兑现的工时出自其自身人员，不计入社区成本，但对社会并非无偿。",
            en="The core's attention, growing with the seats; every member's hours at meetings; money for "
            "the lists, and for services and exchange by the seated units and how much each gets. Hours that "
            "units lend come from their own staff: no cost to the community, but not free to society.",
        ),
        claim=Label(
            zh="推进楼宇、商圈、新兴领域党建全覆盖，以资源换资源、以服务换服务（来源未给出数字）。",
            en="Covers offices, markets and new fields; resources for resources, services for services "
            "(no figure given).",
        ),
        source="S3 part 3(3) (“1+X”大党委); S4 (区域化大党建机制, 共建共享协议)",
        harm=Label(
            zh="席位过多时约齐更慢、筹备占去办案注意力；单位得不偿失、满意度低时凑不齐工时，大党委停摆。",
            en="With many seats attendance is slower and preparation takes the attention cases need; where "
            "units get little back they cannot spare the hours and the committee does not sit.",
        ),
    )

    seats: int = Param(5, unit="seats beside the core (X)", ge=1, le=60, label=("兼职委员席位 X", "seats X"),
                       note="partner units first, then company, owners' committee, social organisation; no "
                       "more than there are")
    weeks: int = Param(8, unit="weeks between meetings", ge=1, le=52,
                       label=("全会间隔", "weeks between meetings"))
    attention: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=40,
                             label=("党委日常注意力", "the core's attention, weekly"))
    seat_attention: float = Param(0.2, unit="h a week a seat", ge=0, le=10,
                                  label=("每席联络注意力", "the core's attention a seat"))
    member_hours: float = Param(2.0, unit="h a meeting a seat", ge=0, le=20,
                                label=("委员到会工时", "hours of each seat at a meeting"))
    money: float = Param(130.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("共建经费", "money for the lists"))
    partner_hours: float = Param(1.5, unit="h a week a seated unit at full satisfaction", ge=0, le=40,
                                 label=("清单兑现工时", "hours lent by the lists"),
                                 note="out of their own staff, from outside the community")
    spared: float = Param(0.4, unit="share of their usual hours", ge=0, le=2,
                          label=("单位最多增出", "most that a unit lends beyond its usual hours"))
    exchange: float = Param(0.3, unit="0 to 1", ge=0, le=1,
                            label=("资源互换", "resources given in exchange"))
    services: float = Param(0.3, unit="0 to 1", ge=0, le=1,
                            label=("单位获得服务", "services that units get"))
    given_price: float = Param(
        30.0, unit="yuan a week a unit at full exchange", ge=0, le=5000,
        label=("给予单位的资源价格", "price of what a unit is given"),
        note="exchange and services together, a seated unit")
    clarity: float = Param(0.10, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    authority: float = Param(0.05, unit="0 to 1", ge=0, le=0.4,
                             label=("统筹权威", "the core's authority"))
    sooner: float = Param(3.0, unit="working h, mean an actor", ge=0, le=40,
                          label=("相熟使约齐提前", "attendance sooner, knowing whom to call"))
    seat_delay: float = Param(0.5, unit="working h, mean an actor, a seat", ge=0, le=10,
                              label=("每席拖慢约齐", "attendance slower for each seat"))

    def request(self, view: ModelView) -> Request:
        """Attention by the seats, and the hours of each seat, spread over the weeks between meetings."""
        scale = self.thousands(view)
        each = self.member_hours * self.intensity / self.weeks
        units, others = self._seated(view)
        here = {kind: staffed(view, kind).astype(float) for kind in OTHERS}
        share = each * others / np.maximum(sum(here.values()), 1.0)
        staff = {Kind.PARTNER_UNIT: each * units, **{kind: share * there for kind, there in here.items()}}
        seats = (units + others) * self.intensity
        given = self.exchange + self.services
        money = self.money * scale + self.given_price * given * units_reached(self, view, self.seats)
        return self.ask(view, money, self.attention * scale + self.seat_attention * seats, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Hours by the lists, services in return, clearer duties; attendance by the number of seats."""
        levers, strength = view.levers, self.strength(view, level)
        units, others = self._seated(view)
        seated = strength * (units + others > 0)
        levers.add("clarity", self.clarity * seated)
        levers.add("authority", self.authority * seated)
        levers.add("attendance_delay", (self.seat_delay * (units + others) - self.sooner) * seated)
        lent = further_hours(view, self.partner_hours, self.spared) * units * strength
        levers.add("staff_hours", lent, kind=Kind.PARTNER_UNIT)
        levers.add("exchange", self.exchange * strength * (units > 0))
        levers.add("units_served", self.services * strength * (units > 0))

    def _seated(self, view: ModelView) -> tuple[FloatArray, FloatArray]:
        """Seats taken by partner units and by others in each community, (C,) each."""
        units = np.minimum(view.state(Kind.PARTNER_UNIT).number, self.seats)
        there = np.zeros(view.places.communities)
        for kind in OTHERS:
            there = there + staffed(view, kind)
        return units, np.minimum(there, self.seats - units)
