"""Worker processes kept warm: each does one job at a time, and none outlives the server.

A job that is no longer wanted is broken off; a worker that does not let go of one, takes too long or dies is
replaced. Comparisons go before the seeds of long ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.web.frames import HEAD, Answer, Cancel, Job, packed
from sim.web.limits import Limits, busy, ending, out_of_time, worker_lost
from sim.web.worker import READY

URGENT, PATIENT = 0, 1
"""A page waits for it; one of many."""

START_SECONDS = 600.0
"""Time a worker may take to warm up: kernels may have to be compiled first."""

_BUFFER = 1 << 22


class FaultError(RuntimeError):
    """A fault of ours in a worker, with its traceback; never a user's mistake."""


class GoneError(Exception):
    """A worker process ended."""


class Worker:
    """One process and the pipes to it.

    Parameters
    ----------
    tasks : str
        Module of the tasks it can do.
    limits : Limits
    plugins : sequence of Path
    """

    def __init__(self, tasks: str, limits: Limits, plugins: Sequence[Path]) -> None:
        self._command = [
            sys.executable, "-P", "-m", "sim.web.worker", tasks, str(limits.memory), *map(str, plugins)]
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._expected: dict[int, asyncio.Future[Answer]] = {}
        self._told: dict[int, Callable[[Any], None]] = {}
        self._over = False
        self.place = ""
        self.started = asyncio.create_task(self._start())

    @property
    def ready(self) -> bool:
        """Whether it has warmed up."""
        return self.started.done() and not self.started.cancelled() and self.started.exception() is None

    @property
    def over(self) -> bool:
        """Whether its process has ended."""
        return self._over

    async def _start(self) -> None:
        here = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
        apart: dict[str, Any] = (  # Ctrl-C in the terminal is the server's alone
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)} if os.name == "nt"
            else {"start_new_session": True})
        warm = self._expect(READY)
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=_BUFFER,
            env=os.environ | {"PYTHONPATH": path}, **apart)
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(START_SECONDS):
            await warm

    async def do(self, job: Job, tell: Callable[[Any], None] | None = None) -> Answer:
        """Have a job done; ``tell`` is called with each part of what it makes.

        Raises
        ------
        GoneError
            If the process ended.
        """
        answer = self._expect(job.number)
        if tell is not None:
            self._told[job.number] = tell
        try:
            await self._send(job)
            return await asyncio.shield(answer)
        finally:
            self._told.pop(job.number, None)

    async def cancel(self, number: int) -> None:
        """Say that a job is no longer wanted, and wait until the worker has let go of it."""
        answer = self._expected.get(number)
        if answer is not None:
            await self._send(Cancel(number))
            await answer

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self.started.cancel()
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self.started

    async def _send(self, message: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        if self._over:
            raise GoneError
        try:
            self._process.stdin.write(packed(message))
            await self._process.stdin.drain()
        except (ConnectionError, OSError) as error:
            raise GoneError from error

    def _expect(self, number: int) -> asyncio.Future[Answer]:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._expected[number] = answer
        return answer

    async def _read(self) -> None:
        """Hand every answer to whoever expects it, until the process ends."""
        assert self._process is not None
        assert self._process.stdout is not None
        stdout = self._process.stdout
        try:
            while True:
                (length,) = HEAD.unpack(await stdout.readexactly(HEAD.size))
                answer: Answer = pickle.loads(await stdout.readexactly(length))
                if answer.part:
                    if answer.number in self._told:
                        self._told[answer.number](answer.value)
                    continue
                expected = self._expected.pop(answer.number, None)
                if expected is not None and not expected.done():
                    expected.set_result(answer)
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass
        finally:
            self._over = True
            for expected in self._expected.values():
                if not expected.done():
                    expected.set_exception(GoneError())
                    expected.exception()  # perhaps nobody asks any more


class Pool:
    """Workers, and who waits for one.

    Parameters
    ----------
    size : int
        Worker processes: runs at once.
    limits : Limits
    tasks : str
        Module of the tasks workers can do.
    plugins : sequence of Path
        Files that workers load first.
    """

    def __init__(
        self, size: int, limits: Limits, tasks: str = "sim.web.tasks", plugins: Sequence[Path] = (),
    ) -> None:
        self.size, self.limits = size, limits
        self._made_of = tasks, limits, tuple(plugins)
        self._all: set[Worker] = set()
        self._free: list[Worker] = []
        self._waiting: list[tuple[int, int, asyncio.Future[Worker]]] = []
        self._numbers = itertools.count()
        self._after: set[asyncio.Task[None]] = set()
        self._closed = False
        self._warm = False
        self._first: Worker | None = None

    def start(self) -> None:
        """Start the workers, if that was not done yet: the first at once, the others when it has warmed up.

        The first compiles what has to be compiled, and does not wait for a core. Work that is asked for
        starts them too.
        """
        if self._first is not None or self._closed:
            return
        self._first = self._new()
        self._hand_on(self._first)
        self._later(self._start_others(self._first))

    @property
    def warm(self) -> bool:
        """Whether a worker has warmed up."""
        self._warm = self._warm or any(worker.ready for worker in self._all)
        return self._warm

    async def warmed(self) -> None:
        """Start the workers if need be, and wait until the first has warmed up, or has failed to."""
        self.start()
        if self._first is not None:
            await asyncio.wait([self._first.started])

    async def _start_others(self, first: Worker) -> None:
        await asyncio.wait([first.started])
        for _ in range(self.size - 1):
            self._hand_on(self._new())

    async def close(self) -> None:
        """Kill all workers; whatever waits or is at work is refused."""
        self._closed = True
        for _, _, waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(ending())
        for task in list(self._after):
            task.cancel()
        await asyncio.gather(*(worker.end() for worker in list(self._all)), return_exceptions=True)
        self._all.clear()

    @property
    def free(self) -> int:
        """Workers that have warmed up and have nothing to do."""
        return sum(worker.ready for worker in self._free)

    async def run(
        self, task: str, *arguments: Any, urgency: int = URGENT, place: str = "",
        tell: Callable[[Any], None] | None = None,
    ) -> Any:
        """Have a task done by a worker; breaking this off breaks the task off.

        Parameters
        ----------
        task : str
        *arguments
            Things that can be pickled.
        urgency : int
        place : str
            Goes to the worker that last worked at this place, if it is free: it may still know something of
            use.
        tell : callable, optional
            Called with each part of what the task makes, if it makes it in parts.

        Raises
        ------
        YiheError
            The user's mistake that the task found; or a refusal if too many wait (429), it took too long
            or the worker died (503).
        FaultError
            If the task failed by a fault of ours.
        """
        if self._closed:
            raise ending()
        self.start()
        job = Job(next(self._numbers), task, arguments)
        worker = await self._worker(urgency, place)
        try:
            await asyncio.shield(worker.started)
            async with asyncio.timeout(self.limits.seconds):
                answer = await worker.do(job, tell)
        except asyncio.CancelledError:
            if self._closed:
                raise ending() from None
            self._later(self._let_go(worker, job.number))
            raise
        except TimeoutError:
            self._later(self._replace(worker))
            raise out_of_time(self.limits.seconds) from None
        except GoneError:
            self._later(self._replace(worker))
            raise ending() if self._closed else worker_lost() from None
        except BaseException:
            self._later(self._replace(worker))
            raise
        self._hand_on(worker)
        if answer.error is not None:
            raise answer.error
        if answer.fault:
            raise FaultError(answer.fault)
        return answer.value

    async def _worker(self, urgency: int, place: str) -> Worker:
        """A free worker, in the order of asking."""
        for gone in [worker for worker in self._free if worker.over]:
            self._free.remove(gone)  # it ended while it had nothing to do
            self._later(self._replace(gone))
        if self._free:
            chosen = min(
                self._free, key=lambda worker: (not worker.ready, worker.place not in ("", place)))
            self._free.remove(chosen)
            chosen.place = place or chosen.place
            return chosen
        waiting = sum(not future.done() for _, _, future in self._waiting)
        if urgency == URGENT and waiting >= self.limits.waiting:
            raise busy()
        future: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), future))
        try:
            patient = urgency != URGENT or not self.warm  # the first time, kernels are compiled
            async with asyncio.timeout(None if patient else self.limits.patience):
                return await future
        except TimeoutError:
            self._return(future)
            raise busy() from None
        except asyncio.CancelledError:
            self._return(future)
            raise

    def _return(self, future: asyncio.Future[Worker]) -> None:
        """Hand on a worker that came just as nobody wanted it any more."""
        if future.done() and not future.cancelled():
            self._hand_on(future.result())
        else:
            future.cancel()

    def _new(self) -> Worker:
        worker = Worker(*self._made_of)
        self._all.add(worker)
        worker.started.add_done_callback(_looked_at)
        return worker

    def _hand_on(self, worker: Worker) -> None:
        """Give a worker to whoever waits first, or keep it."""
        while self._waiting:
            future = heapq.heappop(self._waiting)[2]
            if not future.done():
                future.set_result(worker)
                return
        self._free.append(worker)

    def _later(self, work: Any) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def _let_go(self, worker: Worker, number: int) -> None:
        try:
            async with asyncio.timeout(self.limits.letting_go):
                if worker.ready:
                    await worker.cancel(number)
        except (TimeoutError, GoneError):
            await self._replace(worker)
        else:
            self._hand_on(worker)

    async def _replace(self, worker: Worker) -> None:
        """A new worker instead of one that is of no use any more."""
        self._all.discard(worker)
        if not self._closed:
            self._hand_on(self._new())
        await worker.end()


def _looked_at(started: asyncio.Task[None]) -> None:
    """A start that failed is told to whoever gets the worker, and need not be told again."""
    if not started.cancelled():
        started.exception()
