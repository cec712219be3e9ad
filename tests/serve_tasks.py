"""Stand-in for :mod:`sim.web.tasks`: answers tell what was asked; some seeds misbehave."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import YiheError
from sim.web.frames import Made
from sim.web.hundred import Series, verdicts

WAITS, STUCK, DIES, FAULTY, GREEDY, MISTAKEN, SLOW = range(9001, 9008)
MARKS, GO = "YIHE_TEST_MARKS", "go"
"""Where a run marks that it has begun, and the mark that lets a slow one end."""
NAMES = ("participation_52", "backlog", "potential_frictions")


def warm() -> None:
    """What the first job would load: jobs are bounded in time."""
    import sim.policies.registry
    import sim.scenario.schema

    sim.policies.registry.policy_kinds()


def misbehave(seed: int) -> None:
    marks = Path(os.environ.get(MARKS, "."))
    if seed in (WAITS, STUCK, SLOW):
        (marks / str(seed)).touch()
    while seed == WAITS:
        time.sleep(0.01)
    while seed == STUCK:
        try:
            time.sleep(3600)
        except BaseException:
            continue
    if seed == DIES:
        os._exit(3)
    if seed == FAULTY:
        raise ZeroDivisionError("a fault of ours")
    if seed == GREEDY:
        raise MemoryError
    if seed == MISTAKEN:
        raise YiheError("写错了", "it is wrong", key="somewhere")
    while seed == SLOW and not (marks / GO).exists():
        time.sleep(0.002)


def compare(
    arms: Any, labels: Any, seed: int, compared: frozenset[str], level: int = 1, first: int = 0,
) -> Iterator[Made]:
    for name, arm in arms.items():
        if first:
            yield Made(name, False, str(first).encode())
        misbehave(seed)
        yield Made(name, True, json.dumps({
            "side": name, "zh": labels[name].zh, "seed": seed, "compared": sorted(compared),
            "worker": os.getpid(), "tree": arm.tree()}).encode())


def seeds(arms: Any, seeds: Sequence[int], compared: frozenset[str]) -> dict[int, dict[str, Series]]:
    return {seed: of_seed(arms, seed) for seed in seeds}


def of_seed(arms: Any, seed: int) -> dict[str, Series]:
    misbehave(seed)
    found = {}
    for side, arm in arms.items():
        level = arm.ties.atomisation + (0.1 if side == "a" and seed % 4 else 0.0)
        values = dict(zip(NAMES, (level, level, float("nan")), strict=True))
        weekly = np.full((len(NAMES), arm.weeks), [[value] for value in values.values()])
        found[side] = Series(values, weekly, NAMES)
    return found


def policy(kind: str) -> dict[str, Any]:
    return {"key": kind, "worker": os.getpid()}


TASKS = {"compare": compare, "seeds": seeds, "verdicts": verdicts, "policy": policy}
