"""Text into HTML: everything is escaped, and of Markdown only what our own sentences use is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple, NewType

from sim.params import Label

Html = NewType("Html", str)
"""Text that is HTML already; everything else is escaped on its way in."""


_VOID = ("img",)
"""Elements without an end."""


class Node(NamedTuple):
    """A block of a report: heading, paragraph, list, quotation or table."""

    kind: str
    """``h2``, ``h3``, ``p``, ``ul``, ``quote`` or ``table``; ``h1`` for the title."""
    lines: tuple[tuple[str, ...], ...]
    """One line of one text; a line an item of a list; heads and then rows of a table, a text a cell."""


class Section(NamedTuple):
    """What stands under one heading of the second level."""

    heading: str
    nodes: tuple[Node, ...]


def markup(text: str) -> Html:
    """A sentence: ``**strong**`` and code between backticks are kept, all else is escaped."""
    parts = []
    for number, part in enumerate(re.split(r"`([^`\n]*)`", text)):
        if number % 2:
            parts.append(f"<code>{escape(part)}</code>")
        else:
            parts.append(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(part)))
    return Html("".join(parts))


def element(name: str, *inside: Html, **attributes: str) -> Html:
    """An element; ``class_`` is the attribute ``class``, and ``_`` inside a name stands for ``-``."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    end = "" if name in _VOID else f"</{name}>"
    return Html(f"<{name}{pairs}>{''.join(inside)}{end}")


_CODES = {"zh": "zh-CN", "en": "en"}


def both(label: Label) -> Html:
    """A sentence in both languages, of which the page shows one."""
    if label.zh == label.en:
        return markup(label.zh)
    return Html("".join(
        element("span", markup(label.text(lang)), data_lang=lang, lang=code)
        for lang, code in _CODES.items()))


def spoken(lang: str, *inside: Html) -> Html:
    """What is shown in one language only."""
    return element("div", *inside, data_lang=lang, lang=_CODES[lang])


def parsed(markdown: str) -> list[Node]:
    """Blocks of a report as :mod:`sim.report.summary` and :mod:`sim.report.studies.report` write them."""
    return [_node(block) for block in re.split(r"\n\s*\n", markdown.strip()) if block.strip()]


def _node(block: str) -> Node:
    lines = block.strip().splitlines()
    found = re.fullmatch(r"(#{1,3}) (.*)", lines[0])
    if found:
        return Node(f"h{len(found[1])}", ((" ".join([found[2], *lines[1:]]),),))
    if lines[0].startswith("|") and len(lines) > 1 and set(lines[1]) <= set("|-: "):
        return Node("table", tuple(_cells(line) for line in [lines[0], *lines[2:]]))
    for kind, sign in (("ul", "- "), ("quote", "> ")):
        if lines[0].startswith(sign):
            return Node(kind, tuple((item,) for item in _joined(lines, sign)))
    return Node("p", ((" ".join(lines),),))


def _cells(line: str) -> tuple[str, ...]:
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return tuple(cell.strip().replace("\\|", "|") for cell in cells)


def _joined(lines: Sequence[str], sign: str) -> Iterator[str]:
    """Items that begin with a sign; a line without it goes on with the item before."""
    item = ""
    for line in lines:
        if line.startswith(sign) and item:
            yield item
            item = ""
        item = f"{item} {line.removeprefix(sign)}".strip()
    yield item


def sections(nodes: Sequence[Node]) -> list[Section]:
    """Blocks by headings of the second level; what comes before the first one is left out."""
    starts = [number for number, node in enumerate(nodes) if node.kind == "h2"]
    ends = [*starts[1:], len(nodes)]
    return [
        Section(nodes[start].lines[0][0], tuple(nodes[start + 1:end]))
        for start, end in zip(starts, ends, strict=False)]
