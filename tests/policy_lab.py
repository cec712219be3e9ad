"""A small community in which policies are tried, and a model that notes what they did."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.ledger.opportunities import Rows
from sim.model import CommunityModel
from sim.policies.base import Policy
from sim.policies.registry import policy_kinds
from sim.scenario.schema import Scenario
from sim.state import State

WARMUP = 8
WEEKS = 16
BASE: dict[str, Any] = {
    "yihe": 1, "name": "policy_lab", "weeks": WEEKS, "warmup": WARMUP,
    "places": {"communities": 2, "grids": 2, "floors": 3, "dwellings_per_floor": 3},
    "population": {"residents": 150},
    "budget": {"weekly": 20000.0},
}
"""Two communities of two grids, about 300 residents, and money enough for every policy."""


class Note(NamedTuple):
    """What all policies together did in one week, before any institution acted."""

    week: int
    levers: dict[str, np.ndarray]
    """Levers touched."""
    offers: Rows


class Watched(CommunityModel):
    """A model that notes each week's levers and offers of policies."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.notes: list[Note] = []
        super().__init__(*args, **more)

    def _policies(self) -> None:
        super()._policies()
        touched = {name: self.levers.get(name).copy() for name in self.levers._touched}
        rows = self.opportunities.rows
        self.notes.append(Note(self.policy_week, touched, rows[rows["policy"] >= 0].copy()))

    def until(self, week: int) -> Watched:
        """Run up to a week counted after the warm-up."""
        while self.policy_week < week:
            self.step()
        return self


def scenario(*policies: dict[str, Any], **changes: Any) -> Scenario:
    """The small community with some policies; numbers that ``changes`` names are changed."""
    return Scenario.model_validate({**BASE, **changes, "policies": policies})


@lru_cache(maxsize=32)
def _warm(shape: str, seed: int) -> State:
    model = CommunityModel(Scenario.model_validate_json(shape), seed)
    try:
        return model.warm_up().state_
    finally:
        model.free()


def watched(*policies: dict[str, Any], seed: int = 1, **changes: Any) -> Watched:
    """A watched model, warmed up."""
    with_policies = scenario(*policies, **changes)
    shape = scenario(**changes).model_dump_json(by_alias=True)
    return Watched(with_policies, seed, state=_warm(shape, seed))


def kinds() -> list[str]:
    """Every registered kind."""
    return list(policy_kinds())


def policy(kind: str, **numbers: Any) -> Policy:
    """One policy."""
    return policy_kinds()[kind].model_validate({"kind": kind, **numbers})


def arrays(model: CommunityModel) -> dict[str, np.ndarray]:
    """A copy of everything a run changes."""
    return {name: column.copy() for name, column in model.state_.arrays()}
