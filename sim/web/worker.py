"""A worker process: kernels loaded once, then one job after the other, each of which can be broken off.

Started by :mod:`sim.web.pool` as ``python -m sim.web.worker``. Jobs come by standard input; answers leave by
what was standard output, and whatever else is printed goes to standard error. When the server is gone, so is
its worker.
"""

from __future__ import annotations

import _thread
import contextlib
import importlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sim.errors import YiheError
from sim.web.frames import Answer, Cancel, Job, packed, read
from sim.web.limits import RefusalError

READY = -1
"""Number of the answer that says a worker has warmed up."""


class Cancelled(BaseException):
    """The job is no longer wanted; no ``except Exception`` on the way holds it up."""


class Worker:
    """Reads jobs on one thread and does them on the main one.

    Parameters
    ----------
    tasks : mapping of name to callable
    source, sink : binary streams
    """

    def __init__(self, tasks: dict[str, Callable[..., Any]], source: BinaryIO, sink: BinaryIO) -> None:
        self._tasks, self._source, self._sink = tasks, source, sink
        self._jobs: queue.Queue[Job] = queue.Queue()
        self._current: int | None = None
        self._unwanted: int | None = None

    def listen(self) -> None:
        """Take jobs in from now on, and end when the server does: be it while kernels are compiled."""
        threading.Thread(target=self._listen, daemon=True).start()

    def serve(self) -> None:
        """Do jobs for as long as the server is there."""
        signal.signal(signal.SIGINT, self._interrupted)
        while True:
            job = self._jobs.get()
            try:
                answer = self._do(job)
            except Cancelled:
                self._current = None
                answer = Answer(job.number, None, None, "", cancelled=True)
            self.say(answer)

    def say(self, answer: Answer) -> None:
        """Send an answer."""
        self._sink.write(packed(answer))
        self._sink.flush()

    def _do(self, job: Job) -> Answer:
        self._current = job.number
        value, error, fault = None, None, ""
        try:
            if self._unwanted == job.number:
                raise Cancelled
            made = self._tasks[job.task](*job.arguments)
            if isinstance(made, Iterator):
                self._tell(job, made)
            else:
                value = made
        except YiheError as mistake:
            error = mistake
        except MemoryError:
            error = RefusalError(
                413, "内存不够：请减少居民或住房", "out of memory: choose fewer residents or dwellings")
        except Exception:
            fault = traceback.format_exc()
        self._current = None
        return Answer(job.number, value, error, fault)

    def _tell(self, job: Job, parts: Iterator[Any]) -> None:
        """Send each part of what a job makes as it comes."""
        for part in parts:
            self._current = None  # a message must not be broken off
            self.say(Answer(job.number, part, None, "", part=True))
            self._current = job.number
            if self._unwanted == job.number:
                raise Cancelled

    def _listen(self) -> None:
        while (message := read(self._source)) is not None:
            if isinstance(message, Cancel):
                self._unwanted = message.number
                if self._current == message.number:
                    _thread.interrupt_main()
            else:
                self._jobs.put(message)
        os._exit(0)  # the server is gone

    def _interrupted(self, *_: object) -> None:
        # Looked at again here: the job it was meant for may have ended meanwhile
        if self._current is not None and self._current == self._unwanted:
            raise Cancelled


def _bound_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):  # some systems know the limit and let nobody set it
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _binary(descriptor: int) -> int:
    """A descriptor through which bytes pass as they are: Windows may translate ends of lines."""
    try:
        import msvcrt
    except ImportError:
        return descriptor
    vars(msvcrt)["setmode"](descriptor, getattr(os, "O_BINARY", 0))
    return descriptor


def main() -> None:
    """Warm up, say so, and serve; the module of tasks, the memory and plug-in files come as arguments."""
    module, memory, *plugins = sys.argv[1:]
    source = os.fdopen(_binary(os.dup(0)), "rb")
    sink = os.fdopen(_binary(os.dup(1)), "wb")
    os.dup2(2, 1)  # what a library prints must not end up between answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory(int(memory))
    from sim.policies.registry import load_plugin

    for plugin in plugins:
        load_plugin(Path(plugin))
    tasks = importlib.import_module(module)
    worker = Worker(dict(tasks.TASKS), source, sink)
    worker.listen()
    tasks.warm()
    worker.say(Answer(READY, None, None, ""))
    worker.serve()


if __name__ == "__main__":
    main()
