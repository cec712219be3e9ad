"""The mark that compiling everything leaves in the kernels' cache."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from sim.jit import kernel_hash


def compiled_mark() -> Path:
    """File that is there once every kernel has been compiled for this Python and this checkout.

    Numba keeps each checkout's code apart, by the folder of its sources.
    """
    import numba

    here = hashlib.blake2b(str(Path(__file__).resolve().parent).encode(), digest_size=6).hexdigest()
    name = f"complete-{sys.implementation.cache_tag}-{kernel_hash()}-{here}"
    return Path(vars(numba.config)["CACHE_DIR"]) / name
