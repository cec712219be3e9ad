"""Compare arms by seed: one call from scenarios to contrasts, claims and tidy tables.

>>> from sim import compare
>>> result = compare("scenarios/chaoyang_neighbour_festival.yaml", replicates=20)
>>> result.claims
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.results import RunResult, summarise
from sim.scenario.datafiles import check_data_files
from sim.scenario.schema import Scenario
from sim.study import failures, manifest, portable, ranges, store, verdicts
from sim.study.notebook import effects_html
from sim.study.plan import Plan, Source, make_plan, no_such_arm, refuse_one_arm, source
from sim.study.runner import Progress, Report, execute, pool_of
from sim.study.statistics import Band, Mean, band, holm, interval, paired, relative_change
from sim.study.store import Store
from sim.study.view import comparison_html, comparison_text
from sim.study.work import Engine, Failed

FloatArray = npt.NDArray[np.float64]

UNCALIBRATED = Label(zh="示意性，未经校准", en="illustrative, uncalibrated")

Given = str | Path | Scenario | Source
"""A scenario file, ``file:arm``, or a scenario."""


class Comparison:
    """Arms compared over the same seeds: illustrative, uncalibrated.

    Tables are read from the results folder when first asked for.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Results folder with merged tables.
    report : Report
        What was done, found finished, and failed.
    lang : {"zh", "en"}
        Language of the notebook display.
    holder : object, optional
        Kept alive as long as this is; a temporary folder, for example.
    """

    def __init__(
        self, plan: Plan, folder: Path, report: Report, lang: str = "zh", holder: object = None,
    ) -> None:
        self.plan, self.folder, self.report, self.lang = plan, folder, report, lang
        self._holder = holder
        self._columns: dict[str, pd.DataFrame] = {}

    @property
    def name(self) -> str:
        """Name of the scenario, or of all that are compared."""
        return self.plan.name

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in order."""
        return tuple(self.plan.arms)

    @property
    def control(self) -> str:
        """Arm the others are measured against."""
        return self.plan.control

    @property
    def labels(self) -> dict[str, Label]:
        """Name of each arm in both languages."""
        return {arm: origin.label for arm, origin in self.plan.origins.items()}

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """Each arm's resolved scenario."""
        return self.plan.arms

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds, ascending."""
        return self.plan.seeds

    @property
    def failed(self) -> tuple[Failed, ...]:
        """Runs that did not end well."""
        return self.report.failed

    @property
    def manifest(self) -> dict[str, Any]:
        """What made this study."""
        return manifest.read(self.folder)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """``key, arm, seed, digest, weeks`` and every outcome over the default window: one row a run."""
        return self._table("runs")

    @cached_property
    def series(self) -> pd.DataFrame:
        """``key, arm, seed, week`` and every outcome: one row a week of a run."""
        return self._table("series")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """``arm, seed, breakdown, group, size, week, value``: participation by group and week."""
        return self._table("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """``arm, seed, case`` and the fields of :data:`sim.results.CASE`, codes spelled out."""
        return self._table("cases")

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Every outcome of every arm against the control, paired by seed.

        ``outcome, arm, against, difference, low, high, relative, relative_low, relative_high, p, p_holm, n,
        effect, method``. ``p_holm`` holds the error rate over the whole table.
        """
        rows = [
            self._contrast(outcome, arm) for arm in self.arms if arm != self.control
            for outcome in OUTCOMES if outcome in self.runs
        ]
        columns = ["outcome", "arm", "against", "difference", "low", "high", "relative", "relative_low",
                   "relative_high", "p", "p_holm", "n", "effect", "method"]
        table = pd.DataFrame(rows, columns=[column for column in columns if column != "p_holm"])
        table["p_holm"] = holm(table["p"].to_numpy(float))
        return table[columns]

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Each claim and the outcomes beside it; columns as in :func:`sim.study.verdicts.judge`."""
        warmup = next(iter(self.scenarios.values())).warmup
        shares = verdicts.shares_of(lambda: self.cases, self.seeds, warmup)
        return pd.DataFrame(verdicts.judge(self.plan.claims(), self.values, shares))

    def values(self, outcome: str, arm: str, window: tuple[int, int] | None = None) -> FloatArray:
        """One value a seed, shape (seeds,); NaN for a run that failed.

        Parameters
        ----------
        outcome, arm : str
        window : (int, int), optional
            First week and one past the last, after the warm-up; the last 52 weeks if left out.
        """
        if window is None:
            return self._by_arm[arm][outcome].to_numpy(float)
        weekly = self.weekly(outcome, arm)[:, window[0]:window[1]]
        return np.array([summarise(outcome, row) for row in weekly], float)

    def weekly(self, outcome: str, arm: str) -> FloatArray:
        """Weekly values, shape (seeds, weeks); NaN rows for runs that failed."""
        if "series" in self.__dict__:
            rows = self.series[self.series["arm"] == arm]
        else:
            rows = self._weekly(outcome)
            rows = rows[rows["arm"] == arm]
        wide = rows.pivot(index="seed", columns="week", values=outcome)
        return wide.reindex(index=list(self.seeds), columns=range(self.plan.weeks)).to_numpy(float)

    def band(self, outcome: str, arm: str) -> Band:
        """Mean and pointwise 95 % interval by week."""
        return band(self.weekly(outcome, arm), bounds=ranges.of_level(outcome))

    def level(self, outcome: str, arm: str) -> Mean:
        """Mean over seeds with its 95 % interval, over the default window."""
        return interval(self.values(outcome, arm), bounds=ranges.of_level(outcome))

    def save(self, folder: str | Path) -> Path:
        """Copy the results folder.

        Raises
        ------
        YiheError
            If the target is there already or cannot be written.
        """
        target = Path(folder)
        if target.exists() and any(target.iterdir()):
            raise YiheError(
                "文件夹已存在且非空，不会覆盖：请换一个",
                "the folder exists and is not empty; it is not overwritten: choose another", file=target)
        hidden = shutil.ignore_patterns(".lock", ".parts")
        with store.writing(target):
            shutil.copytree(self.folder, target, dirs_exist_ok=True, ignore=hidden)
        return target

    def summary(self) -> dict[str, Any]:
        """Everything a program wants to know, ready for JSON; numbers that do not exist are None."""
        return clean({
            "uncalibrated": True, "note": UNCALIBRATED.model_dump(), "name": self.name,
            "study_key": self.plan.key, "folder": str(self.folder), "arms": list(self.arms),
            "control": self.control, "seed": self.seeds[0], "replicates": len(self.seeds),
            "weeks": self.plan.weeks,
            "compared_policies": sorted(self.plan.compared), "runs_done": self.report.done,
            "runs_reused": self.report.reused, "runs_failed": len(self.failed),
            "failed": [failures.described(failed) for failed in self.failed],
            "levels": [
                {"arm": arm, "outcome": outcome, **self.level(outcome, arm)._asdict()}
                for arm in self.arms for outcome in OUTCOMES if outcome in self.runs
            ],
            "contrasts": self.contrasts.to_dict("records"), "claims": self.claims.to_dict("records"),
        })

    def __repr__(self) -> str:
        """Name, arms (the control starred), seeds and verdicts in one line."""
        return comparison_text(self, self.lang)

    def _repr_html_(self) -> str:
        """Show arms, main outcomes, claims and effect sizes in a notebook."""
        return comparison_html(self, self.lang) + effects_html(self, self.lang)

    def _table(self, kind: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        # One point of no design: nothing to tell apart
        table = store.read(self.folder, kind, columns).to_pandas().drop(columns="point", errors="ignore")
        # The folder may hold more seeds than were asked for now
        mine = table["seed"].isin(self.seeds) & table["arm"].isin(self.arms)
        return table[mine].reset_index(drop=True)

    @cached_property
    def _by_arm(self) -> dict[str, pd.DataFrame]:
        """Runs of each arm, one row a seed of the plan; NaN for a run that failed."""
        runs = {str(arm): rows.set_index("seed") for arm, rows in self.runs.groupby("arm", sort=False)}
        nothing = self.runs.iloc[:0].set_index("seed")
        return {arm: runs.get(arm, nothing).reindex(list(self.seeds)) for arm in self.arms}

    def _weekly(self, outcome: str) -> pd.DataFrame:
        """One outcome's column of ``series``, read once."""
        if outcome not in self._columns:
            self._columns[outcome] = self._table("series", ["arm", "seed", "week", outcome])
        return self._columns[outcome]

    def _contrast(self, outcome: str, arm: str) -> dict[str, Any]:
        treatment, control = self.values(outcome, arm), self.values(outcome, self.control)
        found = paired(treatment, control, bounds=ranges.of_difference(outcome))
        ratio = relative_change(treatment, control, bounds=ranges.of_relative(outcome))
        return {
            "outcome": outcome, "arm": arm, "against": self.control, "relative": ratio.relative,
            "relative_low": ratio.low, "relative_high": ratio.high, **found._asdict(),
        }


