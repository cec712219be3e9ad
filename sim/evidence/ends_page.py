"""Single numbers at the ends of their declared ranges: which conclusions flip there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.flips_page import CONCLUSIONS
from sim.evidence.sensitivity import LEVEL, flips
from sim.evidence.stages import OUTCOMES
from sim.evidence.stored import stored, there
from sim.evidence.structures_page import named, with_interval
from sim.evidence.words import both, factor, in_unit, percent, table
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = ("none - none_fragmented", "festival - none")


def whole(root: Path) -> Iterator[str]:
    """Single numbers at the ends of their declared ranges."""
    if not there("evidence_whole", root):
        return
    import pandas as pd

    r = stored("evidence_whole", root)
    found = pd.concat([
        flips(r, of, name).assign(of=of, outcome=name) for of in LOOKED_AT for name in OUTCOMES])
    bases = found.drop_duplicates(["of", "outcome"])
    untold = bases[~bases["told"]]
    yield "### 单个参数移到声明范围的两端 · One number at a time to the ends of its declared range"
    yield (
        f"粗筛认为最要紧的 {r.manifest['factors']} 个数字，其余为默认值，{r.seeds} 个种子。列出：默认值处的"
        "差与 0 分得开（95% 区间），那里的差也与 0 分得开而在相反一侧（同一结论同一指标的全部端点之间作 "
        f"Holm 校正，p < {LEVEL}）。方括号是那里的差自己的 95% 区间，按种子配对，未作校正。  \n"
        f"The {r.manifest['factors']} numbers that the sieve found to matter most, all else at its default, "
        f"{r.seeds} seeds. Listed: where the difference at the defaults is told from 0 (95 % interval), and "
        "the difference there is told from 0 on the other side (Holm over all ends of one conclusion and "
        f"outcome, p < {LEVEL}). In brackets the 95 % interval of the difference there, paired by seed, not "
        "adjusted.")
    rows = [(
        both(CONCLUSIONS[row["of"]]), both(named(row["outcome"])),
        f"{both(factor(str(row['factor'])))}＝{number(row['value'])}",
        f"{in_unit(row['base'], row['outcome'])} [{in_unit(row['base_low'], row['outcome'])}, "
        f"{in_unit(row['base_high'], row['outcome'])}]", with_interval(row, "level"))
        for row in records(found[found["flips"]])]
    yield table(("结论 · conclusion", "指标 · outcome", "参数＝值 · number = value",
                 "默认值处 · at the defaults", "那里 · there"), rows) if rows else "没有一个翻转。None flips."
    opposite = int((found["told"] & (found["level"] * found["base"] < 0.0)).sum())
    yield (
        f"共 {len(found)} 个端点。{opposite} 个的均值在默认值的相反一侧，其中 {len(rows)} 个分得开；只有 "
        f"{r.seeds} 个种子，分不开不等于不翻。{len(bases)} 个默认值处的差中有 {len(untold)} 个本身就与 0 分"
        f"不开，谈不上翻转：{_listed(untold, 'zh')}。每个结论的每个指标，凭运气列出任何一"
        f"个的机会不超过 {percent(LEVEL)}。  \n"
        f"{len(found)} ends in all. At {opposite} the mean lies on the other side than at the defaults, "
        f"{len(rows)} of them told; with {r.seeds} seeds, not told does not mean that nothing flips. Of the "
        f"{len(bases)} differences at the defaults {len(untold)} are themselves not told from 0, so there is "
        f"nothing to flip: {_listed(untold, 'en')}. Luck lists any end of one conclusion and outcome "
        f"with a chance of {percent(LEVEL)} at most.")
    yield "![](img/evidence/flips.zh.png)\n\n![](img/evidence/flips.en.png)"


def _listed(rows: pd.DataFrame, lang: str) -> str:
    between, after = ("；", "，") if lang == "zh" else ("; ", ", ")
    return between.join(
        f"{CONCLUSIONS[row['of']].text(lang)}{after}{named(row['outcome']).text(lang)}"
        for row in records(rows)) or ("无" if lang == "zh" else "none")
