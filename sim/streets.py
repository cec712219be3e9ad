"""The state of one street, as arrays that say nothing of where in a district it lies.

No queue and no tie crosses the border of a street, so a district's digest is made of those of its streets;
a part of a district has the digests of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.ledger.cases import NOBODY
from sim.network.ties import NO_ONE
from sim.population.columns import Places
from sim.processes.queues import SERVED
from sim.state import State
from sim.view import RESIDENT
from sim.vocabulary import Kind

Array = npt.NDArray[Any]

_PLACES = ("dwelling", "building", "grid", "community")
"""Columns of residents that never change."""
_POSITIONS = {
    "community": "community", "grid": "grid", "building": "building", "dwelling_a": "dwelling",
    "dwelling_b": "dwelling", "party_a": "resident", "party_b": "resident"}
"""Columns of cases that count places or residents."""
_DESKS = ("holder", "helper", "convenor")


class _Street(NamedTuple):
    """Rows of one street, at each level."""

    community: slice
    grid: slice
    building: slice
    dwelling: slice
    resident: slice

    def of(self, column: Array, sizes: dict[str, int]) -> Array:
        """Its rows of a column, told by how long the column is."""
        level = next(level for level, size in sizes.items() if size == len(column))
        rows: slice = getattr(self, level)
        return column[rows]


def street_digests(state: State) -> list[str]:
    """Digest of each street that has communities, in their order."""
    found, tables = [], _Tables.of(state)
    for number in np.unique(state.places.community_street).tolist():
        mill = hashlib.blake2b(digest_size=16)
        for name, column in _arrays(state, tables, number):
            mill.update(name.encode())
            mill.update(np.ascontiguousarray(column).reshape(-1).view(np.uint8).data)
        found.append(mill.hexdigest())
    return found


def district_digest(streets: Sequence[str]) -> str:
    """Digest of a district from those of its streets."""
    return hashlib.blake2b("".join(streets).encode(), digest_size=16).hexdigest()


class _Tables(NamedTuple):
    """What lies in no order of places, put into one: each street's rows are one slice."""

    cases: Array
    """Cases by street and key."""
    street: Array
    """Number of each one's street."""
    due: Array
    """Time of each one's next event; NaN if there is none."""
    offers: Array
    """Offers of the last week by community and key."""

    @classmethod
    def of(cls, state: State) -> _Tables:
        """Of all streets of a state."""
        book, offers = state.cases, state.last_offers
        due = np.full(len(book.cases), np.nan)
        size = int(book.heap.size[0])
        due[book.heap.case[:size]] = book.heap.time[:size]
        live = book.live()
        street = state.places.community_street[book.cases["community"][live]]
        order = np.lexsort((book.cases["key"][live], street))
        live, offers = live[order], offers[np.lexsort((offers["key"], offers["community"]))]
        return cls(book.cases[live], street[order], due[live], offers)


def _between(column: Array, first: int, last: int) -> slice:
    """Rows from ``first`` on and before ``last``, in a column that rises."""
    return slice(*np.searchsorted(column, (first, last)).tolist())


def _rows(places: Places, number: int) -> _Street:
    own = np.flatnonzero(places.community_street == number)
    ends = [int(own[0]), int(own[-1]) + 1]
    levels = [slice(*ends)]
    for edges in (places.community_first_grid, places.grid_first_building, places.building_first_dwelling,
                  places.dwelling_first_resident):
        ends = edges[ends].tolist()
        levels.append(slice(*ends))
    return _Street(*levels)


