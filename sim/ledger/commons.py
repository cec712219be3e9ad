"""What belongs to places, not people: agreed rules of conduct, and institutions' trust in each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.population.columns import Float32, Places, UInt8
from sim.vocabulary import Kind


class Commons(NamedTuple):
    """State of places."""

    norm: Float32
    """(B,) strength of the rules of conduct a building has agreed on, 0 to 1; decays."""
    fee_paid: UInt8
    """(D,) 1 where the household pays the property fee."""
    between_good: Float32
    """(C, 10, 10) good experience of row kind with column kind: α of a beta reputation."""
    between_bad: Float32
    """(C, 10, 10) bad experience: β."""

    def trust_between(self) -> Float32:
        """Mean trust of row kind in column kind, (C, 10, 10)."""
        return self.between_good / (self.between_good + self.between_bad)


def make_commons(places: Places, trust: float, weight: float) -> Commons:
    """Fresh state: no rules of conduct, nobody pays yet, actors trust each other at the prior mean.

    Parameters
    ----------
    places : Places
    trust : float
        Prior mean of the trust between institutions.
    weight : float
        Pseudo-counts behind that prior.
    """
    shape = (places.communities, len(Kind), len(Kind))
    return Commons(
        norm=np.zeros(places.buildings, np.float32),
        fee_paid=np.zeros(places.dwellings, np.uint8),
        between_good=np.full(shape, trust * weight, np.float32),
        between_bad=np.full(shape, (1.0 - trust) * weight, np.float32),
    )
