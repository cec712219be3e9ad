"""What can be said of each thing, as plain mappings ready for JSON; text and Markdown are made from these."""

from __future__ import annotations

from typing import Any

from sim.explain.definitions import definition
from sim.explain.find import Named, parameters
from sim.explain.mechanism import OFFER, STEPS, Step, mechanism, reached, writers
from sim.explain.regimes import regime_facts
from sim.explain.switches import Switch, of_policy, switches
from sim.explain.trial import interactions, trial_facts
from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import Declared, Label, declared
from sim.policies.base import Policy
from sim.policies.registry import policy_kinds
from sim.scenario.conditions import CONDITIONS
from sim.scenario.notes import noted
from sim.scenario.sources import sourced
from sim.scenario.targets import Claim
from sim.scenario.units import UNITS_ZH
from sim.study.ranges import of_level
from sim.vocabulary import Regime

SUMMARIES = {
    "mean": Label(zh="窗口内各周的平均", en="mean over the weeks of the window"),
    "last": Label(zh="窗口最后一周的值", en="value of the window's last week"),
    "sum_per_year": Label(zh="窗口内合计，折算为一年", en="sum over the window, scaled to a year"),
}
FAMILIES = {
    "participation": Label(zh="参与", en="participation"),
    "disputes": Label(zh="纠纷与诉求", en="disputes and demands"),
    "state": Label(zh="状态", en="state"),
    "cost": Label(zh="成本", en="cost"),
}
DIRECTIONS = {
    "more": Label(zh="越高越好", en="more is better"),
    "less": Label(zh="越低越好", en="less is better"),
    "neither": Label(zh="无好坏之分", en="neither is better"),
}
AXES = {
    "resident": Label(zh="每位居民", en="each resident"),
    "building": Label(zh="每栋楼", en="each building"),
    "grid": Label(zh="每个网格", en="each grid"),
    "community": Label(zh="每个社区", en="each community"),
    "community_kind": Label(zh="每个社区的每类机构", en="each kind of institution of a community"),
}

Facts = dict[str, Any]


def both(label: Label) -> dict[str, str]:
    """A label as a mapping."""
    return {"zh": label.zh, "en": label.en}


def facts(thing: Named) -> Facts:
    """Everything there is to say about one thing.

    Parameters
    ----------
    thing : Named

    Returns
    -------
    dict
        ``what``, ``key``, ``name`` and what belongs to its sort.
    """
    head = {"what": thing.what, "key": thing.key, "name": both(thing.label)}
    if thing.what == "policy":
        return head | policy_facts(policy_kinds()[thing.key])
    if thing.what == "parameter":
        return head | number_facts(parameters()[thing.key])
    if thing.what == "switch":
        return head | switch_facts(switches()[thing.key])
    if thing.what == "outcome":
        return head | outcome_facts(thing.key)
    if thing.what == "condition":
        return head | condition_facts(thing.key)
    if thing.what == "lever":
        return head | lever_facts(thing.key)
    if thing.what == "regime":
        return head | regime_facts(thing.key)
    return head | scenario_facts(thing)


def number_facts(number: Declared) -> Facts:
    """Everything a declared number carries."""
    return {
        "path": number.path, "label": {"zh": number.zh, "en": number.en}, "default": number.default,
        "unit": {"zh": UNITS_ZH.get(number.unit, number.unit), "en": number.unit},
        "range": [number.ge, number.le], "evidence": number.evidence, "source": sourced(number.source),
        "note": noted(number.note)}


def switch_facts(switch: Switch) -> Facts:
    """What may be chosen, and what is chosen if a file says nothing."""
    names = switch.names
    return {
        "path": switch.path, "label": both(names.label), "default": _written(switch.default),
        "values": [{"key": _written(value), **both(label)} for value, label in names.values.items()],
        "note": None if names.note is None else both(names.note)}


def _own_switches(kind: str, cls: type[Policy]) -> list[Facts]:
    """Switches of a policy by the keys they have within it, as its numbers."""
    own = (switch_facts(switch) for switch in of_policy(kind, cls))
    return [one | {"path": one["path"].removeprefix(f"policies.{kind}.")} for one in own]


