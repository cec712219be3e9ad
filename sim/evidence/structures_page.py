"""Conclusions under other structures: first what the other mix of disputes takes away, then every line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.flips_page import CONCLUSIONS
from sim.evidence.stored import stored, there
from sim.evidence.structures import BUILDERS, MIXES, RULES, lines
from sim.evidence.words import both, in_unit, outcome, table, titled
from sim.params import Label
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

USUAL = "wide_prior"
SHOWN = ("satisfaction", "real_resolution_rate", "participation_52_other")
"""Outcomes whose lines are written out."""


def named(name: str) -> Label:
    """A difference of an outcome, with its unit."""
    return Label(zh=titled(name, True, "zh"), en=titled(name, True, "en"))


def with_interval(row: dict[str, Any], value: str) -> str:
    """A difference with its interval over seeds."""
    middle, low, high = (in_unit(float(row[key]), str(row["outcome"])) for key in (value, "low", "high"))
    return f"{middle} [{low}, {high}]"


def structures(root: Path) -> Iterator[str]:
    """Signs under other structures, parameters at their defaults."""
    if not there("evidence_structure", root):
        return
    r = stored("evidence_structure", root)
    found = r.table("structures")
    yield "### 换一种结构 · Another structure"
    yield "\n".join(_other_mix(found))
    yield (
        f"{len(RULES)} 种决策规则 × {len(BUILDERS)} 种关系网，纠纷构成都是{MIXES[USUAL].zh}；另一种构成只配了"
        f"默认的规则和关系网。其余为默认值，每格 {r.seeds} 个种子。每格：差的均值 [95% 区间]，† 表示区间含 0"
        "（看不出）。协调方式的选择就是各列。  \n"
        f"{len(RULES)} decision rules × {len(BUILDERS)} networks, all with one mix of disputes "
        f"({MIXES[USUAL].en}); the other mix was tried with the default rule and network only. All else at "
        f"its default, {r.seeds} seeds a cell: mean difference [95 % interval], † where that holds 0. "
        "Regimes are the columns.")
    yield (
        f"所有各行用的是同样 {r.seeds} 个种子，也就是同样几个社区：各行一致，并不是那么多次独立的证实。  \n"
        f"All lines have the same {r.seeds} seeds, that is, the same few communities: that they agree is "
        "not as many independent confirmations.")
    for name in SHOWN:
        yield f"**{both(named(name))}**"
        mine = found[found["outcome"] == name]
        heads = list(dict.fromkeys(mine["of"]))
        yield table(("结构 · structure", *(both(CONCLUSIONS[of]) for of in heads)), _rows(mine, heads))
    for mix in MIXES:
        points = [point for point, line in enumerate(lines()) if line.mix == mix]
        yield f"**{both(MIXES[mix])}**"
        yield "\n".join(_counts(found[found["point"].isin(points)]))


def lost(found: pd.DataFrame) -> pd.DataFrame:
    """Differences told under the usual mix of disputes and not, or the other way round, under the other.

    Both with the default rule and network.

    Returns
    -------
    DataFrame
        ``of, outcome``; ``difference, low, high`` under the usual mix, and with ``_there`` under the other;
        ``reversed``: whether it is told there, with the other sign.
    """
    at = {line.mix: point for point, line in enumerate(lines())
          if line.rule == "default" and line.builder == "community"}
    here, other = (found[found["point"] == at[mix]].drop(columns="point") for mix in MIXES)
    both_mixes = here.merge(other, on=["of", "outcome"], suffixes=("", "_there"))
    same = (both_mixes["low"] > 0.0) & (both_mixes["low_there"] > 0.0) | (
        both_mixes["high"] < 0.0) & (both_mixes["high_there"] < 0.0)
    gone = both_mixes[((both_mixes["low"] > 0.0) | (both_mixes["high"] < 0.0)) & ~same].copy()
    gone["reversed"] = (gone["low_there"] > 0.0) | (gone["high_there"] < 0.0)
    return gone.reset_index(drop=True)


def _other_mix(found: pd.DataFrame) -> Iterator[str]:
    """The plainest flip, at the head: what does not outlive the other mix of disputes."""
    gone, other = lost(found), next(mix for mix in MIXES if mix != USUAL)
    if not len(gone):
        yield (f"换成另一种纠纷构成（{MIXES[other].zh}），看得出的差别都还在。  \n"
               f"Under the other mix of disputes ({MIXES[other].en}) every difference that was told remains.")
        return
    turned = int(gone["reversed"].sum())
    yield (f"**换一种纠纷构成（{MIXES[other].zh}），下列 {len(gone)} 个本来看得出的差别就看不出了，其中反过"
           f"来的 {turned} 个：**  \n**Under the other mix of disputes ({MIXES[other].en}) these {len(gone)} "
           f"differences, told under the usual one, are no longer told; {turned} of them are reversed:**\n")
    for row in records(gone):
        name = str(row["outcome"])
        there_ = with_interval({key.removesuffix("_there"): row[key] for key in row if key not in (
            "difference", "low", "high")}, "difference")
        how = Label(zh="反过来", en="reversed") if row["reversed"] else Label(zh="看不出", en="not told")
        of = CONCLUSIONS[str(row["of"])]
        moved = f"{with_interval(row, 'difference')} → {there_}"
        yield (f"- {of.zh}，{named(name).zh}：{moved}（{how.zh}）  \n"
               f"  {of.en}, {named(name).en}: {moved} ({how.en})")


def _rows(mine: pd.DataFrame, heads: list[str]) -> Iterator[tuple[str, ...]]:
    """Lines that differ from the default in one thing."""
    for point, line in enumerate(lines()):
        cells = {str(row["of"]): _cell(row) for row in records(mine[mine["point"] == point])}
        if not cells or (line.builder != "community" and line.rule != "default"):
            continue
        label = RULES[line.rule].label if line.builder == "community" else BUILDERS[line.builder]
        yield (both(label if line.mix == USUAL else MIXES[line.mix]), *(cells.get(of, "—") for of in heads))


def _cell(row: dict[str, Any]) -> str:
    return with_interval(row, "difference") + ("" if row["low"] > 0.0 or row["high"] < 0.0 else " †")


def _counts(found: pd.DataFrame) -> Iterator[str]:
    """Over all lines of one mix, the crossed ones too: how often each sign is told."""
    for of, mine in found.groupby("of", sort=False):
        parts_zh, parts_en = [], []
        for name, rows in mine.groupby("outcome", sort=False):
            up, down = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
            called = outcome(str(name))
            parts_zh.append(f"{called.zh} 升 {up}、降 {down}")
            parts_en.append(f"{called.en} up {up}, down {down}")
        n, of_what = int(mine["point"].nunique()), CONCLUSIONS[str(of)]
        yield (f"- {of_what.zh}，{n} 种结构中（区间不含 0 的）：{'；'.join(parts_zh)}。  \n"
               f"  {of_what.en}, of {n} structures (intervals without 0): {'; '.join(parts_en)}.")
