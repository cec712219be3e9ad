"""``yihe query`` and ``yihe export``: what is asked of a study's results; the work is in :mod:`sim.study`."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import cli_options as options
from sim.errors import YiheError, default_language

if TYPE_CHECKING:
    import pandas as pd

ROWS = 40
"""Rows that a terminal is shown unless told otherwise."""

_GAP = 3
"""Characters between two columns of a table: a line and the spaces beside it."""


Folder = Annotated[
    Path, typer.Argument(metavar="STUDY", help="结果文件夹，例如 results/名称 · results folder, results/NAME")
]


def query(
    study: Folder,
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="一条查询；表有 design、runs、series、groups、cases、timings · one query over these tables",
        ),
    ],
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help=f"最多几行，表格默认 {ROWS} · rows at most, {ROWS} in a table"),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="以 CSV 输出 · answer in CSV")] = False,
    as_json: options.Json = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    plugin: options.Plugin = None,
) -> None:
    """Answer one SQL query over a study's results."""
    from sim.study.opened import NOTE, open_study

    if as_csv and as_json:
        raise YiheError("--csv 和 --json 只能选一个", "choose either --csv or --json")
    shown = limit if as_csv or as_json else limit or ROWS
    found = open_study(study).sql(sql, None if shown is None else shown + 1)
    more = shown is not None and len(found) > shown
    table, language = found.iloc[:shown], default_language()
    if as_json:
        _print_json({"uncalibrated": True, "note": NOTE.model_dump(), "more": more, "rows": _records(table)})
        return
    if as_csv:
        try:
            table.to_csv(sys.stdout, index=False, lineterminator="\n")
            sys.stdout.flush()
        except BrokenPipeError:  # as by ``| head``; nothing more is said when Python ends either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
    else:
        _print_table(table, NOTE.text(language), language)
    if quiet:
        return
    if as_csv:
        print(NOTE.text(language), file=sys.stderr)
    if more:
        print({
            "zh": f"只显示前 {shown} 行；更多用 --limit，全部用 --csv 或 --json",
            "en": f"the first {shown} rows; for more --limit, for all --csv or --json",
        }[language], file=sys.stderr)


def export(
    study: Folder,
    to: Annotated[
        str, typer.Option("--to", metavar="csv|netcdf|ema", help="格式 · format; ema: EMA Workbench")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="文件；CSV 为文件夹 · file; a folder for CSV"),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    plugin: options.Plugin = None,
) -> None:
    """Write a study's results for other programs."""
    from sim.study.exports import FORMATS
    from sim.study.opened import NOTE, open_study

    if to not in FORMATS:
        known = " | ".join(FORMATS)
        raise YiheError(f"没有格式 {to}，应为 {known}", f"no format {to}: choose {known}", key="--to")
    opened = open_study(study)
    write, ending = FORMATS[to]
    target = write(opened, out or Path(f"{study.resolve().name}{ending}"))
    if as_json:
        _print_json({
            "uncalibrated": True, "note": NOTE.model_dump(), "format": to, "file": str(target)})
    elif not quiet:
        note = NOTE.text(default_language())
        print({"zh": f"已写入 {target}（{note}）", "en": f"wrote {target} ({note})"}[default_language()])


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain objects: what does not exist is None, what JSON lacks is text."""
    names = [str(name) for name in table.columns]
    rows = table.itertuples(index=False, name=None)
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") and not getattr(value, "shape", ()) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if hasattr(value, "__iter__"):
        return [_plain(part) for part in value]
    return None if str(value) in ("NaT", "<NA>") else str(value)


def _print_table(table: pd.DataFrame, note: str, lang: str) -> None:
    """A table of as many columns as the terminal has room for."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    names = [str(name) for name in table.columns]
    texts = [[_text(value) for value in table.iloc[:, i]] for i in range(len(names))]
    room, fitting = console.width, 0
    for name, cells in zip(names, texts, strict=True):
        room -= max(map(cell_len, [name, *(line for cell in cells for line in cell.split("\n"))])) + _GAP
        if room < 0 and fitting:
            break
        fitting += 1
    hidden = len(names) - fitting
    if hidden:
        note += {
            "zh": f"；右边还有 {hidden} 列：只 select 其中几列，或用 --csv",
            "en": f"; {hidden} more columns to the right: select some, or use --csv",
        }[lang]
    shown = Table(caption=note, caption_justify="left")
    for i in range(fitting):
        numbers = table.dtypes.iloc[i].kind in "iuf"
        shown.add_column(Text(names[i]), justify="right" if numbers else "left")
    for row in zip(*texts[:fitting], strict=True):
        shown.add_row(*map(Text, row))
    console.print(shown)


def _text(value: Any) -> str:
    value = _plain(value)
    if value is None:
        return "—"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command(help="用 SQL 查询研究结果 · query a study's results in SQL")(query)
    app.command(help="把研究结果导出为 CSV、NetCDF 等 · export a study's results")(export)
