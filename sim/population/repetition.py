"""The same places, and residents of a table, several times one after the other: a district for each seed.

What counts places or residents counts on; stable ids and all else are those of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sim.population.columns import Places, Residents

_COUNTED = {
    "community_street": "street", "community_first_grid": "grid", "grid_first_building": "building",
    "building_first_dwelling": "dwelling", "dwelling_first_resident": "resident",
    "grid_community": "community", "building_grid": "grid", "building_community": "community",
    "dwelling_building": "building", "dwelling": "dwelling", "building": "building", "grid": "grid",
    "community": "community"}
"""Columns of places and residents that count places or residents, and of which level."""

Columns = TypeVar("Columns", Places, Residents)


def repeated_places(places: Places, times: int) -> Places:
    """Places several times over.

    Parameters
    ----------
    places : Places
    times : int
    """
    return _repeated(places, _sizes(places), times)


def repeated_residents(residents: Residents, places: Places, times: int) -> Residents:
    """Residents several times over, each time in the same places further on.

    Parameters
    ----------
    residents : Residents
    places : Places
        Where they live, once.
    times : int
    """
    return _repeated(residents, _sizes(places), times)


def _sizes(places: Places) -> dict[str, int]:
    return {
        "street": int(places.community_street.max()) + 1, "community": places.communities,
        "grid": places.grids, "building": places.buildings, "dwelling": places.dwellings,
        "resident": int(places.dwelling_first_resident[-1])}


def _repeated(table: Columns, sizes: Mapping[str, int], times: int) -> Columns:
    found: dict[str, npt.NDArray[Any]] = {}
    for name, column in table._asdict().items():
        if name not in _COUNTED:
            found[name] = np.concatenate([column] * times)
            continue
        size = sizes[_COUNTED[name]]
        rows = column[:-1] if "_first_" in name else column  # where one ends the next begins
        before = np.repeat(np.arange(times) * size, len(rows)).astype(column.dtype)
        found[name] = np.concatenate([rows] * times) + before
        if "_first_" in name:
            found[name] = np.append(found[name], column.dtype.type(times * size))
    return type(table)(**found)
