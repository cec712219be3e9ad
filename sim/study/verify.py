"""Are stored results what this code gives? A random sample of runs is done again and compared bit by bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.rng import Streams
from sim.scenario.naming import sources_hash
from sim.study import designfile, manifest, store
from sim.study.compare import single
from sim.study.plan import Plan, make_plan, source
from sim.study.portable import SCENARIO
from sim.study.runner import Progress
from sim.study.runtable import Block, RunTable
from sim.study.sweep import STUDY, resumable
from sim.study.tables import EVERYTHING, Finished, Keep, build
from sim.study.work import Common, Engine, Rules, default_engine, do_block

if TYPE_CHECKING:
    import pyarrow as pa


class Checked(NamedTuple):
    """One run done again."""

    point: int
    arm: str
    seed: int
    differs: tuple[str, ...]
    """Tables in which a bit differs; empty if the run is the same."""


def verify(
    folder: Path, *, sample: int = 10, seed: int = 1, progress: Progress | None = None,
    engine: Engine | None = None,
) -> list[Checked]:
    """Do a sample of a study's runs again.

    Parameters
    ----------
    folder : Path
    sample : int
        Runs; all, if there are no more.
    seed : int
        Of the sample.
    progress : Progress, optional
    engine : Engine, optional
        Stand-in for the model, for tests.

    Returns
    -------
    list of Checked

    Raises
    ------
    YiheError
        If the folder holds no finished study, or one that other code made.
    """
    table, keep = _table_of(folder)
    kept = store.read(folder, "runs", ["point", "arm", "seed"]).to_pylist()
    luck = Streams(seed).uniform("verify", 0, np.arange(len(kept)))
    chosen = sorted(np.argsort(luck, kind="stable")[:sample].tolist())
    found = []
    for number, at in enumerate(chosen):
        row = kept[at]
        found.append(_again(folder, table, keep, row["point"], row["arm"], row["seed"], engine))
        if progress is not None:
            progress(number + 1, len(chosen), sum(bool(run.differs) for run in found))
    return found


def _again(
    folder: Path, table: RunTable, keep: Keep, point: int, arm: str, seed: int, engine: Engine | None,
) -> Checked:
    key = table.run(arm, seed, point).key
    block = Block(point, table.points[point], seed, (arm,), (key,))
    done = do_block(Common.of(table), block, engine or default_engine(), Rules(keep=keep))
    ended = [result for result in done if isinstance(result, Finished)]
    if not ended:
        return Checked(point, arm, seed, ("failed",))
    differs = tuple(
        kind for kind, fresh in build(ended, keep).items()
        if kind != "timings" and not _same(fresh, _stored(folder, kind, block)))
    return Checked(point, arm, seed, differs)


def _same(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables are equal bit for bit; a missing value is one in both."""
    if one.column_names != other.column_names or one.num_rows != other.num_rows:
        return False
    return all(_bits(one[name]) == _bits(other[name]) for name in one.column_names)


def _bits(column: pa.ChunkedArray) -> bytes | list[object]:
    if str(column.type) == "double":
        return bytes(column.to_numpy().tobytes())
    found: list[object] = column.to_pylist()
    return found


def _stored(folder: Path, kind: str, block: Block) -> pa.Table:
    import pyarrow.parquet as pq

    place = folder / kind if (folder / kind).is_dir() else folder / f"{kind}.parquet"
    mine = [("point", "=", block.point), ("seed", "=", block.seed), ("arm", "=", block.arms[0])]
    return pq.read_table(place, filters=mine)


def _table_of(folder: Path) -> tuple[RunTable, Keep]:
    """The runs of a results folder, as this code would name them."""
    about = manifest.read(folder)
    if not about.get("finished") or not (folder / "runs.parquet").is_file():
        raise YiheError(
            "这里没有完成的研究：请给 yihe compare、run 或 sweep 的结果文件夹，未完成的先用 yihe resume",
            "there is no finished study here: give a results folder of yihe compare, run or sweep; finish it "
            "first with yihe resume", file=folder)
    if about.get("code_hash") != sources_hash():
        raise YiheError(
            f"这些结果由另一版代码算出（{_version(about)}）：请换到那一版再核对",
            f"other code made these results ({_version(about)}): verify them with that version", file=folder)
    if (folder / STUDY).is_file():
        setup = resumable(folder)
        factors, points, starts = designfile.points(folder)
        table = replace(
            setup.table, factors=factors, points=points, starts=starts, replicates=(1,) * len(points))
        kept = about["keep"]
        return table, Keep(tuple(kept["tables"]), None if kept["weekly"] is None else tuple(kept["weekly"]))
    if len(list(folder.glob("scenario*.yaml"))) > 1:
        raise YiheError(
            "比较多个文件的结果不能核对：请分别比较每个文件",
            "results of a comparison of several files cannot be verified: compare each file on its own",
            file=folder)
    return _compared(folder, list(about["arms"]), about["seed"]).table, EVERYTHING


def _compared(folder: Path, arms: list[str], seed: int) -> Plan:
    given = source(folder / SCENARIO)
    if given.scenario.arms and set(arms) == set(given.scenario.arms):
        return make_plan([given], replicates=1, seed=seed)
    return single(given, arms[0] if arms[0] in given.scenario.arms else None, seed=seed)


def _version(about: dict[str, Any]) -> str:
    commit = str(about.get("git_commit") or about.get("code_hash"))[:10]
    return commit + ("+" if about.get("git_dirty") else "")
