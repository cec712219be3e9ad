"""What institutions do with a week agrees with plain formulas, on random states over several weeks.

Every kind meets hours given and taken, paper, training, a shock on staff, full desks and idle ones; counts
check that branches such as leaving, renewal, forming and dissolving are taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import institutions as slow
from reference.arithmetic import uniform
from reference.bench import draws

from sim.actors import committee, core, society
from sim.actors import property as firms
from sim.actors.parameters import ActorParameters
from sim.ledger.cases import NOBODY, make_desks
from sim.ledger.means import Means
from sim.ledger.opportunities import OPPORTUNITY
from sim.params import as_record
from sim.processes.staffing import staff
from sim.vocabulary import Kind

C, WEEKS = 6, 12
ACTORS = ActorParameters.model_validate({
    "core": {"guiding": 0.9, "turnover": 0.4}, "grid_worker": {"turnover": 0.2, "per_grid": 2},
    "social_organization": {"renewal_weeks": 4, "staff": 2},
    "mediation": {"staff": 2, "practised_skill": 2.5},
    "volunteers": {"form_at": 4, "dissolve_at": 2}, "training_pace": 0.02})
COMMON = as_record(ACTORS)
Q = ACTORS.model_dump()


def numbers(kind: Kind) -> tuple[Any, dict[str, Any]]:
    """Numbers of a kind as kernels read them, and as a dictionary."""
    block = getattr(ACTORS, kind.key)
    return as_record(block), block.model_dump()


def between(name: str, low: float, high: float, *shape: int) -> np.ndarray:
    """Even draws."""
    n = int(np.prod(shape))
    return (low + (high - low) * draws(name, n)).reshape(shape)


def some(state: Any, name: str) -> Any:
    """Columns of one kind with even draws between 0.1 and 0.9."""
    return state(*(between(f"{name} {column}", 0.1, 0.9, C) for column in state._fields))


def means(week: int) -> Means:
    """What policies give and take in one week; nothing in some."""
    shape, on = (C, len(Kind)), float(week % 3 > 0)
    given, used, paper, training = (
        on * between(f"{name} {week}", 0.0, most, *shape)
        for name, most in (("given", 30.0), ("used", 40.0), ("paper", 25.0), ("training", 20.0)))
    return Means((1.0, 0.6)[week % 2], given, used, paper, training, between(f"turn {week}", -0.3, 1.2, C))


def row(state: Any, at: int) -> dict[str, float]:
    """One place's columns."""
    return {name: float(getattr(state, name)[at]) for name in state._fields}


def agree(state: Any, at: int, expected: dict[str, float]) -> None:
    for name, value in expected.items():
        assert float(getattr(state, name)[at]) == pytest.approx(value, abs=1e-12), (name, at)


class Room:
    """One desk of some kinds in each community, with loads that change every week."""

    def __init__(self, *kinds: Kind) -> None:
        codes = np.repeat([int(kind) for kind in kinds], C)
        self.desks = make_desks(codes, np.tile(np.arange(C), len(kinds)))
        self.desk_of = np.full((len(Kind), C), NOBODY, np.int32)
        for rank, kind in enumerate(kinds):
            self.desk_of[kind] = rank * C + np.arange(C)

    def load(self, week: int) -> None:
        """New loads, none on some desks and full on others."""
        loads = between(f"load {week}", -0.2, 1.2, len(self.desks))
        self.desks["load"] = np.minimum(np.maximum(loads, 0.0), 1.0)
        self.desks["work_done"] = between(f"done {week}", 0.0, 6.0, len(self.desks))

    def of(self, kind: Kind, at: int) -> Any:
        """A desk's row."""
        return self.desks[self.desk_of[kind, at]]

    def agree(self, kind: Kind, at: int, expected: dict[str, float]) -> None:
        """Hours, heads and skill that the desk was given."""
        for name, value in expected.items():
            assert float(self.of(kind, at)[name]) == pytest.approx(value, abs=1e-12), (name, at)


