"""What people make of cases and gatherings: one case, one party, one contact at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from .draws import Luck, logistic

if TYPE_CHECKING:
    from .person import Person

CORE, COMMITTEE, STREET = 0, 1, 9
RENTER = 1


class Witness:
    """Someone who has experiences and hears of others'.

    Attributes
    ----------
    good, bad : sequences of float
        Experience with each kind of institution: α and β of a reputation.
    household : list of Person
        Everyone at home, this one included.
    """

    good: Any
    bad: Any
    household: Sequence[Self]

    def believe(self, goal: float, step: float) -> None:
        """Own experience of whether things get solved."""
        self.efficacy_own += step * (goal - self.efficacy_own)

    def feel(self, voice: float, step: float) -> None:
        """Own experience of having a say, in a case."""
        self.autonomy += step * (voice - self.autonomy)

    def have_say(self, voice: float, step: float) -> None:
        """The same at a gathering."""
        self.feel(voice, step)

    def contacts(self) -> list[Person]:
        """Lasting contacts, then those from events."""
        return [*(other for other, _ in self.known()), *(tie[0] for tie in self.slots if tie is not None)]

    def judge(self, column: str, kind: int, step: float, hearsay: float) -> None:
        """An experience of one's own, hearsay for everyone one knows."""
        getattr(self, column)[kind] += step
        heard = step * hearsay
        if heard > 0.0:
            for other in self.contacts():
                getattr(other, column)[kind] += heard

    def trust(self, kind: int) -> float:
        """Mean of a reputation."""
        return self.good[kind] / (self.good[kind] + self.bad[kind])

    def forget(self, prior_good: Sequence[float], prior_bad: Sequence[float], kept: float) -> None:
        """Reputations slide back towards where they began."""
        for column, prior in ((self.good, prior_good), (self.bad, prior_bad)):
            for kind, rest in enumerate(prior):
                column[kind] = rest + kept * (column[kind] - rest)

    def perhaps_leave(self, case: int, key: int, x: Any, luck: Luck, left: dict[int, int]) -> None:
        """Someone let down may move out, with everyone at home."""
        v = x.leave_intercept + x.leave_trust * (0.5 - self.trust(COMMITTEE)) - self.attachment
        v += x.leave_renter * (self.tenure == RENTER)
        if luck.uniform(key, luck.combine(self.key, case)) >= logistic(v):
            return
        for other in self.household:
            left[other.community] = left.get(other.community, 0) + other.present
            other.present = other.active = 0


@dataclass(eq=False)
class Case:
    """A case that ended and of which nobody has drawn conclusions yet."""

    key: int
    born: float
    community: int
    parties: list[Person]
    """Who suffers or needs, then the other side if there is one."""
    solved: bool
    found: float
    opened: float
    closed: float
    fairness: float
    meetings: int
    by_core: bool
    up: bool
    convenor: int | None
    """Kind of the desk that convened."""
    acted: set[int]
    """Kinds of the desks that worked on it."""
    last_kind: int
    satisfaction: float | None = None
    """Written: of the first party, if it was ever heard."""

    def conclude(self, feedback: float, key: int, x: Any, luck: Luck, left: dict[int, int]) -> None:
        """The parties, those who are blamed or thanked, the witnesses; then whether the sufferer leaves."""
        first, goal = self.parties[0], 1.0 if self.solved else 0.0
        heard = self.found >= 0.0
        wait = max(0.0, self.closed - self.opened) if heard else 0.0
        patience = x.wait_half / (x.wait_half + wait)
        step = x.efficacy_step * (patience if self.solved else 1.0) * (1.0 if heard else x.silent_efficacy)
        for party in self.parties:
            party.believe(goal, step)
            if heard:
                party.feel(self.voice(x), x.autonomy_step)
        if heard:
            content = (x.outcome_weight if self.solved else 0.0) + (1.0 - x.outcome_weight) * self.fairness
            self.satisfaction = content = content * x.wait_half / (x.wait_half + wait)
            column, weight = ("good", x.good_step) if content > x.content else ("bad", x.bad_step)
            for kind, part in self.handlers():
                first.judge(column, kind, weight * part, x.hearsay_step)
            told = min(1.0, x.witness_step * (1.0 + x.feedback_witness * feedback))
            for other in first.contacts():
                other.believe(goal, told)
        else:
            first.judge("bad", COMMITTEE, x.silent_blame * x.bad_step, x.hearsay_step)
        if not self.solved and not first.daytime:
            first.perhaps_leave(self.key, key, x, luck, left)

    def voice(self, x: Any) -> float:
        """Say that a party felt it had."""
        if self.by_core:
            return 0.0
        return self.fairness if self.meetings else float(x.file_voice)

    def handlers(self) -> list[tuple[int, float]]:
        """Whom the outcome is put down to, and with what weight."""
        whole = {CORE} if self.by_core else set()
        whole |= {STREET} if self.up else set()
        whole |= set() if self.convenor is None else {self.convenor}
        parts = self.acted - whole
        if not whole and not parts:
            return [(self.last_kind, 1.0)]
        return [(kind, 1.0) for kind in whole] + [(kind, 1.0 / len(parts)) for kind in parts]
