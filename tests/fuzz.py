"""Broken scenario and study files, and what must hold of them: refused in one sentence, or taken as written.

A file begins as a sound one, as a tree of mappings and lists. A few places of it are changed: wrong types,
keys that do not exist, values out of range, numbers that are none, odd letters, deep nesting, things left out
or put elsewhere. It is then written as YAML, and now and then its text is broken as well: a line twice, a
stray tab, an anchor, a letter that no keyboard has.

What is *said* by a file is read by the YAML library's own loader, not by the project's walk over its nodes.
"""

from __future__ import annotations

import copy
import datetime
import io
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sim.calibration.running import calibration_of
from sim.errors import YiheError
from sim.optimisation.running import wanted_of
from sim.scenario.datafiles import check_data_files
from sim.scenario.merge import show_path
from sim.scenario.reading import load, loads
from sim.scenario.schema import Scenario
from sim.study.reading import read_study
from sim.study.setup import prepare
from sim.vocabulary import Regime

Tree = dict[str, Any]
Path_ = tuple[str | int, ...]
Known = list[tuple[Path_, Any]]

BASE = """
yihe: 1
name: fuzzed
title: {zh: 试, en: trial}
seed: 3
weeks: 60
warmup: 4
regime: one_core
conditions: [barred_cooperation]
places: {communities: 1, grids: 2}
population: {residents: 300, motives: {free_rider: 0.3}}
ties: {atomisation: 0.3}
shocks:
- {kind: burst_main, week: 10, weeks: 2}
policies:
- {kind: neighbour_festival, intensity: 0.5, start: 4}
arms:
  none: {policies: [], label: {zh: 无, en: none}}
  festival: {regime: fragmented, ties.atomisation: 0.5}
targets:
- id: more
  label: {zh: 多, en: more}
  source: S1
  outcome: participation_52
  reading: difference
  value: 0.1
  treatment: festival
  control: none
"""
"""A small scenario with something of everything."""

STUDY = """
study: fuzzed
base: base.yaml
weeks: 60
seed: 2
arms: [none, festival]
design:
  method: grid
  factors: {ties.atomisation: [0.0, 0.4], budget.weekly: [200.0, 1000.0]}
replicates: {min: 2, batch: 2, max: 4, stop: {outcome: efficacy, contrast: festival - none, half_width: 0.1}}
run: {timeout: 20 s, retries: 1}
keep: {weekly: main, groups: true}
report: {outcomes: [efficacy, backlog], of: [festival - none], contrasts: {against: none, adjust: holm}}
"""
CALIBRATION = """
calibrate:
  parameters: {participation.intercept: [-4.0, 0.0], population.trust.property: [0.2, 0.9]}
  targets:
  - {id: fees, outcome: fee_payment, arm: none, value: 0.76, error: 0.03, source: B}
  - {id: contact, outcome: participation_52, range: {low: 0.1, high: 0.6}, use: held_out, source: D}
  scenario_targets: held_out
  history_matching: {waves: 1, points: 24, replicates: 2, candidates: 1024}
  abc: {particles: 24, generations: 2}
  predictive: {draws: 6, replicates: 4}
"""
OPTIMISATION = """
optimise:
  objective: {outcome: participation_52, direction: maximise}
  budget: {outcome: money_spent, at_most: 60000.0}
  factors:
    policies.neighbour_festival.intensity: {values: [0.25, 1.0]}
    ties.atomisation: [0.1, 0.5]
  trials: 12
  batch: 6
  replicates: 3
  finalists: 4
  final_replicates: 20
"""
DESIGNS = """
- method: latin_hypercube
  n: 4
  factors: {ties.atomisation: [0.0, 0.4], regime: {values: [one_core, fragmented]}}
  constraints: [ties.atomisation <= 0.3]
- {method: morris, trajectories: 3, factors: {ties.atomisation: [0.0, 0.4], budget.weekly: [0.0, 900.0]}}
- {method: factorial, factors: {ties.atomisation: [0.0, 0.4], budget.weekly: [0.0, 900.0]}}
- {method: zip, factors: {policies.neighbour_festival.start: [0, 9], ties.atomisation: [0.1, 0.2]}}
- {method: points, points: [{ties.atomisation: 0.1}, {ties.atomisation: 0.2}]}
"""


