"""Figure: who takes part, where they live and whom they know; laid out by place, not by a spring."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from sim.network.ties import NO_ONE, Ties
from sim.params import Label
from sim.population.columns import Places, Residents
from sim.report.floor_plan import NOWHERE, IntArray, Plan, lay_out
from sim.report.style import MUTED, STAGE_COLORS, empty, fold, make_figure
from sim.report.words import ILLUSTRATIVE, say
from sim.vocabulary import Layer, Stage

MOST_RESIDENTS = 20_000
MOST_TIES = 6_000
MOST_PANELS = 3
"""Files that are drawn, one below the other."""
ADULT = 18
YEAR = 52
_NOT_ADULT, _NOT_ACTIVE = -2, -1  # classes beside the rungs of the ladder
_KEY = {False: 0.7, True: 0.95}  # inches for the legend of a panel, with its title if there are several


class Community(Protocol):
    """What the picture needs of a model."""

    @property
    def places(self) -> Places:
        """Geometry."""
        ...

    @property
    def residents(self) -> Residents:
        """Columns of people."""
        ...

    @property
    def ties(self) -> Ties:
        """Who knows whom."""
        ...

    @property
    def week(self) -> int:
        """Week about to begin."""
        ...


class State(NamedTuple):
    """One run as it stands: which arm and seed it is, and how many weeks of it are done."""

    community: Community
    arm: Label
    seed: int
    weeks: int
    """After the warm-up."""

    def title(self, lang: str) -> str:
        """Arm, seed and week in a few words."""
        return say(
            lang,
            f"{self.arm.zh}，种子 {self.seed}，第 {self.weeks} 周末",
            f"{self.arm.en}, seed {self.seed}, end of week {self.weeks}",
        )


class _View(NamedTuple):
    """A state with its layout."""

    state: State
    residents: int
    """The first so many are drawn."""
    plan: Plan
    shown: IntArray
    """Class of each of them, as :func:`classes` has it."""


def draw(
    states: Sequence[State], lang: str, source: str = "", files: int = 1
) -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``resident, grid, building, x, y, adult, took_part_52, stage, arm, seed, week``.

    Parameters
    ----------
    states : sequence of State
        One run of each file, as it stands.
    lang : {"zh", "en"}
    source : str
        Scenario and key, for the footnote.
    files : int
        How many are compared; the footnote says if some are not drawn.
    """
    views = [_view(state) for state in states]
    note, title = _texts(views, files, lang, source)
    heights = [_height(view.plan, len(views)) for view in views]
    figure = make_figure(0.65 + sum(heights) + _KEY[len(views) > 1] * len(views), title, note)
    engine = figure.get_layout_engine()
    if len(views) > 1 and engine is not None:
        engine.set(h_pad=0.13)  # type: ignore[call-arg]
    axes = figure.subplots(len(views), 1, squeeze=False, height_ratios=heights)[:, 0]
    for ax, view, height in zip(axes, views, heights, strict=True):
        if len(views) > 1:
            ax.set_title(fold(view.state.title(lang), 96))
        _panel(ax, view, height, lang)
    return figure, pd.concat([_frame(view) for view in views], ignore_index=True)


def _view(state: State) -> _View:
    places, residents = state.community.places, state.community.residents
    grids = _grids_shown(places)
    n = int(places.resident_range("grid")[1][grids - 1]) if grids else 0
    if n == 0:
        return _View(state, 0, NOWHERE, np.empty(0, np.int64))
    return _View(state, n, lay_out(places, grids), classes(residents, state.community.week - 1, n))


def _height(plan: Plan, panels: int) -> float:
    """Inches of a panel: the whole width if it is not too high then."""
    if not len(plan.grids):
        return 1.2
    wide, high = _extent(plan)
    return float(np.clip(6.8 * high / wide, 1.65, 6.65 if panels == 1 else 4.0))


def _panel(ax: Axes, view: _View, height: float, lang: str) -> None:
    state, n, plan, shown = view
    if n == 0:
        empty(ax, say(lang, "没有居民", "no residents"))
        return
    _ground(ax, plan, state.community.places, lang)
    drawn, total = _ties(ax, state.community.ties, plan, n)
    _dots(ax, plan, shown, _dot_size(plan, height))
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.legend(
        handles=_handles(shown, lang, drawn, total),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.01),
        ncols=4,
        borderaxespad=0,
        columnspacing=1.4,
        handletextpad=0.5,
    )


