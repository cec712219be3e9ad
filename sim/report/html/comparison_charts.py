"""Figures of a comparison that answer: week by week, differences, levels, time to close, the funnel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from sim.params import Label
from sim.report.html.charts import NO_SEEDS, Chart, Line, Series, View, label, outcome
from sim.report.material import Material
from sim.report.pairs import HEADINGS, Pair, by_kind, effect
from sim.report.words import group_name
from sim.study.ranges import of_level
from sim.study.statistics import band, interval
from sim.study.view import MAIN

WEEK = Label(zh="周（预热后起算）", en="week after the warm-up")


def charts(m: Material, files: Sequence[Path]) -> Iterator[Chart]:
    """Every chart for which there are data, by the name of the figure it belongs to.

    Parameters
    ----------
    m : Material
    files : sequence of Path
        Of the figures; what only those know is read from their CSV.
    """
    csv = {file.stem: file for file in files if file.suffix == ".csv"}
    series = [
        Series(arm.key, label(partial(m.label, arm.key)), m.styles[arm.key])
        for arm in m.arms]
    makers = (weekly(m, series, csv), effects(m, series), durations(m, series, csv), funnel(m, series, csv),
              levels(m, series))
    yield from (chart for chart in makers if chart is not None and chart.views)


def weekly(m: Material, series: Sequence[Series], csv: Mapping[str, Path]) -> Chart | None:
    """Main outcomes week by week, with every seed; then participation by groups of residents."""
    kept = [name for name in MAIN if name in m.series]
    if not kept or not len(m.series):
        return None
    wide = m.series.pivot(index=["arm", "seed"], columns="week", values=kept)
    head = Label(zh="指标", en="outcomes")
    views = [
        View(**outcome(name, "week"), group=head, x=WEEK, lines=[
            _line(i, wide[name].loc[one.key], name, m.seeds) for i, one in enumerate(series)
            if one.key in wide.index])
        for name in kept]
    starts = sorted({start for arm in m.arms for start in arm.starts if 0 <= start < m.weeks})
    return Chart(
        "participation", Label(zh="逐周变化", en="Week by week"),
        Label(zh="线：各种子的均值；阴影：逐周95%区间；竖虚线：政策开始。圆点：光标所在一周的各个种子。",
              en="Lines: mean over seeds; shading: pointwise 95 % interval; vertical dashes: policies start. "
                 "Dots: single seeds in the week of the cursor."),
        series, [*views, *_groups(m, series, _table(csv, "participation", (
            "breakdown", "group", "arm", "week", "mean", "low", "high")))],
        m.seeds, marks=[(start, Label(zh="政策开始", en="policies start")) for start in starts])


def _line(place: int, values: pd.DataFrame, name: str, seeds: list[int]) -> Line:
    """One arm's seeds by week, with mean and band."""
    held = band(values.to_numpy(float), bounds=of_level(name))
    runs = values.reindex(seeds).to_numpy(float)
    return Line(place, np.asarray(values.columns, float), held.mean, held.low, held.high, runs)


def _groups(m: Material, series: Sequence[Series], table: pd.DataFrame | None) -> Iterator[View]:
    """Participation of each group, as its figure has it; children have none."""
    if table is None:
        return
    places = {one.key: i for i, one in enumerate(series)}
    head, about = Label(zh="年参与率（不含自办），按人群", en="took part in 52 weeks, by group"), outcome(
        "participation_52_other", "level")
    for (breakdown, group), rows in table[table["mean"].notna()].groupby(["breakdown", "group"], sort=False):
        if breakdown == "overall":
            continue
        own = {"key": f"participation_52_other-{breakdown}-{group}",
               "name": label(partial(group_name, str(breakdown), str(group)))}
        yield View(**{**about, **own}, group=head, x=WEEK, lines=[
            _plain(places[str(arm)], some, "week") for arm, some in rows.groupby("arm", sort=False)])


def effects(m: Material, series: Sequence[Series]) -> Chart | None:
    """Differences of every pair, with each seed's own."""
    kinds, places = by_kind(m), {one.key: i for i, one in enumerate(series)}
    views: list[View] = []
    for kind, pairs in kinds.items():
        heading = Label(zh=HEADINGS[kind][0], en=HEADINGS[kind][1])
        rows = [(f"{pair.arm} - {pair.against}", label(partial(pair.label, m))) for pair in pairs]
        for name in (name for name in MAIN if name in m.runs):
            lines = [_pair(m, pair, name, row, places[pair.arm]) for row, pair in enumerate(pairs)]
            views.append(View(
                **{**outcome(name, "change"), "key": f"{kind}-{name}"}, group=heading, kind="rows",
                signed=True, rows=rows, lines=[line for line in lines if line is not None]))
    return Chart(
        "effects", Label(zh="差值与95%区间", en="Differences with 95 % intervals"),
        Label(zh="按种子配对，取默认窗口（最后52周）；粗点和线：均值与95%区间；小点：各个种子的差值。",
              en="Paired by seed, over the default window (last 52 weeks); large mark and line: mean and "
                 "95 % interval; small dots: the difference of each seed."),
        series, views, m.seeds)


