"""ABC-SMC against exact posteriors: mean, spread, coverage on a Gaussian toy; weights, tolerance, stops."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri
from test_calibration_toys import aim, cube, one_arm
from threadpoolctl import threadpool_limits

from sim.calibration import particles
from sim.calibration.abc_smc import Sample, sample
from sim.calibration.bench import Bench
from sim.calibration.particles import Population
from sim.calibration.predictive import quantiles, resample
from sim.calibration.region import Region, whole
from sim.calibration.spec import Abc
from sim.calibration.targets import Target
from sim.errors import YiheError
from sim.rng import Streams


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def gaussian(
    z: float, noise: float, error: float, seed: int, settings: Abc, region: Region | None = None
) -> Sample:
    """θ uniform on [−5, 5], y = θ + luck; z is y with error. The exact posterior is normal about z."""
    bench = Bench(
        one_arm({"y": lambda x: x[:, 0]}, noise), cube(1, -5, 5), [aim("y", z, error)], seed * 10_000
    )
    return sample(bench, region or whole(1), settings, seed)


def values(found: Sample) -> tuple[np.ndarray, np.ndarray]:
    return 10 * found.population.unit[:, 0] - 5, found.population.weight


@pytest.mark.parametrize("adjustment", ["none", "linear"])
def test_gaussian_toy_has_the_exact_mean_and_spread(adjustment: str) -> None:
    """400 particles tell the mean to 0.05 sd and the sd to 3.5 %: 4 and 4 standard errors are allowed, so an
    exact sampler fails with probability below 1e-3; the draws are fixed."""
    settings = Abc.model_validate({"particles": 400, "generations": 9, "adjustment": adjustment})
    found = gaussian(0.7, 0.4, 0.3, 1, settings)
    x, w = values(found)
    spread = math.hypot(0.4, 0.3)
    assert abs(w @ x - 0.7) < 4 * 0.05 * spread
    assert math.sqrt(w @ (x - w @ x) ** 2) == pytest.approx(spread, rel=0.14)
    assert found.population.ess > 200
    assert found.tolerance == 0.3


def test_gaussian_toy_covers_the_truth_as_often_as_it_says() -> None:
    """60 truths, 95 % intervals: an exact sampler misses 3 on average, and 9 or more with probability 0.3 %;
    one whose intervals were 0.6 of the right width would miss 9 or more with 97 %. The draws are fixed."""
    u = ndtri(Streams(5).uniform("toy", 0, np.arange(120)))
    inside, off = 0, []
    for i in range(60):
        truth = 1.5 * u[i]
        z = truth + math.hypot(0.4, 0.3) * u[60 + i]
        x, w = values(gaussian(z, 0.4, 0.3, i, Abc(particles=100, generations=4)))
        low, _, high = quantiles(x, w)
        inside += low <= truth <= high
        off.append((w @ x - z) / math.hypot(0.4, 0.3))
    assert inside >= 52
    # 60 posterior means of 100 particles each: a standard error of 0.013 sd, and some bias is allowed
    assert abs(np.mean(off)) < 0.1


def test_the_mean_of_replicates_and_the_luck_of_one_run_are_told_apart() -> None:
    """With 16 replicates an average has the posterior of luck ÷ 4, one community's figure that of luck."""
    settings = Abc(particles=300, generations=6, replicates=16)
    spreads = []
    for one_run in (False, True):
        bench = Bench(
            one_arm({"y": lambda x: x[:, 0]}, 0.8), cube(1, -5, 5), [aim("y", 0, 0.1, one_run=one_run)], 1
        )
        x, w = values(sample(bench, whole(1), settings, 3))
        spreads.append(math.sqrt(w @ (x - w @ x) ** 2))
    assert spreads[0] == pytest.approx(math.hypot(0.2, 0.1), rel=0.2)
    assert spreads[1] == pytest.approx(math.hypot(0.8, 0.1), rel=0.2)


