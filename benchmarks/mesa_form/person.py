"""A resident as an object that asks its neighbours: hearing, deciding, learning, talking.

No framework is needed here: :mod:`mesa_form.residents` makes mesa's agents of it, ``agentpy_form.py``
AgentPy's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

from .acquaintance import Acquainted
from .draws import Luck, logistic
from .gathering import VOTE, Gathering
from .witness import Witness

FIXED = (
    "key", "building", "grid", "community", "age", "tenure", "position", "membership", "daytime",
    "free_hours", "health", "digital", "motive", "norm_intercept", "norm_slope", "interest",
    "attachment_home")
"""Columns that stay as they are until someone else moves in."""
CHANGING = (
    "stay", "attachment", "efficacy", "efficacy_own", "autonomy", "skill", "stage", "practice", "fatigue",
    "habit", "crowding", "active", "hours", "present", "last_any", "last_other", "last_public")
"""Columns that a week changes, one number a person; reputations (``good``, ``bad``) are lists beside them."""

MEMBERS_ONLY, OWNERS_ONLY, OWNER, HUMP_SHAPED, PUBLIC_AFFAIRS, MOST = 1, 2, 0, 2, 2, 6


class Keys(NamedTuple):
    """Keys of this week's draws."""

    hear: int
    will: int
    hours: int
    seats: int


class Week(NamedTuple):
    """What everyone meets this week; entries by resident unless said otherwise."""

    number: int
    boards: Sequence[Sequence[Gathering]]
    """By building: what is offered to someone there, by key."""
    weights: Any
    """Numbers of the decision: :class:`sim.processes.willingness.Weights`."""
    learning: Any
    """Numbers of learning by doing: :class:`sim.processes.learning.Learning`."""
    keys: Keys
    luck: Luck
    hours_factor: float
    audiences: Sequence[int]
    free_hours: Sequence[float]
    notice: Sequence[float]
    app_access: Sequence[float]
    visits: Sequence[float]
    distance: Sequence[float]
    core_visits: Sequence[float]
    """By community."""
    members: Sequence[float]
    """By building."""


