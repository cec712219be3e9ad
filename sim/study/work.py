"""What a worker does: the runs of a block, and the tables they become.

A run that fails is data: it is recorded with its point, seed, arm and traceback, and the rest goes on. If one
arm of a block fails, the others are done without it. A user's mistake (:class:`~sim.errors.YiheError`) ends
everything at once, because every further run would meet it too.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import pickle
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.errors import YiheError
from sim.policies import registry
from sim.results import RunResult
from sim.scenario.naming import sources_hash
from sim.scenario.schema import Scenario
from sim.study.runtable import Block, RunTable, Values
from sim.study.tables import EVERYTHING, Finished, Keep, build, missing
from sim.study.variants import vary

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(Protocol):
    """What does the runs: :func:`sim.simulation.simulate_arms`, or a stand-in that workers can import."""

    def __call__(
        self, arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
    ) -> dict[str, RunResult]:
        """Results of several arms of one seed."""
        ...


@dataclass(frozen=True)
class Rules:
    """How runs are done and what is kept of them.

    Parameters
    ----------
    timeout : float, optional
        Seconds a run may take on a worker process; without end if left out. A run in the coordinator's own
        process cannot be stopped from within and has none.
    retries : int
        Further attempts at a run that fails or takes too long.
    keep : Keep
        Which tables, and which outcomes week by week.
    """

    timeout: float | None = None
    retries: int = 0
    keep: Keep = EVERYTHING


class Failed(NamedTuple):
    """One run that did not end well."""

    point: int
    values: Values
    arm: str
    seed: int
    key: str
    error: str
    traceback: str


class Batch(NamedTuple):
    """Runs that ended well, as tables."""

    tables: dict[str, pa.Table]
    runs: int
    blocks: int
    seconds: float


class Job(NamedTuple):
    """Blocks as they travel; what they have in common is packed once and unpacked once a worker."""

    package: bytes
    blocks: tuple[Block, ...]
    engine: Engine
    rules: Rules


@dataclass(frozen=True, eq=False)
class Common:
    """What all blocks of a study have in common."""

    arms: dict[str, Scenario]
    factors: tuple[str, ...]
    compared: frozenset[str]

    @classmethod
    def of(cls, table: RunTable) -> Common:
        """Of a table of runs."""
        return cls(table.arms, table.factors, table.compared)


def default_engine() -> Engine:
    """The model itself, imported when first needed."""
    from sim.simulation import simulate_arms

    return simulate_arms


def collected(results: Sequence[Finished | Failed], rules: Rules) -> list[Batch | Failed]:
    """Runs that ended well as one batch, and those that did not."""
    ended = [result for result in results if isinstance(result, Finished)]
    failed: list[Batch | Failed] = [result for result in results if isinstance(result, Failed)]
    if not ended:
        return failed
    blocks = len({(run.point, run.seed) for run in ended})
    return [Batch(build(ended, rules.keep), len(ended), blocks, sum(run.seconds for run in ended)), *failed]


def do_blocks(
    common: Common, blocks: Sequence[Block], engine: Engine, rules: Rules, *, guarded: bool = False,
) -> Iterator[list[Finished | Failed]]:
    """Do blocks one after the other, and hand over each; those that differ in their seed only side by side.

    Parameters are those of :func:`do_block`.
    """
    for _, same in groupby(blocks, key=lambda block: (block.point, block.values, block.arms)):
        alike = list(same)
        size = _together(common, alike[0], engine) if len(alike) > 1 else 1
        groups = -(-len(alike) // size)  # as even as can be
        for g in range(groups):
            group = alike[len(alike) * g // groups : len(alike) * (g + 1) // groups]
            together = _side_by_side(common, group, rules, guarded=guarded) if len(group) > 1 else None
            if together is not None:
                yield together
                continue
            for block in group:
                yield do_block(common, block, engine, rules, guarded=guarded)


def _together(common: Common, block: Block, engine: Engine) -> int:
    """How many blocks like this one are best done side by side."""
    if engine is not default_engine():
        return 1
    from sim.ensemble import runs_together

    try:
        return runs_together(_varied(common, block.arms, block.values).values())
    except (YiheError, OSError):  # alone, each will show what is wrong
        return 1


def _side_by_side(
    common: Common, blocks: Sequence[Block], rules: Rules, *, guarded: bool
) -> list[Finished | Failed] | None:
    """Blocks that differ in their seed only; none if it goes wrong: each alone will show where."""
    from sim.ensemble import simulate_seeds

    start, arms = time.perf_counter(), _varied(common, blocks[0].arms, blocks[0].values)
    runs = len(arms) * len(blocks)
    try:
        with _time_limit(rules.timeout, runs if guarded else 0):
            results = simulate_seeds(arms, [block.seed for block in blocks], common.compared)
    except YiheError:
        return None
    except Exception as error:
        warnings.warn(
            f"{runs} runs side by side failed, each is done alone: {type(error).__name__}: {error}",
            RuntimeWarning, stacklevel=2)
        return None
    seconds = (time.perf_counter() - start) / runs
    return [
        Finished(block.point, arm, block.seed, key, results[block.seed][arm], seconds)
        for block in blocks for arm, key in zip(block.arms, block.keys, strict=True)]


def do_block(
    common: Common, block: Block, engine: Engine, rules: Rules, *, guarded: bool = False,
) -> list[Finished | Failed]:
    """All arms of one block together, or one by one if together they fail.

    Parameters
    ----------
    guarded : bool
        Whether this process may be ended by a run that takes too long.
    """
    start = time.perf_counter()
    try:
        arms = _varied(common, block.arms, block.values)
    except YiheError as error:
        # Every point looks sound by itself before a study starts; one that is not costs only its own runs
        return [failure(one, str(error), "") for one in block.one_by_one()]
    try:
        with _time_limit(rules.timeout, len(arms) if guarded else 0):
            results = engine(arms, block.seed, common.compared)
    except YiheError:
        raise
    except Exception as error:
        if len(block.arms) > 1:
            return [
                done for one in block.one_by_one()
                for done in do_block(common, one, engine, rules, guarded=guarded)]
        if rules.retries > 0:
            fewer = Rules(rules.timeout, rules.retries - 1, rules.keep)
            return do_block(common, block, engine, fewer, guarded=guarded)
        return [failure(block, f"{type(error).__name__}: {error}", traceback.format_exc())]
    seconds = (time.perf_counter() - start) / len(arms)
    return [
        Finished(block.point, arm, block.seed, key, results[arm], seconds)
        for arm, key in zip(block.arms, block.keys, strict=True)]


@lru_cache(maxsize=8)
def _varied(common: Common, arms: tuple[str, ...], values: Values) -> dict[str, Scenario]:
    """Arms of a point; its seeds come one after the other."""
    return vary({arm: common.arms[arm] for arm in arms}, common.factors, values)


def failure(block: Block, error: str, trace: str) -> Failed:
    """What is recorded of a block of one run that did not end well."""
    return Failed(block.point, block.values, block.arms[0], block.seed, block.keys[0], error, trace)


@contextlib.contextmanager
def _time_limit(seconds: float | None, runs: int) -> Iterator[None]:
    """End this process if what is inside takes too long: compiled code listens to nothing gentler."""
    if seconds is None or not runs:
        yield
        return
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds * runs, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def pack(common: Common) -> bytes:
    """What blocks have in common, ready to travel."""
    pickler = library("cloudpickle")
    # By value for policies written in a notebook; plug-in files first, or their classes could not be found
    plugins = [str(path) for path in registry.plugins()]
    return pickler.dumps((plugins, sources_hash(), pickler.dumps(common)))


@lru_cache(maxsize=1)
def _unpack(package: bytes) -> Common:
    plugins, sources, common = pickle.loads(package)
    for path in plugins:
        registry.load_plugin(Path(path))
    if sources_hash() != sources:
        raise YiheError(
            "工作进程里的代码或插件与这里不同（运行中代码被改动，或 --scheduler 的工作进程留有先前的插件）："
            "请重新运行；用自己的调度器时先重启工作进程，并使各处文件一致",
            "code or plug-ins of a worker differ from those here (code was changed meanwhile, or workers of "
            "--scheduler keep plug-ins of an earlier study): run again; with your own scheduler, restart its "
            "workers first, with the same files everywhere")
    return pickle.loads(common)


def work(job: Job) -> list[Batch | Failed]:
    """Do a job on a worker process."""
    common = _unpack(job.package)
    done = do_blocks(common, job.blocks, job.engine, job.rules, guarded=True)
    return collected([result for some in done for result in some], job.rules)


def library(name: str) -> Any:
    """A module of the ``study`` extra; its types are not checked."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise missing(name) from error
