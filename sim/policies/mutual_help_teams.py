"""邻里互助队: neighbours who look in on each other and run errands, building by building."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.ledger.records import picked
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import PlacePolicy, staffed
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class MutualHelpTeams(PlacePolicy):
    """邻里互助队: 银发队 visits on foot, 青年队 takes small errands by app; open to all ages."""

    kind: Literal["mutual_help_teams"] = "mutual_help_teams"
    card: ClassVar[Card] = Card(
        name=Label(zh="邻里互助队（银发／青年）", en="neighbours' mutual-help teams"),
        mechanism=Label(
            zh="每周在各楼提供小时数低的互助机会：探访（线下，银发队）和代办（线上接单，青年队）；"
            "由楼内党员告知；探访工时充实照护力量，代办工时充实志愿团队，次周生效。两队都不限年龄。",
            en="Each week every building offers short turns of help: visits in person and errands taken by "
            "app, announced by members next door. Hours given to visits add to care, those to errands to "
            "the volunteer team, a week later. Neither team asks for an age.",
        ),
        cost=Label(
            zh="培训与保险经费，居委会和社会组织的带队工时，居民时间。",
            en="Money for training and insurance, hours of the residents' committee and the social "
            "organisation, residents' time.",
        ),
        claim=Label(
            zh="党员牵头组建“银发互助队”“青年志愿队”，为高龄独居老人日常探访、代买代办。",
            en="Teams led by members visit the old who live alone and run their errands.",
        ),
        source="S1 path 3, Chaoyang case (邻里互助)",
        harm=Label(
            zh="参加者少时同一批人反复出力、疲劳退出；人手紧时带队工时挤占办案。",
            en="With few takers the same people serve again and again, tire and withdraw; with few staff, "
            "leading the teams takes hours from handling.",
        ),
    )

    teams: Literal["both", "silver", "youth"] = "both"
    money: float = Param(
        15.0, unit="yuan a building a week", ge=0, le=2000, label=("培训与保险", "training and insurance")
    )
    committee_hours: float = Param(
        0.2,
        unit="h a building a week",
        ge=0,
        le=10,
        label=("居委会带队工时", "hours of the residents' committee"),
    )
    social_hours: float = Param(
        0.2,
        unit="h a building a week",
        ge=0,
        le=10,
        label=("社会组织带队工时", "hours of the social organisation"),
    )
    visit_hours: float = Param(1.0, unit="h a turn", ge=0.1, le=6, label=("探访时长", "hours of a visit"))
    errand_hours: float = Param(0.5, unit="h a turn", ge=0.1, le=6, label=("代办时长", "hours of an errand"))
    turns: int = Param(
        6,
        unit="turns a building a week",
        ge=1,
        le=200,
        label=("每周探访名额", "turns a building"),
        note="as many as there are people to visit",
    )
    notice: float = Param(
        0.2, unit="probability of hearing", ge=0, le=1, label=("楼内告知", "notice in the building")
    )
    member_notice: float = Param(
        0.03,
        unit="probability of hearing a member",
        ge=0,
        le=1,
        label=("每名党员告知", "notice by each member"),
    )
    ease: float = Param(0.6, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("探访结识人数", "people met on a visit"))
    care_share: float = Param(
        0.5,
        unit="h of care per hour given",
        ge=0,
        le=1,
        label=("探访折合照护工时", "hours of care out of an hour given"),
    )

    def request(self, view: ModelView) -> Request:
        """A little for every building every week."""
        staff = {Kind.RESIDENTS_COMMITTEE: self.committee_hours}
        if staffed(view, Kind.SOCIAL_ORGANIZATION).any():
            staff[Kind.SOCIAL_ORGANIZATION] = self.social_hours
        return Request(self.money, 0.0, staff, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Offer turns; pass on last week's hours of visiting."""
        held = self.served(view, level)
        r = view.residents
        members = np.bincount(r.building, (r.membership > 0) & (r.present > 0), view.places.buildings)
        notice = np.minimum(1.0, self.notice + self.member_notice * members)[held]
        common = {"ease": self.ease, "relevance": self.relevance, "voice": self.voice, "seats": self.turns}
        if self.teams != "youth":
            self.offer(
                view,
                held,
                Kind.RESIDENTS_COMMITTEE,
                Activity.MUTUAL_HELP,
                Stage.MUTUAL_HELP,
                self.visit_hours,
                notice,
                0,
                contacts=self.contacts,
                mixing=self.mixing,
                **common,
            )
        if self.teams != "silver":
            self.offer(
                view,
                held,
                Kind.RESIDENTS_COMMITTEE,
                Activity.MICRO_WISH,
                Stage.MUTUAL_HELP,
                self.errand_hours,
                notice,
                1,
                contacts=0,
                online=1,
                work=int(Kind.VOLUNTEERS),
                **common,
            )
        rows = view.last_opportunities
        visits = picked(rows, (rows["policy"] == view.policy_index(self.id)) & (rows["online"] == 0))
        if visits.size and held.any():
            given = np.bincount(
                visits["community"], visits["attended"] * visits["hours"], view.places.communities
            ) * (self.rounds(view, held) > 0)
            view.levers.add("staff_hours", self.care_share * given, kind=Kind.SOCIAL_ORGANIZATION)
