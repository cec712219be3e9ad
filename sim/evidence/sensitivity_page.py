"""``docs/sensitivity.md``: the numbers that matter most, and the conclusions that flip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence import ends_page, flips_page, structures_page
from sim.evidence.factors import left_out, varied
from sim.evidence.flips_page import CONCLUSIONS
from sim.evidence.sensitivity import LEVEL, LEVEL_OF, TEN, overall, top
from sim.evidence.stages import OUTCOMES, REST, RULE
from sim.evidence.stored import REFERENCE, stored, there
from sim.evidence.words import (
    MADE,
    MARK,
    REGIMES,
    both,
    factor,
    outcome,
    percent,
    plain,
    table,
    titled,
)
from sim.params import Label
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

_LEVEL = Label(zh="无政策·一核多元", en="no policy, one core")
_LIMITS = (
    Label(
        zh="这里的“要紧”是在假设的范围内、在小社区（400 人）、一年之内的要紧；范围换了，次序会变。",
        en="What matters here matters within assumed ranges, in small communities of 400, within a year; "
           "other ranges would give another order."),
    Label(
        zh="近处范围（默认值的一半到两倍，0–1 的数为胜算的一半到两倍）是一条机械的规则，不是对不确定性的评估"
           "。",
        en="Near ranges (half to twice the default; of numbers from 0 to 1, half to twice the odds) are a "
           "mechanical rule, no assessment of what is uncertain."),
    Label(
        zh="粗筛按秩逐个选入：先升后降的、只与别的参数一起才起作用的会漏掉；没有被选入不等于没有影响。",
        en="The sieve takes numbers in by ranks: what goes up and down again, or acts only together with "
           "another, is missed. Not taken in does not mean without influence."),
    Label(
        zh="份额和次序是从多个结果中挑最大的，所以偏高：挑出来的最大值总含一份运气。",
        en="Shares and ranks are the greatest of many responses, hence too high: a maximum that was picked "
           "has its part of luck."),
    Label(
        zh="参考结果是短形式，种子和轨迹都少，次序相邻的几个参数分不出先后；请看区间。",
        en="The reference results are short forms with few seeds and trajectories; neighbours in a ranking "
           "cannot be told apart: look at the intervals."))


def page(root: Path = REFERENCE) -> str:
    """The page, in both languages."""
    return "\n\n".join(_parts(root)) + "\n"


def _parts(root: Path) -> Iterator[str]:
    yield "# 敏感性：哪些数字要紧，哪些结论会翻 · Sensitivity: which numbers matter, which conclusions flip"
    yield MADE
    yield MARK
    yield "## 限度 · Limits"
    yield "\n".join(f"- {one.zh}  \n  {one.en}" for one in _LIMITS)
    yield from _overall(root)
    yield "## 结论会不会翻 · Whether conclusions flip"
    yield from flips_page.signs(root)
    yield from structures_page.structures(root)
    yield from ends_page.whole(root)
    yield "## 每个主要指标最要紧的十个数字 · The ten numbers that matter most for each main outcome"
    yield from _morris(root)
    yield from _sobol(root)
    yield "## 全部不确定参数的粗筛 · A sieve of all uncertain numbers"
    yield from _sieve(root)
    yield "## 没有变动的数字 · Numbers that were not varied"
    yield "\n".join(
        f"- {both(reason)}: "
        f"{', '.join(f'`{path}`' for path in paths)}" for reason, paths in left_out().items())
    yield "## 如何重做 · How to do it again"
    yield "\n\n".join(stored(study, root).told() for study in STUDIES if there(study, root))
    yield (
        "研究文件在 [experiments/evidence/](../experiments/evidence/)，由 `python -m sim.evidence stages` 从"
        "参数登记和前一步的结果写出；参考结果在 [results/reference/](../results/reference/)。全部重做：`make "
        "evidence`，两个空闲的核约一个半小时。默认值下的特征检验另见[检验](validation.md)。  \n"
        "Study files are written from the registry of parameters and from the results of the step before; "
        "all of it again: `make evidence`, an hour and a half on two free cores. Patterns at the defaults: "
        "[validation](validation.md).")


STUDIES = ("evidence_sieve", "evidence_morris", "evidence_sobol", "evidence_whole", "evidence_structure")


def _overall(root: Path) -> Iterator[str]:
    """Ten factors over all responses."""
    if not there("evidence_morris", root):
        return
    table_of = stored("evidence_morris", root).table("morris")
    found = overall(table_of)
    responses = len(table_of.drop_duplicates(["of", "outcome"]))
    yield "## 最要紧的十个 · The ten that matter most"
    yield (
        "按 Morris 的 μ*，在任何一个结果（无政策的水平，或两种方案之差）中所占份额最大者居先；只列与 0 分得"
        f"开的（每个结果内对全部因子作 Holm 校正，p < {LEVEL}），{responses} 个结果合起来共 {len(found)} 个"
        "。份额是它的 μ* 占该结果中全部因子 μ* 之和的比例。表中每行是该因子"
        f"份额最大的那一个结果，是从 {responses} 个中挑出来的，因此偏高。  \n"
        "By Morris's μ*: those first that have the greatest part in any one response (a level without a "
        "policy, or a difference of arms), as far as they are told from 0 (Holm over all factors within a "
        f"response, p < {LEVEL}); over the {responses} responses together {len(found)} are. The part is its "
        "μ* over the sum of all factors' there. Each line is the response in which the factor has most part, "
        f"picked out of {responses}, and so too high.")
    yield table(
        ("因子 · factor", "最要紧处 · where it matters most", "μ* [95%]", "份额 · part"),
        [(f"{both(factor(str(row['factor'])))}<br>`{row['factor']}`",
          f"{_what(str(row['of']))}: {both(_unit_named(row))}",
          f"{plain(row['mu_star'], str(row['outcome']))} [{plain(row['mu_star_low'], str(row['outcome']))}, "
          f"{plain(row['mu_star_high'], str(row['outcome']))}]", percent(row["part"]))
         for row in records(found.head(TEN))])


def _what(of: str) -> str:
    return both(CONCLUSIONS.get(of, _LEVEL))


def _unit_named(row: dict[str, Any]) -> Label:
    name, contrast = str(row["outcome"]), str(row["of"]) in CONCLUSIONS
    return Label(zh=titled(name, contrast, "zh"), en=titled(name, contrast, "en"))


def _morris(root: Path) -> Iterator[str]:
    if not there("evidence_morris", root):
        return
    r = stored("evidence_morris", root)
    found, base = r.table("morris"), r.table("base")
    trajectories = int(found["trajectories"].iloc[0])
    yield (
        f"Morris 筛选：粗筛留下的 {r.manifest['factors']} 个因子（含全部结构开关），{trajectories} 条轨迹，"
        f"{r.seeds} 个种子。"
        "μ*：在近处范围内移动它时指标变化的平均大小（指标的单位），σ 大则起作用要看别的参数。方括号：95% 区"
        "间，逐个因子的；† 区间含 0，或在该指标全部因子之间作 Holm 校正后与 0 分不开。"
        "换协调方式的平均变化列在一旁，可以直接相比。  \n"
        f"Morris screening of the {r.manifest['factors']} factors that the sieve left, all structural "
        "switches among them; "
        f"{trajectories} trajectories, {r.seeds} seeds. μ*: mean size of the change as it moves within its "
        "near range, in "
        "units of the outcome; a large σ says that its effect hangs on others. In brackets the 95 % interval "
        "of each factor by itself; † it holds 0, or 0 is not ruled out after Holm over all factors of the "
        "outcome. "
        "The mean change by another regime stands beside, to be compared directly.")
    yield "![](img/evidence/sensitivity.zh.png)\n\n![](img/evidence/sensitivity.en.png)"
    for name in dict.fromkeys(found["outcome"]):
        yield f"**{both(Label(zh=titled(name, False, 'zh'), en=titled(name, False, 'en')))}**"
        yield "\n".join(_ranked(top(found, LEVEL_OF, name), name))
        here = base[(base["of"] == "none - none_fragmented") & (base["outcome"] == name)]
        size = plain(float(here["mean_absolute"].iloc[0]), name)
        yield (f"*与多头无核之差，各点绝对值的平均：{size} · "
               f"difference from {REGIMES['fragmented'].en}, mean absolute value over the points: {size}*")


def _ranked(rows: pd.DataFrame, name: str) -> Iterator[str]:
    for place, row in enumerate(records(rows), 1):
        told = "" if row["told"] else " †"
        sign = "升 · raises" if row["mu"] > 0.5 * row["mu_star"] else (
            "降 · lowers" if row["mu"] < -0.5 * row["mu_star"] else "方向不定 · either way")
        known = factor(str(row["factor"]))
        yield (f"{place}. {both(known)} (`{row['factor']}`): {sign}; μ* {plain(row['mu_star'], name)} "
               f"[{plain(row['mu_star_low'], name)}, {plain(row['mu_star_high'], name)}], "
               f"σ {plain(row['sigma'], name)}{told}")


_GROUPS = {
    RULE: Label(zh="决策规则（各项开或关）", en="decision rule (its terms on or off)"),
    REST: Label(zh="其余全部参数（一组）", en="all the other numbers (one group)")}


def _sobol(root: Path) -> Iterator[str]:
    if not there("evidence_sobol", root):
        return
    r = stored("evidence_sobol", root)
    found = r.table("sobol")
    factors, rows = list(dict.fromkeys(found["factor"])), int(found["rows"].max())
    yield "### 方差分解 · Variance (Sobol)"
    yield (
        f"无政策时的各主要指标；{r.manifest['factors']} 个参数和结构同时在近处范围内变动，合成 "
        f"{len(factors)} 个因子：协调方式、决策规则（从众、归属、效能、习惯各项和三类少数动机分别开或"
        "关，从众另有三倍）、关系网生成方式、纠纷构成、Morris 认为最要紧的几个数字，以及其余全部参数（含各"
        "组织有无）合成的一组；政策"
        f"的参数除外，无政策时没有什么读它们。{rows} 个基准行，{r.manifest['points']} 个点，每点 {r.seeds} 个"
        "种子。  \n"
        f"Main outcomes without a policy; {r.manifest['factors']} numbers and structures move at once within "
        f"their near ranges, as {len(factors)} factors: the regime, the decision rule (response to others, "
        "attachment, efficacy, habit and three kinds of minority motive, each on or off, and the response to "
        "others three times as strong), how ties are built, the mix of disputes, the few numbers that matter "
        "most by Morris, and all the others, organisations there or not among them, as one group. Numbers of "
        "policies are left out, as nothing reads them without a policy. "
        f"{rows} base rows, {r.manifest['points']} points, {r.seeds} seeds a point.")
    yield (
        "S₁ 是单独解释的方差比例，S_T 连同它与其他因子的交互；都是种子均值的方差，单次运行的运气已经扣除。方"
        "括号是 95% 区间：基准行整行重抽（bootstrap），每行的运气也在其中；种子太少时，种子对所有点的共同作用"
        "不在其中。估计值和区间都不截断：小于 0、大于 1 或 S₁ 大于 S_T 的部分就是误差。**粗体**：S_T 的区间"
        f"在 0 以上（逐个看，没有校正；共 {len(found)} 个）。  \n"
        "S₁: share of the variance explained alone; S_T: with all its interactions; both of the variance of "
        "the mean over seeds, the luck of single runs taken away. In brackets the 95 % interval, by "
        "bootstrap of whole base rows, in which the luck of each row is; what a seed does to all points "
        "alike is not in it when seeds are so few. Neither estimates nor intervals are cut off: what lies "
        "below 0 or above 1, or S₁ above S_T, is error. **Bold**: the interval of S_T lies above 0 "
        f"(each by itself, not adjusted; {len(found)} in all).")
    names = list(dict.fromkeys(found["outcome"]))
    cells = {(row["factor"], row["outcome"]): _shares(row) for row in records(found)}
    yield table(
        ("因子 · factor", *(both(outcome(name)) for name in names)),
        [(both(_GROUPS.get(key) or factor(key)), *(cells[key, name] for name in names)) for key in factors])


def _shares(row: dict[str, Any]) -> str:
    """Both indices of a factor in one cell."""
    if row["st"] != row["st"]:
        return "分不出 · not told"
    total = f"S_T {_index(row, 'st')}"
    return f"S₁ {_index(row, 's1')}<br>{f'**{total}**' if row['st_low'] > 0.0 else total}"


def _index(row: dict[str, Any], name: str) -> str:
    return "{} [{}, {}]".format(*(number(row[key], 2) for key in (name, f"{name}_low", f"{name}_high")))


def _sieve(root: Path) -> Iterator[str]:
    r = stored("evidence_sieve", root)
    found, tried = r.table("sieve"), len(varied("near"))
    yield (
        f"{r.manifest['points']} 个点的拉丁超立方，全部 {tried} 个不确定的数字和结构开关同时变动。按秩逐个选"
        f"入，Bonferroni 校正后 p < 0.05；括号里是它解释的秩方差。每格最多列 {TEN} 个，其余写明个数。  \n"
        f"A Latin hypercube of {r.manifest['points']} points with all {tried} uncertain numbers and "
        "structural switches "
        "moving at once; forward selection on ranks, p < 0.05 after Bonferroni; in brackets the share of "
        f"rank variance. At most {TEN} a cell; how many more were taken in is said.")
    rows = []
    for of in dict.fromkeys(found["of"]):
        for name in OUTCOMES:
            all_taken = records(found[(found["of"] == of) & (found["outcome"] == name)])
            mine, more = all_taken[:TEN], len(all_taken) - TEN
            parts = [f"{'＋' if row['rho'] > 0 else '−'}{both(factor(str(row['factor']), str(row['value'])))}"
                     f" ({percent(row['gain'])})" for row in mine]
            if more > 0:
                parts.append(f"另有 {more} 个 · {more} more")
            taken = "<br>".join(parts) or "没有一个看得出 · none told"
            rows.append((_what(str(of)), both(outcome(name)), taken))
    yield table(("分析对象 · of", "指标 · outcome", "选入的 · taken in"), rows)
