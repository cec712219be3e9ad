"""The table of verification on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sim.report.words import say
from sim.verify.base import Size
from sim.verify.registry import NOT_EXPRESSIBLE, Done
from sim.verify.words import COLUMNS, HEADS, cells, tally

WIDTH = 120
_GAP = 2


def show(done: Sequence[Done], size: Size, lang: str, console: Console) -> None:
    """Print every result, what cannot be expressed, and the tally.

    Parameters
    ----------
    done : sequence of Done
    size : Size
    lang : {"zh", "en"}
    console : Console
    """
    width = min(WIDTH, console.width)
    lines = [cells(row, lang) for one in done for row in one.outcome.rows]
    heads = tuple(head.text(lang) for head in HEADS)
    wide = [max(map(cell_len, column)) for column in zip(heads, *lines, strict=True)]
    beside = wide[0] + sum(wide[1:]) + _GAP * len(wide) <= width
    told = iter(lines)
    for line in _line(heads, wide, beside=beside):
        console.print(Text(line, style="dim"))
    for one in done:
        console.print(Text(one.check.label.text(lang), style="bold"))
        for row in one.outcome.rows:
            for line in _line(next(told), wide, beside=beside):
                console.print(Text(line, style="" if row.passed else "bold red"))
    console.print()
    console.print(Text(COLUMNS.text(lang), style="dim"), width=width)
    heading = say(lang, "模型表达不了的（不检验）：", "Not expressible, so not tested:")
    console.print(Text("\n" + heading), width=width)
    for name, why in NOT_EXPRESSIBLE.items():
        console.print(Text(f"• {name}: {why.text(lang)}", style="dim"), width=width)
    console.print(Text("\n" + tally(done, size).text(lang), style="bold"), width=width)


def _line(cells_: Sequence[str], wide: Sequence[int], *, beside: bool) -> list[str]:
    """One row: its name before its numbers, or above them where the terminal is narrow."""
    name, *numbers, verdict = cells_
    padded = [" " * (space - cell_len(text)) + text for text, space in zip(numbers, wide[1:-1], strict=True)]
    rest = (" " * _GAP).join([*padded, verdict])
    if beside:
        return [" " * _GAP + name + " " * (wide[0] - cell_len(name) + _GAP) + rest]
    return [" " * _GAP + name, " " * 2 * _GAP + rest]
