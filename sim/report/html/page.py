"""The whole page, from what a report says in Markdown, its figures and its manifest, in both languages.

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

from sim.params import Label
from sim.report.html.charts import LANGS, Chart, packed, words
from sim.report.html.font import face
from sim.report.html.look import SCRIPT, STYLE
from sim.report.html.marks import Html, Node, both, element, markup, spoken
from sim.report.html.tables import folded, table
from sim.report.provenance import provenance
from sim.report.words import ILLUSTRATIVE

_MADE_BY = "yihe"


class Part(NamedTuple):
    """One box of the page, with its name in the list of contents."""

    anchor: str
    heading: Label
    inside: Sequence[Html]


def twice(said: Mapping[str, Sequence[Html]]) -> list[Html]:
    """The same in both languages, of which the page shows one; nothing if neither says anything."""
    return [spoken(lang, *said[lang]) for lang in LANGS if said[lang]]


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


def manifest(found: Mapping[str, Any]) -> Html:
    """What made the study, key by key; only what says what was done by which code."""
    kept = json.loads(provenance(found))
    pairs = []
    for key, value in kept.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        pairs += [element("dt", markup(key)), element("dd", Html(escape(text)))]
    name = Label(zh="清单（manifest.json 中说明内容的部分）", en="manifest (what it says about content)")
    return folded(name, element("dl", *pairs))


def page(
    title: Label, notices: Sequence[Label], parts: Sequence[Part], lang: str, charts: Sequence[Chart] = (),
) -> str:
    """A complete document.

    Parameters
    ----------
    title : Label
    notices : sequence of Label
        Warnings above everything, such as that a study is not finished.
    parts : sequence of Part
        Those with nothing inside are left out.
    lang : {"zh", "en"}
        Language that is shown first.
    charts : sequence of Chart
        Each drawn where :func:`sim.report.html.figures.place` stands for it.

    Returns
    -------
    str
        To be written as UTF-8. Its policy lets nothing in from outside, and no style or script but its own,
        by their hashes.
    """
    shown = [part for part in parts if part.inside]
    links = element("nav", element("ul", *(
        element("li", element("a", both(part.heading), href=f"#{part.anchor}")) for part in shown)),
        aria_label="目录 · contents")
    switch = element("button", markup({"zh": "English", "en": "中文"}[lang]), id="lang", type="button")
    top = element(
        "header", switch, element("h1", both(title)), element("p", both(ILLUSTRATIVE), class_="mark"),
        *(element("p", both(text), class_="notice") for text in notices), _NO_SCRIPT, links)
    boxes = [element("section", element("h2", both(part.heading)), *part.inside, id=part.anchor)
             for part in shown]
    body = top + element("main", *boxes)
    style = face("".join({*body, *SCRIPT, *"↑↓", *"".join(words(charts))})) + STYLE
    named = {one: f"{title.text(one)} · {ILLUSTRATIVE.text(one)}" for one in LANGS}
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="{_MADE_BY}">',
        f"<title>{escape(named[lang])}</title>",
        f"<style>{style}</style>",
    ]
    code = {"zh": "zh-CN", "en": "en"}[lang]
    titles = " ".join(f'data-{one}="{escape(text)}"' for one, text in named.items())
    data = [f'<script type="text/plain" id="charts">{packed(charts)}</script>'] if charts else []
    lines = [
        "<!DOCTYPE html>", f'<html lang="{code}">', "<head>", *head, "</head>", f"<body {titles}>", body,
        *data, f'<script type="module">{SCRIPT}</script>', "</body>", "</html>", ""]
    return "\n".join(lines)


_NO_SCRIPT = element("noscript", element("p", both(Label(
    zh="图需要打开 JavaScript 才能看到；文件夹 figures/ 里另有 PNG、SVG 和 CSV。",
    en="Figures need JavaScript; the folder figures/ has them as PNG, SVG and CSV.")), class_="notice"))


def _policy(style: str) -> str:
    """Content-Security-Policy of the page."""
    return (f"default-src 'none'; img-src data: blob:; font-src data:; style-src '{_hash(style)}'; "
            f"script-src '{_hash(SCRIPT)}'; base-uri 'none'; form-action 'none'")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
