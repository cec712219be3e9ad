"""``report.md`` of a study: what was run, what can be said, figures, limits, how to repeat it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.report.findings import reproduce
from sim.report.material import seed_text
from sim.report.studies import calibrated, sentences
from sim.report.studies.factors import Factor, plain
from sim.report.studies.material import MOST_OUTCOMES, StudyMaterial
from sim.report.studies.names import about, bracketed, scaled, unit_of
from sim.report.studies.tables import NO_FACTORS, counted
from sim.report.summary import markdown_table
from sim.report.words import ILLUSTRATIVE, say, short_name

if TYPE_CHECKING:
    from sim.report.studies.drawing import Written

Say = Callable[[StudyMaterial, str], list[str]]

SECTIONS: tuple[tuple[str, str, str, tuple[Say, ...]], ...] = (
    ("contrasts", "方案之间的差别", "Differences between arms", (sentences.contrasts,)),
    ("bands", "随时间的变化", "Over time", ()),
    ("heat", "两个因子之间", "Over two factors", ()),
    ("lines", "沿各因子的变化", "Along each factor", ()),
    ("tornado", "一次改变一个因子", "One factor at a time", (sentences.tornado,)),
    ("morris", "Morris 筛选", "Morris screening", (sentences.morris,)),
    ("sobol", "方差分解（Sobol 指数）", "Variance by factor (Sobol indices)", (sentences.sobol,)),
    ("pawn", "整体分布（PAWN 指数）", "Whole distribution (PAWN indices)", (sentences.pawn,)),
    ("effects", "主效应与交互作用", "Main effects and interactions", (sentences.effects,)),
    ("prim", "在什么条件下（PRIM）", "Under which conditions (PRIM)", (calibrated.prim,)),
    ("pareto", "可以兼得多少", "What can be had together", (sentences.pareto,)),
    ("matching", "历史匹配", "History matching", (calibrated.waves,)),
    ("posterior", "参数的后验", "Posterior of the parameters", (calibrated.posterior,)),
    ("checks", "后验预测检验", "Posterior predictive checks", (calibrated.checks,)),
    ("claims", "校准后各主张成立的比例", "Claims over the calibrated space", (calibrated.claims,)),
    ("optimisation", "最好的政策组合", "The best package", (calibrated.finalists,)),
    ("replicates", "重复次数", "Replicates", (sentences.replicates,)),
)
"""Kind of figure (:data:`sim.report.studies.drawing.FIGURES`), heading, and what is said under it."""

MOST_VALUES = 6
"""Values of a factor that are listed; more are given as a range or number."""


def report_markdown(
    m: StudyMaterial, written: Sequence[Written], lang: str, folder: str = "figures"
) -> str:
    """The report as Markdown.

    Parameters
    ----------
    m : StudyMaterial
    written : sequence of Written
        Figures, as :func:`sim.report.studies.drawing.write_study_figures` returns them.
    lang : {"zh", "en"}
    folder : str
        Where the figures are, seen from the report.

    Returns
    -------
    str
        Wording follows the intervals by fixed rules: where one holds 0, "看不出 / can be told" is all that is
        said.
    """
    parts = [
        f"# {m.title.text(lang)}",
        f"> **{ILLUSTRATIVE.text(lang)}**" + say(lang, "。", "."),
        *_run(m, lang),
        *_findings(m, written, lang, folder),
        *_limits(m, lang),
        say(lang, "## 如何复现", "## How to repeat it"),
        "\n".join(f"- {name}{say(lang, '：', ': ')}{value}"
                  for name, value in reproduce(m.as_comparison(), lang)),
    ]
    return "\n\n".join(parts) + "\n"


def _run(m: StudyMaterial, lang: str) -> Iterator[str]:
    yield say(lang, "## 做了什么", "## What was done")
    least, most = calibrated.effective_seeds(m)
    each = str(most) if least == most else f"{least}–{most}"
    runs = m.table("runs")
    n = 0 if runs is None else len(runs)
    seeds = seed_text(list(m.seeds))
    shared = "" if m.searched else say(
        lang, "，各点各方案共用，按种子配对", ", the same everywhere, so that all is paired by seed")
    text = say(
        lang,
        f"基础情景 `{m.base or '—'}`；设计：{m.design(lang)}，{m.points} 个设计点 × {len(m.arms)} 个方案；"
        f"每个点和方案 {each} 次重复（种子 {seeds}{shared}）；完成 {n} 次运行",
        f"Base scenario `{m.base or '—'}`; design: {m.design(lang)}, {counted(m.points, 'point')} × "
        f"{counted(len(m.arms), 'arm')}; {each} seeds for each point and arm (seeds {seeds}{shared}); {n} "
        "runs done")
    if m.weeks:
        text += say(lang, f"，每次 {m.weeks} 周（预热不计）", f", {m.weeks} weeks each after the warm-up")
    if m.goal:
        outcome, of = str(m.goal["outcome"]), str(m.goal["contrast"])
        name, unit = about(m, of, outcome, lang), unit_of(of, outcome, lang)
        width = bracketed(plain(scaled(outcome) * float(m.goal["half_width"])), unit, lang)
        text += say(lang, f"；重复到“{name}”的区间半宽不超过 {width}，或到次数上限为止",
                    f"; replicates until the half-width of the interval of {name} is {width} at most, or up "
                    "to their greatest number")
    if m.failed:
        text += say(lang, f"；{m.failed} 次运行失败，未计入", f"; {m.failed} runs failed and are left out")
    yield text + say(lang, "。", ".")
    if len(m.arms) > 1:
        yield markdown_table(
            (say(lang, "方案", "arm"), say(lang, "键", "key")),
            [(m.arm_marked(arm, lang), f"`{arm}`") for arm in m.arms])
    factors = _factors(m, lang)
    if factors:
        yield markdown_table(
            (say(lang, "因子", "factor"), say(lang, "键路径", "key path"), say(lang, "单位", "unit"),
             say(lang, "取值", "values")), factors)


def _factors(m: StudyMaterial, lang: str) -> list[tuple[str, ...]]:
    design = m.table("design")
    keys = list(m.factors) if design is None else [str(c) for c in design.columns if c not in NO_FACTORS]
    rows: list[tuple[str, ...]] = []
    for key in keys:
        factor, unit = m.factor(key), m.factor(key).unit.text(lang)
        values = _values(factor, None if design is None else design[key], lang)
        rows.append((factor.name(lang), f"`{key}`", "—" if unit in ("", "1") else unit, values))
    return rows


def _values(factor: Factor, column: pd.Series | None, lang: str) -> str:
    """Values of a factor in the design: listed if they are few, else their range."""
    if column is None or not len(column):
        return f"{plain(factor.low)} – {plain(factor.high)}"
    values = factor.ordered(column.dropna())
    if len(values) <= MOST_VALUES or not pd.api.types.is_numeric_dtype(column):
        shown = say(lang, "、", ", ").join(factor.value(value, lang) for value in values[:MOST_VALUES])
        return shown + (" …" if len(values) > MOST_VALUES else "")
    low, high = factor.value(values[0], lang), factor.value(values[-1], lang)
    return say(lang, f"{low} – {high}（{len(values)} 个值）", f"{low} – {high} ({len(values)} values)")


def _findings(m: StudyMaterial, written: Sequence[Written], lang: str, folder: str) -> Iterator[str]:
    yield say(lang, "## 结果", "## What can be said")
    nothing = True
    for kind, zh, en, speakers in SECTIONS:
        said = [sentence for speak in speakers for sentence in speak(m, lang)]
        figures = [figure for figure in written if figure.kind == kind]
        if not said and not figures:
            continue
        nothing = False
        yield say(lang, f"### {zh}", f"### {en}")
        if said:
            yield "\n".join(f"- {_closed(sentence, lang)}" for sentence in said)
        for figure in figures:
            yield _linked(figure, lang, folder)
    if nothing:
        yield say(lang, "没有可分析的运行。", "There are no runs to analyse.")
    more = m.outcomes[MOST_OUTCOMES:]
    if more and not m.searched:
        names = say(lang, "、", ", ").join(short_name(outcome, lang) for outcome in more)
        yield say(
            lang, f"各图只画前 {MOST_OUTCOMES} 个指标；其余（{names}）见 `summary/` 中的表。",
            f"Figures show the first {MOST_OUTCOMES} outcomes; for the others ({names}) see the tables in "
            "`summary/`.")


def _closed(sentence: str, lang: str) -> str:
    # Key paths and the like keep their small letters
    if lang == "en" and sentence.split()[0].rstrip(":,").isalpha():
        sentence = sentence[0].upper() + sentence[1:]
    return sentence + say(lang, "。", ".")


def _linked(figure: Written, lang: str, folder: str) -> str:
    png, svg, csv = (f"{folder}/{file.name}" for file in figure.files)
    data = say(lang, "数据", "data")
    return f"![{figure.title}]({png})\n\n{figure.title} · [SVG]({svg}) · [{data}]({csv})"


def _limits(m: StudyMaterial, lang: str) -> Iterator[str]:
    yield say(lang, "## 方法与限度", "## Method and limits")
    least, _ = calibrated.effective_seeds(m)
    shared = [
        say(lang,
            "种子为各设计点和各方案共用：凡对设计点求均值，都先在每个种子内求，区间只来自种子之间；"
            "差值按种子配对。",
            "Seeds are shared by all points and arms: whatever is averaged over points is averaged within "
            "each seed first, intervals come from the seeds alone, and differences are paired by seed."),
    ]
    lines = [
        *([] if m.searched else shared),
        say(lang,
            "区间为 95%。含 0 的区间只说明看不出，不说明没有；多个比较一起看时以 Holm 校正后的为准。",
            "Intervals are 95 %. One that holds 0 means that nothing can be told, not that there is nothing; "
            "where many comparisons are looked at together, go by those adjusted by Holm's method."),
        say(lang,
            "敏感性、条件和前沿都只相对于所选的因子、范围和基础情景而言；换一个范围，次序可能不同。",
            "Sensitivities, conditions and fronts hold for these factors, ranges and this base scenario; "
            "with other ranges the order may change."),
        say(lang,
            "参数多为假设（D 级）或来源中的说法（C 级），没有用数据校准：数值大小不是预测，"
            "也不评价任何真实的个人或社区。",
            "Most parameters are assumptions (grade D) or claims of the sources (C), not calibrated on data: "
            "sizes are no forecast, and no real person or community is assessed."),
    ]
    if m.table("posterior") is not None:
        lines.append(say(
            lang, "“校准”是相对于所给的目标而言：目标本身的证据等级决定它能说明多少。",
            '"Calibrated" means calibrated on the targets given: their grades of evidence decide what it is '
            "worth."))
    if m.failed:
        lines.append(say(lang, f"{m.failed} 次运行失败，未计入；见 `failures/`。",
                         f"{m.failed} failed runs are left out; see `failures/`."))
    if least < 20 and not m.searched:
        lines.append(say(
            lang, f"每个点和方案最少只有 {least} 个种子，区间不稳；发表前至少 20 个（`replicates:`）。",
            f"Some points and arms have {counted(least, 'seed')} only: intervals are unsteady; use at least "
            "20 before publishing (`replicates:`)."))
    yield "\n".join(f"- {line}" for line in lines)
