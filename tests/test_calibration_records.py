"""The user's own case records: a sentence for every mistake, known figures of small files, sound errors."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from sim.calibration.casefigures import (
    CaseList,
    case_summaries,
    closing_curve,
    figure,
    figure_label,
    figures,
)
from sim.calibration.records import Records, RecordsSection, read_records
from sim.calibration.recordtargets import estimates, record_targets
from sim.designs.section import read
from sim.errors import YiheError
from sim.rng import Streams

HEADER = "id,opened,closed,category,satisfied"
START = datetime(2024, 1, 1)


def rows(n: int = 60) -> list[str]:
    """One case a day and a half, open for 1, 2, 3 … 10 days in turn; every third party is satisfied."""
    lines = []
    for i in range(n):
        opened = START + timedelta(days=1.5 * i, hours=9)
        closed = opened + timedelta(days=1 + i % 10)
        category = "noise" if i % 4 == 0 else "parking"
        lines.append(f"w{i},{opened:%Y-%m-%d %H:%M},{closed:%Y-%m-%d %H:%M},{category},{int(i % 3 == 0)}")
    return lines


def csv_file(folder: Path, lines: list[str], header: str = HEADER) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def section(**more: object) -> RecordsSection:
    found: RecordsSection = read(RecordsSection, {"file": "orders.csv", **more}, key="calibrate.records")
    return found


def mistake(path: Path, **more: object) -> YiheError:
    with pytest.raises(YiheError) as caught:
        read_records(path, section(**more))
    assert caught.value.file == str(path)
    assert caught.value.zh
    assert caught.value.zh != caught.value.en
    return caught.value


# --- known answers ---


def test_known_figures_of_a_small_file(tmp_path: Path) -> None:
    records = read_records(csv_file(tmp_path, rows()), section(population=1000))
    names = [
        "case_hours_q50",
        "case_hours_q90",
        "case_within_3d",
        "case_satisfied",
        "case_share_noise",
        "recorded_disputes",
    ]
    found = {name: value for name, (value, _) in estimates(records, names, 1).items()}
    assert found["case_hours_q50"] == 5 * 24
    assert found["case_hours_q90"] == 9 * 24
    assert found["case_within_3d"] == pytest.approx(0.3)
    assert found["case_satisfied"] == pytest.approx(20 / 60)
    assert found["case_share_noise"] == 0.25
    last = START + timedelta(days=1.5 * 59, hours=9) + timedelta(days=10)
    weeks = (last - START).total_seconds() / (7 * 86400)
    assert records.weeks == pytest.approx(weeks)
    assert found["recorded_disputes"] == pytest.approx(60 * 52 / weeks)


def test_open_cases_count_for_as_long_as_they_were_watched(tmp_path: Path) -> None:
    """Half closed after a day, half never: the median is not reached, and a third would be a lie."""
    lines = [
        line if i % 2 else ",".join([*line.split(",")[:2], "", *line.split(",")[3:]])
        for i, line in enumerate(rows())
    ]
    records = read_records(csv_file(tmp_path, lines), section())
    found = estimates(records, ["case_hours_q50", "case_hours_q25", "case_within_30d"], 1)
    assert found["case_within_30d"][0] < 0.56
    assert 24 <= found["case_hours_q25"][0] <= 10 * 24
    assert records.cases.closed.sum() == 30


def test_targets_carry_value_error_and_use(tmp_path: Path) -> None:
    chosen = section(population=1000)
    targets = record_targets(read_records(csv_file(tmp_path, rows()), chosen), chosen, "base", 1)
    uses = {target.outcome: target.use for target in targets}
    assert uses == {
        "recorded_disputes": "fit",
        "case_hours_q50": "fit",
        "case_within_7d": "fit",
        "case_satisfied": "fit",
        "case_hours_q90": "held_out",
        "case_share_noise": "held_out",
        "case_share_parking": "held_out",
    }
    assert all(target.low == target.high and target.error > 0 and target.arm == "base" for target in targets)
    assert len({target.id for target in targets}) == len(targets)


def test_what_the_records_do_not_tell_is_no_target(tmp_path: Path) -> None:
    lines = [line[:-1] for line in rows()]  # nobody was asked whether satisfied
    chosen = section(fit=["recorded_disputes", "case_satisfied", "case_hours_q50"], held_out=[])
    targets = record_targets(read_records(csv_file(tmp_path, lines), chosen), chosen, "base", 1)
    assert [target.outcome for target in targets] == ["case_hours_q50"]


def test_column_names_and_categories_of_ones_own(tmp_path: Path) -> None:
    lines = [line.replace("noise", "夜间噪声").replace("parking", "停车难") for line in rows()]
    path = csv_file(tmp_path, lines, "编号,受理时间,办结时间,类别,满意")
    records = read_records(
        path,
        section(
            columns={
                "id": "编号",
                "opened": "受理时间",
                "closed": "办结时间",
                "category": "类别",
                "satisfied": "满意",
            },
            categories={"夜间噪声": "noise"},
        ),
    )
    assert set(records.cases.category) == {"noise", "parking"}


@pytest.mark.parametrize(
    "written", ["2024-01-05 08:30", "2024/1/5 8:30", "2024-01-05T08:30:00", "2024年1月5日 08:30"]
)
def test_ways_to_write_a_date(tmp_path: Path, written: str) -> None:
    records = read_records(csv_file(tmp_path, [*rows(), f"x,{written},2024-01-06 08:30,noise,"]), section())
    assert records.cases.hours[-1] == 24.0


def test_whole_dates_add_what_they_hide_to_the_error(tmp_path: Path) -> None:
    whole = [",".join(cell.split(" ")[0] for cell in line.split(",")) for line in rows()]
    errors = []
    for lines in (rows(), whole):
        records = read_records(csv_file(tmp_path, lines), section())
        errors.append(estimates(records, ["case_hours_q50"], 1)["case_hours_q50"][1])
    assert errors[1] > math.hypot(24 / math.sqrt(6), 0.4)
    assert errors[1] > errors[0] * 0.9


def test_until_means_the_whole_of_its_day(tmp_path: Path) -> None:
    records = read_records(
        csv_file(tmp_path, rows()), section(**{"from": "2024-01-01", "until": "2024-04-30"})
    )
    assert records.weeks == pytest.approx(121 / 7)


# --- errors of the figures ---


def test_bootstrap_errors_are_those_of_independent_cases_where_cases_are_independent() -> None:
    """1,000 cases in random weeks: share, median and volume against their textbook errors, to a third."""
    u = Streams(1).uniform("cases", 0, np.arange(3000)).reshape(3, 1000)
    week = np.floor(u[0] * 100).astype(int)
    hours = -100 * np.log(u[1])
    cases = CaseList(hours, np.ones(1000, bool), (u[2] < 0.3).astype(float), np.full(1000, "noise", object))
    records = Records(cases, week, 100.0, False, 1000)
    found = estimates(records, ["case_satisfied", "case_hours_q50", "recorded_disputes"], 1)
    assert found["case_satisfied"][1] == pytest.approx(math.sqrt(0.21 / 1000), rel=0.33)
    # Median of an exponential: error ½ ÷ (density √n), density = 0.5 ÷ 100
    assert found["case_hours_q50"][1] == pytest.approx(100 / math.sqrt(1000), rel=0.33)
    assert found["recorded_disputes"][1] == pytest.approx(math.sqrt(1000) * 0.52, rel=0.33)


def test_bursts_make_errors_larger() -> None:
    """The same cases all in every tenth week: the number a year is far less sure than √n."""
    n = 1000
    week = np.repeat(np.arange(0, 100, 10), 100)
    cases = CaseList(np.full(n, 5.0), np.ones(n, bool), np.full(n, np.nan), np.full(n, "noise", object))
    value, error = estimates(Records(cases, week, 100.0, False, 1000), ["recorded_disputes"], 1)[
        "recorded_disputes"
    ]
    assert error > 2 * value / math.sqrt(n)


def test_errors_never_vanish_even_if_all_cases_are_alike() -> None:
    cases = CaseList(np.full(50, 5.0), np.ones(50, bool), np.ones(50), np.full(50, "noise", object))
    found = estimates(
        Records(cases, np.arange(50), 50.0, False, None),
        ["case_satisfied", "case_hours_q50", "case_share_noise"],
        1,
    )
    assert all(error > 0 for _, error in found.values())


def test_the_same_seed_gives_the_same_errors(tmp_path: Path) -> None:
    records = read_records(csv_file(tmp_path, rows()), section())
    one, two, other = (estimates(records, ["case_hours_q50", "case_satisfied"], seed) for seed in (1, 1, 2))
    assert one == two
    assert one != other


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=30))
def test_the_curve_is_kaplan_meiers(cases: list[tuple[int, bool]]) -> None:
    """Against SciPy's estimate for right-censored data, ties and all."""
    hours = np.array([float(hour) for hour, _ in cases])
    closed = np.array([done for _, done in cases])
    times, share = closing_curve(hours, closed, np.ones((1, len(cases))))
    reference = stats.ecdf(stats.CensoredData.right_censored(hours, ~closed)).cdf
    for hour in range(21):
        known = np.searchsorted(times, hour, side="right")
        assert (share[0, known - 1] if known else 0.0) == pytest.approx(float(reference.evaluate(hour)))


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 3)), min_size=1, max_size=12))
def test_weights_count_as_copies(cases: list[tuple[int, bool, int]]) -> None:
    hours, closed = np.array([float(c[0]) for c in cases]), np.array([c[1] for c in cases])
    times = np.array([c[2] for c in cases])
    kind = np.full(len(cases), "noise", object)
    names = ["case_hours_q50", "case_within_1d"]
    weighted = figures(CaseList(hours, closed, hours * 0, kind), names, times[None].astype(float))
    if not times.sum():
        return
    again = np.repeat(np.arange(len(cases)), times)
    copied = figures(CaseList(hours[again], closed[again], hours[again] * 0, kind[again]), names)
    for name in names:
        assert weighted[name][0] == pytest.approx(copied[name][0])


