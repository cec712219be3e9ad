"""Recordings: one run as one compact file, to be played, scrubbed and explained without running it again.

>>> from sim.recording import read, record
>>> recording = record(load("scenarios/chaoyang_neighbour_festival.yaml").arm("festival"), 1)
>>> Path("a.rec").write_bytes(recording.to_bytes())
>>> read("a.rec").resident_story(12, 30, "en")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.recording.making import record, record_arms, record_in_parts, warmed
    from sim.recording.recording import Recording, read

_HOME = {
    "Recording": "sim.recording.recording", "read": "sim.recording.recording",
    "record": "sim.recording.making", "record_arms": "sim.recording.making",
    "record_in_parts": "sim.recording.making", "warmed": "sim.recording.making",
}
"""Each public name and the module it lives in: to read a recording no model is loaded."""

__all__ = ["Recording", "read", "record", "record_arms", "record_in_parts", "warmed"]


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'sim.recording' has no attribute {name!r}")
    value: Any = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
