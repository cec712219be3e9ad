"""Compile every kernel once, on two cores: ``python -m sim.precompile``.

Numba compiles a kernel when it is first called, one after the other; a first run would wait for all of them
on one core. Here two processes run a tiny community at once: one from founding onwards; the other, which
reads residents and ties from files and so skips most of the founding, from the handling of cases onwards.
What one has compiled the other loads from the cache (:mod:`sim.jit`). Nothing depends on this: left out,
kernels compile when first used.
"""

from __future__ import annotations

import os
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
    """A short run from founding to end, watched as the page watches."""
    from sim.recording import record
    from sim.scenario.reading import load

    record(load(_BASE, {"population.residents": 80}), 1)


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


def ready(lang: str, quiet: bool = False) -> None:
    """Compile what is missing before a first run, and say on stderr that this takes a while.

    Where compiling ahead fails, nothing is said: kernels compile when they are used, and a real fault shows
    itself there.

    Parameters
    ----------
    lang : {"zh", "en"}
    quiet : bool
        Say nothing.
    """
    if compiled_mark().exists():
        return
    if not quiet:
        print(_FIRST[lang], file=sys.stderr, flush=True)
    start = time.perf_counter()
    if compile_all(subprocess.DEVNULL) and not quiet:
        seconds = f"{time.perf_counter() - start:.0f}"
        said = {"zh": f"编译完成，用时 {seconds} 秒", "en": f"compiled in {seconds} s"}
        print(said[lang], file=sys.stderr, flush=True)


_FIRST = {
    "zh": "首次运行：编译模型内核，约 1 分钟，以后不再需要……",
    "en": "first run: compiling the model's kernels, about a minute, this once …"}


def compile_all(output: int | None = None) -> bool:
    """Compile every kernel in two processes and leave the mark; False if one of them failed.

    Parameters
    ----------
    output : int, optional
        Where the processes' own words go, as for :class:`subprocess.Popen`; to the terminal if left out.
    """
    stamp = compiled_mark()
    here = str(Path(__file__).resolve().parent.parent)
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    # The very package and the very cache of this process, wherever it was started
    given = {"PYTHONPATH": os.pathsep.join(paths), "NUMBA_CACHE_DIR": str(stamp.parent)}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for half in ("forward", "backward"):
            processes.append(subprocess.Popen(
                [sys.executable, "-P", "-m", "sim.precompile", half], env=os.environ | given, stdout=output,
                stderr=output))
        if any(process.wait() for process in processes):
            return False
    finally:
        for process in processes:
            if process.poll() is None:  # the other has failed, or all is broken off
                process.terminate()
                process.wait()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    return True


def main() -> int:
    """Compile what is missing; 0 if all went well."""
    if sys.argv[1:]:
        {"forward": forward, "backward": backward}[sys.argv[1]]()
        return 0
    if compiled_mark().exists():
        return 0
    print(_FIRST[default_language()], flush=True)
    start = time.perf_counter()
    if not compile_all():
        return 1
    print(f"{time.perf_counter() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
