"""The Pareto front: small cases by hand, invariants for any candidates, and how sure a place on it is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.pareto import front, pareto
from sim.errors import YiheError
from sim.rng import Streams
from sim.study.statistics import interval


def beats(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.all(one >= other) and np.any(one > other))


@pytest.mark.parametrize(("goods", "expected"), [
    ([[1, 4], [2, 3], [3, 3], [4, 1], [3, 2], [1, 1]], [1, 0, 1, 1, 0, 0]),
    ([[2, 2], [2, 2], [1, 2]], [1, 1, 0]),
    ([[1, 2, 3], [3, 2, 1], [2, 2, 2], [1, 2, 2]], [1, 1, 1, 0]),
    ([[5, math.nan], [1, 1]], [0, 1]),
    ([[math.nan, math.nan]], [0]),
])
def test_front_by_hand(goods: list[list[float]], expected: list[int]) -> None:
    assert front(np.array(goods, float)).tolist() == [bool(on) for on in expected]


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 4).flatmap(lambda k: st.lists(
    st.lists(st.integers(0, 5), min_size=k, max_size=k), min_size=1, max_size=25)))
def test_no_one_on_the_front_is_beaten_and_everyone_off_it_is(candidates: list[list[int]]) -> None:
    goods = np.array(candidates, float)
    on = front(goods)
    assert on.any()
    for i, good in enumerate(goods):
        beaten = any(beats(other, good) for other in goods)
        assert beaten != on[i]
        if beaten:
            assert any(beats(other, good) for other in goods[on])


def table(values: dict[tuple[int, str], tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Runs from values of two outcomes by seed; a NaN in the first is a failed run."""
    return pd.DataFrame([
        {"key": "", "point": point, "arm": arm, "seed": seed, "digest": "", "weeks": 52,
         "efficacy": good, "money_spent": cost}
        for (point, arm), both in values.items()
        for seed, (good, cost) in enumerate(zip(*both, strict=True)) if not math.isnan(good)])


def luck(stream: str, n: int = 20) -> np.ndarray:
    return stats.norm.ppf(Streams(2).uniform(stream, 0, np.arange(n)))


def example() -> pd.DataFrame:
    shared = luck("shared")
    return table({
        (0, "cheap"): (0.4 + 0.01 * shared, np.full(20, 100.0)),
        (0, "dear"): (0.6 + 0.01 * shared, np.full(20, 900.0)),
        (1, "cheap"): (0.3 + 0.01 * shared, np.full(20, 150.0)),
        (1, "dear"): (0.6 + 0.01 * shared + 0.05 * luck("own"), np.full(20, 900.0)),
    })


def test_better_directions_come_from_the_outcomes() -> None:
    found = pareto(example(), ["efficacy", "money_spent"])
    assert list(found.columns) == [
        "point", "arm", "efficacy", "efficacy_low", "efficacy_high", "money_spent", "money_spent_low",
        "money_spent_high", "front", "front_share"]
    assert list(zip(found["point"], found["arm"], strict=True)) == [
        (0, "cheap"), (0, "dear"), (1, "cheap"), (1, "dear")]
    assert found["front"][[0, 2]].tolist() == [True, False]
    assert found["front_share"][[0, 2]].tolist() == [1.0, 0.0]
    assert found["front"][1] != found["front"][3]
    assert found["front_share"][1] + found["front_share"][3] == pytest.approx(1.0)
    turned = pareto(example(), ["efficacy", "money_spent"], better={"efficacy": "less"})
    assert turned["front"].tolist() == [True, False, True, False]


def test_means_and_intervals_are_those_of_seeds() -> None:
    runs = example()
    found = pareto(runs, ["efficacy", "money_spent"], arms=["dear"])
    values = runs[(runs["point"] == 1) & (runs["arm"] == "dear")]["efficacy"]
    assert (found["efficacy"][1], found["efficacy_low"][1], found["efficacy_high"][1]) == pytest.approx(
        interval(values))


def test_front_share_is_the_chance_under_resampled_seeds() -> None:
    """Two candidates of equal cost: the share is that of resamples in which one's mean is the greater.

    For 30 normal differences with mean 0.3 and spread 1 (both exact by construction) it is about
    Φ(0.3 × √30) = 0.95; 1,000 resamples have a standard error of 0.7 points, skew and spread a few more.
    """
    gap = luck("gap", 30)
    gap = 0.3 + (gap - gap.mean()) / gap.std()
    runs = table({(0, "a"): (gap, np.ones(30)), (0, "b"): (np.zeros(30), np.ones(30))})
    found = pareto(runs, ["efficacy", "money_spent"]).set_index("arm")
    assert found.loc["a", "front_share"] == pytest.approx(stats.norm.cdf(0.3 * math.sqrt(30)), abs=0.03)
    again = pareto(runs, ["efficacy", "money_spent"]).set_index("arm")
    assert found.equals(again)


def test_equal_arms_are_on_the_front_together() -> None:
    values = 0.5 + 0.1 * luck("equal")
    runs = table({(0, "a"): (values, np.ones(20)), (0, "b"): (values.copy(), np.ones(20))})
    found = pareto(runs, ["efficacy", "money_spent"])
    assert found["front"].all()
    assert (found["front_share"] == 1.0).all()


def test_failed_runs_are_left_out_and_a_candidate_without_any_is_not_listed() -> None:
    values = {(0, "a"): (np.array([1.0, math.nan, 3.0]), np.ones(3)),
              (0, "b"): (np.full(3, math.nan), np.ones(3)), (1, "b"): (np.ones(3), np.ones(3))}
    found = pareto(table(values), ["efficacy", "money_spent"])
    assert list(zip(found["point"], found["arm"], strict=True)) == [(0, "a"), (1, "b")]
    assert found["efficacy"].tolist() == [2.0, 1.0]


def test_one_outcome_or_one_without_direction_is_refused() -> None:
    runs = example().assign(age_gap=0.1)
    with pytest.raises(YiheError, match=r"two|两个"):
        pareto(runs, ["efficacy", "efficacy"])
    with pytest.raises(YiheError, match="age_gap"):
        pareto(runs, ["efficacy", "age_gap"])
    assert pareto(runs, ["efficacy", "age_gap"], better={"age_gap": "less"})["front"].any()
