"""The search for the best package: known optima, ties, budgets, and the same search after any kill."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.designs.factors import Factor
from sim.designs.section import read
from sim.errors import YiheError
from sim.optimisation.journal import FILE, Journal
from sim.optimisation.optimise import Found, optimise
from sim.optimisation.search import Evaluate
from sim.optimisation.spec import Optimise

GAIN = np.array([0.9, 0.8, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, -0.2])
COST = np.array([3.0, 2.0, 2.0, 1.0, 1.5, 0.5, 1.0, 0.2, 0.5, 0.1])


def spec(**changes: Any) -> Optimise:
    section = {
        "objective": {"outcome": "gain", "direction": "maximise"},
        "budget": {"outcome": "money", "at_most": 6.0},
        "trials": 16,
        "batch": 4,
        "replicates": 3,
        "finalists": 4,
        "final_replicates": 20,
        **changes,
    }
    return read(Optimise, {k: v for k, v in section.items() if v is not None}, key="optimise")


def switches(count: int) -> dict[str, Factor]:
    return {f"policies.p{i}.on": Factor(values=(False, True)) for i in range(count)}


def luck(point: int, seed: int) -> float:
    return float(np.random.default_rng([point, seed]).normal())


def evaluator(
    value: Callable[[Any], tuple[float, float]], noise: float = 0.0, calls: list[pd.DataFrame] | None = None
) -> Evaluate:
    """Runs of a package: its gain with keyed luck, and its cost; seeds are 100, 101, …"""

    def evaluate(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
        if calls is not None:
            calls.append(points)
        rows = []
        for number, point in enumerate(points.to_dict("records")):
            gain, money = value(point)
            own = hash(tuple(point.values())) % 2**32 if noise else 0
            for seed in range(100, 100 + replicates):
                told = gain + noise * (luck(0, seed) + luck(own, seed)) if noise else gain
                rows.append({"point": number, "arm": "main", "seed": seed, "gain": told, "money": money})
        return pd.DataFrame(rows)

    return evaluate


def additive(point: dict[str, Any]) -> tuple[float, float]:
    on = np.array(list(point.values()), float)
    return float(on @ GAIN[: len(on)]), float(on @ COST[: len(on)])


def best_of(count: int, budget: float) -> tuple[float, float]:
    """Highest gain within a budget, and without one, by trying everything."""
    values = [additive(dict(enumerate(on))) for on in itertools.product([0, 1], repeat=count)]
    return max(g for g, m in values if m <= budget), max(g for g, _ in values)


def same(one: Found, other: Found) -> None:
    assert one.best == other.best
    for name in ("trials", "finalists", "equivalent"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def gain_of(found: Found) -> float:
    assert found.best is not None
    return additive(found.best)[0]


# --- what is found ---


def test_a_small_space_is_gone_through_whole_and_the_budget_binds(tmp_path: Path) -> None:
    found = optimise(spec(trials=32), switches(5), evaluator(additive), tmp_path, 1)
    within, without = best_of(5, 6.0)
    assert gain_of(found) == pytest.approx(within)
    assert within < without
    assert len(found.trials) == len(found.trials.drop(columns="trial").drop_duplicates()) == 32
    assert (found.trials["affordable"] == (found.trials["money"] <= 6.0)).all()
    chosen = found.finalists[found.finalists["chosen"]].iloc[0]
    assert (chosen["gain"], chosen["gain_low"], chosen["gain_high"]) == pytest.approx(
        (within, within, within)
    )
    assert chosen["money_within"] == "yes"
    assert found.equivalent.empty


@pytest.mark.long
def test_a_large_space_is_searched_better_than_by_luck(tmp_path: Path) -> None:
    """100 of 1,024 packages: two searches of three find the best one; luck would with probability 0.03."""
    found = [
        optimise(spec(trials=100, batch=10), switches(10), evaluator(additive), tmp_path / str(seed), seed)
        for seed in (1, 2, 3)
    ]
    best = best_of(10, 6.0)[0]
    assert sum(gain_of(one) >= best - 1e-9 for one in found) >= 2
    assert not any(one.trials.drop(columns="trial").duplicated().any() for one in found)


def test_costs_are_lowered_too(tmp_path: Path) -> None:
    lower = spec(objective={"outcome": "money", "direction": "minimise"}, budget=None, trials=32)
    found = optimise(lower, switches(5), evaluator(additive), tmp_path, 1)
    assert found.best == dict.fromkeys(switches(5), False)
    assert (found.finalists["difference"] >= 0).all()


def test_equal_packages_are_told_to_be_equal(tmp_path: Path) -> None:
    """Two policies with the same effect: each alone is the best under a budget that allows one."""

    def twins(point: dict[str, Any]) -> tuple[float, float]:
        a, b, c = (float(v) for v in point.values())
        return max(a, b) + 0.1 * c, a + b + c

    one_only = spec(budget={"outcome": "money", "at_most": 1.0}, trials=8)
    found = optimise(one_only, switches(3), evaluator(twins), tmp_path, 1)
    (equal,) = found.equivalent.to_dict("records")
    assert found.best is not None
    assert sum(found.best.values()) == 1
    assert [equal[name] for name in found.best] == [found.best[f"policies.p{i}.on"] for i in (1, 0, 2)]
    assert (equal["difference"], equal["p"], equal["gain"]) == (0.0, 1.0, 1.0)


def test_the_cheaper_of_equals_is_chosen(tmp_path: Path) -> None:
    def useless(point: dict[str, Any]) -> tuple[float, float]:
        a, b = (float(v) for v in point.values())
        return a, a + b

    found = optimise(spec(trials=4), switches(2), evaluator(useless), tmp_path, 1)
    assert found.best == {"policies.p0.on": True, "policies.p1.on": False}
    assert len(found.equivalent) == 1


def test_without_an_affordable_package_nothing_is_chosen(tmp_path: Path) -> None:
    dear = spec(budget={"outcome": "money", "at_most": -1.0}, trials=8)
    found = optimise(dear, switches(3), evaluator(additive), tmp_path, 1)
    assert found.best is None
    assert found.equivalent.empty
    assert found.finalists["money_within"].eq("no").all()
    assert found.finalists["money"].tolist()[:2] == [0.0, 2.0]  # those that exceed it least
    assert found.finalists["difference"].isna().all()


MIXED = {
    "policies.a.on": Factor(values=(False, True)),
    "policies.a.intensity": Factor(low=0, high=1, default=0.5),
    "policies.a.start": Factor(low=0, high=52, integer=True),
    "policies.b.on": Factor(values=(False, True)),
    "policies.b.intensity": Factor(values=(0.25, 0.5, 1.0)),
    "regime": Factor(values=("one_core", "self_governing")),
}


def mixed(point: dict[str, Any]) -> tuple[float, float]:
    a = point["policies.a.on"] * (
        1 - (point["policies.a.intensity"] - 0.7) ** 2 - point["policies.a.start"] / 100
    )
    b = point["policies.b.on"] * point["policies.b.intensity"]
    return a + b + 0.1 * (point["regime"] == "self_governing"), 4.0 * point["policies.a.on"] + 3.0 * b


def test_settings_count_only_while_their_policy_is_listed(tmp_path: Path) -> None:
    wanted = spec(trials=40, batch=10)
    rule = "not policies.a.on or policies.a.start >= 4"
    found = optimise(wanted, MIXED, evaluator(mixed), tmp_path, 2, constraints=[rule])
    table = found.trials
    off = table[~table["policies.a.on"]]
    assert (off["policies.a.intensity"] == 0.5).all()
    assert (off["policies.a.start"] == 0).all()
    assert (table[~table["policies.b.on"]]["policies.b.intensity"] == 0.25).all()
    assert (table[table["policies.a.on"]]["policies.a.start"] >= 4).all()
    assert not table[list(MIXED)].duplicated().any()
    assert table.iloc[0][list(MIXED)].tolist() == [False, 0.5, 0, False, 0.25, "one_core"]
    assert found.best is not None
    assert found.best["policies.a.on"]
    assert found.best["policies.b.intensity"] < 1  # 4 + 3 would exceed the budget of 6
    assert mixed(found.best)[0] > 1.2  # more than either policy alone can give


# --- the same after any kill ---


LONG = spec(trials=28)
"""16 packages along a Sobol sequence, then three batches that the sampler asks for."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Found]:
    folder = tmp_path_factory.mktemp("search")
    return folder, optimise(LONG, switches(6), evaluator(additive, noise=0.3), folder, 7)


