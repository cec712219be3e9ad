"""Whole runs: one scenario, or several arms that share their warm-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

from sim.model import CommunityModel
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.state import State

M = TypeVar("M", bound=CommunityModel)
M_co = TypeVar("M_co", bound=CommunityModel, covariant=True)


class Founder(Protocol[M_co]):
    """Makes a model of a scenario, fresh or from a copy of another's state."""

    def __call__(self, scenario: Scenario, *, state: State | None) -> M_co:
        """The model, which has not run yet."""
        ...


def simulate(
    scenario: Scenario, seed: int | None = None, *, compared: frozenset[str] | None = None
) -> RunResult:
    """Run one scenario from founding to end.

    Parameters
    ----------
    scenario : Scenario
        Resolved: its arms are not looked at.
    seed : int, optional
    compared : frozenset of str, optional
        As in :class:`CommunityModel`.

    Returns
    -------
    RunResult
    """
    model = CommunityModel(scenario, seed, compared=compared)
    try:
        return model.run()
    finally:
        model.free()


def simulate_arms(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str] | None = None
) -> dict[str, RunResult]:
    """Run several arms of one seed; arms that agree on everything but policies share their warm-up.

    Parameters
    ----------
    arms : mapping of name to Scenario
    seed : int
    compared : frozenset of str, optional

    Returns
    -------
    dict of name to RunResult
        Exactly what :func:`simulate` gives for each arm alone.
    """
    def found(scenario: Scenario, *, state: State | None) -> CommunityModel:
        return CommunityModel(scenario, seed, compared=compared, state=state)

    return {name: model.run() for name, model in each_arm(arms, found)}


def each_arm(arms: Mapping[str, Scenario], found: Founder[M]) -> Iterator[tuple[str, M]]:
    """Models of several arms, one after the other, each freed when the next is asked for.

    Arms that agree on everything but policies start from copies of one model at the end of its warm-up.
    """
    if len(arms) == 1:  # nobody to share with: a copy of the warmed-up state would be one too many
        for name, scenario in arms.items():
            yield from _freed(name, found(scenario, state=None))
        return
    warm: dict[str, M] = {}
    try:
        for name, scenario in arms.items():
            same = scenario.model_copy(update={"policies": (), "shocks": scenario.shocks}).model_dump_json()
            if same not in warm:
                warm[same] = found(scenario, state=None)
                warm[same].warm_up()
            yield from _freed(name, found(scenario, state=warm[same].state_))
    finally:
        for model in warm.values():
            model.free()


def _freed(name: str, model: M) -> Iterator[tuple[str, M]]:
    try:
        yield name, model
    finally:
        model.free()
