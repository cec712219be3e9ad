"""``design.parquet``: one row a point, one column a factor; it only ever grows at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import YiheError
from sim.study.runtable import Values
from sim.study.store import writing
from sim.study.tables import arrow

if TYPE_CHECKING:
    from sim.study.file import StudyFile

NAME = "design.parquet"
START = "first_seed"
"""Last column of a design whose points have seeds of their own: the first seed of each."""


def read(folder: Path) -> tuple[tuple[str, ...], list[Values]]:
    """Factors and points of a study; nothing of either if there is no design yet."""
    import pyarrow.parquet as pq

    arrow()
    if not (folder / NAME).is_file():
        return (), []
    table = pq.ParquetFile(folder / NAME).read()
    factors = tuple(name for name in table.column_names if name != "point")
    columns = [table[name].to_pylist() for name in factors]
    rows = list(zip(*columns, strict=True)) if factors else [()] * table.num_rows
    return factors, rows


def points(folder: Path) -> tuple[tuple[str, ...], list[Values], list[int] | None]:
    """Factors, points, and the first seed of each point where points have seeds of their own."""
    names, rows = read(folder)
    if START not in names:
        return names, rows, None
    return names[:-1], [row[:-1] for row in rows], [int(row[-1]) for row in rows]


def check(folder: Path, factors: Sequence[str], points: Sequence[Values]) -> int:
    """Make sure that a design goes on with the one in the folder; how many of its points are there already.

    Raises
    ------
    YiheError
        If the folder holds runs of another design.
    """
    before, rows = read(folder)
    if rows and (before != tuple(factors) or rows != [tuple(point) for point in points[:len(rows)]]):
        raise YiheError(
            "文件夹里已有另一个设计的结果；设计只能在末尾增加点（例如加大 sobol 的 n）："
            "请用 --out 换一个文件夹",
            "the folder holds results of another design; a design may only grow at its end (such as a larger "
            "n of sobol): choose another folder with --out", file=folder)
    return len(rows)


def keep(folder: Path, factors: Sequence[str], points: Sequence[Values]) -> None:
    """Write the design, whole or not at all.

    Raises
    ------
    YiheError
        If the folder holds runs of another design, or cannot be written.
    """
    import pyarrow.parquet as pq

    if check(folder, factors, points) == len(points) and (folder / NAME).is_file():
        return
    columns = {name: _column([point[at] for point in points]) for at, name in enumerate(factors)}
    table = arrow().table({"point": arrow().array(range(len(points)), "int64"), **columns})
    with writing(folder):
        aside = folder / f".{NAME}.tmp"
        with aside.open("wb") as out:
            pq.write_table(table, out, compression="zstd")
            out.flush()
            os.fsync(out.fileno())
        os.replace(aside, folder / NAME)


def _column(values: Sequence[Any]) -> Any:
    """One column; numbers that are partly whole are all written as floats."""
    if any(isinstance(value, float) for value in values):
        values = [float(value) for value in values]
    return arrow().array(values)


def data_files(file: StudyFile) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key path and relative path of each data file that a study file names."""
    table = getattr(file.design, "file", None)
    if isinstance(table, str):
        yield ("design", "file"), table
    records = (file.calibrate or {}).get("records")
    if isinstance(records, str):
        yield ("calibrate", "records"), records
    elif isinstance(records, dict) and isinstance(records.get("file"), str):
        yield ("calibrate", "records", "file"), records["file"]
