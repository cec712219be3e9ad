"""Methods that vary factors over ranges or values, one class each with its own settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from sim.designs.base import MOST_POINTS, Factored
from sim.designs.fractions import MOST_BASE, Fraction, fraction
from sim.designs.section import wrong

Resolution = Literal["III", "IV", "V", "full"]
RESOLUTIONS: dict[Resolution, int | None] = {"III": 3, "IV": 4, "V": 5, "full": None}


class Grid(Factored):
    """Every combination of every factor's values; of a range, its ``steps``, or else both ends."""

    method: Literal["grid"] = "grid"
    stepped: ClassVar[bool] = True

    @property
    def most(self) -> int:
        """Number of points, before constraints leave any out."""
        return math.prod(len(factor.levels()) for factor in self.factors.values())


class OneAtATime(Factored):
    """The base point, and each factor at both its ends or each of its values, with all others at base."""

    method: Literal["one_at_a_time"] = "one_at_a_time"
    filtered: ClassVar[bool] = False

    @property
    def most(self) -> int:
        """Number of points, fewer by one for each factor whose base value is among its values."""
        return 1 + sum(len(factor.levels()) for factor in self.factors.values())


class LatinHypercube(Factored):
    """``n`` points, one in each of ``n`` equal layers of every factor [1]_.

    With constraints, layers are drawn anew until ``n`` points fit; those are no longer one a layer.

    References
    ----------
    .. [1] McKay, M. D., Beckman, R. J. and Conover, W. J. (1979). Technometrics 21, 239–245.
    """

    method: Literal["latin_hypercube"] = "latin_hypercube"
    n: int = Field(ge=2, le=MOST_POINTS, description="点数 · points")

    @property
    def most(self) -> int:
        """Number of points; constraints leave none out."""
        return self.n


class SobolSequence(Factored):
    """The first ``n`` points that fit of a scrambled Sobol sequence [1]_: more keep the earlier ones.

    References
    ----------
    .. [1] Owen, A. B. (1998). Scrambling Sobol' and Niederreiter–Xing points. Journal of Complexity 14,
       466–489.
    """

    method: Literal["sobol_sequence"] = "sobol_sequence"
    n: int = Field(ge=1, le=MOST_POINTS, description="点数 · points")

    @property
    def most(self) -> int:
        """Number of points; constraints leave none out."""
        return self.n


class Sobol(Factored):
    """Saltelli's sample for Sobol indices [1]_: a larger ``n`` keeps the earlier points.

    ``n × (2 × factors + 2)`` points, or ``n × (factors + 2)`` without second-order indices. Factors of one
    ``group`` count as one: they move together, and get one index.

    References
    ----------
    .. [1] Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer
       Physics Communications 181, 259–270.
    """

    method: Literal["sobol"] = "sobol"
    n: int = Field(ge=2, le=MOST_POINTS, description="基本点数，2 的幂 · base points, a power of two")
    second_order: bool = Field(True, description="是否估计二阶指数 · whether second-order indices are wanted")
    filtered: ClassVar[bool] = False
    grouped: ClassVar[bool] = True

    @field_validator("n")
    @classmethod
    def _power_of_two(cls, n: int) -> int:
        if n & (n - 1):
            below, above = 1 << (n.bit_length() - 1), 1 << n.bit_length()
            raise wrong(
                f"n 须是 2 的幂：请把 {n} 改为 {below} 或 {above}",
                f"n must be a power of two: make {n} into {below} or {above}",
            )
        return n

    @property
    def most(self) -> int:
        """Number of points."""
        return self.n * ((2 if self.second_order else 1) * len(set(self.groups)) + 2)

    @property
    def groups(self) -> tuple[str, ...]:
        """Group of each factor; its own name if it has none."""
        return tuple(factor.group or name for name, factor in self.factors.items())


class Morris(Factored):
    """Random trajectories that change one factor at a time on a grid [1]_: more keep the earlier ones.

    References
    ----------
    .. [1] Morris, M. D. (1991). Factorial sampling plans for preliminary computational experiments.
       Technometrics 33, 161–174.
    """

    method: Literal["morris"] = "morris"
    trajectories: int = Field(ge=2, le=100_000, description="轨迹数 · trajectories")
    levels: int = Field(4, ge=2, le=64, description="每个因子的水平数，偶数 · levels a factor, even")
    filtered: ClassVar[bool] = False

    @field_validator("levels")
    @classmethod
    def _even(cls, levels: int) -> int:
        if levels % 2:
            raise wrong(
                f"levels 须是偶数：请把 {levels} 改为 {levels + 1}",
                f"levels must be even: make {levels} into {levels + 1}",
            )
        return levels

    @property
    def most(self) -> int:
        """Number of points."""
        return self.trajectories * (len(self.factors) + 1)


class Factorial(Factored):
    """Two levels a factor, all combinations or a regular fraction of them (:mod:`sim.designs.fractions`)."""

    method: Literal["factorial"] = "factorial"
    resolution: Resolution = Field("IV", description="分辨率：III、IV、V 或 full · resolution")
    filtered: ClassVar[bool] = False

    @model_validator(mode="after")
    def _two_levels(self) -> Factorial:
        for name, factor in self.factors.items():
            if factor.values is not None and len(factor.values) != 2:
                raise wrong(
                    f"factorial 每个因子恰有两个水平，这里有 {len(factor.values)} 个：请留两个，或改用 grid",
                    f"factorial wants two levels a factor, not {len(factor.values)}: keep two, or use grid",
                    "factors",
                    name,
                    "values",
                )
        if len(self.factors) < 2:
            raise wrong("factorial 至少要有两个因子", "factorial wants two factors or more", "factors")
        if fraction(len(self.factors), RESOLUTIONS[self.resolution]) is None:
            zh, en = (
                ("请改用 resolution: V", "use resolution: V")
                if self.resolution == "full"
                else ("请减少因子，或降低分辨率", "take fewer factors, or a lower resolution")
            )
            k, most = len(self.factors), f"{1 << MOST_BASE:,}"
            raise wrong(
                f"{k} 个因子在分辨率 {self.resolution} 下要多于 {most} 个点：{zh}",
                f"{k} factors at resolution {self.resolution} take more than {most} points: {en}",
                "resolution",
            )
        return self

    @property
    def most(self) -> int:
        """Number of points."""
        return self.regular.size

    @property
    def regular(self) -> Fraction:
        """Its points and what they confound."""
        found = fraction(len(self.factors), RESOLUTIONS[self.resolution])
        assert found is not None  # refused above
        return found

    def aliases(self, order: int = 2) -> dict[str, tuple[str, ...]]:
        """What each effect cannot be told from.

        Parameters
        ----------
        order : int
            Highest order of effects named: 2 for main effects and two-way interactions.

        Returns
        -------
        dict
            Effect, ``"a"`` or ``"a × b"``, → the other effects up to that order with the same contrast.
        """
        names = list(self.factors)
        return {
            term(names, effect): tuple(term(names, other) for other in others)
            for effect, others in self.regular.aliases(order).items()
        }

    def generators(self) -> tuple[str, ...]:
        """How added factors are made, such as ``"d = a × b × c"``."""
        names = list(self.factors)
        return tuple(f"{names[i]} = {term(names, of)}" for i, of in self.regular.generators())


def term(names: Sequence[str], effect: Sequence[int]) -> str:
    """Name of an effect: its factors joined by ``" × "``."""
    return " × ".join(names[i] for i in effect)