def _texts(views: Sequence[_View], files: int, lang: str, source: str) -> tuple[str, str]:
    several = len(views) > 1
    title = (
        say(lang, "谁在参与：每个文件各一个方案", "Who takes part: one arm of each file") if several else
        say(lang, "谁在参与：", "Who takes part: ") + views[0].state.title(lang))
    lines = [
        say(
            lang,
            ("每图" if several else "") + "一个方案、一个种子的一次运行，不是均值。每点一位居民，在其楼内、"
            "网格内；颜色为参与阶梯，灰点为过去52周未参与者（不含所比政策自办活动）；"
            "细线为家庭以外的关系；米色为单位楼。",
            ("In each panel one" if several else "One") + " run of one arm and seed, no mean. One dot a "
            "resident, inside building and grid; colour: rung of the ladder; grey: took no part within 52 "
            "weeks (without the compared policies' own events); thin lines: ties beyond the household; "
            "beige: buildings of member units.",
        )
    ]
    for view in views:
        everyone = len(view.state.community.residents.key)
        if view.residents < everyone:
            whose = f"{view.state.arm.text(lang)}{say(lang, '：', ': ')}" if several else ""
            lines.append(whose + say(
                lang,
                f"仅显示前 {view.residents:,} 位居民所在网格（共 {everyone:,} 位）。",
                f"only the grids of the first {view.residents:,} of {everyone:,} residents."))
    if files > len(views):
        lines.append(say(
            lang, f"共比较 {files} 个文件，只画前 {len(views)} 个。",
            f"{files} files are compared, the first {len(views)} are drawn."))
    lines.append(say(lang, ILLUSTRATIVE.zh, ILLUSTRATIVE.en) + (f" · {source}" if source else ""))
    return "\n".join(lines), title


def _grids_shown(places: Places) -> int:
    last = places.resident_range("grid")[1]
    return max(min(1, places.grids), int(np.searchsorted(last, MOST_RESIDENTS, side="right")))


def classes(residents: Residents, week: int, n: int) -> IntArray:
    """Class of each of the first ``n`` residents at the end of ``week``.

    −2 under 18, −1 took no part within 52 weeks, otherwise the code of the stage.
    """
    stage = residents.stage[:n].astype(np.int64)
    took_part = week - residents.last_other[:n].astype(np.int64) < YEAR
    shown = np.where(took_part, stage, _NOT_ACTIVE)
    return np.where(residents.age[:n] < ADULT, _NOT_ADULT, shown)


