"""Where runs are kept: shards that are whole or absent, merged into sorted tables at the end.

::

    results/<name>/  manifest.json  scenario.yaml
                     runs.parquet  series/*.parquet  groups/*.parquet  cases/*.parquet  timings.parquet
                     failures/  figures/  summary.md

While a study runs, finished runs lie in ``.parts/<number>/``, one folder a shard with a file a table. A
shard is written aside, flushed to the disk and renamed, so a kill at any moment leaves whole shards only.
At the end all runs are merged, sorted by (point, seed, arm), into files of :data:`RUNS_A_FILE` runs each: the
bytes depend on the runs alone, never on workers or on the order in which they ended. Merged tables, too,
are written aside (``.merged``) and swapped in; a swap that was cut short is finished when the folder is
next opened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.errors import YiheError
from sim.scenario.reasons import reason
from sim.study.lock import Lock
from sim.study.tables import EVERYTHING, LONG, Keep, arrow

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.study.work import Batch

RUNS_A_FILE = 100
ROWS_A_GROUP = 10_000
"""Rows of a table of runs that are in memory at once."""
FLUSH_SECONDS = 5.0
MANIFEST = "manifest.json"
_PARTS, _MERGED, _READY = ".parts", ".merged", "READY"

Int64 = npt.NDArray[np.int64]


class Store:
    """The results of one study.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    keep : Keep
        Which tables it has.

    Raises
    ------
    YiheError
        If the folder cannot be written, or another process is writing into it.
    """

    def __init__(self, folder: Path, keep: Keep = EVERYTHING) -> None:
        arrow()
        self.folder, self.keep = folder, keep
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(folder / ".lock")
            self._recover()
        self._buffer: list[Batch] = []
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
    def finished(self) -> frozenset[str]:
        """Keys of every run on disk."""
        keys: set[str] = set()
        for file in self._files("runs"):
            keys.update(_read(file, ["key"])["key"].to_pylist())
        return frozenset(keys)

    def add(self, batch: Batch) -> None:
        """Take finished runs; they are on disk within seconds, or after :meth:`flush`."""
        self._buffer.append(batch)
        waiting = sum(batch.runs for batch in self._buffer)
        if waiting >= RUNS_A_FILE or time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def runs(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of every run on disk, in no particular order."""
        tables = [_read(file, list(columns)) for file in self._files("runs")]
        return arrow().concat_tables(tables)

    def of_points(self, kind: str, points: Iterable[int]) -> pa.Table:
        """Rows on disk of some points, in no particular order."""
        import pyarrow.compute as compute

        wanted = arrow().array(sorted(points), "int64")
        found = []
        for file in self._files(kind):
            table = _read(file)
            found.append(table.filter(compute.is_in(table["point"], wanted)))
        return arrow().concat_tables(found)

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
            for kind in self.keep.kinds:
                table = arrow().concat_tables([batch.tables[kind] for batch in self._buffer])
                _write([table], aside / f"{kind}.parquet", "lz4")
            _sync(aside)
            with _uninterrupted():
                os.replace(aside, self.folder / _PARTS / f"{self._number:06d}")
                self._number += 1
                self._buffer.clear()
            _sync(self.folder / _PARTS)
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
        with writing(self.folder):
            aside = self.folder / _MERGED
            _fresh(aside)
            for kind in self.keep.kinds:
                index = _Index(self._files(kind), self._files("runs"), place)
                if kind not in LONG:
                    _write(index.pieces(ROWS_A_GROUP), aside / f"{kind}.parquet")
                    continue
                (aside / kind).mkdir()
                _write_each(index.pieces(RUNS_A_FILE), aside / kind)
                _sync(aside / kind)
            (aside / _READY).touch()
            _sync(aside)
            self._swap()

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


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back for a moment, where the system can: what is inside belongs together."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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


