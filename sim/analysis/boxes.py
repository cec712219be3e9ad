"""Boxes that hold many cases of interest: peeled, chosen, pasted and pruned (Friedman and Fisher 1999).

A box limits some factors: an ordered one to a range, a named one to some of its values. Everything is done on
ranks of the values that the design holds, so results are exact and the same on every machine.

Peeling starts from all points and cuts off, at each step, the lowest or highest twentieth of one factor, or
one of its names: the cut that raises the share of cases most per point lost ("lenient" objective, which lets
factors with few values compete), ties going to the first factor. Of the boxes on the way the one is chosen
that holds the greatest share of all cases less the greatest share of all other points (Youden's J). Pasting
widens limits again as long as that grows. Pruning drops limits whose quasi-p-value exceeds 0.05, weakest
first: the chance of as many cases in the box if that limit did nothing (Bryant and Lempert 2010).

Peeling is greedy and looks at one factor at a time: conditions that show only jointly, each factor being
without effect on average (low with low or high with high), can be missed. No box found is no proof of none.

References: Friedman and Fisher 1999, doi:10.1023/A:1008894516817; Bryant and Lempert 2010,
doi:10.1016/j.techfore.2009.08.002; Kwakkel and Jaxa-Rozen 2016, doi:10.1016/j.envsoft.2015.11.020.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

QUASI_P = 0.05
"""Limits with a greater quasi-p-value are dropped."""

FEWEST_POINTS = 5
"""No box holds fewer points."""


class Space(NamedTuple):
    """Points in the form that boxes are cut from."""

    factors: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    """Distinct values of each factor, ascending; their places are the ranks."""
    ranks: IntArray
    """Shape (points, factors)."""
    ordered: BoolArray
    """Whether a factor's values have a size; the others are names."""


class Box(NamedTuple):
    """Limits of every factor."""

    low: IntArray
    """Least rank, inclusive, of ordered factors."""
    high: IntArray
    """Greatest rank, inclusive, of ordered factors."""
    allowed: BoolArray
    """Which ranks of named factors are in; shape (factors, most values of a named factor)."""


class Limit(NamedTuple):
    """One limit of a box: a side of an ordered factor, or the names of another."""

    factor: int
    side: str
    """``low``, ``high`` or ``names``."""


class Settings(NamedTuple):
    """How boxes are cut."""

    peel: float = 0.05
    """Share of the box's points that one cut takes."""
    smallest: float = 0.05
    """Least share of points in a box."""
    density: float = 0.0
    """Least share of cases in the chosen box."""


class Trajectory(NamedTuple):
    """Boxes from all points to the smallest, then as pasted and pruned; and which is chosen, if any is."""

    boxes: tuple[Box, ...]
    chosen: int | None

    @property
    def box(self) -> Box | None:
        """The chosen one."""
        return None if self.chosen is None else self.boxes[self.chosen]


def everything(space: Space) -> Box:
    """The box that holds all points."""
    last = np.array([len(values) - 1 for values in space.values], np.int64)
    named = [len(v) for v, ordered in zip(space.values, space.ordered, strict=True) if not ordered]
    return Box(np.zeros_like(last), last, np.ones((len(last), max(named, default=1)), bool))


def outside(space: Space, box: Box) -> BoolArray:
    """Which factor keeps which point out, shape (points, factors)."""
    broken = (space.ranks < box.low) | (space.ranks > box.high)
    for factor in np.flatnonzero(~space.ordered):
        broken[:, factor] = ~box.allowed[factor, space.ranks[:, factor]]
    return broken


def contains(space: Space, box: Box) -> BoolArray:
    """Which points are in a box."""
    return np.asarray(~outside(space, box).any(axis=1))


def limits(space: Space, box: Box) -> list[Limit]:
    """Limits that a box sets, factor by factor."""
    found = []
    for factor, values in enumerate(space.values):
        if not space.ordered[factor]:
            found += [Limit(factor, "names")] if not box.allowed[factor, :len(values)].all() else []
            continue
        found += [Limit(factor, "low")] if box.low[factor] > 0 else []
        found += [Limit(factor, "high")] if box.high[factor] < len(values) - 1 else []
    return found


