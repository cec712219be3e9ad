"""Moves: households leave and others take their homes, the same under every policy for one seed."""

from __future__ import annotations

from sim.jit import lean_kernel
from sim.network.ties import Ties
from sim.population.columns import Float32, Places, Residents, UInt64
from sim.processes.acquaintance import forget_all
from sim.rng import combine, uniform
from sim.vocabulary import Tenure

_OWNER = int(Tenure.OWNER)


@lean_kernel
def settle_in(
    p: Places, r: Residents, ties: Ties, dwelling: int, week: int, prior_good: Float32, prior_bad: Float32
) -> None:
    """A like household takes a home: same composition, no ties from events, no history here."""
    for i in range(p.dwelling_first_resident[dwelling], p.dwelling_first_resident[dwelling + 1]):
        forget_all(ties.event_neighbour, ties.event_strength, i)
        r.key[i] = combine(r.key[i], week)
        r.present[i] = 1
        r.stay[i] = 0.0
        r.attachment[i] = 0.5 * r.attachment_home[i]
        r.efficacy[i] = r.efficacy_own[i] = 0.5
        r.skill[i], r.autonomy[i] = r.skill_home[i], r.autonomy_home[i]
        r.habit[i] = r.fatigue[i] = r.crowding[i] = r.practice[i] = 0.0
        r.stage[i] = r.active[i] = 0
        r.last_any[i] = r.last_other[i] = r.last_public[i] = -1_000_000
        for k in range(r.trust_good.shape[1]):
            r.trust_good[i, k], r.trust_bad[i, k] = prior_good[k], prior_bad[k]


@lean_kernel
def moves(
    p: Places, r: Residents, ties: Ties, week: int, renter_rate: float, owner_rate: float, refill_rate: float,
    stream: UInt64, prior_good: Float32, prior_bad: Float32,
) -> None:
    """Exogenous moves, keyed by dwelling, and new households in homes that were left.

    Parameters
    ----------
    p, r, ties : Places, Residents, Ties
        Residents and event ties are written.
    week : int
    renter_rate, owner_rate, refill_rate : float
        Chances this week.
    stream : array of uint64, shape (C,)
        Keys of this week's moves.
    prior_good, prior_bad : arrays, shape (10,)
        Newcomers' reputations.
    """
    for building in range(len(p.building_key)):
        key = stream[p.building_community[building]]
        for dwelling in range(p.building_first_dwelling[building], p.building_first_dwelling[building + 1]):
            i = p.dwelling_first_resident[dwelling]
            if i == p.dwelling_first_resident[dwelling + 1]:
                continue
            if r.present[i]:
                rate = owner_rate if r.tenure[i] == _OWNER else renter_rate
            else:
                rate = refill_rate
            if uniform(key, p.dwelling_key[dwelling]) < rate:
                settle_in(p, r, ties, dwelling, week, prior_good, prior_bad)
