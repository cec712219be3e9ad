"""Figure: Sobol indices, the share of variance each factor accounts for alone, in all, and in pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report.studies import matrix
from sim.report.studies.material import StudyMaterial
from sim.report.studies.sheet import (
    BLUE,
    DIVERGING,
    HATCH,
    ORANGE,
    PALE_ORANGE,
    Drawing,
    by_group,
    even_rows,
    holds_zero,
    pure,
    rows_axis,
    sheet,
    span,
    whisker,
)
from sim.report.studies.tables import Group, records, same_group
from sim.report.style import INK
from sim.report.words import say

_CELLS = 28


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast; with pairs, a matrix beside the bars.

    Data: its rows of ``sobol``, then those of ``sobol_pairs``.
    """
    what = say(lang, "Sobol 指数", "Sobol indices")
    why = say(lang, "没有数值：各点的结果没有差别", "no values: the points do not differ")
    return by_group(m, "sobol", what, ["s1", "st"], _one, lang, why)


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows = group.rows.sort_values("st", ascending=False, kind="stable", na_position="last")
    pairs = same_group(m.table("sobol_pairs"), group)
    factors = [str(key) for key in rows["factor"]]
    labels = [f"{i + 1} {m.factor(key).titled(lang)}" for i, key in enumerate(factors)]
    tall = even_rows(labels, _CELLS, 0.26)
    wide = pairs is not None and len(factors) > 1
    figure = sheet(m, max(2.3 if wide else 1.0, tall) + 0.75, title, [_note(wide, lang)], lang)
    if wide:
        bars, square = figure.subplots(1, 2, width_ratios=[1.15, 1.0])
        assert pairs is not None
        _pairs(figure, square, pairs, factors, lang)
    else:
        bars = figure.add_subplot()
    _bars(bars, rows, labels, lang)
    data = rows if pairs is None else pd.concat([rows, pairs], ignore_index=True)
    return Drawing(name, title, figure, data)


def _note(pairs: bool, lang: str) -> str:
    text = say(
        lang,
        "S1：该因子单独解释的方差比例；ST：连同其全部相互作用。线：95%区间；区间含0的看不出影响。"
        "比例取决于所选的因子范围。",
        "S1: share of variance a factor accounts for alone; ST: with all it does together with others. "
        "Lines: 95 % intervals; where one holds 0, no influence can be told. Shares depend on the ranges "
        "chosen.",
    )
    if pairs:
        text += say(
            lang, "S2：两个因子的相互作用，斜线：区间含0；编号同左图。",
            " S2: what two factors do only together; hatched: interval holds 0; numbers as on the left.")
    return text


def _bars(ax: Axes, rows: pd.DataFrame, labels: list[str], lang: str) -> None:
    rows_axis(ax, labels, cells=_CELLS)
    for y, row in enumerate(records(rows)):
        ax.barh(y - 0.19, row["s1"], height=0.34, color=BLUE)
        ax.barh(y + 0.19, row["st"], height=0.34, color=PALE_ORANGE, edgecolor=ORANGE, hatch=HATCH,
                linewidth=0.6)
        whisker(ax, row["s1_low"], row["s1_high"], y - 0.19, INK, 0.9)
        whisker(ax, row["st_low"], row["st_high"], y + 0.19, INK, 0.9)
    low, high = span(rows[["s1", "s1_low", "s1_high", "st", "st_low", "st_high"]], margin=0.05)
    ax.set_xlim(max(low, -0.5), min(max(high, 0.05), 1.5))
    ax.axvline(0, color=INK, linewidth=0.7)
    pure(ax.xaxis)
    ax.set_xlabel(say(lang, "占方差的比例", "share of variance"))
    ax.legend(
        handles=[
            Patch(facecolor=BLUE, label="S1"),
            Patch(facecolor=PALE_ORANGE, edgecolor=ORANGE, hatch=HATCH, label="ST")],
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2, fontsize=7)


def _pairs(figure: Figure, ax: Axes, pairs: pd.DataFrame, factors: list[str], lang: str) -> None:
    n = len(factors)
    values, low, high = (np.full((n, n), np.nan) for _ in range(3))
    places = {key: i for i, key in enumerate(factors)}
    for row in records(pairs):
        if row["factor"] in places and row["other"] in places:
            i, j = sorted((places[row["factor"]], places[row["other"]]))
            r = n - 1 - j
            values[r, i], low[r, i], high[r, i] = row["s2"], row["s2_low"], row["s2_high"]
    numbers = [str(i + 1) for i in range(n)]
    norm = matrix.around_zero(values)
    matrix.draw(
        ax, values[: n - 1, : n - 1], numbers[: n - 1], numbers[:0:-1], norm=norm, cmap=DIVERGING,
        hatched=holds_zero(low, high)[: n - 1, : n - 1], width=2.4)
    ax.set_title("S2")
    matrix.bar(figure, ax, norm, DIVERGING, say(lang, "占方差的比例", "share of variance"))
