"""What the page needs to know before anything is run: scenarios, policies, numbers, switches and limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from sim.errors import YiheError, default_language
from sim.explain.switches import Switch, of_policy, switches
from sim.outcomes import OUTCOMES
from sim.params import ASSUMPTION, Label, declared
from sim.policies.base import Policy
from sim.policies.registry import policy_kinds
from sim.report.words import unit_name
from sim.scenario.conditions import CONDITIONS
from sim.scenario.schema import Scenario
from sim.scenario.sources import sourced
from sim.vocabulary import Regime
from sim.web.choices import LENGTHS, brought, general, grades, groups, lengths, shocks, slider
from sim.web.library import Library
from sim.web.limits import Limits

MAIN = ("ties.atomisation", "budget.weekly", "world.tasks_rate")
"""The three sliders that stand on the page itself: 邻里联系, 经费, 行政事务."""

CONTROLS = ("no_op", "sham")
"""Policies that are there for comparison only."""

Json = dict[str, Any]


def start(library: Library, limits: Limits) -> Json:
    """Everything the page shows before the first run; scenarios are read, not checked.

    Parameters
    ----------
    library : Library
    limits : Limits
    """
    common = {number.path for number in declared(Policy)}
    return {
        "version": version("yihe"), "uncalibrated": True, "lang": default_language(),
        "limits": limits._asdict(),
        "regimes": [{"key": regime.key, "zh": regime.zh, "en": regime.en} for regime in Regime],
        "conditions": [
            {"key": key, **both(one.label), "meaning": both(one.meaning), "source": sourced(one.source),
             "answers": list(one.answers), "sets": brought(one.changes)} for key, one in CONDITIONS.items()],
        "sliders": [
            {**slider(number), "main": number.path in MAIN} for number in declared(Scenario)
            if number.path not in LENGTHS],
        "lengths": lengths(limits), "shocks": shocks(), "general": general(), "groups": groups(),
        "grades": grades(), "assumption": sourced(ASSUMPTION),
        "switches": [switch(one) for _, one in _own_switches()],
        "outcomes": [
            {"key": key, **both(one.label), "unit_zh": unit_name(key, "zh"), "unit_en": unit_name(key, "en"),
             "better": one.better, "group": one.of, "summary": one.summary}
            for key, one in OUTCOMES.items()],
        "policies": [policy(kind, cls, common) for kind, cls in policy_kinds().items()],
        "scenarios": list(_scenarios(library)),
    }


def policy(kind: str, cls: type[Policy], common: set[str]) -> Json:
    """A policy's card, numbers and switches."""
    card = cls.card
    own = [one._replace(path=one.path.removeprefix(f"policies.{kind}.")) for one in of_policy(kind, cls)]
    return {
        "kind": kind, **both(card.name), "control": kind in CONTROLS, "source": sourced(card.source),
        "card": {name: both(getattr(card, name)) for name in ("mechanism", "cost", "claim", "harm")},
        "convenors": [regime.key for regime in sorted(cls.convenors)],
        "numbers": [slider(number) for number in declared(cls) if number.path not in common],
        "switches": [switch(one) for one in own]}


def switch(one: Switch) -> Json:
    """A choice by name."""
    names = one.names
    return {
        "path": one.path, **both(names.label), "default": one.default,
        "note": None if names.note is None else both(names.note),
        "values": [{"key": value, **both(label)} for value, label in names.values.items()]}


