"""From scenarios to a comparison of arms over seeds. Pure: nothing is done here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import YiheError
from sim.params import Label
from sim.scenario.bykind import near
from sim.scenario.naming import scenario_key
from sim.scenario.reading import load, set_path
from sim.scenario.schema import Scenario
from sim.scenario.targets import Claim
from sim.study.runtable import RunTable

CONTROLS = ("baseline", "none")
"""Names that make an arm the control when nobody says otherwise."""


class Source(NamedTuple):
    """A scenario as named by the user, and the one arm wanted of it, if any."""

    scenario: Scenario
    arm: str | None = None


class Origin(NamedTuple):
    """Where an arm of a plan comes from: a source, by position, and the arm's name in it."""

    source: int
    arm: str | None
    label: Label


class ClaimUnderTest(NamedTuple):
    """A claim both of whose arms are in the plan."""

    claim: Claim
    treatment: str
    control: str
    window: tuple[int, int]
    """First week and one past the last, after the warm-up."""


@dataclass(frozen=True)
class Plan:
    """Every run of a comparison.

    Parameters
    ----------
    name : str
        Of the scenario, or of all that are compared.
    sources : tuple of Source
    arms : dict of str to Scenario
        Resolved, in order.
    origins : dict of str to Origin
    control : str
        Arm the others are measured against.
    compared : frozenset of str
        Ids of policies that are not the same in all arms; what they host is left out of the ``*_other``
        outcomes.
    seeds : tuple of int
        Ascending: base seed, base seed + 1, …
    """

    name: str
    sources: tuple[Source, ...]
    arms: dict[str, Scenario]
    origins: dict[str, Origin]
    control: str
    compared: frozenset[str]
    seeds: tuple[int, ...]

    @property
    def title(self) -> Label:
        """Title of the scenario, or of all that are compared."""
        if len(self.sources) == 1:
            return self.sources[0].scenario.title
        titles = [_title(source) for source in self.sources]
        return Label(
            zh=" 对 ".join(dict.fromkeys(title.zh for title in titles)),
            en=" against ".join(dict.fromkeys(title.en for title in titles)))

    @property
    def weeks(self) -> int:
        """Weeks of every run after its warm-up."""
        return next(iter(self.arms.values())).weeks

    @cached_property
    def table(self) -> RunTable:
        """Its runs: one point, every arm, every seed."""
        return RunTable(self.arms, self.compared, self.seeds[0], (len(self.seeds),))

    @property
    def key(self) -> str:
        """Content key of the study. Seeds are no part of it: more replicates extend a study."""
        return self.table.key

    def claims(self) -> list[ClaimUnderTest]:
        """Claims of the scenarios whose two arms are both here."""
        tested = []
        for number, source in enumerate(self.sources):
            here = {origin.arm: arm for arm, origin in self.origins.items() if origin.source == number}
            for claim in source.scenario.targets:
                if claim.treatment in here and claim.control in here:
                    window = source.scenario.window(claim)
                    tested.append(ClaimUnderTest(claim, here[claim.treatment], here[claim.control], window))
        return tested


def source(text: str | Path | Scenario | Source, weeks: int | None = None) -> Source:
    """A scenario from what a user wrote: a file, ``file:arm``, or a scenario.

    Parameters
    ----------
    text : str, Path, Scenario or Source
    weeks : int, optional
        Weeks instead of the file's own.

    Raises
    ------
    YiheError
        If the file is wrong or has no such arm.
    """
    overrides = [] if weeks is None else [("weeks", weeks)]
    if isinstance(text, Source):
        return text if weeks is None else Source(set_path(text.scenario, "weeks", weeks), text.arm)
    if isinstance(text, Scenario):
        return Source(text if weeks is None else set_path(text, "weeks", weeks))
    file, arm = _split(str(text))
    scenario = load(file, overrides)
    if arm is not None and arm not in scenario.arms:
        raise no_such_arm(arm, scenario.arms, str(file))
    return Source(scenario, arm)


def no_such_arm(arm: str, arms: Iterable[str], file: str | Path | None = None) -> YiheError:
    """The sentence for an arm that isn't there."""
    names = tuple(arms)
    known, guess = ", ".join(names), near(arm, names)
    zh, en = (f"，是否想写 {guess}？", f"; did you mean {guess}?") if guess else ("；", ";")
    return YiheError(
        f"没有名为 {arm} 的方案{zh}现有：{known or '（无）'}",
        f"there is no arm called {arm}{en} there are: {known or '(none)'}", file=file)


def refuse_one_arm(plan: Plan) -> None:
    """Refuse to compare an arm with nothing.

    Raises
    ------
    YiheError
        If there are fewer than two arms.
    """
    if len(plan.arms) > 1:
        return
    raise YiheError(
        "只有一个方案，没有可比的对象：请在 arms 中写两个以上方案，或再给一个情景文件；"
        "只看一个方案请用 yihe run",
        "there is one arm only and nothing to compare it with: give two or more under arms, or another "
        "scenario file; for one arm alone use yihe run", file=plan.sources[0].scenario.file)


