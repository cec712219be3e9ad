"""What may be chosen: factors as a search space, settings of a policy counting only while it is listed."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from sim.designs import names
from sim.designs.constraints import Constraint, parse
from sim.designs.factors import Factor, Value, clean, numeric
from sim.errors import YiheError
from sim.scenario.merge import show_path

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

Point = dict[str, Value]
"""A package: a value of every factor."""


class Space:
    """All packages.

    A policy with a factor ``policies.<id>.on`` can be left out; its other factors are then at their base
    value, so that one package is one point.

    Parameters
    ----------
    factors : mapping of str to Factor
    constraints : sequence of str

    Raises
    ------
    YiheError
        If there are no factors, or a name or constraint is wrong.
    """

    def __init__(self, factors: Mapping[str, Factor], constraints: Sequence[str] = ()) -> None:
        self.factors = dict(factors)
        if not self.factors:
            raise YiheError(
                "没有可选的内容：请在 factors 中写要变动的键路径",
                "there is nothing to choose from: name factors that may vary",
                key="factors",
            )
        kinds = {name: factor.kind for name, factor in self.factors.items()}
        try:
            names.check(kinds, "factors")
            self.rules: tuple[Constraint, ...] = tuple(
                parse(text, kinds, "constraints", i) for i, text in enumerate(constraints)
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise YiheError(first["ctx"]["zh"], first["ctx"]["en"], key=show_path(first["loc"])) from None
        switches = {policy: name for name in self.factors if (policy := names.switched(name)) is not None}
        self.switch_of = {
            name: switches[policy]
            for name in self.factors
            if (policy := names.of_policy(name)) in switches and name != switches[policy]
        }
        """Factor → the switch that must be on for it to count."""

    @property
    def base(self) -> Point:
        """The package everything is compared with: nothing listed that can be left out, all else at base."""
        return {
            name: _base(factor, names.switched(name) is not None) for name, factor in self.factors.items()
        }

    def settled(self, point: Mapping[str, Value]) -> Point:
        """A package with the settings of what is left out at their base value."""
        base = self.base
        return {name: point[name] if self._counts(name, point) else base[name] for name in self.factors}

    def allowed(self, point: Point) -> bool:
        """Whether it satisfies every constraint."""
        row = tuple(point.values())
        return all(rule.holds(row) for rule in self.rules)

    def at(self, unit: npt.ArrayLike) -> Point:
        """The package at a place of the unit cube, shape (factors,)."""
        places = np.asarray(unit, float)
        return self.settled(
            {name: factor.at(places[i : i + 1])[0] for i, (name, factor) in enumerate(self.factors.items())}
        )

    @property
    def size(self) -> float:
        """Number of packages, before constraints; infinite where a factor is a range of real numbers."""
        sizes = {name: _count(factor) for name, factor in self.factors.items()}
        total = 1.0
        for name, count in sizes.items():
            if name in self.switch_of:
                continue
            inner = math.prod(sizes[other] for other, switch in self.switch_of.items() if switch == name)
            total *= count + (inner - 1.0) * (name in self.switch_of.values())
        return total

    def every(self) -> Iterator[Point]:
        """Every allowed package of a finite space, each once."""
        seen = set()
        for values in itertools.product(*(_levels(factor) for factor in self.factors.values())):
            point = self.settled(dict(zip(self.factors, values, strict=True)))
            if key(point) not in seen and self.allowed(point):
                seen.add(key(point))
                yield point

    def distributions(self, point: Point) -> dict[str, BaseDistribution]:
        """Optuna's description of the factors that count in a package."""
        return {name: _distribution(self.factors[name]) for name in self.factors if self._counts(name, point)}

    def params(self, point: Point) -> dict[str, Any]:
        """A package as Optuna's parameters: those that count."""
        return {name: _encoded(self.factors[name], point[name]) for name in self.distributions(point)}

    def suggested(self, trial: Trial) -> Point:
        """The package Optuna suggests; switches first, so that settings follow."""
        point: Point = {}
        for name in sorted(self.factors, key=lambda name: name in self.switch_of):
            if self._counts(name, point):
                point[name] = _suggested(trial, name, self.factors[name])
        return self.settled({**self.base, **point})

    def _counts(self, name: str, point: Mapping[str, Value]) -> bool:
        switch = self.switch_of.get(name)
        return switch is None or bool(point[switch])


def key(point: Mapping[str, Value]) -> str:
    """One text a package."""
    return json.dumps(point, sort_keys=True, ensure_ascii=False)


def _base(factor: Factor, switch: bool) -> Value:
    if factor.default is not None:
        return int(factor.default) if factor.integer else factor.default
    if switch and factor.values is not None:
        return False if False in factor.values else factor.values[0]
    return factor.at([0.0])[0]


def _count(factor: Factor) -> float:
    if factor.values is not None:
        return len(factor.values)
    low, high = factor.ends
    return high - low + 1 if factor.integer else math.inf


def _levels(factor: Factor) -> list[Value]:
    if factor.values is not None:
        return list(factor.values)
    low, high = factor.ends
    return list(range(int(low), int(high) + 1))


def _ordered(factor: Factor) -> list[Value] | None:
    """Listed numbers in their order, which the search can use; None for anything else."""
    if factor.values is None or not numeric(factor.kind) or len(factor.values) < 2:
        return None
    return sorted(factor.values, key=float)


def _distribution(factor: Factor) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    ordered = _ordered(factor)
    if ordered is not None:
        return IntDistribution(0, len(ordered) - 1)
    if factor.values is not None:
        return CategoricalDistribution(factor.values)
    low, high = factor.ends
    if factor.integer:
        return IntDistribution(int(low), int(high), log=factor.scale == "log")
    return FloatDistribution(low, high, log=factor.scale == "log")


def _suggested(trial: Trial, name: str, factor: Factor) -> Value:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    distribution = _distribution(factor)
    if isinstance(distribution, CategoricalDistribution):
        return trial.suggest_categorical(name, distribution.choices)  # type: ignore[return-value]
    if isinstance(distribution, IntDistribution):
        whole = trial.suggest_int(name, distribution.low, distribution.high, log=distribution.log)
        ordered = _ordered(factor)
        return whole if ordered is None else ordered[whole]
    assert isinstance(distribution, FloatDistribution)
    number = trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
    return min(max(clean(number), distribution.low), distribution.high)


def _encoded(factor: Factor, value: Value) -> Any:
    ordered = _ordered(factor)
    return value if ordered is None else ordered.index(value)
