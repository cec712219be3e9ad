"""Figures: maps of all grids side by side, and how each grid stands against another arm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.district import (
    MEASURES,
    SPREAD,
    District,
    Measure,
    comparable,
    difference_table,
    district,
    grid_table,
    over_seeds,
)
from sim.report.material import FloatArray, Material
from sim.report.pairs import Pair
from sim.report.style import HAIR, INK, MUTED, WIDTH, fold, make_figure, number
from sim.report.tiles import Boxes, Layout, lay_out
from sim.report.words import say

MOST_PAIRS = 6
"""Pairs of arms whose differences are drawn; the table has all."""

CHANGES = "PuOr_r"
"""Colours of differences: lower is purple, higher orange, and nearly white means none."""

NONE = "#e3e3e3"

_SIDE, _GAP = 0.09, 0.13  # inches beside all panels, and between two
_TITLE, _KEY = 0.22, 0.58  # inches above and beneath a panel
_NUMBERED = 0.15  # inches of a tile that take a number
_NOTE_CELLS = 150  # columns of a line of the footnote

Point = tuple[float, float]
"""Inches from the upper left corner of the sheet."""


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Six maps of the control, or of the only arm: participation at three times, then disputes.

    Returns
    -------
    Figure, DataFrame
        Data as of :func:`sim.report.district.grid_table`, all arms.
    """
    d = _district(material)
    arm = str(material.control if material.control in d.grids else next(iter(d.grids)))
    found = d.values(arm)
    wide = _wide(3)
    plan = lay_out(d.site, wide, wide)
    high = plan.height * plan.inches
    title = _title(d, lang) + "\n" + fold(material.label(arm, lang), 100)
    figure, top = _sheet(title, material.note(lang, *_notes(d, lang)), 2.0 * (_TITLE + high + _KEY))
    for row, measures in enumerate((MEASURES[:3], MEASURES[3:])):
        y = top + row * (_TITLE + high + _KEY) + _TITLE
        tables = [measure.scale * over_seeds(found[measure.key]) for measure in measures]
        together = row == 0  # the same measure three times
        for column, (measure, table) in enumerate(zip(measures, tables, strict=True)):
            of = tables if together else [table]
            colors, scale, x = _sequential(measure.colors), _levels(of), _SIDE + column * (wide + _GAP)
            _panel(figure, (x, y), plan, table, colors, scale, _named(measure, d, lang), lang)
            if not together or column == 1:
                _key(figure, (x, y + high), wide, colors, scale, of, _unit(measure, lang))
    return figure, grid_table(d)


