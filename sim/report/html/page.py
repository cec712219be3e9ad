"""The whole page, from what a report says in Markdown, its figures and its manifest.

The same study gives the same bytes: nothing about the hour, the folder or the number of workers is in it.
Where the same study is done elsewhere, what differs is what its manifest says of command, code, versions and
machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from sim.report.html.font import face
from sim.report.html.look import SCRIPT, STYLE
from sim.report.html.marks import Html, Node, element, markup
from sim.report.html.tables import folded, table
from sim.report.provenance import provenance
from sim.report.words import ILLUSTRATIVE, say

_MADE_BY = "yihe"


class Part(NamedTuple):
    """One box of the page, with its name in the list of contents."""

    anchor: str
    heading: str
    inside: Sequence[Html]


def blocks(nodes: Sequence[Node]) -> list[Html]:
    """Blocks of a report as HTML."""
    return [_block(node) for node in nodes]


def _block(node: Node) -> Html:
    if node.kind == "table":
        return table(node.lines[0], node.lines[1:])
    if node.kind == "ul":
        return element("ul", *(element("li", markup(line[0])) for line in node.lines))
    text = markup(" ".join(line[0] for line in node.lines))
    if node.kind == "quote":
        return element("p", text, class_="notice")
    return element(node.kind if node.kind in ("h2", "h3") else "p", text)


def manifest(found: Mapping[str, Any], lang: str) -> Html:
    """What made the study, key by key; only what says what was done by which code."""
    kept = json.loads(provenance(found))
    pairs = []
    for key, value in kept.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        pairs += [element("dt", markup(key)), element("dd", Html(escape(text)))]
    words = say(lang, "清单（manifest.json 中说明内容的部分）", "manifest (what it says about content)")
    return folded(words, element("dl", *pairs))


def page(title: str, notices: Sequence[str], parts: Sequence[Part], lang: str) -> str:
    """A complete document.

    Parameters
    ----------
    title : str
    notices : sequence of str
        Warnings above everything, such as that a study is not finished.
    parts : sequence of Part
        Those with nothing inside are left out.
    lang : {"zh", "en"}

    Returns
    -------
    str
        To be written as UTF-8. Its policy lets nothing in from outside, and no style or script but its own,
        by their hashes.
    """
    shown = [part for part in parts if part.inside]
    links = element("nav", element("ul", *(
        element("li", element("a", markup(part.heading), href=f"#{part.anchor}")) for part in shown)),
        aria_label=say(lang, "目录", "contents"))
    top = element(
        "header", element("h1", markup(title)), element("p", markup(ILLUSTRATIVE.text(lang)), class_="mark"),
        *(element("p", markup(text), class_="notice") for text in notices), links)
    boxes = [element("section", element("h2", markup(part.heading)), *part.inside, id=part.anchor)
             for part in shown]
    body = top + element("main", *boxes)
    style = face(title + ILLUSTRATIVE.text(lang) + "".join(_seen(body))) + STYLE
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="{_MADE_BY}">',
        f"<title>{escape(title)} · {escape(ILLUSTRATIVE.text(lang))}</title>",
        f"<style>{style}</style>",
    ]
    code = say(lang, "zh-CN", "en")
    lines = [
        "<!DOCTYPE html>", f'<html lang="{code}">', "<head>", *head, "</head>", "<body>", body,
        f'<script type="module">{SCRIPT}</script>', "</body>", "</html>", ""]
    return "\n".join(lines)


def _policy(style: str) -> str:
    """Content-Security-Policy of the page."""
    return (f"default-src 'none'; img-src data:; font-src data:; style-src '{_hash(style)}'; "
            f"script-src '{_hash(SCRIPT)}'; base-uri 'none'; form-action 'none'")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _seen(body: str) -> set[str]:
    """Characters of the page, those the style and the script add included."""
    return {*body} | {*"↑↓"}
