"""A worked example of a plug-in: a shared garden as policy, category, outcome and institution.

Every number is made up. Check it with ``yihe check-plugin docs/examples/garden.py``; use it with
``yihe compare docs/examples/garden.yaml --plugin docs/examples/garden.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.plugins import OwnInstitution, category, institution, outcome
from sim.policies.base import Card, FloatArray
from sim.policies.common import PlacePolicy
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.policies.base import BoolArray
    from sim.view import ModelView


# A policy: frozen numbers, a card, a request for means, an act on levers and offers.


class SharedGarden(PlacePolicy):
    """共享花园: gardening days, grid by grid."""

    kind: Literal["shared_garden"] = "shared_garden"
    place: ClassVar[str] = "grid"
    card: ClassVar[Card] = Card(
        name=Label(zh="共享花园", en="shared garden"),
        mechanism=Label(
            zh="按网格定期开展种植活动，门槛低、邻里混合，结识新邻居；花园需要人照看，占用居委会工时。",
            en="Gardening days grid by grid: easy to join, neighbours mix and meet. The garden must be "
            "looked after, which takes hours of the residents' committee.",
        ),
        cost=Label(
            zh="苗木经费、居委会工时、居民时间。", en="Money for plants, committee hours, residents' time."),
        claim=Label(
            zh="示例，没有主张（来源未给出数字）。", en="An example; nothing is claimed (no figure given)."),
        source="S4 (by analogy; an example)",
        harm=Label(
            zh="居委会人手紧时，照看花园挤占办理工时，排队变长。",
            en="Where the committee is short of hands, looking after gardens takes hours from cases, and "
            "queues grow.",
        ),
    )

    weeks: int = Param(
        4, unit="weeks", ge=1, le=26, label=("活动间隔", "weeks from one day to the next"))
    money: float = Param(
        300.0, unit="yuan a round per 1,000 residents", ge=0, le=10000,
        label=("苗木经费", "money for plants"))
    care_hours: float = Param(
        2.0, unit="h a round per 1,000 residents", ge=0, le=40, label=("照看工时", "hours of care"))
    hours: float = Param(1.5, unit="h", ge=0.25, le=6, label=("活动时长", "hours of a day"))
    notice: float = Param(0.4, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    ease: float = Param(1.0, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    relevance: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    voice: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    mixing: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))

    def turn(self, view: ModelView) -> BoolArray:
        """Grids whose day falls in this week."""
        return view.turn(self.id, self.place, self.weeks)

    def request(self, view: ModelView) -> Request:
        """Money and committee hours for each grid's day."""
        size = self.thousands(view)
        staff = {Kind.RESIDENTS_COMMITTEE: self.care_hours * size}
        return Request(self.money * size, 0.0, staff, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """One gardening day in each grid that got its means."""
        self.offer(
            view, self.served(view, level), Kind.RESIDENTS_COMMITTEE, Activity.MUTUAL_HELP, Stage.MUTUAL_HELP,
            self.hours, self.notice, ease=self.ease, relevance=self.relevance, voice=self.voice,
            mixing=self.mixing, contacts=self.contacts)


# A dispute category: one more row of the table; the others make room in proportion.

category(
    "shade", label=("绿化遮挡采光", "trees that shade windows"), geometry="building",
    actors=(Kind.PROPERTY, Kind.RESIDENTS_COMMITTEE), share=0.05, latent=0.1, severity=0.4, visibility=0.7,
    hours=1.5, authority=0.4, conflict=0.6, clarity=0.4, service=0.5)


# An outcome: read from the model once a week, and nothing else.


@outcome(
    "strangers_share", label=("活动中未结识任何人的成年人", "adults who have met nobody at events"),
    unit="share of adults", better="less")
def strangers_share(model: Any) -> float:
    """Share of adults without a single tie made at an event."""
    adults = (model.residents.age >= 18) & (model.residents.present > 0)
    met = (model.ties.event_strength > 0).any(axis=1)
    return int(np.count_nonzero(adults & ~met)) / max(int(np.count_nonzero(adults)), 1)


# An institution: columns of its own, one decision a week after all others have decided.


class GardenClubState(NamedTuple):
    """Columns of garden clubs, one entry a community."""

    members: np.ndarray
    """People who came to help last time, smoothed over some months."""


@institution
class GardenClub(OwnInstitution, columns=GardenClubState):
    """园艺社: holds an open afternoon every eight weeks; grows or shrinks with those who come."""

    kind = Kind.VOLUNTEERS
    part = "garden_club"
    label = Label(zh="园艺社", en="garden club")

    PACE: ClassVar[float] = 0.1
    HELPERS: ClassVar[float] = 20.0
    MEETS: ClassVar[int] = 8

    @classmethod
    def found(cls, view: ModelView) -> GardenClubState:
        """A club of five in each community."""
        return GardenClubState(np.full(view.places.communities, 5.0))

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Count who came, and invite where it is time to."""
        own: GardenClubState = view.part(cls.part)
        rows = view.last_opportunities
        mine = rows[(rows["host"] == Kind.VOLUNTEERS) & (rows["hours"] == np.float32(1.25))]
        came = np.bincount(mine["community"], mine["attended"], view.places.communities)
        open_now = view.turn("garden_club", "community", cls.MEETS)
        own.members[came > 0] += cls.PACE * (came - own.members)[came > 0]
        notice = 0.3 * np.minimum(own.members / cls.HELPERS, 1.0)
        view.opportunities.offer(
            view.week, Kind.VOLUNTEERS, Activity.MUTUAL_HELP, Stage.MUTUAL_HELP,
            view.scope("community").where(open_now), hours=1.25, notice=notice[open_now],
            policy_id="garden_club", ease=0.8, relevance=0.5, voice=0.7, mixing=0.4, contacts=2)