def draw_differences(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """A row of maps for each pair of arms, with one scale a measure, centred on no difference.

    Returns
    -------
    Figure, DataFrame
        Data as of :func:`sim.report.district.difference_table`, all pairs.
    """
    d = _district(material)
    pairs = comparable(material, d)
    chosen, left = pairs[:MOST_PAIRS], len(pairs[MOST_PAIRS:])
    notes = _notes(d, lang, differences=True)
    if left:
        notes.append(say(lang, f"只画前 {len(chosen)} 组，另有 {left} 组在数据表中。",
                         f"The first {len(chosen)} pairs are drawn; {left} more are in the data."))
    wide = _wide(len(SPREAD))
    plan = lay_out(d.site, wide, wide)
    high = plan.height * plan.inches
    step = 2.0 * _TITLE + high + _GAP
    title = say(lang, "各网格：方案之差", "Grid by grid: differences between arms")
    figure, top = _sheet(title, material.note(lang, *notes), len(chosen) * step + _KEY)
    colors = colormaps[CHANGES]
    for column, measure in enumerate(SPREAD):
        tables = [measure.scale * over_seeds(_difference(d, pair, measure)) for pair in chosen]
        scale, x = _centred(tables), _SIDE + column * (wide + _GAP)
        for row, (pair, table) in enumerate(zip(chosen, tables, strict=True)):
            y = top + row * step + 2.0 * _TITLE
            _panel(figure, (x, y), plan, table, colors, scale, _named(measure, d, lang), lang, edges=HAIR)
            if column == 0:
                _write(figure, (x, y - 1.25 * _TITLE), fold(pair.label(material, lang), 120))
        _key(figure, (x, top + len(chosen) * step - _GAP), wide, colors, scale, tables,
             _unit(measure, lang, change=True))
    return figure, difference_table(material, d)


def _district(material: Material) -> District:
    found = district(material)
    assert found is not None
    return found


def _difference(d: District, pair: Pair, measure: Measure) -> FloatArray:
    return d.values(pair.arm)[measure.key] - d.values(pair.against)[measure.key]


# Words.


def _title(d: District, lang: str) -> str:
    grids, communities, streets = len(d.site.communities), len(d.site.streets), len(set(d.site.streets))
    where = say(lang, f"{grids} 个网格，{communities} 个社区，{streets} 个街道",
                f"{grids} grids, {communities} communities, {streets} streets")
    for one, right in (("1 communities", "1 community"), ("1 streets", "1 street")):
        where = where.replace(f" {one}", f" {right}")
    return say(lang, f"各网格一览：{where}", f"Grid by grid: {where}")


def _named(measure: Measure, d: District, lang: str) -> str:
    name = say(lang, measure.zh, measure.en[0].upper() + measure.en[1:])
    times = [one.key for one in MEASURES[:3]]
    if measure.key not in times:
        return name
    week = d.weeks[times.index(measure.key)] + 1
    return say(lang, f"{name}，第{week}周", f"{name}, week {week}")


def _unit(measure: Measure, lang: str, *, change: bool = False) -> str:
    if change and measure.share:
        return say(lang, "百分点", "percentage points")
    return say(lang, measure.unit_zh, measure.unit_en)


def _notes(d: District, lang: str, *, differences: bool = False) -> list[str]:
    streets = len(set(d.site.streets)) > 1
    box = say(lang, "，浅框为街道", ", a pale box a street") if streets else ""
    means = say(lang, "各值为各次重复的均值。", " Values are means over replicates.")
    means = means if len(d.seeds) > 1 else ""
    lines = [say(
        lang,
        f"每格一个网格，相连的一块为一个社区{box}；各图位置相同，编号先左右后上下（情景文件中的网格编号从0起，"
        f"这里从1起）。这不是地理位置。{means}",
        f"A tile is a grid, a block a community{box}; all maps have the same order, left to right, then down "
        f"(numbers count from 1 here, from 0 in scenario files). It is no geography.{means}",
    ), say(
        lang,
        f"参与：52周内参加过，不含所比政策自办。纠纷与诉求：最后{d.window}周内产生的，含未上报；实际化解：其中到"
        "运行结束时已化解的；办结用时：其中已办结的（含纸面办结），未结的不计。灰底斜线：没有案件。",
        "Took part: within 52 weeks, without the compared policies' own events. Disputes and demands: born "
        f"in the last {d.window} weeks, silent ones too; resolved: by the end of the run; time to close: of "
        "those closed by then (on paper too), open ones aren't in it. Grey with strokes: no case.",
    )]
    if differences:
        lines.append(say(
            lang, "橙：升高，紫：降低，近白：无差别；按种子配对。单个网格的差别含有偶然，宜看整体。",
            "Orange: higher, purple: lower, nearly white: no difference; paired by seed. There is chance in "
            "the difference of a single grid: look at the whole."))
    return lines


# Scales.


def _sequential(name: str) -> Colormap:
    """The map without its palest end, which would look like nothing."""
    return ListedColormap(colormaps[name](np.linspace(0.12, 0.97, 256)), name=f"{name}-cut")


def _levels(tables: Iterable[FloatArray]) -> Normalize:
    """From least to greatest; of many grids, all but one in fifty on either side."""
    known = _known(tables)
    if not len(known):
        return Normalize(0.0, 1.0)
    low, high = np.quantile(known, _ends(len(known))).tolist()
    return Normalize(low, high) if high > low else Normalize(low - 0.5, low + 0.5)


def _centred(tables: Iterable[FloatArray]) -> Normalize:
    """As far below 0 as above."""
    known = np.abs(_known(tables))
    far = float(np.quantile(known, _ends(len(known))[1])) if len(known) else 0.0
    return Normalize(-far, far) if far > 0.0 else Normalize(-1.0, 1.0)


def _known(tables: Iterable[FloatArray]) -> FloatArray:
    table = np.concatenate([*map(np.ravel, tables)])
    return table[~np.isnan(table)]


def _ends(n: int) -> tuple[float, float]:
    return (0.02, 0.98) if n > 100 else (0.0, 1.0)


# The sheet. Sizes of all panels are known: a solver would take longest, with hundreds of texts to measure.


def _wide(panels: int) -> float:
    return (WIDTH - 2.0 * _SIDE - (panels - 1) * _GAP) / panels


def _sheet(title: str, note: str, body: float) -> tuple[Figure, float]:
    """A figure with room for panels, and how far down it begins."""
    note = fold(note, _NOTE_CELLS)
    top = 0.15 + 0.2 * len(title.splitlines())
    figure = make_figure(top + body + 0.2 + 0.125 * len(note.splitlines()), title, note)
    figure.set_layout_engine("none")
    return figure, top


def _axes(figure: Figure, at: Point, width: float, height: float) -> Axes:
    across, down = figure.get_size_inches().tolist()
    return figure.add_axes((at[0] / across, 1.0 - (at[1] + height) / down, width / across, height / down))


def _write(figure: Figure, at: Point, text: str) -> None:
    across, down = figure.get_size_inches().tolist()
    figure.text(at[0] / across, 1.0 - at[1] / down, text, fontsize=8, va="baseline")


# Panels.


def _panel(
    figure: Figure, at: Point, plan: Layout, values: FloatArray, colors: Colormap, scale: Normalize,
    title: str, lang: str, *, edges: str = "white",
) -> None:
    ax = _axes(figure, at, plan.width * plan.inches, plan.height * plan.inches)
    ax.set_xlim(0.0, plan.width)
    ax.set_ylim(plan.height, 0.0)
    ax.set_axis_off()
    ax.set_title(title, fontsize=7, pad=3.0)
    if len(plan.streets.x) > 1:
        ax.add_collection(PolyCollection(
            _corners(plan.streets), facecolors="none", edgecolors=HAIR, linewidths=0.5, clip_on=False))
    there, corners, line = ~np.isnan(values), _corners(plan.tiles), min(0.5, 3.0 * plan.inches)
    ax.add_collection(PolyCollection(
        corners[there], facecolors=colors(scale(values[there])), edgecolors=edges, linewidths=line))
    if not there.all():
        ax.add_collection(PolyCollection(
            corners[~there], facecolors=NONE, edgecolors=MUTED, linewidths=line, hatch="//////"))
    _names(ax, plan, lang)
    if plan.inches >= _NUMBERED:
        _numbers(ax, plan, values, colors, scale)


def _corners(boxes: Boxes) -> Any:
    """Shape (n, 4, 2)."""
    x, y, right, under = boxes.x, boxes.y, boxes.x + boxes.width, boxes.y + boxes.height
    around = (x, y), (right, y), (right, under), (x, under)
    return np.stack([np.stack(corner, axis=1) for corner in around], axis=1)


def _names(ax: Axes, plan: Layout, lang: str) -> None:
    kinds = (
        (plan.streets, say(lang, "街道", "street "), 0.02),
        (plan.communities, say(lang, "社区", "community "), -0.115))
    for boxes, word, under in (kind for kind, there in zip(kinds, plan.named, strict=True) if there):
        for i, (x, y) in enumerate(zip(boxes.x.tolist(), boxes.y.tolist(), strict=True)):
            ax.text(x + 0.02 / plan.inches, y + under / plan.inches, f"{word}{i + 1}", fontsize=5,
                    color=MUTED, va="top")


def _numbers(ax: Axes, plan: Layout, values: FloatArray, colors: Colormap, scale: Normalize) -> None:
    red, green, blue, _ = np.moveaxis(np.asarray(colors(scale(np.nan_to_num(values)))), -1, 0)
    dark = (0.3 * red + 0.59 * green + 0.11 * blue < 0.5) & ~np.isnan(values)
    for i, (x, y) in enumerate(zip(plan.tiles.x.tolist(), plan.tiles.y.tolist(), strict=True)):
        ax.text(x + 0.5, y + 0.5, str(i + 1), fontsize=5.5, ha="center", va="center",
                color="white" if dark[i] else INK)


def _key(
    figure: Figure, at: Point, width: float, colors: Colormap, scale: Normalize,
    tables: Sequence[FloatArray], unit: str,
) -> None:
    """The legend of one measure beneath a panel; pointed where some values lie beyond its ends."""
    known, (low, high) = _known(tables), (float(scale.vmin or 0.0), float(scale.vmax or 0.0))
    beyond = bool(np.any(known < low)), bool(np.any(known > high))
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    ax = _axes(figure, (at[0] + 0.075 * width, at[1] + 0.09), 0.85 * width, 0.08)
    bar = figure.colorbar(
        ScalarMappable(scale, colors), cax=ax, orientation="horizontal", extend=extend[beyond],
        ticks=MaxNLocator(5), format=FuncFormatter(lambda value, _: number(value)))
    bar.outline.set_linewidth(0.4)
    ax.tick_params(labelsize=6.5, length=2, pad=1.5)
    bar.set_label(unit, fontsize=7, labelpad=1.5)
