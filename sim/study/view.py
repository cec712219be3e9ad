"""A comparison in a notebook: arms, main outcomes, claims, and always the uncalibrated mark."""

from __future__ import annotations

import html
import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from sim.study.compare import Comparison

MAIN = (
    "participation_52_other", "participation_52", "participation_52_public", "latent_neighbour_disputes",
    "latent_disputes", "silent_disputes", "real_resolution_rate", "closed_on_paper", "time_to_close",
    "satisfaction", "trust_core", "trust_committee",
    "trust_property", "efficacy", "autonomy", "staff_load", "money_spent",
)
"""Outcomes of a one-page summary."""


GAPS = ("age_gap", "class_gap", "member_gap")
"""Outcomes that are a difference of two shares: said in percentage points."""


def number(value: float, outcome: str) -> str:
    """A value in its outcome's unit, shares in per cent, gaps in points; a dash if there is none."""
    if math.isnan(value):
        return "—"
    if outcome in GAPS:
        return f"{value * 100:+.1f}".replace("-", "−")
    text = f"{value * 100:.1f}%" if OUTCOMES[outcome].unit.startswith("share") else f"{value:.3g}"
    if abs(value) >= 1000 and not text.endswith("%"):
        text = f"{value:,.0f}"
    return text.replace("-", "−")


def with_interval(three: tuple[float, float, float], outcome: str) -> str:
    """Mean and interval in few characters."""
    mean, low, high = three
    if math.isnan(low):
        return number(mean, outcome)
    return f"{number(mean, outcome)} [{number(low, outcome)}, {number(high, outcome)}]"


def seeds_text(seeds: tuple[int, ...]) -> str:
    """First and last seed; seeds of a plan follow each other."""
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]}–{seeds[-1]}"


def comparison_text(comparison: Comparison, lang: str) -> str:
    """One line: name, arms, seeds, verdicts."""
    table = comparison.claims
    found = table[table["judged"]].to_dict("records") if len(table) else []
    said = ", ".join(f"{row['claim']}: {row[f'verdict_{lang}']}" for row in found)
    arms = ", ".join(arm + ("*" if arm == comparison.control else "") for arm in comparison.arms)
    return (
        f"Comparison({comparison.name}: {arms}; seeds {seeds_text(comparison.seeds)}"
        f"{'; ' + said if said else ''}; {'示意性，未经校准' if lang == 'zh' else 'uncalibrated'})")


def comparison_html(comparison: Comparison, lang: str) -> str:
    """Tables of levels and of claims."""
    zh = lang == "zh"
    arms = comparison.arms
    head = "".join(
        f"<th>{html.escape(comparison.labels[arm].text(lang))}"
        f"{('（对照）' if zh else ' (control)') if arm == comparison.control else ''}</th>" for arm in arms)
    rows = "".join(_level_row(comparison, outcome, lang) for outcome in MAIN if outcome in comparison.runs)
    failed, seeds = len(comparison.failed), seeds_text(comparison.seeds)
    note = (
        f"示意性，未经校准 · {len(comparison.seeds)} 次配对重复（种子 {seeds}） · 95% 区间" if zh else
        f"illustrative, uncalibrated · {len(comparison.seeds)} paired replicates (seeds {seeds}) · "
        "95 % intervals")
    if failed:
        note += f" · {failed} 次运行失败" if zh else f" · {failed} runs failed"
    outcome = "指标" if zh else "outcome"
    return (
        f"<p><b>{html.escape(comparison.name)}</b> · {note}</p>"
        f"<table><tr><th>{outcome}</th>{head}</tr>{rows}</table>{_claims_html(comparison, lang)}")


def _level_row(comparison: Comparison, outcome: str, lang: str) -> str:
    levels = (with_interval(comparison.level(outcome, arm), outcome) for arm in comparison.arms)
    cells = "".join(f"<td>{level}</td>" for level in levels)
    return f"<tr><td>{html.escape(OUTCOMES[outcome].label.text(lang))}</td>{cells}</tr>"


def _claims_html(comparison: Comparison, lang: str) -> str:
    table = comparison.claims
    if not len(table):
        return ""
    zh, en = ("主张", "所称", "模拟", "判定"), ("claim", "claimed", "simulated", "verdict")
    titles = zh if lang == "zh" else en
    rows = "".join(
        f"<tr><td>{html.escape(row[f'label_{lang}'])}</td><td>{html.escape(row[f'claimed_{lang}'])}</td>"
        f"<td>{_simulated(row)}</td><td><b>{row[f'verdict_{lang}']}</b></td></tr>"
        for row in table[table["judged"]].to_dict("records"))
    return f"<table><tr>{''.join(f'<th>{title}</th>' for title in titles)}</tr>{rows}</table>"


def _simulated(row: Mapping[Hashable, Any]) -> str:
    three = tuple(float(row[name]) for name in ("simulated", "low", "high"))
    if row["statistic"] == "relative":
        low, high = three[1:]
        ends = "" if math.isnan(low) else f" [{low:+.1%}, {high:+.1%}]"
        return f"{three[0]:+.1%}{ends}".replace("-", "−")
    return with_interval((three[0], three[1], three[2]), str(row["outcome"]))
