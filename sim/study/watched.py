"""A small community in which a policy is tried, and a model that notes what policies do in it."""

from __future__ import annotations

import hashlib
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


class Guarded(Watched):
    """A watched model that also notes which arrays of the state change while policies act."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.changed: set[str] = set()
        super().__init__(*args, **more)

    def _policies(self) -> None:
        before = fingerprints(self)
        super()._policies()
        after = fingerprints(self)
        self.changed |= {name for name in after if before.get(name) != after[name]}


def fingerprints(model: CommunityModel) -> dict[str, bytes]:
    """A hash of each array of a model's state, by name."""
    return {
        name: hashlib.blake2b(np.ascontiguousarray(column).tobytes(), digest_size=8).digest()
        for name, column in model.state_.arrays()}


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


def watched(
    *policies: dict[str, Any], seed: int = 1, guarded: bool = False, **changes: Any
) -> Watched:
    """A watched model, warmed up; with ``guarded``, one that notes what is written.

    Parameters
    ----------
    *policies : dict
        As in a scenario file.
    seed : int
    guarded : bool
    **changes
        Keys of the scenario.
    """
    with_policies = scenario(*policies, **changes)
    shape = scenario(**changes).model_dump_json(by_alias=True)
    return (Guarded if guarded else Watched)(with_policies, seed, state=_warm(shape, seed))


def forget() -> None:
    """Forget warmed-up states: a plug-in that was loaded since may have added something to them."""
    _warm.cache_clear()


def kinds() -> list[str]:
    """Every registered kind."""
    return list(policy_kinds())


def policy(kind: str, **numbers: Any) -> Policy:
    """One policy."""
    return policy_kinds()[kind].model_validate({"kind": kind, **numbers})


def arrays(model: CommunityModel) -> dict[str, np.ndarray]:
    """A copy of everything a run changes."""
    return {name: column.copy() for name, column in model.state_.arrays()}
