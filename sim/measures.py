"""From what was measured in a week to declared outcomes, and a finished run's result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from sim.census import gini
from sim.ledger.caselog import harvestable, log_rows
from sim.observed import GRID_OFFSET, Week, observe
from sim.plugins import category_keys, own_outcomes
from sim.population.columns import Float64
from sim.processes.categories import TASK
from sim.processes.office import TALLY
from sim.processes.parameters import Shock
from sim.processes.running import RunningModel
from sim.processes.world import COUNTS
from sim.recorder import AGE_GROUPS, MEMBER_GROUPS, POSITION_GROUPS, TENURE_GROUPS, Recorder
from sim.results import RunResult
from sim.sums import added
from sim.vocabulary import Kind, Position

_OLD = AGE_GROUPS.index("60–69")
_PRIVATE = len(AGE_GROUPS) + int(Position.PRIVATE_MIDDLE)
_TRUST = tuple(
    (kind, "trust_committee" if kind == Kind.RESIDENTS_COMMITTEE else f"trust_{kind.key}") for kind in Kind)
_MEMBER = len(AGE_GROUPS) + len(POSITION_GROUPS) + len(TENURE_GROUPS)


class Run(RunningModel, Protocol):
    """A model whose outcomes are recorded."""

    run_seed: int

    def digest(self) -> str:
        """Hash of every array the run changes."""
        ...

    @property
    def recorder(self) -> Recorder:
        """Outcomes and cases so far."""
        ...


def _sum(column: Float64) -> float:
    return added(column.tolist())


def _mean(column: Float64) -> float:
    return added(column.tolist()) / len(column)


def _mean_where(column: Float64, present: Float64) -> float:
    """Mean over the communities that have such an institution; NaN if none has."""
    pairs = zip(column.tolist(), present.tolist(), strict=True)
    values = [value for value, here in pairs if here > 0]
    return added(values) / len(values) if values else float("nan")


def _sums(table: Float64) -> list[float]:
    """Sums over communities, (C, k) to k numbers."""
    rows = table.tolist()
    return rows[0] if len(rows) == 1 else [added(column) for column in zip(*rows, strict=True)]


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else float("nan")


def record(model: Run, counts: Float64, tally: Float64, left: Float64) -> None:
    """Write this week's outcomes; parameters as of :func:`sim.observed.observe`."""
    own = {name: float(reading(model)) for name, reading in own_outcomes()}
    write(model.recorder, observe(model, counts, tally, left), own)


def write(recorder: Recorder, week: Week, own: Mapping[str, float] | None = None) -> None:
    """Make outcomes of what was measured in the week after those recorded, and record them.

    Parameters
    ----------
    recorder : Recorder
        Written.
    week : Week
        Of the whole district.
    own : mapping of str to float, optional
        Outcomes of plug-ins.
    """
    sizes, took_part = np.concatenate([week.groups, week.grids], axis=1)
    share = np.divide(took_part, sizes, out=np.full(len(sizes), np.nan), where=sizes > 0)
    recorder.put({**outcomes(week, recorder), **(own or {})}, share, sizes)


def outcomes(week: Week, recorder: Recorder) -> dict[str, float]:
    """Outcomes of one week; ``recorder`` holds those before it."""
    v: dict[str, float] = {}
    _participation(v, week)
    _votes(v, week)
    _disputes(v, week, recorder)
    _state(v, week)
    _cost(v, week, recorder)
    return v


def _participation(v: dict[str, float], week: Week) -> None:
    adults, active, any52, other52, public52, any4, other4, mutual, public, volunteer = week.people.tolist()
    n = max(adults, 1)
    v["participation_52"], v["participation_52_other"] = any52 / n, other52 / n
    v["participation_52_public"], v["participation_week"] = public52 / n, active / n
    v["participation_4"], v["participation_4_other"] = any4 / n, other4 / n
    v["stage_mutual_help"], v["stage_public_affairs"] = mutual / n, public / n
    v["stage_volunteer"] = volunteer / n
    v["hours_given"] = _sums(week.sums)[0] / n
    v["participation_gini"] = gini(week.habit)
    old, young = slice(_OLD, len(AGE_GROUPS)), slice(0, _OLD)
    sizes, took = week.groups.tolist()
    v["age_gap"] = _ratio(added(took[old]), added(sizes[old])) - _ratio(
        added(took[young]), added(sizes[young]))
    v["class_gap"] = _ratio(took[_PRIVATE], sizes[_PRIVATE]) - other52 / n
    v["member_gap"] = _ratio(took[_MEMBER], sizes[_MEMBER]) - _ratio(took[_MEMBER + 1], sizes[_MEMBER + 1])


def _year(recorder: Recorder, v: dict[str, float], name: str) -> float:
    """Sum of an outcome over the last 52 recorded weeks, this one included."""
    past = recorder.series[name][max(0, recorder.at - 51) : recorder.at]
    return _sum(past) + v[name]


def _votes(v: dict[str, float], week: Week) -> None:
    called, came, asked = week.votes.tolist()
    if called:
        v["vote_turnout"] = _ratio(came, asked)


