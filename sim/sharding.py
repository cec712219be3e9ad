"""A district in parts, each a model of its own, with a weekly meeting of what crosses their borders.

Parts are cut between streets: queues, desks and ties end there. What is left to cross: whether a policy was
granted anything anywhere, which decides whether it acts; what secretaries learn from each other; where the
district sends its support. The result is that of the district run in one piece, to the bit.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import numpy as np

from sim import measures
from sim.errors import YiheError
from sim.model import CommunityModel
from sim.observed import GRID_OFFSET, Week, joined, observe
from sim.plugins import own_institutions, own_outcomes
from sim.population.columns import Float64
from sim.population.section import Section, sections
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.streets import district_digest, street_digests
from sim.view import Meeting


class Part(NamedTuple):
    """What a part of a district leaves."""

    section: Section
    grids: int
    buildings: int
    weeks: list[Week]
    cases: np.ndarray
    """Log of its cases; places are numbered from its own first."""
    streets: list[str]
    """Digests."""


class _Ended(Protocol):
    """Work that has ended."""

    def exception(self) -> BaseException | None: ...

    def result(self) -> Part: ...


class AbortedError(Exception):
    """Another part has failed."""


class PartModel(CommunityModel):
    """A model of a part of a district: its weeks are measured, and outcomes are made of all parts."""

    def __init__(
        self, scenario: Scenario, seed: int, section: Section, meeting: Meeting | None,
        compared: frozenset[str] | None,
    ) -> None:
        super().__init__(scenario, seed, compared=compared, section=section, meeting=meeting)
        self.weeks: list[Week] = []

    def _record(self, counts: Float64, tally: Float64, left: Float64) -> None:
        self.weeks.append(observe(self, counts, tally, left))

    def finish(self) -> Part:
        """Run to the end."""
        while self.policy_week < self.scenario.weeks:
            self.step()
        measures.log_the_rest(self)
        return Part(
            self.section, self.places.grids, self.places.buildings, self.weeks, self.recorder.cases(),
            street_digests(self.state_))


def run_part(
    scenario: Scenario, seed: int, section: Section, meeting: Meeting | None, compared: frozenset[str] | None,
) -> Part:
    """Run a part of a district from founding to end; parameters as of :class:`PartModel`."""
    model = PartModel(scenario, seed, section, meeting, compared)
    try:
        return model.finish()
    finally:
        model.free()


def cut(scenario: Scenario, parts: int) -> list[Section]:
    """The parts that a district can be run in.

    Parameters
    ----------
    scenario : Scenario
    parts : int
        At most so many.

    Raises
    ------
    YiheError
        If ties or a population file say nothing of borders, a plug-in adds what is not known to end at them,
        or there are fewer than two streets.
    """
    if scenario.ties.builder not in ("community", "none") or scenario.ties_path is not None:
        raise YiheError(
            "只有按社区生成的关系才在街道之间断开：请把 ties.builder 设为 community、不用关系文件，或不分片",
            "only ties built by community end between streets: set ties.builder to community, without a file "
            "of ties, or do not run it in parts", key="ties.builder")
    if scenario.population_path is not None:
        raise YiheError(
            "来自文件的人口不能分片：请不分片运行",
            "a population from a file cannot be cut into parts: do not run it in parts",
            key="population_file")
    if own_outcomes() or own_institutions():
        raise YiheError(
            "插件自带的指标或机构不能分片：请不分片运行，或不加载插件",
            "outcomes and institutions of plug-ins cannot be cut into parts: do not run it in parts, or "
            "leave the plug-in out", key="--plugin")
    found = sections(scenario.places, parts)
    if len(found) < 2 <= parts:
        raise YiheError(
            "分片在街道之间切开，这里只有一个街道：请增大 places.streets，或不分片运行",
            "parts are cut between streets, and there is only one: raise places.streets, or do not run it in "
            "parts", key="places.streets")
    return found


def merged(scenario: Scenario, seed: int, parts: Sequence[Part]) -> RunResult:
    """The result of a district from those of its parts, in the order of communities."""
    grids = sum(part.grids for part in parts)
    recorder = measures.make_recorder(scenario.weeks, GRID_OFFSET + grids)
    for week in zip(*(part.weeks for part in parts), strict=True):
        recorder.put(joined(week))
    buildings = 0
    for part in parts:
        rows = part.cases.copy()
        rows["community"] += part.section.first
        rows["grid"] += part.section.first_grid
        rows["building"] += buildings
        buildings += part.buildings
        recorder.rows.append(rows)
    digest = district_digest([street for part in parts for street in part.streets])
    return measures.finished(recorder, seed, scenario.shocks, digest)


class Table:
    """A meeting of threads.

    Parameters
    ----------
    parts : int
        How many take part.
    """

    def __init__(self, parts: int) -> None:
        self._barrier = threading.Barrier(parts)
        self._said: list[Float64 | None] = [None] * parts

    def seat(self, number: int) -> _Seat:
        """Where part ``number`` sits."""
        return _Seat(self, number)

    def gather(self, number: int, own: Float64) -> Float64:
        """What all have said, once all have."""
        try:
            self._said[number] = own
            self._barrier.wait()
            found = np.concatenate([said for said in self._said if said is not None], axis=-1)
            self._barrier.wait()  # nobody speaks again before all have heard
        except threading.BrokenBarrierError as error:
            raise AbortedError from error
        return found

    def leave(self) -> None:
        """Somebody has failed: nobody need wait any longer."""
        self._barrier.abort()


class _Seat(NamedTuple):
    table: Table
    number: int

    def gather(self, own: Float64) -> Float64:
        """As of :class:`sim.view.Meeting`."""
        return self.table.gather(self.number, own)


def simulate_in_parts(
    scenario: Scenario, seed: int | None = None, parts: int = 2, *, compared: frozenset[str] | None = None,
) -> RunResult:
    """Run a district in parts, on threads of this process.

    Parameters
    ----------
    scenario : Scenario
        Resolved: its arms are not looked at.
    seed : int, optional
    parts : int
    compared : frozenset of str, optional
        As in :class:`CommunityModel`.

    Returns
    -------
    RunResult
        That of :func:`sim.simulation.simulate`, to the bit.

    Raises
    ------
    YiheError
        If it cannot be cut; see :func:`cut`.
    """
    seed = scenario.seed if seed is None else seed
    found = cut(scenario, parts)
    table = Table(len(found))

    def run(number: int) -> Part:
        try:
            return run_part(scenario, seed, found[number], table.seat(number), compared)
        except BaseException:
            table.leave()
            raise

    with ThreadPoolExecutor(len(found)) as pool:
        work = [pool.submit(run, number) for number in range(len(found))]
    return merged(scenario, seed, first_fault(work))


def first_fault(work: Sequence[_Ended]) -> list[Part]:
    """Results of all parts; what failed first is raised, not that others were broken off for it."""
    faults = [error for each in work if (error := each.exception()) is not None]
    for error in sorted(faults, key=lambda error: isinstance(error, AbortedError)):
        raise error
    return [each.result() for each in work]
