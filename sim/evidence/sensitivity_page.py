"""``docs/sensitivity.md``: the numbers that matter most, and the conclusions that flip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence import flips_page
from sim.evidence.factors import left_out, varied
from sim.evidence.flips_page import CONCLUSIONS
from sim.evidence.sensitivity import LEVEL_OF, TEN, overall, top
from sim.evidence.stages import OF, OUTCOMES
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
    yield from flips_page.structures(root)
    yield from flips_page.whole(root)
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
        "evidence`，约一小时。默认值下的特征检验另见[检验](validation.md)。  \n"
        "Study files are written from the registry of parameters and from the results of the step before; "
        "all of it again: `make evidence`, about an hour. Patterns at the defaults: "
        "[validation](validation.md).")


STUDIES = ("evidence_sieve", "evidence_morris", "evidence_sobol", "evidence_whole", "evidence_structure")


def _overall(root: Path) -> Iterator[str]:
    """Ten factors over all responses."""
    if not there("evidence_morris", root):
        return
    found = overall(stored("evidence_morris", root).table("morris"))
    yield "## 最要紧的十个 · The ten that matter most"
    yield (
        "按 Morris 的 μ*，在任何一个结果（无政策的水平，或两种方案之差）中所占份额最大者居先；只列与 0 分得"
        f"开的，共 {len(found)} 个。份额是它的 μ* 占该结果中全部因子 μ* 之和的比例。  \n"
        "By Morris's μ*: those first that have the greatest part in any one response (a level without a "
        "policy, or a difference of arms), as far as they are told from 0; "
        f"{len(found)} are. The part is its μ* over the sum of all factors' there.")
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
        "μ*：在近处范围内移动它时指标变化的平均大小（指标的单位），σ 大则起作用要看别的参数。† 与 0 分不开。"
        "换协调方式的平均变化列在一旁，可以直接相比。  \n"
        f"Morris screening of the {r.manifest['factors']} factors that the sieve left, all structural "
        "switches among them; "
        f"{trajectories} trajectories, {r.seeds} seeds. μ*: mean size of the change as it moves within its "
        "near range, in "
        "units of the outcome; a large σ says that its effect hangs on others. † not told from 0. The mean "
        "change by another regime stands beside, to be compared directly.")
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
        told = "" if row["mu_star_low"] > 0.0 else " †"
        sign = "升 · raises" if row["mu"] > 0.5 * row["mu_star"] else (
            "降 · lowers" if row["mu"] < -0.5 * row["mu_star"] else "方向不定 · either way")
        known = factor(str(row["factor"]))
        yield (f"{place}. {both(known)} (`{row['factor']}`): {sign}; μ* {plain(row['mu_star'], name)} "
               f"[{plain(row['mu_star_low'], name)}, {plain(row['mu_star_high'], name)}], "
               f"σ {plain(row['sigma'], name)}{told}")


def _sobol(root: Path) -> Iterator[str]:
    if not there("evidence_sobol", root):
        return
    r = stored("evidence_sobol", root)
    found = r.table("sobol")
    rows = int(found["rows"].max())
    yield "### 方差分解 · Variance (Sobol)"
    yield (
        f"Morris 认为最要紧的 {r.manifest['factors']} 个参数，{rows} 个基准行，{r.seeds} 个种子为块。S₁ 是单"
        "独解释的方差比例，S_T 连同交互；只列 S_T 的 95% 区间不含 0 的。基准行很少：估计值可以超出 0–1（那是"
        "误差，区间截在 0–1 内，而且偏窄），只能提示有无，不能比大小。  \n"
        f"The {r.manifest['factors']} numbers that matter most by Morris, {rows} base rows, {r.seeds} seeds "
        "as blocks. S₁: share of the variance explained alone; S_T: with interactions; listed where the 95 % "
        "interval of S_T leaves out 0. Base rows are few: estimates can lie outside 0 to 1, which is their "
        "error (intervals end at 0 and 1, and are too narrow): a hint that a number matters, not how much.")
    lines = []
    for of in OF:
        for name in OUTCOMES:
            mine = found[(found["of"] == of) & (found["outcome"] == name)]
            told = mine[mine["st_low"] > 0.0].sort_values("st", ascending=False, kind="stable")
            parts = [
                f"{both(factor(str(row['factor'])))}: S₁ {_index(row, 's1')}, S_T {_index(row, 'st')}"
                for row in records(told)]
            none = "方差与运气分不开 · no variance told from luck" if mine["st"].isna().all() else (
                "没有一个看得出 · none told")
            lines.append((_what(of), both(outcome(name)), "<br>".join(parts) or none))
    yield table(("分析对象 · of", "指标 · outcome", "参数：S₁ [95%]，S_T [95%] · number"), lines)


def _index(row: dict[str, Any], name: str) -> str:
    return f"{number(row[name], 2)} [{number(row[f'{name}_low'], 2)}, {number(row[f'{name}_high'], 2)}]"


def _sieve(root: Path) -> Iterator[str]:
    r = stored("evidence_sieve", root)
    found, tried = r.table("sieve"), len(varied("near"))
    yield (
        f"{r.manifest['points']} 个点的拉丁超立方，全部 {tried} 个不确定的数字和结构开关同时变动。按秩逐个选"
        "入，Bonferroni 校正后 p < 0.05；括号里是它解释的秩方差。  \n"
        f"A Latin hypercube of {r.manifest['points']} points with all {tried} uncertain numbers and "
        "structural switches "
        "moving at once; forward selection on ranks, p < 0.05 after Bonferroni; in brackets the share of "
        "rank variance.")
    rows = []
    for of in dict.fromkeys(found["of"]):
        for name in OUTCOMES:
            mine = records(found[(found["of"] == of) & (found["outcome"] == name)])[:TEN]
            parts = [f"{'＋' if row['rho'] > 0 else '−'}{both(factor(str(row['factor']), str(row['value'])))}"
                     f" ({percent(row['gain'])})" for row in mine]
            taken = "<br>".join(parts) or "没有一个看得出 · none told"
            rows.append((_what(str(of)), both(outcome(name)), taken))
    yield table(("分析对象 · of", "指标 · outcome", "选入的 · taken in"), rows)
