"""Several boxes one after the other, and whether points that had no say in them agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.analysis.boxes import Settings, Space, Trajectory, contains, find
from sim.rng import Streams

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

DRAWS = 4_999
"""Ways in which groups are dealt anew to test a box."""


class Halves(NamedTuple):
    """How points are split into a half that finds boxes and one that tests them."""

    splits: int = 1
    """How many ways."""
    groups: IntArray | None = None
    """Group of each point, shape (points,): points of one group stay together. None: all by themselves."""


class Found(NamedTuple):
    """A box looked for, and the points it was looked for among: those outside all boxes before it."""

    alive: BoolArray
    path: Trajectory


def cover(
    space: Space, cases: BoolArray, alive: BoolArray, boxes: int, settings: Settings
) -> Iterator[Found]:
    """Boxes one after the other, up to the first that cannot be found."""
    for _ in range(boxes):
        path = find(space, cases, alive, settings)
        yield Found(alive, path)
        if path.box is None:
            return
        alive = alive & ~contains(space, path.box)


def support(
    space: Space, cases: BoolArray, points: IntArray, boxes: int, settings: Settings, halves: Halves
) -> FloatArray:
    """p-values of the first, second, … box: each found in one half of the points and tested in the other.

    A box is chosen because it holds many cases, so its own points cannot test it. In the other half the count
    of cases inside is hypergeometric if factors don't matter. The smaller of both halves' values is doubled.

    Points of one group, such as several communities under the same settings, are alike. So a group goes into
    one half as a whole, or its points in the half that finds would have told what those in the other hold.
    And the count is held against groups dealt anew as wholes, and points anew within each, ``DRAWS`` times:
    as if each point stood by itself, one fact would count several times.

    Parameters
    ----------
    space : Space
    cases : array of bool, shape (points,)
    points : array of int, shape (points,)
        Numbers of the points: they decide, by a keyed draw, who goes to which half.
    boxes : int
        Boxes wanted.
    settings : Settings
    halves : Halves
        How often points are split, and which of them belong together.

    Returns
    -------
    array, shape (splits, boxes)
        1 where neither half shows such a box.
    """
    groups = points if halves.groups is None else halves.groups
    return np.array([
        _one_split(space, cases, _half(cases, groups, split), groups, boxes, settings, split)
        for split in range(halves.splits)])


def combined(found: FloatArray) -> list[float]:
    """One p-value a box from those of many splits, shape (splits, boxes).

    Twice the median: splits share their points, so the median by itself would be too small (Meinshausen,
    Meier and Bühlmann 2009, doi:10.1198/jasa.2009.tm08647). A single split is left as it is.
    """
    if len(found) == 1:
        return [float(p) for p in found[0]]
    return [float(p) for p in np.minimum(1.0, 2.0 * np.median(found, axis=0))]


def _half(cases: BoolArray, groups: IntArray, split: int) -> BoolArray:
    """Points of one half. Groups are dealt out in the order of their cases, so both hold about as many."""
    names, place = np.unique(groups, return_inverse=True)
    held = np.bincount(place, weights=cases)
    order = np.lexsort((Streams(0).uniform("prim halves", split, names), held))
    half = np.zeros(len(names), bool)
    half[order[::2]] = True
    return half[place]


def _one_split(
    space: Space, cases: BoolArray, half: BoolArray, groups: IntArray, boxes: int, settings: Settings,
    seed: int,
) -> FloatArray:
    found = np.ones((2, boxes))
    for way, (train, unseen) in enumerate(((half, ~half), (~half, half))):
        for number, (_, path) in enumerate(cover(space, cases, train, boxes, settings)):
            if path.box is None:
                break
            inside = contains(space, path.box)
            found[way, number] = _chance(
                cases[unseen], inside[unseen], groups[unseen], (seed, way, number))
            unseen = unseen & ~inside
    return np.asarray(np.minimum(1.0, 2.0 * found.min(axis=0)), float)


def _chance(cases: BoolArray, inside: BoolArray, groups: IntArray, seed: tuple[int, ...]) -> float:
    """Chance of as many cases inside if conditions don't matter."""
    from scipy.stats import hypergeom

    held = int((cases & inside).sum())
    _, place, size = np.unique(groups, return_inverse=True, return_counts=True)
    if (size == 1).all():
        return float(hypergeom.sf(held - 1, len(cases), int(cases.sum()), int(inside.sum())))
    if held * len(cases) <= int(cases.sum()) * int(inside.sum()):
        return 1.0  # no more than expected: nothing to draw for
    count, within = (np.bincount(place, weights=one).astype(np.int64) for one in (cases, inside))
    generator, drawn = np.random.default_rng(seed), np.zeros(DRAWS, np.int64)
    for same in np.unique(size):
        mine = size == same
        dealt = generator.permuted(np.tile(count[mine], (DRAWS, 1)), axis=1)
        drawn += generator.hypergeometric(dealt, same - dealt, within[mine]).sum(axis=1)
    return (1 + int((drawn >= held).sum())) / (1 + DRAWS)
