"""Every kernel agrees with a slow, readable, independently written reference on small cases.

The cases are small but busy, so that every branch of a reference is taken; counts check that. Handling has a
file of its own.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mesa_form.draws import KEYED
from mesa_form.gathering import Gathering, admit
from mesa_form.person import CHANGING, FIXED, Keys, Person, Week
from reference import arithmetic, society
from reference.bench import SEED, draws

from sim import clock, numerics, rng
from sim.actors.property import best_effort
from sim.census import gini
from sim.ledger.budget import Budget, Request
from sim.ledger.opportunities import OPPORTUNITY
from sim.network.assembly import from_pairs
from sim.network.ties import EVENT_SLOTS, NO_ONE, Ties, empty_event_slots, strengths
from sim.population.columns import Places, Residents, make_residents
from sim.processes import acquaintance, contacts, learning, participation, talk, voices, world
from sim.vocabulary import Kind, Layer

WORDS = st.integers(0, 2**64 - 1)


# Draws and numbers.


@given(key=WORDS, part=WORDS, other=WORDS)
@settings(max_examples=200, deadline=None)
def test_draws_have_the_bits_of_plain_integers(key: int, part: int, other: int) -> None:
    k, p, q = np.uint64(key), np.uint64(part), np.uint64(other)
    expected = arithmetic.combine(key, part)
    assert int(rng.mix(k)) == arithmetic.mix(key)
    assert int(rng.combine(k, p)) == expected
    assert int(rng.combine_array(k, np.array([part, other], np.uint64))[0]) == expected
    both = rng.combine_array(np.array([k, q]), np.array([p, k]))
    assert both.tolist() == [expected, arithmetic.combine(other, key)]
    assert rng.uniform(k, p) == arithmetic.uniform(key, part)
    assert rng.uniform_array(k, np.array([part], np.uint64))[0] == arithmetic.uniform(key, part)
    assert rng.unit_interval(np.array([expected], np.uint64))[0] == arithmetic.uniform(key, part)
    assert int(rng.pair(p, q)) == int(rng.pair(q, p)) == arithmetic.pair(part, other)
    assert 0.0 < rng.uniform(k, p) < 1.0


@given(seed=st.integers(0, 2**63 - 1), stream=st.text(max_size=12), week=st.integers(-1, 10_000))
@settings(max_examples=50, deadline=None)
def test_keys_of_streams_follow_from_seed_name_and_week(seed: int, stream: str, week: int) -> None:
    streams, key = rng.Streams(seed), arithmetic.week_key(seed, stream, week)
    assert int(streams.week_key(stream, week)) == key
    many = streams.uniform(stream, week, np.arange(3))
    assert many.tolist() == [arithmetic.uniform(key, i) for i in range(3)]


@given(seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3), week=st.integers(-1, 10_000))
@settings(max_examples=50, deadline=None)
def test_communities_draw_under_the_seed_of_their_own_run(seeds: list[int], week: int) -> None:
    run = np.array([0, 0, *range(len(seeds))], np.int32)
    streams = rng.CommunityStreams(seeds, run)
    expected = [arithmetic.week_key(seeds[k], "own", week) for k in run]
    assert [streams.week_key("own", week + later).tolist() for later in (0, 1, 30)] == [
        [arithmetic.week_key(seeds[k], "own", week + later) for k in run] for later in (0, 1, 30)]
    assert streams.key("own").tolist() == [int(rng.Streams(seeds[k]).key("own")) for k in run]
    community = np.array([len(run) - 1, 0, 1, 1], np.int32)
    ids = np.array([5, 5, 6, 0], np.uint64)
    assert streams.uniform("own", week, ids, community).tolist() == [
        arithmetic.uniform(expected[c], int(i)) for c, i in zip(community, ids, strict=True)]


@given(x=st.floats(-700.0, 700.0))
@settings(max_examples=300, deadline=None)
def test_exp_is_right_to_1e_15_and_to_2e_16_for_each_unit(x: float) -> None:
    """The second part is what taking off multiples of ln 2 costs far from zero."""
    assert numerics.exp(x) == pytest.approx(math.exp(x), rel=1e-15 + 2e-16 * abs(x))


@given(x=st.floats(1e-300, 1e300))
@settings(max_examples=300, deadline=None)
def test_log_is_right_to_about_1e_15(x: float) -> None:
    assert numerics.log(x) == pytest.approx(math.log(x), rel=2e-15, abs=1e-15)


@given(x=st.floats(-60.0, 60.0))
@settings(max_examples=300, deadline=None)
def test_logistic_is_right_to_1e_6(x: float) -> None:
    assert numerics.logistic(x) == pytest.approx(1.0 / (1.0 + math.exp(-x)), abs=1e-6)
    assert 0.0 < numerics.logistic(x) < 1.0


@given(work=st.floats(0.0, 4000.0), clock_hours=st.floats(0.0, 16_800.0))
@settings(max_examples=200, deadline=None)
def test_working_time_and_clock_time(work: float, clock_hours: float) -> None:
    assert clock.work_time(clock_hours) == pytest.approx(arithmetic.work_time(clock_hours), abs=1e-8)
    assert clock.clock_time(work) == pytest.approx(arithmetic.clock_time(work), abs=1e-8)
    assert clock.work_time(clock.clock_time(work)) == pytest.approx(work, abs=1e-8)


@pytest.mark.parametrize("work", [0.0, 8.0, 16.0, 40.0, 48.0, 80.0])
def test_a_day_that_is_over_ends_at_five(work: float) -> None:
    assert clock.clock_time(work) == arithmetic.clock_time(work)


@given(counts=st.lists(st.integers(0, 4), min_size=50, max_size=50).filter(any))
@settings(max_examples=30, deadline=None)
def test_gini(counts: list[int]) -> None:
    people = [k + 0.5 for k, n in enumerate(counts) for _ in range(n)]
    assert gini(np.array(counts)) == pytest.approx(arithmetic.gini(people), abs=1e-12)


def test_gini_of_nobody_is_zero() -> None:
    assert gini(np.zeros(50, np.int64)) == 0.0


# Taking part.

N = 90
COLUMNS = (
    "interest", "attachment", "attachment_home", "efficacy", "autonomy", "norm_intercept", "norm_slope",
    "skill", "health", "digital", "habit", "fatigue", "crowding", "practice", "free_hours", "stay")
WHOLE = ("age", "motive", "tenure", "membership", "stage", "community", "active", "present")
WEIGHTS = participation.Weights(
    intercept=-0.8, attachment_weight=2.0, efficacy_weight=1.5, autonomy_weight=0.8, voice_weight=0.6,
    norm_weight=1.2, visible_member_weight=0.8, skill_weight=1.2, health_weight=2.0, digital_weight=2.0,
    time_weight=0.8, distance_hours=0.4, rung_weight=0.7, reward_weight=0.6, honour_weight=0.5,
    habit_weight=1.5, fatigue_weight=2.0, hear_by_tie=0.3, hear_by_visit=0.7, hear_app_offline=0.4,
    hours_spread=0.3)
LEARNING = learning.Learning(
    habit_step=0.1, habit_kept=0.97, skill_step=0.015, skill_kept=0.99, fatigue_step=0.06, fatigue_kept=0.75,
    practice_to_climb=3.0, practice_kept=0.98, practice_to_keep=0.75, practice_after=0.4,
    crowding_step=0.03, crowding_kept=0.97, attachment_gain=0.01,
    attachment_rate=0.02, attachment_autonomy=0.4, compared=np.array([0.0, 1.0], np.float32))


def residents() -> Residents:
    """People of two communities of all sorts: children, absent ones, members, owners, every motive."""
    r = make_residents(N)
    r.key[:] = 1000 + 7 * np.arange(N)
    for name in COLUMNS:
        getattr(r, name)[:] = draws(name, N)
    r.interest[:] = 2.0 * r.interest - 1.0
    r.norm_slope[:] *= 4.0
    r.free_hours[:] *= 8.0
    r.practice[:] *= 3.0
    r.fatigue[:] *= 0.5
    r.age[:] = 5 + 80 * draws("age", N)
    r.motive[:], r.stage[:] = 4 * draws("motive", N), 4 * draws("stage", N)
    r.tenure[:], r.membership[:] = draws("tenure", N) < 0.4, 4 * draws("membership", N)
    r.community[:] = np.arange(N) >= N // 2
    r.building[:] = np.arange(N) // 15
    r.active[:], r.present[:] = draws("active", N) < 0.4, draws("present", N) < 0.9
    return r


def fixed_ties() -> tuple[Ties, dict[int, dict[int, float]]]:
    """Random ties with some event ties: columns, and weights of the lasting ones in units of event ties."""
    a, b = (N * draws("a", 300)).astype(np.int64), (N * draws("b", 300)).astype(np.int64)
    a, b = a[a != b], b[a != b]
    weight = (1 + 4 * draws("w", len(a))).astype(np.uint8)
    ties = from_pairs(N, a, b, weight, np.full(len(a), int(Layer.FRIENDSHIP), np.uint8))
    for i, j, gain in zip(*(np.array(x[:80]) for x in (a[::-1], b[::-1], weight)), strict=False):
        acquaintance.meet(ties.event_neighbour, ties.event_strength, int(i), int(j), int(gain))
    known: dict[int, dict[int, float]] = {i: {} for i in range(N)}
    for i, j, w in zip(a.tolist(), b.tolist(), weight.tolist(), strict=True):
        for x, y in ((i, j), (j, i)):
            known[x][y] = max(known[x].get(y, 0.0), 4.0 * w)
    return ties, known


def offers() -> np.ndarray:
    """Twenty offers: everyone, members or owners, whole communities or parts, online, few seats, votes."""
    rows = np.zeros(20, OPPORTUNITY)
    n = len(rows)
    rows["community"] = np.arange(n) >= n // 2
    rows["key"] = (1e15 * draws("offer", n)).astype(np.uint64)
    rows["lo"] = np.where(rows["community"] == 0, 0, N // 2)
    rows["hi"] = rows["lo"] + N // 2
    rows["lo"][::4] += 10
    rows["hours"], rows["notice"] = 3.0 * draws("hours", n), 0.3 + 0.7 * draws("notice", n)
    rows["level"], rows["open_to"] = 4 * draws("level", n), 3 * draws("open", n) * (np.arange(n) % 3 == 0)
    for name in ("relevance", "reward", "honour", "substance", "voice", "mixing"):
        rows[name] = draws(f"offer {name}", n)
    rows["ease"] = 2.0 * draws("ease", n) - 0.5
    rows["online"], rows["policy"] = draws("online", n) < 0.3, (3 * draws("policy", n)).astype(int) - 1
    rows["activity"], rows["seats"] = 8 * draws("activity", n), np.where(np.arange(n) % 5 == 1, 4, 1000)
    rows["contacts"] = 3 * draws("contacts", n)
    rows["audience"] = 4 * draws("addressed", n) * (np.arange(n) % 4 == 2)
    return rows[np.lexsort((rows["key"], rows["community"]))]


def people_of(r: Residents, known: dict[int, dict[int, float]], ties: Ties) -> list[Person]:
    """Everyone as an object, with lasting contacts as the pairs give them and event ties as the slots do."""
    people = [Person() for _ in range(N)]
    for i, p in enumerate(people):
        for name in (*FIXED, *CHANGING):
            setattr(p, name, getattr(r, name)[i].item())
        p.row, p.neighbours, p.weights = i, [people[j] for j in known[i]], list(known[i].values())
        p.slots = [(people[j], s) if s else None for j, s in zip(
            ties.event_neighbour[i].tolist(), ties.event_strength[i].tolist(), strict=True)]
    return people


def test_deciding_attending_and_learning() -> None:
    r, (ties, known), rows, streams = (
        residents(), fixed_ties(), offers(), rng.CommunityStreams([SEED], np.zeros(2, np.int32)))
    exposure = participation.Exposure(
        draws("lever", N) - 0.3, 0.2 * draws("n", N), 0.5 * draws("app", N), 0.2 * draws("v", N),
        np.array([0.05, 0.1]), 0.6 * draws("d", N), 0.3 * draws("m", 6))
    audiences = (8 * draws("audience", N)).astype(np.uint32)
    people, (free, notice, app, visits, core, saved, members) = people_of(r, known, ties), exposure
    first = np.searchsorted(rows["community"], np.arange(3))
    chosen = np.empty((N, participation.MOST), np.int32)
    came, sent_home, climbed, fell = 0, 0, 0, 0
    for week in range(6):
        keys = participation.Keys(*(streams.week_key(name, week) for name in Keys._fields))
        plain = Keys(*(arithmetic.week_key(SEED, name, week) for name in Keys._fields))
        gatherings = [Gathering(row) for row in rows]
        boards = [[g for g in gatherings if g.community == (b >= 3)] for b in range(6)]
        mine = Week(
            week, boards, WEIGHTS, LEARNING, plain, KEYED, 0.9, *(column.tolist() for column in (
                audiences, free, notice, app, visits, saved, core, members)))
        active = r.active.copy()
        takers = participation.decide(
            r, ties, rows, first, WEIGHTS, exposure, keys, 0.9, contacts.active_contacts(ties, active),
            audiences, chosen)
        for p in people:
            p.decide(mine)
        taken = [[gatherings.index(g) for g in p.choices] for p in people]
        assert [[j for j in row if j >= 0] for row in chosen.tolist()] == taken
        assert takers.tolist() == [i for i, row in enumerate(taken) if row]
        willing = sum(map(len, taken))
        attendance = participation.attend(r, rows, chosen, takers, WEIGHTS, exposure, keys.seats)
        admit(people)
        for j, gathering in enumerate(gatherings):
            gathering.seat(plain.seats, KEYED)
            there = attendance.resident[attendance.first[j]:attendance.first[j + 1]].tolist()
            assert there == [p.row for p in gathering.guests]
            assert there == [p.row for p in people if gathering in p.choices]
            assert len(there) <= rows[j]["seats"]
        np.testing.assert_allclose(r.hours, [p.hours for p in people], atol=1e-5)
        learning.learn(r, rows, chosen, takers, week, LEARNING)
        stages = [p.stage for p in people]
        for p in people:
            p.learn(mine)
        for name in (*COLUMNS, *WHOLE, "last_any", "last_other", "last_public"):
            expected = [getattr(p, name) for p in people]
            np.testing.assert_allclose(getattr(r, name), expected, atol=2e-5, err_msg=name)
        taken = [p.choices for p in people]
        came += sum(map(len, taken))
        sent_home += willing - sum(map(len, taken))
        climbed += sum(p.stage > s for p, s in zip(people, stages, strict=True))
        fell += sum(p.stage < s for p, s in zip(people, stages, strict=True))
    assert came > 100
    assert min(sent_home, climbed, fell) > 0


# Acquaintance and talk.


def pairs(neighbour: np.ndarray, strength: np.ndarray) -> dict[tuple[int, int], int]:
    return {(i, int(neighbour[i, k])): int(strength[i, k]) for i in range(len(neighbour))
            for k in range(neighbour.shape[1]) if strength[i, k]}


def told_pairs(people: list[Person]) -> dict[tuple[int, int], int]:
    return {(p.row, tie[0].row): tie[1] for p in people for tie in p.slots if tie}


def symmetric(known: dict[tuple[int, int], int]) -> bool:
    return all(known.get((j, i)) == s and i != j for (i, j), s in known.items())


def test_meeting_mingling_and_fading() -> None:
    neighbour, strength = empty_event_slots(N)
    rows, streams = offers(), rng.Streams(SEED)
    rows["contacts"] = 3
    keys = 1000 + 7 * np.arange(N, dtype=np.uint64)
    people = [Person() for _ in range(N)]
    for row, person in enumerate(people):
        person.row, person.key, person.slots = row, 1000 + 7 * row, [None] * EVENT_SLOTS
    lost = 0
    for week in range(12):
        came = [streams.uniform(f"there {j}", week, np.arange(N)) < 0.3 for j in range(len(rows))]
        there = [np.flatnonzero(some) for some in came]
        first = np.cumsum([0, *map(len, there)])
        key = streams.week_key("mingle", week)
        met = acquaintance.mingle(
            neighbour, strength, keys, rows, first, np.concatenate(there).astype(np.int32),
            np.full(2, key), 1 + week % 4, (0, len(rows)))
        expected = 0
        for row, some in zip(rows, there, strict=True):
            gathering = Gathering(row)
            gathering.guests = [people[i] for i in some]
            expected += gathering.mingle(int(key), 1 + week % 4, KEYED)
        assert met == expected
        assert pairs(neighbour, strength) == told_pairs(people)
        assert symmetric(told_pairs(people))
        before = len(told_pairs(people))
        acquaintance.fade(neighbour, strength)
        for person in people:
            person.fade()
        assert pairs(neighbour, strength) == told_pairs(people)
        lost += before - len(told_pairs(people))
    assert max(strength.max(), lost) > 3
    acquaintance.forget_all(neighbour, strength, 3)
    people[3].forget_everyone()
    assert pairs(neighbour, strength) == told_pairs(people)
    assert not any(3 in pair for pair in told_pairs(people))
    assert (neighbour[strength == 0] == NO_ONE).all()


def test_talk_is_friedkin_johnsen() -> None:
    r, (ties, known) = residents(), fixed_ties()
    known[0] = {}
    first = ties.first.copy()
    first[0] = first[1]  # one without ties keeps the anchor
    ties.event_strength[0] = 0
    anchor, opinion = draws("u", N).astype(np.float32), draws("x", N).astype(np.float32)
    heeds, out = draws("s", N), np.zeros(N, np.float32)
    ties = ties._replace(first=first, strength=strengths(first, ties.weight))
    talk.friedkin_johnsen(ties, heeds, anchor, opinion, out)
    people = people_of(r, known, ties)
    for p, own, voiced, heed in zip(people, anchor.tolist(), opinion.tolist(), heeds.tolist(), strict=True):
        p.efficacy_own, p.efficacy, p.susceptibility = own, voiced, heed
    for p in people:
        p.listen()
    np.testing.assert_allclose(out, [p.said for p in people], atol=1e-6)
    assert people[0].said == anchor[0]


# Neighbours, the company and the budget.


def building_rows() -> Places:
    """Two communities: buildings of 12 dwellings on 3 floors, of 5 on 2, of a single one, and of 8 on 4."""
    sizes, floors = [12, 5, 1, 8], [3, 2, 1, 4]
    first = np.cumsum([0, *sizes]).astype(np.int32)

    def ints(*values: int) -> np.ndarray:
        return np.array(values, np.int32)

    return Places(
        ints(0, 0), ints(0, 2, 3), ints(0, 1, 3, 4), first, np.arange(first[-1] + 1, dtype=np.int32),
        ints(0, 0, 1), ints(0, 1, 1, 2), ints(0, 0, 0, 1), ints(*floors), np.zeros(4, np.uint8),
        np.repeat(np.arange(4, dtype=np.int32), sizes),
        *(np.arange(n, dtype=np.uint64) for n in (first[-1], 4, 3, 2)))


def test_partners_live_next_door_in_the_building_or_in_the_community() -> None:
    p = building_rows()
    for d in range(p.dwellings):
        b = int(p.dwelling_building[d])
        lo, hi = int(p.building_first_dwelling[b]), int(p.building_first_dwelling[b + 1])
        near = society.neighbours(d, lo, hi, int(p.building_floors[b]))
        house = set(range(lo, hi)) - {d}
        here = {e for e in range(p.dwellings)
                if p.building_community[p.dwelling_building[e]] == p.building_community[b]} - {d}
        for geometry, among in enumerate((near, house, here, set())):
            met = {int(world._partner(p, u, d, geometry)) for u in np.linspace(0.001, 0.999, 400).tolist()}
            assert met == (among or {-1}), (d, geometry)


@given(c=st.floats(0.01, 0.99), n=st.integers(1, 60))
@example(c=0.3, n=2)
@settings(max_examples=50, deadline=None)
def test_volunteers_are_indifferent_at_the_equilibrium(c: float, n: int) -> None:
    p = voices.volunteer_probability(c, n)
    if n > 1:
        # The benefit times the chance that nobody else acts is the cost
        assert (1.0 - p) ** (n - 1) == pytest.approx(c, rel=1e-9)
    else:
        assert p == 1.0


@given(
    paying=st.floats(0, 1), fee=st.floats(1, 60), fixed=st.floats(0, 20), cost=st.floats(0.1, 40),
    penalty=st.floats(0, 20), f0=st.floats(-2, 2), f1=st.floats(0, 8), f2=st.floats(0, 4),
    expected=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_company_finds_its_best_effort(expected: float, **numbers: float) -> None:
    effort, profit = best_effort(*numbers.values(), expected)
    best, most = society.best_effort(*numbers.values(), expected)
    assert profit == pytest.approx(most, abs=2e-4)  # σ is tabled to 1e-6, times the fee
    if abs(effort - best) > 1e-9:  # two efforts as good as each other, as far as the table tells
        again = society.best_effort(*numbers.values(), expected)[1]
        assert again == pytest.approx(profit, abs=2e-4)


def requests(seed: int) -> list[Request]:
    u = rng.Streams(seed).uniform("requests", -1, np.arange(40)).reshape(5, 8)
    dear = [
        Request(money=round(900 * row[0]), attention=round(8 * row[1]),
                staff={Kind.GRID_WORKER: round(12 * row[2])}, units=(5 * row[3:5]).astype(int))
        for row in u]
    many = np.array([4000, 3000])  # of units that cost less than one of something, and nothing else
    cheap = [
        Request(money=0.5, units=many), Request(attention=1 / 64, units=many),
        Request(staff={Kind.GRID_WORKER: 1 / 32}, units=many)]
    return dear + cheap


@pytest.mark.parametrize("seed", range(6))
def test_the_budget_grants_whole_units_longest_waiting_first(seed: int) -> None:
    asked = requests(seed)
    names = [("kind", f"p{i}") for i in range(len(asked))]
    staff = np.zeros((2, len(Kind)))
    staff[:, Kind.GRID_WORKER] = (25.0, 40.0)
    attention = np.array([16.0, 30.0])
    budget = Budget(2, np.array([1500.0, 2500.0]), 2.0)
    total = [0.0, 0.0]
    fund, waited = [0.0, 0.0], {(name, c): 0 for name in names for c in range(2)}
    for week in range(8):
        budget.open_week(attention, staff)
        grants = budget.grant(names, asked)
        for c in range(2):
            weekly = float(budget.weekly[c])
            purse = society.Purse(
                min(fund[c], 2.0 * weekly) + weekly, float(attention[c]),
                {int(Kind.GRID_WORKER): float(staff[c, Kind.GRID_WORKER])})
            before = purse.money
            for name in sorted(names, key=lambda name: (-waited[name, c], name)):
                p = names.index(name)
                wanted = int(np.asarray(asked[p].units)[c])
                units = purse.serve(asked[p], wanted)
                assert grants.units[p, c] == units, (week, name, c)
                waited[name, c] = waited[name, c] + 1 if units < wanted else 0
            fund[c] = purse.money
            assert budget.fund[c] == pytest.approx(purse.money)
            total[c] += before - purse.money
            assert budget.spent_total[c] == pytest.approx(total[c])
            assert budget.attention_used[c] == pytest.approx(attention[c] - purse.attention)
            left = purse.staff[int(Kind.GRID_WORKER)]
            assert budget.staff_used[c, Kind.GRID_WORKER] == pytest.approx(staff[c, Kind.GRID_WORKER] - left)
    assert max(waited.values()) > 0
