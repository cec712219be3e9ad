"""What weekly building councils do to ``silent_disputes``: parts of their mechanism switched off, one by one.

    cd tests && ../.venv/bin/python council_figures.py

prints the section of docs/emergence.md. About two minutes on one core.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.results import RunResult
from sim.scenario.merge import tuples
from sim.scenario.schema import Scenario
from sim.simulation import simulate_arms
from sim.study.statistics import paired
from sim.study.trials import WEEKS, _settings

SEEDS = range(1, 17)
LOADS = {"usual load": 0, "high load": 3}
"""Settings of the trials: commercial estate, usual money and trust."""
WEEKLY: dict[str, Any] = {"kind": "building_council", "weeks": 1}
NO_FORUM = {"forum": 0.0}
NO_HOURS = {"staff_hours": 0.0, "disclosure_hours": 0.0}
ARMS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "weekly councils": [WEEKLY],
    "… that raise no silent trouble": [{**WEEKLY, **NO_FORUM}],
    "… that take no line hours": [{**WEEKLY, **NO_HOURS}],
    "… neither": [{**WEEKLY, **NO_FORUM, **NO_HOURS}],
    "councils every four weeks": [{**WEEKLY, "weeks": 4}],
}

TEXT = """## Weekly councils and `silent_disputes`
Under usual load weekly building councils lower `silent_disputes` in every pair: what their forums bring
up is found. Under high load it stays about where it was. A meeting a week in every building leaves the
residents' committee so little time for cases that people give up in its queue, and what it brings up
joins that same queue and is given up there in turn: the two cancel out. Without the forum silence
rises, without the hours it falls. Willingness to speak up hardly changes (silent at first).

Measured by `cd tests && ../.venv/bin/python council_figures.py` in two of the twelve settings of the trials:
cases per 1,000 residents a year, difference from no council with its 95 % interval, and in how many of 16
pairs it rises."""


def measured(result: RunResult) -> dict[str, float]:
    """What is counted as silent, and its parts; per 1,000 residents a year."""
    counted, gave_up, raised = (
        result.value(name, 0, WEEKS) for name in ("silent_disputes", "given_up", "raised_disputes"))
    return {
        "`silent_disputes`": counted, "silent at first": counted - gave_up + raised, "given up": gave_up,
        "raised": raised}


def rows(load: str) -> Iterator[str]:
    """The table of one load: differences from no council, 95 % interval, pairs that rise."""
    setting = _settings()[LOADS[load]].changes
    arms = {name: Scenario.model_validate(tuples({**setting, "policies": policies}))
            for name, policies in ARMS.items()}
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in SEEDS:
        for name, result in simulate_arms(arms, seed, frozenset({"building_council"})).items():
            for what, value in measured(result).items():
                found[name, what].append(value)
    columns = list(dict.fromkeys(what for _, what in found))
    yield f"| {load} | " + " | ".join(columns) + " |"
    yield "|---|" + "---|" * len(columns)
    yield "| none | " + " | ".join(f"{np.mean(found['none', what]):.0f}" for what in columns) + " |"
    for name in list(ARMS)[1:]:
        cells = []
        for what in columns:
            one = paired(found[name, what], found["none", what])
            more = np.greater(found[name, what], found["none", what]).sum()
            cells.append(f"{one.difference:+.1f} [{one.low:+.1f}, {one.high:+.1f}] {more}/{one.n}")
        yield f"| {name} | " + " | ".join(cells) + " |"


def section() -> str:
    """The part of docs/emergence.md on councils and silence."""
    return "\n\n".join([TEXT, *("\n".join(rows(load)) for load in LOADS)]) + "\n"


if __name__ == "__main__":
    print(section(), end="")
