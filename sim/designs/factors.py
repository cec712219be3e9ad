"""Factors: what a study varies, over which range or values, and how a place in [0, 1] becomes a value.

Values are the same on every machine: numbers come from ``+ − × ÷`` and :mod:`sim.numerics` alone, and are
then rounded to :data:`DIGITS` significant digits, so that 0.1 + 0.2 is 0.3 in tables, keys and files.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sim.designs.section import Section, wrong

FloatArray = npt.NDArray[np.float64]
Value = bool | int | float | str
"""What a factor can be; never a NumPy scalar."""

Kind = Literal["number", "integer", "switch", "text"]

DIGITS = 12
"""Significant digits of a number in a design."""

_EDGE = 1e-9  # levels such as 2/3 fall on the edge between values; rounding must not decide on which side

KINDS: dict[Kind, tuple[str, str]] = {
    "number": ("数字", "numbers"),
    "integer": ("数字", "numbers"),
    "switch": ("true 或 false", "true or false"),
    "text": ("文字", "text"),
}


def clean(number: float) -> float:
    """A number rounded to :data:`DIGITS` significant digits; never −0."""
    return float(f"{number:.{DIGITS}g}") + 0.0


def plain(value: object) -> Value:
    """A value as Python's own: bool, int, float (rounded) or str.

    Raises
    ------
    ValidationError
        If it is none of these, or not finite.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)) and math.isfinite(value):
        return value if isinstance(value, int) else clean(value)
    raise wrong("这里应写有限的数、true、false 或文字", "this must be a finite number, true, false or text")


Scalar = Annotated[Any, BeforeValidator(plain), WithJsonSchema({"type": ["number", "boolean", "string"]})]
"""A field of one :data:`Value`."""


def kind_of(values: Iterable[Value]) -> Kind | None:
    """What values are; None for a mixture. Whole numbers among others are numbers."""
    kinds = {
        "switch"
        if isinstance(v, bool)
        else "integer"
        if isinstance(v, int)
        else "number"
        if isinstance(v, float)
        else "text"
        for v in values
    }
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else None  # type: ignore[return-value]


def numeric(kind: Kind) -> bool:
    """Whether values of a kind have a size."""
    return kind in ("number", "integer")


