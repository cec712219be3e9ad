"""红色物业: party members in the property company, and joint oversight with committee and owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.view import ModelView


class RedProperty(CommunityPolicy):
    """红色物业: needs a property company; where there is none it costs and does nothing."""

    kind: Literal["red_property"] = "red_property"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="红色物业", en="red property management"),
        mechanism=Label(
            zh="党委投入工时共同监督物业；物业内党员岗位增加办件工时和能力；物业与居委、业委职责更清。"
            "服务质量和缴费由物业自己的利润决策和住户随之变化。",
            en="The core gives hours to joint oversight; members' posts in the company add hours and skill "
            "at its desk; duties between company, committee and owners become clearer. Service and fees "
            "then follow from the company's own decision on effort and the households' on paying.",
        ),
        cost=Label(
            zh="党委监督工时、党员岗位按工时付酬、培训经费。没有物业公司时照样付费。",
            en="The core's hours of oversight, pay by the hour for posts, money for training; paid even "
            "where there is no company.",
        ),
        claim=Label(
            zh="提升物业服务品质和居民满意度，为老旧小区改造提供保障。",
            en="Raises service and residents' satisfaction and supports the renewal of old estates.",
        ),
        source="S2 mode 2 (红色物业); S3 part 3(2)",
        harm=Label(
            zh="没有物业公司的小区白白付费；监督占用党委办案的注意力；收缴率很低时处罚加重物业亏损。",
            en="Wasted where there is no company; oversight takes the attention that cases need; where few "
            "pay, penalties deepen the company's loss.",
        ),
    )

    attention: float = Param(
        4.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=60,
        label=("党委监督工时", "the core's hours of oversight"),
        note="what is asked of the core is what the company is overseen",
    )
    money: float = Param(
        140.0,
        unit="yuan a week per 1,000 residents",
        ge=0,
        le=20000,
        label=("培训与活动经费", "money for training and meetings"),
        note="the posts' pay comes on top",
    )
    staff_hours: float = Param(
        6.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=160,
        label=("党员岗工时", "hours of members' posts"),
        note="paid by the hour from the programme's money",
    )
    post_price: float = Param(
        35.0, unit="yuan an hour", ge=0, le=500, label=("岗位工时价格", "price of an hour at a post"))
    skill: float = Param(0.08, unit="0 to 1", ge=0, le=0.5, label=("办理能力", "skill at the desk"))
    clarity: float = Param(0.10, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))

    def request(self, view: ModelView) -> Request:
        """Attention for oversight and money for posts."""
        scale = self.thousands(view)
        money = self.money + self.post_price * self.staff_hours
        return self.ask(view, money * scale, self.attention * scale)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Oversee and staff the company, where there is one."""
        there = self.strength(view, level) * view.state(Kind.PROPERTY).present
        if not there.any():
            return
        size = self.residents(view)
        view.levers.add("property_oversight", self.attention * there * size)
        view.levers.add("staff_hours", self.staff_hours * there * size, kind=Kind.PROPERTY)
        view.levers.add("desk_skill", self.skill * there, kind=Kind.PROPERTY)
        view.levers.add("clarity", self.clarity * there)
