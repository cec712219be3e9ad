"""Tables that can be sorted, and the data of a figure as a table that folds out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from sim.params import Label
from sim.report.html.marks import Html, both, element, markup

MOST_ROWS = 300
"""Rows of a figure's data that the page holds; its CSV has them all."""

_NUMBER = re.compile(r"[+\-−]?(\d|\.\d|∞)[\d.,]*(e[+-]?\d+)?%?( \[.*)?[ ↑↓†]*")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> Html:
    """A table; columns of numbers stand to the right.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences of str
        Cells as text, escaped here; ``**strong**``, code between backticks and new lines are kept.
    caption : str
    """
    listed = [tuple(row) for row in rows]
    columns = [[row[i] for row in listed if i < len(row)] for i in range(len(heads))]
    numeric = [any(map(_number, column)) and all(_number(cell) or cell in ("", "—") for cell in column)
               for column in columns]
    top = element("tr", *(_cell("th", head, right, scope="col")
                          for head, right in zip(heads, numeric, strict=True)))
    body = [element("tr", *(_cell("td", cell, right) for cell, right in zip(row, numeric, strict=False)))
            for row in listed]
    said = (element("caption", markup(caption)),) if caption else ()
    whole = element("table", *said, element("thead", top), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex="0", role="region",
                   aria_label=caption or " · ".join(heads[:2]))


def data_of(file: Path) -> Html:
    """The data of a figure from its CSV, folded.

    Parameters
    ----------
    file : Path
        As :func:`sim.report.embed.save` writes it; its column ``status``, the same in every row, is left out.
    """
    with file.open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream)
        heads = next(lines, [])
        kept = [i for i, head in enumerate(heads) if head != "status"]
        rows = [[_short(line[i]) for i in kept] for line in islice(lines, MOST_ROWS)]
        n = len(rows) + sum(1 for _ in lines)
    words = Label(zh=f"数据（{n} 行）", en=f"data ({n} rows)")
    if n > len(rows):
        words = Label(
            zh=f"数据（{n} 行，这里是前 {len(rows)} 行；全部在 figures/{file.name}）",
            en=f"data ({n} rows, the first {len(rows)} here; all are in figures/{file.name})")
    return folded(words, table([heads[i] for i in kept], rows, file.stem))


def folded(words: Label | str, *inside: Html) -> Html:
    """Something that folds out."""
    said = markup(words) if isinstance(words, str) else both(words)
    return element("details", element("summary", said), *inside)


def _cell(name: str, text: str, right: bool, **attributes: str) -> Html:
    inside = Html(markup(text).replace("\n", "<br>"))
    return element(name, inside, **({"class_": "n"} if right else {}), **attributes)


def _number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _short(text: str) -> str:
    """A number of ten digits in five; other text as it is."""
    if not re.fullmatch(r"-?\d+\.\d+(e[+-]\d+)?", text):
        return text
    return f"{float(text):.5g}".replace("-", "−")
