"""Points from a CSV file: a column a factor, headed by its key path, a line a point."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from sim.designs.factors import KINDS, Factor, Kind, Value, kind_of, plain, shown
from sim.designs.names import check
from sim.errors import YiheError
from sim.scenario.bykind import near
from sim.scenario.reasons import reason

Columns = dict[str, list[Value]]

_IGNORED = ("point",)  # a design exported to CSV numbers its points


def read_csv(file: Path, declared: Mapping[str, Factor]) -> Columns:
    """Columns of a table of points.

    Parameters
    ----------
    file : Path
        UTF-8, comma-separated, with a header. A column ``point`` is passed over.
    declared : mapping of str to Factor
        What columns there must be and what they may hold; empty for anything.

    Raises
    ------
    YiheError
        File, column, line and the mend.
    """
    lines = _lines(file)
    header = [cell.strip() for cell in lines[0][1]]
    _check_header(header, declared, file)
    columns: Columns = {}
    for at, name in enumerate(header):
        if name not in _IGNORED:
            columns[name] = _column(name, at, lines[1:], len(header), declared.get(name), file)
    kinds = {name: kind_of(values) or "text" for name, values in columns.items()}
    try:
        check(kinds)
    except ValidationError as error:
        first = error.errors()[0]
        raise YiheError(
            first["ctx"]["zh"], first["ctx"]["en"], file=file, key=str(first["loc"][-1])
        ) from None
    return columns


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    """Number and cells of every line that holds something; the header first."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise YiheError(
            "不是 UTF-8 文本，请另存为“CSV UTF-8”", "this is no UTF-8 text; save it as CSV UTF-8", file=file
        ) from None
    except OSError as error:
        zh, en = reason(error)
        raise YiheError(
            f"读不了这个表（{zh}）：路径相对于研究文件，请检查",
            f"this table cannot be read ({en}): its path is relative to the study file; check it",
            file=file,
            key="design.file",
        ) from None
    reader = csv.reader(io.StringIO(text))
    lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    if len(lines) < 2:
        raise YiheError(
            "表里没有点：第一行写键路径，以下每行一个点",
            "the table holds no points: key paths in the first line, then a point a line",
            file=file,
        )
    return lines


def _check_header(header: list[str], declared: Mapping[str, Factor], file: Path) -> None:
    for at, name in enumerate(header):
        if not name:
            raise YiheError(
                f"第 {at + 1} 列没有名称，请写键路径",
                f"column {at + 1} has no name; write its key path",
                file=file,
                line=1,
            )
        if name in header[:at]:
            raise YiheError(
                "这一列写了两次，请去掉一列",
                "this column is there twice; leave one out",
                file=file,
                key=name,
                line=1,
            )
        if declared and name not in declared and name not in _IGNORED:
            guess = near(name, tuple(declared))
            hint = (
                (f"是否想写 {guess}？", f"did you mean {guess}?")
                if guess
                else ("请去掉这一列，或写进 factors", "leave the column out, or add it to factors")
            )
            raise YiheError(
                f"factors 中没有这一列，{hint[0]}",
                f"factors has no such column; {hint[1]}",
                file=file,
                key=name,
                line=1,
            )
    for name in declared:
        if name not in header:
            raise YiheError(
                "表里缺少这一列，请补上", "the table lacks this column; add it", file=file, key=name, line=1
            )
    if not set(header) - set(_IGNORED):
        raise YiheError(
            "表里没有因子列，请写键路径",
            "the table has no column of a factor; head columns by key paths",
            file=file,
            line=1,
        )


def _column(
    name: str, at: int, lines: list[tuple[int, list[str]]], width: int, factor: Factor | None, file: Path
) -> list[Value]:
    values: list[Value] = []
    kind: Kind | None = factor.kind if factor else None
    for number, cells in lines:
        if len(cells) != width:
            raise YiheError(
                f"这一行有 {len(cells)} 格，表头有 {width} 格，请补齐",
                f"this line has {len(cells)} cells and the header {width}; make them equal",
                file=file,
                line=number,
            )
        text = cells[at].strip()
        if not text:
            raise YiheError(
                "这一格是空的，请写上", "this cell is empty; fill it in", file=file, key=name, line=number
            )
        value = _value(text) if kind != "text" else text
        found = kind_of([value]) or "text"
        kind = kind or found
        if KINDS[found] != KINDS[kind]:
            zh, en = KINDS[kind]
            raise YiheError(
                f"这里应是{zh}，却是“{text}”，请改正",
                f"this column holds {en}, but here it says “{text}”; mend it",
                file=file,
                key=name,
                line=number,
            )
        if factor is not None:
            _fits(value, factor, name, number, file)
        values.append(value)
    return values


def _value(text: str) -> Value:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return int(text) if text.lstrip("+-").isdecimal() and text.isascii() else plain(float(text))
    except (ValueError, ValidationError):  # not finite counts as no number
        return text


def _fits(value: Value, factor: Factor, name: str, line: int, file: Path) -> None:
    if factor.values is not None:
        fits, may = value in factor.values, ", ".join(shown(v) for v in factor.values)
    else:
        low, high = factor.ends
        fits = low <= float(value) <= high and (not factor.integer or float(value).is_integer())
        may = f"{low:g} – {high:g}"
    if not fits:
        raise YiheError(
            f"{shown(value)} 不在 factors 所写的范围内（{may}），请改正",
            f"{shown(value)} is not among what factors allows ({may}); mend it",
            file=file,
            key=name,
            line=line,
        )
