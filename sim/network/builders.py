"""Ties from builders, straight into CSR.

What adding a resident to a standing dwelling changes: nobody else's ties. Building, party and work ties are
accepted pair by pair, and friendships are sought among dwellings of the fixed geometry, then accepted person
by person, each by a draw keyed on the pair. Adding a *dwelling* moves about one friendship search in (number
of dwellings) of its grid, and may shift storeys inside its own building. The textbook graphs are keyed on row
numbers and promise nothing of the kind. With ties from a file, a new row changes nothing else at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from sim.network import kernels
from sim.network.assembly import assemble, one_after_the_other, thin
from sim.network.kernels import AgeClasses, EdgeList
from sim.network.parameters import TiesParameters
from sim.network.ties import Int64, Ties
from sim.population.columns import Float64, Population
from sim.population.parameters import ADULT, AgeMargins, PopulationParameters, PositionShares
from sim.rng import CommunityStreams, Streams, of_communities
from sim.vocabulary import Layer, Position, Tenure

SETUP_WEEK = -1
AGE_STEP = 5
AGE_CLASSES = 16
"""Five-year classes from 15 to 90+, in which homophily compares ages."""
ADULTS_PER_DWELLING = 2.0
"""Nominal number for which ``building_degree`` is met (modeller's assumption, D)."""
AGE_SCALE = 30.0
"""Years apart at which age similarity is used up (modeller's assumption, D)."""


def build_ties(
    population: Population,
    parameters: TiesParameters,
    streams: Streams | Sequence[Streams],
    margins: PopulationParameters | None = None,
) -> Ties:
    """Ties of a population.

    Parameters
    ----------
    population : Population
    parameters : TiesParameters
    streams : Streams or sequence of Streams
        Those of ``population``: of one seed, or of several whose districts lie one after the other.
    margins : PopulationParameters, optional
        Margins the population was made from. They balance homophily, so that every age and position has the
        same expected number of friends; the defaults serve for a population from a table.

    Returns
    -------
    Ties

    Raises
    ------
    YiheError
        If a network file is unreadable or names unknown residents.
    """
    residents, p = population.residents, parameters
    seeds = [streams] if isinstance(streams, Streams) else streams
    draws, n = of_communities(streams, population.places.communities), len(residents.key)
    if p.file is None and p.builder == "none":
        return assemble(n, [])
    if p.file is None and p.builder not in ("erdos_renyi", "watts_strogatz"):
        return _places_and_people(population, p, draws, margins or PopulationParameters())
    if p.file is not None:
        from sim.network.interchange import read_ties

        each = [read_ties(p.file, population.names)] * len(seeds)
    elif p.builder == "erdos_renyi":
        each = [erdos_renyi(n_each, p.mean_degree, seed) for n_each, seed in _districts(population, seeds)]
    else:
        each = [
            watts_strogatz(n_each, p.mean_degree, p.rewiring, seed)
            for n_each, seed in _districts(population, seeds)]
    return thin(one_after_the_other(each), residents.key, residents.community, p.atomisation, draws)


def _districts(population: Population, seeds: Sequence[Streams]) -> Iterator[tuple[int, Streams]]:
    """Residents of each district, and its draws."""
    lo, hi = population.places.resident_range("community")
    own = population.places.communities // len(seeds)
    for k, seed in enumerate(seeds):
        yield int(hi[(k + 1) * own - 1] - lo[k * own]), seed


def _places_and_people(
    population: Population, p: TiesParameters, streams: CommunityStreams, margins: PopulationParameters
) -> Ties:
    """Households, neighbours, friends and colleagues."""
    places = population.places
    homes = places.building_units[places.dwelling_building] == 0
    edges = [
        (
            kernels.household_pairs(places.dwelling_first_resident, homes),
            Layer.HOUSEHOLD,
            p.household_strength,
        ),
        (_building(population, p, streams), Layer.BUILDING, p.building_strength),
        (_friendship(population, p, streams, margins), Layer.FRIENDSHIP, p.friendship_strength),
        (_organisations(population, p, streams), Layer.WORK, p.work_strength),
    ]
    return assemble(len(population.residents.key), edges)


def erdos_renyi(n: int, mean_degree: float, streams: Streams) -> Ties:
    """Random graph in which every pair is tied with the same probability (layer ``FRIENDSHIP``, weight 1).

    Parameters
    ----------
    n : int
    mean_degree : float
        Expected ties a resident; the degrees are binomial, near Poisson for large ``n``.
    streams : Streams

    Returns
    -------
    Ties
    """
    probability = min(mean_degree / (n - 1), 1.0) if n > 1 else 0.0
    pairs = kernels.random_pairs(n, probability, streams.week_key("ties.random", SETUP_WEEK))
    return assemble(n, [(pairs, Layer.FRIENDSHIP, 1)])


def watts_strogatz(n: int, mean_degree: float, rewiring: float, streams: Streams) -> Ties:
    """Ring in row order, each tied to the nearest, with a share of ties led anywhere (``FRIENDSHIP``, weight
    1).

    Parameters
    ----------
    n : int
    mean_degree : float
        Rounded to an even number.
    rewiring : float
        Probability that a tie is led to someone drawn evenly; doubled ties are kept once.
    streams : Streams

    Returns
    -------
    Ties
    """
    reach = min(int(mean_degree / 2.0 + 0.5), max((n - 1) // 2, 0))
    pairs = kernels.ring_pairs(n, reach, rewiring, streams.week_key("ties.ring", SETUP_WEEK))
    return assemble(n, [(pairs, Layer.FRIENDSHIP, 1)])


def _adults(population: Population) -> np.ndarray:
    """Whom neighbours and friends know: children have ties in the household only, employees at work."""
    residents = population.residents
    return (residents.age >= ADULT) & (residents.daytime == 0)


def _building(population: Population, p: TiesParameters, streams: CommunityStreams) -> EdgeList:
    places, residents = population.places, population.residents
    stay = np.minimum(residents.stay.astype(np.float64), 10.0) / 10.0
    familiar = (1.0 + p.stay_gain * stay) / (1.0 + 0.5 * p.stay_gain)
    familiar = np.where(residents.tenure == Tenure.RENTER, p.renter_factor * familiar, familiar)
    familiar[~_adults(population)] = 0.0
    dwellings = np.diff(places.building_first_dwelling)
    per_floor = -(-dwellings // places.building_floors)
    decay = np.cumprod(np.concatenate([[1.0], np.full(int(places.building_floors.max()), p.floor_decay)]))
    nominal = ADULTS_PER_DWELLING * (per_floor * _mean_decay(places.building_floors, decay) - 1.0)
    scale = p.building_degree / np.maximum(nominal, 1.0)
    slot = np.arange(places.dwellings) - places.building_first_dwelling[places.dwelling_building]
    floor = (slot // per_floor[places.dwelling_building])[residents.dwelling]
    first, last = places.resident_range("building")
    return kernels.building_pairs(
        first.astype(np.int64),
        last.astype(np.int64),
        places.building_community,
        residents.dwelling,
        floor.astype(np.int64),
        familiar,
        decay,
        scale,
        residents.key,
        streams.week_key("ties.building", SETUP_WEEK),
        streams.week_key("ties.atomisation", SETUP_WEEK),
        p.atomisation,
    )


def _mean_decay(floors: np.ndarray, decay: Float64) -> Float64:
    """Sum of ``decay[gap]`` over all storeys, averaged over the storey one lives on, for each building."""
    by_floors = {}
    for count in np.unique(floors).tolist():
        gaps = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
        by_floors[count] = float(np.cumsum(decay[gaps].ravel())[-1]) / count
    return np.array([by_floors[count] for count in floors.tolist()])


def _friendship(
    population: Population,
    p: TiesParameters,
    streams: CommunityStreams,
    margins: PopulationParameters,
) -> EdgeList:
    residents, places = population.residents, population.places
    classes = age_classes(margins, p.homophily)
    age_class = np.clip((residents.age.astype(np.int64) - 15) // AGE_STEP, 0, AGE_CLASSES - 1)
    own = age_class * len(Position) + residents.position
    first_grid, first_building = places.building_first_dwelling, places.grid_first_building
    grid_dwelling = first_grid[first_building].astype(np.int64)
    community_dwelling = grid_dwelling[places.community_first_grid]
    adults_per_home = margins.household_size * (
        1.0 - margins.age.children - margins.age.band_shares()[3] * 0.6
    )
    return kernels.friend_pairs(
        _adults(population),
        own,
        residents.key,
        residents.grid,
        residents.community,
        residents.dwelling,
        places.dwelling_first_resident,
        grid_dwelling,
        community_dwelling,
        classes,
        p.friendship_degree / 2.0 / adults_per_home,
        p.rewiring,
        streams.week_key("ties.friendship", SETUP_WEEK),
        streams.week_key("ties.atomisation", SETUP_WEEK),
        p.atomisation,
    )


def age_classes(margins: PopulationParameters, homophily: float) -> AgeClasses:
    """Acceptance of a friendship by the two people's classes of age and position, balanced.

    Similarity falls with years apart and with a difference in position. It is rescaled until everyone's
    expected acceptance under the margins is equal: otherwise rare groups would have fewer friends, and age
    would reach behaviour by a way the model forbids.
    """
    return _balanced(margins.age, margins.position, homophily)


@lru_cache(maxsize=64)
def _balanced(age: AgeMargins, position: PositionShares, homophily: float) -> AgeClasses:
    """The same for every seed; not to be written to."""
    return kernels.balance(_class_shares(age, position), homophily, AGE_STEP / AGE_SCALE, len(Position))


def _class_shares(ages: AgeMargins, position: PositionShares) -> Float64:
    """Expected share of adults in each class of age (rows) and position, flattened."""
    bands = ages.band_shares()
    working = np.array([getattr(position, term.key) for term in Position if 1 <= term <= 5])
    working = working / np.cumsum(working)[-1]
    shares = np.zeros((AGE_CLASSES, len(Position)))
    for age in range(ADULT, 95):
        band = min(age // AGE_STEP, len(bands) - 1)
        weight = bands[band] / (15.0 if band == len(bands) - 1 else AGE_STEP)
        retired = ((age >= position.retirement_women) + (age >= position.retirement_men)) / 2.0
        student = position.student if age <= 22 else 0.0
        row = shares[min((age - 15) // AGE_STEP, AGE_CLASSES - 1)]
        row[Position.RETIRED] += weight * retired
        row[Position.STUDENT] += weight * (1.0 - retired) * student
        row[1:6] += weight * (1.0 - retired) * (1.0 - student) * working
    flat = shares.ravel()
    scaled: Float64 = flat / np.cumsum(flat)[-1]
    return scaled


def _organisations(population: Population, p: TiesParameters, streams: CommunityStreams) -> EdgeList:
    """Party members of one grid, and employees of one member unit."""
    residents = population.residents
    key = streams.week_key("ties.work", SETUP_WEEK)
    members = np.flatnonzero((residents.membership > 0) & (residents.daytime == 0))
    staff = np.flatnonzero(residents.daytime == 1)
    branch, unit = (
        kernels.group_pairs(who, group, chance, residents.key, residents.community, key)
        for who, group, chance in (
            (members, residents.grid, p.branch_acquaintance),
            (staff, residents.dwelling, p.colleague_acquaintance)))
    joined: tuple[Int64, Int64] = (np.concatenate([branch[0], unit[0]]), np.concatenate([branch[1], unit[1]]))
    return joined
