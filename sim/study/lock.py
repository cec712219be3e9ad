"""One writer a folder: a lock that the system lets go of when its process dies."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from sim.errors import YiheError


class Lock:
    """Hold a file's lock from now until :meth:`release` or the end of the process.

    Parameters
    ----------
    file : Path
        Made if it does not exist; its content means nothing.

    Raises
    ------
    YiheError
        If another process holds it.
    """

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(self._handle)
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):
                os.close(self._handle)
                raise YiheError(
                    "这个文件系统不支持文件锁：请用 --out 换到支持锁的磁盘",
                    "this file system has no locks: choose a folder on one that has, with --out",
                    file=file.parent) from error
            if not isinstance(error, (BlockingIOError, PermissionError)):
                os.close(self._handle)
                raise
            os.close(self._handle)
            raise YiheError(
                "另一个进程正在往这个结果文件夹里写：请等它结束，或用 --out 换一个文件夹",
                "another process is writing into this results folder: wait for it, or choose another with "
                "--out",
                file=file.parent) from error

    def release(self) -> None:
        """Let others in; harmless when repeated."""
        if self._handle < 0:
            return
        # The file stays: unlinking it would let two others lock two different files of one name
        os.close(self._handle)
        self._handle = -1


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
