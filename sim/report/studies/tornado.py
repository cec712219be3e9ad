"""Figure: how far an outcome moves when one factor at a time is set to another value."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.report.findings import table_unit
from sim.report.studies.factors import Factor
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import bracketed
from sim.report.studies.sheet import (
    BLUE,
    GREY,
    HATCH,
    ORANGE,
    PALE_ORANGE,
    Drawing,
    by_group,
    even_rows,
    rows_axis,
    sheet,
    shown,
    span,
    whisker,
)
from sim.report.studies.tables import Group, records
from sim.report.style import INK
from sim.report.words import say, short_name

_SLOT = 0.12
"""Inches of the bar of one value."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast. Data: its rows of ``tornado``."""
    what = say(lang, "一次改变一个因子", "One factor at a time")
    return by_group(m, "tornado", what, ["change"], _one, lang)


def ordered(rows: pd.DataFrame) -> list[str]:
    """Factors, the one that moves the outcome farthest first."""
    far = rows["change"].abs().groupby(rows["factor"], sort=False).max()
    return [str(name) for name in far.sort_values(ascending=False, kind="stable", na_position="last").index]


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows, factors = group.rows, ordered(group.rows)
    labels = [m.factor(key).titled(lang) for key in factors]
    most = int(rows.groupby("factor").size().max())
    height = even_rows(labels, least=max(0.2, _SLOT * most + 0.05))
    figure = sheet(m, height + 0.75, title, [say(
        lang,
        "每条：只把该因子设为所标的值，其余留在基准点，与基准点之差（按种子配对）；线：95%区间。"
        "按最大变化排序。变化只在所选取值之间有意义，不含因子之间的相互作用。",
        "Each bar: that factor alone set to the value written, all others at the base point; difference from "
        "the base point, paired by seed; lines: 95 % intervals. Sorted by the largest change. Changes hold "
        "between the chosen values only and tell nothing of factors that act together.",
    )], lang)
    ax = figure.add_subplot()
    rows_axis(ax, labels)
    low, high = span(rows[["change", "low", "high"]], margin=0.0)
    room = 0.13 * (high - low or 1.0)
    ax.set_xlim(low - room, high + room)
    for y, key in enumerate(factors):
        _row(ax, m.factor(key), rows[rows["factor"] == key], y, lang)
    ax.axvline(0, color=INK, linewidth=0.7)
    shown(ax.xaxis, group.outcome, 7)
    change = say(lang, "与基准点之差", "change from the base point")
    unit = table_unit(group.outcome, lang)
    ax.set_xlabel(f"{short_name(group.outcome, lang)}\n{bracketed(change, unit, lang)}")
    _key(ax, most, lang)
    return Drawing(name, title, figure, rows)


def _row(ax: Axes, factor: Factor, rows: pd.DataFrame, y: int, lang: str) -> None:
    rows = rows.sort_values("value", kind="stable", key=_order)
    slots = np.linspace(-0.4, 0.4, 2 * len(rows) + 1)[1::2]
    numeric = pd.to_numeric(rows["value"], errors="coerce").notna().all()
    for place, (slot, row) in enumerate(zip(slots, records(rows), strict=True)):
        change, low, high = float(row["change"]), float(row["low"]), float(row["high"])
        if math.isnan(change):
            continue
        face, edge, hatch = _fill(place, len(rows), bool(numeric))
        ax.barh(
            y + slot, change, height=0.72 * 0.8 / len(rows), color=face, edgecolor=edge, hatch=hatch,
            linewidth=0.6)
        whisker(ax, low, high, y + slot, INK, 0.8)
        ends = [v for v in (change, low, high) if not math.isnan(v)]
        right = change >= 0
        ax.annotate(
            factor.value(row["value"], lang), (max(ends) if right else min(ends), y + slot),
            (3 if right else -3, 0), textcoords="offset points", ha="left" if right else "right",
            va="center", fontsize=6)


def _order(values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    return numbers if numbers.notna().all() else values.astype(str)


def _fill(place: int, count: int, numeric: bool) -> tuple[str, str, str]:
    """Fill of the bar of a value: the least, the greatest, or one between."""
    if numeric and count > 1 and place == 0:
        return BLUE, BLUE, ""
    if numeric and place == count - 1:
        return PALE_ORANGE, ORANGE, HATCH
    return "#dcdcdc", GREY, ""


def _key(ax: Axes, most: int, lang: str) -> None:
    handles = [
        Patch(facecolor=BLUE, edgecolor=BLUE, label=say(lang, "最小值", "least value")),
        Patch(facecolor=PALE_ORANGE, edgecolor=ORANGE, hatch=HATCH,
              label=say(lang, "最大值", "greatest value")),
    ]
    if most > 2:
        other = say(lang, "其他取值", "other values")
        handles.append(Patch(facecolor="#dcdcdc", edgecolor=GREY, label=other))
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2, fontsize=7)
