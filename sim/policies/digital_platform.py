"""数字化 (民呼我为): reporting by app, automatic dispatch and sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


class DigitalPlatform(CommunityPolicy):
    """数字化: quicker finding and routing, and more to handle by the same staff."""

    kind: Literal["digital_platform"] = "digital_platform"
    card: ClassVar[Card] = Card(
        name=Label(
            zh="数字化平台（民呼我为、自动派单、预警）", en="digital platform: app, dispatch, sensors"
        ),
        mechanism=Label(
            zh="居民可拍照上报（受数字能力限制）、系统自动派单、传感器预警；诉求随之增多；"
            "每周须录入、留痕。活动也可由应用通知。",
            en="Residents report by app, as far as their digital ability goes; cases are routed at once, "
            "sensors give warning. Reports grow, and records must be kept "
            "each week. Activities are announced by app too.",
        ),
        cost=Label(
            zh="平台和传感器经费；居委会、网格员录入和留痕工时。",
            en="Money for platform and sensors; hours of residents' committee and grid workers for "
            "entries and records.",
        ),
        claim=Label(
            zh="发现和处置效率提升 50% 以上；消防通道被占 5 分钟到场、15 分钟办结（单个事例）。",
            en="Finding and handling at least 50 % more efficient; a blocked fire lane reached in 5 and "
            "cleared in 15 minutes (one anecdote).",
        ),
        source="S1 path 2, Hangzhou case (城市大脑); S0 2.3 (红管家)",
        harm=Label(
            zh="处置力量不足时，诉求增多使排队更长、满意度下降；留痕挤占一线；数字能力低的人被落下。",
            en="With low capacity more reports lengthen the queues and lower satisfaction; records take "
            "line hours; people of low digital ability are left behind.",
        ),
    )

    app: float = Param(
        0.6, unit="share of residents offered it", ge=0, le=1, label=("线上诉求覆盖", "reporting by app")
    )
    dispatch: float = Param(
        0.6, unit="share of cases", ge=0, le=1, label=("自动派单", "routed at once to the right desk")
    )
    sensors: float = Param(
        0.3, unit="share of visible places", ge=0, le=1, label=("感知覆盖", "covered by sensors")
    )
    announce: float = Param(
        0.3, unit="share reached", ge=0, le=1, label=("活动推送", "reached by announcements of the app")
    )
    induced: float = Param(
        0.25,
        unit="share more reports",
        ge=0,
        le=2,
        label=("诱发诉求", "induced demand"),
        note="first nine months of 接诉即办: +40 % calls (evidence.md §2, B), with no control; scaled by "
        "coverage of the app",
    )
    platform_money: float = Param(
        200.0,
        unit="yuan a week per 1,000 residents",
        ge=0,
        le=20000,
        label=("平台经费", "money for the platform"),
    )
    sensor_money: float = Param(
        500.0,
        unit="yuan a week per 1,000 residents at full coverage",
        ge=0,
        le=50000,
        label=("感知经费", "money for sensors"),
    )
    committee_hours: float = Param(
        2.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=60,
        label=("居委会接单工时", "committee's hours on the platform"),
    )
    grid_hours: float = Param(
        1.0,
        unit="h a week a grid",
        ge=0,
        le=40,
        label=("网格员录入工时", "grid workers' hours on the platform"),
    )
    paper_hours: float = Param(
        2.0,
        unit="h a week per 1,000 residents",
        ge=0,
        le=60,
        label=("留痕工时", "hours of records"),
        note="each for the residents' committee and the grid workers",
    )

    def request(self, view: ModelView) -> Request:
        """Money and staff hours every week."""
        scale = self.thousands(view)
        money = self.platform_money + self.sensor_money * self.sensors
        return self.ask(
            view,
            money * scale,
            0.0,
            {
                Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale,
                Kind.GRID_WORKER: self.grid_hours * self.grids(view),
            },
        )

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Switch on the channels, and the records they ask for."""
        strength = self.strength(view, level)
        levers = view.levers
        levers.add("app_reporting", self.app * strength)
        levers.add("dispatch", self.dispatch * strength)
        levers.add("sensor_coverage", self.sensors * strength)
        levers.add("induced_demand", self.induced * self.app * strength)
        there = self.announce * self.app * level[view.places.building_community] * self.buildings(view)
        levers.add_to_each("app_access", there, view.residents.building)
        for kind in (Kind.RESIDENTS_COMMITTEE, Kind.GRID_WORKER):
            levers.add("paper_hours", self.paper_hours * strength * self.residents(view), kind=kind)
