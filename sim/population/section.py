"""A part of a district: whole streets, so that no queue and no tie crosses its border."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.population.columns import Int64
from sim.population.parameters import PlacesParameters


class Section(NamedTuple):
    """Communities ``first`` to ``last`` − 1 of a district.

    What lies in it keeps the ids that it has in the whole district, and so all its draws.
    """

    first: int
    last: int
    first_grid: int
    """Grids of the district before its own."""
    communities: int
    """Communities of the whole district."""

    @property
    def own(self) -> slice:
        """Its communities among all."""
        return slice(self.first, self.last)


def grids_of_communities(places: PlacesParameters) -> Int64:
    """Grids of each community of a district, (C,)."""
    total = places.grids_total or places.grids * places.communities
    communities = np.arange(places.communities)
    return total // places.communities + (communities < total % places.communities)


def streets(places: PlacesParameters) -> Int64:
    """Street of each community, ascending, (C,)."""
    return np.arange(places.communities) * places.streets // places.communities


def whole(communities: int) -> Section:
    """All of a district."""
    return Section(0, communities, 0, communities)


def sections(places: PlacesParameters, parts: int) -> list[Section]:
    """A district in at most ``parts`` parts of whole streets, as even as streets allow.

    Parameters
    ----------
    places : PlacesParameters
    parts : int
        At least 1; there are no more than streets with communities.

    Returns
    -------
    list of Section
        In the order of communities.
    """
    street = streets(places)
    starts = np.flatnonzero(np.diff(street, prepend=-1))  # first community of each street
    wanted = len(street) * np.arange(1, parts) / parts
    cuts = sorted({0, len(street), *(int(starts[np.argmin(np.abs(starts - at))]) for at in wanted)})
    before = np.concatenate([[0], np.cumsum(grids_of_communities(places))])
    return [
        Section(first, last, int(before[first]), len(street))
        for first, last in pairwise(cuts)]
