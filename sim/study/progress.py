"""How far a study has come, on stderr: a bar with the time left, or plain lines where that is no terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from sim.study.runner import Progress


@contextlib.contextmanager
def progress_of(lang: str, quiet: bool) -> Iterator[Progress | None]:
    """A bar with the time left on stderr, plain lines where that is no terminal, nothing if ``--quiet``."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield ProgressLines(lang, sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = "模拟" if lang == "zh" else "running"
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"), console=Console(stderr=True), transient=True,
    ) as bar:
        task = bar.add_task(text, total=None, note="")
        began = 0.0
        first: int | None = None

        def tell(done: int, total: int, failed: int) -> None:
            nonlocal began, first
            if first is None:  # the clock starts here: what was prepared before is no run
                began, first = time.monotonic(), done
            bar.update(task, completed=done, total=total, note=_note(
                lang, failed, (done - first) / max(time.monotonic() - began, 1e-9)))

        yield tell


def _note(lang: str, failed: int, rate: float) -> str:
    """Runs a second, and how many failed."""
    said = [f"{rate:.2g} 次/秒" if lang == "zh" else f"{rate:.2g} runs/s"] if rate > 0 else []
    if failed:
        said.append(f"失败 {failed}" if lang == "zh" else f"{failed} failed")
    return ("，" if lang == "zh" else ", ").join(said)


LINE_SECONDS = 10.0
"""Least time between two lines of progress."""


class ProgressLines:
    """Progress as plain lines, for pipes and logs: one at the start, one every ten seconds, one at the end.

    Parameters
    ----------
    lang : {"zh", "en"}
    out : text file
    clock : callable
        Seconds; another one in tests.
    """

    def __init__(self, lang: str, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.lang, self.out, self.clock = lang, out, clock
        self._began = self._said = 0.0
        self._first: int | None = None

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Say where things stand, if it is time to."""
        now, first = self.clock(), self._first is None
        if self._first is None:  # the clock starts here: what was prepared before is no run
            self._first, self._began = done, now
        if not first and done < total and now - self._said < LINE_SECONDS:
            return
        if total == self._first and not first:
            return
        self._said = now
        print(self._line(done, total, failed, now - self._began), file=self.out, flush=True)

    def _line(self, done: int, total: int, failed: int, seconds: float) -> str:
        zh = self.lang == "zh"
        text = f"模拟 {done}/{total}" if zh else f"runs {done}/{total}"
        fresh = done - (self._first or 0)
        if note := _note(self.lang, failed, fresh / seconds if seconds > 0 else 0.0):
            text += f"，{note}" if zh else f", {note}"
        if fresh > 0 and done < total:
            left = seconds / fresh * (total - done)
            text += f"，约剩 {left:.0f} 秒" if zh else f", about {left:.0f} s left"
        return text
