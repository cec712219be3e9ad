"""The census: people and cases counted once a week, in compiled passes that know no outcome's name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.jit import kernel, lean_kernel
from sim.ledger.cases import Table
from sim.ledger.opportunities import Rows
from sim.network.slots import add_up, in_use, words
from sim.network.ties import Ties
from sim.population.columns import (
    N_KINDS,
    Float32,
    Float64,
    Int32,
    Int64,
    Places,
    Residents,
    UInt8,
    UInt64,
)
from sim.processes.categories import TASK
from sim.vocabulary import AGE_BANDS, WEEK_HOURS, Channel, Membership, Position, Status, Tenure

_SILENT, _OPEN, _ESCALATED = int(Status.SILENT), int(Status.OPEN), int(Status.ESCALATED)
_RAISED = int(Channel.NEIGHBOUR)
_BANDS = tuple(low for low, _ in AGE_BANDS[1:])
_N_BANDS, _N_POSITIONS, _N_TENURES, _N_MEMBER = len(_BANDS), len(Position), len(Tenure), 2
_CELLS = _N_BANDS * _N_POSITIONS * _N_TENURES * _N_MEMBER
_POSITION, _TENURE = _N_BANDS, _N_BANDS + _N_POSITIONS
_MEMBER = _TENURE + _N_TENURES
_GROUPS = _MEMBER + _N_MEMBER
CHILD = 255
"""Cell of those who are not counted."""
_HABIT_BINS = 50
_YEAR, _MONTH = 52, 4
assert int(Membership.NONE) == 0
assert _CELLS <= CHILD


def cells(r: Residents) -> UInt8:
    """Number of everyone's age band, position, tenure and membership together, (N,): never changes."""
    band = np.searchsorted(_BANDS, r.age, "right") - 1
    other = (r.membership == 0).astype(np.int64)
    cell = ((band * _N_POSITIONS + r.position) * _N_TENURES + r.tenure) * _N_MEMBER + other
    return np.where(band < 0, CHILD, cell).astype(np.uint8)


class Counted(NamedTuple):
    """What the census has counted so far of one run, or of each of R runs."""

    people: Int64
    """(10,), or (R, 10)"""
    habit: Int64
    """(51,), or (R, 51); the last of those who are not counted."""
    cells: Int64
    """(2, 256), or (R, 2, 256): adults of each cell, and those who took part; the last are not counted."""
    grids: Int64
    """(2, G) the same by grid."""
    filled: Int64
    """(1,), or (R,): event slots in use."""


@lean_kernel
def _count(
    adult: UInt8, r: Residents, cell: UInt8, met: UInt64, week: int, lo: int, hi: int, grid: int, n: Counted
) -> None:
    """Count the residents ``lo`` to ``hi`` of one grid; ``adult`` is written over."""
    here = slice(lo, hi)
    present, own = r.present[here], cell[here]
    for k in range(hi - lo):
        adult[k] = (present[k] != 0) & (own[k] != CHILD)
    active, last_any, last_other, last_public = (
        r.active[here], r.last_any[here], r.last_other[here], r.last_public[here])
    none = np.int64(0)
    adults = took = any52 = other52 = public52 = any4 = other4 = none
    for k in range(hi - lo):
        a = np.int64(adult[k])
        adults += a
        took += a * np.int64(active[k])
        any52 += a * np.int64(week - last_any[k] < _YEAR)
        other52 += a * np.int64(week - last_other[k] < _YEAR)
        public52 += a * np.int64(week - last_public[k] < _YEAR)
        any4 += a * np.int64(week - last_any[k] < _MONTH)
        other4 += a * np.int64(week - last_other[k] < _MONTH)
    stage = r.stage[here]
    first = second = third = none
    for k in range(hi - lo):
        a, rung = np.int64(adult[k]), stage[k]
        first += a * np.int64(rung >= 1)
        second += a * np.int64(rung >= 2)
        third += a * np.int64(rung >= 3)
    for k, number in enumerate((adults, took, any52, other52, public52, any4, other4, first, second, third)):
        n.people[k] += number
    n.grids[0, grid] += adults
    n.grids[1, grid] += other52
    slots, filled = met[here], np.uint64(0)
    for k in range(hi - lo):
        filled += np.uint64(adult[k]) * add_up(in_use(slots[k]))
    n.filled[0] += np.int64(filled)
    habit = r.habit[here]
    for k in range(hi - lo):  # who is not counted goes to a column that nobody reads: cheaper than to skip
        n.habit[min(_HABIT_BINS - 1, int(habit[k] * _HABIT_BINS)) if adult[k] != 0 else _HABIT_BINS] += 1
        at = own[k] if adult[k] != 0 else np.uint8(CHILD)
        n.cells[0, at] += 1
        n.cells[1, at] += week - last_other[k] < _YEAR


