"""What made a study: scenario, code, versions, processor, seeds, command; written first, finished last.

``started``, ``finished``, ``command``, ``workers`` and the counts of runs may differ between two studies
that did the same on one machine; everything else may not.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import sim
from sim.errors import YiheError
from sim.params import Label
from sim.scenario.naming import scenario_key, sources_hash
from sim.scenario.schema import Scenario
from sim.study.store import MANIFEST, write_text, writing

FORMAT = 1
"""Version of the results folder."""

FIRST = ("study.yaml", "scenario.yaml", "data")
"""What is written into a new folder before its manifest."""

PACKAGES = (
    "yihe", "numpy", "numba", "scipy", "mesa", "networkx", "pandas", "pydantic", "pyarrow", "distributed",
)


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder; empty if there is none.

    Raises
    ------
    YiheError
        If it cannot be understood.
    """
    file = folder / MANIFEST
    if not file.exists():
        return {}
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise YiheError(
            "清单读不懂：请删去这个结果文件夹，或用 --out 换一个",
            "the manifest cannot be understood: delete this results folder, or choose another with --out",
            file=file) from error
    return content


def claim_folder(folder: Path, study_key: str) -> None:
    """Make sure that a folder is free, or holds this very study.

    Raises
    ------
    YiheError
        If it holds something else, or is no folder.
    """
    mend_zh = "请用 --out 换一个文件夹，或先删去它"
    mend_en = "choose another folder with --out, or delete this one first"
    with writing(folder):
        there = [file.name for file in folder.iterdir()] if folder.exists() else []
    # Hidden files are ours, whole or torn; a kill may come between study.yaml and the first manifest
    if all(name.startswith(".") or name in FIRST for name in there) and not (folder / MANIFEST).exists():
        return
    found = read(folder)
    if not found:
        raise YiheError(
            f"文件夹里已有别的东西：{mend_zh}", f"the folder holds something else: {mend_en}", file=folder)
    if found.get("study_key") != study_key:
        raise YiheError(
            f"文件夹里是另一个研究的结果（情景、方案、周数或代码有所不同）：{mend_zh}",
            f"the folder holds results of another study (scenario, arms, weeks or code differ): {mend_en}",
            file=folder)


def start(folder: Path, about: Mapping[str, Any], command: str, workers: int | None) -> None:
    """Write the manifest.

    Parameters
    ----------
    folder : Path
    about : mapping
        What was asked for; :func:`made_by` is added.
    command : str
    workers : int, optional
    """
    write_text(folder / MANIFEST, _text({
        "format": FORMAT, "uncalibrated": True,
        "note": {"zh": "示意性，未经校准", "en": "illustrative, uncalibrated"},
        **about, **made_by(), "command": command, "workers": workers, "started": _now(), "finished": None}))


def finish(folder: Path, **found: Any) -> None:
    """Add what is known at the end."""
    write_text(folder / MANIFEST, _text({**read(folder), **found, "finished": _now()}))


def note(folder: Path, **found: Any) -> None:
    """Add something that was found out on the way."""
    write_text(folder / MANIFEST, _text({**read(folder), **found}))


def arms_of(arms: Mapping[str, Scenario], labels: Mapping[str, Label]) -> dict[str, Any]:
    """Content and name of each arm."""
    return {
        arm: {"scenario_key": scenario_key(scenario), "label": labels[arm].model_dump()}
        for arm, scenario in arms.items()}


def made_by() -> dict[str, Any]:
    """Code, versions and machine."""
    commit, dirty = _git()
    return {
        "code_hash": sources_hash(),
        "git_commit": commit,
        "git_dirty": dirty,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
    }


def cpu_model() -> str:
    """Name of the processor, as well as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git() -> tuple[str | None, bool | None]:
    """Commit of the package's sources and whether they were changed since; None outside a checkout."""
    folder = Path(sim.__file__).parent
    try:
        commit = _output(["git", "-C", str(folder), "rev-parse", "HEAD"])
        tracked = _output(["git", "-C", str(folder), "ls-files", "__init__.py"])
        if not tracked:
            return None, None
        return commit, bool(_output(["git", "-C", str(folder), "status", "--porcelain", "--", "."]))
    except (OSError, subprocess.SubprocessError):
        return None, None


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def command_line() -> str:
    """The command as typed, without the folder the program lies in."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv else ""
