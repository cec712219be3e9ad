"""The numbers of case handling in the form compiled kernels read: one record, and one a category."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.ledger.cases import Table
from sim.population.columns import UInt64
from sim.processes.categories import CATEGORIES, shares
from sim.processes.parameters import CaseParameters, WorldParameters

MOST_ACTORS = 4
"""Actors that one category can name."""
GEOMETRIES = ("neighbours", "building", "community", "household")
_COLUMNS = (
    "hours", "authority", "conflict", "clarity", "gap", "overlap", "severity", "visibility", "sensor",
    "latent", "service")

RULES = np.dtype([
    ("tasks_hours", "f8"),
    *(
        (name, "i8" if field.annotation is int else "f8")
        for name, field in CaseParameters.model_fields.items()
    ),
], align=True)
"""Numbers of :class:`CaseParameters` under their own names."""

CATEGORY = np.dtype([
    *((name, "f8") for name in _COLUMNS),
    ("shared", "u1"),
    ("between_neighbours", "u1"),
    ("geometry", "i4"),  # position in GEOMETRIES
    ("share", "f8"),     # cumulative share among potential frictions
    ("n_actors", "i4"),
], align=True)
"""The category table by column; the last row is a task from above."""


class Rules(NamedTuple):
    """What handling goes by."""

    key: UInt64
    """(C,) key of the stream of handling draws."""
    numbers: Table
    """(1,) of :data:`RULES`."""
    category: Table
    """(categories + 1,) of :data:`CATEGORY`."""
    actors: np.ndarray
    """(categories + 1, MOST_ACTORS) kinds, −1 beyond the last."""


def make_rules(parameters: CaseParameters, world: WorldParameters, key: UInt64) -> Rules:
    """Gather the numbers of case handling.

    Parameters
    ----------
    parameters : CaseParameters
    world : WorldParameters
    key : array of uint64, shape (C,)
        Key of the stream of handling draws in each community.

    Returns
    -------
    Rules
    """
    numbers = np.zeros(1, RULES)
    numbers["tasks_hours"] = world.tasks_hours
    for name in CaseParameters.model_fields:
        numbers[name] = getattr(parameters, name)
    n = len(CATEGORIES)
    table = np.zeros(n + 1, CATEGORY)
    actors = np.full((n + 1, MOST_ACTORS), -1, np.int32)
    total = 0.0
    for row, category, share in zip(table, CATEGORIES, shares(world.categories), strict=False):
        for name in _COLUMNS:
            row[name] = getattr(category, name)
        total += share
        row["shared"], row["between_neighbours"] = category.shared, category.geometry == "neighbours"
        row["geometry"], row["share"] = GEOMETRIES.index(category.geometry), total
        row["n_actors"] = len(category.actors)
    for i, category in enumerate(CATEGORIES):
        actors[i, : len(category.actors)] = [int(a) for a in category.actors]
    table[n - 1 :]["share"] = 1.0
    table[n]["n_actors"] = 1
    return Rules(key, numbers, table, actors)