class Person(Acquainted, Witness):
    """Attributes bear the names of the columns of :class:`sim.population.columns.Residents`."""

    row: int
    neighbours: Sequence[Self]
    """Lasting contacts."""
    weights: Sequence[int]
    """Strength of each, in units of ties made at events."""
    susceptibility: float
    said: float
    choices: list[Gathering]

    # Hearing and deciding.

    def known(self) -> Iterable[tuple[Self, int]]:
        """Lasting contacts with their strengths."""
        return zip(self.neighbours, self.weights, strict=True)

    def crowd(self) -> tuple[float, int]:
        """Weighted share of contacts who were active last week, and how many those are."""
        total = on = met = 0
        for other, weight in self.known():
            total += weight
            if other.active:
                on += weight
                met += 1
        for tie in self.slots:
            if tie is not None:
                total += tie[1]
                if tie[0].active:
                    on += tie[1]
                    met += 1
        return (on / total if total else 0.0), met

    def decide(self, week: Week) -> None:
        """Hear of what is offered, and choose what to come to, best first, while hours last."""
        self.choices = []
        self.hours = 0.0
        offers = week.boards[self.building]
        if not offers or not self.present or self.age < 18:
            return
        w, luck = week.weights, week.luck
        spread = 1.0 + w.hours_spread * (2.0 * luck.uniform(week.keys.hours, self.key) - 1.0)
        left = self.week_hours = max(
            0.0, spread * self.free_hours * week.hours_factor + week.free_hours[self.row])
        self.way = max(0.0, w.distance_hours - week.distance[self.row])
        self.share, self.met = self.crowd()
        willing = []
        for offer in offers:
            needed = offer.hours if offer.online else offer.hours + self.way
            if needed > left or not self.may(offer, week):
                continue
            entity = luck.combine(self.key, offer.key)
            if luck.uniform(week.keys.hear, entity) >= self.hearing(offer, week):
                continue
            value = self.inclination(offer, needed, week)
            if luck.uniform(week.keys.will, entity) < logistic(value):
                willing.append((value, needed, offer))
        willing.sort(key=lambda each: -each[0])
        for _, needed, offer in willing:
            if needed <= left and len(self.choices) < MOST:
                left -= needed
                self.hours += needed
                self.choices.append(offer)

    def may(self, offer: Gathering, week: Week) -> bool:
        """Whether it is open to this person."""
        if not offer.lo <= self.row < offer.hi:
            return False
        if offer.audience and not week.audiences[self.row] >> (offer.audience - 1) & 1:
            return False
        if offer.open_to == MEMBERS_ONLY:
            return bool(self.membership)
        return offer.open_to != OWNERS_ONLY or self.tenure == OWNER

    def hearing(self, offer: Gathering, week: Week) -> float:
        """Chance of hearing of it in at least one of the ways there are."""
        w, row = week.weights, self.row
        unheard = (1.0 - w.hear_by_tie) ** self.met
        unheard *= 1.0 - min(1.0, w.hear_by_visit * (week.visits[row] + week.core_visits[self.community]))
        if offer.online:
            return 1.0 - unheard * (1.0 - min(1.0, (offer.notice + week.app_access[row]) * self.digital))
        unheard *= 1.0 - min(1.0, offer.notice + week.notice[row])
        return 1.0 - unheard * (1.0 - min(1.0, week.app_access[row] * self.digital * w.hear_app_offline))

    def inclination(self, offer: Gathering, needed: float, week: Week) -> float:
        """V = attitude + norm + control + incentive, in logits."""
        w, share = week.weights, self.share
        if self.motive == HUMP_SHAPED and share > 0.5:  # withdraws as the crowd grows
            share = 1.0 - share
        attitude = (w.intercept + self.interest + w.attachment_weight * self.attachment * offer.relevance
                    + w.efficacy_weight * (self.efficacy - 0.5) * offer.substance)
        norm = (w.norm_weight * (self.norm_intercept + self.norm_slope * share)
                + w.visible_member_weight * week.members[self.building])
        control = (w.skill_weight * (self.skill - 0.3) + w.health_weight * (self.health - 0.8)
                   + w.habit_weight * self.habit - w.fatigue_weight * self.fatigue
                   - w.time_weight * needed / max(self.week_hours, 0.25)
                   - w.rung_weight * max(0, offer.level - self.stage))
        incentive = (offer.ease + w.reward_weight * offer.reward + w.honour_weight * offer.honour
                     - self.crowding)
        if offer.level >= PUBLIC_AFFAIRS:
            attitude += w.autonomy_weight * (self.autonomy - 0.5) + w.voice_weight * (offer.voice - 0.5)
        if offer.online:
            control += w.digital_weight * (self.digital - 0.5)
        return attitude + norm + control + incentive

    # Learning by doing.

    def learn(self, week: Week) -> None:
        """Fading first, then what each thing attended leaves."""
        x = week.learning
        self.habit *= x.habit_kept
        self.skill *= x.skill_kept
        self.crowding *= x.crowding_kept
        self.practice *= x.practice_kept
        self.fatigue *= x.fatigue_kept
        self.stay += 1.0 / 52.0
        home = min(1.0, max(0.0, self.attachment_home + x.attachment_autonomy * (self.autonomy - 0.5)))
        self.attachment += x.attachment_rate * (home - self.attachment)
        self.active = 0
        for gathering in self.choices:
            if gathering.activity != VOTE:
                self.take_part(gathering, week)
        if self.practice >= x.practice_to_climb and self.stage < 3:
            self.stage, self.practice = self.stage + 1, x.practice_after * x.practice_to_climb
        elif self.practice < x.practice_to_keep and self.stage > 0:
            self.stage, self.practice = self.stage - 1, x.practice_after * x.practice_to_climb

    def take_part(self, gathering: Gathering, week: Week) -> None:
        """What one gathering leaves."""
        x = week.learning
        self.active, self.last_any = 1, week.number
        if gathering.policy < 0 or not x.compared[gathering.policy]:
            self.last_other = week.number
            if gathering.level >= PUBLIC_AFFAIRS:
                self.last_public = week.number
        self.habit += x.habit_step * (1.0 - self.habit)
        self.skill += min(1.0, x.skill_step * gathering.hours) * (1.0 - self.skill)
        self.fatigue = min(1.0, self.fatigue + x.fatigue_step * gathering.hours)
        self.crowding += x.crowding_step * gathering.reward
        self.attachment += x.attachment_gain * (1.0 - self.attachment)
        if gathering.level >= self.stage:
            self.practice += 1.0

    # Talk: everyone listens before anyone speaks.

    def listen(self) -> None:
        """x' = ΛWx + (I − Λ)u with rows of W adding up to 1; someone without ties keeps the anchor."""
        total, mixed = 0, 0.0
        for other, weight in self.known():
            total += weight
            mixed += weight * other.efficacy
        for tie in self.slots:
            if tie is not None:
                total += tie[1]
                mixed += tie[1] * tie[0].efficacy
        own, heeds = self.efficacy_own, self.susceptibility
        self.said = heeds * (mixed / total) + (1.0 - heeds) * own if total else own

    def speak(self) -> None:
        """Voice what one has come to think."""
        self.efficacy = self.said
