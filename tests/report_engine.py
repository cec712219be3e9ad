"""A stand-in for the model that fills everything reports draw: luck of the seed plus what a policy adds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.outcomes import OUTCOMES
from sim.results import CASE, RunResult
from sim.rng import Streams
from sim.scenario.schema import Scenario
from sim.vocabulary import AGE_BANDS, Channel, Position, Regime, Status, Tenure

SCENARIO = """
yihe: 1
name: festival
title: {zh: 邻里节试验, en: festival trial}
weeks: 60
warmup: 4
arms:
  none: {label: {zh: 无政策·一核多元, en: "no policy, one core"}}
  festival:
    label: {zh: 邻里节·一核多元, en: "festival, one core"}
    policies: &p [{kind: neighbour_festival, start: 8}]
  festival_fragmented:
    label: {zh: 邻里节·多头无核, en: "festival, fragmented"}
    regime: fragmented
    policies: *p
  none_fragmented: {label: {zh: 无政策·多头无核, en: "no policy, fragmented"}, regime: fragmented}
targets:
  - id: participation
    label: {zh: 参与率由不足30%升至70%以上, en: "participation from below 30 % to above 70 %"}
    source: S1
    outcome: participation_52_other
    beside: [participation_52]
    treatment: festival
    control: none
    reading: level_change
    from: {high: 0.30}
    to: {low: 0.70}
  - id: disputes
    label: {zh: 邻里纠纷下降40%, en: "neighbour disputes down by 40 %"}
    source: S1
    outcome: latent_neighbour_disputes
    treatment: festival
    control: none
    reading: relative_change
    value: -0.40
"""

GROUPS = {
    "age": tuple(name for _, name in AGE_BANDS),
    "position": tuple(position.key for position in Position),
    "tenure": tuple(tenure.key for tenure in Tenure),
    "membership": ("member", "other"),
    "grid": ("0", "1"),
}
ADDS = {Regime.ONE_CORE: 0.2, Regime.FRAGMENTED: 0.05}
"""What a policy adds to every outcome's better direction, relatively, by regime."""


def engine(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    return {arm: one(scenario, seed) for arm, scenario in arms.items()}


def without_cases(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    results = engine(arms, seed, compared)
    return {arm: RunResult(**{**vars(result), "cases": np.zeros(0, CASE)}) for arm, result in results.items()}


def one(scenario: Scenario, seed: int) -> RunResult:
    streams, weeks = Streams(seed), np.arange(scenario.weeks)
    adds = ADDS.get(scenario.regime, 0.1) if scenario.policies else 0.0
    ramp = adds * np.clip((weeks - 8) / 30, 0, 1)
    series = {}
    for name, outcome in OUTCOMES.items():
        luck = 0.9 + 0.2 * streams.uniform(name, -1, [0])[0] + 0.04 * streams.uniform(name, 0, weeks)
        sign = {"more": 1.0, "less": -1.0, "neither": 0.0}[outcome.better]
        series[name] = (
            _scale(name) * luck * (1.0 + sign * ramp * (1.0 + 0.3 * streams.uniform(name, 1, [0])[0]))
        )
    if not scenario.policies:
        series["event_ties"] = np.zeros(scenario.weeks)
    groups = {
        breakdown: np.stack(
            [series["participation_52_other"] * (0.5 + 0.12 * i) for i in range(len(names))], axis=1
        )
        for breakdown, names in GROUPS.items()
    }
    groups["age"][:, 0] = np.nan  # no adults under 18
    return RunResult(
        seed,
        series,
        groups,
        GROUPS,
        {name: np.full(len(keys), 100) for name, keys in GROUPS.items()},
        _cases(scenario, streams, adds),
        ("noise", "leak"),
        digest=f"{seed}-{adds}",
    )


def _scale(name: str) -> float:
    outcome = OUTCOMES[name]
    if outcome.unit.startswith("share") or outcome.unit == "0 to 1":
        return 0.27
    if name == "potential_frictions":
        return 40.0
    return 8.0 if outcome.summary == "sum_per_year" else 20.0


def _cases(scenario: Scenario, streams: Streams, adds: float) -> np.ndarray:
    n = 120
    u = {
        name: streams.uniform(name, -1, np.arange(n))
        for name in ("status", "born", "close", "find", "recorded")
    }
    cases = np.zeros(n, CASE)
    cases["key"] = np.arange(n)
    cuts = np.array([0.3, 0.38, 0.68 + 0.5 * adds, 0.9])
    codes = np.array([Status.SILENT, Status.OPEN, Status.RESOLVED, Status.PAPER, Status.ESCALATED])
    cases["status"] = codes[np.searchsorted(cuts, u["status"])]
    cases["born"] = 40.0 * (scenario.warmup + scenario.weeks * u["born"])
    gave_up = (cases["status"] == Status.SILENT) & (u["find"] < 0.3)
    silent, still_open = cases["status"] == Status.SILENT, cases["status"] == Status.OPEN
    cases["find_work"] = np.where(silent & ~gave_up, np.nan, 20.0 * u["find"])
    cases["find_clock"] = cases["find_work"] * 4.2
    unended = (silent & ~gave_up) | still_open
    cases["close_work"] = np.where(unended, np.nan, (1 - adds) * 200.0 * u["close"] ** 4 + 0.5)
    cases["close_clock"] = cases["close_work"] * 4.2
    cases["recorded"] = ~silent & (u["recorded"] < 0.8)
    cases["channel"] = np.where(silent, Channel.NONE, Channel.GRID_WORKER)
    return cases
