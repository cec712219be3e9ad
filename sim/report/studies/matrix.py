"""A matrix of coloured cells: hatched where nothing can be told, numbers written in where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import Colormap, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.studies.sheet import HATCH, FloatArray
from sim.report.style import INK, fold, number

_CELL = 0.062
"""Inches a digit takes in a cell."""
_DARK = 0.45
"""Luminance below which writing is white."""


def draw(
    ax: Axes, values: FloatArray, columns: Sequence[str], rows: Sequence[str], *,
    norm: Normalize, cmap: str | Colormap, hatched: npt.NDArray[np.bool_] | None = None,
    width: float = 3.0, scale: float = 1.0, rows_named: bool = True, write: bool = True,
) -> None:
    """Draw a matrix, its first row at the bottom.

    Parameters
    ----------
    values : array, shape (rows, columns)
        NaN stays blank.
    columns, rows : sequence of str
        Names of columns and rows, thinned out where they would meet.
    norm, cmap
        What makes colours of values.
    hatched : array of bool, optional
        Cells in which nothing can be told.
    width : float
        Inches the panel is about to have.
    scale : float
        What written values are multiplied by.
    rows_named, write : bool
        Whether rows get their names; whether values are written into the cells.
    """
    colours = mpl.colormaps[cmap] if isinstance(cmap, str) else cmap
    ax.pcolormesh(
        np.arange(len(columns) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5, np.ma.masked_invalid(values),
        cmap=colours, norm=norm, edgecolors="white", linewidth=0.4)
    if hatched is not None:
        _hatch(ax, hatched & ~np.isnan(values))
    places = _places(scale * values)
    texts = {(r, c): _text(scale * values[r, c], places) for r, c in np.argwhere(~np.isnan(values)).tolist()}
    room = width / max(len(columns), 1)
    if write and texts and _CELL * max(map(len, texts.values())) < room:
        for (r, c), text in texts.items():
            red, green, blue, _ = colours(norm(values[r, c]))
            light = 0.299 * red + 0.587 * green + 0.114 * blue
            dark = bool(hatched is not None and hatched[r, c])
            ax.text(
                c, r, text, ha="center", va="center", fontsize=6, in_layout=False,
                color="white" if light < _DARK else INK,
                bbox={"facecolor": (red, green, blue), "edgecolor": "none", "pad": 0.6} if dark else None)
    _ticks(ax, columns, rows, room, rows_named)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)


def _places(values: FloatArray) -> int:
    """Decimals with which all cells are written: two digits of the largest, at most three decimals."""
    finite = np.abs(values[np.isfinite(values)])
    most = float(finite.max()) if len(finite) else 0.0
    return 0 if most >= 100 or most == 0.0 else 1 if most >= 1 else 2 if most >= 0.1 else 3


def _text(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.replace("-", "" if float(text.replace(",", "")) == 0.0 else "−")


def _hatch(ax: Axes, where: npt.NDArray[np.bool_]) -> None:
    patches = [Rectangle((c - 0.5, r - 0.5), 1, 1) for r, c in np.argwhere(where).tolist()]
    ax.add_collection(PatchCollection(
        patches, facecolor="none", edgecolor="#666666", linewidth=0.0, hatch=HATCH, zorder=1.5))


def _ticks(ax: Axes, columns: Sequence[str], rows: Sequence[str], room: float, named: bool) -> None:
    folded = [fold(name, 14) for name in columns]
    widest = max((max(map(cells, name.splitlines()), default=0) for name in folded), default=0)
    step = max(1, int(np.ceil((0.06 * widest + 0.06) / max(room, 1e-6))))
    ax.set_xticks(range(0, len(columns), step), folded[::step])
    many = max(1, int(np.ceil(len(rows) / 14)))
    ax.set_yticks(range(0, len(rows), many), [fold(name, 26) for name in rows[::many]] if named else [])


def cells(text: str) -> int:
    """Columns a text takes; a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def around_zero(values: npt.ArrayLike) -> Normalize:
    """Colours with 0 in their middle, as far to either side as the farthest value."""
    finite = np.abs(np.asarray(values, float))
    finite = finite[np.isfinite(finite)]
    most = float(finite.max()) if len(finite) and finite.max() > 0 else 1.0
    return TwoSlopeNorm(0.0, -most, most)


def from_least_to_most(values: npt.ArrayLike) -> Normalize:
    """Colours over the range of the values; one colour in the middle if they are all the same."""
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return Normalize(low, high) if high > low else Normalize(low - 1.0, low + 1.0)


def bar(
    figure: Figure, axes: Axes | list[Axes], norm: Normalize, cmap: str | Colormap, label: str, *,
    scale: float = 1.0, **kwargs: Any,
) -> None:
    """A bar that says which colour stands for which value."""
    slim = max(15.0, 10.0 * (figure.get_figheight() - 1.0))
    shown = figure.colorbar(ScalarMappable(norm, cmap), ax=axes, **{"pad": 0.02, "aspect": slim, **kwargs})
    shown.set_label(label, fontsize=7)
    shown.outline.set_linewidth(0.4)
    shown.ax.tick_params(labelsize=6.5, length=2)
    shown.formatter = FuncFormatter(lambda value, _: number(round(scale * value, 9)))
    shown.locator = MaxNLocator(5)
    shown.update_ticks()

