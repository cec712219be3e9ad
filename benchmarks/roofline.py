"""How near the residents' week comes to what memory allows: ``python benchmarks/roofline.py``.

Measured in one run: the machine's bandwidth (a triad as in STREAM, on one thread and on all), a gather on
the district's own ties (the sum of one float32 column over everyone's neighbours, and nothing else), and
beside them the passes of a week. A pass's roofline is the time to read its columns and write those it changes
at the triad's rate, and its ties at the gather's: both measured anew right before each repeat, because other
users of a machine move its bandwidth by the second. Columns count once a pass however often it reads them,
and the whole week is its three passes one after the other, since each needs what the one before made of all;
a share above 1 is a pass that mostly reads, for the triad does not count that what it writes is read first;
deciding follows only the ties of those who were active, so only these count; forgetting, once a month, does
not count.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from district import WHOLE
from measuring import RESULTS, Figure, begin, row, write, yardstick
from participation_kernel import Frozen

from sim.census import cells, sum_trust, take_census
from sim.processes import aftermath, engagement
from sim.processes.talk import friedkin_johnsen
from sim.threads import in_spans, side_by_side, threads

TRIAD = 32_000_000
"""Numbers in each array of the triad: 128 MB, far beyond any cache."""


@numba.njit(nogil=True, error_model="numpy")
def _triad(a: Any, b: Any, c: Any, lo: int, hi: int) -> None:
    for i in range(lo, hi):
        a[i] = b[i] + np.float32(3.0) * c[i]


@numba.njit(nogil=True, error_model="numpy")
def _gather(first: Any, neighbour: Any, x: Any, out: Any, lo: int, hi: int) -> None:
    for i in range(lo, hi):
        total = np.float32(0.0)
        for e in range(first[i], first[i + 1]):
            total += x[neighbour[e]]
        out[i] = total


class Pass(NamedTuple):
    """A piece of the week."""

    name: str
    work: Callable[[], object]
    streamed: int
    """Bytes of columns read and written."""
    gathered: int
    """Bytes of ties, and of what is looked up through them."""


def seconds(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def columns(r: Any, read: Iterable[str], written: Iterable[str] = ()) -> int:
    """Bytes of the columns read, and of those written, each counted once."""
    return sum(getattr(r, name).nbytes for names in (read, written) for name in set(names))


SCREENED = (
    "key", "present", "age", "building", "community", "interest", "skill", "health", "habit", "fatigue",
    "crowding", "free_hours", "motive", "norm_intercept", "norm_slope", "attachment", "efficacy", "autonomy",
    "stage")
LEARNT = ("habit", "skill", "crowding", "practice", "fatigue", "stay", "attachment", "stage")
"""Read and written by learning; ``active`` is only written."""
TALKED = ("efficacy_own", "efficacy")
JUDGED = ("present", "age", "trust_good", "trust_bad")
COUNTED = (
    "present", "last_any", "last_other", "last_public", "active", "stage", "hours", "efficacy", "autonomy",
    "attachment", "habit")


class Week:
    """The residents' part of one week of a community, in pieces that can be repeated.

    Parameters
    ----------
    residents : int
    """

    def __init__(self, residents: int) -> None:
        frozen = Frozen(residents)
        self.model = model = frozen.model
        r, ties = model.residents, model.ties
        self.r, self.ties, self.n, self.offers = r, ties, len(r.key), frozen.offers
        self.talked, self.cell = np.empty_like(r.efficacy), cells(r)
        self.tie_bytes = ties.neighbour.nbytes + 4 * len(ties.neighbour)  # an index, and what it points to
        met, chosen, mark = ties.event_strength.nbytes, model.chosen.nbytes, 4 * self.n
        doubles = 8 * self.n  # a column of float64, as levers and susceptibility are
        reached = self._reached()
        # Two levers (free hours, distance), marks of contacts who were active, written and read, and ties
        aside = 2 * doubles + 4 * mark + chosen + ties.strength.nbytes + met
        taking, learning = (*SCREENED, *LEARNT, "active", "attachment_home"), (*LEARNT, "active", "hours")
        talk = ties.first.nbytes + ties.weight.nbytes + doubles
        parts = (
            Pass("talk", self.talk, talk + ties.strength.nbytes + met + columns(r, TALKED, ("efficacy",)),
                 self.tie_bytes),
            Pass("hearing, deciding, seats, learning", self.participate, aside + columns(r, taking, learning),
                 int(reached * self.tie_bytes)),
            Pass("census and trust", self.count, self.cell.nbytes + met + columns(r, (*COUNTED, *JUDGED)), 0))
        whole = Pass(
            "the residents' whole week", self.whole, sum(each.streamed for each in parts),
            sum(each.gathered for each in parts))
        self.passes = (*parts, whole)

    def _reached(self) -> float:
        """Share of ties that deciding follows: those of people who were active."""
        degree = np.diff(self.ties.first)
        return float(degree[self.r.active > 0].sum() / max(degree.sum(), 1))

    def gather(self) -> None:
        """The bare sum over neighbours."""
        ties, x, out = self.ties, self.r.efficacy, self.talked
        in_spans(self.n, lambda span: _gather(ties.first, ties.neighbour, x, out, span[0], span[1]))

    def talk(self) -> None:
        """Everyone listens."""
        r, ties = self.r, self.ties
        friedkin_johnsen(ties, self.model.susceptibility, r.efficacy_own, r.efficacy, self.talked)

    def participate(self) -> Any:
        """Hearing, deciding, seats, learning by doing."""
        self.model.state_.week += 1
        return engagement.participate(self.model, 1.0)

    def count(self) -> None:
        """The census, and trust beside it as in :func:`sim.observed.observe`."""
        r, places = self.r, self.model.places
        grid = self.model.scope("grid")
        side_by_side(
            self.n,
            lambda: take_census(
                r, self.cell, self.ties, self.model.week, places, grid.lo, grid.hi, self.model.run_of, 1),
            lambda: sum_trust(
                r.present, r.age, r.community, r.trust_good, r.trust_bad, places.communities))

    def whole(self) -> None:
        """All that residents do in a week; cases that ended are told once, so the first repeat has most."""
        aftermath.learn_from_week(self.model, self.participate())
        self.count()


class Triad:
    """a = b + 3c on so many threads."""

    def __init__(self, parts: int) -> None:
        self.a, self.b, self.c = (np.full(TRIAD, value, np.float32) for value in (0.0, 1.0, 2.0))
        self.edges = [TRIAD * k // parts for k in range(parts + 1)]
        self.pool = ThreadPoolExecutor(parts)
        self._once()

    def _once(self) -> None:
        list(self.pool.map(
            lambda ends: _triad(self.a, self.b, self.c, *ends), pairwise(self.edges)))

    def rate(self) -> float:
        """Bytes a second, now."""
        return 3 * self.a.nbytes / seconds(self._once)


def measure(residents: int, repeats: int) -> list[Figure]:
    """All figures, in the order of the table."""
    figures: list[Figure] = []

    def add(
        name: str, unit: str, values: list[float], goal: float | None = None, base: float | None = None,
    ) -> None:
        median = statistics.median(values)
        low = min(values) if unit == "ms" else max(values)
        ratio = median / 1000.0 / base if base else None
        figures.append(Figure(name, unit, median, low, goal, ratio, base))
        print(row(figures[-1]), flush=True)

    for parts in sorted({1, threads()}):
        triad = Triad(parts)
        add(f"triad, {parts} thread{'s' if parts > 1 else ''}", "GB/s",
            [triad.rate() / 1e9 for _ in range(repeats)])
    week, base = Week(residents), yardstick()
    print(f"{week.n:,} residents, {len(week.ties.neighbour):,} ties, {week.offers} offers, "
          f"{threads()} threads")
    aside = week.ties.first.nbytes + week.talked.nbytes

    def roofs() -> tuple[float, float, float]:
        """Bytes a second of the triad, seconds of the gather, and its seconds a byte of ties."""
        rate, bare = triad.rate(), seconds(week.gather)
        return rate, bare, max(bare - aside / rate, 1e-9) / week.tie_bytes

    roofs()
    bare = [roofs()[1] for _ in range(repeats)]
    add("gather alone", "ms", [1000.0 * each for each in bare], None, base)
    add("gather alone", "GB/s", [(week.tie_bytes + aside) / each / 1e9 for each in bare])
    for each in week.passes:
        each.work()
        roof, taken = [], []
        for _ in range(repeats):
            rate, _, gathering = roofs()
            roof.append(each.streamed / rate + each.gathered * gathering)
            taken.append(seconds(each.work))
        size = each.streamed + each.gathered
        add(each.name, "ms", [1000.0 * one for one in taken], None, base)
        add(f"{each.name}: bytes", "MB", [size / 1e6])
        add(f"{each.name}: rate", "GB/s", [size / one / 1e9 for one in taken])
        add(f"{each.name}: roofline", "ms", [1000.0 * one for one in roof])
        add(f"{each.name}: roofline reached", "share",
            [high / one for high, one in zip(roof, taken, strict=True)], 0.6)
    return figures


def main() -> None:
    """Measure, print, write."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--residents", type=int, default=WHOLE)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmarks_roofline.json")
    given = parser.parse_args()
    busy = begin()
    write(given.out, measure(given.residents, given.repeats), busy, ("yihe", "numpy", "numba"))


if __name__ == "__main__":
    main()
