"""What every worker process does first; loaded by the cluster through its ``preload`` setting."""

from __future__ import annotations

import signal


def dask_setup(worker: object) -> None:
    """Leave Ctrl-C, which reaches the whole process group, to the coordinator."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
