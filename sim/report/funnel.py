"""Figure: what becomes of friction, from potential to really resolved, with what falls by the wayside."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report.material import Material
from sim.report.style import INK, REALLY, SIDE, empty, fold, make_figure
from sim.report.words import say, significant
from sim.study.statistics import interval
from sim.vocabulary import Status


class Step(NamedTuple):
    """One row of the funnel."""

    key: str
    zh: str
    en: str
    main: bool
    """Whether it is a stage; otherwise a side flow."""


STEPS = (
    Step("potential", "潜在摩擦", "potential frictions", True),
    Step("latent", "隐性纠纷与诉求", "latent disputes", True),
    Step("silent", "沉默未被发现", "silent, never found", False),
    Step("found", "被发现", "found", True),
    Step("gave_up", "当事人放弃", "parties gave up", False),
    Step("open", "仍在办理", "still open", False),
    Step("escalated", "仍在街道", "still with the street", False),
    Step("paper", "纸面办结", "closed on paper", False),
    Step("resolved", "实际化解", "really resolved", True),
)

_SERIES = {
    "latent": "latent_disputes",
    "silent": "silent_disputes",
    "escalated": "escalated",
    "paper": "closed_on_paper",
    "resolved": "resolved",
}
_PARTS = (
    "resolved",
    "paper",
    "escalated",
    "open",
    "gave_up",
    "silent",
)  # left to right inside the latent bar
_CLIP = 1.3  # bars are cut at this many times the longest latent bar; potential friction may be far longer


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``arm, step, mean, low, high, runs``, per 1,000 residents a year.
    """
    data = table(material)
    arms = material.keys
    columns = {1: 1, 2: 2, 4: 2}.get(len(arms), 3)
    lines = math.ceil(len(arms) / columns)
    note = say(
        lang,
        "预热后整个运行（{w}周）中产生的件，按运行结束时的状态，折合每年；摘要和效果图取最后{y}周，因此数值不同。\n"
        "被发现 = 隐性 − 沉默，等于其下各项之和；横条在其所占的隐性纠纷区段内；"
        "误差线：95%区间；//：横条截断。",
        "Cases born in the whole run ({w} weeks after the warm-up), by their state at its end, per year; "
        "summary and effects show the last {y} weeks, so their numbers differ.\n"
        "Found = latent − silent, the sum of the rows below it. Side flows lie in their part of the latent "
        "bar; whiskers: 95 % interval; //: bar cut.",
    ).format(w=material.weeks, y=min(52, material.weeks))
    figure = make_figure(
        0.85 + 2.1 * lines,
        say(lang, "从潜在摩擦到实际化解", "From potential friction to real resolution"),
        material.note(lang, note),
    )
    axes = figure.subplots(lines, columns, sharex=True, squeeze=False)
    latent = data.loc[data["step"] == "latent", "mean"].max() if len(data) else math.nan
    for i, ax in enumerate(axes.flat):
        if i >= len(arms):
            ax.set_axis_off()
            continue
        _panel(
            ax, material, data[data["arm"] == arms[i]], arms[i], float(latent), lang, first=i % columns == 0
        )
        if i + columns >= len(arms):
            ax.tick_params(labelbottom=True)
            ax.set_xlabel(say(lang, "件/千人/年", "per 1,000 residents a year"))
    return figure, data


def table(material: Material) -> pd.DataFrame:
    """Mean and interval over runs of each step and arm."""
    rows = []
    for arm in material.keys:
        per_run = _per_run(material, arm)
        for step in STEPS:
            values = per_run[step.key].to_numpy(float)
            values = values[~np.isnan(values)]
            if len(values):
                mean, low, high = interval(values, bounds=(0.0, math.inf))
                rows.append((arm, step.key, mean, low, high, len(values)))
    return pd.DataFrame(rows, columns=["arm", "step", "mean", "low", "high", "runs"])


