"""What faults put into the kernels showed to be missing from the other tests (``make mutants``)."""

from __future__ import annotations

import numpy as np
import pytest
from reference.bench import SEED, Counter

from sim.ledger.opportunities import OPPORTUNITY
from sim.model import CommunityModel
from sim.network.ties import Ties, empty_event_slots, strengths
from sim.numerics import LOGISTIC, LOGISTIC_SPAN, LOGISTIC_STEPS, logistic
from sim.processes import (
    acquaintance,
    contacts,
    experience,
    handling,
    learning,
    participation,
    queues,
    talk,
    voices,
)
from sim.processes.willingness import active_share
from sim.rng import Streams, combine_array, combine_whole
from sim.scenario.reading import load
from sim.vocabulary import Kind, Regime, Stage

SEVENS = np.full(1, 7, np.uint64)


def test_a_rung_is_climbed_with_exactly_the_practice_it_asks() -> None:
    tree = {"yihe": 1, "name": "one", "participation": {"practice_to_climb": 1.0, "practice_after": 0.5}}
    model = CommunityModel(load({**tree, "population": {"residents": 60}}), 3)
    r = model.residents
    r.practice[:], r.stage[:] = 0.0, int(Stage.MUTUAL_HELP)
    chosen = np.full((len(r.key), participation.MOST), -1, np.int32)
    chosen[0, 0] = 0
    offer = np.zeros(1, OPPORTUNITY)
    offer["level"], offer["policy"] = int(Stage.MUTUAL_HELP), -1
    learning.learn(r, offer, chosen, np.zeros(1, np.int32), 5, model.learning)
    assert r.stage[0] == int(Stage.MUTUAL_HELP) + 1
    assert r.practice[0] == 0.5
    assert (r.stage[1:] < int(Stage.MUTUAL_HELP)).all()  # no practice at all: a rung down


