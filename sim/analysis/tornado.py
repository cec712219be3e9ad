"""One factor at a time: how far each value moves the outcome from the base point, seed by seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.responses import Response, settings_of
from sim.errors import YiheError
from sim.study.statistics import paired

if TYPE_CHECKING:
    import pandas as pd


def tornado(response: Response, design: pd.DataFrame, base: int = 0) -> pd.DataFrame:
    """Change from the base point at every other point, paired by seed.

    Parameters
    ----------
    response : Response
    design : DataFrame
        One column a factor, and ``point``; every point but the base differs from it in one factor.
    base : int
        The base point.

    Returns
    -------
    DataFrame
        ``of, outcome, factor, value, change, low, high, point, n``, in units of the outcome; in the order of
        the design. ``value`` keeps the factor's own type.

    Raises
    ------
    YiheError
        If a point differs from the base in several factors, or the base is not in the design.
    """
    import pandas as pd

    settings = settings_of(design)
    factors = [str(column) for column in settings.columns]
    if base not in settings.index:
        raise YiheError(
            f"设计表中没有基准点 {base}：请改用表中已有的点",
            f"the design has no base point {base}: name one that it has", key="design")
    values = response.rows(int(settings.index.max()) + 1)
    at_base = values[base]
    rows = []
    for point, setting in zip(settings.index.tolist(), settings.to_numpy(object), strict=True):
        moved = np.flatnonzero(setting != settings.loc[base].to_numpy(object))
        if len(moved) > 1:
            names = ", ".join(factors[i] for i in moved)
            raise YiheError(
                f"第 {point} 点与基准点 {base} 相差不止一个因素（{names}），不是单因素方案："
                "请改用 Morris、Sobol 或 PAWN 分析",
                f"point {point} differs from base point {base} in several factors ({names}), so this is no "
                "one-at-a-time design: analyse it by Morris, Sobol or PAWN", key="design.method")
        if not len(moved):
            continue
        found = paired(values[point], at_base, bounds=response.bounds_of_change)
        rows.append({
            "of": response.of, "outcome": response.outcome, "factor": factors[moved[0]],
            "value": setting[moved[0]], "change": found.difference, "low": found.low, "high": found.high,
            "point": point, "n": found.n})
    columns = ["of", "outcome", "factor", "value", "change", "low", "high", "point", "n"]
    return pd.DataFrame(rows, columns=columns).astype({"value": object})
