"""A synthetic population: places on a fixed geometry, households in dwellings, people in households.

Stable ids are chained from slots — community, grid, building, dwelling, role in the household — so that
whoever lives elsewhere is untouched when a community grows or another is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.population.attributes import SETUP_WEEK, draw_attributes, stay_years
from sim.population.columns import Bool, Int32, Int64, Places, Population, UInt8, UInt64, make_residents
from sim.population.households import (
    HEAD,
    LEAST_AGE,
    OFFSETS,
    PARTNER,
    ROLES,
    HouseholdTable,
    band_span,
    household_table,
)
from sim.population.parameters import ADULT, BAND_LOWS, OLDEST, PlacesParameters, PopulationParameters
from sim.population.repetition import repeated_places
from sim.population.section import Section, grids_of_communities, streets, whole
from sim.rng import CommunityStreams, Streams, combine_array, of_communities, text_id
from sim.vocabulary import Tenure

PERMUTABLE = ("free_hours", "health", "stay", "digital", "membership")
"""Columns through which age and position reach behaviour."""

COMMUNITY_ROOT = np.uint64(text_id("community"))
_UNIT_SLOT = 1_000_000  # building slots of member units, apart from those of dwellings
_EMPLOYEE_SLOT = 1_000  # member slots of employees, apart from household roles


def synthesize(
    places: PlacesParameters, population: PopulationParameters, streams: Streams | Sequence[Streams],
    section: Section | None = None,
) -> Population:
    """Make places and residents from margins.

    Parameters
    ----------
    places : PlacesParameters
    population : PopulationParameters
    streams : Streams or sequence of Streams
        Of one seed, or of several: a district for each, one after the other.
    section : Section, optional
        Only this part of the district; rows are numbered from its own first.

    Returns
    -------
    Population
        ``names`` is empty. Age margins and household size are met within sampling error.

    Raises
    ------
    YiheError
        If the declared buildings cannot hold the declared residents, or nobody lives there under a seed.
    """
    one, occupied = _lay_out(places, population, section or whole(places.communities))
    site = one if isinstance(streams, Streams) else repeated_places(one, len(streams))
    draws = of_communities(streams, site.communities)
    table = household_table(population)
    homes = np.flatnonzero(site.building_units[site.dwelling_building] == 0)
    key, community = site.dwelling_key[homes], site.building_community[site.dwelling_building[homes]]
    lived_in = draws.uniform("population.occupied", SETUP_WEEK, key, community) < occupied
    homes = homes[lived_in]
    drawn = _draw_households(key[lived_in], community[lived_in], table, population, draws)
    offices = np.flatnonzero(site.building_units[site.dwelling_building] == 1)
    staff = _draw_staff(site, offices, places, population, draws)
    return _assemble(site, homes, drawn, offices, staff, population, draws)


def permute_inputs(population: Population, streams: Streams) -> Population:
    """Hand the ``PERMUTABLE`` columns, row by row together, to other adults at random.

    Afterwards hours, health, stay, digital ability and membership carry no trace of age or position, so any
    gradient in behaviour that came through them must be gone.

    Parameters
    ----------
    population : Population
    streams : Streams

    Returns
    -------
    Population
        Shares all other arrays with the argument.
    """
    residents = population.residents
    adults = np.flatnonzero((residents.age >= ADULT) & (residents.daytime == 0))
    draws = of_communities(streams, population.places.communities)
    luck = draws.uniform("population.permute", SETUP_WEEK, residents.key[adults], residents.community[adults])
    source = adults[np.argsort(luck, kind="stable")]
    changed = {}
    for name in PERMUTABLE:
        column = getattr(residents, name).copy()
        column[adults] = column[source]
        changed[name] = column
    return population._replace(residents=residents._replace(**changed))


def _lay_out(
    p: PlacesParameters, population: PopulationParameters, section: Section,
) -> tuple[Places, float]:
    """Places without residents, and the share of dwellings lived in."""
    total = p.grids_total or p.grids * p.communities
    if total < p.communities:
        raise YiheError(
            f"网格总数 {total} 少于社区数 {p.communities}；每个社区至少需要一个网格。",
            f"{total} grids are fewer than {p.communities} communities; give each at least one grid.",
            key="places.grids_total",
        )
    per_building = p.floors * p.dwellings_per_floor
    households = population.residents * p.communities / total / population.household_size
    needed = households / (1.0 - p.vacancy) / per_building
    homes = p.buildings or max(int(needed) + (needed > int(needed)), 1)
    occupied = households / (homes * per_building)
    if occupied > 1.0:
        raise YiheError(
            f"每网格 {homes * per_building} 套住房容不下约 {households:.0f} 户；请增加楼栋，或设为 0。",
            f"{homes * per_building} dwellings a grid cannot hold about {households:.0f} households; "
            "add buildings, or set 0 to have them worked out.",
            key="places.buildings",
        )
    street = streets(p)[section.own]
    return make_places(
        street - street[0],
        grids_of_communities(p)[section.own],
        homes,
        per_building,
        p.floors,
        p.unit_buildings,
        _units(p, population),
        section.first,
    ), occupied


def community_keys(first: int, last: int) -> UInt64:
    """Stable ids of communities ``first`` to ``last`` − 1 of a district."""
    return combine_array(COMMUNITY_ROOT, np.arange(first, last))


def _units(p: PlacesParameters, population: PopulationParameters) -> int:
    """Member units in each of a community's unit buildings, at least one."""
    if not p.unit_buildings:
        return 1
    employees = population.daytime * population.residents / p.unit_buildings
    return max(1, int(employees / population.unit_size + 0.5))


