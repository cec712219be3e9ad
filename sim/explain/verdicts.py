"""The table of claims over all scenarios: arms, source, claimed, simulated, interval, verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sim.explain.text import table
from sim.report.findings import change_unit, few, statistic_words
from sim.report.material import seed_text
from sim.report.words import ILLUSTRATIVE, replicates_en, say, short_name
from sim.scenario.sources import source_in
from sim.scenario.targets import VERDICTS
from sim.study.claims import USUAL, Tested
from sim.study.verdicts import FEW

HEADS = {
    "zh": ("主张", "出处", "指标", "方案", "所称", "模拟", "95% 区间", "判定"),
    "en": ("claim", "source", "outcome", "arms", "claimed", "simulated", "95 % interval", "verdict"),
}


def rows(tested: Tested, lang: str) -> list[tuple[str, ...]]:
    """One row a claim, each followed by what is shown beside it."""
    found = tested.claims if tested.claims is not None else pd.DataFrame()
    lines: list[tuple[str, ...]] = []
    for row in found.to_dict("records"):
        outcome, own = str(row["outcome"]), bool(row["judged"] or row["verdict_zh"])
        three = float(row["simulated"]), float(row["low"]), float(row["high"])
        statistic = str(row["statistic"])
        value, low, high = statistic_words(statistic, three, outcome, lang)
        if statistic in ("control", "treatment") and not value.endswith("%") and value != "—":
            value += change_unit(outcome, lang)
        before = float(row["control"]), float(row["control_low"]), float(row["control_high"])
        if row["reading"] == "level_change":  # the control must lie where the claim begins
            value = f"{statistic_words('control', before, outcome, lang)[0]} → {value}"
        elif statistic == "within":
            value = f"{statistic_words('within', before, outcome, lang)[0]} → {value}"
        lines.append((
            str(row[f"label_{lang}"]) if own else say(lang, "　并列", "  beside it"),
            source_in(str(row["source"]), lang) if own else "", short_name(outcome, lang),
            _arms(tested, str(row["arm"]), str(row["against"]), lang) if own else "",
            str(row[f"claimed_{lang}"]) if own else "", value,
            low if low == high == "—" else low + say(lang, " 至 ", " to ") + high,
            str(row[f"verdict_{lang}"]) if own else ""))
    return lines


def _arms(tested: Tested, arm: str, against: str, lang: str) -> str:
    """Names of both arms of a claim."""
    names = [tested.arms[key].text(lang) if key in tested.arms else key for key in (arm, against)]
    return say(lang, " 对 ", " against ").join(names)


def _runs(tested: Tested, lang: str) -> str:
    """How often each arm was run."""
    n, seeds = len(tested.seeds), seed_text(list(tested.seeds))
    return say(lang, f"{n} 次重复（种子 {seeds}）", f"{replicates_en(n)} (seeds {seeds})")


def text(tested: Tested, lang: str) -> Iterator[str]:
    """One scenario for the terminal: a block a claim, so that nothing is cut off."""
    at = source_in(tested.source, lang)
    source = say(lang, f" · 出处：{at}", f" · source: {at}") if at else ""
    yield f"{tested.title.text(lang)}  {tested.name}{source}"
    if tested.claims is None:
        yield "  " + say(lang, "没有待检验的主张", "no claims under test")
        return
    yield "  " + _runs(tested, lang)
    if len(tested.seeds) < FEW:
        yield "  " + few(len(tested.seeds), lang)
    for line in rows(tested, lang):
        named = [f"{head} {cell}" for head, cell in zip(HEADS[lang][4:], line[4:], strict=True) if cell]
        yield f"  • {line[0].strip()} · {line[2]}"
        if line[3]:
            yield f"    {line[3]}" + (f" · {HEADS[lang][1]} {line[1]}" if line[1] else "")
        yield "    " + " · ".join(named)
    if tested.failed:
        yield "  " + say(lang, f"{tested.failed} 次运行失败", f"{tested.failed} runs failed")


def tally(all_tested: Sequence[Tested], lang: str) -> Iterator[str]:
    """How many claims came to which verdict."""
    verdicts = [
        verdict for tested in all_tested if tested.claims is not None
        for verdict in tested.claims[tested.claims["judged"]]["verdict"]]
    if not verdicts:
        yield say(lang, "没有待检验的主张。", "There are no claims to test.")
        return
    heads = (say(lang, "判定", "verdict"), say(lang, "条数", "claims"))
    yield from table(heads, [
        (label.text(lang), str(verdicts.count(name))) for name, label in VERDICTS.items()])


def markdown(all_tested: Sequence[Tested], lang: str) -> str:
    """The whole table as a page of Markdown."""
    parts = [
        say(lang, "# 主张与模拟", "# Claims and what is simulated"),
        f"> **{ILLUSTRATIVE.text(lang)}**" + say(
            lang, "。判定规则见 sim/scenario/targets.py；区间为种子之间的 95% 区间。",
            ". The rule is in sim/scenario/targets.py; intervals are 95 % over seeds."),
    ]
    for tested in all_tested:
        if tested.claims is None:
            continue
        source = f" · {source_in(tested.source, lang)}" if tested.source else ""
        parts.append(f"## {tested.title.text(lang)}\n\n`{tested.name}`{source} · {_runs(tested, lang)}")
        if len(tested.seeds) < USUAL:
            parts.append(f"> {few(len(tested.seeds), lang)}")
        cells: list[tuple[str, ...]] = [HEADS[lang], tuple("---" for _ in HEADS[lang]), *rows(tested, lang)]
        parts.append("\n".join("| " + " | ".join(cell.strip().replace("|", "\\|") for cell in line) + " |"
                               for line in cells))
        if tested.failed:
            parts.append(say(lang, f"{tested.failed} 次运行失败。", f"{tested.failed} runs failed."))
    without = [tested for tested in all_tested if tested.claims is None]
    if without:
        parts.append(say(lang, "## 没有主张的情景", "## Scenarios without claims"))
        parts.append("\n".join(f"- {t.title.text(lang)} (`{t.name}`)" for t in without))
    return "\n\n".join(parts) + "\n"
