"""Weighted sets of parameters that a calibration accepted: the last of them, quantiles, effective number."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.studies.material import StudyMaterial

FloatArray = npt.NDArray[np.float64]

OWN = frozenset({"weight", "generation", "distance", "particle", "point", "seed", "key", "wave"})
"""Columns that are no parameters."""


def last_generation(table: pd.DataFrame) -> pd.DataFrame:
    """Particles of the last generation."""
    if "generation" not in table or not len(table):
        return table.reset_index(drop=True)
    return table[table["generation"] == table["generation"].max()].reset_index(drop=True)


def parameters(table: pd.DataFrame) -> list[str]:
    """Columns that hold numeric parameters with a value in every row."""
    return [str(name) for name in table.columns if name not in OWN and not str(name).startswith("distance")
            and pd.api.types.is_numeric_dtype(table[name]) and table[name].dtype != bool
            and table[name].notna().all()]


def limits(m: StudyMaterial, name: str, values: FloatArray) -> tuple[float, float]:
    """Prior range of a parameter, widened to hold all values; of the values alone where none is known."""
    known = [end for end in m.prior(name)[:2] if math.isfinite(end)]
    low, high = min([*known, float(values.min())]), max([*known, float(values.max())])
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def quantiles(values: FloatArray, weights: FloatArray, at: tuple[float, ...]) -> list[float]:
    """Weighted quantiles: where the summed weight, taken at the middle of each value, reaches ``at``."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    middle = (total - 0.5 * weights[order]) / total[-1]
    return [float(np.interp(q, middle, values[order])) for q in at]


def narrowing(values: FloatArray, weights: FloatArray, prior: tuple[float, float]) -> float:
    """Width of the 95 % interval as a share of that of the prior's."""
    low, high = quantiles(values, weights, (0.025, 0.975))
    return (high - low) / (0.95 * (prior[1] - prior[0]))


def effective(weights: FloatArray) -> float:
    """Effective number of particles: 1 ÷ sum of squared weights that sum to 1."""
    return float(1.0 / np.sum((weights / weights.sum()) ** 2))
