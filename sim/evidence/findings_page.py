"""``docs/findings.md``: when one core beats the other regimes, and when not, from the stored study."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.conditions import DEFAULT_HOURS, JUDGED, OTHERS
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
from sim.report.studies.factors import plain
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

STUDY = "evidence_findings"
LEVEL = 0.05
FIGURES = f"../results/reference/{STUDY}"

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
    Label(zh="每点种子很少，“更好”指每个种子都更好；只凭运气会有多少，见结论末行。小区域、短时间（见末尾），"
             "长期后果（信任、能力、骨干的积累）没有看到。",
          en="Seeds are few; \"better\" means better with every one of them; what luck alone would give is "
             "said under the findings. Communities are small and runs short (see the end): what builds up "
             "over years (trust, skill, volunteers) is not seen."),
    Label(zh="三种小区用的是同一批设计点和种子，所以合计的 n 不是独立的：下面的 p 偏小，只宜看作排序。",
          en="The three estates share design points and seeds, so pooled numbers of conditions are not "
             "independent: the p-values below are too small, and good for ordering only."),
    Label(zh="一核多元与其他方式的差别来自写进模型的规则：谁召集、谁决定、注意力用在哪（[协调方式](regimes.md)）。规"
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
    signs, boxes, drivers = r.table("signs"), r.table("boxes"), r.table("drivers")
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
    yield (
        "PRIM 在全部情形（小区类型也是一个因子）中找一个条件框；这里按种子均值的正负分好坏。**覆盖**：框住"
        "多少该类情形；**密度**：框内该类情形的比例，与全部情形中的比例相比；**p**：在一半情形中找到的框，在另一半"
        "中是否也密，已按所找的框数校正，超过 0.05 的不列入表。")
    yield (
        "PRIM looks for a box of conditions among all of them (the kind of estate being a factor too); here "
        "the mean over seeds decides what is better. *Coverage*: share of such conditions inside; *density*: "
        "their share inside, beside that everywhere; *p*: whether a box found in one half of the conditions "
        "is dense in the other, adjusted for the boxes looked for; those above 0.05 are not in the tables.")
    yield from _boxes(boxes)
    yield "### 差别随什么变 · What the difference hangs on"
    yield (
        "秩回归逐个选入（Bonferroni 校正后 p < 0.05）；＋：该因子越大，一核多元相对越好。  \n"
        "Forward selection on ranks (p < 0.05 after Bonferroni); +: the greater the factor, the better one "
        "core by comparison.")
    yield table(
        ("相对于 · against", "指标 · outcome", "因子（解释的秩方差） · factor (share of rank variance)"),
        _drivers(drivers))
    yield "![](img/evidence/findings_map.zh.png)\n\n![](img/evidence/findings_map.en.png)"
    yield "## 全部数字 · All figures"
    yield (
        "一核多元减去另一种方式；“更好”“更差”指每个种子都如此的设计点的比例，方向按指标定（等待、纠纷以少为好"
        "）。  \n"
        "One core minus the other; better and worse: share of design points at which it is so with every "
        "seed, in the outcome's own better direction (waits and disputes: less).")
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
        "experiments/evidence/findings.yaml --yes`；本页与其他各步全部重做：`make evidence`，约一小时。  \n"
        "Ranges, estates and policies stand in those files; they were written before the first run and never "
        "tuned to a result. After a look at two seeds there were made four, and nothing else was changed. "
        "All of it again, with the other studies: `make evidence`, about an hour.")


def verdict(row: dict[str, Any]) -> Label:
    """One word on how often one core is ahead; never more than the shares say."""
    better, worse, chance = float(row["better"]), float(row["worse"]), float(row["chance"])
    if better > 0.5 and worse < chance:
        return Label(zh="多半更好", en="mostly better")
    if worse > 0.5 and better < chance:
        return Label(zh="多半更差", en="mostly worse")
    if better > chance and worse > chance:
        return Label(zh="看条件", en="depends on conditions")
    if max(better, worse) <= 1.5 * chance:
        return Label(zh="分不出", en="not told from luck")
    return Label(zh="更好居多，未过半" if better > worse else "更差居多，未过半",
                 en="better more often than worse" if better > worse else "worse more often than better")


def _plain(signs: pd.DataFrame, bands: pd.DataFrame) -> Iterator[str]:
    """What a reader takes home: figures in words that would stand whatever they come to."""
    many, few = bands["from"] == bands["from"].max(), bands["from"] == bands["from"].min()
    for name in ("real_resolution_rate", "satisfaction"):
        cells = {
            other: [_share(bands[held & (bands["other"] == other) & (bands["outcome"] == name)])
                    for held in (many, few)] for other in OTHERS}
        zh = "；".join(
            f"与{REGIMES[o].zh}比，核心工时够默认值的情形中{a[0]}，不足一半的情形中{b[0]}"
            for o, (a, b) in cells.items())
        en = "; ".join(
            f"against {REGIMES[o].en}, {a[1]} where the core has at least its default hours, {b[1]} where it "
            "has less than half of them" for o, (a, b) in cells.items())
        yield f"- **{outcome(name).zh}**：{zh}。  \n  **{outcome(name).en}**: {en}."
    for name in ("time_waiting", "autonomy"):
        said_zh, said_en = [], []
        for other in OTHERS:
            rows = signs[(signs["other"] == other) & (signs["outcome"] == name)]
            share, medians = _share(rows), rows["median"]
            low, high = (in_unit(float(value), name) for value in (medians.min(), medians.max()))
            said_zh.append(f"与{REGIMES[other].zh}比{share[0]}（三种小区的中位差 {low} 到 {high}）")
            said_en.append(
                f"against {REGIMES[other].en} {share[1]} (median differences of estates {low} to {high})")
        called = Label(zh=titled(name, True, "zh"), en=titled(name, True, "en"))
        yield f"- **{called.zh}**：{'；'.join(said_zh)}。  \n  **{called.en}**: {'; '.join(said_en)}."


def _share(rows: pd.DataFrame) -> tuple[str, str]:
    better, worse = percent(float(rows["better"].mean())), percent(float(rows["worse"].mean()))
    return f"更好 {better}、更差 {worse}", f"better in {better}, worse in {worse}"


def _sentences(signs: pd.DataFrame) -> Iterator[str]:
    """One sentence for each other regime and judged outcome, over all estates."""
    for other in OTHERS:
        said_zh, said_en = [], []
        for name in JUDGED:
            rows = signs[(signs["other"] == other) & (signs["outcome"] == name)]
            row = {key: float(rows[key].mean()) for key in ("better", "worse", "untold", "chance")}
            word, called = verdict(row), outcome(name)
            said_zh.append(
                f"{called.zh}：**{word.zh}**（更好 {percent(row['better'])}，更差 {percent(row['worse'])}）")
            said_en.append(
                f"{called.en}: **{word.en}** (better {percent(row['better'])}, worse {percent(row['worse'])}"
                ")")
        yield (f"- 与**{REGIMES[other].zh}**相比——{'；'.join(said_zh)}。  \n"
               f"  Against **{REGIMES[other].en}**: {'; '.join(said_en)}.")
    chance = float(signs["chance"].mean())
    yield (f"- 两种方式若毫无差别，凭运气也会有 {percent(chance)} 的点“更好”、同样多“更差”。  \n"
           f"  Were both alike, luck would make {percent(chance)} of points better and as many worse.")


def _bands(bands: pd.DataFrame) -> Iterator[str]:
    """By the hours that the core has: the range studied goes far below the default."""
    yield "### 看核心有多少工时 · By the hours that the core has"
    yield (
        f"所试范围里，核心的可用工时（注意力份额 × 人手 × 40）多在默认值（每周每千人 {DEFAULT_HOURS:.0f} 小时"
        "）以下，上面的总比例因此偏向核心忙不过来的情形。按工时分开：更好 / 更差的比例（三种小区合计）。这样"
        "划分时已看过结果：只是描述，不是事先定下的检验。  \n"
        f"In the range studied the core mostly has fewer hours than the default ({DEFAULT_HOURS:.0f} a week "
        "per 1,000 residents), so the shares above lean towards a core that is short of time. By hours: "
        "shares better / worse, over all estates. This division was made with results in sight: a "
        "description, no test set beforehand.")
    edges = list(dict.fromkeys(zip(bands["from"], bands["to"], strict=True)))
    rows = []
    for (other, name), mine in bands.groupby(["other", "outcome"], sort=False):
        cells = {(row["from"], row["to"]): f"{percent(row['better'])} / {percent(row['worse'])}"
                 for row in records(mine)}
        rows.append((
            both(REGIMES[str(other)]), both(outcome(str(name))), *(cells.get(edge, "—") for edge in edges)))
    heads = []
    for low, high in edges:
        points = int(bands.loc[bands["from"] == low, "points"].iloc[0])
        heads.append((f"≥ {low:.0f}" if math.isinf(high) else f"{low:.0f}–{high:.0f}") + f" h（n {points}）")
    yield table(("相对于 · against", "指标 · outcome", *heads), rows)


def _boxes(boxes: pd.DataFrame) -> Iterator[str]:
    pairs = [(other, name) for other in OTHERS for name in JUDGED]
    for side, zh, en in (("worse", "一核多元更差", "Where one core is worse"),
                         ("better", "一核多元更好", "Where one core is better")):
        yield f"### {zh} · {en}"
        rows, stands = [], set()
        mine = boxes[boxes["side"] == side]
        for (other, name), limits in mine.groupby(["other", "outcome"], sort=False):
            first = records(limits)[0]
            p = min(1.0, float(first["p"]) * float(first["tests"]))
            if p > LEVEL:
                continue
            stands.add((str(other), str(name)))
            zh_rule = " 且 ".join(_limit(row, "zh") for row in records(limits))
            en_rule = " and ".join(_limit(row, "en") for row in records(limits))
            rows.append((
                both(REGIMES[str(other)]), both(outcome(str(name))), f"{zh_rule}<br>{en_rule}",
                percent(first["coverage"]), f"{percent(first['density'])} / {percent(first['share'])}",
                percent(first["mass"]), _p(p)))
        yield table(
            ("相对于 · against", "指标 · outcome", "条件 · conditions", "覆盖 · coverage",
             "密度/全部 · density / everywhere", "占全部情形 · of all", "p"), rows) if rows else (
            "没有经得起留出检验的条件框。No box stands up to the half that was held out.")
        without = [pair for pair in pairs if pair not in stands]
        if rows and without:
            yield (
                f"没有条件框的：{'；'.join(f'{REGIMES[o].zh}·{outcome(n).zh}' for o, n in without)}。  \n"
                f"No box for: {'; '.join(f'{REGIMES[o].en}, {outcome(n).en}' for o, n in without)}.")


def _limit(row: dict[str, Any], lang: str) -> str:
    name = factor(str(row["factor"])).text(lang)
    if str(row["values"]):
        kinds = [ESTATES[one].text(lang) if one in ESTATES else one for one in str(row["values"]).split(", ")]
        return f"{name}{'为' if lang == 'zh' else ' is '}{('或' if lang == 'zh' else ' or ').join(kinds)}"
    rule = str(row[f"rule_{lang}"])
    return rule.replace(str(row["factor"]), name)


def _drivers(drivers: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    for (other, name), rows in drivers.groupby(["other", "outcome"], sort=False):
        parts = [
            f"{'＋' if row['rho'] > 0 else '−'}{both(factor(str(row['factor']), str(row['value'])))} "
            f"({percent(row['gain'])})" for row in records(rows)[:6]]
        yield both(REGIMES[str(other)]), both(outcome(str(name))), "<br>".join(parts)


def _rows(signs: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    for row in records(signs):
        name = str(row["outcome"])
        low, median, high = (in_unit(float(row[key]), name) for key in ("low", "median", "high"))
        yield (
            both(ESTATES[str(row["estate"])]), both(REGIMES[str(row["other"])]), both(outcome(name)),
            *(percent(row[key]) for key in ("better", "worse", "untold")), f"{median} [{low}, {high}]")


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else plain(p, 2) if not math.isnan(p) else "—"
