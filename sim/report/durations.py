"""Figure: how long cases take to close, in working and in clock hours, cases still open counted as such."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.report.material import Material
from sim.report.style import MUTED, empty, make_figure, number, percent_axis
from sim.report.words import say, significant
from sim.vocabulary import CLOCK_HOURS, WEEK_HOURS, Status

FloatArray = npt.NDArray[np.float64]

QUANTILES = (0.5, 0.9, 0.99)
_LEAST = 0.1  # hours; shorter times are drawn here
_DRAWN = 400  # points of a curve that are drawn and written


class Curve(NamedTuple):
    """Share closed by each duration (1 − Kaplan–Meier), with the number of cases behind it."""

    hours: FloatArray
    closed: FloatArray
    cases: int
    open: int


def kaplan_meier(duration: npt.ArrayLike, closed: npt.ArrayLike) -> Curve:
    """Share closed within each duration; cases still open count until they were last seen.

    Parameters
    ----------
    duration : array, shape (n,)
        Hours from found to closed, or to the end of the run.
    closed : array of bool, shape (n,)

    Returns
    -------
    Curve
        One step at each duration with a closure.
    """
    t, done = np.asarray(duration, float), np.asarray(closed, bool)
    times, place = np.unique(t, return_inverse=True)
    events = np.bincount(place, weights=done, minlength=len(times))
    leaving = np.bincount(place, minlength=len(times))
    at_risk = len(t) - np.concatenate([[0], np.cumsum(leaving)[:-1]]) if len(t) else np.empty(0)
    surviving = np.cumprod(1.0 - events / np.maximum(at_risk, 1))
    step = events > 0
    return Curve(times[step], 1.0 - surviving[step], len(t), int(np.sum(~done)))


def quantile(curve: Curve, share: float) -> float:
    """Hours within which ``share`` of the cases are closed; NaN if that share is never reached."""
    reached = np.flatnonzero(curve.closed >= share - 1e-12)
    return float(curve.hours[reached[0]]) if len(reached) else math.nan


def curves(material: Material, clock: str) -> dict[str, Curve]:
    """Curve of each arm over the cases of all its runs; ``clock`` is ``"work"`` or ``"clock"``."""
    found: dict[str, Curve] = {}
    cases = material.cases
    if not len(cases):
        return found
    per_hour = CLOCK_HOURS / WEEK_HOURS if clock == "clock" else 1.0
    end = material.end_work
    seen = cases[cases["find_work"].notna()]
    for arm in material.keys:
        own = seen[seen["arm"] == arm]
        if not len(own):
            continue
        close = own[f"close_{clock}"].to_numpy(float)
        left = (end - own["born"].to_numpy(float) - own["find_work"].to_numpy(float)) * per_hour
        ended = ~np.isnan(close)
        # Who gives up ends a case without closing it: counted as open until then
        done = ended & (own["status"] != Status.SILENT.key).to_numpy()
        found[arm] = kaplan_meier(np.where(ended, close, np.maximum(left, 0.0)), done)
    return found


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``clock, arm, hours, share_closed, cases, open``.
    """
    both = {clock: curves(material, clock) for clock in ("work", "clock")}
    note = say(
        lang,
        "从发现到办结（含纸面办结）；未决件和当事人放弃的件按截尾处理（Kaplan–Meier），各次运行合并。\n"
        "标记与表：中位数、90%、99%；—：未达到。工作小时：每周40小时；自然小时：每周168小时。",
        "From found to closed (on paper too); cases still open, or given up, are censored "
        "(Kaplan–Meier); runs pooled.\n"
        "Marks and table: median, 90 %, 99 %; —: not reached. "
        "Working hours: 40 a week; clock hours: 168 a week.",
    )
    rows = len(material.arms) + 1
    figure = make_figure(3.2 + 0.16 * rows, say(lang, "办结用时", "Time to close"), material.note(lang, note))
    grid = figure.add_gridspec(2, 2, height_ratios=[2.3, 0.16 * rows])
    left = figure.add_subplot(grid[0, 0])
    right = figure.add_subplot(grid[0, 1], sharey=left)
    for ax, clock, title in (
        (left, "work", say(lang, "工作小时", "working hours")),
        (right, "clock", say(lang, "自然小时", "clock hours")),
    ):
        _panel(ax, material, both[clock], lang)
        ax.set_title(say(lang, f"按{title}", f"In {title}"))
        if both[clock]:
            ax.set_xlabel(
                say(lang, f"从发现到办结（{title}，对数轴）", f"found to closed ({title}, log axis)")
            )
    if both["work"]:
        left.set_ylabel(say(lang, "已办结比例（%）", "closed by then (% of found cases)"))
    _quantiles(figure.add_subplot(grid[1, :]), material, both, lang)
    return figure, table(both)


