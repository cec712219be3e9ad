"""赋权与资源下沉 (三下): authority, people and money come down from the street, and duties with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import THOUSAND
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.partners import units_reached
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class Devolution(CommunityPolicy):
    """三下: 治理重心下移, 职责和权力下放, 资源和服务下沉; each of its parts can be left out."""

    kind: Literal["devolution"] = "devolution"
    card: ClassVar[Card] = Card(
        name=Label(zh="赋权与资源下沉（三下）", en="devolution: duties, powers and resources come down"),
        mechanism=Label(
            zh="权力下放：党委召集时分量更重；人员下沉：街道人员到社区上班，街道处理上交案件的人相应减少；"
            "资源下沉：社区每周多一笔经费；服务下沉：单位就近办事。职责也随之下放：下放事项占用居委会工时，"
            "并要留痕受查。只下任务、不下权人钱，就是有责无权。"
            "单位自身满意度随所得而升是模型的设定，不是发现。",
            en="Powers: the core's word weighs more when it convenes. People: street staff work in the "
            "community, and fewer are left for escalated cases. Resources: the community has more money a "
            "week. Services: units get theirs nearby. Duties come too: they take the residents' committee's "
            "hours and must be recorded and checked. Duties alone are responsibility without means. "
            "That units are more content for what they are given is built in, not found.",
        ),
        cost=Label(
            zh="街道人员工时、居委会承接下放事项的工时、台账（下沉经费越多越多）、配套经费、按单位数和力度计的服务费；"
            "考核更看台账。下沉经费来自社区之外，不计入社区成本，但对社会并非无偿。",
            en="The street's staff hours, the residents' committee's hours for the duties handed down, "
            "paperwork (more, the more money comes down), matching money, services by the number of units; "
            "appraisal looks more at records. The money comes from outside the community and is not counted "
            "as its cost, but is not free to society.",
        ),
        claim=Label(
            zh="重心下移、权力下放、资源下沉，激发社区活力；楼宇内“一站式”办事（来源未给出数字）。",
            en="Focus, powers and resources move down and enliven the community; one stop in the office "
            "building (no figure given).",
        ),
        source="S4 (总原则: 三下); S3 part 2(二), 3(1) (权责不对等, 赋权赋能); "
        "S1 path 1, Lujiazui case (资源下沉)",
        harm=Label(
            zh="只下任务不下资源时，居委会一线工时减少、台账增加，居民等待更久；"
            "人员下沉过多时街道空虚，上交案件积压。多头无核时，权力下放无人行使。",
            en="With duties but no means the residents' committee has fewer line hours and more paper, and "
            "residents wait longer; with too many staff sent down the street is empty and escalated cases "
            "pile up. Without a core that convenes, powers handed down are used by nobody.",
        ),
    )

    authority: float = Param(0.12, unit="0 to 1", ge=0, le=0.4,
                             label=("下放的权力", "powers: the core's authority"))
    street_hours: float = Param(2.5, unit="h a week per 1,000 residents", ge=0, le=40,
                                label=("下沉人员工时", "street staff who come down"))
    fitting_in: float = Param(0.8, unit="share of their hours", ge=0, le=1,
                              label=("下沉工时的有效部分", "hours of use in the community"))
    income: float = Param(300.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                          label=("下沉经费", "money that comes down"),
                          note="from outside the community: not its cost, but not free to society")
    income_paper: float = Param(1.0, unit="h a 1,000 yuan", ge=0, le=40,
                                label=("经费使用台账", "records of how that money was used"))
    services: float = Param(0.3, unit="0 to 1", ge=0, le=1,
                            label=("服务下沉", "services that units get nearby"))
    services_price: float = Param(
        30.0, unit="yuan a week a unit at full service", ge=0, le=5000,
        label=("服务单位的价格", "price of services to a unit"))
    duty_hours: float = Param(3.0, unit="h a week per 1,000 residents", ge=0, le=60,
                              label=("下放事项工时", "hours of duties handed down"),
                              note="of the residents' committee")
    paper_hours: float = Param(0.7, unit="h a week per 1,000 residents", ge=0, le=40,
                               label=("下放事项台账", "paperwork for them"))
    checks: float = Param(0.03, unit="weight, 0 to 1", ge=0, le=1,
                          label=("督查加重台账考核", "weight of records in appraisal, added"))
    money: float = Param(30.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("配套经费", "matching money"))

    def request(self, view: ModelView) -> Request:
        """Street staff, the committee's hours for the duties, and matching money."""
        scale = self.thousands(view)
        staff = {Kind.STREET: self.street_hours * scale, Kind.RESIDENTS_COMMITTEE: self.duty_hours * scale}
        money = self.money * scale + self.services_price * self.services * units_reached(self, view)
        return self.ask(view, money, 0.0, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Powers, people, money and services come down; records of the duties go up."""
        levers, strength, size = view.levers, self.strength(view, level), self.residents(view)
        levers.add("authority", self.authority * strength)
        hours = self.street_hours * self.fitting_in * strength * size
        levers.add("staff_hours", hours, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("income", self.income * strength * size)
        levers.add("units_served", self.services * strength * (view.state(Kind.PARTNER_UNIT).number > 0))
        levers.add("record_weight", self.checks * strength)
        paper = self.paper_hours + self.income_paper * self.income / THOUSAND
        levers.add("paper_hours", paper * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
