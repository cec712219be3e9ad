"""Toys with known answers, and the bench that runs them: pairing, own luck, answers that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.calibration.bench import SEED, Bench, Evaluate, per_run
from sim.calibration.parameters import Parameter, points
from sim.calibration.targets import Target
from sim.params import Label
from sim.rng import Streams, combine_array, unit_interval

Arms = Mapping[str, Callable[[np.ndarray], np.ndarray]]
NAMELESS = Label(zh="玩具", en="toy")


def toy(outcomes: Mapping[str, Arms], noise: float) -> Evaluate:
    """A model: each outcome is a function of the parameters, by arm, plus luck that arms of a seed share."""

    def evaluate(asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        x = asked.drop(columns=SEED).to_numpy(float)
        seed = (asked[SEED].to_numpy()[:, None] + np.arange(replicates)).ravel()
        point = np.repeat(np.arange(len(asked)), replicates)
        arms = list(next(iter(outcomes.values())))
        tables = []
        for arm in arms:
            columns = {}
            for name, surface in outcomes.items():
                luck = ndtri(unit_interval(combine_array(Streams(0).key(name), seed)))
                columns[name] = np.repeat(surface[arm](x), replicates) + noise * luck
            tables.append(pd.DataFrame({"point": point, "arm": arm, "seed": seed, **columns}))
        return pd.concat(tables, ignore_index=True)

    return evaluate


def one_arm(outcomes: Mapping[str, Callable[[np.ndarray], np.ndarray]], noise: float) -> Evaluate:
    return toy({name: {"base": surface} for name, surface in outcomes.items()}, noise)


def aim(outcome: str, value: float, error: float, **more: object) -> Target:
    return Target(outcome, NAMELESS, outcome, "base", value, value, error, **more)  # type: ignore[arg-type]


def cube(d: int, low: float = 0.0, high: float = 1.0) -> tuple[Parameter, ...]:
    return tuple(Parameter(f"p{j}", low, high) for j in range(d))


# --- the bench ---


def test_every_point_has_seeds_of_its_own_and_every_stage_others() -> None:
    asked: list[pd.DataFrame] = []

    def evaluate(table: pd.DataFrame, replicates: int) -> pd.DataFrame:
        asked.append(table)
        return one_arm({"y": lambda x: x[:, 0]}, 0.0)(table, replicates)

    bench = Bench(evaluate, cube(1), [aim("y", 0, 1)], seed=7)
    for stage in ("history_matching", "history_matching", "abc", "predictive"):
        bench.simulate(np.full((3, 1), 0.5), 4, stage, 1)  # type: ignore[arg-type]
    used = [seed + k for table in asked for seed in table[SEED] for k in range(4)]
    assert len(used) == len(set(used)) == 4 * 3 * 4
    assert used[0] == 7


def test_a_difference_is_paired_by_seed_and_shared_luck_cancels() -> None:
    """With luck of 5 in both arms the difference is exact; unpaired it would be off by several units."""
    evaluate = toy({"y": {"base": lambda x: x[:, 0], "policy": lambda x: 3 * x[:, 0]}}, 5.0)
    target = Target("d", NAMELESS, "y", "policy", 1, 1, 0.1, against="base", statistic="difference")
    found = Bench(evaluate, cube(1), [target], 1).simulate(np.array([[0.25], [1.0]]), 3, "abc", 0)
    assert found.mean[:, 0] == pytest.approx([0.5, 2.0])
    assert found.variance[:, 0] == pytest.approx([0.0, 0.0], abs=1e-20)


@given(st.lists(st.tuples(st.floats(1, 9), st.floats(1, 9)), min_size=2, max_size=6))
def test_the_relative_change_is_that_of_means(pairs: list[tuple[float, float]]) -> None:
    arm, against = (np.array([column]) for column in zip(*pairs, strict=True))
    each = per_run(arm, against, relative=True)
    assert each.mean() == pytest.approx(arm.mean() / against.mean() - 1)


def test_runs_that_failed_are_left_out_and_a_point_without_any_is_missing() -> None:
    def evaluate(asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        runs = one_arm({"y": lambda x: x[:, 0]}, 0.0)(asked, replicates)
        return runs[(runs["point"] != 1) & ~((runs["point"] == 2) & (runs["seed"] % 2 == 0))]

    found = Bench(evaluate, cube(1), [aim("y", 0, 1)], 0).simulate(np.full((3, 1), 0.5), 2, "abc", 0)
    assert found.count[:, 0].tolist() == [2, 0, 1]
    assert np.isnan(found.mean[:, 0]).tolist() == [False, True, False]
    assert np.isnan(found.variance[:, 0]).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda runs: runs.drop(columns="y"), "lack the column y"),
        (lambda runs: runs.drop(columns="seed"), "lack the columns seed"),
        (lambda runs: runs.assign(seed=runs["seed"] - runs["seed"] + 1), "for which seeds"),
        (lambda runs: runs.assign(point=runs["point"] + 1), "points outside"),
    ],
)
def test_an_answer_to_another_question_is_refused(
    spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    def evaluate(asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        return spoil(one_arm({"y": lambda x: x[:, 0]}, 0.0)(asked, replicates))

    with pytest.raises(ValueError, match=message):
        Bench(evaluate, cube(1), [aim("y", 0, 1)], 1).simulate(np.full((2, 1), 0.5), 2, "abc", 0)


# --- parameters ---


@given(
    st.floats(0, 1),
    st.sampled_from(
        [Parameter("a", -2, 3), Parameter("b", 0.01, 100, "log_uniform"), Parameter("c", 2, 5, integer=True)]
    ),
)
def test_values_lie_in_the_range_and_their_places_lead_back(place: float, parameter: Parameter) -> None:
    value = parameter.values(np.array([place]))
    assert parameter.low <= value[0] <= parameter.high
    back = parameter.places(value)[0]
    assert abs(back - place) <= (0.5 / 4 + 1e-9 if parameter.integer else 1e-9)


def test_priors_have_the_quantiles_they_should() -> None:
    table = points(
        [Parameter("u", 2, 4), Parameter("l", 0.1, 10, "log_uniform"), Parameter("n", 1, 4, integer=True)],
        np.repeat([[0.0], [0.25], [0.5], [1.0]], 3, axis=1),
    )
    assert table["u"].tolist() == [2, 2.5, 3, 4]
    assert table["l"].tolist() == pytest.approx([0.1, 10**-0.5, 1, 10])
    assert table["n"].tolist() == [1, 2, 3, 4]
    assert table["n"].dtype == int
