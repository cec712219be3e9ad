"""Where each grid of a district lies on its map: a tile a grid, a block a community, a larger one a street.

The map has no compass: it keeps what belongs together, in the order of the numbers, and looks the same in
every panel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEW_GRIDS = 6
"""So many grids of a single community need no map."""

_BETWEEN_COMMUNITIES, _BETWEEN_STREETS, _MARGIN = 0.4, 0.4, 0.35  # tiles


class Site(NamedTuple):
    """What belongs to what; all in the order of their numbers."""

    communities: tuple[int, ...]
    """Of each grid, ascending."""
    streets: tuple[int, ...]
    """Of each community, ascending."""

    @property
    def first_grids(self) -> IntArray:
        """(C,) first grid of each community."""
        return np.searchsorted(np.array(self.communities), np.arange(len(self.streets)))

    @property
    def mapped(self) -> bool:
        """Whether there are enough places for a map to tell anything."""
        return len(self.streets) > 1 or len(self.communities) > FEW_GRIDS


class Boxes(NamedTuple):
    """Rectangles by their lesser corner; y grows downward."""

    x: FloatArray
    y: FloatArray
    width: FloatArray
    height: FloatArray


class Layout(NamedTuple):
    """Tiles of side 1, and the boxes around communities and streets."""

    tiles: Boxes
    communities: Boxes
    streets: Boxes
    width: float
    height: float
    inches: float
    """Side of a tile in a panel of the size asked for."""
    named: tuple[bool, bool] = False, False
    """Whether there is room for a name above each street, and above each community."""


class Columns(NamedTuple):
    """How many stand side by side: tiles in a community, communities in a street, streets in the map."""

    tiles: int
    communities: int
    streets: int


def site_of(scenario: Scenario) -> Site:
    """Geometry of a scenario, as its model has it; no resident is made for it unless a table names them."""
    p = scenario.places
    if scenario.population_path is not None:
        return _of_table(scenario)
    total, communities = p.grids_total or p.grids * p.communities, np.arange(p.communities)
    grids = total // p.communities + (communities < total % p.communities)
    streets = communities * p.streets // p.communities
    return Site(tuple(np.repeat(communities, grids).tolist()), tuple(streets.tolist()))


def _of_table(scenario: Scenario) -> Site:
    from sim.population.csv_import import read_csv
    from sim.rng import Streams

    path = scenario.population_path
    assert path is not None
    places = read_csv(path, scenario.places, scenario.population, Streams(scenario.seed)).places
    return Site(tuple(places.grid_community.tolist()), tuple(places.community_street.tolist()))


def lay_out(site: Site, width: float, height: float, name: float = 0.12) -> Layout:
    """Every place on the map.

    Parameters
    ----------
    site : Site
    width, height : float
        Of the panel, inches.
    name : float
        Height of a line of type, inches, for names of streets and of communities where there is room.

    Returns
    -------
    Layout
        Rows run left to right, then down; all communities are equally wide, and so are all streets. What
        stands side by side depends on the site alone: it is what makes tiles largest in a square.
    """
    several = len(set(site.streets)) > 1
    columns = _best(site, several)
    plan = _placed(site, columns, (0.0, 0.0), width, height)
    street = several and float(plan.streets.width[0]) * plan.inches >= _LEAST_STREET
    block = len(site.streets) > 1 and float(plan.communities.width.min()) * plan.inches >= _LEAST_COMMUNITY
    for _ in range(2):  # room for names depends on the size of tiles, and that on the room
        head = name / plan.inches * street, name / plan.inches * block
        plan = _placed(site, columns, head, width, height)
    return plan._replace(named=(street, block))


_LEAST_STREET, _LEAST_COMMUNITY = 0.34, 0.42
"""Inches of a box that take "street 12" and "community 12" in small type."""

_SQUARE = 2.2  # inches


def _best(site: Site, several: bool) -> Columns:
    """Columns with the largest tiles; streets wide enough for their names before others."""
    def merit(columns: Columns) -> tuple[bool, float]:
        plan = _placed(site, columns, (2.0 if several else 0.0, 0.0), _SQUARE, _SQUARE)
        return float(plan.streets.width[0]) * plan.inches >= _LEAST_STREET * 1.35, round(plan.inches, 9)

    return max(_choices(site), key=merit)


def _choices(site: Site) -> Iterator[Columns]:
    """Columns worth a look: blocks of a community nearly square, the rest in any number of different rows."""
    most = int(np.bincount(np.array(site.communities)).max())
    side = math.isqrt(most - 1) + 1 if most > 1 else 1
    inside = np.unique(np.array(site.streets), return_counts=True)[1]
    for tiles in sorted({side, -(-most // side)}):
        for communities in _distinct(int(inside.max())):
            for streets in _distinct(len(inside)):
                yield Columns(tiles, communities, streets)


def _distinct(n: int) -> list[int]:
    """Least columns for each number of rows that n things can stand in."""
    return sorted({-(-n // rows) for rows in range(1, n + 1)})


def _placed(
    site: Site, columns: Columns, head: tuple[float, float], width: float, height: float
) -> Layout:
    """Everything in its place; ``head`` is the room for names of streets and of communities, in tiles."""
    street = np.unique(np.array(site.streets), return_inverse=True)[1]
    of, first = np.array(site.communities), site.first_grids
    grids, tile = np.bincount(of), np.arange(len(of)) - first[of]
    tall: FloatArray = np.ceil(grids / columns.tiles).astype(np.float64)
    slot = np.arange(len(street)) - np.searchsorted(street, street)
    row, line = street // columns.streets, slot // columns.communities
    # A line of communities is as high as its highest, in all streets that stand side by side
    lines = np.zeros((int(row.max()) + 1, int(line.max()) + 1))
    np.maximum.at(lines, (row, line), tall + head[1] + _BETWEEN_COMMUNITIES)
    down = np.cumsum(lines, axis=1) - lines
    margin = _MARGIN if street[-1] > 0 else 0.0  # one street has no box around it
    room = 2.0 * margin - _BETWEEN_COMMUNITIES
    high = lines.sum(axis=1) + room + head[0]
    top = np.cumsum(high + _BETWEEN_STREETS) - high - _BETWEEN_STREETS
    cell = columns.tiles + _BETWEEN_COMMUNITIES
    wide = columns.communities * cell + room
    here = np.arange(int(street[-1]) + 1)
    boxes = Boxes(
        (here % columns.streets).astype(np.float64) * (wide + _BETWEEN_STREETS),
        top[here // columns.streets],
        np.full(len(here), wide), high[here // columns.streets])
    x = boxes.x[street] + margin + slot % columns.communities * cell
    y = boxes.y[street] + head[0] + margin + down[row, line] + head[1]
    extent = columns.streets * (wide + _BETWEEN_STREETS) - _BETWEEN_STREETS, float(top[-1] + high[-1])
    ones = np.ones(len(of))
    tiles = x[of] + tile % columns.tiles, y[of] + tile // columns.tiles
    return Layout(
        Boxes(*tiles, ones, ones),
        Boxes(x, y, np.minimum(grids, columns.tiles).astype(float), tall), boxes, *extent,
        min(width / extent[0], height / extent[1]))
