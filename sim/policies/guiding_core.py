"""包办者 → 引导者、观察者、增能者: the core lets go of cases, runs talks, and trains those who take over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class GuidingCore(CommunityPolicy):
    """新角色: three roles in place of doing it all; they take time to learn."""

    kind: Literal["guiding_core"] = "guiding_core"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    audiences: ClassVar[int] = 1
    card: ClassVar[Card] = Card(
        name=Label(zh="从“包办者”到引导者、观察者、增能者", en="the core as guide, observer and enabler"),
        mechanism=Label(
            zh="引导者：主持议事，让各方把话说开；观察者：把一部分多方案件交给业委会或志愿团队牵头，自己不插手；"
            "增能者：培训业委会委员，为已参加邻里互助的居民办骨干实训。角色转变是渐进的。",
            en="As guide it runs talks so that everyone has a say; as observer it hands some cases of many "
            "actors to owners' committee or volunteers and stays out; as enabler it trains the committee's "
            "members and holds practice sessions for residents who already help each other. The change is "
            "gradual.",
        ),
        cost=Label(
            zh="党委主持与培训的注意力、业委会学习工时、实训经费、骨干居民的时间。",
            en="The core's attention for running talks and training, hours of the owners' committee, money "
            "for practice, time of active residents.",
        ),
        claim=Label(
            zh="从“替民做主”向“让民做主”转变，激发居民的参与意识和能力（来源未给出数字）。",
            en="From deciding for people to letting them decide; awakens the will and skill to take part "
            "(no figure given).",
        ),
        source="S4 (新角色: 包办者→引导者、观察者、增能者; 新理念)",
        harm=Label(
            zh="没有能牵头的人时放手等于放弃：公信力和能力低的业委会、志愿者约束不了物业等外部单位，案件失败、反复；"
            "培训又占去党委办案的注意力。",
            en="Where nobody can lead, letting go is giving up: a committee or team of little legitimacy and "
            "skill cannot bind outsiders such as the company, and cases fail and return; training takes "
            "attention from the rest.",
        ),
    )

    observe: float = Param(0.4, unit="share of cases of many actors", ge=0, le=1,
                           label=("观察者：交出的案件", "observer: cases handed over"))
    guide: float = Param(0.12, unit="skill, 0 to 1", ge=0, le=0.5,
                         label=("引导者：主持能力", "guide: facilitation"))
    guide_attention: float = Param(1.5, unit="h a week per 1,000 residents", ge=0, le=40,
                                   label=("引导注意力", "attention for running talks"))
    enable: float = Param(1.5, unit="h a week", ge=0, le=20,
                          label=("增能者：委员培训", "enabler: training of the owners' committee"))
    enable_attention: float = Param(1.5, unit="h a week per 1,000 residents", ge=0, le=40,
                                    label=("增能注意力", "attention for training"))
    practice_weeks: int = Param(4, unit="weeks between sessions", ge=1, le=52,
                                label=("骨干实训间隔", "weeks between practice sessions"))
    practice_hours: float = Param(2.0, unit="h", ge=0.25, le=8,
                                  label=("实训时长", "hours of a practice session"))
    practice_notice: float = Param(0.6, unit="probability of hearing", ge=0, le=1,
                                   label=("实训告知", "notice of a practice session"))
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    mixing: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    voice: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    owners_hours: float = Param(1.0, unit="h a week", ge=0, le=20,
                                label=("业委会学习工时", "hours of the owners' committee"))
    money: float = Param(100.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("实训经费", "money for practice"))
    pace: float = Param(0.05, unit="share of the way a week", ge=0, le=1,
                        label=("角色转变速度", "pace at which roles change"))

    def request(self, view: ModelView) -> Request:
        """Attention for talks and training, hours of the owners' committee, money."""
        scale = self.thousands(view)
        attention = (self.guide_attention + self.enable_attention) * scale
        staff = {Kind.OWNERS_COMMITTEE: self.owners_hours * self.intensity * (self.enable > 0)}
        return self.ask(view, self.money * scale, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Move roles a step, then guide, hand over and train as far as they have come."""
        memory = view.memory(self.id, {"role": "community"})
        strength = self.strength(view, level)
        memory["role"] += self.pace * (strength - memory["role"])
        role = np.minimum(memory["role"], strength)
        view.levers.add("facilitation", self.guide * role)
        view.levers.add("delegation", self.observe * role)
        owners = view.state(Kind.OWNERS_COMMITTEE).present
        view.levers.add("training", self.enable * strength * owners, kind=Kind.OWNERS_COMMITTEE)
        self._practise(view, strength)

    def _practise(self, view: ModelView, strength: FloatArray) -> None:
        """Practice for residents who already help each other: found there, not appointed."""
        due = (strength > 0) & view.turn(f"practice/{self.id}", "community", self.practice_weeks)
        r = view.residents
        leads = (r.stage >= Stage.MUTUAL_HELP) & (r.present > 0) & due[r.community]
        due &= np.bincount(r.community[leads], minlength=len(due)) > 0
        if leads.any():
            view.opportunities.offer(
                view.week, Kind.CORE, Activity.PROJECT, Stage.PUBLIC_AFFAIRS,
                view.scope("community").where(due), hours=self.practice_hours,
                notice=self.practice_notice * np.minimum(1.0, strength[due]),
                audience=view.opportunities.audience(leads), policy_id=self.id,
                policy=view.policy_index(self.id), relevance=self.relevance, voice=self.voice,
                mixing=self.mixing, contacts=self.contacts)
