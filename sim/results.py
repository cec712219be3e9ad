"""What one run leaves: weekly series, breakdowns and the log of its cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.ledger.caselog import CASE
from sim.outcomes import OUTCOMES

FloatArray = npt.NDArray[np.float64]

__all__ = ["CASE", "RunResult", "summarise"]


_SHOWN = (
    "participation_52_other", "participation_52", "latent_neighbour_disputes", "resolved", "closed_on_paper")
"""Outcomes in a run's one-line form."""


@dataclass(frozen=True, repr=False)
class RunResult:
    """Outcomes of one run after its warm-up.

    Parameters
    ----------
    seed : int
    series : dict of str to array, shape (weeks,)
        One weekly series for each outcome of :data:`sim.outcomes.OUTCOMES`.
    groups : dict of str to array, shape (weeks, groups)
        Participation within 52 weeks without the compared policies' own events, by breakdown.
    group_names : dict of str to tuple of str
        Keys of each breakdown's groups.
    group_sizes : dict of str to array, shape (groups,)
        Adults in each group.
    cases : structured array of :data:`CASE`
    categories : tuple of str
        Keys of the case categories, by code.
    digest : str
        Hash of the whole final state: two runs with equal digests did exactly the same.
    """

    seed: int
    series: dict[str, FloatArray]
    groups: dict[str, FloatArray]
    group_names: dict[str, tuple[str, ...]]
    group_sizes: dict[str, npt.NDArray[np.int64]]
    cases: npt.NDArray[np.void]
    categories: tuple[str, ...]
    digest: str

    @property
    def weeks(self) -> int:
        """Weeks recorded."""
        return len(next(iter(self.series.values())))

    def value(self, outcome: str, first: int | None = None, last: int | None = None) -> float:
        """One outcome over a window of weeks.

        Parameters
        ----------
        outcome : str
        first, last : int, optional
            Window ``first ≤ week < last`` after the warm-up; the last 52 weeks if left out.

        Returns
        -------
        float
            By the outcome's own ``summary``; NaN if the window holds no value.

        Raises
        ------
        KeyError
            If there is no such outcome.
        """
        last = self.weeks if last is None else last
        first = max(0, last - 52) if first is None else first
        return summarise(outcome, self.series[outcome][first:last])

    def summary(self, first: int | None = None, last: int | None = None) -> dict[str, float]:
        """Every outcome over a window."""
        return {name: self.value(name, first, last) for name in self.series}

    def __repr__(self) -> str:
        """Seed, weeks and a handful of outcomes; never the arrays themselves."""
        shown = ", ".join(
            f"{name}={self.value(name):.3g}" for name in _SHOWN if name in self.series)
        return (
            f"<RunResult seed={self.seed} weeks={self.weeks} cases={len(self.cases)} {shown}; "
            "示意性，未经校准 · illustrative, uncalibrated>")

    def _repr_html_(self) -> str:
        """Show the last 52 weeks' outcomes in a notebook."""
        rows = "".join(
            f"<tr><td>{OUTCOMES[name].label.zh}</td><td>{OUTCOMES[name].label.en}</td>"
            f"<td style='text-align:right'>{value:.4g}</td><td>{OUTCOMES[name].unit}</td></tr>"
            for name, value in self.summary().items()
        )
        return f"<p>示意性，未经校准 · illustrative, uncalibrated (seed {self.seed})</p><table>{rows}</table>"


def summarise(outcome: str, values: npt.ArrayLike) -> float:
    """One number out of a window of weekly values, by the outcome's own ``summary``."""
    window: Any = np.asarray(values, float)
    window = window[~np.isnan(window)]
    if not len(window):
        return float("nan")
    how = OUTCOMES[outcome].summary
    if how == "last":
        return float(window[-1])
    total = 0.0
    for value in window.tolist():  # one fixed order: np.sum adds pairwise and differently by CPU
        total += value
    return total / len(window) * (52.0 if how == "sum_per_year" else 1.0)
