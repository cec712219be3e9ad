"""社区党委 (the core) with grid branches, building groups and member households; and the street office."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution
from sim.actors.skill import WEEKS_A_YEAR, trained
from sim.jit import kernel, lean_kernel
from sim.ledger.cases import Table
from sim.population.columns import Float64, Int32, Places
from sim.view import ModelView
from sim.vocabulary import MEMBERS_ONLY, WEEK_HOURS, Activity, Kind, Regime, Stage

_CORE, _COMMITTEE, _STREET = int(Kind.CORE), int(Kind.RESIDENTS_COMMITTEE), int(Kind.STREET)

CASE_SHARE = {
    Regime.ONE_CORE: 1.0, Regime.ADMINISTRATIVE: 1.0, Regime.FRAGMENTED: 0.0, Regime.SELF_GOVERNING: 0.0}
"""Share of the core's attention left after reports, visits and oversight that goes into cases: convening or
doing. The rest is lent to the residents' committee's line work, so that all regimes hold the same hours."""


class CoreState(NamedTuple):
    """Columns of the community party committees, (C,) each."""

    people: Float64
    """Cadres."""
    staff_hours: Float64
    """Hours of attention a week, party life taken off."""
    authority: Float64
    manner: Float64
    """How fairly cadres treat people; the pressed are curt."""
    style: Float64
    """Share of cases of several actors left to residents' own lead: 0 包办者, 1 引导者／观察者／增能者."""
    skill: Float64
    report_hours: Float64
    """This week's hours on reports for superiors."""
    visit_hours: Float64
    oversight_hours: Float64
    case_hours: Float64
    """This week's hours for convening or doing."""
    lent_hours: Float64
    """This week's hours lent to line work."""
    handed_authority: Float64
    """Authority the street has handed down."""


@lean_kernel
def split_attention(
    s: CoreState, numbers: Table, common: Table, factor: float, used: Float64, record_weight: Float64,
    cases: float, training: Float64, turnover: Float64, desks: Table, desk_of: Int32,
) -> None:
    """Reports first, then visits and oversight as far as the queue leaves room, the rest for cases.

    Parameters
    ----------
    s : CoreState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of the core, and those of all institutions.
    factor : float
        Factor of a shock on staff hours.
    used : array, shape (C,)
        Attention that policies were granted.
    record_weight : array, shape (C,)
    cases : float
        Share of what is left that goes into cases; the rest is lent to line work.
    training : array, shape (C, 10)
        Hours of training.
    turnover : array, shape (C,)
        Further cadres leaving, share a year.
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q = numbers[0], common[0]
    for c in range(len(s.staff_hours)):
        desk, line = desk_of[_CORE, c], desk_of[_COMMITTEE, c]
        s.manner[c] = p.manner * (1.0 - p.manner_strain * desks[line].load)
        goal = min(p.guiding + p.guiding_pressed * desks[desk].load, 1.0)
        s.style[c] += p.style_pace * (goal - s.style[c])
        free = max(s.staff_hours[c] * factor - used[c], 0.0)
        s.report_hours[c] = min(free, s.staff_hours[c] * p.report_share * record_weight[c])
        free -= s.report_hours[c]
        calm = 1.0 - desks[desk].load if cases > 0.0 else 1.0
        s.visit_hours[c] = free * p.visit_share * calm
        s.oversight_hours[c] = free * p.oversight_share * calm
        rest = free - s.visit_hours[c] - s.oversight_hours[c]
        s.case_hours[c] = rest * cases
        s.lent_hours[c] = rest - s.case_hours[c]
        leaving = min(max(p.turnover + turnover[c], 0.0), 1.0) / WEEKS_A_YEAR
        s.skill[c] -= leaving * (1.0 - p.beginner) * s.skill[c]
        heads = s.staff_hours[c] / WEEK_HOURS
        s.skill[c] = trained(
            s.skill[c], p.skill, q.skill_weeks, training[c, _CORE], heads, q.training_pace)
        desks[desk].hours, desks[desk].skill = s.case_hours[c], s.skill[c]
        desks[desk].people = max(s.people[c], np.ceil(s.case_hours[c] / WEEK_HOURS))


class CommunityPartyCommittee(Institution, columns=CoreState):
    """社区党委: splits its attention between reports, visits, oversight and cases.

    Reports come first, by the weight of records in appraisal. Visits and oversight give way when the queue of
    cases grows; what is left goes into convening (one_core), doing (administrative), or is lent to line work.
    Where it leads, a pressed core leaves more to residents' own lead; pressed line staff are curt.
    """

    kind = Kind.CORE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split this week's attention."""
        levers, book = view.levers, view.cases
        split_attention(
            view.state(Kind.CORE), view.numbers(Kind.CORE), view.numbers(None), view.staff_factor,
            view.budget.attention_used, view.record_weight, CASE_SHARE[view.regime], levers.get("training"),
            levers.get("turnover"), book.desks, book.desk_of)
        party_day = view.actors.core.party_day
        due = view.turn("party day", "community", party_day.weeks)
        if due.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.SHIFT, Stage.MUTUAL_HELP, view.scope("community").where(due),
                open_to=MEMBERS_ONLY, **party_day.terms())


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
    people = p.staff_per_1000 * residents / 1000.0
    hours = people * WEEK_HOURS * p.attention_share
    zeros = [np.zeros(n) for _ in range(6)]
    return CoreState(people, hours, np.full(n, p.authority), np.full(n, p.manner), np.full(n, p.guiding),
        np.full(n, p.skill), *zeros)


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
        members = view.party_members
        s.members[:] = np.bincount(r.building[members], r.present[members] > 0, view.places.buildings)
        reach = np.minimum(1.0, hours) * np.minimum(1.0, s.members / view.actors.core.group_members)
        s.strength[:] += view.actors.core.group_pace * (reach - s.strength)
        s.strength[s.strength < 1e-6] = 0.0
        view.levers.add("building_leader", s.strength)
        view.levers.add_to_each("notice", view.actors.core.group_notice * s.strength, r.building)


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
        view.levers.add_to_each("visits", view.actors.core.household_visits * s.open, view.residents.building)


