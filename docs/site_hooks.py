"""Hooks of the documentation site: pages kept elsewhere in the repository, links out of ``docs/``.

``mkdocs.yml`` names this file; nothing else needs it. Pages are written for GitHub's Markdown, to read well
in the repository; here they are made to read as well in the site.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
ELSEWHERE = {
    "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md", "licence.md": "LICENSE",
    "scenarios.md": "scenarios/README.md", "experiments.md": "experiments/README.md",
    "results.md": "results/README.md",
}
"""Pages of the site whose text is kept outside ``docs/``, by the file that has it."""

LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")
LIST = re.compile(r"^\s*([-*+]|\d+\.) ")
FIRST = re.compile(r"^([-*+]|1\.) ")
"""What may begin a list right below a paragraph."""

ROW = re.compile(r"^\s*\|")
HAN = "\u2018-\u201d\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
ENDS = re.compile(rf"[{HAN}](?:\*\*)?$")
GOES_ON = re.compile(rf"(?:> *| *)(?=(?:\*\*)?[{HAN}])")
NO_PARAGRAPH = ("#", "|", "<")

ANALYST = "分析者 · Analyst"
"""Where a page that the navigation does not name is shown, under its own title."""

log = logging.getLogger("mkdocs.hooks.site")


def on_config(config: Any) -> Any:
    """Give every page a place: those that ``nav`` does not name come last among the analyst's."""
    named = set(pages(config.nav))
    section = next(part[ANALYST] for part in config.nav if ANALYST in part)
    section += sorted({file.name for file in Path(config.docs_dir).glob("*.md")} - named)
    return config


def pages(nav: Any) -> Iterator[str]:
    """Pages that a navigation names."""
    if isinstance(nav, str):
        yield nav
    else:
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from pages(part)


def on_files(files: Files, config: Any) -> Files:
    """Bring in the pages that are kept elsewhere."""
    for page, source in ELSEWHERE.items():
        if (ROOT / source).is_file():
            files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Mend links that lead out of ``docs/``, and what GitHub's Markdown allows and this one does not."""
    uri = page.file.src_uri
    if uri == "licence.md":
        return f"# 许可 · Licence\n\n```text\n{markdown}\n```\n"
    source = ELSEWHERE.get(uri, f"docs/{uri}")
    linked = outside_code(markdown, lambda text: LINK.sub(lambda m: link(m, uri, source, files), text))
    return unbroken(apart(linked))


def link(match: re.Match[str], uri: str, source: str, files: Files) -> str:
    """A link as the site can follow it; a file of the repository that is no page becomes its path."""
    text, target = match.groups()
    place, hash_, anchor = target.partition("#")
    if not place or "://" in target or target.startswith("mailto:"):
        return match[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), place))
    known = {kept: name for name, kept in ELSEWHERE.items()}
    folder = {posixpath.dirname(kept): name for kept, name in known.items() if kept.endswith("README.md")}
    name = known.get(path) or folder.get(path) or (path[5:] if path.startswith("docs/") else None)
    if name is not None and files.get_file_from_path(name) is not None:
        return f"[{text}]({posixpath.relpath(name, posixpath.dirname(uri) or '.')}{hash_}{anchor})"
    if not (ROOT / path).exists():
        log.warning("%s: the link %s leads nowhere", source, target)
    return text if path in text or text.startswith("`") else f"{text} (`{path}`)"


def outside_code(markdown: str, change: Any) -> str:
    """A change made to every line outside fenced blocks."""
    lines, fenced = [], False
    for line in markdown.split("\n"):
        if FENCE.match(line):
            fenced = not fenced
            lines.append(line)
        else:
            lines.append(line if fenced else change(line))
    return "\n".join(lines)


def unbroken(markdown: str) -> str:
    """Chinese paragraphs without the spaces that line breaks would leave in them."""
    lines: list[str] = []
    fenced = False
    for line in markdown.split("\n"):
        above = lines[-1] if lines else ""
        marks = GOES_ON.match(line)
        if not fenced and marks and ENDS.search(above) and not above.lstrip("> ").startswith(NO_PARAGRAPH):
            lines[-1] = above + line[marks.end():]
        else:
            lines.append(line)
        fenced ^= bool(FENCE.match(line))
    return "\n".join(lines)


def apart(markdown: str) -> str:
    """Empty lines before and after lists, tables and fences that touch a paragraph."""
    lines: list[str] = []
    fenced, above = False, ""
    for line in markdown.split("\n"):
        opens = bool(FENCE.match(line)) and not line.startswith(" ")
        if opens and not fenced and above.strip():
            lines.append("")
        elif not fenced and not opens and above.strip():
            begins = FIRST.match(line) and not LIST.match(above)
            if (begins and not above.startswith(" ")) or bool(ROW.match(line)) != bool(ROW.match(above)):
                lines.append("")
        lines.append(line)
        closes = opens and fenced
        if opens:
            fenced = not fenced
        if closes:
            lines.append("")
        above = "" if closes else line
    return "\n".join(lines)
