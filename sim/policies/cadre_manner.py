"""干部作风: listening and explaining, which takes hours and patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class CadreManner(CommunityPolicy):
    """作风建设: neutral, respectful, unhurried dealings; the hours come out of handling."""

    kind: Literal["cadre_manner"] = "cadre_manner"
    card: ClassVar[Card] = Card(
        name=Label(zh="干部作风（倾听与说明）", en="cadres' manner: listening and explaining"),
        mechanism=Label(
            zh="干部受训，并在每次接待、走访中多留时间倾听、说明理由，作风慢慢改变，"
            "当事人更觉得受到公平对待；多留的时间从办件工时里出。",
            en="Cadres are trained and take more time at each reception and visit to listen and give "
            "reasons; manner changes slowly and people feel dealt with more fairly. That time comes out of "
            "handling.",
        ),
        cost=Label(
            zh="党委注意力、居委会受训和倾听工时、培训经费；办件变慢。",
            en="The core's attention, the committee's hours of training and listening, money for training; "
            "slower handling.",
        ),
        claim=Label(
            zh="部分基层干部态度恶劣、行为粗暴、思路简单、方法刻板，妨碍协同（来源未给出数字）。",
            en="Rude, crude and rigid dealings of some cadres stand in the way of cooperation (no figure "
            "given).",
        ),
        source="S3 part 2(1) (态度恶劣、行为粗暴、思路简单、方法刻板)",
        harm=Label(
            zh="案多人少时，倾听占去的工时使排队更长，当事人因久等而不满；线上越忙，干部越急躁，"
            "所学也被抵消。",
            en="With many cases and few staff the hours of listening lengthen the queue: people resent the "
            "wait, and haste undoes the manner as well.",
        ),
    )

    manner: float = Param(
        0.20, unit="0 to 1", ge=0, le=0.5, label=("作风改善", "better manner once learnt"))
    lag_weeks: float = Param(
        26.0, unit="weeks, mean", ge=1, le=208, label=("养成时滞", "time until it is learnt"))
    training_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("居委会受训工时", "the committee's hours in training"))
    listening_hours: float = Param(
        4.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("居委会倾听工时", "the committee's hours of listening"))
    core_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("党委受训与倾听工时", "the core's hours of training and listening"))
    money: float = Param(
        30.0, unit="yuan a week per 1,000 residents", ge=0, le=5000, label=("培训经费", "money for training"))

    def request(self, view: ModelView) -> Request:
        """Hours of learning and listening."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.core_hours * scale, {
            Kind.RESIDENTS_COMMITTEE: (self.training_hours + self.listening_hours) * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Bring what has been learnt to bear."""
        memory = view.memory(self.id, {"learnt": "community"})
        strength = self.strength(view, level)
        memory["learnt"] += (strength - memory["learnt"]) / self.lag_weeks
        view.levers.add("manner", self.manner * memory["learnt"])
        view.levers.add("training", self.training_hours * strength * self.residents(view),
                        kind=Kind.RESIDENTS_COMMITTEE)
