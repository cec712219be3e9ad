"""Particles: their spread, weights and distances, and regression adjustment. Pure sums; nothing runs here.

**Regression adjustment** (Beaumont, Zhang and Balding 2002), if asked for, moves each particle along a
local-linear regression of parameters on deviations to where the deviation would be 0, weighted by an
Epanechnikov kernel. It undoes most of the widening by the tolerance where summaries are near-linear in
parameters and may mislead where they are not, or where the posterior has several modes. It works on logits
of places, so no prior's end is crossed; it may leave the region of history matching.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

NORMAL_MAD = 1.4826
"""Standard deviation of a normal in units of its median absolute deviation."""

ENOUGH = 4
"""Particles for each coefficient of a regression."""


@dataclass(frozen=True)
class Population:
    """Particles of one generation.

    Parameters
    ----------
    unit : array, shape (n, d)
    weight : array, shape (n,)
        Adds up to 1.
    deviation : array, shape (n, targets)
        Of simulated summaries, error added, from each target's range, in units of :class:`Sample`'s scale.
    distance : array, shape (n,)
    generation : int
        From 0, drawn from the prior.
    """

    unit: FloatArray
    weight: FloatArray
    deviation: FloatArray
    distance: FloatArray
    generation: int

    @property
    def ess(self) -> float:
        """Effective sample size (Kong 1992)."""
        return 1.0 / float(np.sum(self.weight**2))


def tolerance(population: Population, quantile: float) -> float:
    """Smallest distance within which lies that share of the weight."""
    order = np.argsort(population.distance, kind="stable")
    reached = np.cumsum(population.weight[order]) >= quantile - 1e-12
    return float(population.distance[order][int(np.argmax(reached))])


def scale(unit: FloatArray, summary: FloatArray, doubt: float) -> float:
    """By how much a summary varies where parameters are the same: what they leave unexplained.

    Residuals of a regression of the summary on the parameters, quadratic if there are particles enough, else
    linear; their median absolute deviation, as that of a normal. A distance in these units has the shape of
    the likelihood, so a tight target is not lost beside a loose one.

    Parameters
    ----------
    unit : array, shape (n, d)
    summary : array, shape (n,)
        With error; missing values are left out.
    doubt : float
        Standard deviation of error and discrepancy: the least the scale can be.

    Returns
    -------
    float
        Above 0; 1 where nothing varies.
    """
    there = np.isfinite(summary)
    x, y = unit[there] - 0.5, summary[there]
    pairs = [x[:, [i]] * x[:, i:] for i in range(x.shape[1])]
    design = np.column_stack([np.ones(len(x)), x, *pairs])
    if len(y) < ENOUGH * design.shape[1]:
        design = design[:, : 1 + x.shape[1]]
    if len(y) < ENOUGH * design.shape[1]:
        design = design[:, :1]
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0] if len(y) else y
    freedom = max(1, len(y) - design.shape[1]) / max(1, len(y))
    spread = NORMAL_MAD * float(np.median(np.abs(residual))) / math.sqrt(freedom) if len(y) else 0.0
    steady = spread if spread > 1e-9 * float(np.max(np.abs(y), initial=0.0)) else 0.0
    return max(steady, doubt) or (float(np.std(y)) if len(y) else 0.0) or 1.0


def distance(deviation: FloatArray) -> FloatArray:
    """Root mean square of deviations over targets, shape (n,); infinite where one is missing."""
    size = np.sqrt(np.mean(deviation**2, axis=1))
    return np.where(np.isnan(size), np.inf, size)


def widening(tolerance: float, targets: int) -> float:
    """Factor by which a tolerance widens the posterior's standard deviations, near enough.

    Deviations accepted fill a ball of radius tolerance × √targets, in units of the noise; in each direction
    that adds the variance tolerance² × targets ÷ (targets + 2) to the noise's own of 1. Exact for targets
    that are linear in the parameters and normal, as many as there are parameters.
    """
    return math.sqrt(1.0 + tolerance**2 * targets / (targets + 2.0))


def covariance(last: Population, tolerance: float) -> FloatArray:
    """Covariance of moves from a population to its particles within a tolerance (Filippi and others 2013).

    Σᵢ Σₖ wᵢ vₖ (θₖ − θᵢ)(θₖ − θᵢ)ᵀ, with k over those within, and v their weights made to add up to 1.
    """
    near = last.distance <= tolerance
    v = last.weight[near] / last.weight[near].sum()
    kept = last.unit[near]
    middle, middle_kept = last.weight @ last.unit, v @ kept
    spread = (last.unit - middle).T @ ((last.unit - middle) * last.weight[:, None])
    spread_kept = (kept - middle_kept).T @ ((kept - middle_kept) * v[:, None])
    apart = middle_kept - middle
    # The double sum, multiplied out
    total: FloatArray = spread + spread_kept + np.outer(apart, apart)
    return total


def root(covariance: FloatArray) -> FloatArray | None:
    """Lower triangle whose square is the covariance; None if particles do not spread."""
    size = float(np.max(np.diag(covariance)))
    if not size > 1e-20:
        return None
    steady = covariance + 1e-9 * size * np.eye(len(covariance))
    return np.asarray(np.linalg.cholesky(steady), np.float64)


def weights(unit: FloatArray, last: Population, root: FloatArray) -> FloatArray:
    """Prior ÷ density of being proposed, made to add up to 1; the prior is constant."""
    from scipy.linalg import solve_triangular
    from scipy.special import logsumexp

    middle = last.unit.mean(axis=0)
    here, there = (solve_triangular(root, (x - middle).T, lower=True).T for x in (unit, last.unit))
    square = np.sum(here**2, axis=1)[:, None] + np.sum(there**2, axis=1)[None, :] - 2.0 * here @ there.T
    with np.errstate(divide="ignore"):
        proposed = logsumexp(-0.5 * square + np.log(last.weight)[None, :], axis=1)
    weight = np.exp(proposed.min() - proposed)
    total: FloatArray = weight / weight.sum()
    return total


def adjusted(p: Population, tolerance: float) -> Population:
    """Local-linear regression adjustment; the population as it is where there is nothing to regress on."""
    width = tolerance if math.isfinite(tolerance) else float(p.distance.max())
    if not width > 0:
        return p
    near = np.maximum(1.0 - (p.distance / width) ** 2, 0.0) * p.weight
    if near.sum() == 0 or (near > 0).sum() <= p.deviation.shape[1] + 1:
        return p
    rows = near > 0
    weight = near[rows] / near[rows].sum()
    inner = np.clip(p.unit[rows], 1e-9, 1.0 - 1e-9)
    logit = np.log(inner / (1.0 - inner))
    design = np.column_stack([np.ones(int(rows.sum())), p.deviation[rows]])
    root = np.sqrt(weight)[:, None]
    slope = np.linalg.lstsq(design * root, logit * root, rcond=None)[0][1:]
    moved = logit - p.deviation[rows] @ slope
    return Population(1.0 / (1.0 + np.exp(-moved)), weight, p.deviation[rows], p.distance[rows], p.generation)
