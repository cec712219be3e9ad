"""Neighbours, the property company and the budget, the plain way."""

from __future__ import annotations

from typing import Any

from reference.arithmetic import logistic


def neighbours(dwelling: int, lo: int, hi: int, floors: int) -> set[int]:
    """Dwellings on the same landing or above and below, in a building numbered floor by floor."""
    per_floor = max(1, (hi - lo) // floors)
    near = {dwelling + 1, dwelling - 1, dwelling + per_floor, dwelling - per_floor}
    return {d for d in near if lo <= d < hi}


def best_effort(paying: float, fee: float, fixed: float, cost: float, penalty: float, f0: float, f1: float,
                f2: float, expected: float) -> tuple[float, float]:
    """The best of 201 efforts."""
    def profit(effort: float) -> float:
        share = logistic(f0 + f1 * (effort - expected) + f2 * (2.0 * paying - 1.0))
        return fee * share - fixed - cost * effort**2 - penalty * (1.0 - effort)

    best = max((k / 200 for k in range(201)), key=profit)
    return best, profit(best)


class Purse:
    """One community's money, attention and staff hours, served one request at a time."""

    def __init__(self, money: float, attention: float, staff: dict[int, float]) -> None:
        self.money, self.attention, self.staff = money, attention, dict(staff)

    def fits(self, request: Any) -> bool:
        """Whether one more unit can be paid for."""
        return (request.money <= self.money and request.attention <= self.attention
                and all(hours <= self.staff[int(kind)] for kind, hours in request.staff.items()))

    def serve(self, request: Any, wanted: int) -> int:
        """Whole units, one after another, until something runs out."""
        units = 0
        while units < wanted and self.fits(request):
            self.money -= request.money
            self.attention -= request.attention
            for kind, hours in request.staff.items():
                self.staff[int(kind)] -= hours
            units += 1
        return units
