"""兜底责任: what nobody answers for, the core takes up itself; so too those in new forms of employment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Activity, Kind, Position, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class LastResort(CommunityPolicy):
    """兜底责任: no case without an owner, for the core's attention and others' leaning on it."""

    kind: Literal["last_resort"] = "last_resort"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    audiences: ClassVar[int] = 1
    card: ClassVar[Card] = Card(
        name=Label(zh="党组织兜底责任", en="the core as last resort"),
        mechanism=Label(
            zh="无人负责的案件（管理真空）由党委直接接办，不再推来推去；走访新就业群体，"
            "为其提供错峰、线上的参与机会，并建册登记。有人兜底，其他机构渐渐依赖：分内的事也说不清归谁。",
            en="Cases that nobody answers for are taken up by the core instead of being passed around. "
            "People in new forms of employment are visited, offered short turns online, and listed. With "
            "someone to catch what falls, others come to lean on it, and duties grow less clear.",
        ),
        cost=Label(
            zh="党委注意力（接办的案件另计）、居委会走访工时、经费、名册台账。",
            en="The core's attention, besides the cases it takes up; hours of the residents' committee for "
            "visits; money; paperwork for the list.",
        ),
        claim=Label(
            zh="压实社区党组织对非公经济组织、社会组织和新就业群体的兜底管理责任（来源未给出数字）。",
            en="Makes the community party organisation answer for private firms, social organisations and "
            "new employment groups (no figure given).",
        ),
        source="S3 part 3(1), 3(2) (兜底管理责任); S1 path 1 (管理真空)",
        harm=Label(
            zh="真空案件多而党委人少时，兜底的案件占满党委，真正需要协调的案件排队；"
            "其他机构依赖成习，推诿反而增多。",
            en="Where gaps are many and the core is small, what it catches fills its desk and cases that "
            "need convening queue; others get used to it and shirk more.",
        ),
    )

    share: float = Param(0.6, unit="share of cases nobody is in charge of", ge=0, le=1,
                         label=("兜底比例", "cases taken up"))
    attention: float = Param(1.5, unit="h a week per 1,000 residents", ge=0, le=40,
                             label=("党委注意力", "the core's attention"))
    committee_hours: float = Param(1.5, unit="h a week per 1,000 residents", ge=0, le=40,
                                   label=("走访工时", "hours of visits"))
    money: float = Param(50.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("经费", "money"))
    paper_hours: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=20,
                               label=("名册台账", "hours of paperwork"))
    visits: float = Param(0.05, unit="visits a week to each", ge=0, le=1,
                          label=("走访新就业群体", "visits to new employment groups"))
    weeks: int = Param(2, unit="weeks between offers", ge=1, le=52,
                       label=("错峰机会间隔", "weeks between their offers"))
    hours: float = Param(0.5, unit="h", ge=0.1, le=4, label=("错峰时长", "hours of their turn"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1,
                          label=("告知", "notice"))
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    ease: float = Param(0.5, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    leaning: float = Param(0.10, unit="0 to 1", ge=0, le=0.5,
                           label=("依赖使职责模糊", "clarity lost when others lean on it"))
    lean_pace: float = Param(0.03, unit="share of the way a week", ge=0, le=1,
                             label=("依赖形成速度", "pace at which others come to lean"))

    def request(self, view: ModelView) -> Request:
        """Attention, hours for visits and money every week."""
        scale = self.thousands(view)
        staff = {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale}
        return self.ask(view, self.money * scale, self.attention * scale, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Take up what nobody answers for; reach new employment groups; others lean on it by and by."""
        memory = view.memory(self.id, {"leaning": "community"})
        strength = self.strength(view, level)
        memory["leaning"] += self.lean_pace * (strength * self.share - memory["leaning"])
        levers, r = view.levers, view.residents
        levers.add("last_resort", self.share * strength)
        levers.add("clarity", -self.leaning * memory["leaning"])
        hours = self.paper_hours * strength * self.residents(view)
        levers.add("paper_hours", hours, kind=Kind.RESIDENTS_COMMITTEE)
        new = (r.position == Position.NEW_EMPLOYMENT) & (r.present > 0) & self.buildings(view)[r.building]
        levers.add("visits", self.visits * level[r.community] * new)
        on = (strength > 0) & (np.bincount(r.community, new, view.places.communities) > 0)
        if view.week % self.weeks == 0 and on.any():
            view.opportunities.offer(
                view.week, Kind.CORE, Activity.MICRO_WISH, Stage.SELF_HELP,
                view.scope("community").where(on), hours=self.hours,
                notice=self.notice * np.minimum(1.0, strength[on]), online=1,
                audience=view.opportunities.audience(new), policy_id=self.id,
                policy=view.policy_index(self.id), relevance=self.relevance, ease=self.ease, voice=self.voice)
