"""精准服务: a list of needs, a library of resources, and offers addressed to those believed to have the "
"need."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import THOUSAND
from sim.policies.base import CORE_LED, BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy, staffed
from sim.policies.fieldwork import offer, take_hours
from sim.population.parameters import ADULT
from sim.vocabulary import Activity, Kind, Position, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

GROUPS = ("old", "young", "new_employment", "middle_class")
"""老, 小 (adults who live with a child), 新就业群体, 中产."""


class TargetedServices(CommunityPolicy):
    """精准服务: the list is surveyed or guessed; relevance is the share on it that truly has the need."""

    kind: Literal["targeted_services"] = "targeted_services"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    audiences: ClassVar[int] = len(GROUPS)
    card: ClassVar[Card] = Card(
        name=Label(zh="精准服务（需求清单×资源库，一老一小）",
                   en="targeted services: needs matched with resources"),
        mechanism=Label(
            zh="按期入户走访、线上问卷建立需求清单：访到、填到的人识别较准，其余凭数据推断、误差大，两次摸"
            "底之间清单会过时。社会组织和驻区单位出工时形成资源库，按名额向清单上的老人、有孩家庭、新就业群"
            "体供给；可另设适合中产的线上、短时、周末参与。供给切合度等于清单上真有需求者的比例；课后托管为"
            "真有需求的家长腾出时间。",
            en="Surveys at home and online make a list of needs: fairly right about those reached, a noisy "
            "guess from records about the rest, and out of date between surveys. Hours of the social "
            "organisation and partner units form the library; within its places, services go to the old, "
            "families with children and people in new employment on the list; short weekend offers online "
            "for the middle class can be added. An offer is as relevant as the share of those listed who "
            "have the need; after-school care frees hours of parents who truly need it.",
        ),
        cost=Label(
            zh="党委注意力，居委会摸底工时和清单台账，社会组织、驻区单位服务工时，经费。",
            en="The core's attention, hours and records of the residents' committee for surveys, service "
            "hours of the social organisation and partner units, money.",
        ),
        claim=Label(
            zh="为老人助餐、助浴、助医，为青少年课后托管，为新就业群体设暖心驿站，解决供需错位（来源未给出"
            "数字）。",
            en="Meals, baths and medical help for the old, after-school care, rest stops for people in new "
            "employment: supply meets demand (no figure given).",
        ),
        source="S1 path 3 (全龄友好的精准服务); S3 part 2(2) (中产阶层的参与偏好)",
        harm=Label(
            zh="摸底少、误差大时，服务发给没有需求的人，切合度低、工时空耗；服务工时从办案和其他项目中抽"
            "走；清单台账增加；只靠线上问卷漏掉数字能力低的人。",
            en="With few surveys and noisy guesses services reach people without the need and the hours are "
            "wasted; service hours are taken from cases and other projects; lists are paperwork; online "
            "surveys alone miss people of low digital ability.",
        ),
    )

    for_old: bool = Field(True, description="为老服务 · services for the old")
    for_young: bool = Field(True, description="托幼课后服务 · services for families with children")
    for_new_employment: bool = Field(True, description="暖心驿站 · stops for people in new employment")
    for_middle_class: bool = Field(
        False, description="适合中产的线上短时周末参与 · short weekend offers online for the middle class")
    old_from: int = Param(60, unit="years", ge=50, le=90, label=("老人起始年龄", "age from which one is old"))
    child_under: int = Param(
        15, unit="years", ge=1, le=18, label=("孩子年龄上限", "age under which one is a child"))
    need_old: float = Param(
        0.35, unit="share of the group", ge=0, le=1, label=("老人真实需求", "need of the old"))
    need_young: float = Param(
        0.45, unit="share of the group", ge=0, le=1,
        label=("有孩家庭真实需求", "need of families with children"))
    need_new_employment: float = Param(
        0.5, unit="share of the group", ge=0, le=1,
        label=("新就业群体真实需求", "need of people in new employment"))
    need_middle_class: float = Param(
        0.3, unit="share of the group", ge=0, le=1, label=("中产真实需求", "need of the middle class"))
    need_weeks: int = Param(
        26, unit="weeks", ge=4, le=260, label=("需求变化周期", "weeks until needs are new ones"))
    survey_weeks: int = Param(13, unit="weeks", ge=2, le=104, label=("摸底间隔", "weeks between surveys"))
    survey_hours: float = Param(
        26.0, unit="h a survey per 1,000 residents", ge=0, le=200,
        label=("入户摸底工时", "hours of home visits"),
        note="of the residents' committee, spread over the weeks between surveys")
    visit_hours: float = Param(
        0.15, unit="h a resident", ge=0.02, le=2, label=("每人摸底工时", "hours to ask one resident"))
    online: float = Param(
        0.3, unit="share at full digital ability", ge=0, le=1, label=("线上问卷填答", "answers online"))
    hit: float = Param(
        0.85, unit="share of true needs", ge=0, le=1, label=("摸底识别率", "true needs found when asked"))
    false_alarm: float = Param(
        0.1, unit="share of those without", ge=0, le=1, label=("摸底误报率", "false needs noted when asked"))
    guess_hit: float = Param(
        0.35, unit="share of true needs", ge=0, le=1,
        label=("数据推断识别率", "true needs guessed from records"))
    guess_false: float = Param(
        0.25, unit="share of those without", ge=0, le=1,
        label=("数据推断误报率", "false needs guessed from records"))
    social_hours: float = Param(
        4.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("社会组织服务工时", "hours of the social organisation"))
    partner_hours: float = Param(
        0.5, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("驻区单位服务工时", "hours of partner units"))
    places_per_hour: float = Param(
        4.0, unit="people an hour", ge=0.2, le=40, label=("每工时服务人数", "people served in an hour"))
    hours: float = Param(0.75, unit="h", ge=0.1, le=6, label=("参加时长", "hours it takes"))
    short_hours: float = Param(
        0.3, unit="h", ge=0.05, le=3, label=("中产短时参与时长", "hours of the short offer"))
    short_ease: float = Param(
        0.5, unit="logit", ge=-2, le=4,
        label=("周末便利", "ease of the weekend"), note="middle class offers only")
    notice: float = Param(
        0.7, unit="probability of hearing", ge=0, le=1, label=("逐人告知", "notice to those listed"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    short_voice: float = Param(
        0.7, unit="0 to 1", ge=0, le=1, label=("中产短时参与发言权", "say in the short offer"))
    freed: float = Param(
        1.5, unit="h a week", ge=0, le=10, label=("托管腾出时间", "hours freed by after-school care"))
    attention: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=60, label=("党委链接资源", "the core's attention"))
    money: float = Param(
        200.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("经费", "money"))
    paper_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("清单台账", "hours of records"))

    def request(self, view: ModelView) -> Request:
        """Attention, money, hours of surveys and services every week; partners give what they have left."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.attention * scale, {
            Kind.RESIDENTS_COMMITTEE: self.survey_hours / self.survey_weeks * scale,
            Kind.SOCIAL_ORGANIZATION: self.social_hours * scale,
        })

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Survey where it is time, then offer to those on the list, within the library's places."""
        listed = view.memory(self.id, {"surveyed": "community", **dict.fromkeys(self._groups(), "resident")})
        strength = self.strength(view, level)
        due = view.turn(f"survey/{self.id}", "community", self.survey_weeks)
        due = (due | (listed["surveyed"] == 0)) & (strength > 0)
        if due.any():
            listed["surveyed"][due] = view.week + 1
        seats = self._places(view, strength)
        for number, name in enumerate(self._groups()):
            if due.any():
                now = due[view.residents.community]
                listed[name][now] = self._survey(view, name, level)[now]
            self._serve(view, name, number, listed[name] > 0, strength, seats)
        paper = self.paper_hours * strength * self.residents(view)
        view.levers.add("paper_hours", paper, kind=Kind.RESIDENTS_COMMITTEE)

    def true_need(self, view: ModelView, name: str) -> BoolArray:
        """Who truly has a group's need now, (N,); the same whoever asks, new every few months."""
        spell = view.week // self.need_weeks
        draws = view.draw(f"need/{name}", "resident", spell)
        return np.asarray(self._member(view, name) & (draws < getattr(self, f"need_{name}")))

    def _groups(self) -> tuple[str, ...]:
        return tuple(name for name in GROUPS if getattr(self, f"for_{name}"))

    def _member(self, view: ModelView, name: str) -> BoolArray:
        """Who belongs to a group: addresses an offer, never a decision, (N,)."""
        r = view.residents
        here = (r.present > 0) & (r.age >= ADULT) & self.buildings(view)[r.building]
        if name == "old":
            return np.asarray(here & (r.age >= self.old_from))
        if name == "young":
            child = (r.age < self.child_under) & (r.present > 0)
            children = np.bincount(r.dwelling, child, view.places.dwellings)
            return np.asarray(here & (children[r.dwelling] > 0))
        if name == "new_employment":
            return np.asarray(here & (r.position == Position.NEW_EMPLOYMENT))
        return np.asarray(here & np.isin(r.position, (Position.STATE_MIDDLE, Position.PRIVATE_MIDDLE)))

    def _survey(self, view: ModelView, name: str, level: FloatArray) -> FloatArray:
        """1 for those on the new list, (N,)."""
        r = view.residents
        visited = np.minimum(1.0, self.survey_hours * level / (THOUSAND * self.visit_hours))[r.community]
        asked = view.draw(f"visited/{self.id}") < visited
        asked |= view.draw(f"answers/{self.id}") < self.online * level[r.community] * r.digital
        need = self.true_need(view, name)
        chance = np.where(
            need, np.where(asked, self.hit, self.guess_hit),
            np.where(asked, self.false_alarm, self.guess_false))
        return (self._member(view, name) & (view.draw(f"noted/{self.id}/{name}") < chance)).astype(float)

    def _places(self, view: ModelView, strength: FloatArray) -> FloatArray:
        """Places that the library's hours give each group this week, (C,)."""
        size = strength * self.residents(view)
        hours = self.social_hours * size * staffed(view, Kind.SOCIAL_ORGANIZATION)
        hours += take_hours(view, Kind.PARTNER_UNIT, self.partner_hours * size)
        places = hours * self.places_per_hour / max(len(self._groups()), 1)
        return np.where(places > 0, np.maximum(1.0, np.round(places)), 0.0)

    def _serve(
        self, view: ModelView, name: str, number: int, listed: BoolArray, strength: FloatArray,
        seats: FloatArray,
    ) -> None:
        r, n = view.residents, view.places.communities
        listed = listed & (r.present > 0)
        many = np.bincount(r.community, listed, n)
        on = (strength > 0) & (many > 0) & (seats > 0)
        if not on.any():
            return
        right = np.bincount(r.community, listed & self.true_need(view, name), n) / np.maximum(many, 1.0)
        more = {
            "relevance": right[on], "seats": seats[on].astype(np.int64),
            "audience": view.opportunities.audience(listed),
        }
        notice = self.notice * np.minimum(1.0, strength[on])
        if name == "middle_class":
            offer(view, self.id, "community", on, Kind.CORE, Activity.MEETING, Stage.PUBLIC_AFFAIRS,
                  self.short_hours, notice, number, online=1, ease=self.short_ease,
                  voice=self.short_voice, contacts=0, **more)
            return
        host = Kind.SOCIAL_ORGANIZATION if staffed(view, Kind.SOCIAL_ORGANIZATION).any() else Kind.CORE
        offer(view, self.id, "community", on, host, Activity.MUTUAL_HELP, Stage.SELF_HELP,
              self.hours, notice, number, voice=self.voice, mixing=self.mixing,
              contacts=self.contacts, **more)
        if name == "young":
            self._free_parents(view, listed, np.minimum(1.0, seats / np.maximum(many, 1.0)) * on)

    def _free_parents(self, view: ModelView, listed: BoolArray, share: FloatArray) -> None:
        """Hours freed for parents in true need who hold one of the library's places this term."""
        lots = view.draw(f"care/{self.id}", "resident", view.week // self.need_weeks)
        helped = listed & self.true_need(view, "young") & (lots < share[view.residents.community])
        if helped.any():
            view.levers.add("free_hours", self.freed, where=helped)
