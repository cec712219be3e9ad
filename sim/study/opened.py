"""A study's results, read: as pandas tables, as an xarray dataset, by SQL.

>>> from sim import open_study
>>> study = open_study("results/neighbour-festival")
>>> study.runs.groupby("arm")["participation_52_other"].mean()
>>> study.sql("select arm, avg(satisfaction) from runs group by arm")
>>> study.xarray("series")["backlog"].mean("seed")

A study that is still running may be opened too: what has finished so far is there. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import YiheError
from sim.outcomes import Outcome
from sim.params import Label
from sim.scenario.bykind import near
from sim.study.cubes import attributes, axes_of, cube, describe
from sim.study.designfile import START
from sim.study.shards import HEADS, RUN, Snapshot, look, steadily, unreadable

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import xarray

MANIFEST = "manifest.json"
Kind = Literal["runs", "series"]

NOTE = Label(zh="示意性，未经校准", en="illustrative, uncalibrated")

LARGEST = 4 * 2**30
"""Bytes of the largest dataset that :meth:`Study.xarray` makes at once."""


class Study:
    """Everything in a study's folder; use :func:`open_study`.

    Tables named by a property are read when first asked for and then kept: open the study anew to see what
    has finished since. :meth:`table`, :meth:`sql` and :meth:`connect` read anew each time.

    Attributes
    ----------
    folder : Path
    manifest : dict
        What made the study: versions, code, processor, seeds, command.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def name(self) -> str:
        """Name of the study, or of its folder."""
        return str(self.manifest.get("name") or self.folder.resolve().name)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the study."""
        declared = self.manifest.get("arms")
        return tuple(declared) if declared else tuple(dict.fromkeys(self.table("runs", ["arm"])["arm"]))

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """Label, unit and better direction of every outcome in ``runs``.

        An outcome of a plug-in that is not loaded carries its name alone.
        """
        return {name: describe(name) for name in look(self.folder).outcomes("runs")}

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Key paths of the design's factors."""
        return tuple(str(name) for name in self.design.columns[1:] if name != START)

    @cached_property
    def design(self) -> pd.DataFrame:
        """One row a design point: ``point``, then a column a factor; one point without factors if none."""
        return self.table("design")

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a finished run: key, point, arm, seed, digest, weeks, then every outcome.

        Sorted by point, seed and arm; a run that failed has no row.
        """
        return self.table("runs")

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row a run and week: key, point, arm, seed, week, then the outcomes kept weekly."""
        return self.table("series")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Outcomes of groups of residents, week by week, if the study keeps them."""
        return self.table("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row a case, if the study keeps them."""
        return self.table("cases")

    @cached_property
    def timings(self) -> pd.DataFrame:
        """Seconds that each run took; the only table that may differ between two equal studies."""
        return self.table("timings")

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One table, or some columns of it.

        Parameters
        ----------
        name : {"design", "runs", "series", "groups", "cases", "timings"}
        columns : sequence of str, optional
            Only these, in this order; a long table is read much faster so.

        Raises
        ------
        YiheError
            If there is no such table or column.
        """
        if name not in HEADS:
            raise unknown("表", "table", name, list(HEADS), self.folder)
        return steadily(self.folder, lambda snapshot: self._frame(snapshot, name, columns))

    def wide(self) -> pd.DataFrame:
        """``runs`` with each run's factors beside it, between ``weeks`` and the outcomes.

        A factor that is called like another column, such as ``weeks``, is called ``design.weeks``.
        """
        joined = self.runs.merge(self.renamed(), on="point", how="left", validate="many_to_one")
        factors = [str(name) for name in self.renamed().columns[1:]]
        heads = list(HEADS["runs"])
        rest = [name for name in joined.columns if name not in heads and name not in factors]
        return joined[[*heads, *factors, *rest]]

    def xarray(self, kind: Kind = "runs", outcomes: Sequence[str] | None = None) -> xarray.Dataset:
        """Outcomes as arrays with named axes.

        Parameters
        ----------
        kind : {"runs", "series"}
            Numbers of whole runs, or of each week.
        outcomes : sequence of str, optional
            Only these, of those that the table holds.

        Returns
        -------
        xarray.Dataset
            Dimensions: for a grid design one a factor, otherwise ``point`` with the factors as its
            coordinates; then ``arm``, ``seed`` and, for series, ``week``. Each outcome is a variable with
            ``units``, ``long_name``, ``label_zh`` and ``label_en``. Runs that failed are NaN.

        Raises
        ------
        YiheError
            If there is no such outcome, or all of them would take more than :data:`LARGEST` bytes.
        """
        if kind not in ("runs", "series"):
            raise unknown("种类", "kind", kind, ["runs", "series"], self.folder)
        try:
            import xarray as xr
        except ImportError as error:
            from sim.study.tables import missing

            raise missing("xarray") from error

        def build(snapshot: Snapshot) -> xarray.Dataset:
            names = snapshot.outcomes(kind) if outcomes is None else list(outcomes)
            self._check(snapshot, kind, names)
            fits = cube(self.renamed(), self.arms, snapshot.read(kind, axes_of(kind)))
            self._refuse_too_large(fits.shape, len(names))
            rows = snapshot.read(kind, names)
            data = {
                name: (tuple(fits.axes), fits.fill(rows[name].to_numpy()), attributes(name)) for name in names
            }
            beside = {name: ("point", values) for name, values in fits.beside.items()}
            return xr.Dataset(data, {**fits.axes, **beside}, self.about())

        return steadily(self.folder, build)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views design, runs, series, groups, cases and timings.

        It shows the study as it is now. It reaches no file but the study's, and those for reading only; what
        it is told to create lives in memory. Numbers that do not exist are NULL.
        """
        from sim.study.queries import connect

        return steadily(self.folder, connect)

    def sql(self, text: str, limit: int | None = None) -> pd.DataFrame:
        """The answer to one SQL query over the views of :meth:`connect`.

        Parameters
        ----------
        text : str
            SQL of DuckDB. Factors have dots in their names and so need double quotes:
            ``select "ties.atomisation", avg(backlog) from runs join design using (point) group by all``.
        limit : int, optional
            Rows at most.

        Raises
        ------
        YiheError
            If it is not one query, or DuckDB refuses it; one sentence.
        """
        from sim.study.queries import ask

        return steadily(self.folder, lambda snapshot: ask(snapshot, text, limit))

    def renamed(self, more: Sequence[str] = ()) -> pd.DataFrame:
        """The design, with factors called ``design.<factor>`` whose name another column has.

        Parameters
        ----------
        more : sequence of str
            Names taken besides those of runs and series.
        """
        taken = {*HEADS["runs"], *HEADS["series"], *self.outcomes, *more}
        return self.design.rename(columns={
            name: f"design.{name}" for name in self.factors if name in taken})

    def about(self) -> dict[str, str]:
        """Name, key and the uncalibrated mark, for the head of a file."""
        note = self.manifest.get("note", NOTE.model_dump())
        return {
            "study": self.name, "study_key": str(self.manifest.get("study_key", "")),
            "note_zh": note["zh"], "note_en": note["en"],
        }

    def __repr__(self) -> str:
        """Name, arms, points and the uncalibrated mark in one line."""
        return f"Study({self.name}: {', '.join(self.arms)}; {len(self.design)} points; {NOTE.en})"

    def _frame(self, snapshot: Snapshot, name: str, columns: Sequence[str] | None) -> pd.DataFrame:
        if columns is not None:
            self._check(snapshot, name, columns)
        if not snapshot.loose or name == "design":
            return snapshot.read(name, columns).to_pandas()
        keys = ["point", "seed", "arm"]
        wanted = columns if columns is None else list(dict.fromkeys([*columns, *keys]))
        frame = snapshot.read(name, wanted).to_pandas()
        place = {arm: i for i, arm in enumerate(self._order)}
        by = frame[keys].assign(arm=frame["arm"].map(lambda arm: place.get(arm, len(place))))
        # Stable, so that each run's weeks keep their order
        frame = frame.loc[by.sort_values(keys, kind="stable").index].reset_index(drop=True)
        return frame if columns is None else frame[list(columns)]

    @property
    def _order(self) -> tuple[str, ...]:
        return tuple(self.manifest.get("arms", ()))

    def _check(self, snapshot: Snapshot, table: str, columns: Sequence[str]) -> None:
        known = snapshot.schema(table).names
        for column in columns:
            if column not in known:
                raise unknown("列", "column", column, known, self.folder)

    def _refuse_too_large(self, shape: tuple[int, ...], outcomes: int) -> None:
        size = 8 * outcomes
        for length in shape:
            size *= length
        if size > LARGEST:
            raise YiheError(
                f"全部指标共需 {size / 2**30:.0f} GiB 内存：请用 outcomes=[…] 只取其中几个",
                f"all outcomes would take {size / 2**30:.0f} GiB: choose some with outcomes=[…]",
                file=self.folder)


