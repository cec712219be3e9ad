"""Desks: which there are, how many people sit there, and how much of their week is free for cases."""

from __future__ import annotations

import numpy as np

from sim.ledger.cases import NOBODY, CaseBook, make_desks
from sim.population.columns import Bool, Float64, Int32, Places
from sim.vocabulary import WEEK_HOURS, Kind

BY_COMMUNITY = tuple(kind for kind in Kind if kind not in (Kind.GRID_WORKER, Kind.STREET))
"""Kinds with one desk a community."""


def make_case_book(places: Places, present: dict[Kind, Bool], grid_workers: Int32) -> CaseBook:
    """Desks of all institutions that handle cases, without staff yet.

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
    kinds: list[int] = []
    community: list[int] = []
    desk_of = np.full((len(Kind), n), NOBODY, np.int32)
    for kind in BY_COMMUNITY:
        here = np.flatnonzero(present[kind])
        desk_of[kind, here] = len(kinds) + np.arange(len(here))
        kinds += [int(kind)] * len(here)
        community += here.tolist()
    first = len(kinds)
    kinds += [int(Kind.GRID_WORKER)] * grids + [int(Kind.STREET)] * streets
    community += places.grid_community.tolist() + [-1] * streets
    desk_of[Kind.STREET] = first + grids + places.community_street
    of_grid = np.where(grid_workers > 0, first + np.arange(grids), NOBODY).astype(np.int32)
    return CaseBook(make_desks(kinds, community), desk_of, of_grid)


def staff(book: CaseBook, rows: Int32, hours: Float64, skill: Float64, people: Float64) -> None:
    """Set this week's staff of some desks.

    Hours promised last week to meetings, bounces and records come off first; a desk that owes more than it has serves
    nobody and owes the rest next week.

    Parameters
    ----------
    book : CaseBook
    rows : array of int, shape (m,)
    hours : array, shape (m,)
        Staff hours this week.
    skill : array, shape (m,)
    people : array, shape (m,)
        Heads; rounded up to whole servers, none where there are no hours at all.
    """
    d = book.desks
    owed = d["committed"][rows]
    free = np.maximum(hours - owed, 0.0)
    d["committed"][rows] = np.maximum(owed - hours, 0.0)
    servers = np.where((people > 0) & (hours > 0), np.maximum(np.ceil(people - 1e-9), 1), 0)
    d["servers"][rows] = servers
    d["rate"][rows] = np.minimum(free / np.maximum(servers * WEEK_HOURS, 1e-9), 1.0) * (servers > 0)
    d["skill"][rows] = np.clip(skill, 0.0, 1.0)