def find(space: Space, cases: BoolArray, alive: BoolArray, settings: Settings) -> Trajectory:
    """One box among the points that are alive.

    Parameters
    ----------
    space : Space
    cases, alive : array of bool, shape (points,)
        Points of interest; points that take part.
    settings : Settings

    Returns
    -------
    Trajectory
        ``chosen`` is None if no box is denser in cases than the whole.
    """
    path = list(_peel(space, cases, alive, settings))
    held = [alive & contains(space, box) for box in path]
    gains = np.array([_youden(cases, alive, inside) for inside in held])
    dense = np.array([float(cases[inside].mean()) if inside.any() else 0.0 for inside in held])
    gains[dense < settings.density] = 0.0
    best = int(np.argmax(gains)) if len(gains) else 0
    if not len(gains) or gains[best] <= 0.0:
        return Trajectory(tuple(path), None)
    box = path[best]
    for improve in (_paste, _prune):
        better = improve(space, cases, alive, box, settings)
        if better is not box:
            path.append(better)
            box = better
    if not limits(space, box):
        return Trajectory(tuple(path), None)
    return Trajectory(tuple(path), next(i for i, one in enumerate(path) if one is box))


def quasi_p(space: Space, cases: BoolArray, alive: BoolArray, box: Box, limit: Limit) -> float:
    """Chance of as many cases in the box, were its points drawn from the box without that limit."""
    from scipy.special import bdtrc

    inside, without = alive & contains(space, box), alive & contains(space, _lifted(space, box, limit))
    total, hits = int(inside.sum()), int(cases[inside].sum())
    if hits == 0:
        return 1.0
    return float(bdtrc(hits - 1, total, float(cases[without].mean())))


def _youden(cases: BoolArray, alive: BoolArray, inside: BoolArray) -> float:
    """Share of the cases less share of the other points that a box holds."""
    hits, others = int((cases & alive).sum()), int((~cases & alive).sum())
    if not hits or not others:
        return 0.0
    return int((cases & inside).sum()) / hits - int((~cases & inside).sum()) / others


class _Cut(NamedTuple):
    """What a cut takes off, and the box that it leaves."""

    lost: int
    cases_lost: int
    make: Callable[[], Box]


def _peel(space: Space, cases: BoolArray, alive: BoolArray, settings: Settings) -> Iterator[Box]:
    """Boxes from all points that are alive down to the smallest."""
    box, inside = everything(space), alive.copy()
    columns = np.flatnonzero(space.ordered)
    rows = np.flatnonzero(inside)
    # Points in the order of each ordered factor; cutting keeps the order, so nothing is sorted again
    order = rows[np.argsort(space.ranks[np.ix_(rows, columns)], axis=0, kind="stable").T]
    least = max(FEWEST_POINTS, math.ceil(settings.smallest * len(rows)))
    while True:
        yield box
        count, hits = int(inside.sum()), int(cases[inside].sum())
        if count <= least or hits == count:
            return
        cuts = [cut for cut in (*_ordered_cuts(space, cases, order, columns, box, settings.peel),
                                *_named_cuts(space, cases, inside, box)) if count - cut.lost >= least]
        if not cuts:
            return
        gain = [((hits - cut.cases_lost) / (count - cut.lost) - hits / count) / cut.lost for cut in cuts]
        box = cuts[int(np.argmax(gain))].make()
        inside &= contains(space, box)
        order = order[inside[order]].reshape(len(columns), int(inside.sum()))


def _ordered_cuts(
    space: Space, cases: BoolArray, order: IntArray, columns: IntArray, box: Box, peel: float,
) -> Iterator[_Cut]:
    """The lowest and the highest share of every ordered factor."""
    count = order.shape[1] if len(columns) else 0
    if count < 2:
        return
    some = min(max(1, int(peel * count)), count - 1)
    for side, from_end in (("low", order), ("high", order[:, ::-1])):
        ends = space.ranks[from_end[:, :some + 1], columns[:, None]]
        cut_off = ends[:, :some] != ends[:, some:]  # equal values stay or go together
        lost = cut_off.sum(axis=1)
        cases_lost = (cut_off & cases[from_end[:, :some]]).sum(axis=1)
        stay = ends[:, some].copy()
        for i in np.flatnonzero(lost == 0):  # the end value alone holds more than the share: all of it goes
            ranks = space.ranks[from_end[i], columns[i]]
            rest = np.flatnonzero(ranks != ranks[0])
            if len(rest):
                lost[i], stay[i] = rest[0], ranks[rest[0]]
                cases_lost[i] = cases[from_end[i, :rest[0]]].sum()
        for i in np.flatnonzero(lost):
            yield _Cut(int(lost[i]), int(cases_lost[i]), _limited(box, int(columns[i]), side, int(stay[i])))


