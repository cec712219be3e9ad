"""The table of runs of a study: points of a design × arms × seeds, each run with its key. Pure.

A comparison is a study with one point and no factors. Seeds are common to all points and arms: the run of
seed s shares its luck with every other run of seed s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from sim.designs.names import ARM
from sim.scenario.naming import LENGTH, run_key, sources_hash
from sim.scenario.schema import Scenario

Values = tuple[Any, ...]
"""Value of each factor at one point."""


class Run(NamedTuple):
    """One run of the table."""

    point: int
    seed: int
    arm: str
    key: str


class Block(NamedTuple):
    """The unit of work: arms of one seed at one point, which share their warm-up."""

    point: int
    values: Values
    seed: int
    arms: tuple[str, ...]
    keys: tuple[str, ...]

    def one_by_one(self) -> tuple[Block, ...]:
        """A block for each arm."""
        return tuple(
            self._replace(arms=(arm,), keys=(key,)) for arm, key in zip(self.arms, self.keys, strict=True))


@dataclass(frozen=True)
class RunTable:
    """Every run of a study.

    Parameters
    ----------
    arms : dict of str to Scenario
        Resolved, in order.
    compared : frozenset of str
        Ids of policies that are not the same in all runs; what they host is left out of the ``*_other``
        outcomes.
    first_seed : int
    replicates : sequence of int
        Seeds of each point: ``first_seed``, ``first_seed + 1``, …
    factors : tuple of str
        Key path of each factor.
    points : sequence of tuple
        Value of each factor at each point; one empty tuple if nothing is varied.
    starts : sequence of int, optional
        First seed of each point where points have seeds of their own; ``first_seed`` for all if left out.
    """

    arms: dict[str, Scenario]
    compared: frozenset[str]
    first_seed: int
    replicates: Sequence[int]
    factors: tuple[str, ...] = ()
    points: Sequence[Values] = ((),)
    starts: Sequence[int] | None = None

    @cached_property
    def arm_keys(self) -> dict[str, str]:
        """Content key of each arm: what it does, by which code, leaving out which policies' own events."""
        left_out = sorted(self.compared)
        return {arm: digest([run_key(scenario, 0), left_out]) for arm, scenario in self.arms.items()}

    @cached_property
    def key(self) -> str:
        """Content key of arms and code; points and seeds are no part of it, since more may be added."""
        return digest([sources_hash(), *sorted(self.arm_keys.items())])

    @property
    def total(self) -> int:
        """Number of runs."""
        if ARM in self.factors:
            return int(sum(self.replicates))
        return len(self.arms) * int(sum(self.replicates))

    def arms_at(self, point: int) -> tuple[str, ...]:
        """Arms run at one point: all, or the one that a factor called ``arm`` names."""
        if ARM in self.factors:
            return (str(self.points[point][self.factors.index(ARM)]),)
        return tuple(self.arms)

    def seeds(self, point: int = 0) -> range:
        """Seeds of one point, ascending."""
        first = self.first_seed if self.starts is None else int(self.starts[point])
        return range(first, first + int(self.replicates[point]))

    def run(self, arm: str, seed: int, point: int = 0) -> Run:
        """One run with its key."""
        return Run(point, seed, arm, self._namer(point)(arm, seed))

    def runs(self) -> Iterator[Run]:
        """All runs, by point, seed and arm."""
        for point in range(len(self.points)):
            name = self._namer(point)
            for seed in self.seeds(point):
                for arm in self.arms_at(point):
                    yield Run(point, seed, arm, name(arm, seed))

    def blocks(self, known: Collection[str] = ()) -> Iterator[Block]:
        """What is still to do, by point and seed.

        Parameters
        ----------
        known : collection of str
            Keys of runs that are not to be done: finished ones, or those put aside.
        """
        for point, values in enumerate(self.points):
            name, arms = self._namer(point), self.arms_at(point)
            for seed in self.seeds(point):
                keys = tuple(name(arm, seed) for arm in arms)
                here = [at for at, key in enumerate(keys) if key not in known]
                if here:
                    yield Block(
                        point, values, seed, tuple(arms[at] for at in here), tuple(keys[at] for at in here))

    def with_replicates(self, replicates: Sequence[int]) -> RunTable:
        """The same points with other numbers of seeds."""
        return replace(self, replicates=tuple(replicates))

    def point_key(self, point: int) -> str:
        """Content key of a point: which factor has which value, in whatever order they are listed.

        A whole number is the same as a float: a column of a table may become one as it grows.
        """
        values = [
            value if isinstance(value, (bool, str)) or value is None else float(value)
            for value in self.points[point]]
        return digest(sorted(zip(self.factors, values, strict=True)))

    def _namer(self, point: int) -> Callable[[str, int], str]:
        arms, here = self.arm_keys, self.point_key(point)

        def name(arm: str, seed: int) -> str:
            text = f"{arm} {arms[arm]} {here} {seed}"
            return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]

        return name


def digest(parts: list[Any]) -> str:
    """Hash of something that JSON can say."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:LENGTH]
