"""Chinese text in figures: one font file, found by path, whatever the machine has installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontEntry, fontManager

from sim.errors import YiheError

FAMILY = "yihe Noto Sans SC"
"""Own name of the family, so that no installed font of another cut can stand in for it."""

_FILE = Path("fonts", "NotoSansSC-Regular.ttf")


def font_file() -> Path:
    """Noto Sans SC (SIL Open Font License) as shipped by the package ``zhplot``.

    Found without importing the package: its import changes matplotlib's settings for the whole process.

    Raises
    ------
    YiheError
        If the package or its font is missing.
    """
    spec = find_spec("zhplot")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / _FILE
        if path.is_file():
            return path
    raise YiheError(
        '作图所需的中文字体没有安装：请运行 pip install "yihe[report]"',
        'the Chinese font for figures is not installed: run pip install "yihe[report]"',
    )


def register() -> str:
    """Make the font known to matplotlib, once a process, and return the family's name."""
    if all(entry.name != FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(font_file()), name=FAMILY, weight=400))
    return FAMILY
