"""物业公司 and 业委会: fees, effort and oversight, with two equilibria."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution
from sim.actors.skill import trained
from sim.jit import kernel, lean_kernel
from sim.ledger.cases import Table
from sim.ledger.means import Means
from sim.numerics import logistic
from sim.population.columns import Bool, Float64, Int32, UInt8, UInt64
from sim.rng import uniform
from sim.view import ModelView
from sim.vocabulary import OWNERS_ONLY, WEEK_HOURS, Activity, Kind, Stage, Tenure

_PROPERTY, _OWNERS = int(Kind.PROPERTY), int(Kind.OWNERS_COMMITTEE)
MONTH = 4
"""Weeks from one decision on effort and fees to the next."""
_EFFORTS = 201


class PropertyState(NamedTuple):
    """Columns of property companies, (C,) each."""

    present: Float64
    effort: Float64
    quality: Float64
    """Service quality that residents meet, 0 to 1; follows effort."""
    paying: Float64
    """Share of households that pay."""
    profit: Float64
    """Expected yuan a dwelling a week."""
    oversight: Float64
    """Hours of oversight a week per 1,000 adults, averaged over about a month."""
    staff_hours: Float64
    desk_hours: Float64
    skill: Float64


@kernel
def best_effort(
    paying: float, fee: float, fixed: float, cost: float, penalty: float, f0: float, f1: float, f2: float,
    expected: float,
) -> tuple[float, float]:
    """Effort that maximises expected profit, on an even grid of 201.

    The company expects a household to pay with σ(f₀ + f₁(e − q*) + f₂·(2·share − 1)), the share being last
    month's.
    """
    best, best_profit = 0.0, -1e18
    for k in range(_EFFORTS):
        e = k / (_EFFORTS - 1)
        pay = logistic(f0 + f1 * (e - expected) + f2 * (2.0 * paying - 1.0))
        profit = fee * pay - fixed - cost * e * e - penalty * (1.0 - e)
        if profit > best_profit:
            best, best_profit = e, profit
    return best, best_profit


@lean_kernel
def pay_fees(
    present: Float64, draws: Float64, paying_building: Float64, building_of: Int32, community_of: Int32,
    quality: Float64, fee_paid: UInt8, f0: float, f1: float, f2: float, expected: float,
) -> None:
    """Households pay or withhold, by quality and by what their building paid last month.

    ``draws`` holds one uniform a dwelling; ``paying_building`` (B,) last month's share; ``fee_paid`` (D,) is
    written.
    """
    for d in range(len(draws)):
        c = community_of[building_of[d]]
        share = paying_building[building_of[d]]
        x = f0 + f1 * (quality[c] - expected) + f2 * (2.0 * share - 1.0)
        fee_paid[d] = 1 if present[c] > 0.0 and draws[d] < logistic(x) else 0


@lean_kernel
def oversee(
    s: PropertyState, by_policies: Float64, by_core: Float64, by_owners: Float64, adults: Float64
) -> None:
    """Hours of oversight per 1,000 adults, from everyone who watches the company, smoothed over a month.

    Parameters
    ----------
    s : PropertyState
        ``oversight`` is written.
    by_policies, by_core, by_owners, adults : arrays, shape (C,)
    """
    for c in range(len(s.oversight)):
        watch = by_policies[c] + by_core[c] + by_owners[c]
        now = watch * 1000.0 / max(adults[c], 1.0)
        s.oversight[c] += (now - s.oversight[c]) / MONTH


@lean_kernel
def adjust_effort(s: PropertyState, numbers: Table) -> None:
    """Move effort towards what would pay best; ``numbers`` holds those of property companies."""
    p = numbers[0]
    for c in range(len(s.effort)):
        if s.present[c] <= 0.0:
            continue
        bite = s.oversight[c] / (s.oversight[c] + p.oversight_half)
        goal, s.profit[c] = best_effort(
            s.paying[c], p.fee, p.fixed_cost, p.effort_cost, p.penalty * bite, p.pay_intercept,
            p.pay_quality, p.pay_neighbours, p.expected_quality)
        s.effort[c] += p.adjust * (goal - s.effort[c])


@lean_kernel
def serve(
    s: PropertyState, numbers: Table, common: Table, m: Means, desks: Table, desk_of: Int32
) -> None:
    """Quality follows effort, and effort staffs the desk.

    Parameters
    ----------
    s : PropertyState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of property companies, and those of all institutions.
    m : Means
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _PROPERTY
    for c in range(len(s.effort)):
        desk = desk_of[k, c]
        if s.present[c] <= 0.0 or desk < 0:
            s.quality[c], s.desk_hours[c] = p.no_company_quality, 0.0
            continue
        s.quality[c] += p.service_pace * (s.effort[c] - s.quality[c])
        own = s.staff_hours[c] * s.effort[c] * m.factor
        s.desk_hours[c] = max(own + m.given[c, k] - m.used[c, k], 0.0)
        heads = s.staff_hours[c] / WEEK_HOURS
        s.skill[c] = trained(s.skill[c], p.skill, q.skill_weeks, m.training[c, k], heads, q.training_pace)
        desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
        desks[desk].people = max(heads, np.ceil(s.desk_hours[c] / WEEK_HOURS))


