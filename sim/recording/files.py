"""Recordings on disk: read whole, written whole or not at all, never over anything but a recording."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import YiheError
from sim.recording.container import MAGIC
from sim.scenario.reasons import reason


def content(file: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    YiheError
        If it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        zh, en = reason(error)
        raise YiheError(
            f"无法读取（{zh}），请检查路径和权限", f"cannot be read ({en}); check path and permissions",
            file=file) from error


def check_free(file: Path) -> None:
    """Refuse to write over something that is no recording, or into a folder that is not there.

    Raises
    ------
    YiheError
    """
    if file.name.startswith("-"):
        raise YiheError(
            "--record 后面要写文件名（例如 run.rec），这里却是另一个选项，请补上文件名",
            "--record needs the name of a file (run.rec, say), but another option follows: add the name",
            key=str(file))
    if not file.parent.is_dir():
        raise YiheError(
            "所在文件夹不存在，请先建立或改写路径",
            "its folder does not exist: make it first, or give another path", file=file)
    if not file.exists() or (file.is_file() and content(file)[: len(MAGIC)] == MAGIC):
        return
    raise YiheError(
        "已经存在，且不是运行记录，不会覆盖：请换个名称",
        "it exists and is no recording, so it is not overwritten: choose another name", file=file)


def write(file: Path, packed: bytes) -> None:
    """Write a recording's bytes whole or not at all.

    Raises
    ------
    YiheError
        If it cannot be written, or would go over something that is no recording.
    """
    check_free(file)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(packed)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        zh, en = reason(error)
        raise YiheError(
            f"无法写入（{zh}），请检查文件夹和权限",
            f"cannot be written ({en}); check the folder and its permissions", file=file) from error
