"""Do the runs of a table that a store doesn't hold yet; the coordinator alone writes.

Every draw is keyed, so neither the number of workers nor the order in which chunks end changes a bit of any
result.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from sim.study.pool import Cluster, Here, Pool
from sim.study.runtable import RunTable
from sim.study.store import Store
from sim.study.work import Common, Engine, Failed, Rules, default_engine


class Progress(Protocol):
    """Told after each chunk how many runs are done, how many there are, and how many failed."""

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Show it."""
        ...


class Report(NamedTuple):
    """What :func:`execute` did."""

    done: int
    """Runs done now."""
    reused: int
    """Runs found finished."""
    failed: tuple[Failed, ...]


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def pool_of(workers: int | None, scheduler: str | None = None) -> Iterator[Pool]:
    """Who will do the runs.

    Parameters
    ----------
    workers : int, optional
        Processes; every processor if left out. With 1 everything happens in this process.
    scheduler : str, optional
        Address of an existing scheduler; its workers are used, however many.
    """
    number = cores() if workers is None else max(1, workers)
    if scheduler is None and number == 1:
        yield Here()
        return
    with Cluster(number, scheduler) as cluster:
        yield cluster


def execute(
    table: RunTable, store: Store, pool: Pool, *, rules: Rules | None = None,
    skip: frozenset[str] = frozenset(), progress: Progress | None = None, engine: Engine | None = None,
    on_failed: Callable[[Failed], None] | None = None,
) -> Report:
    """Do every run of a table that the store doesn't hold yet.

    Parameters
    ----------
    table : RunTable
    store : Store
        Takes finished runs as they come; merged tables are the caller's next step.
    pool : Pool
    rules : Rules, optional
    skip : frozenset of str
        Keys of runs that were put aside and are not tried again.
    progress : Progress, optional
    engine : Engine, optional
        :func:`sim.simulation.simulate_arms` if left out.
    on_failed : callable, optional
        Told of each failed run at once, so that a kill does not lose it.

    Returns
    -------
    Report

    Raises
    ------
    YiheError
        For a user's mistake that shows itself only when a model is built.
    KeyboardInterrupt
        After what is finished has been written.
    """
    rules = rules or Rules()
    known = store.finished | skip
    blocks, runs = 0, 0
    for block in table.blocks(known):
        blocks, runs = blocks + 1, runs + len(block.arms)
    total = table.total
    tell = progress or _silent
    tell(total - runs, total, 0)
    done, failed = 0, list[Failed]()
    if not runs:
        return Report(0, total, ())
    # Two blocks or more are worth other processes
    doer = Here() if blocks == 1 and rules.timeout is None else pool
    source = doer.do(Common.of(table), table.blocks(known), blocks, engine or default_engine(), rules)
    try:
        with contextlib.closing(source):
            for results in source:
                for result in results:
                    if isinstance(result, Failed):
                        if on_failed is not None:
                            on_failed(result)
                        failed.append(result._replace(traceback=""))
                    else:
                        store.add(result)
                        done += result.runs
                tell(total - runs + done + len(failed), total, len(failed))
    finally:
        store.flush()
    failed.sort(key=lambda run: (run.point, run.seed, run.arm))
    return Report(done, total - runs, tuple(failed))


def _silent(done: int, total: int, failed: int) -> None:
    pass
