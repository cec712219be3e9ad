"""The two pages that say what a scenario file and a study file may hold, made from the schema."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from sim.calibration.parameters import Prior
from sim.calibration.records import RecordsSection
from sim.calibration.spec import Abc, CalibrateSection, HistoryMatching, Predictive
from sim.calibration.targets import TargetSection
from sim.designs.factors import Factor
from sim.designs.registry import METHODS
from sim.explain.keys import Key, blocks, keys
from sim.explain.text import number
from sim.optimisation.spec import Budget, Objective, Optimise
from sim.policies.base import Policy
from sim.processes.parameters import SHOCKS, Shock
from sim.scenario.conditions import CONDITIONS
from sim.scenario.merge import expand
from sim.scenario.schema import FIXED_IN_ARMS, Scenario
from sim.scenario.sources import source_in
from sim.scenario.starter import SECTIONS
from sim.scenario.targets import READINGS, Claim, Range, Window
from sim.study.file import StudyFile

MADE = "<!-- 由 python -m sim.reference 生成，请勿手改 · made by python -m sim.reference; do not edit -->"
MARK = "> **示意性，未经校准 · illustrative, uncalibrated.**"
HEADS = ("键 · key", "名称 · name", "值 · value", "默认 · default", "范围 · range", "等级 · grade")

_READINGS = {
    "level": ("处理组达到某一水平", "the treatment reaches a level"),
    "level_change": ("由对照组的范围到处理组的范围", "from one range without the policy to another with it"),
    "relative_change": ("相对变化至少这么大", "a relative change at least as large"),
    "difference": ("差至少这么大", "a difference at least as large"),
    "sign": ("只问方向", "the direction alone"),
    "anecdote": ("一则轶事落在何处；不作判定", "where an anecdote falls; no verdict"),
}
_METHODS = {
    "grid": ("全部组合", "every combination"),
    "one_at_a_time": ("一次变一个", "one at a time"),
    "latin_hypercube": ("拉丁超立方", "Latin hypercube"),
    "sobol_sequence": ("Sobol 序列", "Sobol sequence"),
    "sobol": ("Sobol 敏感性指数", "Sobol indices"),
    "morris": ("Morris 筛选", "Morris screening"),
    "factorial": ("二水平因子设计", "two-level factorial"),
    "table": ("自己的 CSV", "a CSV of one's own"),
    "zip": ("列表逐项配对", "lists side by side"),
    "points": ("逐点写出", "points written out"),
}


def scenario_page() -> str:
    """Keys of a scenario file, by block."""
    parts = [
        "# 情景文件参考 · Scenario reference", MADE, MARK,
        "按 `yihe schema` 的同一份声明生成。没写的键取默认值；写错的键、超出范围的数一律拒绝并说明改法。"
        "等级：A 实测，B 转引，C 来源文本的主张，D 建模假设；出处与附注见 [参数](parameters.md)。"
        "键路径可用点号写：`ties.atomisation: 0.4`。",
        "Made from the declarations that `yihe schema` prints. A key left out has its default; an unknown "
        "key or a number out of range is refused, with the mend. Grades: A measured, B second-hand, C "
        "claimed by a source, D assumption; sources and notes: [parameters](parameters.md). Paths may be "
        "written with dots: `ties.atomisation: 0.4`.",
        "“必写”指没有 `extends:` 时必须写。*Required* holds for a file without `extends:`."]
    parts += [
        "## 继承 · extends",
        "`extends: commercial_estate.yaml` 取另一个文件（相对本文件）为底：映射合并，列表整个替换。 "
        "`extends: FILE` takes another file, relative to this one, as the base: mappings merge, lists "
        "replace."]
    for path, rows in blocks(Scenario):
        if path in SECTIONS:
            zh, en = SECTIONS[path]
            parts.append(f"## {zh} · {en}")
            parts.append(f"`{path}:`")
        elif path:
            parts.append(f"### `{path}`")
        else:
            parts.append("## 顶层 · Top level")
        if rows:
            parts.append(table(rows))
    parts += [*_policies(), *_shocks(), *_arms(), *_targets(), *_conditions()]
    return "\n\n".join(parts) + "\n"


def _policies() -> Iterator[str]:
    yield "## 政策列表 · An entry of `policies:`"
    yield (
        "每项至少有 `kind`；各政策自己的数字见 [政策卡](policies.md)。同一 `kind` 用两次时各写 `id`。 "
        "Each has at least a `kind`; its own numbers are on the [policy cards](policies.md). Give each an "
        "`id` if a `kind` is there twice.")
    yield table(rows for _, some in blocks(Policy, "policies[]") for rows in some)


def _shocks() -> Iterator[str]:
    yield "## 冲击列表 · An entry of `shocks:`"
    yield table(keys(Shock, "shocks[]"))
    yield "各种类预设的倍数（写明的优先） · what a kind sets where the file says nothing:"
    lines = ["| `kind` | |", "| --- | --- |"]
    for kind, sets in SHOCKS.items():
        told = ", ".join(f"`{key}: {number(value) if isinstance(value, float) else value}`"
                         for key, value in sets.items())
        lines.append(f"| `{kind}` | {told} |")
    yield "\n".join(lines)


def _arms() -> Iterator[str]:
    fixed = "、".join(f"`{key}`" for key in FIXED_IN_ARMS)
    yield "## 方案 · An entry of `arms:`"
    yield (
        f"方案写与外层不同之处：`label`、`regime`、`policies` 或任何键路径；"
        f"不能改 {fixed}，因为各方案按同样的周数和种子比较。 "
        "An arm says what differs: `label`, `regime`, `policies` or any key path; not those keys, because "
        "arms are compared over the same weeks and seeds.")


def _targets() -> Iterator[str]:
    yield "## 待检验的主张 · An entry of `targets:`"
    yield (
        "主张从不写进模型，只与区间对照。判定：达到、方向一致但较弱、方向相反、无法判定。 "
        "A claim is never built in; it is held against intervals and comes out as reached, weaker, opposite "
        "or undetermined.")
    shared = [key for key in keys(Claim, "targets[]") if key.block is None]
    yield table(shared)
    yield "`window`，数字从预热后起算 · counted after the warm-up:"
    yield table(keys(Window, "targets[].window"))
    known = set(Claim.model_fields)
    for reading, cls in READINGS.items():
        zh, en = _READINGS[reading]
        yield f"### `reading: {reading}`"
        yield f"{zh} · {en}"
        own: list[Key] = []
        for name, field in cls.model_fields.items():
            if name in known:
                continue
            written = field.alias or name
            if field.annotation is Range:
                own += keys(Range, f"targets[].{written}")
            else:
                own += [key for key in keys(cls, "targets[]") if key.path == f"targets[].{written}"]
        if own:
            yield table(own)


def _conditions() -> Iterator[str]:
    yield "## 困境开关 · Conditions by name"
    yield (
        "写 `conditions: [scarce_money]`。只有方向出自来源，每个数都是 D 级。 "
        "Written `conditions: [scarce_money]`. Only the direction is the source's; every number is grade D.")
    lines = ["| 名称 · name | 含义 · meaning | 出处 · source | 改动 · sets |", "| --- | --- | --- | --- |"]
    for name, one in CONDITIONS.items():
        sets = "<br>".join(f"`{path}: {_plain(value)}`" for path, value in _flat(expand(one.changes), ""))
        source = f"{source_in(one.source, 'zh')} · {one.source}"
        meaning = f"{one.label.zh} · {one.label.en}<br>{one.meaning.zh}<br>{one.meaning.en}"
        lines.append(f"| `{name}` | {cell(meaning)} | {cell(source)} | {sets} |")
    yield "\n".join(lines)


def study_page() -> str:
    """Keys of a study file, by block."""
    parts = [
        "# 研究文件参考 · Study reference", MADE, MARK,
        "写法、保证和命令见 [研究](studies.md)；每种一个例子见 [研究的例子](../experiments/README.md)。",
        "How studies are written, what is promised and the commands: [studies](studies.md); an example of "
        "each kind: [experiments](../experiments/README.md).",
        "`design`、`calibrate`、`optimise` 至多写一个。`quick:` 下可写这里的任何键，`--quick` 时盖在上面。 "
        "At most one of `design`, `calibrate` and `optimise`. Under `quick:` any of these keys may stand; "
        "`--quick` lays them on top."]
    for path, rows in blocks(StudyFile):
        if path == "design":
            parts += _designs()
            continue
        parts += [f"## `{path}`" if path else "## 顶层 · Top level", table(rows)]
    parts += ["## `calibrate`", *_sections({
        "calibrate": CalibrateSection, "calibrate.parameters.KEY": Prior,
        "calibrate.targets[]": TargetSection, "calibrate.records": RecordsSection,
        "calibrate.history_matching": HistoryMatching,
        "calibrate.abc": Abc, "calibrate.predictive": Predictive})]
    parts += ["## `optimise`", *_sections({
        "optimise": Optimise, "optimise.objective": Objective, "optimise.budget": Budget})]
    return "\n\n".join(parts) + "\n"


def _designs() -> Iterator[str]:
    yield "## `design`"
    yield (
        "因子是情景的键路径，或 `policies.<id>.on`、`.intensity`、`.start` 及其他数字，或 `arm`。"
        "写 `[0, 0.6]` 是范围，其他列表是取值，也可写全：")
    yield (
        "Factors are key paths of the scenario, `policies.<id>.on`, `.intensity`, `.start` and its other "
        "numbers, or `arm`. `[0, 0.6]` is a range, any other list gives values, or in full:")
    yield table(keys(Factor, "design.factors.KEY"))
    for method, cls in METHODS.items():
        zh, en = _METHODS[method]
        yield f"### `method: {method}`"
        yield f"{zh} · {en}"
        yield table(key for key in keys(cls, "design") if key.path != "design.method")


def _sections(models: dict[str, type[BaseModel]]) -> Iterator[str]:
    for prefix, model in models.items():
        if "." in prefix:
            yield f"### `{prefix}`"
        yield table(key for key in keys(model, prefix) if key.block is None)


def table(rows: Iterable[Key]) -> str:
    """Keys as a table of Markdown."""
    lines = ["| " + " | ".join(HEADS) + " |", "|" + " --- |" * len(HEADS)]
    for key in rows:
        if key.values:
            value = ", ".join(f"`{one}`" for one in key.values)
            if key.kind.en.endswith("or list"):
                value += " 或列表 · or a list"
        else:
            value = " · ".join(dict.fromkeys((key.kind.zh, key.kind.en)))
        default = "**必写 · required**" if key.required else f"`{key.default}`" if key.default else "—"
        cells = (
            f"`{key.path}`", " · ".join(dict.fromkeys((key.label.zh, key.label.en))), value, default,
            _range(key), key.grade)
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    return "\n".join(lines)


def _range(key: Key) -> str:
    if key.range is None:
        return ""
    low, high = (int(end) if end.is_integer() and abs(end) < 2**53 else end for end in key.range)
    if high > 2**53:
        return f"{'>' if key.above else '≥'} {number(low)}"
    if math.isinf(low):
        return f"≤ {number(high)}"
    return f"{'> ' if key.above else ''}{number(low)} – {number(high)}"


def cell(text: str) -> str:
    """Text as one cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def _flat(tree: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, float) else str(value)
