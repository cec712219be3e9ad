"""JSON Schema of scenario files (draft 2020-12): editors complete keys, show unit, range and source."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema import FIXED_IN_ARMS, Scenario
from sim.vocabulary import Regime

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of scenario files, including ``extends`` and what an arm may change."""
    schema = Scenario.model_json_schema(by_alias=True)
    properties = schema["properties"]
    properties["extends"] = {
        "type": "string",
        "description": "继承的文件，相对路径 · file this one builds on, relative path",
    }
    properties["regime"]["default"] = Regime.ONE_CORE.key
    required = schema.pop("required")
    schema["anyOf"] = [{"required": [key for key in required if key != "title"]}, {"required": ["extends"]}]
    schema["$defs"]["Arm"] = _arm(schema["$defs"]["Arm"], properties)
    return {"$schema": DRAFT, "$id": "yihe-scenario-1", **schema, "title": "yihe 情景文件 · scenario file"}


def _arm(arm: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """An arm may change what a scenario may say, but for what all arms share."""
    return {
        "type": "object",
        "description": "与外层不同之处：映射合并，列表替换 · what differs: mappings merge, lists replace",
        "properties": {
            **{key: value for key, value in properties.items() if key not in FIXED_IN_ARMS},
            "label": arm["properties"]["label"],
        },
        "patternProperties": {r"^[a-z_]+\.[a-z0-9_.]+$": {}},
        "additionalProperties": False,
    }
