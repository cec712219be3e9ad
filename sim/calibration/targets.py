"""What a calibration is held against: a figure of the model, the range it should lie in, and how sure that
is.

Each target gives one *summary* of a point's runs: the level of an outcome in an arm, its difference between
two arms (paired by seed), or its relative change. Around the target lie two kinds of doubt, both as standard
deviations in the summary's own unit: ``error`` of the figure itself, and ``discrepancy``, by how much the
model may miss it even where its parameters are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sim.calibration.casefigures import figure, figure_label
from sim.designs.section import Section, wrong
from sim.outcomes import OUTCOMES
from sim.params import Grade, Label
from sim.scenario.bykind import near
from sim.scenario.schema import READING_WEEKS
from sim.scenario.targets import SLUG, Range, Window
from sim.study import ranges
from sim.study.plan import ClaimUnderTest

FloatArray = npt.NDArray[np.float64]
Statistic = Literal["level", "difference", "relative"]
Use = Literal["fit", "held_out"]
Luck = Literal["averaged", "one_run"]


class TargetSection(Section):
    """One entry of ``targets:``."""

    id: str | None = Field(None, pattern=SLUG, max_length=60, description="标识 · id")
    label: Label | None = None
    outcome: str = Field(description="结果指标 · outcome")
    arm: str | None = Field(None, description="方案，默认对照方案 · arm; the control if left out")
    against: str | None = Field(None, description="与之比较的方案 · arm to compare with")
    statistic: Statistic | None = Field(None, description="level、difference 或 relative")
    window: Window | None = Field(None, description="观察窗口，默认最后52周 · window; the last 52 weeks")
    value: float | None = Field(None, allow_inf_nan=False, description="数值 · value")
    tolerance: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="容差：value ± tolerance 都算吻合 · all within is a match",
    )
    range: Range | None = Field(None, description="范围，代替 value · range, instead of value")
    error: float = Field(0.0, ge=0, allow_inf_nan=False, description="标准误 · standard error of the figure")
    discrepancy: float = Field(
        0.0,
        ge=0,
        allow_inf_nan=False,
        description="模型偏差（标准差） · model discrepancy, standard deviation",
    )
    luck: Luck = Field(
        "averaged",
        description="averaged：多个社区的平均；one_run：来自一个同样大小的社区，其运气也计入 · averaged: "
        "a mean over many communities; one_run: of one community of the size simulated, whose luck counts",
    )
    source: str = Field(min_length=1, description="出处 · source")
    evidence: Grade = Field("D", description="证据等级 · evidence grade")
    use: Use = Field("fit", description="fit 用于拟合，held_out 留作检验 · fit, or held out as a test")

    @model_validator(mode="after")
    def _sound(self) -> TargetSection:
        if (self.value is None) == (self.range is None):
            raise wrong("value 与 range 须写且只写一个", "give either value or range")
        if self.tolerance is not None and self.value is None:
            raise wrong(
                "tolerance 只与 value 同用，请删去", "tolerance goes with value; leave it out", "tolerance"
            )
        if self.value is not None and self.tolerance is None and self.error + self.discrepancy == 0:
            raise wrong(
                "一个数值不可能分毫不差：请补上 error（标准误）或 tolerance（容差）",
                "no run hits a value exactly: add error (its standard error) or tolerance",
            )
        if self.against is None and self.statistic in ("difference", "relative"):
            raise wrong(
                f"{self.statistic} 要有比较对象，请补上 against",
                f"{self.statistic} needs against, the arm to compare with",
                "against",
            )
        if self.against is not None and self.statistic == "level":
            raise wrong(
                "level 不作比较，请删去 against", "a level compares nothing; leave out against", "against"
            )
        if self.against is not None and self.against == self.arm:
            raise wrong(
                "against 与 arm 相同，没有可比的",
                "against is the same arm, so there is nothing to compare",
                "against",
            )
        return self

    def ends(self) -> tuple[float, float]:
        """Range in which the summary matches."""
        if self.range is not None:
            return self.range.ends()
        assert self.value is not None
        slack = self.tolerance or 0.0
        return self.value - slack, self.value + slack


@dataclass(frozen=True)
class Target:
    """A target whose arms, outcome and range are settled.

    Parameters
    ----------
    id : str
    label : Label
    outcome : str
        Of :data:`sim.outcomes.OUTCOMES`, or a case figure.
    arm : str
    against : str or None
    statistic : {"level", "difference", "relative"}
    window : (int, int) or None
        First week and one past the last; None for the last 52.
    low, high : float
        Range in which the summary matches; equal for a value, infinite where open.
    error, discrepancy : float
        Standard deviations, in the summary's unit.
    one_run : bool
        The figure is of one community, so the luck of one run counts.
    source : str
    evidence : {"A", "B", "C", "D"}
    use : {"fit", "held_out"}
    """

    id: str
    label: Label
    outcome: str
    arm: str
    low: float
    high: float
    error: float = 0.0
    discrepancy: float = 0.0
    against: str | None = None
    statistic: Statistic = "level"
    window: tuple[int, int] | None = None
    one_run: bool = False
    source: str = ""
    evidence: Grade = "D"
    use: Use = "fit"

    @property
    def column(self) -> str:
        """Column of the runs that it reads."""
        return column(self.outcome, self.window)

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms that it reads."""
        return (self.arm,) if self.against is None else (self.arm, self.against)

    @property
    def doubt(self) -> float:
        """Standard deviation of error and discrepancy together."""
        return math.hypot(self.error, self.discrepancy)

    def deviation(self, summary: FloatArray) -> FloatArray:
        """How far summaries lie outside the range: negative below, 0 within, positive above."""
        return np.minimum(summary - self.low, 0.0) + np.maximum(summary - self.high, 0.0)


