"""Does the calibrated model give what was fitted, and what was not: posterior predictive checks.

Runs at draws from the posterior, under luck of their own, are held against every target (Gelman, Meng and
Stern 1996). ``p`` is two-sided: twice the smaller share of predictions, error added, that reach the target's
range from below or from above. On fitted targets it is too mild, since the same figures chose the draws;
held-out targets are the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calibration.bench import Simulated
from sim.calibration.parameters import Parameter
from sim.calibration.region import Region
from sim.calibration.targets import Target
from sim.rng import Streams

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

CHECKS = (
    "target",
    "outcome",
    "arm",
    "against",
    "statistic",
    "use",
    "source",
    "evidence",
    "observed_low",
    "observed_high",
    "error",
    "predicted",
    "low",
    "high",
    "p",
    "covered",
    "draws",
)
SHRINKAGE = (
    "parameter",
    "prior",
    "prior_low",
    "prior_high",
    "region_low",
    "region_high",
    "mean",
    "sd",
    "low",
    "median",
    "high",
    "shrinkage",
    "narrowing",
)
LEVEL = 0.95


def resample(weight: FloatArray, n: int, seed: int) -> npt.NDArray[np.int64]:
    """Rows drawn by weight: systematic resampling (Kitagawa 1996), keyed.

    Parameters
    ----------
    weight : array, shape (particles,)
    n : int
    seed : int

    Returns
    -------
    array of int, shape (n,)
        Ascending; a row of weight w is drawn n·w times, rounded down or up.
    """
    start = float(Streams(seed).uniform("calibration.resample", -1, np.array([0]))[0])
    edges = np.cumsum(weight) / np.sum(weight)
    return np.minimum(np.searchsorted(edges, (np.arange(n) + start) / n, side="right"), len(weight) - 1)


def check(targets: Sequence[Target], found: Simulated, seed: int) -> pd.DataFrame:
    """Posterior predictive check of every target.

    Parameters
    ----------
    targets : sequence of Target
    found : Simulated
        At draws from the posterior, equally likely.
    seed : int
        Keys the errors added.

    Returns
    -------
    DataFrame
        A row a target: what it is; ``observed_low, observed_high``, its range; ``error``, of error and
        discrepancy; ``predicted`` (median), ``low, high`` (95 %) of predictions with error; ``p``;
        ``covered``, whether the range meets that interval; ``draws`` that tell.
    """
    import pandas as pd
    from scipy.special import ndtri

    summary = found.summary(targets)
    n, k = summary.shape
    luck = ndtri(Streams(seed).uniform("calibration.predictive", -1, np.arange(n * k))).reshape(n, k)
    rows: list[dict[str, Any]] = []
    for j, target in enumerate(targets):
        told = summary[:, j] + target.doubt * luck[:, j]
        told = told[np.isfinite(told)]
        low, middle, high = (
            np.quantile(told, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]).tolist() if len(told) else [np.nan] * 3
        )
        reach = (
            min(float(np.mean(told >= target.low)), float(np.mean(told <= target.high)))
            if len(told)
            else np.nan
        )
        rows.append(
            dict(
                zip(
                    CHECKS,
                    (
                        target.id,
                        target.outcome,
                        target.arm,
                        target.against or "",
                        target.statistic,
                        target.use,
                        target.source,
                        target.evidence,
                        target.low,
                        target.high,
                        target.doubt,
                        middle,
                        low,
                        high,
                        min(1.0, 2.0 * reach),
                        bool(low <= target.high and high >= target.low),
                        len(told),
                    ),
                    strict=True,
                )
            )
        )
    return pd.DataFrame(rows, columns=list(CHECKS))


def shrinkage(
    parameters: Sequence[Parameter], unit: FloatArray, weight: FloatArray, region: Region | None = None
) -> pd.DataFrame:
    """How far data narrowed each parameter.

    Parameters
    ----------
    parameters : sequence of Parameter
    unit : array, shape (n, d)
        Places of the posterior's particles.
    weight : array, shape (n,)
    region : Region, optional
        What history matching left.

    Returns
    -------
    DataFrame
        A row a parameter: ``prior_low, prior_high``, its ends; ``region_low, region_high``, ends of the box
        that history matching left; ``mean, sd, median`` and ``low, high`` (95 %) of the posterior;
        ``shrinkage``, one minus the posterior's variance over the prior's, and ``narrowing``, one minus the
        width of the 95 % interval over the prior's, both in quantiles of the prior: 0 if nothing was learnt,
        1 if all; below 0 if the posterior is wider than the prior, as where only both ends of a range are
        left.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for j, parameter in enumerate(parameters):
        place = unit[:, j]
        values = np.asarray(parameter.values(place), float)
        mean = float(weight @ values)
        middle = float(weight @ place)
        ends = quantiles(place, weight)
        box = [0.0, 1.0] if region is None else [region.low[j], region.high[j]]
        box_low, box_high = parameter.values(np.array(box, float))
        low, median, high = quantiles(values, weight)
        rows.append(
            dict(
                zip(
                    SHRINKAGE,
                    (
                        parameter.path,
                        parameter.prior,
                        parameter.low,
                        parameter.high,
                        float(box_low),
                        float(box_high),
                        mean,
                        float(np.sqrt(weight @ (values - mean) ** 2)),
                        low,
                        median,
                        high,
                        1.0 - float(weight @ (place - middle) ** 2) * 12.0,
                        1.0 - (ends[2] - ends[0]) / LEVEL,
                    ),
                    strict=True,
                )
            )
        )
    return pd.DataFrame(rows, columns=list(SHRINKAGE))


def quantiles(values: FloatArray, weight: FloatArray) -> tuple[float, float, float]:
    """Lower end, median and upper end of the central 95 % of a weighted sample.

    Each value stands in the middle of its own weight, and between values the quantile is linear.
    """
    order = np.argsort(values, kind="stable")
    w = weight[order] / weight.sum()
    at = np.cumsum(w) - 0.5 * w
    low, middle, high = np.interp([(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], at, values[order]).tolist()
    return low, middle, high
