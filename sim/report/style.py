"""One look for all figures: size, type, colours that survive colour blindness and grey print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.fonts import register

WIDTH = 7.2
"""Width of a figure in inches: two columns of a journal (183 mm)."""

DPI = 200

INK = "#222222"
MUTED = "#6b6b6b"
HAIR = "#d9d9d9"


Line = Literal["-"] | tuple[float, tuple[float, ...]]
"""A line style of matplotlib: solid, or an offset with dashes and gaps in line widths."""


class ArmStyle(NamedTuple):
    """How one arm is drawn everywhere: colour, line and marker all differ, so that no one cue is needed."""

    color: str
    line: Line
    marker: str


CONTROL_STYLE = ArmStyle("#5a5a5a", (0, (4, 1.6)), "o")
"""The control: grey and dashed."""

_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LINES: tuple[Line, ...] = (
    "-",
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (1.2, 1.2)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
    (0, (10, 1.5, 3, 1.5)),
)
_PLAIN_MARKERS = ("o", "<", ">", "d", "h", "p", "8")
_MARKERS = ("s", "^", "D", "v", "P", "X", "*")

STAGE_COLORS = ("#9ec9e2", "#0072B2", "#E69F00", "#b2182b")
"""Rungs of the ladder, from self-help to volunteer."""

REALLY, SIDE = "#0072B2", "#b9b9b9"


def arm_styles(arms: list[str], control: str | None) -> dict[str, ArmStyle]:
    """Style of each arm, the same in every figure.

    Parameters
    ----------
    arms : list of str
        Keys in the order of the study.
    control : str or None

    Returns
    -------
    dict of str to ArmStyle
        Colours repeat after seven arms, with other lines and markers: the first 49 all look different.
    """
    styles: dict[str, ArmStyle] = {}
    i = 0
    for arm in arms:
        if arm == control:
            styles[arm] = CONTROL_STYLE
            continue
        turn, place = divmod(i, len(_COLORS))
        shifted = (place + turn) % len(_LINES)
        styles[arm] = ArmStyle(_COLORS[place], _LINES[shifted], _MARKERS[shifted])
        i += 1
    return styles


def regime_styles(arms: list[tuple[str, str, bool]]) -> dict[str, ArmStyle]:
    """Styles where arms cross regimes with and without policies: colour by regime, dashed without.

    Parameters
    ----------
    arms : list of (key, regime, has policies)
    """
    regimes = list(dict.fromkeys(regime for _, regime, _ in arms))
    styles = {}
    for arm, regime, policies in arms:
        place = regimes.index(regime)
        marker = (_MARKERS if policies else _PLAIN_MARKERS)[place]
        styles[arm] = ArmStyle(_COLORS[place], "-" if policies else (0, (4, 1.6)), marker)
    return styles


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
        Footnote; its lines are kept.

    Returns
    -------
    Figure
        Laid out by matplotlib's constrained layout between title and footnote. No pyplot: nothing is global.
    """
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
