"""The legend of the arms, in a panel of its own below the others."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.report.studies.material import StudyMaterial
from sim.report.style import fold

_CELLS = 112
"""Columns of text across a figure."""
_MARK = 10
"""Columns that the mark of an arm takes."""
LINE = 0.17
"""Inches a line of the legend."""


def key_lines(m: StudyMaterial, lang: str) -> int:
    """Lines that the legend needs."""
    return max(1, math.ceil(len(m.arms) / _columns(m, lang)))


def arms_key(ax: Axes, m: StudyMaterial, lang: str) -> None:
    """Colour, line and marker of every arm."""
    ax.set_axis_off()
    handles = [
        Line2D([], [], color=style.color, linestyle=style.line, marker=style.marker, markersize=3.5,
               label=fold(m.arm_marked(arm, lang), _CELLS - _MARK))
        for arm, style in m.styles.items()]
    ax.legend(
        handles=handles, loc="upper left", ncols=_columns(m, lang), borderaxespad=0, handlelength=3.0,
        columnspacing=1.2)


def _columns(m: StudyMaterial, lang: str) -> int:
    wide = 2 if lang == "zh" else 1
    longest = max((wide * len(m.arm_marked(arm, lang)) for arm in m.arms), default=1)
    return max(1, min(5, _CELLS // (longest + _MARK)))