# --- the model's own cases ---


def test_case_summaries_of_runs_by_hand() -> None:
    """Four recorded cases and one that was not: closed at 10 h and 30 h, given up at 20 h, one still open."""
    cases = pd.DataFrame(
        {
            "point": 0,
            "arm": "base",
            "seed": 3,
            "recorded": [1, 1, 1, 1, 0],
            "born_week": [0, 0, 0, 1, 1],
            "born": [0.0, 0.0, 0.0, 40.0, 40.0],
            "find_clock": [1.0, 1.0, 1.0, 0.0, np.nan],
            "close_clock": [10.0, 30.0, 20.0, np.nan, np.nan],
            "status": ["resolved", "paper", "silent", "open", "silent"],
            "category": ["noise", "noise", "parking", "leak", "leak"],
            "satisfaction": [0.9, 0.2, 0.1, np.nan, np.nan],
        }
    )
    names = [
        "case_hours_q25",
        "case_hours_q50",
        "case_hours_q90",
        "case_within_1d",
        "case_satisfied",
        "case_share_noise",
    ]
    found = case_summaries(cases, names, content=0.4, last_week=3)
    assert found[["point", "arm", "seed"]].iloc[0].tolist() == [0, "base", 3]
    row = found.iloc[0]
    assert row["case_hours_q25"] == 10
    # Kaplan–Meier: 1/4 closed at 10 h; of two watched beyond 20 h one closes at 30 h
    assert row["case_hours_q50"] == 30
    assert math.isnan(row["case_hours_q90"])
    assert row["case_within_1d"] == pytest.approx(0.25)
    assert row["case_satisfied"] == 0.5
    assert row["case_share_noise"] == 0.5
    strict = case_summaries(cases, ["case_satisfied"], content={0: 0.95}, last_week=3)
    assert strict["case_satisfied"].iloc[0] == 0


