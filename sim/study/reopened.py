"""A comparison, or a single run, out of its results folder; nothing is done again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import YiheError
from sim.scenario import yamlfile
from sim.scenario.naming import scenario_key
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.study import failures, manifest
from sim.study.compare import Comparison
from sim.study.plan import Plan, Source, make_plan
from sim.study.portable import SCENARIO
from sim.study.runner import Report
from sim.study.sweep import STUDY
from sim.study.work import Failed

RUNS = "runs.parquet"


def is_comparison(folder: Path) -> bool:
    """Whether a folder holds what ``yihe compare`` or ``yihe run`` wrote."""
    return (folder / SCENARIO).is_file() and not (folder / STUDY).exists()


def open_comparison(folder: str | Path, lang: str = "zh") -> Comparison:
    """Open the results of ``yihe compare`` or ``yihe run``.

    Parameters
    ----------
    folder : str or Path
    lang : {"zh", "en"}
        Language of the notebook display.

    Returns
    -------
    Comparison
        With one arm only for a run.

    Raises
    ------
    YiheError
        If the folder holds no such results, they are not finished, or its parts do not belong together.
    """
    folder = Path(folder)
    found = manifest.read(folder)
    if not found or not is_comparison(folder):
        raise YiheError(
            "这里没有 yihe compare 或 yihe run 的结果：请给出它们写出的文件夹，例如 results/名称",
            "no results of yihe compare or yihe run here: give a folder that one of them wrote, such as "
            "results/NAME", file=folder)
    plan = _plan(folder, found)
    if not (folder / RUNS).is_file():
        raise YiheError(
            f"还没有可读的结果（运行被中断）：请先做完：{found.get('command', '')}",
            f"there are no results to read yet (it was interrupted): finish it first: "
            f"{found.get('command', '')}", file=folder)
    failed = tuple(_failed(folder, plan))
    report = Report(0, int(found.get("runs_done", 0)) + int(found.get("runs_reused", 0)), failed)
    return Comparison(plan, folder, report, lang)


def _plan(folder: Path, found: Mapping[str, Any]) -> Plan:
    """What was planned, from the scenarios beside the results and what the manifest says of them."""
    arms: dict[str, Any] = dict(found.get("arms", {}))
    files = [folder / SCENARIO]
    while (another := folder / f"scenario-{len(files) + 1}.yaml").is_file():
        files.append(another)
    scenarios = [load(file) for file in files]
    if len(scenarios) == 1 and (list(arms) != list(scenarios[0].arms)):
        sources = [_source(scenarios[0], next(iter(arms.values()), {}))]
    elif len(scenarios) == 1:
        sources = [Source(scenarios[0])]
    else:
        sources = [_source(one, arm) for one, arm in zip(scenarios, arms.values(), strict=False)]
    plan = make_plan(
        sources, replicates=max(1, int(found.get("replicates", 1))), seed=int(found.get("seed", 0)),
        against=found.get("control"))
    if list(plan.arms) != list(arms):
        raise YiheError(
            f"文件夹里的情景（{'、'.join(plan.arms)}）与清单所记的方案（{'、'.join(arms)}）不符："
            "请重新运行，不要改动结果文件夹",
            f"the scenarios of this folder ({', '.join(plan.arms)}) are not the arms its manifest names "
            f"({', '.join(arms)}): run it again and leave results folders as they are", file=folder)
    return plan


def _source(scenario: Scenario, arm: Mapping[str, Any]) -> Source:
    """A scenario, or the one arm of it that was wanted: told by content, else by name."""
    known: list[str | None] = [None, *scenario.arms]
    for name in known:
        bare = scenario.model_copy(update={"arms": {}, "targets": ()})
        if scenario_key(scenario.arm(name) if name else bare) == arm.get("scenario_key") and _label(
                scenario, name) == arm.get("label"):
            return Source(scenario, name)
    named = (name for name in known if _label(scenario, name) == arm.get("label"))
    return Source(scenario, next(named, None))


def _label(scenario: Scenario, arm: str | None) -> dict[str, Any]:
    return (scenario.arm_label(arm) if arm else scenario.title).model_dump()


def _failed(folder: Path, plan: Plan) -> Iterator[Failed]:
    """Runs of this plan that did not end well."""
    for file in sorted((folder / failures.FOLDER).glob("*.yaml")):
        tree, _ = yamlfile.parse(yamlfile.read_text(file), str(file))
        run: dict[str, Any] = dict(tree.get("run", {}))
        arm, seed = str(run.get("arm", "")), int(run.get("seed", -1))
        if arm in plan.arms and seed in plan.seeds:
            yield Failed(0, (), arm, seed, file.stem, str(tree.get("error", "")), "")
