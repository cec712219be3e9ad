"""Figure: change in each arm against the control with its interval, and what is claimed beside it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from sim.outcomes import OUTCOMES
from sim.report.findings import JUDGED
from sim.report.material import Material
from sim.report.pairs import Effect, effect, headings, pairs
from sim.report.style import HAIR, INK, MUTED, empty, fold, make_figure, number
from sim.report.words import say, short_name

BLOCKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "参与",
        "Participation",
        ("participation_52_other", "participation_52", "participation_52_public", "hours_given"),
    ),
    (
        "纠纷与诉求",
        "Disputes and demands",
        (
            "latent_neighbour_disputes",
            "latent_disputes",
            "silent_disputes",
            "resolved",
            "closed_on_paper",
            "time_to_close",
            "satisfaction",
        ),
    ),
    ("状态", "State", ("trust_core", "efficacy", "autonomy", "staff_load")),
)
"""Outcomes shown, by block: the first of each block is the one judged or leads to it."""

BETTER = {"more": "↑", "less": "↓", "neither": ""}

WIDE = 1.5
"""Half-width (relative change) beyond which an axis is linear near 0 and logarithmic farther out."""
LINEAR = 0.2
"""Half-width of its linear part."""
_ROW = 0.075  # inches a mark
_SPAN = 0.72  # of a row, taken by the marks of its arms
_GAP = 0.07  # inches between outcomes


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``kind``, those of :class:`sim.report.pairs.Effect`, and ``claimed_relative``.
    """
    data = table(material)
    there = set(data["outcome"])
    blocks = [(say(lang, zh, en), [o for o in names if o in there]) for zh, en, names in BLOCKS]
    blocks = [(title, names) for title, names in blocks if names]
    kinds = [kind for kind in ("policy", "other") if (data["kind"] == kind).any()]
    note = material.note(lang, *_notes(material, data, lang))
    title = say(lang, "效果：相对变化与95%区间", "Effects: relative change with 95 % intervals")
    if not blocks:
        figure = make_figure(2.2, title, note)
        nothing = say(lang, "没有可比的方案：至少需要两个", "nothing to compare: two arms are needed")
        empty(figure.add_subplot(), nothing)
        return figure, data
    most = max(data.loc[data["kind"] == kind, "arm"].nunique() for kind in kinds)
    heights = [(_ROW * most + _GAP) * len(names) for _, names in blocks]
    legend = 0.17 * (most + 1) + 0.1
    figure = make_figure(sum(heights) + 0.45 * len(blocks) + legend + 1.05, title, note)
    grid = figure.add_gridspec(len(blocks) + 1, len(kinds), height_ratios=[*heights, legend])
    for column, kind in enumerate(kinds):
        rows = data[data["kind"] == kind]
        for line, (name, names) in enumerate(blocks):
            ax = figure.add_subplot(grid[line, column])
            limit = _limit(data[data["outcome"].isin(names)])
            _panel(ax, material, rows, names, limit, lang, labels=column == 0)
            heading = headings(lang)[kind == "other"] + "\n"
            ax.set_title((heading if line == 0 else "") + name)
        ax.set_xlabel(say(lang, "相对变化（%）", "relative change (%)"))
        _key(
            figure.add_subplot(grid[len(blocks), column]),
            material,
            rows,
            lang,
        )
    return figure, data


def table(material: Material) -> pd.DataFrame:
    """Effects of the outcomes shown, with the relative change claimed where there is one."""
    claimed: dict[tuple[object, ...], float] = {
        (c["arm"], c["against"], c["outcome"]): float(c["claimed_relative"])
        for c in material.claims.to_dict("records")
        if c["judged"]
    }
    rows = []
    for pair in pairs(material):
        for outcome in (o for _, _, names in BLOCKS for o in names):
            found = effect(material, pair, outcome)
            if found is not None:
                claim = claimed.get((pair.arm, pair.against, outcome), math.nan)
                kind = "policy" if pair.policy else "other"
                rows.append({"kind": kind, **found._asdict(), "claimed_relative": claim})
    return pd.DataFrame(rows, columns=["kind", *Effect._fields, "claimed_relative"])


def _notes(material: Material, data: pd.DataFrame, lang: str) -> list[str]:
    notes = [
        say(
            lang,
            "相对变化（%），按种子配对；误差线：95%区间；◇：来源所称；↑/↓：越高/越低越好；*：用于判断。",
            "Relative change, paired by seed; whiskers: 95 % interval; ◇: claimed by a source; "
            "↑/↓: more/less is better; *: used for verdicts.",
        )
    ]
    names = [str(o) for o in data.loc[data["relative"].isna(), "outcome"].unique()] if len(data) else []
    if names:
        listed = say(lang, "、", ", ").join(short_name(o, lang) for o in names)
        notes.append(
            say(lang, "参照均值为0或缺失，无相对变化：", "No ratio (reference is 0 or missing): ") + listed
        )
    if len(data) and any(_limit(data[data["outcome"].isin(names)]) > WIDE for _, _, names in BLOCKS):
        notes.append(
            say(lang, "范围很大的横轴在±20%以外为对数。", "Very wide axes are logarithmic beyond ±20 %."))
    if material.replicates < 2:
        notes.append(say(lang, "只有一次重复：没有区间。", "One replicate: no interval."))
    return notes