class PropertyCompany(Institution, columns=PropertyState):
    """物业: effort maximises fee income minus costs and penalties; unpaid fees cut service."""

    kind = Kind.PROPERTY

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Once a month set effort and collect fees; every week staff the desk."""
        s: PropertyState = view.state(cls.kind)
        core, owners = view.state(Kind.CORE), view.state(Kind.OWNERS_COMMITTEE)
        numbers, book = view.numbers(cls.kind), view.cases
        oversee(
            s, view.levers.get("property_oversight"), core.oversight_hours, owners.oversight_hours,
            view.adults)
        if view.week % MONTH == 0:
            adjust_effort(s, numbers)
            _collect(view, s)
        serve(s, numbers, view.numbers(None), view.means, book.desks, book.desk_of)


def _collect(view: ModelView, s: PropertyState) -> None:
    p = view.actors.property
    places = view.places
    paid = view.commons.fee_paid
    dwellings = np.maximum(np.diff(places.building_first_dwelling), 1)
    shares = np.bincount(places.dwelling_building, paid, places.buildings) / dwellings
    pay_fees(
        s.present, view.draw("fee", "dwelling"), shares, places.dwelling_building, places.building_community,
        s.quality, paid, p.pay_intercept, p.pay_quality, p.pay_neighbours, p.expected_quality)
    homes = np.bincount(places.building_community[places.dwelling_building], minlength=places.communities)
    s.paying[:] = np.bincount(
        places.building_community[places.dwelling_building], paid, places.communities) / np.maximum(homes, 1)


def make_property(view: ModelView, residents: Float64) -> PropertyState:
    """Fresh columns; the initial share of paying households is set in ``commons.fee_paid`` too."""
    p = view.actors.property
    n = len(residents)
    present = np.full(n, float(p.present))
    view.commons.fee_paid[:] = (view.draw("first fee", "dwelling", -1) < p.initial_paying) & p.present
    return PropertyState(
        present=present, effort=np.full(n, p.initial_effort) * present,
        quality=np.where(present > 0, p.initial_effort, p.no_company_quality),
        paying=np.full(n, p.initial_paying) * present,
        profit=np.zeros(n), oversight=np.zeros(n),
        staff_hours=p.staff_per_1000 * residents / 1000.0 * WEEK_HOURS,
        desk_hours=np.zeros(n), skill=np.full(n, p.skill))


class OwnersState(NamedTuple):
    """Columns of owners' committees, (C,) each."""

    present: Float64
    legitimacy: Float64
    captured: Float64
    """1 where outside interests run it."""
    turnout: Float64
    """Of the last vote; NaN before the first."""
    skill: Float64
    oversight_hours: Float64
    desk_hours: Float64
    voting: Float64
    """1 in a week with a vote."""
    asked: Float64
    """Owners who were asked at the last vote."""


@lean_kernel
def change_hands(
    s: OwnersState, numbers: Table, guidance: Float64, community: UInt64, capture: UInt64,
    recovery: UInt64,
) -> None:
    """Committees that few stand behind fall to outside interests; those that many trust free themselves.

    Parameters
    ----------
    s : OwnersState
        ``captured`` is written.
    numbers : array, shape (1,)
        Numbers of owners' committees.
    guidance : array, shape (C,)
        Guidance by policies, which keeps outsiders away.
    community : array of uint64, shape (C,)
        Keys of communities.
    capture, recovery : arrays of uint64, shape (C,)
        Keys of this week's draws.
    """
    p = numbers[0]
    for c in range(len(s.present)):
        if s.captured[c] > 0.0:
            held = not uniform(recovery[c], community[c]) < p.recovery * s.legitimacy[c] / MONTH
        else:
            risk = p.capture * (1.0 - s.legitimacy[c]) * max(1.0 - guidance[c], 0.0)
            held = uniform(capture[c], community[c]) < risk / MONTH
        s.captured[c] = s.present[c] if held else 0.0


