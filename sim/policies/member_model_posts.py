"""党员示范岗 and 双报到: members are seen to take part, and give hours, where they live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy, hours_left, members_here
from sim.vocabulary import MEMBERS_ONLY, Activity, Kind, Membership, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView



class MemberModelPosts(CommunityPolicy):
    """党员示范岗／双报到: posts taken up by members; in-service members report where they live as well."""

    kind: Literal["member_model_posts"] = "member_model_posts"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="党员示范岗／双报到", en="members' model posts and double reporting"),
        mechanism=Label(
            zh="部分党员认领岗位、亮明身份，邻居看得见；岗位值班面向党员，工时进入志愿团队；"
            "部分工时支援调解；在职党员双报到另占时间和台账。",
            en="Some members take a post and show who they are, which neighbours see; members are called to "
            "duty whose hours go to the volunteer team, and lend a hand in mediation; double reporting "
            "takes in-service members' time and paperwork.",
        ),
        cost=Label(
            zh="党委注意力、居委会工时、经费、党员空闲时间、报到台账。",
            en="The core's attention, the residents' committee's hours, money, members' free time, "
            "paperwork.",
        ),
        claim=Label(
            zh="示范岗带动居民投入垃圾分类；在职党员进社区服务成为常态。",
            en="Model posts drew residents into waste sorting; in-service members serve where they live.",
        ),
        source="S2 mode 3 (党员示范岗); S0 2.3 and S3 part 3(3) (双报到)",
        harm=Label(
            zh="在职党员时间少，值班致疲劳、自己的参与减少；只重报到打卡时台账增加而工时不增。",
            en="In-service members have little time: duty tires them and they take part less; where "
            "reporting is what counts, paperwork grows and hours do not.",
        ),
    )

    uptake: float = Param(
        0.4,
        unit="share of retired members",
        ge=0,
        le=1,
        label=("退休党员认领比例", "posts taken by retired members"),
    )
    double_report: float = Param(
        0.3, unit="share of other members", ge=0, le=1, label=("在职党员报到比例", "other members who report")
    )
    post_hours: float = Param(
        0.5,
        unit="h a week a post",
        ge=0,
        le=10,
        label=("支援调解工时", "hours lent to mediation"),
        note="never more than the member's free hours",
    )
    checkin_hours: float = Param(
        0.25, unit="h a week", ge=0, le=5, label=("报到占用时间", "time taken by reporting")
    )
    duty_hours: float = Param(1.5, unit="h a turn", ge=0.25, le=8, label=("值班时长", "hours of duty"))
    duty_weeks: int = Param(
        2, unit="weeks between turns", ge=1, le=52, label=("值班间隔", "weeks between turns of duty")
    )
    duty_ease: float = Param(
        1.5, unit="logit", ge=-2, le=4, label=("值班动员", "call to duty"), note="members are asked in person"
    )
    relevance: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(
        0.2, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    honour: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("荣誉", "honour"))
    attention: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=60, label=("党委注意力", "the core's attention")
    )
    committee_hours: float = Param(
        1.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=60,
        label=("居委会工时", "hours of the residents' committee"),
    )
    money: float = Param(
        60.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("经费", "money")
    )
    paper_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("报到台账", "hours of paperwork")
    )

    def request(self, view: ModelView) -> Request:
        """Some attention, staff hours and money every week."""
        scale = self.thousands(view)
        return self.ask(
            view,
            self.money * scale,
            self.attention * scale,
            {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale},
        )

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Make members visible, call them to duty, take their time."""
        places, levers, r = view.places, view.levers, view.residents
        who = members_here(view, self.buildings(view))
        community, retired = r.community[who], r.membership[who] == Membership.RETIRED
        rate = np.where(retired, self.uptake, self.double_report) * level[community]
        post = view.draw(f"post/{self.id}", "resident", -1, who) < rate
        homes = np.maximum(np.diff(places.building_first_dwelling), 1)
        levers.add("visible_members", np.bincount(r.building[who], post, places.buildings) / homes)
        free = hours_left(view, who)
        check = np.minimum(self.checkin_hours * (post & ~retired), free)
        team = view.state(Kind.MEDIATION).present[community] > 0
        lent = np.minimum(self.post_hours * (post & team), free - check)
        levers.add("free_hours", -(check + lent), where=who)
        levers.add("staff_hours", np.bincount(community, lent, places.communities), kind=Kind.MEDIATION)
        strength = self.strength(view, level)
        levers.add(
            "paper_hours", self.paper_hours * strength * self.residents(view), kind=Kind.RESIDENTS_COMMITTEE
        )
        on = strength > 0
        if view.week % self.duty_weeks == 0 and on.any():
            view.opportunities.offer(
                view.week,
                Kind.CORE,
                Activity.SHIFT,
                Stage.PUBLIC_AFFAIRS,
                view.scope("community").where(on),
                hours=self.duty_hours,
                notice=np.minimum(1.0, strength[on]),
                policy_id=self.id,
                policy=view.policy_index(self.id),
                open_to=MEMBERS_ONLY,
                ease=self.duty_ease,
                honour=self.honour,
                relevance=self.relevance,
                voice=self.voice,
                mixing=self.mixing,
                contacts=self.contacts,
                work=int(Kind.VOLUNTEERS),
            )
