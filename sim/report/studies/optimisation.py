"""Figures: the search for the best package, and which packages cannot be told from the best."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.outcomes import OUTCOMES
from sim.report.findings import table_unit
from sim.report.studies import pareto
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import (
    Goal,
    Row,
    bracketed,
    goal,
    goals,
    package_name,
    packages,
)
from sim.report.studies.sheet import (
    BLUE,
    GREY,
    ORANGE,
    Drawing,
    axis_label,
    even_rows,
    nothing,
    rows_axis,
    sheet,
    shown,
    span,
    whisker,
)
from sim.report.studies.tables import records
from sim.report.style import HAIR, INK, MUTED, empty
from sim.report.words import say

_CELLS = 44
MOST_FINALISTS = 24


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """The history of the search, the finalists, and the front where objectives are traded off.

    Data: ``trials`` with the best so far of each objective; ``finalists``.
    """
    trials, finalists = m.table("trials"), m.table("finalists")
    if trials is not None:
        yield _history(m, trials, finalists, lang)
    if finalists is not None:
        yield _finalists(m, finalists, lang)
        objectives, _ = goals(finalists)
        if len(objectives) > 1 and len(finalists) and finalists["front_share"].notna().any():
            candidates = finalists.assign(point=finalists["trial"], arm=next(iter(m.arms), ""))
            columns = [one.column for one in objectives]
            title = say(lang, "决选组合的前沿", "Front of the finalists")
            yield pareto.figure(m, candidates, columns, "finalists-front", title, lang)


def best_so_far(trials: pd.DataFrame, column: str) -> pd.Series:
    """Best value up to each trial: the greatest, or the least of an outcome that should be less.

    Trials over the budget, or with too few runs to be judged, are never the best.
    """
    counts = pd.Series(True, trials.index)
    for name in ("affordable", "judged"):
        if name in trials:
            counts &= trials[name].astype(bool)
    outcome = goal(column).outcome
    less = outcome in OUTCOMES and OUTCOMES[outcome].better == "less"
    values = trials[column].where(counts)
    return (values.cummin() if less else values.cummax()).ffill()


def _sought(trials: pd.DataFrame, finalists: pd.DataFrame | None) -> list[Goal]:
    """Objectives, by the finalists' table; else all outcomes that the trials have."""
    if finalists is not None and len(finalists.columns) > 1:
        return goals(finalists)[0]
    return [goal(str(name)) for name in trials.columns if goal(str(name)).outcome in OUTCOMES]


def _history(m: StudyMaterial, trials: pd.DataFrame, finalists: pd.DataFrame | None, lang: str) -> Drawing:
    title = say(lang, "优化过程", "Course of the search")
    sought = _sought(trials, finalists)
    if not sought or not any(trials[one.column].notna().any() for one in sought):
        return nothing(m, "trials", title, lang, trials, say(
            lang, "没有完成的试验", "no trial has finished"))
    rows = trials.sort_values("trial", kind="stable").reset_index(drop=True)
    for one in sought:
        rows[f"best_{one.column}"] = best_so_far(rows, one.column)
    figure = sheet(m, 0.4 + 2.1 * len(sought), title, [say(
        lang,
        "点：每次试验的估计值（种子少，带运气）；线：截至当时最好的值。最好的试验因挑选而偏乐观，"
        "须看用新种子重跑的决选结果。",
        "Points: estimate of each trial (few seeds, so luck is in it); line: best so far. The best trial is "
        "flattered by having been picked: see the finalists, run again on fresh seeds.")], lang)
    panels = figure.subplots(len(sought), 1, sharex=True, squeeze=False).ravel()
    for ax, one in zip(panels, sought, strict=True):
        _course(ax, rows, one, lang)
    panels[-1].set_xlabel(say(lang, "试验次序", "trial"))
    panels[-1].xaxis.set_major_locator(MaxNLocator(8, integer=True))
    _key(panels[0], rows, lang)
    return Drawing("trials", title, figure, rows)


def _course(ax: Axes, rows: pd.DataFrame, one: Goal, lang: str) -> None:
    within = rows["affordable"].astype(bool) if "affordable" in rows else pd.Series(True, rows.index)
    for on, colour, marker in ((True, BLUE, "o"), (False, GREY, "x")):
        some = rows[within == on]
        ax.plot(some["trial"], some[one.column], linestyle="none", marker=marker, markersize=3.2,
                color=colour, alpha=0.8, markeredgewidth=0.6)
    ax.step(rows["trial"], rows[f"best_{one.column}"], where="post", color=ORANGE, linewidth=1.5)
    first, last = float(rows["trial"].min()), float(rows["trial"].max())
    room = max(0.03 * (last - first), 0.5)
    ax.set_xlim(first - room, last + room)
    shown(ax.yaxis, one.outcome)
    ax.set_ylabel(axis_label(one.of, one.outcome, lang, 34))
    ax.grid(axis="y", color=HAIR)


