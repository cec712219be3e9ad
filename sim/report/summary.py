"""One page in Markdown: what was compared, what can be said, claims, contrasts, limits, how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.report import district_words
from sim.report.findings import (
    blocks,
    claim_rows,
    contrast_rows,
    few,
    intervals_said,
    level_heads,
    level_rows,
    limits,
    plain_words,
    reproduce,
)
from sim.report.material import Material, material_of, seed_text
from sim.report.words import ILLUSTRATIVE, replicates_en, say
from sim.study.verdicts import FEW

if TYPE_CHECKING:
    from sim.study.compare import Comparison


def summary_markdown(comparison: Comparison | Material, lang: str) -> str:
    """The one-page summary.

    Parameters
    ----------
    comparison : Comparison or Material
    lang : {"zh", "en"}

    Returns
    -------
    str
        Markdown. Wording follows the intervals by fixed rules: above 0 "提高 / higher", below 0
        "降低 / lower", otherwise "看不出差别 / no difference can be told".
    """
    m = material_of(comparison)
    parts = [
        f"# {m.name.text(lang)}",
        f"> **{ILLUSTRATIVE.text(lang)}**" + say(lang, "。", "."),
        *([f"> {few(m.replicates, lang)}"] if m.replicates < FEW else []),
        *_compared(m, lang),
        *_plain(m, lang),
        *_claims(m, lang),
        *_contrasts(m, lang),
        *_district(m, lang),
        *_limits(m, lang),
        *_repeat(m, lang),
    ]
    return "\n\n".join(parts) + "\n"


def _compared(m: Material, lang: str) -> Iterator[str]:
    yield say(lang, "## 比较了什么", "## What was compared")
    n = m.replicates
    yield say(
        lang,
        f"{len(m.arms)} 个方案，每个方案 {n} 次重复（种子 {seed_text(m.seeds)}），按种子配对；"
        f"预热 {m.warmup} 周不计，之后模拟 {m.weeks} 周；除另有说明，取最后 {min(52, m.weeks)} 周。",
        f"{len(m.arms)} arms, {replicates_en(n)} each (seeds {seed_text(m.seeds)}), paired by "
        f"seed; {m.weeks} weeks after a warm-up of {m.warmup} weeks that isn't counted; "
        f"the last {min(52, m.weeks)} weeks unless said otherwise.",
    )
    rows = [
        (
            m.label(arm.key, lang),
            arm.regime.text(lang),
            say(lang, "、", ", ").join(policy.text(lang) for policy in arm.policies)
            or say(lang, "（无）", "(none)"),
        )
        for arm in m.arms
    ]
    yield markdown_table(
        (say(lang, "方案", "arm"), say(lang, "协调方式", "regime"), say(lang, "政策", "policies")), rows
    )


def _plain(m: Material, lang: str) -> Iterator[str]:
    yield say(lang, "## 结果", "## In plain words")
    said = [(heading, plain_words(m, lang, some)) for heading, some in blocks(m, lang)]
    for heading, sentences in said:
        if sentences:
            yield f"**{heading}**"
            yield "\n".join(f"- {sentence}" for sentence in sentences)
    if not any(sentences for _, sentences in said):
        yield say(
            lang, "只有一个方案，没有可比的对象。", "There is one arm only: nothing to compare it with."
        )
    levels = level_rows(m, lang)
    yield markdown_table(level_heads(lang), levels)
    yield intervals_said(m, lang, [cell for row in levels for cell in row])


def _claims(m: Material, lang: str) -> Iterator[str]:
    yield say(lang, "## 主张与模拟", "## Claims and what is simulated")
    rows = claim_rows(m, lang)
    if not rows and len(m.arms) == 1:
        yield say(
            lang, "一个方案无从检验主张；情景文件若有主张，请用 yihe compare 比较各方案。",
            "One arm alone tests no claim; if the scenario names any, compare its arms with yihe compare.")
        return
    if not rows:
        yield say(lang, "情景文件没有待检验的主张。", "The scenario names no claims to test.")
        return
    yield markdown_table(claim_heads(lang), rows)
    yield say(
        lang,
        "判定只看 95% 区间：整个区间满足主张才算“达到”；参与率不含所比政策自办活动，纠纷含未上报的。",
        "Verdicts follow the 95 % interval alone: a claim is reached only if the whole interval satisfies "
        "it; participation without the compared policies' own events, disputes with the unreported.",
    )


def claim_heads(lang: str) -> tuple[str, ...]:
    """Heads of the table of claims."""
    return tuple(
        say(lang, zh, en)
        for zh, en in (
            ("主张", "claim"),
            ("出处", "source"),
            ("指标", "outcome"),
            ("所称", "claimed"),
            ("模拟", "simulated"),
            ("95%区间", "95 % interval"),
            ("判定", "verdict"),
        )
    )


def _contrasts(m: Material, lang: str) -> Iterator[str]:
    found = blocks(m, lang)
    if not found:
        return
    yield say(lang, "## 差值与 95% 区间", "## Differences with 95 % intervals")
    cells: list[str] = []
    for heading, some in found:
        heads = (heading, *(pair.label(m, lang) for pair in some))
        rows = contrast_rows(m, lang, some)
        cells += [cell for row in rows for cell in row]
        yield markdown_table(heads, rows)
    yield intervals_said(m, lang, cells)
    yield say(
        lang,
        "↑/↓：区间不含 0；无箭头：看不出差别。区间未作多重比较校正（对对照的 Holm 校正 p 见 --json）。",
        "↑/↓: the interval excludes 0; no arrow: no difference can be told. Intervals aren't adjusted for "
        "many comparisons (--json has p against the control, adjusted by Holm's method).",
    )


def _district(m: Material, lang: str) -> Iterator[str]:
    lines = district_words.sentences(m, lang)
    if not lines:
        return
    yield say(lang, "## 网格和社区之间", "## Between grids and communities")
    yield "\n".join(f"- {line}" for line in lines)
    if chance := district_words.single_grid_chance(m, lang):
        yield chance
    for heads, rows in district_words.tables(m, lang):
        yield markdown_table(heads, rows)
    yield district_words.how_read(m, lang)


def _limits(m: Material, lang: str) -> Iterator[str]:
    yield say(lang, "## 不能说明什么", "## What this cannot say")
    lines = [*limits(m, lang), district_words.absent(m, lang)]
    yield "\n".join(f"- {line}" for line in lines if line)


def _repeat(m: Material, lang: str) -> Iterator[str]:
    yield say(lang, "## 如何复现", "## How to repeat it")
    yield "\n".join(f"- {name}{say(lang, '：', ': ')}{value}" for name, value in reproduce(m, lang))


def markdown_table(heads: tuple[str, ...], rows: list[Any]) -> str:
    """A table in Markdown; bars inside cells are escaped."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
