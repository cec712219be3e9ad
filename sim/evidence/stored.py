"""The reference results: small tables and manifests kept beside the code, from which pages are made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sim
from sim.errors import YiheError

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(sim.__file__).parent.parent
REFERENCE = ROOT / "results" / "reference"
MANIFEST = "manifest.json"


class Reference(NamedTuple):
    """One study's reference results."""

    folder: Path
    manifest: dict[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """One table; texts that are missing are empty."""
        import pandas as pd

        frame = pd.read_csv(self.folder / f"{name}.csv")
        texts = [column for column in frame if frame[column].dtype.kind not in "ifb"]
        return frame.fillna(dict.fromkeys(texts, ""))

    def digest(self) -> str:
        """Hash of all tables, which pictures made of them carry."""
        mill = hashlib.blake2b(digest_size=12)
        for file in sorted(self.folder.glob("*.csv")):
            mill.update(f"{file.name}\n".encode() + file.read_bytes())
        return mill.hexdigest()

    @property
    def seeds(self) -> int:
        """Seeds of each point."""
        return int(self.manifest["seeds"])

    def told(self) -> str:
        """Date, commit, machine and command, in one paragraph."""
        m = self.manifest
        changed = "（有未提交的改动 · with changes not committed）" if m.get("git_dirty") else ""
        return (
            f"`{m['command']}`  \n日期 · date {str(m['finished'])[:10]}，提交 · commit "
            f"`{str(m['git_commit'])[:12]}`"
            f"{changed}；{m['points']} 个点 · points，{m['runs']} 次运行 · runs，每点 {m['seeds']} 个种子 · "
            "seeds a point，"
            f"{m['weeks']} 周 · weeks；yihe {m['packages']['yihe']}，Python {m['python']}。")


def stored(study: str, root: Path = REFERENCE) -> Reference:
    """A study's reference results.

    Raises
    ------
    YiheError
        If there are none.
    """
    folder = root / study
    if not (folder / MANIFEST).is_file():
        raise YiheError(
            f"没有 {study} 的参考结果：请先运行 make evidence",
            f"there are no reference results of {study}: run make evidence first", file=folder)
    return Reference(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def there(study: str, root: Path = REFERENCE) -> bool:
    """Whether a study has reference results."""
    return (root / study / MANIFEST).is_file()
