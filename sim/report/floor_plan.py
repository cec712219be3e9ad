"""Where residents, buildings and grids are drawn: by place, floor by floor."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.population.columns import Places

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Plan(NamedTuple):
    """Where everything is drawn, in units of one resident's dot."""

    x: FloatArray
    """(N,)"""
    y: FloatArray
    """(N,)"""
    buildings: FloatArray
    """(B, 4) left, bottom, width, height."""
    grids: FloatArray
    """(G, 4)"""


NOWHERE = Plan(np.empty(0), np.empty(0), np.empty((0, 4)), np.empty((0, 4)))


def lay_out(places: Places, grids: int) -> Plan:
    """Grids side by side, buildings in rows inside them, residents floor by floor inside those.

    Parameters
    ----------
    places : Places
    grids : int
        Only the first ``grids`` grids are placed.

    Returns
    -------
    Plan
    """
    first, last = (edge.astype(np.int64) for edge in places.resident_range("building"))
    buildings = int(places.grid_first_building[grids])
    n = int(last[buildings - 1]) if buildings else 0
    x, y = np.zeros(n), np.zeros(n)
    boxes, frames = np.zeros((buildings, 4)), np.zeros((grids, 4))
    per_row = _per_row(grids)
    left = bottom = row_height = 0.0
    typical = max(4.0, float(np.median(last[:buildings] - first[:buildings])) if buildings else 4.0)
    across = max(3, math.ceil(math.sqrt(typical * 1.1)))
    for grid in range(grids):
        if grid and grid % per_row == 0:
            left, bottom, row_height = 0.0, bottom - row_height - 5.0, 0.0
        own = range(int(places.grid_first_building[grid]), int(places.grid_first_building[grid + 1]))
        width, height = _place_grid(own, first, last, across, left, bottom, x, y, boxes)
        frames[grid] = (left - 2.5, bottom - height - 2.5, width + 5.0, height + 5.0)
        left += width + 8.0
        row_height = max(row_height, height + 5.0)
    return Plan(x, y, boxes, frames)


def _per_row(grids: int) -> int:
    """Grids a row: near 7 to 5 with few places left empty."""

    def cost(columns: int) -> float:
        rows = math.ceil(grids / columns)
        return abs(columns / rows - 1.4) + 2.0 * (columns * rows - grids) / grids

    return min(range(1, grids + 1), key=cost)


def _place_grid(
    own: range,
    first: IntArray,
    last: IntArray,
    across: int,
    left: float,
    top: float,
    x: FloatArray,
    y: FloatArray,
    boxes: FloatArray,
) -> tuple[float, float]:
    """Place the buildings of one grid in rows downward from ``(left, top)``; returns its width and height."""
    area = sum(float((int(last[b]) - int(first[b]) + across) + 3 * across) for b in own)
    row_width = max(across + 2.0, math.sqrt(area * 1.9))
    at, row_top, tallest, widest = 0.0, top, 0.0, 0.0
    for b in own:
        people = int(last[b] - first[b])
        columns = max(across, math.ceil(math.sqrt(people / 1.6)))
        rows = max(1, math.ceil(people / columns))
        if at and at + columns > row_width:
            at, row_top, tallest = 0.0, row_top - tallest - 2.0, 0.0
        index = np.arange(people)
        x[first[b] : last[b]] = left + at + index % columns + 0.5
        y[first[b] : last[b]] = row_top - rows + index // columns + 0.5
        boxes[b] = (left + at - 0.3, row_top - rows - 0.3, columns + 0.6, rows + 0.6)
        tallest, widest = max(tallest, float(rows)), max(widest, at + columns)
        at += columns + 2.0
    return widest, top - row_top + tallest
