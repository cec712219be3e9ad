"""``yihe explain``, ``list``, ``claims`` and ``check-plugin``: options here, the work in :mod:`sim.explain`
and :mod:`sim.study`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import cli_options as options
from sim.errors import YiheError, default_language

if TYPE_CHECKING:
    from sim.study.headway import Headway

SORTS = {
    "policies": "policy", "regimes": "regime", "scenarios": "scenario", "outcomes": "outcome",
    "parameters": "parameter", "switches": "switch", "conditions": "condition", "levers": "lever"}
"""Lists by name, and the sort of thing each holds."""


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="键、中文名或英文名；情景也可写文件 · key or name; a scenario may be a file",
        ),
    ],
    lang: options.Lang = None,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Explain one policy, regime, parameter, switch, outcome, scenario, condition or lever."""
    from sim.explain.facts import facts
    from sim.explain.find import find
    from sim.explain.text import explained

    found = facts(find(name))
    if as_json:
        _print_json({**found, "uncalibrated": True})
    else:
        print(explained(found, default_language()), end="")


def list_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="|".join(SORTS),
            help="政策、协调方式、情景、指标、参数、开关、困境、操纵量 · one of these",
        ),
    ],
    lang: options.Lang = None,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """List everything of one sort."""
    from sim.explain.find import WHAT, everything
    from sim.explain.text import listed
    from sim.scenario.bykind import near

    names: dict[str, Any] = dict(SORTS)
    names |= {word: key for key, label in WHAT.items() for word in (key, label.zh)}
    sort = names.get(what)
    if sort is None:
        guess = near(what, tuple(SORTS)) or "policies"
        raise YiheError(
            f"没有叫 {what} 的清单，是否想写 {guess}？可用的有：{'、'.join(SORTS)}",
            f"there is no list called {what}; did you mean {guess}? there are: {', '.join(SORTS)}")
    things = [*everything(sort)]
    if as_json:
        _print_json([
            {"what": thing.what, "key": thing.key, "zh": thing.label.zh, "en": thing.label.en,
             **({"file": str(thing.file)} if thing.file else {})} for thing in things])
    elif things:
        print(listed(things, default_language()))
    elif sort == "scenario":
        raise YiheError(
            "这里没有 scenarios/ 文件夹，请到含有它的文件夹里运行",
            "there is no folder scenarios/ here; run this where it is")


