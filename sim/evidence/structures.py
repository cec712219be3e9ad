"""Structural alternatives: other decision rules, networks and dispute mixes, each crossed with every regime.

Each rule is a corner of the one that the model has: a term switched off, made strong, or people of one
motive. None is thought truer than the default; a conclusion that flips under one of them hangs on the
structure.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

from sim.params import Label, declared
from sim.scenario.schema import Scenario
from sim.vocabulary import Regime

Value = float | str


class Rule(NamedTuple):
    """One way in which people decide."""

    label: Label
    changes: dict[str, float]


def _motives(conditional: float, free_rider: float, hump_shaped: float) -> dict[str, float]:
    return {
        "population.motives.conditional": conditional, "population.motives.free_rider": free_rider,
        "population.motives.hump_shaped": hump_shaped}


RULES = {
    # First, because studies try each value from the first line: one of the others' shares alone fits it
    "altruist": Rule(Label(zh="人人利他", en="all altruists"), _motives(0.0, 0.0, 0.0)),
    "default": Rule(Label(zh="默认规则", en="the default rule"), {}),
    "no_norm": Rule(Label(zh="不看他人", en="no response to others"), {"participation.norm_weight": 0.0}),
    "strong_norm": Rule(Label(zh="从众强（三倍）", en="three times the response to others"),
                        {"participation.norm_weight": 3.0}),
    "no_attitude": Rule(Label(zh="不看归属与效能", en="no attachment or efficacy"), {
        "participation.attachment_weight": 0.0, "participation.efficacy_weight": 0.0}),
    "no_habit": Rule(Label(zh="无习惯", en="no habit"), {"participation.habit_weight": 0.0}),
    "conditional": Rule(Label(zh="人人条件合作", en="all conditional cooperators"), _motives(1.0, 0.0, 0.0)),
    "free_rider": Rule(Label(zh="人人搭便车", en="all free riders"), _motives(0.0, 1.0, 0.0)),
}
REGIMES = tuple(regime.key for regime in Regime)
REGIME = "regime"
BUILDERS = {
    "community": Label(zh="邻里分层关系", en="layers of a neighbourhood"),
    "erdos_renyi": Label(zh="随机图", en="random graph"),
    "watts_strogatz": Label(zh="小世界图", en="small-world graph"),
    "none": Label(zh="没有关系", en="no ties")}
MIXES = {
    "wide_prior": Label(zh="宽先验", en="wide prior"),
    "salience_shanghai_2014": Label(zh="上海2014显著程度", en="salience, Shanghai 2014")}
BUILDER, MIX = "ties.builder", "world.categories"


class Line(NamedTuple):
    """One structure: what it is made of, and the values of its factors."""

    rule: str
    builder: str
    mix: str
    values: dict[str, Value]


def lines() -> list[Line]:
    """Every rule with every network under the default mix of disputes, and the default with the other mix."""
    kinds = [(rule, builder, "wide_prior") for builder, rule in product(BUILDERS, RULES)]
    kinds.append(("default", "community", "salience_shanghai_2014"))
    usual = _usual()
    return [
        Line(rule, builder, mix, {**usual, **RULES[rule].changes, BUILDER: builder, MIX: mix})
        for rule, builder, mix in kinds]


def table() -> str:
    """The lines as the CSV of a study."""
    found = lines()
    heads = list(found[0].values)
    return "\n".join([",".join(heads), *(_row(one.values, heads) for one in found)]) + "\n"


def _row(values: Mapping[str, Any], heads: list[str]) -> str:
    return ",".join(str(values[head]) for head in heads)


def terms() -> dict[str, tuple[float, ...]]:
    """Every term of the decision rule, off or as it is, and the response to others three times as well.

    All combinations of them are rules; those of :data:`RULES` that make all people of one motive are not
    among them.
    """
    usual = _usual()
    found = {path: (0.0, value) for path, value in usual.items()}
    strong = RULES["strong_norm"].changes
    return {path: (*values, strong[path]) if path in strong else values for path, values in found.items()}


def _usual() -> dict[str, float]:
    """Defaults of every number that a rule changes."""
    changed = dict.fromkeys(path for rule in RULES.values() for path in rule.changes)
    known = {number.path: float(number.default) for number in declared(Scenario)}
    return {path: known[path] for path in changed}