def _per_run(material: Material, arm: str) -> pd.DataFrame:
    """Steps of each run per 1,000 residents a year, one row a seed.

    The cohort of logged cases is split by its state at the end and scaled so that its total is the rate of
    latent disputes: parts then add up exactly. Found cases that ended silent are those whose parties gave up.
    Without a case log the weekly flows stand in.
    """
    own = material.series[material.series["arm"] == arm]
    names = {
        step: name for step, name in {"potential": "potential_frictions", **_SERIES}.items() if name in own
    }
    yearly = 52.0 * own.groupby("seed")[list(names.values())].mean()
    flows = pd.DataFrame({step: yearly[name] for step, name in names.items()})
    flows = flows.reindex(columns=[step.key for step in STEPS])
    flows["found"] = flows["latent"] - flows["silent"]
    cases = material.cases
    cases = cases[cases["arm"] == arm] if len(cases) else cases
    if not len(cases):
        return flows
    count = cases.groupby("seed").size().reindex(flows.index, fill_value=0)
    scale = flows["latent"] / count.where(count > 0)
    for status in Status:
        flows[status.key] = _count(cases[cases["status"] == status.key], flows.index) * scale
    gave_up = cases[(cases["status"] == Status.SILENT.key) & cases["find_work"].notna()]
    flows["gave_up"] = _count(gave_up, flows.index) * scale
    flows["silent"] -= flows["gave_up"]
    flows["found"] = flows["latent"] - flows["silent"]
    return flows


def _count(cases: pd.DataFrame, seeds: pd.Index) -> pd.Series:
    return cases.groupby("seed").size().reindex(seeds, fill_value=0).astype(float)


def _panel(
    ax: Axes, material: Material, rows: pd.DataFrame, arm: str, latent: float, lang: str, *, first: bool
) -> None:
    style = material.styles[arm]
    ax.set_title(fold(material.label(arm, lang), 36), color=style.color if arm != material.control else INK)
    if not len(rows) or not latent > 0:
        empty(ax, say(lang, "没有件", "no cases"))
        return
    mean = {str(k): float(v) for k, v in zip(rows["step"], rows["mean"], strict=True)}
    low, high = (rows.set_index("step")[end].to_dict() for end in ("low", "high"))
    left = _lefts(mean)
    limit = _CLIP * latent
    for y, step in enumerate(STEPS):
        value = mean.get(step.key, math.nan)
        if math.isnan(value):
            continue
        _bar(ax, y, step, value, left.get(step.key, 0.0), limit)
        if (
            step.main
            and step.key != "potential"
            and not math.isnan(low[step.key])
            and high[step.key] > low[step.key]
        ):
            ax.plot([low[step.key], high[step.key]], [y, y], color=INK, linewidth=0.8, solid_capstyle="butt")
        end = min(left.get(step.key, 0.0) + value, limit)
        end = max(
            end,
            high[step.key]
            if step.main and step.key != "potential" and high[step.key] == high[step.key]
            else 0,
        )
        ax.annotate(
            significant(value, digits=3 if value >= 10 else 2),
            (end, y),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=6.8,
            color=INK if step.main else "#555555",
        )
    ax.set_ylim(len(STEPS) - 0.4, -0.6)
    ax.set_xlim(0, 1.22 * limit)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_yticks(range(len(STEPS)), [("" if s.main else "· ") + say(lang, s.zh, s.en) for s in STEPS])
    ax.tick_params(axis="y", length=0, labelleft=first)


def _bar(ax: Axes, y: int, step: Step, value: float, left: float, limit: float) -> None:
    color = REALLY if step.key == "resolved" else "#8a8a8a" if step.main else SIDE
    ax.barh(
        y, min(value, limit - left), left=left, height=0.72 if step.main else 0.46, color=color, linewidth=0
    )
    if value > limit:
        ax.text(0.93 * limit, y, "//", color="white", ha="center", va="center", fontsize=8)


def _lefts(mean: dict[str, float]) -> dict[str, float]:
    """Where each part of the latent bar starts: really resolved at 0, silent last."""
    starts, at = {}, 0.0
    for part in _PARTS:
        value = mean.get(part, math.nan)
        starts[part] = at
        at += 0.0 if math.isnan(value) else value
    return starts
