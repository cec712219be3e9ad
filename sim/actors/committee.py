"""居委会 and 网格员: the community's own line staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution
from sim.actors.skill import WEEKS_A_YEAR, trained
from sim.jit import lean_kernel
from sim.ledger.cases import Table
from sim.ledger.means import Means
from sim.population.columns import Float64, Int32, UInt64
from sim.rng import uniform
from sim.view import ModelView
from sim.vocabulary import WEEK_HOURS, Activity, Kind, Stage

_COMMITTEE, _GRID = int(Kind.RESIDENTS_COMMITTEE), int(Kind.GRID_WORKER)


class CommitteeState(NamedTuple):
    """Columns of the residents' committees, (C,) each."""

    staff_hours: Float64
    skill: Float64
    record_hours: Float64
    """This week's hours on records."""
    line_hours: Float64
    """This week's hours at the desk."""
    handed_hours: Float64
    """Hours that the street has handed down for this week."""


@lean_kernel
def share_out(
    s: CommitteeState, numbers: Table, common: Table, m: Means, record_weight: Float64, lent: Float64,
    desks: Table, desk_of: Int32,
) -> None:
    """Hours between records and the desk; overload drives staff away, and skill with them.

    Parameters
    ----------
    s : CommitteeState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of the committee, and those of all institutions.
    m : Means
    record_weight : array, shape (C,)
    lent : array, shape (C,)
        Hours that the core lends to line work.
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _COMMITTEE
    for c in range(len(s.staff_hours)):
        desk = desk_of[k, c]
        load = desks[desk].load
        hours = max(s.staff_hours[c] * m.factor + m.given[c, k] - m.used[c, k], 0.0)
        wanted = s.staff_hours[c] * p.record_share * record_weight[c] + m.paper[c, k]
        s.record_hours[c] = min(hours, max(wanted, 0.0))
        s.line_hours[c] = hours - s.record_hours[c] + lent[c] + s.handed_hours[c]
        leaving = min(max(p.turnover * load + m.turnover[c], 0.0), 1.0) / WEEKS_A_YEAR
        heads = s.staff_hours[c] / WEEK_HOURS
        back = q.skill_weeks / max(1.0 - load, 1e-6)
        s.skill[c] -= leaving * (1.0 - p.beginner) * s.skill[c]
        s.skill[c] = trained(s.skill[c], p.skill, back, m.training[c, k], heads, q.training_pace)
        desks[desk].hours, desks[desk].skill = s.line_hours[c], s.skill[c]
        # Hours lent from elsewhere come with the people who lend them.
        desks[desk].people = max(heads, np.ceil(s.line_hours[c] / WEEK_HOURS))


class ResidentsCommittee(Institution, columns=CommitteeState):
    """居委会: serves tasks from above and residents' demands from one desk; calls meetings if it has time.

    Records take hours by their weight in appraisal (行政化). Overload drives staff away, and skill with them.
    """

    kind = Kind.RESIDENTS_COMMITTEE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split hours between records and the desk; offer meetings and activities."""
        book, p = view.cases, view.actors.residents_committee
        share_out(
            view.state(cls.kind), view.numbers(cls.kind), view.numbers(None), view.means, view.record_weight,
            view.state(Kind.CORE).lent_hours, book.desks, book.desk_of)
        for held, activity, rung, stream in (
            (p.meeting, Activity.MEETING, Stage.PUBLIC_AFFAIRS, "committee meeting"),
            (p.activity, Activity.MUTUAL_HELP, Stage.SELF_HELP, "committee activity"),
        ):
            due = view.turn(stream, "community", held.weeks)
            if due.any():
                due = due & (book.desks["load"][book.desk_of[cls.kind]] < p.too_busy)
                if due.any():
                    view.opportunities.offer(
                        view.week, cls.kind, activity, rung, view.scope("community").where(due),
                        **held.terms())


def make_committee(view: ModelView, residents: Float64) -> CommitteeState:
    """Fresh columns; ``residents`` is the number in each community."""
    p = view.actors.residents_committee
    n = len(residents)
    hours = p.staff_per_1000 * residents / 1000.0 * WEEK_HOURS
    return CommitteeState(hours, np.full(n, p.skill), np.zeros(n), hours.copy(), np.zeros(n))


class GridWorkerState(NamedTuple):
    """Columns of grid workers, (G,) each."""

    workers: Float64
    skill: Float64
    patrol_hours: Float64
    """This week's hours on patrol."""
    desk_hours: Float64
    """This week's hours handling cases."""


@lean_kernel
def go_round(
    s: GridWorkerState, numbers: Table, common: Table, m: Means, community: Int32, first_grid: Int32,
    grid_key: UInt64, key: UInt64, desks: Table, desk_of_grid: Int32,
) -> None:
    """Patrol and desk of each grid; some leave, and new ones start without experience.

    Parameters
    ----------
    s : GridWorkerState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of grid workers, and those of all institutions.
    m : Means
    community : array, shape (G,)
    first_grid : array, shape (C+1,)
    grid_key : array of uint64, shape (G,)
    key : array of uint64, shape (C,)
        Keys of this week's draws of leaving.
    desks, desk_of_grid : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _GRID
    for g in range(len(s.workers)):
        desk = desk_of_grid[g]
        if desk < 0:
            s.patrol_hours[g] = s.desk_hours[g] = 0.0
            continue
        c = community[g]
        grids = first_grid[c + 1] - first_grid[c]
        extra = (m.given[c, k] - m.paper[c, k] - m.used[c, k]) / grids
        hours = max(s.workers[g] * WEEK_HOURS * m.factor + extra, 0.0)
        load = desks[desk].load
        s.patrol_hours[g] = hours * p.patrol_share * (1.0 - p.busy_patrol * load)
        s.desk_hours[g] = hours - s.patrol_hours[g]
        training = m.training[c, k] / grids
        s.skill[g] = trained(
            s.skill[g], p.skill, p.learning_weeks, training, s.workers[g], q.training_pace)
        leaving = max(p.turnover + m.turnover[c], 0.0) * (0.5 + load) / WEEKS_A_YEAR
        if uniform(key[c], grid_key[g]) < leaving * s.workers[g]:
            s.skill[g] += (p.beginner * p.skill - s.skill[g]) / s.workers[g]
        desks[desk].hours, desks[desk].people = s.desk_hours[g], s.workers[g]
        desks[desk].skill = s.skill[g]


class GridWorker(Institution, columns=GridWorkerState):
    """网格员: patrols, handles what comes first, passes on the rest; a full desk keeps patrols down."""

    kind = Kind.GRID_WORKER

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split the week between patrol and desk; call residents to joint patrols."""
        places, book = view.places, view.cases
        go_round(
            view.state(cls.kind), view.numbers(cls.kind), view.numbers(None), view.means,
            places.grid_community, places.community_first_grid, places.grid_key,
            view.week_key("grid worker leaves"), book.desks, book.desk_of_grid)
        patrol = view.actors.grid_worker.patrol
        due = view.turn("joint patrol", "grid", patrol.weeks)
        if due.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.PATROL, Stage.VOLUNTEER, view.scope("grid").where(due),
                **patrol.terms())


def make_grid_workers(view: ModelView) -> GridWorkerState:
    """Fresh columns."""
    p = view.actors.grid_worker
    n = view.places.grids
    return GridWorkerState(np.full(n, float(p.per_grid)), np.full(n, p.skill), np.zeros(n), np.zeros(n))
