"""Levers: the named quantities through which policies act, each set for one week on its natural scale.

A lever changes exposure, contact, hours, capacity, skill, authority, money, routing or information. Success,
participation, trust and satisfaction are no levers. Additions of several policies are summed in the fixed
order in which the model calls them; every Monday all levers are back at zero, which leaves a run
bit-identical to one without them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.params import Label
from sim.vocabulary import Kind


class Lever(NamedTuple):
    """One named quantity."""

    axis: str
    """``resident``, ``building``, ``grid``, ``community`` or ``community_kind``."""
    unit: str
    label: Label


def _lever(axis: str, unit: str, zh: str, en: str) -> Lever:
    return Lever(axis, unit, Label(zh=zh, en=en))


LEVERS: dict[str, Lever] = {
    "free_hours": _lever("resident", "h a week", "可用时间", "free hours"),
    "notice": _lever("resident", "probability of hearing", "告知", "notices"),
    "app_access": _lever("resident", "share reached by the app", "应用触达", "reach of the app"),
    "visits": _lever("resident", "visits a week", "入户走访", "home visits"),
    "distance": _lever("resident", "h saved on the way", "就近便利", "hours saved on the way"),
    "visible_members": _lever(
        "building", "visible members a household", "党员亮身份", "visible party members"),
    "organisation": _lever("building", "organisers' h a week", "组织工时", "organisers' hours"),
    "building_leader": _lever(
        "building", "leaders", "楼长或党小组联络", "building leaders or group contacts"),
    "patrol_hours": _lever("grid", "h a week", "巡查时间", "patrol hours"),
    "sensor_coverage": _lever("community", "share of visible places", "智能感知覆盖", "sensor coverage"),
    "app_reporting": _lever("community", "share of residents offered it", "线上诉求渠道", "reporting by app"),
    "dispatch": _lever(
        "community", "share of cases routed at once to the right desk", "自动派单", "automatic dispatch"),
    "authority": _lever("community", "0 to 1", "统筹权威", "the core's authority"),
    "manner": _lever("community", "−1 to 1", "干部作风", "cadres' manner"),
    "record_weight": _lever("community", "−1 to 1", "考核看台账的权重", "weight of records in appraisal"),
    "tasks_cut": _lever("community", "share of tasks", "任务准入", "tasks from above turned away"),
    "approval": _lever(
        "community", "share of weighty cases", "党组织把关", "cases that need the core's approval"),
    "delegation": _lever(
        "community", "share of cases of several actors", "交由自治协商", "cases handed to residents' lead"),
    "last_resort": _lever(
        "community", "share of cases nobody is in charge of", "兜底受理", "taken up by the core itself"),
    "feedback": _lever("community", "share of outcomes", "结果反馈", "outcomes told back"),
    "turnover": _lever("community", "share a year", "人员流动", "staff and cadres leaving"),
    "income": _lever("community", "yuan a week", "筹措经费", "money raised"),
    "owners_guidance": _lever(
        "community", "0 to 1", "业委会规范指导", "guidance of the owners' committee"),
    "owners_domination": _lever(
        "community", "0 to 1", "对业委会的干预", "say taken from owners' votes"),
    "units_served": _lever("community", "0 to 1", "服务驻区单位", "services given to partner units"),
    "clarity": _lever("community", "0 to 1", "职责清晰度", "clarity of duty"),
    "attendance_delay": _lever("community", "h", "到会等待", "wait for attendance"),
    "induced_demand": _lever("community", "share more reports", "诱发诉求", "induced demand"),
    "property_oversight": _lever(
        "community", "h a week", "物业监督时间", "hours overseeing the property company"),
    "exchange": _lever("community", "0 to 1", "资源互换", "resources given in exchange"),
    "facilitation": _lever("community", "skill, 0 to 1", "引导议事能力", "facilitation skill"),
    "staff_hours": _lever("community_kind", "h a week", "机构工时", "staff hours"),
    "desk_skill": _lever("community_kind", "0 to 1", "办理能力", "skill at the desk"),
    "paper_hours": _lever("community_kind", "h a week", "留痕填表", "hours of paperwork"),
    "training": _lever("community_kind", "h a week", "培训工时", "hours of training"),
}
"""Every lever there is."""


class Levers:
    """This week's levers.

    Parameters
    ----------
    sizes : dict
        Number of residents, buildings, grids and communities, by axis name.
    """

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        self._values: dict[str, npt.NDArray[np.float64]] = {}
        self._touched: dict[str, None] = {}
        self._stale: set[str] = set()
        """Levers that still hold what they were last week, and that stand for zeros."""

    def add(
        self, name: str, value: npt.ArrayLike, where: npt.ArrayLike | None = None, kind: Kind | None = None
    ) -> None:
        """Add to a lever for this week.

        Parameters
        ----------
        name : str
            One of :data:`LEVERS`.
        value : float or array
            Amount on the lever's natural scale: one number, one an entity, or one an entity that ``where``
            picks.
        where : array of bool or of indices, optional
            Which entities; all if left out.
        kind : Kind, optional
            Which kind of institution; required by levers of axis ``community_kind`` and refused by others.

        Raises
        ------
        KeyError
            If there is no such lever.
        ValueError
            If ``kind`` is missing or out of place.
        """
        by_kind = LEVERS[name].axis == "community_kind"
        if by_kind != (kind is not None):
            raise ValueError(f"lever {name}: kind is {'required' if by_kind else 'not allowed'}")
        values = self.get(name)
        self._touched[name] = None
        target = values if kind is None else values[:, int(kind)]
        if where is None:
            target += np.asarray(value, float)
        else:
            target[np.asarray(where)] += value

    def add_to_each(self, name: str, value: npt.NDArray[np.float64], place: npt.NDArray[np.int32]) -> None:
        """Add to every entity of a lever what its place has, in one pass.

        Parameters
        ----------
        name : str
            One of :data:`LEVERS`, with one axis.
        value : array of float, shape (places,)
        place : array of int, shape (n,)
            Place of each entity.
        """
        from sim.ledger.spreading import add_each, set_each  # scenario files are read without compiled code

        self._touched[name] = None
        if name in self._stale:
            self._stale.discard(name)
            set_each(self._values[name], value, place)
        else:
            add_each(self.get(name), value, place)

    def get(self, name: str) -> npt.NDArray[np.float64]:
        """This week's values: (n,) or, for ``community_kind``, (C, 10); zeros where no policy acted."""
        values = self._values.get(name)
        if values is None:
            axis = LEVERS[name].axis
            by_kind = axis == "community_kind"
            shape = (self.sizes["community"], len(Kind)) if by_kind else (self.sizes[axis],)
            values = self._values[name] = np.zeros(shape)
        elif name in self._stale:
            self._stale.discard(name)
            values.fill(0.0)
        return values

    def touched(self, name: str) -> bool:
        """Whether a policy has set this lever this week."""
        return name in self._touched

    def reset(self) -> None:
        """Put every lever back to zero."""
        self._stale.update(self._touched)
        self._touched.clear()

    @property
    def untouched(self) -> bool:
        """Whether no lever is set this week."""
        return not self._touched
