"""减负与准入: fewer tasks from above and fewer records, and where the work goes instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, led
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class BurdenReduction(CommunityPolicy):
    """社区减负／事项准入: tasks are turned away at the door; some are done by the street, some come back."""

    kind: Literal["burden_reduction"] = "burden_reduction"
    card: ClassVar[Card] = Card(
        name=Label(zh="社区减负与事项准入", en="burden reduction: a gate for tasks from above"),
        mechanism=Label(
            zh="设准入清单，一部分上级任务不再进社区，台账在考核中的分量下降，工时还给居民诉求。"
            "挡回的任务并不消失：一部分由街道自己的人去办，一部分以“帮个忙”的形式回来，不入账却照样占工时，"
            "其余确实取消。",
            en="A gate keeps part of the tasks from above out of the community and records weigh less in "
            "appraisal, which gives hours back to residents' demands. What is turned away does not vanish: "
            "part of it is done by the street's own staff, part comes back as favours, unrecorded and no "
            "less time-consuming; only the rest is really dropped.",
        ),
        cost=Label(
            zh="牵头者把关工时、街道承接工时、未入账的回流工时、清单审核经费。",
            en="Hours of whoever keeps the gate, the street's hours, unrecorded hours that come back, money "
            "for reviewing the list.",
        ),
        claim=Label(
            zh="减轻对社区组织的无谓干预；社区时间和能力有限，"
            "往往先顾考核事项而顾不上居民诉求（来源未给出数字）。",
            en="Pointless interference with community organisations should be eased; with little time, "
            "communities serve appraised tasks before residents' demands (no figure given).",
        ),
        source="S0 2.1 (减轻社区组织毫无意义的干预); S3 part 2(2) (政府的“腿”，先完成考核内事项); "
        "S1 path 2 (文山会海)",
        harm=Label(
            zh="回流多于取消时，账面减负而工时照旧；街道人手少，自己接办任务后上交案件等得更久，"
            "压力之下又向社区要更多台账。",
            en="Where more comes back than is dropped, the burden falls on paper only; a street with few "
            "staff that takes on tasks lets escalated cases wait, and under pressure asks for more records "
            "again.",
        ),
    )

    cut: float = Param(
        0.3, unit="share of tasks from above", ge=0, le=1, label=("挡回任务比例", "tasks turned away"))
    record_cut: float = Param(
        0.15, unit="weight, 0 to 1", ge=0, le=1, label=("台账考核分量下降", "weight taken off records"))
    task_hours: float = Param(
        24.0, unit="h a week per 1,000 residents", ge=0, le=400,
        label=("上级任务原有工时", "hours that tasks took before"),
        note="default: 4 tasks a week of 6 h, the world's own defaults; set it with them")
    to_street: float = Param(
        0.4, unit="share of what is turned away", ge=0, le=1, label=("街道自办", "done by the street itself"))
    comes_back: float = Param(
        0.3, unit="share of what is turned away", ge=0, le=1,
        label=("不入账回流", "comes back unrecorded"),
        note="with the street's share this may exceed 1: handing back and forth makes work")
    gate_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("准入把关工时", "hours of keeping the gate"))
    money: float = Param(
        20.0, unit="yuan a week per 1,000 residents", ge=0, le=5000,
        label=("清单审核经费", "money for reviewing the list"))

    def request(self, view: ModelView) -> Request:
        """The gate-keeper's hours, and the street's for what it does itself."""
        scale = self.thousands(view)
        attention, staff = led(view, self.gate_hours * scale, {
            Kind.STREET: self.cut * self.to_street * self.task_hours * scale})
        return self.ask(view, self.money * scale, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Turn tasks away, lighten records, take in what comes back."""
        strength = self.strength(view, level)
        view.levers.add("tasks_cut", self.cut * strength)
        view.levers.add("record_weight", -self.record_cut * strength)
        favours = self.cut * self.comes_back * self.task_hours * strength * self.residents(view)
        view.levers.add("staff_hours", -favours, kind=Kind.RESIDENTS_COMMITTEE)
