"""A scenario with a design's values put in: key paths, arms, and policies listed or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.designs.names import ARM, of_policy, switched
from sim.errors import YiheError
from sim.scenario.bykind import near
from sim.scenario.reading import set_paths
from sim.scenario.schema import Scenario


def vary(arms: Mapping[str, Scenario], factors: Sequence[str], values: Sequence[Any]) -> dict[str, Scenario]:
    """Arms of one point.

    An arm that leaves out a policy altogether, such as a baseline, is not touched by factors of that policy:
    it is what the others are measured against. Nor does a factor of a policy that a switch of the same point
    leaves out.

    Parameters
    ----------
    arms : mapping of str to Scenario
    factors : sequence of str
        Key paths, or ``policies.<id>.on``.
    values : sequence
        One value a factor.

    Raises
    ------
    YiheError
        If a path does not exist or a value does not fit it.
    """
    pairs = list(zip(factors, values, strict=True))
    if not pairs:
        return dict(arms)
    return {arm: _one(scenario, pairs) for arm, scenario in arms.items()}


def _one(scenario: Scenario, pairs: Sequence[tuple[str, Any]]) -> Scenario:
    off = {policy for factor, value in pairs if (policy := switched(factor)) and not value}
    if off:
        kept = tuple(policy for policy in scenario.policies if policy.id not in off)
        varied = scenario.model_copy(update={"policies": kept})
        varied._file = scenario._file
        scenario = varied
    here = {name for policy in scenario.policies for name in (policy.id, policy.kind)}
    changes = [
        (factor, value) for factor, value in pairs
        if factor != ARM and not switched(factor) and ((named := of_policy(factor)) is None or named in here)]
    return set_paths(scenario, changes) if changes else scenario


def check_policies(arms: Mapping[str, Scenario], factors: Sequence[str]) -> None:
    """Refuse factors of policies that no arm lists.

    Raises
    ------
    YiheError
        Names the policy and those there are.
    """
    listed = [policy for arm in arms.values() for policy in arm.policies]
    known = sorted({name for policy in listed for name in (policy.id, policy.kind)})
    for factor in factors:
        named = of_policy(factor)
        if named is None or named in known:
            continue
        guess, names = near(named, tuple(known)), ", ".join(known)
        zh, en = (f"，是否想写 {guess}？", f"; did you mean {guess}?") if guess else ("", "")
        raise YiheError(
            f"没有任何方案列出政策 {named}{zh}；"
            f"请先在情景或 arms 的 policies 中列出它。现有：{names or '（无）'}",
            f"no arm lists a policy {named}{en}; list it first, under "
            f"policies of the scenario or of an arm. There are: {names or '(none)'}", key=factor)
