"""SQL over a study's tables, in a DuckDB that can reach nothing else.

Tables are handed to DuckDB as Arrow datasets, and its own access to files is switched off before it sees any
SQL. Views over ``read_parquet`` would be a little faster, but need leave to open the study's files, and
with that leave ``COPY … TO`` inside a query may overwrite them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import YiheError
from sim.scenario.bykind import near
from sim.study.shards import HEADS, LONG, Snapshot

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_READING = ("SELECT", "EXPLAIN", "MULTI")
"""Kinds of statement that answer something; ``PIVOT`` is a ``MULTI``."""

_NO_TABLE = re.compile(r'Table with name "?(.+?)"? does not exist')
_NO_COLUMN = re.compile(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"')
_NO_PREFIX = re.compile(r'Referenced table "(.+?)" not found')


def connect(snapshot: Snapshot, tables: Sequence[str] = tuple(HEADS)) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with a view of each table.

    Numbers that do not exist, NaN in the files, are NULL here, so that ``avg`` leaves them out, as pandas
    does.

    Parameters
    ----------
    snapshot : Snapshot
    tables : sequence of str
        Only these, of those that the study keeps.

    Raises
    ------
    YiheError
        If DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        from sim.study.tables import missing

        raise missing("duckdb") from error
    connection = duckdb.connect(config={
        "enable_external_access": "false", "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        # Queries larger than the memory spill there, not into the working folder
        "temp_directory": str(Path(tempfile.gettempdir()) / "yihe-duckdb"),
    })
    for table in filter(snapshot.keeps, tables):
        relation = connection.from_arrow(_dataset(snapshot, table))
        relation.project(", ".join(_columns(snapshot, table))).create_view(table)
    return connection


def ask(snapshot: Snapshot, text: str, limit: int | None = None) -> pd.DataFrame:
    """The answer to one reading statement.

    Parameters
    ----------
    snapshot : Snapshot
    text : str
        SQL of DuckDB.
    limit : int, optional
        Rows at most.

    Raises
    ------
    YiheError
        If the statement is not one that reads, or DuckDB refuses it.
    """
    # A view costs 10 ms, so that only those are made that the query may mean
    connection = connect(snapshot, [table for table in HEADS if table in text.lower()] or tuple(HEADS))
    import duckdb

    try:
        kinds = [statement.type.name for statement in connection.extract_statements(text)]
        if len(kinds) != 1 or kinds[0] not in _READING:
            raise YiheError(
                "SQL 应为一条查询语句，例如 select arm, avg(satisfaction) from runs group by arm；"
                "研究的结果只能读，不能改",
                "the SQL must be one query, such as select arm, avg(satisfaction) from runs group by arm; "
                "results of a study can be read only")
        found = connection.execute(text)
        return found.df() if limit is None else _first(found, limit)
    except duckdb.Error as error:
        raise _refused(error, snapshot) from error
    finally:
        connection.close()


def _dataset(snapshot: Snapshot, table: str) -> Any:
    import pyarrow.dataset

    if not snapshot.files[table]:
        return snapshot.read(table)
    schema = snapshot.schema(table)
    return pyarrow.dataset.dataset(
        [str(file) for file in snapshot.files[table]], schema=schema, format="parquet")


def _columns(snapshot: Snapshot, table: str) -> list[str]:
    import pyarrow as pa

    return [
        f"case when isnan({_quoted(column.name)}) then null else {_quoted(column.name)} end as "
        f"{_quoted(column.name)}" if pa.types.is_floating(column.type) else _quoted(column.name)
        for column in snapshot.schema(table)
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first(found: duckdb.DuckDBPyConnection, limit: int) -> pd.DataFrame:
    """The first rows of an answer, without making the others."""
    import pandas as pd

    chunks, rows = [found.fetch_df_chunk(1)], 0
    while len(chunks[-1]):
        rows += len(chunks[-1])
        if rows >= limit:
            break
        chunks.append(found.fetch_df_chunk(1))
    full = [chunk for chunk in chunks if len(chunk)] or chunks[:1]
    return pd.concat(full, ignore_index=True).iloc[:limit]


def _refused(error: Exception, snapshot: Snapshot) -> YiheError:
    """DuckDB's first line, and what was probably meant."""
    said = str(error).splitlines()[0].strip().rstrip(".!")
    if "Arrow source failed" in said:
        from sim.study.shards import damaged

        return damaged(snapshot.folder, error)
    zh, en = _hint(said, snapshot)
    return YiheError(f"DuckDB 不接受这条 SQL：{said}{zh}", f"DuckDB refuses the SQL: {said}{en}")


def _hint(said: str, snapshot: Snapshot) -> tuple[str, str]:
    tables = list(filter(snapshot.keeps, HEADS))
    columns = {table: snapshot.schema(table).names for table in tables}
    every = list(dict.fromkeys(name for names in columns.values() for name in names))
    if said.startswith("Permission Error"):
        return "；只能查询这项研究自己的表", "; only the study's own tables can be queried"
    if found := _NO_TABLE.search(said):
        if found[1].lower() in LONG:
            return "；这项研究没有保存这个表", "; this study does not keep that table"
        meant, listed = near(found[1], tables), ", ".join(tables)
        return (
            f"；{f'是否想写 {meant}？' if meant else ''}有这些表：{listed}",
            f"; {f'did you mean {meant}? ' if meant else ''}there are {listed}")
    if found := _NO_PREFIX.search(said):
        dotted = [name for name in every if name.startswith(f"{found[1]}.")]
        if dotted:
            example = _quoted(dotted[0])
            return (
                f"；带点的列名要加双引号，例如 {example}",
                f"; names with dots need double quotes, such as {example}")
        return _hint(f"Table with name {found[1]} does not exist", snapshot)
    if found := _NO_COLUMN.search(said):
        return _where(found[1] or found[2], columns, every)
    return "", ""


def _where(column: str, columns: Mapping[str, Sequence[str]], every: list[str]) -> tuple[str, str]:
    """The tables that have a column, or the columns that look like it."""
    homes = [table for table, names in columns.items() if column in names]
    if homes:
        return f"；这一列在 {'、'.join(homes)} 表里", f"; that column is in {', '.join(homes)}"
    meant = near(column, every)
    return (f"；是否想写 {meant}？", f"; did you mean {meant}?") if meant else ("", "")
