"""How the page looks and what it can do: its style and script, as they stand beside this file."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

STYLE = (_HERE / "report.css").read_text(encoding="utf-8")
"""In the colours of the classroom page."""

SCRIPT = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted((_HERE / "script").glob("*.js")))
"""Figures that answer, sorting of tables, pictures out of their packing, and the switch of language."""
