"""Figure: what calibration leaves of the parameters, each alone and each two together."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.studies.factors import Factor
from sim.report.studies.material import StudyMaterial
from sim.report.studies.particles import (
    effective,
    last_generation,
    limits,
    narrowing,
    parameters,
    quantiles,
)
from sim.report.studies.sheet import BLUE, ORANGE, PALE_BLUE, Drawing, nothing, sheet
from sim.report.style import INK, MUTED, fold, number
from sim.report.words import say

FloatArray = npt.NDArray[np.float64]

MOST = 8
"""Parameters drawn; with more, those that calibration narrowed most."""
NAMED = 4
"""Parameters up to which axes carry names; with more they carry numbers and the names are listed."""
BINS = 24
FEW = 100
"""Effective sets below which they are drawn one by one."""
DEPTH = LinearSegmentedColormap.from_list("yihe_depth", ["#ffffff", "#a9d0e8", BLUE])


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure. Data: the last generation of ``posterior``."""
    table = m.table("posterior")
    if table is None:
        return
    title = say(lang, "参数的后验分布（ABC）", "Posterior of the parameters (ABC)")
    data = last_generation(table)
    names = parameters(data)
    if not names or not len(data) or not float(data["weight"].sum()) > 0:
        yield nothing(m, "posterior", title, lang, data, say(
            lang, "没有被接受的参数组", "no set of parameters was accepted"))
        return
    weights = data["weight"].to_numpy(float) / float(data["weight"].sum())
    ends = {name: limits(m, name, data[name].to_numpy(float)) for name in names}
    narrowed = {name: narrowing(data[name].to_numpy(float), weights, ends[name]) for name in names}
    first = sorted(names, key=lambda name: narrowed[name])[:MOST]
    chosen = [name for name in names if name in first]
    figure = _corner(m, data, weights, chosen, ends, title, len(names), lang)
    yield Drawing("posterior", title, figure, data)


