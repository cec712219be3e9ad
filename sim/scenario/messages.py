"""pydantic's findings said in one clear sentence in Chinese and English, with the mend."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.params import declared
from sim.policies import registry
from sim.scenario.bykind import near
from sim.scenario.merge import Path
from sim.scenario.schema import Arm, Scenario
from sim.scenario.targets import READINGS
from sim.scenario.units import unit_in

Sentence = tuple[str, str]
"""The same in Chinese and English."""

TYPES: dict[str, Sentence] = {
    "int_type": ("整数（不加引号，不带小数点）", "a whole number, without quotes or decimal point"),
    "float_type": ("数字（不加引号）", "a number, without quotes"),
    "bool_type": ("true 或 false", "true or false"),
    "string_type": ("文字", "text"),
    "tuple_type": ("列表（每项以 - 开头）", "a list, each entry after a dash"),
    "dict_type": ("“键: 值”的映射", "a mapping of keys to values"),
    "model_type": ("“键: 值”的映射", "a mapping of keys to values"),
    "model_attributes_type": ("“键: 值”的映射", "a mapping of keys to values"),
}
RANGES = ("greater_than_equal", "less_than_equal", "greater_than", "less_than")


def describe(error: Mapping[str, Any], tree: Mapping[str, Any]) -> Sentence:
    """One finding of pydantic as a sentence.

    Parameters
    ----------
    error : mapping
        An entry of ``ValidationError.errors()``.
    tree : mapping
        What was validated; tells the kinds of policies and claims.

    Returns
    -------
    zh, en : str
    """
    kind, loc, context = error["type"], tuple(error["loc"]), error.get("ctx", {})
    if kind == "yihe":
        return context["zh"], context["en"]
    if kind == "value_error":
        zh, _, en = str(context["error"]).partition(" · ")
        return zh, en or zh
    if kind == "missing":
        return f"缺少 {loc[-1]}，请补上", f"{loc[-1]} is missing; add it"
    if kind == "extra_forbidden":
        return _unknown_key(loc, tree)
    if kind in ("unknown_kind", "unknown_name"):
        return _unknown_name(loc, context)
    value = _shown(error.get("input"))
    if kind in RANGES:
        zh, en = _range(loc, tree)
        return f"{value} 超出范围，应在{zh}", f"{value} is out of range; it must lie {en}"
    if kind == "finite_number":
        zh, en = _range(loc, tree)
        return f"{value} 不是有限的数，应在{zh}", f"{value} is not a finite number; it must lie {en}"
    if kind in TYPES:
        zh, en = TYPES[kind]
        return f"这里应写{zh}，现在是 {value}", f"this must be {en}, not {value}"
    if kind == "literal_error":
        guess = near(
            value, tuple(part.strip("' ") for part in context["expected"].replace(" or ", ",").split(","))
        )
        hint = (f"，是否想写 {guess}", f"; did you mean {guess}") if guess else ("", "")
        return (
            f"不认识 {value}，可写 {context['expected'].replace(', ', '、').replace(' or ', '、')}{hint[0]}",
            f"unknown value {value}; it must be {context['expected']}{hint[1]}",
        )
    return _text(kind, value, context, str(error["msg"]))


def one_line(sentence: Sentence) -> Sentence:
    """A sentence without the line ends and control characters that quoted values brought along."""
    zh, en = (
        " ".join("".join(c if c.isprintable() else " " for c in text).split()) for text in sentence)
    return zh, en


def _text(kind: str, value: str, context: Mapping[str, Any], message: str) -> Sentence:
    if kind == "version":
        return f"格式版本应写 yihe: 1，现在是 {value}", f"the version of the format is yihe: 1, not {value}"
    if kind == "string_pattern_mismatch":
        return (
            f"{value} 只能用小写字母、数字、_ 和 -，并以字母或数字开头",
            f"{value} may hold only a–z, 0–9, _ and -, and begins with a letter or digit",
        )
    if kind == "string_too_short":
        return "不能为空，请写上内容，或删去这一行", "this is empty; fill it in or leave the line out"
    if kind == "string_too_long":
        return (
            f"太长，最多 {context['max_length']} 个字符",
            f"too long; at most {context['max_length']} characters",
        )
    if kind == "invalid_key":
        return f"键 {value} 须是文字，请加引号", f"the key {value} must be text; put it in quotes"
    return f"{value} 不合要求（{message}），请改正", f"{value} is not allowed ({message}); mend it"


def _unknown_key(loc: Path, tree: Mapping[str, Any]) -> Sentence:
    key = str(loc[-1])
    model = _model_at(loc[:-1], tree)
    known = tuple(keys(model)) if model is not None else ()
    # The right key in the wrong place is a commoner slip than a misspelling of another key.
    elsewhere = next((d.path for d in declared(Scenario) if d.path.rpartition(".")[2] == key), "")
    guess = elsewhere if elsewhere and loc[:-1] == () else near(key, known) or elsewhere
    if guess:
        return f"没有 {key} 这一项，是否想写 {guess}？", f"there is no key {key}; did you mean {guess}?"
    shown = known if len(known) <= 12 else (*known[:12], "…")
    return (
        f"没有 {key} 这一项，可写的有：{'、'.join(shown)}",
        f"there is no key {key}; there are: {', '.join(shown)}",
    )


def _unknown_name(loc: Path, context: Mapping[str, Any]) -> Sentence:
    what = {
        "kind": ("政策类型", "kind of policy"),
        "regime": ("协调方式", "regime"),
        "reading": ("读法", "reading"),
        "conditions": ("困境开关", "condition"),
    }
    step = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    zh, en = what.get(step, ("名称", "name"))
    name, guess, known = context["name"], context["near"], context["known"]
    if guess:
        return (
            f"没有名为 {name} 的{zh}，是否想写 {guess}？",
            f"there is no {en} {name}; did you mean {guess}?",
        )
    return (
        f"没有名为 {name} 的{zh}，可用的有：{known or '（无）'}",
        f"there is no {en} {name}; there are: {known or '(none)'}",
    )


def _range(loc: Path, tree: Mapping[str, Any]) -> Sentence:
    field = field_at(loc, tree)
    if field is None:
        return "允许的范围内", "within its range"
    least = next((getattr(m, n) for m in field.metadata for n in ("ge", "gt") if hasattr(m, n)), None)
    most = next((getattr(m, n) for m in field.metadata for n in ("le", "lt") if hasattr(m, n)), None)
    extra = field.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) and "unit" in extra else ""
    named = unit not in ("", "1", "0 to 1")
    zh_unit, en_unit = (f"（单位：{unit_in(unit, 'zh')}）", f" ({unit})") if named else ("", "")
    if least is not None and most is not None:
        return (f" {least:g} 到 {most:g} 之间{zh_unit}", f"between {least:g} and {most:g}{en_unit}")
    if least is not None:
        return f" {least:g} 以上{zh_unit}", f"at {least:g} or above{en_unit}"
    if most is not None:
        return f" {most:g} 以下{zh_unit}", f"at {most:g} or below{en_unit}"
    return "有限的数之内", "among the finite numbers"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 40 else f"“{value[:40]}…”"
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, (list, tuple)):
        return "[…]"
    return str(value)


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Keys a block may hold, as the file spells them."""
    for name, field in model.model_fields.items():
        yield field.alias or name
    if model is Scenario:
        yield "extends"