def _named_cuts(space: Space, cases: BoolArray, inside: BoolArray, box: Box) -> Iterator[_Cut]:
    """Every name, of factors of which more than one is left."""
    for factor in np.flatnonzero(~space.ordered).tolist():
        ranks, levels = space.ranks[:, factor], len(space.values[factor])
        points = np.bincount(ranks[inside], minlength=levels)
        hits = np.bincount(ranks[inside & cases], minlength=levels)
        for level in np.flatnonzero(points).tolist() if np.count_nonzero(points) > 1 else ():
            yield _Cut(int(points[level]), int(hits[level]), _named(box, factor, level, False))


def _limited(box: Box, factor: int, side: str, rank: int) -> Callable[[], Box]:
    def make() -> Box:
        moved = (box.low if side == "low" else box.high).copy()
        moved[factor] = rank
        return box._replace(low=moved) if side == "low" else box._replace(high=moved)
    return make


def _named(box: Box, factor: int, level: int, allowed: bool) -> Callable[[], Box]:
    def make() -> Box:
        names = box.allowed.copy()
        names[factor, level] = allowed
        return box._replace(allowed=names)
    return make


def _lifted(space: Space, box: Box, limit: Limit) -> Box:
    """The box without one limit."""
    if limit.side == "names":
        names = box.allowed.copy()
        names[limit.factor] = True
        return box._replace(allowed=names)
    end = 0 if limit.side == "low" else len(space.values[limit.factor]) - 1
    return _limited(box, limit.factor, limit.side, end)()


def _paste(space: Space, cases: BoolArray, alive: BoolArray, box: Box, settings: Settings) -> Box:
    """Limits widened, best first, as long as Youden's J grows and the box stays dense enough."""
    inside = alive & contains(space, box)
    gain = _youden(cases, alive, inside)
    while True:
        broken = outside(space, box)
        only = alive & (broken.sum(axis=1) == 1)
        some = max(1, math.ceil(settings.peel * int(inside.sum())))
        best = box
        for limit in limits(space, box):
            near_by = only & broken[:, limit.factor]
            for wider in _wider(space, box, limit, near_by, some):
                held = alive & contains(space, wider)
                better = _youden(cases, alive, held)
                if better > gain and float(cases[held].mean()) >= settings.density:
                    gain, best, inside = better, wider, held
        if best is box:
            return box
        box = best


def _wider(space: Space, box: Box, limit: Limit, near_by: BoolArray, some: int) -> Iterator[Box]:
    """Boxes in which one limit lets in ``some`` more points, or one more name."""
    ranks = space.ranks[near_by, limit.factor]
    if limit.side == "names":
        for level in np.unique(ranks).tolist():
            yield _named(box, limit.factor, level, True)()
    elif limit.side == "low":
        below = np.sort(ranks[ranks < box.low[limit.factor]])
        if len(below):
            yield _limited(box, limit.factor, "low", int(below[-min(some, len(below))]))()
    else:
        above = np.sort(ranks[ranks > box.high[limit.factor]])
        if len(above):
            yield _limited(box, limit.factor, "high", int(above[min(some, len(above)) - 1]))()


def _prune(space: Space, cases: BoolArray, alive: BoolArray, box: Box, settings: Settings) -> Box:
    """The box without limits that do nothing, weakest first."""
    while found := limits(space, box):
        weights = [quasi_p(space, cases, alive, box, limit) for limit in found]
        worst = int(np.argmax(weights))
        slimmer = _lifted(space, box, found[worst])
        held = alive & contains(space, slimmer)
        if weights[worst] <= QUASI_P or float(cases[held].mean()) < settings.density:
            return box
        box = slimmer
    return box
