"""楼门议事会 with 四议两公开: regular deliberation in every building, with its results made public."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy, hosts
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class BuildingCouncil(PlacePolicy):
    """楼门议事会／四议两公开: what bothers the building is talked over by those who live there."""

    kind: Literal["building_council"] = "building_council"
    card: ClassVar[Card] = Card(
        name=Label(zh="楼门议事会／四议两公开", en="building council with public resolutions"),
        mechanism=Label(
            zh="各楼定期议事：发言权高、会上把没人反映的问题提出来，并可商定行为规范；"
            "“四议两公开”使议题和结果公开，内容更实、知晓更广；议事主持能力也用于同周的协调会。",
            en="Each building deliberates regularly: people have a say, unspoken troubles come into the "
            "open, rules of conduct may be agreed. Publishing agenda and result makes meetings more real "
            "and better known; the facilitators' skill also serves that week's coordination meetings.",
        ),
        cost=Label(
            zh="每楼每次的居委会（自治下为业委会或志愿者）工时，公开另加工时；居民时间。",
            en="Hours of the residents' committee (owners' committee or volunteers under self-government) "
            "at each meeting, more for publishing; residents' time.",
        ),
        claim=Label(
            zh="决策科学、过程透明、结果公正；某楼门通过议事会解决了长期的楼道堆物。",
            en="Sound decisions, open procedure, fair results; one doorway settled its long-standing "
            "clutter.",
        ),
        source="S1 part 1 (制度保障) and path 3, Chaoyang case (楼门议事会)",
        harm=Label(
            zh="占用一线工时，任务重时居民等待更久；参加者议事能力低、引导不足时会而不决，效能感下降。",
            en="It takes line hours, so that under heavy tasks residents wait longer; without skill or "
            "facilitation meetings settle nothing and efficacy sinks.",
        ),
    )

    weeks: int = Param(
        4,
        unit="weeks between meetings of a building",
        ge=1,
        le=104,
        label=("议事间隔", "weeks between meetings"),
    )
    staff_hours: float = Param(2.5, unit="h a meeting", ge=0, le=40, label=("主持工时", "hours of the host"))
    money: float = Param(30.0, unit="yuan a meeting", ge=0, le=5000, label=("经费", "money"))
    disclosure: float = Param(
        1.0,
        unit="share carried out",
        ge=0,
        le=1,
        label=("四议两公开执行程度", "public resolutions carried out"),
    )
    disclosure_hours: float = Param(
        0.5, unit="h a meeting at full disclosure", ge=0, le=10, label=("公开工时", "hours of publishing")
    )
    substance: float = Param(
        0.6,
        unit="share of real content",
        ge=0,
        le=1,
        label=("未公开时的实质内容", "substance without disclosure"),
    )
    disclosure_substance: float = Param(
        0.3,
        unit="share of real content",
        ge=0,
        le=1,
        label=("公开增加的实质内容", "substance added by disclosure"),
    )
    mixing: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    notice: float = Param(0.4, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    disclosure_notice: float = Param(
        0.2, unit="probability of hearing", ge=0, le=1, label=("公开增加的告知", "notice added by disclosure")
    )
    hours: float = Param(1.5, unit="h", ge=0.25, le=6, label=("议事时长", "hours of a meeting"))
    relevance: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    forum: float = Param(
        0.5, unit="share of silent cases raised", ge=0, le=1, label=("提出沉默问题", "silent cases raised")
    )
    rules: float = Param(
        0.2, unit="0 to 1", ge=0, le=1, label=("商定规范", "strength of rules it can agree on")
    )
    facilitation: float = Param(
        0.1,
        unit="skill, 0 to 1",
        ge=0,
        le=0.5,
        label=("主持能力", "facilitation"),
        note="where as many buildings meet this week as do in a usual one, or more",
    )

    def turn(self, view: ModelView) -> BoolArray:
        """Buildings whose meeting falls in this week."""
        return view.turn(self.id, self.place, self.weeks)

    def request(self, view: ModelView) -> Request:
        """Hours of the host at each meeting."""
        hours = self.staff_hours + self.disclosure * self.disclosure_hours
        staff = {host: np.where(where, hours, 0.0) for host, where in self._hosts(view)}
        return Request(self.money, 0.0, staff, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Meetings, and facilitation in proportion to the buildings that meet."""
        held = self.served(view, level)
        if not held.any():
            return
        for host, where in self._hosts(view):
            self.offer(
                view,
                self.of_communities(view, held, where),
                host,
                Activity.MEETING,
                Stage.PUBLIC_AFFAIRS,
                self.hours,
                min(1.0, self.notice + self.disclosure * self.disclosure_notice),
                relevance=self.relevance,
                substance=min(1.0, self.substance + self.disclosure * self.disclosure_substance),
                voice=self.voice,
                forum=self.forum,
                norm=self.rules,
                mixing=self.mixing,
                contacts=self.contacts,
            )
        usual = self.rounds(view, np.ones_like(held)) / self.weeks
        share = np.minimum(1.0, self.rounds(view, held) / np.maximum(usual, 1e-9))
        view.levers.add("facilitation", self.facilitation * share)

    @staticmethod
    def _hosts(view: ModelView) -> list[tuple[Kind, BoolArray]]:
        return hosts(view, core=Kind.RESIDENTS_COMMITTEE)