def _pair(m: Material, pair: Pair, name: str, row: int, place: int) -> Line | None:
    found = effect(m, pair, name)
    if found is None:
        return None
    wide = m.wide(name)
    each = (wide[pair.arm] - wide[pair.against]).to_numpy(float)[:, None]
    return Line(place, [row], [found.difference], [found.low], [found.high], each)


def levels(m: Material, series: Sequence[Series]) -> Chart | None:
    """Each arm's level with every run, so that two-humped distributions show."""
    rows = [(one.key, one.name) for one in series]
    views = []
    for name in (name for name in MAIN if name in m.runs):
        lines = []
        for i, one in enumerate(series):
            values = m.wide(name)[one.key].to_numpy(float) if one.key in m.wide(name) else np.empty(0)
            there = values[~np.isnan(values)]
            mean, low, high = interval(there, bounds=of_level(name)) if len(there) else (np.nan,) * 3
            lines.append(Line(i, [i], [mean], [low], [high], values[:, None]))
        views.append(View(**outcome(name, "level"), kind="rows", rows=rows, lines=lines))
    return Chart(
        "spread", Label(zh="各次运行的分布", en="Distribution over runs"),
        Label(zh="取默认窗口（最后52周）；小点：各个种子；若聚成两群，均值不代表其中任何一群。",
              en="Over the default window (last 52 weeks); small dots: single seeds. Where they form two "
                 "groups the mean stands for neither."),
        series, views, m.seeds)


CLOCKS = {"work": ("工作小时", "working hours"), "clock": ("自然小时", "clock hours")}


def durations(m: Material, series: Sequence[Series], csv: Mapping[str, Path]) -> Chart | None:
    """Share closed by each duration, as its figure has it."""
    table = _table(csv, "durations", ("clock", "arm", "hours", "share_closed"))
    if table is None or not len(table):
        return None
    places, views = {one.key: i for i, one in enumerate(series)}, []
    for clock, (zh, en) in CLOCKS.items():
        rows = table[(table["clock"] == clock) & (table["hours"] > 0)]
        lines = [
            Line(places[str(arm)], own["hours"].to_numpy(float), own["share_closed"].to_numpy(float), (), (),
                 NO_SEEDS)
            for arm, own in rows.groupby("arm", sort=False)]
        views.append(View(
            clock, Label(zh=f"按{zh}", en=f"in {en}"), Label(zh="%", en="%"), lines, scale=100.0, log=True,
            step=True, x=Label(zh=f"从发现到办结（{zh}，对数轴）", en=f"found to closed ({en}, log axis)")))
    return Chart(
        "durations", Label(zh="办结用时", en="Time to close"),
        Label(zh="在该时长内办结的件所占比例（Kaplan–Meier，各次运行合并；未决件和放弃的件按截尾处理）。",
              en="Share of cases closed within that time (Kaplan–Meier, runs pooled; cases still open or "
                 "given up are censored)."),
        series, views)


def funnel(m: Material, series: Sequence[Series], csv: Mapping[str, Path]) -> Chart | None:
    """What becomes of friction, as its figure has it."""
    table = _table(csv, "funnel", ("arm", "step", "mean", "low", "high"))
    if table is None or not len(table):
        return None
    from sim.report.funnel import STEPS

    rows = [(step.key, Label(zh=step.zh, en=step.en)) for step in STEPS]
    order, places = {key: i for i, (key, _) in enumerate(rows)}, {one.key: i for i, one in enumerate(series)}
    lines = [
        _plain(places[str(arm)], own.assign(row=own["step"].map(order)), "row")
        for arm, own in table.groupby("arm", sort=False)]
    unit = Label(zh="件/千人/年", en="per 1,000 residents a year")
    return Chart(
        "funnel", Label(zh="从潜在摩擦到实际化解", en="From potential friction to real resolution"),
        Label(zh="预热后整个运行中产生的件，按运行结束时的状态，折合每年；线：95%区间。",
              en="Cases born in the whole run after the warm-up, by their state at its end, per year; lines: "
                 "95 % intervals."),
        series, [View("funnel", Label(zh="各环节", en="steps"), unit, lines, kind="rows", rows=rows)])


def _plain(place: int, rows: pd.DataFrame, along: str) -> Line:
    """Means and intervals of one arm without its seeds."""
    x, mean, low, high = (rows[name].to_numpy(float) for name in (along, "mean", "low", "high"))
    return Line(place, x, mean, low, high, NO_SEEDS)


def _table(csv: Mapping[str, Path], name: str, columns: Sequence[str]) -> pd.DataFrame | None:
    """Data of a figure; None if it was not drawn."""
    if name not in csv:
        return None
    table = pd.read_csv(csv[name], dtype={"arm": str, "group": str})
    return table if set(columns) <= set(table.columns) else None
