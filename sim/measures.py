"""From columns to declared outcomes: one week's values, and a finished run's result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from sim.census import BANDS, gini, measure_cases, sum_trust, take_census
from sim.ledger.caselog import harvestable, log_rows
from sim.plugins import category_keys, own_outcomes
from sim.population.columns import Float32, Float64, Int64, Places
from sim.processes.categories import TASK
from sim.processes.office import TALLY
from sim.processes.running import RunningModel
from sim.processes.world import COUNTS
from sim.recorder import AGE_GROUPS, MEMBER_GROUPS, POSITION_GROUPS, TENURE_GROUPS, Recorder
from sim.results import RunResult
from sim.sums import added
from sim.threads import side_by_side
from sim.vocabulary import Activity, Kind, Position

_FIXED = (*AGE_GROUPS, *POSITION_GROUPS, *TENURE_GROUPS, *MEMBER_GROUPS)
_GRID_OFFSET = len(_FIXED)
_OLD = AGE_GROUPS.index("60–69")
_PRIVATE = len(AGE_GROUPS) + int(Position.PRIVATE_MIDDLE)
_TRUST = tuple(
    (kind, "trust_committee" if kind == Kind.RESIDENTS_COMMITTEE else f"trust_{kind.key}") for kind in Kind)
_MEMBER = len(AGE_GROUPS) + len(POSITION_GROUPS) + len(TENURE_GROUPS)


class Digestible(Protocol):
    """Something that can be hashed to one line."""

    def digest(self) -> str:
        """Hash of every array a run changes."""
        ...


class Run(RunningModel, Protocol):
    """A model whose outcomes are recorded."""

    run_seed: int

    @property
    def state_(self) -> Digestible:
        """Everything the run changes."""
        ...

    @property
    def recorder(self) -> Recorder:
        """Outcomes and cases so far."""
        ...


def group_count(places: Places) -> int:
    """Number of groups by which participation is recorded."""
    return _GRID_OFFSET + places.grids


def _sum(column: Float32 | Float64) -> float:
    return added(column.tolist())


def _mean(column: Float64, rows: list[int]) -> float:
    values = column.tolist()
    return added(values[r] for r in rows) / len(rows)


def _mean_where(column: Float64, present: Float64) -> float:
    """Mean over the communities that have such an institution; NaN if none has."""
    pairs = zip(column.tolist(), present.tolist(), strict=True)
    values = [value for value, here in pairs if here > 0]
    return added(values) / len(values) if values else float("nan")


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else float("nan")


def record(model: Run, counts: Float64, tally: Float64, left: Float64) -> None:
    """Write this week's outcomes.

    Parameters
    ----------
    model : Run
    counts : array, shape (C, 4)
        :data:`sim.processes.world.COUNTS`.
    tally : array, shape (C, len(TALLY))
        :data:`sim.processes.office.TALLY`.
    left : array, shape (C,)
        Residents who left.
    """
    week = model.week
    r = model.residents
    (people, sums, habit, groups, event_ties), trust = side_by_side(
        len(r.key),
        lambda: take_census(r, model.ties, week, BANDS, _GRID_OFFSET, group_count(model.places)),
        lambda: sum_trust(r.present, r.age, r.trust_good, r.trust_bad))
    sizes, took_part = groups
    share = np.divide(took_part, sizes, out=np.full(len(sizes), np.nan), where=sizes > 0)
    values: dict[str, float] = {}
    _participation(values, people, sums, habit, took_part, sizes)
    _votes(values, model)
    _disputes(values, model, counts, tally)
    _state(values, model, people, sums, trust, event_ties, tally, left)
    _cost(values, model, tally)
    for name, reading in own_outcomes():
        values[name] = float(reading(model))
    model.recorder.put(values, share, sizes)


def _participation(
    v: dict[str, float], people: Int64, sums: Float64, habit: Int64, took_part: Int64, group_sizes: Int64
) -> None:
    adults, active, any52, other52, public52, any4, other4, mutual, public, volunteer = people.tolist()
    n = max(adults, 1)
    v["participation_52"], v["participation_52_other"] = any52 / n, other52 / n
    v["participation_52_public"], v["participation_week"] = public52 / n, active / n
    v["participation_4"], v["participation_4_other"] = any4 / n, other4 / n
    v["stage_mutual_help"], v["stage_public_affairs"] = mutual / n, public / n
    v["stage_volunteer"] = volunteer / n
    v["hours_given"] = sums[0] / n
    v["participation_gini"] = gini(habit)
    old, young = slice(_OLD, len(AGE_GROUPS)), slice(0, _OLD)
    took, sizes = took_part.tolist(), group_sizes.tolist()
    v["age_gap"] = _ratio(added(took[old]), added(sizes[old])) - _ratio(
        added(took[young]), added(sizes[young]))
    v["class_gap"] = _ratio(took[_PRIVATE], sizes[_PRIVATE]) - other52 / n
    v["member_gap"] = _ratio(took[_MEMBER], sizes[_MEMBER]) - _ratio(took[_MEMBER + 1], sizes[_MEMBER + 1])


def _totals(names: Sequence[str], table: Float64) -> dict[str, float]:
    """Sums over communities, by name."""
    rows = table.tolist()
    sums = rows[0] if len(rows) == 1 else [added(column) for column in zip(*rows, strict=True)]
    return dict(zip(names, sums, strict=True))


def _year(model: Run, v: dict[str, float], name: str) -> float:
    """Sum of an outcome over the last 52 recorded weeks, this one included."""
    recorder = model.recorder
    past = recorder.series[name][max(0, recorder.at - 51) : recorder.at]
    return _sum(past) + v[name]


def _votes(v: dict[str, float], model: Run) -> None:
    rows = model.opportunities.rows
    rows = rows[rows["activity"] == Activity.VOTE]
    if len(rows):
        # Counted when the vote was called: some of those who voted may have left by now
        asked = model.state(Kind.OWNERS_COMMITTEE).asked[rows["community"]]
        v["vote_turnout"] = _ratio(float(rows["attended"].sum()), float(asked.sum()))


def _disputes(v: dict[str, float], model: Run, counts: Float64, tally: Float64) -> None:
    per = 1000.0 / max(len(model.residents.key), 1)
    born, done = _totals(COUNTS, counts), _totals(TALLY, tally)
    v["potential_frictions"], v["latent_disputes"] = born["potential"] * per, born["latent"] * per
    v["latent_neighbour_disputes"] = born["latent_neighbour"] * per
    v["recorded_disputes"] = done["recorded"] * per
    v["recorded_neighbour_disputes"] = done["recorded_neighbour"] * per
    v["resolved"], v["closed_on_paper"] = done["resolved"] * per, done["paper"] * per
    v["escalated"], v["relapsed"] = done["escalated"] * per, done["relapsed"] * per
    v["given_up"] = done["gave_up"] * per
    c = model.cases.cases
    now = measure_cases(c, model.week).tolist()
    waiting, closed, close, wait, passed, happy, heard, assign, assigned, ended, find, found, raised = now
    # What a forum brings up was counted when it fell silent, and is found now
    v["raised_disputes"] = raised * per
    v["silent_disputes"] = (born["silent"] + done["gave_up"] - raised) * per
    v["backlog"] = waiting * per
    solved, papered = _year(model, v, "resolved"), _year(model, v, "closed_on_paper")
    # All that was in hand at some time in these weeks has been closed, was given up, or is open now.
    in_hand = solved + papered + _year(model, v, "given_up") + v["backlog"]
    never_found = _year(model, v, "silent_disputes") - _year(model, v, "given_up")
    held = max(0.0, solved - _year(model, v, "relapsed"))
    v["real_resolution_rate"] = _ratio(held, in_hand + never_found)
    v["recorded_resolution_rate"] = _ratio(solved + papered, in_hand)
    v["time_to_close"], v["time_waiting"] = _ratio(close, closed), _ratio(wait, ended)
    v["handoffs"] = _ratio(passed, closed)
    v["satisfaction"], v["time_to_assign"] = _ratio(happy, heard), _ratio(assign, assigned)
    v["time_to_find"] = _ratio(find, found)


def _state(
    v: dict[str, float], model: Run, people: Int64, sums: Float64, trust: Float64, event_ties: int,
    tally: Float64, left: Float64,
) -> None:
    n = max(int(people[0]), 1)
    mean = trust / n
    for kind, name in _TRUST:
        v[name] = mean[kind]
    partners, owners = model.state(Kind.PARTNER_UNIT), model.state(Kind.OWNERS_COMMITTEE)
    v["unit_satisfaction"] = _mean_where(partners.satisfaction, partners.number)
    v["legitimacy"] = _mean_where(owners.legitimacy, owners.present)
    v["efficacy"], v["autonomy"], v["attachment"] = (sums[1:] / n).tolist()
    v["event_ties"] = event_ties / n
    v["norm"] = _sum(model.commons.norm) / max(len(model.commons.norm), 1)
    firm = model.state(Kind.PROPERTY)
    v["fee_payment"] = _mean_where(firm.paying, firm.present)
    v["property_effort"] = _mean_where(firm.effort, firm.present)
    load, desk_of = model.cases.desks["load"], model.cases.desk_of
    v["staff_load"] = _mean(load, desk_of[Kind.RESIDENTS_COMMITTEE].tolist())
    v["core_load"] = _mean(load, desk_of[Kind.CORE].tolist())
    committee, core = model.state(Kind.RESIDENTS_COMMITTEE), model.state(Kind.CORE)
    social = model.state(Kind.SOCIAL_ORGANIZATION)
    paper = _sum(committee.record_hours) + _sum(core.report_hours) + _sum(social.report_hours)
    paper += _totals(TALLY, tally)["paper_hours"] + _sum(model.levers.get("paper_hours")[:, Kind.GRID_WORKER])
    total = _sum(committee.staff_hours) + _sum(core.staff_hours) + 40.0 * _sum(social.present)
    v["paper_share"] = min(1.0, paper / max(total, 1e-9))
    v["people_left"] = _sum(left) * 1000.0 / max(len(model.residents.key), 1)


def _cost(v: dict[str, float], model: Run, tally: Float64) -> None:
    per = 1000.0 / max(len(model.residents.key), 1)
    spent = _sum(model.budget.spent)
    v["money_spent"] = spent * per
    hours = _sum(model.budget.attention_used) + _sum(model.budget.staff_used.reshape(-1))
    v["hours_on_policies"] = hours * per
    v["cost_per_resolved"] = _ratio(_year(model, v, "money_spent"), _year(model, v, "resolved"))


def _recovery(model: Run) -> float:
    """Weeks from the end of the first shock until the backlog is back within a tenth of what it was.

    The usual backlog is the mean of up to eight weeks before the shock. NaN without a shock or without a week
    before it; the weeks that were left if the backlog never came back.
    """
    shock = min(model.scenario.shocks, key=lambda s: s.week, default=None)
    backlog = model.recorder.series["backlog"]
    if shock is None or not 0 < shock.week < len(backlog):
        return float("nan")
    before = backlog[max(0, shock.week - 8) : shock.week].tolist()
    usual = added(before) / len(before)
    after = backlog[shock.week + shock.weeks :].tolist()
    return float(next((k for k, now in enumerate(after) if now <= 1.1 * usual), len(after)))


def gather(model: Run) -> RunResult:
    """The result of a finished run; open cases join the log as they stand."""
    book, recorder = model.cases, model.recorder
    recorder.series["recovery_weeks"][:] = _recovery(model)
    rest = harvestable(book.cases, model.week, True)
    recorder.rows.append(log_rows(book.cases, rest, model.scenario.warmup, TASK))
    names = {
        "age": AGE_GROUPS, "position": POSITION_GROUPS, "tenure": TENURE_GROUPS, "membership": MEMBER_GROUPS,
        "grid": tuple(f"grid_{g + 1}" for g in range(model.places.grids))}
    groups, sizes, at = {}, {}, 0
    for breakdown, keys in names.items():
        groups[breakdown] = recorder.groups[:, at : at + len(keys)]
        sizes[breakdown] = recorder.group_sizes[at : at + len(keys)]
        at += len(keys)
    return RunResult(
        seed=model.run_seed, series=recorder.series, groups=groups, group_names=names, group_sizes=sizes,
        cases=recorder.cases(), categories=category_keys(), digest=model.state_.digest())
