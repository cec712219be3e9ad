"""What policies of participation and service share: own offers, what came of them, who moved, free hours.

Hours that a later step of a policy needs, in a community that has reached that step, cannot be asked for in
the weekly request, which names one amount for all communities. They are taken here out of what is left after
all grants, so that a step without hours does not happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.ledger.records import picked
from sim.params import Param, Parameters
from sim.policies.arithmetic import ROUND_UP, YEAR
from sim.policies.base import BoolArray, FloatArray
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.ledger.opportunities import Rows
    from sim.view import ModelView

IndexArray = npt.NDArray[np.int64]
EVERYBODY = slice(None)


class Company(Parameters):
    """Whom participants of one of a policy's offers meet, where its offers differ in that."""

    mixing: float = Param(0.2, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))

    def terms(self) -> dict[str, Any]:
        """As columns of an offer."""
        return {"mixing": self.mixing, "contacts": self.contacts}


def offer(
    view: ModelView, policy_id: str, level: str, places: BoolArray, host: Kind, activity: Activity,
    rung: Stage, hours: npt.ArrayLike, notice: npt.ArrayLike, number: int = 0, **more: Any,
) -> None:
    """Offer one opportunity of a policy in each picked place; arrays have one entry a picked place.

    Parameters
    ----------
    view : ModelView
    policy_id : str
    level : {"community", "grid", "building"}
    places : array of bool
    host, activity, rung, hours, notice, number, **more
        As in :meth:`sim.ledger.opportunities.Opportunities.offer`.
    """
    if places.any():
        view.opportunities.offer(
            view.week, host, activity, rung, view.scope(level).where(places), hours=hours, notice=notice,
            policy_id=policy_id, number=number, policy=view.policy_index(policy_id), **more)


def own_rows(view: ModelView, policy_id: str) -> Rows:
    """Last week's offers of one policy, with what came of them."""
    rows = view.last_opportunities
    return picked(rows, rows["policy"] == view.policy_index(policy_id))


def hours_given(view: ModelView, rows: Rows) -> FloatArray:
    """Hours that participants gave at some of last week's offers, (C,)."""
    given = rows["attended"].astype(float) * rows["hours"]
    return np.bincount(rows["community"], given, view.places.communities).astype(float)


def tally(rows: Rows, column: str, communities: int) -> FloatArray:
    """Sum of one column of last week's offers, (C,)."""
    return np.bincount(rows["community"], rows[column].astype(float), communities).astype(float)


def spare_hours(view: ModelView, kind: Kind) -> FloatArray:
    """Hours of one kind that no policy has asked for, lent or taken so far this week, (C,); at least 0."""
    lent = view.levers.get("staff_hours")[:, kind]
    return np.maximum(view.budget.staff[:, kind] + lent, 0.0)


def take_hours(view: ModelView, kind: Kind, wanted: FloatArray) -> FloatArray:
    """Take hours of one kind from its desk, as far as any are left.

    Parameters
    ----------
    view : ModelView
    kind : Kind
    wanted : array, shape (C,)
        Hours a week.

    Returns
    -------
    array, shape (C,)
        Hours taken.
    """
    taken = np.minimum(wanted, spare_hours(view, kind))
    view.budget.take(kind, taken)
    return taken


def moved_since(view: ModelView, noted: FloatArray, who: IndexArray | slice = EVERYBODY) -> BoolArray:
    """Who has left, or moved in after being noted, (N,) or (len(who),).

    Parameters
    ----------
    view : ModelView
    noted : array, shape (N,)
        The week after the one in which a resident was noted; 0 for nobody.
    who : array of int, optional
        Only these residents.
    """
    r = view.residents
    return np.asarray((r.present[who] == 0) | (r.stay[who] * YEAR < view.week - noted[who] + ROUND_UP))


def first_of_each(
    place: npt.NDArray[np.int32], score: FloatArray, among: BoolArray, places: int
) -> IndexArray:
    """The resident with the highest score in each place, (places,); −1 where nobody qualifies.

    Parameters
    ----------
    place : array of int, shape (N,)
    score : array, shape (N,)
        Ties go to the later resident in the order of places.
    among : array of bool, shape (N,)
        Who qualifies.
    places : int

    Returns
    -------
    array of int
    """
    from sim.ledger.spreading import best_of_each  # scenario files are read without compiled code

    pick = np.full(places, -1, np.int64)
    best_of_each(place, score, among, pick)
    return pick