def _disputes(v: dict[str, float], week: Week, recorder: Recorder) -> None:
    per = 1000.0 / max(week.residents, 1)
    born, done = (
        dict(zip(names, _sums(table), strict=True))
        for names, table in ((COUNTS, week.counts), (TALLY, week.tally)))
    v["potential_frictions"], v["latent_disputes"] = born["potential"] * per, born["latent"] * per
    v["latent_neighbour_disputes"] = born["latent_neighbour"] * per
    v["recorded_disputes"] = done["recorded"] * per
    v["recorded_neighbour_disputes"] = done["recorded_neighbour"] * per
    v["resolved"], v["closed_on_paper"] = done["resolved"] * per, done["paper"] * per
    v["escalated"], v["relapsed"] = done["escalated"] * per, done["relapsed"] * per
    v["given_up"] = done["gave_up"] * per
    waiting, closed, close, wait, passed, happy, heard, assign, assigned, ended, find, found, raised = _sums(
        week.cases)
    # What a forum brings up was counted when it fell silent, and is found now
    v["raised_disputes"] = raised * per
    v["silent_disputes"] = (born["silent"] + done["gave_up"] - raised) * per
    v["backlog"] = waiting * per
    solved, papered = _year(recorder, v, "resolved"), _year(recorder, v, "closed_on_paper")
    # All that was in hand at some time in these weeks has been closed, was given up, or is open now.
    in_hand = solved + papered + _year(recorder, v, "given_up") + v["backlog"]
    never_found = _year(recorder, v, "silent_disputes") - _year(recorder, v, "given_up")
    held = max(0.0, solved - _year(recorder, v, "relapsed"))
    v["real_resolution_rate"] = _ratio(held, in_hand + never_found)
    v["recorded_resolution_rate"] = _ratio(solved + papered, in_hand)
    v["time_to_close"], v["time_waiting"] = _ratio(close, closed), _ratio(wait, ended)
    v["handoffs"] = _ratio(passed, closed)
    v["satisfaction"], v["time_to_assign"] = _ratio(happy, heard), _ratio(assign, assigned)
    v["time_to_find"] = _ratio(find, found)


def _state(v: dict[str, float], week: Week) -> None:
    n, column = max(int(week.people[0]), 1), week.column
    trust = _sums(week.trust)
    for kind, name in _TRUST:
        v[name] = trust[kind] / n
    v["unit_satisfaction"] = _mean_where(column("unit_satisfaction"), column("units"))
    v["legitimacy"] = _mean_where(column("legitimacy"), column("owners"))
    v["efficacy"], v["autonomy"], v["attachment"] = (each / n for each in _sums(week.sums)[1:])
    v["event_ties"] = week.event_ties / n
    norm, buildings = _sums(week.norm)
    v["norm"] = norm / max(buildings, 1.0)
    v["fee_payment"] = _mean_where(column("fee_payment"), column("firms"))
    v["property_effort"] = _mean_where(column("effort"), column("firms"))
    v["staff_load"], v["core_load"] = _mean(column("committee_load")), _mean(column("core_load"))
    paper = _sum(column("committee_paper")) + _sum(column("core_paper")) + _sum(column("social_paper"))
    paper += _sums(week.tally)[TALLY.index("paper_hours")] + _sum(column("grid_paper"))
    total = _sum(column("committee_hours")) + _sum(column("core_hours")) + 40.0 * _sum(column("social"))
    v["paper_share"] = min(1.0, paper / max(total, 1e-9))
    v["people_left"] = _sum(column("left")) * 1000.0 / max(week.residents, 1)


def _cost(v: dict[str, float], week: Week, recorder: Recorder) -> None:
    per = 1000.0 / max(week.residents, 1)
    v["money_spent"] = _sum(week.column("spent")) * per
    hours = _sum(week.column("attention_used")) + _sum(week.staff_used.reshape(-1))
    v["hours_on_policies"] = hours * per
    v["cost_per_resolved"] = _ratio(_year(recorder, v, "money_spent"), _year(recorder, v, "resolved"))


def _recovery(recorder: Recorder, shocks: Sequence[Shock]) -> float:
    """Weeks from the end of the first shock until the backlog is back within a tenth of what it was.

    The usual backlog is the mean of up to eight weeks before the shock. NaN without a shock or without a week
    before it; the weeks that were left if the backlog never came back.
    """
    shock = min(shocks, key=lambda s: s.week, default=None)
    backlog = recorder.series["backlog"]
    if shock is None or not 0 < shock.week < len(backlog):
        return float("nan")
    before = backlog[max(0, shock.week - 8) : shock.week].tolist()
    usual = added(before) / len(before)
    after = backlog[shock.week + shock.weeks :].tolist()
    return float(next((k for k, now in enumerate(after) if now <= 1.1 * usual), len(after)))


def gather(model: Run) -> RunResult:
    """The result of a finished run; open cases join the log as they stand."""
    log_the_rest(model)
    return finished(model.recorder, model.run_seed, model.scenario.shocks, model.digest())


def log_the_rest(model: Run) -> None:
    """Put cases that are still on the table into the log, as they stand."""
    rest = harvestable(model.cases.cases, model.week, True)
    model.recorder.rows.append(log_rows(model.cases.cases, rest, model.scenario.warmup, TASK))


def finished(recorder: Recorder, seed: int, shocks: Sequence[Shock], digest: str) -> RunResult:
    """What has been recorded as a result."""
    recorder.series["recovery_weeks"][:] = _recovery(recorder, shocks)
    grids = recorder.groups.shape[1] - GRID_OFFSET
    names = {
        "age": AGE_GROUPS, "position": POSITION_GROUPS, "tenure": TENURE_GROUPS, "membership": MEMBER_GROUPS,
        "grid": tuple(f"grid_{g + 1}" for g in range(grids))}
    groups, sizes, at = {}, {}, 0
    for breakdown, keys in names.items():
        groups[breakdown] = recorder.groups[:, at : at + len(keys)]
        sizes[breakdown] = recorder.group_sizes[at : at + len(keys)]
        at += len(keys)
    return RunResult(
        seed=seed, series=recorder.series, groups=groups, group_names=names, group_sizes=sizes,
        cases=recorder.cases(), categories=category_keys(), digest=digest)