def test_a_range_without_error_keeps_what_lies_inside_and_ends() -> None:
    target = Target("y", aim("y", 0, 1).label, "y", "base", 0.2, 0.5)
    bench = Bench(one_arm({"y": lambda x: x[:, 0]}, 0.0), cube(1), [target], 1)
    found = sample(bench, whole(1), Abc(particles=200, generations=20, tolerance=0.0), 1)
    x = found.population.unit[:, 0]
    assert found.tolerance == 0.0
    assert found.generations["stop"].iloc[-1] == "tolerance"
    assert 0.2 <= x.min() < 0.23
    assert 0.47 < x.max() <= 0.5
    # Uniform: mean 0.35 with standard error 0.087 ÷ √200; 4 of them
    assert found.population.weight @ x == pytest.approx(0.35, abs=4 * 0.0061)


def test_weights_undo_the_kernel_at_the_edge_of_the_region() -> None:
    """The target says nothing, so the posterior is the prior on the region: uniform on [−5, 0]. Proposals
    crowd in the middle; without weights the quarter next to an edge would hold too little. 4 standard errors
    at ESS ≥ 250."""
    region = Region(np.array([0.0]), np.array([0.5]), (lambda u: u[:, 0] <= 0.5,), 0.5)
    found = gaussian(0.0, 0.0, 1000.0, 2, Abc(particles=400, generations=3), region)
    u, w = found.population.unit[:, 0], found.population.weight
    assert found.population.ess > 250
    for low in (0.0, 0.125, 0.25, 0.375):
        assert w[(u >= low) & (u < low + 0.125)].sum() == pytest.approx(0.25, abs=4 * math.sqrt(0.1875 / 250))


def test_two_parameters_follow_the_exact_posterior() -> None:
    """y₁ = a + b, y₂ = a − b with errors 0.1 and 0.3: the exact covariance is ((s, d), (d, s)), s = 0.025, d
    = −0.02; 300 particles tell a correlation of −0.8 to 0.02 and a spread to 4 %; both are allowed four
    times as much."""
    surfaces = {"y1": lambda x: x[:, 0] + x[:, 1], "y2": lambda x: x[:, 0] - x[:, 1]}
    bench = Bench(one_arm(surfaces, 0.0), cube(2, -2, 2), [aim("y1", 0.5, 0.1), aim("y2", 0.1, 0.3)], 1)
    found = sample(bench, whole(2), Abc(particles=300, generations=9, adjustment="linear"), 1)
    x, w = 4 * found.population.unit - 2, found.population.weight
    covariance = np.cov(x.T, aweights=w)
    assert w @ x == pytest.approx([0.3, 0.2], abs=0.05)
    assert covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1]) == pytest.approx(-0.8, abs=0.08)
    assert np.sqrt(np.diag(covariance)) == pytest.approx([0.158, 0.158], rel=0.16)


def test_tolerances_only_shrink_and_generations_are_counted() -> None:
    table = gaussian(0.7, 0.4, 0.3, 1, Abc(particles=60, generations=3)).generations
    assert table["generation"].tolist() == [0, 1, 2, 3]
    assert (np.diff(table["tolerance"].iloc[1:]) < 0).all()
    assert math.isinf(table["tolerance"].iloc[0])
    assert (table["accepted"] <= table["proposed"]).all()
    assert table["stop"].tolist() == ["", "", "", "generations"]


def test_it_stops_when_hardly_any_proposal_is_accepted_and_the_last_generation_stands() -> None:
    found = gaussian(0.0, 0.5, 0.5, 1, Abc(particles=60, generations=50, min_acceptance=0.2, tolerance=0.0))
    assert found.generations["stop"].iloc[-1] == "acceptance"
    assert found.generations["acceptance"].iloc[-1] < 0.2
    assert found.population.generation == found.generations["generation"].iloc[-2]
    assert "too few proposals" in found.sentence.en


def test_an_outcome_that_no_run_has_is_named() -> None:
    bench = Bench(
        one_arm({"y": lambda x: x[:, 0], "z": lambda x: np.full(len(x), np.nan)}, 0.0),
        cube(1),
        [aim("y", 0.5, 0.1), aim("z", 1, 1)],
        1,
    )
    with pytest.raises(YiheError) as caught:
        sample(bench, whole(1), Abc(particles=20), 1)
    assert "no run gives a value for these targets: z;" in caught.value.en


def test_a_region_without_a_place_is_a_clear_mistake() -> None:
    nowhere = Region(np.zeros(1), np.ones(1), (lambda u: np.zeros(len(u), bool),))
    with pytest.raises(YiheError) as caught:
        gaussian(0.0, 0.1, 0.1, 1, Abc(particles=20), nowhere)
    assert "too thin a space" in caught.value.en


