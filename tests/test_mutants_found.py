"""What faults put into the kernels showed to be missing from the other tests (``make mutants``)."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

from sim.ledger.opportunities import OPPORTUNITY
from sim.model import CommunityModel
from sim.network.ties import empty_event_slots
from sim.processes import engagement, participation, screening, talk
from sim.processes.screening import BLOCK, Bents, Exposure, Traits
from sim.processes.willingness import Person, Weights, active_share, inclination
from sim.scenario.reading import load
from sim.vocabulary import Activity, Kind, Stage

N = 40
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
    age = luck.choice(np.array([6, 17, 18, 70], np.uint8), N)
    traits = Traits(
        key, (luck.random(N) < 0.9).astype(np.uint8), age, luck.integers(0, 3, N).astype(np.int32),
        column(-1, 1), column(), column(), column(), column(), column(), column(0, 20))
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
    passed = 0
    for i in range(3, N - 2):
        most = (1.0 + w.hours_spread) * float(t.free_hours[i]) * 0.8 + e.free_hours[i]
        way = max(0.0, w.distance_hours - e.distance[i])
        person = Person(
            t.interest[i], b.attachment[i], b.efficacy[i], b.autonomy[i], block.norm[i],
            e.visible_members[t.building[i]], t.skill[i], t.health[i], b.digital[i], t.habit[i], t.fatigue[i],
            t.crowding[i], np.int64(b.stage[i]), most, 0.0, 0.0, 0.0, 0.0, way)
        exact = inclination(w, person, offers[0], 1.5 + (0.0 if online else way))
        if t.present[i] and t.age[i] >= 18:
            assert 0.0 < block.bound[i] - exact < 1e-6
        else:
            assert block.bound[i] < -900.0
            assert could[i] == 0
        passed += could[i] == np.uint64(1 << 5)
    assert not could[:3].any()
    assert not could[N - 2 :].any()
    assert set(could.tolist()) <= {0, 1 << 5}
    assert passed > 0


def test_a_block_ends_with_its_community_and_begins_where_screening_does() -> None:
    community = np.zeros(3 * BLOCK, np.int32)
    community[BLOCK + 10 :] = 1
    assert screening.block_of(community, 0, BLOCK - 1) == 0
    assert screening.block_of(community, 0, BLOCK + 9) == BLOCK
    assert screening.block_of(community, 0, BLOCK + 10) == BLOCK + 10
    assert screening.block_of(community, 0, 2 * BLOCK + 1) == 2 * BLOCK
    assert screening.block_of(community, BLOCK + 4, BLOCK + 9) == BLOCK + 4


def test_a_rung_is_climbed_with_exactly_the_practice_it_asks() -> None:
    tree = {"yihe": 1, "name": "one", "participation": {"practice_to_climb": 1.0, "practice_after": 0.5}}
    model = CommunityModel(load({**tree, "population": {"residents": 60}}), 3)
    r = model.residents
    r.practice[:], r.stage[:] = 0.0, int(Stage.MUTUAL_HELP)
    chosen = np.full((len(r.key), participation.MOST), -1, np.int32)
    chosen[0, 0] = 0
    offer = np.zeros(1, OPPORTUNITY)
    offer["level"], offer["policy"] = int(Stage.MUTUAL_HELP), -1
    participation.learn(r, offer, chosen, 5, model.learning)
    assert r.stage[0] == int(Stage.MUTUAL_HELP) + 1
    assert r.practice[0] == 0.5
    assert (r.stage[1:] < int(Stage.MUTUAL_HELP)).all()  # no practice at all: a rung down


def test_a_tie_of_the_least_strength_is_a_tie() -> None:
    ties = empty_event_slots(2)
    ties[0][0, 0], ties[1][0, 0] = 1, 1
    none = np.zeros(3, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    for active, share in ((1, (1.0, 1)), (0, (0.0, 0))):
        assert active_share(0, *none, *ties, np.array([0, active], np.uint8)) == share
    said, out = np.array([0.2, 0.9], np.float32), np.zeros(2, np.float32)
    talk.friedkin_johnsen(*none, *ties, np.ones(2), said, said, out)
    assert out.tolist() == said[[1, 1]].tolist()


def test_a_block_near_few_offers_or_many_is_screened_alike() -> None:
    """A second offer changes nothing in who could take the first; of more than 63, adults who live here
    weigh the rest one by one."""
    model = CommunityModel(load({"yihe": 1, "name": "one", "population": {"residents": 120}}), 3)
    for _ in range(2):
        model.step()
    r, shown = model.residents, engagement.exposure(model)
    active = (np.arange(len(r.key)) % 3 == 0).astype(np.uint8)
    touched = screening.touch(model.ties, active)

    def could(offers: int) -> np.ndarray:
        model.opportunities.clear()
        for number in range(offers):
            model.opportunities.offer(
                5, Kind.CORE, Activity.FESTIVAL, Stage.SELF_HELP, model.scope("community"), hours=1.0,
                notice=0.5, ease=2.0, number=number)
        found = np.zeros(len(r.key), np.uint64)
        screening.screen(
            r, model.ties, model.opportunities.rows, np.array([0, offers]), model.weights, shown, 1.0,
            np.uint64(7), active, touched, 0, len(r.key), found)
        return found

    alone, first = could(1), np.uint64(1)
    assert 0 < alone.sum() < len(alone)
    np.testing.assert_array_equal(alone, could(2) & first)
    here = (r.present > 0) & (r.age >= 18)
    np.testing.assert_array_equal(could(63) >> np.uint64(63), 0)
    np.testing.assert_array_equal(could(64) >> np.uint64(63), here)
