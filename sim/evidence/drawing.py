"""Figures of the evidence pages, in both languages, from the reference results alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.evidence.conditions import DEFAULT_HOURS, JUDGED, MAPPED, OTHERS, capacity
from sim.evidence.sensitivity import LEVEL_OF, flips, top
from sim.evidence.signs import SIDES, luck_bound
from sim.evidence.stored import REFERENCE, Reference, stored, there
from sim.evidence.words import ESTATES, REGIMES, factor, outcome, titled
from sim.report.studies.sheet import (
    BLUE,
    DIVERGING,
    HATCH,
    ORANGE,
    PALE_ORANGE,
    even_rows,
    pure,
    rows_axis,
    shown,
    study_look,
    whisker,
    whole,
)
from sim.report.studies.tables import records
from sim.report.style import fold, make_figure, number, percent_axis
from sim.report.words import ILLUSTRATIVE, say

IMAGES = REFERENCE.parent.parent / "docs" / "img" / "evidence"
DPI = 120


def draw(root: Path = REFERENCE, images: Path = IMAGES) -> list[Path]:
    """Draw every figure whose results are there; PNG, one a language, marked with what it is made of."""
    images.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (study, make) in FIGURES.items():
        if not there(study, root):
            continue
        for lang in ("zh", "en"):
            with study_look():
                reference = stored(study, root)
                figure = make(reference, lang)
                file = images / f"{name}.{lang}.png"
                figure.savefig(file, dpi=DPI, metadata={"Software": "yihe", "Source": reference.digest()})
                written.append(file)
    return written


def _sheet(r: Reference, height: float, title: str, notes: list[str], lang: str) -> Figure:
    m = r.manifest
    source = say(
        lang, f"{m['title']['zh']}；{m['points']} 个点，每点 {m['seeds']} 个种子，{m['weeks']} 周",
        f"{m['title']['en']}; {m['points']} points, {m['seeds']} seeds each, {m['weeks']} weeks")
    return make_figure(height, whole(title, 98), "\n".join([*notes, f"{ILLUSTRATIVE.text(lang)} · {source}"]))


def findings(r: Reference, lang: str) -> Figure:
    """Shares of conditions in which one core does better and worse."""
    signs = r.table("signs")
    names = [*JUDGED, "time_waiting"]
    rows = [(name, estate) for name in names for estate in ESTATES]
    labels = [f"{outcome(name).text(lang)}\n{ESTATES[estate].text(lang)}" for name, estate in rows]
    points, seeds = int(signs["points"].min()), int(signs["seeds"].min())
    bound = luck_bound(points, seeds, len(SIDES) * len(signs)) / points
    chance = 0.5 ** seeds
    figure = _sheet(r, even_rows(labels, 46, 0.3) + 1.5, say(
        lang, "一核多元在多少情形中更好、更差",
        "In what share of conditions one core does better, and worse"), [say(
            lang, f"更好（更差）：每个种子都更好（更差）。毫无差别时凭运气各占 {100 * chance:.0f}%；虚线："
                  f"多次比较合计仍不像运气的界限（{100 * bound:.0f}%），各点共用种子，所以仍嫌太宽容。",
            f"Better (worse): so with every seed; luck alone gives {100 * chance:.0f}% of each. Dashed: the "
            f"bound beyond luck over all comparisons ({100 * bound:.0f}%), too lenient: seeds are shared."
            )], lang)
    panels = figure.subplots(1, len(OTHERS))
    for ax, other in zip(panels, OTHERS, strict=True):
        rows_axis(ax, labels, cells=46, named=ax is panels[0])
        for y, (name, estate) in enumerate(rows):
            row = records(signs[(signs["other"] == other) & (signs["outcome"] == name)
                                & (signs["estate"] == estate)])[0]
            ax.barh(y, row["better"], height=0.6, color=BLUE)
            ax.barh(y, row["untold"], left=row["better"], height=0.6, color="#e4e4e4")
            ax.barh(y, row["worse"], left=1.0 - row["worse"], height=0.6, facecolor=PALE_ORANGE,
                    edgecolor=ORANGE, hatch=HATCH, linewidth=0.5)
        for x in (bound, 1.0 - bound):
            ax.axvline(x, color="#444444", linewidth=0.7, linestyle=(0, (4, 2)))
        ax.set_xlim(0, 1)
        percent_axis(ax, "x")
        ax.set_title(say(lang, f"与{REGIMES[other].zh}比", f"against {REGIMES[other].en}"))
        ax.set_xlabel(say(lang, "占设计点（%）", "share of design points (%)"))
    figure.legend(handles=[
        Patch(facecolor=BLUE, label=say(lang, "一核多元更好", "one core better")),
        Patch(facecolor="#e4e4e4", label=say(lang, "未分", "not told")),
        Patch(facecolor=PALE_ORANGE, edgecolor=ORANGE, hatch=HATCH,
              label=say(lang, "一核多元更差", "one core worse"))],
        loc="lower right", ncols=3)
    return figure


def findings_map(r: Reference, lang: str) -> Figure:
    """Where in load and attention one core leads: satisfaction, one core minus each other regime."""
    points = r.table("points").merge(capacity(r.table("design")), on="point")
    most = float(points[MAPPED].abs().quantile(0.98))
    figure = _sheet(r, 6.4, say(
        lang, "核心的精力与摩擦：当事人满意度，一核多元减去另一种方式",
        "The core's time and frictions: satisfaction of parties, one core minus the other regime"), [say(
            lang, "每个点是一个设计点（其余因子同时在变）；蓝：一核多元更低，橙：更高。虚线：默认的精力。",
            "Each mark is a design point (all other factors move too); blue: one core lower, orange: higher. "
            "Dashed: the default.")], lang)
    frictions = say(lang, "潜在摩擦（起/周·百户）", "frictions (a week per 100 homes)")
    panels = figure.subplots(len(ESTATES), len(OTHERS), sharex=True, sharey=True)
    drawn = None
    for across, other in enumerate(OTHERS):
        for down, estate in enumerate(ESTATES):
            ax = panels[down, across]
            mine = points[(points["other"] == other) & (points["estate"] == estate)]
            drawn = ax.scatter(
                mine["hours"], mine["frictions"], c=mine[MAPPED], cmap=DIVERGING, vmin=-most, vmax=most, s=18,
                linewidths=0.4, edgecolors="#555555")
            ax.axvline(DEFAULT_HOURS, color="#444444", linewidth=0.7, linestyle=(0, (4, 2)))
            pure(ax.xaxis)
            pure(ax.yaxis)
            if across == 0:
                ax.set_ylabel(f"{ESTATES[estate].text(lang)}\n{frictions}")
        panels[0, across].set_title(say(lang, f"与{REGIMES[other].zh}比", f"against {REGIMES[other].en}"))
    panels[-1, len(OTHERS) // 2].set_xlabel(say(
        lang, "核心可用工时（小时/周·千人）", "core's hours (h a week per 1,000 residents)"))
    assert drawn is not None
    bar = figure.colorbar(drawn, ax=panels.ravel().tolist(), shrink=0.7, pad=0.01)
    bar.ax.yaxis.set_major_formatter(lambda value, _: number(round(value, 9)))
    return figure


def calibration(r: Reference, lang: str) -> Figure:
    """Prior and posterior of each parameter, on the prior's range."""
    rows = records(r.table("shrinkage"))
    labels = [_drawable(factor(str(row["parameter"])).text(lang)) for row in rows]
    figure = _sheet(r, even_rows(labels, 40, 0.3) + 1.2, say(
        lang, "先验到后验：数据把每个参数收窄了多少",
        "Prior to posterior: how far data narrowed each parameter"), [say(
            lang, "灰：先验；线：后验的 95%，点：中位数。横轴：先验的范围。",
            "Grey: prior; line: 95 % of the posterior, dot: median. Axis: range of the prior.")], lang)
    ax = figure.add_subplot()
    rows_axis(ax, labels, cells=40)
    for y, row in enumerate(rows):
        least, wide = float(row["prior_low"]), float(row["prior_high"]) - float(row["prior_low"])
        low, middle, high = ((float(row[key]) - least) / wide for key in ("low", "median", "high"))
        ax.barh(y, 1.0, height=0.5, color="#e4e4e4")
        whisker(ax, low, high, y, BLUE, 2.2)
        ax.plot(middle, y, "o", color=BLUE, markersize=4)
        ends = f"{number(round(least, 3))} … {number(round(least + wide, 3))}"
        ax.text(1.02, y, ends, va="center", fontsize=6.5)
    ax.set_xlim(0, 1.22)
    ax.set_xticks([0, 0.5, 1], [say(lang, "下限", "low"), "", say(lang, "上限", "high")])
    return figure


