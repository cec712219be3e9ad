"""The district of 573 grids, whole or cut to size: the scenario that everything here is measured on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring import ROOT

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

FILE = ROOT / "scenarios" / "district_573_grids.yaml"
ARM = "red_network"
WHOLE = 573_000
"""Residents of the whole district, about."""


MORE = (
    "neighbour_festival", "points_incentive", "building_council", "professional_mediation", "micro_projects",
    "feedback_loop", "building_leaders")
"""Kinds that make the arm's eight policies fifteen, with their own numbers, everywhere."""


def district(residents: int, weeks: int = 52, more: bool = False) -> Scenario:
    """The district's own policies and density on about so many residents, without a warm-up.

    Parameters
    ----------
    residents : int
        573,000 or more: the scenario as it is, but for the warm-up and the weeks.
    weeks : int
        Weeks to run.
    more : bool
        With the policies of :data:`MORE` too.
    """
    from sim import load
    from sim.policies.registry import policy_class

    scenario = load(FILE).arm(ARM)
    changes: dict[str, object] = {"weeks": weeks, "warmup": 0}
    if more:
        kinds = [(kind, policy_class(kind)) for kind in MORE]
        added = tuple(made.model_validate({"kind": kind, "id": kind}) for kind, made in kinds if made)
        scenario = scenario.model_copy(update={"policies": (*scenario.policies, *added)})
        changes["policies"] = scenario.policies
    if residents < WHOLE:
        communities = max(1, round(residents / scenario.population.residents))
        grids = max(communities, round(residents / 1000))
        cut = []
        for policy in scenario.policies:
            chosen = policy.target.grids
            if chosen is not None:
                kept = tuple(grid for grid in chosen if grid < grids)
                target = policy.target.model_copy(update={"grids": kept})
                policy = policy.model_copy(update={"target": target})
            cut.append(policy)
        streets = min(scenario.places.streets, communities)
        changes["places"] = scenario.places.model_copy(
            update={"communities": communities, "grids_total": grids, "streets": streets})
        changes["population"] = scenario.population.model_copy(
            update={"residents": residents // communities})
        changes["policies"] = tuple(cut)
    return scenario.model_copy(update=changes)
