"""History matching: the truth stays in, the space shrinks to where it should, and the impossible is named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from test_calibration_toys import NAMELESS, aim, cube, one_arm
from threadpoolctl import threadpool_limits

from sim.calibration.bench import SEED, Bench
from sim.calibration.emulator import Emulator, smoothed
from sim.calibration.history_matching import Matched, match
from sim.calibration.region import Region, whole
from sim.calibration.sieve import Sieve, fit_sieve
from sim.calibration.spec import HistoryMatching
from sim.calibration.targets import Target
from sim.rng import Streams

SURFACES = {
    "ridge": lambda x: x[:, 0] + x[:, 1] ** 2,
    "wave": lambda x: np.sin(3 * x[:, 0]) + x[:, 0] * x[:, 1],
}
SMALL = HistoryMatching(waves=2, points=24, replicates=3, candidates=1024)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def true_at(place: np.ndarray) -> dict[str, float]:
    return {name: float(surface(place[None])[0]) for name, surface in SURFACES.items()}


def matched(
    targets: list[Target], noise: float, how: HistoryMatching = SMALL, seed: int = 1, d: int = 2
) -> Matched:
    return match(Bench(one_arm(SURFACES, noise), cube(d), targets, seed * 1_000), how, seed)


def test_the_truth_is_hardly_ever_ruled_out() -> None:
    """200 truths, two noisy targets each, 8 emulators a target. With normal doubt one target rules out the
    truth with probability 0.27 %, so 1.1 of 200 on average; 6 or more have probability 1e-3. Were the doubt
    half of what it should be, a target would rule it out in 13 %, and some 50 of 200 would be lost."""
    u = Streams(8).uniform("truths", 0, np.arange(800)).reshape(8, 25, 4)
    design, lost = whole(2).spread(24, 3), 0
    for k, rows in enumerate(u):
        bench = Bench(one_arm(SURFACES, 0.1), cube(2), [aim(name, 0, 0.05) for name in SURFACES], 1_000 * k)
        sieve = fit_sieve(bench.targets, design, bench.simulate(design, 3, "history_matching", 1), SMALL, k)
        for row in rows:
            true, errors = true_at(row[:2]), 0.05 * ndtri(row[2:])
            targets = tuple(aim(name, true[name] + e, 0.05) for name, e in zip(SURFACES, errors, strict=True))
            lost += not replace(sieve, targets=targets)(row[None, :2])[0]
    assert lost <= 5


def test_the_space_shrinks_to_what_the_targets_allow() -> None:
    """Share left against the rule with true surfaces and no emulator's doubt: never less, at most twice."""
    true = true_at(np.array([0.3, 0.6]))
    found = matched(
        [aim(name, true[name], 0.03) for name in SURFACES],
        0.02,
        HistoryMatching(waves=3, points=40, replicates=3, candidates=2048),
    )
    unit = whole(2).spread(4096, 99)
    exact = np.mean(
        [
            max(abs(surface(x[None])[0] - true[name]) / 0.03 for name, surface in SURFACES.items()) <= 3
            for x in unit
        ]
    )
    share = found.waves["share_left"].to_numpy()
    assert (np.diff(share) < 0).all()
    assert 0.95 * exact < share[-1] < 2 * exact
    assert share[-1] < 0.1
    assert found.region.contains(np.array([[0.3, 0.6]]))[0]
    left = found.region.spread(500, 3)
    assert np.all(found.region.contains(left))
    assert found.implausibility(cube(2), 2000, 5)["implausibility"].le(3).mean() == pytest.approx(
        share[-1], abs=0.02
    )


def test_an_impossible_target_is_named_and_others_are_not() -> None:
    true = true_at(np.array([0.3, 0.6]))
    targets = [aim("ridge", true["ridge"], 0.05), aim("wave", 40.0, 0.5)]
    found = matched(targets, 0.02)
    assert found.nothing_left
    assert found.culprits == ("wave",)
    assert found.waves["stop"].tolist() == ["nothing_left"]
    assert found.waves["share_left"].tolist() == [0.0]
    assert found.waves["rules_out_most"].tolist() == ["wave"]
    assert "no parameters come near wave" in found.sentence.en
    assert "wave" in found.sentence.zh
    least = found.emulators.set_index("target")["least_implausibility"]
    assert least["wave"] > 3 > least["ridge"]


def test_targets_that_clash_are_both_named() -> None:
    """Each can be met alone, at opposite corners; together they cannot."""
    surfaces = {"sum": lambda x: x[:, 0] + x[:, 1], "same": lambda x: x[:, 0] + x[:, 1] + 0.01 * x[:, 0]}
    bench = Bench(one_arm(surfaces, 0.005), cube(2), [aim("sum", 0.3, 0.02), aim("same", 1.7, 0.02)], 1)
    found = match(bench, SMALL, 1)
    assert found.nothing_left
    assert set(found.culprits) == {"sum", "same"}
    assert "not all at once" in found.sentence.en


