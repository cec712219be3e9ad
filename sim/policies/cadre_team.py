"""队伍建设: 头雁, 雁阵 (a bench), pay, 轮岗, 导师制 and training, each to be chosen by its own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import YEAR
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class CadreTeam(CommunityPolicy):
    """头雁、雁阵、薪酬、轮岗、导师、培训: cadres who learn and stay, at the price of hours and money."""

    kind: Literal["cadre_team"] = "cadre_team"
    card: ClassVar[Card] = Card(
        name=Label(zh="队伍建设（头雁、雁阵、薪酬、轮岗、导师、培训）",
                   en="building the team: leading secretary, bench, pay, rotation, mentors, training"),
        mechanism=Label(
            zh="培训和导师制占用在岗工时，能力慢慢提高；加薪和带教减少流失；轮岗见识更广，却等于换人："
            "原有经验流走，新人不知该约谁，到会更慢。选优配强的书记提高党委协调能力和权威，但会被提拔调走；"
            "空缺时长由后备库决定。",
            en="Training and mentoring take working hours and raise skill slowly; pay and mentoring keep "
            "people; rotation broadens, and is at the same time turnover: experience leaves, and newcomers "
            "do not know whom to call, so that attendance takes longer. A strong secretary adds skill and "
            "authority at the core, and is promoted away; how long the post stays empty depends on the "
            "bench.",
        ),
        cost=Label(
            zh="薪酬、培训与后备经费；党委注意力和居委会、网格员的受训、带教工时。",
            en="Money for pay, training and the bench; the core's attention, and hours of residents' "
            "committee and grid workers in training and mentoring.",
        ),
        claim=Label(
            zh="选树一批、带动一片；提升干部能力，吸引和留住人才（来源未给出数字）。",
            en="Picks some and pulls all along; raises cadres' ability and attracts and keeps talent (no "
            "figure given).",
        ),
        source="S0 2.2 (后备人才库、雁阵培养、角色互换); S1 path 4 and challenge 3 (头雁工程、导师制、轮岗制)"
        "; S2 outlook (人才待遇)",
        harm=Label(
            zh="任务重时受训和带教挤占办件；轮岗过快，本地经验流失快于培训所得；加薪占去别的政策的经费；"
            "全靠头雁而无后备，一调走便回落。",
            en="Under heavy load training and mentoring crowd out cases; fast rotation loses local "
            "knowledge sooner than training builds it; pay takes the money of other policies; a team that "
            "hangs on one head without a bench falls back when the head leaves.",
        ),
    )

    training_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("社区工作者受训工时", "residents' committee in training"))
    grid_training: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40,
        label=("网格员受训工时", "grid workers in training"))
    core_training: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=20, label=("党委受训工时", "the core in training"))
    training_money: float = Param(
        20.0, unit="yuan an hour of training", ge=0, le=1000,
        label=("培训单价", "price of an hour of training"))
    mentor_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=20, label=("导师带教工时", "mentors' hours"))
    mentor_gain: float = Param(
        1.5, unit="h of training an hour of mentoring", ge=0, le=5,
        label=("带教折合培训", "training an hour of mentoring is worth"))
    mentor_stay: float = Param(
        0.02, unit="share a year per weekly mentoring hour per 1,000 residents", ge=0, le=0.2,
        label=("带教留人", "turnover avoided by mentoring"))
    pay_rise: float = Param(0.05, unit="share of pay", ge=0, le=0.5, label=("加薪幅度", "rise in pay"))
    pay: float = Param(
        1500.0, unit="yuan a week a post", ge=0, le=10000, label=("现有薪酬", "present pay"))
    pay_stay: float = Param(
        0.8, unit="share a year per unit share of pay", ge=0, le=5,
        label=("加薪留人", "turnover avoided by pay"))
    rotation: float = Param(
        0.10, unit="share of posts a year", ge=0, le=1, label=("年轮岗比例", "posts rotated a year"))
    breadth: float = Param(
        8.0, unit="h of training a week per 1,000 residents at full rotation", ge=0, le=80,
        label=("轮岗折合培训", "training that rotation is worth"))
    local_delay: float = Param(
        10.0, unit="working h at full rotation", ge=0, le=80,
        label=("人地两生的等待", "wait while newcomers learn whom to call"))
    head_skill: float = Param(
        0.08, unit="0 to 1", ge=0, le=0.5, label=("头雁协调能力", "skill the head adds at the core"))
    head_authority: float = Param(
        0.05, unit="0 to 1", ge=0, le=0.5, label=("头雁权威", "authority the head adds"))
    head_money: float = Param(
        80.0, unit="yuan a week per 1,000 residents", ge=0, le=5000,
        label=("头雁选拔与薪酬", "selecting and paying the head"))
    head_leaves: float = Param(
        0.2, unit="probability a year", ge=0, le=1, label=("头雁调走", "the head is promoted away"))
    vacancy: float = Param(
        16.0, unit="weeks without a bench", ge=0, le=104, label=("空缺时长", "weeks until a new head"))
    bench: float = Param(
        0.5, unit="share of the vacancy covered", ge=0, le=1, label=("后备库深度", "depth of the bench"))
    bench_money: float = Param(
        60.0, unit="yuan a week per 1,000 residents at full depth", ge=0, le=5000,
        label=("后备库经费", "money for the bench"))

    def request(self, view: ModelView) -> Request:
        """Pay, courses and the bench; hours of those who learn and teach."""
        scale = self.thousands(view)
        posts = view.actors.core.staff_per_1000 + view.actors.residents_committee.staff_per_1000
        taught = self.training_hours + self.grid_training + self.core_training
        money = (self.pay_rise * self.pay * posts + self.training_money * taught
                 + self.head_money + self.bench_money * self.bench)
        return self.ask(view, money * scale, self.core_training * scale, {
            Kind.RESIDENTS_COMMITTEE: (self.training_hours + self.mentor_hours) * scale,
            Kind.GRID_WORKER: self.grid_training * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Train, keep and move people; have a head where the post is filled."""
        memory = view.memory(self.id, {"vacant": "community"})
        strength, size, levers = self.strength(view, level), self.residents(view), view.levers
        committee = self.training_hours + self.mentor_gain * self.mentor_hours + self.breadth * self.rotation
        for kind, hours in ((Kind.RESIDENTS_COMMITTEE, committee), (Kind.GRID_WORKER, self.grid_training),
                            (Kind.CORE, self.core_training)):
            levers.add("training", hours * strength * size, kind=kind)
        stay = self.pay_stay * self.pay_rise + self.mentor_stay * self.mentor_hours
        levers.add("turnover", (self.rotation - stay) * strength)
        levers.add("attendance_delay", self.local_delay * self.rotation * strength)
        memory["vacant"] -= 1.0
        np.maximum(memory["vacant"], 0.0, out=memory["vacant"])
        called = view.draw(f"promoted/{self.id}", "community") < self.head_leaves / YEAR
        called &= (memory["vacant"] <= 0) & (strength > 0)
        memory["vacant"][called] = self.vacancy * (1.0 - self.bench)
        there = strength * (memory["vacant"] <= 0)
        levers.add("desk_skill", self.head_skill * there, kind=Kind.CORE)
        levers.add("authority", self.head_authority * there)
