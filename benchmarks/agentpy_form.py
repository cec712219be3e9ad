"""Participation alone in AgentPy: its agents, its network, its lists.

AgentPy is no dependency of the project: ``pip install 'agentpy>=0.1.5,<0.2'``. Without it the benchmarks
say so and leave this form out.
"""

from __future__ import annotations

from typing import Any

import agentpy as ap
from mesa_form import bridge
from mesa_form.person import Person
from participation_kernel import Frozen, Objects


class ApResident(Person, ap.Agent):  # type: ignore[misc]
    """A resident that asks AgentPy's network who the neighbours are."""

    def known(self) -> Any:
        """Lasting contacts with their strengths."""
        network = self.model.network
        mine, node = network.graph[network.positions[self]], network.positions
        return [(other, mine[node[other]]["weight"]) for other in network.neighbors(self)]


class Town(ap.Model):  # type: ignore[misc]
    """A model whose network holds everyone on a node of their own."""

    def setup(self) -> None:
        """Agents, then the network with them on it."""
        ties = self.p.ties
        self.people = ap.AgentList(self, len(ties.first) - 1, ApResident)
        self.network = ap.Network(self, bridge.graph_of(ties))
        self.network.add_agents(self.people, self.network.nodes)


class AgentPy(Objects):
    """AgentPy's agents on AgentPy's network."""

    def __init__(self, frozen: Frozen) -> None:
        super().__init__(frozen)
        self.town = Town({"ties": frozen.model.ties, "report_seed": False, "seed": 1})
        self.town.sim_setup()
        self.people = self.town.people
        self.settle(self.town)

    def everyone(self, method: str, *given: Any) -> None:
        """Call a method of each person."""
        getattr(self.people, method)(*given)
