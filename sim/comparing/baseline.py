"""A recorded baseline: every outcome of every arm of a scenario in a short form, small enough to keep.

The short form is one seed, 6 weeks of warm-up and 26 weeks, or as many as the last shock needs to be felt.
For each arm there are hashes of everything a run leaves, one of all outcomes of each week, and for each
outcome a hash of its whole series and its value in two weeks, so that a reader sees what it was.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.comparing.difference import Change, Difference, Setting, ordered
from sim.comparing.settings import made_by
from sim.errors import YiheError
from sim.params import Label
from sim.results import RunResult
from sim.scenario.naming import scenario_key
from sim.scenario.reading import load
from sim.scenario.schema import Scenario
from sim.study.plan import Source, make_plan
from sim.study.work import Engine, default_engine

FORMAT = 1
WARMUP, WEEKS, AFTER_SHOCK = 6, 26, 8
LARGEST, FEW_WEEKS = 100_000, 4
"""Residents beyond which a scenario is recorded over a few weeks only."""

_MADE_BY = ("numpy", "numba", "scipy", "mesa")


class Seen(NamedTuple):
    """One outcome of one arm: hash of its series, and its values in the weeks shown."""

    mark: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ArmRecord:
    """What is kept of one run.

    Parameters
    ----------
    scenario : str
        Content key of the arm.
    state, series, groups, cases : str
        Hashes of the final state and of every table.
    weekly : str
        Four digits a week: a hash of all outcomes of that week.
    outcomes : dict of str to Seen
    """

    scenario: str
    state: str
    series: str
    groups: str
    cases: str
    weekly: str
    outcomes: dict[str, Seen]

    def marks(self) -> dict[str, str]:
        """Every hash of whole tables, by its name."""
        return {name: getattr(self, name) for name in ("state", "series", "groups", "cases")}


@dataclass(frozen=True)
class Record:
    """The baseline of one scenario file."""

    name: str
    seed: int
    warmup: int
    weeks: int
    shown: tuple[int, ...]
    made_by: dict[str, Any]
    arms: dict[str, ArmRecord]


class Form(NamedTuple):
    """Seed and length of the runs recorded."""

    seed: int
    warmup: int
    weeks: int


def short_form(scenario: Scenario) -> Form:
    """How long a scenario is run for its baseline."""
    if scenario.places.communities * scenario.population.residents > LARGEST:
        return Form(scenario.seed, 1, FEW_WEEKS)
    every = (scenario, *(scenario.arm(name) for name in scenario.arms))
    ends = [shock.week + shock.weeks + AFTER_SHOCK for one in every for shock in one.shocks]
    return Form(scenario.seed, min(WARMUP, scenario.warmup), min(max([WEEKS, *ends]), scenario.weeks))


def record(
    file: Path, *, only: Collection[str] | None = None, form: Form | None = None,
    engine: Engine | None = None,
) -> Record:
    """Run a scenario file in its short form.

    Parameters
    ----------
    file : Path
    only : collection of str, optional
        Only these arms.
    form : Form, optional
        That of the scenario if left out.
    engine : Engine, optional
        Stand-in for the model, for tests.

    Raises
    ------
    YiheError
        For a mistake in the file.
    """
    form = form or short_form(load(file))
    scenario = load(file, [("targets", []), ("warmup", form.warmup), ("weeks", form.weeks)])
    plan = make_plan([Source(scenario)], replicates=1, seed=form.seed)
    arms = {name: arm for name, arm in plan.arms.items() if only is None or name in only}
    results = (engine or default_engine())(arms, form.seed, plan.compared) if arms else {}
    shown = (form.weeks // 2 - 1, form.weeks - 1)
    recorded = {name: _recorded(arms[name], results[name], shown) for name in arms}
    return Record(plan.name, form.seed, form.warmup, form.weeks, shown, _made_by(), recorded)


def _recorded(scenario: Scenario, result: RunResult, shown: tuple[int, ...]) -> ArmRecord:
    series = {name: np.ascontiguousarray(values, np.float64) for name, values in result.series.items()}
    weeks, log = zip(*(values.tolist() for values in series.values()), strict=True), result.cases
    return ArmRecord(
        scenario=scenario_key(scenario), state=result.digest, series=_hash(*series.values()),
        groups=_hash(*(np.asarray(table, np.float64) for table in result.groups.values())),
        cases=f"{len(log)} {_hash(*(log[name] for name in log.dtype.names or ()))}",
        weekly="".join(_hash(np.array(week), digits=4) for week in weeks),
        outcomes={
            name: Seen(_hash(values, digits=6), tuple(f"{values[week]:.5g}" for week in shown))
            for name, values in series.items()})


def _hash(*columns: Any, digits: int = 20) -> str:
    mill = hashlib.blake2b()
    for column in columns:
        plain = np.ascontiguousarray(column)
        if plain.dtype.kind == "f":
            plain = np.where(np.isnan(plain), np.nan, plain)  # one NaN, whatever its sign
        mill.update(plain.tobytes() + b"|")
    return mill.hexdigest()[:digits]


def _made_by() -> dict[str, Any]:
    return {"python": platform.python_version(),
            "packages": {name: metadata.version(name) for name in _MADE_BY}}


def write(recorded: Record, file: Path) -> None:
    """Write a baseline: a line an outcome, its arms side by side."""
    arms = recorded.arms
    outcomes: dict[str, list[str]] = {}
    for name in next(iter(arms.values())).outcomes:
        seen = [arm.outcomes[name] for arm in arms.values()]
        outcomes[name] = [" ".join([one.mark, *one.values]) for one in seen]
    about = {"format": FORMAT, "name": recorded.name, "seed": recorded.seed, "warmup": recorded.warmup,
             "weeks": recorded.weeks, "shown": list(recorded.shown), "made_by": recorded.made_by}
    heads = {
        name: {key: value for key, value in asdict(arm).items() if key != "outcomes"}
        for name, arm in arms.items()}
    blocks = [_block("arms", heads), _block("outcomes", outcomes)]
    text = "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in about.items())
    file.write_text("{\n" + text + ",\n".join(blocks) + "\n}\n", encoding="utf-8", newline="\n")


def _block(name: str, members: Mapping[str, Any]) -> str:
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in members.items())
    return f' "{name}": {{\n{lines}\n }}'


def read(file: Path) -> Record:
    """A baseline as :func:`write` wrote it.

    Raises
    ------
    YiheError
        If the file is missing or no baseline.
    """
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
        if tree["format"] != FORMAT:
            raise ValueError(f"format {tree['format']}")
        arms = {}
        for i, (name, head) in enumerate(tree["arms"].items()):
            rows = {outcome: row[i].split() for outcome, row in tree["outcomes"].items()}
            arms[name] = ArmRecord(**head, outcomes={
                outcome: Seen(mark, tuple(values)) for outcome, (mark, *values) in rows.items()})
        return Record(tree["name"], tree["seed"], tree["warmup"], tree["weeks"], tuple(tree["shown"]),
                      tree["made_by"], arms)
    except OSError as error:
        raise YiheError("读不了这份基线：请检查路径", "this baseline cannot be read: check the path",
                        file=file) from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise YiheError(
            "不是记录的基线：请给出记录基线时写出的 .json 文件",
            "this is no recorded baseline: give a .json file that recording one wrote", file=file) from error


def between_records(
    before: Record, after: Record, names: tuple[str, str], *, only: Collection[str] | None = None,
) -> Difference:
    """What differs between two baselines.

    Parameters
    ----------
    before, after : Record
    names : (str, str)
        What the two are called.
    only : collection of str, optional
        Arms looked at; all if left out.

    Raises
    ------
    YiheError
        If they were not recorded over the same weeks.
    """
    forms = [(one.warmup, one.weeks, one.shown) for one in (before, after)]
    if forms[0] != forms[1]:
        raise YiheError(
            "两份基线的周数不同，无法相比：请用同样的周数重新记录",
            "the two baselines were recorded over different weeks and cannot be compared: record one anew",
            file=names[1])
    wanted = {*before.arms, *after.arms} if only is None else set(only)
    ours, theirs = ({name for name in one.arms if name in wanted} for one in (before, after))
    both = [name for name in before.arms if name in ours & theirs]
    settings = [
        Setting("scenario", name, before.arms[name].scenario, after.arms[name].scenario)
        for name in both if before.arms[name].scenario != after.arms[name].scenario]
    if before.seed != after.seed:
        settings.append(Setting("setup", "seed", str(before.seed), str(after.seed)))
    changes: list[Change] = []
    tables: dict[str, int] = {}
    missing: set[str] = set()
    equal = 0
    for name in both:
        one, other = before.arms[name], after.arms[name]
        missing |= one.outcomes.keys() ^ other.outcomes.keys()
        unlike = [key for key, mark in one.marks().items() if mark != other.marks()[key]]
        equal += not unlike
        for key in unlike:
            if key != "series":
                tables[key] = tables.get(key, 0) + 1
        changes += _changes(name, one, other, before.shown)
    shared = [name for arm in both[:1] for name in before.arms[arm].outcomes if name not in missing]
    return Difference(
        before=names[0], after=names[1], settings=(*settings, *made_by(before.made_by, after.made_by)),
        matched=len(both), only_before=len(ours - theirs), only_after=len(theirs - ours), equal=equal,
        outcomes=len(shared), missing=tuple(sorted(missing)), changes=ordered(changes), tables=tables,
        beside=tuple(sorted(ours ^ theirs)))


def _changes(arm: str, one: ArmRecord, other: ArmRecord, shown: tuple[int, ...]) -> list[Change]:
    """Outcomes whose hashes differ, each in the week shown in which it differs most."""
    weeks = [one.weekly[i:i + 4] != other.weekly[i:i + 4] for i in range(0, len(one.weekly), 4)]
    begun = weeks.index(True) if True in weeks else None
    found = []
    for name, seen in one.outcomes.items():
        now = other.outcomes.get(name)
        if now is None or now.mark == seen.mark:
            continue
        pairs = [(float(a), float(b)) for a, b in zip(seen.values, now.values, strict=True)]
        at = int(np.argmax([np.nan_to_num(abs(b - a)) for a, b in pairs]))
        found.append(Change(arm, name, 1, *pairs[at], float("nan"), begun, shown[at]))
    return found


RENEW = Label(
    zh="若改动是有意的：用 python tests/record_baselines.py --renew 更新基线，并在 CHANGELOG.md 写一行说明",
    en="if the change is meant: renew with python tests/record_baselines.py --renew, and add a line to "
       "CHANGELOG.md")
"""What to do when a baseline differs."""
