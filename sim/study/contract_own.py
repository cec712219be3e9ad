"""The contracts of what plug-ins add besides policies, and of a whole plug-in file."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim import plugins
from sim.policies import registry
from sim.processes.categories import TASK
from sim.study import ranges
from sim.study.clauses import Fault, Verdict, clause, fault, judge
from sim.study.contract import check_policy, forget
from sim.study.watched import WEEKS, Watched, fingerprints, watched

EARLY = frozenset({
    "exchange", "income", "organisation", "owners_domination", "owners_guidance", "paper_hours",
    "property_oversight", "record_weight", "staff_hours", "training", "turnover", "units_served"})
"""Levers that have been read before plug-ins' institutions decide."""


def check_file(path: str | Path) -> list[Verdict]:
    """Load a plug-in and hold everything in it to its contract.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    list of Verdict
        One a clause, policies first.

    Raises
    ------
    YiheError
        If the file cannot be loaded as a plug-in.
    """
    kinds = registry.load_plugin(path)
    forget()
    module = registry.module_of(path)
    found = [verdict for kind in kinds for verdict in check_policy(kind, path)]
    for subject, names, checks in (
        ("outcome", [name for name, _ in plugins.own_outcomes()], OUTCOME),
        ("category", [category.key for category in plugins.own_categories()], CATEGORY),
        ("institution", [cls.part for cls in plugins.own_institutions()], INSTITUTION),
    ):
        for name in names:
            if plugins.module_of(subject, name) == module:
                found += judge(subject, name, checks, path)
    return found


# Outcomes


def _reading(name: str) -> Callable[[Any], float]:
    return dict(plugins.own_outcomes())[name]


def is_a_number(name: str) -> Fault:
    """Every week one number within what its unit allows, or NaN; not NaN all along."""
    model = watched().until(WEEKS)
    values = model.recorder.series[name].tolist()
    low, high = ranges.of_level(name)
    for week, value in enumerate(values):
        if math.isinf(value) or not (math.isnan(value) or low <= value <= high):
            return fault(
                f"第 {week} 周为 {value:g}，超出单位所许的 {low:g} 到 {high:g}",
                f"in week {week} it is {value:g}, outside {low:g} to {high:g}, which its unit allows")
    if all(map(math.isnan, values)):
        return fault("始终没有数值", "it never has a value")
    return None


def only_reads(name: str) -> Fault:
    """Reading it changes no array, lever or offer, and reading it again gives the same."""
    reading, model = _reading(name), watched()
    for week in range(1, WEEKS, 5):
        model.until(week)
        before, rows, levers = fingerprints(model), model.opportunities.count, model.levers.untouched
        first = float(reading(model))
        second = float(reading(model))
        if first != second and not (math.isnan(first) and math.isnan(second)):
            return fault("同一时刻读两次得数不同", "reading it twice gives two numbers")
        after = fingerprints(model)
        changed = [array for array in after if before.get(array) != after[array]]
        if changed or rows != model.opportunities.count or levers != model.levers.untouched:
            what = changed[0] if changed else "levers or offers"
            return fault(f"读取时改动了 {what}", f"reading it changes {what}")
    return None


# Categories


def share_is_met(key: str) -> Fault:
    """The table gives it its share of frictions, and never draws a task from above."""
    rules = watched().rules
    code = plugins.category_keys().index(key)
    declared = next(own.share_wide for own in plugins.own_categories() if own.key == key)
    u = (np.arange(100_000) + 0.5) / 100_000
    drawn = np.array([int(np.argmax(rules.category["share"] > value)) for value in u[:: 10]])
    if (drawn == TASK).any():
        return fault("抽到了上级任务", "a task from above is drawn as a friction")
    share = float(np.mean(drawn == code))
    if abs(share - declared) > 2e-4 + 1e-6:
        return fault(
            f"实得占比 {share:.4f}，应为 {declared:.4f}", f"its share is {share:.4f}, not {declared:.4f}")
    return None


