"""Runs of one scenario that differ in their seed only, side by side in one model.

Small runs spend most of their time between kernels, not in them. Here every run is a district of streets of
its own: each community draws under the seed of its run, no queue, tie or sum crosses from one run to another,
and each run comes out as :func:`sim.simulation.simulate` gives it, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sim import measures
from sim.ledger.sparing import Sparing, SparingLevers
from sim.model import CommunityModel
from sim.observed import GRID_OFFSET, Week, observe, stacked
from sim.plugins import own_institutions, own_outcomes
from sim.policies.base import Policy
from sim.policies.registry import BUILT_IN
from sim.population.columns import Float64, Int64
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.simulation import each_arm, simulate_arms
from sim.state import State
from sim.streets import district_digest, street_digests

RESIDENTS = 24_000
"""Residents that a model of several runs has at most: beyond, there is little left to share."""
MOST = 24
"""Runs that a model has at most."""


def held_apart(scenario: Scenario) -> bool:
    """Whether runs of a scenario can share a model.

    They cannot with outcomes, institutions or policies of plug-ins, which nobody has looked at, nor with
    policies that look at all of a district or name places by their number.
    """
    return not (own_outcomes() or own_institutions()) and all(
        p.kind in BUILT_IN and not p.district_wide and p.target.communities is None and p.target.grids is None
        for p in scenario.policies)


def runs_together(scenarios: Iterable[Scenario]) -> int:
    """Of how many seeds runs of some arms are best done in one model; 1 if they are to be done alone."""
    people = [max(1, s.people()) for s in scenarios if held_apart(s)]
    return min(MOST, max(1, RESIDENTS // max(people))) if people else 1


class Ensemble(CommunityModel):
    """Runs of one scenario under several seeds.

    Parameters
    ----------
    scenario : Scenario
        One of which :func:`held_apart` is true; its arms are not looked at.
    seeds : sequence of int
    compared : frozenset of str, optional
        As of :class:`CommunityModel`.
    state : State, optional
        Start from a copy of the state of another ensemble of the same seeds.

    """

    def __init__(
        self, scenario: Scenario, seeds: Sequence[int], *, compared: frozenset[str] | None = None,
        state: State | None = None,
    ) -> None:
        self._seeds = tuple(seeds)
        self.weeks: list[Week] = []
        super().__init__(scenario, seeds[0], compared=compared, state=state)
        edges = {level: self._edges(level) for level in ("community", "grid", "building", "resident")}
        self.levers = SparingLevers(self.levers.sizes, edges)
        self._sparing = Sparing(self.levers, self.opportunities, self.budget, self.run_of)

    def _edges(self, level: str) -> Int64:
        """First entity of each run at a level, and one past the last, (R + 1,)."""
        if level == "resident":
            own = self._edges("community")
            homes = self.scope("community")
            return np.append(homes.lo[own[:-1]], homes.hi[-1])
        return np.arange(self.runs + 1) * (self.levers.sizes[level] // self.runs)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seed of each run."""
        return self._seeds

    def everywhere(self, own: Float64) -> Float64:
        """Not for runs side by side: policies that ask for it are run alone."""
        raise NotImplementedError("a policy that looks at all of a district must be district_wide")

    def _granted_anywhere(self, levels: Float64) -> npt.NDArray[np.bool_]:
        return np.asarray(levels.any(axis=1))

    def _act(self, policy: Policy, level: Float64) -> None:
        """A policy acts in the runs where it was granted anything; in the others all stays as it was."""
        idle = np.flatnonzero(~level.reshape(self.runs, -1).any(axis=1)).tolist()
        if not idle:
            policy.act(self, level)
            return
        with self._sparing.spared(idle):
            policy.act(self, level)

    def memory(self, name: str, columns: Mapping[str, str]) -> dict[str, Float64]:
        """What a policy has to remember; see :class:`sim.view.ModelView`."""
        own = super().memory(name, columns)
        self._sparing.remember(own, columns)
        return own

    def _record(self, counts: Float64, tally: Float64, left: Float64) -> None:
        self.weeks.append(observe(self, counts, tally, left))

    def finish(self) -> list[RunResult]:
        """Run to the end; the result of each seed."""
        while self.policy_week < self.scenario.weeks:
            self.step()
        measures.log_the_rest(self)
        rows = np.concatenate(self.recorder.rows)
        run = self.run_of[rows["community"]]
        streets = street_digests(self.state_)
        places, each = self.places, len(streets) // self.runs
        grids, buildings = places.grids // self.runs, places.buildings // self.runs
        results = []
        for k, (seed, weeks) in enumerate(zip(self.seeds, stacked(self.weeks, self.runs), strict=True)):
            recorder = measures.make_recorder(self.scenario.weeks, GRID_OFFSET + grids)
            recorder.fill(*measures.made(recorder, weeks))
            own = rows[run == k]
            own["community"] -= k * (places.communities // self.runs)
            own["grid"] -= k * grids
            own["building"] -= k * buildings
            recorder.rows.append(own)
            digest = district_digest(streets[k * each : (k + 1) * each])
            results.append(measures.finished(recorder, seed, self.scenario.shocks, digest))
        return results


def simulate_seeds(
    arms: Mapping[str, Scenario], seeds: Sequence[int], compared: frozenset[str] | None = None,
) -> dict[int, dict[str, RunResult]]:
    """Run several arms under several seeds, each arm in one model where its runs can be held apart.

    Parameters
    ----------
    arms : mapping of name to Scenario
    seeds : sequence of int
    compared : frozenset of str, optional

    Returns
    -------
    dict of seed to dict of name to RunResult
        Of each seed what :func:`sim.simulation.simulate_arms` gives, to the bit.
    """
    def found(scenario: Scenario, *, state: State | None) -> Ensemble:
        return Ensemble(scenario, seeds, compared=compared, state=state)

    apart = {name: scenario for name, scenario in arms.items() if held_apart(scenario)}
    rest = {name: scenario for name, scenario in arms.items() if name not in apart}
    together = {name: model.finish() for name, model in each_arm(apart, found)}
    results = {}
    for k, seed in enumerate(seeds):
        own = simulate_arms(rest, seed, compared) | {name: runs[k] for name, runs in together.items()}
        results[seed] = {name: own[name] for name in arms}
    return results
