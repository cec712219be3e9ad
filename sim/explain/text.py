"""Facts as text for a terminal: plain lines, a small diagram, nothing wider than the terminal's business."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len

from sim.explain.facts import Facts
from sim.explain.find import WHAT, Named
from sim.explain.regimes import WAYS, find_regime
from sim.explain.trial import told
from sim.report.words import say, unit_name
from sim.scenario.units import unit_in

GRADES = {
    "A": ("实测且有据可查", "measured and seen"), "B": ("转引", "second-hand"),
    "C": ("来源文本的主张", "claimed by a source text"), "D": ("建模假设", "assumption"),
}
LEVER_UNITS_ZH = {
    "h saved on the way": "路上省下的小时", "share reached by the app": "应用触达的比例",
    "visible members a household": "每户看得见的党员", "leaders": "名楼长", "visits a week": "每周走访次数",
    "organisers' h a week": "组织者每周小时", "yuan a week": "元/周", "−1 to 1": "−1 到 1",
    "share of cases routed at once to the right desk": "一次派到位的案件比例", "share of tasks": "任务比例",
}
"""Units that levers have and numbers have not."""
MARK = ("示意性，未经校准", "illustrative, uncalibrated")


def number(value: Any) -> str:
    """A number as short as it is exact; anything else as it stands."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    text = f"{value:g}" if math.isfinite(value) and abs(value) < 1e6 else str(value)
    return text.replace("-", "−")


def explained(facts: Facts, lang: str) -> str:
    """The whole explanation of one thing.

    Parameters
    ----------
    facts : dict
        From :func:`sim.explain.facts.facts`.
    lang : {"zh", "en"}
    """
    what = facts["what"]
    head = [
        f"{facts['name'][lang]}  {facts['key']}",
        f"{WHAT[what].text(lang)} · {say(lang, *MARK)}", ""]
    body = {
        "policy": _policy, "parameter": _parameter, "switch": _switch, "outcome": _outcome,
        "scenario": _scenario, "condition": _condition, "lever": _lever, "regime": _regime}[what]
    return "\n".join([*head, *body(facts, lang)]).rstrip() + "\n"


