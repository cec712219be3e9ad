"""Effect sizes of a comparison in a notebook: HTML tables that need neither matplotlib nor a network."""

from __future__ import annotations

import html
import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from sim.outcomes import OUTCOMES
from sim.study.view import GAPS, MAIN

if TYPE_CHECKING:
    from sim.study.compare import Comparison

_HEADS = {
    "zh": ("指标", "差值与 95% 区间", "相对变化", "效应量 d_z", "p（Holm）", "结论"),
    "en": ("outcome", "difference, 95 % interval", "relative change", "effect size d_z", "p (Holm)",
           "verdict"),
}
_SAID = {
    "zh": ("提高", "降低", "看不出差别", "完全相同", "无法判断（重复次数不足）"),
    "en": ("higher", "lower", "no difference can be told", "exactly the same",
           "cannot be told (too few replicates)"),
}


def effects_html(comparison: Comparison, lang: str) -> str:
    """Each arm against the control: differences, effect sizes and what can be said of them.

    Parameters
    ----------
    comparison : Comparison
    lang : {"zh", "en"}

    Returns
    -------
    str
        A table an arm, all but the first folded; empty if there is nothing to compare. Verdicts need both the
        95 % interval and p adjusted by Holm's method over every outcome and arm (below 0.05).
    """
    table = comparison.contrasts
    table = table[table["outcome"].isin(MAIN)]
    parts = [
        _arm_html(comparison, str(arm), rows.to_dict("records"), lang, first=number == 0)
        for number, (arm, rows) in enumerate(table.groupby("arm", sort=False))]
    if not parts:
        return ""
    note = (
        "差值按种子配对；d_z：配对差值的均值除以其标准差；结论按 95% 区间和 Holm 校正后的 p。"
        "“看不出”不等于“没有”。"
        if lang == "zh" else
        "Differences are paired by seed; d_z: their mean divided by their standard deviation; verdicts by "
        "the 95 % interval and p after Holm's method. No difference told does not mean none.")
    return "".join(parts) + f"<p><small>{note}</small></p>"


def _arm_html(
    comparison: Comparison, arm: str, rows: list[dict[Hashable, Any]], lang: str, *, first: bool,
) -> str:
    a, b = (html.escape(comparison.labels[name].text(lang)) for name in (arm, comparison.control))
    heads = "".join(f"<th>{head}</th>" for head in _HEADS[lang])
    lines = "".join(_row(row, lang) for row in rows)
    return (f"<details{' open' if first else ''}><summary>{a} − {b}</summary>"
            f"<table><tr>{heads}</tr>{lines}</table></details>")


def _row(row: Mapping[Hashable, Any], lang: str) -> str:
    outcome = str(row["outcome"])
    cells = (
        OUTCOMES[outcome].label.text(lang), _difference(row, lang), _relative(row),
        _plain(float(row["effect"]), "+.2f"), _plain(float(row["p_holm"]), ".2g"), _said(row, lang))
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def _difference(row: Mapping[Hashable, Any], lang: str) -> str:
    outcome = str(row["outcome"])
    share = outcome in GAPS or OUTCOMES[outcome].unit.startswith("share")
    form, scale = ("+.1f", 100.0) if share else ("+.3g", 1.0)
    value, low, high = (_plain(scale * float(row[name]), form) for name in ("difference", "low", "high"))
    ends = "" if math.isnan(float(row["low"])) else f" [{low}, {high}]"
    unit = {"zh": " 个百分点", "en": " points"}[lang] if share and value != "—" else ""
    return value + ends + unit


def _relative(row: Mapping[Hashable, Any]) -> str:
    return _plain(float(row["relative"]), "+.1%")


def _said(row: Mapping[Hashable, Any], lang: str) -> str:
    """As strong as interval and adjusted p allow."""
    up, down, untold, same, unknown = _SAID[lang]
    low, high = float(row["low"]), float(row["high"])
    if math.isnan(low) or math.isnan(high):
        return unknown
    if low == high == 0.0:
        return same
    if low <= 0.0 <= high or float(row["p_holm"]) >= 0.05:
        return untold
    return up if low > 0.0 else down


def _plain(value: float, form: str) -> str:
    return format(value, form).replace("-", "−") if math.isfinite(value) else "—"