def tie_pairs(ties: Ties, n: int) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Each tie between the first ``n`` residents once, as (T, 2), and whether it was made at an event.

    Ties inside a household are left out.
    """
    degree = np.diff(ties.first[: n + 1])
    source = np.repeat(np.arange(n, dtype=np.int64), degree)
    end = int(ties.first[n])
    target = ties.neighbour[:end].astype(np.int64)
    keep = (source < target) & (target < n) & (ties.layer[:end] != int(Layer.HOUSEHOLD))
    made = ties.event_neighbour[:n]
    host = np.repeat(np.arange(n, dtype=np.int64), made.shape[1])
    guest = made.ravel().astype(np.int64)
    met = (made.ravel() != NO_ONE) & (host < guest) & (guest < n)
    pairs = np.concatenate(
        [np.column_stack([source[keep], target[keep]]), np.column_stack([host[met], guest[met]])]
    )
    return pairs, np.arange(len(pairs)) >= int(np.sum(keep))


def _ties(ax: Axes, ties: Ties, plan: Plan, n: int) -> tuple[int, int]:
    pairs, event = tie_pairs(ties, n)
    step = max(1, math.ceil(len(pairs) / MOST_TIES))
    shown, by_event = pairs[::step], event[::step]
    ends = np.stack([np.column_stack([plan.x[shown[:, k]], plan.y[shown[:, k]]]) for k in (0, 1)], axis=1)
    faint = 0.10 if len(shown) > 2_000 else 0.2
    for made, color, alpha in ((False, "#5a5a5a", faint), (True, "#009E73", min(0.6, 3 * faint))):
        ax.add_collection(
            LineCollection(list(ends[by_event == made]), colors=color, linewidths=0.25, alpha=alpha, zorder=1)
        )
    return len(shown), len(pairs)


def _ground(ax: Axes, plan: Plan, places: Places, lang: str) -> None:
    for g, (left, bottom, width, height) in enumerate(plan.grids):
        ax.add_patch(
            FancyBboxPatch(
                (left, bottom),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=1.5",
                facecolor="#fafafa",
                edgecolor="#c4c4c4",
                linewidth=0.6,
                zorder=0,
            )
        )
        ax.text(
            left + 0.6,
            bottom + height + 0.4,
            say(lang, f"网格 {g + 1}", f"grid {g + 1}"),
            fontsize=7 if len(plan.grids) <= 16 else 5,
            color=MUTED,
            va="bottom",
        )
    for b, (left, bottom, width, height) in enumerate(plan.buildings):
        units = bool(places.building_units[b])
        ax.add_patch(
            Rectangle(
                (left, bottom),
                width,
                height,
                facecolor="#f0ead8" if units else "white",
                edgecolor="#bcbcbc",
                linewidth=0.4,
                zorder=0.5,
            )
        )
    frames = plan.grids
    ax.set_xlim(float(frames[:, 0].min()) - 1, float((frames[:, 0] + frames[:, 2]).max()) + 1)
    ax.set_ylim(float(frames[:, 1].min()) - 1, float((frames[:, 1] + frames[:, 3]).max()) + 3)


def _extent(plan: Plan) -> tuple[float, float]:
    """Width and height of all grids with their margins."""
    frames = plan.grids
    wide = float((frames[:, 0] + frames[:, 2]).max() - frames[:, 0].min()) + 2
    return wide, float((frames[:, 1] + frames[:, 3]).max() - frames[:, 1].min()) + 4


def _dot_size(plan: Plan, height: float) -> float:
    """Diameter in points so that a dot nearly fills its place in a panel seven inches wide and so high."""
    wide, high = _extent(plan)
    return float(np.clip(0.78 * 72 * min(6.9 / wide, 0.96 * height / high), 0.3, 6.0))


def _styles(kind: int) -> tuple[str, str, float]:
    """Fill, edge and relative size of a class of residents; size rises with the rung, for grey print."""
    if kind == _NOT_ADULT:
        return "white", "#c4c4c4", 0.55
    if kind == _NOT_ACTIVE:
        return "#cfcfcf", "none", 0.7
    return STAGE_COLORS[kind], "none", (0.85, 0.95, 1.05, 1.2)[kind]


def _dots(ax: Axes, plan: Plan, shown: IntArray, size: float) -> None:
    for kind in (_NOT_ADULT, _NOT_ACTIVE, *map(int, Stage)):
        who = shown == kind
        fill, edge, share = _styles(kind)
        ax.scatter(
            plan.x[who],
            plan.y[who],
            s=(size * share) ** 2,
            c=fill,
            edgecolors=edge,
            linewidths=0.3,
            zorder=2 + 0.1 * (kind + 2),
        )


def _handles(shown: IntArray, lang: str, drawn: int, total: int) -> list[Line2D]:
    names = {
        _NOT_ADULT: say(lang, "18岁以下", "under 18"),
        _NOT_ACTIVE: say(lang, "过去52周未参与", "took no part"),
        **{int(stage): stage.label(lang) for stage in Stage},
    }
    handles = []
    for kind, name in names.items():
        fill, edge, share = _styles(kind)
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="o",
                markersize=5.5 * share,
                color=fill,
                markeredgecolor=edge if edge != "none" else fill,
                markeredgewidth=0.5,
                label=f"{name} ({int(np.sum(shown == kind)):,})",
            )
        )
    sampled = "" if drawn == total else say(lang, f"，抽取 {drawn:,}/{total:,}", f", {drawn:,} of {total:,}")
    handles.append(
        Line2D(
            [],
            [],
            color="#5a5a5a",
            linewidth=0.7,
            alpha=0.6,
            label=say(lang, "原有关系", "standing ties") + sampled,
        )
    )
    handles.append(
        Line2D([], [], color="#009E73", linewidth=0.9, label=say(lang, "活动结识", "met at events"))
    )
    return handles


def _frame(view: _View) -> pd.DataFrame:
    state, n, plan, shown = view
    residents = state.community.residents
    keys = [stage.key for stage in Stage]
    return pd.DataFrame(
        {
            "resident": np.arange(n),
            "grid": residents.grid[:n],
            "building": residents.building[:n],
            "x": plan.x,
            "y": plan.y,
            "adult": residents.age[:n] >= ADULT,
            "took_part_52": shown >= 0,
            "stage": [keys[int(s)] for s in residents.stage[:n]],
            "arm": state.arm.en,
            "seed": state.seed,
            "week": state.weeks,
        }
    )
