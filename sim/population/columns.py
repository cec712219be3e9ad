"""The one truth about people and places: one NumPy array a column.

Everything is sorted: communities, their grids, their buildings, their dwellings, their residents. A place
therefore owns a contiguous range of each level below it, stored as ``first`` arrays of length n + 1 in the
manner of CSR. Named tuples of arrays go into compiled kernels as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.vocabulary import Kind

UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

N_KINDS = len(Kind)


class Places(NamedTuple):
    """Geometry: street → community → grid → building → dwelling → resident, each a contiguous range.

    ``*_first`` arrays have one entry more than the level they belong to.
    """

    community_street: Int32
    """(C,) street of each community."""
    community_first_grid: Int32
    """(C+1,)"""
    grid_first_building: Int32
    """(G+1,)"""
    building_first_dwelling: Int32
    """(B+1,)"""
    dwelling_first_resident: Int32
    """(D+1,) an empty dwelling has an empty range."""
    grid_community: Int32
    """(G,)"""
    building_grid: Int32
    """(B,)"""
    building_community: Int32
    """(B,)"""
    building_floors: Int32
    """(B,) storeys; dwellings of a building are numbered floor by floor."""
    building_units: UInt8
    """(B,) 1 where the building holds member units (offices) instead of dwellings."""
    dwelling_building: Int32
    """(D,)"""
    dwelling_key: UInt64
    """(D,) stable id; potential frictions are keyed by it."""
    building_key: UInt64
    """(B,) stable id."""
    grid_key: UInt64
    """(G,) stable id."""
    community_key: UInt64
    """(C,) stable id."""

    def resident_range(self, level: str) -> tuple[Int32, Int32]:
        """First and one-past-last resident of each place at ``"community"``, ``"grid"`` or ``"building"``."""
        edges = self.dwelling_first_resident
        if level != "dwelling":
            edges = edges[self.building_first_dwelling]
            if level != "building":
                edges = edges[self.grid_first_building]
                if level != "grid":
                    edges = edges[self.community_first_grid]
        return edges[:-1], edges[1:]

    @property
    def communities(self) -> int:
        """Number of communities."""
        return len(self.community_street)

    @property
    def grids(self) -> int:
        """Number of grids."""
        return len(self.grid_community)

    @property
    def buildings(self) -> int:
        """Number of buildings."""
        return len(self.building_grid)

    @property
    def dwellings(self) -> int:
        """Number of dwellings."""
        return len(self.dwelling_building)


class Residents(NamedTuple):
    """Residents' columns, each of length N in the order of :class:`Places`."""

    key: UInt64
    """Stable id on which every draw is keyed."""
    dwelling: Int32
    building: Int32
    grid: Int32
    community: Int32
    age: UInt8
    sex: UInt8
    tenure: UInt8
    stay: Float32
    """Years lived here."""
    position: UInt8
    membership: UInt8
    daytime: UInt8
    """1 for employees of member units who are here by day."""
    free_hours: Float32
    """Weekly hours free for common affairs."""
    health: Float32
    """0 to 1."""
    digital: Float32
    """Digital ability, 0 to 1."""
    motive: UInt8
    norm_intercept: Float32
    """Own response to nobody active, in logits."""
    norm_slope: Float32
    """Own response to the share of active contacts, in logits per unit share."""
    interest: Float32
    """Lasting personal inclination towards common affairs, in logits; mean 0."""
    attachment: Float32
    """Attachment to the community, 0 to 1."""
    attachment_home: Float32
    """Level to which attachment returns."""
    efficacy: Float32
    """Belief that things get solved, 0 to 1, as voiced after talking with others."""
    efficacy_own: Float32
    """Anchor of ``efficacy``: own experience."""
    autonomy: Float32
    """Felt autonomy: 0 替民做主, 1 让民做主."""
    trust_good: Float32
    """(N, 10) good experience with each kind of institution: α of the beta reputation."""
    trust_bad: Float32
    """(N, 10) bad experience: β."""
    skill: Float32
    """Participation skill, 0 to 1."""
    skill_home: Float32
    """Skill on arrival: what a newcomer of the same make-up brings."""
    autonomy_home: Float32
    """Felt autonomy on arrival."""
    stage: UInt8
    """Rung on the ladder of :class:`sim.vocabulary.Stage`."""
    practice: Float32
    """Progress towards the next rung."""
    fatigue: Float32
    """0 to 1."""
    habit: Float32
    """0 to 1."""
    crowding: Float32
    """Intrinsic motive lost to rewards, in logits; outlasts the reward."""
    active: UInt8
    """1 if took part this week (last week's value until participation has run)."""
    hours: Float32
    """Hours given this week."""
    present: UInt8
    """0 for a slot vacated by someone who left after bad experience."""
    last_any: Int32
    """Last week of any participation; −10⁶ if never."""
    last_other: Int32
    """The same without opportunities hosted by the compared policies."""
    last_public: Int32
    """The same from "public affairs" up, without the compared policies' own."""

    def trust(self, kind: int) -> Float32:
        """Mean of the beta reputation of one kind of institution, (N,)."""
        good = self.trust_good[:, kind]
        return good / (good + self.trust_bad[:, kind])


NEVER = -1_000_000
"""Value of ``last_*`` for someone who never took part."""


def make_residents(n: int) -> Residents:
    """Columns of ``n`` residents, all zero but for presence and the "never" marks.

    Parameters
    ----------
    n : int

    Returns
    -------
    Residents
    """
    def floats() -> Float32:
        return np.zeros(n, np.float32)

    def bytes_() -> UInt8:
        return np.zeros(n, np.uint8)

    def ints(value: int = 0) -> Int32:
        return np.full(n, value, np.int32)

    return Residents(
        key=np.zeros(n, np.uint64), dwelling=ints(), building=ints(), grid=ints(), community=ints(),
        age=bytes_(), sex=bytes_(), tenure=bytes_(), stay=floats(), position=bytes_(), membership=bytes_(),
        daytime=bytes_(), free_hours=floats(), health=floats(), digital=floats(), motive=bytes_(),
        norm_intercept=floats(), norm_slope=floats(), interest=floats(), attachment=floats(),
        attachment_home=floats(), efficacy=floats(), efficacy_own=floats(), autonomy=floats(),
        trust_good=np.ones((n, N_KINDS), np.float32), trust_bad=np.ones((n, N_KINDS), np.float32),
        skill=floats(),
        skill_home=floats(), autonomy_home=floats(), stage=bytes_(),
        practice=floats(), fatigue=floats(), habit=floats(),
        crowding=floats(), active=bytes_(), hours=floats(), present=np.ones(n, np.uint8),
        last_any=ints(NEVER), last_other=ints(NEVER), last_public=ints(NEVER),
    )


class Population(NamedTuple):
    """People and the places they live in."""

    places: Places
    residents: Residents
    names: tuple[str, ...]
    """The user's own ids in column order; empty for a synthetic population."""