def sensitivity(r: Reference, lang: str) -> Figure:
    """The numbers that matter most for each main outcome: Morris's mean absolute effect."""
    table = r.table("morris")
    names = list(dict.fromkeys(table["outcome"]))
    figure = _sheet(r, 2.35 * math.ceil(len(names) / 2) + 0.6, say(
        lang, "最要紧的十个参数（Morris μ*，无政策、一核多元）",
        "The ten numbers that matter most (Morris μ*, no policy, one core)"), [say(
            lang, "μ*：在近处范围（默认值的一半到两倍）内移动一个参数时指标变化的平均大小；线：95% 区间；空"
                  "心：同一指标内 Holm 校正后与 0 分不开。",
            "μ*: mean size of the change when one number moves within its near range (half to twice the "
            "default); line: 95 % interval; hollow: not told from 0 after Holm within the outcome.")], lang)
    axes = figure.subplots(math.ceil(len(names) / 2), 2).ravel()
    for ax, name in zip(axes, names, strict=False):
        _ranked(ax, top(table, LEVEL_OF, name), name, lang)
    for ax in axes[len(names):]:
        ax.set_axis_off()
    return figure


def _ranked(ax: Axes, rows: pd.DataFrame, name: str, lang: str) -> None:
    labels = [_drawable(factor(str(key)).text(lang)) for key in rows["factor"]]
    rows_axis(ax, labels, cells=36)
    ax.tick_params(axis="y", labelsize=6)
    for y, row in enumerate(records(rows)):
        filled = BLUE if row["told"] else "white"
        ax.plot(row["mu_star"], y, "o", markersize=3.5, color=BLUE, markerfacecolor=filled)
        whisker(ax, row["mu_star_low"], row["mu_star_high"], y, BLUE)
    ax.set_xlim(left=0)
    shown(ax.xaxis, name)
    ax.set_title(fold(titled(name, False, lang), 44), fontsize=7.5)