def table(both: dict[str, dict[str, Curve]]) -> pd.DataFrame:
    """What is drawn, thinned to at most 400 points a curve."""
    frames = [
        pd.DataFrame(
            {
                "clock": clock,
                "arm": arm,
                "hours": thin.hours,
                "share_closed": thin.closed,
                "cases": thin.cases,
                "open": thin.open,
            }
        )
        for clock, found in both.items()
        for arm, curve in found.items()
        for thin in [_thin(curve)]
    ]
    columns = ["clock", "arm", "hours", "share_closed", "cases", "open"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _thin(curve: Curve) -> Curve:
    n = len(curve.hours)
    if n <= _DRAWN:
        return curve
    at = np.searchsorted(curve.closed, np.linspace(curve.closed[0], curve.closed[-1], _DRAWN))
    keep = np.unique(np.minimum(at, n - 1))
    return curve._replace(hours=curve.hours[keep], closed=curve.closed[keep])


def _panel(ax: Axes, material: Material, found: dict[str, Curve], lang: str) -> None:
    if not any(len(curve.hours) for curve in found.values()):
        empty(
            ax,
            say(lang, "没有已发现的件", "no case was found")
            if not found
            else say(lang, "没有办结的件", "no case was closed"),
        )
        return
    for arm, style in material.styles.items():
        curve = found.get(arm)
        if curve is None or not len(curve.hours):
            continue
        thin = _thin(curve)
        hours = np.maximum(thin.hours, _LEAST)
        ax.step(
            np.concatenate([[_LEAST], hours]),
            np.concatenate([[0.0], thin.closed]),
            where="post",
            color=style.color,
            linestyle=style.line,
            linewidth=1.1,
        )
        marks = [quantile(curve, share) for share in QUANTILES]
        ax.plot(
            np.maximum(marks, _LEAST),
            QUANTILES,
            linestyle="none",
            marker=style.marker,
            markersize=4.5,
            color=style.color,
            markeredgecolor="white",
            markeredgewidth=0.5,
        )
    for share in QUANTILES:
        ax.axhline(share, color=MUTED, linewidth=0.4, linestyle=(0, (1, 2)), zorder=0)
    ax.set_xscale("log")
    ax.set_xlim(left=_start(found))
    ax.xaxis.set_major_locator(FixedLocator([10.0**e for e in range(-1, 6)]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.set_ylim(0, 1.02)
    percent_axis(ax)


def _start(found: dict[str, Curve]) -> float:
    """A power of ten by which at most one case in a hundred is closed."""
    early = [quantile(curve, 0.01) for curve in found.values()]
    early = [hours for hours in early if hours > _LEAST]
    return 10.0 ** math.floor(math.log10(min(early))) if early else _LEAST


def _quantiles(ax: Axes, material: Material, both: dict[str, dict[str, Curve]], lang: str) -> None:
    """Legend and table in one: a row an arm, its line, its quantiles under both clocks."""
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(len(material.arms) + 0.5, -0.5)
    heads = [say(lang, "中位", "median"), "90%", "99%"]
    columns = [0.53, 0.60, 0.67, 0.86, 0.93, 1.0]
    for x, head in zip(columns, heads * 2, strict=True):
        ax.text(x, 0, head, ha="right", va="center_baseline", fontsize=6.8, color=MUTED)
    for x, head in ((0.47, say(lang, "工作小时", "working h")), (0.80, say(lang, "自然小时", "clock h"))):
        ax.text(x, 0, head, ha="right", va="center_baseline", fontsize=6.8, color=MUTED)
    for y, (arm, style) in enumerate(material.styles.items(), start=1):
        ax.plot([0.0, 0.045], [y, y], color=style.color, linestyle=style.line, linewidth=1.1)
        ax.plot(0.0225, y, marker=style.marker, color=style.color, markersize=4)
        ax.text(0.06, y, material.label(arm, lang), va="center_baseline", fontsize=7)
        found = [
            quantile(both[clock][arm], share) if arm in both[clock] else math.nan
            for clock in ("work", "clock")
            for share in QUANTILES
        ]
        for x, hours in zip(columns, found, strict=True):
            said = "—" if math.isnan(hours) else significant(hours)
            ax.text(x, y, said, ha="right", va="center_baseline", fontsize=7)
