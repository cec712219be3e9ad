"""What a policy of a whole community costs and brings goes by that community's own size."""

from __future__ import annotations

import numpy as np
from policy_lab import watched

from sim.policies.common import leaders
from sim.vocabulary import Kind, Regime

UNEQUAL = {"places": {"communities": 2, "grids_total": 3, "floors": 3, "dwellings_per_floor": 3}}
"""Two grids in the first community, one in the second."""


def test_a_community_twice_as_large_pays_twice_and_gets_twice_the_hours() -> None:
    model = watched({"kind": "red_property"}, **UNEQUAL).until(1)
    lo, hi = model.places.resident_range("community")
    people = (hi - lo).astype(float)
    assert people[0] > 1.7 * people[1]
    np.testing.assert_allclose(model.budget.spent / people, model.budget.spent[0] / people[0])
    attention = model.budget.attention_used
    np.testing.assert_allclose(attention / people, attention[0] / people[0])
    given = model.notes[-1].levers["staff_hours"][:, Kind.PROPERTY]
    np.testing.assert_allclose(given / people, given[0] / people[0])


def test_a_team_next_door_leads_nothing_here() -> None:
    model = watched(
        {"kind": "neighbour_covenant"}, regime=Regime.SELF_GOVERNING.key,
        actors={"owners_committee": {"present": False}}, **UNEQUAL).until(1)
    model.state(Kind.VOLUNTEERS).formed[:] = [1.0, 0.0]
    assert leaders(model).tolist() == [Kind.VOLUNTEERS, Kind.RESIDENTS_COMMITTEE]
