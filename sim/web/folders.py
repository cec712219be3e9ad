"""Where scenario files are looked for when nobody says."""

from __future__ import annotations

from pathlib import Path


def default_folder() -> Path:
    """``scenarios/`` of the working folder if there are files in it, else the one beside the package."""
    here = Path("scenarios")
    if any(here.glob("*.yaml")):
        return here
    return Path(__file__).parent.parent.parent / "scenarios"
