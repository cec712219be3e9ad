"""Figure: main effects of a factorial design, and what two factors do only together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.findings import table_unit
from sim.report.studies import matrix
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import TIMES, aliased, bracketed, scaled, stars, term_name
from sim.report.studies.sheet import (
    BLUE,
    DIVERGING,
    Drawing,
    by_group,
    even_rows,
    holds_zero,
    rows_axis,
    sheet,
    shown,
    span,
    whisker,
)
from sim.report.studies.tables import Group, records
from sim.report.style import INK, MUTED, fold
from sim.report.words import say, short_name

_CELLS = 28
_SAID = 5
"""Aliased terms named in the footnote."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast. Data: its rows of ``effects``."""
    what = say(lang, "主效应与交互作用", "Main effects and interactions")
    return by_group(m, "effects", what, ["effect"], _one, lang)


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows = group.rows
    main, pairs = rows[rows["order"] == 1], rows[rows["order"] == 2]
    factors = [str(term) for term in main["term"]]
    others = aliased(rows)
    labels = [f"{i + 1} {m.factor(key).name(lang)}{'†' if key in others else ''}"
              for i, key in enumerate(factors)]
    wide = len(pairs) > 0 and len(factors) > 1
    tall = even_rows(labels, _CELLS, 0.22)
    figure = sheet(
        m, max(2.3 if wide else 0.8, tall) + 0.75, title, [_note(m, others, wide, lang)], lang)
    if wide:
        bars, square = figure.subplots(1, 2, width_ratios=[1.15, 1.0])
        _interactions(figure, square, pairs, factors, others, group.outcome, lang)
    else:
        bars = figure.add_subplot()
    _main(bars, main, labels, group, lang)
    return Drawing(name, title, figure, rows)


def _note(m: StudyMaterial, others: dict[str, list[str]], wide: bool, lang: str) -> str:
    text = say(
        lang,
        "主效应：该因子从低（无）到高（有）时指标的平均变化；线：95%区间；*、**、***：p<0.05、0.01、0.001"
        "（Holm 校正）；空心：校正后看不出影响；灰色：区间含0。",
        "Main effect: mean change of the outcome as a factor goes from low (off) to high (on); lines: 95 % "
        "intervals; *, **, ***: p < 0.05, 0.01, 0.001 after Holm's adjustment; hollow: no effect can be told "
        "after it; grey: the interval holds 0.")
    if wide:
        text += say(
            lang,
            "交互作用：两者同时改变时，在两个主效应之外的变化的一半；斜线：区间含0；空白：与别的项混杂；"
            "编号同左图。",
            " Interaction: half of the change beyond both main effects when both change; hatched: interval "
            "holds 0; blank: mixed with other terms; numbers as on the left.")
    if others:
        some = [" = ".join(term_name(m, one, lang) for one in (term, *listed))
                for term, listed in others.items() if TIMES not in term]
        listed = say(lang, "；", "; ").join(some[:_SAID]) + (" …" if len(some) > _SAID else "")
        text += say(
            lang, "†：此设计中与其他项混杂，分不开", " †: cannot be told from other terms in this design") + (
            say(lang, f"（{listed}）。", f" ({listed}).") if some else say(lang, "。", "."))
    return text


def _main(ax: Axes, main: pd.DataFrame, labels: list[str], group: Group, lang: str) -> None:
    rows_axis(ax, labels, cells=_CELLS)
    low, high = span(main[["effect", "low", "high"]], margin=0.14)
    least = 0.1 * (high - low)
    low, high = min(low, -least), max(high, least)
    for y, row in enumerate(records(main)):
        told = not holds_zero(row["low"], row["high"])
        sure = told and not row["p_holm"] >= 0.05  # NaN: nothing to adjust for
        colour = BLUE if told else MUTED
        whisker(ax, row["low"], row["high"], y, colour)
        ax.plot(row["effect"], y, marker="o", markersize=4, markerfacecolor=colour if sure else "white",
                markeredgecolor=colour, linestyle="none", zorder=4)
        if sure:
            ax.text(high, y, stars(row["p_holm"]), ha="right", va="center", fontsize=7)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=-1)
    ax.set_xlim(low, high)
    shown(ax.xaxis, group.outcome, 5)
    ax.set_title(say(lang, "主效应", "Main effects"))
    change = bracketed(say(lang, "变化", "change"), table_unit(group.outcome, lang), lang)
    ax.set_xlabel(f"{fold(short_name(group.outcome, lang), 44)}\n{change}")


def _interactions(
    figure: Figure, ax: Axes, pairs: pd.DataFrame, factors: list[str], others: dict[str, list[str]],
    outcome: str, lang: str,
) -> None:
    n = len(factors)
    values, low, high = (np.full((n, n), np.nan) for _ in range(3))
    places = {key: i for i, key in enumerate(factors)}
    for row in records(pairs):
        parts = str(row["term"]).split(TIMES)
        if len(parts) == 2 and all(part in places for part in parts):
            i, j = sorted(places[part] for part in parts)
            r = n - 1 - j
            values[r, i], low[r, i], high[r, i] = row["effect"], row["low"], row["high"]
    numbers = [str(i + 1) for i in range(n)]
    norm = matrix.around_zero(values)
    matrix.draw(
        ax, values[: n - 1, : n - 1], numbers[: n - 1], numbers[:0:-1], norm=norm, cmap=DIVERGING,
        hatched=holds_zero(low, high)[: n - 1, : n - 1], width=2.4, scale=scaled(outcome))
    mark = "†" if any(TIMES in term for term in others) else ""
    ax.set_title(say(lang, f"交互作用{mark}", f"Interactions{mark}"))
    matrix.bar(figure, ax, norm, DIVERGING, fold(table_unit(outcome, lang), 30), scale=scaled(outcome))
