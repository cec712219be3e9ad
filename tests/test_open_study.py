"""A study's folder is read alike by pandas, xarray and SQL, also while it grows, and is never written to."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import study_folders as made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from sim import cli_query
from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.study import opened, queries, shards, store, tables
from sim.study.opened import Study, open_study

ARMS = ("基线", "一核 + festival")
GRID = {
    "ties.atomisation": [0.3, 0.0, 0.3, 0.0],
    "regime": ["one_core", "one_core", "self_governing", "self_governing"],
}
FAILED = (1, ARMS[1], 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made.write(tmp_path / "研究", GRID, ARMS, made.every(4, ARMS, 3, {FAILED}))


@pytest.fixture
def study(folder: Path) -> Study:
    return open_study(folder)


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        str(file.relative_to(folder)): file.read_bytes() if file.is_file() else None
        for file in sorted(folder.rglob("*"))
    }


def rows(frame: pd.DataFrame) -> list[made.Run]:
    return list(zip(frame["point"], frame["arm"], frame["seed"], strict=True))


# Tables


def test_what_a_study_says_of_itself(study: Study) -> None:
    assert study.arms == ARMS
    assert study.factors == tuple(GRID)
    assert study.name == "made-up"
    assert list(study.outcomes) == list(made.OUTCOMES)
    assert study.outcomes["satisfaction"] == OUTCOMES["satisfaction"]
    assert "illustrative, uncalibrated" in repr(study)


def test_every_number_is_where_it_was_put(study: Study) -> None:
    runs, series = study.runs, study.series
    assert rows(runs) == made.every(4, ARMS, 3, {FAILED})
    for name in made.OUTCOMES:
        np.testing.assert_array_equal(runs[name], [made.value(name, run) for run in rows(runs)])
        np.testing.assert_array_equal(
            series[name],
            [made.value(name, run, week) for run, week in zip(rows(series), series["week"], strict=True)])
    assert len(series) == 3 * len(runs)
    assert study.design.to_dict("list") == {"point": [0, 1, 2, 3], **GRID}
    assert study.cases["case"].dtype == np.uint64
    assert study.timings["seconds"].tolist() == [0.1] * len(runs)


def test_columns_come_as_asked(study: Study) -> None:
    frame = study.table("series", ["satisfaction", "week"])
    assert list(frame) == ["satisfaction", "week"]
    pd.testing.assert_frame_equal(frame, study.series[["satisfaction", "week"]])


def test_wide_runs_carry_their_factors(study: Study) -> None:
    wide = study.wide()
    assert list(wide) == ["key", "point", "arm", "seed", "digest", "weeks", *GRID, *made.OUTCOMES]
    assert rows(wide) == rows(study.runs)
    for name, values in GRID.items():
        assert wide[name].tolist() == [values[point] for point in wide["point"]]


def test_factors_never_hide_other_columns(tmp_path: Path) -> None:
    folder = made.write(tmp_path / "s", {"weeks": [3, 4], "arm": ["x", "y"]}, ARMS, made.every(2, ARMS, 1))
    study = open_study(folder)
    wide = study.wide()
    assert wide["weeks"].tolist() == [3] * 4
    assert wide["design.weeks"].tolist() == [3, 3, 4, 4]
    assert wide["design.arm"].tolist() == ["x", "x", "y", "y"]
    assert {"design.weeks", "design.arm", "arm"} <= set(study.xarray().coords)


def test_a_study_without_a_design_is_one_point(tmp_path: Path) -> None:
    study = open_study(made.write(tmp_path / "s", None, ARMS, made.every(1, ARMS, 2)))
    assert study.design.to_dict("list") == {"point": [0]}
    assert dict(study.xarray().sizes) == {"arm": 2, "seed": 2}
    assert study.sql("select count(*) n from runs join design using (point)")["n"].tolist() == [4]


def test_a_study_that_has_just_begun_is_empty(tmp_path: Path) -> None:
    study = open_study(made.write(tmp_path / "s", GRID, ARMS, []))
    assert len(study.runs) == len(study.series) == len(study.timings) == 0
    assert list(study.runs) == ["key", "point", "arm", "seed", "digest", "weeks", *OUTCOMES]
    assert study.sql("select count(*) n, avg(satisfaction) a from runs").to_dict("list") == {
        "n": [0], "a": [pytest.approx(math.nan, nan_ok=True)]}
    with pytest.raises(YiheError, match="没有 cases 表"):
        _ = study.cases


def test_the_layout_is_that_of_the_store() -> None:
    assert set(shards.HEADS) == {"design", *tables.KINDS}
    assert set(shards.LONG) == set(tables.LONG)
    assert (shards._PARTS, shards._MERGED, shards._READY) == (store._PARTS, store._MERGED, store._READY)
    assert opened.MANIFEST == store.MANIFEST


# Arrays


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grid=st.booleans(), seeds=st.integers(1, 3), arms=st.integers(1, 2),
    order=st.randoms(use_true_random=False),
    numbers=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3, unique=True),
    words=st.lists(WORDS, min_size=1, max_size=3, unique=True),
)
def test_arrays_hold_each_run_at_its_coordinates(
    tmp_path: Path, grid: bool, seeds: int, arms: int, order: object, numbers: list[float], words: list[str],
) -> None:
    """Whatever the order of the points; in a design that is no grid, points keep their own axis."""
    points = [(number, word) for number in numbers for word in words]
    order.shuffle(points)  # type: ignore[attr-defined]
    if not grid:
        points.append(points[0])
    design = {"a.b": [point[0] for point in points], "c": [point[1] for point in points]}
    folder = tmp_path / "s"
    shutil.rmtree(folder, ignore_errors=True)
    runs = made.every(len(points), ARMS[:arms], seeds)
    gone = runs[len(runs) // 2] if arms > 1 else None
    left = [run for run in runs if run != gone]
    study = open_study(made.write(folder, design, ARMS[:arms], left))
    data = study.xarray("series", ["satisfaction"])["satisfaction"]
    assert data.dims == (*(("a.b", "c") if grid else ("point",)), "arm", "seed", "week")
    for run in runs:
        point, arm, seed = run
        where = {"a.b": points[point][0], "c": points[point][1]} if grid else {"point": point}
        found = data.sel({**where, "arm": arm, "seed": seed}).to_numpy()
        expected = [made.value("satisfaction", run, week) if run != gone else math.nan for week in range(3)]
        np.testing.assert_array_equal(found, expected)
        if not grid:
            assert float(data["a.b"][point]) == points[point][0]
            assert str(data["c"][point].item()) == points[point][1]


def test_arrays_carry_units_and_labels_in_both_languages(study: Study) -> None:
    data = study.xarray()
    assert data.attrs["note_zh"] == "示意性，未经校准"
    assert data["satisfaction"].attrs == {
        "units": "0 to 1", "long_name": "satisfaction of parties", "label_zh": "当事人满意度",
        "label_en": "satisfaction of parties"}
    assert data.sizes == {"ties.atomisation": 2, "regime": 2, "arm": 2, "seed": 3}


def test_failed_runs_are_missing_and_means_leave_them_out(study: Study) -> None:
    data = study.xarray()["participation_52"]
    assert int(data.isnull().sum()) == 1
    at = data.sel({"ties.atomisation": 0.0, "regime": "one_core", "arm": ARMS[1]})
    assert np.isnan(at.sel(seed=2))
    mine = study.runs.query("point == 1")
    mine = mine[mine["arm"] == ARMS[1]]["participation_52"]
    assert float(at.mean("seed")) == pytest.approx(mine.mean(), rel=1e-15)


def test_arrays_too_large_for_memory_are_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.opened.LARGEST", 8 * 24)
    assert study.xarray(outcomes=["satisfaction"]).sizes["seed"] == 3
    with pytest.raises(YiheError, match="outcomes="):
        study.xarray()


# SQL


def test_sql_gives_what_pandas_gives(study: Study) -> None:
    frame = study.sql(f"select * from series order by point, seed, arm = '{ARMS[1]}', week")
    pd.testing.assert_frame_equal(frame, study.series, check_dtype=False)


def test_numbers_that_do_not_exist_are_left_out_of_averages(study: Study) -> None:
    asked = study.sql(
        'select "ties.atomisation" t, arm, avg(recovery_weeks) mean, count(recovery_weeks) n, count(*) of '
        "from runs join design using (point) group by all order by all")
    wide = study.wide().groupby(["ties.atomisation", "arm"])["recovery_weeks"]
    expected = wide.agg(["mean", "count", "size"]).reset_index()
    np.testing.assert_allclose(asked["mean"], expected["mean"], rtol=1e-14)
    assert asked["n"].tolist() == expected["count"].tolist()
    assert asked["of"].tolist() == expected["size"].tolist()


def test_the_limit_keeps_the_first_rows(study: Study) -> None:
    frame = study.sql("select * from series", limit=7)
    pd.testing.assert_frame_equal(frame, study.series.iloc[:7], check_dtype=False)
    assert len(study.sql("select * from range(5000) t(i)", limit=4999)) == 4999
    assert list(study.sql("select key from runs where false", limit=3)) == ["key"]


@pytest.mark.parametrize("text", [
    "describe runs", "show tables", "explain select 1", "pivot runs on arm using avg(satisfaction)",
    "with a as (select * from runs) from a", "summarize runs",
])
def test_statements_that_read_are_answered(study: Study, text: str) -> None:
    assert len(study.sql(text)) > 0


@pytest.mark.parametrize("text", [
    "", "-- nothing", "drop view runs", "create table x as select 1", "select 1; select 2", "set threads = 1",
    "insert into runs values (1)", "copy runs to 'x.csv'", "attach 'x.db'", "install httpfs",
    "export database 'x'",
])
def test_statements_that_do_not_read_are_refused(study: Study, text: str) -> None:
    before = contents(study.folder)
    with pytest.raises(YiheError) as caught:
        study.sql(text)
    assert "must be one query" in caught.value.en
    assert contents(study.folder) == before


@pytest.mark.parametrize("text", [
    "select * from read_text('{secret}')", "select * from '{secret}'", "select * from read_csv('{secret}')",
    "select * from read_parquet('{runs}')", "select * from glob('{folder}/*')",
    "select * from parquet_metadata('{runs}')",
    "with x as (copy (select 1) to '{runs}' (format parquet, use_tmp_file false)) select * from x",
    "explain analyze copy (select 1) to '{runs}' (format parquet, use_tmp_file false)",
    "from query('select * from read_text(''{secret}'')')", "select * from sniff_csv('{secret}')",
])
def test_no_other_file_is_read_and_none_is_written(study: Study, tmp_path: Path, text: str) -> None:
    """Results must survive what is pasted into a query, and a query must not carry other files away."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,nobody\n", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(YiheError) as caught:
        study.sql(text.format(secret=secret, runs=study.folder / "runs.parquet", folder=study.folder))
    assert "nobody" not in caught.value.en
    assert contents(tmp_path) == before


