"""Everything that has a name, found by it: policies, regimes, parameters, switches, outcomes, scenarios …"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import sim
from sim.errors import YiheError
from sim.explain.switches import switches
from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import Declared, Label, declared
from sim.policies.registry import policy_kinds
from sim.processes.categories import CATEGORIES, Category
from sim.processes.parameters import Shock
from sim.scenario import yamlfile
from sim.scenario.conditions import CONDITIONS
from sim.scenario.schema import Scenario
from sim.vocabulary import Regime

What = Literal["policy", "scenario", "outcome", "parameter", "switch", "condition", "lever", "regime"]

WHAT: dict[What, Label] = {
    "policy": Label(zh="政策", en="policy"),
    "scenario": Label(zh="情景", en="scenario"),
    "outcome": Label(zh="指标", en="outcome"),
    "parameter": Label(zh="参数", en="parameter"),
    "switch": Label(zh="开关", en="switch"),
    "condition": Label(zh="困境", en="condition"),
    "lever": Label(zh="操纵量", en="lever"),
    "regime": Label(zh="协调方式", en="regime"),
}


_QUICK: tuple[What, ...] = ("policy", "regime", "outcome", "condition", "lever", "parameter")
"""Sorts that need no file to be read; parameters bring the switches with them."""


class Named(NamedTuple):
    """One thing that can be explained."""

    what: What
    key: str
    label: Label
    file: Path | None = None
    """Of a scenario."""


def scenario_files(folder: Path | None = None) -> list[Path]:
    """Scenario files: those in ``scenarios/`` of the working folder, else those beside the package."""
    places = [Path("scenarios"), Path(sim.__file__).parent.parent / "scenarios"]
    for place in [folder] if folder is not None else places:
        files = sorted(place.glob("*.yaml"))
        if files:
            return files
    return []


def parameters(own: bool = True) -> dict[str, Declared]:
    """Every declared number by key path: of scenarios, shocks, dispute categories, and policies.

    Parameters
    ----------
    own : bool
        Whether categories of plug-ins belong to it.
    """
    found = {number.path: number for number in declared(Scenario)}
    found.update((number.path, number) for number in declared(Shock, "shocks"))
    for category in (*CATEGORIES, *(_own_categories() if own else ())):
        block = declared(type(category), f"categories.{category.key}", category)
        found.update((number.path, number) for number in block)
    for kind, cls in policy_kinds().items():
        found.update((number.path, number) for number in declared(cls, f"policies.{kind}"))
    return found


def _own_categories() -> list[Category]:
    """Categories of plug-ins; none if no plug-in has loaded what adds them, which takes over a second."""
    loaded = sys.modules.get("sim.plugins")
    return [] if loaded is None else loaded.own_categories()


def everything(what: What | None = None) -> Iterator[Named]:
    """All that can be explained, or all of one sort; switches are among the parameters as well."""
    if what in (None, "policy"):
        for kind, cls in policy_kinds().items():
            yield Named("policy", kind, cls.card.name)
    if what in (None, "scenario"):
        yield from _scenarios()
    if what in (None, "regime"):
        for regime in Regime:
            yield Named("regime", regime.key, Label(zh=regime.zh, en=regime.en))
    if what in (None, "outcome"):
        for key, outcome in OUTCOMES.items():
            yield Named("outcome", key, outcome.label)
    if what in (None, "condition"):
        for key, condition in CONDITIONS.items():
            yield Named("condition", key, condition.label)
    if what in (None, "lever"):
        for key, lever in LEVERS.items():
            yield Named("lever", key, lever.label)
    if what in (None, "parameter"):
        for path, number in parameters().items():
            yield Named("parameter", path, Label(zh=number.zh, en=number.en))
    if what in (None, "parameter", "switch"):
        for path, switch in switches().items():
            yield Named("switch", path, switch.names.label)


def _scenarios(files: list[Path] | None = None) -> Iterator[Named]:
    """Scenario files by the name and title they give themselves; nothing else in them is looked at."""
    for file in scenario_files() if files is None else files:
        try:
            tree, _ = yamlfile.parse(yamlfile.read_text(file), str(file))
        except YiheError:
            continue  # yihe validate says what is wrong with it
        name, title = str(tree.get("name", file.stem)), tree.get("title")
        both = title if isinstance(title, Mapping) else {}
        label = Label(zh=str(both.get("zh", name)), en=str(both.get("en", name)))
        yield Named("scenario", name, label, file)


def find(name: str) -> Named:
    """The thing of that name: by key, by Chinese or English name, then by part of a name if only one fits.

    Parameters
    ----------
    name : str
        A scenario may be named by its file.

    Raises
    ------
    YiheError
        If nothing has that name, with the nearest; or if several have.
    """
    file = Path(name)
    if file.suffix in (".yaml", ".yml"):
        from sim.scenario.reading import load

        scenario = load(file)
        return Named("scenario", scenario.name, scenario.title, file)
    wanted = name.strip().casefold()
    by_stem = [file for file in scenario_files() if file.stem.casefold() == wanted]
    things = [thing for sort in _QUICK for thing in everything(sort)]
    found = [thing for thing in things if _by_key(thing, wanted)]
    if not (found or by_stem):  # only now are all scenario files read
        things += _scenarios()
    elif by_stem and not found:
        things += _scenarios(by_stem)
    for fits in (_by_key, _by_name, _by_last_key, _by_part):
        found = [thing for thing in things if fits(thing, wanted)]
        if len({_sort(thing) for thing in found}) > 1:  # a policy before a number of its name
            found = [thing for thing in found if _sort(thing) == _sort(found[0])]
        if len(found) == 1:
            return found[0]
        if found and fits is not _by_part:
            raise _several(name, found)
    raise _nothing(name, things, [thing for thing in things if _by_part(thing, wanted)])


def _sort(thing: Named) -> What:
    """Numbers and switches stand side by side: neither goes before the other."""
    return "parameter" if thing.what == "switch" else thing.what


def _by_key(thing: Named, wanted: str) -> bool:
    return thing.key.casefold() == wanted


def _by_name(thing: Named, wanted: str) -> bool:
    return wanted in (thing.label.zh.casefold(), thing.label.en.casefold())


def _by_last_key(thing: Named, wanted: str) -> bool:
    """``atomisation`` for ``ties.atomisation``."""
    return _sort(thing) == "parameter" and thing.key.casefold().endswith("." + wanted)


def _by_part(thing: Named, wanted: str) -> bool:
    texts = (thing.key, thing.label.zh, thing.label.en)
    return _sort(thing) != "parameter" and any(wanted in text.casefold() for text in texts)


def _several(name: str, found: list[Named]) -> YiheError:
    keys = "、".join(thing.key for thing in found[:6])
    more = f"……共 {len(found)} 处" if len(found) > 6 else ""
    return YiheError(
        f"{name} 不止一个：{keys}{more}，请写全名",
        f"{name} may be {', '.join(thing.key for thing in found[:6])}"
        f"{f' … ({len(found)} in all)' if len(found) > 6 else ''}; give the whole name")


def _nothing(name: str, things: list[Named], part: list[Named]) -> YiheError:
    if part:
        return _several(name, part)
    words: Mapping[str, str] = {
        text: thing.key for thing in things for text in (thing.key, thing.label.zh, thing.label.en)}
    near = dict.fromkeys(words[word] for word in difflib.get_close_matches(name, words, n=5, cutoff=0.5))
    guess = list(near)[:3]
    if guess:
        return YiheError(
            f"没有名为 {name} 的{_SORTS_ZH}，是否想写 {'、'.join(guess)}？",
            f"no {_SORTS_EN} is called {name}; did you mean {', '.join(guess)}?")
    return YiheError(
        f"没有名为 {name} 的{_SORTS_ZH}；用 yihe list policies 等查看全部",
        f"no {_SORTS_EN} is called {name}; yihe list policies and its like show all")


_SORTS_ZH = "政策、协调方式、参数、开关、指标、情景、困境或操纵量"
_SORTS_EN = "policy, regime, parameter, switch, outcome, scenario, condition or lever"
