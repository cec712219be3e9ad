"""The user's own case records: work orders in a CSV file, checked line by line.

Columns ``opened``, ``closed`` (empty while open), ``category``, ``satisfied`` (1, 0 or empty), and ``id`` if
there is one; other columns are not looked at.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sim.calibration.casefigures import CaseList, figure
from sim.designs.section import Section, wrong
from sim.errors import YiheError
from sim.processes.categories import CATEGORIES
from sim.scenario.bykind import near

FloatArray = npt.NDArray[np.float64]

COLUMNS = ("opened", "closed", "category", "satisfied")
FEWEST_WEEKS, FEWEST_CASES = 8, 30

VOLUME = "recorded_disputes"
"""The model's counterpart of the number of work orders, per 1,000 residents a year."""

_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)


def _moment(value: object) -> datetime:
    """A date or a time of day, as YAML or a CSV cell says it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if match is not None:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second)
    except ValueError:
        pass
    raise wrong(
        f"“{value}”不是日期，请写成 2024-03-01 或 2024-03-01 08:30",
        f"“{value}” is no date; write it like 2024-03-01 or 2024-03-01 08:30",
    )


Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string"})]


class RecordsSection(Section):
    """Where the records are and how they are read. Written as a file name, or in full."""

    file: str = Field(min_length=1, description="CSV，相对本文件 · CSV, relative to this file")
    arm: str | None = Field(
        None, description="对应的方案 · arm they are compared with; the control if left out"
    )
    population: int | None = Field(
        None,
        ge=1,
        description="来自多少居民，缺省则不校准件数 · residents they come from; without it, no volume",
    )
    start: Moment | None = Field(None, alias="from", description="首日 · first day; that of the first case")
    end: Moment | None = Field(
        None, alias="until", description="截止 · end of the records; the last date in them"
    )
    columns: dict[str, str] = Field(
        {}, description="列名对照，如 opened: 受理时间 · column names of one's own"
    )
    categories: dict[str, str] = Field({}, description="类别对照，如 噪声: noise · category → the model's")
    fit: tuple[str, ...] = Field(
        (VOLUME, "case_hours_q50", "case_within_7d", "case_satisfied"),
        description="用于拟合的指标 · figures to fit",
    )
    held_out: tuple[str, ...] | None = Field(
        None,
        description="留作检验的指标，默认90%分位数与各类占比 · figures held out; 90 % quantile and shares",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        return {"file": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _sound(self) -> RecordsSection:
        for name in self.columns:
            if name not in (*COLUMNS, "id"):
                raise wrong(
                    f"columns 只能写 {'、'.join((*COLUMNS, 'id'))}",
                    f"columns are {', '.join((*COLUMNS, 'id'))}",
                    "columns",
                    name,
                )
        for name, key in self.categories.items():
            if key not in CATEGORY_KEYS:
                raise wrong(
                    f"模型没有类别 {key}，可写：{'、'.join(CATEGORY_KEYS)}",
                    f"the model has no category {key}; there are: {', '.join(CATEGORY_KEYS)}",
                    "categories",
                    name,
                )
        for key, names in (("fit", self.fit), ("held_out", self.held_out or ())):
            for i, name in enumerate(names):
                if name != VOLUME and figure(name) is None:
                    raise wrong(
                        f"没有 {name} 这个指标，可写 {VOLUME}、case_hours_q50、case_within_7d、"
                        "case_satisfied、case_share_noise 等",
                        f"there is no figure {name}; write {VOLUME}, case_hours_q50, case_within_7d, "
                        "case_satisfied, case_share_noise or the like",
                        key,
                        i,
                    )
        both = sorted(set(self.fit) & set(self.held_out or ()))
        if both:
            raise wrong(
                f"{both[0]} 不能既拟合又留作检验，请只留一处",
                f"{both[0]} is both fitted and held out; keep one",
                "held_out",
            )
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise wrong("until 须晚于 from", "until must be later than from", "until")
        return self


CATEGORY_KEYS = tuple(c.key for c in CATEGORIES)
_KNOWN = {name: c.key for c in CATEGORIES for name in (c.key, c.label.zh, c.label.en)}


@dataclass(frozen=True)
class Records:
    """A list of work orders, checked.

    Parameters
    ----------
    cases : CaseList
    week : array of int, shape (n,)
        Week in which each case was opened, counted from the first.
    weeks : float
        Length of the records.
    dates_only : bool
        No time of day is given anywhere, so times to close are whole days.
    population : int or None
    """

    cases: CaseList
    week: npt.NDArray[np.int64]
    weeks: float
    dates_only: bool
    population: int | None


def read_records(path: Path, section: RecordsSection) -> Records:
    """Work orders from a CSV file (UTF-8, with or without byte-order mark).

    Raises
    ------
    YiheError
        A missing or broken file or column, a cell that is no date, no known category or no 1 or 0, an order
        closed before it was opened, outside the period or there twice, or too few to say anything: each with
        its line.
    """
    rows = _rows(path, section.columns)
    _refuse_duplicates(path, rows)
    opened = [_cell_date(path, line, cells, "opened") for line, cells in rows]
    closed = [_cell_date(path, line, cells, "closed") if cells["closed"] else None for line, cells in rows]
    last = max([*opened, *(c for c in closed if c is not None)])
    start = section.start or datetime.combine(min(opened).date(), time())
    end = section.end or last
    if section.end is not None and section.end.time() == time():
        end = section.end + timedelta(days=1)  # the last day is meant as a whole
    for (line, _), o, c in zip(rows, opened, closed, strict=True):
        _in_order(path, line, o, c, start, end)
    cases = CaseList(
        hours=np.array(
            [((c or end) - o).total_seconds() / 3600.0 for o, c in zip(opened, closed, strict=True)]
        ),
        closed=np.array([c is not None for c in closed]),
        satisfied=np.array([_satisfied(path, line, cells["satisfied"]) for line, cells in rows]),
        category=np.array(
            [_category(path, line, cells["category"], section.categories) for line, cells in rows], object
        ),
    )
    weeks = (end - start).total_seconds() / (7 * 86400.0)
    if weeks < FEWEST_WEEKS or len(rows) < FEWEST_CASES:
        raise YiheError(
            f"只有 {len(rows)} 件、{weeks:.1f} 周，至少要 {FEWEST_CASES} 件、{FEWEST_WEEKS} 周才能估计误差",
            f"there are {len(rows)} cases over {weeks:.1f} weeks; to tell the error it takes {FEWEST_CASES} "
            f"over {FEWEST_WEEKS} weeks",
            file=path,
        )
    week = np.array([int((o - start).total_seconds() // (7 * 86400)) for o in opened])
    dates_only = all(moment.time() == time() for moment in [*opened, *(c for c in closed if c is not None)])
    return Records(cases, week, weeks, dates_only, section.population)


Row = tuple[int, dict[str, str]]
"""Line in the file, counted from 1, and cells by the names of :data:`COLUMNS`."""


def _rows(path: Path, names: Mapping[str, str]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            places = _header(path, header, names)
            rows = []
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise YiheError(
                        f"本行有 {len(cells)} 格，表头有 {len(header)} 列，请补齐或删去多余的逗号",
                        f"this row has {len(cells)} cells, the header {len(header)}; add or remove commas",
                        file=path,
                        line=reader.line_num,
                    )
                rows.append((reader.line_num, {name: cells[at].strip() for name, at in places.items()}))
    except FileNotFoundError:
        raise YiheError(
            "找不到工单文件，路径应相对于研究文件",
            "there is no such file of records; the path must be relative to the study file",
            file=path,
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise YiheError(
            f"无法读取工单文件（{problem}），请存为 UTF-8 编码的 CSV",
            f"cannot read the records ({problem}); save them as CSV in UTF-8",
            file=path,
        ) from problem
    if not rows:
        raise YiheError(
            "文件中没有工单",
            "the file holds no work orders; write at least the rows of some weeks",
            file=path,
        )
    return rows


def _header(path: Path, header: list[str], names: Mapping[str, str]) -> dict[str, int]:
    places = {}
    for name in (*COLUMNS, "id"):
        written = names.get(name, name)
        if header.count(written) > 1:
            raise YiheError(
                f"“{written}”列出现两次，请删去一列",
                f"column “{written}” appears twice; remove one",
                file=path,
                key=written,
                line=1,
            )
        if written in header:
            places[name] = header.index(written)
        elif name != "id" or name in names:
            raise YiheError(
                f"缺少“{written}”列，请在表头加上；若另有名称，在 records 下写 columns: {{{name}: 列名}}",
                f"column “{written}” is missing; add it to the header or, if it has another name, write "
                f"columns: {{{name}: that name}} under records",
                file=path,
                key=written,
                line=1,
            )
    return places


def _refuse_duplicates(path: Path, rows: list[Row]) -> None:
    first: dict[str, int] = {}
    for line, cells in rows:
        name = cells.get("id", "")
        if name and name in first:
            raise YiheError(
                f"编号“{name}”与第 {first[name]} 行重复，请去掉一行",
                f"id “{name}” is already used in line {first[name]}; remove one of them",
                file=path,
                key="id",
                line=line,
            )
        first[name] = line


def _cell_date(path: Path, line: int, cells: Mapping[str, str], name: str) -> datetime:
    try:
        return _moment(cells[name])
    except ValueError:
        what = f"“{cells[name]}”" if cells[name] else "空格"
        raise YiheError(
            f"{what}不是日期，请写成 2024-03-01 或 2024-03-01 08:30",
            f"“{cells[name]}” is no date; write it like 2024-03-01 or 2024-03-01 08:30",
            file=path,
            key=name,
            line=line,
        ) from None


def _in_order(
    path: Path, line: int, opened: datetime, closed: datetime | None, start: datetime, end: datetime
) -> None:
    if closed is not None and closed < opened:
        raise YiheError(
            f"办结（{closed}）早于受理（{opened}），请核对",
            f"it was closed ({closed}) before it was opened ({opened}); check it",
            file=path,
            key="closed",
            line=line,
        )
    for key, moment in (("opened", opened), ("closed", closed)):
        if moment is not None and not start <= moment <= end:
            raise YiheError(
                f"{moment} 不在 from 与 until 之间，请改动这两项或删去这一行",
                f"{moment} does not lie between from and until; change them or leave the row out",
                file=path,
                key=key,
                line=line,
            )


def _satisfied(path: Path, line: int, text: str) -> float:
    if text not in ("", "0", "1"):
        raise YiheError(
            f"“{text}”应为 1（满意）、0（不满意）或留空",
            f"“{text}” must be 1 (satisfied), 0 or empty",
            file=path,
            key="satisfied",
            line=line,
        )
    return float(text) if text else math.nan


def _category(path: Path, line: int, text: str, mapping: Mapping[str, str]) -> str:
    key = mapping.get(text) or _KNOWN.get(text)
    if key is None:
        guess = near(text, tuple(_KNOWN))
        hint = (f"是否想写 {guess}？否则", f"did you mean {guess}? If not, ") if guess else ("请", "")
        line_to_add = f"categories: {{{text or '…'}: other}}"
        raise YiheError(
            f"不认识类别“{text}”，{hint[0]}在 records 下写 {line_to_add} 或其他类别",
            f"category “{text}” is unknown; {hint[1]}write {line_to_add} or another category under records",
            file=path,
            key="category",
            line=line,
        )
    return key
