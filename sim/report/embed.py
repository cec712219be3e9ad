"""Write a figure with what made it inside, and its data beside it; equal figures give equal bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.style import DPI

STEADY = (
    "format",
    "uncalibrated",
    "name",
    "study_key",
    "seed",
    "replicates",
    "weeks",
    "control",
    "compared_policies",
    "arms",
    "code_hash",
    "git_commit",
    "git_dirty",
    "python",
    "packages",
    "platform",
    "cpu",
)
"""Keys of a manifest that say what was done by which code; others would make equal pictures differ."""

STATUS = "illustrative, uncalibrated"


def provenance(manifest: Mapping[str, Any]) -> str:
    """What a manifest says about content, as one line of JSON."""
    kept = {"status": STATUS, **{key: manifest[key] for key in STEADY if key in manifest}}
    return json.dumps(kept, ensure_ascii=True, sort_keys=True, default=str, separators=(",", ":"))


def save(
    figure: Figure, folder: Path, name: str, data: pd.DataFrame, manifest: Mapping[str, Any]
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv``.

    Parameters
    ----------
    figure : Figure
    folder : Path
        Must exist.
    name : str
        File name without its ending.
    data : DataFrame
        What the figure shows, tidy.
    manifest : mapping
        What made it; embedded as ``Description`` in both pictures.

    Returns
    -------
    list of Path
        PNG, SVG, CSV. Each is written whole under another name first, so that no half-written file is left.
    """
    about = provenance(manifest)
    written = []
    for ending, metadata in (
        ("png", {"Software": "yihe", "Title": name, "Description": about}),
        ("svg", {"Creator": "yihe", "Title": name, "Description": about, "Date": None}),
    ):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=ending, dpi=DPI, metadata=metadata)
        figure.set_layout_engine("none")  # laid out once: the second picture is the first one again
        written.append(_write(folder / f"{name}.{ending}", buffer.getvalue()))
    written.append(_write(folder / f"{name}.csv", csv_bytes(data)))
    return written


def csv_bytes(data: pd.DataFrame) -> bytes:
    """A table as UTF-8 CSV: ten digits, empty where there is no value, every row marked uncalibrated."""
    marked = data.assign(status=STATUS)
    for column in marked.select_dtypes("float"):
        marked[column] = marked[column].astype(np.float64)
    text = marked.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    assert text is not None
    return text.encode("utf-8")


def _write(path: Path, content: bytes) -> Path:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    partial.replace(path)
    return path
