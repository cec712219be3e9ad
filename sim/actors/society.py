"""社会组织, 驻区单位, 调解队伍 and 红色团队: the many actors around the line staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution
from sim.actors.skill import trained
from sim.jit import lean_kernel
from sim.ledger.cases import Table
from sim.ledger.means import Means
from sim.ledger.opportunities import NO_DESK, Rows
from sim.population.columns import Float32, Float64, Int32, UInt8
from sim.view import ModelView
from sim.vocabulary import WEEK_HOURS, Activity, Kind, Stage

_SOCIAL, _PARTNER, _MEDIATION, _VOLUNTEERS = (
    int(Kind.SOCIAL_ORGANIZATION), int(Kind.PARTNER_UNIT), int(Kind.MEDIATION), int(Kind.VOLUNTEERS))
_LAST_RUNG = int(Stage.VOLUNTEER)


class SocialState(NamedTuple):
    """Columns of social organisations, (C,) each."""

    present: Float64
    dependence: Float64
    """Share of effort that goes to the funder's reports."""
    attended: Float64
    """Participants of its projects since the last renewal."""
    report_hours: Float64
    desk_hours: Float64
    skill: Float64


@lean_kernel
def work_on_projects(
    s: SocialState, numbers: Table, common: Table, m: Means, week: int, record_weight: Float64,
    adults: Float64, offers: Rows, desks: Table, desk_of: Int32,
) -> None:
    """Count who came, draw the lesson of a renewal, split hours between reports and cases.

    Parameters
    ----------
    s : SocialState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of social organisations, and those of all institutions.
    m : Means
    week : int
    record_weight, adults : arrays, shape (C,)
    offers : records
        Last week's.
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _SOCIAL
    for j in range(len(offers)):
        if offers[j].host == k and offers[j].policy < 0:
            s.attended[offers[j].community] += offers[j].attended
    renewal = week > 0 and week % p.renewal_weeks == 0
    for c in range(len(s.present)):
        if renewal:
            reached = min(1.0, s.attended[c] / (p.renewal_reach * max(adults[c], 1.0)))
            pull = record_weight[c] - (1.0 - record_weight[c]) * reached
            s.dependence[c] = min(max(s.dependence[c] + p.renewal_step * pull, 0.0), 1.0)
            s.attended[c] = 0.0
        own = p.staff * WEEK_HOURS * m.factor
        hours = max(s.present[c] * (own + m.given[c, k] - m.used[c, k]), 0.0)
        s.report_hours[c] = hours * s.dependence[c] * p.report_hours
        s.desk_hours[c] = hours - s.report_hours[c]
        s.skill[c] = trained(
            s.skill[c], p.skill, q.skill_weeks, m.training[c, k], float(p.staff), q.training_pace)
        desk = desk_of[k, c]
        if desk >= 0:
            desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
            desks[desk].people = max(float(p.staff), np.ceil(s.desk_hours[c] / WEEK_HOURS))


class SocialOrganization(Institution, columns=SocialState):
    """社会组织: runs projects, wants renewal; judged by records it turns to reports, by people to needs."""

    kind = Kind.SOCIAL_ORGANIZATION

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Learn from renewal, split hours, offer projects."""
        s: SocialState = view.state(cls.kind)
        book, project = view.cases, view.actors.social_organization.project
        work_on_projects(
            s, view.numbers(cls.kind), view.numbers(None), view.means, view.week, view.record_weight,
            view.adults, view.last_opportunities, book.desks, book.desk_of)
        due = view.turn("project", "community", project.weeks)
        if due.any():
            due = due & (s.present > 0)
            if due.any():
                terms = {**project.terms(), "relevance": (1.0 - s.dependence[due]) * project.relevance}
                view.opportunities.offer(
                    view.week, cls.kind, Activity.PROJECT, Stage.MUTUAL_HELP,
                    view.scope("community").where(due), **terms)


