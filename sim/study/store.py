"""Where runs are kept: shards that are whole or absent, merged into sorted tables at the end.

::

    results/<name>/  manifest.json  scenario.yaml
                     runs.parquet  series/*.parquet  groups/*.parquet  cases/*.parquet  timings.parquet
                     failures/  figures/  summary.md

While a study runs, finished runs lie in ``.parts/<number>/``, one folder a shard with a file a table. A
shard is written aside, flushed to the disk and renamed, so a kill at any moment leaves whole shards only.
At the end all runs are merged, sorted by (seed, arm), into files of :data:`RUNS_A_FILE` runs each: the
bytes depend on the runs alone, never on workers or on the order in which they ended. Merged tables, too,
are written aside (``.merged``) and swapped in; a swap that was cut short is finished when the folder is
next opened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import YiheError
from sim.scenario.reasons import reason
from sim.study.lock import Lock
from sim.study.tables import KINDS, LONG, Finished, arrow, build

if TYPE_CHECKING:
    import pyarrow as pa

RUNS_A_FILE = 100
FLUSH_SECONDS = 5.0
MANIFEST = "manifest.json"
_PARTS, _MERGED, _READY = ".parts", ".merged", "READY"

RunId = tuple[int, str]
"""Seed and arm."""


class Store:
    """The results of one study.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.

    Raises
    ------
    YiheError
        If the folder cannot be written, or another process is writing into it.
    """

    def __init__(self, folder: Path) -> None:
        arrow()
        self.folder = folder
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(folder / ".lock")
            self._recover()
        self._buffer: list[Finished] = []
        self._flushed = time.monotonic()
        self._number = max((int(part.name) for part in self._parts()), default=-1) + 1

    def __enter__(self) -> Store:
        """Use as a context: leaving flushes and unlocks."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        """Keep what is finished, whatever happened, and let others in."""
        try:
            self.flush()
        finally:
            self._lock.release()

    @property
    def finished(self) -> dict[RunId, str]:
        """Key of every run on disk, by seed and arm."""
        runs: dict[RunId, str] = {}
        for file in self._files("runs"):
            table = _read(file, ["seed", "arm", "key"])
            seeds, arms, keys = (column.to_pylist() for column in table.columns)
            runs.update(zip(zip(seeds, arms, strict=True), keys, strict=True))
        return runs

    def add(self, run: Finished) -> None:
        """Take a finished run; it is on disk within seconds, or after :meth:`flush`."""
        self._buffer.append(run)
        if len(self._buffer) >= RUNS_A_FILE or time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was taken as one shard.

        Raises
        ------
        YiheError
            If it cannot be written, for example because the disk is full.
        """
        if not self._buffer:
            return
        with writing(self.folder):
            aside = self.folder / _PARTS / f"tmp-{os.getpid()}"
            _fresh(aside)
            for kind, table in build(self._buffer).items():
                _write(table, aside / f"{kind}.parquet")
            _sync(aside)
            os.replace(aside, self.folder / _PARTS / f"{self._number:06d}")
            _sync(self.folder / _PARTS)
        self._number += 1
        self._buffer.clear()
        self._flushed = time.monotonic()

    def merge(self, arms: Iterable[str]) -> None:
        """Make the final tables out of all shards; does nothing if there is nothing new.

        Parameters
        ----------
        arms : iterable of str
            Order of the arms within a seed.
        """
        self.flush()
        if not self._parts():
            return
        place = {arm: i for i, arm in enumerate(arms)}
        order = sorted(self.finished, key=lambda run: (run[0], place.get(run[1], len(place)), run[1]))
        with writing(self.folder):
            aside = self.folder / _MERGED
            _fresh(aside)
            for kind in KINDS:
                files = [_span(file) for file in self._files(kind)]
                if kind not in LONG:
                    _write(self._pick(files, order), aside / f"{kind}.parquet")
                    continue
                (aside / kind).mkdir()
                for i in range(0, len(order), RUNS_A_FILE):
                    table = self._pick(files, order[i:i + RUNS_A_FILE])
                    _write(table, aside / kind / f"{i // RUNS_A_FILE:05d}.parquet")
                _sync(aside / kind)
            (aside / _READY).touch()
            _sync(aside)
            self._swap()

    def _pick(self, files: Sequence[_Span], wanted: Sequence[RunId]) -> pa.Table:
        """Rows of some runs in the given order; each run's rows keep their own."""
        first, last = min(run[0] for run in wanted), max(run[0] for run in wanted)
        tables = [_read(file.file) for file in files if file.first <= last and file.last >= first]
        # Runs without a single row, for example without cases, still give the columns
        table = arrow().concat_tables(tables or [_read(files[0].file).slice(0, 0)])
        rank = _ranks(table, wanted)
        # Stable, so that each run's rows keep their order
        rows = np.argsort(rank, kind="stable")[int(np.sum(rank < 0)):]
        return table.take(rows).combine_chunks()

    def _files(self, kind: str) -> list[Path]:
        """Files that hold one table: the merged ones, then shards."""
        merged = [file for file in _merged_files(self.folder, kind) if file.exists()]
        return merged + [part / f"{kind}.parquet" for part in self._parts()]

    def _parts(self) -> list[Path]:
        return sorted(part for part in (self.folder / _PARTS).glob("[0-9]*") if part.is_dir())

    def _recover(self) -> None:
        """Finish or undo what a kill cut short."""
        if (self.folder / _MERGED / _READY).exists():
            self._swap()
        shutil.rmtree(self.folder / _MERGED, ignore_errors=True)
        for aside in (self.folder / _PARTS).glob("tmp-*"):
            shutil.rmtree(aside)

    def _swap(self) -> None:
        """Put the merged tables in place; can be repeated until it is done."""
        for new in sorted((self.folder / _MERGED).iterdir()):
            if new.name == _READY:
                continue
            old = self.folder / new.name
            if old.is_dir():
                shutil.rmtree(old)
            os.replace(new, old)
        _sync(self.folder)
        shutil.rmtree(self.folder / _PARTS, ignore_errors=True)
        shutil.rmtree(self.folder / _MERGED)


