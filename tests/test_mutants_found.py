"""What faults put into the kernels showed to be missing from the other tests (``make mutants``)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config
from reference.bench import SEED, Counter

from sim.ledger.opportunities import OPPORTUNITY
from sim.model import CommunityModel
from sim.network.slots import words
from sim.network.ties import EVENT_SLOTS, Ties, empty_event_slots, strengths
from sim.numerics import exp, logistic
from sim.processes import (
    acquaintance,
    contacts,
    engagement,
    experience,
    handling,
    learning,
    participation,
    queues,
    screening,
    talk,
    voices,
    willingness,
)
from sim.processes.screening import BLOCK, Bents, Exposure, Traits
from sim.processes.willingness import Person, Weights, active_share, inclination
from sim.rng import Streams, combine, uniform
from sim.scenario.reading import load
from sim.vocabulary import Activity, Kind, Motive, Regime, Stage

N = 40
SEVENS = np.full(1, 7, np.uint64)
"""Residents of the block screened."""


def drawn(seed: int) -> tuple[np.random.Generator, Weights, Traits, Bents, Exposure]:
    """Weights, residents and levers without order."""
    luck = np.random.default_rng(seed)
    weights = Weights(*luck.uniform(0.1, 1.5, len(Weights._fields)).tolist())

    def column(low: float = 0.0, high: float = 1.0) -> np.ndarray:
        single = luck.uniform(low, high, N).astype(np.float32)
        # Kernels compute in doubles; plain Python would keep to the single precision of what is stored
        return single.astype(float) if config.DISABLE_JIT else single

    key = luck.integers(0, 2**63, N).astype(np.uint64)
    traits = Traits(
        luck.integers(0, 3, N).astype(np.int32), column(-1, 1), column(), column(), column(), column(),
        column(), column(0, 20))
    bents = Bents(key, column(), column(), column(), column(), luck.integers(0, 5, N).astype(np.uint8))
    levers = Exposure(
        luck.uniform(0, 2, N), luck.random(N), luck.random(N), luck.random(N), luck.random(1),
        luck.uniform(0, 0.6, N), luck.random(3))
    return luck, weights, traits, bents, levers


@pytest.mark.parametrize("level", [int(Stage.PUBLIC_AFFAIRS) - 1, int(Stage.PUBLIC_AFFAIRS)])
@pytest.mark.parametrize("online", [0, 1])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_screen_is_the_inclination_with_the_most_free_hours_and_no_looser(
    seed: int, online: int, level: int,
) -> None:
    """A looser one would change no result and only let more people through, so that nothing else notices."""
    luck, w, t, b, e = drawn(seed)
    offers = np.zeros(1, OPPORTUNITY)
    for name in ("relevance", "substance", "ease", "reward", "honour", "voice"):
        offers[name] = luck.random()
    offers["hours"], offers["level"], offers["online"] = 1.5, level, online
    offers["lo"], offers["hi"], offers["key"] = 3, N - 2, 77
    block = screening.make_block()
    block.norm[:N] = luck.normal(size=N)
    could = np.zeros(N, np.uint64)
    screening._prepare(t, e, w, 0.8, 0, N, block)
    screening._screen(b, offers, 0, 5, w, np.uint64(9), 0, N, block, could)
    passed = exactly = 0
    for i in range(3, N - 2):
        most = (1.0 + w.hours_spread) * float(t.free_hours[i]) * 0.8 + e.free_hours[i]
        way = max(0.0, w.distance_hours - e.distance[i])
        person = Person(
            t.interest[i], b.attachment[i], b.efficacy[i], b.autonomy[i], block.norm[i],
            e.visible_members[t.building[i]], t.skill[i], t.health[i], b.digital[i], t.habit[i], t.fatigue[i],
            t.crowding[i], np.int64(b.stage[i]), most, way)
        exact = inclination(w, person, offers[0], 1.5 + (0.0 if online else way))
        assert 0.0 < block.bound[i] - exact < 2e-3
        willing = uniform(np.uint64(9), np.uint64(combine(b.key[i], np.uint64(77)))) < logistic(exact)
        assert could[i] == np.uint64(1 << 5) or not willing
        passed += could[i] == np.uint64(1 << 5)
        exactly += willing
    assert not could[:3].any()
    assert not could[N - 2 :].any()
    assert set(could.tolist()) <= {0, 1 << 5}
    assert 0 < passed <= exactly + 3


@given(st.lists(st.floats(-40.0, 40.0, width=32), min_size=1, max_size=50))
def test_raised_odds_are_never_below_the_odds_and_at_most_a_sixteenth_above(logits: list[float]) -> None:
    bits = np.empty(len(logits), np.int32)
    screening.raise_odds(np.array(logits, np.float32), bits)
    for x, odds in zip(logits, bits.view(np.float32).tolist(), strict=True):
        true = exp(min(max(x, -16.0), 16.0))
        assert true * (1.0 - 2e-5) <= odds <= true * (1.0 + 1.0 / 16.0)
        assert odds / (1.0 + odds) + 1e-5 > logistic(x)


def test_a_block_responds_to_active_contacts_as_each_resident_does() -> None:
    luck = np.random.default_rng(7)
    motive = luck.integers(0, len(Motive), N).astype(np.uint8)
    intercept, slope = luck.normal(size=(2, N)).astype(np.float32)
    strength = luck.integers(0, 9, (N, EVENT_SLOTS)).astype(np.uint8)
    fixed = luck.integers(0, 30, N).astype(np.uint32)
    strength[:3], fixed[:3] = 0, (0, 0, 5)
    most = 4 * fixed.astype(int) + strength.sum(1)
    active = luck.integers(0, most + 1).astype(np.uint32)
    active[3:6] = most[3:6]
    norm = np.empty(N, np.float32)
    screening._respond(motive, intercept, slope, fixed, words(strength), active, norm)
    for i in range(N):
        share = contacts.share_of(i, fixed, strength, active)
        assert norm[i] == pytest.approx(
            willingness.norm_term(motive[i], intercept[i], slope[i], share), abs=1e-5)


def test_children_and_those_who_left_take_no_part_whatever_is_offered() -> None:
    """Those whom the bound alone would let through, too: the least draws lie below any chance."""
    could = np.full(4, 5, np.uint64)
    screening._keep_adults(np.array([1, 1, 0, 1], np.uint8), np.array([17, 18, 40, 90], np.uint8), could)
    assert could.tolist() == [0, 5, 0, 5]


def test_where_time_draws_people_in_the_screen_takes_the_least_there_can_be() -> None:
    """A quarter of an hour, the least that time needed is divided by."""
    _, w, t, _, e = drawn(1)
    block = screening.make_block()
    block.norm[:N] = 0.0
    screening._prepare(t, e, w._replace(time_weight=-0.5), 0.8, 0, N, block)
    assert (block.pace[:N] == 1.0 / 0.25).all()


def test_a_block_ends_with_its_community_and_begins_where_screening_does() -> None:
    community = np.zeros(3 * BLOCK, np.int32)
    community[BLOCK + 10 :] = 1
    assert screening.block_end(community, 0, 3 * BLOCK) == BLOCK
    assert screening.block_end(community, 4, 3 * BLOCK) == BLOCK
    assert screening.block_end(community, BLOCK, 3 * BLOCK) == BLOCK + 10
    assert screening.block_end(community, BLOCK, BLOCK + 10) == BLOCK + 10
    assert screening.block_end(community, BLOCK, BLOCK + 4) == BLOCK + 4
    assert screening.block_end(community, BLOCK + 10, 3 * BLOCK) == 2 * BLOCK
    assert screening.block_end(community, BLOCK + 9, 3 * BLOCK) == BLOCK + 10


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


def test_a_block_near_few_offers_or_many_is_screened_alike() -> None:
    """A second offer changes nothing in who could take the first; of more than 63, adults who live here
    weigh the rest one by one."""
    model = CommunityModel(load({"yihe": 1, "name": "one", "population": {"residents": 120}}), 3)
    for _ in range(2):
        model.step()
    r, shown = model.residents, engagement.exposure(model)
    active = (np.arange(len(r.key)) % 3 == 0).astype(np.uint8)
    known = contacts.active_contacts(model.ties, active)

    def could(offers: int) -> np.ndarray:
        model.opportunities.clear()
        for number in range(offers):
            model.opportunities.offer(
                5, Kind.CORE, Activity.FESTIVAL, Stage.SELF_HELP, model.scope("community"), hours=1.0,
                notice=0.5, ease=2.0, number=number)
        found = np.zeros(len(r.key), np.uint64)
        screening.screen(
            r, model.ties, model.opportunities.rows, np.array([0, offers]), model.weights, shown, 1.0,
            SEVENS, known, 0, len(r.key), found)
        return found

    alone, first = could(1), np.uint64(1)
    assert 0 < alone.sum() < len(alone)
    np.testing.assert_array_equal(alone, could(2) & first)
    here = (r.present > 0) & (r.age >= 18)
    np.testing.assert_array_equal(could(63) >> np.uint64(63), 0)
    np.testing.assert_array_equal(could(64) >> np.uint64(63), here)
    assert (could(64)[~here] == 0).all()


def offers_in_buildings(model: CommunityModel, each: int = 1, **more: float) -> np.ndarray:
    """This week's offers: so many in every building, and where each community's begin."""
    model.opportunities.clear()
    for number in range(each):
        model.opportunities.offer(
            5, Kind.CORE, Activity.FESTIVAL, Stage.SELF_HELP, model.scope("building"), hours=1.0, notice=1.0,
            number=number, **more)
    return np.searchsorted(model.opportunities.rows["community"], np.arange(model.places.communities + 1))


def test_blocks_are_screened_one_by_one_as_all_together() -> None:
    """A bit says which of the offers near the block: that block must be the one that decides read it by."""
    model = CommunityModel(load({"yihe": 1, "name": "two", "population": {"residents": 2 * BLOCK + 90}}), 3)
    r, shown = model.residents, engagement.exposure(model)
    first = offers_in_buildings(model, ease=3.0)
    nobody = contacts.active_contacts(model.ties, np.zeros(len(r.key), np.uint8))

    def could(start: int, end: int) -> list[int]:
        found = np.zeros(end - start, np.uint64)
        screening.screen(
            r, model.ties, model.opportunities.rows, first, model.weights, shown, 1.0, SEVENS, nobody,
            start, end, found)
        return list(found)

    starts = [*range(0, len(r.key), BLOCK), len(r.key)]
    assert len(starts) == 4
    apart = [bits for ends in pairwise(starts) for bits in could(*ends)]
    assert sum(bits > 0 for bits in apart) > 100
    assert could(0, len(r.key)) == apart


def test_offers_beyond_the_63rd_keep_to_their_scope() -> None:
    """What screening has no bits for is weighed one by one: nobody from the next building comes."""
    model = CommunityModel(load({
        "yihe": 1, "name": "many", "population": {"residents": 120},
        "places": {"grids": 1, "floors": 2, "dwellings_per_floor": 2}}), 3)
    model.step()
    r, shown = model.residents, engagement.exposure(model)
    first = offers_in_buildings(model, 80, ease=20.0)
    rows, chosen = model.opportunities.rows, model.chosen
    here = (r.present > 0) & (r.age >= 18) & (r.free_hours > 4.0)
    for open_to in (range(80), range(70, 80)):
        rows["audience"] = 1
        each = len(rows) // 80
        for number in open_to:
            rows["audience"][number * each : (number + 1) * each] = 0
        keys = participation.Keys(*(np.full(model.places.communities, k, np.uint64) for k in (3, 5, 7, 9)))
        nobody = contacts.active_contacts(model.ties, np.zeros(len(r.key), np.uint8))
        participation.decide(
            r, model.ties, rows, first, model.weights, shown, keys, 1.0, nobody,
            np.zeros(len(r.key), np.uint32), chosen)
        who, place = np.nonzero(chosen >= 0)
        taken = rows[chosen[who, place]]
        assert ((taken["lo"] <= who) & (who < taken["hi"])).all()
        assert (chosen[here, 0] >= 0).mean() > 0.9


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
