"""A population from the user's table: one row a resident, places by name.

Draws for columns the table leaves out are keyed on the ids and place names written in it, so that adding a
row changes nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.population.attributes import SETUP_WEEK, draw_attributes, stay_years
from sim.population.columns import Bool, Places, Population, Residents, make_residents
from sim.population.csv_table import FloatArray, read_table
from sim.population.parameters import OLDEST, PlacesParameters, PopulationParameters
from sim.population.repetition import repeated_places, repeated_residents
from sim.population.synthesis import COMMUNITY_ROOT
from sim.rng import CommunityStreams, Streams, combine_array, of_communities, text_id


def read_csv(
    path: str | Path,
    places: PlacesParameters,
    population: PopulationParameters,
    streams: Streams | Sequence[Streams],
) -> Population:
    """Read residents and their places from a CSV file (UTF-8, with or without byte-order mark).

    Parameters
    ----------
    path : path
        Columns ``id`` and ``age`` are required. Places are named in ``community``, ``grid``, ``building``,
        ``dwelling``. Any of ``TERMS`` and ``NUMBERS`` may follow; empty cells and absent columns are drawn.
    places : PlacesParameters
        Gives the dwellings a storey and the number of streets.
    population : PopulationParameters
        Margins for what the table leaves out.
    streams : Streams or sequence of Streams
        Of one seed, or of several: the places and people of the table for each, one after the other.

    Returns
    -------
    Population
        ``names`` holds the table's ids in column order.

    Raises
    ------
    TableError
        Missing or empty file; missing, unknown or doubled columns; duplicate ids, numbers that are none or
        out of range, unknown terms, buildings in two grids: the first in a sentence, all of them in ``each``.
    """
    rows, values = read_table(Path(path))
    names = [row.place for row in rows]
    order, site = _places(names, places)
    rows = [rows[i] for i in order]
    residents = make_residents(len(rows))
    _set_places(residents, site)
    residents.key[:] = [text_id(row.cells["id"]) for row in rows]
    given = _fill_given({name: column[order] for name, column in values.items()}, residents)
    if not isinstance(streams, Streams):
        residents = repeated_residents(residents, site, len(streams))
        given = {name: np.tile(mask, len(streams)) for name, mask in given.items()}
        site = repeated_places(site, len(streams))
    _draw_rest(residents, site, given, population, of_communities(streams, site.communities))
    return Population(site, residents, tuple(row.cells["id"] for row in rows))


def _places(names: list[tuple[str, str, str, str]], p: PlacesParameters) -> tuple[list[int], Places]:
    """Row order by place, and the places, each level in order of first appearance."""
    first: dict[tuple[str, ...], int] = {}
    for name in names:
        for depth in range(1, 5):
            first.setdefault(name[:depth], len(first))
    paths = [tuple(first[name[:depth]] for depth in range(1, 5)) for name in names]
    order = sorted(
        range(len(names)), key=paths.__getitem__
    )  # stable: rows of a dwelling keep the file's order
    by_rank = {rank: path for path, rank in first.items()}
    levels: list[list[tuple[str, ...]]] = [[], [], [], []]
    for row in order:
        for depth in range(4):
            place = by_rank[paths[row][depth]]
            if not levels[depth] or levels[depth][-1] != place:
                levels[depth].append(place)
    keys = [
        combine_array(COMMUNITY_ROOT, np.array([text_id("\x1f".join(place)) for place in level], np.uint64))
        for level in levels
    ]
    index = [{place: i for i, place in enumerate(level)} for level in levels]
    parent = [np.array([index[d - 1][place[:d]] for place in levels[d]], np.int32) for d in range(1, 4)]
    dwelling_of = [index[3][names[row]] for row in order]
    firsts = [_edges(parent[d], len(levels[d])) for d in range(3)]
    in_building = np.diff(firsts[2])
    communities = np.arange(len(levels[0]))
    return order, Places(
        community_street=(communities * p.streets // len(communities)).astype(np.int32),
        community_first_grid=firsts[0],
        grid_first_building=firsts[1],
        building_first_dwelling=firsts[2],
        dwelling_first_resident=_edges(np.array(dwelling_of, np.int32), len(levels[3])),
        grid_community=parent[0],
        building_grid=parent[1],
        building_community=parent[0][parent[1]],
        building_floors=(-(-in_building // p.dwellings_per_floor)).astype(np.int32),
        building_units=np.zeros(len(levels[2]), np.uint8),
        dwelling_building=parent[2],
        dwelling_key=keys[3],
        building_key=keys[2],
        grid_key=keys[1],
        community_key=keys[0],
    )


def _edges(parent: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(np.bincount(parent, minlength=n))]).astype(
        np.int32
    )


def _set_places(residents: Residents, site: Places) -> None:
    residents.dwelling[:] = np.repeat(np.arange(site.dwellings), np.diff(site.dwelling_first_resident))
    residents.building[:] = site.dwelling_building[residents.dwelling]
    residents.grid[:] = site.building_grid[residents.building]
    residents.community[:] = site.grid_community[residents.grid]


def _fill_given(values: dict[str, FloatArray], residents: Residents) -> dict[str, Bool]:
    """Write the table's own values into the columns; True where a row has one."""
    given = {}
    residents.age[:] = values["age"].astype(residents.age.dtype)
    for name in values:
        if name != "age":
            mask = ~np.isnan(values[name])
            column = getattr(residents, name)
            column[mask] = values[name][mask]
            given[name] = mask
    return given


def _draw_rest(
    residents: Residents,
    site: Places,
    given: dict[str, Bool],
    p: PopulationParameters,
    streams: CommunityStreams,
) -> None:
    nothing = np.zeros(len(residents.key), np.bool_)
    home, community = site.dwelling_key[residents.dwelling], residents.community
    male = streams.uniform("population.sex", SETUP_WEEK, residents.key, community) < p.male
    np.copyto(residents.sex, male.astype(np.uint8), where=~given.get("sex", nothing))
    rents = streams.uniform("population.tenure", SETUP_WEEK, home, community) < p.renters
    np.copyto(residents.tenure, rents.astype(np.uint8), where=~given.get("tenure", nothing))
    # by one's own age: another row in the dwelling must not change this one
    age = np.minimum(residents.age, OLDEST)
    years = stay_years(p, streams, home, community, residents.tenure, age)
    years = np.minimum(years, residents.age + 0.5)
    np.copyto(residents.stay, years.astype(np.float32), where=~given.get("stay", nothing))
    draw_attributes(residents, p, streams, given)
