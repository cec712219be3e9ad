"""Small recorded runs for tests, and the choice of a week worked out anew in plain Python."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.model import CommunityModel
from sim.recording import Recording, record
from sim.recording.deciding import Room, overhear
from sim.scenario.reading import load
from sim.scenario.schema import Scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FESTIVAL = SCENARIOS / "chaoyang_neighbour_festival.yaml"
SMALL = (("population.residents", 260), ("weeks", 30), ("warmup", 12))
TINY = (("population.residents", 40), ("weeks", 4), ("warmup", 4))


@lru_cache(maxsize=32)
def scenario(arm: str = "festival", size: tuple[tuple[str, Any], ...] = SMALL) -> Scenario:
    return load(FESTIVAL, list(size)).arm(arm)


@lru_cache(maxsize=16)
def recorded(arm: str = "festival", size: tuple[tuple[str, Any], ...] = SMALL, seed: int = 1) -> Recording:
    return record(scenario(arm, size), seed)


def tiny() -> Recording:
    return recorded(size=TINY)


class Overheard(CommunityModel):
    """A model of which each week's weighing is kept, with the hours everyone has."""

    room: Room
    budget_hours: np.ndarray
    way: np.ndarray

    def _institutions(self) -> None:
        super()._institutions()
        n = len(self.residents.key)
        self.room = overhear(self, np.ones(n, np.uint8))
        p, levers = self.scenario.participation, self.levers
        swing = 1.0 + p.hours_spread * (2.0 * self.draw("hours") - 1.0)
        factor = np.prod([shock.free_hours_factor for shock in self.shocks])
        usual = swing * self.residents.free_hours * factor
        self.budget_hours = np.maximum(0.0, usual + levers.get("free_hours"))
        self.way = np.maximum(0.0, p.distance_hours - levers.get("distance"))

    def choice(self, resident: int) -> list[int]:
        """Offers a resident takes before seats are given out: willing ones by falling inclination."""
        room, offers = self.room, self.opportunities.rows
        rows = np.flatnonzero((room.resident == resident) & (room.willing > 0))
        hours, taken = float(self.budget_hours[resident]), []
        for d in sorted(rows.tolist(), key=lambda d: (-room.total[d], room.offer[d])):
            o = offers[room.offer[d]]
            needed = float(o["hours"]) + (0.0 if o["online"] else float(self.way[resident]))
            if len(taken) < 6 and needed <= hours:
                hours -= needed
                taken.append(int(room.offer[d]))
        return taken
