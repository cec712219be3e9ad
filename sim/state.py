"""Everything a run changes, in one place that can be copied: the fork of a run is a copy of its state."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.actors import committee, core, property, society
from sim.ledger.budget import Budget
from sim.ledger.cases import CaseBook
from sim.ledger.commons import Commons
from sim.network.ties import Ties
from sim.population.columns import Population, Residents
from sim.view import ModelView
from sim.vocabulary import Kind


class State:
    """Columns of residents, ties, places, institutions and cases, and the budget.

    Parameters
    ----------
    population : Population
    ties : Ties
    commons : Commons
    """

    def __init__(self, population: Population, ties: Ties, commons: Commons) -> None:
        self.places, self.residents, self.names = population
        self.ties = ties
        self.commons = commons
        self.institutions: dict[Kind, Any] = {}
        self.parts: dict[str, Any] = {}
        self.cases: CaseBook
        self.budget: Budget
        self.last_offers: np.ndarray
        self.memories: dict[str, dict[str, np.ndarray]] = {}
        """What policies remember, by their id."""
        self.week = 0

    def fork(self) -> State:
        """A copy that shares only what never changes: places, and the fixed layers of ties."""
        twin = copy.copy(self)
        twin.residents = Residents(**{name: c.copy() for name, c in self.residents._asdict().items()})
        twin.ties = self.ties._replace(
            event_neighbour=self.ties.event_neighbour.copy(), event_strength=self.ties.event_strength.copy())
        for name in ("commons", "institutions", "parts", "cases", "budget", "last_offers", "memories"):
            setattr(twin, name, copy.deepcopy(getattr(self, name)))
        return twin

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """Every array that carries a run on into its next week, by name."""
        groups: dict[str, Any] = {
            "residents": self.residents, "commons": self.commons, "heap": self.cases.heap,
            **{f"institutions.{kind.key}": s for kind, s in self.institutions.items()},
            **{f"parts.{name}": s for name, s in self.parts.items()},
        }
        for group, columns in groups.items():
            for name, column in columns._asdict().items():
                yield f"{group}.{name}", column
        for (kind, own_id), weeks in sorted(self.budget.waiting.items(), key=lambda pair: pair[0]):
            if weeks.any():
                yield f"budget.waiting.{kind}.{own_id}", weeks
        for name in ("fund", "raised", "spent_total", "income_total"):
            yield f"budget.{name}", getattr(self.budget, name)
        for name in self.last_offers.dtype.names or ():
            if name not in ("policy", "audience"):  # numbers in the order of this scenario's policies
                yield f"offers.{name}", self.last_offers[name]
        for owner in sorted(self.memories):
            for name, column in self.memories[owner].items():
                yield f"memory.{owner}.{name}", column
        yield "ties.event_neighbour", self.ties.event_neighbour
        yield "ties.event_strength", self.ties.event_strength
        book = self.cases
        live = book.cases[book.live()]
        for name in live.dtype.names or ():
            if name != "queue_next":  # a link to a slot: says nothing that order in time does not
                yield f"cases.{name}", live[name]
        for name in book.desks.dtype.names or ():
            yield f"desks.{name}", book.desks[name]

    def digest(self) -> str:
        """Hash of every array a run changes; two equal digests mean two runs that did exactly the same."""
        mill = hashlib.blake2b(digest_size=16)
        for name, column in self.arrays():
            mill.update(name.encode())
            mill.update(np.ascontiguousarray(column).tobytes())
        return mill.hexdigest()


def make_institutions(view: ModelView, state: State) -> None:
    """Fresh columns of every kind of institution, into ``state``."""
    places = state.places
    lo, hi = places.resident_range("community")
    residents = (hi - lo).astype(float)
    n = places.communities
    state.institutions = {
        Kind.CORE: core.make_core(view, residents),
        Kind.RESIDENTS_COMMITTEE: committee.make_committee(view, residents),
        Kind.GRID_WORKER: committee.make_grid_workers(view),
        Kind.PROPERTY: property.make_property(view, residents),
        Kind.OWNERS_COMMITTEE: property.make_owners(view, n),
        Kind.SOCIAL_ORGANIZATION: society.make_social(view, n),
        Kind.PARTNER_UNIT: society.make_partners(view, n),
        Kind.MEDIATION: society.make_mediation(view, n),
        Kind.VOLUNTEERS: society.make_volunteers(n),
        Kind.STREET: core.make_street(view, places),
    }
    state.parts = {
        "branch": core.BranchState(np.zeros(places.grids)),
        "group": core.GroupState(np.zeros(places.buildings), np.zeros(places.buildings)),
        "household": core.HouseholdState(np.zeros(places.buildings)),
    }
