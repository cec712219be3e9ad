"""Do the runs of a plan: in this process, or on a local cluster of worker processes.

The unit is a *block*, all missing arms of one seed, so that arms share their warm-up. Blocks travel in
chunks that last a second or two; the coordinator alone writes. Every draw is keyed, so neither the number
of workers nor the order in which chunks end changes a bit of any result.

A run that fails is data: it is recorded with its seed, arm and traceback, and the rest goes on. If one arm
of a block fails, the others are done without it; if a worker dies, the blocks of its chunk are tried one by
one, then arm by arm, until the run that kills is alone. A user's mistake (:class:`~sim.errors.YiheError`)
ends everything at once, because every further run would meet it too.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import pickle
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.compiled import compiled_mark
from sim.errors import YiheError
from sim.policies import registry
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.study.plan import Block, Plan
from sim.study.tables import Finished, missing

if TYPE_CHECKING:
    from sim.study.store import Store

CHUNK_SECONDS = 2.0
IN_FLIGHT = 2
"""Chunks sent out for each worker: one at work, one waiting."""

_MALLOC = str(4 * 1024 * 1024)


class Engine(Protocol):
    """What does the runs: :func:`sim.simulation.simulate_arms`, or a stand-in that workers can import."""

    def __call__(
        self, arms: Mapping[str, Scenario], seed: int, compared: frozenset[str],
    ) -> dict[str, RunResult]:
        """Results of several arms of one seed."""
        ...


class Progress(Protocol):
    """Told after each chunk how many runs are done, how many there are, and how many failed."""

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Show it."""
        ...


class Failed(NamedTuple):
    """One run that did not end well."""

    arm: str
    seed: int
    key: str
    error: str
    traceback: str


Results = Generator[list[Finished | Failed], None, None]
"""Runs as they end, some at a time."""


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


