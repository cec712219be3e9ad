"""What places give their residents and get from them, against NumPy's own way and by hand."""

from __future__ import annotations

import numpy as np

from sim.ledger import spreading
from sim.ledger.levers import Levers
from sim.ledger.opportunities import OPPORTUNITY
from sim.policies.fieldwork import first_of_each


def test_what_a_place_has_reaches_everyone_in_it() -> None:
    """Against NumPy's own way, on a lever that is fresh, on one that is set, and on one of last week's."""
    place, value = np.array([0, 0, 2, 1, 2], np.int32), np.array([1.5, -2.0, 0.25])
    levers = Levers({"resident": 5, "building": 3, "grid": 1, "community": 1})
    levers.add_to_each("notice", value, place)
    assert levers.touched("notice")
    assert levers.get("notice").tolist() == value[place].tolist()
    levers.add_to_each("notice", value, place)
    levers.add("notice", 1.0)
    assert levers.get("notice").tolist() == (2.0 * value[place] + 1.0).tolist()
    levers.reset()
    assert levers.untouched
    levers.add_to_each("notice", value, place)
    assert levers.get("notice").tolist() == value[place].tolist()
    levers.reset()
    levers.add("notice", 0.5, where=[3])
    assert levers.get("notice").tolist() == [0.0, 0.0, 0.0, 0.5, 0.0]
    levers.reset()
    assert levers.get("notice").tolist() == [0.0] * 5


def test_hours_given_are_those_of_one_activity_at_the_place_where_it_began() -> None:
    offers = np.zeros(3, OPPORTUNITY)
    offers["activity"], offers["lo"] = [4, 2, 4], [1, 0, 3]
    offers["attended"], offers["hours"] = [3, 5, 2], [1.5, 1.0, 0.5]
    hours = np.zeros(2)
    spreading.hours_given(offers, 4, np.array([0, 1, 1, 0], np.int32), hours)
    assert hours.tolist() == [1.0, 4.5]


def test_the_best_of_a_place_is_the_last_of_equals_among_those_who_count() -> None:
    place, score = np.array([0, 0, 1, 1, 1, 3], np.int32), np.array([0.2, 0.1, 0.5, 0.7, 0.7, 0.9])
    everyone = np.ones(6, bool)
    assert first_of_each(place, score, everyone, 4).tolist() == [0, 4, -1, 5]
    some = np.array([False, True, True, True, False, False])
    assert first_of_each(place, score, some, 4).tolist() == [1, 3, -1, -1]
