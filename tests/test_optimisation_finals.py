"""The finals are honest: fresh seeds, no winner's curse, few good packages called worse; fronts and sums."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.designs.factors import Factor
from sim.designs.section import read
from sim.errors import YiheError
from sim.optimisation.finals import judge
from sim.optimisation.optimise import optimise
from sim.optimisation.scores import means, score
from sim.optimisation.space import Space, key
from sim.optimisation.spec import Optimise

GAIN = {"outcome": "gain", "direction": "maximise"}
CALM = {"outcome": "quarrels", "direction": "minimise"}
SEARCH, FRESH, PACKAGES, FINAL = 5, 40, 100, 8


def spec(**changes: Any) -> Optimise:
    section: dict[str, Any] = {
        "objective": GAIN,
        "trials": 8,
        "batch": 8,
        "replicates": 3,
        "final_replicates": 20,
    }
    section |= changes
    return read(Optimise, {k: v for k, v in section.items() if v is not None}, key="optimise")


def runs_of(values: np.ndarray, first: int = 1, **more: np.ndarray) -> pd.DataFrame:
    """Runs of values, shape (packages, seeds); seeds from ``first``."""
    point, seed = np.indices(values.shape)
    other = {name: table.ravel() for name, table in more.items()}
    return pd.DataFrame(
        {"point": point.ravel(), "arm": "main", "seed": seed.ravel() + first, "gain": values.ravel(), **other}
    )


# --- the winner's curse ---


def contest(number: int, effects: np.ndarray) -> tuple[pd.DataFrame, float]:
    """A search over noisy packages by brute force, and its finals.

    Returns
    -------
    table, best
        Of the finals, and the highest mean of the search.
    """
    noise = np.random.default_rng(number).normal(size=(PACKAGES, SEARCH + FRESH))
    values = effects[:, None] + noise
    searched = values[:, :SEARCH].mean(axis=1)
    finalists = np.argsort(-searched, kind="stable")[:FINAL]
    points = [{"x.y": float(i)} for i in finalists]
    wanted = spec(finalists=FINAL, final_replicates=FRESH)
    scores = score(wanted, runs_of(values[finalists]), FINAL)
    found = judge(wanted, finalists.tolist(), points, scores, set(range(1, SEARCH + 1)))
    return found.table, float(searched.max())


CONTESTS = 200


@pytest.fixture(scope="module")
def noise_only() -> list[tuple[pd.DataFrame, float]]:
    return [contest(number, np.zeros(PACKAGES)) for number in range(CONTESTS)]


def test_the_value_of_the_winner_is_unbiased_although_the_search_is_not(
    noise_only: list[tuple[pd.DataFrame, float]],
) -> None:
    """Pure noise, true value 0: the told mean lies within 4 standard errors of 0 (false alarm 6 in 100,000).

    The mean that won the search is biased by about 2.5 standard errors of one package, 1.1.
    """
    told = [table.loc[table["chosen"], "gain"].item() for table, _ in noise_only]
    error = 1 / np.sqrt(FRESH / 2) / np.sqrt(CONTESTS)
    assert abs(np.mean(told)) < 4 * error
    assert np.mean([best for _, best in noise_only]) > 1.0


def test_the_interval_of_the_winner_covers_its_true_value(
    noise_only: list[tuple[pd.DataFrame, float]],
) -> None:
    """95 % intervals, 200 contests: 180 or more hold 0 (a correct interval fails in 1 of 1,000)."""
    chosen = [table[table["chosen"]].iloc[0] for table, _ in noise_only]
    assert sum(row["gain_low"] <= 0 <= row["gain_high"] for row in chosen) >= 180


def test_packages_as_good_as_the_winner_are_seldom_called_worse(
    noise_only: list[tuple[pd.DataFrame, float]],
) -> None:
    """Familywise 5 %: some finalist is called worse in at most 20 of 200 contests (1 in 1,000 by chance)."""
    called = [(~table["equal"] & ~table["chosen"]).any() for table, _ in noise_only]
    assert sum(called) <= 20


def test_packages_that_are_worse_are_called_so() -> None:
    """One package better by 3 standard deviations wins, and no finalist is its equal, in every one of 20."""
    effects = np.zeros(PACKAGES)
    effects[17] = 3.0
    for number in range(20):
        table, _ = contest(number, effects)
        assert table.loc[table["chosen"], "trial"].tolist() == [17]
        assert not table["equal"].any()


def test_what_tells_has_no_say_in_the_choice_and_the_search_is_not_told_again() -> None:
    """Seeds of the search and the first fresh half choose; only the second half shows in the table."""
    wanted = spec(final_replicates=20)
    values = np.zeros((3, 23))
    values[1, :3] += 0.5  # seen in the search
    values[2, 3:13] += 0.1  # first half of the fresh seeds: decides
    points = [{"x.y": float(i)} for i in range(3)]
    calm = judge(wanted, [0, 1, 2], points, score(wanted, runs_of(values), 3), {1, 2, 3})
    assert calm.chosen == 1  # 1.5 against 1.0, over 13 seeds
    values[2, 3:13] += 0.1
    decided = judge(wanted, [0, 1, 2], points, score(wanted, runs_of(values), 3), {1, 2, 3})
    assert decided.chosen == 2
    assert decided.table["gain"].tolist() == [0.0, 0.0, 0.0]
    values[:, 13:] += np.array([[5.0], [0.0], [-5.0]])
    turned = judge(wanted, [0, 1, 2], points, score(wanted, runs_of(values), 3), {1, 2, 3})
    assert turned.chosen == 2
    assert turned.table["gain"].tolist() == [5.0, 0.0, -5.0]
    assert turned.table["difference"].tolist() == [10.0, 5.0, 0.0]
    assert turned.table["equal"].tolist() == [True, True, False]  # better is not worse
    assert turned.table["n"].tolist() == [10, 10, 10]


def test_without_fresh_seeds_there_are_no_finals() -> None:
    wanted = spec()
    with pytest.raises(ValueError, match="no fresh seeds"):
        judge(wanted, [0], [{"x.y": 0.0}], score(wanted, runs_of(np.zeros((1, 3))), 1), {1, 2, 3})


def test_whether_a_budget_is_kept_is_told_with_its_doubt() -> None:
    wanted = spec(budget={"outcome": "money", "at_most": 10.0})
    luck = np.tile(np.random.default_rng(1).normal(size=23), (3, 1))
    luck -= luck[:, 13:].mean(axis=1, keepdims=True)
    money = np.array([[7.0], [9.9], [13.0]]) + luck
    runs = runs_of(np.zeros((3, 23)), money=money)
    found = judge(wanted, [0, 1, 2], [{"x.y": float(i)} for i in range(3)], score(wanted, runs, 3), {1, 2, 3})
    assert found.table["money_within"].tolist() == ["yes", "unsure", "no"]
    assert found.table["equal"].tolist() == [False, True, False]  # the third costs too much
    assert found.chosen == 0


# --- several objectives ---


def traded(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """Three switches: one gains much and quarrels much, one less of both, and one only quarrels."""
    rows = []
    for number, (a, b, c) in enumerate(points.to_numpy(float)):
        for seed in range(replicates):
            rows.append((number, "main", seed, 3 * a + b, 2 * a + 0.5 * b + c))
    return pd.DataFrame(rows, columns=["point", "arm", "seed", "gain", "quarrels"])


THREE = {f"policies.{name}.on": Factor(values=(False, True)) for name in "abc"}


def test_a_pareto_front_is_found(tmp_path: Path) -> None:
    wanted = spec(objective=None, objectives=[GAIN, CALM], finalists=6)
    found = optimise(wanted, THREE, traded, tmp_path, 1)
    front = found.finalists[found.finalists["front"]]
    assert found.best is None
    assert set(zip(front["gain"], front["quarrels"], strict=True)) == {(0, 0), (1, 0.5), (3, 2), (4, 2.5)}
    assert (front["front_share"] == 1).all()
    assert len(found.equivalent) == 4
    assert found.trials["front"].sum() == 4
    assert found.finalists["n"].eq(20).all()  # nothing is chosen, so all fresh seeds tell
    assert "difference" not in found.finalists


def test_objectives_with_weights_are_added_up(tmp_path: Path) -> None:
    wanted = spec(objective=None, objectives=[{**GAIN, "weight": 1}, {**CALM, "weight": 1.8}])
    found = optimise(wanted, THREE, traded, tmp_path, 1)
    assert found.best == {"policies.a.on": False, "policies.b.on": True, "policies.c.on": False}
    all_three = found.trials[found.trials[list(THREE)].all(axis=1)].iloc[0]
    assert all_three["sum"] == pytest.approx(4 - 1.8 * 3.5)
    worst = found.finalists.set_index("trial").loc[all_three["trial"]]
    assert worst["difference"] == pytest.approx(4 - 1.8 * 3.5 - 0.1)


def test_a_front_in_doubt_has_its_share() -> None:
    """Two packages, one of which is better on half of the seeds by as much as it is worse on the others."""
    wanted = spec(objective=None, objectives=[GAIN, CALM])
    swing = np.tile([1.0, -1.0], 20)
    gain = np.stack([np.zeros(40), swing, np.full(40, -9.0)])
    runs = runs_of(gain, first=100, quarrels=np.zeros((3, 40)))
    found = judge(wanted, [0, 1, 2], [{"x.y": float(i)} for i in range(3)], score(wanted, runs, 3), set())
    share = found.table["front_share"]
    assert share[2] == 0
    assert 0.3 < share[0] < 0.7
    assert 0.3 < share[1] < 0.7
    assert found.table["equal"].tolist() == [True, True, False]


# --- what is read from runs ---


def arms(contrast: str | None) -> np.ndarray:
    runs = pd.concat(
        [
            pd.DataFrame({"point": [0, 0, 1, 1], "arm": arm, "seed": [5, 4, 4, 5], "gain": values})
            for arm, values in [("festival", [3.0, 1.0, 10.0, 20.0]), ("baseline", [0.5, 0.25, 7.0, np.nan])]
        ]
    )
    return score(spec(objective={**GAIN, "of": contrast}), runs, 2).goals[:, :, 0]


def test_an_outcome_is_read_from_an_arm_or_from_a_contrast_paired_by_seed() -> None:
    assert arms("festival").tolist() == [[1.0, 3.0], [10.0, 20.0]]
    paired = arms("festival - baseline")
    assert paired[0].tolist() == [0.75, 2.5]
    assert paired[1, 0] == 3.0
    assert np.isnan(paired[1, 1])
    assert means(paired[:, :, None])[:, 0].tolist() == [1.625, 3.0]


@pytest.mark.parametrize(
    ("of", "key", "words"),
    [
        (None, "optimise.objective.of", "say which with of: festival, baseline"),
        ("festivl", "optimise.objective.of", "did you mean festival?"),
        ("a - b - c", "optimise.objective.of", "one arm, or a contrast"),
    ],
)
def test_an_arm_that_is_not_there_is_said_so(of: str | None, key: str, words: str) -> None:
    with pytest.raises(YiheError) as caught:
        arms(of)
    assert (caught.value.key, words in caught.value.en) == (key, True), caught.value.en


def test_an_outcome_that_is_not_there_is_said_so() -> None:
    with pytest.raises(YiheError) as caught:
        spec(budget={"outcome": "mony", "at_most": 1.0}).check(["gain", "money"], ["main"])
    assert (caught.value.key, "did you mean money?" in caught.value.en) == ("optimise.budget.outcome", True)


def test_a_run_that_stands_twice_is_a_mistake_of_the_evaluator() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        score(spec(), pd.concat([runs_of(np.zeros((1, 2)))] * 2), 1)


# --- the section and the space ---


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"objective": None}, "objective", "give an objective"),
    ({"objectives": [GAIN]}, "objectives", "not both"),
    ({"objective": {"outcome": "gain"}}, "objective.direction", "direction is missing"),
    ({"objective": {**GAIN, "direction": "up"}}, "objective.direction", "'maximise' or 'minimise'"),
    (
        {"objective": None, "objectives": [{**GAIN, "weight": 1}, CALM]},
        "objectives[1].weight",
        "every objective",
    ),
    ({"objective": {**GAIN, "weight": 0}}, "objective.weight", "above 0"),
    ({"objective": None, "objectives": [GAIN, GAIN]}, "objectives[1]", "there twice"),
    (
        {"objective": None, "objectives": [{**GAIN, "outcome": f"o{i}"} for i in range(5)]},
        "objectives",
        "at most four",
    ),
    ({"budget": {"outcome": "money"}}, "budget.at_most", "at_most is missing"),
    ({"budgets": [{"outcome": "money", "at_most": float("inf")}]}, "budgets[0].at_most", "finite"),
    ({"trials": 0}, "trials", "at least 1"),
    ({"trials": None}, "trials", "trials is missing"),
    ({"final_replicates": 10}, "final_replicates", "at least 20"),
    ({"trial": 5}, "trial", "did you mean trials?"),
]


@pytest.mark.parametrize(("changes", "where", "words"), MISTAKES)
def test_a_mistake_in_the_section_has_its_sentence(changes: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(YiheError) as caught:
        spec(**changes)
    assert (caught.value.key, words in caught.value.en) == (f"optimise.{where}", True), caught.value.sentence(
        "en"
    )


def test_mistakes_in_factors_and_constraints_have_theirs() -> None:
    for factors, constraints, where in [
        ({}, (), "factors"),
        ({"policies.a.on": Factor(values=(0, 1))}, (), "factors.policies.a.on"),
        (THREE, ("policies.a.on + policies.z.on < 2",), "constraints[0]"),
    ]:
        with pytest.raises(YiheError) as caught:
            Space(factors, constraints)
        assert caught.value.key == where


SPACE = Space(
    {
        "policies.a.on": Factor(values=(False, True)),
        "policies.a.intensity": Factor(values=(0.5, 0.25, 1.0), default=0.5),
        "policies.a.start": Factor(low=0, high=4, integer=True),
        "policies.b.on": Factor(values=(True, False)),
        "policies.c.intensity": Factor(values=(0.1, 0.2)),
    },
    ["not policies.b.on or policies.a.on"],
)


def test_a_finite_space_is_counted_and_listed() -> None:
    assert SPACE.size == (1 + 3 * 5) * 2 * 2
    every = list(SPACE.every())
    assert len({key(point) for point in every}) == len(every) == 64 - 2  # b without a is not allowed
    assert SPACE.base in every
    assert not SPACE.base["policies.b.on"]
    assert Space({"x.y": Factor(low=0, high=1)}).size == np.inf


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 5, elements=st.floats(0, 1)))
def test_a_package_is_one_point_and_survives_the_record(unit: np.ndarray) -> None:
    point = SPACE.at(unit)
    assert SPACE.settled(point) == point
    if SPACE.allowed(point):
        assert key(point) in {key(p) for p in SPACE.every()}
    params, distributions = SPACE.params(point), SPACE.distributions(point)
    assert params.keys() == distributions.keys()
    assert ("policies.a.start" in params) == point["policies.a.on"]
    for name, value in params.items():
        assert distributions[name]._contains(distributions[name].to_internal_repr(value))
