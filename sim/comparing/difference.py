"""What was found to differ between two results: settings, runs, outcomes, tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Group = Literal["scenario", "setup", "code", "versions", "machine"]

ABSENT = "—"
"""Stands for a value that one side lacks."""


class Setting(NamedTuple):
    """One thing that was not the same before the runs began."""

    group: Group
    key: str
    before: str
    after: str


class Change(NamedTuple):
    """One outcome of one arm that is not the same bit for bit.

    Parameters
    ----------
    arm, outcome : str
    runs : int
        Runs of both results in which it differs.
    before, after : float
        Mean over the runs of both results: over the last 52 weeks, or for a baseline in ``week``.
    spread : float
        Standard deviation over the seeds of the first result, at one point; NaN for a single seed.
    first_week : int or None
        First week, counted from 0 after the warm-up, in which it differs; None if no weekly values are kept.
    week : int or None
        Week that ``before`` and ``after`` belong to; None for a window of weeks.
    """

    arm: str
    outcome: str
    runs: int
    before: float
    after: float
    spread: float
    first_week: int | None
    week: int | None = None

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def relative(self) -> float:
        """Difference as a share of what it was; NaN if that was 0."""
        return self.difference / abs(self.before) if self.before else math.nan

    @property
    def spreads(self) -> float:
        """Difference in units of the spread between seeds; NaN if there is none."""
        return self.difference / self.spread if self.spread else math.nan

    @property
    def size(self) -> float:
        """By what changes are sorted: units of spread if known, else the relative difference."""
        known = [abs(value) for value in (self.spreads, self.relative) if math.isfinite(value)]
        return known[0] if known else (math.inf if abs(self.difference) > 0.0 else 0.0)


@dataclass(frozen=True)
class Difference:
    """Everything that differs between a first and a second result.

    Parameters
    ----------
    before, after : str
        Names of the two.
    settings : tuple of Setting
    matched : int
        Runs that both have.
    only_before, only_after : int
        Runs that one of them lacks.
    equal : int
        Matched runs that are the same in every table, bit for bit.
    outcomes : int
        Outcomes that both have.
    missing : tuple of str
        Outcomes that one of them lacks.
    changes : tuple of Change
        Largest first.
    tables : dict of str to int
        Matched runs whose final state, groups or cases differ.
    beside : tuple of str
        Arms that one of them lacks.
    """

    before: str
    after: str
    settings: tuple[Setting, ...]
    matched: int
    only_before: int
    only_after: int
    equal: int
    outcomes: int
    missing: tuple[str, ...]
    changes: tuple[Change, ...]
    tables: dict[str, int]
    beside: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether both hold the same runs with the same numbers; how they were made may differ."""
        lacking = self.only_before + self.only_after + len(self.missing) + len(self.beside)
        return not lacking and self.equal == self.matched

    @property
    def changed(self) -> int:
        """Outcomes that differ in some arm."""
        return len({change.outcome for change in self.changes})

    @property
    def first_week(self) -> int | None:
        """First week in which anything differs."""
        return min((c.first_week for c in self.changes if c.first_week is not None), default=None)

    def plain(self) -> dict[str, Any]:
        """The same ready for JSON; numbers that do not exist are None."""
        def number(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "identical": self.identical, "before": self.before, "after": self.after,
            "settings": [setting._asdict() for setting in self.settings],
            "runs": {"both": self.matched, "only_before": self.only_before, "only_after": self.only_after,
                     "equal": self.equal},
            "outcomes": self.outcomes, "outcomes_changed": self.changed, "outcomes_missing": [*self.missing],
            "arms_missing": [*self.beside], "tables": self.tables, "first_week": self.first_week,
            "changes": [
                {"arm": c.arm, "outcome": c.outcome, "runs": c.runs, "before": number(c.before),
                 "after": number(c.after), "difference": number(c.difference),
                 "relative": number(c.relative), "spreads": number(c.spreads),
                 "first_week": c.first_week, "week": c.week}
                for c in self.changes
            ],
        }


def ordered(changes: list[Change]) -> tuple[Change, ...]:
    """Changes, the largest first; equal ones by name."""
    return tuple(sorted(changes, key=lambda c: (-c.size, c.arm, c.outcome)))
