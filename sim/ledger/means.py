"""What staff have to work with in a week, as policies leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.population.columns import Float64

if TYPE_CHECKING:
    from sim.ledger.budget import Budget
    from sim.ledger.levers import Levers


class Means(NamedTuple):
    """What policies give to and take from staff this week."""

    factor: float
    """Factor of a shock on staff hours."""
    given: Float64
    """(C, 10) hours added."""
    used: Float64
    """(C, 10) hours that policies were granted."""
    paper: Float64
    """(C, 10) hours of paperwork added."""
    training: Float64
    """(C, 10) hours of training."""
    turnover: Float64
    """(C,) further staff leaving, share a year."""


def means_of(levers: Levers, budget: Budget, factor: float) -> Means:
    """What policies give to and take from staff this week, once all have acted; ``factor`` is a shock's."""
    return Means(
        factor, levers.get("staff_hours"), budget.staff_used, levers.get("paper_hours"),
        levers.get("training"), levers.get("turnover"))