def population(n: int, d: int, key: int) -> Population:
    u = Streams(key).uniform("population", 0, np.arange(n * (d + 2))).reshape(n, d + 2)
    return Population(u[:, :d], u[:, d] / u[:, d].sum(), u[:, d + 1 :], u[:, d + 1], 1)


@given(st.integers(0, 1000), st.integers(1, 3))
def test_the_kernels_covariance_is_the_double_sum_it_stands_for(key: int, d: int) -> None:
    p = population(12, d, key)
    near = p.distance <= 0.6
    if not near.any():
        return
    v = p.weight[near] / p.weight[near].sum()
    expected = np.zeros((d, d))
    for wi, xi in zip(p.weight, p.unit, strict=True):
        for vk, xk in zip(v, p.unit[near], strict=True):
            expected += wi * vk * np.outer(xk - xi, xk - xi)
    assert particles.covariance(p, 0.6) == pytest.approx(expected, abs=1e-12)


def test_weights_are_prior_over_mixture_density() -> None:
    p, covariance = population(15, 2, 4), np.array([[0.05, 0.01], [0.01, 0.02]])
    unit = population(8, 2, 9).unit
    density = sum(
        w * stats.multivariate_normal(x, covariance).pdf(unit) for w, x in zip(p.weight, p.unit, strict=True)
    )
    expected = (1 / density) / np.sum(1 / density)
    root = particles.root(covariance)
    assert root is not None
    assert particles.weights(unit, p, root) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("tolerance", [0.3, 1.0, 2.0])
def test_a_tolerance_widens_the_posterior_as_much_as_it_is_said_to(tolerance: float) -> None:
    """One linear target: sd of a normal plus a uniform within the tolerance; 600 particles tell it to 3 %."""
    found = gaussian(0.0, 0.0, 0.5, 6, Abc(particles=600, generations=12, tolerance=tolerance))
    x, w = values(found)
    assert found.tolerance == tolerance
    assert found.scale[0] == pytest.approx(0.5, rel=0.1)
    assert math.sqrt(w @ (x - w @ x) ** 2) / found.scale[0] == pytest.approx(
        particles.widening(tolerance, 1), rel=0.15
    )
    assert ("too wide" in found.sentence.en) == (tolerance > 0.3)


def test_the_scale_is_the_noise_and_not_what_parameters_explain() -> None:
    """y = 10 a² + 5 b plus noise of 0.2: found to 20 %; 200 particles tell it to some 7 %."""
    u = population(200, 2, 3).unit
    y = 10 * u[:, 0] ** 2 + 5 * u[:, 1] + 0.2 * ndtri(Streams(1).uniform("noise", 0, np.arange(200)))
    assert particles.scale(u, y, 0.0) == pytest.approx(0.2, rel=0.2)
    assert particles.scale(u, y, 0.5) == 0.5
    assert particles.scale(u, np.full(200, 3.0), 0.0) == 1.0
    assert particles.scale(u[:0], y[:0], 0.0) == 1.0


def test_particles_that_are_all_alike_have_no_kernel() -> None:
    assert particles.root(np.zeros((2, 2))) is None


def test_regression_adjustment_undoes_the_tolerance_of_a_linear_model() -> None:
    """Parameter = deviation × 0.1 + 0.5 exactly, on the logit scale: every adjusted particle lies at 0.5."""
    deviation = np.linspace(-1, 1, 41)
    unit = 1 / (1 + np.exp(-deviation))[:, None]
    p = Population(unit, np.full(41, 1 / 41), deviation[:, None], np.abs(deviation), 2)
    moved = particles.adjusted(p, 1.0)
    assert moved.unit[:, 0] == pytest.approx(np.full(len(moved.unit), 0.5))
    assert len(moved.unit) == 39  # those at the very tolerance weigh nothing


@given(st.integers(0, 500), st.integers(1, 200))
def test_systematic_resampling_draws_each_particle_its_share_of_times(key: int, n: int) -> None:
    weight = population(20, 1, key).weight
    times = np.bincount(resample(weight, n, key), minlength=20)
    assert times.sum() == n
    assert np.all(np.abs(times - n * weight) < 1 + 1e-9)
