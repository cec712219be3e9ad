"""Figure: participation over time, overall and by group, arms as lines with bands."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.material import Material
from sim.report.style import HAIR, INK, empty, fold, make_figure, percent_axis
from sim.report.words import group_name, say
from sim.study.ranges import of_level
from sim.study.statistics import Band, band

OUTCOME = "participation_52_other"
ROWS = (("age",), ("position",), ("membership", "tenure"))
"""Breakdowns shown, one tuple a row of panels."""

COLUMNS = 7
MOST_PANELS = 4
"""Overall panels beside each other."""
NESTED = (3.2, 2.2, 1.3, 0.6)
"""Widths of lines that may lie on each other, in points."""


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
            "阴影（仅上排）：逐周95% t区间；竖虚线：政策开始。下方各图中线条粗细只为重合时都能看见。",
            "Took part within 52 weeks: share of adults, without the compared policies' own events. "
            "Shading (top row): pointwise 95 % t-interval; vertical dashes: policies start. "
            "Below, lines differ in width only so that none hides another.",
        )
    ]
    if material.replicates < 2:
        notes.append(say(lang, "只有一次重复：没有区间。", "One replicate: no band."))
    figure = make_figure(
        3.0 + 1.25 * len(rows),
        say(lang, "参与率随时间变化", "Participation over time"),
        material.note(lang, *notes),
    )
    panels = overall_panels(material, lang)
    grid = figure.add_gridspec(2 + len(rows), 1, height_ratios=[1.6, 0.5] + [1.05] * len(rows))
    top_row = grid[0].subgridspec(1, len(panels))
    spots = [figure.add_subplot(top_row[0, i]) for i in range(len(panels))]
    _overall(spots, figure.add_subplot(grid[1]), material, data, lang)
    top = _top(data)
    small = grid[2:].subgridspec(len(rows), COLUMNS) if rows else None
    for r, row in enumerate(rows):
        assert small is not None
        for c, (breakdown, group) in enumerate(row):
            ax = figure.add_subplot(small[r, c])
            _small(ax, material, data, breakdown, group, lang, top)
            _trim(ax, first=c == 0, last=r == len(rows) - 1, lang=lang)
    return figure, data


def table(material: Material) -> pd.DataFrame:
    """Mean and band of each group, arm and week."""
    frames = [_band_frame("overall", "all", arm, material.weekly(arm, OUTCOME)) for arm in material.keys]
    wanted = [b for row in ROWS for b in row]
    groups = material.groups
    if len(groups):
        keys = ["breakdown", "group", "arm"]
        groups = groups[groups["breakdown"].isin(wanted)]
        order = groups[keys].drop_duplicates()
        # One pivot for all of them: each takes a while, and there are more than a hundred
        wide = groups.pivot(index=[*keys, "seed"], columns="week", values="value")
        values = {key: rows.to_numpy(float) for key, rows in wide.groupby(level=keys, sort=False)}
        for breakdown, group, arm in order.itertuples(index=False):
            frames.append(_band_frame(breakdown, group, arm, values[breakdown, group, arm]))
    return pd.concat(frames, ignore_index=True)


def _band_frame(breakdown: str, group: str, arm: str, values: np.ndarray) -> pd.DataFrame:
    runs, weeks = values.shape
    b = band(values, bounds=of_level(OUTCOME)) if runs else Band(*(np.empty(0),) * 3)
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


def _overall(spots: list[Axes], side: Axes, material: Material, data: pd.DataFrame, lang: str) -> None:
    """All adults: a panel for each group of arms, the other arms in grey behind, and one legend."""
    side.set_axis_off()
    rows = data[data["breakdown"] == "overall"]
    for i, (ax, (title, own)) in enumerate(zip(spots, overall_panels(material, lang), strict=True)):
        ax.set_title(fold(title, 24), fontsize=8)
        if not len(rows):
            empty(ax, say(lang, "没有逐周数据", "no weekly series"))
            continue
        others = rows[~rows["arm"].isin(own)]
        for _, line in others.groupby("arm", sort=False, observed=True):
            ax.plot(line["week"], line["mean"], color="#c9c9c9", linewidth=0.8, zorder=1)
        _lines(ax, material, rows[rows["arm"].isin(own)], bands=True)
        ax.set_ylim(0, _top(rows))
        percent_axis(ax)
        if i == 0:
            ax.set_ylabel(say(lang, "年参与率（成年人的%）", "took part (% of adults)"))
        ax.tick_params(labelleft=i == 0)
        ax.set_xlabel(say(lang, "周（预热后起算）", "week after the warm-up"), fontsize=7)
        ax.grid(axis="y")
    side.legend(
        handles=handles(material, lang),
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        handlelength=3.0,
        ncols=1 if len(material.arms) <= 5 else 2 if len(spots) == 1 else 4 if len(material.arms) > 6 else 3,
        borderaxespad=0,
        fontsize=7,
        title=say(lang, "方案（均值）", "Arm (mean)")
        + (say(lang, "；灰线：其他方案", "; grey: the other arms") if len(spots) > 1 else "")
        + say(lang, "；竖虚线：政策开始", "; vertical dashes: policies start"),
        alignment="left",
    )


def overall_panels(material: Material, lang: str) -> list[tuple[str, list[str]]]:
    """Title and arms of each overall panel.

    Arms under different regimes get a panel a regime, so that lines that lie on each other do not hide each
    other; otherwise all arms share one.
    """
    by_regime: dict[str, list[str]] = {}
    for arm in material.arms:
        by_regime.setdefault(arm.regime.text(lang), []).append(arm.key)
    if 1 < len(by_regime) <= MOST_PANELS and len(material.arms) > len(by_regime):
        return [(say(lang, f"全体成年人·{name}", f"All adults,\n{name}"), own)
                for name, own in by_regime.items()]
    return [(say(lang, "全体成年人", "All adults"), material.keys)]


def _small(
    ax: Axes, material: Material, data: pd.DataFrame, breakdown: str, group: str, lang: str, top: float
) -> None:
    rows = data[(data["breakdown"] == breakdown) & (data["group"] == group)]
    _lines(ax, material, rows, bands=False, nested=True)
    ax.set_ylim(0, top)
    percent_axis(ax)
    name = group_name(breakdown, group, lang)
    if breakdown == "age":
        name = say(lang, f"{name}岁", f"age {name}")
    ax.set_title("\n".join(textwrap.wrap(name, 15)), fontsize=7, va="bottom")
    ax.grid(axis="y")


def _lines(ax: Axes, material: Material, rows: pd.DataFrame, *, bands: bool, nested: bool = False) -> None:
    """Means of all arms in ``rows``; ``nested`` draws thin lines on wide ones, so that all can be seen."""
    widths = _widths(material) if nested else {}
    for arm, style in material.styles.items():
        own = rows[rows["arm"] == arm]
        if not len(own):
            continue
        week = own["week"].to_numpy()
        if bands and own["low"].notna().any():
            ax.fill_between(week, own["low"], own["high"], color=style.color, alpha=0.2, linewidth=0)
        ax.plot(
            week,
            own["mean"],
            color=style.color,
            linestyle=style.line,
            linewidth=widths.get(arm, 1.3),
            marker="" if nested else style.marker,
            markersize=3,
            markevery=(0.1, 0.25),
            zorder=2.0 + 0.01 * (4.0 - widths.get(arm, 1.3)),
        )
    last = int(rows["week"].max()) if len(rows) else 1
    for start in starts(material, last):
        ax.axvline(start, color=INK, linewidth=0.7, linestyle=(0, (2, 1.5)), zorder=1)
    ax.set_xlim(-0.035 * max(1, last), max(1, last))  # room for a line at week 0
    ax.set_xticks(_year_ticks(last))


def starts(material: Material, last: int) -> list[int]:
    """Weeks in which a policy starts, the first week included."""
    return sorted({week for arm in material.arms for week in arm.starts if 0 <= week < max(1, last)})


def _widths(material: Material) -> dict[str, float]:
    """Line width of each arm: among arms of one line style the first is the widest, one alone as usual."""
    alike: dict[object, list[str]] = {}
    for arm, style in material.styles.items():
        alike.setdefault(style.line, []).append(arm)
    return {
        arm: NESTED[min(place, len(NESTED) - 1)] if len(arms) > 1 else NESTED[2]
        for arms in alike.values() for place, arm in enumerate(arms)}


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
