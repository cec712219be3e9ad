"""Ties made at events: a few places a person, each for someone met and how well they know each other."""

from __future__ import annotations

from typing import Self

SLOTS, STRONGEST = 8, 8


class Acquainted:
    """Someone who can meet others.

    Attributes
    ----------
    slots : list of (other, strength) or None
        The other holds the same tie.
    """

    slots: list[tuple[Self, int] | None]

    def _weakest(self) -> int:
        strength = [0 if tie is None else tie[1] for tie in self.slots]
        return strength.index(min(strength))

    def _place_of(self, other: Self) -> int:
        return [tie is not None and tie[0] is other for tie in self.slots].index(True)

    def _drop(self, k: int) -> None:
        tie = self.slots[k]
        if tie is not None:
            self.slots[k] = None
            other = tie[0]
            other.slots[other._place_of(self)] = None

    def meet(self, other: Self, gain: int) -> None:
        """Renew a tie, or put it where the weakest was, if neither gives up something stronger."""
        for k, tie in enumerate(self.slots):
            if tie is not None and tie[0] is other:
                grown = min(STRONGEST, tie[1] + gain)
                self.slots[k] = (other, grown)
                other.slots[other._place_of(self)] = (self, grown)
                return
        mine, theirs = self.slots[self._weakest()], other.slots[other._weakest()]
        if any(tie is not None and tie[1] > gain for tie in (mine, theirs)):
            return
        k = self._weakest()
        self._drop(k)
        m = other._weakest()
        other._drop(m)
        self.slots[k], other.slots[m] = (other, gain), (self, gain)

    def fade(self) -> None:
        """Every tie loses one unit."""
        self.slots = [None if tie is None or tie[1] == 1 else (tie[0], tie[1] - 1) for tie in self.slots]

    def forget_everyone(self) -> None:
        """Lose touch with all, as one who moves away does."""
        for k in range(SLOTS):
            self._drop(k)
