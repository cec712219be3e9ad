"""``yihe run`` and ``yihe compare``: options here, the work in :mod:`sim.study.commands`."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import cli_options as options
from sim.errors import YiheError, default_language

if TYPE_CHECKING:
    from sim.params import Label
    from sim.report.network_figure import State
    from sim.scenario.schema import Scenario
    from sim.study.compare import Comparison
    from sim.study.work import Engine

Named = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="情景文件，或 文件:方案 · scenario file, or file:arm")
]
SeveralNamed = Annotated[
    list[str],
    typer.Argument(metavar="SCENARIO…", help="情景文件，或 文件:方案 · scenario files, or file:arm"),
]


def run(
    scenario: Named,
    arm: Annotated[str | None, typer.Option("--arm", help="只运行其中一个方案 · one of its arms")] = None,
    seed: options.Seed = None,
    weeks: options.Weeks = None,
    replicates: options.Replicates = 1,
    workers: options.Workers = None,
    parts: Annotated[
        int | None,
        typer.Option(
            "--parts",
            min=2,
            max=1024,
            help="把一个区按街道切成几片，同时运行，结果逐位相同 · "
            "run a district in so many parts of whole streets side by side; the same result, to the bit",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="分片用已有的 Dask 调度器 · a Dask scheduler whose workers run the parts",
        ),
    ] = None,
    out: options.Out = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="FILE",
            callback=options.place,
            help="把首个种子的一次运行逐周记录到文件，供课堂页面播放 · "
            "record the run of the first seed week by week, for the classroom page to play",
        ),
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Run one scenario or one of its arms."""
    from sim.precompile import ready
    from sim.report.words import unit_name
    from sim.study.commands import run_command

    language = default_language()
    if record is not None:
        from sim.recording.files import check_free

        check_free(record)
    if parts is not None:
        _check_cut(scenario, arm, weeks, parts)
    with _parted(parts, scheduler, workers, lambda: ready(language, quiet)) as engine:
        code = run_command(
            scenario,
            arm=arm,
            replicates=replicates,
            seed=seed,
            weeks=weeks,
            workers=1 if engine else workers,
            out=out,
            lang=language,
            quiet=quiet,
            as_json=as_json,
            unit_name=unit_name,
            engine=engine,
            prepare=lambda: ready(language, quiet),
        )
    if record is not None and code == 0:
        _record(scenario, arm, seed, weeks, record)
        if not (quiet or as_json):
            print({"zh": f"记录：{record}", "en": f"recording: {record}"}[language])
    raise typer.Exit(code)


def _check_cut(scenario: str, arm: str | None, weeks: int | None, parts: int) -> None:
    """Refuse what cannot be cut into parts before anything is written."""
    from sim.sharding import cut
    from sim.study.compare import single
    from sim.study.plan import source

    for each in single(source(scenario, weeks), arm).arms.values():
        most = len(cut(each, parts))
        if most < parts:
            raise YiheError(
                f"分片在街道之间切开，这里最多 {most} 片：请把 --parts 改为 {most} 以内",
                f"parts are cut between streets, and here there can be {most} at most: lower --parts to that",
                key="--parts")


@contextlib.contextmanager
def _parted(
    parts: int | None, scheduler: str | None, workers: int | None, prepare: Callable[[], None],
) -> Iterator[Engine | None]:
    """The engine that runs a district in parts, if that is asked for."""
    if parts is None:
        if scheduler is not None:
            raise YiheError(
                "--scheduler 只用于分片：请加上 --parts，例如 --parts 4",
                "--scheduler is for runs in parts: add --parts, such as --parts 4", key="--scheduler")
        yield None
        return
    if workers is not None:
        raise YiheError(
            "分片时每片一个进程：请去掉 --workers",
            "each part has a process of its own: leave --workers out", key="--workers")
    from sim.study.parted import parted

    prepare()
    with parted(parts, scheduler) as engine:
        yield engine


def _record(scenario: str, arm: str | None, seed: int | None, weeks: int | None, file: Path) -> None:
    """The first seed's run once more, watched: it does exactly what it did before."""
    from sim import recording
    from sim.study.compare import single
    from sim.study.plan import source

    plan = single(source(scenario, weeks), arm, seed=seed)
    name = next(iter(plan.arms))
    label = plan.origins[name].label
    recording.record(plan.arms[name], plan.seeds[0], compared=plan.compared, arm=(name, label)).write(file)


