"""``yihe serve``: options here, the work in :mod:`sim.web.serving`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim import cli_options as options
from sim.errors import YiheError, default_language


def serve(
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", min=1, max=65535, help="端口，默认 8642 或任一空闲端口 · port"),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="H", help="监听地址，默认只限本机 · address to listen on"),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不打开浏览器 · open no browser")] = False,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", metavar="DIR", help="情景文件夹 · folder of scenario files")
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    plugin: options.Plugin = None,
) -> None:
    """Serve the classroom page until Ctrl-C."""
    try:
        from sim.web.serving import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "anyio", "h11"):
            raise
        raise YiheError(
            '课堂页面所需的包没有安装：请运行 pip install "yihe[web]"',
            'the packages of the classroom page are not installed: run pip install "yihe[web]"') from error
    from sim.policies.registry import plugins
    from sim.web.folders import default_folder

    run(
        scenarios or default_folder(), port=port, host=host, browser=not no_browser, plugins=plugins(),
        lang=default_language(), quiet=quiet)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="打开课堂页面 · open the classroom page")(serve)