def test_the_connection_itself_reaches_no_file(study: Study) -> None:
    import duckdb

    connection = study.connect()
    assert connection.execute("select count(*) from runs").fetchall() == [(23,)]
    for text in (
        "set enable_external_access = true", "set allowed_directories = ['/']",
        f"copy (select 1) to '{study.folder}/runs.parquet' (use_tmp_file false)",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(text)


def test_variables_of_the_program_are_no_tables(study: Study) -> None:
    frame = pd.DataFrame({"a": [1]})
    assert len(frame)
    with pytest.raises(YiheError):
        study.sql("select * from frame")


@pytest.mark.parametrize(("text", "hint"), [
    ("select satisfacton from runs", "did you mean satisfaction?"),
    ("select r.satisfacton from runs r", "did you mean satisfaction?"),
    ("select * from run", "did you mean runs?"),
    ("select ties.atomisation from design", 'such as "ties.atomisation"'),
    ("select regime from runs", "that column is in design"),
    ("select * from groups", "does not keep that table"),
    ("selct 1", 'syntax error at or near "selct"'),
    ("select * from read_text('/etc/hosts')", "only the study's own tables"),
])
def test_a_mistake_in_sql_is_one_sentence_with_a_hint(study: Study, text: str, hint: str) -> None:
    with pytest.raises(YiheError) as caught:
        study.sql(text)
    assert hint in caught.value.en
    assert "\n" not in caught.value.en + caught.value.zh
    assert "DuckDB" in caught.value.zh


def test_a_study_may_keep_few_series_or_none(folder: Path) -> None:
    for file in (folder / "series").iterdir():
        pq.write_table(pq.read_table(file).drop_columns("satisfaction"), file)
    study = open_study(folder)
    assert list(study.xarray("series")) == [name for name in made.OUTCOMES if name != "satisfaction"]
    shutil.rmtree(folder / "series")
    assert list(study.xarray("runs")) == list(made.OUTCOMES)
    for ask in (lambda: open_study(folder).series, lambda: study.xarray("series")):
        with pytest.raises(YiheError) as caught:
            ask()
        assert "keeps no table series" in caught.value.en
    with pytest.raises(YiheError, match="没有保存这个表"):
        study.sql("select * from series")


# Running studies


def test_unmerged_shards_are_read_in_the_order_of_the_study(tmp_path: Path) -> None:
    runs = made.every(4, ARMS, 3)
    folder = made.write(tmp_path / "s", GRID, ARMS, runs[:8])
    made.shard(folder, "000010", runs[16:])
    made.shard(folder, "000009", runs[12:16][::-1])
    made.shard(folder, "000011", runs[8:12])
    whole = open_study(made.write(tmp_path / "whole", GRID, ARMS, runs))
    study = open_study(folder)
    pd.testing.assert_frame_equal(study.runs, whole.runs)
    pd.testing.assert_frame_equal(study.series, whole.series)
    pd.testing.assert_frame_equal(study.table("series", ["week"]), whole.series[["week"]])
    assert study.xarray("series").identical(whole.xarray("series"))
    text = "select arm, sum(satisfaction) s, count(*) n from series group by arm order by arm"
    asked, expected = study.sql(text), whole.sql(text)
    assert asked["n"].tolist() == expected["n"].tolist()
    np.testing.assert_allclose(asked["s"], expected["s"], rtol=1e-12)


def test_more_shards_are_seen_when_the_study_is_asked_again(tmp_path: Path) -> None:
    runs = made.every(4, ARMS, 3)
    folder = made.write(tmp_path / "s", GRID, ARMS, [])
    study = open_study(folder)
    seen = []
    for number in range(3):
        made.shard(folder, f"{number:06d}", runs[8 * number:8 * (number + 1)])
        seen.append((len(study.table("runs")), int(study.sql("select count(*) n from series")["n"][0])))
    assert seen == [(8, 24), (16, 48), (24, 72)]


def test_what_is_half_written_is_not_read(tmp_path: Path) -> None:
    """Folders written aside hold torn files; a merge without its mark is not finished."""
    runs = made.every(4, ARMS, 3)
    folder = made.write(tmp_path / "s", GRID, ARMS, runs[:8])
    torn = made.shard(folder, "tmp-4711", runs[8:12])
    (torn / "runs.parquet").write_bytes(b"PAR1 torn")
    (folder / ".merged").mkdir()
    (folder / ".merged" / "runs.parquet").write_bytes(b"PAR1 torn")
    (folder / "series" / ".00002.parquet").write_bytes(b"")
    (folder / "series" / "00002.parquet.tmp").write_bytes(b"")
    study = open_study(folder)
    assert rows(study.runs) == runs[:8]
    assert int(study.sql("select count(*) n from series")["n"][0]) == 24


@pytest.mark.parametrize("moved", range(5))
def test_a_merge_cut_short_between_two_moves_shows_every_run_once(tmp_path: Path, moved: int) -> None:
    runs = made.every(4, ARMS, 3)
    folder = made.write(tmp_path / "s", GRID, ARMS, runs[:8])
    made.shard(folder, "000000", runs[8:])
    aside = folder / ".merged"
    aside.mkdir()
    made.merge(aside, runs)
    (aside / "READY").touch()
    for name in ("cases", "runs.parquet", "series", "timings.parquet")[:moved]:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        os.replace(aside / name, folder / name)
    study = open_study(folder)
    assert rows(study.runs) == runs
    assert len(study.series) == 3 * len(runs)
    assert int(study.sql("select count(*) n from cases")["n"][0]) == len(runs)


def merge_away(folder: Path, runs: list[made.Run]) -> None:
    """Do what the end of a study does: merged tables in, shards out."""
    for name in ("series", "cases"):
        shutil.rmtree(folder / name, ignore_errors=True)
    made.merge(folder, runs)
    shutil.rmtree(folder / ".parts")


@pytest.mark.parametrize("ask", ["table", "sql", "xarray", "connect"])
def test_a_merge_in_the_middle_of_reading_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: str,
) -> None:
    """The shards vanish just after they were listed."""
    runs = made.every(4, ARMS, 3)
    folder = made.write(tmp_path / "s", GRID, ARMS, runs[:8])
    made.shard(folder, "000000", runs[8:])
    study = open_study(folder)
    assert len(study.design) == 4
    assert list(study.outcomes) == list(made.OUTCOMES)
    real, merges = shards.look, iter([True])

    def look(where: Path) -> shards.Snapshot:
        snapshot = real(where)
        if next(merges, False):
            merge_away(folder, runs)
        return snapshot

    monkeypatch.setattr(shards, "look", look)
    if ask == "table":
        assert rows(study.table("runs")) == runs
    elif ask == "sql":
        assert int(study.sql("select count(*) n from series")["n"][0]) == 3 * len(runs)
    elif ask == "xarray":
        assert int(study.xarray()["satisfaction"].count()) == len(runs)
    else:
        assert study.connect().execute("select count(*) from runs").fetchall() == [(len(runs),)]
    assert next(merges, None) is None