def test_a_target_that_says_nothing_stalls_after_one_wave() -> None:
    found = matched([aim("ridge", 0.5, 100.0)], 0.02)
    assert found.waves["stop"].tolist() == ["stalled"]
    assert found.waves["share_left"].tolist() == [1.0]
    assert not found.nothing_left


def test_second_largest_implausibility_forgives_one_target() -> None:
    true = true_at(np.array([0.3, 0.6]))
    targets = [aim("ridge", true["ridge"], 0.05), aim("wave", 40.0, 0.5)]
    found = matched(targets, 0.02, SMALL.model_copy(update={"rule": "second_max"}))
    assert not found.nothing_left


def test_the_luck_of_one_run_counts_where_the_figure_is_of_one_community() -> None:
    """Luck of 0.3 in a single run against an error of 0.02: with it, far more of the space stays."""
    shares = [
        matched(
            [aim("ridge", 0.9, 0.02, one_run=one_run)],
            0.3,
            HistoryMatching(waves=1, points=30, replicates=20, candidates=1024),
        )
        for one_run in (False, True)
    ]
    averaged, single = (found.waves["share_left"].iloc[-1] for found in shares)
    assert single > 1.5 * averaged
    assert shares[1].emulators["doubt_luck"].iloc[0] == pytest.approx(0.3, rel=0.1)


def test_discrepancy_and_error_are_taken_together() -> None:
    one = matched([aim("ridge", 0.9, 0.05)], 0.02)
    other = matched([aim("ridge", 0.9, 0.03, discrepancy=0.04)], 0.02)
    pd.testing.assert_frame_equal(one.waves, other.waves)


