"""Measure the model against frameworks: ``python benchmarks/speed.py`` prints ratios, writes them as JSON.

The district's own scenario (eight policies) on so many residents, with the same seed, in the same weeks: our
model, and the same model with Mesa's agents (``mesa_form``), which gives the same outcomes. Then
participation alone, in Mesa's network spaces and in AgentPy too, and runs of 1,000 residents alone and in a
sweep. Each is measured in a process of its own. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from measuring import RESULTS, ROOT, Figure, begin, row, write, yardstick

SIZES = (1000, 10_000, 20_000, 100_000, 573_000)
OURS, MESA, DRAWS = "ours", "mesa", "mesa, its own random numbers"
KERNELS = ("mesa, references", "mesa, NetworkGrid", "mesa, discrete_space.Network", "AgentPy")
MOST_WEEKS = 4
"""Weeks measured of slow forms: a month, so that what happens once a month is among them."""
GOALS = {20_000: 100.0, 573_000: 200.0}


class Bench:
    """Figures so far, and the time a slow measurement may take.

    Parameters
    ----------
    longest : float
        Seconds; what would take longer is reckoned from the size below.
    weeks : int
        Weeks measured of our own model.
    """

    def __init__(self, longest: float, weeks: int) -> None:
        self.longest, self.weeks = longest, weeks
        self.figures: list[Figure] = []

    def add(self, name: str, unit: str, values: list[float], goal: float | None = None,
            base: float | None = None) -> None:
        """Print a figure and keep it; seconds of the yardstick only beside times, in ms or s."""
        median = statistics.median(values)
        seconds = median / (1000.0 if unit.startswith("ms") else 1.0)
        ratio = seconds / base if base else None
        self.figures.append(Figure(name, unit, median, min(values), goal, ratio, base))
        print(row(self.figures[-1]), flush=True)

    def piece(self, piece: str, form: str, residents: int, weeks: int) -> dict[str, Any]:
        """Measure one thing in a process of its own."""
        script = ROOT / "benchmarks" / "speed_pieces.py"
        before = yardstick()
        said = subprocess.run(
            [sys.executable, str(script), piece, form, str(residents), str(weeks)], check=True,
            stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        found["base"] = statistics.median([before, yardstick()])
        return found

    def slow(
        self, piece: str, form: str, residents: int, smaller: dict[str, Any] | None
    ) -> tuple[dict[str, Any], int]:
        """Measure a slow form for as many weeks as there is time for.

        Returns
        -------
        tuple of dict and int
            What was found; residents it was reckoned from, 0 if it was measured.
        """
        weeks = MOST_WEEKS
        if smaller is not None:
            growth = residents / smaller["residents"]
            week = growth * _mean(smaller, 0, "wall") * 1.3  # a fifth and more is spent beside what is timed
            left = self.longest - growth * smaller["setup"][0]
            weeks = min(MOST_WEEKS, int(left / week) - 1)
            if weeks < 1:
                return {
                    **smaller, "residents": residents,
                    "setup": [growth * seconds for seconds in smaller["setup"]],
                    "weeks": [[growth * seconds for seconds in week] for week in smaller["weeks"]],
                    "memory": growth * smaller["memory"],
                    "peak": smaller["peak"] + (growth - 1.0) * smaller["memory"],
                }, smaller.get("from", smaller["residents"])
        return self.piece(piece, form, residents, weeks), 0

    # The parts of the table.

    def models(self, sizes: list[int]) -> None:
        """The whole model, ours and with Mesa's agents."""
        ours: dict[int, dict[str, Any]] = {}
        smaller = None
        for n in sizes:
            ours[n] = mine = self.piece("model", OURS, n, self.weeks)
            base = mine["base"]
            self.add(f"a week, {n:,}: ours", "ms", _ms(mine, "wall"), 100.0 if n >= 573_000 else None, base)
            self.add("… of the processor", "ms", _ms(mine, "work"), None, base)
            self.add(f"set-up, {n:,}: ours", "s", [mine["setup"][0]], 5.0 if n >= 573_000 else None, base)
            self.add(f"memory, {n:,}: ours", "MiB", [mine["peak"]], 2048.0 if n >= 573_000 else None)
            theirs, reckoned = self.slow("model", MESA, n, smaller)
            mark = f" (reckoned from {reckoned:,})" if reckoned else ""
            self.add(f"a week, {n:,}: Mesa{mark}", "ms", _ms(theirs, "wall"), None, theirs["base"])
            self.add(f"set-up, {n:,}: Mesa{mark}", "s", [theirs["setup"][0]], None, theirs["base"])
            self.add(f"memory, {n:,}: Mesa{mark}", "MiB", [theirs["peak"]])
            for clock in ("wall", "work"):
                self.add(f"Mesa ÷ ours, {n:,}, {_CLOCK[clock]}{mark}", "×", [_ratio(theirs, mine, clock)],
                         GOALS.get(n) if clock == "wall" else None)
            if not reckoned:
                _same(theirs, mine)
            smaller = {**theirs, **({"from": reckoned} if reckoned else {})}
        if sizes[-1] >= 573_000:
            n, form = sizes[-1], "ours, 15 policies"
            full = self.piece("model", form, n, self.weeks)
            self.add(f"a week, {n:,}: {form}", "ms", _ms(full, "wall"), 100.0, full["base"])
        n = sizes[min(1, len(sizes) - 1)]
        drawn = self.piece("model", DRAWS, n, MOST_WEEKS)
        self.add(f"Mesa, its own random numbers ÷ ours, {n:,}", "×", [_ratio(drawn, ours[n], "wall")])
        self.growth(ours)

    def growth(self, found: dict[int, dict[str, Any]]) -> None:
        """Exponents of time and memory from 20,000 residents, or the smallest size, to the largest."""
        sizes = sorted(found)
        low, high = min((n for n in sizes if n >= 20_000), default=sizes[0]), sizes[-1]
        if low == high:
            return
        times = math.log(found[high]["residents"] / found[low]["residents"])
        name = f"growth {low:,} → {high:,}"
        for clock in ("wall", "work"):
            weeks = _mean(found[high], 0, clock) / _mean(found[low], 0, clock)
            self.add(f"{name}: a week, {_CLOCK[clock]}", "exponent", [math.log(weeks) / times])
        if found[low]["memory"] >= 1.0:  # less than a MiB is lost in what the process holds anyway
            memory = found[high]["memory"] / found[low]["memory"]
            self.add(f"{name}: memory", "exponent", [math.log(memory) / times])

    def kernels(self, sizes: list[int]) -> None:
        """Participation alone, in all forms there are."""
        there = importlib.util.find_spec("agentpy") is not None
        if not there:
            print("AgentPy is not installed and left out: pip install 'agentpy>=0.1.5,<0.2'")
        smaller: dict[str, dict[str, Any]] = {}
        for n in sizes:
            mine = self.piece("participation", OURS, n, self.weeks)
            self.add(f"participation, {n:,}: ours", "ms", _ms(mine, "wall"), None, mine["base"])
            for form in KERNELS[: None if there else -1]:
                theirs, reckoned = self.slow("participation", form, n, smaller.get(form))
                mark = f" (reckoned from {reckoned:,})" if reckoned else ""
                for clock in ("wall", "work"):
                    goal = 300.0 if form == "AgentPy" and clock == "wall" else None
                    self.add(f"{form} ÷ ours, {n:,}, {_CLOCK[clock]}{mark}", "×",
                             [_ratio(theirs, mine, clock)], goal)
                if not reckoned:
                    _same(theirs, mine)
                smaller[form] = {**theirs, **({"from": reckoned} if reckoned else {})}

    def small_runs(self, workers: int, runs: int) -> None:
        """1,000 residents × 104 weeks, alone and in a sweep."""
        mine, theirs = self.piece("run", OURS, 1000, 7), self.piece("run", MESA, 1000, 1)
        self.add("a run of 1,000 × 104 weeks: ours", "s", [w[0] for w in mine["weeks"]], None, mine["base"])
        self.add("… with Mesa's agents", "s", [w[0] for w in theirs["weeks"]], None, theirs["base"])
        self.add("Mesa ÷ ours, a run alone", "×", [_ratio(theirs, mine, "wall")], 20.0)
        swept = self.piece("sweep", str(workers), 1000, runs)
        each = swept["weeks"][0][0]
        self.add(f"… in a sweep, {workers} workers: ours", "ms a run", [1000.0 * each], 40.0, swept["base"])
        self.add(f"sweep, {workers} workers, stored", "runs/s", [1.0 / each], 50.0)
        with ThreadPoolExecutor(workers) as together:  # each in a process of its own, and nothing stored
            crowd = list(together.map(lambda _: self.piece("run", MESA, 1000, 3), range(workers)))
        theirs_each = statistics.mean(_mean(found, 0, "wall") for found in crowd) / workers
        self.add(f"… {workers} processes with Mesa's agents at once", "ms a run", [1000.0 * theirs_each])
        self.add("Mesa ÷ ours, in a sweep", "×", [theirs_each / each], 60.0)


