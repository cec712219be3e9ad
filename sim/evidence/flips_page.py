"""Conclusions that flip: under all numbers at once, other structures, and the ends of declared ranges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.sensitivity import flips
from sim.evidence.signs import SIDES, luck_bound, told
from sim.evidence.stages import OUTCOMES
from sim.evidence.stored import stored, there
from sim.evidence.structures import BUILDERS, MIXES, RULES, lines
from sim.evidence.words import both, factor, in_unit, outcome, percent, table, titled
from sim.params import Label
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

CONCLUSIONS = {
    "none - none_fragmented": Label(
        zh="一核多元减去多头无核", en="one core minus fragmented"),
    "none - none_administrative": Label(
        zh="一核多元减去行政包办", en="one core minus administrative"),
    "none - none_self_governing": Label(
        zh="一核多元减去居民自治", en="one core minus self-governing"),
    "festival - none": Label(zh="邻里节减去无政策", en="festival minus no policy")}


def signs(root: Path) -> Iterator[str]:
    """Signs over the sample that moves everything."""
    r = stored("evidence_sieve", root)
    signs = r.table("signs")
    tests = len(SIDES) * len(signs)
    points, seeds = int(signs["points"].min()), int(signs["seeds"].min())
    least, chance = luck_bound(points, seeds, tests), 0.5 ** seeds
    yield "### 全部参数一起动 · Everything moved at once"
    yield (
        f"{r.manifest['points']} 个点，每点把全部 {r.manifest['factors']} 个参数在近处范围内随机取值。更好、"
        f"更差：每个种子都如此的点；毫无差别时凭运气各占 {percent(chance)}，即 {points * chance:.0f} 点。一"
        f"侧至少 {least} 点才算有（二项分布的精确界限，{tests} 次比较合计错一次的机会不超过 5%），两侧都有才"
        "算翻转。所有各点用的是同样几个种子，所以这个界限仍嫌太宽容。  \n"
        f"{r.manifest['points']} points, each with all {r.manifest['factors']} numbers at random within their"
        " near "
        f"ranges. Better and worse: so with every seed; luck alone would give {percent(chance)} of each, "
        f"that is, {points * chance:.0f} points. A side counts from {least} points (the exact binomial "
        f"bound at which {tests} comparisons go wrong even once with a chance of 5 % at most), and a flip "
        "needs both. All points share the same few seeds, so even this bound is too lenient.")
    yield table(
        ("结论 · conclusion", "指标 · outcome", "更好 · better", "更差 · worse", "未分 · not told",
         "差的中位数 [90% 的点] · median difference [90 % of points]", "翻转 · flips"),
        [(both(CONCLUSIONS[str(row["of"])]), both(_named(str(row["outcome"]))), percent(row["better"]),
          percent(row["worse"]), percent(row["untold"]), _difference(row), _flipping(row, tests))
         for row in records(signs)])


def _named(name: str) -> Label:
    return Label(zh=titled(name, True, "zh"), en=titled(name, True, "en"))


def _difference(row: dict[str, Any]) -> str:
    low, median, high = (in_unit(float(row[key]), str(row["outcome"])) for key in ("low", "median", "high"))
    return f"{median} [{low}, {high}]"


def _flipping(row: dict[str, Any], tests: int) -> str:
    """Whether both signs come up more often than luck would make them."""
    shown = told(row, tests)
    if len(shown) == len(SIDES):
        return "**会 · yes**"
    return "没有看到 · not shown" if shown else "分不出 · not told"


def structures(root: Path) -> Iterator[str]:
    """Signs under other structures, parameters at their defaults."""
    if not there("evidence_structure", root):
        return
    r = stored("evidence_structure", root)
    found = r.table("structures")
    yield "### 换一种结构 · Another structure"
    yield (
        f"{len(RULES)} 种决策规则 × {len(BUILDERS)} 种关系网，另换纠纷构成；其余为默认值，每格 {r.seeds} 个种"
        "子。每格：差的均值 [95% 区间]，† 表示区间含 0（看不出）。协调方式的选择就是各列。  \n"
        f"{len(RULES)} decision rules × {len(BUILDERS)} networks, and another mix of disputes; all else at "
        "its default, "
        f"{r.seeds} seeds a cell: mean difference [95 % interval], † where that holds 0. Regimes are the "
        "columns.")
    yield (
        f"所有各行用的是同样 {r.seeds} 个种子，也就是同样几个社区：各行一致，并不是那么多次独立的证实。  \n"
        f"All lines have the same {r.seeds} seeds, that is, the same few communities: that they agree is "
        "not as many independent confirmations.")
    for name in ("satisfaction", "real_resolution_rate", "participation_52_other"):
        yield f"**{both(_named(name))}**"
        mine = found[found["outcome"] == name]
        heads = list(dict.fromkeys(mine["of"]))
        rows = []
        for point, line in enumerate(lines()):
            cells = {row["of"]: _cell(row) for row in records(mine[mine["point"] == point])}
            if not cells or (line.builder != "community" and line.rule != "default"):
                continue
            label = f"{both(RULES[line.rule].label)}"
            if line.builder != "community":
                label = both(BUILDERS[line.builder])
            if line.mix != "wide_prior":
                label = both(MIXES[line.mix])
            rows.append((label, *(cells.get(of, "—") for of in heads)))
        yield table(("结构 · structure", *(both(CONCLUSIONS[of]) for of in heads)), rows)
    yield "\n".join(_structure_flips(found))


def _cell(row: dict[str, Any]) -> str:
    apart = row["low"] > 0.0 or row["high"] < 0.0
    middle, low, high = (
        in_unit(float(row[key]), str(row["outcome"])) for key in ("difference", "low", "high"))
    return f"{middle} [{low}, {high}]" + ("" if apart else " †")


def _structure_flips(found: pd.DataFrame) -> Iterator[str]:
    """Over all lines, the crossed ones too: how often each sign is told."""
    for of, mine in found.groupby("of", sort=False):
        parts_zh, parts_en = [], []
        for name, rows in mine.groupby("outcome", sort=False):
            up, down = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
            called = outcome(str(name))
            parts_zh.append(f"{called.zh} 升 {up}、降 {down}")
            parts_en.append(f"{called.en} up {up}, down {down}")
        n = int(mine["point"].nunique())
        name_of = CONCLUSIONS[str(of)]
        yield (f"- {name_of.zh}，{n} 种结构中（区间不含 0 的）：{'；'.join(parts_zh)}。  \n"
               f"  {name_of.en}, of {n} structures (intervals without 0): {'; '.join(parts_en)}.")


def whole(root: Path) -> Iterator[str]:
    """Single numbers at the ends of their declared ranges."""
    if not there("evidence_whole", root):
        return
    r = stored("evidence_whole", root)
    yield "### 单个参数移到声明范围的两端 · One number at a time to the ends of its declared range"
    yield (
        f"粗筛认为最要紧的 {r.manifest['factors']} 个数字，其余为默认值，{r.seeds} 个种子。列出符号与默认值处"
        "相反、且 95% 区间（变化的区间）也全在相反一侧的。  \n"
        f"The {r.manifest['factors']} numbers that the sieve found to matter most, all else at its default, "
        f"{r.seeds} seeds. Listed: where the sign is opposite to that at the defaults, and the whole 95 % "
        "interval (of the change) lies on that side.")
    rows, tried = [], 0
    for of in ("none - none_fragmented", "festival - none"):
        for name in OUTCOMES:
            found = flips(r, of, name)
            tried += len(found)
            for row in records(found[found["flips"]]):
                rows.append((
                    both(CONCLUSIONS[of]), both(_named(name)),
                    f"{both(factor(str(row['factor'])))}＝{number(row['value'])}", in_unit(row["base"], name),
                    f"{in_unit(row['level'], name)} [{in_unit(row['low'], name)}, "
                    f"{in_unit(row['high'], name)}]"))
    yield table(("结论 · conclusion", "指标 · outcome", "参数＝值 · number = value",
                 "默认值处 · at the defaults", "那里 · there"), rows) if rows else "没有一个翻转。None flips."
    yield (
        f"共看了 {tried} 个端点：5% 的水平上，凭运气也会有几个；默认值处的差本身若与 0 分不开（见上一节的 "
        "†），“翻转”说明不了多少。  \n"
        f"{tried} ends were looked at: at 5 % luck alone would give a few. Where the difference at the "
        "defaults is itself not told from 0 (the † above), a flip says little.")
    yield "![](img/evidence/flips.zh.png)\n\n![](img/evidence/flips.en.png)"
