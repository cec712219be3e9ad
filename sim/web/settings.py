"""How a server is set up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.web.files import STATIC
from sim.web.guard import Door
from sim.web.limits import Limits

MOST_WORKERS = 4
"""Runs at once, however many cores there are: each worker takes some 400 MB."""


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """How a server is set up.

    Parameters
    ----------
    folder : Path
        Where the scenario files are.
    door : Door
    limits : Limits
    workers : int
        Runs at once.
    tasks : str
        Module of what workers do.
    plugins : sequence of Path
    static : Path
        Folder of the page.
    font : bool
        Whether to cut the Chinese font.
    keep : bool
        Whether to keep the first answers for the next start.
    """

    folder: Path
    door: Door = field(default_factory=Door)
    limits: Limits = field(default_factory=Limits)
    workers: int = field(default_factory=lambda: min(MOST_WORKERS, cores()))
    tasks: str = "sim.web.tasks"
    plugins: Sequence[Path] = ()
    static: Path = STATIC
    font: bool = True
    keep: bool = True

    @property
    def level(self) -> int:
        """How much recordings are compressed on their way: not at all if they stay on this machine."""
        return 1 if self.door.token else 0
