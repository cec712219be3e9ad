"""Figures of recorded cases that a list of work orders and the model's case log both give.

=================== ==========================================================================================
``case_hours_qP``   P % quantile of the time from opening to closing, in clock hours
``case_within_Nd``  share closed within N days of opening
``case_satisfied``  share satisfied among closed cases whose party was heard
``case_share_KEY``  share of a category among recorded cases
=================== ==========================================================================================

Cases still open are not left out, which would make handling look faster than it is: times are read off the
Kaplan–Meier curve (Kaplan and Meier 1958), in which an open case counts for as long as it was watched. Volume
needs no case log: it is the outcome ``recorded_disputes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import clock_time
from sim.params import Label
from sim.processes.categories import CATEGORIES
from sim.processes.parameters import ExperienceParameters
from sim.vocabulary import CLOCK_HOURS, Status

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
Kind = Literal["hours", "within", "satisfied", "share"]

_NAME = re.compile(r"case_(?:hours_q(\d{1,2})|within_(\d{1,4})d|(satisfied)|share_(\w+))")
_LABELS = {c.key: c.label for c in CATEGORIES}
CONTENT = float(ExperienceParameters().content)
"""Satisfaction above which a party counts as satisfied, where nothing else is said."""


class Figure(NamedTuple):
    """What a name such as ``case_hours_q50`` asks for."""

    kind: Kind
    number: float
    """Probability of a quantile, or hours; NaN otherwise."""
    category: str
    """Category of a share; empty otherwise."""


@dataclass(frozen=True)
class CaseList:
    """Recorded cases of one source.

    Parameters
    ----------
    hours : array, shape (n,)
        Clock hours from opening to closing, or to the last look at a case still open.
    closed : array of bool, shape (n,)
    satisfied : array, shape (n,)
        1 or 0; NaN if not known.
    category : array of str, shape (n,)
    """

    hours: FloatArray
    closed: npt.NDArray[np.bool_]
    satisfied: FloatArray
    category: npt.NDArray[np.object_]


def figure(name: str) -> Figure | None:
    """What a name asks for; None if it is no case figure."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    quantile, days, satisfied, category = match.groups()
    if quantile is not None:
        return Figure("hours", int(quantile) / 100, "") if int(quantile) else None
    if days is not None:
        return Figure("within", 24.0 * int(days), "") if int(days) else None
    if satisfied:
        return Figure("satisfied", np.nan, "")
    return Figure("share", np.nan, category) if category in _LABELS else None


def figure_label(name: str) -> Label:
    """Name of a case figure in words."""
    found = figure(name)
    assert found is not None
    if found.kind == "hours":
        percent = round(found.number * 100)
        return Label(
            zh=f"办结时长{percent}%分位数（小时）", en=f"time to close, {percent} % quantile, clock h"
        )
    if found.kind == "within":
        days = round(found.number / 24)
        return Label(zh=f"{days}天内办结占比", en=f"share closed within {days} days")
    if found.kind == "satisfied":
        return Label(zh="满意占比", en="share satisfied")
    category = _LABELS[found.category]
    return Label(zh=f"“{category.zh}”占比", en=f"share of {category.en}")


def figures(
    cases: CaseList, names: Iterable[str], weights: FloatArray | None = None
) -> dict[str, FloatArray]:
    """Figures of some cases, or of reweighted copies of them.

    Parameters
    ----------
    cases : CaseList
    names : iterable of str
    weights : array, shape (copies, n), optional
        How often each copy holds each case; one copy with each case once if left out.

    Returns
    -------
    dict of str to array, shape (copies,)
        NaN where no case tells; infinite for a quantile that the curve never reaches.
    """
    w = np.ones((1, len(cases.hours))) if weights is None else weights
    times, curve = closing_curve(cases.hours, cases.closed, w)
    return {name: _figure(figure(name), cases, w, times, curve) for name in names}


def _figure(
    asked: Figure | None, cases: CaseList, w: FloatArray, times: FloatArray, curve: FloatArray
) -> FloatArray:
    if asked is None:
        raise ValueError("no case figure")
    if asked.kind == "share":
        return _share(w, cases.category == asked.category)
    if asked.kind == "satisfied":
        heard = cases.closed & ~np.isnan(cases.satisfied)
        return _share(w[:, heard], cases.satisfied[heard] > 0.5)
    if not len(times):
        return np.full(len(w), np.nan)
    if asked.kind == "within":
        known = np.searchsorted(times, asked.number, side="right")
        return curve[:, known - 1] if known else np.zeros(len(w))
    # A whisker below, for sums of shares that should be the probability itself
    reached = curve >= asked.number - 1e-12
    return np.where(reached.any(axis=1), times[np.argmax(reached, axis=1)], np.inf)


