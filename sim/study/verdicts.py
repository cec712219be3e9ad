"""Each claim beside what the model shows: claimed, simulated, interval, verdict.

The rule is that of :mod:`sim.scenario.targets`; here only the intervals are made that it asks for. Every
verdict is 示意性，未经校准 / illustrative, uncalibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.scenario.targets import (
    VERDICTS,
    Claim,
    DifferenceClaim,
    Interval,
    LevelChangeClaim,
    LevelClaim,
    Range,
    RelativeChangeClaim,
    SignClaim,
    Statistic,
    Verdict,
)
from sim.study import ranges
from sim.study.plan import ClaimUnderTest
from sim.study.statistics import interval, paired, relative_change

FloatArray = npt.NDArray[np.float64]

STATISTICS: tuple[Statistic, ...] = ("control", "treatment", "difference", "relative")

Values = Callable[[str, str, tuple[int, int]], FloatArray]
"""Values of an outcome in an arm over a window, one a seed, seeds ascending."""

Estimates = dict[Statistic, tuple[float, float, float]]
"""Each statistic with both ends of its interval."""


def judge(claims: Sequence[ClaimUnderTest], values: Values) -> list[dict[str, Any]]:
    """One row for each claim, followed by one for each outcome shown beside it.

    Parameters
    ----------
    claims : sequence of ClaimUnderTest
    values : callable
        ``values(outcome, arm, window)``.

    Returns
    -------
    list of dict
        ``claim, label_zh, label_en, source, outcome, judged, arm, against, first_week, last_week, reading,
        claimed_zh, claimed_en, claimed_relative, statistic``; ``must_<statistic>_low, _high`` of each
        condition; ``simulated, low, high`` of that statistic;
        each of ``control, treatment, difference, relative`` with ``_low`` and ``_high``; ``n, verdict,
        verdict_zh, verdict_en``. Rows beside a claim have ``judged`` False and no verdict.
    """
    return [row for tested in claims for row in _rows(tested, values)]


def _rows(tested: ClaimUnderTest, values: Values) -> Iterator[dict[str, Any]]:
    claim = tested.claim
    for outcome in (claim.outcome, *claim.beside):
        treatment = values(outcome, tested.treatment, tested.window)
        control = values(outcome, tested.control, tested.window)
        found = estimate(treatment, control, outcome)
        judged = outcome == claim.outcome
        statistic = shown(claim)
        verdict = decide(claim, found) if judged else None
        name = named(claim, verdict) if verdict else None
        yield {
            "claim": claim.id, "label_zh": claim.label.zh, "label_en": claim.label.en, "source": claim.source,
            "outcome": outcome, "judged": judged, "arm": tested.treatment, "against": tested.control,
            "first_week": tested.window[0], "last_week": tested.window[1] - 1, "reading": claim.reading,
            "claimed_zh": claimed(claim, "zh"), "claimed_en": claimed(claim, "en"),
            "claimed_relative": claimed_relative(claim), "statistic": statistic, **conditions(claim),
            **dict(zip(("simulated", "low", "high"), found[statistic], strict=True)),
            **_spread(found), "n": int(np.sum(~np.isnan(treatment - control))),
            "verdict": verdict or "", "verdict_zh": name.zh if name else "",
            "verdict_en": name.en if name else "",
        }


def estimate(treatment: FloatArray, control: FloatArray, outcome: str) -> Estimates:
    """Every statistic a claim may ask for, with its 95 % interval; NaN where there is none."""
    contrast = paired(treatment, control, bounds=ranges.of_difference(outcome))
    ratio = relative_change(treatment, control, bounds=ranges.of_relative(outcome))
    level = ranges.of_level(outcome)
    return {
        "control": interval(control, bounds=level),
        "treatment": interval(treatment, bounds=level),
        "difference": (contrast.difference, contrast.low, contrast.high),
        "relative": (ratio.relative, ratio.low, ratio.high),
    }


def decide(claim: Claim, found: Estimates) -> Verdict:
    """The verdict; undetermined if any interval it needs does not exist."""
    needed = {"difference", *(condition.statistic for condition in claim.conditions())}
    if any(math.isnan(end) for statistic in needed for end in found[statistic][1:]):
        return "undetermined"
    intervals: Mapping[Statistic, Interval] = {name: (low, high) for name, (_, low, high) in found.items()}
    return claim.verdict(intervals)


RIGHT_SIGN = Label(zh="方向一致", en="right sign")
"""A claim of a sign says nothing of the size: "reached" would promise more than was claimed."""


def named(claim: Claim, verdict: Verdict) -> Label:
    """A verdict on a claim in words."""
    return RIGHT_SIGN if isinstance(claim, SignClaim) and verdict == "reached" else VERDICTS[verdict]


def shown(claim: Claim) -> Statistic:
    """The statistic that stands for a claim in a table."""
    if isinstance(claim, (LevelClaim, LevelChangeClaim)):
        return "treatment"
    return "relative" if isinstance(claim, RelativeChangeClaim) else "difference"


def claimed(claim: Claim, lang: str) -> str:
    """What is claimed, in a few characters."""
    if isinstance(claim, LevelChangeClaim):
        arrow = "→"
        return f"{_range(claim.before, claim.outcome)} {arrow} {_range(claim.after, claim.outcome)}"
    if isinstance(claim, LevelClaim):
        return _range(claim.level, claim.outcome)
    if isinstance(claim, RelativeChangeClaim):
        return f"{claim.value:+.0%}".replace("-", "−")
    if isinstance(claim, DifferenceClaim):
        points = _is_share(claim.outcome)
        unit = {"zh": "个百分点", "en": " points"}[lang] if points else ""
        return f"{claim.value * (100 if points else 1):+g}{unit}".replace("-", "−")
    more = claim.direction == "more"
    return ("上升" if more else "下降") if lang == "zh" else ("up" if more else "down")


def claimed_relative(claim: Claim) -> float:
    """The relative change that is claimed; NaN if the claim is about something else.

    A claim of levels (from below 30 % to above 70 %) has none: a ratio of its ends may be reached while the
    levels are not.
    """
    return claim.value if isinstance(claim, RelativeChangeClaim) else math.nan


def conditions(claim: Claim) -> dict[str, float]:
    """Range in which each statistic must lie, as ``must_<statistic>_low`` and ``_high``; NaN where it need
    not.
    """
    ends = {condition.statistic: (condition.low, condition.high) for condition in claim.conditions()}
    return {
        f"must_{name}{end}": value for name in STATISTICS
        for end, value in zip(("_low", "_high"), ends.get(name, (math.nan, math.nan)), strict=True)}


def _range(levels: Range, outcome: str) -> str:
    low, high = (None if end is None else _level(end, outcome) for end in (levels.low, levels.high))
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}"


def _level(value: float, outcome: str) -> str:
    return f"{value * 100:g} %" if _is_share(outcome) else f"{value:g}"


def _is_share(outcome: str) -> bool:
    return OUTCOMES[outcome].unit.startswith("share")


def _spread(found: Estimates) -> dict[str, float]:
    ends = ("", "_low", "_high")
    return {
        f"{name}{end}": value for name, three in found.items()
        for end, value in zip(ends, three, strict=True)}
