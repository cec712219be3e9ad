"""The finals: the best packages of a search judged again on fresh seeds, which the search never saw.

The best of many noisy values is too good to be true, and so is the best of ten finalists. So the fresh
seeds are split. One finalist is chosen on the seeds of the search and the first half of the fresh ones; the
second half, which had no say in any choice, tells how good it and all others are. On that half every mean
is unbiased and every interval has its coverage, the chosen one's included. Others are compared with the
chosen one seed by seed (common random numbers), with Holm's adjustment over all of them; whoever is not
shown to be worse is reported as its equal.

Objectives without weights have no best: the finalists are the front of the search, nothing is chosen, and
all fresh seeds tell. How sure the front is, is the share of resamples of the seeds in which a package is on
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.pareto import front
from sim.optimisation.scores import FloatArray, Scores, means
from sim.optimisation.space import Point
from sim.optimisation.spec import Optimise
from sim.rng import Streams, combine_array, unit_interval
from sim.study.ranges import ANYTHING, of_difference, of_level
from sim.study.statistics import holm, interval, paired

if TYPE_CHECKING:
    import pandas as pd
    from optuna.trial import FrozenTrial

BoolArray = npt.NDArray[np.bool_]

LEVEL = 0.05
"""Familywise error rate of calling a finalist worse than the chosen one."""

_CONTRAST = ("difference", "difference_low", "difference_high", "p", "p_holm")

RESAMPLES = 1_000
"""Of the seeds, for the share of them in which a package is on the front."""


@dataclass(frozen=True, eq=False)
class Finals:
    """What the finals found.

    Parameters
    ----------
    chosen : int or None
        Row of the finalist chosen; None for a Pareto front, or if no finalist keeps the budget.
    table : DataFrame
        One row a finalist; see :func:`judge`.
    """

    chosen: int | None
    table: pd.DataFrame


def finalists(spec: Optimise, trials: Sequence[FrozenTrial]) -> list[int]:
    """Numbers of the trials worth judging again, the best first.

    Those within budget come first, by value or, without weights, front by front and the least crowded first;
    then those that exceed it least. The base package, trial 0, is always among them, to compare with.
    """
    from optuna.trial import TrialState

    told = [t for t in trials if t.state == TrialState.COMPLETE]
    if not told:
        return []
    excess = np.array([sum(max(0.0, e) for e in t.system_attrs.get("constraints", ())) for t in told])
    values = np.array([t.values for t in told], float).reshape(len(told), -1)
    ways = np.array([goal.sign for goal in spec.goals]) if spec.pareto else np.ones(1)
    within = np.flatnonzero(excess <= 0)
    order = within[_by_front(values[within] * ways)].tolist()
    beyond = np.flatnonzero(excess > 0)
    order += beyond[np.argsort(excess[beyond], kind="stable")].tolist()
    best = [told[i].number for i in order[: spec.finalists]]
    base = [t.number for t in told if t.number == 0 and t.number not in best]
    return best + base


def judge(
    spec: Optimise, numbers: Sequence[int], points: Sequence[Point], scores: Scores, seen: set[int]
) -> Finals:
    """Choose among finalists, and tell how good they are.

    Parameters
    ----------
    spec : Optimise
    numbers : sequence of int
        Their trials.
    points : sequence of Point
    scores : Scores
        At the seeds of the search and at fresh ones.
    seen : set of int
        Seeds of the search, which have no say here.

    Returns
    -------
    Finals
        The table has columns ``trial``, the factors, ``chosen``, ``base``; for every objective and budget its
        mean, ``<outcome>``, with ends ``<outcome>_low`` and ``<outcome>_high`` of the 95 % interval; for
        every budget ``<outcome>_within``: ``yes`` or ``no`` if the interval lies on one side of it, else
        ``unsure``; ``n`` seeds; then, unless objectives are traded off, ``difference`` from the chosen one in
        what is optimised, with ``difference_low``, ``difference_high``, ``p`` and ``p_holm``; ``equal``:
        within budget and not shown to be worse than the chosen one, or on the front in more than 5 % of the
        resamples; ``front``: on the front of the means of objective and budgets, or of the objectives;
        ``front_share``.
    """
    import pandas as pd

    fresh = np.array([seed not in seen for seed in scores.seeds.tolist()])
    if int(fresh.sum()) < 2:
        raise ValueError("no fresh seeds: more replicates must add seeds to the earlier ones")
    telling = fresh if spec.pareto else _second_half(fresh)
    chosen = None if spec.pareto else _choose(scores.of_seeds(~telling))
    told = scores.of_seeds(telling)
    columns: dict[str, Any] = {"trial": list(numbers)}
    columns |= {name: [point[name] for point in points] for name in points[0]}
    columns["chosen"] = [row == chosen for row in range(len(points))]
    columns["base"] = [number == 0 for number in numbers]
    columns |= _levels(spec, told)
    columns["n"] = told.there.sum(axis=1)
    contrasts = _contrasts(spec, told, chosen)
    best, share = _front(told)
    if spec.pareto:
        contrasts["equal"] = (share > LEVEL) & told.affordable
    table = pd.DataFrame({**columns, **contrasts, "front": best, "front_share": share})
    return Finals(chosen, table)


def _second_half(fresh: BoolArray) -> BoolArray:
    places = np.flatnonzero(fresh)
    second = np.zeros_like(fresh)
    second[places[len(places) // 2 :]] = True
    return second


def _choose(scores: Scores) -> int | None:
    """The affordable finalist of the highest mean utility; of equals the cheapest, then the first."""
    utility = means(scores.utility[:, :, None])[:, 0]
    fit = np.flatnonzero(scores.affordable & scores.judged & ~np.isnan(utility))
    if not len(fit):
        return None
    costs = means(scores.costs)[fit]
    return int(fit[np.lexsort([*costs.T[::-1], -utility[fit]])[0]])


def _levels(spec: Optimise, scores: Scores) -> dict[str, Any]:
    """Mean and interval of every objective and budget."""
    columns: dict[str, Any] = {}
    reads = [
        *((goal, scores.goals[:, :, j]) for j, goal in enumerate(spec.goals)),
        *((limit, scores.costs[:, :, j]) for j, limit in enumerate(spec.limits)),
    ]
    for read, values in reads:
        bounds = of_difference(read.outcome) if len(read.arms) == 2 else of_level(read.outcome)
        found = [interval(row, bounds=bounds) for row in values]
        columns[read.name] = [one.mean for one in found]
        columns[f"{read.name}_low"] = [one.low for one in found]
        columns[f"{read.name}_high"] = [one.high for one in found]
    for limit in spec.limits:
        ends = zip(columns[f"{limit.name}_low"], columns[f"{limit.name}_high"], strict=True)
        columns[f"{limit.name}_within"] = [
            "yes" if high <= limit.at_most else "no" if low > limit.at_most else "unsure"
            for low, high in ends
        ]
    return columns


def _contrasts(spec: Optimise, scores: Scores, chosen: int | None) -> dict[str, Any]:
    """Each finalist minus the chosen one, paired by seed, in the unit of the objective or of the sum."""
    rows = range(len(scores.goals))
    if spec.pareto:
        return {}
    if chosen is None:
        return {**dict.fromkeys(_CONTRAST, float("nan")), "equal": [False for _ in rows]}
    single = len(spec.goals) == 1
    values = scores.goals[:, :, 0] if single else scores.utility
    sign = spec.goals[0].sign if single else 1
    bounds = of_difference(spec.goals[0].outcome) if single and len(spec.goals[0].arms) < 2 else ANYTHING
    found = [paired(values[row], values[chosen], bounds=bounds) for row in rows]
    p = np.array([np.nan if row == chosen else one.p for row, one in enumerate(found)])
    adjusted = holm(p)
    worse = np.array([sign * one.difference < 0 for one in found]) & (adjusted < LEVEL)
    affordable = scores.affordable
    return {
        "difference": [one.difference for one in found],
        "difference_low": [one.low for one in found],
        "difference_high": [one.high for one in found],
        "p": p,
        "p_holm": adjusted,
        "equal": [row != chosen and not worse[row] and bool(affordable[row]) for row in rows],
    }


# --- fronts ---


def _by_front(values: FloatArray) -> list[int]:
    """Rows front by front; within one, the extremes and then the least crowded first."""
    left, order = list(range(len(values))), []
    while left:
        layer = [left[i] for i in np.flatnonzero(front(values[left]))]
        spread = _crowding(values[layer])
        order += [layer[i] for i in np.argsort(-spread, kind="stable")]
        left = [i for i in left if i not in set(layer)]
    return order


def _crowding(values: FloatArray) -> FloatArray:
    """Crowding distance (Deb et al. 2002): how far a row's neighbours on the front are apart."""
    distance = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        if span > 0:
            distance[order[[0, -1]]] = np.inf
            distance[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return distance


def _front(scores: Scores) -> tuple[BoolArray, FloatArray]:
    """Front of the means, and the share of resamples of seeds in which a package is on it."""
    signs = [goal.sign for goal in scores.spec.goals]
    if scores.spec.pareto:
        values = scores.goals * np.array(signs)
    else:
        values = np.concatenate([scores.utility[:, :, None], -scores.costs], axis=2)
    best = front(means(values))
    shared = values[:, scores.there.all(axis=0)]
    n = shared.shape[1]
    if n == 0:
        return best, np.full(len(best), np.nan)
    keys = combine_array(Streams(n).key("optimise.front"), np.arange(RESAMPLES))
    draws = unit_interval(combine_array(keys[:, None], np.arange(n)[None, :]))
    counts = np.zeros((RESAMPLES, n))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None], np.minimum((draws * n).astype(int), n - 1)), 1.0)
    total = np.zeros((RESAMPLES, *shared[:, 0].shape))
    for s in range(n):  # in fixed order, so that equal packages stay exactly equal
        total += counts[:, s, None, None] * shared[None, :, s]
    beaten = np.zeros(total.shape[:2], bool)
    for other in np.moveaxis(total, 1, 0)[:, :, None]:  # all resamples at once, one rival after another
        beaten |= (other >= total).all(axis=2) & (other > total).any(axis=2)
    return best, 1.0 - beaten.mean(axis=0)
