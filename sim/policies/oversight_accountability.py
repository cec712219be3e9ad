"""监督问责: deadlines and named duties, and the defensive paper they breed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, led
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class OversightAccountability(CommunityPolicy):
    """限时办结、责任到人、督办问责: less shirking, more proof of not having shirked."""

    kind: Literal["oversight_accountability"] = "oversight_accountability"
    card: ClassVar[Card] = Card(
        name=Label(zh="监督问责（限时办结、责任到人）",
                   en="oversight and accountability: deadlines and named duties"),
        mechanism=Label(
            zh="责任清单写明谁该接、几时办，推诿减少、到会更快；督办由牵头者和街道出人。问责要凭据，"
            "台账在考核中的分量上升，一线忙于自保留痕；压力使人更易离职。",
            en="A list of duties says who must take what and by when: fewer cases bounce and people come to "
            "the table sooner; whoever leads and the street give inspectors. Accountability asks for "
            "evidence: records weigh more in appraisal, line staff write to protect themselves, and "
            "pressure drives some away.",
        ),
        cost=Label(
            zh="牵头者和街道督办工时、经费、居委会与网格员的自保台账、人员流失。",
            en="Inspectors' hours of whoever leads and of the street, money, defensive files of residents' "
            "committee and grid workers, people who leave.",
        ),
        claim=Label(
            zh="缺乏监督与问责机制使治理难以推进和改进；权责不清导致推诿和重叠（来源未给出数字）。",
            en="Without oversight and accountability work does not advance; unclear duties breed shirking "
            "and overlap (no figure given).",
        ),
        source="S2 challenges (社会协同不够、监督与问责机制); S1 path 2 (明确目标、责任人、时间表)",
        harm=Label(
            zh="推诿本来不多、人手又紧时，留痕所费多于所省，纸面办结增多；长期高压使熟手流失，能力下降。",
            en="Where few cases bounce and staff are short, defensive files cost more than shirking did and "
            "more is closed on paper; under lasting pressure the experienced leave and skill falls.",
        ),
    )

    clarity: float = Param(0.15, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    sooner: float = Param(
        3.0, unit="working h, mean an actor", ge=0, le=40, label=("限时到会提前", "attendance sooner by"))
    record_gain: float = Param(
        0.15, unit="weight, 0 to 1", ge=0, le=1,
        label=("凭据加重台账", "weight that evidence adds to records"))
    defensive_hours: float = Param(
        3.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("居委会自保留痕", "defensive files of the residents' committee"))
    grid_defensive: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("网格员自保留痕", "defensive files of grid workers"))
    pressure: float = Param(
        0.05, unit="share a year", ge=0, le=0.5, label=("压力致离职", "turnover under pressure"))
    lead_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("牵头督办工时", "inspecting hours of the lead"))
    street_hours: float = Param(
        0.5, unit="h a week per 1,000 residents", ge=0, le=20,
        label=("街道督办工时", "the street's inspecting hours"))
    money: float = Param(
        40.0, unit="yuan a week per 1,000 residents", ge=0, le=5000,
        label=("督办经费", "money for inspections"))

    def request(self, view: ModelView) -> Request:
        """Inspectors and some money."""
        scale = self.thousands(view)
        attention, staff = led(view, self.lead_hours * scale, {Kind.STREET: self.street_hours * scale})
        return self.ask(view, self.money * scale, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Clear duties and deadlines; evidence, defence and pressure."""
        strength, size, levers = self.strength(view, level), self.residents(view), view.levers
        levers.add("clarity", self.clarity * strength)
        levers.add("attendance_delay", -self.sooner * strength)
        levers.add("record_weight", self.record_gain * strength)
        levers.add("paper_hours", self.defensive_hours * strength * size, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("paper_hours", self.grid_defensive * strength * size, kind=Kind.GRID_WORKER)
        levers.add("turnover", self.pressure * strength)
