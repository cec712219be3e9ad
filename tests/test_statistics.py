"""Statistics on cases with known answers: coverage, Holm by hand, Fieller by hand, a placebo exactly 0."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.rng import Streams
from sim.study.file import Replicates
from sim.study.replicates import wanted
from sim.study.statistics import band, bootstrap_t, holm, interval, paired, relative_change, skewness

SETS, PAIRS = 2_000, 10
# The standard error of a coverage estimated from 2,000 sets is 0.49 points: a true 95 % falls outside 93–97 %
# with probability below 1e-4, and the draws are fixed.


def normal(stream: str, rows: int, columns: int) -> np.ndarray:
    draws = Streams(20).uniform(stream, 0, np.arange(rows * columns))
    return stats.norm.ppf(draws).reshape(rows, columns)


def test_paired_t_covers_the_true_difference_95_percent_of_the_time() -> None:
    shared = 3.0 * normal("shared", SETS, PAIRS)  # what the two arms of a seed have in common
    arm = 1.3 + shared + normal("arm", SETS, PAIRS)
    control = shared + normal("control", SETS, PAIRS)
    inside = 0
    for a, b in zip(arm, control, strict=True):
        contrast = paired(a, b)
        inside += contrast.low <= 1.3 <= contrast.high
    assert 0.93 <= inside / SETS <= 0.97


def test_intervals_keep_nearly_all_their_coverage_where_they_say_when_to_stop() -> None:
    """Stopping once the interval is narrow favours samples of small spread: about 94 instead of 95 %.

    The standard error of a coverage near 94 % from 1,000 studies is 0.75 points; the draws are fixed.
    """
    stop = {"outcome": "latent_disputes", "contrast": "a - b", "half_width": 0.4}
    rule = Replicates.model_validate({"min": 20, "batch": 10, "max": 200, "stop": stop})
    inside, seeds = 0, 0
    for differences in normal("stopping", 1_000, 200):
        count = rule.min
        while (more := wanted(rule, count, differences[:count])) > count:
            count = more
        contrast = paired(differences[:count], np.zeros(count))
        inside, seeds = inside + (contrast.low <= 0.0 <= contrast.high), seeds + count
    assert 0.92 <= inside / 1_000 <= 0.97
    assert 25 < seeds / 1_000 < 40  # it does stop at different numbers


def test_paired_t_agrees_with_scipy() -> None:
    a, b = normal("a", 1, 30)[0] + 0.5, normal("b", 1, 30)[0]
    contrast = paired(a, b)
    reference = stats.ttest_rel(a, b)
    low, high = reference.confidence_interval(0.95)
    assert contrast.method == "t"
    assert (contrast.low, contrast.high) == pytest.approx((low, high))
    assert contrast.p == pytest.approx(reference.pvalue)
    assert contrast.effect == pytest.approx(np.mean(a - b) / np.std(a - b, ddof=1))


def test_pairing_removes_what_the_arms_share() -> None:
    shared = 10.0 * normal("luck", 1, 20)[0]
    contrast = paired(shared + 0.1 * normal("noise", 1, 20)[0] + 1.0, shared)
    assert contrast.high - contrast.low < 0.3
    assert contrast.low <= 1.0 <= contrast.high


def test_placebo_is_exactly_zero() -> None:
    values = normal("placebo", 1, 20)[0]
    contrast = paired(values, values.copy())
    assert contrast[:6] == (0.0, 0.0, 0.0, 1.0, 20, 0.0)
    assert relative_change(values, values.copy()) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("arm", "control"), [
    ([1.0, 1.0], [0.5, 0.5]),  # two seeds of an outcome in whole steps
    (np.arange(5.0) + 2.0, np.arange(5.0)),
    ([0.3, 0.7, 0.9], [0.2, 0.6, 0.8]),  # equal but for rounding
])
def test_equal_differences_other_than_zero_tell_nothing_of_the_next_seed(
    arm: list[float], control: list[float],
) -> None:
    contrast = paired(arm, control)
    assert contrast.difference == pytest.approx(np.subtract(arm, control).mean())
    assert (contrast.n, contrast.method) == (len(arm), "none")
    assert all(math.isnan(value) for value in (contrast.low, contrast.high, contrast.p, contrast.effect))
    assert math.isnan(holm([contrast.p, 0.01])[0])
    assert holm([contrast.p, 0.01])[1] == 0.01


def test_equal_differences_of_ten_seeds_stand_for_what_is_fixed() -> None:
    assert math.isnan(paired(np.full(9, 2.0), np.zeros(9)).p)
    assert paired(np.full(10, 2.0), np.zeros(10))[:5] == (2.0, 2.0, 2.0, 0.0, 10)


def test_two_constants_have_a_ratio_without_interval_and_levels_that_are_fixed_describe_themselves() -> None:
    ratio = relative_change([1.0, 1.0], [0.5, 0.5])
    assert ratio.relative == 1.0
    assert math.isnan(ratio.low)
    assert math.isnan(ratio.high)
    assert interval([0.4, math.nan, 0.4]) == (0.4, 0.4, 0.4)
    assert band([[0.4], [0.4]]).low[0] == 0.4


def test_a_claim_on_equal_differences_is_undetermined() -> None:
    from sim.params import Label
    from sim.scenario.targets import SignClaim
    from sim.study.verdicts import decide, estimate

    claim = SignClaim(
        id="c", label=Label(zh="升", en="up"), source="S1", outcome="efficacy", reading="sign",
        toward="more", treatment="a", control="b")
    equal = estimate(np.array([1.0, 1.0]), np.array([0.5, 0.5]), "efficacy")
    assert decide(claim, equal) == "undetermined"
    clear = estimate(np.array([0.9, 0.91, 0.92]), np.array([0.5, 0.5, 0.5]), "efficacy")
    assert decide(claim, clear) == "reached"


def test_too_few_pairs_give_no_interval() -> None:
    one = paired([2.0, math.nan], [1.0, 1.0])
    assert one.n == 1
    assert one.difference == 1.0
    assert math.isnan(one.low)
    none = paired([math.nan], [1.0])
    assert none.n == 0
    assert math.isnan(none.difference)


def test_unpaired_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="paired by seed"):
        paired([1.0, 2.0], [1.0])


def test_skewed_differences_use_bootstrap_t_and_cover_better_than_t() -> None:
    sets, n = 400, 20
    draws = stats.expon.ppf(Streams(3).uniform("skew", 0, np.arange(sets * n))).reshape(sets, n) ** 1.5
    truth = math.gamma(2.5)  # E[X^1.5] of a unit exponential
    boot = t = 0
    for x in draws:
        result = bootstrap_t(x)
        assert result is not None
        boot += result.low <= truth <= result.high
        low, high = stats.t.interval(0.95, n - 1, np.mean(x), stats.sem(x))
        t += low <= truth <= high
    # Standard error 1.2 points: at a true 94 %, less than 90 % has a chance below 1e-3; fixed draws.
    assert boot / sets >= 0.90
    assert boot > t


def test_bootstrap_t_is_chosen_by_skew_and_size_only() -> None:
    skewed = stats.expon.ppf(Streams(5).uniform("one", 0, np.arange(40))) ** 2
    assert skewness(skewed) > 1.0
    assert paired(skewed, np.zeros(40)).method == "bootstrap-t"
    assert paired(skewed[:9], np.zeros(9)).method == "t"
    assert paired(normal("sym", 1, 40)[0], np.zeros(40)).method == "t"
    rare = np.zeros(20)
    rare[3] = 1.0  # a third of all resamples would have no spread
    assert paired(rare, np.zeros(20)).method == "t"


def test_bootstrap_t_is_the_same_every_time_and_its_p_agrees_with_its_interval() -> None:
    x = stats.expon.ppf(Streams(6).uniform("p", 0, np.arange(20))) ** 2
    assert bootstrap_t(x) == bootstrap_t(x.copy())
    for shift in (0.0, 0.2, 0.5, 1.0, 2.0, 4.0):
        result = bootstrap_t(x - shift)
        assert result is not None
        assert (result.low > 0 or result.high < 0) == (result.p < 0.05)


def test_holm_by_hand() -> None:
    # Ordered .01 .02 .03 .04 → ×4 .04, ×3 .06, ×2 .06, ×1 .04 → running maximum .06
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    with_gap = holm([0.01, math.nan, 0.04])
    assert with_gap[[0, 2]] == pytest.approx([0.02, 0.04])
    assert math.isnan(with_gap[1])


def test_fieller_interval_is_the_set_of_ratios_not_rejected() -> None:
    b = 5.0 + normal("fb", 1, 15)[0]
    a = 1.4 * b + 0.5 * normal("fa", 1, 15)[0]
    ratio = relative_change(a, b)
    assert ratio.relative == pytest.approx(np.mean(a) / np.mean(b) - 1)
    for end in (ratio.low, ratio.high):
        assert stats.ttest_1samp(a - (1 + end) * b, 0.0).pvalue == pytest.approx(0.05)


def test_relative_change_against_nothing_has_no_interval() -> None:
    unclear = relative_change(np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.0, 1.5]))
    assert math.isnan(unclear.low)
    assert math.isnan(unclear.high)
    assert math.isnan(relative_change([1.0, 2.0], [0.0, 0.0]).relative)


def test_band_is_the_interval_of_each_week_and_skips_missing_values() -> None:
    values = normal("band", 8, 5)
    values[2, 3] = np.nan
    values[1:, 4] = np.nan
    result = band(values)
    mean, low, high = interval(values[:, 0])
    assert (result.mean[0], result.low[0], result.high[0]) == pytest.approx((mean, low, high))
    rest = np.delete(values[:, 3], 2)
    assert (result.mean[3], result.low[3]) == pytest.approx(interval(rest)[:2])
    assert result.mean[4] == values[0, 4]
    assert math.isnan(result.low[4])
