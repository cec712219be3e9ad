"""The weekly budget: what policies ask for, and whole units granted out of money, attention and staff hours.

Scarcity is lumpy: a half-funded festival does not happen, a half-funded centre opens half the days. Within
one week the policy that has waited longest in a community is served first, ties going to the smaller (kind,
id), so the order in which a scenario lists its policies never matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.vocabulary import Kind

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Request:
    """What one policy asks for this week, a community.

    Parameters
    ----------
    money : float or array, shape (C,)
        Yuan a unit.
    attention : float or array, shape (C,)
        Hours of the core's attention a unit.
    staff : mapping of Kind to float or array, shape (C,)
        Hours of each kind's staff a unit.
    units : int or array of int, shape (C,)
        Whole units wanted in each community; 0 asks for nothing there.
    """

    money: float | FloatArray = 0.0
    attention: float | FloatArray = 0.0
    staff: Mapping[Kind, float | FloatArray] = field(default_factory=dict)
    units: npt.ArrayLike = 1


@dataclass(frozen=True)
class Grants:
    """What was granted this week to P policies in C communities."""

    units: IntArray
    """(P, C) whole units."""
    wanted: IntArray
    """(P, C) whole units asked for."""

    def share(self, policy: int) -> FloatArray:
        """Granted share of what a policy wanted, (C,); 0 where it wanted nothing."""
        return np.divide(
            self.units[policy], self.wanted[policy], out=np.zeros(self.units.shape[1]),
            where=self.wanted[policy] > 0,
        )


class Budget:
    """Money, attention and staff hours of C communities.

    Parameters
    ----------
    communities : int
    weekly : array, shape (C,)
        Yuan that come in each week.
    carry_weeks : float
        Unspent money is kept up to this many weeks' income; the rest lapses, as at the end of a fiscal year.
    """

    def __init__(self, communities: int, weekly: npt.ArrayLike, carry_weeks: float) -> None:
        self.weekly: FloatArray = np.broadcast_to(np.asarray(weekly, float), (communities,)).copy()
        self.carry_weeks = carry_weeks
        self.fund: FloatArray = np.zeros(communities)
        self.raised: FloatArray = np.zeros(communities)
        """Yuan that policies raised last week: spared by the lapse at the end of the carry-over."""
        self.spent: FloatArray = np.zeros(communities)
        """Yuan spent on policies this week."""
        self.spent_total: FloatArray = np.zeros(communities)
        self.income_total: FloatArray = np.zeros(communities)
        self.attention: FloatArray = np.zeros(communities)
        """Hours of the core's attention still free this week."""
        self.staff: FloatArray = np.zeros((communities, len(Kind)))
        """Staff hours still free this week; below 0 where a policy also used hours that another lent."""
        self.attention_used: FloatArray = np.zeros(communities)
        self.staff_used: FloatArray = np.zeros((communities, len(Kind)))
        self.waiting: dict[tuple[str, str], IntArray] = {}
        """Weeks each policy, by (kind, id), has waited for its full grant."""

    def open_week(self, attention: FloatArray, staff: FloatArray) -> None:
        """Take in the week's income and the hours that institutions can spare.

        Parameters
        ----------
        attention : array, shape (C,)
        staff : array, shape (C, 10)
        """
        kept = np.minimum(self.fund, self.carry_weeks * self.weekly + self.raised)
        self.raised = np.zeros_like(self.fund)
        self.fund = kept + self.weekly
        self.income_total = self.income_total + self.weekly
        self.spent = np.zeros_like(self.fund)
        self.attention = attention.copy()
        self.staff = staff.copy()
        self.attention_used = np.zeros_like(attention)
        self.staff_used = np.zeros_like(staff)

    def take_in(self, raised: FloatArray) -> None:
        """Add money that policies raised this week; it can be spent from next week on.

        Parameters
        ----------
        raised : array, shape (C,)
            Yuan, at least 0.
        """
        self.raised = raised.copy()
        self.fund += raised
        self.income_total += raised

    def take(self, kind: Kind, hours: FloatArray) -> None:
        """Let a policy use hours, (C,), left after all grants or lent by another; they count as granted."""
        self.staff[:, kind] -= hours
        self.staff_used[:, kind] += hours

    def grant(self, names: Sequence[tuple[str, str]], requests: Sequence[Request]) -> Grants:
        """Grant whole units, longest waiting first.

        Parameters
        ----------
        names : sequence of (kind, id)
            In ascending order; one a request.
        requests : sequence of Request

        Returns
        -------
        Grants
        """
        communities = len(self.fund)
        wanted = np.zeros((len(requests), communities), np.int64)
        waited = np.zeros_like(wanted)
        money, attention = np.zeros(wanted.shape), np.zeros(wanted.shape)
        staff = np.zeros((*wanted.shape, len(Kind)))
        for p, (name, request) in enumerate(zip(names, requests, strict=True)):
            wanted[p], money[p], attention[p] = request.units, request.money, request.attention
            for kind, hours in request.staff.items():
                staff[p, :, kind] = hours
            if name in self.waiting:
                waited[p] = self.waiting[name]
        from sim.ledger.sharing import share_out  # scenario files are read without compiled code

        units = np.zeros_like(wanted)
        share_out(
            wanted, waited, money, attention, staff, units, self.fund, self.spent, self.spent_total,
            self.attention, self.attention_used, self.staff, self.staff_used)
        for p, name in enumerate(names):
            self.waiting[name] = np.where(units[p] < wanted[p], waited[p] + 1, 0)
        return Grants(units, wanted)
