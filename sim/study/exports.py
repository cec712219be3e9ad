"""A study's results for other programs: CSV, NetCDF, and the archive of EMA Workbench.

Each is written aside and renamed, so that it is whole or absent; nothing that exists is overwritten. All
carry units, labels in both languages and the uncalibrated mark. Outcomes are written one after the other, so
that memory holds one of them and, for NetCDF, the compressed file.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import YiheError
from sim.study.cubes import Values, attributes, axes_of, cube
from sim.study.opened import NOTE, Study
from sim.study.shards import HEADS, Snapshot, steadily
from sim.study.store import writing
from sim.study.tables import missing

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_LEVEL = 4
"""Of gzip, in NetCDF files and archives."""

EMA_VERSION: float = 0.1
"""Version of the archive that EMA Workbench 2.5 and 3.0 write."""


def to_csv(study: Study, folder: Path) -> Path:
    """Every table as a CSV file, with ``columns.csv`` and the manifest beside them.

    Encoded in UTF-8. Rows of a study that is still running follow the order in which its runs ended. A number
    that does not exist is ``nan``.

    Parameters
    ----------
    study : Study
    folder : Path
        Must not exist.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    YiheError
        If it exists or cannot be written, or no run has finished.
    """
    def write(snapshot: Snapshot) -> None:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for table in filter(snapshot.keeps, HEADS):
            _write_csv(snapshot, table, aside / f"{table}.csv")
        _columns(study).to_csv(aside / "columns.csv", index=False)
        (aside / "manifest.json").write_text(_manifest(study), encoding="utf-8")
        (aside / "README.md").write_text(_readme(study), encoding="utf-8")

    with _whole(study, folder) as aside:
        steadily(study.folder, write)
    return folder


def to_netcdf(study: Study, file: Path) -> Path:
    """``runs`` and, if kept, ``series`` as arrays in one NetCDF-4 file, a group each.

    Read it with ``xarray.open_dataset(file, group="runs")``; it then equals :meth:`Study.xarray`.

    Parameters
    ----------
    study : Study
    file : Path
        Must not exist.

    Returns
    -------
    Path
        ``file``.

    Raises
    ------
    YiheError
        If it exists or cannot be written, a package is missing, or no run has finished.
    """
    def write(snapshot: Snapshot) -> None:
        # HDF5 crashes the whole process on a full disk, so it writes to memory
        content = io.BytesIO()
        with _netcdf_file(content) as root:
            root.attrs.update({**_filled(study.about()), "manifest": _manifest(study)})
            for kind in filter(snapshot.keeps, ("runs", "series")):
                _netcdf_group(study, snapshot, kind, root.create_group(kind))
        aside.write_bytes(content.getbuffer())

    with _whole(study, file) as aside:
        steadily(study.folder, write)
    return file


def to_ema(study: Study, file: Path) -> Path:
    """The archive that ``ema_workbench.load_results`` reads, checked against versions 2.5.3 and 3.0.0.

    An experiment is one run: its factors, ``arm`` and ``seed``, and the workbench's own ``scenario`` (the
    design point), ``policy`` (the arm again) and ``model``. A number of a whole run is a ``ScalarOutcome``; a
    weekly one is a ``TimeSeriesOutcome`` named ``<outcome>_weekly``, because the workbench knows a name once
    only; ``TIME`` is the week. Runs that failed are no experiments.

    Parameters
    ----------
    study : Study
    file : Path
        Must not exist; ``.tar.gz``.

    Returns
    -------
    Path
        ``file``.

    Raises
    ------
    YiheError
        If it exists or cannot be written, or no run has finished.
    """
    def write(snapshot: Snapshot) -> None:
        # No time of day inside: equal studies give equal bytes
        with (
            aside.open("wb") as out, gzip.GzipFile("", "wb", _LEVEL, out, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            _ema_members(study, snapshot, archive)

    with _whole(study, file) as aside:
        steadily(study.folder, write)
    return file


FORMATS = {"csv": (to_csv, "-csv"), "netcdf": (to_netcdf, ".nc"), "ema": (to_ema, "-ema.tar.gz")}
"""Every format: what writes it, and what its file's or folder's name ends with."""


@contextlib.contextmanager
def _whole(study: Study, target: Path) -> Iterator[Path]:
    """A name to write to, which becomes ``target`` at the end or vanishes."""
    if target.exists() or target.is_symlink():
        raise YiheError(
            "已经存在，不会覆盖：请用 --out 换一个名称，或先删去它",
            "it exists and is not overwritten: choose another name with --out, or delete it first",
            file=target)
    if not len(study.table("runs", ["seed"])):
        raise YiheError(
            "还没有一次运行完成，没有可导出的结果", "no run has finished yet: there is nothing to export",
            file=study.folder)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with writing(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield aside
            for file in aside.iterdir() if aside.is_dir() else [aside]:
                _to_disk(file)
            os.replace(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        with contextlib.suppress(OSError):
            aside.unlink()


def _to_disk(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _manifest(study: Study) -> str:
    return json.dumps(study.manifest, ensure_ascii=False, indent=2) + "\n"


def _readme(study: Study) -> str:
    return (
        f"# {study.name}\n\n{NOTE.zh} · {NOTE.en}\n\n"
        "各列的单位和名称见 columns.csv，来历见 manifest.json。 · "
        "Units and labels of the columns are in columns.csv, their origin in manifest.json.\n")


def _columns(study: Study) -> pd.DataFrame:
    """Unit, labels and better direction of every outcome."""
    import pandas as pd

    return pd.DataFrame([
        {"column": name, "unit": outcome.unit, "better": outcome.better, "summary": outcome.summary,
         "label_zh": outcome.label.zh, "label_en": outcome.label.en}
        for name, outcome in study.outcomes.items()
    ])


def _write_csv(snapshot: Snapshot, table: str, file: Path) -> None:
    from pyarrow import csv

    pieces = snapshot.pieces(table) if snapshot.files[table] else iter([snapshot.read(table)])
    with file.open("wb") as out, csv.CSVWriter(out, snapshot.schema(table)) as writer:
        for piece in pieces:
            writer.write_table(piece)


def _netcdf_file(content: io.BytesIO) -> Any:
    try:
        import h5netcdf

        import_module("h5py")  # h5netcdf installs without it, and then cannot write
    except ImportError as error:
        raise missing(error.name or "h5netcdf") from error
    return h5netcdf.File(content, "w")


def _netcdf_group(study: Study, snapshot: Snapshot, kind: str, group: Any) -> None:
    fits = cube(study.renamed(), study.arms, snapshot.read(kind, axes_of(kind)))
    group.attrs.update(_filled(study.about()))
    group.dimensions = {name: len(values) for name, values in fits.axes.items()}
    for name, values in fits.axes.items():
        _netcdf_coordinate(group, name, name, values)
    for name, values in fits.beside.items():
        _netcdf_coordinate(group, name, "point", values)
    for name in snapshot.outcomes(kind):
        column = snapshot.read(kind, [name])[name].to_numpy()
        variable = group.create_variable(
            name, tuple(fits.axes), "f8", data=fits.fill(column), fillvalue=np.nan, compression="gzip",
            compression_opts=_LEVEL, shuffle=True)
        variable.attrs.update(_filled(attributes(name)))
        if fits.beside:
            variable.attrs["coordinates"] = " ".join(fits.beside)


def _netcdf_coordinate(group: Any, name: str, dimension: str, values: Values) -> None:
    if values.dtype == object:
        kind = import_module("h5py").string_dtype()
        group.create_variable(name, (dimension,), kind, data=np.array([str(v) for v in values], object))
    elif values.dtype.kind == "b":  # NetCDF has no booleans: xarray's way to write them
        variable = group.create_variable(name, (dimension,), "i1", data=values.astype(np.int8))
        variable.attrs["dtype"] = "bool"
    else:
        group.create_variable(name, (dimension,), values.dtype, data=values)


def _filled(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _ema_members(study: Study, snapshot: Snapshot, archive: tarfile.TarFile) -> None:
    experiments = _experiments(study, snapshot)
    _add(archive, "experiments.csv", experiments.to_csv(index=False).encode())
    listed: list[tuple[str, str, str]] = []
    for name in snapshot.outcomes("runs"):
        values = snapshot.read("runs", [name])[name].to_numpy()
        listed.append(("ScalarOutcome", name, f"{name}.cls"))
        _add(archive, listed[-1][2], _numbers(values[:, np.newaxis]))
    for name, values, weeks in _weekly(snapshot, len(experiments)) if snapshot.keeps("series") else ():
        listed.append(("TimeSeriesOutcome", name, f"{name}.csv"))
        _add(archive, listed[-1][2], _numbers(values, weeks))
    _add(archive, "metadata.json", json.dumps({
        "version": EMA_VERSION, "outcomes": listed,
        "experiments": {name: str(kind) for name, kind in experiments.dtypes.items()},
        "yihe": {**study.about(), "manifest": study.manifest},
    }, ensure_ascii=False).encode())


def _experiments(study: Study, snapshot: Snapshot) -> pd.DataFrame:
    """One row a run, in the order of ``runs``."""
    import pandas as pd

    who = snapshot.read("runs", ["point", "arm", "seed"]).to_pandas()
    design = study.renamed(("scenario", "policy", "model")).set_index("point")
    table = design.loc[who["point"]].reset_index(drop=True)
    ours = pd.DataFrame({
        "arm": who["arm"], "seed": who["seed"], "scenario": who["point"], "policy": who["arm"],
        "model": "yihe"})
    table = pd.concat([table, ours], axis=1)
    words = [name for name in table if table[name].dtype.kind not in "biuf"]
    return table.astype(dict.fromkeys(words, object))


def _weekly(snapshot: Snapshot, runs: int) -> Iterator[tuple[str, Values, list[str]]]:
    """Name, values (run × week) and weeks of each series, the weeks themselves first."""
    import pandas as pd

    keys = pd.Index(snapshot.read("runs", ["key"])["key"].to_pandas())
    series = snapshot.read("series", ["key", "week"])
    weeks, week = np.unique(series["week"].to_numpy(), return_inverse=True)
    row, header = keys.get_indexer(series["key"].to_pandas()), [str(number) for number in weeks]
    yield "TIME", np.tile(weeks, (runs, 1)), header
    for name in snapshot.outcomes("series"):
        values = np.full((runs, len(weeks)), np.nan)
        values[row, week] = snapshot.read("series", [name])[name].to_numpy()
        yield f"{name}_weekly", values, header


def _numbers(values: Values, header: Sequence[str] = ()) -> bytes:
    """Rows of numbers as CSV; NaN is spelled out, for an empty line would be skipped when read."""
    import pyarrow as pa
    from pyarrow import csv

    names = list(header) or ["value"]
    table: pa.Table = pa.table(dict(zip(names, np.ascontiguousarray(values.T), strict=True)))
    out = io.BytesIO()
    csv.write_csv(table, out, csv.WriteOptions(include_header=bool(header), quoting_style="none"))
    return out.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
