"""Whole runs: one scenario, or several arms that share their warm-up."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model import CommunityModel
from sim.results import RunResult
from sim.scenario.schema import Scenario


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
    if len(arms) == 1:  # nobody to share with: a copy of the warmed-up state would be one too many
        return {name: simulate(scenario, seed, compared=compared) for name, scenario in arms.items()}
    warm: dict[str, CommunityModel] = {}
    results: dict[str, RunResult] = {}
    try:
        for name, scenario in arms.items():
            same = scenario.model_copy(update={"policies": (), "shocks": scenario.shocks}).model_dump_json()
            if same not in warm:
                warm[same] = CommunityModel(scenario, seed, compared=compared).warm_up()
            model = CommunityModel(scenario, seed, compared=compared, state=warm[same].state_)
            results[name] = model.run()
            model.free()
    finally:
        for model in warm.values():
            model.free()
    return results
