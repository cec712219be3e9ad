"""Who does the runs: this process, a local cluster of worker processes, or an existing scheduler's workers.

The unit is a block, all missing arms of one seed at one point. Blocks travel in chunks that last a second or
two. If a worker dies, the blocks of its chunk are tried one by one with nothing else at work, then arm by
arm, until the run that kills is alone; it is recorded as failed and the rest goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

from sim.compiled import compiled_mark
from sim.errors import YiheError
from sim.study.clusters import existing, local
from sim.study.runtable import Block
from sim.study.tables import Finished
from sim.study.work import (
    Batch,
    Common,
    Engine,
    Failed,
    Job,
    Rules,
    collected,
    default_engine,
    do_blocks,
    failure,
    pack,
    work,
)

CHUNK_SECONDS, LEAST_SECONDS = 2.0, 0.2
"""How long a chunk lasts, and the last ones at least: a few runs side by side cost little more than one."""
MOMENT_SECONDS = 0.2
"""In this process: how long runs gather before they are handed over together."""

FEW = 8
"""In this process: blocks that are begun together."""

LOOK_SECONDS = 5.0
"""How often one looks whether all workers are there."""

SHORT_LOOKS, NONE_LOOKS = 6, 2
"""Looks after which missing workers of a local cluster are replaced, if some are left and if none is."""

ABSENT_LOOKS = 60
"""Looks after which a study without any worker ends."""

IN_FLIGHT = 2
"""Chunks sent out for each worker: one at work, one waiting."""

Results = Generator[list[Batch | Failed], None, None]
"""Runs as they end, some at a time."""


class Pool(Protocol):
    """Something that does blocks."""

    def do(
        self, common: Common, blocks: Iterator[Block], count: int, engine: Engine, rules: Rules,
    ) -> Results:
        """Do some blocks, in any order."""
        ...


class Here:
    """This process, one block after the other: for debugging, and for very little work."""

    def do(
        self, common: Common, blocks: Iterator[Block], count: int, engine: Engine, rules: Rules,
    ) -> Results:
        """Do some blocks in their order, and hand over what a moment gave."""
        moment = list[Finished | Failed]()
        began = time.monotonic()
        while some := tuple(islice(blocks, FEW)):
            done = do_blocks(common, some, engine, rules)
            while True:
                try:
                    moment += next(done)
                except StopIteration:
                    break
                except KeyboardInterrupt:
                    if moment:
                        yield collected(moment, rules)
                    raise
                if time.monotonic() - began > MOMENT_SECONDS:
                    yield collected(moment, rules)
                    moment, began = [], time.monotonic()
        if moment:
            yield collected(moment, rules)


class Cluster:
    """Worker processes of a Dask cluster, started when first needed and kept for the next call.

    Parameters
    ----------
    workers : int
        Processes of a local cluster; at most as many as there are blocks in the first call.
    scheduler : str, optional
        Address of a scheduler to use instead, with whatever workers it has.
    """

    def __init__(self, workers: int, scheduler: str | None = None) -> None:
        self._workers, self._scheduler = workers, scheduler
        self._stack = contextlib.ExitStack()
        self._client: Any = None
        self._wanted, self._looked, self._short = 0, 0.0, 0

    def __enter__(self) -> Cluster:
        """Use as a context: leaving ends a local cluster."""
        return self

    def __exit__(self, *error: object) -> None:
        """End a local cluster; leave an existing one alone."""
        self._client = None
        self._stack.close()

    def do(
        self, common: Common, blocks: Iterator[Block], count: int, engine: Engine, rules: Rules,
    ) -> Results:
        """Do some blocks, several at a time."""
        if engine is not default_engine() or not compiled_mark().exists():
            blocks = _warm(common, blocks, engine)
        client = self._connect(count)
        package, chunks = pack(common), Chunks(blocks, count, max(self._wanted, _threads(client)))
        running: dict[Any, Sent] = {}
        ended: SimpleQueue[Any] = SimpleQueue()

        def submit(chunk: tuple[Block, ...], tries: int = 0) -> None:
            future = client.submit(work, Job(package, chunk, engine, rules), pure=False, retries=0)
            running[future] = Sent(chunk, tries, time.monotonic())
            future.add_done_callback(ended.put)

        def send() -> None:
            if chunks.suspects:
                # With nothing else at work, a death can be blamed on the run itself
                if not running:
                    submit(*chunks.suspects.popleft())
                return
            while len(running) < IN_FLIGHT * _threads(client) and (chunk := chunks.next()):
                submit(chunk)

        send()
        while running:
            future = self._next(ended)
            sent = running.pop(future)
            results, error = _ended(future, client)
            if error is None:
                chunks.learn(results)
                yield results
            elif sent.tries > rules.retries and len(sent.chunk[0].arms) == 1:
                yield [_killed(sent, error, rules)]
            else:
                chunks.suspect(sent)
            send()

    def _connect(self, count: int) -> Any:
        """A client with as many workers as so many blocks can use."""
        if self._scheduler is not None:
            self._client = self._client or self._stack.enter_context(existing(self._scheduler))
            return self._client
        wanted = min(self._workers, count)
        self._wanted = max(self._wanted, wanted)
        if self._client is None:
            self._client = self._stack.enter_context(local(wanted))
        elif wanted > _threads(self._client):
            self._client.cluster.scale(wanted)  # they join in when they are up
        return self._client

    def _next(self, ended: SimpleQueue[Any]) -> Any:
        """The next chunk that has come to an end, however it ended."""
        while True:
            self._look()
            with contextlib.suppress(Empty):
                return ended.get(timeout=LOOK_SECONDS)

    def _look(self) -> None:
        """Replace workers of a local cluster that are lost for good; wait for others, but not for ever.

        Dask starts a worker again that dies at work, but not one that dies before its start was noticed, as
        one does that takes up a run that kills at once.

        Raises
        ------
        YiheError
            If there is no worker for too long.
        """
        now, client = time.monotonic(), self._client
        if now - self._looked < LOOK_SECONDS or client.status != "running":
            return
        there, wanted = len(client.nthreads()), max(1, self._wanted)
        self._looked, self._short = now, 0 if there >= wanted else self._short + 1
        if not there and self._short >= ABSENT_LOOKS:
            raise YiheError(
                "工作进程都没了，也没有新的起来：完成的运行都已保存，用 yihe resume 接着做",
                "all worker processes are gone and none came back: finished runs are kept; go on with "
                "yihe resume", key="--workers" if self._scheduler is None else "--scheduler")
        patience = SHORT_LOOKS if there else NONE_LOOKS
        if self._scheduler is None and self._short and self._short % patience == 0:
            cluster = client.cluster
            forgotten = len(set(cluster.worker_spec) - set(cluster.workers))  # scaling alone starts these
            cluster.scale(len(cluster.worker_spec) + max(0, wanted - there - forgotten))


class Sent(NamedTuple):
    """A chunk at work."""

    chunk: tuple[Block, ...]
    tries: int
    """How often it was tried alone, this time included; 0 in company."""
    since: float


class Chunks:
    """Blocks still to do, cut into chunks of about :data:`CHUNK_SECONDS` by the pace seen so far.

    Parameters
    ----------
    blocks : iterator of Block
    count : int
        How many there are.
    workers : int
    """

    def __init__(self, blocks: Iterator[Block], count: int, workers: int) -> None:
        self._waiting, self._left = blocks, count
        self.suspects: deque[tuple[tuple[Block, ...], int]] = deque()
        """What may have killed its worker, and how often it will have been tried alone: tried before anything
        else."""
        self._workers = workers
        self._blocks, self._seconds = 0, 0.0

    def next(self) -> tuple[Block, ...]:
        """The next chunk; empty if nothing is left."""
        # Small enough that the last chunks of all workers end nearly together
        fair = self._left // (2 * self._workers)
        size = max(1, min(self._by_pace(CHUNK_SECONDS), max(self._by_pace(LEAST_SECONDS), fair)))
        chunk = tuple(islice(self._waiting, size))
        self._left -= len(chunk)
        return chunk

    def _by_pace(self, seconds: float) -> int:
        return int(seconds / max(self._seconds / self._blocks, 1e-6)) if self._blocks else 1

    def learn(self, results: Sequence[Batch | Failed]) -> None:
        """Note how long blocks take."""
        for result in results:
            if isinstance(result, Batch):
                self._blocks += result.blocks
                self._seconds += result.seconds

    def suspect(self, sent: Sent) -> None:
        """Have a chunk whose worker died tried in smaller pieces, each with nothing else at work."""
        chunk = sent.chunk
        if len(chunk) > 1:
            self.suspects.extend(((block,), 1) for block in chunk)
        elif len(chunk[0].arms) > 1:
            self.suspects.extend(((one,), 1) for one in chunk[0].one_by_one())
        else:
            self.suspects.append((chunk, sent.tries + 1))


def _ended(future: Any, client: Any) -> tuple[list[Batch | Failed], BaseException | None]:
    """Results of a chunk, or why there are none: its worker died.

    Raises
    ------
    YiheError
        The user's mistake that a run found; or if the scheduler is gone and took the chunk with it.
    """
    try:
        return future.result(), None
    except YiheError:
        raise
    except (Exception, asyncio.CancelledError) as error:
        if client.status != "running":
            raise YiheError(
                "与调度器的连接断了：完成的运行都已保存，调度器恢复后用 yihe resume 接着做",
                "the connection to the scheduler is lost: finished runs are kept; once it is back, go on "
                "with yihe resume", key="--scheduler") from error
        return [], error


def _killed(sent: Sent, error: BaseException, rules: Rules) -> Failed:
    if rules.timeout is not None and time.monotonic() - sent.since >= rules.timeout:
        return failure(sent.chunk[0], f"timeout: took longer than {rules.timeout:g} s", "")
    return failure(sent.chunk[0], f"{type(error).__name__}: the worker process died in this run", str(error))


def _threads(client: Any) -> int:
    return max(1, sum(client.nthreads().values()))


def _warm(common: Common, blocks: Iterator[Block], engine: Engine) -> Iterator[Block]:
    """One tiny run here first, so that workers find compiled kernels instead of all compiling at once."""
    first = next(blocks, None)
    if first is None:
        return
    arm, scenario = next(iter(common.arms.items()))
    tiny = scenario.model_copy(update={"weeks": 2, "warmup": 1})
    try:
        engine({arm: tiny}, first.seed, common.compared)
    except YiheError:
        raise
    except Exception:
        # It goes wrong again in the runs themselves, and is recorded there
        pass
    yield first
    yield from blocks
