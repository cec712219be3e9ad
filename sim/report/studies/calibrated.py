"""What discovery, calibration and optimisation allow to be said, in whole sentences."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.report.studies.factors import plain
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import (
    Row,
    about,
    goals,
    held_out,
    package_name,
    packages,
    range_text,
    scaled,
    target_name,
    unit_and_scale,
    unit_of,
)
from sim.report.studies.particles import (
    effective,
    last_generation,
    limits,
    narrowing,
    parameters,
    quantiles,
)
from sim.report.studies.tables import Group, counted, groups, records, same_group
from sim.report.words import say
from sim.scenario.targets import VERDICTS

NAMED = 8
"""Parameters and packages named."""
HARDLY = 0.9
"""Share of the prior's width from which on an interval is not called narrowed."""


def prim(m: StudyMaterial, lang: str) -> list[str]:
    """Each box as a condition, with the share of points of interest in it and out of it."""
    peeling = m.table("prim_peeling")
    if peeling is None:
        return []
    if not len(peeling):
        return [say(lang, "没有可找的盒子：没有一个点，或所有的点都属于所关注的",
                    "There is no box to look for: no point, or every point, is of interest")]
    said = []
    for group in groups(peeling):
        boxes = same_group(m.table("prim_boxes"), group)
        for box, steps in group.rows.groupby("box", sort=False):
            if steps["chosen"].astype(bool).any() and boxes is not None:
                said.append(_box(m, group, boxes[boxes["box"] == box], steps, lang))
        if not group.rows["chosen"].astype(bool).any():
            said.append(about(m, group.of, group.outcome, lang) + say(
                lang, "：没有一个盒子在另一半点上比偶然更好，说不出在什么条件下",
                ": no box is better than chance in the other half of the points, so no condition can be "
                "told"))
    return said


def _box(m: StudyMaterial, group: Group, limits: pd.DataFrame, steps: pd.DataFrame, lang: str) -> str:
    rules = []
    for row in records(limits):
        factor = m.factor(str(row["factor"]))
        if math.isnan(row["low"]) and math.isnan(row["high"]):
            names = [factor.value(v.strip(), lang) for v in str(row["values"]).split(",")]
            rules.append(f"{factor.name(lang)}{say(lang, '为', ' is ')}{say(lang, '或', ' or ').join(names)}")
        else:
            low, high = (-math.inf if math.isnan(row["low"]) else float(row["low"]),
                         math.inf if math.isnan(row["high"]) else float(row["high"]))
            rules.append(f"{factor.titled(lang)} {range_text(low, high)}")
    chosen = steps[steps["chosen"].astype(bool)].iloc[-1]
    density, coverage = (plain(100 * float(chosen[key]), 2) for key in ("density", "coverage"))
    overall = plain(100 * float(steps.sort_values("step")["density"].iloc[0]), 2)
    text = about(m, group.of, group.outcome, lang) + say(
        lang,
        f"：当 {'，且 '.join(rules)} 时，{density}% 的点属于所关注的（不加条件为 {overall}%），"
        f"占所关注的点的 {coverage}%",
        f": where {' and '.join(rules)}, {density}% of the points are of interest (without conditions "
        f"{overall}%), which is {coverage}% of all points of interest")
    again = limits["refound"].iloc[0] if "refound" in limits and len(limits) else math.nan
    if not math.isnan(again):
        share = plain(100 * float(again), 2)
        text += say(lang, f"；种子重抽样后 {share}% 的情形仍找到它",
                    f"; found again in {share}% of the resamples of seeds")
    return text


def waves(m: StudyMaterial, lang: str) -> list[str]:
    """What history matching leaves of the space."""
    table = m.table("waves")
    if table is None or not table["share_left"].notna().any():
        return []
    left = float(table["share_left"].dropna().iloc[-1])
    if left <= 0.0:
        return [say(lang, f"历史匹配 {len(table)} 轮后没有剩余：没有参数能同时符合所有目标",
                    f"after {counted(len(table), 'wave')} of history matching nothing is left: no "
                    "parameters give all targets")]
    share = plain(100 * left, 2)
    return [say(lang, f"历史匹配 {len(table)} 轮后，先验范围还剩 {share}%",
                f"after {counted(len(table), 'wave')} of history matching {share}% of the prior range is "
                "left")]


def posterior(m: StudyMaterial, lang: str) -> list[str]:
    """Median and interval of each parameter, the one narrowed most first."""
    table = m.table("posterior")
    if table is None:
        return []
    data = last_generation(table)
    names = parameters(data)
    if not len(data) or not names or not float(data["weight"].sum()) > 0:
        return [say(lang, "没有被接受的参数组", "No set of parameters was accepted")]
    weights = data["weight"].to_numpy(float) / float(data["weight"].sum())
    number = f"{effective(weights):.0f}"
    values = {name: data[name].to_numpy(float) for name in names}
    ends = {name: limits(m, name, values[name]) for name in names}
    width = {name: narrowing(values[name], weights, ends[name]) for name in names}
    said = [say(lang, f"{len(data)} 组参数，有效 {number} 组",
                f"{counted(len(data), 'set')} of parameters, effective number {number}")]
    for name in sorted(names, key=lambda name: width[name])[:NAMED]:
        factor = m.factor(name)
        low, middle, high = (plain(x) for x in quantiles(values[name], weights, (0.025, 0.5, 0.975)))
        prior = range_text(*ends[name])
        share = plain(100 * min(width[name], 1.0), 2)
        narrowed = say(lang, f"区间宽度为先验的 {share}%", f"{share}% of the prior's width")
        if width[name] > HARDLY:
            narrowed = say(lang, "数据几乎没有收窄它", "hardly narrowed by the data")
        said.append(
            f"{factor.titled(lang)}{say(lang, '：', ': ')}{middle} [{low}, {high}]"
            + say(lang, f"，先验 {prior}，{narrowed}", f", prior {prior}, {narrowed}"))
    return said


