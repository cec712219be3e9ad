"""Measure the study runner: ``python benchmarks/studies.py`` prints a table, and writes it as JSON.

Overhead of a run that does nothing, efficiency of two workers on runs of 100 ms, planning a resume over a
million finished runs, a band figure from 10,000 runs of 52 weeks, and reading that many back.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim import load
from sim.outcomes import OUTCOMES
from sim.results import CASE, RunResult
from sim.scenario.schema import Scenario
from sim.study.pool import Here
from sim.study.runner import execute, pool_of
from sim.study.runtable import RunTable
from sim.study.store import Store
from sim.study.tables import Keep
from sim.study.work import Rules

ROOT = Path(__file__).resolve().parent.parent
ESTATE = ROOT / "scenarios" / "commercial_estate.yaml"
WEEKLY = Rules(keep=Keep(("series",), tuple(list(OUTCOMES)[:10])))
RUN_SECONDS = 0.1


class Figure(NamedTuple):
    name: str
    unit: str
    value: float
    goal: float
    """Most, or for an efficiency least, that is allowed."""


def nothing(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """A run that takes no time: what is left is the runner's own."""
    return {arm: _result(scenario.weeks, seed) for arm, scenario in arms.items()}


def busy(arms: Mapping[str, Scenario], seed: int, compared: frozenset[str]) -> dict[str, RunResult]:
    """A run that works for 100 ms of processor time."""
    for _ in arms:
        until = time.process_time() + RUN_SECONDS
        while time.process_time() < until:
            pass
    return nothing(arms, seed, compared)


def _result(weeks: int, seed: int) -> RunResult:
    values = np.full(weeks, 0.5)
    return RunResult(
        seed,
        dict.fromkeys(OUTCOMES, values),
        {"age": np.zeros((weeks, 1))},
        {"age": ("all",)},
        {"age": np.ones(1, np.int64)},
        np.zeros(0, CASE),
        ("noise",),
        f"{seed}",
    )


def table(points: int, seeds: int) -> RunTable:
    arm = load(ESTATE, {"weeks": 52})
    rows = [(0.1 + i / 1e7,) for i in range(points)]
    return RunTable({"only": arm}, frozenset(), 1, (seeds,) * points, ("ties.atomisation",), rows)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def overhead(folder: Path) -> float:
    """Milliseconds a run that does nothing, in this process, stored and merged."""
    runs = table(20, 100)

    def work() -> None:
        with Store(folder / "overhead", WEEKLY.keep) as store:
            execute(runs, store, Here(), rules=WEEKLY, engine=nothing)
            store.merge(["only"])

    return 1000 * seconds(work) / runs.total


def efficiency(folder: Path) -> float:
    """Processor time of the runs ÷ (two workers × wall time), once the workers stand."""
    runs, warm = table(2, 200), table(1, 4)
    with (
        pool_of(2) as pool,
        Store(folder / "warm", WEEKLY.keep) as first,
        Store(folder / "busy", WEEKLY.keep) as store,
    ):
        execute(warm, first, pool, rules=WEEKLY, engine=busy)
        took = seconds(lambda: execute(runs, store, pool, rules=WEEKLY, engine=busy))
    return runs.total * RUN_SECONDS / (2 * took)


def resume(folder: Path) -> float:
    """Seconds to see that of a million runs all but one are finished."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    runs = table(1000, 1000)
    keys = [run.key for run in runs.runs()][:-1]
    place = folder / "million"
    place.mkdir()
    pq.write_table(pa.table({"key": keys}), place / "runs.parquet")
    left: list[Any] = []

    def work() -> None:
        with Store(place, WEEKLY.keep) as store:
            left.extend(runs.blocks(store.finished))

    took = seconds(work)
    assert len(left) == 1
    return took


def bands() -> float:
    """Seconds for mean and interval of 10,000 runs × 52 weeks, and the figure."""
    import pandas as pd

    from sim.params import Label
    from sim.report.studies.drawing import FIGURES
    from sim.report.studies.material import StudyMaterial

    n, weeks = 10_000, 52
    rng = np.random.default_rng(1)
    series = pd.DataFrame(
        {
            "point": 0,
            "arm": np.repeat(["a", "b"], n * weeks // 2),
            "seed": np.tile(np.repeat(np.arange(n // 2), weeks), 2),
            "week": np.tile(np.arange(weeks), n),
            "satisfaction": rng.random(n * weeks),
        }
    )
    material = StudyMaterial(
        "bands",
        Label(zh="带", en="bands"),
        arms={"a": Label(zh="甲", en="a"), "b": Label(zh="乙", en="b")},
        control="a",
        tables={"series": series, "runs": series[series["week"] == 0]},
        outcomes=("satisfaction",),
        points=1,
        seeds=tuple(range(n // 2)),
        weeks=weeks,
    )
    draw = lambda: list(FIGURES["bands"](material, "en"))  # noqa: E731
    draw()
    return seconds(draw)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "benchmarks_studies.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yihe-bench-") as name:
        folder = Path(name)
        figures = [
            Figure("runner overhead", "ms a run", overhead(folder), 3.0),
            Figure("efficiency, 100-ms runs, 2 workers", "share", efficiency(folder), 0.85),
            Figure("resume planning, 1,000,000 finished runs", "s", resume(folder), 10.0),
            Figure("band figure, 10,000 runs × 52 weeks", "s", bands(), 1.0),
        ]
    for figure in figures:
        print(f"{figure.name:45} {figure.value:8.3f} {figure.unit:10} goal {figure.goal:g}")
    given.out.parent.mkdir(exist_ok=True)
    given.out.write_text(
        json.dumps([figure._asdict() for figure in figures], indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
