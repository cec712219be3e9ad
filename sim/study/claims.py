"""Every scenario's claims put to the test: what ``yihe claims`` does.

Verdicts are those of ``yihe compare``: the same runs, windows and rule, and the same policies' own events
left out. Of a scenario with many arms only those its claims name are run; where ``yihe compare`` has finished
enough replicates of the very study already, nothing is run at all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.study.commands import RESULTS
from sim.study.compare import Comparison, clean, do
from sim.study.manifest import read
from sim.study.plan import Plan, make_plan, source
from sim.study.runner import Progress, Report
from sim.study.verdicts import FEW
from sim.study.work import Engine

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "claims"
"""Folder of the results folder in which runs for claims are kept."""
QUICK = 5
"""Replicates of a quick look."""
USUAL = 20


class Tested(NamedTuple):
    """A scenario whose claims were tested, or which makes none."""

    name: str
    title: Label
    source: str
    file: str
    claims: pd.DataFrame | None
    """As :func:`sim.study.verdicts.judge` makes them; None if the scenario makes none."""
    replicates: int
    """Seeds asked for."""
    seeds: tuple[int, ...]
    failed: int
    """Runs that failed."""
    folder: str
    arms: Mapping[str, Label] = MappingProxyType({})
    """Name of each arm that claims are about."""

    def summary(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        found = [] if self.claims is None else self.claims.to_dict("records")
        rows = [
            {**row, "unit": _unit(row),
             **{f"{side}_label": self.arms[row[side]].model_dump()
                for side in ("arm", "against") if row[side] in self.arms}}
            for row in found]
        return clean({
            **self._asdict(), "arms": {arm: label.model_dump() for arm, label in self.arms.items()},
            "few_replicates": self.claims is not None and len(self.seeds) < FEW,
            "title": self.title.model_dump(), "claims": rows, "has_claims": self.claims is not None})


def _unit(row: Mapping[Hashable, Any]) -> str:
    """Unit of what is simulated."""
    named = {"relative": "relative", "within": "share of cases"}
    return named.get(row["statistic"], OUTCOMES[row["outcome"]].unit)


def put_to_test(
    files: Sequence[str | Path], *, replicates: int = USUAL, seed: int | None = None,
    workers: int | None = None, results: Path = RESULTS, lang: str = "zh", progress: Progress | None = None,
    engine: Engine | None = None, command: str = "", announce: Callable[[Label], None] | None = None,
) -> Iterator[Tested]:
    """Test the claims of some scenarios, one scenario after the other.

    Parameters
    ----------
    files : sequence of str or Path
    replicates : int
        Seeds for each arm.
    seed : int, optional
        First seed; each scenario's own if left out.
    workers : int, optional
        Processes.
    results : Path
        Where finished runs are kept and found again.
    lang : {"zh", "en"}
    progress : callable, optional
        ``progress(done, total, failed)``.
    engine : callable, optional
        Stand-in for the model, for tests.
    command : str
        The command, for the manifest.
    announce : callable, optional
        Told the title of each scenario that must be run, before it is.

    Yields
    ------
    Tested

    Raises
    ------
    YiheError
        If a scenario is wrong or a folder cannot be used.
    """
    for file in files:
        given = source(file)
        scenario = given.scenario
        if not scenario.targets:
            yield Tested(
                scenario.name, scenario.title, scenario.source, str(file), None, 0, (), 0, "")
            continue
        whole = make_plan([given], replicates=replicates, seed=seed)
        found = _compared_already(whole, results, lang)
        if found is None:
            plan = only_claims(whole)
            if announce is not None:
                announce(scenario.title)
            found = do(
                plan, _folder(plan, results), workers=workers, lang=lang, progress=progress, engine=engine,
                command=command)
        yield _tested(found, file, replicates)


def _tested(found: Comparison, file: str | Path, replicates: int) -> Tested:
    scenario = found.plan.sources[0].scenario
    return Tested(
        scenario.name, scenario.title, scenario.source, str(file), found.claims, replicates, found.seeds,
        len(found.failed), str(found.folder), found.labels)


def only_claims(plan: Plan) -> Plan:
    """A plan with the arms that its claims name, leaving out the same policies' own events as the whole."""
    named = {arm for tested in plan.claims() for arm in (tested.treatment, tested.control)}
    arms = {arm: scenario for arm, scenario in plan.arms.items() if arm in named}
    control = plan.control if plan.control in arms else next(iter(arms))
    origins = {arm: plan.origins[arm] for arm in arms}
    return dataclasses.replace(plan, arms=arms, origins=origins, control=control)


def _compared_already(whole: Plan, results: Path, lang: str) -> Comparison | None:
    """What ``yihe compare`` left, if it is this very study, complete, and has seeds enough; only read."""
    folder = results / whole.name
    try:
        found = read(folder)
    except YiheError:
        return None
    complete = found.get("study_key") == whole.key and found.get("finished") and not found.get("runs_failed")
    enough = found.get("seed") == whole.seeds[0] and found.get("replicates", 0) >= len(whole.seeds)
    if not (complete and enough):
        return None
    return Comparison(whole, folder, Report(0, whole.table.total, ()), lang)


def _folder(plan: Plan, results: Path) -> Path:
    """Where runs for claims are kept; beside a folder that other code or another scenario has made."""
    folder = results / FOLDER / plan.name
    if read(folder).get("study_key") not in (None, plan.key):
        return results / FOLDER / f"{plan.name}-{plan.key[:8]}"
    return folder