def make_social(view: ModelView, communities: int) -> SocialState:
    """Fresh columns."""
    p = view.actors.social_organization
    n = communities
    return SocialState(
        np.full(n, float(p.present)), np.full(n, p.dependence), np.zeros(n), np.zeros(n), np.zeros(n),
        np.full(n, p.skill))


class PartnerState(NamedTuple):
    """Columns of partner units, (C,) each: those of one community together."""

    number: Float64
    satisfaction: Float64
    """企业满意度, 0 to 1: what they get back for what they lend."""
    desk_hours: Float64
    skill: Float64


@lean_kernel
def lend(
    s: PartnerState, numbers: Table, common: Table, m: Means, exchange: Float64, served: Float64,
    desks: Table, desk_of: Int32,
) -> None:
    """Hours by satisfaction, which falls with what is asked and rises with what is given back.

    Parameters
    ----------
    s : PartnerState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of partner units, and those of all institutions.
    m : Means
    exchange, served : arrays, shape (C,)
        Resources given in exchange, and services given to units, 0 to 1.
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _PARTNER
    for c in range(len(s.number)):
        desk = desk_of[k, c]
        if s.number[c] <= 0.0 or desk < 0:
            s.desk_hours[c] = 0.0
            continue
        offered = s.number[c] * p.hours * s.satisfaction[c] * m.factor
        s.desk_hours[c] = max(offered + m.given[c, k] - m.used[c, k], 0.0)
        strain = min(desks[desk].work_done / max(s.number[c] * p.hours, 1.0), 1.0)
        given_back = min(exchange[c] + served[c], 1.0)
        change = p.reversion * (p.satisfaction - s.satisfaction[c]) - p.strain * strain
        change += p.exchange_gain * given_back * (1.0 - s.satisfaction[c])
        s.satisfaction[c] = min(max(s.satisfaction[c] + change, 0.0), 1.0)
        s.skill[c] = trained(
            s.skill[c], p.skill, q.skill_weeks, m.training[c, k], s.number[c], q.training_pace)
        desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
        desks[desk].people = max(s.number[c], np.ceil(s.desk_hours[c] / WEEK_HOURS))


class PartnerUnit(Institution, columns=PartnerState):
    """驻区单位: lends hours, rooms and parking in exchange; gives less when little comes back (default)."""

    kind = Kind.PARTNER_UNIT

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Lend by satisfaction."""
        levers, book = view.levers, view.cases
        lend(
            view.state(cls.kind), view.numbers(cls.kind), view.numbers(None), view.means,
            levers.get("exchange"), levers.get("units_served"), book.desks, book.desk_of)


def make_partners(view: ModelView, communities: int) -> PartnerState:
    """Fresh columns."""
    p = view.actors.partner_unit
    n = communities
    return PartnerState(
        np.full(n, float(p.number)), np.full(n, p.satisfaction), np.zeros(n), np.full(n, p.skill))


class MediationState(NamedTuple):
    """Columns of mediation teams, (C,) each."""

    present: Float64
    skill: Float64
    desk_hours: Float64


@lean_kernel
def practise(
    s: MediationState, numbers: Table, common: Table, m: Means, desks: Table, desk_of: Int32
) -> None:
    """Staff the desk; skill follows use.

    Parameters
    ----------
    s : MediationState
        Written.
    numbers, common : arrays, shape (1,)
        Numbers of mediation teams, and those of all institutions.
    m : Means
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, q, k = numbers[0], common[0], _MEDIATION
    for c in range(len(s.present)):
        desk = desk_of[k, c]
        if s.present[c] <= 0.0 or desk < 0:
            s.desk_hours[c] = 0.0
            continue
        s.desk_hours[c] = max(p.staff * p.hours * m.factor + m.given[c, k] - m.used[c, k], 0.0)
        use = p.idle_skill + (p.practised_skill - p.idle_skill) * min(desks[desk].load, 1.0)
        usual = min(1.0, p.skill * use)
        s.skill[c] = trained(
            s.skill[c], usual, q.skill_weeks, m.training[c, k], float(p.staff), q.training_pace)
        desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
        desks[desk].people = max(float(p.staff), np.ceil(s.desk_hours[c] / WEEK_HOURS))


class MediationTeam(Institution, columns=MediationState):
    """调解队伍 (法律顾问+调解员+干部+网格员+法律明白人): skill grows with use and fades without."""

    kind = Kind.MEDIATION

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Staff the desk; learn by doing."""
        book = view.cases
        practise(
            view.state(cls.kind), view.numbers(cls.kind), view.numbers(None), view.means, book.desks,
            book.desk_of)


