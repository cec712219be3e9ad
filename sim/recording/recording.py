"""One recorded run: its header, its arrays and its bytes; and how it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.recording import container, files
from sim.recording.checking import check
from sim.recording.contents import ARRAYS

Array = npt.NDArray[Any]


class Recording:
    """What was seen of one run: illustrative, uncalibrated.

    Parameters
    ----------
    header : dict
        Everything but numbers: names, words, policies, events. See ``docs/recording.md``.
    arrays : mapping of name to array
        Those of :data:`sim.recording.contents.ARRAYS`; not to be written to.
    """

    def __init__(self, header: dict[str, Any], arrays: Mapping[str, Array]) -> None:
        self.header = header
        self._arrays = dict(arrays)

    def array(self, name: str) -> Array:
        """One array, decoded.

        Parameters
        ----------
        name : str
            One of :data:`sim.recording.contents.ARRAYS`.

        Raises
        ------
        KeyError
            If there is no such array.
        """
        return self._arrays[name]

    @property
    def weeks(self) -> int:
        """Weeks recorded."""
        return int(self.header["weeks"])

    @cached_property
    def outcomes(self) -> dict[str, npt.NDArray[np.float64]]:
        """Weekly series of every outcome, by key."""
        names = (outcome["key"] for outcome in self.header["outcomes"])
        return dict(zip(names, self.array("outcomes"), strict=True))

    def to_bytes(self, level: int = 6) -> bytes:
        """The recording as a file; equal recordings give equal bytes.

        Parameters
        ----------
        level : int
            Of compression: 1 is quick, for one's own machine; 6 small, to be kept.
        """
        codings = {name: ARRAYS[name].coding for name in self._arrays}
        return container.pack(self.header, self._arrays, codings, level)

    def resident_story(self, row: int, week: int, lang: str = "zh") -> str:
        """What there is to say of a resident in a week; see :func:`sim.recording.stories.resident_story`."""
        from sim.recording.stories import resident_story

        return resident_story(self, row, week, lang)

    def institution_story(self, row: int, week: int, lang: str = "zh") -> str:
        """The same of an institution; see :func:`sim.recording.stories.institution_story`."""
        from sim.recording.stories import institution_story

        return institution_story(self, row, week, lang)

    def case_story(self, row: int, week: int, lang: str = "zh") -> str:
        """The same of a case; see :func:`sim.recording.stories.case_story`."""
        from sim.recording.stories import case_story

        return case_story(self, row, week, lang)

    def write(self, file: str | Path) -> None:
        """Write it to a file, whole or not at all, and never over anything but a recording.

        Raises
        ------
        YiheError
            If that cannot be done.
        """
        files.write(Path(file), self.to_bytes())

    def __repr__(self) -> str:
        h = self.header
        return (
            f"<Recording {h['scenario']['name']} {h['arm']['key']} seed={h['seed']} weeks={h['weeks']}; "
            "示意性，未经校准 · illustrative, uncalibrated>")


def read(source: bytes | str | Path) -> Recording:
    """Read a recording.

    Parameters
    ----------
    source : bytes, str or Path
        The bytes themselves, or a file that holds them.

    Returns
    -------
    Recording

    Raises
    ------
    YiheError
        If it cannot be read, is no recording, or does not hold together.
    """
    file = None if isinstance(source, bytes) else str(source)
    content = source if isinstance(source, bytes) else files.content(Path(source))
    header, arrays = container.unpack(content, file)
    check(header, arrays, file)
    return Recording(header, {name: arrays[name] for name in ARRAYS})
