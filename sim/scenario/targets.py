"""Claims of the source texts under test: what is claimed, between which arms, and when it is reached.

**The verdict rule, one for every reading.** A claim makes *conditions*: a statistic must lie in a range.
It also has a *direction*: the sign the paired difference, treatment − control, should have. Each
statistic comes with its 95 % interval over seeds. Then, in this order:

1. ``reached``: every condition's interval lies wholly inside its range;
2. ``opposite``: the interval of the difference lies wholly on the other side of 0;
3. ``weaker`` (same sign, but not what was claimed): the interval of the difference lies wholly on the
   claimed side of 0, and the interval of some condition lies wholly outside its range;
4. ``undetermined``: anything else; more replicates may decide it.

Statistics: ``control`` and ``treatment`` are the outcome in the window; ``difference`` is treatment −
control, paired by seed; ``relative`` is the mean difference over the mean of the control.

| reading         | conditions                                          | direction                       |
|-----------------|-----------------------------------------------------|---------------------------------|
| level           | treatment in [low, high]                            | up if only low is given, down   |
|                 |                                                     | if only high, else declared     |
| level_change    | control in ``from``, treatment in ``to``            | from ``from`` to ``to``         |
| relative_change | relative ≤ value if negative, ≥ value if positive   | sign of value                   |
| difference      | difference ≤ value if negative, ≥ value if positive | sign of value                   |
| sign            | difference beyond 0                                 | declared                        |

One more reading, ``anecdote``, makes no claim: a source tells of one quick case, and the share of simulated
cases at least as quick says where it falls. It is shown among the claims and gets no verdict.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from sim.params import Label, Parameters
from sim.processes.categories import CATEGORIES
from sim.scenario.bykind import ByKind, near

Statistic = Literal["control", "treatment", "difference", "relative"]
Verdict = Literal["reached", "weaker", "opposite", "undetermined"]
Direction = Literal["more", "less"]
Interval = tuple[float, float]

VERDICTS: dict[Verdict, Label] = {
    "reached": Label(zh="达到", en="reached"),
    "weaker": Label(zh="方向一致但较弱", en="same sign but weaker"),
    "opposite": Label(zh="方向相反", en="opposite"),
    "undetermined": Label(zh="无法判定", en="undetermined"),
}

INFINITY = float("inf")
SLUG = r"^[a-z0-9][a-z0-9_-]*$"


class Condition(NamedTuple):
    """A statistic and the range it must lie in."""

    statistic: Statistic
    low: float
    high: float


class Range(Parameters):
    """A range of an outcome's values; an end left out is open."""

    low: float | None = Field(None, allow_inf_nan=False, description="下限 · least value")
    high: float | None = Field(None, allow_inf_nan=False, description="上限 · greatest value")

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low is None and self.high is None:
            raise ValueError("low 与 high 至少写一个 · give low, high or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(
                f"low（{self.low:g}）不得大于 high（{self.high:g}） · "
                f"low ({self.low:g}) must not exceed high ({self.high:g})"
            )
        return self

    def ends(self) -> Interval:
        """Both ends; infinite where open."""
        return (-INFINITY if self.low is None else self.low, INFINITY if self.high is None else self.high)


class Window(Parameters):
    """Weeks over which an outcome is read, counted after the warm-up."""

    start: int = Field(alias="from", ge=0, le=5200, description="起始周（预热后起算） · first week")
    end: int = Field(alias="to", ge=1, le=5200, description="结束周（不含） · one past the last week")

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.end <= self.start:
            raise ValueError(
                f"to（{self.end}）须晚于 from（{self.start}） · "
                f"to ({self.end}) must be later than from ({self.start})"
            )
        return self


