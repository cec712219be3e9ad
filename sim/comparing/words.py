"""What differs, in plain words: a page of Markdown, or a terminal's table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from sim.comparing.difference import Change, Difference, Group, Setting
from sim.outcomes import OUTCOMES
from sim.params import Label

if TYPE_CHECKING:
    from rich.console import Console

MOST = 20
"""Settings, and changes of outcomes, that are shown at once."""

WIDE = 110
"""Characters of a terminal that shows all columns."""

LONGEST = 60
"""Characters of a value that are shown."""

_GROUPS: dict[Group, Label] = {
    "scenario": Label(zh="情景或研究文件", en="scenario or study file"),
    "setup": Label(zh="运行设置", en="set-up"),
    "code": Label(zh="代码", en="code"),
    "versions": Label(zh="软件版本", en="versions"),
    "machine": Label(zh="机器", en="machine"),
}

_TABLES = {
    "digest": Label(zh="期末状态", en="final state"),
    "state": Label(zh="期末状态", en="final state"),
    "groups": Label(zh="分群参与", en="participation by group"),
    "cases": Label(zh="案件记录", en="log of cases"),
}

HEADS = {
    "zh": ("方案", "指标", "原值", "新值", "差", "相对", "种子标准差", "首次（周）"),
    "en": ("arm", "outcome", "before", "after", "difference", "relative", "SDs of seeds", "first week"),
}


def verdict(found: Difference, lang: str) -> str:
    """Whether two results are the same, and what may be the cause, in a sentence or two."""
    groups = list(dict.fromkeys(setting.group for setting in found.settings))
    zh = lang == "zh"
    named = ("、" if zh else ", ").join(_GROUPS[group].text(lang) for group in groups)
    if found.identical:
        if not found.matched:
            return "两份结果都没有运行。" if zh else "Neither holds a run."
        beside = (f"{named}有所不同，但结果不受影响。" if zh else
                  f" {named[0].upper()}{named[1:]} differ, without any effect on results.") if groups else ""
        return (f"两份结果逐位相同：{found.matched} 次运行、{found.outcomes} 项指标。{beside}" if zh else
                f"The two are the same bit for bit: {_of(found.matched, 'run')}, "
                f"{_of(found.outcomes, 'outcome')}.{beside}")
    if not found.matched:
        return ("两份结果没有可比的运行（方案、种子或设计点都不同）。" if zh else
                "The two share no run (arms, seeds or points of the design differ).")
    unlike = found.matched - found.equal
    if not unlike and not found.changed:
        return (f"两边都有的 {found.matched} 次运行逐位相同，但有一方另有运行、方案或指标。" if zh else
                f"Of what both have, all is the same bit for bit ({_of(found.matched, 'run')}), but one has "
                "runs, arms or outcomes that the other lacks.")
    said = (f"两份结果不同：可比的 {found.matched} 次运行中有 {unlike} 次不同，"
            f"{found.outcomes} 项指标中有 {found.changed} 项不同。" if zh else
            f"The two differ: in {unlike} of {_of(found.matched, 'run')} that both have, "
            f"and in {found.changed} of {_of(found.outcomes, 'outcome')}.")
    return said + _cause(groups, named, lang)


def _of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _cause(groups: list[Group], named: str, lang: str) -> str:
    if lang == "zh":
        if not groups:
            return "情景、代码、版本和机器都没有变，结果却不同：这不应发生，请用 yihe verify 核对。"
        return f"运行前已知的不同只有{named}。" if len(groups) == 1 else f"运行前已有不同的：{named}。"
    if not groups:
        return (" Scenario, code, versions and machine are the same and yet results differ: this should not "
                "happen; check with yihe verify.")
    return f" What differed before the runs {'is only' if len(groups) == 1 else 'is'}: {named}."


def lines(found: Difference, lang: str) -> list[str]:
    """What stands beside the table of outcomes."""
    zh = lang == "zh"
    said = [("前" if zh else "before") + f": {found.before}", ("后" if zh else "after") + f": {found.after}"]
    said += _settings(found.settings, lang)
    for count, a, b in ((found.only_before, "只在前者的运行", "runs only in the first"),
                        (found.only_after, "只在后者的运行", "runs only in the second")):
        if count:
            said.append(f"{a if zh else b}: {count}")
    for names, a, b in ((found.beside, "只有一方有的方案", "arms that one of them lacks"),
                        (found.missing, "只有一方有的指标", "outcomes that one of them lacks")):
        if names:
            said.append(f"{a if zh else b}: {', '.join(names)}")
    for name, runs in found.tables.items():
        label = _TABLES[name].text(lang)
        said.append(f"{label}不同的运行: {runs}" if zh else f"runs whose {label} differs: {runs}")
    if found.first_week is not None:
        said.append(f"最早在第 {found.first_week} 周开始不同（预热后从 0 数）" if zh else
                    f"first difference in week {found.first_week} (counted from 0 after the warm-up)")
    same = found.outcomes - found.changed
    said.append(f"逐位相同的指标: {same} 项" if zh else f"outcomes that are the same bit for bit: {same}")
    return said


def _settings(settings: tuple[Setting, ...], lang: str) -> list[str]:
    said = [
        f"{_GROUPS[one.group].text(lang)} · {one.key}: {_short(one.before)} → {_short(one.after)}"
        for one in settings[:MOST]]
    more = len(settings) - MOST
    if more > 0:
        said.append(f"……另有 {more} 处设置不同（--json 全部列出）" if lang == "zh" else
                    f"… {more} more settings differ (--json lists all)")
    return said


def rows(changes: tuple[Change, ...], lang: str) -> list[tuple[str, ...]]:
    """One row a change, as :data:`HEADS` names its columns."""
    return [
        (change.arm, _outcome(change.outcome, lang), _number(change.before), _number(change.after),
         _signed(change.difference), _signed(change.relative, percent=True), _signed(change.spreads),
         "—" if change.first_week is None else str(change.first_week))
        for change in changes
    ]


def markdown(found: Difference, lang: str, most: int | None = None) -> str:
    """Everything as a page of Markdown.

    Parameters
    ----------
    found : Difference
    lang : {"zh", "en"}
    most : int, optional
        Changes shown; all if left out.
    """
    page = [verdict(found, lang), "", *(f"- {line}" for line in lines(found, lang))]
    shown = found.changes[:most]
    if shown:
        page += ["", _row(HEADS[lang]), _row(("---",) * len(HEADS[lang])), *map(_row, rows(shown, lang))]
    page += [f"\n{note}" for note in notes(found, lang, most)]
    return "\n".join(page) + "\n"


def show(found: Difference, lang: str, console: Console, most: int = MOST) -> None:
    """The same for a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print(Text(verdict(found, lang)))
    for line in lines(found, lang):
        console.print(Text(f"  {line}"))
    if found.changes:
        # A narrow terminal has no room for the two values; their difference says more
        dropped = {*(() if console.width >= WIDE else (2, 3)), *(() if _spread_known(found) else (6,))}
        kept = [i for i in range(len(HEADS[lang])) if i not in dropped]
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for i in kept:
            justify: Literal["left", "right"] = "left" if i < 2 else "right"
            table.add_column(Text(HEADS[lang][i]), justify=justify, overflow="fold", no_wrap=i > 1)
        for row in rows(found.changes[:most], lang):
            table.add_row(*(Text(row[i]) for i in kept))
        console.print(table)
    for note in notes(found, lang, most):
        console.print(Text(note))


