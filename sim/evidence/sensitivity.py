"""What the sensitivity studies say: ranked numbers, and conclusions whose sign flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.stored import Reference

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05
"""Chance that luck alone tells anything of one response: p-values are adjusted by Holm within it."""
LEVEL_OF = "none"
"""The arm whose levels are ranked: no policy, one core."""
TEN = 10


def top(table: pd.DataFrame, of: str, outcome: str, most: int = TEN) -> pd.DataFrame:
    """Rows of a Morris table with the greatest mean absolute effect, and whether each is :func:`told`."""
    mine = table[(table["of"] == of) & (table["outcome"] == outcome)]
    mine = mine.assign(told=told(mine))
    return mine.sort_values("mu_star", ascending=False, kind="stable").head(most)


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Factors of a Morris table, those first that have the greatest part in any one response.

    The part is a maximum over all responses, so it is picked, and on the high side.

    Returns
    -------
    DataFrame
        For each factor whose interval leaves out 0 anywhere, its row of the response in which it has most
        part, with ``part``: its mean absolute effect over the sum of all factors' there.
    """
    part = table["mu_star"] / table.groupby(["of", "outcome"])["mu_star"].transform("sum")
    return _first(table.assign(part=part)[table["mu_star_low"] > 0.0])


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """As :func:`ranked`, of effects that are :func:`told` from 0."""
    part = table["mu_star"] / table.groupby(["of", "outcome"])["mu_star"].transform("sum")
    return _first(table.assign(part=part)[told(table)])


def told(table: pd.DataFrame) -> pd.Series[bool]:
    """Effects whose interval leaves out 0, and whose p-value, adjusted within their response, is small."""
    return (table["p"] < LEVEL) & (table["mu_star_low"] > 0.0)


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    order = rows.sort_values("part", ascending=False, kind="stable")
    return order.drop_duplicates("factor").reset_index(drop=True)


def flips(r: Reference, of: str, outcome: str) -> pd.DataFrame:
    """A contrast with single numbers at the ends of their declared ranges.

    Returns
    -------
    DataFrame
        ``factor, value, end`` (``low`` or ``high``), ``level, low, high``: the contrast there with its own
        interval over seeds; ``p``, against 0, adjusted by Holm for all ends of the contrast and outcome;
        ``base, base_low, base_high`` at the defaults; ``told``: whether the base is told from 0; ``flips``:
        whether it is, and the level is told from 0 on the other side.
    """
    from sim.study.statistics import holm

    table = r.table("ends")
    mine = table[(table["of"] == of) & (table["outcome"] == outcome)]
    base = mine[mine["factor"] == ""].iloc[0]
    found = mine[mine["factor"] != ""].copy()
    found["value"] = found["value"].astype(float)
    found["end"] = ["low" if value == low else "high" for value, low in zip(
        found["value"], found.groupby("factor")["value"].transform("min"), strict=True)]
    found["p"] = holm(found["p"].to_numpy(float))
    found["base"], found["base_low"], found["base_high"] = base["level"], base["low"], base["high"]
    found["told"] = bool(base["low"] > 0.0 or base["high"] < 0.0)
    found["flips"] = found["told"] & (found["level"] * base["level"] < 0.0) & (found["p"] < LEVEL)
    return found[["factor", "value", "end", "level", "low", "high", "p", "base", "base_low", "base_high",
                  "told", "flips"]].reset_index(drop=True)
