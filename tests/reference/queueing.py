"""Case handling without a coordinator as a slow discrete-event simulation with lists and objects.

Written from the model page: one actor after another, each may bounce the file; finite staff, priority
classes, service that is never interrupted and goes on next week at that week's pace. Draws are asked for by
purpose and number.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reference.arithmetic import combine, logistic, uniform

WEEK = 40.0
(HOURS, ACCEPT, DELIVER, PAPER, ESCALATE, RELAPSE, RELAPSE_AT, GAP, AGAIN) = (1, 2, 5, 6, 7, 8, 9, 10, 11)
"""Purposes of draws, as the model numbers them."""


@dataclass
class Desk:
    """One institution's counter."""

    kind: int
    servers: int = 1
    rate: float = 1.0
    skill: float = 0.5
    load: float = 0.0
    at_work: list[tuple[float, float]] = field(default_factory=list)
    """(from, to) of every service that is over."""
    in_service: list[Case] = field(default_factory=list)
    lines: tuple[list[Case], ...] = field(default_factory=lambda: ([], [], []))
    committed: float = 0.0
    worked: float = 0.0
    """Hours of staff put into services that ended this week."""

    @property
    def waiting(self) -> int:
        return sum(not case.gone for line in self.lines for case in line)

    def busy_time(self, start: float, end: float) -> float:
        """Server-hours at work between two times."""
        services = self.at_work + [(case.begun, end) for case in self.in_service]
        return sum(max(0.0, min(b, end) - max(a, start)) for a, b in services)

    def work_done(self, end: float) -> float:
        """Hours of staff put into services this week, up to its end."""
        return self.worked + sum(case.pace * (end - case.since) for case in self.in_service)

    def let_go(self, case: Case, now: float) -> None:
        """A service is over."""
        self.in_service.remove(case)
        self.at_work.append((case.begun, now))
        self.worked += case.pace * (now - case.since)

    @property
    def busy(self) -> int:
        """Services under way."""
        return len(self.in_service)


PASSING = ("bounce", "prepare", "approve")
"""Steps in which a desk does not work on the matter itself."""


@dataclass(eq=False)
class Case:
    """One case and everything that is reported of it."""

    key: int
    category: int
    priority: int
    found: float
    status: str = "open"
    waited: float = 0.0
    effort: float = 0.0
    closed: float = -1.0
    assigned: float = -1.0
    handoffs: int = 0
    bounces: int = 0
    returns: int = 0
    relapses: int = 0
    actor: int = 0
    escalated: int = 0
    up: bool = False
    step: str = ""
    desk: Desk | None = None
    helper: Desk | None = None
    queued_at: float = 0.0
    fairness: float = 0.5
    gone: bool = False
    worked: set[int] = field(default_factory=set)
    """Kinds that have worked on it in this round: beyond sending it on."""
    begun: float = 0.0
    due: float = 0.0
    pace: float = 0.0
    since: float = 0.0
    """When its service began, or Monday if that was earlier."""


