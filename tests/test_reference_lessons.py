"""What people make of cases and gatherings agrees with a slow account, person by person.

Cases of every end: resolved, on paper, given up, borne in silence; alone, convened, by the street; with and
without another party. Counts check that every branch is taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mesa_form import witness
from mesa_form.draws import KEYED
from mesa_form.gathering import Gathering, Place
from mesa_form.person import Person
from reference import lessons as slow
from reference.arithmetic import combine, uniform
from reference.bench import SEED, draws

from sim.ledger.cases import CASE, NOBODY, Heap, make_desks
from sim.ledger.opportunities import OPPORTUNITY
from sim.network.assembly import from_pairs
from sim.network.ties import Ties
from sim.population.columns import Residents, make_residents
from sim.processes import acquaintance, experience, talk
from sim.processes.categories import TASK
from sim.processes.parameters import CaseParameters, ExperienceParameters, WorldParameters
from sim.processes.queues import GONE
from sim.processes.rules import make_rules
from sim.rng import Streams
from sim.vocabulary import Channel, Kind, Layer, Status

N, CASES, KEY = 80, 300, 991
KEYS = np.full(2, KEY, np.uint64)
NUMBERS = ExperienceParameters.model_validate({"leave_intercept": -2.0, "hearsay_step": 0.3})
X = experience.Lessons(*(getattr(NUMBERS, name) for name in experience.Lessons._fields))
RULES = make_rules(CaseParameters(), WorldParameters(), np.full(2, Streams(SEED).key("handling")))
COLUMNS = ("efficacy_own", "autonomy", "skill", "attachment")
DESKS = make_desks([0, 4, 8, 1], [0, 0, 0, 0])
"""Desks that convene: the core, the owners' committee, volunteers, the residents' committee."""


def residents() -> Residents:
    """Forty homes of two in eight buildings of two communities."""
    r = make_residents(N)
    r.key[:] = 500 + 3 * np.arange(N)
    r.dwelling[:], r.building[:], r.community[:] = np.arange(N) // 2, np.arange(N) // 10, np.arange(N) // 40
    for name in COLUMNS:
        getattr(r, name)[:] = draws(name, N)
    r.tenure[:], r.present[:], r.active[:] = draws("t", N) < 0.4, draws("p", N) < 0.9, draws("a", N) < 0.5
    r.daytime[:] = draws("day", N) < 0.2
    r.trust_good[:] = 1.0 + draws("good", N * 10).reshape(N, 10)
    r.trust_bad[:] = 1.0 + draws("bad", N * 10).reshape(N, 10)
    return r


def fixed_ties() -> tuple[Ties, list[list[int]]]:
    """Lasting ties and some from events, as columns; the lasting ones as lists too."""
    a, b = (N * draws("a", 160)).astype(np.int64), (N * draws("b", 160)).astype(np.int64)
    a, b = a[a != b], b[a != b]
    ties = from_pairs(N, a, b, np.ones(len(a), np.uint8), np.full(len(a), int(Layer.FRIENDSHIP), np.uint8))
    for i, j in zip(b[:60], a[20:80], strict=False):
        if i != j:
            acquaintance.meet(ties.event_neighbour, ties.event_strength, int(i), int(j), 3)
    known: list[set[int]] = [set() for _ in range(N)]
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        known[i].add(j)
        known[j].add(i)
    return ties, [sorted(some) for some in known]


def as_people(r: Residents, ties: Ties, known: list[list[int]]) -> list[Person]:
    people = [Person() for _ in range(N)]
    names = (*COLUMNS, "key", "dwelling", "building", "community", "tenure", "present", "active", "daytime")
    for i, p in enumerate(people):
        for name in names:
            setattr(p, name, getattr(r, name)[i].item())
        p.row, p.good, p.bad = i, r.trust_good[i].tolist(), r.trust_bad[i].tolist()
        p.household = [other for j, other in enumerate(people) if r.dwelling[j] == r.dwelling[i]]
        p.neighbours, p.weights = [people[j] for j in known[i]], [1] * len(known[i])
        p.slots = [(people[j], s) if s else None for j, s in zip(
            ties.event_neighbour[i].tolist(), ties.event_strength[i].tolist(), strict=True)]
    return people


def case_table() -> np.ndarray:
    """Cases of all ends, some still open, some told already, some tasks."""
    c = np.zeros(CASES, CASE)
    c["used"] = draws("used", CASES) < 0.95
    c["key"], c["category"] = 7000 + 11 * np.arange(CASES), (TASK + 1) * draws("category", CASES)
    c["party_a"], c["party_b"] = N * draws("pa", CASES), N * draws("pb", CASES)
    c["party_b"][draws("one", CASES) < 0.4] = NOBODY
    c["party_a"][c["category"] == TASK] = c["party_b"][c["category"] == TASK] = NOBODY
    c["community"] = np.where(c["party_a"] < 40, 0, 1)
    ends = np.array([Status.SILENT, Status.RESOLVED, Status.PAPER])
    c["status"] = ends[(3 * draws("st", CASES)).astype(int)]
    c["born"] = np.round(300.0 * draws("born", CASES) / 20.0) * 20.0  # many at one time: keys decide
    c["found"] = np.where(draws("heard", CASES) < 0.7, c["born"] + 30.0 * draws("lag", CASES), -1.0)
    c["status"][c["found"] < 0] = Status.SILENT
    c["closed"], c["fairness"] = c["born"] + 400.0 * draws("closed", CASES), draws("fair", CASES)
    c["ended_week"] = np.where(draws("over", CASES) < 0.9, (10 * draws("ended", CASES)).astype(int), -1)
    c["told"] = draws("told", CASES) < 0.1
    c["up"], c["by_core"] = draws("up", CASES) < 0.3, draws("core", CASES) < 0.2
    c["opened"] = c["found"] + 50.0 * (draws("again", CASES) < 0.2)
    c["convenor"] = np.where(draws("convened", CASES) < 0.4, 4 * draws("who", CASES), NOBODY)
    c["acted"] = (1024 * draws("acted", CASES)).astype(int) * (draws("any", CASES) < 0.8)
    c["last_kind"] = 10 * draws("last", CASES)
    c["meetings"] = (3 * draws("met", CASES)).astype(int)
    c["regime"] = (4 * draws("regime", CASES)).astype(int)
    c["holder"], c["phase"] = NOBODY, GONE
    c["satisfaction"] = np.nan
    return c


def as_cases(c: np.ndarray) -> list[dict[str, Any]]:
    """The cases that ended and are untold."""
    rows = c[(c["used"] == 1) & (c["told"] == 0) & (c["ended_week"] >= 0)]
    names = ("key", "born", "found", "opened", "closed", "fairness", "community", "up", "by_core", "meetings",
             "last_kind", "ended_week", "category")
    return [{name: row[name].item() for name in names} | {
        "status": Status(row["status"]).key, "task": row["category"] == TASK,
        "parties": [int(p) for p in (row["party_a"], row["party_b"]) if p >= 0],
        "convenor": int(DESKS[row["convenor"]]["kind"]) if row["convenor"] >= 0 else None,
        "acted": {k for k in range(10) if int(row["acted"]) >> k & 1},
    } for row in rows]


def case_of(told: dict[str, Any], people: list[Person]) -> witness.Case:
    """One case as the people in it know it."""
    names = ("key", "born", "community", "found", "opened", "closed", "fairness", "meetings", "by_core", "up",
             "convenor", "acted", "last_kind")
    return witness.Case(
        **{name: told[name] for name in names}, solved=told["status"] == "resolved",
        parties=[people[i] for i in told["parties"]])


def same_people(r: Residents, people: list[Person]) -> None:
    for name in (*COLUMNS, "present", "active"):
        expected = [getattr(p, name) for p in people]
        np.testing.assert_allclose(getattr(r, name), expected, atol=2e-5, err_msg=name)
    np.testing.assert_allclose(r.trust_good, [p.good for p in people], atol=2e-5)
    np.testing.assert_allclose(r.trust_bad, [p.bad for p in people], atol=2e-5)


@pytest.mark.parametrize("feedback", [0.0, 0.6])
def test_parties_witnesses_and_leavers_conclude_as_in_the_slow_account(feedback: float) -> None:
    r, (ties, known), c = residents(), fixed_ties(), case_table()
    people, cases = as_people(r, ties, known), as_cases(c)
    told, left = np.array([feedback, 0.5 * feedback]), np.zeros(2)
    experience.hear_outcomes(c, experience.ended(c), r, ties, DESKS, X, told, KEYS, left)
    gone: dict[int, int] = {}
    by_key = {int(row["key"]): row for row in c}
    for case in sorted(cases, key=lambda case: (case["born"], case["key"])):
        row = by_key[case["key"]]
        assert row["told"] == 1
        if case["task"] or not case["parties"]:
            assert np.isnan(row["satisfaction"])
            continue
        slow_one = case_of(case, people)
        slow_one.conclude(told[case["community"]], KEY, X, KEYED, gone)
        case["satisfaction"] = np.nan if slow_one.satisfaction is None else slow_one.satisfaction
        assert row["satisfaction"] == pytest.approx(case["satisfaction"], nan_ok=True)
    same_people(r, people)
    assert left.tolist() == [gone.get(k, 0) for k in range(2)]
    assert left.sum() > 5
    assert (c["told"][c["ended_week"] < 0] == 0).sum() > 0
    done = [case for case in cases if case["parties"] and not case["task"]]
    assert min(sum(test(case) for case in done) for test in (
        lambda k: k["by_core"], lambda k: k["up"] and not k["by_core"], lambda k: k["found"] < 0,
        lambda k: k["convenor"] == 8, lambda k: not k["acted"], lambda k: len(k["parties"]) == 2,
        lambda k: k["satisfaction"] > X.content)) > 8


def one_case() -> np.ndarray:
    """Resolved at once and without any fairness, of the second resident in the first home."""
    c = case_table()[:1]
    said = {
        "used": 1, "told": 0, "status": int(Status.RESOLVED), "category": 0, "party_a": 1, "party_b": NOBODY,
        "found": 5.0, "opened": 50.0, "closed": 50.0, "fairness": 0.0, "ended_week": 3, "convenor": NOBODY,
        "acted": 0, "last_kind": int(Kind.RESIDENTS_COMMITTEE), "community": 0, "up": 0, "by_core": 0}
    for name, value in said.items():
        c[name] = value
    return c


def test_who_leaves_takes_the_whole_first_home_along_and_nobody_else() -> None:
    r, (ties, _), left = residents(), fixed_ties(), np.zeros(2)
    r.present[:] = 1
    surely, case = X._replace(leave_intercept=60.0), one_case()
    case["status"] = int(Status.PAPER)
    experience.hear_outcomes(case, experience.ended(case), r, ties, DESKS, surely, np.zeros(2), KEYS, left)
    assert r.present.tolist() == [0, 0] + [1] * (N - 2)
    assert left.tolist() == [2, 0]


def test_a_complainant_who_is_just_as_satisfied_as_asked_is_not_content() -> None:
    """Settled at once and without any fairness, satisfaction is the weight of the outcome, to the bit."""
    r, (ties, _), c = residents(), fixed_ties(), one_case()
    good, bad = r.trust_good.copy(), r.trust_bad.copy()
    lessons = X._replace(content=X.outcome_weight)
    experience.hear_outcomes(c, experience.ended(c), r, ties, DESKS, lessons, np.zeros(2), KEYS, np.zeros(2))
    assert c["satisfaction"][0] == X.outcome_weight
    np.testing.assert_array_equal(r.trust_good, good)
    assert r.trust_bad[1].sum() > bad[1].sum()


def test_a_second_hearing_changes_nothing() -> None:
    r, (ties, _), c = residents(), fixed_ties(), case_table()
    for _ in range(2):
        before, left = [column.copy() for column in r], np.zeros(2)
        experience.hear_outcomes(c, experience.ended(c), r, ties, DESKS, X, np.zeros(2), KEYS, left)
    assert all((now == then).all() for now, then in zip(r, before, strict=True))
    assert not left.any()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 100])
def test_cases_that_ended_are_told_by_time_and_key(n: int) -> None:
    c = case_table()[:n]
    c["used"], c["told"], c["ended_week"] = 1, 0, 3
    c["born"] = np.floor(c["born"] / 40.0)  # so that some were born at the same time
    expected = sorted(range(n), key=lambda i: (c["born"][i], c["key"][i]))
    assert experience.ended(c).tolist() == expected
    if n == 2:
        assert experience.ended(c[::-1].copy()).tolist() == [1 - i for i in expected]


def gatherings() -> tuple[np.ndarray, list[list[int]]]:
    """Thirty offers with up to thirty people, some empty, some without substance."""
    n = 30
    rows = np.zeros(n, OPPORTUNITY)
    rows["key"], rows["community"] = 90 + 5 * np.arange(n), np.arange(n) % 2
    rows["lo"], rows["hi"] = 40 * rows["community"], 40 * rows["community"] + 40
    for name in ("substance", "voice", "norm", "forum"):
        rows[name] = draws(name, n)
    rows["substance"][:6], rows["norm"][::3], rows["forum"][::2] = 0.0, 0.0, 0.0
    came = [np.flatnonzero(draws(f"came {j}", 40) < (j % 5) / 5).tolist() for j in range(n)]
    return rows, [[40 * (j % 2) + i for i in some] for j, some in enumerate(came)]


def as_offers(rows: np.ndarray, came: list[list[int]]) -> list[dict[str, Any]]:
    names = ("key", "community", "lo", "hi", "substance", "voice", "norm", "forum", "fruitful")
    return [{name: row[name].item() for name in names} | {"came": some}
            for row, some in zip(rows, came, strict=True)]


@pytest.mark.parametrize("x", [X, X._replace(fruit_full=4.0, fruit_size=3.0, fruit_intercept=-4.0)])
def test_gatherings_bear_fruit_as_in_the_slow_account(x: experience.Lessons) -> None:
    r, (ties, known) = residents(), fixed_ties()
    rows, came = gatherings()
    people, fruitful = as_people(r, ties, known), []
    norm, adults = (0.5 * draws("norm", 8)).astype(np.float32), np.array([0.0, 9, 10, 8, 5, 10, 7, 1])
    help_, told = np.array([0.1, 0.4]), np.array([0.3, 1.4])
    place = Place(norm.astype(float).tolist(), adults.tolist(), help_.tolist(), told.tolist())
    for week in range(4):
        key = KEY + week
        experience.reap(
            r.skill, r.efficacy_own, r.autonomy, rows, np.cumsum([0, *map(len, came)]),
            np.array([i for some in came for i in some], np.int32), norm,
            r.building, adults, np.full(2, key, np.uint64), help_, told, x)
        fruitful = []
        for row, some in zip(rows, came, strict=True):
            slow_one = Gathering(row)
            slow_one.guests, slow_one.fruitful = [people[i] for i in some], False
            slow_one.bear_fruit(place, key, x, KEYED)
            fruitful.append(slow_one.fruitful)
            assert int(row["attended"]) == len(some)
            assert bool(row["fruitful"]) == slow_one.fruitful
            assert row["skill_sum"] == pytest.approx(slow_one.skill_sum, abs=1e-4)
        same_people(r, people)
        np.testing.assert_allclose(norm, place.norm, atol=2e-6)
    assert 0 < sum(fruitful) < len(fruitful)
    assert not any(fruitful[:6])


def test_forums_raise_the_silent_cases_of_their_scope() -> None:
    rows, came = gatherings()
    rows["fruitful"] = np.arange(len(rows)) % 3 > 0  # some forums bear no fruit, some fruit is of no forum
    rows["forum"] *= 0.3
    c = case_table()
    c["told"] = 0
    offers, cases = as_offers(rows, came), as_cases(c)
    week, since, key = 11, 4, KEYS
    expected = slow.raised(cases, offers, KEY, since)
    heap = Heap(np.zeros(CASES), np.zeros(CASES, np.int32), np.zeros(1, np.int64))
    n = experience.raise_silent(c, heap, rows, key, since, week)
    opened = c["channel"] == Channel.NEIGHBOUR
    assert set(c["key"][opened].tolist()) == expected
    assert n == len(expected) == int(heap.size[0])
    assert 5 < n < sum(case["status"] == "silent" and case["found"] < 0 for case in cases)
    assert (c["found"][opened] == (week + 1) * 40.0).all()
    assert (c["found_clock"][opened] == (week + 1) * 168.0 + 9.0).all()  # Monday at nine
    assert (c["status"][opened] == Status.OPEN).all()


def test_reputations_slide_back_to_where_they_began() -> None:
    good, bad = (2.0 + draws(name, 50).reshape(5, 10).astype(np.float32) for name in ("g", "b"))
    prior_good, prior_bad = draws("pg", 10).astype(np.float32), draws("pb", 10).astype(np.float32)
    expected = [prior + 0.9 * (x - prior) for x, prior in ((good, prior_good), (bad, prior_bad))]
    talk.forget(good, bad, prior_good, prior_bad, 0.9)
    np.testing.assert_allclose(good, expected[0], rtol=1e-6)
    np.testing.assert_allclose(bad, expected[1], rtol=1e-6)


def test_satisfaction_is_outcome_and_fairness_halved_by_the_wait() -> None:
    assert experience.satisfaction(True, 0.0, 1.0, 80.0, 0.7) == pytest.approx(1.0)
    assert experience.satisfaction(True, 80.0, 1.0, 80.0, 0.7) == pytest.approx(0.5)
    assert experience.satisfaction(False, 0.0, 0.5, 80.0, 0.7) == pytest.approx(0.15)


def test_the_draw_of_leaving_is_keyed_by_resident_and_case() -> None:
    """So that one more case, or one more resident, changes nobody else's luck."""
    u = {uniform(KEY, combine(person, case)) for person in range(20) for case in range(20)}
    assert len(u) == 400
    assert Kind.RESIDENTS_COMMITTEE == witness.COMMITTEE
    assert (Kind.CORE, Kind.STREET) == (witness.CORE, witness.STREET)
