"""Run a study: prepare its folder, do its runs in rounds, merge its tables. What is finished is never redone.

A study's folder is self-contained: ``study.yaml`` and ``scenario.yaml`` beside the tables say everything, so
``yihe resume`` needs nothing but the folder. Its design may only grow by rows at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.errors import YiheError
from sim.scenario import yamlfile
from sim.scenario.merge import put
from sim.scenario.naming import scenario_key
from sim.study import designfile, failures, manifest, portable
from sim.study.probe import refuse_unread, unread
from sim.study.replicates import grown
from sim.study.runner import Progress, Report, execute, pool_of
from sim.study.runtable import digest
from sim.study.setup import Setup, prepare
from sim.study.store import Store, write_text
from sim.study.work import Engine, default_engine

STUDY = "study.yaml"


@dataclass(frozen=True)
class How:
    """How a study's runs are to be done; nothing here changes a result.

    Parameters
    ----------
    workers : int, optional
        Processes; every processor if left out, this process alone with 1.
    scheduler : str, optional
        Address of an existing scheduler.
    retry : bool
        Try runs again that were put aside as failed.
    progress : Progress, optional
    engine : Engine, optional
        Stand-in for the model, for tests.
    command : str
        For the manifest.
    """

    workers: int | None = None
    scheduler: str | None = None
    retry: bool = False
    progress: Progress | None = None
    engine: Engine | None = None
    command: str = ""


@dataclass(frozen=True)
class Swept:
    """A study whose runs are done.

    Parameters
    ----------
    folder : Path
    setup : Setup
    runs : int
        Runs asked for.
    done, reused : int
        Runs done now, and found finished.
    failed : int
        Runs that did not end well, now or earlier.
    """

    folder: Path
    setup: Setup
    runs: int
    done: int
    reused: int
    failed: int


def sweep(setup: Setup, folder: Path, how: How | None = None) -> Swept:
    """Do every run of a study with a design.

    Parameters
    ----------
    setup : Setup
    folder : Path
        Kept and re-used: finished runs are not done again.
    how : How, optional

    Raises
    ------
    YiheError
        For a mistake in the study, or a folder that cannot be used.
    KeyboardInterrupt
        After what is finished has been written.
    """
    how = how or How()
    with opened(setup, folder, how) as store, pool_of(how.workers, how.scheduler) as pool:
        engine = how.engine or default_engine()
        if manifest.read(folder).get("read") != list(setup.table.factors):
            refuse_unread(unread(setup.table, pool, engine, setup.rules), setup.path)
            manifest.note(folder, read=list(setup.table.factors))
        designfile.keep(folder, setup.table.factors, setup.table.points)
        table, done, reused = setup.table, 0, None
        skip = failures.put_aside(folder)
        while True:
            report = execute(
                table, store, pool, rules=setup.rules, skip=skip, progress=how.progress, engine=engine,
                on_failed=partial(failures.keep, folder, table))
            done, reused = done + report.done, report.reused if reused is None else reused
            skip |= {run.key for run in report.failed}
            more = grown(setup.file.replicates, table, store)
            if more is table:
                break
            table = more
        store.merge(setup.arms)
        failed = len(failures.put_aside(folder))
        manifest.finish(
            folder, runs=table.total, runs_done=done, runs_reused=reused, runs_failed=failed,
            replicates=list(table.replicates) if setup.file.replicates.stop else table.replicates[0])
        _some_ended_well(store, report, folder)
    return Swept(folder, replace(setup, table=table), table.total, done, reused or 0, failed)


@contextmanager
def opened(setup: Setup, folder: Path, how: How) -> Iterator[Store]:
    """A study's folder, locked and with everything written that says what is being done."""
    key = study_key(setup)
    manifest.claim_folder(folder, key)
    with Store(folder, setup.rules.keep) as store:
        manifest.claim_folder(folder, key)  # once more, now that nobody else can write
        if setup.points is not None:
            designfile.check(folder, setup.table.factors, setup.table.points)
        # Nothing was written so far: a study that is refused leaves the folder as it was
        if how.retry:
            failures.forget(folder, failures.put_aside(folder))
        before = manifest.read(folder)
        _write_study(setup, folder)
        manifest.start(folder, {**_about(setup, key), "read": before.get("read")}, how.command, how.workers)
        yield store


def study_key(setup: Setup) -> str:
    """What a folder belongs to: arms, code, method, factors, what is kept; not how many points or seeds."""
    file, keep = setup.file, setup.rules.keep
    may_grow = ("trials", "finalists", "final_replicates")
    search = {name: value for name, value in (file.optimise or {}).items() if name not in may_grow}
    weekly = None if keep.weekly is None else list(keep.weekly)
    return digest([
        setup.table.key, kind_of(setup), list(setup.table.factors), setup.table.first_seed,
        list(keep.tables), weekly, portable.without_files(file.calibrate or {}), search])


def resumable(folder: Path, *, yes: bool = True) -> Setup:
    """The study of a results folder, from what the folder itself says.

    Raises
    ------
    YiheError
        If it holds no study.
    """
    if not (folder / STUDY).is_file():
        raise YiheError(
            f"这里没有研究（缺 {STUDY}）：请给 yihe sweep 写出的结果文件夹",
            f"there is no study here ({STUDY} is missing): give a results folder that yihe sweep wrote",
            file=folder)
    return prepare(folder / STUDY, yes=yes)


def _write_study(setup: Setup, folder: Path) -> None:
    if setup.path.parent.resolve() == folder.resolve():
        return
    portable.write_scenario(setup.base, folder)
    file = setup.file
    tree = file.model_dump(mode="json", exclude_defaults=True, exclude_none=True, by_alias=True)
    tree |= {"base": portable.SCENARIO}
    if isinstance(file.arms, dict):
        tree["arms"] = list(file.arms)  # written out in the scenario beside it
    for path, name in designfile.data_files(file):
        tree, _ = put(tree, path, portable.carry(setup.path.parent / name, folder))
    write_text(folder / STUDY, yamlfile.write(tree))


def _about(setup: Setup, key: str) -> dict[str, Any]:
    table, keep = setup.table, setup.rules.keep
    return {
        "name": setup.file.study, "title": setup.file.named.model_dump(), "study_key": key,
        "kind": kind_of(setup), "seed": table.first_seed, "weeks": setup.base.weeks, "control": setup.control,
        "points": len(table.points), "factors": list(table.factors),
        "keep": {"tables": list(keep.tables), "weekly": None if keep.weekly is None else list(keep.weekly)},
        "compared_policies": sorted(table.compared), "base_key": scenario_key(setup.base),
        "arms": manifest.arms_of(setup.arms, setup.labels),
    }


def kind_of(setup: Setup) -> str:
    """Method of the design, or ``calibrate`` or ``optimise``."""
    if setup.file.design is not None:
        return str(setup.file.design.method)
    return "calibrate" if setup.file.calibrate is not None else (
        "optimise" if setup.file.optimise is not None else "arms")


def _some_ended_well(store: Store, report: Report, folder: Path) -> None:
    if store.finished:
        return
    first = report.failed[0].error if report.failed else "—"
    raise YiheError(
        f"没有一次运行成功（{first}）：详见 failures/，用 yihe replay 重现其中一次",
        f"no run ended well ({first}): see failures/, and replay one with yihe replay", file=folder)
