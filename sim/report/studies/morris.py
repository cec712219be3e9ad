"""Figure: Morris screening, how much each factor matters and how evenly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import unit_of
from sim.report.studies.sheet import (
    BLUE,
    PALE_BLUE,
    Drawing,
    by_group,
    even_rows,
    lay_out,
    name_points,
    rows_axis,
    sheet,
    shown,
    span,
    whisker,
)
from sim.report.studies.tables import Group, records
from sim.report.style import HAIR, INK, MUTED
from sim.report.words import say

_CELLS = 26
CROWDED = 10
"""Factors from which some numbers may find no room."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast. Data: its rows of ``morris``."""
    what = say(lang, "Morris 筛选", "Morris screening")
    return by_group(m, "morris", what, ["mu_star"], _one, lang)


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows = group.rows.sort_values("mu_star", ascending=False, kind="stable", na_position="last")
    labels = [f"{i + 1} {m.factor(str(key)).name(lang)}" for i, key in enumerate(rows["factor"])]
    figure = sheet(m, max(2.6, even_rows(labels, _CELLS)) + 0.75, title, [_note(len(rows), lang)], lang)
    bars, scatter = figure.subplots(1, 2, width_ratios=[1.0, 1.0])
    unit = unit_of(group.of, group.outcome, lang)
    rows_axis(bars, labels, cells=_CELLS)
    for y, row in enumerate(records(rows)):
        bars.barh(y, row["mu_star"], height=0.6, color=PALE_BLUE, edgecolor=BLUE, linewidth=0.6)
        whisker(bars, row["mu_star_low"], row["mu_star_high"], y, INK)
        up = row["mu"] >= 0
        bars.plot(abs(row["mu"]), y, marker="D", markersize=3.5, markerfacecolor=BLUE if up else "white",
                  markeredgecolor=BLUE, markeredgewidth=0.8, linestyle="none", zorder=4)
    bars.set_xlim(0, span(rows[["mu_star", "mu_star_high"]])[1])
    shown(bars.xaxis, group.outcome, 5)
    bars.set_xlabel(say(lang, f"μ*（{unit}）", f"μ* ({unit})"))
    _diamonds(bars, lang)
    _scatter(figure, scatter, rows, group.outcome, unit, lang)
    return Drawing(name, title, figure, group.rows)


def _note(factors: int, lang: str) -> str:
    text = say(
        lang,
        "μ*：因子走完整个范围时，基本效应绝对值的均值；σ：基本效应的标准差，点落在虚线 σ=μ* 之上，"
        "说明效应不均匀（非线性或相互作用）。线：95%区间，编号同左图。",
        "μ*: mean absolute elementary effect of a factor over its whole range; σ: standard deviation of the "
        "effects; above the dashed line σ = μ* the effect is uneven (not linear, or depends on others). "
        "Lines: 95 % intervals; numbers as on the left.",
    )
    if factors > CROWDED:
        text += say(lang, "挤在一起的点不标编号。", " Points that crowd together carry no number.")
    return text


def _diamonds(ax: Axes, lang: str) -> None:
    def mark(face: str, text: str) -> Line2D:
        return Line2D([], [], marker="D", markersize=3.5, markerfacecolor=face, markeredgecolor=BLUE,
                      linestyle="none", label=text)

    ax.legend(
        handles=[mark(BLUE, say(lang, "|μ|，正向", "|μ|, upward")),
                 mark("white", say(lang, "|μ|，负向", "|μ|, downward"))],
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2, fontsize=7,
        handletextpad=0.2)


def _scatter(
    figure: Figure, ax: Axes, rows: pd.DataFrame, outcome: str, unit: str, lang: str
) -> None:
    mu, sigma = rows["mu_star"].to_numpy(float), rows["sigma"].to_numpy(float)
    right = span(rows[["mu_star", "mu_star_high"]])[1]
    top = span([np.nanmax(sigma, initial=0.0), 0.3 * right], margin=0.12)[1]
    least = min(right, top)
    ax.plot([0, least], [0, least], color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for row in records(rows):
        whisker(ax, row["mu_star_low"], row["mu_star_high"], row["sigma"], PALE_BLUE, 1.4)
    ax.plot(mu, sigma, linestyle="none", marker="o", markersize=4, color=BLUE, zorder=4)
    ax.set_xlim(-0.03 * right, right)
    ax.set_ylim(-0.03 * top, top)
    shown(ax.xaxis, outcome, 5)
    shown(ax.yaxis, outcome, 5)
    ax.set_xlabel(say(lang, f"μ*（{unit}）", f"μ* ({unit})"))
    ax.set_ylabel(say(lang, f"σ（{unit}）", f"σ ({unit})"))
    ax.grid(color=HAIR)
    lay_out(figure)
    name_points(figure, ax, list(zip(mu.tolist(), sigma.tolist(), strict=True)),
                [str(i + 1) for i in range(len(rows))])
