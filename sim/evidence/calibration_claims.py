"""The claims on ``docs/calibration.md``: reached by what share of draws, what they need, which were not "
"tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.posterior import distinct
from sim.evidence.stored import REFERENCE, Reference, stored, there
from sim.evidence.words import factor, percent, table
from sim.params import Label
from sim.report.studies.factors import plain as number
from sim.report.studies.tables import records
from sim.scenario.reading import load

if TYPE_CHECKING:
    import pandas as pd

SIEVE = "evidence_sieve"

ELSEWHERE = {
    "hangzhou_city_brain": "evidence_claims_hangzhou", "yantai_red_property": "evidence_claims_yantai"}
"""Scenarios of the same kind of estate, and the studies that put the posterior's draws to their claims."""

UNTRIED: dict[str, Label] = {
    "lujiazui_golden_ring": Label(
        zh="陆家嘴：停车、用餐、招工等难题得到解决（S1）",
        en="Lujiazui: parking, canteens and hiring solved (S1)"),
    "shenzhen_secretary_studio": Label(
        zh="深圳：书记工作室使整体水平提升（S1）",
        en="Shenzhen: the secretaries' studio lifts the general level (S1)"),
}
"""Claims of evidence.md §1 that no draw was put to, by the scenario that holds them."""


def relative(value: float) -> str:
    """A relative change as a signed whole percentage."""
    return f"{100 * value:+.0f}%".replace("-", "−")


def reached(r: Reference) -> Iterator[str]:
    """Share of draws in which each claim of the study is reached."""
    rows = []
    found = r.table("claims")
    for claim, mine in found.groupby("claim", sort=False):
        share = {str(row["verdict"]): row for row in records(mine)}
        most = share["reached"]
        rows.append((
            f"`{claim}`",
            f"{percent(most['share'])} [{percent(most['low'])}, {percent(most['high'])}]",
            *(percent(share[one]["share"]) for one in ("weaker", "undetermined", "opposite"))))
    yield table((
        "主张（S1，C） · claim (S1, C)", "达到 [95%] · reached", "同向但较弱 · weaker", "未定 · undetermined",
        "反向 · opposite"), rows)
    known = records(found)[0]
    yield (
        f"{int(known['draws'])} 组抽样，其中不同的 {distinct(r)} 组；区间是精确二项区间（Clopper–Pearson），"
        f"以 {known['n_effective']:.0f} 组计：重复抽到的同一组、超出有效粒子数的，都不算新的证据。0% 不等于达"
        "不到，上端才是数据所许可的最大比例。  \n"
        f"{int(known['draws'])} draws, {distinct(r)} of them distinct; intervals are exact binomial ones "
        f"(Clopper–Pearson) on {known['n_effective']:.0f}: a set drawn twice, and draws beyond the effective "
        "number of particles, are no new evidence. 0 % does not say never: the upper end is the greatest "
        "share that these draws allow.")


def required(study: str, root: Path = REFERENCE) -> Iterator[str]:
    """What the claims of the festival would take: within the posterior, and over all uncertain numbers."""
    draws = stored(study, root).table("draws")
    best = draws.iloc[int(draws["target:participation"].argmax())]
    disputes = float(draws["target:neighbour_disputes"].min())
    yield (
        f"- 参与率升到 70% 以上：后验各组中最高 {percent(best['target:participation'])}，那一组的基准倾向为 "
        f"{number(best['participation.intercept'])}，无政策时的参与率为 "
        f"{percent(best['target:participation-control'])}（主张要求低于 30%）。  \n"
        f"  Participation above 70 %: at most {percent(best['target:participation'])} among the draws, with "
        f"an inclination of {number(best['participation.intercept'])}; that draw has, without a policy, a "
        f"participation of {percent(best['target:participation-control'])} (the claim wants less than 30 %).")
    yield (
        f"- 邻里纠纷下降 40%：后验各组中最多 {relative(disputes)}。  \n"
        f"  Neighbour disputes down by 40 %: at most {relative(disputes)} among the draws.")
    if not there(SIEVE, root):
        return
    r = stored(SIEVE, root)
    spread, moved = r.table("required"), r.table("required_factors")
    for row in records(spread):
        yield _near(row, moved[moved["claim"] == row["claim"]], r.manifest["factors"])


