"""What the parts of a week may ask of a running model, beyond what policies and actors see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sim.view import ModelView

if TYPE_CHECKING:
    from sim.ledger.cases import Table
    from sim.population.columns import Float32, Float64, Int32
    from sim.population.parameters import PopulationParameters
    from sim.processes.experience import Lessons
    from sim.processes.learning import Learning
    from sim.processes.parameters import (
        CaseParameters,
        ExperienceParameters,
        ParticipationParameters,
        Shock,
        WorldParameters,
    )
    from sim.processes.rules import Rules
    from sim.processes.willingness import Weights


class Numbers(Protocol):
    """The scenario's numbers that processes read."""

    @property
    def world(self) -> WorldParameters:
        """Numbers of frictions, tasks and moves."""
        ...

    @property
    def cases(self) -> CaseParameters:
        """Numbers of case handling."""
        ...

    @property
    def participation(self) -> ParticipationParameters:
        """Numbers of participation."""
        ...

    @property
    def experience(self) -> ExperienceParameters:
        """Numbers of learning from experience."""
        ...

    @property
    def population(self) -> PopulationParameters:
        """Numbers of the population."""
        ...

    @property
    def shocks(self) -> Sequence[Shock]:
        """Disturbances on the timeline."""
        ...

    @property
    def warmup(self) -> int:
        """Weeks without policies."""
        ...


class CaseLog(Protocol):
    """Where rows of cases that are over go."""

    rows: list[Table]


class RunningModel(ModelView, Protocol):
    """A model as seen from the parts of its week; they write its columns."""

    scenario: Numbers
    run_of: Int32
    """(C,) which of the runs in this model each community belongs to; all to one as a rule."""
    runs: int
    rules: Rules
    weights: Weights
    learning: Learning
    lessons: Lessons
    susceptibility: Float64
    """(N,) λ of the Friedkin–Johnsen talk."""
    norm_kept: float
    """Share of agreed rules of conduct kept a week."""
    trust_prior: tuple[Float32, Float32]
    """(10,) each: α and β of a newcomer's reputations."""
    building_adults: Float64
    """(B,) adults in each building."""

    @property
    def recorder(self) -> CaseLog:
        """Where rows of cases that are over go."""
        ...

    chosen: Int32
    """(N, MOST) room for what each resident takes this week."""
    buildings_a_grid: Float64
    """(G,) at least 1."""

    @property
    def policy_week(self) -> int:
        """Week counted after the warm-up; negative before its end."""
        ...

    def visits_a_resident(self) -> Float64:
        """(C,) the core's own home visits a resident this week."""
        ...

    def patrol_given(self) -> Float64:
        """(G,) patrol hours that residents gave last week."""
        ...
