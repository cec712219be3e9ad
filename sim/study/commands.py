"""What ``yihe run`` and ``yihe compare`` do, once their options are parsed.

Drawing and wording live above this room and are handed in as a :class:`Reporting`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.study.headway import Headway
from sim.study.progress import progress_of

if TYPE_CHECKING:
    from rich.console import Console

    from sim.scenario.schema import Scenario
    from sim.study.compare import Comparison
    from sim.study.plan import Plan
    from sim.study.work import Engine

RESULTS = Path("results")
INTERRUPTED = 130
FAILED = 1


class Reporting(NamedTuple):
    """How a comparison becomes figures and words; from :mod:`sim.report`."""

    figures: Callable[[Comparison, Scenario, Path, str], Sequence[Path]]
    """``figures(comparison, scenario, folder, lang)`` writes and names its files."""
    markdown: Callable[[Comparison, str], str]
    show: Callable[[Comparison, str, Console], None]
    page: Callable[[Comparison, Sequence[Path], str], str]
    """``page(comparison, figures, lang)``: the same as one HTML file."""


def compare_command(
    scenarios: Sequence[str | Path], *, replicates: int = 20, against: str | None = None,
    seed: int | None = None, weeks: int | None = None, workers: int | None = None, out: Path | None = None,
    lang: str = "zh", quiet: bool = False, as_json: bool = False, report: Reporting | None = None,
    engine: Engine | None = None, prepare: Callable[[], None] | None = None,
) -> int:
    """Compare arms, write tables, figures and a summary, and print one page.

    Parameters
    ----------
    scenarios : sequence of str or Path
        Files or ``file:arm``.
    replicates : int
    against : str, optional
        Control arm.
    seed, weeks, workers : int, optional
        See :func:`sim.study.compare.compare`.
    out : Path, optional
        ``results/<scenario name>`` if left out, of all scenarios compared.
    lang : {"zh", "en"}
    quiet : bool
        Print nothing but errors.
    as_json : bool
        Print one JSON object instead of a page.
    report : Reporting, optional
        Without one there are tables only.
    engine : callable, optional
        Stand-in for the model, for tests.
    prepare : callable, optional
        Called before the first run of the model itself: compiles it.

    Returns
    -------
    int
        Exit code: 0, 1 if a run failed, 130 if interrupted.
    """
    from sim.study.plan import make_plan, refuse_one_arm, source

    plan = make_plan(
        [source(given, weeks) for given in scenarios], replicates=replicates, seed=seed, against=against)
    refuse_one_arm(plan)
    for given in plan.sources if len(plan.sources) > 1 and not quiet else ():
        if given.arm is None:
            _tell_arms(given.scenario, lang)
    folder = out or RESULTS / plan.name
    comparison = _do(
        plan, folder, workers=workers, lang=lang, quiet=quiet, engine=engine, prepare=prepare)
    if comparison is None:
        return INTERRUPTED
    figures: list[Path] = []
    if report is not None:
        from sim.study.store import write_text

        if not quiet and not sys.stderr.isatty():
            print("作图和摘要" if lang == "zh" else "figures and summary", file=sys.stderr, flush=True)
        figures = list(report.figures(comparison, plan.sources[0].scenario, folder / "figures", lang))
        write_text(folder / "summary.md", report.markdown(comparison, lang))
        write_text(folder / "report.html", report.page(comparison, figures, lang))
    if as_json:
        _print_json({
            **comparison.summary(), **_few(comparison), "figures": [str(figure) for figure in figures]})
    elif not quiet:
        if report is not None:
            report.show(comparison, lang, _console())
        _say(lang, f"结果：{folder}", f"results: {folder}")
    return _tell_failures(comparison, lang)


def run_command(
    scenario: str | Path, *, arm: str | None = None, replicates: int = 1, seed: int | None = None,
    weeks: int | None = None, workers: int | None = None, out: Path | None = None, lang: str = "zh",
    quiet: bool = False, as_json: bool = False, unit_name: Callable[[str, str], str] | None = None,
    engine: Engine | None = None, prepare: Callable[[], None] | None = None,
) -> int:
    """Run one scenario or one of its arms, write its tables, and print its outcomes.

    Parameters
    ----------
    scenario : str or Path
        File or ``file:arm``.
    arm : str, optional
        One of its arms; the scenario itself if left out.
    replicates : int
        Seeds; with several the table shows means and intervals.
    out : Path, optional
        ``results/<scenario name>[-arm]-run`` if left out.
    unit_name : callable, optional
        ``unit_name(outcome, lang)``; the declared English unit if left out.
    prepare : callable, optional
        As for :func:`compare_command`.

    Returns
    -------
    int
        Exit code, as for :func:`compare_command`.
    """
    from sim.study.compare import single
    from sim.study.plan import source

    given = source(scenario, weeks)
    plan = single(given, arm, seed=seed, replicates=replicates)
    if not (arm or given.arm or quiet):
        _tell_arms(given.scenario, lang, option=True)
    name, origin = plan.name, next(iter(plan.origins.values()))
    folder = out or RESULTS / "-".join([name, *([origin.arm] if origin.arm else []), "run"])
    result = _do(plan, folder, workers=workers, lang=lang, quiet=quiet, engine=engine, prepare=prepare)
    if result is None:
        return INTERRUPTED
    if as_json:
        _print_json({**_run_summary(result), **_few(result)})
    elif not quiet:
        _print_outcomes(result, lang, unit_name or _declared_unit)
        _say(lang, f"结果：{folder}", f"results: {folder}")
    return _tell_failures(result, lang)


def _do(
    plan: Plan, folder: Path, *, workers: int | None, lang: str, quiet: bool, engine: Engine | None,
    prepare: Callable[[], None] | None,
) -> Comparison | None:
    """The comparison, or None after Ctrl-C."""
    from sim.study.compare import do
    from sim.study.manifest import command_line

    headway = Headway()
    try:
        with progress_of(lang, quiet) as progress:
            headway = Headway(progress, prepare if engine is None else None)
            return do(
                plan, folder, workers=workers, lang=lang, progress=headway, engine=engine,
                command=command_line())
    except KeyboardInterrupt:
        print(headway.interrupted(folder, command_line(), lang), file=sys.stderr)
        return None


def _tell_failures(comparison: Comparison, lang: str) -> int:
    failed = comparison.failed
    if not failed:
        return 0
    total = len(comparison.arms) * len(comparison.seeds)
    first = f"{failed[0].arm}, seed {failed[0].seed}: {failed[0].error}"
    where = comparison.folder / "failures"
    print({
        "zh": f"{total} 次运行中有 {len(failed)} 次失败（例如 {first}）：详见 {where}",
        "en": f"{len(failed)} of {total} runs failed (such as {first}): see {where}",
    }[lang], file=sys.stderr)
    return FAILED


def _few(result: Comparison) -> dict[str, bool]:
    """Whether there are too few replicates for steady intervals, as every page says it."""
    from sim.study.verdicts import FEW

    return {"few_replicates": len(result.seeds) < FEW}


def _run_summary(result: Comparison) -> dict[str, Any]:
    summary = result.summary()
    summary["outcomes"] = {level["outcome"]: level["mean"] for level in summary.pop("levels")}
    summary["digests"] = dict(zip(map(str, result.runs["seed"]), result.runs["digest"], strict=True))
    for unused in ("contrasts", "claims", "control"):
        del summary[unused]
    return summary


def _tell_arms(scenario: Scenario, lang: str, *, option: bool = False) -> None:
    """Say on stderr that a file with arms is run without any of them, and how to name one.

    Parameters
    ----------
    scenario : Scenario
    lang : {"zh", "en"}
    option : bool
        Whether the command has ``--arm``.
    """
    arms = list(scenario.arms)
    if not arms:
        return
    name, listed = scenario.file or scenario.name, ("、" if lang == "zh" else ", ").join(arms)
    zh, en = (f" 或 --arm {arms[-1]}", f" or --arm {arms[-1]}") if option else ("", "")
    print({
        "zh": f"{name} 有 {len(arms)} 个方案（{listed}）：这里运行的是不含任何方案的基础设定；"
              f"要运行其中一个，写 {name}:{arms[-1]}{zh}",
        "en": f"{name} has {len(arms)} arms ({listed}): its base was run, without any of them; name one with "
              f"{name}:{arms[-1]}{en}",
    }[lang], file=sys.stderr)


def _declared_unit(outcome: str, lang: str) -> str:
    from sim.outcomes import OUTCOMES

    return OUTCOMES[outcome].unit


def _print_outcomes(result: Comparison, lang: str, unit_name: Callable[[str, str], str]) -> None:
    from rich.table import Table

    from sim.outcomes import OUTCOMES
    from sim.study.compare import UNCALIBRATED
    from sim.study.view import with_interval

    arm = result.arms[0]
    zh = lang == "zh"
    table = Table(title=f"{result.labels[arm].text(lang)} · {UNCALIBRATED.text(lang)}", title_justify="left")
    weeks = min(52, next(iter(result.scenarios.values())).weeks)
    table.add_column(f"指标（最后{weeks}周）" if zh else f"outcome (last {weeks} weeks)")
    table.add_column("数值" if zh else "value", justify="right")
    table.add_column("单位" if zh else "unit")
    for name, outcome in OUTCOMES.items():
        if name in result.runs:
            value = with_interval(result.level(name, arm), name)
            table.add_row(outcome.label.text(lang), value, unit_name(name, lang))
    _console().print(table)
    if len(result.seeds) == 1:
        _say(lang, "只运行一次，没有区间；多次重复用 -n 20", "one run, no interval; for more use -n 20")


def _console() -> Console:
    from rich.console import Console

    return Console()


def _say(lang: str, zh: str, en: str) -> None:
    print(zh if lang == "zh" else en)


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))