def common(m: Means, kind: Kind, at: int) -> dict[str, float]:
    """What policies give and take at one place."""
    columns = {name: float(getattr(m, name)[at, kind]) for name in ("given", "used", "paper", "training")}
    return {**columns, "factor": m.factor, "turnover": float(m.turnover[at])}


@pytest.mark.parametrize("cases", [0.0, 1.0, 0.7])
def test_the_core_splits_its_attention(cases: float) -> None:
    record, p = numbers(Kind.CORE)
    room = Room(Kind.CORE, Kind.RESIDENTS_COMMITTEE)
    s = some(core.CoreState, "core")
    s.staff_hours[:], s.people[:] = between("h", 5.0, 90.0, C), between("people", 0.2, 3.0, C)
    for week in range(WEEKS):
        room.load(week)
        m, weight = means(week), between(f"weight {week}", 0.0, 1.0, C)
        before = [row(s, c) for c in range(C)]
        core.split_attention(
            s, record, COMMON, m.factor, m.used[:, 0].copy(), weight, cases, m.training, m.turnover,
            room.desks, room.desk_of)
        for c in range(C):
            now = {**common(m, Kind.CORE, c), "record": weight[c], "cases": cases,
                   "load": room.of(Kind.CORE, c)["load"],
                   "line_load": room.of(Kind.RESIDENTS_COMMITTEE, c)["load"]}
            state, desk = slow.core(before[c], p, Q, now)
            agree(s, c, state)
            room.agree(Kind.CORE, c, desk)
            spent = sum(state[x] for x in (
                "report_hours", "visit_hours", "oversight_hours", "case_hours", "lent_hours"))
            assert spent == pytest.approx(max(0.0, before[c]["staff_hours"] * m.factor - m.used[c, 0]))


def test_the_committee_shares_out_its_hours() -> None:
    record, p = numbers(Kind.RESIDENTS_COMMITTEE)
    room = Room(Kind.RESIDENTS_COMMITTEE)
    s = committee.CommitteeState(
        between("staff", 20.0, 120.0, C), between("skill", 0.2, 0.9, C), *np.zeros((3, C)))
    capped = 0
    for week in range(WEEKS):
        room.load(week)
        m, weight = means(week), between(f"weight {week}", 0.0, 1.0, C)
        lent, handed = between(f"lent {week}", 0.0, 9.0, C), between(f"handed {week}", 0.0, 9.0, C)
        s.handed_hours[:] = handed
        before = [row(s, c) for c in range(C)]
        committee.share_out(s, record, COMMON, m, weight, lent, room.desks, room.desk_of)
        for c in range(C):
            now = {**common(m, Kind.RESIDENTS_COMMITTEE, c), "record": weight[c], "lent": lent[c],
                   "load": room.of(Kind.RESIDENTS_COMMITTEE, c)["load"]}
            state, desk = slow.committee(before[c], p, Q, now)
            agree(s, c, state)
            room.agree(Kind.RESIDENTS_COMMITTEE, c, desk)
            capped += state["line_hours"] == pytest.approx(lent[c] + handed[c])
    assert capped > 0


def test_grid_workers_go_round() -> None:
    record, p = numbers(Kind.GRID_WORKER)
    first = np.array([0, 1, 3, 6], np.int32)
    community = np.repeat(np.arange(3), np.diff(first)).astype(np.int32)
    n, key = len(community), np.uint64(77)
    keys = np.arange(10, 10 + n, dtype=np.uint64)
    desks, desk_of_grid = make_desks(np.full(n, 2), community), np.arange(n, dtype=np.int32)
    desk_of_grid[1] = NOBODY
    s = committee.GridWorkerState(np.full(n, 2.0), between("skill", 0.2, 0.9, n), *np.zeros((2, n)))
    left = 0
    for week in range(120):
        desks["load"] = between(f"load {week}", 0.0, 1.0, n)
        m = means(week)
        before, now_key = [row(s, g) for g in range(n)], key + np.uint64(week)
        committee.go_round(
            s, record, COMMON, m, community, first, keys, np.full(3, now_key), desks, desk_of_grid)
        for g in range(n):
            if g == 1:
                assert s.patrol_hours[g] == s.desk_hours[g] == 0.0
                continue
            c = int(community[g])
            now = {**common(m, Kind.GRID_WORKER, c), "grids": int(first[c + 1] - first[c]),
                   "load": float(desks["load"][g]), "leaves": uniform(int(now_key), int(keys[g]))}
            state, desk = slow.grid(before[g], p, Q, now)
            agree(s, g, state)
            assert [float(desks[name][g]) for name in desk] == pytest.approx(list(desk.values()))
            left += state["skill"] < 0.8 * before[g]["skill"]
    assert left > 0


