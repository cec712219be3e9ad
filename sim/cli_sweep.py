"""Commands on studies, from ``yihe sweep`` to ``yihe replay``: options here, the work in :mod:`sim.study`."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sim import cli_options as options
from sim.errors import YiheError, default_language

if TYPE_CHECKING:
    from sim.study.setup import Setup
    from sim.study.sweep import How, Swept

File = Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="研究文件 · study file")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="结果文件夹 · results folder")]
Quick = Annotated[bool, typer.Option("--quick", help="用研究文件的 quick 形式 · in its quick form")]
Yes = Annotated[bool, typer.Option("--yes", help="同意很大的研究 · agree to a very large study")]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="已有的 Dask 调度器，如 tcp://主机:8786 · an existing one"),
]
Retry = Annotated[
    bool, typer.Option("--retry-failed", help="重试先前失败的运行 · try runs again that failed before")
]
NoReport = Annotated[bool, typer.Option("--no-report", help="不分析、不作图 · no analysis and no figures")]


def sweep(
    study: File, quick: Quick = False, out: options.Out = None, replicates: Annotated[
        int | None,
        typer.Option("--replicates", "-n", min=1, max=100_000, help="固定重复次数 · a fixed number of seeds"),
    ] = None,
    yes: Yes = False, workers: options.Workers = None, scheduler: Scheduler = None, retry: Retry = False,
    no_report: NoReport = False, lang: options.Lang = None, quiet: options.Quiet = False,
    as_json: options.Json = False, plugin: options.Plugin = None,
) -> None:
    """Run a study file."""
    asked = Asked(workers, scheduler, retry, no_report, quiet, as_json)
    _start(study, None, asked, quick=quick, out=out, replicates=replicates, yes=yes)


def calibrate(
    study: File, quick: Quick = False, out: options.Out = None, workers: options.Workers = None,
    scheduler: Scheduler = None, retry: Retry = False, no_report: NoReport = False, lang: options.Lang = None,
    quiet: options.Quiet = False, as_json: options.Json = False, plugin: options.Plugin = None,
) -> None:
    """Calibrate: history matching, then ABC-SMC."""
    asked = Asked(workers, scheduler, retry, no_report, quiet, as_json)
    _start(study, "calibrate", asked, quick=quick, out=out)


def optimise(
    study: File, quick: Quick = False, out: options.Out = None, workers: options.Workers = None,
    scheduler: Scheduler = None, retry: Retry = False, no_report: NoReport = False, lang: options.Lang = None,
    quiet: options.Quiet = False, as_json: options.Json = False, plugin: options.Plugin = None,
) -> None:
    """Search for the best policy package under a budget."""
    asked = Asked(workers, scheduler, retry, no_report, quiet, as_json)
    _start(study, "optimise", asked, quick=quick, out=out)


def resume(
    folder: Folder, workers: options.Workers = None, scheduler: Scheduler = None, retry: Retry = False,
    no_report: NoReport = False, lang: options.Lang = None, quiet: options.Quiet = False,
    as_json: options.Json = False, plugin: options.Plugin = None,
) -> None:
    """Go on with a study where it stopped."""
    from sim.study.sweep import resumable

    setup = resumable(folder)
    raise typer.Exit(_do(setup, folder, Asked(workers, scheduler, retry, no_report, quiet, as_json)))


def report(
    folder: Folder, lang: options.Lang = None, quiet: options.Quiet = False, as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Write tables, figures and the report of a study, a comparison or a run anew."""
    from sim.study.reopened import is_comparison

    if is_comparison(folder):
        from sim.cli_study import report_again

        report_again(folder, default_language(), quiet, as_json)
        return
    if not folder.is_dir():
        raise YiheError("没有这个文件夹：请检查路径", "no such folder: check the path", file=folder)
    if not (folder / "study.yaml").is_file():
        raise YiheError(
            "这里没有结果：请给出 yihe sweep、compare 或 run 写出的文件夹，例如 results/名称",
            "there are no results here: give a folder that yihe sweep, compare or run wrote, such as "
            "results/NAME", file=folder)
    _report(folder, default_language(), quiet, as_json, {})


