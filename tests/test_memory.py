"""A process that makes a thousand runs stays as large as one that made a hundred."""

from __future__ import annotations

import gc

import mesa
import psutil
import pytest

from sim.model import CommunityModel
from sim.scenario.schema import Scenario
from sim.simulation import simulate

TINY = Scenario.model_validate({
    "yihe": 1, "name": "tiny", "weeks": 1, "warmup": 0,
    "places": {"grids": 1, "floors": 2, "dwellings_per_floor": 2}, "population": {"residents": 30},
    "policies": [{"kind": "neighbour_festival"}],
})
TOLERANCE = 6 * 2**20
"""Bytes: about 6.7 KiB a run, where one run's columns and results alone take 100 KiB."""


def resident_bytes() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


@pytest.mark.long
def test_a_thousand_tiny_runs_leave_nothing_behind() -> None:
    for seed in range(100):
        simulate(TINY, seed)
    before, known = resident_bytes(), len(mesa.Agent._ids)
    for seed in range(100, 1000):
        simulate(TINY, seed)
    assert len(mesa.Agent._ids) == known
    assert resident_bytes() - before < TOLERANCE


def test_agents_that_were_looked_at_are_let_go() -> None:
    gc.collect()
    known = len(mesa.Agent._ids)
    for seed in range(5):
        model = CommunityModel(TINY, seed)
        assert len(model.agents) > 30
        model.run()
        model.free()
        del model
    gc.collect()
    assert len(mesa.Agent._ids) == known
