"""What every policy is: frozen settings, a request for means, and an act on levers and opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator, model_validator

from sim.params import Label, Param, Parameters
from sim.vocabulary import Regime

if TYPE_CHECKING:
    from sim.ledger.budget import Request
    from sim.view import ModelView

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ANY_REGIME = frozenset(Regime)
"""A policy that needs no convenor."""

CORE_LED = frozenset({Regime.ONE_CORE, Regime.ADMINISTRATIVE})
"""A policy that needs the core to lead."""

CONVENED = frozenset({Regime.ONE_CORE})
"""A policy that needs a core which convenes the others."""


class Target(Parameters):
    """Where a policy acts: everywhere if nothing is said."""

    communities: tuple[int, ...] | None = Field(
        None, description="社区编号（从0起） · communities, counted from 0")
    grids: tuple[int, ...] | None = Field(None, description="网格编号（从0起） · grids, counted from 0")
    share: float = Param(
        1.0, unit="share of buildings", ge=0, le=1, label=("楼栋覆盖比例", "share of buildings covered"),
        note="buildings are picked by a draw that stays the same all run long; "
        "a larger share keeps the earlier ones")


class Card(Parameters):
    """政策卡: what a policy is, in both languages.

    What the sources claim and what the model shows stay apart: ``claim`` is theirs, results come from runs.
    """

    name: Label
    mechanism: Label
    """What it changes, step by step."""
    cost: Label
    claim: Label
    """What a source says it does."""
    source: str
    """S0–S4 with section or case."""
    harm: Label
    """The reachable regime in which it does harm, and how."""


class Policy(Parameters):
    """Base of all policies.

    A subclass names its ``kind`` as a ``Literal``, declares its numbers with ``Param``, carries a
    :class:`Card`, and implements :meth:`request` and :meth:`act`. It keeps no state of its own: what persists
    lives in columns.
    """

    kind: str
    id: str = Field("", max_length=80, description="标识，默认同 kind · id, the kind if left out")
    start: int = Field(
        0, ge=0, le=5200, description="开始周（预热后起算） · first week, counted after the warm-up")
    end: int | None = Field(None, ge=0, le=5200, description="结束周（不含） · first week without it")
    intensity: float = Param(1.0, unit="0 to 1", ge=0, le=1, label=("力度", "intensity"))
    target: Target = Target()

    card: ClassVar[Card]
    convenors: ClassVar[frozenset[Regime]] = ANY_REGIME
    """Regimes that hold the convenor it needs; elsewhere it pays and idles."""
    audiences: ClassVar[int] = 0
    """Most audiences that it names in a week, by :meth:`sim.ledger.opportunities.Opportunities.audience`."""
    district_wide: ClassVar[bool] = False
    """Whether it looks at all of a district, by :meth:`sim.view.ModelView.everywhere`."""

    @field_validator("end")
    @classmethod
    def _end_after_start(cls, end: int | None, info: object) -> int | None:
        start = getattr(info, "data", {}).get("start")
        if end is not None and start is not None and end <= start:
            raise ValueError(
                f"end（{end}）须晚于 start（{start}） · end ({end}) must be later than start ({start})")
        return end

    @model_validator(mode="before")
    @classmethod
    def _default_id(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("id") and isinstance(data.get("kind"), str):
            return {**data, "id": data["kind"]}
        return data

    def active(self, week: int) -> bool:
        """Whether it runs in a week counted after the warm-up; never at intensity 0."""
        return self.intensity > 0 and week >= self.start and (self.end is None or week < self.end)

    def request(self, view: ModelView) -> Request:
        """Money, attention and staff hours wanted this week."""
        raise NotImplementedError

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Act on what was granted.

        Parameters
        ----------
        view : ModelView
        level : array, shape (C,)
            Intensity × granted share in each community; 0 where nothing was granted or nobody convenes.
        """
        raise NotImplementedError

    def buildings(self, view: ModelView) -> BoolArray:
        """Which buildings it covers, (B,); not to be written to."""
        return view.lasting(("covered", self.id), lambda: self._covered(view))

    def _covered(self, view: ModelView) -> BoolArray:
        places = view.places
        covered = np.ones(places.buildings, bool)
        if self.target.communities is not None:
            covered &= np.isin(places.building_community + view.section.first, self.target.communities)
        if self.target.grids is not None:
            covered &= np.isin(places.building_grid + view.section.first_grid, self.target.grids)
        if self.target.share < 1:
            covered &= view.draw(f"target/{self.id}", "building", -1) < self.target.share
        return covered

    def communities(self, view: ModelView) -> BoolArray:
        """Which communities hold a building it covers, (C,); not to be written to."""
        def made() -> BoolArray:
            reached = np.zeros(view.places.communities, bool)
            reached[view.places.building_community[self.buildings(view)]] = True
            return reached

        return view.lasting(("reached", self.id), made)
