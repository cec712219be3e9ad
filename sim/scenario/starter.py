"""The commented file that ``yihe new`` writes: every section, with unit, range and grade of every number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.schema import Scenario
from sim.scenario.units import unit_in
from sim.vocabulary import Regime

SHOWN = ("places", "budget")
"""Sections written out; all others stand as comments, so that later defaults reach the file."""

SECTIONS: dict[str, tuple[str, str]] = {
    "places": ("空间：街道、社区、网格、楼栋", "Places: streets, communities, grids, buildings"),
    "population": ("居民：由边际分布合成", "Residents, made from margins"),
    "ties": ("关系网络", "Ties between residents"),
    "world": ("外部世界：各方案完全相同", "The world: the same in every arm"),
    "participation": ("参与决策", "The decision to take part"),
    "cases": ("从摩擦到纠纷到办理", "From friction to dispute to handling"),
    "experience": ("经历与信任", "Experience and trust"),
    "actors": ("各类机构", "Institutions"),
    "budget": ("政策经费", "Money for policies"),
}

_HEAD = {
    "zh": """\
# yaml-language-server: $schema=yihe.schema.json
# 情景文件。编辑器补全：先运行 yihe schema --out yihe.schema.json，放在同一文件夹。
# 检查：yihe validate {name}.yaml    每个数后面：名称（单位，范围，证据等级 A–D）。
# 结果均为示意性，未经校准。
yihe: 1  # 文件格式版本
name: {name}  # 小写字母、数字、_ 和 -
title:
  zh: {name}
  en: {name}
description:
  zh: 这是哪个社区，要比较什么
  en: which community this is, and what is compared
source: ""  # 出处，如 S1
seed: 1  # 随机种子
weeks: 104  # 模拟周数（预热后，1–5200）
warmup: 104  # 预热周数（无政策，0–1040）
regime: one_core  # 协调方式：{regimes}
population_file: null  # 居民 CSV 的相对路径；null 表示按 population 合成
""",
    "en": """\
# yaml-language-server: $schema=yihe.schema.json
# A scenario. For completion in editors: yihe schema --out yihe.schema.json, in the same folder.
# Check it: yihe validate {name}.yaml    After each number: name (unit, range, evidence grade A–D).
# Results are illustrative, uncalibrated.
yihe: 1  # version of the file format
name: {name}  # a–z, 0–9, _ and -
title:
  zh: {name}
  en: {name}
description:
  zh: 这是哪个社区，要比较什么
  en: which community this is, and what is compared
source: ""  # such as S1
seed: 1
weeks: 104  # simulated after the warm-up, 1–5200
warmup: 104  # weeks free of policies, 0–1040
regime: one_core  # {regimes}
population_file: null  # relative path of a CSV of residents; null: made from population
""",
}

_TAIL = {
    "zh": """\

# 冲击时间线：各方案相同
shocks: []
#  - kind: burst_main
#    week: 20  # 预热后起算
#    weeks: 2
#    friction_factor: 3.0

# 政策：有哪些 kind 见 yihe list policies；start、end 为预热后的周，intensity 为 0–1
policies: []
#  - kind: neighbour_festival
#    start: 0
#    end: null
#    intensity: 1.0
#    target: {{share: 1.0}}

# 对比方案：写与上面不同之处，映射合并，列表替换
arms:
  none:
    label: {{zh: 无政策, en: no policy}}
    policies: []
  festival:
    label: {{zh: 邻里节, en: festival}}
    policies:
      - kind: neighbour_festival
        start: 0
#  fragmented:
#    label: {{zh: 多头无核, en: fragmented}}
#    regime: fragmented

# 待检验的主张
targets: []
#  - id: participation
#    label: {{zh: 参与率由不足30%升至70%以上, en: participation from below 30 % to above 70 %}}
#    source: S1
#    outcome: participation_52_other
#    beside: [participation_52]
#    treatment: festival
#    control: none
#    reading: level_change  # 或 level、relative_change、difference、sign
#    from: {{high: 0.30}}
#    to: {{low: 0.70}}
""",
    "en": """\

# Timeline of shocks: the same in every arm
shocks: []
#  - kind: burst_main
#    week: 20  # counted after the warm-up
#    weeks: 2
#    friction_factor: 3.0

# Policies: for kinds see yihe list policies; start and end in weeks after the warm-up, intensity 0–1
policies: []
#  - kind: neighbour_festival
#    start: 0
#    end: null
#    intensity: 1.0
#    target: {{share: 1.0}}

# Arms: what differs from the above; mappings merge, lists replace
arms:
  none:
    label: {{zh: 无政策, en: no policy}}
    policies: []
  festival:
    label: {{zh: 邻里节, en: festival}}
    policies:
      - kind: neighbour_festival
        start: 0
#  fragmented:
#    label: {{zh: 多头无核, en: fragmented}}
#    regime: fragmented

# Claims under test
targets: []
#  - id: participation
#    label: {{zh: 参与率由不足30%升至70%以上, en: participation from below 30 % to above 70 %}}
#    source: S1
#    outcome: participation_52_other
#    beside: [participation_52]
#    treatment: festival
#    control: none
#    reading: level_change  # or level, relative_change, difference, sign
#    from: {{high: 0.30}}
#    to: {{low: 0.70}}
""",
}


def starter(name: str, lang: str = "zh") -> str:
    """A commented scenario that validates as written.

    Parameters
    ----------
    name : str
        Name of the scenario: a–z, 0–9, _ and -.
    lang : {"zh", "en"}
        Language of the comments.

    Returns
    -------
    str
        YAML.
    """
    regimes = ", ".join(f"{regime.key} {regime.zh}" if lang == "zh" else regime.key for regime in Regime)
    parts = [_HEAD[lang].format(name=name, regimes=regimes)]
    for key, title in SECTIONS.items():
        block = Scenario.model_fields[key].annotation
        assert isinstance(block, type)
        mark = "" if key in SHOWN else "#"
        hint = (
            "" if key in SHOWN else {"zh": "（去掉行首的 # 即可改）", "en": " (remove the # to change)"}[lang]
        )
        lines = [f"{key}:", *_lines(block(), lang, 1)]
        parts.append(f"\n# {title[0 if lang == 'zh' else 1]}{hint}\n")
        parts.extend(f"{mark}{line}\n" for line in lines)
    parts.append(_TAIL[lang].format())
    return "".join(parts)


def _lines(block: BaseModel, lang: str, depth: int) -> Iterator[str]:
    for name, field in type(block).model_fields.items():
        indent, value = "  " * depth, getattr(block, name)
        if isinstance(value, BaseModel):
            yield f"{indent}{name}:{_comment(field, lang)}"
            yield from _lines(value, lang, depth + 1)
        else:
            yield f"{indent}{name}: {_value(value)}{_comment(field, lang)}"


def _value(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _comment(field: FieldInfo, lang: str) -> str:
    extra = field.json_schema_extra
    if not isinstance(extra, dict) or "unit" not in extra:
        return f"  # {field.description}" if field.description else ""
    least = next(m.ge for m in field.metadata if hasattr(m, "ge"))
    most = next(m.le for m in field.metadata if hasattr(m, "le"))
    unit = unit_in(str(extra["unit"]), lang)
    if lang == "zh":
        return f"  # {extra['zh']}（{unit}，{least:g} 到 {most:g}，{extra['evidence']}）"
    return f"  # {extra['en']} ({unit}, {least:g} to {most:g}, {extra['evidence']})"
