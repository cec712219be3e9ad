"""What Mesa's own tools ask of a model: agents, a data collector, a graph, made of columns on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.actors.roster import PARTS, ROSTER
from sim.observed import Week
from sim.plugins import own_institutions
from sim.population.columns import Places, Population, Residents
from sim.recorder import Recorder

if TYPE_CHECKING:
    import networkx as nx

    from sim.network.ties import Ties


class MesaSide(mesa.Model):  # type: ignore[misc]
    """A mesa model whose agents are views of columns."""

    _views: list[Any] | None = None
    recorder: Recorder[Week]
    places: Places
    residents: Residents
    names: tuple[str, ...]
    ties: Ties

    def free(self) -> None:
        """Let go of what mesa keeps for ever; a run is over."""
        mesa.Agent._ids.pop(self, None)
        self._views = None

    def _materialise(self) -> None:
        if self._views is None:
            from sim.population.agents import make_views

            self._views = make_views(self)
            kinds = (*ROSTER, *PARTS, *own_institutions())
            self._views += [cls(self, i) for cls in kinds for i in range(cls.rows(self))]

    @property
    def agents(self) -> Any:
        """All residents and institutions as mesa agents; made on first use."""
        self._materialise()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agents by class; made on first use."""
        self._materialise()
        return super().agents_by_type

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Outcomes recorded so far as a mesa data collector: one model variable an outcome."""
        reporters = {name: (lambda _: None) for name in self.recorder.series}
        collector = mesa.DataCollector(model_reporters=reporters)
        collector.model_vars = {
            name: series[: self.recorder.at].tolist() for name, series in self.recorder.series.items()}
        return collector

    def graph(self) -> nx.Graph[Any]:
        """Residents and all their ties of this week as a networkx graph with node attributes."""
        from sim.network.interchange import to_networkx

        return to_networkx(Population(self.places, self.residents, self.names), self.ties)
