"""What the benchmarks share: a yardstick, figures with their goals, the table, the machine's own words."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results"


class Figure(NamedTuple):
    name: str
    unit: str
    median: float
    best: float
    goal: float | None
    ratio: float | None
    """Median in units of the fixed piece of work; of a rate, what one of its things takes; None of a size."""
    yardstick: float | None
    """Seconds of the fixed piece of work."""


def yardstick() -> float:
    """Seconds of a fixed piece of plain Python."""
    start = time.perf_counter()
    total = 0
    for i in range(2_000_000):
        total += i * i % 7
    assert total > 0
    return time.perf_counter() - start


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each repeat, after one that is not counted."""
    work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def figure(
    name: str, unit: str, seconds: Callable[[], Sequence[float]], goal: float | None = None, count: int = 0,
) -> Figure:
    """Median and best of some repeats, measured between two yardsticks; with a count, as so many a second."""
    before = yardstick()
    found = seconds()
    base = statistics.median([before, yardstick()])
    median, best = statistics.median(found), min(found)
    ratio = median / (count or 1) / base
    if count:
        median, best = count / median, count / best
    return Figure(name, unit, median, best, goal, ratio, base)


HEAD = f"{'':56}{'median':>9}{'best':>9}{'goal':>8}{'÷ yardstick':>13}{'yardstick':>11}"


def row(found: Figure) -> str:
    """One line of the table."""
    goal = f"{found.goal:g}" if found.goal is not None else ""
    name = f"{found.name} ({found.unit})"
    compared = "" if found.ratio is None else f"{found.ratio:13.3g}{found.yardstick:11.3f}"
    return f"{name:56}{found.median:9.3g}{found.best:9.3g}{goal:>8}{compared}"


def processor() -> str:
    """Name of the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load() -> float:
    """Processes that wanted to run, on average of the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def begin() -> float:
    """Print what machine this is and the head of the table; gives the load before anything is measured."""
    busy = load()
    print(f"{processor()}, {os.cpu_count()} cores, load {busy:.1f}; Python {platform.python_version()}")
    print(HEAD)
    return busy


def write(out: Path, figures: Sequence[Figure], busy: float, packages: Sequence[str]) -> None:
    """All figures as JSON, with the machine and the packages they were measured on."""
    report = {
        "processor": processor(), "cores": os.cpu_count(), "load": busy, "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "figures": [each._asdict() for each in figures],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {out}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