@lean_kernel
def _add_up(
    adult: UInt8, hours: Float32, efficacy: Float32, autonomy: Float32, attachment: Float32, sums: Float64
) -> None:
    """Add adults' columns to the sums of their community, (4,), in the order of residents."""
    a, b, c, d = sums[0], sums[1], sums[2], sums[3]
    for k in range(len(hours)):
        if adult[k] != 0:
            a += hours[k]
            b += efficacy[k]
            c += autonomy[k]
            d += attachment[k]
    sums[0], sums[1], sums[2], sums[3] = a, b, c, d


@kernel
def _census(
    r: Residents, cell: UInt8, met: UInt64, week: int, first: Int32, last: Int32, community_first_grid: Int32,
    run: Int32, runs: int,
) -> tuple[Counted, Float64, Int64]:
    grids, communities = len(first), len(community_first_grid) - 1
    counted = Counted(
        np.zeros((runs, 10), np.int64), np.zeros((runs, _HABIT_BINS + 1), np.int64),
        np.zeros((runs, 2, CHILD + 1), np.int64), np.zeros((2, grids), np.int64), np.zeros(runs, np.int64))
    sums = np.zeros((communities, 4))
    adult = np.empty(max(1, np.max(last - first)), np.uint8)
    for c in range(communities):
        k = run[c]
        own = Counted(
            counted.people[k], counted.habit[k], counted.cells[k], counted.grids, counted.filled[k : k + 1])
        for g in range(community_first_grid[c], community_first_grid[c + 1]):
            lo, hi = first[g], last[g]
            _count(adult, r, cell, met, week, lo, hi, g, own)
            _add_up(
                adult, r.hours[lo:hi], r.efficacy[lo:hi], r.autonomy[lo:hi], r.attachment[lo:hi], sums[c])
    groups = np.zeros((runs, 2, _GROUPS), np.int64)
    for cell_number in range(_CELLS):
        rest, other = divmod(cell_number, _N_MEMBER)
        rest, tenure = divmod(rest, _N_TENURES)
        band, position = divmod(rest, _N_POSITIONS)
        for k in range(runs):
            for row in range(2):
                n = counted.cells[k, row, cell_number]
                groups[k, row, band] += n
                groups[k, row, _POSITION + position] += n
                groups[k, row, _TENURE + tenure] += n
                groups[k, row, _MEMBER + other] += n
    return counted, sums, groups


def take_census(
    r: Residents, cell: UInt8, ties: Ties, week: int, places: Places, first: Int32, last: Int32,
    run: Int32, runs: int,
) -> tuple[Int64, Float64, Int64, Int64, Int64, Int64]:
    """Count the adults of R runs once over.

    Parameters
    ----------
    r : Residents
    cell : array of uint8, shape (N,)
        From :func:`cells`.
    ties : Ties
    week : int
    places : Places
    first, last : array of int, shape (G,)
        First resident of each grid and one past the last.
    run : array of int, shape (C,)
        Which run each community belongs to.
    runs : int

    Returns
    -------
    counts : array of int, shape (R, 10)
        Adults; active this week; with a mark of any, other, public participation within 52 weeks; of any and
        other within 4; at mutual help, public affairs, volunteering or above.
    sums : array, shape (C, 4)
        Hours, efficacy, autonomy, attachment in each community.
    habit : array of int, shape (R, 50)
        Histograms.
    groups : array of int, shape (R, 2, 18)
        By age band, position, tenure, member and other: adults, and those who took part within 52 weeks
        without the compared policies' own events.
    grids : array of int, shape (2, G)
        The same by grid.
    filled : array of int, shape (R,)
        Event slots in use.
    """
    met = words(ties.event_strength)
    n, sums, groups = _census(
        r, cell, met, week, first, last, places.community_first_grid, run, runs)
    return n.people, sums, n.habit[:, :_HABIT_BINS], groups, n.grids, n.filled


