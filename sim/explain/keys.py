"""Keys of scenario and study files: name, kind of value, default, range, grade; read off the schema."""

from __future__ import annotations

import enum
import math
import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.explain.switches import NAMES
from sim.params import Label
from sim.scenario.units import UNITS_ZH

KINDS: dict[Any, Label] = {
    int: Label(zh="整数", en="whole number"), float: Label(zh="数", en="number"),
    str: Label(zh="文字", en="text"), bool: Label(zh="true 或 false", en="true or false"),
    Label: Label(zh="zh 和 en 两种文字", en="a text in zh and en"),
}
LIST, MAPPING = Label(zh="列表", en="list"), Label(zh="映射", en="mapping")
BLOCK = Label(zh="一组键", en="a block of keys")
ANY = Label(zh="任意", en="anything")
REQUIRED = Label(zh="必写", en="required")
LEFT_OUT = Label(zh="可不写", en="may be left out")

MEANINGS: dict[str, Label] = {
    "label": Label(zh="名称", en="name"),
    "description": Label(zh="说明", en="description"),
    "weeks": Label(zh="模拟周数，代替情景自己的", en="weeks simulated, instead of the scenario's own"),
    "warmup": Label(zh="预热周数，代替情景自己的", en="weeks of warm-up, instead of the scenario's own"),
    "seed": Label(zh="起始种子，代替情景自己的", en="first seed, instead of the scenario's own"),
    "design": Label(zh="设计：变什么、怎样取点", en="design: what is varied, and where"),
    "replicates": Label(zh="每点的种子", en="seeds of each point"),
    "stop": Label(zh="何时停止增加种子", en="when to stop adding seeds"),
    "run": Label(zh="怎样运行", en="how runs are done"),
    "keep": Label(zh="每次运行保存什么", en="what is kept of each run"),
    "report": Label(zh="报告分析什么", en="what the report analyses"),
    "contrasts": Label(zh="方案怎样比较", en="how arms are compared"),
    "discovery": Label(zh="情景发现（PRIM）", en="scenario discovery (PRIM)"),
    "outcome": Label(zh="结果指标", en="outcome"),
    "outcomes": Label(zh="报告的指标", en="outcomes reported"),
    "below": Label(zh="低于此值", en="below this value"),
    "above": Label(zh="高于此值", en="above this value"),
    "method": Label(zh="方法", en="method"),
    "reading": Label(zh="读法", en="reading"),
    "level": Label(zh="处理组应处的范围", en="range of the treatment"),
    "value": Label(zh="至少变化多少，带正负号", en="change at least as large, with its sign"),
    "file": Label(zh="关系文件，CSV 或 GraphML", en="file of ties, CSV or GraphML"),
    "kind": Label(zh="名称，见政策卡", en="name, see the policy cards"),
    "target": Label(zh="在哪里实施，默认处处", en="where it acts; everywhere if left out"),
    "history_matching": Label(zh="历史匹配", en="history matching"),
    "abc": Label(zh="近似贝叶斯抽样（ABC-SMC）", en="approximate Bayesian computation (ABC-SMC)"),
    "predictive": Label(zh="最后的预测检验", en="predictive checks at the end"),
    "statistic": Label(zh="比较什么", en="what is compared"),
}
"""Names of keys whose field has no wording of its own."""

CLEARER: dict[str, Label] = {
    "title": Label(zh="标题，默认为名称", en="title; the name if left out"),
    "calibrate": Label(zh="校准，见下", en="calibration, see below"),
    "optimise": Label(zh="寻优，见下", en="optimisation, see below"),
}
"""Names of keys that the page tells more of, or that a file may leave out though the schema has none."""


class Key(NamedTuple):
    """One key of a file."""

    path: str
    label: Label
    kind: Label
    """Kind of value; of a number its unit."""
    default: str
    """As a file would say it; empty if the key must be written or may be left out."""
    required: bool
    range: tuple[float, float] | None
    above: bool
    """Whether the least value itself is out."""
    values: tuple[str, ...]
    """What may be chosen, if that is a list of names."""
    grade: str
    """Grade of evidence of a declared number; else empty."""
    block: type[BaseModel] | None
    """The block that stands under the key, if it is one."""


