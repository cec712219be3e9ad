"""Between designs and boxes: factors as ranks, and limits as numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.boxes import Box, Limit, Space
from sim.analysis.responses import settings_of

if TYPE_CHECKING:
    import pandas as pd

IntArray = npt.NDArray[np.int64]


def space_of(design: pd.DataFrame, points: IntArray) -> Space:
    """Factors at some points of a design, as ranks: numbers are ordered, texts and switches are names."""
    settings = settings_of(design).loc[points]
    values, ranks, ordered = [], [], []
    for factor in settings.columns:
        column = settings[factor].tolist()
        number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in column)
        known = sorted(set(column), key=None if number else str)
        place = {value: rank for rank, value in enumerate(known)}
        values.append(tuple(known))
        ranks.append([place[value] for value in column])
        ordered.append(number)
    table = np.array(ranks, np.int64).reshape(len(ranks), len(points)).T
    return Space(tuple(str(name) for name in settings.columns), tuple(values), np.ascontiguousarray(table),
                 np.array(ordered, bool))


def described(space: Space, box: Box, factor: int, mine: Sequence[Limit]) -> dict[str, Any]:
    """Limits of one factor as numbers and in words."""
    name, values = space.factors[factor], space.values[factor]
    if not space.ordered[factor]:
        allowed = [_text(value) for value, inside in zip(values, box.allowed[factor], strict=False) if inside]
        return {
            "low": np.nan, "high": np.nan, "values": ", ".join(allowed),
            "rule_zh": f"{name} 为 {' 或 '.join(allowed)}", "rule_en": f"{name} is {' or '.join(allowed)}"}
    sides = {limit.side for limit in mine}
    low = _edge(values, int(box.low[factor]), -1)
    high = _edge(values, int(box.high[factor]), 1)
    rule = f"{name} ≥ {_text(low)}" if sides == {"low"} else f"{name} ≤ {_text(high)}"
    if len(sides) == 2:
        rule = f"{name} = {_text(low)}" if low == high else f"{_text(low)} ≤ {name} ≤ {_text(high)}"
    return {"low": float(low), "high": float(high), "values": "", "rule_zh": rule, "rule_en": rule}


def _edge(values: Sequence[float], rank: int, outward: int) -> float:
    """A limit: half-way to the next value outside, or the value itself for whole numbers and at the ends."""
    beyond = rank + outward
    if not 0 <= beyond < len(values) or all(isinstance(value, int) for value in values):
        return values[rank]
    return (values[rank] + values[beyond]) / 2.0


def _text(value: Any) -> str:
    """A value as YAML writes it, numbers to three digits."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"
    return str(value)
