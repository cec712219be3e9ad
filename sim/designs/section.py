"""Sections of a study file: blocks that say each of their own mistakes in one sentence in both languages.

A block translates what pydantic finds in it before anyone else sees it, so a sentence is the same whether the
block is read alone, inside a study file or inside another block.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ModelWrapValidatorHandler, TypeAdapter, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from sim.errors import YiheError
from sim.params import Parameters
from sim.scenario.bykind import near
from sim.scenario.checks import problem
from sim.scenario.merge import Path, parse_path, show_path, tuples
from sim.scenario.messages import RANGES, Sentence, describe, keys, one_line
from sim.scenario.yamlfile import Origins, Place

T = TypeVar("T")


class Section(Parameters):
    """Base of every block of a study file: frozen, unknown keys refused, mistakes said in whole sentences."""

    @model_validator(mode="wrap")
    @classmethod
    def _in_sentences(cls, data: object, handler: ModelWrapValidatorHandler[Any]) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                cls.__name__, [_translated(cls, line) for line in error.errors()]
            ) from None


def wrong(zh: str, en: str, *loc: str | int) -> ValidationError:
    """A mistake at a key inside the block that is being read."""
    return ValidationError.from_exception_data("Section", [problem(loc, zh, en)])


def read(
    model: Any, tree: object, *, key: str, file: str | FilePath | None = None, origins: Origins | None = None
) -> Any:
    """A block from what a file says.

    Parameters
    ----------
    model : type
        A :class:`Section`, or an annotation of several such as ``AnyDesign``.
    tree : mapping
        What stands under the key.
    key : str
        Key path of the block in its file, such as ``design``.
    file : path, optional
    origins : mapping, optional
        Lines of the file's key paths, as :func:`sim.scenario.yamlfile.parse` gives them.

    Returns
    -------
    An instance of ``model``.

    Raises
    ------
    YiheError
        The first mistake in the order of lines: key path and the mend.
    """
    try:
        return TypeAdapter(model).validate_python(tuples(tree), strict=True)
    except ValidationError as error:
        found = [_mistake(line, parse_path(key), file, origins or {}) for line in error.errors()]
        raise min(found, key=lambda one: one.line or 10**9) from None


def _mistake(
    line: Mapping[str, Any], above: Path, file: str | FilePath | None, origins: Origins
) -> YiheError:
    path = (*above, *line["loc"])
    known = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in origins), None)
    place = origins[known] if known else Place(None if file is None else str(file), None)
    zh, en = one_line(describe(line, {}))
    return YiheError(zh, en, file=place.file, key=show_path(path) or None, line=place.line)


def _translated(model: type[BaseModel], line: Mapping[str, Any]) -> InitErrorDetails:
    if line["type"] == "yihe":
        zh, en = line["ctx"]["zh"], line["ctx"]["en"]
    else:
        zh, en = _sentence(model, line)
    error = PydanticCustomError("yihe", "{en}", {"zh": zh, "en": en})
    return InitErrorDetails(type=error, loc=line["loc"], input=line["input"])


def _sentence(model: type[BaseModel], line: Mapping[str, Any]) -> Sentence:
    kind, loc = line["type"], line["loc"]
    if kind == "extra_forbidden":
        known = tuple(keys(model))
        guess = near(str(loc[-1]), known)
        hint = (
            (f"是否想写 {guess}？", f"did you mean {guess}?")
            if guess
            else (f"可写的有：{'、'.join(known)}", f"there are: {', '.join(known)}")
        )
        return f"没有 {loc[-1]} 这一项，{hint[0]}", f"there is no key {loc[-1]}; {hint[1]}"
    if kind in RANGES:
        sign = {
            "greater_than_equal": ("ge", "不小于", "at least"),
            "less_than_equal": ("le", "不大于", "at most"),
            "greater_than": ("gt", "大于", "above"),
            "less_than": ("lt", "小于", "below"),
        }[kind]
        bound = f"{line['ctx'][sign[0]]:.12g}"
        return (
            f"{line['input']} 不行，应{sign[1]} {bound}",
            f"{line['input']} will not do; it must be {sign[2]} {bound}",
        )
    if kind == "finite_number":
        return "须是有限的数", "this must be a finite number"
    return describe(line, {})
