"""专职网格员（党员优先）: more people on the ground, and what their reports do to the desks behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import WEEK_HOURS, Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class GridStaffing(CommunityPolicy):
    """专职网格员: posts, training and pay; workers who are members also organise in the buildings."""

    kind: Literal["grid_staffing"] = "grid_staffing"
    card: ClassVar[Card] = Card(
        name=Label(zh="专职网格员（党员优先）", en="full-time grid workers, party members first"),
        mechanism=Label(
            zh="增设专职岗位，巡查和一线处置工时增加；定期培训提高处置能力，薪酬高于当地水平则留人，"
            "低于则流失。党员网格员把一部分工时用于联系楼院党小组。增人须填工作日志。",
            en="Posts are added: more hours on patrol and for first-line handling; training raises skill; "
            "pay above the going rate keeps people and pay below it loses them. Workers who are party "
            "members spend part of their hours organising building groups. Each post keeps a daily log.",
        ),
        cost=Label(
            zh="岗位薪酬、培训经费和受训工时、工作日志。",
            en="Pay, training and hours in training, daily logs.",
        ),
        claim=Label(
            zh="每个网格配备专职网格员（党员优先），“人在格中走，事在格中办”；"
            "某区573个网格配573名专职网格员。",
            en="Every grid has a full-time worker, members first, who walks the grid and settles things "
            "there; one district has 573 for 573 grids.",
        ),
        source="S1 path 1 (网格化党建); S0 2.3 (573名全职网格员)",
        harm=Label(
            zh="薪酬占去大部分经费，别的政策停摆；巡查发现的问题增多而后台人手不变，居委会和物业排队更长；"
            "低薪增岗，人员流动反而更快。",
            en="Pay eats most of the fund and other policies stop; patrols find more while the desks behind "
            "have no more staff, so that queues at committee and property company grow; cheap posts bring "
            "faster turnover.",
        ),
    )

    posts: float = Param(
        0.4, unit="posts per 1,000 residents", ge=0, le=10, label=("增设岗位", "posts added"))
    pay: float = Param(
        1300.0, unit="yuan a week a post", ge=0, le=10000, label=("岗位薪酬", "pay of a post"))
    going_rate: float = Param(
        1300.0, unit="yuan a week a post", ge=1, le=10000, label=("当地同类薪酬", "going rate"))
    pay_stay: float = Param(
        0.3, unit="share a year per unit share of the going rate", ge=0, le=3,
        label=("薪酬留人", "turnover by pay"), note="acts on all staff of the community, as turnover does")
    training_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("受训工时", "hours in training"))
    training_money: float = Param(
        20.0, unit="yuan an hour of training", ge=0, le=1000,
        label=("培训单价", "price of an hour of training"))
    member_share: float = Param(
        0.5, unit="share of posts", ge=0, le=1, label=("党员网格员比例", "posts held by members"))
    organise_share: float = Param(
        0.2, unit="share of a member's hours", ge=0, le=1,
        label=("联系党小组占用", "hours that members spend organising"))
    log_hours: float = Param(
        4.0, unit="h a week a post", ge=0, le=40, label=("工作日志", "hours of the daily log"))

    def request(self, view: ModelView) -> Request:
        """Pay and training."""
        scale = self.thousands(view)
        money = self.posts * self.pay + self.training_money * self.training_hours
        return self.ask(view, money * scale, 0.0, {Kind.GRID_WORKER: self.training_hours * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Put the new hours into the grids and, of members, into building groups."""
        strength, size, levers = self.strength(view, level), self.residents(view), view.levers
        posts = self.posts * strength * size
        organising = posts * WEEK_HOURS * self.member_share * self.organise_share
        levers.add("staff_hours", posts * WEEK_HOURS - organising, kind=Kind.GRID_WORKER)
        levers.add("paper_hours", self.log_hours * posts, kind=Kind.GRID_WORKER)
        levers.add("training", self.training_hours * strength * size, kind=Kind.GRID_WORKER)
        levers.add("turnover", self.pay_stay * (1.0 - self.pay / self.going_rate) * strength)
        places = view.places
        homes = self.buildings(view) & (places.building_units == 0)
        count = np.bincount(places.building_community[homes], minlength=places.communities)
        each = organising / np.maximum(count, 1)
        levers.add("organisation", each[places.building_community] * homes)
