"""Studies as they run: nothing finished is lost or done twice, and bytes never depend on who did the runs."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import study_engine as engines
from study_lab import shifted, study

from sim.errors import YiheError
from sim.study import designfile, failures, manifest, pool, store
from sim.study.pool import Here
from sim.study.probe import unread
from sim.study.replicates import half_width
from sim.study.setup import Setup
from sim.study.store import Store
from sim.study.sweep import How, Swept, resumable, sweep
from sim.study.verify import verify
from sim.study.work import Common, Rules

STOP = {"outcome": "satisfaction", "contrast": "core - loose", "half_width": 0.02}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block is handed over as it ends, so that a test can stop between two."""
    monkeypatch.setattr(pool, "MOMENT_SECONDS", 0.0)


def swept(setup: Setup, folder: Path, **how: Any) -> Swept:
    return sweep(setup, folder, How(**{"workers": 1, "engine": shifted, **how}))


def tables(folder: Path) -> dict[str, bytes]:
    files = sorted(folder.rglob("*.parquet"))
    return {str(f.relative_to(folder)): f.read_bytes() for f in files if f.name != "timings.parquet"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_every_run_is_there_once_in_order(tmp_path: Path) -> None:
    done = swept(study(tmp_path), tmp_path / "out")
    runs = pq.read_table(tmp_path / "out" / "runs.parquet").to_pandas()
    rows = list(zip(runs["point"], runs["seed"], runs["arm"], strict=True))
    assert rows == [(p, s, a) for p in range(6) for s in (1, 2, 3) for a in ("core", "loose")]
    assert (done.done, done.reused, done.failed) == (36, 0, 0)
    about = manifest.read(tmp_path / "out")
    assert (about["points"], about["runs_done"], about["kind"]) == (6, 36, "grid")
    assert about["finished"]


def test_each_point_runs_its_own_scenario(tmp_path: Path) -> None:
    swept(study(tmp_path), tmp_path / "out")
    runs = pq.read_table(tmp_path / "out" / "runs.parquet").to_pandas().set_index(["point", "seed", "arm"])
    factors, points = designfile.read(tmp_path / "out")
    assert factors == ("ties.atomisation", "budget.weekly")
    for point, (atomisation, money) in enumerate(points):
        moved = runs.loc[(point, 2, "core"), "efficacy"] - runs.loc[(0, 2, "core"), "efficacy"]
        assert moved == pytest.approx(atomisation / 10 + (money - 100) / 1e5)


def test_same_bytes_for_one_and_two_workers(tmp_path: Path) -> None:
    setup = study(tmp_path, {"keep": {"weekly": "all", "groups": True, "cases": True}})
    swept(setup, tmp_path / "one")
    swept(setup, tmp_path / "two", workers=2)
    assert tables(tmp_path / "one") == tables(tmp_path / "two")
    assert len(tables(tmp_path / "one")) == 5


@pytest.mark.long
def test_same_bytes_with_a_scheduler_and_its_two_workers(tmp_path: Path) -> None:
    """The scheduler and both workers are processes of their own, started by hand as on a cluster."""
    code = (
        "import distributed, sys, time; sys.path[:0] = {path!r};"
        "cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None);"
        "print(cluster.scheduler_address, flush=True); sys.stdin.read()"
    )
    here = str(Path(__file__).parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", "if __name__ == '__main__':\n " + code.format(path=[here])]
    setup = study(tmp_path)
    swept(setup, tmp_path / "here")
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        try:
            address = cluster.stdout.readline().strip()
            swept(setup, tmp_path / "there", scheduler=address)
        finally:
            cluster.stdin.close()
            cluster.kill()  # its workers end with it
    assert tables(tmp_path / "here") == tables(tmp_path / "there")


@pytest.mark.long
def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(YiheError, match=r"127\.0\.0\.1:1\b") as caught:
        swept(study(tmp_path), tmp_path / "out", scheduler="tcp://127.0.0.1:1")
    assert caught.value.key == "--scheduler"


def test_an_interrupted_study_goes_on_from_its_folder_alone(tmp_path: Path) -> None:
    def stop(done: int, total: int, failed: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    setup = study(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        swept(setup, tmp_path / "cut", progress=stop)
    for file in (tmp_path / "files").iterdir():
        file.unlink()
    again = swept(resumable(tmp_path / "cut"), tmp_path / "cut")
    assert (again.done, again.reused) == (26, 10)
    swept(study(tmp_path), tmp_path / "whole")
    assert tables(tmp_path / "cut") == tables(tmp_path / "whole")


def test_data_files_travel_with_the_results(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "points.csv").write_text("ties.atomisation,budget.weekly\n0.1,200.0\n0.2,300.0\n")
    changes = {"design": {"method": "table", "file": "points.csv"}}
    swept(study(tmp_path, changes), tmp_path / "out")
    (tmp_path / "files" / "points.csv").unlink()
    assert swept(resumable(tmp_path / "out"), tmp_path / "out").reused == 12


def test_a_design_grows_at_its_end_and_reuses_what_is_there(tmp_path: Path) -> None:
    def sequence(n: int) -> Setup:
        factors = {"ties.atomisation": [0.0, 0.6], "budget.weekly": [100.0, 900.0]}
        return study(tmp_path / str(n), {"design": {"method": "sobol_sequence", "n": n, "factors": factors}})

    swept(sequence(4), tmp_path / "out")
    more = swept(sequence(8), tmp_path / "out")
    assert (more.done, more.reused) == (24, 24)
    swept(sequence(8), tmp_path / "whole")
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_another_design_is_refused(tmp_path: Path) -> None:
    swept(study(tmp_path / "a"), tmp_path / "out")
    before = contents(tmp_path / "out")
    other = {
        "design": {"method": "grid", "factors": {"ties.atomisation": [0.1, 0.2], "budget.weekly": [1.0, 2.0]}}
    }
    with pytest.raises(YiheError, match=r"另一个设计|another design"):
        swept(study(tmp_path / "b", other), tmp_path / "out")
    fewer = {"design": {"method": "grid", "factors": {"ties.atomisation": [0.1, 0.2]}}}
    with pytest.raises(YiheError, match=r"另一个研究|another study"):
        swept(study(tmp_path / "c", fewer), tmp_path / "out")
    assert contents(tmp_path / "out") == before  # manifest and study.yaml included


def test_whole_numbers_that_become_floats_as_a_table_grows_name_the_same_runs(tmp_path: Path) -> None:
    changes = {"design": {"method": "table", "file": "p.csv"}}
    (tmp_path / "files").mkdir()
    file = tmp_path / "files" / "p.csv"
    file.write_text("ties.atomisation,budget.weekly\n0.1,200\n0.2,300\n")
    swept(study(tmp_path, changes), tmp_path / "out")
    file.write_text("ties.atomisation,budget.weekly\n0.1,200\n0.2,300\n0.3,250.5\n")
    more = swept(study(tmp_path, changes), tmp_path / "out")
    assert (more.reused, more.done) == (12, 6)
    assert pq.read_table(tmp_path / "out" / "runs.parquet").num_rows == 18


def test_a_run_stored_twice_counts_once(tmp_path: Path) -> None:
    setup = study(tmp_path)
    with Store(tmp_path / "out", setup.rules.keep) as kept:
        from sim.study.runner import execute

        execute(setup.table, kept, Here(), rules=setup.rules, engine=shifted)
    parts = tmp_path / "out" / ".parts"
    shutil.copytree(parts / "000000", parts / "000900")
    with Store(tmp_path / "out", setup.rules.keep) as kept:
        kept.merge(setup.arms)
    assert pq.read_table(tmp_path / "out" / "runs.parquet").num_rows == 36


def test_a_first_write_that_was_cut_short_leaves_a_usable_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".manifest.json.tmp").write_text("{")
    (out / "study.yaml").write_text("study: half")
    assert swept(study(tmp_path), out).done == 36


@pytest.mark.long
def test_a_pool_grows_with_the_work(tmp_path: Path) -> None:
    """The trial of factors needs few workers; the study itself gets all it asked for."""
    setup = study(tmp_path)
    blocks = list(setup.table.blocks())
    with pool.Cluster(2) as cluster:
        for some in (blocks[:1], blocks):
            list(cluster.do(Common.of(setup.table), iter(some), len(some), shifted, Rules()))
        cluster._client.wait_for_workers(2, timeout=60)


@pytest.mark.long
def test_lost_workers_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask starts no worker again whose keeper gave up."""
    monkeypatch.setattr(pool, "LOOK_SECONDS", 0.2)
    setup = study(tmp_path)
    blocks = list(setup.table.blocks())
    with pool.Cluster(2) as cluster:
        list(cluster.do(Common.of(setup.table), iter(blocks), len(blocks), shifted, Rules()))
        for keeper in list(cluster._client.cluster.workers.values()):
            cluster._client.cluster.sync(keeper.close)
        assert not cluster._client.nthreads()
        found = list(cluster.do(Common.of(setup.table), iter(blocks), len(blocks), shifted, Rules()))
        assert len(cluster._client.nthreads()) >= 1
    assert sum(batch.runs for some in found for batch in some) == setup.table.total


@pytest.mark.long
def test_a_study_without_workers_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(pool, "ABSENT_LOOKS", 2)
    setup = study(tmp_path)
    blocks = list(setup.table.blocks())
    with pool.Cluster(1) as cluster:
        list(cluster.do(Common.of(setup.table), iter(blocks), len(blocks), shifted, Rules()))
        for keeper in list(cluster._client.cluster.workers.values()):
            cluster._client.cluster.sync(keeper.close)
        with pytest.raises(YiheError, match="yihe resume"):
            list(cluster.do(Common.of(setup.table), iter(blocks), len(blocks), shifted, Rules()))


def test_a_failure_is_on_disk_before_the_study_ends(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def stop(done: int, total: int, failed: int) -> None:
        if failed:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(study(tmp_path), out, engine=breaks_at_one_point, progress=stop)
    assert len(list((out / "failures").iterdir())) > 0


def test_two_data_files_of_one_name_travel_side_by_side(tmp_path: Path) -> None:
    from sim.study.portable import carry

    names = []
    for folder, text in (("a", "1"), ("b", "2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pop.csv").write_text(text)
        names.append(carry(tmp_path / folder / "pop.csv", tmp_path / "out"))
    assert [(tmp_path / "out" / name).read_text() for name in names] == ["1", "2"]
    assert carry(tmp_path / "out" / names[0], tmp_path / "out") == names[0]


def test_a_second_coordinator_is_refused(tmp_path: Path) -> None:
    setup = study(tmp_path)

    def second(done: int, total: int, failed: int) -> None:
        with pytest.raises(YiheError, match=r"另一个进程|another process"):
            swept(setup, tmp_path / "out")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(setup, tmp_path / "out", progress=second)


def test_replicates_stop_when_the_interval_is_narrow_enough(tmp_path: Path) -> None:
    setup = study(tmp_path, {"replicates": {"min": 5, "batch": 5, "max": 30, "stop": STOP}})
    done = swept(setup, tmp_path / "out", engine=noisy)
    counts = list(done.setup.table.replicates)
    assert min(counts) < max(counts)
    runs = pq.read_table(tmp_path / "out" / "runs.parquet").to_pandas()
    assert runs.groupby("point")["seed"].nunique().tolist() == counts
    for point, count in enumerate(counts):
        wide = runs[runs["point"] == point].pivot(index="seed", columns="arm", values="satisfaction")
        differences = (wide["core"] - wide["loose"]).to_numpy()
        widths = [half_width("satisfaction", differences[:n]) for n in range(5, count + 1, 5)]
        assert all(width > 0.02 for width in widths[:-1])
        assert widths[-1] <= 0.02 or count == 30


@pytest.mark.long
def test_adaptive_replicates_are_the_same_however_often_it_stops(
    tmp_path: Path,
) -> None:
    setup = study(tmp_path, {"replicates": {"min": 5, "batch": 5, "max": 30, "stop": STOP}})
    swept(setup, tmp_path / "whole", engine=noisy)
    left = [20]

    def stop(done: int, total: int, failed: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    for _ in range(100):
        try:
            left[0] = 20
            swept(setup, tmp_path / "cut", engine=noisy, progress=stop)
            break
        except KeyboardInterrupt:
            continue
    swept(setup, tmp_path / "two", engine=noisy, workers=2)
    assert tables(tmp_path / "cut") == tables(tmp_path / "whole") == tables(tmp_path / "two")


def noisy(arms: Any, seed: int, compared: frozenset[str]) -> Any:
    """Points with much atomisation are noisier, and need more seeds."""
    results = shifted(arms, seed, compared)
    core = results.get("core")
    if core is not None:
        spread = 0.01 + 0.2 * arms["core"].ties.atomisation
        luck = float(np.random.default_rng(seed).normal()) * spread
        core.series["satisfaction"] += luck
    return results


def test_a_factor_that_is_never_read_is_refused(tmp_path: Path) -> None:
    setup = study(tmp_path)
    assert unread(setup.table, Here(), engines.fake, Rules()) == ["ties.atomisation", "budget.weekly"]
    assert unread(setup.table, Here(), shifted, Rules()) == []
    with pytest.raises(YiheError, match=r"ties\.atomisation") as caught:
        swept(setup, tmp_path / "out", engine=engines.fake)
    assert caught.value.key == "design.factors.ties.atomisation"
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_the_model_says_which_factor_it_never_reads(tmp_path: Path) -> None:
    """Salaries of a property company mean nothing where there is none."""
    factors = {"actors.property.staff_per_1000": [1.0, 4.0], "ties.atomisation": [0.0, 0.5]}
    setup = study(
        tmp_path,
        {
            "arms": {"bare": {"actors": {"property": {"present": False}}}},
            "design": {"method": "grid", "factors": factors},
        },
    )
    from sim.simulation import simulate_arms

    assert unread(setup.table, Here(), simulate_arms, Rules()) == ["actors.property.staff_per_1000"]


def breaks_at_one_point(arms: Any, seed: int, compared: frozenset[str]) -> Any:
    if seed == 2 and any(s.ties.atomisation == 0.3 and s.budget.weekly > 500 for s in arms.values()):
        raise ZeroDivisionError("made to fail")
    return shifted(arms, seed, compared)


def test_failed_runs_are_put_aside_and_replayed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = swept(study(tmp_path), out, engine=breaks_at_one_point)
    assert (done.done, done.failed) == (34, 2)
    assert pq.read_table(out / "runs.parquet").num_rows == 34
    file = sorted((out / "failures").iterdir())[0]
    assert "made to fail" in file.read_text(encoding="utf-8")
    run = failures.read_failure(file)
    assert (run.seed, run.scenario.ties.atomisation, run.scenario.budget.weekly) == (2, 0.3, 900.0)
    assert failures.replay(file).weeks == 6  # with the real model, which does not fail
    again = swept(resumable(out), out)
    assert (again.done, again.failed) == (0, 2)
    mended = swept(resumable(out), out, retry=True)
    assert (mended.done, mended.failed) == (2, 0)
    assert not (out / "failures").exists()
    swept(study(tmp_path), tmp_path / "whole")
    assert tables(out) == tables(tmp_path / "whole")


def kills_at_one_point(arms: Any, seed: int, compared: frozenset[str]) -> Any:
    if seed == 2 and "loose" in arms and arms["loose"].ties.atomisation == 0.3 and arms["loose"].weeks > 2:
        os._exit(9)
    return shifted(arms, seed, compared)


@pytest.mark.long
def test_a_run_that_kills_its_worker_is_alone_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "LOOK_SECONDS", 1.0)
    done = swept(study(tmp_path), tmp_path / "out", engine=kills_at_one_point, workers=2)
    assert (done.done, done.failed) == (34, 2)
    text = sorted((tmp_path / "out" / "failures").iterdir())[0].read_text(encoding="utf-8")
    assert "worker process died" in text


def hangs_at_one_point(arms: Any, seed: int, compared: frozenset[str]) -> Any:
    if seed == 2 and "loose" in arms and arms["loose"].ties.atomisation == 0.3 and arms["loose"].weeks > 2:
        while True:  # as compiled code would: nothing gentle ends it
            pass
    return shifted(arms, seed, compared)


@pytest.mark.long
def test_a_run_that_takes_too_long_is_ended_and_put_aside(tmp_path: Path) -> None:
    grid = {"method": "grid", "factors": {"ties.atomisation": [0.0, 0.3]}}
    setup = study(tmp_path, {"run": {"timeout": "2 s", "retries": 0}, "design": grid})
    done = swept(setup, tmp_path / "out", engine=hangs_at_one_point, workers=2)
    assert (done.done, done.failed) == (11, 1)
    text = next((tmp_path / "out" / "failures").iterdir()).read_text(encoding="utf-8")
    assert "took longer than 2 s" in text


def fails_once(arms: Any, seed: int, compared: frozenset[str]) -> Any:
    mark = Path(os.environ["YIHE_TEST_MARK"])
    if seed == 2 and not mark.exists():
        mark.touch()
        raise MemoryError("for the moment")
    return shifted(arms, seed, compared)


def test_a_passing_trouble_is_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIHE_TEST_MARK", str(tmp_path / "mark"))
    assert swept(study(tmp_path), tmp_path / "out", engine=fails_once).failed == 0


def test_a_full_disk_stops_clearly_and_tears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup, out = study(tmp_path), tmp_path / "out"
    written, real = [0], os.fsync

    def full(handle: int) -> None:
        written[0] += 1
        if written[0] > 25:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(store, "FLUSH_SECONDS", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(YiheError, match=r"磁盘|space") as caught:
            swept(setup, out)
    assert str(caught.value.file).startswith(str(out))
    assert swept(setup, out).reused > 0
    swept(setup, tmp_path / "whole")
    assert tables(out) == tables(tmp_path / "whole")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(YiheError, match=r"写不进去|cannot write"):
        swept(study(tmp_path), tmp_path / "out")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(YiheError, match=r"写不进去|cannot write"):
        swept(study(tmp_path), tmp_path / "out")


def test_verify_finds_a_changed_bit(tmp_path: Path) -> None:
    out = tmp_path / "out"
    swept(study(tmp_path), out)
    same = verify(out, sample=5, engine=shifted)
    assert len(same) == 5
    assert not any(run.differs for run in same)
    table = pq.read_table(out / "runs.parquet")
    values = table["satisfaction"].to_numpy().copy()
    values[7] = np.nextafter(values[7], 2.0)
    at = table.column_names.index("satisfaction")
    pq.write_table(table.set_column(at, "satisfaction", [values]), out / "runs.parquet")
    wrong = [run for run in verify(out, sample=1000, engine=shifted) if run.differs]
    assert [(run.point, run.seed, run.arm, run.differs) for run in wrong] == [(1, 1, "loose", ("runs",))]


def test_verify_refuses_results_of_other_code(tmp_path: Path) -> None:
    swept(study(tmp_path), tmp_path / "out")
    manifest.note(tmp_path / "out", code_hash="0" * 20)
    with pytest.raises(YiheError, match=r"另一版代码|other code"):
        verify(tmp_path / "out")


def test_verify_knows_comparisons_too(tmp_path: Path) -> None:
    from sim.study.compare import compare

    compare(study(tmp_path).base, replicates=2, workers=1, out=tmp_path / "out", engine=engines.fake)
    assert not any(run.differs for run in verify(tmp_path / "out", engine=engines.fake))


def test_the_placebo_contrast_of_a_study_is_exactly_zero(tmp_path: Path) -> None:
    from sim.analysis.contrasts import contrasts

    arms = {"one": {}, "two": {"policies": [{"kind": "no_op"}]}}
    changes = {"arms": arms, "design": {"method": "grid", "factors": {"ties.atomisation": [0.0, 0.5]}}}
    sweep(study(tmp_path, changes), tmp_path / "out", How(workers=1))
    runs = pq.read_table(tmp_path / "out" / "runs.parquet").to_pandas()
    found = contrasts(runs, "one", ["participation_52", "latent_disputes", "satisfaction"])
    assert (found[["difference", "low", "high"]] == 0.0).all(axis=None)
    assert (found["p"] == 1.0).all()


def test_the_coordinators_memory_does_not_grow_with_finished_runs(tmp_path: Path) -> None:
    """What it holds between two flushes is what came since, however many runs there are."""
    setup, held = study(tmp_path), []
    with Store(tmp_path / "out", setup.rules.keep) as kept:
        from sim.study.runner import execute

        def look(done: int, total: int, failed: int) -> None:
            held.append(sum(batch.runs for batch in kept._buffer))

        many = setup.table.with_replicates([60] * 6)
        execute(many, kept, Here(), rules=setup.rules, engine=shifted, progress=look)
        assert len(kept.finished) == 720
    assert max(held) <= store.RUNS_A_FILE


def test_commands_speak_clearly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sim.cli import main

    factors = {"ties.atomisation": [0.0, 0.5], "population.renters": [0.1, 0.5]}
    study(tmp_path, {"design": {"method": "grid", "factors": factors}})
    out, file = tmp_path / "out", tmp_path / "files" / "study.yaml"
    say = called(capsys, main)
    assert say("sweep", str(file), "--out", str(out), "--workers", "1", "--no-report", "--lang", "en")[0] == 0
    code, text = say("verify", str(out), "--sample", "3", "--lang", "en")
    assert (code, "3 the same to the bit" in text) == (0, True)
    code, text = say("resume", str(tmp_path / "nowhere"), "--lang", "zh")
    assert (code, "没有研究" in text) == (2, True)
    code, text = say("replay", str(file), "--lang", "en")
    assert (code, "no file of a failed run" in text) == (2, True)
    code, text = say("query", str(out), "select count(*) as n from runs", "--csv")
    assert (code, re.search(r"\b24\b", text) is not None) == (0, True)


def called(
    capsys: pytest.CaptureFixture[str],
    main: Callable[[], None],
) -> Callable[..., tuple[int, str]]:
    def call(*words: str) -> tuple[int, str]:
        before = sys.argv
        sys.argv = ["yihe", *words]
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            sys.argv = before
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call
