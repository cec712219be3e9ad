"""交叉任职: one person in two posts, and members in the posts of owners' committee and property company."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.view import ModelView


class CrossAppointment(CommunityPolicy):
    """交叉任职: the secretary is also the director; members sit in other organisations by due procedure."""

    kind: Literal["cross_appointment"] = "cross_appointment"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="交叉任职", en="cross-appointment"),
        mechanism=Label(
            zh="书记兼任居委会主任：职责更清、约人更快，机构之间少推诿，信任由共事积累；"
            "书记的时间有一部分转去办居委会的事，两头切换有损耗。推荐党员进业委会、物业任职或监督："
            "业委会较难被俘获，物业多一双眼睛。若推荐变成指定，业主表决中的发言权随之减少。",
            en="The secretary is also director of the residents' committee: duties are clearer, people meet "
            "sooner and shirk less, and working together builds trust between them. Part of the secretary's "
            "hours goes to the director's work, with a loss in switching. Recommended members in owners' "
            "committee and property company make capture rarer and add oversight; where recommending turns "
            "into naming, owners have less say in their votes.",
        ),
        cost=Label(
            zh="书记（党委）的注意力、业委会和物业的沟通工时、选举与培训经费。",
            en="The secretary's attention, hours of owners' committee and company, money for elections and "
            "training.",
        ),
        claim=Label(
            zh="确保党组织在关键决策中的话语权，破解多头管理与管理真空（来源未给出数字）。",
            en="Gives the party organisation a say in key decisions, against overlapping duties and gaps "
            "(no figure given).",
        ),
        source="S1 path 1 (交叉任职); S3 part 3(1) (推荐人选通过法定程序任负责人)",
        harm=Label(
            zh="一人两职：任务重时书记的时间被居委会事务占去，等党委协调的案件排得更久；"
            "推荐变指定时业主发言权减少，表决流于形式。",
            en="One person, two posts: under load the director's work takes the hours that convening needs "
            "and cases wait longer for the core; where members are named rather than elected, owners lose "
            "their say.",
        ),
    )

    director_hours: float = Param(4.0, unit="h a week per 1,000 residents", ge=0, le=30,
                                  label=("兼任主任的工时", "hours of the second post"),
                                  note="taken from the core's attention, given to the residents' committee")
    switching: float = Param(0.25, unit="share of those hours", ge=0, le=1,
                             label=("切换损耗", "lost in switching"))
    liaison: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=20,
                           label=("党委联络注意力", "the core's hours with those it recommended"))
    member_hours: float = Param(0.5, unit="h a week each of owners' committee and company", ge=0, le=10,
                                label=("任职者沟通工时", "hours of reporting back"))
    money: float = Param(40.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("选举与培训经费", "money for elections and training"))
    clarity: float = Param(0.12, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    sooner: float = Param(2.0, unit="working h, mean an actor", ge=0, le=40,
                          label=("约齐提前", "attendance sooner by"))
    authority: float = Param(0.05, unit="0 to 1", ge=0, le=0.4, label=("话语权", "the core's authority"))
    seats: float = Param(0.3, unit="share of posts", ge=0, le=1,
                         label=("党员任职比例", "posts filled with recommended members"),
                         note="in owners' committee and property company")
    guidance: float = Param(0.8, unit="per share of posts", ge=0, le=2,
                            label=("任职者指导作用", "guidance by those in post"))
    oversight: float = Param(4.0, unit="h a week per 1,000 residents if all posts are so filled", ge=0,
                             le=40, label=("任职者监督工时", "hours of oversight by those in post"))
    push: float = Param(0.2, unit="0 recommended and elected, 1 named", ge=0, le=1,
                        label=("以指定代推荐", "named rather than elected"))

    def request(self, view: ModelView) -> Request:
        """The second post's hours and those of reporting back."""
        scale = self.thousands(view)
        hours = self.member_hours * self.intensity * (self.seats > 0)
        staff = {Kind.OWNERS_COMMITTEE: hours, Kind.PROPERTY: hours}
        return self.ask(view, self.money * scale, (self.director_hours + self.liaison) * scale, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Clear duties and quick attendance; hours change desks; posts guide, watch or dominate."""
        levers, strength, size = view.levers, self.strength(view, level), self.residents(view)
        levers.add("clarity", self.clarity * strength)
        levers.add("attendance_delay", -self.sooner * strength)
        levers.add("authority", self.authority * strength)
        moved = self.director_hours * (1.0 - self.switching) * strength * size
        levers.add("staff_hours", moved, kind=Kind.RESIDENTS_COMMITTEE)
        owners = strength * self.seats * view.state(Kind.OWNERS_COMMITTEE).present
        levers.add("owners_guidance", self.guidance * owners)
        levers.add("owners_domination", self.push * owners)
        company = strength * self.seats * view.state(Kind.PROPERTY).present
        levers.add("property_oversight", self.oversight * company * size)
