"""Figure: participation over time, overall and by group, arms as lines with bands."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.material import Material, pivot
from sim.report.style import HAIR, MUTED, empty, fold, make_figure, percent_axis
from sim.report.words import group_name, say
from sim.study.statistics import Band, band

OUTCOME = "participation_52_other"
ROWS = (("age",), ("position",), ("membership", "tenure"))
"""Breakdowns shown, one tuple a row of panels."""

COLUMNS = 7


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``breakdown, group, arm, week, mean, low, high, runs``.
    """
    data = table(material)
    rows = [[p for b in row for p in _panels(data, b)][:COLUMNS] for row in ROWS]
    rows = [row for row in rows if row]
    notes = [
        say(
            lang,
            "年参与率：过去52周内参加过共同事务者占成年人比例，不含所比政策自办活动。"
            "阴影：逐周95% t区间；竖线：政策开始。",
            "Took part within 52 weeks: share of adults, without the compared policies' own events. "
            "Shading: pointwise 95 % t-interval; vertical lines: policies start.",
        )
    ]
    if material.replicates < 2:
        notes.append(say(lang, "只有一次重复：没有区间。", "One replicate: no band."))
    figure = make_figure(
        2.6 + 1.25 * len(rows),
        say(lang, "参与率随时间变化", "Participation over time"),
        material.note(lang, *notes),
    )
    grid = figure.add_gridspec(1 + len(rows), COLUMNS, height_ratios=[1.75] + [1.0] * len(rows))
    overall = figure.add_subplot(grid[0, :4])
    _overall(overall, figure.add_subplot(grid[0, 4:]), material, data, lang)
    top = _top(data)
    for r, row in enumerate(rows):
        for c, (breakdown, group) in enumerate(row):
            ax = figure.add_subplot(grid[r + 1, c])
            _small(ax, material, data, breakdown, group, lang, top)
            _trim(ax, first=c == 0, last=r == len(rows) - 1, lang=lang)
    return figure, data


def table(material: Material) -> pd.DataFrame:
    """Mean and band of each group, arm and week."""
    frames = [_band_frame("overall", "all", arm, material.weekly(arm, OUTCOME)) for arm in material.keys]
    wanted = [b for row in ROWS for b in row]
    groups = material.groups
    if len(groups):
        groups = groups[groups["breakdown"].isin(wanted)]
        for (breakdown, group, arm), rows in groups.groupby(
            ["breakdown", "group", "arm"], sort=False, observed=True
        ):
            frames.append(_band_frame(str(breakdown), str(group), str(arm), pivot(rows, "value")))
    return pd.concat(frames, ignore_index=True)


def _band_frame(breakdown: str, group: str, arm: str, values: np.ndarray) -> pd.DataFrame:
    runs, weeks = values.shape
    b = band(values) if runs else Band(*(np.empty(0),) * 3)
    return pd.DataFrame(
        {
            "breakdown": breakdown,
            "group": group,
            "arm": arm,
            "week": np.arange(weeks),
            "mean": b.mean,
            "low": b.low,
            "high": b.high,
            "runs": runs,
        }
    )


def _panels(data: pd.DataFrame, breakdown: str) -> list[tuple[str, str]]:
    """Groups of a breakdown that hold anyone, in the order of the data; children have no participation."""
    rows = data[(data["breakdown"] == breakdown) & data["mean"].notna()]
    return [(breakdown, str(group)) for group in rows["group"].unique()]


def _top(data: pd.DataFrame) -> float:
    highest = float(np.nanmax(data[["mean", "high"]].to_numpy(float), initial=0.0))
    return min(1.0, max(0.05, 1.08 * highest))


def _overall(ax: Axes, side: Axes, material: Material, data: pd.DataFrame, lang: str) -> None:
    side.set_axis_off()
    rows = data[data["breakdown"] == "overall"]
    ax.set_title(say(lang, "全体成年人", "All adults"))
    if not len(rows):
        empty(ax, say(lang, "没有逐周数据", "no weekly series"))
        return
    _lines(ax, material, rows, bands=True)
    ax.set_ylim(0, _top(rows))
    percent_axis(ax)
    ax.set_ylabel(say(lang, "年参与率（成年人的%）", "took part (% of adults)"))
    ax.set_xlabel(say(lang, "周（预热后起算）", "week after the warm-up"))
    ax.grid(axis="y")
    side.legend(
        handles=handles(material, lang),
        loc="upper left",
        bbox_to_anchor=(0.02, 1.0),
        handlelength=3.4,
        borderaxespad=0,
        title=say(lang, "方案（均值）", "Arm (mean)"),
        alignment="left",
    )


def _small(
    ax: Axes, material: Material, data: pd.DataFrame, breakdown: str, group: str, lang: str, top: float
) -> None:
    rows = data[(data["breakdown"] == breakdown) & (data["group"] == group)]
    _lines(ax, material, rows, bands=True, width=0.9)
    ax.set_ylim(0, top)
    percent_axis(ax)
    name = group_name(breakdown, group, lang)
    if breakdown == "age":
        name = say(lang, f"{name}岁", f"age {name}")
    ax.set_title("\n".join(textwrap.wrap(name, 15)), fontsize=7, va="bottom")
    ax.grid(axis="y")


def _lines(ax: Axes, material: Material, rows: pd.DataFrame, *, bands: bool, width: float = 1.3) -> None:
    for arm, style in material.styles.items():
        own = rows[rows["arm"] == arm]
        if not len(own):
            continue
        week = own["week"].to_numpy()
        if bands and own["low"].notna().any():
            ax.fill_between(week, own["low"], own["high"], color=style.color, alpha=0.16, linewidth=0)
        ax.plot(
            week,
            own["mean"],
            color=style.color,
            linestyle=style.line,
            linewidth=width,
            marker=style.marker if width > 1 else "",
            markersize=3,
            markevery=(0.05, 0.2),
        )
    last = int(rows["week"].max())
    for start in sorted({week for arm in material.arms for week in arm.starts if 0 < week < last}):
        ax.axvline(start, color=MUTED, linewidth=0.6, linestyle=(0, (1, 1.5)), zorder=0)
    ax.set_xlim(0, max(1, last))
    ax.set_xticks(_year_ticks(last))


def _year_ticks(last: int) -> list[int]:
    step = 52 * max(1, round(last / 52 / 3)) if last >= 52 else max(1, last // 3)
    return list(range(0, last + 2, step))


def _trim(ax: Axes, *, first: bool, last: bool, lang: str) -> None:
    ax.tick_params(labelsize=6.5, labelleft=first, labelbottom=last)
    ax.grid(axis="y", color=HAIR)
    if first:
        ax.set_ylabel(say(lang, "参与率（%）", "took part (%)"), fontsize=7)
    if last:
        ax.set_xlabel(say(lang, "周", "week"), fontsize=7)


def handles(material: Material, lang: str) -> list[Line2D]:
    """Legend entries of the arms."""
    return [
        Line2D(
            [],
            [],
            color=style.color,
            linestyle=style.line,
            marker=style.marker,
            markersize=3.5,
            label=fold(material.label(arm, lang), 40),
        )
        for arm, style in material.styles.items()
    ]
