"""``summary/``: tables of a study's analysis, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.store import writing

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "summary"


def keep(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write some tables.

    Raises
    ------
    YiheError
        If the folder cannot be written.
    """
    with writing(folder):
        (folder / SUMMARY).mkdir(exist_ok=True)
        for name, table in tables.items():
            aside = folder / SUMMARY / f".{name}.tmp"
            table.to_parquet(aside, index=False)
            os.replace(aside, folder / SUMMARY / f"{name}.parquet")


def stored(folder: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Those of some tables that are there."""
    import pandas as pd

    files = [folder / SUMMARY / f"{name}.parquet" for name in names]
    return {file.stem: pd.read_parquet(file) for file in files if file.is_file()}
