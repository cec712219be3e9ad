"""What policies share: which places they serve, who stands behind them, and how means scale with size.

Costs are written per 1,000 residents, per grid or per building, so that a programme costs the same a head in
small and large communities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from sim.ledger.budget import Request
from sim.policies.arithmetic import ROUND_UP, THOUSAND
from sim.policies.base import BoolArray, FloatArray, Policy
from sim.policies.fieldwork import EVERYBODY, IndexArray, offer
from sim.vocabulary import Activity, Kind, Regime, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

_PRESENCE = {
    Kind.PROPERTY: "present",
    Kind.OWNERS_COMMITTEE: "present",
    Kind.SOCIAL_ORGANIZATION: "present",
    Kind.MEDIATION: "present",
    Kind.VOLUNTEERS: "formed",
    Kind.PARTNER_UNIT: "number",
}
"""Column that says whether a community has an institution; kinds not listed are always there."""


def staffed(view: ModelView, kind: Kind) -> BoolArray:
    """Where an institution exists, (C,)."""
    places = view.places
    if kind == Kind.GRID_WORKER:
        workers = np.zeros(places.communities)
        np.add.at(workers, places.grid_community, view.state(kind).workers)
        return np.asarray(workers > 0)
    column = _PRESENCE.get(kind)
    if column is None:
        return view.lasting("everywhere", lambda: np.ones(places.communities, bool))
    return np.asarray(getattr(view.state(kind), column) > 0)


def leaders(view: ModelView) -> npt.NDArray[np.int64]:
    """Who launches something of a community's own, by the regime, (C,); the leading hours come from there.

    The core where it leads; the residents' committee where nobody does; the owners' committee under
    self-government, else the volunteers, else the residents' committee.
    """
    n = view.places.communities
    if view.regime in (Regime.ONE_CORE, Regime.ADMINISTRATIVE):
        return np.full(n, int(Kind.CORE))
    found = np.full(n, int(Kind.RESIDENTS_COMMITTEE))
    if view.regime == Regime.SELF_GOVERNING:
        found[staffed(view, Kind.VOLUNTEERS)] = int(Kind.VOLUNTEERS)
        found[staffed(view, Kind.OWNERS_COMMITTEE)] = int(Kind.OWNERS_COMMITTEE)
    return found


def hosts(view: ModelView, core: Kind = Kind.CORE) -> list[tuple[Kind, BoolArray]]:
    """Each kind that leads somewhere, and where, (C,); ``core`` stands in for the core."""
    who = leaders(view)
    leading = set(who.tolist())
    return [(core if kind == Kind.CORE else kind, who == int(kind)) for kind in Kind if int(kind) in leading]


def there(view: ModelView, staff: Mapping[Kind, float | FloatArray]) -> dict[Kind, FloatArray]:
    """Hours asked of institutions, (C,) each, without those that a community does not have."""
    return {
        kind: np.asarray(hours, float) * staffed(view, kind) for kind, hours in staff.items()
        if np.any(np.asarray(hours) > 0)}


def led(
    view: ModelView, hours: float | FloatArray, staff: Mapping[Kind, float | FloatArray]
) -> tuple[FloatArray, dict[Kind, FloatArray]]:
    """Split means into attention and staff hours by who leads; institutions that do not exist are left out.

    Parameters
    ----------
    view : ModelView
    hours : float or array, shape (C,)
        Hours of whoever leads, a unit.
    staff : mapping of Kind to float or array, shape (C,)
        Hours of others, a unit.

    Returns
    -------
    attention : array, shape (C,)
    staff : dict of Kind to array, shape (C,)
    """
    who = leaders(view)
    wanted = there(view, staff)
    leading = set(who.tolist()) - {int(Kind.CORE)}
    for kind in Kind if leading else ():
        if kind in leading:
            own = np.asarray(hours, float) * (who == kind)
            wanted[kind] = wanted.get(kind, np.zeros(len(who))) + own
    return np.asarray(hours, float) * (who == int(Kind.CORE)), wanted


def hours_left(view: ModelView, who: IndexArray | slice = EVERYBODY) -> FloatArray:
    """Usual free hours that no policy has taken this week, of all or some residents."""
    return np.maximum(view.residents.free_hours[who] + view.levers.get("free_hours")[who], 0.0)


def members_here(view: ModelView, covered: BoolArray) -> IndexArray:
    """Party members who live in covered buildings now, ascending."""
    r = view.residents
    who = view.party_members
    return who[(r.present[who] > 0) & covered[r.building[who]]]


class PlacePolicy(Policy):
    """A policy carried out place by place: one unit is one round in one building or grid.

    Intensity is the chance that a round which is due is held; what is granted is shared out among those by
    lot, so that nobody is left out for good.
    """

    place: ClassVar[str] = "building"
    """``building`` or ``grid``."""

    def turn(self, view: ModelView) -> BoolArray:
        """Places whose turn it is this week; everywhere every week if not overridden."""
        n = view.places.grids if self.place == "grid" else view.places.buildings
        return np.ones(n, bool)

    def wanted(self, view: ModelView) -> BoolArray:
        """Places where a round should be held this week; not to be written to."""
        def made() -> BoolArray:
            held = self.turn(view) & self._lived_in(view)
            if self.intensity < 1:
                held &= view.draw(f"held/{self.id}", self.place) < self.intensity
            return held

        return view.weekly(("wanted", self.id), made)

    def units(self, view: ModelView) -> npt.NDArray[np.int64]:
        """Rounds wanted in each community, (C,)."""
        held = self.wanted(view)
        return np.bincount(self._community(view)[held], minlength=view.places.communities)

    def served(self, view: ModelView, level: FloatArray) -> BoolArray:
        """Places that get their round out of what was granted."""
        held = self.wanted(view)
        community = self._community(view)
        share = level / self.intensity
        if np.all(share[community[held]] >= 1 - 1e-9):
            return held
        wanted = np.bincount(community[held], minlength=view.places.communities)
        left = np.floor(share * wanted + ROUND_UP).astype(np.int64)
        held = held.copy()
        lots = view.draw(f"served/{self.id}", self.place)
        for at in np.argsort(lots, kind="stable"):
            if held[at]:
                held[at] = left[community[at]] > 0
                left[community[at]] -= 1
        return held

    def rounds(self, view: ModelView, places: BoolArray) -> FloatArray:
        """Picked places in each community, (C,)."""
        return np.bincount(self._community(view)[places], minlength=view.places.communities).astype(float)

    def thousands(self, view: ModelView) -> FloatArray:
        """Thousand residents of an average place of each community, (C,); empty places do not count."""
        def made() -> FloatArray:
            (lo, hi), n = view.places.resident_range(self.place), view.places.communities
            community = self._community(view)
            people, lived = (np.bincount(community, each, n) for each in (hi - lo, hi > lo))
            return people / np.maximum(lived, 1.0) / THOUSAND

        return view.lasting(("thousands a place", self.place), made)

    def offer(
        self,
        view: ModelView,
        places: BoolArray,
        host: Kind,
        activity: Activity,
        rung: Stage,
        hours: npt.ArrayLike,
        notice: npt.ArrayLike,
        number: int = 0,
        **more: Any,
    ) -> None:
        """Offer one opportunity in each place; arrays have one entry a picked place."""
        offer(
            view, self.id, self.place, places, host, activity, rung, hours, notice, number, **more)

    def of_communities(self, view: ModelView, places: BoolArray, where: BoolArray) -> BoolArray:
        """Those of some places that lie in some communities (``where``, (C,))."""
        return places & where[self._community(view)]

    def _community(self, view: ModelView) -> npt.NDArray[np.int32]:
        return view.places.grid_community if self.place == "grid" else view.places.building_community

    def _lived_in(self, view: ModelView) -> BoolArray:
        return view.lasting(("lived in", self.id), lambda: self._with_homes(view))

    def _with_homes(self, view: ModelView) -> BoolArray:
        places = view.places
        covered = self.buildings(view) & (places.building_units == 0)
        if self.place == "building":
            return covered
        grids = np.zeros(places.grids, bool)
        grids[places.building_grid[covered]] = True
        return grids


class CommunityPolicy(Policy):
    """A policy of a whole community, every week: one unit; means and effect scale with intensity."""

    def reach(self, view: ModelView) -> FloatArray:
        """Share of each community's buildings covered, (C,)."""
        def made() -> FloatArray:
            community, n = view.places.building_community, view.places.communities
            covered = np.bincount(community, self.buildings(view), n)
            return covered / np.maximum(np.bincount(community, minlength=n), 1)

        return view.lasting(("reach", self.id), made)

    def thousands(self, view: ModelView) -> FloatArray:
        """Thousand residents covered in each community, times intensity, (C,)."""
        def made() -> FloatArray:
            places = view.places
            lo, hi = places.resident_range("building")
            covered = (hi - lo) * self.buildings(view)
            people = np.bincount(places.building_community, covered, places.communities).astype(np.float64)
            return self.intensity * people / THOUSAND

        return view.lasting(("thousands", self.id), made)

    def grids(self, view: ModelView) -> FloatArray:
        """Grids covered in each community, times intensity, (C,)."""
        def made() -> FloatArray:
            places = view.places
            covered = np.zeros(places.grids, bool)
            covered[places.building_grid[self.buildings(view)]] = True
            return self.intensity * np.bincount(
                places.grid_community, covered, places.communities).astype(np.float64)

        return view.lasting(("grids", self.id), made)

    def ask(
        self,
        view: ModelView,
        money: float | FloatArray = 0.0,
        attention: float | FloatArray = 0.0,
        staff: Mapping[Kind, float | FloatArray] | None = None,
    ) -> Request:
        """Request of one unit a community reached; institutions that do not exist are left out."""
        return Request(
            money=money, attention=attention, staff=there(view, staff or {}),
            units=self.communities(view).astype(np.int64))

    def strength(self, view: ModelView, level: FloatArray) -> FloatArray:
        """Granted level times the share of the community covered, (C,)."""
        return level * self.reach(view)

    def residents(self, view: ModelView) -> FloatArray:
        """Thousand residents of each community, (C,)."""
        def made() -> FloatArray:
            lo, hi = view.places.resident_range("community")
            return (hi - lo) / THOUSAND

        return view.lasting("thousands of residents", made)