class StreetState(NamedTuple):
    """Columns of street offices, (S,) each."""

    staff_hours: Float64
    skill: Float64
    pressure: Float64
    """Felt load of escalations; raises what it asks in records."""


@kernel
def watch_escalations(
    s: StreetState, handed_hours: Float64, handed_authority: Float64, numbers: Table, factor: float,
    used: Float64, street_of: Int32, desks: Table, desk_of: Int32,
) -> None:
    """Pressure of each street, what it hands down, and its desk's staff.

    Hours it can spare go down to its communities by their load; a street pressed by escalations lets the
    cores below decide more.

    Parameters
    ----------
    s : StreetState
        Written.
    handed_hours, handed_authority : arrays, shape (C,)
        Written: what each community's line work and core get from above next week.
    numbers : array, shape (1,)
        Numbers of street offices.
    factor : float
        Factor of a shock on staff hours.
    used : array, shape (C, 10)
        Staff hours that policies were granted.
    street_of : array, shape (C,)
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written, those of streets are the last.
    """
    p = numbers[0]
    first = len(desks) - len(s.staff_hours)
    for k in range(len(s.staff_hours)):
        s.pressure[k] = desks[first + k].load
        desks[first + k].hours = s.staff_hours[k] * factor
        desks[first + k].people = s.staff_hours[k] / WEEK_HOURS
        desks[first + k].skill = s.skill[k]
    loads, left = np.zeros(len(s.staff_hours)), np.zeros(len(s.staff_hours))
    for c in range(len(street_of)):
        desk = first + street_of[c]
        desks[desk].hours = max(desks[desk].hours - used[c, _STREET], 0.0)
        loads[street_of[c]] += desks[desk_of[_COMMITTEE, c]].load
        handed_authority[c] = p.hand_down_authority * s.pressure[street_of[c]]
    for k in range(len(left)):
        left[k] = desks[first + k].hours
    for c in range(len(street_of)):
        k = street_of[c]
        share = desks[desk_of[_COMMITTEE, c]].load / max(loads[k], 1e-9)
        spare = min(p.hand_down_hours * s.staff_hours[k] * factor * (1.0 - s.pressure[k]), left[k])
        handed_hours[c] = share * spare
        desks[first + k].hours = max(desks[first + k].hours - handed_hours[c], 0.0)


class StreetOffice(Institution, columns=StreetState):
    """街道: takes escalations, hands down staff and authority, sets appraisal.

    Many escalations make it ask for more records and keep its staff, but let go of some authority.
    """

    kind = Kind.STREET

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Watch the load of escalations; whom policies have sent down does not sit at the street's desk."""
        watch_escalations(
            view.state(cls.kind), view.state(Kind.RESIDENTS_COMMITTEE).handed_hours,
            view.state(Kind.CORE).handed_authority, view.numbers(cls.kind), view.staff_factor,
            view.budget.staff_used, view.places.community_street, view.cases.desks, view.cases.desk_of)


def make_street(view: ModelView, places: Places) -> StreetState:
    """Fresh columns of the street offices."""
    p = view.actors.street
    streets = int(places.community_street.max()) + 1
    communities = np.bincount(places.community_street, minlength=streets).astype(np.float64)
    return StreetState(
        p.staff_per_community * communities * WEEK_HOURS, np.full(streets, p.skill),
        np.zeros(streets))
