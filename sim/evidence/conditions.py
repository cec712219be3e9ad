"""Where one core does better than the other regimes, and where worse: what the findings study says."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.prim import cases, prim
from sim.analysis.responses import Response, response
from sim.evidence.sieve import candidates, sieve
from sim.evidence.signs import pooled, sign_row, signs

if TYPE_CHECKING:
    import pandas as pd

ESTATES = ("commercial", "old", "rental")
OTHERS = ("fragmented", "administrative", "self_governing")
JUDGED = ("satisfaction", "real_resolution_rate", "participation_52")
"""Outcomes for which conditions are looked for."""
MAPPED = "satisfaction"
ESTATE = "estate"
_WEEK = 40.0
"""Working hours."""
DEFAULT_HOURS = 0.8 * 1.0 * _WEEK
"""Hours of the core a week per 1,000 residents at the defaults."""
BANDS = (0.0, DEFAULT_HOURS / 2.0, DEFAULT_HOURS, math.inf)
"""Edges of bands of the core's hours."""


def conditions(
    runs: pd.DataFrame, design: pd.DataFrame, outcomes: tuple[str, ...],
) -> dict[str, pd.DataFrame]:
    """Tables of the findings study.

    Returns
    -------
    dict of DataFrame
        ``signs``: by estate, other regime and outcome, as :func:`sim.evidence.signs.sign_row` says.
        ``boxes``: a row a limited factor, as :func:`sim.analysis.prim.prim` gives them, with ``other, side``
        (where one core is ``better`` or ``worse``), ``share`` (of all points) and ``tests`` (boxes looked for
        in all, by which ``p`` must be multiplied). ``drivers``: what the difference hangs on, as
        :func:`sim.evidence.sieve.sieve` gives it. ``points``: the mean difference at every point. ``bands``:
        over all estates, by hours of the core.
    """
    import pandas as pd

    table = {
        (other, outcome): [response(runs, outcome, f"{e}_one_core - {e}_{other}") for e in ESTATES]
        for other in OTHERS for outcome in outcomes}
    found = [signs(many).assign(other=other, estate=list(ESTATES)) for (other, _), many in table.items()]
    boxes, drivers, points = [], [], []
    for other in OTHERS:
        for outcome in JUDGED:
            whole, space = pooled(table[other, outcome], list(ESTATES), design, ESTATE)
            boxes += [one.assign(other=other) for one in _boxes(whole, space)]
            drivers.append(_drivers(whole, space).assign(other=other, outcome=outcome))
        points += [
            pd.DataFrame({"estate": estate, "point": one.points, "other": other,
                          MAPPED: one.values.mean(axis=1)})
            for estate, one in zip(ESTATES, table[other, MAPPED], strict=True)]
    tests = 2 * len(OTHERS) * len(JUDGED)
    return {
        "bands": _bands(table, capacity(design)),
        "signs": pd.concat(found, ignore_index=True),
        "boxes": _joined(boxes).assign(tests=tests), "drivers": _joined(drivers),
        "points": pd.concat(points, ignore_index=True), "design": design}


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
                rows.append({**sign_row(stacked), "other": other, "from": low, "to": high})
    return pd.DataFrame(rows)


def _boxes(whole: Response, space: pd.DataFrame) -> list[pd.DataFrame]:
    """The best box of points where one core is better, and of those where it is worse."""
    found = []
    for side, interest in (("better", partial(cases, above=0.0)), ("worse", partial(cases, below=0.0))):
        share = float(interest(whole).hit.mean())
        boxes = prim(whole, space, interest, boxes=1).boxes
        found.append(boxes.assign(side=side, share=share))
    return found


def _drivers(whole: Response, space: pd.DataFrame) -> pd.DataFrame:
    there = ~np.isnan(whole.values).any(axis=1)
    settings = space.set_index("point").loc[whole.points[there]].reset_index()
    return sieve(whole.values[there].mean(axis=1), candidates(settings))


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    full = [one for one in frames if len(one)]
    return pd.concat(full or frames[:1], ignore_index=True)
