"""Exact results that the kernels must reproduce: section 3 of the evidence page, by production code alone.

Left to a later stage: Watts cascades on Erdős–Rényi graphs, and conditional cooperation over rounds.

Error rates. Queues are simulated in separate offices, so the office means are independent; a test passes
while the mean over offices lies within four standard errors of theory. A right kernel fails one such
comparison for about 2 seeds in 10,000 (both tails of Student's t beyond 4 at 49 degrees of freedom), so one
of all fourteen for 3 in 1,000; the seeds are fixed, so a pass stays a pass.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pytest
from reference.bench import over_offices, queue_of_tasks

from sim.ledger.opportunities import OPPORTUNITY
from sim.network.ties import Ties, empty_event_slots
from sim.population.columns import Residents, make_residents
from sim.processes import participation
from sim.processes.talk import friedkin_johnsen
from sim.processes.voices import volunteer_probability
from sim.rng import Streams
from sim.vocabulary import Activity, Stage

SURE = 2000.0
"""Logits a person for each unit by which a threshold is passed: beyond ±16 the decision is certain."""


def within(values: np.ndarray, office: np.ndarray, expected: float) -> bool:
    mean, error = over_offices(values, office)
    return abs(mean - expected) < 4.0 * error


# Threshold contagion: the decision to take part, with fixed thresholds and no noise.


class Crowd:
    """People who all know each other; each joins once the share of the crowd that is in reaches a threshold.

    Parameters
    ----------
    thresholds : array, shape (N,)
        Shares, 0 to 1.
    weights : array of int, shape (N,), optional
        How many people each stands for; everyone is counted, oneself too.
    """

    def __init__(self, thresholds: np.ndarray, weights: np.ndarray | None = None) -> None:
        n = len(thresholds)
        self.weights = np.ones(n, np.uint8) if weights is None else weights.astype(np.uint8)
        self.ties = Ties(
            np.arange(n + 1, dtype=np.int64) * n, np.tile(np.arange(n, dtype=np.uint32), n),
            np.tile(self.weights, n), np.zeros(n * n, np.uint8), *empty_event_slots(n))
        r: Residents = make_residents(n)
        r.key[:] = np.arange(n) + 1
        r.age[:], r.free_hours[:] = 40, 10.0
        slope = SURE * self.weights.sum()
        r.norm_slope[:] = slope
        r.norm_intercept[:] = 0.5 * SURE - slope * thresholds  # half a person below the threshold decides
        self.r = r
        self.offers = np.zeros(1, OPPORTUNITY)
        self.offers["key"], self.offers["hi"], self.offers["notice"] = 7, n, 1.0
        self.offers["activity"], self.offers["level"] = Activity.MEETING, Stage.SELF_HELP
        self.offers["seats"], self.offers["policy"], self.offers["hours"] = n, -1, 0.0
        self.week = 0

    def step(self) -> float:
        """One week; returns how many people, by their weights, are in."""
        r, n = self.r, len(self.r.key)
        zero = participation.Weights(*np.zeros(len(participation.Weights._fields)).tolist())
        weights = zero._replace(norm_weight=1.0)
        nothing = participation.Exposure(*(np.zeros(n) for _ in range(7)))
        streams = Streams(3)
        names = ("hear", "will", "hours", "seats")
        keys = participation.Keys(*(streams.week_key(name, self.week) for name in names))
        chosen = np.empty((n, participation.MOST), np.int32)
        participation.decide(
            r, self.ties, self.offers, np.array([0, 1]), weights, nothing, keys, 1.0, r.active.copy(),
            np.zeros(n, np.uint32), chosen)
        participation.attend(r, self.offers, chosen, weights, nothing, keys.seats)
        learning = participation.Learning(*[0.0] * 15, compared=np.zeros(0, np.float32))
        participation.learn(r, self.offers, chosen, self.week, learning._replace(practice_to_climb=1e9))
        self.week += 1
        return float((self.weights.astype(float) * r.active).sum())

    def settle(self, most: int) -> float:
        """Weeks until nothing changes; returns the share that is in."""
        before = -1.0
        for _ in range(most):
            now = self.step()
            if now == before:
                return now / float(self.weights.sum())
            before = now
        raise AssertionError("the crowd did not settle")


def test_granovetter_with_thresholds_0_to_99_everybody_joins() -> None:
    assert Crowd(np.arange(100) / 100).settle(200) * 100 == 100


def test_granovetter_with_the_one_made_a_two_one_joins() -> None:
    thresholds = np.arange(100) / 100
    thresholds[1] = 0.02
    assert Crowd(thresholds).settle(200) * 100 == 1


@lru_cache(maxsize=1)
def _graded() -> np.ndarray:
    """Weights of a crowd of 100,000 seen through 1,361 people, finely where the tipping happens."""
    return np.concatenate([np.full(1000, 8), np.full(361, 255)])


@pytest.mark.parametrize(("sigma", "share", "off_by"), [(12.2, 0.0548, 0.0005), (12.25, 1.0, 0.03)])
def test_granovetter_normal_thresholds_tip(sigma: float, share: float, off_by: float) -> None:
    """Mean 25; everyone has the threshold of the middle of the part of the crowd that she stands for."""
    weights = _graded()
    middle = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    normal = NormalDist(0.25, sigma / 100)
    thresholds = np.array([normal.inv_cdf(p) for p in middle.tolist()])
    assert Crowd(thresholds, weights).settle(600) == pytest.approx(share, abs=off_by)


# Queues.

ERLANG_C = {1: 0.8, 2: 0.7111, 5: 0.5541, 10: 0.4092}


@pytest.mark.parametrize("servers", [1, 2, 5, 10])
def test_erlang_c_share_that_waits_and_mean_wait(servers: int) -> None:
    """At load 0.8; the mean wait is P(wait) / (c·(1 − ρ)) of mean service. Error rate: see the module."""
    weeks = 40 if servers <= 2 else 12  # larger desks have more arrivals, and forget sooner
    rows = queue_of_tasks(servers, 0.8, seed=11, communities=50, warmup=weeks // 2, weeks=weeks)
    waits = ERLANG_C[servers]
    assert within(rows["waited"] > 0.0, rows["community"], waits)
    assert within(rows["waited"], rows["community"], waits / (servers * 0.2))


def test_four_split_queues_wait_longer_than_one_pooled_queue() -> None:
    """Four M/M/1 against one M/M/4 at load 0.8, in mean services. Error rate: see the module."""
    split = queue_of_tasks(1, 0.8, seed=12, communities=200, warmup=15, weeks=20)
    pooled = queue_of_tasks(4, 0.8, seed=13, communities=50, warmup=8, weeks=15)
    assert within(split["waited"], split["community"] // 4, 4.0)
    assert within(pooled["waited"], pooled["community"], 0.7455)


@pytest.mark.parametrize(("admin", "expected"), [(0.2, 1.25), (0.4, 3.89), (0.5, 8.0), (0.6, 22.5)])
def test_residents_wait_behind_tasks_that_go_first(admin: float, expected: float) -> None:
    """Resident load 0.3; tasks go first but interrupt nobody. Error rate: see the module."""
    rows = queue_of_tasks(
        1, 0.3 + admin, first=admin / (0.3 + admin), seed=14, communities=50, warmup=80, weeks=60)
    residents = rows[rows["priority"] == 2]
    assert within(residents["waited"], residents["community"], expected)


# Opinion, and the volunteer's dilemma.


def test_friedkin_johnsen_settles_where_theory_says() -> None:
    """W=[[0,1,0],[.5,0,.5],[0,1,0]], Λ=diag(.5,.8,1), u=(1,.5,0)."""
    first, neighbour = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.uint32)
    anchor = np.array([1.0, 0.5, 0.0], np.float32)
    opinion, out = anchor.copy(), np.zeros(3, np.float32)
    for _ in range(300):
        friedkin_johnsen(
            first, neighbour, np.ones(4, np.uint8), *empty_event_slots(3), np.array([0.5, 0.8, 1.0]), anchor,
            opinion, out)
        opinion[:] = out
    np.testing.assert_allclose(opinion, [0.875, 0.75, 0.75], atol=1e-6)


@pytest.mark.parametrize(("n", "expected"), [(2, 0.5), (10, 0.0741)])
def test_volunteers_dilemma(n: int, expected: float) -> None:
    assert volunteer_probability(0.5, n) == pytest.approx(expected, abs=5e-5)


def test_alone_one_reports_for_sure() -> None:
    assert volunteer_probability(0.5, 1) == 1.0