def test_a_tie_of_the_least_strength_is_a_tie() -> None:
    met = empty_event_slots(2)
    met[0][0, 0], met[1][0, 0], met[0][1, 0], met[1][1, 0] = 1, 1, 0, 1
    none = np.zeros(3, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    ties = Ties(*none, strengths(none[0], none[2]), none[2], *met)
    for one, share in ((1, (1.0, 1)), (0, (0.0, 0))):
        active = np.array([0, one], np.uint8)
        assert active_share(0, *none, *met, active) == share
        found = contacts.active_contacts(ties, active)
        told = contacts.share_of(0, ties.strength, ties.event_strength, found.strength)
        assert (told, found.number[0]) == share
    said, out = np.array([0.2, 0.9], np.float32), np.zeros(2, np.float32)
    talk.friedkin_johnsen(ties, np.ones(2), said, said, out)
    assert out.tolist() == said[[1, 0]].tolist()


def test_who_moves_away_is_forgotten_and_the_others_still_know_each_other() -> None:
    neighbour, strength = empty_event_slots(4)
    for one, slot, other in ((0, 0, 1), (1, 0, 0), (0, 2, 2), (2, 1, 0), (1, 1, 2), (2, 0, 1)):
        neighbour[one, slot], strength[one, slot] = other, 3
    acquaintance.forget_all(neighbour, strength, 0)
    assert {(i, int(neighbour[i, k])) for i, k in zip(*np.nonzero(strength), strict=True)} == {(1, 2), (2, 1)}


def test_trust_is_the_share_of_good_in_all_that_was_seen() -> None:
    good, bad = np.full((2, 10), 3.0, np.float32), np.full((2, 10), 1.0, np.float32)
    good[1, 4] = 0.0
    nothing = np.zeros(2)
    v = voices.Voices(nothing.astype(np.uint8), nothing.astype(np.uint8), nothing, nothing, good, bad)
    assert [voices.trusts(v, i, 4) for i in range(2)] == [0.75, 0.0]


def test_who_finds_no_seat_keeps_what_else_they_chose() -> None:
    offers = np.zeros(4, OPPORTUNITY)
    offers["seats"], offers["hours"], offers["key"] = [1, 9, 9, 9], 2.0, np.arange(4)
    chosen = np.full((2, participation.MOST), -1, np.int32)
    chosen[:, :4] = [1, 0, 2, 3]
    first, resident = np.array([0, 2, 4, 6, 8]), np.array([0, 1] * 4, np.int32)
    hours = np.full(2, 8.0, np.float32)
    assert participation._turn_away(
        np.array([1, 2], np.uint64), hours, offers, first, resident, chosen, SEVENS, 0.5,
        np.full(2, 0.25))  # of the half hour's way
    away = int(hours.argmin())
    assert hours[[away, 1 - away]].tolist() == [5.75, 8.0]
    assert chosen[away].tolist() == [1, 2, 3] + [-1] * (participation.MOST - 3)
    assert chosen[1 - away, :4].tolist() == [1, 0, 2, 3]


def test_a_convenor_lends_authority_in_the_round_in_which_they_met() -> None:
    """A file that comes back has a convenor from before, but nobody has met yet."""
    staff = {Kind.RESIDENTS_COMMITTEE: 1, Kind.PROPERTY: 1, Kind.OWNERS_COMMITTEE: 1}
    counter = Counter(Streams(SEED), staff, setting={"authority": 0.1, "legitimacy": 0.9})
    slot, row = counter.case(1, 0, 0.0, 0), counter.book.cases
    numbers, skill = counter.rules.numbers[0], counter.book.desks["skill"][2]
    row["regime"][slot], row["convenor"][slot] = int(Regime.SELF_GOVERNING), 2
    row["phase"][slot] = queues.DELIVER
    assert handling._authority(counter.office(), slot) == numbers["actor_authority"]
    row["meetings"][slot] = 1
    met = numbers["self_authority"] * 0.9 * (0.5 + skill)
    assert handling._authority(counter.office(), slot) == pytest.approx(met)
    assert met != numbers["actor_authority"]


def test_two_who_come_meet_and_one_alone_meets_nobody() -> None:
    neighbour, strength = empty_event_slots(4)
    offers = np.zeros(3, OPPORTUNITY)
    offers["contacts"], offers["mixing"], offers["key"] = 1, 1.0, np.arange(3)
    offers["online"] = [0, 0, 1]
    first, resident = np.array([0, 2, 3, 5]), np.array([1, 3, 0, 0, 2], np.int32)
    met = acquaintance.mingle(
        neighbour, strength, np.arange(4, dtype=np.uint64), offers, first, resident, SEVENS, 2, (0, 3))
    assert met == 2
    assert strength.sum(axis=1).tolist() == [0, 4, 0, 4]  # met, and met once more from the other side
    assert neighbour[1, 0] == 3
    assert neighbour[3, 0] == 1


def test_contacts_are_counted_one_by_one_and_nobody_has_no_share() -> None:
    met = empty_event_slots(3)
    first, neighbour, weight = np.array([0, 1, 2, 2]), np.array([1, 0], np.uint32), np.array([3, 3], np.uint8)
    active = np.array([1, 1, 1], np.uint8)
    told = [active_share(i, first, neighbour, weight, *met, active) for i in range(3)]
    assert told == [(1.0, 1), (1.0, 1), (0.0, 0)]


def test_help_beyond_full_ability_bears_no_more_fruit() -> None:
    n = 300
    x = experience.Lessons(*np.zeros(len(experience.Lessons._fields)).tolist())._replace(
        fruit_intercept=-2.0, fruit_skill=2.0, fruit_full=1.0)
    skill, nothing = np.full(n, 0.6, np.float32), np.zeros(n, np.float32)
    fruitful = []
    for help_ in (0.4, 0.9):
        offers = np.zeros(n, OPPORTUNITY)
        offers["key"], offers["substance"] = np.arange(n), 1.0
        experience.reap(
            skill, nothing.copy(), nothing.copy(), offers, np.arange(n + 1), np.arange(n, dtype=np.int32),
            nothing[:1].copy(), np.zeros(n, np.int32), np.ones(1), SEVENS, np.full(1, help_), np.zeros(1), x)
        fruitful.append(offers["fruitful"].tolist())
    assert fruitful[0] == fruitful[1]
    assert 0.4 * n < sum(fruitful[0]) < 0.6 * n


def test_two_keys_and_two_parts_are_combined_pair_by_pair() -> None:
    key, part = np.array([3, 4], np.uint64), np.array([5, 6], np.uint64)
    assert combine_array(key, part).tolist() == [combine_whole(3, 5), combine_whole(4, 6)]
    assert combine_array(key[:1], part).tolist() == [combine_whole(3, 5), combine_whole(3, 6)]
    assert combine_array(key, part[:1]).tolist() == [combine_whole(3, 5), combine_whole(4, 5)]


def test_what_the_first_policy_holds_itself_is_no_other_participation_where_it_is_compared() -> None:
    model = CommunityModel(load({"yihe": 1, "name": "one", "population": {"residents": 60}}), 3)
    r = model.residents
    r.last_any[:] = r.last_other[:] = -99
    chosen = np.full((len(r.key), participation.MOST), -1, np.int32)
    chosen[:2, 0] = [0, 1]
    offers = np.zeros(2, OPPORTUNITY)
    offers["policy"] = [0, 1]
    x = model.learning._replace(compared=np.array([1.0, 0.0], np.float32))
    learning.learn(r, offers, chosen, np.arange(2, dtype=np.int32), 5, x)
    assert r.last_any[:3].tolist() == [5, 5, -99]
    assert r.last_other[:3].tolist() == [-99, 5, -99]


def test_who_is_eighteen_speaks_for_the_home() -> None:
    here, age, nothing = np.ones(4, np.uint8), np.array([17, 18, 40, 12], np.uint8), np.zeros(4)
    v = voices.Voices(age, here, nothing, nothing, np.ones((4, 10)), np.ones((4, 10)))
    first = np.array([0, 3, 4], np.int32)
    assert [voices.speaker(v, first, home) for home in range(2)] == [1, -1]


def test_the_least_acquaintance_hears_of_an_experience() -> None:
    met = empty_event_slots(2)
    met[0][0, 0], met[1][0, 0], met[0][1, 0], met[1][1, 0] = 1, 1, 0, 1
    none = np.zeros(3, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    ties = Ties(*none, strengths(none[0], none[2]), none[2], *met)
    column = np.zeros((2, 10), np.float32)
    experience._judge(column, ties, 0, 4, 1.0, 0.5)
    assert column[:, 4].tolist() == [1.0, 0.5]


def test_the_table_of_the_logistic_is_met_at_its_points() -> None:
    points = np.linspace(-LOGISTIC_SPAN, LOGISTIC_SPAN, LOGISTIC_STEPS + 1)
    assert [logistic(x) for x in points] == LOGISTIC.tolist()
