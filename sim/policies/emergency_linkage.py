"""应急三级联动: plans and drills in quiet weeks; in a shock district and street staff come at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

CENTRES = 5
"""Application centres of the app (S0)."""

HALF_LIFE = 0.7
"""Share lost a week times the weeks until half is lost: the logarithm of 2, rounded."""


class EmergencyLinkage(CommunityPolicy):
    """三级联动: district, street and community work one plan; worth as much as it was practised."""

    kind: Literal["emergency_linkage"] = "emergency_linkage"
    card: ClassVar[Card] = Card(
        name=Label(zh="应急三级联动", en="emergency linkage of district, street and community"),
        mechanism=Label(
            zh="平时：每季演练、居民参加，五个应用中心互通并要录入；熟练度由演练积累，久不练则生疏。"
            "遇冲击周：按熟练度调来区、街人员充实居委会和网格，应用中心直接派单、职责分明，暂停部分上级任务。",
            en="In quiet weeks: a drill each quarter which residents may join, and five linked application "
            "centres that want entries; skill in the plan grows by drills and fades without. In weeks of "
            "shock: district and street staff join committee and grids as far as the plan is practised, the "
            "centres route cases, duties are clear and some tasks from above are put off.",
        ),
        cost=Label(
            zh="平时演练的居委会、网格员工时和经费，应用中心录入；冲击周的街道工时和经费，街道办案随之变慢。",
            en="In quiet weeks hours of committee and grid workers, money and entries; in a shock the "
            "street's hours, so that its own cases wait, and money.",
        ),
        claim=Label(
            zh="应急纳入“红管家”五个应用中心，区、街道、社区三级联动、全天候民呼我应（来源未给出成效数字）。",
            en="Emergencies are one of five application centres of the app; district, street and community "
            "respond at any hour (no figure of effect given).",
        ),
        source="S0 2.3 (健全治理和应急机制); S0 part 3 (韧性社区)",
        harm=Label(
            zh="没有冲击时，演练和录入白占一线工时和经费；多社区同时受冲击时，街道人手不够分，且上交案件积压。",
            en="Without a shock, drills and entries take line hours and money for nothing; when many "
            "communities are hit at once the street's staff do not go round, and escalated cases pile up.",
        ),
    )

    drill_weeks: int = Param(13, unit="weeks between drills", ge=1, le=104,
                             label=("演练间隔", "weeks between drills"))
    drill_hours: float = Param(12.0, unit="h a drill per 1,000 residents", ge=0, le=200,
                               label=("演练工时", "hours of the committee in a drill"),
                               note="spread over the weeks between drills")
    grid_drill: float = Param(0.5, unit="share of the committee's hours", ge=0, le=2,
                              label=("网格员演练工时", "grid workers' hours in a drill"))
    joining_hours: float = Param(1.0, unit="h", ge=0.1, le=8,
                                 label=("居民参演时长", "hours of a resident in a drill"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1,
                          label=("演练告知", "notice of a drill"))
    relevance: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.2, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    money: float = Param(60.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("预案与物资经费", "money for plan and stores"))
    learn: float = Param(0.5, unit="share of the way a drill", ge=0, le=1,
                         label=("每次演练所得", "skill in the plan gained by a drill"))
    fade: float = Param(26.0, unit="weeks until half is lost, about", ge=1, le=520,
                        label=("生疏半衰期", "half-life of skill in the plan"))
    first: float = Param(0.3, unit="0 to 1", ge=0, le=1,
                         label=("仅有纸面预案", "skill with a plan on paper only"))
    centres: int = Param(CENTRES, unit="application centres", ge=0, le=CENTRES,
                         label=("互通的应用中心", "linked application centres"), evidence="C",
                         source="S0 2.3: five application centres")
    entry_hours: float = Param(0.3, unit="h a week a centre per 1,000 residents", ge=0, le=10,
                               label=("每中心录入工时", "hours of entries for each centre"))
    dispatch: float = Param(0.12, unit="share of cases a centre", ge=0, le=0.2,
                            label=("每中心冲击周派单", "cases routed by each centre in a shock"))
    clarity: float = Param(0.2, unit="0 to 1", ge=0, le=0.5,
                           label=("冲击周职责清晰度", "clarity of duty in a shock"))
    put_off: float = Param(0.3, unit="share of tasks from above", ge=0, le=1,
                           label=("冲击周暂停任务", "tasks put off in a shock"))
    teams: int = Param(4, unit="teams", ge=1, le=20, label=("冲击周派出的队伍", "teams sent in a shock"),
                       note="means are granted team by team: who cannot be given all gets some")
    street_hours: float = Param(8.0, unit="h a week per 1,000 residents", ge=0, le=80,
                                label=("冲击周街道工时", "street staff in a shock"))
    district_hours: float = Param(16.0, unit="h a week per 1,000 residents", ge=0, le=200,
                                  label=("冲击周区直工时", "district staff in a shock"),
                                  note="from departments outside the model; the community pays their keep")
    stay_money: float = Param(15.0, unit="yuan an hour of district staff", ge=0, le=500,
                              label=("区直人员保障", "keep of district staff"))
    grid_share: float = Param(0.5, unit="share of those hours", ge=0, le=1,
                              label=("下到网格的部分", "share that goes to the grids"))

    def request(self, view: ModelView) -> Request:
        """In quiet weeks the drills; in a shock street staff, team by team, and the keep of the others."""
        scale = self.thousands(view)
        if not view.shocks:
            hours = self.drill_hours * scale / self.drill_weeks
            staff = {Kind.RESIDENTS_COMMITTEE: hours, Kind.GRID_WORKER: self.grid_drill * hours}
            return self.ask(view, self.money * scale, 0.0, staff)
        money = (self.money + self.stay_money * self.district_hours) * scale / self.teams
        return Request(money, 0.0, {Kind.STREET: self.street_hours * scale / self.teams},
                       self.teams * self.communities(view).astype(np.int64))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Practise, or come to help as far as it was practised."""
        memory = view.memory(self.id, {"skill": "community", "begun": "community"})
        strength = self.strength(view, level)
        new = (memory["begun"] == 0) & (strength > 0)
        memory["begun"][new] = 1.0
        memory["skill"][new] = self.first
        memory["skill"] *= 1.0 - HALF_LIFE / max(self.fade, 1.0)
        levers, size = view.levers, self.residents(view)
        entries = self.entry_hours * self.centres * strength * size
        levers.add("paper_hours", entries, kind=Kind.RESIDENTS_COMMITTEE)
        if not view.shocks:
            due = self._drill(view, strength)
            memory["skill"][due] += self.learn * (1.0 - memory["skill"][due])
            return
        ready = strength * memory["skill"]
        hours = (self.street_hours + self.district_hours) * ready * size
        levers.add("staff_hours", (1.0 - self.grid_share) * hours, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("staff_hours", self.grid_share * hours, kind=Kind.GRID_WORKER)
        levers.add("dispatch", self.dispatch * self.centres * ready)
        levers.add("clarity", self.clarity * ready)
        levers.add("tasks_cut", self.put_off * ready)

    def _drill(self, view: ModelView, strength: FloatArray) -> BoolArray:
        """Hold the drills that fall due and let residents join; which communities, (C,)."""
        due = (strength > 0) & view.turn(f"drill/{self.id}", "community", self.drill_weeks)
        if due.any():
            view.opportunities.offer(
                view.week, Kind.RESIDENTS_COMMITTEE, Activity.SHIFT, Stage.MUTUAL_HELP,
                view.scope("community").where(due), hours=self.joining_hours,
                notice=self.notice * np.minimum(1.0, strength[due]), policy_id=self.id,
                policy=view.policy_index(self.id), relevance=self.relevance, voice=self.voice,
                mixing=self.mixing, contacts=self.contacts)
        return due
