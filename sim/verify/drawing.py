"""What the figures of all checks share; importing this loads matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.params import Label
from sim.report.style import INK, MUTED, make_figure
from sim.report.words import say
from sim.verify.base import Row

THEORY, SEEN, SEEN_TOO, ALARM = INK, "#0072B2", "#D55E00", "#b2182b"
"""Colours of theory, of one and a second simulation, and of a row that fails."""


def sheet(height: float, title: Label, note: Label, lang: str) -> Figure:
    """An empty figure with its title, and below what was set to what.

    Parameters
    ----------
    height : float
        Inches.
    title, note : Label
    lang : {"zh", "en"}
    """
    status = say(
        lang, "检验的是代码与理论是否一致，不是社区治理的结论。",
        "This compares code with theory; it says nothing about governance.")
    return make_figure(height, title.text(lang), f"{note.text(lang)}\n{status}")


def intervals(ax: Axes, rows: Sequence[Row], names: Sequence[str], lang: str) -> None:
    """Theory as a stroke with the range in which a row passes, and the simulation as a dot, a row each.

    Parameters
    ----------
    ax : Axes
    rows : sequence of Row
    names : sequence of str
        What to call each.
    lang : {"zh", "en"}
    """
    at = range(len(rows))
    ax.hlines(at, [row.low for row in rows], [row.high for row in rows], **_RANGE, label=_range(lang))
    ax.plot([row.theory for row in rows], at, "|", color=THEORY, markersize=13, markeredgewidth=1.6,
            label=say(lang, "理论", "theory"))
    _dots(ax, [(row.simulated, place) for row, place in zip(rows, at, strict=True)], rows, SEEN, "o", say(
        lang, "模拟", "simulated"))
    ax.set_yticks(at, names)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def points(
    ax: Axes, x: Sequence[float], rows: Sequence[Row], name: str, lang: str, *, color: str = SEEN,
    marker: str = "o", ranges: bool = True,
) -> None:
    """Rows along something: the range in which each passes, and the simulation as a dot.

    Parameters
    ----------
    ax : Axes
    x : sequence of float
    rows : sequence of Row
    name : str
        What the dots are.
    lang : {"zh", "en"}
    color, marker : str
    ranges : bool
        Whether the legend explains the ranges.
    """
    ax.vlines(x, [row.low for row in rows], [row.high for row in rows], **_RANGE,
              label=_range(lang) if ranges else "")
    _dots(ax, [(at, row.simulated) for at, row in zip(x, rows, strict=True)], rows, color, marker, name)


_RANGE: dict[str, Any] = {"color": MUTED, "linewidth": 4.5, "alpha": 0.35}


def _range(lang: str) -> str:
    return say(lang, "容许区间", "range that passes")


def _dots(
    ax: Axes, places: Sequence[tuple[float, float]], rows: Sequence[Row], color: str, marker: str, name: str
) -> None:
    """Simulated numbers; those of rows that fail are crossed out."""
    ax.plot(*zip(*places, strict=True), marker, color=color, markersize=4, label=name)
    failed = [place for place, row in zip(places, rows, strict=True) if not row.passed]
    if failed:
        ax.plot(*zip(*failed, strict=True), "X", color=ALARM, markersize=9)


def key(ax: Axes) -> None:
    """The legend of a panel, to its right."""
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=1.6, borderaxespad=0.2)
