"""Figure: an outcome or a contrast over two factors of a grid, a panel a value of a third."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from sim.report.studies import matrix
from sim.report.studies.cells import LEVELS, means, varied
from sim.report.studies.material import StudyMaterial, is_contrast
from sim.report.studies.names import bracketed, heading, scaled, slug, unit_of
from sim.report.studies.sheet import DIVERGING, SEQUENTIAL, Drawing, axis_label, holds_zero, nothing, sheet
from sim.report.studies.tables import counted
from sim.report.style import fold
from sim.report.words import say

MOST_PANELS = 9
ACROSS = 3


class Axes3(NamedTuple):
    """Which factors go where, and which are averaged over."""

    x: str
    y: str
    facet: str | None
    averaged: tuple[str, ...]


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome, for the control and for each contrast with it.

    Data columns: ``of, outcome``, the factors shown, ``value, low, high, seeds, points``.
    """
    runs, design = m.table("runs"), m.table("design")
    if runs is None or design is None or m.searched:
        return
    axes = choose(design)
    if axes is None:
        return
    what = say(lang, "热图", "Heat map")
    shown = [o for o in m.drawn if o in runs]
    if not len(runs) or not shown:
        yield nothing(m, "heat", what, lang, runs.head(0))
        return
    # The level of the control and how far the others are from it; without a control, the level of each arm
    of_all = [str(m.control), *m.contrasts] if m.contrasts else list(m.arms)
    for outcome in shown:
        for of in of_all:
            yield _one(m, runs, design, axes, of, outcome, lang)


def choose(design: pd.DataFrame) -> Axes3 | None:
    """Factors for the two axes and the panels: two with many values across, one with few for panels.

    Returns
    -------
    Axes3 or None
        None if no two factors with at most :data:`sim.report.studies.cells.LEVELS` values are crossed.
    """
    names = [name for name in varied(design) if design[name].nunique() <= LEVELS]
    crossed = [pair for pair in combinations(names, 2) if _crossed(design, pair)]
    if not crossed:
        return None

    def rank(name: str) -> tuple[bool, int]:
        return pd.api.types.is_numeric_dtype(design[name]) and design[name].dtype != bool, \
            design[name].nunique()

    x, y = max(crossed, key=lambda pair: (rank(pair[0])[0] + rank(pair[1])[0],
                                          rank(pair[0])[1] * rank(pair[1])[1]))
    if rank(y) > rank(x):
        x, y = y, x
    third = [n for n in names if n not in (x, y) and design[n].nunique() <= MOST_PANELS
             and _crossed(design, (x, n)) and _crossed(design, (y, n))]
    facet = min(third, key=lambda name: design[name].nunique()) if third else None
    rest = tuple(name for name in varied(design) if name not in (x, y, facet))
    return Axes3(x, y, facet, rest)


def _crossed(design: pd.DataFrame, pair: tuple[str, str]) -> bool:
    return len(design[list(pair)].drop_duplicates()) == design[pair[0]].nunique() * design[pair[1]].nunique()


def _one(
    m: StudyMaterial, runs: pd.DataFrame, design: pd.DataFrame, axes: Axes3, of: str, outcome: str, lang: str
) -> Drawing:
    by = [axes.x, axes.y, *([axes.facet] if axes.facet else [])]
    data = means(runs, design, of, outcome, by)
    data = data.assign(of=of, outcome=outcome)[["of", "outcome", *data.columns]]
    name = slug("heat", of, outcome)
    what = heading(m, say(lang, "热图", "Heat map"), of, outcome, lang)
    title = bracketed(what, unit_of(of, outcome, lang), lang)
    if not data["value"].notna().any():
        return nothing(m, name, title, lang, data, say(lang, "没有数值", "no values"))
    facets = m.factor(axes.facet).ordered(data[axes.facet]) if axes.facet else [None]
    xs, ys = (m.factor(key).ordered(data[key]) for key in (axes.x, axes.y))
    across = 2 if len(facets) == 4 else min(ACROSS, len(facets))
    down = math.ceil(len(facets) / across)
    tall = min(3.6, max(1.5, 0.24 * len(ys) + 0.6))
    height = 0.1 + (tall + (0.25 if axes.facet else 0.1)) * down
    figure = sheet(m, height, title, _notes(m, data, axes, of, lang), lang)
    panels = figure.subplots(down, across, squeeze=False).ravel()
    contrast = is_contrast(of)
    norm = (matrix.around_zero if contrast else matrix.from_least_to_most)(data["value"])
    cmap = DIVERGING if contrast else SEQUENTIAL
    for place, (ax, facet) in enumerate(zip(panels, facets, strict=False)):
        rows = data[data[axes.facet] == facet] if axes.facet else data
        wide = {}
        for part in ("value", "low", "high"):
            pivoted = rows.pivot(index=axes.y, columns=axes.x, values=part)
            wide[part] = pivoted.reindex(index=ys, columns=xs).to_numpy(float)
        matrix.draw(
            ax, wide["value"], [m.factor(axes.x).value(x, lang) for x in xs],
            [m.factor(axes.y).value(y, lang) for y in ys], norm=norm, cmap=cmap,
            hatched=holds_zero(wide["low"], wide["high"]) if contrast else None,
            width=5.2 / across, scale=scaled(outcome), rows_named=place % across == 0)
        if axes.facet:
            factor = m.factor(axes.facet)
            text = f"{factor.name(lang)}{say(lang, '：', ': ')}{factor.value(facet, lang)}"
            ax.set_title(fold(text, 90 // across), fontsize=7.5)
        if place + across >= len(facets):
            ax.set_xlabel(fold(m.factor(axes.x).titled(lang), 80 // across))
        if place % across == 0:
            ax.set_ylabel(fold(m.factor(axes.y).titled(lang), 26))
    for ax in panels[len(facets):]:
        ax.set_axis_off()
    label = axis_label(of, outcome, lang, 30)
    if data["value"].nunique() > 1:  # one colour needs no bar
        matrix.bar(figure, list(panels), norm, cmap, label, scale=scaled(outcome))
    return Drawing(name, title, figure, data)


def _notes(m: StudyMaterial, data: pd.DataFrame, axes: Axes3, of: str, lang: str) -> list[str]:
    seeds = int(data["seeds"].max())
    text = say(
        lang, f"每格：{seeds} 个种子的均值。", f"Each cell: mean over {counted(seeds, 'seed')}.")
    if is_contrast(of):
        text += say(
            lang, "按种子配对；斜线：95%区间含0（看不出差别）或没有区间；未作多重比较校正。",
            " Paired by seed; hatched: the 95 % interval holds 0 (no difference can be told) or is missing; "
            "not adjusted for many comparisons.")
    if data["value"].nunique() == 1:
        text += say(lang, "各格相同。", " All cells are equal.")
    if axes.averaged:
        listed = [m.factor(key).name(lang) for key in axes.averaged]
        some = say(lang, "、", ", ").join(listed[:4]) + (" …" if len(listed) > 4 else "")
        text += say(lang, f"其余因子先在种子内求均值：{some}。", f" Averaged over within each seed: {some}.")
    return [text]
