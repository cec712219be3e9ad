"""Factors that the model never reads, found by trying them before a study starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.designs.names import ARM
from sim.errors import YiheError
from sim.study.pool import Pool
from sim.study.runtable import RunTable
from sim.study.tables import Keep
from sim.study.work import Batch, Common, Engine, Rules

SEEDS = (1, 3)
"""Seeds with which a factor is tried: first the least, and more before it is refused."""

MOST_VALUES = 5
"""Values of a factor that are tried."""


def unread(
    table: RunTable, pool: Pool, engine: Engine, rules: Rules, factors: Sequence[str] | None = None,
) -> list[str]:
    """Factors that change no bit of any outcome.

    Each factor is moved alone, from the first point of the design, through its values (the least, the
    greatest and some between). If every outcome is the same in every week, in every arm and with every seed
    tried, the model does not read it here: the mechanism it belongs to is switched off, or missing in this
    scenario.

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
    for seeds in SEEDS:
        suspects = [factor for factor in suspects if not _moves(table, factor, seeds, pool, engine, rules)]
    return suspects


def refuse_unread(factors: Sequence[str], file: object) -> None:
    """Say which factor is never read, and what to do.

    Raises
    ------
    YiheError
        If there is one.
    """
    for factor in factors:
        seeds = SEEDS[-1]
        raise YiheError(
            f"它在这里什么也不改变：取不同值时，{seeds} 个种子、所有方案、每一周的指标逐位相同；"
            "请删去这个因子、放宽取值，或先让它所属的机制起作用（例如列出相应政策、设置相应机构）",
            f"it changes nothing here: with {seeds} seeds, in every arm and week, its values give the same "
            "bits; leave it out, widen its values, or first switch on the mechanism it belongs to (list the "
            "policy, found the institution)",
            file=str(file), key=f"design.factors.{factor}")


def _values(table: RunTable, factor: str) -> list[Any]:
    at = table.factors.index(factor)
    found = sorted({point[at] for point in table.points}, key=lambda value: (str(type(value)), value))
    if len(found) <= MOST_VALUES:
        return found
    step = (len(found) - 1) / (MOST_VALUES - 1)
    return [found[round(step * number)] for number in (0, MOST_VALUES - 1, *range(1, MOST_VALUES - 1))]


def _moves(
    table: RunTable, factor: str, seeds: int, pool: Pool, engine: Engine, rules: Rules,
) -> bool:
    at, first = table.factors.index(factor), table.points[0]
    few = 2 if seeds == 1 else MOST_VALUES
    points = [(*first[:at], value, *first[at + 1:]) for value in _values(table, factor)[:few]]
    trial = replace(table, points=points, replicates=(seeds,) * len(points))
    blocks = list(trial.blocks())
    weekly = Rules(rules.timeout, 0, Keep(("series",)))
    found: dict[tuple[int, str], set[bytes]] = {}
    for results in pool.do(Common.of(trial), iter(blocks), len(blocks), engine, weekly):
        for batch in results:
            if isinstance(batch, Batch):
                for run, content in _contents(batch):
                    found.setdefault(run, set()).add(content)
    # A run that fails says nothing against the factor: the study itself will tell
    return not found or any(len(contents) > 1 for contents in found.values())


def _contents(batch: Batch) -> Iterator[tuple[tuple[int, str], bytes]]:
    """Seed and arm of each run, and its outcomes week by week."""
    series = batch.tables["series"].drop_columns(["key"]).to_pandas()
    for (_, seed, arm), rows in series.groupby(["point", "seed", "arm"], sort=False):
        yield (int(seed), str(arm)), rows.drop(columns=["point", "seed", "arm"]).to_numpy(float).tobytes()