def _corner(
    m: StudyMaterial, data: pd.DataFrame, weights: FloatArray, names: list[str],
    ends: dict[str, tuple[float, float]], title: str, total: int, lang: str,
) -> Figure:
    k = len(names)
    notes = [_note(len(data), weights, lang)]
    if total > k:
        notes.append(say(
            lang, f"共 {total} 个参数，只画被收窄最多的 {k} 个；其余见同名 CSV。",
            f"{total} parameters in all: the {k} narrowed most are drawn; the others are in the CSV."))
    figure = sheet(m, {1: 2.2, 2: 3.7, 3: 4.9}.get(k, 6.4), title, notes, lang)
    grid = figure.add_gridspec(k, k)
    named = k <= NAMED
    for i, y in enumerate(names):
        for j, x in enumerate(names[: i + 1]):
            ax = figure.add_subplot(grid[i, j])
            if i == j:
                _alone(ax, m, x, data[x].to_numpy(float), weights, ends[x], lang, titled=named)
            else:
                _together(ax, data[x].to_numpy(float), data[y].to_numpy(float), weights, ends[x], ends[y])
            _axes(ax, (i, j), k, (_name(m, x, j, named, k, lang), _name(m, y, i, named, k, lang)))
    if not named:
        _list(figure.add_subplot(grid[: k // 2, (k + 1) // 2 :]), m, data, weights, names, lang)
    return figure


def _note(n: int, weights: FloatArray, lang: str) -> str:
    number = effective(weights)
    text = say(
        lang,
        f"末代 {n} 组参数，按权重（有效 {number:.0f} 组）。横轴为整个先验范围；虚线：先验；"
        "橙线：中位数与95%区间。后验只相对于所用的目标、距离和先验而言。",
        f"{n} sets of parameters of the last generation, weighted (effective {number:.0f}). Axes span the "
        "prior range; dashed: prior; orange: median and 95 % interval. A posterior holds for these targets, "
        "this distance and this prior only.",
    )
    if number < FEW:
        return text + say(
            lang, "有效组数很少：只画各组，面积为其权重，形状只是大概。",
            " Few effective sets: each is drawn, its area being its weight; shapes are rough.")
    return text + say(lang, "等高线：50%与95%。", " Contours: 50 % and 95 %.")


def _alone(
    ax: Axes, m: StudyMaterial, name: str, values: FloatArray, weights: FloatArray,
    ends: tuple[float, float], lang: str, *, titled: bool,
) -> None:
    height, edges = np.histogram(values, BINS, ends, density=True, weights=weights)
    ax.stairs(height, edges, fill=True, facecolor=PALE_BLUE, edgecolor=BLUE, linewidth=0.5)
    ax.plot(*_prior(m, name, ends), color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
    low, middle, high = quantiles(values, weights, (0.025, 0.5, 0.975))
    for x, style in ((low, (0, (2, 1.2))), (middle, "-"), (high, (0, (2, 1.2)))):
        ax.axvline(x, color=ORANGE, linewidth=1.0, linestyle=style)
    ax.set_xlim(*ends)
    ax.set_ylim(bottom=0)
    ax.set_yticks([])
    if titled:
        ax.set_title(_interval(m.factor(name), low, middle, high, lang), fontsize=7)


def _prior(m: StudyMaterial, name: str, ends: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Values and density of a parameter's prior."""
    low, high, shape = m.prior(name)
    if not high > low:
        low, high = ends
    x = np.linspace(low, high, 60)
    if shape == "log_uniform" and low > 0.0:
        return x, 1.0 / (x * math.log(high / low))
    return x, np.full(60, 1.0 / (high - low))


def _interval(factor: Factor, low: float, middle: float, high: float, lang: str) -> str:
    value, least, most = (factor.value(x, lang, 3) for x in (middle, low, high))
    return f"{value} [{least}, {most}]"


def _together(
    ax: Axes, x: FloatArray, y: FloatArray, weights: FloatArray, across: tuple[float, float],
    up: tuple[float, float],
) -> None:
    if effective(weights) < FEW:
        ax.scatter(x, y, s=60.0 * weights / weights.max(), color=BLUE, alpha=0.7, linewidths=0)
        ax.set_xlim(*across)
        ax.set_ylim(*up)
        return
    from scipy.ndimage import gaussian_filter

    counts, xs, ys = np.histogram2d(x, y, BINS, [across, up], weights=weights)
    depth = gaussian_filter(counts, 1.0, mode="nearest")
    ax.pcolormesh(xs, ys, depth.T, cmap=DEPTH, vmin=0.0, rasterized=True)
    levels = _levels(depth)
    if levels:
        middle = [(edges[1:] + edges[:-1]) / 2 for edges in (xs, ys)]
        ax.contour(*middle, depth.T, levels=levels, colors=INK, linewidths=[0.6, 0.9][-len(levels):])


def _levels(depth: FloatArray) -> list[float]:
    """Heights above which 95 % and 50 % of the weight lie, ascending and distinct."""
    ordered = np.sort(depth.ravel())[::-1]
    held = np.cumsum(ordered) / max(float(ordered.sum()), 1e-300)
    places = [min(int(np.searchsorted(held, share)), len(ordered) - 1) for share in (0.95, 0.5)]
    found = {float(ordered[place]) for place in places}
    return sorted(level for level in found if 0.0 < level < float(ordered[0]))


def _name(m: StudyMaterial, key: str, place: int, named: bool, k: int, lang: str) -> str:
    return fold(m.factor(key).titled(lang), 84 // k) if named else str(place + 1)


def _axes(ax: Axes, place: tuple[int, int], k: int, names: tuple[str, str]) -> None:
    i, j = place
    ax.xaxis.set_major_locator(MaxNLocator(4 if k <= 5 else 3, prune="both"))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 9))))
    ax.tick_params(labelsize=6.5, labelbottom=i == k - 1)
    if i == k - 1:
        ax.set_xlabel(names[0], fontsize=7)
    if i != j:
        ax.yaxis.set_major_locator(MaxNLocator(4, prune="both"))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 9))))
        ax.tick_params(labelleft=j == 0)
    if j == 0 and i > 0:
        ax.set_ylabel(names[1], fontsize=7)


def _list(
    ax: Axes, m: StudyMaterial, data: pd.DataFrame, weights: FloatArray, names: list[str], lang: str
) -> None:
    ax.set_axis_off()
    lines = [say(lang, "参数：中位数 [95%区间]", "Parameter: median [95 % interval]")]
    for place, name in enumerate(names):
        factor = m.factor(name)
        low, middle, high = quantiles(data[name].to_numpy(float), weights, (0.025, 0.5, 0.975))
        lines.append(fold(f"{place + 1} {factor.titled(lang)}", 58))
        lines.append(f"   {_interval(factor, low, middle, high, lang)}")
    ax.text(0.0, 1.0, "\n".join(lines), transform=ax.transAxes, ha="left", va="top", fontsize=7,
            linespacing=1.35, in_layout=False)
