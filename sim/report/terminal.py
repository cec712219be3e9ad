"""The summary on a terminal: tables that fit 100 columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.findings import (
    LEVELS,
    blocks,
    claim_rows,
    contrast_rows,
    few,
    intervals_said,
    level_heads,
    level_rows,
    limits,
    other_settings,
    plain_words,
)
from sim.report.material import Material, material_of, seed_text
from sim.report.words import ILLUSTRATIVE, replicates_en, say
from sim.study.verdicts import FEW

if TYPE_CHECKING:
    from sim.study.compare import Comparison

WIDTH = 100

_LEVELS = LEVELS[:3]
_COLUMNS = 3
"""Columns of numbers side by side, where the terminal is wide enough."""
_WORD = 14
"""Words up to this width stay whole."""
_NAMES, _GAP = 22, 2
"""Characters left to names at least, if they need them, and between columns."""


def print_summary(comparison: Comparison | Material, lang: str, console: Console) -> None:
    """Print what was compared, the plain words, claims and main contrasts.

    Parameters
    ----------
    comparison : Comparison or Material
    lang : {"zh", "en"}
    console : Console
    """
    m = material_of(comparison)
    width = min(WIDTH, console.width)
    n = m.replicates
    console.print(Text(m.name.text(lang), style="bold"), width=width)
    console.print(
        Text(
            say(
                lang,
                f"{ILLUSTRATIVE.zh} · {len(m.arms)} 个方案 × {n} 次重复 · {m.weeks} 周",
                f"{ILLUSTRATIVE.en} · {len(m.arms)} arms × {replicates_en(n)} · {m.weeks} weeks",
            ),
            style="dim",
        ),
        width=width,
    )
    if n < FEW:
        console.print(Text(few(n, lang), style="bold"), width=width)
    console.print()
    found = blocks(m, lang)
    for heading, some in found:
        console.print(Text(heading, style="bold"), width=width)
        for line in plain_words(m, lang, some):
            console.print(_rich(f"• {line}"), width=width)
    claims = claim_rows(m, lang)
    title = say(lang, "主张与模拟", "Claims and what is simulated")
    names = say(
        lang, "主张 指标 所称 模拟 95%区间 判定", "claim outcome claimed simulated interval verdict")
    heads = names.split()
    rows: list[tuple[str, ...]] = [
        (c.claim, c.outcome, c.claimed, c.simulated, c.interval, c.verdict) for c in claims]
    if rows and width >= WIDTH:
        _table(console, width, title, tuple(heads), rows, words=(0, 1, 5))
    elif rows:
        # Too narrow for six columns: one block a claim, so that no number and no verdict is cut
        console.print(Text("\n" + title, style="bold"), width=width)
        for row in rows:
            parts = [f"{head} {cell}" for head, cell in zip(heads[2:], row[2:], strict=True) if cell.strip()]
            console.print(Text(f"• {row[0].strip()} · {row[1]}"), width=width)
            console.print(Text("  " + " · ".join(parts)), width=width)
    title = say(lang, "各方案的水平与95%区间", "Levels with 95 % intervals")
    levels = level_rows(m, lang, _LEVELS)
    _parts(console, width, title, level_heads(lang, _LEVELS), levels)
    cells = [cell for row in levels for cell in row]
    for heading, some in found:
        columns = (say(lang, "指标", "outcome"), *(m.label(pair.arm, lang) for pair in some))
        contrasts = contrast_rows(m, lang, some)
        cells += [cell for row in contrasts for cell in row]
        _parts(console, width, heading, columns, contrasts)
    console.print()
    console.print(Text(intervals_said(m, lang, cells), style="dim"), width=width)
    console.print(Text(limits(m, lang)[0], style="dim"), width=width)
    if mixed := other_settings(m, lang):
        console.print(Text(mixed, style="bold"), width=width)
    console.print(
        Text(
            say(lang, "研究键 ", "study key ")
            + (m.key or "—")
            + say(lang, " · 种子 ", " · seeds ")
            + seed_text(m.seeds),
            style="dim",
        ),
        width=width,
    )


def _parts(
    console: Console, width: int, title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    """A table of numbers, cut into as many tables as it takes for every number to stay whole."""
    wide = [max((cell_len(row[i]) for row in rows), default=0) for i in range(len(heads))]
    room = width - 2 - min(wide[0], _NAMES)
    columns = [*range(1, len(heads))]
    while columns:
        fit = 1
        while fit < min(_COLUMNS, len(columns)) and sum(wide[i] + _GAP for i in columns[: fit + 1]) <= room:
            fit += 1
        part, columns = [0, *columns[:fit]], columns[fit:]
        cut = [tuple(row[i] for i in part) for row in rows]
        _table(console, width, title, tuple(heads[i] for i in part), cut, words=(0,))


def _table(
    console: Console,
    width: int,
    title: str,
    heads: tuple[str, ...],
    rows: list[tuple[str, ...]],
    words: tuple[int, ...],
) -> None:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
    )
    for i, head in enumerate(heads):
        # Numbers stay whole; headings and names wrap
        least = max((cell_len(row[i]) for row in rows), default=0) if i not in words else None
        # A word too long for its column breaks; a short verdict must not
        most = max((cell_len(row[i]) for row in rows), default=0)
        if i in words and i and most <= _WORD:
            least = most
        table.add_column(
            Text(head), justify="left" if i in words else "right", overflow="fold", min_width=least
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print()
    console.print(table, width=width - 2)


def _rich(text: str) -> Text:
    """Markdown's bold as rich's."""
    line = Text()
    for i, part in enumerate(re.split(r"\*\*", text)):
        line.append(part, style="bold" if i % 2 else "")
    return line