class Factor(Section):
    """What is varied: a range, or a list of values.

    Written ``[0, 0.6]`` (two numbers: a range), ``[one_core, self_governing]`` or any other list (values), or
    in full.
    """

    low: float | None = Field(None, allow_inf_nan=False, description="下限 · least value")
    high: float | None = Field(None, allow_inf_nan=False, description="上限 · greatest value")
    scale: Literal["linear", "log"] = Field("linear", description="刻度 · scale of the range")
    integer: bool = Field(False, description="只取整数 · whole numbers only")
    steps: int | None = Field(None, ge=2, le=10_000, description="网格的取值个数 · values in a grid")
    values: tuple[Scalar, ...] | None = Field(None, description="取值 · values, instead of a range")
    default: Scalar | None = Field(None, description="基准值 · value of the base point")
    group: str | None = Field(None, min_length=1, description="组，同组一起变动 · group that moves as one")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The full form, or a list."""
        short = {"type": "array", "minItems": 1, "items": {"type": ["number", "boolean", "string"]}}
        return {"anyOf": [short, handler.resolve_ref_schema(handler(schema))]}

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        if isinstance(data, (list, tuple)):
            numbers = [isinstance(v, (int, float)) and not isinstance(v, bool) for v in data]
            if len(data) == 2 and all(numbers):
                return {"low": data[0], "high": data[1]}
            return {"values": tuple(data)}
        if not isinstance(data, (dict, Factor)):
            raise wrong(
                "应写范围 [low, high]，或 {values: [...]}",
                "this must be a range [low, high], or {values: [...]}",
            )
        return data

    @model_validator(mode="after")
    def _sound(self) -> Factor:
        if self.values is not None:
            self._sound_values(self.values)
        else:
            self._sound_range()
        return self

    def _sound_values(self, values: tuple[Value, ...]) -> None:
        for key in ("low", "high", "steps"):
            if getattr(self, key) is not None:
                raise wrong(
                    f"已有 values，就不能再写 {key}：请只留一种",
                    f"with values there is no {key}: keep one",
                    key,
                )
        if self.scale != "linear" or self.integer:
            key = "integer" if self.integer else "scale"
            raise wrong(
                f"{key} 只用于范围（low、high），请删去",
                f"{key} belongs to a range (low, high); leave it out",
                key,
            )
        if not values:
            raise wrong("values 是空的，请写上取值", "there are no values; write them in", "values")
        twice = [v for i, v in enumerate(values) if any(_same(v, w) for w in values[:i])]
        if twice:
            raise wrong(
                f"{shown(twice[0])} 写了两次，请去掉一个",
                f"{shown(twice[0])} is there twice; leave one out",
                "values",
            )
        kind = kind_of(values)
        if kind is None:
            raise wrong(
                "values 混有数字、真假或文字，请只用一种",
                "values mix numbers, switches or text; use one kind only",
                "values",
            )
        if self.default is not None and KINDS[kind_of([self.default]) or "text"] != KINDS[kind]:
            raise wrong(
                f"default 应是{KINDS[kind][0]}，与 values 一样",
                f"default must be of the same kind as values: {KINDS[kind][1]}",
                "default",
            )

    def _sound_range(self) -> None:
        if self.low is None or self.high is None:
            if self.low is None and self.high is None:
                raise wrong(
                    "没有可变的内容：请写 low 与 high，或 values",
                    "nothing to vary: give low and high, or values",
                )
            key = "low" if self.low is None else "high"
            raise wrong(f"缺少 {key}，请补上", f"{key} is missing; add it", key)
        low, high = self.low, self.high
        if low == high:
            raise wrong(
                f"low 与 high 相同（{low:g}），没有可变的：请放宽范围，或把它写进 base",
                f"low equals high ({low:g}), so nothing varies: widen the range, or set it in the base",
            )
        if low > high:
            raise wrong(
                f"范围是空的：low（{low:g}）大于 high（{high:g}），请对调；"
                f"若是指两个取值，请写 values: [{low:g}, {high:g}]",
                f"the range is empty: low ({low:g}) exceeds high ({high:g}); swap them, or write "
                f"values: [{low:g}, {high:g}] for two values",
            )
        if self.scale == "log" and low <= 0:
            raise wrong(
                f"对数刻度的 low 须大于 0，现在是 {low:g}：请改大，或用 scale: linear",
                f"on a log scale low must be above 0, not {low:g}: raise it, or use scale: linear",
                "low",
            )
        if self.integer and not (low.is_integer() and high.is_integer()):
            key = "high" if low.is_integer() else "low"
            raise wrong(
                f"integer: true 时 {key} 须是整数", f"with integer: true, {key} must be a whole number", key
            )
        if self.integer and self.steps is not None and self.steps > high - low + 1:
            raise wrong(
                f"{low:g} 到 {high:g} 之间没有 {self.steps} 个整数，请减少 steps",
                f"there are no {self.steps} whole numbers from {low:g} to {high:g}; lower steps",
                "steps",
            )
        if self.default is not None and (
            isinstance(self.default, (bool, str)) or not low <= self.default <= high
        ):
            raise wrong(
                f"default 应在 {low:g} 到 {high:g} 之间，现在是 {shown(self.default)}",
                f"default must lie from {low:g} to {high:g}, not {shown(self.default)}",
                "default",
            )

    @property
    def kind(self) -> Kind:
        """Of its values."""
        if self.values is None:
            return "integer" if self.integer else "number"
        return kind_of(self.values) or "text"

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high of a range.

        Raises
        ------
        ValueError
            If it is a list of values.
        """
        if self.low is None or self.high is None:
            raise ValueError("a list of values has no ends")
        return self.low, self.high

    def at(self, unit: npt.ArrayLike) -> list[Value]:
        """Values at places of the unit interval, each value or stretch of the range having its equal share.

        Parameters
        ----------
        unit : array, shape (n,)
            Quantiles in [0, 1].

        Returns
        -------
        list of n values
        """
        places = np.asarray(unit, float)
        if self.values is not None:
            cells = _cells(places, len(self.values))
            return [self.values[i] for i in cells]
        low, high = self.ends
        if self.integer and self.scale == "linear":
            return [int(low) + i for i in _cells(places, int(high - low) + 1)]
        # A whole number k on a log scale has the stretch [k, k + 1)
        top = high + 1.0 if self.integer else high
        raw = _stretch(places, low, top, self.scale)
        if self.integer:
            return [min(int(x + _EDGE), int(high)) for x in raw]
        return [min(max(clean(x), low), high) for x in raw]

    def levels(self) -> list[Value]:
        """Its values in a grid: ``values``, ``steps`` even steps, or else both ends."""
        if self.values is not None:
            return list(self.values)
        low, high = self.ends
        steps = _stretch(np.arange(self.steps or 2) / ((self.steps or 2) - 1), low, high, self.scale)
        if self.integer:
            return [int(x) for x in dict.fromkeys(round(x) for x in steps)]
        return [min(max(clean(x), low), high) for x in steps]

    def place(self, values: Sequence[Value]) -> FloatArray:
        """Places in [0, 1] of values: along a range, or in the middle of a listed value's share.

        Values beyond the range are put at its end.
        """
        if self.values is not None:
            cells = [next(i for i, v in enumerate(self.values) if _same(v, value)) for value in values]
            return (np.asarray(cells, float) + 0.5) / len(self.values)
        low, high = self.ends
        x = np.clip(np.asarray(values, float), low, high)
        if self.scale == "log":
            from sim.numerics import log

            return np.array([(log(v) - log(low)) / (log(high) - log(low)) for v in x.tolist()])
        return (x - low) / (high - low)


def shown(value: object) -> str:
    """A value as YAML writes it."""
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:.12g}"
        if isinstance(value, float)
        else str(value)
    )


def _same(one: Value, other: Value) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _cells(places: FloatArray, count: int) -> list[int]:
    """Which of ``count`` equal shares of [0, 1] each place lies in."""
    return np.clip(np.floor(places * count + _EDGE), 0, count - 1).astype(int).tolist()


def _stretch(places: FloatArray, low: float, high: float, scale: str) -> list[float]:
    if scale == "linear":
        return (low + places * (high - low)).tolist()
    from sim.numerics import exp, log

    start, span = log(low), log(high) - log(low)
    return [float(exp(start + u * span)) for u in places.tolist()]
