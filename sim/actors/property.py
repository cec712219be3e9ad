"""物业公司 and 业委会: fees, effort and oversight, with two equilibria."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution, every
from sim.jit import kernel
from sim.ledger.opportunities import OWNERS_ONLY
from sim.numerics import logistic
from sim.population.columns import Float64, Int32, UInt8
from sim.view import ModelView
from sim.vocabulary import Activity, Kind, Stage, Tenure

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
    """This week's hours of oversight per 1,000 residents."""
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


@kernel
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


class PropertyCompany(Institution, columns=PropertyState):
    """物业: effort maximises fee income minus costs and penalties; unpaid fees cut service."""

    kind = Kind.PROPERTY

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Once a month set effort and collect fees; every week staff the desk."""
        s: PropertyState = view.state(Kind.PROPERTY)
        p = view.actors.property
        core, owners = view.state(Kind.CORE), view.state(Kind.OWNERS_COMMITTEE)
        watch = view.levers.get("property_oversight") + core.oversight_hours + owners.oversight_hours
        s.oversight[:] = watch * 1000.0 / np.maximum(view.adults, 1)
        if view.week % MONTH == 0:
            _adjust(view, s)
        s.quality[:] = np.where(
            s.present > 0, s.quality + 0.25 * (s.effort - s.quality), p.no_company_quality)
        lever = view.levers.get("staff_hours")[:, cls.kind] - view.budget.staff_used[:, cls.kind]
        hours = s.present * s.staff_hours * s.effort * view.staff_factor + lever * s.present
        s.desk_hours[:] = np.maximum(hours, 0.0)


def _adjust(view: ModelView, s: PropertyState) -> None:
    p = view.actors.property
    places = view.places
    bite = s.oversight / (s.oversight + p.oversight_half)
    for c in np.flatnonzero(s.present > 0):
        goal, s.profit[c] = best_effort(
            s.paying[c], p.fee, p.fixed_cost, p.effort_cost, p.penalty * bite[c], p.pay_intercept,
            p.pay_quality, p.pay_neighbours, p.expected_quality)
        s.effort[c] += p.adjust * (goal - s.effort[c])
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
        profit=np.zeros(n), oversight=np.zeros(n), staff_hours=p.staff_per_1000 * residents / 1000.0 * 40.0,
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


class OwnersCommittee(Institution, columns=OwnersState):
    """业委会: oversees the property company and calls votes; low turnout costs legitimacy, then capture."""

    kind = Kind.OWNERS_COMMITTEE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Learn from the last vote, split hours, call the next vote."""
        s: OwnersState = view.state(Kind.OWNERS_COMMITTEE)
        p = view.actors.owners_committee
        _learn_from_vote(view, s)
        if view.week % MONTH == 0:
            risk = p.capture * (1.0 - s.legitimacy)
            caught = view.draw("capture", "community") < risk
            freed = view.draw("recovery", "community") < 0.25 * s.legitimacy
            s.captured[:] = np.where(s.captured > 0, ~freed, caught) * s.present
        hours = s.present * p.staff * p.hours * view.staff_factor + s.present * (
            view.levers.get("staff_hours")[:, cls.kind] - view.budget.staff_used[:, cls.kind])
        hours = np.maximum(hours, 0.0)
        s.oversight_hours[:] = np.where(s.captured > 0, 0.0, np.minimum(hours, p.oversight_hours))
        s.desk_hours[:] = hours - s.oversight_hours
        due = every(view, p.vote_weeks, "owners' vote", "community") & (s.present > 0)
        s.voting[:] = due
        if due.any():
            s.asked[:] = np.where(due, _voters(view), s.asked)
            view.opportunities.offer(
                view.week, cls.kind, Activity.VOTE, Stage.PUBLIC_AFFAIRS, view.scope("community").where(due),
                hours=0.1, notice=p.notice, relevance=p.relevance, open_to=OWNERS_ONLY, ease=p.vote_ease,
                voice=np.where(s.captured > 0, 0.1, s.legitimacy)[due], contacts=0)


def _voters(view: ModelView) -> Float64:
    """Adult owners who live here now, (C,)."""
    r = view.residents
    may = (r.tenure == Tenure.OWNER) & (r.age >= 18) & (r.present > 0)
    return np.bincount(r.community[may], minlength=view.places.communities).astype(float)


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
