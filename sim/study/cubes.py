"""Runs and series as arrays: one axis a factor if the design is a grid, otherwise one of its points.

Arrays are dense: a run that failed, or that an adaptive study never needed, is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outcomes import OUTCOMES, Outcome
from sim.params import Label

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Values = npt.NDArray[Any]


class Cube(NamedTuple):
    """Where the rows of a table lie in an array.

    Parameters
    ----------
    axes : mapping
        Coordinate values of each dimension, in order.
    beside : mapping
        Values of each factor along ``point``; empty for a grid.
    rows : (n,) array of int
        Flat place of each row.
    """

    axes: Mapping[str, Values]
    beside: Mapping[str, Values]
    rows: npt.NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each dimension."""
        return tuple(len(values) for values in self.axes.values())

    def fill(self, column: Values) -> npt.NDArray[np.float64]:
        """One outcome as an array.

        Parameters
        ----------
        column : (n,) array
            Its value in each row.

        Returns
        -------
        array
            Of :attr:`shape`; NaN where there is no row.
        """
        flat = np.full(int(np.prod(self.shape)), np.nan)
        flat[self.rows] = column
        return flat.reshape(self.shape)


def cube(design: pd.DataFrame, arms: Sequence[str], who: pa.Table) -> Cube:
    """The array that a table fits into.

    Parameters
    ----------
    design : DataFrame
        ``point``, then a column a factor, named as its dimension shall be.
    arms : sequence of str
        In their order.
    who : pyarrow.Table
        ``point``, ``arm``, ``seed`` and, for series, ``week`` of each row.
    """
    factors = [str(name) for name in design.columns[1:]]
    codes = {name: _codes(design[name]) for name in factors}
    places = np.searchsorted(design["point"].to_numpy(), who["point"].to_numpy())
    axes: dict[str, Values] = {}
    beside: dict[str, Values] = {}
    at: list[Values] = []
    if _grid(len(design), codes):
        for name in factors:
            code, axes[name] = codes[name]
            at.append(code[places])
    else:
        axes["point"] = design["point"].to_numpy()
        beside = {name: _plain(design[name]) for name in factors}
        at.append(places)
    arm, seed = _codes(who["arm"].to_pandas(), arms), _codes(who["seed"].to_pandas())
    axes["arm"], axes["seed"] = arm[1], seed[1]
    at += [arm[0], seed[0]]
    if "week" in who.column_names:
        week = _codes(who["week"].to_pandas())
        axes["week"] = week[1]
        at.append(week[0])
    shape = [len(values) for values in axes.values()]
    rows = np.zeros(who.num_rows, np.int64)
    for code, length in zip(at, shape, strict=True):
        rows = rows * length + code
    return Cube(axes, beside, rows)


def _grid(points: int, codes: Mapping[str, tuple[Values, Values]]) -> bool:
    """Whether every combination of the factors' values occurs exactly once."""
    if points != int(np.prod([len(values) for _, values in codes.values()], dtype=object)):
        return False
    place = np.zeros(points, np.int64)
    for code, values in codes.values():
        place = place * len(values) + code
    return len(np.unique(place)) == points


def _codes(column: pd.Series[Any], first: Sequence[str] = ()) -> tuple[Values, Values]:
    """Place of each value among the different ones: numbers in their order, words as they first appear."""
    import pandas as pd

    values = _plain(column)
    if values.dtype == object:
        named = list(dict.fromkeys([*first, *values.tolist()]))
        different = np.empty(len(named), object)
        different[:] = named
        return pd.Index(named, dtype=object).get_indexer(pd.Index(values, dtype=object)), different
    different, code = np.unique(values, return_inverse=True)
    return code, different


def _plain(column: pd.Series[Any]) -> Values:
    """Numbers and booleans as they are, anything else as objects."""
    values = column.to_numpy()
    return values if values.dtype.kind in "biuf" else column.astype(object).to_numpy()


def axes_of(kind: str) -> list[str]:
    """Columns that place a row of ``runs`` or ``series`` in an array."""
    return ["point", "arm", "seed", *(["week"] if kind == "series" else [])]


def describe(name: str) -> Outcome:
    """An outcome's declaration; its name alone if no loaded code declares it."""
    unnamed = Outcome(Label(zh=name, en=name), "", "neither", "mean", "state")
    return OUTCOMES.get(name, unnamed)


def attributes(name: str) -> dict[str, str]:
    """Unit and labels of an outcome, for arrays and files."""
    outcome = describe(name)
    return {
        "units": outcome.unit, "long_name": outcome.label.en, "label_zh": outcome.label.zh,
        "label_en": outcome.label.en,
    }
