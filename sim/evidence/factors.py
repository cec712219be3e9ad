"""Every uncertain number of the model with its range, from the registry: what the sensitivity studies vary.

Ranges come in two widths. *Near*: half to twice the default, of numbers from 0 to 1 half to twice the odds;
for numbers that may be negative an eighth of the declared range to either side; for defaults at an end of
the range the nearest quarter of it. *Whole*: the declared range, the widest that makes sense. At a random
place of the whole cube nearly every community is choked by work, so studies that move everything together
stay near, and the whole range is tried one number at a time.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

from sim.explain.switches import switches
from sim.params import Declared, Label, declared
from sim.policies.registry import policy_class
from sim.scenario.schema import Scenario

PACKAGE = ("neighbour_festival", "neighbour_covenant", "mutual_help_teams", "building_council")
"""Policies of the scenario studied; numbers of other policies are read nowhere in it."""

Width = Literal["near", "whole"]

WEIGHT_LOW = 0.01
"""Least relative weight: a whole group of weights may not be 0 together."""

_SHARES = tuple(f"population.motives.{kind}" for kind in ("conditional", "free_rider", "hump_shaped"))
"""May not exceed 1 together, so each grows at most by its part of what is left."""


class Varied(NamedTuple):
    """One factor: a number with its range, or a switch with its values."""

    path: str
    low: float
    high: float
    integer: bool
    log: bool
    values: tuple[Any, ...] = ()
    group: str = ""
    """Factors of one group move together, as one."""

    def written(self) -> str:
        """Its line in a study file."""
        group = f", group: {self.group}" if self.group else ""
        if self.values:
            return f"{self.path}: {{values: [{', '.join(str(v).lower() for v in self.values)}]{group}}}"
        more = (", integer: true" if self.integer else "") + (", scale: log" if self.log else "") + group
        return f"{self.path}: {{low: {self.low:.12g}, high: {self.high:.12g}{more}}}"


@cache
def numbers() -> tuple[Declared, ...]:
    """Every declared number of a scenario and of the policies in :data:`PACKAGE`."""
    found = list(declared(Scenario))
    for kind in PACKAGE:
        cls = policy_class(kind)
        assert cls is not None
        found += declared(cls, f"policies.{kind}")
    return tuple(found)


def left_out() -> dict[Label, tuple[str, ...]]:
    """Numbers that are no uncertainty of the model, by the reason why."""
    reasons = [(_reason(number), number.path) for number in numbers()]
    known = dict.fromkeys(reason for reason, _ in reasons if reason is not None)
    return {reason: tuple(path for why, path in reasons if why == reason) for reason in known}


def varied(width: Width) -> list[Varied]:
    """Every factor: numbers in the order of the registry, then structural alternatives.

    Regimes of coordination are not among them: they are arms, so that their effect is seen at every point.
    """
    return [*(_range(number, width) for number in numbers() if _reason(number) is None), *_structures()]


def _reason(number: Declared) -> Label | None:
    """Why a number is left out; None if it is uncertain."""
    path = number.path
    if path in ("weeks", "warmup"):
        return Label(zh="运行长度", en="length of a run")
    if path == "population.residents" or (path.startswith("places.") and path != "places.vacancy"):
        return Label(
            zh="规模与房屋，由所研究的社区给定", en="size and geometry, given by the community studied")
    if number.evidence == "A" and not path.startswith("population.motives."):
        return Label(zh="普查与党员统计的实测值（A）", en="measured by census and membership statistics (A)")
    if path.startswith("policies.") and path.rsplit(".", 1)[1] in ("intensity", "share", "season_week"):
        return Label(
            zh="政策的力度、范围和日程，是决策", en="strength, reach and calendar of a policy: decisions")
    return None


def _range(number: Declared, width: Width) -> Varied:
    d, least, most = float(number.default), float(number.ge), float(number.le)
    whole = _is_integer(number.path)
    if number.path in _SHARES:
        most = d + (1.0 - sum(one.default for one in numbers() if one.path in _SHARES)) / len(_SHARES)
    if number.unit == "relative weight":
        least = WEIGHT_LOW
    if width == "whole":
        return Varied(number.path, least, most, whole, False)
    log = False
    if least < 0.0:
        low, high = d - (most - least) / 8.0, d + (most - least) / 8.0
    elif d in (least, most):
        low, high = d - (most - least) / 4.0, d + (most - least) / 4.0
    elif (least, most) == (0.0, 1.0) and not whole:
        low, high = d / (2.0 - d), 2.0 * d / (1.0 + d)
    else:
        low, high, log = d / 2.0, d * 2.0, True
    low, high = float(f"{max(low, least):.3g}"), float(f"{min(high, most):.3g}")
    if whole:
        low, high = max(math.floor(low), least), min(math.ceil(high), most)
        log = log and low > 0
    return Varied(number.path, low, high, whole, log)


def _structures() -> Iterator[Varied]:
    """Structural alternatives that a scenario can switch."""
    known = switches()
    for path in known:
        if path.partition(".")[0] in ("ties", "world", "actors"):
            yield Varied(path, 0.0, 0.0, False, False, tuple(known[path].names.values))


def _is_integer(path: str) -> bool:
    """Whether a number is declared as a whole one."""
    head, _, rest = path.partition(".")
    block: Any = Scenario
    if head == "policies":
        kind, _, path = rest.partition(".")
        block = policy_class(kind)
    for name in path.split("."):
        block = block.model_fields[name].annotation
    return block is int or int in typing.get_args(block)
