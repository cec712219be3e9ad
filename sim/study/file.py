"""What a study file may say: base scenario, arms, design, replicates, how to run, what to keep and report."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.designs.registry import AnyDesign
from sim.designs.section import Section, wrong
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.scenario.bykind import near
from sim.scenario.targets import SLUG
from sim.study.tables import EVERYTHING, Keep

MAIN_OUTCOMES = (
    "participation_52_other", "participation_52_public", "latent_disputes", "latent_neighbour_disputes",
    "real_resolution_rate", "time_to_close", "satisfaction", "trust_committee", "staff_load", "money_spent",
)
"""Outcomes reported, and kept week by week, where a study names none."""

LARGE = 20_000
"""Runs beyond which a study is only started with ``--yes``."""

_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}


def _outcome(name: str) -> str:
    if name in OUTCOMES:
        return name
    guess = near(name, tuple(OUTCOMES))
    zh, en = (f"是否想写 {guess}？", f"did you mean {guess}?") if guess else (
        "用 yihe list outcomes 查看", "see yihe list outcomes")
    raise wrong(f"没有名为 {name} 的指标，{zh}", f"there is no outcome {name}; {en}")


OutcomeName = Annotated[str, AfterValidator(_outcome)]


def _duration(value: object) -> object:
    if isinstance(value, str):
        found = _TIME.fullmatch(value.strip())
        if found is None:
            raise wrong(
                f"“{value}” 不是时长，应写成 120 s、2 min 或 1 h",
                f"“{value}” is no duration; write it like 120 s, 2 min or 1 h")
        return float(found[1]) * _SECONDS[found[2]]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def contrast_arms(text: str) -> tuple[str, str | None]:
    """``"a - b"`` as two names of arms; one name alone stands for that arm's level."""
    first, minus, second = (part.strip() for part in text.partition(" - "))
    return first, second if minus else None


class Stop(Section):
    """When a point has replicates enough."""

    outcome: OutcomeName
    contrast: str = Field(description="两个方案之差，如 festival - baseline · difference of two arms")
    half_width: float = Field(
        gt=0, allow_inf_nan=False, description="95% 区间半宽 · half-width of the 95 % interval")


class Replicates(Section):
    """Seeds of each point: a fixed number, or as many as an interval needs."""

    min: int = Field(20, ge=1, le=100_000, description="最少 · at least")
    batch: int = Field(10, ge=1, le=100_000, description="每次增加 · added at a time")
    max: int = Field(20, ge=1, le=100_000, description="最多 · at most")
    stop: Stop | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Replicates:
        if self.max < self.min:
            raise wrong(
                f"max（{self.max}）小于 min（{self.min}），请改大 max",
                f"max ({self.max}) is less than min ({self.min}); make it larger")
        if self.stop is None and self.max != self.min:
            raise wrong(
                "min 与 max 不同却没有 stop：请写明停止条件，或只写一个数",
                "min and max differ but there is no stop: say when to stop, or write one number")
        if self.stop is not None and self.max == self.min:
            raise wrong(
                f"min 与 max 都是 {self.min}，stop 永远不起作用：请改大 max，或去掉 stop",
                f"min and max are both {self.min}, so stop never acts: make max larger, or leave stop out")
        if self.stop is not None and self.min < 2:
            raise wrong("要算区间，min 至少为 2", "an interval needs a min of at least 2")
        return self


def _replicates(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"min": value, "max": value}
    return value


class Running(Section):
    """How runs are done."""

    timeout: Annotated[float, BeforeValidator(_duration)] = Field(
        600.0, gt=0, le=1e6, description="每次运行的时限，如 120 s · limit of a run, such as 120 s")
    retries: int = Field(2, ge=0, le=10, description="失败后再试次数 · further attempts at a run that fails")


