"""Designs: exact small tables, and what each method promises whatever its settings."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.designs.base import Design
from sim.designs.factors import Factor, clean
from sim.designs.points import Points, make, size
from sim.designs.registry import METHODS, AnyDesign
from sim.designs.section import read

A, B, C, D = "ties.atomisation", "policies.fair.on", "policies.fair.start", "regime"
MIXED: dict[str, Any] = {
    A: [0, 0.6],
    B: [False, True],
    C: {"low": 0, "high": 20, "integer": True},
    "cases.rate": {"low": 0.01, "high": 10, "scale": "log"},
    D: ["one_core", "self_governing", "administrative"],
}


def design(**section: Any) -> Any:
    return read(AnyDesign, section, key="design")


def rows(points: Points) -> list[tuple[Any, ...]]:
    return list(points.table.itertuples(index=False, name=None))


def numbers(count: int, **settings: Any) -> dict[str, Any]:
    return {f"f{i}.x": {"low": 0, "high": 1, **settings} for i in range(count)}


# --- exact small tables ---


def test_a_grid_is_every_combination_and_the_last_factor_changes_fastest() -> None:
    points = make(
        design(method="grid", factors={A: {"low": 0, "high": 0.6, "steps": 3}, B: [False, True]}), 1
    )
    assert rows(points) == [(0.0, False), (0.0, True), (0.3, False), (0.3, True), (0.6, False), (0.6, True)]
    assert points.unit.tolist() == [[0, 0.25], [0, 0.75], [0.5, 0.25], [0.5, 0.75], [1, 0.25], [1, 0.75]]
    assert points.table.index.tolist() == list(range(6))


def test_steps_on_a_log_scale_are_even_in_ratio_and_a_bare_range_gives_both_ends() -> None:
    factors = {"a.x": {"low": 0.01, "high": 100, "scale": "log", "steps": 5}, "b.x": [2, 7]}
    table = make(design(method="grid", factors=factors), 1).table
    assert table["a.x"].unique().tolist() == [0.01, 0.1, 1.0, 10.0, 100.0]
    assert table["b.x"].unique().tolist() == [2.0, 7.0]


def test_one_at_a_time_changes_one_factor_of_the_base_point() -> None:
    factors = {
        A: {"low": 0, "high": 0.6, "default": 0.2},
        B: [False, True],
        C: {"low": 0, "high": 9, "integer": True},
    }
    points = make(design(method="one_at_a_time", factors=factors), 1, defaults={C: 4})
    assert rows(points) == [
        (0.2, False, 4),
        (0.0, False, 4),
        (0.6, False, 4),
        (0.2, True, 4),
        (0.2, False, 0),
        (0.2, False, 9),
    ]
    assert points.moved == ("", A, A, B, C, C)


def test_one_at_a_time_leaves_out_a_value_that_is_the_base() -> None:
    points = make(
        design(method="one_at_a_time", factors={D: ["a", "b"], A: [0, 1]}), 1, defaults={D: "b", A: 0}
    )
    assert rows(points) == [("b", 0.0), ("a", 0.0), ("b", 1.0)]


def test_zip_reads_lists_side_by_side_and_points_are_as_written() -> None:
    zipped = make(design(method="zip", factors={A: [0.5, 0.1], D: ["x", "y"]}), 1)
    listed = make(design(method="points", points=[{A: 0.5, D: "x"}, {D: "y", A: 0.1}]), 1)
    assert rows(zipped) == rows(listed) == [(0.5, "x"), (0.1, "y")]
    assert zipped.unit.tolist() == [[1.0, 0.25], [0.0, 0.75]]


def test_a_table_is_read_with_types(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        f"\ufeffpoint,{A},{B},{C},{D}\n0,0.25,true,3,x\n\n1,1e-1,FALSE,-4,y\n", "utf-8"
    )
    table = design(method="table", file="p.csv")
    points = make(table, 1, tmp_path)
    assert rows(points) == [(0.25, True, 3, "x"), (0.1, False, -4, "y")]
    assert [type(v) for v in rows(points)[0]] == [float, bool, int, str]
    assert size(table, tmp_path) == 2


def test_a_table_written_by_pandas_comes_back_as_it_was(tmp_path: Path) -> None:
    made = make(design(method="latin_hypercube", n=20, factors=MIXED), 5)
    made.table.to_csv(tmp_path / "p.csv")
    again = make(design(method="table", file="p.csv", factors=MIXED), 1, tmp_path)
    pd.testing.assert_frame_equal(again.table, made.table)


def test_constraints_leave_points_out_of_tables_and_grids(tmp_path: Path) -> None:
    grid = design(method="grid", factors={"a.x": [1, 2, 3], "b.x": [1, 2, 3]}, constraints=["a.x + 1 <= b.x"])
    assert rows(make(grid, 1)) == [(1, 2), (1, 3), (2, 3)]
    (tmp_path / "p.csv").write_text("a.x,b.x\n1,2\n2,1\n", "utf-8")
    table = design(method="table", file="p.csv", constraints=["a.x > b.x"])
    assert rows(make(table, 1, tmp_path)) == [(2, 1)]


def test_a_factor_of_three_at_resolution_three_is_the_half_fraction() -> None:
    found = design(
        method="factorial", factors={"a.x": [0, 1], "b.x": [0, 1], "c.on": [0, 1]}, resolution="III"
    )
    assert rows(make(found, 1)) == [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)]
    assert found.generators() == ("c.on = a.x × b.x",)
    assert found.aliases() == {
        "a.x": ("b.x × c.on",),
        "b.x": ("a.x × c.on",),
        "c.on": ("a.x × b.x",),
        "a.x × b.x": ("c.on",),
        "a.x × c.on": ("b.x",),
        "b.x × c.on": ("a.x",),
    }


# --- values ---


def test_every_value_of_a_factor_has_its_equal_share_of_the_unit_interval() -> None:
    middle = (np.arange(600) + 0.5) / 600
    three = Factor(values=("a", "b", "c")).at(middle)
    assert [three.count(v) for v in "abc"] == [200, 200, 200]
    dice = Factor(low=1, high=6, integer=True).at(middle)
    assert [dice.count(v) for v in range(1, 7)] == [100] * 6
    # log-uniform: each doubling has as much as the next
    whole = Factor(low=1, high=63, integer=True, scale="log").at(middle)
    assert [sum(lo <= v < 2 * lo for v in whole) for lo in (1, 2, 4, 8, 16, 32)] == [100] * 6
    assert Factor(low=1, high=63, integer=True, scale="log").at([0.0, 1.0]) == [1, 63]


def test_values_are_plain_and_rounded() -> None:
    points = make(design(method="latin_hypercube", n=8, factors=MIXED), 1)
    for row in rows(points):
        assert [type(v) for v in row] == [float, bool, int, float, str]
        assert all(v == clean(v) for v in row if isinstance(v, float))
    assert clean(0.1 + 0.2) == 0.3
    assert math.copysign(1, clean(-0.0)) == 1


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0, 1), st.booleans())
def test_values_stay_in_their_range_and_places_find_them_again(
    low: float, span: float, unit: float, log: bool
) -> None:
    low = abs(low) + 1e-3 if log else low
    factor = Factor(low=low, high=low + span, scale="log" if log else "linear")
    (value,) = factor.at([unit])
    assert low <= value <= low + span  # type: ignore[operator]
    # 12 digits of the value are kept: so much of the range a place may be off
    blur = (abs(low) + span) * 1e-11 / span * (1 if not log else (low + span) / low)
    assert factor.place([value])[0] == pytest.approx(unit, abs=1e-9 + blur)


# --- what methods promise ---


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_grid_has_as_many_points_as_the_product_of_its_values(counts: list[int]) -> None:
    factors = {f"f{i}.x": {"values": [float(v) for v in range(count)]} for i, count in enumerate(counts)}
    grid = design(method="grid", factors=factors)
    points = make(grid, 1)
    assert len(points) == size(grid) == math.prod(counts)
    assert set(rows(points)) == set(itertools.product(*(map(float, range(count)) for count in counts)))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(1, 6), st.integers(0, 2**40))
def test_a_latin_hypercube_has_one_point_in_every_layer(n: int, d: int, seed: int) -> None:
    points = make(design(method="latin_hypercube", n=n, factors=numbers(d)), seed)
    layers = np.floor(points.table.to_numpy() * n - 1e-9).astype(int).clip(0)
    assert (np.sort(layers, axis=0) == np.arange(n)[:, None]).all()


PREFIX: list[tuple[str, str, list[int]]] = [
    ("sobol_sequence", "n", [3, 16, 50]),
    ("sobol", "n", [4, 8, 32]),
    ("morris", "trajectories", [2, 3, 9]),
]


@pytest.mark.parametrize(("method", "key", "lengths"), PREFIX)
@pytest.mark.parametrize("seed", [0, 2**40])
def test_a_longer_sample_begins_with_the_shorter(
    method: str, key: str, lengths: list[int], seed: int
) -> None:
    tables = [make(design(method=method, factors=MIXED, **{key: n}), seed) for n in lengths]
    for shorter, longer in itertools.pairwise(tables):
        assert len(shorter) < len(longer)
        pd.testing.assert_frame_equal(longer.table.iloc[: len(shorter)], shorter.table)
        assert (longer.unit[: len(shorter)] == shorter.unit).all()


def test_a_longer_constrained_sequence_begins_with_the_shorter_and_every_point_fits() -> None:
    rule = f"{A} <= 0.3 and (not {B} or {C} > 10)"
    short, long = (
        make(design(method="sobol_sequence", n=n, factors=MIXED, constraints=[rule]), 3).table
        for n in (5, 200)
    )
    assert len(long) == 200
    pd.testing.assert_frame_equal(long.iloc[:5], short)
    assert ((long[A] <= 0.3) & (~long[B] | (long[C] > 10))).all()


def test_a_constrained_hypercube_is_topped_up() -> None:
    points = make(design(method="latin_hypercube", n=50, factors=MIXED, constraints=[f"{A} < 0.06"]), 3)
    assert len(points) == 50
    assert (points.table[A] < 0.06).all()


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol_sequence", "sobol", "morris"])
def test_samples_depend_on_their_seed_and_on_nothing_else(method: str) -> None:
    settings = {"trajectories": 4} if method == "morris" else {"n": 8}
    one, again, other = (
        make(design(method=method, factors=MIXED, **settings), seed).unit for seed in (1, 1, 2)
    )
    assert one.tobytes() == again.tobytes()
    assert (one != other).any()


def test_a_morris_trajectory_moves_each_factor_once_by_the_same_step() -> None:
    points = make(design(method="morris", trajectories=20, levels=6, factors=MIXED), 1)
    steps = np.diff(points.unit.reshape(20, len(MIXED) + 1, len(MIXED)), axis=1)
    moved = steps != 0
    assert (moved.sum(axis=1) == 1).all()
    assert (moved.sum(axis=2) == 1).all()
    assert np.abs(steps[moved]) == pytest.approx(6 / (2 * 5))


def test_morris_moves_change_categories_and_switches_too() -> None:
    table = make(
        design(method="morris", trajectories=30, factors={B: [False, True], D: ["a", "b", "c"]}), 1
    ).table
    first, last = table.iloc[::3], table.iloc[2::3]  # begin and end of each trajectory
    assert (first[B].to_numpy() != last[B].to_numpy()).all()
    assert (first[D].to_numpy() != last[D].to_numpy()).all()


def test_the_saltelli_sample_crosses_two_matrices() -> None:
    points = make(design(method="sobol", n=16, factors=numbers(3)), 1)
    blocks = points.unit.reshape(16, 8, 3)
    for block in blocks:
        a, b = block[0], block[-1]
        for j in range(3):
            crossed = a.copy()
            crossed[j] = b[j]
            assert (block[1 + j] == crossed).all()
    assert points.problem == {"num_vars": 3, "names": ["f0.x", "f1.x", "f2.x"], "bounds": [[0.0, 1.0]] * 3}
    assert len(make(design(method="sobol", n=16, second_order=False, factors=numbers(3)), 1)) == 16 * 5


@pytest.mark.parametrize("method", sorted(METHODS))
def test_size_is_known_beforehand(method: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("a.x\n1\n2\n", "utf-8")
    pair = {"a.x": {"low": 0, "high": 1, "default": 0.5}, "b.x": {"low": 1, "high": 2, "default": 1.5}}
    made: dict[str, Design] = {
        "grid": design(method="grid", factors=pair),
        "morris": design(method="morris", trajectories=7, factors=pair),
        "latin_hypercube": design(method="latin_hypercube", n=9, factors=pair),
        "sobol_sequence": design(method="sobol_sequence", n=9, factors=pair),
        "sobol": design(method="sobol", n=8, factors=pair, second_order=False),
        "one_at_a_time": design(method="one_at_a_time", factors=pair),
        "factorial": design(method="factorial", factors=pair),
        "table": design(method="table", file="p.csv"),
        "zip": design(method="zip", factors={"a.x": [1, 2, 3]}),
        "points": design(method="points", points=[{"a.x": 1}]),
    }
    points = make(made[method], 1, tmp_path)
    assert size(made[method], tmp_path) == len(points) == len(points.unit)
