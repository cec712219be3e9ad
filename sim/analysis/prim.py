"""Scenario discovery: under which conditions does a response cross a threshold? (PRIM)

Points of interest, such as those where ``one_core - self_governing`` lies below 0, are looked for in boxes
(:mod:`sim.analysis.boxes`). A box is reported only if one found in half of the points holds more cases than
chance in the other half (p ≤ 0.05), and only as long as every box before it was; so pure noise yields a box
in no more than one study of twenty. One split into halves is one draw: several can be asked for, whose median
counts, and points that are not independent can be kept together (:class:`sim.analysis.covering.Halves`). That
test says whether factors matter with these seeds. Whether other seeds would tell the same is shown by
``refound``: the share of resamples of seeds in which a box that overlaps this one by half or more is found
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.analysis.box_words import described, space_of
from sim.analysis.boxes import Box, Settings, Space, contains, limits, quasi_p
from sim.analysis.covering import Found, Halves, combined, cover, support
from sim.analysis.responses import Response
from sim.errors import YiheError
from sim.params import Label
from sim.rng import Streams
from sim.study.statistics import band

if TYPE_CHECKING:
    import pandas as pd

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

SIGNIFICANT = 0.05
OVERLAP = 0.5
"""Shared points over points of either box from which on two boxes count as the same."""

USUAL = Settings()
ONE_SPLIT = Halves()

BOX_COLUMNS = ("of", "outcome", "box", "factor", "low", "high", "values", "qp", "refound_factor", "rule_zh",
               "rule_en", "coverage", "density", "mass", "p", "refound")
PEELING_COLUMNS = ("of", "outcome", "box", "step", "coverage", "density", "mass", "limited", "chosen")


class Cases(NamedTuple):
    """Points that have a value, ascending, and which of them are of interest."""

    points: IntArray
    hit: BoolArray


Interest = Callable[[Response], Cases]
"""Says which points are of interest; asked again of every resample of seeds."""


class Discovery(NamedTuple):
    """Boxes found; columns as :func:`prim` says."""

    boxes: pd.DataFrame
    peeling: pd.DataFrame
    rules: tuple[Label, ...]
    """One sentence a box."""
    p: tuple[float, ...]
    """Of every box looked for, the last of which may have been refused."""
    splits: FloatArray
    """p-values of every split, shape (splits, boxes looked for)."""
    cases: int
    points: int


def cases(
    response: Response, *, below: float | None = None, above: float | None = None, certain: bool = False,
) -> Cases:
    """Points of interest: those whose mean over seeds crosses a threshold.

    Parameters
    ----------
    response : Response
    below, above : float
        The threshold; one of both.
    certain : bool
        Whether the whole 95 % interval must lie beyond it.

    Raises
    ------
    YiheError
        If neither or both thresholds are given.
    """
    found = band(response.values.T)
    there = np.isfinite(found.mean)
    if below is not None and above is None:
        hit = (found.high if certain else found.mean) < below
    elif above is not None and below is None:
        hit = (found.low if certain else found.mean) > above
    else:
        raise YiheError("请给出一个阈值：below（低于）或 above（高于），二者择一",
                        "give one threshold: below or above, not both", key="cases")
    return Cases(response.points[there], hit[there])


def prim(
    response: Response,
    design: pd.DataFrame,
    interest: Interest,
    *,
    boxes: int = 3,
    settings: Settings = USUAL,
    resamples: int = 0,
    halves: Halves = ONE_SPLIT,
) -> Discovery:
    """Boxes of conditions that hold the points of interest.

    >>> prim(response, design, lambda r: cases(r, below=0.0))

    Parameters
    ----------
    response : Response
    design : DataFrame
        One column a factor, and ``point``; numbers are ordered, texts and switches are names.
    interest : callable
        Which points are of interest, such as :func:`cases` with a threshold.
    boxes : int
        Boxes looked for at most; each among the points outside those before it.
    settings : Settings
        How boxes are cut.
    resamples : int
        Resamples of seeds for ``refound``; NaN if 0. Each that differs takes as long as the search itself.
    halves : Halves
        How points are split for the test, and which belong together; its groups are those of
        ``response.points``, in that order.

    Returns
    -------
    Discovery
        ``boxes``, one row a limited factor: ``of, outcome, box`` (from 1), ``factor, low, high`` (NaN for
        names), ``values`` (names allowed, as text), ``qp`` (quasi-p-value, of the weaker side),
        ``refound_factor`` (share of resamples whose best matching box limits the factor), ``rule_zh,
        rule_en``; and, the same in all rows of a box, ``coverage`` (share of all cases), ``density`` (share
        of cases in it), ``mass`` (share of all points), ``p``, ``refound``.
        ``peeling``, one row a step: ``of, outcome, box, step, coverage, density, mass, limited`` (factors),
        ``chosen``; the last steps are those of pasting and pruning. A box that was refused is in ``peeling``
        without a chosen step. Both are empty if no point or every point is of interest.
    """
    import pandas as pd

    points, hit = interest(response)
    space = space_of(design, points)
    if halves.groups is not None:
        halves = halves._replace(groups=halves.groups[np.isin(response.points, points)])
    found, splits = _search(space, hit, points, boxes, settings, halves)
    p_values = combined(splits)
    held = [one.path.box for one, p in zip(found, p_values, strict=True) if one.path.box and p <= SIGNIFICANT]
    again = _refound(response, interest, space, points, held, resamples, settings)
    rows, steps = [], []
    for number, one in enumerate(found):
        kept = number < len(held)
        said = {"of": response.of, "outcome": response.outcome, "box": number + 1}
        steps += [{**said, **row} for row in _steps(space, hit, one, kept)]
        if kept:
            rows += [{**said, **row, "p": p_values[number]}
                     for row in _limits(space, hit, one, held[number], again[number])]
    table = pd.DataFrame(rows, columns=list(BOX_COLUMNS))
    return Discovery(
        table, pd.DataFrame(steps, columns=list(PEELING_COLUMNS)), _rules(rows), tuple(p_values),
        splits, int(hit.sum()), len(hit))


def _search(
    space: Space, hit: BoolArray, points: IntArray, boxes: int, settings: Settings, halves: Halves
) -> tuple[list[Found], FloatArray]:
    """Boxes with the p-values of every split, up to the first box that is refused."""
    if not hit.any() or hit.all():
        return [], np.ones((halves.splits, 0))
    found = list(cover(space, hit, np.ones(len(hit), bool), boxes, settings))
    splits = support(space, hit, points, len(found), settings, halves)
    splits[:, [one.path.box is None for one in found]] = 1.0
    refused = next((i for i, p in enumerate(combined(splits)) if p > SIGNIFICANT), len(found))
    return found[:refused + 1], splits[:, :refused + 1]


class _Again(NamedTuple):
    """Shares of resamples in which a box, and each factor of it, was found again."""

    box: float
    factors: dict[int, float]


def _refound(
    response: Response, interest: Interest, space: Space, points: IntArray, held: Sequence[Box],
    resamples: int, settings: Settings,
) -> list[_Again]:
    """What seeds resampled with replacement find."""
    if not resamples or not held:
        return [_Again(np.nan, {}) for _ in held]
    mine = [contains(space, box) for box in held]
    best = [_best_match(space, mine, others)
            for others in _resampled(response, interest, space, points, len(held), resamples, settings)]
    found = []
    for number in range(len(held)):
        shared = [overlap >= OVERLAP for overlap, _ in (one[number] for one in best)]
        limited = [factors for _, factors in (one[number] for one in best)]
        found.append(_Again(sum(shared) / resamples, {
            factor: sum(factor in factors for factors in limited) / resamples
            for factor in range(len(space.factors))}))
    return found


def _resampled(
    response: Response, interest: Interest, space: Space, points: IntArray, boxes: int, resamples: int,
    settings: Settings,
) -> list[list[Box]]:
    """Boxes of every resample of seeds, among the same points."""
    seeds = len(response.seeds)
    values = response.values[np.isin(response.points, points)]
    done: dict[tuple[int, ...], list[Box]] = {}  # few seeds often give the same resample again
    found = []
    for resample in range(resamples):
        draws = Streams(0).uniform("prim seeds", resample, np.arange(seeds))
        picked = np.sort(np.minimum((draws * seeds).astype(np.intp), seeds - 1))
        same = tuple(picked.tolist())
        if same not in done:
            known, some = interest(replace(response, points=points, values=values[:, picked]))
            hit = np.zeros(len(points), bool)
            hit[np.searchsorted(points, known)] = some
            theirs = cover(space, hit, np.isin(points, known), boxes, settings)
            done[same] = [one.path.box for one in theirs if one.path.box]
        found.append(done[same])
    return found


def _best_match(
    space: Space, mine: Sequence[BoolArray], others: Sequence[Box]
) -> list[tuple[float, set[int]]]:
    """For each box of ours: its greatest overlap with another's, and the factors which that one limits."""
    theirs = [contains(space, box) for box in others]
    found: list[tuple[float, set[int]]] = []
    for own in mine:
        shared = [int((own & other).sum()) / int((own | other).sum()) for other in theirs]
        best = int(np.argmax(shared)) if shared else -1
        found.append((shared[best], {limit.factor for limit in limits(space, others[best])})
                     if shared else (0.0, set()))
    return found