def execute(
    plan: Plan, store: Store, *, workers: int | None = None, progress: Progress | None = None,
    engine: Engine | None = None,
) -> Report:
    """Do every run of a plan that the store doesn't hold yet.

    Parameters
    ----------
    plan : Plan
    store : Store
        Takes finished runs as they come; merged tables are the caller's next step.
    workers : int, optional
        Processes; every processor if left out. With 1 everything happens in this process.
    progress : Progress, optional
    engine : Engine, optional
        :func:`sim.simulation.simulate_arms` if left out.

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
    engine = engine or default_engine()
    blocks = plan.blocks(store.finished)
    missing = sum(len(block.arms) for block in blocks)
    total = len(plan.seeds) * len(plan.arms)
    workers = max(1, min(cores() if workers is None else workers, len(blocks)))
    tell = progress or _silent
    tell(total - missing, total, 0)
    done, failed = 0, list[Failed]()
    source = _here(plan, blocks, engine) if workers == 1 else _on_cluster(plan, blocks, engine, workers)
    try:
        with contextlib.closing(source):
            for results in source:
                for result in results:
                    if isinstance(result, Failed):
                        failed.append(result)
                    else:
                        store.add(result)
                        done += 1
                tell(total - missing + done + len(failed), total, len(failed))
    finally:
        store.flush()
    return Report(done, total - missing, tuple(sorted(failed, key=lambda run: (run.seed, run.arm))))


def default_engine() -> Engine:
    """The model itself, imported when first needed."""
    from sim.simulation import simulate_arms

    return simulate_arms


def do_block(
    arms: Mapping[str, Scenario], block: Block, compared: frozenset[str], engine: Engine,
) -> list[Finished | Failed]:
    """All arms of one seed together, or one by one if together they fail."""
    wanted = {arm: arms[arm] for arm in block.arms}
    start = time.perf_counter()
    try:
        results = engine(wanted, block.seed, compared)
    except YiheError:
        raise
    except Exception as error:
        if len(wanted) > 1:
            return [done for one in block.one_by_one() for done in do_block(arms, one, compared, engine)]
        arm = block.arms[0]
        what = f"{type(error).__name__}: {error}"
        return [Failed(arm, block.seed, block.keys[0], what, traceback.format_exc())]
    seconds = (time.perf_counter() - start) / len(wanted)
    return [
        Finished(arm, block.seed, key, results[arm], seconds)
        for arm, key in zip(block.arms, block.keys, strict=True)
    ]


def _silent(done: int, total: int, failed: int) -> None:
    pass


def _here(plan: Plan, blocks: Sequence[Block], engine: Engine) -> Results:
    for block in blocks:
        yield do_block(plan.arms, block, plan.compared, engine)


# On a cluster


class _Job(NamedTuple):
    """A chunk of blocks as it travels; the arms are packed once and unpacked once a worker."""

    package: bytes
    blocks: tuple[Block, ...]
    compared: frozenset[str]
    engine: Engine


def _pack(arms: Mapping[str, Scenario]) -> bytes:
    pickler = _library("cloudpickle")
    # By value for policies written in a notebook; plug-in files first, or their classes could not be found
    return pickler.dumps(([str(path) for path in registry.plugins()], pickler.dumps(dict(arms))))


@lru_cache(maxsize=1)
def _unpack(package: bytes) -> dict[str, Scenario]:
    plugins, arms = pickle.loads(package)
    for path in plugins:
        registry.load_plugin(Path(path))
    return pickle.loads(arms)


def _work(job: _Job) -> list[Finished | Failed]:
    arms = _unpack(job.package)
    return [done for block in job.blocks for done in do_block(arms, block, job.compared, job.engine)]


class _Chunks:
    """Blocks still to do, cut into chunks of about :data:`CHUNK_SECONDS` by the pace seen so far."""

    def __init__(self, blocks: Sequence[Block], workers: int) -> None:
        self._waiting = deque(blocks)
        self.suspects: deque[Block] = deque()
        """What may have killed its worker: tried before anything else."""
        self._workers = workers
        self._runs, self._seconds = 0, 0.0

    def next(self) -> tuple[Block, ...]:
        """The next chunk; empty if nothing is left."""
        # Small enough that the last chunks of all workers end together
        fair = len(self._waiting) // (2 * self._workers)
        size = max(1, min(self._by_pace(), fair))
        return tuple(self._waiting.popleft() for _ in range(min(size, len(self._waiting))))

    def _by_pace(self) -> int:
        if not self._runs:
            return 1
        block_seconds = self._seconds / self._runs * len(self._waiting[0].arms) if self._waiting else 1.0
        return int(CHUNK_SECONDS / max(block_seconds, 1e-6))

    def learn(self, results: Sequence[Finished | Failed]) -> None:
        """Note how long runs take."""
        for result in results:
            if isinstance(result, Finished):
                self._runs += 1
                self._seconds += result.seconds

    def suspect(self, chunk: Sequence[Block]) -> None:
        """Have a chunk whose worker died tried in smaller pieces, each with nothing else at work."""
        self.suspects.extend(chunk if len(chunk) > 1 else chunk[0].one_by_one())


def _on_cluster(
    plan: Plan, blocks: Sequence[Block], engine: Engine, workers: int,
) -> Results:
    if engine is not default_engine() or not compiled_mark().exists():
        _warm(plan, engine)
    package, chunks = _pack(plan.arms), _Chunks(blocks, workers)
    with _cluster(workers) as client:
        running: dict[Any, tuple[Block, ...]] = {}
        alone: set[Any] = set()
        ended = _library("distributed").as_completed()

        def submit(chunk: tuple[Block, ...]) -> Any:
            future = client.submit(_work, _Job(package, chunk, plan.compared, engine), pure=False)
            running[future] = chunk
            ended.add(future)
            return future

        def send() -> None:
            if chunks.suspects:
                # With nothing else at work, a death can be blamed on the run itself
                if not running:
                    alone.add(submit((chunks.suspects.popleft(),)))
                return
            while len(running) < IN_FLIGHT * workers and (chunk := chunks.next()):
                submit(chunk)

        send()
        for future in ended:
            chunk = running.pop(future)
            error = future.exception()
            if isinstance(error, YiheError):
                raise error
            if error is None:
                results = future.result()
                chunks.learn(results)
                yield results
            elif future in alone and len(chunk[0].arms) == 1:
                yield [_killed(chunk[0], error)]
            else:
                chunks.suspect(chunk)
            send()


def _killed(block: Block, error: BaseException) -> Failed:
    what = f"{type(error).__name__}: {error}"
    return Failed(block.arms[0], block.seed, block.keys[0], what, "".join(traceback.format_exception(error)))


def _warm(plan: Plan, engine: Engine) -> None:
    """One tiny run here first, so that workers find compiled kernels instead of all compiling at once."""
    arm, scenario = next(iter(plan.arms.items()))
    tiny = scenario.model_copy(update={"weeks": 2, "warmup": 1})
    try:
        engine({arm: tiny}, plan.seeds[0], plan.compared)
    except YiheError:
        raise
    except Exception:
        # It goes wrong again in the runs themselves, and is recorded there
        return


def _library(name: str) -> Any:
    """A module of the ``study`` extra; its types are not checked."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise missing(name) from error


@contextlib.contextmanager
def _cluster(workers: int) -> Iterator[Any]:
    distributed = _library("distributed")
    settings = {
        # Dask's own 64 KiB made runs with larger arrays six times slower
        "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": _MALLOC,
        "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": _MALLOC,
        "distributed.nanny.pre-spawn-environ.NUMBA_NUM_THREADS": "1",
        "distributed.worker.preload": ["sim.study.worker"],
        # A run that kills its worker is tried again in smaller company, not three more times in the same
        "distributed.scheduler.allowed-failures": 0,
    }
    with (
        tempfile.TemporaryDirectory(prefix="yihe-", ignore_cleanup_errors=True) as scratch,
        _library("dask").config.set(settings), _unimportable_main(),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True,
            dashboard_address="127.0.0.1:0", memory_limit=0,
            local_directory=scratch, silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextlib.contextmanager
def _unimportable_main() -> Iterator[None]:
    """Keep workers from running the user's script again.

    New processes import the main module by its file. A researcher's three-line script has no
    ``if __name__ == "__main__":`` and would start the whole comparison once more in every worker.
    """
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    main.__spec__ = None
    if "__file__" in kept:
        del main.__file__
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)
