"""Which arms are set against which: policies against their own regime without them, the rest against the
control.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from sim.report.material import Arm, Material
from sim.report.words import say
from sim.study.ranges import of_difference, of_relative
from sim.study.statistics import paired, relative_change


class Pair(NamedTuple):
    """Two arms that are compared."""

    arm: str
    against: str
    policy: bool
    """Whether they differ by policies under one regime."""

    def label(self, m: Material, lang: str) -> str:
        """Both names."""
        between = say(lang, " 对 ", " against ")
        return m.label(self.arm, lang) + between + m.label(self.against, lang)


class Effect(NamedTuple):
    """Difference of one outcome between two arms, paired by seed, with 95 % intervals."""

    outcome: str
    arm: str
    against: str
    mean: float
    against_mean: float
    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    n: int
    method: str = "t"
    """How the interval of the difference was made: see :mod:`sim.study.statistics`."""


def pairs(m: Material) -> list[Pair]:
    """Each arm but the control with the arm it is set against.

    An arm with policies is set against the arm of the same regime and setting whose policies are fewest and
    all among its own, so that what a policy does isn't mixed up with what the regime, the place or the money
    does. An arm without such a partner is set against the control, unless they are a pair already.
    """
    found: list[Pair] = []
    for arm in m.arms:
        partners = [other for other in m.arms if _less(other, arm)]
        if partners:
            partner = min(partners, key=lambda other: len(other.policies))
            found.append(Pair(arm.key, partner.key, True))
        elif arm.key != m.control and m.control is not None:
            found.append(Pair(arm.key, m.control, False))
    turned = {(pair.against, pair.arm) for pair in found if pair.policy}
    return [pair for pair in found if pair.policy or (pair.arm, pair.against) not in turned]


def across(m: Material) -> list[Pair]:
    """Arms with the same policies in the same setting under different regimes, each against the control's
    regime.

    None if no arm holds those policies under the regime of the control.
    """
    regime = next((arm.regime for arm in m.arms if arm.key == m.control), None)
    at_home = [arm for arm in m.arms if arm.regime == regime and arm.policies]
    return [
        Pair(arm.key, home.key, False)
        for arm in m.arms if arm.regime != regime and arm.policies
        for home in at_home if (home.policies, home.setting) == (arm.policies, arm.setting)
    ]


def _less(other: Arm, arm: Arm) -> bool:
    """Whether an arm has the same regime and setting and only some of the policies of another."""
    names, others = ([policy.en for policy in each.policies] for each in (arm, other))
    alike = (other.regime, other.setting) == (arm.regime, arm.setting)
    return alike and len(others) < len(names) and set(others) <= set(names)


def effect(m: Material, pair: Pair, outcome: str) -> Effect | None:
    """Difference of one outcome, by the rules of :mod:`sim.study.statistics`; None if not recorded."""
    key = pair.arm, pair.against, outcome
    if key not in m.effects:
        m.effects[key] = _effect(m, pair, outcome)
    known: Effect | None = m.effects[key]
    return known


def _effect(m: Material, pair: Pair, outcome: str) -> Effect | None:
    if outcome not in m.runs:
        return None
    wide = m.wide(outcome)
    if pair.arm not in wide or pair.against not in wide:
        return None
    a, b = wide[pair.arm].to_numpy(float), wide[pair.against].to_numpy(float)
    contrast = paired(a, b, bounds=of_difference(outcome))
    ratio = relative_change(a, b, bounds=of_relative(outcome))
    there = ~(np.isnan(a) | np.isnan(b))
    mean, against = (float(np.mean(x[there])) if there.any() else math.nan for x in (a, b))
    return Effect(
        outcome,
        pair.arm,
        pair.against,
        mean,
        against,
        contrast.difference,
        contrast.low,
        contrast.high,
        ratio.relative,
        ratio.low,
        ratio.high,
        contrast.n,
        contrast.method,
    )


Kind = Literal["policy", "other", "across"]

HEADINGS: dict[Kind, tuple[str, str]] = {
    "policy": ("政策的作用：同一协调方式下，有与无", "Policies: with and without, under one regime"),
    "other": ("其他方案：与对照相比", "Other arms: against the control"),
    "across": (
        "同一政策：改换协调方式（与对照的协调方式相比）",
        "The same policies: other regimes against that of the control"),
}
"""What sets two arms of a pair apart: policies; anything, against the control; the regime."""


def by_kind(m: Material) -> dict[Kind, list[Pair]]:
    """All pairs by what sets them apart; kinds without pairs are left out."""
    found = pairs(m)
    kinds: dict[Kind, list[Pair]] = {
        "policy": [pair for pair in found if pair.policy],
        "other": [pair for pair in found if not pair.policy],
        "across": across(m)}
    return {kind: some for kind, some in kinds.items() if some}
