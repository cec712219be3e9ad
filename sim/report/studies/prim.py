"""Figure: scenario discovery by PRIM, under which conditions the cases of interest lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.report.studies.cells import varied
from sim.report.studies.factors import Factor, plain
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import heading, slug
from sim.report.studies.sheet import (
    BLUE,
    GREY,
    ORANGE,
    PALE_BLUE,
    Drawing,
    even_rows,
    nothing,
    pure,
    rows_axis,
    sheet,
)
from sim.report.studies.tables import Group, groups, records, same_group
from sim.report.style import HAIR, MUTED, fold, percent_axis
from sim.report.words import say

_CELLS = 26


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure a box: how it was peeled, its limits, and the cases on two of its factors.

    Data: the box's rows of ``prim_boxes``, then those of ``prim_peeling``.
    """
    boxes, peeling = m.table("prim_boxes"), m.table("prim_peeling")
    if boxes is None and peeling is None:
        return
    what = say(lang, "情景发现（PRIM）", "Scenario discovery (PRIM)")
    first = peeling if peeling is not None and len(peeling) else boxes
    if first is None or not len(first):
        yield nothing(m, "prim", what, lang, first if first is not None else pd.DataFrame(), say(
            lang, "没有找到盒子：所关注的点太少，或没有",
            "no box was found: too few points of interest, or none"))
        return
    for group in groups(first):
        for box in group.rows["box"].unique():
            yield _one(m, group, box, boxes, peeling, what, lang)


def _one(
    m: StudyMaterial, group: Group, box: Any, boxes: pd.DataFrame | None, peeling: pd.DataFrame | None,
    what: str, lang: str,
) -> Drawing:
    limits, steps = (_of_box(table, group, box) for table in (boxes, peeling))
    name = slug("prim", group.of, group.outcome, str(box))
    title = heading(m, f"{what}{say(lang, f'，盒 {box}', f', box {box}')}", group.of, group.outcome, lang)
    rows = sorted(records(limits), key=lambda row: _or_last(row["qp"])) if limits is not None else []
    labels = [m.factor(str(row["factor"])).titled(lang) for row in rows]
    figure = sheet(m, 2.7 + max(0.4, even_rows(labels, _CELLS, 0.36)), title, [_note(lang)], lang)
    grid = figure.add_gridspec(2, 2, height_ratios=[2.0, max(0.4, even_rows(labels, _CELLS, 0.36))])
    _peeling(figure.add_subplot(grid[0, 0]), steps, lang)
    _cases(figure.add_subplot(grid[0, 1]), m, group, rows, lang)
    _limits(figure.add_subplot(grid[1, :]), m, rows, labels, lang)
    tables = [table for table in (limits, steps) if table is not None]
    return Drawing(name, title, figure, pd.concat(tables, ignore_index=True))


def _of_box(table: pd.DataFrame | None, group: Group, box: Any) -> pd.DataFrame | None:
    rows = same_group(table, group)
    if rows is None:
        return None
    rows = rows[rows["box"] == box].reset_index(drop=True)
    return rows if len(rows) else None


def _or_last(value: Any) -> float:
    return math.inf if value is None or pd.isna(value) else float(value)


def _note(lang: str) -> str:
    return say(
        lang,
        "覆盖：盒内所关注的点占全部所关注的点的比例；密度：盒内的点中所关注的比例。qp：若该限制毫无作用，"
        "仅凭偶然也能得到这样密度的概率，小者可信。空心菱形：削完之后的放宽与删减。"
        "盒子由所选范围和已运行的点决定，不是因果结论。",
        "Coverage: share of all points of interest that lie in the box; density: share of the box's points "
        "that are of interest. qp: chance of such a density if that limit did nothing; small is credible. "
        "Hollow diamonds: pasting and pruning after the last cut. Boxes depend on the ranges chosen and the "
        "points run; they are no causal finding.",
    )


