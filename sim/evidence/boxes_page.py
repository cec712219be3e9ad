"""The part of ``docs/findings.md`` on boxes of conditions: those that stand, and why there are no others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.analysis.prim import OVERLAP
from sim.evidence.conditions import RESAMPLES, SPLITS
from sim.evidence.words import ESTATES, REGIMES, both, factor, outcome, percent, table
from sim.params import Label
from sim.report.studies.factors import plain
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05

_HOW = Label(
    zh="PRIM 在全部情形（设计点 × 小区类型，小区类型也是一个因子）中找一个条件框；算作更好（更差）的，是每个"
       "种子都如"
       "此的情形。上表中这一侧没有超过运气的，不找。**p**：整个设计点（三种小区一起）分到一半，框在一半中找"
       "，在另一半中"
       "检验，检验时设计点整个重排，各点之内小区类型也重排（只按小区类型切的框，p 全由此来）；"
       f"这样分 {SPLITS} 次，取中位数的两倍，再乘以所找的框数，超过 0.05 的不列"
       "入表。**单次"
       f"**：各次对分的 p 的中位数与范围，未校正。**再现**：种子重抽 {RESAMPLES} 次，找到重叠过半的框的比例"
       "。**覆盖**："
       "框住多少该类情形；**密度**：框内该类情形的比例，与全部情形中的比例相比；框正是照这些情形选的，所以这"
       "两个数偏高。",
    en="PRIM looks for a box of conditions among all of them (design points × kinds of estate, the kind "
       "being a "
       "factor too); better (worse) means so with every seed. Where a side is not more than luck in the "
       "tables "
       "above, none is looked for. *p*: whole design points, all three estates, go to one half; a box is "
       "found "
       "in one half and tested in the other, with design points dealt anew as wholes, and the estates anew "
       "within each (a box of a kind of estate has its p from that alone); twice the median of "
       f"{SPLITS} such splits, times the boxes looked for; those above 0.05 are not in the tables. *Single "
       "splits*: median and range of their p-values, not adjusted. *Refound*: share of "
       f"{RESAMPLES} resamples of seeds in which a box that overlaps by {100 * OVERLAP:.0f} % is found. "
       "*Coverage*: share of such conditions inside; *density*: their share inside, beside that everywhere; "
       "the box was chosen by these very conditions, so both flatter it.")
_NO_BOX = Label(
    zh="没有框，不等于没有条件：检验的一半只有三十来个设计点、十几个因子，框又只能逐个因子地切，弱的、斜着的"
       "条件找不"
       "到；一侧占了大半时，也没有多少可以框的。按工时分的那张表和下面的秩回归，在没有框的地方也看得到差别。",
    en="No box does not mean no condition: half the design is some thirty points, with a dozen factors, and "
       "a "
       "box is cut along one factor at a time, so conditions that are weak or slanting are missed; and "
       "where a "
       "side holds nearly everywhere there is little to box in. The table by hours and the regression below "
       "show differences where there is no box.")


def boxes_told(looked: pd.DataFrame, boxes: pd.DataFrame) -> Iterator[str]:
    """Tables of boxes, one a side.

    Parameters
    ----------
    looked, boxes : DataFrame
        As :func:`sim.evidence.conditions.conditions` gives them.
    """
    yield _HOW.zh
    yield _HOW.en
    for side, zh, en in (("worse", "一核多元更差", "Where one core is worse"),
                         ("better", "一核多元更好", "Where one core is better")):
        yield f"### {zh} · {en}"
        rows, without = [], []
        for one in records(looked[looked["side"] == side]):
            limits = records(boxes[(boxes["side"] == side) & (boxes["other"] == one["other"])
                                   & (boxes["outcome"] == one["outcome"])])
            if limits and adjusted(one) <= LEVEL:
                rows.append(_row(one, limits))
            else:
                without.append(one)
        yield table(
            ("相对于 · against", "指标 · outcome", "条件 · conditions", "覆盖 · coverage",
             "密度/全部 · density / everywhere", "占全部情形 · of all", "p", "单次 · single splits",
             "再现 · refound"), rows) if rows else (
            "没有经得起留出检验的条件框。No box stands up to the half that was held out.")
        if without:
            yield (f"没有条件框的：{'；'.join(_why(one).zh for one in without)}。  \n"
                   f"No box for: {'; '.join(_why(one).en for one in without)}.")
    yield f"{_NO_BOX.zh}  \n{_NO_BOX.en}"


def adjusted(one: dict[str, Any]) -> float:
    """p-value of a box, for all that were looked for; NaN where none was."""
    p = float(one["p"])
    return p if math.isnan(p) else min(1.0, p * float(one["tests"]))


def _row(one: dict[str, Any], limits: list[dict[str, Any]]) -> tuple[str, ...]:
    first = limits[0]
    rule_zh = " 且 ".join(_limit(row, "zh") for row in limits)
    rule_en = " and ".join(_limit(row, "en") for row in limits)
    return (
        both(REGIMES[str(one["other"])]), both(outcome(str(one["outcome"]))), f"{rule_zh}<br>{rule_en}",
        percent(first["coverage"]), f"{percent(first['density'])} / {percent(one['share'])}",
        percent(first["mass"]), _p(adjusted(one)), _single(one), percent(first["refound"]))


def _why(one: dict[str, Any]) -> Label:
    """Which, and why there is none."""
    name, other = outcome(str(one["outcome"])), REGIMES[str(one["other"])]
    why = Label(zh="不多于运气，未找", en="no more than luck, not looked for")
    if one["told"]:
        why = Label(zh="找不出", en="none found")
        if not math.isnan(adjusted(one)) and float(one["p_low"]) < 1.0:
            why = Label(zh=f"p {_p(adjusted(one))}，单次 {_single(one)}",
                        en=f"p {_p(adjusted(one))}, single splits {_single(one)}")
    return Label(zh=f"{other.zh}·{name.zh}（{why.zh}）", en=f"{other.en}, {name.en} ({why.en})")


def _single(one: dict[str, Any]) -> str:
    low, middle, high = (_p(float(one[key])) for key in ("p_low", "p_median", "p_high"))
    return f"{middle} [{low}, {high}]"


def _limit(row: dict[str, Any], lang: str) -> str:
    name = factor(str(row["factor"])).text(lang)
    if str(row["values"]):
        kinds = [ESTATES[one].text(lang) if one in ESTATES else one for one in str(row["values"]).split(", ")]
        return f"{name}{'为' if lang == 'zh' else ' is '}{('或' if lang == 'zh' else ' or ').join(kinds)}"
    return str(row[f"rule_{lang}"]).replace(str(row["factor"]), name)


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else plain(p, 2)
