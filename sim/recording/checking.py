"""Whether what was read is a whole recording: every array there, every code within its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.recording.container import foreign, torn
from sim.recording.contents import ARRAYS, FORMAT, LEVELS, SCALES, Declared

Array = npt.NDArray[Any]


class _Part(BaseModel):
    """Part of a header; keys that later versions add are let through."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Word(_Part):
    key: str
    zh: str
    en: str


class _Reason(_Word):
    for_zh: str
    for_en: str
    against_zh: str
    against_en: str


class _Named(_Part):
    name: str
    zh: str
    en: str


class _Policy(_Part):
    id: str
    kind: str
    zh: str
    en: str
    start: int
    end: int | None
    intensity: float


class _Event(_Part):
    week: int
    kind: str
    zh: str
    en: str


class _Outcome(_Word):
    unit_zh: str
    unit_en: str
    better: str
    group: str


class _Words(_Part):
    stages: list[_Word]
    sexes: list[_Word]
    positions: list[_Word]
    tenures: list[_Word]
    memberships: list[_Word]
    motives: list[_Word]
    ages: list[_Word]
    activities: list[_Word]
    kinds: list[_Word]
    institutions: list[_Word]
    categories: list[_Word]
    statuses: list[_Word]
    channels: list[_Word]
    layers: list[_Word]
    regimes: list[_Word]
    terms: list[_Reason]
    routes: list[_Word]
    answers: list[_Word]
    flags: list[_Word]
    case_stages: list[_Word]
    levels: list[_Word]
    attention: list[_Word]


class _Header(_Part):
    format: int
    version: str
    code: str
    uncalibrated: bool
    scenario: _Named
    arm: _Word
    regime: str
    seed: int
    weeks: int = Field(ge=1)
    digest: str
    policies: list[_Policy]
    shocks: list[_Event]
    words: _Words
    outcomes: list[_Outcome]
    followed: list[int]
    events: list[_Event]
    scales: dict[str, Annotated[float, Field(gt=0, le=1000)]]
    arrays: dict[str, Any]


def check(header: dict[str, Any], arrays: Mapping[str, Array], file: str | None) -> None:
    """Refuse a recording that does not hold together.

    Parameters
    ----------
    header : dict
    arrays : mapping of name to array
    file : str, optional
        Named in errors.

    Raises
    ------
    YiheError
        If it is of another version, or anything is missing, too short or points nowhere.
    """
    if header.get("format") != FORMAT:
        foreign(file)
    try:
        known = _Header.model_validate(header)
    except (ValidationError, RecursionError):
        torn(file)
    sizes = {"weeks": known.weeks, "outcomes": len(known.outcomes), "policies": len(known.policies)}
    words = known.words.model_dump()
    lists = {name: len(entries) for name, entries in words.items()}
    sizes["terms"], sizes["attention"] = lists["terms"], lists["attention"]
    for name, declared in ARRAYS.items():
        if name not in arrays or not _fits(declared, arrays[name], sizes):
            torn(file, f"arrays.{name}")
    sizes["dwellings"] = int(arrays["building_first_dwelling"][-1])
    for name, declared in ARRAYS.items():
        if not _points(declared, arrays[name], lists | sizes):
            torn(file, f"arrays.{name}")
    if not (_ranges(arrays) and set(SCALES) <= set(known.scales) and _rows(known.followed, sizes)):
        torn(file)


def _fits(declared: Declared, array: Array, sizes: dict[str, int]) -> bool:
    """Kind of number and shape, with the size of everything that is named for the first time."""
    if array.dtype.kind + str(array.dtype.itemsize) not in declared.dtypes:
        return False
    if array.ndim != len(declared.shape):
        return False
    for length, named in zip(array.shape, declared.shape, strict=True):
        name, one_more, _ = named.partition("+")
        if length - bool(one_more) != sizes.setdefault(name, length - bool(one_more)):
            return False
    return True


def _points(declared: Declared, array: Array, sizes: dict[str, int]) -> bool:
    """Whether every entry points to something that is there."""
    if not declared.within or not array.size:
        return True
    return bool(array.min() >= declared.least and array.max() < sizes[declared.within])


def _ranges(arrays: Mapping[str, Array]) -> bool:
    """Whether rows ascend where they must, and places of offers are there."""
    for name in ("offer_week", "decision_resident", "change_week", "tie_week"):
        if (np.diff(arrays[name].astype(np.int64)) < 0).any():
            return False
    homes, ties, decisions = "building_first_dwelling", "tie_neighbour", "decision_resident"
    ranges = ((homes, None), ("tie_first", len(arrays[ties])), ("decision_first", len(arrays[decisions])))
    for name, last in ranges:
        first = arrays[name].astype(np.int64)
        if first[0] != 0 or (np.diff(first) < 0).any() or last not in (None, first[-1]):
            return False
    level, place = arrays["offer_level"], arrays["offer_place"]
    counts = (len(np.unique(arrays["grid_community"])), len(arrays["grid_community"]),
              len(arrays["building_grid"]))
    return all((place[level == k] < counts[k]).all() for k in range(len(LEVELS)))


def _rows(followed: list[int], sizes: dict[str, int]) -> bool:
    return all(0 <= row < sizes["residents"] for row in followed)
