"""What policies, processes and actors may see of a model."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.actors.parameters import ActorParameters
    from sim.ledger.budget import Budget
    from sim.ledger.cases import CaseBook, Table
    from sim.ledger.commons import Commons
    from sim.ledger.levers import Levers
    from sim.ledger.means import Means
    from sim.ledger.opportunities import Opportunities, Rows, Scope
    from sim.network.ties import Ties
    from sim.population.columns import Places, Residents
    from sim.population.section import Section
    from sim.processes.parameters import Shock


Kept = TypeVar("Kept")

RESIDENT = "who"
"""Column of a policy's memory that holds rows of residents, counted from 1; 0 for nobody."""


class Meeting(Protocol):
    """Where the parts of a district say what crosses their borders, week by week."""

    def gather(self, own: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What all parts said, joined along the last axis; every part must say something of the same kind."""
        ...


class ModelView(Protocol):
    """A model as seen from a policy, a process or an actor.

    Residents, places and ties are the model's own columns: policies read them and write only through
    ``levers``, ``opportunities`` and the budget.
    """

    week: int
    """Week of the model, counted from the start of the warm-up."""
    regime: Regime
    places: Places
    section: Section
    """Part of the district that these places are; all of it as a rule."""
    residents: Residents
    ties: Ties
    commons: Commons
    actors: ActorParameters
    """Numbers of the institutions."""
    party_members: npt.NDArray[np.intp]
    """Residents who are party members, ascending: never changes, for like households follow each other."""
    adults: npt.NDArray[np.float64]
    """(C,) residents aged 18 and over whose home it is, whether moved in or not: never changes."""
    record_weight: npt.NDArray[np.float64]
    """(C,) weight of records in appraisal."""
    staff_factor: float
    """Factor of a shock on staff hours this week."""
    means: Means
    """What policies give to and take from staff this week; there once all policies have acted."""
    shocks: Sequence[Shock]
    """Disturbances of this week; usually none."""
    cases: CaseBook
    levers: Levers
    budget: Budget
    opportunities: Opportunities
    last_opportunities: Rows
    """Last week's offers with what came of them."""

    def draw(
        self, stream: str, level: str = "resident", week: int | None = None,
        rows: npt.NDArray[np.intp] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Uniform draws keyed by (seed, stream, week, entity).

        Parameters
        ----------
        stream : str
        level : {"resident", "dwelling", "building", "grid", "community"}
        week : int, optional
            This week if left out; −1 for a draw that stays the same all run long.
        rows : array of int, optional
            Only these entities; the rest need no draw.
        """
        ...

    def week_key(self, stream: str) -> npt.NDArray[np.uint64]:
        """Keys of a stream's draws of this week in each community, (C,), for compiled code."""
        ...

    def phase(self, stream: str, level: str, period: int) -> npt.NDArray[np.int64]:
        """Week in 0 … ``period`` − 1 at which something periodic falls due in each place; never changes."""
        ...

    def lasting(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What never changes in a run, made once: of places and of a scenario's numbers.

        Of residents only what a like household that takes their home has too: age, position, tenure,
        membership.
        """
        ...

    def everywhere(self, own: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What every part of the district says, joined along the last axis; its own where it is all of it.

        Parameters
        ----------
        own : array, shape (…, C) or (…, 1)
            Columns of the communities here, or one number for all of them. Where a district is run in parts,
            every part must ask in the same weeks and order.
        """
        ...

    def weekly(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What does not change between a policy's request and its act, made once a week."""
        ...

    def turn(self, stream: str, level: str, weeks: float) -> npt.NDArray[np.bool_]:
        """Where something that happens every so many weeks falls due this week; not to be written to.

        Each place has its own phase, drawn once, so that not all communities meet in the same week.

        Parameters
        ----------
        stream : str
            Name of what happens.
        level : {"community", "grid", "building"}
        weeks : float
            Weeks from one time to the next; rounded, at least 1.
        """
        ...

    def numbers(self, kind: Kind | None) -> Table:
        """Numbers of one kind of institution, or those of all together, as compiled code reads them, (1,)."""
        ...

    def memory(self, name: str, columns: Mapping[str, str]) -> dict[str, npt.NDArray[np.float64]]:
        """What a policy has to remember from week to week; starts at zero, and is part of the run's state.

        Parameters
        ----------
        name : str
            Id of the policy.
        columns : mapping of str to {"resident", "building", "grid", "community"}
            One array a column, one entry an entity of its level; rows of residents may stand only in a
            column named :data:`RESIDENT`. To be asked for first in ``act``, so that a
            policy that is off leaves nothing.

        Returns
        -------
        dict of str to array
            Written in place.
        """
        ...

    def state(self, kind: Kind) -> Any:
        """Columns of one kind of institution."""
        ...

    def part(self, name: str) -> Any:
        """Columns of the core's own parts: ``"branch"``, ``"group"`` or ``"household"``."""
        ...

    def scope(self, level: str) -> Scope:
        """All places of a level, ``"community"``, ``"grid"`` or ``"building"``, to offer opportunities in."""
        ...

    def policy_index(self, policy_id: str) -> int:
        """Number under which an opportunity names the policy behind it."""
        ...