def test_a_summary_that_hardly_any_run_has_rules_nothing_out() -> None:
    def evaluate(asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        runs = one_arm(SURFACES, 0.02)(asked, replicates)
        return runs.assign(wave=runs["wave"].where(runs["point"] < 3))

    bench = Bench(evaluate, cube(2), [aim("ridge", 0.9, 0.05), aim("wave", 40.0, 0.5)], 1)
    found = match(bench, SMALL.model_copy(update={"waves": 1}), 1)
    assert not found.nothing_left
    rows = found.emulators.set_index("target")
    assert rows.loc["wave", "missing"] == 21
    assert rows.loc["wave", "rules_out"] == 0
    assert math.isnan(rows.loc["wave", "q2"])


# --- emulators ---


def grid(n: int, d: int) -> np.ndarray:
    return whole(d).spread(n, 17)


def test_left_out_errors_are_those_of_emulators_fitted_without_each_point() -> None:
    """The closed form against refitting with the same lengths, point by point."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    unit = grid(15, 2)
    y = SURFACES["wave"](unit) + 0.05 * ndtri(Streams(2).uniform("noise", 0, np.arange(15)))
    noise = np.full(15, 0.05**2)
    emulator = Emulator(unit, y, noise, "matern", 1)
    process = emulator._process
    assert process is not None
    z = (y - y.mean()) / y.std()
    standardised = []
    for i in range(15):
        rest = np.arange(15) != i
        without = GaussianProcessRegressor(process.kernel_, alpha=noise[rest] / y.var(), optimizer=None)
        mean, sd = without.fit(unit[rest], z[rest]).predict(unit[[i]], return_std=True)
        standardised.append((z[i] - mean[0]) / math.sqrt(sd[0] ** 2 + noise[i] / y.var()))
    assert emulator.diagnosis.rms == pytest.approx(np.sqrt(np.mean(np.square(standardised))), rel=1e-6)


@pytest.mark.parametrize("kernel", ["matern", "squared_exponential"])
def test_an_emulator_predicts_a_smooth_surface_and_knows_how_well(kernel: str) -> None:
    """400 fresh places: 95 % intervals hold between 80 and 100 % (one fit's errors hang together)."""
    unit, fresh = grid(50, 2), whole(2).spread(400, 5)
    noise = 0.05
    y = SURFACES["wave"](unit) + noise * ndtri(Streams(2).uniform("noise", 0, np.arange(50)))
    emulator = Emulator(unit, y, np.full(50, noise**2), kernel, 1)  # type: ignore[arg-type]
    mean, variance = emulator.mean(fresh), emulator.variance(fresh)
    assert np.all(variance <= emulator.most)
    off = (mean - SURFACES["wave"](fresh)) / np.sqrt(variance)
    assert np.mean(np.abs(off) < 1.96) > 0.8
    assert np.std(mean - SURFACES["wave"](fresh)) < noise
    assert emulator.diagnosis.q2 > 0.9
    assert emulator.inflation >= 1


def test_a_constant_summary_is_emulated_as_such() -> None:
    emulator = Emulator(grid(12, 2), np.full(12, 3.0), np.zeros(12), "matern", 1)
    assert emulator.mean(grid(5, 2)).tolist() == [3.0] * 5
    assert emulator.variance(grid(5, 2)).tolist() == [0.0] * 5


def test_smoothed_variances_lie_between_their_own_and_the_pooled_one() -> None:
    steady = smoothed(np.array([0.0, 2.0, np.nan]), np.array([5, 5, 1]))
    assert steady.tolist() == [pytest.approx(0.5), pytest.approx(1.5), pytest.approx(1.0)]
    assert smoothed(np.array([np.nan]), np.array([1])).tolist() == [0.0]


def test_implausibility_is_distance_over_all_doubt() -> None:
    """Emulated 2 ± 0.3 against 1 ± 0.4: |2 − 1| ÷ 0.5 = 2; in a range: 0; open above: 0; far below: 3."""

    class Fixed:
        most = 0.09

        def mean(self, unit: np.ndarray) -> np.ndarray:
            return np.full(len(unit), 2.0)

        def variance(self, unit: np.ndarray) -> np.ndarray:
            return np.full(len(unit), 0.09)

    targets = (
        aim("y", 1.0, 0.4),
        Target("r", NAMELESS, "y", "base", 1.5, 2.5, 0.4),
        Target("o", NAMELESS, "y", "base", 1.0, math.inf),
        Target("far", NAMELESS, "y", "base", -1.0, 0.5, 0.4),
    )
    sieve = Sieve(targets, tuple(Fixed() for _ in targets), np.zeros(4), 3.0, False)  # type: ignore[arg-type]
    assert sieve.implausibility(np.zeros((1, 2)))[0].tolist() == pytest.approx([2.0, 0.0, 0.0, 3.0])


@pytest.mark.parametrize("second", [False, True])
def test_the_quick_test_agrees_with_the_implausibility(second: bool) -> None:
    bench = Bench(one_arm(SURFACES, 0.1), cube(2), [aim("ridge", 0.7, 0.05), aim("wave", 0.6, 0.05)], 1)
    design = grid(24, 2)
    sieve = replace(
        fit_sieve(bench.targets, design, bench.simulate(design, 3, "history_matching", 1), SMALL, 1),
        second=second,
        order=(1, 0),
    )
    unit = grid(3000, 2)
    left = sieve.decisive(sieve.implausibility(unit)) <= 3
    assert 0 < left.sum() < 3000
    assert np.array_equal(sieve(unit), left)


# --- regions ---


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_places_are_even_within_the_region_and_nowhere_else(key: int, d: int) -> None:
    """The lower half of the first coordinate: both kinds of places lie inside, with the right mean."""
    region = Region(np.zeros(d), np.ones(d), (lambda u: u[:, 0] < 0.5,), 0.5)
    for places in (region.spread(256, key), region.draw(256, Streams(key), "x")):
        assert places.shape == (256, d)
        assert np.all(region.contains(places))
        # Uniform on [0, 0.5]: sd 0.144; independent draws have a standard error of 0.009, and six are allowed
        assert abs(places[:, 0].mean() - 0.25) < 6 * 0.009


def test_a_sparse_region_gives_the_few_places_it_has() -> None:
    nothing = Region(np.zeros(2), np.ones(2), (lambda u: np.zeros(len(u), bool),))
    assert nothing.spread(10, 1).shape == (0, 2)


def test_matching_stops_where_no_place_can_be_found_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    true = true_at(np.array([0.3, 0.6]))
    targets = [aim(name, true[name], 0.05) for name in SURFACES]
    monkeypatch.setattr("sim.calibration.region.MOST_PLACES", 64)
    monkeypatch.setattr("sim.calibration.history_matching.FEWEST", 23)
    patient = SMALL.model_copy(update={"waves": 5, "stall": 1.0})
    found = match(Bench(one_arm(SURFACES, 0.02), cube(2), targets, 1), patient, 1)
    assert found.waves["stop"].iloc[-1] == "thin"
    assert "too thin" in found.sentence.en
    assert not found.nothing_left


def test_points_of_a_wave_lie_in_what_was_left_before() -> None:
    asked: list[pd.DataFrame] = []

    def evaluate(table: pd.DataFrame, replicates: int) -> pd.DataFrame:
        asked.append(table)
        return one_arm(SURFACES, 0.02)(table, replicates)

    true = true_at(np.array([0.3, 0.6]))
    targets = [aim(name, true[name], 0.1) for name in SURFACES]
    found = match(Bench(evaluate, cube(2), targets, 1), SMALL.model_copy(update={"stall": 1.0}), 1)
    first = found.sieves[0]
    assert len(asked) == 2
    assert np.all(first(asked[1].drop(columns=SEED).to_numpy()))
    assert not np.all(first(asked[0].drop(columns=SEED).to_numpy()))
