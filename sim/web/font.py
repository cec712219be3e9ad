"""The page's Chinese font: Noto Sans SC cut down to GB 2312, made once and kept in the cache folder.

Cutting takes two seconds and is done in a process of its own; until then the machine's own fonts serve. Where
it cannot be cut, the whole font is given; where there is none, the page is not told of one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.report.fonts import can_cut, cut, found

_EXTRA = "–—‘’“”…•·×÷±−≤≥≈→←↑↓△▲▼●○◐★☆✓✗①②③④⑤⑥⑦⑧⑨⑩㎡％￥–"


def characters() -> str:
    """ASCII, Latin-1, every character of GB 2312, and marks the page draws with."""
    marks = {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)]} | set(_EXTRA)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            marks |= set(bytes((row, cell)).decode("gb2312", "ignore"))
    return "".join(sorted(marks))


def cache_folder() -> Path:
    """Where what is made once is kept: beside the compiled kernels."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yihe"


def kept() -> Path | None:
    """Where the cut font is, or will be; None if it cannot be made."""
    file = found()
    if file is None or not can_cut():
        return None
    mill = hashlib.blake2b(digest_size=8)
    for part in (str(file.stat().st_size), _version("zhplot"), _version("fonttools"), characters()):
        mill.update(part.encode())
    return cache_folder() / f"font-{mill.hexdigest()}.woff"


def make(target: Path, text: str) -> None:
    """Cut the font down to some characters and put it in its place, whole or not at all.

    Parameters
    ----------
    target : Path
        As from :func:`kept`.
    text : str
    """
    content = cut(text)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".font-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


class Font:
    """The cut font of a server, made while it is already at work."""

    def __init__(self) -> None:
        self._whole, self._file = found(), kept()
        self._process: asyncio.subprocess.Process | None = None
        self._making: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Make the font if it is not there yet."""
        if self._file is not None and not self._file.is_file():
            self._making = asyncio.create_task(self._make(self._file))

    @property
    def any(self) -> bool:
        """Whether there is a font to give at all."""
        return self._whole is not None

    async def file(self) -> Path | None:
        """The font's file, once it is made; the whole font if it could not be, None if there is none."""
        if self._making is not None:
            await asyncio.shield(self._making)
        return self._file if self._file is not None and self._file.is_file() else self._whole

    async def close(self) -> None:
        """Break off what is not finished."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._making is not None:
            await self._making

    async def _make(self, target: Path) -> None:
        here = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "sim.web.font", str(target), env=os.environ | {"PYTHONPATH": path},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, start_new_session=os.name != "nt")
        await self._process.wait()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # the page and its first run go first
    make(Path(sys.argv[1]), characters())
