"""Methods whose points are written out: a CSV file, lists side by side, a list of points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.designs.base import Design
from sim.designs.factors import Factor, Kind, Scalar, kind_of
from sim.designs.section import wrong


class Table(Design):
    """Points written in a CSV file: a column a factor, headed by its key path.

    Factors may be declared beside it; the columns must then be just these, and every value must fit.
    """

    method: Literal["table"] = "table"
    file: str = Field(min_length=1, description="CSV，相对本文件 · CSV file, relative to this file")
    factors: dict[str, Factor] = Field({}, description="可选：各列的范围或取值 · what columns may hold")

    @model_validator(mode="after")
    def _names_fit(self) -> Table:
        if self.factors:
            self._check_names("factors")
        return self

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each declared factor's values are."""
        return {name: factor.kind for name, factor in self.factors.items()}


class Zip(Design):
    """Lists of equal length, read side by side: the first point takes the first value of each."""

    method: Literal["zip"] = "zip"
    factors: dict[str, tuple[Scalar, ...]] = Field(
        description="因子：键路径 → 取值列表 · factor → list of values"
    )

    @model_validator(mode="after")
    def _equal(self) -> Zip:
        for name, values in self.factors.items():
            if not values:
                raise wrong(
                    "取值列表是空的，请写上取值", "the list is empty; write in its values", "factors", name
                )
            if kind_of(values) is None:
                raise wrong(
                    "列表混有数字、真假或文字，请只用一种",
                    "the list mixes numbers, switches or text; use one kind only",
                    "factors",
                    name,
                )
        self._check_names("factors")
        lengths = {name: len(values) for name, values in self.factors.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name}: {length}" for name, length in lengths.items())
            raise wrong(
                f"各列表长度不同（{told}），请补齐",
                f"the lists differ in length ({told}); make them equal",
                "factors",
            )
        return self

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each factor's values are, in order."""
        return {name: kind_of(values) or "text" for name, values in self.factors.items()}

    @property
    def most(self) -> int:
        """Number of points, before constraints leave any out."""
        return len(next(iter(self.factors.values())))


class Listed(Design):
    """Points written out, each a mapping of the same factors."""

    method: Literal["points"] = "points"
    points: tuple[dict[str, Scalar], ...] = Field(description="点的列表 · list of points")

    @model_validator(mode="after")
    def _same_factors(self) -> Listed:
        if not self.points:
            raise wrong("没有点，请写上", "there are no points; write them in", "points")
        names = list(self.points[0])
        for i, point in enumerate(self.points):
            odd = next((name for name in (*names, *point) if (name in point) != (name in names)), None)
            if odd is not None and odd in names:
                raise wrong(
                    f"缺少 {odd}，每个点都要写同样的因子",
                    f"{odd} is missing; every point names the same factors",
                    "points",
                    i,
                )
            if odd is not None:
                raise wrong(
                    f"多出 {odd}，第一个点没有它：每个点都要写同样的因子",
                    f"{odd} is not in the first point; every point names the same factors",
                    "points",
                    i,
                    odd,
                )
        for name in names:
            if kind_of([point[name] for point in self.points]) is None:
                raise wrong(
                    f"{name} 混有数字、真假或文字，请只用一种",
                    f"{name} mixes numbers, switches or text; use one kind only",
                    "points",
                )
        self._check_names("points", 0)
        return self

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each factor's values are, in order."""
        return {name: kind_of([point[name] for point in self.points]) or "text" for name in self.points[0]}

    @property
    def most(self) -> int:
        """Number of points, before constraints leave any out."""
        return len(self.points)
