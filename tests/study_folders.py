"""Small made-up results folders in the format of a study, with numbers that tell where they belong."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

OUTCOMES = ("participation_52", "satisfaction", "recovery_weeks")
"""``recovery_weeks`` does not exist for even seeds."""

Run = tuple[int, str, int]
"""Point, arm and seed."""


def value(outcome: str, run: Run, week: int = -1) -> float:
    """A number found nowhere else in the study."""
    point, arm, seed = run
    if outcome == "recovery_weeks" and seed % 2 == 0:
        return math.nan
    place = sum(map(ord, arm)) % 97
    return OUTCOMES.index(outcome) + point / 7 + place / 1e3 + seed / 3e4 + (week + 1) / 1e6


def tables(runs: Sequence[Run], weeks: int) -> dict[str, pa.Table]:
    """Every table of some runs."""
    keys = [f"k-{point}-{arm}-{seed}" for point, arm, seed in runs]
    who = {
        "key": keys, "point": [run[0] for run in runs], "arm": [run[1] for run in runs],
        "seed": [run[2] for run in runs],
    }
    by_week = [(i, week) for i in range(len(runs)) for week in range(weeks)]
    weekly = {name: [column[i] for i, _ in by_week] for name, column in who.items()}
    return {
        "runs": pa.table({
            **who, "digest": keys, "weeks": [weeks] * len(runs),
            **{name: [value(name, run) for run in runs] for name in OUTCOMES}}),
        "series": pa.table({
            **weekly, "week": [week for _, week in by_week],
            **{name: [value(name, runs[i], week) for i, week in by_week] for name in OUTCOMES}}),
        "cases": pa.table({**who, "case": pa.array([2**63 + i for i in range(len(runs))], pa.uint64())}),
        "timings": pa.table({**who, "seconds": [0.1] * len(runs)}),
    }


def every(points: int, arms: Sequence[str], seeds: int, failed: Collection[Run] = ()) -> list[Run]:
    """All runs in the order of a study, without those that failed."""
    runs = [(point, arm, seed) for point in range(points) for seed in range(seeds) for arm in arms]
    return [run for run in runs if run not in failed]


def write(
    folder: Path, design: Mapping[str, Sequence[Any]] | None, arms: Sequence[str], runs: Sequence[Run], *,
    weeks: int = 3, a_file: int = 4,
) -> Path:
    """A study with merged tables, long ones in files of ``a_file`` runs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({
        "format": 2, "name": "made-up", "study_key": "abc", "uncalibrated": True,
        "arms": {arm: {"label": {"zh": arm, "en": arm}} for arm in arms},
    }, ensure_ascii=False), encoding="utf-8")
    if design is not None:
        points = len(next(iter(design.values()))) if design else 1
        pq.write_table(pa.table({"point": range(points), **design}), folder / "design.parquet")
    if runs:
        merge(folder, runs, weeks=weeks, a_file=a_file)
    return folder


def merge(folder: Path, runs: Sequence[Run], *, weeks: int = 3, a_file: int = 4) -> None:
    """Write merged tables into a folder."""
    for name, table in tables(runs, weeks).items():
        if name in ("runs", "timings"):
            pq.write_table(table, folder / f"{name}.parquet")
    for at in range(0, len(runs), a_file):
        for name, table in tables(runs[at:at + a_file], weeks).items():
            if name in ("series", "cases"):
                (folder / name).mkdir(exist_ok=True)
                pq.write_table(table, folder / name / f"{at // a_file:05d}.parquet")


def shard(folder: Path, name: str, runs: Sequence[Run], *, weeks: int = 3) -> Path:
    """A shard of finished runs that is not merged yet; ``name`` is its number."""
    part = folder / ".parts" / name
    part.mkdir(parents=True)
    for table, content in tables(runs, weeks).items():
        pq.write_table(content, part / f"{table}.parquet")
    return part
