"""Compiled kernels: one decorator, and a cache that can never be stale.

Numba's own cache looks only at the file of the function itself: change a function that it calls from another
file, and the old code runs on. So the cache lives in a folder named by the content of every file that kernels
are made of. No ``fastmath`` and one error model everywhere: a kernel gives the same bits in every process.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])

_ROOT = Path(__file__).parent
_IMPORT = re.compile(r"^(?:from|import) sim((?:\.\w+)*)(?: import (\w+))?", re.MULTILINE)
_MARK = re.compile(r"^@(?:lean_)?kernel$", re.MULTILINE)
_KEEP = 4


def _closure(start: list[Path]) -> list[Path]:
    """Files that ``start`` reaches through top-level imports within the package."""
    seen: set[Path] = set()
    todo = list(start)
    while todo:
        file = todo.pop()
        if file in seen:
            continue
        seen.add(file)
        for path, name in _IMPORT.findall(file.read_text(encoding="utf-8")):
            base = _ROOT.joinpath(*path.strip(".").split(".")) if path else _ROOT
            for candidate in (base.with_suffix(".py"), base / f"{name}.py"):
                if candidate.is_file():
                    todo.append(candidate)
    return sorted(seen)


def kernel_hash() -> str:
    """Hash of every file that compiled code is made of, and of numba's version."""
    mill = hashlib.blake2b(numba.__version__.encode(), digest_size=10)
    kernels = [f for f in sorted(_ROOT.rglob("*.py")) if _MARK.search(f.read_text(encoding="utf-8"))]
    for file in _closure(kernels):
        mill.update(str(file.relative_to(_ROOT)).encode())
        mill.update(file.read_bytes())
    return mill.hexdigest()


def _cache_folder() -> Path:
    """Folder of this code's compiled kernels; a private temporary one where the user's cache cannot be
    written."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yihe"
    folder = root / f"kernels-{kernel_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        olds = sorted(root.glob("kernels-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        for old in olds[_KEEP:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="yihe-kernels-"))
    return folder


if "NUMBA_CACHE_DIR" not in os.environ:
    _config: Any = numba.config
    _config.CACHE_DIR = str(_cache_folder())

_njit: Any = numba.njit
"""Untyped, so that a kernel keeps the signature of the plain function."""
_ALIKE: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}


def kernel(function: F) -> F:
    """Compile a function when it is first called; the result is kept for later runs.

    Parameters
    ----------
    function : callable
        In the part of Python and NumPy that numba knows; ``function.py_func`` stays the plain Python one.
    """
    compiled: F = _njit(**_ALIKE)(function)
    return compiled


def lean_kernel(function: F) -> F:
    """Compile a function that makes no arrays: without reference counts it compiles faster and runs faster.

    Parameters
    ----------
    function : callable
        As for :func:`kernel`; it may read and write the arrays it is given and make none.
    """
    compiled: F = _njit(**_ALIKE, _nrt=False)(function)
    return compiled
