"""积分激励 and 公益兑换: rewards or honour on the programme's own shifts, out of a fund that can run out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import offer, own_rows, tally
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class PointsIncentive(CommunityPolicy):
    """积分激励: points are worth what the fund redeems; material ones crowd out motive, honour does not."""

    kind: Literal["points_incentive"] = "points_incentive"
    card: ClassVar[Card] = Card(
        name=Label(zh="积分激励／公益兑换", en="points for service"),
        mechanism=Label(
            zh="每周发布可积分的志愿服务，工时进入志愿团队。物质积分当场提高意愿，也逐次挤出内在动机，停发"
            "后仍留下；荣誉激励作用小而不挤出。兑换资金有限，发出的积分多于可兑换时积分贬值。兑换清单"
            "可与党员、居民协商，服务更合意愿。",
            en="Each week shifts earn points; their hours go to the volunteer team. Material points raise "
            "willingness at once and crowd out motive each time, which outlasts them; honour "
            "does less and crowds out nothing. The fund is limited: when more points are issued than it can "
            "redeem they lose value. The list can be agreed with those who serve and then suits them better.",
        ),
        cost=Label(
            zh="兑换资金（物质）或表彰经费（荣誉）、居委会记账工时和台账、协商清单的工时。",
            en="A fund to redeem points, or money for honours; the residents' committee's hours and records "
            "for accounts; hours to agree on the list.",
        ),
        claim=Label(
            zh="按党员意愿协商公益兑换清单，建立持续开展公益服务的激励机制；积分记录不可篡改、增强公信力（"
            "未给出数字）。",
            en="A list agreed with members keeps public service going; points that cannot be tampered with "
            "are credible (no figure given).",
        ),
        source="S4 红色激励机制 (公益兑换清单); S1 part 4 (积分、志愿服务记录); S0 2.1 (经济和政策激励)",
        harm=Label(
            zh="挤出强时（每单位奖励约0.1 logit以上，默认0.03不足），物质奖励撤销后，参与低于从未发放；"
            "挤出弱时，值班养成的习惯会盖过它（docs/validation.md，特征10）。资金少时积分兑不出、贬值；"
            "记账留痕占用一线；同一批人反复值班疲劳。",
            en="Where crowding-out is strong (about 0.1 logit a unit of reward and more; the default is "
            "0.03), people take part less after material rewards stop than if there had been none; where it "
            "is weak the habit of serving outweighs it (docs/validation.md, pattern 10). With little money "
            "points cannot be redeemed and lose value; accounts take line hours; the same people tire.",
        ),
    )

    incentive: Literal["material", "honorary", "both"] = "material"
    reward: float = Param(
        1.0, unit="units of reward a shift", ge=0, le=4, label=("每班物质积分", "material points a shift"))
    price: float = Param(
        8.0, unit="yuan a unit of reward", ge=0, le=200, label=("每单位积分兑换额", "worth of a unit"))
    fund: float = Param(
        240.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("兑换资金", "fund to redeem points"))
    owed_weeks: float = Param(
        8.0, unit="weeks of the fund", ge=0.5, le=104,
        label=("积欠减半周数", "debt that halves what points are worth"))
    honour: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("荣誉", "honour"))
    honour_money: float = Param(
        40.0, unit="yuan a week per 1,000 residents", ge=0, le=5000, label=("表彰经费", "money for honours"))
    negotiated: float = Param(
        0.5, unit="share of the list", ge=0, le=1,
        label=("协商清单程度", "share of the list agreed with residents"))
    negotiation_hours: float = Param(
        1.0, unit="h a week per 1,000 residents, all agreed", ge=0, le=40,
        label=("协商工时", "hours to agree on the list"))
    hours: float = Param(1.5, unit="h a shift", ge=0.25, le=8, label=("服务时长", "hours of a shift"))
    seats: float = Param(
        40.0, unit="shifts a week per 1,000 residents", ge=1, le=1000, label=("每周岗位", "shifts a week"))
    notice: float = Param(0.4, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    relevance: float = Param(
        0.4, unit="0 to 1", ge=0, le=1, label=("未协商时切合程度", "closeness to needs without agreement"))
    agreed_relevance: float = Param(
        0.3, unit="0 to 1 if all is agreed", ge=0, le=1,
        label=("协商增加切合", "closeness added by agreement"))
    voice: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("未协商时发言权", "say without agreement"))
    agreed_voice: float = Param(
        0.4, unit="0 to 1 if all is agreed", ge=0, le=1, label=("协商增加发言权", "say added by agreement"))
    mixing: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    account_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("记账工时", "hours of the accounts"))
    paper_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("积分台账", "hours of records"))

    def request(self, view: ModelView) -> Request:
        """The fund or the honours, and the hours of accounts and agreement, every week."""
        scale = self.thousands(view)
        money = self.fund * (self.incentive != "honorary")
        money += self.honour_money * (self.incentive != "material")
        hours = self.account_hours + self.negotiated * self.negotiation_hours
        return self.ask(view, money * scale, 0.0, {Kind.RESIDENTS_COMMITTEE: hours * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Book last week's points, redeem what the fund can, offer this week's shifts."""
        kept = view.memory(self.id, {"owed": "community"})
        strength, size = self.strength(view, level), self.residents(view)
        on = strength > 0
        worth = self._redeem(view, kept["owed"], strength, size)
        honour = self.honour if self.incentive != "material" else 0.0
        offer(view, self.id, "community", on, Kind.RESIDENTS_COMMITTEE, Activity.SHIFT, Stage.MUTUAL_HELP,
              self.hours, self.notice * np.minimum(1.0, strength[on]), reward=worth[on], honour=honour,
              seats=np.maximum(1.0, np.round(self.seats * strength * size))[on].astype(np.int64),
              relevance=min(1.0, self.relevance + self.agreed_relevance * self.negotiated),
              voice=min(1.0, self.voice + self.agreed_voice * self.negotiated),
              mixing=self.mixing, contacts=self.contacts, work=int(Kind.VOLUNTEERS))
        view.levers.add("paper_hours", self.paper_hours * strength * size, kind=Kind.RESIDENTS_COMMITTEE)

    def _redeem(
        self, view: ModelView, owed: FloatArray, strength: FloatArray, size: FloatArray
    ) -> FloatArray:
        """Reward a shift is worth this week, (C,): falls as the debt in points grows."""
        if self.incentive == "honorary":
            return np.zeros_like(strength)
        rows = own_rows(view, self.id)
        issued = tally(rows, "attended", view.places.communities) * self.reward * self.price
        fund = self.fund * strength * size
        np.copyto(owed, np.maximum(owed + issued - fund, 0.0))
        half = np.maximum(self.owed_weeks * fund, 1e-9)
        return self.reward * half / (half + owed)
