"""Numbers and sentences in which verification is told, on a terminal, in a file and on a page alike."""

from __future__ import annotations

from collections.abc import Sequence

from sim.params import Label
from sim.verify.bars import ALPHA, POWER
from sim.verify.base import Row, Size
from sim.verify.registry import Done

HEADS = (
    Label(zh="结果", en="result"), Label(zh="理论", en="theory"), Label(zh="模拟", en="simulated"),
    Label(zh="偏差", en="deviation"), Label(zh="容许", en="bar"), Label(zh="误报率", en="false alarm"),
    Label(zh="能查出", en="finds"), Label(zh="判定", en="verdict"))
"""Columns of the table."""

COLUMNS = Label(
    zh="“误报率”是代码无误却判不符的概率（对种子而言；0 为与运气无关，≤ 为上界）；均值用学生 t 分布，分布偏"
       f"斜时是名义值。“能查出”的偏差会以至少 {POWER:.0%} 的概率判为不符。统计检验的误报率逐行为 "
       f"{ALPHA:g}。",
    en="False alarm: chance, over seeds, that right code fails a row (0: nothing is left to chance; ≤: a "
       "bound); for means it is that of Student's t, nominal where values are skewed. Finds: a deviation "
       f"that fails the row with a probability of at least {POWER:.0%}. Statistical rows have {ALPHA:g} "
       "each.")


def figure(value: float) -> str:
    """A number with four significant digits."""
    return f"{value:.4g}"


def bar(row: Row) -> str:
    """How far a row may lie from theory."""
    below, above = (f"{x:.2g}" for x in (row.theory - row.low, row.high - row.theory))
    if below == above:
        return above if above == "0" else f"± {above}"
    return f"−{below} +{above}"


def cells(row: Row, lang: str) -> tuple[str, ...]:
    """One row of the table under :data:`HEADS`."""
    seen = f"{row.deviation:+.2g}" if row.deviation else "0"
    alarm = "0" if row.alpha == 0.0 else f"{row.alpha:.0e}" if row.alpha == ALPHA else f"≤ {row.alpha:.0e}"
    finds = f"{row.found:.2g}" if row.found else Label(zh="任何", en="any").text(lang)
    own = Label(zh="（模型自身的规则）", en=" (the model's own rule)").text(lang) if row.own else ""
    return (row.label.text(lang) + own, figure(row.theory), figure(row.simulated), seen.replace("-", "−"),
            bar(row), alarm, finds, verdict(row.passed).text(lang))


def verdict(passed: bool) -> Label:
    """Whether it agrees with theory."""
    return Label(zh="相符", en="agrees") if passed else Label(zh="不符", en="FAILS")


def tally(done: Sequence[Done], size: Size) -> Label:
    """How many rows agree, in one sentence."""
    rows = [row for one in done for row in one.outcome.rows]
    good = sum(row.passed for row in rows)
    own = sum(row.own for row in rows)
    chance = sum(row.alpha for row in rows)
    form = Label(zh="快速", en="quick") if size.quick else Label(zh="完整", en="full")
    return Label(
        zh=f"{len(done)} 项检验，{len(rows)} 行，{good} 行相符；其中 {len(rows) - own} 行的理论来自文献，"
           f"{own} 行来自另行推算的模型自身规则（{form.zh}形式，种子 {size.seed}；全部误报率合计不超过 "
           f"{chance:.1g}）",
        en=f"{len(done)} checks, {len(rows)} rows, {good} agree; theory is published in {len(rows) - own} "
           f"and the model's own rule, worked out apart, in {own} ({form.en} form, seed {size.seed}; false "
           f"alarms altogether at most {chance:.1g})")
