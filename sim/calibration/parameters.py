"""What is calibrated: numbers of the scenario with their priors, as places in the unit cube.

A parameter's place is its quantile under its prior, so the joint prior is uniform on the unit cube, and all
algorithms of this room work there. Values come from ``+ − × ÷`` and :mod:`sim.numerics` alone and are
rounded, so that a run asked for again is the same run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from sim.designs.factors import clean
from sim.designs.names import check
from sim.designs.section import Section, wrong
from sim.numerics import exp, log
from sim.params import declared
from sim.scenario.bykind import near
from sim.scenario.merge import parse_path, put
from sim.scenario.messages import field_at
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
Shape = Literal["uniform", "log_uniform"]


class Prior(Section):
    """What is thought of a number beforehand.

    Written ``[low, high]``, in full, or left empty for the number's declared range.
    """

    low: float | None = Field(None, allow_inf_nan=False, description="下限 · least value")
    high: float | None = Field(None, allow_inf_nan=False, description="上限 · greatest value")
    prior: Shape = Field("uniform", description="先验形状 · shape: uniform or log_uniform")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        if data is None:
            return {}
        if isinstance(data, (list, tuple)):
            if len(data) != 2:
                raise wrong("范围应写两个数 [low, high]", "a range is two numbers, [low, high]")
            return {"low": data[0], "high": data[1]}
        return data


@dataclass(frozen=True)
class Parameter:
    """One number that is calibrated.

    Parameters
    ----------
    path : str
        Key path in the scenario.
    low, high : float
        Ends of the prior; both included.
    prior : {"uniform", "log_uniform"}
    integer : bool
        Whole numbers only, each with its equal share of the prior.
    """

    path: str
    low: float
    high: float
    prior: Shape = "uniform"
    integer: bool = False

    def values(self, place: FloatArray) -> list[float] | list[int]:
        """Values at quantiles of the prior, shape (n,)."""
        if self.integer:
            count = int(self.high - self.low) + 1
            cells = np.clip(np.floor(place * count), 0, count - 1).astype(int)
            return [int(self.low) + cell for cell in cells.tolist()]
        if self.prior == "uniform":
            raw = [self.low + u * (self.high - self.low) for u in place.tolist()]
        else:
            start, span = log(self.low), log(self.high) - log(self.low)
            raw = [float(exp(start + u * span)) for u in place.tolist()]
        return [min(max(clean(x), self.low), self.high) for x in raw]

    def places(self, values: npt.ArrayLike) -> FloatArray:
        """Quantiles of values under the prior; a whole number lies in the middle of its share."""
        x = np.asarray(values, float)
        if self.integer:
            return (x - self.low + 0.5) / (self.high - self.low + 1.0)
        if self.prior == "uniform":
            return (x - self.low) / (self.high - self.low)
        return np.array([(log(v) - log(self.low)) / (log(self.high) - log(self.low)) for v in x.tolist()])


def points(parameters: Sequence[Parameter], unit: FloatArray) -> pd.DataFrame:
    """Places in the unit cube as a table of values.

    Parameters
    ----------
    parameters : sequence of Parameter, d of them
    unit : array, shape (n, d)

    Returns
    -------
    DataFrame
        n rows, one column a parameter.
    """
    import pandas as pd

    return pd.DataFrame(
        {p.path: p.values(unit[:, j]) for j, p in enumerate(parameters)}, index=range(len(unit))
    )


def resolve(
    priors: Mapping[str, Prior], scenario: Scenario, arms: Iterable[Scenario] = ()
) -> tuple[Parameter, ...]:
    """Parameters with their ranges filled in from the scenario's declarations.

    Parameters
    ----------
    priors : mapping of key path to Prior
    scenario : Scenario
    arms : iterable of Scenario
        Searched for key paths that the scenario itself lacks, such as those of an arm's policies.

    Raises
    ------
    ValidationError
        For a key path that is none, or no number; for an empty range or one beyond what the number allows.
    """
    check(dict.fromkeys(priors, "number"))
    trees = [scenario.tree(), *(arm.tree() for arm in arms)]
    return tuple(_resolve(path, prior, trees) for path, prior in priors.items())


def _resolve(path: str, prior: Prior, trees: Sequence[Mapping[str, Any]]) -> Parameter:
    field = next((found for tree in trees if (found := _field(path, tree)) is not None), None)
    if field is None:
        guess = near(path, [number.path for number in declared(Scenario)])
        zh, en = (
            (f"是否想写 {guess}？", f"did you mean {guess}?")
            if guess
            else ("yihe schema 列出所有数字", "yihe schema lists all numbers")
        )
        raise wrong(f"情景中没有 {path} 这个数字，{zh}", f"the scenario has no number {path}; {en}", path)
    if field.annotation not in (int, float):
        raise wrong(
            f"{path} 不是数字，无法校准，请去掉",
            f"{path} is no number and cannot be calibrated; leave it out",
            path,
        )
    integer = field.annotation is int
    least, most = (
        next((getattr(m, end) for m in field.metadata if hasattr(m, end)), None) for end in ("ge", "le")
    )
    low = least if prior.low is None else prior.low
    high = most if prior.high is None else prior.high
    for key, end in (("low", low), ("high", high)):
        if end is None:
            raise wrong(
                f"{path} 没有声明这一端的范围，请写出 {key}",
                f"{path} declares no such end; give {key}",
                path,
                key,
            )
        if not (least is None or end >= least) or not (most is None or end <= most):
            raise wrong(
                f"{key}（{end:g}）超出 {path} 允许的范围 {_span(least, most)}，请收窄",
                f"{key} ({end:g}) lies beyond what {path} allows, {_span(least, most)}; narrow it",
                path,
                key,
            )
    assert low is not None
    assert high is not None
    if low >= high:
        raise wrong(
            f"范围是空的：low（{low:g}）须小于 high（{high:g}）",
            f"the range is empty: low ({low:g}) must be below high ({high:g})",
            path,
        )
    if prior.prior == "log_uniform" and (low <= 0 or integer):
        if integer:
            raise wrong(
                f"{path} 是整数，先验只能是 uniform",
                f"{path} is a whole number: its prior must be uniform",
                path,
                "prior",
            )
        raise wrong(
            f"对数均匀先验要求 low 大于 0，现在是 {low:g}：请写出 low，或用 prior: uniform",
            f"a log-uniform prior needs low above 0, not {low:g}: give low, or use prior: uniform",
            path,
            "prior",
        )
    if integer and not (float(low).is_integer() and float(high).is_integer()):
        raise wrong(
            f"{path} 是整数，low 与 high 也须是整数",
            f"{path} is a whole number: so must low and high be",
            path,
        )
    return Parameter(path, float(low), float(high), prior.prior, integer)


def _span(least: float | None, most: float | None) -> str:
    return f"[{'−∞' if least is None else f'{least:g}'}, {'∞' if most is None else f'{most:g}'}]"


def _field(path: str, tree: Mapping[str, Any]) -> FieldInfo | None:
    """Declaration of a number in a scenario's tree; list entries by position, id or kind."""
    try:
        _, steps = put(dict(tree), parse_path(path), 0)
    except LookupError:
        return None
    return field_at(steps, tree) if steps else None
