"""楼宇一站式服务: what units need, done in their building, for hours that residents then lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.partners import units_reached
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class UnitServices(CommunityPolicy):
    """企业服务: units that are served are content, and lend more; the counter's staff come from elsewhere."""

    kind: Literal["unit_services"] = "unit_services"
    card: ClassVar[Card] = Card(
        name=Label(zh="楼宇党群服务中心企业一站式服务",
                   en="one-stop services to member units in their buildings"),
        mechanism=Label(
            zh="街道把部分服务权限下放到楼宇，街道和居委会派人驻点，企业不出楼宇即可办事；"
            "驻区单位由此得到回馈，企业满意度上升，更愿出工出资源。驻点工时从居民窗口和上交案件中抽出。"
            "单位自身满意度随所得而升是模型的设定，不是发现。",
            en="The street hands services down to the building and, with the residents' committee, staffs a "
            "counter there, so that units need not go out; what they get back raises their contentment and "
            "what they lend. The counter's hours are taken from residents' desks and from escalated cases. "
            "That units are more content for what they are given is built in, not found.",
        ),
        cost=Label(
            zh="驻点经费、居委会和街道驻点工时（随单位数和服务比例增加）。",
            en="Money for the counter, hours of residents' committee and street, growing with the number of "
            "units and the services they get.",
        ),
        claim=Label(
            zh="企业不出楼宇即可办理多项业务，企业满意度大幅提升（来源未给出数字）。",
            en="Firms settle many matters without leaving the building, and are much more content (no "
            "figure given).",
        ),
        source="S1 path 1, Lujiazui case (资源下沉、一站式服务)",
        harm=Label(
            zh="单位多而人手少时，驻点占去居民窗口工时，居民等得更久；没有驻区单位的社区白白付费；"
            "单位已满意时所得有限。",
            en="With many units and few staff the counter takes the hours of residents, who wait longer; "
            "wasted where there are no units; little is gained where they are content already.",
        ),
    )

    served: float = Param(
        0.6, unit="share of services", ge=0, le=1, label=("下放服务比例", "services handed down"))
    unit_hours: float = Param(
        0.5, unit="h a week a unit at full service", ge=0, le=20,
        label=("居委会驻点工时", "the committee's hours a unit"))
    street_hours: float = Param(
        0.25, unit="h a week a unit at full service", ge=0, le=20,
        label=("街道驻点工时", "the street's hours a unit"))
    unit_money: float = Param(
        33.0, unit="yuan a week a unit at full service", ge=0, le=5000, label=("每单位经费", "money a unit"))
    money: float = Param(
        100.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("驻点经费", "money for the counter"))

    def request(self, view: ModelView) -> Request:
        """The counter, by the number of units it serves."""
        asked = self.served * units_reached(self, view)
        money = self.money * self.thousands(view) + self.unit_money * asked
        return self.ask(view, money, 0.0, {
            Kind.RESIDENTS_COMMITTEE: self.unit_hours * asked, Kind.STREET: self.street_hours * asked})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Serve the units there are."""
        there = self.strength(view, level) * (view.state(Kind.PARTNER_UNIT).number > 0)
        if there.any():
            view.levers.add("units_served", self.served * there)
