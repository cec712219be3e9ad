"""社会组织, 驻区单位, 调解队伍 and 红色团队: the many actors around the line staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.actors.base import Institution, every
from sim.ledger.opportunities import NO_DESK
from sim.population.columns import Float64
from sim.view import ModelView
from sim.vocabulary import Activity, Kind, Stage

RENEWAL = 26
"""Weeks from one renewal of a social organisation's contract to the next."""


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


class SocialOrganization(Institution, columns=SocialState):
    """社会组织: runs projects, wants renewal; judged by records it turns to reports, by people to needs."""

    kind = Kind.SOCIAL_ORGANIZATION

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Learn from renewal, split hours, offer projects."""
        s: SocialState = view.state(Kind.SOCIAL_ORGANIZATION)
        p = view.actors.social_organization
        rows = view.last_opportunities
        own = rows[(rows["host"] == cls.kind) & (rows["policy"] < 0)]
        np.add.at(s.attended, own["community"], own["attended"])
        if view.week % RENEWAL == 0 and view.week > 0:
            reached = np.minimum(1.0, s.attended / (0.2 * np.maximum(view.adults, 1)))
            pull = view.record_weight - (1.0 - view.record_weight) * reached
            s.dependence[:] = np.clip(s.dependence + 0.1 * pull, 0.0, 1.0)
            s.attended[:] = 0.0
        hours = s.present * p.staff * 40.0 * view.staff_factor + s.present * (
            view.levers.get("staff_hours")[:, cls.kind] - view.budget.staff_used[:, cls.kind])
        hours = np.maximum(hours, 0.0)
        s.report_hours[:] = hours * s.dependence * 0.5
        s.desk_hours[:] = hours - s.report_hours
        due = every(view, p.project_weeks, "project", "community") & (s.present > 0)
        if due.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.PROJECT, Stage.MUTUAL_HELP, view.scope("community").where(due),
                hours=1.5, notice=p.notice, relevance=(1.0 - s.dependence)[due] * p.relevance, voice=0.4,
                mixing=0.5, contacts=2, substance=1.0)


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


class PartnerUnit(Institution, columns=PartnerState):
    """驻区单位: lends hours, rooms and parking in exchange; gives less when little comes back (default)."""

    kind = Kind.PARTNER_UNIT

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Lend by satisfaction, which falls with what is asked and rises with what is given in exchange."""
        s: PartnerState = view.state(Kind.PARTNER_UNIT)
        p = view.actors.partner_unit
        offered = s.number * p.hours * s.satisfaction * view.staff_factor
        lent = view.levers.get("staff_hours")[:, cls.kind]
        hours = np.maximum(offered + lent - view.budget.staff_used[:, cls.kind], 0.0)
        s.desk_hours[:] = np.where(s.number > 0, hours, 0.0)
        asked = view.cases.desks["work_done"][np.maximum(view.cases.desk_of[cls.kind], 0)] * (s.number > 0)
        strain = asked / np.maximum(s.number * p.hours, 1.0)
        s.satisfaction[:] = np.clip(
            s.satisfaction + 0.02 * (p.satisfaction - s.satisfaction) - p.strain * np.minimum(strain, 1.0)
            + p.exchange_gain * view.levers.get("exchange") * (1.0 - s.satisfaction), 0.0, 1.0)


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


class MediationTeam(Institution, columns=MediationState):
    """调解队伍 (法律顾问+调解员+干部+网格员+法律明白人): skill grows with use and fades without."""

    kind = Kind.MEDIATION

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Staff the desk; learn by doing."""
        s: MediationState = view.state(Kind.MEDIATION)
        p = view.actors.mediation
        lever = view.levers.get("staff_hours")[:, cls.kind] - view.budget.staff_used[:, cls.kind]
        s.desk_hours[:] = np.maximum(s.present * (p.staff * p.hours * view.staff_factor + lever), 0.0)
        load = view.cases.desks["load"][np.maximum(view.cases.desk_of[cls.kind], 0)]
        s.skill[:] += (p.skill * (0.8 + 0.4 * np.minimum(load, 1.0)) - s.skill) / 52.0


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


class VolunteerTeam(Institution, columns=VolunteerState):
    """红色团队: forms of residents on the last rung, works the hours they give, dissolves when they tire."""

    kind = Kind.VOLUNTEERS

    @classmethod
    def decide(cls, view: ModelView) -> None:
        """Form or dissolve; work with last week's hours; call the next shift."""
        s: VolunteerState = view.state(Kind.VOLUNTEERS)
        p = view.actors.volunteers
        r = view.residents
        last = (r.stage == Stage.VOLUNTEER) & (r.present > 0)
        n = view.places.communities
        s.members[:] = np.bincount(r.community[last], minlength=n)
        s.skill[:] = np.bincount(r.community[last], r.skill[last], n) / np.maximum(s.members, 1)
        s.formed[:] = np.where(s.formed > 0, s.members >= p.dissolve_at, s.members >= p.form_at)
        rows = view.last_opportunities
        given = rows[rows["work"] == cls.kind]
        s.given_hours[:] = np.bincount(given["community"], given["attended"] * given["hours"], n)
        lever = view.levers.get("staff_hours")[:, cls.kind] - view.budget.staff_used[:, cls.kind]
        s.desk_hours[:] = np.maximum(s.given_hours + lever, 0.0)
        due = s.formed > 0
        if due.any():
            view.opportunities.offer(
                view.week, cls.kind, Activity.SHIFT, Stage.VOLUNTEER, view.scope("community").where(due),
                hours=p.hours, notice=p.notice, relevance=0.6, voice=0.6, mixing=0.2, contacts=1,
                work=int(cls.kind))


def make_volunteers(communities: int) -> VolunteerState:
    """Fresh columns: no team yet."""
    return VolunteerState(*(np.zeros(communities) for _ in VolunteerState._fields))


assert len(Kind) < NO_DESK
