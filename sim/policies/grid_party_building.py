"""网格化党建: party organisation on four levels, down to building groups and member households."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy, hours_left, members_here
from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.view import ModelView


class GridPartyBuilding(CommunityPolicy):
    """网格化党建（四级组织）: community committee → grid branch → building group → member household."""

    kind: Literal["grid_party_building"] = "grid_party_building"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="网格化党建（四级组织）", en="grid-based party organisation on four levels"),
        mechanism=Label(
            zh="组织者在各楼投入工时，使楼院党小组逐步成形（没有党员的楼成不了组）；党小组和中心户联络邻居、"
            "传递消息，网格支部巡查；网格员巡查增加，职责更清。",
            en="Organisers' hours let building groups form, though only where members live; groups and "
            "member households are contacts who pass on word, grid branches patrol; grid workers patrol "
            "more and duties become clearer.",
        ),
        cost=Label(
            zh="党委注意力、网格员工时、活动经费、党员的空闲时间、台账工时。",
            en="The core's attention, grid workers' hours, money, members' free time, paperwork.",
        ),
        claim=Label(
            zh="人在格中走、事在格中办；解决信息不对称和服务参差；573 个网格建 364 个网格党支部、239 "
            "个网络党小组。",
            en="Matters are settled within the grid; uneven information and service are mended; 364 "
            "branches and 239 groups in 573 grids.",
        ),
        source="S1 path 1; S2 mode 1 (党建+网格化); S3 part 3(2) (四级组织); S0 2.3",
        harm=Label(
            zh="党委注意力本就不足时，组织工作挤占协调办案；台账工时挤占一线；"
            "党员空闲时间少时自己的参与减少。",
            en="Where attention is short, organising crowds out the convening of cases; paperwork takes "
            "line hours; members with little free time take part less themselves.",
        ),
    )

    attention: float = Param(
        5.0, unit="h a week per 1,000 residents", ge=0, le=100, label=("党委注意力", "the core's attention")
    )
    money: float = Param(
        200.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("经费", "money")
    )
    grid_hours: float = Param(
        4.0,
        unit="h a week a grid",
        ge=0,
        le=40,
        label=("网格员工时", "grid workers' hours"),
        note="taken from their other work and spent on patrol",
    )
    organisation: float = Param(
        1.0,
        unit="h a week a building",
        ge=0,
        le=10,
        label=("组织者工时", "organisers' hours"),
        note="given by members, out of their own free time, and steered by the core",
    )
    clarity: float = Param(0.10, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    paper_hours: float = Param(
        1.5,
        unit="h a week per 1,000 residents",
        ge=0,
        le=40,
        label=("台账工时", "hours of paperwork"),
        note="each for the residents' committee and the grid workers",
    )

    def request(self, view: ModelView) -> Request:
        """Attention, grid workers' hours and money every week."""
        scale = self.thousands(view)
        return self.ask(
            view,
            self.money * scale,
            self.attention * scale,
            {Kind.GRID_WORKER: self.grid_hours * self.grids(view)},
        )

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Organise buildings, patrol grids, make duties clearer; take members' time."""
        places, levers = view.places, view.levers
        covered = self.buildings(view) & (places.building_units == 0)
        r = view.residents
        # The organisers are the building's members: what they give, they no longer have.
        who = members_here(view, covered)
        own, home = hours_left(view, who), r.building[who]
        free = np.bincount(home, own, places.buildings)
        hours = np.minimum(self.organisation * level[places.building_community] * covered, free)
        levers.add("organisation", hours)
        levers.add("free_hours", -own * (hours / np.maximum(free, 1e-9))[home], where=who)
        grids = np.zeros(places.grids, bool)
        grids[places.building_grid[covered]] = True
        levers.add("patrol_hours", self.grid_hours * level[places.grid_community] * grids)
        strength = self.strength(view, level)
        levers.add("clarity", self.clarity * strength)
        for kind in (Kind.RESIDENTS_COMMITTEE, Kind.GRID_WORKER):
            levers.add("paper_hours", self.paper_hours * strength * self.residents(view), kind=kind)
