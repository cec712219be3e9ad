"""Options that mean the same in every command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import YiheError


def _language(value: str | None) -> str | None:
    """Choose the language of everything that follows, workers included."""
    if value is None:
        return None
    if value not in ("zh", "en"):
        raise typer.BadParameter("zh | en")
    os.environ["YIHE_LANG"] = value
    return value


def _plugins(files: list[Path] | None) -> list[Path] | None:
    if not files:
        return files
    from sim.plugins import located
    from sim.policies.registry import load_plugin

    for file in files:
        load_plugin(located(file))
    return files


def place(parameter: typer.CallbackParam, value: Path | None) -> Path | None:
    """A file or folder to write; an option that stands where its name should be is a slip."""
    if value is not None and str(value).startswith("--"):
        raise YiheError(
            f"后面应写文件或文件夹名，却是另一个选项 {value}：请补上名字",
            f"a name must follow, not another option, {value}: put it in", key=parameter.opts[0])
    return value


Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="zh|en", callback=_language, is_eager=True, help="语言 · language"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="只报错误 · say nothing but errors")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · answer in JSON")]
Plugin = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        callback=_plugins,
        help="自编政策等的 .py 文件，可多次 · .py file with own policies …, repeatable",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="起始随机种子 · first seed")]
Weeks = Annotated[
    int | None, typer.Option("--weeks", min=1, max=5200, help="模拟周数 · weeks after the warm-up")
]
Replicates = Annotated[
    int, typer.Option("--replicates", "-n", min=1, max=100_000, help="每个方案的重复次数 · replicates an arm")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, help="进程数，默认全部核 · processes, all cores if left out"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", callback=place, help="结果文件夹 · folder for results"),
]
Scenario = Annotated[Path, typer.Argument(metavar="SCENARIO", help="情景文件 · scenario file")]
Scenarios = Annotated[list[Path], typer.Argument(metavar="SCENARIO…", help="情景文件 · scenario files")]


def write_text(file: Path, text: str, *, replace: bool) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    YiheError
        If it exists and may not be replaced, or cannot be written.
    """
    if not replace and file.exists():
        raise YiheError(
            "已经存在，不会覆盖，请换个名称",
            "it exists and is not overwritten; choose another name",
            file=file,
        )
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        from sim.scenario.reasons import reason

        zh, en = reason(error)
        raise YiheError(
            f"无法写入（{zh}），请检查文件夹和权限",
            f"cannot be written ({en}); check the folder and its permissions",
            file=file,
        ) from error