def _panel(
    ax: Axes,
    material: Material,
    data: pd.DataFrame,
    names: list[str],
    limit: float,
    lang: str,
    *,
    labels: bool,
) -> None:
    arms = [str(arm) for arm in data["arm"].unique()]
    offsets = np.linspace(-_SPAN / 2, _SPAN / 2, len(arms)) if len(arms) > 1 else np.zeros(1)
    for y, outcome in enumerate(names):
        if y % 2:
            ax.axhspan(y - 0.5, y + 0.5, color="#f5f5f5", linewidth=0, zorder=-2)
        for arm, offset in zip(arms, offsets, strict=True):
            rows = data[(data["outcome"] == outcome) & (data["arm"] == arm)]
            if len(rows):
                _mark(ax, material, rows.iloc[0], y + float(offset), limit)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=-1)
    if limit > WIDE:
        ax.set_xscale("symlog", linthresh=LINEAR)
        ticks = [t for t in (-10.0, -1.0, -LINEAR, 0.0, LINEAR, 1.0, 10.0) if abs(t) <= 0.9 * limit]
        ax.xaxis.set_major_locator(FixedLocator(ticks))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(6, symmetric=True))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(-limit * 1.04, limit * 1.04)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), [_row_name(o, lang) for o in names])
    ax.tick_params(axis="y", length=0, labelleft=labels)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(FuncFormatter(_signed_percent))
    ax.grid(axis="x", color=HAIR)


def _signed_percent(value: float, _: int | None = None) -> str:
    return ("+" if value > 1e-12 else "") + number(round(100 * value, 6))


def _row_name(outcome: str, lang: str) -> str:
    star = " *" if outcome in JUDGED else ""
    return f"{short_name(outcome, lang)}{star} {BETTER[OUTCOMES[outcome].better]}"


def _mark(ax: Axes, material: Material, row: pd.Series, y: float, limit: float) -> None:
    style = material.styles[str(row["arm"])]
    value, low, high = (float(row[c]) for c in ("relative", "relative_low", "relative_high"))
    if not math.isnan(low):
        ax.plot(
            np.clip([low, high], -limit, limit),
            [y, y],
            color=style.color,
            linewidth=1.1,
            solid_capstyle="butt",
        )
        for end, arrow in ((low, "<"), (high, ">")):
            if abs(end) > limit:
                ax.plot(
                    math.copysign(limit, end),
                    y,
                    marker=arrow,
                    color=style.color,
                    markersize=3.5,
                    clip_on=False,
                )
    if not math.isnan(value):
        ax.plot(
            np.clip(value, -limit, limit),
            y,
            marker=style.marker,
            color=style.color,
            markersize=4,
            markeredgecolor="white",
            markeredgewidth=0.4,
        )
    claimed = float(row["claimed_relative"])
    if not math.isnan(claimed):
        ax.plot(
            np.clip(claimed, -limit, limit),
            y,
            marker="D",
            color="none",
            markeredgecolor=INK,
            markersize=5,
            markeredgewidth=0.9,
            clip_on=False,
        )
        if abs(claimed) > limit:
            ax.annotate(
                number(round(100 * claimed)),
                (math.copysign(limit, claimed), y),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=6,
                color=MUTED,
            )


def _limit(data: pd.DataFrame) -> float:
    """Half-width of the axis: all values and claims, and whiskers up to three times the largest value."""
    values = np.abs(data[["relative", "claimed_relative"]].to_numpy(float))
    largest = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    ends = np.abs(data[["relative_low", "relative_high"]].to_numpy(float))
    widest = float(np.nanmax(ends)) if np.isfinite(ends).any() else 0.0
    return max(0.02, min(1.12 * max(largest, widest), 3.0 * max(largest, 0.01)))


def _key(ax: Axes, material: Material, data: pd.DataFrame, lang: str) -> None:
    ax.set_axis_off()
    handles = [
        Line2D(
            [],
            [],
            color=style.color,
            marker=style.marker,
            markersize=4,
            label=fold(material.label(arm, lang), 44),
        )
        for arm, style in material.styles.items()
        if (data["arm"] == arm).any()
    ]
    if data["claimed_relative"].notna().any():
        label = say(lang, "来源所称", "claimed by a source")
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="D",
                label=label,
                color="none",
                markeredgecolor=INK,
                markersize=5,
            )
        )
    ax.legend(handles=handles, loc="upper center", borderaxespad=0)
