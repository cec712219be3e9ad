"""How patterns of the evidence page are decided: checks on one number a seed, and the seeds kept for them.

A check is a one-sided t test over seeds (paired where arms are compared) at :data:`ALPHA`, or at half of it
each way where the direction was left open. A pattern holds if all its checks do, so that :data:`ALPHA` bounds
the chance that it is said to hold although one of its parts does not. Figures *beside* a pattern are shown,
and decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from emergence_lab import Floats, p_above, values

from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.simulation import simulate_arms

ALPHA = 0.01
FIRST_SEED = 1001


class Check(NamedTuple):
    """One test on one number a seed."""

    what: str
    sample: Floats
    side: Literal["above", "below", "apart"] = "above"
    bound: float = 0.0

    @property
    def p(self) -> float:
        """Chance of a mean this far on its side of the bound if the true mean lay on the bound."""
        up, down = p_above(self.sample, self.bound), p_above(-self.sample, -self.bound)
        if self.side == "apart":
            return min(1.0, 2.0 * min(p_above(self.sample, self.bound), p_above(-self.sample, self.bound)))
        return up if self.side == "above" else down

    @property
    def holds(self) -> bool:
        """Whether the test decides for the pattern."""
        return self.p < ALPHA

    def __str__(self) -> str:
        """The check with its figures."""
        x = self.sample
        side = {"above": ">", "below": "<", "apart": "beyond ±"}[self.side]
        return (f"{self.what}: {x.mean():+.4f} ± {x.std(ddof=1):.4f} (n {len(x)}) {side} {self.bound:g}, "
                f"p = {self.p:.2g}")


class Finding(NamedTuple):
    """What the runs say about one pattern."""

    checks: tuple[Check, ...]
    beside: tuple[tuple[str, Floats], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every check does."""
        return all(check.holds for check in self.checks)


def seeds(n: int) -> range:
    """The first ``n`` seeds kept for validation."""
    return range(FIRST_SEED, FIRST_SEED + n)


def arms(scenarios: dict[str, Scenario], n: int) -> dict[str, list[RunResult]]:
    """Runs of several arms, paired by seed."""
    found = [simulate_arms(scenarios, seed) for seed in seeds(n)]
    return {name: [one[name] for one in found] for name in scenarios}


def difference(a: Sequence[RunResult], b: Sequence[RunResult], outcome: str) -> Floats:
    """Outcome of ``a`` minus that of ``b`` over the last 52 weeks, paired."""
    return values(a, outcome) - values(b, outcome)
