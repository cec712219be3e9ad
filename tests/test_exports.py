"""Exports hold the study's numbers, are whole or absent, and never stand on something else."""

from __future__ import annotations

import contextlib
import io
import json
import math
import shutil
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import study_folders as made
import xarray as xr
from typer import Typer
from typer.testing import CliRunner

from sim import cli_query
from sim.errors import YiheError
from sim.study.exports import FORMATS, to_csv, to_ema, to_netcdf
from sim.study.opened import Study, open_study

ARMS = ("基线", 'a "b", c')
POINTS = {
    "ties.atomisation": [0.1, 0.25, 0.7], "regime": ["一核", "b", "b"], "policies.x.on": [True, False, True],
}
GRID = {"ties.atomisation": [0.1, 0.7] * 2, "policies.x.on": [True, True, False, False]}
FAILED = (1, ARMS[1], 2)

Export = Callable[[Study, Path], Path]


@pytest.fixture(params=["points", "grid"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Study:
    design: dict[str, list[Any]] = POINTS if request.param == "points" else GRID  # type: ignore[assignment]
    runs = made.every(len(design["ties.atomisation"]), ARMS, 3, {FAILED})
    return open_study(made.write(tmp_path / "s", design, ARMS, runs))


@pytest.fixture
def small(tmp_path: Path) -> Study:
    return open_study(made.write(tmp_path / "s", POINTS, ARMS, made.every(3, ARMS, 2)))


# CSV


def test_csv_holds_every_table(study: Study, tmp_path: Path) -> None:
    folder = to_csv(study, tmp_path / "out" / "csv")
    for name in ("design", "runs", "series", "cases", "timings"):
        frame = pd.read_csv(folder / f"{name}.csv")
        pd.testing.assert_frame_equal(frame, study.table(name), check_dtype=False, rtol=1e-14)
    assert not (folder / "groups.csv").exists()
    columns = pd.read_csv(folder / "columns.csv").set_index("column")
    assert columns.loc["satisfaction", ["unit", "label_zh"]].tolist() == ["0 to 1", "当事人满意度"]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8")) == study.manifest
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "示意性，未经校准 · illustrative, uncalibrated" in readme


def test_csv_of_a_running_study_holds_its_shards(tmp_path: Path) -> None:
    runs = made.every(3, ARMS, 2)
    folder = made.write(tmp_path / "s", POINTS, ARMS, runs[:4])
    made.shard(folder, "000000", runs[4:])
    out = to_csv(open_study(folder), tmp_path / "csv")
    assert len(pd.read_csv(out / "runs.csv")) == len(runs)
    assert len(pd.read_csv(out / "series.csv")) == 3 * len(runs)


# NetCDF


@pytest.mark.parametrize("kind", ["runs", "series"])
def test_netcdf_equals_the_arrays(study: Study, tmp_path: Path, kind: str) -> None:
    file = to_netcdf(study, tmp_path / "out.nc")
    expected = study.xarray(kind)  # type: ignore[arg-type]
    with xr.open_dataset(file, group=kind, engine="h5netcdf") as found:
        xr.testing.assert_equal(found, expected)
        for name in made.OUTCOMES:
            assert found[name].attrs == expected[name].attrs
        assert found.attrs == {name: text for name, text in expected.attrs.items() if text}
        on = [bool(value) for value in np.unique(found["policies.x.on"])]
        assert on == [False, True]
        assert found["policies.x.on"].dtype == bool
    with xr.open_dataset(file, engine="h5netcdf") as root:
        assert root.attrs["note_en"] == "illustrative, uncalibrated"
        assert json.loads(root.attrs["manifest"]) == study.manifest


# EMA Workbench


def load_results(file: Path) -> tuple[pd.DataFrame, dict[str, np.ndarray[Any, Any]]]:
    """What ``ema_workbench.load_results`` of versions 2.5.3 and 3.0.0 makes of an archive."""
    outcomes: dict[str, np.ndarray[Any, Any]] = {}
    with tarfile.open(file, "r:gz", encoding="UTF8") as archive:
        def member(name: str) -> io.BytesIO:
            found = archive.extractfile(name)
            assert found is not None
            return io.BytesIO(found.read())

        metadata = json.loads(member("metadata.json").read().decode())
        experiments = pd.read_csv(member("experiments.csv"))
        for name, kind in metadata["experiments"].items():
            experiments[name] = experiments[name].astype(np.dtype(kind))
            if np.dtype(kind) == object:
                experiments[name] = experiments[name].astype("category")
        for kind, name, filename in metadata["outcomes"]:
            assert name not in outcomes, "the workbench knows a name once only"
            assert name.isidentifier()
            content = member(filename)
            if kind == "ScalarOutcome":
                values = pd.read_csv(content, index_col=False, header=None).values
                outcomes[name] = np.reshape(values, (values.shape[0],))
            else:
                assert kind == "TimeSeriesOutcome"
                assert filename.endswith("csv")
                outcomes[name] = pd.read_csv(content, index_col=False, header=0).values
    return experiments, outcomes


def test_the_workbench_reads_back_every_run(study: Study, tmp_path: Path) -> None:
    """pandas' quick parser may be off in the last bits, hence the tolerance."""
    experiments, outcomes = load_results(to_ema(study, tmp_path / "out.tar.gz"))
    wide = study.wide()
    for name in study.factors:
        assert experiments[name].tolist() == pytest.approx(wide[name].tolist())
    assert experiments["arm"].tolist() == experiments["policy"].tolist() == wide["arm"].tolist()
    assert experiments["seed"].tolist() == wide["seed"].tolist()
    assert experiments["scenario"].tolist() == wide["point"].tolist()
    assert set(experiments["model"]) == {"yihe"}
    assert isinstance(experiments["arm"].dtype, pd.CategoricalDtype)
    assert experiments["policies.x.on"].dtype == bool
    assert set(outcomes) == {"TIME", *made.OUTCOMES, *(f"{name}_weekly" for name in made.OUTCOMES)}
    np.testing.assert_array_equal(outcomes["TIME"], np.tile([0, 1, 2], (len(wide), 1)))
    for name in made.OUTCOMES:
        np.testing.assert_allclose(outcomes[name], wide[name], rtol=1e-14)
        weekly = study.series[name].to_numpy().reshape(len(wide), 3)
        np.testing.assert_allclose(outcomes[f"{name}_weekly"], weekly, rtol=1e-14)


def test_runs_of_different_length_end_in_nothing(tmp_path: Path) -> None:
    runs = made.every(3, ARMS, 1)
    folder = made.write(tmp_path / "s", {"weeks": [3, 3, 5]}, ARMS, runs[:4])
    made.shard(folder, "000000", runs[4:], weeks=5)
    experiments, outcomes = load_results(to_ema(open_study(folder), tmp_path / "out.tar.gz"))
    assert experiments["design.weeks"].tolist() == [3, 3, 3, 3, 5, 5]
    assert np.isfinite(outcomes["satisfaction_weekly"]).sum(axis=1).tolist() == [3, 3, 3, 3, 5, 5]
    assert outcomes["satisfaction_weekly"][5, 4] == pytest.approx(made.value("satisfaction", runs[5], 4))
    assert np.isfinite(outcomes["TIME"]).all()


def test_what_is_not_kept_weekly_is_not_exported(small: Study, tmp_path: Path) -> None:
    for file in (small.folder / "series").iterdir():
        pq.write_table(pq.read_table(file).drop_columns("satisfaction"), file)
    _, outcomes = load_results(to_ema(small, tmp_path / "a.tar.gz"))
    assert set(made.OUTCOMES) < set(outcomes)
    assert "satisfaction_weekly" not in outcomes
    shutil.rmtree(small.folder / "series")
    _, outcomes = load_results(to_ema(small, tmp_path / "b.tar.gz"))
    assert set(outcomes) == set(made.OUTCOMES)
    assert not (to_csv(small, tmp_path / "c") / "series.csv").exists()
    with xr.open_dataset(to_netcdf(small, tmp_path / "d.nc"), group="runs", engine="h5netcdf") as found:
        assert set(found) == set(made.OUTCOMES)


def test_equal_studies_give_equal_archives(small: Study, tmp_path: Path) -> None:
    first, second = (to_ema(small, tmp_path / name).read_bytes() for name in ("a.tar.gz", "b.tar.gz"))
    assert first == second


# All of them


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond ``size`` bytes: writing fails as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("export", [to_csv, to_netcdf, to_ema])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(small: Study, tmp_path: Path, export: Export) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with full_disk(400), pytest.raises(YiheError) as caught:
        export(small, out / "x")
    assert "cannot write into" in caught.value.en
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("export", [to_csv, to_netcdf, to_ema])
def test_nothing_is_overwritten(small: Study, tmp_path: Path, export: Export) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("mine", encoding="utf-8")
    folder.mkdir()
    for target in (file, folder):
        with pytest.raises(YiheError) as caught:
            export(small, target)
        assert "not overwritten" in caught.value.en
    assert file.read_text(encoding="utf-8") == "mine"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("export", [to_csv, to_netcdf, to_ema])
def test_a_place_that_is_no_folder_is_one_sentence(small: Study, tmp_path: Path, export: Export) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(YiheError, match="--out"):
        export(small, tmp_path / "file" / "x")


@pytest.mark.parametrize("export", [to_csv, to_netcdf, to_ema])
def test_a_study_without_runs_has_nothing_to_export(tmp_path: Path, export: Export) -> None:
    study = open_study(made.write(tmp_path / "s", POINTS, ARMS, []))
    with pytest.raises(YiheError) as caught:
        export(study, tmp_path / "x")
    assert "nothing to export" in caught.value.en
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("export", [to_csv, to_netcdf, to_ema])
def test_the_study_itself_is_left_alone(small: Study, tmp_path: Path, export: Export) -> None:
    before = {file: file.read_bytes() for file in small.folder.rglob("*") if file.is_file()}
    export(small, tmp_path / "x")
    assert {file: file.read_bytes() for file in small.folder.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("package", ["h5netcdf", "h5py"])
def test_a_missing_package_is_named(
    small: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(YiheError, match=rf"{package}.*yihe\[study\]"):
        to_netcdf(small, tmp_path / "x.nc")
    assert not (tmp_path / "x.nc").exists()


def test_outcomes_of_unknown_plugins_keep_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(made, "OUTCOMES", ("own_outcome",))
    study = open_study(made.write(tmp_path / "s", POINTS, ARMS, made.every(3, ARMS, 1)))
    assert study.outcomes["own_outcome"].label.zh == "own_outcome"
    with xr.open_dataset(to_netcdf(study, tmp_path / "x.nc"), group="runs", engine="h5netcdf") as found:
        assert "units" not in found["own_outcome"].attrs
        assert math.isfinite(found["own_outcome"].sum())


@pytest.mark.parametrize("to", list(FORMATS))
def test_the_command_writes_beside_and_says_where(
    small: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    app = Typer()
    cli_query.register(app)

    def call(*words: str) -> str:
        line = ["export", str(small.folder), "--to", to, *words]
        done = CliRunner().invoke(app, line, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    target = "s" + FORMATS[to][1]
    assert call("--lang", "zh") == f"已写入 {target}（示意性，未经校准）\n"
    assert Path(target).exists()
    answer = json.loads(call("--json", "--out", "other"))
    assert answer["uncalibrated"] is True
    assert Path(answer["file"]) == Path("other")
    assert Path("other").exists()


def test_the_command_names_the_formats_there_are(small: Study) -> None:
    app = Typer()
    cli_query.register(app)
    with pytest.raises(YiheError) as caught:
        CliRunner().invoke(app, ["export", str(small.folder), "--to", "pdf"], catch_exceptions=False)
    assert caught.value.sentence("en") == "--to: no format pdf: choose csv | netcdf | ema"
