"""Faults in deciding who takes part that other tests did not show (``make mutants``), and what shows them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config

from sim.ledger.opportunities import OPPORTUNITY
from sim.model import CommunityModel
from sim.network.slots import words
from sim.network.ties import EVENT_SLOTS
from sim.numerics import exp, logistic
from sim.processes import contacts, engagement, participation, screening, willingness
from sim.processes.screening import BLOCK, Bents, Exposure, Traits
from sim.processes.willingness import Person, Weights, inclination
from sim.rng import combine, uniform
from sim.scenario.reading import load
from sim.vocabulary import Activity, Kind, Motive, Stage

N = 40
"""Residents of the block screened."""
SEVENS = np.full(1, 7, np.uint64)


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


def most_inclined(
    w: Weights, t: Traits, b: Bents, e: Exposure, norm: float, offer: np.void, i: int,
) -> float:
    """Exact inclination of a resident with the most free hours there can be, less a fifth."""
    most = (1.0 + w.hours_spread) * float(t.free_hours[i]) * 0.8 + e.free_hours[i]
    way = max(0.0, w.distance_hours - e.distance[i])
    person = Person(
        t.interest[i], b.attachment[i], b.efficacy[i], b.autonomy[i], norm, e.visible_members[t.building[i]],
        t.skill[i], t.health[i], b.digital[i], t.habit[i], t.fatigue[i], t.crowding[i], np.int64(b.stage[i]),
        most, way)
    return inclination(w, person, offer, float(offer["hours"]) + (0.0 if offer["online"] else way))


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
        exact = most_inclined(w, t, b, e, block.norm[i], offers[0], i)
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
    here = (r.present > 0) & (r.age >= 18)
    assert 0 < alone.sum() < here.sum()
    np.testing.assert_array_equal(alone, could(2) & first)
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


def decided(model: CommunityModel, first: np.ndarray, audiences: np.ndarray | None = None) -> np.ndarray:
    """Who chose something, by resident and place among their choices."""
    nobody = contacts.active_contacts(model.ties, np.zeros(len(model.residents.key), np.uint8))
    keys = participation.Keys(*(np.full(model.places.communities, k, np.uint64) for k in (3, 5, 7, 9)))
    if audiences is None:
        audiences = np.zeros(len(model.residents.key), np.uint32)
    participation.decide(
        model.residents, model.ties, model.opportunities.rows, first, model.weights,
        engagement.exposure(model), keys, 1.0, nobody, audiences, model.chosen)
    return model.chosen


def one_building(residents: int) -> CommunityModel:
    """A model of few people, whose hours do not vary and to whom the way is the same."""
    same = {"hours_spread": 0.0, "distance_hours": 0.25}
    return CommunityModel(load({
        "yihe": 1, "name": "few", "population": {"residents": residents}, "participation": same,
        "places": {"grids": 1}}), 3)


def test_the_last_in_a_block_comes_to_what_they_heard_of_and_to_nothing_else() -> None:
    """Their rows stand last in the list of those who heard: what stood there before is not theirs."""
    model = one_building(40)
    r = model.residents
    alone = int(np.flatnonzero((r.age >= 18) & (r.free_hours > 8.0))[0])
    r.present[:] = 0
    r.present[alone] = 1
    first = offers_in_buildings(model, 2, ease=15.0)
    rows = model.opportunities.rows
    rows["notice"] = np.where(np.arange(len(rows)) < len(rows) // 2, 1.0, 0.0)
    chosen = decided(model, first)
    assert rows["notice"][chosen[alone, 0]] == 1.0
    assert chosen[alone, 1] == -1


def test_an_offer_that_takes_exactly_the_free_hours_can_be_taken() -> None:
    model = one_building(60)
    r = model.residents
    first = offers_in_buildings(model, ease=15.0)
    adult = (r.age >= 18) & (r.present > 0)
    r.free_hours[:] = model.scenario.participation.distance_hours + 1.0
    came = decided(model, first)[adult, 0] >= 0
    assert came.mean() > 0.9
    r.free_hours[:] -= 1.0 / 1024.0
    assert (decided(model, first)[:, 0] < 0).all()


@pytest.mark.parametrize("audience", [1, 2, 32])
def test_an_audience_hears_and_nobody_else(audience: int) -> None:
    model = one_building(60)
    r = model.residents
    first = offers_in_buildings(model, ease=15.0)
    model.opportunities.rows["audience"] = audience
    r.free_hours[:] = 10.0
    meant = np.arange(len(r.key)) % 3 == 0
    bit = np.uint32(1 << (audience - 1))
    came = decided(model, first, np.where(meant, bit, ~bit))[:, 0] >= 0
    adult = (r.age >= 18) & (r.present > 0)
    assert came[adult & meant].mean() > 0.9
    assert not came[~meant].any()


@pytest.mark.parametrize("large", [
    "all", "attachment_weight", "efficacy_weight", "autonomy_weight", "voice_weight", "digital_weight",
    "rung_weight", "reward_weight", "honour_weight", "time_weight", "habit_weight"])
@pytest.mark.parametrize("seed", range(4))
def test_the_screen_is_never_too_strict_however_large_the_weights(seed: int, large: str) -> None:
    """Single precision loses more of large terms; terms of both signs cancel."""
    luck, w, t, b, e = drawn(seed)
    size = 1e5
    signs = luck.choice([-1.0, 1.0], len(w)) * [size if large in ("all", name) else 1.0 for name in w._fields]
    w = Weights(*(np.array(w) * signs).tolist())._replace(
        distance_hours=0.5, hours_spread=0.3, time_weight=size if large == "time_weight" else 0.5)
    offers = np.zeros(1, OPPORTUNITY)
    for name in ("relevance", "substance", "reward", "honour", "voice"):
        offers[name] = luck.random()
    offers["hours"], offers["level"], offers["online"] = 1.5, int(Stage.PUBLIC_AFFAIRS), luck.integers(0, 2)
    offers["hi"], offers["key"] = N, 77
    block, could = screening.make_block(), np.zeros(N, np.uint64)
    block.norm[:N] = luck.normal(size=N)
    screening._prepare(t, e, w, 0.8, 0, N, block)
    screening._screen(b, offers, 0, 5, w, np.uint64(9), 0, N, block, could)
    for i in range(N):
        exact = most_inclined(w, t, b, e, block.norm[i], offers[0], i)
        assert 0.0 < block.bound[i] - exact < 2e-3 + 1e-3 * size
