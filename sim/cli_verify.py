"""``yihe verify-model``: options here, the work in :mod:`sim.verify`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim import cli_options as options
from sim.errors import default_language

FOLDER = Path("results/verification")


def verify_model(
    quick: Annotated[
        bool, typer.Option("--quick", help="约二十秒，容许区间较宽 · some twenty seconds, with wider bars")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="只做这一项，可多次 · only this check, repeatable"),
    ] = None,
    seed: options.Seed = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder for page, record and figures")
    ] = FOLDER,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Compare production code with exact results; exit code 1 if any does not agree."""
    from rich.console import Console

    from sim.precompile import ready
    from sim.verify import page
    from sim.verify.base import Size
    from sim.verify.registry import chosen, run
    from sim.verify.terminal import show

    language, size = default_language(), Size(quick, 1 if seed is None else seed)
    checks = chosen(only or [])
    page.prepare(out)
    ready(language, quiet)
    done = []
    for one in run(checks, size):
        done.append(one)
        if not quiet:
            print(f"{one.check.label.text(language)} … {one.seconds:.1f} s", file=sys.stderr, flush=True)
    written = page.write(done, size, out, language)
    if as_json:
        print(json.dumps(page.record(done, size, page.made()), ensure_ascii=False))
    elif not quiet:
        show(done, size, language, Console())
        print({"zh": f"已写入 {written}", "en": f"wrote {written}"}[language])
    raise typer.Exit(0 if all(one.outcome.passed for one in done) else 1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        name="verify-model", help="用精确结果核验模型代码 · verify the model's code against exact results"
    )(verify_model)
