"""``yihe diff``: options here, the work in :mod:`sim.comparing`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim import cli_options as options
from sim.errors import default_language


def diff(
    before: Annotated[
        Path,
        typer.Argument(metavar="RESULT_A", help="结果文件夹，或基线 .json · results folder, or baseline"),
    ],
    after: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT_B",
            help="结果文件夹、基线，或与基线相比的情景文件 · "
            "results folder, baseline, or a scenario file to hold against a baseline",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="把全文写入 Markdown 文件 · write all of it as Markdown"),
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Tell what differs between two results; exit code 1 if anything does."""
    from sim.comparing.results import compare_results
    from sim.comparing.words import markdown, show

    language = default_language()
    if not (before.is_dir() and after.is_dir()) and {before.suffix, after.suffix} & {".yaml", ".yml"}:
        from sim.precompile import ready

        ready(language, quiet or as_json)
    found = compare_results(before, after)
    if out is not None:
        options.write_text(out, markdown(found, language), replace=True)
    if as_json:
        print(json.dumps(found.plain(), ensure_ascii=False, allow_nan=False))
    elif not quiet:
        from rich.console import Console

        show(found, language, Console())
        if out is not None:
            print({"zh": f"已写入 {out}", "en": f"wrote {out}"}[language])
    raise typer.Exit(0 if found.identical else 1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="说明两份结果有何不同 · tell what differs between two results")(diff)
