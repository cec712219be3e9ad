"""党群服务中心, 15分钟服务圈 and 驿站: rooms near by, kept open by money and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import THOUSAND
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.policies.fieldwork import offer
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class ServiceCentres(CommunityPolicy):
    """党群服务中心: floor space decides who lives inside the circle; half-funded, it opens half the days."""

    kind: Literal["service_centres"] = "service_centres"
    card: ClassVar[Card] = Card(
        name=Label(zh="党群服务中心／15分钟服务圈／驿站", en="service centres within 15 minutes"),
        mechanism=Label(
            zh="按服务人口摊算中心、驿站、微驿站面积，面积决定多少楼栋落在服务圈内；圈内居民参加线下活动少"
            "走路，路过时听到活动消息；开门的日子有就近活动和议事场地，约齐各方更快。经费或人手只够一半，就"
            "只开一半的日子。",
            en="Floor space of the centre, the station and micro stations, shared out over the people they "
            "serve, decides how many buildings lie inside the circle; those who live there lose less time on "
            "the way and hear of activities when they pass by. On open days there are activities near by and "
            "a room to meet in, so that actors get together sooner. With half the money or staff it opens "
            "half the days.",
        ),
        cost=Label(
            zh="按面积计的运行费、居委会值守工时；没人来也照付。",
            en="Running cost by floor space, the residents' committee's hours on duty; paid even if nobody "
            "comes.",
        ),
        claim=Label(
            zh="一站式、集约化、便利化服务，15 分钟服务圈拓展到新老就业群体（成效未给出数字）。",
            en="One-stop service within 15 minutes, reaching people in new and old employment (no effect "
            "given).",
        ),
        source="S0 2.2 (约1400平方米党群活动中心, 750平方米党群驿站, 微驿站, 党群服务圈十五分钟)",
        harm=Label(
            zh="运行费固定，经费少时把其他项目挤掉；值守占用一线工时，办案变慢；居民本来就住得近时，花了钱"
            "省不下多少路。",
            en="The running cost is fixed and, with little money, starves other policies; duty at the desk "
            "takes line hours and slows cases; where people live near anyway it saves little.",
        ),
    )

    centre_area: float = Param(
        1400.0, unit="m²", ge=0, le=10000, label=("党群活动中心面积", "floor space of the centre"),
        evidence="C", source="S0 2.2")
    centre_serves: float = Param(
        50000.0, unit="residents", ge=1000, le=1000000, label=("中心服务人口", "people a centre serves"),
        note="one Shanghai sub-district has 50,000 (evidence.md §2, B); that a centre serves one is assumed")
    station_area: float = Param(
        750.0, unit="m²", ge=0, le=10000, label=("社区驿站面积", "floor space of a station"),
        evidence="C", source="S0 2.2")
    station_serves: float = Param(
        4200.0, unit="residents", ge=200, le=100000, label=("驿站服务人口", "people a station serves"),
        note="persons a 居委会 about 4,200 (evidence.md §2, B); that each has one station is assumed")
    micro_area: float = Param(
        10.0, unit="m² per 1,000 residents", ge=0, le=500,
        label=("微驿站面积", "floor space of micro stations"))
    enough: float = Param(
        300.0, unit="m² per 1,000 residents", ge=10, le=5000,
        label=("全覆盖所需面积", "floor space that covers everybody"))
    saved: float = Param(
        0.2, unit="h there and back", ge=0, le=2, label=("圈内省下的路程", "way saved inside the circle"),
        note="the whole way takes 0.4 h by default")
    days: int = Param(6, unit="days a week", ge=1, le=7, label=("开放天数", "days open a week"))
    running: float = Param(
        2.5, unit="yuan a m² a week", ge=0, le=60, label=("运行费", "running cost"))
    duty_hours: float = Param(
        10.0, unit="h a week per 1,000 residents", ge=0, le=80, label=("值守工时", "hours on duty"),
        note="of the residents' committee, when open all the days")
    notice: float = Param(
        0.05, unit="probability of hearing", ge=0, le=1, label=("驿站告知", "heard of things at the station"))
    activity_weeks: int = Param(
        2, unit="weeks between activities", ge=1, le=52, label=("驿站活动间隔", "weeks between activities"))
    activity_notice: float = Param(
        0.15, unit="probability of hearing", ge=0, le=1, label=("活动告知", "notice of an activity"))
    hours: float = Param(1.0, unit="h", ge=0.1, le=6, label=("活动时长", "hours of an activity"))
    relevance: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    ease: float = Param(0.5, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    voice: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    seats: float = Param(
        0.2, unit="people a m²", ge=0.01, le=2, label=("每平方米容纳", "seats by floor space"))
    sooner: float = Param(
        1.0, unit="working h, mean an actor", ge=0, le=40, label=("有场地则早约齐", "attendance sooner by"))

    def area(self) -> float:
        """Floor space in m² per 1,000 residents."""
        shared = self.centre_area / self.centre_serves + self.station_area / self.station_serves
        return THOUSAND * shared + self.micro_area

    def circle(self, view: ModelView) -> BoolArray:
        """Buildings inside the circle, (B,); more floor space keeps the earlier ones."""
        near = view.draw(f"circle/{self.id}", "building", -1) < self.area() / self.enough
        return np.asarray(near & self.buildings(view) & (view.places.building_units == 0))

    def request(self, view: ModelView) -> Request:
        """One unit a day it opens."""
        scale = self.thousands(view)
        return Request(
            self.running * self.area() * scale / self.days, 0.0,
            {Kind.RESIDENTS_COMMITTEE: self.duty_hours * scale / self.days},
            self.days * self.communities(view).astype(np.int64))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Open for as many days as were granted."""
        home = view.residents.building
        open_days = level[view.places.building_community] * self.circle(view)
        view.levers.add_to_each("distance", self.saved * open_days, home)
        view.levers.add_to_each("notice", self.notice * open_days, home)
        strength = self.strength(view, level)
        view.levers.add("attendance_delay", -self.sooner * strength)
        on = strength > 0
        on = on & view.turn(f"station/{self.id}", "community", self.activity_weeks)
        if on.any():
            room = np.maximum(2.0, self.seats * self.area() * strength * self.residents(view))[on]
            offer(view, self.id, "community", on, Kind.RESIDENTS_COMMITTEE, Activity.MUTUAL_HELP,
                  Stage.SELF_HELP, self.hours, np.minimum(1.0, self.activity_notice * strength[on]),
                  seats=room.astype(np.int64), relevance=self.relevance, ease=self.ease,
                  voice=self.voice, mixing=self.mixing, contacts=self.contacts)
