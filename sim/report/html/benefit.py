"""When something helps, when nothing can be told, when it harms: as strong as its interval, no stronger."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from sim.outcomes import OUTCOMES
from sim.report.findings import CONTRASTS, contrast_cell
from sim.report.html.marks import Html, element, markup
from sim.report.html.tables import MOST_ROWS, folded, table
from sim.report.material import Material
from sim.report.pairs import HEADINGS, Effect, by_kind, effect
from sim.report.studies.factors import plain
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import scaled, unit_of
from sim.report.studies.tables import NO_FACTORS, records
from sim.report.words import direction, say, short_name

Side = Literal["better", "untold", "worse", "changed"]
"""What an interval says of an outcome; ``changed`` of one that is neither good nor bad in itself."""

SIDES: dict[Side, tuple[str, str]] = {
    "better": ("有益（变好）", "helps (better)"),
    "untold": ("看不出差别", "no difference can be told"),
    "worse": ("有害（变差）", "harms (worse)"),
    "changed": ("有变化，无好坏之分", "changes, neither good nor bad"),
}


def side(outcome: str, low: float, high: float, p_holm: float = math.nan) -> Side:
    """What the interval of a difference says.

    Parameters
    ----------
    outcome : str
    low, high : float
        Ends of the 95 % interval; NaN if there is none.
    p_holm : float
        Adjusted for many comparisons; if 0.05 or more, nothing can be told. NaN: not adjusted.
    """
    found = direction(low, high)
    if found not in ("up", "down") or p_holm >= 0.05:
        return "untold"
    better = OUTCOMES[outcome].better if outcome in OUTCOMES else "neither"
    if better == "neither":
        return "changed"
    return "better" if (found == "up") == (better == "more") else "worse"


def of_comparison(m: Material, lang: str) -> list[Html]:
    """A table a kind of pair: a row a pair, its main outcomes by what can be said of them."""
    found: list[Html] = []
    for kind, pairs in by_kind(m).items():
        rows = []
        for pair in pairs:
            effects = [e for e in (effect(m, pair, outcome) for outcome in CONTRASTS) if e is not None]
            rows.append((pair.label(m, lang), *_by_side(effects, lang)))
        heads = (say(lang, *HEADINGS[kind]), *(say(lang, *words) for words in SIDES.values()))
        found.append(table(*_filled(heads, rows)))
    if found:
        found.append(element("p", markup(say(
            lang,
            "按各指标的 95% 区间归类；区间未作多重比较校正，指标多时个别归类可能出于偶然。"
            "“看不出”不等于“没有”。",
            "Sorted by the 95 % interval of each outcome, not adjusted for many comparisons: with many "
            'outcomes one or another may stand where it does by chance. "Cannot be told" is not "none".')),
            class_="muted"))
    return found


def _by_side(effects: list[Effect], lang: str) -> list[str]:
    cells: dict[Side, list[str]] = {one: [] for one in SIDES}
    for e in effects:
        one = side(e.outcome, e.low, e.high)
        name = short_name(e.outcome, lang)
        unit = unit_of("a - b", e.outcome, lang)
        told = f"{name} {contrast_cell(e, lang)} {unit}".strip()
        if one == "untold":
            same = direction(e.low, e.high) == "none"
            told = name + (say(lang, "（完全相同）", " (exactly the same)") if same else "")
        cells[one].append(told)
    return ["\n".join(cell) or "—" for cell in cells.values()]


def _filled(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> tuple[list[str], list[list[str]]]:
    """Without columns that are empty in every row, but for those of help and harm."""
    kept = [i for i in range(len(heads)) if i < 4 or any(row[i] != "—" for row in rows)]
    return [heads[i] for i in kept], [[row[i] for i in kept] for row in rows]


def of_study(m: StudyMaterial, lang: str) -> list[Html]:
    """For each contrast and outcome: what holds over all points, and at how many it helps or harms."""
    contrasts = m.table("contrasts")
    if contrasts is None or not len(contrasts):
        return [element("p", markup(say(
            lang, "这个研究没有方案之间的比较，无从说何时有益、何时有害。",
            "This study compares no arms, so that nothing can be said of when one helps or harms.")))]
    told = contrasts.assign(side=[
        side(str(row["outcome"]), float(row["low"]), float(row["high"]), float(row["p_holm"]))
        for row in records(contrasts)])
    several = told.loc[told["point"] >= 0, "point"].nunique() > 1
    rows, folds = [], list[Html]()
    for (of, outcome), group in told.groupby(["of", "outcome"], sort=False):
        points = group[group["point"] >= 0]
        overall = group[group["point"] == -1] if several else group.head(1)
        name = f"{m.of(str(of), lang)} · {short_name(str(outcome), lang)}"
        counts = [str(int((points["side"] == one).sum())) if len(points) else "—" for one in SIDES]
        rows.append((m.of(str(of), lang), short_name(str(outcome), lang), *_overall(overall, lang),
                     *(counts if several else ())))
        if several and len(points):
            folds.append(folded(name, _points(m, points, str(of), str(outcome), lang)))
    heads = [say(lang, "比较", "contrast"), say(lang, "指标", "outcome"),
             say(lang, "总体差值与 95% 区间", "difference over all, 95 % interval"),
             say(lang, "总体", "over all")]
    if several:
        heads += [say(lang, f"点数：{zh}", f"points: {en}") for zh, en in SIDES.values()]
    note = say(
        lang, "按 95% 区间和 Holm 校正后的 p（<0.05）归类；“看不出”不等于“没有”。",
        "By the 95 % interval and p adjusted by Holm's method (< 0.05); \"cannot be told\" is not \"none\".")
    where = [element("h3", markup(say(lang, "在哪些设计点上", "At which design points"))), *folds]
    return [table(heads, rows), element("p", markup(note), class_="muted"), *(where if folds else [])]


def _overall(rows: pd.DataFrame, lang: str) -> tuple[str, str]:
    if not len(rows):
        return "—", "—"
    row = records(rows)[0]
    return _difference(row, str(row["of"]), str(row["outcome"]), lang), say(lang, *SIDES[_side(row["side"])])


def _side(value: str) -> Side:
    return next(one for one in SIDES if one == value)


def _difference(row: dict[str, float], of: str, outcome: str, lang: str) -> str:
    scale, ends = scaled(outcome), [float(row[name]) for name in ("difference", "low", "high")]
    value, low, high = ("—" if math.isnan(end) else plain(scale * end) for end in ends)
    interval = "" if math.isnan(ends[1]) else f" [{low}, {high}]"
    return f"{value}{interval} {unit_of(of, outcome, lang)}".strip()


def _points(m: StudyMaterial, rows: pd.DataFrame, of: str, outcome: str, lang: str) -> Html:
    """Every point with its factors, the harmful ones first."""
    design = m.table("design")
    keys = [] if design is None else [str(c) for c in design.columns if c not in NO_FACTORS]
    values = {} if design is None else {int(row["point"]): row for row in records(design)}
    order = {"worse": 0, "better": 1, "changed": 2, "untold": 3}
    ranked = rows.assign(rank=rows["side"].map(order)).sort_values(["rank", "point"], kind="stable")
    listed = []
    for row in records(ranked.head(MOST_ROWS)):
        at = values.get(int(row["point"]), {})
        factors = [m.factor(key).value(at[key], lang) if key in at else "—" for key in keys]
        listed.append((str(int(row["point"])), *factors, _difference(row, of, outcome, lang),
                       plain(float(row["p_holm"]), 2), say(lang, *SIDES[_side(row["side"])])))
    heads = (say(lang, "点", "point"), *(m.factor(key).name(lang) for key in keys),
             say(lang, "差值与 95% 区间", "difference, 95 % interval"), say(lang, "p（Holm）", "p (Holm)"),
             say(lang, "结论", "verdict"))
    more = "" if len(rows) <= MOST_ROWS else say(
        lang, f"{len(rows)} 个点中的 {MOST_ROWS} 个，有害和有益的在前；其余见 summary/contrasts.parquet",
        f"{MOST_ROWS} of {len(rows)} points, those of harm and help first; see summary/contrasts.parquet")
    return table(heads, listed, more)
