"""社区书记工作室: practices travel from showcase communities to others and lose fit on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

LEADERS, PROJECTS = "leaders", "projects"
"""楼栋长制 and 民生微实事."""

TRACE = 1e-3
"""Fit of a copy that has none: above 0, because 0 says that a practice is not known."""

_COLUMNS = {f"{practice}_{what}": "community" for practice in (LEADERS, PROJECTS) for what in ("use", "fit")}


class SecretaryStudio(CommunityPolicy):
    """书记工作室: spreads practices, not results; what suits one community suits another less."""

    kind: Literal["secretary_studio"] = "secretary_studio"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    district_wide: ClassVar[bool] = True
    card: ClassVar[Card] = Card(
        name=Label(zh="社区书记工作室", en="studio of community secretaries"),
        mechanism=Label(
            zh="示范社区先做出楼栋长制、民生微实事；工作室定期交流，其他社区书记学了带回去。"
            "各社区情况不同，照搬要打折扣，辗转相传再打折扣，研究和本地改造可以补回一些。"
            "学来的做法逐步成为常规：楼栋长联络邻居、传话；微实事由居民商定，不合本地需要的做了也没有实质内容。",
            en="Showcase communities work out building leaders and small works for daily life; at regular "
            "workshops other secretaries learn them and take them home. Conditions differ, so a copy fits "
            "less, and a copy of a copy less again; research and work on the spot win some of it back. What "
            "is learnt becomes routine by and by: leaders are contacts who pass on word; small works are "
            "settled by residents, and those that do not suit the place have little in them.",
        ),
        cost=Label(
            zh="各书记参加交流的注意力，示范点书记加倍接待；居委会落实与台账工时；经费。",
            en="Attention of every secretary at the workshops, several times as much of those who host; the "
            "residents' committee's hours for carrying it out and for records; money.",
        ),
        claim=Label(
            zh="推广“楼栋长制”“民生微实事”等模式，全市社区治理水平整体提升（来源未给出数字）。",
            en="Spread building leaders and small works for daily life; the whole city's level rose "
            "(no figure given).",
        ),
        source="S1 path 4, Shenzhen case (社区书记工作室)",
        harm=Label(
            zh="示范点书记的时间被参观接待占去，本社区办案变慢；各社区差异大又照搬时，工时和经费照花，"
            "做法走样：参加者见不到结果，效能感下降。",
            en="Visitors take the time of the secretaries who host, and their own cases wait; where "
            "communities differ and copy regardless, hours and money are spent on practices that do not "
            "fit: participants see nothing come of it and lose efficacy.",
        ),
    )

    practices: Literal["both", "leaders", "projects"] = "both"
    showcases: int = Param(1, unit="communities", ge=1, le=100,
                           label=("示范社区数", "showcase communities"),
                           note="picked by a draw that stays the same; no more than there are")
    weeks: int = Param(4, unit="weeks between workshops", ge=1, le=52,
                       label=("交流间隔", "weeks between workshops"))
    attention: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=30,
                             label=("书记交流注意力", "a secretary's attention"))
    hosting: int = Param(4, unit="times as much", ge=0, le=20,
                         label=("示范点接待（另加倍数）", "what hosts give beyond a guest's part"))
    committee_hours: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=30,
                                   label=("居委会落实工时", "hours of the residents' committee"))
    money: float = Param(80.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("经费", "money"))
    paper_hours: float = Param(0.5, unit="h a week per 1,000 residents a practice", ge=0, le=20,
                               label=("做法台账", "records of each practice"))
    uptake: float = Param(0.3, unit="probability a workshop", ge=0, le=1,
                          label=("学到并带回", "learnt and taken home"))
    misfit: float = Param(0.8, unit="share of fit between opposite conditions", ge=0, le=1,
                          label=("情况不同的折扣", "fit lost by different conditions"),
                          note="each community has a drawn place between 0 and 1 for each practice")
    loss: float = Param(0.1, unit="share of fit a copy", ge=0, le=1,
                        label=("辗转相传的折扣", "fit lost with every copy"))
    research: float = Param(0.4, unit="share of copies", ge=0, le=1,
                            label=("因地选样", "copies from whoever suits best"),
                            note="others copy the first showcase")
    adaptation: float = Param(0.01, unit="share of missing fit a week", ge=0, le=0.2,
                              label=("本地改造", "work on the spot"))
    pace: float = Param(0.08, unit="share of the way a week", ge=0, le=1,
                        label=("成为常规的速度", "pace at which a practice becomes routine"))
    leaders: float = Param(0.7, unit="leaders a building at full use and fit", ge=0, le=3,
                           label=("楼栋长", "building leaders"))
    leader_notice: float = Param(0.15, unit="probability of hearing at full use and fit", ge=0, le=1,
                                 label=("楼栋长告知", "notice by building leaders"))
    project_weeks: int = Param(4, unit="weeks between projects", ge=1, le=52,
                               label=("微实事间隔", "weeks between small works"))
    project_hours: float = Param(1.5, unit="h", ge=0.25, le=6,
                                 label=("微实事商定时长", "hours of settling small works"))
    project_notice: float = Param(0.3, unit="probability of hearing at full use", ge=0, le=1,
                                  label=("微实事告知", "notice of small works"))
    relevance: float = Param(0.8, unit="0 to 1 at full fit", ge=0, le=1,
                             label=("切合需求", "closeness to needs"))
    voice: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))

    def showcase(self, view: ModelView) -> BoolArray:
        """Showcase communities among those it reaches, (C,)."""
        return np.isin(np.arange(view.section.communities), self._hosts(view))[view.section.own]

    def request(self, view: ModelView) -> Request:
        """One share for each community, several for showcases."""
        scale = self.thousands(view)
        units = self.communities(view) * (1 + self.hosting * self.showcase(view))
        staff = {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale}
        return Request(self.money * scale, self.attention * scale, staff, units.astype(np.int64))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Practise what is known; learn more at workshops."""
        memory = view.memory(self.id, _COLUMNS)
        strength = self.strength(view, level)
        for practice in (LEADERS, PROJECTS):
            if self.practices in ("both", practice):
                if view.week % self.weeks == 0:
                    self._spread(view, memory, practice, level)
                memory[f"{practice}_fit"] += self._mended(memory[f"{practice}_fit"], strength)
                goal = strength * (memory[f"{practice}_fit"] > 0)
                memory[f"{practice}_use"] += self.pace * (goal - memory[f"{practice}_use"])
        # Routine without means this week rests: nobody calls leaders or small works.
        use = {p: np.minimum(memory[f"{p}_use"], strength) for p in (LEADERS, PROJECTS)}
        hours = self.paper_hours * (use[LEADERS] + use[PROJECTS]) * self.residents(view)
        view.levers.add("paper_hours", hours, kind=Kind.RESIDENTS_COMMITTEE)
        self._lead(view, use[LEADERS] * memory["leaders_fit"])
        self._small_works(view, use[PROJECTS], memory["projects_fit"])

    def _hosts(self, view: ModelView) -> npt.NDArray[np.int64]:
        """Showcases among all communities of the district, in the order of their draw."""
        def made() -> npt.NDArray[np.int64]:
            lots = view.everywhere(view.draw(f"showcase/{self.id}", "community", -1))
            reached = view.everywhere(self.communities(view).astype(float)) > 0
            order = np.argsort(lots, kind="stable")
            return order[reached[order]][: self.showcases]

        return view.lasting(("showcases", self.id), made)

    def _spread(
        self, view: ModelView, memory: dict[str, FloatArray], practice: str, level: FloatArray
    ) -> None:
        """Showcases begin on their own; others copy whoever suits best, or the first showcase."""
        own, mine = view.section.own, memory[f"{practice}_fit"].copy()
        known, levels, places = view.everywhere(
            np.stack([mine, level, view.draw(f"conditions/{practice}", "community", -1)]))
        hosts = self._hosts(view)
        hosts = hosts[levels[hosts] > 0]
        sources = np.flatnonzero(known > 0)
        hosting = np.isin(np.arange(view.section.communities), hosts)[own]
        memory[f"{practice}_fit"][hosting] = np.maximum(mine[hosting], 1.0)
        if not hosts.size or not sources.size:
            return
        place = places[own]
        apart = np.abs(place[:, None] - places[sources])
        copied = known[sources] * (1.0 - self.loss) * (1.0 - self.misfit * apart)
        best = copied.max(axis=1)
        star = (1.0 - self.loss) * (1.0 - self.misfit * np.abs(place - places[hosts[0]]))
        chooses = view.draw(f"source/{practice}/{self.id}", "community") < self.research
        chance = self.uptake * np.minimum(1.0, level) * min(1.0, float(levels[hosts].mean()))
        learns = view.draw(f"uptake/{practice}/{self.id}", "community") < chance
        learns &= (level > 0) & (mine == 0) & ~hosting
        # A copy without any fit is still a copy: it takes hours and brings nothing.
        memory[f"{practice}_fit"][learns] = np.maximum(np.where(chooses, best, star), TRACE)[learns]

    def _mended(self, fit: FloatArray, strength: FloatArray) -> FloatArray:
        """Fit won by work on the spot where the practice is known and means are there."""
        return self.adaptation * (1.0 - fit) * (fit > 0) * np.minimum(1.0, strength)

    def _lead(self, view: ModelView, leading: FloatArray) -> None:
        places, r = view.places, view.residents
        homes = self.buildings(view) & (places.building_units == 0)
        view.levers.add("building_leader", self.leaders * leading[places.building_community] * homes)
        view.levers.add("notice", self.leader_notice * leading[r.community] * homes[r.building])

    def _small_works(self, view: ModelView, use: FloatArray, fit: FloatArray) -> None:
        due = (use > 0) & view.turn(f"works/{self.id}", "community", self.project_weeks)
        if due.any():
            view.opportunities.offer(
                view.week, Kind.RESIDENTS_COMMITTEE, Activity.PROJECT, Stage.PUBLIC_AFFAIRS,
                view.scope("community").where(due), hours=self.project_hours,
                notice=self.project_notice * np.minimum(1.0, use[due]), substance=fit[due],
                relevance=self.relevance * fit[due], voice=self.voice, mixing=self.mixing,
                contacts=self.contacts, policy_id=self.id, policy=view.policy_index(self.id))
