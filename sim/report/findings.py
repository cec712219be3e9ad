"""What a comparison allows to be said, as rows and sentences; others only lay them out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim.report.material import FloatArray, Material, seed_text
from sim.report.pairs import HEADINGS, Effect, Pair, by_kind, effect
from sim.report.words import (
    Three,
    amounts,
    direction,
    direction_words,
    is_share,
    relatives,
    replicates_en,
    say,
    shares,
    short_name,
    unit_name,
)
from sim.scenario.sources import source_in
from sim.study.ranges import of_level
from sim.study.statistics import paired

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


def blocks(m: Material, lang: str) -> list[tuple[str, list[Pair]]]:
    """Pairs by what sets them apart, each block with its heading; blocks without pairs are left out."""
    return [(say(lang, *HEADINGS[kind]), some) for kind, some in by_kind(m).items()]


def plain_words(m: Material, lang: str, chosen: list[Pair]) -> list[str]:
    """What the intervals allow to be said about participation and disputes, one sentence a pair of arms.

    Parameters
    ----------
    m : Material
    lang : {"zh", "en"}
    chosen : list of Pair
    """
    lines = []
    for pair in chosen:
        found = [effect(m, pair, outcome) for outcome in JUDGED]
        said = [clause(each, lang) for each in found if each is not None]
        if said:
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
    value, low, high = amounts((e.difference, e.low, e.high), e.outcome, change=True)
    change = value + change_unit(e.outcome, lang)
    if found == "unknown":
        return say(lang, f"{name}**{words}**，差值 {change}", f"{name}: **{words}**; difference {change}")
    ends = low + say(lang, " 至 ", " to ") + high
    if found == "same":
        return say(
            lang,
            f"{name}**{words}**（差值 {change}，95%区间 {ends}）",
            f"{name}: **{words}** (difference {change}, 95 % interval {ends})",
        )
    size = value.lstrip("+−") + change_unit(e.outcome, lang)
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


def claim_rows(m: Material, lang: str) -> list[ClaimRow]:
    """Claims under test, each followed by what is shown beside it."""
    rows = []
    for row in m.claims.to_dict("records"):
        outcome, statistic = str(row["outcome"]), str(row["statistic"])
        three = float(row["simulated"]), float(row["low"]), float(row["high"])
        value, low, high = statistic_words(statistic, three, outcome, lang)
        if statistic == "within":
            value = f"{shares((float(row['control']), 0.0, 0.0))[0]} → {value}"
        beside = not (row["judged"] or row["verdict_zh"])
        rows.append(
            ClaimRow(
                say(lang, "　并列", "  beside it") if beside else str(row[f"label_{lang}"]),
                "" if beside else source_in(str(row["source"]), lang),
                short_name(outcome, lang),
                "" if beside else str(row[f"claimed_{lang}"]),
                value,
                low if low == high == "—" else low + say(lang, " 至 ", " to ") + high,
                "" if beside else str(row[f"verdict_{lang}"]),
            )
        )
    return rows


def statistic_words(statistic: str, three: Three, outcome: str, lang: str) -> tuple[str, str, str]:
    """A statistic of a claim with its unit, and both ends of its interval."""
    if statistic == "relative":
        return relatives(three)
    if statistic == "within":
        return shares(three)
    if statistic != "difference":
        return amounts(three, outcome, unit=True)
    value, low, high = amounts(three, outcome, change=True)
    return value if value == "—" else value + change_unit(outcome, lang), low, high


def contrast_cell(e: Effect | None, lang: str) -> str:
    """A difference with its interval and the direction that can be told."""
    if e is None or math.isnan(e.difference):
        return "—"
    sign = {"up": " ↑", "down": " ↓"}.get(direction(e.low, e.high), "")
    value, low, high = amounts((e.difference, e.low, e.high), e.outcome, change=True)
    if math.isnan(e.low):
        return value
    return f"{value} [{low}, {high}]{_mark(e.method)}{sign}"


RESAMPLED = "†"
"""After an interval made by the bootstrap-t."""


def _mark(method: str) -> str:
    return RESAMPLED if method == "bootstrap-t" else ""


def intervals_said(m: Material, lang: str, cells: Iterable[str]) -> str:
    """How the intervals of some cells were made, and from how many seeds."""
    n, resampled = len(m.seeds), any(RESAMPLED in cell for cell in cells)
    text = say(
        lang,
        f"区间：{n} 个种子的 95% t 区间（差值按种子配对）",
        f"Intervals: 95 % t-intervals over {n} seed{'s' if n > 1 else ''} (differences paired by seed)",
    )
    if resampled:
        text += say(
            lang,
            f"；{RESAMPLED} 偏斜较大（偏度绝对值大于 1），改用 bootstrap-t 区间（9,999 次重抽样）",
            f"; {RESAMPLED} skewed (skewness beyond ±1), bootstrap-t with 9,999 resamples instead",
        )
    return text + say(lang, "；端点不越过可能的取值。", "; no end passes what is possible.")


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
    found = paired(values, np.zeros(len(values)), bounds=of_level(outcome))
    mean, low, high = amounts((found.difference, found.low, found.high), outcome)
    return mean if math.isnan(found.low) else f"{mean} [{low}, {high}]{_mark(found.method)}"


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


def few(n: int, lang: str) -> str:
    """A warning that intervals of so few seeds are unsteady."""
    return say(
        lang,
        f"只有 {n} 次重复，区间不稳；发表前至少 20 次（--replicates 20）。",
        f"{replicates_en(n)} only: intervals are unsteady; use at least 20 before publishing "
        "(--replicates 20).",
    )


def other_settings(m: Material, lang: str) -> str:
    """A warning that arms differ in more than policies and regime; nothing if they do not."""
    if len({arm.setting for arm in m.arms}) < 2:
        return ""
    return say(
        lang,
        "各方案的设定（地点、人口、经费等）不全相同：其间的差别不能只归于政策或协调方式。",
        "Arms differ in their settings (place, people, money …) as well: differences between them cannot be "
        "put down to policies or regimes alone.",
    )


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
    if mixed := other_settings(m, lang):
        lines.append(mixed)
    if m.failed:
        lines.append(say(lang, f"{m.failed} 次运行失败，未计入。", f"{m.failed} failed runs are left out."))
    if m.replicates < 20:
        lines.append(few(m.replicates, lang))
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
