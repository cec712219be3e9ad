"""多元投入: venture grants, sponsors and the community's own earnings, and what they buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, led
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView

Source = Literal["mixed", "venture", "sponsorship", "self_funding"]
SOURCES = ("venture", "sponsorship", "self_funding")


class CommunityFunding(CommunityPolicy):
    """公益创投／企业赞助／自我造血 bring money later and with strings; 购买服务 spends it on hours."""

    kind: Literal["community_funding"] = "community_funding"
    card: ClassVar[Card] = Card(
        name=Label(zh="多元投入（公益创投、企业赞助、自我造血、购买服务）",
                   en="mixed funding: venture grants, sponsors, own earnings; purchased services"),
        mechanism=Label(
            zh="先投入工时和配套经费，钱后到：创投（种子基金）经申报到账，附带对出资方的汇报台账；"
            "赞助随驻区单位数目和满意度而定，索取多于回馈会消耗其满意度；自我造血先累积经营工时，"
            "成熟后才有收益，场地对外经营使居民走得更远。所得进入社区经费，供各政策使用；"
            "另以经费购买社会组织工时，其中一部分写成报告。众筹与空间换服务另有政策。",
            en="Hours and matching money go in first and money follows: venture grants (a seed fund) come "
            "after applications and bring reports to the funder; sponsors give by the number and "
            "contentment of partner units, which asking without giving back wears down; own earnings need "
            "hours of building up before they yield, and rooms let out lengthen residents' way. What comes "
            "in joins the community's fund, for any policy. Hours of the social organisation are bought, "
            "and part of them goes into reports. Crowdfunding and rooms for service are a policy of their "
            "own.",
        ),
        cost=Label(
            zh="配套与购买服务经费、牵头者和居委会的申报经营工时、给出资方的台账、驻区单位的善意。",
            en="Matching money and purchases, hours of whoever leads and of the residents' committee, "
            "reports to funders, partner units' goodwill.",
        ),
        claim=Label(
            zh="财政投入、社会筹资、自我造血并举可缓解资源不足；"
            "创投使红色团队“创”与政府“投”良性循环（来源未给出数字）。",
            en="Public money, social funds and own earnings together ease scarcity; venture funding sets up "
            "a cycle between teams that create and a government that invests (no figure given).",
        ),
        source="S1 challenge 2 (多元化投入机制); S4 (公益创投、种子基金); "
        "S0 2.3 (购买服务)",
        harm=Label(
            zh="钱未到而工时先走：人手紧的社区在见到收益前先误了办件；"
            "汇报台账使社会组织和居委会更顾出资方而非居民；驻区单位少或不满意时赞助落空，还更不愿出工。",
            en="Hours go before money comes: a short-staffed community neglects cases before it sees a "
            "yield; reports turn social organisation and committee towards the funder; where partners are "
            "few or sour, sponsorship comes to nothing and they lend less besides.",
        ),
    )

    source: Source = "mixed"
    """Where the effort goes; ``mixed`` divides it among the three."""
    lead_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("牵头工时", "hours of whoever leads"), note="applying, courting, running")
    committee_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("居委会申报经营工时", "hours of the residents' committee"))
    money: float = Param(
        60.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("配套经费", "matching money"))
    venture_money: float = Param(
        400.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("创投资助额", "venture grants at full effort"))
    venture_lag: float = Param(
        13.0, unit="weeks, mean", ge=1, le=104, label=("创投到账时滞", "time until grants come"))
    venture_reports: float = Param(
        4.0, unit="h a week per 1,000 residents at the full grant", ge=0, le=60,
        label=("对出资方台账", "reports to the funder"))
    sponsor_money: float = Param(
        100.0, unit="yuan a week a unit at full contentment", ge=0, le=5000,
        label=("单位赞助额", "a sponsor's gift"))
    sponsor_lag: float = Param(
        8.0, unit="weeks, mean", ge=1, le=104, label=("赞助到账时滞", "time until sponsors pay"))
    sponsor_asks: float = Param(
        0.10, unit="0 to 1", ge=0, le=1, label=("索取多于回馈", "asked of units beyond what is given back"))
    own_money: float = Param(
        350.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("成熟后自营收益", "own earnings once mature"))
    own_hours: float = Param(
        150.0, unit="h per 1,000 residents", ge=1, le=5000,
        label=("成熟所需经营工时", "hours of building up until mature"))
    rooms_let: float = Param(
        0.05, unit="h there and back once mature", ge=0, le=1,
        label=("场地出租使居民多走", "longer way where rooms are let"))
    purchase_hours: float = Param(
        4.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("购买社会组织工时", "hours bought of the social organisation"))
    hour_price: float = Param(
        50.0, unit="yuan an hour", ge=0, le=1000, label=("工时单价", "price of an hour"))
    purchase_reports: float = Param(
        0.3, unit="share of hours bought", ge=0, le=1,
        label=("项目报告占用", "bought hours spent on reports"))

    def request(self, view: ModelView) -> Request:
        """Matching money, purchases and the hours of raising money."""
        scale = self.thousands(view)
        attention, staff = led(
            view, self.lead_hours * scale, {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale})
        money = self.money + self.purchase_hours * self.hour_price
        return self.ask(view, money * scale, attention, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Move each source towards what it can yield, take in this week's money, spend bought hours."""
        stock = view.memory(self.id, dict.fromkeys(SOURCES, "community"))
        strength, size, levers = self.strength(view, level), self.residents(view), view.levers
        mixed = 1.0 / len(SOURCES) if self.source == "mixed" else 0.0
        effort = {name: 1.0 if self.source == name else mixed for name in SOURCES}
        for name, (goal, pace) in self._prospects(view).items():
            stock[name] += (goal * effort[name] * strength - stock[name]) * pace
        hours = effort["self_funding"] * (self.lead_hours + self.committee_hours) * strength
        stock["self_funding"] += hours / self.own_hours
        np.minimum(stock["self_funding"], 1.0, out=stock["self_funding"])
        own = self.own_money * size * stock["self_funding"] * strength * effort["self_funding"]
        levers.add("income", stock["venture"] + stock["sponsorship"] + own)
        granted = stock["venture"] / np.maximum(self.venture_money, 1e-9)
        levers.add("paper_hours", self.venture_reports * granted, kind=Kind.RESIDENTS_COMMITTEE)
        levers.add("exchange", -self.sponsor_asks * effort["sponsorship"] * strength)
        let = self.rooms_let * stock["self_funding"] * strength * effort["self_funding"]
        levers.add_to_each("distance", -let, view.residents.community)
        bought = self.purchase_hours * (1.0 - self.purchase_reports) * strength * size
        levers.add("staff_hours", bought, kind=Kind.SOCIAL_ORGANIZATION)

    def _prospects(self, view: ModelView) -> dict[str, tuple[FloatArray, float]]:
        """What each source of outside money would give at full effort, yuan a week (C,), and its pace."""
        size, units = self.residents(view), view.state(Kind.PARTNER_UNIT)
        return {
            "venture": (self.venture_money * size, 1.0 / self.venture_lag),
            "sponsorship": (self.sponsor_money * units.number * units.satisfaction, 1.0 / self.sponsor_lag),
        }