def open_study(folder: str | Path) -> Study:
    """Open the results of a study, finished or still running.

    Parameters
    ----------
    folder : str or Path
        Such as ``results/neighbour-festival``.

    Raises
    ------
    YiheError
        If there is no such folder, or it holds no study.
    """
    folder = Path(folder)
    if not folder.exists():
        other = Path("results") / folder
        zh, en = ("", "") if not (other / MANIFEST).exists() else (
            f"，是否想写 {other}？", f"; did you mean {other}?")
        raise YiheError(
            f"没有这个文件夹{zh or '，请检查路径'}", f"no such folder{en or ': check the path'}", file=folder)
    if not (folder / MANIFEST).is_file():
        raise YiheError(
            f"这里没有研究结果（缺 {MANIFEST}）：请给出结果文件夹，例如 results/名称",
            f"no results of a study ({MANIFEST} is missing): name a results folder, such as results/NAME",
            file=folder)
    study = Study(folder, _manifest(folder / MANIFEST))
    lacking = [name for name in RUN if name not in look(folder).schema("runs").names]
    if lacking:
        raise YiheError(
            f"runs 表缺少列 {lacking[0]}，出自旧版本：请重新运行这项研究",
            f"its table runs has no column {lacking[0]}, as in earlier versions: run the study again",
            file=folder)
    return study


def unknown(zh: str, en: str, name: str, known: Sequence[str], folder: Path) -> YiheError:
    """The sentence for a name that does not exist, with the nearest one that does."""
    meant = near(name, list(known))
    some = [meant] if meant else list(known)[:8]
    return YiheError(
        f"没有{zh} {name}，{'是否想写 ' + meant + '？' if meant else '可用的有 ' + '、'.join(some)}",
        f"no {en} {name}; {'did you mean ' + meant + '?' if meant else 'there are ' + ', '.join(some)}",
        file=folder)


def _manifest(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("not a mapping")
    except OSError as error:
        raise unreadable(file, error) from error
    except ValueError as error:
        raise YiheError(
            "清单读不懂：文件已损坏，请重新运行这项研究",
            "the manifest cannot be understood: it is damaged, run the study again", file=file) from error
    return content
