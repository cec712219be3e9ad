"""Recordings made lately, so that the side of a comparison that did not change is not run again.

A recording is the same bytes whoever asks for it, so sessions may share one: what names it is everything it
is made from. Runs that read files of their own, which may change, are not kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.params import Label
    from sim.scenario.schema import Scenario

MOST_BYTES = 64 * 2**20
"""Bytes of all that is kept; the oldest go first."""


class Recent:
    """Bytes of recordings by what they were made from.

    Parameters
    ----------
    most : int
        Bytes of all together.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, name: bytes) -> bytes | None:
        """A recording, or None."""
        found = self._kept.get(name)
        if found is not None:
            self._kept.move_to_end(name)
        return found

    def put(self, name: bytes, recording: bytes) -> None:
        """Keep a recording, if it has a name and there is room for it."""
        if not name or name in self._kept or len(recording) > self._most:
            return
        self._kept[name] = recording
        self._bytes += len(recording)
        while self._bytes > self._most:
            self._bytes -= len(self._kept.popitem(last=False)[1])


def names(
    arms: Mapping[str, Scenario], labels: Mapping[str, Label], seed: int, compared: frozenset[str],
) -> dict[str, bytes]:
    """What names the recording of each arm; empty for one that reads a file of its own."""
    found = {}
    for side, arm in arms.items():
        said = (side, labels[side].zh, labels[side].en, seed, sorted(compared), arm.model_dump_json())
        own_file = arm.population_path is not None or arm.ties_path is not None
        found[side] = b"" if own_file else hashlib.blake2b(repr(said).encode(), digest_size=16).digest()
    return found
