"""Desks: which there are, how many people sit there, and how much of their week is free for cases."""

from __future__ import annotations

import numpy as np

from sim.jit import lean_kernel
from sim.ledger.cases import NOBODY, CaseBook, Table, make_desks
from sim.population.columns import Bool, Float64, Int32, Places
from sim.vocabulary import WEEK_HOURS, Kind

BY_COMMUNITY = tuple(kind for kind in Kind if kind not in (Kind.GRID_WORKER, Kind.STREET))
"""Kinds with one desk a community, in the order of their desks; grids and streets follow."""


def make_case_book(places: Places, present: dict[Kind, Bool], grid_workers: Float64) -> CaseBook:
    """Desks of all institutions that handle cases, without staff yet.

    Every place has a row for every kind, so that rows can be written in one go; a kind that does not exist
    there has a row without staff, which no case is ever sent to.

    Parameters
    ----------
    places : Places
    present : dict of Kind to array of bool, shape (C,)
        Whether each community has one of each kind in :data:`BY_COMMUNITY`.
    grid_workers : array, shape (G,)
        Workers of each grid.

    Returns
    -------
    CaseBook
    """
    n, grids = places.communities, places.grids
    streets = int(places.community_street.max()) + 1
    desk_of = np.full((len(Kind), n), NOBODY, np.int32)
    for rank, kind in enumerate(BY_COMMUNITY):
        desk_of[kind] = np.where(present[kind], rank * n + np.arange(n), NOBODY)
    first = len(BY_COMMUNITY) * n
    desk_of[Kind.STREET] = first + grids + places.community_street
    of_grid: Int32 = np.where(grid_workers > 0, first + np.arange(grids), NOBODY).astype(np.int32)
    kinds = np.repeat([int(k) for k in BY_COMMUNITY], n).tolist()
    kinds += [int(Kind.GRID_WORKER)] * grids + [int(Kind.STREET)] * streets
    community = np.tile(np.arange(n), len(BY_COMMUNITY)).tolist()
    community += places.grid_community.tolist() + [NOBODY] * streets
    capacity = max(256, places.dwellings // 2)  # silent disputes keep their slots for months
    return CaseBook(make_desks(kinds, community), desk_of, of_grid, capacity)


@lean_kernel
def staff(desks: Table, lift: Float64) -> None:
    """Set this week's staff of every desk from what its institution has decided.

    Hours promised last week to meetings, bounces and records come off first; a desk that owes more than it
    has serves nobody and owes the rest next week. Heads are rounded up to whole servers, none where there
    are no hours at all.

    Parameters
    ----------
    desks : array of :data:`sim.ledger.cases.DESK`, shape (n,)
        Written.
    lift : array, shape (C, 10)
        Skill that policies add.
    """
    for k in range(len(desks)):
        hours, people, owed = desks[k].hours, desks[k].people, desks[k].committed
        desks[k].committed = max(owed - hours, 0.0)
        servers = 0
        if people > 0.0 and hours > 0.0:
            servers = max(1, int(np.ceil(people - 1e-9)))
        desks[k].servers = servers
        free = max(hours - owed, 0.0)
        desks[k].rate = min(free / (servers * WEEK_HOURS), 1.0) if servers > 0 else 0.0
        skill = desks[k].skill
        if desks[k].community >= 0:
            skill += lift[desks[k].community, desks[k].kind]
        desks[k].skill = min(max(skill, 0.0), 1.0)
