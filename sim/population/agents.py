"""Residents as mesa agents: views of one row of the columns.

The columns stay the one truth. A view keeps its model and its row, so two models never read each other;
nothing is copied, and what is written through a view is what the kernels see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import mesa
import numpy as np
import numpy.typing as npt

from sim.population.columns import Places, Residents
from sim.vocabulary import Kind, Membership, Motive, Position, Sex, Stage, Tenure

if TYPE_CHECKING:
    from sim.network.ties import Ties

T = TypeVar("T")


class HoldsResidents(Protocol):
    """What a view needs of its model."""

    residents: Residents
    places: Places
    ties: Ties


class Column(Generic[T]):
    """Reads and writes the row's entry of the column of the same name, as ``kind``."""

    def __init__(self, kind: type[T], doc: str) -> None:
        self.kind = kind
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, agent: None, owner: type) -> Column[T]: ...
    @overload
    def __get__(self, agent: Resident, owner: type) -> T: ...
    def __get__(self, agent: Resident | None, owner: type) -> Any:
        """Entry of the row."""
        if agent is None:
            return self
        return self.kind(getattr(agent.model.residents, self.name)[agent.row].item())  # type: ignore[call-arg]

    def __set__(self, agent: Resident, value: T) -> None:
        """Write the entry of the row."""
        getattr(agent.model.residents, self.name)[agent.row] = value


class TrustView(Mapping[Kind, float]):
    """One resident's mean trust by kind of institution; written through ``trust_good`` and ``trust_bad``."""

    def __init__(self, good: npt.NDArray[np.float32], bad: npt.NDArray[np.float32]) -> None:
        self._good = good
        self._bad = bad

    def __getitem__(self, kind: Kind) -> float:
        good = float(self._good[kind])
        return good / (good + float(self._bad[kind]))

    def __iter__(self) -> Iterator[Kind]:
        return iter(Kind)

    def __len__(self) -> int:
        return len(Kind)


class Resident(mesa.Agent):  # type: ignore[misc]
    """居民: one row of the residents' columns.

    Parameters
    ----------
    model : mesa.Model with ``residents``, ``places`` and ``ties``
    row : int
    """

    model: Any
    unique_id: int

    key = Column(int, "Stable id on which every draw is keyed.")
    dwelling = Column(int, "Index of the dwelling.")
    building = Column(int, "Index of the building.")
    grid = Column(int, "Index of the grid.")
    community = Column(int, "Index of the community.")
    age = Column(int, "Years.")
    sex = Column(Sex, "性别.")
    tenure = Column(Tenure, "Owner or renter.")
    stay = Column(float, "Years lived here.")
    position = Column(Position, "Position in work and life.")
    membership = Column(Membership, "Party membership.")
    daytime = Column(bool, "Employee of a member unit, here by day.")
    free_hours = Column(float, "Weekly hours free for common affairs.")
    health = Column(float, "0 to 1.")
    digital = Column(float, "Digital ability, 0 to 1.")
    motive = Column(Motive, "Motive type.")
    norm_intercept = Column(float, "Response to nobody active, in logits.")
    norm_slope = Column(float, "Response to the share of active contacts, in logits.")
    interest = Column(float, "Lasting inclination, in logits.")
    attachment = Column(float, "0 to 1.")
    attachment_home = Column(float, "Level to which attachment returns.")
    skill_home = Column(float, "Skill on arrival.")
    autonomy_home = Column(float, "Felt autonomy on arrival.")
    efficacy = Column(float, "As voiced, 0 to 1.")
    efficacy_own = Column(float, "Own experience, 0 to 1.")
    autonomy = Column(float, "Felt autonomy, 0 to 1.")
    skill = Column(float, "Participation skill, 0 to 1.")
    stage = Column(Stage, "Rung on the ladder of participation.")
    practice = Column(float, "Progress towards the next rung.")
    fatigue = Column(float, "0 to 1.")
    habit = Column(float, "0 to 1.")
    crowding = Column(float, "Intrinsic motive lost to rewards, in logits.")
    active = Column(bool, "Took part this week.")
    hours = Column(float, "Hours given this week.")
    present = Column(bool, "False for a vacated slot.")
    last_any = Column(int, "Last week of any participation.")
    last_other = Column(int, "The same without the compared policies' own opportunities.")
    last_public = Column(int, "The same from public affairs up.")

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def trust_good(self) -> npt.NDArray[np.float32]:
        """(10,) good experience with each kind of institution; writable."""
        row: npt.NDArray[np.float32] = self.model.residents.trust_good[self.row]
        return row

    @property
    def trust_bad(self) -> npt.NDArray[np.float32]:
        """(10,) bad experience with each kind of institution; writable."""
        row: npt.NDArray[np.float32] = self.model.residents.trust_bad[self.row]
        return row

    @property
    def trust(self) -> TrustView:
        """Mean trust by kind of institution, as it stands."""
        return TrustView(self.trust_good, self.trust_bad)

    def contacts(self) -> npt.NDArray[np.uint32]:
        """Rows of everyone tied to this resident, event ties included, ascending, each once."""
        from sim.network.ties import NO_ONE  # the ties' module builds on the columns, not the other way round

        ties: Ties = self.model.ties
        fixed = ties.neighbour[ties.first[self.row] : ties.first[self.row + 1]]
        met = ties.event_neighbour[self.row]
        return np.unique(np.concatenate([fixed, met[met != NO_ONE]]))


class PartyMember(Resident):
    """党员: a resident with party membership."""


def make_views(model: Any) -> list[Resident]:
    """One agent for each row: ``PartyMember`` where ``membership`` is set, otherwise ``Resident``.

    The list holds the views alive; mesa's ``AgentSet`` alone would not. Whoever drops the model must also
    drop ``mesa.Agent._ids[model]``, which mesa keeps for ever.

    Parameters
    ----------
    model : mesa.Model with ``residents``

    Returns
    -------
    list of Resident, in row order
    """
    members = (model.residents.membership > 0).tolist()
    return [PartyMember(model, row) if member else Resident(model, row) for row, member in enumerate(members)]
