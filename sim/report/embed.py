"""Write a figure with what made it inside, and its data beside it; equal figures give equal bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.provenance import STATUS, provenance
from sim.report.style import DPI


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
    settle(figure)
    written = []
    for ending, metadata in (
        ("png", {"Software": "yihe", "Title": name, "Description": about}),
        ("svg", {"Creator": "yihe", "Title": name, "Description": about, "Date": None}),
    ):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=ending, dpi=DPI, metadata=metadata)
        written.append(_write(folder / f"{name}.{ending}", buffer.getvalue()))
    written.append(_write(folder / f"{name}.csv", csv_bytes(data)))
    return written


def settle(figure: Figure) -> None:
    """Lay a figure out once and for all.

    Otherwise each picture is drawn twice: once only to see how large everything becomes.
    """
    figure.set_dpi(DPI)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        # Not "none", which leaves a stand-in that would cost the extra drawing all the same
        figure.set_layout_engine(None)
        # The solver's last bits differ from time to time, and identifiers in an SVG are made from them
        for ax in figure.axes:
            left, bottom, width, height = (round(edge, 6) for edge in ax.get_position(original=True).bounds)
            ax.set_position((left, bottom, width, height))


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
