"""Factors that the model never reads, found by trying them before a study starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.designs.names import ARM, of_policy, switched
from sim.errors import YiheError
from sim.study.pool import Pool
from sim.study.runtable import RunTable
from sim.study.tables import Keep
from sim.study.variants import vary
from sim.study.work import Batch, Common, Engine, Rules

SEEDS = (1, 3)
"""Seeds with which a factor is tried: first the least, and more before it is refused."""

BASES = (12, 3)
"""Points from which it is moved with the least seeds, and with more."""

MOST_VALUES = 5
"""Values of a factor that are tried."""


def unread(
    table: RunTable, pool: Pool, engine: Engine, rules: Rules, factors: Sequence[str] | None = None,
) -> list[str]:
    """Factors that change no bit of any outcome.

    Each factor is moved alone through its values (the least, the greatest and some between), from the first
    point of the design, then from the last and from points as unlike those as there are: what a switch, an
    arm or an intensity of 0 keeps from being read at one point may be read at another. A factor of a policy
    is moved only where that policy is there. If every outcome is the same in every week, in every arm, with
    every seed and from every point tried, the model does not read it here: the mechanism it belongs to is
    switched off, or missing in this scenario.

    Parameters
    ----------
    table : RunTable
    pool : Pool
    engine : Engine
    rules : Rules
    factors : sequence of str, optional
        Those to be tried; all if left out.

    Returns
    -------
    list of str
    """
    suspects = [factor for factor in (table.factors if factors is None else factors) if factor != ARM]
    suspects = [factor for factor in suspects if len(_values(table, factor)) > 1]
    return [factor for factor in suspects if _never_read(table, factor, pool, engine, rules)]


def refuse_unread(factors: Sequence[str], file: object) -> None:
    """Say which factor is never read, and what to do.

    Raises
    ------
    YiheError
        If there is one.
    """
    for factor in factors:
        seeds, points = SEEDS[-1], BASES[0]
        raise YiheError(
            f"它在这里什么也不改变：从设计中至多 {points} 个彼此不同的点出发，用至多 {seeds} 个种子，"
            "取不同值时，所有方案、每一周的指标逐位相同；"
            "请删去这个因子、放宽取值，或先让它所属的机制起作用（例如列出相应政策、设置相应机构）",
            f"it changes nothing here: from up to {points} unlike points of the design, with up to {seeds} "
            "seeds, in every arm and week, its values give the same bits; leave it out, widen its values, or "
            "first switch on the mechanism it belongs to (list the policy, found the institution)",
            file=str(file), key=f"design.factors.{factor}")


def _values(table: RunTable, factor: str) -> list[Any]:
    at = table.factors.index(factor)
    found = sorted({point[at] for point in table.points}, key=lambda value: (str(type(value)), value))
    if len(found) <= MOST_VALUES:
        return found
    step = (len(found) - 1) / (MOST_VALUES - 1)
    return [found[round(step * number)] for number in (0, MOST_VALUES - 1, *range(1, MOST_VALUES - 1))]


def _never_read(table: RunTable, factor: str, pool: Pool, engine: Engine, rules: Rules) -> bool:
    """Whether the factor is unread from every point it is moved from, and could be told from one at least."""
    told = False
    bases = _bases(table, factor)
    for seeds, most in zip(SEEDS, BASES, strict=True):
        for base in bases[:most]:
            found = _moved(table, factor, base, seeds, pool, engine, rules)
            if found == "reads" or found == "fails":  # a run that fails says nothing against the factor
                return False
            told = told or found == "same"
    return told


Found = Literal["reads", "same", "fails", "impossible"]


def _moved(
    table: RunTable, factor: str, base: int, seeds: int, pool: Pool, engine: Engine, rules: Rules,
) -> Found:
    at, from_here = table.factors.index(factor), table.points[base]
    few = 2 if seeds == 1 else MOST_VALUES
    points = [(*from_here[:at], value, *from_here[at + 1:]) for value in _values(table, factor)[:few]]
    trial = replace(table, points=points, replicates=(seeds,) * len(points), starts=None)
    possible = [number for number in range(len(points)) if _possible(trial, number)]
    if len(possible) < 2:
        return "impossible"
    blocks = [block for block in trial.blocks() if block.point in possible]
    weekly = Rules(rules.timeout, 0, Keep(("series",)))
    found: dict[tuple[int, str], list[bytes]] = {}
    for results in pool.do(Common.of(trial), iter(blocks), len(blocks), engine, weekly):
        for batch in results:
            if isinstance(batch, Batch):
                for run, content in _contents(batch):
                    found.setdefault(run, []).append(content)
    if any(len(set(contents)) > 1 for contents in found.values()):
        return "reads"
    return "same" if any(len(contents) > 1 for contents in found.values()) else "fails"


def _possible(table: RunTable, point: int) -> bool:
    """Whether a point makes scenarios at all: moved off the design, its values may not go together."""
    try:
        vary({arm: table.arms[arm] for arm in table.arms_at(point)}, table.factors, table.points[point])
    except YiheError:
        return False
    return True


def _bases(table: RunTable, factor: str) -> list[int]:
    """Points to move a factor from: the first, the last, and then always the one least like those chosen."""
    places = _places(table)
    here = np.flatnonzero(_present(table, factor))
    here = np.arange(len(places)) if not len(here) else here
    chosen = list(dict.fromkeys((int(here[0]), int(here[-1]))))
    away = np.min([_distance(places, base)[here] for base in chosen], axis=0)
    while len(chosen) < BASES[0] and away.max() > 0:
        chosen.append(int(here[int(np.argmax(away))]))
        away = np.minimum(away, _distance(places, chosen[-1])[here])
    return chosen


def _places(table: RunTable) -> npt.NDArray[np.float64]:
    """Each point in a cube with a side for each range, and one for each value of a switch or of text."""
    columns: list[npt.NDArray[np.float64]] = []
    for at in range(len(table.factors)):
        values = [point[at] for point in table.points]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            found = np.asarray(values, float)
            width = float(np.ptp(found))
            columns.append((found - found.min()) / (width or 1.0))
        else:
            names = [str(value) for value in values]
            columns += [np.array([name == one for name in names]) / 2.0 for one in dict.fromkeys(names)]
    return np.stack(columns, axis=1)


def _distance(places: npt.NDArray[np.float64], base: int) -> npt.NDArray[np.float64]:
    return np.asarray(np.abs(places - places[base]).sum(axis=1), float)


def _present(table: RunTable, factor: str) -> npt.NDArray[np.bool_]:
    """Points with an arm that has the factor's policy, its own switch aside; all of them if it has none."""
    named = of_policy(factor)
    if named is None:
        return np.ones(len(table.points), bool)
    switches = [(at, policy) for at, name in enumerate(table.factors)
                if name != factor and (policy := switched(name))]

    def there(point: int) -> bool:
        off = {policy for at, policy in switches if not table.points[point][at]}
        return any(named in (policy.id, policy.kind) and policy.id not in off
                   for arm in table.arms_at(point) for policy in table.arms[arm].policies)

    return np.array([there(point) for point in range(len(table.points))])


def _contents(batch: Batch) -> Iterator[tuple[tuple[int, str], bytes]]:
    """Seed and arm of each run, and its outcomes week by week."""
    series = batch.tables["series"].drop_columns(["key"]).to_pandas()
    for (_, seed, arm), rows in series.groupby(["point", "seed", "arm"], sort=False):
        yield (int(seed), str(arm)), rows.drop(columns=["point", "seed", "arm"]).to_numpy(float).tobytes()
