"""``docs/findings.md``: when one core beats the other regimes, and when not, from the stored study."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.boxes_page import boxes_told
from sim.evidence.conditions import DEFAULT_HOURS, JUDGED, OTHERS
from sim.evidence.signs import SIDES, luck_bound, told
from sim.evidence.stored import REFERENCE, Reference, stored
from sim.evidence.words import (
    ESTATES,
    MADE,
    MARK,
    REGIMES,
    both,
    factor,
    in_unit,
    outcome,
    percent,
    table,
    titled,
)
from sim.params import Label
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

STUDY = "evidence_findings"
ALL = Label(zh="三种小区", en="all estates")
DAGGER = "†"
"""After a share that is no more than luck in any estate."""

_QUESTION = Label(
    zh="**问题**：同样的人、工时和钱，一核多元什么时候好于多头无核、行政包办、居民自治，什么时候不如？",
    en="**Question**: with the same people, hours and money, when does one core do better than fragmented, "
       "administrative and self-governing coordination, and when worse?")
_LIMITS = (
    Label(zh="数字是一个未经校准的模型在假设的范围内给出的，说明机制推出什么，不说明任何真实社区如何；证据等"
             "级 D。",
          en="These are figures of an uncalibrated model over assumed ranges: what the mechanisms imply, not "
             "how any real community is. Evidence grade D."),
    Label(zh="“占多少比例的情形”只相对于下列范围和均匀抽样而言；换一个范围，比例就变。",
          en="\"In so many per cent of conditions\" holds for the ranges below, sampled evenly; other ranges "
             "give other shares."),
    Label(zh="每点种子很少，“更好”指每个种子都更好；只凭运气会有多少，见“逐项”末行。小区域、短时间（见末尾）"
             "，"
             "长期后果（信任、能力、骨干的积累）没有看到。",
          en="Seeds are few; \"better\" means better with every one of them; what luck alone would give is "
             "said at the end of \"One by one\". Communities are small and runs short (see the end): what "
             "builds up over years (trust, skill, volunteers) is not seen."),
    Label(zh="所有设计点、小区和协调方式用的是同样几个种子，也就是同样几份运气；同一种子在许多点上一起偏，算"
             "作一份"
             "运气才对。下面的界限和 p 把各点当作独立，所以仍嫌太宽容，宽容多少不知道；换一批种子，边上的结"
             "论会变。",
          en="All design points, estates and regimes have the same few seeds, that is, the same few pieces "
             "of "
             "luck: where one seed leans the same way at many points, that is one piece of luck, not many. "
             "The"
             " bounds and p-values below take points as independent, so even they are too lenient, by an "
             "unknown amount; other seeds would change what is marginal."),
    Label(zh="一核多元与其他方式的差别来自写进模型的规则：谁召集、谁决定、注意力用在哪（[协调方式"
             "](regimes.md)）。规"
             "则本身没有用数据检验过；换一种同样合理的写法，结论可能不同。",
          en="Regimes differ by rules written into the model: who convenes, who decides, where attention goes"
             " ([regimes](regimes.md)). The rules themselves have not been tested on data; rules equally "
             "plausible may give other answers."),
    Label(zh="三种小区只是三组假设的数字，不是样本。",
          en="The three estates are three sets of assumed numbers, no sample."))
_NEEDED = Label(
    zh="要说得更强，至少需要：同一地区若干社区的工单记录（开始、结束、是否反弹、满意度）和各方工时，用于校准"
       "办理一侧；"
       "协调方式确有差别的社区对照，或改变方式前后的记录；居民对发言权和自主感的调查。模型可以先在这些数据上"
       "被证伪。",
    en="To say more one would need at least: case records of several communities of one area (opened, closed,"
       " relapsed, satisfaction) with hours of all actors, to calibrate handling; communities that do differ "
       "in how "
       "they coordinate, or records from before and after a change; a survey of voice and autonomy. The model"
       " could then be shown wrong.")


def page(root: Path = REFERENCE) -> str:
    """The page, in both languages."""
    return "\n\n".join(_parts(stored(STUDY, root))) + "\n"


def _parts(r: Reference) -> Iterator[str]:
    signs, drivers = r.table("signs"), r.table("drivers")
    yield "# 一核多元何时更好，何时不如 · When one core does better, and when worse"
    yield MADE
    yield MARK
    yield f"{_QUESTION.zh}\n\n{_QUESTION.en}"
    yield "## 限度 · Limits"
    yield "\n".join(f"- {one.zh}  \n  {one.en}" for one in _LIMITS)
    yield "## 结论 · Findings"
    yield "\n".join(_plain(signs, r.table("bands")))
    yield "### 逐项 · One by one"
    yield "\n".join(_sentences(signs))
    yield from _bands(r.table("bands"))
    yield "![](img/evidence/findings.zh.png)\n\n![](img/evidence/findings.en.png)"
    yield "## 在什么条件下 · Under which conditions"
    yield from boxes_told(r.table("looked"), r.table("boxes"))
    yield "### 差别随什么变 · What the difference hangs on"
    yield (
        "每个设计点先把三种小区平均，再用秩回归逐个选入（Bonferroni 校正后 p < 0.05），全部列出；＋：该因子"
        "越大，"
        "一核多元相对越好。没有选入，不等于没有影响。  \n"
        "Estates of each design point are averaged; then forward selection on ranks (p < 0.05 after "
        "Bonferroni), all of it listed; +: the greater the factor, the better one core by comparison. What "
        "is "
        "not listed is not shown to be without influence.")
    yield table(
        ("相对于 · against", "指标 · outcome", "因子（解释的秩方差） · factor (share of rank variance)"),
        _drivers(drivers))
    found = {*zip(drivers["other"], drivers["outcome"], strict=True)}
    if none := [(REGIMES[o], outcome(n)) for o in OTHERS for n in JUDGED if (o, n) not in found]:
        yield (f"没有选入任何因子的：{'；'.join(f'{o.zh}·{n.zh}' for o, n in none)}。  \n"
               f"No factor is taken in for: {'; '.join(f'{o.en}, {n.en}' for o, n in none)}.")
    yield "![](img/evidence/findings_map.zh.png)\n\n![](img/evidence/findings_map.en.png)"
    yield "## 全部数字 · All figures"
    yield (
        "一核多元减去另一种方式；“更好”“更差”指每个种子都如此的设计点的比例，方向按指标定（等待、纠纷以少为好"
        f"）；{DAGGER} 不多于运气（界限见“逐项”末行）。  \n"
        "One core minus the other; better and worse: share of design points at which it is so with every "
        f"seed, in the outcome's own better direction (waits and disputes: less); {DAGGER} no more than luck "
        "(the bound is at the end of \"One by one\").")
    yield table(
        ("小区 · estate", "相对于 · against", "指标 · outcome", "更好 · better", "更差 · worse",
         "未分 · not told",
         "差的中位数 [90% 的点] · median difference [90 % of points]"), _rows(signs))
    yield "## 要说得更强，需要什么 · What would be needed"
    yield f"{_NEEDED.zh}\n\n{_NEEDED.en}"
    yield "## 如何做的 · How it was done"
    yield r.told()
    yield (
        "范围、小区和政策见 [study.yaml](../results/reference/evidence_findings/study.yaml) 与 "
        "[experiments/evidence/findings.yaml](../experiments/evidence/findings.yaml)，写定后才运行，未按结果"
        "调整；看过两个种子的结果后加到四个，别的没有动。完整规模：`yihe sweep "
        "experiments/evidence/findings.yaml --yes`；本页与其他各步全部重做：`make evidence`，两个空闲的核"
        "约一个半小时。  \n"
        "Ranges, estates and policies stand in those files; they were written before the first run and never "
        "tuned to a result. After a look at two seeds there were made four, and nothing else was changed. "
        "All of it again, with the other studies: `make evidence`, an hour and a half on two free cores.")


def verdict(row: dict[str, Any], shown: Collection[str]) -> Label:
    """One word on how often one core is ahead; never more than the shares say.

    Parameters
    ----------
    row : dict
        ``better, worse``: shares.
    shown : collection of str
        Which of both are more than luck.
    """
    better, worse = float(row["better"]), float(row["worse"])
    if {*SIDES}.issubset(shown):
        return Label(zh="看条件", en="depends on conditions")
    if "better" in shown:
        return (Label(zh="多半更好", en="mostly better") if better > 0.5 else
                Label(zh="有的情形更好", en="better in some conditions"))
    if "worse" in shown:
        return (Label(zh="多半更差", en="mostly worse") if worse > 0.5 else
                Label(zh="有的情形更差", en="worse in some conditions"))
    return Label(zh="分不出", en="not told from luck")


def _where(signs: pd.DataFrame, other: str, name: str) -> dict[str, list[str]]:
    """Estates in which a side is more than luck, each side."""
    rows = records(signs[(signs["other"] == other) & (signs["outcome"] == name)])
    tests = len(SIDES) * len(signs)
    return {side: [str(row["estate"]) for row in rows if side in told(row, tests)] for side in SIDES}


def _plain(signs: pd.DataFrame, bands: pd.DataFrame) -> Iterator[str]:
    """What a reader takes home: figures in words that would stand whatever they come to."""
    many, few = bands["from"] == bands["from"].max(), bands["from"] == bands["from"].min()
    for name in ("real_resolution_rate", "satisfaction"):
        cells = {
            other: [_band(records(bands[held & (bands["other"] == other) & (bands["outcome"] == name)])[0])
                    for held in (many, few)] for other in OTHERS}
        zh = "；".join(
            f"与{REGIMES[o].zh}比，核心工时够默认值的情形中{a[0]}，不足一半的情形中{b[0]}"
            for o, (a, b) in cells.items())
        en = "; ".join(
            f"against {REGIMES[o].en}, {a[1]} where the core has at least its default hours, {b[1]} where it "
            "has less than half of them" for o, (a, b) in cells.items())
        yield (f"- **{outcome(name).zh}**（按工时的划分是事后的）：{zh}。  \n"
               f"  **{outcome(name).en}** (divided by hours after looking): {en}.")
    for name in ("time_waiting", "autonomy"):
        said_zh, said_en = [], []
        for other in OTHERS:
            rows = signs[(signs["other"] == other) & (signs["outcome"] == name)]
            where = _where(signs, other, name)
            share = _share(_mean(rows), [side for side in SIDES if where[side]])
            low, high = (in_unit(float(v), name) for v in (rows["median"].min(), rows["median"].max()))
            said_zh.append(f"与{REGIMES[other].zh}比{share[0]}（三种小区的中位差 {low} 到 {high}）")
            said_en.append(
                f"against {REGIMES[other].en} {share[1]} (median differences of estates {low} to {high})")
        called = Label(zh=titled(name, True, "zh"), en=titled(name, True, "en"))
        yield f"- **{called.zh}**：{'；'.join(said_zh)}。  \n  **{called.en}**: {'; '.join(said_en)}."
    yield (f"- {DAGGER}：在任何一种小区里都不多于运气，不能算“有”。  \n"
           f"  {DAGGER}: no more than luck in any estate, so not shown to be there at all.")


def _mean(rows: pd.DataFrame) -> dict[str, float]:
    """Shares over all estates."""
    return {side: float(rows[side].mean()) for side in SIDES}


def _band(row: dict[str, Any]) -> tuple[str, str]:
    return _share(row, str(row["told"]).split())


def _share(row: Mapping[str, Any], shown: Collection[str]) -> tuple[str, str]:
    better, worse = (_marked(float(row[side]), side in shown) for side in SIDES)
    return f"更好 {better}、更差 {worse}", f"better in {better}, worse in {worse}"


def _marked(share: float, shown: bool) -> str:
    return percent(share) + ("" if shown else DAGGER)


def _sentences(signs: pd.DataFrame) -> Iterator[str]:
    """One sentence for each other regime and judged outcome, with the estates that it holds for."""
    for other in OTHERS:
        said_zh, said_en = [], []
        for name in JUDGED:
            row = _mean(signs[(signs["other"] == other) & (signs["outcome"] == name)])
            where = _where(signs, other, name)
            word, called = verdict(row, [side for side in SIDES if where[side]]), outcome(name)
            zh, en = (" / ".join(_held(float(row[side]), where[side]).text(lang) for side in SIDES)
                      for lang in ("zh", "en"))
            said_zh.append(f"{called.zh}：**{word.zh}**（更好 / 更差：{zh}）")
            said_en.append(f"{called.en}: **{word.en}** (better / worse: {en})")
        yield (f"- 与**{REGIMES[other].zh}**相比——{'；'.join(said_zh)}。  \n"
               f"  Against **{REGIMES[other].en}**: {'; '.join(said_en)}.")
    points, seeds, tests = int(signs["points"].min()), int(signs["seeds"].min()), len(SIDES) * len(signs)
    least, chance = luck_bound(points, seeds, tests), percent(0.5 ** seeds)
    yield (
        f"- 括号里是三种小区合计的比例，和确有其事的小区。两种方式若毫无差别，凭运气也会有 {chance} 的点“更"
        "好”、同样多“"
        f"更差”（{points} 点中 {points * 0.5 ** seeds:.0f} 点）；一种小区里至少 {least} 点如此，才算有：二项"
        "分布的精确界限，"
        f"{tests} 次比较合计错一次的机会不超过 5%（Bonferroni），{DAGGER} 表示没有达到。没有达到，不等于没有"
        "。  \n"
        "  In brackets: shares over all estates, and the estates in which they are shown. Were both alike, "
        "luck"
        f" would make {chance} of points better and as many worse ({points * 0.5 ** seeds:.0f} of "
        f"{points}); a "
        f"side counts from {least} points of an estate: the exact binomial bound at which {tests} "
        "comparisons "
        f"go wrong even once with a chance of 5 % at most (Bonferroni). {DAGGER} marks what stays below. "
        "That "
        "it does is no proof of nothing.")


def _held(share: float, estates: list[str]) -> Label:
    if not estates:
        return Label(zh=_marked(share, False), en=_marked(share, False))
    names = [ALL] if len(estates) == len(ESTATES) else [ESTATES[one] for one in estates]
    return Label(zh=f"{percent(share)}，{'、'.join(one.zh for one in names)}",
                 en=f"{percent(share)}, {' and '.join(one.en for one in names)}")


def _bands(bands: pd.DataFrame) -> Iterator[str]:
    """By the hours that the core has: the range studied goes far below the default."""
    yield "### 看核心有多少工时 · By the hours that the core has"
    yield (
        f"所试范围里，核心的可用工时（注意力份额 × 人手 × 40）多在默认值（每周每千人 {DEFAULT_HOURS:.0f} 小时"
        "）以下，上面的总比例因此偏向核心忙不过来的情形。**事后划分**：按工时这样分开时已看"
        "过结果，只是描述，不是事先定下的检验。更好 / 更差的比例（三种小区合计，各列的小区共用同样的设计点"
        f"；{DAGGER} 在这一段的任何一种小区里都不多于运气）。  \n"
        f"In the range studied the core mostly has fewer hours than the default ({DEFAULT_HOURS:.0f} a week "
        "per 1,000 residents), so the shares above lean towards a core that is short of time. *Divided "
        "after looking*: by hours, with results in sight; a description, no test set beforehand. Shares "
        "better"
        f" / worse, over all estates, which share their design points; {DAGGER} no more than luck in any "
        "estate of the band.")
    edges = list(dict.fromkeys(zip(bands["from"], bands["to"], strict=True)))
    rows = []
    for (other, name), mine in bands.groupby(["other", "outcome"], sort=False):
        cells = {(row["from"], row["to"]): " / ".join(
            _marked(row[side], side in str(row["told"]).split()) for side in SIDES) for row in records(mine)}
        rows.append((
            both(REGIMES[str(other)]), both(outcome(str(name))), *(cells.get(edge, "—") for edge in edges)))
    heads = []
    for low, high in edges:
        n = int(bands.loc[bands["from"] == low, "design_points"].iloc[0])
        heads.append((f"≥ {low:.0f}" if math.isinf(high) else f"{low:.0f}–{high:.0f}")
                     + f" h（{n} 点 × 3 种小区 · {n} points × 3 estates）")
    yield table(("相对于 · against", "指标 · outcome", *heads), rows)


def _drivers(drivers: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    for (other, name), rows in drivers.groupby(["other", "outcome"], sort=False):
        parts = [
            f"{'＋' if row['rho'] > 0 else '−'}{both(factor(str(row['factor'])))} "
            f"({percent(row['gain'])})" for row in records(rows)]
        yield both(REGIMES[str(other)]), both(outcome(str(name))), "<br>".join(parts)


def _rows(signs: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    tests = len(SIDES) * len(signs)
    for row in records(signs):
        name = str(row["outcome"])
        low, median, high = (in_unit(float(row[key]), name) for key in ("low", "median", "high"))
        yield (
            both(ESTATES[str(row["estate"])]), both(REGIMES[str(row["other"])]), both(outcome(name)),
            *(_marked(row[side], side in told(row, tests)) for side in SIDES), percent(row["untold"]),
            f"{median} [{low}, {high}]")