def column(outcome: str, window: tuple[int, int] | None) -> str:
    """Name of the column of an outcome over a window: ``outcome``, or ``outcome@first-end``."""
    return outcome if window is None else f"{outcome}@{window[0]}-{window[1]}"


def unless_last(window: tuple[int, int], weeks: int) -> tuple[int, int] | None:
    """A window, or None if it is the last 52 of so many weeks, which outcomes of runs are of anyway."""
    return None if window == (max(0, weeks - READING_WEEKS), weeks) else window


def resolve(sections: Sequence[TargetSection], arms: Sequence[str], control: str, weeks: int) -> list[Target]:
    """Targets with their arms, checked against what is there.

    Parameters
    ----------
    sections : sequence of TargetSection
    arms : sequence of str
    control : str
        Arm of targets that name none.
    weeks : int
        Length of a run after its warm-up.

    Raises
    ------
    ValidationError
        For an unknown outcome or arm, a window past the end, or a value the outcome cannot take.
    """
    return [_resolve(section, i, arms, control, weeks) for i, section in enumerate(sections)]


def _resolve(section: TargetSection, i: int, arms: Sequence[str], control: str, weeks: int) -> Target:
    s, arm = section, section.arm or control
    for key, name in (("arm", arm), ("against", s.against)):
        if name is not None and name not in arms:
            raise _unknown(name, arms, ("方案", "arm"), i, key)
    if s.against == arm:
        raise wrong(
            "against 与 arm 相同，没有可比的",
            "against is the same arm, so there is nothing to compare",
            i,
            "against",
        )
    if s.outcome not in OUTCOMES and figure(s.outcome) is None:
        raise _unknown(s.outcome, tuple(OUTCOMES), ("结果指标", "outcome"), i, "outcome")
    if s.window is not None and s.outcome not in OUTCOMES:
        raise wrong(
            "工单指标按整段时间计算，请删去 window",
            "case figures are of the whole run; leave out window",
            i,
            "window",
        )
    if s.window is not None and s.window.end > weeks:
        raise wrong(
            f"窗口到第 {s.window.end} 周，但只模拟 {weeks} 周",
            f"the window ends at week {s.window.end}, the run at {weeks}",
            i,
            "window",
            "to",
        )
    statistic: Statistic = s.statistic or ("level" if s.against is None else "difference")
    _possible(s, statistic, i)
    return Target(
        id=s.id or "-".join((s.outcome, *(("vs", s.against) if s.against else ()))),
        label=s.label or label_of(s.outcome),
        outcome=s.outcome,
        arm=arm,
        against=s.against,
        statistic=statistic,
        window=None if s.window is None else (s.window.start, s.window.end),
        low=s.ends()[0],
        high=s.ends()[1],
        error=s.error,
        discrepancy=s.discrepancy,
        one_run=s.luck == "one_run",
        source=s.source,
        evidence=s.evidence,
        use=s.use,
    )


def label_of(outcome: str) -> Label:
    """Name of an outcome or a case figure."""
    return OUTCOMES[outcome].label if outcome in OUTCOMES else figure_label(outcome)


def _possible(s: TargetSection, statistic: Statistic, i: int) -> None:
    """Refuse ranges no run can reach, such as 47.9 for a share."""
    of = {"level": ranges.of_level, "difference": ranges.of_difference, "relative": ranges.of_relative}[
        statistic
    ]
    least, most = of(s.outcome)
    low, high = s.ends()
    if high < least or low > most:
        wanted = f"{low:g}" if low == high else f"[{low:g}, {high:g}]"
        raise wrong(
            f"{s.outcome} 只能在 [{least:g}, {most:g}] 之内，{wanted} 不可能达到；百分数请写成小数，如 0.479",
            f"{s.outcome} lies within [{least:g}, {most:g}] and cannot reach {wanted}; write per cent as a "
            "fraction, such as 0.479",
            i,
            "range" if s.range is not None else "value",
        )


def _unknown(name: str, known: Sequence[str], what: tuple[str, str], *loc: str | int) -> Exception:
    guess = near(name, tuple(known))
    if guess:
        return wrong(
            f"没有名为 {name} 的{what[0]}，是否想写 {guess}？",
            f"there is no {what[1]} {name}; did you mean {guess}?",
            *loc,
        )
    shown = [*known[:12], "…"] if len(known) > 12 else known
    return wrong(
        f"没有名为 {name} 的{what[0]}，可写的有：{'、'.join(shown)}",
        f"there is no {what[1]} {name}; there are: {', '.join(shown)}",
        *loc,
    )


def from_claims(claims: Iterable[ClaimUnderTest], weeks: int, use: Use) -> list[Target]:
    """The scenario's own claims under test as targets: one for each condition a claim makes.

    A claim's condition is a range without error; its verdict on the calibrated space is a matter of its own
    (:mod:`sim.calibration.claims`).
    """
    found = []
    for tested in claims:
        claim = tested.claim
        window = unless_last(tested.window, weeks)
        for condition in claim.conditions():
            name = condition.statistic
            contrast = name in ("difference", "relative")
            found.append(
                Target(
                    id=claim.id if name != "control" else f"{claim.id}-control",
                    label=claim.label,
                    outcome=claim.outcome,
                    arm=tested.control if name == "control" else tested.treatment,
                    against=tested.control if contrast else None,
                    statistic="relative" if name == "relative" else "difference" if contrast else "level",
                    window=window,
                    low=condition.low,
                    high=condition.high,
                    source=claim.source,
                    evidence="C",
                    use=use,
                )
            )
    return found