def field_at(loc: Path, tree: Mapping[str, Any]) -> FieldInfo | None:
    """Declaration of the field at a key path, if there is one."""
    model = _model_at(loc[:-1], tree)
    return None if model is None else _field(model, loc[-1])


def _field(model: type[BaseModel], key: str | int) -> FieldInfo | None:
    return next((f for name, f in model.model_fields.items() if key in (f.alias, name)), None)


def _model_at(loc: Path, tree: Any) -> type[BaseModel] | None:
    """Class of the block at a key path."""
    model: type[BaseModel] | None = Scenario
    steps = list(loc)
    while steps and model is not None:
        step = steps.pop(0)
        tree = _inside(tree, step)
        if model is Scenario and step in ("policies", "targets", "arms") and steps:
            name = steps.pop(0)
            tree = _inside(tree, name)
            model = _arm(steps) if step == "arms" else _named(str(step), tree)
        else:
            field = _field(model, step)
            model = None if field is None else _block(field.annotation)
            if steps and isinstance(steps[0], int):
                tree = _inside(tree, steps.pop(0))
    return model


def _arm(steps: list[str | int]) -> type[BaseModel]:
    # An arm holds a label, and otherwise what a scenario holds.
    return Arm if steps[:1] == ["label"] else Scenario


def _named(section: str, tree: Any) -> type[BaseModel] | None:
    if section == "policies":
        kind = tree.get("kind") if isinstance(tree, Mapping) else getattr(tree, "kind", None)
        return registry.policy_class(str(kind))
    return READINGS.get(str(_inside(tree, "reading")))


def _inside(tree: Any, step: str | int) -> Any:
    if isinstance(tree, Mapping):
        return tree.get(step)
    if isinstance(tree, (list, tuple)) and isinstance(step, int) and step < len(tree):
        return tree[step]
    return None


def _block(annotation: Any) -> type[BaseModel] | None:
    """The block of parameters in an annotation such as ``Window | None`` or ``tuple[Shock, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_block(part) for part in typing.get_args(annotation))
    return next((block for block in found if block is not None), None)
