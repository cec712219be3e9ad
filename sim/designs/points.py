"""From a design to its table of points."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from sim.designs import sampling
from sim.designs.base import MOST_POINTS, Design, Factored
from sim.designs.constraints import Constraint
from sim.designs.factors import Factor, Kind, Value, kind_of, numeric, plain
from sim.designs.listed import Listed, Table, Zip
from sim.designs.methods import Factorial, Grid, LatinHypercube, Morris, OneAtATime, Sobol, SobolSequence
from sim.designs.tables import Columns, read_csv
from sim.errors import YiheError
from sim.rng import Streams, combine_whole
from sim.scenario.merge import show_path

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

FEWEST_DRAWN = 10_000
DRAWN_A_POINT = 100
"""A sample with constraints is given up once so many were drawn for each point: fewer than 1 % fit."""


@dataclass(frozen=True, eq=False)
class Points:
    """The points of a design.

    Parameters
    ----------
    design : Design
    table : DataFrame, shape (points, factors)
        Columns are factors by key path, in the order of the design; the index is the point's number from 0.
        Values are floats, whole numbers, switches or text.
    unit : array, shape (points, factors)
        Where each value lies in [0, 1]: the quantile it was made from for samples; else its place in the
        range, or between the least and greatest value there is, and the middle of its share for other values.
        Analyses on these places treat log scales, whole numbers and categories alike.
    moved : tuple of str, or None
        For one-at-a-time designs: the factor each point changes, ``""`` for the base point.
    """

    design: Design
    table: pd.DataFrame
    unit: FloatArray
    moved: tuple[str, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Factors in order."""
        return tuple(str(name) for name in self.table.columns)

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's description of the factors as places in the unit cube; goes with ``unit``."""
        groups = self.design.groups if isinstance(self.design, Sobol) else None
        return sampling.unit_problem(self.names, groups)

    def __len__(self) -> int:
        return len(self.table)


def size(design: Design, folder: Path = Path()) -> int:
    """Number of points, without making them.

    Parameters
    ----------
    design : Design
    folder : Path
        Of the study file; a table's lines are counted.

    Returns
    -------
    int
        Where constraints or a base value may leave points out, the most there can be.
    """
    if isinstance(design, Table):
        return len(next(iter(read_csv(folder / design.file, design.factors).values())))
    return design.most


def make(
    design: Design, seed: int, folder: Path = Path(), defaults: Mapping[str, Value] | None = None
) -> Points:
    """The points of a design.

    Parameters
    ----------
    design : Design
    seed : int
        Of the sample. Equal arguments give equal tables, to the bit.
    folder : Path
        Of the study file, against which a table's file is found.
    defaults : mapping of str to value, optional
        Values of the base scenario: base point of a one-at-a-time design, where a factor names no default.

    Raises
    ------
    YiheError
        If there would be too many points or none, or a table is wrong.
    """
    if not isinstance(design, Table) and design.most > MOST_POINTS:
        raise YiheError(
            f"设计有 {design.most:,} 个点，最多 {MOST_POINTS:,} 个：请减少取值，或改用 latin_hypercube",
            f"the design has {design.most:,} points, and {MOST_POINTS:,} is the most: take fewer values, or "
            "use latin_hypercube",
            key="design",
        )
    match design:
        case Grid():
            return _listed(design, _grid(design), design.factors)
        case OneAtATime():
            return _one_at_a_time(design, defaults or {})
        case LatinHypercube() | SobolSequence():
            return _sampled(design, seed)
        case Sobol():
            d = len(design.factors)
            key, groups = _key(seed, "sobol"), design.groups
            return _placed(design, sampling.saltelli(design.n, d, design.second_order, key, groups))
        case Morris():
            d = len(design.factors)
            unit = sampling.trajectories(design.trajectories, d, design.levels, _key(seed, "morris"))
            return _placed(design, unit)
        case Factorial():
            return _factorial(design)
        case Table():
            return _listed(design, read_csv(folder / design.file, design.factors), design.factors)
        case Zip():
            return _listed(design, {name: list(values) for name, values in design.factors.items()}, {})
        case Listed():
            return _listed(design, {name: [p[name] for p in design.points] for name in design.kinds}, {})
    raise TypeError(type(design).__name__)


def _key(seed: int, method: str) -> int:
    return int(Streams(seed).key(f"design.{method}"))


# --- points as they are listed ---


def _grid(design: Grid) -> Columns:
    levels = [factor.levels() for factor in design.factors.values()]
    columns = zip(*itertools.product(*levels), strict=True)
    return {name: list(column) for name, column in zip(design.factors, columns, strict=True)}


def _listed(design: Design, columns: Columns, factors: Mapping[str, Factor]) -> Points:
    """Points as they stand, less those that constraints leave out."""
    kinds = {name: kind_of(values) or "text" for name, values in columns.items()}
    rules = _rules(design, lambda: design.rules(kinds))
    rows = list(zip(*columns.values(), strict=True))
    kept = _kept(rules, rows)
    columns = {name: [values[i] for i in kept] for name, values in columns.items()}
    unit = np.column_stack([_places(values, factors.get(name)) for name, values in columns.items()])
    return Points(design, frame(columns), unit)


def _one_at_a_time(design: OneAtATime, defaults: Mapping[str, Value]) -> Points:
    base = {name: _base(name, factor, defaults) for name, factor in design.factors.items()}
    rows, moved = [tuple(base.values())], [""]
    for name, factor in design.factors.items():
        for value in factor.levels():
            if value != base[name]:
                rows.append(tuple({**base, name: value}.values()))
                moved.append(name)
    columns = {name: list(column) for name, column in zip(base, zip(*rows, strict=True), strict=True)}
    unit = np.column_stack(
        [
            _places(columns[name], factor if factor.values is None else None)
            for name, factor in design.factors.items()
        ]
    )
    return Points(design, frame(columns), unit, tuple(moved))


