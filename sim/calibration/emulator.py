"""A Gaussian process that stands in for the model: the mean of a summary at places where nothing was run.

Rasmussen and Williams 2006, chapters 2 and 5. Inputs are places in the unit cube, outputs are standardised;
the noise of a point's mean is known from its replicates.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sim.designs.extra import calibrate

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessRegressor

FloatArray = npt.NDArray[np.float64]
Kernel = Literal["matern", "squared_exponential"]

POOLED = 4.0
"""Degrees of freedom given to the noise of all points when that of one is estimated."""

RESTARTS = 1


@dataclass(frozen=True)
class Diagnosis:
    """How an emulator does on points it has not seen, each left out in turn.

    Parameters
    ----------
    q2 : float
        Share of the variance between points that is predicted; NaN if there is none.
    rms : float
        Root mean square of standardised errors; 1 if its doubt is of the right size.
    outside_2, outside_3 : float
        Share of standardised errors beyond 2 and 3.
    """

    q2: float
    rms: float
    outside_2: float
    outside_3: float


class Emulator:
    """Mean of one summary over the unit cube.

    Parameters
    ----------
    unit : array, shape (n, d)
        Places run.
    mean : array, shape (n,)
        Finite.
    noise : array, shape (n,)
        Variance of each mean.
    kernel : {"matern", "squared_exponential"}
        Matérn 5/2 or squared exponential, with a length for each parameter.
    key : int
        Of the random starts when lengths are fitted.

    Attributes
    ----------
    diagnosis : Diagnosis
    inflation : float
        Factor on its variance, ≥ 1: the mean square of standardised errors on points left out, if that
        exceeds 1. An emulator that is surer than it should be would rule out the truth.
    """

    def __init__(
        self, unit: FloatArray, mean: FloatArray, noise: FloatArray, kernel: Kernel, key: int
    ) -> None:
        self._middle, spread = float(np.mean(mean)), float(np.std(mean))
        self._scale = spread if spread > 1e-12 * max(1.0, abs(self._middle)) else 0.0
        self._process: GaussianProcessRegressor | None = None
        self.inflation, self.diagnosis = 1.0, Diagnosis(np.nan, np.nan, 0.0, 0.0)
        if self._scale == 0.0:
            self.most = float(np.mean(noise)) / len(mean)
            return
        self._process = _fitted(
            unit, (mean - self._middle) / self._scale, noise / self._scale**2, kernel, key
        )
        self.diagnosis = _left_out(self._process)
        self.inflation = max(1.0, self.diagnosis.rms**2)
        far = float(self._process.kernel_.diag(unit[:1])[0])
        self.most = self.inflation * self._scale**2 * far

    def mean(self, unit: FloatArray) -> FloatArray:
        """Emulated mean at places of shape (n, d); shape (n,)."""
        if self._process is None or not len(unit):
            return np.full(len(unit), self._middle)
        found: FloatArray = self._middle + self._scale * self._process.predict(unit)
        return found

    def variance(self, unit: FloatArray) -> FloatArray:
        """Variance of the doubt about the mean; shape (n,)."""
        if self._process is None or not len(unit):
            return np.full(len(unit), self.most)
        _, deviation = self._process.predict(unit, return_std=True)
        found: FloatArray = self.inflation * (self._scale * deviation) ** 2
        return found


def smoothed(variance: FloatArray, count: npt.NDArray[np.int64]) -> FloatArray:
    """Variance of one run at each point, steadied by that of all points.

    Three or five replicates tell a variance badly; each point's is averaged with the pooled one, weighted by
    degrees of freedom, as if the pooled one were worth :data:`POOLED`.

    Parameters
    ----------
    variance : array, shape (n,)
        NaN where fewer than two runs tell.
    count : array of int, shape (n,)

    Returns
    -------
    array, shape (n,)
        Zeros if no point has two runs.
    """
    freedom = np.where(np.isnan(variance), 0.0, np.maximum(count - 1, 0))
    sums = freedom * np.where(np.isnan(variance), 0.0, variance)
    pooled = float(sums.sum() / freedom.sum()) if freedom.sum() > 0 else 0.0
    steady: FloatArray = (sums + POOLED * pooled) / (freedom + POOLED)
    return steady


def _fitted(unit: FloatArray, y: FloatArray, noise: FloatArray, kernel: Kernel, key: int) -> Any:
    gp = calibrate("sklearn.gaussian_process")
    kernels = calibrate("sklearn.gaussian_process.kernels")
    unfinished = calibrate("sklearn.exceptions").ConvergenceWarning
    lengths, bounds = np.full(unit.shape[1], 0.5), (0.05, 20.0)
    shape = kernels.Matern(lengths, bounds, nu=2.5) if kernel == "matern" else kernels.RBF(lengths, bounds)
    # The last part is what no smooth surface explains; it counts as doubt
    process = gp.GaussianProcessRegressor(
        kernels.ConstantKernel(1.0, (0.01, 100.0)) * shape + kernels.WhiteKernel(1e-3, (1e-6, 1.0)),
        alpha=np.maximum(noise, 1e-9),
        n_restarts_optimizer=RESTARTS,
        random_state=key % 2**32,
    )
    with warnings.catch_warnings():
        # A length at its bound only says that a parameter does not matter
        warnings.simplefilter("ignore", unfinished)
        return process.fit(unit, y)


def _left_out(process: Any) -> Diagnosis:
    """Leave-one-out errors in closed form (Rasmussen and Williams 2006, eq. 5.12)."""
    from scipy.linalg import cho_solve

    n = len(process.y_train_)
    inverse = np.diag(cho_solve((process.L_, True), np.eye(n)))
    weights = np.asarray(process.alpha_).reshape(-1)
    errors, standardised = weights / inverse, weights / np.sqrt(inverse)
    total = float(np.sum((process.y_train_ - process.y_train_.mean()) ** 2))
    return Diagnosis(
        q2=1.0 - float(np.sum(errors**2)) / total if total > 0 else np.nan,
        rms=float(np.sqrt(np.mean(standardised**2))),
        outside_2=float(np.mean(np.abs(standardised) > 2)),
        outside_3=float(np.mean(np.abs(standardised) > 3)),
    )
