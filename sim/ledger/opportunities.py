"""Opportunities to take part, offered for one week by institutions and policies.

One record an opportunity, in a preallocated table that grows when needed. A scope is a contiguous range of
residents, because residents are sorted by place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.ledger.records import Rows as Rows
from sim.ledger.records import picked, whole
from sim.population.columns import Int32, UInt64
from sim.rng import combine, combine_array, text_id
from sim.vocabulary import EVERYONE, MOST_AUDIENCES, Activity, Kind, Stage

NO_POLICY = -1
NO_DESK = 255

OPPORTUNITY = np.dtype([
    ("key", "u8"),         # stable id: hash of host, activity, policy id, place, week and number
    ("community", "i4"),
    ("lo", "i4"),          # first resident in scope
    ("hi", "i4"),          # one past the last
    ("host", "u1"),        # kind of the institution that hosts it
    ("policy", "i4"),      # index of the policy behind it, NO_POLICY if none
    ("activity", "u1"),
    ("level", "u1"),       # rung of the ladder it stands on
    ("open_to", "u1"),
    ("audience", "u1"),    # whom it is addressed to: number of an audience of this week, 0 for everyone
    ("hours", "f4"),       # hours it takes of each participant
    ("seats", "i4"),       # most participants it can hold
    ("notice", "f4"),      # probability that its notice reaches a resident in scope
    ("online", "u1"),      # 1 if heard of and joined through the app
    ("relevance", "f4"),   # closeness to real needs, 0 to 1
    ("ease", "f4"),        # low threshold, in logits; negative if demanding
    ("reward", "f4"),      # material reward
    ("honour", "f4"),      # honorary reward, 0 to 1
    ("substance", "f4"),   # share of real content, 0 (paper only) to 1
    ("voice", "f4"),       # say that participants have, 0 to 1
    ("mixing", "f4"),      # 0: people sit with their neighbours; 1: they mix with all
    ("contacts", "u1"),    # new acquaintances a participant can make
    ("norm", "f4"),        # strength of the rule of conduct it can agree on, 0 to 1
    ("forum", "f4"),       # share of silent cases in scope it brings into the open if fruitful
    ("work", "u1"),        # desk that gains the participants' hours next week, NO_DESK if none
    ("attended", "i4"),    # participants: filled in by the participation process
    ("skill_sum", "f4"),   # their summed skill
    ("fruitful", "u1"),    # 1 if something came of it
], align=True)
"""Layout of one opportunity."""

DEFAULTS: dict[str, Any] = {
    "policy": NO_POLICY, "open_to": EVERYONE, "audience": 0, "seats": 1_000_000, "online": 0,
    "relevance": 0.5, "ease": 0.0, "reward": 0.0, "honour": 0.0, "substance": 1.0, "voice": 0.5,
    "mixing": 0.2, "contacts": 1, "norm": 0.0, "forum": 0.0, "work": NO_DESK, "attended": 0,
    "skill_sum": 0.0, "fruitful": 0,
}
"""Columns an offer may leave out."""

_ONE = (int, float, np.generic)
_MOST_BLANKS = 1000
_BLANK = np.zeros(1, OPPORTUNITY)
for _name, _value in DEFAULTS.items():
    _BLANK[_name] = _value


class Scope(NamedTuple):
    """Places that opportunities can be offered in, one entry a place."""

    community: Int32
    """(m,)"""
    lo: Int32
    """(m,) first resident."""
    hi: Int32
    """(m,) one past the last."""
    key: UInt64
    """(m,) stable id."""

    def where(self, mask: npt.ArrayLike) -> Scope:
        """Only some of the places, by a mask or by indices."""
        pick = np.asarray(mask)
        return Scope(self.community[pick], self.lo[pick], self.hi[pick], self.key[pick])


def renumbered(rows: Rows, number: npt.NDArray[np.integer[Any]]) -> Rows:
    """A copy of offers of a run whose policies have other numbers in the next one.

    Parameters
    ----------
    rows : array of :data:`OPPORTUNITY`
    number : array of int, shape (P + 1,)
        The next run's number of each of P policies; the last is :data:`NO_POLICY`.
    """
    rows = picked(rows, slice(None))
    rows["policy"] = number[rows["policy"]]
    return rows


class Opportunities:
    """This week's offers.

    Parameters
    ----------
    residents : int
        How many residents there are.
    """

    def __init__(self, residents: int, capacity: int = 64) -> None:
        self._table: Rows = np.zeros(capacity, OPPORTUNITY)
        self._bases: dict[tuple[int, int, str], int] = {}
        self._blanks: dict[tuple[tuple[str, Any], ...], Rows] = {}
        self.count = 0
        self.audiences: npt.NDArray[np.uint32] = np.zeros(residents, np.uint32)
        """(N,) bit k − 1 is set for those whom audience k holds."""
        self._audience_count = 0

    def clear(self) -> None:
        """Forget last week's offers and audiences."""
        self.count = 0
        if self._audience_count:
            self.audiences.fill(0)
            self._audience_count = 0

    def audience(self, mask: npt.ArrayLike) -> int:
        """Name the residents an offer is addressed to; nobody else can hear of it.

        Parameters
        ----------
        mask : array of bool, shape (N,)

        Returns
        -------
        int
            What to pass as ``audience`` to :meth:`offer`, this week only.

        Raises
        ------
        ValueError
            If more than 32 audiences are named in one week; a policy that says how many it names
            (:attr:`sim.policies.base.Policy.audiences`) is refused before it comes to that.
        """
        if self._audience_count == MOST_AUDIENCES:
            raise ValueError(f"at most {MOST_AUDIENCES} audiences can be named in one week")
        self.audiences |= np.asarray(mask, bool).astype(np.uint32) << np.uint32(self._audience_count)
        self._audience_count += 1
        return self._audience_count

    @property
    def rows(self) -> Rows:
        """This week's records, (n,) of dtype :data:`OPPORTUNITY`; a view."""
        return self._table[: self.count]

    def reorder(self, order: npt.NDArray[np.intp]) -> None:
        """Put this week's records in another order."""
        rows = whole(self.rows)
        rows[:] = rows[order]

    def offer(
        self, week: int, host: Kind, activity: Activity, level: Stage, scope: Scope, *,
        hours: npt.ArrayLike, notice: npt.ArrayLike, policy_id: str = "", number: int = 0,
        **more: npt.ArrayLike,
    ) -> slice:
        """Offer one opportunity in each of m places.

        Parameters
        ----------
        week : int
        host, activity, level
            Who hosts what, on which rung.
        scope : Scope
            The m places; may be empty.
        hours, notice : float or arrays, shape (m,)
        policy_id : str
            Id of the policy behind it; enters the key, so that two policies' offers draw apart.
        number : int
            Tells several of one kind in one week and place apart; below 64.
        **more
            Any other column of :data:`OPPORTUNITY`; see :data:`DEFAULTS`.

        Returns
        -------
        slice
            Rows of the table, in the order of ``scope``.
        """
        keys = scope.key
        start, stop = self.count, self.count + keys.size
        if stop > self._table.size:
            self._table = np.resize(self._table, max(stop, 2 * self._table.size))
        base = np.uint64(
            combine(self._base(int(host), int(activity), policy_id), np.uint64(week * 64 + number)))
        rows = self._table[start:stop]
        same: list[tuple[str, Any]] = [
            ("host", int(host)), ("activity", int(activity)), ("level", int(level))]
        varied: list[tuple[str, Any]] = []
        for name, value in (("hours", hours), ("notice", notice), *more.items()):
            (same if isinstance(value, _ONE) else varied).append((name, value))
        whole(rows)[:] = self._blank(tuple(same))
        rows["key"] = combine(base, keys[0]) if keys.size == 1 else combine_array(base, keys)
        rows["community"], rows["lo"], rows["hi"] = scope.community, scope.lo, scope.hi
        for name, value in varied:
            rows[name] = value
        self.count = stop
        return slice(start, stop)

    def _blank(self, said: tuple[tuple[str, Any], ...]) -> Rows:
        """A record of what is the same for all places: offers are much the same from week to week."""
        blank = self._blanks.get(said)
        if blank is None:
            if len(self._blanks) == _MOST_BLANKS:
                self._blanks.clear()
            blank = _BLANK.copy()
            for name, value in said:
                blank[name] = value
            blank = self._blanks[said] = whole(blank)
        return blank

    def _base(self, host: int, activity: int, policy_id: str) -> np.uint64:
        name = (host, activity, policy_id)
        if name not in self._bases:
            self._bases[name] = text_id(f"opportunity/{host}/{activity}/{policy_id}")
        return np.uint64(self._bases[name])
