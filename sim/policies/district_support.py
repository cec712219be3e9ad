"""区直帮扶: district departments lend staff and money to the communities with the heaviest load."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import THOUSAND
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView

_COLUMNS = {"chosen": "community", "weeks": "community", "leaning": "community"}


class DistrictSupport(CommunityPolicy):
    """区直帮扶: help for a term, from people who must first learn the place."""

    kind: Literal["district_support"] = "district_support"
    card: ClassVar[Card] = Card(
        name=Label(zh="区直帮扶", en="support by district departments"),
        mechanism=Label(
            zh="每一帮扶期，区直部门结对居委会负荷最重的社区：派人、给经费、出面撑腰；"
            "来人先要熟悉情况，工时逐周见效。难办的事交给来人，本社区人员少了历练，生疏部分在帮扶结束后慢慢恢复。",
            en="For a term, departments pair up with the communities whose residents' committees are loaded "
            "most: they lend staff, money and their weight. Lent staff must first learn the place. Hard "
            "cases are left to them, so that the community's own people lose practice, and regain it only "
            "slowly once the help ends.",
        ),
        cost=Label(
            zh="居委会对接工时（随派驻工时增加）、汇报台账（随帮扶经费增加）、配套经费；区直人员和资金来自社区之外，"
            "不计入社区成本，但对社会并非无偿。",
            en="The residents' committee's hours for reception (more, the more hours are lent) and reports "
            "(more, the more money comes), matching money; the departments' staff and money come from "
            "outside the community and are not counted as its cost, but are not free to society.",
        ),
        claim=Label(
            zh="推行区直为重点的基层帮扶运行机制（来源未给出数字）。",
            en="A mechanism of help to the grass roots, led by district departments (no figure given).",
        ),
        source="S0 2.3 (区直为重点的基层帮扶运行机制)",
        harm=Label(
            zh="帮扶期短时来人未熟即走，对接和汇报耗去的一线工时多于所得；帮扶期长则依赖成习，撤走后本社区办理能力低于从前。",
            en="In short terms people leave before they know the place, and reception and reports cost more "
            "line hours than they bring; in long ones the community leans on them, and when they leave its "
            "own desk is less able than before.",
        ),
    )

    district_wide: ClassVar[bool] = True

    share: float = Param(0.3, unit="share of communities", ge=0, le=1,
                         label=("帮扶面", "communities supported"), note="at least one")
    term: int = Param(26, unit="weeks", ge=1, le=260, label=("帮扶期", "weeks of a term"))
    lent_hours: float = Param(10.0, unit="h a week per 1,000 residents", ge=0, le=120,
                              label=("派驻工时", "hours of lent staff"),
                              note="from outside the community: not its cost, but not free to society")
    learning: float = Param(4.0, unit="weeks until half of the hours are of use", ge=0, le=52,
                            label=("熟悉情况", "learning the place"))
    income: float = Param(300.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                          label=("帮扶经费", "money lent"),
                          note="from outside the community: not its cost, but not free to society")
    authority: float = Param(0.05, unit="0 to 1", ge=0, le=0.4,
                             label=("部门撑腰", "weight of a department behind the core"))
    reception: float = Param(0.1, unit="h of own staff an hour of lent staff", ge=0, le=2,
                             label=("每派驻一小时的对接工时", "hours of reception an hour lent"))
    report_hours: float = Param(1.2, unit="h a week per 1,000 residents", ge=0, le=40,
                                label=("帮扶汇报台账", "hours of reports"))
    income_paper: float = Param(1.0, unit="h a 1,000 yuan", ge=0, le=40,
                                label=("经费使用台账", "records of how the money was used"))
    money: float = Param(40.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("配套经费", "matching money"))
    unlearning: float = Param(0.08, unit="skill, 0 to 1", ge=0, le=0.5,
                              label=("依赖使能力生疏", "skill lost by leaning on lent staff"))
    lean_pace: float = Param(0.02, unit="share of the way a week", ge=0, le=1,
                             label=("依赖形成与消退速度", "pace at which leaning comes and goes"))

    def request(self, view: ModelView) -> Request:
        """Reception hours and matching money where support goes."""
        scale = self.thousands(view)
        asked = self.ask(view, self.money * scale, 0.0,
                         {Kind.RESIDENTS_COMMITTEE: self.reception * self.lent_hours * scale})
        return Request(asked.money, 0.0, asked.staff, self._choose(view).astype(np.int64))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Lend hours, money and weight; ask for reports; own staff lose practice."""
        memory = view.memory(self.id, _COLUMNS)
        levers, strength, size = view.levers, self.strength(view, level), self.residents(view)
        memory["weeks"] += strength > 0
        known = memory["weeks"] / (memory["weeks"] + max(self.learning, 1e-9))
        levers.add("staff_hours", self.lent_hours * known * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("income", self.income * strength * size)
        levers.add("authority", self.authority * strength)
        paper = self.report_hours + self.income_paper * self.income / THOUSAND
        levers.add("paper_hours", paper * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
        memory["leaning"] += self.lean_pace * (np.minimum(1.0, strength) * known - memory["leaning"])
        levers.add("desk_skill", -self.unlearning * memory["leaning"], kind=Kind.RESIDENTS_COMMITTEE)

    def _choose(self, view: ModelView) -> FloatArray:
        """1 for each community supported this week; chosen anew by load in the district when a term ends."""
        memory = view.memory(self.id, _COLUMNS)
        supported = view.everywhere(memory["chosen"].max(keepdims=True)).any()
        if view.week % self.term == 0 or not supported:
            load = view.cases.desks["load"][view.cases.desk_of[Kind.RESIDENTS_COMMITTEE]]
            loads, lots, reached = view.everywhere(np.stack([
                load, view.draw(f"support/{self.id}", "community", -1), self.communities(view)]))
            order = np.lexsort((lots, -loads))
            order = order[reached[order] > 0]
            everywhere = np.zeros(view.section.communities)
            everywhere[order[: max(1, round(self.share * order.size))]] = 1.0
            new = everywhere[view.section.own]
            memory["weeks"] *= new * memory["chosen"]
            memory["chosen"][:] = new
        return memory["chosen"]
