"""Measure a district in parts: ``python benchmarks/parts.py [--keep]``; ``--keep`` writes docs/scaling.md.

What a part costs (weeks, founding, memory), what the weekly meeting costs by the number of parts, how the
parts of one district on Dask workers of this machine compare with the same district in one piece, and what
each leaves to be gathered at the end. From these the page reckons a city and the country.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("YIHE_THREADS", "1")  # a part has a core to itself

from district import district
from measuring import ROOT, begin, figure, processor, row

PAGE, RECORD = ROOT / "docs" / "scaling.md", ROOT / "docs" / "scaling.json"
SIZES = (500_000, 60_000)
"""Residents of a part whose weeks are measured; the larger one is reckoned with. It comes first: what it lets
go is not asked for again."""
WEEKS = 26
MEETINGS = (2, 4, 8, 16)
"""Parts that meet."""
TURNS = 200


def memory() -> float:
    """Bytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def studied(residents: int) -> Any:
    """The district's policies, with secretaries who learn from each other."""
    from sim.scenario.reading import load

    cut = district(residents, WEEKS)
    studio = load({"yihe": 1, "name": "s", "policies": [{"kind": "secretary_studio"}]}).policies
    return cut.model_copy(update={"policies": (*cut.policies, *studio)})


def part(residents: int) -> dict[str, float]:
    """Founding, a week, and memory of one part, in seconds and bytes a resident."""
    from sim.model import CommunityModel

    scenario, before = studied(residents), memory()
    start = time.perf_counter()
    model = CommunityModel(scenario, 1)
    founded = time.perf_counter() - start
    people = len(model.residents.key)
    for _ in range(2):
        model.step()
    seconds = []
    for _ in range(WEEKS - 2):
        start = time.perf_counter()
        model.step()
        seconds.append(time.perf_counter() - start)
    held = memory() - before
    communities, policies = model.places.communities, len(scenario.policies)
    model.free()
    return {
        "residents": people, "communities": communities, "policies": policies, "found": founded,
        "week": statistics.median(seconds), "bytes": held}


def meeting(client: Any, parts: int) -> float:
    """Seconds of one turn in which so many parts say a row of fifteen numbers."""
    import numpy as np

    from sim.study.parted import Meeting, Seat

    actor = client.submit(Meeting, parts, actor=True, pure=False).result()
    own = np.ones((15, 1))

    def attend(number: int) -> None:
        seat = Seat(actor, number)
        for _ in range(TURNS):
            seat.gather(own)

    with ThreadPoolExecutor(parts) as pool:
        start = time.perf_counter()
        list(pool.map(attend, range(parts)))
        return (time.perf_counter() - start) / TURNS


def compared(client: Any, residents: int, repeats: int) -> dict[str, Any]:
    """One district in one piece on one thread, and in two parts on two workers."""
    from sim.population.section import sections
    from sim.sharding import run_part
    from sim.simulation import simulate
    from sim.study.parted import run_on

    scenario = studied(residents)
    none: frozenset[str] = frozenset()
    whole = simulate(scenario, 1, compared=none)
    parted = run_on(client, scenario, 1, 2, none)
    assert whole.digest == parted.digest
    assert whole.cases.tobytes() == parted.cases.tobytes()

    def seconds(work: Callable[[], object]) -> list[float]:
        found = []
        for _ in range(repeats):
            start = time.perf_counter()
            work()
            found.append(time.perf_counter() - start)
        return found

    one = figure(f"{residents:,} residents, {WEEKS} weeks: one piece, one thread", "s",
                 lambda: seconds(lambda: simulate(scenario, 1, compared=none)))
    two = figure("    in two parts on two Dask workers", "s",
                 lambda: seconds(lambda: run_on(client, scenario, 1, 2, none)))
    for each in (one, two):
        print(row(each), flush=True)
    alone = scenario.model_copy(update={"policies": ()})  # a part that has nobody to meet
    left = run_part(alone, 1, sections(scenario.places, 2)[0], None, none)
    return {
        "residents": residents, "weeks": WEEKS, "one": one.median, "two": two.median,
        "left": len(pickle.dumps(left)), "left_communities": left.section.last - left.section.first}


def main() -> None:
    """Measure, print, and put into the record."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="write docs/scaling.md")
    given = parser.parse_args()
    from sim.study import clusters

    begin()
    found: dict[str, Any] = {"processor": processor(), "parts": [part(size) for size in SIZES]}
    for one in found["parts"]:
        print(
            f"{one['residents']:,} residents: founding {one['found']:.2f} s, a week "
            f"{1e3 * one['week']:.1f} ms, {one['bytes'] / one['residents']:.0f} bytes each", flush=True)
    with clusters.local(2) as client:
        found["meetings"] = {str(parts): meeting(client, parts) for parts in MEETINGS}
        for parts, seconds in found["meetings"].items():
            print(f"a meeting of {parts}: {1e3 * seconds:.2f} ms", flush=True)
        found["compared"] = compared(client, SIZES[0], given.repeats)
    print(json.dumps(found["compared"]))
    if given.keep:
        from scaling_page import page

        from sim.verify.page import made

        record = {**made(), **found}
        RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        PAGE.write_text(page(record), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
