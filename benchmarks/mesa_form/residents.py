"""Residents as mesa agents."""

from __future__ import annotations

from array import array
from typing import Any

import mesa
import numpy as np

from .person import CHANGING, FIXED, Person


class Resident(Person, mesa.Agent):  # type: ignore[misc]
    """A resident whose state is in its own attributes."""


def _single(value: float) -> float:
    """The nearest number that single precision has."""
    return float(np.float32(value))


class _Single:
    """An attribute that keeps no more digits than a column of single precision."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, person: Any, owner: type) -> Any:
        return person.__dict__[self.name]

    def __set__(self, person: Any, value: float) -> None:
        person.__dict__[self.name] = _single(value)


class _Reputation:
    """A list of numbers of single precision."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, person: Any, owner: type) -> Any:
        return person.__dict__[self.name]

    def __set__(self, person: Any, values: Any) -> None:
        person.__dict__[self.name] = array("f", values)


_WHOLE = frozenset((
    "key", "building", "grid", "community", "age", "tenure", "position", "membership", "daytime", "motive",
    "stage", "active", "present", "last_any", "last_other", "last_public"))


class SingleResident(Resident):
    """The same resident with the digits of a column: four bytes a number instead of Python's eight.

    Three steps are done in single precision by the kernels, because both numbers are of columns; so here.
    """

    good = _Reputation()
    bad = _Reputation()

    def have_say(self, voice: float, step: float) -> None:
        """The difference of two columns."""
        self.autonomy += step * _single(voice - self.autonomy)

    def trust(self, kind: int) -> float:
        """The ratio of two columns."""
        return _single(self.good[kind] / _single(self.good[kind] + self.bad[kind]))

    def forget(self, prior_good: Any, prior_bad: Any, kept: float) -> None:
        """The difference of two columns."""
        for column, prior in ((self.good, prior_good), (self.bad, prior_bad)):
            for kind, rest in enumerate(prior):
                column[kind] = rest + kept * _single(column[kind] - rest)


for _name in (*FIXED, *CHANGING):
    if _name not in _WHOLE:
        _column = _Single()
        _column.__set_name__(SingleResident, _name)
        setattr(SingleResident, _name, _column)
