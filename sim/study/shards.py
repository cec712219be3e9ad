"""The files that hold a study's tables at one moment, whoever else is writing.

Reads the layout of :mod:`sim.study.store`: merged tables beside the manifest, and shards of finished runs in
``.parts/<number>/`` until they are merged. Merged tables that were not all moved into their place yet lie
in ``.merged``, marked by ``READY``; they hold every run, so that shards left beside them say nothing new.
Nothing is written or locked.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sim.errors import YiheError

if TYPE_CHECKING:
    import pyarrow as pa

RUN = ("key", "point", "arm", "seed")
"""Columns that say whose a row is: the run's key, its design point, arm and seed."""

HEADS = {
    "design": ("point",),
    "runs": (*RUN, "digest", "weeks"),
    "series": (*RUN, "week"),
    "groups": RUN[1:],
    "cases": RUN[1:],
    "timings": (*RUN, "seconds"),
}
"""Every table, with the columns that stand before its factors or outcomes."""

LONG = ("series", "groups", "cases")
"""Tables kept in a folder of several files; a study may do without them."""

_PARTS, _MERGED, _READY = ".parts", ".merged", "READY"
_NUMBERS = ("point", "seed", "week", "weeks")

Read = TypeVar("Read")


class Snapshot(NamedTuple):
    """A study's files as they were at one moment.

    Parameters
    ----------
    folder : Path
    files : mapping
        Files of each table of :data:`HEADS`, merged ones first.
    merged, parts : mapping
        Every merged file, and every file of a shard, with its inode.
    """

    folder: Path
    files: Mapping[str, tuple[Path, ...]]
    merged: Mapping[Path, int]
    parts: Mapping[Path, int]

    @property
    def loose(self) -> bool:
        """Whether some runs are not merged yet: rows then follow the order in which runs ended."""
        return bool(self.parts)

    def stands(self) -> bool:
        """Whether all these files are still there; new shards do not matter."""
        now = look(self.folder)
        return now.merged == self.merged and self.parts.items() <= now.parts.items()

    def keeps(self, table: str) -> bool:
        """Whether the study has a table; a series is taken for granted until the first run has finished."""
        return bool(self.files[table]) or table not in LONG or (table == "series" and not self.files["runs"])

    def outcomes(self, table: str) -> list[str]:
        """Names of the outcomes in ``runs`` or ``series``."""
        return [name for name in self.schema(table).names if name not in HEADS[table]]

    def schema(self, table: str) -> pa.Schema:
        """Names and types of a table's columns, also if no run has finished.

        Raises
        ------
        YiheError
            If the study keeps no such table.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.files[table]:
            with _sound(self.files[table][0]) as file:
                return pq.read_schema(file)
        if not self.keeps(table):
            raise YiheError(
                f"这项研究没有 {table} 表，或还没有一次运行完成", f"this study keeps no table {table}, or no "
                "run has finished yet", file=self.folder)
        heads = [(name, pa.int64() if name in _NUMBERS else pa.string()) for name in HEADS[table]]
        if table not in ("runs", "series"):
            return pa.schema([(name, pa.float64() if name == "seconds" else kind) for name, kind in heads])
        from sim.outcomes import OUTCOMES

        return pa.schema([*heads, *((name, pa.float64()) for name in OUTCOMES)])

    def pieces(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """A table file by file, so that only one of them is in memory.

        Parameters
        ----------
        table : str
        columns : sequence of str, optional
            Only these, in this order.
        """
        import pyarrow.parquet as pq

        for file in self.files[table]:
            with _sound(file) as path, pq.ParquetFile(path) as opened:
                piece = opened.read(None if columns is None else list(columns))
            yield piece if columns is None else piece.select(list(columns))

    def read(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A whole table, in the order of its files."""
        import pyarrow as pa

        pieces = list(self.pieces(table, columns))
        if pieces:
            return pa.concat_tables(pieces, promote_options="default")
        # A study without a design is one point without factors
        empty = pa.table({"point": [0]}) if table == "design" else self.schema(table).empty_table()
        return empty if columns is None else empty.select(list(columns))


def look(folder: Path) -> Snapshot:
    """The files of a study, now.

    Raises
    ------
    YiheError
        If the folder cannot be read.
    """
    try:
        here, aside = _inside(folder), _inside(folder / _MERGED)
        ready = _READY in aside
        shards = () if ready else sorted(
            (name for name in _inside(folder / _PARTS) if name.isdecimal()), key=int)
        parts = {name: _inside(folder / _PARTS / name) for name in shards}
        files: dict[str, tuple[Path, ...]] = {}
        merged: dict[Path, int] = {}
        loose: dict[Path, int] = {}
        for table in HEADS:
            kept = table if table in LONG else f"{table}.parquet"
            home, known = (folder / _MERGED, aside) if ready and kept in aside else (folder, here)
            if table in LONG:
                home, known = home / table, _inside(home / table)
            names = sorted(name for name in known if name.endswith(".parquet") and not name.startswith("."))
            whole = {home / name: known[name] for name in names if table in LONG or name == kept}
            split = {
                folder / _PARTS / number / f"{table}.parquet": part[f"{table}.parquet"]
                for number, part in parts.items() if f"{table}.parquet" in part
            }
            merged.update(whole)
            loose.update(split)
            files[table] = (*whole, *split)
    except OSError as error:
        raise unreadable(folder, error) from error
    return Snapshot(folder, files, merged, loose)


def steadily(folder: Path, read: Callable[[Snapshot], Read]) -> Read:
    """Read from a snapshot; once more if the study was merged meanwhile.

    Parameters
    ----------
    folder : Path
    read : callable
        What to do with a snapshot; must be able to start over.

    Raises
    ------
    YiheError
        If the folder changed twice.
    """
    for _ in range(2):
        snapshot = look(folder)
        try:
            found = read(snapshot)
        except Exception:
            if snapshot.stands():
                raise
            continue
        if snapshot.stands():
            return found
    raise YiheError(
        "结果正在合并，读到一半就变了：请过几秒再试",
        "the results are being merged and changed while they were read: try again in a few seconds",
        file=folder)


def unreadable(file: Path, error: OSError) -> YiheError:
    """The sentence for a file or folder that cannot be read."""
    from sim.scenario.reasons import reason

    zh, en = reason(error)
    return YiheError(
        f"读不了（{zh}）：请检查路径和权限", f"cannot be read ({en}): check the path and its permissions",
        file=file)


def damaged(file: Path, error: Exception) -> YiheError:
    """The sentence for a file that is not what it should be."""
    said = str(error).splitlines()[0]
    return YiheError(
        f"文件已损坏（{said}）：请换一个结果文件夹，重新运行这项研究",
        f"the file is damaged ({said}): run the study again into another folder", file=file)


def _inside(folder: Path) -> dict[str, int]:
    """Names and inodes in a folder; none if there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.inode() for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return {}


@contextlib.contextmanager
def _sound(file: Path) -> Iterator[str]:
    """Say in a sentence what is wrong with a file, unless it has merely gone."""
    import pyarrow as pa

    try:
        yield str(file)
    except FileNotFoundError:
        raise
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(file, error) from error
        raise damaged(file, error) from error