def _key(ax: Axes, rows: pd.DataFrame, lang: str) -> None:
    handles = [
        Line2D([], [], linestyle="none", marker="o", markersize=3.5, color=BLUE,
               label=say(lang, "预算之内", "within the budget")),
        Line2D([], [], color=ORANGE, linewidth=1.5, label=say(lang, "截至当时最好", "best so far"))]
    if "affordable" in rows and not rows["affordable"].astype(bool).all():
        handles.insert(1, Line2D([], [], linestyle="none", marker="x", markersize=3.5, color=GREY,
                                 label=say(lang, "超出预算", "over the budget")))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2)


def _finalists(m: StudyMaterial, finalists: pd.DataFrame, lang: str) -> Drawing:
    title = say(lang, "决选的政策组合", "Finalists")
    objectives, budgets = goals(finalists)
    if not len(finalists) or not objectives:
        return nothing(m, "finalists", title, lang, finalists, say(lang, "没有决选组合", "no finalists"))
    order = (~finalists["chosen"].astype(bool)).to_numpy().argsort(kind="stable")
    rows = finalists.iloc[order].reset_index(drop=True)
    some = rows.head(MOST_FINALISTS)
    labels = [
        _named(m, row, package, lang) for row, package in zip(records(some), packages(some), strict=True)]
    single = "difference" in rows and bool(rows["chosen"].any())
    panels = [*objectives, *budgets]
    figure = sheet(
        m, even_rows(labels, _CELLS, 0.24) + 0.65, title, [_note(rows, len(some), single, lang)], lang)
    axes = figure.subplots(1, len(panels) + single, squeeze=False).ravel()
    cells = 70 // len(axes)
    for place, (ax, one) in enumerate(zip(axes, panels, strict=False)):
        rows_axis(ax, labels, cells=_CELLS, named=place == 0)
        _forest(ax, some, one.column, one.outcome)
        ax.set_xlabel(axis_label(one.of, one.outcome, lang, cells), fontsize=7)
    if single:
        ax, outcome = axes[-1], objectives[0].outcome if len(objectives) == 1 else ""
        rows_axis(ax, labels, named=False)
        _forest(ax, some, "difference", outcome, zero=True)
        behind = say(lang, "与最好者之差", "difference from the best")
        unit = table_unit(outcome, lang) if outcome else say(lang, "加权和", "weighted sum")
        ax.set_xlabel(f"{behind}\n{bracketed('', unit, lang)}", fontsize=7)
    return Drawing("finalists", title, figure, rows)


def _named(m: StudyMaterial, row: Row, package: Row, lang: str) -> str:
    text = f"#{int(row['trial'])} {package_name(m, package, lang)}"
    if row["base"]:
        text += say(lang, "（原方案）", " (as it was)")
    within = {str(value) for key, value in row.items() if key.endswith("_within")}
    if "no" in within:
        text += say(lang, "（超出预算）", " (over the budget)")
    elif "unsure" in within:
        text += say(lang, "（预算内外不能确定）", " (may be over the budget)")
    return text


def _note(rows: pd.DataFrame, drawn: int, single: bool, lang: str) -> str:
    alike = int(rows["equal"].astype(bool).sum())
    text = say(lang, "#：试验次序。数值来自没有用于挑选的新种子；线：95%区间。",
               "#: trial. Values come from fresh seeds that had no part in choosing; lines: 95 % intervals. ")
    if single:
        text += say(
            lang,
            f"菱形：选出的组合；实心圆：在预算内且没有显示比它差（{alike} 个，Holm 校正）；"
            "空心：较差或超出预算。",
            f"Diamond: chosen; full: within the budget and not shown to be worse ({alike}, Holm's "
            "adjustment); hollow: worse, or over the budget.")
    else:
        text += say(
            lang, f"没有单一的最好者。实心：可能在前沿上（{alike} 个）；空心：不在前沿上，或超出预算。",
            f"There is no single best. Full: may be on the front ({alike}); hollow: not on it, or over the "
            "budget.")
    if drawn < len(rows):
        text += say(lang, f"共 {len(rows)} 个，只画前 {drawn} 个。",
                    f" {len(rows)} in all: the first {drawn} drawn.")
    return text


def _forest(ax: Axes, rows: pd.DataFrame, column: str, outcome: str, *, zero: bool = False) -> None:
    names = [column, f"{column}_low", f"{column}_high"]
    ends = rows[names].to_numpy(float)
    if not np.isfinite(ends).any():
        ax.set_yticks([])
        empty(ax, "—")
        return
    for y, row in enumerate(records(rows)):
        value, low, high = (float(row[name]) for name in names)
        chosen, alike = bool(row["chosen"]), bool(row["equal"])
        colour = ORANGE if chosen else BLUE if alike else MUTED
        whisker(ax, low, high, y, colour)
        if not math.isnan(value):
            ax.plot(value, y, marker="D" if chosen else "o", markersize=4.2, markeredgecolor=colour,
                    markerfacecolor=colour if chosen or alike else "white", linestyle="none", zorder=4)
    low, high = span(ends, zero=zero, margin=0.1)
    ax.set_xlim(low, high if high > 0.0 or not zero else 0.08 * -low)
    if zero:
        ax.axvline(0, color=INK, linewidth=0.7, zorder=-1)
    shown(ax.xaxis, outcome, 4)
