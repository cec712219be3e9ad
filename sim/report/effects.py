"""Figure: change in each arm against the control with its interval, and what is claimed beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.scale import SymmetricalLogTransform
from matplotlib.ticker import FixedLocator, FuncFormatter, Locator, MaxNLocator, NullLocator

from sim.outcomes import OUTCOMES
from sim.report import claims
from sim.report.findings import other_settings
from sim.report.material import Material
from sim.report.pairs import HEADINGS, Effect, by_kind, effect
from sim.report.style import HAIR, INK, empty, fold, make_figure, number
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

LOWEST = -1.0
"""Nothing falls by more than 100 %."""
WIDE = 1.5
"""Half-width (relative change) beyond which an axis is linear near 0 and logarithmic farther out."""
LINEAR = 0.2
"""Half-width of its linear part."""
_ROW = 0.075  # inches a mark
_SPAN = 0.72  # of a row, taken by the marks of its arms
_GAP = 0.07  # inches between outcomes
_CELLS = {1: 90, 2: 44, 3: 29}  # columns of text in a panel, by how many stand side by side
_APART = {1: 0.06, 2: 0.1, 3: 0.2}  # of a panel's width, least between two ticks


def draw(material: Material, lang: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``kind``, those of :class:`sim.report.pairs.Effect`, and for rows of kind ``claim`` those of
    :func:`sim.report.claims.table`.
    """
    data = table(material)
    tested = claims.judged(material)
    starred = {str(row["outcome"]) for row in tested}
    there = set(data["outcome"])
    blocks = [(say(lang, zh, en), [o for o in names if o in there]) for zh, en, names in BLOCKS]
    blocks = [(title, names) for title, names in blocks if names]
    kinds = [kind for kind in HEADINGS if (data["kind"] == kind).any()]
    note = material.note(lang, *_notes(material, data, lang))
    title = say(lang, "效果：相对变化与95%区间", "Effects: relative change with 95 % intervals")
    if not blocks:
        figure = make_figure(2.2, title, note)
        nothing = say(lang, "没有可比的方案：至少需要两个", "nothing to compare: two arms are needed")
        empty(figure.add_subplot(), nothing)
        return figure, data
    cells = _CELLS[len(kinds)]
    keys = {kind: _key_lines(material, data[data["kind"] == kind], lang, cells) for kind in kinds}
    most = max(len(lines) for lines in keys.values())
    heights = [(_ROW * most + _GAP) * len(names) for _, names in blocks]
    legend = 0.17 * (max(sum(map(_lines, lines.values())) for lines in keys.values()) + 1) + 0.1
    tall = [*[claims.HEIGHT] * len(tested), *heights, legend]
    heads = {kind: fold(say(lang, *HEADINGS[kind]), cells) for kind in kinds}
    extra = 0.14 * (max(map(_lines, heads.values())) - 1)
    figure = make_figure(sum(tall) + 0.45 * len(blocks) + 0.55 * len(tested) + 0.95 + extra, title, note)
    grid = figure.add_gridspec(len(tall), len(kinds), height_ratios=tall)
    for line, row in enumerate(tested):
        claims.panel(figure.add_subplot(grid[line, :]), material, row, lang)
    for column, kind in enumerate(kinds):
        rows = data[data["kind"] == kind]
        for line, (name, names) in enumerate(blocks):
            ax = figure.add_subplot(grid[len(tested) + line, column])
            span = _span(_beside(data, kind, names))
            _panel(ax, material, rows, names, span, lang, labels=column == 0, starred=starred)
            ax.xaxis.set_major_locator(_ticks(span, len(kinds)))
            ax.set_title((heads[kind] + "\n" if line == 0 else "") + name)
        ax.set_xlabel(say(lang, "相对变化（%）", "relative change (%)"))
        _key(figure.add_subplot(grid[len(tall) - 1, column]), material, keys[kind])
    return figure, pd.concat([data, claims.table(material)], ignore_index=True) if tested else data


