"""What a comparison allows to be said, as rows and sentences; others only lay them out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim.report.material import FloatArray, Material, seed_text
from sim.report.pairs import Effect, Pair, effect, pairs
from sim.report.words import (
    amount,
    direction,
    direction_words,
    is_share,
    relative,
    replicates_en,
    say,
    short_name,
    unit_name,
)
from sim.study.statistics import interval

JUDGED = ("participation_52_other", "latent_neighbour_disputes", "latent_disputes")
"""Participation is judged without own events, disputes with the unreported."""

CONTRASTS = (
    "participation_52_other",
    "participation_52",
    "participation_52_public",
    "latent_neighbour_disputes",
    "latent_disputes",
    "silent_disputes",
    "resolved",
    "closed_on_paper",
    "time_to_close",
    "satisfaction",
    "autonomy",
    "staff_load",
)
"""Rows of the tables of contrasts."""

LEVELS = (
    "participation_52_other",
    "participation_52",
    "latent_neighbour_disputes",
    "latent_disputes",
    "resolved",
)
"""Columns of the table of levels."""


class ClaimRow(NamedTuple):
    """One row of the table of claims, as text."""

    claim: str
    source: str
    outcome: str
    claimed: str
    simulated: str
    interval: str
    verdict: str


def plain_words(m: Material, lang: str, *, policy: bool) -> list[str]:
    """What the intervals allow to be said about participation and disputes, one sentence a pair of arms.

    Parameters
    ----------
    m : Material
    lang : {"zh", "en"}
    policy : bool
        Pairs that differ by policies under one regime, or the others.
    """
    lines = []
    for pair in pairs(m):
        found = [effect(m, pair, outcome) for outcome in JUDGED]
        said = [clause(each, lang) for each in found if each is not None]
        if pair.policy == policy and said:
            lines.append(
                pair.label(m, lang)
                + say(lang, "：", ": ")
                + say(lang, "；", "; ").join(said)
                + say(lang, "。", ".")
            )
    return lines


def clause(e: Effect, lang: str) -> str:
    """One outcome of one pair in words: as strong as its interval, never stronger."""
    name, words, found = (
        short_name(e.outcome, lang),
        direction_words(e.low, e.high, lang),
        direction(e.low, e.high),
    )
    if math.isnan(e.difference):
        return say(lang, f"{name}没有数值", f"{name}: no value")
    if found == "none":
        return say(lang, f"{name}**{words}**", f"{name}: **{words}**")
    change = amount(e.difference, e.outcome, change=True) + change_unit(e.outcome, lang)
    if found == "unknown":
        return say(lang, f"{name}**{words}**，差值 {change}", f"{name}: **{words}**; difference {change}")
    ends = interval_text(e.low, e.high, e.outcome, lang)
    if found == "same":
        return say(
            lang,
            f"{name}**{words}**（差值 {change}，95%区间 {ends}）",
            f"{name}: **{words}** (difference {change}, 95 % interval {ends})",
        )
    size = amount(abs(e.difference), e.outcome) + change_unit(e.outcome, lang)
    return say(
        lang,
        f"{name}**{words}** {size}（95%区间 {ends}）",
        f"{name} **{words}** by {size} (95 % interval {ends})",
    )


def change_unit(outcome: str, lang: str) -> str:
    """Unit of a difference, with its leading blank in English."""
    if is_share(outcome):
        return say(lang, "个百分点", " points")
    unit = unit_name(outcome, lang)
    return "" if unit in ("0–1", "0 to 1") else f" {unit}"


def interval_text(low: float, high: float, outcome: str, lang: str) -> str:
    """Both ends of an interval of a difference."""
    if math.isnan(low) or math.isnan(high):
        return "—"
    ends = (amount(end, outcome, change=True) for end in (low, high))
    return say(lang, " 至 ", " to ").join(ends)


def claim_rows(m: Material, lang: str) -> list[ClaimRow]:
    """Claims under test, each followed by what is shown beside it."""
    rows = []
    for row in m.claims.to_dict("records"):
        outcome, statistic = str(row["outcome"]), str(row["statistic"])
        text = _statistic(statistic, outcome)
        beside = not row["judged"]
        low, high = float(row["low"]), float(row["high"])
        rows.append(
            ClaimRow(
                say(lang, "　并列", "  beside it") if beside else str(row[f"label_{lang}"]),
                "" if beside else str(row["source"]),
                short_name(outcome, lang),
                "" if beside else str(row[f"claimed_{lang}"]),
                text(float(row["simulated"])),
                "—"
                if math.isnan(low) or math.isnan(high)
                else text(low) + say(lang, " 至 ", " to ") + text(high),
                "" if beside else str(row[f"verdict_{lang}"]),
            )
        )
    return rows


def _statistic(statistic: str, outcome: str) -> Any:
    if statistic == "relative":
        return relative
    return lambda value: amount(value, outcome, change=statistic == "difference", unit=True)


def contrast_cell(e: Effect | None, lang: str) -> str:
    """A difference with its interval and the direction that can be told."""
    if e is None or math.isnan(e.difference):
        return "—"
    sign = {"up": " ↑", "down": " ↓"}.get(direction(e.low, e.high), "")
    text = amount(e.difference, e.outcome, change=True)
    if math.isnan(e.low):
        return text
    ends = ", ".join(amount(end, e.outcome, change=True) for end in (e.low, e.high))
    return f"{text} [{ends}]{sign}"


def contrast_rows(m: Material, lang: str, chosen: list[Pair]) -> list[tuple[str, ...]]:
    """A row an outcome, a column a pair."""
    return [
        (
            f"{short_name(outcome, lang)} [{table_unit(outcome, lang)}]",
            *(contrast_cell(effect(m, pair, outcome), lang) for pair in chosen),
        )
        for outcome in CONTRASTS
        if outcome in m.runs
    ]


def level_rows(m: Material, lang: str, outcomes: tuple[str, ...] = LEVELS) -> list[tuple[str, ...]]:
    """A row an arm, a column an outcome: mean and 95 % interval over seeds."""
    return [
        (m.label(arm, lang), *(level_cell(m.per_seed(arm, outcome), outcome) for outcome in outcomes))
        for arm in m.keys
    ]


def level_cell(values: FloatArray, outcome: str) -> str:
    """Mean with its interval."""
    if not len(values):
        return "—"
    mean, low, high = interval(values)
    text = amount(mean, outcome)
    return text if math.isnan(low) else f"{text} [{amount(low, outcome)}, {amount(high, outcome)}]"


def level_heads(lang: str, outcomes: tuple[str, ...] = LEVELS) -> tuple[str, ...]:
    """Heads of the table of levels."""
    return (
        say(lang, "方案", "arm"),
        *(
            f"{short_name(outcome, lang)} [{'%' if is_share(outcome) else table_unit(outcome, lang)}]"
            for outcome in outcomes
        ),
    )


def table_unit(outcome: str, lang: str) -> str:
    """Unit of a difference in few characters."""
    if is_share(outcome):
        return say(lang, "百分点", "points")
    unit = unit_name(outcome, lang)
    return {"per 1,000 residents a year": "per 1,000 a year"}.get(unit, unit)


def limits(m: Material, lang: str) -> list[str]:
    """What the results cannot say."""
    lines = [
        say(
            lang,
            "参数多为假设（D 级）或来源中的说法（C 级），没有用数据校准：数值大小不是预测。",
            "Most parameters are assumptions (grade D) or claims of the sources (C), not calibrated on data: "
            "sizes are no forecast.",
        ),
        say(
            lang,
            "区间只包含随机性（不同种子），不包含参数和模型结构的不确定性。",
            "Intervals hold chance (seeds) only, not the uncertainty of parameters or of the model's "
            "structure.",
        ),
        say(
            lang,
            "“看不出差别”不等于“没有差别”。",
            '"No difference can be told" does not mean "no difference".',
        ),
        say(
            lang,
            "结果只适用于所设的这类社区，不评价任何真实的个人或社区。",
            "Results hold for a community like the one described; no real person or community is assessed.",
        ),
    ]
    if m.failed:
        lines.append(say(lang, f"{m.failed} 次运行失败，未计入。", f"{m.failed} failed runs are left out."))
    if m.replicates < 20:
        lines.append(
            say(
                lang,
                f"只有 {m.replicates} 次重复，区间不稳；发表前至少 20 次（--replicates 20）。",
                f"{replicates_en(m.replicates)} only: intervals are unsteady; use at least 20 before "
                "publishing (--replicates 20).",
            )
        )
    return lines


def reproduce(m: Material, lang: str) -> list[tuple[str, str]]:
    """What is needed to repeat it: command, key, code, versions."""
    manifest = m.manifest
    packages = manifest.get("packages") or {}
    versions = ", ".join(f"{name} {version}" for name, version in packages.items() if version)
    commit = manifest.get("git_commit")
    lines = [
        (say(lang, "命令", "command"), f"`{manifest['command']}`" if manifest.get("command") else "—"),
        (say(lang, "研究键", "study key"), f"`{m.key or '—'}`"),
        (say(lang, "种子", "seeds"), seed_text(m.seeds)),
        (
            say(lang, "代码", "code"),
            f"`{manifest.get('code_hash', '—')}`"
            + (f", git `{commit}`" if commit else "")
            + (
                say(lang, "（有未提交的改动）", " (with uncommitted changes)")
                if manifest.get("git_dirty")
                else ""
            ),
        ),
        (
            say(lang, "版本", "versions"),
            ", ".join(x for x in (f"Python {manifest.get('python', '—')}", versions) if x),
        ),
    ]
    if manifest.get("cpu"):
        lines.append((say(lang, "处理器", "processor"), str(manifest["cpu"])))
    return lines
