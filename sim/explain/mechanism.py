"""How a policy reaches outcomes: levers and offers it names → the step that reads each → what can move.

The first arrow is read off the policy's own source, the second is one declared table. What a table says can
move need not move: paths are possible, sizes come from runs.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.ledger.levers import LEVERS
from sim.params import Label
from sim.policies.base import Policy
from sim.vocabulary import Activity

FINDING = ("time_to_find", "recorded_disputes", "silent_disputes")
HANDLING = ("time_to_close", "time_waiting", "backlog", "real_resolution_rate", "satisfaction")
COMING = ("participation_52_other", "participation_4_other", "hours_given")
FROM_EVENTS = ("event_ties", "efficacy", "autonomy", "norm", "latent_neighbour_disputes")


class Step(NamedTuple):
    """The process that reads a lever."""

    part: int
    """Part of the week, 2 to 8; see ``docs/architecture.md``."""
    label: Label
    file: str
    """Source that reads it, within the package."""
    outcomes: tuple[str, ...]
    """Outcomes it can reach first; others follow from these."""


def _s(part: int, file: str, zh: str, en: str, *outcomes: str) -> Step:
    return Step(part, Label(zh=zh, en=en), file, outcomes)


_ENGAGEMENT, _AFTERMATH = "processes/engagement.py", "processes/aftermath.py"
_CASEWORK, _OFFICE, _MEANS = "processes/casework.py", "processes/office.py", "ledger/means.py"
_PROPERTY, _SOCIETY = "actors/property.py", "actors/society.py"

STEPS: dict[str, Step] = {
    "free_hours": _s(4, _ENGAGEMENT, "参与：可用时间", "participation: hours to spare", *COMING),
    "notice": _s(4, _ENGAGEMENT, "参与：听说", "participation: hearing of it", *COMING),
    "app_access": _s(4, _ENGAGEMENT, "参与：从应用听说", "participation: hearing by app", *COMING, "age_gap"),
    "visits": _s(4, _ENGAGEMENT, "参与：入户告知", "participation: told at the door", *COMING),
    "distance": _s(4, _ENGAGEMENT, "参与：路上时间", "participation: the way there", *COMING),
    "visible_members": _s(
        4, _ENGAGEMENT, "参与：身边党员带动", "participation: members seen nearby", *COMING, "member_gap"),
    "organisation": _s(
        3, "actors/core.py", "机构：楼院党小组成形", "institutions: building groups form", *FINDING, *COMING),
    "building_leader": _s(5, _CASEWORK, "案件：有人可说", "cases: somebody to tell", *FINDING),
    "patrol_hours": _s(5, _CASEWORK, "案件：巡查发现", "cases: found on patrol", *FINDING),
    "sensor_coverage": _s(5, _CASEWORK, "案件：感知发现", "cases: found by sensors", *FINDING),
    "app_reporting": _s(5, _CASEWORK, "案件：线上上报", "cases: reported by app", *FINDING, "age_gap"),
    "induced_demand": _s(
        5, _CASEWORK, "案件：诉求增多", "cases: more is reported", "recorded_disputes", "backlog",
        "time_waiting"),
    "dispatch": _s(
        6, _OFFICE, "办理：派单到位", "handling: sent to the right desk", "time_to_assign", "handoffs",
        "time_to_close"),
    "authority": _s(
        6, _OFFICE, "办理：统筹权威，到会和落实", "handling: the core's authority over others",
        "real_resolution_rate", "time_to_close", "escalated"),
    "manner": _s(
        6, _OFFICE, "办理：干部作风，当事人感受", "handling: cadres' manner, as parties feel it",
        "satisfaction", "trust_core", "trust_committee"),
    "record_weight": _s(
        3, "model.py", "考核：台账权重", "appraisal: weight of records", "closed_on_paper", "paper_share",
        "real_resolution_rate"),
    "tasks_cut": _s(
        6, _OFFICE, "办理：上级任务被挡下", "handling: tasks from above turned away", "staff_load",
        "time_waiting"),
    "approval": _s(
        6, _OFFICE, "办理：先报党组织", "handling: approval comes first", "time_waiting", "core_load",
        "real_resolution_rate"),
    "delegation": _s(
        6, _OFFICE, "办理：交居民牵头", "handling: handed to residents' lead", "core_load",
        "real_resolution_rate", "time_to_close"),
    "last_resort": _s(
        6, _OFFICE, "办理：无人管的由社区兜底", "handling: taken up by the core where nobody is in charge",
        "silent_disputes", "given_up", "core_load"),
    "clarity": _s(
        6, _OFFICE, "办理：职责分明，少推诿", "handling: clear duties, less bouncing", "handoffs",
        "time_to_assign", "given_up"),
    "attendance_delay": _s(
        6, _OFFICE, "办理：等人到会", "handling: waiting for attendance", "time_to_close", "time_waiting"),
    "facilitation": _s(
        6, _OFFICE, "办理与经验：议事能力", "handling and experience: skill in running meetings",
        "real_resolution_rate", "efficacy", "autonomy"),
    "feedback": _s(
        7, _AFTERMATH, "经验：结果告知", "experience: told how it ended", "efficacy", "trust_core",
        "trust_committee"),
    "turnover": _s(
        3, _MEANS, "机构：人员流动", "institutions: staff leave", "staff_load", "time_to_close"),
    "training": _s(
        3, _MEANS, "机构：能力增长", "institutions: skill grows", "real_resolution_rate", "time_to_close"),
    "staff_hours": _s(3, _MEANS, "机构：办理工时", "institutions: hours at the desk", *HANDLING),
    "paper_hours": _s(
        3, _MEANS, "机构：工时用于留痕", "institutions: hours spent on records", "paper_share", "staff_load",
        "time_waiting"),
    "desk_skill": _s(
        3, _CASEWORK, "机构：办理能力", "institutions: skill at the desk", "real_resolution_rate",
        "satisfaction", "relapsed"),
    "income": _s(2, "model.py", "经费：入账", "budget: money comes in", "money_spent"),
    "owners_guidance": _s(
        3, _PROPERTY, "业委会：被把持的可能降低", "owners' committee: less likely captured", "legitimacy",
        "trust_owners_committee"),
    "owners_domination": _s(
        3, _PROPERTY, "业主表决：发言权减少", "owners' votes: less say", "autonomy", "vote_turnout",
        "legitimacy"),
    "property_oversight": _s(
        3, _PROPERTY, "物业：受监督，投入改变", "property company: watched, its effort changes",
        "property_effort", "fee_payment", "latent_disputes"),
    "exchange": _s(
        3, _SOCIETY, "驻区单位：有来有往，愿出工时", "partner units: given something, they lend hours",
        "unit_satisfaction", *HANDLING[:2]),
    "units_served": _s(
        3, _SOCIETY, "驻区单位：得到服务", "partner units: served", "unit_satisfaction"),
}
"""Lever → the step that reads it. One row for every lever there is."""

OFFER = _s(
    4, "processes/engagement.py", "参与：听说、权衡、到场，然后由经验学习",
    "participation: hear, weigh, come; then learn from it", *COMING, *FROM_EVENTS)
"""What an offer can move."""


class Mechanism(NamedTuple):
    """What a policy's source names."""

    levers: tuple[str, ...]
    activities: tuple[Activity, ...]
    """Kinds of opportunity it offers."""
    remembers: bool
    """Whether it keeps something from week to week."""


