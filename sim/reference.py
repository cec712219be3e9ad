"""Reference pages made from the code: ``python -m sim.reference`` writes ``docs/policies.md``,
``parameters.md``, ``outcomes.md``, ``regimes.md``, ``scenario_reference.md`` and ``study_reference.md``; with
``--check`` it only says whether they are fresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sim
from sim.explain.definitions import DEFINITIONS
from sim.explain.facts import DIRECTIONS, FAMILIES, SUMMARIES, number_facts, policy_facts, switch_facts
from sim.explain.filepages import scenario_page, study_page
from sim.explain.find import parameters
from sim.explain.regimes import PARITY, WAYS, regime_facts
from sim.explain.switches import switches
from sim.explain.text import diagram, explained, number
from sim.explain.trial import told
from sim.outcomes import OUTCOMES
from sim.policies.base import Policy
from sim.policies.registry import BUILT_IN, policy_class
from sim.report.words import unit_name

DOCS = Path(sim.__file__).parent.parent / "docs"

_MADE = "<!-- 由 python -m sim.reference 生成，请勿手改 · made by python -m sim.reference; do not edit -->"
_MARK = "> **示意性，未经校准 · illustrative, uncalibrated.**"
_CARD = {
    "mechanism": "机制 · mechanism", "cost": "代价 · cost", "claim": "来源所称 · claimed",
    "harm": "何时有害 · does harm",
}
_HEADS = (
    "键 · key", "名称 · name", "默认 · default", "范围 · range", "单位 · unit", "等级 · grade",
    "出处 · source")
_SWITCH_HEADS = ("开关 · switch", "名称 · name", "默认 · default", "可选 · values")
_BLOCKS = {
    "": "运行 · run",
    "places": "地点 · places", "population": "人口 · population", "ties": "关系 · ties",
    "world": "外部世界 · world", "shocks": "冲击 · shocks", "participation": "参与 · participation",
    "cases": "案件办理 · case handling", "experience": "经验 · experience",
    "actors": "机构 · institutions", "budget": "经费 · budget", "categories": "纠纷与诉求类别 · categories",
    "policies": "政策共有 · what all policies have",
}


def pages() -> dict[str, str]:
    """Every page by file name."""
    return {
        "policies.md": policies_page(), "parameters.md": parameters_page(), "outcomes.md": outcomes_page(),
        "regimes.md": regimes_page(),
        "scenario_reference.md": scenario_page(), "study_reference.md": study_page()}


def policies_page() -> str:
    """Cards, paths and numbers of our own policies."""
    kinds = {kind: policy_class(kind) for kind in sorted(BUILT_IN)}
    facts = {kind: policy_facts(cls) for kind, cls in kinds.items() if cls is not None}
    parts = [
        "# 政策卡 · Policy cards", _MADE, _MARK,
        "“来源所称”是来源的话，不是本模型的结果；“作用路径”说明可能触及什么，大小由运行得出。"
        "“第几步”见 [architecture.md](architecture.md)。同样的内容：`yihe explain 政策`。",
        "*Claimed* is what a source says, never a result of this model; paths say what can be reached, runs "
        "say how much. Parts of the week: [architecture.md](architecture.md). The same on a terminal: "
        "`yihe explain POLICY --lang en`.",
        "\n".join(f"- [{cls.card.name.zh} · {cls.card.name.en}](#{kind})"
                  for kind, cls in kinds.items() if cls is not None)]
    for kind, cls in kinds.items():
        if cls is not None:
            parts += _policy(kind, cls, facts[kind])
    return "\n\n".join(parts) + "\n"


def _policy(kind: str, cls: type[Policy], f: dict[str, Any]) -> Iterator[str]:
    yield f'<a id="{kind}"></a>\n## {cls.card.name.zh} · {cls.card.name.en}'
    yield f"`{kind}` · {_cell(_both(f['source']))}"
    lines = []
    for name, title in _CARD.items():
        lines.append(f"- **{title}**: {f['card'][name]['zh']}  \n  {f['card'][name]['en']}")
    where = "、".join(r["zh"] for r in f["convenors"]) + " · " + ", ".join(r["en"] for r in f["convenors"])
    if f["needs_convenor"]:
        lines.append(f"- **召集者 · convenor**: 只在 · only under {where}")
    for zh, en in zip(told(f, "zh"), told(f, "en"), strict=True):
        lines.append(f"- {zh}  \n  {en}")
    yield "\n".join(lines)
    named = f | {"name": {"zh": cls.card.name.zh, "en": cls.card.name.en}}
    yield "```text\n" + "\n".join(diagram(named, "zh")) + "\n\n" + "\n".join(diagram(named, "en")) + "\n```"
    if f["numbers"]:
        yield "\n".join(_table(f["numbers"]))
    if f["switches"]:
        yield "\n".join(_switches(f["switches"]))


def parameters_page() -> str:
    """Every declared number and switch of scenarios, shocks and dispute categories, by block."""
    blocks: dict[str, list[dict[str, Any]]] = {name: [] for name in _BLOCKS}
    known = parameters(own=False)
    for path, one in known.items():
        block = path.partition(".")[0] if "." in path else ""
        if block in blocks and block != "policies":
            blocks[block].append(number_facts(one))
    general = [path for path in known if path.startswith("policies.no_op.")]
    blocks["policies"] = [number_facts(known[path]) for path in general]
    for row in blocks["policies"]:
        row["path"] = row["path"].replace("policies.no_op.", "policies[].")
    choices: dict[str, list[dict[str, Any]]] = {name: [] for name in _BLOCKS}
    for path, switch in switches().items():
        if not path.startswith("policies."):
            choices[path.partition(".")[0] if "." in path else ""].append(switch_facts(switch))
    count = sum(len(rows) for rows in blocks.values())
    grades = [row["evidence"] for rows in blocks.values() for row in rows]
    tally = ", ".join(f"{grade} {grades.count(grade)}" for grade in "ABCD")
    parts = [
        "# 参数 · Parameters", _MADE, _MARK,
        f"{count} 个数字，等级：{tally}。A 实测；B 转引；C 来源文本的主张；D 建模假设。各政策自己的数字见 "
        "[policies.md](policies.md)。命令行：`yihe explain 键`。",
        f"{count} numbers, by grade: {tally}. A measured and seen; B second-hand; C claimed by a source "
        "text; D assumption. Each policy's own numbers: [policies.md](policies.md). On a terminal: "
        "`yihe explain KEY --lang en`."]
    for name, rows in blocks.items():
        if rows:
            parts += [f"## {_BLOCKS[name]}", "\n".join(_table(rows))]
        if choices[name]:
            parts.append("\n".join(_switches(choices[name])))
    return "\n\n".join(parts) + "\n"


def outcomes_page() -> str:
    """Every outcome of our own with its definition, by family."""
    parts = [
        "# 指标 · Outcomes", _MADE, _MARK,
        f"{len(DEFINITIONS)} 个指标，每周记录一次；“窗口”说明一段时间怎样变成一个数。"
        "参与率判定用不含自办活动的，纠纷判定用隐性的。命令行：`yihe explain 指标`。",
        f"{len(DEFINITIONS)} outcomes, recorded every week; *window* says how some weeks become one number. "
        "Verdicts use participation without own events, and latent disputes. On a terminal: "
        "`yihe explain OUTCOME --lang en`."]
    for family, name in FAMILIES.items():
        parts += [f"## {name.zh} · {name.en}"]
        parts += [_outcome(key) for key in DEFINITIONS if OUTCOMES[key].of == family]
    return "\n\n".join(parts) + "\n"


def _outcome(key: str) -> str:
    one, told_as = OUTCOMES[key], DEFINITIONS[key]
    said = [f"- **{one.label.zh} · {one.label.en}** `{key}`"]
    for lang in ("zh", "en"):
        words = (
            unit_name(key, lang), DIRECTIONS[one.better].text(lang), SUMMARIES[one.summary].text(lang))
        counted = f"{told_as.over.text(lang)}{'：' if lang == 'zh' else ': '}{told_as.rule.text(lang)}"
        said.append(_cell(f"{counted} [{' · '.join(words)}]"))
    return "  \n  ".join(said)


def regimes_page() -> str:
    """The four regimes: what sets them apart, and the way of a case under each."""
    parts = [
        "# 协调方式 · Regimes of coordination", _MADE, _MARK, f"{PARITY.zh}。", f"{PARITY.en}.",
        "同样的内容：`yihe explain one_core`。 The same on a terminal: `yihe explain one_core --lang en`."]
    for regime in WAYS:
        facts = {
            "what": "regime", "key": regime.key, "name": {"zh": regime.zh, "en": regime.en},
            **regime_facts(regime.key)}
        parts.append(f'<a id="{regime.key}"></a>\n## {regime.zh} · {regime.en}')
        parts += ["```text\n" + explained(facts, lang) + "```" for lang in ("zh", "en")]
    return "\n\n".join(parts) + "\n"


def _table(numbers: list[dict[str, Any]]) -> Iterator[str]:
    yield "| " + " | ".join(_HEADS) + " |"
    yield "|" + " --- |" * len(_HEADS)
    for n in numbers:
        low, high = n["range"]
        parts = [one for one in (None if n["evidence"] == "D" else n["source"], n["note"]) if one]
        said = " · ".join(dict.fromkeys(
            mark.join(one[lang] for one in parts) for lang, mark in (("zh", "；"), ("en", "; "))))
        cells = (
            f"`{n['path']}`", f"{n['label']['zh']} · {n['label']['en']}", number(n["default"]),
            f"{number(low)} – {number(high)}", _both(n["unit"]), n["evidence"], said)
        yield "| " + " | ".join(map(_cell, cells)) + " |"


def _switches(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "| " + " | ".join(_SWITCH_HEADS) + " |"
    yield "|" + " --- |" * len(_SWITCH_HEADS)
    for s in rows:
        values = "; ".join(f"`{v['key']}` {v['zh']} · {v['en']}" for v in s["values"])
        note = f". {s['note']['zh']} · {s['note']['en']}" if s["note"] else ""
        cells = (
            f"`{s['path']}`", f"{s['label']['zh']} · {s['label']['en']}", f"`{s['default']}`",
            values + note)
        yield "| " + " | ".join(map(_cell, cells)) + " |"


def _both(label: dict[str, str]) -> str:
    return " · ".join(dict.fromkeys((label["zh"], label["en"])))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def stale(folder: Path = DOCS) -> list[str]:
    """Pages that do not say what the code says."""
    return [
        name for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; 1 if some are stale."""
    if "--check" in arguments:
        old = stale()
        for name in old:
            print(f"docs/{name} 已过时 · is stale: python -m sim.reference", file=sys.stderr)
        return 1 if old else 0
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