def make_places(
    street: Int64,
    grid_counts: Int64,
    homes: int,
    per_building: int,
    floors: int,
    units: int,
    offices: int,
    first: int = 0,
) -> Places:
    """Regular geometry with empty dwellings.

    Parameters
    ----------
    street : (C,) street of each community
    grid_counts : (C,) grids of each community
    homes : int
        Residential buildings in each grid.
    per_building : int
        Dwellings in each of them.
    floors : int
    units : int
        Buildings of member units in each community, dealt out to its grids in turn.
    offices : int
        Member units in each of them: "dwellings" that employees belong to.
    first : int
        Communities of the district before these.
    """
    community_key = community_keys(first, first + len(street))
    community_first = _edges(grid_counts)
    grid_community = np.repeat(np.arange(len(street)), grid_counts)
    grid_slot = np.arange(len(grid_community)) - community_first[grid_community]
    grid_key = combine_array(community_key[grid_community], grid_slot)
    counts = grid_counts[grid_community]
    unit_counts = units // counts + (grid_slot < units % counts)
    grid_first = _edges(homes + unit_counts)
    building_grid = np.repeat(np.arange(len(grid_community)), homes + unit_counts)
    slot = np.arange(len(building_grid)) - grid_first[building_grid]
    is_unit = slot >= homes
    building_key = combine_array(grid_key[building_grid], np.where(is_unit, _UNIT_SLOT + slot - homes, slot))
    dwellings = np.where(is_unit, offices, per_building)
    building_first = _edges(dwellings)
    dwelling_building = np.repeat(np.arange(len(building_grid)), dwellings)
    dwelling_slot = np.arange(len(dwelling_building)) - building_first[dwelling_building]
    return Places(
        community_street=street.astype(np.int32),
        community_first_grid=community_first.astype(np.int32),
        grid_first_building=grid_first.astype(np.int32),
        building_first_dwelling=building_first.astype(np.int32),
        dwelling_first_resident=np.zeros(len(dwelling_building) + 1, np.int32),
        grid_community=grid_community.astype(np.int32),
        building_grid=building_grid.astype(np.int32),
        building_community=grid_community[building_grid].astype(np.int32),
        building_floors=np.where(is_unit, 1, floors).astype(np.int32),
        building_units=is_unit.astype(np.uint8),
        dwelling_building=dwelling_building.astype(np.int32),
        dwelling_key=combine_array(building_key[dwelling_building], dwelling_slot),
        building_key=building_key,
        grid_key=grid_key,
        community_key=community_key,
    )


def _edges(counts: Int64) -> Int64:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


class _Households(NamedTuple):
    present: Bool
    """(H, ROLES)"""
    age: Int64
    """(H, ROLES)"""
    male: Bool
    """(H, ROLES)"""
    renter: Bool
    """(H,)"""


