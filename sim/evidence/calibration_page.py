"""``docs/calibration.md``: what data narrowed, and what held-out patterns and claims then say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.evidence.calibration_claims import elsewhere, reached, relative, required, untried
from sim.evidence.posterior import Met, chance_shrinkage, course, distinct, met, seeds, unmoved
from sim.evidence.stored import REFERENCE, Reference, stored
from sim.evidence.words import MADE, MARK, both, factor, in_unit, outcome, percent, plain, table, titled
from sim.params import Label
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records

STRICT, PROJECT = "evidence_calibration", "calibrate_chaoyang"

_WHAT = Label(
    zh="两次校准，都是短形式，目标相同，都是 evidence.md §2 与 §4 允许作目标的数字：物业费收缴率（76%，B）和"
       "党员与其他人之差（约 17 个百分点，特征 2，B）。后者是**投票**的差距，模型没有居委会选举，这里用**参"
       "与**代；模型里唯一的表决（业主表决）中党员并不领先，点估计反而相反（见[检验](validation.md)特征 "
       "2），所以“党员领先”只就参与而言。该表的投票率水平（47.9%）各样本口径不同，既不作目标，也不作检"
       "验。**严格校准**变动缴费与党员示范的参数，**项目自带的校准**变动倾向、习惯、熟人与信任的参数：同样的"
       "目标，换一组参数去试；够不够得着，各节写明。其余特征与来源的主张一律留出，事后判。",
    en="Two calibrations, both in short form, to the same targets, which evidence.md §2 and §4 allow: "
       "collection of property fees (76 %, B) and members minus others (some 17 points, pattern 2, B). The "
       "latter is a gap in *voting*; the model has no election of the residents' committee, so *taking "
       "part* stands in. In the only votes of the model, those of owners, members are not ahead, and the "
       "estimate has the other sign (pattern 2 of [validation](validation.md)): their lead holds for taking "
       "part alone. The level of turnout in that table (47.9 %) mixes samples and is neither target nor "
       "check. The *strict* calibration moves parameters of paying and of the members' example, *the "
       "project's own* those of inclination, habit, contacts and trust: the same targets, tried with other "
       "parameters; whether these reach them, each section says. All other patterns and the sources' "
       "claims are held out and judged afterwards.")
_NOT = Label(
    zh="**这不使模型成为校准过的模型。** 两个全国或上海的数字，远少于模型的四百多个假设数字；满足它们的参数"
       "组合很多。下面的检验只在这几个参数变动、其余固定在默认值时成立。",
    en="**This does not make the model a calibrated one.** Two figures, national or of Shanghai, are far "
       "fewer than its four hundred assumed numbers, and many sets of parameters meet them. The tests below "
       "hold while only these parameters move and all others stay at their defaults.")


def page(root: Path = REFERENCE) -> str:
    """The page, in both languages."""
    return "\n\n".join(_parts(root)) + "\n"


def _parts(root: Path) -> Iterator[str]:
    yield "# 校准能说什么 · What calibration can say"
    yield MADE
    yield MARK
    yield f"{_NOT.zh}\n\n{_NOT.en}"
    yield f"{_WHAT.zh}\n\n{_WHAT.en}"
    for study, zh, en in ((STRICT, "严格校准", "The strict calibration"),
                          (PROJECT, "项目自带的校准", "The project's own calibration")):
        r = stored(study, root)
        yield f"## {zh} · {en}"
        yield "### 先验到后验 · Prior to posterior"
        yield _waves(r)
        yield from _course(r)
        yield from _shrinkage(r)
        if study == STRICT:
            yield "![](img/evidence/calibration.zh.png)\n\n![](img/evidence/calibration.en.png)"
        yield "### 目标与留出的特征 · Targets, and patterns held out"
        yield from _checks(r)
        yield "### 来源的主张 · The sources' claims"
        yield from reached(r)
        yield r.told()
        yield _seeds(r)
    yield "## 那些主张要求什么 · What the claims would require"
    yield from required(STRICT, root)
    yield "## 别的情景的主张 · Claims of other scenarios"
    yield from elsewhere(root)
    yield "## 没有试的主张 · Claims not tried"
    yield from untried()


def _shrinkage(r: Reference) -> Iterator[str]:
    effective, known = course(r).effective, records(r.table("shrinkage"))
    chance, rows, told = chance_shrinkage(effective, len(known)), [], []
    for row in known:
        name, shrunk = factor(str(row["parameter"])), float(row["shrinkage"])
        if shrunk > chance:
            told.append(name)
        rows.append((
            f"{both(name)}<br>`{row['parameter']}`",
            f"{number(row['prior_low'])} … {number(row['prior_high'])}",
            f"{number(row['median'])} [{number(row['low'])}, {number(row['high'])}]", percent(shrunk),
            "是 · yes" if shrunk > chance else "看不出 · not told"))
    yield table((
        "参数 · parameter", "先验 · prior", "后验中位数 [95%] · posterior median [95 %]",
        "方差收窄 · variance shrunk", "超出偶然 · beyond chance"), rows)
    zh = "、".join(name.zh for name in told) or "没有一个"
    en = "; ".join(name.en for name in told) or "none"
    yield (
        f"有效粒子约 {effective:.0f} 个：即使数据毫无信息，{len(rows)} 个参数的方差也会有 95% 的机会全在 "
        f"±{percent(chance)} 以内（按 Bonferroni，每个 5%/{len(rows)}，双侧）。因此至多能说数据收窄"
        f"了：**{zh}**；离这条线不远的，换一组种子可能就不在其列。  \n"
        f"With some {effective:.0f} effective particles, and no information at all, the variances of all "
        f"{len(rows)} parameters would stay within ±{percent(chance)} with 95 % probability (Bonferroni, 5 % "
        f"÷ {len(rows)} each, two-sided). Data can at most be said to have narrowed: **{en}**; what is near "
        "that line may not be there with other seeds.")


def _course(r: Reference) -> Iterator[str]:
    """How ABC ended, and how near the draws come to what was fitted."""
    c, draws = course(r), len(r.table("draws"))
    one, two = met(r, 1.0), met(r, 2.0)
    yield (
        f"ABC：{c.particles} 个粒子（有效约 {c.effective:.0f} 个），{c.generations} 代后容差 "
        f"{c.tolerance:.2g} 个噪声标准差，停止原因：{c.stop.zh}；这一容差使后验约宽 {percent(c.wider)}。检验"
        f"用后验抽出的 {draws} 组，其中不同的 {distinct(r)} 组。  \n"
        f"ABC: {c.particles} particles (some {c.effective:.0f} effective); tolerance {c.tolerance:.2g} "
        f"standard deviations of the noise after {c.generations} generations, ended because: {c.stop.en}; "
        f"that tolerance makes the posterior some {percent(c.wider)} too wide. Checked at {draws} draws, "
        f"{distinct(r)} of them distinct.")
    yield (
        f"不同的 {one.of} 组里，**全部拟合目标**同时在 1 倍误差内的有 {one.hits} 组（{_share(one)}），2 倍误"
        f"差内的有 {two.hits} 组（{_share(two)}）；误差若是正态、目标若互不相关，精确的后验约有 "
        f"{percent(one.expected)} 和 {percent(two.expected)}。  \n"
        f"Of {one.of} distinct draws, {one.hits} have *all fitted targets* within one error ({_share(one)}) "
        f"and {two.hits} within two ({_share(two)}); of an exact posterior, with normal errors and targets "
        f"independent, some {percent(one.expected)} and {percent(two.expected)} would.")
    if one.high < one.expected or two.high < two.expected:
        yield (
            "这低于精确的后验应有的比例：这些参数够不着目标、容差，或少数种子的运气，都会如此。**拟合并不"
            "好**，下面的预测与主张都带着这一点。  \n"
            "That is fewer than of an exact posterior: parameters that do not reach the targets, the "
            "tolerance, or the luck of few seeds make it so. *The fit is not good*, and what is predicted "
            "and said of claims below rests on it.")


    for still in unmoved(r):
        name = Label(zh=titled(still.outcome, False, "zh"), en=titled(still.outcome, False, "en"))
        low, high = plain(still.low, still.outcome), plain(still.high, still.outcome)
        yield (
            f"变动的参数几乎不动**{name.zh}**：各组均值在 {low} 到 {high} 之间，差别远小于目标的误差，所以"
            "谈不上拟合它；下表它的“相容”来自预测区间的宽度，不说明任何参数。  \n"
            f"The parameters that were moved hardly move *{name.en}*: the draws' means lie between {low} and "
            f"{high}, far less apart than the target's error. Nothing was fitted to it; that it is "
            "compatible below comes of the width of the prediction, and speaks for no parameter.")


def _waves(r: Reference) -> str:
    """What history matching ruled out before ABC."""
    waves = records(r.table("waves"))
    last = waves[-1]
    left, points = percent(float(last["share_left"])), sum(int(row["points"]) for row in waves)
    if float(last["share_left"]) == 1.0:
        return (
            f"历史匹配（{points} 个点）没有排除先验的任何部分：在目标的误差之内，没有一组参数是不可能的。  \n"
            f"History matching ({points} points) ruled out nothing of the prior: within the targets' errors "
            "no set of parameters is implausible.")
    return (
        f"历史匹配 {len(waves)} 轮（{points} 个点）后，先验还剩 {left}；最后一轮排除最多的目标是 "
        f"`{last['rules_out_most']}`。  \n"
        f"After {len(waves)} waves of history matching ({points} points) {left} of the prior was left; the "
        f"target that ruled out most in the last was `{last['rules_out_most']}`.")


def _share(found: Met) -> str:
    return f"{percent(found.hits / found.of)} [{percent(found.low)}, {percent(found.high)}]"


def _seeds(r: Reference) -> str:
    matching, abc, last = seeds(r)
    return (
        f"种子数是各步中最多的：历史匹配每点 {matching} 个，ABC 每点 {abc} 个，检验每组 {last} 个。  \n"
        f"The number of seeds is that of the step with most: {matching} a point in history matching, {abc} "
        f"in ABC, {last} a draw in the checks.")


def _checks(r: Reference) -> Iterator[str]:
    rows, held, kept = [], 0, 0
    for row in records(r.table("checks")):
        out = row["use"] == "held_out"
        held += out
        kept += bool(out and row["covered"])
        name = str(row["outcome"])
        contrast = row["statistic"] == "difference"
        show = relative if row["statistic"] == "relative" else lambda x, name=name, c=contrast: (
            in_unit(x, name) if c else plain(x, name))
        rows.append((
            f"{_called(row)}<br>`{row['target']}`", _wanted(row, show),
            f"{show(row['predicted'])} [{show(row['low'])}, {show(row['high'])}]",
            "留出 · held out" if out else "拟合 · fitted", str(row["evidence"]),
            "相容 · compatible" if row["covered"] else "**不符 · not met**"))
    yield table((
        "目标 · target", "应为 · should be", "后验预测 [95%] · posterior prediction [95 %]", "用途 · use",
        "等级 · grade", "判定 · verdict"), rows)
    draws = int(r.table("checks")["draws"].max())
    yield (
        f"后验 {draws} 组参数；留出 {held} 项，相容 {kept} 项。“相容”只是区间与应有的范围相交，不是证明；方向"
        "性的特征（只要求正负）容易相容。  \n"
        f"{draws} draws of the posterior; {held} held out, {kept} of them compatible. Compatible means that "
        "the interval meets the range, and proves nothing; patterns of direction alone are easily met.")
    if "pattern_1_age" in {str(row["target"]) for row in records(r.table("checks"))}:
        yield (
            "这里的特征 1 只是“60 岁以上多于 18–59 岁”，逐个年龄段的检验不成立；特征 3、5、6、8、10–15 不在"
            "此表。十五个特征在默认值下的判定以[检验](validation.md)为准。  \n"
            "Pattern 1 is here no more than 60 and over against 18 to 59; band by band it fails. Patterns "
            "3, 5, 6, 8 and 10 to 15 are not in this table. The verdicts on all fifteen, at the defaults, "
            "are those of [validation](validation.md).")


def _called(row: dict[str, Any]) -> str:
    """Outcome with its unit; beside which arms are compared, if they are."""
    name, contrast = str(row["outcome"]), row["statistic"] == "difference"
    if row["statistic"] == "relative":
        label = Label(zh=f"{outcome(name).zh}（相对变化）", en=f"{outcome(name).en} (relative change)")
    else:
        label = Label(zh=titled(name, contrast, "zh"), en=titled(name, contrast, "en"))
    against = f"{row['arm']} − {row['against']}" if str(row["against"]) else str(row["arm"])
    return f"{both(label)}: {against}"


def _wanted(row: dict[str, Any], show: Any) -> str:
    low, high = float(row["observed_low"]), float(row["observed_high"])
    if math.isinf(low):
        return f"≤ {show(high)}"
    if math.isinf(high):
        return f"≥ {show(low)}"
    error = float(row["error"])
    return f"{show(low)} ± {show(error).lstrip('+')}" if low == high else f"{show(low)} … {show(high)}"
