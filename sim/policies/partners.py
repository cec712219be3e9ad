"""What policies that deal with 驻区单位 share: how many there are, and what they can lend at most.

Units are content by what they are given, by construction (:func:`sim.actors.society.lend`). What is given
therefore has a price for every unit that gets it, and hours they lend come out of their own staff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.policies.base import FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind

if TYPE_CHECKING:
    from sim.view import ModelView


def units_reached(policy: CommunityPolicy, view: ModelView, most: float = np.inf) -> FloatArray:
    """Partner units of each community, times coverage and intensity, (C,).

    Parameters
    ----------
    policy : CommunityPolicy
    view : ModelView
    most : float
        No more than this many are counted in one community.
    """
    units = np.minimum(view.state(Kind.PARTNER_UNIT).number, most)
    return np.asarray(policy.intensity * units * policy.reach(view))


def further_hours(view: ModelView, each: float, most: float) -> FloatArray:
    """Hours a week that one unit of each community lends beyond its usual ones, (C,).

    Parameters
    ----------
    view : ModelView
    each : float
        Asked of a unit that is fully content.
    most : float
        Share of its usual hours beyond which it does not go.
    """
    bound = min(each, most * view.actors.partner_unit.hours)
    return np.asarray(bound * np.minimum(1.0, view.state(Kind.PARTNER_UNIT).satisfaction))