def flipping(r: Reference, lang: str) -> Figure:
    """One core minus fragmented as single numbers go to the ends of their declared ranges."""
    panels_of = [("none - none_fragmented", name) for name in ("satisfaction", "real_resolution_rate")]
    found = [flips(r, of, name) for of, name in panels_of]
    order = list(dict.fromkeys(key for table in found for key in table["factor"]))
    labels = [_drawable(factor(key).text(lang)) for key in order]
    figure = _sheet(r, even_rows(labels, 34, 0.32) + 1.4, say(
        lang, "一核多元减去多头无核：逐个参数移到声明范围的两端",
        "One core minus fragmented: one number at a time to the ends of its declared range"), [say(
            lang, "▽ 下限，△ 上限；线：95% 区间（种子）；竖虚线：默认值处的差；橙：符号与默认值处相反，两处"
                  "都与 0 分得开（Holm）。",
            "▽ low end, △ high end; line: 95 % interval over seeds; dashed: difference at the defaults; "
            "orange: sign opposite to that, and both told from 0 (Holm).")], lang)
    panels = figure.subplots(1, 2)
    for ax, table, (_, name) in zip(panels, found, panels_of, strict=True):
        rows_axis(ax, labels, cells=34, named=ax is panels[0])
        for row in records(table):
            y = order.index(str(row["factor"])) + (-0.16 if row["end"] == "low" else 0.16)
            color = ORANGE if row["flips"] else BLUE
            whisker(ax, row["low"], row["high"], y, color)
            ax.plot(row["level"], y, "v" if row["end"] == "low" else "^", color=color, markersize=4)
        ax.axvline(0.0, color="#222222", linewidth=0.8)
        ax.axvline(float(table["base"].iloc[0]), color="#444444", linewidth=0.7, linestyle=(0, (4, 2)))
        shown(ax.xaxis, name)
        ax.set_xlabel(fold(titled(name, True, lang), 44))
    return figure


def _drawable(text: str) -> str:
    """Without subscripts, which the figures' font lacks."""
    return text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))


FIGURES: dict[str, tuple[str, Callable[[Reference, str], Figure]]] = {
    "findings": ("evidence_findings", findings), "findings_map": ("evidence_findings", findings_map),
    "calibration": ("evidence_calibration", calibration), "sensitivity": ("evidence_morris", sensitivity),
    "flips": ("evidence_whole", flipping)}
"""Figures by name: of which study, and by which function."""

