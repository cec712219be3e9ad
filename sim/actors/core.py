"""社区党委 (the core) with grid branches, building groups and member households; and the street office."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution, every
from sim.ledger.opportunities import MEMBERS_ONLY
from sim.population.columns import Float64, Places
from sim.view import ModelView
from sim.vocabulary import Activity, Kind, Regime, Stage

CASE_SHARE = {
    Regime.ONE_CORE: 1.0, Regime.ADMINISTRATIVE: 1.0, Regime.FRAGMENTED: 0.0, Regime.SELF_GOVERNING: 0.0}
"""Share of the core's attention left after reports, visits and oversight that goes into cases: convening or
doing. The rest is lent to the residents' committee's line work, so that all regimes hold the same hours."""


class CoreState(NamedTuple):
    """Columns of the community party committees, (C,) each."""

    staff_hours: Float64
    """Hours of attention a week, party life taken off."""
    authority: Float64
    manner: Float64
    skill: Float64
    report_hours: Float64
    """This week's hours on reports for superiors."""
    visit_hours: Float64
    oversight_hours: Float64
    case_hours: Float64
    """This week's hours for convening or doing."""
    lent_hours: Float64
    """This week's hours lent to line work."""


class CommunityPartyCommittee(Institution, columns=CoreState):
    """社区党委: splits its attention between reports, visits, oversight and cases.

    Reports come first, by the weight of records in appraisal. Visits and oversight give way when the queue of
    cases grows; what is left goes into convening (one_core), doing (administrative), or is lent to line work.
    """

    kind = Kind.CORE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split this week's attention."""
        s: CoreState = view.state(Kind.CORE)
        p = view.actors.core
        free = s.staff_hours * view.staff_factor - view.budget.attention_used
        free = np.maximum(free, 0.0)
        s.report_hours[:] = np.minimum(free, s.staff_hours * p.report_share * view.record_weight)
        free = free - s.report_hours
        pressed = view.cases.desks["load"][view.cases.desk_of[Kind.CORE]]
        calm = 1.0 - pressed if CASE_SHARE[view.regime] > 0 else np.ones_like(pressed)
        s.visit_hours[:] = free * p.visit_share * calm
        s.oversight_hours[:] = free * p.oversight_share * calm
        rest = free - s.visit_hours - s.oversight_hours
        s.case_hours[:] = rest * CASE_SHARE[view.regime]
        s.lent_hours[:] = rest - s.case_hours
        party_day = every(view, p.party_day_weeks, "party day", "community")
        if party_day.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.SHIFT, Stage.MUTUAL_HELP,
                view.scope("community").where(party_day), hours=1.5, notice=p.party_day_notice, relevance=0.5,
                open_to=MEMBERS_ONLY, ease=p.party_day_duty, voice=0.3, mixing=0.3, contacts=1)


def make_core(view: ModelView, residents: Float64) -> CoreState:
    """Fresh columns.

    Parameters
    ----------
    view : ModelView
    residents : array, shape (C,)
        Residents of each community.
    """
    p = view.actors.core
    n = len(residents)
    hours = p.staff_per_1000 * residents / 1000.0 * 40.0 * p.attention_share
    zeros = [np.zeros(n) for _ in range(5)]
    return CoreState(hours, np.full(n, p.authority), np.full(n, p.manner), np.full(n, p.skill), *zeros)


class BranchState(NamedTuple):
    """Columns of grid branches 网格党支部, (G,) each."""

    strength: Float64
    """Mean strength of its building groups, 0 to 1."""


class GroupState(NamedTuple):
    """Columns of building groups 楼院党小组, (B,) each."""

    members: Float64
    """Party members of the building who are present."""
    strength: Float64
    """0 to 1: how far the group is at work; grows with organisers' hours, fades without."""


class HouseholdState(NamedTuple):
    """Columns of member households 党员中心户, (B,) each: those of one building together."""

    open: Float64
    """Member households a dwelling that keep their door open to neighbours."""


class GridBranch(Institution, columns=BranchState):
    """网格党支部: as strong as the building groups it leads; strong branches add eyes on patrol."""

    kind = Kind.CORE
    part = "branch"

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Gather the groups' strength and give the grid some patrol hours."""
        s: BranchState = view.part("branch")
        groups: GroupState = view.part("group")
        if not groups.strength.any() and not s.strength.any():
            return
        places = view.places
        size = np.diff(places.grid_first_building)
        total = np.zeros(places.grids)
        np.add.at(total, places.building_grid, groups.strength)
        s.strength[:] = total / np.maximum(size, 1)
        view.levers.add("patrol_hours", view.actors.core.branch_patrol_hours * s.strength)


class BuildingGroup(Institution, columns=GroupState):
    """楼院党小组: the bridge to a building; without members it cannot form."""

    kind = Kind.CORE
    part = "group"

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Grow with organisers' hours, fade without; be a contact for the building."""
        s: GroupState = view.part("group")
        hours = view.levers.get("organisation")
        if not hours.any() and not s.strength.any():
            return
        r = view.residents
        s.members[:] = np.bincount(r.building, (r.membership > 0) & (r.present > 0), view.places.buildings)
        reach = np.minimum(1.0, hours) * np.minimum(1.0, s.members / view.actors.core.group_members)
        s.strength[:] += view.actors.core.group_pace * (reach - s.strength)
        s.strength[s.strength < 1e-6] = 0.0
        view.levers.add("building_leader", s.strength)
        view.levers.add("notice", view.actors.core.group_notice * s.strength[r.building])


class MemberHousehold(Institution, columns=HouseholdState):
    """党员中心户: members' homes open to neighbours, where word is passed on."""

    kind = Kind.CORE
    part = "household"

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Neighbours drop in where the building's group is strong."""
        s: HouseholdState = view.part("household")
        groups: GroupState = view.part("group")
        if not groups.strength.any() and not s.open.any():
            return
        dwellings = np.maximum(np.diff(view.places.building_first_dwelling), 1)
        s.open[:] = groups.strength * np.minimum(groups.members, dwellings) / dwellings
        view.levers.add("visits", view.actors.core.household_visits * s.open[view.residents.building])


class StreetState(NamedTuple):
    """Columns of street offices, (S,) each."""

    staff_hours: Float64
    skill: Float64
    pressure: Float64
    """Share of its communities' cases it had to take over lately; raises what it asks in records."""


class StreetOffice(Institution, columns=StreetState):
    """街道: takes escalations and sets appraisal; many escalations make it ask for more records."""

    kind = Kind.STREET

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Watch the load of escalations."""
        s: StreetState = view.state(Kind.STREET)
        desks = view.cases.desks
        own = np.flatnonzero(desks["kind"] == Kind.STREET)
        s.pressure[:] = desks["load"][own]


def make_street(view: ModelView, places: Places) -> StreetState:
    """Fresh columns of the street offices."""
    p = view.actors.street
    streets = int(places.community_street.max()) + 1
    communities = np.bincount(places.community_street, minlength=streets).astype(np.float64)
    return StreetState(
        p.staff_per_community * communities * 40.0, np.full(streets, p.skill), np.zeros(streets))
