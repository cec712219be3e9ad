"""Names and columns of the tables that figures and report of a study read.

Each table is optional. One that is missing has no figure; one without rows has a figure that says so.
``of`` is an arm, or a contrast ``"a - b"`` paired by seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

COLUMNS: dict[str, tuple[str, ...]] = {
    "design": ("point",),  # and a column a factor
    "runs": ("point", "arm", "seed"),  # and a column an outcome
    "series": ("point", "arm", "seed", "week"),  # and a column an outcome
    "contrasts": (
        "of", "outcome", "arm", "against", "point", "difference", "low", "high", "p", "p_holm", "n",
        "effect", "method"),
    "tornado": ("of", "outcome", "factor", "value", "change", "low", "high"),
    "morris": ("of", "outcome", "factor", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"),
    "sobol": ("of", "outcome", "factor", "s1", "s1_low", "s1_high", "st", "st_low", "st_high"),
    "sobol_pairs": ("of", "outcome", "factor", "other", "s2", "s2_low", "s2_high"),
    "pawn": ("of", "outcome", "factor", "pawn", "pawn_low", "pawn_high", "dummy"),
    "effects": (
        "of", "outcome", "term", "order", "effect", "low", "high", "p", "p_holm", "aliases"),
    "prim_boxes": ("of", "outcome", "box", "factor", "low", "high", "values", "qp"),
    "prim_peeling": ("of", "outcome", "box", "step", "coverage", "density", "mass", "chosen"),
    "prim_cases": ("of", "outcome", "point", "interest"),
    "pareto": ("point", "arm", "front", "front_share"),  # and <outcome>, <outcome>_low, <outcome>_high
    "posterior": ("weight", "generation", "distance"),  # and a column a parameter
    "waves": ("wave", "points", "share_left"),
    "implausibility": ("implausibility", "cutoff"),  # and a column a parameter
    "checks": (
        "target", "outcome", "arm", "against", "statistic", "use", "observed_low", "observed_high",
        "predicted", "low", "high", "covered"),
    "claims": ("claim", "verdict", "share", "low", "high"),
    "shrinkage": ("parameter", "prior", "prior_low", "prior_high"),
    "trials": ("trial",),  # and a column a factor, objective and budget; affordable, judged, front
    # The factors stand between trial and chosen; each objective and budget has _low and _high, a budget
    # _within too; with a single best: difference, difference_low, difference_high
    "finalists": ("trial", "chosen", "base", "equal", "front", "front_share"),
    "replicates": ("of", "outcome", "point", "n", "half_width", "goal"),
}
"""Columns that must be there."""


NO_FACTORS = ("point", "first_seed")
"""Columns of a design that are no factors."""


class Group(NamedTuple):
    """Rows of a table about one outcome of one arm or contrast."""

    of: str
    outcome: str
    rows: pd.DataFrame


def groups(table: pd.DataFrame) -> Iterator[Group]:
    """Rows by ``of`` and ``outcome``, in the order in which they first come."""
    for (of, outcome), rows in table.groupby(["of", "outcome"], sort=False):
        yield Group(str(of), str(outcome), rows.reset_index(drop=True))


def same_group(table: pd.DataFrame | None, group: Group) -> pd.DataFrame | None:
    """Rows of another table about the same; None if there are none."""
    if table is None:
        return None
    rows = table[(table["of"] == group.of) & (table["outcome"] == group.outcome)]
    return rows.reset_index(drop=True) if len(rows) else None


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain mappings."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def counted(n: int, one: str) -> str:
    """``1 seed``, ``2 seeds``."""
    return f"{n} {one}" if n == 1 else f"{n} {one}s"