def test_records_of_the_models_own_cases_give_the_models_figures(tmp_path: Path) -> None:
    """Written out as work orders and read back, a run's recorded cases give the figures of the run."""
    n = 80
    u = Streams(4).uniform("cases", 0, np.arange(3 * n)).reshape(3, n)
    took = np.round(50 * np.exp(0.8 * ndtri(u[0])), 0) + 1
    born = np.sort(np.floor(u[1] * 20)).astype(int)
    cases = pd.DataFrame(
        {
            "point": 0,
            "arm": "base",
            "seed": 1,
            "recorded": 1,
            "born_week": born,
            "born": born * 40.0,
            "find_clock": 0.0,
            "close_clock": took,
            "status": "resolved",
            "category": np.where(u[2] < 0.4, "noise", "leak"),
            "satisfaction": u[2],
        }
    )
    lines = [
        f"c{i},{START + timedelta(weeks=int(w)):%Y-%m-%d %H:%M},"
        f"{START + timedelta(weeks=int(w), hours=t):%Y-%m-%d %H:%M},{c},{int(s > 0.4)}"
        for i, (w, t, c, s) in enumerate(zip(born, took, cases["category"], u[2], strict=True))
    ]
    records = read_records(csv_file(tmp_path, lines), section())
    names = ["case_hours_q50", "case_hours_q90", "case_within_2d", "case_satisfied", "case_share_leak"]
    of_run = case_summaries(cases, names, content=0.4).iloc[0]
    of_file = estimates(records, names, 1)
    assert {name: of_run[name] for name in names} == pytest.approx(
        {name: value for name, (value, _) in of_file.items()}
    )


@pytest.mark.parametrize(
    "name", ["case_hours_q0", "case_within_0d", "case_share_ghosts", "case_hours", "satisfaction"]
)
def test_names_that_are_no_case_figures(name: str) -> None:
    assert figure(name) is None


def test_every_figure_has_a_name_in_both_languages() -> None:
    for name in ("case_hours_q50", "case_within_7d", "case_satisfied", "case_share_noise"):
        label = figure_label(name)
        assert label.zh != label.en


# --- mistakes in the file ---


