"""Sobol, Morris and PAWN on functions whose indices are known, with luck that differs by seed and by run."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import pawn as salib_pawn
from SALib.analyze import sobol as salib_sobol
from SALib.sample import latin
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from scipy import stats

from sim.analysis.morris import morris
from sim.analysis.pawn import pawn
from sim.analysis.responses import Response
from sim.analysis.sobol import sobol
from sim.designs.sampling import saltelli as grouped_saltelli
from sim.errors import YiheError
from sim.rng import Streams

CUBE = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0.0, 1.0]] * 3}

# Ishigami and Homma 1990 with a = 7, b = 0.1: variances of the parts are known in closed form
ALONE = np.array([0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2, 7**2 / 8, 0.0])
TOGETHER = 8 * 0.1**2 * math.pi**8 / 225
VARIANCE = ALONE.sum() + TOGETHER
S1, ST = ALONE / VARIANCE, (ALONE + np.array([TOGETHER, 0.0, TOGETHER])) / VARIANCE
S2 = np.array([0.0, TOGETHER / VARIANCE, 0.0])


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = (2.0 * unit - 1.0) * math.pi
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def luck(stream: int, points: int, seeds: int) -> np.ndarray:
    """Normal luck of every run, and luck that a seed adds to all its runs."""
    of_runs = stats.norm.ppf(Streams(stream).uniform("luck", 0, np.arange(points * seeds)))
    of_seeds = stats.norm.ppf(Streams(stream).uniform("seed", 0, np.arange(seeds)))
    return of_runs.reshape(points, seeds) + 5.0 * of_seeds


def a_response(values: np.ndarray) -> Response:
    return Response("arm", "x", False, np.arange(len(values)), np.arange(values.shape[1]), values)


def saltelli(n: int, seed: int = 1, second: bool = True) -> np.ndarray:
    return sobol_sample.sample(CUBE, n, calc_second_order=second, seed=seed)


# --- Sobol ---


def test_sobol_gives_the_known_indices_of_ishigami() -> None:
    """Plain Monte Carlo with 2,048 base rows has standard errors of 0.02–0.04; a Sobol sequence has less."""
    unit = saltelli(2048)
    values = ishigami(unit)[:, None] + 5.0 * np.arange(5.0)  # what a seed adds everywhere is no influence
    factors, pairs = sobol(a_response(values), CUBE, unit)
    assert factors["s1"].to_numpy() == pytest.approx(S1, abs=0.03)
    assert factors["st"].to_numpy() == pytest.approx(ST, abs=0.03)
    assert pairs["s2"].to_numpy() == pytest.approx(S2, abs=0.03)
    assert (pairs["factor"] + pairs["other"]).tolist() == ["x1x2", "x1x3", "x2x3"]
    assert (factors[["seeds", "rows", "dropped"]] == [5, 2048, 0]).all(axis=None)


def test_sobol_without_luck_is_what_salib_says() -> None:
    unit = saltelli(64)
    y = ishigami(unit)
    factors, pairs = sobol(a_response(np.tile(y[:, None], 6)), CUBE, unit)
    expected = salib_sobol.analyze(CUBE, y, seed=1)
    assert factors["s1"].to_numpy() == pytest.approx(expected["S1"])
    assert factors["st"].to_numpy() == pytest.approx(expected["ST"])
    assert pairs["s2"].to_numpy() == pytest.approx(expected["S2"][np.triu_indices(3, 1)])


def test_sobol_intervals_cover_under_luck_and_luck_brings_no_bias() -> None:
    """100 designs of 128 base rows and 5 seeds; luck of single runs with the variance of the signal.

    The standard error of a coverage of 95 % is 2.2 points: the chance of less than 0.88 is 0.3 % for each of
    nine indices, the draws are fixed, and the intervals are built to be wide. Means over designs must lie
    within four standard errors; indices of single runs would be half of S1, and 0.5 more in ST of x3.
    """
    truth = np.concatenate([S1, ST, S2])
    found, inside = [], []
    for study in range(100):
        unit = saltelli(128, seed=study + 1)
        y = ishigami(unit)[:, None] + math.sqrt(VARIANCE) * luck(study, len(unit), 5)
        factors, pairs = sobol(a_response(y), CUBE, unit)
        three = [("s1", factors), ("st", factors), ("s2", pairs)]
        found.append(np.concatenate([table[name] for name, table in three]))
        low, high = (
            np.concatenate([table[name + end] for name, table in three]) for end in ("_low", "_high"))
        inside.append((low <= truth) & (truth <= high))
    assert (np.mean(inside, axis=0) >= 0.88).all()
    assert np.mean(inside) >= 0.94
    error = np.std(found, axis=0, ddof=1) / math.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - truth) <= 4.0 * error).all()


def test_sobol_leaves_out_base_rows_with_a_failed_run_and_says_how_many() -> None:
    unit = saltelli(64)
    y = ishigami(unit)[:, None] + luck(3, len(unit), 6)
    whole = sobol(a_response(y[8:]), CUBE, unit[8:]).factors
    y[5, 2] = np.nan  # in the first base row
    holed = sobol(a_response(y), CUBE, unit).factors
    assert holed["s1"].tolist() == pytest.approx(whole["s1"].tolist())
    assert (holed[["rows", "dropped"]] == [63, 1]).all(axis=None)


def test_sobol_without_points_for_pairs() -> None:
    unit = saltelli(256, second=False)
    factors, pairs = sobol(a_response(ishigami(unit)[:, None] + luck(4, len(unit), 5)), CUBE, unit)
    assert pairs.empty
    assert list(pairs.columns) == ["of", "outcome", "factor", "other", "s2", "s2_low", "s2_high"]
    assert factors["st"].to_numpy() == pytest.approx(ST, abs=0.15)


def test_sobol_of_a_response_that_never_moves_is_unknown() -> None:
    unit = saltelli(16)
    factors, pairs = sobol(a_response(np.full((len(unit), 5), 0.3)), CUBE, unit)
    assert factors[["s1", "s1_low", "st", "st_high"]].isna().all(axis=None)
    assert pairs["s2"].isna().all()


def test_sobol_frees_two_seeds_of_luck_and_cuts_nothing_off() -> None:
    """Luck as large as the signal, that would halve every s1; the exact indices lie in most intervals.

    30 samples of 128 base rows. A mean farther than 4 standard errors from the truth has a chance of 6e-5 for
    each index; coverage below 0.85 of 180 intervals at a nominal 0.95 one of 1e-6, were they independent.
    """
    truth, found, inside = np.concatenate([S1, ST]), [], []
    for study in range(30):
        unit = saltelli(128, second=False, seed=study + 1)
        y = ishigami(unit)[:, None] + math.sqrt(VARIANCE) * luck(study, len(unit), 2)
        table = sobol(a_response(y), CUBE, unit).factors
        low, high = (np.concatenate([table[f"{name}_{end}"] for name in ("s1", "st")])
                     for end in ("low", "high"))
        value = np.concatenate([table["s1"], table["st"]])
        assert (low + high) / 2.0 == pytest.approx(value)  # clipping would move the middle
        found.append(value)
        inside.append((low <= truth) & (truth <= high))
    error = np.std(found, axis=0, ddof=1) / math.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - truth) <= 4.0 * error).all()
    assert np.mean(inside) >= 0.85
    assert (np.min(found, axis=0) < 0.0).any()  # S1 of the third factor is 0: half of its estimates


def test_sobol_of_a_group_is_the_closed_index_of_its_factors() -> None:
    """Of a + 2 b + 3 c with uniform factors, variances are as 1, 4 and 9; {a, c} together has 10 of 14."""
    groups = ("both", "b", "both")
    unit = grouped_saltelli(512, 3, False, 7, groups)
    assert len(unit) == 512 * 4
    y = (unit @ np.array([1.0, 2.0, 3.0]))[:, None] + 0.1 * luck(6, len(unit), 2)
    table = sobol(a_response(y), {**CUBE, "groups": list(groups)}, unit).factors
    assert table["factor"].tolist() == ["both", "b"]
    for name in ("s1", "st"):
        assert table[name].to_numpy() == pytest.approx([10 / 14, 4 / 14], abs=0.05)
    with pytest.raises(YiheError):
        sobol(a_response(y), CUBE, unit)


def test_sobol_refuses_few_seeds_and_other_designs() -> None:
    unit = saltelli(16)
    y = ishigami(unit)[:, None] + luck(5, len(unit), 5)
    with pytest.raises(YiheError, match="replicates") as error:
        sobol(a_response(y[:, :1]), CUBE, unit)
    assert "at least 2" in error.value.en
    with pytest.raises(YiheError) as error:
        sobol(a_response(y[:-1]), CUBE, unit[:-1])
    assert "no Saltelli design" in error.value.en
    broken = np.tile(ishigami(unit)[:, None], 5)
    broken[::8] = np.nan
    with pytest.raises(YiheError):
        sobol(a_response(broken), CUBE, unit)


# --- Morris ---

LINE = np.array([3.0, -2.0, 0.0])


def test_morris_p_is_adjusted_for_all_factors_of_the_response() -> None:
    """Twenty factors without influence: in 60 studies some one of them is told in few, not in half of them.

    Were each told at 3 % by itself, some would be in 46 % of studies; 8 of 60 or more has a chance of 1 % at
    a rate of 5 %.
    """
    names = {"num_vars": 20, "names": [f"x{i}" for i in range(20)], "bounds": [[0.0, 1.0]] * 20}
    unit, told = morris_sample.sample(names, 6, num_levels=4, seed=2), 0
    for study in range(60):
        found = morris(a_response(luck(study, len(unit), 6)), names, unit)
        told += bool((found["p"] < 0.05).any())
    assert told < 8
    straight = morris(a_response((unit @ np.eye(20)[0])[:, None] + 0.01 * luck(9, len(unit), 6)), names, unit)
    assert straight["p"].iloc[0] < 0.01 < straight["p"].iloc[1:].min()


def test_morris_is_exact_on_a_straight_function() -> None:
    unit = morris_sample.sample(CUBE, 6, num_levels=4, seed=1)
    values = (unit @ LINE)[:, None] + np.array([0.0, 4.0, 7.0])
    found = morris(a_response(values), CUBE, unit)
    assert found["mu"].to_numpy() == pytest.approx(LINE, abs=1e-12)
    for column in ("mu_star", "mu_star_low", "mu_star_high"):
        assert found[column].to_numpy() == pytest.approx(np.abs(LINE), abs=1e-12)
    assert found["sigma"].to_numpy() == pytest.approx(0.0, abs=1e-7)


def test_morris_without_luck_is_what_salib_says() -> None:
    unit = morris_sample.sample(CUBE, 20, num_levels=6, seed=2)
    y = ishigami(unit)
    found = morris(a_response(np.tile(y[:, None], 3)), CUBE, unit)
    expected = salib_morris.analyze(CUBE, unit, y, num_levels=6, seed=1)
    for column in ("mu", "mu_star", "sigma"):
        assert found[column].to_numpy() == pytest.approx(np.asarray(expected[column], float))


def test_morris_intervals_cover_and_luck_brings_no_spread() -> None:
    """300 studies of a straight function, of which every factor's sigma is 0.

    A true 95 % has a standard error of 1.3 points, so less than 90 % has a chance below 1e-3. The third
    factor does nothing: a lower end above 0 may come in 3 % of studies, so more than 6 % has a chance below
    1 %. The spread of effects of single runs would be above 1; freed of luck its mean square is well below.
    """
    unit = morris_sample.sample(CUBE, 10, num_levels=4, seed=3)
    inside, sigma = [], []
    for study in range(300):
        y = (unit @ LINE)[:, None] + 0.7 * luck(study, len(unit), 5)
        found = morris(a_response(y), CUBE, unit)
        inside.append((found["mu_star_low"] <= np.abs(LINE)) & (np.abs(LINE) <= found["mu_star_high"]))
        sigma.append(found["sigma"] ** 2)
    covered = np.mean(inside, axis=0)
    assert (covered[:2] >= 0.90).all()
    assert covered[2] >= 0.94
    assert np.mean(sigma) < 0.5


def test_morris_leaves_out_trajectories_with_a_failed_run() -> None:
    unit = morris_sample.sample(CUBE, 12, num_levels=4, seed=4)
    y = ishigami(unit)[:, None] + luck(6, len(unit), 7)
    whole = morris(a_response(y[4:]), CUBE, unit[4:])
    y[2, 5] = np.nan
    holed = morris(a_response(y), CUBE, unit)
    assert holed["mu_star_high"].tolist() == pytest.approx(whole["mu_star_high"].tolist())
    assert (holed[["seeds", "trajectories", "dropped"]] == [7, 11, 1]).all(axis=None)


def test_morris_with_one_seed_has_no_interval_and_refuses_other_designs() -> None:
    unit = morris_sample.sample(CUBE, 4, num_levels=4, seed=5)
    one = morris(a_response((unit @ LINE)[:, None]), CUBE, unit)
    assert one["mu_star"].to_numpy() == pytest.approx(np.abs(LINE), abs=1e-12)
    assert one["mu_star_high"].isna().all()
    with pytest.raises(YiheError) as error:
        morris(a_response(np.ones((8, 2))), CUBE, saltelli(1))
    assert "no Morris design" in error.value.en
    with pytest.raises(YiheError):
        morris(a_response(np.full((len(unit), 2), np.nan)), CUBE, unit)


# --- PAWN ---


def test_pawn_is_what_salib_says() -> None:
    """SALib leaves the greatest value of a factor out of the last slice, which the median hardly feels."""
    unit = latin.sample(CUBE, 500, seed=1)
    y = ishigami(unit)[:, None] + luck(7, 500, 3)
    found = pawn(a_response(y), CUBE, unit)
    expected = np.mean([salib_pawn.analyze(CUBE, unit, y[:, s], S=10)["median"] for s in range(3)], axis=0)
    assert found["pawn"].to_numpy() == pytest.approx(expected, abs=0.005)


@pytest.fixture(scope="module")
def pawn_studies() -> list[pd.DataFrame]:
    """60 studies of a straight function with luck, in which x3 does nothing."""
    tables = []
    for study in range(60):
        unit = latin.sample(CUBE, 150, seed=study + 1)
        tables.append(pawn(a_response((unit @ [4.0, 3.0, 0.0])[:, None] + luck(study, 150, 3)), CUBE, unit))
    return tables


def test_pawn_tells_factors_from_dummies_at_the_stated_rate(pawn_studies: list[pd.DataFrame]) -> None:
    """x3 may pass the dummy in 5 % of studies: of 60, ten or more have a chance below 0.1 %."""
    passed = np.sum([table["pawn"] > table["dummy"] for table in pawn_studies], axis=0)
    assert passed[0] == 60
    assert passed[1] >= 57
    assert passed[2] < 10


def test_pawn_interval_holds_the_index_of_other_samples(pawn_studies: list[pd.DataFrame]) -> None:
    """Intervals must hold the mean index over all 60 studies: below 85 % has a chance below 1 % at 95 %."""
    typical = np.mean([table["pawn"] for table in pawn_studies], axis=0)
    inside = [(table["pawn_low"] <= typical) & (typical <= table["pawn_high"]) for table in pawn_studies]
    assert (np.mean(inside, axis=0) >= 0.85).all()


def test_pawn_by_hand() -> None:
    """A switch that decides all: in either half the distribution is half of the whole, at a distance of ½."""
    even = np.tile(np.arange(50) / 50, 2)
    unit = np.column_stack([np.repeat([0.25, 0.75], 50), even, np.tile([0.2, 0.7], 50)])
    values = np.tile((unit[:, 0] > 0.5)[:, None] + 0.0, 2)
    found = pawn(a_response(values), CUBE, unit).set_index("factor")
    assert found.loc["x1", "pawn"] == pytest.approx(0.5)
    assert found.loc["x2", "pawn"] == pytest.approx(0.0)
    assert found.loc["x3", "pawn"] == pytest.approx(0.0)
    assert (found["pawn_low"] <= found["pawn"]).all()
    assert (found["pawn"] <= found["pawn_high"]).all()


def test_pawn_of_a_saltelli_sample_takes_its_independent_points() -> None:
    unit = saltelli(64)
    y = ishigami(unit)[:, None] + luck(8, len(unit), 3)
    both = np.arange(len(unit)) % 8 % 7 == 0
    found, expected = pawn(a_response(y), CUBE, unit), pawn(a_response(y[both]), CUBE, unit[both])
    assert found["pawn"].tolist() == expected["pawn"].tolist()
    assert (found[["points", "dropped"]] == [128, 0]).all(axis=None)


def test_pawn_refuses_too_few_points_and_one_seed_has_no_interval() -> None:
    unit = latin.sample(CUBE, 60, seed=1)
    values = ishigami(unit)[:, None]
    assert pawn(a_response(values), CUBE, unit)["pawn_low"].isna().all()
    values = np.tile(values, 4)
    values[9:] = np.nan
    with pytest.raises(YiheError, match=r"design\.n"):
        pawn(a_response(values), CUBE, unit)
