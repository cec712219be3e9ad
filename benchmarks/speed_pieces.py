"""One measurement of ``speed.py``, in a process of its own so that its memory is nobody else's."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from district import district
from measuring import ROOT

ESTATE = ROOT / "scenarios" / "commercial_estate.yaml"
SKIPPED = 1
"""First weeks that are not measured: kernels are read, caches fill."""
SMALL = {"population.residents": 1000, "places.grids": 1, "warmup": 0, "weeks": 104}


class Clock(NamedTuple):
    """A point in time, or a stretch of it: seconds by the clock, and of the processor in this process."""

    wall: float
    work: float

    @classmethod
    def now(cls) -> Clock:
        """Both clocks as they stand."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, before: Clock) -> Clock:
        """What has gone by."""
        return Clock(self.wall - before.wall, self.work - before.work)


def peak() -> float:
    """Most memory that this process has held, MiB, since :func:`forget_peak` where the system can forget."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return float(lines["VmHWM"].split()[0]) / 1024.0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024.0 if sys.platform != "darwin" else 1024.0**2)


def forget_peak() -> float:
    """Count the peak from now on; gives what is held now, MiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()


def whole_model(form: str, residents: int, weeks: int) -> dict[str, Any]:
    """Founding and weeks of the whole model, ours or with agents of Mesa's."""
    from mesa_form.draws import in_turn
    from mesa_form.model import MesaModel

    from sim.model import CommunityModel

    for kind in (CommunityModel, MesaModel):  # reads the compiled kernels, once a process
        small = kind(district(1000, 10), 1)
        for _ in range(10):
            small.step()
        small.free()
    del small
    gc.collect()
    before, start = forget_peak(), Clock.now()
    scenario = district(residents, SKIPPED + weeks, form == "ours, 15 policies")
    model: Any = (CommunityModel if form.startswith("ours") else MesaModel)(scenario, 1)
    setup = Clock.now().since(start)
    if form == "mesa, its own random numbers":
        model.luck = in_turn(model.random)
    taken = []
    for _ in range(SKIPPED + weeks):
        apart = Clock(getattr(model, "between", 0.0), getattr(model, "between_work", 0.0))
        start = Clock.now()
        model.step()
        took = Clock.now().since(start)
        later = Clock(getattr(model, "between", 0.0), getattr(model, "between_work", 0.0))
        taken.append(took.since(later.since(apart)))
    return {"residents": len(model.residents.key), "setup": setup, "weeks": taken[SKIPPED:],
            "memory": peak() - before, "peak": peak(),
            "came": model.recorder.series["participation_week"].tolist()}


def participation(form: str, residents: int, weeks: int) -> dict[str, Any]:
    """Participation alone, in one of its forms."""
    from participation_kernel import Frozen, forms

    kind = forms()[form]
    frozen = Frozen(residents)
    before, start = forget_peak(), Clock.now()
    played = kind(frozen)
    setup = Clock.now().since(start)
    taken = [played.play(number) for number in range(SKIPPED + weeks)][SKIPPED:]
    return {"residents": len(frozen.model.residents.key), "setup": setup,
            "weeks": [Clock(wall, work) for wall, work, _ in taken], "memory": peak() - before,
            "peak": peak(), "came": [came for _, _, came in taken]}


def small_run(form: str, residents: int, weeks: int) -> dict[str, Any]:
    """Whole runs of 1,000 residents × 104 weeks, founding included; ``weeks`` counts the runs."""
    from mesa_form.model import MesaModel

    from sim import load
    from sim.model import CommunityModel

    scenario = load(ESTATE, {**SMALL, "population.residents": residents})
    kind: Callable[..., Any] = CommunityModel if form == "ours" else MesaModel
    taken = []
    CommunityModel(scenario, 0).run()
    for seed in range(weeks):
        start = Clock.now()
        model = kind(scenario, seed)
        model.run()
        took = Clock.now().since(start)
        apart = Clock(getattr(model, "between", 0.0), getattr(model, "between_work", 0.0))
        taken.append(took.since(apart))
        model.free()
    return {"residents": residents, "setup": Clock(0.0, 0.0), "weeks": taken, "memory": 0.0, "peak": peak(),
            "came": []}


def sweep(form: str, residents: int, weeks: int) -> dict[str, Any]:
    """Seconds a run of the same in a study on as many workers as ``form`` says, results stored."""
    from sim import load
    from sim.study.runner import execute, pool_of
    from sim.study.runtable import RunTable
    from sim.study.store import Store
    from sim.study.tables import Keep
    from sim.study.work import Rules

    scenario = load(ESTATE, {**SMALL, "population.residents": residents})
    rules = Rules(keep=Keep(("series",)))

    def run(folder: Path, pool: Any, first: int, seeds: int) -> Clock:
        start = Clock.now()
        with Store(folder, rules.keep) as store:
            execute(RunTable({"only": scenario}, frozenset(), first, (seeds,)), store, pool, rules=rules)
            store.merge(["only"])
        return Clock.now().since(start)

    with tempfile.TemporaryDirectory(prefix="yihe-bench-") as name, pool_of(int(form)) as pool:
        folder = Path(name)
        run(folder / "warm", pool, 1, 2 * int(form))
        took = run(folder / "measured", pool, 1000, weeks)
    each = Clock(took.wall / weeks, float("nan"))  # the workers' processor time is not this process's
    return {"residents": residents, "setup": Clock(0.0, 0.0), "weeks": [each], "memory": 0.0, "peak": 0.0,
            "came": []}


PIECES: dict[str, Callable[[str, int, int], dict[str, Any]]] = {
    "model": whole_model, "participation": participation, "run": small_run, "sweep": sweep}


def main() -> None:
    """Measure one thing and print it as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piece", choices=PIECES)
    parser.add_argument("form")
    parser.add_argument("residents", type=int)
    parser.add_argument("weeks", type=int)
    given = parser.parse_args()
    print(json.dumps(PIECES[given.piece](given.form, given.residents, given.weeks)))


if __name__ == "__main__":
    main()
