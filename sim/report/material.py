"""What a report reads: one fixed shape made out of a comparison, the same for every picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.report.palette import ArmStyle, arm_styles, regime_styles
from sim.report.tiles import Site, site_of
from sim.report.words import ILLUSTRATIVE, replicates_en, say
from sim.scenario.naming import scenario_key
from sim.study.verdicts import FEW
from sim.vocabulary import WEEK_HOURS, Regime

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.study.compare import Comparison

FloatArray = npt.NDArray[np.float64]

CLAIM_COLUMNS = (
    "claim",
    "label_zh",
    "label_en",
    "source",
    "outcome",
    "judged",
    "arm",
    "against",
    "claimed_zh",
    "claimed_en",
    "claimed_relative",
    "statistic",
    "simulated",
    "low",
    "high",
    "verdict",
    "verdict_zh",
    "verdict_en",
)
"""Columns of claims that reports read."""


UNNAMED = Label(zh="—", en="—")


@dataclass(frozen=True)
class Arm:
    """One arm: a key, a name, who coordinates, which policies, in which weeks these start, and the rest."""

    key: str
    label: Label
    regime: Label = UNNAMED
    policies: tuple[Label, ...] = ()
    starts: tuple[int, ...] = ()
    setting: str = ""
    """Hash of everything but regime and policies: place, people, money, conditions, numbers."""
    site: Site | None = None
    """Its streets, communities and grids."""


@dataclass(frozen=True)
class Material:
    """A comparison in the shape reports read.

    Parameters
    ----------
    name : Label
        Of the scenario or study.
    arms : tuple of Arm
    control : str or None
        Key of the arm the others are measured against.
    runs : DataFrame
        ``arm, seed`` and one column an outcome.
    tables : callable
        ``tables("series")``, ``"groups"`` or ``"cases"``: the long tables, read when first needed.
    claims : DataFrame
        One row a claim and outcome, as made by :func:`sim.study.verdicts.judge`.
    weeks, warmup : int
        Length of a run after its warm-up, and of the warm-up.
    key : str
        Content hash.
    manifest : mapping
    failed : int
        Runs that didn't end well and are left out.
    files : int
        Scenarios that are compared.
    """

    name: Label
    arms: tuple[Arm, ...]
    control: str | None
    runs: pd.DataFrame
    tables: Callable[[str], pd.DataFrame]
    claims: pd.DataFrame
    weeks: int = 0
    warmup: int = 0
    key: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    failed: int = 0
    files: int = 1

    @cached_property
    def series(self) -> pd.DataFrame:
        """``arm, seed, week`` and one column an outcome."""
        return self.tables("series")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """``arm, seed, week, breakdown, group, value``."""
        return self.tables("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """``arm, seed`` and the fields of :data:`sim.results.CASE`, codes spelled out."""
        return self.tables("cases")

    def wide(self, outcome: str) -> pd.DataFrame:
        """One outcome of all runs: a row a seed, a column an arm."""
        return pd.DataFrame(self._wide[outcome])

    @cached_property
    def _wide(self) -> pd.DataFrame:
        outcomes = [name for name in self.runs if name in OUTCOMES]
        return self.runs.pivot(index="seed", columns="arm", values=outcomes)

    @cached_property
    def effects(self) -> dict[tuple[str, str, str], Any]:
        """Differences worked out so far, by arm, other arm and outcome: pages ask for each several times."""
        return {}

    @property
    def end_work(self) -> float:
        """Working hours from the start of the model to the end of a run."""
        return (self.warmup + self.weeks) * WEEK_HOURS

    @property
    def keys(self) -> list[str]:
        """Keys of the arms, in order."""
        return [arm.key for arm in self.arms]

    @cached_property
    def styles(self) -> dict[str, ArmStyle]:
        """Style of each arm."""
        crossed = [(arm.key, arm.regime.en, bool(arm.policies)) for arm in self.arms]
        if len({regime for _, regime, _ in crossed}) > 1 and len({c[1:] for c in crossed}) == len(crossed):
            return regime_styles(crossed)
        return arm_styles(self.keys, self.control)

    @cached_property
    def seeds(self) -> list[int]:
        """Seeds of the runs, ascending."""
        return sorted(int(seed) for seed in self.runs["seed"].unique())

    @property
    def replicates(self) -> int:
        """Most runs an arm has."""
        return int(self.runs.groupby("arm").size().max()) if len(self.runs) else 0

    def label(self, arm: str, lang: str) -> str:
        """Name of an arm; the control is marked if there is another arm."""
        name = next((a.label.text(lang) for a in self.arms if a.key == arm), arm)
        marked = arm == self.control and len(self.arms) > 1
        return name + (say(lang, "（对照）", " (control)") if marked else "")

    def weekly(self, arm: str, outcome: str) -> FloatArray:
        """Weekly series of one outcome, shape (runs, weeks); seeds ascending."""
        rows = self.series[self.series["arm"] == arm] if outcome in self.series else self.series.iloc[:0]
        return pivot(rows, outcome)

    def per_seed(self, arm: str, outcome: str) -> FloatArray:
        """One value a run, seeds ascending; empty if the outcome wasn't kept."""
        if outcome not in self.runs:
            return np.empty(0)
        rows = self.runs[self.runs["arm"] == arm].sort_values("seed", kind="stable")
        return rows[outcome].to_numpy(float)

    def source(self, lang: str) -> str:
        """Scenario and key, for footnotes."""
        return f"{self.name.text(lang)} · {say(lang, '键', 'key')} {self.key[:12] or '—'}"

    def note(self, lang: str, *extra: str) -> str:
        """Footnote of every figure: status, scenario, key, seeds, replicates; ``extra`` lines above it."""
        n = self.replicates
        few = say(lang, "（少，区间不稳）", " (few: intervals are unsteady)") if 1 < n < FEW else ""
        runs = say(
            lang,
            f"种子 {seed_text(self.seeds)} · 每个方案 {n} 次重复{few}",
            f"seeds {seed_text(self.seeds)} · {replicates_en(n)} an arm{few}",
        )
        return "\n".join([*extra, f"{ILLUSTRATIVE.text(lang)} · {self.source(lang)} · {runs}"])


