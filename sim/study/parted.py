"""A district in parts on Dask workers: one part a worker, and a meeting that all of them ask once a week.

Every part is at work from the first week to the last, so there are no more parts than workers; what they say
to each other passes through an actor on one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.policies import registry
from sim.population.columns import Float64
from sim.population.section import Section
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.sharding import AbortedError, Part, cut, first_fault, merged, run_part
from sim.study import clusters
from sim.study.work import library


class Meeting:
    """What parts have said, turn by turn; lives on one worker, and all others ask it.

    Parameters
    ----------
    parts : int
    """

    def __init__(self, parts: int) -> None:
        self._parts, self._over = parts, False
        self._said: dict[int, dict[int, Float64]] = {}
        self._complete: dict[int, asyncio.Event] = {}
        self._heard: dict[int, int] = {}

    async def gather(self, turn: int, number: int, own: Float64) -> Float64 | None:
        """What all parts say in a turn, once all have; None if one of them has failed."""
        said = self._said.setdefault(turn, {})
        said[number] = own
        complete = self._complete.setdefault(turn, asyncio.Event())
        if len(said) == self._parts or self._over:
            complete.set()
        await complete.wait()
        if self._over:
            return None
        found = np.concatenate([said[part] for part in range(self._parts)], axis=-1)
        self._heard[turn] = self._heard.get(turn, 0) + 1
        if self._heard[turn] == self._parts:
            for kept in (self._said, self._complete, self._heard):
                del kept[turn]
        return found

    async def leave(self) -> None:
        """A part has failed: nobody need wait any longer."""
        self._over = True
        for complete in self._complete.values():
            complete.set()


class Seat:
    """A part's place at the meeting.

    Parameters
    ----------
    meeting : actor of Meeting
    number : int
    """

    def __init__(self, meeting: Any, number: int) -> None:
        self._meeting, self._number, self._turn = meeting, number, 0

    def gather(self, own: Float64) -> Float64:
        """As of :class:`sim.view.Meeting`."""
        self._turn += 1
        found: Float64 | None = self._meeting.gather(self._turn, self._number, own).result()
        if found is None:
            raise AbortedError
        return found


class _Task(NamedTuple):
    scenario: Scenario
    seed: int
    section: Section
    compared: frozenset[str]
    plugins: tuple[Path, ...]


def _do(task: _Task, meeting: Any, number: int) -> Part:
    for plugin in task.plugins:
        registry.load_plugin(plugin)
    return run_part(task.scenario, task.seed, task.section, Seat(meeting, number), task.compared)


def run_on(
    client: Any, scenario: Scenario, seed: int, parts: int, compared: frozenset[str],
) -> RunResult:
    """Run a district in parts on a client's workers.

    Parameters
    ----------
    client : distributed.Client
    scenario : Scenario
        Resolved: its arms are not looked at.
    seed : int
    parts : int
        At most so many.
    compared : frozenset of str

    Returns
    -------
    RunResult
        That of :func:`sim.simulation.simulate`, to the bit.

    Raises
    ------
    YiheError
        If it cannot be cut, or there are fewer workers than parts.
    """
    found, workers = cut(scenario, parts), list(client.nthreads())
    if len(workers) < len(found):
        raise YiheError(
            f"{len(found)} 个分片需要同样多的工作进程，只有 {len(workers)} 个：请减少 --parts 或增加工作进程",
            f"{len(found)} parts need as many workers, and there are {len(workers)}: lower --parts or start "
            "more workers", key="--parts")
    meeting = client.submit(
        Meeting, len(found), actor=True, workers=workers[:1], pure=False, retries=0).result()
    work = [
        client.submit(
            _do, _Task(scenario, seed, section, compared, tuple(registry.plugins())), meeting, number,
            workers=[worker], pure=False, retries=0)
        for number, (section, worker) in enumerate(zip(found, workers, strict=False))]
    for ended in library("distributed").as_completed(work):
        if ended.status == "error":
            meeting.leave().result()
    return merged(scenario, seed, _results(work))


def _results(work: Sequence[Any]) -> list[Part]:
    """Results of all parts, or what failed first; a worker that died is said in a sentence."""
    try:
        return first_fault(work)
    except library("distributed").KilledWorker as error:
        raise YiheError(
            "一个分片的工作进程没了，多半是内存不够：请减少 --parts 或换内存更大的机器，再运行一次",
            "the worker process of a part is gone, most likely for want of memory: lower --parts or take a "
            "machine with more memory, and run it again", key="--parts") from error


class Parted:
    """An engine that runs every arm in parts.

    Parameters
    ----------
    client : distributed.Client
    parts : int
    """

    def __init__(self, client: Any, parts: int) -> None:
        self._client, self._parts = client, parts

    def __call__(
        self, arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
    ) -> dict[str, RunResult]:
        """Results of several arms of one seed."""
        return {name: run_on(self._client, arm, seed, self._parts, compared) for name, arm in arms.items()}


@contextlib.contextmanager
def parted(parts: int, scheduler: str | None = None) -> Iterator[Parted]:
    """An engine on a cluster of this machine with a process a part, or on the workers of a scheduler."""
    with clusters.existing(scheduler) if scheduler else clusters.local(parts) as client:
        yield Parted(client, parts)