@lean_kernel
def _add_trust(
    present: UInt8, age: UInt8, community: Int32, good: Float32, bad: Float32, sums: Float64
) -> None:
    for i in range(len(age)):
        if present[i] != 0 and age[i] >= 18:
            to, a, b = sums[community[i]], good[i], bad[i]
            for k in range(N_KINDS):
                to[k] += a[k] / (a[k] + b[k])


def sum_trust(
    present: UInt8, age: UInt8, community: Int32, good: Float32, bad: Float32, communities: int,
) -> Float64:
    """Sums over adults of the mean of each reputation, (C, 10), in the order of residents.

    Parameters
    ----------
    present, age, community : arrays, shape (N,)
    good, bad : arrays, shape (N, 10)
    communities : int
    """
    sums = np.zeros((communities, N_KINDS))
    _add_trust(present, age, community, good, bad, sums)
    return sums


@lean_kernel
def gini(histogram: Int64) -> float:
    """Gini coefficient of values in equal bins from 0, each at its bin's middle; 0 if nobody has any.

    Parameters
    ----------
    histogram : array of int, shape (bins,)
    """
    n = 0
    for k in range(len(histogram)):
        n += histogram[k]
    if n == 0:
        return 0.0
    before, weighted, total = 0, 0.0, 0.0
    for k in range(len(histogram)):
        value = k + 0.5
        weighted += (2 * before + histogram[k] - n) * histogram[k] * value
        total += histogram[k] * value
        before += histogram[k]
    return weighted / (n * total)


@kernel
def measure_cases(c: Table, week: int, slots: Int64, communities: int) -> Float64:
    """State of the case table: open and escalated now, and times of those that closed this week.

    Parameters
    ----------
    c : Table
    week : int
    slots : array of int
        Slots in use, in the order in which times are to be added up.
    communities : int

    Returns
    -------
    array, shape (C, 13)
        Open, closed this week, summed times to close, waits (those given up too), hand-offs, satisfied sum,
        satisfied count, times to assign (sum, count), ended this week, clock times to find (sum, count) of
        latent disputes born this week that were or will be found, raised by a forum this week.
    """
    sums = np.zeros((communities, 13))
    monday = (week + 1) * WEEK_HOURS
    for i in slots:
        if c[i].category == TASK:
            continue
        out = sums[c[i].community]
        if c[i].born_week == week and c[i].found_clock >= 0.0:
            out[10] += c[i].found_clock - c[i].born_clock
            out[11] += 1
        if c[i].channel == _RAISED and c[i].found == monday:
            out[12] += 1
        if c[i].status == _OPEN or c[i].status == _ESCALATED:
            out[0] += 1
        elif c[i].ended_week == week and c[i].found >= 0.0:
            out[9] += 1
            out[3] += c[i].waited
            if c[i].status != _SILENT:  # closed, not given up
                out[1] += 1
                out[2] += c[i].closed - c[i].opened
                out[4] += c[i].handoffs
            if c[i].satisfaction == c[i].satisfaction:
                out[5] += c[i].satisfaction
                out[6] += 1
            if c[i].assigned >= 0.0:
                out[7] += c[i].assigned - c[i].opened
                out[8] += 1
    return sums


@kernel
def count_votes(offers: Rows, vote: int, asked: Float64, run: Int32, runs: int) -> Float64:
    """Votes called this week, those who came, and those who were asked, in each of R runs, (R, 3).

    Parameters
    ----------
    offers : records
    vote : int
        Activity of a vote.
    asked : array, shape (C,)
        Owners asked at the last vote of each community.
    run : array of int, shape (C,)
        Which run each community belongs to.
    runs : int
    """
    found = np.zeros((runs, 3))
    for j in range(len(offers)):
        if offers[j].activity == vote:
            own = found[run[offers[j].community]]
            own[0] += 1.0
            own[1] += offers[j].attended
            own[2] += asked[offers[j].community]
    return found
