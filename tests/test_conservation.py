"""Conservation laws, over communities of every regime, load and mix of policies.

Hypothesis chooses scenarios; the checks count everything anew from the columns, the case table, the heap and
the queues, and never ask the code under test for a sum.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.ledger.cases import CLASSES, NOBODY
from sim.model import CommunityModel
from sim.outcomes import OUTCOMES
from sim.policies.registry import policy_kinds
from sim.processes import queues
from sim.processes.categories import TASK
from sim.processes.environment import factor
from sim.results import RunResult
from sim.scenario.schema import Scenario
from sim.vocabulary import Channel, Kind, Regime, Status

KINDS = tuple(policy_kinds())
SLACK = 1e-6
DURATION = 20


class Audited(CommunityModel):
    """A model that notes, each week, what only exists while the week runs."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.extra_hours = np.zeros(0)
        self.busy_before = np.zeros(0)
        self.lent = np.zeros(0)
        super().__init__(*args, **more)

    def _institutions(self) -> None:
        super()._institutions()
        self.extra_hours = self.levers.get("free_hours").copy()
        self.busy_before = self.cases.desks["busy"].copy()
        self.lent = self.levers.get("staff_hours").copy()


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small communities under light or crushing load, with some policies."""
    chosen = draw(st.lists(st.sampled_from(KINDS), max_size=5, unique=True))
    policies = [
        {"kind": kind, "start": draw(st.integers(0, 6)), "intensity": draw(st.sampled_from([0.5, 1.0]))}
        for kind in chosen]
    shocks = [{"week": 5, "weeks": 4, "free_hours_factor": 0.5, "friction_factor": 2.0,
               "staff_factor": draw(st.sampled_from([0.0, 0.4]))}]
    return Scenario.model_validate({
        "yihe": 1, "name": "audit", "weeks": DURATION, "warmup": 0, "policies": policies,
        "regime": draw(st.sampled_from([r.key for r in Regime])),
        "places": {"communities": 2, "grids": 2, "floors": 3, "dwellings_per_floor": 3},
        "population": {"residents": 120},
        "shocks": shocks if draw(st.booleans()) else [],
        "world": {"potential_rate": draw(st.sampled_from([2.0, 12.0, 40.0])),
                  "tasks_rate": draw(st.sampled_from([0.0, 8.0, 60.0]))},
        "cases": {"appraisal_record": draw(st.sampled_from([0.0, 0.5])), "relapse": 0.4,
                  "relapse_delay": 60.0, "patience": draw(st.sampled_from([1.0, 6.0]))},
        "experience": {"leave_intercept": draw(st.sampled_from([-5.0, 0.0])), "silent_weeks": 4},
        "actors": {"residents_committee": {"staff_per_1000": draw(st.sampled_from([0.4, 3.0]))},
                   "property": {"present": draw(st.booleans())}},
        "budget": {"weekly": draw(st.sampled_from([0.0, 1500.0, 30000.0]))},
    })


def check_cases(model: CommunityModel) -> None:
    """Table, heap, queues and desks tell one story."""
    book = model.cases
    c, live = book.cases, set(book.live().tolist())
    size = int(book.heap.size[0])
    pending = book.heap.case[:size].tolist()
    assert len(set(pending)) == size, "a case has two events"
    order = [(float(t), int(c[i]["key"])) for t, i in zip(book.heap.time[:size], pending, strict=True)]
    assert all(order[(k - 1) // 2] <= order[k] for k in range(1, size)), "heap order"
    assert all(t >= model.week * 40.0 for t, _ in order), "an event was left behind"

    queued: list[int] = []
    for desk in range(len(book.desks)):
        waiting = 0
        for line in range(CLASSES):
            i, last = int(book.head[desk, line]), NOBODY
            while i != NOBODY:
                assert c[i]["priority"] == line
                assert c[i]["holder"] == desk
                queued.append(i)
                waiting, last, i = waiting + int(c[i]["phase"] != queues.GONE), i, int(c[i]["queue_next"])
            assert last == book.tail[desk, line]
        assert waiting == book.desks["waiting"][desk]
    assert len(set(queued)) == len(queued), "a case waits twice"

    served = Counter(int(c[i]["holder"]) for i in pending if c[i]["next_event"] == queues.SERVED)
    assert all(book.desks["busy"][desk] == served[desk] for desk in range(len(book.desks)))

    waits, has_event = set(queued), set(pending)
    assert waits | has_event <= live
    assert not waits & has_event
    for i in live:
        row = c[i]
        assert (row["next_event"] != queues.NO_EVENT) == (i in has_event)
        over = row["status"] in (Status.SILENT, Status.RESOLVED, Status.PAPER)
        assert (row["ended_week"] >= 0) == over
        if not over:
            assert (i in waits) != (i in has_event), "an open case is at one place"
        elif i in has_event:
            assert row["status"] == Status.RESOLVED
            assert row["next_event"] == queues.RELAPSE
        elif i in waits:  # gave up; the file lies there until it would have been its turn
            assert row["status"] == Status.SILENT
            assert row["phase"] == queues.GONE
    free = book.free[: int(book.free_count[0])].tolist()
    assert len(set(free)) == len(free)
    assert live.isdisjoint(free)
    assert len(live) + len(free) == book.capacity


def check_desks(model: Audited) -> None:
    """No desk works more hours than its staff have; where staff were cut, those left share the work."""
    desks = model.cases.desks
    hours = desks["servers"] * desks["rate"] * 40.0
    assert (desks["work_done"] <= hours + SLACK).all()
    most = np.maximum(desks["servers"], model.busy_before)
    assert (desks["busy_time"] <= most * 40.0 + SLACK).all()
    assert (desks["busy"] <= most).all()
    assert (desks["busy_time"] >= -SLACK).all()
    steady = model.busy_before <= desks["servers"]
    assert (desks["busy_time"][steady] <= desks["servers"][steady] * 40.0 + SLACK).all()
    assert ((desks["rate"] >= 0.0) & (desks["rate"] <= 1.0)).all()


def check_people(model: Audited) -> None:
    """Hours within the week's own; probabilities, shares and trust within bounds; acquaintance mutual."""
    r, week = model.residents, model.week - 1
    shocks = [s for s in model.scenario.shocks if s.week <= week < s.week + s.weeks]
    free = r.free_hours * factor(shocks, "free_hours_factor")
    own = (0.5 + model.streams.uniform("hours", week, r.key, r.community)) * free
    assert (r.hours <= np.maximum(own + model.extra_hours, 0.0) + 1e-5).all()
    assert (r.hours >= -1e-5).all()
    assert (r.hours[r.age < 18] == 0.0).all()
    for name in ("attachment", "attachment_home", "efficacy", "efficacy_own", "autonomy", "skill", "fatigue",
                 "habit", "health", "digital"):
        column = getattr(r, name)
        assert ((column >= 0.0) & (column <= 1.0)).all(), name
    assert (r.trust_good > 0.0).all()
    assert (r.trust_bad > 0.0).all()
    assert (r.stage <= 3).all()
    assert ((model.commons.norm >= 0.0) & (model.commons.norm <= 1.0)).all()
    assert ((model.cases.desks["load"] >= 0.0) & (model.cases.desks["load"] <= 1.0)).all()
    trust = model.commons.trust_between()
    assert ((trust > 0.0) & (trust < 1.0)).all()
    firm = model.state(Kind.PROPERTY)
    for column in (firm.effort, firm.quality, firm.paying):
        assert ((column >= 0.0) & (column <= 1.0)).all()
    other, strength = model.ties.event_neighbour, model.ties.event_strength
    known = {(i, int(other[i, k])): int(strength[i, k]) for i, k in zip(*np.nonzero(strength), strict=True)}
    assert len(known) == np.count_nonzero(strength)
    assert all(known.get((j, i)) == s and i != j for (i, j), s in known.items())