@lean_kernel
def split_hours(
    s: OwnersState, numbers: Table, common: Table, m: Means, desks: Table, desk_of: Int32
) -> None:
    """Oversight first, unless captured; the rest for cases.

    Parameters
    ----------
    s : OwnersState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of owners' committees, and those of all institutions.
    m : Means
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _OWNERS
    for c in range(len(s.present)):
        desk = desk_of[k, c]
        if s.present[c] <= 0.0 or desk < 0:
            s.oversight_hours[c] = s.desk_hours[c] = 0.0
            continue
        hours = max(p.staff * p.hours * m.factor + m.given[c, k] - m.used[c, k], 0.0)
        s.oversight_hours[c] = 0.0 if s.captured[c] > 0.0 else min(hours, p.oversight_hours)
        s.desk_hours[c] = hours - s.oversight_hours[c]
        s.skill[c] = trained(
            s.skill[c], p.skill, q.skill_weeks, m.training[c, k], float(p.staff), q.training_pace)
        desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
        desks[desk].people = max(float(p.staff), np.ceil(s.desk_hours[c] / WEEK_HOURS))


class OwnersCommittee(Institution, columns=OwnersState):
    """业委会: oversees the property company and calls votes; low turnout costs legitimacy, then capture."""

    kind = Kind.OWNERS_COMMITTEE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Learn from the last vote, split hours, call the next vote."""
        s: OwnersState = view.state(cls.kind)
        p, book, levers = view.actors.owners_committee, view.cases, view.levers
        if s.voting.any():
            _learn_from_vote(view, s)
        change_hands(
            s, view.numbers(cls.kind), levers.get("owners_guidance"), view.places.community_key,
            view.week_key("capture"), view.week_key("recovery"))
        split_hours(
            s, view.numbers(cls.kind), view.numbers(None), view.means, book.desks, book.desk_of)
        due = view.turn("owners' vote", "community", p.vote.weeks)
        s.voting[:] = due
        if not due.any():
            return
        due = due & (s.present > 0)
        s.voting[:] = due
        if due.any():
            s.asked[due] = _voters(view, due)
            voice = np.where(s.captured > 0, p.captured_voice, s.legitimacy)
            voice = voice * np.maximum(1.0 - levers.get("owners_domination"), 0.0)
            view.opportunities.offer(
                view.week, cls.kind, Activity.VOTE, Stage.PUBLIC_AFFAIRS, view.scope("community").where(due),
                open_to=OWNERS_ONLY, **{**p.vote.terms(), "voice": voice[due]})


def _voters(view: ModelView, due: Bool) -> Float64:
    """Adult owners who live here now, in each community that votes."""
    r, scope = view.residents, view.scope("community").where(due)
    here = [slice(lo, hi) for lo, hi in zip(scope.lo.tolist(), scope.hi.tolist(), strict=True)]
    may = [(r.tenure[c] == Tenure.OWNER) & (r.age[c] >= 18) & (r.present[c] > 0) for c in here]
    return np.array([np.count_nonzero(m) for m in may], float)


def _learn_from_vote(view: ModelView, s: OwnersState) -> None:
    p = view.actors.owners_committee
    rows = view.last_opportunities
    for row in rows[rows["activity"] == Activity.VOTE]:
        c = row["community"]
        s.turnout[c] = row["attended"] / max(s.asked[c], 1.0)
        goal = 0.0 if s.captured[c] else min(1.0, s.turnout[c] / max(p.quorum, 0.01))
        s.legitimacy[c] += p.legitimacy_step * (goal - s.legitimacy[c])


def make_owners(view: ModelView, communities: int) -> OwnersState:
    """Fresh columns."""
    p = view.actors.owners_committee
    return OwnersState(
        present=np.full(communities, float(p.present)), legitimacy=np.full(communities, p.legitimacy),
        captured=np.zeros(communities), turnout=np.full(communities, np.nan),
        skill=np.full(communities, p.skill), oversight_hours=np.zeros(communities),
        desk_hours=np.zeros(communities), voting=np.zeros(communities),
        asked=np.zeros(communities))
