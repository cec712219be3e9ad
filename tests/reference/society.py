"""Acquaintance, talk, neighbours, the property company and the budget, the plain way."""

from __future__ import annotations

from typing import Any

from reference.arithmetic import combine, logistic, uniform

SLOTS, STRONGEST = 8, 8


class Acquaintance:
    """Event ties as one dict a resident, from slot to (other, strength)."""

    def __init__(self, n: int) -> None:
        self.slots: list[list[tuple[int, int] | None]] = [[None] * SLOTS for _ in range(n)]

    def _drop(self, i: int, k: int) -> None:
        held = self.slots[i][k]
        if held is not None:
            self.slots[i][k] = None
            other = self.slots[held[0]]
            other[[s is not None and s[0] == i for s in other].index(True)] = None

    def _weakest(self, i: int) -> int:
        strength = [0 if s is None else s[1] for s in self.slots[i]]
        return strength.index(min(strength))

    def meet(self, i: int, j: int, gain: int) -> None:
        """Renew a tie, or put it where the weakest was, if neither gives up something stronger."""
        for k, s in enumerate(self.slots[i]):
            if s is not None and s[0] == j:
                grown = min(STRONGEST, s[1] + gain)
                self.slots[i][k] = (j, grown)
                mine = [t is not None and t[0] == i for t in self.slots[j]].index(True)
                self.slots[j][mine] = (i, grown)
                return
        places = [(a, self._weakest(a)) for a in (i, j)]
        if any(self.slots[a][k] is not None and self.slots[a][k][1] > gain for a, k in places):
            return
        k = places[0][1]
        self._drop(i, k)
        m = self._weakest(j)
        self._drop(j, m)
        self.slots[i][k], self.slots[j][m] = (j, gain), (i, gain)

    def mingle(self, keys: list[int], offer: Any, there: list[int], key: int, gain: int) -> int:
        """Everyone at one gathering meets people near them, or anyone where people mix; returns meetings."""
        n, met = len(there), 0
        if n < 2 or offer["online"]:
            return 0
        reach = max(1, int(float(offer["mixing"]) * (n - 1)))
        for at, i in enumerate(there):
            own = combine(combine(key, keys[i]), int(offer["key"]))
            for c in range(int(offer["contacts"])):
                other = there[(at + 1 + int(uniform(own, c) * reach)) % n]
                if other != i:
                    self.meet(i, other, gain)
                    met += 1
        return met

    def fade(self) -> None:
        """Every tie loses one unit."""
        for row in self.slots:
            row[:] = [None if s is None or s[1] == 1 else (s[0], s[1] - 1) for s in row]

    def pairs(self) -> dict[tuple[int, int], int]:
        """Strength by ordered pair."""
        return {(i, s[0]): s[1] for i, row in enumerate(self.slots) for s in row if s is not None}


def talk(ties: dict[int, dict[int, float]], susceptibility: list[float], anchor: list[float],
         opinion: list[float]) -> list[float]:
    """x' = ΛWx + (I − Λ)u with rows of W adding up to 1."""
    after = []
    for i, mine in ties.items():
        total = sum(mine.values())
        heard = sum(w / total * opinion[j] for j, w in mine.items()) if total else anchor[i]
        lam = susceptibility[i] if total else 0.0
        after.append(lam * heard + (1.0 - lam) * anchor[i])
    return after


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