def check_money(model: Audited) -> None:
    """Nothing is spent that did not come in, and no hours that were not there or lent by a policy."""
    b = model.budget
    assert (b.fund >= -SLACK).all()
    assert (b.spent_total + b.fund <= b.income_total + SLACK).all()
    assert (b.attention >= -SLACK).all()
    assert (b.staff + np.maximum(model.lent, 0.0) >= -SLACK).all()


def check_counts(model: CommunityModel, result: RunResult) -> None:
    """Log, final states and weekly counts add up; every latent dispute is in exactly one state."""
    people = len(model.residents.key)
    total = {name: round(float(np.nansum(result.series[name])) * people / 1000.0) for name in OUTCOMES}
    log = result.cases
    assert len(set(log["key"].tolist())) == len(log), "a case was logged twice"
    assert len(log) == total["latent_disputes"] <= total["potential_frictions"]
    assert total["latent_neighbour_disputes"] <= total["latent_disputes"]
    states = Counter(Status(s) for s in log["status"].tolist())
    assert states.total() == len(log)
    assert states[Status.RESOLVED] == total["resolved"] - total["relapsed"]
    assert states[Status.PAPER] == total["closed_on_paper"]
    assert np.count_nonzero(log["channel"] == Channel.NEIGHBOUR) == total["raised_disputes"]
    assert states[Status.SILENT] == total["silent_disputes"]
    assert log["escalated"].sum() == total["escalated"]
    assert np.count_nonzero(log["recorded"]) == total["recorded_disputes"]
    assert int(log["relapses"].sum()) == total["relapsed"]
    last = result.series["backlog"][-1] * people / 1000.0
    assert states[Status.OPEN] + states[Status.ESCALATED] == round(last)
    for name in ("find_clock", "find_work", "assign_work", "wait_work", "close_work", "close_clock"):
        times = log[name][~np.isnan(log[name])]
        assert (times >= -1e-3).all(), name