def _share(w: FloatArray, true: npt.NDArray[np.bool_]) -> FloatArray:
    total = w.sum(axis=1)
    return np.divide(w[:, true].sum(axis=1), total, out=np.full(len(w), np.nan), where=total > 0)


def closing_curve(
    hours: FloatArray, closed: npt.NDArray[np.bool_], weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Share of cases closed by each time: one minus the Kaplan–Meier estimate, for weighted copies at once.

    Parameters
    ----------
    hours : array, shape (n,)
    closed : array of bool, shape (n,)
        False where a case was still open after ``hours``.
    weights : array, shape (copies, n)

    Returns
    -------
    times : array, shape (n,)
        Ascending.
    share : array, shape (copies, n)
        Closed by then; at equal times the last entry counts.
    """
    order = np.lexsort((~closed, hours))  # closings before last looks at the same time
    w = weights[:, order]
    at_risk = np.cumsum(w[:, ::-1], axis=1)[:, ::-1]
    lost = np.divide(w, at_risk, out=np.zeros_like(w), where=at_risk > 0) * closed[order]
    closed_by = np.asarray(1.0 - np.cumprod(1.0 - lost, axis=1), np.float64)
    return hours[order], closed_by


def case_summaries(
    cases: pd.DataFrame,
    names: Sequence[str],
    *,
    content: float | Mapping[int, float] = CONTENT,
    last_week: int | None = None,
) -> pd.DataFrame:
    """Case figures of runs, from the table of their cases.

    A case counts once it is recorded. It is open from its finding, or from its last relapse, until it is
    closed, whether really or on paper. One that its party gave up, or that the street still has, never
    closed, and was watched until it was given up, or until the end.

    Parameters
    ----------
    cases : DataFrame
        ``point, arm, seed`` and the fields of :data:`sim.results.CASE`, codes spelled out.
    names : sequence of str
        Such as ``case_hours_q50``.
    content : float, or mapping of point to float
        Satisfaction above which a party counts as satisfied: ``experience.content`` of the scenario.
    last_week : int, optional
        Week of the model at which runs end, warm-up included; if left out, one past the last week in which
        any case of the table was born.

    Returns
    -------
    DataFrame
        ``point, arm, seed``, then one column a name; a row for each run that has recorded cases.
    """
    import pandas as pd

    end = (int(cases["born_week"].max()) + 1 if len(cases) else 0) if last_week is None else last_week
    recorded = cases[cases["recorded"] > 0]
    rows = [
        {
            "point": point,
            "arm": arm,
            "seed": seed,
            **{name: float(value[0]) for name, value in _of_run(run, names, _threshold(content, point), end)},
        }
        for (point, arm, seed), run in recorded.groupby(["point", "arm", "seed"], sort=True)
    ]
    return pd.DataFrame(rows, columns=["point", "arm", "seed", *names])


def _threshold(content: float | Mapping[int, float], point: Any) -> float:
    return content[point] if isinstance(content, Mapping) else content


def _of_run(
    run: pd.DataFrame, names: Sequence[str], content: float, end: int
) -> Iterator[tuple[str, FloatArray]]:
    to_close = run["close_clock"].to_numpy(float)
    over = run["status"].isin((Status.RESOLVED.key, Status.PAPER.key)).to_numpy()
    closed = over & ~np.isnan(to_close)
    watched = to_close.copy()
    for i in np.flatnonzero(np.isnan(to_close)).tolist():
        row = run.iloc[i]
        watched[i] = max(0.0, end * CLOCK_HOURS - clock_time(float(row["born"])) - float(row["find_clock"]))
    felt = run["satisfaction"].to_numpy(float)
    satisfied = np.where(np.isnan(felt), np.nan, felt > content)
    found = figures(CaseList(watched, closed, satisfied, run["category"].to_numpy(object)), names)
    # A quantile the run never reaches is no number one could average
    yield from ((name, np.where(np.isinf(value), np.nan, value)) for name, value in found.items())
