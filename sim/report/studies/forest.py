"""Figure: contrasts between arms with their intervals, a panel an outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from sim.report.studies.cells import varied
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import heading, stars
from sim.report.studies.sheet import (
    BLUE,
    Drawing,
    axis_label,
    even_rows,
    holds_zero,
    nothing,
    rows_axis,
    sheet,
    shown,
    span,
    whisker,
)
from sim.report.studies.tables import records
from sim.report.style import INK, MUTED, empty
from sim.report.words import say

MOST_ROWS = 24
"""Rows up to which every point has its own; with more, only means over the points are drawn."""
ACROSS = 3


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure, a panel an outcome and a row a contrast (and point).

    Data: the rows of ``contrasts`` that are drawn.
    """
    contrasts = m.table("contrasts")
    if contrasts is None:
        return
    title = say(lang, "差值与95%区间", "Contrasts with 95 % intervals")
    data = chosen(contrasts)
    names = [str(of) for of in data["of"].unique()]
    if len(names) == 1:
        title = heading(m, title, names[0], "", lang)
    if not data["difference"].notna().any():
        yield nothing(m, "contrasts", title, lang, data, say(
            lang, "没有可比的方案：至少需要两个", "nothing to compare: two arms are needed"))
        return
    rows = [(str(row["of"]), int(row["point"])) for row in records(data[["of", "point"]].drop_duplicates())]
    many = len({point for _, point in rows}) > 1
    labels = [_label(m, of, point, lang, named=len(names) > 1, many=many) for of, point in rows]
    outcomes = [str(outcome) for outcome in data["outcome"].unique()]
    across = min(ACROSS, len(outcomes))
    down = math.ceil(len(outcomes) / across)
    cells = 30
    tall = even_rows(labels, cells) + 0.75
    figure = sheet(m, tall * down, title, _notes(data, many, lang), lang)
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for place, (ax, outcome) in enumerate(zip(panels, outcomes, strict=False)):
        rows_axis(ax, labels, cells=cells, named=place % across == 0)
        _panel(ax, data[data["outcome"] == outcome], rows, outcome, lang)
        ax.set_xlabel(axis_label("a - b", outcome, lang, 96 // across), fontsize=7.5)
    for ax in panels[len(outcomes):]:
        ax.set_axis_off()
    yield Drawing("contrasts", title, figure, data)


def chosen(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Rows that are drawn: all if they are few, else the means over the points (``point`` −1) alone.

    Where there are neither few rows nor such means, those of the first points are drawn.
    """
    rows = contrasts[["of", "point"]].drop_duplicates()
    if len(rows) <= MOST_ROWS:
        return contrasts.reset_index(drop=True)
    over_points = contrasts[contrasts["point"] == -1]
    if len(over_points):
        return over_points.reset_index(drop=True)
    first = rows.head(MOST_ROWS)
    return contrasts.merge(first, on=["of", "point"]).reset_index(drop=True)


def _label(m: StudyMaterial, of: str, point: int, lang: str, *, named: bool, many: bool) -> str:
    """Contrast, point, or both: what tells a row from the others."""
    if not many:
        return m.of(of, lang)
    return f"{m.of(of, lang)}{say(lang, '，', ', ')}{_where(m, point, lang)}" if named \
        else _where(m, point, lang)


def _where(m: StudyMaterial, point: int, lang: str) -> str:
    """Which point a row is about: by its factors if they are few, else by its number."""
    design = m.table("design")
    text = say(lang, f"点 {point}", f"point {point}")
    if point < 0:
        text = say(lang, "各点均值", "mean of points")
    elif design is not None and 0 < len(names := varied(design)) <= 2:
        here = design[design["point"] == point]
        if len(here):
            parts = (f"{m.factor(key).name(lang)} {m.factor(key).value(here[key].iloc[0], lang)}"
                     for key in names)
            text = say(lang, "、", ", ").join(parts)
    return text


def _panel(ax: Axes, data: pd.DataFrame, rows: list[tuple[str, int]], outcome: str, lang: str) -> None:
    if not data["difference"].notna().any():
        ax.set_yticks([])
        empty(ax, say(lang, "没有数值", "no values"))
        return
    places = {row: y for y, row in enumerate(rows)}
    low, high = span(data[["difference", "low", "high"]], margin=0.12)
    if low == 0.0:
        low = -0.12 * high
    if high == 0.0:
        high = -0.12 * low
    for row in records(data):
        y = places[str(row["of"]), int(row["point"])]
        told = not holds_zero(row["low"], row["high"])
        sure = told and not row["p_holm"] >= 0.05  # NaN: nothing to adjust for
        colour = BLUE if told else MUTED
        whisker(ax, row["low"], row["high"], y, colour)
        ax.plot(
            row["difference"], y, marker="o", markersize=4, color=colour, zorder=4, linestyle="none",
            markerfacecolor=colour if sure else "white", markeredgecolor=colour)
        if told:
            ax.text(high + 0.05 * (high - low), y, stars(row["p_holm"]), ha="center", va="center", fontsize=7,
                    color=INK)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=-1)
    ax.set_xlim(low, high + 0.1 * (high - low))
    shown(ax.xaxis, outcome, 5)


def _notes(data: pd.DataFrame, many: bool, lang: str) -> list[str]:
    n = data["n"].dropna()
    least, most = (int(n.min()), int(n.max())) if len(n) else (0, 0)
    pairs = str(most) if least == most else f"{least}–{most}"
    text = say(
        lang,
        f"差值按种子配对（{pairs} 对）；线：95%区间，未校正。*、**、***：p<0.05、0.01、0.001（Holm 校正）。"
        "空心：看不出差别，或校正后看不出差别；灰色：区间含0。",
        f"Differences paired by seed ({pairs} pairs); lines: 95 % intervals, unadjusted. *, **, ***: "
        "p < 0.05, 0.01, 0.001 after Holm's adjustment. Hollow: no difference can be told, or none after "
        "adjustment; grey: the interval holds 0.",
    )
    if (data["point"] == -1).any():
        text += say(
            lang, "各点均值：先在种子内对设计点求均值。", " Mean of points: averaged within each seed first.")
    return [text]
