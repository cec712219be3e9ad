"""What must fit together in a scenario beyond each number's own range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from sim.outcomes import OUTCOMES
from sim.scenario.bykind import near
from sim.scenario.merge import Path
from sim.scenario.targets import SLUG
from sim.vocabulary import MOST_AUDIENCES

if TYPE_CHECKING:
    from sim.policies.base import Policy
    from sim.scenario.schema import Scenario


def problem(loc: Path, zh: str, en: str, value: object = None) -> InitErrorDetails:
    """One bilingual problem at a key path."""
    error = PydanticCustomError("yihe", "{en}", {"zh": zh, "en": en})
    return InitErrorDetails(type=error, loc=loc, input=value)


def problems(scenario: Scenario) -> list[InitErrorDetails]:
    """Everything that doesn't fit together, in the order of the file's sections."""
    return [
        *_places(scenario),
        *_shocks(scenario),
        *_policies(scenario),
        *_arms(scenario),
        *_targets(scenario),
    ]


def _places(scenario: Scenario) -> Iterator[InitErrorDetails]:
    places = scenario.places
    if places.streets > places.communities:
        yield problem(
            ("places", "streets"),
            f"街道数（{places.streets}）不得多于社区数（{places.communities}），请减少街道",
            f"there are more streets ({places.streets}) than communities ({places.communities}); "
            "use fewer streets",
        )
    if 0 < places.grids_total < places.communities:
        yield problem(
            ("places", "grids_total"),
            f"网格总数（{places.grids_total}）少于社区数（{places.communities}），请至少每社区一个网格",
            f"there are fewer grids ({places.grids_total}) than communities ({places.communities}); "
            "give each community at least one",
        )
    if scenario.ties.file is not None and scenario.population_file is None:
        yield problem(
            ("ties", "file"),
            "关系文件须与居民 CSV 配套，请写明 population_file",
            "a file of ties needs the residents it names; give population_file",
        )


def _shocks(scenario: Scenario) -> Iterator[InitErrorDetails]:
    for i, shock in enumerate(scenario.shocks):
        if shock.week + shock.weeks > scenario.weeks:
            yield problem(
                ("shocks", i, "week"),
                f"冲击从第 {shock.week} 周（从 0 数起）起持续 {shock.weeks} 周，"
                f"超出 {scenario.weeks} 周的运行，请提前，或延长周数 weeks",
                f"the shock lasts {shock.weeks} weeks from week {shock.week}, "
                f"beyond the run's {scenario.weeks} weeks; move it or raise weeks",
            )


def _policies(scenario: Scenario) -> Iterator[InitErrorDetails]:
    seen: dict[str, int] = {}
    for i, policy in enumerate(scenario.policies):
        if policy.id in seen:
            yield problem(
                ("policies", i, "id"),
                f"标识 {policy.id} 与 policies[{seen[policy.id]}] 重复，请另写一个 id",
                f"the id {policy.id} is taken by policies[{seen[policy.id]}]; give another id",
            )
        seen.setdefault(policy.id, i)
        yield from _timing(scenario, policy, i)
        yield from _where(scenario, policy, i)
    yield from _audiences(scenario)


def _audiences(scenario: Scenario) -> Iterator[InitErrorDetails]:
    for i, policy in enumerate(scenario.policies):
        beside = [
            other for other in scenario.policies
            if other.start <= policy.start and (other.end is None or other.end > policy.start)]
        named = sum(other.audiences for other in beside)
        if policy.audiences and named > MOST_AUDIENCES:
            yield problem(
                ("policies", i),
                f"第 {policy.start} 周各项政策面向的人群合计 {named} 个，"
                f"最多 {MOST_AUDIENCES} 个，请减少此类政策或错开时间",
                f"in week {policy.start} policies address {named} audiences, more than {MOST_AUDIENCES}; "
                "use fewer such policies or let them run at different times",
            )
            return


def _timing(scenario: Scenario, policy: Policy, i: int) -> Iterator[InitErrorDetails]:
    if policy.start >= scenario.weeks:
        yield problem(
            ("policies", i, "start"),
            f"开始周 {policy.start}（从 0 数起）不在 {scenario.weeks} 周的运行之内，请提前，或延长周数 weeks",
            f"it starts in week {policy.start}, counted from 0, after the run's {scenario.weeks} weeks; "
            "start earlier or raise weeks",
        )
    elif policy.end is not None and policy.end > scenario.weeks:
        yield problem(
            ("policies", i, "end"),
            f"结束周 {policy.end} 超出 {scenario.weeks} 周的运行，请改小，或删去 end 表示到底",
            f"it ends in week {policy.end}, beyond the run's {scenario.weeks} weeks; "
            "lower it, or leave end out to run to the end",
        )


def _where(scenario: Scenario, policy: Policy, i: int) -> Iterator[InitErrorDetails]:
    if scenario.population_file is not None:
        return  # places then come from the residents' file
    places = scenario.places
    grids = places.grids_total or places.grids * places.communities
    for level, numbers, count, zh in (
        ("communities", policy.target.communities, places.communities, "社区"),
        ("grids", policy.target.grids, grids, "网格"),
    ):
        for k, number in enumerate(numbers or ()):
            if not 0 <= number < count:
                yield problem(
                    ("policies", i, "target", level, k),
                    f"没有编号为 {number} 的{zh}，编号从 0 到 {count - 1}",
                    f"there is no number {number} among the {level}; they run from 0 to {count - 1}",
                )


def _arms(scenario: Scenario) -> Iterator[InitErrorDetails]:
    from sim.scenario.schema import FIXED_IN_ARMS  # schema calls these checks

    for name, arm in scenario.arms.items():
        if not re.match(SLUG, name):
            yield problem(
                ("arms", name),
                f"方案名 {name} 只能用小写字母、数字、_ 和 -",
                f"the arm's name {name} may hold only a–z, 0–9, _ and -",
            )
        fixed = [key for key in arm.overrides if key in FIXED_IN_ARMS]
        for key in fixed:
            yield problem(
                ("arms", name, key),
                f"方案里不能改 {key}：各方案须同周、同种子地比较，请写在最外层",
                f"an arm cannot change {key}: arms share weeks and seeds; write it at the top level",
            )
        if not fixed:
            try:
                scenario.arm(name)
            except ValidationError as error:
                yield from (_under(("arms", name), line) for line in error.errors())


def _under(prefix: Path, line: Any) -> InitErrorDetails:
    loc, kind, context = (*prefix, *line["loc"]), line["type"], line.get("ctx", {})
    if kind in ("yihe", "unknown_kind", "unknown_name", "version"):
        kind = PydanticCustomError(kind, line["msg"], context)
    return InitErrorDetails(type=kind, loc=loc, input=line["input"], ctx=context)


def _targets(scenario: Scenario) -> Iterator[InitErrorDetails]:
    seen: set[str] = set()
    for i, claim in enumerate(scenario.targets):
        if claim.id in seen:
            yield problem(
                ("targets", i, "id"),
                f"标识 {claim.id} 重复，请另写一个",
                f"the id {claim.id} is taken; give another",
            )
        seen.add(claim.id)
        yield from _named(("targets", i, "outcome"), claim.outcome, tuple(OUTCOMES), "结果指标", "outcome")
        for k, outcome in enumerate(claim.beside):
            yield from _named(("targets", i, "beside", k), outcome, tuple(OUTCOMES), "结果指标", "outcome")
        for role in ("treatment", "control"):
            yield from _named(("targets", i, role), getattr(claim, role), tuple(scenario.arms), "方案", "arm")
        if claim.treatment == claim.control:
            yield problem(
                ("targets", i, "control"),
                "处理组与对照组相同，请写两个不同的方案",
                "treatment and control are the same arm; name two different ones",
            )
        if claim.window is not None and claim.window.end > scenario.weeks:
            yield problem(
                ("targets", i, "window", "to"),
                f"窗口到第 {claim.window.end} 周，超出 {scenario.weeks} 周的运行，请改小",
                f"the window ends in week {claim.window.end}, "
                f"beyond the run's {scenario.weeks} weeks; lower it",
            )


def _named(loc: Path, name: str, known: tuple[str, ...], zh: str, en: str) -> Iterator[InitErrorDetails]:
    if name in known:
        return
    guess = near(name, known)
    hint_zh = f"是否想写 {guess}？" if guess else f"可用的有：{'、'.join(known[:8]) or '（无）'}"
    hint_en = f"did you mean {guess}?" if guess else f"there are: {', '.join(known[:8]) or '(none)'}"
    yield problem(loc, f"没有名为 {name} 的{zh}，{hint_zh}", f"there is no {en} called {name}; {hint_en}")
