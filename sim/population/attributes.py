"""Personal columns drawn once places, ages and sexes are known, keyed on each person's stable id.

Age enters position, membership, hours, health, digital ability and length of stay, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from sim.jit import kernel
from sim.population.columns import N_KINDS, Bool, Float32, Float64, Int32, Residents, UInt64
from sim.population.parameters import ADULT, PopulationParameters
from sim.rng import CommunityStreams, combine_array, uniform
from sim.vocabulary import Kind, Membership, Motive, Position, Tenure

SETUP_WEEK = -1

Given = Mapping[str, Bool]
"""Columns the user gave: True where a row has a value of its own."""

Put = Callable[[str, npt.ArrayLike], None]
"""Sets one column where the user gave nothing."""

_WORKING = (
    Position.STATE_MIDDLE,
    Position.PRIVATE_MIDDLE,
    Position.WORKER,
    Position.NEW_EMPLOYMENT,
    Position.HOMEMAKER,
)
_QUARTER = np.uint64(0xFFFF)
_NORMAL_SCALE = 1.0 / (65536.0 * 0.5773502691896258)  # four even parts: variance 4/12


def normal(streams: CommunityStreams, stream: str, entity: UInt64, community: Int32) -> Float64:
    """Nearly normal draws, mean 0 and standard deviation 1, within ±3.47.

    The sum of four even 16-bit numbers taken from one 64-bit draw: exact on every machine and one draw a
    person.
    """
    bits = streams.bits(stream, SETUP_WEEK, entity, community)
    parts = bits & _QUARTER
    for shift in (16, 32, 48):
        parts = parts + ((bits >> np.uint64(shift)) & _QUARTER)
    return (parts.astype(np.float64) - 131070.0) * _NORMAL_SCALE


def draw_attributes(
    residents: Residents,
    parameters: PopulationParameters,
    streams: CommunityStreams,
    given: Given | None = None,
) -> None:
    """Fill every personal column but age, sex, tenure and stay, in place.

    Parameters
    ----------
    residents : Residents
        ``key``, ``age``, ``sex`` and ``daytime`` are read.
    parameters : PopulationParameters
    streams : Streams
    given : mapping of column name to (N,) bool, optional
        Entries already filled by the user, which are kept and on which the others then build.
    """
    given = given or {}

    def put(name: str, value: npt.ArrayLike) -> None:
        column = getattr(residents, name)
        if name in given:
            np.copyto(column, np.asarray(value).astype(column.dtype), where=~given[name])
        else:
            column[:] = value

    _draw_situation(residents, parameters, streams, put)
    _draw_inclination(residents, parameters, streams, put)
    _draw_trust(residents, parameters, streams)


def stay_years(
    parameters: PopulationParameters,
    streams: CommunityStreams,
    household: UInt64,
    community: Int32,
    tenure: npt.NDArray[np.uint8],
    age: npt.NDArray[np.integer],
) -> Float64:
    """Length of stay in years: even up to a longest stay that grows with age.

    Parameters
    ----------
    parameters, streams
    household : (n,) stable id on which the draw is keyed
    community : (n,)
    tenure : (n,) codes of :class:`sim.vocabulary.Tenure`
    age : (n,) age that sets the longest stay: the householder's where known
    """
    p = parameters.stay
    longest = np.where(tenure == Tenure.OWNER, p.owner, p.renter)
    grown = np.clip((age.astype(np.float64) - ADULT) / (60.0 - ADULT), 0.0, 1.0)
    return (
        streams.uniform("population.stay", SETUP_WEEK, household, community)
        * longest
        * (p.young + (1.0 - p.young) * grown)
    )


def _draw_situation(
    residents: Residents, p: PopulationParameters, streams: CommunityStreams, put: Put
) -> None:
    """Columns that may depend on age: position, membership, hours, health, digital ability."""

    def draw(stream: str) -> Float64:
        return streams.uniform(f"population.{stream}", SETUP_WEEK, residents.key, residents.community)

    put("position", _positions(residents, p, draw("position"), draw("student")))
    put("membership", _memberships(residents, p, draw("membership"), draw("mobile")))
    hours = np.array([getattr(p.free_hours, term.key) for term in Position])[residents.position]
    hours = np.where(residents.daytime == 1, p.free_hours.daytime, hours)
    hours = hours * (1.0 + p.free_hours.spread * (2.0 * draw("hours") - 1.0))
    put("free_hours", hours)
    residents.free_hours[residents.age < ADULT] = 0.0
    age = residents.age.astype(np.float64)
    for name in ("health", "digital"):
        decades = np.maximum(age - getattr(p.body, f"{name}_from"), 0.0) / 10.0
        level = getattr(p.body, name) - getattr(p.body, f"{name}_loss") * decades
        noise = normal(streams, f"population.{name}", residents.key, residents.community)
        put(name, np.clip(level + p.body.spread * noise, 0.02, 1.0))


def _positions(
    residents: Residents, p: PopulationParameters, u: Float64, student: Float64
) -> npt.NDArray[np.uint8]:
    weights = np.array([getattr(p.position, term.key) for term in _WORKING])
    edges = np.cumsum(weights)
    at_work = edges[-2]  # employees of member units are never homemakers
    reach = np.where(residents.daytime == 1, at_work, edges[-1])
    position = np.array(_WORKING, np.uint8)[np.minimum(np.searchsorted(edges, u * reach), len(_WORKING) - 1)]
    limit = np.where(residents.sex == 0, p.position.retirement_women, p.position.retirement_men)
    position[(residents.age >= limit) & (residents.daytime == 0)] = Position.RETIRED
    studying = (residents.age < ADULT) | ((residents.age <= 22) & (student < p.position.student))
    position[studying & (residents.daytime == 0)] = Position.STUDENT
    return position


def _memberships(
    residents: Residents, p: PopulationParameters, u: Float64, mobile: Float64
) -> npt.NDArray[np.uint8]:
    young, old = p.membership_rates()
    member = (residents.age >= ADULT) & (u < np.where(residents.age >= 61, old, young))
    kind = np.where(mobile < p.membership.mobile, int(Membership.MOBILE), int(Membership.IN_SERVICE))
    kind = np.where(residents.position == Position.RETIRED, int(Membership.RETIRED), kind)
    return np.where(member, kind, 0).astype(np.uint8)


def _draw_inclination(
    residents: Residents, p: PopulationParameters, streams: CommunityStreams, put: Put
) -> None:
    """Columns drawn alike for everyone: motive, norms, interest, attachment, efficacy, autonomy, skill."""
    m = p.motives
    edges = np.cumsum([m.conditional, m.free_rider, m.hump_shaped])
    person, home = residents.key, residents.community
    u = streams.uniform("population.motive", SETUP_WEEK, person, home)
    put("motive", np.searchsorted(edges, u))
    motive = residents.motive
    intercept = np.array([getattr(m, f"{term.key}_intercept") for term in Motive])
    slope = np.array([getattr(m, f"{term.key}_slope") for term in Motive])
    noise = normal(streams, "population.norm_intercept", person, home)
    put("norm_intercept", intercept[motive] + m.intercept_spread * noise)
    noise = normal(streams, "population.norm_slope", person, home)
    responds = (motive == Motive.CONDITIONAL) | (motive == Motive.HUMP_SHAPED)
    put(
        "norm_slope",
        np.where(responds, np.maximum(slope[motive] + m.slope_spread * noise, 0.0), slope[motive]),
    )
    put("interest", p.attitudes.interest_spread * normal(streams, "population.interest", person, home))
    for name in ("attachment", "efficacy", "autonomy", "skill"):
        mean, spread = getattr(p.attitudes, name), getattr(p.attitudes, f"{name}_spread")
        noise = normal(streams, f"population.{name}", person, home)
        put(name, np.clip(mean + spread * noise, 0.0, 1.0))
    residents.attachment_home[:] = residents.attachment
    residents.efficacy_own[:] = residents.efficacy


def _draw_trust(residents: Residents, p: PopulationParameters, streams: CommunityStreams) -> None:
    means = np.array([getattr(p.trust, kind.key) for kind in Kind])
    person = p.trust.spread * normal(streams, "population.trust", residents.key, residents.community)
    # an even draw of half-width √3 has standard deviation 1
    half_width = p.trust.spread_kind * 1.7320508075688772
    key = streams.week_key("population.trust_kind", SETUP_WEEK)
    keys = combine_array(key[:, None], np.arange(N_KINDS))
    _fill_trust(
        residents.key,
        residents.community,
        person,
        means,
        half_width,
        p.trust.weight,
        keys,
        residents.trust_good,
        residents.trust_bad,
    )


@kernel
def _fill_trust(
    person_key: UInt64,
    community: Int32,
    person: Float64,
    means: Float64,
    half_width: float,
    weight: float,
    keys: UInt64,
    good: Float32,
    bad: Float32,
) -> None:
    for i in range(len(person_key)):
        key = keys[community[i]]
        for k in range(len(means)):
            level = means[k] + person[i] + half_width * (2.0 * uniform(key[k], person_key[i]) - 1.0)
            level = min(max(level, 0.05), 0.95)
            good[i, k] = weight * level
            bad[i, k] = weight * (1.0 - level)
