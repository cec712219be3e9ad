"""Saltelli's sample as its points show it: base rows, each with the points made by swapping columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def points_of_a_row(unit: FloatArray) -> int | None:
    """How many points each base row has: factors + 2, or 2 × factors + 2 with those for pairs.

    Parameters
    ----------
    unit : array, shape (points, factors)
        A design in the unit cube.

    Returns
    -------
    int or None
        None if it is no Saltelli sample as ``SALib.sample.sobol`` orders it.
    """
    if unit.ndim != 2 or not unit.size:
        return None
    d = unit.shape[1]
    swapped = np.eye(d, dtype=bool)
    for step in (2 * d + 2, d + 2):
        if len(unit) % step:
            continue
        rows = unit.reshape(-1, step, d)
        first, last = rows[:, :1], rows[:, -1:]
        expected = [first, np.where(swapped, last, first)]
        if step == 2 * d + 2:
            expected.append(np.where(swapped, first, last))
        if np.array_equal(rows, np.concatenate([*expected, last], axis=1)):
            return step
    return None
