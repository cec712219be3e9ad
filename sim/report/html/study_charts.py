"""Figures of a study that answer: contrasts, over time, along each factor, and what each factor does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.params import Label
from sim.report.html.charts import NO_SEEDS, Chart, Line, Series, View, label, outcome
from sim.report.palette import ArmStyle
from sim.report.studies.bands import table as band_table
from sim.report.studies.cells import binned, complete, cube, varied
from sim.report.studies.lines import WALKS
from sim.report.studies.material import BETWEEN, StudyMaterial
from sim.report.studies.names import term_name
from sim.report.studies.tables import groups, records
from sim.study.ranges import of_level
from sim.study.statistics import band

FloatArray = npt.NDArray[np.float64]

WEEK = Label(zh="周（预热后起算）", en="week after the warm-up")
POINT = Label(zh="设计点", en="design point")


def charts(m: StudyMaterial) -> Iterator[Chart]:
    """Every chart for which there are tables, by the kind of figure it belongs to."""
    series = [
        Series(arm, label(partial(m.arm_marked, arm)), m.styles[arm]) for arm in m.arms]
    makers = [contrasts(m), bands(m, series), along(m, series), *(indices(m, one) for one in INDICES)]
    yield from (chart for chart in makers if chart is not None and any(view.lines for view in chart.views))


def contrasts(m: StudyMaterial) -> Chart | None:
    """Each contrast over all design points, with the difference at each of them."""
    table = m.table("contrasts")
    if table is None or not len(table) or m.searched:
        return None
    names = list(dict.fromkeys(str(of) for of in table["of"]))
    series = [Series(of, label(partial(m.of, of)), _style(m, of)) for of in names]
    rows, views = [(one.key, one.name) for one in series], []
    points = sorted(int(point) for point in table["point"].unique() if point >= 0)
    for name, part in table.groupby("outcome", sort=False):
        lines = []
        for i, of in enumerate(names):
            own = part[part["of"] == of].set_index("point")
            if not len(own):
                continue
            whole = own.loc[[-1 if -1 in own.index else own.index[0]]]
            each = own["difference"].reindex(points).to_numpy(float)[:, None] if len(points) > 1 else NO_SEEDS
            mean, low, high = (whole[end].to_numpy(float) for end in ("difference", "low", "high"))
            lines.append(Line(i, [i], mean, low, high, each))
        views.append(View(**outcome(str(name), "change"), kind="rows", signed=True, rows=rows, lines=lines))
    return Chart(
        "contrasts", Label(zh="方案之间的差别", en="Differences between arms"),
        Label(zh="粗点和线：全部设计点的均值与95%区间（按种子配对）；小点：各个设计点的差值。",
              en="Large mark and line: mean over all design points with its 95 % interval, paired by seed; "
                 "small dots: the difference at each design point."),
        series, views, points, POINT)


def bands(m: StudyMaterial, series: Sequence[Series]) -> Chart | None:
    """Weekly means with their bands, with each seed's mean over the points."""
    table = m.table("series")
    if table is None or m.searched or not len(table):
        return None
    views, seeds = [], sorted(int(seed) for seed in table["seed"].unique())
    for name in (name for name in m.outcomes if name in table):
        held = band_table(table, name, list(m.arms))
        by_seed = table.groupby(["arm", "seed", "week"])[name].mean().unstack("week")
        lines = []
        for i, one in enumerate(series):
            own = held[held["arm"] == one.key]
            if own["mean"].notna().any():
                each = by_seed.loc[one.key].reindex(seeds).to_numpy(float)
                week, mean, low, high = (own[end].to_numpy(float) for end in ("week", "mean", "low", "high"))
                lines.append(Line(i, week, mean, low, high, each))
        views.append(View(**outcome(name, "week"), x=WEEK, lines=lines))
    return Chart(
        "bands", Label(zh="逐周均值与95%区间", en="Weekly means with 95 % intervals"),
        Label(zh="先在每个种子内对各设计点求均值，再对种子求均值；圆点：光标所在一周的各个种子。",
              en="Mean over design points within each seed, then over seeds. Dots: single seeds in the week "
                 "of the cursor."),
        series, views, seeds)


def along(m: StudyMaterial, series: Sequence[Series]) -> Chart | None:
    """Outcomes along each factor, with each seed's mean over the other factors."""
    runs, design = m.table("runs"), m.table("design")
    if runs is None or design is None or m.method in WALKS or m.searched or not len(runs):
        return None
    views, seeds = [], sorted(int(seed) for seed in runs["seed"].unique())
    for name in (name for name in m.drawn if name in runs):
        about = outcome(name, "level")
        for key in varied(design):
            factor, values = m.factor(key), binned(design[key])
            numeric = pd.api.types.is_numeric_dtype(values) and values.dtype != bool
            known = sorted(values.unique()) if numeric else factor.ordered(values)
            lines = [
                _along(i, runs, design["point"].to_numpy(), values.to_numpy(), known, one.key, name, seeds,
                       numeric=numeric)
                for i, one in enumerate(series)]
            views.append(View(
                **{**about, "key": f"{name}-{key}",
                   "name": label(factor.name)}, group=about["name"], kind="lines" if numeric else "rows",
                x=label(factor.titled), lines=lines,
                rows=[] if numeric else [
                    (str(value), label(partial(factor.value, value))) for value in known]))
    return Chart(
        "lines", Label(zh="沿各因子的变化", en="Along each factor"),
        Label(zh="其余因子先在每个种子内求均值；阴影或横线：95%区间；圆点：各个种子。",
              en="Other factors averaged over within each seed; shading or lines: 95 % intervals; dots: "
                 "single seeds."),
        series, views, seeds)