def notes(found: Difference, lang: str, most: int | None) -> list[str]:
    """What a reader of the table must know."""
    zh, said = lang == "zh", []
    weeks = sorted({change.week for change in found.changes if change.week is not None})
    if weeks:
        where = ("、" if zh else ", ").join(map(str, weeks))
        said.append(f"各数取自第 {where} 周中差得最多的一周；差为 0 表示这几周看不出不同。" if zh else
                    f"Numbers are of week {where}, where several are named of the one that differs most; a "
                    "difference of 0 means that five digits of these weeks do not show it.")
    elif found.changes:
        said.append(
            "各数是最后 52 周的值，取两边都有的运行的平均；差为 0 表示只在更早的周里不同。" if zh else
            "Numbers are of the last 52 weeks, means over the runs that both have; a difference of 0 means "
            "that only earlier weeks differ.")
    if found.changes:
        said.append(_on_luck(found, zh))
    if most is not None and len(found.changes) > most:
        more = len(found.changes) - most
        said.append(f"……另有 {more} 行（--out 写出全部）" if zh else f"… {more} more rows (--out writes all)")
    return said


def _spread_known(found: Difference) -> bool:
    return any(math.isfinite(change.spread) for change in found.changes)


def _on_luck(found: Difference, zh: bool) -> str:
    if _spread_known(found):
        return ("种子标准差：差是前者各种子间标准差的几倍。" if zh else
                "SDs of seeds: the difference in units of the first result's standard deviation between "
                "seeds.")
    return ("只有一个种子，不知道各种子间相差多少：差的大小可能只是运气。" if zh else
            "With one seed nothing is known of the spread between seeds: a difference may be luck.")


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _outcome(name: str, lang: str) -> str:
    return OUTCOMES[name].label.text(lang) if name in OUTCOMES else name


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def _number(value: float) -> str:
    return f"{value:.5g}" if math.isfinite(value) else "—"


def _signed(value: float, *, percent: bool = False) -> str:
    if not math.isfinite(value):
        return "—"
    return f"{100 * value:+.3g} %" if percent else f"{value:+.3g}"