def test_social_organisations_learn_from_renewal() -> None:
    record, p = numbers(Kind.SOCIAL_ORGANIZATION)
    room, adults = Room(Kind.SOCIAL_ORGANIZATION), between("adults", 0.0, 60.0, C)
    s = some(society.SocialState, "social")
    s.present[:] = np.arange(C) > 0
    up, down = 0, 0
    for week in range(WEEKS):
        m, weight = means(week), between(f"weight {week}", 0.0, 1.0, C)
        offers = np.zeros(3 * C, OPPORTUNITY)
        offers["community"], offers["host"] = np.arange(3 * C) % C, Kind.SOCIAL_ORGANIZATION
        offers["attended"], offers["policy"] = 9 * between(f"came {week}", 0.0, 1.0, 3 * C), -1
        offers["policy"][C : C + 2], offers["host"][2 * C] = 0, Kind.CORE
        before = [row(s, c) for c in range(C)]
        society.work_on_projects(s, record, COMMON, m, week, weight, adults, offers, room.desks, room.desk_of)
        for c in range(C):
            own = (offers["community"] == c) & (offers["policy"] < 0)
            own &= offers["host"] == Kind.SOCIAL_ORGANIZATION
            now = {**common(m, Kind.SOCIAL_ORGANIZATION, c), "record": weight[c], "adults": adults[c],
                   "came": float(offers["attended"][own].sum()), "renewal": week in (4, 8)}
            state, desk = slow.social(before[c], p, Q, now)
            agree(s, c, state)
            room.agree(Kind.SOCIAL_ORGANIZATION, c, desk)
            up += state["dependence"] > before[c]["dependence"]
            down += state["dependence"] < before[c]["dependence"]
    assert min(up, down) > 0


def test_partner_units_lend_by_satisfaction() -> None:
    record, p = numbers(Kind.PARTNER_UNIT)
    room = Room(Kind.PARTNER_UNIT)
    s = society.PartnerState(
        np.arange(C, dtype=float), between("happy", 0.0, 1.0, C), *between("x", 0.1, 0.9, 2, C))
    s.number[1] = 1.5 / p["hours"]  # so few hours that more of an hour's work would strain less
    for week in range(WEEKS):
        room.load(week)
        room.of(Kind.PARTNER_UNIT, 1)["work_done"] = 0.9
        m = means(week)
        exchange, served = between(f"exchange {week}", 0.0, 0.9, C), between(f"served {week}", 0.0, 0.9, C)
        before = [row(s, c) for c in range(C)]
        society.lend(s, record, COMMON, m, exchange, served, room.desks, room.desk_of)
        assert s.desk_hours[0] == 0.0
        assert s.satisfaction[0] == before[0]["satisfaction"]
        for c in range(1, C):
            now = {**common(m, Kind.PARTNER_UNIT, c), "exchange": exchange[c], "served": served[c],
                   "worked": float(room.of(Kind.PARTNER_UNIT, c)["work_done"])}
            state, desk = slow.partner(before[c], p, Q, now)
            agree(s, c, state)
            room.agree(Kind.PARTNER_UNIT, c, desk)


