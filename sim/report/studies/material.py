"""What figures and report of a study read: names, counts, factors and the tables of its analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from sim.params import Label
from sim.report.findings import JUDGED
from sim.report.material import Material, seed_text
from sim.report.palette import ArmStyle, arm_styles
from sim.report.studies.factors import Factor, factor_of
from sim.report.studies.tables import counted
from sim.report.words import ILLUSTRATIVE, say

BETWEEN = " - "
"""In ``of``: stands between the two arms of a contrast that is paired by seed."""

METHODS = {
    "grid": ("全因子网格", "full grid"),
    "one_at_a_time": ("一次一个因子", "one factor at a time"),
    "latin_hypercube": ("拉丁超立方抽样", "Latin hypercube"),
    "sobol_sequence": ("Sobol 序列", "Sobol sequence"),
    "sobol": ("Saltelli 抽样（用于 Sobol 指数）", "Saltelli sample, for Sobol indices"),
    "morris": ("Morris 轨迹", "Morris trajectories"),
    "factorial": ("两水平（部分）因子设计", "two-level (fractional) factorial"),
    "table": ("自备表格", "table of one's own"),
    "zip": ("列表逐项配对", "lists taken together"),
    "points": ("逐点列出", "points listed one by one"),
    "calibrate": ("校准", "calibration"),
    "optimise": ("优化搜索", "search for the best package"),
}
"""Names of designs, and of the algorithms that choose points of their own."""

SEARCHES = ("calibrate", "optimise")
"""Methods that choose their points as they go: a mean over the points means nothing there."""

MOST_OUTCOMES = 4
"""Outcomes that have figures of their own; of the others the tables are kept."""


@dataclass(frozen=True)
class StudyMaterial:
    """A study in the shape figures and report read.

    Parameters
    ----------
    name : str
        As in the study file; names the results folder.
    title : Label
    base : str
        Scenario the study starts from, as the study file names it.
    arms : mapping of str to Label
        In the order of the study.
    control : str or None
        Arm the others are measured against.
    method : str
        Of the design; one of :data:`METHODS` or any word.
    factors : mapping of str to Factor
        By key path; one that is missing is looked up when it is needed.
    tables : mapping of str to DataFrame
        By name; those that were not made are left out. See :mod:`sim.report.studies.tables`.
    outcomes : tuple of str
        Outcomes reported; the first :data:`MOST_OUTCOMES` have figures of their own.
    points, failed : int
        Design points; runs that failed and are left out.
    seeds : tuple of int
        Every seed that was run, ascending; with adaptive replicates not every point has all of them.
    weeks : int
        Length of a run after its warm-up.
    goal : mapping
        The stop rule, if there is one: ``outcome``, ``contrast``, ``half_width``.
    manifest : mapping
    """

    name: str
    title: Label
    base: str = ""
    arms: Mapping[str, Label] = field(default_factory=dict)
    control: str | None = None
    method: str = ""
    factors: Mapping[str, Factor] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    outcomes: tuple[str, ...] = JUDGED
    points: int = 0
    failed: int = 0
    seeds: tuple[int, ...] = ()
    weeks: int = 0
    goal: Mapping[str, Any] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def drawn(self) -> tuple[str, ...]:
        """Outcomes that have figures of their own."""
        return self.outcomes[:MOST_OUTCOMES]

    @property
    def searched(self) -> bool:
        """Whether points were chosen along the way, by calibration or optimisation."""
        return self.method in SEARCHES

    def prior(self, key: str) -> tuple[float, float, str]:
        """Range that a parameter is drawn from, and the shape of its prior; as declared if nothing says."""
        table = self.table("shrinkage")
        known = [] if table is None else table.loc[table["parameter"] == key].to_dict("records")
        if known:
            return float(known[0]["prior_low"]), float(known[0]["prior_high"]), str(known[0]["prior"])
        return self.factor(key).low, self.factor(key).high, "uniform"

    def table(self, name: str) -> pd.DataFrame | None:
        """One table; None if it was not made."""
        return self.tables.get(name)

    @property
    def key(self) -> str:
        """Content hash of the study."""
        return str(self.manifest.get("study_key", ""))

    @cached_property
    def contrasts(self) -> list[str]:
        """Each arm against the control, as ``of``."""
        others = [arm for arm in self.arms if arm != self.control]
        return [f"{arm}{BETWEEN}{self.control}" for arm in others] if self.control in self.arms else []

    @cached_property
    def styles(self) -> dict[str, ArmStyle]:
        """Style of each arm."""
        return arm_styles(list(self.arms), self.control)

    def arm(self, key: str, lang: str) -> str:
        """Name of an arm; its key if it has none."""
        return self.arms[key].text(lang) if key in self.arms else key

    def arm_marked(self, key: str, lang: str) -> str:
        """Name of an arm; the control is marked."""
        return self.arm(key, lang) + (say(lang, "（对照）", " (control)") if key == self.control else "")

    def of(self, of: str, lang: str) -> str:
        """Name of what was analysed: an arm, or a contrast of two."""
        a, between, b = of.partition(BETWEEN)
        return f"{self.arm(a, lang)} − {self.arm(b, lang)}" if between else self.arm(a, lang)

    def factor(self, key: str) -> Factor:
        """A factor by its key path."""
        return self.factors.get(key) or factor_of(key)

    def design(self, lang: str) -> str:
        """Name of the design."""
        return say(lang, *METHODS[self.method]) if self.method in METHODS else self.method or "—"

    def note(self, lang: str, *extra: str) -> str:
        """Footnote of every figure: status, study, key, points, replicates; ``extra`` lines above it."""
        n = len(self.seeds)
        counts = say(
            lang,
            f"{self.points} 个设计点 · {n} 个种子（{seed_text(list(self.seeds))}）",
            f"{counted(self.points, 'design point')} · {counted(n, 'seed')} ({seed_text(list(self.seeds))})",
        )
        if self.failed:
            counts += say(
                lang, f" · {self.failed} 次运行失败，未计入", f" · {self.failed} failed runs left out")
        source = f"{self.title.text(lang)} · {say(lang, '键', 'key')} {self.key[:12] or '—'}"
        return "\n".join([*extra, f"{ILLUSTRATIVE.text(lang)} · {source} · {counts}"])

    def as_comparison(self) -> Material:
        """The part that reports of comparisons read, for what both say in the same words."""
        runs = pd.DataFrame({"arm": "", "seed": list(self.seeds)})
        return Material(
            name=self.title, arms=(), control=self.control, runs=runs, tables=lambda _: pd.DataFrame(),
            claims=pd.DataFrame(), weeks=self.weeks, key=self.key, manifest=self.manifest,
            failed=self.failed)


def is_contrast(of: str) -> bool:
    """Whether ``of`` is a difference of two arms."""
    return BETWEEN in of
