"""业委会党组织与规范化: a party group in the owners' committee, rules for its work, help with its votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import OWNERS_ONLY, Activity, Kind, Regime, Stage, Tenure

if TYPE_CHECKING:
    from sim.view import ModelView



class OwnersCommitteeParty(CommunityPolicy):
    """业委会党组织: guides the committee and helps owners vote; needs an owners' committee."""

    kind: Literal["owners_committee_party"] = "owners_committee_party"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="业委会党组织与规范化", en="party group in the owners' committee"),
        mechanism=Label(
            zh="业委会中建党组织，议事、财务、公开有章可循：较难被利益方俘获；培训委员；"
            "表决周由党员逐户告知业主，平时开业主恳谈会；党组织一并监督物业。"
            "把关过严、人选和议题由上面定时，业主表决中的发言权减少。",
            en="A party group gives the committee rules for debate, money and publicity, so that interests "
            "capture it less easily; its members are trained; in the week of a vote members tell owners from "
            "door to door, and owners meet to talk between votes; the group watches the company. Where "
            "candidates and agenda are vetted tightly, owners have less say in their votes.",
        ),
        cost=Label(
            zh="党委注意力、业委会与居委会工时、培训经费、指导台账。没有业委会时照样付费。",
            en="The core's attention, hours of owners' and residents' committee, money for training, "
            "paperwork; paid even where there is no committee.",
        ),
        claim=Label(
            zh="加强对业委会的指导把关，形成居委会、业委会、物业三位一体协调运行（来源未给出数字）。",
            en="Guides and checks the owners' committee, so that it, the residents' committee and the "
            "company work as one (no figure given).",
        ),
        source="S3 part 3(2) (业主委员会中建立党组织, 指导把关); S1 path 1 (推荐党员进入业委会)",
        harm=Label(
            zh="把关过严即成操控：业主发言权减少、自主感下降；占用党委注意力和居委会台账工时；没有业委会则白费。",
            en="Tight vetting is domination: owners have less say and feel less free; it takes the core's "
            "attention and the residents' committee's hours; wasted where there is no committee.",
        ),
    )

    attention: float = Param(2.0, unit="h a week per 1,000 residents", ge=0, le=40,
                             label=("党委注意力", "the core's attention"))
    committee_hours: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=40,
                                   label=("居委会指导工时", "hours of the residents' committee"))
    owners_hours: float = Param(1.0, unit="h a week", ge=0, le=20,
                                label=("业委会学习与公开工时", "hours of the owners' committee"))
    money: float = Param(80.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("培训与公开经费", "money for training and publicity"))
    paper_hours: float = Param(0.5, unit="h a week per 1,000 residents", ge=0, le=20,
                               label=("指导台账", "hours of paperwork"))
    guidance: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("指导与规范", "guidance and rules"))
    training: float = Param(1.0, unit="h a week", ge=0, le=20, label=("委员培训", "training of its members"))
    oversight: float = Param(1.0, unit="h a week per 1,000 residents", ge=0, le=20,
                             label=("监督物业", "hours overseeing the company"))
    door_notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1,
                               label=("表决周入户告知", "told at the door in the week of a vote"))
    talk_weeks: int = Param(12, unit="weeks between owners' talks", ge=1, le=104,
                            label=("业主恳谈会间隔", "weeks between owners' talks"))
    talk_hours: float = Param(1.5, unit="h", ge=0.25, le=6, label=("恳谈会时长", "hours of an owners' talk"))
    talk_notice: float = Param(0.4, unit="probability of hearing", ge=0, le=1,
                               label=("恳谈会告知", "notice of an owners' talk"))
    voice: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("恳谈会发言权", "say in an owners' talk"))
    talk_relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1,
                                  label=("恳谈会切合需求", "closeness of a talk to needs"))
    mixing: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    talk_forum: float = Param(0.2, unit="share of silent cases raised", ge=0, le=1,
                              label=("恳谈会提出沉默问题", "silent cases raised in a talk"))
    vetting: float = Param(0.1, unit="0 guided, 1 decided for them", ge=0, le=1,
                           label=("把关力度", "vetting of candidates and agenda"))
    vetting_guards: float = Param(0.3, unit="per unit of vetting", ge=0, le=1,
                                  label=("把关防俘获", "vetting against capture"))

    def request(self, view: ModelView) -> Request:
        """Attention, hours of both committees and money every week."""
        scale = self.thousands(view)
        staff: dict[Kind, float | FloatArray] = {
            Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale,
            Kind.OWNERS_COMMITTEE: self.owners_hours * self.intensity}
        return self.ask(view, self.money * scale, self.attention * scale, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Guide, train and watch; tell owners of their vote; hold owners' talks."""
        levers, size = view.levers, self.residents(view)
        there = self.strength(view, level) * view.state(Kind.OWNERS_COMMITTEE).present
        if not there.any():
            return
        levers.add("paper_hours", self.paper_hours * there * size, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("training", self.training * there, kind=Kind.OWNERS_COMMITTEE)
        levers.add("owners_guidance", (self.guidance + self.vetting_guards * self.vetting) * there)
        levers.add("owners_domination", self.vetting * there)
        company = view.state(Kind.PROPERTY).present
        levers.add("property_oversight", self.oversight * there * company * size)
        self._help_votes(view, level * (there > 0))
        self._talk(view, there)

    def _help_votes(self, view: ModelView, level: FloatArray) -> None:
        """Owners hear of a vote at the door; the committee calls it in a week that everyone can look up."""
        weeks = max(1, round(view.actors.owners_committee.vote.weeks))
        voting = view.turn("owners' vote", "community", weeks)
        r = view.residents
        owner = (r.tenure == Tenure.OWNER) & (r.present > 0) & self.buildings(view)[r.building]
        if (voting & (level > 0)).any():
            view.levers.add("notice", self.door_notice * (level * voting)[r.community] * owner)

    def _talk(self, view: ModelView, there: FloatArray) -> None:
        due = (there > 0) & view.turn(f"talk/{self.id}", "community", self.talk_weeks)
        if due.any():
            view.opportunities.offer(
                view.week, Kind.OWNERS_COMMITTEE, Activity.MEETING, Stage.PUBLIC_AFFAIRS,
                view.scope("community").where(due), hours=self.talk_hours,
                notice=self.talk_notice * np.minimum(1.0, there[due]), open_to=OWNERS_ONLY,
                policy_id=self.id, policy=view.policy_index(self.id), relevance=self.talk_relevance,
                voice=self.voice * (1.0 - self.vetting), mixing=self.mixing, contacts=self.contacts,
                forum=self.talk_forum)
