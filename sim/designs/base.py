"""What every design is: a method, factors with their names, and constraints between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from sim.designs.constraints import Constraint, parse
from sim.designs.factors import Factor, Kind
from sim.designs.names import check
from sim.designs.section import Section, wrong

MOST_POINTS = 1_000_000
"""Points of the largest design that is made."""


class Design(Section):
    """Base of all methods."""

    method: str
    constraints: tuple[str, ...] = Field((), description="因子之间的约束 · constraints between factors")

    filtered: ClassVar[bool] = True
    """Whether points may be left out without breaking what the method is for."""

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each factor's values are, in order; empty if only a file tells."""
        raise NotImplementedError

    @property
    def most(self) -> int:
        """Number of points, before constraints leave any out."""
        raise NotImplementedError

    def rules(self, kinds: Mapping[str, Kind] | None = None) -> tuple[Constraint, ...]:
        """The constraints, read; ``kinds`` where only a file tells them."""
        known = self.kinds if kinds is None else kinds
        return tuple(parse(text, known, "constraints", i) for i, text in enumerate(self.constraints))

    def _check_names(self, *loc: str | int) -> None:
        if not self.kinds:
            raise wrong("没有因子，请写上要变动的键路径", "there are no factors; name what is to vary", *loc)
        check(self.kinds, *loc)
        self.rules()
        if self.constraints and not self.filtered:
            raise wrong(
                f"{self.method} 的点成套使用，去掉一些就无法分析：请改用 latin_hypercube 或 sobol_sequence，"
                "或收窄因子范围使约束总成立",
                f"the points of {self.method} belong together and cannot be left out: use latin_hypercube or "
                "sobol_sequence, or narrow the ranges so that the constraint always holds",
                "constraints",
            )


class Factored(Design):
    """Base of methods that vary factors over ranges or values."""

    factors: dict[str, Factor] = Field(description="因子：键路径 → 范围或取值 · factors by key path")

    stepped: ClassVar[bool] = False
    """Whether a range may be cut into steps."""
    grouped: ClassVar[bool] = False
    """Whether factors may move together as one."""

    @model_validator(mode="after")
    def _names_fit(self) -> Factored:
        self._check_names("factors")
        for name, factor in self.factors.items():
            if factor.steps is not None and not self.stepped:
                raise wrong(
                    f"steps 只用于 grid，{self.method} 请删去",
                    f"steps belongs to grid; leave it out for {self.method}",
                    "factors",
                    name,
                    "steps",
                )
            if factor.group is not None and not self.grouped:
                raise wrong(
                    f"group 只用于 sobol，{self.method} 请删去",
                    f"group belongs to sobol; leave it out for {self.method}",
                    "factors",
                    name,
                    "group",
                )
            if factor.group in self.factors:
                raise wrong(
                    f"{factor.group} 已是因子，组请另起名称",
                    f"{factor.group} is a factor; give the group another name",
                    "factors",
                    name,
                    "group",
                )
            if factor.values is not None and len(factor.values) == 1 and not self.filtered:
                raise wrong(
                    "只有一个取值，没有可变的：请再加一个，或把它写进 base",
                    "there is one value only, so nothing varies: add another, or set it in the base",
                    "factors",
                    name,
                    "values",
                )
        return self

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each factor's values are, in order."""
        return {name: factor.kind for name, factor in self.factors.items()}
