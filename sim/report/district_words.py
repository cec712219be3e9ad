"""What a summary says of the grids and communities of a district: how far they differ, how many changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.report.district import (
    MEASURES,
    SPREAD,
    Change,
    District,
    Measure,
    Spread,
    change,
    comparable,
    district,
    spread,
)
from sim.report.material import Material
from sim.report.tiles import FEW_GRIDS
from sim.report.words import minus, say, significant

MOST_ARMS = 4
"""Arms whose spread is told; the data beside the map have all."""

MOST_PAIRS = 6

FEWEST_COMMUNITIES = 3
"""Of which a spread is told."""

Row = tuple[str, ...]


def sentences(m: Material, lang: str) -> list[str]:
    """What can be said in words: the spread of the control, changes over time, changes against other arms."""
    d = district(m)
    if d is None:
        return []
    arm = str(m.control if m.control in d.grids else next(iter(d.grids)))
    said = [_spread_said(measure, spread(d.grids[arm], measure, d.window), lang) for measure in SPREAD]
    head = f"**{m.label(arm, lang)}**" + say(lang, "：", ": ")
    found = d.values(arm)
    over_time = change(found[MEASURES[2].key], found[MEASURES[0].key])
    end = say(lang, "。", ".")
    between = say(lang, "；", "; ")
    since = say(lang, f"从第{d.weeks[0] + 1}周到第{d.weeks[2] + 1}周，网格数：",
                f"from week {d.weeks[0] + 1} to week {d.weeks[2] + 1}, grids: ")
    lines = [head + between.join(said) + end, head + since + _change_said(MEASURES[2], over_time, lang) + end]
    pairs = comparable(m, d)
    for pair in pairs[:MOST_PAIRS]:
        now, before = d.values(pair.arm), d.values(pair.against)
        told = [_change_said(one, change(now[one.key], before[one.key]), lang) for one in SPREAD]
        who = f"**{pair.label(m, lang)}**" + say(lang, "，网格数：", ", grids: ")
        lines.append(who + between.join(told) + end)
    if left := len(pairs[MOST_PAIRS:]):
        lines.append(say(lang, f"另有 {left} 组见图的数据表。", f"{left} more are in the figure's data."))
    if others := [m.label(one.key, lang) for one in m.arms if one.key not in d.grids]:
        lines.append(say(lang, "地点不同、未列入：", "On other sites, left out: ")
                     + say(lang, "、", ", ").join(others) + end)
    return lines


def how_read(m: Material, lang: str) -> str:
    """How the words and tables are to be read."""
    d = district(m)
    several = d is not None and len(d.seeds) > 1
    return say(
        lang,
        "四分位数、基尼系数等为一次运行之内的数值"
        + ("（各次运行的均值），最低和最高按各次均值" if several else "")
        + "；网格编号从1起（情景文件从0起）。“超出偶然”：网格之间的方差中，若每个成年人、每件纠纷都只凭自己的"
        "运气，不会有的那一份；越接近0%，排名越没有意义。纠纷按每千成年人计（全文其他处按每千居民）。",
        "Quartiles, Gini coefficients and the rest are of one run"
        + (" (means over runs); lowest and highest go by means over runs" if several else "")
        + '; grids count from 1 (from 0 in scenario files). "Beyond chance": the part of the variance '
        "between grids that there would not be if every adult and every dispute had its own luck only; the "
        "nearer to 0 %, the less a ranking means. Disputes are per 1,000 adults (per 1,000 residents "
        "elsewhere).")


def heads(lang: str, place: str) -> Row:
    """Heads of a table of spreads."""
    return (
        place, say(lang, "方案", "arm"), say(lang, "中位数", "median"), say(lang, "四分位数", "quartiles"),
        say(lang, "最低（编号）", "lowest (number)"), say(lang, "最高（编号）", "highest (number)"),
        say(lang, "基尼系数", "Gini"), say(lang, "超出偶然", "beyond chance"))


def tables(m: Material, lang: str) -> Iterator[tuple[Row, list[Row]]]:
    """Heads and rows: grids, then communities if there are enough."""
    d = district(m)
    if d is None:
        return
    yield heads(lang, say(lang, "网格", "grids")), _rows(m, d, lang, communities=False)
    if len(d.site.streets) >= FEWEST_COMMUNITIES:
        yield heads(lang, say(lang, "社区", "communities")), _rows(m, d, lang, communities=True)


def _rows(m: Material, d: District, lang: str, *, communities: bool) -> list[Row]:
    arms = list(d.grids)
    if m.control in arms:
        arms.insert(0, arms.pop(arms.index(str(m.control))))
    rows = []
    for measure in SPREAD:
        for arm in arms[:MOST_ARMS]:
            counts = d.communities(arm) if communities else d.grids[arm]
            rows.append(_row(measure, m.label(arm, lang), spread(counts, measure, d.window), lang))
    return rows


def _row(measure: Measure, arm: str, s: Spread | None, lang: str) -> Row:
    unit = "" if measure.share else f" [{say(lang, measure.unit_zh, measure.unit_en)}]"
    name = say(lang, measure.zh, measure.en) + unit
    if s is None:
        return (name, arm, *["—"] * 6)
    return (
        name, arm, level(measure, s.median),
        level(measure, s.low) + say(lang, " 至 ", " to ") + level(measure, s.high),
        *(level(measure, value) + say(lang, f"（{at + 1}）", f" ({at + 1})")
          for at, value in (s.least, s.most)),
        f"{s.gini:.3f}", "—" if math.isnan(s.beyond) else f"{100.0 * s.beyond:.0f}%")


def _spread_said(measure: Measure, s: Spread | None, lang: str) -> str:
    name = say(lang, measure.zh, measure.en)
    if s is None:
        return say(lang, f"{name}没有数值", f"{name}: no value")
    low, high = level(measure, s.low), level(measure, s.high)
    unit = "" if measure.share else " " + say(lang, measure.unit_zh, measure.unit_en)
    return say(
        lang,
        f"{name}，一半网格在 {low} 与 {high}{unit} 之间，{_beyond_said(s.beyond, lang)}",
        f"{name}: half of the grids between {low} and {high}{unit}, {_beyond_said(s.beyond, lang)}")


def _beyond_said(share: float, lang: str) -> str:
    """A reading of the share beyond chance: by thirds, and nearly nothing below a tenth."""
    readings: Sequence[tuple[float, str, str]] = (
        (0.1, "差别几乎全是偶然", "nearly all of the difference chance"),
        (1 / 3, "差别大半是偶然", "most of the difference chance"),
        (2 / 3, "差别约一半超出偶然", "about half of the difference beyond chance"),
        (math.inf, "差别多半超出偶然", "most of the difference beyond chance"))
    if math.isnan(share):
        return say(lang, "差别中有多少是偶然，说不出", "how much of it is chance cannot be told")
    return next(say(lang, zh, en) for most, zh, en in readings if share < most)


def _change_said(measure: Measure, c: Change, lang: str) -> str:
    unit = say(lang, " 个百分点", " points") if measure.share else say(
        lang, f" {measure.unit_zh}", f" {measure.unit_en}")
    middle = "—" if math.isnan(c.median) else _signed(measure, c.median) + unit
    text = say(
        lang,
        f"{measure.zh}升 {c.up}、降 {c.down}、不变 {c.same}（中位数 {middle}）",
        f"{measure.en} higher in {c.up}, lower in {c.down}, the same in {c.same} (median {middle})")
    if c.told is None:
        return text
    up, down = c.told
    return text + say(
        lang, f"，其中 95% 区间不含 0 的升 {up}、降 {down}",
        f", {up} and {down} of these beyond their interval")


def level(measure: Measure, value: float) -> str:
    """A value as text."""
    if math.isnan(value):
        return "—"
    return f"{100.0 * value:.1f}%" if measure.share else significant(value)


def _signed(measure: Measure, value: float) -> str:
    text = minus(f"{100.0 * value:+.1f}") if measure.share else minus(significant(value, signed=True))
    return "0" if not any(digit in text for digit in "123456789") else text


def single_grid_chance(m: Material, lang: str) -> str:
    """What intervals of single grids are worth."""
    d = district(m)
    if d is None or not comparable(m, d):
        return ""
    from sim.study.verdicts import FEW

    if len(d.seeds) >= FEW:
        return say(
            lang, "单个网格的区间未作多重比较校正：即使毫无差别，每 20 个网格也约有 1 个不含 0。",
            "Beyond their interval: the grid's 95 % interval over replicates leaves 0 out. Not adjusted for "
            "many comparisons: with no difference at all, about one grid in 20 would be so.")
    return say(
        lang, f"重复少于 {FEW} 次：个数之中有偶然的成分，不作区间。",
        f"Fewer than {FEW} replicates: there is chance in these counts, and no interval.")


def absent(m: Material, lang: str) -> str:
    """Why grids are not shown; nothing if they are, or if nothing is known of the place."""
    sites = [arm.site for arm in m.arms if arm.key == m.control] or [arm.site for arm in m.arms[:1]]
    site = sites[0] if sites else None
    if site is None or site.mapped:
        return ""
    grids = len(site.communities)
    return say(
        lang,
        f"不画各网格的图，也不说网格之间的差别：这里只有 1 个社区、{grids} 个网格（有几个社区，或超过 "
        f"{FEW_GRIDS} 个网格时才有）。",
        "There is no map of grids, and nothing is said of differences between them: here is one community "
        f"with {grids} grid{'' if grids == 1 else 's'} (it takes several communities, or more than "
        f"{FEW_GRIDS} grids).")
