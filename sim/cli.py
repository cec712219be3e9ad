"""The command ``yihe``: each command imports what it needs inside its body, so that ``--help`` is quick."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sim import cli_diff, cli_explain, cli_query, cli_serve, cli_study, cli_sweep, cli_verify
from sim import cli_options as options
from sim.cli_usage import language_asked, sentence
from sim.errors import YiheError, default_language
from sim.threads import check_threads

app = typer.Typer(
    name="yihe",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time, and cuts nothing off
    help="一核：社区治理模拟实验台（示意性，未经校准） · "
    "a laboratory for community governance (illustrative, uncalibrated)",
)


# Typer carries its own copy of click in some versions: this is UsageError in all of them.
_UsageError: Any = typer.BadParameter.__bases__[0]


def main() -> None:
    """Run the command line: a user's mistake is one sentence on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows marks, not a traceback
    asked = language_asked(sys.argv)
    known = os.environ.get("YIHE_LANG", "") in ("", "zh", "en")
    if not (known or asked):
        print(
            f"环境变量 YIHE_LANG 应为 zh 或 en，现在是 {os.environ['YIHE_LANG']}，请改正或取消 · "
            f"YIHE_LANG must be zh or en, not {os.environ['YIHE_LANG']}; mend or unset it",
            file=sys.stderr,
        )
        raise SystemExit(2)
    try:
        check_threads()
        code = app(standalone_mode=False)
    except YiheError as error:
        print(error.sentence(asked or default_language()), file=sys.stderr)
        raise SystemExit(2) from None
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
        else:
            print(sentence(error, asked or default_language()), file=sys.stderr)
        raise SystemExit(2) from None
    except typer.Abort:
        raise SystemExit(130) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"yihe {version('yihe')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 · version")
    ] = False,
) -> None:
    """Options before any command."""


@app.command(help="检查情景文件 · check scenario files")
def validate(
    files: options.Scenarios,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Check every file; each mistake is one sentence on stderr."""
    from sim.scenario.datafiles import check_data_files
    from sim.scenario.reading import load

    answers: list[dict[str, Any]] = []
    for file in files:
        try:
            scenario = load(file)
            check_data_files(scenario)
        except YiheError as error:
            each: tuple[YiheError, ...] = getattr(error, "each", (error,))
            _list(each)
            answers.append(
                {
                    "file": str(file),
                    "ok": False,
                    "error": _plain(each[0]),
                    "errors": [_plain(one) for one in each],
                }
            )
            continue
        arms = list(scenario.arms)
        answers.append({"file": str(file), "ok": True, "name": scenario.name, "arms": arms})
        if not (quiet or as_json):
            print(_valid(str(file), len(arms), len(scenario.targets)))
    if as_json:
        print(json.dumps(answers, ensure_ascii=False))
    if not all(answer["ok"] for answer in answers):
        raise typer.Exit(2)


LISTED = 10
"""ScenarioError of one file that are listed at once."""


def _list(each: Sequence[YiheError]) -> None:
    """Say every mistake of a file, each in one sentence, up to ten."""
    lang, more = default_language(), len(each) - LISTED
    for one in each[:LISTED]:
        print(one.sentence(lang), file=sys.stderr)
    if more > 0:
        rest = f"……另有 {more} 处，改正以上后再检查" if lang == "zh" else f"… {more} more: mend these first"
        print(rest, file=sys.stderr)


def _plain(error: YiheError) -> dict[str, Any]:
    return {name: getattr(error, name) for name in ("zh", "en", "file", "key", "line")}


def _valid(file: str, arms: int, targets: int) -> str:
    if default_language() == "zh":
        return f"{file}：有效（{arms} 个方案，{targets} 条待检验主张）"
    return f"{file}: valid ({arms} arms, {targets} claims under test)"


@app.command(help="打印情景文件的 JSON Schema · print the JSON Schema of scenario files")
def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="写入文件 · write to a file")
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    plugin: options.Plugin = None,
) -> None:
    """Print the schema, or write it for an editor."""
    from sim.scenario.jsonschema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print(text, end="")
        return
    options.write_text(out, text, replace=True)
    if not quiet:
        print({"zh": f"已写入 {out}", "en": f"wrote {out}"}[default_language()])


@app.command(help="生成带注释的情景文件 · write a commented scenario to start from")
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="名称，生成 NAME.yaml · name; writes NAME.yaml")
    ],
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a starter file beside what is there, never over it."""
    from sim.scenario.starter import starter
    from sim.scenario.targets import SLUG

    file = Path(name) if name.endswith((".yaml", ".yml")) else Path(f"{name}.yaml")
    if not re.match(SLUG, file.stem):
        raise YiheError(
            f"名称 {file.stem} 只能用小写字母、数字、_ 和 -，例如 my_community",
            f"the name {file.stem} may hold only a–z, 0–9, _ and -, such as my_community",
            file=file,
        )
    options.write_text(file, starter(file.stem, default_language()), replace=False)
    if not quiet:
        print(
            {
                "zh": f"已生成 {file}；检查：yihe validate {file}",
                "en": f"wrote {file}; check it: yihe validate {file}",
            }[default_language()]
        )


cli_study.register(app)
cli_explain.register(app)
cli_sweep.register(app)
cli_query.register(app)
cli_serve.register(app)
cli_verify.register(app)
cli_diff.register(app)

if __name__ == "__main__":
    main()
