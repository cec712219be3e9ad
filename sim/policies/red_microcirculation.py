"""红色微循环: backbones, projects, covenant, resources, teams, incentives; the end is a new beginning.

A state machine in each community. A stage works until its condition is met; then the next one begins, and
after the sixth the loop runs again one rung higher up the ladder. Where a condition is never met the loop
stands still, and goes on costing what that stage costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CONVENED, BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import Company, moved_since, offer, own_rows, spare_hours, take_hours
from sim.policies.partners import units_reached
from sim.population.parameters import ADULT
from sim.vocabulary import Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

STAGES = ("backbones", "projects", "covenant", "resources", "teams", "incentives")
"""骨干, 项目, 公约, 资源, 团队, 激励: the order of the loop; the numbers in memory are these positions."""
_BACKBONES, _PROJECTS, _COVENANT, _RESOURCES, _TEAMS, _INCENTIVES = range(len(STAGES))
_COLUMNS = {
    "begun": "community", "stage": "community", "turn": "community", "weeks": "community",
    "progress": "community", "pledged": "community", "backbone": "resident",
    "since": "resident",
}
_FORMS = {
    _BACKBONES: Activity.MUTUAL_HELP, _PROJECTS: Activity.PROJECT, _COVENANT: Activity.MEETING,
    _TEAMS: Activity.SHIFT, _INCENTIVES: Activity.SHIFT,
}
"""What each stage calls people to; resources are pledged among organisations."""
_NUMBERS = 8
"""Numbers that each stage's offers have to themselves, one a rung: a way of counting."""
_RUNGS = (Stage.MUTUAL_HELP, Stage.PUBLIC_AFFAIRS, Stage.VOLUNTEER)
"""Rung of the first, second and later turns."""