class Claim(Parameters):
    """Base of all claims: an outcome, two arms, a window and a source."""

    id: str = Field(pattern=SLUG, max_length=60, description="标识 · id")
    label: Label
    source: str = Field(min_length=1, description="出处，如 S1 · source, such as S1")
    outcome: str = Field(description="判定所依据的结果指标 · outcome that decides")
    beside: tuple[str, ...] = Field((), description="并列显示、不参与判定的指标 · outcomes shown beside it")
    treatment: str = Field(description="处理组（arms 中的名称） · treatment arm")
    control: str = Field(description="对照组（arms 中的名称） · control arm")
    window: Window | None = Field(
        None, description="观察窗口，默认最后52周 · window; the last 52 weeks if left out"
    )
    reading: str

    @property
    def direction(self) -> Direction:
        """Sign the difference treatment − control should have."""
        raise NotImplementedError

    def conditions(self) -> tuple[Condition, ...]:
        """What must hold for the claim to count as reached."""
        raise NotImplementedError

    def verdict(self, intervals: Mapping[Statistic, Interval]) -> Verdict:
        """The claim against 95 % intervals, by the rule at the head of this module.

        Parameters
        ----------
        intervals : mapping of statistic to (low, high)
            ``difference`` and every statistic of :meth:`conditions`.

        Returns
        -------
        Verdict
        """
        conditions = self.conditions()
        if all(
            c.low <= intervals[c.statistic][0] and intervals[c.statistic][1] <= c.high for c in conditions
        ):
            return "reached"
        low, high = intervals["difference"]
        if self.direction == "less":
            low, high = -high, -low
        if high < 0:
            return "opposite"
        missed = any(
            intervals[c.statistic][1] < c.low or intervals[c.statistic][0] > c.high for c in conditions
        )
        return "weaker" if low > 0 and missed else "undetermined"


class LevelClaim(Claim):
    """The treatment reaches a level."""

    reading: Literal["level"] = "level"
    level: Range
    toward: Direction | None = Field(
        None, description="方向：more 或 less · direction, if both ends are given"
    )

    @model_validator(mode="after")
    def _directed(self) -> LevelClaim:
        if self.toward is None and self.level.low is not None and self.level.high is not None:
            raise ValueError(
                "level 两端都有时须写 toward: more 或 less · with both ends given, add toward: more or less"
            )
        return self

    @property
    def direction(self) -> Direction:
        """Declared, or towards the closed end."""
        return self.toward or ("more" if self.level.low is not None else "less")

    def conditions(self) -> tuple[Condition, ...]:
        """The treatment's level lies in the range."""
        return (Condition("treatment", *self.level.ends()),)


class LevelChangeClaim(Claim):
    """From one level without the policy to another with it."""

    reading: Literal["level_change"] = "level_change"
    before: Range = Field(alias="from", description="对照组应处的范围 · range of the control")
    after: Range = Field(alias="to", description="处理组应处的范围 · range of the treatment")

    @model_validator(mode="after")
    def _apart(self) -> LevelChangeClaim:
        before, after = self.before.ends(), self.after.ends()
        if not (before[1] <= after[0] or after[1] <= before[0]):
            raise ValueError("from 与 to 的范围不得重叠 · the ranges from and to must not overlap")
        return self

    @property
    def direction(self) -> Direction:
        """From the first range to the second."""
        return "more" if self.before.ends()[1] <= self.after.ends()[0] else "less"

    def conditions(self) -> tuple[Condition, ...]:
        """Control and treatment each lie in their range."""
        return (Condition("control", *self.before.ends()), Condition("treatment", *self.after.ends()))


class _SignedClaim(Claim):
    """A change at least as large as a signed value."""

    value: float

    @model_validator(mode="after")
    def _signed(self) -> _SignedClaim:
        if self.value == 0:
            raise ValueError(
                "value 不得为 0，只问方向请用 reading: sign · value must not be 0; for the sign alone "
                "use reading: sign"
            )
        return self

    @property
    def direction(self) -> Direction:
        """Sign of the value."""
        return "more" if self.value > 0 else "less"

    def _beyond(self, statistic: Statistic) -> tuple[Condition, ...]:
        low, high = (self.value, INFINITY) if self.value > 0 else (-INFINITY, self.value)
        return (Condition(statistic, low, high),)


