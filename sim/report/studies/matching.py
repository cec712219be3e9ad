"""Figures: history matching, how much of the space each wave leaves, and where it lies."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.studies import matrix
from sim.report.studies.material import StudyMaterial
from sim.report.studies.particles import limits
from sim.report.studies.sheet import (
    BLUE,
    PALE_BLUE,
    SEQUENTIAL,
    Drawing,
    even_rows,
    nothing,
    rows_axis,
    sheet,
)
from sim.report.studies.tables import counted, records
from sim.report.style import MUTED, fold, number
from sim.report.words import say

FloatArray = npt.NDArray[np.float64]

MOST = 6
"""Parameters in the matrix; with more, those that are restricted most."""
BINS = 12
OWN = frozenset({"implausibility", "cutoff", "wave", "point", "key", "seed", "kept"})
"""Columns that are no parameters."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """A figure of the waves, and one of the implausibility over each two parameters.

    Data: ``waves``; ``implausibility``.
    """
    waves, points = m.table("waves"), m.table("implausibility")
    if waves is not None:
        yield _waves(m, waves, lang)
    if points is not None:
        yield _matrix(m, points, lang)


def _waves(m: StudyMaterial, waves: pd.DataFrame, lang: str) -> Drawing:
    title = say(lang, "历史匹配：各轮后剩余的参数空间", "History matching: space left after each wave")
    if not waves["share_left"].notna().any():
        return nothing(m, "waves", title, lang, waves)
    rows = records(waves)
    labels = [
        say(lang, f"第 {int(row['wave'])} 轮（{int(row['points'])} 点）",
            f"wave {int(row['wave'])} ({counted(int(row['points']), 'point')})") for row in rows]
    figure = sheet(m, even_rows(labels, least=0.26) + 0.5, title, [say(
        lang, "剩余：尚未被任何一个目标排除的参数空间，占先验范围的比例。",
        "Left: share of the prior range that no target has ruled out yet.")], lang)
    ax = figure.add_subplot()
    rows_axis(ax, labels)
    share = waves["share_left"].to_numpy(float)
    least = float(np.nanmin(share[share > 0])) if (share > 0).any() else 1.0
    wide = least < 0.01
    floor = 10.0 ** math.floor(math.log10(least) - 0.3) if wide else 0.0
    for y, row in enumerate(rows):
        left = float(row["share_left"])
        if math.isnan(left):
            continue
        ax.barh(y, max(left - floor, 0.0), left=floor, height=0.6, color=PALE_BLUE, edgecolor=BLUE,
                linewidth=0.7)
        ax.annotate(
            _percent(left), (max(left, floor), y), (4, 0), textcoords="offset points", va="center",
            fontsize=7)
    if wide:
        ax.set_xscale("log")
        ax.set_xlim(floor, 3.0)
    else:
        ax.set_xlim(0, 1.12 * max(1.0 if least > 0.2 else float(np.nanmax(share)), 1e-9))
        ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(float(f"{100 * value:.3g}"))))
    ax.set_xlabel(say(lang, "剩余的参数空间（占先验范围的%" + ("，对数）" if wide else "）"),
                      "space left (% of the prior range" + (", logarithmic)" if wide else ")")))
    return Drawing("waves", title, figure, waves)


def _percent(share: float) -> str:
    return f"{number(float(f'{100 * share:.2g}'))}%"


def _matrix(m: StudyMaterial, points: pd.DataFrame, lang: str) -> Drawing:
    title = say(lang, "历史匹配：不可信度", "History matching: implausibility")
    names = [str(name) for name in points.columns if name not in OWN
             and pd.api.types.is_numeric_dtype(points[name]) and points[name].dtype != bool]
    points = points.reset_index(drop=True)
    if len(names) < 2 or not points["implausibility"].notna().any():
        why = say(lang, "至少需要两个参数和一个点", "two parameters and a point are needed")
        return nothing(m, "implausibility", title, lang, points, why)
    values = points["implausibility"].to_numpy(float)
    cutoff = float(points["cutoff"].iloc[0])
    ends = {name: limits(m, name, points[name].to_numpy(float)) for name in names}
    kept = values <= cutoff
    width = {name: _kept_width(points[name].to_numpy(float), kept, ends[name]) for name in names}
    narrowest = sorted(names, key=lambda name: width[name])[:MOST]
    chosen = [name for name in names if name in narrowest]
    k = len(chosen)
    figure = sheet(m, 0.3 + min(5.6, 1.4 * k + 0.4), title, [_note(cutoff, len(names), k, lang)], lang)
    axes = figure.subplots(k, k, squeeze=False)
    norms = Normalize(0.0, 2.0 * cutoff), Normalize(0.0, 1.0)
    for i, y in enumerate(chosen):
        for j, x in enumerate(chosen):
            ax = axes[i, j]
            _ticks(ax, (i, j), k)
            if i == j:
                ax.set_axis_off()
                continue
            least, share = binned(points[x].to_numpy(float), points[y].to_numpy(float), values, cutoff,
                                  ends[x], ends[y])
            edges = [np.linspace(*ends[name], BINS + 1) for name in (x, y)]
            what, norm = (least, norms[0]) if i > j else (share, norms[1])
            ax.pcolormesh(*edges, np.ma.masked_invalid(what.T), norm=norm,
                          cmap=f"{SEQUENTIAL}_r" if i > j else "Greens", rasterized=True)
            ax.set_facecolor("#eeeeee")
    whole = [ax for row in axes for ax in row]
    matrix.bar(figure, whole, norms[0], f"{SEQUENTIAL}_r",
               say(lang, "左下：最小不可信度", "lower left: least implausibility"), shrink=0.8)
    matrix.bar(figure, whole, norms[1], "Greens",
               say(lang, "右上：未排除的点所占比例（%）", "upper right: points not ruled out (%)"),
               shrink=0.8, scale=100.0)
    _names(axes, m, chosen, lang)
    return Drawing("implausibility", title, figure, points)


def binned(
    x: FloatArray, y: FloatArray, values: FloatArray, cutoff: float, across: tuple[float, float],
    up: tuple[float, float],
) -> tuple[FloatArray, FloatArray]:
    """Least implausibility, and share of points not ruled out, in each cell of two parameters.

    Returns
    -------
    (array, array), each of shape (BINS, BINS)
        NaN in cells without a point.
    """
    def place(z: FloatArray, ends: tuple[float, float]) -> npt.NDArray[np.intp]:
        return np.clip(((z - ends[0]) / (ends[1] - ends[0]) * BINS).astype(np.intp), 0, BINS - 1)

    known = ~np.isnan(values)
    cell = (place(x, across) * BINS + place(y, up))[known]
    least = np.full(BINS * BINS, np.inf)
    np.minimum.at(least, cell, values[known])
    count = np.bincount(cell, minlength=BINS * BINS)
    kept = np.bincount(cell, values[known] <= cutoff, BINS * BINS)
    share = np.where(count > 0, kept / np.maximum(count, 1), np.nan)
    return np.where(count > 0, least, np.nan).reshape(BINS, BINS), share.reshape(BINS, BINS)


def _kept_width(values: FloatArray, kept: npt.NDArray[np.bool_], ends: tuple[float, float]) -> float:
    if not kept.any():
        return 1.0
    return float(np.subtract(*np.quantile(values[kept], [0.975, 0.025]))) / (ends[1] - ends[0])


def _note(cutoff: float, total: int, k: int, lang: str) -> str:
    text = say(
        lang,
        f"不可信度：模拟与目标之差除以其全部标准差；超过 {cutoff:g} 即排除。"
        "每格对其余参数取最小（左下）或求比例（右上）；灰：没有点。",
        "Implausibility: distance between simulation and target in standard deviations of all that is "
        f"uncertain; above {cutoff:g} it is ruled out. Each cell takes the least (lower left) or the share "
        "(upper right) over all other parameters; grey: no point.",
    )
    if total > k:
        text += say(lang, f"共 {total} 个参数，只画受限最多的 {k} 个。",
                    f" {total} parameters in all: the {k} restricted most are drawn.")
    return text


def _ticks(ax: Axes, place: tuple[int, int], k: int) -> None:
    i, j = place
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(4, prune="both"))
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 9))))
    # The corner panels hold names only: their neighbours carry the scale of that row and column
    left, bottom = j == 0 or (i, j) == (0, 1), i == k - 1 or (i, j) == (k - 2, k - 1)
    ax.tick_params(labelsize=6, length=2, labelbottom=bottom, labelleft=left)


def _names(axes: np.ndarray, m: StudyMaterial, chosen: list[str], lang: str) -> None:
    """Names on the diagonal, which shows nothing else."""
    for place, key in enumerate(chosen):
        axes[place, place].text(
            0.5, 0.5, fold(m.factor(key).titled(lang), max(10, 66 // len(chosen))), ha="center", va="center",
            fontsize=6.5, transform=axes[place, place].transAxes, in_layout=False, color=MUTED)
