"""Conclusions that flip when all numbers move at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.evidence.signs import SIDES, luck_bound, told
from sim.evidence.stored import stored
from sim.evidence.words import both, in_unit, percent, table, titled
from sim.params import Label
from sim.report.studies.tables import records

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
