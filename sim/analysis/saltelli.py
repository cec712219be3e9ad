"""Saltelli's sample as its points show it: base rows, each with the points made by swapping columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def points_of_a_row(unit: FloatArray, groups: Sequence[str] | None = None) -> int | None:
    """How many points each base row has: factors + 2, or 2 × factors + 2 with those for pairs.

    Parameters
    ----------
    unit : array, shape (points, factors)
        A design in the unit cube.
    groups : sequence of str, optional
        Group of each factor; groups then stand in the place of factors.

    Returns
    -------
    int or None
        None if it is no Saltelli sample as ``SALib.sample.sobol`` orders it.
    """
    if unit.ndim != 2 or not unit.size:
        return None
    swapped = _membership(unit.shape[1], groups)
    d = len(swapped)
    for step in (2 * d + 2, d + 2):
        if len(unit) % step:
            continue
        rows = unit.reshape(-1, step, unit.shape[1])
        first, last = rows[:, :1], rows[:, -1:]
        expected = [first, np.where(swapped, last, first)]
        if step == 2 * d + 2:
            expected.append(np.where(swapped, first, last))
        if np.array_equal(rows, np.concatenate([*expected, last], axis=1)):
            return step
    return None


def _membership(factors: int, groups: Sequence[str] | None) -> npt.NDArray[np.bool_]:
    """Which factors each group holds, shape (groups, factors), in the order of their first factors."""
    if groups is None:
        return np.eye(factors, dtype=bool)
    return np.array([[group == name for group in groups] for name in dict.fromkeys(groups)])
