"""联合党组织: one party organisation for the many units of an office building, a park or a large estate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.partners import units_reached
from sim.vocabulary import MEMBERS_ONLY, Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView



class JointPartyOrganisation(CommunityPolicy):
    """联合党组织: reaches those who are here by day only, at noon and in their own building."""

    kind: Literal["joint_party_organisation"] = "joint_party_organisation"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="联合党组织（楼宇、园区、大型社区）", en="joint party organisation of units"),
        mechanism=Label(
            zh="在楼宇、园区把各单位的党员编入一个联合党组织：白天在此上班的人接得到通知；"
            "午间就在本楼议事、值岗，省去往返；单位得到服务与资源互换。"
            "没有驻区楼宇的大型社区，则由它召集社区里分属各单位的党员。单位自身满意度随所得而升是模型的设定，不是发现。",
            en="Members of the many units in an office building or park form one organisation: those who are "
            "here by day hear of things, talk and serve at noon in their own building, with nothing lost on "
            "the way; units get services and exchange. In a large estate without offices it calls on the "
            "members of many units who live there. "
            "That units are more content for what they are given is built in, not found.",
        ),
        cost=Label(
            zh="党委联络注意力、各单位联络员工时、活动经费、职工午休时间；服务和资源互换按单位数和力度付费。",
            en="The core's attention, liaison hours of every unit, money for meetings, employees' "
            "noon break; services and exchange are paid by the number of units and how much each gets.",
        ),
        claim=Label(
            zh="在产业园区、商圈楼宇、大型社区统筹协调区域内各类组织（来源未给出数字）。",
            en="Coordinates organisations in parks, office buildings and large estates (no figure given).",
        ),
        source="S1 path 1 (联合党组织); S3 part 3(2) (楼宇、商圈、园区党组织)",
        harm=Label(
            zh="职工每周空余时间很少，午间活动排得密，总是同几个人来，疲劳上升；单位少、案件少时，"
            "联络耗去的注意力和单位工时多于所得，单位可用于办案的工时反而减少。",
            en="Employees have little time: many noon meetings fall on the same few, who tire. Where units "
            "and cases are few, liaison eats more attention and units' hours than it brings, and units have "
            "fewer hours left for cases.",
        ),
    )

    attention: float = Param(2.0, unit="h a week per 1,000 residents", ge=0, le=40,
                             label=("党委联络注意力", "the core's attention"))
    unit_hours: float = Param(0.4, unit="h a week a unit", ge=0, le=20,
                              label=("单位联络员工时", "liaison hours of a unit"))
    money: float = Param(130.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("活动经费", "money for meetings"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1,
                          label=("楼内告知", "notice in the building"))
    weeks: int = Param(2, unit="weeks between noon meetings", ge=1, le=52,
                       label=("午间活动间隔", "weeks between noon meetings"))
    hours: float = Param(0.5, unit="h", ge=0.1, le=3, label=("午间活动时长", "hours of a noon meeting"))
    duty_hours: float = Param(1.0, unit="h a turn", ge=0.1, le=6,
                              label=("党员服务时长", "hours of members' service"))
    way_saved: float = Param(0.4, unit="h there and back", ge=0, le=3,
                             label=("免去的往返", "way saved"), note="held in the building where they work")
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"),
                             note="parking, meals and hiring, in the Lujiazui case (S1)")
    voice: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    exchange: float = Param(0.25, unit="0 to 1", ge=0, le=1,
                            label=("资源互换", "resources given in exchange"))
    services: float = Param(0.4, unit="0 to 1", ge=0, le=1,
                            label=("单位获得服务", "services that units get"))
    given_price: float = Param(
        30.0, unit="yuan a week a unit at full exchange", ge=0, le=5000,
        label=("给予单位的资源价格", "price of what a unit is given"),
        note="exchange and services together")

    def request(self, view: ModelView) -> Request:
        """Attention, liaison hours of the units and money every week."""
        scale = self.thousands(view)
        units = units_reached(self, view)
        staff = {Kind.PARTNER_UNIT: self.unit_hours * units}
        money = self.money * scale + self.given_price * (self.exchange + self.services) * units
        return self.ask(view, money, self.attention * scale, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Serve units; reach employees in their building, or members where there are no offices."""
        places, r, levers = view.places, view.residents, view.levers
        offices = self.buildings(view) & (places.building_units > 0) & (level[places.building_community] > 0)
        by_day = (r.daytime > 0) & offices[r.building]
        levers.add("notice", self.notice * level[r.community] * by_day)
        levers.add("distance", self.way_saved * by_day)
        there = self.strength(view, level) * (view.state(Kind.PARTNER_UNIT).number > 0)
        levers.add("exchange", self.exchange * there)
        levers.add("units_served", self.services * there)
        if view.week % self.weeks == 0:
            self._at_noon(view, offices, level)
            housed = np.zeros(places.communities, bool)
            housed[places.building_community[offices]] = True
            self._in_the_estate(view, (level > 0) & self.communities(view) & ~housed, level)

    def _at_noon(self, view: ModelView, offices: BoolArray, level: FloatArray) -> None:
        """A noon table for all employees and a turn of service for members, in every office building."""
        if not offices.any():
            return
        scope = view.scope("building").where(offices)
        notice = self.notice * np.minimum(1.0, level[scope.community])
        common: dict[str, Any] = {
            "policy_id": self.id, "policy": view.policy_index(self.id), "relevance": self.relevance,
            "voice": self.voice, "mixing": self.mixing, "contacts": self.contacts,
        }
        view.opportunities.offer(
            view.week, Kind.CORE, Activity.MEETING, Stage.MUTUAL_HELP, scope, hours=self.hours,
            notice=notice, number=0, **common)
        view.opportunities.offer(
            view.week, Kind.CORE, Activity.SHIFT, Stage.MUTUAL_HELP, scope, hours=self.duty_hours,
            notice=notice, number=1, open_to=MEMBERS_ONLY, work=int(Kind.VOLUNTEERS), **common)

    def _in_the_estate(self, view: ModelView, estates: BoolArray, level: FloatArray) -> None:
        """A turn of service for members of many units who live in one estate."""
        if estates.any():
            view.opportunities.offer(
                view.week, Kind.CORE, Activity.SHIFT, Stage.MUTUAL_HELP,
                view.scope("community").where(estates), hours=self.duty_hours,
                notice=self.notice * np.minimum(1.0, level[estates]), number=2, open_to=MEMBERS_ONLY,
                policy_id=self.id, policy=view.policy_index(self.id), relevance=self.relevance,
                voice=self.voice, mixing=self.mixing, contacts=self.contacts, work=int(Kind.VOLUNTEERS))