def listed(things: list[Named], lang: str) -> str:
    """One line a thing: key and name, in columns; under each regime what sets it apart."""
    width = max((cell_len(thing.key) for thing in things), default=0)
    lines = []
    for thing in things:
        lines.append(thing.key + " " * (width - cell_len(thing.key) + 2) + thing.label.text(lang))
        if thing.what == "regime":
            lines.append(" " * (width + 2) + in_short(thing.key, lang))
    return "\n".join(lines)


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns padded by what they take on a terminal, Chinese included."""
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip()


def _policy(f: Facts, lang: str) -> Iterator[str]:
    titles = {
        "mechanism": ("机制", "Mechanism"), "cost": ("代价", "Cost"), "claim": ("来源所称", "Claimed"),
        "harm": ("何时有害", "Does harm")}
    for name, title in titles.items():
        yield f"{say(lang, *title)}{say(lang, '：', ': ')}{f['card'][name][lang]}"
    yield f"{say(lang, '出处：', 'Source: ')}{f['source'][lang]}"
    names = say(lang, "、", ", ").join(r[lang] for r in f["convenors"])
    if f["needs_convenor"]:
        yield say(
            lang, f"召集者：只在“{names}”下有；其他协调方式下花费照付、空转",
            f"Convenor: only under {names}; elsewhere it pays and idles")
    else:
        yield say(lang, "召集者：不需要，任何协调方式下都能办", "Convenor: needs none, works in any regime")
    yield from told(f, lang)
    yield ""
    yield say(lang, "作用路径（政策 → 操纵量或活动 → 一周中读它的一步 → 先能触及的指标）",
              "Paths (policy → lever or offer → the step of the week that reads it → outcomes reached first)")
    yield from diagram(f, lang)
    if f["numbers"]:
        yield ""
        yield say(lang, "参数", "Numbers")
        heads = ("键", "名称", "默认", "范围", "单位", "等级") if lang == "zh" else (
            "key", "name", "default", "range", "unit", "grade")
        yield from table(heads, [_number_row(n, lang) for n in f["numbers"]])
        for n in f["numbers"]:
            if n["evidence"] != "D" or n["note"]:
                sources = [n["source"][lang]] if n["evidence"] != "D" else []
                notes = [n["note"][lang]] if n["note"] else []
                yield f"  {n['path']}{say(lang, '：', ': ')}{say(lang, '；', '; ').join([*sources, *notes])}"
    if f["switches"]:
        yield ""
        yield say(lang, "开关", "Switches")
        columns = ("键", "名称", "默认", "可选") if lang == "zh" else ("key", "name", "default", "values")
        yield from table(columns, [
            (s["path"], s["label"][lang], s["default"], values_in(s, lang)) for s in f["switches"]])
        for s in f["switches"]:
            if s["note"]:
                yield f"  {s['path']}{say(lang, '：', ': ')}{s['note'][lang]}"


def values_in(switch: Facts, lang: str) -> str:
    """Every value of a switch with its name."""
    return say(lang, "、", "; ").join(
        f"{value['key']}{say(lang, f'（{value[lang]}）', f' ({value[lang]})')}" for value in switch["values"])


def _number_row(n: Facts, lang: str) -> tuple[str, ...]:
    low, high = n["range"]
    return (n["path"], n["label"][lang], number(n["default"]), f"{number(low)}–{number(high)}",
            n["unit"][lang], n["evidence"])


def diagram(f: Facts, lang: str) -> Iterator[str]:
    """Branches of a policy: each lever and offer, who reads it in which part of the week, what it reaches."""
    branches = [
        (f"{lever['name'][lang]} {lever['key']}", lever) for lever in f["levers"]]
    if f["offers"]:
        kinds = say(lang, "、", ", ").join(offer[lang] for offer in f["offers"])
        branches.append((say(lang, f"活动：{kinds}", f"offers: {kinds}"), f["offer_path"]))
    if not branches:
        yield "  " + say(lang, "（不动任何操纵量，不办活动）", "(no lever, no offer)")
        return
    yield f"  {f['name'][lang]}"
    for i, (name, path) in enumerate(branches):
        last = i == len(branches) - 1
        yield f"  {'└─' if last else '├─'} {name}"
        stem = "  " + ("   " if last else "│  ")
        part = say(lang, f"第{path['part_of_week']}步", f"part {path['part_of_week']}")
        yield f"{stem} → [{part}] {path['step'][lang]} ({path['read_by']})"
        yield f"{stem} → " + say(lang, "、", "; ").join(o[lang] for o in path["outcomes"])


def _parameter(f: Facts, lang: str) -> Iterator[str]:
    low, high = f["range"]
    grade = f"{f['evidence']} ({say(lang, *GRADES[f['evidence']])})"
    rows = [
        (say(lang, "默认值", "default"), number(f["default"])),
        (say(lang, "单位", "unit"), f["unit"][lang]),
        (say(lang, "范围", "range"), f"{number(low)} – {number(high)}"),
        (say(lang, "证据等级", "grade"), grade),
        (say(lang, "出处", "source"), f["source"][lang]),
    ]
    if f["note"]:
        rows.append((say(lang, "说明", "note"), f["note"][lang]))
    yield from _pairs(rows)


def _switch(f: Facts, lang: str) -> Iterator[str]:
    default = next(value[lang] for value in f["values"] if value["key"] == f["default"])
    rows = [
        (say(lang, "默认值", "default"), f["default"] + say(lang, f"（{default}）", f" ({default})")),
        (say(lang, "可选", "values"), values_in(f, lang)),
    ]
    if f["note"]:
        rows.append((say(lang, "说明", "note"), f["note"][lang]))
    yield from _pairs(rows)


def _outcome(f: Facts, lang: str) -> Iterator[str]:
    ends = [number(f[end]) if f[end] is not None else "…" for end in ("least", "greatest")]
    counted = [] if f["definition"] is None else [
        (say(lang, "计数对象", "over"), f["over"][lang]),
        (say(lang, "每周怎样算", "each week"), f["definition"][lang])]
    yield from _pairs([
        *counted,
        (say(lang, "单位", "unit"), unit_name(f["key"], lang)),
        (say(lang, "方向", "direction"), f["direction"][lang]),
        (say(lang, "窗口", "window"), f["window"][lang]),
        (say(lang, "所属", "family"), f["family_name"][lang]),
        (say(lang, "可能的值", "values"), " – ".join(ends)),
    ])
    if f["reached_by"]:
        yield ""
        yield say(
            lang, "操纵量或活动能先触及它的政策：", "Policies whose levers or offers can reach it first:")
        yield "  " + ", ".join(f["reached_by"])


def in_short(key: str, lang: str) -> str:
    """What sets a regime apart, in one line."""
    way = WAYS[find_regime(key)]
    parts = zip(_SETS_APART, (way.convenes, way.decides, way.works, way.bounces), strict=True)
    return " · ".join(f"{say(lang, *head)}{say(lang, '：', ': ')}{label.text(lang)}" for head, label in parts)


_SETS_APART = (("召集", "convenes"), ("决定", "decides"), ("办理", "does the work"), ("推诿", "may bounce"))


def _regime(f: Facts, lang: str) -> Iterator[str]:
    yield f["parity"][lang] + say(lang, "。", ".")
    yield ""
    share = f"{f['core_share_for_cases']:.0%}"
    voice = f["voice"]
    whose = say(lang, "，没有则", ", else ").join(kind[lang] for kind in f["leads"])
    yield from _pairs([
        *((say(lang, *head), f[name][lang]) for head, name in zip(
            _SETS_APART, ("convenes", "decides", "works", "bounces"), strict=True)),
        (say(lang, "核心注意力", "core's attention"),
         f["attention"][lang] + say(lang, f"（用于案件 {share}）", f" ({share} for cases)")),
        (say(lang, "当事人发言权", "parties' voice"), f"{number(voice['default'])} ({voice['path']})"),
        (say(lang, "自办活动由谁出工时", "who launches events"), whose),
    ])
    yield ""
    yield say(lang, "一件需要几家机构一起办的事怎么走", "The way of a case that needs several actors")
    yield from way_diagram(f, lang)
    yield "  " + f["alone"][lang] + say(lang, "。", ".")
    yield ""
    yield say(lang, "在这里没有召集者的政策（花费照付，空转）：",
              "Policies without a convenor here (they pay and idle):")
    yield "  " + (", ".join(f["idle"]) or "—")
    yield ""
    yield say(lang, "其他方式", "The others")
    for other in f["others"]:
        yield f"  {other}  {in_short(other, lang)}"


def way_diagram(f: Facts, lang: str) -> Iterator[str]:
    """Stages of a case under a regime, each with its file and the numbers it reads."""
    yield "  " + say(lang, "被发现", "found")
    for stage in f["stages"]:
        yield f"  ↓ {stage[lang]} ({stage['file']})"
        if stage["numbers"]:
            yield "  │   " + ", ".join(f"{n['path']} = {number(n['default'])}" for n in stage["numbers"])
    yield "  → " + say(
        lang, "实际化解；不成则再诉、上交街道、纸面办结或放弃",
        "really resolved; if not: pressed again, up to the street, closed on paper, or given up")


def _lever(f: Facts, lang: str) -> Iterator[str]:
    yield from _pairs([
        (say(lang, "作用于", "set for"), f["axis_name"][lang]),
        (say(lang, "单位", "unit"),
         say(lang, LEVER_UNITS_ZH.get(f["unit"], unit_in(f["unit"], "zh")), f["unit"])),
        (say(lang, "由谁读取", "read by"),
         f"[{f['part_of_week']}] {f['step'][lang]} ({f['read_by']})"),
        (say(lang, "先能触及", "reaches first"),
         say(lang, "、", "; ").join(o[lang] for o in f["outcomes"])),
        (say(lang, "写它的政策", "policies"), ", ".join(f["policies"]) or "—"),
    ])


def _condition(f: Facts, lang: str) -> Iterator[str]:
    yield from _pairs([
        (say(lang, "含义", "meaning"), f["meaning"][lang]),
        (say(lang, "出处", "source"), f["source"][lang]),
        (say(lang, "应对政策", "answers"), ", ".join(f["answers"])),
    ])
    yield ""
    yield say(lang, "改动的数字（方向来自来源，数值均为 D 级假设）",
              "Numbers it changes (the direction is the source's; every number is grade D)")
    heads = ("键", "名称", "默认", "改为") if lang == "zh" else ("key", "name", "default", "becomes")
    yield from table(heads, [
        (c["path"], c["label"][lang] if c["label"] else "", number(c["default"] if c["default"] is not None
         else "—"), number(c["value"])) for c in f["changes"]])


def _scenario(f: Facts, lang: str) -> Iterator[str]:
    if f["description"][lang].strip():
        yield " ".join(f["description"][lang].split())
        yield ""
    yield from _pairs([
        (say(lang, "文件", "file"), f["file"]),
        (say(lang, "出处", "source"), f["source"][lang] or "—"),
        (say(lang, "周数", "weeks"),
         say(lang, f"预热 {f['warmup']} 周，之后 {f['weeks']} 周",
             f"{f['weeks']} after a warm-up of {f['warmup']}")),
    ])
    yield ""
    yield say(lang, "方案", "Arms")
    for arm in f["arms"]:
        yield f"  {arm['key']} · {arm['label'][lang]} · {arm['regime'][lang]}"
        for policy in arm["policies"]:
            end = "" if policy["end"] is None else f"–{policy['end']}"
            head, weeks = f"    {policy['kind']} {policy[lang]}", f"{policy['start']}{end}"
            yield head + say(
                lang, f"（第 {weeks} 周起，力度 {policy['intensity']:g}）",
                f" (from week {weeks}, intensity {policy['intensity']:g})")
        for condition in arm["conditions"]:
            yield f"    [{condition[lang]} {condition['key']}]"
    yield ""
    if not f["claims"]:
        yield say(lang, "没有待检验的主张", "No claims under test")
        return
    yield say(lang, "待检验的主张", "Claims under test")
    for claim in f["claims"]:
        yield f"  {claim['id']} · {claim['label'][lang]} · {claim['source'][lang]}"
        first, last = claim["weeks"]
        yield say(
            lang, f"    {claim['outcome']}：所称 {claim['claimed']['zh']}；{claim['treatment']} 对 "
            f"{claim['control']}；第 {first}–{last} 周",
            f"    {claim['outcome']}: claimed {claim['claimed']['en']}; {claim['treatment']} against "
            f"{claim['control']}; weeks {first}–{last}")


def _pairs(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(cell_len(name) for name, _ in rows)
    for name, value in rows:
        yield f"{name}{' ' * (width - cell_len(name) + 2)}{value}"
