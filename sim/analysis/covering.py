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
    space: Space, cases: BoolArray, points: IntArray, boxes: int, settings: Settings
) -> list[float]:
    """p-values of the first, second, … box: each found in one half of the points and tested in the other.

    A box is chosen because it holds many cases, so its own points cannot test it. In the other half the count
    of cases inside is hypergeometric if factors don't matter. The smaller of both halves' values is doubled.

    Parameters
    ----------
    space : Space
    cases : array of bool, shape (points,)
    points : array of int, shape (points,)
        Numbers of the points: they decide, by a keyed draw, who goes to which half.
    boxes : int
        Boxes wanted.
    settings : Settings

    Returns
    -------
    list of float
        One a box; 1 where neither half shows one.
    """
    from scipy.stats import hypergeom

    # Both halves hold as many cases: points are dealt out in a keyed order, cases apart
    order = np.lexsort((Streams(0).uniform("prim halves", 0, points), cases))
    half = np.zeros(len(cases), bool)
    half[order[::2]] = True
    found = np.ones((2, boxes))
    for way, (train, unseen) in enumerate(((half, ~half), (~half, half))):
        for number, (_, path) in enumerate(cover(space, cases, train, boxes, settings)):
            if path.box is None:
                break
            inside = contains(space, path.box)
            held = unseen & inside
            found[way, number] = hypergeom.sf(
                int(cases[held].sum()) - 1, int(unseen.sum()), int(cases[unseen].sum()), int(held.sum()))
            unseen = unseen & ~inside
    return np.minimum(1.0, 2.0 * found.min(axis=0)).tolist()
