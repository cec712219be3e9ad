"""Regular fractions: balanced, orthogonal, of the resolution and size they declare, with their aliases."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from sim.designs.fractions import fraction
from sim.designs.methods import Factorial
from sim.designs.points import make
from sim.designs.registry import AnyDesign
from sim.designs.section import read


def design(**section: Any) -> Factorial:
    return read(AnyDesign, section, key="design")


def shortest_word(columns: tuple[int, ...], most: int) -> int:
    """By trying every set of up to ``most`` factors."""
    for m in range(1, most + 1):
        for chosen in itertools.combinations(columns, m):
            total = 0
            for column in chosen:
                total ^= column
            if total == 0:
                return m
    return most + 1


@pytest.mark.parametrize("resolution", [3, 4, 5])
@pytest.mark.parametrize("factors", [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 17])
def test_fractions_are_balanced_orthogonal_and_of_the_resolution_they_declare(
    factors: int, resolution: int
) -> None:
    found = fraction(factors, resolution)
    assert found is not None
    coded = found.coded().astype(int)
    assert coded.shape == (found.size, factors)
    assert (coded.sum(axis=0) == 0).all()
    assert (coded.T @ coded == found.size * np.eye(factors, dtype=int)).all()
    assert len(np.unique(coded, axis=0)) == found.size
    assert shortest_word(found.columns, resolution) >= resolution
    assert (found.resolution() or 99) >= resolution


@pytest.mark.parametrize(
    ("factors", "resolution", "points"),
    [
        (3, 3, 4),
        (7, 3, 8),
        (15, 3, 16),
        (31, 3, 32),
        (4, 4, 8),
        (6, 4, 16),
        (8, 4, 16),
        (16, 4, 32),
        (5, 5, 16),
        (6, 5, 32),
        (8, 5, 64),
        (11, 5, 128),
        (15, 5, 256),
        (17, 5, 256),
        (5, None, 32),
    ],
)
def test_fractions_are_as_small_as_the_catalogue_has_them(factors: int, resolution: int, points: int) -> None:
    """Sizes of Chen, Sun and Wu (1993); 17 factors in 256 points is the largest of resolution V there."""
    found = fraction(factors, resolution)
    assert found is not None
    assert found.size == points


def test_aberration_is_that_of_the_catalogue() -> None:
    """Words of length 3, 4, 5 of minimum-aberration designs: 2^(9−5), 2^(9−4), 2^(10−5), 2^(8−2)."""
    known = {(9, 3): [4, 14, 8], (9, 4): [0, 6, 8], (10, 4): [0, 10, 16], (8, 5): [0, 0, 2]}
    for (factors, resolution), words in known.items():
        found = fraction(factors, resolution)
        assert found is not None
        counted = [0, 0, 0]
        for m in (3, 4, 5):
            for chosen in itertools.combinations(found.columns, m):
                total = 0
                for column in chosen:
                    total ^= column
                counted[m - 3] += total == 0
        assert counted == words


@pytest.mark.parametrize(("count", "resolution"), [(5, "III"), (7, "III"), (6, "IV"), (9, "IV"), (6, "V")])
def test_aliases_are_just_the_effects_with_the_same_contrast(count: int, resolution: str) -> None:
    names = [f"p{i}.x" for i in range(count)]
    found: Factorial = design(method="factorial", factors={n: [0, 1] for n in names}, resolution=resolution)
    points = make(found, 1)
    coded = 2 * points.unit - 1
    pairs = list(itertools.combinations(range(count), 2))
    contrasts = {names[i]: coded[:, i] for i in range(count)}
    contrasts |= {f"{names[i]} × {names[j]}": coded[:, i] * coded[:, j] for i, j in pairs}
    said = found.aliases()
    assert said.keys() == contrasts.keys()
    for one, contrast in contrasts.items():
        same = {other for other, its in contrasts.items() if other != one and (its == contrast).all()}
        assert set(said[one]) == same
        assert not any((its == -contrast).all() for its in contrasts.values())
    if resolution == "V":
        assert not any(said.values())
    if resolution == "IV":
        assert not any(said[name] for name in names)


def test_main_effects_come_out_of_a_fraction_exactly() -> None:
    """A linear model without interactions is recovered to rounding from a 2^(9−5) fraction."""
    names = [f"p{i}.x" for i in range(9)]
    points = make(design(method="factorial", factors={n: [0, 1] for n in names}, resolution="III"), 1)
    weights = np.arange(1.0, 10.0)
    outcome = points.table.to_numpy() @ weights
    coded = 2 * points.unit - 1
    assert 2 * (coded * outcome[:, None]).mean(axis=0) == pytest.approx(weights)