def verify(
    folder: Folder,
    sample: Annotated[int, typer.Option("--sample", min=1, help="重算几次运行 · runs done again")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="抽样种子 · seed of the sample")] = 1,
    lang: options.Lang = None, quiet: options.Quiet = False, as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Do a random sample of runs again and compare every bit."""
    from sim.study.progress import progress_of
    from sim.study.verify import verify as check

    language = default_language()
    with progress_of(language, quiet or as_json) as progress:
        checked = check(folder, sample=sample, seed=seed, progress=progress)
    wrong = [run for run in checked if run.differs]
    if as_json:
        print(json.dumps([run._asdict() for run in checked], ensure_ascii=False))
    elif not quiet:
        for run in wrong:
            tables = ", ".join(run.differs)
            _say(language, f"点 {run.point} · {run.arm} · 种子 {run.seed}：{tables} 不一致",
                 f"point {run.point}, {run.arm}, seed {run.seed}: {tables} differ")
        _say(language, f"重算 {len(checked)} 次运行，{len(checked) - len(wrong)} 次逐位相同",
             f"{len(checked)} runs done again, {len(checked) - len(wrong)} the same to the bit")
    raise typer.Exit(1 if wrong else 0)


def replay(
    file: Annotated[
        Path, typer.Argument(metavar="FAILURE.yaml", help="failures/ 里的文件 · a file of failures/")],
    lang: options.Lang = None, quiet: options.Quiet = False, plugin: options.Plugin = None,
) -> None:
    """Do a failed run again in this process, showing where it goes wrong."""
    from sim.study.failures import read_failure
    from sim.study.failures import replay as again

    language, run = default_language(), read_failure(file)
    if not quiet:
        _say(language, f"重现 {run.arm} · 种子 {run.seed}；当时的错误：{run.error}",
             f"replaying {run.arm}, seed {run.seed}; what went wrong: {run.error}")
    try:
        result = again(file)
    except YiheError:
        raise
    except Exception:  # the very traceback is what was asked for
        import traceback

        traceback.print_exc()
        raise typer.Exit(1) from None
    if not quiet:
        _say(language, f"这次运行正常结束（摘要 {result.digest[:12]}）：用 yihe resume --retry-failed 补上它",
             f"this time it ended well (digest {result.digest[:12]}): add it with yihe resume --retry-failed")


class Asked(NamedTuple):
    """How the user wants a study to be done."""

    workers: int | None
    scheduler: str | None
    retry: bool
    no_report: bool
    quiet: bool
    as_json: bool


def _start(
    study: Path, section: str | None, asked: Asked, *, quick: bool, out: Path | None,
    replicates: int | None = None, yes: bool = True,
) -> None:
    """Prepare a study file and do it; ``section`` is what the file must hold for this command."""
    from sim.study.commands import RESULTS
    from sim.study.setup import prepare

    setup = prepare(study, quick=quick, replicates=replicates, yes=yes)
    if section is not None and getattr(setup.file, section) is None:
        raise YiheError(
            f"这个研究文件没有 {section} 一节：请写上，或用 yihe sweep",
            f"this study file has no {section} section: add one, or use yihe sweep", file=study, key=section)
    folder = out or RESULTS / (setup.file.study + ("-quick" if quick else ""))
    raise typer.Exit(_do(setup, folder, asked))


def _do(setup: Setup, folder: Path, asked: Asked) -> int:
    from sim.precompile import ready
    from sim.study.commands import FAILED, INTERRUPTED
    from sim.study.headway import Headway
    from sim.study.manifest import command_line
    from sim.study.progress import progress_of
    from sim.study.sweep import How

    lang, mute = default_language(), asked.quiet or asked.as_json
    signal.signal(signal.SIGTERM, _terminated)
    headway = Headway()
    try:
        ready(lang, mute)
        with progress_of(lang, mute) as progress:
            headway = Headway(progress)
            how = How(asked.workers, asked.scheduler, asked.retry, headway, command=command_line())
            done = _algorithm(setup, folder, how)
    except KeyboardInterrupt:
        print(headway.interrupted(folder, f"yihe resume {folder}", lang), file=sys.stderr)
        return INTERRUPTED
    if done.failed:
        where = folder / "failures"
        zh = (f"{done.failed} 次运行失败，已放在 {where}；用 yihe replay 文件 重现，"
              "用 yihe resume --retry-failed 重试")
        en = (f"{done.failed} runs failed and lie in {where}; replay one with yihe replay FILE, try all "
              "again with yihe resume --retry-failed")
        print(zh if lang == "zh" else en, file=sys.stderr)
    counts = {"runs": done.runs, "done": done.done, "reused": done.reused, "failed": done.failed}
    if not asked.no_report:
        _report(folder, lang, asked.quiet, asked.as_json, counts)
    elif asked.as_json:
        print(json.dumps({"folder": str(folder), **counts}, ensure_ascii=False))
    if not mute:
        _say(lang, f"结果：{folder}", f"results: {folder}")
    return FAILED if done.failed else 0


def _algorithm(setup: Setup, folder: Path, how: How) -> Swept:
    """Do what the study file asks for."""
    if setup.file.calibrate is not None:
        from sim.calibration.running import run_calibration

        return run_calibration(setup, folder, how)[0]
    if setup.file.optimise is not None:
        from sim.optimisation.running import run_optimisation

        return run_optimisation(setup, folder, how)[0]
    from sim.study.sweep import sweep as go

    return go(setup, folder, how)


def _report(folder: Path, lang: str, quiet: bool, as_json: bool, counts: dict[str, Any]) -> None:
    from sim.report.studies.assembly import findings, write_report

    made = write_report(folder, lang)
    if as_json:
        tables = {
            name: json.loads(table.to_json(orient="records")) for name, table in made.material.tables.items()
            if name not in ("runs", "series", "design")}
        print(json.dumps({
            "uncalibrated": True, "folder": str(folder), **counts, "report": str(made.report),
            "page": str(made.page),
            "figures": [str(file) for file in made.figures], "tables": tables}, ensure_ascii=False))
    elif not quiet:
        for line in findings(made.material, lang):
            print(line)


def _terminated(number: int, frame: FrameType | None) -> None:
    """A batch system's way of saying that time is up: as Ctrl-C."""
    raise KeyboardInterrupt


def _say(lang: str, zh: str, en: str) -> None:
    print(zh if lang == "zh" else en)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="运行研究文件：扫描、敏感性、发现 · run a study file")(sweep)
    app.command(help="校准：历史匹配与 ABC-SMC · calibrate")(calibrate)
    app.command(help="寻优：预算内最好的政策组合 · the best policy package under a budget")(optimise)
    app.command(help="接着做中断的研究 · go on with a study")(resume)
    app.command(help="重写研究、比较或运行的报告 · write the report of a study, comparison or run")(report)
    app.command(help="抽样重算并逐位核对 · do a sample of runs again and compare")(verify)
    app.command(help="重现失败的运行 · replay a failed run")(replay)
