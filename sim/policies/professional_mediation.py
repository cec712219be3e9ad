"""人民调解专业化: lawyer, mediators, cadres, grid workers and law-literate residents in one team."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, hours_left, led
from sim.population.parameters import ADULT
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class ProfessionalMediation(CommunityPolicy):
    """社区法律顾问+人民调解员+社区干部+网格员+法律明白人: more hours and skill, and more procedure."""

    kind: Literal["professional_mediation"] = "professional_mediation"
    card: ClassVar[Card] = Card(
        name=Label(zh="人民调解专业化（法律顾问+调解员+干部+网格员+法律明白人）",
                   en="professional mediation by a mixed team"),
        mechanism=Label(
            zh="法律顾问按约坐班，社区干部、网格员和“法律明白人”居民出工时支援调解队伍；调解员定期受训，"
            "法律顾问在场提高办理能力。程序化带来告知、等候、卷宗，当事人自己说话的余地变小。"
            "普法宣传另有政策。",
            en="A contracted lawyer keeps hours, and cadres, grid workers and law-literate residents lend "
            "theirs to the mediation team; mediators are trained, and the lawyer's presence raises skill at "
            "the desk. Procedure brings notices, waits and files and leaves the parties less room to speak "
            "for themselves. Law publicity is a policy of its own.",
        ),
        cost=Label(
            zh="法律顾问服务费、牵头者与居委会、网格员工时、调解员受训工时、居民空闲时间、卷宗工时。",
            en="The lawyer's fee, hours of whoever leads, of residents' committee and grid workers, "
            "mediators' hours in training, residents' free hours, hours on files.",
        ),
        claim=Label(
            zh="公共法律服务延伸到社区，由法律顾问、调解员、干部、网格员、"
            "法律明白人共同服务居民（来源未给出数字）。",
            en="Public legal services reach the community, and lawyer, mediator, cadre, grid worker and "
            "law-literate resident serve together (no figure given).",
        ),
        source="S0 2.3 (社区法律顾问+人民调解员+社区干部+网格员+法律明白人)",
        harm=Label(
            zh="没有调解队伍的社区白白付费；程序过重而案件不复杂时，久等和卷宗抵消能力所得，协商变成走程序；"
            "居委会、网格员工时被抽走，普通诉求等得更久。",
            en="Wasted where there is no mediation team; where procedure is heavy and cases are simple, "
            "waits and files eat up what skill gains, and talking things over turns into going through "
            "steps; residents' other demands wait for the hours lent.",
        ),
    )

    lawyer_hours: float = Param(
        3.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("法律顾问工时", "lawyer's hours"))
    lawyer_fee: float = Param(100.0, unit="yuan an hour", ge=0, le=2000, label=("法律顾问费", "lawyer's fee"))
    cadre_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("社区干部支援工时", "hours lent by community cadres"))
    grid_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("网格员支援工时", "hours lent by grid workers"))
    literate: float = Param(
        0.005, unit="share of adults", ge=0, le=0.2,
        label=("法律明白人比例", "law-literate residents who serve"))
    literate_hours: float = Param(
        0.5, unit="h a week each", ge=0, le=10, label=("法律明白人工时", "their hours"),
        note="never more than their free hours")
    training_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=20,
        label=("调解员受训工时", "mediators' hours in training"))
    expertise: float = Param(
        0.10, unit="0 to 1", ge=0, le=0.5,
        label=("法律顾问提高的办理能力", "skill the lawyer adds at the desk"))
    formality: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("程序化程度", "formality"))
    mediated: float = Param(
        0.2, unit="share of joint cases", ge=0, le=1,
        label=("进入调解程序的案件", "cases under procedure"),
        note="delay and lost say count for this share of all meetings; two of twelve kinds of dispute call "
        "for mediators")
    procedure_delay: float = Param(
        6.0, unit="working h at full formality", ge=0, le=80, label=("程序等候", "wait that procedure adds"))
    lost_say: float = Param(
        0.20, unit="0 to 1 at full formality", ge=0, le=0.7,
        label=("当事人话语余地减少", "parties' room to speak lost"))
    file_hours: float = Param(
        1.5, unit="h a week per 1,000 residents at full formality", ge=0, le=20,
        label=("卷宗工时", "hours on files"))
    attention: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("牵头工时", "hours of whoever leads"))
    money: float = Param(
        50.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("培训经费", "money for training"))

    def request(self, view: ModelView) -> Request:
        """Fees, and the hours lent to mediation and spent in training."""
        scale = self.thousands(view)
        attention, staff = led(view, self.attention * scale, {
            Kind.RESIDENTS_COMMITTEE: self.cadre_hours * scale, Kind.GRID_WORKER: self.grid_hours * scale,
            Kind.MEDIATION: self.training_hours * scale})
        money = self.money + self.lawyer_fee * self.lawyer_hours
        return self.ask(view, money * scale, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Staff and train the team, and bring its procedure with it."""
        strength = self.strength(view, level) * view.state(Kind.MEDIATION).present
        if not strength.any():
            return
        levers, size = view.levers, self.residents(view)
        lent = (self.lawyer_hours + self.cadre_hours + self.grid_hours) * strength * size
        levers.add("staff_hours", lent + self._literate(view, level), kind=Kind.MEDIATION)
        levers.add("training", self.training_hours * strength * size, kind=Kind.MEDIATION)
        levers.add("desk_skill", self.expertise * strength, kind=Kind.MEDIATION)
        procedure = self.formality * self.mediated * strength
        levers.add("attendance_delay", self.procedure_delay * procedure)
        levers.add("facilitation", -self.lost_say * procedure)
        levers.add("paper_hours", self.file_hours * self.formality * strength * size,
                   kind=Kind.RESIDENTS_COMMITTEE)

    def _literate(self, view: ModelView, level: FloatArray) -> FloatArray:
        """Hours of 法律明白人, (C,), taken from their own free hours."""
        r = view.residents
        rate = np.where(view.state(Kind.MEDIATION).present > 0, self.literate * level, 0.0)
        able = (r.age >= ADULT) & (r.present > 0) & self.buildings(view)[r.building]
        who = np.flatnonzero(able)
        home = r.community[who]
        serves = view.draw(f"literate/{self.id}", "resident", -1, who) < rate[home]
        who, home = who[serves], home[serves]
        given = np.minimum(self.literate_hours, hours_left(view, who))
        view.levers.add("free_hours", -given, where=who)
        return np.bincount(home, given, view.places.communities).astype(float)
