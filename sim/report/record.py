"""What each figure in a folder was made from, so that nothing is drawn twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from sim.report.material import Material
from sim.report.provenance import provenance
from sim.study.store import write_text

FILE = ".drawn.json"
"""Beside the figures; without it everything is drawn again."""

_LIBRARIES = ("matplotlib", "pillow", "zhplot", "pandas", "numpy")


def made_from(material: Material, lang: str) -> str:
    """Hash of everything that figures show: data, words, language, code and versions.

    The code is in the manifest, so a change to any file of the package draws all figures again.
    """
    about = [
        provenance(material.manifest),
        lang,
        material.name.model_dump(),
        [arm.label.model_dump() for arm in material.arms],
        material.failed,
        material.claims.to_csv(index=False),
        material.runs.to_csv(index=False),
        [metadata.version(library) for library in _LIBRARIES],
    ]
    return hashlib.sha256(json.dumps(about, ensure_ascii=False).encode()).hexdigest()


class Record:
    """Figures of one folder with what they were made from.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._entries = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._entries = {}  # nothing there, or nothing readable: draw

    def fresh(self, name: str, made: str) -> list[Path]:
        """Files of a figure, if they are there, unchanged and made from this; otherwise nothing."""
        entry = self._entries.get(name) if isinstance(self._entries, dict) else None
        if not isinstance(entry, dict) or entry.get("made_from") != made:
            return []
        files = [self.folder / file for file in entry["files"]]
        same = all(file.is_file() and _hash(file) == entry["files"][file.name] for file in files)
        return files if same else []

    def keep(self, made: str, files: Sequence[Path]) -> None:
        """Note files just drawn, and write the record."""
        names = dict.fromkeys(file.stem for file in files)
        for name in names:
            own = {file.name: _hash(file) for file in files if file.stem == name}
            self._entries[name] = {"made_from": made, "files": own}
        write_text(self.folder / FILE, json.dumps(self._entries, indent=1) + "\n")


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
