"""What is analysed: one outcome of an arm, or of a contrast of two arms, by point and seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import YiheError
from sim.scenario.bykind import near
from sim.study import ranges
from sim.study.ranges import Range

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NOT_OUTCOMES = ("key", "point", "arm", "seed", "digest", "weeks")
"""Columns of a table of runs that say which run it is."""

VERSUS = " - "
"""Between the two arms of a contrast: ``one_core - self_governing``."""

FEWEST = 5
"""A point with fewer finished seeds counts as failed, as long as others have as many."""


@dataclass(frozen=True, eq=False)
class Response:
    """One outcome of an arm or a contrast.

    Parameters
    ----------
    of : str
        An arm, or a contrast ``a - b``.
    outcome : str
    contrast : bool
        Whether ``of`` is a contrast; its values are then differences within a point and seed.
    points, seeds : array of int
        Ascending.
    values : array, shape (points, seeds)
        NaN where a run failed, was not asked for, or has no value.
    """

    of: str
    outcome: str
    contrast: bool
    points: IntArray
    seeds: IntArray
    values: FloatArray

    @property
    def bounds(self) -> Range:
        """Least and greatest possible mean."""
        return ranges.of_difference(self.outcome) if self.contrast else ranges.of_level(self.outcome)

    @property
    def bounds_of_change(self) -> Range:
        """Least and greatest possible difference between two means."""
        low, high = self.bounds
        return low - high, high - low

    def rows(self, points: int) -> FloatArray:
        """Values at points 0, 1, …; shape (points, seeds), NaN for a point without any run."""
        table = np.full((points, len(self.seeds)), np.nan)
        here = self.points < points
        table[self.points[here]] = self.values[here]
        return table


def outcomes_of(runs: pd.DataFrame) -> list[str]:
    """Names of the outcomes in a table of runs."""
    return [str(column) for column in runs.columns if column not in NOT_OUTCOMES]


def arms_of(runs: pd.DataFrame) -> list[str]:
    """Names of the arms in a table of runs, in order of appearance."""
    return [str(arm) for arm in runs["arm"].unique()]


def response(
    runs: pd.DataFrame, outcome: str, of: str, arms: Sequence[str] | None = None,
) -> Response:
    """Values of one outcome, by point and seed.

    Parameters
    ----------
    runs : DataFrame
        ``point, arm, seed`` and outcomes; one row a run.
    outcome : str
    of : str
        An arm, or a contrast ``a - b`` of two arms, paired by point and seed.
    arms : sequence of str, optional
        Arms of the study; those that have runs if left out.

    Raises
    ------
    YiheError
        If there is no such outcome or arm, or no run at all, or none of an arm.
    """
    _known_outcome(runs, outcome)
    there = arms_of(runs)
    meant = _parse(of, there if arms is None else arms)
    for arm in meant:
        if arm not in there:
            raise YiheError(
                f"方案 {arm} 没有一次运行完成，无从分析：请用 yihe resume 续跑，失败的加 --retry-failed 重试",
                f"no run of arm {arm} has finished, so it cannot be analysed: go on with yihe resume, and "
                "try what failed again with --retry-failed", key=of)
    points, seeds = np.unique(runs["point"].to_numpy(np.int64)), np.unique(runs["seed"].to_numpy(np.int64))
    tables = []
    for arm in meant:
        mine = runs.loc[runs["arm"] == arm, ["point", "seed", outcome]]
        wide = mine.pivot(index="point", columns="seed", values=outcome)
        tables.append(wide.reindex(index=points, columns=seeds).to_numpy(float))
    values = tables[0] if len(tables) == 1 else tables[0] - tables[1]
    return Response(VERSUS.join(meant), outcome, len(meant) == 2, points, seeds, values)


def _known_outcome(runs: pd.DataFrame, outcome: str) -> None:
    known = outcomes_of(runs)
    if outcome not in known:
        zh, en = _guess(outcome, known)
        raise YiheError(
            f"运行结果里没有名为 {outcome} 的指标{zh}请改用已有的指标",
            f"the runs have no outcome called {outcome}{en} name one that they have", key=outcome)
    if runs.empty:
        raise YiheError(
            "没有完成的运行，无从分析：请先运行或用 yihe resume 续跑",
            "no run has finished, so there is nothing to analyse: run the study, or go on with yihe resume")


def _parse(of: str, arms: Sequence[str]) -> tuple[str, ...]:
    """The arm or the two arms that are meant; names may themselves hold `` - ``."""
    if of in arms:
        return (of,)
    parts = of.split(VERSUS)
    splits = [(VERSUS.join(parts[:i]), VERSUS.join(parts[i:])) for i in range(1, len(parts))]
    for pair in splits:
        if pair[0] in arms and pair[1] in arms:
            return pair
    wrong = next((arm for arm in splits[0] if arm not in arms), of) if len(splits) == 1 else of
    zh, en = _guess(wrong, arms)
    known = ", ".join(arms)
    raise YiheError(
        f"没有名为 {wrong} 的方案{zh}现有：{known}；对比写作“甲 - 乙”",
        f"there is no arm called {wrong}{en} there are: {known}; a contrast is written 'a - b'", key=of)


def _guess(word: str, known: Sequence[str]) -> tuple[str, str]:
    """Ends of a sentence with the nearest known word, if there is one."""
    guess = near(word, list(known))
    return (f"，是否想写 {guess}？", f"; did you mean {guess}?") if guess else ("；", ";")


def settings_of(design: pd.DataFrame) -> pd.DataFrame:
    """One column a factor, indexed by point, of a design that has ``point`` as a column or as its index."""
    return design.set_index("point") if "point" in design.columns else design


class Complete(NamedTuple):
    """Blocks and seeds, by position, that leave no gap."""

    blocks: IntArray
    seeds: IntArray


def complete(there: BoolArray) -> Complete:
    """Blocks (points, base rows or trajectories) and seeds of which every combination exists.

    Adaptive studies give some points more seeds than others: the seeds common to all count. Failed runs make
    holes in that: then whole blocks or whole seeds are left out, whichever lacks the greater share of its
    runs, until no hole is left. Replicates are run in the order of seeds, so what a block lacks after its
    last seed was not asked for, and what it lacks before failed. Blocks with fewer than :data:`FEWEST` seeds
    count as failed, if any has as many.

    Parameters
    ----------
    there : array of bool, shape (blocks, seeds)
        Seeds ascending.
    """
    seeds = there.shape[1]
    counts = there.sum(axis=1)
    least = max(1, min(FEWEST, int(counts.max(initial=0))))
    alive = counts >= least
    if not alive.any():
        return Complete(np.zeros(0, np.int64), np.zeros(0, np.int64))
    last = seeds - np.argmax(there[alive][:, ::-1], axis=1)  # one past each block's last seed
    kept_seeds = np.arange(seeds) < last.min()
    missing = ~there
    while True:
        holes = missing & alive[:, None] & kept_seeds[None, :]
        if not holes.any():
            return Complete(np.flatnonzero(alive), np.flatnonzero(kept_seeds))
        by_block = holes.sum(axis=1) / kept_seeds.sum()
        by_seed = holes.sum(axis=0) / alive.sum()
        if by_block.max() >= by_seed.max():
            alive[int(np.argmax(by_block))] = False
        else:
            kept_seeds[int(np.argmax(by_seed))] = False