def check_series(result: RunResult) -> None:
    """Shares of people, staff and buildings lie between 0 and 1."""
    # This week's ends over its beginnings, and minus what fell silent in earlier weeks
    flows = ("real_resolution_rate", "recorded_resolution_rate", "silent_disputes")
    for name, outcome in OUTCOMES.items():
        values = result.series[name][~np.isnan(result.series[name])]
        if name.endswith("_gap"):
            assert (np.abs(values) <= 1.0).all(), name
        elif name not in flows and (outcome.unit.startswith("share") or outcome.unit == "0 to 1"):
            assert ((values >= 0.0) & (values <= 1.0 + SLACK)).all(), (name, values.max())
        elif name not in flows:
            assert (values >= -1e-3).all(), (name, values.min())
    for name, table in result.groups.items():
        values = table[~np.isnan(table)]
        assert ((values >= 0.0) & (values <= 1.0)).all(), name


@given(scenario=scenarios(), seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_and_nobody_does_more_than_they_can(scenario: Scenario, seed: int) -> None:
    model = Audited(scenario, seed)
    try:
        while model.policy_week < scenario.weeks:
            model.step()
            check_cases(model)
            check_desks(model)
            check_people(model)
            check_money(model)
        result = model.run()
    finally:
        model.free()
    check_counts(model, result)
    check_series(result)


def test_a_policy_may_use_hours_that_another_lent() -> None:
    """A cut of staff leaves the committee less than the chain teaches with; devolution lent the rest."""
    scenario = Scenario.model_validate({
        "yihe": 1, "name": "lent", "weeks": 8, "warmup": 0, "regime": "fragmented",
        "places": {"communities": 2, "grids": 2, "floors": 3, "dwellings_per_floor": 3},
        "population": {"residents": 120}, "shocks": [{"week": 5, "weeks": 3, "staff_factor": 0.4}],
        "actors": {"residents_committee": {"staff_per_1000": 0.4}},
        "policies": [{"kind": "devolution"}, {"kind": "empowerment_chain"}]})
    model = Audited(scenario, 0)
    lowest = 0.0
    while model.policy_week < scenario.weeks:
        model.step()
        check_money(model)
        lowest = min(lowest, float(model.budget.staff[:, Kind.RESIDENTS_COMMITTEE].min()))
    model.free()
    assert lowest < -SLACK


def test_a_community_where_everything_happens_at_once() -> None:
    """The laws are not kept because nothing happens: this one has every kind of end."""
    scenario = Scenario.model_validate({
        "yihe": 1, "name": "busy", "weeks": 40, "warmup": 0, "regime": "fragmented",
        "places": {"grids": 2, "floors": 3, "dwellings_per_floor": 3}, "population": {"residents": 250},
        "world": {"potential_rate": 30.0, "tasks_rate": 20.0}, "cases": {"relapse": 0.4, "patience": 2.0},
        "experience": {"leave_intercept": -2.0}, "policies": [{"kind": "building_council"}]})
    model = Audited(scenario, 4)
    result = model.run()
    model.free()
    check_counts(model, result)
    check_series(result)
    ends = set(result.cases["status"].tolist())
    assert {Status.SILENT, Status.OPEN, Status.RESOLVED, Status.PAPER} <= ends
    assert TASK not in result.cases["category"]
    assert Channel.NEIGHBOUR in result.cases["channel"]  # a forum raised what nobody had reported
    for name in ("relapsed", "escalated", "people_left", "participation_week", "event_ties"):
        assert np.nansum(result.series[name]) > 0.0, name


def test_turnout_counts_those_who_were_asked_even_if_they_leave_that_week() -> None:
    """Nearly everyone votes, and many go away for good in the week of the vote."""
    scenario = Scenario.model_validate({
        "yihe": 1, "name": "vote", "weeks": 24, "warmup": 0, "regime": "fragmented",
        "places": {"grids": 2, "floors": 3, "dwellings_per_floor": 3},
        "population": {"residents": 200, "renters": 0.0}, "participation": {"intercept": 2.0},
        "world": {"potential_rate": 40.0}, "experience": {"leave_intercept": 2.0},
        "actors": {"owners_committee": {"vote": {"weeks": 4, "notice": 1.0, "ease": 10.0}}}})
    model = Audited(scenario, 1)
    result = model.run()
    turnout = result.series["vote_turnout"]
    assert np.nanmax(turnout) > 0.5
    assert np.nanmax(turnout) <= 1.0
    assert (model.state(Kind.OWNERS_COMMITTEE).turnout <= 1.0).all()
    model.free()


def test_what_a_forum_raises_is_found_after_it_came_about() -> None:
    """Nearly nobody speaks up and every council brings up everything, also what began at the weekend."""
    scenario = Scenario.model_validate({
        "yihe": 1, "name": "forum", "weeks": 20, "warmup": 0, "regime": "one_core",
        "places": {"grids": 2, "floors": 3, "dwellings_per_floor": 3}, "population": {"residents": 200},
        "world": {"potential_rate": 40.0}, "participation": {"intercept": 1.0},
        "experience": {"fruit_intercept": 4.0}, "cases": {"report_intercept": -4.0},
        "budget": {"weekly": 30000.0},
        "policies": [{"kind": "building_council", "weeks": 2, "forum": 1.0, "notice": 1.0}]})
    model = Audited(scenario, 1)
    result = model.run()
    model.free()
    raised = result.cases[result.cases["channel"] == Channel.NEIGHBOUR]
    assert len(raised) > 50
    assert (raised["find_clock"] > 0.0).all()
    assert (raised["find_work"] >= 0.0).all()
    check_counts(model, result)


def test_the_steepest_learning_keeps_skill_within_bounds() -> None:
    """Half the way an hour, in meetings of six hours."""
    scenario = Scenario.model_validate({
        "yihe": 1, "name": "learning", "weeks": 12, "warmup": 0, "population": {"residents": 200},
        "places": {"grids": 2, "floors": 3, "dwellings_per_floor": 3},
        "participation": {"intercept": 2.0, "skill_step": 0.5}, "budget": {"weekly": 30000.0},
        "policies": [{"kind": "building_council", "hours": 6.0}]})
    model = Audited(scenario, 1)
    while model.policy_week < scenario.weeks:
        model.step()
        check_people(model)
    assert (model.residents.skill > 0.9).any()
    model.free()