def _along(
    place: int, runs: pd.DataFrame, points: npt.NDArray[np.int64], values: npt.NDArray[Any],
    known: Sequence[Any], arm: str, name: str, seeds: Sequence[int], *, numeric: bool,
) -> Line:
    """One arm at each value of a factor, by the rules of :mod:`sim.report.studies.cells`."""
    data = cube(runs, arm, name)
    where = dict(zip(points.tolist(), values.tolist(), strict=True))
    at, each = [where.get(point) for point in data.points.tolist()], np.full((len(seeds), len(known)), np.nan)
    rows = np.searchsorted(np.asarray(seeds), data.seeds)
    for column, value in enumerate(known):
        block = data.values[[one == value for one in at]]
        kept, there = complete(~np.isnan(block))
        if there.any():
            each[rows[there], column] = block[np.ix_(kept, there)].mean(axis=0)
    held = band(each, bounds=of_level(name))
    x: Sequence[float] = [float(value) for value in known] if numeric else range(len(known))
    return Line(place, x, held.mean, held.low, held.high, each)


class Index(NamedTuple):
    """A table of what each factor does: columns that are drawn, and what they are called."""

    key: str
    title: Label
    note: Label
    by: str
    columns: tuple[tuple[str, str, str, str], ...]
    """Name, and columns of value, low and high."""
    change: bool = False
    """Whether values are in the unit of a difference of the outcome."""


BLUE, ORANGE = ArmStyle("#0072B2", "-", "s"), ArmStyle("#D55E00", "-", "o")

INDICES = (
    Index("tornado", Label(zh="一次改变一个因子", en="One factor at a time"),
          Label(zh="只改这一个因子与基准点之差；线：95%区间。",
                en="Difference from the base point when this factor alone is changed; lines: 95 % "
                   "intervals."),
          "factor", (("change", "change", "low", "high"),), True),
    Index("morris", Label(zh="Morris 筛选", en="Morris screening"),
          Label(zh="μ*：因子走完整个范围时基本效应绝对值的均值；线：95%区间。",
                en="μ*: mean absolute elementary effect of a factor over its whole range; lines: 95 % "
                   "intervals."),
          "factor", (("μ*", "mu_star", "mu_star_low", "mu_star_high"),), True),
    Index("sobol", Label(zh="Sobol 指数", en="Sobol indices"),
          Label(zh="S1：该因子单独解释的方差比例；ST：连同其全部相互作用；线：95%区间。",
                en="S1: share of variance a factor accounts for alone; ST: with all it does together with "
                   "others; lines: 95 % intervals."),
          "factor", (("S1", "s1", "s1_low", "s1_high"), ("ST", "st", "st_low", "st_high"))),
    Index("pawn", Label(zh="PAWN 指数", en="PAWN indices"),
          Label(zh="固定该因子时指标分布与整体分布的最大距离；dummy：毫无影响的因子也会达到的值。",
                en="Greatest distance between the outcome's distribution with that factor fixed and the "
                   "overall one; dummy: what a factor without influence would reach."),
          "factor", (("PAWN", "pawn", "pawn_low", "pawn_high"), ("dummy", "dummy", "", ""))),
    Index("effects", Label(zh="主效应与交互作用", en="Main effects and interactions"),
          Label(zh="因子从低水平换到高水平时指标的变化；线：95%区间。",
                en="Change of the outcome when a factor goes from its low to its high level; lines: 95 % "
                   "intervals."),
          "term", (("effect", "effect", "low", "high"),), True),
)


def indices(m: StudyMaterial, index: Index) -> Chart | None:
    """One view an outcome of an arm or contrast, a row a factor, the strongest first."""
    table = m.table(index.key)
    if table is None or not len(table):
        return None
    series = [Series(name, Label(zh=name, en=name), style)
              for (name, *_), style in zip(index.columns, (BLUE, ORANGE), strict=False)]
    views = []
    for group in groups(table):
        first = index.columns[-1 if index.key == "sobol" else 0][1]
        held = group.rows.assign(_far=group.rows[first].abs()).sort_values(
            "_far", ascending=False, kind="stable", na_position="last")
        rows = [_named(m, index, row) for row in records(held)]
        places = np.arange(len(held), dtype=float)
        lines = [
            Line(i, places, held[value].to_numpy(float), _end(held, low), _end(held, high), NO_SEEDS)
            for i, (_, value, low, high) in enumerate(index.columns)]
        about = outcome(group.outcome, "change")
        unit = {} if index.change else {"unit": Label(zh="", en=""), "scale": 1.0}
        views.append(View(
            **{**about, **unit, "key": f"{group.outcome}-{group.of}"}, kind="rows", rows=rows, lines=lines,
            group=label(partial(m.of, group.of)), signed=index.change))
    return Chart(index.key, index.title, index.note, series, views)


def _named(m: StudyMaterial, index: Index, row: Mapping[str, Any]) -> tuple[str, Label]:
    """A row's key and name: a factor, with its value where several are tried, or a term."""
    key = str(row[index.by])
    if index.by == "term":
        return key, label(partial(term_name, m, key))
    factor = m.factor(key)
    if "value" not in row:
        return key, label(factor.name)
    value = row["value"]
    return f"{key} = {value}", label(lambda lang: f"{factor.name(lang)} = {factor.value(value, lang)}")


def _end(rows: pd.DataFrame, column: str) -> FloatArray:
    return rows[column].to_numpy(float) if column else np.full(len(rows), np.nan)


def _style(m: StudyMaterial, of: str) -> ArmStyle:
    """A contrast is drawn as its first arm."""
    return m.styles.get(of.partition(BETWEEN)[0], BLUE)