def checks(m: StudyMaterial, lang: str) -> list[str]:
    """How many targets the calibrated model is compatible with, those held out apart."""
    table = m.table("checks")
    if table is None or not len(table):
        return []
    said = []
    for held, zh, en in ((False, "用于校准的目标", "targets calibrated on"),
                         (True, "留出的目标", "held-out targets")):
        rows = [row for row in records(table) if held_out(row) == held]
        met = [row for row in rows if bool(row["covered"])]
        if rows:
            said.append(say(lang, f"{zh} {len(rows)} 个，相容 {len(met)} 个",
                            f"{en}: {len(rows)}, compatible with {len(met)}"))
        for row in rows:
            if not bool(row["covered"]):
                said.append(_missed(m, row, lang))
    if not any(held_out(row) for row in records(table)):
        said.append(say(lang, "没有留出的目标：校准没有经过检验",
                        "No target was held out: the calibration is untested"))
    return said


def _missed(m: StudyMaterial, row: Row, lang: str) -> str:
    unit, scale = unit_and_scale(row, lang)
    low, middle, high, least, most = (
        float(row[key]) for key in ("low", "predicted", "high", "observed_low", "observed_high"))
    wanted = range_text(least, most, scale)
    if math.isnan(middle):
        return say(lang, f"不符：{target_name(m, row, lang)}，没有预测值",
                   f"missed: {target_name(m, row, lang)}: no prediction")
    found = f"{plain(scale * middle)} [{plain(scale * low)}, {plain(scale * high)}] {unit}".rstrip()
    return say(lang, f"不符：{target_name(m, row, lang)}，目标 {wanted}，预测 {found}",
               f"missed: {target_name(m, row, lang)}: target {wanted}, predicted {found}")


def claims(m: StudyMaterial, lang: str) -> list[str]:
    """In what share of the calibrated space each claim is reached."""
    table = m.table("claims")
    if table is None:
        return []
    said = []
    for claim, rows in table.groupby("claim", sort=False):
        parts = []
        for row in records(rows):
            if row["share"] > 0 or row["verdict"] == "reached":
                share, low, high = (plain(100 * float(row[key]), 2) for key in ("share", "low", "high"))
                label = VERDICTS[row["verdict"]].text(lang)
                ends = f" [{low}, {high}]" if row["verdict"] == "reached" else ""
                parts.append(f"{label} {share}%{ends}")
        said.append(f"`{claim}`{say(lang, '：', ': ')}{say(lang, '，', ', ').join(parts)}")
    return said


def finalists(m: StudyMaterial, lang: str) -> list[str]:
    """The package chosen, and those that cannot be told from it; or those that may be on the front."""
    table = m.table("finalists")
    if table is None or not len(table):
        return []
    rows = list(zip(records(table), packages(table), strict=True))
    alike = [package_name(m, package, lang) for row, package in rows if bool(row["equal"])]
    listed = say(lang, "；", " | ").join(alike[:NAMED])
    best = next(((row, package) for row, package in rows if bool(row["chosen"])), None)
    if best is None:
        if "difference" in table:
            return [say(lang, "没有一个决选组合确定在预算之内，没有选出",
                        "no finalist is within the budget, so none is chosen")]
        return [say(lang, f"没有单一的最好者；可能在前沿上的 {len(alike)} 个：{listed}",
                    f"there is no single best; {len(alike)} may be on the front: {listed}")]
    said = [f"{say(lang, '选出', 'chosen')}{say(lang, '：', ': ')}{package_name(m, best[1], lang)}"
            f"{say(lang, '；', '; ')}{_levels(m, table, best[0], lang)}"]
    if alike:
        return [*said, say(lang, f"没有显示比它差的 {len(alike)} 个：{listed}",
                           f"not shown to be worse ({len(alike)}): {listed}")]
    others = say(lang, "其余决选组合都显示较差，或超出预算",
                 "all other finalists are shown to be worse, or are over the budget")
    return [*said, others] if len(rows) > 1 else said


def _levels(m: StudyMaterial, table: pd.DataFrame, row: Row, lang: str) -> str:
    """Objectives and budgets of one finalist, with intervals and units."""
    objectives, budgets = goals(table)
    parts = []
    for one in (*objectives, *budgets):
        scale, unit = scaled(one.outcome), unit_of(one.of, one.outcome, lang)
        value, low, high = (plain(scale * float(row[f"{one.column}{end}"])) for end in ("", "_low", "_high"))
        parts.append(f"{about(m, one.of, one.outcome, lang)} {value} [{low}, {high}] {unit}".rstrip())
    return say(lang, "，", ", ").join(parts)


def effective_seeds(m: StudyMaterial) -> tuple[int, int]:
    """Least and most seeds that any point and arm has."""
    runs = m.table("runs")
    if runs is None or not len(runs):
        return len(m.seeds), len(m.seeds)
    counts = runs.groupby(["point", "arm"], observed=True).size().to_numpy()
    return int(np.min(counts)), int(np.max(counts))
