"""How often, and by how much, one arm does better than another over the points of a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.prim import Cases
from sim.analysis.responses import Response
from sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

SIDES = ("better", "worse")
LEVEL = 0.05
"""Chance that luck alone shows any side in a whole table."""


def oriented(outcome: str, values: FloatArray) -> FloatArray:
    """Differences turned so that more is better."""
    return -values if OUTCOMES[outcome].better == "less" else values


def sign_row(response: Response) -> dict[str, Any]:
    """Shares of points at which the first arm does better, worse, or is not told apart.

    A point counts as better (worse) if it is so with every one of its seeds. Were both arms alike, luck alone
    would make ``chance`` of the points better and as many worse.

    Returns
    -------
    dict
        ``of, outcome, points, seeds, better, worse, untold, chance``; ``median, low, high``: the middle and
        the range of 90 % of points of the mean difference, in the outcome's own unit and direction.
    """
    values = response.values[~np.isnan(response.values).any(axis=1)]
    turned = replace(response, values=oriented(response.outcome, response.values))
    better, worse = (agreeing(turned, side).hit for side in SIDES)
    low, median, high = np.quantile(values.mean(axis=1), (0.05, 0.5, 0.95))
    return {
        "of": response.of, "outcome": response.outcome, "points": len(values), "seeds": values.shape[1],
        "better": float(better.mean()), "worse": float(worse.mean()),
        "untold": float((~better & ~worse).mean()), "chance": 0.5 ** values.shape[1],
        "median": float(median), "low": float(low), "high": float(high)}


def agreeing(response: Response, side: str) -> Cases:
    """Points at which every seed of a response, turned so that more is better, is above (below) 0."""
    complete = ~np.isnan(response.values).any(axis=1)
    values = response.values[complete]
    hit = values > 0 if side == "better" else values < 0
    return Cases(response.points[complete], np.asarray(hit.all(axis=1)))


def luck_bound(points: int, seeds: int, tests: int, level: float = LEVEL) -> int:
    """Fewest points of one sign that luck reaches with a chance of ``level / tests`` at most.

    Exact, from the binomial distribution with ``0.5 ** seeds`` a point; one more than ``points`` if luck
    could do everything. Points count as independent. Where they share their seeds, as in every study here,
    they are not quite, and the bound is too low by an unknown amount.
    """
    from scipy.stats import binom

    return int(binom.isf(level / tests, points, 0.5 ** seeds)) + 1


def told(row: Mapping[str, Any], tests: int) -> tuple[str, ...]:
    """Sides of a row of :func:`sign_row` that come up at more points than luck would show.

    Parameters
    ----------
    row : mapping
    tests : int
        Sides looked at in all (Bonferroni); for a table: twice its rows.
    """
    points = int(row["points"])
    least = luck_bound(points, int(row["seeds"]), tests)
    return tuple(side for side in SIDES if round(float(row[side]) * points) >= least)


def signs(responses: list[Response]) -> pd.DataFrame:
    """One row a response, as :func:`sign_row` says."""
    import pandas as pd

    return pd.DataFrame([sign_row(one) for one in responses])


def pooled(responses: list[Response], names: list[str], design: pd.DataFrame, column: str) -> tuple[
        Response, pd.DataFrame]:
    """Several responses over the same points as one over all, with the name of each as a factor.

    Parameters
    ----------
    responses : list of Response
        Of one outcome, with the same points and seeds.
    names : list of str
        Value of the new factor for each.
    design : DataFrame
        With ``point``.
    column : str
        Name of the new factor.

    Returns
    -------
    Response, DataFrame
        Turned so that more is better, and the design that goes with it.
    """
    import pandas as pd

    first, step = responses[0], int(design["point"].max()) + 1
    values = np.concatenate([oriented(one.outcome, one.values) for one in responses])
    points = np.concatenate([one.points + number * step for number, one in enumerate(responses)])
    frames = [
        design.assign(point=design["point"] + number * step, **{column: name})
        for number, name in enumerate(names)]
    whole = Response(first.of, first.outcome, True, points, first.seeds, values)
    return whole, pd.concat(frames, ignore_index=True)