_CLOCK = {"wall": "by the clock", "work": "of the processor"}


def _mean(found: dict[str, Any], weeks: int, clock: str) -> float:
    """Mean seconds of the first so many measured weeks, or of all."""
    at = 0 if clock == "wall" else 1
    return statistics.mean(week[at] for week in found["weeks"][: weeks or None])


def _ms(found: dict[str, Any], clock: str) -> list[float]:
    return [1000.0 * week[0 if clock == "wall" else 1] for week in found["weeks"]]


def _ratio(theirs: dict[str, Any], mine: dict[str, Any], clock: str) -> float:
    """Over the weeks that both were measured in."""
    weeks = min(len(theirs["weeks"]), len(mine["weeks"]))
    return _mean(theirs, weeks, clock) / _mean(mine, weeks, clock)


def _same(theirs: dict[str, Any], mine: dict[str, Any]) -> None:
    """Both did the same: participation agrees but for a few draws that fall between two roundings."""
    few = 3.0 if mine["came"][0] >= 1 else 3.0 / mine["residents"]  # people, or shares of them
    for a, b in zip(theirs["came"], mine["came"], strict=False):
        if not math.isclose(a, b, rel_tol=0.005, abs_tol=few):
            raise SystemExit(f"not the same model: {a} and {b} came")


def main() -> None:
    """Measure, print, write."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="residents")
    parser.add_argument("--longest", type=float, default=60.0, metavar="SECONDS",
                        help="most that a slow form may take at one size; beyond, it is reckoned")
    parser.add_argument("--weeks", type=int, default=16, help="weeks measured of our own model")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of the sweep")
    parser.add_argument("--runs", type=int, default=400, help="runs of the sweep")
    parser.add_argument("--parts", nargs="+", default=["models", "kernels", "runs"],
                        choices=["models", "kernels", "runs"])
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmarks_speed.json")
    given = parser.parse_args()
    busy = begin()
    bench, sizes = Bench(given.longest, given.weeks), sorted(given.sizes)
    if "models" in given.parts:
        bench.models(sizes)
    if "kernels" in given.parts:
        bench.kernels(sizes)
    if "runs" in given.parts:
        bench.small_runs(given.workers, given.runs)
    write(given.out, bench.figures, busy, ("yihe", "numpy", "numba", "mesa", "agentpy", "networkx"))


if __name__ == "__main__":
    main()
