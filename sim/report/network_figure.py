"""Figure: who takes part, where they live and whom they know; laid out by place, not by a spring."""

from __future__ import annotations

import math
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
from sim.report.style import MUTED, STAGE_COLORS, empty, make_figure
from sim.report.words import ILLUSTRATIVE, say
from sim.vocabulary import Layer, Stage

MOST_RESIDENTS = 20_000
MOST_TIES = 6_000
ADULT = 18
YEAR = 52
_NOT_ADULT, _NOT_ACTIVE = -2, -1  # classes beside the rungs of the ladder


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


def draw(state: State, lang: str, source: str = "") -> tuple[Figure, pd.DataFrame]:
    """Draw the figure and return it with its data.

    Data columns: ``resident, grid, building, x, y, adult, took_part_52, stage, arm, seed, week``.

    Parameters
    ----------
    state : State
        One run, as it stands.
    lang : {"zh", "en"}
    source : str
        Scenario and key, for the footnote.
    """
    model = state.community
    places, residents = model.places, model.residents
    grids = _grids_shown(places)
    n = int(places.resident_range("grid")[1][grids - 1]) if grids else 0
    note, title = _texts(state, lang, source, n)
    if n == 0:
        figure = make_figure(2.5, title, note)
        empty(figure.add_subplot(), say(lang, "没有居民", "no residents"))
        return figure, _frame(state, NOWHERE, np.empty(0, np.int64), 0)
    plan = lay_out(places, grids)
    wide, high = _extent(plan)
    figure = make_figure(float(np.clip(1.35 + 6.8 * high / wide, 3.0, 8.0)), title, note)
    ax = figure.add_subplot()
    shown = classes(residents, model.week - 1, n)
    _ground(ax, plan, places, lang)
    drawn, total = _ties(ax, model.ties, plan, n)
    size = _dot_size(plan)
    _dots(ax, plan, shown, size)
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
    return figure, _frame(state, plan, shown, n)


def _texts(state: State, lang: str, source: str, n: int) -> tuple[str, str]:
    everyone = len(state.community.residents.key)
    title = say(lang, "谁在参与：", "Who takes part: ") + state.title(lang)
    lines = [
        say(
            lang,
            "一个方案、一个种子的一次运行，不是均值。每点一位居民，在其楼内、网格内；颜色为参与阶梯，灰点为过去"
            "52周未参与者（不含所比政策自办活动）；细线为家庭以外的关系；米色为单位楼。",
            "One run of one arm and seed, no mean. One dot a resident, inside building and grid; colour: "
            "rung of the ladder; grey: took no part within 52 weeks (without the compared policies' own "
            "events); thin lines: ties beyond the household; beige: buildings of member units.",
        )
    ]
    if n < everyone:
        lines.append(
            say(
                lang,
                f"仅显示前 {n:,} 位居民所在网格（共 {everyone:,} 位）。",
                f"Only the grids of the first {n:,} of {everyone:,} residents.",
            )
        )
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


def _dot_size(plan: Plan) -> float:
    """Diameter in points so that a dot nearly fills its place on a figure seven inches wide."""
    wide, high = _extent(plan)
    return float(np.clip(0.78 * min(6.9 * 72 / wide, 6.4 * 72 / high), 0.3, 6.0))


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


def _frame(state: State, plan: Plan, shown: IntArray, n: int) -> pd.DataFrame:
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
