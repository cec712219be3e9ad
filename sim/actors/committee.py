"""居委会 and 网格员: the community's own line staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution, every
from sim.ledger.opportunities import EVERYONE
from sim.population.columns import Float64
from sim.view import ModelView
from sim.vocabulary import Activity, Kind, Stage


class CommitteeState(NamedTuple):
    """Columns of the residents' committees, (C,) each."""

    staff_hours: Float64
    skill: Float64
    record_hours: Float64
    """This week's hours on records."""
    line_hours: Float64
    """This week's hours at the desk."""


class ResidentsCommittee(Institution, columns=CommitteeState):
    """居委会: serves tasks from above and residents' demands from one desk; calls meetings if it has time.

    Records take hours by their weight in appraisal (行政化). Overload drives staff away, and skill with them.
    """

    kind = Kind.RESIDENTS_COMMITTEE

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split hours between records and the desk; offer meetings and activities."""
        s: CommitteeState = view.state(Kind.RESIDENTS_COMMITTEE)
        p = view.actors.residents_committee
        levers = view.levers.get("staff_hours")[:, cls.kind]
        paper = view.levers.get("paper_hours")[:, cls.kind]
        hours = np.maximum(
            s.staff_hours * view.staff_factor + levers - view.budget.staff_used[:, cls.kind], 0.0)
        s.record_hours[:] = np.minimum(hours, s.staff_hours * p.record_share * view.record_weight + paper)
        core = view.state(Kind.CORE)
        s.line_hours[:] = hours - s.record_hours + core.lent_hours
        load = view.cases.desks["load"][view.cases.desk_of[cls.kind]]
        lost = view.actors.staff_turnover * load * s.skill / 52.0
        s.skill[:] += (1 - load) * (p.skill - s.skill) / 52.0 - lost
        spare = load < 0.95
        meeting = every(view, p.meeting_weeks, "committee meeting", "community") & spare
        if meeting.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.MEETING, Stage.PUBLIC_AFFAIRS,
                view.scope("community").where(meeting), hours=1.5, notice=p.notice, relevance=p.relevance,
                voice=p.voice, mixing=0.3, contacts=1, forum=0.1)
        activity = every(view, p.activity_weeks, "committee activity", "community") & spare
        if activity.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.MUTUAL_HELP, Stage.SELF_HELP,
                view.scope("community").where(activity), hours=1.0, notice=p.notice, relevance=p.relevance,
                voice=0.3, mixing=0.3, contacts=1, open_to=EVERYONE)


def make_committee(view: ModelView, residents: Float64) -> CommitteeState:
    """Fresh columns; ``residents`` is the number in each community."""
    p = view.actors.residents_committee
    n = len(residents)
    hours = p.staff_per_1000 * residents / 1000.0 * 40.0
    return CommitteeState(hours, np.full(n, p.skill), np.zeros(n), hours.copy())


class GridWorkerState(NamedTuple):
    """Columns of grid workers, (G,) each."""

    workers: Float64
    skill: Float64
    patrol_hours: Float64
    """This week's hours on patrol."""
    desk_hours: Float64
    """This week's hours handling cases."""


class GridWorker(Institution, columns=GridWorkerState):
    """网格员: patrols, handles what comes first, passes on the rest; a full desk keeps patrols down."""

    kind = Kind.GRID_WORKER

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Split the week between patrol and desk; some leave, and new ones start without experience."""
        s: GridWorkerState = view.state(Kind.GRID_WORKER)
        p = view.actors.grid_worker
        community = view.places.grid_community
        extra = view.levers.get("staff_hours")[:, cls.kind] - view.levers.get("paper_hours")[:, cls.kind]
        extra = (extra - view.budget.staff_used[:, cls.kind]) / np.diff(view.places.community_first_grid)
        hours = np.maximum(s.workers * (40.0 * view.staff_factor) + extra[community], 0.0)
        load = view.cases.desks["load"][view.cases.desk_of_grid]
        s.patrol_hours[:] = hours * p.patrol_share * (1.0 - 0.5 * load)
        s.desk_hours[:] = hours - s.patrol_hours
        s.skill[:] += (p.skill - s.skill) / 26.0
        s.skill[view.draw("grid worker leaves", "grid") < p.turnover * (0.5 + load) / 52.0] = 0.5 * p.skill
        patrol = every(view, p.joint_patrol_weeks, "joint patrol", "grid")
        if patrol.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.PATROL, Stage.VOLUNTEER, view.scope("grid").where(patrol),
                hours=1.5, notice=p.notice, relevance=0.5, voice=0.3, mixing=0.1, contacts=1)


def make_grid_workers(view: ModelView) -> GridWorkerState:
    """Fresh columns."""
    p = view.actors.grid_worker
    n = view.places.grids
    return GridWorkerState(np.full(n, float(p.per_grid)), np.full(n, p.skill), np.zeros(n), np.zeros(n))