class RedMicrocirculation(CommunityPolicy):
    """红色微循环: six stages in a spiral; a broken one stops it where it is."""

    kind: Literal["red_microcirculation"] = "red_microcirculation"
    convenors: ClassVar[frozenset[Regime]] = CONVENED
    card: ClassVar[Card] = Card(
        name=Label(zh="红色微循环（骨干→项目→公约→资源→团队→激励）",
                   en="red micro-circulation in six stages"),
        mechanism=Label(
            zh="各社区依次走六步，上一步见效才进下一步：在共同行动中发现骨干，人数够了立项目；项目连续见效"
            "后以渐进对话商定公约；公约达成后与驻区单位、社会组织以资源换资源；资源够了由专家培训、组建团"
            "队；团队成形后协商公益兑换，以荣誉激励。走完一圈从骨干重新开始，门槛和活动都上一个台阶：互助、"
            "公共事务、志愿服务。任何一步条件不满足，便停在该步，投入照旧。",
            en="Each community takes six steps, the next only when the last has worked: backbones are found "
            "in common action; enough of them start projects; fruitful projects lead to a covenant by "
            "dialogue; agreement leads to exchange of resources with partner units and the social "
            "organisation; pledged hours let experts train a team; a standing team is kept up by honours and "
            "exchange. Then it starts again one rung higher: mutual help, public affairs, volunteering. "
            "Where a condition is not met it stands still, and still costs.",
        ),
        cost=Label(
            zh="党委注意力和种子基金（按步骤多少不同）；项目、公约占居委会工时，资源占驻区单位和社会组织工"
            "时，团队占社会组织培训工时。",
            en="The core's attention and seed money, by stage; committee hours in projects and covenant, "
            "hours of partner units and the social organisation in resources, its trainers' hours in teams.",
        ),
        claim=Label(
            zh="从红色骨干到红色激励，终点又是新的起点，形成螺旋式上升的良性微循环（来源未给出数字）。",
            en="From backbones to incentives, the end being a new beginning: a virtuous spiral (no figure "
            "given).",
        ),
        source="S4 理论内涵 (螺旋式上升) and 机制构建 (六个机制)",
        harm=Label(
            zh="卡在某一步时，注意力、经费、工时逐周耗掉而后面的机制都不来；项目无果使参加者效能感下降；少"
            "数骨干被反复动员而疲劳；直接任命骨干虽快，号召力弱，往往卡在下一步。",
            en="Stuck at a stage, it uses up attention, money and hours week by week and the later "
            "mechanisms never come; projects without result lower efficacy; few backbones are called on "
            "again and again and tire; appointing them is quick but few listen, and it often sticks at the "
            "next stage.",
        ),
    )

    broken: Literal[
        "none", "backbones", "projects", "covenant", "resources", "teams", "incentives"] = "none"
    """Stage that is gone through on paper only, for teaching."""
    choice: Literal["discovered", "appointed"] = "discovered"
    """Backbones found in common action (S4), or appointed."""
    backbones: float = Param(
        8.0, unit="people per 1,000 residents", ge=0.5, le=200, label=("所需骨干", "backbones needed"))
    finding: float = Param(
        0.3, unit="probability a week", ge=0, le=1, label=("被发现机会", "chance to be found"),
        note="of an active resident who has shown habit and rung")
    shown_habit: float = Param(
        0.2, unit="0 to 1", ge=0, le=1, label=("骨干所需习惯", "habit to be found"))
    kept_habit: float = Param(
        0.5, unit="share of the habit to be found", ge=0, le=1,
        label=("骨干退出习惯", "habit below which a backbone steps back"))
    least_backbones: int = Param(
        2, unit="people", ge=1, le=50, label=("最少骨干", "backbones needed in the smallest community"))
    standing: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("任命骨干的号召力", "standing of appointed backbones"),
        note="1 for those discovered")
    word: float = Param(
        0.04, unit="probability of hearing a backbone per 1,000", ge=0, le=1,
        label=("骨干号召", "word spread by backbones"))
    notice: float = Param(0.25, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    ease: float = Param(0.5, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    hours: float = Param(1.25, unit="h", ge=0.25, le=6, label=("每次时长", "hours of taking part"))
    relevance: float = Param(0.75, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    appointed_voice: float = Param(
        0.5, unit="share of the say", ge=0, le=1,
        label=("任命骨干时的发言权", "say left under appointed backbones of no standing"))
    action: Company = Field(
        Company(mixing=0.6, contacts=2),
        description="共同行动中的交往（骨干阶段） · whom people meet in common action (backbones)")
    projects: Company = Field(
        Company(mixing=0.4, contacts=2),
        description="项目中的交往（项目阶段） · whom people meet in projects")
    dialogue: Company = Field(
        Company(mixing=0.3, contacts=1),
        description="对话中的交往（公约阶段） · whom people meet in dialogue (covenant)")
    service: Company = Field(
        Company(mixing=0.3, contacts=1),
        description="服务中的交往（团队、激励阶段） · whom people meet in service (teams, incentives)")
    fruitful_projects: int = Param(
        3, unit="fruitful projects", ge=1, le=30, label=("见效项目数", "fruitful projects needed"))
    agreements: int = Param(
        3, unit="fruitful dialogues", ge=1, le=30, label=("达成对话数", "fruitful dialogues needed"),
        evidence="C", source="S4: a dialogue in three questions (期待, 担心, 可以做什么)")
    rules: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("公约约束力", "strength of the rules it can agree on"))
    pledge: float = Param(
        0.1, unit="share of their hours", ge=0, le=1, label=("认领资源比例", "share of hours pledged"))
    pledges: float = Param(
        10.0, unit="h pledged per 1,000 residents", ge=0.1, le=200, label=("所需资源", "pledges needed"))
    exchange: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("互惠交换", "resources given in exchange"))
    exchange_price: float = Param(
        30.0, unit="yuan a week a unit at full exchange", ge=0, le=5000,
        label=("给予单位的资源价格", "price of what a unit is given"), note="in the stage of resources")
    team: float = Param(
        12.0, unit="people per 1,000 residents", ge=1, le=200, label=("成队人数", "people that make a team"),
        note="residents on the rung of public affairs or above; a volunteer team that stands counts too")
    least_team: int = Param(
        3, unit="people", ge=1, le=50, label=("最少成队人数", "people in the smallest team"))
    team_shifts: int = Param(
        3, unit="weeks with takers", ge=1, le=52, label=("磨合周数", "weeks of serving together"))
    used: float = Param(
        0.15, unit="share a week", ge=0, le=1, label=("动用资源比例", "pledged hours used a week"),
        note="by the team, in the stages of teams and incentives")
    training_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("专家培训工时", "trainers' hours"))
    training_most: float = Param(
        40.0, unit="h a week", ge=0, le=400, label=("培训工时上限", "most trainers' hours in a community"))
    facilitation: float = Param(
        0.1, unit="skill, 0 to 1", ge=0, le=0.5, label=("专家引导", "facilitation that comes with training"))
    honour: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("荣誉激励", "honour"))
    reward: float = Param(
        0.0, unit="units of reward", ge=0, le=3, label=("物质兑换", "material exchange"),
        note="above 0 it crowds out motive")
    incentive_weeks: int = Param(
        4, unit="weeks with takers", ge=1, le=52, label=("激励周数", "weeks of incentives"))
    growth: float = Param(
        0.25, unit="share more a turn", ge=0, le=2,
        label=("每圈门槛提高", "what each turn adds to what is needed"))
    growth_turns: int = Param(
        4, unit="turns", ge=0, le=20, label=("门槛提高圈数", "turns after which it no longer rises"))
    attention: float = Param(
        1.0, unit="h a unit of work per 1,000 residents", ge=0, le=20,
        label=("党委注意力", "the core's attention"))
    money: float = Param(
        90.0, unit="yuan a unit of work per 1,000 residents", ge=0, le=5000, label=("种子基金", "seed money"))
    committee_hours: float = Param(
        1.0, unit="h a unit of work per 1,000 residents", ge=0, le=20,
        label=("居委会工时", "hours of the committee"))
    work_backbones: int = Param(
        2, unit="units a week", ge=1, le=20, label=("骨干工作量", "work of backbones"))
    work_projects: int = Param(4, unit="units a week", ge=1, le=20, label=("项目工作量", "work of projects"))
    work_covenant: int = Param(
        3, unit="units a week", ge=1, le=20, label=("公约工作量", "work of the covenant"))
    work_resources: int = Param(
        2, unit="units a week", ge=1, le=20, label=("资源工作量", "work of resources"))
    work_teams: int = Param(4, unit="units a week", ge=1, le=20, label=("团队工作量", "work of teams"))
    work_incentives: int = Param(
        3, unit="units a week", ge=1, le=20, label=("激励工作量", "work of incentives"))

    def request(self, view: ModelView) -> Request:
        """Units of work by the stage each community is at; the first week begins with backbones."""
        stage = view.memory(self.id, _COLUMNS)["stage"].astype(np.int64)
        work = np.array([getattr(self, f"work_{name}") for name in STAGES])
        scale = self.thousands(view)
        given = self.exchange_price * self.exchange * units_reached(self, view) / self.work_resources
        return Request(
            self.money * scale + given * (stage == _RESOURCES), self.attention * scale,
            {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale}, work[stage] * self.communities(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """See what last week brought, move on where the condition is met, carry out the stage."""
        kept = view.memory(self.id, _COLUMNS)
        strength = self.strength(view, level)
        on = strength > 0
        self._find(view, kept, on)
        self._gain(view, kept, on)
        self._move_on(view, kept, on)
        stage = kept["stage"].astype(np.int64)
        for number, name in enumerate(STAGES):
            here = on & (stage == number)
            if here.any() and name == self.broken:
                paper = self.committee_hours * getattr(self, f"work_{name}") * strength * self.residents(view)
                view.levers.add("paper_hours", paper * here, kind=Kind.RESIDENTS_COMMITTEE)
            elif here.any():
                self._carry_out(view, kept, number, here, strength)

    # What last week brought.

    def _find(self, view: ModelView, kept: dict[str, FloatArray], on: BoolArray) -> None:
        """Backbones step back when they move or lose the habit; new ones show themselves, or are named."""
        r = view.residents
        moved = moved_since(view, kept["since"])
        kept["backbone"][(kept["since"] > 0) & moved] = 0.0
        if self.choice == "discovered":
            kept["backbone"][r.habit < self.kept_habit * self.shown_habit] = 0.0
        seeks = on & (kept["stage"] == _BACKBONES)
        if self.broken != "backbones" and seeks.any():
            self._choose(view, kept, seeks)
        new = (kept["backbone"] > 0) & (kept["since"] == 0)
        kept["since"][new] = view.week + 1.0
        kept["since"][kept["backbone"] == 0] = 0.0

    def _choose(self, view: ModelView, kept: dict[str, FloatArray], seeks: BoolArray) -> None:
        """New backbones where they are sought: found in common action, or named."""
        r = view.residents
        here = (r.present > 0) & (r.age >= ADULT) & seeks[r.community] & self.buildings(view)[r.building]
        if self.choice == "appointed":
            wanted = self._needed(view, kept, self.backbones)
            members = here & (r.membership > 0)
            lots = np.where(members, view.draw(f"named/{self.id}", "resident", -1), 2.0)
            order = np.lexsort((lots, r.community))
            first = np.searchsorted(r.community[order], np.arange(view.places.communities))
            rank = np.empty(len(order), np.int64)
            rank[order] = np.arange(len(order)) - first[r.community[order]]
            named = members & (rank < np.ceil(wanted)[r.community])
            kept["backbone"][:] = np.where(seeks[r.community], named, kept["backbone"])
            return
        shown = here & (r.active > 0) & (r.habit >= self.shown_habit) & (r.stage >= Stage.MUTUAL_HELP)
        kept["backbone"][shown & (view.draw(f"shown/{self.id}") < self.finding)] = 1.0

    def _gain(self, view: ModelView, kept: dict[str, FloatArray], on: BoolArray) -> None:
        """Progress of the stage each community is at, out of last week's own offers."""
        rows, n = own_rows(view, self.id), view.places.communities
        stage = kept["stage"].astype(np.int64)
        fruitful = np.bincount(rows["community"], rows["fruitful"] > 0, n)
        taken_up = np.bincount(rows["community"], rows["attended"] > 0, n) > 0
        kept["weeks"][on] += 1.0
        counted = (stage == _PROJECTS) | (stage == _COVENANT)
        kept["progress"][:] += np.where(counted, fruitful, 0.0) + ((stage >= _TEAMS) & taken_up)

    def _met(self, view: ModelView, kept: dict[str, FloatArray], number: int) -> BoolArray:
        """Where the condition of one stage is met, (C,)."""
        r, n = view.residents, view.places.communities
        if self.broken == STAGES[number]:
            return np.zeros(n, bool)
        if number == _BACKBONES:
            have = np.bincount(r.community, kept["backbone"], n)
            needed = self._needed(view, kept, self.backbones)
            return np.asarray(have >= np.maximum(self.least_backbones, needed))
        if number == _TEAMS:
            ready = (r.present > 0) & (r.stage >= Stage.PUBLIC_AFFAIRS)
            have = np.bincount(r.community, ready, n)
            formed = view.state(Kind.VOLUNTEERS).formed > 0
            formed = formed | (have >= np.maximum(self.least_team, self._needed(view, kept, self.team)))
            return np.asarray(formed & (kept["progress"] >= self.team_shifts))
        if number == _RESOURCES:
            return np.asarray(kept["pledged"] >= self._needed(view, kept, self.pledges))
        least = {_PROJECTS: self.fruitful_projects, _COVENANT: self.agreements,
                 _INCENTIVES: self.incentive_weeks}[number]
        return np.asarray(kept["progress"] >= np.ceil(least * self._steeper(kept)))

    def _move_on(self, view: ModelView, kept: dict[str, FloatArray], on: BoolArray) -> None:
        """At most one stage a week; the end of the loop is the start of the next turn."""
        stage = kept["stage"].astype(np.int64)
        ready = np.zeros(len(stage), bool)
        for number in range(len(STAGES)):
            ready |= (stage == number) & self._met(view, kept, number)
        ready &= on & (kept["begun"] > 0)
        kept["begun"][on] = 1.0
        closes = ready & (stage == _INCENTIVES)
        kept["turn"][closes] += 1.0
        kept["stage"][ready] = (stage[ready] + 1) % len(STAGES)
        kept["progress"][ready] = 0.0
        kept["weeks"][ready] = 0.0

    def _steeper(self, kept: dict[str, FloatArray]) -> FloatArray:
        return 1.0 + self.growth * np.minimum(kept["turn"], self.growth_turns)

    def _needed(self, view: ModelView, kept: dict[str, FloatArray], per_thousand: float) -> FloatArray:
        """What a turn needs, (C,): more from turn to turn."""
        return per_thousand * self.residents(view) * self.reach(view) * self._steeper(kept)

    # What a stage does.

    def _carry_out(
        self, view: ModelView, kept: dict[str, FloatArray], number: int, here: BoolArray, strength: FloatArray
    ) -> None:
        size = strength * self.residents(view)
        if number == _RESOURCES:
            self._pledge(view, kept, here, strength)
            return
        if number == _TEAMS:
            wanted = np.minimum(self.training_hours * size, self.training_most) * here
            trained = take_hours(view, Kind.SOCIAL_ORGANIZATION, wanted)
            here = here & ((trained > 0) | (self.training_hours == 0))
            view.levers.add("training", trained, kind=Kind.CORE)
            view.levers.add("facilitation", self.facilitation * strength * here)
        if number >= _TEAMS and here.any():
            drawn = self.used * kept["pledged"] * here
            kept["pledged"][:] -= drawn
            view.levers.add("staff_hours", drawn, kind=Kind.VOLUNTEERS)
        self._call(view, kept, number, here, strength)

    def _pledge(
        self, view: ModelView, kept: dict[str, FloatArray], here: BoolArray, strength: FloatArray
    ) -> None:
        """Partners and the social organisation pledge hours they have left, and get something back."""
        for kind in (Kind.PARTNER_UNIT, Kind.SOCIAL_ORGANIZATION):
            share = self.pledge * strength * here
            kept["pledged"][:] += take_hours(view, kind, share * spare_hours(view, kind))
        view.levers.add("exchange", self.exchange * strength * here)

    def _call(
        self, view: ModelView, kept: dict[str, FloatArray], number: int, here: BoolArray, strength: FloatArray
    ) -> None:
        """Call people to what the stage is about; backbones spread the word."""
        r, n = view.residents, view.places.communities
        heard = 1.0 if self.choice == "discovered" else self.standing
        many = np.bincount(r.community, kept["backbone"], n) / np.maximum(self.residents(view), 1e-9)
        notice = np.minimum(1.0, (self.notice + self.word * heard * many) * np.minimum(1.0, strength))[here]
        appointed = self.appointed_voice + (1.0 - self.appointed_voice) * self.standing
        voice = self.voice * (1.0 if self.choice == "discovered" else appointed)
        for rung in range(len(_RUNGS)):
            at = here & (np.minimum(kept["turn"], len(_RUNGS) - 1.0) == rung)
            offer(view, self.id, "community", at, Kind.CORE, _FORMS[number], _RUNGS[rung], self.hours,
                  notice[at[here]], _NUMBERS * number + rung, relevance=self.relevance, ease=self.ease,
                  voice=voice, **self._terms(number))

    def _terms(self, number: int) -> dict[str, Any]:
        """What sets a stage's offers apart."""
        if number == _BACKBONES:
            return self.action.terms()
        if number == _PROJECTS:
            return self.projects.terms()
        if number == _COVENANT:
            return {**self.dialogue.terms(), "norm": self.rules}
        work = {**self.service.terms(), "work": int(Kind.VOLUNTEERS)}
        return work if number == _TEAMS else {**work, "honour": self.honour, "reward": self.reward}