def compare(
    *scenarios: Given, replicates: int = 20, weeks: int | None = None, seed: int | None = None,
    workers: int | None = None, out: str | Path | None = None, against: str | None = None, lang: str = "zh",
    progress: Progress | None = None, engine: Engine | None = None,
) -> Comparison:
    """Compare the arms of one scenario, or several scenarios, by seed.

    Parameters
    ----------
    *scenarios : str, Path or Scenario
        One with ``arms:``, or several, each an arm; ``"file.yaml:arm"`` names one arm of a file.
    replicates : int
        Seeds for each arm: ``seed``, ``seed + 1``, …
    weeks : int, optional
        Weeks after the warm-up instead of the scenario's own.
    seed : int, optional
        First seed; the first scenario's own if left out.
    workers : int, optional
        Processes; all processors if left out. Results never depend on it.
    out : path, optional
        Results folder, kept and re-used: what is finished there is not done again. Temporary if left out.
    against : str, optional
        Control arm; ``baseline``, ``none`` or the first arm if left out.
    lang : {"zh", "en"}
        Language of the notebook display.
    progress : callable, optional
        ``progress(done, total, failed)``.
    engine : callable, optional
        Stand-in for the model, for tests.

    Returns
    -------
    Comparison

    Raises
    ------
    YiheError
        For any mistake in the scenarios, fewer than two arms, or a folder that cannot be used.
    """
    if not scenarios:
        raise YiheError("请至少给一个情景", "give at least one scenario")
    plan = make_plan(
        [source(given, weeks) for given in scenarios], replicates=replicates, seed=seed, against=against)
    refuse_one_arm(plan)
    return do(plan, out, workers=workers, lang=lang, progress=progress, engine=engine)


