"""Code blocks of the documentation, run as a reader would: files written, commands and Python run in order.

``python tests/docs_lab.py`` runs them in a temporary folder and puts what they print into the pages anew;
``--check`` changes nothing and says where a page shows something else. A block is a file if it has a title; a
``text`` block is what the one before it prints; ``sh`` and ``python`` are run; ``py`` is a quotation.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
RUN = ("tutorial.md", "write_a_policy.md")
"""Pages whose blocks are run, in this order: the second loads a plug-in, which stays."""

BROUGHT = ("docs/examples/garden.py", "docs/examples/garden.yaml", "scenarios/commercial_estate.yaml")
"""Files of the repository that the pages use."""

FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```\n', re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block and where it stands in its page."""

    language: str
    title: str | None
    text: str
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page."""
    return [Block(m[1], m[2], m[3], m.start(3), m.end(3)) for m in FENCE.finditer(page)]


def run(page: str, folder: Path) -> Iterator[tuple[Block | None, str]]:
    """For each block that is run: the block that shows its output, if any, and what it prints in truth."""
    for brought in BROUGHT:
        (folder / brought).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / brought, folder / brought)
    names: dict[str, object] = {"__name__": "__main__"}
    found = blocks(page)
    for at, block in enumerate(found):
        if block.title:
            file = folder / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
            continue
        if block.language not in ("sh", "python"):
            continue
        follows = found[at + 1] if at + 1 < len(found) and found[at + 1].language == "text" else None
        with inside(folder):
            printed = shell(block.text) if block.language == "sh" else python(block.text, names)
        yield follows, printed


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder, with lines of 100 characters and the page's own choice of language."""
    before = {key: os.environ.get(key) for key in ("COLUMNS", "YIHE_LANG")}
    os.environ["COLUMNS"] = "100"
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value


def shell(text: str) -> str:
    """What ``yihe`` commands print, one a line, run here; with a mistake's sentence, without progress."""
    from sim.cli import main

    out = io.StringIO()
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] == "yihe", f"only yihe is run here, not: {line}"
        argv, sys.argv = sys.argv, words
        os.environ.pop("YIHE_LANG", None)
        said, code = io.StringIO(), None
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
                main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.argv = argv
        assert code in (None, 0, 2), f"{line}: exit code {code}\n{out.getvalue()}{said.getvalue()}"
        if code == 2:
            out.write(said.getvalue())
    return tidy(out.getvalue())


def python(text: str, names: dict[str, object]) -> str:
    """What a block of Python prints; names live on in the next block."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "<docs>", "exec"), names)
    return tidy(out.getvalue())


def tidy(text: str) -> str:
    """Without spaces at the ends of lines and empty lines at the ends of all."""
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n") + "\n" if any(lines) else ""


def renewed(page: str, folder: Path) -> str:
    """The page with what its blocks print now."""
    for block, printed in reversed(list(run(page, folder))):
        if block is not None:
            page = page[:block.start] + printed + page[block.end:]
    return page


def main(arguments: list[str]) -> int:
    """Run every page; 1 if ``--check`` finds one that shows something else."""
    differing = 0
    for name in RUN:
        shown = (DOCS / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as place:
            true = renewed(shown, Path(place))
        if "--check" in arguments:
            lines = difflib.unified_diff(shown.splitlines(), true.splitlines(), name, "as run", lineterm="")
            print("\n".join(lines))
            differing |= shown != true
        else:
            (DOCS / name).write_text(true, encoding="utf-8", newline="\n")
    return differing


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