def keys(model: type[BaseModel], prefix: str = "", block: BaseModel | None = None) -> Iterator[Key]:
    """Keys of one block, those of blocks inside it left to another call.

    Parameters
    ----------
    model : type of pydantic model
    prefix : str
        Key path of the block itself.
    block : pydantic model, optional
        Whose values are the defaults, where a block is used with defaults of its own.
    """
    for name, field in model.model_fields.items():
        path = ".".join(filter(None, (prefix, field.alias or name)))
        yield _key(path, name, field, field.default if block is None else getattr(block, name))


def blocks(
    model: type[BaseModel], prefix: str = "", block: BaseModel | None = None
) -> Iterator[tuple[str, list[Key]]]:
    """A block's own keys and, after it, those of every block inside it."""
    own = list(keys(model, prefix, block))
    yield prefix, [key for key in own if key.block is None]
    for key in own:
        if key.block is not None:
            inner = getattr(block, key.path.rpartition(".")[2], None) if block is not None else None
            default = model.model_fields[key.path.rpartition(".")[2]].default if inner is None else inner
            yield from blocks(key.block, key.path, default if isinstance(default, key.block) else None)


def _key(path: str, name: str, field: FieldInfo, default: Any) -> Key:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    kind, values, block = _kind(field.annotation)
    if extra:
        unit = str(extra["unit"])
        kind = Label(zh=UNITS_ZH.get(unit, unit), en=unit)
    required = field.is_required() and path not in CLEARER
    return Key(
        path, _label(path, name, field, extra, block), kind,
        "" if field.is_required() else _written(default), required, _range(field),
        any(type(one).__name__ == "Gt" for one in field.metadata), values,
        str(extra.get("evidence", "")), block)


def _label(path: str, name: str, field: FieldInfo, extra: Any, block: type[BaseModel] | None) -> Label:
    if path in CLEARER:
        return CLEARER[path]
    if "zh" in extra:
        return Label(zh=str(extra["zh"]), en=str(extra["en"]))
    if path in NAMES:
        return NAMES[path].label
    if field.description and " · " in field.description:
        zh, en = field.description.split(" · ", 1)
        return Label(zh=zh, en=en)
    if name not in MEANINGS and block is not None:
        return Label(zh=path, en=path)
    if name not in MEANINGS:
        raise KeyError(f"{path}: its field has no description and MEANINGS no name for it")
    return MEANINGS[name]


def _kind(annotation: Any) -> tuple[Label, tuple[str, ...], type[BaseModel] | None]:
    """Kind of value, what may be chosen, and the block it is."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(parts[0])
    if origin in (typing.Union, types.UnionType):
        inner = [part for part in parts if part is not type(None)]
        found = [_kind(part) for part in inner]
        if len(found) == 1:
            return found[0]
        words = list(dict.fromkeys(kind for kind, _, _ in found))
        values = tuple(value for _, some, _ in found for value in some)
        return _joined(words), values, None
    if origin is Literal:
        return KINDS[type(parts[0])], tuple(str(value) for value in parts), None
    if origin in (tuple, list):
        return LIST, (), None
    if origin is dict:
        return MAPPING, (), None
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return KINDS[str], tuple(str(getattr(one, "key", one.name)) for one in annotation), None
    if annotation in KINDS:
        return KINDS[annotation], (), None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return BLOCK, (), annotation
    return ANY, (), None


def _joined(words: list[Label]) -> Label:
    return Label(zh="或".join(word.zh for word in words), en=" or ".join(word.en for word in words))


def _range(field: FieldInfo) -> tuple[float, float] | None:
    found = {type(one).__name__: one for one in field.metadata}
    low = [getattr(found[name], name.lower()) for name in ("Ge", "Gt") if name in found]
    high = [getattr(found[name], name.lower()) for name in ("Le", "Lt") if name in found]
    if not (low or high):
        return None
    return float(low[0]) if low else -math.inf, float(high[0]) if high else math.inf


def _written(value: Any) -> str:
    """A default as a file would say it."""
    if value is None or value == "" or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, enum.Enum):
        return str(getattr(value, "key", value.name))
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return "{}" if value == {} else f"{value:.12g}" if isinstance(value, float) else str(value)