def cases_are_handled(key: str) -> Fault:
    """Runs with many frictions end well, and each case stands in one of its states."""
    model = watched(world={"potential_rate": 20.0})
    result = model.run()
    code = plugins.category_keys().index(key)
    if (result.cases["category"] >= len(result.categories)).any() or result.categories[code] != key:
        return fault("案件记录里的类别编号不对", "the log of cases carries a wrong category")
    actors = model.rules.actors[code]
    if not (actors >= 0).any():
        return fault("没有处置方", "nobody is to act on it")
    return None


# Institutions


def _class(part: str) -> type[plugins.OwnInstitution]:
    return next(cls for cls in plugins.own_institutions() if cls.part == part)


def columns_hold(part: str) -> Fault:
    """Its columns are arrays of one length that keep shape, type and finite numbers."""
    model = watched()
    before = {name: (c.shape, c.dtype) for name, c in model.part(part)._asdict().items()}
    if len({shape[:1] for shape, _ in before.values()}) != 1:
        return fault("各列长度不一", "its columns differ in length")
    model.until(WEEKS)
    for name, column in model.part(part)._asdict().items():
        if (column.shape, column.dtype) != before[name]:
            return fault(f"列 {name} 变了形状或类型", f"the column {name} changes shape or type")
        if column.dtype.kind == "f" and not np.isfinite(column).all():
            return fault(f"列 {name} 出现无穷或空值", f"the column {name} holds infinite or missing numbers")
    return None


def repeats(part: str) -> Fault:
    """Two runs of one seed are the same bit by bit."""
    first, second = (watched().until(WEEKS).state_.digest() for _ in range(2))
    return None if first == second else fault("同一种子两次运行不同", "two runs of one seed differ")


def writes_its_own(part: str) -> Fault:
    """Deciding writes its own columns only, and sets no lever that has been read already."""
    cls = _class(part)
    kept = cls.__dict__.get("decide")
    if kept is None:
        return fault("没有 decide", "it has no decide")
    changed: set[str] = set()
    late: set[str] = set()

    def guarded(view: Any) -> None:
        before, set_before = fingerprints(view), set(view.levers._touched)
        kept.__get__(None, cls)(view)
        after = fingerprints(view)
        changed.update(name for name in after if before.get(name) != after[name])
        late.update(EARLY & (set(view.levers._touched) - set_before))

    type.__setattr__(cls, "decide", staticmethod(guarded))
    try:
        watched().until(WEEKS)
    finally:
        type.__setattr__(cls, "decide", kept)
    touched = sorted(name for name in changed if not name.startswith(f"parts.{part}."))
    if touched:
        return fault(f"改写了别人的 {touched[0]}", f"it writes {touched[0]}, which is not its own")
    if late:
        what = min(late)
        return fault(f"操纵量 {what} 本周已被读过，不再起作用", f"the lever {what} has been read by then")
    return None


def shows_as_agents(part: str) -> Fault:
    """The model shows one agent a row, whose attributes read the columns."""
    model: Watched = watched().until(1)
    cls = _class(part)
    agents = [agent for agent in model.agents if isinstance(agent, cls)]
    if len(agents) != cls.rows(model):
        return fault("看不到它的主体", "the model shows no agent of it")
    for name, column in model.part(part)._asdict().items():
        if column.ndim == 1 and any(getattr(a, name) != column[a.index] for a in agents):
            return fault(f"主体的 {name} 与列不符", f"an agent's {name} is not its column's")
    return None


OUTCOME = (
    clause("number", "每周一个数，在单位所许范围内", "one number a week, within what its unit allows",
           is_a_number),
    clause("reads", "只读不写，再读不变", "it only reads, and reads the same again", only_reads),
)
CATEGORY = (
    clause("share", "占比如所声明", "its share is as declared", share_is_met),
    clause("handled", "案件照常办理和记录", "its cases are handled and logged", cases_are_handled),
)
INSTITUTION = (
    clause("columns", "各列形状不变、数值有限", "its columns keep their shape and stay finite", columns_hold),
    clause("repeats", "同一种子逐位重现", "it repeats bit by bit", repeats),
    clause("own", "只写自己的列，不用已读过的操纵量", "it writes its own columns, and no lever already read",
           writes_its_own),
    clause("agents", "以主体呈现", "it shows as agents", shows_as_agents),
)
