"""Figure: every run's value of the main outcomes, so that two-humped distributions show."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.findings import JUDGED
from sim.report.material import Material
from sim.report.style import HAIR, INK, empty, fold, make_figure, percent_axis
from sim.report.words import is_share, outcome_name, say, unit_name

OUTCOMES_SHOWN = JUDGED[:2]


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``outcome, arm, seed, value``.
    """
    data = table(material)
    n = max(1, len(material.arms))
    notes = [
        say(
            lang,
            "每点为一个种子的一次运行，取最后{y}周，上下错开只为看清；箱：上下四分位数，粗线：中位数，"
            "须：最小值和最大值。点若聚成两群，均值不代表其中任何一群。",
            "Each point is one run of one seed over its last {y} weeks, moved up or down only to be seen; "
            "box: quartiles, thick line: median, whiskers: least and greatest. "
            "Where points form two groups, the mean stands for neither.",
        ).format(y=min(52, material.weeks))
    ]
    if material.replicates < 4:
        notes.append(say(lang, "重复少于4次：不画箱。", "Fewer than 4 replicates: no box."))
    figure = make_figure(
        max(2.3, 1.25 + 0.42 * n), say(lang, "各次运行的分布", "Distribution over runs"),
        material.note(lang, *notes))
    axes = figure.subplots(1, len(OUTCOMES_SHOWN), sharey=True)
    for ax, outcome in zip(axes, OUTCOMES_SHOWN, strict=True):
        _panel(ax, material, outcome, lang)
    axes[0].set_yticks(
        range(len(material.arms)), [fold(material.label(arm, lang), 30) for arm in material.keys]
    )
    axes[0].set_ylim(len(material.arms) - 0.5, -0.5)
    return figure, data


def table(material: Material) -> pd.DataFrame:
    """Value of each run, long."""
    frames = [
        material.runs[["arm", "seed"]].assign(outcome=outcome, value=material.runs[outcome])
        for outcome in OUTCOMES_SHOWN
        if outcome in material.runs
    ]
    if not frames:
        return pd.DataFrame(columns=["outcome", "arm", "seed", "value"])
    return pd.concat(frames, ignore_index=True)[["outcome", "arm", "seed", "value"]]


def _panel(ax: Axes, material: Material, outcome: str, lang: str) -> None:
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    drawn = False
    for y, arm in enumerate(material.keys):
        values = material.per_seed(arm, outcome)
        values = values[~np.isnan(values)]
        drawn |= bool(len(values))
        style = material.styles[arm]
        if len(values) >= 4:
            ax.boxplot(
                [values],
                positions=[y],
                orientation="horizontal",
                widths=0.6,
                whis=(0, 100),
                showfliers=False,
                manage_ticks=False,
                boxprops={"color": style.color, "linewidth": 0.8},
                whiskerprops={"color": style.color, "linewidth": 0.8},
                capprops={"color": style.color, "linewidth": 0.8},
                medianprops={"color": INK, "linewidth": 1.2},
            )
        ax.plot(
            np.sort(values),
            y + swarm(values),
            linestyle="none",
            marker=style.marker,
            markersize=3,
            alpha=0.75,
            color=style.color,
            markeredgewidth=0,
        )
    if not drawn:
        empty(ax, say(lang, "没有数据", "no data"))
        return
    if is_share(outcome):
        percent_axis(ax, "x")
    unit = unit_name(outcome, lang)
    if is_share(outcome):
        unit = say(lang, unit.replace("比例", "%"), unit.replace("share", "%"))
    name = outcome_name(outcome, lang)
    ax.set_xlabel(say(lang, f"{name}\n{unit}", _wrap(name, unit)))
    ax.grid(axis="x", color=HAIR)


def _wrap(name: str, unit: str) -> str:
    return f"{name}\n({unit})".replace(", without", ",\nwithout")


def swarm(values: np.ndarray) -> np.ndarray:
    """Sideways places of the sorted values, so that equal values don't hide each other."""
    pattern = np.array([0.0, 0.14, -0.14, 0.07, -0.07, 0.21, -0.21])
    return np.resize(pattern, len(values)) if len(values) else np.empty(0)
