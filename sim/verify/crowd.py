"""A community of which only the decision to take part is left: each answers the share of contacts who came.

A :class:`sim.model.CommunityModel` with every weight of the decision at 0 but that of the norm, and one offer
a week that costs no time and that everybody hears of. Then V = norm_intercept + norm_slope × share of
contacts active last week, and a resident comes if a draw lies below σ(V).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.model import CommunityModel
from sim.network.assembly import from_pairs
from sim.network.ties import Ties
from sim.numerics import LOGISTIC
from sim.processes import engagement
from sim.processes.willingness import Weights
from sim.scenario.reading import load
from sim.verify.base import Floats
from sim.vocabulary import Activity, Kind, Layer, Motive, Stage

STRAY = float(LOGISTIC[0])
"""Chance that a decision goes against its threshold: the production logistic never falls below σ(−16)."""

SURE = 2e8
"""Logits for a whole share of contacts: a share this far from a threshold by 16/SURE decides as surely as it
can."""

ONLY_THE_NORM: dict[str, float] = {**dict.fromkeys(Weights._fields, 0.0), "norm_weight": 1.0}
"""Numbers of the decision: nothing but the response to others."""

SCENARIO: dict[str, Any] = {
    "yihe": 1, "name": "crowd", "weeks": 1, "warmup": 0, "ties": {"builder": "none"},
    "participation": ONLY_THE_NORM}


class Crowd:
    """Residents who decide once a week on one offer, looking at who came last week.

    Parameters
    ----------
    model : CommunityModel
        Made from :data:`SCENARIO`, or something on top of it.
    """

    def __init__(self, model: CommunityModel) -> None:
        self.model = model
        self.n = len(model.residents.key)
        r = model.residents
        r.age[:], r.interest[:] = 40, 0.0

    @classmethod
    def of(cls, n: int, seed: int) -> Crowd:
        """Exactly ``n`` people of one community, from a table of residents."""
        with tempfile.TemporaryDirectory() as folder:
            lines = ["id,age", *(f"{i:06d},40" for i in range(n))]
            Path(folder, "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            scenario = load(SCENARIO, {"population_file": "people.csv"}, folder=folder)
            return cls(CommunityModel(scenario, seed))

    def tie(self, ties: Ties) -> None:
        """Put other ties in the place of those there are."""
        self.model.state_.ties = ties

    def thresholds(self, share: npt.ArrayLike) -> None:
        """Let everyone come for sure once this share of their contacts came, and not before.

        Parameters
        ----------
        share : float or array, shape (N,)
            Halfway between two shares that can occur; negative for those who come whatever others do.
        """
        r = self.model.residents
        r.motive[:] = Motive.CONDITIONAL
        r.norm_slope[:], r.norm_intercept[:] = SURE, -SURE * np.asarray(share)

    def start(self, came: npt.ArrayLike) -> None:
        """Say who came last week."""
        self.model.residents.active[:] = came

    def week(self) -> Floats:
        """One week by the production code; returns who came, 0 or 1, shape (N,)."""
        model = self.model
        model.opportunities.clear()
        model.opportunities.offer(
            model.week, Kind.RESIDENTS_COMMITTEE, Activity.MEETING, Stage.SELF_HELP, model.scope("community"),
            hours=0.0, notice=1.0)
        engagement.participate(model, 1.0)
        model.state_.week += 1
        return model.residents.active.astype(np.float64)

    def settle(self, most: int = 2000) -> list[Floats]:
        """Weeks until all do as they did two weeks before, or so many: who came in each.

        Crowds with symmetric ties and thresholds end at rest or in a cycle of two, and those that only grow
        at rest. A decision gone astray can make a pair of neighbours come in turn for ever; asking for two
        weeks also keeps one such decision from looking like the end.
        """
        weeks = [self.week(), self.week()]
        while len(weeks) < most:
            weeks.append(self.week())
            if np.array_equal(weeks[-1], weeks[-3]):
                break
        return weeks


def astray(people: int, weeks: int, least: int) -> float:
    """Bound on the chance that at least ``least`` of all decisions go against their thresholds.

    Parameters
    ----------
    people, weeks : int
        Every one decides once a week.
    least : int
        How many it takes to spoil the end: one alone often heals, because thresholds are monotone.
    """
    return (STRAY * people * weeks) ** least


def everyone(n: int) -> Ties:
    """Ties of everybody with everybody else, of equal weight."""
    a, b = np.triu_indices(n, 1)
    one = np.ones(len(a), np.uint8)
    return from_pairs(n, a.astype(np.int64), b.astype(np.int64), one, one * np.uint8(Layer.FRIENDSHIP))
