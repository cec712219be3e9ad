"""Who speaks up for a dwelling, and whether anyone does when many share a nuisance."""

from __future__ import annotations

from typing import NamedTuple

from sim.jit import kernel, lean_kernel
from sim.ledger.cases import NOBODY
from sim.numerics import exp, log
from sim.population.columns import Float32, Int32, UInt8


class Voices(NamedTuple):
    """Residents' columns that decide who speaks up."""

    age: UInt8
    present: UInt8
    efficacy: Float32
    digital: Float32
    good: Float32
    """(N, 10) α of the reputations."""
    bad: Float32
    """(N, 10) β."""


@kernel
def volunteer_probability(cost_over_benefit: float, n: int) -> float:
    """Volunteer's dilemma (Diekmann 1985): chance that each of ``n`` acts, 1 − (c/b)^(1/(n−1)).

    Parameters
    ----------
    cost_over_benefit : float
        Between 0 and 1, both excluded.
    n : int
        How many share the nuisance; one alone acts for sure.
    """
    return 1.0 if n < 2 else 1.0 - exp(log(cost_over_benefit) / (n - 1))


@lean_kernel
def speaker(v: Voices, first_resident: Int32, dwelling: int) -> int:
    """Who speaks for a dwelling: its first adult present; NOBODY if nobody is."""
    for i in range(first_resident[dwelling], first_resident[dwelling + 1]):
        if v.present[i] and v.age[i] >= 18:
            return i
    return NOBODY


@lean_kernel
def trusts(v: Voices, i: int, kind: int) -> float:
    """Mean trust of a resident in one kind of institution, 0 to 1."""
    return v.good[i, kind] / (v.good[i, kind] + v.bad[i, kind])