def make_plan(
    sources: Sequence[Source], *, replicates: int, seed: int | None = None, against: str | None = None,
) -> Plan:
    """The runs that compare some scenarios.

    One scenario gives its ``arms:``, or itself if it has none. Of several, each is an arm; ``file:arm``
    names one arm of a file. The control is ``against``, else ``baseline`` or ``none``, else the first.

    Parameters
    ----------
    sources : sequence of Source
        At least one.
    replicates : int
        Seeds for each arm.
    seed : int, optional
        First seed; the first scenario's own if left out.
    against : str, optional
        Name of the control.

    Raises
    ------
    YiheError
        If arms differ in their weeks or warm-up, the same is given twice, or the control isn't among them.
    """
    if replicates < 1:
        raise YiheError("重复次数至少为 1", "there must be at least 1 replicate", key="--replicates")
    _no_twins(sources)
    arms, origins = _arms(sources)
    _same_calendar(arms)
    if against is not None and against not in arms:
        raise no_such_arm(against, arms)
    control = against or next((name for name in CONTROLS if name in arms), next(iter(arms)))
    first = sources[0].scenario.seed if seed is None else seed
    compared = compared_policies(list(arms.values()))
    seeds = tuple(range(first, first + replicates))
    return Plan(_name(sources), tuple(sources), arms, origins, control, compared, seeds)


def compared_policies(arms: Sequence[Scenario]) -> frozenset[str]:
    """Ids of policies that are not the same in every arm; all of them for a single arm."""
    settings = [{policy.id: policy.model_dump(mode="json") for policy in arm.policies} for arm in arms]
    ids = {id for each in settings for id in each}
    if len(arms) == 1:
        return frozenset(ids)
    return frozenset(id for id in ids if any(each.get(id) != settings[0].get(id) for each in settings))


def _arms(sources: Sequence[Source]) -> tuple[dict[str, Scenario], dict[str, Origin]]:
    arms: dict[str, Scenario] = {}
    origins: dict[str, Origin] = {}
    for number, (scenario, wanted) in enumerate(sources):
        names: list[str | None] = [wanted]
        if len(sources) == 1 and wanted is None and scenario.arms:
            names = list(scenario.arms)
        for arm in names:
            name = _free(arm or scenario.name, f"{scenario.name}-{arm}" if arm else scenario.name, arms)
            arms[name] = scenario.arm(arm) if arm else _bare(scenario)
            origins[name] = Origin(number, arm, scenario.arm_label(arm) if arm else scenario.title)
    return arms, origins


def _no_twins(sources: Sequence[Source]) -> None:
    """Refuse the same scenario given twice: its differences would all be 0 and mean nothing."""
    seen: set[tuple[str, str | None, str]] = set()
    for scenario, arm in sources if len(sources) > 1 else ():
        chosen = scenario.arm(arm) if arm else scenario
        content = (scenario.name, arm, scenario_key(chosen))
        if content in seen:
            name = f"{scenario.name}:{arm}" if arm else scenario.name
            raise YiheError(
                f"{name} 给了两次，自己和自己没有可比的：请去掉一个，或换成另一个情景",
                f"{name} is given twice and cannot be compared with itself: leave one out, or give another "
                "scenario", file=scenario.file)
        seen.add(content)


LONGEST_NAME = 80
"""Characters of a study's name, which also names its folder."""


def _name(sources: Sequence[Source]) -> str:
    """Name of one scenario, or of all that are compared."""
    if len(sources) == 1:
        return sources[0].scenario.name
    parts = [f"{scenario.name}-{arm}" if arm else scenario.name for scenario, arm in sources]
    name = "-vs-".join(parts)
    return name if len(name) <= LONGEST_NAME else f"{parts[0][:LONGEST_NAME - 20]}-vs-{len(parts) - 1}-more"


def _title(source: Source) -> Label:
    scenario, arm = source
    if arm is None:
        return scenario.title
    label = scenario.arm_label(arm)
    return Label(zh=f"{scenario.title.zh}（{label.zh}）", en=f"{scenario.title.en} ({label.en})")


def _free(name: str, longer: str, taken: Mapping[str, Any]) -> str:
    """The first of a name, its longer form and numbered forms that no other arm has."""
    candidates = [name, longer, *(f"{longer}-{n}" for n in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _bare(scenario: Scenario) -> Scenario:
    """The scenario itself, as an arm."""
    return scenario.model_copy(update={"arms": {}, "targets": ()})


def _same_calendar(arms: Mapping[str, Scenario]) -> None:
    names = list(arms)
    for name in names[1:]:
        for key, zh in (("weeks", "模拟周数"), ("warmup", "预热周数")):
            one, other = getattr(arms[names[0]], key), getattr(arms[name], key)
            if one != other:
                raise YiheError(
                    f"{names[0]} 与 {name} 的{zh}不同（{one} 与 {other}），无法配对比较：请改成一样",
                    f"{names[0]} and {name} differ in {key} ({one} and {other}) and cannot be paired: make "
                    "them equal",
                    file=arms[name].file, key=key)


def _split(text: str) -> tuple[Path, str | None]:
    """``file:arm`` into its parts; a colon inside a file's own path, as on Windows, is no separator."""
    head, colon, tail = text.rpartition(":")
    if colon and tail and not Path(text).exists() and head.endswith((".yaml", ".yml")):
        return Path(head), tail
    return Path(text), None
