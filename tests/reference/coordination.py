"""Handling under all four regimes: the slow office with approval, meetings, delegation and doing it alone.

Written on top of the office without a coordinator. Every step is a word: ``approve``, ``prepare``, ``act``,
``deliver``, ``alone``, ``bounce``, ``street``, ``task``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reference.arithmetic import logistic
from reference.queueing import DELIVER, GAP, HOURS, RELAPSE, RELAPSE_AT, Bureau, Case, Desk

ATTEND, AGREE, APPROVE, DELEGATE, LAST_RESORT, CUT = 3, 4, 12, 13, 14, 15
"""Purposes of draws, as the model numbers them."""
CORE, COMMITTEE, GRID, PROPERTY, OWNERS, PARTNER, VOLUNTEERS, STREET = 0, 1, 2, 3, 4, 6, 8, 9
OUTSIDERS = (PROPERTY, STREET, PARTNER)
FRAGMENTED, ADMINISTRATIVE, ONE_CORE, SELF = 0, 1, 2, 3


@dataclass(eq=False)
class File(Case):
    """A case that may be approved, met on, handed to residents or taken over."""

    regime: int = 0
    meetings: int = 0
    approved: bool = False
    by_core: bool = False
    recorded: bool = False
    convenor: Desk | None = None


class Council(Bureau):
    """One community under any regime.

    Parameters
    ----------
    desks, rules, categories, stream
        As in :class:`Bureau`; categories carry ``severity`` and ``conflict`` too.
    setting : dict
        Every column of the week's settings.
    """

    def __init__(self, desks: dict[int, Desk], rules: Any, categories: list[dict[str, Any]], stream: int,
                 setting: dict[str, float]) -> None:
        super().__init__(desks, rules, categories, stream, setting)
        more = ("recorded", "meetings", "approved", "delegated", "taken_up", "tasks_cut")
        self.count.update(dict.fromkeys(more, 0))

    # Who sits where.

    def present(self, case: Case) -> list[Desk]:
        """Institutions the case calls for that exist, without volunteers in their place."""
        return super().actors(case)

    def actors(self, case: Case) -> list[Desk]:
        """Those who act: volunteers step in for busier line staff where little authority is needed."""
        team, category = self.desks.get(VOLUNTEERS), self.categories[case.category]
        able = (team is not None and team.servers > 0 and team.rate > 0.0
                and category.get("authority", 1.0) <= self.rules["volunteer_authority"])
        named = [k for k in category["actors"] if k in self.desks and self.desks[k].servers > 0]
        if not named:
            return [self.desks[COMMITTEE]]
        return [
            team if able and k in (COMMITTEE, GRID) and team.load < self.desks[k].load else self.desks[k]
            for k in named]

    def lead(self) -> Desk | None:
        """Residents' own lead: the less loaded of owners' committee and volunteers."""
        able = [self.desks[k] for k in (OWNERS, VOLUNTEERS) if k in self.desks and self.desks[k].servers > 0]
        return min(able, key=lambda desk: desk.load, default=None)

    def trust(self, a: int, b: int) -> float:
        """Trust between two kinds of institution, of both experiences."""
        good = self.good.get((a, b), 2.0) + self.good.get((b, a), 2.0)
        bad = self.bad.get((a, b), 2.0) + self.bad.get((b, a), 2.0)
        return good / (good + bad)

    # Where a case goes.

    def arrive(self, case: Case, now: float) -> None:
        assert isinstance(case, File)
        if self.categories[case.category]["actors"] and not case.recorded:
            case.recorded = True
            self.count["recorded"] += 1
        case.status = "open"
        self.route(case, now)

    def route(self, case: File, now: float) -> None:
        """Approval first, then 兜底, then whatever the regime has for a case of several actors."""
        category = self.categories[case.category]
        case.actor, case.helper, case.regime = 0, None, int(self.set["regime"])
        case.by_core = False
        if not category["actors"]:
            if self.draw(case, CUT, 0) < self.set["tasks_cut"]:
                self.count["tasks_cut"] += 1
                case.status, case.closed = "silent", now
                return
            self.send(case, "task", self.desks[COMMITTEE], now)
            return
        weighty = category["severity"] >= self.rules["weighty_severity"]
        if weighty and not case.approved and self.draw(case, APPROVE, 0) < self.set["approval"]:
            self.send(case, "approve", self.desks[CORE], now)
            return
        lost, u = 1.0 - self.set["dispatch"], self.draw(case, GAP, 0)
        nobody = u < category["gap"] * lost
        twice = not nobody and u < (category["gap"] + category["overlap"]) * lost
        if nobody and self.draw(case, LAST_RESORT, 0) < self.set["last_resort"]:
            self.count["taken_up"] += 1
            case.by_core = True
            self.send(case, "alone", self.desks[CORE], now)
        elif len(self.present(case)) > 1 or nobody:
            self.coordinate(case, nobody, twice, now)
        else:
            self.pass_on(case, nobody, twice, now)

    def coordinate(self, case: File, nobody: bool, twice: bool, now: float) -> None:
        """Several must act, or nobody is in charge: the regime decides who brings them together."""
        lead = self.lead()
        led = case.regime in (ONE_CORE, ADMINISTRATIVE) and lead is not None
        if led and self.draw(case, DELEGATE, 0) < self.set["delegation"]:
            self.count["delegated"] += 1
            case.regime = SELF
        convenor = {ONE_CORE: self.desks[CORE], SELF: lead}.get(case.regime) if case.regime != 1 else None
        if case.regime == ADMINISTRATIVE:
            case.by_core = True
            self.send(case, "alone", self.desks[CORE], now)
        elif convenor is not None:
            case.helper = convenor
            self.send(case, "prepare", convenor, now)
        else:
            self.pass_on(case, nobody, twice, now)

    def pass_on(self, case: File, nobody: bool, twice: bool, now: float) -> None:
        """From desk to desk."""
        actors, committee = self.actors(case), self.desks[COMMITTEE]
        if twice and len(actors) > 1:
            actors[1].committed += self.rules["bounce_hours"]
            case.effort += self.rules["bounce_hours"]
        if actors[0] is not committee:
            if nobody:
                self.send(case, "bounce", committee, now)
                return
            case.helper = committee
        self.send(case, "act", actors[0], now)

    def send(self, case: File, step: str, desk: Desk, now: float) -> None:
        """Put a case into a desk's queue for one step."""
        case.step = step
        self.queue(case, desk, now)

    # Work.

    def hours(self, case: Case) -> float:
        assert isinstance(case, File)
        r, mean = self.rules, self.categories[case.category]["hours"]
        if case.step == "prepare":
            assert case.desk is not None
            usual = r["prepare_hours"] * (r["prepare_unskilled"] - case.desk.skill)
            return self.exponential(case, HOURS, 32 + case.meetings, usual)
        if case.step == "approve":
            return self.exponential(case, HOURS, 16, r["approve_hours"])
        if case.step == "alone":
            everything = sum(self.exponential(case, HOURS, a, mean) for a in range(len(self.present(case))))
            return everything * (1.0 + r["overhead"])
        return super().hours(case)

    def served(self, case: Case, now: float) -> None:
        assert isinstance(case, File)
        desk = case.desk
        assert desk is not None
        desk.let_go(case, now)
        if case.step == "task":
            case.status, case.closed = "resolved", now
            self.count["tasks_done"] += 1
        elif case.step == "approve":
            case.approved = True
            case.handoffs += 1
            self.count["approved"] += 1
            self.route(case, now)
        elif case.step == "prepare":
            self.at(now + self.slowest(case), self.meet, case)
        elif case.step == "bounce":
            self.bounced(case, desk, now)
        elif case.step in ("act", "deliver"):
            self.acted(case, desk, now)
        else:
            self.conclude(case, now)
        self.serve(desk, now)

    def slowest(self, case: File) -> float:
        """Hours until the slowest actor has time to come."""
        r = self.rules
        waits = []
        for a, desk in enumerate(self.actors(case)):
            busy = r["attendance_idle"] + 2.0 * (1.0 - r["attendance_idle"]) * desk.load
            mean = max(0.0, r["attendance_delay"] + self.set["attendance_delay"]) * busy
            waits.append(self.exponential(case, ATTEND, a + 8 * case.meetings, mean))
        return max(waits)

    def meet(self, case: Case, now: float) -> None:
        """One meeting of all actors and the convenor."""
        assert isinstance(case, File)
        assert case.helper is not None
        r, convenor, actors = self.rules, case.helper, self.actors(case)
        case.meetings += 1
        case.convenor = convenor
        self.count["meetings"] += 1
        seats = actors if convenor in actors else [*actors, convenor]
        for desk in seats:
            desk.committed += r["meeting_hours"]
        case.effort += len(seats) * r["meeting_hours"]
        trust = sum(self.trust(desk.kind, convenor.kind) for desk in actors) / len(actors)
        x = (r["agree_intercept"] + r["agree_authority"] * self.authority(case) + r["agree_trust"] * trust
             + r["agree_fairness"] * self.fairness(case)
             - r["agree_conflict"] * self.categories[case.category]["conflict"])
        if self.draw(case, AGREE, case.meetings) < logistic(x):
            free = case.regime == SELF and actors[0].kind in OUTSIDERS
            self.send(case, "act" if free else "deliver", actors[0], now)
        elif case.meetings < r["max_meetings"]:
            self.send(case, "prepare", convenor, now)
        else:
            self.fail(case, now)

    def bounced(self, case: Case, desk: Desk, now: float) -> None:
        assert isinstance(case, File)
        convene = case.regime == ONE_CORE and case.meetings == 0 and case.helper is not None
        if not convene or case.bounces + 1 >= self.rules["max_bounces"]:
            super().bounced(case, desk, now)
            return
        assert case.helper is not None
        pair = (case.helper.kind, desk.kind)
        if case.helper is not desk:
            self.bad[pair] = self.bad.get(pair, 2.0) + 1.0
        case.bounces += 1
        case.handoffs += 1
        self.count["bounces"] += 1
        case.helper = self.desks[CORE]
        self.send(case, "prepare", self.desks[CORE], now)

    def acted(self, case: Case, desk: Desk, now: float) -> None:
        assert isinstance(case, File)
        if case.helper is not None and case.helper is not desk:
            pair = (case.helper.kind, desk.kind)
            self.good[pair] = self.good.get(pair, 2.0) + 1.0
        case.actor += 1
        actors = self.actors(case)
        if case.actor >= len(actors):
            self.conclude(case, now)
            return
        case.handoffs += 1
        following = actors[case.actor]
        if case.step == "act":
            case.helper = desk
        elif case.regime == SELF and following.kind in OUTSIDERS:
            case.step = "act"  # not bound by what residents agreed among themselves
        self.queue(case, following, now)

    # How it ends.

    def authority(self, case: File) -> float:
        """Authority behind whoever decided."""
        r, core = self.rules, self.set["authority"]
        if case.step == "street":
            return float(r["street_authority"])
        if case.step == "alone":
            return core
        own = r["actor_authority"]
        if case.meetings > 0:
            lead, own = case.convenor, core
            if case.regime == SELF and lead is not None:
                behind = self.set["legitimacy" if lead.kind == OWNERS else "standing"]
                own = r["self_authority"] * behind * (0.5 + lead.skill)
        return max(own, core) if case.approved else float(own)

    def fairness(self, case: File) -> float:
        """Half voice, half manner."""
        voice = self.rules["voice_file"]
        if case.step == "alone":
            voice = self.rules["voice_alone"]
        elif case.meetings > 0:
            voice = min(1.0, self.rules["voice_meeting"] + self.set["facilitation"])
        return 0.5 * voice + 0.5 * self.set["manner"]

    def conclude(self, case: Case, now: float) -> None:
        assert isinstance(case, File)
        r, category, actors = self.rules, self.categories[case.category], self.actors(case)
        skill = sum(desk.skill for desk in actors) / len(actors)
        if case.step in ("alone", "street"):
            assert case.desk is not None
            skill = case.desk.skill
        x = r["deliver_intercept"] + r["deliver_skill"] * (skill - 0.5)
        x -= r["deliver_authority"] * max(0.0, category["authority"] - self.authority(case))
        x -= r["missing_actor"] * (len(category["actors"]) - len(actors))
        if case.step == "act" and case.meetings == 0:
            x -= r["uncoordinated"] * (len(actors) - 1)
        case.fairness = self.fairness(case)
        if self.draw(case, DELIVER, int(case.step == "street")) >= logistic(x):
            self.fail(case, now)
            return
        self.count["resolved"] += 1
        case.status, case.closed = "resolved", now
        if self.draw(case, RELAPSE, 0) < r["relapse"] * (1.0 - r["fairness_holds"] * case.fairness):
            self.at(now + self.exponential(case, RELAPSE_AT, 0, r["relapse_delay"]), self.relapse, case)

    def relapse(self, case: Case, now: float) -> None:
        assert isinstance(case, File)
        case.meetings, case.convenor = 0, None
        super().relapse(case, now)

    def fail(self, case: Case, now: float) -> None:
        assert isinstance(case, File)
        returns = case.returns
        super().fail(case, now)
        if case.returns > returns:
            case.meetings = 0
