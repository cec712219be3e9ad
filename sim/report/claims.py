"""Panels of the claims under test: what is claimed above, what is simulated below, on one axis.

A panel shows the very statistics and ranges by which :mod:`sim.scenario.targets` decides, so that picture and
verdict cannot disagree: a claim is reached if and only if every simulated interval lies inside its shaded
range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.findings import table_unit
from sim.report.material import Material
from sim.report.palette import ArmStyle
from sim.report.style import HAIR, INK, MUTED, fold, number
from sim.report.words import is_share, say, short_name
from sim.study import ranges

STATISTICS = ("control", "treatment", "difference", "relative")
HEIGHT = 0.34
"""Inches of one panel, without title and axis."""

_CLAIMED, _SIMULATED = 1.0, 0.0  # rows of a panel
_SHADES = {"control": "#dcdcdc", "treatment": "#cfe6d8", "difference": "#cfe6d8", "relative": "#cfe6d8"}

Row = Mapping[Any, Any]


class Part(NamedTuple):
    """One statistic of a claim: the range it must lie in, and what is simulated."""

    statistic: str
    must: tuple[float, float]
    value: float
    interval: tuple[float, float]

    @property
    def inside(self) -> bool:
        """Whether the whole interval lies in the range; False without an interval."""
        low, high = self.interval
        return self.must[0] <= low and high <= self.must[1]


def judged(material: Material) -> list[Row]:
    """Rows of the claims that are decided."""
    rows: list[Row] = [*material.claims.to_dict("records")]
    return [row for row in rows if row["judged"]]


def parts(row: Row) -> list[Part]:
    """Conditions of a claim, the control's first."""
    return [
        Part(
            name,
            (float(row[f"must_{name}_low"]), float(row[f"must_{name}_high"])),
            float(row[name]),
            (float(row[f"{name}_low"]), float(row[f"{name}_high"])),
        )
        for name in STATISTICS
        if not math.isnan(float(row[f"must_{name}_low"]))
    ]


def table(material: Material) -> pd.DataFrame:
    """What the panels show: ``kind, outcome, arm, against, claim, statistic, must_low, must_high, simulated,
    simulated_low, simulated_high, verdict``, one row a condition.
    """
    rows = [
        ("claim", row["outcome"], row["arm"], row["against"], row["claim"], part.statistic, *part.must,
         part.value, *part.interval, row["verdict"])
        for row in judged(material)
        for part in parts(row)
    ]
    columns = ["kind", "outcome", "arm", "against", "claim", "statistic", "must_low", "must_high",
               "simulated", "simulated_low", "simulated_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def panel(ax: Axes, material: Material, row: Row, lang: str) -> None:
    """Draw one claim."""
    outcome, found = str(row["outcome"]), parts(row)
    low, high = _span(found, outcome)
    for part in found:
        ends = np.clip(part.must, low, high)
        ax.fill_between(ends, -0.55, 1.45, color=_SHADES[part.statistic], linewidth=0, zorder=0)
    _claimed(ax, found, (low, high))
    _simulated(ax, material, row, found, (low, high))
    ax.set_xlim(low, high)
    ax.set_ylim(-0.55, 1.45)
    ax.set_yticks([_CLAIMED, _SIMULATED], [say(lang, "所称", "claimed"), say(lang, "模拟", "simulated")])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=HAIR, zorder=0)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    percent = found[0].statistic == "relative" or is_share(outcome)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(round(100 * x if percent else x, 6))))
    ax.set_xlabel(_axis_label(found[0].statistic, outcome, lang), fontsize=7.5)
    verdict = str(row[f"verdict_{lang}"])
    title = say(
        lang, f"主张：{row['label_zh']} → 判定：{verdict}", f"Claim: {row['label_en']} → {verdict}")
    ax.set_title(fold(title, 96))


def _axis_label(statistic: str, outcome: str, lang: str) -> str:
    name = short_name(outcome, lang)
    if statistic == "relative":
        return name + say(lang, "，相对变化（%）", ", relative change (%)")
    unit = table_unit(outcome, lang)
    if statistic == "difference":
        return name + say(lang, f"，差值（{unit}）", f", difference ({unit})")
    return name + say(lang, "（%）", " (%)") if is_share(outcome) else f"{name} ({unit})"


def _span(found: list[Part], outcome: str) -> tuple[float, float]:
    """Ends of the axis: everything claimed and simulated, never what is impossible."""
    statistic = found[0].statistic
    bounds = {
        "relative": ranges.of_relative, "difference": ranges.of_difference,
    }.get(statistic, ranges.of_level)(outcome)
    if statistic in ("control", "treatment") and all(map(math.isfinite, bounds)):
        return bounds
    values = [0.0, *(v for part in found for v in (*part.must, part.value, *part.interval))]
    values = [v for v in values if math.isfinite(v)]
    least, most = min(values), max(values)
    margin = 0.12 * max(most - least, 1e-9)
    return max(bounds[0], least - margin), min(bounds[1], most + margin)


def _claimed(ax: Axes, found: list[Part], span: tuple[float, float]) -> None:
    """The edge of each range, and an arrow from one to the other, or into the range."""
    edges = [_edge(part) for part in found]
    for edge in edges:
        ax.plot(
            edge, _CLAIMED, marker="D", color="none", markeredgecolor=INK, markersize=4.5,
            markeredgewidth=0.9)
    if len(edges) == 2:
        _arrow(ax, edges[0], edges[1], _CLAIMED, INK)
    elif found[0].must[0] != found[0].must[1]:
        inward = 0.05 * (span[1] - span[0]) * (1 if math.isinf(found[0].must[1]) else -1)
        _arrow(ax, edges[0], edges[0] + inward, _CLAIMED, INK)


def _edge(part: Part) -> float:
    """The end of a range that must be passed: the finite one, or the one nearer to the other level."""
    low, high = part.must
    if math.isinf(low):
        return high
    return low


def _simulated(ax: Axes, material: Material, row: Row, found: list[Part], span: tuple[float, float]) -> None:
    styles = {
        "control": material.styles[str(row["against"])],
        "treatment": material.styles[str(row["arm"])],
    }
    for part in found:
        _point(ax, part, styles.get(part.statistic, styles["treatment"]), span)
    if len(found) == 2:
        _arrow(ax, found[0].value, found[1].value, _SIMULATED, MUTED)


def _point(ax: Axes, part: Part, style: ArmStyle, span: tuple[float, float]) -> None:
    low, high = part.interval
    if not math.isnan(low):
        ax.plot(
            np.clip([low, high], *span), [_SIMULATED] * 2, color=style.color, linewidth=2.4, zorder=3,
            solid_capstyle="butt")
    if not math.isnan(part.value):
        ax.plot(
            part.value, _SIMULATED, marker=style.marker, color=style.color, markersize=4.5, zorder=4,
            markerfacecolor="white" if math.isnan(low) else style.color,
            markeredgecolor=style.color if math.isnan(low) else "white",
            markeredgewidth=0.8 if math.isnan(low) else 0.4)


def _arrow(ax: Axes, start: float, end: float, y: float, color: str) -> None:
    if math.isnan(start) or math.isnan(end) or start == end:
        return
    ax.annotate(
        "", (end, y), (start, y),
        arrowprops={"arrowstyle": "->", "color": color, "linewidth": 0.8, "shrinkA": 3, "shrinkB": 3})
