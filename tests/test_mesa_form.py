"""The model with residents as mesa agents does what ours does: same draws, same outcomes, same state.

With the digits of a column (four bytes a number) every array and every series is the same to the byte.
Python's own eight-byte numbers differ from the 8th digit on in what is averaged over residents' columns and
in nothing else, as long as no draw falls between the two.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from mesa_form.bridge import read, write
from mesa_form.draws import in_turn
from mesa_form.model import MesaModel
from mesa_form.residents import SingleResident

from sim import load
from sim.model import CommunityModel
from sim.results import RunResult
from sim.scenario.schema import Scenario

WEEKS = 14
AVERAGED = ("trust_", "efficacy", "autonomy", "attachment", "hours_given", "satisfaction", "time_", "_load")
"""Beginnings or ends of the names of outcomes that are means of columns, or rest on them."""


class SingleModel(MesaModel):
    """Residents with the digits of a column."""

    kind = SingleResident


def scenario() -> Scenario:
    """Two hundred people, one policy, a flood of grievances, seats for few; many move and some leave."""
    return load("scenarios/commercial_estate.yaml", {
        "population.residents": 200, "places.grids": 1, "weeks": WEEKS, "warmup": 0,
        "world.potential_rate": 20.0, "world.renter_moves": 0.8, "experience.leave_intercept": -2.0,
        "policies": [{"kind": "neighbour_festival"}]})


@pytest.fixture(scope="module")
def ours() -> Iterator[tuple[CommunityModel, list[str]]]:
    model, digests = CommunityModel(scenario(), 7), []
    for _ in range(WEEKS):
        model.step()
        digests.append(model.state_.digest())
    yield model, digests
    model.free()


def outcomes(model: CommunityModel) -> RunResult:
    return model.run()  # all weeks are over: only gathers


def test_with_the_digits_of_a_column_every_byte_is_the_same(ours: tuple[CommunityModel, list[str]]) -> None:
    model = SingleModel(scenario(), 7)
    for digest in ours[1]:
        model.step()
        assert model.state_.digest() == digest
    mine, theirs = outcomes(ours[0]), outcomes(model)
    for name, series in mine.series.items():
        np.testing.assert_array_equal(series, theirs.series[name], err_msg=name)
    for name, table in mine.groups.items():
        np.testing.assert_array_equal(table, theirs.groups[name], err_msg=name)
    assert mine.cases.tobytes() == theirs.cases.tobytes()
    model.free()


def test_the_weeks_compared_are_busy(ours: tuple[CommunityModel, list[str]]) -> None:
    series = ours[0].recorder.series
    assert min(series[name].sum() for name in (
        "participation_week", "resolved", "silent_disputes", "people_left", "event_ties")) > 0
    assert np.isfinite(series["satisfaction"]).sum() > 3
    assert (ours[0].last_opportunities["attended"] > 0).any()


def test_pythons_own_numbers_differ_in_the_8th_digit_of_means_only(
    ours: tuple[CommunityModel, list[str]]
) -> None:
    model = MesaModel(scenario(), 7)
    result = model.run()
    for name, series in outcomes(ours[0]).series.items():
        other = result.series[name]
        if name.startswith(AVERAGED) or name.endswith(AVERAGED):
            np.testing.assert_allclose(series, other, rtol=1e-6, atol=1e-7, err_msg=name)
        else:
            np.testing.assert_array_equal(series, other, err_msg=name)
    model.free()


def test_agents_are_mesas_and_hold_their_state_themselves() -> None:
    model = MesaModel(scenario(), 7)
    assert len(model.agents) == len(model.residents.key)
    person = model.agents[3]
    model.step()
    before = model.residents.habit[3]
    person.habit = 0.75
    assert model.residents.habit[3] == before
    write(model.people, model.residents, model.ties)
    assert model.residents.habit[3] == 0.75
    model.residents.habit[3] = 0.5
    read(model.people, model.residents, [3])
    assert person.habit == 0.5
    model.free()


def test_draws_in_turn_make_another_run_of_the_same_model(ours: tuple[CommunityModel, list[str]]) -> None:
    """About as many come: the bound is some three standard errors of a difference of two counts near 60."""
    model = MesaModel(scenario(), 7)
    model.luck = in_turn(model.random)
    result = model.run()
    mine, theirs = (run.series["participation_week"] for run in (outcomes(ours[0]), result))
    assert (mine != theirs).any()
    assert theirs.mean() == pytest.approx(mine.mean(), rel=0.5)
    model.free()
