"""What the figures of studies have in common: sheets, axes in an outcome's unit, rows, matrices, labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.studies.material import StudyMaterial, is_contrast
from sim.report.studies.names import bracketed, heading, scaled, slug, unit_of
from sim.report.studies.tables import Group, groups
from sim.report.style import HAIR, empty, fold, look, make_figure, number
from sim.report.words import say, short_name

FloatArray = npt.NDArray[np.float64]

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#9a9a9a"
PALE_BLUE, PALE_ORANGE = "#a9d0e8", "#f3c9a5"
HATCH = "////"

DIVERGING = LinearSegmentedColormap.from_list(
    "yihe_diverging", ["#00456f", "#3f93c4", "#b5d5e8", "#f7f7f7", "#f5c9a8", "#dd7d3b", "#8a3a00"])
"""Blue below, white at 0, orange above: told apart under every common colour blindness."""
SEQUENTIAL = "cividis"

_TITLE_CELLS, _NOTE_CELLS = 98, 150
_TITLE_LINE, _NOTE_LINE, _MARGINS = 0.2, 0.125, 0.27
"""Inches of a line of the title, of the footnote, and around them, as ``make_figure`` sets them."""
_TIE = "~%"
ROW = 0.2
"""Inches of a row of bars."""


@contextmanager
def study_look() -> Iterator[None]:
    """Settings of our figures, with thin hatching."""
    with look(), mpl.rc_context({"hatch.linewidth": 0.5}):
        yield


class Drawing(NamedTuple):
    """A figure with the name of its files, its title, and what it shows."""

    name: str
    title: str
    figure: Figure
    data: pd.DataFrame


def sheet(m: StudyMaterial, body: float, title: str, notes: Sequence[str], lang: str) -> Figure:
    """An empty figure with title and footnote.

    Parameters
    ----------
    m : StudyMaterial
    body : float
        Inches between title and footnote, tick labels and legends included.
    title : str
    notes : sequence of str
        Lines of the footnote above the study's own.
    lang : {"zh", "en"}
    """
    note = "\n".join(whole(line, _NOTE_CELLS) for line in m.note(lang, *notes).splitlines())
    title = whole(title, _TITLE_CELLS)
    lines = _TITLE_LINE * len(title.splitlines()) + _NOTE_LINE * len(note.splitlines())
    return make_figure(body + lines + _MARGINS, title, note)


def whole(text: str, cells: int) -> str:
    """Folded as :func:`sim.report.style.fold` does, but never between a number and its ``%``."""
    return fold(text.replace(" %", _TIE), cells).replace(_TIE, " %")


def nothing(
    m: StudyMaterial, name: str, title: str, lang: str, data: pd.DataFrame, why: str | None = None
) -> Drawing:
    """A figure that says that there is nothing to show."""
    figure = sheet(m, 1.2, title, [], lang)
    empty(figure.add_subplot(), why or say(lang, "没有数据：分析表里没有可画的行", "no data: no row to draw"))
    return Drawing(name, title, figure, data)


def by_group(
    m: StudyMaterial, kind: str, what: str, columns: Sequence[str],
    one: Callable[[StudyMaterial, Group, str, str, str], Drawing], lang: str, why: str | None = None,
) -> Iterator[Drawing]:
    """A figure for each outcome of each arm or contrast in a table.

    Parameters
    ----------
    m : StudyMaterial
    kind : str
        Name of the table; file names begin with it.
    what : str
        Title begins with it.
    columns : sequence of str
        Of which at least one must hold a value.
    one : callable
        Draws one: from the study, the group, its file name, its title and the language.
    lang : {"zh", "en"}
    why : str, optional
        Said where there is no value.
    """
    table = m.table(kind)
    if table is None:
        return
    if not len(table):
        yield nothing(m, kind, what, lang, table)
    for group in groups(table):
        if group.outcome in m.outcomes and group.outcome not in m.drawn:
            continue
        name, title = slug(kind, group.of, group.outcome), heading(m, what, group.of, group.outcome, lang)
        if group.rows[list(columns)].notna().any(axis=None):
            yield one(m, group, name, title, lang)
        else:
            yield nothing(m, name, title, lang, group.rows, why or say(lang, "没有数值", "no values"))


# Units.


def axis_label(of: str, outcome: str, lang: str, cells: int = 44) -> str:
    """Outcome with its unit; says "difference" for a contrast."""
    name, unit = short_name(outcome, lang), unit_of(of, outcome, lang)
    if is_contrast(of):
        return f"{fold(name, cells)}\n{bracketed(say(lang, '差值', 'difference'), unit, lang)}"
    return fold(bracketed(name, unit, lang), cells)


def shown(axis: Axis, outcome: str, most: int = 6) -> None:
    """Ticks of an axis in the outcome's unit, at most so many."""
    scale = scaled(outcome)
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(scale * value, 9))))


