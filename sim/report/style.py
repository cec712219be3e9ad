"""One look for all figures: size, type, colours that survive colour blindness and grey print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.fonts import register

WIDTH = 7.2
"""Width of a figure in inches: two columns of a journal (183 mm)."""

_NOTE_CELLS = 152  # columns of a footnote across a figure of that width

DPI = 200

INK = "#222222"
MUTED = "#6b6b6b"
HAIR = "#d9d9d9"


STAGE_COLORS = ("#9ec9e2", "#0072B2", "#E69F00", "#b2182b")
"""Rungs of the ladder, from self-help to volunteer."""

REALLY, SIDE = "#0072B2", "#b9b9b9"


@contextmanager
def look() -> Iterator[None]:
    """Matplotlib settings of our figures, for the duration of a block only."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "font.family": [register()],
                "font.size": 8,
                "axes.titlesize": 8.5,
                "axes.labelsize": 8,
                "xtick.labelsize": 7.5,
                "ytick.labelsize": 7.5,
                "legend.fontsize": 7.5,
                "figure.titlesize": 10,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.linewidth": 0.6,
                "axes.edgecolor": INK,
                "axes.labelcolor": INK,
                "text.color": INK,
                "xtick.color": INK,
                "ytick.color": INK,
                "xtick.major.width": 0.6,
                "ytick.major.width": 0.6,
                "xtick.major.size": 3,
                "ytick.major.size": 3,
                "xtick.minor.size": 1.5,
                "xtick.minor.width": 0.4,
                "axes.grid": False,
                "grid.color": HAIR,
                "grid.linewidth": 0.5,
                "axes.axisbelow": True,
                "lines.linewidth": 1.3,
                "legend.frameon": False,
                "axes.titlelocation": "left",
                "savefig.dpi": DPI,
                "figure.dpi": 100,
                "svg.fonttype": "path",
                "svg.hashsalt": "yihe",
                "axes.unicode_minus": True,
                "axes.formatter.use_mathtext": False,
                "text.parse_math": False,
            }
        )
        yield


def percent_axis(ax: Axes, which: str = "y") -> None:
    """Show shares as percentages."""
    axis = ax.yaxis if which == "y" else ax.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(100 * value)))


def number(value: float) -> str:
    """A number as an axis shows it: no trailing zeros, a true minus sign."""
    text = f"{value:,.6g}" if abs(value) < 1e15 else f"{value:.3g}"
    return ("0" if text == "-0" else text).replace("-", "−")


def fold(text: str, cells: int) -> str:
    """Break lines longer than ``cells`` columns, at blanks or between Chinese characters.

    No line is left with a word or two: the pieces of a long line are about equally long.

    Parameters
    ----------
    text : str
    cells : int
        Columns; a Chinese character takes two.
    """
    return "\n".join(_balanced(line, cells) for line in text.splitlines())


def _balanced(line: str, cells: int) -> str:
    """The line in as few pieces as it needs, the last not much shorter than the others."""
    pieces = _fold_line(line, cells)
    for narrower in range(cells - 1, cells // 2, -1):
        if pieces.count("\n") == 0 or _width(pieces.rpartition("\n")[2]) > 0.6 * cells:
            return pieces
        tighter = _fold_line(line, narrower)
        if tighter.count("\n") > pieces.count("\n"):
            return pieces
        pieces = tighter
    return pieces


def _width(text: str) -> int:
    """Columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _fold_line(line: str, cells: int) -> str:
    lines, used = [""], 0
    for word in re.findall(r"[\u2e80-\uffef][，。；：、）”％%]*|[^\s\u2e80-\uffef]+|\s+", line):
        wide = _width(word)
        if used + wide > cells and lines[-1]:
            lines, used = [*lines, ""], 0
            word, wide = (word, wide) if word.strip() else ("", 0)
        lines[-1] += word
        used += wide
    return "\n".join(part.rstrip() for part in lines)


def empty(ax: Axes, text: str) -> None:
    """Say in a panel why it shows nothing."""
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=MUTED, wrap=True)


def make_figure(height: float, title: str, note: str, *, width: float = WIDTH) -> Figure:
    """An empty figure with its title above and its footnote below.

    Parameters
    ----------
    height, width : float
        Inches.
    title : str
    note : str
        Footnote; its lines are kept, and folded where they are too long.

    Returns
    -------
    Figure
        Laid out by matplotlib's constrained layout between title and footnote. No pyplot: nothing is global.
    """
    note = fold(note, round(_NOTE_CELLS * width / WIDTH))
    figure = Figure(figsize=(width, height), layout="constrained")
    foot = (0.15 + 0.125 * len(note.splitlines())) / height
    head = (0.12 + 0.2 * len(title.splitlines())) / height
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(rect=(0.005, foot, 0.99, 1 - foot - head), w_pad=0.05, h_pad=0.05)  # type: ignore[call-arg]
    figure.text(0.012, 1 - 0.08 / height, title, ha="left", va="top", fontsize=10, gid="title")
    figure.text(
        0.012,
        0.07 / height,
        note,
        ha="left",
        va="bottom",
        fontsize=6.2,
        color=MUTED,
        linespacing=1.35,
        gid="footnote",
    )
    return figure