def scenario(library: Library, name: object) -> Json:
    """One scenario, checked, with the full settings of its arms.

    Raises
    ------
    YiheError
        If anything is wrong with its file.
    """
    found = library.scenario(name)
    assert found.file is not None
    plain = found.model_copy(update={"arms": {}, "targets": ()}).tree()
    return {
        "file": found.file.name, "name": found.name, **both(found.title), "about": both(found.description),
        "source": sourced(found.source), "seed": found.seed, "weeks": found.weeks, "warmup": found.warmup,
        "residents": found.people(), "regime": found.regime.key, "conditions": list(found.conditions),
        "policies": plain["policies"], "shocks": plain["shocks"], "values": _values(plain, _usual()),
        "arms": [_arm(found, arm, plain) for arm in found.arms],
        "claims": [
            {"id": claim.id, **both(claim.label), "source": sourced(claim.source), "outcome": claim.outcome,
             "treatment": claim.treatment, "control": claim.control, "weeks": list(found.window(claim))}
            for claim in found.targets]}


def _arm(found: Scenario, name: str, plain: Mapping[str, Any]) -> Json:
    arm, label = found.arm(name), found.arm_label(name)
    tree = arm.tree()
    own = ("regime", "policies", "arms", "targets")
    other = {key for key in tree if key not in own and tree[key] != plain[key]}
    return {
        "key": name, **both(label), "regime": arm.regime.key, "policies": tree["policies"],
        "conditions": list(arm.conditions), "plain": not other,
        "values": _values(tree, {path: _at(plain, path) for path in _usual()})}


def _values(tree: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and switches that are set otherwise than usual."""
    return {path: value for path, before in usual.items() if (value := _at(tree, path)) != before}


def _usual() -> dict[str, Any]:
    """The defaults of all numbers and switches of a scenario."""
    return {
        **{number.path: number.default for number in declared(Scenario)},
        **{path: one.default for path, one in _own_switches()}}


def _own_switches() -> Iterator[tuple[str, Switch]]:
    for path, one in switches().items():
        if not path.startswith(("policies.", "shocks.")) and path != "regime":
            yield path, one


def _at(tree: Mapping[str, Any], path: str) -> Any:
    value: Any = tree
    for step in path.split("."):
        value = value[step]
    return value


def _scenarios(library: Library) -> Iterator[Json]:
    for name in library.files():
        try:
            yield _listed(name, library.tree(name))
        except YiheError as error:
            yield {
                "file": name, "name": name, "zh": name, "en": name, "about": {"zh": "", "en": ""}, "arms": [],
                "problem": {"zh": error.zh, "en": error.en}}


def _listed(file: str, tree: Mapping[str, Any]) -> Json:
    """A scenario as its file has it, whatever that is."""
    name = str(tree.get("name", file))
    arms = tree.get("arms")
    arms = arms if isinstance(arms, Mapping) else {}
    weeks = tree.get("weeks", Scenario.model_fields["weeks"].default)
    return {
        "file": file, "name": name, **_names(tree.get("title"), name),
        "about": _names(tree.get("description"), ""), "source": sourced(str(tree.get("source", ""))),
        "regime": _regime(tree.get("regime")), "weeks": weeks if type(weeks) is int else None,
        "arms": [
            {"key": str(key), **_names(arm.get("label"), str(key)),
             "regime": _regime(arm.get("regime", tree.get("regime"))),
             "policies": _policies(arm.get("policies", tree.get("policies")))}
            for key, arm in arms.items()]}


def _names(label: object, name: str) -> dict[str, str]:
    label = label if isinstance(label, Mapping) else {}
    return {lang: str(label.get(lang, name)).strip() for lang in ("zh", "en")}


def _regime(value: object) -> str:
    for regime in Regime:
        if value in (regime.key, regime.zh, regime.en):
            return regime.key
    return Regime.ONE_CORE.key


def _policies(value: object) -> list[Json]:
    """Policies as written."""
    entries = value if isinstance(value, list) else []
    return [_plain(entry) for entry in entries if isinstance(entry, Mapping)]


def _plain(value: object) -> Any:
    """Whatever stood in a file, ready for JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    kept = value is None or isinstance(value, (str, bool, int)) or (
        isinstance(value, float) and math.isfinite(value))
    return value if kept else str(value)


def both(label: Label) -> dict[str, str]:
    """A label as a mapping."""
    return {"zh": label.zh, "en": label.en}