def _beside(data: pd.DataFrame, kind: str, names: Sequence[str]) -> pd.DataFrame:
    """Rows that share an axis: policies by themselves, whose changes may be many times those of regimes."""
    return data[data["outcome"].isin(names) & ((data["kind"] == "policy") == (kind == "policy"))]


def table(material: Material) -> pd.DataFrame:
    """Effects of the outcomes shown."""
    rows = []
    for kind, some in by_kind(material).items():
        for pair in some:
            for outcome in (o for _, _, names in BLOCKS for o in names):
                found = effect(material, pair, outcome)
                if found is not None:
                    rows.append({"kind": kind, **found._asdict()})
    return pd.DataFrame(rows, columns=["kind", *Effect._fields])


def _notes(material: Material, data: pd.DataFrame, lang: str) -> list[str]:
    notes = [
        say(
            lang,
            "相对变化（%），按种子配对，取最后52周；误差线：95%区间；↑/↓：越高/越低越好。",
            "Relative change, paired by seed, last 52 weeks; whiskers: 95 % interval; "
            "↑/↓: more/less is better.",
        ).replace("52", str(min(52, material.weeks) or 52))
    ]
    if len(material.claims):
        notes.append(
            say(
                lang,
                "主张：灰底为所称的起点范围，绿底为所称须达到的范围；模拟的区间全部落在底色内才算达到。"
                "*：主张据以判定的指标。",
                "Claims: grey, range claimed to start from; green, range to be reached; reached only if the "
                "simulated intervals lie wholly inside. *: outcome by which a claim is decided.",
            )
        )
    names = [str(o) for o in data.loc[data["relative"].isna(), "outcome"].unique()] if len(data) else []
    if names:
        listed = say(lang, "、", ", ").join(short_name(o, lang) for o in names)
        notes.append(
            say(lang, "参照均值为0或缺失，无相对变化：", "No ratio (reference is 0 or missing): ") + listed
        )
    kinds = [kind for kind in HEADINGS if (data["kind"] == kind).any()]
    if "policy" in kinds and len(kinds) > 1:
        notes.append(say(
            lang, "政策一栏的横轴与其余各栏不同。",
            "The axes of the policies' column differ from the others."))
    if any(_is_wide(_span(_beside(data, kind, names))) for kind in kinds for _, _, names in BLOCKS):
        notes.append(
            say(lang, "范围很大的横轴在±20%以外为对数。", "Very wide axes are logarithmic beyond ±20 %."))
    if mixed := other_settings(material, lang):
        notes.append(mixed)
    hollow = data["relative"].notna() & data["relative_low"].isna()
    if material.replicates > 1 and hollow.any():
        notes.append(
            say(
                lang,
                "空心：没有区间（种子间差异太大或重复太少，比值的区间无法确定），不表示更可靠。",
                "Hollow: no interval (too few seeds, or a ratio that cannot be bounded); not a surer value.",
            )
        )
    if material.replicates < 2:
        notes.append(say(lang, "只有一次重复：没有区间（空心）。", "One replicate: no interval (hollow)."))
    return notes


def _is_wide(span: tuple[float, float]) -> bool:
    return max(-span[0], span[1]) > WIDE


def _panel(
    ax: Axes,
    material: Material,
    data: pd.DataFrame,
    names: list[str],
    span: tuple[float, float],
    lang: str,
    *,
    labels: bool,
    starred: set[str],
) -> None:
    arms = [str(arm) for arm in data["arm"].unique()]
    offsets = np.linspace(-_SPAN / 2, _SPAN / 2, len(arms)) if len(arms) > 1 else np.zeros(1)
    for y, outcome in enumerate(names):
        if y % 2:
            ax.axhspan(y - 0.5, y + 0.5, color="#f5f5f5", linewidth=0, zorder=-2)
        for arm, offset in zip(arms, offsets, strict=True):
            rows = data[(data["outcome"] == outcome) & (data["arm"] == arm)]
            if len(rows):
                _mark(ax, material, rows.iloc[0], y + float(offset), span)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=-1)
    if _is_wide(span):
        ax.set_xscale("symlog", linthresh=LINEAR)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(*span)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), [_row_name(o, lang, starred) for o in names])
    ax.tick_params(axis="y", length=0, labelleft=labels)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(FuncFormatter(_signed_percent))
    ax.grid(axis="x", color=HAIR)


