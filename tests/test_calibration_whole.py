"""A whole calibration: the same bytes after any kill, checks and claims with known answers, the model."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from test_calibration_toys import NAMELESS, aim, cube, one_arm, toy
from threadpoolctl import threadpool_limits

from sim.calibration import claims
from sim.calibration.bench import SEED, Evaluate, Simulated
from sim.calibration.casefigures import case_summaries
from sim.calibration.parameters import Parameter
from sim.calibration.predictive import check, quantiles, shrinkage
from sim.calibration.region import whole
from sim.calibration.result import CalibrationResult, calibrate
from sim.calibration.spec import Abc, Calibration, HistoryMatching, Predictive
from sim.calibration.targets import Target
from sim.scenario.reading import load, set_path
from sim.scenario.schema import Scenario
from sim.scenario.targets import RelativeChangeClaim
from sim.simulation import simulate_arms
from sim.study import verdicts
from sim.study.plan import ClaimUnderTest
from sim.vocabulary import Status

HISTORY = HistoryMatching(waves=2, points=20, replicates=3, candidates=1024)
ABC = Abc(particles=50, generations=3)
WEEKS = 104


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def model(noise: float = 0.05) -> Evaluate:
    """Two arms; the policy adds a tenth of the first parameter."""
    return toy(
        {
            "y": {"base": lambda x: x[:, 0] + x[:, 1], "policy": lambda x: 1.1 * x[:, 0] + x[:, 1]},
            "z": {"base": lambda x: x[:, 0] - x[:, 1], "policy": lambda x: x[:, 0] - x[:, 1]},
        },
        noise,
    )


def problem(*targets: Target, **more: object) -> Calibration:
    settings = {
        "history_matching": HISTORY,
        "abc": ABC,
        "predictive": Predictive(draws=20, replicates=8),
        "seed": 3,
    }
    return Calibration(cube(2), targets, **{**settings, **more})  # type: ignore[arg-type]


FITTED = (aim("y", 1.0, 0.05), Target("gap", NAMELESS, "z", "base", -0.3, -0.1, 0.05))
HELD_OUT = Target(
    "gain", NAMELESS, "y", "policy", 0.04, 0.04, 0.01, against="base", statistic="difference", use="held_out"
)


def same(one: CalibrationResult, other: CalibrationResult) -> bool:
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name], check_exact=True)
    return one.sentences == other.sentences and one.culprits == other.culprits


class KilledError(Exception):
    """As if killed."""


class Kept:
    """An evaluator that stores runs by what they are, as the runner does, and dies after some new points."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self.store: dict[tuple[object, ...], pd.DataFrame] = {}
        self.computed, self.lives = 0, math.inf

    def __call__(self, asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        keys = [(*row, replicates) for row in asked.itertuples(index=False, name=None)]
        missing = [at for at, key in enumerate(keys) if key not in self.store]
        now = missing[: int(min(len(missing), self.lives - self.computed))]
        runs = self._evaluate(asked.iloc[now], replicates) if now else None
        for at, key in enumerate(keys[at] for at in now):
            assert runs is not None
            self.store[key] = runs[runs["point"] == at]
            self.computed += 1
        if len(now) < len(missing):
            raise KilledError
        return pd.concat([self.store[key].assign(point=at) for at, key in enumerate(keys)], ignore_index=True)


@pytest.mark.long
def test_killed_anywhere_and_done_again_it_computes_the_rest_only_and_gives_the_same_bytes() -> None:
    calibration = problem(
        *FITTED, abc=Abc(particles=20, generations=2), predictive=Predictive(draws=5, replicates=2)
    )
    undisturbed = Kept(model())
    expected = calibrate(calibration, undisturbed)
    total = undisturbed.computed
    kept = Kept(model())
    for lives in (5, 25, 60, total - 2):  # within both waves of history matching, ABC and the checks
        kept.lives = lives
        with pytest.raises(KilledError):
            calibrate(calibration, kept)
        assert kept.computed == lives
    kept.lives = math.inf
    assert same(calibrate(calibration, kept), expected)
    assert kept.computed == total


def test_another_seed_takes_another_course() -> None:
    one, other = (calibrate(problem(*FITTED, seed=seed), model()) for seed in (3, 4))
    assert not one.posterior.equals(other.posterior)
    # but to much the same place: a + b = 1 and a − b in [−0.3, −0.1], so a in 0.35 to 0.45
    for found in (one, other):
        means = found.shrinkage.set_index("parameter")["mean"]
        assert means["p0"] == pytest.approx(0.4, abs=0.06)
        assert means["p1"] == pytest.approx(0.6, abs=0.06)


def test_every_table_is_there_with_its_columns() -> None:
    found = calibrate(problem(*FITTED, HELD_OUT), model())
    tables = found.tables()
    assert all(len(table) for name, table in tables.items() if name != "claims")
    assert found.posterior.columns.tolist() == ["p0", "p1", "weight", "generation", "distance"]
    assert found.posterior["weight"].sum() == pytest.approx(1)
    assert found.checks["target"].tolist() == ["y", "gap", "gain"]
    assert found.implausibility.columns.tolist() == ["p0", "p1", "implausibility", "cutoff", "wave"]
    assert set(found.evaluations["stage"]) == {"history_matching", "abc", "predictive"}
    assert len(found.sentences) == 2
    assert not found.nothing_left
    # what ABC starts from has passed history matching
    first = found.evaluations.query("stage == 'abc' and wave == 0")
    assert first["p0"].between(found.region["p0"].min() - 0.05, found.region["p0"].max() + 0.05).all()


def test_a_held_out_target_that_holds_is_covered_and_one_that_does_not_is_not() -> None:
    wrong = Target(
        "wrong",
        NAMELESS,
        "y",
        "policy",
        0.5,
        0.5,
        0.01,
        against="base",
        statistic="difference",
        use="held_out",
    )
    checks = calibrate(problem(*FITTED, HELD_OUT, wrong), model()).checks.set_index("target")
    assert checks["covered"].to_dict() == {"y": True, "gap": True, "gain": True, "wrong": False}
    assert checks.loc["wrong", "p"] < 0.05 < checks.loc["gain", "p"]
    assert checks["use"].to_dict() == {"y": "fit", "gap": "fit", "gain": "held_out", "wrong": "held_out"}


def test_checks_may_be_run_by_an_evaluator_with_more_arms() -> None:
    found = calibrate(
        problem(*FITTED, HELD_OUT),
        one_arm({"y": lambda x: x[:, 0] + x[:, 1], "z": lambda x: x[:, 0] - x[:, 1]}, 0.05),
        check=model(),
    )
    assert found.checks.set_index("target").loc["gain", "draws"] == 20


def test_nothing_left_is_a_result_that_names_the_target() -> None:
    found = calibrate(problem(FITTED[0], aim("z", 5.0, 0.1)), model())
    assert found.nothing_left
    assert found.culprits == ("z",)
    assert found.posterior.empty
    assert found.checks.empty
    assert "z (" in found.sentences[0].en
    assert not found.implausibility["implausibility"].le(3).any()


def test_either_part_alone() -> None:
    only_history = calibrate(problem(*FITTED, abc=None), model())
    assert only_history.posterior.empty
    assert len(only_history.region) == 3000
    only_abc = calibrate(problem(*FITTED, history_matching=None), model())
    assert only_abc.waves.empty
    assert len(only_abc.posterior) == 50


# --- checks ---


def test_predictive_p_and_interval_by_hand() -> None:
    """Predictions 0 … 99 without error: of a value of 9.5 a tenth lies below, so p is a fifth."""
    values = np.arange(100.0)[:, None]
    targets = [
        Target("v", NAMELESS, "y", "base", 9.5, 9.5),
        Target("r", NAMELESS, "y", "base", 90, 200),
        Target("far", NAMELESS, "y", "base", 98, 99),
    ]
    summary = np.repeat(values, 3, axis=1)
    table = check(targets, Simulated(summary, summary * 0, np.ones((100, 3), int), summary), 1)
    assert table["p"].tolist() == pytest.approx([0.2, 0.2, 0.04])
    assert table["low"].tolist() == pytest.approx([2.475] * 3)
    assert table["high"].tolist() == pytest.approx([96.525] * 3)
    assert table["covered"].tolist() == [True, True, False]


def test_error_widens_predictions() -> None:
    summary = np.zeros((400, 1))
    table = check([aim("y", 0, 2.0)], Simulated(summary, summary, np.ones((400, 1), int), summary), 1)
    # 95 % of a normal with sd 2, from 400 draws: ends at ±3.92 with a standard error of 0.27
    assert table["low"].iloc[0] == pytest.approx(-3.92, abs=0.9)
    assert table["high"].iloc[0] == pytest.approx(3.92, abs=0.9)


def test_shrinkage_of_a_known_posterior() -> None:
    """Places even on [0.4, 0.6] of a prior on [0, 10], and on the whole of a log-uniform one."""
    even = (np.arange(2000) + 0.5) / 2000
    unit = np.column_stack([0.4 + 0.2 * even, even])
    table = shrinkage(
        [Parameter("a", 0, 10), Parameter("b", 0.1, 10, "log_uniform")],
        unit,
        np.full(2000, 1 / 2000),
        whole(2),
    ).set_index("parameter")
    assert table.loc["a", "shrinkage"] == pytest.approx(1 - 0.04, abs=1e-3)
    assert table.loc["a", "narrowing"] == pytest.approx(0.8, abs=1e-3)
    assert table.loc["a", ["mean", "low", "median", "high"]].tolist() == pytest.approx(
        [5, 4.05, 5, 5.95], abs=1e-2
    )
    assert table.loc["b", ["shrinkage", "narrowing"]].tolist() == pytest.approx([0, 0], abs=1e-3)
    assert table.loc["b", "median"] == pytest.approx(1, rel=1e-2)
    assert table.loc["b", ["region_low", "region_high"]].tolist() == [0.1, 10]


def test_weighted_quantiles_agree_with_repeated_values() -> None:
    values, times = np.array([3.0, 1.0, 2.0]), np.array([1, 5, 4])
    assert quantiles(values, times / 10)[1] == pytest.approx(1 + (0.5 - 0.25) / 0.45)


# --- claims ---


def claim(value: float) -> ClaimUnderTest:
    made = RelativeChangeClaim.model_validate(
        {
            "id": "fall",
            "label": NAMELESS,
            "source": "S1",
            "outcome": "latent_disputes",
            "treatment": "policy",
            "control": "base",
            "value": value,
        }
    )
    return ClaimUnderTest(made, "policy", "base", (WEEKS - 52, WEEKS))


def runs_at(effects: list[float]) -> pd.DataFrame:
    """100 disputes without the policy; with it, as many fewer as the draw says, and a little luck."""
    rows = []
    for point, effect in enumerate(effects):
        for seed in range(8):
            luck = 0.1 * ((seed * 7) % 8 - 3.5)
            rows.append((point, "base", seed, 100.0))
            rows.append((point, "policy", seed, 100.0 * (1 + effect) + luck))
    return pd.DataFrame(rows, columns=["point", "arm", "seed", "latent_disputes"])


def test_share_of_the_calibrated_space_in_which_a_claim_is_reached() -> None:
    """Effects −50, −45, −10, 0 and +10 %: a fall by 40 % is reached in two draws of five, weaker in one."""
    tested = [claim(-0.4)]
    table = claims.shares(
        runs_at([-0.5, -0.45, -0.1, 0.0, 0.1]), lambda values: verdicts.judge(tested, values), WEEKS
    )
    share = table.set_index("verdict")["share"]
    assert share.to_dict() == {"reached": 0.4, "weaker": 0.2, "opposite": 0.2, "undetermined": 0.2}
    assert table["claim"].eq("fall").all()
    assert table["draws"].eq(5).all()
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_the_exact_interval_and_the_effective_number_of_draws() -> None:
    """Against scipy's own, and 1 − 0.025^(1/n) where nothing was seen."""
    theirs = binomtest(5, 10).proportion_ci(0.95, "exact")
    assert claims.exact(0.5, 10) == pytest.approx((theirs.low, theirs.high), rel=1e-9)
    assert claims.exact(0.0, 20) == pytest.approx((0.0, 1.0 - 0.025 ** (1 / 20)), rel=1e-9)
    assert claims.exact(1.0, 7.5)[1] == 1.0
    tested = [claim(-0.4)]
    wide, narrow = (
        claims.shares(runs_at([-0.5] * 20), lambda values: verdicts.judge(tested, values), WEEKS, ess)
        for ess in (4.0, 400.0)
    )
    assert wide["n_effective"].eq(4).all()
    assert narrow["n_effective"].eq(20).all()
    assert wide["low"].iloc[0] < narrow["low"].iloc[0] < 1.0


def test_another_window_is_read_from_its_own_column() -> None:
    runs = runs_at([0.0]).rename(columns={"latent_disputes": "latent_disputes@0-26"})
    asked: list[np.ndarray] = []

    def judge(values: claims.Values) -> list[dict[str, str]]:
        asked.append(values("latent_disputes", "policy", (0, 26)))
        return [{"claim": "c", "verdict": "reached"}, {"claim": "c", "verdict": ""}]

    assert claims.shares(runs, judge, WEEKS)["share"].tolist() == [1, 0, 0, 0]
    assert asked[0].shape == (8,)


def test_claims_are_judged_at_draws_from_the_posterior() -> None:
    def judge(values: claims.Values) -> list[dict[str, str]]:
        gain = np.mean(values("y", "policy", (52, 104)) - values("y", "base", (52, 104)))
        return [{"claim": "gain", "verdict": "reached" if gain > 0.02 else "weaker"}]

    found = calibrate(problem(*FITTED, HELD_OUT), model(), judge=judge, weeks=WEEKS)
    assert found.claims.set_index("verdict").loc["reached", "share"] == 1.0
    assert found.claims["draws"].eq(20).all()


# --- the real model ---


def estate() -> Scenario:
    return load({"yihe": 1, "name": "small", "weeks": 52, "warmup": 26, "population": {"residents": 400}})


def of_the_model(base: Scenario) -> Evaluate:
    """Runs of the model itself, with figures from its case log."""

    def evaluate(asked: pd.DataFrame, replicates: int) -> pd.DataFrame:
        runs, logs = [], []
        names = [name for name in asked.columns if name != SEED]
        for point, row in enumerate(asked.to_dict("records")):
            scenario = base
            for name in names:
                scenario = set_path(scenario, str(name), row[name])
            for seed in range(row[SEED], row[SEED] + replicates):
                result = simulate_arms({"base": scenario}, seed)["base"]
                who = {"point": point, "arm": "base", "seed": seed}
                runs.append({**who, **result.summary()})
                log = pd.DataFrame({name: result.cases[name] for name in result.cases.dtype.names or ()})
                log["category"] = [result.categories[code] for code in log["category"]]
                log["status"] = [Status(code).key for code in log["status"]]
                logs.append(log.assign(**who))
        cases = case_summaries(pd.concat(logs), ["case_hours_q50", "case_satisfied"], last_week=78)
        return pd.DataFrame(runs).merge(cases, how="left", on=["point", "arm", "seed"])

    return evaluate


def test_the_real_model_is_calibrated_to_its_own_run() -> None:
    """Handling hours are found again from satisfaction, time to close and its median in the case log."""
    evaluate = of_the_model(estate())
    truth = evaluate(pd.DataFrame({"cases.return_delay": [20.0], SEED: [900]}), 4)
    outcomes = ("case_hours_q50", "time_to_close")
    targets = tuple(
        aim(name, float(truth[name].mean()), 0.2 * float(truth[name].mean())) for name in outcomes
    )
    found = calibrate(
        Calibration(
            (Parameter("cases.return_delay", 0.0, 400.0),),
            targets,
            HistoryMatching(waves=1, points=10, replicates=2, candidates=512),
            None,
            Predictive(),
            5,
        ),
        evaluate,
    )
    assert not found.nothing_left
    assert found.region["cases.return_delay"].min() <= 20.0
    assert found.emulators["missing"].eq(0).all()
