"""邻里节: an annual season of festival weekends in every grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import YEAR
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy, hosts, led
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class NeighbourFestival(PlacePolicy):
    """邻里节: mutual help, culture and deliberation for a few weekends a year; it leaves ties, no lever."""

    kind: Literal["neighbour_festival"] = "neighbour_festival"
    place: ClassVar[str] = "grid"
    card: ClassVar[Card] = Card(
        name=Label(zh="邻里节", en="neighbours' festival"),
        mechanism=Label(
            zh="每年一季、连续几个周末，在各网格办互助、文化、议事三个板块：门槛低、邻里混坐、结识新人；"
            "季后没有常设手段，新关系不再使用便会消退。",
            en="One season a year of several weekends in each grid, with sections for mutual help, culture "
            "and deliberation: easy to join, people mix and meet. Nothing stays on afterwards; ties fade "
            "unless used.",
        ),
        cost=Label(
            zh="每个周末整笔经费；牵头者（党委，或居委会、业委会、志愿者，视协调方式）与居委会、社会组织、"
            "物业工时。",
            en="A lump of money each weekend; hours of whoever leads under the regime (party committee, "
            "residents' committee, owners' committee or volunteers), residents' committee, social "
            "organisation and property.",
        ),
        claim=Label(
            zh="朝阳案例：参与率由不足 30% 升至 70% 以上，邻里纠纷下降 40%（无样本、时窗和对照）。",
            en="Chaoyang case: participation from below 30 % to above 70 %, neighbour disputes −40 % (no "
            "population, window or control given).",
        ),
        source="S1 path 3, Chaoyang case (党建引领·社区邻里节)",
        harm=Label(
            zh="人手和经费紧时挤占办案与走访；内容空时参加者见不到结果，效能感下降；骨干时间被占、疲劳增加；"
            "无后续则消退。",
            en="With few staff and little money it crowds out handling and visits; editions with little "
            "content lower efficacy; it tires those who do most; without follow-up it fades.",
        ),
    )

    season_week: int = Param(
        10,
        unit="week of the year",
        ge=0,
        le=51,
        label=("开幕周", "first week of the season"),
        note="years are counted from the start of the warm-up, which lasts whole years by default",
    )
    weekends: int = Param(4, unit="weekends a year", ge=1, le=20, label=("每季周末数", "weekends a season"))
    money: float = Param(
        3000.0,
        unit="yuan a weekend per 1,000 residents",
        ge=0,
        le=200000,
        label=("每周末经费", "money a weekend"),
    )
    lead_hours: float = Param(
        6.0,
        unit="h a weekend per 1,000 residents",
        ge=0,
        le=200,
        label=("牵头筹备工时", "hours of whoever leads"),
    )
    committee_hours: float = Param(
        10.0,
        unit="h a weekend per 1,000 residents",
        ge=0,
        le=200,
        label=("居委会工时", "hours of the residents' committee"),
    )
    social_hours: float = Param(
        6.0,
        unit="h a weekend per 1,000 residents",
        ge=0,
        le=200,
        label=("社会组织工时", "hours of the social organisation"),
    )
    property_hours: float = Param(
        4.0,
        unit="h a weekend per 1,000 residents",
        ge=0,
        le=200,
        label=("物业工时", "hours of the property company"),
    )
    hours: float = Param(2.0, unit="h", ge=0.25, le=10, label=("参加时长", "hours of taking part"))
    notice: float = Param(0.6, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    section_ease: float = Param(
        0.5, unit="share of the ease", ge=0, le=1,
        label=("互助、议事板块的低门槛折扣", "ease left in the sections that ask more"))
    ease: float = Param(1.5, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    relevance: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    substance: float = Param(0.8, unit="share of real content", ge=0, le=1, label=("实质内容", "substance"))
    mixing: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing"))
    contacts: int = Param(3, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    forum: float = Param(
        0.15,
        unit="share of silent cases raised",
        ge=0,
        le=1,
        label=("议事板块提出问题", "silent cases raised in its forum"),
    )
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))

    def turn(self, view: ModelView) -> BoolArray:
        """Every grid in the weekends of the season."""
        on = (view.week - self.season_week) % YEAR < self.weekends
        return np.full(view.places.grids, on)

    def request(self, view: ModelView) -> Request:
        """A lump for each grid's weekend."""
        units = self.units(view)
        if not units.any():
            return Request(units=units)
        scale = self.thousands(view)
        attention, staff = led(
            view,
            self.lead_hours * scale,
            {
                Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale,
                Kind.SOCIAL_ORGANIZATION: self.social_hours * scale,
                Kind.PROPERTY: self.property_hours * scale,
            },
        )
        return Request(self.money * scale, attention, staff, units)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Three sections in each grid that could be paid for."""
        held = self.served(view, level)
        common = {
            "relevance": self.relevance,
            "substance": self.substance,
            "mixing": self.mixing,
            "contacts": self.contacts,
            "voice": self.voice,
        }
        for host, where in hosts(view):
            here = self.of_communities(view, held, where)
            self.offer(
                view,
                here,
                host,
                Activity.FESTIVAL,
                Stage.SELF_HELP,
                self.hours,
                self.notice,
                0,
                ease=self.ease,
                **common,
            )
            self.offer(
                view,
                here,
                host,
                Activity.FESTIVAL,
                Stage.MUTUAL_HELP,
                self.hours,
                self.notice,
                1,
                ease=self.section_ease * self.ease,
                **common,
            )
            self.offer(
                view,
                here,
                host,
                Activity.FESTIVAL,
                Stage.PUBLIC_AFFAIRS,
                self.hours,
                self.notice,
                2,
                ease=self.section_ease * self.ease,
                forum=self.forum,
                **common,
            )
