"""Processes that do runs: a Dask cluster of this machine, or the workers of somebody's scheduler."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from sim import threads
from sim.errors import YiheError
from sim.scenario.naming import package_hash
from sim.study.work import library

STARTS = 3
"""Attempts at starting a local cluster."""

START_SECONDS, CLOSE_SECONDS = 60, 30
"""How long a process may take to start, and all of them to end."""

_MALLOC = str(4 * 1024 * 1024)


@contextlib.contextmanager
def local(workers: int) -> Iterator[Any]:
    """A client of a local cluster; begun again if one of its processes dies while it starts.

    Raises
    ------
    YiheError
        If it does not come up.
    """
    with contextlib.ExitStack() as stack:
        for _ in range(STARTS):
            try:
                client = stack.enter_context(_once(workers))
                break
            except (RuntimeError, OSError, TimeoutError) as found:
                error = found
        else:
            raise YiheError(
                f"工作进程启动不了（{error}）：请稍后用同一命令再试，或用 --workers 1 在本进程内运行",
                f"worker processes could not be started ({error}): try the same command again, or run in "
                "this process with --workers 1", key="--workers") from error
        yield client


@contextlib.contextmanager
def _once(workers: int) -> Iterator[Any]:
    distributed = library("distributed")
    settings = {
        # Dask's own 64 KiB made runs with larger arrays six times slower. They are set in this process too,
        # so none may be numba's: it would read its settings anew and lose the folder of compiled kernels
        "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": _MALLOC,
        "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": _MALLOC,
        f"distributed.nanny.pre-spawn-environ.{threads.VARIABLE}": "1",  # every core has a worker already
        "distributed.worker.preload": ["sim.study.worker"],
        # Looking at the stack a hundred times a second, for nobody, took a twentieth of a worker
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        # A run that kills its worker is tried again in smaller company, not three more times in the same
        "distributed.scheduler.allowed-failures": 0,
    }
    with (
        tempfile.TemporaryDirectory(prefix="yihe-", ignore_cleanup_errors=True) as scratch,
        library("dask").config.set(settings), _unimportable_main(),
    ):
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True,
            dashboard_address="127.0.0.1:0", memory_limit=0,
            local_directory=scratch, silence_logs=logging.CRITICAL, death_timeout=START_SECONDS,
        )
        try:
            with distributed.Client(cluster) as client:
                yield client
        finally:
            # Processes that are left end with this one. Dask asserts that each had come up
            with contextlib.suppress(TimeoutError, AssertionError):
                cluster.close(timeout=CLOSE_SECONDS)


@contextlib.contextmanager
def existing(address: str) -> Iterator[Any]:
    """A client of somebody's scheduler, once its workers are known to run the same code.

    Raises
    ------
    YiheError
        If nobody answers, there are no workers, or one of them has other sources.
    """
    distributed = library("distributed")
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise YiheError(
            f"连不上调度器 {address}：请检查地址，并确认 dask scheduler 正在运行",
            f"cannot reach the scheduler {address}: check the address, and that dask scheduler is running",
            key="--scheduler") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=30)
        except TimeoutError as error:
            raise YiheError(
                f"调度器 {address} 没有工作进程：请先启动，例如 dask worker {address} --nthreads 1",
                f"the scheduler {address} has no workers: start some first, such as dask worker {address} "
                "--nthreads 1", key="--scheduler") from error
        _same_code(client, address)
        if set(client.nthreads().values()) != {1}:
            raise YiheError(
                f"调度器 {address} 的工作进程有多个线程，时限会误伤：请用 dask worker … --nthreads 1 启动",
                f"workers of {address} have several threads, so that a time limit would hit innocents: start "
                "them with dask worker … --nthreads 1", key="--scheduler")
        yield client


def _same_code(client: Any, address: str) -> None:
    try:
        found = set(client.run(package_hash).values())
    except Exception as error:
        raise YiheError(
            f"调度器 {address} 的工作进程里没有可用的 yihe：请在每台机器上安装同一版本",
            f"workers of {address} have no usable yihe: install the same version on every machine",
            key="--scheduler") from error
    if found != {package_hash()}:
        raise YiheError(
            f"调度器 {address} 的工作进程装的是另一版 yihe，结果会不同：请在每台机器上安装同一版本",
            f"workers of {address} have another version of yihe, whose results differ: install the same "
            "version on every machine", key="--scheduler")


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