def make_mediation(view: ModelView, communities: int) -> MediationState:
    """Fresh columns."""
    p = view.actors.mediation
    n = communities
    return MediationState(np.full(n, float(p.present)), np.full(n, p.skill), np.zeros(n))


class VolunteerState(NamedTuple):
    """Columns of volunteer teams, (C,) each."""

    members: Float64
    """Residents on the last rung."""
    formed: Float64
    """1 where there is a team."""
    skill: Float64
    """Mean participation skill of its members."""
    given_hours: Float64
    """Hours its members gave last week."""
    desk_hours: Float64


@lean_kernel
def muster(
    s: VolunteerState, numbers: Table, m: Means, stage: UInt8, present: UInt8, community: Int32,
    skill: Float32, offers: Rows, desks: Table, desk_of: Int32,
) -> None:
    """Count who stands on the last rung, form or dissolve, and work last week's hours.

    Parameters
    ----------
    s : VolunteerState
        Written.
    numbers : array, shape (1,)
        Numbers of volunteer teams.
    m : Means
    stage, present, community, skill : arrays, shape (N,)
        Columns of :class:`sim.population.columns.Residents`.
    offers : records
        Last week's.
    desks, desk_of : arrays
        Columns of :class:`sim.ledger.cases.CaseBook`; desks are written.
    """
    p, k = numbers[0], _VOLUNTEERS
    for c in range(len(s.members)):
        s.members[c] = s.skill[c] = s.given_hours[c] = 0.0
    for i in range(len(stage)):
        if stage[i] == _LAST_RUNG and present[i]:
            s.members[community[i]] += 1.0
            s.skill[community[i]] += skill[i]
    for j in range(len(offers)):
        if offers[j].work == k:
            s.given_hours[offers[j].community] += offers[j].attended * offers[j].hours
    for c in range(len(s.members)):
        s.skill[c] /= max(s.members[c], 1.0)
        enough = p.dissolve_at if s.formed[c] > 0.0 else p.form_at
        s.formed[c] = 1.0 if s.members[c] >= enough else 0.0
        s.desk_hours[c] = max(s.given_hours[c] + m.given[c, k] - m.used[c, k], 0.0)
        desk = desk_of[k, c]
        desks[desk].hours, desks[desk].skill = s.desk_hours[c], s.skill[c]
        desks[desk].people = np.ceil(s.desk_hours[c] / WEEK_HOURS)


class VolunteerTeam(Institution, columns=VolunteerState):
    """红色团队: forms of residents on the last rung, works the hours they give, dissolves when they tire."""

    kind = Kind.VOLUNTEERS

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Form or dissolve; work with last week's hours; call the next shift."""
        s: VolunteerState = view.state(cls.kind)
        r, book, shift = view.residents, view.cases, view.actors.volunteers.shift
        muster(
            s, view.numbers(cls.kind), view.means, r.stage, r.present, r.community, r.skill,
            view.last_opportunities, book.desks, book.desk_of)
        due = view.turn("shift", "community", shift.weeks)
        if due.any() and s.formed.any():
            due = due & (s.formed > 0)
            if due.any():
                view.opportunities.offer(
                    view.week, cls.kind, Activity.SHIFT, Stage.VOLUNTEER, view.scope("community").where(due),
                    work=int(cls.kind), **shift.terms())


def make_volunteers(communities: int) -> VolunteerState:
    """Fresh columns: no team yet."""
    return VolunteerState(*(np.zeros(communities) for _ in VolunteerState._fields))


assert len(Kind) < NO_DESK