def _written(value: object) -> str:
    """A value as a scenario file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def policy_facts(cls: type[Policy]) -> Facts:
    """Card, numbers, switches, convenors and mechanism of a policy."""
    card, found, kind = cls.card, mechanism(cls), str(cls.model_fields["kind"].default)
    general = {number.path for number in declared(Policy)}
    numbers = [number_facts(n) for n in declared(cls) if n.path not in general]
    return {
        "card": {name: both(getattr(card, name)) for name in ("mechanism", "cost", "claim", "harm")},
        "source": sourced(card.source),
        "convenors": [{"key": r.key, "zh": r.zh, "en": r.en} for r in sorted(cls.convenors)],
        "needs_convenor": cls.convenors != frozenset(Regime),
        "numbers": numbers, "switches": _own_switches(kind, cls),
        "levers": [_lever_path(lever) for lever in found.levers],
        "offers": [{"key": a.key, "zh": a.zh, "en": a.en} for a in found.activities],
        "offer_path": _step(OFFER) if found.activities else None,
        "remembers": found.remembers,
        "trial": trial_facts(kind), "interactions": interactions(kind, cls),
        "reaches": [{"key": name, **both(OUTCOMES[name].label)} for name in reached(found)]}


def _lever_path(lever: str) -> Facts:
    one = LEVERS[lever]
    return {"key": lever, "name": both(one.label), "unit": one.unit, **_step(STEPS[lever])}


def _step(step: Step) -> Facts:
    return {
        "part_of_week": step.part, "step": both(step.label), "read_by": f"sim/{step.file}",
        "outcomes": [{"key": name, **both(OUTCOMES[name].label)} for name in step.outcomes]}


def outcome_facts(name: str) -> Facts:
    """Definition, unit, direction and window of an outcome, and the policies that can reach it first."""
    outcome, counted = OUTCOMES[name], definition(name)
    low, high = of_level(name)
    kinds = policy_kinds()
    return {
        "over": None if counted is None else both(counted.over),
        "definition": None if counted is None else both(counted.rule),
        "unit": outcome.unit, "better": outcome.better, "direction": both(DIRECTIONS[outcome.better]),
        "summary": outcome.summary, "window": both(SUMMARIES[outcome.summary]),
        "family": outcome.of, "family_name": both(FAMILIES[outcome.of]),
        "least": None if low == float("-inf") else low, "greatest": None if high == float("inf") else high,
        "reached_by": [kind for kind, cls in kinds.items() if name in reached(mechanism(cls))]}


def lever_facts(name: str) -> Facts:
    """Axis, unit, reader and writers of a lever."""
    lever = LEVERS[name]
    return {
        "axis": lever.axis, "axis_name": both(AXES[lever.axis]), "unit": lever.unit, **_step(STEPS[name]),
        "policies": list(writers(name, policy_kinds()))}


def condition_facts(name: str) -> Facts:
    """Meaning, source, answers and the numbers a condition changes."""
    condition = CONDITIONS[name]
    known = parameters()
    changes = []
    for path, value in _leaves(condition.changes):
        number = known.get(path)
        changes.append({
            "path": path, "value": value, "default": None if number is None else number.default,
            "label": None if number is None else {"zh": number.zh, "en": number.en}})
    return {
        "meaning": both(condition.meaning), "source": sourced(condition.source),
        "answers": list(condition.answers), "changes": changes, "evidence": "D"}


def _leaves(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        path = f"{prefix}.{key}" if prefix else key
        found += _leaves(value, path) if isinstance(value, dict) else [(path, value)]
    return found


def scenario_facts(thing: Named) -> Facts:
    """Arms with their policies and conditions, claims and source of a scenario."""
    from sim.scenario.reading import load

    assert thing.file is not None
    scenario = load(thing.file)
    variants = {name: scenario.arm(name) for name in scenario.arms} or {scenario.name: scenario}
    arms = []
    for name, variant in variants.items():
        label = scenario.arm_label(name) if scenario.arms else scenario.title
        arms.append({
            "key": name, "label": both(label),
            "regime": {"key": variant.regime.key, "zh": variant.regime.zh, "en": variant.regime.en},
            "policies": [
                {"kind": p.kind, "id": p.id, **both(p.card.name), "start": p.start, "end": p.end,
                 "intensity": p.intensity} for p in variant.policies],
            "conditions": [{"key": c, **both(CONDITIONS[c].label)} for c in variant.conditions]})
    return {
        "file": str(thing.file), "description": both(scenario.description),
        "source": sourced(scenario.source), "weeks": scenario.weeks, "warmup": scenario.warmup,
        "seed": scenario.seed, "arms": arms,
        "claims": [_claim(claim, scenario.window(claim)) for claim in scenario.targets]}


def _claim(claim: Claim, window: tuple[int, int]) -> Facts:
    from sim.study.verdicts import claimed  # brings scipy with it

    return {
        "id": claim.id, "label": both(claim.label), "source": sourced(claim.source),
        "outcome": claim.outcome, "beside": list(claim.beside), "treatment": claim.treatment,
        "control": claim.control, "reading": claim.reading,
        "claimed": {"zh": claimed(claim, "zh"), "en": claimed(claim, "en")},
        "weeks": [window[0], window[1] - 1]}
