"""What each table of an analysis allows to be said, in whole sentences; never stronger than its intervals."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.report.findings import change_unit, clause
from sim.report.pairs import Effect
from sim.report.studies.factors import plain
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import Row, about, aliased, scaled, term_name
from sim.report.studies.tables import groups, records, same_group
from sim.report.words import amounts, direction, say

NAMED = 5
"""Factors, points and packages named in a sentence."""


def contrasts(m: StudyMaterial, lang: str) -> list[str]:
    """What separates each pair of arms, averaged over the points, and at how many points."""
    table = m.table("contrasts")
    if table is None:
        return []
    said = []
    for of, rows in table.groupby("of", sort=False):
        whole, points = rows[rows["point"] == -1], rows[rows["point"] >= 0]
        shown = whole if len(whole) else points if points["point"].nunique() == 1 else whole
        parts = [_contrast(row, lang) for row in records(shown)]
        if parts:
            said.append(f"{m.of(str(of), lang)}{say(lang, '：', ': ')}{_joined(parts, lang)}")
        if points["point"].nunique() > 1:
            said += [_at_points(m, str(of), str(outcome), some, lang)
                     for outcome, some in points.groupby("outcome", sort=False) if outcome in m.drawn]
    return said


def _contrast(row: Row, lang: str) -> str:
    text = clause(
        Effect(str(row["outcome"]), "", "", math.nan, math.nan, float(row["difference"]), float(row["low"]),
               float(row["high"]), math.nan, math.nan, math.nan, int(row["n"])), lang)
    told = direction(float(row["low"]), float(row["high"])) in ("up", "down")
    if told and row["p_holm"] >= 0.05:
        p = plain(float(row["p_holm"]), 2)
        text += say(lang, f"，但 Holm 校正后看不出差别（p={p}）",
                    f", but no difference can be told after Holm's adjustment (p = {p})")
    return text


def _at_points(m: StudyMaterial, of: str, outcome: str, rows: pd.DataFrame, lang: str) -> str:
    told = rows["p_holm"].where(rows["p_holm"].notna(), rows["p"]) < 0.05
    up, down = int((told & (rows["difference"] > 0)).sum()), int((told & (rows["difference"] < 0)).sum())
    n, name = len(rows), about(m, of, outcome, lang)
    same = n - up - down
    return say(
        lang,
        f"{name}：{n} 个设计点中，{up} 个提高、{down} 个降低、{same} 个看不出差别"
        "（各点单独比较，Holm 校正后）",
        f"{name}: of {n} design points, {up} are higher, {down} lower, and at {same} no difference can be "
        "told (each point by itself, after Holm's adjustment)")


def tornado(m: StudyMaterial, lang: str) -> list[str]:
    """The largest changes that can be told, and the factors for which none can."""
    said = []
    for group in groups(_table(m, "tornado")):
        rows = group.rows.assign(size=group.rows["change"].abs())
        told = rows[[direction(low, high) in ("up", "down", "none") and not low == high == 0.0
                     for low, high in zip(rows["low"], rows["high"], strict=True)]]
        first = told.sort_values("size", ascending=False, kind="stable").head(NAMED)
        parts = []
        for row in records(first):
            factor = m.factor(str(row["factor"]))
            change = _change(row, "change", group.outcome, lang)
            value = factor.value(row["value"], lang)
            parts.append(f"{factor.name(lang)} = {value}{say(lang, '：', ': ')}{change}")
        rest = [str(key) for key in rows["factor"].drop_duplicates() if key not in set(told["factor"])]
        said.append(_sentence(m, group.of, group.outcome, parts, rest, lang))
    return said


def morris(m: StudyMaterial, lang: str) -> list[str]:
    """The factors with the greatest μ*, those whose effect is uneven, and those without one."""
    said = []
    for group in groups(_table(m, "morris")):
        rows = group.rows.sort_values("mu_star", ascending=False, kind="stable")
        told = rows[(rows["mu_star_low"] > 0) | (rows["mu_star_low"].isna() & (rows["mu_star"] > 0))]
        scale, unit = scaled(group.outcome), change_unit(group.outcome, lang)
        parts = [f"{m.factor(row['factor']).name(lang)} μ*={_three(row, 'mu_star', scale, lang)}{unit}"
                 for row in records(told.head(NAMED))]
        rest = [str(key) for key in rows["factor"] if key not in set(told["factor"])]
        text = _sentence(m, group.of, group.outcome, parts, rest, lang)
        uneven = [m.factor(key).name(lang) for key in told.loc[told["sigma"] > told["mu_star"], "factor"]]
        if uneven:
            text += say(lang, "；效应不均匀（σ>μ*，非线性或有相互作用）：",
                        "; uneven effects (σ > μ*: not linear, or dependent on others): ")
            text += _listed(uneven, lang)
        said.append(text)
    return said


def sobol(m: StudyMaterial, lang: str) -> list[str]:
    """Shares of variance: in all, alone, and in pairs."""
    said = []
    for group in groups(_table(m, "sobol")):
        rows = group.rows.sort_values("st", ascending=False, kind="stable")
        if not rows["st"].notna().any():
            said.append(about(m, group.of, group.outcome, lang) + say(
                lang, "：各设计点之间的差别与运气分不开，没有指数",
                ": the points cannot be told from luck, so there are no indices"))
            continue
        told = rows[rows["st_low"] > 0]
        parts = [f"{m.factor(row['factor']).name(lang)} ST={_three(row, 'st', 1.0, lang)}"
                 for row in records(told.head(NAMED))]
        rest = [str(key) for key in rows["factor"] if key not in set(told["factor"])]
        text = _sentence(m, group.of, group.outcome, parts, rest, lang)
        alone = plain(100 * float(rows["s1"].sum()), 2)
        text += say(lang, f"；各因子单独作用（S1）合计约占方差的 {alone}%",
                    f"; alone (S1) the factors account for about {alone}% of the variance")
        pairs = same_group(m.table("sobol_pairs"), group)
        together = [] if pairs is None else [
            f"{m.factor(row['factor']).name(lang)} × {m.factor(row['other']).name(lang)}"
            for row in records(pairs[pairs["s2_low"] > 0].sort_values("s2", ascending=False, kind="stable"))]
        if together:
            text += say(lang, f"；有相互作用：{_listed(together, lang)}",
                        f"; acting together: {_listed(together, lang)}")
        said.append(text)
    return said


def pawn(m: StudyMaterial, lang: str) -> list[str]:
    """The factors whose index passes what a factor without influence would reach."""
    said = []
    for group in groups(_table(m, "pawn")):
        rows = group.rows.sort_values("pawn", ascending=False, kind="stable")
        told = rows[rows["pawn_low"] > rows["dummy"]]
        parts = [f"{m.factor(row['factor']).name(lang)} {_three(row, 'pawn', 1.0, lang)}"
                 for row in records(told.head(NAMED))]
        rest = [str(key) for key in rows["factor"] if key not in set(told["factor"])]
        said.append(_sentence(m, group.of, group.outcome, parts, rest, lang))
    return said


def effects(m: StudyMaterial, lang: str) -> list[str]:
    """Main effects and interactions that can be told after Holm's adjustment, and what is mixed up."""
    said = []
    for group in groups(_table(m, "effects")):
        rows = group.rows.assign(size=group.rows["effect"].abs())
        told = rows[(rows["p_holm"] < 0.05) & ((rows["low"] > 0) | (rows["high"] < 0))]
        order = told.sort_values(["order", "size"], ascending=[True, False], kind="stable")
        parts = [f"{term_name(m, row['term'], lang)} {_change(row, 'effect', group.outcome, lang)}"
                 for row in records(order.head(2 * NAMED))]
        rest = [str(term) for term in rows.loc[(rows["order"] == 1), "term"] if term not in set(told["term"])]
        text = _sentence(m, group.of, group.outcome, parts, rest, lang)
        mixed = [" = ".join(term_name(m, one, lang) for one in (term, *others))
                 for term, others in aliased(told).items()]
        if mixed:
            text += say(lang, f"；此设计分不开：{_listed(mixed, lang)}",
                        f"; cannot be told apart in this design: {_listed(mixed, lang)}")
        said.append(text)
    return said


