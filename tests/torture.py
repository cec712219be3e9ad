"""Kill a study again and again, then ask whether its tables are those of an undisturbed one.

``python tests/torture.py --kills 100`` starts ``yihe sweep``, kills (SIGKILL) its coordinator, one of its
workers or all of them after a random while, starts it again, and so on. In the end it is left alone, and
every table is compared with that of a study that nobody disturbed, byte by byte.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

STUDY = """
study: torture
base: estate.yaml
arms: {none: {}, festival: {policies: [{kind: neighbour_festival}]}}
design: {method: grid, factors: {ties.atomisation: [0.0, 0.2, 0.4, 0.6], population.renters: [0.1, 0.5]}}
replicates:
  min: 10
  batch: 10
  max: 20
  stop: {outcome: participation_52, contrast: festival - none, half_width: 0.03}
keep: {weekly: all, groups: true, cases: true}
"""
ESTATE = """
yihe: 1
name: estate
weeks: 20
warmup: 10
population: {residents: 150}
"""
LONGEST = 6.0
"""Seconds within which a kill comes."""
LONGEST_STUDY = 600.0
"""Seconds within which a study that is left alone must end."""


def start(study: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "sim.cli",
        "sweep",
        str(study),
        "--out",
        str(out),
        "--workers",
        "2",
        "--no-report",
        "--quiet",
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def victims(coordinator: psutil.Process, what: str) -> list[psutil.Process]:
    """Processes to be killed: the coordinator, one worker, or everything."""
    try:
        children = coordinator.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    if what == "coordinator":
        return [coordinator]
    if what == "worker":
        workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        return workers[-1:]
    return [coordinator, *children]


def kill(process: subprocess.Popen[bytes], luck: random.Random) -> str:
    """Kill something after a while; what it was, or ``finished``."""
    what = luck.choice(("coordinator", "worker", "all"))
    try:
        process.wait(luck.uniform(0.0, LONGEST))
        return "finished"
    except subprocess.TimeoutExpired:
        pass
    for victim in victims(psutil.Process(process.pid), what):
        try:
            os.kill(victim.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return what


def tables(folder: Path) -> dict[str, bytes]:
    """Every table but the timings."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*.parquet"))
        if file.name != "timings.parquet"
    }


def torture(folder: Path, kills: int, seed: int) -> list[str]:
    """Names of tables that differ; empty if none does.

    Parameters
    ----------
    folder : Path
        Empty.
    kills : int
        How often something is killed while the study runs. Whenever it has finished, another begins.
    seed : int
        Of when and what.
    """
    luck, study = random.Random(seed), folder / "study.yaml"
    study.write_text(STUDY, encoding="utf-8")
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    finish(start(study, folder / "calm"))
    wanted, wrong = tables(folder / "calm"), list[str]()
    assert wanted, "the undisturbed study left no tables"
    killed, rounds = 0, 0
    while killed < kills:
        rounds += 1
        out = folder / f"round{rounds}"
        while killed < kills:
            process = start(study, out)
            what = kill(process, luck)
            if what == "worker":
                killed += 1
                what = kill(process, luck)  # it goes on without; perhaps something else is killed as well
            killed += what != "finished"
            print(f"{killed}/{kills} {what}", file=sys.stderr, flush=True)
            if what in ("finished", "worker"):
                finish(process)
                break
            process.wait()
        finish(start(study, out))
        found = tables(out)
        wrong += [
            f"round {rounds}: {name}"
            for name in sorted(wanted.keys() | found.keys())
            if wanted.get(name) != found.get(name)
        ]
    return wrong


def finish(process: subprocess.Popen[bytes]) -> None:
    """Let a study come to its end."""
    try:
        _, said = process.communicate(timeout=LONGEST_STUDY)
    except subprocess.TimeoutExpired:
        for one in victims(psutil.Process(process.pid), "all"):
            one.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}: {said.decode(errors='replace')}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yihe-torture-") as folder:
        wrong = torture(Path(folder), given.kills, given.seed)
    seconds = time.monotonic() - began
    same = f"{given.kills} kills, {seconds:.0f} s: the tables of an undisturbed study, byte by byte"
    print("\n".join(wrong) or same)
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
