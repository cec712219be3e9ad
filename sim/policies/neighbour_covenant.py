"""邻里公约: rounds of dialogue in which a building agrees on rules of conduct."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy, staffed
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class NeighbourCovenant(PlacePolicy):
    """邻里公约: what we hope for, what we fear, what we can do; agreed rules decay unless renewed."""

    kind: Literal["neighbour_covenant"] = "neighbour_covenant"
    card: ClassVar[Card] = Card(
        name=Label(zh="邻里公约", en="neighbours' covenant"),
        mechanism=Label(
            zh="逐楼开展“期待、担心、可以做什么”的渐进对话；对话见效时，按到场比例和发言权在本楼形成公约，"
            "此后消退，需续议。",
            en="Building by building, a dialogue in steps: hopes, fears, what we can do. If it bears fruit, "
            "rules take root by the share of the building that was there and had a say; they decay and need "
            "renewal.",
        ),
        cost=Label(
            zh="每次对话的引导者工时（社会组织，没有则居委会）和少量经费；居民时间。",
            en="Facilitators' hours at each session (social organisation, else residents' committee), a "
            "little money, residents' time.",
        ),
        claim=Label(
            zh="“我参与、我认同、我制定、我执行”的心理契约；把临时活动转化为常态机制。",
            en="A covenant made by those who keep it turns one-off activities into standing practice.",
        ),
        source="S4 红色公约机制; S1 path 3, Chaoyang case (长效机制)",
        harm=Label(
            zh="自上而下强加（发言权低）时公约难以扎根，自主感下降；到场者能力低、对话无果时效能感下降。",
            en="Imposed from above (little say), rules hardly take root and felt autonomy falls; sessions "
            "among people without skill bear no fruit and lower efficacy.",
        ),
    )

    sessions: int = Param(
        3,
        unit="sessions a round",
        ge=1,
        le=8,
        label=("每轮对话次数", "sessions a round"),
        evidence="C",
        source="S4: a dialogue in three questions (期待, 担心, 可以做什么)",
    )
    gap_weeks: int = Param(1, unit="weeks", ge=1, le=6, label=("两次间隔", "weeks between sessions"))
    renewal_weeks: int = Param(
        26, unit="weeks from one round to the next", ge=2, le=260, label=("续议间隔", "renewal")
    )
    facilitator_hours: float = Param(
        3.0, unit="h a session", ge=0, le=40, label=("引导工时", "facilitators' hours")
    )
    money: float = Param(100.0, unit="yuan a session", ge=0, le=10000, label=("经费", "money"))
    voice: float = Param(
        0.8, unit="0 to 1", ge=0, le=1, label=("发言权", "say"), note="near 0: a covenant imposed from above"
    )
    rules: float = Param(
        0.8,
        unit="0 to 1",
        ge=0,
        le=1,
        label=("公约约束力", "strength of the rules it can agree on"),
        note="reached if the whole building takes part in one fruitful session with a full say",
    )
    hours: float = Param(1.0, unit="h", ge=0.25, le=6, label=("每次时长", "hours of a session"))
    mixing: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    notice: float = Param(0.6, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    ease: float = Param(0.8, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    relevance: float = Param(0.7, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))

    def turn(self, view: ModelView) -> BoolArray:
        """Buildings in the middle of a round, each at its own time of the year."""
        period = max(self.renewal_weeks, self.sessions * self.gap_weeks)
        into = (view.week + view.phase(self.id, "building", period)) % period
        return np.asarray((into < self.sessions * self.gap_weeks) & (into % self.gap_weeks == 0))

    def request(self, view: ModelView) -> Request:
        """Facilitators' hours and some money a session."""
        return Request(self.money, 0.0, {self._facilitator(view): self.facilitator_hours}, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Sessions that can agree on rules."""
        self.offer(
            view,
            self.served(view, level),
            self._facilitator(view),
            Activity.MEETING,
            Stage.MUTUAL_HELP,
            self.hours,
            self.notice,
            ease=self.ease,
            relevance=self.relevance,
            voice=self.voice,
            norm=self.rules,
            mixing=self.mixing,
            contacts=self.contacts,
        )

    @staticmethod
    def _facilitator(view: ModelView) -> Kind:
        social = staffed(view, Kind.SOCIAL_ORGANIZATION).any()
        return Kind.SOCIAL_ORGANIZATION if social else Kind.RESIDENTS_COMMITTEE
