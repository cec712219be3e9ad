"""One home for each number: a pydantic field that carries unit, range, source, evidence grade and label.

The JSON Schema, ``yihe explain``, the page's sliders, sensitivity ranges and the tables in ``docs/`` are all
made from what is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

Grade = Literal["A", "B", "C", "D"]
"""Evidence grade: A measured and seen, B second-hand, C claimed by a source text, D assumption."""

ASSUMPTION = "modeller's assumption"
"""Source of every grade-D number."""


class Label(BaseModel):
    """A name or sentence in Chinese and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    zh: str
    en: str

    def text(self, lang: str) -> str:
        """The label in ``"zh"`` or ``"en"``."""
        return self.zh if lang == "zh" else self.en


def Param(  # noqa: N802 - reads as a type in class bodies, like pydantic's Field
    default: float | int,
    *,
    unit: str,
    ge: float,
    le: float,
    label: tuple[str, str],
    evidence: Grade = "D",
    source: str = ASSUMPTION,
    note: str = "",
) -> Any:
    """Declare a number.

    Parameters
    ----------
    default : float or int
        Value used when a scenario says nothing.
    unit : str
        Unit, spelled out; ``"1"`` for a pure number.
    ge, le : float
        Least and greatest value that makes sense; also the range of sensitivity studies and sliders.
    label : (str, str)
        Name in Chinese and English.
    evidence : {"A", "B", "C", "D"}
        Evidence grade of the default.
    source : str
        Where the default comes from; required above grade D.
    note : str
        Anything a referee should know.

    Raises
    ------
    ValueError
        If a grade above D names no source, or the default lies outside its range.
    """
    if evidence != "D" and source == ASSUMPTION:
        raise ValueError(f"{label[1]}: evidence {evidence} needs a source")
    if not ge <= default <= le:
        raise ValueError(f"{label[1]}: default {default} lies outside [{ge}, {le}]")
    extra: dict[str, Any] = {
        "unit": unit, "source": source, "evidence": evidence, "zh": label[0], "en": label[1]}
    if note:
        extra["note"] = note
    return Field(
        default, ge=ge, le=le, title=f"{label[0]} · {label[1]}",
        description=f"{label[0]} · {label[1]} [{unit}], {ge:g} to {le:g}; evidence {evidence}: {source}",
        json_schema_extra=extra, allow_inf_nan=False,
    )


class Parameters(BaseModel):
    """Base of every block of parameters: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _on_own_defaults(cls, data: object) -> object:
        """Let a block that is given in part keep the defaults of its place, not those of its class."""
        if not isinstance(data, dict):
            return data
        filled = {
            name: {**field.default.model_dump(), **data[name]} for name, field in cls.model_fields.items()
            if isinstance(field.default, Parameters) and isinstance(data.get(name), dict)
            and field.default != type(field.default)()}
        return {**data, **filled} if filled else data


class Declared(NamedTuple):
    """One declared number, as found by :func:`declared`."""

    path: str
    default: float
    unit: str
    ge: float
    le: float
    source: str
    evidence: Grade
    zh: str
    en: str
    note: str


def declared(
    model: type[BaseModel], prefix: str = "", block: BaseModel | None = None
) -> Iterator[Declared]:
    """Every number declared in a block of parameters and in the blocks inside it.

    Parameters
    ----------
    model : type of pydantic model
    prefix : str
        Key path of the block itself.
    block : pydantic model, optional
        Whose values are the defaults, where a block is used with defaults of its own.

    Yields
    ------
    Declared
    """
    for name, field in model.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        extra = field.json_schema_extra
        default = field.default if block is None else getattr(block, name)
        if isinstance(extra, dict) and "evidence" in extra:
            yield _declared(path, default, field, extra)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner = default if isinstance(default, field.annotation) else None
            yield from declared(field.annotation, path, inner)


def _declared(path: str, default: Any, field: FieldInfo, extra: dict[str, Any]) -> Declared:
    bounds = {type(m).__name__: m for m in field.metadata}
    return Declared(
        path, default, extra["unit"], bounds["Ge"].ge, bounds["Le"].le,
        extra["source"], extra["evidence"], extra["zh"], extra["en"], extra.get("note", ""),
    )


def as_record(block: BaseModel) -> np.ndarray:
    """The numbers and switches of a block in the form that compiled code reads.

    Parameters
    ----------
    block : pydantic model

    Returns
    -------
    structured array, shape (1,)
        One field a number (``i8`` or ``f8``) or switch (``u1``), under its own name; blocks inside it and
        texts are left out.
    """
    kinds: dict[Any, str] = {int: "i8", float: "f8", bool: "u1"}
    fields = [
        (name, kinds[field.annotation]) for name, field in type(block).model_fields.items()
        if field.annotation in (int, float, bool)]
    record = np.zeros(1, np.dtype(fields, align=True))
    for name, _ in fields:
        record[name] = getattr(block, name)
    return record