CUTS = [0.0, 0.02, 0.1, 0.33, 0.34, 0.5, 0.66, 0.8, 0.93, 0.999, 1.0]


@pytest.mark.parametrize("share", CUTS)
def test_a_record_cut_off_anywhere_goes_on_to_the_same_end(
    undisturbed: tuple[Path, Found], tmp_path: Path, share: float
) -> None:
    folder, whole = undisturbed
    data = (folder / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(data[: int(share * len(data))])
    (tmp_path / f"{FILE}.lock").touch()  # left behind by Optuna
    same(optimise(LONG, switches(6), evaluator(additive, noise=0.3), tmp_path, 7), whole)
    assert not (tmp_path / f"{FILE}.lock").exists()


@pytest.mark.parametrize("at", [0, 1, 4, 5, 6, 7])
def test_a_search_stopped_while_it_runs_asks_for_the_same_again(
    undisturbed: tuple[Path, Found], tmp_path: Path, at: int
) -> None:
    class Stopped(BaseException):
        pass

    asked: list[pd.DataFrame] = []
    calls = evaluator(additive, noise=0.3, calls=asked)

    def stopping(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
        if len(asked) == at:
            asked.append(points)
            raise Stopped
        return calls(points, replicates)

    with pytest.raises(Stopped):
        optimise(LONG, switches(6), stopping, tmp_path, 7)
    again: list[pd.DataFrame] = []
    same(
        optimise(LONG, switches(6), evaluator(additive, noise=0.3, calls=again), tmp_path, 7),
        undisturbed[1],
    )
    pd.testing.assert_frame_equal(again[0], asked[-1])


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_optimisation import LONG, additive, evaluator, optimise, switches
from sim.optimisation.journal import FILE

folder, asked = Path({folder!r}), []
def evaluate(points, replicates):
    if len(asked) == 5:
        with open(folder / FILE, "ab") as torn:
            torn.write(b'{{"op_code": 4, "study_')
        os.symlink("nowhere", folder / (FILE + ".lock"))
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluator(additive, noise=0.3, calls=asked)(points, replicates)

optimise(LONG, switches(6), evaluate, folder, 7)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_kill_9_in_the_middle_of_a_write_loses_nothing(
    undisturbed: tuple[Path, Found], tmp_path: Path
) -> None:
    code = KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    same(optimise(LONG, switches(6), evaluator(additive, noise=0.3), tmp_path, 7), undisturbed[1])


def test_a_longer_search_goes_on_from_a_shorter(undisturbed: tuple[Path, Found], tmp_path: Path) -> None:
    for trials in (3, 10, 18, 28):  # none of the first three a whole number of batches
        found = optimise(spec(trials=trials), switches(6), evaluator(additive, noise=0.3), tmp_path, 7)
        assert len(found.trials) == trials
    same(found, undisturbed[1])


def test_another_seed_searches_elsewhere(undisturbed: tuple[Path, Found], tmp_path: Path) -> None:
    other = optimise(LONG, switches(6), evaluator(additive, noise=0.3), tmp_path, 8).trials
    assert not other[list(switches(6))].equals(undisturbed[1].trials[list(switches(6))])


# --- the record is guarded ---


def test_a_record_of_another_search_is_refused(undisturbed: tuple[Path, Found], tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes((undisturbed[0] / FILE).read_bytes())
    for change, named in [
        (spec(replicates=4), "replicates"),
        (spec(budget={"outcome": "money", "at_most": 5.0}), "budget"),
    ]:
        with pytest.raises(YiheError) as caught:
            optimise(change, switches(6), evaluator(additive), tmp_path, 7)
        assert f"other settings ({named})" in caught.value.en
    with pytest.raises(YiheError, match="factors"):
        optimise(LONG, switches(5), evaluator(additive), tmp_path, 7)
    with pytest.raises(YiheError, match="base"):
        optimise(LONG, switches(6), evaluator(additive), tmp_path, 7, identity="another scenario")


def test_a_record_damaged_in_the_middle_is_refused_and_left_as_it_is(
    undisturbed: tuple[Path, Found], tmp_path: Path
) -> None:
    lines = (undisturbed[0] / FILE).read_bytes().splitlines(keepends=True)
    lines[4] = lines[4][:20] + b"\x00\x00" + lines[4][22:]
    (tmp_path / FILE).write_bytes(b"".join(lines))
    with pytest.raises(YiheError) as caught:
        optimise(LONG, switches(6), evaluator(additive), tmp_path, 7)
    assert (caught.value.line, caught.value.file) == (5, str(tmp_path / FILE))
    assert (tmp_path / FILE).read_bytes() == b"".join(lines)


def test_two_searches_never_share_a_folder(tmp_path: Path) -> None:
    with Journal(tmp_path, ["maximize"], {}), pytest.raises(YiheError, match="--out"):
        Journal(tmp_path, ["maximize"], {})
    Journal(tmp_path, ["maximize"], {}).__exit__()


# --- runs that failed ---


def test_a_package_without_runs_is_not_judged_and_the_search_goes_on(tmp_path: Path) -> None:
    whole = evaluator(additive)

    def failing(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
        runs = whole(points, replicates)
        failed = points.index[points["policies.p1.on"]].to_numpy()
        lame = points.index[points["policies.p2.on"]].to_numpy()
        return runs[~runs["point"].isin(failed) & ~(runs["point"].isin(lame) & (runs["seed"] == 101))]

    found = optimise(spec(trials=32), switches(5), failing, tmp_path, 1)
    assert (found.trials["judged"] == ~found.trials["policies.p1.on"]).all()
    assert not found.finalists["policies.p1.on"].any()
    assert found.trials.loc[found.trials["judged"], "n"].min() == 2
    assert found.best is not None
    assert gain_of(found) == pytest.approx(0.9 + 0.7 + 0.5)


def test_if_no_package_is_judged_that_is_said(tmp_path: Path) -> None:
    def nothing(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
        return evaluator(additive)(points, replicates).assign(gain=np.nan)

    with pytest.raises(YiheError, match="yihe resume"):
        optimise(spec(trials=4), switches(2), nothing, tmp_path, 1)


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    optimise(spec(trials=8), switches(3), evaluator(additive), tmp_path, 1, lambda *news: told.append(news))
    assert told == [("search", 0, 8), ("search", 4, 8), ("search", 8, 8), ("final", 0, 5), ("final", 5, 5)]
