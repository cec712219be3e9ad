"""How residents are tied to one another."""

from __future__ import annotations

from typing import Any, Literal

from sim.params import Param, Parameters

Builder = Literal["community", "erdos_renyi", "watts_strogatz", "none"]
"""``community`` builds the layers of a neighbourhood; two are textbook graphs; ``none`` has no ties."""


def _strength(default: int, zh: str, en: str) -> Any:
    label = (f"{zh}关系强度", f"strength of {en} ties")
    return Param(default, unit="weight of a tie", ge=1, le=255, label=label)


class TiesParameters(Parameters):
    """Layers of ties, their mean degrees and strengths."""

    builder: Builder = "community"
    file: str | None = None
    """GraphML or CSV edge list over the ids of a population read from CSV; replaces the builder."""
    building_degree: float = Param(
        5.0, unit="ties an adult", ge=0, le=60, label=("同楼关系数", "ties in the building"),
        note="nominal: two adults a dwelling, average stay and tenure",
    )
    floor_decay: float = Param(
        0.5, unit="share kept per storey", ge=0, le=1, label=("楼层衰减", "decay per storey apart"),
    )
    stay_gain: float = Param(
        1.2, unit="share at ten years", ge=0, le=4, label=("久居者关系增量", "gain of ten years' stay"),
        note="knowing neighbours grows evenly with stay up to ten years",
    )
    renter_factor: float = Param(
        0.6, unit="share", ge=0, le=1, label=("租户关系折减", "renters' share of building ties"),
    )
    friendship_degree: float = Param(
        4.0, unit="ties an adult", ge=0, le=40, label=("朋友关系数", "friendship ties"),
        note="nominal: at the declared age margins, every dwelling lived in",
    )
    homophily: float = Param(
        0.6, unit="0 to 1", ge=0, le=0.95, label=("同质性", "homophily"),
        note="0: friends are chosen without regard to age and position",
    )
    rewiring: float = Param(
        0.2, unit="share of friendships", ge=0, le=1, label=("跨网格比例", "friendships beyond the grid"),
    )
    branch_acquaintance: float = Param(
        0.15, unit="share of pairs", ge=0, le=1,
        label=("同支部党员相识率", "members of one grid who know each other"),
    )
    colleague_acquaintance: float = Param(
        0.3, unit="share of pairs", ge=0, le=1, label=("同单位职工相识率", "colleagues who know each other"),
    )
    household_strength: int = _strength(4, "家庭", "household")
    building_strength: int = _strength(1, "同楼", "building")
    friendship_strength: int = _strength(2, "朋友", "friendship")
    work_strength: int = _strength(2, "单位与党组织", "work or party")
    atomisation: float = Param(
        0.0, unit="share of ties", ge=0, le=1, label=("原子化", "atomisation"),
        note="thins building and friendship ties; raising it only removes ties",
    )
    mean_degree: float = Param(
        8.0, unit="ties a resident", ge=0, le=200, label=("平均关系数", "mean degree"),
        note="read by the textbook graphs only",
    )