def pareto(m: StudyMaterial, lang: str) -> list[str]:
    """How many candidates are on the front, and which are there almost surely."""
    table = _table(m, "pareto")
    if not len(table):
        return []
    sure = table[table["front"].astype(bool) & (table["front_share"] >= 0.95)]
    names = [_candidate(m, row, table, lang) for row in records(sure.sort_values(
        "front_share", ascending=False, kind="stable"))]
    on = int(table["front"].sum())
    off = int((~table["front"].astype(bool) & (table["front_share"] >= 0.5)).sum())
    text = say(
        lang,
        f"{len(table)} 个候选（设计点×方案）中 {on} 个的均值在前沿上，"
        f"其中 {len(sure)} 个在至少 95% 的种子重抽样中仍在前沿上",
        f"of {len(table)} candidates (point × arm) {on} have their mean on the front, {len(sure)} of them in "
        "at least 95 % of the resamples of seeds")
    if names:
        text += f"{say(lang, '：', ': ')}{_listed(names, lang)}"
    if off:
        text += say(lang, f"；另有 {off} 个不在前沿上，但与前沿分不开（比例≥50%）",
                    f"; {off} more are off the front but cannot be told from it (share ≥ 50 %)")
    return [text]


def _candidate(m: StudyMaterial, row: Row, table: pd.DataFrame, lang: str) -> str:
    arm = m.arm(str(row["arm"]), lang)
    if table["point"].nunique() < 2:
        return arm
    point = int(row["point"])
    return say(lang, f"点 {point}（{arm}）", f"point {point} ({arm})")