class Kept(Section):
    """What is kept of each run besides its outcomes over the last 52 weeks."""

    weekly: Literal["main", "all", "none"] | tuple[OutcomeName, ...] = Field(
        "main", description="按周保存的指标 · outcomes kept week by week")
    groups: bool = Field(False, description="分群参与 · participation by group")
    cases: bool = Field(False, description="逐件案件 · every case")

    def keep(self, main: tuple[str, ...]) -> Keep:
        """The same for the store."""
        if self.weekly == "all" and self.groups and self.cases:
            return EVERYTHING
        here = {"series": self.weekly != "none", "groups": self.groups, "cases": self.cases}
        weekly = {"all": None, "none": (), "main": main}.get(str(self.weekly), self.weekly)
        return Keep(tuple(name for name, kept in here.items() if kept), weekly)  # type: ignore[arg-type]


class Contrasts(Section):
    """How arms are compared."""

    against: str | None = Field(None, description="对照方案 · control arm")
    adjust: Literal["holm", "none"] = Field("holm", description="多重比较校正 · adjustment for many")


class Discovery(Section):
    """Scenario discovery: under which conditions is a contrast below (or above) a threshold?"""

    of: str = Field(description="方案或两方案之差 · an arm, or a difference of two")
    outcome: OutcomeName
    below: float | None = Field(None, allow_inf_nan=False)
    above: float | None = Field(None, allow_inf_nan=False)
    boxes: int = Field(2, ge=1, le=5, description="最多几个条件框 · boxes at most")

    @model_validator(mode="after")
    def _one_side(self) -> Discovery:
        if (self.below is None) == (self.above is None):
            raise wrong("below 与 above 须恰好写一个", "give either below or above, and not both")
        return self


class Reported(Section):
    """What the report analyses."""

    outcomes: tuple[OutcomeName, ...] = MAIN_OUTCOMES
    of: tuple[str, ...] = Field(
        (), description="分析的方案或差，默认各方案与对照之差 · arms or differences analysed")
    contrasts: Contrasts = Contrasts()
    discovery: Discovery | None = None
    pareto: tuple[OutcomeName, ...] = Field((), description="帕累托指标 · outcomes of the Pareto front")

    @model_validator(mode="after")
    def _enough(self) -> Reported:
        if not self.outcomes:
            raise wrong("至少写一个指标", "name at least one outcome", "outcomes")
        if len(self.pareto) == 1 or len(set(self.pareto)) < len(self.pareto):
            raise wrong("pareto 至少写两个不同的指标", "pareto needs two different outcomes or more")
        return self


class StudyFile(Section):
    """A study file."""

    study: str = Field(pattern=SLUG, max_length=80, description="名称 · name")
    title: Label | None = None
    description: Label = Label(zh="", en="")
    base: str = Field(min_length=1, description="情景文件，相对本文件 · scenario file, relative to this file")
    weeks: int | None = Field(None, ge=1, le=5200)
    warmup: int | None = Field(None, ge=0, le=1040)
    seed: int | None = Field(None, ge=0, lt=2**62)
    arms: dict[str, Any] | tuple[str, ...] | None = Field(
        None, description="方案；默认为情景自己的 · arms; the scenario's own if left out")
    design: AnyDesign | None = None
    replicates: Annotated[Replicates, BeforeValidator(_replicates)] = Replicates()
    run: Running = Running()
    keep: Kept = Kept()
    report: Reported = Reported()
    calibrate: dict[str, Any] | None = Field(
        None, description="校准，见 sim.calibration.spec · calibration, read there")
    optimise: dict[str, Any] | None = Field(
        None, description="寻优，见 sim.optimisation.spec · optimisation, read there")

    @model_validator(mode="after")
    def _one_kind(self) -> StudyFile:
        kinds = [name for name in ("design", "calibrate", "optimise") if getattr(self, name) is not None]
        if len(kinds) > 1:
            raise wrong(
                f"{kinds[0]} 与 {kinds[1]} 只能写一个：请分成两个研究文件",
                f"give {kinds[0]} or {kinds[1]}, not both: make two study files", kinds[1])
        return self

    @property
    def named(self) -> Label:
        """Its title; its name if it has none."""
        return self.title or Label(zh=self.study, en=self.study)
