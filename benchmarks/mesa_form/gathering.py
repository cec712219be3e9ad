"""An offer of one week, who comes to it, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .draws import Luck, logistic

if TYPE_CHECKING:
    from .person import Person

VOTE = 5
"""An owners' vote: turnout, not taking part."""


class Gathering:
    """One row of the table of opportunities as an object, with its guests.

    Parameters
    ----------
    offer : record of :data:`sim.ledger.opportunities.OPPORTUNITY`
    """

    key: int
    community: int
    lo: int
    hi: int
    policy: int
    activity: int
    level: int
    open_to: int
    audience: int
    hours: float
    seats: int
    notice: float
    online: int
    relevance: float
    ease: float
    reward: float
    honour: float
    substance: float
    voice: float
    mixing: float
    contacts: int
    norm: float

    def __init__(self, offer: Any) -> None:
        vars(self).update(zip(offer.dtype.names, offer.item(), strict=True))
        self.guests: list[Person] = []
        self.skill_sum = 0.0
        self.fruitful = False

    def seat(self, key: int, luck: Luck) -> None:
        """Send home those with the larger draws if seats are short; they get their hours back."""
        if len(self.guests) <= self.seats:
            return
        drawn = sorted(self.guests, key=lambda guest: luck.uniform(key, luck.combine(guest.key, self.key)))
        for guest in drawn[self.seats:]:
            guest.choices.remove(self)
            guest.hours -= self.hours + (0.0 if self.online else guest.way)
        staying = set(drawn[: self.seats])
        self.guests = [guest for guest in self.guests if guest in staying]

    def bear_fruit(self, place: Place, key: int, x: Any, luck: Luck) -> None:
        """What came of it, and what its guests learn from that."""
        if not self.guests:
            return
        self.skill_sum = sum(guest.skill for guest in self.guests)
        n = len(self.guests)
        able = min(1.0, self.skill_sum / n + place.facilitation[self.community])
        v = x.fruit_intercept + x.fruit_skill * able + x.fruit_size * min(1.0, n / x.fruit_full)
        self.fruitful = luck.uniform(key, self.key) < logistic(v) * self.substance
        told = min(max(place.feedback[self.community], 0.0), 1.0)
        step = x.efficacy_step * (x.gathering_step + (1.0 - x.gathering_step) * told)
        for guest in self.guests:
            guest.believe(1.0 if self.fruitful else 0.0, step)
            guest.have_say(self.voice, x.autonomy_step * x.gathering_step)
            if self.fruitful and self.norm > 0.0:
                self._agree(place, guest.building)

    def _agree(self, place: Place, building: int) -> None:
        """A rule of conduct takes root where a guest lives."""
        # The table holds single precision, and so does the product of two of its numbers
        strength = float(np.float32(self.norm) * np.float32(self.voice))
        rooted = float(place.norm[building])
        gain = strength / max(1.0, place.adults[building])
        place.norm[building] = min(1.0, rooted + gain * (1.0 - rooted))

    def mingle(self, key: int, gain: int, luck: Luck) -> int:
        """Everyone meets people sitting near, or anyone where people mix; returns meetings."""
        n, met = len(self.guests), 0
        if n < 2 or self.online:
            return 0
        reach = max(1, int(self.mixing * (n - 1)))
        for at, guest in enumerate(self.guests):
            own = luck.combine(luck.combine(key, guest.key), self.key)
            for c in range(self.contacts):
                other = self.guests[(at + 1 + int(luck.uniform(own, c) * reach)) % n]
                if other is not guest:
                    guest.meet(other, gain)
                    met += 1
        return met


class Place(NamedTuple):
    """What gatherings and conclusions need to know of buildings and communities."""

    norm: Any
    """Rules of conduct by building; written."""
    adults: Sequence[float]
    """By building."""
    facilitation: Sequence[float]
    """By community."""
    feedback: Sequence[float]
    """By community."""


def admit(people: Iterable[Person]) -> None:
    """Put everyone on the guest list of what they chose, in the people's order."""
    for person in people:
        for gathering in person.choices:
            gathering.guests.append(person)