def studies() -> list[Tree]:
    """Sound study files of every kind."""
    grid = tree_of(STUDY)
    plain = {key: value for key, value in grid.items() if key not in ("design", "report", "replicates")}
    designs = [{**grid, "design": design} for design in YAML(typ="safe", pure=True).load(DESIGNS)]
    search = {**plain, "arms": ["festival"]}
    return [grid, *designs, {**plain, **tree_of(CALIBRATION)}, {**search, **tree_of(OPTIMISATION)}]


JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 3, 10**9, 10**30, -(2**63), 0.5, -0.0, 1e308, 5e-324, math.nan, math.inf,
    -math.inf, "", " ", "0", "1", "0.5", "yes", "null", "~", "1e3", "0x10", "１２", "一核", "one_core", "自",
    "\u202eabc", "é", "e\u0301", "\u200b", "a\nb", "a" * 300, "!!int 3", "=", "<<", "*x", "none", "festival",
    [], {}, [[]], [None], {"": 1}, {"kind": "neighbour_festival"}, {"zh": "甲"}, {"zh": "甲", "en": "a"},
    ["a", "a"], [1, 2], [0.1, 0.2], [2, 1], datetime.date(2020, 2, 29), {"from": 5, "to": 3},
    {"low": 2, "high": 1}, {"values": []}, "../base.yaml", "/",
]
"""Values that stand where they should not."""

KEYS = [
    "", " ", "weeks ", "Weeks", "week", "<<", "一", "a.b", "policies", "[0]", "kind", "id", "on", "__class__",
    "model_config", "extends", "quick", "values", "label", "0", "null", "\u200bweeks", "ｗeeks", "x" * 200,
]
"""Keys that are unknown, nearly right, or right elsewhere."""


def known(tree: Tree) -> Known:
    """Every place of a tree that needs no list, with its value."""
    return [(path, at(tree, path)) for path in places(tree) if all(isinstance(step, str) for step in path)]


def full() -> Known:
    """Every key that a scenario may hold, with its default."""
    return known(loads(BASE).tree())


def tree_of(text: str) -> Tree:
    """A text as plain mappings and lists."""
    return dict(YAML(typ="safe", pure=True).load(text))


def places(tree: Any, above: Path_ = ()) -> Iterator[Path_]:
    """Every place of a tree, the top left out."""
    members = tree.items() if isinstance(tree, Mapping) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in members:
        yield (*above, key)
        yield from places(value, (*above, key))


def at(tree: Any, path: Path_) -> Any:
    for step in path:
        tree = tree[step]
    return tree


@st.composite
def broken_trees(draw: st.DrawFn, sound: Tree, known: Known) -> Tree:
    """A sound tree with one to three places changed.

    Parameters
    ----------
    sound : dict
    known : list
        Places that may be written to, with values that fit them.
    """
    tree = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(places(tree))
        if not everywhere:
            break
        path = draw(st.sampled_from(everywhere))
        draw(st.sampled_from(WAYS))(draw, tree, path, known)
    return tree


