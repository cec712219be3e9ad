"""How far a command has come: what must happen before its first run, and what is kept if it is broken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sim.study.runner import Progress


class Headway:
    """A :class:`~sim.study.runner.Progress` that prepares for the first run and remembers the last count.

    Parameters
    ----------
    tell : Progress, optional
        Shows it.
    prepare : callable, optional
        Called once, before the first run that has to be done; never if all are found finished.
    """

    def __init__(self, tell: Progress | None = None, prepare: Callable[[], None] | None = None) -> None:
        self._tell, self._prepare = tell, prepare
        self.total = 0
        self.kept = 0
        """Runs finished and written, those found finished included."""

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Note it, and show it."""
        self.kept, self.total = done - failed, total
        if self._prepare is not None and done < total:
            prepare, self._prepare = self._prepare, None
            prepare()
        if self._tell is not None:
            self._tell(done, total, failed)

    def interrupted(self, folder: Path, command: str, lang: str) -> str:
        """What to say after Ctrl-C: how many runs were kept, where, and how to go on.

        Parameters
        ----------
        folder : Path
        command : str
            The command that goes on there.
        lang : {"zh", "en"}
        """
        if not self.kept:
            return (f"已中断，还没有完成的运行；重新开始：{command}" if lang == "zh" else
                    f"interrupted before any run was finished; begin again with: {command}")
        return (
            f"已中断：{self.total} 次运行中已完成 {self.kept} 次，保存在 {folder}；接着做：{command}"
            if lang == "zh" else
            f"interrupted: {self.kept} of {self.total} runs are finished and kept in {folder}; go on with: "
            f"{command}")
