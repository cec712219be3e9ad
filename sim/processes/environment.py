"""Part one of the week: moves, tasks from above and shocks, the same under every policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.processes import world as kernels
from sim.processes.moves import moves
from sim.processes.parameters import Shock
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.population.columns import Float32
    from sim.population.parameters import InitialTrust
    from sim.processes.running import RunningModel

WEEKS_A_YEAR = 52.0


def factor(shocks: Sequence[Shock], name: str) -> float:
    """Product of one factor over the shocks of this week."""
    product = 1.0
    for shock in shocks:
        product *= getattr(shock, name)
    return product


def trust_prior(trust: InitialTrust) -> tuple[Float32, Float32]:
    """α and β of a newcomer's reputations, (10,) each, from the numbers of initial trust."""
    mean = np.array([getattr(trust, kind.key) for kind in Kind])
    return (trust.weight * mean).astype(np.float32), (trust.weight * (1.0 - mean)).astype(np.float32)


def world(model: RunningModel, shocks: Sequence[Shock]) -> None:
    """Moves, and tasks from above into the case table.

    Parameters
    ----------
    model : RunningModel
    shocks : sequence of Shock
        Those of this week.
    """
    p, week = model.scenario.world, model.week
    model.staff_factor = factor(shocks, "staff_factor")
    good, bad = model.trust_prior
    moves(
        model.places, model.residents, model.ties, week, p.renter_moves / WEEKS_A_YEAR,
        p.owner_moves / WEEKS_A_YEAR, 1.0 / p.refill_weeks, model.week_key("moves"), good, bad)
    homes = model.scope("community")
    mean = p.tasks_rate * (homes.hi - homes.lo).astype(np.float64) / 1000.0 * factor(shocks, "tasks_factor")
    book = model.cases
    book.reserve(int(mean.sum() * 3) + 40 * len(mean))
    first = np.full(len(mean), model.scenario.cases.appraisal_tasks_first)
    kernels.tasks(
        book.cases, book.heap, book.free, book.free_count, model.places.community_key, week, mean, first,
        model.week_key("tasks"))