def replicates(m: StudyMaterial, lang: str) -> list[str]:
    """Whether the interval became as narrow as was asked for."""
    said = []
    for group in groups(_table(m, "replicates")):
        last = group.rows.sort_values("n", kind="stable").groupby("point").tail(1)
        met = last["half_width"] <= last["goal"]
        goal = float(last["goal"].iloc[0])
        scale, unit = scaled(group.outcome), change_unit(group.outcome, lang)
        widest = plain(scale * float(last["half_width"].max()))
        text = about(m, group.of, group.outcome, lang) + say(
            lang, f"：最后的半宽为 {widest}{unit}", f": half-width at the end {widest}{unit}")
        if not math.isnan(goal):
            wanted = plain(scale * goal)
            text += say(
                lang, f"，所要求的是 {wanted}{unit}，{'已' if met.all() else '未'}达到",
                f", asked for {wanted}{unit}: {'met' if met.all() else 'not met'}")
        said.append(text)
    return said


# Words that several use.


def _table(m: StudyMaterial, name: str) -> pd.DataFrame:
    found = m.table(name)
    return pd.DataFrame({"of": [], "outcome": []}) if found is None else found


def _three(row: Row, name: str, scale: float, lang: str) -> str:
    value, low, high = (plain(scale * float(row[key])) for key in (name, f"{name}_low", f"{name}_high"))
    return value if low == high == "—" else f"{value} [{low}, {high}]"


def _change(row: Row, name: str, outcome: str, lang: str) -> str:
    value, low, high = amounts(
        (float(row[name]), float(row["low"]), float(row["high"])), outcome, change=True)
    return f"{value}{change_unit(outcome, lang)} [{low}, {high}]"


def _sentence(
    m: StudyMaterial, of: str, outcome: str, parts: list[str], rest: list[str], lang: str
) -> str:
    """What has an influence, in order, and for what none can be told."""
    text = about(m, of, outcome, lang) + say(lang, "：", ": ")
    text += _joined(parts, lang) if parts else say(
        lang, "看不出任何因子有影响", "no influence of any factor can be told")
    if parts and rest:
        names = _listed([term_name(m, key, lang) for key in rest], lang)
        text += say(lang, f"；看不出影响：{names}", f"; no influence can be told of: {names}")
    return text


def _joined(parts: list[str], lang: str) -> str:
    return say(lang, "；", "; ").join(parts)


def _listed(names: list[Any], lang: str) -> str:
    """Names in a row; the first few of many."""
    shown = say(lang, "、", ", ").join(str(name) for name in names[:NAMED])
    more = len(names) - NAMED
    return shown if more <= 0 else shown + say(lang, f" 等 {len(names)} 个", f" and {more} more")