def _arrays(state: State, tables: _Tables, number: int) -> Iterator[tuple[str, Array]]:
    places, street = state.places, _rows(state.places, number)
    sizes = {
        "resident": len(state.residents.key), "building": places.buildings, "grid": places.grids,
        "community": places.communities}
    for name, column in state.residents._asdict().items():
        if name not in _PLACES:
            yield f"residents.{name}", column[street.resident]
    for name, column in state.commons._asdict().items():
        yield f"commons.{name}", column[street.dwelling] if name == "fee_paid" else street.of(column, sizes)
    groups = {
        **{f"institutions.{kind.key}": s for kind, s in state.institutions.items() if kind != Kind.STREET},
        **{f"parts.{name}": s for name, s in state.parts.items()}}
    for group, columns in groups.items():
        for name, column in columns._asdict().items():
            own = street.of(column, sizes)
            if (group, name) == ("parts.group", "members"):  # counted only while groups are at work anywhere
                own = np.where(street.of(columns.strength, sizes) > 0, own, 0.0)
            yield f"{group}.{name}", own
    for name, column in state.institutions[Kind.STREET]._asdict().items():
        yield f"street.{name}", column[number : number + 1]
    yield from _budget(state, street)
    yield from _offers(tables.offers, street)
    for owner in sorted(state.memories):
        for name, column in state.memories[owner].items():
            own = street.of(column, sizes)
            if name == RESIDENT:
                own = np.where(own > 0, own - street.resident.start, own)
            if own.any():  # that elsewhere somebody has something to remember is no matter of this street
                yield f"memory.{owner}.{name}", own
    other = state.ties.event_neighbour[street.resident]
    first = np.uint32(street.resident.start)
    yield "ties.event_neighbour", np.where(other == NO_ONE, other, other - first)
    yield "ties.event_strength", state.ties.event_strength[street.resident]
    yield from _cases(state, tables, street, number)


def _budget(state: State, street: _Street) -> Iterator[tuple[str, Array]]:
    budget = state.budget
    for (kind, own_id), weeks in sorted(budget.waiting.items(), key=lambda pair: pair[0]):
        if weeks[street.community].any():
            yield f"budget.waiting.{kind}.{own_id}", weeks[street.community]
    for name in ("fund", "raised", "spent_total", "income_total"):
        yield f"budget.{name}", getattr(budget, name)[street.community]


def _offers(offers: Array, street: _Street) -> Iterator[tuple[str, Array]]:
    rows = offers[_between(offers["community"], street.community.start, street.community.stop)]
    starts = {"community": street.community.start, "lo": street.resident.start, "hi": street.resident.start}
    for name in rows.dtype.names or ():
        if name not in ("policy", "audience"):  # numbers in the order of this scenario's policies
            yield f"offers.{name}", rows[name] - starts[name] if name in starts else rows[name]


def _cases(
    state: State, tables: _Tables, street: _Street, number: int
) -> Iterator[tuple[str, Array]]:
    """Cases by their keys, with the time of their next event, and desks by their kinds."""
    book, own = state.cases, _between(tables.street, number, number + 1)
    desks = _own_desks(state, street)
    local = np.full(len(book.desks) + 1, NOBODY)
    local[desks] = np.arange(len(desks))
    rows = tables.cases[own]
    yield "cases.due", tables.due[own]
    for name in rows.dtype.names or ():
        column = rows[name]
        if name in _POSITIONS:
            column = np.where(column < 0, column, column - getattr(street, _POSITIONS[name]).start)
        elif name in _DESKS:
            column = local[column]
        elif name == "pace":  # else what a former case left in the slot
            column = np.where(rows["next_event"] == SERVED, column, 0.0)
        if name != "queue_next":  # a link to a slot: says nothing that order in time does not
            yield f"cases.{name}", column
    for name in book.desks.dtype.names or ():
        if name != "community":
            yield f"desks.{name}", book.desks[name][desks]


def _own_desks(state: State, street: _Street) -> npt.NDArray[np.int64]:
    book = state.cases
    kinds = [kind for kind in Kind if kind not in (Kind.GRID_WORKER, Kind.STREET)]
    rows = [
        *(book.desk_of[kind, street.community] for kind in kinds), book.desk_of_grid[street.grid],
        book.desk_of[Kind.STREET, street.community][:1]]
    found = np.concatenate(rows).astype(np.int64)
    return found[found >= 0]
