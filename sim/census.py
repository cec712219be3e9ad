"""The census: people and cases counted once a week, in compiled passes that know no outcome's name."""

from __future__ import annotations

import numpy as np

from sim.jit import kernel
from sim.ledger.cases import Table
from sim.network.ties import Ties
from sim.population.columns import N_KINDS, Float32, Float64, Int32, Int64, Residents, UInt8
from sim.processes.categories import TASK
from sim.vocabulary import AGE_BANDS, WEEK_HOURS, Channel, Membership, Status

_SILENT, _OPEN, _ESCALATED = int(Status.SILENT), int(Status.OPEN), int(Status.ESCALATED)
_RAISED = int(Channel.NEIGHBOUR)
BANDS = np.array([low for low, _ in AGE_BANDS], np.int64)
_HABIT_BINS = 50
assert int(Membership.NONE) == 0


@kernel
def take_census(
    r: Residents, ties: Ties, week: int, bands: Int64, grid_offset: int, n_groups: int, communities: int
) -> tuple[Int64, Float64, Int64, Int64, int]:
    """Count adults once over.

    Groups are numbered age bands, positions, tenures, member and other, grids.

    Parameters
    ----------
    r : Residents
    ties : Ties
    week : int
    bands : array, shape (n_bands,)
        Lower bounds of age; the first band holds children and is left out.
    grid_offset : int
        Number of the first grid's group.
    n_groups : int
    communities : int

    Returns
    -------
    counts : array of int, shape (10,)
        Adults; active this week; with a mark of any, other, public participation within 52 weeks; of any and
        other within 4; at mutual help, public affairs, volunteering or above.
    sums : array, shape (C, 4)
        Hours, efficacy, autonomy, attachment in each community.
    habit : array of int, shape (50,)
        Histogram.
    groups : array of int, shape (2, n_groups)
        Adults, and those who took part within 52 weeks without the compared policies' own events.
    filled : int
        Event slots in use.
    """
    counts = np.zeros(10, np.int64)
    sums = np.zeros((communities, 4))
    habit = np.zeros(_HABIT_BINS, np.int64)
    groups = np.zeros((2, n_groups), np.int64)
    filled = 0
    n_bands = len(bands) - 1
    for i in range(len(r.age)):
        if r.present[i] == 0 or r.age[i] < 18:
            continue
        other = week - r.last_other[i] < 52
        counts[0] += 1
        counts[1] += r.active[i]
        counts[2] += week - r.last_any[i] < 52
        counts[3] += other
        counts[4] += week - r.last_public[i] < 52
        counts[5] += week - r.last_any[i] < 4
        counts[6] += week - r.last_other[i] < 4
        counts[7] += r.stage[i] >= 1
        counts[8] += r.stage[i] >= 2
        counts[9] += r.stage[i] >= 3
        c = r.community[i]
        sums[c, 0] += r.hours[i]
        sums[c, 1] += r.efficacy[i]
        sums[c, 2] += r.autonomy[i]
        sums[c, 3] += r.attachment[i]
        habit[min(_HABIT_BINS - 1, int(r.habit[i] * _HABIT_BINS))] += 1
        band = n_bands - 1
        while band > 0 and r.age[i] < bands[band + 1]:
            band -= 1
        member = 0 if r.membership[i] > 0 else 1
        for g in (band, n_bands + r.position[i], n_bands + 7 + r.tenure[i], n_bands + 9 + member,
                  grid_offset + r.grid[i]):
            groups[0, g] += 1
            groups[1, g] += other
        for k in range(ties.event_strength.shape[1]):
            filled += ties.event_strength[i, k] > 0
    return counts, sums, habit, groups, filled


@kernel
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
    for i in range(len(age)):
        if present[i] != 0 and age[i] >= 18:
            for k in range(N_KINDS):
                sums[community[i], k] += good[i, k] / (good[i, k] + bad[i, k])
    return sums


@kernel
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
