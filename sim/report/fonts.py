"""The Chinese font of figures, reports and the page: one file, found by path, cut to what is needed.

Noto Sans SC (SIL Open Font License) comes with the package ``zhplot``. It is found without importing that
package, whose import changes matplotlib's settings for the whole process.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path

from sim.errors import YiheError

FAMILY = "yihe Noto Sans SC"
"""Own name of the family, so that no installed font of another cut can stand in for it."""

_FILE = Path("fonts", "NotoSansSC-Regular.ttf")


def found() -> Path | None:
    """The font as shipped; None where it is not installed."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / _FILE
    return file if file.is_file() else None


def font_file() -> Path:
    """The font as shipped.

    Raises
    ------
    YiheError
        If the package or its font is missing.
    """
    file = found()
    if file is None:
        raise YiheError(
            '作图所需的中文字体没有安装：请运行 pip install "yihe[report]"',
            'the Chinese font for figures is not installed: run pip install "yihe[report]"')
    return file


def can_cut() -> bool:
    """Whether the font is there and so is what cuts it, which comes with matplotlib."""
    return found() is not None and find_spec("fontTools") is not None


def cut(text: str) -> bytes:
    """The font with some characters only, as WOFF.

    WOFF2 would be a quarter smaller and take seven times as long, all of it compressing.

    Parameters
    ----------
    text : str
        Equal sets of characters give equal bytes.
    """
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    # Vertical setting and kerning, which take most of the time
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
    font = subset.load_font(str(font_file()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()


def register() -> str:
    """Make the font known to matplotlib, once a process, and return the family's name."""
    from matplotlib.font_manager import FontEntry, fontManager

    if all(entry.name != FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(font_file()), name=FAMILY, weight=400))
    return FAMILY
