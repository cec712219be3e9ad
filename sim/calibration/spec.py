"""The ``calibrate:`` section of a study file, and what it comes to beside its scenario.

.. code-block:: yaml

    calibrate:
      parameters:                                # uniform over the declared range, or a prior of one's own
        participation.habit_weight:
        world.rate: [0.5, 4]
        cases.hours_factor: {low: 0.1, high: 10, prior: log_uniform}
      targets:
        - {outcome: fee_payment, value: 0.76, error: 0.03, source: evidence.md §2}
        - {outcome: vote_turnout, range: {low: 0.4, high: 0.6}, use: held_out, source: evidence.md §2}
      records: {file: work_orders.csv, population: 4200}
      history_matching: {waves: 3, points: 60, replicates: 5}
      abc: {particles: 200, generations: 5}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, model_validator

from sim.calibration import parameters as priors
from sim.calibration import targets as aims
from sim.calibration.casefigures import figure
from sim.calibration.parameters import Parameter, Prior
from sim.calibration.records import RecordsSection, read_records
from sim.calibration.recordtargets import record_targets
from sim.calibration.targets import Target, TargetSection
from sim.designs.section import Section, read, wrong
from sim.errors import YiheError
from sim.params import Param
from sim.scenario.schema import Scenario
from sim.scenario.yamlfile import Origins
from sim.study.plan import ClaimUnderTest

KEY = "calibrate"
"""Key of the section in a study file."""


class HistoryMatching(Section):
    """Settings of history matching (Vernon, Goldstein and Bower 2010; Andrianakis and others 2015)."""

    waves: int = Param(3, unit="waves", ge=1, le=20, label=("最多轮数", "waves at most"))
    points: int = Param(60, unit="points a wave", ge=8, le=5000, label=("每轮点数", "points a wave"))
    replicates: int = Param(5, unit="runs a point", ge=2, le=1000, label=("每点重复", "replicates a point"))
    cutoff: float = Param(
        3.0, unit="standard deviations", ge=1, le=10, label=("不可信阈值", "implausibility cut-off")
    )
    rule: Literal["max", "second_max"] = Field(
        "max", description="判定取最大或次大的不可信度 · largest or second-largest implausibility decides"
    )
    kernel: Literal["matern", "squared_exponential"] = Field(
        "matern", description="仿真器核函数 · emulator's kernel"
    )
    candidates: int = Param(
        4096,
        unit="places",
        ge=256,
        le=1_000_000,
        label=("估计剩余空间的取样数", "places tried to find the space left"),
    )
    stall: float = Param(
        0.9,
        unit="share of the wave before",
        ge=0,
        le=1,
        label=("剩余比例超过此值即停", "stop when more than this share of the space before is left"),
    )


class Abc(Section):
    """Settings of ABC-SMC (Beaumont and others 2009; Del Moral and others 2012)."""

    particles: int = Param(200, unit="particles", ge=20, le=100_000, label=("粒子数", "particles"))
    generations: int = Param(5, unit="generations", ge=1, le=100, label=("最多代数", "generations at most"))
    replicates: int = Param(
        1, unit="runs a particle", ge=1, le=1000, label=("每粒子重复", "replicates a particle")
    )
    quantile: float = Param(
        0.5,
        unit="share",
        ge=0.05,
        le=0.95,
        label=("下一容差取距离的分位数", "quantile of distances that is the next tolerance"),
    )
    min_acceptance: float = Param(
        0.02,
        unit="share",
        ge=0,
        le=1,
        label=("接受率低于此值即停", "stop when fewer proposals than this are accepted"),
    )
    tolerance: float = Param(
        0.3,
        unit="standard deviations",
        ge=0,
        le=10,
        label=("容差降到此值即停", "stop when the tolerance is down to this"),
    )
    adjustment: Literal["none", "linear"] = Field(
        "none", description="回归校正（Beaumont 2002） · regression adjustment"
    )


class Predictive(Section):
    """Settings of the checks at the end."""

    draws: int = Param(50, unit="draws", ge=5, le=10_000, label=("后验抽样数", "draws from the posterior"))
    replicates: int = Param(20, unit="runs a draw", ge=1, le=1000, label=("每样重复", "replicates a draw"))


class CalibrateSection(Section):
    """What ``calibrate:`` says."""

    parameters: dict[str, Prior] = Field(description="校准参数：键路径 → 先验 · priors by key path")
    targets: tuple[TargetSection, ...] = Field((), description="目标 · targets")
    scenario_targets: Literal["held_out", "fit", "none"] = Field(
        "held_out", description="情景自带的主张：留作检验、用于拟合或不用 · the scenario's own claims"
    )
    records: RecordsSection | None = Field(None, description="本社区的工单记录 · case records of one's own")
    history_matching: HistoryMatching | None = HistoryMatching()
    abc: Abc | None = Abc()
    predictive: Predictive = Predictive()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("parameters"), (list, tuple)):
            names = data["parameters"]
            if all(isinstance(name, str) for name in names):
                return {**data, "parameters": dict.fromkeys(names)}
        return data

    @model_validator(mode="after")
    def _sound(self) -> CalibrateSection:
        if not self.parameters:
            raise wrong(
                "没有参数，请写上要校准的键路径",
                "there is nothing to calibrate; name key paths",
                "parameters",
            )
        if self.history_matching is None and self.abc is None:
            raise wrong("history_matching 与 abc 至少要有一个", "keep history_matching, abc or both")
        return self


class Wanted(NamedTuple):
    """A column that the table of runs must have."""

    column: str
    outcome: str
    window: tuple[int, int] | None


@dataclass(frozen=True)
class Calibration:
    """A calibration, ready to be done.

    Parameters
    ----------
    parameters : tuple of Parameter
    targets : tuple of Target
        Ids are unique.
    history_matching : HistoryMatching or None
    abc : Abc or None
    predictive : Predictive
    seed : int
        Keys every draw, and is the first seed of runs.
    """

    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    history_matching: HistoryMatching | None
    abc: Abc | None
    predictive: Predictive
    seed: int = 1

    @cached_property
    def fit(self) -> tuple[Target, ...]:
        """Targets that are fitted."""
        return tuple(target for target in self.targets if target.use == "fit")

    @cached_property
    def arms_to_fit(self) -> tuple[str, ...]:
        """Arms that history matching and ABC look at; no other need be run for them."""
        return tuple(dict.fromkeys(arm for target in self.fit for arm in target.arms))

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """Columns that the runs must have, over the targets of all uses."""
        return tuple(dict.fromkeys(Wanted(t.column, t.outcome, t.window) for t in self.targets))

    @property
    def case_figures(self) -> tuple[str, ...]:
        """Columns to be made of the table of cases, by :func:`sim.calibration.casefigures.case_summaries`."""
        return tuple(want.outcome for want in self.wanted if figure(want.outcome) is not None)

    @property
    def runs_at_least(self) -> int:
        """Runs of an arm that are certain: the first wave, the first generation and the checks."""
        h, a, p = self.history_matching, self.abc, self.predictive
        return (
            (h.points * h.replicates if h else 0)
            + (a.particles * a.replicates if a else 0)
            + (p.draws * p.replicates if a else 0)
        )


def read_calibration(
    tree: object,
    scenario: Scenario,
    arms: Mapping[str, Scenario],
    control: str,
    *,
    claims: Sequence[ClaimUnderTest] = (),
    file: str | Path | None = None,
    origins: Origins | None = None,
) -> Calibration:
    """A calibration from the ``calibrate:`` section of a study file.

    Parameters
    ----------
    tree : mapping
        What stands under ``calibrate:``.
    scenario : Scenario
        The study's base.
    arms : mapping of name to Scenario
        The study's arms, resolved.
    control : str
        Arm of targets that name none.
    claims : sequence of ClaimUnderTest
        The scenario's claims both of whose arms are in the study, as :meth:`sim.study.plan.Plan.claims`
        gives them.
    file : path, optional
        The study file; ``records`` are found from its folder.
    origins : mapping, optional
        Lines of the study file's key paths.

    Raises
    ------
    YiheError
        The first mistake, with key path and mend.
    """
    section: CalibrateSection = read(CalibrateSection, tree, key=KEY, file=file, origins=origins)

    def settled(key: str, settle: Callable[[], Any]) -> Any:
        """What needs the scenario, with its mistakes at their key paths."""
        model = Annotated[Any, PlainValidator(lambda _: settle())]
        return read(model, None, key=f"{KEY}.{key}", file=file, origins=origins)

    parameters = settled("parameters", lambda: priors.resolve(section.parameters, scenario, arms.values()))
    targets: list[Target] = settled(
        "targets", lambda: aims.resolve(section.targets, tuple(arms), control, scenario.weeks)
    )
    if section.scenario_targets != "none":
        targets += aims.from_claims(claims, scenario.weeks, section.scenario_targets)
    if section.records is not None:
        targets += _of_records(section.records, tuple(arms), control, scenario.seed, file)
    _fit_together(targets, section, file)
    return Calibration(
        parameters,
        tuple(targets),
        section.history_matching,
        section.abc,
        section.predictive,
        scenario.seed,
    )


def _of_records(
    section: RecordsSection, arms: Sequence[str], control: str, seed: int, file: str | Path | None
) -> list[Target]:
    arm = section.arm or control
    if arm not in arms:
        raise YiheError(
            f"没有名为 {arm} 的方案，可写：{'、'.join(arms)}",
            f"there is no arm {arm}; there are: {', '.join(arms)}",
            file=file,
            key=f"{KEY}.records.arm",
        )
    folder = Path() if file is None else Path(file).parent
    return record_targets(read_records(folder / section.file, section), section, arm, seed)


def _fit_together(targets: list[Target], section: CalibrateSection, file: str | Path | None) -> None:
    ids = [target.id for target in targets]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise YiheError(
            f"两个目标都叫 {twice}，请各写一个 id",
            f"two targets are called {twice}; give each an id of its own",
            file=file,
            key=f"{KEY}.targets",
        )
    fitted = sum(target.use == "fit" for target in targets)
    if not fitted:
        raise YiheError(
            "没有用于拟合的目标：请在 targets 下写上，或给出 records",
            "no target is to be fitted: write some under targets, or give records",
            file=file,
            key=f"{KEY}.targets",
        )
    h = section.history_matching
    if h is not None and h.rule == "second_max" and fitted < 2:
        raise YiheError(
            "second_max 至少要有两个用于拟合的目标，请改用 rule: max",
            "second_max needs two targets to fit; use rule: max",
            file=file,
            key=f"{KEY}.history_matching.rule",
        )