def compare(
    scenarios: SeveralNamed,
    against: Annotated[str | None, typer.Option("--against", help="对照方案 · control arm")] = None,
    seed: options.Seed = None,
    weeks: options.Weeks = None,
    replicates: options.Replicates = 20,
    workers: options.Workers = None,
    out: options.Out = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Compare arms, paired by seed."""
    from sim.precompile import ready
    from sim.study.commands import compare_command
    from sim.study.runner import cores

    language = default_language()
    raise typer.Exit(
        compare_command(
            scenarios,
            replicates=replicates,
            against=against,
            seed=seed,
            weeks=weeks,
            workers=workers,
            out=out,
            lang=language,
            quiet=quiet,
            as_json=as_json,
            report=_reporting(workers or cores()),
            prepare=lambda: ready(language, quiet),
        )
    )


def report_again(folder: Path, lang: str, quiet: bool, as_json: bool) -> None:
    """Write figures, ``summary.md`` and ``report.html`` of a comparison's folder, or of a run's, anew."""
    from dataclasses import replace

    from rich.console import Console

    from sim.precompile import ready
    from sim.report.figures import write_figures
    from sim.report.html.reports import FILE, comparison_page
    from sim.report.material import material_of
    from sim.report.summary import summary_markdown
    from sim.report.terminal import print_summary
    from sim.scenario.naming import sources_hash
    from sim.study.reopened import open_comparison
    from sim.study.runner import cores
    from sim.study.store import write_text

    comparison = open_comparison(folder, lang)
    made_by, key = comparison.manifest.get("code_hash"), str(comparison.manifest.get("study_key", ""))

    def states() -> list[State]:
        # From a run done again, which by other code would not be the run of these results
        if made_by != sources_hash():
            return []
        ready(lang, quiet or as_json)
        return _last_states(comparison)

    material = replace(material_of(comparison), key=key)
    figures = write_figures(material, folder / "figures", lang, states, processes=cores())
    page = folder / FILE
    write_text(folder / "summary.md", summary_markdown(material, lang))
    write_text(page, comparison_page(material, figures, lang))
    if as_json:
        print(json.dumps(
            {**comparison.summary(), "study_key": key, "page": str(page), "figures": [*map(str, figures)]},
            ensure_ascii=False, allow_nan=False))
    elif not quiet:
        print_summary(material, lang, Console())
        print({"zh": f"报告：{page}", "en": f"report: {page}"}[lang])


def _reporting(processes: int) -> Any:
    """Figures and words, handed down to the study: it lies below the report."""
    from sim.report.figures import write_figures
    from sim.report.html.reports import comparison_page
    from sim.report.summary import summary_markdown
    from sim.report.terminal import print_summary
    from sim.study.commands import Reporting

    def figures(comparison: Comparison, scenario: Scenario, folder: Path, lang: str) -> Sequence[Path]:
        return write_figures(
            comparison, folder, lang, lambda: _last_states(comparison), processes=processes)

    return Reporting(figures, summary_markdown, print_summary, comparison_page)


def _last_states(comparison: Comparison) -> list[State]:
    """An arm of each of the first files, run again to its end on the first seed, for the networks."""
    from sim.model import CommunityModel
    from sim.report.network_figure import MOST_PANELS, State

    plan, seed, states = comparison.plan, comparison.seeds[0], list[State]()
    lost = {failure.arm for failure in comparison.failed if failure.seed == seed}
    pictured = [(name, label) for name, label in _pictured(comparison) if name not in lost]
    for name, label in pictured[:MOST_PANELS]:
        model = CommunityModel(plan.arms[name], seed, compared=plan.compared)
        model.run()
        model.free()
        states.append(State(model, label, seed, plan.weeks))
    return states


def _pictured(comparison: Comparison) -> list[tuple[str, Label]]:
    """The arm of each file that is drawn, with its name: the first with policies that is not the control."""
    from sim.params import Label

    plan, found = comparison.plan, []
    for number, source in enumerate(plan.sources):
        own = [name for name, origin in plan.origins.items() if origin.source == number]
        others = [name for name in own if name != comparison.control and plan.arms[name].policies]
        name = next(iter(others), comparison.control if comparison.control in own else own[0])
        label, title = comparison.labels[name], source.scenario.title
        if len(plan.sources) > 1 and label != title:
            label = Label(zh=f"{title.zh}（{label.zh}）", en=f"{title.en} ({label.en})")
        found.append((name, label))
    return found


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command(help="运行一个情景 · run one scenario")(run)
    app.command(help="按同一批种子比较多个方案 · compare arms, paired by seed")(compare)