def _replace(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    at(tree, path[:-1])[path[-1]] = draw(junk())


def _drop(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    del at(tree, path[:-1])[path[-1]]


def _rename(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    holder, key = at(tree, path[:-1]), path[-1]
    if not isinstance(key, str):
        holder.insert(int(key), copy.deepcopy(holder[int(key)]))
        return
    cut = draw(st.integers(0, max(0, len(key) - 1)))
    near = [key[:cut] + key[cut + 1 :], key[:cut] + "x" + key[cut:], key.upper(), key + " "]
    holder[draw(st.sampled_from(near))] = holder.pop(key)


def _add(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    holder = at(tree, path)
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(KEYS) | st.text(max_size=8))] = draw(junk())
    elif isinstance(holder, list):
        holder.append(draw(junk()))


def _move(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    other = draw(st.sampled_from(list(places(tree))))
    at(tree, path[:-1])[path[-1]] = copy.deepcopy(at(tree, other))


def _wrap(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    value = at(tree, path)
    for _ in range(draw(st.sampled_from([1, 2, 40]))):
        value = [value] if draw(st.booleans()) else {"values": value}
    at(tree, path[:-1])[path[-1]] = value


def _known(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    """A key that exists, with its default, a value near it, or one that does not fit."""
    target, sound = draw(st.sampled_from(known))
    holder: Any = tree
    for step in target[:-1]:
        if not isinstance(holder.get(step), dict):
            holder[step] = {}
        holder = holder[step]
    value = copy.deepcopy(sound)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = draw(st.sampled_from([value, value * 2, value / 3, -value, value + 1, value * 1e6]))
    holder[target[-1]] = draw(st.just(value) | junk())


def _nudge(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    """A number or text slightly other than it was."""
    value, holder = at(tree, path), at(tree, path[:-1])
    if isinstance(value, str):
        near = [value + "x", value.upper(), value[:-1], f" {value}", value * 2]
        holder[path[-1]] = draw(st.sampled_from(near))
    elif isinstance(value, (int, float)):
        holder[path[-1]] = draw(st.floats() | st.integers() | st.just(str(value)))


def _in_an_arm(draw: st.DrawFn, tree: Tree, path: Path_, known: Known) -> None:
    """Something an arm says, in one spelling or in both, in either order."""
    arms = tree.get("arms")
    held = [arm for arm in arms.values() if isinstance(arm, dict)] if isinstance(arms, dict) else []
    deep = [(target, value) for target, value in known if len(target) > 1]
    if not held or not deep:
        return
    arm, (target, value) = draw(st.sampled_from(held)), draw(st.sampled_from(deep))
    nested: Any = draw(st.just(value) | junk())
    for step in reversed(target[1:]):
        nested = {step: nested}
    said = [(".".join(map(str, target)), draw(st.just(value) | junk())), (target[0], nested)]
    for key, one in draw(st.sampled_from([said, said[::-1], said[:1]])):
        arm[key] = copy.deepcopy(one)


WAYS = (_replace, _replace, _drop, _rename, _add, _move, _wrap, _known, _known, _nudge, _in_an_arm)
"""What may be done to a place; twice what finds most."""


def junk() -> st.SearchStrategy[Any]:
    """A value that probably does not belong."""
    return st.sampled_from(JUNK).map(copy.deepcopy) | st.integers() | st.floats() | st.text(max_size=6)


def written(tree: Tree) -> str:
    """A tree as YAML, each value once; what YAML cannot hold becomes text."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = None
    writer.allow_unicode = True
    writer.representer.ignore_aliases = lambda data: True
    writer.representer.sort_base_mapping_type_on_output = False
    out = io.StringIO()
    writer.dump(tree, out)
    return out.getvalue()


@st.composite
def broken_texts(draw: st.DrawFn, trees: st.SearchStrategy[Tree]) -> str:
    """A broken tree as text, which now and then is broken itself."""
    text = written(draw(trees))
    if draw(st.integers(0, 3)):
        return text
    lines = text.splitlines()
    line = draw(st.integers(0, len(lines) - 1))
    how = draw(st.integers(0, 5))
    if how == 0:
        lines.insert(line, lines[line])
    elif how == 1:
        lines[line] = "\t" + lines[line]
    elif how == 2:
        new = draw(st.sampled_from([":", "：", ": &a ", ": *a ", ": !!int ", ": !own "]))
        lines[line] = lines[line].replace(": ", new, 1)
    elif how == 3:
        lines = [*lines, f"? {draw(st.sampled_from(['[a]', '{a: b}', '3', 'null', '*a']))}", ": 1"]
    elif how == 4:
        lines = ["x: &x [*x]", *lines] if draw(st.booleans()) else ["<<: {weeks: 9}", *lines]
    else:
        cut = draw(st.integers(0, len(text)))
        return text[:cut] + draw(st.text(max_size=3)) + text[cut + draw(st.integers(0, 3)) :]
    return "\n".join(lines) + "\n"


def said_by(text: str) -> Tree | None:
    """What a text says, by the library's own loader; None where it says nothing sound."""
    try:
        tree = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError, TypeError):
        return None
    return tree if isinstance(tree, dict) else None


def check_refused(error: YiheError, file: Path, said: Tree | None) -> None:
    """One sentence in both languages, with the file, and the key where there are keys."""
    assert error.file is not None, error.en
    assert Path(error.file).parent == file.parent, error.file
    assert "\n" not in error.zh + error.en, error.zh
    assert re.search(r"[\u4e00-\u9fff]", error.zh), f"no Chinese: {error.zh}"
    assert not re.search(r"Input should|type=|pydantic|Traceback|object at 0x", error.zh + error.en), error.en
    if said:
        assert error.key or error.line, f"no place: {error.en}"


def check_scenario(file: Path, text: str) -> Scenario | None:
    """The property for scenario files; the scenario if it was taken."""
    said = said_by(text)
    try:
        scenario = load(file)
        check_data_files(scenario)
    except YiheError as error:
        for one in getattr(error, "each", (error,)):
            check_refused(one, file, said)
        return None
    assert said is not None, "taken, though it is no sound YAML"
    check_numbers(said)
    check_taken(scenario, said)
    return scenario


def check_numbers(said: Tree) -> None:
    """Nothing that was taken is ``.nan``."""
    nowhere = [show_path(path) for path in places(said) if at(said, path) != at(said, path)]
    assert not nowhere, f"taken, though no number: {nowhere}"


def check_taken(scenario: Scenario, said: Tree) -> None:
    """Everything that was said is there, in the scenario itself and in each arm."""
    tree = scenario.tree()
    arms = said.pop("arms", None) or {}
    for key, value in said.items():
        assert key in tree, f"{key} was taken silently"
        holds(tree[key], value, key)
    assert list(tree["arms"]) == list(arms)
    for name, arm in arms.items():
        resolved = scenario.arm(name).tree()
        for key, value in arm.items():
            top, *rest = key.split(".")
            for step in reversed(rest):
                value = {step: value}
            if top == "label":
                label = scenario.arms[name].label
                holds(label and label.model_dump(), value, f"arms.{name}.label")
            else:
                assert top in resolved, f"arms.{name}.{key} was taken silently"
                holds(resolved[top], value, f"arms.{name}.{key}")


def holds(taken: Any, said: Any, where: str) -> None:
    """Whether what was taken has everything that was said, with the same values."""
    if isinstance(said, Mapping):
        assert isinstance(taken, Mapping), f"{where}: {said} became {taken}"
        for key, value in said.items():
            assert key in taken, f"{where}.{key} was taken silently"
            holds(taken[key], value, f"{where}.{key}")
    elif isinstance(said, (list, tuple)):
        assert isinstance(taken, (list, tuple)), f"{where}: {said} became {taken}"
        assert len(taken) == len(said), f"{where}: {said} became {taken}"
        for i, (one, other) in enumerate(zip(taken, said, strict=True)):
            holds(one, other, f"{where}[{i}]")
    elif said != said and taken != taken:
        return  # no number on both sides; whoever calls looks for these
    elif taken != _meant(said, taken) or isinstance(taken, bool) != isinstance(said, bool):
        raise AssertionError(f"{where}: {said!r} became {taken!r}")


def _meant(said: Any, taken: Any) -> Any:
    """What a value stands for: regimes have Chinese names too, and durations have units."""
    names = {name: regime.key for regime in Regime for name in (regime.key, regime.zh, regime.en)}
    if isinstance(said, str) and said in names and taken in names.values():
        return names[said]
    found = re.fullmatch(r"\s*([\d.]+)\s*(s|min|h)\s*", said) if isinstance(said, str) else None
    if found and isinstance(taken, float):
        return float(found[1]) * {"s": 1.0, "min": 60.0, "h": 3600.0}[found[2]]
    return said


def check_study(file: Path, text: str) -> None:
    """The property for study files: read, then made ready to be run."""
    said = said_by(text)
    try:
        study, _ = read_study(file)
    except YiheError as error:
        check_refused(error, file, said)
        return
    assert said is not None, "taken, though it is no sound YAML"
    said.pop("quick", None)
    tree = study.model_dump(by_alias=True)
    for key, value in said.items():
        assert key in tree, f"{key} was taken silently"
        if key == "replicates" and isinstance(value, int):
            value = {"min": value, "max": value}
        if key != "design":  # levels are resolved by each method; tests of designs look at them
            holds(tree[key], value, key)
        elif value is not None:
            assert not value.keys() - tree[key].keys(), f"{value} became {tree[key]}"
    try:
        setup = prepare(file)
        if setup.file.calibrate is not None:
            calibration_of(setup)
        elif setup.file.optimise is not None:
            wanted_of(setup)
    except YiheError as error:
        check_refused(error, file, said)
        return
    check_numbers(said)