def _peeling(ax: Axes, steps: pd.DataFrame | None, lang: str) -> None:
    ax.set_xlabel(say(lang, "覆盖（%）", "coverage (%)"))
    ax.set_ylabel(say(lang, "密度（%）", "density (%)"))
    percent_axis(ax, "x")
    percent_axis(ax)
    ax.set_xlim(-0.03, 1.05)
    ax.set_ylim(-0.03, 1.06)
    ax.grid(color=HAIR)
    ax.set_title(say(lang, "逐步削去：覆盖与密度", "Peeling: coverage and density"))
    if steps is None:
        return
    steps = steps.sort_values("step", kind="stable")
    # What follows the smallest box is pasting and pruning, which jump
    smallest = int(steps["mass"].to_numpy().argmin()) + 1
    peeled, after = steps.iloc[:smallest], steps.iloc[smallest:]
    ax.plot(peeled["coverage"], peeled["density"], color=BLUE, linewidth=0.8, marker="o", markersize=2.6)
    ax.plot(after["coverage"], after["density"], linestyle="none", marker="D", markersize=4,
            markerfacecolor="white", markeredgecolor=BLUE, markeredgewidth=0.8)
    chosen = steps[steps["chosen"].astype(bool)]
    for row in records(chosen):
        ax.plot(row["coverage"], row["density"], marker="o", markersize=8, markerfacecolor="none",
                markeredgecolor=ORANGE, markeredgewidth=1.6, linestyle="none")
    if len(chosen):
        ax.legend(
            handles=[Line2D([], [], marker="o", markersize=7, markerfacecolor="none", linestyle="none",
                            markeredgecolor=ORANGE, markeredgewidth=1.6, label=_chosen(chosen, lang))],
            loc="lower left", fontsize=7, handletextpad=0.1)


def _chosen(rows: pd.DataFrame, lang: str) -> str:
    row = rows.iloc[-1]
    coverage, density, mass = (f"{100 * float(row[c]):.0f}%" for c in ("coverage", "density", "mass"))
    return say(lang, f"所选：覆盖 {coverage}，密度 {density}\n占全部点 {mass}",
               f"chosen: coverage {coverage},\ndensity {density}, {mass} of points")


def _limits(
    ax: Axes, m: StudyMaterial, rows: list[dict[str, Any]], labels: list[str], lang: str
) -> None:
    if not rows:
        ax.set_axis_off()
        text = say(
            lang, "没有采用：在另一半点上不比偶然更好",
            "not taken: no better than chance in the other half of points")
        ax.text(0.5, 0.5, text, ha="center", va="center", color=MUTED, transform=ax.transAxes)
        return
    rows_axis(ax, labels, cells=_CELLS)
    ax.grid(visible=False)
    for y, row in enumerate(rows):
        factor = m.factor(str(row["factor"]))
        qp = _or_last(row["qp"])
        text = "" if math.isinf(qp) else "qp < 0.001" if qp < 0.001 else f"qp {plain(qp, 2)}"
        ax.text(1.02, y, text, ha="left", va="center", fontsize=6.5, color=MUTED)
        if math.isnan(float(row["low"])) and math.isnan(float(row["high"])):
            ax.text(0.5, y, _allowed(factor, row["values"], lang), ha="center", va="center", fontsize=7)
            continue
        least, most = extent(m, factor)
        low = least if math.isnan(row["low"]) else float(row["low"])
        high = most if math.isnan(row["high"]) else float(row["high"])
        width = (most - least) or 1.0
        left, right = (min(1.0, max(0.0, (end - least) / width)) for end in (low, high))
        ax.barh(y + 0.14, 1.0, height=0.1, color="#d0d0d0")
        ax.barh(y + 0.14, right - left, left=left, height=0.26, color=PALE_BLUE, edgecolor=BLUE,
                linewidth=0.8)
        for x, end, side in ((0.0, least, "left"), (1.0, most, "right")):
            if abs(x - (left if x == 0.0 else right)) > 0.16:
                ax.text(x, y - 0.02, factor.value(end, lang, 3), ha=side, va="bottom", fontsize=6,
                        color=MUTED)
        middle = min(0.86, max(0.14, (left + right) / 2))
        ax.text(middle, y - 0.02, f"{factor.value(low, lang, 3)} – {factor.value(high, lang, 3)}",
                ha="center", va="bottom", fontsize=7)
    ax.set_xlim(-0.01, 1.12)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_title(say(
        lang, "盒子的限制（灰条：因子的整个范围）", "Limits of the box (grey: whole range of a factor)"))


