"""What a factor of a design is called: its name, unit, range and values, found by its key path."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sim.params import Declared, Label, declared
from sim.policies.registry import policy_class
from sim.processes.categories import CATEGORIES
from sim.processes.parameters import Shock
from sim.scenario.schema import Scenario
from sim.scenario.units import unit_in
from sim.vocabulary import Kind, Regime

NOTHING = Label(zh="", en="")

YES_NO = {"True": Label(zh="是", en="yes"), "False": Label(zh="否", en="no")}
ON_OFF = {"True": Label(zh="有", en="on"), "False": Label(zh="无", en="off")}
REGIMES = {regime.key: Label(zh=regime.zh, en=regime.en) for regime in Regime}


def plain(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, without needless zeros, with a true minus sign."""
    if math.isnan(value):
        return "—"
    text = f"{float(f'{value:.{digits}g}'):,.10g}"
    return ("0" if text == "-0" else text).replace("-", "−")


@dataclass(frozen=True)
class Factor:
    """One factor of a design.

    Parameters
    ----------
    key : str
        Key path, as the columns of the design are named.
    label, unit : Label
    low, high : float
        Range it is drawn from; NaN where it has none.
    values : mapping of str to Label
        Names of its values where they are no numbers, by ``str(value)``.
    """

    key: str
    label: Label
    unit: Label = NOTHING
    low: float = math.nan
    high: float = math.nan
    values: Mapping[str, Label] = field(default_factory=dict)

    def name(self, lang: str) -> str:
        """Name without its unit."""
        return self.label.text(lang)

    def titled(self, lang: str) -> str:
        """Name with its unit in brackets, if it has one."""
        unit = self.unit.text(lang)
        if unit in ("", "1") or self.name(lang).endswith(unit):
            return self.name(lang)
        return f"{self.name(lang)}（{unit}）" if lang == "zh" else f"{self.name(lang)} ({unit})"

    def value(self, value: object, lang: str, digits: int = 4) -> str:
        """A value by its name; numbers with up to so many digits, without needless zeros."""
        known = self.values.get(str(value))
        if known is not None:
            return known.text(lang)
        if isinstance(value, bool | str) or value is None:
            return str(value)
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return str(value)
        return plain(number, digits)

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Different values in order: as they are named, if they are, else by size."""
        places = {name: place for place, name in enumerate(self.values)}
        different = list(dict.fromkeys(values))
        if all(str(value) in places for value in different):
            return sorted(different, key=lambda value: places[str(value)])
        return sorted(different, key=lambda value: (isinstance(value, str), value))


def factor_of(key: str, kinds: Mapping[str, str] | None = None) -> Factor:
    """A factor by its key path, with what the code declares of it.

    Parameters
    ----------
    key : str
        For example ``ties.atomisation``, ``regime``, ``arm``, ``policies.neighbour_festival.intensity``, or
        ``policies.neighbour_festival`` for a policy that is there or not.
    kinds : mapping, optional
        Kind of each policy by its id, where the two differ.

    Returns
    -------
    Factor
        With the path itself as its name if nothing of that path is declared.
    """
    if key == "regime":
        return Factor(key, Label(zh="协调方式", en="regime"), values=REGIMES)
    if key == "arm":
        return Factor(key, Label(zh="方案", en="arm"))
    if key.startswith("policies."):
        return _of_policy(key, kinds or {})
    found = _numbers().get(key)
    if found is None:
        return Factor(key, Label(zh=key, en=key), values=YES_NO)
    place = _place(key) if key.startswith("categories.") or _ambiguous()[found.zh] > 1 else NOTHING
    return _declared(key, found, place)


def factors_of(
    keys: Iterable[str], kinds: Mapping[str, str] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, Factor]:
    """Factors by key path, in order; those that would share a name get their path beside it.

    Parameters
    ----------
    keys : iterable of str
    kinds : mapping, optional
        As in :func:`factor_of`.
    ranges : mapping, optional
        Ranges that the study draws from, in place of the declared ones.
    """
    found = {key: factor_of(key, kinds) for key in keys}
    for key, (low, high) in (ranges or {}).items():
        if key in found:
            found[key] = replace(found[key], low=low, high=high)
    counts = Counter(factor.label.en for factor in found.values())
    for key, factor in found.items():
        if counts[factor.label.en] > 1 and factor.label.en != key:
            both = Label(zh=f"{factor.label.zh} {key}", en=f"{factor.label.en} {key}")
            found[key] = replace(factor, label=both)
    return found


def _of_policy(key: str, kinds: Mapping[str, str]) -> Factor:
    _, policy, *rest = key.split(".")
    cls = policy_class(kinds.get(policy, policy))
    if cls is None:
        return Factor(key, Label(zh=key, en=key), values=ON_OFF if not rest else YES_NO)
    name, inside = cls.card.name, ".".join(rest)
    if inside in ("", "on"):
        return Factor(key, name, values=ON_OFF)
    if inside in ("start", "end"):
        label = Label(zh="开始周", en="first week") if inside == "start" else Label(zh="结束周", en="end")
        return Factor(key, _joined(name, label), Label(zh="周", en="weeks"))
    found = {number.path: number for number in declared(cls)}.get(inside)
    if found is None:
        return Factor(key, _joined(name, Label(zh=inside, en=inside)), values=YES_NO)
    return _declared(key, found, name)


def _declared(key: str, number: Declared, place: Label) -> Factor:
    unit = Label(zh=unit_in(number.unit, "zh"), en=number.unit)
    return Factor(key, _joined(place, Label(zh=number.zh, en=number.en)), unit, number.ge, number.le)


def _joined(place: Label, label: Label) -> Label:
    if place == NOTHING:
        return label
    return Label(zh=f"{place.zh}：{label.zh}", en=f"{place.en}: {label.en}")


def _place(key: str) -> Label:
    """Institution or kind of dispute that a number belongs to."""
    block, name, *_ = key.split(".")
    if block == "categories":
        return next((one.label for one in CATEGORIES if one.key == name), NOTHING)
    if block == "actors":
        return next((Label(zh=kind.zh, en=kind.en) for kind in Kind if kind.key == name), NOTHING)
    return NOTHING


@lru_cache(maxsize=1)
def _numbers() -> dict[str, Declared]:
    """Every number of scenarios, shocks and our own kinds of dispute, by key path."""
    found = {number.path: number for number in declared(Scenario)}
    found.update((number.path, number) for number in declared(Shock, "shocks"))
    for category in CATEGORIES:
        block = declared(type(category), f"categories.{category.key}", category)
        found.update((number.path, number) for number in block)
    return found


@lru_cache(maxsize=1)
def _ambiguous() -> Counter[str]:
    """How many numbers bear each Chinese name."""
    return Counter(number.zh for number in _numbers().values())
