"""In what share of the calibrated space is each claim reached?

Each draw from the posterior is a model that fits what is known. The rule for claims
(:mod:`sim.scenario.targets`) is put to the seeds of each draw, and draws are counted by verdict. Draws are
independent, so the share has an exact binomial interval (Clopper and Pearson 1934). It rests on distinct
draws, and on no more than the posterior's effective sample size: a particle drawn twice, or draws beyond that
size, tell nothing new.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calibration.targets import column, unless_last
from sim.errors import YiheError
from sim.scenario.targets import VERDICTS

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

Values = Callable[[str, str, tuple[int, int]], FloatArray]
"""``values(outcome, arm, window)``: one value a seed, seeds ascending, NaN where a run is missing."""

Judge = Callable[[Values], Sequence[Mapping[str, Any]]]
"""Rows of verdicts on the claims, such as :func:`sim.study.verdicts.judge` gives: ``claim``, ``verdict``
(empty in rows that only stand beside)."""

CLAIMS = ("claim", "verdict", "share", "low", "high", "draws", "n_effective")
LEVEL = 0.95


def shares(runs: pd.DataFrame, judge: Judge, weeks: int, ess: float = math.inf) -> pd.DataFrame:
    """Share of draws by verdict on each claim.

    Parameters
    ----------
    runs : DataFrame
        ``point`` (one a draw, equally likely), ``arm, seed`` and outcomes; windows other than the last 52
        weeks as ``outcome@first-end``.
    judge : Judge
    weeks : int
        Length of a run after its warm-up, which tells which window is the last 52 weeks.
    ess : float
        Most draws that tell something: the lesser of the effective sample size of the posterior and of the
        distinct draws.

    Returns
    -------
    DataFrame
        A row a claim and verdict, verdicts in the order of :data:`sim.scenario.targets.VERDICTS`: ``claim,
        verdict, share`` of draws, ``low, high`` (95 %, exact), ``draws`` judged, and ``n_effective``,
        on which the interval rests.
    """
    import pandas as pd

    counts: dict[str, Counter[str]] = {}
    for _, mine in runs.groupby("point", sort=True):
        for row in judge(_values(mine, weeks)):
            if row["verdict"]:
                counts.setdefault(str(row["claim"]), Counter())[str(row["verdict"])] += 1
    rows = []
    for claim, verdicts in counts.items():
        draws = verdicts.total()
        effective = min(float(draws), ess)
        for verdict in VERDICTS:
            share = verdicts[verdict] / draws
            low, high = exact(share, effective)
            rows.append(dict(zip(CLAIMS, (claim, verdict, share, low, high, draws, effective), strict=True)))
    return pd.DataFrame(rows, columns=list(CLAIMS))


def _values(runs: pd.DataFrame, weeks: int) -> Values:
    seeds = np.unique(runs["seed"].to_numpy())

    def values(outcome: str, arm: str, window: tuple[int, int]) -> FloatArray:
        name = column(outcome, unless_last(window, weeks))
        if name not in runs.columns:
            raise YiheError(
                f"判定主张需要 {name}，但运行结果里没有",
                f"the claims need {name}, which the runs do not have",
                key="targets",
            )
        mine = runs[runs["arm"] == arm]
        found: FloatArray = mine.set_index("seed")[name].reindex(seeds).to_numpy(float)
        return found

    return values


def exact(share: float, n: float) -> tuple[float, float]:
    """95 % interval of a share seen in ``n`` independent trials.

    Clopper and Pearson 1934: it covers at least as often as it says. ``n`` need not be whole, since the beta
    quantiles that it is made of take any sizes.
    """
    from scipy.special import betaincinv

    hits, tail = share * n, (1.0 - LEVEL) / 2.0
    misses = n - hits
    low = float(betaincinv(hits, misses + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, misses, 1.0 - tail)) if misses > 0.0 else 1.0
    return low, high
