"""Household types, and their weights adjusted so that age margins and mean size come out as declared.

A *cell* is a household type with the householder's five-year age band. Other members' ages follow the
householder's by even integer offsets, so each cell has a known expected number of members in every age band.
Starting from the prior weights, cell weights are scaled by the multiplicative expectation–maximisation update
until expected numbers in the seventeen bands and the mean size agree with the margins, as nearly as any
non-negative mixture of the cells allows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.jit import kernel
from sim.population.columns import Bool, Float64, Int64
from sim.population.parameters import BAND_LOWS, OLDEST, AgeMargins, HouseholdTypes, PopulationParameters

HEAD, PARTNER, FLATMATE, CHILD, CHILD_2, ELDER, ELDER_2 = range(7)
ROLES = 7
"""Member slots of a household: a resident's stable id is made from the dwelling's and the role."""

OFFSETS: tuple[tuple[int, int], ...] = ((0, 0), (-4, 4), (-4, 4), (-34, -23), (-37, -26), (22, 32), (22, 32))
"""Least and greatest age difference to the householder, by role (modeller's assumption, D)."""

LEAST_AGE: tuple[int, ...] = (20, 20, 18, 0, 0, 45, 45)
"""Ages are clipped to at least this, by role, and at most ``OLDEST``."""

_TYPES: tuple[tuple[str, tuple[int, ...], int, int], ...] = (
    ("single", (HEAD,), 20, 80),
    ("couple", (HEAD, PARTNER), 25, 80),
    ("couple_child", (HEAD, PARTNER, CHILD), 25, 60),
    ("couple_children", (HEAD, PARTNER, CHILD, CHILD_2), 25, 55),
    ("parent_child", (HEAD, CHILD), 30, 80),
    ("three_generations", (HEAD, PARTNER, CHILD, ELDER), 30, 55),
    ("three_generations_two", (HEAD, PARTNER, CHILD, ELDER, ELDER_2), 30, 55),
    ("adult_and_elder", (HEAD, ELDER), 40, 60),
    ("sharers", (HEAD, FLATMATE), 20, 30),
)
_ROUNDS = 3000


class HouseholdTable(NamedTuple):
    """Cells ready to draw from."""

    cumulative: Float64
    """(K,) cumulative probability of the cells."""
    band: Int64
    """(K,) index of the householder's age band."""
    present: Bool
    """(K, ROLES) roles filled."""
    expected: Float64
    """(17,) expected share of members in each age band."""
    size: float
    """Expected members of a household."""


def band_span(band: int) -> tuple[int, int]:
    """Lower bound and number of years of an age band."""
    low = BAND_LOWS[band]
    return low, (OLDEST - low + 1 if band == len(BAND_LOWS) - 1 else 5)


def household_table(parameters: PopulationParameters) -> HouseholdTable:
    """Cells with weights adjusted to the age margins and mean household size.

    Parameters
    ----------
    parameters : PopulationParameters

    Returns
    -------
    HouseholdTable
    """
    return _table(parameters.age, parameters.households, parameters.household_size)


@lru_cache(maxsize=16)
def _table(age: AgeMargins, types: HouseholdTypes, size: float) -> HouseholdTable:
    bands: list[int] = []
    roles: list[tuple[int, ...]] = []
    prior: list[float] = []
    for name, members, low, high in _TYPES:
        span = range(low // 5, high // 5 + 1)
        for band in span:
            bands.append(band)
            roles.append(members)
            prior.append(getattr(types, name) / len(span))
    counts = np.zeros((len(bands), len(BAND_LOWS) + 1))
    for cell, (band, members) in enumerate(zip(bands, roles, strict=True)):
        for role in members:
            counts[cell, :-1] += _role_bands(role, band)
    counts[:, -1] = 1.0  # the households themselves: fixes the mean size
    target = np.array([*(size * share for share in age.band_shares()), 1.0])
    weights = _adjust(counts, target, np.array(prior), _ROUNDS)
    total = np.cumsum(weights)
    present = np.zeros((len(bands), ROLES), np.bool_)
    for cell, members in enumerate(roles):
        present[cell, list(members)] = True
    found = np.cumsum(weights[:, None] * counts, axis=0)[-1]
    people = float(np.cumsum(found[:-1])[-1])
    return HouseholdTable(
        total / total[-1],
        np.array(bands, np.int64),
        present,
        found[:-1] / people,
        people / float(total[-1]),
    )


@lru_cache(maxsize=256)
def _role_bands(role: int, band: int) -> npt.NDArray[np.float64]:
    """Expected members of a role in each age band, given the householder's band."""
    low, years = band_span(band)
    first, last = OFFSETS[role]
    ages = np.add.outer(np.arange(low, low + years), np.arange(first, last + 1)).ravel()
    ages = np.clip(ages, LEAST_AGE[role], OLDEST)
    return np.bincount(np.minimum(ages // 5, len(BAND_LOWS) - 1), minlength=len(BAND_LOWS)) / float(len(ages))


@kernel
def _adjust(counts: Float64, target: Float64, prior: Float64, rounds: int) -> Float64:
    """Cell weights whose expected counts approach the target (loops fix the order of every sum)."""
    cells, bands = counts.shape
    weights = prior.copy()
    ratio = np.empty(bands)
    for _ in range(rounds):
        worst = 0.0
        for b in range(bands):
            found = 0.0
            for c in range(cells):
                found += weights[c] * counts[c, b]
            ratio[b] = target[b] / found if found > 0.0 else 0.0
            worst = max(worst, abs(ratio[b] - 1.0))
        if worst < 1e-4:
            break
        for c in range(cells):
            up = 0.0
            size = 0.0
            for b in range(bands):
                up += counts[c, b] * ratio[b]
                size += counts[c, b]
            weights[c] *= up / size
    return weights
