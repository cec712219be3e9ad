"""Compile every kernel once, on two cores: ``python -m sim.precompile``.

Numba compiles a kernel when it is first called, one after the other; a first run would wait for all of them
on one core. Here two processes run a tiny community at once: one from founding onwards; the other, which
reads residents and ties from files and so skips most of the founding, from the handling of cases onwards.
What one has compiled the other loads from the cache (:mod:`sim.jit`). Nothing depends on this: left out,
kernels compile when first used.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sim.compiled import compiled_mark
from sim.errors import default_language

WEEKS = 9
"""Long enough for everything that happens once a month or every eight weeks."""

_BASE: dict[str, Any] = {
    "yihe": 1, "name": "precompile", "weeks": WEEKS, "warmup": 0,
    "places": {"grids": 2, "floors": 2, "dwellings_per_floor": 2},
    "policies": [{"kind": "neighbour_festival"}, {"kind": "member_model_posts"}],
}
_PEOPLE, _TIES = "people.csv", "ties.csv"


def forward() -> None:
    """A short run from founding to end."""
    from sim.scenario.reading import load
    from sim.simulation import simulate

    simulate(load(_BASE, {"population.residents": 80}), 1)


def backward() -> None:
    """The second half of a week first, then the rest."""
    import numpy as np

    from sim.model import CommunityModel
    from sim.processes import aftermath, casework
    from sim.processes.participation import Attendance
    from sim.scenario.reading import load

    with tempfile.TemporaryDirectory() as folder:
        _write_files(Path(folder))
        scenario = load(_BASE, {"population_file": _PEOPLE, "ties.file": _TIES}, folder=folder)
        model = CommunityModel(scenario, 1)
    casework.handle(model)
    nobody = Attendance(np.zeros(1, np.int64), np.zeros(0, np.int32))
    aftermath.learn_from_week(model, nobody)
    model.run()
    model.free()


def _write_files(folder: Path) -> None:
    """Forty neighbours in ten dwellings, each tied to the next."""
    people = [f"p{i},{20 + i},b{i // 20},d{i // 4}" for i in range(40)]
    ties = [f"p{i},p{i + 1}" for i in range(39)]
    (folder / _PEOPLE).write_text("\n".join(["id,age,building,dwelling", *people]) + "\n", encoding="utf-8")
    (folder / _TIES).write_text("\n".join(["source,target", *ties]) + "\n", encoding="utf-8")


def main() -> int:
    """Compile what is missing; 0 if all went well."""
    if sys.argv[1:]:
        {"forward": forward, "backward": backward}[sys.argv[1]]()
        return 0
    stamp = compiled_mark()
    if stamp.exists():
        return 0
    words = {"zh": "首次使用，编译模型，约一分钟……", "en": "compiling the model once, about a minute …"}
    print(words[default_language()], flush=True)
    start = time.perf_counter()
    command = [sys.executable, "-m", "sim.precompile"]
    halves = [subprocess.Popen([*command, half]) for half in ("forward", "backward")]
    failed = [half.wait() for half in halves]
    if any(failed):
        return 1
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    print(f"{time.perf_counter() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
