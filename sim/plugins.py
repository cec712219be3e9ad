"""What a researcher may add from a file of their own besides policies: outcomes, categories, institutions.

A plug-in file calls :func:`outcome`, :func:`category` and :func:`institution` as it is loaded. What they add
holds for every model made afterwards in this process; worker processes load the same files first, and the
bytes of each file are part of every run's name. Nothing here is loaded of itself: without a plug-in every
array of a run stays as it was, bit for bit.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
from pydantic import ValidationError

from sim.actors.base import Institution
from sim.errors import YiheError
from sim.outcomes import OUTCOMES, Better, Family, Outcome, Summary
from sim.params import Label
from sim.policies import registry
from sim.processes.categories import CATEGORIES, TASK, Category, Geometry
from sim.processes.rules import CATEGORY, GEOMETRIES, MOST_ACTORS, Rules
from sim.sums import added
from sim.view import ModelView
from sim.vocabulary import Kind

Reading = Callable[[Any], float]
"""``reading(model)``: one number a week; NaN if there is none."""

R = TypeVar("R", bound=Reading)
C = TypeVar("C", bound="type[OwnInstitution]")

GROUP = "yihe.plugins"
"""Entry-point group under which a package names modules that ``--plugin`` loads when asked for by name."""
NAME = r"^[a-z][a-z0-9_]{1,59}$"
MOST_SHARE = 0.9
"""Share of all frictions that categories of plug-ins may take together."""

TASK_KEY = "task"
_NUMBERS = tuple(
    name for name in Category.model_fields if name in (CATEGORY.names or ()) and name != "geometry")


class OwnInstitution(Institution):
    """Base of a plug-in's institutions: own columns, one decision a week after all others have decided.

    A subclass names its columns (``class Garden(OwnInstitution, columns=GardenState)``), a ``part`` under
    which they are kept, and the ``kind`` it acts for. Its columns belong to the run's state: they fork, and
    enter the digest. :meth:`decide` may write them, offer opportunities and set levers; nothing else. Levers
    that institutions read (``staff_hours``, ``training`` …) have been read by then and do nothing.
    """

    label: ClassVar[Label]

    @classmethod
    def found(cls, view: ModelView) -> Any:
        """Fresh columns: a named tuple of arrays."""
        raise NotImplementedError


class _Added(NamedTuple):
    module: str
    value: Any


_outcomes: dict[str, _Added] = {}
_categories: dict[str, _Added] = {}
_institutions: dict[str, _Added] = {}


def outcome(
    name: str, *, label: tuple[str, str], unit: str, better: Better = "neither", summary: Summary = "mean",
    of: Family = "state",
) -> Callable[[R], R]:
    """Declare an outcome and register the function that reads it from the model, once a week.

    Parameters
    ----------
    name : str
        Under which it is recorded: a–z, 0–9 and _.
    label : (str, str)
        Name in Chinese and English.
    unit : str
        Units that begin with ``share`` and the unit ``0 to 1`` bind it to 0 … 1, a name that ends in
        ``_gap`` to −1 … 1; everything else counts from 0.
    better : {"more", "less", "neither"}
    summary : {"mean", "last", "sum_per_year"}
        How a window of weeks becomes one number.
    of : {"participation", "disputes", "state", "cost"}

    Returns
    -------
    callable
        Decorator of ``reading(model) -> float``, which must change nothing.

    Raises
    ------
    YiheError
        If the name is taken, or something is missing.
    """

    def register(reading: R) -> R:
        module = reading.__module__
        _refuse(name, "结果指标", "outcome", module, _outcomes, OUTCOMES)
        _named(name, label)
        if not unit.strip():
            raise YiheError(f"指标 {name} 没有单位：请写 unit", f"the outcome {name} has no unit: give one")
        OUTCOMES[name] = Outcome(Label(zh=label[0], en=label[1]), unit, better, summary, of)
        _outcomes[name] = _Added(module, reading)
        registry.note_other(module, name, lambda: _forget_outcome(name))
        return reading

    return register


def category(
    key: str, *, label: tuple[str, str], geometry: Geometry, actors: Sequence[Kind], share: float,
    **numbers: float | bool,
) -> Category:
    """Add a kind of friction or need.

    The rate of frictions stays; the other categories make room in proportion.

    Parameters
    ----------
    key : str
    label : (str, str)
        Name in Chinese and English.
    geometry : {"neighbours", "building", "community", "household"}
        Between whom.
    actors : sequence of Kind
        Who must act together, in the order in which a file would travel; at most four.
    share : float
        Share of all potential frictions.
    **numbers
        The numbers of :class:`sim.processes.categories.Category`.

    Raises
    ------
    YiheError
        If the key is taken, a number is out of its range, or plug-ins take nearly all frictions.
    """
    module = str(sys._getframe(1).f_globals.get("__name__", ""))
    _refuse(key, "类别", "category", module, _categories, {TASK_KEY, *(c.key for c in CATEGORIES)})
    _named(key, label)
    if not 1 <= len(actors) <= MOST_ACTORS:
        raise YiheError(
            f"类别 {key} 应有 1 到 {MOST_ACTORS} 个处置方",
            f"the category {key} needs 1 to {MOST_ACTORS} actors")
    try:
        new = Category.model_validate({
            "key": key, "label": {"zh": label[0], "en": label[1]}, "geometry": geometry,
            "actors": tuple(actors), "share_salience": share, "share_wide": share, **numbers})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise YiheError(
            f"类别 {key} 的 {where} 不对（{first['msg']}）：请改正",
            f"the category {key} has a wrong {where} ({first['msg']}): mend it") from error
    others = added(old.share_wide for old in own_categories() if old.key != key)
    if not 0.0 < share <= MOST_SHARE - others:
        raise YiheError(
            f"类别 {key} 的占比 {share:g} 应大于 0，且自编类别合计不超过 {MOST_SHARE:g}",
            f"the share {share:g} of the category {key} must be above 0, and those of plug-ins at most "
            f"{MOST_SHARE:g} together")
    _categories[key] = _Added(module, new)
    registry.note_other(module, key, lambda: _forget(_categories, key))
    return new


def institution(cls: C) -> C:
    """Let a kind of institution take part in every week (decorator of a class).

    Parameters
    ----------
    cls : subclass of OwnInstitution

    Raises
    ------
    YiheError
        If its ``part``, ``kind`` or ``label`` is missing, or the part is taken.
    """
    part = cls.part
    if not part or not hasattr(cls, "kind") or not hasattr(cls, "label"):
        raise YiheError(
            f"机构 {cls.__name__} 须写明 part、kind 和 label",
            f"the institution {cls.__name__} must name its part, kind and label")
    _refuse(part, "机构", "institution", cls.__module__, _institutions, {"branch", "group", "household"})
    _named(part, (cls.label.zh, cls.label.en))
    _institutions[part] = _Added(cls.__module__, cls)
    registry.note_other(cls.__module__, part, lambda: _forget(_institutions, part))
    return cls


def located(given: str | Path) -> Path:
    """The file of a plug-in: as given, or that of a module an installed package names for it.

    Parameters
    ----------
    given : str or Path
        A file, or a name of the entry-point group :data:`GROUP`.

    Raises
    ------
    YiheError
        If a package names a module that cannot be found.
    """
    name = str(given)
    if Path(given).exists() or name.endswith(".py"):
        return Path(given)
    entry = next((entry for entry in entry_points(group=GROUP) if entry.name == name), None)
    if entry is None:
        return Path(given)
    try:
        spec = importlib.util.find_spec(entry.module)
    except ImportError:
        spec = None
    if spec is None or spec.origin is None:
        raise YiheError(
            f"插件 {name} 所指的模块 {entry.module} 找不到：请重新安装那个包",
            f"the module {entry.module} of the plug-in {name} cannot be found: install its package anew")
    return Path(spec.origin)


def own_outcomes() -> list[tuple[str, Reading]]:
    """Outcomes of plug-ins with their readings, by name."""
    return [(name, added.value) for name, added in sorted(_outcomes.items())]


def own_categories() -> list[Category]:
    """Categories of plug-ins, by key."""
    return [added.value for _, added in sorted(_categories.items())]


def own_institutions() -> list[type[OwnInstitution]]:
    """Institutions of plug-ins, by part: the order in which they decide."""
    return [added.value for _, added in sorted(_institutions.items())]


def module_of(what: str, name: str) -> str:
    """Module that added something; ``what`` is ``outcome``, ``category`` or ``institution``."""
    return {"outcome": _outcomes, "category": _categories, "institution": _institutions}[what][name].module


def category_keys() -> tuple[str, ...]:
    """Keys of all categories by code; where plug-ins add some, tasks from above stand between."""
    ours, own = tuple(c.key for c in CATEGORIES), tuple(c.key for c in own_categories())
    return (*ours, TASK_KEY, *own) if own else ours


def with_own_categories(rules: Rules) -> Rules:
    """Rules of case handling with rows for the plug-ins' categories after the row of tasks.

    The search along the cumulative shares stops at the last of our own categories, skips the row of tasks,
    whose share adds nothing, and goes on behind it.
    """
    own = own_categories()
    if not own:
        return rules
    left = 1.0 - added(c.share_wide for c in own)
    table = np.zeros(len(rules.category) + len(own), rules.category.dtype)
    actors = np.full((len(table), MOST_ACTORS), -1, np.int32)
    table[: TASK + 1], actors[: TASK + 1] = rules.category, rules.actors
    table["share"][: TASK + 1] *= left
    total = left
    for i, new in enumerate(own, start=TASK + 1):
        total += new.share_wide
        for name in _NUMBERS:
            table[name][i] = getattr(new, name)
        table["geometry"][i], table["share"][i] = GEOMETRIES.index(new.geometry), total
        table["between_neighbours"][i] = new.geometry == "neighbours"
        table["n_actors"][i] = len(new.actors)
        actors[i, : len(new.actors)] = [int(kind) for kind in new.actors]
    table["share"][-1] = 1.0
    return Rules(rules.key, rules.numbers, table, actors)


def _refuse(
    name: str, zh: str, en: str, module: str, added: dict[str, _Added], built_in: Any,
) -> None:
    """A name may be given anew by the module that gave it first, and by nobody else."""
    mine = name in added and added[name].module == module
    if not mine and (name in added or name in built_in):
        raise YiheError(
            f"{zh} {name} 已经存在：请换一个名称", f"the {en} {name} exists already: choose another name")


def _named(name: str, label: tuple[str, str]) -> None:
    if not re.match(NAME, name):
        raise YiheError(
            f"名称 {name} 只能用小写字母、数字和 _，并以字母开头",
            f"the name {name} may hold only a–z, 0–9 and _, and begins with a letter")
    if not all(text.strip() for text in label):
        raise YiheError(
            f"{name} 须有中文和英文名称：请写 label",
            f"{name} needs a Chinese and an English name: give label")


def _forget(added: dict[str, _Added], name: str) -> None:
    added.pop(name, None)


def _forget_outcome(name: str) -> None:
    _outcomes.pop(name, None)
    OUTCOMES.pop(name, None)
