"""Who decides, in which order, and what hours each kind could spare for policies."""

from __future__ import annotations

import numpy as np

from sim.actors.base import Institution
from sim.actors.committee import GridWorker, ResidentsCommittee
from sim.actors.core import BuildingGroup, CommunityPartyCommittee, GridBranch, MemberHousehold, StreetOffice
from sim.actors.property import OwnersCommittee, PropertyCompany
from sim.actors.society import MediationTeam, PartnerUnit, SocialOrganization, VolunteerTeam
from sim.population.columns import Float64
from sim.view import ModelView
from sim.vocabulary import WEEK_HOURS, Kind

PARTS: tuple[type[Institution], ...] = (BuildingGroup, GridBranch, MemberHousehold)
"""The core's own parts, in the order in which they act: groups carry branches and households."""

ROSTER: tuple[type[Institution], ...] = (
    CommunityPartyCommittee, ResidentsCommittee, GridWorker, OwnersCommittee, PropertyCompany,
    SocialOrganization, PartnerUnit, MediationTeam, VolunteerTeam, StreetOffice,
)
"""The ten kinds, in the order in which they decide: the core splits its attention first; owners watch before
the company sets its effort."""


def spare_hours(view: ModelView) -> tuple[Float64, Float64]:
    """Hours that policies may ask for this week.

    Returns
    -------
    attention : array, shape (C,)
        Of the core.
    staff : array, shape (C, 10)
        Of the other kinds; none of the core, whose hours are attention. A street's hours are shared out
        evenly among its communities.
    """
    factor = view.staff_factor
    staff = np.zeros((view.places.communities, len(Kind)))
    committee, owners = view.state(Kind.RESIDENTS_COMMITTEE), view.state(Kind.OWNERS_COMMITTEE)
    grid, firm = view.state(Kind.GRID_WORKER), view.state(Kind.PROPERTY)
    social, partner = view.state(Kind.SOCIAL_ORGANIZATION), view.state(Kind.PARTNER_UNIT)
    mediation, volunteers = view.state(Kind.MEDIATION), view.state(Kind.VOLUNTEERS)
    a = view.actors
    staff[:, Kind.RESIDENTS_COMMITTEE] = committee.staff_hours * factor
    staff[:, Kind.GRID_WORKER] = WEEK_HOURS * factor * np.bincount(
        view.places.grid_community, grid.workers, view.places.communities)
    staff[:, Kind.PROPERTY] = firm.present * firm.staff_hours * firm.effort * factor
    owners_hours = owners.present * a.owners_committee.staff * a.owners_committee.hours * factor
    staff[:, Kind.OWNERS_COMMITTEE] = owners_hours
    staff[:, Kind.SOCIAL_ORGANIZATION] = social.present * a.social_organization.staff * WEEK_HOURS * factor
    staff[:, Kind.PARTNER_UNIT] = partner.number * a.partner_unit.hours * partner.satisfaction * factor
    staff[:, Kind.MEDIATION] = mediation.present * a.mediation.staff * a.mediation.hours * factor
    staff[:, Kind.VOLUNTEERS] = volunteers.given_hours
    street_of = view.places.community_street
    street = view.state(Kind.STREET).staff_hours / np.bincount(street_of)
    staff[:, Kind.STREET] = street[street_of] * factor
    return view.state(Kind.CORE).staff_hours * factor, staff