def read(folder: Path, kind: str, columns: Sequence[str] | None = None) -> pa.Table:
    """One merged table of a study.

    Parameters
    ----------
    folder : Path
    kind : str
        One of :data:`sim.study.tables.KINDS`.
    columns : sequence of str, optional
        Only these.
    """
    pa = arrow()
    files = _merged_files(folder, kind)
    return pa.concat_tables([_read(file, None if columns is None else list(columns)) for file in files])


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder that cannot be written into one clear sentence."""
    try:
        yield
    except OSError as error:
        zh, en = reason(error)
        raise YiheError(
            f"结果文件夹写不进去（{zh}）：请腾出空间、改权限，或用 --out 换一个文件夹",
            f"cannot write into the results folder ({en}): free some space, change its permissions, or "
            "choose another folder with --out", file=folder) from error


def write_text(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f".{file.name}.tmp")
        with aside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(aside, file)


def _merged_files(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / kind).glob("*.parquet")) if kind in LONG else [folder / f"{kind}.parquet"]


class _Span(NamedTuple):
    """A file and the least and greatest seed in it."""

    file: Path
    first: int
    last: int


def _span(file: Path) -> _Span:
    seeds = _read(file, ["seed"])["seed"].to_numpy()
    return _Span(file, int(seeds.min()), int(seeds.max())) if len(seeds) else _Span(file, 0, -1)


def _ranks(table: pa.Table, wanted: Sequence[RunId]) -> npt.NDArray[np.int64]:
    """Place of each row's run in ``wanted``; −1 for other runs."""
    names = table["arm"].combine_chunks().dictionary_encode()
    arms = {arm: code for code, arm in enumerate(names.dictionary.to_pylist())}
    rank = np.full(table.num_rows, -1, np.int64)
    by_arm: dict[str, list[tuple[int, int]]] = {}
    for place, (seed, arm) in enumerate(wanted):
        by_arm.setdefault(arm, []).append((seed, place))
    row_arm, row_seed = names.indices.to_numpy(), table["seed"].to_numpy()
    for arm, runs in by_arm.items():
        rows = np.flatnonzero(row_arm == arms.get(arm, -1))
        seeds, places = np.array(sorted(runs), np.int64).T
        at = np.minimum(np.searchsorted(seeds, row_seed[rows]), len(seeds) - 1)
        rank[rows] = np.where(seeds[at] == row_seed[rows], places[at], -1)
    return rank


def _read(file: Path, columns: list[str] | None = None) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.ParquetFile(file).read(columns)


def _write(table: pa.Table, file: Path) -> None:
    import pyarrow.parquet as pq

    with file.open("wb") as out:
        pq.write_table(table, out, compression="zstd")
        out.flush()
        os.fsync(out.fileno())


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _sync(folder: Path) -> None:
    """Make renames inside a folder last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
