"""The page's own Chinese type: the characters it uses, cut from the font of the figures.

So a page is legible on a machine without any Chinese font. Without fontTools, which comes with matplotlib, it
falls back on the reader's fonts.
"""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec

from sim.report.fonts import font_file

_FIRST_CHINESE = 0x2E80


def face(text: str) -> str:
    """A ``@font-face`` rule with the font inside; empty if the text has no Chinese.

    Parameters
    ----------
    text : str
        Equal sets of characters give equal bytes.
    """
    characters = sorted({*text} - {*map(chr, range(0x20))})
    if all(ord(c) < _FIRST_CHINESE for c in characters) or find_spec("fontTools") is None:
        return ""
    inside = base64.b64encode(_cut("".join(characters))).decode("ascii")
    return (
        f'@font-face{{font-family:"Yihe SC";font-weight:400;'
        f'src:url("data:font/woff;base64,{inside}") format("woff")}}\n')


def _cut(text: str) -> bytes:
    from fontTools import subset

    # Not woff2, which needs a package more
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