class Bureau:
    """One community without a coordinator.

    Parameters
    ----------
    desks : dict of kind to Desk
        Those that exist; the residents' committee (kind 1) and the street (kind 9) must.
    rules : numbers of case handling, by name
    categories : list of dicts
        ``actors``, ``hours``, ``authority``, ``clarity``, ``gap``, ``overlap``; a task has no actors.
    stream : int
        Key of the draws.
    setting : dict
        ``record``, ``dispatch``, ``clarity``, ``manner``.
    """

    def __init__(self, desks: dict[int, Desk], rules: Any, categories: list[dict[str, Any]], stream: int,
                 setting: dict[str, float]) -> None:
        self.desks, self.rules, self.categories = desks, rules, categories
        self.stream, self.set = stream, setting
        self.events: list[tuple[float, int, Callable[[Case, float], None], Case]] = []
        self.good: dict[tuple[int, int], float] = {}
        self.bad: dict[tuple[int, int], float] = {}
        self.count: dict[str, int] = dict.fromkeys(
            ("resolved", "paper", "escalated", "relapsed", "gave_up", "bounces", "tasks_done"), 0)

    def draw(self, case: Case, purpose: int, number: int) -> float:
        turn = (purpose << 20) + number + 64 * case.returns + 1024 * case.relapses
        return uniform(combine(self.stream, case.key), turn)

    def exponential(self, case: Case, purpose: int, number: int, mean: float) -> float:
        return -mean * math.log(self.draw(case, purpose, number))

    def at(self, time: float, what: Callable[[Case, float], None], case: Case) -> None:
        heapq.heappush(self.events, (time, case.key, what, case))

    def actors(self, case: Case) -> list[Desk]:
        named = self.categories[case.category]["actors"]
        there = [self.desks[k] for k in named if k in self.desks and self.desks[k].servers > 0]
        return there or [self.desks[1]]

    # The week.

    def week(self, number: int) -> None:
        """Monday morning to Friday evening."""
        for desk in self.desks.values():
            self.go_on(desk, number * WEEK)
        for desk in self.desks.values():
            self.serve(desk, number * WEEK)
        end = (number + 1) * WEEK
        while self.events and self.events[0][0] < end:
            time, _, what, case = heapq.heappop(self.events)
            if what != self.served or time == case.due:  # or it was put off on a Monday
                what(case, time)
        for desk in self.desks.values():
            for line in desk.lines:
                for case in line:
                    tired = end - case.queued_at > self.rules["patience"] * WEEK
                    if tired and not case.gone:
                        case.gone, case.status, case.closed = True, "silent", end - 1e-9
                        case.waited += end - case.queued_at
                        self.count["gave_up"] += bool(self.categories[case.category]["actors"])
            if desk.servers:
                used = desk.busy_time(number * WEEK, end) + 2.0 * desk.waiting
                desk.load += 0.25 * (min(1.0, used / (desk.servers * WEEK)) - desk.load)

    # Queues.

    def go_on(self, desk: Desk, now: float) -> None:
        """What is unfinished goes on at this week's pace; fewer staff than services share the work."""
        desk.worked = 0.0
        for case in desk.in_service:
            case.since = now
            pace = desk.rate * min(1.0, desk.servers / desk.busy)
            pace = max(pace, 1e-9)
            if pace != case.pace:
                case.due = now + (case.due - now) * case.pace / pace
                case.pace = pace
                self.at(case.due, self.served, case)

    def queue(self, case: Case, desk: Desk, now: float) -> None:
        case.desk, case.queued_at = desk, now
        if desk.waiting == 0 and desk.busy < desk.servers and desk.rate > 0.0:
            self.begin(case, desk, now)
        else:
            desk.lines[case.priority].append(case)

    def serve(self, desk: Desk, now: float) -> None:
        while desk.waiting and desk.busy < desk.servers and desk.rate > 0.0:
            case = next(line for line in desk.lines if line).pop(0)
            if not case.gone:
                self.begin(case, desk, now)

    def begin(self, case: Case, desk: Desk, now: float) -> None:
        r = self.rules
        case.waited += now - case.queued_at
        if case.step == "act" and not self.accepts(case, desk):
            case.step = "bounce"
            if case.helper is not None:
                case.helper.committed += r["bounce_hours"]
                case.effort += r["bounce_hours"]
        if case.step not in PASSING:
            case.worked.add(desk.kind)
            if case.assigned < 0.0:
                case.assigned = now
        hours = self.hours(case)
        case.effort += hours
        desk.in_service.append(case)
        case.begun, case.since, case.pace = now, now, desk.rate
        case.due = now + hours / desk.rate
        self.at(case.due, self.served, case)

    def accepts(self, case: Case, desk: Desk) -> bool:
        r, trust = self.rules, 0.5
        if case.helper is not None:
            pair = (desk.kind, case.helper.kind)
            good = self.good.get(pair, 2.0) + self.good.get(pair[::-1], 2.0)
            bad = self.bad.get(pair, 2.0) + self.bad.get(pair[::-1], 2.0)
            trust = good / (good + bad)
        clarity = min(1.0, self.categories[case.category]["clarity"] + self.set["clarity"])
        x = (r["accept_intercept"] + r["accept_trust"] * (trust - 0.5) + r["accept_clarity"] * (clarity - 0.5)
             - r["accept_load"] * (desk.load - 0.5))
        return self.draw(case, ACCEPT, case.bounces + 16 * case.actor) < logistic(x)

    def hours(self, case: Case) -> float:
        mean = self.categories[case.category]["hours"]
        if case.step == "bounce":
            return float(self.rules["bounce_hours"])
        if case.step == "street":
            return sum(self.exponential(case, HOURS, a, mean) for a in range(len(self.actors(case))))
        return self.exponential(case, HOURS, case.actor, mean)

    # A case's way.

    def arrive(self, case: Case, now: float) -> None:
        case.status, case.actor, case.helper = "open", 0, None
        category, committee = self.categories[case.category], self.desks[1]
        if not category["actors"]:
            case.step = "task"
            self.queue(case, committee, now)
            return
        lost = 1.0 - self.set["dispatch"]
        u, actors = self.draw(case, GAP, 0), self.actors(case)
        nobody = u < category["gap"] * lost
        several = not nobody and u < (category["gap"] + category["overlap"]) * lost
        if several and len(actors) > 1:
            actors[1].committed += self.rules["bounce_hours"]
            case.effort += self.rules["bounce_hours"]
        case.step = "act"
        if actors[0] is not committee:
            if nobody:
                case.step = "bounce"
                self.queue(case, committee, now)
                return
            case.helper = committee
        self.queue(case, actors[0], now)

    def served(self, case: Case, now: float) -> None:
        desk = case.desk
        assert desk is not None
        desk.let_go(case, now)
        if case.step == "task":
            case.status, case.closed = "resolved", now
            self.count["tasks_done"] += 1
        elif case.step == "bounce":
            self.bounced(case, desk, now)
        elif case.step == "act":
            self.acted(case, desk, now)
        else:
            self.conclude(case, now)
        self.serve(desk, now)

    def bounced(self, case: Case, desk: Desk, now: float) -> None:
        case.bounces += 1
        case.handoffs += 1
        self.count["bounces"] += 1
        if case.helper is None:
            case.helper = desk
        elif case.helper is not desk:  # nobody has experience with itself
            pair = (case.helper.kind, desk.kind)
            self.bad[pair] = self.bad.get(pair, 2.0) + 1.0
        if case.bounces >= self.rules["max_bounces"]:
            self.fail(case, now)
        else:
            self.at(now + self.rules["bounce_delay"], self.again_at_desk, case)

    def again_at_desk(self, case: Case, now: float) -> None:
        case.step = "act"
        self.queue(case, self.actors(case)[case.actor], now)

    def acted(self, case: Case, desk: Desk, now: float) -> None:
        if case.helper is not None and case.helper is not desk:
            pair = (case.helper.kind, desk.kind)
            self.good[pair] = self.good.get(pair, 2.0) + 1.0
        case.actor += 1
        actors = self.actors(case)
        if case.actor >= len(actors):
            self.conclude(case, now)
            return
        case.handoffs += 1
        case.helper = desk
        self.queue(case, actors[case.actor], now)

    def conclude(self, case: Case, now: float) -> None:
        r, category, actors = self.rules, self.categories[case.category], self.actors(case)
        street = case.step == "street"
        skill = self.desks[9].skill if street else sum(d.skill for d in actors) / len(actors)
        authority = r["street_authority"] if street else r["actor_authority"]
        x = r["deliver_intercept"] + r["deliver_skill"] * (skill - 0.5)
        x -= r["deliver_authority"] * max(0.0, category["authority"] - authority)
        x -= r["missing_actor"] * (len(category["actors"]) - len(actors))
        x -= 0.0 if street else r["uncoordinated"] * (len(actors) - 1)
        case.fairness = 0.5 * r["voice_file"] + 0.5 * self.set["manner"]
        if self.draw(case, DELIVER, int(street)) >= logistic(x):
            self.fail(case, now)
            return
        self.count["resolved"] += 1
        case.status, case.closed = "resolved", now
        if self.draw(case, RELAPSE, 0) < r["relapse"] * (1.0 - r["fairness_holds"] * case.fairness):
            self.at(now + self.exponential(case, RELAPSE_AT, 0, r["relapse_delay"]), self.relapse, case)

    def relapse(self, case: Case, now: float) -> None:
        case.relapses += 1
        case.bounces = case.returns = 0
        case.up, case.assigned, case.worked = False, -1.0, set()  # a round of its own
        self.count["relapsed"] += 1
        self.arrive(case, now)

    def fail(self, case: Case, now: float) -> None:
        r = self.rules
        if self.draw(case, PAPER, int(case.up)) < self.set["record"]:
            self.desks[1].committed += r["record_hours"]
            self.count["paper"] += 1
            case.status, case.closed = "paper", now
        elif not case.up and self.draw(case, ESCALATE, 0) < r["escalate"]:
            case.up, case.status, case.step = True, "escalated", "street"
            case.escalated += 1
            case.handoffs += 1
            self.count["escalated"] += 1
            self.queue(case, self.desks[9], now)
        elif case.returns < r["max_returns"] and not case.up:
            wait = self.exponential(case, AGAIN, 0, r["return_delay"])
            case.returns += 1
            case.bounces = case.actor = 0
            self.at(now + wait, self.arrive, case)
        else:
            self.count["gave_up"] += 1
            case.status, case.closed = "silent", now
