"""Participation alone: one week's offers put to the same people again and again, in several forms.

Everyone hears, decides, finds a seat, learns by doing and talks; nothing else of the model runs. Forms share
the person of ``mesa_form`` and differ in whom they ask for neighbours: references, or a framework's space.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

import mesa
import numpy as np
from district import district
from mesa.discrete_space import CellAgent, Network
from mesa.space import NetworkGrid
from mesa_form import bridge
from mesa_form.draws import KEYED
from mesa_form.gathering import Gathering, admit
from mesa_form.model import offered
from mesa_form.person import Person, Week
from mesa_form.residents import Resident

from sim.model import CommunityModel
from sim.processes import engagement, environment
from sim.processes.talk import friedkin_johnsen

WARM = 4
"""Weeks of the whole model before the week that is repeated."""


class Frozen:
    """A community in the middle of a week: offers are made, and nobody has heard of them yet.

    Parameters
    ----------
    residents : int
    """

    def __init__(self, residents: int) -> None:
        self.model = model = CommunityModel(district(residents), 1)
        for _ in range(WARM):
            model.step()
        model.budget.spent[:] = 0.0
        model.opportunities.clear()
        environment.world(model, ())
        model._policies()
        model._institutions()
        self.offers = len(offered(model.opportunities))
        self.start = model.week

    def turn(self, number: int) -> None:
        """Go to a later week, so that draws are others."""
        self.model.state_.week = self.start + number

    def week(self) -> tuple[Week, list[Gathering]]:
        """This week for objects."""
        gatherings = offered(self.model.opportunities)
        return bridge.week_of(self.model, gatherings, 1.0, KEYED), gatherings


class Form(Protocol):
    """One way of writing it."""

    def __init__(self, frozen: Frozen) -> None: ...

    def play(self, number: int) -> tuple[float, float, int]:
        """Seconds by the clock and of the processor for one week, and how many came."""
        ...


class Ours:
    """The compiled kernels."""

    def __init__(self, frozen: Frozen) -> None:
        self.frozen = frozen

    def play(self, number: int) -> tuple[float, float, int]:
        """One week."""
        self.frozen.turn(number)
        model = self.frozen.model
        r, ties = model.residents, model.ties
        wall, work = time.perf_counter(), time.process_time()
        attendance = engagement.participate(model, 1.0)
        talked = np.empty_like(r.efficacy)
        friedkin_johnsen(ties, model.susceptibility, r.efficacy_own, r.efficacy, talked)
        r.efficacy[:] = talked
        return time.perf_counter() - wall, time.process_time() - work, len(attendance.resident)


class Objects:
    """What all forms with objects have in common."""

    people: Sequence[Person]

    def __init__(self, frozen: Frozen) -> None:
        self.frozen = frozen

    def everyone(self, method: str, *given: Any) -> None:
        """Call a method of each person."""
        raise NotImplementedError

    def play(self, number: int) -> tuple[float, float, int]:
        """One week."""
        self.frozen.turn(number)
        week, gatherings = self.frozen.week()
        wall, work = time.perf_counter(), time.process_time()
        self.everyone("decide", week)
        admit(self.people)
        for gathering in gatherings:
            gathering.seat(week.keys.seats, week.luck)
        self.everyone("learn", week)
        self.everyone("listen")
        self.everyone("speak")
        took = time.perf_counter() - wall, time.process_time() - work
        return *took, sum(len(gathering.guests) for gathering in gatherings)

    def settle(self, model: Any) -> None:
        """Give everyone what the columns say."""
        ours = self.frozen.model
        bridge.settle(self.people, ours.residents, ours.ties, ours.susceptibility)
        for person in self.people:
            person.model = model


class References(Objects):
    """Mesa's agents, holding lists of each other."""

    kind: type[Person] = Resident

    def __init__(self, frozen: Frozen) -> None:
        super().__init__(frozen)
        self.town = mesa.Model(rng=1)
        self.people = [self.kind(self.town) for _ in range(len(frozen.model.residents.key))]
        self.settle(self.town)
        self.connect()

    def connect(self) -> None:
        """Who knows whom."""
        bridge.introduce(self.people, self.frozen.model.ties)

    def everyone(self, method: str, *given: Any) -> None:
        """Call a method of each person."""
        self.town.agents.do(method, *given)


class GridResident(Resident):
    """Asks Mesa's ``NetworkGrid`` who the neighbours are."""

    def known(self) -> Any:
        """Lasting contacts with their strengths."""
        space = self.model.space
        mine = space.G[self.pos]
        return [(other, mine[other.pos]["weight"]) for other in space.get_neighbors(self.pos)]


class OnNetworkGrid(References):
    """Mesa's older network space."""

    kind = GridResident

    def connect(self) -> None:
        """Everyone on a node of their own."""
        self.town.space = NetworkGrid(bridge.graph_of(self.frozen.model.ties))
        for node, person in enumerate(self.people):
            self.town.space.place_agent(person, node)


class CellResident(Person, CellAgent):  # type: ignore[misc]
    """Asks the cells of Mesa's ``discrete_space.Network``."""

    def known(self) -> Any:
        """Lasting contacts with their strengths."""
        mine = self.model.space.G[self.cell.coordinate]
        return [(other, mine[other.cell.coordinate]["weight"]) for other in self.cell.neighborhood.agents]


class OnCells(References):
    """Mesa's newer network space."""

    kind = CellResident

    def connect(self) -> None:
        """Everyone in a cell of their own."""
        space = Network(bridge.graph_of(self.frozen.model.ties), random=self.town.random)
        self.town.space = space
        for node, person in enumerate(self.people):
            person.cell = space[node]


FORMS: dict[str, type[Form]] = {
    "ours": Ours, "mesa, references": References, "mesa, NetworkGrid": OnNetworkGrid,
    "mesa, discrete_space.Network": OnCells}
"""AgentPy's is added by :func:`forms` where it is installed."""


def forms() -> dict[str, type[Form]]:
    """All forms that can run here."""
    try:
        from agentpy_form import AgentPy
    except ModuleNotFoundError:
        return FORMS
    return {**FORMS, "AgentPy": AgentPy}
