"""空间换服务 and 众筹: rooms lent for hours of service, and residents' small gifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, staffed
from sim.policies.fieldwork import offer, own_rows, tally
from sim.vocabulary import WEEK_HOURS, Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class SpaceForService(CommunityPolicy):
    """空间换服务／众筹: what is lent out is not there for residents; what is given depends on who gives."""

    kind: Literal["space_for_service"] = "space_for_service"
    card: ClassVar[Card] = Card(
        name=Label(zh="空间换服务／众筹", en="rooms for service, and crowdfunding"),
        mechanism=Label(
            zh="社区用房借给社会组织，换来服务工时，社会组织在其中办项目；借出的时段居民自己用不了，参加活"
            "动多走路。每隔一段发起众筹，居民几分钟、几十元即可参加，次周进入社区经费；收到多少取决于参加人"
            "数，发起频繁则越来越难。",
            en="Community rooms are lent to the social organisation in return for hours of service, with "
            "projects held there; hours lent are closed to residents, who have further to go. Every so often "
            "a crowdfunding appeal takes minutes and a small gift, which enters the fund a week later; what "
            "it brings depends on how many give, and frequent appeals wear out.",
        ),
        cost=Label(
            zh="房屋维护和众筹发起经费、居委会管理工时、居民失去的使用时段。",
            en="Money for upkeep and appeals, the residents' committee's hours to run it, hours of use that "
            "residents give up.",
        ),
        claim=Label(
            zh="借助购买服务、志愿者招募、众筹和“空间换服务”，推进红色志愿服务和红色社会组织（来源未给出数"
            "字）。",
            en="Bought services, volunteers, crowdfunding and rooms for service carry voluntary work and "
            "social organisations forward (no figure given).",
        ),
        source="S0 2.3 (创新服务机制: 众筹, 空间换服务); S1 challenge 2 (社会筹资)",
        harm=Label(
            zh="参加的人少时，众筹发起的成本高于所得；用房借出太多，居民自己的活动变远、来的人更少；没有社"
            "会组织时房子空着，维护费照付。",
            en="With few givers an appeal costs more than it brings; lending too many rooms puts residents' "
            "own activities further away; without a social organisation the rooms stand empty and still "
            "cost.",
        ),
    )

    lent: float = Param(
        0.3, unit="share of the rooms' hours", ge=0, le=1, label=("借出比例", "share of room hours lent"))
    room_hours: float = Param(
        40.0, unit="h a week per 1,000 residents", ge=0, le=400,
        label=("用房总时段", "hours of rooms there are"))
    rent: float = Param(
        3.0, unit="yuan an hour of room", ge=0, le=500,
        label=("出借时段的场地成本", "rent forgone and upkeep of an hour lent"),
        note="paid whether or not somebody uses the room")
    returned: float = Param(
        0.4, unit="h of service an hour of room", ge=0, le=4,
        label=("一小时空间换服务", "service returned an hour of room"),
        note="never more than the organisation's staff can give")
    service_share: float = Param(
        0.25, unit="share of its staff hours", ge=0, le=1,
        label=("最多返还的工时", "most of its staff hours it returns"),
        note="times the usual staff of a social organisation")
    further: float = Param(
        0.4, unit="h there and back, all lent", ge=0, le=2,
        label=("全部借出时多走", "way added when all is lent"))
    project_weeks: int = Param(
        2, unit="weeks", ge=1, le=52, label=("项目间隔", "weeks between projects in the rooms"))
    hours: float = Param(1.5, unit="h", ge=0.25, le=6, label=("项目时长", "hours of a project"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    relevance: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    tied: float = Param(
        0.5, unit="share of relevance at full dependence", ge=0, le=1,
        label=("依附使项目不切需求", "closeness lost by a dependent organisation"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    appeal_weeks: int = Param(
        8, unit="weeks", ge=1, le=104, label=("众筹间隔", "weeks between appeals"))
    gift: float = Param(20.0, unit="yuan a giver", ge=0, le=1000, label=("人均捐赠", "gift of one giver"))
    giving_hours: float = Param(0.1, unit="h", ge=0.02, le=2, label=("捐赠用时", "time it takes to give"))
    appeal_notice: float = Param(
        0.5, unit="probability of hearing", ge=0, le=1, label=("众筹告知", "notice of an appeal"))
    appeal_ease: float = Param(
        1.0, unit="logit", ge=-2, le=4, label=("众筹低门槛", "ease of giving at a first appeal"))
    appeal_relevance: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("众筹切合需求", "closeness of an appeal to needs"))
    appeal_voice: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("众筹发言权", "say of givers"))
    wearing: float = Param(
        0.4, unit="logit an appeal still remembered", ge=0, le=4,
        label=("发起疲劳", "ease lost by each appeal"))
    remembered: float = Param(
        26.0, unit="weeks, mean", ge=1, le=520, label=("众筹记忆", "time an appeal is remembered"))
    money: float = Param(
        24.0, unit="yuan a week per 1,000 residents", ge=0, le=5000, label=("维护经费", "upkeep"))
    appeal_money: float = Param(
        400.0, unit="yuan an appeal per 1,000 residents", ge=0, le=20000,
        label=("众筹发起经费", "money for an appeal"),
        note="spread over the weeks between appeals")
    committee_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=60, label=("管理工时", "hours to run it"))

    def request(self, view: ModelView) -> Request:
        """Upkeep, rooms lent, the appeals' share and hours to run it, every week."""
        scale = self.thousands(view)
        rooms = self.money + self.rent * self.lent * self.room_hours
        return self.ask(view, (rooms + self.appeal_money / self.appeal_weeks) * scale, 0.0,
                        {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Lend rooms for service; appeal, and bank what last week's appeal brought."""
        kept = view.memory(self.id, {"appeals": "community"})
        strength = self.strength(view, level)
        self._lend(view, level, strength)
        self._appeal(view, kept["appeals"], strength)

    def _lend(self, view: ModelView, level: FloatArray, strength: FloatArray) -> None:
        there = strength * staffed(view, Kind.SOCIAL_ORGANIZATION)
        if not there.any() or self.lent == 0:
            return
        wanted = self.returned * self.lent * self.room_hours * self.residents(view)
        able = self.service_share * view.actors.social_organization.staff * WEEK_HOURS
        service = np.minimum(wanted, able) * there
        view.levers.add("staff_hours", service, kind=Kind.SOCIAL_ORGANIZATION)
        r = view.residents
        covered = self.buildings(view)[r.building]
        away = level * staffed(view, Kind.SOCIAL_ORGANIZATION)
        view.levers.add("distance", -self.further * self.lent * away[r.community] * covered)
        due = (there > 0) & view.turn(f"rooms/{self.id}", "community", self.project_weeks)
        free = 1.0 - self.tied * view.state(Kind.SOCIAL_ORGANIZATION).dependence
        offer(view, self.id, "community", due, Kind.SOCIAL_ORGANIZATION, Activity.PROJECT, Stage.MUTUAL_HELP,
              self.hours, self.notice * np.minimum(1.0, there[due]), relevance=(self.relevance * free)[due],
              voice=self.voice, mixing=self.mixing, contacts=self.contacts)

    def _appeal(self, view: ModelView, appeals: FloatArray, strength: FloatArray) -> None:
        rows = own_rows(view, self.id)
        givers = tally(rows[rows["online"] > 0], "attended", view.places.communities)
        brought = self.gift * givers * (strength > 0)
        if brought.any():
            view.levers.add("income", brought)
        np.copyto(appeals, appeals * (1.0 - 1.0 / self.remembered))
        due = (strength > 0) & view.turn(f"appeal/{self.id}", "community", self.appeal_weeks)
        offer(view, self.id, "community", due, Kind.RESIDENTS_COMMITTEE, Activity.MICRO_WISH,
              Stage.MUTUAL_HELP, self.giving_hours, self.appeal_notice * np.minimum(1.0, strength[due]), 1,
              online=1, ease=self.appeal_ease - self.wearing * appeals[due], relevance=self.appeal_relevance,
              voice=self.appeal_voice, contacts=0)
        np.copyto(appeals, appeals + due)
