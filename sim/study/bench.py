"""Runs on demand, for algorithms that decide as they go: every point asked for is a row of the design.

What was asked for once is stored. A calibration or optimisation is a function of its file, its seed and the
results; done again after a kill, it asks for the same points, gets the stored runs at once, and goes on where
it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import YiheError
from sim.study import designfile, failures, manifest, summary
from sim.study.designfile import START
from sim.study.pool import Pool
from sim.study.runner import execute, pool_of
from sim.study.runtable import RunTable, Values
from sim.study.setup import Setup
from sim.study.store import Store
from sim.study.sweep import How, Swept, opened
from sim.study.work import default_engine

if TYPE_CHECKING:
    import pandas as pd

class Bench:
    """Points and their runs, as they are asked for.

    Parameters
    ----------
    setup : Setup
    store : Store
        Open.
    pool : Pool
    how : How
    """

    def __init__(self, setup: Setup, store: Store, pool: Pool, how: How) -> None:
        self._setup, self._store, self._pool, self._how = setup, store, pool, how
        factors, self._rows = designfile.read(store.folder)
        self._factors = tuple(name for name in factors if name != START)
        self._place = {row: at for at, row in enumerate(self._rows)}
        self._skip = failures.put_aside(store.folder)
        self.done, self.asked = 0, 0

    @classmethod
    @contextmanager
    def at_work(cls, setup: Setup, folder: Path, how: How | None) -> Iterator[Bench]:
        """A bench with its folder open and its workers at hand."""
        how = how or How()
        with opened(setup, folder, how) as store, pool_of(how.workers, how.scheduler) as pool:
            yield cls(setup, store, pool, how)

    def finish(self, tables: Mapping[str, pd.DataFrame], **found: Any) -> Swept:
        """Merge what was run, write what was found, and only then call the study finished.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            For ``summary/``.
        **found
            For the manifest.
        """
        folder = self._store.folder
        self._store.merge(self._setup.arms)
        summary.keep(folder, tables)
        failed, reused = len(failures.put_aside(folder)), self.asked - self.done
        manifest.finish(
            folder, runs=self.asked, runs_done=self.done, runs_reused=reused, runs_failed=failed,
            points=len(self._rows), **found)
        return Swept(folder, self._setup, self.asked, self.done, reused, failed)

    def run(
        self, points: pd.DataFrame, replicates: int, *, starts: Sequence[int] | None = None,
        arms: Sequence[str] | None = None,
    ) -> list[int]:
        """Have some points run.

        Parameters
        ----------
        points : DataFrame
            One column a factor, the same in every call; one row a point.
        replicates : int
            Seeds of each.
        starts : sequence of int, optional
            First seed of each point; the study's own if left out.
        arms : sequence of str, optional
            All if left out.

        Returns
        -------
        list of int
            The point's row in the design, for each row of ``points``.
        """
        factors = tuple(str(name) for name in points.columns)
        if self._rows and factors != self._factors:
            raise ValueError(f"factors changed from {self._factors} to {factors}")
        self._factors = factors
        first = [self._setup.table.first_seed] * len(points) if starts is None else [int(s) for s in starts]
        rows = points.astype(object).itertuples(index=False, name=None)
        asked = [self._row((*_plain(row), start)) for row, start in zip(rows, first, strict=True)]
        designfile.keep(self._store.folder, (*factors, START), self._rows)
        counts = [0] * len(self._rows)
        for row in asked:
            counts[row] = replicates
        self._do(self._table(counts, arms))
        return asked

    def table(self, kind: str, asked: Sequence[int]) -> pd.DataFrame:
        """Rows of one table about some points; ``point`` becomes the position in ``asked``.

        Raises
        ------
        YiheError
            If not one run of them ended well.
        """
        import pandas as pd

        found = self._store.of_points(kind, set(asked)).to_pandas()
        order = {arm: at for at, arm in enumerate(self._setup.arms)}
        found = found.assign(_arm=found["arm"].map(order)).sort_values(
            ["point", "seed", "_arm"], kind="stable").drop(columns="_arm")
        by_point = dict(iter(found.groupby("point", sort=False)))
        pieces = [by_point[row].assign(point=at) for at, row in enumerate(asked) if row in by_point]
        if not pieces and kind == "runs":
            raise YiheError(
                "一次运行都没有成功：详见 failures/", "not one run ended well: see failures/",
                file=self._store.folder)
        return pd.concat(pieces, ignore_index=True) if pieces else found.iloc[:0]

    def _do(self, table: RunTable) -> None:
        report = execute(
            table, self._store, self._pool, rules=self._setup.rules, skip=self._skip,
            progress=self._how.progress, engine=self._how.engine or default_engine(),
            on_failed=partial(failures.keep, self._store.folder, table))
        self.done, self.asked = self.done + report.done, self.asked + table.total
        self._skip |= {run.key for run in report.failed}

    def _table(self, counts: Sequence[int], arms: Sequence[str] | None) -> RunTable:
        all_arms = self._setup.table.arms
        return replace(
            self._setup.table, factors=self._factors, points=[row[:-1] for row in self._rows],
            starts=[row[-1] for row in self._rows], replicates=counts,
            arms=all_arms if arms is None else {arm: all_arms[arm] for arm in arms})

    def _row(self, row: Values) -> int:
        if row not in self._place:
            self._place[row] = len(self._rows)
            self._rows.append(row)
        return self._place[row]


def _plain(row: tuple[object, ...]) -> Values:
    """Values as Python's own, as they stand in files."""
    return tuple(value.item() if isinstance(value, np.generic) else value for value in row)
