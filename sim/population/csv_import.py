"""A population from the user's table: one row a resident, places by name.

Draws for columns the table leaves out are keyed on the ids and place names written in it, so that adding a
row changes nobody else.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.population.attributes import SETUP_WEEK, draw_attributes, stay_years
from sim.population.columns import Bool, Places, Population, Residents, make_residents
from sim.population.parameters import OLDEST, PlacesParameters, PopulationParameters
from sim.population.synthesis import COMMUNITY_ROOT
from sim.rng import Streams, combine_array, text_id
from sim.vocabulary import Membership, Motive, Position, Sex, Tenure, Term

REQUIRED = ("id", "age")
PLACES = ("community", "grid", "building", "dwelling")
"""Optional; one place of a kind where a column is left out, a dwelling of one's own where that one is."""

TERMS: dict[str, type[Term]] = {
    "sex": Sex,
    "tenure": Tenure,
    "position": Position,
    "membership": Membership,
    "motive": Motive,
}
"""Columns of terms: key, Chinese or English name."""

NUMBERS: dict[str, tuple[float, float]] = {
    "stay": (0, 120),
    "free_hours": (0, 112),
    "health": (0, 1),
    "digital": (0, 1),
    "interest": (-10, 10),
    "attachment": (0, 1),
    "efficacy": (0, 1),
    "autonomy": (0, 1),
    "skill": (0, 1),
    "norm_intercept": (-10, 10),
    "norm_slope": (-10, 10),
}
"""Columns of numbers and their ranges."""


class _Row(NamedTuple):
    line: int
    cells: dict[str, str]


