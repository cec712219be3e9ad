"""流动党员排查: find members who are not registered here, keep in touch, give them something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import YEAR
from sim.policies.base import CORE_LED, BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import offer, take_hours
from sim.population.parameters import ADULT
from sim.vocabulary import MEMBERS_ONLY, Activity, Kind, Membership, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class MobileMembers(CommunityPolicy):
    """流动党员排查: the register says who is here; people move, so it is never complete."""

    kind: Literal["mobile_members"] = "mobile_members"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    audiences: ClassVar[int] = 2
    card: ClassVar[Card] = Card(
        name=Label(zh="流动党员排查与分类管理", en="finding and engaging mobile members"),
        mechanism=Label(
            zh="网格员定期上门排查，按工时比例找到流动党员，登记入册；入册者收到活动通知，部分亮明身份、邻"
            "居看得见，并按时间少的特点安排短时、线上的岗位。搬走的人要重新找。退休党员另有面对面的岗位。登"
            "记、台账每周都要维护。",
            en="Grid workers call at doors and find mobile members in proportion to the hours they spend; "
            "those on the register get notice of activities, some show who they are, and posts are short and "
            "online to suit people with little time. Who moves away has to be found anew. Retired members "
            "have posts in person. The register is kept up every week.",
        ),
        cost=Label(
            zh="党委注意力、网格员排查工时、居委会登记台账、少量经费。",
            en="The core's attention, grid workers' hours, records of the residents' committee, a little "
            "money.",
        ),
        claim=Label(
            zh="分类管理、定期排查流动党员、发挥退休党员作用，提升社区党组织战斗力（来源未给出数字）。",
            en="Managed by type, mobile members are checked regularly and retired members put to use, which "
            "strengthens the organisation (no figure given).",
        ),
        source="S4 红色骨干机制 (流动党员排查、退休党员作用); S3 part 3(3) (流动党员聚集地党建覆盖)",
        harm=Label(
            zh="流动党员少的社区，排查和台账工时远多于所得；排查占用网格员巡查和办件；租户多、搬迁快时名册"
            "总是过时；时间少的人值班更疲劳。",
            en="Where there are few mobile members checks and records cost far more hours than they bring; "
            "checks take grid workers from patrol and cases; with many tenants the register is always out of "
            "date; duty tires people with little time.",
        ),
    )

    check_weeks: int = Param(4, unit="weeks", ge=1, le=104, label=("排查间隔", "weeks between checks"))
    check_hours: float = Param(
        4.0, unit="h a check per 1,000 residents", ge=0, le=120, label=("排查工时", "hours of a check"),
        note="of grid workers")
    reach_hours: float = Param(
        20.0, unit="h per 1,000 residents", ge=0.5, le=400,
        label=("查遍所需工时", "hours to call at every door"))
    answers: float = Param(
        0.7, unit="share", ge=0, le=1, label=("上门查到比例", "found when called upon"))
    notice: float = Param(
        0.5, unit="probability of hearing", ge=0, le=1, label=("入册者告知", "notice to those registered"))
    shown: float = Param(
        0.4, unit="share of those registered", ge=0, le=1,
        label=("亮身份比例", "who show that they are members"))
    post_hours: float = Param(
        0.5, unit="h a week", ge=0.05, le=6, label=("流动党员岗位时长", "hours of a post for mobile members"))
    post_ease: float = Param(1.0, unit="logit", ge=-2, le=4, label=("岗位动员", "call to a post"))
    post_notice: float = Param(
        0.8, unit="probability of hearing", ge=0, le=1, label=("岗位告知", "notice of a post"))
    post_honour: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("岗位荣誉", "honour of a post"))
    post_relevance: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("岗位切合需求", "closeness of a post to needs"))
    post_voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("岗位发言权", "say in a post"))
    retired_hours: float = Param(
        1.5, unit="h a turn", ge=0.25, le=8,
        label=("退休党员岗位时长", "hours of a post for retired members"))
    retired_weeks: int = Param(
        2, unit="weeks", ge=1, le=52, label=("退休党员岗位间隔", "weeks between posts of retired members"))
    retired_notice: float = Param(
        0.7, unit="probability of hearing", ge=0, le=1,
        label=("退休党员岗位告知", "notice to retired members"))
    retired_ease: float = Param(
        0.8, unit="logit", ge=-2, le=4, label=("退休党员动员", "call to retired members"))
    retired_honour: float = Param(
        0.4, unit="0 to 1", ge=0, le=1, label=("退休党员荣誉", "honour of retired members"))
    retired_relevance: float = Param(
        0.6, unit="0 to 1", ge=0, le=1,
        label=("退休党员岗位切合需求", "closeness of retired members' posts to needs"))
    retired_voice: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("退休党员发言权", "say of retired members"))
    retired_contacts: int = Param(
        1, unit="people", ge=0, le=10, label=("退休党员结识人数", "people whom retired members meet"))
    attention: float = Param(
        0.8, unit="h a week per 1,000 residents", ge=0, le=40, label=("党委注意力", "the core's attention"))
    money: float = Param(40.0, unit="yuan a week per 1,000 residents", ge=0, le=5000, label=("经费", "money"))
    paper_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=40, label=("名册台账", "hours of records"))

    def request(self, view: ModelView) -> Request:
        """A little attention and money every week; checks take grid workers' hours that are left."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.attention * scale)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Check where it is time; notice, faces and posts for those on the register."""
        kept = view.memory(self.id, {"known": "resident"})
        r, places, strength = view.residents, view.places, self.strength(view, level)
        on, size = strength > 0, self.residents(view)
        mobile = (r.membership == Membership.MOBILE) & (r.present > 0) & (r.age >= ADULT)
        mobile = mobile & on[r.community] & self.buildings(view)[r.building]
        self._check(view, kept["known"], mobile, strength)
        known = mobile & (kept["known"] > 0)
        view.levers.add("paper_hours", self.paper_hours * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
        if known.any():
            view.levers.add("notice", self.notice, where=known)
            faces = known & (view.draw(f"shows/{self.id}", "resident", -1) < self.shown)
            homes = np.maximum(np.diff(places.building_first_dwelling), 1)
            view.levers.add("visible_members", np.bincount(r.building, faces, places.buildings) / homes)
            here = np.bincount(r.community, known, places.communities) > 0
            offer(view, self.id, "community", here, Kind.CORE, Activity.SHIFT, Stage.MUTUAL_HELP,
                  self.post_hours, self.post_notice, 0, online=1, ease=self.post_ease,
                  honour=self.post_honour, relevance=self.post_relevance, voice=self.post_voice, contacts=0,
                  work=int(Kind.VOLUNTEERS), audience=view.opportunities.audience(known))
        self._retired(view, on)

    def _check(self, view: ModelView, known: FloatArray, mobile: BoolArray, strength: FloatArray) -> None:
        """Strike off who has moved; call at doors where a check falls due."""
        r = view.residents
        gone = (known > 0) & (~mobile | (r.stay * YEAR < view.week - known))
        np.copyto(known, np.where(gone & (strength > 0)[r.community], 0.0, known))
        due = (strength > 0) & view.turn(f"check/{self.id}", "community", self.check_weeks)
        hours = take_hours(view, Kind.GRID_WORKER, self.check_hours * strength * self.residents(view) * due)
        doors = hours / np.maximum(self.reach_hours * self.residents(view), 1e-9)
        met = view.draw(f"met/{self.id}") < np.minimum(1.0, doors)[r.community] * self.answers
        np.copyto(known, np.where(mobile & met & (known == 0), view.week + 1.0, known))

    def _retired(self, view: ModelView, on: BoolArray) -> None:
        r = view.residents
        retired = (r.membership == Membership.RETIRED) & (r.present > 0) & self.buildings(view)[r.building]
        due = on & view.turn(f"retired/{self.id}", "community", self.retired_weeks)
        due = due & (np.bincount(r.community, retired, view.places.communities) > 0)
        if due.any():
            offer(view, self.id, "community", due, Kind.CORE, Activity.SHIFT, Stage.PUBLIC_AFFAIRS,
                  self.retired_hours, self.retired_notice, 1, open_to=MEMBERS_ONLY, ease=self.retired_ease,
                  honour=self.retired_honour, relevance=self.retired_relevance, voice=self.retired_voice,
                  contacts=self.retired_contacts, work=int(Kind.VOLUNTEERS),
                  audience=view.opportunities.audience(retired))
