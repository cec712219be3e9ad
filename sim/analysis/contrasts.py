"""Every arm against the control, paired by point and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.analysis.responses import VERSUS, Response, arms_of, complete, outcomes_of, response
from sim.study.statistics import Contrast, holm, paired

if TYPE_CHECKING:
    import pandas as pd

Adjust = Literal["holm", "none"]
Family = Literal["study", "outcome"]

OVERALL = -1
"""In place of a point: the mean over points, made within each seed."""

COLUMNS = ("of", "outcome", "arm", "against", "point", "difference", "low", "high", "p", "p_holm", "n",
           "effect", "method", "points")


def contrasts(
    runs: pd.DataFrame,
    control: str,
    outcomes: Sequence[str] | None = None,
    *,
    by_point: Sequence[str] | None = None,
    adjust: Adjust = "holm",
    family: Family = "study",
) -> pd.DataFrame:
    """All arms against the control, over all points and at each.

    The overall contrast averages over points within each seed and takes seeds as the units. It uses the seeds
    that all its points have; points that failed are left out (:func:`sim.analysis.responses.complete`), and
    ``points`` says how many remain. A point's own contrast uses every seed in which both arms finished.

    ``p_holm`` holds the error rate over a family of tests. Overall contrasts and contrasts at single points
    are families apart: many points must not take the power from the one question over all of them.

    Parameters
    ----------
    runs : DataFrame
        ``point, arm, seed`` and outcomes; one row a run.
    control : str
    outcomes : sequence of str, optional
        All there are if left out.
    by_point : sequence of str, optional
        Outcomes whose contrasts are wanted at each point too; all of ``outcomes`` if left out. One test takes
        about 0.1 ms, and some 4 ms where differences are skewed.
    adjust : {"holm", "none"}
        With ``none``, ``p_holm`` is NaN.
    family : {"study", "outcome"}
        Whether a family is all outcomes of the study, or each outcome is one of its own.

    Returns
    -------
    DataFrame
        ``of, outcome, arm, against, point, difference, low, high, p, p_holm, n, effect, method, points``;
        ``point`` is −1 over all points. Units are those of the outcome; ``effect`` is the paired d_z; 95 %
        intervals by the rules of :mod:`sim.study.statistics`.

    Raises
    ------
    YiheError
        If there is no such arm or outcome.
    """
    import pandas as pd

    outcomes = outcomes_of(runs) if outcomes is None else list(outcomes)
    at_points = set(outcomes if by_point is None else by_point)
    response(runs, (outcomes or outcomes_of(runs))[0], control)  # the control's own name, checked
    rows = [
        row for arm in arms_of(runs) if arm != control for outcome in outcomes
        for row in _rows(response(runs, outcome, f"{arm}{VERSUS}{control}"), arm, control,
                         outcome in at_points)]
    table = pd.DataFrame(rows, columns=[column for column in COLUMNS if column != "p_holm"])
    table["p_holm"] = np.nan
    if adjust == "holm":
        families = [table["point"] == OVERALL] + ([table["outcome"]] if family == "outcome" else [])
        for _, tests in table.groupby(families, sort=False):
            table.loc[tests.index, "p_holm"] = holm(tests["p"].to_numpy(float))
    return table[list(COLUMNS)]


def overall(difference: Response) -> tuple[Contrast, int]:
    """Contrast of the means over points, made within each seed; and how many points they are over."""
    kept = complete(~np.isnan(difference.values))
    within = difference.values[np.ix_(kept.blocks, kept.seeds)]
    means = within.mean(axis=0) if within.size else np.full(0, np.nan)
    return paired(means, np.zeros(len(means)), bounds=difference.bounds), len(kept.blocks)


def _rows(difference: Response, arm: str, control: str, by_point: bool) -> Iterator[dict[str, Any]]:
    said = {"of": difference.of, "outcome": difference.outcome, "arm": arm, "against": control}
    found, points = overall(difference)
    yield {**said, "point": OVERALL, "points": points, **found._asdict()}
    if not by_point:
        return
    nothing = np.zeros(len(difference.seeds))
    for point, values in zip(difference.points.tolist(), difference.values, strict=True):
        yield {**said, "point": point, "points": 1,
               **paired(values, nothing, bounds=difference.bounds)._asdict()}