def pure(axis: Axis, most: int = 6) -> None:
    """Ticks of an axis without a unit."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 9))))


# Rows.


def rows_axis(ax: Axes, labels: Sequence[str], *, cells: int = 34, named: bool = True) -> None:
    """One row a label, the first on top, every other one shaded."""
    for y in range(1, len(labels), 2):
        ax.axhspan(y - 0.5, y + 0.5, color="#f5f5f5", linewidth=0, zorder=-2)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_yticks(range(len(labels)), [fold(label, cells) for label in labels] if named else [])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=HAIR)


def row_height(labels: Sequence[str], cells: int = 34, least: float = ROW) -> float:
    """Inches that rows with these labels need."""
    return sum(max(least, 0.125 * len(fold(label, cells).splitlines()) + 0.05) for label in labels)


def even_rows(labels: Sequence[str], cells: int = 34, least: float = ROW) -> float:
    """The same for rows that all have the height of the highest."""
    return len(labels) * max((row_height([label], cells, least) for label in labels), default=0.0)


def whisker(ax: Axes, low: float, high: float, y: float, color: str, width: float = 1.1) -> None:
    """An interval along a row; none if an end is missing."""
    if not (math.isnan(low) or math.isnan(high)):
        ax.plot([low, high], [y, y], color=color, linewidth=width, solid_capstyle="butt", zorder=3)


def span(values: npt.ArrayLike, *, zero: bool = True, margin: float = 0.08) -> tuple[float, float]:
    """Ends of an axis that holds all finite values, and 0 if asked for."""
    array = np.asarray(values, float).ravel()
    array = array[np.isfinite(array)]
    if zero:
        array = np.append(array, 0.0)
    if not len(array):
        return 0.0, 1.0
    low, high = float(array.min()), float(array.max())
    room = margin * (high - low) or 0.5 * abs(high) or 0.05
    if low == high:
        return low - room, high + room
    return (low if zero and low == 0.0 else low - room), (high if zero and high == 0.0 else high + room)


def holds_zero(low: npt.ArrayLike, high: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Where an interval holds 0, or is missing: nothing can be told there."""
    return ~((np.asarray(low, float) > 0.0) | (np.asarray(high, float) < 0.0))


# Names on points.


def lay_out(figure: Figure) -> None:
    """Lay a figure out, so that it is known where in it points lie."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def name_points(
    figure: Figure, ax: Axes, points: Sequence[tuple[float, float]], names: Sequence[str], *,
    radius: float = 2.0,
) -> list[int]:
    """Write names beside points where there is room, the first ones first.

    Call it when all else is drawn, after :func:`lay_out`.

    Parameters
    ----------
    figure : Figure
    ax : Axes
    points : sequence of (float, float)
    names : sequence of str
    radius : float
        Of the marks, in points of type.

    Returns
    -------
    list of int
        Points that found no room.
    """
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    page = ax.get_window_extent(renderer)
    dots = ax.transData.transform(np.asarray(points, float).reshape(-1, 2))
    dot = figure.dpi / 72.0
    r = radius * dot
    taken = [(x - r, y - r, x + r, y + r) for x, y in dots]
    left_out = []
    for place, (point, name) in enumerate(zip(points, names, strict=True)):
        if not all(map(math.isfinite, point)):
            continue
        text = ax.annotate(
            name, point, (0, 0), textcoords="offset points", ha="center", va="center", fontsize=6.5, zorder=6,
            in_layout=False)
        size = text.get_window_extent(renderer)
        wide, high = size.width / 2 + dot, size.height / 2 + dot
        for dx, dy in _AROUND:
            x = dots[place, 0] + dx * (r + wide)
            y = dots[place, 1] + dy * (r + high)
            edges = (x - wide, y - high, x + wide, y + high)
            inside = edges[0] > page.x0 and edges[2] < page.x1 and edges[1] > page.y0 and edges[3] < page.y1
            if inside and not any(_meet(edges, other) for i, other in enumerate(taken) if i != place):
                text.set_position(((x - dots[place, 0]) / dot, (y - dots[place, 1]) / dot))
                taken.append(edges)
                break
        else:
            text.remove()
            left_out.append(place)
    return left_out


_AROUND = (
    (0.9, 0.9), (-0.9, 0.9), (0.9, -0.9), (-0.9, -0.9), (0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0),
    (1.6, 1.8), (1.6, -1.8))
"""Where a name may stand, from its point: in widths and heights of both together."""


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
