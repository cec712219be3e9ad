"""Figure: weekly mean of each arm with its pointwise band."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.report.studies.arms_key import arms_key, key_lines
from sim.report.studies.cells import complete
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import weekly_unit
from sim.report.studies.sheet import Drawing, nothing, sheet, shown
from sim.report.studies.tables import counted
from sim.report.style import HAIR, empty, fold
from sim.report.words import say, short_name
from sim.study.ranges import of_level
from sim.study.statistics import Band, band

COLUMNS = ["outcome", "arm", "week", "mean", "low", "high", "spread_low", "spread_high", "seeds", "points"]
MANY_POINTS = 5
"""Points from which their spread is shown."""
FEW_ARMS = 2
"""Arms up to which it is shown."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure, a panel an outcome.

    Data columns: :data:`COLUMNS`.
    """
    series = m.table("series")
    if series is None or m.searched:
        return
    title = say(lang, "逐周均值与95%区间", "Weekly means with 95 % intervals")
    outcomes = [outcome for outcome in m.outcomes if outcome in series]
    data = pd.concat([table(series, outcome, list(m.arms)) for outcome in outcomes], ignore_index=True) \
        if outcomes and len(series) else pd.DataFrame(columns=COLUMNS)
    if not data["mean"].notna().any():
        yield nothing(m, "bands", title, lang, data, say(lang, "没有逐周数据", "no weekly series"))
        return
    across = min(2, len(outcomes))
    down = math.ceil(len(outcomes) / across)
    lines = key_lines(m, lang)
    figure = sheet(m, 0.1 + 2.1 * down + 0.17 * lines, title, _notes(m, data, lang), lang)
    grid = figure.add_gridspec(down + 1, across, height_ratios=[2.1] * down + [0.15 * lines + 0.05])
    for place, outcome in enumerate(outcomes):
        ax = figure.add_subplot(grid[place // across, place % across])
        _panel(ax, m, data[data["outcome"] == outcome], outcome, lang)
    arms_key(figure.add_subplot(grid[down, :]), m, lang)
    yield Drawing("bands", title, figure, data)


def table(series: pd.DataFrame, outcome: str, arms: list[str]) -> pd.DataFrame:
    """Mean over the points within each seed, then mean and 95 % t-interval over seeds, week by week.

    Parameters
    ----------
    series : DataFrame
        ``point, arm, seed, week`` and the outcome, in any order.
    outcome : str
    arms : list of str

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`; ``spread_low, spread_high`` are the 5th and 95th percentile over points of
        the points' means, NaN where there are fewer than :data:`MANY_POINTS` points.
    """
    # Hashing is several times faster than the sorting of np.unique
    (p, points), (s, seeds), (w, weeks) = (
        pd.factorize(series[name].to_numpy(), sort=True) for name in ("point", "seed", "week"))
    codes, found = pd.factorize(series["arm"])
    a, value = pd.Index(arms).get_indexer(found)[codes], series[outcome].to_numpy(float)
    if (a < 0).any():
        p, s, w, a, value = (x[a >= 0] for x in (p, s, w, a, value))
    there = np.zeros((len(points), len(seeds), len(arms)), bool)
    there[p, s, a] = True
    kept_points, kept_seeds = complete(np.asarray(there.all(axis=2), bool))
    if not (kept_points.all() and kept_seeds.all()):
        use = kept_points[p] & kept_seeds[s]
        p, s, w, a, value = (x[use] for x in (p, s, w, a, value))
    shape = len(arms), len(weeks)
    by_seed = _means(a, s, w, value, (len(arms), len(seeds), len(weeks)))[:, kept_seeds]
    spread = np.full((2, *shape), np.nan)
    if int(kept_points.sum()) >= MANY_POINTS:
        by_point = _means(a, p, w, value, (len(arms), len(points), len(weeks)))[:, kept_points]
        # A plain quantile is many times faster, and gives NaN where the other would have to leave some out
        spread = np.quantile(by_point, [0.05, 0.95], axis=1)
    frames = []
    for i, arm in enumerate(arms):
        held = band(by_seed[i], bounds=of_level(outcome)) if kept_seeds.any() \
            else Band(*(np.full(len(weeks), np.nan),) * 3)
        frames.append(pd.DataFrame({
            "outcome": outcome, "arm": arm, "week": weeks, "mean": held.mean, "low": held.low,
            "high": held.high, "spread_low": spread[0, i], "spread_high": spread[1, i],
            "seeds": int(kept_seeds.sum()), "points": int(kept_points.sum())}))
    return pd.concat(frames, ignore_index=True)[COLUMNS] if frames else pd.DataFrame(columns=COLUMNS)


def _means(
    a: np.ndarray, x: np.ndarray, w: np.ndarray, value: np.ndarray, shape: tuple[int, int, int]
) -> np.ndarray:
    """Mean in each cell of (arm, seed or point, week); NaN where there is no value."""
    known = ~np.isnan(value)
    cell = np.ravel_multi_index((a, x, w), shape)
    size = int(np.prod(shape))
    count = np.bincount(cell, known, size)
    total = np.bincount(cell, np.where(known, value, 0.0), size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(shape)


def _notes(m: StudyMaterial, data: pd.DataFrame, lang: str) -> list[str]:
    seeds, points = int(data["seeds"].max()), int(data["points"].max())
    text = say(
        lang,
        f"线：先在每个种子内对 {points} 个设计点求均值，再对 {seeds} 个种子求均值；阴影：逐周95% t区间。",
        f"Lines: mean over {counted(points, 'design point')} within each seed, then over "
        f"{counted(seeds, 'seed')}; shading: pointwise 95 % t-interval.",
    )
    if seeds < 2:
        text += say(lang, "只有一个种子：没有区间。", " One seed: no band.")
    if seeds < len(m.seeds):
        text += say(
            lang, "只用各设计点都有的种子。", " Only seeds that all these points have.")
    if _spread_shown(m, data):
        text += say(
            lang, "细线：各设计点均值的第5与第95百分位。",
            " Thin lines: 5th and 95th percentile of the points.")
    return [text]


def _spread_shown(m: StudyMaterial, data: pd.DataFrame) -> bool:
    return len(m.arms) <= FEW_ARMS and bool(data["spread_low"].notna().any())


def _panel(ax: Axes, m: StudyMaterial, data: pd.DataFrame, outcome: str, lang: str) -> None:
    if not data["mean"].notna().any():
        empty(ax, say(lang, "没有数值", "no values"))
        return
    for arm, style in m.styles.items():
        rows = data[data["arm"] == arm]
        week = rows["week"].to_numpy()
        if rows["low"].notna().any():
            ax.fill_between(week, rows["low"], rows["high"], color=style.color, alpha=0.22, linewidth=0)
        if _spread_shown(m, data):
            for end in ("spread_low", "spread_high"):
                ax.plot(week, rows[end], color=style.color, linestyle=style.line, linewidth=0.5, alpha=0.6)
        ax.plot(
            week, rows["mean"], color=style.color, linestyle=style.line, marker=style.marker, markersize=3,
            markevery=(0.1, 0.25) if len(rows) > 4 else None)
    ax.set_xlabel(say(lang, "周（预热后起算）", "week after the warm-up"))
    ax.set_title(fold(short_name(outcome, lang), 52))
    ax.set_ylabel(fold(weekly_unit(outcome, lang), 26))
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    shown(ax.yaxis, outcome)
    ax.grid(axis="y", color=HAIR)
