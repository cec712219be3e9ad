"""Each claim beside what the model shows: claimed, simulated, interval, verdict.

The rule is that of :mod:`sim.scenario.targets`; here only the intervals are made that it asks for. Every
verdict is 示意性，未经校准 / illustrative, uncalibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.scenario.targets import (
    VERDICTS,
    AnecdoteClaim,
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
from sim.vocabulary import Status

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

FEW = 5
"""Replicates below which intervals are called unsteady, on every page and in every answer."""

STATISTICS: tuple[Statistic, ...] = ("control", "treatment", "difference", "relative")

Values = Callable[[str, str, tuple[int, int]], FloatArray]
"""Values of an outcome in an arm over a window, one a seed, seeds ascending."""

Estimates = dict[Statistic, tuple[float, float, float]]
"""Each statistic with both ends of its interval."""

Shares = Callable[[AnecdoteClaim, str, tuple[int, int]], FloatArray]
"""Share of an arm's cases born in a window that are as quick as an anecdote's, one a seed, seeds ascending:
:func:`as_quick` of those cases."""


def judge(
    claims: Sequence[ClaimUnderTest], values: Values, shares: Shares | None = None
) -> list[dict[str, Any]]:
    """One row for each claim, followed by one for each outcome shown beside it.

    Parameters
    ----------
    claims : sequence of ClaimUnderTest
    values : callable
        ``values(outcome, arm, window)``.
    shares : callable, optional
        ``shares(claim, arm, window)`` of anecdotes; without it their shares are NaN.

    Returns
    -------
    list of dict
        ``claim, label_zh, label_en, source, outcome, judged, arm, against, first_week, last_week, reading,
        claimed_zh, claimed_en, claimed_relative, statistic``; ``must_<statistic>_low, _high`` of each
        condition; ``simulated, low, high`` of that statistic;
        each of ``control, treatment, difference, relative`` with ``_low`` and ``_high``; ``n, verdict,
        verdict_zh, verdict_en``. Rows beside a claim have ``judged`` False and no verdict. Anecdotes have
        ``judged`` False, ``statistic`` "within", shares of cases in place of the outcome, and the words of
        :data:`ANECDOTE` for a verdict.
    """
    return [row for tested in claims for row in _rows(tested, values, shares)]


def _rows(tested: ClaimUnderTest, values: Values, shares: Shares | None) -> Iterator[dict[str, Any]]:
    claim = tested.claim
    for outcome in (claim.outcome, *claim.beside):
        judged = outcome == claim.outcome
        if judged and isinstance(claim, AnecdoteClaim):
            yield _anecdote(tested, claim, shares)
            continue
        treatment, control = (
            values(outcome, arm, tested.window) for arm in (tested.treatment, tested.control))
        found = estimate(treatment, control, outcome)
        verdict = decide(claim, found) if judged else None
        name = named(claim, verdict) if verdict else None
        yield {
            **_row(tested, outcome, found), "judged": judged, "n": _both(treatment, control),
            "verdict": verdict or "", "verdict_zh": name.zh if name else "",
            "verdict_en": name.en if name else ""}


def _anecdote(tested: ClaimUnderTest, claim: AnecdoteClaim, shares: Shares | None) -> dict[str, Any]:
    nothing = np.empty(0)
    treatment, control = (
        nothing if shares is None else shares(claim, arm, tested.window)
        for arm in (tested.treatment, tested.control))
    found = estimate(treatment, control, claim.outcome, level=(0.0, 1.0))
    return {
        **_row(tested, claim.outcome, found), "judged": False, "n": _both(treatment, control),
        "statistic": "within", "verdict": "", "verdict_zh": ANECDOTE.zh, "verdict_en": ANECDOTE.en}


def _both(treatment: FloatArray, control: FloatArray) -> int:
    """Seeds with a value in both arms."""
    return int(np.sum(~np.isnan(treatment - control)))


def _row(tested: ClaimUnderTest, outcome: str, found: Estimates) -> dict[str, Any]:
    """What is claimed, and what is simulated."""
    claim = tested.claim
    statistic = shown(claim)
    return {
        "claim": claim.id, "label_zh": claim.label.zh, "label_en": claim.label.en, "source": claim.source,
        "outcome": outcome, "judged": True, "arm": tested.treatment, "against": tested.control,
        "first_week": tested.window[0], "last_week": tested.window[1] - 1, "reading": claim.reading,
        "claimed_zh": claimed(claim, "zh"), "claimed_en": claimed(claim, "en"),
        "claimed_relative": claimed_relative(claim), "statistic": statistic, **conditions(claim),
        **dict(zip(("simulated", "low", "high"), found[statistic], strict=True)), **_spread(found)}


def estimate(
    treatment: FloatArray, control: FloatArray, outcome: str, level: ranges.Range | None = None
) -> Estimates:
    """Every statistic a claim may ask for, with its 95 % interval; NaN where there is none.

    Parameters
    ----------
    treatment, control : arrays, shape (seeds,)
    outcome : str
    level : (float, float), optional
        Least and greatest value; those of the outcome if left out.
    """
    level = ranges.of_level(outcome) if level is None else level
    contrast = paired(treatment, control, bounds=(level[0] - level[1], level[1] - level[0]))
    ratio = relative_change(treatment, control, bounds=ranges.of_relative(outcome))
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


ANECDOTE = Label(zh="轶事，不作判定", en="anecdote, not judged")
"""In the place of a verdict on one case that a source tells of."""


def shares_of(cases: Callable[[], pd.DataFrame], seeds: Sequence[int], warmup: int) -> Shares:
    """What :func:`judge` asks of anecdotes, out of a table of logged cases.

    Parameters
    ----------
    cases : callable
        Gives ``arm, seed, born_week`` and the columns of :func:`as_quick`; called only if it is needed.
    seeds : sequence of int
        Ascending.
    warmup : int
        Weeks before the first of a window.
    """
    def shares(claim: AnecdoteClaim, arm: str, window: tuple[int, int]) -> FloatArray:
        table = cases()
        week = table["born_week"] - warmup
        return as_quick(claim, table[(table["arm"] == arm) & week.between(window[0], window[1] - 1)], seeds)

    return shares


def as_quick(claim: AnecdoteClaim, cases: pd.DataFrame, seeds: Sequence[int]) -> FloatArray:
    """Share of cases that are at least as quick as an anecdote's, one a seed; NaN for a seed without any.

    Parameters
    ----------
    claim : AnecdoteClaim
    cases : DataFrame
        ``seed, category, status, find_clock, close_clock`` of the cases that count, hours, codes spelled out.
    seeds : sequence of int
    """
    if claim.category is not None:
        cases = cases[cases["category"] == claim.category]
    hours = claim.minutes / 60.0
    if claim.outcome == "time_to_find":
        quick = cases["find_clock"] <= hours  # never found: NaN, not quick
    else:
        cases = cases[cases["find_clock"].notna()]
        quick = (cases["close_clock"] <= hours) & (cases["status"] != Status.SILENT.key)
    by_seed = quick.groupby(cases["seed"]).mean()
    return np.asarray(by_seed.reindex(list(seeds)), float)


def named(claim: Claim, verdict: Verdict) -> Label:
    """A verdict on a claim in words."""
    return RIGHT_SIGN if isinstance(claim, SignClaim) and verdict == "reached" else VERDICTS[verdict]


def shown(claim: Claim) -> Statistic:
    """The statistic that stands for a claim in a table."""
    if isinstance(claim, (LevelClaim, LevelChangeClaim, AnecdoteClaim)):
        return "treatment"
    return "relative" if isinstance(claim, RelativeChangeClaim) else "difference"


def claimed(claim: Claim, lang: str) -> str:
    """What is claimed, in a few characters."""
    if isinstance(claim, AnecdoteClaim):
        minutes = f"{claim.minutes:g}"
        return {"zh": f"一件，{minutes} 分钟内", "en": f"one case, within {minutes} min"}[lang]
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
