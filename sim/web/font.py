"""The page's Chinese font: Noto Sans SC cut down to GB 2312, made once and kept in the cache folder.

The package ``zhplot`` carries the font under the SIL Open Font License. Cutting takes twenty seconds and is
done in a process of its own; until then, and where the package is missing, the machine's own fonts serve.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_FILE = Path("fonts", "NotoSansSC-Regular.ttf")
_EXTRA = "–—‘’“”…•·×÷±−≤≥≈→←↑↓△▲▼●○◐★☆✓✗①②③④⑤⑥⑦⑧⑨⑩㎡％￥–"


def source() -> Path | None:
    """The font as shipped; found without importing the package, which would load matplotlib."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / _FILE
    return file if file.is_file() else None


def characters() -> str:
    """ASCII, Latin-1, every character of GB 2312, and marks the page draws with."""
    found = {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)]} | set(_EXTRA)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found |= set(bytes((row, cell)).decode("gb2312", "ignore"))
    return "".join(sorted(found))


def cache_folder() -> Path:
    """Where what is made once is kept: beside the compiled kernels."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yihe"


def kept() -> Path | None:
    """Where the cut font is, or will be; None if it cannot be made."""
    file = source()
    if file is None or find_spec("fontTools") is None or find_spec("brotli") is None:
        return None
    mill = hashlib.blake2b(digest_size=8)
    for part in (str(file.stat().st_size), _version("zhplot"), _version("fonttools"), characters()):
        mill.update(part.encode())
    return cache_folder() / f"font-{mill.hexdigest()}.woff2"


def make(target: Path, text: str) -> None:
    """Cut the font down to some characters and put it in its place, whole or not at all.

    Parameters
    ----------
    target : Path
        As from :func:`kept`.
    text : str
    """
    from fontTools import subset

    file = source()
    assert file is not None
    options = subset.Options(flavor="woff2", layout_features=["kern"], hinting=False, notdef_outline=True)
    font = subset.load_font(str(file), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".font-", suffix=".part")
    os.close(handle)
    try:
        subset.save_font(font, name, options)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


class Font:
    """The cut font of a server, made while it is already at work."""

    def __init__(self) -> None:
        self._file = kept()
        self._process: asyncio.subprocess.Process | None = None
        self._making: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Make the font if it is not there yet."""
        if self._file is not None and not self._file.is_file():
            self._making = asyncio.create_task(self._make(self._file))

    async def file(self) -> Path | None:
        """The font's file, once it is made; None if it could not be."""
        if self._making is not None:
            await asyncio.shield(self._making)
        return self._file if self._file is not None and self._file.is_file() else None

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
