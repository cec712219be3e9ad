"""Figure: outcomes along each factor, a line an arm with its intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.report.studies.arms_key import LINE, arms_key, key_lines
from sim.report.studies.cells import BINS, LEVELS, binned, means, varied
from sim.report.studies.material import StudyMaterial
from sim.report.studies.matrix import cells
from sim.report.studies.names import heading, slug
from sim.report.studies.sheet import Drawing, axis_label, nothing, pure, sheet, shown, span
from sim.report.studies.tables import counted
from sim.report.style import HAIR, empty, fold
from sim.report.words import say

COLUMNS = ["outcome", "arm", "factor", "x", "value", "low", "high", "seeds", "points"]
ACROSS = 3
_TALL = 2.0
_CELLS = 130
"""Columns of small type that fit side by side under all panels of a row."""
WALKS = ("one_at_a_time", "morris")
"""Designs whose points gather around a few places: a mean along one factor would mix them."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome, a panel a factor.

    Data columns: :data:`COLUMNS`; ``x`` is the value of the factor, or the mean of a bin of values.
    """
    runs, design = m.table("runs"), m.table("design")
    if runs is None or design is None or m.method in WALKS or m.searched:
        return
    factors = varied(design)
    what = say(lang, "沿各因子的变化", "Along each factor")
    if not len(runs) or not factors:
        why = None if factors else say(lang, "没有变动的因子", "no factor varies")
        yield nothing(m, "lines", what, lang, pd.DataFrame(columns=COLUMNS), why)
        return
    for outcome in (o for o in m.drawn if o in runs):
        yield _one(m, runs, design, factors, outcome, lang)


def _one(
    m: StudyMaterial, runs: pd.DataFrame, design: pd.DataFrame, factors: list[str], outcome: str, lang: str
) -> Drawing:
    data = table(runs, design, list(m.arms), factors, outcome)
    name = slug("lines", outcome)
    title = heading(m, say(lang, "沿各因子的变化", "Along each factor"), "", outcome, lang)
    if not data["value"].notna().any():
        return nothing(m, name, title, lang, data, say(lang, "没有数值", "no values"))
    across = min(ACROSS, len(factors))
    down = math.ceil(len(factors) / across)
    legend = LINE * key_lines(m, lang) + 0.05
    figure = sheet(m, 0.1 + _TALL * down + legend, title, _notes(design, factors, data, lang), lang)
    grid = figure.add_gridspec(down + 1, across, height_ratios=[_TALL] * down + [legend])
    ends = data[["value", "low", "high"]].to_numpy(float)
    low, high = span(ends, zero=False, margin=0.06)
    for place, factor in enumerate(factors):
        ax = figure.add_subplot(grid[place // across, place % across])
        _panel(ax, m, data[data["factor"] == factor], design[factor], across, lang)
        ax.set_ylim(low, high)
        shown(ax.yaxis, outcome, 5)
        ax.set_xlabel(fold(m.factor(factor).titled(lang), 88 // across))
        if place % across == 0:
            ax.set_ylabel(axis_label("", outcome, lang, 26), fontsize=7)
        else:
            ax.tick_params(labelleft=False)
    arms_key(figure.add_subplot(grid[down, :]), m, lang)
    return Drawing(name, title, figure, data)


def table(
    runs: pd.DataFrame, design: pd.DataFrame, arms: list[str], factors: list[str], outcome: str
) -> pd.DataFrame:
    """Mean and 95 % interval of each arm along each factor, over the seeds; columns :data:`COLUMNS`."""
    frames = []
    for factor in factors:
        along = design[["point"]].assign(**{factor: binned(design[factor])})
        for arm in arms:
            found = means(runs, along, arm, outcome, [factor]).rename(columns={factor: "x"})
            frames.append(found.assign(outcome=outcome, arm=arm, factor=factor)[COLUMNS])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def _panel(
    ax: Axes, m: StudyMaterial, data: pd.DataFrame, values: pd.Series, across: int, lang: str
) -> None:
    if not data["value"].notna().any():
        empty(ax, say(lang, "没有数值", "no values"))
        return
    numeric = pd.api.types.is_numeric_dtype(values) and values.dtype != bool
    factor = m.factor(str(data["factor"].iloc[0]))
    known = factor.ordered(data["x"]) if not numeric else []
    for i, (arm, style) in enumerate(m.styles.items()):
        rows = data[data["arm"] == arm]
        aside = (i - (len(m.styles) - 1) / 2) * min(0.12, 0.6 / max(len(m.styles), 1))
        x = rows["x"].to_numpy(float) if numeric else np.array([known.index(v) for v in rows["x"]]) + aside
        y = rows["value"].to_numpy(float)
        if numeric and len(rows) > 1:
            ax.fill_between(x, rows["low"], rows["high"], color=style.color, alpha=0.2, linewidth=0)
        else:
            ax.vlines(x, rows["low"], rows["high"], color=style.color, linewidth=1.0)
        ax.plot(x, y, color=style.color, linestyle=style.line if numeric else "none", marker=style.marker,
                markersize=3, linewidth=1.1)
    if numeric:
        pure(ax.xaxis, 4)
    else:
        _named(ax, [factor.value(v, lang) for v in known], across)
        ax.set_xlim(-0.5, len(known) - 0.5)
    ax.grid(axis="y", color=HAIR)


def _named(ax: Axes, names: list[str], across: int) -> None:
    """Names of values along the axis, slanted where they would meet."""
    room = round(_CELLS / across / max(len(names), 1))
    folded = [fold(name, max(room, 8)) for name in names]
    fits = max(max(map(cells, name.splitlines()), default=0) for name in folded) <= room
    ax.set_xticks(range(len(names)), folded if fits else names, fontsize=6.5)
    if not fits:
        for text in ax.get_xticklabels():
            text.set(rotation=25, ha="right", rotation_mode="anchor")


def _notes(design: pd.DataFrame, factors: list[str], data: pd.DataFrame, lang: str) -> list[str]:
    seeds = int(data["seeds"].max())
    text = say(
        lang,
        f"其余因子先在每个种子内求均值；阴影或竖线：{seeds} 个种子的95% t区间。各图纵轴相同。",
        "Other factors averaged over within each seed; shading or bars: 95 % t-interval over "
        f"{counted(seeds, 'seed')}. All panels share one vertical axis.",
    )
    if seeds < 2:
        text += say(lang, "只有一个种子：没有区间。", " One seed: no interval.")
    if any(design[f].nunique() > LEVELS and pd.api.types.is_numeric_dtype(design[f]) for f in factors):
        text += say(
            lang,
            f"取值超过 {LEVELS} 个的因子按点数均分为 {BINS} 段；"
            "各段之间的起伏也来自其余因子碰巧的取值，区间不含它。",
            f" Factors with more than {LEVELS} values are cut into {BINS} bins of equally many points; bins "
            "also differ by the values that other factors happen to have there, which intervals leave out.")
    return [text]