def _base(name: str, factor: Factor, defaults: Mapping[str, Value]) -> Value:
    """Its default, what the base scenario says, or the first of its values."""
    if factor.default is not None:
        return int(factor.default) if factor.integer else plain(factor.default)
    if defaults.get(name) is not None:
        return plain(defaults[name])
    if factor.values is not None:
        return factor.values[0]
    raise YiheError(
        "基准点缺少这个因子的值：请写 default",
        "the base point lacks a value of this factor: give its default",
        key=show_path(("design", "factors", name, "default")),
    )


def _factorial(design: Factorial) -> Points:
    unit = (design.regular.coded().astype(float) + 1.0) / 2.0
    columns = {}
    for i, (name, factor) in enumerate(design.factors.items()):
        low, high = factor.levels()
        columns[name] = [high if up else low for up in unit[:, i]]
    return Points(design, frame(columns), unit)


# --- points sampled from the unit cube ---


def _placed(design: Factored, unit: FloatArray) -> Points:
    columns = {name: factor.at(unit[:, i]) for i, (name, factor) in enumerate(design.factors.items())}
    return Points(design, frame(columns), unit)


def _sampled(design: LatinHypercube | SobolSequence, seed: int) -> Points:
    """The first ``n`` of a sample without end that satisfy every constraint."""
    rules = _rules(design, design.rules)
    wanted, drawn = design.n, 0
    kept: list[FloatArray] = []
    for block in _blocks(design, seed):
        drawn += len(block)
        fits = _fitting(design, rules, block)
        kept.append(block[fits])
        found = sum(map(len, kept))
        if found >= wanted:
            return _placed(design, np.concatenate(kept)[:wanted])
        if drawn >= max(FEWEST_DRAWN, DRAWN_A_POINT * wanted):
            break
    raise YiheError(
        f"抽了 {drawn:,} 个点，只有 {found:,} 个满足约束（需要 {wanted:,} 个）：请放宽约束，或收窄因子范围",
        f"of {drawn:,} points drawn only {found:,} satisfy the constraints, and {wanted:,} are wanted: relax "
        "them, or narrow the ranges",
        key="design.constraints",
    )


def _blocks(design: LatinHypercube | SobolSequence, seed: int) -> Iterator[FloatArray]:
    d = len(design.factors)
    if isinstance(design, SobolSequence):
        return sampling.sobol_blocks(design.n, d, _key(seed, "sobol_sequence"))
    key = _key(seed, "latin_hypercube")
    return sampling.latin_hypercubes(design.n, d, (combine_whole(key, i) for i in itertools.count()))


def _fitting(design: Factored, rules: Sequence[Constraint], unit: FloatArray) -> npt.NDArray[np.intp]:
    if not rules:
        return np.arange(len(unit))
    columns = [factor.at(unit[:, i]) for i, factor in enumerate(design.factors.values())]
    rows = zip(*columns, strict=True)
    return np.array([i for i, row in enumerate(rows) if all(rule.holds(row) for rule in rules)], np.intp)


# --- what they share ---


def _rules(design: Design, read: Callable[[], tuple[Constraint, ...]]) -> tuple[Constraint, ...]:
    """Constraints, where a table's columns are known only now."""
    try:
        return read()
    except ValidationError as error:
        first = error.errors()[0]
        raise YiheError(
            first["ctx"]["zh"], first["ctx"]["en"], key=show_path(("design", *first["loc"]))
        ) from None


def _kept(rules: Sequence[Constraint], rows: Sequence[Sequence[Value]]) -> list[int]:
    """Numbers of the rows that satisfy every constraint; refuses to keep none."""
    kept = list(range(len(rows)))
    for number, rule in enumerate(rules):
        kept = [i for i in kept if rule.holds(rows[i])]
        if not kept:
            text = " and ".join(r.text for r in rules[: number + 1])
            raise YiheError(
                f"{len(rows)} 个点没有一个满足“{text}”：请放宽约束，或改变因子的取值",
                f"none of the {len(rows)} points satisfies “{text}”: relax the constraint, or change the "
                "values of its factors",
                key="design.constraints",
            )
    return kept


def _places(values: list[Value], factor: Factor | None) -> FloatArray:
    if factor is not None:
        return factor.place(values)
    if numeric(kind_of(values) or "text"):
        low, high = min(values), max(values)
        if low == high:
            return np.full(len(values), 0.5)
        return Factor(low=float(low), high=float(high)).place(values)
    return Factor(values=tuple(dict.fromkeys(values))).place(values)


def frame(columns: Columns, kinds: Mapping[str, Kind] | None = None) -> pd.DataFrame:
    """Columns of values as a table of points.

    Parameters
    ----------
    columns : dict of str to list of values
    kinds : mapping of str to kind, optional
        What columns hold, where a few values may not show it.
    """
    import pandas as pd

    dtypes = {"number": "float64", "integer": "int64", "switch": "bool", "text": "str"}
    found = kinds or {name: kind_of(values) or "text" for name, values in columns.items()}
    series = {name: pd.Series(values, dtype=dtypes[found[name]]) for name, values in columns.items()}
    return pd.DataFrame(series, index=pd.RangeIndex(len(next(iter(columns.values()))), name="point"))
