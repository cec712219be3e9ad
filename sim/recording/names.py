"""Names of places, institutions and cases as texts about a recording use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.recording.recording import Recording

_GRID, _STREET = int(Kind.GRID_WORKER), int(Kind.STREET)


class Names:
    """What things in one recording are called in one language.

    Parameters
    ----------
    recording : Recording
    lang : {"zh", "en"}
    """

    def __init__(self, recording: Recording, lang: str) -> None:
        self._recording, self._lang, self.zh = recording, lang, lang == "zh"
        self._several = len(np.unique(recording.array("grid_community"))) > 1

    def say(self, zh: str, en: str) -> str:
        """One of two sentences."""
        return zh if self.zh else en

    def word(self, words: str, code: Any) -> str:
        """Word of a code in one of the header's lists."""
        return str(self._recording.header["words"][words][int(code)][self._lang])

    def of(self, entry: dict[str, Any]) -> str:
        """Name of an entry of the header."""
        return str(entry[self._lang])

    def community(self, row: int) -> str:
        """Number of a community, where there are several; else nothing."""
        return self.say(f"社区{row + 1}·", f"community {row + 1}, ") if self._several else ""

    def building(self, row: Any) -> str:
        """A building by its number."""
        number = int(self._recording.array("building_number")[row])
        return self.community(int(self._recording.array("building_community")[row])) + self.say(
            f"{number}号楼", f"building {number}")

    def institution(self, row: Any) -> str:
        """An institution, with its community or grid where there are several."""
        kind = int(self._recording.array("institution_kind")[row])
        name = self.word("kinds", kind)
        if kind == _GRID:
            grid = int(self._recording.array("institution_grid")[row]) + 1
            return self.say(f"网格{grid}的{name}", f"{name} of grid {grid}")
        if kind == _STREET:
            return name
        return self.community(int(self._recording.array("institution_community")[row])) + name

    def case(self, row: Any) -> str:
        """A case by place and category."""
        building = self.building(self._recording.array("case_building")[row])
        category = self.word("categories", self._recording.array("case_category")[row])
        return self.say(f"{building}{category}", f"{category} in {building}")

    def per_cent(self, share: float) -> str:
        """A share in whole per cent."""
        return f"{100 * share:.0f}%"

    def chance(self, chance: float) -> str:
        """A chance in whole per cent; never 0 or 100, which would be certain."""
        if chance < 0.005:
            return self.say("不到1%", "below 1%")
        return self.say("超过99%", "above 99%") if chance >= 0.995 else self.per_cent(chance)

    def listed(self, parts: list[str]) -> str:
        """Several things in one sentence."""
        return self.say("；", "; ").join(parts)
