"""Stand-ins for the model: cheap, keyed like it, and importable by worker processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping

import numpy as np

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.results import CASE, RunResult
from sim.rng import Streams
from sim.scenario.schema import Scenario
from sim.vocabulary import Regime, Status

EFFECT = {Regime.ONE_CORE: 0.1, Regime.SELF_GOVERNING: 0.05}
"""What each regime adds to every outcome."""


def fake(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """Every outcome is luck of the seed, plus what the regime adds."""
    return {arm: one(scenario, seed) for arm, scenario in arms.items()}


def one(scenario: Scenario, seed: int) -> RunResult:
    streams, weeks = Streams(seed), np.arange(scenario.weeks)
    add = EFFECT.get(scenario.regime, 0.0)
    series = {name: 0.2 + 0.5 * streams.uniform(name, 0, weeks) + add for name in OUTCOMES}
    groups = {"age": np.stack([streams.uniform(f"age{i}", 0, weeks) + add for i in range(2)], axis=1)}
    cases = np.zeros(int(6 * streams.uniform("count", 0, [0])[0]), CASE)  # some runs have none
    cases["key"] = np.arange(len(cases), dtype=np.uint64) + np.uint64(2**63)
    cases["category"] = np.arange(len(cases)) % 2
    cases["status"] = Status.RESOLVED
    return RunResult(
        seed, series, groups, {"age": ("18–59", "60+")}, {"age": np.array([700, 300])}, cases,
        ("noise", "leak"), digest=f"{seed}-{add}")


def with_a_failing_arm(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
) -> dict[str, RunResult]:
    """``one_core`` breaks for odd seeds."""
    if seed % 2 and any(scenario.regime == Regime.ONE_CORE for scenario in arms.values()):
        raise ZeroDivisionError("made to fail")
    return fake(arms, seed, compared)


def that_kills_its_worker(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
) -> dict[str, RunResult]:
    """One run takes its whole process with it."""
    if seed == 3 and scenario_of(arms, Regime.ONE_CORE) and scenario_of(arms, Regime.ONE_CORE).weeks > 2:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return fake(arms, seed, compared)


def scenario_of(arms: Mapping[str, Scenario], regime: Regime) -> Scenario | None:
    return next((scenario for scenario in arms.values() if scenario.regime == regime), None)


def that_finds_a_mistake(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
) -> dict[str, RunResult]:
    """A mistake of the user's that shows itself only when a model is built."""
    raise YiheError("网络里有未知居民", "the network names an unknown resident", file="ties.graphml")


def of_uneven_length(
    arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
) -> dict[str, RunResult]:
    """Earlier seeds take longer, so chunks end out of order."""
    until = time.perf_counter() + (0.05 if seed < 3 else 0.0)
    while time.perf_counter() < until:
        pass
    return fake(arms, seed, compared)