def test_mediators_owners_and_the_company_staff_their_desks() -> None:
    room = Room(Kind.MEDIATION, Kind.OWNERS_COMMITTEE, Kind.PROPERTY)
    team = society.MediationState(np.ones(C), between("skill", 0.2, 0.9, C), np.zeros(C))
    own, firm = some(firms.OwnersState, "own"), some(firms.PropertyState, "firm")
    own.captured[:], firm.staff_hours[:] = np.arange(C) % 2, between("fh", 20.0, 200.0, C)
    here = np.arange(C) != 2
    for state in (team, own, firm):
        state.present[:] = here
    parts: list[tuple[Kind, Any, Any, Any]] = [
        (Kind.MEDIATION, team, society.practise, slow.mediation),
        (Kind.OWNERS_COMMITTEE, own, firms.split_hours, slow.owners),
        (Kind.PROPERTY, firm, firms.serve, slow.company)]
    for week in range(WEEKS):
        room.load(week)
        m = means(week)
        for kind, state, kernel, reference in parts:
            record, p = numbers(kind)
            before = [row(state, c) for c in range(C)]
            kernel(state, record, COMMON, m, room.desks, room.desk_of)
            assert state.desk_hours[2] == 0.0
            for c in np.flatnonzero(here).tolist():
                now = {**common(m, kind, c), "load": float(room.of(kind, c)["load"])}
                expected, desk = reference(before[c], p, Q, now)
                agree(state, c, expected)
                room.agree(kind, c, desk)
    assert firm.quality[2] == ACTORS.property.no_company_quality


def test_volunteers_muster() -> None:
    record, p = numbers(Kind.VOLUNTEERS)
    room = Room(Kind.VOLUNTEERS)
    s = society.make_volunteers(C)
    n = 30 * C
    where = np.repeat(np.arange(C), 30).astype(np.int32)
    skill = draws("skill", n).astype(np.float32)
    formed, dissolved = 0, 0
    for week in range(WEEKS):
        m = means(week)
        stage = np.where(draws(f"rung {week}", n) < 0.12, 3, 1).astype(np.uint8)
        present = (draws(f"here {week}", n) < 0.9).astype(np.uint8)
        offers = np.zeros(3 * C, OPPORTUNITY)
        offers["community"] = np.arange(3 * C) % C
        offers["work"] = np.where(np.arange(3 * C) < 2 * C, Kind.VOLUNTEERS, Kind.CORE)
        offers["attended"], offers["hours"] = 30 * draws(f"came {week}", 3 * C), draws(f"hours {week}", 3 * C)
        before = [row(s, c) for c in range(C)]
        society.muster(s, record, m, stage, present, where, skill, offers, room.desks, room.desk_of)
        for c in range(C):
            people = [{"stage": stage[i], "present": present[i], "skill": float(skill[i])}
                      for i in np.flatnonzero(where == c)]
            mine = list(offers[offers["community"] == c])
            given, used = (float(x[c, Kind.VOLUNTEERS]) for x in (m.given, m.used))
            state, desk = slow.volunteers(before[c], p, people, mine, given, used)
            for name, value in state.items():
                assert float(getattr(s, name)[c]) == pytest.approx(value, abs=1e-5), name
            assert float(room.of(Kind.VOLUNTEERS, c)["people"]) == desk["people"]
            assert float(room.of(Kind.VOLUNTEERS, c)["hours"]) == pytest.approx(desk["hours"], abs=1e-5)
            formed += state["formed"] > before[c]["formed"]
            dissolved += state["formed"] < before[c]["formed"]
    assert min(formed, dissolved) > 0