def _draw_households(
    key: UInt64,
    community: Int32,
    table: HouseholdTable,
    p: PopulationParameters,
    streams: CommunityStreams,
) -> _Households:
    """Type, ages, sexes and tenure of the households in dwellings with these keys."""

    def draw(stream: str, entity: UInt64, at: Int32 = community) -> np.ndarray:
        return streams.uniform(f"population.{stream}", SETUP_WEEK, entity, at)

    cell = np.minimum(np.searchsorted(table.cumulative, draw("household", key)), len(table.band) - 1)
    spans = np.array([band_span(band) for band in range(len(BAND_LOWS))])
    low, years = spans[table.band[cell]].T
    head = low + (draw("head_age", key) * years).astype(np.int64)
    present = table.present[cell]
    age = np.zeros((len(key), ROLES), np.int64)
    male = np.zeros((len(key), ROLES), np.bool_)
    for role, (first, last) in enumerate(OFFSETS):
        rows = np.flatnonzero(present[:, role])
        member, home = combine_array(key[rows], role), community[rows]
        offset = first + (draw("member_age", member, home) * (last - first + 1)).astype(np.int64)
        age[rows, role] = np.clip(head[rows] + (0 if role == HEAD else offset), LEAST_AGE[role], OLDEST)
        male[rows, role] = ~male[rows, HEAD] if role == PARTNER else draw("sex", member, home) < p.male
    return _Households(present, age, male, draw("tenure", key) < p.renters)


class _Staff(NamedTuple):
    office: Int64
    """(S,) index into the offices."""
    slot: Int64
    """(S,)"""
    age: UInt8
    """(S,)"""


def _draw_staff(
    site: Places,
    offices: Int64,
    places: PlacesParameters,
    p: PopulationParameters,
    streams: CommunityStreams,
) -> _Staff:
    """Daytime employees of the offices, of working age."""
    share = p.daytime * p.residents / places.unit_buildings / _units(places, p) if len(offices) else 0.0
    each = int(share + 0.5)
    office = np.repeat(np.arange(len(offices)), each)
    slot = _EMPLOYEE_SLOT + np.tile(np.arange(each), len(offices))
    key = combine_array(site.dwelling_key[offices][office], slot)
    community = site.building_community[site.dwelling_building[offices]][office]
    shares = np.cumsum(p.age.band_shares()[4:12])
    luck = streams.uniform("population.staff_band", SETUP_WEEK, key, community)
    band = np.searchsorted(shares, luck * shares[-1])
    years = (streams.uniform("population.staff_age", SETUP_WEEK, key, community) * 5).astype(np.int64)
    return _Staff(office, slot, (20 + 5 * np.minimum(band, 7) + years).astype(np.uint8))


def _assemble(
    site: Places,
    homes: Int64,
    drawn: _Households,
    offices: Int64,
    staff: _Staff,
    p: PopulationParameters,
    streams: CommunityStreams,
) -> Population:
    """Residents in place order with all columns filled."""
    household, role = np.nonzero(drawn.present)
    dwelling = np.concatenate([homes[household], offices[staff.office]])
    order = np.argsort(dwelling, kind="stable") if len(offices) else np.arange(len(dwelling))

    def column(of_homes: np.ndarray, of_staff: np.ndarray | int) -> np.ndarray:
        return np.concatenate([of_homes, np.broadcast_to(of_staff, len(staff.office))])[order]

    district = streams.run[site.building_community[site.dwelling_building[dwelling]]]
    if not np.bincount(district, minlength=streams.runs).all():
        raise YiheError(
            "人口为空；请增大居民数。",
            "The population is empty; ask for more residents.",
            key="population.residents",
        )
    dwelling = dwelling[order]
    residents = make_residents(len(dwelling))
    residents.key[:] = combine_array(site.dwelling_key[dwelling], column(role, staff.slot))
    residents.dwelling[:] = dwelling
    residents.building[:] = site.dwelling_building[dwelling]
    residents.grid[:] = site.building_grid[residents.building]
    residents.community[:] = site.grid_community[residents.grid]
    residents.age[:] = column(drawn.age[drawn.present], staff.age)
    residents.daytime[:] = column(np.zeros(len(role), np.uint8), 1)
    sex = streams.uniform("population.sex", SETUP_WEEK, residents.key, residents.community) < p.male
    residents.sex[:] = np.where(residents.daytime == 1, sex, column(drawn.male[drawn.present], 0))
    residents.tenure[:] = column(drawn.renter[household], int(Tenure.RENTER))
    reference = column(drawn.age[household, HEAD], staff.age)
    asks = np.where(residents.daytime == 1, residents.key, site.dwelling_key[dwelling])
    years = stay_years(p, streams, asks, residents.community, residents.tenure, reference)
    residents.stay[:] = np.minimum(years, residents.age + 0.5)
    draw_attributes(residents, p, streams)
    counts = np.bincount(dwelling, minlength=site.dwellings)
    return Population(site._replace(dwelling_first_resident=_edges(counts).astype(np.int32)), residents, ())
