"""Where one core does better than the other regimes, and where worse: what the findings study says."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.covering import Halves
from sim.analysis.prim import BOX_COLUMNS, prim
from sim.analysis.responses import Response, response
from sim.evidence.sieve import candidates, sieve
from sim.evidence.signs import SIDES, agreeing, oriented, pooled, sign_row, signs, told
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

ESTATES = ("commercial", "old", "rental")
OTHERS = ("fragmented", "administrative", "self_governing")
JUDGED = ("satisfaction", "real_resolution_rate", "participation_52")
"""Outcomes for which conditions are looked for."""
MAPPED = "satisfaction"
ESTATE = "estate"
SPLITS, RESAMPLES = 100, 200
"""Ways in which design points are split into halves, and resamples of seeds, for each box."""
_WEEK = 40.0
"""Working hours."""
DEFAULT_HOURS = 0.8 * 1.0 * _WEEK
"""Hours of the core a week per 1,000 residents at the defaults."""
BANDS = (0.0, DEFAULT_HOURS / 2.0, DEFAULT_HOURS, math.inf)
"""Edges of bands of the core's hours."""


def conditions(
    runs: pd.DataFrame, design: pd.DataFrame, outcomes: tuple[str, ...], *,
    splits: int = SPLITS, resamples: int = RESAMPLES,
) -> dict[str, pd.DataFrame]:
    """Tables of the findings study.

    Returns
    -------
    dict of DataFrame
        ``signs``: by estate, other regime and outcome, as :func:`sim.evidence.signs.sign_row` says.
        ``looked``: a row a box looked for: ``other, outcome, side`` (where one core is ``better`` or
        ``worse`` with every seed), ``share`` (of all points), ``told`` (whether that is more than luck in any
        estate; only then is a box looked for), ``p`` (whole design points in either half, over many splits;
        NaN where there was nothing to look for), ``p_low, p_median, p_high`` (of single splits), ``tests``
        (rows, by which ``p`` must be multiplied). ``boxes``: a row a limited factor, as
        :func:`sim.analysis.prim.prim` gives them, with ``other, side``. ``drivers``: what the difference,
        averaged over estates, hangs on, as :func:`sim.evidence.sieve.sieve` gives it. ``points``: the mean
        difference at every point. ``bands``: over all estates, by hours of the core; ``told``: the sides that
        are more than luck in any estate.
    """
    import pandas as pd

    table = {
        (other, outcome): [response(runs, outcome, f"{e}_one_core - {e}_{other}") for e in ESTATES]
        for other in OTHERS for outcome in outcomes}
    found = {key: signs(many).assign(other=key[0], estate=list(ESTATES)) for key, many in table.items()}
    sides = len(SIDES) * sum(len(one) for one in found.values())
    looked, boxes, drivers, points = [], [], [], []
    for other in OTHERS:
        for outcome in JUDGED:
            many = table[other, outcome]
            shown = {side for row in records(found[other, outcome]) for side in told(row, sides)}
            for side in SIDES:
                said, limits = _box(many, design, side, side in shown, splits, resamples)
                looked.append({"other": other, "outcome": outcome, **said})
                boxes.append(limits.assign(other=other))
            drivers.append(_drivers(many, design).assign(other=other, outcome=outcome))
        points += [
            pd.DataFrame({"estate": estate, "point": one.points, "other": other,
                          MAPPED: one.values.mean(axis=1)})
            for estate, one in zip(ESTATES, table[other, MAPPED], strict=True)]
    return {
        "bands": _bands(table, capacity(design)), "signs": _joined([*found.values()]),
        "looked": pd.DataFrame(looked).assign(tests=len(looked)), "boxes": _joined(boxes),
        "drivers": _joined(drivers), "points": pd.concat(points, ignore_index=True), "design": design}


def capacity(design: pd.DataFrame) -> pd.DataFrame:
    """Hours of the core a week per 1,000 residents, and frictions, of each design point."""
    import pandas as pd

    share, staff = design["actors.core.attention_share"], design["actors.core.staff_per_1000"]
    return pd.DataFrame({
        "point": design["point"], "hours": _WEEK * share * staff,
        "frictions": design["world.potential_rate"]})


def _bands(table: dict[tuple[str, str], list[Response]], hours: pd.DataFrame) -> pd.DataFrame:
    """How often one core is ahead, by how many hours the core has."""
    import pandas as pd

    rows = []
    tests = len(SIDES) * (len(BANDS) - 1) * len(OTHERS) * len(JUDGED) * len(ESTATES)
    for low, high in pairwise(BANDS):
        inside = hours.loc[(hours["hours"] >= low) & (hours["hours"] < high), "point"].to_numpy()
        for (other, outcome), many in table.items():
            here = [
                replace(one, points=one.points[held], values=one.values[held])
                for one in many if (held := np.isin(one.points, inside)).any()]
            if outcome in JUDGED and here:
                stacked = replace(
                    here[0], points=np.arange(sum(len(one.points) for one in here)),
                    values=np.concatenate([one.values for one in here]))
                shown = {side for one in here for side in told(sign_row(one), tests)}
                rows.append({**sign_row(stacked), "other": other, "from": low, "to": high,
                             "design_points": len(inside), "told": " ".join(sorted(shown))})
    return pd.DataFrame(rows)


def _box(
    many: list[Response], design: pd.DataFrame, side: str, shown: bool, splits: int, resamples: int,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """The test of the best box of points of one side, and its limits; not looked for where luck may do."""
    import pandas as pd

    whole, space = pooled(many, list(ESTATES), design, ESTATE)
    said = {"side": side, "share": float(agreeing(whole, side).hit.mean()), "told": shown,
            **dict.fromkeys(("p", "p_low", "p_median", "p_high"), np.nan)}
    if not shown:
        return said, pd.DataFrame(columns=[*BOX_COLUMNS, "side"])
    groups = np.concatenate([one.points for one in many])  # a design point is one, whatever the estate
    found = prim(whole, space, partial(agreeing, side=side), boxes=1, resamples=resamples,
                 halves=Halves(splits, groups))
    if found.p:
        single = found.splits[:, 0]
        said |= {"p": found.p[0], "p_low": float(single.min()), "p_median": float(np.median(single)),
                 "p_high": float(single.max())}
    return said, found.boxes.assign(side=side)


def _drivers(many: list[Response], design: pd.DataFrame) -> pd.DataFrame:
    """Estates of a design point are averaged: under the same settings they are no three independent ones."""
    means = np.mean([oriented(one.outcome, one.values.mean(axis=1)) for one in many], axis=0)
    there = ~np.isnan(means)
    settings = design.set_index("point").loc[many[0].points[there]].reset_index()
    return sieve(means[there], candidates(settings)).drop(columns="value")  # all factors are numbers


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    full = [one for one in frames if len(one)]
    return pd.concat(full or frames[:1], ignore_index=True)
