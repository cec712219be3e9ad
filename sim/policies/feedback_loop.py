"""反馈闭环: those who took part are told what came of it, be it good or bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import HOUR
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import tally
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class FeedbackLoop(CommunityPolicy):
    """参与—反馈—再参与: information about outcomes; the outcomes themselves are what they are."""

    kind: Literal["feedback_loop"] = "feedback_loop"
    card: ClassVar[Card] = Card(
        name=Label(zh="反馈闭环（参与—反馈—再参与）",
                   en="closing the loop: take part, be told, take part again"),
        mechanism=Label(
            zh="居委会把结果告诉参加者和旁观的邻居，办成没办成都讲；参加的人越多，回复占用的工时越多。"
            "人们由此更准确地知道参与有没有用。",
            en="The residents' committee tells participants and witnesses what came of it, success and "
            "failure alike; the more take part, the more hours replies take. People learn more exactly "
            "whether taking part was of use.",
        ),
        cost=Label(
            zh="居委会回复工时（随参加人次增加）、公示经费、回执台账。",
            en="The committee's hours of replying, growing with attendance; money for notices; files of "
            "replies.",
        ),
        claim=Label(
            zh="及时反馈意见采纳情况，形成“参与—反馈—再参与”的良性循环（来源未给出数字）。",
            en="Telling people promptly what became of their opinions starts a virtuous circle (no figure "
            "given).",
        ),
        source="S1 challenge 4 (参与-反馈-再参与)",
        harm=Label(
            zh="办成的少时，反馈的多是失败，效能感比不反馈时更低，循环倒转；参加人多而人手少时，"
            "回复挤占办件。",
            en="Where little is settled, what is told is mostly failure: efficacy sinks below where silence "
            "would leave it and the circle turns the other way; with many participants and few staff, "
            "replies crowd out cases.",
        ),
    )

    told: float = Param(
        0.6, unit="share of outcomes", ge=0, le=1, label=("反馈比例", "outcomes told back"))
    reply_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("日常反馈工时", "hours of replying whatever happens"))
    reply_minutes: float = Param(
        3.0, unit="minutes a participant", ge=0, le=120,
        label=("每人次反馈", "time a participant's reply takes"))
    paper_hours: float = Param(
        0.5, unit="h a week per 1,000 residents", ge=0, le=20, label=("回执台账", "files of replies"))
    money: float = Param(
        20.0, unit="yuan a week per 1,000 residents", ge=0, le=5000, label=("公示经费", "money for notices"))

    def request(self, view: ModelView) -> Request:
        """Hours by last week's attendance."""
        scale = self.thousands(view)
        came = tally(view.last_opportunities, "attended", view.places.communities)
        replies = self.told * self.reply_minutes / HOUR * came * self.intensity
        return self.ask(view, self.money * scale, 0.0, {
            Kind.RESIDENTS_COMMITTEE: self.reply_hours * scale + replies})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Tell outcomes back, and file the replies."""
        strength = self.strength(view, level)
        view.levers.add("feedback", self.told * strength)
        view.levers.add("paper_hours", self.paper_hours * strength * self.residents(view),
                        kind=Kind.RESIDENTS_COMMITTEE)
