"""From what was measured in a week to declared outcomes, and a finished run's result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from sim.census import gini
from sim.ledger.caselog import harvestable, log_rows
from sim.observed import GRID_OFFSET, Week, Weeks, observe, stacked
from sim.plugins import category_keys, own_outcomes
from sim.population.columns import Float64, Int64
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
_YEAR = 52
_MEMBER = len(AGE_GROUPS) + len(POSITION_GROUPS) + len(TENURE_GROUPS)


class Run(RunningModel, Protocol):
    """A model whose outcomes are recorded."""

    run_seed: int

    def digest(self) -> str:
        """Hash of every array the run changes."""
        ...

    @property
    def recorder(self) -> Recorder[Week]:
        """Outcomes and cases so far."""
        ...


def _added(columns: Float64) -> Float64:
    """Sums over the last axis in its order, (W, k) to (W,), rounded as by :func:`sim.sums.added`."""
    total = np.zeros(len(columns))
    for k in range(columns.shape[1]):
        total = total + columns[:, k]
    return total


def _sums(table: Float64) -> list[Float64]:
    """Sums over communities, (W, C, k) to k columns (W,)."""
    if table.shape[1] == 1:
        return list(table[:, 0].T)
    return [_added(table[:, :, k]) for k in range(table.shape[2])]


def _mean(column: Float64) -> Float64:
    """Mean over communities, (W, C) to (W,)."""
    return _added(column) / column.shape[1]


def _mean_where(column: Float64, present: Float64) -> Float64:
    """Mean over the communities that have such an institution; NaN if none has."""
    total = np.zeros(len(column))
    for c in range(column.shape[1]):
        total = np.where(present[:, c] > 0, total + column[:, c], total)
    return _ratio(total, (present > 0).sum(axis=1))


def _ratio(a: Float64 | Int64, b: Float64 | Int64) -> Float64:
    """a / b; NaN where b is not above 0."""
    found: Float64 = np.divide(a, b, out=np.full(len(b), np.nan), where=b > 0)
    return found


def record(model: Run, counts: Float64, tally: Float64, left: Float64) -> None:
    """Measure this week; parameters as of :func:`sim.observed.observe`."""
    own = {name: float(reading(model)) for name, reading in own_outcomes()}
    model.recorder.put(observe(model, counts, tally, left), own)


def make_recorder(weeks: int, groups: int) -> Recorder[Week]:
    """A recorder that makes outcomes as declared here; parameters as of :class:`sim.recorder.Recorder`."""
    return Recorder(weeks, groups, outcomes)


def outcomes(recorder: Recorder[Week], measured: Sequence[Week]) -> tuple[dict[str, Float64], Float64, Int64]:
    """Outcomes of W weeks after those that ``recorder`` has settled.

    Returns
    -------
    values : dict of str to array, shape (W,)
    shares : array, shape (W, groups)
        Share of each group that took part.
    sizes : array of int, shape (groups,)
        Adults of each group in the last week.
    """
    return made(recorder, stacked(measured)[0])


def made(recorder: Recorder[Week], weeks: Weeks) -> tuple[dict[str, Float64], Float64, Int64]:
    """:func:`outcomes` of weeks that are stacked already."""
    v: dict[str, Float64] = {}
    _participation(v, weeks)
    _votes(v, weeks)
    _disputes(v, weeks, recorder)
    _state(v, weeks)
    _cost(v, weeks, recorder)
    sizes, took_part = np.moveaxis(np.concatenate([weeks.groups, weeks.grids], axis=2), 1, 0)
    shares = np.divide(took_part, sizes, out=np.full(sizes.shape, np.nan), where=sizes > 0)
    return v, shares, sizes[-1].copy()


def _participation(v: dict[str, Float64], weeks: Weeks) -> None:
    adults, active, any52, other52, public52, any4, other4, mutual, public, volunteer = weeks.people.T
    n = np.maximum(adults, 1)
    v["participation_52"], v["participation_52_other"] = any52 / n, other52 / n
    v["participation_52_public"], v["participation_week"] = public52 / n, active / n
    v["participation_4"], v["participation_4_other"] = any4 / n, other4 / n
    v["stage_mutual_help"], v["stage_public_affairs"] = mutual / n, public / n
    v["stage_volunteer"] = volunteer / n
    v["hours_given"] = _sums(weeks.sums)[0] / n
    v["participation_gini"] = np.array([gini(habit) for habit in weeks.habit])
    old, young = slice(_OLD, len(AGE_GROUPS)), slice(0, _OLD)
    sizes, took = weeks.groups[:, 0], weeks.groups[:, 1]
    v["age_gap"] = (_ratio(took[:, old].sum(axis=1), sizes[:, old].sum(axis=1))
                    - _ratio(took[:, young].sum(axis=1), sizes[:, young].sum(axis=1)))
    v["class_gap"] = _ratio(took[:, _PRIVATE], sizes[:, _PRIVATE]) - other52 / n
    v["member_gap"] = (_ratio(took[:, _MEMBER], sizes[:, _MEMBER])
                       - _ratio(took[:, _MEMBER + 1], sizes[:, _MEMBER + 1]))


def _years(recorder: Recorder[Week], v: dict[str, Float64], names: Sequence[str]) -> list[Float64]:
    """Sums of outcomes over 52 weeks each, or as many as there were, the weeks themselves last."""
    before, weeks = _YEAR - 1, len(v[names[0]])
    every: Float64 = np.zeros((len(names), before + weeks))
    for row, name in zip(every, names, strict=True):
        past = recorder.last(name, before)
        row[before - len(past) : before], row[before:] = past, v[name]
    total = np.zeros((len(names), weeks))
    for k in range(_YEAR):  # from the oldest on; before the first week nothing is added
        total += every[:, k : k + weeks]
    return list(total)


def _votes(v: dict[str, Float64], weeks: Weeks) -> None:
    called, came, asked = weeks.votes.T
    v["vote_turnout"] = np.where(called > 0, _ratio(came, asked), np.nan)


def _disputes(v: dict[str, Float64], weeks: Weeks, recorder: Recorder[Week]) -> None:
    per = 1000.0 / np.maximum(weeks.residents, 1)
    born, done = (
        dict(zip(names, _sums(table), strict=True))
        for names, table in ((COUNTS, weeks.counts), (TALLY, weeks.tally)))
    v["potential_frictions"], v["latent_disputes"] = born["potential"] * per, born["latent"] * per
    v["latent_neighbour_disputes"] = born["latent_neighbour"] * per
    v["recorded_disputes"] = done["recorded"] * per
    v["recorded_neighbour_disputes"] = done["recorded_neighbour"] * per
    v["resolved"], v["closed_on_paper"] = done["resolved"] * per, done["paper"] * per
    v["escalated"], v["relapsed"] = done["escalated"] * per, done["relapsed"] * per
    v["given_up"] = done["gave_up"] * per
    waiting, closed, close, wait, passed, happy, heard, assign, assigned, ended, find, found, raised = _sums(
        weeks.cases)
    # What a forum brings up was counted when it fell silent, and is found now
    v["raised_disputes"] = raised * per
    v["silent_disputes"] = (born["silent"] + done["gave_up"] - raised) * per
    v["backlog"] = waiting * per
    solved, papered, given_up, silent, relapsed = _years(
        recorder, v, ("resolved", "closed_on_paper", "given_up", "silent_disputes", "relapsed"))
    # All that was in hand at some time in these weeks has been closed, was given up, or is open now.
    in_hand = solved + papered + given_up + v["backlog"]
    never_found = silent - given_up
    held = np.maximum(0.0, solved - relapsed)
    v["real_resolution_rate"] = _ratio(held, in_hand + never_found)
    v["recorded_resolution_rate"] = _ratio(solved + papered, in_hand)
    v["time_to_close"], v["time_waiting"] = _ratio(close, closed), _ratio(wait, ended)
    v["handoffs"] = _ratio(passed, closed)
    v["satisfaction"], v["time_to_assign"] = _ratio(happy, heard), _ratio(assign, assigned)
    v["time_to_find"] = _ratio(find, found)


def _state(v: dict[str, Float64], weeks: Weeks) -> None:
    n, column = np.maximum(weeks.people[:, 0], 1), weeks.column
    trust = _sums(weeks.trust)
    for kind, name in _TRUST:
        v[name] = trust[kind] / n
    v["unit_satisfaction"] = _mean_where(column("unit_satisfaction"), column("units"))
    v["legitimacy"] = _mean_where(column("legitimacy"), column("owners"))
    v["efficacy"], v["autonomy"], v["attachment"] = (each / n for each in _sums(weeks.sums)[1:])
    v["event_ties"] = weeks.event_ties / n
    norm, buildings = _sums(weeks.norm)
    v["norm"] = norm / np.maximum(buildings, 1.0)
    v["fee_payment"] = _mean_where(column("fee_payment"), column("firms"))
    v["property_effort"] = _mean_where(column("effort"), column("firms"))
    v["staff_load"], v["core_load"] = _mean(column("committee_load")), _mean(column("core_load"))
    paper, more, social, grid, hours, core_hours, present = (_added(column(name)) for name in (
        "committee_paper", "core_paper", "social_paper", "grid_paper", "committee_hours", "core_hours",
        "social"))
    paper = paper + more + social + (_sums(weeks.tally)[TALLY.index("paper_hours")] + grid)
    total = hours + core_hours + 40.0 * present
    v["paper_share"] = np.minimum(1.0, paper / np.maximum(total, 1e-9))
    v["people_left"] = _added(column("left")) * 1000.0 / np.maximum(weeks.residents, 1)


def _cost(v: dict[str, Float64], weeks: Weeks, recorder: Recorder[Week]) -> None:
    per = 1000.0 / np.maximum(weeks.residents, 1)
    v["money_spent"] = _added(weeks.column("spent")) * per
    staff = _added(weeks.staff_used.reshape(len(per), -1))
    v["hours_on_policies"] = (_added(weeks.column("attention_used")) + staff) * per
    v["cost_per_resolved"] = _ratio(*_years(recorder, v, ("money_spent", "resolved")))


def _recovery(recorder: Recorder[Week], shocks: Sequence[Shock]) -> float:
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


def finished(recorder: Recorder[Week], seed: int, shocks: Sequence[Shock], digest: str) -> RunResult:
    """What has been recorded as a result."""
    series = recorder.series
    series["recovery_weeks"][:] = _recovery(recorder, shocks)
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
        seed=seed, series=series, groups=groups, group_names=names, group_sizes=sizes,
        cases=recorder.cases(), categories=category_keys(), digest=digest)
