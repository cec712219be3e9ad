"""Which cases a forum brings into the open; what people make of cases and gatherings is in the Mesa form."""

from __future__ import annotations

from typing import Any

from reference.arithmetic import combine, uniform


def raised(cases: list[dict[str, Any]], offers: list[dict[str, Any]], key: int, since: int) -> set[int]:
    """Keys of silent cases that a fruitful forum brings into the open: never found, not too long ago."""
    found = set()
    for case in cases:
        silent = case["status"] == "silent" and case["found"] < 0.0 and case["parties"]
        for offer in offers if silent and case["ended_week"] >= since else ():
            here = offer["fruitful"] and offer["lo"] <= case["parties"][0] < offer["hi"]
            if here and uniform(combine(key, offer["key"]), case["key"]) < offer["forum"]:
                found.add(case["key"])
    return found