@cache
def mechanism(cls: type[Policy]) -> Mechanism:
    """Levers and activities that a policy's source, and the helpers it calls, name.

    Parameters
    ----------
    cls : subclass of Policy
    """
    levers: set[str] = set()
    activities: set[Activity] = set()
    remembers = False
    for node in _nodes(cls):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("add", "add_to_each") and node.args:
                levers |= {text for text in _texts(node.args[0]) if text in LEVERS}
            remembers |= node.func.attr == "memory"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "Activity":
                activities.add(Activity[node.attr])
        elif isinstance(node, ast.For):  # for name, amount in (("notice", …), …)
            levers |= {text for text in _texts(node.iter) if text in LEVERS}
    order = list(LEVERS)
    return Mechanism(tuple(sorted(levers, key=order.index)), tuple(sorted(activities)), remembers)


def reached(found: Mechanism) -> tuple[str, ...]:
    """Outcomes that a policy's levers and offers can reach first, in the order in which they are met."""
    names = [name for lever in found.levers for name in STEPS[lever].outcomes]
    names += OFFER.outcomes if found.activities else ()
    return tuple(dict.fromkeys(names))


def writers(lever: str, kinds: dict[str, type[Policy]]) -> tuple[str, ...]:
    """Kinds of policy that name a lever."""
    return tuple(kind for kind, cls in kinds.items() if lever in mechanism(cls).levers)


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _nodes(cls: type[Policy]) -> Iterator[ast.AST]:
    """Nodes of a policy's class, of its bases among policies, and of the helpers it calls."""
    seen: set[tuple[str, str]] = set()
    todo = [(base.__module__, base.__name__) for base in cls.__mro__ if _is_policy_file(base.__module__)]
    while todo:
        module, name = todo.pop()
        if (module, name) in seen:
            continue
        seen.add((module, name))
        tops = _tops(module)
        if name not in tops:
            continue
        imported = _imported(module)
        for node in ast.walk(tops[name]):
            yield node
            if isinstance(node, ast.Name):
                todo.append(imported.get(node.id, (module, node.id)))


def _is_policy_file(module: str) -> bool:
    own = module.startswith("sim.policies.") and module not in ("sim.policies.base", "sim.policies.registry")
    return own or not module.startswith(("sim.", "pydantic", "builtins", "abc", "typing"))


@cache
def _tree(module: str) -> ast.Module:
    file = inspect.getsourcefile(importlib.import_module(module)) if module else None
    return ast.parse(Path(file).read_text(encoding="utf-8")) if file else ast.Module([], [])


def _tops(module: str) -> dict[str, ast.stmt]:
    """Classes, functions and constants of a module by name."""
    found: dict[str, ast.stmt] = {}
    for node in _tree(module).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found.update((t.id, node) for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    return found


def _imported(module: str) -> dict[str, tuple[str, str]]:
    """Names that a module takes from other files of policies."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in _tree(module).body
        if isinstance(node, ast.ImportFrom) and node.module and _is_policy_file(node.module)
        and node.module.startswith("sim.policies.")
        for alias in node.names}