def elsewhere(root: Path = REFERENCE) -> Iterator[str]:
    """Claims of other scenarios of the same kind of estate, at the distinct draws of the strict posterior."""
    rows, told = [], []
    for scenario, study in ELSEWHERE.items():
        r = stored(study, root)
        words = {target.id: target for target in load(r.folder / "scenario.yaml").targets}
        for claim, mine in r.table("claims").groupby("claim", sort=False):
            share = {str(row["verdict"]): row for row in records(mine)}
            most, target = share["reached"], words[str(claim)]
            rows.append((
                f"{target.label.zh} · {target.label.en}<br>`{scenario}`: `{claim}`",
                f"{percent(most['share'])} [{percent(most['low'])}, {percent(most['high'])}]",
                *(percent(share[one]["share"]) for one in ("weaker", "undetermined", "opposite"))))
        told.append(r.told())
    yield (
        "杭州、烟台的情景用同一种小区，因此把严格校准后验的各组不同参数代入，按各情景自己的规则判。两个目标拟合"
        "的是缴费和参与，对办理时间和物业服务几乎没有约束：这些比例主要说明模型在默认值附近怎样，不说明数据"
        "支持什么。  \n"
        "The scenarios of Hangzhou and Yantai stand on the same kind of estate, so the distinct draws of the "
        "strict posterior were put into them, and their claims judged by their own rules. The two targets "
        "are on paying and taking part and hardly bind times of handling and service: these shares tell what "
        "the model does near its defaults, and not what data support.")
    yield table((
        "主张（C） · claim (C)", "达到 [95%] · reached", "同向但较弱 · weaker", "未定 · undetermined",
        "反向 · opposite"), rows)
    yield (
        "个例（如“5 分钟到场”）没有比例可判，见各情景的报告。短形式种子少，“未定”因此偏多。  \n"
        "Anecdotes (such as a fire lane in 5 minutes) have no share: see each scenario's report. The short "
        "form has few seeds, so undetermined is frequent.")
    yield from told


def untried() -> Iterator[str]:
    """Claims of evidence.md §1 that were not put to the posterior, and why."""
    yield (
        "后验只来自一个商品房小区。陆家嘴、深圳的人口和社区数不同，那里没有检验过后验仍满足目标，因此下列主张"
        "**没有**用后验试，只在默认值下判（`yihe compare` 各情景文件）。  \n"
        "The posterior is of one commercial estate. Lujiazui and Shenzhen have other numbers of people and "
        "communities, where nobody has seen that the posterior still meets the targets; so the claims below "
        "were *not* tried under it and are judged at the defaults only (`yihe compare` on each scenario "
        "file).")
    yield table(("主张 · claim", "情景 · scenario"), (
        (f"{what.zh}<br>{what.en}", f"`scenarios/{scenario}.yaml`") for scenario, what in UNTRIED.items()))
    yield (
        "S3 的“真正参与的多是老人、中产参与低”在上面严格校准的特征 1、4 里试过，只判方向；“中年人只是形式上"
        "参与”没有试。S0 的网格数、党支部数和场所面积是照抄的输入，不是可以达到或达不到的主张。  \n"
        "That those who really take part are mostly elderly, and the middle class little (S3), was tried as "
        "patterns 1 and 4 of the strict calibration, direction only; that the middle-aged take part in form "
        "only was not. Grids, branches and sizes of venues (S0) are inputs, copied; there is nothing to "
        "reach.")


def _near(row: dict[str, Any], moved: pd.DataFrame, factors: int) -> str:
    claim, points, hits = str(row["claim"]), int(row["points"]), int(row["reached"])
    show = percent if claim == "participation" else relative
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
        f"`{claim}`；90% 的点，{what.zh}在 {show(row['low'])} 到 {show(row['high'])} 之间，{most.zh}。主要随"
        f"之变的：{zh}。  \n"
        f"  With all {factors} uncertain numbers moved at once (half to twice the default), {hits} of "
        f"{points} points reach `{claim}`; 90 % of points have {what.en} from {show(row['low'])} to "
        f"{show(row['high'])}, {most.en}. It hangs mostly on: {en}.")