class RelativeChangeClaim(_SignedClaim):
    """A change relative to the control: −0.4 claims a fall by 40 % or more."""

    reading: Literal["relative_change"] = "relative_change"
    value: float = Field(
        ge=-1, le=100, allow_inf_nan=False, description="相对变化，如 -0.4 · relative change"
    )

    def conditions(self) -> tuple[Condition, ...]:
        """The relative change is at least as large."""
        return self._beyond("relative")


class DifferenceClaim(_SignedClaim):
    """A change in the outcome's own unit."""

    reading: Literal["difference"] = "difference"
    value: float = Field(
        allow_inf_nan=False, description="差值，按指标单位 · difference, in the outcome's unit"
    )

    def conditions(self) -> tuple[Condition, ...]:
        """The difference is at least as large."""
        return self._beyond("difference")


class SignClaim(Claim):
    """A change in one direction, of whatever size."""

    reading: Literal["sign"] = "sign"
    toward: Direction = Field(description="方向：more 或 less · direction")

    @property
    def direction(self) -> Direction:
        """As declared."""
        return self.toward

    def conditions(self) -> tuple[Condition, ...]:
        """The difference lies beyond 0."""
        # The least positive number: an interval that touches 0 is not beyond it.
        least = 5e-324
        return (
            Condition("difference", *((least, INFINITY) if self.toward == "more" else (-INFINITY, -least))),
        )


class AnecdoteClaim(Claim):
    """One quick case that a source tells of: which share of simulated cases is at least as quick.

    Of ``time_to_find`` it is the share of disputes and demands found within so many minutes of their birth,
    those never found included; of ``time_to_close`` the share of found ones closed within so many minutes of
    being found, on paper too. Minutes are clock time. One case decides nothing, so there is no verdict.
    """

    reading: Literal["anecdote"] = "anecdote"
    minutes: float = Field(
        gt=0, le=60 * 24 * 365, allow_inf_nan=False, description="多少分钟以内 · within so many minutes"
    )
    category: str | None = Field(
        None, description="哪一类纠纷，默认全部 · category of dispute, all if left out"
    )

    @field_validator("outcome")
    @classmethod
    def _a_time(cls, outcome: str) -> str:
        if outcome not in QUICK:
            raise ValueError(
                f"anecdote 的指标只能是 {' 或 '.join(QUICK)}，现在是 {outcome} · "
                f"the outcome of an anecdote must be {' or '.join(QUICK)}, not {outcome}"
            )
        return outcome

    @field_validator("category")
    @classmethod
    def _known(cls, category: str | None) -> str | None:
        plugins = sys.modules.get("sim.plugins")
        known = [one.key for one in (*CATEGORIES, *(plugins.own_categories() if plugins else ()))]
        if category is not None and category not in known:
            guess = near(category, tuple(known))
            zh, en = (
                (f"是否想写 {guess}？", f"did you mean {guess}?")
                if guess
                else (f"可用的有：{'、'.join(known)}", f"there are: {', '.join(known)}")
            )
            raise ValueError(
                f"没有名为 {category} 的纠纷类别，{zh} · there is no category called {category}; {en}"
            )
        return category

    @property
    def direction(self) -> Direction:
        """Quick is good."""
        return "more"

    def conditions(self) -> tuple[Condition, ...]:
        """None: it decides nothing."""
        return ()

    def verdict(self, intervals: Mapping[Statistic, Interval]) -> Verdict:
        """Never anything else than undetermined."""
        return "undetermined"


QUICK = ("time_to_find", "time_to_close")
"""Outcomes that an anecdote can be about."""

READINGS: dict[str, type[Claim]] = {
    "level": LevelClaim,
    "level_change": LevelChangeClaim,
    "relative_change": RelativeChangeClaim,
    "difference": DifferenceClaim,
    "sign": SignClaim,
    "anecdote": AnecdoteClaim,
}
"""Every reading of a claim, by name."""

AnyClaim = Annotated[Claim, ByKind("reading", Claim, lambda: tuple(READINGS), READINGS.get)]
"""A claim of the class its ``reading`` names."""
