"""Figure: half-width of an interval against the number of seeds, and when replicates stopped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from sim.report.findings import table_unit
from sim.report.studies.cells import complete, cube
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import bracketed, scaled
from sim.report.studies.sheet import BLUE, GREY, ORANGE, Drawing, by_group, sheet, whole
from sim.report.studies.tables import COLUMNS, Group, counted
from sim.report.style import HAIR, INK, number
from sim.report.words import say
from sim.study.replicates import half_width

FAINT = 12
"""Points from which their lines are drawn faint."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast. Data: its rows of ``replicates``."""
    what = say(lang, "重复次数与区间半宽", "Replicates and half-width of the interval")
    why = say(lang, "只有一次重复：没有区间", "one replicate: no interval")
    return by_group(m, "replicates", what, ["half_width"], _one, lang, why)


def half_widths(
    runs: pd.DataFrame, of: str, outcome: str, at: Sequence[int], goal: float = math.nan
) -> pd.DataFrame:
    """Half-width of the interval of the mean over points, had replicates stopped after so many seeds.

    NaN where so few seeds tell none.

    Parameters
    ----------
    runs : DataFrame
        ``point, arm, seed`` and the outcome.
    of : str
        A contrast, ``"a - b"``.
    outcome : str
    at : sequence of int
        Numbers of seeds, taken in ascending order of the seeds.
    goal : float
        Half-width that was asked for.

    Returns
    -------
    DataFrame
        Table ``replicates`` of :data:`sim.report.studies.tables.COLUMNS`, with ``point`` −1.
    """
    data = cube(runs, of, outcome)
    points, seeds = complete(~np.isnan(data.values))
    means = data.values[np.ix_(points, seeds)].mean(axis=0) if seeds.any() else np.empty(0)
    rows = []
    for n in (n for n in at if n <= len(means)):
        held = half_width(outcome, means[:n])
        rows.append((of, outcome, -1, n, held if math.isfinite(held) else math.nan, goal))
    return pd.DataFrame(rows, columns=list(COLUMNS["replicates"]))


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows = group.rows.sort_values(["point", "n"], kind="stable").reset_index(drop=True)
    goal = float(rows["goal"].dropna().iloc[0]) if rows["goal"].notna().any() else math.nan
    figure = sheet(m, 2.5, title, [_note(rows, goal, lang)], lang)
    ax = figure.add_subplot()
    points = rows["point"].unique()
    for point in points:
        own = rows[rows["point"] == point]
        met = own[own["half_width"] <= goal]
        ax.plot(own["n"], own["half_width"], color=BLUE if len(points) < FAINT else GREY,
                linewidth=1.2 if len(points) < FAINT else 0.6, alpha=1.0 if len(points) < FAINT else 0.6,
                marker="o", markersize=2.6 if len(points) < FAINT else 0)
        if len(met):
            ax.plot(met["n"].iloc[0], met["half_width"].iloc[0], marker="D", markersize=5, color=ORANGE,
                    markeredgecolor="white", markeredgewidth=0.5, linestyle="none", zorder=5)
    if not math.isnan(goal):
        ax.axhline(goal, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
    _axes(ax, rows, goal, group.outcome)
    ax.set_xlabel(say(lang, "种子数", "seeds"))
    what = say(lang, "95%区间半宽", "half-width of the 95 % interval")
    ax.set_ylabel(whole(bracketed(what, table_unit(group.outcome, lang), lang), 34))
    _key(ax, len(points), goal, lang)
    return Drawing(name, title, figure, rows)


def _axes(ax: Axes, rows: pd.DataFrame, goal: float, outcome: str) -> None:
    values = rows["half_width"].to_numpy(float)
    values = values[np.isfinite(values) & (values > 0)]
    n = rows["n"].to_numpy(float)
    ax.set_xlim(0, 1.06 * float(n.max()))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    scale = scaled(outcome)
    if len(values):
        ends = np.append(values, goal) if goal > 0 else values
        low, high = float(ends.min()), float(ends.max())
        if high / low > 4:
            ax.set_yscale("log")
            ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            ax.yaxis.set_minor_formatter(NullFormatter())
            ax.set_ylim(low / 1.3, high * 1.3)
        else:
            ax.set_ylim(0, 1.15 * high)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(float(f"{scale * value:.3g}"))))
    ax.grid(axis="y", color=HAIR)


def _note(rows: pd.DataFrame, goal: float, lang: str) -> str:
    points = int((rows["point"] >= 0).groupby(rows["point"]).any().sum())
    what = say(lang, f"{points} 个设计点，每点一条线", f"{counted(points, 'design point')}, a line each")
    if points == 0:
        what = say(lang, "各点均值", "Mean over the points")
    text = say(lang, f"{what}；种子按升序取。", f"{what}; seeds taken in ascending order.")
    if math.isnan(goal):
        return text
    last = rows.groupby("point").tail(1)
    met = int((last["half_width"] <= goal).sum())
    return text + say(
        lang, f"虚线：所要求的半宽；菱形：首次达到。结束时 {met}/{len(last)} 达到。",
        f" Dashed: half-width asked for; diamonds: first met. At the end {met} of {len(last)} meet it.")


def _key(ax: Axes, points: int, goal: float, lang: str) -> None:
    handles = []
    if points >= FAINT:
        handles = [Line2D([], [], color=GREY, linewidth=0.6, label=say(lang, "各设计点", "each point"))]
    if not math.isnan(goal):
        handles += [
            Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (4, 2)),
                   label=say(lang, "所要求的半宽", "half-width asked for")),
            Line2D([], [], linestyle="none", marker="D", markersize=4.5, color=ORANGE,
                   label=say(lang, "首次达到", "first met"))]
    if handles:
        ax.legend(handles=handles, loc="upper right", fontsize=7)
