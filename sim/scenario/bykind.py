"""Mappings whose class is named by one of their own keys, such as a policy by its ``kind``.

pydantic's own discriminated unions must know their members when a class is defined; policies arrive later, by
plug-in, and errors here keep key paths as the user wrote them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema


def near(word: str, known: list[str] | tuple[str, ...]) -> str:
    """The known word closest to a mistyped one, or an empty string."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else ""


class ByKind:
    """Annotation that validates a mapping by the class its key names.

    Parameters
    ----------
    key : str
        Key that names the class.
    base : type of pydantic model
        Common base of the classes.
    names : callable
        All known names.
    find : callable
        Class of a name, or None.
    """

    def __init__(
        self,
        key: str,
        base: type[BaseModel],
        names: Callable[[], tuple[str, ...]],
        find: Callable[[str], type[BaseModel] | None],
    ) -> None:
        self.key, self.base, self.names, self.find = key, base, names, find

    def dump(self, value: BaseModel, info: core_schema.SerializationInfo) -> dict[str, Any]:
        """Every field of the class found; the key that names the class even where defaults are left out."""
        data = value.model_dump(
            mode=info.mode, by_alias=info.by_alias, exclude_defaults=info.exclude_defaults
        )
        return {self.key: getattr(value, self.key), **data}

    def validate(self, value: object) -> BaseModel:
        """An instance of the class that ``value`` names.

        Raises
        ------
        pydantic_core.ValidationError
            With locations inside ``value``.
        """
        if isinstance(value, self.base):
            return value
        if not isinstance(value, Mapping):
            raise self._error("model_type", (), value, {"class_name": self.base.__name__})
        name = value.get(self.key)
        if name is None:
            raise self._error("missing", (self.key,), value, {})
        cls = self.find(name) if isinstance(name, str) else None
        if cls is None:
            raise self._unknown(name)
        return cls.model_validate(value, strict=True)

    def _unknown(self, name: object) -> ValidationError:
        names = self.names()
        context = {"name": str(name), "near": near(str(name), names), "known": ", ".join(names)}
        return ValidationError.from_exception_data(
            self.base.__name__,
            [
                InitErrorDetails(
                    type=PydanticCustomError("unknown_kind", "unknown {name}", context),
                    loc=(self.key,),
                    input=name,
                )
            ],
        )

    def _error(
        self, kind: str, loc: tuple[str | int, ...], value: object, ctx: dict[str, Any]
    ) -> ValidationError:
        return ValidationError.from_exception_data(
            self.base.__name__, [InitErrorDetails(type=kind, loc=loc, input=value, ctx=ctx)]
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by name; dump every field of the class found."""
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(self.dump, info_arg=True),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """One alternative a name."""
        options = []
        for name in self.names():
            cls = self.find(name)
            if cls is not None:
                option = handler(cls.__pydantic_core_schema__)
                options.append({**option, "required": [self.key, *option.get("required", ())]})
        return {"oneOf": options} if options else {"type": "object", "required": [self.key]}
