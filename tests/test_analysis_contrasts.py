"""Responses and contrasts: coverage, a placebo exactly 0, Holm by family, gaps that runs leave."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.contrasts import COLUMNS, contrasts, overall
from sim.analysis.responses import Response, complete, response
from sim.errors import YiheError
from sim.rng import Streams
from sim.study.statistics import holm, paired

STUDIES, POINTS, SEEDS = 4_000, 3, 9
# A true 95 % estimated from 4,000 studies has a standard error of 0.34 points: it falls outside 93–97 % with
# a probability below 1e-8, and the draws are fixed.


def normal(stream: str, *shape: int) -> np.ndarray:
    draws = Streams(4).uniform(stream, 0, np.arange(math.prod(shape)))
    return stats.norm.ppf(draws).reshape(shape)


def table(arms: dict[str, np.ndarray], outcome: str = "efficacy") -> pd.DataFrame:
    """Runs from values of shape (points, seeds); a NaN is a failed run, which has no row."""
    rows = [
        {"key": f"{arm}{p}{s}", "point": p, "arm": arm, "seed": 10 + s, "digest": "", "weeks": 52, outcome: v}
        for arm, values in arms.items() for p, by_seed in enumerate(values) for s, v in enumerate(by_seed)
        if not math.isnan(v)]
    return pd.DataFrame(rows)


def a_response(values: np.ndarray) -> Response:
    return Response("a - b", "x", True, np.arange(len(values)), np.arange(values.shape[1]), values)


def test_overall_contrast_covers_the_mean_over_points_95_percent_of_the_time() -> None:
    """Seeds share their luck over points; taking point × seed as units would cover far less."""
    at_points = normal("points", STUDIES, POINTS, 1)
    luck = normal("luck", STUDIES, 1, SEEDS)
    values = at_points + luck + 0.3 * normal("noise", STUDIES, POINTS, SEEDS)
    truths = at_points.mean(axis=(1, 2))
    found = [overall(a_response(study))[0] for study in values]
    inside = [contrast.low <= truth <= contrast.high for truth, contrast in zip(truths, found, strict=True)]
    assert 0.93 <= np.mean(inside) <= 0.97
    pooled = values.reshape(STUDIES, -1)
    half = stats.sem(pooled, axis=1) * stats.t.ppf(0.975, pooled.shape[1] - 1)
    assert (np.abs(pooled.mean(axis=1) - truths) <= half).mean() < 0.85


def test_contrast_at_a_point_covers_its_difference_95_percent_of_the_time() -> None:
    """Each of 4,000 points is a small study of its own: what the arms of a seed share drops out."""
    shared = 3.0 * normal("shared", STUDIES, SEEDS)
    runs = table({"new": shared + 1.3 + normal("new", STUDIES, SEEDS),
                  "old": shared + normal("old", STUDIES, SEEDS)}, "own")
    found = contrasts(runs, "old")
    at_points = found[found["point"] >= 0]
    assert len(at_points) == STUDIES
    assert 0.93 <= ((at_points["low"] <= 1.3) & (at_points["high"] >= 1.3)).mean() <= 0.97


def test_a_placebo_is_exactly_zero_everywhere() -> None:
    values = 0.5 + 0.1 * normal("placebo", 4, 8)
    found = contrasts(table({"control": values, "placebo": values.copy()}), "control")
    assert list(found.columns) == list(COLUMNS)
    assert list(found["point"]) == [-1, 0, 1, 2, 3]
    assert set(found["n"]) == {8}
    for column, exact in (("difference", 0), ("low", 0), ("high", 0), ("p", 1), ("p_holm", 1), ("effect", 0)):
        assert (found[column] == exact).all()


def test_all_arms_against_the_control_as_paired_says() -> None:
    a, b, c = (0.4 + 0.1 * normal(name, 2, 6) for name in "abc")
    found = contrasts(table({"a": a, "b": b, "c": c}), "b").set_index(["arm", "point"])
    assert list(found["of"].unique()) == ["a - b", "c - b"]
    expected = paired(c.mean(axis=0), b.mean(axis=0))
    assert found.loc[("c", -1), "difference"] == pytest.approx(expected.difference)
    assert found.loc[("c", -1), "high"] == pytest.approx(expected.high)
    at_point = paired(a[1], b[1])
    assert found.loc[("a", 1), "p"] == pytest.approx(at_point.p)
    assert found.loc[("a", 1), "effect"] == pytest.approx(at_point.effect)


def test_holm_takes_overall_contrasts_and_points_as_families_and_may_be_left_out() -> None:
    first, second = (0.4 + 0.1 * normal(name, 3, 6) for name in ("first", "second"))
    runs = table({"a": first + 0.05 + 0.01 * normal("own", 3, 6), "b": first + 0.02 * second, "c": first})
    runs["autonomy"] = runs["efficacy"] ** 2
    both = contrasts(runs, "c")
    for family in (both["point"] == -1, both["point"] >= 0):
        assert both.loc[family, "p_holm"].tolist() == holm(both.loc[family, "p"].to_numpy()).tolist()
    alone = contrasts(runs, "c", family="outcome")
    one = alone[(alone["point"] == -1) & (alone["outcome"] == "autonomy")]
    assert one["p_holm"].tolist() == holm(one["p"].to_numpy()).tolist()
    assert (alone["p_holm"] <= both["p_holm"]).all()
    assert contrasts(runs, "c", adjust="none")["p_holm"].isna().all()
    some = contrasts(runs, "c", by_point=["autonomy"])
    assert set(some[some["point"] >= 0]["outcome"]) == {"autonomy"}


def test_adaptive_points_are_compared_over_the_seeds_they_share() -> None:
    values = 0.5 + 0.1 * normal("adaptive", 3, 30)
    values[0, 10:] = np.nan
    values[2, 20:] = np.nan
    found, points = overall(a_response(values))
    assert (found.n, points) == (10, 3)
    assert found.difference == pytest.approx(values[:, :10].mean())
    runs = contrasts(table({"new": values, "old": np.full_like(values, 0.2)}), "old").set_index("point")
    assert runs["n"].tolist() == [10, 10, 30, 20]


def test_a_failed_run_costs_its_point_or_its_seed_but_not_the_study() -> None:
    values = normal("failed", 40, 6)
    values[7, 2] = np.nan
    found, points = overall(a_response(values))
    assert (found.n, points) == (6, 39)
    few = normal("few points", 2, 30)
    few[1, 4] = np.nan
    found, points = overall(a_response(few))
    assert (found.n, points) == (29, 2)


def test_a_point_that_always_fails_does_not_take_all_seeds_with_it() -> None:
    there = np.ones((5, 20), bool)
    there[3] = False
    there[3, 0] = True
    kept = complete(there)
    assert kept.blocks.tolist() == [0, 1, 2, 4]
    assert len(kept.seeds) == 20
    assert [len(part) for part in complete(np.zeros((3, 4), bool))] == [0, 0]
    assert complete(np.ones((2, 1), bool)).seeds.tolist() == [0]


def test_a_contrast_pairs_runs_of_one_point_and_seed() -> None:
    a, b = normal("ra", 2, 3), normal("rb", 2, 3)
    a[1, 2] = np.nan
    runs = table({"one_core": a, "self-governing": b}).sample(frac=1.0, random_state=1)
    found = response(runs, "efficacy", "one_core - self-governing")
    assert found.points.tolist() == [0, 1]
    assert found.seeds.tolist() == [10, 11, 12]
    assert np.array_equal(found.values, a - b, equal_nan=True)
    assert found.bounds == (-1.0, 1.0)
    assert found.bounds_of_change == (-2.0, 2.0)
    level = response(runs, "efficacy", "self-governing")
    assert level.bounds == (0.0, 1.0)
    assert np.isnan(level.rows(4)[2:]).all()
    assert np.array_equal(level.rows(4)[:2], b)


def test_arms_may_hold_the_sign_between_them() -> None:
    runs = table({"a - b": np.ones((1, 2)), "c": np.zeros((1, 2))})
    assert response(runs, "efficacy", "a - b").contrast is False
    assert (response(runs, "efficacy", "a - b - c").values == 1).all()
    assert (response(runs, "efficacy", "c - a - b").values == -1).all()


@pytest.mark.parametrize(("outcome", "of", "said"), [
    ("eficacy", "festival", "did you mean efficacy?"),
    ("efficacy", "festivl", "did you mean festival?"),
    ("efficacy", "festival - baselin", "no arm called baselin; did you mean baseline?"),
    ("efficacy", "festival-baseline", "a contrast is written 'a - b'"),
])
def test_an_unknown_outcome_or_arm_is_said_in_one_sentence(outcome: str, of: str, said: str) -> None:
    runs = table({"baseline": np.ones((1, 2)), "festival": np.ones((1, 2))})
    with pytest.raises(YiheError) as error:
        response(runs, outcome, of)
    assert said in error.value.sentence("en")
    assert error.value.zh


def test_no_run_and_no_such_control_are_said() -> None:
    runs = table({"baseline": np.ones((1, 2)), "festival": np.ones((1, 2))})
    with pytest.raises(YiheError, match="baseline"):
        contrasts(runs, "basline")
    with pytest.raises(YiheError) as error:
        response(runs.iloc[:0], "efficacy", "baseline")
    assert "resume" in error.value.en
