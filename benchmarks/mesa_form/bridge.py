"""Between columns and objects: what institutions, cases and policies read, and what residents hold.

None of this is part of the model: :class:`mesa_form.model.MesaModel` keeps the time it takes apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

import numpy as np

from sim.ledger.cases import Table
from sim.network.ties import NO_ONE, Ties
from sim.population.columns import Places, Residents
from sim.processes.categories import TASK
from sim.processes.willingness import FIXED_SCALE
from sim.vocabulary import Kind, Status

from .acquaintance import SLOTS
from .draws import Luck
from .gathering import Gathering
from .person import CHANGING, FIXED, Keys, Person, Week
from .witness import Case

_KINDS = len(Kind)


def settle(people: Sequence[Person], r: Residents, ties: Ties, susceptibility: Any) -> None:
    """Give every person their attributes, household and acquaintances from events.

    Parameters
    ----------
    people : sequence of Person
        In the order of residents, fresh.
    r : Residents
    ties : Ties
    susceptibility : array, shape (N,)
    """
    read(people, r, range(len(people)))
    households: dict[int, list[Person]] = {}
    for person, home in zip(people, r.dwelling.tolist(), strict=True):
        person.household = households.setdefault(home, [])
        person.household.append(person)
    for row, (person, heeds) in enumerate(zip(people, susceptibility.tolist(), strict=True)):
        person.row, person.susceptibility, person.choices = row, heeds, []
        person.slots = [None] * SLOTS
    for i, k in zip(*(at.tolist() for at in np.nonzero(ties.event_strength)), strict=True):
        other, strength = people[int(ties.event_neighbour[i, k])], int(ties.event_strength[i, k])
        people[i].slots[k] = (other, strength)


def introduce(people: Sequence[Person], ties: Ties) -> None:
    """Lasting contacts as references, so that one person asks another without a table between them."""
    first, weight = ties.first.tolist(), (FIXED_SCALE * ties.weight.astype(np.int64)).tolist()
    neighbour = ties.neighbour.tolist()
    for i, person in enumerate(people):
        mine = slice(first[i], first[i + 1])
        person.neighbours = [people[j] for j in neighbour[mine]]
        person.weights = weight[mine]


def graph_of(ties: Ties) -> Any:
    """Lasting contacts as a networkx graph, for a framework's own network space."""
    import networkx as nx

    graph = nx.Graph()
    n = len(ties.first) - 1
    graph.add_nodes_from(range(n))
    one = np.repeat(np.arange(n), np.diff(ties.first))
    once = one < ties.neighbour
    weight = FIXED_SCALE * ties.weight[once].astype(np.int64)
    pairs = (one[once].tolist(), ties.neighbour[once].tolist(), weight.tolist())
    graph.add_weighted_edges_from(zip(*pairs, strict=True))
    return graph


def read(people: Sequence[Person], r: Residents, rows: Sequence[int]) -> None:
    """Attributes of some people from their rows."""
    some = [people[row] for row in rows]
    pick = slice(None) if len(some) == len(people) else list(rows)
    for name in (*FIXED, *CHANGING):
        for person, value in zip(some, getattr(r, name)[pick].tolist(), strict=True):
            setattr(person, name, value)
    for name, column in (("good", r.trust_good), ("bad", r.trust_bad)):
        for person, value in zip(some, column[pick].tolist(), strict=True):
            setattr(person, name, value)


def write(people: Sequence[Person], r: Residents, ties: Ties) -> None:
    """Columns and event ties from everyone's attributes."""
    n = len(people)
    for name in CHANGING:
        column = getattr(r, name)
        column[:] = np.fromiter(map(attrgetter(name), people), column.dtype, n)
    for name, column in (("good", r.trust_good), ("bad", r.trust_bad)):
        each = chain.from_iterable(map(attrgetter(name), people))
        column[:] = np.fromiter(each, column.dtype, n * _KINDS).reshape(n, _KINDS)
    slots = [tie for person in people for tie in person.slots]
    shape = (n, SLOTS)
    ties.event_strength[:] = np.fromiter(
        (0 if tie is None else tie[1] for tie in slots), np.uint8, n * SLOTS).reshape(shape)
    ties.event_neighbour[:] = np.fromiter(
        (NO_ONE if tie is None else tie[0].row for tie in slots), np.uint32, n * SLOTS).reshape(shape)


def boards(gatherings: Sequence[Gathering], places: Places) -> list[list[Gathering]]:
    """What is offered in each building, in the order of the table."""
    lo, hi = places.resident_range("building")
    found: list[list[Gathering]] = [[] for _ in range(places.buildings)]
    first = np.searchsorted(hi, [g.lo for g in gatherings], side="right").tolist()
    last = np.searchsorted(lo, [g.hi for g in gatherings], side="left").tolist()
    for gathering, begin, end in zip(gatherings, first, last, strict=True):
        for building in range(begin, end):
            found[building].append(gathering)
    return found


def week_of(
    model: Any, gatherings: Sequence[Gathering], hours_factor: float, luck: Luck, **named: int
) -> Week:
    """What everyone meets this week.

    Parameters
    ----------
    model : CommunityModel
    gatherings : sequence of Gathering
    hours_factor : float
        Factor of a shock on free hours.
    luck : Luck
    **named : int
        Keys of draws that are not this week's.
    """
    levers = model.levers
    keys = {name: int(model.week_key(name)[0]) for name in Keys._fields} | named

    def given(name: str) -> Sequence[float]:
        values = levers.get(name)
        return values.tolist() if levers.touched(name) else list(repeat(0.0, len(values)))

    return Week(
        model.week, boards(gatherings, model.places), model.weights, model.learning, Keys(**keys), luck,
        hours_factor, model.opportunities.audiences.tolist(), given("free_hours"), given("notice"),
        given("app_access"), given("visits"), given("distance"), model.visits_a_resident().tolist(),
        given("visible_members"))


def ended(c: Table, desks: Table, people: Sequence[Person]) -> list[tuple[int, Case]]:
    """Slots and cases that ended and that nobody has drawn conclusions from, the earliest born first."""
    slots = np.flatnonzero((c["used"] == 1) & (c["told"] == 0) & (c["ended_week"] >= 0))
    slots = slots[np.lexsort((c["key"][slots], c["born"][slots]))]
    c["told"][slots] = 1
    slots = slots[(c["party_a"][slots] >= 0) & (c["category"][slots] != TASK)]
    return [(slot, as_case(c[slot], desks, people)) for slot in slots.tolist()]


def as_case(row: Any, desks: Table, people: Sequence[Person]) -> Case:
    """One record as an object with its parties."""
    convenor, acted = int(row["convenor"]), int(row["acted"])
    return Case(
        key=int(row["key"]), born=float(row["born"]), community=int(row["community"]),
        parties=[people[int(i)] for i in (row["party_a"], row["party_b"]) if i >= 0],
        solved=row["status"] == Status.RESOLVED, found=float(row["found"]), opened=float(row["opened"]),
        closed=float(row["closed"]), fairness=float(row["fairness"]), meetings=int(row["meetings"]),
        by_core=bool(row["by_core"]), up=bool(row["up"]),
        convenor=int(desks["kind"][convenor]) if convenor >= 0 else None,
        acted={kind for kind in range(_KINDS) if acted >> kind & 1}, last_kind=int(row["last_kind"]))
