"""Figure: what can be had together, the front of two or three outcomes and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.outcomes import OUTCOMES
from sim.report.studies import matrix
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import goal
from sim.report.studies.sheet import (
    BLUE,
    GREY,
    Drawing,
    axis_label,
    lay_out,
    name_points,
    nothing,
    sheet,
    shown,
    span,
)
from sim.report.style import HAIR, INK, fold
from sim.report.words import say

MOST = 4
"""Outcomes set against each other."""
NAMED = 14
"""Points of the front that are named."""
SHARE = LinearSegmentedColormap.from_list("yihe_share", ["#ffffff", "#a9d0e8", BLUE, "#00304f"])
BETTER = {"more": ("越高越好", "more is better"), "less": ("越低越好", "less is better"), "neither": ("", "")}


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure: a panel for two outcomes, a panel a pair for more. Data: ``pareto``."""
    table = m.table("pareto")
    if table is None:
        return
    title = say(lang, "可以兼得多少：帕累托前沿", "What can be had together: Pareto front")
    yield figure(m, table, outcomes_of(table), "pareto", title, lang)


def figure(
    m: StudyMaterial, table: pd.DataFrame, columns: list[str], name: str, title: str, lang: str
) -> Drawing:
    """Candidates by two or more outcomes, those on the front ringed.

    Parameters
    ----------
    m : StudyMaterial
    table : DataFrame
        ``point, arm, front, front_share``, and each column with ``_low`` and ``_high``.
    columns : list of str
        Outcomes, plain or as ``outcome [of]``; the first :data:`MOST` are drawn.
    name, title : str
    lang : {"zh", "en"}
    """
    columns = columns[:MOST]
    if not len(table) or len(columns) < 2 or not table[columns].notna().all(axis=1).any():
        why = say(lang, "至少需要两个有数值的指标", "two outcomes with values are needed")
        return nothing(m, name, title, lang, table, why if len(table) else None)
    side = len(columns) - 1
    drawn = sheet(m, 3.1 if side == 1 else 0.3 + 2.5 * side, title, [_note(table, lang)], lang)
    if side == 1:
        grid = drawn.add_gridspec(1, 2, width_ratios=[1.0, 0.3])
        panels = [(drawn.add_subplot(grid[0, 0]), columns[0], columns[1])]
        key = drawn.add_subplot(grid[0, 1])
    else:
        grid = drawn.add_gridspec(side, side)
        panels = [
            (drawn.add_subplot(grid[j - 1, i]), columns[i], columns[j])
            for i, j in combinations(range(len(columns)), 2)]
        key = drawn.add_subplot(grid[0, side - 1])
    for ax, x, y in panels:
        _panel(ax, m, table, x, y, lang, 34 if side > 1 else 44)
    _key(drawn, key, m, table, lang)
    lay_out(drawn)
    for ax, x, y in panels:
        _names(drawn, ax, table, x, y)
    return Drawing(name, title, drawn, table)


def outcomes_of(table: pd.DataFrame) -> list[str]:
    """Outcomes that are set against each other: those with an interval of their own, or declared ones."""
    names = [str(name) for name in table.columns]
    return [name for name in names if name in OUTCOMES or f"{name}_low" in names]


def _note(table: pd.DataFrame, lang: str) -> str:
    sure = int((table["front_share"] >= 0.95).sum())
    return say(
        lang,
        f"黑圈：均值在前沿上（没有别的点在所有指标上都不差且有一项更好），共 {int(table['front'].sum())} 个；"
        f"颜色：种子重抽样中落在前沿上的比例，不低于95%的有 {sure} 个。线：95%区间（只画前沿上的点）。"
        "编号：设计点。颜色浅的前沿点可能只是运气。",
        f"Ringed: mean on the front (nothing else is as good in all outcomes and better in one), "
        f"{int(table['front'].sum())} in all; colour: share of resamples of the seeds in which it is there, "
        f"95 % or more for {sure}. Lines: 95 % intervals (front only). Numbers: design points. A pale point "
        "may be on the front by luck.",
    )


def _panel(
    ax: Axes, m: StudyMaterial, table: pd.DataFrame, x: str, y: str, lang: str, cells: int
) -> None:
    front = table["front"].to_numpy(bool)
    for name, horizontal in ((x, True), (y, False)):
        if f"{name}_low" not in table:
            continue
        low, high = (table.loc[front, f"{name}_{end}"].to_numpy(float) for end in ("low", "high"))
        other = table.loc[front, y if horizontal else x].to_numpy(float)
        (ax.hlines if horizontal else ax.vlines)(other, low, high, color=GREY, linewidth=0.7, zorder=2)
    for arm, style in m.styles.items():
        for on in (False, True):
            rows = table[(table["arm"] == arm).to_numpy() & (front == on)]
            ax.scatter(
                rows[x], rows[y], c=rows["front_share"], cmap=SHARE, norm=Normalize(0, 1),
                marker=style.marker, s=34 if on else 18, edgecolors=INK if on else GREY,
                linewidths=1.0 if on else 0.5, zorder=4 if on else 3)
    for axis, name, limit in ((ax.xaxis, x, ax.set_xlim), (ax.yaxis, y, ax.set_ylim)):
        ends = [name, *(f"{name}_{end}" for end in ("low", "high") if f"{name}_low" in table)]
        limit(*span(np.append(table[ends[0]].to_numpy(float), table.loc[front, ends].to_numpy(float)),
                    zero=False, margin=0.09))
        shown(axis, goal(name).outcome, 5)
    ax.set_xlabel(_label(x, lang, cells), fontsize=7)
    ax.set_ylabel(_label(y, lang, cells), fontsize=7)
    ax.grid(color=HAIR)


def _label(column: str, lang: str, cells: int) -> str:
    _, outcome, of = goal(column)
    better = say(lang, *BETTER[OUTCOMES[outcome].better]) if outcome in OUTCOMES else ""
    return axis_label(of, outcome, lang, cells) + (f"\n{better}" if better else "")


def _names(figure: Figure, ax: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    rows = table[table["front"].astype(bool)].sort_values("front_share", ascending=False, kind="stable")
    rows = rows.dropna(subset=[x, y]).head(NAMED)
    if table["point"].nunique() > 1:
        name_points(figure, ax, [(float(a), float(b)) for a, b in zip(rows[x], rows[y], strict=True)],
                    [str(int(point)) for point in rows["point"]], radius=3.5)


def _key(figure: Figure, ax: Axes, m: StudyMaterial, table: pd.DataFrame, lang: str) -> None:
    ax.set_axis_off()
    present = [arm for arm in m.styles if (table["arm"] == arm).any()]
    handles = [
        Line2D([], [], marker=m.styles[arm].marker, linestyle="none", markersize=5, markerfacecolor="white",
               markeredgecolor=INK, label=fold(m.arm_marked(arm, lang), 26))
        for arm in present]
    columns = math.ceil(len(handles) / 12)
    ax.legend(handles=handles, loc="upper left", borderaxespad=0, fontsize=7, ncols=max(1, columns))
    label = say(lang, "在前沿上的比例", "share of resamples on the front")
    matrix.bar(figure, ax, Normalize(0, 1), SHARE, label, location="bottom", aspect=14, shrink=0.95)
