"""``docs/calibration.md``: what data narrowed, and what held-out patterns and claims then say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.stored import REFERENCE, Reference, stored, there
from sim.evidence.words import MADE, MARK, both, factor, in_unit, outcome, percent, plain, table, titled
from sim.params import Label
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

STRICT, PROJECT, SIEVE = "evidence_calibration", "calibrate_chaoyang", "evidence_sieve"
UNIFORM_KURTOSIS = 1.8

_WHAT = Label(
    zh="两次校准，都是短形式。**严格校准**只用 evidence.md §2 与 §4 允许作目标的数字：物业费收缴率（76%，B）"
       "和党员"
       "与其他人之差（约 17 个百分点，特征 2，B；投票的差距，用参与率代）。**项目自带的校准**另用上海居委会投"
       "票率的"
       "水平（47.9%，B）；实证说明该表各数来自不同样本，只宜用差距和年龄梯度，所以它的结果只作参照。其余特征"
       "与来源的主张一律留出，事后判。",
    en="Two calibrations, both in short form. The *strict* one uses only figures that evidence.md §2 and §4 "
       "allow as "
       "targets: collection of property fees (76 %, B) and members minus others (some 17 points, pattern 2, "
       "B; a gap in "
       "voting, for which taking part stands in). *The project's own* also uses the level of turnout of "
       "Shanghai's "
       "committee elections (47.9 %, B); the evidence says of that table that its samples differ and only "
       "gaps and the "
       "age gradient should be used, so its results stand beside. All other patterns and the sources' claims "
       "are held out and judged afterwards.")
_NOT = Label(
    zh="**这不使模型成为校准过的模型。** 两三个全国或上海的数字，远少于模型的四百多个假设数字；满足它们的参数"
       "组合很多。下面的检验只在这几个参数变动、其余固定在默认值时成立。",
    en="**This does not make the model a calibrated one.** Two or three figures, national or of Shanghai, are"
       " far fewer "
       "than its four hundred assumed numbers, and many sets of parameters meet them. The tests below hold "
       "while only these parameters move and all others stay at their defaults.")


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
        yield from _shrinkage(r)
        if study == STRICT:
            yield "![](img/evidence/calibration.zh.png)\n\n![](img/evidence/calibration.en.png)"
        yield "### 目标与留出的特征 · Targets, and patterns held out"
        yield from _checks(r)
        yield "### 来源的主张 · The sources' claims"
        yield from _claims(r)
        yield r.told()
    yield "## 那些主张要求什么 · What the claims would require"
    yield from _required(root)


def chance_shrinkage(effective: float) -> float:
    """Shrinkage of a parameter without any information that 95 % of samples of that size stay below.

    The variance of a sample of n from a uniform prior has relative variance (κ − (n − 3)/(n − 1))/n with
    κ = 1.8.
    """
    n = max(effective, 2.0)
    return 1.96 * math.sqrt((UNIFORM_KURTOSIS - (n - 3.0) / (n - 1.0)) / n)


def _shrinkage(r: Reference) -> Iterator[str]:
    effective = float(r.table("generations")["ess"].iloc[-1])
    chance, rows, told = chance_shrinkage(effective), [], []
    for row in records(r.table("shrinkage")):
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
        f"有效粒子约 {effective:.0f} 个：即使数据毫无信息，95% 的方差也会在 ±{percent(chance)} 以内显得收窄"
        f"或放宽。看了 {len(rows)} 个参数，因此至多能说数据收窄了：**{zh}**；离这条线不远的，换一组种子可能就"
        "不在其列。  \n"
        f"With some {effective:.0f} effective particles, 95 % of variances would seem to shrink or grow by "
        f"up to {percent(chance)} without any information. Of {len(rows)} parameters looked at, data can at "
        f"most be said to have narrowed: **{en}**; what is near that line may not be there with other seeds.")


def _checks(r: Reference) -> Iterator[str]:
    rows, held, kept = [], 0, 0
    for row in records(r.table("checks")):
        out = row["use"] == "held_out"
        held += out
        kept += bool(out and row["covered"])
        name = str(row["outcome"])
        contrast = row["statistic"] == "difference"
        show = _relative if row["statistic"] == "relative" else lambda x, name=name, c=contrast: (
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
        f"性的特征（只要求正负）容易相容。  \n"
        f"{draws} draws of the posterior; {held} held out, {kept} of them compatible. Compatible means that "
        f"the interval meets the range, and proves nothing; patterns of direction alone are easily met.")
    if "pattern_1_age" in {str(row["target"]) for row in records(r.table("checks"))}:
        yield (
            "这里的特征 1 只是“60 岁以上多于 18–59 岁”，逐个年龄段的检验不成立；特征 3、5、6、8、10–15 不"
            "在此表。十五个特征在默认值下的判定以[检验](validation.md)为准。  \n"
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


def _relative(value: float) -> str:
    return f"{100 * value:+.0f}%".replace("-", "−")


def _claims(r: Reference) -> Iterator[str]:
    rows = []
    found = r.table("claims")
    for claim, mine in found.groupby("claim", sort=False):
        share = {str(row["verdict"]): row for row in records(mine)}
        reached = share["reached"]
        rows.append((
            f"`{claim}`",
            f"{percent(reached['share'])} [{percent(reached['low'])}, {percent(reached['high'])}]",
            *(percent(share[one]["share"]) for one in ("weaker", "undetermined", "opposite"))))
    yield table((
        "主张（S1，C） · claim (S1, C)", "达到 [95%] · reached", "同向但较弱 · weaker", "未定 · undetermined",
        "反向 · opposite"), rows)


def _required(root: Path) -> Iterator[str]:
    draws = stored(STRICT, root).table("draws")
    best = draws.iloc[int(draws["target:participation"].argmax())]
    disputes = float(draws["target:neighbour_disputes"].min())
    yield (
        f"- 参与率升到 70% 以上：后验各组中最高 {percent(best['target:participation'])}，那一组的基准倾向为 "
        f"{number(best['participation.intercept'])}，同时业主表决率为 {percent(best['target:turnout'])}（实证"
        "的居委会投票率"
        f"为 47.9%），无政策时的参与率为 {percent(best['target:participation-control'])}（主张要求低于 30%）"
        "。  \n"
        f"  Participation above 70 %: at most {percent(best['target:participation'])} among the draws, with "
        f"an inclination of {number(best['participation.intercept'])}; that draw has a turnout of "
        f"{percent(best['target:turnout'])} (47.9 % in "
        "committee elections) and, without a policy, a participation of "
        f"{percent(best['target:participation-control'])} (the claim wants less than 30 %).")
    yield (
        f"- 邻里纠纷下降 40%：后验各组中最多 {_relative(disputes)}。  \n"
        f"  Neighbour disputes down by 40 %: at most {_relative(disputes)} among the draws.")
    if not there(SIEVE, root):
        return
    r = stored(SIEVE, root)
    required, moved = r.table("required"), r.table("required_factors")
    for row in records(required):
        yield _near(row, moved[moved["claim"] == row["claim"]], r.manifest["factors"])


def _near(row: dict[str, Any], moved: pd.DataFrame, factors: int) -> str:
    claim, points, hits = str(row["claim"]), int(row["points"]), int(row["reached"])
    show = percent if claim == "participation" else _relative
    names = [factor(str(one["factor"]), str(one["value"])) for one in records(moved)[:5]]
    signs = ["＋" if one["rho"] > 0 else "−" for one in records(moved)[:5]]
    zh = "、".join(f"{sign}{name.zh}" for sign, name in zip(signs, names, strict=True)) or "没有一个看得出"
    en = "; ".join(f"{sign}{name.en}" for sign, name in zip(signs, names, strict=True)) or "none told"
    if claim == "participation":
        what = Label(zh="邻里节方案的参与率", en="participation under the festival")
        most = Label(
            zh=f"最高 {show(row['best'])}（主张还要求无政策时低于 30%）",
            en=f"at most {show(row['best'])} (the claim wants less than 30 % without a policy besides)")
    else:
        what = Label(zh="邻里纠纷的相对变化", en="a relative change of neighbour disputes")
        most = Label(zh=f"最低 {show(row['best'])}", en=f"at lowest {show(row['best'])}")
    return (
        f"- 同时移动全部 {factors} 个不确定参数（默认值的一半到两倍）的 {points} 个点中，{hits} 个达到 "
        f"`{claim}`；90% 的点，{what.zh}在 {show(row['low'])} 到 {show(row['high'])} 之间，{most.zh}。主要"
        f"随之变的：{zh}。  \n"
        f"  With all {factors} uncertain numbers moved at once (half to twice the default), {hits} of "
        f"{points} points reach `{claim}`; 90 % of points have {what.en} from {show(row['low'])} to "
        f"{show(row['high'])}, {most.en}. It hangs mostly on: {en}.")
