"""楼长制: a leader in each building, appointed from above or discovered in common action."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import YEAR
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy
from sim.policies.fieldwork import IndexArray, first_of_each, own_rows
from sim.population.parameters import ADULT
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

_DUTY, _MEETING = 0, 1
_SEATS = 1
"""A building has one leader, whose duty has one seat."""


class BuildingLeaders(PlacePolicy):
    """楼长制: duty is offered to the leader like any shift, so that who is tired stays away and resigns."""

    kind: Literal["building_leaders"] = "building_leaders"
    place: ClassVar[str] = "building"
    audiences: ClassVar[int] = 1
    card: ClassVar[Card] = Card(
        name=Label(zh="楼长制（任命或发现）", en="building leaders, appointed or discovered"),
        mechanism=Label(
            zh="每楼一名楼长，值守的那周居民有人可找、听得到通知，沉默减少；隔几周在楼下碰头议事，发言权取"
            "决于楼长威信。任命：当周到位，多选党员，威信低；发现：只从共同行动中表现出习惯、能力和阶梯的人"
            "里逐步找到，慢，但说话有人听。值守是楼长自己的时间；连续缺勤便卸任，搬走也空缺。",
            en="One leader a building. In weeks on duty people have someone to turn to and hear of things; "
            "every few weeks neighbours meet at the door, with a say that depends on the leader's standing. "
            "Appointed: in place the same week, members first, low standing. Discovered: found bit by bit "
            "among those who have shown habit, skill and a rung in common action; slow, but heard. Duty is "
            "the leader's own time; who stays away for weeks resigns, and who moves leaves a gap.",
        ),
        cost=Label(
            zh="每楼补贴经费、居委会联络（任命）或发现（更多）工时、楼长自己的时间。",
            en="An allowance a building, the residents' committee's hours to keep in touch (appointed) or "
            "to find leaders (more), the leader's own time.",
        ),
        claim=Label(
            zh="任命楼长并给予激励，增强自治能力和责任感；“楼栋长制”成功推广；骨干应在共同行动中发现，不能"
            "直接任命（均未给出数字）。",
            en="Appointed leaders with incentives strengthen self-government; the practice spread; but "
            "backbones should be found in common action and not appointed (no figure given).",
        ),
        source="S0 2.1 (任命楼长); S1 path 4, Shenzhen case (楼栋长制); S4 红色骨干机制 (不能直接任命)",
        harm=Label(
            zh="任命者威信低，楼下议事没有发言权，自主感下降；补贴换来的值守挤出内在动机；诉求多了而处置力"
            "量不变，排队更长；参与少的社区发现不了楼长，工时白费；同一人长期值守疲劳卸任。",
            en="Appointed leaders of low standing leave no say at the door and felt autonomy falls; paid "
            "duty crowds out motive; more voices with the same staff lengthen the queues; where few take "
            "part nobody is discovered and the hours are lost; the same person tires and resigns.",
        ),
    )

    mode: Literal["appointed", "discovered"] = "appointed"
    appointed_standing: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("任命者威信", "standing of the appointed"))
    discovered_standing: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("被发现者起点威信", "least standing of the discovered"),
        note="rises to 1 with the habit and skill they have shown")
    members_first: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("任命偏重党员", "preference for members in appointing"))
    shown_habit: float = Param(
        0.2, unit="0 to 1", ge=0, le=1, label=("发现所需习惯", "habit to be discovered"))
    shown_skill: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("发现所需能力", "skill to be discovered"))
    shown_stage: int = Param(
        1, unit="rung, 0 to 3", ge=0, le=3, label=("发现所需阶梯", "rung to be discovered"))
    finding: float = Param(
        0.1, unit="probability a week a building", ge=0, le=1,
        label=("每周发现机会", "chance of finding one"))
    duty_hours: float = Param(1.0, unit="h a week", ge=0.1, le=20, label=("值守时长", "hours of duty"))
    duty_ease: float = Param(2.0, unit="logit", ge=-2, le=5, label=("职责感", "sense of duty"))
    duty_notice: float = Param(
        1.0, unit="probability of hearing", ge=0, le=1, label=("值守告知", "notice of duty to the leader"))
    duty_relevance: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("值守切合需求", "closeness of duty to needs"))
    reward: float = Param(
        0.3, unit="units of reward a week", ge=0, le=3, label=("补贴激励", "allowance as a reward"),
        note="for the appointed; the discovered get honour only")
    honour: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("荣誉", "honour"))
    patience: int = Param(
        4, unit="weeks", ge=1, le=52, label=("缺勤几周卸任", "weeks away until resigning"))
    notice: float = Param(
        0.3, unit="probability of hearing at full standing", ge=0, le=1,
        label=("楼长告知", "notice by the leader"))
    meeting_weeks: int = Param(
        6, unit="weeks between meetings", ge=1, le=104,
        label=("楼下议事间隔", "weeks between meetings at the door"))
    meeting_hours: float = Param(1.0, unit="h", ge=0.1, le=6, label=("楼下议事时长", "hours of a meeting"))
    meeting_notice: float = Param(
        0.3, unit="probability of hearing", ge=0, le=1,
        label=("楼下议事告知", "notice of a meeting at no standing"))
    standing_notice: float = Param(
        0.5, unit="probability of hearing at full standing", ge=0, le=1,
        label=("威信增加的告知", "notice added by full standing"))
    relevance: float = Param(
        0.7, unit="0 to 1", ge=0, le=1, label=("楼下议事切合需求", "closeness of a meeting to needs"))
    mixing: float = Param(0.2, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    forum: float = Param(
        0.3, unit="share of silent cases raised at full standing", ge=0, le=1,
        label=("提出沉默问题", "silent cases raised"))
    money: float = Param(10.0, unit="yuan a building a week", ge=0, le=500, label=("补贴", "allowance"))
    contact_hours: float = Param(
        0.1, unit="h a building a week", ge=0, le=10, label=("联络工时", "hours to keep in touch"))
    search_hours: float = Param(
        0.25, unit="h a building a week", ge=0, le=10,
        label=("发现与陪伴工时", "hours to find and accompany"))

    def request(self, view: ModelView) -> Request:
        """An allowance and the committee's hours for every building."""
        hours = self.contact_hours if self.mode == "appointed" else self.search_hours
        return Request(self.money, 0.0, {Kind.RESIDENTS_COMMITTEE: hours}, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Let leaders go who moved or stay away, fill gaps, offer duty and the meeting at the door."""
        kept = view.memory(
            self.id, {"who": "building", "since": "building", "away": "building", "standing": "building"})
        held, r = self.served(view, level), view.residents
        came = self._turnout(view, 1)
        self._vacate(view, kept, self._turnout(view, 0) & ~came)
        new = self._fill(view, kept, held)
        leads = held & (kept["who"] > 0)
        if not leads.any():
            return
        on_duty = leads & (came | new)
        heard = kept["standing"] * on_duty
        if on_duty.any():
            view.levers.add("building_leader", heard)
            view.levers.add_to_each("notice", self.notice * heard, r.building)
        self._call(view, kept, leads, on_duty)

    def _call(
        self, view: ModelView, kept: dict[str, FloatArray], leads: BoolArray, on_duty: BoolArray
    ) -> None:
        r = view.residents
        chosen = np.zeros(len(r.key), bool)
        chosen[kept["who"][leads].astype(np.int64) - 1] = True
        paid = self.reward if self.mode == "appointed" else 0.0
        self.offer(view, leads, Kind.RESIDENTS_COMMITTEE, Activity.SHIFT, Stage.PUBLIC_AFFAIRS,
                   self.duty_hours, self.duty_notice, _DUTY, ease=self.duty_ease, reward=paid,
                   honour=self.honour, seats=_SEATS, relevance=self.duty_relevance,
                   voice=kept["standing"][leads], contacts=0, audience=view.opportunities.audience(chosen))
        meets = on_duty & view.turn(f"door/{self.id}", "building", self.meeting_weeks)
        standing = kept["standing"][meets]
        notice = np.minimum(1.0, self.meeting_notice + self.standing_notice * standing)
        self.offer(view, meets, Kind.RESIDENTS_COMMITTEE, Activity.MEETING, Stage.PUBLIC_AFFAIRS,
                   self.meeting_hours, notice, _MEETING, relevance=self.relevance, voice=standing,
                   forum=self.forum * standing, mixing=self.mixing, contacts=self.contacts)

    def _turnout(self, view: ModelView, least: int) -> BoolArray:
        """Buildings whose duty was offered last week and done by at least so many, (B,)."""
        rows = own_rows(view, self.id)
        rows = rows[(rows["activity"] == Activity.SHIFT) & (rows["attended"] >= least)]
        there = np.zeros(view.places.buildings, bool)
        there[view.residents.building[rows["lo"]]] = True
        return there

    def _vacate(self, view: ModelView, kept: dict[str, FloatArray], stayed_away: BoolArray) -> None:
        r = view.residents
        who = kept["who"].astype(np.int64) - 1
        sits, at = who >= 0, np.maximum(who, 0)
        on_duty = self._turnout(view, 1)
        kept["away"][:] = np.where(sits & ~on_duty, kept["away"] + stayed_away, 0.0)
        in_office = view.week - kept["since"]
        moved = (r.present[at] == 0) | (r.stay[at] * YEAR < in_office - 1.0)
        leaves = sits & (moved | (kept["away"] > self.patience))
        for column in kept.values():
            column[leaves] = 0.0

    def _fill(self, view: ModelView, kept: dict[str, FloatArray], held: BoolArray) -> BoolArray:
        """Put someone into empty posts; which buildings got a leader this week, (B,)."""
        pick = self._candidates(view)
        empty = held & (kept["who"] == 0) & (pick >= 0)
        if self.mode == "discovered":
            empty &= view.draw(f"found/{self.id}", "building") < self.finding
        r, at = view.residents, pick[empty]
        kept["who"][empty] = at + 1.0
        kept["since"][empty] = view.week
        kept["away"][empty] = 0.0
        shown = (r.habit[at] + r.skill[at]) / 2
        kept["standing"][empty] = self.appointed_standing if self.mode == "appointed" else (
            self.discovered_standing + (1.0 - self.discovered_standing) * shown)
        return empty

    def _candidates(self, view: ModelView) -> IndexArray:
        """Resident each building would take, (B,); −1 where nobody qualifies."""
        r = view.residents
        among = (r.present > 0) & (r.age >= ADULT)
        if self.mode == "appointed":
            score = view.draw(f"appointed/{self.id}") + self.members_first * (r.membership > 0)
        else:
            among = among & (r.stage >= self.shown_stage) & (r.habit >= self.shown_habit)
            among = among & (r.skill >= self.shown_skill)
            score = r.habit.astype(float) + r.skill
        return first_of_each(r.building, score, np.asarray(among), view.places.buildings)
