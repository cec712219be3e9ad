"""The page's own Chinese type: the characters it uses, cut from the font of the figures.

So a page is legible on a machine without any Chinese font. Without fontTools, which comes with matplotlib, it
falls back on the reader's fonts.
"""

from __future__ import annotations

import base64

from sim.report.fonts import can_cut, cut

_FIRST_CHINESE = 0x2E80


def face(text: str) -> str:
    """A ``@font-face`` rule with the font inside; empty if the text has no Chinese.

    Parameters
    ----------
    text : str
        Equal sets of characters give equal bytes.
    """
    characters = sorted({*text} - {*map(chr, range(0x20))})
    if all(ord(c) < _FIRST_CHINESE for c in characters) or not can_cut():
        return ""
    inside = base64.b64encode(cut("".join(characters))).decode("ascii")
    return (
        f'@font-face{{font-family:"Yihe SC";font-weight:400;'
        f'src:url("data:font/woff;base64,{inside}") format("woff")}}\n')