class _Index:
    """Where each run lies, and the order in which runs are wanted.

    Parameters
    ----------
    files : sequence of Path
        Files of one table.
    runs : sequence of Path
        Files of the table of runs.
    place : dict of str to int
        Order of the arms.
    """

    def __init__(self, files: Sequence[Path], runs: Sequence[Path], place: dict[str, int]) -> None:
        self._files, self._place = files, place
        self._table = lru_cache(maxsize=8)(_read)
        wanted = _distinct(np.concatenate([self._ids(_read(file, list(_WHO))) for file in runs]))
        self._wanted: Int64 = wanted
        within = [_distinct(self._ids(_read(file, list(_WHO)))) for file in files]
        self._file = np.concatenate([np.full(len(ids), at) for at, ids in enumerate(within)])
        self._where = _ranks(np.concatenate(within), wanted)

    def pieces(self, size: int) -> Iterator[pa.Table]:
        """All rows by (point, seed, arm), ``size`` runs at a time; rows of one run keep their order."""
        for first in range(0, len(self._wanted), size):
            last = min(first + size, len(self._wanted))
            mine = (self._where >= first) & (self._where < last)
            # Runs without a single row, for example without cases, still give the columns
            numbers = np.unique(self._file[mine]).tolist() or [0]
            tables = [self._table(self._files[at]) for at in numbers]
            wanted = self._wanted[first:last]
            rank = self._first_copies([_ranks(self._ids(table), wanted) for table in tables])
            # Stable, so that each run's rows keep their order
            rows = np.argsort(rank, kind="stable")[int(np.sum(rank < 0)):]
            yield arrow().concat_tables(tables).take(rows).combine_chunks()

    @staticmethod
    def _first_copies(ranks: Sequence[Int64]) -> Int64:
        """Ranks of all files, −1 for runs that an earlier file has already: a run counts once."""
        seen: set[int] = set()
        kept = []
        for rank in ranks:
            kept.append(np.where(np.isin(rank, list(seen)), -1, rank))
            seen.update(np.unique(rank[rank >= 0]).tolist())
        return np.concatenate(kept)

    def _ids(self, table: pa.Table) -> Int64:
        """Point, seed and place of the arm of each row."""
        names = table["arm"].combine_chunks().dictionary_encode()
        after = len(self._place)
        codes = np.array([self._place.get(arm, after) for arm in names.dictionary.to_pylist()], np.int64)
        arms = codes[names.indices.to_numpy()] if len(codes) else np.empty(0, np.int64)
        return np.stack([table["point"].to_numpy(), table["seed"].to_numpy(), arms], axis=1)


_WHO = ("point", "seed", "arm")


def _starts(ids: Int64) -> Int64:
    """Where a row differs from the one before."""
    return np.flatnonzero(np.r_[len(ids) > 0, np.any(ids[1:] != ids[:-1], axis=1)])


def _distinct(ids: Int64) -> Int64:
    """Each row once, in order."""
    return np.unique(ids[_starts(ids)], axis=0)


def _ranks(ids: Int64, wanted: Int64) -> Int64:
    """Place of each row in ``wanted``, which is sorted and unique; −1 for rows that are not there."""
    if not len(ids):
        return np.empty(0, np.int64)
    starts = _starts(ids)
    places = {run: at for at, run in enumerate(map(tuple, wanted.tolist()))}
    found = np.array([places.get(tuple(run), -1) for run in ids[starts].tolist()], np.int64)
    return np.repeat(found, np.diff(np.r_[starts, len(ids)]))


def _read(file: Path, columns: list[str] | None = None) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.ParquetFile(file).read(columns)


def _write(tables: Iterable[pa.Table], file: Path, compression: str = "zstd") -> None:
    """Write tables of the same columns into one file, one at a time."""
    import pyarrow.parquet as pq

    with file.open("wb") as out:
        writer = None
        for table in tables:
            # Measures seldom repeat: looking for repeats took half the time and made files larger
            repeated = [f.name for f in table.schema if not arrow().types.is_floating(f.type)]
            writer = writer or pq.ParquetWriter(
                out, table.schema, compression=compression, use_dictionary=repeated)
            writer.write_table(table)
        if writer is not None:
            writer.close()
        out.flush()
        os.fsync(out.fileno())


def _write_each(tables: Iterable[pa.Table], folder: Path) -> None:
    """Write each table into a numbered file of its own, while the next one is made."""
    with ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        for number, table in enumerate(tables):
            if writing is not None:
                writing.result()
            writing = writer.submit(_write, [table], folder / f"{number:05d}.parquet")
        if writing is not None:
            writing.result()


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
