"""What every institution is: a mesa agent that reads its row of its kind's columns."""

from __future__ import annotations

from typing import Any, ClassVar

import mesa

from sim.view import ModelView
from sim.vocabulary import Kind


class Column:
    """Descriptor of one column: goes through ``agent.model``, so two models never read each other."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        """The agent's entry of the column."""
        if agent is None:
            return self
        return getattr(agent.columns, self.name)[agent.index].item()

    def __set__(self, agent: Any, value: Any) -> None:
        """Write the agent's entry."""
        getattr(agent.columns, self.name)[agent.index] = value


class Institution(mesa.Agent):  # type: ignore[misc]
    """One institution.

    Parameters
    ----------
    model : CommunityModel
    index : int
        Its row in the columns of its kind.
    """

    kind: ClassVar[Kind]
    part: ClassVar[str] = ""
    """Name of the core's part whose columns it reads; empty for the ten kinds themselves."""

    def __init__(self, model: Any, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def columns(self) -> Any:
        """Columns of its kind in its model."""
        return self.model.part(self.part) if self.part else self.model.state(self.kind)

    def __init_subclass__(cls, columns: type | None = None, **more: Any) -> None:
        """Give the class a descriptor for each column of its kind."""
        super().__init_subclass__(**more)
        for name in getattr(columns, "_fields", ()):
            setattr(cls, name, Column(name))

    @classmethod
    def rows(cls, model: ModelView) -> int:
        """How many of this kind there are."""
        columns = model.part(cls.part) if cls.part else model.state(cls.kind)
        return len(columns[0])

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Let all institutions of this kind decide for this week, in one vector call."""
        raise NotImplementedError
