"""考核改革: what cadres are judged by moves from files to what residents say was solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class AppraisalReform(CommunityPolicy):
    """以群众满意度、问题解决率考核: only as good as the survey behind it."""

    kind: Literal["appraisal_reform"] = "appraisal_reform"
    card: ClassVar[Card] = Card(
        name=Label(zh="考核改革（以满意度和解决率代替材料厚度）",
                   en="appraisal by residents' judgement instead of files"),
        mechanism=Label(
            zh="委托独立调查，考核中台账的分量随干部逐渐相信新规则而下降，纸面办结减少，工时回到办件。"
            "调查经费不足时只能自填自评，测评表成了又一种台账，台账分量反而上升。",
            en="An independent survey takes the place of files: as cadres come to believe the new rule, "
            "records weigh less, fewer cases are closed on paper and hours return to handling. With too "
            "little money the survey is filled in by those it judges: one more form, and records weigh more.",
        ),
        cost=Label(
            zh="调查经费、居委会陪同工时；经费不足时另加填表工时。",
            en="Money for the survey, the committee's hours of attending to it; more hours of forms where "
            "money is short.",
        ),
        claim=Label(
            zh="以群众满意度、问题解决率等实际指标评价，而非单看活动数量和材料厚度，"
            "可防形式主义（来源未给出数字）。",
            en="Judging by satisfaction and problems solved, rather than by events held and thickness of "
            "files, prevents formalism (no figure given).",
        ),
        source="S1 challenge 1 (科学的评估机制)",
        harm=Label(
            zh="调查经费低于所需时，考核变成填表：台账更多，纸面办结更多，真解决更少；"
            "调查占用别的政策的经费。",
            en="Below the money a survey needs, appraisal turns into ticking boxes: more files, more cases "
            "closed on paper, fewer solved; and the survey takes money from other policies.",
        ),
    )

    record_shift: float = Param(
        0.20, unit="weight, 0 to 1", ge=0, le=1, label=("台账分量下降", "weight taken off records"))
    lag_weeks: float = Param(
        26.0, unit="weeks, mean", ge=1, le=208, label=("干部信服时滞", "time until cadres believe it"))
    survey_money: float = Param(
        150.0, unit="yuan a week per 1,000 residents", ge=0, le=10000,
        label=("调查经费", "money for the survey"))
    survey_needed: float = Param(
        150.0, unit="yuan a week per 1,000 residents", ge=1, le=10000,
        label=("独立调查所需经费", "money an independent survey needs"))
    tick_weight: float = Param(
        0.15, unit="weight, 0 to 1, with no survey at all", ge=0, le=1,
        label=("自填自评加重台账", "weight that ticking boxes adds to records"))
    tick_hours: float = Param(
        4.0, unit="h a week per 1,000 residents with no survey at all", ge=0, le=60,
        label=("测评填表工时", "hours of ticking boxes"))
    attend_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("陪同调查工时", "the committee's hours for the survey"))

    @property
    def validity(self) -> float:
        """How far the survey is paid for, 0 to 1."""
        return min(1.0, self.survey_money / self.survey_needed)

    def request(self, view: ModelView) -> Request:
        """The survey and the hours to attend to it."""
        scale = self.thousands(view)
        return self.ask(view, self.survey_money * scale, 0.0,
                        {Kind.RESIDENTS_COMMITTEE: self.attend_hours * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Shift the weight of records as far as cadres believe it, and fill in what is not surveyed."""
        memory = view.memory(self.id, {"believed": "community"})
        strength = self.strength(view, level)
        memory["believed"] += (strength - memory["believed"]) / self.lag_weeks
        ticked = 1.0 - self.validity
        shift = self.tick_weight * ticked - self.record_shift * self.validity
        view.levers.add("record_weight", shift * memory["believed"])
        view.levers.add("paper_hours", self.tick_hours * ticked * strength * self.residents(view),
                        kind=Kind.RESIDENTS_COMMITTEE)
