"""Measure what the README quotes: ``python benchmarks/run.py`` prints a table, and writes it as JSON.

Every figure is the median of several repeats in this one run, with the fastest beside it; the last column
compares it with a fixed piece of work in plain Python measured just before and after, so that figures from
different machines can be compared. Kernels are compiled before anything is timed; ``--cold`` times that too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring import RESULTS, ROOT, Figure, begin, figure, row, timed, write, yardstick

ESTATE = str(ROOT / "scenarios" / "commercial_estate.yaml")
FESTIVAL = str(ROOT / "scenarios" / "chaoyang_neighbour_festival.yaml")
YIHE = [sys.executable, "-m", "sim.cli"]


def command(*arguments: str, cache: str | None = None) -> Callable[[], object]:
    """A command line as a piece of work."""
    environment = {**os.environ, "YIHE_LANG": "en", **({"XDG_CACHE_HOME": cache} if cache else {})}
    return lambda: subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)


def estate(residents: int) -> Callable[[], object]:
    """104 weeks without a warm-up, founding left out of neither."""
    from sim import load, simulate

    changes = {"population.residents": residents, "places.grids": max(1, residents // 1000), "warmup": 0}
    scenario = load(ESTATE, changes)
    return lambda: simulate(scenario, 1)


def policies_off() -> Callable[[], object]:
    """1,000 residents × 104 weeks with every policy there is, all at intensity 0."""
    from sim import load, simulate
    from sim.policies.registry import BUILT_IN

    policies = [{"kind": kind, "intensity": 0.0} for kind in sorted(BUILT_IN)]
    changes = {"population.residents": 1000, "places.grids": 1, "warmup": 0, "policies": policies}
    scenario = load(ESTATE, changes)
    return lambda: simulate(scenario, 1)


def founding(residents: int) -> Callable[[], object]:
    """People, ties and institutions only."""
    from sim import CommunityModel, load

    changes = {"population.residents": residents, "places.grids": max(1, residents // 1000), "warmup": 0}
    scenario = load(ESTATE, changes)
    return lambda: CommunityModel(scenario, 1).free()


def weeks_with_policies() -> Callable[[], object]:
    """The festival's four policies over 104 weeks, founding included."""
    from sim import load, simulate

    scenario = load(FESTIVAL).arm("festival").model_copy(update={"warmup": 0})
    return lambda: simulate(scenario, 1)


def sweep(workers: int, replicates: int) -> Callable[[], object]:
    """Runs of all eight arms, warm-up, storage and workers included."""
    from sim import compare

    return lambda: compare(FESTIVAL, replicates=replicates, workers=workers)


def measure(repeats: int, workers: int, replicates: int, cold: bool) -> list[Figure]:
    """All figures, in the order of the table."""
    figures: list[Figure] = []

    def add(name: str, unit: str, work: Callable[[], object], times: int, goal: float | None = None,
            runs: int = 0) -> None:
        figures.append(figure(name, unit, lambda: timed(work, times), goal, runs))
        print(row(figures[-1]), flush=True)

    add("a run of 1,000 residents × 104 weeks", "s", estate(1000), repeats, 0.15)
    add("a run of 20,000 residents × 104 weeks", "s", estate(20_000), max(2, repeats // 3), 2.0)
    add("the same 1,000, all policies present and off", "s", policies_off(), repeats)
    add("founding 1,000 residents", "s", founding(1000), repeats)
    add("founding 20,000 residents", "s", founding(20_000), max(2, repeats // 3))
    add("the festival arm, 104 weeks", "s", weeks_with_policies(), repeats)
    add("yihe --help", "s", command(*YIHE, "--help"), repeats, 0.4)
    add("yihe validate", "s", command(*YIHE, "validate", FESTIVAL), repeats, 1.0)
    add("import sim.model", "s", command(sys.executable, "-c", "import sim.model"), max(2, repeats // 3))
    for count in sorted({1, workers}):
        add(f"sweep, {count} process{'es' if count > 1 else ''}", "runs/s", sweep(count, replicates), 1,
            runs=8 * replicates)
    if cold:
        figures.append(compiling())
        print(row(figures[-1]), flush=True)
    return figures


def compiling() -> Figure:
    """Compiling everything into an empty cache."""
    base = yardstick()
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        command(sys.executable, "-m", "sim.precompile", cache=cache)()
        seconds = time.perf_counter() - start
    return Figure("compiling all kernels, once", "s", seconds, seconds, None, seconds / base, base)


def main() -> None:
    """Measure, print, write."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--repeats", type=int, default=9, help="repeats of each figure")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of the sweep")
    parser.add_argument("--replicates", type=int, default=40, help="seeds of the sweep")
    parser.add_argument("--cold", action="store_true", help="also compile all kernels into an empty cache")
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmarks.json")
    given = parser.parse_args()
    busy = begin()
    figures = measure(given.repeats, given.workers, given.replicates, given.cold)
    write(given.out, figures, busy, ("yihe", "numpy", "numba", "mesa"))


if __name__ == "__main__":
    main()