def test_missing_file(tmp_path: Path) -> None:
    assert "there is no such file" in mistake(tmp_path / "nowhere.csv").en


@pytest.mark.parametrize("name", ["opened", "closed", "category", "satisfied"])
def test_missing_column(tmp_path: Path, name: str) -> None:
    error = mistake(csv_file(tmp_path, [], HEADER.replace(name, "x")))
    assert f"column “{name}” is missing" in error.en
    assert (error.key, error.line) == (name, 1)


def test_missing_id_column_that_was_promised(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, rows()), columns={"id": "number"})
    assert "column “number” is missing" in error.en


def test_doubled_column(tmp_path: Path) -> None:
    assert "appears twice" in mistake(csv_file(tmp_path, [], HEADER + ",opened")).en


def test_row_of_another_length(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, [*rows(), "w99,2024-01-01"]))
    assert "2 cells, the header 5" in error.en
    assert error.line == 62


@pytest.mark.parametrize("column", ["opened", "closed"])
@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "2024-02-30 08:00", "01/02/2024"])
def test_no_date(tmp_path: Path, column: str, text: str) -> None:
    cells = {"opened": "2024-01-01", "closed": "2024-01-05", column: text}
    error = mistake(csv_file(tmp_path, [*rows(), f"x,{cells['opened']},{cells['closed']},noise,1"]))
    assert f"“{text}” is no date" in error.en
    assert (error.key, error.line) == (column, 62)


def test_empty_opened(tmp_path: Path) -> None:
    assert "is no date" in mistake(csv_file(tmp_path, [*rows(), "x,,2024-01-05,noise,1"])).en


def test_closed_before_opened(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, [*rows(), "x,2024-01-05,2024-01-04,noise,1"]))
    assert "closed (2024-01-04 00:00:00) before it was opened" in error.en
    assert (error.key, error.line) == ("closed", 62)


def test_unknown_category(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, [*rows(), "x,2024-01-05,2024-01-06,ghosts,1"]))
    assert "write categories: {ghosts: other}" in error.en
    assert (error.key, error.line) == ("category", 62)
    assert "did you mean parking?" in mistake(csv_file(tmp_path, [*rows(), "x,2024-01-05,,parkin,1"])).en


def test_satisfied_is_1_0_or_empty(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, [*rows(), "x,2024-01-05,2024-01-06,noise,yes"]))
    assert "“yes” must be 1" in error.en
    assert error.key == "satisfied"


def test_duplicate_id(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, [*rows(), "w3,2024-01-05,2024-01-06,noise,1"]))
    assert "id “w3” is already used in line 5" in error.en


def test_outside_the_period(tmp_path: Path) -> None:
    error = mistake(csv_file(tmp_path, rows()), **{"from": "2024-01-10"})
    assert "does not lie between from and until" in error.en
    assert (error.key, error.line) == ("opened", 2)


def test_too_few(tmp_path: Path) -> None:
    assert "there are 10 cases" in mistake(csv_file(tmp_path, rows(10))).en


def test_no_rows(tmp_path: Path) -> None:
    assert "holds no work orders" in mistake(csv_file(tmp_path, [])).en


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(HEADER.encode() + "\nx,2024-01-01,,噪声,1\n".encode("gb18030"))
    assert "save them as CSV in UTF-8" in mistake(path).en


# --- mistakes in the section ---


@pytest.mark.parametrize(
    ("tree", "key", "sentence"),
    [
        ({}, "calibrate.records.file", "file is missing"),
        ({"file": "a.csv", "columns": {"date": "x"}}, "calibrate.records.columns.date", "columns are opened"),
        (
            {"file": "a.csv", "categories": {"x": "ghosts"}},
            "calibrate.records.categories.x",
            "no category ghosts",
        ),
        ({"file": "a.csv", "fit": ["speed"]}, "calibrate.records.fit[0]", "no figure speed"),
        (
            {"file": "a.csv", "held_out": ["case_satisfied"]},
            "calibrate.records.held_out",
            "both fitted and held out",
        ),
        ({"file": "a.csv", "population": 0}, "calibrate.records.population", "at least 1"),
        ({"file": "a.csv", "from": "soon"}, "calibrate.records.from", "no date"),
        (
            {"file": "a.csv", "from": "2024-02-01", "until": "2024-01-01"},
            "calibrate.records.until",
            "later than from",
        ),
        ({"file": "a.csv", "peopel": 3}, "calibrate.records.peopel", "there is no key peopel"),
    ],
)
def test_mistakes_in_the_section(tree: dict[str, object], key: str, sentence: str) -> None:
    with pytest.raises(YiheError) as caught:
        read(RecordsSection, tree, key="calibrate.records")
    assert caught.value.key == key
    assert sentence in caught.value.en
