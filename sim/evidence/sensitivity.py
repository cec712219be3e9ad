"""What the sensitivity studies say: ranked numbers, and conclusions whose sign flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.stored import Reference

if TYPE_CHECKING:
    import pandas as pd

LEVEL_OF = "none"
"""The arm whose levels are ranked: no policy, one core."""
TEN = 10


def top(table: pd.DataFrame, of: str, outcome: str, most: int = TEN) -> pd.DataFrame:
    """Rows of a Morris table with the greatest mean absolute effect."""
    mine = table[(table["of"] == of) & (table["outcome"] == outcome)]
    return mine.sort_values("mu_star", ascending=False, kind="stable").head(most)


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """Factors of a Morris table, those first that have the greatest part in any one response.

    Returns
    -------
    DataFrame
        For each factor that is told from 0 anywhere, its row of the response in which it has most part, with
        ``part``: its mean absolute effect over the sum of all factors' there.
    """
    part = table["mu_star"] / table.groupby(["of", "outcome"])["mu_star"].transform("sum")
    told = table.assign(part=part)[table["mu_star_low"] > 0.0]
    order = told.sort_values("part", ascending=False, kind="stable")
    return order.drop_duplicates("factor").reset_index(drop=True)


def flips(r: Reference, of: str, outcome: str) -> pd.DataFrame:
    """A contrast with single numbers at the ends of their declared ranges.

    Returns
    -------
    DataFrame
        ``factor, value, end`` (``low`` or ``high``), ``level, low, high`` of the contrast there, ``base``
        (at the defaults), ``flips``: whether the sign is opposite to that at the defaults and the interval of
        the change does not reach back to 0.
    """
    table, base = r.table("tornado"), r.table("base")
    mine = table[(table["of"] == of) & (table["outcome"] == outcome)].copy()
    here = base[(base["of"] == of) & (base["outcome"] == outcome)]
    start = float(here["first"].iloc[0])
    mine["value"] = mine["value"].astype(float)
    mine["end"] = ["low" if value == low else "high" for value, low in zip(
        mine["value"], mine.groupby("factor")["value"].transform("min"), strict=True)]
    mine["level"], mine["base"] = start + mine["change"], start
    mine["low"], mine["high"] = start + mine["low"], start + mine["high"]
    mine["flips"] = (mine["high"] < 0.0) if start > 0.0 else (mine["low"] > 0.0)
    return mine[["factor", "value", "end", "level", "low", "high", "base", "flips"]]