def test_a_folder_that_never_stands_still_is_said_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = open_study(folder)
    monkeypatch.setattr(shards.Snapshot, "stands", lambda snapshot: False)
    with pytest.raises(YiheError, match="再试"):
        study.table("runs")


# Wrong folders


def test_reading_writes_nothing_and_needs_no_leave_to(folder: Path) -> None:
    before = contents(folder)
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        study = open_study(folder)
        assert len(study.runs) == 23
        assert len(study.sql("from series")) == 69
        assert study.xarray().sizes["seed"] == 3
        assert contents(folder) == before
    finally:
        for place in (folder, *folder.rglob("*")):
            place.chmod(0o755 if place.is_dir() else 0o644)


@pytest.mark.parametrize("name", ["it's", "a[1]b", "st*r", "q?", "中 文", "{a,b}"])
def test_folders_may_have_any_name(tmp_path: Path, name: str) -> None:
    study = open_study(made.write(tmp_path / name, GRID, ARMS, made.every(4, ARMS, 1)))
    assert len(study.sql("from series")) == 24


def test_wrong_folders_get_their_sentences(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def said(path: Path | str) -> str:
        with pytest.raises(YiheError) as caught:
            open_study(path)
        return caught.value.sentence("en")

    monkeypatch.chdir(tmp_path)
    made.write(tmp_path / "results" / "mine", GRID, ARMS, [])
    assert said("nowhere").startswith("nowhere: no such folder")
    assert "did you mean results" in said("mine")
    assert "manifest.json is missing" in said(tmp_path)
    assert "manifest.json is missing" in said(folder / "runs.parquet")
    old = pq.read_table(folder / "runs.parquet").drop_columns("point")
    pq.write_table(old, folder / "runs.parquet")
    assert "no column point" in said(folder)
    (folder / "runs.parquet").write_bytes(b"not parquet")
    assert "is damaged" in said(folder)
    for text in ("{", "[]"):
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        assert "cannot be understood" in said(folder)


def test_damage_is_told_from_a_mistake_in_sql(study: Study) -> None:
    (study.folder / "series" / "00001.parquet").write_bytes(b"not parquet")
    for ask in (lambda: study.series, lambda: study.sql("select avg(satisfaction) from series")):
        with pytest.raises(YiheError) as caught:
            ask()
        assert "is damaged" in caught.value.en


def test_wrong_names_get_the_nearest_right_one(study: Study) -> None:
    for ask, hint in (
        (lambda: study.table("serie"), "did you mean series?"),
        (lambda: study.table("runs", ["satisfacton"]), "did you mean satisfaction?"),
        (lambda: study.xarray("run"), "did you mean runs?"),  # type: ignore[arg-type]
        (lambda: study.xarray("runs", ["zzz"]), "there are key, point"),
    ):
        with pytest.raises(YiheError) as caught:
            ask()
        assert hint in caught.value.en


def test_a_missing_package_is_named(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for package, ask in (("duckdb", study.connect), ("xarray", study.xarray)):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(YiheError, match=rf"{package}.*yihe\[study\]"):
            ask()


# The command


@pytest.fixture
def app() -> Typer:
    app = Typer()
    cli_query.register(app)
    return app


def call(app: Typer, *words: object) -> tuple[str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_query_answers_in_json_and_csv(app: Typer, folder: Path) -> None:
    text = (
        "select seed, arm, recovery_weeks, 1.5::decimal(4,2) d, [1, 2] l, null n from runs where point = 1 "
        "order by all")
    answer = json.loads(call(app, "query", folder, text, "--json")[0])
    assert answer["uncalibrated"] is True
    assert answer["more"] is False
    first = answer["rows"][0]
    assert first == {"seed": 0, "arm": ARMS[1], "recovery_weeks": None, "d": 1.5, "l": [1, 2], "n": None}
    assert len(answer["rows"]) == 5
    out, err = call(app, "query", folder, text, "--csv", "--lang", "en")
    assert out.splitlines()[0] == "seed,arm,recovery_weeks,d,l,n"
    assert len(out.splitlines()) == 6
    assert "illustrative, uncalibrated" in err
    limited = json.loads(call(app, "query", folder, text, "--json", "--limit", 2)[0])
    assert (limited["more"], len(limited["rows"])) == (True, 2)


def test_query_prints_a_table_that_fits(app: Typer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out, err = call(app, "query", folder, "select * from series", "--lang", "en")
    assert max(map(len, out.splitlines())) <= 60
    assert "illustrative, uncalibrated" in out
    assert "more columns" in out
    assert "the first 40 rows" in err
    assert sum("k-" in line for line in out.splitlines()) == 40
    text = "select arm, avg(recovery_weeks) r from runs where seed = 0 group by 1"
    out, _ = call(app, "query", folder, text, "--lang", "zh")
    assert "—" in out
    assert "示意性，未经校准" in out


def test_query_refuses_two_forms(app: Typer, folder: Path) -> None:
    with pytest.raises(YiheError, match="--csv"):
        call(app, "query", folder, "select 1", "--csv", "--json")


def test_reading_kinds_are_spelled_as_duckdb_does() -> None:
    import duckdb

    assert all(hasattr(duckdb.StatementType, kind) for kind in queries._READING)