def _allowed(factor: Factor, values: Any, lang: str) -> str:
    listed = values.split(",") if isinstance(values, str) else list(values) if values is not None else []
    return say(lang, "、", ", ").join(
        factor.value(v.strip() if isinstance(v, str) else v, lang) for v in listed) or "—"


def extent(m: StudyMaterial, factor: Factor) -> tuple[float, float]:
    """Range of a factor in this study: of its design if there is one, else as declared."""
    design = m.table("design")
    if design is not None and factor.key in design and len(design):
        values = pd.to_numeric(design[factor.key], errors="coerce")
        return float(values.min()), float(values.max())
    return factor.low, factor.high


def _cases(ax: Axes, m: StudyMaterial, group: Group, rows: list[dict[str, Any]], lang: str) -> None:
    cases, design = same_group(m.table("prim_cases"), group), m.table("design")
    limits = {str(row["factor"]): row for row in rows if not math.isnan(float(row["low"]))
              or not math.isnan(float(row["high"]))}
    numeric = [] if design is None else [
        key for key in varied(design)
        if pd.api.types.is_numeric_dtype(design[key]) and design[key].dtype != bool]
    pair = [*[key for key in limits if key in numeric], *[key for key in numeric if key not in limits]][:2]
    if cases is None or design is None or len(pair) < 2:
        ax.set_axis_off()
        return
    x, y = pair
    shown = cases.merge(design[["point", x, y]], on="point", validate="many_to_one")
    of_interest = shown["interest"].astype(bool)
    size = 14 if len(shown) <= 300 else 6
    for on, colour, marker in ((False, GREY, "o"), (True, ORANGE, "^")):
        some = shown[of_interest == on]
        ax.scatter(some[x], some[y], s=size, marker=marker, linewidths=0.6, edgecolors=colour,
                   facecolors=colour if on else "none", zorder=3 if on else 2)
    if limits:
        (left, right), (low, high) = (_ends(m, limits.get(key), key) for key in pair)
        ax.add_patch(Rectangle((left, low), right - left, high - low, facecolor=PALE_BLUE, edgecolor=BLUE,
                               linewidth=1.3, alpha=0.45, zorder=1))
    pure(ax.xaxis, 5)
    pure(ax.yaxis, 5)
    ax.set_xlabel(fold(m.factor(x).titled(lang), 44), fontsize=7)
    ax.set_ylabel(fold(m.factor(y).titled(lang), 28), fontsize=7)
    handles: list[Line2D | Patch] = [
        Line2D([], [], linestyle="none", marker="^", markersize=4, color=ORANGE,
               label=say(lang, "所关注", "of interest")),
        Line2D([], [], linestyle="none", marker="o", markersize=4, color=GREY, markerfacecolor="none",
               label=say(lang, "其他", "other"))]
    if limits:
        handles.append(Patch(facecolor=PALE_BLUE, edgecolor=BLUE, label=say(lang, "盒", "box")))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2,
              fontsize=7, handletextpad=0.3, columnspacing=1.0)


def _ends(m: StudyMaterial, limit: dict[str, Any] | None, key: str) -> tuple[float, float]:
    least, most = extent(m, m.factor(key))
    if limit is None:
        return least, most
    return (least if math.isnan(limit["low"]) else float(limit["low"]),
            most if math.isnan(limit["high"]) else float(limit["high"]))