def claims(
    scenarios: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SCENARIO…",
            help="情景文件，默认 scenarios/ 里的全部 · scenario files; all in scenarios/ if left out",
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(
            "--replicates", "-n", min=2, max=100_000,
            help="每个方案的重复次数，默认 20 · replicates an arm, 20 if left out",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="先看一眼：每个方案只重复 5 次 · a first look: 5 replicates")
    ] = False,
    seed: options.Seed = None,
    workers: options.Workers = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="另写成 Markdown · also write the table as Markdown"),
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
    plugin: options.Plugin = None,
) -> None:
    """Put every scenario's claims to the test."""
    from sim.explain import verdicts
    from sim.explain.find import scenario_files
    from sim.precompile import ready
    from sim.study import claims as study
    from sim.study.commands import INTERRUPTED
    from sim.study.headway import Headway
    from sim.study.manifest import command_line

    files = scenarios or scenario_files()
    if not files:
        raise YiheError(
            "没有情景文件：请写明文件，或到含有 scenarios/ 的文件夹里运行",
            "there are no scenario files: name some, or run this where scenarios/ is")
    language, done = default_language(), list[study.Tested]()
    count = replicates or (study.QUICK if quick else study.USUAL)
    headway = Headway(None if quiet else _tell(language), lambda: ready(language, quiet))
    try:
        for tested in study.put_to_test(
            files, replicates=count, seed=seed, workers=workers, lang=language, progress=headway,
            command=command_line(),
            announce=None if quiet else lambda title: print(title.text(language), file=sys.stderr),
        ):
            done.append(tested)
            if not (quiet or as_json):
                print("\n".join(verdicts.text(tested, language)), flush=True)
    except KeyboardInterrupt:
        print(_broken_off(len(done), headway, command_line(), language), file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        _print_json({"uncalibrated": True, "scenarios": [tested.summary() for tested in done]})
    elif not quiet:
        print("\n".join(["", *verdicts.tally(done, language)]))
        print({"zh": "示意性，未经校准", "en": "illustrative, uncalibrated"}[language])
    if out is not None:
        options.write_text(out, verdicts.markdown(done, language), replace=True)
        if not (quiet or as_json):
            print({"zh": f"已写入 {out}", "en": f"wrote {out}"}[language])
    raise typer.Exit(1 if any(tested.failed for tested in done) else 0)


def _broken_off(judged: int, headway: Headway, command: str, lang: str) -> str:
    """What to say of claims after Ctrl-C."""
    runs = f"{headway.kept}/{headway.total}"
    return {
        "zh": f"已中断：{judged} 个情景已有判定，最近一个完成了 {runs} 次运行，都已保存；接着做：{command}",
        "en": f"interrupted: {judged} scenarios judged, {runs} runs of the latest finished, all kept; go on "
              f"with: "
              f"{command}"}[lang]


def check_plugin(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="插件 .py 文件 · plug-in .py files")
    ],
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Hold plug-ins to the contract of our own policies."""
    from sim.explain.find import WHAT
    from sim.plugins import located
    from sim.precompile import ready
    from sim.study.contract_own import check_file

    language, failed, answers = default_language(), 0, []
    places = [located(file) for file in files]
    if all(place.exists() for place in places):
        ready(language, quiet)
    for file, place in zip(files, places, strict=True):
        found = check_file(place)
        faults = [verdict for verdict in found if not verdict.passed]
        failed += len(faults)
        answers.append({"file": str(file), "ok": not faults, "checks": [
            {"subject": v.subject, "name": v.name, "check": v.check, "zh": v.label.zh, "en": v.label.en,
             "ok": v.passed, "fault": None if v.fault is None else v.fault.model_dump()} for v in found]})
        if quiet or as_json:
            continue
        print(file)
        names = {"category": ("类别", "category"), "institution": ("机构", "institution")}
        names |= {key: (label.zh, label.en) for key, label in WHAT.items()}
        for subject, name in dict.fromkeys((v.subject, v.name) for v in found):
            print(f"  {names[subject][0 if language == 'zh' else 1]} {name}")
            for v in found:
                if (v.subject, v.name) == (subject, name):
                    print(_line(v, language))
        total = len(found)
        print({"zh": f"  {total} 项中 {total - len(faults)} 项通过",
               "en": f"  {total - len(faults)} of {total} passed"}[language])
    if as_json:
        _print_json(answers)
    if failed:
        print({"zh": f"有 {failed} 项没有通过", "en": f"{failed} failed"}[language], file=sys.stderr)
    raise typer.Exit(1 if failed else 0)


def _line(verdict: Any, lang: str) -> str:
    mark = {True: {"zh": "通过", "en": "pass"}, False: {"zh": "未过", "en": "FAIL"}}[verdict.passed][lang]
    fault = "" if verdict.fault is None else {"zh": "：", "en": ": "}[lang] + verdict.fault.text(lang)
    return f"    {mark}  {verdict.label.text(lang)}{fault}"


def _tell(lang: str) -> Any:
    """Progress as plain lines on stderr, one scenario after the other."""
    from sim.study.progress import ProgressLines

    lines: list[Any] = []

    def tell(done: int, total: int, failed: int) -> None:
        if not lines or done < lines[0]:  # the next scenario begins
            lines[:] = [done, ProgressLines(lang, sys.stderr)]
        lines[0] = done
        if total > done or len(lines) > 1:
            lines[1](done, total, failed)

    return tell


def _print_json(content: Any) -> None:
    from sim.study.compare import clean

    print(json.dumps(clean(content), ensure_ascii=False, allow_nan=False))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        help="说明政策、协调方式、参数、指标、情景等 · explain a policy, regime, outcome …")(explain)
    app.command("list", help="列出全部政策、情景、指标等 · list all policies, scenarios, outcomes …")(list_)
    app.command(help="检验各情景的主张 · put the scenarios' claims to the test")(claims)
    app.command("check-plugin", help="检查自编插件 · check a plug-in of one's own")(check_plugin)