def read_csv(
    path: str | Path,
    places: PlacesParameters,
    population: PopulationParameters,
    streams: Streams,
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
    streams : Streams

    Returns
    -------
    Population
        ``names`` holds the ids in column order.

    Raises
    ------
    YiheError
        Missing or empty file, missing, unknown or doubled column, duplicate id, a number that is none or out
        of range, an unknown term, a building in two grids.
    """
    path = Path(path)
    rows = _read_rows(path)
    _refuse_duplicates(path, rows)
    names = [_place_names(row) for row in rows]
    _refuse_split_buildings(path, rows, names)
    order, site = _places(names, places)
    rows = [rows[i] for i in order]
    residents = make_residents(len(rows))
    _set_places(residents, site)
    residents.key[:] = [text_id(row.cells["id"]) for row in rows]
    given = _fill_given(path, rows, residents)
    _draw_rest(residents, site, given, population, streams)
    return Population(site, residents, tuple(row.cells["id"] for row in rows))


def _error(zh: str, en: str, path: Path, key: str | None = None, line: int | None = None) -> YiheError:
    return YiheError(zh, en, file=path, key=key, line=line)


def _read_rows(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header)
            rows = []
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise _error(
                        f"本行有 {len(cells)} 格，表头有 {len(header)} 列；请补齐或删去多余的逗号。",
                        f"this row has {len(cells)} cells, the header {len(header)}; add or remove commas.",
                        path,
                        line=reader.line_num,
                    )
                values = (cell.strip() for cell in cells)
                rows.append(_Row(reader.line_num, dict(zip(header, values, strict=True))))
    except FileNotFoundError:
        raise _error(
            "找不到人口文件；请检查路径。", "there is no such population file; check the path.", path
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise _error(
            f"无法读取人口文件（{problem}）；请存为 UTF-8 编码的 CSV。",
            f"cannot read the population file ({problem}); save it as CSV in UTF-8.",
            path,
        ) from problem
    if not rows:
        raise _error(
            "文件中没有居民；请至少写一行。", "the file has no residents; write at least one row.", path
        )
    return rows


def _check_header(path: Path, header: Sequence[str]) -> None:
    for name in REQUIRED:
        if name not in header:
            raise _error(
                f"缺少“{name}”列；请在表头加上。",
                f"column “{name}” is missing; add it to the header.",
                path,
                name,
                1,
            )
    known = (*REQUIRED, *PLACES, *TERMS, *NUMBERS)
    for name in header:
        if name not in known:
            raise _error(
                f"不认识“{name}”列；可用的列：{'、'.join(known)}。",
                f"column “{name}” is unknown; columns are {', '.join(known)}.",
                path,
                name or None,
                1,
            )
        if header.count(name) > 1:
            raise _error(
                f"“{name}”列出现两次；请删去一列。",
                f"column “{name}” appears twice; remove one.",
                path,
                name,
                1,
            )


def _refuse_duplicates(path: Path, rows: list[_Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        name = row.cells["id"]
        if not name:
            raise _error("编号为空；请填写。", "the id is empty; fill it in.", path, "id", row.line)
        if name in first:
            raise _error(
                f"编号“{name}”与第 {first[name]} 行重复；请改成唯一的编号。",
                f"id “{name}” is already used in line {first[name]}; make ids unique.",
                path,
                "id",
                row.line,
            )
        first[name] = row.line


def _place_names(row: _Row) -> tuple[str, str, str, str]:
    """Names of community, grid, building and dwelling; a default where none is written."""
    cells = row.cells
    dwelling = cells.get("dwelling") or f"id:{cells['id']}"
    return cells.get("community") or "1", cells.get("grid") or "1", cells.get("building") or "1", dwelling


def _refuse_split_buildings(path: Path, rows: list[_Row], names: list[tuple[str, str, str, str]]) -> None:
    if "building" not in rows[0].cells:
        return
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for row, (community, grid, building, _) in zip(rows, names, strict=True):
        other, line = seen.setdefault((community, building), (grid, row.line))
        if other != grid:
            raise _error(
                f"楼栋“{building}”在第 {line} 行属于网格“{other}”，此处属于“{grid}”；只能属于一个。",
                f"building “{building}” is in grid “{other}” in line {line} and in “{grid}” here; "
                "a building belongs to one grid.",
                path,
                "building",
                row.line,
            )


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


def _fill_given(path: Path, rows: list[_Row], residents: Residents) -> dict[str, Bool]:
    """Write the table's own values into the columns; True where a row has one."""
    readers: dict[str, Callable[[_Row], float]] = {}
    for name in TERMS:
        readers[name] = partial(_term, path, name)
    for name, (low, high) in NUMBERS.items():
        readers[name] = partial(_number, path, name, low, high)
    for i, row in enumerate(rows):
        residents.age[i] = int(_number(path, "age", 0, 120, row))
    given = {}
    for name, read in readers.items():
        if name not in rows[0].cells:
            continue
        mask = np.array([row.cells[name] != "" for row in rows])
        column = getattr(residents, name)
        for i in np.flatnonzero(mask).tolist():
            column[i] = read(rows[i])
        given[name] = mask
    return given


def _number(path: Path, name: str, low: float, high: float, row: _Row) -> float:
    text = row.cells[name]
    try:
        value = float(text)
    except ValueError:
        raise _error(
            f"“{text}”不是数；请填 {low:g} 到 {high:g} 之间的数。",
            f"“{text}” is no number; write one from {low:g} to {high:g}.",
            path,
            name,
            row.line,
        ) from None
    if not low <= value <= high:
        raise _error(
            f"{text} 超出范围；请填 {low:g} 到 {high:g} 之间的数。",
            f"{text} is out of range; write a number from {low:g} to {high:g}.",
            path,
            name,
            row.line,
        )
    return value


def _term(path: Path, name: str, row: _Row) -> float:
    text = row.cells[name]
    terms = TERMS[name]
    for term in terms:
        if text.lower() in (term.key, term.zh, term.en.lower()):
            return int(term)
    raise _error(
        f"不认识“{text}”；可用：{'、'.join(term.zh for term in terms)}。",
        f"“{text}” is unknown; use one of {', '.join(term.key for term in terms)}.",
        path,
        name,
        row.line,
    )


def _draw_rest(
    residents: Residents,
    site: Places,
    given: dict[str, Bool],
    p: PopulationParameters,
    streams: Streams,
) -> None:
    nothing = np.zeros(len(residents.key), np.bool_)
    home = site.dwelling_key[residents.dwelling]
    male = streams.uniform("population.sex", SETUP_WEEK, residents.key) < p.male
    np.copyto(residents.sex, male.astype(np.uint8), where=~given.get("sex", nothing))
    rents = streams.uniform("population.tenure", SETUP_WEEK, home) < p.renters
    np.copyto(residents.tenure, rents.astype(np.uint8), where=~given.get("tenure", nothing))
    # by one's own age: another row in the dwelling must not change this one
    age = np.minimum(residents.age, OLDEST)
    years = np.minimum(stay_years(p, streams, home, residents.tenure, age), residents.age + 0.5)
    np.copyto(residents.stay, years.astype(np.float32), where=~given.get("stay", nothing))
    draw_attributes(residents, p, streams, given)