def _shares(hit: BoolArray, inside: BoolArray) -> dict[str, float]:
    held, points = int(hit[inside].sum()), int(inside.sum())
    return {"coverage": held / int(hit.sum()), "density": held / points if points else np.nan,
            "mass": points / len(hit)}


def _steps(space: Space, hit: BoolArray, found: Found, kept: bool) -> list[dict[str, Any]]:
    return [
        {"step": step, **_shares(hit, found.alive & contains(space, box)),
         "limited": len({limit.factor for limit in limits(space, box)}),
         "chosen": kept and step == found.path.chosen}
        for step, box in enumerate(found.path.boxes)]


def _limits(space: Space, hit: BoolArray, found: Found, box: Box, again: _Again) -> list[dict[str, Any]]:
    shares = _shares(hit, found.alive & contains(space, box))
    rows = []
    for factor, group in groupby(limits(space, box), key=lambda limit: limit.factor):
        mine = list(group)
        rows.append({
            "factor": space.factors[factor], **described(space, box, factor, mine),
            "qp": max(quasi_p(space, hit, found.alive, box, limit) for limit in mine),
            "refound_factor": again.factors.get(factor, np.nan), **shares, "refound": again.box})
    return rows


def _rules(rows: Sequence[dict[str, Any]]) -> tuple[Label, ...]:
    """One sentence a box."""
    boxes = [list(group) for _, group in groupby(rows, key=lambda row: row["box"])]
    return tuple(
        Label(zh=" 且 ".join(row["rule_zh"] for row in box), en=" and ".join(row["rule_en"] for row in box))
        for box in boxes)
