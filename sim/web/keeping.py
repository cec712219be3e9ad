"""Answers of an earlier server, so that the page stands before workers have warmed up.

Only what every start asks for first is kept: what the page needs to know, the scenario, and its first
comparison. The name of an answer is the hash of the request and of everything it is made from: the files of
the package and of the scenario folder, and the libraries that compute. So an answer of other code or other
files is never given, and a kept one is what a run would give, byte for byte.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path

from sim.web.font import cache_folder

KEEP = 40
"""Answers kept, newest first."""

_COMPUTING = ("numpy", "numba", "scipy", "mesa", "networkx", "pydantic")
MOST_FILES = 5000
"""Files of a folder that are looked at."""
_PACKAGE = Path(__file__).resolve().parent.parent


class Keeper:
    """Kept answers for one folder of scenarios.

    Parameters
    ----------
    folder : Path
    setup : str
        Whatever else changes answers: limits, language.
    """

    def __init__(self, folder: Path, setup: str) -> None:
        self._folder, self._setup = folder.resolve(), setup
        self._place = cache_folder() / "page"
        self._package = folder_stamp(_PACKAGE)

    def name(self, request: bytes) -> str:
        """Name of the answer to a request, as things stand now.

        Empty if there are too many files to tell, or the package is no longer that of the server's start.
        """
        mill = hashlib.blake2b(f"{sys.version}\n{self._setup}\n{self._folder}\n".encode(), digest_size=12)
        for package in _COMPUTING:
            mill.update(f"{package} {_version(package)}\n".encode())
        stamps = folder_stamp(_PACKAGE), folder_stamp(self._folder)
        mill.update(repr((*stamps, request)).encode())
        return mill.hexdigest() if all(stamps) and stamps[0] == self._package else ""

    def get(self, name: str) -> bytes | None:
        """A kept answer, or None."""
        try:
            content = (self._place / name).read_bytes() if name else b""
        except OSError:
            return None
        whole = len(content) > _SEAL and _seal(content[_SEAL:]) == content[:_SEAL]
        return content[_SEAL:] if whole else None

    def put(self, name: str, request: bytes, answer: bytes) -> None:
        """Keep an answer, whole or not at all; not if anything has changed since it was named.

        Nothing happens where the cache cannot be written.
        """
        if not name or self.name(request) != name:
            return
        with suppress(OSError):
            self._place.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self._place, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_seal(answer) + answer)
                Path(part).replace(self._place / name)
            finally:
                Path(part).unlink(missing_ok=True)
            kept = [file for file in self._place.iterdir() if not file.name.startswith(".")]
            for old in sorted(kept, key=lambda file: file.stat().st_mtime, reverse=True)[KEEP:]:
                old.unlink(missing_ok=True)


_SEAL = 16


def _seal(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SEAL).digest()


def folder_stamp(folder: Path) -> str:
    """What changes whenever a file below a folder does; empty if there are too many to tell.

    Compiled files and the page's own are left out.
    """
    mill, count = hashlib.blake2b(digest_size=12), 0
    for file in islice(_files(folder), MOST_FILES + 1):
        count += 1
        with suppress(OSError):
            seen = file.stat()
            mill.update(f"{file}\n{seen.st_mtime_ns} {seen.st_size}\n".encode("utf-8", "surrogateescape"))
    return mill.hexdigest() if count <= MOST_FILES else ""


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in a fixed order."""
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if name not in ("__pycache__", "static"))
        for name in sorted(names):
            yield Path(place, name)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