def test_streets_watch_escalations_and_hand_down() -> None:
    record, p = numbers(Kind.STREET)
    street_of = np.array([0, 0, 1, 1, 1, 0], np.int32)
    desks = make_desks(np.r_[np.full(C, 1), 9, 9], np.r_[np.arange(C), -1, -1])
    desk_of = np.full((len(Kind), C), NOBODY, np.int32)
    desk_of[Kind.RESIDENTS_COMMITTEE], desk_of[Kind.STREET] = np.arange(C), C + street_of
    s = core.StreetState(np.array([60.0, 25.0]), np.array([0.4, 0.7]), np.zeros(2))
    hours_down, authority_down = np.zeros(C), np.zeros(C)
    for week in range(WEEKS):
        desks["load"] = between(f"load {week}", 0.0, 1.0, C + 2) * (week != 5)
        m = means(week)
        before = [{name: float(getattr(s, name)[k]) for name in ("staff_hours", "skill")} for k in range(2)]
        core.watch_escalations(
            s, hours_down, authority_down, record, m.factor, m.used, street_of, desks, desk_of)
        for k in range(2):
            mine = np.flatnonzero(street_of == k).tolist()
            state, desk, down = slow.street(
                before[k], p, m.factor, float(desks["load"][C + k]), [float(desks["load"][c]) for c in mine],
                [float(m.used[c, Kind.STREET]) for c in mine])
            assert s.pressure[k] == state["pressure"]
            for name, value in desk.items():
                assert float(desks[name][C + k]) == pytest.approx(value, abs=1e-9), name
            for c, (hours, authority) in zip(mine, down, strict=True):
                assert hours_down[c] == pytest.approx(hours)
                assert authority_down[c] == pytest.approx(authority)


def test_effort_oversight_and_fees() -> None:
    record, p = numbers(Kind.PROPERTY)
    firm = some(firms.PropertyState, "firm")
    firm.present[:] = np.arange(C) != 2
    building_of = np.repeat(np.arange(12), 5).astype(np.int32)
    community_of = (np.arange(12) // 2).astype(np.int32)
    paid = np.zeros(60, np.uint8)
    seen = set()
    for month in range(10):
        watch = between(f"watch {month}", 0.0, 8.0, 3, C)
        adults = np.array([0.0, 300.0, 500.0, 1000.0, 2000.0, 800.0])
        watched = firm.oversight.copy()
        firms.oversee(firm, *watch, adults)
        assert firm.oversight.tolist() == pytest.approx([
            0.75 * watched[c] + 250.0 * sum(watch[:, c]) / max(1.0, adults[c]) for c in range(C)])
        before = [row(firm, c) for c in range(C)]
        firms.adjust_effort(firm, record)
        for c in range(C):
            effort, profit = slow.new_effort(*(before[c][x] for x in ("effort", "paying", "oversight")), p)
            if c == 2:
                effort, profit = before[c]["effort"], before[c]["profit"]
            assert firm.effort[c] == pytest.approx(effort, abs=2e-3)  # the next of 201 efforts may tie
            assert firm.profit[c] == pytest.approx(profit, abs=2e-4)
        u, shares = draws(f"fee {month}", 60), between(f"share {month}", 0.0, 1.0, 12)
        firms.pay_fees(
            firm.present, u, shares, building_of, community_of, firm.quality, paid, p["pay_intercept"],
            p["pay_quality"], p["pay_neighbours"], p["expected_quality"])
        for d in range(60):
            c = int(community_of[building_of[d]])
            assert paid[d] == slow.pays(u[d], c != 2, firm.quality[c], shares[building_of[d]], p)
        seen |= set(paid.tolist())
    assert seen == {0, 1}


def test_desks_are_staffed_from_hours_heads_and_debts() -> None:
    n = 60
    desks = make_desks(np.arange(n) % 10, np.where(np.arange(n) % 10 == 9, -1, np.arange(n) % C))
    desks["hours"] = between("hours", -10.0, 90.0, n).clip(0.0)
    desks["people"] = between("heads", -1.0, 4.0, n).clip(0.0)
    desks["people"][::3] = np.round(desks["people"][::3])
    desks["committed"], desks["skill"] = between("owed", -20.0, 60.0, n).clip(0.0), draws("skill", n)
    lift = between("lift", -0.5, 0.9, C, len(Kind))
    before = desks.copy()
    staff(desks, lift)
    for k, d in enumerate(before):
        more = lift[d["community"], d["kind"]] if d["community"] >= 0 else 0.0
        numbers_of = (float(d[x]) for x in ("hours", "people", "committed", "skill"))
        expected = slow.desk_week(*numbers_of, float(more))
        for name, value in expected.items():
            assert float(desks[name][k]) == pytest.approx(value), (name, k)
    assert {0, 1, 2, 3} <= set(desks["servers"].tolist())