def _ticks(span: tuple[float, float], columns: int) -> Locator:
    """Ticks with room for their numbers in a panel of so many side by side."""
    if not _is_wide(span):
        return MaxNLocator({1: 8, 2: 6}.get(columns, 5), steps=[1, 2, 5, 10])
    scale = SymmetricalLogTransform(10, LINEAR, 1.0)
    low, high = scale.transform(np.array(span))
    ticks = [0.0]
    for tick in (100.0, 10.0, LOWEST, 1.0, -LINEAR, LINEAR):  # how far it reaches first
        at, others = (scale.transform(np.array(each)) for each in ([tick], ticks))
        if span[0] <= tick <= span[1] and np.abs(others - at).min() >= _APART[columns] * (high - low):
            ticks.append(tick)
    return FixedLocator(sorted(ticks))


def _signed_percent(value: float, _: int | None = None) -> str:
    return ("+" if value > 1e-12 else "") + number(round(100 * value, 6))


def _row_name(outcome: str, lang: str, starred: set[str]) -> str:
    star = " *" if outcome in starred else ""
    return f"{short_name(outcome, lang)}{star} {BETTER[OUTCOMES[outcome].better]}"


def _mark(ax: Axes, material: Material, row: pd.Series, y: float, span: tuple[float, float]) -> None:
    # Without whiskers a full mark would look like the surest of all
    style, hollow = material.styles[str(row["arm"])], math.isnan(float(row["relative_low"]))
    value, low, high = (float(row[c]) for c in ("relative", "relative_low", "relative_high"))
    if not math.isnan(low):
        ax.plot(
            np.clip([low, high], *span),
            [y, y],
            color=style.color,
            linewidth=1.1,
            solid_capstyle="butt",
        )
        for beyond, end, arrow in ((low < span[0], span[0], "<"), (high > span[1], span[1], ">")):
            if beyond:
                ax.plot(
                    end,
                    y,
                    marker=arrow,
                    color=style.color,
                    markersize=3.5,
                    clip_on=False,
                )
    if not math.isnan(value):
        ax.plot(
            np.clip(value, *span),
            y,
            marker=style.marker,
            color=style.color,
            markersize=4,
            markerfacecolor="white" if hollow else style.color,
            markeredgecolor=style.color if hollow else "white",
            markeredgewidth=0.8 if hollow else 0.4,
            clip_on=False,  # whole at the very edge, too
        )


def _span(data: pd.DataFrame) -> tuple[float, float]:
    """Ends of an axis: all values, and whiskers up to three times the largest value; never below −100 %."""
    values = data["relative"].to_numpy(float)
    ends = data[["relative", "relative_low", "relative_high"]].to_numpy(float)
    if not np.isfinite(values).any():
        return -0.02, 0.02
    limit = 3.0 * max(float(np.nanmax(np.abs(values))), 0.01)
    low, high = max(float(np.nanmin(ends)), -limit), min(float(np.nanmax(ends)), limit)
    least = max(0.02, 0.15 * max(-low, high))  # a side without effects keeps a little room
    return max(LOWEST, -1.12 * max(-low, least)), 1.12 * max(high, least)


def _key_lines(material: Material, data: pd.DataFrame, lang: str, cells: int) -> dict[str, str]:
    """Name of each arm that a column shows, in lines that fit it."""
    there = set(data["arm"])
    return {arm: fold(material.label(arm, lang), cells - 3) for arm in material.styles if arm in there}


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _key(ax: Axes, material: Material, names: dict[str, str]) -> None:
    ax.set_axis_off()
    handles = [
        Line2D(
            [],
            [],
            color=material.styles[arm].color,
            marker=material.styles[arm].marker,
            markersize=4,
            label=name,
        )
        for arm, name in names.items()
    ]
    ax.legend(handles=handles, loc="upper center", borderaxespad=0, handlelength=1.6)