def pivot(rows: pd.DataFrame, column: str) -> FloatArray:
    """``seed, week, column`` as an array of shape (runs, weeks)."""
    if not len(rows):
        return np.empty((0, 0))
    wide = rows.pivot(index="seed", columns="week", values=column)
    return wide.sort_index().sort_index(axis=1).to_numpy(float)


def seed_text(seeds: list[int]) -> str:
    """Seeds in few characters: runs of neighbours as ranges, at most four pieces."""
    if not seeds:
        return "—"
    pieces: list[tuple[int, int]] = []
    for seed in seeds:
        if pieces and seed == pieces[-1][1] + 1:
            pieces[-1] = (pieces[-1][0], seed)
        else:
            pieces.append((seed, seed))
    shown = [f"{a}" if a == b else f"{a}–{b}" for a, b in pieces[:4]]
    return ", ".join(shown) + (" …" if len(pieces) > 4 else "")


def material_of(comparison: Comparison | Material) -> Material:
    """What reports read, out of a comparison; material itself passes through.

    Parameters
    ----------
    comparison : Comparison or Material
    """
    if isinstance(comparison, Material):
        return comparison
    first = comparison.plan.sources[0].scenario
    claims, labels = comparison.claims, labels_of(comparison)
    return Material(
        name=comparison.plan.title,
        arms=tuple(_arm(key, labels[key], comparison.scenarios[key]) for key in comparison.arms),
        control=comparison.control,
        runs=comparison.runs,
        tables=lambda kind: getattr(comparison, kind),
        claims=claims if len(claims) else pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        weeks=comparison.plan.weeks,
        warmup=first.warmup,
        key=comparison.plan.key,
        manifest=comparison.manifest,
        failed=len(comparison.failed),
        files=len(comparison.plan.sources),
    )


def labels_of(comparison: Comparison) -> dict[str, Label]:
    """Name of each arm; with the title of its file before it where two files call their arms alike."""
    labels = comparison.labels
    told = {}
    for key, label in labels.items():
        title = comparison.plan.sources[comparison.plan.origins[key].source].scenario.title
        alike = [other for other in labels.values() if other.zh == label.zh or other.en == label.en]
        told[key] = label if len(alike) == 1 else Label(
            zh=f"{title.zh}·{label.zh}", en=f"{title.en}, {label.en}")
    return told


def _arm(key: str, label: Label, scenario: Scenario) -> Arm:
    return Arm(
        key,
        label,
        Label(zh=scenario.regime.zh, en=scenario.regime.en),
        tuple(policy.card.name for policy in scenario.policies),
        tuple(sorted({policy.start for policy in scenario.policies if policy.intensity > 0})),
        scenario_key(scenario.model_copy(update={"policies": (), "regime": Regime.ONE_CORE})),
        site_of(scenario),
    )
