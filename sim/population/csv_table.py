"""Reading a residents' table: rows, values by column, and every mistake with its line, column and mend."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import YiheError
from sim.vocabulary import Membership, Motive, Position, Sex, Tenure, Term

REQUIRED = ("id", "age")
PLACES = ("community", "grid", "building", "dwelling")
"""Optional; one place of a kind where a column is left out, a dwelling of one's own where that one is."""

TERMS: dict[str, type[Term]] = {
    "sex": Sex,
    "tenure": Tenure,
    "position": Position,
    "membership": Membership,
    "motive": Motive,
}
"""Columns of terms: key, Chinese or English name."""

NUMBERS: dict[str, tuple[float, float]] = {
    "stay": (0, 120),
    "free_hours": (0, 112),
    "health": (0, 1),
    "digital": (0, 1),
    "interest": (-10, 10),
    "attachment": (0, 1),
    "efficacy": (0, 1),
    "autonomy": (0, 1),
    "skill": (0, 1),
    "norm_intercept": (-10, 10),
    "norm_slope": (-10, 10),
}
"""Columns of numbers and their ranges."""

AGE = (0.0, 120.0)

FloatArray = npt.NDArray[np.float64]


class Row(NamedTuple):
    """One resident as written."""

    line: int
    cells: dict[str, str]

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Names of community, grid, building and dwelling; a default where none is written."""
        cells = self.cells
        dwelling = cells.get("dwelling") or f"id:{cells['id']}"
        return cells.get("community") or "1", cells.get("grid") or "1", cells.get("building") or "1", dwelling


class Table(NamedTuple):
    """A table without mistakes."""

    rows: list[Row]
    values: dict[str, FloatArray]
    """Age, and each column of terms or numbers that the table has: codes or numbers, NaN where a cell is
    empty."""


class TableError(YiheError):
    """The first mistake of a table as one sentence; all of them, in the order of lines, in ``each``."""

    def __init__(self, each: Sequence[YiheError]) -> None:
        first, more = each[0], len(each) - 1
        zh = f"{first.zh}（另有 {more} 处问题，yihe validate 逐条列出）" if more else first.zh
        en = f"{first.en} ({more} more after this: yihe validate lists them)" if more else first.en
        super().__init__(zh, en, file=first.file, key=first.key, line=first.line)
        self.each = tuple(each)


def read_table(path: Path) -> Table:
    """Read a table of residents (UTF-8, with or without byte-order mark).

    Parameters
    ----------
    path : Path

    Returns
    -------
    Table

    Raises
    ------
    TableError
        Everything that is wrong with it; if the header is wrong, only that, because no row can be read then.
    """
    header, lines, faults = _read(path)
    wrong = [*_header_faults(path, header)] if header or not faults else []
    if not (wrong or lines or faults):
        wrong = [_fault(
            "文件中没有居民，请至少写一行", "the file has no residents; write at least one row", path)]
    if wrong:
        raise TableError(wrong)
    rows = []
    for line, cells in lines:
        if len(cells) == len(header):
            rows.append(Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
        else:
            faults.append(_fault(
                f"这一行有 {len(cells)} 格，表头有 {len(header)} 列，请补齐或删去多余的逗号",
                f"this row has {len(cells)} cells, the header {len(header)}; add or remove commas", path,
                line=line))
    faults += [*_twice(path, rows), *_split_buildings(path, rows)]
    values = {}
    for name in ("age", *TERMS, *NUMBERS):
        if name in header:
            column = [_value(path, name, row) for row in rows]
            faults += [value for value in column if isinstance(value, YiheError)]
            values[name] = np.array([value for value in column if isinstance(value, float)], float)
    if faults:
        raise TableError(sorted(faults, key=lambda fault: fault.line or 0))
    return Table(rows, values)


def _fault(zh: str, en: str, path: Path, key: str | None = None, line: int | None = None) -> YiheError:
    return YiheError(zh, en, file=path, key=key, line=line)


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], list[YiheError]]:
    """Header, rows with their lines, and what ended the reading early."""
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                header = [name.strip() for name in next(reader, [])]
                for cells in reader:
                    if any(cell.strip() for cell in cells):
                        rows.append((reader.line_num, cells))
            except csv.Error as problem:
                return header, rows, [_fault(
                    "引号没有成对，或引号之外还有文字，请检查这一行的引号",
                    f"quotes do not pair, or text stands outside them ({problem}); check this line's quotes",
                    path, line=reader.line_num)]
    except FileNotFoundError:
        raise _fault(
            "找不到人口文件，请检查路径", "there is no such population file; check the path", path
        ) from None
    except UnicodeDecodeError:
        raise _fault(
            "不是 UTF-8 文本，请另存为 UTF-8 编码的 CSV", "this is no UTF-8 text; save it as CSV in UTF-8",
            path) from None
    except OSError as problem:
        raise _fault(
            "无法读取人口文件，请检查它是不是文件、有没有权限",
            f"cannot read the population file ({problem.strerror}); is it a file, and may you read it?", path,
        ) from problem
    return header, rows, []


def _header_faults(path: Path, header: Sequence[str]) -> Iterator[YiheError]:
    known = (*REQUIRED, *PLACES, *TERMS, *NUMBERS)
    for name in REQUIRED:
        if name not in header:
            yield _fault(
                f"缺少“{name}”列，请在表头加上", f"column “{name}” is missing; add it to the header", path,
                name, 1)
    for name in dict.fromkeys(header):
        if name not in known:
            yield _fault(
                f"不认识“{name}”列，可用的列：{'、'.join(known)}",
                f"column “{name}” is unknown; columns are {', '.join(known)}", path, name or None, 1)
        elif header.count(name) > 1:
            yield _fault(
                f"“{name}”列出现 {header.count(name)} 次，请只留一列",
                f"column “{name}” appears {header.count(name)} times; keep one", path, name, 1)


def _twice(path: Path, rows: list[Row]) -> Iterator[YiheError]:
    """Ids that are empty or used before."""
    first: dict[str, int] = {}
    for row in rows:
        name = row.cells["id"]
        if not name:
            yield _fault("编号为空，请填写", "the id is empty; fill it in", path, "id", row.line)
        elif name in first:
            yield _fault(
                f"编号“{name}”与第 {first[name]} 行重复，请改成唯一的编号",
                f"id “{name}” is already used in line {first[name]}; make ids unique", path, "id", row.line)
        first.setdefault(name, row.line)


def _split_buildings(path: Path, rows: list[Row]) -> Iterator[YiheError]:
    """Buildings that lie in two grids; one of them each."""
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    told: set[tuple[str, str]] = set()
    for row in rows if rows and "building" in rows[0].cells else ():
        community, grid, building, _ = row.place
        other, line = seen.setdefault((community, building), (grid, row.line))
        if other != grid and (community, building) not in told:
            told.add((community, building))
            yield _fault(
                f"楼栋“{building}”在第 {line} 行属于网格“{other}”，此处属于“{grid}”，请改成同一个",
                f"building “{building}” is in grid “{other}” in line {line} and in “{grid}” here; a building "
                "belongs to one grid: make them equal", path, "building", row.line)


def _value(path: Path, name: str, row: Row) -> float | YiheError:
    """Code of a term or a number; NaN for an empty cell, or what is wrong."""
    text = row.cells[name]
    if text == "" and name != "age":
        return math.nan
    if name not in TERMS:
        return _number(path, name, row, text, *(AGE if name == "age" else NUMBERS[name]))
    terms = TERMS[name]
    for term in terms:
        if text.lower() in (term.key, term.zh, term.en.lower()):
            return float(term)
    return _fault(
        f"不认识“{text}”，可用：{'、'.join(term.zh for term in terms)}",
        f"“{text}” is unknown; use one of {', '.join(term.key for term in terms)}", path, name, row.line)


def _number(path: Path, name: str, row: Row, text: str, low: float, high: float) -> float | YiheError:
    try:
        value = float(text)
    except ValueError:
        return _fault(
            f"“{text}”不是数，请填 {low:g} 到 {high:g} 之间的数",
            f"“{text}” is no number; write one from {low:g} to {high:g}", path, name, row.line)
    if low <= value <= high:
        return value
    return _fault(
        f"{text} 超出范围，请填 {low:g} 到 {high:g} 之间的数",
        f"{text} is out of range; write a number from {low:g} to {high:g}", path, name, row.line)
