"""One week as it is measured: counts and sums of each community, from which outcomes are made.

What is measured of a part of a district is its rows of what is measured of the whole, to the bit; therefore
sums over residents, buildings and cases stop at communities, and :mod:`sim.measures` adds these up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from sim.census import cells, count_votes, measure_cases, sum_trust, take_census
from sim.population.columns import Float64, Int64, Places
from sim.processes.running import RunningModel
from sim.recorder import AGE_GROUPS, MEMBER_GROUPS, POSITION_GROUPS, TENURE_GROUPS
from sim.threads import side_by_side
from sim.vocabulary import Activity, Kind

FIXED = (*AGE_GROUPS, *POSITION_GROUPS, *TENURE_GROUPS, *MEMBER_GROUPS)
GRID_OFFSET = len(FIXED)
COLUMNS = (
    "unit_satisfaction", "units", "legitimacy", "owners", "fee_payment", "effort", "firms", "committee_load",
    "core_load", "committee_paper", "core_paper", "social_paper", "grid_paper", "committee_hours",
    "core_hours", "social", "left", "spent", "attention_used")
"""What is known of institutions and means in each community."""


class Week(NamedTuple):
    """One week of R runs, as a rule one, of a district or a part of it; C communities, G grids."""

    residents: Int64
    """(R,) residents, whether they have moved in or not."""
    people: Int64
    """(R, 10) adults, by :func:`sim.census.take_census`."""
    sums: Float64
    """(C, 4)"""
    trust: Float64
    """(C, 10)"""
    habit: Int64
    """(R, 50) histogram."""
    groups: Int64
    """(R, 2, fixed groups) adults, and those who took part."""
    grids: Int64
    """(2, G) the same by grid."""
    event_ties: Int64
    """(R,)"""
    votes: Float64
    """(R, 3) votes called, those who came, those who were asked."""
    counts: Float64
    """(C, 4) :data:`sim.processes.world.COUNTS`."""
    tally: Float64
    """(C, len(TALLY)) :data:`sim.processes.office.TALLY`."""
    cases: Float64
    """(C, 13) :func:`sim.census.measure_cases`."""
    norm: Float64
    """(C, 2) summed rules of conduct, buildings."""
    staff_used: Float64
    """(C, 10) staff hours that policies were granted."""
    institutions: Float64
    """(C, len(COLUMNS)) :data:`COLUMNS`."""


class Weeks(NamedTuple):
    """Several weeks of one run: the columns of :class:`Week`, weeks first, without the axis of runs."""

    residents: Int64
    people: Int64
    sums: Float64
    trust: Float64
    habit: Int64
    groups: Int64
    grids: Int64
    event_ties: Int64
    votes: Float64
    counts: Float64
    tally: Float64
    cases: Float64
    norm: Float64
    staff_used: Float64
    institutions: Float64

    def column(self, name: str) -> Float64:
        """One of :data:`COLUMNS`, (W, C)."""
        return self.institutions[:, :, COLUMNS.index(name)]


def stacked(weeks: Sequence[Week], runs: int = 1) -> list[Weeks]:
    """Weeks one after the other, run by run; runs have equally many communities and grids."""
    columns = {
        name: np.array(column) for name, column in zip(Week._fields, zip(*weeks, strict=True), strict=True)}
    apart = {
        name: np.moveaxis(column, 1, 0) if name in _TOTAL else np.split(column, runs, axis=_PLACES[name])
        for name, column in columns.items()}
    return [Weeks(**{name: of_runs[k] for name, of_runs in apart.items()}) for k in range(runs)]


_TOTAL = ("residents", "people", "habit", "groups", "event_ties", "votes")
"""Columns with one entry a run; the others have one a place."""
_PLACES = {name: 2 if name == "grids" else 1 for name in Week._fields}
"""Axis of places, after that of weeks."""


def joined(parts: Sequence[Week]) -> Week:
    """The week of a district from those of its parts, in the order of communities."""
    if len(parts) == 1:
        return parts[0]
    found = {}
    for name in Week._fields:
        columns = [getattr(part, name) for part in parts]
        if name in _TOTAL:
            found[name] = sum(columns[1:], start=columns[0])
        else:
            found[name] = np.concatenate(columns, axis=1 if name == "grids" else 0)
    return Week(**found)


class Observable(RunningModel, Protocol):
    """A model whose weeks are measured."""


def group_count(places: Places) -> int:
    """Number of groups by which participation is recorded."""
    return GRID_OFFSET + places.grids


def observe(model: Observable, counts: Float64, tally: Float64, left: Float64) -> Week:
    """Measure the week that is ending.

    Parameters
    ----------
    model : Observable
    counts : array, shape (C, 4)
        :data:`sim.processes.world.COUNTS`.
    tally : array, shape (C, len(TALLY))
        :data:`sim.processes.office.TALLY`.
    left : array, shape (C,)
        Residents who left.
    """
    r, n, book = model.residents, model.places.communities, model.cases
    cell, grid = model.lasting("cells", lambda: cells(r)), model.scope("grid")

    def others() -> tuple[Float64, Float64]:
        slots = book.live()
        slots = slots[np.argsort(book.cases["key"][slots])]  # an order that a run keeps in any company
        cases = measure_cases(book.cases, model.week, slots, n)
        return sum_trust(r.present, r.age, r.community, r.trust_good, r.trust_bad, n), cases

    def people_counted() -> tuple[Int64, Float64, Int64, Int64, Int64, Int64]:
        return take_census(
            r, cell, model.ties, model.week, model.places, grid.lo, grid.hi, model.run_of, model.runs)

    (people, sums, habit, groups, grids, event_ties), (trust, cases) = side_by_side(
        len(r.key), people_counted, others)
    residents = model.lasting(
        "residents of runs", lambda: np.bincount(model.run_of[r.community], minlength=model.runs))
    return Week(
        residents, people, sums, trust, habit, groups, grids, event_ties, _votes(model), counts, tally,
        cases, _norm(model), model.budget.staff_used, _institutions(model, left))


def _votes(model: Observable) -> Float64:
    # Those asked were counted when the vote was called: some of those who voted may have left by now
    asked = model.state(Kind.OWNERS_COMMITTEE).asked
    return count_votes(model.opportunities.rows, int(Activity.VOTE), asked, model.run_of, model.runs)


def _norm(model: Observable) -> Float64:
    places, norm = model.places, model.commons.norm
    n = places.communities
    buildings = model.lasting(
        "buildings a community", lambda: np.bincount(places.building_community, minlength=n).astype(float))
    return np.stack([np.bincount(places.building_community, norm, n), buildings], axis=1)


def _institutions(model: Observable, left: Float64) -> Float64:
    partners, owners = model.state(Kind.PARTNER_UNIT), model.state(Kind.OWNERS_COMMITTEE)
    firm, social = model.state(Kind.PROPERTY), model.state(Kind.SOCIAL_ORGANIZATION)
    committee, core = model.state(Kind.RESIDENTS_COMMITTEE), model.state(Kind.CORE)
    load, desk_of = model.cases.desks["load"], model.cases.desk_of
    table = np.empty((model.places.communities, len(COLUMNS)))
    for k, column in enumerate((
        partners.satisfaction, partners.number, owners.legitimacy, owners.present, firm.paying, firm.effort,
        firm.present, load[desk_of[Kind.RESIDENTS_COMMITTEE]], load[desk_of[Kind.CORE]],
        committee.record_hours, core.report_hours, social.report_hours,
        model.levers.get("paper_hours")[:, Kind.GRID_WORKER], committee.staff_hours, core.staff_hours,
        social.present, left, model.budget.spent, model.budget.attention_used,
    )):
        table[:, k] = column
    return table
