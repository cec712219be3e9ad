"""Threads for large communities: spans of residents at once, or two parts of the week that share nothing.

Kernels let go of the interpreter, so threads run at the same time. Results never depend on how many there
are: spans write different rows, and parts done side by side read nothing that the other writes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import TypeVar

from sim.errors import YiheError

A = TypeVar("A")
B = TypeVar("B")
Span = tuple[int, int]

VARIABLE = "YIHE_THREADS"
"""Environment variable with the number of threads of one run; workers of a study set it to 1."""
LARGE = 20_000
"""Residents from which threads cost less than they save."""
PIECE = 10_000
"""Residents below which a span is not cut further."""
_A_THREAD = 4
"""Most spans a thread, so that one who comes late still finds something to do."""
_MOST = 8


def check_threads() -> None:
    """Refuse a number of threads that is none.

    Raises
    ------
    YiheError
    """
    asked = os.environ.get(VARIABLE, "")
    if asked and not (asked.isdecimal() and int(asked) > 0):
        raise YiheError(
            f"环境变量 {VARIABLE} 应为 1 以上的整数，现在是 {asked}，请改正或取消",
            f"{VARIABLE} must be a whole number of 1 or more, not {asked}; mend or unset it")


def threads() -> int:
    """Threads that one run may use."""
    asked = os.environ.get(VARIABLE, "")
    if asked.isdigit() and int(asked) > 0:
        return min(int(asked), _MOST)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, _MOST)


@cache
def _pool(workers: int, process: int) -> ThreadPoolExecutor:
    """Threads beside the caller's own; ``process`` keeps a forked child from using its parent's."""
    return ThreadPoolExecutor(workers, thread_name_prefix=f"yihe-{process}")


def large(n: int) -> bool:
    """Whether so many residents are better cut into spans."""
    return n >= LARGE and threads() > 1


def in_spans(n: int, work: Callable[[Span], object]) -> None:
    """Do ``work`` for every span of ``range(n)``: at once if small, else piece by piece on all threads.

    Whoever is free takes the next piece; a thread that is still busy elsewhere is not waited for.

    Parameters
    ----------
    n : int
    work : callable
        Gets (first, one past the last); may write only what belongs to its span.
    """
    if not large(n):
        work((0, n))
        return
    workers = threads()
    pieces = min(max(workers, n // PIECE), _A_THREAD * workers)
    waiting = deque(pairwise(n * k // pieces for k in range(pieces + 1)))

    def take() -> None:
        while waiting:
            try:
                span = waiting.popleft()
            except IndexError:  # another thread was quicker
                return
            work(span)

    others = [_pool(workers - 1, os.getpid()).submit(take) for _ in range(workers - 1)]
    try:
        take()
    finally:
        running = [other for other in others if not other.cancel()]
        wait(running)
    for other in running:
        other.result()


def side_by_side(n: int, first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Results of two parts of the week; for a large community (``n`` residents) both at the same time.

    Parameters
    ----------
    n : int
    first, second : callables
        Neither may read what the other writes.
    """
    if not large(n):
        return first(), second()
    beside = _pool(1, os.getpid()).submit(second)
    try:
        return first(), beside.result()
    finally:
        if not beside.cancel():  # what is at work still writes
            wait([beside])