def run(
    scenario: Given, seed: int | None = None, weeks: int | None = None, arm: str | None = None,
) -> RunResult:
    """One run in this process; nothing is written.

    Parameters
    ----------
    scenario : str, Path or Scenario
    seed : int, optional
        The scenario's own if left out.
    weeks : int, optional
        Weeks after the warm-up instead of the scenario's own.
    arm : str, optional
        One of the scenario's arms; the scenario itself if left out.
    """
    from sim.simulation import simulate

    plan = single(source(scenario, weeks), arm, seed=seed)
    return simulate(next(iter(plan.arms.values())), plan.seeds[0], compared=plan.compared)


def single(given: Source, arm: str | None, *, seed: int | None = None, replicates: int = 1) -> Plan:
    """The plan of one arm alone, or of a scenario without its arms."""
    wanted = arm or given.arm
    if wanted is not None and wanted not in given.scenario.arms:
        raise no_such_arm(wanted, given.scenario.arms, given.scenario.file)
    scenario = given.scenario if wanted else given.scenario.model_copy(update={"arms": {}, "targets": ()})
    return make_plan([Source(scenario, wanted)], replicates=replicates, seed=seed)


def do(
    plan: Plan, out: str | Path | None, *, workers: int | None = None, lang: str = "zh",
    progress: Progress | None = None, engine: Engine | None = None, command: str = "",
) -> Comparison:
    """Do a plan and keep its results in a folder; a temporary one if ``out`` is None."""
    holder = tempfile.TemporaryDirectory(prefix="yihe-") if out is None else None
    folder = Path(holder.name) if holder is not None else Path(str(out))
    for scenario in plan.arms.values():
        check_data_files(scenario)
    manifest.claim_folder(folder, plan.key)
    with Store(folder) as kept:
        manifest.claim_folder(folder, plan.key)  # once more, now that nobody else can write
        manifest.start(folder, _about(plan), command, workers)
        for number, each in enumerate(plan.sources):
            portable.write_scenario(each.scenario, folder, number)
        with pool_of(workers) as pool:
            failures.forget(folder, failures.put_aside(folder))
            report = execute(
                plan.table, kept, pool, progress=progress, engine=engine,
                on_failed=partial(failures.keep, folder, plan.table))
        kept.merge(plan.arms)
    manifest.finish(folder, runs_done=report.done, runs_reused=report.reused, runs_failed=len(report.failed))
    if not report.done and not report.reused:
        raise YiheError(
            f"{len(report.failed)} 次运行全部失败（{report.failed[0].error}）：详见 failures/",
            f"all {len(report.failed)} runs failed ({report.failed[0].error}): see failures/", file=folder)
    return Comparison(plan, folder, report, lang, holder)


def _about(plan: Plan) -> dict[str, Any]:
    """What names a comparison in its manifest."""
    labels = {arm: origin.label for arm, origin in plan.origins.items()}
    return {
        "name": plan.name, "study_key": plan.key, "seed": plan.seeds[0], "replicates": len(plan.seeds),
        "weeks": plan.weeks, "control": plan.control, "compared_policies": sorted(plan.compared),
        "arms": manifest.arms_of(plan.arms, labels),
    }


def clean(value: Any) -> Any:
    """A tree ready for JSON: NaN and infinities become None, NumPy's scalars plain ones."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
